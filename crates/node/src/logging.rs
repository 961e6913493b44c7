//! Log lines of the process. They hold no addresses of people, no bodies, no keys but public names.

use crate::configuration::Configuration;
use crate::error::NodeError;

/// Starts logging to standard error, once a process, and says the configuration with each value's source.
pub fn start_logging(configuration: &Configuration) -> Result<(), NodeError> {
    let Configuration { log_level, log_format, .. } = configuration;
    Ok(hakiki_host::start_logging(log_level, *log_format, configuration.shown())?)
}
