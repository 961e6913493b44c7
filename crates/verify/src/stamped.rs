//! Stamps: whether each stamped form came into the log within the merge delay (V17).
//!
//! The delay begins at the later of the intake's own clock and the witnessed time of the head that it knew, which is in
//! the log's favour. It has passed only where a cosigned head that lacks the form says so. A signed refusal that names the
//! note is an answer.

use crate::check::{Check, CheckResult};
use crate::gather::Gathered;
use crate::known::Given;
use crate::outside::Outside;
use hakiki_core::Ledger;
use hakiki_evidence::{Claim, OWN_CLASS};
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::stamp::Stamp;
use std::collections::{BTreeMap, BTreeSet};

/// A stamp that was given and is good, and what the log has of its form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamped {
    /// By the intake's own clock, in seconds since 1970: a claim.
    pub at_s: i64,
    /// The form's record id.
    pub record: Hash,
    /// The class of the intake's organisation.
    pub class: String,
    /// Where the form, or a signed refusal of its note, stands in the log.
    pub place: Option<u64>,
}

/// What became of one stamped record.
enum Kept {
    Yes,
    /// The delay is not shown to have passed.
    Pending,
    /// It has, and only intakes of one class say that they saw the form: one party's word.
    OneClass(Message),
    Broken(Message, Box<Claim>),
}

/// A stamp that opened.
struct Opened {
    note: String,
    stamp: Stamp,
    /// The class of its intake.
    class: String,
}

impl Outside<'_> {
    /// V17.
    pub(crate) fn stamps(&mut self, gathered: &Gathered, is_whole: bool) -> CheckResult {
        if self.known.stamps.is_empty() {
            return CheckResult::not_checked(Check::V17, Message::new("report.no_stamps"));
        }
        let Some(ledger) = self.ledger.filter(|_| is_whole) else {
            return CheckResult::input_missing(Check::V17, Message::new("verify.v17.unfolded"));
        };
        let (mut by_record, mut bad) = (BTreeMap::<Hash, Vec<Opened>>::new(), None);
        for given in &self.known.stamps {
            match self.open_stamp(given) {
                Ok(opened) => by_record.entry(opened.stamp.record).or_default().push(opened),
                Err(message) => bad = bad.or(Some(message)),
            }
        }
        let (mut broken, mut pending, mut kept) = (None, None, 0_u64);
        for (record, stamps) in by_record {
            let place = answer_to(ledger, &record, &stamps);
            let of = |opened: &Opened| Stamped {
                at_s: opened.stamp.time.unix_s(),
                record,
                class: opened.class.clone(),
                place,
            };
            self.stamped.extend(stamps.iter().map(of));
            match self.kept(ledger, &record, &stamps, gathered) {
                Kept::Yes => kept += 1,
                Kept::Pending => {
                    let message = Message::new("verify.v17.pending").with("record", record.to_string());
                    pending = pending.or(Some(message));
                }
                Kept::OneClass(message) => pending = pending.or(Some(message)),
                Kept::Broken(message, claim) => {
                    broken = broken.or(Some(message));
                    self.show(*claim);
                }
            }
        }
        match (broken, bad, pending) {
            (Some(message), _, _) => CheckResult::failed(Check::V17, message),
            (None, Some(message), _) => CheckResult::input_missing(Check::V17, message),
            (None, None, Some(message)) => CheckResult::not_checked(Check::V17, message),
            (None, None, None) => {
                CheckResult::passed(Check::V17, Message::new("verify.v17.honoured").with("count", kept))
            }
        }
    }

    fn open_stamp(&self, given: &Given) -> Result<Opened, Message> {
        let message = |why: String| {
            Message::new("verify.v17.no_stamp").with("who", given.name.as_str()).with("why", why)
        };
        let note = String::from_utf8(given.bytes.clone()).map_err(|error| message(error.to_string()))?;
        let (stamp, class) = self.trust.open_stamp(&note).map_err(|error| message(error.to_string()))?;
        Ok(Opened { note, stamp, class })
    }

    fn kept(&self, ledger: &Ledger, record: &Hash, stamps: &[Opened], gathered: &Gathered) -> Kept {
        let place = answer_to(ledger, record, stamps);
        let claimed_s = stamps.iter().map(|opened| opened.stamp.time.unix_s()).max().unwrap_or(i64::MAX);
        let seen = stamps.iter().map(|opened| opened.stamp.seen_head).max().unwrap_or(0);
        let known = self.known_heads(gathered).filter(|head| head.head().size <= seen);
        let known_s = known.filter_map(|head| self.trust.witnessed_s(head)).max();
        let seen_s = ledger.witnessed_up_to(seen).max(known_s).unwrap_or(0);
        let stamped_s = u64::try_from(claimed_s).unwrap_or(0).max(seen_s);
        let deadline_s = stamped_s.saturating_add(self.trust.merge_delay_s);
        let until = place.unwrap_or(self.own.head().size);
        let late = self.witnessed_without(until, deadline_s, gathered);
        match (late, place) {
            (None, Some(_)) => Kept::Yes,
            (None, None) => Kept::Pending,
            (Some(head), _) if !is_attributable(stamps) => {
                let message = Message::new("verify.v17.one_class").with("record", record.to_string());
                Kept::OneClass(message.with("size", head.head().size))
            }
            (Some(head), _) => {
                let key = if place.is_some() { "verify.v17.late" } else { "verify.v17.absent" };
                let message = Message::new(key).with("record", record.to_string());
                let message = message.with("size", head.head().size);
                let notes = stamps.iter().take(hakiki_evidence::STAMPS_MAX).map(|opened| opened.note.clone());
                let claim = Claim::Stamp { stamps: notes.collect(), seen: None, head: head.to_text() };
                Kept::Broken(message, Box::new(claim))
            }
        }
    }

    /// The head that was read, and every other that agrees with it.
    fn known_heads<'b>(&'b self, gathered: &'b Gathered) -> impl Iterator<Item = &'b VerifiedCheckpoint> {
        let agreeing = gathered.heads.iter().filter(|head| head.agrees).map(|head| &head.checkpoint);
        std::iter::once(&self.own).chain(agreeing)
    }

    /// A head of at most so many entries, which a quorum cosigned after a time, whatever fewer clocks than a quorum say.
    fn witnessed_without(&self, size: u64, after_s: u64, gathered: &Gathered) -> Option<VerifiedCheckpoint> {
        let mut all = self.known_heads(gathered);
        let is_late = |head: &&VerifiedCheckpoint| {
            head.head().size <= size && self.trust.witnessed_least_s(head).is_some_and(|at| at > after_s)
        };
        all.find(is_late).cloned()
    }
}

/// The place of the form, or of a signed refusal that names a note that was stamped.
fn answer_to(ledger: &Ledger, record: &Hash, stamps: &[Opened]) -> Option<u64> {
    let is_stamped = |note: &Hash| stamps.iter().any(|opened| opened.stamp.note == *note);
    let refused = ledger.refusals().iter().find(|(_, note, _)| is_stamped(note)).map(|(place, ..)| *place);
    ledger.place_of(record).into_iter().chain(refused).min()
}

/// Whether intakes of two classes say it, or one that the user trusts: one class alone could have stamped a form that it
/// never brought to the log.
fn is_attributable(stamps: &[Opened]) -> bool {
    let classes: BTreeSet<&str> = stamps.iter().map(|opened| opened.class.as_str()).collect();
    classes.len() >= 2 || classes.contains(OWN_CLASS)
}
