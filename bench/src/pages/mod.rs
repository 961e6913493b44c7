//! Hot pages and the checkpoint against nginx serving the same bytes in the same run; ten thousand open live connections;
//! what a page costs in a small and in a large election.

mod cold;
mod live;
mod nginx;
mod raw;

use crate::child::Server;
use crate::client::Client;
use crate::election::Synthetic;
use crate::figures::{kept, machine, median, processor_seconds};
use anyhow::{Context as _, Result, ensure};
use nginx::Nginx;
use raw::Target;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Least part of nginx's answers a second.
const LIMIT: f64 = 0.7;
/// The encoding that both sides send.
const ENCODING: &str = "gzip";

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Stations of the large election
    #[arg(long, default_value_t = 46_229)]
    stations: u32,
    /// Stations of the small election
    #[arg(long, default_value_t = 600)]
    small: u32,
    /// How often each side is asked for each page, in turns
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of a round
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Connections that ask
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Open live connections
    #[arg(long, default_value_t = 10_000)]
    live: usize,
    /// The peer's program; without it that part is left out
    #[arg(long, default_value = "nginx")]
    nginx: PathBuf,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let directory = tempfile::tempdir()?;
    let election = Synthetic::new(arguments.stations, 1)?;
    let mut forms = election.forms()?;
    let later = forms.split_off(forms.len().saturating_sub(live::HEADS));
    election.found(directory.path(), &forms)?;
    let node = Server::start("serve", directory.path(), &[])?;
    println!("log: {} forms of {} stations, served on loopback", forms.len(), arguments.stations);
    let runtime = Runtime::new()?;
    let pages =
        [("station", "/en/station/contest-000/s000007/"), ("nation", "/en/"), ("checkpoint", "/checkpoint")];
    if Nginx::is_there(&arguments.nginx) {
        race(arguments, &runtime, &node, &pages)?;
    } else {
        println!("{} is not installed: nothing to race against", arguments.nginx.display());
    }
    live::run(&runtime, &node, arguments, &later)?;
    drop(node);
    cold::run(arguments, &election, &forms)
}

fn race(
    arguments: &Arguments,
    runtime: &Runtime,
    node: &Server,
    pages: &[(&'static str, &'static str)],
) -> Result<()> {
    let mut files = Vec::new();
    for (_, path) in pages {
        let plain = runtime.block_on(fetch(node.address, path))?;
        let packed = raw::fetch(node.address, path, ENCODING)?;
        files.push((*path, plain, packed.is_encoded.then_some(packed.body)));
    }
    let peer = Nginx::start(&arguments.nginx, &files)?;
    let time = Duration::from_secs(arguments.seconds);
    for (name, path) in pages {
        let (mut own, mut theirs) = (Side::default(), Side::default());
        for round in 0..arguments.rounds {
            // In turns, and each first as often as the other.
            for side in [round % 2, 1 - round % 2] {
                let (address, figures) =
                    if side == 0 { (node.address, &mut own) } else { (peer.address, &mut theirs) };
                let taken = || match side {
                    0 => processor_seconds(node.process()).unwrap_or(f64::NAN),
                    _ => peer.processor_seconds(),
                };
                let target = Target { address, path, encoding: ENCODING, connections: arguments.connections };
                let before = taken();
                let answers = raw::drive(&target, time)?;
                figures.rates.push(answers as f64 / time.as_secs_f64());
                figures.micros.push((taken() - before) * 1e6 / answers as f64);
            }
        }
        let (mine, its) = (median(own.rates), median(theirs.rates));
        println!(
            "{name}: {mine:.0} answers/s ({:.1} us of processor each), nginx {its:.0} ({:.1} us): ratio {:.2}; limit {LIMIT}: {}",
            median(own.micros),
            median(theirs.micros),
            mine / its,
            kept(mine >= LIMIT * its)
        );
    }
    Ok(())
}

/// One side's figures by round.
#[derive(Default)]
struct Side {
    rates: Vec<f64>,
    micros: Vec<f64>,
}

async fn fetch(address: SocketAddr, path: &str) -> Result<Vec<u8>> {
    let body = Client::connect(address).await?.fetch(path).await.with_context(|| path.to_owned())?;
    ensure!(!body.is_empty(), "{path} is empty");
    Ok(body.to_vec())
}
