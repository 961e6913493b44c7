//! The ledger: the fold of the log. Pure: no clock, file, network, randomness. Same records, same order, same ledger.
//!
//! It keeps, per station and contest, the records in order, and never an answer that depends on "now": tallies and
//! findings are views as of a place ([`crate::view`]).

mod context;
mod facts;
pub(crate) mod lookup;
mod note;
mod witnessed;

pub use context::{Context, Signers, Verdict};
pub use facts::{
    Attestation, ChangeEntry, Class, CollationEntry, CollationRow, DeclarationEntry, Entry, HeadEntry,
    ImageEntry, Inadmissible, NewEntry, PollEntry, RulingEntry, TurnoutEntry,
};

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::{
    Body, Change, Election, Kind, Notice, Prepared, RecordKind, acceptance_text, pinned_possession_text,
};
use crate::record::{Record, VerifiedRecord};
use crate::register::Register;
use crate::roster::{Claim, KeyChecker, KeyIndex, Role, Roster, Scope, record_key};
use crate::table::Tables;
use crate::witness_policy::{PolicyHistory, WitnessPolicy};
use hakiki_note::{DecodedKey, Hash, KeyName, PublicKey, SignatureError};
use lookup::Lookup;
use std::collections::{BTreeMap, BTreeSet};
use witnessed::WitnessedHeads;

/// The fold of a log up to a place.
#[derive(Debug, Clone)]
pub struct Ledger {
    fingerprint: Hash,
    election: Election,
    quorums: BTreeMap<String, u32>,
    admits: BTreeSet<String>,
    rules: u32,
    witness_policies: PolicyHistory,
    size: u64,
    places: Lookup,
    /// The ids that no entry has, with their places, ascending.
    ids_beside_entries: Vec<(u64, Hash)>,
    roster: Roster,
    register: Register,
    registers: BTreeSet<Hash>,
    zero: Option<u64>,
    entries: Vec<Entry>,
    /// By contest and station the first entry, and all of them where there is more than one.
    first_entries: Vec<Vec<Option<u32>>>,
    several_entries: BTreeMap<(u16, u32), Vec<u32>>,
    /// The first entry with each serial number.
    serials: Lookup,
    serials_twice: Vec<(u64, Box<str>, u32, u32)>,
    /// The first entry with each page image.
    pages: Lookup,
    pages_twice: Vec<(u64, Hash, u32, u32)>,
    images: BTreeMap<u32, Vec<ImageEntry>>,
    attestations: BTreeMap<u32, Vec<Attestation>>,
    rulings: BTreeMap<(u16, u32), Vec<RulingEntry>>,
    turnouts: BTreeMap<u32, Vec<TurnoutEntry>>,
    missing_reasons: BTreeMap<(u16, u32), Vec<(u64, String)>>,
    collations: Vec<CollationEntry>,
    declarations: Vec<DeclarationEntry>,
    /// By contest the place of the first declaration that does not dissent.
    first_declarations: BTreeMap<u16, u64>,
    polls: Vec<PollEntry>,
    heads: WitnessedHeads,
    changes: Vec<(u64, ChangeEntry)>,
    notices: Vec<(u64, Notice)>,
    refusals: Vec<(u64, Hash, RefusalCode)>,
    inadmissible: Vec<Inadmissible>,
}

/// An admission: what the rules say of a record at the next place, and what its effect needs.
pub struct Admission {
    place: u64,
    held: bool,
    prepared: Prepared,
}

impl Admission {
    /// Whether the record is visible and counts nowhere.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// The place for which it holds.
    pub fn place(&self) -> u64 {
        self.place
    }
}

/// Where and by whom a record is applied.
pub struct Applied {
    place: u64,
    id: Hash,
    keys: Vec<KeyIndex>,
    held: bool,
}

impl Applied {
    /// Place in the log.
    pub fn place(&self) -> u64 {
        self.place
    }

    /// Record id.
    pub fn id(&self) -> &Hash {
        &self.id
    }

    /// The signers' keys: at least one.
    pub fn keys(&self) -> &[KeyIndex] {
        &self.keys
    }

    /// Whether it counts nowhere.
    pub fn is_held(&self) -> bool {
        self.held
    }
}

fn bad_key(name: &KeyName, error: SignatureError) -> Refusal {
    let code = match error {
        SignatureError::Mismatch | SignatureError::KeyTorsion => RefusalCode::R208,
        _ => RefusalCode::R207,
    };
    Refusal::new(code, format!("{name}: {error}"))
}

/// Checks a key that stands in the election record, and what it signed.
fn pinned(name: &KeyName, key: &PublicKey, text: &str, signature: &[u8; 64]) -> Result<[u8; 32], Refusal> {
    let public = record_key(key)?;
    let decoded = DecodedKey::enrol(&public).map_err(|e| bad_key(name, e))?;
    decoded.verify(text.as_bytes(), signature).map_err(|e| bad_key(name, e))?;
    Ok(public)
}

