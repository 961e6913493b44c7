//! The program names itself: at a start the node's host key observes its program, its configuration and its dependencies,
//! where they differ from what it observed last.
//!
//! The records go the way of every other, through the sequencer. A key that is not enrolled yet is no failure: it is tried
//! again with each new head.

use crate::error::NodeError;
use crate::examiner::Reply;
use crate::own_program::{dependencies_hash, program_hash};
use crate::published::{Published, unix_seconds};
use crate::sequencer::{Job, Submission};
use crate::shared::{Shared, read};
use hakiki_core::kinds::{Event, Observed};
use hakiki_core::roster::KeyIndex;
use hakiki_core::text::Time;
use hakiki_core::{Ledger, Record, VerifiedRecord};
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// Rest between two tries, however fast heads come: a refused one may leave a trace in the log.
const AGAIN: Duration = Duration::from_secs(2);

/// What a node says of itself, and with which key.
pub(crate) struct OwnObservations {
    key: SigningKey,
    component: KeyName,
    values: [(Event, Hash); 3],
}

/// Why a try has not succeeded.
enum Unsaid {
    /// It may later.
    NotYet(String),
    /// The node takes nothing any more.
    Ended,
}

impl OwnObservations {
    /// Takes the hashes of what runs now.
    pub fn new(key: SigningKey, component: &str, configuration: Hash) -> Result<Self, NodeError> {
        let program = program_hash();
        let program =
            program.map_err(|source| NodeError::System { doing: "reading the own program", source })?;
        let component = KeyName::new(component).expect("the configuration checked that it is a code");
        let values = [
            (Event::Program, program),
            (Event::Configuration, configuration),
            (Event::Dependencies, dependencies_hash()),
        ];
        Ok(Self { key, component, values })
    }

    /// Says what differs, until all is said or the node ends.
    pub async fn follow(self, shared: Arc<Shared>, mut published: watch::Receiver<Arc<Published>>) {
        let mut told = String::new();
        loop {
            published.mark_unchanged();
            match self.say(&shared).await {
                Ok(()) | Err(Unsaid::Ended) => return,
                Err(Unsaid::NotYet(found)) if found != told => {
                    tracing::warn!(key = %self.key.name(), found, "the node cannot name itself yet");
                    told = found;
                }
                Err(Unsaid::NotYet(_)) => {}
            }
            tokio::time::sleep(AGAIN).await;
            if published.changed().await.is_err() {
                return;
            }
        }
    }

    async fn say(&self, shared: &Arc<Shared>) -> Result<(), Unsaid> {
        for (event, value) in self.values {
            let Some(record) = self.due(shared, event, value)? else { continue };
            let note = sha256(record.record().note().as_bytes());
            let (answer, answered) = oneshot::channel();
            if !shared.send_own(Job::Submission(Box::new(Submission { record, note, answer }))) {
                return Err(Unsaid::NotYet("too many submissions wait".to_owned()));
            }
            match answered.await {
                Ok(Reply::Placed(placed)) => {
                    tracing::info!(place = placed.place, event = event.as_str(), %value, "the node named itself");
                }
                Ok(Reply::Known(_)) => {}
                Ok(Reply::Declined(declined)) => return Err(Unsaid::NotYet(declined.refusal.to_string())),
                Ok(Reply::Failed(_)) | Err(_) => return Err(Unsaid::Ended),
            }
        }
        Ok(())
    }

    /// The record that is to be said, if this was not the last that was said of it.
    fn due(&self, shared: &Shared, event: Event, value: Hash) -> Result<Option<VerifiedRecord>, Unsaid> {
        let ledger = read(&shared.ledger);
        let not_yet = |found: String| Unsaid::NotYet(found);
        let name = self.key.name();
        let host = ledger.roster().by_name(name.as_str());
        let host = host.ok_or_else(|| not_yet(format!("{name} is not enrolled")))?;
        if self.last(&ledger, host, event) == Some(value) {
            return Ok(None);
        }
        let (sequence, previous) = ledger.last_observation(host);
        let observed = Observed {
            sequence: sequence.saturating_add(1),
            previous,
            at: Time { unix_seconds: i64::try_from(unix_seconds()).unwrap_or(0), offset_minutes: 0 },
            event,
            subject: Some(self.component.clone()),
            value: Some(value),
            origin: None,
            moved: None,
            details: None,
        };
        let record = Record::sign(&observed.into(), Some(ledger.fingerprint()), &[&self.key]);
        let record = record.map_err(|refusal| not_yet(refusal.to_string()))?;
        ledger.check_common(&record).map_err(|refusal| not_yet(refusal.to_string()))?;
        let verified = ledger.roster().verify(record);
        verified.map(Some).map_err(|(_, refusal)| not_yet(refusal.to_string()))
    }

    /// What was last observed of this component.
    fn last(&self, ledger: &Ledger, host: KeyIndex, event: Event) -> Option<Hash> {
        let is_of = |observed: &Observed| {
            observed.event == event && observed.subject.as_ref() == Some(&self.component)
        };
        let all = ledger.observations_of(host, ledger.size());
        all.filter(|entry| is_of(&entry.observed)).last().and_then(|entry| entry.observed.value)
    }
}
