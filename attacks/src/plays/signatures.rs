//! Signatures that one program accepts and another refuses, so that the log could be split by them: T38.

use super::Ground;
use super::admission::{accepted, refused, unharmed};
use crate::arena::Arena;
use crate::forge;
use crate::outcome::{Seen, Verdict};
use crate::web;
use anyhow::{Context as _, Result, ensure};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use hakiki_core::Record;
use hakiki_note::Note;
use sha2::{Digest as _, Sha512};

/// The order of the group, little-endian (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// `S + L`: the same signature for programs that do not look at S's range.
fn plus_order(signature: &mut [u8]) {
    let mut carry = 0_u16;
    for (byte, add) in signature[32..64].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
}

/// The signature with R = identity, which only the owner of the key can make: `S = k a`. Browsers accept it.
fn with_identity(seed: &[u8; 32], message: &[u8]) -> Vec<u8> {
    let expanded = Sha512::digest(seed);
    let mut half = [0_u8; 32];
    half.copy_from_slice(&expanded[..32]);
    let secret = Scalar::from_bytes_mod_order(curve25519_dalek::scalar::clamp_integer(half));
    let public = EdwardsPoint::mul_base(&secret).compress().to_bytes();
    let mut r = [0_u8; 32];
    r[0] = 1;
    let mut wide = [0_u8; 64];
    wide.copy_from_slice(
        &Sha512::new().chain_update(r).chain_update(public).chain_update(message).finalize(),
    );
    let challenge = Scalar::from_bytes_mod_order_wide(&wide);
    [r, (challenge * secret).to_bytes()].concat()
}

/// A record's note with the signature of its kit changed. In a note a signature has no key id before it.
fn changed(arena: &Arena, form: &Record, change: impl FnOnce(&mut Vec<u8>, &str)) -> Result<String> {
    let mut note = Note::parse(form.note().as_bytes())?;
    let text = note.text.clone();
    let kit = hakiki_rehearsal::founding::Keyring(&arena.country).kit(0);
    let line =
        note.signatures.iter_mut().find(|line| line.is_by(kit.verifier())).context("the kit's line")?;
    change(&mut line.signature, &text);
    Ok(note.to_text())
}

/// T38: an officer makes signatures at the edges of the rule.
pub fn t38(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.with_node()?;
    let form = arena.form(0, [4, 3, 2, 1], 1)?;
    let seed = arena.country.key_seed(&format!("kit {}", arena.country.stations[0].code));
    let hostile = [
        changed(&arena, &form, |signature, _| plus_order(signature))?,
        changed(&arena, &form, |signature, text| *signature = with_identity(&seed, text.as_bytes()))?,
        changed(&arena, &form, |signature, _| signature[..32].fill(0))?,
    ];
    let url = format!("{}/submit", arena.url());
    for note in &hostile {
        refused(&web::post(&url, note.as_bytes())?, &["R207"])?;
    }
    accepted(&arena.submit(&form)?)?;
    unharmed(&arena)?;
    // A log that took one is told by every verifier: the operator's program accepted it, ours does not.
    arena.node.take().context("the node runs")?.stop()?;
    let entries = arena.entries()?;
    for (number, note) in hostile.iter().enumerate() {
        let other = arena.form(0, [1, 2, 3, 4], 5)?;
        ensure!(other.id() != form.id());
        let mut entries = entries.clone();
        let place = entries.iter().position(|entry| entry == form.note().as_bytes()).context("the form")?;
        entries[place] = note.as_bytes().to_vec();
        let dir = arena.path(&format!("split-{number}"));
        forge::build(&dir, &arena.log_key(), &entries, &arena.path("node"))?;
        let verdicts = arena.verify(&dir.display().to_string(), &[])?;
        verdicts.failed("V07")?;
        ensure!(verdicts.findings.get("F204") == Some(&1), "F204: {:?}", verdicts.findings);
    }
    Ok(Seen::new(Verdict::Prevented).by("admission", "R207").by("stranger", "F204"))
}
