//! Sessions as people say them, and logins that machines noted and no session explains.

use crate::Page;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::servers_frame::{List, ROWS, difference, found_at, key_words, keys_words, line_word, reason};
use hakiki_core::kinds::UNREGISTERED;
use hakiki_core::ledger::SessionEntry;
use maud::{Markup, html};

/// The columns of sessions.
pub(crate) const HEADS: [&str; 7] = [
    "servers.sessions.person",
    "servers.sessions.machine",
    "servers.sessions.begin",
    "servers.sessions.end",
    "servers.sessions.ticket",
    "servers.sessions.countersigner",
    "servers.findings",
];
/// The columns of logins.
pub(crate) const LOGIN_HEADS: [&str; 6] = [
    "servers.sessions.person",
    "servers.sessions.machine",
    "servers.logins.at",
    "servers.logins.origin",
    "servers.findings",
    "servers.record",
];

/// The page of sessions, newest first.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let sessions = &reading.ledger().sessions()[..reading.site.snapshot.conduct.sessions];
    let pager = Pager::by(ROWS, asked_page, sessions.len());
    let shown = sessions.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|session| row(reading, session)).collect();
    let list = List { tab: "sessions", words: "servers.sessions", heads: &HEADS, rest: "sessions/" };
    let more = html! {
        p.small { (reading.t("servers.sessions.claimed")) }
        (difference(reading))
    };
    list.page(reading, here, &pager, &rows, &more)
}

/// A session as a row.
pub(crate) fn row(reading: Reading<'_>, session: &SessionEntry) -> Vec<Markup> {
    let end = session.end_as_of(reading.site.snapshot.head.size);
    vec![
        key_words(reading, session.person),
        html! { code { (session.machine) } },
        html! {
            (reading.clock(session.at)) " " small { (reading.record_link(session.place)) } " "
            small { (reason(reading, &session.reason, session.words.as_ref())) }
        },
        html! {
            @match end {
                Some(end) => {
                    (reading.clock(end.at)) " " small { (reading.record_link(end.place)) } " "
                    small { (reason(reading, &end.reason, end.words.as_ref())) " · " (keys_words(reading, &end.keys)) }
                }
                None => (reading.t("servers.sessions.not_ended")),
            }
        },
        html! { (session.ticket.as_deref().unwrap_or_else(|| reading.t("servers.sessions.no_ticket"))) },
        if let Some(key) = session.countersigner {
            key_words(reading, key)
        } else {
            html! { (reading.t("servers.sessions.no_countersigner")) }
        },
        found_at(reading, session.place),
    ]
}

/// The page of logins without a session, newest first.
pub(crate) fn logins_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let logins = &reading.site.snapshot.conduct.logins;
    let pager = Pager::by(ROWS, asked_page, logins.len());
    let shown = logins.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|index| login(reading, *index)).collect();
    let list = List { tab: "logins", words: "servers.logins", heads: &LOGIN_HEADS, rest: "logins/" };
    let more = html! {
        p { b { (reading.t("recorder.what")) } }
        (difference(reading))
    };
    list.page(reading, here, &pager, &rows, &more)
}

/// A login as a row, by the index of the observation.
pub(crate) fn login(reading: Reading<'_>, index: u32) -> Vec<Markup> {
    let entry = &reading.ledger().observations()[index as usize];
    let observed = &entry.observed;
    let person = observed.subject.as_ref().map(|person| match person.as_str() {
        UNREGISTERED => html! { (reading.t("page.value_word.unregistered")) },
        name => html! { code { (name) } },
    });
    vec![
        html! { @if let Some(person) = person { (person) } " " small { (line_word(reading, observed.event.as_str())) } },
        key_words(reading, entry.host),
        html! { (reading.clock(observed.at)) },
        html! {
            @match observed.origin {
                Some(origin) => (line_word(reading, origin.as_str())),
                None => (reading.t("portal.unknown")),
            }
        },
        found_at(reading, entry.place),
        reading.record_link(entry.place),
    ]
}
