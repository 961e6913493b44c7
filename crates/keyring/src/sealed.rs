//! Texts under a passphrase in the age format (`age-encryption.org/v1`, scrypt recipient). Debian's `age -d` opens them, and
//! what `age -p` made is opened here.

use age::scrypt::{Identity, Recipient};
use age::secrecy::SecretString;
use zeroize::Zeroizing;

/// 2^18 rounds, as `age -p` has it: about a second and 256 MiB for each guess.
const WORK_FACTOR: u8 = 18;
/// A file that asks for more than four times a minute's work here was not made for signing with.
const WORK_FACTOR_MAX: u8 = 22;

/// Seals a text, in printable letters.
pub fn seal(text: &str, passphrase: &str) -> Result<String, String> {
    let mut recipient = Recipient::new(SecretString::from(passphrase.to_owned()));
    recipient.set_work_factor(WORK_FACTOR);
    age::encrypt_and_armor(&recipient, text.as_bytes()).map_err(|error| error.to_string())
}

/// Opens what was sealed, in either form.
pub fn open(sealed: &[u8], passphrase: &str) -> Result<Zeroizing<String>, String> {
    let mut identity = Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(WORK_FACTOR_MAX);
    let bytes = Zeroizing::new(age::decrypt(&identity, sealed).map_err(|error| error.to_string())?);
    let text = std::str::from_utf8(&bytes).map_err(|_| "what is in it is no text".to_owned())?;
    Ok(Zeroizing::new(text.trim_end().to_owned()))
}
