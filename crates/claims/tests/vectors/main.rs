//! The published vectors of comparisons, bounds and draws: `vectors/claims.json`, one case a line. Run with `UPDATE_VECTORS=1` to
//! write them anew. The shapes are those of `docs/reference/claims.md`.
#![allow(clippy::unwrap_used)]

mod cases;
mod figures;
mod shape;

use serde_json::{Value, json};
use std::path::PathBuf;

/// A value a line, so that a change of one case is a change of one line.
fn lines(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(|value| format!("  {value}")).collect();
    format!("[\n{}\n ]", lines.join(",\n"))
}

#[test]
fn the_vectors_are_what_this_code_makes() {
    let compared: Vec<Value> = cases::all().iter().map(shape::compared).collect();
    let percentages = figures::percentages();
    let text = format!(
        "{{\n \"about\": {},\n \"comparisons\": {},\n \"percentages\": {},\n \"bounds\": {},\n \"tables\": {},\n \"draws\": {}\n}}\n",
        json!(
            "claims against a reference, as docs/reference/claims.md says: what is given, and what follows"
        ),
        lines(&compared),
        lines(&percentages),
        lines(&figures::bounds()),
        lines(&figures::tables()),
        lines(&figures::draws()),
    );
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/claims.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        let stands = std::fs::read_to_string(&path).unwrap();
        assert!(stands == text, "{} is not what this code makes; see UPDATE_VECTORS", path.display());
    }
}

#[test]
fn every_class_stands_in_the_vectors() {
    let compared: Vec<Value> = cases::all().iter().map(shape::compared).collect();
    let text = lines(&compared);
    for word in [
        "\"identical\"",
        "\"different\"",
        "\"only-in-claim\"",
        "\"only-in-reference\"",
        "not-comparable:contested",
        "not-comparable:disregarded",
        "not-comparable:no-number",
        "not-comparable:no-box-in-common",
        "not-comparable:incomplete",
        " votes of ",
        " votes above the cap of ",
        "no-common-level",
        "no-common-code",
        "no-common-column",
    ] {
        assert!(text.contains(word), "{word}");
    }
}
