//! Two result sets side by side: row by row at the finest granularity that both have, and their totals, which always remain.
//!
//! What cannot be compared is said with why. It does not say which of the two is right.

pub use crate::counts::Counts;
use crate::level::Level;
use crate::set::{Column, Figure, ResultSet, Row, Rows, State};
use std::collections::BTreeMap;

/// A column that both sets have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Its index in the claim.
    pub claim: usize,
    /// Its index in the reference.
    pub reference: usize,
    /// The claim's word for it.
    pub column: Column,
}

/// Why a row is not comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The reference has several sets of figures for it that differ.
    Contested,
    /// The reference has figures that do not count, by ruling.
    Disregarded,
    /// Where one has a number, the other has a box without one, and nothing that both state differs.
    NoNumber,
    /// The two have no box in common here.
    NoBoxInCommon,
    /// One side is a sum in which so many of so many rows lack a figure.
    Incomplete {
        /// Rows without figures that count.
        lacking: u64,
        /// Of so many.
        of: u64,
    },
}

/// What is said of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All that both state is the same.
    Identical,
    /// At least one number differs.
    Different,
    /// The reference has no such row, or no figures for it.
    OnlyClaim,
    /// The claim has no such row.
    OnlyReference,
    /// Cannot be compared.
    NotComparable(Why),
}

/// A figure on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both {
    /// The claim's.
    pub claim: Option<Figure>,
    /// The reference's.
    pub reference: Option<Figure>,
}

impl Both {
    /// Claim minus reference, where both have a number.
    pub fn difference(self) -> Option<i128> {
        let claim = self.claim.and_then(Figure::number)?;
        let reference = self.reference.and_then(Figure::number)?;
        Some(i128::from(claim) - i128::from(reference))
    }
}

/// A row of the claim that no station or area can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impossible {
    /// More votes than registered voters.
    Voters {
        /// Valid votes (written, or the sum of the candidates where that is larger), with rejected papers where they are written.
        votes: u64,
        /// Registered voters: by the register, else as the row states them.
        voters: u64,
    },
    /// More votes than a station may have.
    Cap {
        /// As above.
        votes: u64,
        /// The cap.
        cap: u64,
    },
}

/// A row on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCompared {
    /// Its name, the reference's if there is one.
    pub name: String,
    /// The code of the area that holds it, by the reference if it says one.
    pub area: Option<String>,
    /// Over every box that both have.
    pub all: Verdict,
    /// Over the candidates' boxes alone.
    pub candidates: Verdict,
    /// One a pair of columns; empty where no rows are compared.
    pub figures: Vec<Both>,
    /// Whether the claim's row can be.
    pub impossible: Option<Impossible>,
    /// The claim's line in its table.
    pub line: Option<u64>,
}

/// Why no rows are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRows {
    /// One has areas of a level that the other does not know.
    NoCommonLevel {
        /// The claim's rows.
        claim: Rows,
        /// The reference's.
        reference: Rows,
    },
    /// Not one code stands in both; an example of each.
    NoCommonCode {
        /// Of the claim.
        claim: String,
        /// Of the reference.
        reference: String,
    },
    /// No column means the same in both.
    NoCommonColumn,
}

/// A total on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalCompared {
    /// Which pair of columns.
    pub pair: usize,
    /// The claim's rows added up.
    pub claim: u64,
    /// What the claim itself gives as its total, if it does.
    pub claim_line: Option<u64>,
    /// Rows of the claim without a number here.
    pub claim_without: u64,
    /// The reference's rows added up.
    pub reference: u64,
    /// Rows of the reference without a number here.
    pub reference_without: u64,
}

/// The whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What the claim's rows are, and how many.
    pub claim_rows: (Rows, u64),
    /// What the reference's rows are, and how many.
    pub reference_rows: (Rows, u64),
    /// What was compared row by row, or why nothing was.
    pub at: Result<Rows, NoRows>,
    /// Rows that were left out of a sum, because their area of that level is unknown: claim's, reference's.
    pub outside: (u64, u64),
    /// Columns that both have.
    pub pairs: Vec<Pair>,
    /// Columns that only the claim has.
    pub only_claim: Vec<Column>,
    /// Columns that only the reference has.
    pub only_reference: Vec<Column>,
    /// The rows by code.
    pub rows: BTreeMap<String, RowCompared>,
    /// The totals.
    pub totals: Vec<TotalCompared>,
}

impl Comparison {
    /// Whether the rows were compared station by station.
    pub fn by_station(&self) -> bool {
        self.at == Ok(Rows::Stations)
    }

    /// The verdicts over all boxes.
    pub fn counts(&self) -> Counts {
        self.rows.values().map(|row| row.all).collect()
    }

    /// The verdicts over the candidates' boxes alone.
    pub fn candidate_counts(&self) -> Counts {
        self.rows.values().map(|row| row.candidates).collect()
    }

    /// Rows of the claim that cannot be.
    pub fn impossible(&self) -> impl Iterator<Item = (&str, Impossible)> {
        self.rows.iter().filter_map(|(code, row)| Some((code.as_str(), row.impossible?)))
    }

