//! The end of the night: commissioners declare, each alone, what stands at a head that holds everything before it.

use crate::acts::Actors;
use crate::country::{Commissioner, Expected};
use crate::founding::Keyring;
use crate::night::Night;
use crate::sender::Sender;
use anyhow::{Context as _, Result, bail};
use hakiki_core::Ledger;
use hakiki_note::Hash;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::tree::Head;
use hyper::Method;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How often the published head is asked for until it holds everything sent: it is published some times a second.
const TRIES: u32 = 600;
/// Between two of these.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether a commissioner's declaration stands in a ledger.
fn stands(ledger: &Ledger, keys: Keyring<'_>, commissioner: Commissioner) -> bool {
    let key = ledger.roster().by_name(keys.commissioner(commissioner.number).name().as_str());
    key.is_some_and(|key| ledger.declarations().iter().any(|declared| declared.key == key))
}

/// Sends the declarations. Those of an interrupted night are not made again, and the others speak of the same head.
pub(crate) async fn declare(night: &Night, sender: &Sender<'_>, fingerprint: &Hash) -> Result<()> {
    let known = night.known.as_deref();
    let spoken_of = known.and_then(|ledger| ledger.declarations().first()).map(|declared| declared.head);
    let head = match spoken_of {
        Some(head) => head,
        None => published(night, sender).await?,
    };
    let actors = Actors { country: &night.country, plan: &night.plan, fingerprint };
    for commissioner in &night.plan.commissioners {
        if !known.is_some_and(|ledger| stands(ledger, Keyring(&night.country), *commissioner)) {
            sender.deliver(&actors.declaration(*commissioner, head)?, Expected::Admitted).await?;
        }
        night.tally.sent.fetch_add(1, Relaxed);
    }
    Ok(())
}

/// The newest published head, once it holds every record for which a receipt came.
pub(crate) async fn published(night: &Night, sender: &Sender<'_>) -> Result<Head> {
    let url = format!("{}/checkpoint", night.target.url);
    let known = night.known.as_ref().map_or(0, |ledger| ledger.size());
    let wanted = night.tally.largest.load(Relaxed).max(known);
    for _ in 0..TRIES {
        let (status, body) = sender.answered(Method::GET, &url, &[], &[]).await?;
        if status.is_success() {
            let head = VerifiedCheckpoint::open(&body, &night.target.log_key);
            let head = head.context("the published head does not verify")?.head();
            if head.size >= wanted {
                return Ok(head);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!("the published head does not reach {wanted} records")
}
