//! A small election for tests, with all its keys: an invented country of a few counties, one contest, kits and officers.
//!
//! Everything is deterministic: key *n* of a role is made from a hash of its name.

use crate::establish::{
    AreaRow, CandidateRow, KeyRow, ScopeCode, StationRow, custodian, key_tables, organisation, party,
    possess, register_tables,
};
use crate::kinds::{
    Body, BoxName, Contest, Election, Figures, Form, Ink, KeyAction, KeyRecord, Kind, Mode, NewKey, OnPaper,
    Organisation, Poll, PollState, RegisterRecord, RuleName, Spread, Witness, Zero,
};
use crate::ledger::Ledger;
use crate::record::Record;
use crate::roster::{InOrder, Role};
use crate::text::{BoxValue, Date, Time};
use hakiki_note::{Hash, KeyName, Note, SigningKey, sha256};
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

/// Origin of the fixture's log.
pub const ORIGIN: &str = "log.mfano.example/fixture";
/// The fixture's contest.
pub const CONTEST: &str = "president";

/// What varies between fixtures.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Stations, spread evenly over the constituencies.
    pub stations: u32,
    /// Counties, each with one constituency.
    pub counties: u32,
    /// A compilation by others instead of an authority.
    pub is_compilation: bool,
    /// Live instead of rehearsal.
    pub is_live: bool,
    /// The first county has a ballot of its own: candidates 1, 4 and 7.
    pub has_own_ballot: bool,
    /// Hosts that observe themselves. With one or more, the kinds of conduct are admitted ([`Kind::CONDUCT`]), and two each
    /// of administrators, vendors and storekeepers and a registrar are enrolled.
    pub hosts: u32,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            stations: 8,
            counties: 4,
            is_compilation: false,
            is_live: false,
            has_own_ballot: false,
            hosts: 0,
        }
    }
}

/// An election that is ready for forms, with its keys.
pub struct Fixture {
    /// Election, register, keys, zero report and opened poll, in their order.
    pub records: Vec<Record>,
    /// Table blobs.
    pub tables: BTreeMap<Hash, Vec<u8>>,
    /// The election's id.
    pub fingerprint: Hash,
    /// Station codes in order.
    pub stations: Vec<String>,
}

/// The key of a name, always the same.
pub fn key(name: &str) -> SigningKey {
    let name = KeyName::new(&format!("mfano.example/k/{name}")).expect("fixture names are key names");
    let seed = sha256(name.as_str().as_bytes());
    SigningKey::from_seed(name, &seed.0)
}

/// A head of that size, whose root is of no log.
pub fn head(size: u64) -> Head {
    Head { size, root: sha256(b"a root") }
}

/// The log's key.
pub fn log_key() -> SigningKey {
    SigningKey::from_seed(KeyName::new(ORIGIN).expect("the origin is a key name"), &sha256(b"log").0)
}

/// The three custodians; two are a quorum.
pub fn custodians() -> Vec<SigningKey> {
    (1..=3).map(|n| key(&format!("custodian-{n}"))).collect()
}

fn time(text: &str) -> Time {
    Time::parse(text).expect("fixture times are times")
}

/// The election record's content; tests change it before they sign.
pub fn election(setting: &Setting) -> Election {
    let boxes = [BoxName::Registered, BoxName::Valid, BoxName::Rejected];
    let spread = Spread {
        majority: (1, 2),
        share: (1, 4),
        areas_at_least: setting.counties / 2 + 1,
        level: "county".into(),
    };
    let contest = Contest {
        code: CONTEST.into(),
        rule: RuleName::MajorityWithSpread,
        title: "President of Mfano".into(),
        spread: Some(spread),
        boxes: BTreeSet::from(boxes),
        cap: Some(700),
        declared_at: Some("nation".into()),
    };
    let admits = |kind: &&Kind| {
        !Kind::SAID.contains(kind)
            && !Kind::AUDIT.contains(kind)
            && (setting.hosts > 0 || !Kind::CONDUCT.contains(kind))
    };
    let quorums = ["amend", "election", "key", "notice", "poll", "register", "ruling", "zero"];
    let of_conduct: &[&str] = if setting.hosts > 0 { &["software", "withhold"] } else { &[] };
    let levels = ["nation", "county", "constituency"];
    Election {
        title: "Mfano 2031, a rehearsal".into(),
        mode: if setting.is_live { Mode::Live } else { Mode::Rehearsal },
        authority: (!setting.is_compilation).then(|| "commission.mfano.example".into()),
        log_key: log_key().verifier().clone(),
        polling_day: Date::parse("2031-03-04").expect("a date"),
        counting_from: time("2031-03-04T17:00:00+03:00"),
        merge_delay_seconds: 600,
        head_age_seconds: 300,
        rules: (1, sha256(b"vectors")),
        follows: None,
        admits: Kind::ALL.iter().filter(admits).map(|kind| kind.name_and_version()).collect(),
        levels: (0..).zip(levels.map(Into::into)).collect(),
        contests: vec![contest],
        custodians: custodians().iter().map(|key| custodian(ORIGIN, key, "commission")).collect(),
        quorums: quorums.iter().chain(of_conduct).map(|kind| ((*kind).to_owned(), 2)).collect(),
        parties: vec![
            party(ORIGIN, &key("root-bridge"), "bridge"),
            party(ORIGIN, &key("root-circle"), "circle"),
        ],
        organisations: Vec::new(),
        witnesses: Vec::new(),
        witness_quorum: 0,
        mirrors: Vec::new(),
        intakes: Vec::new(),
    }
}

