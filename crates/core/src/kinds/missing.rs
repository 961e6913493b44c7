//! `missing`: why a station's form has not come.

use super::RecordKind;
use crate::codes::Refusal;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

/// A missing record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReason {
    /// Contest.
    pub contest: String,
    /// Station.
    pub station: String,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("station", &[A::Code], "station"),
    Field::one("reason", &[A::Code], "why its form has not come"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for MissingReason {
    const NAME: &'static str = "missing";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "a returning officer of an area that holds the station";
    const EFFECT: &'static str = "shown beside the station in the list of the missing; changes no partition";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the contest exists: R302; the station is in the register: R306. Whether a form is missing there is not asked",
        "The signers at the station, one or more, each a `returning`: R202, R203; then none is revoked: R201",
    ];
    type Prepared = (u16, u32);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            station: lines.one("station").word()?.to_owned(),
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("station", &self.station).line("reason", &self.reason);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<(u16, u32)>, Refusal> {
        context.after_zero()?;
        let (contest, station) = (context.contest(&self.contest)?, context.station(&self.station)?);
        context.each_of(station, &[Role::Returning])?;
        Ok(Verdict::Admitted((contest, station)))
    }

    fn apply(self, (contest, station): (u16, u32), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_missing(applied.place(), contest, station, self.reason);
    }
}
