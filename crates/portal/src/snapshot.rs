//! What is computed once a head: contest views, assessments, findings by code, station and area, declarations.
//!
//! It holds no pages and no words.

use crate::arrivals::{self, Arrivals, Step};
use crate::audits::index::AuditIndex;
use crate::conduct_index::Conduct;
use crate::events::{Event, events};
use crate::place_index::{OfRegister, PlaceIndex};
use crate::said_index::SaidIndex;
use hakiki_core::codes::FindingCode;
use hakiki_core::ledger::{DeclarationEntry, Ledger};
use hakiki_core::outcome::Assessment;
use hakiki_core::roster::KeyIndex;
use hakiki_core::view::prospect::prospect;
use hakiki_core::view::{ContestView, Finding, Selection, Tally, findings};
use hakiki_core::{Cosigned, HeadStanding};
use hakiki_note::Hash;
use hakiki_tlog::Head;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// A head and who stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadState {
    /// Records in the log.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// When the node signed it, by its own clock: seconds since 1970.
    pub unix_seconds: Option<i64>,
    /// Witnesses whose cosignatures are here, by name.
    pub cosigned_by: Vec<String>,
    /// How many of them must cosign; 0 is "no witness".
    pub quorum: u32,
    /// Who holds every byte up to this head, by name; empty until mirrors of two classes do.
    pub held_by: Vec<String>,
}

/// How far a head is beyond its operator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// By the log alone.
    Signed,
    /// By a quorum of witnesses.
    Cosigned,
    /// Rivals have every byte.
    Held,
}

impl HeadState {
    /// A head that was signed at this time, in seconds since 1970, and what its cosignatures amount to; without any,
    /// `quorum` of the policy in force is still said.
    pub fn new(head: Head, unix_seconds: u64, quorum: u32, standing: Option<&HeadStanding>) -> Self {
        let names = |all: &[Cosigned]| all.iter().map(|one| one.name.to_string()).collect();
        let held = standing.filter(|standing| standing.is_held());
        Self {
            size: head.size,
            root: head.root,
            unix_seconds: i64::try_from(unix_seconds).ok(),
            cosigned_by: standing.map(|standing| names(&standing.witnesses)).unwrap_or_default(),
            quorum,
            held_by: held.map(|standing| names(&standing.mirrors)).unwrap_or_default(),
        }
    }

    /// How far it is beyond its operator's word: `signed`, `cosigned` or `held`.
    pub fn state(&self) -> &'static str {
        match self.standing() {
            Standing::Signed => "signed",
            Standing::Cosigned => "cosigned",
            Standing::Held => "held",
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        if !self.held_by.is_empty() {
            Standing::Held
        } else if self.quorum > 0 && self.cosigned_by.len() as u64 >= u64::from(self.quorum) {
            Standing::Cosigned
        } else {
            Standing::Signed
        }
    }
}

/// Everything that pages need and that depends on the head alone. Made once a head; pages are then cheap.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) head: HeadState,
    pub(crate) contests: Arc<Vec<ContestSnapshot>>,
    pub(crate) findings: Arc<Findings>,
    pub(crate) declared: Arc<Vec<Declared>>,
    places: Arc<OfRegister>,
    pub(crate) events: Arc<Vec<Event>>,
    pub(crate) conduct: Arc<Conduct>,
    said: Arc<OnceLock<SaidIndex>>,
    audits: Arc<OnceLock<AuditIndex>>,
}

/// One contest.
#[derive(Debug)]
pub(crate) struct ContestSnapshot {
    pub view: ContestView,
    /// None where areas below the whole have ballots of their own, or where figures contradict the arithmetic.
    pub assessment: Option<Assessment>,
    /// Only where a form was signed by a late key.
    pub without_late_keys: Option<ContestView>,
    /// Only where F103 or F104 was found.
    pub without_excess: Option<ContestView>,
    /// When the forms came.
    pub arrivals: Arrivals,
}

