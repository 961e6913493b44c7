//! `statement`: what somebody said, by whom it was published, and what it speaks of. It lives in a log of its own; nobody edits
//! it there: a correction is another statement by the same key, shown with the old one.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Fingerprint of the election that it speaks of.
    pub of: Hash,
    /// Who published it, as a code.
    pub publisher: String,
    /// Who said it, as a code, where that is another.
    pub said_by: Option<String>,
    /// When it was said, or what it tells of happened.
    pub happened: Option<Time>,
    /// When it was published; absent where the source is undated.
    pub published: Option<Time>,
    /// Its language, as a code such as `sw`.
    pub language: String,
    /// Its text.
    pub text: Hash,
    /// Where it stands.
    pub address: Option<String>,
    /// Records of that election's log of which it speaks.
    pub records: BTreeSet<Hash>,
    /// Areas and stations of which it speaks, by their codes there.
    pub areas: BTreeSet<String>,
    /// Claims of this log of which it speaks.
    pub claims: BTreeSet<Hash>,
    /// The earlier statement that it corrects.
    pub corrects: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("of-election", &[A::Id], "fingerprint of the election that it speaks of"),
    Field::one("publisher", &[A::Code], "who published it, and answers for it"),
    Field::optional("said-by", &[A::Code], "who said it, where that is another"),
    Field::optional("happened", &[A::Time], "when it was said, or what it tells of happened"),
    Field::optional("published", &[A::Time], "when it was published; absent where the source is undated"),
    Field::one("language", &[A::Code], "its language"),
    Field::one("text", &[A::Blob], "its text"),
    Field::optional("address", &[A::Token], "where it stands"),
    Field::many("of-record", &[A::Id], "a record of that election's log of which it speaks"),
    Field::many("of-area", &[A::Code], "an area or a station of which it speaks, by its code there"),
    Field::many("of-claim", &[A::Id], "a claim of this log of which it speaks"),
    Field::optional("corrects", &[A::Id], "the earlier statement that it corrects"),
];

impl RecordKind for Statement {
    const NAME: &'static str = "statement";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one publisher; or one press desk, and then it is shown \"as published by\", not as said by the signer";
    const EFFECT: &'static str =
        "stands in the list of statements, and beside what it speaks of; no server changes or removes it";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The election record's `authority` is `none`: R307",
        "There is one signer: R202; its role is `publisher` or `press-desk`, whatever its scope: R202; it is not revoked: R201",
        "Each `of-claim` is an admitted `claim` in this log: R304. Whether election, records, areas and stations exist is not asked: they are of another log",
        "`corrects` is an admitted `statement` in this log: R304; by the same key: R202",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let time = |name: &str| lines.optional(name).map(|mut a| a.time()).transpose();
        let word = |name: &str| lines.optional(name).map(|mut a| a.word().map(str::to_owned)).transpose();
        Ok(Self {
            of: lines.one("of-election").id()?,
            publisher: lines.one("publisher").word()?.to_owned(),
            said_by: word("said-by")?,
            happened: time("happened")?,
            published: time("published")?,
            language: lines.one("language").word()?.to_owned(),
            text: lines.one("text").blob()?,
            address: word("address")?,
            records: lines.all("of-record").map(|mut a| a.id()).collect::<Result<_, _>>()?,
            areas: lines.all("of-area").map(|mut a| a.word().map(str::to_owned)).collect::<Result<_, _>>()?,
            claims: lines.all("of-claim").map(|mut a| a.id()).collect::<Result<_, _>>()?,
            corrects: lines.optional("corrects").map(|mut a| a.id()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("of-election", self.of)
            .line("publisher", &self.publisher)
            .optional("said-by", self.said_by.as_ref());
        w.optional("happened", self.happened).optional("published", self.published);
        w.line("language", &self.language)
            .blob("text", &self.text)
            .optional("address", self.address.as_ref());
        for record in &self.records {
            w.line("of-record", record);
        }
        for area in &self.areas {
            w.line("of-area", area);
        }
        for claim in &self.claims {
            w.line("of-claim", claim);
        }
        w.optional("corrects", self.corrects);
    }

    fn blobs(&self) -> Vec<Hash> {
        vec![self.text]
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.of_nobodys_authority()?;
        let key = context.one_signer(&[Role::Publisher, Role::PressDesk])?;
        if let Some(claim) = self.claims.iter().find(|claim| context.ledger.claim_of(claim).is_none()) {
            return refuse(RefusalCode::R304, format!("the log holds no claim {claim}"));
        }
        if let Some(earlier) = &self.corrects {
            let Some(statement) = context.ledger.statement_of(earlier) else {
                return refuse(RefusalCode::R304, format!("the log holds no statement {earlier}"));
            };
            if statement.key != key {
                return refuse(RefusalCode::R202, "a statement is corrected by the key that signed it");
            }
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_statement(applied, self);
    }
}
