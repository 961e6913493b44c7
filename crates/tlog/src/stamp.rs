//! Stamps: an intake's word that it saw a sealed form (`docs/reference/log.md`, "What Hakiki adds").
//!
//! ```text
//! hakiki/stamp@v1
//! election <64 hex digits>
//! record <64 hex digits>
//! note sha256:<64 hex digits>
//! seen-head <size>
//! time <YYYY-MM-DDTHH:MM:SS±HH:MM>
//!
//! — <intake> <base64(key id || signature)>
//! ```
//!
//! A plain note with exactly one signature line. Whether the stamped form came into the log in time is checked
//! elsewhere (V17).

use crate::wire::{decimal, excerpt};
use hakiki_note::{Hash, Note, NoteError, SigningKey, VerifierKey};
use std::fmt;
use std::str::FromStr;

/// First line of a stamp.
pub const STAMP_HEADER: &str = "hakiki/stamp@v1";

/// Largest stamp, in bytes: six lines of at most 80 bytes and one signature line under the longest name.
pub const STAMP_MAX_BYTES: usize = 1024;

/// Largest size that `seen-head` can say: numbers in records have at most nine digits.
pub const SEEN_HEAD_MAX: u64 = 999_999_999;

/// Why a stamp is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// Too many bytes.
    #[error("a stamp has at most {STAMP_MAX_BYTES} bytes, found {0}")]
    TooLarge(usize),
    /// The note is malformed, or its signature is bad.
    #[error("the stamp is no good note: {0}")]
    Note(#[from] NoteError),
    /// A line is not what it must be.
    #[error("line {line} of a stamp is \"{expected}\", found {found:?}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// Its form.
        expected: &'static str,
        /// The line.
        found: String,
    },
    /// Too few or too many lines.
    #[error("a stamp's text has six lines")]
    Shape,
    /// Not one signature line.
    #[error("a stamp has one signature line, found {0}")]
    Signatures(usize),
    /// Signed by somebody else.
    #[error("the stamp is not signed by {0}")]
    OtherKey(String),
}

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a time is YYYY-MM-DDTHH:MM:SS±HH:MM and of the calendar, found {0:?}")]
pub struct StampTimeError(pub String);

/// The time on an intake's clock: a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampTime {
    text: String,
    unix_s: i64,
}

impl StampTime {
    /// Seconds since 1970, UTC.
    pub fn unix_s(&self) -> i64 {
        self.unix_s
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for StampTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for StampTime {
    type Err = StampTimeError;

    fn from_str(text: &str) -> Result<Self, StampTimeError> {
        let unix_s = unix_seconds(text).ok_or_else(|| StampTimeError(excerpt(text)))?;
        Ok(Self { text: text.to_owned(), unix_s })
    }
}

/// What an intake says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The election's fingerprint.
    pub election: Hash,
    /// The form's record id.
    pub record: Hash,
    /// SHA-256 of the sealed note.
    pub note: Hash,
    /// The size of the newest head with a quorum that the intake knew, at most [`SEEN_HEAD_MAX`].
    pub seen_head: u64,
    /// The intake's clock.
    pub time: StampTime,
}

impl Stamp {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!(
            "{STAMP_HEADER}\nelection {}\nrecord {}\nnote sha256:{}\nseen-head {}\ntime {}\n",
            self.election, self.record, self.note, self.seen_head, self.time
        )
    }

    /// Parses a text; the inverse of [`Self::text`].
    pub fn parse(text: &str) -> Result<Self, StampError> {
        let body = text.strip_suffix('\n').ok_or(StampError::Shape)?;
        let lines: Vec<_> = body.split('\n').collect();
        let [header, election, record, note, seen_head, time] = *lines else {
            return Err(StampError::Shape);
        };
        if header != STAMP_HEADER {
            return Err(refused(1, STAMP_HEADER, header));
        }
        Ok(Self {
            election: field(2, "election <64 hex digits>", "election ", election, |v| v.parse().ok())?,
            record: field(3, "record <64 hex digits>", "record ", record, |v| v.parse().ok())?,
            note: field(4, "note sha256:<64 hex digits>", "note sha256:", note, |v| v.parse().ok())?,
            seen_head: field(5, "seen-head <size>", "seen-head ", seen_head, |v| {
                decimal(v).filter(|size| *size <= SEEN_HEAD_MAX)
            })?,
            time: field(6, "time <YYYY-MM-DDTHH:MM:SS±HH:MM>", "time ", time, |v| v.parse().ok())?,
        })
    }