    /// Whether nothing that could be compared differs, and something could.
    pub fn is_without_difference(&self) -> Option<bool> {
        let counts = self.counts();
        match &self.at {
            Ok(_) if counts.compared() == 0 => None,
            Ok(_) => Some(counts.different + counts.only_claim + counts.only_reference == 0),
            Err(_) => None,
        }
    }
}

/// Compares a claim with a reference: rows with rows of the same code. Where one has stations and the other areas, the
/// stations are added up to the areas first.
pub fn compare(claim: &ResultSet, reference: &ResultSet) -> Comparison {
    let level = Level::of(claim, reference);
    let (mine, theirs) = (level.claim(claim), level.reference(reference));
    compared(&level, (claim, mine), (reference, theirs), claim)
}

/// The same where rows are known by their names: in both, once they are of one level, a row's name takes its code's place. None
/// where two rows of one side have one name.
pub fn compare_by_name(claim: &ResultSet, reference: &ResultSet) -> Option<Comparison> {
    let level = Level::of(claim, reference);
    let mine = level.claim(claim).clone().by_name();
    if level.at.is_err() {
        let mine = mine.unwrap_or_else(|| claim.clone());
        return Some(compared(&level, (claim, &mine), (reference, reference), &mine));
    }
    let (mine, theirs) = (mine?, level.reference(reference).clone().by_name()?);
    Some(compared(&level, (claim, &mine), (reference, &theirs), &mine))
}

/// Each side as it came, for its totals, and as it is compared; and the claim's rows that are shown where no row is.
fn compared(
    level: &Level,
    (claim, mine): (&ResultSet, &ResultSet),
    (reference, theirs): (&ResultSet, &ResultSet),
    own: &ResultSet,
) -> Comparison {
    let (pairs, only_claim, only_reference) = pair(claim, reference);
    let mut at = level.at.clone();
    if pairs.is_empty() {
        at = Err(NoRows::NoCommonColumn);
    } else if at.is_ok() && !mine.rows.keys().any(|code| theirs.rows.contains_key(code)) {
        let first = |set: &ResultSet| set.rows.keys().next().cloned().unwrap_or_default();
        at = Err(NoRows::NoCommonCode { claim: first(mine), reference: first(theirs) });
    }
    Comparison {
        claim_rows: (claim.rows_are.clone(), claim.rows.len() as u64),
        reference_rows: (reference.rows_are.clone(), reference.rows.len() as u64),
        rows: if at.is_ok() { rows(mine, theirs, &pairs) } else { alone(own) },
        at,
        outside: level.outside,
        totals: totals(claim, reference, &pairs),
        pairs,
        only_claim,
        only_reference,
    }
}

/// Names first, then parties of what is left: a party that two candidates share takes nobody's column.
fn pair(claim: &ResultSet, reference: &ResultSet) -> (Vec<Pair>, Vec<Column>, Vec<Column>) {
    let mut found: Vec<Option<usize>> = vec![None; claim.columns.len()];
    let mut taken = vec![false; reference.columns.len()];
    for is_same in [Column::has_same_name, Column::has_same_party] {
        for (column, found) in claim.columns.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let mut theirs = reference.columns.iter().enumerate();
            *found = theirs
                .find(|(place, other)| !taken[*place] && is_same(column, other))
                .map(|(place, _)| place);
            if let Some(place) = *found {
                taken[place] = true;
            }
        }
    }
    let (mut pairs, mut only_claim) = (Vec::new(), Vec::new());
    for (index, (column, found)) in claim.columns.iter().zip(found).enumerate() {
        match found {
            Some(other) => pairs.push(Pair { claim: index, reference: other, column: column.clone() }),
            None => only_claim.push(column.clone()),
        }
    }
    let left = reference.columns.iter().zip(taken).filter(|(_, taken)| !taken);
    (pairs, only_claim, left.map(|(column, _)| column.clone()).collect())
}

fn rows(claim: &ResultSet, reference: &ResultSet, pairs: &[Pair]) -> BTreeMap<String, RowCompared> {
    let mut rows = BTreeMap::new();
    for (code, mine) in &claim.rows {
        let theirs = reference.rows.get(code);
        let voters = theirs.and_then(|row| row.voters).or(mine.voters);
        let cap = reference.cap.or(claim.cap).filter(|_| claim.rows_are == Rows::Stations);
        let impossible = impossible(claim, mine, voters, cap);
        let compared = match theirs {
            Some(theirs) => both(mine, theirs, pairs),
            None => RowCompared { figures: side(mine, pairs, true), ..one(mine, Verdict::OnlyClaim) },
        };
        rows.insert(code.clone(), RowCompared { impossible, line: mine.line, ..compared });
    }
    for (code, theirs) in &reference.rows {
        // A place of which the reference has nothing either is in neither.
        if !claim.rows.contains_key(code) && theirs.state != State::Missing {
            let figures = side(theirs, pairs, false);
            rows.insert(code.clone(), RowCompared { figures, ..one(theirs, Verdict::OnlyReference) });
        }
    }
    rows
}

