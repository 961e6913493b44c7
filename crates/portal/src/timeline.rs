//! The timeline: what happened in the log beside the forms, newest first, with the time that its witnesses vouch for; and
//! the list of rulings.

use crate::changes::change_words;
use crate::events::{Event, Happening};
use crate::frame::Frame;
use crate::pager::{Pager, ROWS};
use crate::reading::Reading;
use crate::versions::role;
use crate::{Page, Site, address};
use hakiki_core::kinds::{Notice, NoticeAbout, PollState, Rank};
use hakiki_core::ledger::{DeclarationEntry, PollEntry, RulingEntry};
use hakiki_messages::Message;
use maud::{Markup, html};

/// The page of the timeline.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let events = &reading.site.snapshot.events;
    let heading = reading.t("site.timeline.title");
    let pager = Pager::new(asked_page, events.len());
    let shown: Vec<Event> = events.iter().rev().skip(pager.skip()).take(ROWS).copied().collect();
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("site.timeline.intro")) }
        p.small { (reading.t("site.timeline.forms_elsewhere")) " "
            a href=(reading.href("rulings/")) { (reading.t("site.rulings.title")) } " · "
            a href=(reading.href("declarations/")) { (reading.t("site.declarations.title")) } " · "
            a href=(reading.href("changes/")) { (reading.t("page.changes.title")) }
        }
        (table(reading, heading, &shown))
        (pager.links(reading, "timeline/"))
    };
    Frame::new(heading, here).page(reading, &main)
}

/// Rulings at the head, oldest first.
fn rulings(site: &Site<'_>) -> Vec<Event> {
    let events = site.snapshot.events.iter();
    events.filter(|event| matches!(event.what, Happening::Ruling { .. })).copied().collect()
}

/// How many rulings there are at the head.
pub(crate) fn ruling_count(site: &Site<'_>) -> usize {
    rulings(site).len()
}

/// The page of rulings, newest first.
pub(crate) fn rulings_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let heading = reading.t("site.rulings.title");
    let rulings = rulings(&reading.site);
    let pager = Pager::new(asked_page, rulings.len());
    let shown: Vec<Event> = rulings.iter().rev().skip(pager.skip()).take(ROWS).copied().collect();
    let count = Message::new("portal.records").with("count", rulings.len());
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("site.rulings.intro")) " " (reading.m(&count)) "." }
        @if shown.is_empty() { p { (reading.t("site.rulings.none")) } }
        @else { (table(reading, heading, &shown)) }
        (pager.links(reading, "rulings/"))
    };
    Frame::new(heading, here).page(reading, &main)
}

fn table(reading: Reading<'_>, caption: &str, events: &[Event]) -> Markup {
    html! {
        div.wide tabindex="0" {
            table.timeline {
                caption { (caption) ". " (reading.t("site.timeline.caption")) }
                thead { tr {
                    th scope="col" { (reading.t("site.witnessed")) }
                    th scope="col" { (reading.t("portal.what")) }
                    th scope="col" { (reading.t("portal.place")) }
                } }
                tbody {
                    @for event in events {
                        tr {
                            td { (between(reading, event.place)) }
                            td { (what(reading, event.what)) }
                            td { (records(reading, *event)) }
                        }
                    }
                }
            }
        }
    }
}

/// Between which witnessed times a record came.
pub(crate) fn between(reading: Reading<'_>, place: u64) -> String {
    let moment = |at: u64| reading.moment(i64::try_from(at).unwrap_or(i64::MAX));
    let (earlier, later) = reading.ledger().witnessed_interval(place);
    // Only heads that this page may know of.
    let size = reading.site.snapshot.head.size;
    let later = later.filter(|at| reading.ledger().witnessed_up_to(size).is_some_and(|newest| *at <= newest));
    let words = match (earlier, later) {
        (Some(earlier), Some(later)) => {
            Message::new("site.time.between").with("earlier", moment(earlier)).with("later", moment(later))
        }
        (Some(earlier), None) => Message::new("site.time.after").with("earlier", moment(earlier)),
        (None, Some(later)) => Message::new("site.time.before").with("later", moment(later)),
        (None, None) => Message::new("site.time.none"),
    };
    reading.m(&words)
}

fn records(reading: Reading<'_>, event: Event) -> Markup {
    let last = match event.what {
        Happening::Heads { last, .. } => reading.ledger().heads().get(last).map(|head| head.place),
        _ => None,
    };
    html! {
        (reading.record_link(event.place))
        @if let Some(last) = last.filter(|last| *last != event.place) { " – " (reading.record_link(last)) }
    }
}

