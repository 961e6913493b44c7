//! What people do on the night, as signed records: the plan's acts with the country's keys.
//!
//! Each record follows from the plan alone, so that an interrupted rehearsal makes the same ones again; a declaration
//! follows from the head that it speaks of, too.

mod beside;
mod conduct;
mod officers;

use crate::country::calendar::DAY;
use crate::country::{
    Act, AgentMark, CONTEST, Country, Event, Expected, Officer, Paper, PaperBox, Place, Plan, Revoked, Ruling,
};
use crate::founding::{Keyring, time};
use anyhow::{Context as _, Result, bail};
use hakiki_core::establish::possess;
use hakiki_core::kinds::{
    Body, BoxName, Decision, Figures, Form, Ink, Intake, KeyAction, KeyRecord, MissingReason, OnPaper, Rank,
    Turnout,
};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::table::{Table, write_table};
use hakiki_core::text::{BoxValue, Date};
use hakiki_note::{Hash, SigningKey, sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The size of the log when the kits were handed out: election, two registers, zero report, poll.
pub const FOUNDING_SIZE: u64 = 5;

/// One act as it is sent: a record, and what goes with it.
pub struct Sending {
    /// Tables that are sent before the record.
    pub tables: Vec<SignedTable>,
    /// The record.
    pub record: Record,
    /// Blobs that are sent once the record is admitted.
    pub blobs: Vec<Vec<u8>>,
}

/// A table for which an officer answers.
pub struct SignedTable {
    /// Its text.
    pub bytes: Vec<u8>,
    /// The headers by which the officer's key answers for it.
    pub headers: [(&'static str, String); 2],
}

impl Sending {
    pub(crate) fn of(record: Record) -> Self {
        Self::with(record, None)
    }

    fn with(record: Record, blob: Option<Vec<u8>>) -> Self {
        Self { tables: Vec::new(), record, blobs: blob.into_iter().collect() }
    }
}

/// Makes the records of a night.
#[derive(Debug, Clone, Copy)]
pub struct Actors<'a> {
    /// The country.
    pub country: &'a Country,
    /// The plan.
    pub plan: &'a Plan,
    /// The election's id.
    pub fingerprint: &'a Hash,
}

fn boxed(value: PaperBox) -> Result<BoxValue> {
    Ok(match value {
        PaperBox::Number(number) => BoxValue::Number(u32::try_from(number)?),
        PaperBox::Blank => BoxValue::Blank,
        PaperBox::Dash => BoxValue::Dash,
        PaperBox::Illegible => BoxValue::Illegible,
    })
}

fn figures(paper: &Paper) -> Result<Figures> {
    let votes = (1..).zip(paper.votes).map(|(number, value)| Ok((number, boxed(value)?)));
    let figures = Figures { votes: votes.collect::<Result<_>>()?, ..Figures::default() };
    Ok(figures
        .with(BoxName::Registered, boxed(paper.registered)?)
        .with(BoxName::Valid, boxed(paper.valid)?)
        .with(BoxName::ValidCounted, boxed(paper.valid_counted)?)
        .with(BoxName::Rejected, boxed(paper.rejected)?)
        .with(BoxName::Objected, boxed(paper.objected)?)
        .with(BoxName::Disputed, boxed(paper.disputed)?))
}

impl Actors<'_> {
    fn keys(&self) -> Keyring<'_> {
        Keyring(self.country)
    }

    pub(crate) fn sign(&self, body: impl Into<Body>, keys: &[&SigningKey]) -> Result<Record> {
        Ok(Record::sign(&body.into(), Some(self.fingerprint), keys)?)
    }

    /// The record of one event, with its words.
    pub fn sending(&self, place: Place, event: &Event) -> Result<Sending> {
        match place {
            Place::Station(station) => self.at_station(station, event),
            Place::Stray(stray) => self.stray(stray),
            Place::Area(area) => self.collation(&self.plan.areas[area]),
            Place::Desk(desk, index) => self.deed(desk, index),
        }
    }

    fn at_station(&self, station: usize, event: &Event) -> Result<Sending> {
        let code = || self.country.stations[station].code.clone();
        let kit_and_officer = || {
            let replaced = self.plan.stations[station].events.iter().any(|e| e.act == Act::ReplaceOfficer);
            [self.keys().kit(station), self.keys().presiding(station, u32::from(replaced))]
        };
        let only = |record| Ok(Sending::of(record));
        match &event.act {
            Act::ReplaceOfficer => only(self.replace_officer(station)?),
            Act::Revoke(whose) => only(self.revoke(station, *whose)?),
            Act::Turnout { device, manual } => {
                let (device, manual) = (u32::try_from(*device)?, u32::try_from(*manual)?);
                let turnout = Turnout { station: code(), device, manual, is_final: true };
                let [kit, officer] = kit_and_officer();
                only(self.sign(turnout, &[&kit, &officer])?)
            }
            Act::Form { paper, officer } => self.form(station, &code(), paper, *officer),
            Act::Again => {
                let first =
                    self.plan.stations[station].events.iter().find(|e| matches!(e.act, Act::Form { .. }));
                match first {
                    Some(event) => self.at_station(station, event),
                    None => bail!("station {} sends again what it never sent", code()),
                }
            }
            Act::Intake { paper, reason } => self.intake(station, code(), paper, reason, event.at_seconds),
            Act::Missing { reason, words } => {
                let words = write_table(Table::WordsOfRecord, "words", [format!("reason {words}")]);
                let returning = self.keys().returning(self.country.returning_area(station));
                let missing = MissingReason {
                    contest: CONTEST.into(),
                    station: code(),
                    reason: (*reason).into(),
                    words: Some(sha256(&words)),
                };
                Ok(Sending::with(self.sign(missing, &[&returning])?, Some(words)))
            }
            Act::Ruling(ruling) => {
                let (returning, second) = self.officers(self.country.returning_area(station));
                let ruling = self.ruling(station, ruling, Rank::Returning)?;
                only(self.sign(ruling, &[&returning, &second])?)
            }
            Act::Upheld(above) => self.upheld(station, *above),
            Act::OwnCopy { party, paper } => self.own_copy(station, *party, paper),
            Act::AgentRefuses { party, reason } => self.agent_refuses(station, *party, *reason),
            Act::Observed { code } => self.observed(station, code),
            Act::Image { nth, shown, paper } => self.image(station, *nth, *shown, paper, event.at_seconds),
            Act::Withhold => self.withhold(station),
            Act::Collation(_) => bail!("a collation is of an area"),
            Act::Deed(_) => bail!("a deed is of a desk"),
        }
    }

    fn on_paper(&self, paper: &Paper) -> (BTreeMap<String, OnPaper>, Option<Vec<u8>>) {
        let mut statements = BTreeMap::new();
        let mut words = Vec::new();
        for (party, mark) in self.country.parties.iter().zip(&paper.agents) {
            let (ink, date) = match mark {
                AgentMark::Signed { date } => (Ink::Signed, Date::parse(date)),
                AgentMark::Refused { reason } => {
                    words.extend(reason.map(|reason| format!("{} {reason}", party.id)));
                    (Ink::Refused, None)
                }
                AgentMark::Absent => (Ink::Absent, None),
            };
            statements.insert(party.id.to_owned(), OnPaper { ink, date });
        }
        words.extend(paper.comment.map(|comment| format!("comment {comment}")));
        let words = (!words.is_empty()).then(|| write_table(Table::WordsOfRecord, "words", words));
        (statements, words)
    }

    fn form(&self, station: usize, code: &str, paper: &Paper, officer: Officer) -> Result<Sending> {
        let (on_paper, words) = self.on_paper(paper);
        let form = Form {
            contest: CONTEST.into(),
            station: code.to_owned(),
            serial: Some(paper.serial.clone()),
            kit: paper.kit.clone(),
            closed: time(paper.closed_at_seconds)?,
            sealed: time(paper.sealed_at_seconds)?,
            seen_head: FOUNDING_SIZE,
            figures: figures(paper)?,
            on_paper,
            words: words.as_deref().map(sha256),
        };
        let keys = match officer {
            Officer::First => [self.keys().kit(station), self.keys().presiding(station, 0)],
            Officer::Replacement => [self.keys().kit(station), self.keys().presiding(station, 1)],
            Officer::Stranger => [
                self.keys().key(&format!("stranger kit {code}")),
                self.keys().key(&format!("stranger {code}")),
            ],
        };
        let record = self.sign(form, &[&keys[0], &keys[1]])?;
        Ok(Sending::with(record, words))
    }

    fn stray(&self, stray: usize) -> Result<Sending> {
        let stray = &self.plan.strays[stray];
        let Act::Form { paper, officer } = &stray.event.act else { bail!("a stray is a form") };
        self.form(stray.signer.unwrap_or(0), &stray.code, paper, *officer)
    }

    fn intake(&self, station: usize, code: String, paper: &Paper, reason: &str, at: i64) -> Result<Sending> {
        let (on_paper, words) = self.on_paper(paper);
        let intake = Intake {
            contest: CONTEST.into(),
            station: code,
            serial: Some(paper.serial.clone()),
            taken: time(at)?,
            reason: reason.to_owned(),
            figures: figures(paper)?,
            on_paper,
            words: words.as_deref().map(sha256),
        };
        let (returning, second) = self.officers(self.country.returning_area(station));
        let record = self.sign(intake, &[&returning, &second])?;
        Ok(Sending::with(record, words))
    }

    fn replace_officer(&self, station: usize) -> Result<Record> {
        let (old, new) = (self.keys().presiding(station, 0), self.keys().presiding(station, 1));
        let mut public = [0u8; 32];
        public.copy_from_slice(new.verifier().key().bytes());
        let new = hakiki_core::kinds::NewKey {
            name: new.name().clone(),
            role: Role::Presiding,
            of_station: true,
            scope: self.country.stations[station].code.clone(),
            party: None,
            public,
            possession: possess(self.fingerprint, &new),
        };
        let record = KeyRecord {
            action: KeyAction::Replace(new),
            old: Some(old.name().clone()),
            reason: "officer-ill".into(),
            words: None,
        };
        self.by_quorum(record)
    }

    fn revoke(&self, station: usize, whose: Revoked) -> Result<Record> {
        let (key, reason) = match whose {
            Revoked::Officer => (self.keys().presiding(station, 0), "officer-withdrawn"),
            Revoked::Kit => (self.keys().kit(station), "kit-stolen"),
        };
        let old = Some(key.name().clone());
        self.by_quorum(KeyRecord { action: KeyAction::Revoke, old, reason: reason.into(), words: None })
    }

    fn by_quorum(&self, body: impl Into<Body>) -> Result<Record> {
        let quorum = self.keys().quorum();
        self.sign(body, &quorum.iter().collect::<Vec<_>>())
    }

    /// The ids of the station's admitted forms and intakes, in order of time.
    fn admitted_ids(&self, station: usize) -> Result<Vec<Hash>> {
        let mut ids = Vec::new();
        for event in &self.plan.stations[station].events {
            let counts = event.expected == Expected::Admitted;
            if counts && matches!(event.act, Act::Form { .. } | Act::Intake { .. }) {
                ids.push(*self.at_station(station, event)?.record.id());
            }
        }
        Ok(ids)
    }

    /// The id of one of them, by its place.
    fn admitted_id(&self, station: usize, nth: usize) -> Result<Hash> {
        let code = &self.country.stations[station].code;
        let ids = self.admitted_ids(station)?;
        ids.get(nth).copied().with_context(|| format!("form {nth} of {} at {code} is named", ids.len()))
    }

    fn ruling(&self, station: usize, ruling: &Ruling, rank: Rank) -> Result<hakiki_core::kinds::Ruling> {
        let decision = match ruling {
            Ruling::Stands(nth) => Decision::Stands(self.admitted_id(station, *nth)?),
            Ruling::Disregarded { article } => Decision::Disregarded((*article).into()),
        };
        Ok(hakiki_core::kinds::Ruling {
            contest: CONTEST.into(),
            station: self.country.stations[station].code.clone(),
            rank,
            considered: self.admitted_ids(station)?.into_iter().collect::<BTreeSet<_>>(),
            decision,
            notified: self.country.parties.iter().map(|party| party.id.to_owned()).collect(),
            order: None,
            words: None,
        })
    }
}

/// How long the night of the plan is, in whole days, for the words on the terminal.
pub fn days(plan: &Plan) -> i64 {
    plan.timeline().last().map_or(0, |step| step.event.at_seconds / DAY + 1)
}
