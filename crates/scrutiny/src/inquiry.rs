//! What every question asks from: the ledger, the facts, the findings and the verifier's word, all as of one place.

use crate::alleged::Alleged;
use crate::answer::{Answer, Cell, Rest, Status, Table, cells};
use crate::facts::{Facts, Line, Paper};
use hakiki_core::Ledger;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{Change, Event, Kind};
use hakiki_core::ledger::{
    ChangeEntry, DeclarationEntry, Entry, HandOver, HeadEntry, ImageEntry, ObservationEntry, SessionEntry,
};
use hakiki_core::roster::{EnrolledKey, KeyIndex, Role, Scope};
use hakiki_core::text::Time;
use hakiki_core::view::{ContestView, Finding, Selection, findings};
use hakiki_messages::Message;
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// What became of one of the verifier's checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It was made, and what it says is so.
    Passed,
    /// It was made, and what it says is not so.
    Failed,
    /// It was not made.
    NotChecked,
}

/// One check of the verifier, as its report says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// `V01` and so on.
    pub code: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What was found, or why it was not made.
    pub detail: Message,
}

/// A mirror's stamp that somebody brought: the log holds none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StampBrought {
    /// By the mirror's own clock, in seconds since 1970.
    pub at_s: i64,
    /// The form's record id.
    pub record: Hash,
    /// Where the form, or a signed refusal of it, stands in the log.
    pub place: Option<u64>,
}

/// A log to be asked, as of a place.
pub struct Inquiry<'a> {
    /// The fold of the whole log.
    pub ledger: &'a Ledger,
    /// What it does not keep.
    pub facts: &'a Facts,
    /// What the verifier said.
    pub checks: &'a [Checked],
    /// Good stamps that were brought; empty where nobody brought any.
    pub stamps: &'a [StampBrought],
    /// An alleged result that was brought, held against the log as of the same place.
    pub alleged: Option<&'a Alleged>,
    /// Entries that are looked at.
    pub as_of: u64,
    /// Every finding.
    pub findings: Vec<Finding>,
    /// By contest.
    pub views: Vec<ContestView>,
    by_kind: BTreeMap<Kind, u64>,
}

