//! The rehearsed dispute: an election night with planted acts on real processes, the court's order, the file, the report. Every
//! planted act must be found by its code at its place, and nothing else may be found.
//!
//! `hakiki-attacks --dispute` plays it and prints where each act is found. What the report says in words is not judged here.

use crate::arena::{Arena, PATIENCE};
use crate::court::{Court, answers, auditors_part};
use crate::plays::Ground;
use crate::process::wait_for;
use crate::staff::{
    RecordedHost, authorised, begin, by_quorum, changed_copy, end, enrolled, hand_over, index_of, placed,
    program_hash, put, restart_node, wait_program,
};
use crate::web;
use anyhow::{Result, ensure};
use hakiki_core::Record;
use hakiki_core::kinds::{Image, Scrutiny, ScrutinySays, Shows, Withhold};
use hakiki_core::roster::Role;
use hakiki_note::{SigningKey, sha256};
use hakiki_rehearsal::founding::{Keyring, time};
use std::fmt::Write as _;

const VOTES: [u32; 4] = [40, 30, 20, 10];
/// 23:40 of the night, in seconds after the close of the polls at 17:00.
const SUPPLIER_BEGINS: i64 = 24_000;
/// 23:50.
const ADMINISTRATOR_BEGINS: i64 = 24_600;
/// 00:01, the minute that the petition names.
pub const ALLEGED: i64 = 25_260;
/// 00:20.
const SUPPLIER_ENDS: i64 = 26_400;
/// 00:30.
const ADMINISTRATOR_ENDS: i64 = 27_000;
/// The serial of the form from the reserve book, and the one before it, which was issued.
const SERIALS: [&str; 2] = ["A0051", "A0001"];

/// An act that was planted, and how it is found.
pub struct Planted {
    /// In words.
    pub act: &'static str,
    /// The place of the record that shows it.
    pub place: u64,
    /// The findings that it must make there.
    pub codes: &'static [&'static str],
    /// The section of the report that lists it.
    pub question: u32,
}

/// What the night left behind.
pub struct Night {
    /// Everything that was planted.
    pub planted: Vec<Planted>,
    /// Places of the sessions and logins that were open at the alleged minute.
    pub were_in: Vec<u64>,
    /// Places of everything that the supplier signed, or that a machine noted about the supplier.
    pub of_supplier: Vec<u64>,
    /// The court's registrar.
    pub registrar: SigningKey,
    /// The question as it stands in the log.
    pub question: Record,
    /// The station of the form from the reserve book, and the form's place.
    pub reserve: (String, u64),
}

