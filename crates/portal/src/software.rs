//! Software: what the quorum authorised, when and why, and what machines noted.

use crate::Page;
use crate::conduct_index::Seen;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::servers::only_some;
use crate::servers_frame::{List, ROWS, difference, found_at, keys_words, line_word, reason, short, table};
use crate::timeline::between;
use hakiki_core::ledger::SoftwareEntry;
use hakiki_messages::number;
use hakiki_note::Hash;
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let conduct = &reading.site.snapshot.conduct;
    let pager = Pager::by(ROWS, asked_page, conduct.software_count());
    let shown = conduct.software(reading.ledger()).skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|entry| row(reading, entry)).collect();
    let heads = [
        "servers.component",
        "servers.software.version",
        "servers.software.program",
        "servers.software.configuration",
        "servers.software.dependencies",
        "servers.signed_by",
        "servers.why",
        "site.witnessed",
        "servers.record",
    ];
    let list = List { tab: "software", words: "servers.software", heads: &heads, rest: "software/" };
    list.page(reading, here, &pager, &rows, &observed(reading))
}

fn row(reading: Reading<'_>, entry: &SoftwareEntry) -> Vec<Markup> {
    let software = &entry.software;
    let maybe = |hash: &Option<Hash>| {
        let shown = hash.as_ref().map(short);
        html! { (shown.unwrap_or_else(|| html! { (reading.t("servers.none_authorised")) })) }
    };
    vec![
        html! { bdi { (software.component) } },
        html! { (software.version) },
        short(&software.program),
        maybe(&software.configuration),
        maybe(&software.dependencies),
        keys_words(reading, &entry.keys),
        reason(reading, &software.reason, software.words.as_ref()),
        html! { (between(reading, entry.place)) },
        reading.record_link(entry.place),
    ]
}

/// The newest of what machines noted, each value of a component once.
fn observed(reading: Reading<'_>) -> Markup {
    let seen = &reading.site.snapshot.conduct.seen;
    let rows: Vec<Vec<Markup>> = seen.iter().take(ROWS).map(|line| seen_row(reading, line)).collect();
    let heads = [
        "servers.component",
        "servers.software.what",
        "servers.software.value",
        "servers.software.times",
        "servers.first",
        "servers.newest",
        "servers.findings",
    ];
    html! {
        section {
            h2 { (reading.t("servers.software.observed_title")) }
            p { b { (reading.t("recorder.what")) } }
            @if rows.is_empty() { p { (reading.t("servers.software.nothing_observed")) } }
            @else { (table(reading, reading.t("servers.software.observed_caption"), &heads, &rows)) }
            (only_some(reading, rows.len(), seen.len()))
            (difference(reading))
        }
    }
}

fn seen_row(reading: Reading<'_>, line: &Seen) -> Vec<Markup> {
    vec![
        html! { bdi { (line.component) } },
        html! { (line_word(reading, line.event.as_str())) },
        short(&line.value),
        html! { (number(line.count)) },
        reading.record_link(line.first),
        reading.record_link(line.last),
        found_at(reading, line.last),
    ]
}
