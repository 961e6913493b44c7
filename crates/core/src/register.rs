//! The register in force: areas, stations and candidates, from the tables that a `register` record names.

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::{Election, TableName};
use crate::table::{Table, TableText, Tables, load_shards};
use hakiki_note::Hash;
use std::collections::{BTreeMap, HashMap};

/// An area.
#[derive(Debug, Clone)]
pub struct Area {
    /// Its code.
    pub code: Box<str>,
    /// Index into the election's levels.
    pub level: u32,
    /// The area that holds it.
    pub parent: Option<u32>,
    /// Its name.
    pub name: Box<str>,
    /// Registered voters that the source states for it as a whole; no sum.
    pub voters: Option<u32>,
}

/// A polling station.
#[derive(Debug, Clone)]
pub struct Station {
    /// Its code.
    pub code: Box<str>,
    /// The area that holds it.
    pub area: u32,
    /// Registered voters, if the register says.
    pub registered: Option<u32>,
    /// Its name.
    pub name: Box<str>,
    /// Place of the record that closed it, with its reason.
    pub closed: Option<(u64, Box<str>)>,
}

/// A candidate on a ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Number on the ballot.
    pub number: u32,
    /// Party's code, if any.
    pub party: Option<Box<str>>,
    /// Name.
    pub name: Box<str>,
    /// Place of the record that closed it.
    pub closed: Option<u64>,
}

/// One ballot: the candidates of a contest in an area, ascending by number.
#[derive(Debug, Clone)]
pub struct Ballot {
    /// Index of the contest.
    pub contest: u16,
    /// The area.
    pub area: u32,
    /// Candidates.
    pub candidates: Vec<Candidate>,
}

/// Areas, stations, candidates. Indexes never change once given.
#[derive(Debug, Clone, Default)]
pub struct Register {
    areas: Vec<Area>,
    area_by_code: HashMap<Box<str>, u32>,
    stations: Vec<Station>,
    station_by_code: HashMap<Box<str>, u32>,
    ballots: Vec<Ballot>,
    ballot_by_area: BTreeMap<(u16, u32), u32>,
    children: Vec<Vec<u32>>,
    stations_of: Vec<Vec<u32>>,
    /// The place of the register record that set each table.
    set_at: BTreeMap<TableName, u64>,
}

fn duplicate(what: &str, code: &str) -> Refusal {
    Refusal::new(RefusalCode::R305, format!("{what} {code} stands twice"))
}

impl Register {
    /// Every area by index; a parent may stand behind its children.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// Every station by index.
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// Every ballot.
    pub fn ballots(&self) -> &[Ballot] {
        &self.ballots
    }

    /// The area of a code.
    pub fn area(&self, code: &str) -> Option<u32> {
        self.area_by_code.get(code).copied()
    }

    /// The station of a code.
    pub fn station(&self, code: &str) -> Option<u32> {
        self.station_by_code.get(code).copied()
    }

    /// The areas directly below one.
    pub fn children(&self, area: u32) -> &[u32] {
        self.children.get(area as usize).map_or(&[], Vec::as_slice)
    }

    /// The stations directly in an area.
    pub fn stations_of(&self, area: u32) -> &[u32] {
        self.stations_of.get(area as usize).map_or(&[], Vec::as_slice)
    }

    /// The stations in an area and in all areas below it, ascending.
    pub fn stations_within(&self, area: u32) -> Vec<u32> {
        let mut stations = Vec::new();
        let mut open = vec![area];
        while let Some(area) = open.pop() {
            stations.extend_from_slice(self.stations_of(area));
            open.extend_from_slice(self.children(area));
        }
        stations.sort_unstable();
        stations
    }

    /// Registered voters: the sum over stations, or what the source states for the whole where it says nothing of any
    /// station.
    pub fn voters(&self) -> u64 {
        if self.stations.iter().all(|station| station.registered.is_none()) {
            let root = self.root().and_then(|root| self.areas[root as usize].voters);
            return u64::from(root.unwrap_or(0));
        }
        self.stations.iter().filter_map(|station| station.registered).map(u64::from).sum()
    }

    /// The area that holds all others.
    pub fn root(&self) -> Option<u32> {
        self.areas.iter().position(|area| area.parent.is_none()).and_then(|at| u32::try_from(at).ok())
    }

