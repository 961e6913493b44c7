//! `intake`: a form taken from paper at the constituency, when no kit could send it. Ink signatures are seen, not verified.

use super::RecordKind;
use super::figures::{FIGURES, Figures};
use super::form::{ON_PAPER, OnPaper, check_figures, read_on_paper, write_on_paper};
use crate::codes::Refusal;
use crate::ledger::{Applied, Class, Context, Ledger, NewEntry, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// An intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Contest.
    pub contest: String,
    /// Station.
    pub station: String,
    /// The paper's serial number.
    pub serial: Option<String>,
    /// When the paper was taken in, by the officer's clock.
    pub taken: Time,
    /// Why no kit sent it, as a code.
    pub reason: String,
    /// The boxes.
    pub figures: Figures,
    /// By party or candidate.
    pub on_paper: BTreeMap<String, OnPaper>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const HEAD: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("station", &[A::Code], "station"),
    Field::optional("serial", &[A::Code], "the paper's serial number"),
    Field::one("taken", &[A::Time], "when the paper was taken in, by the officer's clock"),
    Field::one("reason", &[A::Code], "why no kit sent it"),
];

impl RecordKind for Intake {
    const NAME: &'static str = "intake";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, ON_PAPER];
    const SIGNED_BY: &'static str =
        "a returning officer and a second officer of an area that holds the station";
    const EFFECT: &'static str = "as a form, of the class \"taken from paper\"";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the contest exists: R302; the station is in the register: R306; the boxes are those of the contest's paper, and at least one `votes` line stands: R105. Which numbers the `votes` lines name is not asked (F203), nor whether the station is closed or has no ballot (F201)",
        "The signers at the station: exactly one `returning`, exactly one `second`, nobody else: R202, R203, R204. If one of them is revoked, the intake is held",
    ];
    type Prepared = (u16, u32);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            station: lines.one("station").word()?.to_owned(),
            serial: lines.optional("serial").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            taken: lines.one("taken").time()?,
            reason: lines.one("reason").word()?.to_owned(),
            figures: Figures::read(lines)?,
            on_paper: read_on_paper(lines)?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("station", &self.station);
        w.optional("serial", self.serial.as_ref());
        w.line("taken", self.taken).line("reason", &self.reason);
        self.figures.write(w);
        write_on_paper(&self.on_paper, w);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<(u16, u32)>, Refusal> {
        let (contest, station) = check_figures(context, &self.contest, &self.station, &self.figures)?;
        let signers = context.station_signers(station, &[Role::Returning, Role::Second], &[])?;
        Ok(signers.verdict((contest, station)))
    }

    fn apply(self, (contest, station): (u16, u32), applied: &Applied, ledger: &mut Ledger) {
        let entry = NewEntry {
            contest,
            station,
            class: Class::Paper,
            figures: self.figures,
            serial: self.serial,
            closed: None,
            sealed: Some(self.taken),
            seen_head: 0,
            on_paper: Some(self.on_paper),
        };
        ledger.add_entry(entry, applied);
    }
}
