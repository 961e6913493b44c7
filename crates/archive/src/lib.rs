//! An archive: one file that holds a log up to a head, so that it can be checked offline.
//!
//! Implements `docs/reference/archive.md`. The file is a plain tape archive (POSIX ustar) of three parts, each closed by
//! a list that `sha256sum -c` reads: the *core* (the log, its tables, and what they come to), which is the same bytes
//! whoever makes it from one head; the *blobs* (photographs and words), as far as the maker had them; and the *annex*
//! (heads that others gave, who was asked and when), signed by the maker. There is one way to write an archive, so a
//! reader writes every header again and compares.
//!
//! What it does not do: it fetches nothing and checks no record. Where the parts come from, and whether they are what
//! they say, is `hakiki-verify`'s.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod annex;
mod fault;
mod layout;
mod manifest;
mod reader;
mod sums;
mod ustar;
mod writer;

pub use annex::{ANNEX_HEADER, Annex, Asked, AskedHead, proof_text, read_proof};
pub use fault::{ArchiveCode, Fault};
pub use layout::{
    ANNEX, BLOBS, CORE, annex_head_path, annex_proof_path, blob_path, core_paths, first_departure, log_paths,
    part_of, table_path,
};
pub use manifest::{blobs_manifest, blobs_of, core_manifest, keys_text};
pub use reader::{Placed, scan};
pub use sums::sums_text;
pub use writer::{Part, Writer, Written};
