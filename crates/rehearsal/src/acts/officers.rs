//! What officers above the stations sign: collations, rulings that uphold, declarations.

use super::{Actors, Sending, SignedTable, boxed};
use crate::country::officers::Slip;
use crate::country::{
    Above, AreaPlan, CANDIDATES, CONTEST, Commissioner, Fault, Outcome, PaperBox, Standing,
};
use anyhow::{Context as _, Result};
use hakiki_core::kinds::{BoxName, Collation, Declaration, Figures, Rank, child_row};
use hakiki_core::table::{Table, write_table};
use hakiki_core::text::BoxValue;
use hakiki_node::table_headers;
use hakiki_note::{SigningKey, sha256};
use hakiki_tlog::tree::Head;

const ORDER: &str =
    "order the officer's decision on this station is upheld; the reasons will follow in writing";
const DISSENT: &str = "reason I have left out the stations where an agent's own copy has other figures than the form, \
                       until the papers have been laid side by side";

fn number(value: u64) -> Result<BoxValue> {
    Ok(BoxValue::Number(u32::try_from(value)?))
}

/// Figures with totals alone.
fn totals(votes: [u64; CANDIDATES], valid: u64, rejected: u64) -> Result<Figures> {
    let votes = (1..).zip(votes).map(|(candidate, votes)| Ok((candidate, number(votes)?)));
    let figures = Figures { votes: votes.collect::<Result<_>>()?, ..Figures::default() };
    Ok(figures.with(BoxName::Valid, number(valid)?).with(BoxName::Rejected, number(rejected)?))
}

impl Actors<'_> {
    /// The keys of an area's returning officer and second officer.
    pub(super) fn officers(&self, area: usize) -> (SigningKey, SigningKey) {
        (self.keys().returning(area), self.keys().second(area))
    }

    pub(crate) fn signed_table(&self, bytes: Vec<u8>, key: &SigningKey) -> SignedTable {
        let headers = table_headers(self.fingerprint, &sha256(&bytes), key);
        SignedTable { bytes, headers }
    }

    pub(super) fn collation(&self, planned: &AreaPlan) -> Result<Sending> {
        let collation = planned.collation().context("an area's act is a collation")?;
        let mut rows = Vec::new();
        let (mut sums, mut valid, mut rejected) = ([0; CANDIDATES], 0, 0);
        for (at, (station, nth)) in collation.rows.iter().enumerate() {
            let papers = self.plan.stations[*station].papers();
            let paper = papers.get(*nth).context("a collation names a form that never came")?;
            let mut votes = paper.votes;
            if let Some(Slip::Row { row, candidate, added }) = collation.slip
                && row == at
            {
                votes[candidate] = PaperBox::Number(votes[candidate].number().unwrap_or_default() + added);
            }
            for (sum, votes) in sums.iter_mut().zip(votes) {
                *sum += votes.number().unwrap_or_default();
            }
            valid += paper.valid.number().unwrap_or_default();
            rejected += paper.rejected.number().unwrap_or_default();
            let votes = votes.into_iter().map(boxed).collect::<Result<Vec<_>>>()?;
            let (code, id) = (&self.country.stations[*station].code, self.admitted_id(*station, *nth)?);
            rows.push(child_row(code, &id, &votes, boxed(paper.valid)?, boxed(paper.rejected)?));
        }
        if let Some(Slip::Sum { candidate, added }) = collation.slip {
            sums[candidate] += added;
            valid += added;
        }
        let forms = u32::try_from(rows.len())?;
        let children = Collation::children_table(rows);
        let body = Collation {
            contest: CONTEST.into(),
            area: self.country.areas[collation.area].id.clone(),
            children: sha256(&children),
            submitted: forms,
            received: forms,
            figures: totals(sums, valid, rejected)?,
            words: None,
        };
        let (returning, second) = self.officers(collation.area);
        let record = self.sign(body, &[&returning, &second])?;
        Ok(Sending { tables: vec![self.signed_table(children, &returning)], ..Sending::of(record) })
    }

    pub(super) fn upheld(&self, station: usize, above: Above) -> Result<Sending> {
        let ruling = self.plan.stations[station].ruling().context("nothing is there to be upheld")?;
        let (rank, order) = match above {
            Above::Commission => (Rank::Commission, None),
            Above::Court => {
                (Rank::Court, Some(write_table(Table::WordsOfRecord, "words", [ORDER.to_owned()])))
            }
        };
        let mut body = self.ruling(station, ruling, rank)?;
        body.order = order.as_deref().map(sha256);
        Ok(Sending::with(self.by_quorum(body)?, order))
    }

    /// What a commissioner sends at the end: the totals of the plan's outcome, at a head that holds all of it.
    pub fn declaration(&self, commissioner: Commissioner, head: Head) -> Result<Sending> {
        let mut outcome = self.plan.outcome();
        let mut words = None;
        if commissioner.dissents {
            self.leave_out_differing(&mut outcome);
            words = Some(write_table(Table::WordsOfRecord, "words", [DISSENT.to_owned()]));
        }
        let stations = self.country.stations.iter().zip(&self.plan.stations);
        let missing = stations.filter(|(_, plan)| plan.standing() == Standing::Missing);
        let missing: Vec<String> = missing.map(|(station, _)| station.code.clone()).collect();
        let key = self.keys().commissioner(commissioner.number);
        let missing = (!missing.is_empty()).then(|| write_table(Table::MissingSet, "station", missing));
        let declaration = Declaration {
            contest: CONTEST.into(),
            area: self.country.areas[0].id.clone(),
            head,
            dissents: commissioner.dissents,
            figures: totals(outcome.written, outcome.valid, outcome.rejected)?,
            missing: missing.as_deref().map(sha256),
            words: words.as_deref().map(sha256),
        };
        let record = self.sign(declaration, &[&key])?;
        let tables = missing.into_iter().map(|table| self.signed_table(table, &key)).collect();
        Ok(Sending { tables, ..Sending::with(record, words) })
    }

    fn leave_out_differing(&self, outcome: &mut Outcome) {
        let differing = self.plan.stations.iter().filter(|plan| plan.faults.contains(&Fault::OwnCopyDiffers));
        for plan in differing {
            let Standing::Paper(nth) = plan.standing() else { continue };
            let paper = plan.papers()[nth];
            for (sum, votes) in outcome.written.iter_mut().zip(paper.votes) {
                *sum -= votes.number().unwrap_or_default();
            }
            outcome.valid -= paper.valid.number().unwrap_or_default();
            outcome.rejected -= paper.rejected.number().unwrap_or_default();
        }
    }
}
