//! The page of the machines: which programs each last noted against what is authorised, gaps in its numbers, open sessions.

use crate::Page;
use crate::conduct_index::Machine;
use crate::frame::Frame;
use crate::machine::machine_address;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::servers_frame::{difference, found_at, key_words, line_word, more_of, short, table, tabs};
use hakiki_core::kinds::Event;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Machines of one page: each has a table of its own.
pub(crate) const MACHINES: usize = 20;
/// Most lines of one machine's table.
const COMPONENTS: usize = 60;

/// The page.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let machines = &reading.site.snapshot.conduct.machines;
    let pager = Pager::by(MACHINES, asked_page, machines.len());
    let heading = reading.t("servers.title");
    let main = html! {
        (tabs(reading, here))
        h1 { (heading) }
        p.lede { (reading.t("servers.intro")) }
        p { b { (reading.t("recorder.what")) } }
        @if machines.is_empty() { p { (reading.t("servers.none")) } }
        @for machine in machines.iter().skip(pager.skip()).take(MACHINES) { (section(reading, machine)) }
        (pager.links(reading, "servers/"))
        (difference(reading))
    };
    Frame::new(heading, here).page(reading, &main)
}

fn section(reading: Reading<'_>, machine: &Machine) -> Markup {
    let key = reading.ledger().roster().key(machine.host);
    html! {
        section {
            h2 { a href=(reading.href(&machine_address(&reading.site, machine.host))) { bdi { (key.name) } } }
            (facts(reading, machine))
            @if !machine.software.is_empty() { (programs(reading, machine)) }
        }
    }
}

/// What there is to say of a machine in a few lines.
pub(crate) fn facts(reading: Reading<'_>, machine: &Machine) -> Markup {
    let key = reading.ledger().roster().key(machine.host);
    let open = reading.site.snapshot.conduct.open_on(key.name.as_str());
    let last = machine.last.map(|index| &reading.ledger().observations()[index as usize]);
    html! {
        dl.facts {
            dt { (reading.t("servers.last")) }
            dd {
                @match last {
                    Some(last) => {
                        (reading.clock(last.observed.at)) ", " (line_word(reading, last.observed.event.as_str())) ", "
                        (reading.record_link(last.place))
                    }
                    None => (reading.t("servers.no_note")),
                }
            }
            dt { (reading.t("servers.notes")) } dd { (number(machine.count)) }
            dt { (reading.t("servers.gaps")) }
            dd {
                @match machine.newest_gap {
                    Some(gap) => {
                        b { (number(machine.missing)) } ", " (reading.t("servers.newest_gap")) " " (reading.record_link(gap.place))
                    }
                    None => (reading.t("servers.no_gaps")),
                }
            }
            dt { (reading.t("servers.open_sessions")) }
            dd {
                @if open.count == 0 { (reading.t("servers.no_open_sessions")) }
                @else {
                    b { (number(open.count)) } ", " (reading.t("servers.newest_session")) " " (reading.record_link(open.newest))
                }
            }
            dt { (reading.t("servers.key")) } dd { (key_words(reading, machine.host)) ", " (reading.record_link(key.enrolled_at)) }
            dt { (reading.t("servers.quote")) }
            dd {
                @match machine.quote {
                    Some(index) => (quote(reading, index)),
                    None => (reading.t("servers.no_quote")),
                }
            }
        }
    }
}

/// A machine's last quote of its security chip: the record, the text where it is here, what it shows and what it does not.
fn quote(reading: Reading<'_>, index: u32) -> Markup {
    let entry = &reading.ledger().observations()[index as usize];
    let text = entry.observed.value.filter(|hash| reading.site.source.has_blob(hash));
    html! {
        (reading.record_link(entry.place)) " " small { (reading.clock(entry.observed.at)) }
        @if let Some(subject) = &entry.observed.subject { ", " bdi { (subject) } }
        ", "
        @match text {
            Some(hash) => a href=(reading.to(&format!("blob/{hash}"))) { (reading.t("servers.quote_text")) },
            None => (reading.t("log.blob_not_here")),
        }
        p.small { (reading.t("servers.quote_shows")) " " code { "hakiki recorder quote --check" } }
    }
}

/// What it last noted of its programs.
pub(crate) fn programs(reading: Reading<'_>, machine: &Machine) -> Markup {
    let heads = [
        "servers.component",
        "servers.observed",
        "servers.authorised",
        "servers.compared",
        "servers.findings",
        "servers.record",
    ];
    let shown = machine.software.iter().take(COMPONENTS);
    let rows: Vec<Vec<Markup>> =
        shown.map(|((component, event), index)| row(reading, component, *event, *index)).collect();
    html! {
        (table(reading, reading.t("servers.caption"), &heads, &rows))
        (more_of(reading, machine.software.len(), COMPONENTS))
    }
}

/// What a machine last noted of a component's program, configuration or dependencies.
fn row(reading: Reading<'_>, component: &str, event: Event, index: u32) -> Vec<Markup> {
    let ledger = reading.ledger();
    let entry = &ledger.observations()[index as usize];
    let value_at = |place: u64| {
        let entry = ledger.software_at(component, place)?;
        let value = match event {
            Event::Configuration => entry.software.configuration,
            Event::Dependencies => entry.software.dependencies,
            _ => Some(entry.software.program),
        }?;
        Some((value, entry.place))
    };
    let now = value_at(reading.site.snapshot.head.size);
    let then = value_at(entry.place);
    vec![
        html! { bdi { (component) } " " small { (line_word(reading, event.as_str())) } },
        html! { @if let Some(value) = &entry.observed.value { (short(value)) } },
        html! {
            @match now {
                Some((value, place)) => { (short(&value)) " " (reading.record_link(place)) }
                None => (reading.t("servers.none_authorised")),
            }
        },
        html! {
            @match then {
                Some((value, place)) if entry.observed.value == Some(value) => {
                    (reading.t("servers.same")) " " (reading.record_link(place))
                }
                Some((value, place)) => { (short(&value)) " " (reading.record_link(place)) }
                None => (reading.t("servers.nothing_to_compare")),
            }
        },
        found_at(reading, entry.place),
        html! { (reading.record_link(entry.place)) " " small { (reading.clock(entry.observed.at)) } },
    ]
}

/// A line on the page of the whole, where something was found at the servers.
pub(crate) fn line(reading: Reading<'_>) -> Markup {
    html! {
        p.small { (reading.t("servers.on_first_page")) " " a href=(reading.href("servers/")) { (reading.t("servers.title")) } "." }
    }
}

/// The way here from the page of the log.
pub(crate) fn from_log(reading: Reading<'_>) -> Markup {
    html! {
        section {
            h2 { (reading.t("servers.title")) }
            p { (reading.t("servers.from_log")) " " a href=(reading.href("servers/")) { (reading.t("servers.title")) } }
            p { a href=(reading.href("sign/")) { (reading.t("servers.sign.title")) } ": " (reading.t("servers.sign.intro")) }
        }
    }
}

/// The sentence that says how much of a list is shown.
pub(crate) fn only_some(reading: Reading<'_>, shown: usize, count: usize) -> Markup {
    let words = Message::new("servers.only_some").with("shown", shown).with("count", count);
    html! { @if count > shown { p.small { (reading.m(&words)) } } }
}
