//! An audit in sentences, for a terminal: the same words as its page.

use super::names::{Names, risk_words};
use super::signed;
use hakiki_audit::batch::{Measured, Progress, Stage};
use hakiki_audit::of_log::Audit;
use hakiki_core::Ledger;
use hakiki_core::ledger::AuditPlanEntry;
use hakiki_messages::{Language, Message};
use std::fmt::Write as _;

/// The audit of a plan as of a size of the log: what is tested, each sentence with its margin and risk, where it stands, what is next.
pub fn stated(ledger: &Ledger, entry: &AuditPlanEntry, size: u64, language: Language) -> String {
    let names = Names { ledger, entry, language };
    let audit = Audit::new(ledger, entry, size);
    let heading = Message::new("audits.page.heading")
        .with("contest", &*names.contest().title)
        .with("area", &*names.area().name);
    let mut out = format!("{}\n{}\n", names.m(&heading), names.outcome());
    let fact = |key: &str, value: &str| format!("{}: {value}\n", names.t(key));
    out.push_str(&fact("page.limit", &names.limit()));
    out.push_str(&fact("page.method", names.method()));
    if let Ok(audit) = &audit {
        for (number, planned) in audit.plan.assertions().iter().enumerate() {
            let margin = fact("assert.margin", &signed(planned.margin));
            let _ = write!(out, "{}. {}\n   {margin}", number + 1, names.assertion(&planned.assertion));
            if let Ok(progress) = &audit.progress {
                let _ = writeln!(out, "   {}", risk_of(names, audit, progress, number));
            }
        }
    }
    let _ = write!(out, "{}\n{}\n", names.stage(&audit), names.next(&audit));
    out
}

fn risk_of(names: Names<'_>, audit: &Audit, progress: &Progress, number: usize) -> String {
    let untested = matches!(progress.stage, Stage::Sized { .. }) || progress.measured == 0;
    let Some(risk) = progress.risks.get(number) else { return names.t("assert.not_measured").to_owned() };
    let confirmed = risk.confirms(audit.terms.risk_limit);
    match risk.measured {
        Measured::Sample { .. } if untested => names.t("assert.not_tested").to_owned(),
        Measured::Sample { now, least } => {
            let state = names.t(if confirmed { "assert.confirmed" } else { "assert.open" });
            let (said_now, said_least) = (names.t("assert.now"), names.t("assert.least"));
            format!("{said_now}: {}; {said_least}: {}; {state}", risk_words(now), risk_words(least))
        }
        Measured::Counted(margin) => {
            let key = if confirmed { "audits.assert.paper" } else { "audits.assert.paper_not" };
            names.m(&Message::new(key).with("margin", signed(margin)))
        }
    }
}
