//! `ruling`: which of a station's forms stands, or that it is disregarded and by which article. It never carries figures:
//! a correction is a new form.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, RulingEntry, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// Whose ruling: the highest rank holds, then the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A returning officer with a second officer.
    Returning,
    /// The commission.
    Commission,
    /// A court, transcribed by the quorum with the order as blob.
    Court,
}

const RANKS: &[(&str, Rank)] =
    &[("commission", Rank::Commission), ("court", Rank::Court), ("returning", Rank::Returning)];

/// What is ruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This form stands.
    Stands(Hash),
    /// None stands, by this article.
    Disregarded(String),
}

/// A ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Contest.
    pub contest: String,
    /// Station.
    pub station: String,
    /// Whose.
    pub rank: Rank,
    /// The forms considered.
    pub considered: BTreeSet<Hash>,
    /// What is ruled.
    pub decision: Decision,
    /// Parties whose agents were notified.
    pub notified: BTreeSet<String>,
    /// A court's order.
    pub order: Option<Hash>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("station", &[A::Code], "station"),
    Field::one("rank", &[A::Word(&["commission", "court", "returning"])], "whose ruling"),
    Field::some("considered", &[A::Id], "a form considered"),
    Field::optional("stands", &[A::Id], "the form that stands"),
    Field::optional("disregarded", &[A::Code], "the article by which none stands"),
    Field::many("notified", &[A::Code], "a party whose agents were notified"),
    Field::optional("order", &[A::Blob], "the court's order"),
    Field::optional("words", &[A::Blob], "the reasons"),
];

impl RecordKind for Ruling {
    const NAME: &'static str = "ruling";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "a returning officer with a second officer; the quorum for the commission, and to transcribe a court's order";
    const EFFECT: &'static str =
        "the form named stands, or the station is disregarded; highest rank, then last, holds";
    const LAW: &'static str = "Elections (General) Regulations 2012, reg. 83(1)";
    const ASKS: &'static [&'static str] = &[
        "As it is read: exactly one of `stands` and `disregarded`: R105",
        "`zero` stands: R303; the contest exists: R302; the station is in the register: R306",
        "Rank `returning`: the signers at the station are exactly one `returning` and exactly one `second`: R202, R203, R204; then none is revoked: R201. Rank `court`: `order` stands: R105. Ranks `commission` and `court`: the quorum for `ruling`: R202, R201, R204",
        "Each `considered`, in order, is a form, intake or transcript in the log, held or not, of this contest and station: R304",
        "`stands` is one of those considered: R105",
    ];
    type Prepared = (u16, u32, Option<u32>);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let word = lines.one("rank").word()?;
        let stands = lines.optional("stands").map(|mut a| a.id()).transpose()?;
        let disregarded =
            lines.optional("disregarded").map(|mut a| a.word().map(str::to_owned)).transpose()?;
        let decision = match (stands, disregarded) {
            (Some(id), None) => Decision::Stands(id),
            (None, Some(article)) => Decision::Disregarded(article),
            _ => return refuse(RefusalCode::R105, "a ruling has either `stands` or `disregarded`"),
        };
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            station: lines.one("station").word()?.to_owned(),
            rank: RANKS.iter().find(|(name, _)| *name == word).map_or(Rank::Returning, |(_, rank)| *rank),
            considered: lines.all("considered").map(|mut a| a.id()).collect::<Result<_, _>>()?,
            decision,
            notified: lines
                .all("notified")
                .map(|mut a| a.word().map(str::to_owned))
                .collect::<Result<_, _>>()?,
            order: lines.optional("order").map(|mut a| a.blob()).transpose()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        let word = RANKS.iter().find(|(_, rank)| *rank == self.rank).map_or("returning", |(word, _)| word);
        w.line("contest", &self.contest).line("station", &self.station).line("rank", word);
        for id in &self.considered {
            w.line("considered", id);
        }
        match &self.decision {
            Decision::Stands(id) => w.line("stands", id),
            Decision::Disregarded(article) => w.line("disregarded", article),
        };
        for party in &self.notified {
            w.line("notified", party);
        }
        w.optional_blob("order", self.order.as_ref()).optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.order.into_iter().chain(self.words).collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        context.after_zero()?;
        let (contest, station) = (context.contest(&self.contest)?, context.station(&self.station)?);
        match self.rank {
            Rank::Returning => {
                context.station_signers(station, &[Role::Returning, Role::Second], &[])?.admitted()?;
            }
            Rank::Court if self.order.is_none() => {
                return refuse(RefusalCode::R105, "a court's ruling names its order");
            }
            Rank::Commission | Rank::Court => context.quorum(Self::NAME)?,
        }
        let mut stands = None;
        for id in &self.considered {
            let index = context.entry(id)?;
            let entry = &context.ledger.entries()[index as usize];
            if (entry.contest, entry.station) != (contest, station) {
                return refuse(RefusalCode::R304, format!("{id} is of another station or contest"));
            }
            if self.decision == Decision::Stands(*id) {
                stands = Some(index);
            }
        }
        if matches!(self.decision, Decision::Stands(_)) && stands.is_none() {
            return refuse(RefusalCode::R105, "the form that stands is one of those considered");
        }
        Ok(Verdict::Admitted((contest, station, stands)))
    }

    fn apply(self, (contest, station, stands): Self::Prepared, applied: &Applied, ledger: &mut Ledger) {
        let article = match self.decision {
            Decision::Disregarded(article) => Some(article),
            Decision::Stands(_) => None,
        };
        let ruling =
            RulingEntry { place: applied.place(), id: *applied.id(), rank: self.rank, stands, article };
        ledger.note_ruling(contest, station, ruling);
    }
}
