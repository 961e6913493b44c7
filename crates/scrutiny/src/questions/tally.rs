//! Questions 47 to 53: collations, sums, the rule.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{BoxName, Kind};
use hakiki_core::view::ContestView;
use hakiki_core::view::prospect::{prospect, spread_areas};

/// Which station forms make up this collation.
pub fn q47(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(47, &[Kind::Collation]) {
        return answer.limited();
    }
    let mut table = Table::new(&["area", "contest", "station", "form", "valid", "rejected", "who"]);
    let mut count = 0;
    for collation in i.ledger.collations().iter().filter(|collation| collation.place < i.as_of) {
        count += 1;
        for row in &collation.rows {
            let cells = cells![
                i.area(collation.area),
                i.contest(collation.contest),
                i.station(row.station),
                row.id,
                row.valid,
                row.rejected,
                i.signers(collation.place),
            ];
            table.row(collation.place, cells);
        }
    }
    Answer::new(47, Status::Answered)
        .says(&[("collations", count), ("forms", table.len())])
        .limited()
        .with(table)
}

/// Where does it differ from their sum, which prevails.
pub fn q48(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(48, &[Kind::Collation]) {
        return answer.limited();
    }
    let table = i.table_of(&[FindingCode::F301, FindingCode::F302, FindingCode::F303]);
    let figures = [
        ("collations", i.count(Kind::Collation)),
        ("rows", i.count_found(FindingCode::F301)),
        ("totals", i.count_found(FindingCode::F302)),
        ("missing", i.count_found(FindingCode::F303)),
    ];
    Answer::new(48, Status::Answered).says(&figures).limited().with(table)
}

/// The same nationally; what stands for the missing.
pub fn q49(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(49, &[Kind::Declaration]) {
        return answer.limited();
    }
    let mut table = i.table_of(&[FindingCode::F304]);
    let (differing, mut named) = (table.len(), 0);
    for declaration in i.declarations().filter(|declaration| !declaration.missing.is_empty()) {
        named += declaration.missing.len() as u64;
        let codes: Vec<&str> = declaration.missing.iter().map(|station| i.station(*station)).collect();
        let (contest, area) = (i.contest(declaration.contest), i.area(declaration.area));
        table.row(declaration.place, cells![Cell::Word("named_missing"), contest, area, codes.join(" ")]);
    }
    let figures =
        [("declarations", i.declarations().count() as u64), ("differing", differing), ("missing", named)];
    Answer::new(49, Status::Answered)
        .says(&figures)
        .limited()
        .on(i.declarations().map(|one| one.place))
        .with(table)
}

/// Run the tally again from the bytes.
pub fn q50(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["contest", "area", "number", "candidate", "votes", "unread"]);
    let mut standing = 0;
    for view in &i.views {
        standing += view.total(i.ledger).standing;
        for ballot in i.ledger.register().ballots().iter().filter(|ballot| ballot.contest == view.contest) {
            let tally = &view.areas[ballot.area as usize];
            for (candidate, sum) in ballot.candidates.iter().zip(&tally.votes) {
                table.sum(cells![
                    i.contest(view.contest),
                    i.area(ballot.area),
                    candidate.number,
                    candidate.name.as_ref(),
                    sum.total,
                    sum.unread,
                ]);
            }
        }
    }
    let contests = i.views.len() as u64;
    let answer =
        Answer::new(50, Status::Answered).says(&[("forms", standing), ("contests", contests)]).limited();
    i.said(&["V10", "V12"]).into_iter().fold(answer, Answer::say).with(table)
}

/// Is there any formula but addition.
pub fn q51(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["contest", "standing", "contested", "disregarded", "missing", "held"]);
    let mut held_all = 0;
    for view in &i.views {
        let total = view.total(i.ledger);
        let held =
            i.entries().filter(|(_, entry)| entry.contest == view.contest && entry.held).count() as u64;
        held_all += held;
        table.sum(cells![
            i.contest(view.contest),
            total.standing,
            total.contested,
            total.disregarded,
            total.missing,
            held
        ]);
    }
    let sum = |column: usize| -> u64 {
        table.rows.iter().map(|row| if let Cell::Number(count) = row.cells[column] { count } else { 0 }).sum()
    };
    let figures = [("standing", sum(1)), ("contested", sum(2)), ("disregarded", sum(3)), ("held", held_all)];
    Answer::new(51, Status::Answered).says(&figures).limited().with(table)
}

/// Denominators, rounding.
pub fn q52(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&[
        "contest",
        "valid_least",
        "valid_most",
        "rejected",
        "registered",
        "registered_standing",
    ]);
    for view in &i.views {
        let total = view.total(i.ledger);
        let rejected = total.boxes[BoxName::Rejected as usize].stated();
        let cells = cells![
            i.contest(view.contest),
            total.valid.least,
            total.valid.most,
            rejected,
            total.registered,
            total.registered_standing,
        ];
        table.sum(cells);
    }
    let open =
        i.views.iter().filter(|view| view.total(i.ledger).valid.least != view.total(i.ledger).valid.most);
    let figures = [("contests", table.len()), ("open", open.count() as u64)];
    Answer::new(52, Status::Answered).says(&figures).limited().with(table)
}

/// The quarter in which counties.
pub fn q53(i: &Inquiry<'_>) -> Answer {
    let spread =
        |view: &&ContestView| i.ledger.election().contests[usize::from(view.contest)].spread.is_some();
    let mut table = Table::new(&["contest", "candidate", "area", "votes", "valid", "share_asked", "reached"]);
    let mut answer = Answer::new(53, Status::Answered);
    for view in i.views.iter().filter(spread) {
        let contest = &i.ledger.election().contests[usize::from(view.contest)];
        let Some(rule) = &contest.spread else { continue };
        let asked = format!("{}/{}", rule.share.0, rule.share.1);
        let root = i.ledger.register().root();
        let Some(ballot) = root.and_then(|root| i.ledger.register().ballot_for_area(view.contest, root))
        else {
            continue;
        };
        for area in spread_areas(i.ledger, view.contest) {
            let tally = &view.areas[area as usize];
            for (candidate, sum) in ballot.candidates.iter().zip(&tally.votes) {
                let reached = u128::from(sum.total) * u128::from(rule.share.1)
                    >= u128::from(tally.valid.least) * u128::from(rule.share.0)
                    && tally.valid.least > 0;
                let reached = Cell::Word(match (tally.valid.least == tally.valid.most, reached) {
                    (false, _) => "open",
                    (true, true) => "yes",
                    (true, false) => "no",
                });
                let name = candidate.name.as_ref();
                table.sum(cells![
                    contest.code.as_str(),
                    name,
                    i.area(area),
                    sum.total,
                    tally.valid.least,
                    asked.as_str(),
                    reached
                ]);
            }
        }
        if let Ok(assessment) = prospect(i.ledger, view) {
            for (candidate, met) in ballot.candidates.iter().zip(&assessment.standing.candidates) {
                let says = answer.word("met").with("contest", contest.code.as_str());
                let says = says.with("candidate", candidate.name.as_ref()).with("areas", met.areas_met);
                answer =
                    answer.say(says.with("level", rule.level.as_str()).with("least", rule.areas_at_least));
            }
        }
    }
    if answer.says.is_empty() {
        let none = answer.word("none");
        answer = answer.say(none);
    }
    answer.limited().with(table)
}