/// The claim's rows where nothing is compared: whether they can be remains.
fn alone(claim: &ResultSet) -> BTreeMap<String, RowCompared> {
    let cap = claim.cap.filter(|_| claim.rows_are == Rows::Stations);
    let rows = claim.rows.iter().map(|(code, row)| {
        let impossible = impossible(claim, row, row.voters, cap);
        let why = Verdict::NotComparable(Why::NoBoxInCommon);
        (code.clone(), RowCompared { impossible, line: row.line, ..one(row, why) })
    });
    rows.collect()
}

fn one(row: &Row, verdict: Verdict) -> RowCompared {
    let (name, area, figures) = (row.name.clone(), row.area.clone(), Vec::new());
    RowCompared { name, area, all: verdict, candidates: verdict, figures, impossible: None, line: None }
}

/// A row's figures, with nothing on the other side.
fn side(row: &Row, pairs: &[Pair], is_claim: bool) -> Vec<Both> {
    let figure = |column: usize| row.figures.get(column).copied().flatten();
    let both = |pair: &Pair| {
        if is_claim {
            Both { claim: figure(pair.claim), reference: None }
        } else {
            Both { claim: None, reference: figure(pair.reference) }
        }
    };
    pairs.iter().map(both).collect()
}

fn both(mine: &Row, theirs: &Row, pairs: &[Pair]) -> RowCompared {
    let state = match theirs.state {
        State::Stands => None,
        State::Missing => Some(Verdict::OnlyClaim),
        State::Contested => Some(Verdict::NotComparable(Why::Contested)),
        State::Disregarded => Some(Verdict::NotComparable(Why::Disregarded)),
    };
    if let Some(verdict) = state {
        let figures = side(mine, pairs, true);
        return RowCompared { figures, ..one(theirs, verdict) };
    }
    // The claim says two things of one place: neither is compared.
    if mine.state == State::Contested {
        let figures = side(theirs, pairs, false);
        return RowCompared { figures, ..one(theirs, Verdict::NotComparable(Why::Contested)) };
    }
    let figures: Vec<Both> = pairs
        .iter()
        .map(|pair| Both {
            claim: mine.figures.get(pair.claim).copied().flatten(),
            reference: theirs.figures.get(pair.reference).copied().flatten(),
        })
        .collect();
    let candidates = figures.iter().zip(pairs).filter(|(_, pair)| pair.column.is_candidate());
    let sums = [mine, theirs].into_iter().find(|row| row.lacking > 0);
    let incomplete = sums.map(|row| Why::Incomplete { lacking: row.lacking, of: row.summed });
    RowCompared {
        name: theirs.name.clone(),
        area: theirs.area.clone().or_else(|| mine.area.clone()),
        all: judge(figures.iter(), incomplete),
        candidates: judge(candidates.map(|(figure, _)| figure), incomplete),
        figures,
        impossible: None,
        line: None,
    }
}

/// The verdict over some boxes of a row.
fn judge<'f>(figures: impl Iterator<Item = &'f Both>, incomplete: Option<Why>) -> Verdict {
    let (mut compared, mut differs, mut unread) = (0u64, false, false);
    for both in figures {
        match (both.claim, both.reference) {
            (Some(Figure::Number(one)), Some(Figure::Number(other))) => {
                compared += 1;
                differs |= one != other;
            }
            // The same word in both boxes is the same; a blank beside a zero is not.
            (Some(one), Some(other)) if one == other => compared += 1,
            (Some(_), Some(_)) => unread = true,
            (None, _) | (_, None) => {}
        }
    }
    match incomplete {
        Some(why) => Verdict::NotComparable(why),
        None if differs => Verdict::Different,
        None if unread => Verdict::NotComparable(Why::NoNumber),
        None if compared == 0 => Verdict::NotComparable(Why::NoBoxInCommon),
        None => Verdict::Identical,
    }
}

/// Whether a row of a set can be, given voters and a cap.
pub fn impossible(set: &ResultSet, row: &Row, voters: Option<u64>, cap: Option<u64>) -> Option<Impossible> {
    let number = |column| set.column(&column).and_then(|index| row.number(index));
    let sum: u64 = set.candidates().filter_map(|index| row.number(index)).sum();
    let valid = number(Column::Valid).unwrap_or(0).max(sum);
    let votes = valid + number(Column::Rejected).unwrap_or(0);
    let voters = voters.or_else(|| number(Column::Registered));
    match (voters, cap) {
        (Some(voters), _) if votes > voters => Some(Impossible::Voters { votes, voters }),
        (_, Some(cap)) if votes > cap => Some(Impossible::Cap { votes, cap }),
        _ => None,
    }
}

fn totals(claim: &ResultSet, reference: &ResultSet, pairs: &[Pair]) -> Vec<TotalCompared> {
    let total = |(index, pair): (usize, &Pair)| {
        let (mine, claim_without) = claim.sum(pair.claim);
        let (theirs, reference_without) = reference.sum(pair.reference);
        let claim_line = claim.lines.first().and_then(|line| line.row.number(pair.claim));
        let (claim, reference) = (mine, theirs);
        TotalCompared { pair: index, claim, claim_line, claim_without, reference, reference_without }
    };
    pairs.iter().enumerate().map(total).collect()
}
