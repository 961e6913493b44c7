//! Sessions as people say, observations as machines say, and what software is authorised.

use crate::kinds::{Observed, Session, Software};
use crate::ledger::{Applied, Ledger};
use crate::roster::KeyIndex;
use crate::text::Time;
use hakiki_note::{Hash, KeyName};
use std::collections::BTreeMap;

/// A session that began.
#[derive(Debug, Clone)]
pub struct SessionEntry {
    /// Place of the record that began it.
    pub place: u64,
    /// Its record id.
    pub id: Hash,
    /// Whose.
    pub person: KeyIndex,
    /// Who countersigned its beginning.
    pub countersigner: Option<KeyIndex>,
    /// On which machine.
    pub machine: KeyName,
    /// When it began, by the signers' clocks.
    pub at: Time,
    /// Under which ticket.
    pub ticket: Option<String>,
    /// Why.
    pub reason: String,
    /// Free text.
    pub words: Option<Hash>,
    /// Its end, wherever in the log: ask [`SessionEntry::end_as_of`].
    pub end: Option<SessionEnd>,
}

/// The end of a session.
#[derive(Debug, Clone)]
pub struct SessionEnd {
    /// Place of the record that ended it.
    pub place: u64,
    /// Its record id.
    pub id: Hash,
    /// When, by the signers' clocks.
    pub at: Time,
    /// Who signed that.
    pub keys: Box<[KeyIndex]>,
    /// Why.
    pub reason: String,
    /// Free text.
    pub words: Option<Hash>,
}

impl SessionEntry {
    /// Its end, if a record before `as_of` says one.
    pub fn end_as_of(&self, as_of: u64) -> Option<&SessionEnd> {
        self.end.as_ref().filter(|end| end.place < as_of)
    }
}

/// What a machine noted.
#[derive(Debug, Clone)]
pub struct ObservationEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Which machine.
    pub host: KeyIndex,
    /// What it says.
    pub observed: Observed,
    /// For a login or sudo: whether a session covers it that began at an earlier place and was not ended, at an earlier
    /// place, with a time before this one's.
    pub has_session: bool,
}

/// A jump in a machine's numbers: something was not sent, or has not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequenceGap {
    /// Place of the observation behind the gap.
    pub place: u64,
    /// The number before it; 0 where the machine's first numbers are missing.
    pub after: u32,
    /// The number behind it.
    pub before: u32,
}

impl SequenceGap {
    /// How many numbers are missing.
    pub fn missing(&self) -> u64 {
        u64::from(self.before.saturating_sub(self.after).saturating_sub(1))
    }
}

/// A machine that observes itself.
#[derive(Debug, Clone, Default)]
pub struct HostEntry {
    /// Its observations, by index, in the order of the log.
    pub observations: Vec<u32>,
    /// The jumps in their numbers.
    pub gaps: Vec<SequenceGap>,
}

/// What was authorised for a component.
#[derive(Debug, Clone)]
pub struct SoftwareEntry {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Who signed.
    pub keys: Box<[KeyIndex]>,
    /// What it says.
    pub software: Software,
}

/// The sessions of one person on one machine, as far as a login asks for them.
#[derive(Debug, Clone, Copy, Default)]
struct Cover {
    open: u32,
    last_end: Option<i64>,
}