/// Findings by where they are asked for.
#[derive(Debug)]
pub(crate) struct Findings {
    pub all: Vec<Finding>,
    pub by_code: BTreeMap<FindingCode, Vec<u32>>,
    by_station: HashMap<u32, Vec<u32>>,
    by_area: HashMap<(u16, u32), BTreeMap<FindingCode, u64>>,
}

/// One declaration: the records with equal figures over the same head.
#[derive(Debug)]
pub(crate) struct Declared {
    pub first: DeclarationEntry,
    pub by: Vec<(u64, KeyIndex)>,
    /// Whether as many have declared it as the election record asks for.
    pub complete: bool,
    /// What the log gives at the head that it names.
    pub tally: Tally,
}

impl Snapshot {
    /// Computes everything as of `head.size`, which the ledger has reached.
    pub fn new(ledger: &Ledger, head: HeadState) -> Self {
        let findings = Findings::new(ledger, findings(ledger, head.size));
        let count = u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX);
        let steps = arrivals::steps(ledger, head.size);
        let contest = |contest| ContestSnapshot::new(ledger, contest, head.size, &findings, &steps);
        let contests = (0..count).map(contest).collect();
        let declared = declarations(ledger, head.size);
        let events = events(ledger, head.size);
        let conduct = Conduct::new(ledger, &findings.all, head.size);
        Self {
            head,
            contests: Arc::new(contests),
            findings: Arc::new(findings),
            declared: Arc::new(declared),
            places: Arc::new(OfRegister::new(ledger)),
            events: Arc::new(events),
            conduct: Arc::new(conduct),
            said: Arc::default(),
            audits: Arc::default(),
        }
    }

    /// The snapshot of a later head of the same log. What depends on the register alone is kept where the register is the same.
    #[must_use]
    pub fn following(&self, ledger: &Ledger, head: HeadState) -> Self {
        let mut next = Self::new(ledger, head);
        if self.places.is_of(ledger) {
            next.places = self.places.clone();
        }
        next
    }

    /// The names and codes of the register, ready to be searched.
    pub(crate) fn places(&self, ledger: &Ledger) -> &PlaceIndex {
        self.places.index(ledger)
    }

    /// Who said what of what, in a log of claims.
    pub(crate) fn said(&self, ledger: &Ledger) -> &SaidIndex {
        self.said.get_or_init(|| SaidIndex::new(ledger, self.head.size))
    }

    /// The audits of the paper, each computed when it is first asked for.
    pub(crate) fn audits(&self, ledger: &Ledger) -> &AuditIndex {
        self.audits.get_or_init(|| AuditIndex::new(ledger, self.head.size))
    }

    /// The same head with the cosignatures that came since; what was computed from the ledger is shared.
    #[must_use]
    pub fn with_head(&self, head: HeadState) -> Self {
        debug_assert_eq!(
            (head.size, head.root),
            (self.head.size, self.head.root),
            "a snapshot is of one head"
        );
        let (contests, findings) = (self.contests.clone(), self.findings.clone());
        Self {
            head,
            contests,
            findings,
            declared: self.declared.clone(),
            places: self.places.clone(),
            events: self.events.clone(),
            conduct: self.conduct.clone(),
            said: self.said.clone(),
            audits: self.audits.clone(),
        }
    }

    /// The head that it was made at.
    pub fn head(&self) -> &HeadState {
        &self.head
    }
}

impl ContestSnapshot {
    fn new(ledger: &Ledger, contest: u16, size: u64, findings: &Findings, steps: &[Step]) -> Self {
        let view = ContestView::new(ledger, contest, size, Selection::All);
        let register = ledger.register();
        let has_ballot =
            register.root().is_some_and(|root| register.ballot_for_area(contest, root).is_some());
        let assessment = if has_ballot { prospect(ledger, &view).ok() } else { None };
        let other = |codes: &[FindingCode], selection| {
            let any = codes.iter().any(|code| findings.by_code.contains_key(code));
            any.then(|| ContestView::new(ledger, contest, size, selection))
        };
        let without_late_keys = other(&[FindingCode::W116], Selection::WithoutLateKeys);
        let without_excess = other(&[FindingCode::F103, FindingCode::F104], Selection::WithoutExcess);
        let arrivals = Arrivals::new(ledger, contest, &view, size, steps);
        Self { view, assessment, without_late_keys, without_excess, arrivals }
    }
}

