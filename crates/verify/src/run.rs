//! A run from head to report. Nothing stops it: what cannot be checked is said, with the reason.

use crate::audits;
use crate::change::ChangeLine;
use crate::check::{Check, CheckResult};
use crate::chunk::{Bundle, RawBundle, prepare, read_chunks};
use crate::compare::Tiles;
use crate::contest::{self, ContestReport};
use crate::fetch::Fetcher;
use crate::fold::{Fold, Folded};
use crate::head::{self, ReadHead};
use crate::judge;
use crate::known::Known;
use crate::options::{Options, Phase, Program, Progress};
use crate::outside;
use crate::report::{Report, Timings};
use crate::sealed;
use crate::tree::{Fault, Faults, Outcome, Upper};
use crate::verdict;
use hakiki_core::Ledger;
use hakiki_core::codes::FindingCode;
use hakiki_core::view::{ContestView, Selection, findings};
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_tlog::tile::TilePath;
use hakiki_tlog::tree::Head;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

/// Chunks that wait between reading and hashing.
const CHUNKS_WAITING: usize = 1;

/// Checks a log and says what became of every check.
pub fn verify(options: &Options, progress: &dyn Progress) -> Report {
    verify_with(options, &Known::default(), progress)
}

/// The same, beside what the user knows of the log: heads, receipts, stamps, the time.
pub fn verify_with(options: &Options, known: &Known, progress: &dyn Progress) -> Report {
    let started = Instant::now();
    let mut run = Run::new(options, known);
    run.set(check_program(&options.program));
    let fetcher = match Fetcher::open(&options.source) {
        Ok(fetcher) => fetcher,
        Err(error) => {
            let message = Message::new("verify.v02.unreadable").with("why", error.to_string());
            run.set(CheckResult::input_missing(Check::V02, message));
            return run.finish(started);
        }
    };
    run.over(&fetcher, progress);
    run.finish(started)
}

/// The blobs that the records of a log name.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Tables that the rules asked for and that are here.
    pub(crate) tables: BTreeSet<Hash>,
    /// All others.
    pub(crate) blobs: BTreeSet<Hash>,
}

/// Checks a source that is open already, and says which blobs its records name.
pub(crate) fn run_over(options: &Options, fetcher: &Fetcher, progress: &dyn Progress) -> (Report, Named) {
    let started = Instant::now();
    let known = Known::default();
    let mut run = Run::new(options, &known);
    run.set(check_program(&options.program));
    run.over(fetcher, progress);
    let named = std::mem::take(&mut run.named);
    (run.finish(started), named)
}

/// A pool of so many threads, or of one for each core.
fn pool(threads: Option<usize>) -> ThreadPool {
    let built = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    built
        .or_else(|_| ThreadPoolBuilder::new().num_threads(1).build())
        .expect("a machine that runs this program can start one more thread")
}

fn check_program(program: &Program) -> CheckResult {
    let message = |key| Message::new(key);
    match program.sha256 {
        _ if program.name.is_empty() || program.version.is_empty() => {
            CheckResult::failed(Check::V16, message("verify.v16.unnamed"))
        }
        None => CheckResult::not_checked(Check::V16, message("verify.v16.unhashed")),
        Some(hash) => {
            let named = message("verify.v16.named").with("name", program.name.as_str());
            let named =
                named.with("version", program.version.as_str()).with("hash", format!("sha256:{hash}"));
            CheckResult::passed(Check::V16, named)
        }
    }
}

/// What is known of the tree after every bundle was read.
struct Streamed {
    folded: Folded,
    tile_faults: Faults,
    entry_faults: Faults,
    outcome: Outcome,
}

struct Run<'a> {
    options: &'a Options,
    known: &'a Known,
    checks: BTreeMap<Check, CheckResult>,
    report: Report,
    named: Named,
}

impl<'a> Run<'a> {
    fn new(options: &'a Options, known: &'a Known) -> Self {
        let report = Report {
            program: options.program.clone(),
            source: options.source.to_string(),
            origin: None,
            head: None,
            fingerprint: None,
            title: None,
            mode: None,
            authority: None,
            checks: Vec::new(),
            contests: Vec::new(),
            findings: BTreeMap::new(),
            changes: Vec::new(),
            timings: Timings::default(),
            evidence: Vec::new(),
            stamped: Vec::new(),
            memory: known.memory.clone(),
            archive: None,
            ledger: None,
            change_lines: Vec::new(),
        };
        Self { options, known, checks: BTreeMap::new(), report, named: Named::default() }
    }

    fn set(&mut self, result: CheckResult) {
        self.checks.insert(result.code, result);
    }

