//! What the ledger keeps of each admitted record: the facts that views and findings are computed from.

use crate::codes::RefusalCode;
use crate::kinds::{BoxName, Change, Figures, OnPaper, PollState, Rank, Says, Shows};
use crate::roster::KeyIndex;
use crate::text::{BoxValue, Time};
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;
use std::collections::BTreeMap;

/// How a station's figures came. Shown always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Sent by the station's kit.
    Kit,
    /// Taken from paper at the constituency.
    Paper,
    /// Transcribed by others; the bits name the boxes that are derived, by [`BoxName`].
    Transcribed {
        /// One bit a derived box.
        derived: u8,
    },
}

/// A form, intake or transcript as its kind hands it over.
pub struct NewEntry {
    /// Contest.
    pub contest: u16,
    /// Station.
    pub station: u32,
    /// Class.
    pub class: Class,
    /// The boxes.
    pub figures: Figures,
    /// Serial number.
    pub serial: Option<String>,
    /// When the poll was closed, claimed.
    pub closed: Option<Time>,
    /// When it was sealed or taken, claimed.
    pub sealed: Option<Time>,
    /// Newest head known to the kit.
    pub seen_head: u64,
    /// Statements about ink; none where the record has no such part.
    pub on_paper: Option<BTreeMap<String, OnPaper>>,
}

/// One set of boxes of one station and contest, at its place.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Contest.
    pub contest: u16,
    /// Station.
    pub station: u32,
    /// Class.
    pub class: Class,
    /// Held: it counts nowhere until a ruling says otherwise.
    pub held: bool,
    /// Votes in the order of the ballot; none where the form has no line for the candidate.
    pub votes: Box<[Option<BoxValue>]>,
    /// The other boxes by [`BoxName`].
    pub boxes: [Option<BoxValue>; 6],
    /// Boxes of numbers that are not on the ballot; none where there is no ballot.
    pub off_ballot: Box<[(u32, BoxValue)]>,
    /// Whether there are votes for numbers that are not on the ballot.
    pub has_off_ballot: bool,
    /// One bit a place on the ballot: the agent of that candidate's party, as the officer states, signed in ink.
    pub ink_signed: u64,
    /// Some party is neither signed, nor refused, nor absent on paper.
    pub ink_unstated: bool,
    /// A written time is before polling day, or before counting was possible.
    pub early_time: bool,
    /// Serial number.
    pub serial: Option<Box<str>>,
    /// When it was sealed, by the kit's clock: seconds since 1970.
    pub sealed: Option<i64>,
    /// Newest head known to the kit.
    pub seen_head: u64,
    /// Who signed.
    pub keys: Box<[KeyIndex]>,
}

impl Entry {
    /// A box, if the paper has it.
    pub fn boxed(&self, name: BoxName) -> Option<BoxValue> {
        self.boxes[name as usize]
    }

    /// Whether a box was computed by the compiler.
    pub fn is_derived(&self, name: BoxName) -> bool {
        matches!(self.class, Class::Transcribed { derived } if derived & (1 << name as u8) != 0)
    }

    /// Whether two papers say the same in every box.
    pub fn same_boxes(&self, other: &Self) -> bool {
        self.votes == other.votes && self.boxes == other.boxes && self.off_ballot == other.off_ballot
    }

    /// Sum of the written votes for numbers that are not on the ballot.
    pub fn votes_off_ballot(&self) -> u64 {
        self.off_ballot.iter().filter_map(|(_, value)| value.number()).sum()
    }

    /// How many boxes of numbers that are not on the ballot hold no number.
    pub fn unread_off_ballot(&self) -> u64 {
        self.off_ballot.iter().filter(|(_, value)| value.number().is_none()).count() as u64
    }

    /// Sum of the candidates' written votes, and how many boxes hold no number; those off the ballot included.
    pub fn vote_sum(&self) -> (u64, u64) {
        let written = self.votes.iter().flatten();
        let sum: u64 = written.clone().filter_map(|value| value.number()).sum();
        let unread = written.filter(|value| value.number().is_none()).count() as u64;
        (sum + self.votes_off_ballot(), unread + self.unread_off_ballot())
    }
}

