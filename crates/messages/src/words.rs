//! The word tables: parsed once from the embedded message files, then looked up by key.
//!
//! A key is the path of tables to a word, joined by dots. A table whose only keys are `one` and `other` is one word with
//! a plural; which form is used is decided by the argument `count` of a [`crate::Message`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::Language;

/// What stands where a word is missing, so that it is seen and never guessed.
pub const MISSING: &str = "[a word is missing here]";

/// One word, with its forms. Texts may hold placeholders such as `{count}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The same text for every count.
    Plain(String),
    /// One text for exactly one, another for every other count. English and Swahili have the same two classes (CLDR).
    Plural {
        /// The text for a count of one.
        one: String,
        /// The text for every other count, nought too.
        other: String,
    },
}

impl Word {
    /// The text of the form for many; of a plain word its only text.
    pub fn other(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Plural { other: text, .. } => text,
        }
    }

    /// The text of the form for `count`.
    pub fn form(&self, count: Option<u64>) -> &str {
        match self {
            Self::Plural { one, .. } if count == Some(1) => one,
            word => word.other(),
        }
    }

    /// All texts of the word.
    pub fn forms(&self) -> Vec<&str> {
        match self {
            Self::Plain(text) => vec![text],
            Self::Plural { one, other } => vec![one, other],
        }
    }
}

/// Why a message file was refused.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// Not TOML.
    #[error("{file}: {source}")]
    Toml {
        /// The file's name.
        file: String,
        /// What the TOML parser said.
        source: Box<toml::de::Error>,
    },
    /// A value that is neither text nor table.
    #[error("{file}: key {key} is neither text nor a table; write a text in quotation marks")]
    NotText {
        /// The file's name.
        file: String,
        /// The full key.
        key: String,
    },
    /// A plural table with one form missing.
    #[error("{file}: key {key} has one of `one` and `other` only; a plural needs both and nothing else")]
    HalfPlural {
        /// The file's name.
        file: String,
        /// The full key.
        key: String,
    },
    /// A key that stands in two files.
    #[error("{file}: key {key} stands in an earlier file too; keep one")]
    Twice {
        /// The later file's name.
        file: String,
        /// The full key.
        key: String,
    },
    /// A brace that belongs to no placeholder.
    #[error("{file}: key {key} has a brace that is no placeholder; write {{name}} in lower-case letters")]
    Brace {
        /// The file's name.
        file: String,
        /// The full key.
        key: String,
    },
}

/// A table of words by key.
type Words = BTreeMap<String, Word>;

/// The word under `key` as it stands, placeholders and all; of a plural its form for many.
///
/// A key that does not exist is a mistake in the program: it stops a debug build, so that tests find it, and is shown
/// as [`MISSING`] by a released one. For a key that may not exist there is [`find`].
pub fn text(language: Language, key: &str) -> &'static str {
    let word = find(language, key);
    debug_assert!(word.is_some(), "no word for the key {key} in {language}");
    word.map_or(MISSING, Word::other)
}

/// The word under `key`, if there is one.
pub fn find(language: Language, key: &str) -> Option<&'static Word> {
    table(language).get(key)
}

/// All keys of a language, in byte order.
pub fn keys(language: Language) -> impl Iterator<Item = &'static str> {
    table(language).keys().map(String::as_str)
}

/// The words whose keys begin with one of `prefixes`, for the browser: one JSON object from key to text, or to
/// `{"one": …, "other": …}`. An empty prefix takes all.
pub fn json(language: Language, prefixes: &[&str]) -> String {
    let chosen =
        table(language).iter().filter(|(key, _)| prefixes.iter().any(|prefix| key.starts_with(prefix)));
    let object: serde_json::Map<_, _> = chosen
        .map(|(key, word)| {
            let value = match word {
                Word::Plain(text) => serde_json::json!(text),
                Word::Plural { one, other } => serde_json::json!({ "one": one, "other": other }),
            };
            (key.clone(), value)
        })
        .collect();
    serde_json::Value::Object(object).to_string()
}

/// The names between braces in a text.
pub fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Reads message files, given as (name, text), into one table.
///
/// # Errors
/// The first file and key that is not a text, a table or a whole plural, that stands twice, or whose braces are no
/// placeholders.
pub fn parse(files: &[(&str, &str)]) -> Result<BTreeMap<String, Word>, WordsError> {
    let mut words = Words::new();
    for (file, text) in files {
        let table: toml::Table = text
            .parse()
            .map_err(|source| WordsError::Toml { file: (*file).to_owned(), source: Box::new(source) })?;
        flatten(file, "", table, &mut words)?;
    }
    Ok(words)
}

