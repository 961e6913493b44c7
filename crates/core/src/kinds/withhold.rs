//! `withhold`: a blob that is no longer served, and by whose order. Its hash remains; tables are never withheld.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

/// A withholding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withhold {
    /// The blob that is no longer served.
    pub blob: Hash,
    /// Who ordered it, as a code.
    pub by: String,
    /// The order, as a blob.
    pub order: Option<Hash>,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("blob", &[A::Blob], "what is no longer served"),
    Field::one("by", &[A::Code], "who ordered it"),
    Field::optional("order", &[A::Blob], "the order"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Withhold {
    const NAME: &'static str = "withhold";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum";
    const EFFECT: &'static str = "servers no longer serve the blob, and say by whose order; V09 says \"withheld by\"; its hash remains. A table that is withheld is to later records as one that is not here";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The quorum for `withhold`: R202, R201, R204",
        "The blob is no table that an admitted record in the log is computed from: an index or shard of a `register`, a `children` table, a `missing` set, the `batches` of an audit: R308",
        "No admitted `withhold` in the log names the blob: R308. Whether any record names it is not asked",
        "Behind its place, the blob is as one that is not here where a record's tables are looked for, shards included: such a record is refused, R305",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            blob: lines.one("blob").blob()?,
            by: lines.one("by").word()?.to_owned(),
            order: lines.optional("order").map(|mut a| a.blob()).transpose()?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.blob("blob", &self.blob).line("by", &self.by).optional_blob("order", self.order.as_ref());
        w.line("reason", &self.reason).optional_blob("words", self.words.as_ref());
    }

    /// The blob withheld is not among them: it is named by the record that brought it.
    fn blobs(&self) -> Vec<Hash> {
        self.order.into_iter().chain(self.words).collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.quorum(Self::NAME)?;
        if context.ledger.is_table(&self.blob) {
            return refuse(RefusalCode::R308, "the log is computed from this table: it cannot be withheld");
        }
        if let Some(earlier) = context.ledger.withheld_by(&self.blob) {
            return refuse(RefusalCode::R308, format!("the blob is withheld since place {}", earlier.place));
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_withheld(applied, self);
    }
}
