//! Who outside the commission holds the log: witnesses that cosign its heads, mirrors that cosign only what they store, and
//! intakes that stamp sealed forms (`docs/reference/log.md`, "Three states of a head", "Classes", "Stamps").
//!
//! The first policy stands in the election record, later ones in amendments. This file says what a checkpoint's
//! cosignatures amount to under a policy. It knows no addresses: where a witness is reached is for whoever asks it.

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::{Change, Election, Mode};
use hakiki_note::{KeyName, KeyType, VerifierKey};
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::cosignature::verify_cosignature;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Classes of mirrors that must hold a head before it is *held by rivals*.
pub const HELD_CLASSES: usize = 2;

/// A key outside the commission, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The verifier key.
    pub key: VerifierKey,
    /// The key name of its organisation.
    pub organisation: KeyName,
}

/// The witnesses, mirrors and intakes in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessPolicy {
    /// Those that cosign heads.
    pub witnesses: Vec<Witness>,
    /// How many of them must; 0 is "no witness".
    pub quorum: u32,
    /// Those that cosign heads whose every byte they store.
    pub mirrors: Vec<Witness>,
    /// Those whose stamps count.
    pub intakes: Vec<Witness>,
    /// Class by organisation.
    classes: BTreeMap<KeyName, String>,
    needs_witnesses: bool,
}

/// Every policy that was in force, each from its place on: a head is judged by the one that the entries under it left in
/// force, so that an amendment takes no cosignature from the heads before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyHistory {
    first: WitnessPolicy,
    /// The policy after the amendment at a place.
    amended: Vec<(u64, WitnessPolicy)>,
}

impl PolicyHistory {
    /// Of the election record's policy.
    pub fn new(first: WitnessPolicy) -> Self {
        Self { first, amended: Vec::new() }
    }

    /// The policy at the end.
    pub fn in_force(&self) -> &WitnessPolicy {
        self.amended.last().map_or(&self.first, |(_, policy)| policy)
    }

    /// The policy in force over the first `size` entries: of a head of that size.
    pub fn at(&self, size: u64) -> &WitnessPolicy {
        let count = self.amended.partition_point(|(place, _)| *place < size);
        count.checked_sub(1).map_or(&self.first, |last| &self.amended[last].1)
    }

    /// What a head's cosignatures amount to, by the policy of its size.
    pub fn standing(&self, checkpoint: &VerifiedCheckpoint) -> HeadStanding {
        self.at(checkpoint.head().size).standing(checkpoint)
    }

    /// Notes the changes of an amendment.
    pub(crate) fn amend(&mut self, place: u64, changes: &[Change]) {
        if !changes.iter().any(WitnessPolicy::is_changed_by) {
            return;
        }
        let mut policy = self.in_force().clone();
        for change in changes {
            policy.change(change);
        }
        self.amended.push((place, policy));
    }
}

/// A good cosignature of a head.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cosigned {
    /// The cosigner's key name.
    pub name: KeyName,
    /// Its organisation.
    pub organisation: KeyName,
    /// Its class: commission, party, observers, court, press.
    pub class: String,
    /// When, by its own clock: seconds since 1970.
    pub time_s: u64,
}

/// What the cosignatures of a checkpoint amount to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadStanding {
    /// Witnesses that cosigned it, by name.
    pub witnesses: Vec<Cosigned>,
    /// Mirrors that cosigned it, by name: they store every byte under it.
    pub mirrors: Vec<Cosigned>,
    /// How many witnesses must; 0 is "no witness".
    pub quorum: u32,
}

impl HeadStanding {
    /// *Cosigned*: by the quorum, where there is one.
    pub fn is_cosigned(&self) -> bool {
        self.quorum > 0 && self.witnesses.len() as u64 >= u64::from(self.quorum)
    }

