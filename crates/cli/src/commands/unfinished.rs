//! The file of a record while its signers sign one after the other: read, signed, written again as a whole.
//!
//! That the signatures are right is judged by the log that takes the record: here nobody's public key is known but the
//! signer's own.

use anyhow::{Context, Result, ensure};
use hakiki_core::Unfinished;
use hakiki_keyring::Key;
use std::path::Path;

/// Reads a file: a record's text alone, or with an empty line and some of its signature lines. Every mistake in its form
/// is a [`hakiki_core::Refusal`] in the error.
pub fn read(path: &Path) -> Result<Unfinished> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Unfinished::parse(&bytes).with_context(|| path.display().to_string())
}

/// Adds the signature of a key that the text names, in the place of an older one by it.
pub fn add(found: &mut Unfinished, key: &Key) -> Result<()> {
    ensure!(found.names(key.verifier()), "{} is not among the signers that the text names", key.name());
    found.put(key.signature_line(found.text())?);
    Ok(())
}

/// Writes it as a whole, so that an interrupted write loses no signature.
pub fn write(found: &Unfinished, path: &Path) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    std::fs::write(beside, found.to_note()).with_context(|| format!("writing {}", beside.display()))?;
    std::fs::rename(beside, path).with_context(|| format!("writing {}", path.display()))
}
