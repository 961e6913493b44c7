//! The list V: every check that a report names, and what became of it.

use hakiki_messages::{Language, Message};
use std::fmt;
use std::str::FromStr;

macro_rules! checks {
    ($($(#[$about:meta])* $code:ident,)+) => {
        /// What a verifier checks. The words are under `code.V01.title` and so on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check { $($(#[$about])* $code,)+ }

        impl Check {
            /// Every check, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// The code as written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }
        }
    };
}

checks! {
    /// The election record's id equals the pinned fingerprint.
    V01,
    /// The head is signed by the log's key, under this election's origin.
    V02,
    /// The head is cosigned as the policy demands.
    V03,
    /// Every tile hashes to the head's root; none is missing.
    V04,
    /// Every entry hashes to its leaf.
    V05,
    /// The head is consistent with every head known.
    V06,
    /// Every record is canonical and was admissible where it stands.
    V07,
    /// Every signature is valid, and the roles suffice.
    V08,
    /// Every blob that is here has its hash, and every table is here.
    V09,
    /// Recomputed results equal those published.
    V10,
    /// Every difference of a collation or declaration is listed.
    V11,
    /// Expected is received and missing, and nobody extra.
    V12,
    /// Witnessed times rise with the order of records.
    V13,
    /// Receipts are honoured.
    V14,
    /// The audit follows from its facts.
    V15,
    /// The report names the program that made it.
    V16,
    /// Stamps are honoured.
    V17,
    /// The newest witnessed head is fresh.
    V18,
    /// Every change since the fingerprint is printed.
    V19,
    /// An archive is the one that its lists and manifests describe.
    V20,
}

impl Check {
    /// The check of a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.as_str() == code)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found check {0:?}, expected one of V01 to V20")]
pub struct ParseCheckError(pub String);

impl FromStr for Check {
    type Err = ParseCheckError;

    fn from_str(code: &str) -> Result<Self, ParseCheckError> {
        Self::parse(code).ok_or_else(|| ParseCheckError(code.chars().take(40).collect()))
    }
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It was made, and what it says is so.
    Passed,
    /// It was made, and what it says is not so.
    Failed,
    /// It was not made; the detail says why. Never a pass.
    NotChecked,
}

impl Status {
    /// As written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        }
    }

    /// Its word in a language.
    pub fn word(self, language: Language) -> &'static str {
        let key = match self {
            Self::Passed => "report.passed",
            Self::Failed => "report.failed",
            Self::NotChecked => "report.not_checked",
        };
        hakiki_messages::text(language, key)
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// Which check.
    pub code: Check,
    /// What became of it.
    pub status: Status,
    /// What was found, or why it was not made, in English.
    pub detail: String,
    /// The same, to be said in any language.
    pub message: Message,
    /// Whether it was not made because something that it needs is missing at the source or cannot be read.
    pub input_missing: bool,
}

impl CheckResult {
    /// The check passed.
    pub(crate) fn passed(code: Check, message: Message) -> Self {
        Self::with(code, Status::Passed, message, false)
    }

    /// The check failed.
    pub(crate) fn failed(code: Check, message: Message) -> Self {
        Self::with(code, Status::Failed, message, false)
    }

    /// The check was not asked for, or there is nothing to check.
    pub(crate) fn not_checked(code: Check, message: Message) -> Self {
        Self::with(code, Status::NotChecked, message, false)
    }

    /// The check could not be made: its input is missing or cannot be read.
    pub(crate) fn input_missing(code: Check, message: Message) -> Self {
        Self::with(code, Status::NotChecked, message, true)
    }

    fn with(code: Check, status: Status, message: Message, input_missing: bool) -> Self {
        Self { code, status, detail: message.text(Language::English), message, input_missing }
    }
}
