//! A result set: rows of stations or of areas, each with the figures that it states. Absent, blank and zero are three things.
//!
//! It does not know where it comes from; [`crate::of_ledger`] makes one of a log, the command line of a table.

use std::collections::BTreeMap;

/// What stands in a box that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// A count.
    Number(u64),
    /// Nothing is written.
    Blank,
    /// A dash is written.
    Dash,
    /// Something is written that cannot be read.
    Illegible,
}

impl Figure {
    /// The count, if one is written.
    pub fn number(self) -> Option<u64> {
        if let Self::Number(count) = self { Some(count) } else { None }
    }
}

/// What a row's figure is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Votes of a candidate.
    Candidate {
        /// Name.
        name: String,
        /// Party, as a code or name.
        party: Option<String>,
    },
    /// Valid votes, as written.
    Valid,
    /// Rejected ballot papers.
    Rejected,
    /// Registered voters as the row itself states them.
    Registered,
    /// Any other count, by its own name.
    Other(String),
}

impl Column {
    /// Its label: the name of a candidate or of another count, else the box's key.
    pub fn label(&self) -> &str {
        match self {
            Self::Candidate { name, .. } | Self::Other(name) => name,
            Self::Valid => "valid",
            Self::Rejected => "rejected",
            Self::Registered => "registered",
        }
    }

    /// Whether it is a candidate's.
    pub fn is_candidate(&self) -> bool {
        matches!(self, Self::Candidate { .. })
    }

    /// Whether two sets mean the same by it: candidates of one name, or the same box.
    pub fn has_same_name(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Candidate { name, .. }, Self::Candidate { name: other, .. }) => alike(name, other),
            (Self::Other(one), Self::Other(other)) => alike(one, other),
            _ => self == other,
        }
    }

    /// Whether two candidates are of one party, where both state one. Several may be: names are asked first.
    pub fn has_same_party(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Candidate { party: Some(one), .. }, Self::Candidate { party: Some(other), .. }) => {
                alike(one, other)
            }
            _ => false,
        }
    }
}

/// Trimmed and in small letters.
fn alike(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// What a set's rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// One a polling station.
    Stations,
    /// One an area of this level.
    Areas(String),
}

/// How a row stands in its own source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its figures count.
    Stands,
    /// The source knows the place and has no figures of it.
    Missing,
    /// The source has several sets of figures that differ.
    Contested,
    /// The source has figures that do not count, by ruling.
    Disregarded,
}

/// A share as its source prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedShare {
    /// The column whose figure it is a share of something of; none for turnout.
    pub column: Option<usize>,
    /// Its text, untouched.
    pub text: String,
}

/// One station or area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Name.
    pub name: String,
    /// The code of the area that holds it.
    pub area: Option<String>,
    /// One a column; none where the source has no such box.
    pub figures: Vec<Option<Figure>>,
    /// Registered voters by a register, if one is known.
    pub voters: Option<u64>,
    /// How it stands.
    pub state: State,
    /// Rows that it is summed of; 1 where it stands as the source has it.
    pub summed: u64,
    /// Of those: without figures that count, or with a box that holds no number.
    pub lacking: u64,
    /// Shares that are printed beside it.
    pub shares: Vec<StatedShare>,
    /// Its line in a table, from 1.
    pub line: Option<u64>,
}

impl Row {
    /// A row that stands as its source has it.
    pub fn new(name: String, area: Option<String>, figures: Vec<Option<Figure>>) -> Self {
        let state = State::Stands;
        Self {
            name,
            area,
            figures,
            voters: None,
            state,
            summed: 1,
            lacking: 0,
            shares: Vec::new(),
            line: None,
        }
    }

    /// The number in a column, if there is one.
    pub fn number(&self, column: usize) -> Option<u64> {
        self.figures.get(column).copied().flatten().and_then(Figure::number)
    }
}

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Level.
    pub level: String,
    /// The code of the area that holds it.
    pub parent: Option<String>,
    /// Name.
    pub name: String,
}

/// A total that the set itself states, beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// Its figures, as in a row.
    pub row: Row,
}

/// A result, in rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultSet {
    /// What it is, in its own words.
    pub title: String,
    /// What its rows are.
    pub rows_are: Rows,
    /// What its figures are of.
    pub columns: Vec<Column>,
    /// The rows by code.
    pub rows: BTreeMap<String, Row>,
    /// Areas by code.
    pub areas: BTreeMap<String, Area>,
    /// Totals that it states itself.
    pub lines: Vec<Line>,
    /// Most voters of a station.
    pub cap: Option<u64>,
}

impl ResultSet {
    /// The indices of the candidates' columns.
    pub fn candidates(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(|(_, column)| column.is_candidate()).map(|(index, _)| index)
    }

    /// The index of a column.
    pub fn column(&self, column: &Column) -> Option<usize> {
        self.columns.iter().position(|own| own == column)
    }

