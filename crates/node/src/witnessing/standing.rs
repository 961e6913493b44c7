//! The three states of heads, as this node knows them: what was signed, what the quorum cosigned, what rivals hold.

use super::files;
use super::judge::{Judged, judge};
use crate::published::{Published, unix_seconds};
use hakiki_core::{HeadStanding, PolicyHistory};
use hakiki_note::VerifierKey;
use hakiki_tlog::{Head, MemoryTree};
use std::path::Path;
use std::sync::Arc;

/// A head with the cosignatures that came, and what they amount to.
#[derive(Debug, Clone)]
pub(crate) struct StandingHead {
    /// Its checkpoint, with all good cosignatures.
    pub published: Published,
    /// What they amount to under the policy of the head's size.
    pub standing: HeadStanding,
    /// Since when it stands so here: seconds since 1970 by this machine's clock.
    pub since_unix_seconds: u64,
}

/// The newest heads of each state. Signed heads are the sequencer's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Witnessed {
    /// The newest head that cosigners were asked for and that one of them cosigned.
    pub latest: Option<Arc<StandingHead>>,
    /// The newest that the quorum cosigned.
    pub cosigned: Option<Arc<StandingHead>>,
    /// The newest that mirrors of two classes hold.
    pub held: Option<Arc<StandingHead>>,
}

impl Witnessed {
    /// What an earlier process left in the log's directory, as far as it belongs to this log.
    pub fn load(dir: &Path, log_key: &VerifierKey, tree: &MemoryTree, policies: &PolicyHistory) -> Self {
        let mut witnessed = Self::default();
        for path in [files::COSIGNED, files::HELD, files::CHECKPOINT] {
            let Some((text, since_unix_seconds)) = files::read(dir, path) else { continue };
            let published = match Published::open(&text, log_key) {
                Ok(published) if judge(&published.head, tree) == Judged::Earlier => published,
                Ok(_) => {
                    tracing::warn!(path, "the file is of no head of this log, and is not used");
                    continue;
                }
                Err(error) => {
                    tracing::warn!(path, %error, "the file is not used");
                    continue;
                }
            };
            let standing = policies.standing(&published.checkpoint);
            witnessed.take(StandingHead { published, standing, since_unix_seconds });
        }
        witnessed
    }

    /// Takes a head whose cosignatures were verified.
    pub fn take(&mut self, head: StandingHead) {
        let (is_cosigned, is_held) = (head.standing.is_cosigned(), head.standing.is_held());
        if head.standing.witnesses.is_empty() && head.standing.mirrors.is_empty() {
            return;
        }
        let head = Arc::new(head);
        put(&mut self.latest, &head);
        if is_cosigned {
            put(&mut self.cosigned, &head);
        }
        if is_held {
            put(&mut self.held, &head);
        }
    }

    /// How a head stands. The log only grows, so whoever cosigned a later head of it swears to this one, too.
    pub fn standing_of(&self, head: &Head) -> Option<&Arc<StandingHead>> {
        let covers = |found: &&Arc<StandingHead>| found.published.head.size >= head.size;
        let is_it = |found: &&Arc<StandingHead>| found.published.head == *head;
        let held = self.held.as_ref().filter(covers);
        held.or_else(|| self.cosigned.as_ref().filter(covers)).or_else(|| self.latest.as_ref().filter(is_it))
    }

    /// The best checkpoint to prove a place under: held, or cosigned.
    pub fn covering(&self, place: u64) -> Option<&Published> {
        let covers = |found: &&Arc<StandingHead>| found.published.head.size > place;
        let best = self.held.as_ref().filter(covers).or_else(|| self.cosigned.as_ref().filter(covers));
        best.map(|found| &found.published)
    }
}

/// Puts a head into its place, unless a newer one stands there. More cosignatures do not make a state younger.
fn put(place: &mut Option<Arc<StandingHead>>, head: &Arc<StandingHead>) {
    let put = match place {
        Some(there) if there.published.head.size > head.published.head.size => return,
        Some(there) if there.published.head == head.published.head => {
            let mut richer = StandingHead::clone(head);
            richer.since_unix_seconds = there.since_unix_seconds;
            Arc::new(richer)
        }
        _ => head.clone(),
    };
    *place = Some(put);
}

impl StandingHead {
    /// A head as it stands now.
    pub fn now(published: Published, policies: &PolicyHistory) -> Self {
        let standing = policies.standing(&published.checkpoint);
        Self { published, standing, since_unix_seconds: unix_seconds() }
    }

    /// Seconds that it stands so.
    pub fn age_seconds(&self) -> u64 {
        unix_seconds().saturating_sub(self.since_unix_seconds)
    }
}
