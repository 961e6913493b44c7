//! The report: the 62 answers about one log, as of one place, with what they rest on.

use crate::annex::Annexed;
use crate::answer::{Answer, Group, Rest, Status};
use crate::inquiry::{Checked, Inquiry};
use crate::questions::answers;
use hakiki_core::kinds::Mode;
use hakiki_core::text::Time;
use hakiki_messages::{Language, Message};
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// Where the log came from and who made the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where the log was read from: an address, or the name of a file.
    pub source: String,
    /// SHA-256 of the file that was read, where it was one file.
    pub source_hash: Option<Hash>,
    /// SHA-256 of the list of an archive's core: the same for every archive of one head.
    pub core_hash: Option<Hash>,
    /// What an archive's maker says of who was asked for a head; none where the source has no annex.
    pub annex: Option<Annexed>,
    /// Root of the log's head, where all of it is looked at.
    pub root: Option<Hash>,
    /// Program and version.
    pub program: String,
    /// SHA-256 of the program's executable.
    pub program_hash: Option<Hash>,
}

/// A report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where it comes from.
    pub made: Made,
    /// The election's fingerprint.
    pub fingerprint: Hash,
    /// Its title.
    pub title: String,
    /// Whether it is a rehearsal.
    pub is_rehearsal: bool,
    /// The commission; none for a compilation by others.
    pub authority: Option<String>,
    /// The log's origin.
    pub origin: String,
    /// Entries that were looked at.
    pub as_of: u64,
    /// What became of the verifier's checks.
    pub checks: Vec<Checked>,
    /// The answers, in the order of their numbers.
    pub answers: Vec<Answer>,
    /// Every record that an answer rests on.
    pub rests: BTreeMap<u64, Rest>,
    /// Minutes east of UTC, for witnessed times.
    pub offset_minutes: i16,
}

impl Report {
    /// Asks every question.
    pub fn new(inquiry: &Inquiry<'_>, made: Made) -> Self {
        let election = inquiry.ledger.election();
        let answers = answers(inquiry);
        let places = answers.iter().flat_map(Answer::rests_on);
        let rests = places.map(|place| (place, inquiry.rest(place))).collect();
        Self {
            made,
            fingerprint: *inquiry.ledger.fingerprint(),
            title: election.title.clone(),
            is_rehearsal: election.mode == Mode::Rehearsal,
            authority: election.authority.clone(),
            origin: election.origin().to_owned(),
            as_of: inquiry.as_of,
            checks: inquiry.checks.to_vec(),
            answers,
            rests,
            offset_minutes: election.counting_from.offset_minutes,
        }
    }

    /// The answer to a question.
    pub fn answer(&self, number: u32) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.number == number)
    }

    /// The address that the log was read from. Names of files stay out of the report: they are not the log's, and the same
    /// bytes shall give the same report.
    pub fn address(&self) -> Option<&str> {
        Some(self.made.source.as_str()).filter(|source| source.contains("://"))
    }

    /// How many answers of a group have a status.
    pub fn count(&self, group: Option<Group>, status: Status) -> u64 {
        let is_of = |answer: &&Answer| group.is_none_or(|group| Group::of(answer.number) == group);
        self.answers.iter().filter(is_of).filter(|answer| answer.status == status).count() as u64
    }

    /// A witnessed time in the election's offset.
    pub fn time(&self, unix_seconds: Option<u64>) -> Option<Time> {
        let unix_seconds = i64::try_from(unix_seconds?).ok()?;
        Some(Time::new(unix_seconds, self.offset_minutes))
    }

    /// A question in plain words.
    pub fn question(number: u32, language: Language) -> String {
        Message::new(format!("scrutiny.q{number}.ask")).text(language)
    }
}
