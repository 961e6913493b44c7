//! Log lines of the process. They hold origins and sizes, which are public, and no addresses and no bodies.

use crate::configuration::{Configuration, LogFormat};
use crate::error::WitnessError;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error, once a process, and says the configuration with each value's source.
pub fn start_logging(configuration: &Configuration) -> Result<(), WitnessError> {
    let filter = EnvFilter::try_new(&configuration.log_level);
    let filter = filter.map_err(|e| WitnessError::Logging(format!("log_level: {e}")))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(std::io::stderr().is_terminal());
    let started = match configuration.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|e| WitnessError::Logging(e.to_string()))?;
    for (key, value, source) in configuration.shown() {
        tracing::info!(key, value, %source, "configuration");
    }
    Ok(())
}
