//! Random and hostile logs, one a line, in the form of `vectors/ledger.json`: entries with what admission says of each, tables,
//! findings, and the results text as of some sizes.
//!
//! The other implementation (`web/`) reads them and must come to the same, byte for byte. A mutant of either one is caught so.
//! Nothing here judges: what stands in a line is what `hakiki-core` says.

mod bodies;
mod conduct;
mod dice;
mod figures;
mod forged;
mod log;

use anyhow::Result;
use clap::Parser;
use std::io::Write as _;

/// Writes random and hostile logs.
#[derive(Parser)]
struct Arguments {
    /// The seed; log number n is made from the seed and n
    #[arg(long, default_value = "hakiki")]
    seed: String,
    /// The first number
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// How many logs
    #[arg(long, default_value_t = 20)]
    count: u64,
    /// Records after the poll is opened, in each log
    #[arg(long, default_value_t = 60)]
    records: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut out = std::io::stdout().lock();
    for number in arguments.first..arguments.first.saturating_add(arguments.count) {
        let seed = format!("{} {number}", arguments.seed);
        let mut log = log::write(&seed, arguments.records);
        log["seed"] = seed.into();
        writeln!(out, "{log}")?;
    }
    Ok(())
}
