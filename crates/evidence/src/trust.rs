//! Against whose keys evidence is checked: the log's, from the election record that the fingerprint names, and the
//! witnesses', from that record, from the ledger where policies were changed, or from a policy of the reader's own.

use crate::code::{EvidenceCode as Code, EvidenceError, refuse};
use hakiki_core::kinds::Body;
use hakiki_core::witness_policy::{HeadStanding, PolicyHistory, WitnessPolicy};
use hakiki_core::{Ledger, Record};
use hakiki_note::{Hash, VerifierKey};
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::policy::Policy;
use hakiki_tlog::stamp::{Stamp, VerifiedStamp};
use std::collections::BTreeSet;

/// The class of a witness of the reader's own policy that the election does not know. All such are one class.
pub const OWN_CLASS: &str = "own";

/// What the reader trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAndKeys {
    /// The election's fingerprint.
    pub election: Hash,
    /// The log's key.
    pub log_key: VerifierKey,
    /// The election's witnesses, mirrors and intakes, with their classes: every policy that was in force.
    pub policies: PolicyHistory,
    /// In how many seconds a stamped form must be in the log.
    pub merge_delay_s: u64,
    /// Intakes that the reader trusts besides the election's. Their class is [`OWN_CLASS`].
    pub intakes: Vec<VerifierKey>,
    /// The reader's own policy, which then counts instead of the election's witnesses and mirrors.
    pub own: Option<Policy>,
}

impl PolicyAndKeys {
    /// Of an election record. Its id is compared with the fingerprint, which names every key in it. E205.
    pub fn of_election(record: &[u8], fingerprint: &Hash) -> Result<Self, EvidenceError> {
        let record = Record::parse(record).map_err(|refusal| EvidenceError::new(Code::E205, refusal))?;
        if record.id() != fingerprint {
            let detail = format!("the election record has the id {}, pinned was {fingerprint}", record.id());
            return refuse(Code::E205, detail);
        }
        match record.body() {
            Body::Election(election) => Ok(Self {
                election: *fingerprint,
                log_key: election.log_key.clone(),
                policies: PolicyHistory::new(WitnessPolicy::of(election)),
                merge_delay_s: u64::from(election.merge_delay_seconds),
                intakes: Vec::new(),
                own: None,
            }),
            _ => refuse(Code::E205, "the file is a record, and no election record"),
        }
    }

    /// Of a ledger, with each policy from its amendment on.
    pub fn of_ledger(ledger: &Ledger) -> Self {
        let election = ledger.election();
        Self {
            election: *ledger.fingerprint(),
            log_key: election.log_key.clone(),
            policies: ledger.witness_policies().clone(),
            merge_delay_s: u64::from(election.merge_delay_seconds),
            intakes: Vec::new(),
            own: None,
        }
    }

    /// With the reader's own policy.
    #[must_use]
    pub fn with_own(mut self, own: Option<Policy>) -> Self {
        self.own = own;
        self
    }

    /// Opens a stamp of an intake that is known; gives the intake's class too. E203, E201.
    pub fn open_stamp(&self, note: &str) -> Result<(Stamp, String), EvidenceError> {
        // A stamp has no place. An intake that was taken out of the policy proves nothing any more.
        let policy = self.policies.in_force();
        let listed = policy.intakes.iter().map(|one| {
            let class = policy.class_of(&one.organisation).unwrap_or(OWN_CLASS);
            (&one.key, class)
        });
        let mut all = listed.chain(self.intakes.iter().map(|key| (key, OWN_CLASS)));
        let opened = all.find_map(|(key, class)| {
            let stamp = VerifiedStamp::open(note.as_bytes(), key).ok()?;
            Some((stamp.stamp().clone(), class.to_owned()))
        });
        let Some((stamp, class)) = opened else {
            return refuse(Code::E203, "a stamp is no good note, or not signed by a known intake");
        };
        if stamp.election != self.election {
            return refuse(Code::E201, format!("a stamp is of the election {}", stamp.election));
        }
        Ok((stamp, class))
    }

    /// Opens a head that the log's key signed. E202.
    pub fn open(&self, note: &str) -> Result<VerifiedCheckpoint, EvidenceError> {
        let opened = VerifiedCheckpoint::open(note.as_bytes(), &self.log_key);
        opened.map_err(|error| EvidenceError::new(Code::E202, error))
    }

    /// What a head's cosignatures amount to by the election's policy of its size.
    pub fn standing(&self, head: &VerifiedCheckpoint) -> HeadStanding {
        self.policies.standing(head)
    }

    /// The classes of those that cosigned a head.
    pub fn classes(&self, head: &VerifiedCheckpoint) -> BTreeSet<String> {
        let Some(own) = &self.own else {
            return self.standing(head).classes().into_iter().map(str::to_owned).collect();
        };
        let Ok(witnessed) = own.witnessed(head) else { return BTreeSet::new() };
        let cosigned = own.witnesses().iter().filter(|one| witnessed.times_s.contains_key(&one.name));
        cosigned.map(|one| self.class_of(&one.key).unwrap_or(OWN_CLASS).to_owned()).collect()
    }

    fn class_of(&self, key: &VerifierKey) -> Option<&str> {
        let policy = self.policies.in_force();
        let mut known = policy.witnesses.iter().chain(&policy.mirrors);
        let one = known.find(|one| one.key.key().bytes() == key.key().bytes())?;
        policy.class_of(&one.organisation)
    }

    /// Whether enough witnesses cosigned a head.
    pub fn is_cosigned(&self, head: &VerifiedCheckpoint) -> bool {
        match &self.own {
            None => self.standing(head).is_cosigned(),
            Some(own) => {
                !own.needs_no_witness() && own.witnessed(head).is_ok_and(|witnessed| witnessed.quorum_reached)
            }
        }
    }

    /// When enough witnesses had cosigned a head, in seconds since 1970: fewer wrong clocks than a quorum cannot move it
    /// earlier.
    pub fn witnessed_s(&self, head: &VerifiedCheckpoint) -> Option<u64> {
        self.witnessed(head).map(|(_, by)| by)
    }

    /// The time from which on enough witnesses cosigned a head, in seconds since 1970: fewer wrong clocks than a quorum
    /// cannot move it later.
    pub fn witnessed_least_s(&self, head: &VerifiedCheckpoint) -> Option<u64> {
        self.witnessed(head).map(|(least, _)| least)
    }

    /// Both: from which time on, and by which time.
    fn witnessed(&self, head: &VerifiedCheckpoint) -> Option<(u64, u64)> {
        let Some(own) = &self.own else {
            let standing = self.standing(head);
            return standing.witnessed_least_s().zip(standing.witnessed_s());
        };
        let witnessed = own.witnessed(head).ok().filter(|witnessed| witnessed.quorum_reached)?;
        if own.needs_no_witness() {
            return None;
        }
        let mut times: Vec<u64> = witnessed.times_s.values().copied().collect();
        times.sort_unstable();
        let suffice = |is_counted: &dyn Fn(u64) -> bool| {
            let counted = witnessed.times_s.iter().filter(|(_, at)| is_counted(**at));
            own.satisfied_by(&counted.map(|(name, _)| name.clone()).collect())
        };
        let by = *times.iter().find(|time| suffice(&|at| at <= **time))?;
        let least = *times.iter().rev().find(|time| suffice(&|at| at >= **time))?;
        Some((least.min(by), by))
    }
}
