//! The log against what others hold of it: V03, V06, V14, V17, V18, with evidence where a promise is broken.
//!
//! Which heads are known is gathered in `gather.rs`; stamps are `stamped.rs`. "Consistency was not proved" is said as
//! that and is never a fork. Evidence is given out only after it was checked as a stranger would.

use crate::altered::altered;
use crate::check::{Check, CheckResult, Status};
use crate::compare::{Compared, Tiles, compare};
use crate::fetch::Fetcher;
use crate::gather::{Gathered, KnownHead};
use crate::head::ReadHead;
use crate::known::{Given, Known, Memory};
use crate::stamped::Stamped;
use hakiki_core::Ledger;
use hakiki_evidence::{Claim, Evidence, PolicyAndKeys, Side};
use hakiki_messages::Message;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::receipt::{Receipt, VerifiedReceipt};
use hakiki_tlog::tile::TilePath;

/// What was found.
pub(crate) struct Found {
    pub(crate) checks: Vec<CheckResult>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) stamped: Vec<Stamped>,
    pub(crate) memory: Memory,
}

/// A log whose head is signed, beside what is known of it.
pub(crate) struct Outside<'a> {
    pub(crate) known: &'a Known,
    /// The fold; none where only the head is followed.
    pub(crate) ledger: Option<&'a Ledger>,
    pub(crate) head_age_s: u64,
    pub(crate) own: VerifiedCheckpoint,
    pub(crate) trust: PolicyAndKeys,
    pub(crate) tiles: Tiles<'a>,
    pub(crate) evidence: Vec<Evidence>,
    /// Good stamps among those that were given.
    pub(crate) stamped: Vec<Stamped>,
}

/// Makes the checks. `is_whole` says that the ledger is folded to the head; `differing` are objects that do not lead to it.
pub(crate) fn check(
    known: &Known,
    fetcher: &Fetcher,
    ledger: &Ledger,
    read: &ReadHead,
    is_whole: bool,
    differing: &[TilePath],
) -> Found {
    let Ok(own) = VerifiedCheckpoint::open(&read.bytes, &ledger.election().log_key) else {
        return unsigned(known);
    };
    let mut trust = PolicyAndKeys::of_ledger(ledger).with_own(known.policy.clone());
    trust.intakes.clone_from(&known.intakes);
    let tiles = Tiles::new(fetcher);
    let mut outside = Outside {
        known,
        ledger: Some(ledger),
        head_age_s: u64::from(ledger.election().head_age_seconds),
        own,
        trust,
        tiles,
        evidence: Vec::new(),
        stamped: Vec::new(),
    };
    let mut gathered = Gathered::of(&outside, read);
    let heads = outside.heads(&mut gathered);
    let is_forked = heads.status == Status::Failed;
    let mut checks = vec![
        heads,
        outside.cosigned(&gathered),
        outside.fresh(&gathered),
        outside.receipts(&gathered.receipts, &gathered.bad_receipts),
    ];
    checks.push(outside.stamps(&gathered, is_whole));
    for path in differing {
        let claim = altered(&outside.tiles, &outside.own, *path);
        claim.map(|claim| outside.show(claim));
    }
    let memory = outside.remembered(&gathered, is_forked);
    outside.stamped.sort();
    Found { checks, evidence: outside.evidence, stamped: outside.stamped, memory }
}

/// Nothing is known of a log whose head it did not sign.
fn unsigned(known: &Known) -> Found {
    let lacks = |code| CheckResult::input_missing(code, Message::new("verify.outside.unsigned"));
    let mut checks = vec![lacks(Check::V03), lacks(Check::V06)];
    let asked = [
        (Check::V14, !known.receipts.is_empty()),
        (Check::V17, !known.stamps.is_empty()),
        (Check::V18, known.now_s.is_some()),
    ];
    checks.extend(asked.into_iter().filter(|(_, asked)| *asked).map(|(code, _)| lacks(code)));
    Found { checks, evidence: Vec::new(), stamped: Vec::new(), memory: known.memory.clone() }
}

