//! Rounds: the newest head for all witnesses; what they cosigned for all mirrors; then the next newest.
//!
//! A late answer counts as well, for the head that it was asked for. Records and receipts never wait for a round.

use super::contact::{Contact, CosignerKind};
use super::cosigner::{Desk, Outcome, Reported, start};
use super::files::{self, HeadFiles};
use super::head_records::HeadRecords;
use super::standing::{StandingHead, Witnessed};
use super::track::Track;
use crate::error::NodeError;
use crate::published::Published;
use crate::sequencer::Job;
use crate::shared::{Shared, State, read};
use hakiki_note::{KeyName, SignatureLine, VerifierKey};
use hakiki_tlog::checkpoint::CheckpointError;
use hakiki_tlog::cosignature::add_cosignatures;
use hakiki_tlog::{Head, VerifiedCheckpoint};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// How often limits of time are looked at.
const TICK: Duration = Duration::from_millis(100);
/// Heads for which late answers are taken.
const OPEN_HEADS: usize = 16;
/// Without anything written for so long, the files of heads are made durable.
const FILES_QUIET: Duration = Duration::from_secs(1);

/// What the rounds begin with.
pub(crate) struct Beginning {
    /// The cosigners.
    pub contacts: Vec<Contact>,
    /// What each cosigned last.
    pub sizes: BTreeMap<KeyName, u64>,
    /// Where the states of heads are told.
    pub tell: watch::Sender<Arc<Witnessed>>,
}

/// Runs rounds until the sequencer ends.
pub(crate) async fn follow(
    shared: Arc<Shared>,
    mut published: watch::Receiver<Arc<Published>>,
    beginning: Beginning,
) {
    let (send, mut reports) = mpsc::unbounded_channel();
    let mut files = HeadFiles::new(&shared.configuration.dir);
    let mut rounds = Rounds::new(shared, beginning, &send);
    loop {
        rounds.step(Instant::now());
        let writes = std::mem::take(&mut rounds.writes);
        let is_quiet = rounds.written.is_some_and(|written| written.elapsed() >= FILES_QUIET);
        if !writes.is_empty() || is_quiet {
            rounds.written = (!writes.is_empty()).then(Instant::now);
            files = written(files, writes).await;
        }
        tokio::select! {
            changed = published.changed() => {
                if changed.is_err() {
                    break;
                }
            }
            Some(reported) = reports.recv() => rounds.take(reported),
            () = tokio::time::sleep(TICK) => {}
        }
    }
    for desk in &rounds.desks {
        desk.close();
    }
    drop(written(files, Vec::new()).await);
}

