//! A record by chance: of any kind, mostly such that the rules admit it, often enough such that they do not.

use crate::dice::Dice;
use crate::figures::{figures, on_paper};
use hakiki_core::codes::RefusalCode;
use hakiki_core::fixture::{
    CONTEST, Fixture, custodians, key, log_key, mirror_key, organisation_key, witness_key,
};
use hakiki_core::kinds::{
    Amend, Attest, BOX_NAMES, Body, Change, Collation, Decision, Declaration, Figures, HeadRecord, Image,
    Intake, KeyAction, KeyRecord, MissingReason, NewKey, Notice, NoticeAbout, Poll, PollState, Rank,
    RefusalRecord, Ruling, Says, Shows, Transcript, Turnout, child_row, possession_text,
};
use hakiki_core::roster::Role;
use hakiki_core::table::{Table, write_table};
use hakiki_core::text::{BoxValue, Time};
use hakiki_core::{Ledger, Record};
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::cosignature::CosigningKey;
use hakiki_tlog::{Head, Origin};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers on the ballot of the whole.
const NATION: [u32; 3] = [1, 2, 3];
/// A number that is on no ballot of a fixture.
const OFF_BALLOT: u32 = 9;
/// When the papers of a fixture are sealed, in seconds of Unix time: 2031-03-04T18:52:00+03:00.
const SEALED_S: u64 = 1_930_405_920;

/// What a record is made from.
pub struct Night<'a> {
    pub fixture: &'a mut Fixture,
    pub ledger: &'a Ledger,
    pub is_compilation: bool,
}

