//! What is looked at: the stations of a result set whose figures count, with their areas and the two leading candidates.

use super::error::ForensicsError;
use super::figures::Cell;
use hakiki_audit::forensics::integer_percentages;
use hakiki_audit::numeric::real_count;
use hakiki_claims::set::State;
use hakiki_claims::{Column, ResultSet, Row, Rows};
use std::collections::BTreeMap;

/// Whose order of reporting is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Nobody's.
    None,
    /// The places of records in a log.
    Places,
    /// Times that the table states: a claim.
    Times,
}

/// What the caller brings.
#[derive(Debug, Clone)]
pub struct Brought<'a> {
    /// The figures, one row a station.
    pub set: &'a ResultSet,
    /// What `reported` is.
    pub clock: Clock,
    /// When stations reported, by code: any whole number that grows with time.
    pub reported: BTreeMap<String, i64>,
    /// The ballots found in the boxes of other contests at the same stations: each contest's code, and ballots by station.
    pub others: Vec<(String, BTreeMap<String, u64>)>,
}

/// What the reader asks for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The level of areas that are compared; the widest that has several if none.
    pub level: Option<String>,
    /// The level that is one building with several stations; `centre` if none.
    pub centres: Option<String>,
    /// The candidate in place of the one with most votes.
    pub leader: Option<String>,
    /// The columns that add up to the ballots given out; ballots in the boxes if none.
    pub given: Vec<String>,
    /// Whether second digits are looked at.
    pub second_digits: bool,
    /// Whether the model of added votes is fitted.
    pub klimek: bool,
}

/// A station whose figures count.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its area's place in [`Subject::areas`].
    pub area: Option<usize>,
    /// Codes of all areas around it, the narrowest first.
    pub within: Vec<String>,
    /// Votes by candidate, where the box holds a number.
    pub votes: Vec<Option<u64>>,
    /// Valid votes: as written, else the candidates' sum.
    pub valid: Option<u64>,
    /// Registered voters.
    pub registered: Option<u64>,
    /// Ballots given out.
    pub given: Option<u64>,
    /// Ballots found in the boxes.
    pub cast: Option<u64>,
    /// When it reported: 0 the first, 1 the last, by rank; equals share the middle of their ranks.
    pub reported: Option<f64>,
}

/// An area with its stations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Places of its stations.
    pub stations: Vec<usize>,
}

/// Everything that the indicators read.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The stations by code.
    pub stations: Vec<Station>,
    /// The areas of the level, by code; none where the source has no areas.
    pub areas: Vec<Area>,
    /// The level's name.
    pub level: Option<String>,
    /// The level of centres, if the source has it.
    pub centres: Option<String>,
    /// Stations grouped by centre: its code, and places.
    pub rooms: BTreeMap<String, Vec<usize>>,
    /// Names of candidates.
    pub candidates: Vec<String>,
    /// Their sums.
    pub sums: Vec<u64>,
    /// The candidate with most votes, or the one asked for.
    pub leader: usize,
    /// The one with most votes of the others: the control.
    pub rival: usize,
    /// Whether a column of ballots given out was named.
    pub has_given: bool,
    /// Whether rejected papers are known, so that ballots are more than valid votes.
    pub has_rejected: bool,
    /// Whose order is known.
    pub clock: Clock,
    /// Rows without figures that count.
    pub left_out: u64,
    /// Ballots of other contests.
    pub others: Vec<(String, BTreeMap<String, u64>)>,
    /// Whether second digits are looked at.
    pub second_digits: bool,
    /// Whether the model of added votes is fitted.
    pub klimek: bool,
}

impl Station {
    /// Its name, where it has one besides its code.
    pub fn named(&self) -> Cell {
        if self.name == self.code { Cell::None } else { Cell::Text(self.name.clone()) }
    }

    /// Votes of a candidate.
    pub fn of(&self, candidate: usize) -> Option<u64> {
        self.votes.get(candidate).copied().flatten()
    }

    /// A candidate's votes and all valid votes, where both are known and there are some.
    pub fn share_of(&self, candidate: usize) -> Option<(u64, u64)> {
        let (votes, valid) = (self.of(candidate)?, self.valid?);
        (valid > 0).then_some((votes, valid))
    }

    /// Voters, ballots given out and found, and a candidate's votes: what turnout is computed of.
    pub fn turnout(&self, candidate: usize) -> Option<integer_percentages::Station> {
        let (registered, received) = (self.registered?, self.cast?);
        let given = self.given.unwrap_or(received);
        (registered > 0).then_some(integer_percentages::Station {
            registered,
            given,
            received,
            leader: self.of(candidate)?,
        })
    }
}

