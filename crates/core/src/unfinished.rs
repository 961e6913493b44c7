//! A record while its signers sign one after the other: its text, and the signature lines that are there.
//!
//! While signatures are missing it is no record. Whether its lines are good is not judged here: that needs the public
//! keys, which a text does not hold.

use crate::codes::RefusalCode;
use crate::kinds::Body;
use crate::record::Signer;
use crate::{Record, Refusal};
use hakiki_note::{KeyName, SignatureLine, VerifierKey};

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// A text that is a record's, and who has signed it so far.
#[derive(Debug, Clone)]
pub struct Unfinished {
    text: String,
    /// At most one for each signer that the text names, in their order.
    lines: Vec<SignatureLine>,
    record: Record,
}

impl Unfinished {
    /// Reads a record's text alone, or with an empty line and some of its signature lines. Refuses what is not canonical
    /// (R1xx), and a line that is none by a signer whom the text names, or by one who stands twice (R205).
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let not_utf8 = |e: std::str::Utf8Error| {
            Refusal::new(RefusalCode::R102, format!("not UTF-8 from byte {}", e.valid_up_to()))
        };
        let whole = std::str::from_utf8(bytes).map_err(not_utf8)?;
        let (text, rest) = whole.find("\n\n").map_or((whole, ""), |at| (&whole[..=at], &whole[at + 2..]));
        if !(text.ends_with('\n') && (rest.is_empty() || rest.ends_with('\n'))) {
            return Err(Refusal::new(
                RefusalCode::R107,
                "the file does not end in a newline, as if it were not whole",
            ));
        }
        let mut unfinished = Self { text: text.to_owned(), lines: Vec::new(), record: as_if_signed(text)? };
        unfinished.add_lines(rest)?;
        if unfinished.missing().is_empty() {
            Record::parse(bytes)?;
        }
        Ok(unfinished)
    }

    /// Adds signature lines as they stand in a note, each ended by a newline.
    pub fn add_lines(&mut self, lines: &str) -> Result<(), Refusal> {
        let mut seen: Vec<KeyName> = Vec::new();
        for (line, number) in lines.lines().zip(1..) {
            let parsed = SignatureLine::parse(line).filter(|line| {
                line.signature.len() == SIGNATURE_BYTES
                    && self.record.signers().iter().any(|signer| signer.name == line.name)
                    && !seen.contains(&line.name)
            });
            let line = parsed.ok_or_else(|| {
                let detail = format!("signature line {number} is none by a signer that the text names");
                Refusal::new(RefusalCode::R205, detail)
            })?;
            seen.push(line.name.clone());
            self.put(line);
        }
        Ok(())
    }

    /// The record that this is or will be. Its signatures are nobody's.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        self.record.body()
    }

    /// The signed text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines that are there, in the order of the signers.
    pub fn lines(&self) -> &[SignatureLine] {
        &self.lines
    }

    /// Whether a named signer has a signature line.
    pub fn has_signed(&self, signer: &Signer) -> bool {
        self.lines.iter().any(|line| line.name == signer.name)
    }

    /// Named signers who have not signed yet.
    pub fn missing(&self) -> Vec<&str> {
        let signers = self.record.signers().iter();
        signers.filter(|signer| !self.has_signed(signer)).map(|signer| signer.name.as_str()).collect()
    }

    /// Whether the text names this key, by name and hash.
    pub fn names(&self, key: &VerifierKey) -> bool {
        let hash = key.key().hash();
        self.record.signers().iter().any(|signer| signer.name == *key.name() && signer.key_hash == hash)
    }

    /// Puts a named signer's line, in the place of an older one by the same signer. A line by another is ignored.
    pub fn put(&mut self, line: SignatureLine) {
        let signers = self.record.signers();
        if !signers.iter().any(|signer| signer.name == line.name) {
            return;
        }
        self.lines.retain(|old| old.name != line.name);
        self.lines.push(line);
        self.lines.sort_by_key(|line| signers.iter().position(|signer| signer.name == line.name));
    }

    /// The signers of whom another copy of the same text has another line.
    pub fn differing(&self, other: &Self) -> Vec<&str> {
        let differs = |line: &&SignatureLine| {
            other.lines.iter().any(|theirs| theirs.name == line.name && theirs != *line)
        };
        self.lines.iter().filter(differs).map(|line| line.name.as_str()).collect()
    }

    /// Takes the lines that another copy of the same text has and this one lacks. Refuses another text (R308).
    pub fn merge(&mut self, other: &Self) -> Result<(), Refusal> {
        if self.text != other.text {
            let (ours, theirs) = (self.record.id(), other.record.id());
            return Err(Refusal::new(
                RefusalCode::R308,
                format!("these are two texts, with the ids {ours} and {theirs}"),
            ));
        }
        for line in &other.lines {
            if !self.lines.iter().any(|own| own.name == line.name) {
                self.put(line.clone());
            }
        }
        Ok(())
    }

    /// The note so far: text, empty line, signature lines. Whole when nobody is missing.
    pub fn to_note(&self) -> String {
        let lines: String = self.lines.iter().map(SignatureLine::to_line).collect();
        format!("{}\n{lines}", self.text)
    }
}

