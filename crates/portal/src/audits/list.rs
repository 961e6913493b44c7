//! The list of all audits of the log, the newest first.

use super::{LIST, ON_A_PAGE, Shown, address_of, plans};
use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::{Page, address};
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let heading = reading.t("audits.title");
    let count = plans(&reading.site).len();
    let pager = Pager::by(ON_A_PAGE, asked_page, count);
    let main = html! {
        h1 { (heading) }
        @if count == 0 { p.lede { (reading.t("audits.none")) } }
        p class=[(count > 0).then_some("lede")] { (reading.t("audits.what")) }
        @if count > 0 {
            ul.audits {
                @for at in (0..count).rev().skip(pager.skip()).take(ON_A_PAGE) { li { (row(Shown::of(reading, at))) } }
            }
            (pager.links(reading, LIST))
        }
        p.small { (reading.t("audits.list.repeat")) " " a href=(reading.to("audits.txt")) { "audits.txt" } }
    };
    Frame::new(heading, here).page(reading, &main)
}

fn row(shown: Shown<'_>) -> Markup {
    let (reading, names) = (shown.reading, shown.names);
    let (contest, area) = (names.contest(), names.area());
    html! {
        h2 { a href=(reading.href(&address_of(shown.entry.place))) { bdi { (contest.title) } ", " bdi { (area.name) } } }
        p { (reading.t("audits.page.outcome")) ": " b { bdi { (names.outcome()) } } }
        p { (names.stage(shown.audit())) }
        @if let Some(newer) = shown.superseded_by() {
            p.note { (reading.t("audits.page.superseded")) " " a href=(reading.href(&address_of(newer.place))) { (reading.t("audits.plan")) " " (newer.place) } }
        }
        p.small {
            (reading.t("audits.page.limit")) " " (names.limit()) " · " (reading.t("audits.page.method")) ": " (names.method())
            " · " (reading.t("audits.plan")) " " (reading.record_link(shown.entry.place))
        }
    }
}

/// Audits of a contest in an area, on the page of that area: links, and nothing that is dear to compute.
pub(crate) fn of_area(reading: Reading<'_>, contest: u16, area: u32) -> Markup {
    let is_here =
        |entry: &&hakiki_core::ledger::AuditPlanEntry| (entry.contest, entry.area) == (contest, area);
    let found: Vec<_> = plans(&reading.site).iter().rev().filter(is_here).collect();
    html! {
        @if !found.is_empty() {
            section #audits {
                h2 { (reading.t("audits.title")) }
                p { (reading.t("audits.station.here")) }
                ul {
                    @for entry in found.into_iter().take(ON_A_PAGE) {
                        @let names = super::Names { ledger: reading.ledger(), entry, language: reading.language };
                        li {
                            a href=(reading.href(&address_of(entry.place))) { bdi { (names.outcome()) } }
                            " · " (reading.t("audits.plan")) " " a href=(reading.href(&address::record(entry.place))) { (entry.place) }
                        }
                    }
                }
            }
        }
    }
}
