//! The form of the search of statements: words, and what they are looked for in. It works without script.

use crate::reading::Reading;
use crate::said_search::{ADDRESS, StatementQuery};
use crate::said_statements::language_name;
use maud::{Markup, html};

/// Most letters that are typed into a field.
const FIELD_MAX: usize = 300;

/// The form with what was asked.
pub(crate) fn form(reading: Reading<'_>, query: &StatementQuery) -> Markup {
    let has_filter = query.fields()[1..].iter().any(|(_, typed)| !typed.is_empty());
    let field = |name: &'static str, word: &str, kind: &'static str, typed: &str| {
        html! {
            p {
                label for={ "s-" (name) } { (reading.t(word)) }
                input id={ "s-" (name) } type=(kind) name=(name) value=(typed) maxlength=(FIELD_MAX) autocomplete="off" spellcheck="false";
            }
        }
    };
    html! {
        form.asking action=(reading.href(ADDRESS)) method="get" role="search" {
            label for="s-q" { (reading.t("said.search.words")) }
            input #s-q type="search" name="q" value=(query.words) maxlength=(FIELD_MAX) autocomplete="off" spellcheck="false" aria-describedby="s-hint";
            button type="submit" { (reading.t("said.search.button")) }
            p.small #s-hint { (reading.t("said.search.hint")) }
            details open[has_filter] {
                summary { (reading.t("said.search.filters")) }
                div.fields {
                    (field("publisher", "said.search.publisher", "text", &query.publisher))
                    (languages(reading, &query.language))
                    (field("from", "said.search.from", "date", &query.from))
                    (field("to", "said.search.to", "date", &query.to))
                    (field("area", "said.search.area", "text", &query.area))
                    (field("record", "said.search.record", "text", &query.record))
                    (field("claim", "said.search.claim", "text", &query.claim))
                }
            }
        }
    }
}

/// The languages of the log's statements, and the one that was asked for.
fn languages(reading: Reading<'_>, asked: &str) -> Markup {
    let index = reading.site.snapshot.said(reading.ledger());
    let is_unknown = !asked.is_empty() && !index.by_language.contains_key(asked);
    let known = index.by_language.keys().map(|code| &**code);
    let codes = known.chain(is_unknown.then_some(asked));
    html! {
        p {
            label for="s-language" { (reading.t("said.search.language")) }
            select #s-language name="language" {
                option value="" selected[asked.is_empty()] { (reading.t("said.search.any_language")) }
                @for code in codes {
                    option value=(code) selected[code == asked] { (language_name(reading, code)) }
                }
            }
        }
    }
}