/// Reads the text as the record that it will be: with a line for each signer that says nothing yet.
fn as_if_signed(text: &str) -> Result<Record, Refusal> {
    let named = text.lines().filter_map(|line| line.strip_prefix("signer ")?.split_once(' '));
    let empty = "A".repeat(91) + "=";
    let lines: Vec<String> = named.map(|(name, _)| format!("\u{2014} {name} {empty}\n")).collect();
    let lines = lines.concat();
    Record::parse(format!("{text}\n{lines}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{custodians, key};
    use crate::kinds::{Notice, NoticeAbout};
    use crate::text::Time;
    use hakiki_note::sha256;

    fn signed() -> Record {
        let notice = Notice {
            about: NoticeAbout::Pause,
            from: Time::parse("2031-03-04T17:00:00+03:00").unwrap(),
            reason: "power".into(),
            words: None,
        };
        let keys = custodians();
        Record::sign(&notice.into(), Some(&sha256(b"e")), &[&keys[0], &keys[2]]).unwrap()
    }

    #[test]
    fn lines_come_in_any_order_and_stand_in_one() {
        let (record, keys) = (signed(), custodians());
        let mut first = Unfinished::parse(record.text().as_bytes()).unwrap();
        assert_eq!(first.missing(), [keys[0].name().as_str(), keys[2].name().as_str()]);
        assert!(first.names(keys[0].verifier()) && !first.names(keys[1].verifier()));
        first.put(SignatureLine::sign(first.text(), &keys[1]));
        assert!(first.lines().is_empty(), "who is not named adds nothing");
        let mut second = first.clone();
        first.put(SignatureLine::sign(first.text(), &keys[2]));
        second.put(SignatureLine::sign(second.text(), &keys[0]));
        first.merge(&second).unwrap();
        assert_eq!(first.to_note(), record.note());
        first.merge(&second).unwrap();
        assert_eq!(Unfinished::parse(first.to_note().as_bytes()).unwrap().to_note(), record.note());
        let mut other = second.clone();
        other.put(SignatureLine { signature: vec![0; 64], ..other.lines()[0].clone() });
        assert_eq!(first.differing(&other), [keys[0].name().as_str()]);
        assert!(first.differing(&second).is_empty());
    }

    #[test]
    fn a_strangers_line_and_another_text_are_refused() {
        let (record, keys) = (signed(), custodians());
        let half = Unfinished::parse(record.text().as_bytes()).unwrap();
        let line = SignatureLine::sign(half.text(), &keys[0]).to_line();
        for lines in [
            SignatureLine::sign(half.text(), &key("stranger")).to_line(),
            format!("{line}{line}"),
            "\u{2014} no line\n".to_owned(),
        ] {
            let refused = half.clone().add_lines(&lines).unwrap_err();
            assert_eq!(refused.code, RefusalCode::R205, "{lines}");
        }
        let text = record.text().replace("pause", "resume");
        let other = Unfinished::parse(text.as_bytes()).unwrap();
        assert_eq!(half.clone().merge(&other).unwrap_err().code, RefusalCode::R308);
        let torn = Unfinished::parse(&record.note().as_bytes()[..record.note().len() - 1]).unwrap_err();
        assert_eq!(torn.code, RefusalCode::R107);
    }
}
