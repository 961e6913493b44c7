//! The collector: signed observations of enrolled machines, taken at once and whatever the log does, so that silence has a
//! length (`docs/reference/log.md`, "What a collector adds").
//!
//! An observation is checked as the log would check it but for what else stands in the log: form, election, signature, role,
//! place in the machine's chain. It is kept with the second of its receipt, by this mirror's clock. A collector says when it
//! heard a machine, never that nothing happened while it did not.

mod file;
mod machine;

pub(crate) use machine::{Held, Machine};

use crate::error::MirrorError;
use crate::limits::KeyLimits;
use crate::shared::{Shared, read};
use file::CollectedFile;
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::{Body, Observed};
use hakiki_core::roster::{ClaimedRecord, Role};
use hakiki_core::{Record, Refusal};
use hakiki_note::{Hash, KeyName};
use machine::Fit;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Observations that are kept, of all machines together: 100 bytes of memory each, and less than a kilobyte of disk.
const OBSERVATIONS_MAX: u64 = 250_000;
/// Observations of one machine in a minute, and at once: after an outage of the collector all that waited comes.
const KEY_RATE_PER_MINUTE: u64 = 6_000;
const KEY_BURST: u64 = 60_000;

/// What became of an observation.
#[derive(Debug)]
pub(crate) enum Taken {
    /// It is kept since a second of this mirror's clock.
    Kept { sequence: u32, received_unix_s: u64 },
    /// It is refused.
    Refused(Refusal),
}

/// Everything that was collected.
pub(crate) struct Collector {
    limits: KeyLimits,
    most: u64,
    state: Mutex<State>,
}

struct State {
    file: CollectedFile,
    machines: BTreeMap<KeyName, Machine>,
    count: u64,
}

impl Collector {
    /// Opens what was collected in a directory.
    pub fn open(dir: &Path) -> Result<Self, MirrorError> {
        let mut machines: BTreeMap<KeyName, Machine> = BTreeMap::new();
        let mut count = 0;
        let file = CollectedFile::open(dir, |received_unix_s, place, note| {
            let Ok(record) = Record::parse(note) else { return false };
            let (Body::Observed(observed), [signer]) = (record.body(), record.signers()) else {
                return false;
            };
            let held = Held::new(&record, observed, place, received_unix_s);
            machines.entry(signer.name.clone()).or_default().put(observed.sequence, held);
            count += 1;
            true
        })?;
        let state = Mutex::new(State { file, machines, count });
        let limits = KeyLimits::new(KEY_RATE_PER_MINUTE, KEY_BURST);
        Ok(Self { limits, most: OBSERVATIONS_MAX, state })
    }

    /// Judges an observation and keeps it; durable when it returns.
    pub fn take(&self, shared: &Shared, bytes: &[u8], now_unix_s: u64) -> io::Result<Taken> {
        let verified = match verify(shared, bytes) {
            Ok(verified) => verified,
            Err(refusal) => return Ok(Taken::Refused(refusal)),
        };
        let Verified { record, observed, name, key } = verified;
        if !self.limits.take(&[key], Instant::now()) {
            let detail = "too many observations of this machine; the same note is safe to send again later";
            return Ok(Taken::Refused(Refusal::new(RefusalCode::R401, detail)));
        }
        self.keep(&record, &observed, &name, now_unix_s)
    }

    fn keep(
        &self,
        record: &Record,
        observed: &Observed,
        name: &KeyName,
        now_unix_s: u64,
    ) -> io::Result<Taken> {
        let sequence = observed.sequence;
        let mut state = self.lock();
        let is_full = state.count >= self.most;
        let machine = state.machines.entry(name.clone()).or_default();
        let fit = machine.fit(record.id(), observed);
        let refused = |code, detail: String| Ok(Taken::Refused(Refusal::new(code, detail)));
        match fit {
            Fit::Known(received_unix_s) => return Ok(Taken::Kept { sequence, received_unix_s }),
            Fit::Full => return refused(RefusalCode::R308, format!("sequence {sequence} stands otherwise")),
            Fit::Next | Fit::Other if is_full => {
                return refused(RefusalCode::R403, "this collector is full; send it elsewhere".to_owned());
            }
            Fit::Next | Fit::Other => {}
        }
        let place = state.file.append(now_unix_s, record.note().as_bytes())?;
        let held = Held::new(record, observed, place, now_unix_s);
        state.count += 1;
        state.machines.entry(name.clone()).or_default().put(sequence, held);
        match fit {
            // Two observations that the machine's key signed cannot both be its chain: both are kept.
            Fit::Other => {
                refused(RefusalCode::R308, format!("sequence {sequence} does not continue what is held"))
            }
            _ => Ok(Taken::Kept { sequence, received_unix_s: now_unix_s }),
        }
    }

