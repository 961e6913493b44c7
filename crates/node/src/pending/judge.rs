//! Whether a text may wait for signatures: everything of admission that can be asked before all have signed.

use super::PendingText;
use hakiki_core::Unfinished;
use hakiki_core::codes::RefusalCode;
use hakiki_core::record::Signer;
use hakiki_core::roster::{KeyIndex, Role};
use hakiki_core::{Ledger, Refusal};
use hakiki_note::{DecodedKey, Hash, KeyType, PublicKey, SignatureError, SignatureLine};
use std::time::SystemTime;

/// A text whose lines' keys were found; nothing is verified yet.
pub(crate) struct Judged {
    unfinished: Unfinished,
    /// One a signature line, in their order.
    keys: Vec<(KeyIndex, DecodedKey)>,
    by_custodian: bool,
}

/// Asks the ledger: election, kind, whether it stands (R301, R106, R308); that it names several signers (R204) and has a
/// line (R205); that each line is by a key in force (R201, R205, R207). Verifies no signature, so that the ledger is not held.
pub(crate) fn judge(ledger: &Ledger, unfinished: Unfinished) -> Result<Judged, Refusal> {
    let record = unfinished.record();
    ledger.check_common(record)?;
    if record.signers().len() < 2 {
        let detail =
            "the text names one signer: there is nothing to gather; send the signed record to /submit";
        return Err(Refusal::new(RefusalCode::R204, detail));
    }
    if unfinished.lines().is_empty() {
        return Err(Refusal::new(
            RefusalCode::R205,
            "no signature line; a text waits from its first signature on",
        ));
    }
    let (mut keys, mut by_custodian) = (Vec::new(), false);
    for signer in record.signers().iter().filter(|signer| unfinished.has_signed(signer)) {
        let (index, role) = in_force(ledger, signer)?;
        by_custodian |= role == Role::Custodian;
        let key = ledger.roster().key(index);
        let unusable = |error: String| Refusal::new(RefusalCode::R207, format!("{}: {error}", key.name));
        let public = PublicKey::new(KeyType::Ed25519, &key.public).map_err(|e| unusable(e.to_string()))?;
        let line = unfinished.lines().iter().find(|line| line.name == key.name);
        if line.is_none_or(|line| line.id != public.id(key.name.as_str())) {
            let detail = format!("the signature line of {} has another key id", key.name);
            return Err(Refusal::new(RefusalCode::R205, detail));
        }
        keys.push((index, key.decoded().map_err(|e| unusable(e.to_string()))?.clone()));
    }
    Ok(Judged { unfinished, keys, by_custodian })
}

fn in_force(ledger: &Ledger, signer: &Signer) -> Result<(KeyIndex, Role), Refusal> {
    let found = ledger.roster().by_name(signer.name.as_str());
    let found = found.map(|index| (index, ledger.roster().key(index)));
    match found.filter(|(_, key)| key.hash == signer.key_hash) {
        Some((index, key)) if !key.is_revoked_at(ledger.size()) => Ok((index, key.role)),
        Some(_) => Err(Refusal::new(RefusalCode::R201, format!("{} was revoked", signer.name))),
        None => Err(Refusal::new(RefusalCode::R201, format!("{} was never enrolled", signer.name))),
    }
}

impl Judged {
    /// The id of its text.
    pub fn id(&self) -> &Hash {
        self.unfinished.record().id()
    }

    /// The keys whose lines are not in what is kept already. What is public can be sent again by anybody: that costs a key
    /// nothing.
    pub fn new_keys(&self, kept: Option<&PendingText>) -> Vec<KeyIndex> {
        let is_new = |line: &SignatureLine| {
            kept.is_none_or(|kept| !kept.unfinished.lines().iter().any(|old| old.name == line.name))
        };
        let lines = self.unfinished.lines().iter().zip(&self.keys);
        lines.filter(|(line, _)| is_new(line)).map(|(_, (index, _))| *index).collect()
    }

    /// Verifies every line: R206, R207.
    pub fn verify(self) -> Result<PendingText, Refusal> {
        let Self { unfinished, keys, by_custodian } = self;
        for (line, (_, key)) in unfinished.lines().iter().zip(&keys) {
            if let Err(error) = key.verify(unfinished.text().as_bytes(), &line.signature) {
                let code = match error {
                    SignatureError::Mismatch => RefusalCode::R206,
                    _ => RefusalCode::R207,
                };
                return Err(Refusal::new(code, format!("{}: {error}", line.name)));
            }
        }
        Ok(PendingText { unfinished, by_custodian, changed: SystemTime::now() })
    }
}
