//! `transcript`: figures read from a published image or table, with its source and hash. What a compilation counts.
//! Nobody who did not sign is shown as having signed.

use super::RecordKind;
use super::figures::{BoxName, FIGURES, Figures};
use super::form::check_figures;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Class, Context, Ledger, NewEntry, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// A transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// Contest.
    pub contest: String,
    /// Station.
    pub station: String,
    /// SHA-256 of the published table or image.
    pub source: Hash,
    /// Line of the table.
    pub line: Option<u64>,
    /// The paper's serial number.
    pub serial: Option<String>,
    /// A time that the source gives.
    pub time: Option<Time>,
    /// The boxes.
    pub figures: Figures,
    /// Boxes that the source does not have and the compiler computed: shown as derived, checked by nothing.
    pub derived: BTreeSet<BoxName>,
}

const HEAD: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("station", &[A::Code], "station"),
    Field::one("source", &[A::Blob], "the published table or image"),
    Field::optional("line", &[A::Place], "line of the table"),
    Field::optional("serial", &[A::Code], "the paper's serial number"),
    Field::optional("time", &[A::Time], "a time that the source gives"),
];
const TAIL: &[Field] = &[Field::many(
    "derived",
    &[A::Word(&["disputed", "objected", "registered", "rejected", "valid", "valid-counted"])],
    "a box that the source does not have and the compiler computed",
)];

impl RecordKind for Transcript {
    const NAME: &'static str = "transcript";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, TAIL];
    const SIGNED_BY: &'static str = "a compiler's or reader's key";
    const EFFECT: &'static str =
        "counts only where `authority` is `none`; of the class \"transcribed by others\"";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the contest exists: R302; the station is in the register: R306; the boxes are those of the contest's paper, and at least one `votes` line stands: R105. Which numbers the `votes` lines name is not asked (F203), nor whether the station is closed or has no ballot (F201)",
        "The election record's `authority` is `none`: R307",
        "Each `derived` box stands in this record: R105",
        "The signers at the station, each a `compiler` or `reader`: R202, R203; then there is only one: R202. If it is revoked, the transcript is held",
    ];
    type Prepared = (u16, u32);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let derived = lines.all("derived").map(|mut a| BoxName::parse(a.word()?));
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            station: lines.one("station").word()?.to_owned(),
            source: lines.one("source").blob()?,
            line: lines.optional("line").map(|mut a| a.place()).transpose()?,
            serial: lines.optional("serial").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            time: lines.optional("time").map(|mut a| a.time()).transpose()?,
            figures: Figures::read(lines)?,
            derived: derived.collect::<Result<_, _>>()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("station", &self.station).blob("source", &self.source);
        w.optional("line", self.line).optional("serial", self.serial.as_ref()).optional("time", self.time);
        self.figures.write(w);
        for name in &self.derived {
            w.line("derived", name.as_str());
        }
    }

    fn blobs(&self) -> Vec<Hash> {
        vec![self.source]
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<(u16, u32)>, Refusal> {
        let (contest, station) = check_figures(context, &self.contest, &self.station, &self.figures)?;
        if context.ledger.election().authority.is_some() {
            return refuse(
                RefusalCode::R307,
                "a transcript counts only in a compilation, whose authority is none",
            );
        }
        if let Some(name) = self.derived.iter().find(|name| self.figures.boxed(**name).is_none()) {
            return refuse(
                RefusalCode::R105,
                format!("{} is named as derived and is not there", name.as_str()),
            );
        }
        let signers = context.one_of(station, &[Role::Compiler, Role::Reader])?;
        Ok(signers.verdict((contest, station)))
    }

    fn apply(self, (contest, station): (u16, u32), applied: &Applied, ledger: &mut Ledger) {
        let entry = NewEntry {
            contest,
            station,
            class: Class::Transcribed {
                derived: self.derived.iter().fold(0, |mask, name| mask | 1 << *name as u8),
            },
            figures: self.figures,
            serial: self.serial,
            closed: None,
            sealed: self.time,
            seen_head: 0,
            on_paper: None,
        };
        ledger.add_entry(entry, applied);
    }
}
