//! Every word for people, in English and Swahili.
//!
//! The words stand in `words/<language>/*.toml`, embedded at build time; a key is the path of tables to a word, such as
//! `code.F101.title` or `portal.partition`. Programs take them by [`text`] and [`Message`], the browser as [`json`].
//! Wording is neutral everywhere: "claimed by", "found by", "not tested"; a finding is a difference, not an accusation.
//!
//! Pure: no clock, disk, network or randomness. It does not know HTML, what a code checks, or which language a reader
//! wants. There is no fall-back from one language to the other: a test holds both to the same keys and placeholders.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod language;
mod message;
mod number;
mod words;

pub use language::{Language, UnknownLanguage};
pub use message::{Message, Value};
pub use number::{date, number, share, signed};
pub use words::{MISSING, Word, WordsError, find, json, keys, parse, placeholders, text};
