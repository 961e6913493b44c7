//! The boxes of a results form: shared by every kind that carries figures.

use super::Contest;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::text::{Argument as A, BoxValue, Field, Lines, Writer};

/// A box of the paper besides the candidates'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoxName {
    /// Disputed votes.
    Disputed,
    /// Rejection objected to.
    Objected,
    /// Registered voters.
    Registered,
    /// Rejected ballot papers.
    Rejected,
    /// Total valid votes, below the candidates.
    Valid,
    /// Total valid votes, in the counts box.
    ValidCounted,
}

/// Every box, in the order of its name.
pub const BOX_NAMES: [BoxName; 6] = [
    BoxName::Disputed,
    BoxName::Objected,
    BoxName::Registered,
    BoxName::Rejected,
    BoxName::Valid,
    BoxName::ValidCounted,
];

impl BoxName {
    /// The key of each, in byte order.
    pub const WORDS: &'static [&'static str] =
        &["disputed", "objected", "registered", "rejected", "valid", "valid-counted"];

    /// The key of its line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::Objected => "objected",
            Self::Registered => "registered",
            Self::Rejected => "rejected",
            Self::Valid => "valid",
            Self::ValidCounted => "valid-counted",
        }
    }

    /// The box of a key.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match BOX_NAMES.iter().find(|name| name.as_str() == text) {
            Some(name) => Ok(*name),
            None => refuse(RefusalCode::R105, format!("no box is called {text:?}")),
        }
    }
}

/// The lines of the boxes, in the order of the paper.
pub const FIGURES: &[Field] = &[
    Field::optional("registered", &[A::Box], "registered voters, as the paper says"),
    Field::many("votes", &[A::Number, A::Box], "candidate's number on the ballot, votes"),
    Field::optional("valid", &[A::Box], "total valid votes, below the candidates"),
    Field::optional("valid-counted", &[A::Box], "total valid votes, in the counts box"),
    Field::optional("rejected", &[A::Box], "rejected ballot papers"),
    Field::optional("objected", &[A::Box], "rejected ballot papers objected to"),
    Field::optional("disputed", &[A::Box], "disputed votes"),
];

/// The boxes of one paper. A box that the paper does not have is absent; absent is not zero, nor is blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Candidate's number and box, ascending.
    pub votes: Vec<(u32, BoxValue)>,
    /// The other boxes by [`BoxName`].
    pub boxes: [Option<BoxValue>; 6],
}

impl Figures {
    /// Reads the lines.
    pub fn read(lines: &Lines) -> Result<Self, Refusal> {
        let votes =
            lines.all("votes").map(|mut a| Ok((a.number()?, a.boxed()?))).collect::<Result<_, Refusal>>()?;
        let mut boxes = [None; 6];
        for name in BOX_NAMES {
            boxes[name as usize] = lines.optional(name.as_str()).map(|mut a| a.boxed()).transpose()?;
        }
        Ok(Self { votes, boxes })
    }

    /// Writes the lines.
    pub fn write(&self, w: &mut Writer) {
        w.optional("registered", self.boxed(BoxName::Registered));
        for (candidate, votes) in &self.votes {
            w.line("votes", format_args!("{candidate} {votes}"));
        }
        for name in
            [BoxName::Valid, BoxName::ValidCounted, BoxName::Rejected, BoxName::Objected, BoxName::Disputed]
        {
            w.optional(name.as_str(), self.boxed(name));
        }
    }

    /// A box, if the paper has it.
    pub fn boxed(&self, name: BoxName) -> Option<BoxValue> {
        self.boxes[name as usize]
    }

    /// The same figures with a box written.
    #[must_use]
    pub fn with(mut self, name: BoxName, value: BoxValue) -> Self {
        self.boxes[name as usize] = Some(value);
        self
    }

    /// Refuses a box that the contest's paper does not have and, unless `may_lack`, a missing one.
    pub(crate) fn check_boxes(&self, contest: &Contest, may_lack: bool) -> Result<(), Refusal> {
        for name in BOX_NAMES {
            let (has, wants) = (self.boxed(name).is_some(), contest.boxes.contains(&name));
            if has && !wants || wants && !has && !may_lack {
                let what = if has { "is not a box of" } else { "is missing; it is a box of" };
                let (name, code) = (name.as_str(), &contest.code);
                return refuse(RefusalCode::R105, format!("{name:?} {what} the paper for {code}"));
            }
        }
        Ok(())
    }
}
