//! The page of one machine: what it noted of itself, newest first, the gaps in its numbers, its programs, the sessions that
//! people say they had on it, the logins that no session explains.
//!
//! What the machine said about itself, and no more.

use crate::Page;
use crate::Site;
use crate::conduct_index::Machine;
use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::servers::{facts, only_some, programs};
use crate::servers_frame::{ROWS, difference, found_at, line_word, short, table, tabs};
use crate::sessions;
use hakiki_core::kinds::{Event, Moved, UNREGISTERED};
use hakiki_core::ledger::{ObservationEntry, SequenceGap, SessionEntry};
use hakiki_core::roster::KeyIndex;
use hakiki_messages::{Message, number};
use hakiki_note::Hash;
use maud::{Markup, html};

/// Most rows of the tables above the notes; the lists that have all of them are linked.
const ABOVE: usize = 20;

/// The address of a machine's page: the hash of its key, since its name may hold slashes.
pub(crate) fn machine_address(site: &Site<'_>, host: KeyIndex) -> String {
    format!("servers/{}/", site.ledger.roster().key(host).hash)
}

/// The notes of a machine that the head knows, by index, in the order of the log.
pub(crate) fn notes<'a>(site: &Site<'a>, host: KeyIndex) -> &'a [u32] {
    let all = site.ledger.hosts().get(&host).map_or(&[][..], |entry| &entry.observations[..]);
    let size = site.snapshot.head.size;
    &all[..all.partition_point(|index| site.ledger.observations()[*index as usize].place < size)]
}

/// The page; none where no machine has this key.
pub(crate) fn page(reading: Reading<'_>, key: &str, asked_page: Option<&str>, here: &str) -> Option<Page> {
    let hash: Hash = key.parse().ok()?;
    let machines = &reading.site.snapshot.conduct.machines;
    let roster = reading.ledger().roster();
    let machine = machines.iter().find(|machine| roster.key(machine.host).hash == hash)?;
    let name = &roster.key(machine.host).name;
    let notes = notes(&reading.site, machine.host);
    let pager = Pager::by(ROWS, asked_page, notes.len());
    let heading = format!("{} {name}", reading.t("servers.sessions.machine"));
    let main = html! {
        (tabs(reading, here))
        h1 { (reading.t("servers.sessions.machine")) " " bdi { (name) } }
        p { b { (reading.t("recorder.what")) } }
        p.small { (reading.t("servers.machine.intro")) }
        (facts(reading, machine))
        @if pager.page == 1 {
            @if !machine.software.is_empty() { (programs(reading, machine)) }
            (gaps(reading, machine))
            (sessions_on(reading, name.as_str()))
            (logins_on(reading, machine))
        }
        section #notes {
            h2 { (reading.t("servers.machine.notes")) }
            @if notes.is_empty() { p { (reading.t("servers.machine.no_notes")) } }
            @else { (noted(reading, notes, &pager)) }
        }
        (pager.links(reading, &machine_address(&reading.site, machine.host)))
        (difference(reading))
    };
    Some(Frame::new(&heading, here).page(reading, &main))
}