fn flatten(file: &str, path: &str, table: toml::Table, words: &mut Words) -> Result<(), WordsError> {
    for (name, value) in table {
        let key = if path.is_empty() { name } else { format!("{path}.{name}") };
        let file_and_key = || (file.to_owned(), key.clone());
        let word = match value {
            toml::Value::String(text) => Word::Plain(text),
            toml::Value::Table(inner) if inner.contains_key("one") || inner.contains_key("other") => {
                plural(&inner).ok_or_else(|| {
                    let (file, key) = file_and_key();
                    WordsError::HalfPlural { file, key }
                })?
            }
            toml::Value::Table(inner) => {
                flatten(file, &key, inner, words)?;
                continue;
            }
            _ => {
                let (file, key) = file_and_key();
                return Err(WordsError::NotText { file, key });
            }
        };
        let (file, key) = file_and_key();
        if !word.forms().into_iter().all(braces_are_placeholders) {
            return Err(WordsError::Brace { file, key });
        }
        if words.contains_key(&key) {
            return Err(WordsError::Twice { file, key });
        }
        words.insert(key, word);
    }
    Ok(())
}

fn plural(table: &toml::Table) -> Option<Word> {
    let form = |name| Some(table.get(name)?.as_str()?.to_owned());
    let word = Word::Plural { one: form("one")?, other: form("other")? };
    (table.len() == 2).then_some(word)
}

fn braces_are_placeholders(text: &str) -> bool {
    let mut pieces = text.split('{');
    let before = pieces.next().unwrap_or_default();
    !before.contains('}')
        && pieces.all(|piece| {
            piece.split_once('}').is_some_and(|(name, after)| {
                let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                named && !after.contains('}')
            })
        })
}

fn table(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Swahili => &SWAHILI,
    }
}

/// The message files of one language; the list is written once, so no file can lack in one language.
macro_rules! files {
    ($language:literal) => {
        files!($language:
            "archive", "areas", "audit", "audits_pages", "checks", "claims", "cli", "conduct", "evidence", "findings", "forensics", "form", "kinds", "log", "mirror", "pages", "paper", "portal", "presented", "press", "publish", "quick_count", "recorder", "refusals", "said", "scrutiny", "servers", "sign", "site", "tool", "verify", "watch")
    };
    ($language:literal: $($name:literal),+) => {
        [$((
            concat!($language, "/", $name, ".toml"),
            include_str!(concat!("../words/", $language, "/", $name, ".toml")),
        )),+]
    };
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    parse(&files!("en")).expect("the embedded English words are read by a test of this crate")
});

static SWAHILI: LazyLock<Words> = LazyLock::new(|| {
    parse(&files!("sw")).expect("the embedded Swahili words are read by a test of this crate")
});

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(&[("a.toml", text)]).unwrap_err().to_string()
    }

    #[test]
    fn tables_become_dotted_keys_and_plurals_one_word() {
        let words =
            parse(&[("a.toml", "x.y = 'z'\n[x.n]\none = 'a {count}'\nother = '{count} as'")]).unwrap();
        assert_eq!(words["x.y"], Word::Plain("z".into()));
        assert_eq!(words["x.n"].form(Some(1)), "a {count}");
        assert_eq!(words["x.n"].form(Some(0)), "{count} as");
        assert_eq!(words["x.n"].form(None), "{count} as");
        assert_eq!(words.len(), 2);
    }

    #[test]
    fn what_is_no_word_is_refused_with_its_key() {
        assert!(refusal("x = 1").contains("key x is neither"));
        assert!(refusal("[x]\none = 'a'").contains("key x has one of"));
        assert!(refusal("[x]\none = 'a'\nother = 'b'\nfew = 'c'").contains("key x has one of"));
        for text in ["{", "}", "{}", "{A}", "a} {b", "{a{b}}"] {
            assert!(refusal(&format!("x = '{text}'")).contains("brace"), "{text}");
        }
        assert!(refusal("x = ").starts_with("a.toml: "));
        let twice = parse(&[("a.toml", "x = 'a'"), ("b.toml", "x = 'b'")]).unwrap_err();
        assert!(twice.to_string().starts_with("b.toml: key x"));
    }

    #[test]
    #[should_panic(expected = "no word for the key portal.nothing")]
    #[cfg(debug_assertions)]
    fn a_missing_word_stops_a_debug_build() {
        text(Language::English, "portal.nothing");
    }

    #[test]
    fn the_browser_gets_the_chosen_words_as_json() {
        let object: serde_json::Value =
            serde_json::from_str(&json(Language::Swahili, &["code.F101."])).unwrap();
        let object = object.as_object().unwrap();
        assert_eq!(object.len(), 3);
        assert_eq!(object["code.F101.title"], text(Language::Swahili, "code.F101.title"));
        let all: serde_json::Value = serde_json::from_str(&json(Language::English, &[""])).unwrap();
        assert_eq!(all.as_object().unwrap().len(), keys(Language::English).count());
    }
}
