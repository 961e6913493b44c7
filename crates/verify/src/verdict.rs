//! What the tiles, the entries, the fold and the blobs come to as checks: V04, V05, V07, V08, V09.

use crate::check::{Check, CheckResult};
use crate::fold::{Folded, Refusals, fault_message};
use crate::tree::{Faults, Outcome};
use hakiki_core::Ledger;
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;
use std::collections::BTreeMap;

/// The first of many, with their number where there is more than one.
fn first_of(first: Message, count: u64) -> Message {
    if count > 1 { Message::new("verify.more").with("first", first).with("count", count) } else { first }
}

fn faulty(code: Check, key: &'static str, faults: &Faults) -> Option<CheckResult> {
    if let Some((path, fault)) = &faults.first {
        let message = Message::new(key).with("path", path.to_path()).with("fault", fault_message(fault));
        return Some(CheckResult::failed(code, first_of(message, faults.count)));
    }
    let (path, why) = faults.unreadable.as_ref()?;
    let fault = Message::new("verify.fault.unreadable").with("why", why.as_str());
    Some(CheckResult::input_missing(
        code,
        Message::new(key).with("path", path.to_path()).with("fault", fault),
    ))
}

pub(crate) fn check_tiles(faults: &Faults, outcome: Outcome, head: Head) -> CheckResult {
    if let Some(result) = faulty(Check::V04, "verify.v04.fault", faults) {
        return result;
    }
    match outcome {
        Outcome::Leads => {
            let message = Message::new("verify.v04.good_root").with("root", head.root.to_string());
            CheckResult::passed(Check::V04, message)
        }
        Outcome::Differs(found) => {
            let message = Message::new("verify.v04.root").with("found", found.to_string());
            CheckResult::failed(Check::V04, message.with("expected", head.root.to_string()))
        }
        Outcome::Unknown => CheckResult::input_missing(Check::V04, Message::new("verify.v04.unknown")),
    }
}

pub(crate) fn check_entries(faults: &Faults, size: u64) -> CheckResult {
    let faulty = faulty(Check::V05, "verify.v05.fault", faults);
    faulty.unwrap_or_else(|| {
        CheckResult::passed(Check::V05, Message::new("verify.v05.good").with("count", size))
    })
}

/// V07 and V08: the first refused entry, or why nothing is known behind a place.
pub(crate) fn check_refusals(code: Check, refusals: &Refusals, folded: &Folded) -> CheckResult {
    let keys = folded.ledger.as_ref().map_or(0, |ledger| ledger.roster().keys().len() as u64);
    let (refused, good) = if code == Check::V07 {
        ("verify.v07.refused", Message::new("verify.v07.good").with("count", folded.place))
    } else {
        ("verify.v08.refused", Message::new("verify.v08.good").with("count", keys))
    };
    if let Some((place, refusal)) = &refusals.first {
        let message = Message::new(refused).with("place", *place).with("why", refusal.to_string());
        return CheckResult::failed(code, first_of(message, refusals.count));
    }
    unfolded(code, folded).unwrap_or_else(|| CheckResult::passed(code, good))
}

/// Why a check that needs the whole log could not be made, if the fold ended before the log.
fn unfolded(code: Check, folded: &Folded) -> Option<CheckResult> {
    let why = match (&folded.stop, &folded.ledger) {
        (Some(why), _) => why.clone(),
        (None, None) => Message::new("verify.no_first"),
        (None, Some(_)) => return None,
    };
    Some(CheckResult::input_missing(code, Message::new("verify.unfolded").with("why", why)))
}

pub(crate) fn check_blobs(folded: &Folded) -> CheckResult {
    let blobs = &folded.blobs;
    let named = |key, hash: &Hash| Message::new(key).with("hash", hash.to_string());
    if let Some((hash, count)) = &blobs.wrong {
        return CheckResult::failed(Check::V09, first_of(named("verify.v09.wrong", hash), *count));
    }
    if let Some((hash, count)) = &blobs.tables_absent {
        return CheckResult::failed(Check::V09, first_of(named("verify.v09.table", hash), *count));
    }
    if let Some((hash, why)) = &blobs.unreadable {
        let message = named("verify.v09.unreadable", hash).with("why", why.as_str());
        return CheckResult::input_missing(Check::V09, message);
    }
    let good = Message::new("verify.v09.good").with("here", blobs.here).with("absent", blobs.absent);
    unfolded(Check::V09, folded)
        .unwrap_or_else(|| CheckResult::passed(Check::V09, with_withheld(good, folded)))
}

/// With how many of the blobs that records name are withheld, and by whose order.
fn with_withheld(good: Message, folded: &Folded) -> Message {
    let entries = folded.ledger.iter().flat_map(Ledger::withheld);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries.filter(|entry| folded.named.contains(&entry.withhold.blob)) {
        *counts.entry(&entry.withhold.by).or_default() += 1;
    }
    counts.into_iter().fold(good, |good, (by, count)| {
        let withheld = Message::new("verify.v09.withheld_by").with("count", count).with("by", by);
        Message::new("verify.v09.withheld").with("good", good).with("withheld", withheld)
    })
}
