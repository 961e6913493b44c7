//! What the records say that the ledger does not keep: of each entry its kind, signers and claimed time; of each paper the
//! kit, the clocks and the officer's statements about agents.
//!
//! Filled record by record in the order of the log, after the log was verified. It judges nothing.

use hakiki_core::Ledger;
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Ink, Kind, OnPaper};
use hakiki_core::roster::KeyIndex;
use hakiki_core::text::Time;
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// One entry of the log.
#[derive(Debug, Clone)]
pub struct Line {
    /// Record id; none where the entry is no record.
    pub id: Option<Hash>,
    /// Its kind.
    pub kind: Option<Kind>,
    /// Who signed, as far as they are enrolled.
    pub keys: Box<[KeyIndex]>,
    /// The moment that it claims, by its signers' clocks.
    pub at: Option<Time>,
    /// The station that it is about.
    pub station: Option<u32>,
}

/// What a form or intake says besides its figures.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Place in the log.
    pub place: u64,
    /// The kit, as labelled.
    pub kit: Option<Box<str>>,
    /// When the poll was closed, by the kit's clock.
    pub closed: Option<Time>,
    /// Why no kit sent it.
    pub reason: Option<Box<str>>,
    /// Of how many agents the officer states that they signed in ink.
    pub signed: u32,
    /// By party what else the officer states.
    pub not_signed: Box<[(Box<str>, Ink)]>,
    /// Whether the officer wrote words about it.
    pub has_words: bool,
}

/// The facts of a log.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    lines: Vec<Line>,
    papers: Vec<Paper>,
    /// What agents and observers noted of papers: place, code.
    marks: Vec<(u64, Box<str>)>,
}

impl Facts {
    /// No entry yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next entry. `ledger` is the fold of the whole log.
    pub fn note(&mut self, ledger: &Ledger, record: Option<&Record>) {
        let place = self.lines.len() as u64;
        let Some(record) = record else {
            self.lines.push(Line { id: None, kind: None, keys: Box::new([]), at: None, station: None });
            return;
        };
        let roster = ledger.roster();
        let keys =
            record.signers().iter().filter_map(|signer| roster.by_name(signer.name.as_str())).collect();
        let (at, station) = self.about(ledger, record.body());
        let (id, kind) = (Some(*record.id()), Some(record.body().kind()));
        self.lines.push(Line { id, kind, keys, at, station });
        self.note_paper(place, record.body());
    }

    fn about(&self, ledger: &Ledger, body: &Body) -> (Option<Time>, Option<u32>) {
        let of_code = |code: &str| ledger.register().station(code);
        let of_entry = |id: &Hash| ledger.entry_of(id).map(|entry| ledger.entries()[entry as usize].station);
        let of_record = |id: &Hash| {
            let place = usize::try_from(ledger.place_of(id)?).ok()?;
            self.lines.get(place)?.station
        };
        match body {
            Body::Form(form) => (Some(form.sealed), of_code(&form.station)),
            Body::Intake(intake) => (Some(intake.taken), of_code(&intake.station)),
            Body::Transcript(transcript) => (transcript.time, of_code(&transcript.station)),
            Body::Image(image) => (Some(image.taken), of_entry(&image.of)),
            Body::Attest(attest) => (None, of_entry(&attest.of)),
            Body::Turnout(turnout) => (None, of_code(&turnout.station)),
            Body::MissingReason(missing) => (None, of_code(&missing.station)),
            Body::Ruling(ruling) => (None, of_code(&ruling.station)),
            Body::Custody(custody) => (Some(custody.at), custody.station.as_deref().and_then(of_code)),
            Body::Session(session) => (Some(session.at), None),
            Body::Observed(observed) => (Some(observed.at), None),
            Body::Notice(notice) => (Some(notice.from), None),
            Body::Challenge(challenge) => (None, of_record(&challenge.record)),
            Body::Answer(answer) => (None, of_record(&answer.challenge)),
            _ => (None, None),
        }
    }

    fn note_paper(&mut self, place: u64, body: &Body) {
        match body {
            Body::Form(form) => self.papers.push(Paper {
                place,
                kit: Some(form.kit.as_str().into()),
                closed: Some(form.closed),
                reason: None,
                has_words: form.words.is_some(),
                ..statements(place, &form.on_paper)
            }),
            Body::Intake(intake) => self.papers.push(Paper {
                reason: Some(intake.reason.as_str().into()),
                has_words: intake.words.is_some(),
                ..statements(place, &intake.on_paper)
            }),
            Body::Attest(attest) => {
                self.marks.extend(attest.observed.iter().map(|code| (place, code.as_str().into())));
            }
            _ => {}
        }
    }

    /// Every entry, by place.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The entry at a place.
    pub fn line(&self, place: u64) -> Option<&Line> {
        self.lines.get(usize::try_from(place).ok()?)
    }

    /// Forms and intakes, in the order of the log.
    pub fn papers(&self) -> &[Paper] {
        &self.papers
    }

    /// The form or intake at a place.
    pub fn paper(&self, place: u64) -> Option<&Paper> {
        let at = self.papers.binary_search_by_key(&place, |paper| paper.place).ok()?;
        Some(&self.papers[at])
    }

    /// What agents and observers noted of papers: place, code.
    pub fn marks(&self) -> &[(u64, Box<str>)] {
        &self.marks
    }
}

fn statements(place: u64, on_paper: &BTreeMap<String, OnPaper>) -> Paper {
    let signed = on_paper.values().filter(|statement| statement.ink == Ink::Signed).count();
    let others = on_paper.iter().filter(|(_, statement)| statement.ink != Ink::Signed);
    Paper {
        place,
        kit: None,
        closed: None,
        reason: None,
        signed: u32::try_from(signed).unwrap_or(u32::MAX),
        not_signed: others.map(|(party, statement)| (party.as_str().into(), statement.ink)).collect(),
        has_words: false,
    }
}