    /// *Held by rivals*: mirrors of at least two classes store every byte.
    pub fn is_held(&self) -> bool {
        let classes: BTreeSet<&str> = self.mirrors.iter().map(|mirror| mirror.class.as_str()).collect();
        classes.len() >= HELD_CLASSES
    }

    /// The classes of the witnesses and mirrors that cosigned.
    pub fn classes(&self) -> BTreeSet<&str> {
        self.witnesses.iter().chain(&self.mirrors).map(|cosigned| cosigned.class.as_str()).collect()
    }

    /// When the head was witnessed at the latest: the k-th earliest time of the witnesses', k being the quorum. Fewer than k
    /// wrong clocks cannot move it earlier.
    pub fn witnessed_s(&self) -> Option<u64> {
        witnessed_times(self.witnesses.iter().map(|cosigned| cosigned.time_s), self.quorum).map(|(_, by)| by)
    }

    /// When the head was witnessed at the earliest: the k-th latest time. Fewer than k wrong clocks cannot move it later, so
    /// that only this one may say that something came too late.
    pub fn witnessed_least_s(&self) -> Option<u64> {
        let times = self.witnesses.iter().map(|cosigned| cosigned.time_s);
        witnessed_times(times, self.quorum).map(|(least, _)| least)
    }
}

/// The k-th latest and the k-th earliest of witnesses' times, k being the quorum; none of fewer than k.
pub(crate) fn witnessed_times(times: impl Iterator<Item = u64>, quorum: u32) -> Option<(u64, u64)> {
    let mut times: Vec<u64> = times.collect();
    times.sort_unstable();
    let before = (quorum as usize).checked_sub(1)?;
    let by = *times.get(before)?;
    Some((times[times.len() - 1 - before].min(by), by))
}

impl WitnessPolicy {
    /// The first policy.
    pub fn of(election: &Election) -> Self {
        let classes = election.organisations.iter().map(|o| (o.name.clone(), o.class.clone())).collect();
        Self {
            witnesses: election.witnesses.clone(),
            quorum: election.witness_quorum,
            mirrors: election.mirrors.clone(),
            intakes: election.intakes.clone(),
            classes,
            needs_witnesses: election.mode == Mode::Live && election.authority.is_some(),
        }
    }

    /// The policy after a change.
    pub fn change(&mut self, change: &Change) {
        let leave = |all: &mut Vec<Witness>, name: &KeyName| all.retain(|one| one.key.name() != name);
        let come = |key: &VerifierKey, organisation: &KeyName| Witness {
            key: key.clone(),
            organisation: organisation.clone(),
        };
        match change {
            Change::WitnessOut(name) => leave(&mut self.witnesses, name),
            Change::WitnessIn(key, organisation) => self.witnesses.push(come(key, organisation)),
            Change::WitnessQuorum(count) => self.quorum = *count,
            Change::MirrorOut(name) => leave(&mut self.mirrors, name),
            Change::MirrorIn(key, organisation) => self.mirrors.push(come(key, organisation)),
            Change::IntakeOut(name) => leave(&mut self.intakes, name),
            Change::IntakeIn(key, organisation) => self.intakes.push(come(key, organisation)),
            _ => {}
        }
    }

    /// Whether a change concerns the policy.
    pub fn is_changed_by(change: &Change) -> bool {
        matches!(
            change,
            Change::WitnessOut(_)
                | Change::WitnessIn(..)
                | Change::WitnessQuorum(_)
                | Change::MirrorOut(_)
                | Change::MirrorIn(..)
                | Change::IntakeOut(_)
                | Change::IntakeIn(..)
        )
    }

    /// The smallest number of witnesses in which two quorums can meet.
    pub fn smallest_intersection(&self) -> u64 {
        let (all, k) = (self.witnesses.len() as u64, u64::from(self.quorum));
        (2 * k).saturating_sub(all)
    }

