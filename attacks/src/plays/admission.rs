//! Attacks by what is submitted: T07, T08, T09, T24, T29, T30, T31, T32, T42.

use super::Ground;
use crate::arena::Arena;
use crate::outcome::{Seen, Verdict};
use crate::process::wait_for;
use crate::web::{self, Answer};
use anyhow::{Result, ensure};
use hakiki_core::Record;
use hakiki_core::establish::possess;
use hakiki_core::kinds::{Amend, Body, Change, KeyAction, KeyRecord, NewKey};
use hakiki_core::roster::Role;
use hakiki_note::{KeyName, SigningKey};
use hakiki_rehearsal::country::Country;
use hakiki_rehearsal::founding::Keyring;
use std::time::Duration;

/// Requires a signed refusal with a code.
pub(super) fn refused(answer: &Answer, codes: &[&str]) -> Result<()> {
    let text = answer.text();
    let found = text.lines().find_map(|line| line.strip_prefix("code ")).unwrap_or("none");
    ensure!(
        answer.status >= 400 && codes.contains(&found),
        "expected {codes:?}, found {}: {text}",
        answer.status
    );
    ensure!(text.contains("\u{2014} "), "a refusal is signed by the log: {text}");
    Ok(())
}

/// Requires a receipt; gives the place.
pub(super) fn accepted(answer: &Answer) -> Result<u64> {
    ensure!(answer.status == 200, "{}: {}", answer.status, answer.text());
    let text = answer.text();
    let index = text.lines().find_map(|line| line.strip_prefix("index ")?.parse().ok());
    index.ok_or_else(|| anyhow::anyhow!("a receipt names its place: {text}"))
}

/// The node is unharmed, and the stranger has nothing to say against the log.
pub(super) fn unharmed(arena: &Arena) -> Result<()> {
    arena.send_forms(60..62)?;
    arena.verify(&arena.url(), &[])?.nothing_failed()
}

/// T07: a form is replayed to another station, contest, rehearsal or election.
pub fn t07(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let form = arena.form(0, [4, 3, 2, 1], 1)?;
    let place = accepted(&arena.submit(&form)?)?;
    ensure!(accepted(&arena.submit(&form)?)? == place, "the same note has the same place");
    let (from, to) = (&arena.country.stations[0].code, &arena.country.stations[1].code);
    let moved = form.note().replace(&format!("station {from}\n"), &format!("station {to}\n"));
    refused(&web::post(&format!("{}/submit", arena.url()), moved.as_bytes())?, &["R206"])?;
    let keys = Keyring(&arena.country);
    let elsewhere = arena.form_by(1, [4, 3, 2, 1], 1, &[&keys.kit(0), &keys.presiding(0, 0)])?;
    refused(&arena.submit(&elsewhere)?, &["R203"])?;
    let other = ground.another_election()?;
    refused(&arena.submit(&other)?, &["R301"])?;
    unharmed(&arena)?;
    Ok(Seen::new(Verdict::Prevented).by("admission", "R206").by("admission", "R203").by("admission", "R301"))
}