/// How many of each hold the log of a fixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rivals {
    /// Witnesses; number n is of class n - 1 of [`RIVAL_CLASSES`], and again from the first.
    pub witnesses: usize,
    /// How many of them must cosign.
    pub quorum: u32,
    /// Mirrors; the first is a party's, the second the observers', and so on.
    pub mirrors: usize,
    /// Intakes, as mirrors.
    pub intakes: usize,
}

impl Default for Rivals {
    fn default() -> Self {
        Self { witnesses: 5, quorum: 4, mirrors: 2, intakes: 2 }
    }
}

/// The classes of the fixture's organisations, one of each.
pub const RIVAL_CLASSES: [&str; 5] = ["commission", "party", "observers", "court", "press"];

/// The key of the organisation of a class.
pub fn organisation_key(class: &str) -> SigningKey {
    key(&format!("organisation-{class}"))
}

fn cosigner(name: &str) -> SigningKey {
    let name = KeyName::new(&format!("mfano.example/{name}")).expect("fixture names are key names");
    let seed = sha256(name.as_str().as_bytes());
    SigningKey::cosigner_from_seed(name, &seed.0)
}

/// The key of a witness, numbered from 1.
pub fn witness_key(number: usize) -> SigningKey {
    cosigner(&format!("witness-{number}"))
}

/// The key of a mirror, numbered from 1.
pub fn mirror_key(number: usize) -> SigningKey {
    cosigner(&format!("mirror-{number}"))
}

/// The key of an intake, numbered from 1.
pub fn intake_key(number: usize) -> SigningKey {
    key(&format!("intake-{number}"))
}

/// Puts organisations, witnesses, mirrors and intakes into an election record's content.
pub fn add_rivals(election: &mut Election, rivals: &Rivals) {
    let mut organisations: Vec<Organisation> =
        RIVAL_CLASSES.iter().map(|class| organisation(ORIGIN, &organisation_key(class), class)).collect();
    organisations.sort_by(|a, b| a.name.cmp(&b.name));
    election.organisations = organisations;
    let of = |class: usize, key: SigningKey| Witness {
        key: key.verifier().clone(),
        organisation: organisation_key(RIVAL_CLASSES[class % RIVAL_CLASSES.len()]).name().clone(),
    };
    let in_order = |mut all: Vec<Witness>| {
        all.sort_by_key(|one| one.key.to_string());
        all
    };
    election.witnesses = in_order((1..=rivals.witnesses).map(|n| of(n - 1, witness_key(n))).collect());
    election.witness_quorum = rivals.quorum;
    election.mirrors = in_order((1..=rivals.mirrors).map(|n| of(n, mirror_key(n))).collect());
    election.intakes = in_order((1..=rivals.intakes).map(|n| of(n, intake_key(n))).collect());
}

impl Fixture {
    /// Makes an election whose log others hold.
    pub fn with_rivals(setting: &Setting, rivals: &Rivals) -> Self {
        Self::with(setting, |election| add_rivals(election, rivals))
    }

    /// Makes an election from a setting.
    pub fn new(setting: &Setting) -> Self {
        Self::with(setting, |_| {})
    }

