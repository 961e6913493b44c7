//! The pull sheet and the tally sheets of an audit as pages that print; what stands around them is not printed.

use super::{Shown, address_of};
use crate::Page;
use crate::audit_sheets::Sheets;
use crate::frame::Frame;
use crate::reading::Reading;
use hakiki_messages::Message;
use maud::{Markup, html};

/// Stations on one page: of a tally sheet about four thousand bytes each. A full count of a nation is for the command.
const STATIONS_MOST: usize = 500;

#[derive(Clone, Copy)]
enum Kind {
    Pull,
    Tally,
}

/// The pull sheet of the plan at a place.
pub(crate) fn pull_page(reading: Reading<'_>, place: &str, here: &str) -> Option<Page> {
    page(reading, place, here, Kind::Pull)
}

/// The tally sheets of the plan at a place.
pub(crate) fn tally_page(reading: Reading<'_>, place: &str, here: &str) -> Option<Page> {
    page(reading, place, here, Kind::Tally)
}

fn page(reading: Reading<'_>, place: &str, here: &str, kind: Kind) -> Option<Page> {
    let shown = Shown::new(reading, place)?;
    let heading = shown.t(match kind {
        Kind::Pull => "sheet.pull",
        Kind::Tally => "sheet.tally",
    });
    let sheets = shown.audit().as_ref().ok().map(|audit| Sheets::of(reading.ledger(), shown.entry, audit));
    let main = html! {
        div.not-printed {
            h1 { (heading) }
            p { a href=(reading.href(&address_of(shown.entry.place))) { (shown.t("sheet.back")) } }
            p { (shown.names.stage(shown.audit())) }
        }
        @match &sheets {
            Some(sheets) if sheets.stations().len() > STATIONS_MOST => (many(shown, sheets.stations().len())),
            Some(sheets) => {
                @if !sheets.stations().is_empty() { p.not-printed { (shown.t("sheet.print")) } }
                @match kind {
                    Kind::Pull => (sheets.pull_sheet(reading.language)),
                    Kind::Tally => (sheets.tally_sheets(reading.language)),
                }
            }
            None => p { (shown.t("sheet.nothing")) },
        }
    };
    Some(Frame::new(heading, here).page(reading, &main))
}

fn many(shown: Shown<'_>, count: usize) -> Markup {
    let source = shown.reading.t("page.log.source");
    html! {
        p { (shown.names.m(&Message::new("audits.sheet.many").with("count", count))) }
        pre.command { "hakiki audit draw --log <" (source) "> --plan " (shown.entry.id) " --out <" (shown.reading.t("site.run.directory")) ">" }
    }
}