impl Night<'_> {
    /// A signed record. None where chance made one that has no canonical text.
    pub fn record(&mut self, dice: &mut Dice) -> Option<Record> {
        let station = dice.below(self.fixture.stations.len());
        let (body, keys) = self.body(station, dice)?;
        let keys = if dice.once_in(14) { self.other_keys(station, keys, dice) } else { keys };
        let keys: BTreeMap<String, SigningKey> =
            keys.into_iter().map(|key| (key.name().to_string(), key)).collect();
        let keys: Vec<&SigningKey> = keys.values().collect();
        let fingerprint = if dice.once_in(60) { sha256(b"another") } else { self.fixture.fingerprint };
        Record::sign(&body, Some(&fingerprint), &keys).ok()
    }

    fn body(&mut self, station: usize, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let quorum = || custodians()[..2].to_vec();
        if self.is_compilation && !dice.once_in(4) {
            return Some((self.transcript(station, dice).into(), vec![key("compiler")]));
        }
        Some(match dice.below(24) {
            0..=8 => {
                let mut keys = self.fixture.station_keys(station).to_vec();
                if dice.once_in(4) {
                    keys.push(self.agent(station));
                }
                (self.form(station, dice).into(), keys)
            }
            9 => (self.intake(station, dice).into(), self.returning(station)),
            10 => (turnout(self.code(station), dice).into(), self.fixture.station_keys(station).to_vec()),
            11 | 12 => {
                let keys = if dice.once_in(3) { key("observer") } else { self.agent(station) };
                (self.attest(dice)?.into(), vec![keys])
            }
            13 => (self.image(dice)?.into(), self.fixture.station_keys(station).to_vec()),
            14 | 15 => {
                let ruling = self.ruling(station, dice);
                let keys = if ruling.rank == Rank::Returning { self.returning(station) } else { quorum() };
                (ruling.into(), keys)
            }
            16 => (self.poll(station, dice).into(), quorum()),
            17 => {
                let missing = MissingReason {
                    contest: CONTEST.into(),
                    station: self.code(station),
                    reason: "road-closed".into(),
                    words: None,
                };
                (missing.into(), self.returning(station)[..1].to_vec())
            }
            18 => (self.key_record(station, dice).into(), quorum()),
            19 => self.collation(station, dice),
            20 => {
                let who = key(&format!("commissioner-{}", 1 + dice.below(3)));
                (self.declaration(dice).into(), vec![who])
            }
            21 => (notice(dice).into(), quorum()),
            22 => self.by_log(dice)?,
            _ => {
                let mut keys = quorum();
                keys.extend(["commission", "party", "observers"].map(organisation_key));
                let keys = if self.ledger.election().organisations.is_empty() { quorum() } else { keys };
                (amend(dice).into(), keys)
            }
        })
    }

    /// Signers that the kind does not want, or one too few.
    fn other_keys(&self, station: usize, mut keys: Vec<SigningKey>, dice: &mut Dice) -> Vec<SigningKey> {
        let other = (station + 1) % self.fixture.stations.len();
        match dice.below(6) {
            0 => keys.truncate(1),
            1 => keys = self.fixture.station_keys(other).to_vec(),
            2 => keys.push(key("nobody")),
            3 => keys.push(key("compiler")),
            4 => keys = vec![key("observer")],
            _ => keys = custodians(),
        }
        keys
    }

    fn code(&self, station: usize) -> String {
        self.fixture.stations[station].clone()
    }

    /// The numbers on a station's ballot.
    fn ballot(&self, station: usize) -> Vec<u32> {
        let register = self.ledger.register();
        let index = register.station(&self.fixture.stations[station]);
        let ballot = index.and_then(|index| register.ballot(0, index));
        ballot.map_or_else(|| NATION.to_vec(), |ballot| ballot.candidates.iter().map(|c| c.number).collect())
    }

    fn agent(&self, station: usize) -> SigningKey {
        key(&format!("agent-bridge-{}", self.fixture.stations[station]))
    }

    fn area_of(&self, station: usize) -> String {
        let register = self.ledger.register();
        let found = register.station(&self.fixture.stations[station]);
        let area = found.map(|index| register.stations()[index as usize].area);
        area.map_or_else(|| "MF".to_owned(), |area| register.areas()[area as usize].code.to_string())
    }

    fn returning(&self, station: usize) -> Vec<SigningKey> {
        let area = self.area_of(station);
        vec![key(&format!("returning-{area}")), key(&format!("second-{area}"))]
    }

    fn form(&self, station: usize, dice: &mut Dice) -> hakiki_core::kinds::Form {
        let count = |dice: &mut Dice| u32::try_from(dice.below(200)).unwrap_or(0);
        // One of three papers a station, so that equal ones come again and others differ.
        let paper = dice.below(3);
        let mut own = Dice::new(format!("paper {station} {paper}"));
        let votes = match own.below(3) {
            // Exactly a quarter, and exactly half.
            0 => [[25, 50, 25], [50, 25, 25], [50, 50, 0]][own.below(3)],
            _ => [count(&mut own), count(&mut own), count(&mut own)],
        };
        let mut form = self.fixture.form(station, votes, 3);
        let ballot = self.ballot(station);
        // As they stand on the station's own ballot.
        for (vote, number) in form.figures.votes.iter_mut().zip(&ballot) {
            vote.0 = *number;
        }
        if dice.once_in(3) {
            form.figures = figures(&ballot, dice);
        }
        match dice.below(10) {
            0 => form.serial = None,
            1 => form.serial = Some("M0000000".into()),
            2 => form.sealed = time("2031-03-04T16:00:00+03:00").unwrap_or(form.sealed),
            3 => form.closed = time("2031-03-06T09:00:00+03:00").unwrap_or(form.closed),
            4 => form.seen_head = dice.below(2000) as u64,
            5 | 7 => {
                form.seen_head = dice.below(usize::try_from(self.ledger.size()).unwrap_or(1).max(1)) as u64;
            }
            // The same paper, but for somebody who is not on its ballot.
            6 if form.figures.votes.iter().all(|(number, _)| *number < OFF_BALLOT) => {
                let few = u32::try_from(dice.below(3)).unwrap_or(0);
                form.figures.votes.push((OFF_BALLOT, BoxValue::Number(few)));
            }
            _ => {}
        }
        on_paper(&mut form.on_paper, dice);
        form
    }

    fn intake(&self, station: usize, dice: &mut Dice) -> Intake {
        let form = self.form(station, dice);
        let taken = form.sealed;
        Intake {
            contest: form.contest,
            station: form.station,
            serial: form.serial,
            taken,
            reason: "kit-broken".into(),
            figures: form.figures,
            on_paper: form.on_paper,
            words: None,
        }
    }

    fn transcript(&self, station: usize, dice: &mut Dice) -> Transcript {
        let figures = if dice.once_in(2) {
            figures(&self.ballot(station), dice)
        } else {
            self.form(station, dice).figures
        };
        let derived = BOX_NAMES.into_iter().filter(|name| figures.boxed(*name).is_some());
        let derived = if dice.once_in(4) { derived.collect() } else { BTreeSet::new() };
        Transcript {
            contest: CONTEST.into(),
            station: self.code(station),
            source: sha256(b"source"),
            line: dice.once_in(2).then(|| dice.below(1000) as u64),
            serial: None,
            time: None,
            figures,
            derived,
        }
    }

    /// An entry of the ledger, or a form that is not there.
    fn entry(&self, dice: &mut Dice) -> Hash {
        let of_chance = dice.of(self.ledger.entries()).map(|entry| entry.id);
        of_chance.filter(|_| !dice.once_in(20)).unwrap_or_else(|| sha256(b"no entry"))
    }

    fn attest(&self, dice: &mut Dice) -> Option<Attest> {
        let says = dice.of(&[Says::Observation, Says::OwnCopy, Says::Refused, Says::Signed]).copied()?;
        let figures = if says == Says::OwnCopy || dice.once_in(8) {
            figures(&NATION, dice)
        } else {
            Figures::default()
        };
        let observed = ["second-document".to_owned()];
        let observed = if says == Says::Observation { observed.into() } else { BTreeSet::new() };
        Some(Attest { of: self.entry(dice), says, observed, figures, page: None, words: None })
    }

    fn image(&self, dice: &mut Dice) -> Option<Image> {
        let shows = dice.of(&[Shows::Original, Shows::AgentCopy, Shows::Door]).copied()?;
        let page = sha256(format!("page {}", dice.below(6)).as_bytes());
        let taken = time("2031-03-04T19:00:00+03:00")?;
        Some(Image { of: self.entry(dice), shows, page, agents_table: None, taken })
    }

    fn ruling(&self, station: usize, dice: &mut Dice) -> Ruling {
        let rank = dice.of(&[Rank::Returning, Rank::Commission, Rank::Court]).copied();
        let rank = rank.unwrap_or(Rank::Returning);
        let code = self.code(station);
        let register = self.ledger.register();
        let index = register.station(&code);
        let here = self.ledger.entries().iter().filter(|entry| Some(entry.station) == index);
        let considered: BTreeSet<Hash> = here.map(|entry| entry.id).filter(|_| !dice.once_in(4)).collect();
        let one = considered.first().copied();
        let decision = match one {
            Some(id) if dice.once_in(2) => Decision::Stands(id),
            _ => Decision::Disregarded("reg-83-1-c".into()),
        };
        Ruling {
            contest: CONTEST.into(),
            station: code,
            rank,
            considered,
            decision,
            notified: BTreeSet::new(),
            order: (rank == Rank::Court && !dice.once_in(5)).then(|| sha256(b"order")),
            words: None,
        }
    }

    fn poll(&self, station: usize, dice: &mut Dice) -> Poll {
        use PollState::{Closed, NotHeld, Opened, Postponed, Relocated};
        let state = dice.of(&[Opened, Opened, Postponed, NotHeld, Relocated, Closed]).copied();
        let (mut areas, mut stations) = (BTreeSet::new(), BTreeSet::new());
        match dice.below(4) {
            0 => areas.insert("MF".to_owned()),
            1 => areas.insert(self.area_of(station)),
            _ => stations.insert(self.code(station)),
        };
        let reason = dice.once_in(2).then(|| "rain".to_owned());
        let contests = BTreeSet::from([CONTEST.to_owned()]);
        Poll { state: state.unwrap_or(Opened), contests, areas, stations, reason, words: None }
    }

    fn key_record(&self, station: usize, dice: &mut Dice) -> KeyRecord {
        let [kit, officer] = self.fixture.station_keys(station);
        let old = if dice.once_in(2) { kit } else { officer };
        let new = key(&format!("spare-{}", dice.below(5)));
        let public = new.verifier().key().clone();
        let fingerprint = if dice.once_in(10) { sha256(b"other") } else { self.fixture.fingerprint };
        let possession = new.sign(possession_text(&fingerprint, new.name(), &public.hash()).as_bytes());
        let bytes = public.bytes().first_chunk::<32>().copied().unwrap_or_default();
        let new = NewKey {
            name: new.name().clone(),
            role: if dice.once_in(2) { Role::Kit } else { Role::Presiding },
            of_station: true,
            scope: self.code(station),
            party: None,
            public: bytes,
            possession,
        };
        let (action, old) = match dice.below(3) {
            0 => (KeyAction::Enrol(new), None),
            1 => (KeyAction::Replace(new), Some(old.name().clone())),
            _ => (KeyAction::Revoke, Some(old.name().clone())),
        };
        KeyRecord { action, old, reason: "ill".into(), words: None }
    }

    fn collation(&mut self, station: usize, dice: &mut Dice) -> (Body, Vec<SigningKey>) {
        let area = self.area_of(station);
        let register = self.ledger.register();
        let mut rows = BTreeMap::new();
        for entry in self.ledger.entries() {
            let Some(there) = register.stations().get(entry.station as usize) else { continue };
            if register.areas()[there.area as usize].code[..] != *area && !dice.once_in(30) {
                continue;
            }
            let votes: Vec<BoxValue> = (0..3).map(|_| BoxValue::Number(dice.count())).collect();
            let row = child_row(&there.code, &entry.id, &votes, BoxValue::Number(160), BoxValue::Number(3));
            rows.insert(there.code.to_string(), row);
        }
        let count = u32::try_from(rows.len()).unwrap_or(0);
        let children = Collation::children_table(rows.into_values().collect::<Vec<_>>());
        let hash = sha256(&children);
        if !dice.once_in(12) {
            self.fixture.tables.insert(hash, children);
        }
        let collation = Collation {
            contest: CONTEST.into(),
            area,
            children: hash,
            submitted: count,
            received: count,
            figures: figures(&NATION, dice),
            words: None,
        };
        (collation.into(), self.returning(station))
    }

    fn declaration(&mut self, dice: &mut Dice) -> Declaration {
        let missing: Vec<String> = self
            .fixture
            .stations
            .iter()
            .filter(|_| dice.once_in(3))
            .map(|code| format!("station {code}"))
            .collect();
        let rows: Vec<String> = missing.iter().map(|row| row.replacen("station ", "", 1)).collect();
        let table = write_table(Table::MissingSet, "station", rows);
        let hash = sha256(&table);
        self.fixture.tables.insert(hash, table);
        Declaration {
            contest: CONTEST.into(),
            area: "MF".into(),
            head: Head { size: dice.below(80) as u64, root: sha256(b"root") },
            dissents: dice.once_in(4),
            figures: if dice.once_in(2) { figures(&NATION, dice) } else { Figures::default() },
            missing: (!missing.is_empty()).then_some(hash),
            words: None,
        }
    }

    fn by_log(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        if dice.once_in(3) {
            let refused = RefusalRecord { note: sha256(b"refused"), code: RefusalCode::R206 };
            return Some((refused.into(), vec![log_key()]));
        }
        let size = self.ledger.size().saturating_sub(dice.below(4) as u64) + u64::from(dice.once_in(20));
        let checkpoint = Checkpoint::new(
            Origin::new(log_key().name().as_str()).ok()?,
            Head { size, root: sha256(b"root") },
        );
        let text = checkpoint.sign(&log_key()).ok()?;
        let checkpoint = VerifiedCheckpoint::open(text.as_bytes(), log_key().verifier()).ok()?;
        // Around the minute at which papers are sealed, and not at the same second: what is late is told by both times.
        let around_s = SEALED_S - 2500 + dice.below(4000) as u64;
        let cosigners = (1..=6).map(witness_key).chain([mirror_key(1)]);
        let mut cosignatures = BTreeMap::new();
        for cosigner in cosigners {
            if dice.once_in(3) {
                continue;
            }
            let at_s = around_s + dice.below(900) as u64;
            let line = CosigningKey::Ed25519(cosigner.clone()).cosign(&checkpoint, at_s).ok()?;
            let mut signature = line.signature;
            if dice.once_in(40) {
                signature[12] ^= 1;
            }
            cosignatures.insert(cosigner.name().clone(), signature);
        }
        let log_signature = checkpoint.note().signatures.first()?.signature.as_slice().try_into().ok()?;
        let cosignatures = cosignatures.into_iter().collect();
        Some((HeadRecord { head: checkpoint.head(), log_signature, cosignatures }.into(), vec![log_key()]))
    }
}

