//! A document that stands for itself: one file without script, with nothing from elsewhere, to be kept, sent and printed.

use hakiki_messages::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The document. Its style is the program's own; pictures can only be those that it holds.
pub(crate) fn document(language: Language, title: &str, style: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    }
}
