//! Durable submissions with receipts, against a bare server that verifies the same signatures and keeps nothing.

use crate::child::Server;
use crate::client::{Client, Load, drive};
use crate::election::Synthetic;
use crate::figures::{kept, machine, milliseconds, percentile, processor_seconds};
use anyhow::{Result, ensure};
use bytes::Bytes;
use hakiki_core::Record;
use hyper::Method;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// The share of the peer's rate that the node must reach.
const RATE_LIMIT: f64 = 0.5;
/// How much longer than a sync of the disk a single submission may take, in milliseconds.
const SINGLE_LIMIT_MS: f64 = 10.0;
/// Syncs that are timed, before the race and after it.
const SYNCS: usize = 300;

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Clients at once.
    #[arg(long, default_value_t = 1000)]
    clients: usize,
    /// How long each side runs.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Signatures of a record: 3 submits forms, 1 submits reasons for missing forms.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    signers: u8,
    /// Stations of the election.
    #[arg(long, default_value_t = 16_000)]
    stations: u32,
    /// Contests; stations times contests notes are signed before.
    #[arg(long, default_value_t = 8)]
    contests: u32,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.signers != 2, "records of 1 or of 3 signers are raced");
    println!("{}", machine());
    let directory = tempfile::tempdir()?;
    let election = Synthetic::new(arguments.stations, arguments.contests)?;
    election.found(directory.path(), &[])?;
    let records = if arguments.signers == 3 { election.forms()? } else { election.missing()? };
    let bytes = |record: &Record| Bytes::copy_from_slice(record.note().as_bytes());
    let mut notes: Vec<Bytes> = records.iter().map(bytes).collect();
    drop(records);
    let Some(probe) = notes.pop() else { return Ok(()) };
    let notes = Arc::new(notes);
    let (clients, signers) = (arguments.clients, arguments.signers);
    println!(
        "{clients} clients, {} s, {} notes of {} bytes with {signers} signatures; clients and server share the cores",
        arguments.seconds,
        notes.len(),
        probe.len()
    );
    let runtime = Runtime::new()?;
    let mut syncs = syncs(directory.path())?;
    let time = Duration::from_secs(arguments.seconds);
    let (node, receipt_bytes) = {
        let server = Server::start("serve", directory.path(), &[])?;
        let receipt = runtime.block_on(one(&server, probe))?;
        let load = race("node, durable with receipts", &runtime, &server, &notes, clients, time)?;
        println!("  {}", runtime.block_on(appends(&server, load.seconds))?);
        (load, receipt)
    };
    syncs.extend(self::syncs(directory.path())?);
    let peer = Server::start("echo", directory.path(), &[receipt_bytes.to_string()])?;
    let echo = race("peer, verifies and answers as many bytes", &runtime, &peer, &notes, clients, time)?;
    report(arguments, node, &echo, syncs);
    Ok(())
}

fn report(arguments: &Arguments, mut node: Load, echo: &Load, mut syncs: Vec<f64>) {
    let sync_p99 = percentile(&mut syncs, 99);
    println!("sync of 4 KiB on this disk: p50 {:.2} ms, p99 {sync_p99:.2} ms", percentile(&mut syncs, 50));
    if arguments.clients == 1 {
        let p99 = percentile(&mut node.latencies_ms, 99);
        let kept = kept(p99 <= sync_p99 + SINGLE_LIMIT_MS);
        println!(
            "single client: p99 {p99:.2} ms, {:.2} ms above the disk's; limit {SINGLE_LIMIT_MS} ms: {kept}",
            p99 - sync_p99
        );
        return;
    }
    let ratio = node.rate() / echo.rate();
    println!("ratio {ratio:.2}; limit {RATE_LIMIT}: {}", kept(ratio >= RATE_LIMIT));
    println!(
        "for scale: Tessera's POSIX server, which checks no signatures, takes about 11,000/s on such a machine when quiet"
    );
}

/// Submits one note, and says how many bytes its receipt has.
async fn one(server: &Server, note: Bytes) -> Result<usize> {
    let mut client = Client::connect(server.address).await?;
    Ok(client.ask(Method::POST, "/submit", note).await?.len())
}

fn race(
    name: &str,
    runtime: &Runtime,
    server: &Server,
    notes: &Arc<Vec<Bytes>>,
    clients: usize,
    time: Duration,
) -> Result<Load> {
    let taken = |process| processor_seconds(process).unwrap_or(f64::NAN);
    let own = std::process::id();
    let before = (taken(server.process()), taken(own));
    let mut load = runtime.block_on(drive(server.address, notes.clone(), clients, time))?;
    let (by_server, by_clients) = (taken(server.process()) - before.0, taken(own) - before.1);
    let (p50, p99) = (percentile(&mut load.latencies_ms, 50), percentile(&mut load.latencies_ms, 99));
    println!(
        "{name}: {:.0}/s over {:.1} s, latency p50 {p50:.1} ms, p99 {p99:.1} ms",
        load.rate(),
        load.seconds
    );
    println!(
        "  processor time: server {by_server:.1} s ({:.0} us each), clients {by_clients:.1} s",
        by_server * 1e6 / load.answers.max(1) as f64
    );
    Ok(load)
}

/// What the node says of its appends.
async fn appends(server: &Server, seconds: f64) -> Result<String> {
    let mut client = Client::connect(server.address).await?;
    let text = String::from_utf8(client.fetch("/metrics").await?.to_vec())?;
    let value = |name: &str| {
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse::<f64>().ok());
        line.unwrap_or(f64::NAN)
    };
    let (entries, batches) = (value("hakiki_batch_entries_sum"), value("hakiki_batch_entries_count"));
    let in_appends = value("hakiki_append_seconds_sum");
    Ok(format!(
        "appends: {batches:.0} of {:.0} entries and {:.2} ms each; the sequencer is in them {:.0} % of the time",
        entries / batches,
        in_appends * 1000.0 / batches,
        in_appends * 100.0 / seconds
    ))
}

/// How long syncs of 4 KiB take on the disk of a directory, in milliseconds.
fn syncs(dir: &Path) -> Result<Vec<f64>> {
    let mut file = tempfile::tempfile_in(dir)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&[7; 4096])?;
        let began = Instant::now();
        file.sync_all()?;
        times.push(milliseconds(began.elapsed()));
    }
    Ok(times)
}
