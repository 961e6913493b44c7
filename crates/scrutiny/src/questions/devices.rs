//! Questions 24 to 36, but for 25: clocks, photographs, and stations from which nothing came.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{Kind, Shows};
use hakiki_core::ledger::{Class, ImageEntry};
use hakiki_core::view::Status as Standing;
use hakiki_messages::{Language, keys};
use std::collections::BTreeMap;

/// Where was it when it sent.
pub fn q24(i: &Inquiry<'_>) -> Answer {
    Answer::new(24, Status::Outside).says(&[("forms", i.count(Kind::Form))]).limited()
}

/// Network identity of each transmission.
pub fn q26(i: &Inquiry<'_>) -> Answer {
    Answer::new(26, Status::Outside).says(&[("forms", i.count(Kind::Form))]).limited()
}

/// When closed, captured, sent, received, published.
pub fn q27(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(27, &[Kind::Form, Kind::Intake, Kind::Transcript]) {
        return answer.limited();
    }
    let mut table =
        Table::new(&["station", "contest", "came_by", "closed", "sealed", "known_head", "photographed"]);
    let mut bounded = 0;
    for (index, entry) in i.entries() {
        let (_, by) = i.ledger.witnessed_interval(entry.place);
        bounded += u64::from(by.is_some());
        let image = i.images(index).next().and_then(|image| i.line(image.place)).and_then(|line| line.at);
        let line = i.line(entry.place);
        let known_head = (entry.class == Class::Kit).then_some(entry.seen_head);
        table.row(
            entry.place,
            cells![
                i.station(entry.station),
                i.contest(entry.contest),
                class(entry.class),
                i.paper(entry.place).and_then(|paper| paper.closed),
                line.and_then(|line| line.at),
                known_head,
                image,
            ],
        );
    }
    let apart = i.count_found(FindingCode::W106);
    let figures = [("forms", table.len()), ("bounded", bounded), ("apart", apart)];
    let status = if bounded == table.len() { Status::Answered } else { Status::Partly };
    Answer::new(27, status).says(&figures).limited().with(table)
}

/// How a set of figures came.
pub fn class(class: Class) -> Cell {
    Cell::Word(match class {
        Class::Kit => "by_kit",
        Class::Paper => "by_paper",
        Class::Transcribed { .. } => "transcribed",
    })
}

/// Did results come before they could.
pub fn q28(i: &Inquiry<'_>) -> Answer {
    let counting = i.ledger.election().counting_from;
    let mut table = i.table_of(&[FindingCode::W105]);
    let claimed = table.len();
    let (mut witnessed, mut unwitnessed) = (0_u64, 0_u64);
    for (_, entry) in i.entries() {
        let by = i.ledger.witnessed_interval(entry.place).1.and_then(|by| i64::try_from(by).ok());
        unwitnessed += u64::from(by.is_none());
        let Some(by) = by.filter(|by| *by < counting.unix_seconds) else { continue };
        witnessed += 1;
        let details = i.time(by).to_string();
        table.row(
            entry.place,
            cells![
                Cell::Word("witnessed_before"),
                i.contest(entry.contest),
                i.station(entry.station),
                details
            ],
        );
    }
    // Where nobody witnessed when the log held a paper, only the signers' clocks speak.
    let answer = Answer::new(28, if unwitnessed == 0 { Status::Answered } else { Status::Partly });
    let says = answer.word("says").with("claimed", claimed).with("witnessed", witnessed);
    let says = says.with("unwitnessed", unwitnessed);
    answer.say(says.with("counting", counting.to_string())).limited().with(table)
}

fn shows(image: &ImageEntry) -> &'static str {
    match image.shows {
        Shows::Original => "original",
        Shows::AgentCopy => "agent_copy",
        Shows::Door => "door",
    }
}

/// Was any image sent again or replaced; how often; who asked.
pub fn q29(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(29, &[Kind::Image]) {
        return answer.limited();
    }
    let mut table = Table::new(&["station", "contest", "shows", "number", "who", "taken", "same_bytes"]);
    let (mut again, mut most) = (0, 0);
    for (index, entry) in i.entries() {
        let mut by_copy: BTreeMap<&str, Vec<&ImageEntry>> = BTreeMap::new();
        i.images(index).for_each(|image| by_copy.entry(shows(image)).or_default().push(image));
        for (copy, images) in by_copy.iter().filter(|(_, images)| images.len() > 1) {
            again += 1;
            most = most.max(images.len() as u64);
            for (number, image) in (1_u64..).zip(images) {
                let same =
                    images.iter().take_while(|other| other.place < image.place).any(|o| o.page == image.page);
                let taken = i.line(image.place).and_then(|line| line.at);
                let same = Cell::Word(if same { "yes" } else { "no" });
                let (station, contest) = (i.station(entry.station), i.contest(entry.contest));
                table.row(
                    image.place,
                    cells![station, contest, Cell::Word(copy), number, i.signers(image.place), taken, same],
                );
            }
        }
    }
    let figures = [("images", i.count(Kind::Image)), ("again", again), ("most", most)];
    Answer::new(29, Status::Partly).says(&figures).limited().with(table)
}

/// Was there a server in between.
pub fn q30(i: &Inquiry<'_>) -> Answer {
    let answer = Answer::new(30, Status::Partly).says(&[("forms", i.count(Kind::Form))]).limited();
    i.said(&["V08", "V17"]).into_iter().fold(answer, Answer::say)
}

