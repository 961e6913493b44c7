//! The report as text for people: all checks first, what was not checked last, and nothing said twice.

use crate::check::{Check, Status};
use crate::contest::{CandidateReport, ContestReport, OutcomeReport, StandingOutcome};
use crate::report::Report;
use hakiki_core::kinds::Mode;
use hakiki_messages::{Language, Message, find, number, share, text};
use std::fmt::Write as _;

/// The words under a key that has no gaps.
fn plain(language: Language, key: &str) -> String {
    text(language, key).to_owned()
}

// Writing to a String does not fail: results of `writeln!` are let go throughout.
impl Report {
    /// The report for people.
    pub fn to_text(&self, language: Language) -> String {
        let mut out = String::new();
        self.write_top(&mut out, language);
        self.write_checks(&mut out, language);
        for contest in &self.contests {
            write_contest(&mut out, contest, language);
        }
        if self.contests.is_empty()
            && let Some(why) = self.check(Check::V12).filter(|check| check.status == Status::NotChecked)
        {
            let message = Message::new("verify.uncounted").with("why", why.message.clone());
            let _ = writeln!(out, "\n{}", message.text(language));
        }
        self.write_findings(&mut out, language);
        self.write_changes(&mut out, language);
        self.write_last(&mut out, language);
        out
    }

    fn write_top(&self, out: &mut String, language: Language) {
        let say = |key: &'static str| plain(language, key);
        let _ = writeln!(out, "{}", say("report.title"));
        if let Some(title) = &self.title {
            let mode = match self.mode {
                Some(Mode::Live) => say("verify.live"),
                _ => say("verify.rehearsal"),
            };
            let authority = self.authority.clone().unwrap_or_else(|| say("verify.compilation"));
            let _ = writeln!(out, "{}: {title} · {mode} · {authority}", say("report.election"));
        }
        if let Some(fingerprint) = &self.fingerprint {
            let _ = writeln!(out, "{}: {fingerprint}", say("report.fingerprint"));
        }
        if let Some(head) = &self.head {
            let size = Message::new("report.head").with("size", head.size).text(language);
            let _ = writeln!(out, "{size}, {}, {}", head.root, self.origin.as_deref().unwrap_or_default());
        }
        let source = Message::new("report.source").with("source", self.source.as_str());
        let _ = writeln!(out, "{}", source.text(language));
        let hash = self.program.sha256.map_or_else(|| say("verify.unknown"), |hash| format!("sha256:{hash}"));
        let program = Message::new("report.program").with("name", self.program.name.as_str());
        let program = program.with("version", self.program.version.as_str()).with("hash", hash);
        let _ = writeln!(out, "{}\n", program.text(language));
    }

    fn write_checks(&self, out: &mut String, language: Language) {
        let widths =
            [Status::Passed, Status::Failed, Status::NotChecked].map(|s| s.word(language).chars().count());
        let width = widths.into_iter().max().unwrap_or(0);
        for check in &self.checks {
            let title = title_of(check.code.as_str(), language);
            let detail = check.message.text(language);
            let status = check.status.word(language);
            let _ = writeln!(out, "{}  {status:<width$}  {title}: {detail}", check.code);
        }
        let summary = Message::new("report.summary")
            .with("passed", self.count(Status::Passed))
            .with("failed", self.count(Status::Failed))
            .with("not_checked", self.count(Status::NotChecked));
        let _ = writeln!(out, "{}", summary.text(language));
    }

    fn write_findings(&self, out: &mut String, language: Language) {
        if self.ledger.is_none() {
            return;
        }
        let _ = writeln!(out, "\n{}", plain(language, "verify.findings_title"));
        for (code, count) in &self.findings {
            let message = Message::new("verify.finding").with("code", code.as_str()).with("count", *count);
            let _ = writeln!(
                out,
                "  {}",
                message.with("title", title_of(code.as_str(), language)).text(language)
            );
        }
        let last = if self.findings.is_empty() { "verify.no_findings" } else { "report.not_by_itself" };
        let _ = writeln!(out, "  {}", plain(language, last));
    }

    fn write_changes(&self, out: &mut String, language: Language) {
        if self.fingerprint.is_none() {
            return;
        }
        let _ = writeln!(out, "\n{}", plain(language, "verify.changes_title"));
        for line in &self.change_lines {
            let _ = writeln!(out, "  {}", line.message.text(language));
        }
        if self.change_lines.is_empty() {
            let _ = writeln!(out, "  {}", plain(language, "verify.no_changes"));
        }
    }

