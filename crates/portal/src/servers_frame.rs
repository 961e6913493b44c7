//! What the pages of "Open the servers" share: the links between them, a table, findings at a place, keys in words.

use crate::Page;
use crate::finding::{code_href, values};
use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::versions::role;
use hakiki_core::roster::KeyIndex;
use hakiki_messages::Message;
use hakiki_note::Hash;
use maud::{Markup, html};

/// Rows of one page.
pub(crate) const ROWS: usize = 100;
/// Most of what stands within one row: answers, signers.
pub(crate) const WITHIN_ROW: usize = 20;
/// Hex digits of a hash where the record beside it has all of them.
const HASH_DIGITS: usize = 16;

/// The pages, each with its address and its word.
const TABS: [(&str, &str); 9] = [
    ("servers/", "machines"),
    ("sessions/", "sessions"),
    ("logins/", "logins"),
    ("software/", "software"),
    ("custody/", "custody"),
    ("doubts/", "doubts"),
    ("scrutiny/", "scrutiny"),
    ("withheld/", "withheld"),
    ("sign/", "sign"),
];

/// Whether an address is of one of these pages.
pub(crate) fn is_here(here: &str) -> bool {
    TABS.iter().any(|(rest, _)| here.starts_with(rest))
}

/// The links between the pages.
pub(crate) fn tabs(reading: Reading<'_>, here: &str) -> Markup {
    html! {
        nav.contests aria-label=(reading.t("servers.parts")) {
            ul {
                @for (rest, word) in TABS {
                    li { a href=(reading.href(rest)) aria-current=[(here == rest).then_some("page")] { (reading.t(&format!("servers.tab.{word}"))) } }
                }
            }
        }
    }
}

/// A page that is one list: heading, first sentence, table or that there is none, links to the pages beside it.
pub(crate) struct List<'a> {
    /// The word of its tab.
    pub tab: &'a str,
    /// Before the word's key: `servers.sessions` has `intro`, `none` and `caption`.
    pub words: &'a str,
    /// Heads of the columns: keys.
    pub heads: &'a [&'a str],
    /// The list's own address.
    pub rest: &'a str,
}

impl List<'_> {
    /// The page with the rows of its part, and what stands behind them.
    pub fn page(
        &self,
        reading: Reading<'_>,
        here: &str,
        pager: &Pager,
        rows: &[Vec<Markup>],
        more: &Markup,
    ) -> Page {
        let word = |part: &str| reading.t(&format!("{}.{part}", self.words));
        let heading = reading.t(&format!("servers.tab.{}", self.tab));
        let main = html! {
            (tabs(reading, here))
            h1 { (heading) }
            p.lede { (word("intro")) }
            @if rows.is_empty() { p { (word("none")) } }
            @else { (table(reading, word("caption"), self.heads, rows)) }
            (pager.links(reading, self.rest))
            (more)
        };
        Frame::new(heading, here).page(reading, &main)
    }
}

/// A table; the first cell of a row is its head.
pub(crate) fn table(reading: Reading<'_>, caption: &str, heads: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.wide tabindex="0" {
            table {
                caption { (caption) }
                thead { tr { @for head in heads { th scope="col" { (reading.t(head)) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The findings at a place, each with its code and numbers.
pub(crate) fn found_at(reading: Reading<'_>, place: u64) -> Markup {
    let snapshot = reading.site.snapshot;
    let found = snapshot.conduct.found_at(place);
    html! {
        @if found.is_empty() { (reading.t("servers.no_findings")) }
        @for (at, index) in found.iter().take(WITHIN_ROW).enumerate() {
            @let finding = &snapshot.findings.all[*index as usize];
            @if at > 0 { br; }
            a.code href=(reading.href(&code_href(finding.code))) { (finding.code) } " " small { (values(reading, finding)) }
        }
        (more_of(reading, found.len(), WITHIN_ROW))
    }
}

/// What a difference is and is not, once a page.
pub(crate) fn difference(reading: Reading<'_>) -> Markup {
    html! { p.small { (reading.t("portal.difference")) ". " a href=(reading.href("about/#codes")) { (reading.t("page.what_codes_mean")) } } }
}

/// How many more there are than are shown.
pub(crate) fn more_of(reading: Reading<'_>, count: usize, shown: usize) -> Markup {
    html! { @if count > shown { " " small { (reading.m(&Message::new("servers.more").with("count", count - shown))) } } }
}

/// A key: its role and its name.
pub(crate) fn key_words(reading: Reading<'_>, key: KeyIndex) -> Markup {
    let key = reading.ledger().roster().key(key);
    html! { code { (key.name) } " " small { (role(reading, key)) } }
}

/// Several keys.
pub(crate) fn keys_words(reading: Reading<'_>, keys: &[KeyIndex]) -> Markup {
    html! {
        @for (at, key) in keys.iter().take(WITHIN_ROW).enumerate() { @if at > 0 { ", " } (key_words(reading, *key)) }
        (more_of(reading, keys.len(), WITHIN_ROW))
    }
}

/// The beginning of a hash; the record beside it has all of it.
pub(crate) fn short(hash: &Hash) -> Markup {
    let digits: String = hash.to_string().chars().take(HASH_DIGITS).collect();
    html! { code { (digits) "…" } }
}

/// A word of a record's line, or the word as it stands.
pub(crate) fn line_word(reading: Reading<'_>, word: &str) -> String {
    let key = format!("record.word.{}", word.replace('-', "_"));
    reading.find(&key).unwrap_or(word).to_owned()
}

/// Free text of a record, where it is here.
pub(crate) fn reason(reading: Reading<'_>, reason: &str, words: Option<&Hash>) -> Markup {
    html! {
        (reason)
        @if let Some(words) = words.filter(|words| reading.site.source.has_blob(words)) {
            " · " a href=(reading.to(&format!("blob/{words}"))) { (reading.t("log.download")) }
        }
    }
}