fn pinned_keys(election: &Election) -> Result<Roster, Refusal> {
    let mut roster = Roster::default();
    let origin = election.origin();
    let mut enrol = |name: &KeyName, key: &PublicKey, public, role, party: Option<&str>| {
        let hash = key.hash();
        roster.check_new(name, &hash)?;
        let party = party.map(Into::into);
        let claim =
            Claim { name: name.clone(), public, role, scope: Scope::Everywhere, party, possession: [0; 64] };
        roster.enrol(claim, hash, None, 0);
        Ok::<(), Refusal>(())
    };
    let log = &election.log_key;
    let public = record_key(log.key())?;
    DecodedKey::enrol(&public).map_err(|e| bad_key(log.name(), e))?;
    enrol(log.name(), log.key(), public, Role::Log, None)?;
    for c in &election.custodians {
        let text = pinned_possession_text(origin, &c.name, &c.key);
        enrol(&c.name, &c.key, pinned(&c.name, &c.key, &text, &c.possession)?, Role::Custodian, None)?;
    }
    for p in &election.parties {
        let text = pinned_possession_text(origin, &p.name, &p.key);
        enrol(
            &p.name,
            &p.key,
            pinned(&p.name, &p.key, &text, &p.possession)?,
            Role::PartyRoot,
            Some(&p.code),
        )?;
    }
    for o in &election.organisations {
        let text = acceptance_text(origin, &o.name, &o.key, &o.class);
        enrol(&o.name, &o.key, pinned(&o.name, &o.key, &text, &o.acceptance)?, Role::Organisation, None)?;
    }
    Ok(roster)
}

/// Whether the election record hangs together.
fn check_election(election: &Election) -> Result<(), Refusal> {
    let r308 = |detail: String| Err(Refusal::new(RefusalCode::R308, detail));
    if election.origin().starts_with("hakiki/") {
        return r308("an origin does not begin with hakiki/, since records do".into());
    }
    let unknown = |kind: &&String| !Kind::ALL.iter().any(|known| known.name_and_version() == **kind);
    if let Some(kind) = election.admits.iter().find(unknown) {
        return refuse(
            RefusalCode::R106,
            format!("the election admits {kind}, which this program does not know"),
        );
    }
    if election.rules.0 != 1 {
        return refuse(
            RefusalCode::R106,
            format!("rules {} are not known to this program", election.rules.0),
        );
    }
    for (place, (number, level)) in (0u32..).zip(&election.levels) {
        if place != *number {
            return r308(format!("level {level} has number {number}, expected {place}"));
        }
    }
    for spread in election.contests.iter().filter_map(|contest| contest.spread.as_ref()) {
        if !election.levels.iter().any(|(_, level)| *level == spread.level) {
            return r308(format!("the spread is over level {:?}, which is not there", spread.level));
        }
    }
    for (kind, count) in &election.quorums {
        if *count == 0 || *count as usize > election.custodians.len() {
            return r308(format!(
                "a quorum of {count} for {kind} cannot be of {} custodians",
                election.custodians.len()
            ));
        }
    }
    if !election.quorums.contains_key(Election::NAME) {
        return r308("no quorum for `election`".into());
    }
    WitnessPolicy::of(election).check()
}

impl Ledger {
    /// Begins with entry 0. Verifies its signatures by the keys that stand in it.
    pub fn begin(record: Record) -> Result<Self, Refusal> {
        let Body::Election(election) = record.body() else {
            return refuse(RefusalCode::R106, "entry 0 is an election record");
        };
        let election = election.clone();
        check_election(&election)?;
        let roster = pinned_keys(&election)?;
        let verified = roster.verify(record).map_err(|(_, refusal)| refusal)?;
        let id = *verified.record().id();
        let mut ledger = Self {
            fingerprint: id,
            quorums: election.quorums.clone(),
            admits: election.admits.clone(),
            rules: election.rules.0,
            witness_policies: PolicyHistory::new(WitnessPolicy::of(&election)),
            first_entries: vec![Vec::new(); election.contests.len()],
            several_entries: BTreeMap::new(),
            election,
            size: 0,
            places: Lookup::default(),
            ids_beside_entries: Vec::new(),
            roster,
            register: Register::default(),
            registers: BTreeSet::new(),
            zero: None,
            entries: Vec::new(),
            serials: Lookup::default(),
            serials_twice: Vec::new(),
            pages: Lookup::default(),
            pages_twice: Vec::new(),
            images: BTreeMap::new(),
            attestations: BTreeMap::new(),
            rulings: BTreeMap::new(),
            turnouts: BTreeMap::new(),
            missing_reasons: BTreeMap::new(),
            collations: Vec::new(),
            declarations: Vec::new(),
            first_declarations: BTreeMap::new(),
            polls: Vec::new(),
            heads: WitnessedHeads::default(),
            changes: Vec::new(),
            notices: Vec::new(),
            refusals: Vec::new(),
            inadmissible: Vec::new(),
        };
        let context = Context {
            ledger: &ledger,
            place: 0,
            keys: verified.keys(),
            tables: &crate::table::NoTables,
            checker: &crate::roster::InOrder,
        };
        context.quorum(Election::NAME)?;
        ledger.note_place(id);
        ledger.size = 1;
        Ok(ledger)
    }

