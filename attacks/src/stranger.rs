//! The stranger: `hakiki verify`, `receipt check` and `evidence check` as a person elsewhere runs them.

use crate::arena::Arena;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the verifier said.
#[derive(Debug)]
pub struct Verdicts {
    /// The exit status.
    pub exit: i32,
    /// Status of each check: passed, failed, not-checked.
    pub checks: BTreeMap<String, String>,
    /// The detail of each check.
    pub details: BTreeMap<String, String>,
    /// Findings by code.
    pub findings: BTreeMap<String, u64>,
    /// The whole report.
    pub report: Value,
    /// Evidence that it wrote.
    pub evidence: Vec<PathBuf>,
}

impl Verdicts {
    /// Requires that a check failed.
    pub fn failed(&self, code: &str) -> Result<()> {
        self.is(code, "failed")
    }

    /// Requires that a check passed.
    pub fn passed(&self, code: &str) -> Result<()> {
        self.is(code, "passed")
    }

    fn is(&self, code: &str, wanted: &str) -> Result<()> {
        let found = self.checks.get(code).map_or("absent", String::as_str);
        let detail = self.details.get(code).map_or("", String::as_str);
        ensure!(found == wanted, "{code} is {found}, expected {wanted}: {detail}");
        Ok(())
    }

    /// Requires that nothing failed.
    pub fn nothing_failed(&self) -> Result<()> {
        let failed: Vec<_> = self.checks.iter().filter(|(_, status)| *status == "failed").collect();
        ensure!(
            failed.is_empty() && self.exit == 0,
            "exit {}, failed {failed:?}: {:?}",
            self.exit,
            self.details
        );
        Ok(())
    }
}

impl Arena {
    /// Runs a command of the program to its end.
    pub fn command(&self, arguments: &[&str]) -> Result<Output> {
        Ok(Command::new(&self.program).args(arguments).env("LANG", "en").output()?)
    }

    /// Verifies a directory or address, with the fingerprint pinned.
    pub fn verify(&self, source: &str, more: &[&str]) -> Result<Verdicts> {
        let evidence = self.path(&format!("evidence-{}", unique()));
        let (fingerprint, directory) = (self.fingerprint.to_string(), evidence.display().to_string());
        let mut arguments =
            vec!["verify", source, "--json", "--fingerprint", &fingerprint, "--evidence-dir", &directory];
        arguments.extend(more);
        let output = self.command(&arguments)?;
        let said = || {
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        };
        let report: Value = serde_json::from_slice(&output.stdout).with_context(said)?;
        let mut verdicts = Verdicts {
            exit: output.status.code().unwrap_or(-1),
            checks: BTreeMap::new(),
            details: BTreeMap::new(),
            findings: BTreeMap::new(),
            evidence: files_in(&evidence)?,
            report,
        };
        for check in verdicts.report["checks"].as_array().context("a report has checks")? {
            let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
            verdicts.checks.insert(text("code"), text("status"));
            verdicts.details.insert(text("code"), text("detail"));
        }
        if let Some(findings) = verdicts.report["findings"].as_object() {
            let counted = findings.iter().filter_map(|(code, count)| Some((code.clone(), count.as_u64()?)));
            verdicts.findings = counted.collect();
        }
        Ok(verdicts)
    }

    /// Has evidence checked elsewhere: with the fingerprint and the election record alone. Gives its words.
    pub fn evidence_convinces(&self, file: &Path) -> Result<String> {
        let output = self.check_evidence(file)?;
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "the evidence does not convince: {words}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(words)
    }

    /// Requires that evidence is refused.
    pub fn evidence_is_refused(&self, file: &Path) -> Result<()> {
        let output = self.check_evidence(file)?;
        ensure!(
            !output.status.success(),
            "forged evidence was accepted: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        Ok(())
    }

    fn check_evidence(&self, file: &Path) -> Result<Output> {
        let (election, file) = (self.path("election.txt").display().to_string(), file.display().to_string());
        self.command(&[
            "evidence",
            "check",
            &file,
            "--fingerprint",
            &self.fingerprint.to_string(),
            "--election",
            &election,
        ])
    }

    /// The grade that evidence is given elsewhere: I, II or III.
    pub fn grade_of(&self, file: &Path) -> Result<String> {
        let words = self.evidence_convinces(file)?;
        let grade = words
            .split(|c: char| !c.is_alphanumeric())
            .skip_while(|word| !word.eq_ignore_ascii_case("grade"));
        match grade.skip(1).find(|word| !word.is_empty()) {
            Some(grade) => Ok(grade.to_owned()),
            None => bail!("no grade in: {words}"),
        }
    }
}

fn files_in(directory: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Ok(Vec::new()) };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// A number that no other call of this process gets.
pub fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
