//! The stranger's check of a whole log, against the signatures in it alone.

use crate::child::figures_of;
use crate::election::Synthetic;
use crate::figures::{kept, machine, median, peak_memory_mib, processor_seconds};
use anyhow::{Result, anyhow, ensure};
use hakiki_core::establish::KeyRow;
use hakiki_core::roster::{AdmittedBefore, Claim, Role, Scope};
use hakiki_core::{Ledger, Record, Refusal};
use hakiki_note::{DecodedKey, Hash, Note};
use hakiki_verify::{Options, Program, Quiet, Source, Status, verify};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::time::Instant;

/// How many times the baseline's time the check may take.
const LIMIT: f64 = 1.3;

/// Forms that are parsed and folded at once, as in a chunk of the check.
const FORMS_AT_ONCE: usize = 8192;

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Stations of the election.
    #[arg(long, default_value_t = 46_229)]
    stations: u32,
    /// Contests, with one form each at each station.
    #[arg(long, default_value_t = 1)]
    contests: u32,
    /// How often baseline and check run, in turns.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Where the log is kept, to be used again by a later run of the same size. Without it the log is made anew and removed.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// A form as its signatures need it.
struct Signed {
    text: String,
    /// Key by its row, and signature.
    signatures: Vec<(usize, Vec<u8>)>,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let temporary = tempfile::tempdir()?;
    let directory = arguments.dir.as_deref().unwrap_or(temporary.path());
    let election = Synthetic::new(arguments.stations, arguments.contests)?;
    let forms = election.forms()?;
    if !directory.join("log/checkpoint").exists() {
        election.found(directory, &forms)?;
    }
    let entries = (election.records.len() + forms.len()) as f64;
    let signed = signed(&election.keys, &forms)?;
    let (count, of_forms) = (forms.len(), signed.iter().map(|form| form.signatures.len()).sum::<usize>());
    let keys = election.keys.len();
    println!("log: {count} forms, {of_forms} signatures of forms, {keys} keys");
    print_parts(&election, &forms)?;
    // They have some gigabytes at a million.
    drop(forms);
    let mut rounds: [Vec<Timed>; 3] = Default::default();
    for round in 1..=arguments.rounds {
        let forms_only = signatures(&election, &signed, decode)?;
        let with_enrolment = signatures(&election, &signed, enrol)?;
        let check = figures_of("verify-once", directory)?;
        let figure = |name: &str| check.get(name).copied().unwrap_or(f64::NAN);
        ensure!(
            figure("size").to_bits() == entries.to_bits(),
            "the log has {} entries, expected {entries}",
            figure("size")
        );
        let whole = Timed { seconds: figure("seconds"), processor: figure("processor") };
        println!(
            "round {round}: signatures of forms {forms_only}; with enrolments {with_enrolment}; check {whole}: tiles {:.0} ms, \
             records {:.0} ms, results {:.0} ms; peak memory {:.0} MiB",
            figure("tiles_ms"),
            figure("records_ms"),
            figure("results_ms"),
            figure("peak_mib"),
        );
        for (times, time) in rounds.iter_mut().zip([forms_only, with_enrolment, whole]) {
            times.push(time);
        }
    }
    let [alone, enrolled, whole] = rounds.map(|times| Timed::median(&times));
    println!("medians of {}: check {whole}, {:.0} forms/s", arguments.rounds, count as f64 / whole.seconds);
    print_ratio("signatures of forms, keys decoded", &whole, &alone);
    print_ratio("the same, and every key's enrolment (torsion, possession)", &whole, &enrolled);
    Ok(())
}

/// How long something took, and how much of the processors: the second says more on a machine that does other work.
#[derive(Clone, Copy)]
struct Timed {
    seconds: f64,
    processor: f64,
}

impl Timed {
    fn median(times: &[Self]) -> Self {
        let of = |part: fn(&Self) -> f64| median(times.iter().map(part).collect());
        Self { seconds: of(|time| time.seconds), processor: of(|time| time.processor) }
    }

    /// Times work of this process.
    fn of(work: impl FnOnce() -> Result<()>) -> Result<Self> {
        let taken = || processor_seconds(std::process::id()).unwrap_or(f64::NAN);
        let (began, before) = (Instant::now(), taken());
        work()?;
        Ok(Self { seconds: began.elapsed().as_secs_f64(), processor: taken() - before })
    }
}

impl fmt::Display for Timed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s ({:.2} s of processors)", self.seconds, self.processor)
    }
}

fn print_ratio(name: &str, whole: &Timed, baseline: &Timed) {
    let (ratio, of_processors) = (whole.seconds / baseline.seconds, whole.processor / baseline.processor);
    let kept = kept(ratio <= LIMIT);
    println!(
        "  ratio {ratio:.2} ({of_processors:.2} of processors) to {name}, {baseline}; limit {LIMIT}: {kept}"
    );
}

