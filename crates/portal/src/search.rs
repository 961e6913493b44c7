//! Find a station or area by name, by code, or by the number on a polling card, with room for a slip of the finger.
//!
//! The page asks the index of the register ([`crate::place_index`]); a copy of plain files has the same as files
//! ([`crate::search_files`]) and a script.

use crate::frame::Frame;
use crate::place_index::{How, Place};
use crate::reading::Reading;
use crate::search_files::INDEX;
use crate::{Page, address, asset};
use hakiki_messages::{Message, find};
use maud::{Markup, html};

/// Most results that are shown.
pub(crate) const RESULTS: usize = 50;
/// Longest query that is compared, in characters: longer than any name of a place.
const QUERY_CHARACTERS: usize = 80;
/// Shortest query.
const QUERY_LEAST: usize = 2;

/// The page.
pub(crate) fn page(reading: Reading<'_>, query: &str, here: &str) -> Page {
    let query: String = query.trim().chars().take(QUERY_CHARACTERS).collect();
    let heading = reading.t("portal.search.title");
    let root = reading.href("");
    let main = html! {
        h1 { (heading) }
        form action=(reading.href("search/")) method="get" role="search" #search
            data-index=(reading.to(INDEX)) data-root=(root) data-words=(script_words(reading)) {
            label for="q" { (reading.t("find.label")) }
            input #q type="search" name="q" value=(query) maxlength=(QUERY_CHARACTERS) autocomplete="off" spellcheck="false" aria-describedby="q-hint";
            button type="submit" { (reading.t("portal.search.button")) }
            p.small #q-hint { (reading.t("find.hint")) }
        }
        div #found aria-live="polite" {
            @if !query.is_empty() { (results(reading, &query)) }
        }
        p.small { (reading.t("find.script")) " " a href=(reading.href("")) { (reading.t("portal.error.go_results")) } }
        script src=(reading.to(&asset::asset_path("search.js"))) defer {}
    };
    Frame::new(heading, here).page(reading, &main)
}

/// The words that the script needs, by name, one a line: `name=text`. Texts hold no line ends.
fn script_words(reading: Reading<'_>) -> String {
    let names = [
        ("found", "portal.search.found"),
        ("none", "portal.search.none"),
        ("too_many", "portal.search.too_many"),
        ("too_short", "portal.search.too_short"),
        ("only_some", "find.only_some"),
        ("common", "find.common"),
        ("loading", "find.loading"),
        ("code", "find.how.code"),
        ("begins", "find.how.begins"),
        ("holds", "find.how.holds"),
        ("near", "find.how.near"),
        ("name", "find.how.name"),
        ("read_as", "find.how.read_as"),
    ];
    let one = find(reading.language, "portal.search.found").map_or("", |word| word.form(Some(1)));
    let said = names.map(|(name, key)| format!("{name}={}", reading.t(key)));
    said.into_iter().chain([format!("found_one={one}")]).collect::<Vec<_>>().join("\n")
}

fn results(reading: Reading<'_>, query: &str) -> Markup {
    if query.chars().count() < QUERY_LEAST {
        return html! { p { (reading.m(&Message::new("portal.search.too_short").with("count", QUERY_LEAST))) } };
    }
    let answer = reading.site.snapshot.places(reading.ledger()).find(query, RESULTS);
    let Some(contest) = reading.ledger().election().contests.first() else { return html! {} };
    html! {
        @if answer.found.is_empty() {
            p { (reading.m(&Message::new("portal.search.none").with("query", query))) }
        } @else {
            h2 { (reading.m(&Message::new("portal.search.found").with("count", answer.count))) }
            @if answer.only_some { p { (reading.t("find.only_some")) } }
            @if answer.count > RESULTS { p { (reading.m(&Message::new("portal.search.too_many").with("count", RESULTS))) } }
            ul.found {
                @for (place, how) in &answer.found {
                    li {
                        (door(reading, &contest.code, *place))
                        " " small.how { (how_words(reading, how)) }
                    }
                }
            }
        }
    }
}

fn door(reading: Reading<'_>, contest: &str, place: Place) -> Markup {
    match place {
        Place::Area(index) => {
            let it = reading.area(index);
            html! {
                (reading.link(&address::area(contest, &it.code), &it.name))
                " " small { (reading.level(it.level)) " " span.code-of { (it.code) } }
            }
        }
        Place::Station(index) => {
            let it = reading.station(index);
            html! {
                (reading.link(&address::station(contest, &it.code), &it.name))
                " " small { (reading.t("portal.level.station")) " " span.code-of { (it.code) } " · " bdi { (reading.area(it.area).name) } }
            }
        }
    }
}

/// What matched, in words.
fn how_words(reading: Reading<'_>, how: &How) -> String {
    let key = match how {
        How::Code => "find.how.code",
        How::CodeBegins => "find.how.begins",
        How::CodeHolds => "find.how.holds",
        How::CodeNear => "find.how.near",
        How::Name(read_as) if read_as.is_empty() => "find.how.name",
        How::Name(read_as) => {
            let said = read_as.iter().map(|(typed, read)| {
                let words = Message::new("find.how.read_as").with("typed", typed.as_str());
                reading.m(&words.with("read", read.as_str()))
            });
            return said.collect::<Vec<_>>().join(", ");
        }
    };
    reading.t(key).to_owned()
}
