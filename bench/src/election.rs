//! A plain election of any size: 47 counties, 290 constituencies, a kit, a presiding officer and a deputy at each station.
//!
//! Everything is made from names and numbers, so two runs make the same log. Making it is never timed.

use anyhow::{Context as _, Result, anyhow};
use hakiki_core::establish::{
    AreaRow, CandidateRow, KeyRow, ScopeCode, StationRow, custodian, key_tables, party, register_tables,
};
use hakiki_core::kinds::{
    Body, BoxName, Contest, Election, Figures, Form, Ink, Kind, MissingReason, Mode, OnPaper, Poll,
    PollState, RegisterRecord, RuleName, Spread, Zero,
};
use hakiki_core::roster::Role;
use hakiki_core::text::{BoxValue, Date, Time};
use hakiki_core::{Record, Refusal};
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ORIGIN: &str = "log.race.example/race";
const COUNTIES: u32 = 47;
const CONSTITUENCIES: u32 = 290;
/// Signers of a form.
pub const FORM_SIGNERS: [Role; 3] = [Role::Kit, Role::Presiding, Role::Deputy];
const REGISTERED: u32 = 700;
/// Records before the first form: election, two registers, zero report, opened poll.
const RECORDS_BEFORE: u64 = 5;

/// An election that is ready for forms.
pub struct Synthetic {
    /// What stands before the forms.
    pub records: Vec<Record>,
    /// Table blobs.
    pub tables: BTreeMap<Hash, Vec<u8>>,
    /// Every row of the keys table.
    pub keys: Vec<KeyRow>,
    /// The election's id.
    pub fingerprint: Hash,
    /// How many stations.
    pub stations: u32,
    /// How many contests.
    pub contests: u32,
}

/// A refusal of a record that a race made itself.
pub fn refused(refusal: &Refusal) -> anyhow::Error {
    anyhow!("the race's own record is refused: {refusal}")
}

/// A key by its name.
pub fn key(name: &str) -> Result<SigningKey> {
    let name = KeyName::new(&format!("race.example/k/{name}"))?;
    let seed = sha256(name.as_str().as_bytes());
    Ok(SigningKey::from_seed(name, &seed.0))
}

/// The log's key.
pub fn log_key() -> Result<SigningKey> {
    Ok(SigningKey::from_seed(KeyName::new(ORIGIN)?, &sha256(b"race log").0))
}

fn time(text: &str) -> Result<Time> {
    Time::parse(text).with_context(|| format!("{text} is no time"))
}

fn station_code(station: u32) -> String {
    format!("s{station:06}")
}

fn constituency_of(station: u32) -> String {
    format!("k{:03}", station % CONSTITUENCIES)
}

fn contest_code(contest: u32) -> String {
    format!("contest-{contest:03}")
}

fn contest(number: u32) -> Contest {
    let spread = Spread { majority: (1, 2), share: (1, 4), areas_at_least: 24, level: "county".into() };
    Contest {
        code: contest_code(number),
        rule: RuleName::MajorityWithSpread,
        title: format!("Contest {number}"),
        spread: Some(spread),
        boxes: BTreeSet::from([BoxName::Registered, BoxName::Valid, BoxName::Rejected]),
        cap: Some(REGISTERED),
        declared_at: Some("nation".into()),
    }
}

/// The custodians of every race.
pub fn custodians() -> Result<Vec<SigningKey>> {
    (1..=3).map(|number| key(&format!("custodian-{number}"))).collect()
}

