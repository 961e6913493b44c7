//! Reading a secret from a file that only its owner may read. What the secret is, is for the caller to say.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Largest file of a secret, in bytes: the name of a key (255), id, base64 of 33 bytes, and room.
const SECRET_MAX_BYTES: u64 = 1024;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// Its group or others may read it.
    #[error("{path} may be read by others (mode {mode:03o}), expected 600. Run: chmod 600 {path}")]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not there, or no file of a secret.
    #[error("{path} cannot be read: {found}. Expected a text of at most {most} bytes", most = SECRET_MAX_BYTES)]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong; never its content.
        found: String,
    },
}

/// Reads the text of a secret, without white space at its end. Refuses a file that its group or others may read.
pub fn read_secret_file(path: &Path) -> Result<Zeroizing<String>, SecretFileError> {
    let wrong = |found: String| SecretFileError::Unreadable { path: path.to_owned(), found };
    let file = File::open(path).map_err(|e| wrong(e.to_string()))?;
    // Of the open file, not of the path, which could change in between.
    let about = file.metadata().map_err(|e| wrong(e.to_string()))?;
    if !about.is_file() {
        return Err(wrong("it is not a file".to_owned()));
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretFileError::OpenToOthers { path: path.to_owned(), mode });
    }
    // With all its room from the beginning: a text that grows would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(SECRET_MAX_BYTES as usize + 1));
    let read = file.take(SECRET_MAX_BYTES + 1).read_to_string(&mut text);
    read.map_err(|e| wrong(e.to_string()))?;
    if text.len() as u64 > SECRET_MAX_BYTES {
        return Err(wrong(format!("it has more than {SECRET_MAX_BYTES} bytes")));
    }
    let end = text.trim_end().len();
    text.truncate(end);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_private_files_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.key");
        let set = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let is_unreadable =
            |path: &Path| matches!(read_secret_file(path), Err(SecretFileError::Unreadable { .. }));
        assert!(is_unreadable(&path), "it is not there");
        fs::write(&path, "secret\n").unwrap();
        for mode in [0o644, 0o640, 0o604, 0o610, 0o602] {
            set(mode);
            let refused = read_secret_file(&path).unwrap_err();
            assert!(matches!(refused, SecretFileError::OpenToOthers { mode: found, .. } if found == mode));
        }
        set(0o600);
        assert_eq!(*read_secret_file(&path).unwrap(), "secret");
        fs::write(&path, "x".repeat(1024)).unwrap();
        assert_eq!(read_secret_file(&path).unwrap().len(), 1024);
        for bad in ["x".repeat(1025).into_bytes(), vec![0xff]] {
            fs::write(&path, bad).unwrap();
            assert!(is_unreadable(&path));
        }
        assert!(is_unreadable(directory.path()), "it is no file");
    }
}