    /// What the rules say of a record at the next place.
    pub fn admit(
        &self,
        verified: &VerifiedRecord,
        tables: &dyn Tables,
        checker: &dyn KeyChecker,
    ) -> Result<Admission, Refusal> {
        let record = verified.record();
        self.check_common(record)?;
        let context = Context { ledger: self, place: self.size, keys: verified.keys(), tables, checker };
        let (held, prepared) = match record.body().admit(&context)? {
            Verdict::Admitted(prepared) => (false, prepared),
            Verdict::Held(prepared) => (true, prepared),
        };
        Ok(Admission { place: self.size, held, prepared })
    }

    /// The checks that need no signature: election, kind, known id. A node asks them before it verifies.
    pub fn check_common(&self, record: &Record) -> Result<(), Refusal> {
        if record.election() != Some(&self.fingerprint) && !matches!(record.body(), Body::Election(_)) {
            return refuse(
                RefusalCode::R301,
                format!("the record is of another election than {}", self.fingerprint),
            );
        }
        let kind = record.body().kind().name_and_version();
        if !self.admits.contains(&kind) && !matches!(record.body(), Body::Election(_)) {
            return refuse(RefusalCode::R106, format!("this election does not admit {kind}"));
        }
        if let Some(place) = self.place_of(record.id()) {
            return refuse(RefusalCode::R308, format!("the record stands already, at place {place}"));
        }
        Ok(())
    }

    /// Applies a record that was admitted for exactly this place.
    ///
    /// # Panics
    /// If the admission is for another place: the caller's order is broken and nothing after it can be trusted.
    pub fn apply(&mut self, verified: VerifiedRecord, admission: Admission) {
        assert_eq!(admission.place, self.size, "an admission holds for the place that it was made for");
        let keys = verified.keys().to_vec();
        let record = verified.into_record();
        let applied = Applied { place: admission.place, id: *record.id(), keys, held: admission.held };
        record.body().clone().apply(admission.prepared, &applied, self);
        self.note_place(applied.id);
        self.size += 1;
    }

    /// Passes an entry of the log that the rules refuse: the state is unchanged but for the finding against the operator.
    pub fn pass_inadmissible(&mut self, refusal: &Refusal) {
        let inadmissible =
            Inadmissible { place: self.size, code: refusal.code, detail: refusal.detail.clone() };
        self.inadmissible.push(inadmissible);
        self.size += 1;
    }

    /// The election's id.
    pub fn fingerprint(&self) -> &Hash {
        &self.fingerprint
    }

    /// The election record.
    pub fn election(&self) -> &Election {
        &self.election
    }

    /// The witnesses, mirrors and intakes in force.
    pub fn witness_policy(&self) -> &WitnessPolicy {
        self.witness_policies.in_force()
    }

    /// Every policy that was in force.
    pub fn witness_policies(&self) -> &PolicyHistory {
        &self.witness_policies
    }

    /// Entries folded.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Version of the rules in force.
    pub fn rules(&self) -> u32 {
        self.rules
    }

    /// Every key.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    pub(crate) fn roster_mut(&mut self) -> &mut Roster {
        &mut self.roster
    }

    /// The register.
    pub fn register(&self) -> &Register {
        &self.register
    }

    pub(crate) fn register_mut(&mut self) -> &mut Register {
        &mut self.register
    }

    /// Ids of the register records.
    pub fn registers(&self) -> &BTreeSet<Hash> {
        &self.registers
    }

    /// Place of the zero report.
    pub fn zero(&self) -> Option<u64> {
        self.zero
    }

    /// How many custodians a kind needs.
    pub fn quorum_for(&self, kind: &str) -> Option<u32> {
        self.quorums.get(kind).copied()
    }

    /// Refuses amendments after which a quorum could not be met.
    pub(crate) fn check_amended(&self, changes: &[Change]) -> Result<(), Refusal> {
        let in_force =
            |key: &&crate::roster::EnrolledKey| key.role == Role::Custodian && key.revoked_at.is_none();
        let mut count = self.roster.keys().iter().filter(in_force).count();
        let mut quorums = self.quorums.clone();
        for change in changes {
            match change {
                Change::CustodianIn(..) => count += 1,
                Change::CustodianOut(_) => count = count.saturating_sub(1),
                Change::Quorum(kind, k) => {
                    quorums.insert(kind.clone(), *k);
                }
                _ => {}
            }
        }
        let mut policy = self.witness_policy().clone();
        for change in changes {
            policy.change(change);
        }
        policy.check()?;
        match quorums.iter().find(|(_, k)| **k == 0 || **k as usize > count) {
            Some((kind, k)) => refuse(
                RefusalCode::R308,
                format!("a quorum of {k} for {kind} cannot be of {count} custodians"),
            ),
            None => Ok(()),
        }
    }
}