/// The first record's text.
pub fn election(contests: u32) -> Result<Election> {
    let quorums =
        ["amend", "election", "key", "notice", "poll", "register", "ruling", "software", "withhold", "zero"];
    let root = |code: &str| Ok::<_, anyhow::Error>(party(ORIGIN, &key(&format!("root-{code}"))?, code));
    Ok(Election {
        title: "A race".into(),
        mode: Mode::Rehearsal,
        authority: Some("commission.race.example".into()),
        log_key: log_key()?.verifier().clone(),
        polling_day: Date::parse("2031-03-04").context("polling day is a date")?,
        counting_from: time("2031-03-04T17:00:00+03:00")?,
        merge_delay_seconds: 600,
        head_age_seconds: 300,
        rules: (1, sha256(b"vectors")),
        follows: None,
        admits: Kind::ALL.iter().map(|kind| kind.name_and_version()).collect(),
        levels: (0..).zip(["nation", "county", "constituency"].map(Into::into)).collect(),
        contests: (0..contests).map(contest).collect(),
        custodians: custodians()?.iter().map(|key| custodian(ORIGIN, key, "commission")).collect(),
        quorums: quorums.iter().map(|kind| ((*kind).to_owned(), 2)).collect(),
        parties: vec![root("bridge")?, root("circle")?],
        organisations: Vec::new(),
        witnesses: Vec::new(),
        witness_quorum: 0,
        mirrors: Vec::new(),
        intakes: Vec::new(),
    })
}

fn area(code: String, level: &str, parent: Option<String>) -> AreaRow {
    AreaRow { name: format!("Area {code}"), code, level: level.into(), parent, voters: None }
}

fn areas() -> Vec<AreaRow> {
    let mut areas = vec![area("N".into(), "nation", None)];
    areas.extend((0..COUNTIES).map(|county| area(format!("c{county:02}"), "county", Some("N".into()))));
    let constituency = |number: u32| {
        area(format!("k{number:03}"), "constituency", Some(format!("c{:02}", number % COUNTIES)))
    };
    areas.extend((0..CONSTITUENCIES).map(constituency));
    areas
}

fn candidates(contests: u32) -> Vec<CandidateRow> {
    let of_contest = |contest: u32| {
        (1..=4u32).map(move |number| CandidateRow {
            contest: contest_code(contest),
            area: "N".into(),
            number,
            party: None,
            name: format!("Candidate {number}"),
        })
    };
    (0..contests).flat_map(of_contest).collect()
}

fn key_rows(fingerprint: &Hash, stations: u32) -> Result<Vec<KeyRow>> {
    let of_station = |station: u32| {
        FORM_SIGNERS.map(|role| {
            let scope = ScopeCode::Station(station_code(station));
            let key = key(&format!("{}-{}", role.as_str(), station_code(station)))?;
            Ok::<_, anyhow::Error>(KeyRow::new(fingerprint, &key, role, scope, None))
        })
    };
    let mut rows = (0..stations).into_par_iter().flat_map_iter(of_station).collect::<Result<Vec<_>>>()?;
    for number in 0..CONSTITUENCIES {
        let code = format!("k{number:03}");
        let key = key(&format!("returning-{code}"))?;
        rows.push(KeyRow::new(fingerprint, &key, Role::Returning, ScopeCode::Area(code), None));
    }
    Ok(rows)
}

impl Synthetic {
    /// Makes an election with so many stations and contests.
    pub fn new(stations: u32, contests: u32) -> Result<Self> {
        let custodians = custodians()?;
        let quorum: Vec<&SigningKey> = custodians.iter().take(2).collect();
        let sign = |body: Body, election: Option<&Hash>| {
            Record::sign(&body, election, &quorum).map_err(|refusal| refused(&refusal))
        };
        let first = sign(election(contests)?.into(), None)?;
        let fingerprint = *first.id();
        let areas = areas();
        let station = |number: u32| StationRow {
            code: station_code(number),
            area: constituency_of(number),
            registered: Some(REGISTERED),
            name: format!("Station {number}"),
        };
        let rows: Vec<StationRow> = (0..stations).map(station).collect();
        let keys = key_rows(&fingerprint, stations)?;
        let mut tables = register_tables(&areas, &rows, &candidates(contests), "constituency");
        let of_keys = key_tables(&areas, &rows, &keys, "constituency");
        tables.blobs.extend(of_keys.blobs);
        let register = |indexes| RegisterRecord { tables: indexes, ..RegisterRecord::default() };
        let places = sign(register(tables.indexes).into(), Some(&fingerprint))?;
        let enrolments = sign(register(of_keys.indexes).into(), Some(&fingerprint))?;
        let registers = BTreeSet::from([*places.id(), *enrolments.id()]);
        let voters = u64::from(REGISTERED) * u64::from(stations);
        let zero = Zero { registers, stations: u64::from(stations), voters };
        let poll = Poll {
            state: PollState::Opened,
            contests: (0..contests).map(contest_code).collect(),
            areas: BTreeSet::from(["N".to_owned()]),
            stations: BTreeSet::new(),
            reason: None,
            words: None,
        };
        let zero = sign(zero.into(), Some(&fingerprint))?;
        let poll = sign(poll.into(), Some(&fingerprint))?;
        let records = vec![first, places, enrolments, zero, poll];
        Ok(Self { records, tables: tables.blobs, keys, fingerprint, stations, contests })
    }

