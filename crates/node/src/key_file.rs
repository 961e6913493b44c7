//! Reading a secret key from a file that only its owner may read.

use crate::error::NodeError;
use hakiki_note::SigningKey;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Largest key file, in bytes: name (255), id, base64 of 33 bytes, and room.
const KEY_FILE_MAX_BYTES: u64 = 1024;

/// Reads a signing key as `hakiki key new` writes it. Refuses a file that its group or others may read (N101).
pub fn read_key_file(path: &Path) -> Result<SigningKey, NodeError> {
    let wrong = |found: String| NodeError::KeyFile { path: path.to_owned(), found };
    let file = File::open(path).map_err(|e| wrong(e.to_string()))?;
    // Of the open file, not of the path, which could change in between.
    let about = file.metadata().map_err(|e| wrong(e.to_string()))?;
    if !about.is_file() {
        return Err(wrong("it is not a file".to_owned()));
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(NodeError::KeyFileOpen { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::with_capacity(KEY_FILE_MAX_BYTES as usize + 1));
    let read = file.take(KEY_FILE_MAX_BYTES + 1).read_to_string(&mut text);
    read.map_err(|e| wrong(e.to_string()))?;
    if text.len() as u64 > KEY_FILE_MAX_BYTES {
        return Err(wrong(format!("it has more than {KEY_FILE_MAX_BYTES} bytes")));
    }
    SigningKey::from_private_text(text.trim_end()).map_err(|e| wrong(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::log_key;
    use std::fs;

    #[test]
    fn only_a_private_whole_key_file_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log.key");
        let set = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(read_key_file(&path).unwrap_err().code(), "N102");
        fs::write(&path, log_key().to_private_text().as_bytes()).unwrap();
        for mode in [0o644, 0o640, 0o604, 0o610] {
            set(mode);
            assert_eq!(read_key_file(&path).unwrap_err().code(), "N101", "{mode:o}");
        }
        set(0o600);
        assert_eq!(read_key_file(&path).unwrap().verifier(), log_key().verifier());
        let secret = log_key().to_private_text();
        fs::write(&path, &secret[..secret.len() - 4]).unwrap();
        let refused = read_key_file(&path).unwrap_err();
        assert_eq!(refused.code(), "N102");
        assert!(!refused.to_string().contains(&secret[secret.len() - 20..secret.len() - 4]), "{refused}");
        fs::write(&path, "x".repeat(5000)).unwrap();
        assert_eq!(read_key_file(&path).unwrap_err().code(), "N102");
    }
}
