//! Of which stations a log's contest is compared: those of one ballot, in the whole or in an area.
//!
//! Votes on two ballots are for different people. They are never one column, so a contest whose areas have ballots of their own
//! is compared an area at a time.

use crate::set::{ResultSet, Rows};
use hakiki_core::Ledger;
use hakiki_core::register::{Ballot, Register};

/// Areas that an error names.
const NAMED_MAX: usize = 5;

/// Why there is no one ballot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoScope {
    /// Each area has candidates of its own.
    #[error(
        "contest {contest} has {count} ballots, each of an area of its own ({areas}); expected the area of one of them"
    )]
    SeveralBallots {
        /// The contest's code.
        contest: String,
        /// How many.
        count: usize,
        /// Codes of the first of them.
        areas: String,
    },
    /// Nobody stands.
    #[error("contest {0} has no ballot in this log; look at a later size")]
    NoBallot(String),
    /// The register has no such area, or the contest no ballot there.
    #[error("area {area} has no ballot of contest {contest}; expected an area's code of the register")]
    NoArea {
        /// The contest's code.
        contest: String,
        /// What was asked for.
        area: String,
    },
}

/// The stations of one ballot, in the whole or in an area.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'l> {
    register: &'l Register,
    ballot: &'l Ballot,
    /// None: all that vote on the ballot.
    area: Option<u32>,
    /// Whether these are all stations of the register.
    is_everybody: bool,
}

impl<'l> Scope<'l> {
    /// Of a contest, by its index: in the area of this code; in the whole, where the contest has one ballot.
    pub fn new(ledger: &'l Ledger, contest: u16, area: Option<&str>) -> Result<Self, NoScope> {
        let register = ledger.register();
        let code = || ledger.election().contests[usize::from(contest)].code.clone();
        if let Some(area) = area {
            let none = || NoScope::NoArea { contest: code(), area: area.to_owned() };
            let index = register.area(area).ok_or_else(none)?;
            let ballot = register.ballot_for_area(contest, index).ok_or_else(none)?;
            return Ok(Self { register, ballot, area: Some(index), is_everybody: false });
        }
        let ballots: Vec<&Ballot> =
            register.ballots().iter().filter(|ballot| ballot.contest == contest).collect();
        let [ballot] = ballots[..] else {
            let named = ballots
                .iter()
                .take(NAMED_MAX)
                .map(|ballot| register.areas()[ballot.area as usize].code.as_ref());
            let mut areas: Vec<&str> = named.collect();
            if ballots.len() > NAMED_MAX {
                areas.push("…");
            }
            return Err(match ballots.len() {
                0 => NoScope::NoBallot(code()),
                count => NoScope::SeveralBallots { contest: code(), count, areas: areas.join(", ") },
            });
        };
        let is_everybody = register.root() == Some(ballot.area);
        Ok(Self { register, ballot, area: None, is_everybody })
    }

    /// The ballot.
    pub fn ballot(&self) -> &'l Ballot {
        self.ballot
    }

    /// Whether a station is one of them.
    pub fn has(&self, station: u32) -> bool {
        // The only ballot, and it is the whole's: everybody votes on it.
        if self.is_everybody {
            return (station as usize) < self.register.stations().len();
        }
        let own = self.register.ballot(self.ballot.contest, station);
        let is_own = own.is_some_and(|own| own.area == self.ballot.area);
        is_own
            && self.area.is_none_or(|area| {
                self.register
                    .stations()
                    .get(station as usize)
                    .is_some_and(|it| self.register.is_within(it.area, area))
            })
    }

    /// A claim without the rows that the register knows to lie elsewhere, and how many these are. A row that the register does not
    /// know stays: whoever brought it is to be told.
    pub fn of_claim(&self, mut claim: ResultSet) -> (ResultSet, u64) {
        let is_station_elsewhere =
            |code: &str| self.register.station(code).is_some_and(|station| !self.has(station));
        let lies_apart = |area: u32, whole: u32| {
            !self.register.is_within(area, whole) && !self.register.is_within(whole, area)
        };
        let is_area_elsewhere = |code: &str| {
            let area = self.register.area(code);
            area.zip(self.area).is_some_and(|(area, whole)| lies_apart(area, whole))
        };
        let is_of_stations = claim.rows_are == Rows::Stations;
        let is_elsewhere = |code: &str| {
            if is_of_stations { is_station_elsewhere(code) } else { is_area_elsewhere(code) }
        };
        let before = claim.rows.len();
        claim.rows.retain(|code, _| !is_elsewhere(code));
        let left_out = (before - claim.rows.len()) as u64;
        (claim, left_out)
    }
}
