//! Reads a canonical text against a shape: every key in its order, every value in its one form, repeated lines ascending.

use super::shape::{Argument, Count, Field};
use super::value::{BoxValue, Date, Time, parse_number};
use crate::codes::{Refusal, RefusalCode, refuse};
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, KeyName, PublicKey};
use std::cmp::Ordering;

/// Largest place or size that can be written: JSON's and every browser's exact integers.
pub const PLACE_MAX: u64 = (1 << 53) - 1;
/// Longest code, in bytes.
pub const CODE_MAX_BYTES: usize = 64;

/// One line that fits its field.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    key: &'static str,
    rest: &'a str,
}

/// The lines of a text that fits a shape.
#[derive(Debug, Clone)]
pub struct Lines<'a>(Vec<Line<'a>>);

impl<'a> Lines<'a> {
    /// Reads `body`, the text behind its header and without the final newline, against `shapes` in order.
    /// `first_line` is the number of the body's first line in the whole text, for the errors.
    pub fn read(body: &'a str, first_line: usize, shapes: &[&'static [Field]]) -> Result<Self, Refusal> {
        let mut fields = shapes.iter().flat_map(|shape| shape.iter());
        let mut field = fields.next();
        let mut stood = 0;
        let mut before: Option<&str> = None;
        let mut lines = Vec::with_capacity(24);
        for (index, line) in body.split('\n').enumerate() {
            let number = first_line + index;
            let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
            loop {
                let Some(wanted) = field else {
                    return refuse(RefusalCode::R105, format!("line {number}: {key:?} is not expected here"));
                };
                if wanted.key == key && !(stood == 1 && matches!(wanted.count, Count::One | Count::Optional))
                {
                    break;
                }
                if stood == 0 && matches!(wanted.count, Count::One | Count::Some { .. }) {
                    return refuse(
                        RefusalCode::R105,
                        format!("line {number}: found {key:?}, expected {:?}", wanted.key),
                    );
                }
                (field, stood, before) = (fields.next(), 0, None);
            }
            let Some(wanted) = field else { continue };
            check_arguments(wanted, rest)
                .map_err(|why| Refusal::new(RefusalCode::R105, format!("line {number}: {key}: {why}")))?;
            if let (Count::Many { key: many } | Count::Some { key: many }, Some(previous)) =
                (wanted.count, before)
                && compare(wanted, many, previous, rest) != Ordering::Less
            {
                return refuse(
                    RefusalCode::R105,
                    format!("line {number}: {key} lines are not strictly ascending"),
                );
            }
            (stood, before) = (stood + 1, Some(rest));
            lines.push(Line { key: wanted.key, rest });
        }
        while let Some(wanted) = field {
            if stood == 0 && matches!(wanted.count, Count::One | Count::Some { .. }) {
                return refuse(
                    RefusalCode::R105,
                    format!("the text ends where {:?} is expected", wanted.key),
                );
            }
            (field, stood) = (fields.next(), 0);
        }
        Ok(Self(lines))
    }

    /// The arguments of the line that stands once. `Lines::read` has seen to it that it does.
    pub fn one(&self, key: &str) -> Arguments<'a> {
        self.optional(key).unwrap_or(Arguments { rest: "" })
    }

    /// The arguments of the line, if it stands.
    pub fn optional(&self, key: &str) -> Option<Arguments<'a>> {
        self.all(key).next()
    }

    /// The arguments of each line with this key.
    pub fn all<'s>(&'s self, key: &'s str) -> impl Iterator<Item = Arguments<'a>> + 's {
        self.0.iter().filter(move |line| line.key == key).map(|line| Arguments { rest: line.rest })
    }
}

/// The arguments of one line, taken from left to right. The shape has checked their form; what the shape promised and
/// is not there reads as a refusal, never as a panic.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a> {
    rest: &'a str,
}