    /// From the head on.
    fn over(&mut self, fetcher: &Fetcher, progress: &dyn Progress) {
        let head = match head::read(fetcher) {
            Ok(head) => head,
            Err(result) => {
                self.set(*result);
                if let Some(result) = sealed::check_shape(fetcher) {
                    self.set(result);
                }
                return;
            }
        };
        self.report.head = Some(head.checkpoint.head);
        self.report.origin = Some(head.checkpoint.origin.to_string());
        self.check_log(fetcher, &head, &pool(self.options.threads), progress);
    }

    fn check_log(&mut self, fetcher: &Fetcher, head: &ReadHead, pool: &ThreadPool, progress: &dyn Progress) {
        let started = Instant::now();
        let claimed = head.checkpoint.head;
        let mut tile_faults = Faults::default();
        let upper = Upper::load(fetcher, claimed, &mut tile_faults, progress);
        self.report.timings.tiles_ms = milliseconds(started);
        let started = Instant::now();
        let streamed = stream(fetcher, claimed, &upper, tile_faults, pool, progress);
        self.report.timings.records_ms = milliseconds(started);
        let folded = &streamed.folded;
        self.report.fingerprint = folded.first.as_ref().map(|first| first.id);
        self.set(head::check_fingerprint(self.options.fingerprint.as_ref(), folded.first.as_ref()));
        self.set(head::check_signature(head, folded.first.as_ref()));
        self.set(verdict::check_tiles(&streamed.tile_faults, streamed.outcome, claimed));
        self.set(verdict::check_entries(&streamed.entry_faults, claimed.size));
        self.set(verdict::check_refusals(Check::V07, &folded.refused, folded));
        self.set(verdict::check_refusals(Check::V08, &folded.bad_signers, folded));
        self.set(verdict::check_blobs(folded));
        let differing = differing(&streamed);
        let started = Instant::now();
        pool.install(|| {
            self.check_outside(fetcher, head, &streamed.folded, &differing);
            let (result, archive) = sealed::check(fetcher, claimed, &streamed.folded);
            self.set(result);
            self.report.archive = archive;
            self.check_ledger(fetcher, streamed.folded, progress);
        });
        self.report.timings.results_ms = milliseconds(started);
    }

    /// The log against what others hold of it.
    fn check_outside(&mut self, fetcher: &Fetcher, head: &ReadHead, folded: &Folded, differing: &[TilePath]) {
        let Some(ledger) = &folded.ledger else { return };
        let found = outside::check(self.known, fetcher, ledger, head, folded.stop.is_none(), differing);
        for result in found.checks {
            self.set(result);
        }
        self.report.evidence = found.evidence;
        self.report.stamped = found.stamped;
        // Another election than the pinned one is not what this memory is of.
        if self.options.fingerprint.is_none_or(|pinned| pinned == *ledger.fingerprint()) {
            self.report.memory = found.memory;
        }
    }

    /// The checks of the whole, which need the fold to the end of the log.
    fn check_ledger(&mut self, fetcher: &Fetcher, folded: Folded, progress: &dyn Progress) {
        let Folded { ledger, changes, stop, tables, named: blobs, .. } = folded;
        self.named = Named { tables, blobs };
        if let Some(ledger) = &ledger {
            let election = ledger.election();
            self.report.title = Some(election.title.clone());
            self.report.mode = Some(election.mode);
            self.report.authority.clone_from(&election.authority);
        }
        self.report.changes =
            changes.iter().map(|line| line.message.text(hakiki_messages::Language::English)).collect();
        self.report.change_lines.clone_from(&changes);
        match (ledger, stop) {
            (Some(ledger), None) => self.judge(fetcher, ledger, &changes, progress),
            (_, why) => {
                let why = why.unwrap_or_else(|| Message::new("verify.no_first"));
                for code in [Check::V10, Check::V11, Check::V12, Check::V13, Check::V15, Check::V19] {
                    let message = Message::new("verify.unfolded").with("why", why.clone());
                    self.set(CheckResult::input_missing(code, message));
                }
            }
        }
    }

