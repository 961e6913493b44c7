//! V15: each plan's table is what stood at the head that it names, its outcome is borne out by it, and sample and risk follow from
//! plan, seed and counts (`hakiki-audit`, `of_log`).

use crate::check::{Check, CheckResult};
use hakiki_audit::batch::{Measured, Stage};
use hakiki_audit::of_log::{Audit, BatchDifference, differences};
use hakiki_core::Ledger;
use hakiki_core::ledger::AuditPlanEntry;
use hakiki_messages::Message;
use hakiki_note::Hash;

/// The check. The first plan that fails is told, or the newest audit's state. `root` is the log's at a size.
pub(crate) fn check(ledger: &Ledger, size: u64, root: impl Fn(u64) -> Result<Hash, String>) -> CheckResult {
    let mut last = CheckResult::not_checked(Check::V15, Message::new("report.no_audit"));
    for entry in ledger.audit_plans() {
        match of_this_log(entry, &root).and_then(|()| state(ledger, entry, size)) {
            Ok(result) => last = result,
            Err(message) => return CheckResult::failed(Check::V15, message.with("place", entry.place)),
        }
    }
    last
}

/// A plan speaks of figures at a head: one that this log had.
fn of_this_log(entry: &AuditPlanEntry, root: impl Fn(u64) -> Result<Hash, String>) -> Result<(), Message> {
    let named = entry.plan.head;
    let found = root(named.size).map_err(|why| Message::new("verify.v15.refused").with("why", why))?;
    if found == named.root {
        return Ok(());
    }
    let message = Message::new("verify.v15.head").with("size", named.size);
    Err(message.with("named", named.root.to_string()).with("found", found.to_string()))
}

fn state(ledger: &Ledger, entry: &AuditPlanEntry, size: u64) -> Result<CheckResult, Message> {
    let refused = |why: String| Message::new("verify.v15.refused").with("why", why);
    let found = differences(ledger, entry).map_err(|error| refused(error.to_string()))?;
    if let Some(first) = found.first() {
        return Err(differs(first, found.len()));
    }
    let audit = Audit::new(ledger, entry, size).map_err(|error| refused(error.to_string()))?;
    let progress = match &audit.progress {
        Ok(progress) => progress,
        Err(broken) => {
            let first = broken.stations.first();
            let (station, counted, bound) = first.map_or(("", 0, 0), |(code, c, b)| (code.as_str(), *c, *b));
            let message = Message::new("verify.v15.broken").with("place", entry.place);
            let message = message.with("station", station).with("counted", counted).with("bound", bound);
            return Ok(CheckResult::not_checked(Check::V15, message));
        }
    };
    let sampled = progress.risks.iter().filter_map(|risk| match risk.measured {
        Measured::Sample { least, .. } => Some(least),
        Measured::Counted(_) => None,
    });
    let risk = sampled.fold(0.0_f64, f64::max);
    let draws = progress.draws.len() as u64;
    let counted = audit.counts.len() as u64;
    let say = |key: &str| Message::new(key).with("place", entry.place);
    let sampled =
        |key: &str| say(key).with("draws", draws).with("counted", counted).with("risk", format!("{risk:.6}"));
    let message = match progress.stage {
        Stage::Sized { draws } => say("verify.v15.sized").with("draws", draws),
        Stage::Counting { .. } => sampled("verify.v15.counting"),
        Stage::Confirmed { .. } => sampled("verify.v15.confirmed"),
        Stage::FullCount { .. } => say("verify.v15.full_count").with("counted", counted),
        Stage::Counted { confirms: true } => say("verify.v15.counted"),
        Stage::Counted { confirms: false } => say("verify.v15.counted_other"),
    };
    Ok(CheckResult::passed(Check::V15, message))
}

fn differs(first: &BatchDifference, count: usize) -> Message {
    let message = match first {
        BatchDifference::Missing(station) => {
            Message::new("verify.v15.missing").with("station", station.as_str())
        }
        BatchDifference::Extra(station) => Message::new("verify.v15.extra").with("station", station.as_str()),
        BatchDifference::Figures { station, table, ledger } => Message::new("verify.v15.figures")
            .with("station", station.as_str())
            .with("table", table.as_str())
            .with("ledger", ledger.as_str()),
        BatchDifference::Bound { station, table, ledger } => Message::new("verify.v15.bound")
            .with("station", station.as_str())
            .with("table", *table)
            .with("ledger", *ledger),
    };
    message.with("count", count as u64)
}