    /// Makes an election whose record was changed first.
    pub fn with(setting: &Setting, change: impl FnOnce(&mut Election)) -> Self {
        let mut content = election(setting);
        change(&mut content);
        let quorum = custodians();
        let quorum: Vec<&SigningKey> = quorum.iter().take(2).collect();
        let first = Record::sign(&content.into(), None, &quorum).expect("the fixture's election record");
        let fingerprint = *first.id();
        let mut areas = vec![row("MF", "nation", None, "Mfano")];
        let mut stations = Vec::new();
        for county in 1..=setting.counties {
            let (code, constituency) = (format!("c{county:02}"), format!("c{county:02}-1"));
            areas.push(row(&code, "county", Some("MF"), &format!("County {county}")));
            areas.push(row(&constituency, "constituency", Some(&code), &format!("Constituency {county}")));
        }
        for number in 0..setting.stations {
            let county = number % setting.counties + 1;
            stations.push(StationRow {
                code: format!("s{number:06}"),
                area: format!("c{county:02}-1"),
                registered: Some(600),
                name: format!("Station {number}"),
            });
        }
        let parties =
            [("Neema Tofali", Some("circle")), ("Kito Rusha", Some("bridge")), ("Sifa Ngazi", None)];
        let mut candidates: Vec<CandidateRow> = (1..)
            .zip(parties)
            .map(|(number, (name, party))| CandidateRow {
                contest: CONTEST.into(),
                area: "MF".into(),
                number,
                party: party.map(Into::into),
                name: name.into(),
            })
            .collect();
        if setting.has_own_ballot {
            let own = [(1, "Neema Tofali"), (4, "Pendo Mwamba"), (7, "Tano Chozi")];
            candidates.extend(own.map(|(number, name)| CandidateRow {
                contest: CONTEST.into(),
                area: "c01".into(),
                number,
                party: None,
                name: name.into(),
            }));
        }
        let mut keys = key_rows(&fingerprint, &areas, &stations);
        if setting.hosts > 0 {
            keys.extend(conduct_rows(&fingerprint, setting.hosts));
        }
        let mut tables = register_tables(&areas, &stations, &candidates, "constituency");
        let of_keys = key_tables(&areas, &stations, &keys, "constituency");
        tables.blobs.extend(of_keys.blobs);
        let sign = |body: Body| Record::sign(&body, Some(&fingerprint), &quorum).expect("a fixture record");
        let register = sign(RegisterRecord { tables: tables.indexes, ..RegisterRecord::default() }.into());
        let keys = sign(RegisterRecord { tables: of_keys.indexes, ..RegisterRecord::default() }.into());
        let registers = BTreeSet::from([*register.id(), *keys.id()]);
        let count = u64::from(setting.stations);
        let zero = sign(Zero { registers, stations: count, voters: 600 * count }.into());
        let poll = sign(Body::from(Poll {
            state: PollState::Opened,
            contests: BTreeSet::from([CONTEST.to_owned()]),
            areas: BTreeSet::from(["MF".to_owned()]),
            stations: BTreeSet::new(),
            reason: None,
            words: None,
        }));
        let stations = stations.into_iter().map(|station| station.code).collect();
        let records = vec![first, register, keys, zero, poll];
        Self { records, tables: tables.blobs, fingerprint, stations }
    }

    /// The ledger of the fixture's records.
    pub fn ledger(&self) -> Ledger {
        let mut ledger =
            Ledger::begin(self.records[0].clone()).expect("the fixture's election record is admissible");
        for record in &self.records[1..] {
            self.append(&mut ledger, record.clone()).expect("the fixture's records are admissible");
        }
        ledger
    }

    /// Verifies, admits and applies one record; says whether it is held.
    pub fn append(&self, ledger: &mut Ledger, record: Record) -> Result<bool, crate::Refusal> {
        let verified = ledger.roster().verify(record).map_err(|(_, refusal)| refusal)?;
        let admission = ledger.admit(&verified, &self.tables, &InOrder)?;
        let held = admission.is_held();
        ledger.apply(verified, admission);
        Ok(held)
    }

    /// Signs any body for this election.
    pub fn sign(&self, body: impl Into<Body>, keys: &[&SigningKey]) -> Record {
        Record::sign(&body.into(), Some(&self.fingerprint), keys).expect("a fixture record is canonical")
    }

    /// A record as its lines say it (` / ` parts them), signed in the order of the keys' names (`log` is the log's own key): its
    /// note, and its id. Nothing asks whether it is well formed.
    pub fn said(&self, kind: &str, lines: &str, signers: &[&str]) -> (String, Hash) {
        let named = |name: &&str| if *name == "log" { log_key() } else { key(name) };
        let mut keys: Vec<SigningKey> = signers.iter().map(named).collect();
        keys.sort_by(|a, b| a.name().cmp(b.name()));
        let mut text = format!("hakiki/{kind}@v1\nelection {}\n", self.fingerprint);
        text.extend(lines.split(" / ").flat_map(|line| [line, "\n"]));
        text.extend(
            keys.iter().map(|key| format!("signer {} {}\n", key.name(), key.verifier().key().hash())),
        );
        let id = sha256(text.as_bytes());
        (Note::sign(text, &keys.iter().collect::<Vec<_>>()).to_text(), id)
    }

