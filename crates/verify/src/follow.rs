//! One step of following a log: its newest head against the memory and against what others know, with a consistency proof
//! made of a few tiles. What the entries say is not read; that is [`crate::verify`]'s.

use crate::check::{Check, CheckResult, Status};
use crate::compare::Tiles;
use crate::fetch::Fetcher;
use crate::gather::Gathered;
use crate::head::{self, ReadHead};
use crate::known::{Known, Memory};
use crate::options::Source;
use crate::outside::Outside;
use hakiki_evidence::{Evidence, PolicyAndKeys};
use hakiki_messages::Message;
use hakiki_tlog::checkpoint::{CheckpointError, VerifiedCheckpoint};
use hakiki_tlog::tree::Head;

/// What one step found.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The newest head, as it claims.
    pub head: Head,
    /// V03, V06 and V18; V02 alone where the head is not signed by the log's key.
    pub checks: Vec<CheckResult>,
    /// What a third person can check.
    pub evidence: Vec<Evidence>,
    /// What to remember until the next step.
    pub memory: Memory,
}

/// The source cannot be read, or its checkpoint has no right shape. It says nothing about the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FollowError(pub String);

/// Makes one step. `trust` is of a run that read the whole log, and `head_age_s` is the election's: changes of the
/// policy since then are not seen.
pub fn follow(
    source: &Source,
    known: &Known,
    trust: &PolicyAndKeys,
    head_age_s: u64,
) -> Result<Followed, FollowError> {
    let fetcher = Fetcher::open(source).map_err(|error| FollowError(error.to_string()))?;
    let read = head::read(&fetcher).map_err(|result| FollowError(result.detail))?;
    let own = match VerifiedCheckpoint::open(&read.bytes, &trust.log_key) {
        Ok(own) => own,
        Err(error) => return Ok(unsigned(&read, known, &error)),
    };
    let trust = trust.clone().with_own(known.policy.clone());
    let (head, tiles) = (own.head(), Tiles::new(&fetcher));
    let mut outside = Outside {
        known,
        ledger: None,
        head_age_s,
        own,
        trust,
        tiles,
        evidence: Vec::new(),
        stamped: Vec::new(),
    };
    let mut gathered = Gathered::of(&outside, &read);
    let agree = outside.heads(&mut gathered);
    let is_forked = agree.status == Status::Failed;
    let checks = vec![outside.cosigned(&gathered), agree, outside.fresh(&gathered)];
    let memory = outside.remembered(&gathered, is_forked);
    Ok(Followed { head, checks, evidence: outside.evidence, memory })
}

fn unsigned(read: &ReadHead, known: &Known, error: &CheckpointError) -> Followed {
    let message = Message::new("verify.v02.unsigned").with("why", error.to_string());
    Followed {
        head: read.checkpoint.head,
        checks: vec![CheckResult::failed(Check::V02, message)],
        evidence: Vec::new(),
        memory: known.memory.clone(),
    }
}