/// An event in words.
fn what(reading: Reading<'_>, what: Happening) -> Markup {
    let ledger = reading.ledger();
    let kind = |kind: &str| html! { b { (reading.t(&format!("kind.{kind}.name"))) } };
    match what {
        Happening::Election => kind("election"),
        Happening::Register => kind("register"),
        Happening::Zero => kind("zero"),
        Happening::Poll(index) => {
            html! { (kind("poll")) ": " (ledger.polls().get(index).map(|poll| poll_words(reading, poll)).unwrap_or_default()) }
        }
        Happening::Heads { first, last } => {
            html! { (reading.m(&Message::new("site.timeline.heads").with("count", last - first + 1))) }
        }
        Happening::Ruling { contest, station, index } => html! {
            (kind("ruling")) ": "
            @if let Some(ruling) = ledger.rulings_on(contest, station).get(index) { (ruling_words(reading, contest, station, ruling)) }
        },
        Happening::Collation(index) => html! {
            (kind("collation"))
            @if let Some(entry) = ledger.collations().get(index) { ": " (where_words(reading, entry.contest, entry.area)) }
        },
        Happening::Declaration(index) => html! {
            (kind("declaration"))
            @if let Some(entry) = ledger.declarations().get(index) { ": " (declaration_words(reading, entry)) }
        },
        Happening::Notice(index) => html! {
            (kind("notice"))
            @if let Some((_, notice)) = ledger.notices().get(index) { ": " (notice_words(reading, notice)) }
        },
        Happening::Change(index) => html! {
            @if let Some((_, change)) = ledger.changes().get(index) { (change_words(reading, change)) }
        },
    }
}

fn where_words(reading: Reading<'_>, contest: u16, area: u32) -> Markup {
    let (code, it) = (&reading.contest(contest).code, reading.area(area));
    html! { (reading.link(&address::area(code, &it.code), &it.name)) ", " bdi { (reading.contest(contest).title) } }
}

fn poll_words(reading: Reading<'_>, poll: &PollEntry) -> Markup {
    let state = match poll.state {
        PollState::Opened => "opened",
        PollState::Postponed => "postponed",
        PollState::NotHeld => "not_held",
        PollState::Relocated => "relocated",
        PollState::Closed => "closed",
    };
    let contests: Vec<&str> =
        poll.contests.iter().map(|contest| reading.contest(*contest).title.as_str()).collect();
    let areas: Vec<&str> = poll.areas.iter().map(|area| &*reading.area(*area).name).collect();
    html! {
        (reading.t(&format!("site.poll.{state}"))) ". " bdi { (contests.join(", ")) }
        @if !areas.is_empty() { " · " bdi { (areas.join(", ")) } }
        @if !poll.stations.is_empty() {
            " · " (reading.m(&Message::new("portal.stations").with("count", poll.stations.len())))
        }
    }
}

/// Whose ruling, on which station, and what it says.
pub(crate) fn ruling_words(reading: Reading<'_>, contest: u16, station: u32, ruling: &RulingEntry) -> Markup {
    let it = reading.station(station);
    let rank = match ruling.rank {
        Rank::Returning => "returning",
        Rank::Commission => "commission",
        Rank::Court => "court",
    };
    html! {
        (reading.link(&address::station(&reading.contest(contest).code, &it.code), &it.name))
        " " small.code-of { (it.code) } ". " (ruling_decision(reading, ruling))
        " " small { (reading.t(&format!("site.rank.{rank}"))) }
    }
}

/// What a ruling says.
pub(crate) fn ruling_decision(reading: Reading<'_>, ruling: &RulingEntry) -> String {
    reading.m(&match ruling.stands.and_then(|entry| reading.ledger().entries().get(entry as usize)) {
        Some(entry) => Message::new("page.ruled_stands").with("place", entry.place),
        None => {
            Message::new("page.ruled_disregarded").with("article", ruling.article.as_deref().unwrap_or("–"))
        }
    })
}

fn declaration_words(reading: Reading<'_>, entry: &DeclarationEntry) -> Markup {
    let key = reading.ledger().roster().key(entry.key);
    html! {
        (where_words(reading, entry.contest, entry.area)) ". "
        (role(reading, key)) " " code { (key.name) } ", "
        @if entry.dissents { b { (reading.t("site.declarations.dissents")) } }
        @else { (reading.m(&Message::new("site.declarations.over").with("size", entry.head.size))) }
    }
}

/// What a notice says.
pub(crate) fn notice_words(reading: Reading<'_>, notice: &Notice) -> Markup {
    let about = match notice.about {
        NoticeAbout::Incident => "incident",
        NoticeAbout::Outage => "outage",
        NoticeAbout::Pause => "pause",
        NoticeAbout::Resume => "resume",
    };
    let from = Message::new("site.notice.from").with("time", reading.clock(notice.from));
    let reason = Message::new("page.changes.reason").with("reason", notice.reason.as_str());
    html! { (reading.t(&format!("site.notice.{about}"))) ", " (reading.m(&from)) ". " (reading.m(&reason)) }
}
