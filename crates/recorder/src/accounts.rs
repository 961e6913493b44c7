//! The operator's sealed map: which account of this machine is which person's key. It never leaves the machine; who is
//! behind a key name is in another map, the commission's.

use crate::error::RecorderError;
use hakiki_note::KeyName;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Some ten thousand accounts.
const MAP_MAX_BYTES: u64 = 1024 * 1024;

/// Accounts and the key names of the people behind them.
#[derive(Debug, Clone, Default)]
pub struct Accounts(BTreeMap<String, KeyName>);

impl Accounts {
    /// Reads a map: `<account> <key name>` a line, the account by its name or as `uid:<number>`; lines that begin with `#`
    /// are left out. Refuses a file that its group or others may read.
    pub fn read(path: &Path) -> Result<Self, RecorderError> {
        let wrong = |found: String| RecorderError::Accounts { path: path.to_owned(), found };
        let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
        let mode = file.metadata().map_err(|error| wrong(error.to_string()))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(wrong(format!("others may read it (mode {mode:o}); it is to be its owner's alone")));
        }
        let mut text = String::new();
        let read = file.take(MAP_MAX_BYTES + 1).read_to_string(&mut text);
        read.map_err(|error| wrong(error.to_string()))?;
        if text.len() as u64 > MAP_MAX_BYTES {
            return Err(wrong(format!("it has more than {MAP_MAX_BYTES} bytes")));
        }
        Self::parse(&text).map_err(wrong)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut map = BTreeMap::new();
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [account, name] = words[..] else {
                return Err(format!("line {number} is not an account and a key name"));
            };
            let name = KeyName::new(name).map_err(|error| format!("line {number}: {error}"))?;
            if map.insert(account.to_owned(), name).is_some() {
                return Err(format!("line {number} names {account} a second time"));
            }
        }
        Ok(Self(map))
    }

    /// The key name behind an account.
    pub fn key_name(&self, account: &str) -> Option<&KeyName> {
        self.0.get(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_private_and_has_each_account_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("accounts");
        std::fs::write(&path, "# who\nalice mfano.example/k/7f3a\n\nuid:1001 mfano.example/k/91bc\n")
            .unwrap();
        let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o640);
        assert_eq!(Accounts::read(&path).unwrap_err().code(), "H101");
        set(0o600);
        let map = Accounts::read(&path).unwrap();
        assert_eq!(map.key_name("alice").unwrap().as_str(), "mfano.example/k/7f3a");
        assert_eq!(map.key_name("uid:1001").unwrap().as_str(), "mfano.example/k/91bc");
        assert!(map.key_name("root").is_none());
        for wrong in ["alice", "alice a b", "alice a+b", "alice a\nalice b"] {
            assert!(Accounts::parse(wrong).is_err(), "{wrong}");
        }
    }
}
