//! The report of a scrutiny over a whole election, and questions in the court's own words.
//!
//! The log holds a form of every station, and sessions and machines' notes besides. Everything that `hakiki scrutiny` does is
//! in the time: the log is verified, its records are read again, 62 questions are answered, page and tables are written.

use crate::election::{Synthetic, log_key};
use crate::figures::{kept, machine, peak_memory_mib};
use anyhow::{Context as _, Result, anyhow, ensure};
use hakiki_core::establish::possess;
use hakiki_core::kinds::{
    Body, Event, KeyAction, KeyRecord, NewKey, Observed, Origin, Session, SessionAction, Software,
};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_messages::Language;
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use hakiki_scrutiny::ask::ask;
use hakiki_scrutiny::{Checked, Facts, Inquiry, Made, Report, Verdict, csv_name, html, table};
use hakiki_verify::{Options, Program, Quiet, Reading, Source, Status, verify};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Most time to the report, in seconds.
const LIMIT_S: f64 = 60.0;
/// Most time for a question, in milliseconds.
const LIMIT_QUESTION_MS: f64 = 1000.0;
/// Machines that note about themselves.
const HOSTS: u32 = 8;
/// People with sessions.
const PEOPLE: u32 = 20;
/// Of ten records of conduct, so many are of sessions.
const SESSIONS_OF_TEN: u32 = 2;
/// The first second of the sessions: some days before polling.
const FIRST_S: i64 = 1_929_600_000;
/// Seconds between two records of one machine.
const STEP_S: i64 = 60;

/// What to measure.
#[derive(clap::Args)]
pub struct Arguments {
    /// Stations, with one form each.
    #[arg(long, default_value_t = 46_229)]
    stations: u32,
    /// Records of sessions and machines' notes.
    #[arg(long, default_value_t = 100_000)]
    conduct: u32,
    /// Where the log is kept, to be used again by a later run of the same size. Without it the log is made anew and removed.
    #[arg(long)]
    dir: Option<PathBuf>,
}

fn key(name: &str) -> Result<SigningKey> {
    let name = KeyName::new(&format!("race.example/k/{name}"))?;
    let seed = sha256(name.as_str().as_bytes());
    Ok(SigningKey::from_seed(name, &seed.0))
}

fn sign(fingerprint: &Hash, body: impl Into<Body>, keys: &[&SigningKey]) -> Result<Record> {
    Record::sign(&body.into(), Some(fingerprint), keys).map_err(|refusal| anyhow!("refused: {refusal}"))
}

/// The records that enrol hosts and people, and authorise a program.
fn founding(fingerprint: &Hash) -> Result<Vec<Record>> {
    let quorum = [key("custodian-1")?, key("custodian-2")?];
    let quorum: Vec<&SigningKey> = quorum.iter().collect();
    let hosts = (0..HOSTS).map(|number| (format!("host-{number}"), Role::Host));
    let role = |number| if number % 2 == 0 { Role::Vendor } else { Role::Administrator };
    let people = (0..PEOPLE).map(|number| (format!("person-{number}"), role(number)));
    let mut records = Vec::new();
    for (name, role) in hosts.chain(people) {
        let made = key(&name)?;
        let public = made.verifier().key().bytes().try_into().context("an Ed25519 key has 32 bytes")?;
        let new = NewKey {
            name: made.name().clone(),
            role,
            of_station: false,
            scope: "N".into(),
            party: None,
            public,
            possession: possess(fingerprint, &made),
        };
        let enrolment =
            KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "race".into(), words: None };
        records.push(sign(fingerprint, enrolment, &quorum)?);
    }
    let software = Software {
        component: "node".into(),
        version: "1".into(),
        program: sha256(b"program"),
        configuration: None,
        dependencies: None,
        source: None,
        reason: "release".into(),
        words: None,
    };
    records.push(sign(fingerprint, software, &quorum)?);
    Ok(records)
}

fn moment(step: u32) -> Time {
    Time::new(FIRST_S + i64::from(step) * STEP_S, 180)
}

/// A session of each pair: its beginning and its end.
fn sessions(fingerprint: &Hash, count: u32) -> Result<Vec<Record>> {
    let pair = |number: u32| {
        let person = key(&format!("person-{}", number % PEOPLE))?;
        let machine = key(&format!("host-{}", number % HOSTS))?.name().clone();
        let begin = Session {
            action: SessionAction::Begin,
            person: person.name().clone(),
            machine,
            at: moment(number),
            ticket: (!number.is_multiple_of(50)).then(|| format!("t-{number}")),
            session: None,
            reason: "upkeep".into(),
            words: None,
        };
        let begun = sign(fingerprint, begin.clone(), &[&person])?;
        let session = Some(*begun.id());
        let end =
            Session { action: SessionAction::End, at: moment(number + 30), ticket: None, session, ..begin };
        Ok([begun, sign(fingerprint, end, &[&person])?])
    };
    let pairs: Vec<[Record; 2]> = (0..count / 2).into_par_iter().map(pair).collect::<Result<_>>()?;
    Ok(pairs.into_iter().flatten().collect())
}

