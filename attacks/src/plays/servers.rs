//! Attacks from inside the servers and the store rooms: T10, T13, T16, T17, T18, T21, T22.

use super::Ground;
use super::admission::{accepted, refused};
use crate::arena::PATIENCE;
use crate::forge;
use crate::outcome::{Seen, Verdict};
use crate::process::wait_for;
use crate::staff::{
    RecordedHost, authorised, begin, by_quorum, changed_copy, end, enrolled, hand_over, observations,
    program_hash, restart_node, wait_program,
};
use crate::stranger::{Verdicts, unique};
use crate::web;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Image, RegisterRecord, Shows};
use hakiki_core::roster::Role;
use hakiki_note::{KeyName, SigningKey, sha256};
use hakiki_rehearsal::founding::{Keyring, time};
use std::collections::BTreeMap;

const VOTES: [u32; 4] = [40, 30, 20, 10];

fn found(verdicts: &Verdicts, code: &str, wanted: u64) -> Result<()> {
    let count = verdicts.findings.get(code).copied().unwrap_or(0);
    ensure!(count == wanted, "{code} is found {count} times, expected {wanted}: {:?}", verdicts.findings);
    Ok(())
}

/// T10: a photograph is swapped in the node's storage after it was published.
pub fn t10(ground: &Ground) -> Result<Seen> {
    let arena = ground.full()?;
    let form = arena.form(0, VOTES, 1)?;
    accepted(&arena.submit(&form)?)?;
    let (page, other) = (b"a photograph of the sheet".to_vec(), b"a photograph of a shrub".to_vec());
    let image = Image {
        of: *form.id(),
        shows: Shows::Original,
        page: sha256(&page),
        agents_table: None,
        taken: time(60)?,
    };
    let image = arena.sign(image, &[&Keyring(&arena.country).kit(0)])?;
    let place = accepted(&arena.submit(&image)?)?;
    let path = format!("blob/{}", sha256(&page));
    let put = web::put(&format!("{}/{path}", arena.url()), &page)?;
    ensure!(put.is_good(), "{}: {}", put.status, put.text());
    arena.wait_held(place + 1)?;
    let mirror = arena.url_of("mirror party");
    let kept = || web::get(&format!("{mirror}/{path}")).ok().filter(|answer| answer.body == page);
    wait_for("the mirror to hold the photograph", PATIENCE, kept)?;
    arena.verify(&arena.url(), &[])?.passed("V09")?;
    std::fs::write(arena.path(&format!("node/log/{path}")), &other)?;
    arena.verify(&arena.url(), &[])?.failed("V09")?;
    // Whoever asks a rival has the picture that was published, and the log says which it is.
    arena.verify(&mirror, &[])?.passed("V09")?;
    ensure!(web::get(&format!("{mirror}/{path}"))?.body == page, "the mirror gives another picture");
    Ok(Seen::new(Verdict::Detected).by("stranger", "V09").by("mirror", "its own copy"))
}

