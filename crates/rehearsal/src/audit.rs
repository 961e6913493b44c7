//! The rehearsed audit of the paper: custodians plan it from the published log, dice are thrown, a board counts what is drawn, until the
//! audit says that it ends.
//!
//! The boxes hold what the country's model counted, before any everyday fault of a form. Or, so that it can be seen what an audit is
//! for, they hold another outcome than every form says: nothing but the paper can tell that.

use crate::acts::Sending;
use crate::closing::published;
use crate::country::{CANDIDATES, Country, Expected};
use crate::founding::{BOARD, Keyring, time};
use crate::night::Night;
use crate::sender::{Sender, client};
use anyhow::{Context as _, Result, anyhow, bail};
use hakiki_audit::batch::{Progress, Stage};
use hakiki_audit::of_log::draft::row_text;
use hakiki_audit::of_log::{Audit, draft, spread_areas};
use hakiki_core::Ledger;
use hakiki_core::kinds::{AuditCount, AuditMethod, AuditOutcome, AuditPlan, AuditSeed};
use hakiki_core::ledger::{AuditPlanEntry, BatchRow};
use hakiki_core::outcome::Outcome;
use hakiki_core::roster::InOrder;
use hakiki_core::view::prospect::prospect;
use hakiki_core::view::{ContestView, Selection};
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tokio::task::JoinSet;

/// The risk limit of the rehearsal: one in twenty.
const RISK_LIMIT: (u32, u32) = (1, 20);
/// Digits of the dice. A record asks for 20.
const DIGITS: usize = 24;
/// When the dice are thrown and when boards count, in seconds after the close of the polls.
const THROWN_AT: i64 = 30 * 3600;
const COUNTED_AT: i64 = 48 * 3600;
/// Boards that send at once.
const SENDERS: usize = 16;

/// What the boxes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boxes {
    /// What was counted on the night.
    Agree,
    /// Another outcome than all forms say.
    Differ,
}

impl Boxes {
    /// The papers of each candidate in the box of a station, where the forms' outcome is said.
    pub fn papers(
        self,
        country: &Country,
        station: usize,
        outcome: AuditOutcome,
        named: usize,
    ) -> [u64; CANDIDATES] {
        let mut votes = country.results[station].votes;
        if self == Self::Agree {
            return votes;
        }
        match outcome {
            // Said to have too little: in the boxes half of what the others are said to have is for this candidate.
            AuditOutcome::RunOff => {
                for other in (0..CANDIDATES).filter(|other| *other != named) {
                    let moved = votes[other] / 2;
                    votes[other] -= moved;
                    votes[named] += moved;
                }
            }
            // Said to be elected: in the boxes two thirds of these papers are for the next.
            AuditOutcome::Elected => {
                let moved = votes[named] * 2 / 3;
                votes[named] -= moved;
                votes[(named + 1) % CANDIDATES] += moved;
            }
        }
        votes
    }
}

/// What came of an audit.
#[derive(Debug, Clone)]
pub struct Audited {
    /// The record id of its plan.
    pub plan: Hash,
    /// Stations with paper.
    pub stations: u64,
    /// Draws that the plan was sized with, or all stations where sampling has no use.
    pub draws: u64,
    /// Stations counted by hand.
    pub counted: u64,
    /// Of these, the ones whose count is not what stood.
    pub differing: u64,
    /// The risk limit that its plan names, as a fraction.
    pub risk_limit: (u32, u32),
    /// How it ended.
    pub end: End,
}

/// How an audit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The sample confirms the outcome.
    Confirmed,
    /// Every station was counted; whether the paper bears the outcome out.
    Counted {
        /// It does.
        confirms: bool,
    },
    /// More was found in a box than it could hold: the plan does not hold.
    Broken,
}

/// An audit at work: the log as it was published, and what was added since.
struct Work<'a> {
    night: &'a Arc<Night>,
    boxes: Boxes,
    ledger: Ledger,
    tables: BTreeMap<Hash, Vec<u8>>,
}

