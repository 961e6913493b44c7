//! Every audit of a log as one canonical text, which whoever has the log computes anew (check V15).

use super::state::{Audit, AuditError, Broken};
use crate::batch::{Measured, Progress, Stage};
use hakiki_core::Ledger;
use hakiki_core::ledger::AuditPlanEntry;
use std::fmt::Write as _;

/// The audits as of `size` entries.
///
/// ```text
/// hakiki/audits@v1
/// election <fingerprint>
/// size <place>
/// plan <record id> <contest> <area>
/// refused <a word for why no sample follows>         … and nothing more of this plan
/// assertion <number from 1> <margin> <what>
/// weights <sum of the weights> <one whole margin in their unit>
/// seed <digits>
/// broken <station> <counted> <bound>                 … and nothing more of this plan
/// draw <number> <sha-256> <remainder> <station>
/// taint <draw> <assertion> <taint>                   only those above 0, of measured draws
/// risk <assertion> <now> <least>                     or: risk <assertion> counted <margin on paper>
/// not-drawn <station>                                each that was counted and not drawn so far
/// stage <word> <number>
/// ```
///
/// Taints and risks have nine decimals; two computers may differ in the last.
pub fn audits_text(ledger: &Ledger, size: u64) -> String {
    let mut out = format!("hakiki/audits@v1\nelection {}\nsize {size}\n", ledger.fingerprint());
    for entry in ledger.audit_plans().iter().filter(|entry| entry.place < size) {
        write_audit(&mut out, ledger, entry, size);
    }
    out
}

/// The frame of a plan's draws: each batch in the order of its code, its weight and the sum of weights up to it. A draw is the first batch whose sum is
/// above the draw's remainder.
///
/// ```text
/// hakiki/audit-frame@v1
/// plan <record id>
/// batch <station> <weight> <sum>
/// ```
pub fn frame_text(ledger: &Ledger, entry: &AuditPlanEntry) -> Result<String, AuditError> {
    let plan = Audit::new(ledger, entry, entry.place)?.plan;
    let mut out = format!("hakiki/audit-frame@v1\nplan {}\n", entry.id);
    let mut sum = 0_u128;
    for (batch, weight) in plan.contest().batches().iter().zip(plan.weights()) {
        sum += weight;
        let _ = writeln!(out, "batch {} {weight} {sum}", batch.code);
    }
    Ok(out)
}

// Writing to a String does not fail: results of `writeln!` are let go throughout.
fn write_audit(out: &mut String, ledger: &Ledger, entry: &AuditPlanEntry, size: u64) {
    let area = &ledger.register().areas()[entry.area as usize].code;
    let _ = writeln!(out, "plan {} {} {area}", entry.id, entry.plan.contest);
    let audit = match Audit::new(ledger, entry, size) {
        Ok(audit) => audit,
        Err(error) => {
            let _ = writeln!(out, "refused {}", error.word());
            return;
        }
    };
    for (number, planned) in (1_u64..).zip(audit.plan.assertions()) {
        let _ = writeln!(out, "assertion {number} {} {}", planned.margin, planned.assertion);
    }
    let _ = writeln!(out, "weights {} {}", audit.plan.total_weight(), audit.plan.unit());
    if let Some(seed) = &audit.seed {
        let _ = writeln!(out, "seed {}", seed.as_str());
    }
    match &audit.progress {
        Err(Broken { stations }) => {
            for (station, counted, bound) in stations {
                let _ = writeln!(out, "broken {station} {counted} {bound}");
            }
        }
        Ok(progress) => write_progress(out, &audit, progress),
    }
}

fn write_progress(out: &mut String, audit: &Audit, progress: &Progress) {
    for draw in &progress.draws {
        let code = &audit.plan.contest().batches()[draw.item].code;
        let _ = writeln!(out, "{}", draw.line(code));
    }
    for (number, risk) in (1_u64..).zip(&progress.risks) {
        for (draw, taint) in (1_u64..).zip(&risk.taints).filter(|(_, taint)| **taint > 0.0) {
            let _ = writeln!(out, "taint {draw} {number} {taint:.9}");
        }
        let _ = match risk.measured {
            Measured::Sample { now, least } => writeln!(out, "risk {number} {now:.9} {least:.9}"),
            Measured::Counted(margin) => writeln!(out, "risk {number} counted {margin}"),
        };
    }
    for station in &audit.not_drawn {
        let _ = writeln!(out, "not-drawn {station}");
    }
    let _ = match &progress.stage {
        Stage::Sized { draws } => writeln!(out, "stage sized {draws}"),
        Stage::Counting { missing } => writeln!(out, "stage counting {}", missing.len()),
        Stage::Confirmed { draws } => writeln!(out, "stage confirmed {draws}"),
        Stage::FullCount { missing } => writeln!(out, "stage full-count {}", missing.len()),
        Stage::Counted { confirms } => writeln!(out, "stage counted {}", u8::from(*confirms)),
    };
}