/// Writes files, or, if there are none to write, makes the last ones durable.
async fn written(mut files: HeadFiles, writes: Vec<(&'static str, String)>) -> HeadFiles {
    let write = move || {
        if writes.is_empty() {
            files.settle();
        }
        for (path, text) in writes {
            files.write(path, &text);
        }
        files
    };
    tokio::task::spawn_blocking(write).await.expect("writing files does not panic")
}

struct Rounds {
    shared: Arc<Shared>,
    contacts: Vec<Contact>,
    desks: Vec<Arc<Desk>>,
    witnesses: Track,
    mirrors: Track,
    /// Heads that were asked for, with the cosignatures that came.
    open: BTreeMap<u64, Published>,
    /// The newest head whose round with the witnesses has ended.
    ripe: Option<Head>,
    head_records: HeadRecords,
    tell: watch::Sender<Arc<Witnessed>>,
    /// Files to write, and when that was last done.
    writes: Vec<(&'static str, String)>,
    written: Option<Instant>,
}

impl Rounds {
    fn new(shared: Arc<Shared>, beginning: Beginning, reports: &mpsc::UnboundedSender<Reported>) -> Self {
        let Beginning { contacts, sizes, tell } = beginning;
        let (mut started, mut desks) = (Vec::new(), Vec::new());
        for contact in contacts {
            let known = sizes.get(contact.key.name()).copied().unwrap_or(0);
            match start(&shared, (started.len(), contact.clone()), known, reports.clone()) {
                Ok(desk) => {
                    started.push(contact);
                    desks.push(desk);
                }
                Err(error) => tracing::error!(who = contact.shown(), %error, "a cosigner is not asked"),
            }
        }
        // Half of the age at which a stranger says that the log stands still (V18).
        let head_age_seconds = read(&shared.ledger).election().head_age_seconds;
        let renew_after = Duration::from_secs(u64::from(head_age_seconds)) / 2;
        let of = |kind| {
            let numbered = started.iter().enumerate().filter(|(_, contact)| contact.kind == kind);
            Track::new(kind, numbered.map(|(number, _)| number).collect(), renew_after)
        };
        let (witnesses, mirrors) = (of(CosignerKind::Witness), of(CosignerKind::Mirror));
        let head_records = HeadRecords::new(shared.configuration.head_interval, Instant::now());
        Self {
            shared,
            contacts: started,
            desks,
            witnesses,
            mirrors,
            open: BTreeMap::new(),
            ripe: None,
            head_records,
            tell,
            writes: Vec::new(),
            written: None,
        }
    }

    /// Ends and begins rounds, and sends a head record when one is due.
    fn step(&mut self, now: Instant) {
        let witnessed = self.tell.borrow().clone();
        let is_cosigned =
            |head: &Head| witnessed.cosigned.as_ref().is_some_and(|found| found.published.head == *head);
        let is_held =
            |head: &Head| witnessed.held.as_ref().is_some_and(|found| found.published.head == *head);
        self.ripe = self.witnesses.end(now, is_cosigned).or(self.ripe);
        // A mirror that still fetches its first copy holds back no round that two classes have finished.
        self.mirrors.end(now, is_held);
        if self.contacts.is_empty() {
            return;
        }
        let newest = self.shared.head();
        if self.witnesses.may_begin(newest.head.size, now) {
            // A head that is asked for again keeps the cosignatures that it has, until newer ones come.
            self.open.entry(newest.head.size).or_insert_with(|| Published::clone(&newest));
            // A mirror that is away, or slow, will answer for the head that mirrors were asked for last.
            let kept = self.mirrors.asked_size();
            while self.open.len() > OPEN_HEADS {
                let Some(oldest) = self.open.keys().copied().find(|size| Some(*size) != kept) else { break };
                self.open.remove(&oldest);
            }
            self.witnesses.begin(newest.head, now);
            self.want(&newest.head, CosignerKind::Witness);
            self.ripe = self.witnesses.end(now, is_cosigned).or(self.ripe);
        }
        if let Some(ripe) = self.ripe.filter(|ripe| self.mirrors.may_begin(ripe.size, now)) {
            self.mirrors.begin(ripe, now);
            self.want(&ripe, CosignerKind::Mirror);
        }
        self.send_head_record(&witnessed, now);
    }

    /// Gives the cosigners of a kind a head to ask for.
    fn want(&self, head: &Head, kind: CosignerKind) {
        let track = if kind == CosignerKind::Witness { &self.witnesses } else { &self.mirrors };
        let Some(open) = self.open.get(&head.size) else { return };
        let checkpoint = Arc::new(open.checkpoint.clone());
        for member in &track.members {
            self.desks[*member].want(checkpoint.clone());
        }
    }

    fn send_head_record(&mut self, witnessed: &Witnessed, now: Instant) {
        let Some(cosigned) = &witnessed.cosigned else { return };
        let size = self.shared.head().head.size;
        let is_due = self.head_records.is_due(&read(&self.shared.ledger), size, cosigned, now);
        if is_due && self.shared.send_own(Job::Head(cosigned.clone())) {
            self.head_records.sent(cosigned.published.head.size, now);
        }
    }

    /// Takes what a cosigner said.
    fn take(&mut self, reported: Reported) {
        let Reported { from, head, outcome } = reported;
        let is_final = !matches!(outcome, Outcome::NotYet);
        let has_failed = matches!(outcome, Outcome::Failed(_) | Outcome::SignedElsewhere(_));
        let kind = self.contacts[from].kind;
        let track = if kind == CosignerKind::Witness { &mut self.witnesses } else { &mut self.mirrors };
        track.answered(from, &head, is_final, has_failed);
        match outcome {
            Outcome::Cosigned(lines) => self.add(from, &head, &lines),
            Outcome::SignedElsewhere(found) => self.stop_signing(found),
            Outcome::Passed | Outcome::NotYet | Outcome::Failed(_) => {}
        }
    }

    /// Adds cosignatures to the head that they are on, and tells what it amounts to now.
    fn add(&mut self, from: usize, head: &Head, lines: &[SignatureLine]) {
        let key = &self.contacts[from].key;
        let policy = read(&self.shared.ledger).witness_policies().at(head.size).clone();
        let Some(open) = self.open.get_mut(&head.size).filter(|open| open.head == *head) else { return };
        let log_key = self.shared.log_key.verifier();
        let Ok(mut checkpoint) = without_line_of(&open.checkpoint, key, log_key) else { return };
        let is_cosigner = policy.cosigners().contains(key);
        if !is_cosigner || add_cosignatures(&mut checkpoint, lines, std::slice::from_ref(key)) == 0 {
            // The lines that a restart found say as much as those that came now.
            self.tell(*head);
            return;
        }
        *open = open.with_cosignatures(checkpoint);
        self.tell(*head);
    }

    /// Tells how a head stands: to readers, to the files, and to the sequencer for the published checkpoint.
    fn tell(&mut self, head: Head) {
        let Some(open) = self.open.get(&head.size) else { return };
        let standing = StandingHead::now(open.clone(), read(&self.shared.ledger).witness_policies());
        let (is_cosigned, is_held) = (standing.standing.is_cosigned(), standing.standing.is_held());
        let text = open.text.clone();
        let before = self.tell.borrow().clone();
        let mut witnessed = Witnessed::clone(&before);
        witnessed.take(standing);
        let changed = |now: &Option<Arc<StandingHead>>, before: &Option<Arc<StandingHead>>| {
            let text =
                |head: &Option<Arc<StandingHead>>| head.as_ref().map(|head| head.published.text.clone());
            text(now) != text(before)
        };
        if changed(&witnessed.cosigned, &before.cosigned) {
            self.writes.push((files::COSIGNED, text.clone()));
        }
        if changed(&witnessed.held, &before.held) {
            self.writes.push((files::HELD, text.clone()));
        }
        let is_news = changed(&witnessed.latest, &before.latest);
        self.tell.send_replace(Arc::new(witnessed));
        if is_news && (is_cosigned || is_held) && self.shared.head().head == head {
            self.shared.send_own(Job::Cosigned(text));
        }
    }

    /// The log's key signs elsewhere: whatever this node signs from now on would widen a fork.
    fn stop_signing(&self, found: String) {
        let error = NodeError::SignedElsewhere { found };
        tracing::error!(%error, "nothing is accepted any more");
        self.shared.state.send_if_modified(|state| {
            let is_news = !matches!(state, State::Failed(_));
            if is_news {
                *state = State::Failed(error.to_string());
            }
            is_news
        });
    }
}

/// A checkpoint without the cosignature that a key has on it: a newer one comes instead.
fn without_line_of(
    checkpoint: &VerifiedCheckpoint,
    key: &VerifierKey,
    log_key: &VerifierKey,
) -> Result<VerifiedCheckpoint, CheckpointError> {
    let mut note = checkpoint.note().clone();
    note.signatures.retain(|line| !line.is_by(key));
    VerifiedCheckpoint::open(note.to_text().as_bytes(), log_key)
}
