//! What entry 0 must be: an election record that hangs together, with pinned keys that prove their possession.

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::{Election, Kind, RecordKind, acceptance_text, pinned_possession_text};
use crate::roster::{Claim, Role, Roster, Scope, record_key};
use crate::witness_policy::WitnessPolicy;
use hakiki_note::{DecodedKey, KeyName, PublicKey, SignatureError};

/// Whether the election record hangs together.
pub(super) fn check_election(election: &Election) -> Result<(), Refusal> {
    let r308 = |detail: String| Err(Refusal::new(RefusalCode::R308, detail));
    if election.origin().starts_with("hakiki/") {
        return r308("an origin does not begin with hakiki/, since records do".into());
    }
    let unknown = |kind: &&String| !Kind::ALL.iter().any(|known| known.name_and_version() == **kind);
    if let Some(kind) = election.admits.iter().find(unknown) {
        return refuse(
            RefusalCode::R106,
            format!("the election admits {kind}, which this program does not know"),
        );
    }
    if election.rules.0 != 1 {
        return refuse(
            RefusalCode::R106,
            format!("rules {} are not known to this program", election.rules.0),
        );
    }
    for (place, (number, level)) in (0u32..).zip(&election.levels) {
        if place != *number {
            return r308(format!("level {level} has number {number}, expected {place}"));
        }
    }
    for spread in election.contests.iter().filter_map(|contest| contest.spread.as_ref()) {
        if !election.levels.iter().any(|(_, level)| *level == spread.level) {
            return r308(format!("the spread is over level {:?}, which is not there", spread.level));
        }
    }
    for (kind, count) in &election.quorums {
        if *count == 0 || *count as usize > election.custodians.len() {
            return r308(format!(
                "a quorum of {count} for {kind} cannot be of {} custodians",
                election.custodians.len()
            ));
        }
    }
    if !election.quorums.contains_key(Election::NAME) {
        return r308("no quorum for `election`".into());
    }
    WitnessPolicy::of(election).check()
}

pub(super) fn pinned_keys(election: &Election) -> Result<Roster, Refusal> {
    let mut roster = Roster::default();
    let origin = election.origin();
    let mut enrol = |name: &KeyName, key: &PublicKey, public, role, party: Option<&str>| {
        let hash = key.hash();
        roster.check_new(name, &hash)?;
        let party = party.map(Into::into);
        let claim =
            Claim { name: name.clone(), public, role, scope: Scope::Everywhere, party, possession: [0; 64] };
        roster.enrol(claim, hash, None, 0);
        Ok::<(), Refusal>(())
    };
    let log = &election.log_key;
    let public = record_key(log.key())?;
    DecodedKey::enrol(&public).map_err(|e| bad_key(log.name(), e))?;
    enrol(log.name(), log.key(), public, Role::Log, None)?;
    for c in &election.custodians {
        let text = pinned_possession_text(origin, &c.name, &c.key);
        enrol(&c.name, &c.key, pinned(&c.name, &c.key, &text, &c.possession)?, Role::Custodian, None)?;
    }
    for p in &election.parties {
        let text = pinned_possession_text(origin, &p.name, &p.key);
        enrol(
            &p.name,
            &p.key,
            pinned(&p.name, &p.key, &text, &p.possession)?,
            Role::PartyRoot,
            Some(&p.code),
        )?;
    }
    for o in &election.organisations {
        let text = acceptance_text(origin, &o.name, &o.key, &o.class);
        enrol(&o.name, &o.key, pinned(&o.name, &o.key, &text, &o.acceptance)?, Role::Organisation, None)?;
    }
    Ok(roster)
}

/// Checks a key that stands in the election record, and what it signed.
fn pinned(name: &KeyName, key: &PublicKey, text: &str, signature: &[u8; 64]) -> Result<[u8; 32], Refusal> {
    let public = record_key(key)?;
    let decoded = DecodedKey::enrol(&public).map_err(|e| bad_key(name, e))?;
    decoded.verify(text.as_bytes(), signature).map_err(|e| bad_key(name, e))?;
    Ok(public)
}

fn bad_key(name: &KeyName, error: SignatureError) -> Refusal {
    let code = match error {
        SignatureError::Mismatch | SignatureError::KeyTorsion => RefusalCode::R208,
        _ => RefusalCode::R207,
    };
    Refusal::new(code, format!("{name}: {error}"))
}
