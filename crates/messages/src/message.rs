//! A sentence with its figures put in.
//!
//! Placeholders are named, so that a translation may order them as its grammar wants. Numbers are grouped. The result is
//! plain text: whoever puts it on a page escapes it.

use std::collections::BTreeMap;

use crate::{Language, find, number, words::MISSING};

/// A word's key and the arguments of its placeholders.
///
/// ```
/// use hakiki_messages::{Language, Message};
/// let missing = Message::new("portal.missing_stations").with("count", 1_u64);
/// assert_eq!(missing.text(Language::English), "1 station is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    key: String,
    arguments: BTreeMap<&'static str, Value>,
}

/// What may stand for a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, as it is.
    Text(String),
    /// An integer, shown grouped. As the argument `count` it chooses between the forms of a plural.
    Number(u64),
    /// Another sentence, said in the language of the one around it.
    Message(Box<Message>),
}

impl Message {
    /// The word under `key`, nothing put in yet.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), arguments: BTreeMap::new() }
    }

    /// Puts `value` where the text says `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.arguments.insert(name, value.into());
        self
    }

    /// The word's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The sentence.
    ///
    /// A key that does not exist, a placeholder without an argument and an argument without a placeholder are mistakes
    /// in the program: they stop a debug build. A released one shows [`MISSING`], or the placeholder as it stands.
    pub fn text(&self, language: Language) -> String {
        let Some(word) = find(language, &self.key) else {
            debug_assert!(false, "no word for the key {} in {language}", self.key);
            return MISSING.to_owned();
        };
        let count = match self.arguments.get("count") {
            Some(Value::Number(count)) => Some(*count),
            _ => None,
        };
        debug_assert!(
            self.arguments
                .keys()
                .all(|name| word.forms().iter().any(|form| form.contains(&format!("{{{name}}}")))),
            "the word {} has not all of the placeholders {:?}",
            self.key,
            self.arguments.keys()
        );
        self.fill(word.form(count), language)
    }

    fn fill(&self, text: &str, language: Language) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, placeholder)) = rest.split_once('{') {
            let (name, after) =
                placeholder.split_once('}').expect("braces of words are checked when the files are parsed");
            filled.push_str(before);
            match self.arguments.get(name) {
                Some(Value::Text(text)) => filled.push_str(text),
                Some(Value::Number(value)) => filled.push_str(&number(*value)),
                Some(Value::Message(message)) => filled.push_str(&message.text(language)),
                None => {
                    debug_assert!(false, "the word {} lacks an argument for {{{name}}}", self.key);
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

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Message> for Value {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(u64::from(number))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(
            u64::try_from(number).expect("a usize has at most 64 bits on every machine that Rust builds for"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition() -> Message {
        Message::new("portal.partition")
            .with("standing", 45_770_u64)
            .with("expected", 46_229_u64)
            .with("missing", 28_u64)
            .with("contested", 419_u64)
            .with("disregarded", 12_u64)
    }

    #[test]
    fn figures_are_put_in_and_grouped() {
        assert_eq!(
            partition().text(Language::English),
            "45,770 of 46,229 stations stand. Missing: 28; contested: 419; disregarded by ruling: 12."
        );
        assert!(partition().text(Language::Swahili).contains("45,770 kati ya 46,229"));
    }

    #[test]
    fn the_count_chooses_the_form() {
        let missing = |count: u64| Message::new("portal.missing_stations").with("count", count);
        assert_eq!(missing(1).text(Language::English), "1 station is missing");
        assert_eq!(missing(0).text(Language::English), "0 stations are missing");
        assert_eq!(missing(1_200).text(Language::English), "1,200 stations are missing");
        assert_eq!(missing(1).text(Language::Swahili), "Kituo 1 hakijafika");
        assert_eq!(missing(2).text(Language::Swahili), "Vituo 2 havijafika");
    }

    #[test]
    fn an_argument_with_braces_is_not_read_again() {
        let name = Message::new("portal.claimed_by").with("who", "{who} <b>");
        assert_eq!(name.text(Language::English), "claimed by {who} <b>");
    }

    #[test]
    fn a_sentence_in_a_sentence_is_said_in_its_language() {
        let first = Message::new("verify.more").with("first", "tile/0/000").with("count", 1_u64);
        assert_eq!(first.text(Language::English), "tile/0/000; 1 in all");
        let outer = Message::new("verify.unfolded").with("why", first);
        assert!(outer.text(Language::English).ends_with(": tile/0/000; 1 in all"));
        assert!(outer.text(Language::Swahili).ends_with(": tile/0/000; jumla 1"));
    }

    #[test]
    #[should_panic(expected = "lacks an argument for {count}")]
    #[cfg(debug_assertions)]
    fn a_forgotten_argument_stops_a_debug_build() {
        Message::new("portal.missing_stations").text(Language::English);
    }

    #[test]
    #[should_panic(expected = "has not all of the placeholders")]
    #[cfg(debug_assertions)]
    fn an_argument_too_many_stops_a_debug_build() {
        Message::new("portal.claimed_by").with("who", "x").with("whom", "y").text(Language::English);
    }
}
