//! Doubts about records and their answers, questions of a court, and what is withheld by whose order.

use crate::kinds::{Answer, Challenge, Scrutiny, ScrutinySays, Withhold};
use crate::ledger::{Applied, Ledger};
use crate::roster::KeyIndex;
use hakiki_note::Hash;
use std::collections::{BTreeMap, BTreeSet};

/// A doubt about a record.
#[derive(Debug, Clone)]
pub struct ChallengeEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub key: KeyIndex,
    /// Place of the record that it doubts.
    pub record_place: u64,
    /// What it says.
    pub challenge: Challenge,
    /// Its answers, in the order of the log.
    pub answers: Vec<AnswerEntry>,
}

/// An answer to a challenge.
#[derive(Debug, Clone)]
pub struct AnswerEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub key: KeyIndex,
    /// What it says.
    pub answer: Answer,
}

/// A question of a court, an answer or a refusal.
#[derive(Debug, Clone)]
pub struct ScrutinyEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub key: KeyIndex,
    /// What it says.
    pub scrutiny: Scrutiny,
    /// For a question: its answers and refusals, by index, in the order of the log.
    pub replies: Vec<u32>,
}

/// A blob that is no longer served.
#[derive(Debug, Clone)]
pub struct WithheldEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Who signed.
    pub keys: Box<[KeyIndex]>,
    /// What it says.
    pub withhold: Withhold,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Questions {
    challenges: Vec<ChallengeEntry>,
    /// By the place of the record that is doubted.
    doubts: BTreeMap<u64, Vec<u32>>,
    scrutiny: Vec<ScrutinyEntry>,
    withheld: Vec<WithheldEntry>,
    withheld_blobs: BTreeMap<Hash, u32>,
    /// Every table that the ledger was computed from.
    tables: BTreeSet<Hash>,
}

impl Questions {
    pub(super) fn is_withheld(&self, blob: &Hash) -> bool {
        self.withheld_blobs.contains_key(blob)
    }

    pub(super) fn note_tables(&mut self, tables: BTreeSet<Hash>) {
        self.tables.extend(tables);
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Writing: called by the kinds' `apply` only. Admission saw to it that one key signs a challenge, an answer, a question.
impl Ledger {
    pub(crate) fn note_challenge(&mut self, applied: &Applied, challenge: Challenge, record_place: u64) {
        let Some(key) = applied.keys().first().copied() else { return };
        let questions = &mut self.conduct.questions;
        questions.doubts.entry(record_place).or_default().push(index(questions.challenges.len()));
        questions.challenges.push(ChallengeEntry {
            place: applied.place(),
            id: *applied.id(),
            key,
            record_place,
            challenge,
            answers: Vec::new(),
        });
    }

    pub(crate) fn note_answer(&mut self, applied: &Applied, answer: Answer, challenge: u32) {
        let Some(key) = applied.keys().first().copied() else { return };
        let answers = &mut self.conduct.questions.challenges[challenge as usize].answers;
        answers.push(AnswerEntry { place: applied.place(), id: *applied.id(), key, answer });
    }

    pub(crate) fn note_scrutiny(&mut self, applied: &Applied, scrutiny: Scrutiny) {
        let Some(key) = applied.keys().first().copied() else { return };
        let asked = scrutiny.question.and_then(|question| self.scrutiny_index(&question));
        let all = &mut self.conduct.questions.scrutiny;
        let own = index(all.len());
        if let Some(asked) = asked {
            all[asked].replies.push(own);
        }
        let (place, id) = (applied.place(), *applied.id());
        all.push(ScrutinyEntry { place, id, key, scrutiny, replies: Vec::new() });
    }

    pub(crate) fn note_withheld(&mut self, applied: &Applied, withhold: Withhold) {
        let questions = &mut self.conduct.questions;
        questions.withheld_blobs.insert(withhold.blob, index(questions.withheld.len()));
        questions.withheld.push(WithheldEntry {
            place: applied.place(),
            id: *applied.id(),
            keys: applied.keys().into(),
            withhold,
        });
    }
}

/// Reading.
impl Ledger {
    /// Every challenge, in the order of the log.
    pub fn challenges(&self) -> &[ChallengeEntry] {
        &self.conduct.questions.challenges
    }

    /// The challenge that is the record with this id.
    pub fn challenge_of(&self, id: &Hash) -> Option<u32> {
        let place = self.place_of(id)?;
        let at = self.challenges().binary_search_by_key(&place, |challenge| challenge.place).ok()?;
        u32::try_from(at).ok()
    }

    /// The challenges of the record at a place, in the order of the log.
    pub fn challenges_of_record(&self, place: u64) -> impl Iterator<Item = &ChallengeEntry> {
        let doubts = self.conduct.questions.doubts.get(&place).map_or(&[][..], Vec::as_slice);
        doubts.iter().map(|index| &self.challenges()[*index as usize])
    }

    /// Every question, answer and refusal of a court's scrutiny, in the order of the log.
    pub fn scrutiny(&self) -> &[ScrutinyEntry] {
        &self.conduct.questions.scrutiny
    }

    /// The scrutiny record with this id.
    pub fn scrutiny_of(&self, id: &Hash) -> Option<&ScrutinyEntry> {
        self.scrutiny_index(id).map(|index| &self.scrutiny()[index])
    }

    fn scrutiny_index(&self, id: &Hash) -> Option<usize> {
        let place = self.place_of(id)?;
        self.scrutiny().binary_search_by_key(&place, |entry| entry.place).ok()
    }

    /// The questions of a scrutiny before `as_of`.
    pub fn questions_asked(&self, as_of: u64) -> impl Iterator<Item = &ScrutinyEntry> {
        let before = self.scrutiny().iter().take_while(move |entry| entry.place < as_of);
        before.filter(|entry| entry.scrutiny.says == ScrutinySays::Asked)
    }

    /// Every withheld blob, in the order of the log.
    pub fn withheld(&self) -> &[WithheldEntry] {
        &self.conduct.questions.withheld
    }

    /// The record that withholds a blob.
    pub fn withheld_by(&self, blob: &Hash) -> Option<&WithheldEntry> {
        let index = self.conduct.questions.withheld_blobs.get(blob)?;
        Some(&self.withheld()[*index as usize])
    }

    /// Whether the ledger was computed from this table: an index, a shard, a collation's children, a missing set.
    pub fn is_table(&self, blob: &Hash) -> bool {
        self.conduct.questions.tables.contains(blob)
    }
}
