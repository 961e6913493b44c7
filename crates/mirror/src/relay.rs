//! Bringing submissions to the log, and again, until it answers for them: with a receipt or a signed refusal.

use crate::follow::Nudge;
use crate::fork;
use crate::held::Relation;
use crate::shared::Shared;
use hakiki_core::Record;
use hakiki_note::{Hash, Note, sha256};
use hakiki_tlog::Receipt;
use hakiki_tlog::receipt::RECEIPT_MAX_BYTES;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Rest between two rounds.
const ROUND: Duration = Duration::from_secs(1);
/// What a refused sender gets, by its first line.
const REFUSED_HEADER: &str = "hakiki/refused@v1";

/// What became of a submission at the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is in the log: the receipt, which proves it.
    Placed(String),
    /// The log refused it, and signed that.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The signed note.
        note: String,
        /// Whether the same bytes may go better later.
        may_pass: bool,
    },
    /// No answer that the log signed.
    Unanswered(String),
}

/// Brings a submission to the log.
pub(crate) fn send(shared: &Shared, id: &Hash, bytes: &[u8]) -> Sent {
    let sent = send_once(shared, id, bytes);
    shared.counters.is_silent.store(matches!(sent, Sent::Unanswered(_)), Ordering::Relaxed);
    sent
}

fn send_once(shared: &Shared, id: &Hash, bytes: &[u8]) -> Sent {
    let limits = &shared.settings;
    let answered = shared.remote.post("submit", bytes, RECEIPT_MAX_BYTES as u64, limits.relay_timeout);
    let answered = match answered {
        Ok(answered) => answered,
        Err(error) => return Sent::Unanswered(error.to_string()),
    };
    if answered.status == 200
        && let Some(receipt) = receipt_of(shared, id, &answered.body)
    {
        shared.counters.relayed.fetch_add(1, Ordering::Relaxed);
        return Sent::Placed(receipt);
    }
    match refusal_of(shared, &sha256(bytes), &answered.body) {
        Some((note, may_pass)) => Sent::Refused { status: answered.status, note, may_pass },
        None => Sent::Unanswered(format!("status {}, and nothing that the log signed", answered.status)),
    }
}

/// The receipt for a record, if the body is one. The head that it is under is looked at as every other.
fn receipt_of(shared: &Shared, id: &Hash, body: &[u8]) -> Option<String> {
    let receipt = Receipt::parse(body).ok()?;
    let verified = receipt.verify(&shared.log_key).ok()?;
    let record = Record::parse(verified.entry()?).ok()?;
    if record.id() != id {
        return None;
    }
    let checkpoint = verified.checkpoint();
    match shared.held.relation(&checkpoint.head()) {
        Relation::Other(_) => fork::against_held(shared, checkpoint, "a receipt of the log"),
        Relation::Ahead => {
            // Where looks wait already, one of them will find it.
            let _ = shared.nudge.try_send(Nudge::Look(None));
        }
        Relation::Held => {}
    }
    Some(receipt.to_text())
}

/// A refusal that the log signed for these bytes, and whether it is about the moment and not about them.
fn refusal_of(shared: &Shared, bytes: &Hash, body: &[u8]) -> Option<(String, bool)> {
    let note = Note::parse(body).ok()?;
    if note.verified_by(&[&shared.log_key]).ok()?.is_empty() {
        return None;
    }
    let mut lines = note.text.lines();
    let is_of = lines.next() == Some(REFUSED_HEADER) && lines.next() == Some(&*format!("note {bytes}"));
    let code = lines.next()?.strip_prefix("code ").filter(|_| is_of)?;
    let may_pass = code.starts_with("R4");
    Some((note.to_text(), may_pass))
}

/// Brings what waits to the log, until the mirror stops.
pub(crate) fn follow(shared: &Arc<Shared>) {
    while !shared.is_stopping() {
        shared.wait_for_stop(ROUND);
        for note in shared.queue.all() {
            if shared.is_stopping() || !again(shared, &note) {
                break;
            }
        }
    }
}

/// Sends one again. False where the log does not answer: the others wait too.
fn again(shared: &Shared, note: &Hash) -> bool {
    let bytes = match shared.queue.read(note) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return true,
        Err(error) => {
            tracing::error!(%error, %note, "a submission that waits cannot be read");
            return true;
        }
    };
    let id = match Record::parse(&bytes) {
        Ok(record) if sha256(&bytes) == *note => *record.id(),
        _ => {
            tracing::error!(%note, "a submission that waits is not what was kept; it stays");
            return true;
        }
    };
    settle(shared, note, &send(shared, &id, &bytes))
}

/// Gives up a submission that was answered for. False where the log does not answer, or not now.
pub(crate) fn settle(shared: &Shared, note: &Hash, sent: &Sent) -> bool {
    match sent {
        Sent::Placed(_) => shared.queue.remove(note),
        Sent::Refused { may_pass: false, note: refusal, .. } => {
            let code = refusal.lines().nth(2).unwrap_or_default();
            tracing::info!(%note, code, "the log refused a submission that waited");
            shared.queue.remove(note);
        }
        Sent::Refused { may_pass: true, .. } | Sent::Unanswered(_) => return false,
    }
    true
}
