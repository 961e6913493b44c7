//! Why evidence is refused: stable codes, E101 to E306. E1xx is the file, E2xx keys and signatures, E3xx what it claims to
//! show. The words are under `evidence.refused.E101` and so on.

use hakiki_messages::{Language, Message};
use std::fmt;

macro_rules! codes {
    ($($(#[$about:meta])* $code:ident,)+) => {
        /// Why evidence shows nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EvidenceCode { $($(#[$about])* $code,)+ }

        impl EvidenceCode {
            /// Every code in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// The code as written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }
        }
    };
}

codes! {
    /// Too many bytes.
    E101,
    /// A line is not what it must be.
    E102,
    /// The same could be written only in another way.
    E103,
    /// Of another election, or against another key, than asked.
    E201,
    /// A head is not signed by the log's key, or is no checkpoint.
    E202,
    /// A stamp is not signed by an intake of the policy, or is no stamp.
    E203,
    /// The receipt does not prove its own entry.
    E204,
    /// The election record is not what the fingerprint says, or is none.
    E205,
    /// What it shows is no contradiction.
    E301,
    /// A proof does not lead to the root of its head.
    E302,
    /// The sizes or places do not fit each other.
    E303,
    /// No witnessed time, or the merge delay had not passed.
    E304,
    /// A tile that a tree of this size does not have.
    E305,
    /// The stamps are of different records.
    E306,
}

impl fmt::Display for EvidenceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: the code, and what was found, in English.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct EvidenceError {
    /// The stable code.
    pub code: EvidenceCode,
    /// What was found, and what was expected.
    pub detail: String,
}

impl EvidenceError {
    pub(crate) fn new(code: EvidenceCode, detail: impl fmt::Display) -> Self {
        Self { code, detail: detail.to_string() }
    }

    /// The refusal in a language, with what was found.
    pub fn text(&self, language: Language) -> String {
        let title = Message::new(format!("evidence.refused.{}", self.code));
        let message = Message::new("evidence.refused_line").with("code", self.code.as_str());
        message.with("title", title).with("found", self.detail.as_str()).text(language)
    }
}

/// Refuses.
pub(crate) fn refuse<T>(code: EvidenceCode, detail: impl fmt::Display) -> Result<T, EvidenceError> {
    Err(EvidenceError::new(code, detail))
}
