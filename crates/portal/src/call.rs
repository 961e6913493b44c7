//! Whether a figure may be called: "do not call" while what stands can still change the outcome, with the reason.
//!
//! It says nothing about who won. It only says what the arithmetic of the log leaves open.

use crate::Site;
use crate::declared::is_declared_at;
use crate::outlook::Decision;
use hakiki_core::outcome::{Exactness, Outcome};
use hakiki_messages::Message;

/// What to say before a figure is called.
pub(crate) struct Call {
    /// Do not call.
    pub hold: bool,
    /// Why, as a code of `docs/reference/portal-data.md`.
    pub reason: &'static str,
    /// Up to how many votes are outstanding, where that is known.
    pub outstanding: Option<u64>,
    /// Whether a declaration names a head already.
    pub declared: bool,
}

impl Call {
    /// Of a contest in an area.
    pub(crate) fn of(site: &Site<'_>, contest: u16, area: u32) -> Self {
        let declared = is_declared_at(site, contest, area);
        let open = |reason, outstanding| Self { hold: true, reason, outstanding, declared };
        let assessment = match Decision::of(site, contest, area) {
            Decision::Unknown => return open("not_assessed", None),
            Decision::PartOf(_) => return open("part_of_whole", None),
            Decision::Here(assessment) => assessment,
        };
        let outstanding = Some(assessment.outstanding.iter().map(|part| part.votes_most).sum());
        match (&assessment.standing.outcome, assessment.can_change.holds, assessment.can_change.exactness) {
            (Outcome::NoVotes, ..) => open("no_votes", outstanding),
            (Outcome::Contradiction(_), ..) => open("contradiction", outstanding),
            (_, true, Exactness::Exact) => open("can_change", outstanding),
            (_, true, Exactness::Bound) => open("not_ruled_out", outstanding),
            (_, false, _) => Self { hold: false, reason: "cannot_change", outstanding, declared },
        }
    }

    /// The reason in words.
    pub(crate) fn message(&self) -> Message {
        let words = Message::new(format!("site.call.{}", self.reason));
        match (self.reason, self.outstanding) {
            ("can_change" | "not_ruled_out", outstanding) => words.with("votes", outstanding.unwrap_or(0)),
            _ => words,
        }
    }

    /// `declared` or `provisional`.
    pub(crate) fn state(&self) -> &'static str {
        if self.declared { "declared" } else { "provisional" }
    }
}
