//! Where the log lies.
//!
//! A store promises three things, for whatever disk is under it (see `docs/` and the suite in `tests/`):
//!
//! 1. putting an immutable object is durable when it returns, and never changes what is there;
//! 2. the head moves by compare-and-swap: of two writers one loses, and learns it before anything was signed;
//! 3. after a crash at any write, opening gives a log that verifies and that holds everything acknowledged.
//!
//! The disk is trusted to keep what it said it synced, and for nothing else: heads, tiles and the journal
//! are checked against each other at each start. This crate does not verify signatures, does not read old
//! tiles again (that is the verifier's), and cannot notice that the whole directory was put back to an
//! earlier day: the witnesses do.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod blob;
mod disk;
mod error;
mod journal;
mod layout;
mod locked;
mod log;
mod loss;
mod memory;
mod partials;
mod posix;
mod published;
mod reader;
mod recovery;
mod settling;

pub use blob::{BLOB_MAX_BYTES, Blobs};
pub use disk::{Disk, Durability};
pub use error::{Shown, SignFailure, StoreError};
pub use log::{
    Appended, BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, JOURNAL_BYTES_MAX, Log, SETTLE_BYTES, SETTLE_FILES,
    SignHead,
};
pub use loss::Loss;
pub use memory::{Fault, MemoryDisk, MemoryLock};
pub use posix::PosixDisk;
pub use reader::Reader;
pub use recovery::Recovery;
pub use settling::{Settled, Settling};
