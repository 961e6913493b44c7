//! A page to be printed and signed by people, bound to hashes: the shape of a certificate under s. 106B of the Evidence Act.
//!
//! It certifies nothing by itself. What people must say is blank; only what was computed is filled in.

use crate::html::document;
use crate::report::Report;
use hakiki_messages::{Language, number, text};
use hakiki_note::Hash;
use maud::{Markup, html};

/// The page. `report_hash` is the SHA-256 of the report as it was written, if it was.
pub fn certificate(report: &Report, report_hash: Option<Hash>, language: Language) -> String {
    let word = |key: &str| text(language, &format!("scrutiny.certificate.{key}"));
    let made = &report.made;
    let hash = |hash: Option<Hash>| hash.map(|hash| hash.to_string());
    let filled = [
        ("election", Some(report.title.clone())),
        ("fingerprint", Some(report.fingerprint.to_string())),
        ("origin", Some(report.origin.clone())),
        ("entries", Some(number(report.as_of))),
        ("root", hash(made.root)),
        ("source", Some(made.source.clone())),
        ("source_hash", hash(made.source_hash)),
        ("core_hash", hash(made.core_hash)),
        ("report_hash", hash(report_hash)),
        ("program", Some(made.program.clone())),
        ("program_hash", hash(made.program_hash)),
    ];
    let blank = |key: &str| -> Markup {
        html! { dt { (word(key)) } dd { span.blank {} } }
    };
    let body = html! {
        @if report.is_rehearsal { p.rehearsal { (text(language, "scrutiny.page.rehearsal")) } }
        header { h1 { (word("title")) } p { (word("law")) } }
        main {
            p { strong { (word("nothing")) } }
            h2 { (word("record")) }
            dl { @for (key, value) in filled { @if let Some(value) = value { dt { (word(key)) } dd { (value) } } } }
            h2 { (word("how")) }
            p { (word("how_made")) }
            h2 { (word("device")) }
            dl { @for key in ["machine", "machine_owner", "system", "where", "when"] { (blank(key)) } }
            p { (word("worked")) }
            p { span.blank {} }
            h2 { (word("person")) }
            dl { @for key in ["name", "identity", "office", "knowledge"] { (blank(key)) } }
            p { (word("believe")) }
            table.sign {
                thead { tr { @for key in ["signed", "place_signed", "date"] { th { (word(key)) } } } }
                tbody { tr { td {} td {} td {} } }
            }
            h2 { (word("affidavit")) }
            p { (word("affidavit_text")) }
            dl { @for key in ["deponent", "before", "capacity"] { (blank(key)) } }
            table.sign {
                thead { tr { @for key in ["deponent_signed", "before_signed", "date"] { th { (word(key)) } } } }
                tbody { tr { td {} td {} td {} } }
            }
            p { (word("detached")) }
        }
    };
    document(&format!("{} · {}", word("title"), report.title), language, &body).into_string()
}
