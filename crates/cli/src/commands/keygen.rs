//! `keygen`: a signing key in a file that only its owner can read, in a file under a passphrase, or on a token.

use super::key::{ask, new_passphrase};
use super::{print, random_seed, write_secret};
use crate::terminal::Terminal;
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use clap::Args;
use hakiki_core::kinds::{acceptance_text, pinned_possession_text, possession_text};
use hakiki_keyring::{Key, KeyPlace, TokenUri, generate_on_token, write_sealed};
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
    #[arg(long, required_unless_present_any = ["token", "existing"])]
    out: Option<PathBuf>,
    /// Write the file under a passphrase, in the age format
    #[arg(long, requires = "out")]
    encrypt: bool,
    /// Make the key on a token instead: pkcs11:token=…?module-path=…
    #[arg(long, conflicts_with_all = ["out", "encrypt"])]
    token: Option<TokenUri>,
    /// Make no key: print the public half and the proofs of one that is there
    #[arg(long, value_name = "KEY", conflicts_with_all = ["out", "encrypt", "token"])]
    existing: Option<KeyPlace>,
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
    let name = KeyName::new(&arguments.name)?;
    let key = match (&arguments.token, &arguments.existing) {
        (Some(uri), _) => generate_on_token(uri, &name, &mut |what| ask(what, terminal))?,
        (None, Some(place)) => {
            let key = super::key::open(place, terminal)?;
            ensure!(*key.name() == name, "the key at {place} is named {}, not {name}", key.name());
            key
        }
        (None, None) => in_file(arguments, name, terminal)?,
    };
    let verifier = key.verifier();
    print(&verifier.to_string())?;
    let public = verifier.key();
    if let Some(origin) = &arguments.origin {
        let text = match &arguments.class {
            Some(class) => acceptance_text(origin, key.name(), public, class),
            None => pinned_possession_text(origin, key.name(), public),
        };
        prove(&key, &text)?;
    }
    if let Some(fingerprint) = &arguments.fingerprint {
        prove(&key, &possession_text(fingerprint, key.name(), &public.hash()))?;
    }
    let message = match (&arguments.token, &arguments.out) {
        (Some(uri), _) => Message::new("sign.key_on_token").with("token", uri.token()),
        (None, Some(path)) => {
            let key = if arguments.encrypt { "sign.key_sealed" } else { "tool.key_written" };
            Message::new(key).with("path", path.display().to_string())
        }
        (None, None) => return Ok(ExitCode::SUCCESS),
    };
    terminal.say(&message);
    Ok(ExitCode::SUCCESS)
}

fn in_file(arguments: &Arguments, name: KeyName, terminal: Terminal) -> Result<Key> {
    let path = arguments.out.as_deref().context("name a file with --out")?;
    // Before anybody thinks of a passphrase.
    ensure!(!path.exists(), "writing a new key file {}: it exists already", path.display());
    let key = SigningKey::from_seed(name, &random_seed()?);
    if arguments.encrypt {
        write_sealed(path, &key, &new_passphrase(path, terminal)?)?;
    } else {
        write_secret(path, &key)?;
    }
    Ok(key.into())
}

/// Prints name, public key and the proof: the key's signature over a text.
fn prove(key: &Key, text: &str) -> Result<()> {
    let proof = key.sign(text.as_bytes())?;
    print(&format!("{} {} {}", key.name(), key.verifier().key().to_base64(), BASE64.encode(proof)))
}
