//! What a file shows: the fact, its grade, against which key, and what it rests on.

use hakiki_messages::{Language, Message};
use hakiki_note::VerifierKey;
use hakiki_tlog::tree::Head;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How strong evidence is. Whoever stole the log's key can make III alone; for II he needs those of one class with him,
/// for I those of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Cosigners of two classes or more stand under each of the heads; of stamps: intakes of two classes.
    I,
    /// Of one class.
    II,
    /// The log's key alone: it signed both, which does not say who used it.
    III,
}

impl Grade {
    /// As written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
        }
    }

    pub(crate) fn of_classes(classes: usize) -> Self {
        match classes {
            0 => Self::III,
            1 => Self::II,
            _ => Self::I,
        }
    }
}

/// What a finding rests on besides what the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// Nobody finds two texts with one SHA-256, or forges an Ed25519 signature.
    Mathematics,
    /// The log's key was used by its operator.
    LogKey,
    /// Those of one class did not cosign together with a thief of the log's key.
    OneClass,
    /// Those of two classes did not.
    TwoClasses,
    /// The record is not in the log up to the head, as whoever made the file says; the file cannot show it.
    Absence,
    /// The form that was stamped is one that the rules admit; the file does not hold it.
    Admissible,
    /// The intakes' clocks and words are right.
    Intakes,
    /// Nothing here is against a key: anybody could have altered the bytes.
    Nobody,
}

impl Assumption {
    /// As part of a word's key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mathematics => "mathematics",
            Self::LogKey => "log_key",
            Self::OneClass => "one_class",
            Self::TwoClasses => "two_classes",
            Self::Absence => "absence",
            Self::Admissible => "admissible",
            Self::Intakes => "intakes",
            Self::Nobody => "nobody",
        }
    }

    /// In words.
    pub fn message(self) -> Message {
        Message::new(format!("evidence.assumption.{}", self.as_str()))
    }
}

/// A head in the evidence, and who cosigned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadShown {
    /// Size and root.
    pub head: Head,
    /// Classes of known cosigners.
    pub classes: BTreeSet<String>,
    /// When a quorum had cosigned it, in seconds since 1970.
    pub witnessed_s: Option<u64>,
}

/// What evidence shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind of the file.
    pub kind: &'static str,
    /// What is shown.
    pub what: Message,
    /// How strong it is; none where it is against nobody.
    pub grade: Option<Grade>,
    /// Against which key; none where nothing can be attributed.
    pub against: Option<VerifierKey>,
    /// What it rests on, in order.
    pub assumptions: Vec<Assumption>,
    /// The heads, in the order of the file.
    pub heads: Vec<HeadShown>,
}

impl Finding {
    /// The sentence on grade.
    pub fn grade_message(&self) -> Message {
        let grade = self.grade.map_or("none", |grade| match grade {
            Grade::I => "i",
            Grade::II => "ii",
            Grade::III => "iii",
        });
        let of = if self.kind == "stamp" { "stamp" } else { "fork" };
        if grade == "none" {
            return Message::new("evidence.grade.none");
        }
        Message::new(format!("evidence.grade.{of}_{grade}"))
    }

    /// The sentence on the key.
    pub fn against_message(&self) -> Message {
        match &self.against {
            Some(key) => Message::new("evidence.against").with("key", key.to_string()),
            None => Message::new("evidence.against_nobody"),
        }
    }

    /// Everything, a line each.
    pub fn text(&self, language: Language) -> String {
        let mut text = format!("{}\n", self.what.text(language));
        for line in [self.against_message(), self.grade_message()] {
            // Writing into a string does not fail.
            let _ = writeln!(text, "{}", line.text(language));
        }
        let _ = writeln!(text, "{}", hakiki_messages::text(language, "evidence.rests_on"));
        for assumption in &self.assumptions {
            let _ = writeln!(text, "- {}", assumption.message().text(language));
        }
        text
    }
}
