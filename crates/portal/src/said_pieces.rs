//! Pieces of the pages of claims and statements: whose words they are, when, the beginning of a text, one item of a list.
//!
//! The name of whoever published stands above each; corrections stand beside what they correct. It judges nothing.

use crate::address;
use crate::reading::Reading;
use crate::said::claim_address;
use crate::said_index::Said;
use crate::servers_frame::{WITHIN_ROW, key_words, more_of, short};
use hakiki_core::ledger::{ClaimEntry, StatementEntry};
use hakiki_core::roster::{KeyIndex, Role};
use hakiki_core::text::Time;
use hakiki_messages::Message;
use hakiki_note::Hash;
use maud::{Markup, html};

/// Letters of a text in a list.
pub(crate) const IN_LIST: usize = 400;
/// Letters of a text on its own page; all of it is a download.
pub(crate) const ON_PAGE: usize = 6000;

/// The beginning of a text.
pub(crate) struct Excerpt {
    /// In one line or several, without letters that a page or a feed may not hold.
    pub text: String,
    /// Whether nothing follows.
    pub is_whole: bool,
}

/// The beginning of a text, at most so many letters; none where it is not here or no text.
pub(crate) fn excerpt(reading: Reading<'_>, hash: &Hash, letters_max: usize) -> Option<Excerpt> {
    let bytes = reading.site.source.blob(hash)?;
    let whole = String::from_utf8(bytes).ok()?;
    let mut shown = whole.trim().chars().filter(|letter| is_shown(*letter));
    let mut text: String = shown.by_ref().take(letters_max).collect();
    let is_whole = shown.next().is_none();
    if !is_whole {
        text.push('…');
    }
    Some(Excerpt { text, is_whole })
}

/// Neither a control, which XML forbids, nor one that turns the direction of what stands around it.
pub(crate) fn is_shown(letter: char) -> bool {
    match letter {
        '\n' | '\t' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => false,
        letter => !letter.is_control(),
    }
}

/// Whose words they are, in a sentence: by the signer's own key, or as a press desk found them published.
pub(crate) fn attribution(reading: Reading<'_>, key: KeyIndex, code: &str) -> String {
    let entered = reading.ledger().roster().key(key).role == Role::PressDesk;
    let word = if entered { "said.as_published_by" } else { "said.by_own_key" };
    reading.m(&Message::new(word).with("who", code))
}

/// The same with the key, for a cell or a line.
pub(crate) fn attributed(reading: Reading<'_>, key: KeyIndex, code: &str) -> Markup {
    html! {
        a href=(reading.href(&publisher_address(reading, key, code))) { bdi { (attribution(reading, key, code)) } }
        br; small { (key_words(reading, key)) }
    }
}

/// The page of what a key signed.
pub(crate) fn key_address(reading: Reading<'_>, key: KeyIndex) -> String {
    format!("publishers/{}/", reading.ledger().roster().key(key).hash)
}

/// The page of a publisher or claimant under a key.
pub(crate) fn publisher_address(reading: Reading<'_>, key: KeyIndex, code: &str) -> String {
    format!("{}{}/", key_address(reading, key), address::encoded(code))
}

/// The page of what is said of an area, a station or a record.
pub(crate) fn said_address(code: &str) -> String {
    format!("said/{}/", address::encoded(code))
}

/// The page of a statement.
pub(crate) fn statement_address(place: u64) -> String {
    format!("statements/{place}/")
}

/// A link to a statement.
pub(crate) fn statement_link(reading: Reading<'_>, place: u64) -> Markup {
    html! { a href=(reading.href(&statement_address(place))) { (reading.t("said.statement")) " " (place) } }
}

/// A link to a claim.
pub(crate) fn claim_link(reading: Reading<'_>, entry: &ClaimEntry) -> Markup {
    html! { a href=(reading.href(&claim_address(entry))) { (reading.t("said.claim")) " " (entry.place) } }
}

/// A time by its own clock.
pub(crate) fn time(reading: Reading<'_>, time: Option<Time>) -> Markup {
    html! { @match time { Some(time) => time datetime=(time) { (reading.clock(time)) }, None => (reading.t("said.undated")) } }
}

/// A blob: its download where it is here.
pub(crate) fn blob(reading: Reading<'_>, hash: Option<&Hash>) -> Markup {
    html! {
        @match hash {
            Some(hash) if reading.site.source.has_blob(hash) => {
                a href=(reading.to(&format!("blob/{hash}"))) { (reading.t("log.download")) } " " (short(hash))
            }
            Some(hash) => { (short(hash)) " " small { (reading.t("said.not_here")) } }
            None => (reading.t("said.not_stated")),
        }
    }
}

/// Where something stands: a link only where a browser would fetch a page.
pub(crate) fn outside(reading: Reading<'_>, address: Option<&str>) -> Markup {
    html! {
        @match address {
            Some(at) if is_web(at) => a href=(at) rel="nofollow noopener noreferrer" { code { (at) } },
            Some(at) => code { (at) },
            None => (reading.t("said.not_stated")),
        }
    }
}

