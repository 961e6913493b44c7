//! A witness that shares syncs among many logs, against itself with a sync for each head, and against what disk and cores
//! allow.

use crate::child::{Server, wait_for_end};
use crate::client::Client;
use crate::figures::{kept, machine, milliseconds, percentile, processor_seconds};
use anyhow::{Result, ensure};
use bytes::Bytes;
use hakiki_note::{KeyName, SigningKey};
use hakiki_tlog::cosignature::verify_cosignature;
use hakiki_tlog::witness::{AddCheckpoint, parse_cosignatures};
use hakiki_tlog::{Checkpoint, CosigningKey, MemoryTree, Origin, VerifiedCheckpoint, leaf_hash};
use hakiki_witness::{Configuration, Witness};
use hyper::Method;
use rayon::prelude::*;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// How many times the rate with a sync for each head must be reached.
const SINGLE_LIMIT: f64 = 3.0;
/// The share of what disk and cores allow that must be reached.
const ALLOWED_LIMIT: f64 = 0.5;
/// Syncs that are timed, before the race and after it.
const SYNCS: usize = 500;
/// Bytes of a recorded head under short names.
const RECORD_BYTES: usize = 600;
/// Leaves of a log before the race: its proofs have as many hashes as those of a log in use.
const LEAVES_BEFORE: u64 = 5000;

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Logs, each with a client that asks again when it is answered.
    #[arg(long, default_value_t = 50)]
    logs: u64,
    /// How long each side runs.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// Heads of each log that are signed before.
    #[arg(long, default_value_t = 2500)]
    heads: u64,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let time = Duration::from_secs(arguments.seconds);
    let requests = Arc::new(requests(arguments.logs, arguments.heads)?);
    println!(
        "{} logs, a client each, {} s a side; clients and witness share the cores",
        arguments.logs, arguments.seconds
    );
    let runtime = Runtime::new()?;
    let directory = tempfile::tempdir()?;
    let mut syncs = syncs(directory.path())?;
    let crypto = verifies_and_signs(&requests)?;
    let single = race("a sync for each head", "single", &runtime, directory.path(), &requests, time)?;
    let group = race("heads share syncs", "group", &runtime, directory.path(), &requests, time)?;
    syncs.extend(self::syncs(directory.path())?);
    let crypto = crypto.midpoint(verifies_and_signs(&requests)?);
    report(arguments, &single, &group, syncs, crypto);
    Ok(())
}

fn report(arguments: &Arguments, single: &Raced, group: &Raced, mut syncs: Vec<f64>, crypto: f64) {
    let mean = syncs.iter().sum::<f64>() / syncs.len() as f64;
    let per_second = 1000.0 / mean;
    println!(
        "sync of {RECORD_BYTES} bytes on this disk: p50 {:.2} ms, p99 {:.2} ms, {per_second:.0}/s one after the other",
        percentile(&mut syncs, 50),
        percentile(&mut syncs, 99)
    );
    println!("verify and sign on all cores, nothing else: {crypto:.0}/s");
    let disk = per_second * arguments.logs as f64;
    // The clients run on the same cores: what they took, no witness could have had.
    let left = group.left_by_clients();
    let allowed = disk.min(crypto * left);
    println!(
        "so disk and cores allow {allowed:.0}/s: the disk {disk:.0}, with every log in each sync; the cores {:.0}, less the \
         {:.0} % that the clients took",
        crypto,
        (1.0 - left) * 100.0
    );
    let ratio = group.rate() / single.rate();
    println!(
        "ratio to a sync for each head {ratio:.2}; limit {SINGLE_LIMIT}: {}",
        kept(ratio >= SINGLE_LIMIT)
    );
    let ratio = group.rate() / allowed;
    println!("ratio to what is allowed {ratio:.2}; limit {ALLOWED_LIMIT}: {}", kept(ratio >= ALLOWED_LIMIT));
    println!("for scale: a Go witness on SQLite takes about 2,000/s on such a machine when quiet");
}

/// What clients got done.
struct Raced {
    answers: usize,
    seconds: f64,
    /// Processor time of the clients.
    client_seconds: f64,
}