/// T13: a second form book is used at a station: the reserve's, whose way the store's records tell.
pub fn t13(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let keys = Keyring(&arena.country);
    let (store, thief) =
        (enrolled(&arena, Role::Storekeeper, "store")?, enrolled(&arena, Role::Storekeeper, "driver")?);
    let officer = keys.presiding(0, 0);
    let station = arena.country.stations[0].code.clone();
    for (book, serials) in [("B-1", ("A0001", "A0050")), ("B-reserve", ("A0051", "A0100"))] {
        let entry = hand_over(book, Some(serials), None, &store, &store)?;
        accepted(&arena.submit(&arena.sign(entry, &[&store])?)?)?;
    }
    let given = hand_over("B-1", None, Some(&station), &store, &officer)?;
    accepted(&arena.submit(&arena.sign(given, &[&store, &officer])?)?)?;
    accepted(&arena.submit(&arena.form_with_serial(0, VOTES, 1, "A0001")?)?)?;
    let honest = arena.verify(&arena.url(), &[])?;
    found(&honest, "F208", 0)?;
    found(&honest, "F503", 0)?;
    // The driver passes on a book that nobody gave him, and the officer writes a form of it.
    let stolen = hand_over("B-reserve", None, None, &thief, &officer)?;
    accepted(&arena.submit(&arena.sign(stolen, &[&thief, &officer])?)?)?;
    accepted(&arena.submit(&arena.form_with_serial(0, [10, 20, 30, 40], 2, "A0051")?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    found(&verdicts, "F208", 1)?;
    found(&verdicts, "F503", 1)?;
    found(&verdicts, "F205", 1)?;
    // X25: the way of the reserve book, to whoever asks where it was.
    let rows = arena.scrutinise(&[])?.rows(40)?;
    let reserve = rows.iter().filter(|row| row.iter().any(|cell| cell.contains("B-reserve"))).count();
    ensure!(reserve > 0, "the reserve book's way is told: {rows:?}");
    Ok(Seen::new(Verdict::Detected).by("ledger", "F208").by("ledger", "F503").by("ledger", "F205"))
}

/// T16: the program is changed during the count: real nodes with a host key, the second from a changed file. The machine says so;
/// whoever takes its key away makes it say nothing, and nothing is claimed.
pub fn t16(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.with_node()?;
    let host = enrolled(&arena, Role::Host, "host 1")?;
    let honest = program_hash(&arena.program)?;
    accepted(&arena.submit(&by_quorum(&arena, authorised(honest))?)?)?;
    restart_node(&mut arena, &host, None)?;
    wait_program(&arena, &host, honest)?;
    found(&arena.verify(&arena.url(), &[])?, "F502", 0)?;
    let changed = changed_copy(&arena)?;
    let cosmetic = program_hash(&changed)?;
    restart_node(&mut arena, &host, Some(changed.clone()))?;
    wait_program(&arena, &host, cosmetic)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    found(&verdicts, "F502", 1)?;
    let page = format!("{}/en/", arena.url());
    let says = || web::get(&page).ok().filter(|page| page.text().contains("F502"));
    wait_for("the first page to say that another program was seen", PATIENCE, says)?;
    let noted = observations(&arena, &host)?.len();
    arena.node.take().context("the node runs")?.stop()?;
    let under_test = std::mem::replace(&mut arena.program, changed);
    arena.start_node()?;
    arena.program = under_test;
    arena.send_forms(0..2)?;
    found(&arena.verify(&arena.url(), &[])?, "F502", 1)?;
    ensure!(observations(&arena, &host)?.len() == noted, "a node without a host key observes nothing");
    Ok(Seen::new(Verdict::Detected).by("ledger", "F502").by("first page", "F502"))
}

/// T17: a supplier's session by night, without a ticket; and one that nobody wrote down. A real host recorder notes the logins,
/// and a rival's mirror collects what it notes.
pub fn t17(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let (vendor, administrator) = (
        enrolled(&arena, Role::Vendor, "vendor 1")?,
        enrolled(&arena, Role::Administrator, "administrator 1")?,
    );
    let machine = enrolled(&arena, Role::Host, "host 1")?;
    let accounts = [("supplier", &vendor), ("administrator", &administrator)];
    let host = RecordedHost::start(&arena, &machine, &accounts)?;
    // One as it should be: with a ticket and a second key, ended.
    let good = begin(&administrator, &machine, 0, Some("C-17"))?;
    let good = arena.sign(good, &[&administrator, &Keyring(&arena.country).observer()])?;
    accepted(&arena.submit(&good)?)?;
    host.login(&arena, 60, "administrator", "10.20.0.7")?;
    host.logout(&arena, 540, "administrator")?;
    let ended = end(&good, &administrator, &machine, 600)?;
    accepted(&arena.submit(&arena.sign(ended, &[&administrator])?)?)?;
    let honest = arena.verify(&arena.url(), &[])?;
    found(&honest, "F501", 0)?;
    // The supplier's, at 23:40: no ticket, no second key, not ended.
    let night = begin(&vendor, &machine, 24_000, None)?;
    accepted(&arena.submit(&arena.sign(night, &[&vendor])?)?)?;
    host.login(&arena, 24_060, "supplier", "198.51.100.9")?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    found(&verdicts, "F501", 3)?;
    // And one that only the machine saw.
    host.login(&arena, 24_120, "somebody", "198.51.100.10")?;
    found(&arena.verify(&arena.url(), &[])?, "F501", 4)?;
    // A supplier's key does nothing else.
    let theirs = authorised(sha256(b"theirs"));
    refused(&arena.submit(&arena.sign(theirs, &[&vendor])?)?, &["R202"])?;
    host.stop(&arena)?;
    Ok(Seen::new(Verdict::Detected).by("ledger", "F501").by("admission", "R202").by("mirror", "its own copy"))
}

/// T18: results are fed by another machine. Without a key nothing comes in; with a station's own keys nobody can tell, and
/// nothing is claimed.
pub fn t18(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let keys = Keyring(&arena.country);
    let stranger = SigningKey::from_seed(KeyName::new("other.example/k/1")?, &[9; 32]);
    refused(&arena.submit(&arena.form_by(3, VOTES, 1, &[&stranger, &keys.presiding(3, 0)])?)?, &["R201"])?;
    accepted(&arena.submit(&arena.form(3, VOTES, 1)?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    // W104 is of the paper, which says nothing of agents in these plays.
    let found: Vec<&String> = verdicts.findings.keys().filter(|code| *code != "W104").collect();
    ensure!(found.is_empty(), "nothing is claimed of a form with true keys: {found:?}");
    Ok(Seen::new(Verdict::NotDetectable).by("admission", "R201"))
}

/// T21: a court is handed the log of another election, and a forged one.
pub fn t21(ground: &Ground) -> Result<Seen> {
    let (arena, other) = (ground.with_node()?, ground.new_arena()?);
    arena.send_forms(0..4)?;
    let open = |source: &str, file: &str| -> Result<String> {
        let file = arena.path(file).display().to_string();
        let output = arena.command(&["open", source, "--at", "signed", "--out", &file])?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(file)
    };
    arena.verify(&open(&arena.url(), "true.tar")?, &[])?.nothing_failed()?;
    arena.verify(&open(&other.path("node").display().to_string(), "other.tar")?, &[])?.failed("V01")?;
    // A forger who has no key of the log: the entries are changed, and the head is signed by himself.
    let forger = SigningKey::from_seed(arena.log_key().name().clone(), &[6; 32]);
    let mut entries = arena.entries()?;
    let last = entries.last_mut().context("the log has entries")?;
    *last = arena.form(4, [1, 1, 1, 1], 9)?.note().as_bytes().to_vec();
    let forged = arena.path(&format!("forged-{}", unique()));
    forge::build(&forged, &forger, &entries, &arena.path("node"))?;
    arena.verify(&forged.display().to_string(), &[])?.failed("V02")?;
    Ok(Seen::new(Verdict::Detected).by("stranger", "V01").by("stranger", "V02"))
}

/// T22: the register is swapped after the zero report, to make room for stations that are not there.
pub fn t22(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let entries = arena.entries()?;
    let register = entries.iter().find_map(|entry| match Record::parse(entry).ok()?.body() {
        Body::RegisterRecord(register) if !register.tables.is_empty() => Some(register.clone()),
        _ => None,
    });
    let register: RegisterRecord = register.context("the founding has registers")?;
    let again = RegisterRecord { words: Some(sha256(b"why")), ..register };
    refused(&arena.submit(&by_quorum(&arena, again)?)?, &["R308"])?;
    // What is allowed, closing a row, is said on the first page of changes.
    let station = arena.country.stations[5].code.clone();
    let closing = RegisterRecord {
        tables: BTreeMap::new(),
        close_stations: BTreeMap::from([(station.clone(), "flooded".to_owned())]),
        close_candidates: BTreeMap::new(),
        words: None,
    };
    accepted(&arena.submit(&by_quorum(&arena, closing)?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    ensure!(verdicts.report.to_string().contains(&station), "V19 names the closed station");
    Ok(Seen::new(Verdict::Prevented).by("admission", "R308").by("stranger", "V19"))
}
