//! A line at a station or a record that is part of an audit, with the way to its page.

use super::{Shown, address_of, plans};
use crate::reading::Reading;
use hakiki_core::Record;
use hakiki_core::kinds::Body;
use hakiki_core::ledger::AuditPlanEntry;
use maud::{Markup, html};

/// Whether a station's paper was drawn or counted, for each audit of the contest.
pub(crate) fn of_station(reading: Reading<'_>, contest: u16, station: u32) -> Markup {
    let concerns = |entry: &AuditPlanEntry| entry.contest == contest && entry.batch_of(station).is_some();
    let all = plans(&reading.site).iter().enumerate().filter(|(_, entry)| concerns(entry));
    let said: Vec<(u64, Markup)> =
        all.filter_map(|(at, entry)| Some((entry.place, line(reading, at, station)?))).collect();
    html! {
        @if !said.is_empty() {
            section {
                h2 { (reading.t("audits.station.title")) }
                @for (place, said) in &said { p #{ "audit-" (place) } { (said) } }
            }
        }
    }
}

fn line(reading: Reading<'_>, at: usize, station: u32) -> Option<Markup> {
    let entry = &reading.ledger().audit_plans()[at];
    let size = reading.site.snapshot.head.size;
    let count = entry.count_of(station, size);
    // Without dice or a count there is nothing to say, and nothing to compute.
    if count.is_none() && entry.seed_as_of(size).is_none() {
        return None;
    }
    let shown = Shown::of(reading, at);
    let key = match (count, shown.computed.has_drawn(station)) {
        (Some(_), true) => "counted",
        (Some(_), false) if shown.computed.counts_all() => "counted_by_hand",
        (Some(_), false) => "counted_not_drawn",
        (None, _) if shown.computed.counts_all() => "to_count",
        (None, true) => "waits",
        (None, false) => return None,
    };
    Some(html! {
        (shown.t(&format!("station.{key}"))) " "
        @if let Some(count) = count { (reading.record_link(count.place)) " · " }
        a href=(reading.href(&address_of(entry.place))) { (shown.t("audit")) ": " bdi { (shown.names.outcome()) } }
    })
}

/// The audit that a record is part of, as a link.
pub(crate) fn of_record(reading: Reading<'_>, record: &Record) -> Option<Markup> {
    let id = match record.body() {
        Body::AuditPlan(_) => *record.id(),
        Body::AuditSeed(seed) => seed.plan,
        Body::AuditCount(count) => count.plan,
        _ => return None,
    };
    let entry = plans(&reading.site).iter().find(|entry| entry.id == id)?;
    let names = super::Names { ledger: reading.ledger(), entry, language: reading.language };
    Some(html! { a href=(reading.href(&address_of(entry.place))) { bdi { (names.outcome()) } } })
}
