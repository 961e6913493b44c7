//! The facts of risk-limiting audits: plans, their seeds, and counts by hand. Which stations are drawn and what risk remains follows
//! from these and is computed elsewhere (`hakiki-audit`); nothing of it is kept here.

use super::{Context, Ledger};
use crate::codes::{Refusal, RefusalCode};
use crate::kinds::{AuditCount, AuditPlan, AuditSeed};
use crate::roster::KeyIndex;
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// A row of a plan's table: the paper of one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// Station.
    pub station: u32,
    /// The area in which the rule may ask for a share; none where it does not.
    pub area: Option<Box<str>>,
    /// The most ballots that it can hold.
    pub bound: u64,
    /// Valid votes, as reported.
    pub valid: u64,
    /// Votes in the order of the ballot, as reported.
    pub votes: Box<[u64]>,
}

/// A plan with its seed and its counts.
#[derive(Debug, Clone)]
pub struct AuditPlanEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Contest.
    pub contest: u16,
    /// The area whose outcome is tested.
    pub area: u32,
    /// What it says.
    pub plan: AuditPlan,
    /// Its batches, ascending by the stations' codes.
    pub batches: Vec<BatchRow>,
    /// Its seed.
    pub seed: Option<AuditSeedEntry>,
    /// Counts by hand, in the order of the log.
    pub counts: Vec<AuditCountEntry>,
    /// By station its batch, and its counts in the order of the log.
    by_station: BTreeMap<u32, (u32, Vec<u32>)>,
}

/// A seed.
#[derive(Debug, Clone)]
pub struct AuditSeedEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Who signed.
    pub keys: Box<[KeyIndex]>,
    /// What it says.
    pub seed: AuditSeed,
}

/// A count by hand.
#[derive(Debug, Clone)]
pub struct AuditCountEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Who signed.
    pub keys: Box<[KeyIndex]>,
    /// Station.
    pub station: u32,
    /// What it says.
    pub count: AuditCount,
}

impl AuditPlanEntry {
    pub(crate) fn new(
        (place, id): (u64, Hash),
        (contest, area): (u16, u32),
        plan: AuditPlan,
        batches: Vec<BatchRow>,
    ) -> Self {
        let by_station = (0..).zip(&batches).map(|(at, batch)| (batch.station, (at, Vec::new()))).collect();
        Self { place, id, contest, area, plan, batches, seed: None, counts: Vec::new(), by_station }
    }

    /// The batch of a station.
    pub fn batch_of(&self, station: u32) -> Option<&BatchRow> {
        self.by_station.get(&station).map(|(batch, _)| &self.batches[*batch as usize])
    }

    /// The seed, if its record stands before `as_of`.
    pub fn seed_as_of(&self, as_of: u64) -> Option<&AuditSeedEntry> {
        self.seed.as_ref().filter(|seed| seed.place < as_of)
    }

    /// Every count before `as_of`, those that later ones took the place of too.
    pub fn counts_as_of(&self, as_of: u64) -> &[AuditCountEntry] {
        &self.counts[..self.counts.partition_point(|count| count.place < as_of)]
    }

    /// The newest count of a station before `as_of`.
    pub fn count_of(&self, station: u32, as_of: u64) -> Option<&AuditCountEntry> {
        let (_, counts) = self.by_station.get(&station)?;
        counts.iter().rev().map(|at| &self.counts[*at as usize]).find(|count| count.place < as_of)
    }
}

/// Writing: called by the kinds' `apply` only.
impl Ledger {
    pub(crate) fn note_audit_plan(&mut self, entry: AuditPlanEntry) {
        self.audits.push(entry);
    }

    pub(crate) fn note_audit_seed(&mut self, plan: u32, entry: AuditSeedEntry) {
        self.audits[plan as usize].seed = Some(entry);
    }

    pub(crate) fn note_audit_count(&mut self, plan: u32, entry: AuditCountEntry) {
        let plan = &mut self.audits[plan as usize];
        let own = u32::try_from(plan.counts.len()).unwrap_or(u32::MAX);
        if let Some((_, counts)) = plan.by_station.get_mut(&entry.station) {
            counts.push(own);
        }
        plan.counts.push(entry);
    }
}

/// Reading.
impl Ledger {
    /// Every plan, in the order of the log.
    pub fn audit_plans(&self) -> &[AuditPlanEntry] {
        &self.audits
    }

    /// The plan with this record id.
    pub fn audit_plan_of(&self, id: &Hash) -> Option<&AuditPlanEntry> {
        self.audits.iter().find(|entry| entry.id == *id)
    }

    /// The index of the newest plan of a contest and area.
    pub(crate) fn newest_audit_plan(&self, contest: u16, area: u32) -> Option<u32> {
        let is_it = |entry: &AuditPlanEntry| entry.contest == contest && entry.area == area;
        self.audits.iter().rposition(is_it).and_then(|at| u32::try_from(at).ok())
    }
}

impl<'a> Context<'a> {
    /// The plan of an id, with its index.
    pub(crate) fn audit_plan(&self, id: &Hash) -> Result<(u32, &'a AuditPlanEntry), Refusal> {
        let found = (0_u32..).zip(&self.ledger.audits).find(|(_, entry)| entry.id == *id);
        found.ok_or_else(|| Refusal::new(RefusalCode::R304, format!("the log holds no audit-plan {id}")))
    }
}
