//! The list of stations in a state of the partition: above all those that are missing, named one by one.

use crate::children::{part, status_word};
use crate::frame::{Frame, crumbs};
use crate::pager::{Pager, ROWS};
use crate::reading::Reading;
use crate::{Page, address};
use hakiki_core::view::Status;
use hakiki_messages::Message;
use maud::html;

fn is_in(state: &str, status: Status) -> bool {
    match status {
        Status::NotExpected => false,
        _ if state == "expected" => true,
        Status::Missing => state == "missing",
        Status::Standing(_) => state == "standing",
        Status::Contested => state == "contested",
        Status::Disregarded { .. } => state == "disregarded",
    }
}

/// The page.
pub(crate) fn page(
    reading: Reading<'_>,
    contest: u16,
    area: u32,
    state: &'static str,
    asked_page: Option<&str>,
    here: &str,
) -> Page {
    let view = reading.view(contest);
    let register = reading.register();
    let found: Vec<u32> = (0u32..)
        .zip(register.stations())
        .filter(|(index, station)| {
            is_in(state, view.status(*index)) && register.is_within(station.area, area)
        })
        .map(|(index, _)| index)
        .collect();
    let pager = Pager::new(asked_page, found.len());
    let code = &reading.contest(contest).code;
    let tally = reading.tally(contest, area);
    let word = reading.t(&format!("portal.partition_word.{state}"));
    let heading = reading.m(&Message::new("page.places.title").with("state", word));
    let count =
        Message::new("page.places.count").with("count", part(tally, state)).with("expected", tally.expected);
    let size = reading.site.snapshot.head.size;
    let main = html! {
        (crumbs(reading, contest, area, true))
        h1 { (heading) }
        p.under { bdi { (reading.contest(contest).title) } " · " bdi { (reading.area(area).name) } }
        p.lede {
            (reading.m(&count)) " "
            (reading.m(&Message::new("page.places.means").with("state", word).with("means", reading.t(&format!("portal.partition_means.{state}")))))
        }
        p { (reading.t(&format!("sheet.places_not.{state}"))) }
        @if state == "missing" { p { (reading.t("page.places.no_cause")) } }
        @if !found.is_empty() {
            div.wide tabindex="0" {
                table {
                    caption { (heading) }
                    thead { tr {
                        th scope="col" { (reading.t("portal.level.station")) }
                        th scope="col" { (reading.t("portal.code")) }
                        th scope="col" { (reading.t("portal.results.areas")) }
                        th scope="col" { (reading.t("page.state")) }
                    } }
                    tbody {
                        @for index in found.iter().skip(pager.skip()).take(ROWS) {
                            @let it = reading.station(*index);
                            @let reasons = reading.ledger().missing_reasons(contest, *index);
                            tr {
                                th scope="row" { (reading.link(&address::station(code, &it.code), &it.name)) }
                                td.code-of { (it.code) }
                                td { bdi { (reading.area(it.area).name) } }
                                td {
                                    (status_word(reading, view.status(*index)))
                                    @for (place, reason) in reasons.iter().filter(|(place, _)| *place < size) {
                                        ": " (reason) " " (reading.record_link(*place))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        (pager.links(reading, &address::places(code, state, &reading.area(area).code)))
    };
    Frame::new(heading, here).page(reading, &main)
}
