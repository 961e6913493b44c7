//! Blobs: fetched from the log or from another mirror, and stored only under the hash that they have.

use crate::alarm::{AlarmKind, Alarms};
use crate::remote::{Remote, RemoteError};
use hakiki_core::table::Tables;
use hakiki_note::Hash;
use hakiki_store::{BLOB_MAX_BYTES, Blobs, PosixDisk, StoreError};
use std::sync::{Mutex, PoisonError};

/// What became of fetching a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// It is here.
    Here,
    /// The log answers, and does not have it, or not the right bytes.
    Absent,
    /// The log does not answer, and nobody else has it.
    Unanswered,
}

/// Where blobs come from and lie.
pub(crate) struct BlobFetcher {
    /// Here.
    pub blobs: Blobs<PosixDisk>,
    /// The log and those that are compared with: any of them may have a blob.
    pub remotes: Vec<(String, Remote)>,
}

impl BlobFetcher {
    /// Fetches a blob that is not here.
    pub fn fetch(&self, hash: Hash, alarms: &Alarms) -> Result<Fetched, StoreError> {
        if self.blobs.has_blob(hash)? {
            return Ok(Fetched::Here);
        }
        let mut is_answered = false;
        let path = format!("blob/{hash}");
        for (number, (address, remote)) in self.remotes.iter().enumerate() {
            let about = format!("{address}/{path}");
            let read = remote.read(&path, BLOB_MAX_BYTES as u64);
            is_answered |= number == 0 && !matches!(read, Err(RemoteError::Unreachable(_)));
            match read {
                Ok(bytes) => match self.blobs.put_blob(hash, &bytes) {
                    Ok(()) => {
                        alarms.lower(AlarmKind::Altered, &about);
                        return Ok(Fetched::Here);
                    }
                    Err(refused @ StoreError::BlobHash { .. }) => {
                        alarms.raise(AlarmKind::Altered, about, refused.to_string());
                    }
                    Err(failed) => return Err(failed),
                },
                Err(RemoteError::TooLarge(most)) => {
                    alarms.raise(AlarmKind::Altered, about, format!("a blob of more than {most} bytes"));
                }
                Err(RemoteError::Absent | RemoteError::Unreachable(_)) => {}
            }
        }
        Ok(if is_answered { Fetched::Absent } else { Fetched::Unanswered })
    }
}

/// Tables for admissions: those that are here, and those that can be fetched.
pub(crate) struct FetchedTables<'a> {
    pub fetcher: &'a BlobFetcher,
    pub alarms: &'a Alarms,
    lacking: Mutex<Option<(Hash, Fetched)>>,
}

impl<'a> FetchedTables<'a> {
    pub fn new(fetcher: &'a BlobFetcher, alarms: &'a Alarms) -> Self {
        Self { fetcher, alarms, lacking: Mutex::new(None) }
    }

    /// The first table that was asked for and is not here, since the last time.
    pub fn take_lacking(&self) -> Option<(Hash, Fetched)> {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Fetches many over several connections.
    pub fn fetch_ahead(&self, hashes: &[Hash]) {
        let Some((_, remote)) = self.fetcher.remotes.first() else { return };
        let missing: Vec<Hash> = hashes
            .iter()
            .copied()
            .filter(|hash| !self.fetcher.blobs.has_blob(*hash).unwrap_or(false))
            .collect();
        // Whatever does not come is asked for again, and told, when it is needed.
        remote.each(&missing, |hash| self.fetcher.fetch(*hash, self.alarms).is_ok());
    }
}

impl Tables for FetchedTables<'_> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        let failed = |error: StoreError| {
            self.alarms.raise(AlarmKind::Own, format!("blob/{hash}"), error.to_string());
        };
        let fetched = self.fetcher.fetch(*hash, self.alarms).map_err(failed).unwrap_or(Fetched::Unanswered);
        let found = self.fetcher.blobs.read_blob(*hash).map_err(failed).unwrap_or_default();
        if found.is_none() {
            let mut lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
            lacking.get_or_insert((*hash, fetched));
        }
        found
    }
}

/// Tables that are here.
pub(crate) struct StoredTables(pub Blobs<PosixDisk>);

impl Tables for StoredTables {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.0.read_blob(*hash).unwrap_or_else(|error| {
            tracing::error!(%hash, %error, "a table cannot be read");
            None
        })
    }
}