/// Whether an address is one of the web.
pub(crate) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// A statement's text, or that it is not here.
pub(crate) fn quote(reading: Reading<'_>, entry: &StatementEntry, letters_max: usize) -> Markup {
    let statement = &entry.statement;
    let found = excerpt(reading, &statement.text, letters_max);
    html! {
        @if let Some(found) = &found {
            blockquote lang=(statement.language) dir="auto" {
                @for line in found.text.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
            }
        }
        @if found.is_none_or(|found| !found.is_whole) {
            p.small { (reading.t("said.whole_text")) " " (blob(reading, Some(&statement.text))) }
        }
    }
}

/// Areas, stations, records and claims that a statement names, each with the page of what is said of it.
pub(crate) fn speaks_of(reading: Reading<'_>, entry: &StatementEntry) -> Markup {
    let (statement, ledger) = (&entry.statement, reading.ledger());
    let claims = statement.claims.iter().filter_map(|id| ledger.claim_of(id));
    let areas = statement.areas.iter().map(|area| (said_address(area), html! { code { (area) } }));
    let records = statement.records.iter().map(|id| (said_address(&id.to_string()), short(id)));
    let named = statement.claims.len() + statement.areas.len() + statement.records.len();
    let links = claims
        .map(|claim| claim_link(reading, claim))
        .chain(areas.chain(records).map(|(rest, shown)| html! { a href=(reading.href(&rest)) { (shown) } }));
    html! {
        @for (at, link) in links.take(WITHIN_ROW).enumerate() { @if at > 0 { ", " } (link) }
        (more_of(reading, named, WITHIN_ROW))
    }
}

/// The statements that correct one and that the head knows.
pub(crate) fn corrections<'a>(
    reading: Reading<'a>,
    entry: &'a StatementEntry,
) -> impl Iterator<Item = &'a StatementEntry> {
    let size = reading.site.snapshot.head.size;
    let statements = reading.ledger().statements();
    let later = entry.corrected_by.iter().map(|index| &statements[*index as usize]);
    later.take_while(move |later| later.place < size)
}

/// The statement that one corrects.
pub(crate) fn corrected<'a>(reading: Reading<'a>, entry: &StatementEntry) -> Option<&'a StatementEntry> {
    entry.statement.corrects.and_then(|earlier| reading.ledger().statement_of(&earlier))
}

/// A list of items, each with who published it above it.
pub(crate) fn items_of<'a>(reading: Reading<'a>, items: impl Iterator<Item = Said<'a>>) -> Markup {
    html! { @for said in items { (one(reading, said)) } }
}

/// One item of a list, with what corrects it beside it.
pub(crate) fn one(reading: Reading<'_>, said: Said<'_>) -> Markup {
    html! {
        article.said {
            (above(reading, said))
            @match said {
                Said::Claim(entry) => {
                    p { (claim_link(reading, entry)) ": " (entry.claim.contest) " · " a href=(reading.href(&said_address(&entry.claim.area))) { code { (entry.claim.area) } } }
                }
                Said::Statement(entry) => {
                    (quote(reading, entry, IN_LIST))
                    (below(reading, entry))
                    @let later: Vec<&StatementEntry> = corrections(reading, entry).collect();
                    @for later in later.iter().take(WITHIN_ROW) {
                        div.correction {
                            p.small { (reading.t("said.corrected_by")) " " (statement_link(reading, later.place)) " · " (time(reading, later.statement.published)) }
                            (quote(reading, later, IN_LIST))
                        }
                    }
                    (more_of(reading, later.len(), WITHIN_ROW))
                }
            }
        }
    }
}

/// Who published it and answers for it, and when.
pub(crate) fn above(reading: Reading<'_>, said: Said<'_>) -> Markup {
    let has_several = reading.site.snapshot.said(reading.ledger()).elections.len() > 1;
    let of = match said {
        Said::Claim(entry) => &entry.claim.of,
        Said::Statement(entry) => &entry.statement.of,
    };
    html! {
        p {
            b { bdi { (said.whose()) } } " · " (time(reading, said.published()))
            br;
            small {
                a href=(reading.href(&publisher_address(reading, said.key(), said.whose()))) { (attribution(reading, said.key(), said.whose())) }
                " · " (key_words(reading, said.key()))
                @if has_several { " · " (reading.t("said.of_election")) " " (short(of)) }
            }
        }
    }
}

/// Who said it, what it speaks of, what it corrects.
pub(crate) fn below(reading: Reading<'_>, entry: &StatementEntry) -> Markup {
    html! {
        p.small {
            (statement_link(reading, entry.place))
            @if let Some(said_by) = &entry.statement.said_by { " · " (reading.t("said.said_by")) " " bdi { (said_by) } }
            " · " (reading.t("said.speaks_of")) ": " (speaks_of(reading, entry))
            @if let Some(earlier) = corrected(reading, entry) { " · " (reading.t("said.corrects")) " " (statement_link(reading, earlier.place)) }
        }
    }
}