/// Audits the election whose published log is given, from its plan to its end. What stands in the log already is not done again.
pub(crate) async fn audit(night: &Arc<Night>, ledger: Ledger, head: Head, boxes: Boxes) -> Result<Audited> {
    let mut work = Work { night, boxes, ledger, tables: BTreeMap::new() };
    if work.ledger.audit_plans().is_empty() {
        work.plan(head).await?;
    }
    let sized = work.now()?;
    let stations = sized.plan.contest().batches().len() as u64;
    let draws = sized.plan.clean_draws(sized.terms.risk_limit, sized.terms.method).min(stations);
    if work.entry()?.seed_as_of(work.ledger.size()).is_none() {
        work.seed().await?;
    }
    let (end, counts) = loop {
        let now = work.now()?;
        let counts = now.counts;
        match now.progress {
            Err(_) => break (End::Broken, counts),
            Ok(Progress { stage: Stage::Confirmed { .. }, .. }) => break (End::Confirmed, counts),
            Ok(Progress { stage: Stage::Counted { confirms }, .. }) => {
                break (End::Counted { confirms }, counts);
            }
            Ok(Progress { stage: Stage::Sized { .. }, .. }) => {
                bail!("the seed stands, and nothing was drawn")
            }
            Ok(Progress { stage: Stage::Counting { missing } | Stage::FullCount { missing }, .. }) => {
                work.count(&missing).await?;
            }
        }
    };
    published(night, &Sender { http: &client(1), target: &night.target, tally: &night.tally }).await?;
    let batches = sized.plan.contest().batches();
    let differing = batches
        .iter()
        .filter(|batch| counts.get(&batch.code).is_some_and(|count| count.votes != batch.reported.votes));
    Ok(Audited {
        plan: work.entry()?.id,
        stations,
        draws,
        counted: counts.len() as u64,
        differing: differing.count() as u64,
        risk_limit: work.entry()?.plan.risk_limit,
        end,
    })
}

