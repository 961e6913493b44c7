//! `refusal`: that the log refused a submission although an enrolled key signed it, so that refusing leaves a trace.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

/// A refusal record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRecord {
    /// SHA-256 of the refused note's bytes.
    pub note: Hash,
    /// The code.
    pub code: RefusalCode,
}

const SHAPE: &[Field] = &[
    Field::one("note", &[A::Id], "SHA-256 of the refused note's bytes"),
    Field::one("code", &[A::Code], "the code of the refusal"),
];

impl RecordKind for RefusalRecord {
    const NAME: &'static str = "refusal";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "the log";
    const EFFECT: &'static str = "listed; the sender holds the same, signed";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: the code is one of the refusals of this reference: R105",
        "The only signer is the log: R202",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let word = lines.one("code").word()?;
        let Some(code) = RefusalCode::parse(word) else {
            return refuse(RefusalCode::R105, format!("{word:?} is no refusal code"));
        };
        Ok(Self { note: lines.one("note").id()?, code })
    }

    fn write(&self, w: &mut Writer) {
        w.line("note", self.note).line("code", self.code);
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.by_log()?;
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_refusal(applied.place(), self.note, self.code);
    }
}