fn time(text: &str) -> Option<Time> {
    Time::parse(text)
}

fn notice(dice: &mut Dice) -> Notice {
    use NoticeAbout::{Incident, Outage, Pause, Resume};
    let about = dice.of(&[Incident, Outage, Pause, Resume]).copied().unwrap_or(Pause);
    let from = time("2031-03-04T23:00:00+03:00").expect("a time of this program");
    Notice { about, from, reason: "power".into(), words: None }
}

fn amend(dice: &mut Dice) -> Amend {
    let organisation = organisation_key("press").name().clone();
    let changes = match dice.below(6) {
        0 => vec![Change::WitnessOut(witness_key(1 + dice.below(6)).name().clone())],
        1 => vec![Change::WitnessIn(witness_key(6).verifier().clone(), organisation)],
        2 => vec![Change::WitnessQuorum(u32::try_from(dice.below(6)).unwrap_or(0))],
        3 => vec![Change::Quorum("ruling".into(), 1 + u32::try_from(dice.below(4)).unwrap_or(0))],
        4 => vec![Change::CustodianOut(custodians()[2].name().clone())],
        _ => vec![Change::Admits("session@v1".into())],
    };
    Amend { changes, reason: "needed".into(), words: None }
}

fn turnout(station: String, dice: &mut Dice) -> Turnout {
    let (device, manual) = (dice.count(), u32::try_from(dice.below(20)).unwrap_or(0));
    Turnout { station, device, manual, is_final: !dice.once_in(3) }
}