impl<'a> Inquiry<'a> {
    /// Reads what all questions share, once.
    pub fn new(ledger: &'a Ledger, facts: &'a Facts, checks: &'a [Checked], as_of: u64) -> Self {
        let as_of = as_of.min(ledger.size());
        let contests = u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX);
        let view = |contest| ContestView::new(ledger, contest, as_of, Selection::All);
        let mut by_kind: BTreeMap<Kind, u64> = BTreeMap::new();
        let lines = facts.lines().iter().take(usize::try_from(as_of).unwrap_or(usize::MAX));
        for kind in lines.filter_map(|line| line.kind) {
            *by_kind.entry(kind).or_default() += 1;
        }
        Self {
            ledger,
            facts,
            checks,
            stamps: &[],
            alleged: None,
            as_of,
            findings: findings(ledger, as_of),
            views: (0..contests).map(view).collect(),
            by_kind,
        }
    }

    /// Beside the stamps that somebody brought, each checked.
    #[must_use]
    pub fn with_stamps(self, stamps: &'a [StampBrought]) -> Self {
        Self { stamps, ..self }
    }

    /// Beside an alleged result that somebody brought.
    #[must_use]
    pub fn with_alleged(self, alleged: Option<&'a Alleged>) -> Self {
        Self { alleged, ..self }
    }

    /// How many records of a kind are in the log.
    pub fn count(&self, kind: Kind) -> u64 {
        self.by_kind.get(&kind).copied().unwrap_or_default()
    }

    /// How many of each kind, where there is any.
    pub fn kinds(&self) -> &BTreeMap<Kind, u64> {
        &self.by_kind
    }

    /// Whether the election admits a kind.
    pub fn admits(&self, kind: Kind) -> bool {
        let name = kind.name_and_version();
        let changes = self.ledger.changes().iter().filter(|(place, _)| *place < self.as_of);
        let mut amended = changes.filter_map(|(_, change)| match change {
            ChangeEntry::Amendment { changes, .. } => Some(changes),
            ChangeEntry::Key { .. } => None,
        });
        self.ledger.election().admits.contains(&name)
            || amended.any(|all| all.contains(&Change::Admits(name.clone())))
    }

    /// The answer where no record of these kinds is in the log: not recorded, which is not "none".
    pub fn not_recorded(&self, number: u32, kinds: &[Kind]) -> Option<Answer> {
        if kinds.iter().any(|kind| self.count(*kind) > 0) {
            return None;
        }
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let is_admitted = kinds.iter().any(|kind| self.admits(*kind));
        let key = if is_admitted { "scrutiny.nobody_recorded" } else { "scrutiny.not_admitted" };
        let message = Message::new(key).with("kinds", names.join(", "));
        Some(Answer::new(number, Status::NotRecorded).say(message))
    }

    /// The entry at a place, if it is looked at.
    pub fn line(&self, place: u64) -> Option<&'a Line> {
        self.facts.line(place).filter(|_| place < self.as_of)
    }

    /// Every entry that is looked at, with its place.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &'a Line)> + use<'a> {
        (0..self.as_of).zip(self.facts.lines())
    }

    /// Where a record stands and between which witnessed times it came.
    pub fn rest(&self, place: u64) -> Rest {
        let (from_s, by_s) = self.ledger.witnessed_interval(place);
        Rest { place, id: self.facts.line(place).and_then(|line| line.id), from_s, by_s }
    }

    /// A moment in the election's own offset.
    pub fn time(&self, unix_seconds: i64) -> Time {
        Time::new(unix_seconds, self.ledger.election().counting_from.offset_minutes)
    }

    /// The first second of polling day.
    pub fn polling_from_s(&self) -> i64 {
        let election = self.ledger.election();
        i64::from(election.polling_day.days) * 86_400 - i64::from(election.counting_from.offset_minutes) * 60
    }

    /// Every key that is enrolled, with its index.
    pub fn keys(&self) -> impl Iterator<Item = (KeyIndex, &'a EnrolledKey)> + use<'a, '_> {
        let all = (0..).map(KeyIndex).zip(self.ledger.roster().keys());
        all.filter(|(_, key)| key.enrolled_at < self.as_of)
    }

    /// A key.
    pub fn key(&self, key: KeyIndex) -> &'a EnrolledKey {
        self.ledger.roster().key(key)
    }

    /// A key's name.
    pub fn name(&self, key: KeyIndex) -> &'a str {
        self.key(key).name.as_str()
    }

    /// The names of keys.
    pub fn names(&self, keys: &[KeyIndex]) -> Cell {
        let names: Vec<&str> = keys.iter().map(|key| self.name(*key)).collect();
        if names.is_empty() { Cell::None } else { names.join(" ").into() }
    }

    /// The signers of the record at a place.
    pub fn signers(&self, place: u64) -> Cell {
        self.facts.line(place).map_or(Cell::None, |line| self.names(&line.keys))
    }

    /// Where a key may sign.
    pub fn scope(&self, scope: Scope) -> Cell {
        match scope {
            Scope::Everywhere => Cell::Word("everywhere"),
            Scope::Area(area) => self.ledger.register().areas()[area as usize].code.as_ref().into(),
            Scope::Station(station) => self.station(station).into(),
        }
    }

    /// A station's code.
    pub fn station(&self, station: u32) -> &'a str {
        self.ledger.register().stations().get(station as usize).map_or("", |station| station.code.as_ref())
    }

    /// A contest's code.
    pub fn contest(&self, contest: u16) -> &'a str {
        self.ledger.election().contests.get(usize::from(contest)).map_or("", |contest| contest.code.as_str())
    }

    /// An area's code.
    pub fn area(&self, area: u32) -> &'a str {
        self.ledger.register().areas().get(area as usize).map_or("", |area| area.code.as_ref())
    }

    /// Forms, intakes and transcripts.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &'a Entry)> + use<'a> {
        let as_of = self.as_of;
        (0..).zip(self.ledger.entries()).take_while(move |(_, entry)| entry.place < as_of)
    }

    /// What a form or intake says besides its figures.
    pub fn paper(&self, place: u64) -> Option<&'a Paper> {
        self.facts.paper(place)
    }

    /// Photographs of an entry.
    pub fn images(&self, entry: u32) -> impl Iterator<Item = &'a ImageEntry> + use<'a> {
        let as_of = self.as_of;
        self.ledger.images_of(entry).iter().filter(move |image| image.place < as_of)
    }

    /// Sessions.
    pub fn sessions(&self) -> impl Iterator<Item = &'a SessionEntry> + use<'a> {
        let as_of = self.as_of;
        self.ledger.sessions().iter().take_while(move |session| session.place < as_of)
    }

    /// What machines noted.
    pub fn observations(&self) -> impl Iterator<Item = &'a ObservationEntry> + use<'a> {
        let as_of = self.as_of;
        self.ledger.observations().iter().take_while(move |entry| entry.place < as_of)
    }

    /// What machines noted of these events.
    pub fn noted(&self, events: &'a [Event]) -> impl Iterator<Item = &'a ObservationEntry> + use<'a> {
        self.observations().filter(|entry| events.contains(&entry.observed.event))
    }

    /// Hand-overs.
    pub fn handovers(&self) -> impl Iterator<Item = &'a HandOver> + use<'a> {
        let as_of = self.as_of;
        self.ledger.handovers().iter().take_while(move |handover| handover.place < as_of)
    }

    /// Declarations and dissents.
    pub fn declarations(&self) -> impl Iterator<Item = &'a DeclarationEntry> + use<'a> {
        let as_of = self.as_of;
        self.ledger.declarations().iter().filter(move |declaration| declaration.place < as_of)
    }

    /// Witnessed heads in the log.
    pub fn heads(&self) -> impl Iterator<Item = &'a HeadEntry> + use<'a> {
        let as_of = self.as_of;
        self.ledger.heads().iter().filter(move |head| head.place < as_of)
    }

    /// The findings of some codes.
    pub fn found(&self, codes: &'a [FindingCode]) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| codes.contains(&finding.code))
    }

    /// How many findings have a code.
    pub fn count_found(&self, code: FindingCode) -> u64 {
        self.findings.iter().filter(|finding| finding.code == code).count() as u64
    }

    /// A table of findings.
    pub fn table_of(&self, codes: &[FindingCode]) -> Table {
        let mut table = Table::new(&["finding", "contest", "where", "details"]);
        for finding in self.findings.iter().filter(|finding| codes.contains(&finding.code)) {
            let place_of = match (finding.station, finding.area) {
                (Some(station), _) => Some(self.station(station)),
                (None, area) => area.map(|area| self.area(area)),
            };
            let mut details: Vec<String> =
                finding.values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            if let Some(name) = finding.at_box {
                details.insert(0, format!("box: {}", name.as_str()));
            }
            let contest = finding.contest.map(|contest| self.contest(contest));
            table.row(finding.place, cells![finding.code.as_str(), contest, place_of, details.join("; ")]);
        }
        table
    }

    /// What became of a check.
    pub fn verdict(&self, code: &str) -> Verdict {
        let check = self.checks.iter().find(|check| check.code == code);
        check.map_or(Verdict::NotChecked, |check| check.verdict)
    }

    /// What became of some checks, as one sentence each, where the verifier gave one.
    pub fn said(&self, codes: &[&str]) -> Vec<Message> {
        let of = |code: &&str| self.checks.iter().find(|check| check.code == *code);
        codes.iter().filter_map(of).map(Checked::sentence).collect()
    }

    /// The answer to a question about what was shown: whether the published results are those of the records, and what
    /// checks say.
    pub fn of_published(&self, question: u32, codes: &[&str]) -> Answer {
        let answer = Answer::new(question, Status::Partly);
        let word = match self.verdict("V10") {
            Verdict::Passed => "same",
            Verdict::Failed => "differs",
            Verdict::NotChecked => "not_compared",
        };
        let says = answer.word(word);
        self.said(codes).into_iter().fold(answer.say(says).limited(), Answer::say)
    }

    /// How many keys have a role.
    pub fn count_role(&self, role: Role) -> u64 {
        self.keys().filter(|(_, key)| key.role == role).count() as u64
    }
}

impl Checked {
    /// The check with what became of it.
    pub fn sentence(&self) -> Message {
        let key = match self.verdict {
            Verdict::Passed => "scrutiny.check.passed",
            Verdict::Failed => "scrutiny.check.failed",
            Verdict::NotChecked => "scrutiny.check.not_checked",
        };
        let title = Message::new(format!("code.{}.title", self.code));
        Message::new(key)
            .with("code", self.code.as_str())
            .with("title", title)
            .with("detail", self.detail.clone())
    }
}
