//! Holds the two languages to the same keys, placeholders and forms, and the wording to its manners.

use std::collections::BTreeSet;

use hakiki_messages::{Language, Word, find, keys, placeholders};

fn words(language: Language) -> impl Iterator<Item = (&'static str, &'static Word)> {
    keys(language).map(move |key| (key, find(language, key).expect("a listed key has a word")))
}

fn names(word: &Word) -> BTreeSet<&str> {
    word.forms().into_iter().flat_map(placeholders).collect()
}

#[test]
fn both_languages_have_the_same_keys() {
    let english: BTreeSet<_> = keys(Language::English).collect();
    let swahili: BTreeSet<_> = keys(Language::Swahili).collect();
    let only_english: Vec<_> = english.difference(&swahili).collect();
    let only_swahili: Vec<_> = swahili.difference(&english).collect();
    assert!(only_english.is_empty(), "in English only: {only_english:?}");
    assert!(only_swahili.is_empty(), "in Swahili only: {only_swahili:?}");
    assert!(english.len() >= 500, "found {} keys; has a file fallen out of the list?", english.len());
}

#[test]
fn both_languages_have_the_same_placeholders_and_forms() {
    for (key, english) in words(Language::English) {
        let Some(swahili) = find(Language::Swahili, key) else { continue };
        assert_eq!(names(english), names(swahili), "placeholders of {key}");
        let plural = |word: &Word| matches!(word, Word::Plural { .. });
        assert_eq!(plural(english), plural(swahili), "{key} is a plural in one language only");
    }
}

#[test]
fn a_plural_shows_the_count_that_it_speaks_of() {
    for language in Language::ALL {
        for (key, word) in words(language) {
            if let Word::Plural { one, other } = word {
                assert!(placeholders(other).contains("count"), "{language} {key} lacks {{count}}");
                assert_eq!(placeholders(one), placeholders(other), "{language} {key}");
            }
        }
    }
}

#[test]
fn every_code_of_the_three_lists_has_its_words() {
    let findings = "F101 F102 F103 F104 F105 F106 F201 F202 F203 F204 F205 F206 F207 F208 F301 F302 F303 F304 F402 \
                    F403 F501 F502 F503 W101 W102 W103 W104 W105 W106 W107 W108 W110 W112 W113 W114 W115 W116";
    let refusals = "R101 R102 R103 R104 R105 R106 R107 R201 R202 R203 R204 R205 R206 R207 R208 R209 R301 R302 R303 \
                    R304 R305 R306 R307 R308 R401 R402 R403 R404 R405";
    let checks: Vec<_> = (1..=20).map(|n| format!("V{n:02}")).collect();
    let explained = findings.split_whitespace().chain(checks.iter().map(String::as_str));
    let mut expected: BTreeSet<String> = explained
        .flat_map(|code| ["title", "means", "does_not_mean"].map(|part| format!("code.{code}.{part}")))
        .collect();
    expected.extend(
        refusals
            .split_whitespace()
            .flat_map(|code| ["title", "means", "next"].map(|part| format!("code.{code}.{part}"))),
    );
    let found: BTreeSet<String> =
        keys(Language::English).filter(|key| key.starts_with("code.")).map(str::to_owned).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_kind_of_record_has_a_name_and_a_line() {
    let kinds = "election register amend key poll zero head form image intake transcript attest turnout missing ruling \
                 collation declaration withhold refusal notice session software observed custody challenge answer \
                 audit-plan audit-seed audit-count scrutiny claim statement claim-test claim-ruling";
    let expected: BTreeSet<String> = kinds
        .split_whitespace()
        .flat_map(|kind| ["line", "name"].map(|part| format!("kind.{kind}.{part}")))
        .collect();
    let found: BTreeSet<String> =
        keys(Language::Swahili).filter(|key| key.starts_with("kind.")).map(str::to_owned).collect();
    assert_eq!(found, expected);
}

#[test]
fn words_are_plain_text_without_markup_or_loose_spaces() {
    for language in Language::ALL {
        for (key, word) in words(language) {
            for text in word.forms() {
                assert!(!text.is_empty() && text.trim() == text, "{language} {key}: {text:?}");
                assert!(
                    !text.contains("  ") && !text.contains(['<', '>', '\n', '\t']),
                    "{language} {key}: {text:?}"
                );
                assert!(!text.contains("&nbsp;") && !text.contains("&amp;"), "{language} {key}: {text:?}");
            }
        }
    }
}

#[test]
fn nobody_is_accused() {
    let accusing = [
        "fraud",
        "rigged",
        "rigging",
        "stolen",
        "fake",
        "forged",
        "tamper",
        "suspicious",
        "irregular",
        "manipulat",
        "invalid vote",
        "liar",
        "wizi",
        "udanganyifu",
        "ulaghai",
        "bandia",
        "ghushi",
        "wameiba",
        "imeibwa",
        "hila",
    ];
    for language in Language::ALL {
        for (key, word) in words(language) {
            for text in word.forms() {
                let lower = text.to_lowercase();
                let found: Vec<_> = accusing.iter().filter(|word| lower.contains(**word)).collect();
                assert!(found.is_empty(), "{language} {key} says {found:?}; say who claims or found what");
            }
        }
    }
}

#[test]
fn the_swahili_words_are_not_the_english_ones() {
    // Names, symbols and words that are the same in both languages.
    let same_in_both = ["portal.name", "portal.nav.data", "data.title", "claims.row", "claims.row_plain"];
    for (key, english) in words(Language::English) {
        // Languages are called by their own names.
        if !same_in_both.contains(&key) && !key.starts_with("said.language.") {
            assert_ne!(Some(english), find(Language::Swahili, key), "{key} is not translated");
        }
    }
}
