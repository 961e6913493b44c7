//! Log lines of the process. They hold no addresses of people, no bodies, no keys but public names.

use crate::error::MirrorError;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error, once a process. `level` is a level or a filter of `tracing-subscriber`.
pub fn start_logging(level: &str) -> Result<(), MirrorError> {
    let refused = || MirrorError::Setting {
        what: "log level",
        found: level.to_owned(),
        expected: "a level, or a filter of tracing-subscriber",
    };
    let filter = EnvFilter::try_new(level).map_err(|_| refused())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    builder.with_target(false).try_init().map_err(|_| refused())
}
