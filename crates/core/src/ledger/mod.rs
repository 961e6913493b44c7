//! The ledger: the fold of the log. Pure: no clock, file, network, randomness. Same records, same order, same ledger.
//!
//! It keeps, per station and contest, the records in order, and never an answer that depends on "now": tallies and
//! findings are views as of a place ([`crate::view`]).

mod audits;
mod claims;
mod conduct;
mod context;
mod facts;
mod founding;
pub(crate) mod lookup;
mod note;
mod witnessed;

pub use audits::{AuditCountEntry, AuditPlanEntry, AuditSeedEntry, BatchRow};
pub use claims::{ClaimEntry, OfClaimEntry, StatementEntry};
pub use conduct::{
    AnswerEntry, ChallengeEntry, CustodyFault, HandOver, HostEntry, Item, ItemGap, ObservationEntry,
    ScrutinyEntry, SequenceGap, SessionEnd, SessionEntry, SoftwareEntry, WithheldEntry,
};
pub use context::{Context, Signers, Verdict};
pub use facts::{
    Attestation, ChangeEntry, Class, CollationEntry, CollationRow, DeclarationEntry, Entry, HeadEntry,
    ImageEntry, Inadmissible, NewEntry, PollEntry, RulingEntry, TurnoutEntry,
};

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::{Body, Change, Election, Notice, Prepared, RecordKind};
use crate::record::{Record, VerifiedRecord};
use crate::register::Register;
use crate::roster::{KeyChecker, KeyIndex, Role, Roster};
use crate::table::Tables;
use crate::witness_policy::{PolicyHistory, WitnessPolicy};
use conduct::{Conduct, TablesRead};
use founding::{check_election, pinned_keys};
use hakiki_note::Hash;
use lookup::Lookup;
use std::cell::RefCell;
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
    conduct: Conduct,
    audits: Vec<AuditPlanEntry>,
    said: claims::Said,
}

/// An admission: what the rules say of a record at the next place, and what its effect needs.
pub struct Admission {
    place: u64,
    held: bool,
    prepared: Prepared,
    tables: BTreeSet<Hash>,
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
            conduct: Conduct::default(),
            audits: Vec::new(),
            said: claims::Said::default(),
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
        let tables = TablesRead { tables, conduct: &self.conduct, read: RefCell::default() };
        let context =
            Context { ledger: self, place: self.size, keys: verified.keys(), tables: &tables, checker };
        let (held, prepared) = match record.body().admit(&context)? {
            Verdict::Admitted(prepared) => (false, prepared),
            Verdict::Held(prepared) => (true, prepared),
        };
        Ok(Admission { place: self.size, held, prepared, tables: tables.read.into_inner() })
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
        self.conduct.note_tables(admission.tables);
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
