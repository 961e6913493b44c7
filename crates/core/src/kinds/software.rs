//! `software`: which program, configuration and dependencies of a component the quorum authorises from here on.

use super::RecordKind;
use crate::codes::Refusal;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;

/// An authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// What it is a part of: `node`, `mirror` and so on.
    pub component: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the program's bytes.
    pub program: Hash,
    /// SHA-256 of its configuration.
    pub configuration: Option<Hash>,
    /// SHA-256 of its list of dependencies.
    pub dependencies: Option<Hash>,
    /// SHA-256 of the archive of its source.
    pub source: Option<Hash>,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("component", &[A::Code], "the component, as the `subject` of what hosts observe"),
    Field::one("version", &[A::Code], "its version"),
    Field::one("program", &[A::Id], "SHA-256 of the program's bytes: no blob, nor the three below"),
    Field::optional("configuration", &[A::Id], "SHA-256 of its configuration"),
    Field::optional("dependencies", &[A::Id], "SHA-256 of its list of dependencies"),
    Field::optional("source", &[A::Id], "SHA-256 of the archive of its source"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Software {
    const NAME: &'static str = "software";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum";
    const EFFECT: &'static str = "replaces what was authorised for the component, behind its place; what a host observes is compared with it: F502";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &["The quorum for `software`: R202, R201, R204"];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let hash = |key: &str| lines.optional(key).map(|mut a| a.id()).transpose();
        Ok(Self {
            component: lines.one("component").word()?.to_owned(),
            version: lines.one("version").word()?.to_owned(),
            program: lines.one("program").id()?,
            configuration: hash("configuration")?,
            dependencies: hash("dependencies")?,
            source: hash("source")?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("component", &self.component).line("version", &self.version).line("program", self.program);
        w.optional("configuration", self.configuration.as_ref());
        w.optional("dependencies", self.dependencies.as_ref()).optional("source", self.source.as_ref());
        w.line("reason", &self.reason).optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.quorum(Self::NAME)?;
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_software(applied, self);
    }
}
