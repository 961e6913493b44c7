//! Many open live connections: what they take of memory, how long a head takes to reach all, what pages lose meanwhile.

use super::raw::{self, Target};
use super::{Arguments, ENCODING};
use crate::child::Server;
use crate::client::Client;
use crate::figures::{kept, milliseconds, percentile};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use hakiki_core::Record;
use hyper::Method;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// Heads that are told.
pub const HEADS: usize = 5;
/// KiB of memory that an open connection may take.
const LIMIT_KIB: f64 = 64.0;
/// Longest that a head may take to all of them.
const LIMIT_MS: f64 = 2000.0;
/// How long connections and heads are waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs this part.
pub fn run(runtime: &Runtime, node: &Server, arguments: &Arguments, later: &[Record]) -> Result<()> {
    let wanted = arguments.live as u64;
    hakiki_host::allow_connections(wanted + 1000)?;
    let time = Duration::from_secs(arguments.seconds);
    runtime.block_on(async {
        let target =
            Target { address: node.address, path: "/en/", encoding: ENCODING, connections: arguments.connections };
        let alone = raw::drive_on(&target, time).await? as f64 / time.as_secs_f64();
        let before = memory_kib(node.process())?;
        let (tell, mut told) = mpsc::unbounded_channel();
        let began = Instant::now();
        for _ in 0..arguments.live {
            tokio::spawn(listen(open(node.address).await?, tell.clone()));
        }
        let first = wait(&mut told, arguments.live).await?;
        println!("{} live connections opened in {:.1} s", arguments.live, began.elapsed().as_secs_f64());
        let each = (memory_kib(node.process())? - before) / arguments.live as f64;
        println!("each takes {each:.1} KiB of memory; limit {LIMIT_KIB}: {}", kept(each <= LIMIT_KIB));
        let mut client = Client::connect(node.address).await?;
        let mut took = Vec::new();
        let mut newest = first;
        for form in later {
            let sent = Instant::now();
            client.ask(Method::POST, "/submit", Bytes::copy_from_slice(form.note().as_bytes())).await?;
            newest += 1;
            while wait(&mut told, arguments.live).await? < newest {}
            took.push(milliseconds(sent.elapsed()));
        }
        let slowest = percentile(&mut took, 100);
        println!(
            "a head reaches all of them in {:.0} ms (median; slowest {slowest:.0}), of which up to 1000 ms are the least time \
             between two; limit {LIMIT_MS}: {}",
            percentile(&mut took, 50),
            kept(slowest <= LIMIT_MS)
        );
        let meanwhile = raw::drive_on(&target, time).await? as f64 / time.as_secs_f64();
        println!("pages meanwhile: {meanwhile:.0} answers/s of {alone:.0} without them");
        Ok(())
    })
}

async fn open(address: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await.context("a live connection cannot be opened")?;
    stream.write_all(b"GET /feed HTTP/1.1\r\nHost: race.example\r\n\r\n").await?;
    Ok(stream)
}

/// Tells the size of each head that comes.
async fn listen(mut stream: TcpStream, tell: mpsc::UnboundedSender<u64>) {
    let (mut text, mut part) = (String::new(), vec![0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut part).await {
        text.push_str(&String::from_utf8_lossy(&part[..read]));
        while let Some(end) = text.find("\ndata: ").filter(|at| text[at + 1..].contains("\n\n")) {
            let size = text[..end].rsplit("id: ").next().and_then(|size| size.trim().parse().ok());
            if let Some(size) = size {
                let _ = tell.send(size);
            }
            let event_end = text[end + 1..].find("\n\n").map_or(text.len(), |at| end + 1 + at + 2);
            text.drain(..event_end);
        }
    }
}

/// Waits until every connection was told a head; the least of them.
async fn wait(told: &mut mpsc::UnboundedReceiver<u64>, connections: usize) -> Result<u64> {
    let all = async {
        let mut sizes = Vec::with_capacity(connections);
        while sizes.len() < connections {
            sizes.push(told.recv().await.context("a live connection ended")?);
        }
        Ok::<_, anyhow::Error>(sizes)
    };
    let sizes = tokio::time::timeout(PATIENCE, all).await.context("a head did not reach all")??;
    let least = sizes.iter().min().copied();
    let greatest = sizes.iter().max().copied();
    ensure!(least == greatest, "connections were told different heads: {least:?} to {greatest:?}");
    least.context("there are connections")
}

fn memory_kib(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a process has memory")?;
    Ok(line.split_whitespace().next().context("memory is a number")?.parse()?)
}