impl Work<'_> {
    fn keys(&self) -> Keyring<'_> {
        Keyring(&self.night.country)
    }

    fn entry(&self) -> Result<&AuditPlanEntry> {
        self.ledger.audit_plans().last().context("no audit was planned")
    }

    fn now(&self) -> Result<Audit> {
        Ok(Audit::new(&self.ledger, self.entry()?, self.ledger.size())?)
    }

    /// What is admitted by the node is admitted here too: the next step follows from it.
    fn fold(&mut self, sending: &Sending) -> Result<()> {
        self.tables.extend(sending.tables.iter().map(|table| (sha256(&table.bytes), table.bytes.clone())));
        let verified = self
            .ledger
            .roster()
            .verify(sending.record.clone())
            .map_err(|(_, refusal)| anyhow!("{refusal}"))?;
        let admission =
            self.ledger.admit(&verified, &self.tables, &InOrder).map_err(|refusal| anyhow!("{refusal}"))?;
        self.ledger.apply(verified, admission);
        Ok(())
    }

    /// Sends records, some at once, and folds them in their order.
    async fn send(&mut self, all: Vec<Sending>) -> Result<()> {
        let all = Arc::new(all);
        let http = client(SENDERS);
        let mut running = JoinSet::new();
        for number in 0..SENDERS.min(all.len()) {
            let (all, night, http) = (Arc::clone(&all), Arc::clone(self.night), http.clone());
            running.spawn(async move {
                let sender = Sender { http: &http, target: &night.target, tally: &night.tally };
                for sending in all.iter().skip(number).step_by(SENDERS) {
                    sender.deliver(sending, Expected::Admitted).await?;
                    night.tally.sent.fetch_add(1, Relaxed);
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = running.join_next().await {
            ended.context("a sender broke off")??;
        }
        all.iter().try_for_each(|sending| self.fold(sending))
    }

    async fn plan(&mut self, head: Head) -> Result<()> {
        let contest = 0;
        let area = self.ledger.register().root().context("the register has no area")?;
        let rows = draft(&self.ledger, contest, area, head.size)?;
        let (outcome, candidates, areas) = outcome(&self.ledger, contest, &rows)?;
        let table = AuditPlan::batches_table(rows.iter().map(|row| row_text(&self.ledger, row)));
        let plan = AuditPlan {
            contest: self.ledger.election().contests[usize::from(contest)].code.clone(),
            area: self.ledger.register().areas()[area as usize].code.to_string(),
            head,
            outcome,
            candidates,
            spread_areas: areas,
            risk_limit: RISK_LIMIT,
            method: AuditMethod::Betting,
            stake: Some((9, 10)),
            expected: None,
            batches: sha256(&table),
            outside: BTreeMap::new(),
            words: None,
        };
        let quorum = self.keys().quorum();
        let actors = self.night.actors();
        let record = actors.sign(plan, &quorum.iter().collect::<Vec<_>>())?;
        let tables = vec![actors.signed_table(table, &quorum[0])];
        let sending = Sending { tables, ..Sending::of(record) };
        self.send(vec![sending]).await
    }

    /// The dice of a rehearsal are the country's seed's.
    async fn seed(&mut self) -> Result<()> {
        let plan = self.entry()?.id;
        let digits =
            self.night.country.key_seed("dice of the audit").map(|byte| char::from(b'0' + byte % 10));
        let seed = AuditSeed {
            plan,
            digits: digits.into_iter().take(DIGITS).collect(),
            thrown: time(THROWN_AT)?,
            present: BTreeSet::new(),
            words: None,
        };
        let (commissioner, observer) = (self.keys().commissioner(1), self.keys().observer());
        let record = self.night.actors().sign(seed, &[&commissioner, &observer])?;
        self.send(vec![Sending::of(record)]).await
    }

    async fn count(&mut self, missing: &[String]) -> Result<()> {
        let entry = self.entry()?;
        let country = &self.night.country;
        let board: Vec<SigningKey> = (1..=BOARD).map(|number| self.keys().auditor(number)).collect();
        let named = entry.plan.candidates.first().copied().unwrap_or(1).saturating_sub(1) as usize;
        let counts = missing.iter().enumerate().map(|(at, code)| {
            let station = country.stations.binary_search_by(|station| station.code.as_str().cmp(code));
            let station = station.map_err(|_| anyhow!("station {code} is not of this country"))?;
            let papers = self.boxes.papers(country, station, entry.plan.outcome, named);
            let votes = (1..).zip(papers).map(|(number, votes)| Ok((number, u32::try_from(votes)?)));
            let count = AuditCount {
                plan: entry.id,
                station: code.clone(),
                at: time(COUNTED_AT + 60 * i64::try_from(at)?)?,
                votes: votes.collect::<Result<_>>()?,
                rejected: Some(u32::try_from(country.results[station].rejected)?),
                seal: None,
                page: None,
                replaces: None,
                words: None,
            };
            Ok(Sending::of(self.night.actors().sign(count, &board.iter().collect::<Vec<_>>())?))
        });
        let counts = counts.collect::<Result<Vec<_>>>()?;
        self.send(counts).await
    }
}

/// What stands under the rule of the contest: who is elected, or the two of a run-off; and the areas of the spread.
fn outcome(
    ledger: &Ledger,
    contest: u16,
    rows: &[BatchRow],
) -> Result<(AuditOutcome, BTreeSet<u32>, BTreeSet<String>)> {
    let view = ContestView::new(ledger, contest, ledger.size(), Selection::All);
    let number = |place: usize| Ok(u32::try_from(place + 1)?);
    match prospect(ledger, &view)?.standing.outcome {
        Outcome::Elected(first) => {
            let areas = spread_areas(ledger, contest, rows, first)?;
            Ok((AuditOutcome::Elected, BTreeSet::from([number(first)?]), areas.into_iter().collect()))
        }
        Outcome::RunOff { first, second } if first.len() + second.len() == 2 => {
            let finalists = first.into_iter().chain(second).map(number).collect::<Result<_>>()?;
            Ok((AuditOutcome::RunOff, finalists, BTreeSet::new()))
        }
        other => bail!("an outcome that no plan can name: {other:?}"),
    }
}