impl Subject {
    /// Reads a result set.
    ///
    /// # Errors
    /// Rows that are no stations, too few candidates, and names that the source does not have.
    pub fn new(brought: &Brought<'_>, options: &Options) -> Result<Self, ForensicsError> {
        let set = brought.set;
        if let Rows::Areas(level) = &set.rows_are {
            return Err(ForensicsError::NoStations { level: level.clone() });
        }
        let columns: Vec<usize> = set.candidates().collect();
        let candidates: Vec<String> =
            columns.iter().map(|column| set.columns[*column].label().to_owned()).collect();
        let given =
            options.given.iter().map(|name| given_column(set, name)).collect::<Result<Vec<_>, _>>()?;
        let known = Levels::of(set);
        let level = known.chosen(options.level.as_deref())?;
        let centres = known.centres(options.centres.as_deref())?;
        let ranks = ranks(&brought.reported);
        let standing = || set.rows.iter().filter(|(_, row)| row.state == State::Stands);
        let mut stations: Vec<Station> = standing()
            .map(|(code, row)| station(set, &columns, &given, code, row, ranks.get(code.as_str()).copied()))
            .collect();
        stations.retain(|station| station.votes.iter().any(Option::is_some));
        let sums: Vec<u64> = (0..candidates.len())
            .map(|candidate| stations.iter().filter_map(|station| station.of(candidate)).sum())
            .collect();
        let (leader, rival) = leaders(&candidates, &sums, options.leader.as_deref())?;
        let mut subject = Self {
            areas: Vec::new(),
            level: None,
            centres: None,
            rooms: BTreeMap::new(),
            left_out: set.rows.len() as u64 - stations.len() as u64,
            has_given: !given.is_empty(),
            has_rejected: set.column(&Column::Rejected).is_some(),
            clock: if ranks.is_empty() { Clock::None } else { brought.clock },
            others: brought.others.clone(),
            second_digits: options.second_digits,
            klimek: options.klimek,
            stations,
            candidates,
            sums,
            leader,
            rival,
        };
        if let Some(level) = level {
            subject.group(set, level);
        }
        if let Some(level) = centres {
            subject.rooms = subject.grouped(set, &level);
            subject.centres = Some(level);
        }
        Ok(subject)
    }

    /// Stations of an area, or all of them.
    pub fn in_area(&self, area: Option<usize>) -> Vec<&Station> {
        match area {
            None => self.stations.iter().collect(),
            Some(area) => self.areas[area].stations.iter().map(|place| &self.stations[*place]).collect(),
        }
    }

    /// The two leading candidates.
    pub fn leading(&self) -> [usize; 2] {
        [self.leader, self.rival]
    }

    /// Groups of neighbours: each station is in the narrowest area around it that has at least so many stations.
    pub fn neighbourhoods(&self, least: usize) -> BTreeMap<String, Vec<usize>> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for area in self.stations.iter().flat_map(|station| &station.within) {
            *counts.entry(area).or_default() += 1;
        }
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, station) in self.stations.iter().enumerate() {
            let around = station.within.iter().find(|area| counts[area.as_str()] >= least);
            if let Some(around) = around {
                groups.entry(around.clone()).or_default().push(place);
            } else if station.within.is_empty() && self.stations.len() >= least {
                // No areas at all: the whole is one.
                groups.entry(String::new()).or_default().push(place);
            }
        }
        groups
    }

    fn grouped(&self, set: &ResultSet, level: &str) -> BTreeMap<String, Vec<usize>> {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, station) in self.stations.iter().enumerate() {
            let is_of = |area: &&String| set.areas.get(*area).is_some_and(|area| area.level == level);
            if let Some(area) = station.within.iter().find(is_of) {
                groups.entry(area.clone()).or_default().push(place);
            }
        }
        groups
    }

    fn group(&mut self, set: &ResultSet, level: String) {
        for (code, stations) in self.grouped(set, &level) {
            for place in &stations {
                self.stations[*place].area = Some(self.areas.len());
            }
            let name = set.areas.get(&code).map_or_else(|| code.clone(), |area| area.name.clone());
            self.areas.push(Area { code, name, stations });
        }
        self.level = Some(level);
    }
}

/// The levels of a set's areas, the widest first, each with how many areas it has.
struct Levels(Vec<(String, usize)>);

impl Levels {
    fn of(set: &ResultSet) -> Self {
        let mut levels: Vec<(usize, String, usize)> = Vec::new();
        for code in set.areas.keys() {
            let level = &set.areas[code].level;
            let depth = around(set, Some(code)).len();
            match levels.iter_mut().find(|(_, name, _)| name == level) {
                Some(known) => known.2 += 1,
                None => levels.push((depth, level.clone(), 1)),
            }
        }
        levels.sort();
        Self(levels.into_iter().map(|(_, name, count)| (name, count)).collect())
    }

