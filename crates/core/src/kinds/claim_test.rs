//! `claim-test`: somebody held a claim against the log that it speaks of, at a head, and says what came of it. Whoever has both does it again.

use super::RecordKind;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;

word_enum! {
    /// What a test came to.
    TestOutcome {
        /// Everything that could be compared is the same.
        Consistent = "consistent",
        /// Something that could be compared differs.
        Differs = "differs",
        /// Nothing of it could be compared.
        NotComparable = "not-comparable",
    }
}

/// A test of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimTest {
    /// The claim, by its record id.
    pub claim: Hash,
    /// Who tested it, as a code.
    pub tester: String,
    /// The head of the election's log that it was held against.
    pub head: Head,
    /// What came of it.
    pub found: TestOutcome,
    /// What was compared, row by row, as a blob.
    pub comparison: Option<Hash>,
    /// When it was published.
    pub published: Option<Time>,
    /// Where.
    pub address: Option<String>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
    /// The earlier test that it takes the place of.
    pub replaces: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("claim", &[A::Id], "the claim that was tested"),
    Field::one("tester", &[A::Code], "who tested it"),
    Field::one(
        "head",
        &[A::Place, A::Id],
        "size and root of the head of the election's log that it was held against",
    ),
    Field::one("found", &[A::Word(TestOutcome::WORDS)], "what came of it"),
    Field::optional("comparison", &[A::Blob], "what was compared"),
    Field::optional("published", &[A::Time], "when it was published"),
    Field::optional("address", &[A::Token], "where"),
    Field::optional("words", &[A::Blob], "free text"),
    Field::optional("replaces", &[A::Id], "the earlier test that it takes the place of"),
];

impl RecordKind for ClaimTest {
    const NAME: &'static str = "claim-test";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one claimant or publisher; or one press desk, and then it is shown \"as published by\", not as found by the signer";
    const EFFECT: &'static str = "stands beside its claim as found by its tester; others may have found otherwise, and stand there too";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The election record's `authority` is `none`: R307",
        "There is one signer: R202; its role is `claimant`, `publisher` or `press-desk`, whatever its scope: R202; it is not revoked: R201",
        "`claim` is an admitted `claim` in this log: R304. Whether its election's log has such a head is not asked: it is another log",
        "`replaces` is an admitted `claim-test` of the same claim in this log: R304; by the same key: R202",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let blob = |name: &str| lines.optional(name).map(|mut a| a.blob()).transpose();
        let mut head = lines.one("head");
        Ok(Self {
            claim: lines.one("claim").id()?,
            tester: lines.one("tester").word()?.to_owned(),
            head: Head { size: head.place()?, root: head.id()? },
            found: TestOutcome::parse(lines.one("found").word()?)?,
            comparison: blob("comparison")?,
            published: lines.optional("published").map(|mut a| a.time()).transpose()?,
            address: lines.optional("address").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            words: blob("words")?,
            replaces: lines.optional("replaces").map(|mut a| a.id()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("claim", self.claim).line("tester", &self.tester);
        w.line("head", format_args!("{} {}", self.head.size, self.head.root));
        w.line("found", self.found.as_str()).optional_blob("comparison", self.comparison.as_ref());
        w.optional("published", self.published).optional("address", self.address.as_ref());
        w.optional_blob("words", self.words.as_ref()).optional("replaces", self.replaces);
    }

    fn blobs(&self) -> Vec<Hash> {
        [self.comparison, self.words].into_iter().flatten().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.of_nobodys_authority()?;
        let key = context.one_signer(&[Role::Claimant, Role::Publisher, Role::PressDesk])?;
        if context.ledger.claim_of(&self.claim).is_none() {
            return refuse(RefusalCode::R304, format!("the log holds no claim {}", self.claim));
        }
        if let Some(earlier) = &self.replaces {
            let found = context.ledger.claim_test_of(earlier).filter(|test| test.said.claim == self.claim);
            let Some(test) = found else {
                return refuse(RefusalCode::R304, format!("the log holds no test {earlier} of this claim"));
            };
            if test.key != key {
                return refuse(RefusalCode::R202, "a test is replaced by the key that signed it");
            }
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_claim_test(applied, self);
    }
}
