//! Claims, statements, tests and courts' rulings of claims, each at its place: what was said of another log's election, by whom. Nothing is judged here; whether a
//! claim can be compared with that log, and what of it is the same, is computed where both are at hand.

use super::{Applied, Ledger};
use crate::kinds::{Claim, ClaimRuling, ClaimTest, Statement};
use crate::roster::KeyIndex;
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// A claim.
#[derive(Debug, Clone)]
pub struct ClaimEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub key: KeyIndex,
    /// What it says.
    pub claim: Claim,
    /// The claim that took its place, by index.
    pub replaced_by: Option<u32>,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct StatementEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub key: KeyIndex,
    /// What it says.
    pub statement: Statement,
    /// The statements that correct it, by index, in the order of the log.
    pub corrected_by: Vec<u32>,
}

/// What was found or ruled of a claim.
#[derive(Debug, Clone)]
pub struct OfClaimEntry<T> {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub key: KeyIndex,
    /// What it says.
    pub said: T,
    /// Place of the record that took its place.
    pub replaced_at: Option<u64>,
}

impl<T> OfClaimEntry<T> {
    fn new(applied: &Applied, key: KeyIndex, said: T) -> Self {
        Self { place: applied.place(), id: *applied.id(), key, said, replaced_at: None }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    tests: Vec<OfClaimEntry<ClaimTest>>,
    rulings: Vec<OfClaimEntry<ClaimRuling>>,
    claims: Vec<ClaimEntry>,
    statements: Vec<StatementEntry>,
    /// By record of another log.
    of_record: BTreeMap<Hash, Vec<u32>>,
    /// By area or station of another log.
    of_area: BTreeMap<String, Vec<u32>>,
    /// By claim of this log.
    of_claim: BTreeMap<Hash, Vec<u32>>,
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn at<T>(entries: &[OfClaimEntry<T>], place: u64) -> Option<usize> {
    entries.binary_search_by_key(&place, |entry| entry.place).ok()
}

fn replace<T>(entries: &mut Vec<OfClaimEntry<T>>, replaced: Option<u64>, new: OfClaimEntry<T>) {
    if let Some(earlier) = replaced.and_then(|place| at(entries, place)) {
        entries[earlier].replaced_at = Some(new.place);
    }
    entries.push(new);
}

/// Writing: called by the kinds' `apply` only. Admission saw to it that one key signs.
impl Ledger {
    pub(crate) fn note_claim(&mut self, applied: &Applied, claim: Claim) {
        let Some(key) = applied.keys().first().copied() else { return };
        let replaced = claim.replaces.and_then(|earlier| self.claim_index(&earlier));
        let claims = &mut self.said.claims;
        let own = index(claims.len());
        if let Some(earlier) = replaced {
            claims[earlier].replaced_by = Some(own);
        }
        claims.push(ClaimEntry { place: applied.place(), id: *applied.id(), key, claim, replaced_by: None });
    }

    pub(crate) fn note_claim_test(&mut self, applied: &Applied, test: ClaimTest) {
        let Some(key) = applied.keys().first().copied() else { return };
        let replaced = test.replaces.and_then(|earlier| self.place_of(&earlier));
        replace(&mut self.said.tests, replaced, OfClaimEntry::new(applied, key, test));
    }

    pub(crate) fn note_claim_ruling(&mut self, applied: &Applied, ruling: ClaimRuling) {
        let Some(key) = applied.keys().first().copied() else { return };
        let replaced = ruling.replaces.and_then(|earlier| self.place_of(&earlier));
        replace(&mut self.said.rulings, replaced, OfClaimEntry::new(applied, key, ruling));
    }

    pub(crate) fn note_statement(&mut self, applied: &Applied, statement: Statement) {
        let Some(key) = applied.keys().first().copied() else { return };
        let corrected = statement.corrects.and_then(|earlier| self.statement_index(&earlier));
        let said = &mut self.said;
        let own = index(said.statements.len());
        if let Some(earlier) = corrected {
            said.statements[earlier].corrected_by.push(own);
        }
        for record in &statement.records {
            said.of_record.entry(*record).or_default().push(own);
        }
        for area in &statement.areas {
            said.of_area.entry(area.clone()).or_default().push(own);
        }
        for claim in &statement.claims {
            said.of_claim.entry(*claim).or_default().push(own);
        }
        let (place, id) = (applied.place(), *applied.id());
        said.statements.push(StatementEntry { place, id, key, statement, corrected_by: Vec::new() });
    }
}

/// Reading.
impl Ledger {
    /// Every claim, in the order of the log.
    pub fn claims(&self) -> &[ClaimEntry] {
        &self.said.claims
    }

    /// The claim with this record id.
    pub fn claim_of(&self, id: &Hash) -> Option<&ClaimEntry> {
        self.claim_index(id).map(|index| &self.said.claims[index])
    }

    fn claim_index(&self, id: &Hash) -> Option<usize> {
        let place = self.place_of(id)?;
        self.said.claims.binary_search_by_key(&place, |entry| entry.place).ok()
    }

    /// Every test of a claim, in the order of the log; those that another took the place of too.
    pub fn claim_tests(&self) -> &[OfClaimEntry<ClaimTest>] {
        &self.said.tests
    }

    /// The test with this record id.
    pub fn claim_test_of(&self, id: &Hash) -> Option<&OfClaimEntry<ClaimTest>> {
        let tests = &self.said.tests;
        Some(&tests[at(tests, self.place_of(id)?)?])
    }

    /// Every court's ruling on a claim, in the order of the log; those that another took the place of too.
    pub fn claim_rulings(&self) -> &[OfClaimEntry<ClaimRuling>] {
        &self.said.rulings
    }

    /// The ruling with this record id.
    pub fn claim_ruling_of(&self, id: &Hash) -> Option<&OfClaimEntry<ClaimRuling>> {
        let rulings = &self.said.rulings;
        Some(&rulings[at(rulings, self.place_of(id)?)?])
    }

    /// Every statement, in the order of the log.
    pub fn statements(&self) -> &[StatementEntry] {
        &self.said.statements
    }

    /// The statement with this record id.
    pub fn statement_of(&self, id: &Hash) -> Option<&StatementEntry> {
        self.statement_index(id).map(|index| &self.said.statements[index])
    }

    fn statement_index(&self, id: &Hash) -> Option<usize> {
        let place = self.place_of(id)?;
        self.said.statements.binary_search_by_key(&place, |entry| entry.place).ok()
    }

    /// The statements that speak of a record of another log, in the order of this one.
    pub fn statements_of_record(&self, record: &Hash) -> impl Iterator<Item = &StatementEntry> {
        self.statements_at(self.said.of_record.get(record))
    }

    /// The statements that speak of an area or station of another log, in the order of this one.
    pub fn statements_of_area(&self, code: &str) -> impl Iterator<Item = &StatementEntry> {
        self.statements_at(self.said.of_area.get(code))
    }

    /// The statements that speak of a claim, in the order of the log.
    pub fn statements_of_claim(&self, claim: &Hash) -> impl Iterator<Item = &StatementEntry> {
        self.statements_at(self.said.of_claim.get(claim))
    }

    fn statements_at(&self, indexes: Option<&Vec<u32>>) -> impl Iterator<Item = &StatementEntry> {
        let indexes = indexes.map_or(&[][..], Vec::as_slice);
        indexes.iter().map(|index| &self.said.statements[*index as usize])
    }
}
