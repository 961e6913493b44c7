//! Word rules: which areas, stations, records or claims an item speaks of, by phrases that stand in it. A rule says that the words
//! stand there, nothing more.

use hakiki_core::text::fold::words;
use hakiki_note::Hash;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Phrases, and what a text that holds one of them speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Phrases; one that stands in the text, whole words in this order, is enough.
    pub words: Vec<String>,
    /// Codes of areas and stations in the other election's log.
    #[serde(default)]
    pub areas: Vec<String>,
    /// Ids of records of that log.
    #[serde(default)]
    pub records: Vec<String>,
    /// Ids of claims of the desk's log.
    #[serde(default)]
    pub claims: Vec<String>,
}

/// What a statement speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Codes of areas and stations.
    pub areas: BTreeSet<String>,
    /// Ids of records.
    pub records: BTreeSet<Hash>,
    /// Ids of claims.
    pub claims: BTreeSet<Hash>,
}

/// A rule, read.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    phrases: Vec<String>,
    subjects: Subjects,
}

impl Reader {
    /// Reads a rule; says what is wrong with one that names nothing, or what nothing can have.
    pub(crate) fn new(rule: &Rule) -> Result<Self, String> {
        let phrases: Vec<String> = rule.words.iter().map(|words| padded(words)).collect();
        if phrases.is_empty() || phrases.iter().any(|phrase| phrase.trim().is_empty()) {
            return Err("a rule has `words`, each with a letter or digit".to_owned());
        }
        let subjects = subjects(&rule.areas, &rule.records, &rule.claims)?;
        if subjects == Subjects::default() {
            return Err(format!("the rule for {:?} names no areas, records or claims", rule.words));
        }
        Ok(Self { phrases, subjects })
    }
}

/// Reads codes and ids.
pub(crate) fn subjects(areas: &[String], records: &[String], claims: &[String]) -> Result<Subjects, String> {
    let ids = |texts: &[String]| {
        let read = texts.iter().map(|text| text.parse::<Hash>().map_err(|error| error.to_string()));
        read.collect::<Result<BTreeSet<_>, _>>()
    };
    if let Some(bad) = areas.iter().find(|code| !hakiki_core::text::lines::is_code(code)) {
        return Err(format!("{bad:?} is no code of an area: letters, digits, `.`, `_`, `-`, at most 64"));
    }
    Ok(Subjects { areas: areas.iter().cloned().collect(), records: ids(records)?, claims: ids(claims)? })
}

/// What a text speaks of, by the rules and what its feed always speaks of.
pub(crate) fn speaks_of(text: &str, always: &Subjects, rules: &[Reader]) -> Subjects {
    let mut found = always.clone();
    let words = padded(text);
    for rule in rules.iter().filter(|rule| rule.phrases.iter().any(|phrase| words.contains(phrase))) {
        found.areas.extend(rule.subjects.areas.iter().cloned());
        found.records.extend(&rule.subjects.records);
        found.claims.extend(&rule.subjects.claims);
    }
    found
}

/// Folded words with a space before and behind each.
fn padded(text: &str) -> String {
    format!(" {} ", words(text).join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(words: &[&str], area: &str) -> Reader {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Reader::new(&Rule { words, areas: vec![area.to_owned()], ..Rule::default() }).unwrap()
    }

    #[test]
    fn whole_words_in_order_and_no_parts_of_words() {
        let rules = [rule(&["Kijito Kaskazini", "Mto"], "c01"), rule(&["Ng'ambo"], "c02")];
        let areas = |text: &str| {
            let found = speaks_of(text, &Subjects::default(), &rules).areas;
            found.into_iter().collect::<Vec<_>>().join(",")
        };
        assert_eq!(areas("Huko KIJITO-kaskazini, jana"), "c01");
        assert_eq!(areas("kaskazini kijito mtoto"), "");
        assert_eq!(areas("ng\u{2019}ambo ya mto"), "c01,c02");
    }

    #[test]
    fn a_rule_without_words_or_subjects_is_refused() {
        assert!(Reader::new(&Rule { areas: vec!["c01".into()], ..Rule::default() }).is_err());
        assert!(Reader::new(&Rule { words: vec!["x".into()], ..Rule::default() }).is_err());
        assert!(
            Reader::new(&Rule { words: vec!["--".into()], areas: vec!["c".into()], ..Rule::default() })
                .is_err()
        );
        assert!(
            Reader::new(&Rule { words: vec!["x".into()], areas: vec!["c d".into()], ..Rule::default() })
                .is_err()
        );
    }
}
