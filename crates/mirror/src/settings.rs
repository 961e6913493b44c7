//! What a mirror is told: whose log, where to keep it, what to fetch, whom to ask.

use crate::error::MirrorError;
use crate::keys::Keys;
use hakiki_note::{Hash, KeyName};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Which blobs are fetched. Tables that records need are always: without them the log cannot be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobChoice {
    /// Every blob that may be public.
    All,
    /// Photographs of forms.
    Forms,
    /// None but tables.
    None,
    /// Photographs of forms of one contest.
    Contest(String),
}

impl FromStr for BlobChoice {
    type Err = MirrorError;

    fn from_str(text: &str) -> Result<Self, MirrorError> {
        match (text, text.strip_prefix("contest=")) {
            ("all", _) => Ok(Self::All),
            ("forms", _) => Ok(Self::Forms),
            ("none", _) => Ok(Self::None),
            (_, Some(code)) if !code.is_empty() => Ok(Self::Contest(code.to_owned())),
            _ => {
                let expected = "all, forms, none or contest=CODE";
                Err(MirrorError::Setting { what: "blobs", found: text.to_owned(), expected })
            }
        }
    }
}

/// A witness by its key's name, and where it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name of its key.
    pub name: KeyName,
    /// Its address, without a final slash.
    pub url: String,
}

impl FromStr for Named {
    type Err = MirrorError;

    fn from_str(text: &str) -> Result<Self, MirrorError> {
        let refused = || MirrorError::Setting {
            what: "witness",
            found: text.to_owned(),
            expected: "the name of its key and its address, as w.example/w1=https://w.example",
        };
        let (name, url) = text.split_once('=').ok_or_else(refused)?;
        let name = KeyName::new(name).map_err(|_| refused())?;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(refused());
        }
        Ok(Self { name, url: url.trim_end_matches('/').to_owned() })
    }
}

/// A mirror's settings.
pub struct Settings {
    /// Address of the log or of a mirror of it, or a directory.
    pub source: String,
    /// Directory of the copy and of the mirror's state.
    pub dir: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What it cosigns and stamps with; none at all is a mirror that only keeps and serves.
    pub keys: Keys,
    /// Which blobs are fetched.
    pub blobs: BlobChoice,
    /// A directory that is kept equal to what is served, as for a USB stick.
    pub out: Option<PathBuf>,
    /// The fingerprint that was published on paper.
    pub fingerprint: Option<Hash>,
    /// Witnesses to compare with, and to cosign the log of stamps.
    pub witnesses: Vec<Named>,
    /// Other mirrors, or the log by another way, to compare with.
    pub compare: Vec<String>,
    /// How often the log is asked for a new head.
    pub every: Duration,
    /// How often witnesses and others are compared with.
    pub compare_every: Duration,
    /// How long a request to cosign a head that is not held waits for it.
    pub cosign_wait: Duration,
    /// How long an answer of the log to a relayed submission is waited for.
    pub relay_timeout: Duration,
    /// Largest submission, in bytes.
    pub submission_max_bytes: u64,
    /// Time in which a request's head must be here, and its body.
    pub request_timeout: Duration,
    /// Submissions of one key in a minute.
    pub key_rate_per_minute: u64,
    /// Submissions of one key at once.
    pub key_burst: u64,
    /// Submissions that may wait for the log.
    pub queue_max: u64,
    /// Connections at one time; none is as many as the usual, or as the system lets.
    pub connections_max: Option<u64>,
    /// Of those, for the live feed.
    pub feeds_max: u64,
    /// Whether observations of machines are collected.
    pub is_collecting: bool,
    /// File of outlines of areas (GeoJSON), drawn as maps.
    pub boundaries: Option<PathBuf>,
    /// The property of its features that holds an area's code.
    pub boundaries_property: String,
    /// Public address of this mirror, without a final slash: feeds then have whole links.
    pub url: Option<String>,
    /// Address of a log of claims about this election, without a final slash.
    pub said_url: Option<String>,
    /// Whether statements are searched, by an index beside the copy.
    pub is_searched: bool,
}

impl Settings {
    /// The usual settings for a log that is kept in `dir`.
    pub fn new(source: impl Into<String>, dir: impl Into<PathBuf>) -> Self {
        Self {
            source: source.into(),
            dir: dir.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8090)),
            keys: Keys::none(),
            blobs: BlobChoice::All,
            out: None,
            fingerprint: None,
            witnesses: Vec::new(),
            compare: Vec::new(),
            every: Duration::from_secs(1),
            compare_every: Duration::from_secs(30),
            cosign_wait: Duration::from_secs(5),
            relay_timeout: Duration::from_secs(10),
            submission_max_bytes: 65_535,
            request_timeout: Duration::from_secs(15),
            key_rate_per_minute: 600,
            key_burst: 200,
            queue_max: 200_000,
            connections_max: None,
            feeds_max: 10_240,
            is_collecting: false,
            boundaries: None,
            boundaries_property: "code".to_owned(),
            url: None,
            said_url: None,
            is_searched: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_and_witnesses_are_read() {
        assert_eq!(
            "contest=president".parse::<BlobChoice>().unwrap(),
            BlobChoice::Contest("president".into())
        );
        assert_eq!("forms".parse::<BlobChoice>().unwrap(), BlobChoice::Forms);
        for bad in ["", "some", "contest=", "ALL"] {
            assert_eq!(bad.parse::<BlobChoice>().unwrap_err().code(), "M109");
        }
        let named: Named = "w.example/w1=https://w.example/a=b/".parse().unwrap();
        assert_eq!((named.name.as_str(), &*named.url), ("w.example/w1", "https://w.example/a=b"));
        for bad in ["https://w.example", "w.example/w1=w.example", "=http://x", "w 1=http://x"] {
            assert!(bad.parse::<Named>().is_err(), "{bad}");
        }
    }
}
