//! What stands against a plan, said neutrally: a table that is not what stood, more ballots than a bound, and why no sample follows.

use super::{ROWS_SHOWN, Shown, folded};
use crate::reading::Reading;
use hakiki_audit::of_log::{BatchDifference, Broken};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

pub(super) fn sections(shown: Shown<'_>) -> Markup {
    html! {
        @match shown.audit() {
            Err(error) => {
                section #refused {
                    h2 { (shown.t("refused.title")) }
                    p.note { (shown.t(&format!("refused.{}", error.word()))) }
                }
            }
            Ok(audit) => { @if let Err(broken) = &audit.progress { (self::broken(shown, broken)) } }
        }
        (table(shown))
    }
}

fn broken(shown: Shown<'_>, broken: &Broken) -> Markup {
    html! {
        section #broken {
            h2 { (shown.t("broken.title")) }
            p.note { (shown.t("broken.lead")) }
            div.wide tabindex="0" {
                table {
                    caption { (shown.t("broken.caption")) }
                    thead { tr {
                        th scope="col" { (shown.t("draws.station")) }
                        th.n scope="col" { (shown.t("broken.counted")) }
                        th.n scope="col" { (shown.t("broken.bound")) }
                    } }
                    tbody {
                        @for (station, counted, bound) in broken.stations.iter().take(ROWS_SHOWN) {
                            tr { th scope="row" { (shown.station(station)) } td.n { (number(*counted)) } td.n { (number(*bound)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The plan's table beside what stood in the log.
fn table(shown: Shown<'_>) -> Markup {
    let ledger = shown.reading.ledger();
    let index = shown.reading.site.snapshot.audits(ledger);
    html! {
        @match index.differing(ledger, shown.at) {
            Err(_) => p.small { (shown.t("differs.not_made")) },
            Ok(found) if found.is_empty() => p.small { (shown.t("differs.none")) },
            Ok(found) => {
                section #differs {
                    h2 { (shown.t("differs.title")) }
                    p.note { b { (shown.names.m(&Message::new("audits.differs.count").with("count", found.len()))) } " " (shown.t("differs.lead")) }
                    (folded(found.len(), shown.t("differs.caption"), &list(shown, found)))
                    p.small { (shown.reading.t("portal.difference")) "." }
                }
            }
        }
    }
}

fn list(shown: Shown<'_>, found: &[BatchDifference]) -> Markup {
    html! {
        div.wide tabindex="0" {
            table {
                caption { (shown.t("differs.caption")) }
                thead { tr { th scope="col" { (shown.t("draws.station")) } th scope="col" { (shown.reading.t("portal.what")) } } }
                tbody { @for difference in found.iter().take(ROWS_SHOWN) { (row(shown, difference)) } }
            }
        }
        (more(shown.reading, found.len()))
    }
}

fn row(shown: Shown<'_>, difference: &BatchDifference) -> Markup {
    let (station, what) = match difference {
        BatchDifference::Missing(station) => (station, html! { (shown.t("differs.missing")) }),
        BatchDifference::Extra(station) => (station, html! { (shown.t("differs.extra")) }),
        BatchDifference::Bound { station, table, ledger } => {
            let said = Message::new("audits.differs.bound").with("table", *table).with("ledger", *ledger);
            (station, html! { (shown.names.m(&said)) })
        }
        BatchDifference::Figures { station, table, ledger } => {
            let what = html! {
                (shown.t("differs.figures")) br;
                (shown.t("differs.by_table")) ": " code { (table) } br;
                (shown.t("differs.by_ledger")) ": " code { (ledger) }
            };
            (station, what)
        }
    };
    html! { tr { th scope="row" { (shown.station(station)) } td { (what) } } }
}

/// How many rows a page leaves out.
pub(super) fn more(reading: Reading<'_>, rows: usize) -> Markup {
    crate::servers_frame::more_of(reading, rows, ROWS_SHOWN)
}
