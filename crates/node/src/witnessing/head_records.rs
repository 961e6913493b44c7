//! When a `head` record is due, and what it carries: witnessed time enters the log only so.
//!
//! At least once an interval while other records arrive, never only because of a head record, and once more when the log has
//! become quiet, so that the last records have a time, too. Each carries a cosigned head.

use super::standing::StandingHead;
use hakiki_core::kinds::HeadRecord;
use hakiki_core::{Ledger, WitnessPolicy};
use hakiki_note::VerifierKey;
use hakiki_tlog::VerifiedCheckpoint;
use hakiki_tlog::cosignature::verify_cosignature;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The log is quiet after this part of the interval without other records,
const QUIET_PART: u32 = 4;
/// and within these bounds.
const QUIET_LEAST: Duration = Duration::from_secs(1);
const QUIET_MOST: Duration = Duration::from_secs(15);

/// When head records are due.
#[derive(Debug)]
pub(super) struct HeadRecords {
    interval: Duration,
    quiet: Duration,
    /// When the last was sent to the sequencer, and of which size.
    last: Instant,
    sent_size: u64,
    /// Other records, and when their number last rose.
    others: u64,
    risen: Instant,
}

impl HeadRecords {
    pub fn new(interval: Duration, now: Instant) -> Self {
        let quiet = (interval / QUIET_PART).clamp(QUIET_LEAST, QUIET_MOST);
        Self { interval, quiet, last: now, sent_size: 0, others: 0, risen: now }
    }

    /// Whether a record with this cosigned head is due. `size` is the published one.
    pub fn is_due(&mut self, ledger: &Ledger, size: u64, cosigned: &StandingHead, now: Instant) -> bool {
        let others = size - heads_in(ledger, 0, size);
        if others != self.others {
            (self.others, self.risen) = (others, now);
        }
        let covered = ledger.heads().last().map_or(0, |entry| entry.head.size).max(self.sent_size);
        let cosigned = cosigned.published.head.size;
        // Of the records that it would cover, at least one is no head record.
        let is_wanted = cosigned > covered && cosigned - covered > heads_in(ledger, covered, cosigned);
        let is_time =
            now.duration_since(self.last) >= self.interval || now.duration_since(self.risen) >= self.quiet;
        is_wanted && is_time
    }

    /// Notes that one was sent.
    pub fn sent(&mut self, size: u64, now: Instant) {
        (self.last, self.sent_size) = (now, size);
    }
}

/// How many head records stand at the places from `start` to before `end`.
fn heads_in(ledger: &Ledger, start: u64, end: u64) -> u64 {
    let heads = ledger.heads();
    let before = |place: u64| heads.partition_point(|entry| entry.place < place) as u64;
    before(end) - before(start)
}

/// The record of a checkpoint under the policy in force: its good cosignatures, one for each key. None if there are none.
pub(crate) fn head_record(
    checkpoint: &VerifiedCheckpoint,
    policy: &WitnessPolicy,
    log_key: &VerifierKey,
) -> Option<HeadRecord> {
    let lines = &checkpoint.note().signatures;
    let log = lines.iter().find(|line| line.is_by(log_key))?;
    let mut cosignatures = BTreeMap::new();
    for key in policy.cosigners() {
        let good = |line: &&hakiki_note::SignatureLine| {
            verify_cosignature(checkpoint.checkpoint(), line, &key).is_ok()
        };
        if let Some(line) = lines.iter().find(good) {
            cosignatures.insert(key.name().clone(), line.signature.clone());
        }
    }
    let log_signature = log.signature.as_slice().try_into().ok()?;
    let cosignatures: Vec<_> = cosignatures.into_iter().collect();
    (!cosignatures.is_empty()).then(|| HeadRecord { head: checkpoint.head(), log_signature, cosignatures })
}
