//! `claim-ruling`: what a court held of a claim. The court itself says it with its registrar's key, or a press desk as published by it.

use super::RecordKind;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Date, Field, Lines, Writer};
use hakiki_note::Hash;

word_enum! {
    /// What a court held of a claim.
    Held {
        /// It accepted the claim.
        Accepted = "accepted",
        /// It accepted a part of it.
        InPart = "in-part",
        /// It did not accept the claim.
        NotAccepted = "not-accepted",
        /// It did not decide about the claim itself.
        NotDecided = "not-decided",
    }
}

/// A court's ruling on a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRuling {
    /// The claim, by its record id.
    pub claim: Hash,
    /// The court, as a code.
    pub court: String,
    /// The number of its case.
    pub case: String,
    /// When it was decided.
    pub decided: Date,
    /// What it held of the claim.
    pub held: Held,
    /// The ruling's text, as a blob.
    pub text: Hash,
    /// Where it was published.
    pub address: Option<String>,
    /// The earlier ruling that it takes the place of: one set aside, or entered wrongly.
    pub replaces: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("claim", &[A::Id], "the claim that was ruled on"),
    Field::one("court", &[A::Code], "the court"),
    Field::one("case", &[A::Token], "the number of its case"),
    Field::one("decided", &[A::Date], "when it was decided"),
    Field::one("held", &[A::Word(Held::WORDS)], "what it held of the claim"),
    Field::one("text", &[A::Blob], "the ruling's text"),
    Field::optional("address", &[A::Token], "where it was published"),
    Field::optional("replaces", &[A::Id], "the earlier ruling that it takes the place of"),
];

impl RecordKind for ClaimRuling {
    const NAME: &'static str = "claim-ruling";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one registrar of a court; or one press desk, and then it is shown \"as published by\" the court, not as signed by it";
    const EFFECT: &'static str =
        "stands beside its claim as ruled by the court; changes nothing of the claim and no total of any log";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The election record's `authority` is `none`: R307",
        "There is one signer: R202; its role is `registrar` or `press-desk`, whatever its scope: R202; it is not revoked: R201",
        "`claim` is an admitted `claim` in this log: R304",
        "`replaces` is an admitted `claim-ruling` on the same claim in this log: R304; by the same key: R202",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            claim: lines.one("claim").id()?,
            court: lines.one("court").word()?.to_owned(),
            case: lines.one("case").word()?.to_owned(),
            decided: lines.one("decided").date()?,
            held: Held::parse(lines.one("held").word()?)?,
            text: lines.one("text").blob()?,
            address: lines.optional("address").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            replaces: lines.optional("replaces").map(|mut a| a.id()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("claim", self.claim).line("court", &self.court).line("case", &self.case);
        w.line("decided", self.decided).line("held", self.held.as_str()).blob("text", &self.text);
        w.optional("address", self.address.as_ref()).optional("replaces", self.replaces);
    }

    fn blobs(&self) -> Vec<Hash> {
        vec![self.text]
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.of_nobodys_authority()?;
        let key = context.one_signer(&[Role::Registrar, Role::PressDesk])?;
        if context.ledger.claim_of(&self.claim).is_none() {
            return refuse(RefusalCode::R304, format!("the log holds no claim {}", self.claim));
        }
        if let Some(earlier) = &self.replaces {
            let found =
                context.ledger.claim_ruling_of(earlier).filter(|ruling| ruling.said.claim == self.claim);
            let Some(ruling) = found else {
                return refuse(RefusalCode::R304, format!("the log holds no ruling {earlier} on this claim"));
            };
            if ruling.key != key {
                return refuse(RefusalCode::R202, "a ruling is replaced by the key that signed it");
            }
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_claim_ruling(applied, self);
    }
}
