//! What can go wrong with a person's key, with stable codes: N101 and N102 as for a server's key file, and `K1xx`.

use hakiki_host::SecretFileError;
use std::io;
use std::path::PathBuf;

/// Why a key cannot be used. `Display` begins with the code and never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A plain key file that others may read.
    #[error("N101: {path} may be read by others (mode {mode:03o}), expected 600. Run: chmod 600 {path}")]
    OpenToOthers {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key file that is not there or is not one.
    #[error(
        "N102: {path} is no key file: {found}. Expected one line PRIVATE+KEY+name+id+key, or that line in the age format"
    )]
    NoKeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong; never its content.
        found: String,
    },
    /// The passphrase does not open the file.
    #[error("K101: {path} does not open: {found}. Expected the passphrase with which the file was made")]
    Sealed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        found: String,
    },
    /// Nobody could be asked for a passphrase or PIN.
    #[error("K102: no passphrase or PIN for {what}: {source}")]
    NotAsked {
        /// The file or the token.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// Not a `pkcs11:` URI, or one that says too little.
    #[error(
        "K103: {found}. Expected pkcs11:token=LABEL;object=KEY-NAME?module-path=/path/to/module.so&pin-source=file:/path"
    )]
    Uri {
        /// What is wrong.
        found: String,
    },
    /// The token, its module, or what is on it.
    #[error("K104: the token {token}: {found}")]
    Token {
        /// Its label, as asked for.
        token: String,
        /// What is wrong.
        found: String,
    },
    /// A file that cannot be written.
    #[error("K105: {path} cannot be written: {source}. A key file is always a new file")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// This program was built without that kind of key.
    #[error("K106: this program was built without {what}; build it with the feature {feature}")]
    NotBuilt {
        /// What it cannot do.
        what: &'static str,
        /// What would let it.
        feature: &'static str,
    },
}

impl From<SecretFileError> for KeyringError {
    fn from(error: SecretFileError) -> Self {
        match error {
            SecretFileError::OpenToOthers { path, mode } => Self::OpenToOthers { path, mode },
            SecretFileError::Unreadable { path, found } => Self::NoKeyFile { path, found },
        }
    }
}