impl<'a> Arguments<'a> {
    fn taken<T>(&mut self, what: &str, parse: impl Fn(&'a str) -> Option<T>) -> Result<T, Refusal> {
        let (word, rest) = self.rest.split_once(' ').unwrap_or((self.rest, ""));
        self.rest = rest;
        parse(word).ok_or_else(|| Refusal::new(RefusalCode::R105, format!("expected {what}, found {word:?}")))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next word as it stands.
    pub fn word(&mut self) -> Result<&'a str, Refusal> {
        self.taken("a word", |word| (!word.is_empty()).then_some(word))
    }

    /// The next argument as a number.
    pub fn number(&mut self) -> Result<u32, Refusal> {
        self.taken("a number", parse_number)
    }

    /// The next argument as a place or size.
    pub fn place(&mut self) -> Result<u64, Refusal> {
        self.taken("a place", parse_place)
    }

    /// The next argument as a box of the paper.
    pub fn boxed(&mut self) -> Result<BoxValue, Refusal> {
        self.taken("a box", BoxValue::parse)
    }

    /// The next argument as a time.
    pub fn time(&mut self) -> Result<Time, Refusal> {
        self.taken("a time", Time::parse)
    }

    /// The next argument as a day.
    pub fn date(&mut self) -> Result<Date, Refusal> {
        self.taken("a date", Date::parse)
    }

    /// The next argument as a record id.
    pub fn id(&mut self) -> Result<Hash, Refusal> {
        self.taken("64 hex digits", |word| word.parse().ok())
    }

    /// The next argument as a blob's hash.
    pub fn blob(&mut self) -> Result<Hash, Refusal> {
        self.taken("sha256:…", |word| word.strip_prefix("sha256:")?.parse().ok())
    }

    /// The next argument as a key name.
    pub fn key_name(&mut self) -> Result<KeyName, Refusal> {
        self.taken("a key name", |word| KeyName::new(word).ok())
    }

    /// The next argument as a public key.
    pub fn public_key(&mut self) -> Result<PublicKey, Refusal> {
        self.taken("a public key", |word| PublicKey::from_base64(word).ok())
    }

    /// The next argument as an Ed25519 signature.
    pub fn signature(&mut self) -> Result<[u8; 64], Refusal> {
        self.taken("a signature", parse_signature)
    }

    /// The next argument as an exact fraction.
    pub fn fraction(&mut self) -> Result<(u32, u32), Refusal> {
        self.taken("a fraction", parse_fraction)
    }

    /// All that is left: words.
    pub fn words(&mut self) -> &'a str {
        std::mem::take(&mut self.rest)
    }
}

fn parse_place(word: &str) -> Option<u64> {
    let shaped = matches!(word.len(), 1..=16) && word.bytes().all(|b| b.is_ascii_digit());
    let canonical = shaped && (word == "0" || !word.starts_with('0'));
    canonical.then(|| word.parse().ok()).flatten().filter(|place| *place <= PLACE_MAX)
}

fn parse_signature(word: &str) -> Option<[u8; 64]> {
    BASE64.decode(word).ok()?.try_into().ok()
}

fn parse_fraction(word: &str) -> Option<(u32, u32)> {
    let (over, under) = word.split_once('/')?;
    let (over, under) = (parse_number(over)?, parse_number(under)?);
    let (mut a, mut b) = (over, under);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (a == 1 && 0 < over && over < under).then_some((over, under))
}

/// Whether a word is a code: ASCII letters, digits, `.`, `_`, `-`, at most 64 bytes.
pub fn is_code(word: &str) -> bool {
    matches!(word.len(), 1..=CODE_MAX_BYTES)
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn is_token(word: &str) -> bool {
    matches!(word.len(), 1..=255) && word.bytes().all(|b| b.is_ascii_graphic())
}

fn is_kind_version(word: &str) -> bool {
    word.split_once("@v").is_some_and(|(kind, version)| {
        is_code(kind) && parse_number(version).is_some_and(|version| version > 0)
    })
}

fn fits(argument: Argument, word: &str) -> bool {
    match argument {
        Argument::Number => parse_number(word).is_some(),
        Argument::Place => parse_place(word).is_some(),
        Argument::Box => BoxValue::parse(word).is_some(),
        Argument::Time => Time::parse(word).is_some(),
        Argument::Date => Date::parse(word).is_some(),
        Argument::Id => word.parse::<Hash>().is_ok(),
        Argument::Blob => word.strip_prefix("sha256:").is_some_and(|hash| hash.parse::<Hash>().is_ok()),
        Argument::Code => is_code(word),
        Argument::KeyName => is_token(word) && KeyName::new(word).is_ok(),
        Argument::PublicKey => PublicKey::from_base64(word).is_ok(),
        Argument::Signature => parse_signature(word).is_some(),
        Argument::Token => is_token(word),
        Argument::Word(words) => words.contains(&word),
        Argument::KindVersion => is_kind_version(word),
        Argument::Fraction => parse_fraction(word).is_some(),
        Argument::Words => !word.is_empty(),
    }
}

fn check_arguments(field: &Field, rest: &str) -> Result<(), String> {
    let mut left = rest;
    let mut index = 0;
    let (least, most) = (field.arguments.len(), field.arguments.len() + field.extra.len());
    while !left.is_empty() {
        let argument = match field.arguments.get(index).or_else(|| field.extra.get(index.wrapping_sub(least)))
        {
            Some(argument) => *argument,
            None => return Err(format!("more than {most} values")),
        };
        let (word, after) = match argument {
            Argument::Words => (left, ""),
            _ => left.split_once(' ').unwrap_or((left, "")),
        };
        if !fits(argument, word) {
            let shown: String = word.chars().take(80).collect();
            return Err(format!("expected {}, found {shown:?}", argument.notation()));
        }
        (left, index) = (after, index + 1);
    }
    if index == least || index == most {
        Ok(())
    } else {
        Err(format!("expected {least} values, found {index}"))
    }
}

fn compare(field: &Field, key: usize, a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split(' '), b.split(' '));
    for argument in field.arguments.iter().take(key) {
        let (x, y) = (a.next().unwrap_or(""), b.next().unwrap_or(""));
        let order = match argument {
            // Without leading zeros, a longer number is the larger one.
            Argument::Number | Argument::Place => x.len().cmp(&y.len()).then_with(|| x.cmp(y)),
            _ => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}
