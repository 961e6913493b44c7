//! Opening the log of a node: the ledger first, then the witnesses, and only then the pen.
//!
//! A start may have a head to sign, that a crash left locked and unsigned. So the log is opened with a signer that refuses,
//! the entries are folded for the policy in force, the witnesses are asked, and it is opened again with one that signs that
//! one head.

use crate::configuration::Configuration;
use crate::error::NodeError;
use crate::found::check_log_key;
use crate::published::sign_head;
use crate::restore::{Restored, restore};
use crate::witnessing::{Asked, ask_before_signing};
use hakiki_note::SigningKey;
use hakiki_store::{Blobs, Log, PosixDisk, Reader, StoreError};
use hakiki_tlog::{Head, Origin};
use std::sync::Arc;

/// Times that the log is opened: once if its head is signed, twice after a crash, and once more if another process was
/// in between.
const OPENINGS_MAX: usize = 4;

/// A log that may be written, and what it says.
pub(crate) struct OpenedLog {
    pub log: Log<PosixDisk>,
    pub restored: Restored,
    pub asked: Asked,
}

/// Opens the log in the configured directory. Signs nothing before the witnesses were asked.
pub(crate) fn open_log(
    configuration: &Configuration,
    origin: &Origin,
    log_key: &SigningKey,
) -> Result<OpenedLog, NodeError> {
    let disk = Arc::new(PosixDisk::new(&configuration.dir));
    let (reader, blobs) = (Reader::new(disk.clone()), Blobs::new(disk.clone()));
    let look = |head: Head| -> Result<(Restored, Asked), NodeError> {
        let empty = || NodeError::Empty { path: configuration.dir.clone() };
        let restored = restore(&reader, &blobs, head)?.ok_or_else(empty)?;
        check_log_key(&restored.ledger, log_key)?;
        let asked =
            ask_before_signing(configuration, log_key.verifier(), origin, &restored.ledger, &restored.tree)?;
        Ok((restored, asked))
    };
    let mut seen: Option<(Restored, Asked)> = None;
    for _ in 0..OPENINGS_MAX {
        let may_sign = seen.as_ref().map(|(restored, _)| restored.tree.head());
        let mut unsigned = None;
        match (open_once(&disk, origin, log_key, may_sign, &mut unsigned), unsigned) {
            (Ok(log), _) => {
                let (restored, asked) = match seen.filter(|(restored, _)| restored.tree.head() == log.head())
                {
                    Some(seen) => seen,
                    None => look(log.head())?,
                };
                return Ok(OpenedLog { log, restored, asked });
            }
            (Err(_), Some(unsigned)) => seen = Some(look(unsigned)?),
            (Err(error), None) => return Err(error.into()),
        }
    }
    Err(StoreError::Locked.into())
}

/// Opens the log with a signer that signs one head, or none. Tells the head that it refused to sign.
fn open_once(
    disk: &Arc<PosixDisk>,
    origin: &Origin,
    log_key: &SigningKey,
    may_sign: Option<Head>,
    unsigned: &mut Option<Head>,
) -> Result<Log<PosixDisk>, StoreError> {
    let mut sign = sign_head(origin, log_key);
    Log::open(disk.clone(), origin, &mut |head| {
        if may_sign == Some(*head) {
            return sign(head);
        }
        *unsigned = Some(*head);
        Err("the witnesses are asked first".into())
    })
}
