//! Log lines of the process, to standard error. What they may hold is for those who write them.

use crate::source::Shown;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// Reads `text` or `json`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Why logging does not start.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// No level and no filter.
    #[error("log_level: {0}")]
    Level(String),
    /// It was started before.
    #[error("{0}")]
    Started(String),
}

/// Starts logging to standard error, once a process, and says the configuration with each value's source. `level` is a
/// level or a filter of `tracing-subscriber`.
pub fn start_logging(level: &str, format: LogFormat, shown: &[Shown]) -> Result<(), LoggingError> {
    let filter = EnvFilter::try_new(level).map_err(|e| LoggingError::Level(e.to_string()))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Colours would stand as noise in a file; who sets NO_COLOR wants none (no-color.org).
    let wants_none = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let builder = builder.with_ansi(std::io::stderr().is_terminal() && !wants_none);
    let started = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|e| LoggingError::Started(e.to_string()))?;
    for (key, value, source) in shown {
        tracing::info!(key, value, %source, "configuration");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_starts_once_and_with_a_level() {
        let start = |level| start_logging(level, LogFormat::Json, &[]);
        assert!(matches!(start("a=b=c").unwrap_err(), LoggingError::Level(_)));
        start("warn").unwrap();
        assert!(matches!(start("warn").unwrap_err(), LoggingError::Started(_)));
    }
}
