//! The page of one audit: where it stands first, then what is tested, how the risk went, what was drawn, what the paper had.

use super::{Shown, address_of, assertions, compared, draws, files, graph, subject, troubles};
use crate::Page;
use crate::frame::Frame;
use crate::reading::Reading;
use crate::share::fraction;
use hakiki_audit::batch::Stage;
use hakiki_messages::Message;
use maud::{Markup, html};

/// The page of the plan at a place.
pub(crate) fn page(reading: Reading<'_>, place: &str, here: &str) -> Option<Page> {
    let shown = Shown::new(reading, place)?;
    let names = shown.names;
    let heading = Message::new("audits.page.heading")
        .with("contest", names.contest().title.as_str())
        .with("area", &*names.area().name);
    let heading = reading.m(&heading);
    let main = html! {
        h1 { bdi { (heading) } }
        p.under { bdi { (names.outcome()) } }
        p.lede #stage { b { (names.stage(shown.audit())) } " " (names.next(shown.audit())) }
        @if let Some(newer) = shown.superseded_by() {
            p.note { (shown.t("page.superseded")) " " a href=(reading.href(&address_of(newer.place))) { (shown.t("plan")) " " (newer.place) } }
        }
        (sheets(shown))
        (subject::section(shown))
        (troubles::sections(shown))
        @if let Ok(audit) = shown.audit() {
            (assertions::section(shown, audit))
            (graph::section(shown, audit))
            (draws::section(shown, audit))
        }
        (compared::section(shown))
        (means(shown))
    };
    Some(Frame::new(heading, here).checking(Some(shown.entry.id)).page(reading, &main))
}

/// What a board prints, while paper waits.
fn sheets(shown: Shown<'_>) -> Markup {
    let waits = shown.audit().as_ref().is_ok_and(|audit| {
        audit.progress.as_ref().map_or(true, |progress| {
            matches!(progress.stage, Stage::Counting { .. } | Stage::FullCount { .. })
        })
    });
    let page = address_of(shown.entry.place);
    html! {
        @if waits {
            p {
                (shown.t("page.sheets")) ": "
                @for (at, sheet) in ["pull", "tally"].into_iter().enumerate() {
                    @if at > 0 { " · " }
                    a href=(shown.reading.href(&format!("{page}{sheet}/"))) { (shown.t(&format!("sheet.{sheet}_door"))) }
                }
            }
        }
    }
}

/// What the audit means and what it does not mean, and where everything is to be had.
fn means(shown: Shown<'_>) -> Markup {
    let (numerator, denominator) = shown.entry.plan.risk_limit;
    let rest = fraction((denominator.saturating_sub(numerator), denominator));
    let confirmed =
        Message::new("audits.page.means_confirmed").with("limit", shown.names.limit()).with("rest", rest);
    let links: Vec<(&str, String)> = files::of_plan(&shown.reading.site, shown.at)
        .into_iter()
        .map(|name| (name, shown.file(name)))
        .collect();
    html! {
        section #means {
            h2 { (shown.t("page.means")) }
            ul {
                li { (shown.names.m(&confirmed)) }
                li { (shown.t("page.means_open")) }
                li { (shown.t("page.means_paper")) }
                li { (shown.t("page.means_nobody")) }
            }
            p { (shown.t("page.reference")) }
            ul {
                li { a href=(shown.reading.to("audits.txt")) { (shown.t("file.text")) } " · audits.txt" }
                @for (name, link) in &links {
                    @let stem = name.split('.').next().unwrap_or(name);
                    li { a href=(link) { (shown.t(&format!("file.{stem}"))) } " · " (name) }
                }
            }
        }
    }
}
