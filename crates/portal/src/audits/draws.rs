//! What was drawn and why: the dice, who saw them, the draws, and how somebody repeats one with a pencil.

use super::{ROWS_OPEN, ROWS_SHOWN, Shown, files};
use crate::servers_frame::keys_words;
use hakiki_audit::batch::Progress;
use hakiki_audit::of_log::Audit;
use hakiki_audit::sample::Draw;
use hakiki_core::ledger::AuditSeedEntry;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

pub(super) fn section(shown: Shown<'_>, audit: &Audit) -> Markup {
    let seed = shown.entry.seed_as_of(shown.size);
    html! {
        section #draws {
            h2 { (shown.t("draws.title")) }
            @match seed {
                None => p { (shown.t("draws.no_seed")) },
                Some(seed) => {
                    (dice(shown, audit, seed))
                    @if let Ok(progress) = &audit.progress {
                        @if let Some(first) = progress.draws.first() { (check(shown, audit, seed, first)) }
                        (list(shown, audit, progress))
                    }
                }
            }
        }
    }
}

fn dice(shown: Shown<'_>, audit: &Audit, seed: &AuditSeedEntry) -> Markup {
    let reading = shown.reading;
    let present = &seed.seed.present;
    html! {
        dl.facts {
            dt { (shown.t("draws.seed")) } dd { code.digits-row { (seed.seed.digits) } " · " (reading.record_link(seed.place)) }
            dt { (shown.t("draws.thrown")) } dd { (reading.clock(seed.seed.thrown)) }
            dt { (shown.t("draws.seen")) } dd { (keys_words(reading, &seed.keys)) }
            @if !present.is_empty() {
                dt { (shown.t("draws.present")) }
                dd { bdi { (present.iter().map(String::as_str).collect::<Vec<_>>().join(", ")) } }
            }
            dt { (shown.t("draws.weights")) } dd { code { (audit.plan.total_weight()) } }
        }
    }
}

/// One draw worked out, in the words of `docs/reference/audit.md`.
fn check(shown: Shown<'_>, audit: &Audit, seed: &AuditSeedEntry, draw: &Draw) -> Markup {
    let plan = &audit.plan;
    let sum: u128 = plan.weights()[..=draw.item].iter().sum();
    let before = sum - plan.weights()[draw.item];
    let code = &plan.contest().batches()[draw.item].code;
    let found = Message::new("audits.draws.check_found")
        .with("remainder", draw.remainder.to_string())
        .with("station", code.as_str())
        .with("before", before.to_string())
        .with("sum", sum.to_string());
    let digits = &seed.seed.digits;
    let total = plan.total_weight();
    html! {
        h3 { (shown.t("draws.check")) }
        p { (shown.t("draws.check_how")) }
        pre.command {
            "$ printf '%s' '" (digits) "," (draw.number) "' | sha256sum\n" (draw.hash) "  -\n"
            "$ python3 -c 'print(0x" (draw.hash) " % " (total) ")'\n" (draw.remainder)
        }
        p {
            (shown.names.m(&found)) " "
            a href=(shown.file(files::FRAME)) { (shown.t("file.frame")) }
        }
    }
}

fn list(shown: Shown<'_>, audit: &Audit, progress: &Progress) -> Markup {
    let draws = &progress.draws;
    let (open, rest) = draws.split_at(draws.len().min(ROWS_OPEN));
    let shown_rows = draws.len().min(ROWS_SHOWN);
    html! {
        p.small { (shown.t("draws.again")) }
        (table(shown, audit, open))
        @if !rest.is_empty() {
            details {
                summary { (shown.names.m(&Message::new("audits.draws.fold").with("count", draws.len()))) }
                (table(shown, audit, &rest[..shown_rows - open.len()]))
            }
        }
        p.small {
            @if draws.len() > ROWS_SHOWN {
                (shown.names.m(&Message::new("audits.draws.shown").with("count", ROWS_SHOWN))) " " (shown.t("draws.rest")) " "
            }
            a href=(shown.file(files::DRAWS)) { (shown.t("file.draws")) } " · CSV"
        }
    }
}

fn table(shown: Shown<'_>, audit: &Audit, draws: &[Draw]) -> Markup {
    html! {
        div.wide tabindex="0" {
            table.draws {
                caption { (shown.t("draws.caption")) }
                thead { tr {
                    th.n scope="col" { (shown.t("draws.number")) }
                    th scope="col" { (shown.t("draws.station")) }
                    th scope="col" { (shown.t("draws.state")) }
                    th.n scope="col" { (shown.t("draws.remainder")) }
                    th scope="col" { (shown.t("draws.hash")) }
                } }
                tbody { @for draw in draws { (row(shown, audit, draw)) } }
            }
        }
    }
}

fn row(shown: Shown<'_>, audit: &Audit, draw: &Draw) -> Markup {
    let code = &audit.plan.contest().batches()[draw.item].code;
    let station = shown.reading.register().station(code);
    let count = station.and_then(|station| shown.entry.count_of(station, shown.size));
    html! {
        tr {
            th.n scope="row" { (number(draw.number)) }
            td { (shown.station(code)) }
            td {
                @match count {
                    Some(count) => { (shown.t("draws.counted")) " · " (shown.reading.record_link(count.place)) }
                    None => (shown.t("draws.waits")),
                }
            }
            td.n { code { (draw.remainder) } }
            td { code.hash { (draw.hash) } }
        }
    }
}
