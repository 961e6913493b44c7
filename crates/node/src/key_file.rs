//! Reading a secret key from a file that only its owner may read.

use crate::error::NodeError;
use hakiki_host::read_secret_file;
use hakiki_note::SigningKey;
use std::path::Path;

/// Reads a signing key as `hakiki key new` writes it. Refuses a file that its group or others may read (N101).
pub fn read_key_file(path: &Path) -> Result<SigningKey, NodeError> {
    let text = read_secret_file(path)?;
    SigningKey::from_private_text(&text)
        .map_err(|e| NodeError::KeyFile { path: path.to_owned(), found: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::log_key;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

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
