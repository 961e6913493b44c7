//! What the lines of a kind are: one table per kind, read by the parser, the writer's tests and the generated reference.

/// How often a field's line stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Exactly once.
    One,
    /// At most once.
    Optional,
    /// Any number of times, strictly ascending by its first `key` arguments (numbers as numbers, all else as bytes).
    Many {
        /// How many leading arguments make two lines different.
        key: usize,
    },
    /// As `Many`, at least once.
    Some {
        /// How many leading arguments make two lines different.
        key: usize,
    },
}

/// The type of one argument of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Decimal, no leading zero, at most nine digits.
    Number,
    /// A decimal place or size of the log, no leading zero, below 2^53.
    Place,
    /// A number, `blank`, `dash` or `illegible`.
    Box,
    /// `YYYY-MM-DDTHH:MM:SS±HH:MM`.
    Time,
    /// `YYYY-MM-DD`.
    Date,
    /// 64 lower-case hex digits: a record id or the fingerprint.
    Id,
    /// `sha256:` and 64 lower-case hex digits: a blob.
    Blob,
    /// ASCII letters, digits, `.`, `_`, `-`, at most 64: a code or an identifier.
    Code,
    /// A key name of printable ASCII without space and `+`, at most 255 bytes.
    KeyName,
    /// `base64(type || public key)`, canonical.
    PublicKey,
    /// 64 bytes in canonical base64: an Ed25519 signature.
    Signature,
    /// Printable ASCII without space, at most 255 bytes: an origin, a verifier key, an address.
    Token,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `kind@vN`.
    KindVersion,
    /// An exact fraction `a/b` in lowest terms, 0 < a < b.
    Fraction,
    /// The rest of the line: words. Only in the election record and in tables.
    Words,
}

impl Argument {
    /// How the reference writes it.
    pub fn notation(self) -> String {
        match self {
            Self::Number => "<number>".into(),
            Self::Place => "<place>".into(),
            Self::Box => "<box>".into(),
            Self::Time => "<time>".into(),
            Self::Date => "<date>".into(),
            Self::Id => "<id>".into(),
            Self::Blob => "<blob>".into(),
            Self::Code => "<code>".into(),
            Self::KeyName => "<key name>".into(),
            Self::PublicKey => "<public key>".into(),
            Self::Signature => "<signature>".into(),
            Self::Token => "<token>".into(),
            Self::Word(words) => words.join("|"),
            Self::KindVersion => "<kind@version>".into(),
            Self::Fraction => "<fraction>".into(),
            Self::Words => "<words>".into(),
        }
    }
}

/// One key of a kind, in its place.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// The arguments that every such line has.
    pub arguments: &'static [Argument],
    /// Arguments that may follow, all or none.
    pub extra: &'static [Argument],
    /// How often.
    pub count: Count,
    /// What it says, for the reference.
    pub about: &'static str,
}

impl Field {
    /// A line that stands once.
    pub const fn one(key: &'static str, arguments: &'static [Argument], about: &'static str) -> Self {
        Self { key, arguments, extra: &[], count: Count::One, about }
    }

    /// A line that may stand.
    pub const fn optional(key: &'static str, arguments: &'static [Argument], about: &'static str) -> Self {
        Self { key, arguments, extra: &[], count: Count::Optional, about }
    }

    /// Lines, each different in its first argument.
    pub const fn many(key: &'static str, arguments: &'static [Argument], about: &'static str) -> Self {
        Self { key, arguments, extra: &[], count: Count::Many { key: 1 }, about }
    }

    /// Lines, at least one, each different in its first argument.
    pub const fn some(key: &'static str, arguments: &'static [Argument], about: &'static str) -> Self {
        Self { key, arguments, extra: &[], count: Count::Some { key: 1 }, about }
    }

    /// The same field whose lines differ in their first `key` arguments.
    #[must_use]
    pub const fn keyed_by(mut self, key: usize) -> Self {
        self.count = match self.count {
            Count::Some { .. } => Count::Some { key },
            _ => Count::Many { key },
        };
        self
    }

    /// The same field, whose lines may carry these too.
    #[must_use]
    pub const fn with_extra(mut self, extra: &'static [Argument]) -> Self {
        self.extra = extra;
        self
    }
}