/// T08: a form is sent twice; two are sent.
pub fn t08(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let form = arena.form(0, [4, 3, 2, 1], 1)?;
    ensure!(accepted(&arena.submit(&form)?)? == accepted(&arena.submit(&form)?)?);
    accepted(&arena.submit(&arena.form(0, [1, 2, 3, 4], 2)?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.findings.get("F205") == Some(&1), "F205: {:?}", verdicts.findings);
    Ok(Seen::new(Verdict::Detected).by("ledger", "F205"))
}

/// The quorum's revocation of a key.
pub(super) fn revocation(arena: &Arena, key: &SigningKey) -> Result<Record> {
    let record = KeyRecord {
        action: KeyAction::Revoke,
        old: Some(key.name().clone()),
        reason: "withdrawn".into(),
        words: None,
    };
    let quorum = Keyring(&arena.country).quorum();
    arena.sign(record, &quorum.iter().collect::<Vec<_>>())
}

/// T09: an unknown kit; a key after its revocation; another station's kit. A stolen kit with its officer's key is valid.
pub fn t09(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let keys = Keyring(&arena.country);
    let stranger = SigningKey::from_seed(KeyName::new("stranger.example/k/1")?, &[9; 32]);
    let unknown = arena.form_by(0, [4, 3, 2, 1], 1, &[&stranger, &keys.presiding(0, 0)])?;
    refused(&arena.submit(&unknown)?, &["R201"])?;
    let others = arena.form_by(0, [4, 3, 2, 1], 1, &[&keys.kit(1), &keys.presiding(0, 0)])?;
    refused(&arena.submit(&others)?, &["R203"])?;
    accepted(&arena.submit(&revocation(&arena, &keys.kit(2))?)?)?;
    accepted(&arena.submit(&arena.form(2, [4, 3, 2, 1], 1)?)?)?;
    accepted(&arena.submit(&arena.form(3, [9, 9, 9, 9], 1)?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.findings.get("F207") == Some(&1), "F207: {:?}", verdicts.findings);
    Ok(Seen::new(Verdict::Detected).by("admission", "R201").by("admission", "R203").by("ledger", "F207"))
}

/// T24: hostile uploads.
pub fn t24(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let url = format!("{}/submit", arena.url());
    // It may also close the connection before everything is sent.
    if let Ok(answer) = web::post(&url, &vec![b'a'; 1 << 20]) {
        refused(&answer, &["R402", "R101"])?;
    }
    let form = arena.form(0, [4, 3, 2, 1], 1)?;
    let note = form.note();
    let hostile: Vec<Vec<u8>> = vec![
        vec![0xff; 1000],
        b"<script>alert(1)</script>\n\n".to_vec(),
        note.replace("station ", "station ../../").into_bytes(),
        note.replace('\n', "\r\n").into_bytes(),
        note.replacen("votes", "votes\u{202e}", 1).into_bytes(),
        note.as_bytes()[..note.len() / 2].to_vec(),
        [note.as_bytes(), note.as_bytes()].concat(),
        Vec::new(),
    ];
    for bytes in &hostile {
        let answer = web::post(&url, bytes)?;
        ensure!((400..500).contains(&answer.status), "{}: {}", answer.status, answer.text());
    }
    for path in [
        "tile/../../private/head",
        "blob/../../private/head",
        "tile/entries/%2e%2e/%2e%2e/x",
        "..%2fprivate%2fhead",
    ] {
        let answer = web::get(&format!("{}/{path}", arena.url()))?;
        ensure!(!answer.text().contains("hakiki locked head"), "{path} gives a private file");
    }
    unharmed(&arena)?;
    Ok(Seen::new(Verdict::Prevented).by("admission", "R1xx").by("admission", "R402"))
}

/// T29: a relay strips an agent's signature, or adds junk.
pub fn t29(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let form = arena.form(0, [4, 3, 2, 1], 1)?;
    let lines: Vec<&str> = form.note().lines().collect();
    let stripped = lines[..lines.len() - 1].join("\n") + "\n";
    let url = format!("{}/submit", arena.url());
    refused(&web::post(&url, stripped.as_bytes())?, &["R205"])?;
    let added = format!("{}\u{2014} junk.example AAAAAAAA\n", form.note());
    refused(&web::post(&url, added.as_bytes())?, &["R205"])?;
    accepted(&arena.submit(&form)?)?;
    unharmed(&arena)?;
    Ok(Seen::new(Verdict::Prevented).by("admission", "R205"))
}

/// T30: an officer is revoked just before the form comes.
pub fn t30(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let officer = Keyring(&arena.country).presiding(5, 0);
    accepted(&arena.submit(&revocation(&arena, &officer)?)?)?;
    accepted(&arena.submit(&arena.form(5, [4, 3, 2, 1], 1)?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.findings.get("F207") == Some(&1), "F207: {:?}", verdicts.findings);
    ensure!(verdicts.report.to_string().contains(officer.name().as_str()), "V19 names the revoked key");
    Ok(Seen::new(Verdict::Detected).by("ledger", "F207").by("stranger", "V19"))
}

/// T31: contests are bombed with second forms.
pub fn t31(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    arena.send_forms(0..10)?;
    for station in 0..10 {
        accepted(&arena.submit(&arena.form(station, [1, 2, 3, 4], 2)?)?)?;
    }
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.findings.get("F205") == Some(&10), "F205: {:?}", verdicts.findings);
    let contested = verdicts.report["contests"][0]["partition"]["contested"].as_u64();
    ensure!(contested == Some(10), "contested {contested:?}");
    Ok(Seen::new(Verdict::Detected).by("ledger", "F205"))
}

/// T32: late keys by the quorum, for friendly forms.
pub fn t32(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let friend = SigningKey::from_seed(KeyName::new("friend.example/k/1")?, &[8; 32]);
    let mut public = [0u8; 32];
    public.copy_from_slice(friend.verifier().key().bytes());
    let new = NewKey {
        name: friend.name().clone(),
        role: Role::Presiding,
        of_station: true,
        scope: arena.country.stations[7].code.clone(),
        party: None,
        public,
        possession: possess(&arena.fingerprint, &friend),
    };
    let record = KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "late".into(), words: None };
    let quorum = Keyring(&arena.country).quorum();
    accepted(&arena.submit(&arena.sign(record, &quorum.iter().collect::<Vec<_>>())?)?)?;
    let kit = Keyring(&arena.country).kit(7);
    accepted(&arena.submit(&arena.form_by(7, [99, 0, 0, 0], 1, &[&kit, &friend])?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.findings.get("W116").is_some_and(|count| *count >= 1), "W116: {:?}", verdicts.findings);
    ensure!(verdicts.report.to_string().contains("friend.example/k/1"), "V19 names the late key");
    // Pages follow within a second.
    let page = format!("{}/en/", arena.url());
    let says = || web::get(&page).ok().filter(|page| page.text().contains("W116"));
    wait_for("the first page to say that a key is late", Duration::from_secs(5), says)?;
    Ok(Seen::new(Verdict::Detected).by("stranger", "V19").by("ledger", "W116"))
}

/// T42: the witness policy is changed to friends, by the quorum alone.
pub fn t42(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let out = arena.rivals().witness("press").name().clone();
    let friend = SigningKey::cosigner_from_seed(KeyName::new("witness.friend.example")?, &[7; 32]);
    let commission = arena.rivals().organisation("commission").name().clone();
    let amend = || {
        let changes = vec![
            Change::WitnessOut(out.clone()),
            Change::WitnessIn(friend.verifier().clone(), commission.clone()),
        ];
        Body::from(Amend { changes, reason: "friends".into(), words: None })
    };
    let quorum = Keyring(&arena.country).quorum();
    let mut signers: Vec<&SigningKey> = quorum.iter().collect();
    refused(&arena.submit(&arena.sign(amend(), &signers)?)?, &["R204"])?;
    // With more than half of the witnesses' organisations it is a record like others, and told.
    let organisations = ["commission", "court", "press"].map(|class| arena.rivals().organisation(class));
    signers.extend(&organisations);
    accepted(&arena.submit(&arena.sign(amend(), &signers)?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.report.to_string().contains("witness.friend.example"), "V19 names the new witness");
    Ok(Seen::new(Verdict::Prevented).by("admission", "R204").by("stranger", "V19"))
}

/// A form of another election, for a replay.
pub fn of_another_election(country: &Country, arena: &Arena) -> Result<Record> {
    let keys = Keyring(country);
    arena.form_by(0, [4, 3, 2, 1], 1, &[&keys.kit(0), &keys.presiding(0, 0)])
}