fn gaps(reading: Reading<'_>, machine: &Machine) -> Markup {
    let size = reading.site.snapshot.head.size;
    let all = reading.ledger().hosts().get(&machine.host).map_or(&[][..], |entry| &entry.gaps[..]);
    let all = &all[..all.partition_point(|gap| gap.place < size)];
    let heads =
        ["servers.machine.after", "servers.machine.before", "servers.machine.missing", "servers.record"];
    let row = |gap: &SequenceGap| {
        vec![
            html! { (number(u64::from(gap.after))) },
            html! { (number(u64::from(gap.before))) },
            html! { (number(gap.missing())) },
            reading.record_link(gap.place),
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().rev().take(ABOVE).map(row).collect();
    html! {
        section {
            h2 { (reading.t("servers.gaps")) }
            @if rows.is_empty() { p { (reading.t("servers.machine.no_gaps")) } }
            @else { (table(reading, reading.t("servers.machine.gaps_caption"), &heads, &rows)) }
            (only_some(reading, rows.len(), all.len()))
        }
    }
}

/// The sessions that people say they had on it.
fn sessions_on(reading: Reading<'_>, name: &str) -> Markup {
    let all = &reading.ledger().sessions()[..reading.site.snapshot.conduct.sessions];
    let here: Vec<&SessionEntry> =
        all.iter().rev().filter(|session| session.machine.as_str() == name).collect();
    let rows: Vec<Vec<Markup>> =
        here.iter().take(ABOVE).map(|session| sessions::row(reading, session)).collect();
    html! {
        section {
            h2 { (reading.t("servers.tab.sessions")) }
            @if rows.is_empty() { p { (reading.t("servers.machine.no_sessions")) } }
            @else {
                p.small { (reading.t("servers.sessions.claimed")) " " a href=(reading.href("sessions/")) { (reading.t("servers.tab.sessions")) } }
                (table(reading, reading.t("servers.sessions.caption"), &sessions::HEADS, &rows))
            }
            (only_some(reading, rows.len(), here.len()))
        }
    }
}

/// The logins on it that no session explains.
fn logins_on(reading: Reading<'_>, machine: &Machine) -> Markup {
    let entry = |index: &u32| &reading.ledger().observations()[*index as usize];
    let all = reading.site.snapshot.conduct.logins.iter().rev();
    let here: Vec<u32> = all.filter(|index| entry(index).host == machine.host).copied().collect();
    let rows: Vec<Vec<Markup>> =
        here.iter().take(ABOVE).map(|index| sessions::login(reading, *index)).collect();
    html! {
        section {
            h2 { (reading.t("servers.tab.logins")) }
            @if rows.is_empty() { p { (reading.t("servers.machine.no_logins")) } }
            @else {
                p.small { a href=(reading.href("logins/")) { (reading.t("servers.tab.logins")) } }
                (table(reading, reading.t("servers.logins.caption"), &sessions::LOGIN_HEADS, &rows))
            }
            (only_some(reading, rows.len(), here.len()))
        }
    }
}

fn noted(reading: Reading<'_>, notes: &[u32], pager: &Pager) -> Markup {
    let heads = [
        "servers.machine.number",
        "servers.logins.at",
        "servers.machine.event",
        "servers.machine.subject",
        "servers.findings",
        "servers.record",
    ];
    let shown = notes.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> =
        shown.map(|index| row(reading, &reading.ledger().observations()[*index as usize])).collect();
    table(reading, reading.t("servers.machine.notes_caption"), &heads, &rows)
}

fn row(reading: Reading<'_>, entry: &ObservationEntry) -> Vec<Markup> {
    let observed = &entry.observed;
    vec![
        html! { (number(u64::from(observed.sequence))) },
        html! { (reading.clock(observed.at)) },
        html! { (event_word(reading, observed.event)) },
        subject(reading, entry),
        found_at(reading, entry.place),
        reading.record_link(entry.place),
    ]
}

fn event_word(reading: Reading<'_>, event: Event) -> String {
    line_word(reading, event.as_str())
}

/// Of what a note is, with what was seen.
fn subject(reading: Reading<'_>, entry: &ObservationEntry) -> Markup {
    let observed = &entry.observed;
    let moved = observed.moved.map(|(moved, seconds)| {
        let key = if moved == Moved::Ahead { "servers.machine.ahead" } else { "servers.machine.back" };
        reading.m(&Message::new(key).with("seconds", seconds))
    });
    html! {
        @match observed.subject.as_ref().map(hakiki_note::KeyName::as_str) {
            Some(UNREGISTERED) => (reading.t("page.value_word.unregistered")),
            Some(subject) => { bdi { (subject) } }
            None => {}
        }
        @if let Some(value) = &observed.value { " " (short(value)) }
        @if let Some(origin) = observed.origin { ", " (line_word(reading, origin.as_str())) }
        @if let Some(moved) = moved { (moved) }
    }
}
