//! Log lines of the process. They hold no addresses of people, no bodies, no keys but public names.

use crate::error::MirrorError;
use hakiki_host::LogFormat;

/// Starts logging to standard error, once a process. `level` is a level or a filter of `tracing-subscriber`.
pub fn start_logging(level: &str) -> Result<(), MirrorError> {
    hakiki_host::start_logging(level, LogFormat::Text, &[]).map_err(|_| MirrorError::Setting {
        what: "log level",
        found: level.to_owned(),
        expected: "a level, or a filter of tracing-subscriber",
    })
}