impl Cover {
    fn covers(&self, unix_seconds: i64) -> bool {
        self.open > 0 || self.last_end.is_some_and(|end| end >= unix_seconds)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Machines {
    sessions: Vec<SessionEntry>,
    covers: BTreeMap<KeyName, BTreeMap<KeyName, Cover>>,
    observations: Vec<ObservationEntry>,
    hosts: BTreeMap<KeyIndex, HostEntry>,
    software: BTreeMap<String, Vec<SoftwareEntry>>,
}

impl Machines {
    fn cover(&mut self, person: &KeyName, machine: &KeyName) -> &mut Cover {
        self.covers.entry(person.clone()).or_default().entry(machine.clone()).or_default()
    }

    fn covers(&self, person: &KeyName, machine: &KeyName, unix_seconds: i64) -> bool {
        let cover = self.covers.get(person).and_then(|machines| machines.get(machine));
        cover.is_some_and(|cover| cover.covers(unix_seconds))
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Writing: called by the kinds' `apply` only.
impl Ledger {
    pub(crate) fn note_session(
        &mut self,
        applied: &Applied,
        session: Session,
        person: KeyIndex,
        countersigner: Option<KeyIndex>,
    ) {
        let machines = &mut self.conduct.machines;
        machines.cover(&session.person, &session.machine).open += 1;
        machines.sessions.push(SessionEntry {
            place: applied.place(),
            id: *applied.id(),
            person,
            countersigner,
            machine: session.machine,
            at: session.at,
            ticket: session.ticket,
            reason: session.reason,
            words: session.words,
            end: None,
        });
    }

    pub(crate) fn note_session_end(&mut self, applied: &Applied, session: Session, begun: u32) {
        let machines = &mut self.conduct.machines;
        let cover = machines.cover(&session.person, &session.machine);
        cover.open = cover.open.saturating_sub(1);
        cover.last_end = cover.last_end.max(Some(session.at.unix_seconds));
        machines.sessions[begun as usize].end = Some(SessionEnd {
            place: applied.place(),
            id: *applied.id(),
            at: session.at,
            keys: applied.keys().into(),
            reason: session.reason,
            words: session.words,
        });
    }

    pub(crate) fn note_observation(&mut self, applied: &Applied, observed: Observed) {
        // Admission saw to it that one key signs.
        let Some(host) = applied.keys().first().copied() else { return };
        let (after, _) = self.last_observation(host);
        let machine = &self.roster.key(host).name;
        let has_session = observed.subject.as_ref().is_some_and(|person| {
            let at = observed.at.unix_seconds;
            observed.event.needs_session() && self.conduct.machines.covers(person, machine, at)
        });
        let machines = &mut self.conduct.machines;
        let entry = machines.hosts.entry(host).or_default();
        entry.observations.push(index(machines.observations.len()));
        let (place, before) = (applied.place(), observed.sequence);
        if before > after.saturating_add(1) {
            entry.gaps.push(SequenceGap { place, after, before });
        }
        let id = *applied.id();
        machines.observations.push(ObservationEntry { place, id, host, observed, has_session });
    }

    pub(crate) fn note_software(&mut self, applied: &Applied, software: Software) {
        let history = self.conduct.machines.software.entry(software.component.clone()).or_default();
        history.push(SoftwareEntry {
            place: applied.place(),
            id: *applied.id(),
            keys: applied.keys().into(),
            software,
        });
    }
}

/// Reading.
impl Ledger {
    /// Every session that began, in the order of the log.
    pub fn sessions(&self) -> &[SessionEntry] {
        &self.conduct.machines.sessions
    }

    /// The session that the record with this id began.
    pub fn session_of(&self, id: &Hash) -> Option<u32> {
        let place = self.place_of(id)?;
        let at = self.sessions().binary_search_by_key(&place, |session| session.place).ok()?;
        u32::try_from(at).ok()
    }

    /// Every observation, in the order of the log.
    pub fn observations(&self) -> &[ObservationEntry] {
        &self.conduct.machines.observations
    }

    /// Every machine that observed itself, with its observations and gaps.
    pub fn hosts(&self) -> &BTreeMap<KeyIndex, HostEntry> {
        &self.conduct.machines.hosts
    }

    /// The observations of a machine before `as_of`, in the order of the log.
    pub fn observations_of(&self, host: KeyIndex, as_of: u64) -> impl Iterator<Item = &ObservationEntry> {
        let of_host = self.hosts().get(&host).map_or(&[][..], |entry| &entry.observations[..]);
        let all = of_host.iter().map(|index| &self.observations()[*index as usize]);
        all.take_while(move |entry| entry.place < as_of)
    }

    /// The number and record id of a machine's last observation; 0 and zeros if there is none.
    pub fn last_observation(&self, host: KeyIndex) -> (u32, Hash) {
        let last = self.hosts().get(&host).and_then(|entry| entry.observations.last());
        let last = last.map(|index| &self.observations()[*index as usize]);
        last.map_or((0, Hash([0; 32])), |entry| (entry.observed.sequence, entry.id))
    }

    /// What was authorised, by component, in the order of the log.
    pub fn software(&self) -> &BTreeMap<String, Vec<SoftwareEntry>> {
        &self.conduct.machines.software
    }

    /// What is authorised for a component by the records before `place`.
    pub fn software_at(&self, component: &str, place: u64) -> Option<&SoftwareEntry> {
        let history = self.software().get(component)?;
        let before = history.partition_point(|entry| entry.place < place);
        before.checked_sub(1).map(|newest| &history[newest])
    }
}
