//! `audit-plan`: what a risk-limiting audit of the paper will do, fixed before a die falls: the outcome that it tests, the risk
//! limit, the method, and the table of batches with what each was reported to hold and can hold at most.
//!
//! Sample and risk follow from plan, seed and counts, and stand in no record (`docs/reference/audit.md`).

use super::RecordKind;
use super::contest::RuleName;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, AuditPlanEntry, BatchRow, Context, Ledger, Verdict};
use crate::table::{Table, TableText, write_table};
use crate::text::value::parse_number;
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

word_enum! {
    /// The outcome that is tested.
    AuditOutcome {
        /// One candidate is elected.
        Elected = "elected",
        /// Two candidates go to a second round.
        RunOff = "run-off",
    }
}

word_enum! {
    /// How the risk is measured.
    AuditMethod {
        /// ALPHA, with a mean that learns.
        Alpha = "alpha",
        /// A share of the largest stake.
        Betting = "betting",
        /// The largest stake.
        KaplanMarkov = "kaplan-markov",
    }
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPlan {
    /// Contest.
    pub contest: String,
    /// The area whose outcome is tested: the whole, or one with a ballot of its own.
    pub area: String,
    /// The head at which the batches' reported figures were taken.
    pub head: Head,
    /// The outcome that is tested.
    pub outcome: AuditOutcome,
    /// Of whom: one number on the ballot, or two for a run-off.
    pub candidates: BTreeSet<u32>,
    /// The areas in which a rule with a spread is tested.
    pub spread_areas: BTreeSet<String>,
    /// The risk limit.
    pub risk_limit: (u32, u32),
    /// The method.
    pub method: AuditMethod,
    /// For betting: which share of the largest stake.
    pub stake: Option<(u32, u32)>,
    /// For ALPHA: the expected mean of 1 − taint, and how many draws that expectation is worth.
    pub expected: Option<((u32, u32), u32)>,
    /// The table of batches.
    pub batches: Hash,
    /// Ballots that are in no batch, by area.
    pub outside: BTreeMap<String, u32>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("area", &[A::Code], "the area whose outcome is tested"),
    Field::one("head", &[A::Place, A::Id], "size and root of the head at which the figures were taken"),
    Field::one("outcome", &[A::Word(AuditOutcome::WORDS)], "the outcome that is tested"),
    Field::some("candidate", &[A::Number], "of whom: a number on the ballot; two for a run-off"),
    Field::many("spread-area", &[A::Code], "an area in which the share of a rule with a spread is tested"),
    Field::one("risk-limit", &[A::Fraction], "the risk limit"),
    Field::one("method", &[A::Word(AuditMethod::WORDS)], "how the risk is measured"),
    Field::optional("stake", &[A::Fraction], "with `betting`: the share of the largest stake"),
    Field::optional(
        "expected",
        &[A::Fraction, A::Number],
        "with `alpha`: the expected mean of 1 − taint; how many draws it is worth",
    ),
    Field::one("batches", &[A::Blob], "the table of batches"),
    Field::many("outside", &[A::Code, A::Number], "area; ballots there that are in no batch"),
    Field::optional("words", &[A::Blob], "free text"),
];

/// The value of one row of a table of batches.
pub fn batch_row(station: &str, area: Option<&str>, bound: u64, valid: u64, votes: &[u64]) -> String {
    let votes: Vec<String> = votes.iter().map(u64::to_string).collect();
    format!("{station} {} {bound} {valid} {}", area.unwrap_or("-"), votes.join(" "))
}

impl AuditPlan {
    /// The table of rows made by [`batch_row`].
    pub fn batches_table(rows: impl IntoIterator<Item = String>) -> Vec<u8> {
        write_table(Table::AuditBatches, "batch", rows)
    }

    fn check(&self) -> Result<(), Refusal> {
        let wanted = match self.outcome {
            AuditOutcome::Elected => 1,
            AuditOutcome::RunOff => 2,
        };
        if self.candidates.len() != wanted {
            let (outcome, found) = (self.outcome.as_str(), self.candidates.len());
            return refuse(RefusalCode::R105, format!("{found} candidates, {outcome} is of {wanted}"));
        }
        if self.stake.is_some() != (self.method == AuditMethod::Betting) {
            return refuse(RefusalCode::R105, "`stake` stands with the method `betting`, and only there");
        }
        if self.expected.is_some() != (self.method == AuditMethod::Alpha) {
            return refuse(RefusalCode::R105, "`expected` stands with the method `alpha`, and only there");
        }
        Ok(())
    }

    /// How many areas must be listed under the contest's rule.
    fn check_spread(&self, context: &Context<'_>, contest: u16) -> Result<(), Refusal> {
        let contest = &context.ledger.election().contests[usize::from(contest)];
        let wanted = match (contest.rule, self.outcome, &contest.spread) {
            (RuleName::MajorityWithSpread, AuditOutcome::Elected, Some(spread)) => spread.areas_at_least,
            _ => 0,
        };
        if self.spread_areas.len() != wanted as usize {
            let found = self.spread_areas.len();
            return refuse(
                RefusalCode::R105,
                format!("{found} spread areas, the rule and this outcome ask for {wanted}"),
            );
        }
        for area in self.spread_areas.iter().chain(self.outside.keys()) {
            context.area(area)?;
        }
        Ok(())
    }

    fn read_batches(&self, context: &Context<'_>, candidates: usize) -> Result<Vec<BatchRow>, Refusal> {
        let table = TableText::load(context.tables, Table::AuditBatches, &self.batches)?;
        let mut rows = Vec::new();
        for mut row in table.lines()?.all("batch") {
            let station = context.station(row.word()?)?;
            let area = row.word()?;
            let (bound, valid) = (u64::from(row.number()?), u64::from(row.number()?));
            let votes = row.words().split(' ').filter(|word| !word.is_empty()).map(parse_number);
            let Some(votes) = votes.map(|number| number.map(u64::from)).collect::<Option<Box<[u64]>>>()
            else {
                return refuse(RefusalCode::R305, "the votes of a batch are numbers");
            };
            if votes.len() != candidates || votes.iter().sum::<u64>() > valid || valid > bound {
                return refuse(
                    RefusalCode::R305,
                    format!(
                        "a batch has the votes of {candidates} candidates, together at most its valid votes, \
                         and those at most its bound"
                    ),
                );
            }
            let area = (area != "-").then(|| area.into());
            rows.push(BatchRow { station, area, bound, valid, votes });
        }
        Ok(rows)
    }
}

impl RecordKind for AuditPlan {
    const NAME: &'static str = "audit-plan";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "as many custodians as `quorum audit-plan` says";
    const EFFECT: &'static str = "the newest plan of its contest and area takes a seed; sample and risk follow from it and are in no record";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read, each R105: `elected` has one `candidate`, `run-off` two; `stake` stands if and only if the method is `betting`, `expected` if and only if it is `alpha`",
        "`zero` stands: R303; the contest exists: R302; the area is in the register: R306; the quorum for `audit-plan`: R202, R201, R204",
        "The head's size is at most the place of this record: R304. Its root is not asked",
        "Each candidate is on the ballot of the area, its own or the nearest above: R306",
        "As many `spread-area` as the contest's `spread` asks for, where its rule is `majority-with-spread` and the outcome `elected`; none elsewhere: R105. Each of them, then each area of `outside`, is in the register: R306",
        "The batches' table is here and canonical: R305; then each row in order: R306, R305 (see Tables). Whether its figures are the ledger's, and whether they bear the outcome out, is not asked (V15)",
    ];
    type Prepared = (u16, u32, Vec<BatchRow>);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let mut head = lines.one("head");
        let plan = Self {
            contest: lines.one("contest").word()?.to_owned(),
            area: lines.one("area").word()?.to_owned(),
            head: Head { size: head.place()?, root: head.id()? },
            outcome: AuditOutcome::parse(lines.one("outcome").word()?)?,
            candidates: lines.all("candidate").map(|mut a| a.number()).collect::<Result<_, _>>()?,
            spread_areas: lines
                .all("spread-area")
                .map(|mut a| a.word().map(str::to_owned))
                .collect::<Result<_, _>>()?,
            risk_limit: lines.one("risk-limit").fraction()?,
            method: AuditMethod::parse(lines.one("method").word()?)?,
            stake: lines.optional("stake").map(|mut a| a.fraction()).transpose()?,
            expected: lines
                .optional("expected")
                .map(|mut a| Ok::<_, Refusal>((a.fraction()?, a.number()?)))
                .transpose()?,
            batches: lines.one("batches").blob()?,
            outside: lines
                .all("outside")
                .map(|mut a| Ok((a.word()?.to_owned(), a.number()?)))
                .collect::<Result<_, Refusal>>()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        };
        plan.check()?;
        Ok(plan)
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("area", &self.area);
        w.line("head", format_args!("{} {}", self.head.size, self.head.root));
        w.line("outcome", self.outcome.as_str());
        for number in &self.candidates {
            w.line("candidate", number);
        }
        for area in &self.spread_areas {
            w.line("spread-area", area);
        }
        w.line("risk-limit", format_args!("{}/{}", self.risk_limit.0, self.risk_limit.1));
        w.line("method", self.method.as_str());
        w.optional("stake", self.stake.map(|(part, whole)| format!("{part}/{whole}")));
        w.optional("expected", self.expected.map(|((part, whole), worth)| format!("{part}/{whole} {worth}")));
        w.blob("batches", &self.batches);
        for (area, ballots) in &self.outside {
            w.line("outside", format_args!("{area} {ballots}"));
        }
        w.optional_blob("words", self.words.as_ref());
    }

    fn tables(&self) -> Vec<Hash> {
        vec![self.batches]
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        context.after_zero()?;
        let (contest, area) = (context.contest(&self.contest)?, context.area(&self.area)?);
        context.quorum(Self::NAME)?;
        if self.head.size > context.place {
            return refuse(RefusalCode::R304, format!("a head of {} is not in this log yet", self.head.size));
        }
        let ballot = context.ledger.register().ballot_for_area(contest, area);
        let numbers: BTreeSet<u32> =
            ballot.iter().flat_map(|ballot| ballot.candidates.iter().map(|c| c.number)).collect();
        if let Some(number) = self.candidates.difference(&numbers).next() {
            return refuse(
                RefusalCode::R306,
                format!("number {number} is not on the ballot of {}", self.area),
            );
        }
        self.check_spread(context, contest)?;
        let rows = self.read_batches(context, numbers.len())?;
        Ok(Verdict::Admitted((contest, area, rows)))
    }

    fn apply(self, (contest, area, batches): Self::Prepared, applied: &Applied, ledger: &mut Ledger) {
        let at = (applied.place(), *applied.id());
        ledger.note_audit_plan(AuditPlanEntry::new(at, (contest, area), self, batches));
    }
}
