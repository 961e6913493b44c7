//! Having the log of stamps cosigned by witnesses: a stamp that is in a witnessed log cannot be made up later.

use crate::remote::post;
use crate::settings::Named;
use crate::shared::{Shared, read};
use crate::stamps::Stamps;
use hakiki_note::VerifierKey;
use hakiki_tlog::witness::{AddCheckpoint, parse_cosignatures, parse_recorded_size};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Rest between two rounds.
const ROUND: Duration = Duration::from_secs(2);
/// Longest answer: a cosignature line of each type.
const ANSWER_MAX_BYTES: u64 = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);

/// Brings every head of the log of stamps to the witnesses, until the mirror stops.
pub(crate) fn follow(shared: &Arc<Shared>) {
    let Some(stamps) = &shared.stamps else { return };
    // What each witness is known to have cosigned.
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    while !shared.is_stopping() {
        shared.wait_for_stop(ROUND);
        for witness in &shared.settings.witnesses {
            let size = known.entry(witness.url.clone()).or_default();
            ask(shared, stamps, witness, size);
        }
    }
}

/// Asks one witness, where there is news for it.
fn ask(shared: &Shared, stamps: &Stamps, witness: &Named, known: &mut u64) {
    let Some(key) = key_of(shared, witness) else { return };
    let Some(checkpoint) = stamps.verified_checkpoint() else { return };
    let head = checkpoint.head();
    for _ in 0..2 {
        if head.size == 0 || *known >= head.size {
            return;
        }
        let Some(proof) = stamps.consistency_proof(*known, head.size) else { return };
        let body = AddCheckpoint::new(*known, proof, &checkpoint).to_body();
        let url = format!("{}/add-checkpoint", witness.url);
        let answered = match post(&url, body.as_bytes(), ANSWER_MAX_BYTES, TIMEOUT) {
            Ok(answered) => answered,
            Err(error) => {
                tracing::debug!(witness = %witness.name, %error, "a witness does not answer");
                return;
            }
        };
        match (answered.status, parse_recorded_size(&answered.body)) {
            (200, _) => {
                if let Ok(lines) = parse_cosignatures(&answered.body) {
                    stamps.add_cosignatures(head, lines, vec![key]);
                    *known = head.size;
                }
                return;
            }
            (409, Some(size)) if size <= head.size => *known = size,
            (status, _) => {
                tracing::warn!(witness = %witness.name, status, "a witness does not cosign the log of stamps");
                return;
            }
        }
    }
}

/// The key of a witness, by the policy in force.
fn key_of(shared: &Shared, witness: &Named) -> Option<VerifierKey> {
    let ledger = read(&shared.ledger);
    ledger.witness_policy().cosigners().into_iter().find(|key| *key.name() == witness.name)
}
