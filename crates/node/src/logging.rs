//! Log lines of the process. They hold no addresses of people, no bodies, no keys but public names.

use crate::configuration::{Configuration, LogFormat};
use crate::error::NodeError;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error, once a process, and says the configuration with each value's source.
pub fn start_logging(configuration: &Configuration) -> Result<(), NodeError> {
    let filter = EnvFilter::try_new(&configuration.log_level);
    let filter = filter.map_err(|e| NodeError::Logging(format!("log_level: {e}")))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match configuration.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|e| NodeError::Logging(e.to_string()))?;
    for (key, value, source) in configuration.shown() {
        tracing::info!(key, value, %source, "configuration");
    }
    Ok(())
}
