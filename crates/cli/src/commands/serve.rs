//! `serve`: the results server over a founded log.

use crate::terminal::{Stop, Terminal};
use anyhow::{Context, Result};
use clap::Args;
use hakiki_core::Record;
use hakiki_messages::Message;
use hakiki_node::{Configuration, Node, found_log, read_key_file, start_logging};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Configuration file; HAKIKI_… variables override it, flags override both
    #[arg(long)]
    config: Option<PathBuf>,
    /// Directory of the log
    #[arg(long)]
    dir: Option<String>,
    /// Address to listen on
    #[arg(long)]
    listen: Option<String>,
    /// File of the log's key
    #[arg(long)]
    log_key: Option<String>,
    /// File of this machine's key, of the role host: the node observes its own program with it
    #[arg(long)]
    host_key: Option<String>,
    /// A witness of the election's policy to ask; may stand more than once
    #[arg(long, value_name = "NAME=URL")]
    witness: Vec<String>,
    /// A mirror of the election's policy to ask; may stand more than once
    #[arg(long, value_name = "NAME=URL")]
    mirror: Vec<String>,
    /// A new notice signed by the quorum, to start although no witness answers
    #[arg(long, value_name = "FILE")]
    notice: Option<String>,
    /// Any other key of the configuration, as key=value
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Found a new log with this signed election record first
    #[arg(long, value_name = "ELECTION")]
    found: Option<PathBuf>,
}

fn flags(arguments: &Arguments) -> Result<Vec<(String, String)>> {
    let list = |pairs: &[String]| (!pairs.is_empty()).then(|| pairs.join(" "));
    let (witnesses, mirrors) = (list(&arguments.witness), list(&arguments.mirror));
    let named = [
        ("dir", &arguments.dir),
        ("listen", &arguments.listen),
        ("log_key", &arguments.log_key),
        ("host_key", &arguments.host_key),
        ("witness", &witnesses),
        ("mirror", &mirrors),
        ("notice", &arguments.notice),
    ];
    let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
    let set = arguments.set.iter().map(|pair| {
        let (key, value) =
            pair.split_once('=').with_context(|| format!("--set {pair}: expected KEY=VALUE"))?;
        Ok((key.to_owned(), value.to_owned()))
    });
    named.map(Ok).chain(set).collect()
}

/// Serves until Ctrl-C or a termination signal.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let configuration =
        Configuration::load(arguments.config.as_deref(), std::env::vars(), &flags(arguments)?)?;
    start_logging(&configuration)?;
    let key =
        configuration.log_key.as_deref().context("no log key: name its file by --log-key or log_key")?;
    let key = read_key_file(key)?;
    if let Some(path) = &arguments.found {
        let note = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        found_log(&configuration.dir, &key, [Record::parse(&note)?], &BTreeMap::new())?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let running = Node::start(configuration, key).await?;
        terminal.say(&Message::new("tool.serving").with("url", format!("http://{}", running.address)));
        let mut stop = Stop::listen()?;
        tokio::select! {
            failure = running.failure() => return Err(failure.into()),
            () = stop.told() => {}
        }
        running.stop().await?;
        terminal.say(&Message::new("tool.stopped"));
        Ok(ExitCode::SUCCESS)
    })
}
