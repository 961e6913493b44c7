//! The addresses of all pages at a head, for copies as plain files and for tests.
//!
//! It makes no page. A list that would be empty has no page where nothing leads to it.

use crate::children::{PARTITION, part};
use crate::pager::{pages_by, pages_of};
use crate::reading::Reading;
use crate::servers::MACHINES;
use crate::servers_frame::ROWS;
use crate::{
    Site, address, asset, audits, changes, custody, declarations, embed, files, machine, said, slip, timeline,
};
use hakiki_core::codes::FindingCode;
use hakiki_messages::Language;

/// The addresses of every page and file of the site at its head, in order, each with its leading `/`; one at a time, so that
/// a nation's need no memory. An address that ends with `/` is a page (in a copy: `index.html` in a folder of that name),
/// any other a file. Codes are percent-encoded as in links.
pub fn every_page<'a>(site: &Site<'a>) -> impl Iterator<Item = String> + use<'a> {
    let site = *site;
    let files = asset::paths().chain(files::paths(site));
    let pages = Language::ALL
        .into_iter()
        .flat_map(move |language| of_a_language(site).map(move |rest| format!("{language}/{rest}")));
    std::iter::once(String::new()).chain(files).chain(pages).map(|rest| format!("/{rest}"))
}

fn of_a_language(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let single =
        ["", "findings/", "log/", "data/", "search/", "about/", "sign/"].into_iter().map(str::to_owned);
    let contests = (0u16..).zip(&site.ledger.election().contests);
    let of_contests = contests.flat_map(move |(index, contest)| of_contest(site, index, &contest.code));
    let of_codes = FindingCode::ALL.iter().flat_map(move |code| {
        let found = site.snapshot.findings.by_code.get(code).map_or(0, Vec::len);
        paged(address::findings(code.as_str(), None, None), found)
    });
    let size = site.snapshot.head.size;
    let records = (0..size).map(address::record);
    let entries = site.ledger.entries().iter().take_while(move |entry| entry.place < size);
    let slips = entries.map(|entry| slip::address(entry.place));
    single
        .chain(of_contests)
        .chain(of_codes)
        .chain(paged("changes/".to_owned(), changes::count(&site)))
        .chain(paged("timeline/".to_owned(), site.snapshot.events.len()))
        .chain(paged("rulings/".to_owned(), timeline::ruling_count(&site)))
        .chain((1..=declarations::page_count(&site)).map(|page| address::paged("declarations/", page)))
        .chain(audits::addresses(site))
        .chain(at_the_servers(site))
        .chain(said::addresses(site))
        .chain(records)
        .chain(slips)
}

/// The pages of what people and machines did.
fn at_the_servers(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let conduct = &site.snapshot.conduct;
    let lists = [
        ("sessions/", conduct.sessions),
        ("logins/", conduct.logins.len()),
        ("software/", conduct.software_count()),
        ("custody/", conduct.items),
        ("doubts/", conduct.challenges),
        ("scrutiny/", conduct.scrutiny),
        ("withheld/", conduct.withheld),
    ];
    let lists = lists.into_iter().flat_map(|(list, rows)| paged_by(ROWS, list.to_owned(), rows));
    let items = custody::items(&site).iter();
    let ways = items
        .flat_map(move |item| paged_by(ROWS, custody::item_address(item), custody::way_length(&site, item)));
    let machines = conduct.machines.iter().flat_map(move |machine| {
        let address = machine::machine_address(&site, machine.host);
        paged_by(ROWS, address, machine::notes(&site, machine.host).len())
    });
    let servers = paged_by(MACHINES, "servers/".to_owned(), conduct.machines.len());
    servers.chain(machines).chain(lists).chain(ways)
}

fn of_contest<'a>(site: Site<'a>, index: u16, contest: &'a str) -> impl Iterator<Item = String> + use<'a> {
    let register = site.ledger.register();
    let count = u32::try_from(register.areas().len()).unwrap_or(u32::MAX);
    let areas = (0..count).flat_map(move |area| of_area(site, index, contest, area));
    let stations = register.stations().iter().map(move |station| address::station(contest, &station.code));
    let any_reading = Reading { site, language: Language::default(), depth: 0 };
    let figure = embed::has_figure(any_reading, index);
    let screens = ["hall", "embed"].into_iter().filter(move |_| figure);
    let screens = screens.map(move |screen| format!("{screen}/{}/", address::encoded(contest)));
    std::iter::once(address::contest(contest)).chain(areas).chain(stations).chain(screens)
}

fn of_area<'a>(
    site: Site<'a>,
    index: u16,
    contest: &'a str,
    area: u32,
) -> impl Iterator<Item = String> + use<'a> {
    let register = site.ledger.register();
    let code = &*register.areas()[area as usize].code;
    let is_whole = register.areas()[area as usize].parent.is_none();
    let tally = site.snapshot.contests[usize::from(index)].view.areas.get(area as usize);
    let lists = PARTITION.into_iter().flat_map(move |state| {
        let rows = tally.map_or(0, |tally| usize::try_from(part(tally, state)).unwrap_or(usize::MAX));
        let has_page = rows > 0 || (is_whole && state == "missing");
        has_page.then(|| paged(address::places(contest, state, code), rows)).into_iter().flatten()
    });
    let findings = site.snapshot.findings.counts(index, area).flat_map(move |(found, count)| {
        let list = address::findings(found.as_str(), Some(contest), Some(code));
        paged(list, usize::try_from(count).unwrap_or(usize::MAX))
    });
    paged(address::area(contest, code), register.stations_of(area).len()).chain(lists).chain(findings)
}

/// A list's own address, then those of its later pages.
fn paged(list: String, rows: usize) -> impl Iterator<Item = String> {
    (1..=pages_of(rows)).map(move |page| address::paged(&list, page))
}

/// The same, with so many rows to a page.
fn paged_by(size: usize, list: String, rows: usize) -> impl Iterator<Item = String> {
    (1..=pages_by(size, rows)).map(move |page| address::paged(&list, page))
}