fn signed(keys: &[KeyRow], forms: &[Record]) -> Result<Vec<Signed>> {
    let rows: HashMap<&str, usize> = (0..).zip(keys).map(|(row, key)| (key.name.as_str(), row)).collect();
    let signed = |form: &Record| {
        let note = Note::parse(form.note().as_bytes())?;
        let row = |name: &str| rows.get(name).copied().ok_or_else(|| anyhow!("{name} has no row"));
        let signatures =
            note.signatures.into_iter().map(|line| Ok((row(line.name.as_str())?, line.signature)));
        Ok(Signed { signatures: signatures.collect::<Result<_>>()?, text: note.text })
    };
    forms.par_iter().map(signed).collect()
}

fn decode(key: &KeyRow, _: &Hash) -> Result<DecodedKey> {
    Ok(DecodedKey::new(&key.public)?)
}

fn enrol(key: &KeyRow, fingerprint: &Hash) -> Result<DecodedKey> {
    let claim = Claim {
        name: key.name.clone(),
        public: key.public,
        role: Role::Kit,
        scope: Scope::Station(0),
        party: None,
        possession: key.possession,
    };
    Ok(claim.check(fingerprint)?)
}

/// Readies every key and verifies every signature of forms, on all cores.
fn signatures(
    election: &Synthetic,
    forms: &[Signed],
    ready: impl Fn(&KeyRow, &Hash) -> Result<DecodedKey> + Sync,
) -> Result<Timed> {
    Timed::of(|| {
        let keys = election.keys.par_iter().map(|key| ready(key, &election.fingerprint));
        let keys = keys.collect::<Result<Vec<DecodedKey>>>()?;
        forms.par_iter().try_for_each(|form| {
            let verify =
                |(row, signature): &(usize, Vec<u8>)| keys[*row].verify(form.text.as_bytes(), signature);
            Ok(form.signatures.iter().try_for_each(verify)?)
        })
    })
}

/// What the check has to do besides signatures, each part alone: in chunks as the check does it, since records that were
/// made long before they are folded are in no processor's cache.
fn print_parts(election: &Synthetic, forms: &[Record]) -> Result<()> {
    let mut records = election.records.iter().cloned();
    let refused = |refusal: Refusal| anyhow!("{refusal}");
    let first = records.next().ok_or_else(|| anyhow!("an election has a first record"))?;
    let mut ledger = Ledger::begin(first).map_err(refused)?;
    let mut fold = |record: Record| -> Result<()> {
        let trusted = ledger.roster().trust(record).map_err(|(_, refusal)| refused(refusal))?;
        let admission = ledger.admit(&trusted, &election.tables, &AdmittedBefore).map_err(refused)?;
        ledger.apply(trusted, admission);
        Ok(())
    };
    let began = Instant::now();
    records.try_for_each(&mut fold)?;
    let registers = began.elapsed().as_secs_f64();
    let (mut parsing, mut folding) = (0.0, 0.0);
    for chunk in forms.chunks(FORMS_AT_ONCE) {
        let began = Instant::now();
        let parsed = chunk.par_iter().map(|form| Record::parse(form.note().as_bytes()));
        let parsed = parsed.collect::<Result<Vec<Record>, Refusal>>().map_err(refused)?;
        parsing += began.elapsed().as_secs_f64();
        let began = Instant::now();
        parsed.into_iter().try_for_each(&mut fold)?;
        folding += began.elapsed().as_secs_f64();
    }
    println!(
        "parts alone: parsing forms {parsing:.2} s on all cores; folding registers {registers:.2} s and forms \
         {folding:.2} s on one, without signatures"
    );
    Ok(())
}

/// One check, in this process.
pub fn once(source: Source) -> Result<()> {
    let program =
        Program { name: "hakiki-bench".into(), version: env!("CARGO_PKG_VERSION").into(), sha256: None };
    let options = Options { source, fingerprint: None, require: BTreeSet::new(), threads: None, program };
    let mut made = None;
    let time = Timed::of(|| {
        made = Some(verify(&options, &Quiet));
        Ok(())
    })?;
    let report = made.ok_or_else(|| anyhow!("the check made no report"))?;
    ensure!(
        report.count(Status::Failed) == 0 && report.ledger.is_some(),
        "the check failed: {:?}",
        report.checks
    );
    let timings = report.timings;
    println!("size {}", report.head.map_or(0, |head| head.size));
    println!("seconds {}\nprocessor {}", time.seconds, time.processor);
    println!(
        "tiles_ms {}\nrecords_ms {}\nresults_ms {}",
        timings.tiles_ms, timings.records_ms, timings.results_ms
    );
    println!("peak_mib {}", peak_memory_mib().unwrap_or(f64::NAN));
    Ok(())
}
