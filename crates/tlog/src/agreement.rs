//! Whether two heads can be of one log, as whoever compared them says it in records and reports.

/// Whether a head that somebody gave agrees with one that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// One continues the other, or they are one.
    Consistent,
    /// Consistency was not proved. It is no fork.
    Unproved,
    /// They cannot both be of a log that only grows.
    Fork,
}

impl Agreement {
    /// As written in annexes of archives, in JSON and in keys of words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Unproved => "unproved",
            Self::Fork => "fork",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Consistent, Self::Unproved, Self::Fork].into_iter().find(|one| one.as_str() == word)
    }
}
