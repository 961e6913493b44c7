//! Sentences of the report as data: a key and what stands in its gaps, to be said in any language.
//!
//! Words that other programs use too are `hakiki-messages`'; those that only this report needs stand in `words/`.

use hakiki_messages::{Language, MISSING, Word, find, number, parse};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What stands in a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filler {
    /// A number, grouped. As `count` it chooses between the forms of a plural.
    Number(u64),
    /// Text as it is: a path, a code, a name.
    Text(String),
    /// Another sentence.
    Phrase(Box<Phrase>),
}

impl From<u64> for Filler {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<String> for Filler {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Filler {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Phrase> for Filler {
    fn from(value: Phrase) -> Self {
        Self::Phrase(Box::new(value))
    }
}

/// A sentence that can be said in any language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    key: &'static str,
    fillers: Vec<(&'static str, Filler)>,
}

impl Phrase {
    /// The sentence under `key`, its gaps open.
    pub fn new(key: &'static str) -> Self {
        Self { key, fillers: Vec::new() }
    }

    /// Fills the gap `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, filler: impl Into<Filler>) -> Self {
        self.fillers.push((name, filler.into()));
        self
    }

    /// The key of the words.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The sentence. A gap without a filler, and a key without words, are mistakes of the program and stay visible.
    pub fn text(&self, language: Language) -> String {
        let Some(word) = word(language, self.key) else {
            debug_assert!(false, "no word for the key {} in {language}", self.key);
            return MISSING.to_owned();
        };
        let count = self.fillers.iter().find_map(|(name, filler)| match filler {
            Filler::Number(count) if *name == "count" => Some(*count),
            _ => None,
        });
        self.fill(word.form(count), language)
    }

    fn fill(&self, form: &str, language: Language) -> String {
        let mut filled = String::with_capacity(form.len() + 32);
        let mut rest = form;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            match self.fillers.iter().find(|(known, _)| *known == name) {
                Some((_, Filler::Number(value))) => filled.push_str(&number(*value)),
                Some((_, Filler::Text(text))) => filled.push_str(text),
                Some((_, Filler::Phrase(phrase))) => filled.push_str(&phrase.text(language)),
                None => {
                    debug_assert!(false, "the word {} lacks a filler for {{{name}}}", self.key);
                    filled.push('{');
                    filled.push_str(name);
                    filled.push('}');
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// The words under a key: this report's own, then everybody's.
pub(crate) fn word(language: Language, key: &str) -> Option<&'static Word> {
    own(language).get(key).or_else(|| find(language, key))
}

/// The text under a key that has no gaps.
pub(crate) fn plain(language: Language, key: &'static str) -> String {
    Phrase::new(key).text(language)
}

fn own(language: Language) -> &'static BTreeMap<String, Word> {
    match language {
        Language::English => &ENGLISH,
        Language::Swahili => &SWAHILI,
    }
}

static ENGLISH: LazyLock<BTreeMap<String, Word>> = LazyLock::new(|| {
    let files = [("verify/words/en.toml", include_str!("../words/en.toml"))];
    parse(&files).expect("the embedded English words are read by a test of this crate")
});

static SWAHILI: LazyLock<BTreeMap<String, Word>> = LazyLock::new(|| {
    let files = [("verify/words/sw.toml", include_str!("../words/sw.toml"))];
    parse(&files).expect("the embedded Swahili words are read by a test of this crate")
});

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_messages::placeholders;
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_have_the_same_keys_gaps_and_forms() {
        let (english, swahili) = (own(Language::English), own(Language::Swahili));
        assert_eq!(english.keys().collect::<Vec<_>>(), swahili.keys().collect::<Vec<_>>());
        for (key, word) in english {
            let gaps = |word: &Word| -> BTreeSet<String> {
                word.forms().into_iter().flat_map(placeholders).map(str::to_owned).collect()
            };
            assert_eq!(gaps(word), gaps(&swahili[key]), "{key}");
            assert_eq!(word.forms().len(), swahili[key].forms().len(), "{key}");
            assert_ne!(word, &swahili[key], "{key} is not translated");
            assert!(find(Language::English, key).is_none(), "{key} stands in hakiki-messages too");
        }
    }

    #[test]
    fn gaps_are_filled_and_a_count_chooses_the_form() {
        let phrase = Phrase::new("verify.more").with("first", "tile/0/000").with("count", 1_u64);
        assert!(phrase.text(Language::English).starts_with("tile/0/000"));
        let outer = Phrase::new("verify.unfolded").with("why", phrase);
        assert!(outer.text(Language::Swahili).contains("tile/0/000"));
    }
}
