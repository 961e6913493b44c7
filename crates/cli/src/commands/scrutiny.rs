//! `scrutiny`: the 62 questions of a court answered from a log, and questions in the court's own words.
//!
//! The log is verified first, as `verify` does it; then its records are read once more for what the ledger does not keep.

use super::scrutiny_alleged::AllegedArguments;
use super::verified::verified;
use super::verify::KnownArguments;
use super::{parse_fingerprint, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_core::Ledger;
use hakiki_messages::{Message, text};
use hakiki_note::{Hash, sha256};
use hakiki_scrutiny::answer::Status;
use hakiki_scrutiny::ask::{Found, ask};
use hakiki_scrutiny::{
    ANNEX_CSV, Annexed, Asked as AskedFor, Checked, Facts, Given, Inquiry, Made, Report, StampBrought,
    Verdict, annex_table, certificate, csv_name, html, json, table,
};
use hakiki_verify::{AnnexReport, Reading, Source, Status as CheckStatus};
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Rows of an answer on the terminal; all of them are in its CSV file.
const ROWS_ON_TERMINAL: usize = 40;
/// Bytes of a file that are hashed at once.
const HASHED_AT_ONCE: usize = 1 << 16;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Archive, directory or address of the log
    source: String,
    /// Look at the first so many entries only
    #[arg(long, value_name = "ENTRIES")]
    at: Option<u64>,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// Write the report as one page that prints
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a table for each question, and for each --ask, into this directory
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
    /// Write the answers as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page for people to sign, bound to the hashes of log, report and program
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// A question in your own words, such as 'in at 2031-03-05T00:01'; several can be given
    #[arg(long, value_name = "QUESTION")]
    ask: Vec<String>,
    /// Read questions from standard input, one a line
    #[arg(long)]
    interactive: bool,
    /// Threads; all cores if not given
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    alleged: AllegedArguments,
    #[command(flatten)]
    known: KnownArguments,
}

/// Verifies, answers, writes.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let writes = [&arguments.out, &arguments.csv, &arguments.json, &arguments.certificate];
    if writes.iter().all(|path| path.is_none()) && arguments.ask.is_empty() && !arguments.interactive {
        bail!("{}", text(terminal.language, "scrutiny.tool.nothing_asked"));
    }
    let known = arguments.known.read()?;
    let source = Source::of(&arguments.source);
    let verified = verified(&source, arguments.fingerprint, arguments.threads, &known);
    arguments.known.keep(&verified.memory, &verified.evidence, terminal)?;
    let (Some(ledger), Some(head)) = (&verified.ledger, verified.head) else {
        terminal.say(&Message::new("scrutiny.tool.no_ledger"));
        print(&verified.to_text(terminal.language))?;
        return Ok(ExitCode::from(2));
    };
    let reading = Reading::open(&source, head)?;
    let facts = read_facts(&reading, ledger, terminal)?;
    let checks = checks_of(&verified);
    let as_of = arguments.at.unwrap_or(head.size);
    if as_of > head.size {
        let message = Message::new("scrutiny.tool.at_too_large").with("at", as_of).with("size", head.size);
        bail!("{}", message.text(terminal.language));
    }
    let stamps = stamps_of(&verified);
    let inquiry = Inquiry::new(ledger, &facts, &checks, as_of).with_stamps(&stamps);
    let alleged = arguments.alleged.read(ledger, as_of, terminal)?;
    let inquiry = inquiry.with_alleged(alleged.as_ref());
    if writes.iter().any(|path| path.is_some()) {
        let made = Made {
            source: arguments.source.clone(),
            source_hash: hash_of_file(&source)?,
            core_hash: verified.archive.as_ref().map(|archive| archive.core),
            annex: verified.archive.as_ref().and_then(|archive| archive.annex.as_ref()).map(annexed),
            root: (as_of == head.size).then_some(head.root),
            program: format!("{} {}", verified.program.name, verified.program.version),
            program_hash: verified.program.sha256,
        };
        write_all(arguments, &Report::new(&inquiry, made), terminal)?;
    }
    let asked = Asked { inquiry: &inquiry, reading: &reading, csv: arguments.csv.as_deref(), terminal };
    let all_understood = asked.all(arguments)?;
    let failed = verified.count(CheckStatus::Failed);
    if failed > 0 {
        terminal.say(&Message::new("scrutiny.tool.failed").with("count", failed));
    }
    let code = if failed > 0 { 1 } else { u8::from(!all_understood) * 2 };
    Ok(ExitCode::from(code))
}

fn read_facts(reading: &Reading, ledger: &Ledger, terminal: Terminal) -> Result<Facts> {
    let bar = crate::terminal::bar(ledger.size());
    bar.set_message(text(terminal.language, "scrutiny.tool.reading"));
    let mut facts = Facts::new();
    reading.each(|place, record| {
        facts.note(ledger, record);
        if place.is_multiple_of(4096) {
            bar.set_position(place);
        }
    })?;
    bar.finish_and_clear();
    Ok(facts)
}

fn checks_of(verified: &hakiki_verify::Report) -> Vec<Checked> {
    let of = |check: &hakiki_verify::CheckResult| Checked {
        code: check.code.as_str().to_owned(),
        verdict: match check.status {
            CheckStatus::Passed => Verdict::Passed,
            CheckStatus::Failed => Verdict::Failed,
            CheckStatus::NotChecked => Verdict::NotChecked,
        },
        detail: check.message.clone(),
    };
    verified.checks.iter().map(of).collect()
}

