//! The founding of a rehearsal: every key of the invented country, the registers, the signed election record, the zero
//! report, the opened poll.
//!
//! All keys follow from the country's seed: they are for rehearsals and can sign nothing live.

use crate::country::beside::stations_with_agents_keys;
use crate::country::calendar::{moment, polling_day};
use crate::country::conduct::{ADMINISTRATORS, HOSTS, Hand, STOREKEEPERS};
use crate::country::{CONTEST, Country, Level};
use crate::rivals::Rivals;
use anyhow::{Result, anyhow};
use hakiki_core::establish::{
    AreaRow, CandidateRow, KeyRow, ScopeCode, StationRow, custodian, key_tables, party, register_tables,
};
use hakiki_core::kinds::{
    BOX_NAMES, Body, Contest, Election, Kind, Mode, Poll, PollState, RegisterRecord, RuleName, Spread, Zero,
    rules_vectors,
};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::text::{Date, Time};
use hakiki_note::{Hash, KeyName, SigningKey, sha256_parts};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Custodians of the rehearsal, and how many of them are a quorum.
const CUSTODIANS: u32 = 5;
const QUORUM: u32 = 3;
/// Who counts the paper of an audit.
pub(crate) const BOARD: u32 = 2;
/// The smallest country that has the 24 of 47 counties of the rule; smaller ones need half of theirs and one.
const COUNTIES_OF_THE_RULE: u32 = 47;

/// An election that is ready for forms.
pub struct Founding {
    /// Election, registers, zero report, poll, in their order.
    pub records: Vec<Record>,
    /// Table blobs.
    pub tables: BTreeMap<Hash, Vec<u8>>,
    /// The election's id.
    pub fingerprint: Hash,
}

/// The keys of a country, each from its label.
#[derive(Debug, Clone, Copy)]
pub struct Keyring<'a>(pub &'a Country);

impl Keyring<'_> {
    /// A key. Its name is random per seed and says no post and no person.
    pub fn key(&self, label: &str) -> SigningKey {
        let seed = self.0.key_seed(label);
        let name = sha256_parts(&[b"hakiki rehearsal key name", &seed]).to_string();
        let name = KeyName::new(&format!("{}.example/2031/k/{}", self.0.name.to_lowercase(), &name[..12]));
        SigningKey::from_seed(name.expect("letters, digits and slashes are a key name"), &seed)
    }

    /// The log's key; its name is the origin.
    pub fn log(&self) -> SigningKey {
        let name = KeyName::new(&format!("log.{}.example/2031", self.0.name.to_lowercase()));
        SigningKey::from_seed(
            name.expect("letters, digits and slashes are a key name"),
            &self.0.key_seed("log"),
        )
    }

    /// The custodians who sign.
    pub fn quorum(&self) -> Vec<SigningKey> {
        (1..=QUORUM).map(|number| self.key(&format!("custodian {number}"))).collect()
    }

    /// A station's kit.
    pub fn kit(&self, station: usize) -> SigningKey {
        self.key(&format!("kit {}", self.0.stations[station].code))
    }

    /// A station's presiding officer; `ordinal` 0 is the first, 1 the replacement.
    pub fn presiding(&self, station: usize, ordinal: u32) -> SigningKey {
        self.key(&format!("presiding {} {ordinal}", self.0.stations[station].code))
    }

    /// The returning officer of an area.
    pub fn returning(&self, area: usize) -> SigningKey {
        self.key(&format!("returning {}", self.0.areas[area].id))
    }

    /// The agent of a party (place in `Country::parties`) at a station; enrolled where agents have keys of their own.
    pub fn agent(&self, station: usize, party: usize) -> SigningKey {
        self.key(&format!("agent {} {}", self.0.parties[party].id, self.0.stations[station].code))
    }

    /// The observer.
    pub fn observer(&self) -> SigningKey {
        self.key("observer 1")
    }

    /// A commissioner, by number from 1.
    pub fn commissioner(&self, number: u32) -> SigningKey {
        self.key(&format!("commissioner {number}"))
    }

    /// A machine that observes itself, by number from 1.
    pub fn host(&self, number: u32) -> SigningKey {
        self.key(&format!("machine {number}"))
    }

    /// A member of the board that counts paper by hand, by number from 1.
    pub fn auditor(&self, number: u32) -> SigningKey {
        self.key(&format!("auditor {number}"))
    }

    /// The court's registrar.
    pub fn registrar(&self) -> SigningKey {
        self.key("registrar of the court")
    }

    /// The key of somebody at the servers or in the stores.
    pub fn of_hand(&self, hand: Hand) -> SigningKey {
        match hand {
            Hand::Administrator(number) => self.key(&format!("staff administrator {number}")),
            Hand::Commissioner(number) => self.commissioner(number),
            Hand::Observer => self.observer(),
            Hand::Presiding(station) => self.presiding(station, 0),
            Hand::Returning(area) => self.returning(area),
            Hand::Storekeeper(number) => self.key(&format!("staff storekeeper {number}")),
            Hand::Vendor => self.key("supplier's engineer 1"),
        }
    }

    /// The second officer of an area.
    pub fn second(&self, area: usize) -> SigningKey {
        self.key(&format!("second {}", self.0.areas[area].id))
    }
}

