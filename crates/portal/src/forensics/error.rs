//! Why no report is made of a table or log.

use hakiki_messages::{Language, Message};

/// What was found, and what was expected. The codes G101 to G105 are stable; the words are in the message files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForensicsError {
    /// G101: the rows are sums of areas.
    NoStations {
        /// Their level.
        level: String,
    },
    /// G102: fewer than two candidates have votes.
    TooFewCandidates {
        /// How many have.
        with_votes: usize,
    },
    /// G103: a level that the source does not have.
    Level {
        /// The one asked for.
        found: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// G104: a candidate whom the source does not have.
    Candidate {
        /// The one asked for.
        found: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// G105: a column that the source does not have among its further counts.
    Given {
        /// The one asked for.
        found: String,
        /// Those there are.
        known: Vec<String>,
    },
}

impl ForensicsError {
    /// The code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoStations { .. } => "G101",
            Self::TooFewCandidates { .. } => "G102",
            Self::Level { .. } => "G103",
            Self::Candidate { .. } => "G104",
            Self::Given { .. } => "G105",
        }
    }

    /// In words, with the code before them.
    pub fn text(&self, language: Language) -> String {
        let key = format!("forensics.error.{}", self.code().to_lowercase());
        let listed = |known: &[String]| {
            if known.is_empty() { "–".to_owned() } else { known.join(", ") }
        };
        let message = match self {
            Self::NoStations { level } => Message::new(key).with("level", level.as_str()),
            Self::TooFewCandidates { with_votes } => Message::new(key).with("with_votes", *with_votes),
            Self::Level { found, known }
            | Self::Candidate { found, known }
            | Self::Given { found, known } => {
                Message::new(key).with("found", found.as_str()).with("known", listed(known))
            }
        };
        format!("{}: {}", self.code(), message.text(language))
    }
}