fn plant(act: &'static str, place: u64, codes: &'static [&'static str], question: u32) -> Planted {
    Planted { act, place, codes, question }
}

/// Plays it; the table of what is found where.
pub fn play(ground: &Ground) -> Result<String> {
    let mut arena = ground.full()?;
    let mut night = night(&mut arena)?;
    let replaced = photographs(&arena, &mut night)?;
    night.question = allegation(&arena, &mut night)?;
    let court = Court::opens(&arena)?;
    let said = court.finds(&arena, &night)?;
    auditors_part(&arena)?;
    answers(&arena, &night)?;
    let mut table = "| planted | found at | with | section |\n|---|---|---|---|\n".to_owned();
    for one in &night.planted {
        let codes = if one.codes.is_empty() { "no finding".to_owned() } else { one.codes.join(" ") };
        // Writing into a string does not fail.
        let _ = writeln!(table, "| {} | place {} | {codes} | {} |", one.act, one.place, one.question);
    }
    let _ = writeln!(table, "| a photograph replaced in the node's storage | {replaced} | V09 | 32 |");
    Ok(format!("{table}{said}"))
}

/// The night up to the last session: forms, form books, programs, sessions.
fn night(arena: &mut Arena) -> Result<Night> {
    arena.send_forms(0..12)?;
    let staff = |role, label| enrolled(arena, role, label);
    let (supplier, administrator) =
        (staff(Role::Vendor, "vendor 1")?, staff(Role::Administrator, "staff 1")?);
    let (machine, node) = (staff(Role::Host, "host 1")?, staff(Role::Host, "host 2")?);
    let (store, registrar) = (staff(Role::Storekeeper, "store")?, staff(Role::Registrar, "registrar")?);
    let honest = program_hash(&arena.program)?;
    placed(arena, &by_quorum(arena, authorised(honest))?)?;
    restart_node(arena, &node, None)?;
    wait_program(arena, &node, honest)?;
    let reserve = form_books(arena, &store)?;

    let accounts = [("supplier", &supplier), ("administrator", &administrator)];
    let host = RecordedHost::start(arena, &machine, &accounts)?;
    let by_night = arena.sign(begin(&supplier, &machine, SUPPLIER_BEGINS, None)?, &[&supplier])?;
    let supplier_in = placed(arena, &by_night)?;
    let supplier_login = host.login(arena, SUPPLIER_BEGINS + 60, "supplier", "198.51.100.9")?;
    let (right, administrator_in) = by_command(arena, &administrator, &machine)?;
    let administrator_login = host.login(arena, ADMINISTRATOR_BEGINS + 60, "administrator", "10.20.0.7")?;

    let changed = changed_copy(arena)?;
    let cosmetic = program_hash(&changed)?;
    restart_node(arena, &node, Some(changed))?;
    let cosmetic = wait_program(arena, &node, cosmetic)?;

    let supplier_logout = host.logout(arena, SUPPLIER_ENDS - 60, "supplier")?;
    let ended = end(&by_night, &supplier, &machine, SUPPLIER_ENDS)?;
    let supplier_out = placed(arena, &arena.sign(ended, &[&supplier])?)?;
    host.logout(arena, ADMINISTRATOR_ENDS - 60, "administrator")?;
    let ended = end(&right, &administrator, &machine, ADMINISTRATOR_ENDS)?;
    placed(arena, &arena.sign(ended, &[&administrator])?)?;
    host.stop(arena)?;
    arena.send_forms(12..20)?;

    Ok(Night {
        planted: vec![
            plant(
                "a supplier's session at 23:40 without ticket or second key",
                supplier_in,
                &["F501", "F501"],
                14,
            ),
            plant("an administrator's session, done right", administrator_in, &[], 12),
            plant("a \"cosmetic\" change of the program", cosmetic, &["F502"], 4),
            plant("a form from the reserve book", reserve.1, &["F208"], 40),
        ],
        were_in: vec![supplier_in, supplier_login, administrator_in, administrator_login],
        of_supplier: vec![supplier_in, supplier_login, supplier_logout, supplier_out],
        registrar,
        question: right,
        reserve,
    })
}

/// A book is given to a station, which uses it; another station uses the book that lies in the store.
fn form_books(arena: &Arena, store: &SigningKey) -> Result<(String, u64)> {
    let code = |station: usize| arena.country.stations[station].code.clone();
    let officer = Keyring(&arena.country).presiding(30, 0);
    for (book, serials) in [("B-1", ("A0001", "A0050")), ("B-reserve", ("A0051", "A0100"))] {
        let entry = hand_over(book, Some(serials), None, store, store)?;
        placed(arena, &arena.sign(entry, &[store])?)?;
    }
    let given = hand_over("B-1", None, Some(&code(30)), store, &officer)?;
    placed(arena, &arena.sign(given, &[store, &officer])?)?;
    placed(arena, &arena.form_with_serial(30, VOTES, 1, SERIALS[1])?)?;
    let place = placed(arena, &arena.form_with_serial(31, VOTES, 1, SERIALS[0])?)?;
    Ok((code(31), place))
}

/// The administrator's session begins as the guide for administrators has it: a text, two signatures, a receipt, by commands.
fn by_command(arena: &Arena, person: &SigningKey, machine: &SigningKey) -> Result<(Record, u64)> {
    let observer = Keyring(&arena.country).observer();
    let keys = [arena.key_file("administrator", person)?, arena.key_file("observer", &observer)?];
    let run = |arguments: &[&str]| -> Result<String> {
        let output = arena.command(arguments)?;
        let (said, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "{}: {said}{errors}", arguments.join(" "));
        Ok(said.into_owned())
    };
    let (own, second) = (person.verifier().to_string(), observer.verifier().to_string());
    let signers = run(&["record", "signer", &own, &second])?;
    let text = format!(
        "hakiki/session@v1\nelection {}\naction begin\nperson {}\nmachine {}\nat {}\nticket C-17\nreason \
         maintenance\n{signers}",
        arena.fingerprint,
        person.name(),
        machine.name(),
        time(ADMINISTRATOR_BEGINS)?,
    );
    let (file, receipt) = (arena.path("begin.txt"), arena.path("begin.receipt"));
    std::fs::write(&file, text)?;
    let (path, receipt) = (file.display().to_string(), receipt.display().to_string());
    let election = arena.path("election.txt").display().to_string();
    for key in &keys {
        run(&["sign", &path, "--key", key, "--yes", "--election", &election])?;
    }
    let log = arena.log_key().verifier().to_string();
    run(&["submit", &path, "--url", &arena.url(), "--log-key", &log, "--receipt", &receipt])?;
    let record = Record::parse(&std::fs::read(&file)?)?;
    Ok((record, index_of(&std::fs::read_to_string(&receipt)?)?))
}

/// A photograph of a form, with its bytes.
fn photograph(arena: &Arena, station: usize, page: &[u8]) -> Result<u64> {
    let form = arena.form(station, VOTES, 1)?;
    let image = Image {
        of: *form.id(),
        shows: Shows::Original,
        page: sha256(page),
        agents_table: None,
        taken: time(60)?,
    };
    let place = placed(arena, &arena.sign(image, &[&Keyring(&arena.country).kit(station)])?)?;
    put(arena, page)?;
    Ok(place)
}

/// Waits until a rival's mirror serves a blob; gives what it serves.
fn wait_kept(arena: &Arena, blob: &[u8]) -> Result<Vec<u8>> {
    let url = format!("{}/blob/{}", arena.url_of("mirror party"), sha256(blob));
    let kept = || web::get(&url).ok().filter(|answer| answer.body == blob);
    Ok(wait_for("the mirror to hold a blob", PATIENCE, kept)?.body)
}

/// Photographs: one shown for two stations, one withheld by order, one replaced in the node's storage. The last is found where it
/// lies, and the node's keeper takes the published one back from a rival, so that there is something to open.
fn photographs(arena: &Arena, night: &mut Night) -> Result<String> {
    let page = |station: u32| format!("a photograph of sheet {station}").into_bytes();
    photograph(arena, 0, &page(0))?;
    photograph(arena, 1, &page(1))?;
    let private = photograph(arena, 2, &page(2))?;
    let twice = photograph(arena, 3, &page(0))?;
    let order = b"The photograph shows a voter's face.".to_vec();
    let withhold = Withhold {
        blob: sha256(&page(2)),
        by: "court".into(),
        order: Some(sha256(&order)),
        reason: "privacy".into(),
        words: None,
    };
    placed(arena, &by_quorum(arena, withhold)?)?;
    put(arena, &order)?;
    night.planted.push(plant("one photograph for two stations", twice, &["F206"], 40));
    night.planted.push(plant("a photograph withheld by a court's order", private, &[], 32));
    let withheld = web::get(&format!("{}/blob/{}", arena.url(), sha256(&page(2))))?;
    ensure!(withheld.status == 451, "a withheld photograph is answered with {}", withheld.status);

    for blob in [&page(0), &order] {
        wait_kept(arena, blob)?;
    }
    let published = wait_kept(arena, &page(1))?;
    let stored = arena.path(&format!("node/log/blob/{}", sha256(&page(1))));
    std::fs::write(&stored, b"a photograph of another sheet")?;
    let found = arena.verify(&arena.url(), &[])?;
    found.failed("V09")?;
    let detail = found.details.get("V09").map_or("", String::as_str);
    ensure!(detail.contains(&sha256(&page(1)).to_string()), "V09 names the photograph: {detail}");
    arena.verify(&arena.url_of("mirror party"), &[])?.passed("V09")?;
    let (node, mirror) = (arena.path("node").display().to_string(), arena.url_of("mirror party"));
    let damaged = arena.command(&["fsck", &node, "--from", &mirror])?;
    let damaged = String::from_utf8_lossy(&damaged.stdout).into_owned();
    ensure!(damaged.contains(&sha256(&page(1)).to_string()), "fsck names the photograph: {damaged}");
    std::fs::write(&stored, published)?;
    Ok("the node, by its hash; mirrors kept it".to_owned())
}

/// The petition says that four people were in the server; the registrar asks.
fn allegation(arena: &Arena, night: &mut Night) -> Result<Record> {
    let words = b"Four people were in the server.".to_vec();
    let question = Scrutiny {
        says: ScrutinySays::Asked,
        number: Some(12),
        question: None,
        report: None,
        reason: "petition-5".into(),
        words: Some(sha256(&words)),
    };
    let record = arena.sign(question, &[&night.registrar])?;
    let place = placed(arena, &record)?;
    put(arena, &words)?;
    let act = "\"four people were in the server\", asked by the registrar";
    night.planted.push(plant(act, place, &[], 61));
    wait_kept(arena, &words)?;
    Ok(record)
}
