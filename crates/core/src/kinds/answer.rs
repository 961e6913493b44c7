//! `answer`: the commission's reply to a challenge.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The challenge.
    pub challenge: Hash,
    /// What is answered, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("challenge", &[A::Id], "the challenge that is answered"),
    Field::one("reason", &[A::Code], "what is answered"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Answer {
    const NAME: &'static str = "answer";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one commissioner or returning officer";
    const EFFECT: &'static str = "stands beside the challenge; there may be several";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`challenge` is an admitted `challenge` in the log: R304",
        "There is one signer: R202; its role is `commissioner` or `returning`, whatever its scope: R202; it is not revoked: R201",
    ];
    /// The challenge, by its index.
    type Prepared = u32;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            challenge: lines.one("challenge").id()?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("challenge", self.challenge).line("reason", &self.reason);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<u32>, Refusal> {
        let Some(challenge) = context.ledger.challenge_of(&self.challenge) else {
            return refuse(RefusalCode::R304, format!("the log holds no challenge {}", self.challenge));
        };
        context.one_signer(&[Role::Commissioner, Role::Returning])?;
        Ok(Verdict::Admitted(challenge))
    }

    fn apply(self, challenge: u32, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_answer(applied, self, challenge);
    }
}
