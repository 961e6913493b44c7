//! What an audit speaks of, in words: candidates and areas by their names, assertions and stages as sentences.
//!
//! It needs a ledger and a language and no head, so that sheets of paper are made of it as pages are.

use crate::share::fraction;
use hakiki_audit::batch::Stage;
use hakiki_audit::numeric::whole_above;
use hakiki_audit::of_log::{Audit, AuditError};
use hakiki_audit::{Assertion, Claim, Share};
use hakiki_core::Ledger;
use hakiki_core::kinds::{AuditOutcome, Contest};
use hakiki_core::ledger::AuditPlanEntry;
use hakiki_core::register::{Area, Ballot, Station};
use hakiki_messages::{Language, Message, find, text};

/// A plan as read in one language.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub ledger: &'a Ledger,
    pub entry: &'a AuditPlanEntry,
    pub language: Language,
}

impl<'a> Names<'a> {
    /// A word below `audits`.
    pub fn t(self, key: &str) -> &'static str {
        text(self.language, &format!("audits.{key}"))
    }

    /// A sentence with its figures.
    pub fn m(self, message: &Message) -> String {
        message.text(self.language)
    }

    /// The contest.
    pub fn contest(self) -> &'a Contest {
        &self.ledger.election().contests[usize::from(self.entry.contest)]
    }

    /// The area whose outcome is tested.
    pub fn area(self) -> &'a Area {
        &self.ledger.register().areas()[self.entry.area as usize]
    }

    /// A station.
    pub fn station(self, station: u32) -> &'a Station {
        &self.ledger.register().stations()[station as usize]
    }

    /// A station by its code, as batches name it.
    pub fn station_of(self, code: &str) -> Option<&'a Station> {
        self.ledger.register().station(code).map(|station| self.station(station))
    }

    /// The ballot of the outcome.
    pub fn ballot(self) -> Option<&'a Ballot> {
        self.ledger.register().ballot_for_area(self.entry.contest, self.entry.area)
    }

    /// A candidate by the place on the ballot, from 0.
    pub fn candidate(self, at: usize) -> String {
        let found = self.ballot().and_then(|ballot| ballot.candidates.get(at));
        found.map_or_else(
            || self.m(&Message::new("audits.candidate").with("number", at + 1)),
            |it| it.name.to_string(),
        )
    }

    /// Names of all candidates with their numbers, in the order of the ballot.
    pub fn candidates(self) -> Vec<(u32, &'a str)> {
        let all = self.ballot().into_iter().flat_map(|ballot| &ballot.candidates);
        all.map(|candidate| (candidate.number, &*candidate.name)).collect()
    }

    /// The name of an area, or its code where the register has none of it.
    pub fn area_name(self, code: &str) -> String {
        let register = self.ledger.register();
        let found = register.area(code).map(|area| register.areas()[area as usize].name.to_string());
        found.unwrap_or_else(|| code.to_owned())
    }

    /// A level in words.
    pub fn level(self, level: u32) -> String {
        let levels = &self.ledger.election().levels;
        let code = levels.iter().find(|(place, _)| *place == level).map_or("", |(_, code)| code);
        let word = find(self.language, &format!("portal.level.{code}"));
        word.map_or_else(|| code.to_owned(), |word| word.other().to_owned())
    }

    /// The outcome that is tested, as a sentence.
    pub fn outcome(self) -> String {
        let numbers = &self.entry.plan.candidates;
        let name = |number: &u32| {
            let found = self.candidates().into_iter().find(|(known, _)| known == number);
            found.map_or_else(|| number.to_string(), |(_, name)| name.to_owned())
        };
        let mut names = numbers.iter().map(name);
        let (first, second) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        self.m(&match self.entry.plan.outcome {
            AuditOutcome::Elected => Message::new("audits.outcome.elected").with("name", first),
            AuditOutcome::RunOff => {
                Message::new("audits.outcome.run_off").with("first", first).with("second", second)
            }
        })
    }

    /// An assertion with its names, as a sentence without its full stop.
    pub fn assertion(self, assertion: &Assertion) -> String {
        let said = match assertion.claim {
            Claim::Beats { winner, loser } => Message::new("audits.says.beats")
                .with("winner", self.candidate(winner))
                .with("loser", self.candidate(loser)),
            Claim::MoreThan { candidate, share } => self.against("audits.says.more_than", candidate, share),
            Claim::LessThan { candidate, share } => self.against("audits.says.less_than", candidate, share),
        };
        self.m(&match &assertion.area {
            Some(code) => {
                Message::new("audits.says.in_area").with("what", said).with("area", self.area_name(code))
            }
            None => said,
        })
    }

    fn against(self, key: &str, candidate: usize, share: Share) -> Message {
        let share = fraction((share.numerator(), share.denominator()));
        Message::new(key).with("name", self.candidate(candidate)).with("share", share)
    }

    /// How the risk is measured.
    pub fn method(self) -> &'static str {
        let word = self.entry.plan.method.as_str().replace('-', "_");
        text(self.language, &format!("record.word.{word}"))
    }

    /// The risk limit in per cent.
    pub fn limit(self) -> String {
        fraction(self.entry.plan.risk_limit)
    }

    /// The areas from below the whole down to one, as `County › Ward`.
    pub fn path(self, area: u32, below: Option<u32>) -> String {
        let register = self.ledger.register();
        let up = register.path(area).take_while(|one| Some(*one) != below);
        let mut names: Vec<&str> = up
            .map(|one| &register.areas()[one as usize])
            .filter(|one| one.parent.is_some())
            .map(|one| &*one.name)
            .collect();
        names.reverse();
        names.join(" › ")
    }

    /// Where the audit stands, as a sentence.
    pub fn stage(self, audit: &Result<Audit, AuditError>) -> String {
        let key = format!("audits.stage.{}", stage_word(audit));
        self.m(&match stage_count(audit) {
            Some(count) => Message::new(key).with("count", count),
            None => Message::new(key),
        })
    }

    /// What comes next.
    pub fn next(self, audit: &Result<Audit, AuditError>) -> &'static str {
        self.t(&format!("next.{}", stage_word(audit)))
    }
}

