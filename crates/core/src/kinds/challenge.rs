//! `challenge`: a doubt about a record by id, by an agent, an observer or a party.

use super::RecordKind;
use super::figures::BoxName;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

/// A challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The record that is doubted.
    pub record: Hash,
    /// Which of its boxes.
    pub at_box: Option<BoxName>,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("record", &[A::Id], "the record that is doubted: of any kind"),
    Field::optional("box", &[A::Word(BoxName::WORDS)], "which of its boxes; whether it has it is not asked"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Challenge {
    const NAME: &'static str = "challenge";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one key of an agent, an observer or a party's root";
    const EFFECT: &'static str = "stands beside the record, with its answers; changes nothing of it";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`record` is the id of an admitted or held record of any kind in the log, the election record included: R304",
        "There is one signer: R202; its role is `agent`, `observer` or `party-root`, whatever its scope: R202; it is not revoked: R201",
    ];
    /// The place of the record.
    type Prepared = u64;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            record: lines.one("record").id()?,
            at_box: lines.optional("box").map(|mut a| BoxName::parse(a.word()?)).transpose()?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("record", self.record).optional("box", self.at_box.map(BoxName::as_str));
        w.line("reason", &self.reason).optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<u64>, Refusal> {
        let Some(place) = context.ledger.place_of(&self.record) else {
            return refuse(RefusalCode::R304, format!("the log holds no record {}", self.record));
        };
        context.one_signer(&[Role::Agent, Role::Observer, Role::PartyRoot])?;
        Ok(Verdict::Admitted(place))
    }

    fn apply(self, record_place: u64, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_challenge(applied, self, record_place);
    }
}
