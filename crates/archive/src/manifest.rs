//! The manifests: what the records of the core come to, as text that anybody can read and a verifier makes again.
//!
//! They are functions of the ledger: two makers of one head write the same bytes.

use crate::fault::{ArchiveCode as Code, Fault};
use hakiki_core::Ledger;
use hakiki_core::roster::{EnrolledKey, Scope};
use hakiki_core::witness_policy::Witness;
use hakiki_note::{Hash, KeyType, PublicKey, VerifierKey};
use hakiki_tlog::tree::Head;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The manifest of a core: election, head, and the policy in force at its end.
///
/// ```text
/// hakiki/archive-core@v1
/// election <fingerprint>
/// origin <origin>
/// size <entries>
/// root <hash>
/// title <title>
/// rules <version>
/// log <verifier key>
/// quorum <kind> <count>
/// witness-quorum <count>
/// witness|mirror|intake <verifier key> <organisation> <class>
/// keys <enrolled> <in force>
/// tables <count>
/// software <component> <version> program <hash> configuration|dependencies|source <hash, or -> … place <place>
/// withheld <hash> by <code> reason <code> order <hash, or -> place <place>
/// inadmissible <place> <code>
/// ```
pub fn core_manifest(ledger: &Ledger, head: Head, tables: &BTreeSet<Hash>) -> String {
    let election = ledger.election();
    let mut out = String::from("hakiki/archive-core@v1\n");
    let mut line = |text: std::fmt::Arguments<'_>| {
        // Writing into a string does not fail.
        let _ = writeln!(out, "{text}");
    };
    line(format_args!("election {}", ledger.fingerprint()));
    line(format_args!("origin {}", election.origin()));
    line(format_args!("size {}", head.size));
    line(format_args!("root {}", head.root));
    line(format_args!("title {}", election.title));
    line(format_args!("rules {}", ledger.rules()));
    line(format_args!("log {}", election.log_key));
    for kind in election.quorums.keys() {
        if let Some(count) = ledger.quorum_for(kind) {
            line(format_args!("quorum {kind} {count}"));
        }
    }
    let policy = ledger.witness_policy();
    line(format_args!("witness-quorum {}", policy.quorum));
    for (word, all) in
        [("witness", &policy.witnesses), ("mirror", &policy.mirrors), ("intake", &policy.intakes)]
    {
        for Witness { key, organisation } in all {
            let class = policy.class_of(organisation).unwrap_or("-");
            line(format_args!("{word} {key} {organisation} {class}"));
        }
    }
    let keys = ledger.roster().keys();
    let in_force = keys.iter().filter(|key| !key.is_revoked_at(head.size)).count();
    line(format_args!("keys {} {in_force}", keys.len()));
    line(format_args!("tables {}", tables.len()));
    let or_dash = |hash: Option<Hash>| hash.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
    for newest in ledger.software().values().filter_map(|history| history.last()) {
        let (of, place) = (&newest.software, newest.place);
        let named = format!("software {} {} program {}", of.component, of.version, of.program);
        let [configuration, dependencies, source] =
            [of.configuration, of.dependencies, of.source].map(or_dash);
        let more = format!("configuration {configuration} dependencies {dependencies} source {source}");
        line(format_args!("{named} {more} place {place}"));
    }
    for entry in ledger.withheld() {
        let (of, place) = (&entry.withhold, entry.place);
        let order = or_dash(of.order);
        line(format_args!(
            "withheld {} by {} reason {} order {order} place {place}",
            of.blob, of.by, of.reason
        ));
    }
    for refused in ledger.inadmissible() {
        line(format_args!("inadmissible {} {}", refused.place, refused.code));
    }
    out
}

/// The blobs that an archive may hold of those that records name: all but the withheld.
pub fn blobs_of(ledger: &Ledger, named: &BTreeSet<Hash>) -> BTreeSet<Hash> {
    named.iter().copied().filter(|hash| ledger.withheld_by(hash).is_none()).collect()
}

/// Every public key that was ever enrolled, in the order in which they came.
///
/// ```text
/// hakiki/archive-keys@v1
/// key <verifier key> <role> <everywhere, or area or station, and its code> <party, or -> <place> <place of its revocation, or ->
/// ```
///
/// A fault where a key cannot be written: no roster holds one.
pub fn keys_text(ledger: &Ledger) -> Result<String, Fault> {
    let keys = ledger.roster().keys();
    let mut out = String::with_capacity(160 * keys.len());
    out.push_str("hakiki/archive-keys@v1\n");
    for key in keys {
        let public = PublicKey::new(KeyType::Ed25519, &key.public)
            .map_err(|error| Fault::new(Code::A202, format!("{}: {error}", key.name)))?;
        let verifier = VerifierKey::new(key.name.clone(), public);
        let party = key.party.as_deref().unwrap_or("-");
        let revoked = key.revoked_at.map_or_else(|| "-".to_owned(), |place| place.to_string());
        let (role, scope, from) = (key.role.as_str(), scope_of(ledger, key), key.enrolled_at);
        let _ = writeln!(out, "key {verifier} {role} {scope} {party} {from} {revoked}");
    }
    Ok(out)
}

fn scope_of(ledger: &Ledger, key: &EnrolledKey) -> String {
    let register = ledger.register();
    match key.scope {
        Scope::Everywhere => "everywhere".to_owned(),
        Scope::Area(area) => {
            let code = register.areas().get(area as usize).map_or("-", |area| &*area.code);
            format!("area {code}")
        }
        Scope::Station(station) => {
            let code = register.stations().get(station as usize).map_or("-", |station| &*station.code);
            format!("station {code}")
        }
    }
}

/// The manifest of the blobs: which core they belong to, and which that its records name are not here.
///
/// ```text
/// hakiki/archive-blobs@v1
/// core <SHA-256 of the core's list>
/// named <count>
/// here <count>
/// absent <hash>
/// ```
///
/// Those that are withheld are not among them: the core's manifest lists them, with who ordered it.
pub fn blobs_manifest(core: &Hash, named: &BTreeSet<Hash>, here: &BTreeSet<Hash>) -> String {
    let (count, there) = (named.len(), here.len());
    let mut out = format!("hakiki/archive-blobs@v1\ncore {core}\nnamed {count}\nhere {there}\n");
    for hash in named.difference(here) {
        let _ = writeln!(out, "absent {hash}");
    }
    out
}
