//! A client that does as little as it can: the same request over and over, its answer read to its end and its length
//! compared. What a client costs is taken from both sides alike, so it has to be little.

use anyhow::{Context as _, Result, bail, ensure};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

/// What is asked for.
pub struct Target<'a> {
    /// Where.
    pub address: SocketAddr,
    /// Path.
    pub path: &'a str,
    /// `Accept-Encoding`.
    pub encoding: &'a str,
    /// Connections, each with one request after the other.
    pub connections: usize,
}

/// One answer.
pub struct Answer {
    /// Whether it came in the encoding.
    pub is_encoded: bool,
    /// Its body.
    pub body: Vec<u8>,
}

fn request(address: SocketAddr, path: &str, encoding: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: {encoding}\r\n\r\n")
}

/// Where the head ends, and how long the body is; none while the head is not whole.
fn head(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?;
    ensure!(text.starts_with("HTTP/1.1 200 "), "{text}");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Ok(Some((end + 4, length.context("an answer has a length")?)))
}

/// Asks once.
pub fn fetch(address: SocketAddr, path: &str, encoding: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request(address, path, encoding).as_bytes())?;
    let (mut bytes, mut part) = (Vec::new(), vec![0; 65_536]);
    loop {
        let read = stream.read(&mut part)?;
        ensure!(read > 0, "{path}: the connection ended early");
        bytes.extend_from_slice(&part[..read]);
        let Some((head, body)) = head(&bytes)? else { continue };
        if bytes.len() >= head + body {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let is_encoded = text.contains(&format!("content-encoding: {encoding}"));
            return Ok(Answer { is_encoded, body: bytes[head..].to_vec() });
        }
    }
}

/// Asks over all connections for so long, on a thread of its own; how many answers came.
pub fn drive(target: &Target<'_>, time: Duration) -> Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(drive_on(target, time))
}

/// The same on the runtime that calls.
pub async fn drive_on(target: &Target<'_>, time: Duration) -> Result<u64> {
    let request = request(target.address, target.path, target.encoding);
    let mut running = JoinSet::new();
    for _ in 0..target.connections {
        let stream = tokio::net::TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        running.spawn(ask(stream, request.clone().into_bytes(), Instant::now() + time));
    }
    let mut answers = 0;
    while let Some(done) = running.join_next().await {
        answers += done??;
    }
    Ok(answers)
}

async fn ask(mut stream: tokio::net::TcpStream, request: Vec<u8>, until: Instant) -> Result<u64> {
    let mut bytes = vec![0; 256 * 1024];
    let (mut answers, mut length) = (0, None);
    while Instant::now() < until {
        stream.write_all(&request).await?;
        let mut read = 0;
        loop {
            let more = stream.read(&mut bytes[read..]).await?;
            if more == 0 {
                bail!("the connection ended early");
            }
            read += more;
            // Every answer is as long as the first, whose length its head says.
            let whole = match length {
                Some(whole) => whole,
                None => match head(&bytes[..read])? {
                    Some((head, body)) => *length.insert(head + body),
                    None => continue,
                },
            };
            ensure!(read <= whole, "an answer is longer than the first");
            if read == whole {
                ensure!(bytes.starts_with(b"HTTP/1.1 200 "), "an answer is none");
                break;
            }
        }
        answers += 1;
    }
    Ok(answers)
}