impl Outside<'_> {
    /// Keeps a claim if a stranger who checks it comes to the same.
    pub(crate) fn show(&mut self, claim: Claim) -> bool {
        let evidence = Evidence { election: self.trust.election, log: self.trust.log_key.clone(), claim };
        let holds = evidence.check(&self.trust).is_ok();
        if holds && !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
        holds
    }

    /// V06: every head that is known agrees with the one that was read.
    pub(crate) fn heads(&mut self, gathered: &mut Gathered) -> CheckResult {
        let mut forked = None;
        let mut unproved = gathered.bad_heads.first().cloned();
        let mut count = 0_u64;
        for known in &mut gathered.heads {
            let sources: Vec<&Tiles<'_>> = std::iter::once(&self.tiles).chain(&gathered.mirrors).collect();
            let message = |key| {
                let size = known.checkpoint.head().size;
                Message::new(key).with("size", size).with("who", known.who.as_str())
            };
            let compared = if known.is_proved_behind(&self.own) {
                Compared::Same
            } else {
                compare(&self.own, &known.checkpoint, &sources)
            };
            match compared {
                Compared::Same => count += 1,
                Compared::Forked(claim) => {
                    forked = forked.or_else(|| Some(message("verify.v06.forked")));
                    known.agrees = false;
                    self.show(*claim);
                }
                Compared::Unproved(why) => {
                    let why = message("verify.v06.unproved").with("why", why);
                    unproved = unproved.or(Some(why));
                    known.agrees = false;
                }
            }
        }
        if let Some(message) = forked {
            return CheckResult::failed(Check::V06, message);
        }
        if let Some(message) = unproved {
            return CheckResult::input_missing(Check::V06, message);
        }
        match (&gathered.unasked, count) {
            (Some(why), 0) => CheckResult::not_checked(Check::V06, why.clone()),
            (None, 0) => CheckResult::not_checked(Check::V06, Message::new("verify.later_heads")),
            (why, count) => {
                let agree = Message::new("verify.v06.agree").with("count", count);
                let said = match why {
                    Some(why) => Message::new("verify.v06.but").with("agree", agree).with("but", why.clone()),
                    None => agree,
                };
                CheckResult::passed(Check::V06, said)
            }
        }
    }

    /// V03: a head that agrees with the one that was read is cosigned; and up to where.
    pub(crate) fn cosigned(&self, gathered: &Gathered) -> CheckResult {
        let whose = match (&self.known.policy, self.trust.policies.in_force().quorum) {
            (None, 0) => return CheckResult::not_checked(Check::V03, Message::new("report.no_policy")),
            (None, _) => "verify.v03.by_log",
            (Some(own), _) if own.needs_no_witness() => {
                return CheckResult::not_checked(Check::V03, Message::new("report.no_policy"));
            }
            (Some(_), _) => "verify.v03.by_own",
        };
        let size = self.own.head().size;
        // A head behind this one that continues it holds this one too.
        let largest = |is: &dyn Fn(&VerifiedCheckpoint) -> bool| {
            self.served(gathered).filter(|head| is(head)).map(|head| head.head().size.min(size)).max()
        };
        let held = largest(&|head| self.trust.standing(head).is_held());
        let Some(cosigned) = largest(&|head| self.trust.is_cosigned(head)) else {
            if gathered.lacks_annex {
                return CheckResult::not_checked(Check::V03, Message::new("verify.v03.no_annex"));
            }
            let message = Message::new("verify.v03.alone").with("whose", Message::new(whose));
            return CheckResult::failed(Check::V03, message);
        };
        let key = if held.is_some() { "verify.v03.held" } else { "verify.v03.cosigned" };
        let message = Message::new(key).with("size", cosigned).with("whose", Message::new(whose));
        let message = message.with("alone", size - cosigned);
        let message = match held {
            Some(held) => message.with("held", held),
            None => message,
        };
        CheckResult::passed(Check::V03, message)
    }

    /// The head that was read, and those that the source serves beside it and that agree with it.
    pub(crate) fn served<'b>(
        &'b self,
        gathered: &'b Gathered,
    ) -> impl Iterator<Item = &'b VerifiedCheckpoint> {
        let beside = gathered.heads.iter().filter(|head| head.is_served && head.agrees);
        std::iter::once(&self.own).chain(beside.map(|head| &head.checkpoint))
    }

    /// V18: the newest witnessed head is young enough, and nobody saw a larger log before.
    pub(crate) fn fresh(&self, gathered: &Gathered) -> CheckResult {
        let size = self.own.head().size;
        let before = |head: &&KnownHead| !head.is_now && head.checkpoint.head().size > size;
        if let Some(seen) = gathered.heads.iter().filter(before).max_by_key(|h| h.checkpoint.head().size) {
            let message = Message::new("verify.v18.smaller").with("size", size);
            let message = message.with("seen", seen.checkpoint.head().size).with("who", seen.who.as_str());
            return CheckResult::failed(Check::V18, message);
        }
        let Some(now_s) = self.known.now_s else {
            return CheckResult::not_checked(Check::V18, Message::new("report.no_clock"));
        };
        if self.known.policy.is_none() && self.trust.policies.in_force().quorum == 0 {
            return CheckResult::not_checked(Check::V18, Message::new("report.no_policy"));
        }
        let served = self.served(gathered).filter_map(|head| self.trust.witnessed_s(head));
        let recorded = self.ledger.into_iter().flat_map(Ledger::heads).filter_map(|head| head.unix_seconds);
        let recorded = recorded.filter(|_| self.known.policy.is_none());
        let Some(newest_s) = served.chain(recorded).max() else {
            return CheckResult::failed(Check::V18, Message::new("verify.v18.none"));
        };
        let limit_s = self.head_age_s;
        let age_s = now_s.saturating_sub(newest_s);
        let message = |key| Message::new(key).with("age", age_s).with("limit", limit_s);
        if age_s > limit_s {
            CheckResult::failed(Check::V18, message("verify.v18.old"))
        } else {
            CheckResult::passed(Check::V18, message("verify.v18.fresh"))
        }
    }

    /// V14: the record of every receipt stands at its place.
    fn receipts(&mut self, receipts: &[(Given, VerifiedReceipt)], bad: &[Message]) -> CheckResult {
        let own = self.own.head();
        let (mut broken, mut unknown) = (None, bad.first().cloned());
        for (given, receipt) in receipts {
            let place = receipt.index();
            let message = |key| Message::new(key).with("who", given.name.as_str()).with("place", place);
            if place >= own.size {
                broken = broken.or_else(|| Some(message("verify.v14.beyond").with("size", own.size)));
                continue;
            }
            match self.tiles.leaf(place, &own) {
                Ok((leaf, _)) if leaf == receipt.leaf() => {}
                Ok((leaf, proof)) => {
                    broken = broken.or_else(|| Some(message("verify.v14.another")));
                    let other = Side { head: self.own.to_text(), leaf, proof };
                    // It was parsed from this text.
                    let receipt = String::from_utf8_lossy(&given.bytes).into_owned();
                    self.show(Claim::Receipt { receipt, other });
                }
                Err(why) => {
                    unknown = unknown.or_else(|| Some(message("verify.v14.unproved").with("why", why)));
                }
            }
        }
        match (broken, unknown) {
            (Some(message), _) => CheckResult::failed(Check::V14, message),
            (None, Some(message)) => CheckResult::input_missing(Check::V14, message),
            (None, None) if receipts.is_empty() => {
                CheckResult::not_checked(Check::V14, Message::new("report.no_receipts"))
            }
            (None, None) => {
                let message = Message::new("verify.v14.honoured").with("count", receipts.len() as u64);
                CheckResult::passed(Check::V14, message)
            }
        }
    }

    /// What to remember: the newest head and the newest cosigned one; after a fork, nothing new and nothing lost.
    pub(crate) fn remembered(&self, gathered: &Gathered, is_forked: bool) -> Memory {
        let mut memory = self.known.memory.clone();
        if is_forked || memory.election.is_some_and(|of| of != self.trust.election) {
            return memory;
        }
        memory.election = Some(self.trust.election);
        let size = self.own.head().size;
        let larger = |head: &KnownHead| !head.is_now && head.checkpoint.head().size > size;
        if !gathered.heads.iter().any(larger) {
            memory.heads.clear();
        }
        let cosigned = self.served(gathered).filter(|head| self.trust.is_cosigned(head));
        for head in cosigned.max_by_key(|head| head.head().size).into_iter().chain([&self.own]) {
            memory.add(head.to_text());
        }
        memory
    }
}

/// A receipt that proves its own record, or why it proves nothing.
pub(crate) fn open_receipt(
    given: &Given,
    log: &hakiki_note::VerifierKey,
) -> Result<VerifiedReceipt, Message> {
    let opened = Receipt::parse(&given.bytes).and_then(|receipt| receipt.verify(log));
    opened.map_err(|error| {
        Message::new("verify.v14.no_receipt").with("who", given.name.as_str()).with("why", error.to_string())
    })
}
