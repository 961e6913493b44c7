//! What no software sees: T12.

use super::Ground;
use crate::outcome::{Seen, Verdict};
use crate::stranger::unique;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Stations of the country: a whole night of it with a full count of its paper takes seconds.
const STATIONS: &str = "150";

/// A rehearsed election with an audit of its paper, as a stranger finds it.
struct Audited {
    /// The totals of the forms.
    results: String,
    /// How often each finding stands.
    findings: BTreeMap<String, u64>,
    /// What V15 says.
    audits: String,
    /// The canonical text of the audits.
    text: String,
}

fn said(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "hakiki {}: {}: {errors}", arguments.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?)
}

fn rehearsed(ground: &Ground, seed: &str, boxes: &str) -> Result<Audited> {
    let home = tempfile::tempdir()?;
    let dir = home.path().join("rehearsal");
    let dir = dir.to_str().context("a path of letters")?;
    let boxes = format!("--audit={boxes}");
    let night = ["demo", "--stations", STATIONS, "--minutes", "0", "--seed", seed, "--dir", dir];
    said(&ground.program, &[&night[..], &["--listen", "127.0.0.1:0", "--exit", &boxes]].concat())?;
    let text = said(&ground.program, &["audit", "report", "--log", dir])?;
    let report: Value = serde_json::from_str(&said(&ground.program, &["verify", dir, "--json"])?)?;
    let checks = report["checks"].as_array().context("a report has checks")?;
    let failed: Vec<&Value> = checks.iter().filter(|check| check["status"] == "failed").collect();
    ensure!(failed.is_empty(), "an honest log fails {failed:?}");
    let audits = checks.iter().find(|check| check["code"] == "V15").context("V15 is made")?;
    ensure!(audits["status"] == "passed", "V15: {audits}");
    let findings =
        serde_json::from_value(report["findings"].clone()).context("findings are counted by code")?;
    Ok(Audited {
        results: report["contests"].to_string(),
        findings,
        audits: audits["detail"].to_string(),
        text,
    })
}

/// T12: votes are moved between candidates at every station, the totals kept, and everybody signs. The logs of an election whose boxes
/// agree with its forms and of one whose boxes do not are alike; whoever counts drawn boxes by hand tells them apart.
pub fn t12(ground: &Ground) -> Result<Seen> {
    let seed = format!("{}-{}", ground.seed, unique());
    let honest = rehearsed(ground, &seed, "agree")?;
    let moved = rehearsed(ground, &seed, "differ")?;
    // Nothing that is computed from the forms shows it, and nothing is claimed.
    ensure!(honest.results == moved.results, "the totals of the forms differ");
    ensure!(honest.findings == moved.findings, "{:?} and {:?}", honest.findings, moved.findings);
    let stage = |audited: &Audited| audited.text.lines().last().unwrap_or_default().to_owned();
    let (confirmed, counted) = (stage(&honest), stage(&moved));
    ensure!(confirmed.starts_with("stage confirmed "), "the boxes agree: {confirmed}, V15 {}", honest.audits);
    ensure!(counted == "stage counted 0", "the boxes differ: {counted}, V15 {}", moved.audits);
    Ok(Seen::new(Verdict::Detected).by("board that counts paper", "audit-count").by("stranger", "V15"))
}