/// Was the picture converted, where, with what.
pub fn q31(i: &Inquiry<'_>) -> Answer {
    let answer = Answer::new(31, Status::Outside).says(&[("images", i.count(Kind::Image))]).limited();
    i.said(&["V09"]).into_iter().fold(answer, Answer::say)
}

/// The original picture.
pub fn q32(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(32, &[Kind::Image]) {
        return answer.limited();
    }
    let mut table = Table::new(&["station", "contest", "shows", "hash", "who", "taken", "withheld"]);
    let (mut forms, mut without) = (0, 0);
    for (index, entry) in i.entries() {
        forms += 1;
        let mut originals = 0;
        for image in i.images(index) {
            originals += u64::from(image.shows == Shows::Original);
            let withheld = i.ledger.withheld_by(&image.page).filter(|entry| entry.place < i.as_of);
            let withheld = withheld.map(|entry| entry.withhold.by.as_str());
            let taken = i.line(image.place).and_then(|line| line.at);
            let (station, contest) = (i.station(entry.station), i.contest(entry.contest));
            table.row(
                image.place,
                cells![
                    station,
                    contest,
                    Cell::Word(shows(image)),
                    image.page,
                    i.signers(image.place),
                    taken,
                    withheld
                ],
            );
        }
        without += u64::from(originals == 0);
    }
    let figures = [("images", table.len()), ("forms", forms), ("without", without)];
    let answer = Answer::new(32, Status::Answered).says(&figures).limited();
    i.said(&["V09"]).into_iter().fold(answer, Answer::say).with(table)
}

/// Which stations had no network, and what was used instead.
pub fn q33(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(33, &[Kind::MissingReason, Kind::Intake]) {
        return answer.limited();
    }
    let mut table = Table::new(&["station", "contest", "what", "reason", "who"]);
    let (mut paper, mut missing) = (0, 0);
    for (_, entry) in i.entries().filter(|(_, entry)| entry.class == Class::Paper) {
        paper += 1;
        let reason = i.paper(entry.place).and_then(|paper| paper.reason.as_deref());
        let (station, contest) = (i.station(entry.station), i.contest(entry.contest));
        table.row(
            entry.place,
            cells![station, contest, Cell::Word("by_paper"), reason, i.signers(entry.place)],
        );
    }
    for (contest, station, place, reason) in missing_reasons(i) {
        missing += 1;
        let (station, contest) = (i.station(station), i.contest(contest));
        table.row(place, cells![station, contest, Cell::Word("reason_given"), reason, i.signers(place)]);
    }
    Answer::new(33, Status::Partly).says(&[("paper", paper), ("missing", missing)]).limited().with(table)
}

fn missing_reasons<'a>(i: &Inquiry<'a>) -> Vec<(u16, u32, u64, &'a str)> {
    let mut found = Vec::new();
    for contest in 0..u16::try_from(i.views.len()).unwrap_or(u16::MAX) {
        for station in 0..u32::try_from(i.ledger.register().stations().len()).unwrap_or(u32::MAX) {
            let reasons = i.ledger.missing_reasons(contest, station).iter();
            let reasons = reasons.filter(|(place, _)| *place < i.as_of);
            found.extend(reasons.map(|(place, reason)| (contest, station, *place, reason.as_str())));
        }
    }
    found
}

/// Which failed to transmit, and why.
pub fn q34(i: &Inquiry<'_>) -> Answer {
    let reasons: BTreeMap<(u16, u32), (u64, &str)> = missing_reasons(i)
        .into_iter()
        .map(|(contest, station, place, reason)| ((contest, station), (place, reason)))
        .collect();
    let mut table = Table::new(&["station", "contest", "area", "reason"]);
    let (mut expected, mut explained) = (0, 0);
    for view in &i.views {
        expected += view.total(i.ledger).expected;
        for station in 0..u32::try_from(view.stations.len()).unwrap_or(u32::MAX) {
            if view.status(station) != Standing::Missing {
                continue;
            }
            let area = i.area(i.ledger.register().stations()[station as usize].area);
            let cells = |reason| cells![i.station(station), i.contest(view.contest), area, reason];
            match reasons.get(&(view.contest, station)) {
                Some((place, reason)) => {
                    explained += 1;
                    table.row(*place, cells(Some(*reason)));
                }
                None => table.sum(cells(None)),
            }
        }
    }
    let figures = [("expected", expected), ("missing", table.len()), ("explained", explained)];
    Answer::new(34, Status::Answered).says(&figures).limited().with(table)
}

/// Terms of the contract in plain words: the words of this report.
pub fn q35(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["term", "records"]);
    for (kind, count) in i.kinds() {
        table.sum(cells![kind.name(), *count]);
    }
    let terms = keys(Language::English).filter(|key| key.starts_with("scrutiny.term.")).count() as u64;
    Answer::new(35, Status::Partly).says(&[("terms", terms), ("kinds", table.len())]).limited().with(table)
}

/// The same bytes for two stations.
pub fn q36(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(36, &[Kind::Image]) {
        return answer.limited();
    }
    let mut table = Table::new(&["hash", "station", "other_station", "who"]);
    for (place, page, first, second) in i.ledger.pages_twice().iter().filter(|(place, ..)| *place < i.as_of) {
        table.row(*place, cells![*page, i.station(*first), i.station(*second), i.signers(*place)]);
    }
    let figures = [("images", i.count(Kind::Image)), ("twice", table.len())];
    Answer::new(36, Status::Answered).says(&figures).limited().with(table)
}
