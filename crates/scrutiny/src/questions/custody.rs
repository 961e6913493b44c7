//! Hand-overs as rows, and questions 23, 25 and 40, which ask of kits and form books.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{ItemKind, Kind};
use hakiki_core::ledger::HandOver;
use hakiki_core::roster::{KeyIndex, Role};
use std::collections::{BTreeMap, BTreeSet};

/// The columns of hand-overs.
pub fn custody_table() -> Table {
    Table::new(&["items", "serials", "station", "giver", "taker", "at", "reason", "compared"])
}

/// A hand-over as a row.
pub fn custody_row(i: &Inquiry<'_>, handover: &HandOver, table: &mut Table) {
    let custody = &handover.custody;
    let items: Vec<String> =
        custody.items.iter().map(|(kind, code)| format!("{} {code}", kind.as_str())).collect();
    let serials = custody.serials.as_ref().map(|(first, last)| format!("{first} – {last}"));
    let compared = if handover.gaps.is_empty() { Cell::None } else { Cell::Word("does_not_follow") };
    let cells = cells![
        items.join(", "),
        serials,
        handover.station.map(|station| i.station(station)),
        i.name(handover.from),
        i.name(handover.to),
        custody.at,
        custody.reason.as_str(),
        compared,
    ];
    table.row(handover.place, cells);
}

/// What is known of one kit label or item.
#[derive(Default)]
struct Kit {
    on_forms: BTreeSet<u32>,
    given_for: BTreeSet<u32>,
    forms: u64,
    /// Enrolled keys of kits that signed its forms, by the form's station.
    keys: BTreeMap<u32, BTreeSet<KeyIndex>>,
    is_item: bool,
    place: u64,
}

impl Kit {
    /// All keys under its label.
    fn all_keys(&self) -> BTreeSet<KeyIndex> {
        self.keys.values().flatten().copied().collect()
    }

    /// Whether its forms are of several stations, each signed by a key that signed at no other: a label printed on several kits.
    fn is_several_devices(&self) -> bool {
        let apart: usize = self.keys.values().map(BTreeSet::len).sum();
        self.on_forms.len() > 1
            && self.keys.values().all(|keys| !keys.is_empty())
            && apart == self.all_keys().len()
    }
}

fn kits<'a>(i: &Inquiry<'a>) -> BTreeMap<&'a str, Kit> {
    let mut kits: BTreeMap<&str, Kit> = BTreeMap::new();
    for (_, entry) in i.entries() {
        let Some(label) = i.paper(entry.place).and_then(|paper| paper.kit.as_deref()) else { continue };
        let kit = kits.entry(label).or_default();
        kit.on_forms.insert(entry.station);
        kit.forms += 1;
        let of_kits = entry.keys.iter().copied().filter(|key| i.key(*key).role == Role::Kit);
        kit.keys.entry(entry.station).or_default().extend(of_kits);
        kit.place = entry.place;
    }
    for item in i.ledger.items().iter().filter(|item| item.kind == ItemKind::Kit) {
        let mut stations = BTreeSet::new();
        let mut newest = None;
        for handover in i.ledger.handovers_of(item, i.as_of) {
            newest = newest.or(Some(handover.place));
            stations.extend(handover.station);
        }
        let Some(place) = newest else { continue };
        let kit = kits.entry(item.code.as_str()).or_default();
        kit.is_item = true;
        kit.given_for = stations;
        kit.place = kit.place.max(place);
    }
    kits
}

fn stations(i: &Inquiry<'_>, stations: &BTreeSet<u32>) -> Cell {
    let codes: Vec<&str> = stations.iter().map(|station| i.station(*station)).collect();
    if codes.is_empty() { Cell::None } else { codes.join(" ").into() }
}

fn kit_table(i: &Inquiry<'_>, which: impl Fn(&Kit) -> bool) -> Table {
    let mut table = Table::new(&["kit", "stations_on_forms", "stations_given", "forms", "kit_keys"]);
    for (label, kit) in kits(i).iter().filter(|(_, kit)| which(kit)) {
        table.row(
            kit.place,
            cells![
                *label,
                stations(i, &kit.on_forms),
                stations(i, &kit.given_for),
                kit.forms,
                kit.all_keys().len() as u64
            ],
        );
    }
    table
}

/// Which kit for which station; which were spare.
pub fn q23(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(23, &[Kind::Form, Kind::Custody]) {
        return answer.limited();
    }
    let kits = kits(i);
    let spare = kits.values().filter(|kit| kit.is_item && kit.forms == 0).count() as u64;
    let other = |kit: &&Kit| kit.is_item && !kit.on_forms.is_subset(&kit.given_for);
    let differing = kits.values().filter(other).count() as u64;
    let items = kits.values().filter(|kit| kit.is_item).count() as u64;
    let figures = [("kits", kits.len() as u64), ("items", items), ("spare", spare), ("differing", differing)];
    let status = if items > 0 { Status::Answered } else { Status::Partly };
    Answer::new(23, status).says(&figures).limited().with(kit_table(i, |_| true))
}

/// Did one kit send for two stations.
pub fn q25(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(25, &[Kind::Form]) {
        return answer.limited();
    }
    let several = kit_table(i, |kit| kit.on_forms.len() > 1);
    let kits = kits(i);
    let labels = kits.values().filter(|kit| kit.forms > 0).count() as u64;
    let own = kits.values().filter(|kit| kit.is_several_devices()).count() as u64;
    let figures = [("kits", labels), ("several", several.len()), ("own", own)];
    Answer::new(25, Status::Answered).says(&figures).limited().with(several)
}

/// Is the serial issued; where is the reserve book.
pub fn q40(i: &Inquiry<'_>) -> Answer {
    let books = i.ledger.items().iter().filter(|item| item.kind == ItemKind::FormBook);
    let mut table = Table::new(&["book", "serials", "station", "holder", "finding", "where", "details"]);
    let (mut count, mut reserve) = (0, 0);
    for book in books {
        let Some(newest) = i.ledger.handovers_of(book, i.as_of).next() else { continue };
        count += 1;
        let station = i.ledger.station_of_item(book, i.as_of);
        reserve += u64::from(station.is_none());
        let serials =
            i.ledger.serials_of_item(book, i.as_of).map(|(first, last)| format!("{first} – {last}"));
        let station = station.map_or(Cell::Word("reserve"), |station| i.station(station).into());
        table.row(
            newest.place,
            cells![
                book.code.as_str(),
                serials,
                station,
                i.name(newest.to),
                None::<u64>,
                None::<u64>,
                None::<u64>
            ],
        );
    }
    let codes = [FindingCode::F208, FindingCode::F206];
    let found = i.table_of(&codes);
    for mut row in found.rows {
        let rest = row.cells.split_off(2);
        let finding = row.cells.swap_remove(0);
        row.cells = vec![Cell::None, Cell::None, Cell::None, Cell::None, finding];
        row.cells.extend(rest);
        table.rows.push(row);
    }
    let (not_issued, twice) = (i.count_found(FindingCode::F208), i.count_found(FindingCode::F206));
    let serials = i.entries().filter(|(_, entry)| entry.serial.is_some()).count() as u64;
    let answer = if count == 0 {
        let answer = Answer::new(40, Status::NotRecorded);
        let says = answer.word("none").with("serials", serials).with("twice", twice);
        answer.say(says)
    } else {
        let figures = [
            ("books", count),
            ("reserve", reserve),
            ("serials", serials),
            ("not_issued", not_issued),
            ("twice", twice),
        ];
        Answer::new(40, Status::Answered).says(&figures)
    };
    answer.limited().with(table)
}
