//! Asking the chip, by the programs of tpm2-tools: nothing of a TPM's library is linked into this program.
//!
//! The programs find the chip by themselves (`TPM2TOOLS_TCTI` says where, else it is the kernel's `/dev/tpmrm0`).

use super::{PCR_COUNT, Quote, QuoteError};
use hakiki_note::{Hash, sha256};
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Registers that are quoted if nothing else is said: firmware and boot, and what the kernel measured (IMA).
pub const PCRS_DEFAULT: &str = "0,1,2,3,4,5,6,7,10";
/// The key that is made: signs, and only what the chip itself made; it comes from the chip's endorsement seed and is the
/// same each time.
const ATTRIBUTES: &str = "restricted|sign|fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda";
/// Its algorithm.
const ALGORITHM: &str = "ecc256:ecdsa-sha256:null";

/// A chip.
#[derive(Debug, Clone)]
pub struct Tpm {
    /// A key that is there already: a file of its context, or a handle such as `0x81010002`. None makes the default one.
    pub key: Option<String>,
    /// Registers of the SHA-256 bank.
    pub pcrs: BTreeSet<u8>,
    /// What `TPM2TOOLS_TCTI` is to be; none leaves it as it is.
    pub tcti: Option<String>,
    /// A directory for the programs' files, which this leaves there.
    pub dir: PathBuf,
}

/// Registers as a list of numbers and commas.
pub fn parse_pcrs(text: &str) -> Result<BTreeSet<u8>, String> {
    let number = |word: &str| word.parse().ok().filter(|number| *number < PCR_COUNT);
    let all: Option<BTreeSet<u8>> = text.split(',').map(number).collect();
    all.ok_or_else(|| {
        format!("{text:?}: expected numbers below {PCR_COUNT} between commas, as {PCRS_DEFAULT}")
    })
}

impl Tpm {
    /// Has the chip sign the registers and a head. H210.
    pub fn quote(&self, head: &VerifiedCheckpoint) -> Result<Quote, QuoteError> {
        let qualifying = sha256(head.note().text.as_bytes()).to_string();
        let [context, public, attest, signature, values] =
            ["key.context", "key.public", "attest", "signature", "values"].map(|name| self.dir.join(name));
        let key = if let Some(key) = &self.key {
            PathBuf::from(key)
        } else {
            let made = ["-Q", "-C", "e", "-G", ALGORITHM, "-a", ATTRIBUTES, "-c"].map(Path::new);
            self.run("tpm2_createprimary", made.into_iter().chain([&*context]))?;
            context
        };
        let shown = [
            Path::new("-Q"),
            Path::new("-c"),
            &key,
            Path::new("-f"),
            Path::new("tss"),
            Path::new("-o"),
            &public,
        ];
        self.run("tpm2_readpublic", shown)?;
        let numbers: Vec<String> = self.pcrs.iter().map(ToString::to_string).collect();
        let list = format!("sha256:{}", numbers.join(","));
        let quoted = ["-Q", "-g", "sha256", "-F", "values", "-l", &list, "-q", &qualifying].map(Path::new);
        let files: [&Path; 8] = [
            Path::new("-c"),
            &key,
            Path::new("-m"),
            &attest,
            Path::new("-s"),
            &signature,
            Path::new("-o"),
            &values,
        ];
        self.run("tpm2_quote", quoted.into_iter().chain(files))?;
        let values = read(&values)?;
        let each = values.chunks(32).map(|value| value.try_into().map(Hash));
        let each: Vec<Hash> = each.collect::<Result<_, _>>().unwrap_or_default();
        if each.len() != self.pcrs.len() {
            let found = format!("{} bytes of values for {} registers", values.len(), self.pcrs.len());
            return Err(QuoteError::Tpm { program: "tpm2_quote".to_owned(), found });
        }
        let pcrs = self.pcrs.iter().copied().zip(each).collect();
        let (key, attest, signature) = (read(&public)?, read(&attest)?, read(&signature)?);
        Ok(Quote { key, attest, signature, pcrs, head: head.to_text() })
    }

    fn run<'a>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = &'a Path>,
    ) -> Result<(), QuoteError> {
        let mut command = Command::new(program);
        command.args(arguments.into_iter().map(Path::as_os_str)).stdin(Stdio::null());
        if let Some(tcti) = &self.tcti {
            command.env("TPM2TOOLS_TCTI", tcti);
        }
        let failed = |found: String| QuoteError::Tpm { program: program.to_owned(), found };
        let output = command.output().map_err(|error| failed(format!("{error} (Debian: tpm2-tools)")))?;
        if output.status.success() {
            return Ok(());
        }
        let said: String = String::from_utf8_lossy(&output.stderr).trim().chars().take(600).collect();
        Err(failed(if said.is_empty() { output.status.to_string() } else { said }))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, QuoteError> {
    let failed = |error: std::io::Error| QuoteError::Tpm {
        program: "tpm2_quote".to_owned(),
        found: format!("{}: {error}", path.display()),
    };
    std::fs::read(path).map_err(failed)
}
