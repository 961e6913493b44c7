//! The node as a client of its witnesses and mirrors (C2SP `tlog-witness`; `docs/reference/log.md`, "Three states of a head").
//!
//! Before anything is signed at a start they are asked for the largest head that they know ([`start`]). While the node runs,
//! a thread for each asks for cosignatures ([`cosigner`]), in rounds that the newest heads begin ([`rounds`]); what comes of
//! it is in [`standing`], and enters the log as `head` records ([`head_records`]).
//!
//! Publication never waits for any of it. A witness cannot make the node sign or serve anything: what it says counts only
//! by the signatures on it.

mod contact;
mod cosigner;
mod files;
mod head_records;
mod judge;
mod rounds;
mod standing;
mod start;
mod track;

pub(crate) use head_records::head_record;
pub(crate) use rounds::{Beginning, follow};
pub(crate) use standing::{StandingHead, Witnessed};
pub(crate) use start::{Asked, ask_before_signing};
