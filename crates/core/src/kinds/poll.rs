//! `poll`: where and for which contests the poll is opened, postponed, not held, relocated, closed.

use super::RecordKind;
use crate::codes::Refusal;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// The state of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollState {
    /// It is held.
    Opened,
    /// It will be held later: its stations are not expected.
    Postponed,
    /// It is not held: its stations are not expected.
    NotHeld,
    /// It is held elsewhere.
    Relocated,
    /// It is over.
    Closed,
}

const STATES: &[(&str, PollState)] = &[
    ("closed", PollState::Closed),
    ("not-held", PollState::NotHeld),
    ("opened", PollState::Opened),
    ("postponed", PollState::Postponed),
    ("relocated", PollState::Relocated),
];

impl PollState {
    /// Whether a station in this state is expected to send a form.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Opened | Self::Relocated | Self::Closed)
    }
}

/// A poll record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// The state.
    pub state: PollState,
    /// Contests.
    pub contests: BTreeSet<String>,
    /// Areas, each with all below it.
    pub areas: BTreeSet<String>,
    /// Stations.
    pub stations: BTreeSet<String>,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one(
        "state",
        &[A::Word(&["closed", "not-held", "opened", "postponed", "relocated"])],
        "the state from here on",
    ),
    Field::some("contest", &[A::Code], "for these contests"),
    Field::many("area", &[A::Code], "in these areas and all below them"),
    Field::many("station", &[A::Code], "and at these stations"),
    Field::optional("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for Poll {
    const NAME: &'static str = "poll";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum";
    const EFFECT: &'static str =
        "a station without a poll is not expected, and so not missing; the last state holds";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The quorum for `poll`: R202, R201, R204",
        "Each contest exists: R302; then each area is in the register: R306; then each station: R306. There may be none; `zero` need not stand",
    ];
    type Prepared = (Vec<u16>, Vec<u32>, Vec<u32>);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let word = lines.one("state").word()?;
        let state =
            STATES.iter().find(|(name, _)| *name == word).map_or(PollState::Opened, |(_, state)| *state);
        let codes =
            |key: &str| lines.all(key).map(|mut a| a.word().map(str::to_owned)).collect::<Result<_, _>>();
        Ok(Self {
            state,
            contests: codes("contest")?,
            areas: codes("area")?,
            stations: codes("station")?,
            reason: lines.optional("reason").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        let word = STATES.iter().find(|(_, state)| *state == self.state).map_or("opened", |(word, _)| word);
        w.line("state", word);
        for (key, codes) in [("contest", &self.contests), ("area", &self.areas), ("station", &self.stations)]
        {
            for code in codes {
                w.line(key, code);
            }
        }
        w.optional("reason", self.reason.as_ref());
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        context.quorum(Self::NAME)?;
        let contests = self.contests.iter().map(|code| context.contest(code)).collect::<Result<_, _>>()?;
        let areas = self.areas.iter().map(|code| context.area(code)).collect::<Result<_, _>>()?;
        let stations = self.stations.iter().map(|code| context.station(code)).collect::<Result<_, _>>()?;
        Ok(Verdict::Admitted((contests, areas, stations)))
    }

    fn apply(self, (contests, areas, stations): Self::Prepared, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_poll(applied.place(), self.state, contests, areas, stations);
    }
}
