//! From the start of a node over a full log to its first answers.

use crate::child::figures_of;
use crate::client::Client;
use crate::election::{Synthetic, log_key};
use crate::figures::{kept, machine, median, milliseconds, peak_memory_mib};
use crate::serve::configuration;
use anyhow::{Result, ensure};
use hakiki_node::Node;
use std::path::Path;
use std::time::Instant;
use tokio::runtime::Runtime;

/// Most time to the first answers, in milliseconds.
const LIMIT_MS: f64 = 2000.0;
/// Starts, each in a process of its own.
const ROUNDS: usize = 3;

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Stations, with one form each.
    #[arg(long, default_value_t = 46_229)]
    stations: u32,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let directory = tempfile::tempdir()?;
    let election = Synthetic::new(arguments.stations, 1)?;
    let forms = election.forms()?;
    election.found(directory.path(), &forms)?;
    println!("log: {} forms, {} keys; its files are in the system's cache", forms.len(), election.keys.len());
    let mut totals = Vec::with_capacity(ROUNDS);
    for round in 1..=ROUNDS {
        let found = figures_of("restart-once", directory.path())?;
        let figure = |name: &str| found.get(name).copied().unwrap_or(f64::NAN);
        println!(
            "round {round}: started after {:.0} ms, /checkpoint answered after {:.0} ms, /en/ after {:.0} ms, peak memory \
             {:.0} MiB",
            figure("started_ms"),
            figure("checkpoint_ms"),
            figure("page_ms"),
            figure("peak_mib"),
        );
        totals.push(figure("page_ms"));
    }
    let total = median(totals);
    println!("median {total:.0} ms to both; limit {LIMIT_MS} ms: {}", kept(total <= LIMIT_MS));
    Ok(())
}

/// One start, in this process.
pub fn once(dir: &Path) -> Result<()> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let began = Instant::now();
        let running = Node::start(configuration(dir), log_key()?).await?;
        let started = began.elapsed();
        let mut client = Client::connect(running.address).await?;
        let checkpoint = client.fetch("/checkpoint").await?;
        let to_checkpoint = began.elapsed();
        let page = client.fetch("/en/").await?;
        let to_page = began.elapsed();
        ensure!(!checkpoint.is_empty() && !page.is_empty(), "an answer is empty");
        println!("started_ms {}", milliseconds(started));
        println!("checkpoint_ms {}\npage_ms {}", milliseconds(to_checkpoint), milliseconds(to_page));
        println!("peak_mib {}", peak_memory_mib().unwrap_or(f64::NAN));
        // Idle connections do not hold it up: it is told to close them.
        drop(client);
        Ok(running.stop().await?)
    })
}
