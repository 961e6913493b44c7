//! Reading a file line by line: each line is a name, a space and a value. Every refusal is E102 and names the line.

use crate::code::{EvidenceCode as Code, EvidenceError, refuse};
use base64::Engine as _;
use hakiki_note::{BASE64, Hash};
use hakiki_tlog::proof::PROOF_MAX_HASHES;
use std::str::FromStr;

/// Characters of a line that are shown.
const SHOWN_CHARACTERS: usize = 60;

/// The lines that are left.
pub(crate) struct Lines<'a> {
    rest: std::iter::Peekable<std::str::Split<'a, char>>,
    number: usize,
}

impl<'a> Lines<'a> {
    /// The lines of a file, each ended by a newline.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, EvidenceError> {
        let text = std::str::from_utf8(bytes).ok().and_then(|text| text.strip_suffix('\n'));
        match text {
            Some(text) => Ok(Self { rest: text.split('\n').peekable(), number: 0 }),
            None => refuse(Code::E102, "not UTF-8 lines that each end in a newline"),
        }
    }

    fn next(&mut self, expected: &str) -> Result<&'a str, EvidenceError> {
        self.number += 1;
        match self.rest.next() {
            Some(line) => Ok(line),
            None => refuse(Code::E102, format!("line {}: expected {expected}, found the end", self.number)),
        }
    }

    fn bad<T>(&self, expected: &str, found: &str) -> Result<T, EvidenceError> {
        let shown: String = found.chars().take(SHOWN_CHARACTERS).collect();
        refuse(Code::E102, format!("line {}: expected {expected}, found {shown:?}", self.number))
    }

    /// A line that is this.
    pub(crate) fn exactly(&mut self, expected: &str) -> Result<(), EvidenceError> {
        let line = self.next(expected)?;
        if line == expected { Ok(()) } else { self.bad(expected, line) }
    }

    /// The value of the next line, which has this name.
    pub(crate) fn word(&mut self, name: &str) -> Result<&'a str, EvidenceError> {
        let line = self.next(name)?;
        match value(line, name) {
            Some(word) => Ok(word),
            None => self.bad(&format!("\"{name} …\""), line),
        }
    }

    /// A value of a type with one form.
    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str) -> Result<T, EvidenceError> {
        let word = self.word(name)?;
        word.parse().or_else(|_| self.bad(&format!("a value of \"{name}\""), word))
    }

    /// A decimal number.
    pub(crate) fn number(&mut self, name: &str) -> Result<u64, EvidenceError> {
        self.parsed(name)
    }

    /// Bytes in base64.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, EvidenceError> {
        let word = self.word(name)?;
        BASE64.decode(word).or_else(|_| self.bad(&format!("base64 of \"{name}\""), word))
    }

    /// A text in base64.
    pub(crate) fn note(&mut self, name: &str) -> Result<String, EvidenceError> {
        let bytes = self.bytes(name)?;
        String::from_utf8(bytes).or_else(|_| self.bad(&format!("a text of \"{name}\""), "other bytes"))
    }

    /// One to so many texts.
    pub(crate) fn notes(&mut self, name: &str, most: usize) -> Result<Vec<String>, EvidenceError> {
        let mut notes = vec![self.note(name)?];
        while self.is_next(name) && notes.len() < most {
            notes.push(self.note(name)?);
        }
        Ok(notes)
    }

    /// A text that may not be there.
    pub(crate) fn optional_note(&mut self, name: &str) -> Result<Option<String>, EvidenceError> {
        if self.is_next(name) { self.note(name).map(Some) } else { Ok(None) }
    }

    /// The `proof` lines.
    pub(crate) fn proof(&mut self) -> Result<Vec<Hash>, EvidenceError> {
        let mut proof = Vec::new();
        while self.is_next("proof") && proof.len() < PROOF_MAX_HASHES {
            proof.push(self.parsed("proof")?);
        }
        Ok(proof)
    }

    /// Nothing is left.
    pub(crate) fn end(mut self) -> Result<(), EvidenceError> {
        self.number += 1;
        match self.rest.next() {
            None => Ok(()),
            Some(line) => self.bad("the end", line),
        }
    }

    fn is_next(&mut self, name: &str) -> bool {
        self.rest.peek().is_some_and(|line| value(line, name).is_some())
    }
}

fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.strip_prefix(name)?.strip_prefix(' ').filter(|value| !value.is_empty())
}
