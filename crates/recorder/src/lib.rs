//! The host recorder: turns what a machine notes of itself into `observed` records, and sends them.
//!
//! Implements `docs/guides/host-recorder.md`. What journald, the audit log, dpkg's log, watched files and the clock say
//! becomes an observation: signed by the machine's key, chained to the one before, written to an own journal and synced
//! before anything is sent. The log gets them in order, rivals' collectors (`hakiki mirror --collect`) at once; each queue
//! is the journal itself, so an outage loses nothing.
//!
//! `hakiki recorder quote` puts quotes of the machine's security chip beside it: see the module `quote`.
//!
//! People appear by the key names of the operator's sealed map, addresses only as a class, and the rest stays in a local
//! file, bound by a commitment. It judges nothing: what it records is what the machine said about itself, and a machine in
//! other hands says what those hands want. Silence here is not evidence of absence.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accounts;
mod audit;
mod chain;
mod clock;
mod details;
mod dpkg;
mod error;
mod frames;
mod journald;
mod networks;
mod observation;
mod quote;
mod recorder;
mod seen;
mod send;
mod sources;
mod tail;
mod watch;

pub use accounts::Accounts;
pub use chain::Chain;
pub use details::{Opened, Sealed, commitment, find_details};
pub use error::RecorderError;
pub use frames::own_note;
pub use networks::Networks;
pub use quote::{
    Checked, Expected, PCRS_DEFAULT, Quote, QuoteError, Tpm, parse_pcrs, put as put_quote, read as read_quote,
};
pub use recorder::{Recorder, Running, Settings};
pub use send::{Target, TargetState};
pub use watch::{Watched, value_of};
