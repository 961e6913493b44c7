//! Reading a mapping, and what can be said about it without its table.

use super::error::{Fault, ImportError, Place, Problems};
use super::mapping::{Kind, Mapping, RuleName, Station};
use super::names;
use super::output::Rule;
use super::pattern::Pattern;
use super::source::{Encoding, SourceFile};
use super::time::{is_date, is_format, is_zone};
use std::collections::BTreeSet;

impl Mapping {
    /// Reads a mapping and checks what can be checked without its table.
    ///
    /// # Errors
    /// I101 to I106.
    pub fn parse(file: &SourceFile<'_>) -> Result<Self, ImportError> {
        let text = file.text(Encoding::Utf8)?;
        let mapping: Self = toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
            let place = Place { file: file.name.to_owned(), line, column: None };
            ImportError::one(place, Fault::Syntax(error.message().to_owned()))
        })?;
        let mut problems = Problems::default();
        let mut found = |fault| problems.push(Place::file(file.name), fault);
        mapping.check_heads(&mut found);
        mapping.check_values(&mut found);
        mapping.check_parts(&mut found);
        mapping.check_names(&mut found);
        problems.into_result()?;
        Ok(mapping)
    }

    /// The decision rule; `None` if it is `majority-with-spread` and its spread is not said well.
    pub fn rule(&self) -> Option<Rule> {
        let contest = self.contest.as_ref()?;
        match (contest.rule, &contest.spread) {
            (RuleName::None, None) => Some(Rule::None),
            (RuleName::Plurality, None) => Some(Rule::Plurality),
            (RuleName::Majority, None) => Some(Rule::Majority),
            (RuleName::MajorityWithSpread, Some(spread)) => {
                let (numerator, denominator) = spread.share.split_once('/')?;
                let share = (numerator.parse().ok()?, denominator.parse().ok()?);
                let known = self.area.iter().any(|level| level.level == spread.level);
                (known && 0 < share.0 && share.0 <= share.1).then(|| Rule::MajorityWithSpread {
                    level: spread.level.clone(),
                    share,
                    at_least: spread.at_least,
                })
            }
            _ => None,
        }
    }

    fn check_heads(&self, found: &mut impl FnMut(Fault)) {
        if self.file.known_encoding().is_none() {
            found(Fault::Encoding(self.file.encoding.clone()));
        }
        let mut value = values(found);
        for (key, text) in [
            ("title", &self.title),
            ("licence", &self.licence),
            ("source.description", &self.source.description),
        ] {
            value(key, text, names::name(text).is_ok(), "one line of text");
        }
        let country = self.country.len() == 2 && self.country.bytes().all(|byte| byte.is_ascii_uppercase());
        value("country", &self.country, country, "two capital letters (ISO 3166)");
        value("date", &self.date, is_date(&self.date), "the day of the poll as YYYY-MM-DD");
        value("join", &self.join, matches!(self.join.as_str(), "" | "." | "-"), "\"\", \".\" or \"-\"");
        let delimiter = self.file.known_delimiter().is_some();
        value("file.delimiter", &self.file.delimiter, delimiter, "one of , ; | tab");
        value("file.quote", &self.file.quote, self.file.quoted().is_some(), "\"\\\"\" or \"none\"");
    }

    fn check_values(&self, found: &mut impl FnMut(Fault)) {
        let mut value = values(found);
        if let Some(contest) = &self.contest {
            value("contest.id", &contest.id, names::is_code(&contest.id), "1 to 64 of A-Z a-z 0-9 . -");
            value("contest.title", &contest.title, names::name(&contest.title).is_ok(), "one line of text");
            let cap = contest.cap.map_or_else(String::new, |cap| cap.to_string());
            value("contest.cap", &cap, contest.cap != Some(0), "the most voters of a station, above 0");
            let spread = "[contest.spread] with a level of [[area]], a share such as \"1/4\" and at_least, if and \
                          only if the rule is majority-with-spread";
            value("contest.rule", &format!("{:?}", contest.rule), self.rule().is_some(), spread);
        }
        if let Some(time) = &self.form.time {
            value(
                "form.time.format",
                &time.format,
                is_format(&time.format),
                "YYYY MM DD, and hh, mm, ss in that order",
            );
            value("form.time.zone", &time.zone, is_zone(&time.zone), "an offset from UTC such as +03:00");
            value("form.time.clock", &time.clock, names::name(&time.clock).is_ok(), "one line of text");
        }
        let separator = self.cells.thousands.clone().unwrap_or_else(|| ",".to_owned());
        let plain = separator.chars().count() == 1 && !separator.contains(|c: char| c.is_ascii_digit());
        value("cells.thousands", &separator, plain, "one character that is no digit");
        for level in self.area.iter().filter(|level| level.code.is_none()) {
            let what = level.names.keys().next();
            value(
                "area.names",
                what.map_or("", |code| code),
                what.is_none(),
                "no names where codes are made",
            );
            value("area.name", &level.level, level.name.is_some(), "a level with a code, a name or both");
        }
    }

    fn check_parts(&self, found: &mut impl FnMut(Fault)) {
        let (kind, parts) = match self.kind {
            Kind::Results => (
                "results",
                [
                    (self.contest.is_some(), "[contest]", "the counts are of a contest"),
                    (self.station.is_some(), "[station]", "each row is of a station"),
                    (!self.candidate.is_empty(), "[[candidate]]", "without candidates there is no result"),
                ],
            ),
            Kind::Tree => (
                "tree",
                [
                    (self.tree.is_some(), "[tree]", "it says which column is the id and which the parent"),
                    (self.contest.is_none(), "a mapping without [contest]", "a tree has no results"),
                    (self.candidate.is_empty(), "a mapping without [[candidate]]", "a tree has no results"),
                ],
            ),
        };
        for (there, part, why) in parts {
            if !there {
                found(Fault::Lacking { part, kind, why });
            }
        }
        if let Some(Station { code: None, name: None, .. }) = &self.station {
            found(Fault::Lacking {
                part: "code or name in [station]",
                kind,
                why: "a station needs one of them",
            });
        }
        if let (Kind::Tree, Some(_)) = (self.kind, &self.claim) {
            let part = "a mapping without [claim]";
            found(Fault::Lacking { part, kind, why: "a tree has no results to compare" });
        }
        let named = |name: &String| self.candidate.iter().any(|candidate| candidate.name == *name);
        for share in self.claim.iter().flat_map(|claim| &claim.share) {
            if let Some(candidate) = share.candidate.as_ref().filter(|name| !named(name)) {
                let expected = "the name of a [[candidate]]".to_owned();
                let key = "claim.share.candidate".to_owned();
                found(Fault::Value { key, found: candidate.clone(), expected });
            }
        }
        for split in &self.split {
            if let Err(why) = Pattern::parse(&split.pattern) {
                found(Fault::Pattern { pattern: split.pattern.clone(), why });
            }
        }
    }

    fn check_names(&self, found: &mut impl FnMut(Fault)) {
        let tree_levels = self.tree.iter().flat_map(|tree| &tree.level);
        let levels = self.area.iter().map(|level| &level.level).chain(tree_levels.map(|level| &level.level));
        let candidates = self.candidate.iter().map(|candidate| &candidate.name);
        let labelled = levels.map(|name| ("level", name)).chain(candidates.map(|name| ("candidate", name)));
        let mut seen = BTreeSet::new();
        for (what, name) in labelled {
            if let Err(fault) = names::name(name) {
                found(fault);
            } else if !seen.insert((what, names::tidy(name))) {
                found(Fault::Repeated { what, name: name.clone(), advice: "give each its own" });
            }
        }
        for party in self.candidate.iter().filter_map(|candidate| candidate.party.as_ref()) {
            if let Err(fault) = names::name(party) {
                found(fault);
            }
        }
    }
}

/// Takes a key, its value, whether that is good, and what is.
fn values(found: &mut impl FnMut(Fault)) -> impl FnMut(&str, &str, bool, &str) {
    |key, text, good, expected| {
        if !good {
            let (key, text, expected) = (key.to_owned(), text.to_owned(), expected.to_owned());
            found(Fault::Value { key, found: text, expected });
        }
    }
}
