//! What a source saw, before it is anybody's record: the account as the system calls it, the address as it stands.
//!
//! Nothing of this leaves the machine as it is: see [`crate::observation`].

use hakiki_core::kinds::Event;
use hakiki_note::Hash;

/// Whom or what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// The machine itself.
    Machine,
    /// A person, by a name of the account or as `uid:<number>`.
    Account(String),
    /// A service, a package, a watch, a source.
    Thing(String),
}

/// One thing that a source saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What happened.
    pub what: Event,
    /// When, by the source, in seconds since 1970.
    pub at_unix_s: i64,
    pub about: About,
    /// A login's address, as the source writes it; none is the machine itself.
    pub address: Option<String>,
    /// What a file is now.
    pub value: Option<Hash>,
    /// How far the clock jumped: ahead is positive.
    pub moved_s: i64,
    /// All that the source said, which stays sealed.
    pub details: String,
}

impl Seen {
    pub fn new(what: Event, at_unix_s: i64, about: About, details: impl Into<String>) -> Self {
        let details = details.into();
        Self { what, at_unix_s, about, address: None, value: None, moved_s: 0, details }
    }
}

/// What comes from a source: perhaps something that it saw, and how far it has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted {
    /// What it saw, if it is anything that is recorded.
    pub seen: Option<Seen>,
    /// The source, and where it goes on reading after this; none where it has no place to go on from.
    pub position: Option<(&'static str, String)>,
}

impl From<Seen> for Noted {
    fn from(seen: Seen) -> Self {
        Self { seen: Some(seen), position: None }
    }
}

/// Seconds since 1970 by this machine's clock.
pub(crate) fn unix_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}
