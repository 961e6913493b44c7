//! What the pages of machines and people need, computed once a head: findings by place, machines with what they last noted,
//! logins without a session, software in order.
//!
//! It walks every observation and session once; a page then asks for its own rows. It holds no words and no pages.

use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::Event;
use hakiki_core::ledger::{Ledger, SequenceGap, SoftwareEntry};
use hakiki_core::roster::{KeyIndex, Role};
use hakiki_core::view::Finding;
use hakiki_note::Hash;
use std::collections::{BTreeMap, HashMap};

/// A machine at a head.
#[derive(Debug)]
pub(crate) struct Machine {
    pub host: KeyIndex,
    /// Its last observation, by index.
    pub last: Option<u32>,
    /// How many it has made.
    pub count: u64,
    /// How many of its numbers are not here.
    pub missing: u64,
    pub newest_gap: Option<SequenceGap>,
    /// Its last quote of a security chip, by index.
    pub quote: Option<u32>,
    /// The last program, configuration and dependencies of each component, by index of the observation.
    pub software: BTreeMap<(String, Event), u32>,
}

/// The sessions on a machine that have not ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OpenSessions {
    pub count: u64,
    /// Place of the newest.
    pub newest: u64,
}

/// A value of a component that machines noted.
#[derive(Debug)]
pub(crate) struct Seen {
    pub component: String,
    pub event: Event,
    pub value: Hash,
    pub count: u64,
    /// Places of the first and the last note of it.
    pub first: u64,
    pub last: u64,
}

/// Everything of conduct that depends on the head alone.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    found: HashMap<u64, Vec<u32>>,
    /// In the order of their keys' enrolment.
    pub machines: Vec<Machine>,
    open: BTreeMap<String, OpenSessions>,
    /// Observations without a session, by index, oldest first.
    pub logins: Vec<u32>,
    /// Authorised software by component and index in its history, oldest first.
    software: Vec<(u64, String, usize)>,
    /// Last seen first.
    pub seen: Vec<Seen>,
    /// How much of each list stands before the head.
    pub sessions: usize,
    pub items: usize,
    pub challenges: usize,
    pub scrutiny: usize,
    pub withheld: usize,
}

impl Conduct {
    /// Computes everything as of a place.
    pub fn new(ledger: &Ledger, findings: &[Finding], size: u64) -> Self {
        let mut conduct = Self {
            sessions: ledger.sessions().partition_point(|one| one.place < size),
            items: ledger.items().partition_point(|item| {
                item.handovers.first().is_some_and(|first| ledger.handovers()[*first as usize].place < size)
            }),
            challenges: ledger.challenges().partition_point(|one| one.place < size),
            scrutiny: ledger.scrutiny().partition_point(|one| one.place < size),
            withheld: ledger.withheld().partition_point(|one| one.place < size),
            ..Self::default()
        };
        let of_conduct = [FindingCode::F501, FindingCode::F502, FindingCode::F503];
        for (index, finding) in (0u32..).zip(findings).filter(|(_, one)| of_conduct.contains(&one.code)) {
            conduct.found.entry(finding.place).or_default().push(index);
        }
        for session in &ledger.sessions()[..conduct.sessions] {
            if session.end_as_of(size).is_none() {
                let open = conduct.open.entry(session.machine.to_string()).or_default();
                *open = OpenSessions { count: open.count + 1, newest: session.place };
            }
        }
        conduct.walk(ledger, size);
        for (component, history) in ledger.software() {
            let before = history.iter().enumerate().take_while(|(_, entry)| entry.place < size);
            conduct.software.extend(before.map(|(at, entry)| (entry.place, component.clone(), at)));
        }
        conduct.software.sort();
        conduct
    }

    /// Machines, and what all of them saw.
    fn walk(&mut self, ledger: &Ledger, size: u64) {
        let keys = (0u32..).zip(ledger.roster().keys());
        let enrolled = keys.filter(|(_, key)| key.role == Role::Host && key.enrolled_at < size);
        self.machines = enrolled.map(|(at, _)| Machine::new(ledger, KeyIndex(at), size)).collect();
        let mut by_host: HashMap<KeyIndex, usize> = HashMap::new();
        for (at, machine) in self.machines.iter().enumerate() {
            by_host.insert(machine.host, at);
        }
        let mut seen: BTreeMap<(String, Event, Hash), (u64, u64, u64)> = BTreeMap::new();
        let all = (0u32..).zip(ledger.observations()).take_while(|(_, entry)| entry.place < size);
        for (index, entry) in all {
            if entry.observed.event.needs_session() && !entry.has_session {
                self.logins.push(index);
            }
            let machine = by_host.get(&entry.host).map(|at| &mut self.machines[*at]);
            let is_of_software = entry.observed.event.is_of_software();
            let subject = entry.observed.subject.as_ref().filter(|_| is_of_software);
            if let (Some(subject), Some(value)) = (subject, entry.observed.value) {
                let key = (subject.to_string(), entry.observed.event, value);
                let line = seen.entry(key).or_insert((0, entry.place, entry.place));
                *line = (line.0 + 1, line.1, entry.place);
            }
            if let Some(machine) = machine {
                machine.last = Some(index);
                machine.count += 1;
                if entry.observed.event == Event::Quote {
                    machine.quote = Some(index);
                }
                if let Some(subject) = subject {
                    machine.software.insert((subject.to_string(), entry.observed.event), index);
                }
            }
        }
        let lines = seen.into_iter();
        self.seen = lines
            .map(|((component, event, value), (count, first, last))| Seen {
                component,
                event,
                value,
                count,
                first,
                last,
            })
            .collect();
        self.seen.sort_by_key(|line| std::cmp::Reverse(line.last));
    }

    /// The findings of sessions, observations and hand-overs at a place, by index.
    pub fn found_at(&self, place: u64) -> &[u32] {
        self.found.get(&place).map_or(&[], Vec::as_slice)
    }

    /// The sessions on a machine that have not ended.
    pub fn open_on(&self, machine: &str) -> OpenSessions {
        self.open.get(machine).copied().unwrap_or_default()
    }

    /// How many authorisations there are.
    pub fn software_count(&self) -> usize {
        self.software.len()
    }

    /// Authorisations, newest first.
    pub fn software<'a>(&'a self, ledger: &'a Ledger) -> impl Iterator<Item = &'a SoftwareEntry> {
        let newest = self.software.iter().rev();
        newest.filter_map(|(_, component, at)| ledger.software().get(component)?.get(*at))
    }
}

impl Machine {
    fn new(ledger: &Ledger, host: KeyIndex, size: u64) -> Self {
        let gaps = ledger.hosts().get(&host).map_or(&[][..], |entry| &entry.gaps[..]);
        let gaps = &gaps[..gaps.partition_point(|gap| gap.place < size)];
        Self {
            host,
            last: None,
            count: 0,
            missing: gaps.iter().map(SequenceGap::missing).sum(),
            newest_gap: gaps.last().copied(),
            quote: None,
            software: BTreeMap::new(),
        }
    }
}
