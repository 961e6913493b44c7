//! `claim`: another result, as somebody says it: figures of an area, and the table that they come from. It lives in a log of
//! its own, which no commission hosts; it counts nowhere and is compared with the log that it speaks of.

use super::RecordKind;
use super::figures::{FIGURES, Figures};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::Granularity;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Fingerprint of the election whose result is claimed.
    pub of: Hash,
    /// Who claims it, as a code.
    pub claimant: String,
    /// Contest of that election.
    pub contest: String,
    /// The area, by its code there, whose totals are claimed.
    pub area: String,
    /// How fine its table is.
    pub granularity: Granularity,
    /// The totals. Numbers are those of that election's ballot.
    pub figures: Figures,
    /// The table.
    pub table: Option<Hash>,
    /// How the table is read.
    pub mapping: Option<Hash>,
    /// When it was first published.
    pub published: Option<Time>,
    /// Where.
    pub address: Option<String>,
    /// Free text, as a blob: the claim in the claimant's words.
    pub words: Option<Hash>,
    /// The earlier claim that it takes the place of.
    pub replaces: Option<Hash>,
}

const HEAD: &[Field] = &[
    Field::one("of-election", &[A::Id], "fingerprint of the election whose result is claimed"),
    Field::one("claimant", &[A::Code], "who claims it"),
    Field::one("contest", &[A::Code], "contest of that election"),
    Field::one("of-area", &[A::Code], "the area whose totals are claimed, by its code there"),
    Field::one("granularity", &[A::Word(Granularity::WORDS)], "how fine the claim's table is"),
];
const TAIL: &[Field] = &[
    Field::optional("table", &[A::Blob], "the table"),
    Field::optional("mapping", &[A::Blob], "how the table is read"),
    Field::optional("published", &[A::Time], "when it was first published"),
    Field::optional("address", &[A::Token], "where"),
    Field::optional("words", &[A::Blob], "the claim in the claimant's words"),
    Field::optional("replaces", &[A::Id], "the earlier claim that it takes the place of"),
];

impl RecordKind for Claim {
    const NAME: &'static str = "claim";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, TAIL];
    const SIGNED_BY: &'static str = "one claimant; or one press desk, and then it is shown \"as published by\", not as claimed by the signer";
    const EFFECT: &'static str = "stands in the list of claims; counts nowhere, in no contest of any log";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The election record's `authority` is `none`: R307",
        "A `votes` line or a `table` stands: R105. A `mapping` stands only beside a `table`: R105. Whether election, contest, area and numbers exist is not asked: they are of another log",
        "There is one signer: R202; its role is `claimant` or `press-desk`, whatever its scope: R202; it is not revoked: R201",
        "`replaces` is an admitted `claim` in this log: R304; by the same key: R202",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let blob = |name: &str| lines.optional(name).map(|mut a| a.blob()).transpose();
        Ok(Self {
            of: lines.one("of-election").id()?,
            claimant: lines.one("claimant").word()?.to_owned(),
            contest: lines.one("contest").word()?.to_owned(),
            area: lines.one("of-area").word()?.to_owned(),
            granularity: Granularity::parse(lines.one("granularity").word()?)?,
            figures: Figures::read(lines)?,
            table: blob("table")?,
            mapping: blob("mapping")?,
            published: lines.optional("published").map(|mut a| a.time()).transpose()?,
            address: lines.optional("address").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            words: blob("words")?,
            replaces: lines.optional("replaces").map(|mut a| a.id()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("of-election", self.of).line("claimant", &self.claimant).line("contest", &self.contest);
        w.line("of-area", &self.area).line("granularity", self.granularity.as_str());
        self.figures.write(w);
        w.optional_blob("table", self.table.as_ref()).optional_blob("mapping", self.mapping.as_ref());
        w.optional("published", self.published).optional("address", self.address.as_ref());
        w.optional_blob("words", self.words.as_ref()).optional("replaces", self.replaces);
    }

    fn blobs(&self) -> Vec<Hash> {
        [self.table, self.mapping, self.words].into_iter().flatten().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.of_nobodys_authority()?;
        if self.figures.votes.is_empty() && self.table.is_none() {
            return refuse(RefusalCode::R105, "a claim has a votes line or a table");
        }
        if self.mapping.is_some() && self.table.is_none() {
            return refuse(RefusalCode::R105, "a mapping stands only beside its table");
        }
        let key = context.one_signer(&[Role::Claimant, Role::PressDesk])?;
        if let Some(earlier) = &self.replaces {
            let Some(claim) = context.ledger.claim_of(earlier) else {
                return refuse(RefusalCode::R304, format!("the log holds no claim {earlier}"));
            };
            if claim.key != key {
                return refuse(RefusalCode::R202, "a claim is replaced by the key that signed it");
            }
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_claim(applied, self);
    }
}
