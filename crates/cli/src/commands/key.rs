//! Opening a person's key, wherever it lives: asks at the terminal, without echo, for what unlocks it.

use crate::terminal::Terminal;
use anyhow::{Context, Result, ensure};
use hakiki_keyring::{Key, KeyPlace, Locked, read_passphrase};
use hakiki_messages::Message;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// Names a file with the passphrase, for where nobody is there to ask.
const PASSPHRASE_FILE: &str = "HAKIKI_PASSPHRASE_FILE";

/// Opens a key.
pub fn open(place: &KeyPlace, terminal: Terminal) -> Result<Key> {
    Key::open(place, &mut |what| ask(what, terminal)).with_context(|| format!("opening the key {place}"))
}

/// Says what is asked for, and reads it.
pub fn ask(what: &Locked<'_>, terminal: Terminal) -> io::Result<Zeroizing<String>> {
    let message = match what {
        Locked::File(path) => {
            if let Some(file) = std::env::var_os(PASSPHRASE_FILE) {
                return read_passphrase(Path::new(&file)).map_err(io::Error::other);
            }
            Message::new("sign.passphrase").with("path", path.display().to_string())
        }
        Locked::Token(token) => Message::new("sign.pin").with("token", *token),
    };
    prompt(&message, terminal)
}

/// A passphrase for a new file, typed twice.
pub fn new_passphrase(path: &Path, terminal: Terminal) -> Result<Zeroizing<String>> {
    let first = ask(&Locked::File(path), terminal)?;
    ensure!(!first.is_empty(), "the passphrase is empty");
    if std::env::var_os(PASSPHRASE_FILE).is_none() {
        let second = prompt(&Message::new("sign.passphrase_again"), terminal)?;
        ensure!(first == second, "the two passphrases differ; nothing was written");
    }
    Ok(first)
}

fn prompt(message: &Message, terminal: Terminal) -> io::Result<Zeroizing<String>> {
    rpassword::prompt_password(message.text(terminal.language) + " ").map(Zeroizing::new)
}