    /// A form's content for a station by index, with votes, and valid as their sum.
    pub fn form(&self, station: usize, votes: [u32; 3], rejected: u32) -> Form {
        let on_paper = ["bridge", "circle"];
        let signed = OnPaper { ink: Ink::Signed, date: Date::parse("2031-03-04") };
        let figures = Figures { votes: (1..).zip(votes.map(BoxValue::Number)).collect(), boxes: [None; 6] };
        let figures = figures
            .with(BoxName::Registered, BoxValue::Number(600))
            .with(BoxName::Valid, BoxValue::Number(votes.iter().sum()))
            .with(BoxName::Rejected, BoxValue::Number(rejected));
        Form {
            contest: CONTEST.into(),
            station: self.stations[station].clone(),
            serial: Some(format!("M{station:07}")),
            kit: format!("kit-{station}"),
            closed: time("2031-03-04T17:04:00+03:00"),
            sealed: time("2031-03-04T18:52:00+03:00"),
            seen_head: 5,
            figures,
            on_paper: on_paper.iter().map(|party| ((*party).to_owned(), signed)).collect(),
            words: None,
        }
    }

    /// The quorum's record that enrols the key called so, in a role over the whole.
    pub fn enrolment(&self, of: &str, role: Role) -> Record {
        let new = key(of);
        let (name, verifier) = (new.name().clone(), new.verifier().key());
        let public = verifier.bytes().try_into().expect("an Ed25519 key has 32 bytes");
        let possession = possess(&self.fingerprint, &new);
        let (scope, of_station) = ("MF".to_owned(), false);
        let new = NewKey { name, role, of_station, scope, party: None, public, possession };
        let body = KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "late".into(), words: None };
        let quorum = custodians();
        self.sign(body, &quorum.iter().take(2).collect::<Vec<_>>())
    }

    /// The keys of a station's kit and presiding officer.
    pub fn station_keys(&self, station: usize) -> [SigningKey; 2] {
        let code = &self.stations[station];
        [key(&format!("kit-{code}")), key(&format!("presiding-{code}"))]
    }

    /// A signed form of a station.
    pub fn signed_form(&self, station: usize, votes: [u32; 3], rejected: u32) -> Record {
        let [kit, officer] = self.station_keys(station);
        self.sign(self.form(station, votes, rejected), &[&kit, &officer])
    }
}

fn row(code: &str, level: &str, parent: Option<&str>, name: &str) -> AreaRow {
    let parent = parent.map(str::to_owned);
    AreaRow { code: code.into(), level: level.into(), parent, name: name.into(), voters: None }
}

fn conduct_rows(fingerprint: &Hash, hosts: u32) -> Vec<KeyRow> {
    let pairs = [
        ("administrator", Role::Administrator),
        ("vendor", Role::Vendor),
        ("storekeeper", Role::Storekeeper),
    ];
    let pairs = pairs.into_iter().flat_map(|(name, role)| [1, 2].map(|n| (format!("{name}-{n}"), role)));
    let hosts = (1..=hosts).map(|n| (format!("host-{n}"), Role::Host));
    let all = pairs.chain(hosts).chain([("registrar".to_owned(), Role::Registrar)]);
    all.map(|(name, role)| KeyRow::new(fingerprint, &key(&name), role, ScopeCode::Area("MF".into()), None))
        .collect()
}

fn key_rows(fingerprint: &Hash, areas: &[AreaRow], stations: &[StationRow]) -> Vec<KeyRow> {
    let mut rows = Vec::new();
    let mut add = |name: String, role, scope: ScopeCode, party: Option<&str>| {
        rows.push(KeyRow::new(fingerprint, &key(&name), role, scope, party));
    };
    for station in stations {
        let scope = || ScopeCode::Station(station.code.clone());
        add(format!("kit-{}", station.code), Role::Kit, scope(), None);
        add(format!("presiding-{}", station.code), Role::Presiding, scope(), None);
        add(format!("agent-bridge-{}", station.code), Role::Agent, scope(), Some("bridge"));
    }
    for area in areas.iter().filter(|area| area.level == "constituency") {
        add(format!("returning-{}", area.code), Role::Returning, ScopeCode::Area(area.code.clone()), None);
        add(format!("second-{}", area.code), Role::Second, ScopeCode::Area(area.code.clone()), None);
    }
    for number in 1..=3 {
        add(format!("commissioner-{number}"), Role::Commissioner, ScopeCode::Area("MF".into()), None);
    }
    add("compiler".into(), Role::Compiler, ScopeCode::Area("MF".into()), None);
    add("observer".into(), Role::Observer, ScopeCode::Area("MF".into()), None);
    rows
}
