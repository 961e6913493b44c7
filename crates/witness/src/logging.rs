//! Log lines of the process. They hold origins and sizes, which are public, and no addresses and no bodies.

use crate::configuration::Configuration;
use crate::error::WitnessError;

/// Starts logging to standard error, once a process, and says the configuration with each value's source.
pub fn start_logging(configuration: &Configuration) -> Result<(), WitnessError> {
    let Configuration { log_level, log_format, .. } = configuration;
    Ok(hakiki_host::start_logging(log_level, *log_format, configuration.shown())?)
}
