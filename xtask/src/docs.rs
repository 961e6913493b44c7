//! `docs/reference/records.md`, generated from the code: kinds, lines, tables, codes. The prose about what every text
//! obeys stands beside it in `records-head.md`.

use hakiki_core::codes::{FindingCode, RefusalCode};
use hakiki_core::kinds::Kind;
use hakiki_core::record::{ELECTION_LINE, SIGNER_LINES};
use hakiki_core::roster::Role;
use hakiki_core::table::Table;
use hakiki_core::text::{Count, Field};
use hakiki_messages::{Language, text};
use std::fmt::Write as _;
use std::path::Path;

/// Where the reference lies, from the root.
pub const REFERENCE: &str = "docs/reference/records.md";
const HEAD: &str = "docs/reference/records-head.md";

fn lines(out: &mut String, fields: &[Field]) {
    out.push_str("| line | how often | what it says |\n|---|---|---|\n");
    for field in fields {
        let arguments: Vec<String> = field.arguments.iter().map(|argument| argument.notation()).collect();
        let extra: Vec<String> = field.extra.iter().map(|argument| argument.notation()).collect();
        let extra = if extra.is_empty() { String::new() } else { format!(" [{}]", extra.join(" ")) };
        let count = match field.count {
            Count::One => "once".to_owned(),
            Count::Optional => "at most once".to_owned(),
            Count::Many { key } => format!("any number, ascending by {key}"),
            Count::Some { key } => format!("at least one, ascending by {key}"),
        };
        let line = format!("{} {}{extra}", field.key, arguments.join(" ")).replace('|', "\\|");
        let _ = writeln!(out, "| `{line}` | {count} | {} |", field.about.replace('|', "\\|"));
    }
}

/// What is asked, in order; a line that begins with a dash is a case of the one above it.
fn asks(out: &mut String, asks: &[&str]) {
    out.push_str("\nAsked, in this order:\n\n");
    let mut number = 0;
    for ask in asks {
        // Writing to a String does not fail.
        let _ = if let Some(case) = ask.strip_prefix("— ") {
            writeln!(out, "   - {case}.")
        } else {
            number += 1;
            writeln!(out, "{number}. {}", ended(ask))
        };
    }
}

/// A sentence with its full stop; one that introduces cases has its colon.
fn ended(ask: &str) -> String {
    if ask.ends_with(':') { ask.to_owned() } else { format!("{ask}.") }
}

/// The text of the reference; `head` is the prose.
pub fn reference(head: &str) -> String {
    let mut out = head.to_owned();
    out.push_str("\n## Lines of every record\n\nBehind the header, for every kind but `election`:\n\n");
    lines(&mut out, ELECTION_LINE);
    out.push_str("\nAnd at the end of every kind:\n\n");
    lines(&mut out, SIGNER_LINES);
    out.push_str("\n## Kinds\n");
    for kind in Kind::ALL {
        let [signed_by, effect, law] = kind.reference();
        let _ = writeln!(out, "\n### `{}`\n", kind.header());
        let _ = writeln!(out, "{}\n", text(Language::English, &format!("kind.{}.line", kind.name())));
        let _ = writeln!(out, "- Signed by: {signed_by}.\n- Effect: {effect}.");
        if !law.is_empty() {
            let _ = writeln!(out, "- Law: {law}.");
        }
        out.push('\n');
        let fields: Vec<Field> = kind.shape().iter().flat_map(|shape| shape.iter().copied()).collect();
        lines(&mut out, &fields);
        asks(&mut out, kind.asks());
    }
    out.push_str("\n## Tables\n");
    for table in Table::ALL {
        let _ = writeln!(out, "\n### `{}`\n", table.header());
        lines(&mut out, table.shape());
        asks(&mut out, table.asks());
    }
    out.push_str("\n## Roles\n\nA keys table or a `key` record can give these: ");
    let roles: Vec<String> = Role::ENROLLED.iter().map(|role| format!("`{role}`")).collect();
    let _ = writeln!(out, "{}.", roles.join(", "));
    out.push_str("\n## Refusals\n\n| code | what it is |\n|---|---|\n");
    for code in RefusalCode::ALL {
        let _ = writeln!(out, "| {code} | {} |", text(Language::English, &format!("code.{code}.means")));
    }
    out.push_str("\n## Findings\n\n| code | what it is | what it means |\n|---|---|---|\n");
    for code in FindingCode::ALL {
        let title = text(Language::English, &format!("code.{code}.title"));
        let _ = writeln!(
            out,
            "| {code} | {title} | {} |",
            text(Language::English, &format!("code.{code}.means"))
        );
    }
    out
}

/// Writes the reference, or with `check` says whether it stands as the code makes it.
pub fn run(root: &Path, check: bool) -> anyhow::Result<bool> {
    let head = std::fs::read_to_string(root.join(HEAD))?;
    let made = reference(&head);
    let path = root.join(REFERENCE);
    if check {
        return Ok(std::fs::read_to_string(path).is_ok_and(|stands| stands == made));
    }
    std::fs::write(path, made)?;
    Ok(true)
}