/// The area whose returning officer answers for a station: its constituency, or the one abroad.
pub fn returning_area(country: &Country, station: usize) -> usize {
    country.returning_area(station)
}

fn election(country: &Country, keys: Keyring<'_>, founded: Founded) -> Result<Election> {
    let counties = u32::try_from(country.level(Level::County).count())?;
    let areas_at_least =
        if counties == COUNTIES_OF_THE_RULE { 24 } else { counties / 2 + u32::from(counties > 0) };
    let log = keys.log();
    let origin = log.name().as_str();
    let contest = Contest {
        code: CONTEST.into(),
        rule: RuleName::MajorityWithSpread,
        title: format!("President of {}", country.name),
        spread: Some(Spread {
            majority: (1, 2),
            share: (1, 4),
            areas_at_least,
            level: Level::County.word().into(),
        }),
        boxes: BTreeSet::from(BOX_NAMES),
        cap: Some(700),
        declared_at: Some(Level::Nation.word().into()),
    };
    let levels =
        [Level::Nation, Level::Abroad, Level::County, Level::Constituency, Level::Ward, Level::Centre];
    let quorums = [
        "amend",
        "audit-plan",
        "declaration",
        "election",
        "key",
        "notice",
        "poll",
        "register",
        "ruling",
        "software",
        "withhold",
        "zero",
    ];
    let custodians = (1..=CUSTODIANS).map(|number| keys.key(&format!("custodian {number}")));
    let parties = country.parties.iter().map(|party| (party.id, keys.key(&format!("party {}", party.id))));
    let mut parties: Vec<_> = parties.map(|(code, key)| party(origin, &key, code)).collect();
    parties.sort_by(|a, b| a.code.cmp(&b.code));
    let mut custodians: Vec<_> = custodians.map(|key| custodian(origin, &key, "commission")).collect();
    custodians.sort_by(|a, b| a.name.cmp(&b.name));
    let day = polling_day();
    let mut election = Election {
        title: format!("{} 2031: a rehearsal", country.name),
        mode: Mode::Rehearsal,
        authority: Some(format!("commission.{}.example", country.name.to_lowercase())),
        log_key: log.verifier().clone(),
        polling_day: Date::parse(&day).ok_or_else(|| anyhow!("{day:?} is no date"))?,
        counting_from: time(0)?,
        merge_delay_seconds: founded.merge_delay_seconds,
        head_age_seconds: founded.head_age_seconds,
        rules: (1, rules_vectors()),
        follows: None,
        // What others say stands in a log of its own.
        admits: Kind::of_elections().map(Kind::name_and_version).collect(),
        levels: (0..).zip(levels.map(|level| level.word().to_owned())).collect(),
        contests: vec![contest],
        custodians,
        quorums: quorums.iter().map(|kind| ((*kind).to_owned(), QUORUM)).collect(),
        parties,
        organisations: Vec::new(),
        witnesses: Vec::new(),
        witness_quorum: 0,
        mirrors: Vec::new(),
        intakes: Vec::new(),
    };
    if founded.with_rivals {
        Rivals(country).join(&mut election);
    }
    Ok(election)
}

/// A time of the night, in seconds after the close of the polls.
pub fn time(at_seconds: i64) -> Result<Time> {
    let text = moment(at_seconds);
    Time::parse(&text).ok_or_else(|| anyhow!("{text:?} is no time"))
}

/// Who works at the servers and in the stores, the machines, the board of an audit, and the court's registrar.
fn staff(keys: Keyring<'_>) -> Vec<(SigningKey, Role)> {
    let administrators =
        (1..=ADMINISTRATORS).map(|number| (Hand::Administrator(number), Role::Administrator));
    let storekeepers = (1..=STOREKEEPERS).map(|number| (Hand::Storekeeper(number), Role::Storekeeper));
    let people = administrators.chain(storekeepers).chain([(Hand::Vendor, Role::Vendor)]);
    let people = people.map(|(hand, role)| (keys.of_hand(hand), role));
    let machines = (1..=HOSTS).map(|number| (keys.host(number), Role::Host));
    let board = (1..=BOARD).map(|number| (keys.auditor(number), Role::Auditor));
    people.chain(machines).chain(board).chain([(keys.registrar(), Role::Registrar)]).collect()
}

