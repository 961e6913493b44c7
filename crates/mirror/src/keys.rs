//! A mirror's own keys: what it cosigns with, and what it stamps with.

use crate::error::MirrorError;
use hakiki_node::read_key_file;
use hakiki_note::{KeyName, SigningKey, VerifierKey};
use hakiki_tlog::{CosigningKey, Origin};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What the name of a key for stamps has behind the mirror's, where the mirror makes it.
const STAMPS: &str = "/stamps";

/// A mirror's keys.
pub struct Keys {
    /// Ed25519 (0x04), and ML-DSA-44 (0x06) beside it where there is one; empty: nothing is cosigned.
    pub cosigning: Vec<CosigningKey>,
    /// For stamps and for the log of them, whose origin is its name; none: nothing is stamped.
    pub stamping: Option<SigningKey>,
}

impl Keys {
    /// No keys.
    pub fn none() -> Self {
        Self { cosigning: Vec::new(), stamping: None }
    }

    /// Reads keys from files; each is what its type says. `name` is the mirror's.
    pub fn read(name: &KeyName, files: &[PathBuf]) -> Result<Self, MirrorError> {
        let mut keys = Self::none();
        for path in files {
            match hakiki_witness::read_key_file(path) {
                Ok(key) => keys.cosigning.push(key),
                Err(refused) => match read_key_file(path) {
                    Ok(key) if keys.stamping.is_none() => keys.stamping = Some(key),
                    Ok(_) => return Err(wrong("two keys for stamps are given")),
                    Err(_) => return Err(refused.into()),
                },
            }
        }
        keys.cosigning.sort_by_key(|key| key.verifier().key().key_type().byte());
        keys.check(name)?;
        Ok(keys)
    }

    /// The keys of a mirror that was given none: those that lie in its directory, made there the first time.
    pub fn of_dir(name: &KeyName, dir: &Path) -> Result<Self, MirrorError> {
        let folder = dir.join("keys");
        let files = [folder.join("cosigner.key"), folder.join("stamps.key")];
        fs::create_dir_all(&folder).map_err(MirrorError::system("making the directory of keys"))?;
        let cosigner = |seed: &[u8; 32]| SigningKey::cosigner_from_seed(name.clone(), seed);
        make(&files[0], cosigner)?;
        let stamps = stamps_name(name)?;
        make(&files[1], |seed| SigningKey::from_seed(stamps.clone(), seed))?;
        Self::read(name, &files)
    }

    /// The public halves: what goes into the election record.
    pub fn verifiers(&self) -> Vec<VerifierKey> {
        let cosigning = self.cosigning.iter().map(|key| key.verifier().clone());
        cosigning.chain(self.stamping.iter().map(|key| key.verifier().clone())).collect()
    }

    fn check(&self, name: &KeyName) -> Result<(), MirrorError> {
        if let Some(other) = self.cosigning.iter().find(|key| key.verifier().name() != name) {
            return Err(wrong(format!("a cosigning key is {}'s, expected {name}", other.verifier().name())));
        }
        if let Some(key) = &self.stamping {
            Origin::new(key.name().as_str()).map_err(|error| wrong(error.to_string()))?;
        }
        Ok(())
    }
}

fn wrong(found: impl Into<String>) -> MirrorError {
    MirrorError::Keys { found: found.into() }
}

fn stamps_name(name: &KeyName) -> Result<KeyName, MirrorError> {
    KeyName::new(&format!("{name}{STAMPS}")).map_err(|error| wrong(error.to_string()))
}

/// Makes a key file that only its owner may read, where there is none.
fn make(path: &Path, key: impl Fn(&[u8; 32]) -> SigningKey) -> Result<(), MirrorError> {
    if path.exists() {
        return Ok(());
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| wrong(format!("the system gives no randomness: {error}")))?;
    let private = key(&seed).to_private_text();
    let temporary = path.with_extension("new");
    let writing = MirrorError::system("writing a key file");
    let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary);
    let written = open.and_then(|mut file| {
        file.write_all(private.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    written.map_err(writing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_belong_to_the_name() {
        let directory = tempfile::tempdir().unwrap();
        let name = KeyName::new("mirror.bridge.example/m1").unwrap();
        let made = Keys::of_dir(&name, directory.path()).unwrap().verifiers();
        assert_eq!(made.len(), 2);
        assert_eq!(made[1].name().as_str(), "mirror.bridge.example/m1/stamps");
        assert_eq!(Keys::of_dir(&name, directory.path()).unwrap().verifiers(), made);
        let other = KeyName::new("mirror.circle.example/m1").unwrap();
        assert_eq!(Keys::of_dir(&other, directory.path()).err().unwrap().code(), "M105");
        let twice = directory.path().join("keys/stamps.key");
        assert_eq!(Keys::read(&name, &[twice.clone(), twice]).err().unwrap().code(), "M105");
    }
}
