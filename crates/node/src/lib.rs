//! The results server: it admits records, puts them into the log in order, and serves the log and its pages.
//!
//! Implements `docs/reference/log.md` (submission, receipts, blobs, results) over HTTP. One thread, the
//! the sequencer, writes the log and the ledger; everything else reads. There is no database: [`open_ledger`]
//! rebuilds the ledger from the log at each start.
//!
//! It does not judge records (that is `hakiki-core`), does not decide where files lie (`hakiki-store`), and writes no
//! words for people (`hakiki-portal`). Nobody has an account here: authority is keys.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod configuration;
mod cores;
mod error;
mod examiner;
mod fold;
mod found;
mod http;
mod key_file;
mod limits;
mod logging;
mod metrics;
mod node;
mod opening;
mod own_observations;
mod own_program;
mod pages;
mod pending;
mod publish_results;
mod published;
mod refusal;
mod restore;
mod sequencer;
mod shared;
mod tables;
mod witnessing;

pub use configuration::{Configuration, CosignerAddress, web_address};
pub use error::NodeError;
pub use found::found_log;
pub use hakiki_host::{LogFormat, SettingSource};
pub use http::{signed_table_headers, table_headers, table_text};
pub use key_file::read_key_file;
pub use logging::start_logging;
pub use node::{Node, Running};
pub use own_program::{dependencies_hash, dependency_list, program_hash};
pub use publish_results::publish_results;
pub use restore::open_ledger;
