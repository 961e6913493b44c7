//! What was reported beside what the hand count found, station by station: those that differ first, the others as a number.

use super::{ROWS_SHOWN, Shown, folded};
use crate::servers_frame::WITHIN_ROW;
use hakiki_core::ledger::{AuditCountEntry, BatchRow};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// A station with its reported figures and the newest count of its paper.
struct Pair<'a> {
    batch: &'a BatchRow,
    count: &'a AuditCountEntry,
    /// Reported and counted, in the order of the ballot, then the valid votes.
    figures: Vec<(u64, u64)>,
}

impl<'a> Pair<'a> {
    fn new(batch: &'a BatchRow, count: &'a AuditCountEntry) -> Self {
        let counted: Vec<u64> = count.count.votes.values().map(|votes| u64::from(*votes)).collect();
        let mut figures: Vec<(u64, u64)> = batch.votes.iter().copied().zip(counted.iter().copied()).collect();
        figures.push((batch.valid, counted.iter().sum()));
        Self { batch, count, figures }
    }

    fn differs(&self) -> bool {
        self.figures.iter().any(|(reported, counted)| reported != counted)
    }
}

pub(super) fn section(shown: Shown<'_>) -> Markup {
    let pair = |batch| Some(Pair::new(batch, shown.entry.count_of(batch.station, shown.size)?));
    let pairs: Vec<Pair<'_>> = shown.entry.batches.iter().filter_map(pair).collect();
    if pairs.is_empty() {
        return html! { section #counts { h2 { (shown.t("compared.title")) } p { (shown.t("compared.none")) } } };
    }
    let (differing, same): (Vec<&Pair<'_>>, Vec<&Pair<'_>>) = pairs.iter().partition(|pair| pair.differs());
    let words = |key: &str, count: usize| shown.names.m(&Message::new(key).with("count", count));
    html! {
        section #counts {
            h2 { (shown.t("compared.title")) }
            p {
                (words("audits.compared.counted", pairs.len())) " "
                @if differing.is_empty() { (shown.t("compared.without")) }
                @else { (words("audits.compared.differing", differing.len())) }
            }
            @if !differing.is_empty() { (table(shown, &differing)) p.small { (shown.t("compared.means")) } }
            @if !same.is_empty() {
                details { summary { (words("audits.compared.same", same.len())) } (table(shown, &same)) }
            }
            @if differing.len().max(same.len()) > ROWS_SHOWN { p.small { (shown.t("compared.rest")) } }
            (not_drawn(shown))
        }
    }
}

fn table(shown: Shown<'_>, pairs: &[&Pair<'_>]) -> Markup {
    let candidates = shown.names.candidates();
    html! {
        div.wide tabindex="0" {
            table.compared {
                caption { (shown.t("compared.caption")) }
                thead { tr {
                    th scope="col" { (shown.t("compared.station")) }
                    @for (number, name) in &candidates { th.n scope="col" { (number) " " bdi { (name) } } }
                    th.n scope="col" { (shown.t("compared.valid")) }
                    th scope="col" { (shown.t("compared.record")) }
                } }
                tbody { @for pair in pairs.iter().take(ROWS_SHOWN) { (row(shown, pair)) } }
            }
        }
    }
}

fn row(shown: Shown<'_>, pair: &Pair<'_>) -> Markup {
    let code = &shown.names.station(pair.batch.station).code;
    html! {
        tr {
            th scope="row" { (shown.station(code)) }
            @for (reported, counted) in &pair.figures { td.n { (cell(*reported, *counted)) } }
            td { (records(shown, pair)) }
        }
    }
}

/// `240 / 238 −2`.
fn cell(reported: u64, counted: u64) -> Markup {
    let by = number(reported.abs_diff(counted));
    html! {
        (number(reported)) " / " (number(counted))
        @if reported != counted { " " b.unequal { @if counted < reported { "−" } @else { "+" } (by) } }
    }
}

/// The count that measures, and those that it took the place of.
fn records(shown: Shown<'_>, pair: &Pair<'_>) -> Markup {
    let counts = shown.entry.counts_as_of(shown.size).iter();
    let is_earlier =
        |count: &&AuditCountEntry| count.station == pair.batch.station && count.place != pair.count.place;
    // Only where a count names another it took the place of one: looking through all counts for each station would be slow.
    let replaces = pair.count.count.replaces.is_some();
    let earlier: Vec<&AuditCountEntry> =
        if replaces { counts.filter(is_earlier).take(WITHIN_ROW).collect() } else { Vec::new() };
    html! {
        (shown.reading.record_link(pair.count.place))
        @if !earlier.is_empty() {
            br; small {
                (shown.t("compared.replaced"))
                @for count in earlier { " " (shown.reading.record_link(count.place)) }
            }
        }
    }
}

/// Stations that were counted without a draw.
fn not_drawn(shown: Shown<'_>) -> Markup {
    let Ok(audit) = shown.audit() else { return html! {} };
    let codes = &audit.not_drawn;
    let list = html! { ul { @for code in codes.iter().take(ROWS_SHOWN) { li { (shown.station(code)) } } } };
    html! {
        @if !codes.is_empty() {
            p #not-drawn { (shown.t("compared.not_drawn")) }
            (folded(codes.len(), &number(codes.len() as u64), &list))
            (super::troubles::more(shown.reading, codes.len()))
        }
    }
}
