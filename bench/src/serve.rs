//! A node in a process of its own.

use crate::child::wait_for_end;
use crate::election::log_key;
use anyhow::Result;
use hakiki_node::{Configuration, Node};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tokio::runtime::Runtime;

/// The configuration of a race: any free port, and no limit on how often one key may submit.
pub fn configuration(dir: &Path) -> Configuration {
    let mut configuration = Configuration::of_dir(dir);
    configuration.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    configuration.key_rate_per_minute = 1_000_000;
    configuration.key_burst = 1_000_000;
    configuration
}

/// Serves a log until standard input ends.
pub fn serve(dir: &Path) -> Result<()> {
    let runtime = Runtime::new()?;
    let running = runtime.block_on(Node::start(configuration(dir), log_key()?))?;
    println!("{}", running.address);
    wait_for_end();
    Ok(runtime.block_on(running.stop())?)
}