fn stamps_of(verified: &hakiki_verify::Report) -> Vec<StampBrought> {
    let of = |stamped: &hakiki_verify::Stamped| StampBrought {
        at_s: stamped.at_s,
        record: stamped.record,
        place: stamped.place,
    };
    verified.stamped.iter().map(of).collect()
}

/// What the annex of an archive says of who was asked.
fn annexed(read: &AnnexReport) -> Annexed {
    let asked = read.annex.asked.iter().map(|asked| {
        let given = asked.answer.as_ref().map_err(String::clone).and_then(|given| {
            let head = read.heads.get(given.number).ok_or_else(String::new)?;
            Ok(Given { size: head.size, root: head.root, agreement: given.agreement })
        });
        AskedFor { role: asked.role.clone(), who: asked.who.clone(), at_s: asked.at_s, answer: given }
    });
    Annexed {
        made_s: read.annex.made_s,
        maker: read.annex.maker.as_ref().map(ToString::to_string),
        asked: asked.collect(),
    }
}

/// The SHA-256 of an archive's file, a piece at a time: it may be larger than memory.
fn hash_of_file(source: &Source) -> Result<Option<Hash>> {
    let Source::Archive(path) = source else { return Ok(None) };
    let reading = || format!("reading {}", path.display());
    let mut file = std::fs::File::open(path).with_context(reading)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; HASHED_AT_ONCE];
    loop {
        let count = file.read(&mut piece).with_context(reading)?;
        if count == 0 {
            return Ok(Some(Hash(hasher.finalize().into())));
        }
        hasher.update(&piece[..count]);
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

fn write_all(arguments: &Arguments, report: &Report, terminal: Terminal) -> Result<()> {
    let language = terminal.language;
    let written = |path: &Path| {
        terminal.say(&Message::new("scrutiny.tool.written").with("path", path.display().to_string()));
    };
    let mut report_hash = None;
    if let Some(path) = &arguments.out {
        let page = html(report, language);
        report_hash = Some(sha256(page.as_bytes()));
        write(path, page.as_bytes())?;
        let message = Message::new("scrutiny.tool.report").with("path", path.display().to_string());
        let message = message.with("answered", report.count(None, Status::Answered));
        let message = message.with("partly", report.count(None, Status::Partly));
        let message = message.with("not_recorded", report.count(None, Status::NotRecorded));
        terminal.say(&message.with("outside", report.count(None, Status::Outside)));
    }
    if let Some(directory) = &arguments.csv {
        std::fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
        for answer in report.answers.iter().filter(|answer| !answer.table.is_empty()) {
            let table = table::csv(&answer.table, report, language);
            write(&directory.join(csv_name(answer.number)), table.as_bytes())?;
        }
        if report.made.annex.is_some() {
            let table = table::csv(&annex_table(report), report, language);
            write(&directory.join(ANNEX_CSV), table.as_bytes())?;
        }
        written(directory);
    }
    if let Some(path) = &arguments.json {
        write(path, format!("{:#}\n", json(report, language)).as_bytes())?;
        written(path);
    }
    if let Some(path) = &arguments.certificate {
        write(path, certificate(report, report_hash, language).as_bytes())?;
        written(path);
    }
    Ok(())
}

/// Whoever asks in the court's own words.
struct Asked<'a> {
    inquiry: &'a Inquiry<'a>,
    reading: &'a Reading,
    csv: Option<&'a Path>,
    terminal: Terminal,
}

impl Asked<'_> {
    /// Answers everything; says whether every question was understood.
    fn all(&self, arguments: &Arguments) -> Result<bool> {
        let mut understood = true;
        let mut number = 0;
        for question in &arguments.ask {
            number += 1;
            understood &= self.one(number, question)?;
        }
        if !arguments.interactive {
            return Ok(understood);
        }
        self.terminal.say(&Message::new("scrutiny.tool.prompt"));
        for line in std::io::stdin().lock().lines() {
            let line = line.context("reading standard input")?;
            if line.trim().is_empty() {
                break;
            }
            number += 1;
            understood &= self.one(number, &line)?;
            std::io::stdout().flush().context("writing to standard output")?;
        }
        Ok(understood)
    }

    fn one(&self, number: u32, question: &str) -> Result<bool> {
        let started = Instant::now();
        let found = match ask(self.inquiry, question) {
            Ok(found) => found,
            Err(error) => {
                self.terminal.say(&error.0);
                return Ok(false);
            }
        };
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        print(&format!("? {}", question.trim()))?;
        self.show(&found)?;
        self.terminal.say(&Message::new("scrutiny.tool.took").with("ms", elapsed_ms));
        if let Some(directory) = self.csv {
            std::fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
            let path = directory.join(format!("asked-{number:02}.csv"));
            write(&path, table::csv(&found.table, self.inquiry, self.terminal.language).as_bytes())?;
            self.terminal
                .say(&Message::new("scrutiny.tool.written").with("path", path.display().to_string()));
        }
        Ok(true)
    }

    fn show(&self, found: &Found) -> Result<()> {
        let language = self.terminal.language;
        for message in &found.says {
            print(&message.text(language))?;
        }
        if !found.table.is_empty() {
            print(&table::plain(&found.table, self.inquiry, language, ROWS_ON_TERMINAL))?;
        }
        if found.table.rows.len() > ROWS_ON_TERMINAL {
            let more = found.table.rows.len() - ROWS_ON_TERMINAL;
            self.terminal.say(&Message::new("scrutiny.tool.more").with("count", more));
        }
        match found.shows.and_then(|place| self.reading.note(place)) {
            // A record's text holds no control characters, or it would be no record.
            Some(note) if hakiki_core::Record::parse(note.as_bytes()).is_ok() => print(&note),
            _ => Ok(()),
        }
    }
}
