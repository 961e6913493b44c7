//! Arithmetic that cannot be, apart from all statistics: of a table its own sums, of a log the ledger's findings.

use super::figures::{Cell, Figures};
use super::subject::Subject;
use hakiki_claims::arithmetic::arithmetic;
use hakiki_claims::compare::{Impossible, impossible};
use hakiki_claims::set::State;
use hakiki_claims::{Column, ResultSet};
use hakiki_core::Ledger;
use hakiki_core::codes::FindingCode;
use hakiki_core::view::findings;

/// Columns of the table.
const COLUMNS: [&str; 6] = ["fact", "code", "name", "line", "found", "against"];

/// Findings that are arithmetic: sums, parts and wholes, limits, and collations against their forms.
const ARITHMETIC: [FindingCode; 9] = [
    FindingCode::F101,
    FindingCode::F102,
    FindingCode::F103,
    FindingCode::F104,
    FindingCode::F105,
    FindingCode::F106,
    FindingCode::F301,
    FindingCode::F302,
    FindingCode::F402,
];

fn fact(word: &str) -> Cell {
    Cell::Word(format!("forensics.fact.{word}"))
}

/// What a table says against itself: rows whose sums are not what is written, more votes than voters or than the cap, stated totals that are
/// not the sum of their rows, more ballots found than given out.
pub fn of_set(set: &ResultSet, subject: &Subject) -> Figures {
    let mut figures = Figures::new("arithmetic", &COLUMNS);
    let mut push = |fact: Cell, code: &str, found: u64, against: u64| {
        let row = set.rows.get(code);
        let name = row.filter(|row| row.name != code);
        let name = name.map_or(Cell::None, |row| Cell::Text(row.name.clone()));
        let line = row.and_then(|row| row.line).map_or(Cell::None, Cell::Whole);
        let code = Cell::Text(code.to_owned());
        figures.rows.push(vec![fact, code, name, line, Cell::Whole(found), Cell::Whole(against)]);
    };
    let own = arithmetic(set);
    for row in &own.rows_differ {
        push(fact("sum"), &row.code, row.sum, row.valid);
    }
    for (code, row) in set.rows.iter().filter(|(_, row)| row.state == State::Stands) {
        match impossible(set, row, row.voters, set.cap) {
            Some(Impossible::Voters { votes, voters }) => push(fact("voters"), code, votes, voters),
            Some(Impossible::Cap { votes, cap }) => push(fact("cap"), code, votes, cap),
            None => {}
        }
    }
    for station in &subject.stations {
        if let (Some(given), Some(cast)) = (station.given, station.cast)
            && cast > given
        {
            push(fact("given"), &station.code, cast, given);
        }
    }
    for line in own.lines_differ() {
        let column = match &set.columns[line.column] {
            Column::Valid => Cell::Word("forensics.word.valid".into()),
            Column::Rejected => Cell::Word("forensics.word.rejected".into()),
            Column::Registered => Cell::Word("forensics.word.registered".into()),
            other => Cell::Text(other.label().to_owned()),
        };
        let (stated, sum) = (Cell::Whole(line.stated), Cell::Whole(line.sum));
        figures.rows.push(vec![
            fact("total"),
            Cell::Text(line.line.clone()),
            column,
            Cell::None,
            stated,
            sum,
        ]);
    }
    figures
}

/// The ledger's findings of a contest that are arithmetic, as of a place. Their two numbers stand in the order of the finding's title.
pub fn of_ledger(ledger: &Ledger, contest: u16, as_of: u64) -> Figures {
    let mut figures = Figures::new("arithmetic", &COLUMNS);
    let register = ledger.register();
    for finding in findings(ledger, as_of) {
        if finding.contest.is_some_and(|own| own != contest) || !ARITHMETIC.contains(&finding.code) {
            continue;
        }
        let (code, name) = match (finding.station, finding.area) {
            (Some(station), _) => {
                let station = &register.stations()[station as usize];
                (station.code.to_string(), station.name.to_string())
            }
            (None, Some(area)) => {
                let area = &register.areas()[area as usize];
                (area.code.to_string(), area.name.to_string())
            }
            (None, None) => (String::new(), String::new()),
        };
        let mut numbers = finding.values.iter().filter_map(|(_, value)| value.parse().ok().map(Cell::Whole));
        let (found, against) = (numbers.next().unwrap_or(Cell::None), numbers.next().unwrap_or(Cell::None));
        let what = Cell::Word(format!("code.{}.title", finding.code));
        let place = Cell::Whole(finding.place);
        figures.rows.push(vec![what, Cell::Text(code), Cell::Text(name), place, found, against]);
    }
    figures
}