    /// An area, then the area that holds it, up to the whole.
    pub fn path(&self, area: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(area), |area| self.areas.get(*area as usize)?.parent)
    }

    /// Whether an area lies in another or is it.
    pub fn is_within(&self, area: u32, outer: u32) -> bool {
        self.path(area).any(|step| step == outer)
    }

    /// The ballot of a contest at a station: that of the nearest area above it.
    pub fn ballot(&self, contest: u16, station: u32) -> Option<&Ballot> {
        let area = self.stations.get(station as usize)?.area;
        let index = self.path(area).find_map(|area| self.ballot_by_area.get(&(contest, area)))?;
        self.ballots.get(*index as usize)
    }

    /// Whether votes in two areas are on one ballot, so that they can be summed.
    pub fn is_one_ballot(&self, contest: u16, one: u32, other: u32) -> bool {
        let of = |area| self.path(area).find_map(|area| self.ballot_by_area.get(&(contest, area)));
        of(one).is_some_and(|ballot| of(other) == Some(ballot))
    }

    /// The ballot on which votes can be summed in an area: its own or that of an area above it.
    pub fn ballot_for_area(&self, contest: u16, area: u32) -> Option<&Ballot> {
        let index = self.path(area).find_map(|area| self.ballot_by_area.get(&(contest, area)))?;
        self.ballots.get(*index as usize)
    }

    /// Whether a record before `as_of` set the areas, stations or candidates. Keys are in the roster.
    pub fn has_table(&self, table: TableName, as_of: u64) -> bool {
        self.set_at.get(&table).is_some_and(|place| *place < as_of)
    }

    pub(crate) fn note_table(&mut self, table: TableName, place: u64) {
        self.set_at.insert(table, place);
    }

    pub(crate) fn close_station(&mut self, station: u32, place: u64, reason: &str) {
        if let Some(station) = self.stations.get_mut(station as usize) {
            station.closed.get_or_insert((place, reason.into()));
        }
    }

    pub(crate) fn close_candidate(&mut self, ballot: usize, number: u32, place: u64) {
        let candidates = self.ballots.get_mut(ballot).map(|ballot| &mut ballot.candidates);
        if let Some(candidate) = candidates.and_then(|all| all.iter_mut().find(|c| c.number == number)) {
            candidate.closed.get_or_insert(place);
        }
    }

    /// Adds an areas table.
    pub fn load_areas(
        &mut self,
        tables: &dyn Tables,
        index: &Hash,
        election: &Election,
    ) -> Result<(), Refusal> {
        let mut parents = Vec::new();
        for (_, shard) in load_shards(tables, Table::Areas, index)? {
            self.read_areas(&shard, election, &mut parents)?;
        }
        for (area, parent) in parents {
            let Some(parent) = self.area(&parent) else {
                return refuse(
                    RefusalCode::R305,
                    format!("area {parent} is named as holding another, and is not there"),
                );
            };
            let (inner, outer) = (self.areas[area as usize].level, self.areas[parent as usize].level);
            if outer >= inner {
                let code = &self.areas[area as usize].code;
                return refuse(
                    RefusalCode::R305,
                    format!("area {code} is held by an area that is not of a higher level"),
                );
            }
            self.areas[area as usize].parent = Some(parent);
        }
        if self.areas.iter().filter(|area| area.parent.is_none()).count() != 1 {
            return refuse(RefusalCode::R305, "exactly one area holds all others");
        }
        self.index_children();
        Ok(())
    }

    fn read_areas(
        &mut self,
        shard: &TableText,
        election: &Election,
        parents: &mut Vec<(u32, String)>,
    ) -> Result<(), Refusal> {
        for mut row in shard.lines()?.all("area") {
            let (code, level, parent, name) = (row.word()?, row.word()?, row.word()?, row.words());
            let Some(level) = election.levels.iter().find(|(_, name)| name == level).map(|(place, _)| *place)
            else {
                return refuse(
                    RefusalCode::R305,
                    format!("area {code} is of level {level:?}, which is not in the election"),
                );
            };
            let index = u32::try_from(self.areas.len()).unwrap_or(u32::MAX);
            if self.area_by_code.insert(code.into(), index).is_some() {
                return Err(duplicate("area", code));
            }
            if parent != "-" {
                parents.push((index, parent.to_owned()));
            }
            self.areas.push(Area { code: code.into(), level, parent: None, name: name.into(), voters: None });
        }
        for mut row in shard.lines()?.all("voters") {
            let (code, voters) = (row.word()?, row.number()?);
            let Some(area) = self.area(code) else {
                return refuse(
                    RefusalCode::R305,
                    format!("voters are stated for area {code}, which is not there"),
                );
            };
            self.areas[area as usize].voters = Some(voters);
        }
        Ok(())
    }

    fn index_children(&mut self) {
        self.children = vec![Vec::new(); self.areas.len()];
        self.stations_of = vec![Vec::new(); self.areas.len()];
        for (index, area) in (0u32..).zip(&self.areas) {
            if let Some(parent) = area.parent {
                self.children[parent as usize].push(index);
            }
        }
        let areas = &self.areas;
        for children in &mut self.children {
            children.sort_by(|a, b| areas[*a as usize].code.cmp(&areas[*b as usize].code));
        }
        for (index, station) in (0u32..).zip(&self.stations) {
            self.stations_of[station.area as usize].push(index);
        }
    }

    /// Adds a stations table.
    pub fn load_stations(&mut self, tables: &dyn Tables, index: &Hash) -> Result<(), Refusal> {
        for (shard_area, shard) in load_shards(tables, Table::Stations, index)? {
            let outer = self.area(&shard_area);
            let Some(outer) = outer else {
                return refuse(
                    RefusalCode::R305,
                    format!("a shard is for area {shard_area}, which is not in the register"),
                );
            };
            for mut row in shard.lines()?.all("station") {
                let (code, area, registered, name) = (row.word()?, row.word()?, row.boxed()?, row.words());
                let Some(area) = self.area(area).filter(|area| self.is_within(*area, outer)) else {
                    return refuse(
                        RefusalCode::R305,
                        format!("station {code} is not in the area of its shard"),
                    );
                };
                let index = u32::try_from(self.stations.len()).unwrap_or(u32::MAX);
                if self.station_by_code.insert(code.into(), index).is_some() {
                    return Err(duplicate("station", code));
                }
                let registered = registered.number().and_then(|n| u32::try_from(n).ok());
                self.stations.push(Station {
                    code: code.into(),
                    area,
                    registered,
                    name: name.into(),
                    closed: None,
                });
                self.stations_of[area as usize].push(index);
            }
        }
        Ok(())
    }

    /// Adds a candidates table.
    pub fn load_candidates(
        &mut self,
        tables: &dyn Tables,
        index: &Hash,
        election: &Election,
    ) -> Result<(), Refusal> {
        for (_, shard) in load_shards(tables, Table::Candidates, index)? {
            for mut row in shard.lines()?.all("candidate") {
                let (contest, area, number, party) = (row.word()?, row.word()?, row.number()?, row.word()?);
                let Some(contest) = election.contest_index(contest) else {
                    return refuse(RefusalCode::R302, format!("a candidate is for contest {contest:?}"));
                };
                let Some(area) = self.area(area) else {
                    return refuse(
                        RefusalCode::R305,
                        format!("a ballot is for area {area}, which is not in the register"),
                    );
                };
                let ballots = &mut self.ballots;
                let at = *self.ballot_by_area.entry((contest, area)).or_insert_with(|| {
                    ballots.push(Ballot { contest, area, candidates: Vec::new() });
                    u32::try_from(ballots.len() - 1).unwrap_or(u32::MAX)
                });
                let party = (party != "-").then(|| party.into());
                let candidate = Candidate { number, party, name: row.words().into(), closed: None };
                let candidates = &mut self.ballots[at as usize].candidates;
                if candidates.iter().any(|other| other.number == number) {
                    return Err(duplicate("candidate", &number.to_string()));
                }
                candidates.push(candidate);
                candidates.sort_by_key(|candidate| candidate.number);
            }
        }
        Ok(())
    }

    /// A candidate closed by contest and number, on any ballot of that contest: index of the ballot.
    pub fn ballots_with(&self, contest: u16, number: u32) -> Vec<usize> {
        let has = |ballot: &Ballot| {
            ballot.contest == contest && ballot.candidates.iter().any(|candidate| candidate.number == number)
        };
        (0..self.ballots.len()).filter(|index| has(&self.ballots[*index])).collect()
    }
}