/// The last part of the keys of a stage's words.
fn stage_word(audit: &Result<Audit, AuditError>) -> &'static str {
    match audit.as_ref().map(|audit| audit.progress.as_ref().map(|progress| &progress.stage)) {
        Err(_) => "refused",
        Ok(Err(_)) => "broken",
        Ok(Ok(Stage::Sized { .. })) => "sized",
        Ok(Ok(Stage::Counting { .. })) => "counting",
        Ok(Ok(Stage::Confirmed { .. })) => "confirmed",
        Ok(Ok(Stage::FullCount { .. })) => "full_count",
        Ok(Ok(Stage::Counted { confirms: true })) => "counted_so",
        Ok(Ok(Stage::Counted { confirms: false })) => "counted_not",
    }
}

fn stage_count(audit: &Result<Audit, AuditError>) -> Option<u64> {
    let stations = |missing: &[String]| missing.len() as u64;
    match audit.as_ref().ok()?.progress.as_ref() {
        Err(broken) => Some(broken.stations.len() as u64),
        Ok(progress) => match &progress.stage {
            Stage::Sized { draws } | Stage::Confirmed { draws } => Some(*draws),
            Stage::Counting { missing } | Stage::FullCount { missing } => Some(stations(missing)),
            Stage::Counted { .. } => None,
        },
    }
}

/// A risk in per cent with two decimals, rounded up: it never looks lower than it is.
pub(crate) fn risk_words(risk: f64) -> String {
    // Ten thousand times a risk carries an error of this size; a risk of exactly 5 % is not 5.01 %.
    const ROUNDING: f64 = 1e-9;
    if risk * 10_000.0 < 1.0 {
        return "<\u{a0}0.01\u{a0}%".to_owned();
    }
    let hundredths = whole_above(risk * 10_000.0 - ROUNDING);
    format!("{}.{:02}\u{a0}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::risk_words;

    #[test]
    fn a_risk_never_looks_lower_than_it_is() {
        assert_eq!(risk_words(1.0), "100.00\u{a0}%");
        assert_eq!(risk_words(0.05), "5.00\u{a0}%");
        assert_eq!(risk_words(0.050_001), "5.01\u{a0}%");
        assert_eq!(risk_words(0.000_01), "<\u{a0}0.01\u{a0}%");
        assert_eq!(risk_words(0.0), "<\u{a0}0.01\u{a0}%");
    }
}
