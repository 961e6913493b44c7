//! `notice`: a pause, a resumption, an outage or another incident, said by the quorum.

use super::RecordKind;
use crate::codes::Refusal;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeAbout {
    /// Anything else that people must know.
    Incident,
    /// Something does not work.
    Outage,
    /// Publication pauses.
    Pause,
    /// It goes on.
    Resume,
}

const ABOUT: &[(&str, NoticeAbout)] = &[
    ("incident", NoticeAbout::Incident),
    ("outage", NoticeAbout::Outage),
    ("pause", NoticeAbout::Pause),
    ("resume", NoticeAbout::Resume),
];

impl NoticeAbout {
    /// As written.
    pub fn as_str(self) -> &'static str {
        ABOUT.iter().find(|(_, about)| *about == self).map_or("incident", |(word, _)| word)
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub about: NoticeAbout,
    /// When it begins, by the signers' clocks.
    pub from: Time,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("about", &[A::Word(&["incident", "outage", "pause", "resume"])], "what it is about"),
    Field::one("from", &[A::Time], "when it begins, by the signers' clocks"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Notice {
    const NAME: &'static str = "notice";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum";
    const EFFECT: &'static str = "listed";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &["The quorum for `notice`: R202, R201, R204"];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let word = lines.one("about").word()?;
        Ok(Self {
            about: ABOUT
                .iter()
                .find(|(name, _)| *name == word)
                .map_or(NoticeAbout::Incident, |(_, about)| *about),
            from: lines.one("from").time()?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("about", self.about.as_str()).line("from", self.from).line("reason", &self.reason);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.quorum(Self::NAME)?;
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_notice(applied.place(), self);
    }
}
