//! A result set against itself: its rows' own sums, the totals that it states, and the denominators of its percentages.

use crate::set::{Column, Line, ResultSet, Row};
use crate::share::{Percentage, Rounding};

/// A row whose candidates' boxes do not add up to its written total of valid votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSum {
    /// Code of the row.
    pub code: String,
    /// Sum of the candidates' boxes, all of which hold numbers.
    pub sum: u64,
    /// The written total.
    pub valid: u64,
}

/// A stated total against the sum of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSum {
    /// The line's name.
    pub line: String,
    /// The column.
    pub column: usize,
    /// What the line says.
    pub stated: u64,
    /// The rows with a number here, added up.
    pub sum: u64,
    /// Rows without a number here.
    pub without: u64,
}

impl LineSum {
    /// Stated minus sum.
    pub fn difference(&self) -> i128 {
        i128::from(self.stated) - i128::from(self.sum)
    }
}

/// What a percentage may be a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Denominator {
    /// The candidates' boxes added up.
    Candidates,
    /// Valid votes as written.
    Valid,
    /// Valid votes and rejected papers.
    Cast,
    /// Registered voters.
    Registered,
}

/// A printed share and every denominator that makes it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareChecked {
    /// Code of the row, or the line's name.
    pub place: String,
    /// The column whose share it is; none for turnout.
    pub column: Option<usize>,
    /// The text as printed.
    pub text: String,
    /// Which denominators give it; none where none does.
    pub right: Vec<(Denominator, Rounding)>,
    /// Whether the text is a percentage at all.
    pub read: bool,
}

/// What a set says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arithmetic {
    /// Rows with both a written total and numbers in all candidates' boxes.
    pub rows_with_total: u64,
    /// Those of which the two differ.
    pub rows_differ: Vec<RowSum>,
    /// Every stated total that has a number.
    pub lines: Vec<LineSum>,
    /// Every printed share.
    pub shares: Vec<ShareChecked>,
}

impl Arithmetic {
    /// Stated totals that are not the sum of their rows.
    pub fn lines_differ(&self) -> impl Iterator<Item = &LineSum> {
        self.lines.iter().filter(|line| line.difference() != 0)
    }
}

/// Checks a set against itself.
pub fn arithmetic(set: &ResultSet) -> Arithmetic {
    let mut found = Arithmetic::default();
    let valid = set.column(&Column::Valid);
    for (code, row) in &set.rows {
        if let (Some(sum), Some(valid)) = (sum_of(set, row), valid.and_then(|column| row.number(column))) {
            found.rows_with_total += 1;
            if sum != valid {
                found.rows_differ.push(RowSum { code: code.clone(), sum, valid });
            }
        }
        found.shares.extend(shares(set, code, row));
    }
    for Line { name, row } in &set.lines {
        for column in 0..set.columns.len() {
            let Some(stated) = row.number(column) else { continue };
            let (sum, without) = set.sum(column);
            found.lines.push(LineSum { line: name.clone(), column, stated, sum, without });
        }
        found.shares.extend(shares(set, name, row));
    }
    found
}

/// The candidates' boxes added up, if each holds a number.
fn sum_of(set: &ResultSet, row: &Row) -> Option<u64> {
    set.candidates().map(|column| row.number(column)).sum()
}

fn shares(set: &ResultSet, place: &str, row: &Row) -> Vec<ShareChecked> {
    let number = |column| set.column(&column).and_then(|index| row.number(index));
    let sum = sum_of(set, row);
    let valid = number(Column::Valid);
    let cast = valid.or(sum).and_then(|valid| Some(valid + number(Column::Rejected)?));
    let registered = number(Column::Registered).or(row.voters);
    let denominators = [
        (Denominator::Candidates, sum),
        (Denominator::Valid, valid),
        (Denominator::Cast, cast),
        (Denominator::Registered, registered),
    ];
    let check = |share: &crate::set::StatedShare| {
        let percentage = Percentage::parse(&share.text);
        let part = share.column.map_or_else(|| cast.or(valid).or(sum), |column| row.number(column));
        let right = |(denominator, whole): (Denominator, Option<u64>)| {
            Some((denominator, percentage?.is_of(part?, whole?)?))
        };
        ShareChecked {
            place: place.to_owned(),
            column: share.column,
            text: share.text.clone(),
            right: denominators.into_iter().filter_map(right).collect(),
            read: percentage.is_some(),
        }
    };
    row.shares.iter().map(check).collect()
}
