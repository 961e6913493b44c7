//! A mirror that catches up a whole log from loopback, against the stranger's check of the same address; and what one new head
//! costs it.

use crate::child::{Server, figures_of_url, wait_for_end};
use crate::client::Client;
use crate::election::Synthetic;
use crate::figures::{kept, machine, median, processor_seconds};
use crate::verify::once;
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use hakiki_mirror::{Mirror, Settings};
use hakiki_verify::Source;
use hyper::Method;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How many times the check's time the catching up may take.
const LIMIT: f64 = 1.5;
/// Milliseconds of processor time that one new head may cost.
const HEAD_LIMIT_MS: f64 = 10.0;
/// A process is quiet if it used at most this share of a processor ...
const QUIET_SHARE: f64 = 0.05;
/// ... over this span, which is longer than the second after which a mirror writes results.
const QUIET_SPAN: Duration = Duration::from_secs(3);
/// So long it may take to become quiet.
const QUIET_PATIENCE: Duration = Duration::from_secs(60);
/// Heads that follow one another.
const HEADS: usize = 50;

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Stations, with one form each.
    #[arg(long, default_value_t = 46_229)]
    stations: u32,
    /// How often check and mirror run, in turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let directory = tempfile::tempdir()?;
    let election = Synthetic::new(arguments.stations, 1)?;
    let mut forms = election.forms()?;
    let later = forms.split_off(forms.len().saturating_sub(HEADS));
    election.found(directory.path(), &forms)?;
    let node = Server::start("serve", directory.path(), &[])?;
    let url = format!("http://{}", node.address);
    let runtime = Runtime::new()?;
    let size = runtime.block_on(size_at(node.address))?;
    println!("log: {size} entries, {} keys, served on loopback", election.keys.len());
    let (mut checks, mut catches) = (Vec::new(), Vec::new());
    for round in 1..=arguments.rounds {
        let check = figures_of_url("verify-url", &url)?.get("seconds").copied().unwrap_or(f64::NAN);
        let copy = tempfile::tempdir()?;
        let began = Instant::now();
        let mirror = Server::start("mirror-serve", copy.path(), std::slice::from_ref(&url))?;
        runtime.block_on(wait_for(mirror.address, size))?;
        let catch = began.elapsed().as_secs_f64();
        println!("round {round}: check {check:.2} s, mirror {catch:.2} s");
        checks.push(check);
        catches.push(catch);
        if round == arguments.rounds {
            let taken = || processor_seconds(mirror.process()).unwrap_or(f64::NAN);
            // What the catching up left to do is not the heads', and what the heads leave to do is.
            wait_until_quiet(&taken)?;
            let before = taken();
            for (form, wanted) in later.iter().zip(size + 1..) {
                let body = Bytes::copy_from_slice(form.note().as_bytes());
                runtime.block_on(async {
                    Client::connect(node.address).await?.ask(Method::POST, "/submit", body).await?;
                    wait_for(mirror.address, wanted).await
                })?;
            }
            wait_until_quiet(&taken)?;
            let each = (taken() - before) * 1000.0 / later.len() as f64;
            println!(
                "one new head costs the mirror {each:.1} ms of processor time, questions for its size and the results \
                 that it writes when it is quiet included; limit {HEAD_LIMIT_MS} ms: {}",
                kept(each <= HEAD_LIMIT_MS)
            );
        }
    }
    let (check, catch) = (median(checks), median(catches));
    println!("ratio {:.2}; limit {LIMIT}: {}", catch / check, kept(catch <= LIMIT * check));
    Ok(())
}

/// Waits until a process has used next to nothing for some seconds: its own looks at the log go on.
fn wait_until_quiet(taken: &dyn Fn() -> f64) -> Result<()> {
    let until = Instant::now() + QUIET_PATIENCE;
    loop {
        let before = taken();
        std::thread::sleep(QUIET_SPAN);
        let used = taken() - before;
        if used <= QUIET_SPAN.as_secs_f64() * QUIET_SHARE {
            return Ok(());
        }
        ensure!(Instant::now() < until, "the mirror does not become quiet: {used:.2} s of processor time");
    }
}

async fn size_at(address: SocketAddr) -> Result<u64> {
    let mut client = Client::connect(address).await?;
    let text = String::from_utf8(client.fetch("/checkpoint").await?.to_vec())?;
    text.lines().nth(1).and_then(|line| line.parse().ok()).context("a checkpoint has a size")
}

async fn wait_for(address: SocketAddr, size: u64) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(300);
    while size_at(address).await.unwrap_or(0) < size {
        ensure!(Instant::now() < until, "the mirror did not reach {size}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// One check of an address, in this process.
pub fn verify_url(url: &str) -> Result<()> {
    once(Source::Url(url.to_owned()))
}

/// A mirror, until standard input ends.
pub fn serve(dir: &Path, url: &str) -> Result<()> {
    let runtime = Runtime::new()?;
    let mut settings = Settings::new(url, dir.join("copy"));
    settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    settings.every = Duration::from_millis(100);
    let running = runtime.block_on(Mirror::start(settings))?;
    println!("{}", running.address);
    wait_for_end();
    Ok(runtime.block_on(running.stop())?)
}
