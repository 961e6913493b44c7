//! Reading a witness's secret key from a file that only its owner may read.

use crate::error::WitnessError;
use hakiki_host::read_secret_file;
use hakiki_note::{KeyError, KeyType, MlDsaSigningKey, SigningKey};
use hakiki_tlog::CosigningKey;
use std::path::Path;

/// Reads a cosigning key as `hakiki witness keygen` writes it. Refuses a file that its group or others may read (C101).
pub fn read_key_file(path: &Path) -> Result<CosigningKey, WitnessError> {
    let text = read_secret_file(path)?;
    parse(&text).map_err(|found| WitnessError::KeyFile { path: path.to_owned(), found })
}

fn parse(text: &str) -> Result<CosigningKey, String> {
    match SigningKey::from_private_text(text) {
        Ok(key) if key.verifier().key().key_type() == KeyType::CosignatureEd25519 => {
            Ok(CosigningKey::Ed25519(key))
        }
        Ok(_) => Err("it is a signer's key (0x01), which a witness must not use".to_owned()),
        Err(KeyError::Type(0x06)) => {
            MlDsaSigningKey::from_private_text(text).map(CosigningKey::MlDsa44).map_err(|e| e.to_string())
        }
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::KeyName;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn only_private_files_of_cosigners_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("witness.key");
        let set = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let name = KeyName::new("witness.example/w").unwrap();
        assert_eq!(read_key_file(&path).unwrap_err().code(), "C102");
        let ed25519 = SigningKey::cosigner_from_seed(name.clone(), &[7; 32]);
        fs::write(&path, ed25519.to_private_text().as_bytes()).unwrap();
        for mode in [0o644, 0o640, 0o604, 0o610] {
            set(mode);
            assert_eq!(read_key_file(&path).unwrap_err().code(), "C101", "{mode:o}");
        }
        set(0o600);
        assert_eq!(read_key_file(&path).unwrap().verifier(), ed25519.verifier());
        let ml_dsa = MlDsaSigningKey::from_seed(name.clone(), &[7; 32]);
        fs::write(&path, ml_dsa.to_private_text().as_bytes()).unwrap();
        assert_eq!(read_key_file(&path).unwrap().verifier(), ml_dsa.verifier());
        let signer = SigningKey::from_seed(name, &[7; 32]).to_private_text();
        for bad in [&**signer, &signer[..signer.len() - 4], "", &"x".repeat(5000)] {
            fs::write(&path, bad).unwrap();
            assert_eq!(read_key_file(&path).unwrap_err().code(), "C102");
        }
    }
}
