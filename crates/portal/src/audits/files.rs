//! Files of audits: all as one canonical text, the frame of a plan, its draws as a table (`docs/reference/portal-data.md`).

use super::{has_audits, plans};
use crate::table::Table;
use crate::{Page, Site};
use hakiki_audit::Tally;
use hakiki_audit::batch::{Plan, Progress};
use hakiki_audit::of_log::{Audit, audits_text, frame_text};
use hakiki_audit::sample::Draw;
use hakiki_core::ledger::AuditPlanEntry;

/// The frame of a plan.
pub(crate) const FRAME: &str = "frame.txt";
/// The draws of a plan.
pub(crate) const DRAWS: &str = "draws.csv";
const TEXT: &str = "text/plain; charset=utf-8";

/// The path below the site's root of a plan's file.
pub(crate) fn path(place: u64, name: &str) -> String {
    format!("audits/{place}/{name}")
}

/// The names of the files that a plan has at the head.
pub(crate) fn of_plan(site: &Site<'_>, at: usize) -> Vec<&'static str> {
    match &site.snapshot.audits(site.ledger).computed(site.ledger, at).audit {
        Ok(Audit { seed: Some(_), progress: Ok(_), .. }) => vec![FRAME, DRAWS],
        Ok(_) => vec![FRAME],
        Err(_) => Vec::new(),
    }
}

/// The paths of all files of audits, in order.
pub(crate) fn paths(site: &Site<'_>) -> Vec<String> {
    let mut paths: Vec<String> = has_audits(site).then(|| "audits.txt".to_owned()).into_iter().collect();
    for (at, entry) in plans(site).iter().enumerate() {
        paths.extend(of_plan(site, at).into_iter().map(|name| path(entry.place, name)));
    }
    paths
}

/// Every audit as of the head.
pub(crate) fn text(site: &Site<'_>) -> Option<Page> {
    let text = || audits_text(site.ledger, site.snapshot.head.size);
    has_audits(site).then(|| Page::file(TEXT, text().into_bytes()))
}

/// A file of the plan at a place.
pub(crate) fn file(site: &Site<'_>, place: &str, name: &str) -> Option<Page> {
    let number: u64 = place.parse().ok().filter(|number: &u64| number.to_string() == place)?;
    let at = plans(site).binary_search_by_key(&number, |entry| entry.place).ok()?;
    let name = of_plan(site, at).into_iter().find(|known| *known == name)?;
    let entry = &plans(site)[at];
    if name == FRAME {
        return Some(Page::file(TEXT, frame_text(site.ledger, entry).ok()?.into_bytes()));
    }
    draws(site, at, entry)
}

fn draws(site: &Site<'_>, at: usize, entry: &AuditPlanEntry) -> Option<Page> {
    let audit = site.snapshot.audits(site.ledger).computed(site.ledger, at).audit.as_ref().ok()?;
    let progress = audit.progress.as_ref().ok()?;
    let ballot = site.ledger.register().ballot_for_area(entry.contest, entry.area)?;
    let numbers: Vec<u32> = ballot.candidates.iter().map(|candidate| candidate.number).collect();
    let mut heads: Vec<String> =
        ["head_size", "draw", "station", "area", "remainder", "sha256"].map(str::to_owned).to_vec();
    for word in ["reported", "counted"] {
        heads.extend(numbers.iter().map(|number| format!("{word}_{number}")));
    }
    for word in ["taint", "risk"] {
        heads.extend((1..=progress.risks.len()).map(|number| format!("{word}_{number}")));
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(&heads);
    let paths: Vec<Vec<f64>> =
        progress.risks.iter().map(|risk| audit.plan.risk_path(audit.terms.method, risk)).collect();
    for draw in &progress.draws {
        table.number(site.snapshot.head.size).number(draw.number);
        whose(&mut table, site, &audit.plan, draw);
        votes(&mut table, audit, draw, numbers.len());
        measures(&mut table, progress, &paths, draw);
        table.end();
    }
    Some(table.page())
}

fn whose(table: &mut Table, site: &Site<'_>, plan: &Plan, draw: &Draw) {
    let register = site.ledger.register();
    let code = &plan.contest().batches()[draw.item].code;
    let area = register.station(code).map(|station| register.stations()[station as usize].area);
    let area = area.map_or("", |area| &*register.areas()[area as usize].code);
    table.text(code).text(area).text(&draw.remainder.to_string()).text(&draw.hash.to_string());
}

/// Reported and counted; empty where the paper waits.
fn votes(table: &mut Table, audit: &Audit, draw: &Draw, candidates: usize) {
    let batch = &audit.plan.contest().batches()[draw.item];
    let counted = audit.counts.get(&batch.code);
    let of = |tally: &Tally, at: usize| tally.votes.get(at).copied();
    for at in 0..candidates {
        table.maybe(of(&batch.reported, at));
    }
    for at in 0..candidates {
        table.maybe(counted.and_then(|tally| of(tally, at)));
    }
}

/// Nine decimals, as in the canonical text; empty behind the last draw that is measured.
fn measures(table: &mut Table, progress: &Progress, paths: &[Vec<f64>], draw: &Draw) {
    let at = usize::try_from(draw.number).unwrap_or(usize::MAX).saturating_sub(1);
    let written = |value: Option<&f64>| value.map(|value| format!("{value:.9}")).unwrap_or_default();
    for risk in &progress.risks {
        table.text(&written(risk.taints.get(at)));
    }
    for path in paths {
        table.text(&written(path.get(at)));
    }
}
