//! `declaration`: what each commissioner alone declares, or dissents from: figures, the missing set, and the head that it
//! speaks of.

use super::RecordKind;
use super::figures::{BoxName, FIGURES, Figures};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, DeclarationEntry, Ledger, Verdict};
use crate::roster::Role;
use crate::table::{Table, TableText};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;
use std::collections::BTreeSet;

/// A declaration or a dissent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Contest.
    pub contest: String,
    /// The area declared.
    pub area: String,
    /// The head that it speaks of.
    pub head: Head,
    /// Whether it dissents.
    pub dissents: bool,
    /// The figures declared.
    pub figures: Figures,
    /// The stations missing at that head, as a table blob.
    pub missing: Option<Hash>,
    /// Reasons, as a blob.
    pub words: Option<Hash>,
}

const HEAD: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("area", &[A::Code], "the area declared"),
    Field::one("head", &[A::Place, A::Id], "size and root of the head that it speaks of"),
    Field::one("says", &[A::Word(&["declared", "dissent"])], "declaration or dissent"),
];
const TAIL: &[Field] = &[
    Field::optional("missing", &[A::Blob], "the stations missing at that head; none if nothing is missing"),
    Field::optional("words", &[A::Blob], "reasons"),
];

impl RecordKind for Declaration {
    const NAME: &'static str = "declaration";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, TAIL];
    const SIGNED_BY: &'static str = "one commissioner, or one returning officer where the contest is declared below the nation: each alone";
    const EFFECT: &'static str = "records with equal figures and head are one declaration, made where its quorum is reached; differences are F304";
    const LAW: &'static str =
        "Constitution of Kenya art. 138(10); what a lacking quorum means in law is not said";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the contest exists: R302; the area is in the register: R306",
        "There is one signer: R202",
        "The officers of the area: it is a `commissioner` or `returning`: R202, R203; not revoked: R201. `declared-at` is not asked",
        "The head's size is at most the place of this record: R304. Its root is not asked",
        "The missing set, if named, is here and canonical: R305; then each of its stations is in the register: R306",
    ];
    type Prepared = (u16, u32, Vec<u32>);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let mut head = lines.one("head");
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            area: lines.one("area").word()?.to_owned(),
            head: Head { size: head.place()?, root: head.id()? },
            dissents: lines.one("says").word()? == "dissent",
            figures: Figures::read(lines)?,
            missing: lines.optional("missing").map(|mut a| a.blob()).transpose()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("area", &self.area);
        w.line("head", format_args!("{} {}", self.head.size, self.head.root));
        w.line("says", if self.dissents { "dissent" } else { "declared" });
        self.figures.write(w);
        w.optional_blob("missing", self.missing.as_ref()).optional_blob("words", self.words.as_ref());
    }

    fn tables(&self) -> Vec<Hash> {
        self.missing.into_iter().collect()
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        context.after_zero()?;
        let (contest, area) = (context.contest(&self.contest)?, context.area(&self.area)?);
        if context.keys.len() != 1 {
            return refuse(RefusalCode::R202, "each declares alone");
        }
        context.officers_of_area(area, &[Role::Commissioner, Role::Returning], &[])?;
        if self.head.size > context.place {
            return refuse(RefusalCode::R304, format!("a head of {} is not in this log yet", self.head.size));
        }
        let mut missing = BTreeSet::new();
        if let Some(hash) = &self.missing {
            for mut row in TableText::load(context.tables, Table::MissingSet, hash)?.lines()?.all("station") {
                missing.insert(context.station(row.word()?)?);
            }
        }
        Ok(Verdict::Admitted((contest, area, missing.into_iter().collect())))
    }

    fn apply(self, (contest, area, missing): Self::Prepared, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_declaration(DeclarationEntry {
            place: applied.place(),
            id: *applied.id(),
            key: applied.keys()[0],
            contest,
            area,
            head: self.head,
            dissents: self.dissents,
            valid: self.figures.boxed(BoxName::Valid),
            rejected: self.figures.boxed(BoxName::Rejected),
            votes: self.figures.votes,
            missing,
        });
    }
}