impl Findings {
    fn new(ledger: &Ledger, all: Vec<Finding>) -> Self {
        let register = ledger.register();
        let contests = u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX);
        let mut by_code: BTreeMap<FindingCode, Vec<u32>> = BTreeMap::new();
        let mut by_station: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut by_area: HashMap<(u16, u32), BTreeMap<FindingCode, u64>> = HashMap::new();
        for (index, finding) in (0u32..).zip(&all) {
            by_code.entry(finding.code).or_default().push(index);
            if let Some(station) = finding.station {
                by_station.entry(station).or_default().push(index);
            }
            let area = area_of(ledger, finding).or_else(|| register.root());
            let of_contests = finding.contest.map_or(0..contests, |contest| contest..contest + 1);
            for contest in of_contests {
                for area in area.into_iter().flat_map(|area| register.path(area)) {
                    *by_area.entry((contest, area)).or_default().entry(finding.code).or_default() += 1;
                }
            }
        }
        Self { all, by_code, by_station, by_area }
    }

    /// The findings at a station, in a contest or across contests.
    pub(crate) fn at(&self, contest: u16, station: u32) -> impl Iterator<Item = &Finding> {
        let at_station = self.by_station.get(&station).into_iter().flatten();
        let at_station = at_station.map(|index| &self.all[*index as usize]);
        at_station.filter(move |finding| finding.contest.is_none_or(|of| of == contest))
    }

    /// How many of each code in an area and all below it.
    pub(crate) fn counts(&self, contest: u16, area: u32) -> impl Iterator<Item = (FindingCode, u64)> {
        self.by_area.get(&(contest, area)).into_iter().flatten().map(|(code, count)| (*code, *count))
    }
}

/// The area that a finding concerns: its station's, or its own.
pub(crate) fn area_of(ledger: &Ledger, finding: &Finding) -> Option<u32> {
    let station = finding.station.and_then(|station| ledger.register().stations().get(station as usize));
    station.map(|station| station.area).or(finding.area)
}

/// Declarations as of a place, those with equal figures over the same head as one.
fn declarations(ledger: &Ledger, size: u64) -> Vec<Declared> {
    let needed = ledger.quorum_for("declaration").unwrap_or(1);
    let mut views: BTreeMap<(u16, u64), ContestView> = BTreeMap::new();
    let mut found: Vec<Declared> = Vec::new();
    for entry in ledger.declarations().iter().filter(|entry| entry.place < size && !entry.dissents) {
        let by = (entry.place, entry.key);
        if let Some(same) = found.iter_mut().find(|declared| says_the_same(&declared.first, entry)) {
            if same.by.iter().all(|(_, key)| *key != entry.key) {
                same.by.push(by);
            }
            continue;
        }
        let view = views
            .entry((entry.contest, entry.head.size))
            .or_insert_with(|| ContestView::new(ledger, entry.contest, entry.head.size, Selection::All));
        let tally = view.areas.get(entry.area as usize).cloned().unwrap_or_default();
        found.push(Declared { first: entry.clone(), by: vec![by], complete: false, tally });
    }
    for declared in &mut found {
        declared.complete = declared.by.len() as u64 >= u64::from(needed);
    }
    found
}

fn says_the_same(a: &DeclarationEntry, b: &DeclarationEntry) -> bool {
    (a.contest, a.area, a.head.size, a.head.root) == (b.contest, b.area, b.head.size, b.head.root)
        && (&a.votes, a.valid, a.rejected) == (&b.votes, b.valid, b.rejected)
        && a.missing == b.missing
}
