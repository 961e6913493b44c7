//! What every server of Hakiki has: connections, settings, files of secrets, log lines.
//!
//! It knows nothing of elections, logs and keys: those who use it bring their routes, their tables of settings, and map its
//! errors to codes of their own.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod connections;
mod logging;
mod secret_file;
mod settings;
mod source;

pub use connections::{Answers, Counted, Limits, Stop, TooFewFiles, allow_connections, serve};
pub use logging::{LogFormat, LoggingError, start_logging};
pub use secret_file::{SecretFileError, read_secret_file};
pub use settings::{Setting, SettingsError, SettingsTable, Values};
pub use source::{SettingSource, Shown};
