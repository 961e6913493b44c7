//! Custody: items with their holders, and the way of one item with a label to print.

use crate::pager::Pager;
use crate::qr::{Code, domain};
use crate::reading::Reading;
use crate::servers_frame::{List, ROWS, difference, found_at, key_words, reason, table, tabs};
use crate::{Page, Site, address, frame::Frame};
use hakiki_core::kinds::ItemKind;
use hakiki_core::ledger::{HandOver, Item};
use hakiki_messages::Message;
use maud::{Markup, html};

/// The address of an item's page.
pub(crate) fn item_address(item: &Item) -> String {
    format!("custody/{}/{}/", item.kind.as_str(), address::encoded(&item.code))
}

/// The items that the head knows.
pub(crate) fn items<'a>(site: &Site<'a>) -> &'a [Item] {
    &site.ledger.items()[..site.snapshot.conduct.items]
}

/// How many hand-overs of an item the head knows.
pub(crate) fn way_length(site: &Site<'_>, item: &Item) -> usize {
    let size = site.snapshot.head.size;
    item.handovers.partition_point(|index| site.ledger.handovers()[*index as usize].place < size)
}

/// The page of items.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let items = items(&reading.site);
    let pager = Pager::by(ROWS, asked_page, items.len());
    let shown = items.iter().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|item| row(reading, item)).collect();
    let heads = [
        "servers.custody.item",
        "servers.custody.holder",
        "servers.custody.station",
        "servers.custody.serials",
        "servers.findings",
        "servers.record",
    ];
    let list = List { tab: "custody", words: "servers.custody", heads: &heads, rest: "custody/" };
    list.page(reading, here, &pager, &rows, &difference(reading))
}

fn name(reading: Reading<'_>, item: &Item) -> String {
    format!("{} {}", kind_word(reading, item.kind), item.code)
}

fn kind_word(reading: Reading<'_>, kind: ItemKind) -> &'static str {
    reading.t(&format!("page.value_word.{}", kind.as_str().replace('-', "_")))
}

fn row(reading: Reading<'_>, item: &Item) -> Vec<Markup> {
    let (ledger, size) = (reading.ledger(), reading.site.snapshot.head.size);
    let newest = ledger.handovers_of(item, size).next();
    let serials = ledger.serials_of_item(item, size);
    vec![
        reading.link(&item_address(item), &name(reading, item)),
        html! { @if let Some(newest) = newest { (key_words(reading, newest.to)) } },
        station(reading, ledger.station_of_item(item, size)),
        html! { @if let Some((first, last)) = serials { (first) "–" (last) } },
        html! { @if let Some(newest) = newest { (found_at(reading, newest.place)) } },
        html! { @if let Some(newest) = newest { (reading.record_link(newest.place)) } },
    ]
}

fn station(reading: Reading<'_>, station: Option<u32>) -> Markup {
    let contest = reading.ledger().election().contests.first();
    html! {
        @match (station, contest) {
            (Some(station), Some(contest)) => {
                @let it = reading.station(station);
                (reading.link(&address::station(&contest.code, &it.code), &it.name)) " " small.code-of { (it.code) }
            }
            _ => (reading.t("servers.custody.no_station")),
        }
    }
}

/// The way of one item, newest first, and its label.
pub(crate) fn item_page(
    reading: Reading<'_>,
    kind: &str,
    code: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Option<Page> {
    let item = reading.ledger().item(ItemKind::parse(kind).ok()?, code)?;
    let (size, count) = (reading.site.snapshot.head.size, way_length(&reading.site, item));
    if count == 0 {
        return None;
    }
    let pager = Pager::by(ROWS, asked_page, count);
    let shown = reading.ledger().handovers_of(item, size).skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|handover| way(reading, handover)).collect();
    let heads = [
        "servers.record",
        "servers.custody.from",
        "servers.custody.to",
        "servers.custody.at",
        "servers.custody.station",
        "servers.why",
        "servers.findings",
    ];
    let heading = name(reading, item);
    let main = html! {
        (tabs(reading, here))
        h1 { bdi { (heading) } }
        p.lede { (reading.t("servers.custody.item_intro")) }
        (table(reading, reading.t("servers.custody.way"), &heads, &rows))
        (pager.links(reading, &item_address(item)))
        (difference(reading))
        (label(reading, item, &heading))
    };
    Some(Frame::new(heading, here).page(reading, &main))
}

fn way(reading: Reading<'_>, handover: &HandOver) -> Vec<Markup> {
    vec![
        reading.record_link(handover.place),
        html! {
            @if handover.from == handover.to { (reading.t("servers.custody.entered")) }
            @else { (key_words(reading, handover.from)) }
        },
        key_words(reading, handover.to),
        html! { (reading.clock(handover.custody.at)) },
        station(reading, handover.station),
        reason(reading, &handover.custody.reason, handover.custody.words.as_ref()),
        found_at(reading, handover.place),
    ]
}

/// What is printed and fixed to the item: its name, its station, and a code of its address.
fn label(reading: Reading<'_>, item: &Item, name: &str) -> Markup {
    let host = domain(reading.ledger().election().origin());
    let link = host.map(|host| format!("https://{host}/{}/{}", reading.language, item_address(item)));
    let code = link.and_then(Code::of_link);
    let said = Message::new("servers.custody.label_code").with("item", name);
    let for_station = reading.ledger().station_of_item(item, reading.site.snapshot.head.size);
    html! {
        section #label {
            h2 { (reading.t("servers.custody.label")) }
            article.slip {
                p { b { bdi { (name) } } }
                p.under { bdi { (reading.ledger().election().title) } }
                @if for_station.is_some() { p { (reading.t("servers.custody.station")) " " (station(reading, for_station)) } }
                @match code {
                    Some(code) => {
                        figure.code-figure {
                            img.qr src=(code.data_url()) width=(code.width()) height=(code.width()) alt=(reading.m(&said));
                            figcaption { span.code-of { (code.link()) } }
                        }
                    }
                    None => p { (reading.t("servers.custody.no_label_code")) },
                }
            }
            p.small { (reading.t("servers.custody.label_how")) }
        }
    }
}
