//! What a third person can check: forks, broken receipts, forms that were stamped and kept out, altered tiles.
//!
//! Implements `docs/reference/evidence.md`: one text file a claim, which [`Evidence::check`] turns into a [`Finding`] or
//! refuses with a stable code. A finding says what is proved, against which key, how strong it is, and what it rests on.
//!
//! What it does not do: it reads no log and asks nobody. "Consistency was not proved" is no evidence, and no file here
//! can say it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod code;
mod file;
mod finding;
mod lines;
mod page;
mod trust;

pub use code::{EvidenceCode, EvidenceError};
pub use file::{Claim, EVIDENCE_HEADER, EVIDENCE_MAX_BYTES, Evidence, STAMPS_MAX, Side, TileFound};
pub use finding::{Assumption, Finding, Grade, HeadShown};
pub use page::page;
pub use trust::{OWN_CLASS, PolicyAndKeys};
