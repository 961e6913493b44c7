//! Writes a text line by line. What it writes is read back by `Lines`, so a mistake here is a refusal, not a wrong record.

use hakiki_note::Hash;
use std::fmt::{Display, Write as _};

/// Builds a record's or table's text.
#[derive(Debug)]
pub struct Writer(String);

impl Writer {
    /// A text with its header line.
    pub fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    /// `key value`.
    pub fn line(&mut self, key: &str, value: impl Display) -> &mut Self {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{key} {value}");
        self
    }

    /// `key value`, if there is one.
    pub fn optional(&mut self, key: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.line(key, value);
        }
        self
    }

    /// `key sha256:…`.
    pub fn blob(&mut self, key: &str, hash: &Hash) -> &mut Self {
        self.line(key, format_args!("sha256:{hash}"))
    }

    /// `key sha256:…`, if there is one.
    pub fn optional_blob(&mut self, key: &str, hash: Option<&Hash>) -> &mut Self {
        if let Some(hash) = hash {
            self.blob(key, hash);
        }
        self
    }

    /// The text.
    pub fn finish(self) -> String {
        self.0
    }
}
