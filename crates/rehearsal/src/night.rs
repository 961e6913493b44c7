//! The night over HTTP: simulated kits and officers send their records to a node, in their order and along the curve.
//!
//! Who tallies an area waits until everything of its stations is sent; the declarations come when all else is.

use crate::acts::{Actors, Sending};
use crate::closing::declare;
use crate::country::{Country, Expected, Place, Plan, Squeeze, Step};
use crate::sender::{Http, Sender, client};
use anyhow::{Context, Result};
use hakiki_core::Ledger;
use hakiki_note::{Hash, VerifierKey, sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Senders at work at once, each with its own stations.
const SENDERS: usize = 192;
/// What happens at the servers and in the stores is sent by others, a list each.
fn senders(plan: &Plan) -> usize {
    SENDERS + plan.desks.len()
}

/// What came of a night's submissions.
#[derive(Debug, Default)]
pub struct Tally {
    /// Sent so far.
    pub sent: AtomicU64,
    /// Answered with a receipt.
    pub receipts: AtomicU64,
    /// Refused, as planned.
    pub refused: AtomicU64,
    /// Sent again after an answer that asked for it, or none.
    pub again: AtomicU64,
    /// Size of the largest head that a receipt carried.
    pub largest: AtomicU64,
}

/// Where the night is sent to.
pub struct Target {
    /// `http://host:port`.
    pub url: String,
    /// The log's key: receipts are checked with it.
    pub log_key: VerifierKey,
}

/// What has been sent of each area that is collated: a permit for each event of its stations.
pub struct Gates(BTreeMap<usize, Semaphore>);

impl Gates {
    /// Gates that nothing has passed, one for each planned collation.
    pub fn new(plan: &Plan) -> Self {
        let areas = plan.areas.iter().filter_map(|area| area.collation());
        Self(areas.map(|collation| (collation.area, Semaphore::new(0))).collect())
    }

    /// An event of an area's station is sent.
    fn pass(&self, area: usize) {
        if let Some(gate) = self.0.get(&area) {
            gate.add_permits(1);
        }
    }

    /// Waits for so many events of the area's stations.
    async fn wait(&self, area: usize, events: u32) -> Result<()> {
        if let Some(gate) = self.0.get(&area) {
            let _ = gate.acquire_many(events).await.context("a gate was closed")?;
        }
        Ok(())
    }
}

/// A whole night: who sends what, where to, how fast.
pub struct Night {
    /// The country.
    pub country: Country,
    /// The plan.
    pub plan: Plan,
    /// The election's id.
    pub fingerprint: Hash,
    /// Where it is sent to.
    pub target: Target,
    /// Simulated to real time.
    pub squeeze: Squeeze,
    /// The ledger of an interrupted night: what stands in it is passed over without waiting.
    pub known: Option<Arc<Ledger>>,
    /// What came of it.
    pub tally: Tally,
    /// Who has to wait for whom.
    pub gates: Gates,
}

impl Night {
    pub(crate) fn actors(&self) -> Actors<'_> {
        Actors { country: &self.country, plan: &self.plan, fingerprint: &self.fingerprint }
    }

    /// The events of one sender's stations and areas, in order of time.
    fn share(&self, sender: usize) -> Vec<Step<'_>> {
        let is_own = |step: &Step<'_>| match step.place {
            Place::Station(place) | Place::Stray(place) | Place::Area(place) => place % SENDERS == sender,
            Place::Desk(desk, _) => SENDERS + desk == sender,
        };
        self.plan.timeline().into_iter().filter(is_own).collect()
    }

    /// Whether a step's record stands in the log. What is to be refused never does, and is sent once more.
    fn is_known(&self, step: &Step<'_>, sending: &Sending) -> bool {
        step.event.expected != Expected::AsBefore && self.stands(sending)
    }

    /// The same without what was withheld before the night was interrupted: nobody takes that any more.
    fn still_shown(&self, mut sending: Sending) -> Sending {
        if let Some(known) = &self.known {
            sending.blobs.retain(|blob| known.withheld_by(&sha256(blob)).is_none());
        }
        sending
    }

    fn stands(&self, sending: &Sending) -> bool {
        self.known.as_ref().is_some_and(|ledger| ledger.place_of(sending.record.id()).is_some())
    }

    /// When the first event happens whose record is not in the log: where an interrupted night goes on.
    fn first_unknown(&self) -> Result<Option<i64>> {
        if self.known.is_none() {
            return Ok(None);
        }
        for step in self.plan.timeline().iter().filter(|step| step.event.expected != Expected::Refused) {
            let sending = self.actors().sending(step.place, step.event)?;
            if !self.stands(&sending) {
                return Ok(Some(step.event.at_seconds));
            }
        }
        Ok(None)
    }

    /// Waits for whatever must be sent before a step. That all lies before it in the timeline, and who sends it waits only
    /// for what lies before that: nobody waits in a circle.
    async fn wait_for_others(&self, step: &Step<'_>) -> Result<()> {
        let Place::Area(place) = step.place else { return Ok(()) };
        let Some(collation) = self.plan.areas[place].collation() else { return Ok(()) };
        let at_stations = self.plan.stations.iter().enumerate();
        let of_area = at_stations.filter(|(place, _)| self.country.returning_area(*place) == collation.area);
        let events: usize = of_area.map(|(_, station)| station.events.len()).sum();
        self.gates.wait(collation.area, u32::try_from(events)?).await
    }
}

/// Sends a night, from its beginning or from where it was interrupted.
pub async fn run(night: &Arc<Night>) -> Result<()> {
    let offset_ms = night.first_unknown()?.map_or(0, |at| night.squeeze.real_ms(at));
    let count = senders(&night.plan);
    let (http, began) = (client(count), Instant::now());
    let mut running = JoinSet::new();
    for number in 0..count {
        running.spawn(sender(Arc::clone(night), number, http.clone(), began, offset_ms));
    }
    while let Some(ended) = running.join_next().await {
        ended.context("a sender broke off")??;
    }
    let last = Sender { http: &http, target: &night.target, tally: &night.tally };
    declare(night, &last, &night.fingerprint).await
}

async fn sender(night: Arc<Night>, number: usize, http: Http, began: Instant, offset_ms: u64) -> Result<()> {
    let sender = Sender { http: &http, target: &night.target, tally: &night.tally };
    for step in night.share(number) {
        night.wait_for_others(&step).await?;
        let sending = night.actors().sending(step.place, step.event)?;
        if night.is_known(&step, &sending) {
            // The record stood when the night was interrupted; its words may not have been sent.
            sender.send_blobs(&night.still_shown(sending)).await?;
        } else {
            let due = night.squeeze.real_ms(step.event.at_seconds).saturating_sub(offset_ms);
            tokio::time::sleep(Duration::from_millis(due).saturating_sub(began.elapsed())).await;
            sender.deliver(&sending, step.event.expected).await?;
        }
        night.tally.sent.fetch_add(1, Relaxed);
        if let Place::Station(station) = step.place {
            night.gates.pass(night.country.returning_area(station));
        }
    }
    Ok(())
}