    /// A form of each station and contest, by contest, signed by three.
    pub fn forms(&self) -> Result<Vec<Record>> {
        self.each(|station, contest| self.form(station, contest))
    }

    /// A `missing` record of each station and contest, signed by one.
    pub fn missing(&self) -> Result<Vec<Record>> {
        self.each(|station, contest| {
            let body = MissingReason {
                contest: contest_code(contest),
                station: station_code(station),
                reason: "flood".into(),
                words: None,
            };
            let officer = key(&format!("returning-{}", constituency_of(station)))?;
            self.sign(&body.into(), &[&officer])
        })
    }

    fn each(&self, make: impl Fn(u32, u32) -> Result<Record> + Sync) -> Result<Vec<Record>> {
        let all = self.stations * self.contests;
        (0..all).into_par_iter().map(|number| make(number % self.stations, number / self.stations)).collect()
    }

    fn sign(&self, body: &Body, keys: &[&SigningKey]) -> Result<Record> {
        Record::sign(body, Some(&self.fingerprint), keys).map_err(|refusal| refused(&refusal))
    }

    fn form(&self, station: u32, contest: u32) -> Result<Record> {
        let mixed = (station + 1).wrapping_mul(2_654_435_761) ^ contest.wrapping_mul(40_503);
        let votes = [mixed % 251, (mixed >> 8) % 199, (mixed >> 16) % 151, (mixed >> 24) % 83];
        let figures = Figures { votes: (1..).zip(votes.map(BoxValue::Number)).collect(), boxes: [None; 6] };
        let figures = figures
            .with(BoxName::Registered, BoxValue::Number(REGISTERED))
            .with(BoxName::Valid, BoxValue::Number(votes.iter().sum()))
            .with(BoxName::Rejected, BoxValue::Number(mixed % 7));
        let signed = OnPaper { ink: Ink::Signed, date: Date::parse("2031-03-04") };
        let code = station_code(station);
        let body = Form {
            contest: contest_code(contest),
            station: code.clone(),
            serial: Some(format!("R{contest}-{station:07}")),
            kit: format!("kit-{station}"),
            closed: time("2031-03-04T17:04:00+03:00")?,
            sealed: time("2031-03-04T18:52:00+03:00")?,
            seen_head: RECORDS_BEFORE,
            figures,
            on_paper: ["bridge", "circle"].iter().map(|party| ((*party).to_owned(), signed)).collect(),
            words: None,
        };
        let keys = FORM_SIGNERS.map(|role| key(&format!("{}-{code}", role.as_str())));
        let [kit, presiding, deputy] = keys;
        self.sign(&body.into(), &[&kit?, &presiding?, &deputy?])
    }

    /// Founds a log of this election with these forms in a directory.
    pub fn found(&self, dir: &Path, forms: &[Record]) -> Result<()> {
        let records = self.records.iter().chain(forms).cloned();
        hakiki_node::found_log(dir, &log_key()?, records, &self.tables)?;
        Ok(())
    }
}
