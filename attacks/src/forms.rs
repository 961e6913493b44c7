//! Forms as kits and officers sign them.

use crate::arena::Arena;
use anyhow::Result;
use hakiki_core::Record;
use hakiki_core::kinds::{Body, BoxName, Figures, Form};
use hakiki_core::text::{BoxValue, Time};
use hakiki_note::SigningKey;
use hakiki_rehearsal::country::CONTEST;
use hakiki_rehearsal::founding::{Keyring, time};
use std::collections::BTreeMap;

/// What a kit says beside the figures.
#[derive(Debug, Clone, Copy)]
pub struct Kit {
    /// Makes it another form.
    pub number: u32,
    /// The size of the head that it knew.
    pub seen_head: u64,
    /// When it was sealed, by the kit's clock; none is in the invented country's evening.
    pub sealed: Option<Time>,
}

impl Kit {
    /// One that knew the founding.
    pub fn new(number: u32) -> Self {
        Self { number, seen_head: 5, sealed: None }
    }
}

impl Arena {
    /// A signed form of a station. The number makes it another one.
    pub fn form(&self, station: usize, votes: [u32; 4], number: u32) -> Result<Record> {
        self.form_of(station, votes, Kit::new(number))
    }

    /// A form signed by these keys.
    pub fn form_by(
        &self,
        station: usize,
        votes: [u32; 4],
        number: u32,
        keys: &[&SigningKey],
    ) -> Result<Record> {
        self.sign(self.paper(station, votes, Kit::new(number))?, keys)
    }

    /// A form signed by the station's kit and officer.
    pub fn form_of(&self, station: usize, votes: [u32; 4], kit: Kit) -> Result<Record> {
        let keys = Keyring(&self.country);
        self.sign(self.paper(station, votes, kit)?, &[&keys.kit(station), &keys.presiding(station, 0)])
    }

    /// A signed form on paper with a serial number.
    pub fn form_with_serial(
        &self,
        station: usize,
        votes: [u32; 4],
        number: u32,
        serial: &str,
    ) -> Result<Record> {
        let keys = Keyring(&self.country);
        let paper = Form { serial: Some(serial.to_owned()), ..self.paper(station, votes, Kit::new(number))? };
        self.sign(paper, &[&keys.kit(station), &keys.presiding(station, 0)])
    }

    /// A signed form of a kit with this label, by the station's own keys.
    pub fn form_with_kit(&self, station: usize, votes: [u32; 4], number: u32, label: &str) -> Result<Record> {
        let keys = Keyring(&self.country);
        let paper = Form { kit: label.to_owned(), ..self.paper(station, votes, Kit::new(number))? };
        self.sign(paper, &[&keys.kit(station), &keys.presiding(station, 0)])
    }

    fn paper(&self, station: usize, votes: [u32; 4], kit: Kit) -> Result<Form> {
        let valid: u32 = votes.iter().sum();
        let registered = u32::try_from(self.country.stations[station].registered)?;
        let boxes = (1..).zip(votes).map(|(candidate, count)| (candidate, BoxValue::Number(count)));
        let figures = Figures { votes: boxes.collect(), ..Figures::default() };
        let figures = figures
            .with(BoxName::Registered, BoxValue::Number(registered))
            .with(BoxName::Valid, BoxValue::Number(valid))
            .with(BoxName::ValidCounted, BoxValue::Number(valid))
            .with(BoxName::Rejected, BoxValue::Number(kit.number % 3))
            .with(BoxName::Objected, BoxValue::Number(0))
            .with(BoxName::Disputed, BoxValue::Number(0));
        Ok(Form {
            contest: CONTEST.into(),
            station: self.country.stations[station].code.clone(),
            serial: None,
            kit: format!("K-{station}"),
            closed: kit.sealed.map_or_else(|| time(0), Ok)?,
            sealed: kit.sealed.map_or_else(|| time(3600 + i64::from(kit.number)), Ok)?,
            seen_head: kit.seen_head,
            figures,
            on_paper: BTreeMap::new(),
            words: None,
        })
    }

    /// A record of this election, signed by these keys.
    pub fn sign(&self, body: impl Into<Body>, keys: &[&SigningKey]) -> Result<Record> {
        Ok(Record::sign(&body.into(), Some(&self.fingerprint), keys)?)
    }
}