    fn write_last(&self, out: &mut String, language: Language) {
        let verdict = if self.count(Status::Failed) > 0 {
            "report.some_failed"
        } else if self.checks.iter().any(|check| check.input_missing) {
            "report.input_missing"
        } else {
            "report.all_passed"
        };
        let _ = writeln!(out, "\n{}", plain(language, verdict));
        let _ = writeln!(out, "{}", plain(language, "report.consistency_not_truth"));
        let left = self.checks.iter().filter(|check| check.status == Status::NotChecked);
        let codes: Vec<&str> = left.map(|check| check.code.as_str()).collect();
        let last = if codes.is_empty() {
            Message::new("verify.all_checked")
        } else {
            Message::new("verify.last").with("codes", codes.join(", "))
        };
        let _ = writeln!(out, "{}", last.text(language));
    }
}

fn title_of(code: &str, language: Language) -> String {
    find(language, &format!("code.{code}.title"))
        .map_or_else(|| code.to_owned(), |word| word.other().to_owned())
}

fn write_contest(out: &mut String, contest: &ContestReport, language: Language) {
    let _ = writeln!(out, "\n{} ({})", contest.title, contest.code);
    let _ = writeln!(out, "  {}", plain(language, "verify.integers"));
    let valid = contest.valid.unwrap_or(0);
    let ballots = contest
        .candidates
        .first()
        .is_some_and(|first| contest.candidates.iter().any(|c| c.area != first.area));
    let mut area = "";
    for candidate in &contest.candidates {
        if ballots && candidate.area != area {
            area = &candidate.area;
            let _ = writeln!(out, "  {area}");
        }
        let of_valid =
            if ballots { String::new() } else { format!("  {:>8}", share(candidate.votes, valid)) };
        write_candidate(out, candidate, &of_valid, language);
    }
    let known = |value: Option<u64>| value.map_or_else(|| plain(language, "verify.unknown"), number);
    let derived = if contest.valid_derived {
        format!(" ({})", plain(language, "verify.valid_derived"))
    } else {
        String::new()
    };
    let _ = writeln!(out, "  {:>12}  {}{derived}", known(contest.valid), plain(language, "form.box.valid"));
    let _ = writeln!(out, "  {:>12}  {}", known(contest.rejected), plain(language, "form.box.rejected"));
    let _ = writeln!(out, "  {:>12}  {}", known(contest.registered), plain(language, "form.box.registered"));
    let partition = Message::new("portal.partition")
        .with("standing", contest.partition.standing)
        .with("expected", contest.partition.expected)
        .with("missing", contest.partition.missing)
        .with("contested", contest.partition.contested)
        .with("disregarded", contest.partition.disregarded);
    let _ = writeln!(out, "  {}: {}", plain(language, "verify.partition_title"), partition.text(language));
    let sent = Message::new("portal.sent_how")
        .with("kit", contest.classes.kit)
        .with("intake", contest.classes.paper);
    let transcribed = Message::new("portal.transcribed").with("transcript", contest.classes.transcribed);
    let _ = writeln!(out, "  {}, {}", sent.text(language), transcribed.text(language));
    if let Some(outcome) = &contest.outcome {
        let _ = writeln!(out, "  {}", standing_message(contest, outcome).text(language));
        let change = if outcome.can_change { "verify.can_change" } else { "portal.change.no" };
        let _ = writeln!(out, "  {}", plain(language, change));
    }
}

fn write_candidate(out: &mut String, candidate: &CandidateReport, of_valid: &str, language: Language) {
    let party = candidate.party.as_ref().map(|party| format!(" ({party})")).unwrap_or_default();
    let range = if candidate.least == candidate.most {
        String::new()
    } else {
        let message =
            Message::new("verify.range").with("least", candidate.least).with("most", candidate.most);
        format!("  {}", message.text(language))
    };
    let votes = number(candidate.votes);
    let _ = writeln!(out, "  {votes:>12}{of_valid}  {} {}{party}{range}", candidate.number, candidate.name);
}

fn standing_message(contest: &ContestReport, outcome: &OutcomeReport) -> Message {
    let name = |number: &u32| {
        let found = contest.candidates.iter().find(|candidate| candidate.number == *number);
        found.map_or_else(|| number.to_string(), |candidate| format!("{number} {}", candidate.name))
    };
    let names = |numbers: &[u32]| numbers.iter().map(name).collect::<Vec<_>>().join(", ");
    match &outcome.standing {
        StandingOutcome::NoVotes => Message::new("verify.no_votes"),
        StandingOutcome::Elected(number) => Message::new("verify.elected").with("name", name(number)),
        StandingOutcome::Tie(numbers) => Message::new("verify.tie").with("names", names(numbers)),
        StandingOutcome::RunOff { first, second } => {
            Message::new("verify.run_off").with("first", names(first)).with("second", names(second))
        }
        StandingOutcome::Contradiction(numbers) => {
            Message::new("verify.contradiction").with("names", names(numbers))
        }
    }
}
