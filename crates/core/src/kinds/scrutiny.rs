//! `scrutiny`: a question that a court's registrar put to the servers, its answer, or its refusal.

use super::RecordKind;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

word_enum! {
    /// What became of a question.
    ScrutinySays {
        /// It was answered.
        Answered = "answered",
        /// It is asked.
        Asked = "asked",
        /// It was refused.
        Refused = "refused",
    }
}

/// The last of the numbered questions.
pub const QUESTIONS: u32 = 62;

/// A scrutiny record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrutiny {
    /// Asked, answered or refused.
    pub says: ScrutinySays,
    /// Which of the numbered questions, if it is one: 1 to [`QUESTIONS`].
    pub number: Option<u32>,
    /// The record that asked; not where it is asked.
    pub question: Option<Hash>,
    /// SHA-256 of the report that answers.
    pub report: Option<Hash>,
    /// What, or why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("says", &[A::Word(ScrutinySays::WORDS)], "what became of a question"),
    Field::optional("number", &[A::Number], "which of the 62 numbered questions; only in `asked`"),
    Field::optional(
        "question",
        &[A::Id],
        "the record that asked; in `answered` and `refused`, and only there",
    ),
    Field::optional("report", &[A::Id], "SHA-256 of the report that answers: no blob; only in `answered`"),
    Field::one("reason", &[A::Code], "what is asked or answered, or why it is refused"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Scrutiny {
    const NAME: &'static str = "scrutiny";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one registrar";
    const EFFECT: &'static str =
        "listed; an answer or refusal stands beside its question; there may be several";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read, each R105: `number` stands only in `asked`, and is from 1 to 62; `question` stands if and only if it does not say `asked`; `report` stands only in `answered`",
        "`question` is an admitted `scrutiny` in the log that says `asked`: R304",
        "There is one signer: R202; its role is `registrar`: R202; it is not revoked: R201",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let scrutiny = Self {
            says: ScrutinySays::parse(lines.one("says").word()?)?,
            number: lines.optional("number").map(|mut a| a.number()).transpose()?,
            question: lines.optional("question").map(|mut a| a.id()).transpose()?,
            report: lines.optional("report").map(|mut a| a.id()).transpose()?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        };
        let is_asked = scrutiny.says == ScrutinySays::Asked;
        if scrutiny.number.is_some_and(|number| !is_asked || !(1..=QUESTIONS).contains(&number)) {
            return refuse(RefusalCode::R105, "`number` is from 1 to 62 and stands only in `asked`");
        }
        if scrutiny.question.is_some() == is_asked {
            return refuse(
                RefusalCode::R105,
                "`question` stands in `answered` and `refused`, and only there",
            );
        }
        if scrutiny.report.is_some() && scrutiny.says != ScrutinySays::Answered {
            return refuse(RefusalCode::R105, "`report` stands only in `answered`");
        }
        Ok(scrutiny)
    }

    fn write(&self, w: &mut Writer) {
        w.line("says", self.says.as_str()).optional("number", self.number);
        w.optional("question", self.question.as_ref()).optional("report", self.report.as_ref());
        w.line("reason", &self.reason).optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        if let Some(question) = &self.question
            && context.ledger.scrutiny_of(question).is_none_or(|it| it.scrutiny.says != ScrutinySays::Asked)
        {
            return refuse(RefusalCode::R304, format!("the log holds no question {question}"));
        }
        context.one_signer(&[Role::Registrar])?;
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_scrutiny(applied, self);
    }
}