impl Raced {
    /// The share of all cores' time that the clients left.
    fn left_by_clients(&self) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        1.0 - self.client_seconds / (self.seconds * cores as f64)
    }

    fn rate(&self) -> f64 {
        self.answers as f64 / self.seconds
    }
}

fn race(
    name: &str,
    commit: &str,
    runtime: &Runtime,
    dir: &Path,
    requests: &Arc<Vec<Vec<Bytes>>>,
    time: Duration,
) -> Result<Raced> {
    let dir = dir.join(commit);
    let server = Server::start("witness-serve", &dir, &[commit.to_owned(), requests.len().to_string()])?;
    let taken = |process| processor_seconds(process).unwrap_or(f64::NAN);
    let own = std::process::id();
    let before = (taken(server.process()), taken(own));
    let (mut raced, mut latencies) = runtime.block_on(drive(server.address, requests, time))?;
    let (by_server, by_clients) = (taken(server.process()) - before.0, taken(own) - before.1);
    raced.client_seconds = by_clients;
    println!(
        "{name}: {:.0}/s over {:.1} s, latency p50 {:.1} ms, p99 {:.1} ms",
        raced.rate(),
        raced.seconds,
        percentile(&mut latencies, 50),
        percentile(&mut latencies, 99)
    );
    println!(
        "  processor time: witness {by_server:.1} s ({:.0} us each), clients {by_clients:.1} s; {}",
        by_server * 1e6 / raced.answers.max(1) as f64,
        runtime.block_on(batches(&server, raced.seconds))?
    );
    Ok(raced)
}

/// Each client brings the heads of its log, one after the other. Every answer must be 200, and the last one's cosignature good.
async fn drive(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<Bytes>>>,
    time: Duration,
) -> Result<(Raced, Vec<f64>)> {
    let barrier = Arc::new(Barrier::new(requests.len() + 1));
    let mut running = JoinSet::new();
    for log in 0..requests.len() {
        let (requests, barrier) = (requests.clone(), barrier.clone());
        let mut client = Client::connect(address).await?;
        client.ask(Method::POST, "/add-checkpoint", requests[log][0].clone()).await?;
        running.spawn(async move {
            barrier.wait().await;
            let began = Instant::now();
            let mut latencies = Vec::new();
            for request in &requests[log][1..] {
                let sent = Instant::now();
                let answer = client.ask(Method::POST, "/add-checkpoint", request.clone()).await?;
                if began.elapsed() > time {
                    check(request, &answer, log as u64)?;
                    return Ok((latencies, time));
                }
                latencies.push(milliseconds(sent.elapsed()));
            }
            Ok::<_, anyhow::Error>((latencies, began.elapsed()))
        });
    }
    barrier.wait().await;
    let (mut latencies, mut seconds) = (Vec::new(), time.as_secs_f64());
    while let Some(ended) = running.join_next().await {
        let (of_one, took) = ended??;
        // Where a log's heads are gone too early, the race is as long as the shortest client.
        seconds = seconds.min(took.as_secs_f64());
        latencies.extend(of_one);
    }
    ensure!(
        seconds >= time.as_secs_f64(),
        "the heads were gone after {seconds:.1} s: sign more with --heads"
    );
    Ok((Raced { answers: latencies.len(), seconds, client_seconds: 0.0 }, latencies))
}

fn check(request: &[u8], answer: &[u8], log: u64) -> Result<()> {
    let request = AddCheckpoint::parse(request)?;
    let checkpoint = VerifiedCheckpoint::open(request.note().as_bytes(), log_key(log)?.verifier())?;
    let lines = parse_cosignatures(answer)?;
    ensure!(lines.len() == 1, "one cosignature is expected");
    verify_cosignature(checkpoint.checkpoint(), &lines[0], witness_key()?.verifier())?;
    Ok(())
}

