//! Key files: plain, readable by their owner alone, or under a passphrase. Their content says which.

use crate::error::KeyringError;
use crate::key::{Ask, Locked};
use hakiki_host::read_secret_file;
use hakiki_note::SigningKey;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Largest key file under a passphrase, in bytes: a plain one of at most 1,024, the header of the age format, and base64
/// with its line ends (a third more).
const SEALED_MAX_BYTES: u64 = 4096;
/// What a file in the age format begins with; the second is its form in printable letters.
const MARKS: [&[u8]; 2] = [b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----"];

/// Reads a key file, asking for its passphrase if it is under one.
pub(crate) fn read(path: &Path, ask: Ask<'_>) -> Result<SigningKey, KeyringError> {
    let text = match sealed_bytes(path)? {
        // Who may read such a file learns nothing, so its permissions are not looked at: it may lie on a memory stick.
        Some(sealed) => {
            let what = Locked::File(path);
            let passphrase = ask(&what)
                .map_err(|source| KeyringError::NotAsked { what: path.display().to_string(), source })?;
            open_sealed(path, &sealed, &passphrase)?
        }
        None => read_secret_file(path)?,
    };
    SigningKey::from_private_text(&text)
        .map_err(|error| KeyringError::NoKeyFile { path: path.to_owned(), found: error.to_string() })
}

/// The whole file, if it is in the age format.
fn sealed_bytes(path: &Path) -> Result<Option<Vec<u8>>, KeyringError> {
    let wrong = |found: String| KeyringError::NoKeyFile { path: path.to_owned(), found };
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    if !file.metadata().map_err(|error| wrong(error.to_string()))?.is_file() {
        return Err(wrong("it is not a file".to_owned()));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(SEALED_MAX_BYTES as usize + 1));
    file.take(SEALED_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
    if !MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Ok(None);
    }
    if bytes.len() as u64 > SEALED_MAX_BYTES {
        return Err(wrong(format!("it has more than {SEALED_MAX_BYTES} bytes")));
    }
    Ok(Some(bytes.to_vec()))
}

/// Reads a passphrase from a file that its owner alone may read.
pub fn read_passphrase(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    Ok(read_secret_file(path)?)
}

/// Writes a new plain key file that only its owner can read.
pub fn write_plain(path: &Path, key: &SigningKey) -> Result<(), KeyringError> {
    write_new(path, &[key.to_private_text().as_bytes(), b"\n"])
}

/// Writes a new key file under a passphrase, in the age format in printable letters.
pub fn write_sealed(path: &Path, key: &SigningKey, passphrase: &str) -> Result<(), KeyringError> {
    let mut text = Zeroizing::new(String::with_capacity(1025));
    text.push_str(&key.to_private_text());
    text.push('\n');
    write_new(path, &[seal(path, &text, passphrase)?.as_bytes()])
}

fn write_new(path: &Path, parts: &[&[u8]]) -> Result<(), KeyringError> {
    let refused = |source| KeyringError::Unwritable { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(refused)?;
    for part in parts {
        file.write_all(part).map_err(refused)?;
    }
    file.sync_all().map_err(refused)
}

#[cfg(feature = "age")]
fn open_sealed(path: &Path, sealed: &[u8], passphrase: &str) -> Result<Zeroizing<String>, KeyringError> {
    crate::sealed::open(sealed, passphrase)
        .map_err(|found| KeyringError::Sealed { path: path.to_owned(), found })
}

#[cfg(feature = "age")]
fn seal(path: &Path, text: &str, passphrase: &str) -> Result<String, KeyringError> {
    crate::sealed::seal(text, passphrase)
        .map_err(|found| KeyringError::Sealed { path: path.to_owned(), found })
}

#[cfg(not(feature = "age"))]
fn open_sealed(_: &Path, _: &[u8], _: &str) -> Result<Zeroizing<String>, KeyringError> {
    Err(KeyringError::NotBuilt { what: "key files under a passphrase", feature: "age" })
}

#[cfg(not(feature = "age"))]
fn seal(_: &Path, _: &str, _: &str) -> Result<String, KeyringError> {
    Err(KeyringError::NotBuilt { what: "key files under a passphrase", feature: "age" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::KeyName;
    use std::fs;
    use std::io;
    use std::os::unix::fs::PermissionsExt as _;

    fn key() -> SigningKey {
        SigningKey::from_seed(KeyName::new("mfano.example/k/7f3a9c").unwrap(), &[7; 32])
    }

    fn nobody(_: &Locked<'_>) -> io::Result<Zeroizing<String>> {
        panic!("a plain file asks for nothing")
    }

    #[test]
    fn a_plain_file_is_its_owners_and_is_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.key");
        write_plain(&path, &key()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path, &mut nobody).unwrap().verifier(), key().verifier());
        assert!(write_plain(&path, &key()).unwrap_err().to_string().starts_with("K105: "));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path, &mut nobody).unwrap_err().to_string().starts_with("N101: "));
        let absent = read(&home.path().join("b.key"), &mut nobody).unwrap_err().to_string();
        assert!(absent.starts_with("N102: "), "{absent}");
        assert!(read(home.path(), &mut nobody).unwrap_err().to_string().starts_with("N102: "));
    }

    #[cfg(feature = "age")]
    #[test]
    fn a_sealed_file_opens_with_its_passphrase_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.age");
        write_sealed(&path, &key(), "seven wet stones").unwrap();
        let sealed = fs::read_to_string(&path).unwrap();
        assert!(
            sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n") && sealed.len() < 1024,
            "{sealed}"
        );
        // Anybody may read it, as on a memory stick.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let with = |passphrase: &str| {
            read(&path, &mut |what: &Locked<'_>| {
                assert_eq!(*what, Locked::File(&path));
                Ok(Zeroizing::new(passphrase.to_owned()))
            })
        };
        assert_eq!(with("seven wet stones").unwrap().verifier(), key().verifier());
        let refused = with("seven wet stone").unwrap_err().to_string();
        assert!(refused.starts_with("K101: ") && !refused.contains("wet"), "{refused}");
        let unasked = read(&path, &mut |_: &Locked<'_>| Err(io::ErrorKind::NotConnected.into())).unwrap_err();
        assert!(unasked.to_string().starts_with("K102: "), "{unasked}");
        fs::write(&path, &sealed[..sealed.len() / 2]).unwrap();
        assert!(with("seven wet stones").unwrap_err().to_string().starts_with("K101: "));
    }
}
