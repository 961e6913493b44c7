//! The published head: what every answer speaks of.

use crate::error::NodeError;
use hakiki_note::{SigningKey, VerifierKey};
use hakiki_site::{Document, Keep, Policy, answer};
use hakiki_store::SignFailure;
use hakiki_tlog::{Checkpoint, Head, Origin, VerifiedCheckpoint};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A head that the log signed and published, and when this process did.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// Size and root.
    pub head: Head,
    /// The signed checkpoint.
    pub checkpoint: VerifiedCheckpoint,
    /// Its bytes.
    pub text: String,
    /// Its bytes as they are served.
    pub document: Arc<Document>,
    /// By this machine's clock, in seconds since 1970.
    pub unix_seconds: u64,
}

impl Published {
    /// Takes a checkpoint that the store published.
    pub fn open(checkpoint: &str, log_key: &VerifierKey) -> Result<Self, NodeError> {
        let opened = VerifiedCheckpoint::open(checkpoint.as_bytes(), log_key).map_err(|refused| {
            NodeError::Damaged { path: "the published checkpoint".to_owned(), found: refused.to_string() }
        })?;
        Ok(Self {
            head: opened.head(),
            checkpoint: opened,
            text: checkpoint.to_owned(),
            document: document(checkpoint),
            unix_seconds: unix_seconds(),
        })
    }

    /// The same head under a checkpoint of it that carries more cosignatures.
    pub fn with_cosignatures(&self, checkpoint: VerifiedCheckpoint) -> Self {
        let text = checkpoint.to_text();
        Self { head: self.head, document: document(&text), unix_seconds: self.unix_seconds, checkpoint, text }
    }
}

fn document(checkpoint: &str) -> Arc<Document> {
    Arc::new(Document::new(answer::TEXT, Keep::Second, Policy::Page, checkpoint.to_owned()))
}

/// Now, in seconds since 1970, by this machine's clock.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Signs heads for the store.
pub(crate) fn sign_head<'a>(
    origin: &'a Origin,
    key: &'a SigningKey,
) -> impl FnMut(&Head) -> Result<String, SignFailure> + 'a {
    move |head| Ok(Checkpoint::new(origin.clone(), *head).sign(key)?)
}