fn key_rows(country: &Country, keys: Keyring<'_>, fingerprint: &Hash) -> Vec<KeyRow> {
    let of_stations = (0..country.stations.len()).into_par_iter().flat_map_iter(|station| {
        let scope = || ScopeCode::Station(country.stations[station].code.clone());
        [(keys.kit(station), Role::Kit), (keys.presiding(station, 0), Role::Presiding)]
            .map(|(key, role)| KeyRow::new(fingerprint, &key, role, scope(), None))
    });
    let mut rows: Vec<KeyRow> = of_stations.collect();
    let officers = country.areas.iter().enumerate();
    let officers = officers.filter(|(_, area)| matches!(area.level, Level::Constituency | Level::Abroad));
    for (place, area) in officers {
        let scope = || ScopeCode::Area(area.id.clone());
        rows.push(KeyRow::new(fingerprint, &keys.returning(place), Role::Returning, scope(), None));
        rows.push(KeyRow::new(fingerprint, &keys.second(place), Role::Second, scope(), None));
    }
    let whole = || ScopeCode::Area(country.areas[0].id.clone());
    for number in 1..=7 {
        let key = keys.commissioner(number);
        rows.push(KeyRow::new(fingerprint, &key, Role::Commissioner, whole(), None));
    }
    rows.push(KeyRow::new(fingerprint, &keys.observer(), Role::Observer, whole(), None));
    let staff = staff(keys).into_iter();
    rows.extend(staff.map(|(key, role)| KeyRow::new(fingerprint, &key, role, whole(), None)));
    for station in stations_with_agents_keys(country) {
        let scope = || ScopeCode::Station(country.stations[station].code.clone());
        rows.extend(country.parties.iter().enumerate().map(|(place, party)| {
            KeyRow::new(fingerprint, &keys.agent(station, place), Role::Agent, scope(), Some(party.id))
        }));
    }
    rows
}

/// How a rehearsal is founded.
#[derive(Debug, Clone, Copy)]
pub struct Founded {
    /// Whether [`Rivals`] stand in the election record; the node has to ask them then.
    pub with_rivals: bool,
    /// Seconds in which a stamped form must be in the log.
    pub merge_delay_seconds: u32,
    /// Greatest age of a head, in seconds.
    pub head_age_seconds: u32,
}

impl Default for Founded {
    fn default() -> Self {
        Self { with_rivals: false, merge_delay_seconds: 600, head_age_seconds: 300 }
    }
}

/// Makes everything that stands in the log before the first form.
pub fn found(country: &Country, founded: Founded) -> Result<Founding> {
    let keys = Keyring(country);
    let quorum = keys.quorum();
    let quorum: Vec<&SigningKey> = quorum.iter().collect();
    let first = Record::sign(&election(country, keys, founded)?.into(), None, &quorum)?;
    let fingerprint = *first.id();
    let code = |place: usize| country.areas[place].id.clone();
    let areas = country.areas.iter().map(|area| AreaRow {
        code: area.id.clone(),
        level: area.level.word().into(),
        parent: area.parent.map(code),
        name: area.name.clone(),
        voters: None,
    });
    let areas: Vec<AreaRow> = areas.collect();
    let stations = country.stations.iter().map(|station| {
        let registered = u32::try_from(station.registered)?;
        let (area, name) = (code(station.centre), station.name.clone());
        Ok(StationRow { code: station.code.clone(), area, registered: Some(registered), name })
    });
    let stations: Vec<StationRow> = stations.collect::<Result<_>>()?;
    let candidates = country.candidates.iter().map(|candidate| {
        let party = candidate.party.map(|place| country.parties[place].id.to_owned());
        let (contest, number) = (CONTEST.to_owned(), u32::try_from(candidate.number)?);
        Ok(CandidateRow { contest, area: code(0), number, party, name: candidate.name.to_owned() })
    });
    let candidates: Vec<CandidateRow> = candidates.collect::<Result<_>>()?;
    let shard_level = Level::Constituency.word();
    let mut tables = register_tables(&areas, &stations, &candidates, shard_level);
    let of_keys = key_tables(&areas, &stations, &key_rows(country, keys, &fingerprint), shard_level);
    tables.blobs.extend(of_keys.blobs);
    let sign = |body: Body| Record::sign(&body, Some(&fingerprint), &quorum);
    let register = sign(RegisterRecord { tables: tables.indexes, ..RegisterRecord::default() }.into())?;
    let enrolled = sign(RegisterRecord { tables: of_keys.indexes, ..RegisterRecord::default() }.into())?;
    let registers = BTreeSet::from([*register.id(), *enrolled.id()]);
    let voters = stations.iter().filter_map(|station| station.registered).map(u64::from).sum();
    let zero = sign(Zero { registers, stations: stations.len() as u64, voters }.into())?;
    let opened = sign(Body::from(Poll {
        state: PollState::Opened,
        contests: BTreeSet::from([CONTEST.to_owned()]),
        areas: BTreeSet::from([code(0)]),
        stations: BTreeSet::new(),
        reason: None,
        words: None,
    }))?;
    Ok(Founding { records: vec![first, register, enrolled, zero, opened], tables: tables.blobs, fingerprint })
}
