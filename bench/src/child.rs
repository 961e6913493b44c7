//! This program again, in a process of its own: what it prints, or what it serves.

use anyhow::{Context as _, Result, anyhow, ensure};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs a race's part to its end and reads its lines `name number`.
pub fn figures_of(part: &str, dir: &Path) -> Result<BTreeMap<String, f64>> {
    figures(part, dir.as_os_str())
}

/// The same, of an address.
pub fn figures_of_url(part: &str, url: &str) -> Result<BTreeMap<String, f64>> {
    figures(part, OsStr::new(url))
}

fn figures(part: &str, of: &OsStr) -> Result<BTreeMap<String, f64>> {
    let output =
        Command::new(std::env::current_exe()?).arg(part).arg(of).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{part} failed: {text}");
    let read = |line: &str| {
        let (name, number) = line.split_once(' ')?;
        Some((name.to_owned(), number.parse().ok()?))
    };
    text.lines().map(|line| read(line).ok_or_else(|| anyhow!("{part} printed {line:?}"))).collect()
}

/// A server in a process of its own. It ends when this is dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server, which prints its address when it is ready.
    pub fn start(part: &str, dir: &Path, more: &[String]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child =
            command.arg(part).arg(dir).args(more).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("a server's output is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().with_context(|| format!("{part} printed {line:?}"))?;
        Ok(Self { child, address })
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input stops it; what does not stop is of no use to anybody.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Waits until whoever started this process lets it end.
pub fn wait_for_end() {
    let mut rest = String::new();
    while matches!(std::io::stdin().read_line(&mut rest), Ok(1..)) {
        rest.clear();
    }
}
