//! A contest as an audit sees it: what each batch of paper was reported to hold, and how much it can hold at most.
//!
//! A batch is what is drawn and counted by hand: the box of a polling station. Nothing here is a record; whoever has a log
//! makes this of it.

use std::collections::BTreeMap;

/// Votes by candidate, in the order of the ballot, and all valid votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Votes of each candidate.
    pub votes: Vec<u64>,
    /// Valid votes: at least the sum of `votes`.
    pub valid: u64,
}

/// The paper of one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its code; batches stand in ascending byte order of their codes.
    pub code: String,
    /// The area in which a rule may ask for a share: a county. Empty where no rule does.
    pub area: String,
    /// What was reported of it.
    pub reported: Tally,
    /// The most ballots that it can hold, whatever was reported: registered voters, or ballots issued.
    pub bound: u64,
}

/// Everything that was reported in one contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    candidates: usize,
    batches: Vec<Batch>,
    unaudited: BTreeMap<String, u64>,
}

/// Batches that are no contest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContestError {
    /// There is nothing to audit.
    #[error("no batches")]
    Empty,
    /// The codes do not ascend.
    #[error("batch {0} does not stand after the one before it; batches ascend by their codes, each once")]
    Order(String),
    /// Another number of candidates than the contest has.
    #[error("batch {code} has {found} candidates, the contest {expected}")]
    Candidates {
        /// The batch.
        code: String,
        /// How many it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// Candidates have more votes than there are valid ones.
    #[error("batch {code}: candidates have {votes} votes, valid are {valid}")]
    MoreThanValid {
        /// The batch.
        code: String,
        /// The sum of the candidates.
        votes: u128,
        /// The valid votes.
        valid: u64,
    },
    /// More is reported or counted than the batch can hold.
    #[error("batch {code}: {valid} valid votes, its bound is {bound}; a bound must hold whatever is true")]
    AboveBound {
        /// The batch.
        code: String,
        /// The valid votes.
        valid: u64,
        /// The most ballots.
        bound: u64,
    },
    /// So large a number that sums of it are in doubt.
    #[error("batch {0}: a bound above {max} ballots", max = Batch::MOST_BALLOTS)]
    TooLarge(String),
}

impl Tally {
    /// A tally whose valid votes are those of the candidates.
    pub fn of_votes(votes: Vec<u64>) -> Self {
        let valid = votes.iter().fold(0_u64, |sum, votes| sum.saturating_add(*votes));
        Self { votes, valid }
    }

    /// Whether this can be a tally of `batch` in a contest of `candidates`.
    pub fn check(&self, batch: &Batch, candidates: usize) -> Result<(), ContestError> {
        let code = || batch.code.clone();
        if self.votes.len() != candidates {
            return Err(ContestError::Candidates {
                code: code(),
                found: self.votes.len(),
                expected: candidates,
            });
        }
        let votes: u128 = self.votes.iter().map(|votes| u128::from(*votes)).sum();
        if votes > u128::from(self.valid) {
            return Err(ContestError::MoreThanValid { code: code(), votes, valid: self.valid });
        }
        if self.valid > batch.bound {
            return Err(ContestError::AboveBound { code: code(), valid: self.valid, bound: batch.bound });
        }
        Ok(())
    }
}

impl Batch {
    /// The largest bound of a batch: with thresholds of 32 bits and a million batches, all sums stay below 2^120.
    pub const MOST_BALLOTS: u64 = 1 << 40;
}

impl Contest {
    /// A contest of `candidates`, with its batches in ascending order of their codes.
    pub fn new(candidates: usize, batches: Vec<Batch>) -> Result<Self, ContestError> {
        if batches.is_empty() {
            return Err(ContestError::Empty);
        }
        for (place, batch) in batches.iter().enumerate() {
            if place > 0 && batches[place - 1].code >= batch.code {
                return Err(ContestError::Order(batch.code.clone()));
            }
            if batch.bound > Batch::MOST_BALLOTS {
                return Err(ContestError::TooLarge(batch.code.clone()));
            }
            batch.reported.check(batch, candidates)?;
        }
        Ok(Self { candidates, batches, unaudited: BTreeMap::new() })
    }

    /// The same contest with ballots that are in no batch, by area: each is taken to be the worst for every assertion.
    #[must_use]
    pub fn with_unaudited(mut self, unaudited: BTreeMap<String, u64>) -> Self {
        self.unaudited = unaudited;
        self
    }

    /// How many candidates stand.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// The batches, in ascending order of their codes.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Ballots that are in no batch: of one area, or of all.
    pub fn unaudited(&self, area: Option<&str>) -> u64 {
        match area {
            Some(area) => self.unaudited.get(area).copied().unwrap_or_default(),
            None => self.unaudited.values().fold(0, |sum, ballots| sum.saturating_add(*ballots)),
        }
    }

    /// The areas that have ballots in no batch, ascending.
    pub fn unaudited_areas(&self) -> impl Iterator<Item = &str> {
        self.unaudited.keys().map(String::as_str)
    }

    /// The areas of the batches, each once, ascending; without the empty one.
    pub fn areas(&self) -> Vec<&str> {
        let mut areas: Vec<&str> = self.batches.iter().map(|batch| batch.area.as_str()).collect();
        areas.sort_unstable();
        areas.dedup();
        areas.retain(|area| !area.is_empty());
        areas
    }
}
