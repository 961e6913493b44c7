//! What a play came to, and the table of all.

use std::fmt::Write as _;

/// How an attack ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does not happen: it was refused, or the program stopped before.
    Prevented,
    /// It happens, and is noticed.
    Detected,
    /// It is noticed, and nobody can be named by what is held: the software claims nothing.
    NotAttributable,
    /// The log cannot show it: the software claims nothing.
    NotDetectable,
}

impl Verdict {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Prevented => "prevented",
            Self::Detected => "detected",
            Self::NotAttributable => "not attributable, and said so",
            Self::NotDetectable => "not detectable, and nothing claimed",
        }
    }
}

/// What was seen in a play. Every line of it was asserted.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How it ends.
    pub verdict: Verdict,
    /// Who noticed.
    pub by: Vec<&'static str>,
    /// With which codes.
    pub with: Vec<&'static str>,
    /// Whether evidence was made that `evidence check` accepted elsewhere, with its grade.
    pub evidence: Option<String>,
    /// Attempts to frame an honest operator that failed in it.
    pub framings_failed: u32,
}

impl Seen {
    /// Something that ends so.
    pub fn new(verdict: Verdict) -> Self {
        Self { verdict, by: Vec::new(), with: Vec::new(), evidence: None, framings_failed: 0 }
    }

    /// Who noticed, with which code.
    #[must_use]
    pub fn by(mut self, who: &'static str, code: &'static str) -> Self {
        if !self.by.contains(&who) {
            self.by.push(who);
        }
        if !self.with.contains(&code) {
            self.with.push(code);
        }
        self
    }

    /// Evidence that convinced elsewhere.
    #[must_use]
    pub fn evidence(mut self, grade: impl Into<String>) -> Self {
        self.evidence = Some(grade.into());
        self
    }

    /// So many attempts to frame an honest operator failed.
    #[must_use]
    pub fn framings(mut self, failed: u32) -> Self {
        self.framings_failed += failed;
        self
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Line {
    /// The attack's code.
    pub code: &'static str,
    /// The attack.
    pub title: &'static str,
    /// The attacker's power.
    pub power: &'static str,
    /// What was seen, or what did not hold.
    pub result: Result<Seen, String>,
}

/// The table in Markdown.
pub fn table(lines: &[Line]) -> String {
    let mut text =
        "| # | attack | power | outcome | noticed by | with | evidence |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    for line in lines {
        let (outcome, by, with, evidence) = match &line.result {
            Ok(seen) => (
                seen.verdict.words().to_owned(),
                seen.by.join(", "),
                seen.with.join(" "),
                seen.evidence.clone().unwrap_or_else(|| "—".to_owned()),
            ),
            Err(found) => (
                format!("**did not hold**: {}", found.replace(['\n', '|'], " ")),
                String::new(),
                String::new(),
                String::new(),
            ),
        };
        // Writing into a string does not fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {outcome} | {by} | {with} | {evidence} |",
            line.code, line.title, line.power
        );
    }
    text
}

/// The counts under the table.
pub fn counts(lines: &[Line], nights: u64, false_alarms: u64) -> String {
    let of = |verdict: Verdict| {
        lines.iter().filter(|line| line.result.as_ref().is_ok_and(|seen| seen.verdict == verdict)).count()
    };
    let failed = lines.iter().filter(|line| line.result.is_err()).count();
    let framings: u32 =
        lines.iter().filter_map(|line| line.result.as_ref().ok()).map(|seen| seen.framings_failed).sum();
    format!(
        "{} attacks played: {} prevented, {} detected, {} not attributable, {} not detectable, {failed} did not hold. \
         {nights} honest nights: {false_alarms} false alarms. {framings} attempts to frame an honest operator failed.",
        lines.len(),
        of(Verdict::Prevented),
        of(Verdict::Detected),
        of(Verdict::NotAttributable),
        of(Verdict::NotDetectable),
    )
}