    fn named(&self, level: &str) -> Result<String, ForensicsError> {
        let known = self.0.iter().any(|(name, _)| name == level);
        let unknown = || ForensicsError::Level {
            found: level.to_owned(),
            known: self.0.iter().map(|(name, _)| name.clone()).collect(),
        };
        known.then(|| level.to_owned()).ok_or_else(unknown)
    }

    fn chosen(&self, asked: Option<&str>) -> Result<Option<String>, ForensicsError> {
        match asked {
            Some(level) => self.named(level).map(Some),
            None => Ok(self.0.iter().find(|(_, count)| *count > 1).map(|(name, _)| name.clone())),
        }
    }

    fn centres(&self, asked: Option<&str>) -> Result<Option<String>, ForensicsError> {
        match asked {
            Some(level) => self.named(level).map(Some),
            None => Ok(self.named("centre").ok()),
        }
    }
}

/// Codes of an area and of all around it, the narrowest first.
fn around(set: &ResultSet, area: Option<&str>) -> Vec<String> {
    let mut codes = Vec::new();
    let mut at = area;
    // Areas are a tree; the bound keeps a set that is none from holding us.
    while let Some(code) = at.filter(|_| codes.len() < 64) {
        codes.push(code.to_owned());
        at = set.areas.get(code).and_then(|area| area.parent.as_deref());
    }
    codes
}

fn given_column(set: &ResultSet, name: &str) -> Result<usize, ForensicsError> {
    let others = || set.columns.iter().filter(|column| matches!(column, Column::Other(_)));
    let unknown = || ForensicsError::Given {
        found: name.to_owned(),
        known: others().map(|column| column.label().to_owned()).collect(),
    };
    set.column(&Column::Other(name.to_owned())).ok_or_else(unknown)
}

fn station(
    set: &ResultSet,
    columns: &[usize],
    given: &[usize],
    code: &str,
    row: &Row,
    reported: Option<f64>,
) -> Station {
    let number = |column: &Column| set.column(column).and_then(|index| row.number(index));
    let votes: Vec<Option<u64>> = columns.iter().map(|column| row.number(*column)).collect();
    let valid = number(&Column::Valid).or_else(|| votes.iter().copied().sum());
    let rejected = match set.column(&Column::Rejected) {
        Some(column) => row.number(column),
        None => Some(0),
    };
    Station {
        code: code.to_owned(),
        name: row.name.clone(),
        area: None,
        within: around(set, row.area.as_deref()),
        registered: row.voters.or_else(|| number(&Column::Registered)),
        given: given
            .iter()
            .map(|column| row.number(*column))
            .sum::<Option<u64>>()
            .filter(|_| !given.is_empty()),
        cast: valid.zip(rejected).map(|(valid, rejected)| valid + rejected),
        valid,
        votes,
        reported,
    }
}

/// The leader's and the rival's places.
fn leaders(names: &[String], sums: &[u64], asked: Option<&str>) -> Result<(usize, usize), ForensicsError> {
    let mut order: Vec<usize> = (0..sums.len()).filter(|candidate| sums[*candidate] > 0).collect();
    order.sort_by_key(|candidate| (std::cmp::Reverse(sums[*candidate]), *candidate));
    if let Some(asked) = asked {
        let unknown = || ForensicsError::Candidate { found: asked.to_owned(), known: names.to_vec() };
        let place = names.iter().position(|name| name == asked).ok_or_else(unknown)?;
        order.retain(|candidate| *candidate != place);
        order.insert(0, place);
    }
    match order[..] {
        [leader, rival, ..] => Ok((leader, rival)),
        _ => Err(ForensicsError::TooFewCandidates { with_votes: order.len() }),
    }
}

/// Ranks from 0 to 1.
fn ranks(reported: &BTreeMap<String, i64>) -> BTreeMap<&str, f64> {
    let mut order: Vec<(i64, &str)> = reported.iter().map(|(code, at)| (*at, code.as_str())).collect();
    order.sort_unstable();
    let last = real_count(order.len().saturating_sub(1)).max(1.0);
    let mut ranks = BTreeMap::new();
    let mut start = 0;
    for group in order.chunk_by(|one, other| one.0 == other.0) {
        let middle = real_count(start) + real_count(group.len() - 1) / 2.0;
        ranks.extend(group.iter().map(|(_, code)| (*code, middle / last)));
        start += group.len();
    }
    ranks
}
