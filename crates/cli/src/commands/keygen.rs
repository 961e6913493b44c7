//! `keygen`: a signing key in a file that only its owner can read.

use super::{print, random_seed, write_secret};
use crate::terminal::Terminal;
use anyhow::Result;
use base64::Engine as _;
use clap::Args;
use hakiki_core::establish::{custodian, organisation, possess};
use hakiki_messages::Message;
use hakiki_note::{BASE64, Hash, KeyName, SigningKey};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// The key's name; random names say no post and no person. The log's key is named as its origin
    name: String,
    /// File for the secret key
    #[arg(long)]
    out: PathBuf,
    /// Also print the key's proof of possession over this origin, for the election record
    #[arg(long)]
    origin: Option<String>,
    /// With --origin: the key is an organisation's that runs witnesses or mirrors; print its acceptance as this class
    #[arg(long, requires = "origin", value_parser = ["commission", "court", "observers", "party", "press"])]
    class: Option<String>,
    /// Also print the key's proof of possession over this fingerprint, for the keys table
    #[arg(long, value_parser = super::parse_fingerprint)]
    fingerprint: Option<Hash>,
}

/// Makes a key, prints its public half.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let key = SigningKey::from_seed(KeyName::new(&arguments.name)?, &random_seed()?);
    write_secret(&arguments.out, &key)?;
    print(&key.verifier().to_string())?;
    if let Some(origin) = &arguments.origin {
        let proof = match &arguments.class {
            Some(class) => organisation(origin, &key, class).acceptance,
            None => custodian(origin, &key, "-").possession,
        };
        print(&format!("{} {} {}", key.name(), key.verifier().key().to_base64(), BASE64.encode(proof)))?;
    }
    if let Some(fingerprint) = &arguments.fingerprint {
        let proof = possess(fingerprint, &key);
        print(&format!("{} {} {}", key.name(), key.verifier().key().to_base64(), BASE64.encode(proof)))?;
    }
    terminal.say(&Message::new("tool.key_written").with("path", arguments.out.display().to_string()));
    Ok(ExitCode::SUCCESS)
}
