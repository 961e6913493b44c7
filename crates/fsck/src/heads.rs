//! Whose log it is, and which head everything is judged against.

use crate::FsckError;
use crate::files::Files;
use hakiki_core::Record;
use hakiki_core::kinds::Body;
use hakiki_note::{Hash, VerifierKey};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::tile::TilePath;

/// A head with its note, and who gave it.
#[derive(Debug, Clone)]
pub struct SignedHead {
    /// Verified by the log's key.
    pub checkpoint: VerifiedCheckpoint,
    /// The name of the place that gave it.
    pub from: String,
}

/// The log's key, from the first record that anybody gives; with a fingerprint, only from the record that has it.
pub(crate) fn log_key(places: &[&dyn Files], fingerprint: Option<&Hash>) -> Result<VerifierKey, FsckError> {
    let mut others = 0;
    for place in places {
        for bundle in first_bundles(*place) {
            let Some(Ok(entry)) = entries(&bundle).next() else { continue };
            let Ok(record) = Record::parse(entry) else { continue };
            let Body::Election(election) = record.body() else { continue };
            if fingerprint.is_none_or(|wanted| wanted == record.id()) {
                return Ok(election.log_key.clone());
            }
            others += 1;
        }
    }
    let found =
        if others == 0 { String::new() } else { format!(" under that fingerprint ({others} others)") };
    Err(FsckError::NoKey { found })
}

/// The first bundle, full or of the width that a checkpoint, believed or not, speaks of.
fn first_bundles(place: &dyn Files) -> Vec<Vec<u8>> {
    let claimed = place.read("checkpoint").ok().flatten();
    let size = claimed
        .as_deref()
        .and_then(|bytes| std::str::from_utf8(bytes).ok()?.lines().nth(1)?.parse::<u64>().ok());
    let partial = size.and_then(|size| u16::try_from(size).ok()).filter(|width| (1..256).contains(width));
    let widths = partial.into_iter().chain([256]);
    let paths = widths.map(|width| TilePath::Entries { index: 0, width }.to_path());
    paths.filter_map(|path| place.read(&path).ok().flatten()).collect()
}

/// The newest head signed by the key: the place's own if it has one, else the largest of the mirrors'.
pub(crate) fn head(
    own: &dyn Files,
    mirrors: &[&dyn Files],
    key: &VerifierKey,
) -> Result<SignedHead, FsckError> {
    let read = |place: &dyn Files| {
        let bytes = place.read("checkpoint").ok().flatten()?;
        let checkpoint = VerifiedCheckpoint::open(&bytes, key).ok()?;
        Some(SignedHead { checkpoint, from: place.name() })
    };
    if let Some(own) = read(own) {
        return Ok(own);
    }
    let found = mirrors.iter().filter_map(|mirror| read(*mirror));
    found
        .max_by_key(|head| head.checkpoint.head().size)
        .ok_or_else(|| FsckError::NoHead { key: key.to_string() })
}