/// The notes of one machine, chained.
fn notes(fingerprint: &Hash, host: u32, count: u32) -> Result<Vec<Record>> {
    let own = key(&format!("host-{host}"))?;
    let mut previous = Hash([0; 32]);
    let mut records = Vec::new();
    for number in 0..count {
        let person = KeyName::new(&format!("race.example/k/person-{}", (number / 4) % PEOPLE))?;
        let (event, subject) = match number % 4 {
            0 => (Event::Login, person),
            1 => (Event::Sudo, person),
            2 => (Event::Logout, person),
            _ => (Event::Program, KeyName::new("node")?),
        };
        let is_program = event == Event::Program;
        let observed = Observed {
            // Every thousandth number never comes.
            sequence: number + 1 + number / 1000,
            previous,
            at: moment(number),
            event,
            subject: Some(subject),
            value: is_program.then(|| sha256(b"program")),
            origin: (event == Event::Login).then_some(if number.is_multiple_of(40) {
                Origin::Elsewhere
            } else {
                Origin::Inside
            }),
            moved: None,
            details: None,
        };
        let record = sign(fingerprint, observed, &[&own])?;
        previous = *record.id();
        records.push(record);
    }
    Ok(records)
}

fn conduct(fingerprint: &Hash, count: u32) -> Result<Vec<Record>> {
    let of_sessions = count / 10 * SESSIONS_OF_TEN;
    let each = (count - of_sessions) / HOSTS;
    let mut records = sessions(fingerprint, of_sessions)?;
    let of_hosts: Vec<Vec<Record>> =
        (0..HOSTS).into_par_iter().map(|host| notes(fingerprint, host, each)).collect::<Result<_>>()?;
    records.extend(of_hosts.into_iter().flatten());
    Ok(records)
}

/// Runs the measurement.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let temporary = tempfile::tempdir()?;
    let directory = arguments.dir.as_deref().unwrap_or(temporary.path());
    if !directory.join("log/checkpoint").exists() {
        let election = Synthetic::new(arguments.stations, 1)?;
        let mut records = founding(&election.fingerprint)?;
        records.extend(election.forms()?);
        records.extend(conduct(&election.fingerprint, arguments.conduct)?);
        let all = election.records.iter().cloned().chain(records);
        hakiki_node::found_log(directory, &log_key()?, all, &election.tables)?;
    }
    let out = temporary.path().join("report");
    measure(directory, &out)
}

fn measure(directory: &Path, out: &Path) -> Result<()> {
    let started = Instant::now();
    let source = Source::Directory(directory.to_owned());
    let program = Program { name: "race".into(), version: "1".into(), sha256: None };
    let options = Options {
        source: source.clone(),
        fingerprint: None,
        require: BTreeSet::new(),
        threads: None,
        program,
    };
    let verified = verify(&options, &Quiet);
    ensure!(verified.count(Status::Failed) == 0, "the race's own log fails a check");
    let verified_s = started.elapsed().as_secs_f64();
    let (Some(ledger), Some(head)) = (&verified.ledger, verified.head) else {
        return Err(anyhow!("the race's own log was not read to its end"));
    };
    let mut facts = Facts::new();
    Reading::open(&source, head)?.each(|_, record| facts.note(ledger, record))?;
    let read_s = started.elapsed().as_secs_f64() - verified_s;
    let checks: Vec<Checked> = verified
        .checks
        .iter()
        .map(|check| Checked {
            code: check.code.as_str().to_owned(),
            verdict: if check.status == Status::Passed { Verdict::Passed } else { Verdict::NotChecked },
            detail: check.message.clone(),
        })
        .collect();
    let inquiry = Inquiry::new(ledger, &facts, &checks, head.size);
    let made = Made {
        annex: None,
        source: "race".into(),
        source_hash: None,
        core_hash: None,
        root: Some(head.root),
        program: "race 1".into(),
        program_hash: None,
    };
    let report = Report::new(&inquiry, made);
    let page = html(&report, Language::English);
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("report.html"), &page)?;
    for answer in &report.answers {
        let text = table::csv(&answer.table, &report, Language::English);
        std::fs::write(out.join(csv_name(answer.number)), text)?;
    }
    let total_s = started.elapsed().as_secs_f64();
    println!(
        "log: {} entries; verified in {verified_s:.1} s, read again in {read_s:.1} s, answered and written in {:.1} s \
         (page {} KiB), peak memory {:.0} MiB",
        head.size,
        total_s - verified_s - read_s,
        page.len() / 1024,
        peak_memory_mib().unwrap_or(f64::NAN),
    );
    println!("report after {total_s:.1} s; limit {LIMIT_S} s: {}", kept(total_s <= LIMIT_S));
    questions(&inquiry)
}

fn questions(inquiry: &Inquiry<'_>) -> Result<()> {
    let (from, to) = (moment(0), moment(20_000));
    let id = inquiry.ledger.entries().last().context("there are forms")?.id;
    let asked = [
        format!("in at {}", moment(5_000)),
        format!("role vendor from {from} to {to}"),
        "key race.example/k/person-0".to_owned(),
        format!("machine race.example/k/host-0 from {from} to {to}"),
        "station s000017".to_owned(),
        format!("record {id}"),
        "serials R0-0000000 R0-0009999".to_owned(),
    ];
    for question in asked {
        let began = Instant::now();
        let found = ask(inquiry, &question).map_err(|error| anyhow!("{question}: {error}"))?;
        let took_ms = began.elapsed().as_secs_f64() * 1000.0;
        let is_kept = kept(took_ms <= LIMIT_QUESTION_MS);
        println!(
            "{took_ms:7.1} ms, {:6} rows, limit {LIMIT_QUESTION_MS} ms: {is_kept}  {question}",
            found.table.len()
        );
    }
    Ok(())
}
