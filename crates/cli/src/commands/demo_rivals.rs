//! The witnesses and mirrors of a rehearsal: this program again, in processes of its own.

use super::write_secret;
use crate::terminal::Terminal;
use anyhow::{Context as _, Result, ensure};
use hakiki_messages::Message;
use hakiki_note::{Hash, KeyName, SigningKey};
use hakiki_rehearsal::country::Country;
use hakiki_rehearsal::demo::{Reached, StartRivals};
use hakiki_rehearsal::founding::Keyring;
use hakiki_rehearsal::rivals::{MIRROR_CLASSES, Rivals, WITNESS_CLASSES};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a witness may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Five witnesses and two mirrors, which end with this.
pub struct Children {
    dir: PathBuf,
    terminal: Terminal,
    running: Mutex<Vec<Child>>,
    mirrors: Vec<(&'static str, SocketAddr)>,
    witnesses: Vec<(&'static str, SocketAddr)>,
}

impl std::fmt::Debug for Children {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "witnesses {:?}, mirrors {:?}", self.witnesses, self.mirrors)
    }
}

impl Children {
    /// Finds addresses for all; keeps their state below `dir`.
    pub fn new(dir: PathBuf, terminal: Terminal) -> Result<Self> {
        let free = |class: &&'static str| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            Ok((*class, listener.local_addr()?, listener))
        };
        // All are held until all are found, so that no two get the same.
        let held: Vec<_> = WITNESS_CLASSES.iter().chain(&MIRROR_CLASSES).map(free).collect::<Result<_>>()?;
        let all: Vec<_> = held.iter().map(|(class, address, _)| (*class, *address)).collect();
        let (witnesses, mirrors) = all.split_at(WITNESS_CLASSES.len());
        let (witnesses, mirrors) = (witnesses.to_vec(), mirrors.to_vec());
        Ok(Self { dir, terminal, running: Mutex::default(), mirrors, witnesses })
    }

    fn key_file(&self, name: &str, key: &SigningKey) -> Result<String> {
        let path = self.dir.join(format!("{name}.key"));
        if !path.exists() {
            write_secret(&path, key)?;
        }
        Ok(path.display().to_string())
    }

    fn start(&self, name: &str, arguments: &[String]) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.dir.join(format!("{name}.log")))?;
        let child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        Ok(())
    }

    fn named(all: &[(&'static str, SocketAddr)], key: impl Fn(&str) -> SigningKey) -> Vec<(KeyName, String)> {
        all.iter().map(|(class, address)| (key(class).name().clone(), format!("http://{address}"))).collect()
    }
}

impl StartRivals for Children {
    fn witnesses(&self, country: &Country) -> Result<Reached> {
        std::fs::create_dir_all(&self.dir)?;
        let (rivals, log_key) = (Rivals(country), Keyring(country).log());
        for (class, address) in &self.witnesses {
            let name = format!("witness-{class}");
            let key = self.key_file(&name, &rivals.witness(class))?;
            let dir = self.dir.join(&name).display().to_string();
            let logs = format!("logs={}", log_key.verifier());
            let arguments = [
                "witness",
                "run",
                "--dir",
                &dir,
                "--listen",
                &address.to_string(),
                "--key",
                &key,
                "--set",
                &logs,
            ];
            self.start(&name, &arguments.map(str::to_owned))?;
        }
        for (class, address) in &self.witnesses {
            let until = Instant::now() + PATIENCE;
            while TcpStream::connect(address).is_err() {
                ensure!(
                    Instant::now() < until,
                    "the witness of class {class} does not listen; its log is in {}",
                    self.dir.display()
                );
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        let message = Message::new("demo.witnesses").with("count", self.witnesses.len() as u64);
        self.terminal.say(&message);
        Ok(Reached {
            witnesses: Self::named(&self.witnesses, |class| rivals.witness(class)),
            mirrors: Self::named(&self.mirrors, |class| rivals.mirror(class)),
        })
    }

    fn mirrors(&self, country: &Country, url: &str, fingerprint: &Hash) -> Result<()> {
        let rivals = Rivals(country);
        for (class, address) in &self.mirrors {
            let name = format!("mirror-{class}");
            let key = self.key_file(&name, &rivals.mirror(class))?;
            let stamps = self.key_file(&format!("stamps-{class}"), &rivals.intake(class))?;
            let mut arguments = vec!["mirror".to_owned(), url.to_owned()];
            let pairs = [
                ("--dir", self.dir.join(&name).display().to_string()),
                ("--listen", address.to_string()),
                ("--name", rivals.mirror(class).name().to_string()),
                ("--key", key),
                ("--key", stamps),
                ("--fingerprint", fingerprint.to_string()),
            ];
            arguments.extend(pairs.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]));
            for (name, url) in Self::named(&self.witnesses, |class| rivals.witness(class)) {
                arguments.extend(["--witness".to_owned(), format!("{name}={url}")]);
            }
            self.start(&name, &arguments)?;
            let url = format!("http://{address}");
            self.terminal.say(&Message::new("demo.mirror").with("class", *class).with("url", url));
        }
        Ok(())
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for child in self.running.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