    /// The numbers of a column added up, and how many rows give none.
    pub fn sum(&self, column: usize) -> (u64, u64) {
        let numbers = self.rows.values().map(|row| row.number(column));
        numbers.fold((0, 0), |(sum, without), number| match number {
            Some(number) => (sum + number, without),
            None => (sum, without + 1),
        })
    }

    /// Whether the set knows areas of a level above its rows.
    pub fn has_level(&self, level: &str) -> bool {
        self.areas.values().any(|area| area.level == level)
    }

    /// The set with one row for each area of `level`, each the sum of the rows within. Rows that lie in no such area are left
    /// out, and counted.
    pub fn rolled_up(&self, level: &str) -> (Self, u64) {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        let mut outside = 0;
        // Stations of one area stand together, so the last answer is most often the next.
        let mut last: Option<(&str, &str)> = None;
        for row in self.rows.values() {
            let Some(own) = row.area.as_deref() else {
                outside += 1;
                continue;
            };
            let above = match last {
                Some((area, above)) if area == own => Some(above),
                _ => area_above(&self.areas, own, level),
            };
            let Some(above) = above else {
                outside += 1;
                continue;
            };
            last = Some((own, above));
            let sum = rows.entry(above.to_owned()).or_insert_with(|| self.empty(above));
            add(sum, row);
        }
        let rolled = Self {
            title: self.title.clone(),
            rows_are: Rows::Areas(level.to_owned()),
            columns: self.columns.clone(),
            rows,
            areas: self.areas.clone(),
            lines: self.lines.clone(),
            cap: None,
        };
        (rolled, outside)
    }

    /// The same rows under their names, in capitals, instead of their codes; none if two would be one.
    pub fn by_name(mut self) -> Option<Self> {
        let count = self.rows.len();
        self.rows = self.rows.into_values().map(|row| (row.name.trim().to_uppercase(), row)).collect();
        (self.rows.len() == count).then_some(self)
    }

    fn empty(&self, area: &str) -> Row {
        let own = self.areas.get(area);
        let name = own.map_or_else(|| area.to_owned(), |own| own.name.clone());
        let parent = own.and_then(|own| own.parent.clone());
        Row { summed: 0, ..Row::new(name, parent, vec![None; self.columns.len()]) }
    }
}

/// The area of a level that an area is or lies in.
pub(crate) fn area_above<'s>(
    areas: &'s BTreeMap<String, Area>,
    area: &'s str,
    level: &str,
) -> Option<&'s str> {
    let mut at = area;
    // Areas are a tree; the bound keeps a set that is none from holding us.
    for _ in 0..64 {
        let area = areas.get(at)?;
        if area.level == level {
            return Some(at);
        }
        at = area.parent.as_deref()?;
    }
    None
}

fn add(sum: &mut Row, row: &Row) {
    let mut lacks = row.state != State::Stands || row.lacking > 0;
    if row.state == State::Stands {
        for (total, figure) in sum.figures.iter_mut().zip(&row.figures) {
            match (total.as_mut(), figure) {
                (Some(Figure::Number(total)), Some(Figure::Number(number))) => *total += number,
                (_, Some(Figure::Number(number))) => *total = Some(Figure::Number(*number)),
                (_, Some(unread)) => {
                    lacks = true;
                    total.get_or_insert(*unread);
                }
                (_, None) => {}
            }
        }
    }
    let first = sum.summed == 0;
    sum.voters = match (sum.voters, row.voters) {
        (None, Some(voters)) if first => Some(voters),
        (Some(sum), Some(voters)) => Some(sum + voters),
        _ => None,
    };
    sum.summed += row.summed;
    sum.lacking += u64::from(lacks);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_keeps_blank_absent_and_zero_apart() {
        let columns = vec![Column::Valid, Column::Rejected, Column::Registered];
        let area = |level: &str, parent: Option<&str>| Area {
            level: level.into(),
            parent: parent.map(str::to_owned),
            name: level.into(),
        };
        let areas = BTreeMap::from([
            ("R".to_owned(), area("region", None)),
            ("R1".to_owned(), area("ward", Some("R"))),
        ]);
        let row = |figures| Row::new("x".into(), Some("R1".into()), figures);
        let zero = Some(Figure::Number(0));
        let rows = BTreeMap::from([
            ("1".to_owned(), row(vec![zero, Some(Figure::Blank), None])),
            ("2".to_owned(), row(vec![Some(Figure::Number(5)), Some(Figure::Blank), None])),
            ("3".to_owned(), Row { area: None, ..row(vec![zero, zero, zero]) }),
        ]);
        let rows_are = Rows::Stations;
        let set =
            ResultSet { title: String::new(), rows_are, columns, rows, areas, lines: vec![], cap: None };
        let (rolled, outside) = set.rolled_up("region");
        assert_eq!(outside, 1);
        let row = &rolled.rows["R"];
        assert_eq!(row.figures, [Some(Figure::Number(5)), Some(Figure::Blank), None]);
        assert_eq!((row.summed, row.lacking), (2, 2));
    }
}
