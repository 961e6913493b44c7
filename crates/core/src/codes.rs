//! The stable codes of refusals and findings, their one source. What they mean in words is in `hakiki-messages`
//! (`code.F101.title` and so on); `docs/reference/records.md` is generated from here.
//!
//! Implements the lists R, F and W of the checks. The list V belongs to the verifier.

use std::fmt;

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$about:meta])* $code:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$about])* $code,)+ }

        impl $name {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// The code as written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }

            /// The code of a text.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// Why a submission is refused at admission.
    RefusalCode {
        /// Larger than an entry of the log may be.
        R101,
        /// Not UTF-8.
        R102,
        /// A code point that may not stand in a text.
        R103,
        /// Not in normalisation form C.
        R104,
        /// Not the one way to write this record.
        R105,
        /// Unknown kind or version, or one that this election does not admit.
        R106,
        /// Truncated, or no signed note.
        R107,
        /// A signer that never was enrolled.
        R201,
        /// A signer whose role may not sign this kind.
        R202,
        /// A signer whose key is for other places.
        R203,
        /// Signers are missing.
        R204,
        /// The signature lines are not exactly the signers named.
        R205,
        /// A signature does not verify.
        R206,
        /// A key or an R that is not canonical or of small order.
        R207,
        /// A key with torsion, or whose possession is not proved.
        R208,
        /// A key or a key name that stands already.
        R209,
        /// Another election.
        R301,
        /// A contest that this election does not have.
        R302,
        /// Before the zero report.
        R303,
        /// Names a record that the log does not hold.
        R304,
        /// Names a table that the log does not hold, or whose content is not what its record may name.
        R305,
        /// A station or area that no register has.
        R306,
        /// Not allowed in this mode.
        R307,
        /// Contradicts what stands: a frozen register, a second zero report.
        R308,
        /// Too many submissions by this key.
        R401,
        /// A body larger than the limit.
        R402,
        /// The queue is full: the same note is safe to send again.
        R403,
        /// The node is stopping.
        R404,
        /// The sender was too slow.
        R405,
    }
}

codes! {
    /// What the fold finds. None removes a record or a station.
    FindingCode {
        /// Candidates' votes do not add up to *valid*.
        F101,
        /// The two *valid* boxes differ.
        F102,
        /// *Valid* exceeds registered voters. Law: Elections (General) Regulations 2012, reg. 83(1)(b).
        F103,
        /// *Valid* exceeds verified voters. Law: reg. 83(1)(c).
        F104,
        /// A box, or the sum of the candidates' boxes, exceeds the station's cap.
        F105,
        /// *Objected* exceeds *rejected*, or *disputed* exceeds *valid*.
        F106,
        /// A station closed since, or not in this contest.
        F201,
        /// *Registered* on the form differs from the register.
        F202,
        /// A candidate not on this ballot, or missing from the form.
        F203,
        /// A record stands in the log that the rules refuse: against the operator.
        F204,
        /// Two sets of boxes that differ for one station and contest.
        F205,
        /// The same image bytes, or the same serial, for two stations.
        F206,
        /// Held: its key was revoked before it came.
        F207,
        /// A serial that was not issued to this station.
        F208,
        /// A collation's row differs from its form.
        F301,
        /// A collation's total differs from the sum of its rows.
        F302,
        /// *Submitted* and *received* differ, or a child is missing.
        F303,
        /// A declaration differs from the ledger at the head that it names.
        F304,
        /// An agent's copy differs from the form.
        F402,
        /// On paper "signed", and the agent's own key says otherwise.
        F403,
        /// A session without countersigner, ticket or end; a login observed without a session.
        F501,
        /// A program, configuration or dependencies observed that are not the ones authorised.
        F502,
        /// A hand-over by somebody who did not hold the item, or a second origin of it.
        F503,
        /// A blank, dash or illegible box.
        W101,
        /// Rejected more than 3 %.
        W102,
        /// Turnout above 95 %.
        W103,
        /// On paper neither signed, nor refused, nor absent.
        W104,
        /// A time before polling day, or before counting was possible.
        W105,
        /// The kit's clock and witnessed time disagree by more than ten minutes.
        W106,
        /// Totals across the ballots of one station differ by more than 2 %.
        W107,
        /// Came after the declaration.
        W108,
        /// Another version with the same boxes.
        W110,
        /// Turnout exactly 100 %.
        W112,
        /// No votes at all.
        W113,
        /// All votes for one candidate.
        W114,
        /// Cast exceeds verified voters.
        W115,
        /// A key enrolled or replaced after the zero report.
        W116,
    }
}

/// A refusal: the code, and in words what was found and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// What was found, what was expected. For the log's operators and the sender; never built into a page as words.
    pub detail: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Shorthand for `Err(Refusal::new(…))`.
pub(crate) fn refuse<T>(code: RefusalCode, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(code, detail))
}
