//! `image`: a photograph for a form by id.

use super::RecordKind;
use crate::codes::Refusal;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;

/// Which of the copies an image shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The original.
    Original,
    /// An agent's carbon copy.
    AgentCopy,
    /// The sheet on the door.
    Door,
}

const SHOWS: &[(&str, Shows)] =
    &[("agent-copy", Shows::AgentCopy), ("door", Shows::Door), ("original", Shows::Original)];

/// An image record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The form or intake.
    pub of: Hash,
    /// Which copy.
    pub shows: Shows,
    /// The page, without the agents' table.
    pub page: Hash,
    /// The agents' table, cropped into a second file that is never public.
    pub agents_table: Option<Hash>,
    /// When it was taken, by the camera's clock.
    pub taken: Time,
}

const SHAPE: &[Field] = &[
    Field::one("of", &[A::Id], "the form or intake"),
    Field::one("shows", &[A::Word(&["agent-copy", "door", "original"])], "which copy"),
    Field::one("page", &[A::Blob], "the page, without the agents' table"),
    Field::optional("agents-table", &[A::Blob], "the agents' table: sealed, never public"),
    Field::one("taken", &[A::Time], "when it was taken, by the camera's clock"),
];

impl RecordKind for Image {
    const NAME: &'static str = "image";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str =
        "as the form, or whoever took it: a key enrolled for that station or an area that holds it";
    const EFFECT: &'static str =
        "stands beside the form; a better photograph is a second image and contests nothing";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`of` is a form, intake or transcript in the log, held or not: R304",
        "The signers at its station, one or more, each a `kit`, `presiding`, `deputy`, `agent`, `returning`, `second`, `observer`, `compiler` or `reader`: R202, R203; then none of them is revoked: R201",
    ];
    type Prepared = u32;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let word = lines.one("shows").word()?;
        Ok(Self {
            of: lines.one("of").id()?,
            shows: SHOWS.iter().find(|(name, _)| *name == word).map_or(Shows::Original, |(_, shows)| *shows),
            page: lines.one("page").blob()?,
            agents_table: lines.optional("agents-table").map(|mut a| a.blob()).transpose()?,
            taken: lines.one("taken").time()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        let word = SHOWS.iter().find(|(_, shows)| *shows == self.shows).map_or("original", |(word, _)| word);
        w.line("of", self.of).line("shows", word).blob("page", &self.page);
        w.optional_blob("agents-table", self.agents_table.as_ref()).line("taken", self.taken);
    }

    fn blobs(&self) -> Vec<Hash> {
        [self.page].into_iter().chain(self.agents_table).collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<u32>, Refusal> {
        let entry = context.entry(&self.of)?;
        let station = context.ledger.entries()[entry as usize].station;
        let takers = [
            Role::Kit,
            Role::Presiding,
            Role::Deputy,
            Role::Agent,
            Role::Returning,
            Role::Second,
            Role::Observer,
            Role::Compiler,
            Role::Reader,
        ];
        context.each_of(station, &takers)?;
        Ok(Verdict::Admitted(entry))
    }

    fn apply(self, entry: u32, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_image(applied, entry, self.page, self.shows);
    }
}
