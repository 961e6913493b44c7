//! An invented country and its election night, from a seed.
//!
//! Implements "Demo data" of the product's description: invented places, codes, dates, candidates, parties and margins
//! that echo no real election, in the shape of the Kenyan profile. Pure: the same seed gives the same country and the
//! same night, byte for byte, on every machine; it reads no clock, disk or network, and makes no record and no request.
//!
//! [`Country::generate`] lays out areas, stations and what is counted; [`Plan::new`] adds the night: arrivals and
//! everyday faults, what agents, observers and cameras add beside the forms, what the officers above stations send, what
//! people and machines do at the servers and in the stores.

pub mod areas;
pub mod arrivals;
pub mod beside;
pub mod calendar;
pub mod conduct;
mod events;
pub mod fault;
mod names;
pub mod officers;
pub mod paper;
pub mod plan;
pub(crate) mod random;
pub mod summary;
pub mod votes;

pub use areas::{Area, Level, Sizes, Square, Station};
pub use arrivals::{Arrival, Squeeze};
pub use fault::Fault;
pub use officers::{AreaPlan, Collation, Commissioner};
pub use paper::{AgentMark, Paper, PaperBox};
pub use plan::{
    Above, Act, Event, Expected, Officer, Place, Plan, Revoked, Ruling, Shown, StationPlan, Step, Stray,
};
pub use summary::{Outcome, Standing, Summary};
pub use votes::{CANDIDATES, StationResult};

use hakiki_note::sha256_parts;

/// Parties that field a candidate and send agents.
pub const PARTIES: usize = 3;
/// Most stations of a country: the six digits of kit serials and three digits of centres suffice for these.
pub const MAX_STATIONS: u64 = 250_000;

/// Why no country was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountryError {
    /// None, or too many.
    #[error("found {0} stations, expected 1 to {MAX_STATIONS}; name a number in between")]
    Stations(u64),
}

/// A party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// ASCII id, as on the agents' table of a form.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
}

/// A candidate of the one contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Place on the ballot, from 1; the id in records.
    pub number: u64,
    /// Name.
    pub name: &'static str,
    /// Place in `Country::parties`; none: independent.
    pub party: Option<usize>,
    /// Which of the portal's neutral colours.
    pub colour_index: u8,
}

/// ASCII id of the one contest.
pub const CONTEST: &str = "president";

/// An invented country with its registers and its count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// What it was made from.
    pub seed: String,
    /// Its name.
    pub name: &'static str,
    /// All areas, parents before children; the first is the nation.
    pub areas: Vec<Area>,
    /// All stations in order of their codes.
    pub stations: Vec<Station>,
    /// What was counted, by station, in order of `stations`, before any fault.
    pub results: Vec<StationResult>,
    /// The candidates, in order of the ballot.
    pub candidates: [Candidate; CANDIDATES],
    /// The parties, in order of the agents' table.
    pub parties: [Party; PARTIES],
}

impl Country {
    /// Makes the country of `seed` with exactly `stations` stations, those abroad among them.
    pub fn generate(seed: &str, stations: u64) -> Result<Self, CountryError> {
        if stations == 0 || stations > MAX_STATIONS {
            return Err(CountryError::Stations(stations));
        }
        let (areas, stations) = areas::lay_out(seed, stations);
        let results = votes::count(seed, &areas, &stations);
        Ok(Country {
            seed: seed.to_owned(),
            name: "Mfano",
            areas,
            stations,
            results,
            candidates: candidates(),
            parties: parties(),
        })
    }

    /// The areas of one level, with their places.
    pub fn level(&self, level: Level) -> impl Iterator<Item = (usize, &Area)> {
        self.areas.iter().enumerate().filter(move |(_, area)| area.level == level)
    }

    /// The area (place in `areas`) whose officers answer for a station: its constituency, or the area abroad.
    pub fn returning_area(&self, station: usize) -> usize {
        let abroad = || self.areas.iter().position(|area| area.level == Level::Abroad).unwrap_or(0);
        self.stations[station].constituency.unwrap_or_else(abroad)
    }

    /// The seed of a rehearsal key: SHA-256 over the country's seed and `label` (say, role, station code and ordinal).
    /// Anybody who knows the seed has every key: these are for rehearsals and nothing else.
    pub fn key_seed(&self, label: &str) -> [u8; 32] {
        let length = (self.seed.len() as u64).to_be_bytes();
        let domain = b"hakiki rehearsal key v1".as_slice();
        sha256_parts(&[domain, &length, self.seed.as_bytes(), label.as_bytes()]).0
    }
}

fn candidates() -> [Candidate; CANDIDATES] {
    [
        Candidate { number: 1, name: "Neema Tofali", party: Some(0), colour_index: 0 },
        Candidate { number: 2, name: "Kito Rusha", party: Some(1), colour_index: 1 },
        Candidate { number: 3, name: "Sifa Ngazi", party: Some(2), colour_index: 2 },
        Candidate { number: 4, name: "Imara Kisima", party: None, colour_index: 3 },
    ]
}

fn parties() -> [Party; PARTIES] {
    [
        Party { id: "circle", name: "Circle" },
        Party { id: "bridge", name: "Bridge" },
        Party { id: "kite", name: "Kite" },
    ]
}
