//! Names every damaged file of a log and which mirror has it right; and takes it from there.
//!
//! Everything is judged against a head that the log's key signed: hash tiles from the root down, bundles against the lowest
//! tiles, blobs by their names. A file that is damaged is replaced only by bytes that lead to the same head, so a
//! mirror that lies can do no harm. Each file is read a bounded number of times: a check always ends, however much is
//! damaged. What records say is not judged here: that is the verifier's.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod edge;
mod files;
mod heads;
mod repair;

pub use check::{Damage, Damaged, Report, check};
pub use files::{Address, Directory, Files, root_of};
pub use heads::SignedHead;
pub use repair::{Repaired, repair};

use std::path::PathBuf;

/// Why nothing could be checked or repaired. `Display` begins with the code.
#[derive(Debug, thiserror::Error)]
pub enum FsckError {
    /// There is no log.
    #[error("K101: {path} holds no log (no folder `log`); name the directory of a log or a mirror", path = .path.display())]
    NoLog {
        /// The directory.
        path: PathBuf,
    },
    /// Nobody gave a first record that says whose log it is.
    #[error(
        "K102: no election record is readable, here or at a mirror{found}; name the log's key, or a mirror that has it"
    )]
    NoKey {
        /// What was found.
        found: String,
    },
    /// Nobody gave a head that the log's key signed.
    #[error(
        "K103: no checkpoint signed by {key} is readable, here or at a mirror; name a mirror that has one"
    )]
    NoHead {
        /// The log's key.
        key: String,
    },
    /// Another process writes to the log.
    #[error("K104: another process holds this log; stop it first, nothing was changed")]
    Locked,
    /// The directory cannot be written.
    #[error(
        "K105: could not write {path}: {source}. Check free space and the disk, then run it again: what is repaired stays"
    )]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}