    /// The note that the intake logs and gives to whoever brought the form.
    pub fn sign(&self, key: &SigningKey) -> String {
        Note::sign(self.text(), &[key]).to_text()
    }
}

fn field<T>(
    line: usize,
    expected: &'static str,
    prefix: &str,
    found: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StampError> {
    found.strip_prefix(prefix).and_then(parse).ok_or_else(|| refused(line, expected, found))
}

fn refused(line: usize, expected: &'static str, found: &str) -> StampError {
    StampError::Line { line, expected, found: excerpt(found) }
}

/// A stamp that its intake signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedStamp(Stamp);

impl VerifiedStamp {
    /// Opens a stamp with the intake's key, which must be its only signer.
    pub fn open(bytes: &[u8], intake: &VerifierKey) -> Result<Self, StampError> {
        if bytes.len() > STAMP_MAX_BYTES {
            return Err(StampError::TooLarge(bytes.len()));
        }
        let note = Note::parse(bytes)?;
        let stamp = Stamp::parse(&note.text)?;
        if note.signatures.len() != 1 {
            return Err(StampError::Signatures(note.signatures.len()));
        }
        if note.verified_by(&[intake])?.is_empty() {
            return Err(StampError::OtherKey(intake.name().to_string()));
        }
        Ok(Self(stamp))
    }

    /// What the intake says.
    pub fn stamp(&self) -> &Stamp {
        &self.0
    }
}

/// Seconds since 1970 of `YYYY-MM-DDTHH:MM:SS±HH:MM`. Leap seconds and the offset `-00:00` are refused.
fn unix_seconds(text: &str) -> Option<i64> {
    let pattern = b"0000-00-00T00:00:00+00:00";
    let bytes = text.as_bytes();
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        b'+' => matches!(byte, b'+' | b'-'),
        _ => byte == form,
    };
    if bytes.len() != pattern.len() || !bytes.iter().zip(pattern).all(fits) {
        return None;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let (offset_hour, offset_minute) = (number(20, 22)?, number(23, 25)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let clock = hour < 24 && minute < 60 && second < 60 && offset_hour < 24 && offset_minute < 60;
    if !(1..=days).contains(&day) || !clock || text.ends_with("-00:00") {
        return None;
    }
    let offset_s = (offset_hour * 60 + offset_minute) * 60;
    let local_s = days_since_1970(year, month, day) * 86_400 + (hour * 60 + minute) * 60 + second;
    Some(if bytes[19] == b'-' { local_s + offset_s } else { local_s - offset_s })
}

/// Days from 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_the_calendar() {
        let at = |text: &str| text.parse::<StampTime>().map(|time| time.unix_s());
        assert_eq!(at("1970-01-01T00:00:00+00:00"), Ok(0));
        assert_eq!(at("1970-01-01T03:00:00+03:00"), Ok(0));
        assert_eq!(at("1969-12-31T19:00:00-05:00"), Ok(0));
        assert_eq!(at("2023-11-14T22:13:20+00:00"), Ok(1_700_000_000));
        assert_eq!(at("2000-02-29T00:00:00+00:00"), Ok(951_782_400));
        assert_eq!(at("0000-03-01T00:00:00+00:00"), Ok(-719_468 * 86_400));
        for bad in [
            "2031-02-29T00:00:00+00:00",
            "2100-02-29T00:00:00+00:00",
            "2031-13-01T00:00:00+00:00",
            "2031-00-01T00:00:00+00:00",
            "2031-01-00T00:00:00+00:00",
            "2031-04-31T00:00:00+00:00",
            "2031-01-01T24:00:00+00:00",
            "2031-01-01T00:60:00+00:00",
            "2031-01-01T00:00:60+00:00",
            "2031-01-01T00:00:00-00:00",
            "2031-01-01T00:00:00+24:00",
            "2031-01-01T00:00:00Z",
            "2031-01-01 00:00:00+00:00",
            "2031-01-01T00:00:00+0000",
            "+031-01-01T00:00:00+00:00",
        ] {
            assert!(at(bad).is_err(), "{bad}");
        }
    }
}
