//! Recorders as processes over loopback: lines of a journal in, records in a log and at a rival's collector out.
#![allow(clippy::unwrap_used, missing_docs)]

mod chip;
mod collect;
mod house;
mod kill;
mod outage;
mod quote;
mod record;
