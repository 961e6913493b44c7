//! `witness`: run a witness of logs, make its keys, pin a log at first contact.
//!
//! What a witness does is `hakiki-witness`, which knows nothing of elections. Here is the one thing that does: a log is met
//! by its first record, which names the log's key.

use super::witness_contact::meet;
use super::{parse_fingerprint, print, random_seed};
use crate::terminal::{Stop, Terminal};
use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use hakiki_core::fingerprint::words;
use hakiki_messages::Message;
use hakiki_note::{Hash, KeyName, MlDsaSigningKey, SigningKey, VerifierKey};
use hakiki_witness::{
    Configuration, FirstContact, Pinning, Witness, pin_log, pinned_logs, read_key_file, start_logging,
};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Make a witness's keys and print their public halves
    Keygen {
        /// The witness's name, as a URL without schema: witness.example/w1
        name: String,
        /// File for the Ed25519 key
        #[arg(long)]
        out: PathBuf,
        /// File for an ML-DSA-44 key beside it
        #[arg(long)]
        mldsa_out: Option<PathBuf>,
    },
    /// Meet a log: check its first record, print its fingerprint, pin its key
    AddLog {
        /// Address of the log
        url: String,
        /// The fingerprint that was published on paper; another one is refused
        #[arg(long, value_parser = parse_fingerprint)]
        fingerprint: Option<Hash>,
        #[command(flatten)]
        settings: Settings,
    },
    /// List the logs whose keys are pinned
    Logs {
        #[command(flatten)]
        settings: Settings,
    },
    /// Run the witness
    Run {
        #[command(flatten)]
        settings: Settings,
        /// Address to listen on
        #[arg(long)]
        listen: Option<String>,
        /// File of the Ed25519 key
        #[arg(long)]
        key: Option<String>,
        /// File of the ML-DSA-44 key
        #[arg(long)]
        mldsa_key: Option<String>,
    },
}

/// Where the configuration comes from.
#[derive(Args)]
pub struct Settings {
    /// Configuration file; HAKIKI_WITNESS_… variables override it, flags override both
    #[arg(long)]
    config: Option<PathBuf>,
    /// Directory of the witness's state
    #[arg(long)]
    dir: Option<String>,
    /// Any other key of the configuration, as key=value
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl Settings {
    fn load(&self, more: &[(&str, &Option<String>)]) -> Result<Configuration> {
        let named = [("dir", &self.dir)].into_iter().chain(more.iter().copied());
        let named = named.filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
        let set = self.set.iter().map(|pair| {
            let (key, value) =
                pair.split_once('=').with_context(|| format!("--set {pair}: expected KEY=VALUE"))?;
            Ok((key.to_owned(), value.to_owned()))
        });
        let flags = named.map(Ok).chain(set).collect::<Result<Vec<_>>>()?;
        Ok(Configuration::load(self.config.as_deref(), std::env::vars(), &flags)?)
    }
}

/// Runs one of them.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    match command {
        Command::Keygen { name, out, mldsa_out } => keygen(name, out, mldsa_out.as_deref(), terminal),
        Command::AddLog { url, fingerprint, settings } => {
            add_log(url, *fingerprint, &settings.load(&[])?, terminal)
        }
        Command::Logs { settings } => logs(&settings.load(&[])?.dir),
        Command::Run { settings, listen, key, mldsa_key } => {
            serve(settings.load(&[("listen", listen), ("key", key), ("mldsa_key", mldsa_key)])?, terminal)
        }
    }
}

fn keygen(name: &str, out: &Path, mldsa_out: Option<&Path>, terminal: Terminal) -> Result<ExitCode> {
    let name = KeyName::new(name)?;
    ensure!(mldsa_out != Some(out), "each key has a file of its own");
    let key = SigningKey::cosigner_from_seed(name.clone(), &random_seed()?);
    made(out, &key.to_private_text(), key.verifier(), terminal)?;
    if let Some(out) = mldsa_out {
        let key = MlDsaSigningKey::from_seed(name, &random_seed()?);
        made(out, &key.to_private_text(), key.verifier(), terminal)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a new file that only its owner can read; an existing one is refused.
fn made(path: &Path, private: &str, public: &VerifierKey, terminal: Terminal) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let open = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = open.with_context(|| format!("writing a new key file {}", path.display()))?;
    let written = file.write_all(private.as_bytes()).and_then(|()| file.write_all(b"\n"));
    written.and_then(|()| file.sync_all()).with_context(|| format!("writing {}", path.display()))?;
    print(&public.to_string())?;
    terminal.say(&Message::new("tool.key_written").with("path", path.display().to_string()));
    Ok(())
}

fn add_log(
    url: &str,
    expected: Option<Hash>,
    configuration: &Configuration,
    terminal: Terminal,
) -> Result<ExitCode> {
    let met = meet(url)?;
    print(&met.fingerprint.to_string())?;
    print(&words(&met.fingerprint))?;
    print(&met.key.to_string())?;
    if let Some(expected) = expected {
        let found = met.fingerprint;
        ensure!(found == expected, "the fingerprint is {found}, expected {expected}; nothing was pinned");
    }
    let contact = FirstContact { url: url.trim_end_matches('/').to_owned(), fingerprint: met.fingerprint };
    let word = match pin_log(&configuration.dir, &met.key, Some(contact))? {
        Pinning::New => "tool.log_pinned",
        Pinning::Known => "tool.log_known",
    };
    let message = Message::new(word).with("origin", met.key.name().to_string());
    terminal.say(&message.with("dir", configuration.dir.display().to_string()));
    Ok(ExitCode::SUCCESS)
}

fn logs(dir: &Path) -> Result<ExitCode> {
    for log in pinned_logs(dir)? {
        let contact = log.contact.map(|met| format!(" {} {}", met.url, met.fingerprint));
        print(&format!("{}{}", log.key, contact.unwrap_or_default()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Serves until Ctrl-C or a termination signal.
fn serve(configuration: Configuration, terminal: Terminal) -> Result<ExitCode> {
    start_logging(&configuration)?;
    let key = configuration.key.as_deref().context("no key: name its file by --key or key")?;
    let mut keys = vec![read_key_file(key)?];
    if let Some(path) = &configuration.mldsa_key {
        keys.push(read_key_file(path)?);
    }
    let prefix = configuration.prefix.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let running = Witness::start(configuration, keys).await?;
        let url = format!("http://{}{prefix}", running.address);
        terminal.say(&Message::new("tool.serving").with("url", url));
        let mut stop = Stop::listen()?;
        tokio::select! {
            failure = running.failure() => return Err(failure.into()),
            () = stop.told() => {}
        }
        running.stop().await?;
        terminal.say(&Message::new("tool.witness_stopped"));
        Ok(ExitCode::SUCCESS)
    })
}
