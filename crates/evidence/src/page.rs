//! A plain page that says what a file shows, in both languages, with the file in it. Self-contained: no script, no picture,
//! no address.

use crate::file::Evidence;
use crate::finding::Finding;
use hakiki_messages::{Language, Message, text};
use hakiki_note::sha256;
use maud::{DOCTYPE, Markup, html};

const STYLE: &str = "body{font:1.1em/1.5 serif;max-width:45em;margin:2em auto;padding:0 1em}\
                     pre,code{font-size:.8em;overflow-wrap:anywhere;white-space:pre-wrap}section{margin-bottom:3em}";

/// The page. It shows a finding, so there is none for a file that was refused.
pub fn page(evidence: &Evidence, finding: &Finding) -> String {
    let file = evidence.to_text();
    let title = text(Language::English, "evidence.page.title");
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                @for language in Language::ALL { (section(evidence, finding, &file, language)) }
                pre { (file) }
            }
        }
    };
    markup.into_string()
}

fn section(evidence: &Evidence, finding: &Finding, file: &str, language: Language) -> Markup {
    let word = |key: &str| text(language, key);
    let said = |message: &Message| message.text(language);
    html! {
        section lang=(language.tag()) {
            h1 { (word("evidence.page.title")) }
            p { strong { (said(&finding.what)) } }
            p { (said(&finding.against_message())) }
            p { (said(&finding.grade_message())) }
            h2 { (word("evidence.page.heads")) }
            ul {
                @for shown in &finding.heads {
                    li {
                        (said(&Message::new("evidence.page.head").with("size", shown.head.size)))
                        " " code { (shown.head.root) } " "
                        @if shown.classes.is_empty() {
                            (word("evidence.page.no_cosigner"))
                        } @else {
                            @let classes = shown.classes.iter().cloned().collect::<Vec<_>>().join(", ");
                            (said(&Message::new("evidence.page.cosigners").with("classes", classes)))
                        }
                    }
                }
            }
            h2 { (word("evidence.rests_on")) }
            ul {
                @for assumption in &finding.assumptions { li { (said(&assumption.message())) } }
            }
            h2 { (word("evidence.page.check")) }
            p { (word("evidence.page.how")) }
            p { code { "hakiki evidence check FILE --fingerprint " (evidence.election) " --election ELECTION" } }
            p {
                (said(&Message::new("evidence.page.file").with("hash", sha256(file.as_bytes()).to_string())))
            }
        }
    }
}