    /// Whether the policy can be one: R201, R207, R209, R307.
    pub fn check(&self) -> Result<(), Refusal> {
        let all = || self.witnesses.iter().chain(&self.mirrors);
        for one in all().chain(&self.intakes) {
            if !self.classes.contains_key(&one.organisation) {
                return refuse(RefusalCode::R201, format!("{} is no organisation here", one.organisation));
            }
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = all().find(|one| !names.insert(one.key.name())) {
            return refuse(RefusalCode::R209, format!("{} cosigns as two", twice.key.name()));
        }
        if let Some(other) = all().find(|one| one.key.key().key_type() != KeyType::CosignatureEd25519) {
            return refuse(
                RefusalCode::R207,
                format!("{} is no key for cosignatures (0x04)", other.key.name()),
            );
        }
        if let Some(other) = self.intakes.iter().find(|one| one.key.key().key_type() != KeyType::Ed25519) {
            return refuse(RefusalCode::R207, format!("{} is no key for stamps (0x01)", other.key.name()));
        }
        self.check_quorum()
    }

    fn check_quorum(&self) -> Result<(), Refusal> {
        let r307 = |detail: String| Err(Refusal::new(RefusalCode::R307, detail));
        let (count, quorum) = (self.witnesses.len(), self.quorum);
        if quorum == 0 {
            let words = "a live election of an authority has witnesses";
            return if self.needs_witnesses { r307(words.into()) } else { Ok(()) };
        }
        if quorum as usize > count {
            return r307(format!("{quorum} of {count} witnesses cannot cosign"));
        }
        let meet = self.smallest_intersection();
        if meet < 2 {
            return r307(format!(
                "two quorums of {quorum} of {count} can meet in {meet} witnesses; they must meet in two"
            ));
        }
        Ok(())
    }

    /// The class of an organisation.
    pub fn class_of(&self, organisation: &KeyName) -> Option<&str> {
        self.classes.get(organisation).map(String::as_str)
    }

    /// Every key that may cosign, witnesses' before mirrors'.
    pub fn cosigners(&self) -> Vec<VerifierKey> {
        self.witnesses.iter().chain(&self.mirrors).map(|one| one.key.clone()).collect()
    }

    /// Verifies the cosignatures of a checkpoint. Bad ones, and those of strangers, count nothing.
    pub fn standing(&self, checkpoint: &VerifiedCheckpoint) -> HeadStanding {
        let good = |all: &[Witness]| {
            let mut found: Vec<Cosigned> =
                all.iter().filter_map(|one| self.cosigned(one, checkpoint)).collect();
            found.sort_unstable();
            found
        };
        HeadStanding { witnesses: good(&self.witnesses), mirrors: good(&self.mirrors), quorum: self.quorum }
    }

    fn cosigned(&self, one: &Witness, checkpoint: &VerifiedCheckpoint) -> Option<Cosigned> {
        let lines = checkpoint.note().signatures.iter().filter(|line| line.is_by(&one.key));
        let mut times =
            lines.filter_map(|line| verify_cosignature(checkpoint.checkpoint(), line, &one.key).ok());
        Some(Cosigned {
            name: one.key.name().clone(),
            organisation: one.organisation.clone(),
            class: self.class_of(&one.organisation)?.to_owned(),
            time_s: times.next()?,
        })
    }

    /// The policy as a C2SP `tlog-policy` file, for other programs.
    pub fn to_policy_text(&self, log: &VerifierKey) -> String {
        let mut text = format!("log {log}\n");
        let mut members = String::new();
        for (number, one) in self.witnesses.iter().enumerate() {
            // Writing into a string does not fail.
            let _ = writeln!(text, "witness w{} {}", number + 1, one.key);
            let _ = write!(members, " w{}", number + 1);
        }
        if self.quorum == 0 {
            text.push_str("quorum none\n");
        } else {
            let _ = write!(text, "group witnesses {}{members}\nquorum witnesses\n", self.quorum);
        }
        text
    }
}
