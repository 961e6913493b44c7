//! `audit-count`: a board's count by hand of the paper of one station, after the seed.
//!
//! A count is never refused for what it says: one above the bound of its batch shows that the bound was none, and must be in the log.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, AuditCountEntry, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// The fewest members of a board who sign.
const BOARD_LEAST: usize = 2;

/// A count by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCount {
    /// The plan.
    pub plan: Hash,
    /// The station.
    pub station: String,
    /// When it was counted, by the board's clock.
    pub at: Time,
    /// Votes by number on the ballot.
    pub votes: BTreeMap<u32, u32>,
    /// Ballot papers that are for nobody.
    pub rejected: Option<u32>,
    /// The serial of the seal that was on the box, as found.
    pub seal: Option<String>,
    /// A photograph of the tally sheet.
    pub page: Option<Hash>,
    /// The earlier count of this station that it takes the place of.
    pub replaces: Option<Hash>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("plan", &[A::Id], "the `audit-plan` that it is for"),
    Field::one("station", &[A::Code], "station"),
    Field::one("at", &[A::Time], "when, by the board's clock"),
    Field::some("votes", &[A::Number, A::Number], "candidate's number on the ballot, votes counted by hand"),
    Field::optional("rejected", &[A::Number], "ballot papers for nobody"),
    Field::optional("seal", &[A::Code], "serial of the seal on the box, as found"),
    Field::optional("page", &[A::Blob], "photograph of the tally sheet"),
    Field::optional("replaces", &[A::Id], "the earlier count of the station that it takes the place of"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for AuditCount {
    const NAME: &'static str = "audit-count";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str =
        "two or more auditors whose areas hold the station; agents and observers may sign beside them";
    const EFFECT: &'static str = "the count of the station's paper in its audit; changes no tally";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "`plan` is an admitted `audit-plan` in the log: R304; it has its seed: R308; the station is in the register: R306, and in the plan's table: R306",
        "The numbers of the `votes` lines are those of the ballot of the plan's area, all of them and no other: R105",
        "The signers at the station, each an `auditor`, `agent` or `observer`: R202, R203; none is revoked: R201; two or more are auditors: R204",
        "If the station has a count under this plan, `replaces` is the newest; if not, it does not stand: R308. Whether the station was drawn, and whether the count is above the bound, is not asked",
    ];
    type Prepared = (u32, u32);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            plan: lines.one("plan").id()?,
            station: lines.one("station").word()?.to_owned(),
            at: lines.one("at").time()?,
            votes: lines
                .all("votes")
                .map(|mut a| Ok((a.number()?, a.number()?)))
                .collect::<Result<_, Refusal>>()?,
            rejected: lines.optional("rejected").map(|mut a| a.number()).transpose()?,
            seal: lines.optional("seal").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            page: lines.optional("page").map(|mut a| a.blob()).transpose()?,
            replaces: lines.optional("replaces").map(|mut a| a.id()).transpose()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("plan", self.plan).line("station", &self.station).line("at", self.at);
        for (number, votes) in &self.votes {
            w.line("votes", format_args!("{number} {votes}"));
        }
        w.optional("rejected", self.rejected).optional("seal", self.seal.as_ref());
        w.optional_blob("page", self.page.as_ref()).optional("replaces", self.replaces);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        [self.page, self.words].into_iter().flatten().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        let (index, plan) = context.audit_plan(&self.plan)?;
        if plan.seed.is_none() {
            return refuse(
                RefusalCode::R308,
                "the plan has no seed yet; what is counted before it proves nothing",
            );
        }
        let station = context.station(&self.station)?;
        if plan.batch_of(station).is_none() {
            return refuse(RefusalCode::R306, format!("{} is not in the plan's table", self.station));
        }
        let ballot = context.ledger.register().ballot_for_area(plan.contest, plan.area);
        let numbers = ballot.iter().flat_map(|ballot| ballot.candidates.iter().map(|c| c.number));
        if !numbers.eq(self.votes.keys().copied()) {
            return refuse(RefusalCode::R105, "the votes lines are not one for each number on the ballot");
        }
        context.each_of(station, &[Role::Auditor, Role::Agent, Role::Observer])?;
        context.at_least(Role::Auditor, BOARD_LEAST)?;
        if plan.count_of(station, u64::MAX).map(|count| count.id) != self.replaces {
            return refuse(
                RefusalCode::R308,
                "`replaces` names the newest count of the station under this plan, if there is one",
            );
        }
        Ok(Verdict::Admitted((index, station)))
    }

    fn apply(self, (plan, station): (u32, u32), applied: &Applied, ledger: &mut Ledger) {
        let (place, id, keys) = (applied.place(), *applied.id(), applied.keys().into());
        ledger.note_audit_count(plan, AuditCountEntry { place, id, keys, station, count: self });
    }
}
