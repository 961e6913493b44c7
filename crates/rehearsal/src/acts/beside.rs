//! What agents, the observer and cameras say of a form, as signed records.

use super::{Actors, Sending, figures};
use crate::country::{Paper, Shown};
use crate::founding::time;
use crate::photograph::{Copy, photograph};
use anyhow::Result;
use hakiki_core::kinds::{Attest, Figures, Image, Says, Shows};
use hakiki_core::table::{Table, write_table};
use hakiki_note::{Hash, sha256};
use std::collections::BTreeSet;

/// A photograph was taken so many seconds before it is sent.
const TAKEN_BEFORE_SECONDS: i64 = 40;

fn attest(of: Hash, says: Says) -> Attest {
    Attest { of, says, observed: BTreeSet::new(), figures: Figures::default(), page: None, words: None }
}

impl Actors<'_> {
    pub(super) fn own_copy(&self, station: usize, party: usize, paper: &Paper) -> Result<Sending> {
        let attest =
            Attest { figures: figures(paper)?, ..attest(self.admitted_id(station, 0)?, Says::OwnCopy) };
        Ok(Sending::of(self.sign(attest, &[&self.keys().agent(station, party)])?))
    }

    pub(super) fn agent_refuses(
        &self,
        station: usize,
        party: usize,
        reason: Option<&'static str>,
    ) -> Result<Sending> {
        let words =
            reason.map(|reason| write_table(Table::WordsOfRecord, "words", [format!("reason {reason}")]));
        let attest = Attest {
            words: words.as_deref().map(sha256),
            ..attest(self.admitted_id(station, 0)?, Says::Refused)
        };
        Ok(Sending::with(self.sign(attest, &[&self.keys().agent(station, party)])?, words))
    }

    pub(super) fn observed(&self, station: usize, code: &str) -> Result<Sending> {
        let attest = Attest {
            observed: BTreeSet::from([code.to_owned()]),
            ..attest(self.admitted_id(station, 0)?, Says::Observation)
        };
        Ok(Sending::of(self.sign(attest, &[&self.keys().observer()])?))
    }

    pub(super) fn image(
        &self,
        station: usize,
        nth: usize,
        shown: Shown,
        paper: &Paper,
        at_seconds: i64,
    ) -> Result<Sending> {
        let (shows, copy, keys) = match shown {
            Shown::Original => {
                let keys = vec![self.keys().kit(station), self.keys().presiding(station, 0)];
                (Shows::Original, Copy::Original, keys)
            }
            Shown::AgentCopy(party) => {
                (Shows::AgentCopy, Copy::Agent(party), vec![self.keys().agent(station, party)])
            }
        };
        let page = photograph(self.country, station, paper, copy)?;
        let image = Image {
            of: self.admitted_id(station, nth)?,
            shows,
            page: sha256(&page),
            agents_table: None,
            taken: time(at_seconds - TAKEN_BEFORE_SECONDS)?,
        };
        let record = self.sign(image, &keys.iter().collect::<Vec<_>>())?;
        Ok(Sending::with(record, Some(page)))
    }
}