/// What the witness says of its batches.
async fn batches(server: &Server, seconds: f64) -> Result<String> {
    let mut client = Client::connect(server.address).await?;
    let text = String::from_utf8(client.fetch("/metrics").await?.to_vec())?;
    let value = |name: &str| {
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse::<f64>().ok());
        line.unwrap_or(f64::NAN)
    };
    let (heads, batches) =
        (value("hakiki_witness_batch_heads_sum"), value("hakiki_witness_batch_heads_count"));
    let in_appends = value("hakiki_witness_append_seconds_sum");
    Ok(format!(
        "{:.1} heads and {:.2} ms an append, which is {:.0} % of the time",
        heads / batches,
        in_appends * 1000.0 / batches,
        in_appends * 100.0 / seconds
    ))
}

/// For each log the requests of its heads, each from the one before.
fn requests(logs: u64, heads: u64) -> Result<Vec<Vec<Bytes>>> {
    let mut tree = MemoryTree::new();
    tree.extend((0..LEAVES_BEFORE + heads).map(|leaf| leaf_hash(&leaf.to_be_bytes())));
    let sizes: Vec<_> = std::iter::once((0, LEAVES_BEFORE))
        .chain((LEAVES_BEFORE..LEAVES_BEFORE + heads).map(|old| (old, old + 1)))
        .collect();
    let of_log = |log: u64| {
        let key = log_key(log)?;
        let request = |&(old, new): &(u64, u64)| {
            let origin = Origin::new(key.name().as_str())?;
            let note = Checkpoint::new(origin, tree.head_at(new)?).sign(&key)?;
            let checkpoint = VerifiedCheckpoint::open(note.as_bytes(), key.verifier())?;
            let proof = tree.consistency_proof(old, new)?;
            Ok(Bytes::from(AddCheckpoint::new(old, proof, &checkpoint).to_body()))
        };
        sizes.iter().map(request).collect::<Result<Vec<_>>>()
    };
    (0..logs).into_par_iter().map(of_log).collect()
}

/// How often all cores together verify a checkpoint's signature and make a cosignature in a second, doing nothing else.
fn verifies_and_signs(requests: &[Vec<Bytes>]) -> Result<f64> {
    const EACH: usize = 200;
    let witness = witness_key()?;
    let notes: Vec<_> = requests
        .iter()
        .zip(0..)
        .map(|(of_log, log)| Ok((log_key(log)?, AddCheckpoint::parse(&of_log[0])?.note().to_owned())))
        .collect::<Result<_>>()?;
    let began = Instant::now();
    let done: usize = notes
        .par_iter()
        .map(|(key, note)| {
            for time_s in 1..=EACH as u64 {
                let checkpoint = VerifiedCheckpoint::open(note.as_bytes(), key.verifier())?;
                std::hint::black_box(witness.cosign(&checkpoint, time_s)?);
            }
            Ok(EACH)
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .sum();
    Ok(done as f64 / began.elapsed().as_secs_f64())
}

/// How long syncs of a small append take on the disk of a directory, in milliseconds.
fn syncs(dir: &Path) -> Result<Vec<f64>> {
    let mut file = tempfile::tempfile_in(dir)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let began = Instant::now();
        file.write_all(&[7; RECORD_BYTES])?;
        file.sync_data()?;
        times.push(milliseconds(began.elapsed()));
    }
    Ok(times)
}

fn log_key(number: u64) -> Result<SigningKey> {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    Ok(SigningKey::from_seed(KeyName::new(&format!("log-{number}.race.example"))?, &seed))
}

fn witness_key() -> Result<CosigningKey> {
    Ok(CosigningKey::Ed25519(SigningKey::cosigner_from_seed(KeyName::new("witness.race.example")?, &[9; 32])))
}

/// A witness of so many logs, until standard input ends.
pub fn serve(dir: &Path, commit: &str, logs: u64) -> Result<()> {
    let mut configuration = Configuration::of_dir(dir);
    configuration.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    configuration.group_commit = commit == "group";
    let key = |log| Ok(log_key(log)?.verifier().clone());
    configuration.logs = (0..logs).map(key).collect::<Result<_>>()?;
    let runtime = Runtime::new()?;
    let running = runtime.block_on(Witness::start(configuration, vec![witness_key()?]))?;
    println!("{}", running.address);
    wait_for_end();
    Ok(runtime.block_on(running.stop())?)
}
