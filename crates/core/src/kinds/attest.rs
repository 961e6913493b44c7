//! `attest`: what an agent, party or observer says by its own key about a form by id.

use super::RecordKind;
use super::figures::{FIGURES, Figures};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Attestation, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// What is attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// I observed something about the paper.
    Observation,
    /// My own copy says these figures.
    OwnCopy,
    /// I refuse to sign.
    Refused,
    /// I sign.
    Signed,
}

const SAYS: &[(&str, Says)] = &[
    ("observation", Says::Observation),
    ("own-copy", Says::OwnCopy),
    ("refused", Says::Refused),
    ("signed", Says::Signed),
];

/// An attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attest {
    /// The form or intake.
    pub of: Hash,
    /// What is attested.
    pub says: Says,
    /// What was observed, as codes.
    pub observed: BTreeSet<String>,
    /// The boxes of one's own copy.
    pub figures: Figures,
    /// A photograph of one's own copy.
    pub page: Option<Hash>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const HEAD: &[Field] = &[
    Field::one("of", &[A::Id], "the form or intake"),
    Field::one("says", &[A::Word(&["observation", "own-copy", "refused", "signed"])], "what is attested"),
    Field::many("observed", &[A::Code], "an observation of the paper: watermark, stamp, second-document …"),
];
const TAIL: &[Field] = &[
    Field::optional("page", &[A::Blob], "a photograph of one's own copy"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Attest {
    const NAME: &'static str = "attest";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, TAIL];
    const SIGNED_BY: &'static str = "one key of an agent, a party's root or an observer";
    const EFFECT: &'static str = "stands beside the form and does not contest it; figures that differ are F402, and F403 where the paper says \"signed\"";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`of` is a form, intake or transcript in the log, held or not: R304",
        "`votes` lines stand if and only if it says `own-copy`: R105; `observed` lines if and only if it says `observation`: R105. Which other boxes stand is not asked",
        "The signers at the station of `of`, each an `agent`, a party's root or an `observer`: R202, R203; then none is revoked: R201; then there is only one: R202",
    ];
    type Prepared = (u32, Says);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let word = lines.one("says").word()?;
        Ok(Self {
            of: lines.one("of").id()?,
            says: SAYS.iter().find(|(name, _)| *name == word).map_or(Says::Observation, |(_, says)| *says),
            observed: lines
                .all("observed")
                .map(|mut a| a.word().map(str::to_owned))
                .collect::<Result<_, _>>()?,
            figures: Figures::read(lines)?,
            page: lines.optional("page").map(|mut a| a.blob()).transpose()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        let word = SAYS.iter().find(|(_, says)| *says == self.says).map_or("observation", |(word, _)| word);
        w.line("of", self.of).line("says", word);
        for observed in &self.observed {
            w.line("observed", observed);
        }
        self.figures.write(w);
        w.optional_blob("page", self.page.as_ref()).optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.page.into_iter().chain(self.words).collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<(u32, Says)>, Refusal> {
        let entry = context.entry(&self.of)?;
        let has_figures = !self.figures.votes.is_empty();
        if has_figures != (self.says == Says::OwnCopy) {
            return refuse(RefusalCode::R105, "figures stand in `own-copy` and nowhere else");
        }
        if self.observed.is_empty() == (self.says == Says::Observation) {
            return refuse(RefusalCode::R105, "`observed` stands in `observation` and nowhere else");
        }
        let station = context.ledger.entries()[entry as usize].station;
        context.each_of(station, &[Role::Agent, Role::PartyRoot, Role::Observer])?;
        if context.keys.len() != 1 {
            return refuse(RefusalCode::R202, "an attestation is one key's own act");
        }
        Ok(Verdict::Admitted((entry, self.says)))
    }

    fn apply(self, (entry, says): (u32, Says), applied: &Applied, ledger: &mut Ledger) {
        let figures = (says == Says::OwnCopy).then_some(self.figures);
        ledger.note_attestation(
            entry,
            Attestation { place: applied.place(), key: applied.keys()[0], says, figures },
        );
    }
}
