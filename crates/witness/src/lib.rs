//! A witness: it cosigns heads of logs that only grow, and keeps those that do not (C2SP `tlog-witness`).
//!
//! [`Heads`] is the durable part: what was cosigned last for each log, decided and written before it is answered; a mirror
//! uses it with a condition of its own ([`MayCosign`]). [`Witness`] serves it over HTTP. What is decided is
//! `hakiki_tlog::witness`; here are the disk, the threads and the clock around it.
//!
//! A witness knows nothing of elections: a log is an origin and a key, pinned in the witness's directory ([`pin_log`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod clock;
mod configuration;
mod disk;
mod error;
mod heads;
mod http;
mod journal;
mod key_file;
mod logging;
mod logs;
mod metrics;
mod recorded;
mod refused;
mod witness;
mod writer;

pub use clock::{Clock, SystemClock};
pub use configuration::Configuration;
pub use error::WitnessError;
pub use hakiki_host::{LogFormat, SettingSource};
pub use heads::{Decided, Heads, HeadsSettings, MayCosign, NotYet};
pub use key_file::read_key_file;
pub use logging::start_logging;
pub use logs::{FirstContact, PinnedLog, Pinning, pin_log, pinned_logs};
pub use recorded::Recorded;
pub use refused::{REFUSED_HEADER, RefusedHead};
pub use witness::{Running, Witness};
