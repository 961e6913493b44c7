//! The report as JSON, for programs. An absent number is `null`, never zero.

use crate::contest::{ContestReport, OutcomeReport, StandingOutcome};
use crate::report::{ArchiveReport, Report};
use hakiki_core::Ledger;
use hakiki_core::kinds::Mode;
use serde_json::{Map, Value, json};

impl Report {
    /// The report for programs.
    pub fn to_json(&self) -> Value {
        let head = self
            .head
            .map(|head| json!({ "origin": self.origin, "size": head.size, "root": head.root.to_string() }));
        let checks = self.checks.iter().map(|check| {
            json!({ "code": check.code.as_str(), "status": check.status.as_str(), "detail": check.detail })
        });
        let findings = self.findings.iter().map(|(code, count)| (code.as_str().to_owned(), json!(count)));
        let mode = self.mode.map(|mode| if mode == Mode::Live { "live" } else { "rehearsal" });
        json!({
            "program": {
                "name": self.program.name,
                "version": self.program.version,
                "sha256": self.program.sha256.map(|hash| hash.to_string()),
            },
            "source": self.source,
            "head": head,
            "fingerprint": self.fingerprint.map(|hash| hash.to_string()),
            "title": self.title,
            "mode": mode,
            "authority": self.authority,
            "checks": checks.collect::<Vec<_>>(),
            "register": self.ledger.as_ref().map(register),
            "contests": self.contests.iter().map(contest).collect::<Vec<_>>(),
            "findings": findings.collect::<Map<_, _>>(),
            "changes": self.changes,
            "archive": self.archive.as_ref().map(archive),
            "evidence": self.evidence.iter().map(|evidence| evidence.claim.kind()).collect::<Vec<_>>(),
            "timings": {
                "tiles_ms": self.timings.tiles_ms,
                "records_ms": self.timings.records_ms,
                "results_ms": self.timings.results_ms,
                "total_ms": self.timings.total_ms,
            },
        })
    }
}

/// The parts of an archive.
fn archive(archive: &ArchiveReport) -> Value {
    json!({
        "core": archive.core.to_string(),
        "blobs": archive.blobs.map(|hash| hash.to_string()),
        "maker": archive.maker.as_ref().map(ToString::to_string),
    })
}

/// The register in force: stations, voters, areas by level.
fn register(ledger: &Ledger) -> Value {
    let register = ledger.register();
    let levels = ledger.election().levels.iter().map(|(level, name)| {
        let count = register.areas().iter().filter(|area| area.level == *level).count();
        (name.clone(), json!(count))
    });
    let stations = register.stations().len();
    json!({ "stations": stations, "voters": register.voters(), "areas": levels.collect::<Map<_, _>>() })
}

fn contest(contest: &ContestReport) -> Value {
    let candidates = contest.candidates.iter().map(|candidate| {
        json!({
            "area": candidate.area,
            "number": candidate.number,
            "name": candidate.name,
            "party": candidate.party,
            "votes": candidate.votes,
            "least": candidate.least,
            "most": candidate.most,
        })
    });
    let boxes = contest.boxes.iter().map(|(name, sum)| {
        let value = json!({ "total": sum.total, "written": sum.written, "unread": sum.unread });
        ((*name).to_owned(), value)
    });
    let (partition, classes) = (&contest.partition, &contest.classes);
    json!({
        "code": contest.code,
        "title": contest.title,
        "candidates": candidates.collect::<Vec<_>>(),
        "valid": contest.valid,
        "valid_derived": contest.valid_derived,
        "rejected": contest.rejected,
        "registered": contest.registered,
        "boxes": boxes.collect::<Map<_, _>>(),
        "partition": {
            "expected": partition.expected,
            "missing": partition.missing,
            "standing": partition.standing,
            "contested": partition.contested,
            "disregarded": partition.disregarded,
            "received": partition.received,
        },
        "classes": { "kit": classes.kit, "paper": classes.paper, "transcribed": classes.transcribed },
        "outcome": contest.outcome.as_ref().map(outcome),
    })
}

fn outcome(outcome: &OutcomeReport) -> Value {
    let (standing, candidates, second) = match &outcome.standing {
        StandingOutcome::NoVotes => ("no-votes", Vec::new(), Vec::new()),
        StandingOutcome::Elected(number) => ("elected", vec![*number], Vec::new()),
        StandingOutcome::Tie(numbers) => ("tie", numbers.clone(), Vec::new()),
        StandingOutcome::RunOff { first, second } => ("run-off", first.clone(), second.clone()),
        StandingOutcome::Contradiction(numbers) => ("contradiction", numbers.clone(), Vec::new()),
    };
    json!({
        "standing": standing,
        "candidates": candidates,
        "second": second,
        "can_change": outcome.can_change,
        "exact": outcome.is_exact,
    })
}
