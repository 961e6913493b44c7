//! What the suites share: a signer, scripts of work, and a checker of its own.
#![allow(clippy::unwrap_used, dead_code)]

pub mod check;
pub mod faulty;

use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use hakiki_store::{Disk, Log, SignFailure, StoreError};
use hakiki_tlog::{Checkpoint, Head, Origin};
use std::sync::Arc;

const NAME: &str = "example.org/log";

pub fn origin() -> Origin {
    Origin::new(NAME).unwrap()
}

/// Signs as the log does.
pub fn sign(head: &Head) -> Result<String, SignFailure> {
    let key = SigningKey::from_seed(KeyName::new(NAME)?, &[7; 32]);
    Ok(Checkpoint::new(origin(), *head).sign(&key)?)
}

/// A signer for work that must not need one.
pub fn never(_: &Head) -> Result<String, SignFailure> {
    Err("nothing should be signed here".into())
}

/// The entry with this index in a script of this name: 0 to 90 bytes.
pub fn entry(script: u64, index: u64) -> Vec<u8> {
    let Hash(bytes) = sha256(&[script.to_be_bytes(), index.to_be_bytes()].concat());
    bytes.iter().cycle().take(usize::from(bytes[0]) % 91).copied().collect()
}

/// One thing to do with a log.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// Append so many entries.
    Append(u64),
    /// Append so many entries without publishing their checkpoint.
    AppendUnpublished(u64),
    Settle,
    /// Close a generation of the journal, and append so many entries one by one before its files are made durable.
    SettleBehind(u64),
    /// Stop the process and start it again.
    Reopen,
}

/// What a script did before it was stopped.
#[derive(Debug, Default, Clone)]
pub struct Trace {
    /// Entries whose append returned.
    pub acknowledged: Vec<Vec<u8>>,
    /// The batch that was being appended when the script stopped.
    pub attempted: Vec<Vec<u8>>,
    /// Heads that were given to anybody.
    pub heads: Vec<Head>,
}

impl Trace {
    /// Appends and keeps what came back.
    pub fn append<D: Disk>(&mut self, log: &mut Log<D>, entries: Vec<Vec<u8>>) -> Result<(), StoreError> {
        self.attempted.clone_from(&entries);
        let appended = log.append(entries, &mut sign)?;
        assert_eq!(appended.first_index, self.acknowledged.len() as u64);
        assert_eq!(appended.head, log.head());
        assert_eq!(appended.checkpoint, log.checkpoint());
        self.heads.push(appended.head);
        self.acknowledged.append(&mut self.attempted);
        // Later checks find these entries again, so the head stays one of the log's.
        check::is_prefix(&appended.head, &self.acknowledged);
        Ok(())
    }

    /// Takes up what an opened log holds: what was acknowledged and then all or nothing of what was
    /// attempted.
    pub fn reconcile(&mut self, head: Head) {
        let acknowledged = self.acknowledged.len() as u64;
        if head.size != acknowledged {
            assert_eq!(head.size, acknowledged + self.attempted.len() as u64, "all of the batch, or nothing");
            self.acknowledged.append(&mut self.attempted);
        }
        self.attempted.clear();
    }
}

/// Creates a log and works through a script, up to the first error.
pub fn run<D: Disk>(disk: &Arc<D>, script: &[Work], trace: &mut Trace) -> Result<(), StoreError> {
    let mut log = Log::create(disk.clone(), &origin(), &mut sign)?;
    trace.heads.push(log.head());
    for work in script {
        match work {
            Work::Append(count) => {
                let first = trace.acknowledged.len() as u64;
                let entries = (first..first + count).map(|index| entry(1, index)).collect();
                trace.append(&mut log, entries)?;
            }
            Work::AppendUnpublished(count) => {
                let first = trace.acknowledged.len() as u64;
                trace.attempted = (first..first + count).map(|index| entry(1, index)).collect();
                let appended = log.append_unpublished(trace.attempted.clone(), &mut sign)?;
                trace.heads.push(appended.head);
                trace.acknowledged.append(&mut trace.attempted);
            }
            Work::Settle => log.settle()?,
            Work::SettleBehind(count) => {
                let settling = log.begin_settling()?;
                for _ in 0..*count {
                    let first = trace.acknowledged.len() as u64;
                    trace.append(&mut log, vec![entry(1, first)])?;
                }
                if let Some(settling) = settling {
                    log.finish_settling(&settling.run()?)?;
                }
            }
            Work::Reopen => {
                drop(log);
                log = Log::open(disk.clone(), &origin(), &mut sign)?;
            }
        }
    }
    Ok(())
}

/// Opens the log, or creates it if the script was stopped before it was made.
pub fn start<D: Disk>(disk: &Arc<D>, trace: &Trace) -> Result<Log<D>, StoreError> {
    match Log::open(disk.clone(), &origin(), &mut sign) {
        Err(StoreError::Missing { .. }) if trace.heads.is_empty() => {
            Log::create(disk.clone(), &origin(), &mut sign)
        }
        opened => opened,
    }
}

/// Starts what a stopped script left and checks it whole.
pub fn recover<D: Disk>(disk: &Arc<D>, trace: &mut Trace) -> Log<D> {
    check::published_is_not_ahead(&**disk);
    let log = start(disk, trace).unwrap_or_else(|refused| panic!("{refused}"));
    trace.reconcile(log.head());
    check::whole_log(disk, log.head(), &trace.acknowledged);
    log
}

/// Recovers, appends across what is left of a tile, and checks again.
pub fn recover_and_go_on<D: Disk>(disk: &Arc<D>, trace: &mut Trace) -> Log<D> {
    let mut log = recover(disk, trace);
    for count in [1, 3] {
        let first = trace.acknowledged.len() as u64;
        let entries = (first..first + count).map(|index| entry(2, index)).collect();
        trace.append(&mut log, entries).unwrap();
    }
    check::whole_log(disk, log.head(), &trace.acknowledged);
    log
}