/// A ruling on a station and contest.
#[derive(Debug, Clone)]
pub struct RulingEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose.
    pub rank: Rank,
    /// The entry that stands.
    pub stands: Option<u32>,
    /// The article by which none stands.
    pub article: Option<String>,
}

/// What an agent, party or observer said of a form.
#[derive(Debug, Clone)]
pub struct Attestation {
    /// Place in the log.
    pub place: u64,
    /// Whose key.
    pub key: KeyIndex,
    /// What.
    pub says: Says,
    /// Its own copy's figures.
    pub figures: Option<Figures>,
}

/// An image of a form.
#[derive(Debug, Clone)]
pub struct ImageEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// The entry that it is for.
    pub entry: u32,
    /// The page's blob.
    pub page: Hash,
    /// Which copy.
    pub shows: Shows,
}

/// A row of a collation.
#[derive(Debug, Clone)]
pub struct CollationRow {
    /// Station.
    pub station: u32,
    /// The form named.
    pub id: Hash,
    /// Votes in the order of the ballot.
    pub votes: Vec<BoxValue>,
    /// Valid.
    pub valid: BoxValue,
    /// Rejected.
    pub rejected: BoxValue,
}

/// A collation.
#[derive(Debug, Clone)]
pub struct CollationEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Contest.
    pub contest: u16,
    /// Area.
    pub area: u32,
    /// Forms submitted.
    pub submitted: u32,
    /// Forms received.
    pub received: u32,
    /// Candidate's number, total.
    pub votes: Vec<(u32, BoxValue)>,
    /// Total valid.
    pub valid: Option<BoxValue>,
    /// Total rejected.
    pub rejected: Option<BoxValue>,
    /// Its forms.
    pub rows: Vec<CollationRow>,
}

/// A declaration by one person.
#[derive(Debug, Clone)]
pub struct DeclarationEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Whose key.
    pub key: KeyIndex,
    /// Contest.
    pub contest: u16,
    /// Area.
    pub area: u32,
    /// The head that it speaks of.
    pub head: Head,
    /// Whether it dissents.
    pub dissents: bool,
    /// Candidate's number, total.
    pub votes: Vec<(u32, BoxValue)>,
    /// Total valid.
    pub valid: Option<BoxValue>,
    /// Total rejected.
    pub rejected: Option<BoxValue>,
    /// The stations that it names as missing.
    pub missing: Vec<u32>,
}

/// A poll record's effect.
#[derive(Debug, Clone)]
pub struct PollEntry {
    /// Place in the log.
    pub place: u64,
    /// State.
    pub state: PollState,
    /// Contests.
    pub contests: Vec<u16>,
    /// Areas.
    pub areas: Vec<u32>,
    /// Stations.
    pub stations: Vec<u32>,
}

/// A change since the fingerprint: what V19 prints.
#[derive(Debug, Clone)]
pub enum ChangeEntry {
    /// A key came, went or was replaced.
    Key {
        /// The key that went.
        old: Option<KeyIndex>,
        /// The key that came.
        new: Option<KeyIndex>,
        /// Why.
        reason: String,
        /// Whether the zero report had been made.
        after_zero: bool,
    },
    /// An amendment.
    Amendment {
        /// What changed.
        changes: Vec<Change>,
        /// Why.
        reason: String,
    },
}

/// Voters verified at a station.
#[derive(Debug, Clone, Copy)]
pub struct TurnoutEntry {
    /// Place in the log.
    pub place: u64,
    /// Voters, by device and manual register together.
    pub verified: u64,
    /// Whether that is all.
    pub is_final: bool,
}

/// A witnessed head in the log.
#[derive(Debug, Clone, Copy)]
pub struct HeadEntry {
    /// Place in the log.
    pub place: u64,
    /// The head.
    pub head: Head,
    /// When it was witnessed at the latest, in seconds since 1970, if the quorum cosigned.
    pub unix_seconds: Option<u64>,
    /// When it was witnessed at the earliest.
    pub least_unix_seconds: Option<u64>,
}

/// A record that stands in the log and that the rules refuse: a finding against the operator.
#[derive(Debug, Clone)]
pub struct Inadmissible {
    /// Place in the log.
    pub place: u64,
    /// Why.
    pub code: RefusalCode,
    /// In words.
    pub detail: String,
}