    /// Every machine that was heard, by name.
    pub fn names(&self) -> Vec<KeyName> {
        self.lock().machines.keys().cloned().collect()
    }

    /// A machine as it is held.
    pub fn machine(&self, name: &str) -> Option<Machine> {
        self.lock().machines.get(name).cloned()
    }

    /// The note of a held observation.
    pub fn note(&self, held: &Held) -> io::Result<Vec<u8>> {
        self.lock().file.read(held.place)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Verified {
    record: Record,
    observed: Observed,
    name: KeyName,
    key: hakiki_core::roster::KeyIndex,
}

/// All that can be said of an observation without the log's order: R1xx, R301, R201, R202, R205 to R207.
fn verify(shared: &Shared, bytes: &[u8]) -> Result<Verified, Refusal> {
    let record = Record::parse(bytes)?;
    let Body::Observed(observed) = record.body() else {
        let kind = record.body().kind().name_and_version();
        return Err(Refusal::new(
            RefusalCode::R106,
            format!("{kind} is not collected, only what machines observed"),
        ));
    };
    let observed = observed.clone();
    if record.election() != Some(&shared.fingerprint) {
        let found = format!("the record is of another election than {}", shared.fingerprint);
        return Err(Refusal::new(RefusalCode::R301, found));
    }
    let claimed = read(&shared.ledger).roster().find_signers(record);
    // Without the lock, so that verifying never holds back the follower.
    let verified = claimed.and_then(ClaimedRecord::verify).map_err(|(_, refusal)| refusal)?;
    let ledger = read(&shared.ledger);
    let [key] = *verified.keys() else {
        return Err(Refusal::new(RefusalCode::R202, "an observation has one signer"));
    };
    let enrolled = ledger.roster().key(key);
    if enrolled.role != Role::Host {
        let found = format!("{} is a {}, and only a host observes", enrolled.name, enrolled.role.as_str());
        return Err(Refusal::new(RefusalCode::R202, found));
    }
    if enrolled.revoked_at.is_some() {
        return Err(Refusal::new(RefusalCode::R201, format!("{} is revoked", enrolled.name)));
    }
    let name = enrolled.name.clone();
    drop(ledger);
    Ok(Verified { record: verified.into_record(), observed, name, key })
}

/// How what is held of a machine stands to the log, as this mirror's copy has it.
#[derive(Debug, Default)]
pub(crate) struct AgainstLog {
    /// The last sequence in the log; 0 if there is none.
    pub last: u32,
    /// How many held ones are in the log.
    pub both: u64,
    /// Sequences that are held and not in the log.
    pub lacking: Vec<u32>,
    /// Sequences that are in the log and not held here.
    pub only_there: Vec<u32>,
    /// Sequences where the log has another one.
    pub different: Vec<u32>,
}

/// Compares a machine with the log.
pub(crate) fn against_log(shared: &Shared, name: &KeyName, machine: &Machine) -> AgainstLog {
    let ledger = read(&shared.ledger);
    let mut there: BTreeMap<u32, Hash> = BTreeMap::new();
    if let Some(host) = ledger.roster().by_name(name.as_str()) {
        let entries = ledger.observations_of(host, ledger.size());
        there.extend(entries.map(|entry| (entry.observed.sequence, entry.id)));
    }
    drop(ledger);
    let last = there.last_key_value().map_or(0, |(sequence, _)| *sequence);
    let mut found = AgainstLog { last, ..AgainstLog::default() };
    for (sequence, held) in machine.held() {
        match there.remove(&sequence) {
            Some(id) if id == held.id => found.both += 1,
            Some(_) => found.different.push(sequence),
            None => found.lacking.push(sequence),
        }
    }
    found.only_there = there.into_keys().collect();
    found
}
