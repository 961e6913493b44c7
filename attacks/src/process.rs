//! A program in a process of its own, as an operator runs it: its arguments, its log, its end.

use crate::clock;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(20);

/// A running process. Killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program with arguments, and with a clock that is so many seconds wrong. What it says goes to `log`.
    pub fn start(program: &Path, arguments: &[String], log: &Path, clock_s: i64) -> Result<Self> {
        let file = File::options().create(true).append(true).open(log)?;
        let mut command = Command::new(program);
        clock::set(&mut command, clock_s)?;
        let child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("starting {} {}", program.display(), arguments.join(" ")))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// SIGKILL, at once.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and waits for a good end.
    pub fn stop(mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        match self.wait(GRACE)? {
            Some(status) if status.success() => Ok(()),
            other => bail!("it ended with {other:?}; it said:\n{}", self.said()),
        }
    }

    /// SIGSTOP: it is there and says nothing.
    pub fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// SIGCONT: it goes on.
    pub fn thaw(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("a process id")?;
        Ok(kill_process(pid, signal)?)
    }

    /// Waits for its end; none if it runs on.
    pub fn wait(&mut self, time: Duration) -> Result<Option<std::process::ExitStatus>> {
        let until = Instant::now() + time;
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || Instant::now() >= until {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that it said.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago.
pub fn free_address() -> Result<SocketAddr> {
    Ok(free_addresses(1)?[0])
}

/// As many addresses that were free a moment ago. All are held until all are found: one that is given back at once may be
/// found again.
pub fn free_addresses(count: usize) -> Result<Vec<SocketAddr>> {
    let held: Vec<TcpListener> =
        (0..count).map(|_| Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?)).collect::<Result<_>>()?;
    held.iter().map(|listener| Ok(listener.local_addr()?)).collect()
}

/// Asks until there is an answer.
pub fn wait_for<T>(what: &str, time: Duration, mut ask: impl FnMut() -> Option<T>) -> Result<T> {
    let until = Instant::now() + time;
    loop {
        if let Some(found) = ask() {
            return Ok(found);
        }
        if Instant::now() > until {
            bail!("waited {} s in vain for {what}", time.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