    fn judge(&mut self, fetcher: &Fetcher, ledger: Ledger, changes: &[ChangeLine], progress: &dyn Progress) {
        let size = ledger.size();
        let contests = u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX);
        let found = || findings(&ledger, size);
        let seen = || -> Vec<(ContestView, ContestReport)> {
            let view = |contest| ContestView::new(&ledger, contest, size, Selection::All);
            let both = |view: ContestView| (contest::report(&ledger, &view), view);
            (0..contests).into_par_iter().map(|contest| both(view(contest))).map(|(r, v)| (v, r)).collect()
        };
        let (found, seen) = rayon::join(found, seen);
        let (views, reports): (Vec<ContestView>, Vec<ContestReport>) = seen.into_iter().unzip();
        progress.step(Phase::Results, u64::from(contests), u64::from(contests));
        self.set(judge::check_comparisons(&ledger, &found));
        self.set(judge::check_partition(&ledger, &views));
        self.set(judge::check_results(fetcher, &ledger, size));
        self.set(judge::check_times(&ledger));
        let (head, tiles) = (self.report.head, Tiles::new(fetcher));
        let root = |at: u64| {
            let head = head.ok_or_else(|| "the log has no head".to_owned())?;
            tiles.prefix(at, &head).map(|(root, _)| root)
        };
        self.set(audits::check(&ledger, size, root));
        self.set(judge::check_changes(&ledger, changes));
        let mut counts: BTreeMap<FindingCode, u64> = BTreeMap::new();
        for finding in &found {
            *counts.entry(finding.code).or_default() += 1;
        }
        self.report.findings = counts;
        self.report.contests = reports;
        self.report.ledger = Some(ledger);
    }

    fn finish(self, started: Instant) -> Report {
        let Self { mut checks, mut report, .. } = self;
        let given = [
            (Check::V06, "verify.later_heads"),
            (Check::V14, "report.no_receipts"),
            (Check::V17, "report.no_stamps"),
            (Check::V18, "report.no_clock"),
            (Check::V20, "verify.v20.no_archive"),
        ];
        for (code, key) in given {
            checks.entry(code).or_insert_with(|| CheckResult::not_checked(code, Message::new(key)));
        }
        // What is left needs a head or an election record that was not there.
        let key = if report.head.is_none() { "verify.no_head" } else { "verify.no_first" };
        for code in Check::ALL {
            checks.entry(*code).or_insert_with(|| CheckResult::input_missing(*code, Message::new(key)));
        }
        report.checks = checks.into_values().collect();
        report.timings.total_ms = milliseconds(started);
        report
    }
}

/// The tiles and bundles that are here and are not what the head commits to: the first of each.
fn differing(streamed: &Streamed) -> Vec<TilePath> {
    let all = [&streamed.tile_faults, &streamed.entry_faults];
    let first = all.iter().filter_map(|faults| faults.first.as_ref());
    first.filter(|(_, fault)| matches!(fault, Fault::Differs(_))).map(|(path, _)| *path).collect()
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Reads, hashes, verifies and folds the whole log: while one chunk is folded, the next is hashed and parsed, and the
/// one after it is read.
fn stream(
    fetcher: &Fetcher,
    head: Head,
    upper: &Upper,
    tile_faults: Faults,
    pool: &ThreadPool,
    progress: &dyn Progress,
) -> Streamed {
    let mut fold = Fold::new(fetcher);
    let mut tree = TreeSoFar { tile_faults, ..TreeSoFar::default() };
    std::thread::scope(|scope| {
        let (fold_ref, tree_ref) = (&mut fold, &mut tree);
        let (sender, receiver) = sync_channel(CHUNKS_WAITING);
        scope.spawn(move || read_chunks(fetcher, head.size, &sender));
        // Only the thread that takes chunks has the receiver, and drops it when it stops.
        pool.install(move || take_chunks(&receiver, fetcher, upper, head.size, fold_ref, tree_ref, progress));
    });
    if head.size.is_multiple_of(256) {
        tree.edge = Some(Vec::new());
    }
    let mut tile_faults = tree.tile_faults;
    let outcome = upper.finish(tree.made, tree.edge, &mut tile_faults);
    Streamed { folded: fold.finish(head.size), tile_faults, entry_faults: tree.entry_faults, outcome }
}

fn take_chunks(
    receiver: &Receiver<Vec<RawBundle>>,
    fetcher: &Fetcher,
    upper: &Upper,
    size: u64,
    fold: &mut Fold<'_>,
    tree: &mut TreeSoFar,
    progress: &dyn Progress,
) {
    let mut current: Vec<Bundle> = Vec::new();
    loop {
        fold.verify(&mut current);
        let next = receiver.recv().ok();
        let needed = fold.goes_on();
        let (prepared, ()) = rayon::join(
            || next.map(|chunk| prepare(chunk, fetcher, upper, needed)),
            || fold.fold(&mut current),
        );
        progress.step(Phase::Records, fold.place(), size);
        let Some(mut prepared) = prepared else { return };
        for bundle in &mut prepared {
            tree.take(bundle);
        }
        current = prepared;
    }
}

/// What the level 0 tiles made so far.
#[derive(Default)]
struct TreeSoFar {
    made: Vec<Option<Hash>>,
    edge: Option<Vec<Hash>>,
    tile_faults: Faults,
    entry_faults: Faults,
}

impl TreeSoFar {
    fn take(&mut self, bundle: &mut Bundle) {
        if bundle.width == 256 {
            self.made.push(bundle.made);
        } else {
            self.edge = bundle.edge.take();
        }
        if let Some((path, fault)) = &bundle.tile_fault {
            self.tile_faults.note(*path, fault.clone());
        }
        if let Some((path, fault)) = &bundle.entry_fault {
            self.entry_faults.note(*path, fault.clone());
        }
    }
}
