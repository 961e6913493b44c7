//! The risk that remains after counting the paper of the drawn stations.
//!
//! The *taint* of a station is its error as a share of the most that it could be: 0 if the paper agrees or is better for the reported
//! outcome, 1 if it is as wrong as can be. Where every station of an assertion has been counted there is no risk left to
//! measure: the count says.

use std::collections::BTreeMap;

use super::plan::{Method, Plan, Planned};
use crate::contest::{ContestError, Tally};
use crate::martingale::{Bet, Martingale, Population, Shrink};
use crate::numeric::{real_large, real_signed};
use crate::{Contest, Share};

/// Counts by hand, by the station's code.
pub type Counts = BTreeMap<String, Tally>;

/// What is known of one assertion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measured {
    /// A sample, with the risk after it and the least on the way.
    Sample {
        /// The risk after the last draw.
        now: f64,
        /// The least after any draw: what the limit is compared with.
        least: f64,
    },
    /// Every station was counted by hand, and this is the margin that the paper has.
    Counted(i128),
}

/// One assertion and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssertionRisk {
    /// Which of the plan's assertions, from 0.
    pub assertion: usize,
    /// What is known.
    pub measured: Measured,
    /// The logarithm of 1 over the capital after the last draw: above 0 where errors have cost more than was won, infinite where nothing
    /// is left. A risk is never said to be above 1; how far there is to go from here is not bounded so.
    pub ln_to_win_back: f64,
    /// The taint of each draw, in the order of the draws.
    pub taints: Vec<f64>,
}

/// Counts that no risk can be measured from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// A drawn station has no count yet. Draws are measured in their order, none left out.
    #[error("station {0} was drawn and has no count yet")]
    NotCounted(String),
    /// A draw that is none of this plan's stations.
    #[error("draw of station number {0} (from 0), which the plan does not have")]
    NoStation(usize),
    /// A count for a station that the plan does not have.
    #[error("a count of {0}, which the plan does not have")]
    Unknown(String),
    /// A count that cannot be: above all one above the bound, which then bounded nothing.
    #[error(transparent)]
    Count(#[from] ContestError),
}

impl AssertionRisk {
    /// Whether the assertion is confirmed at this limit.
    pub fn confirms(&self, risk_limit: Share) -> bool {
        match self.measured {
            Measured::Sample { least, .. } => least <= risk_limit.value(),
            Measured::Counted(margin) => margin > 0,
        }
    }
}

impl Plan {
    /// The risk of each assertion after the drawn stations `drawn` (numbers of the contest's order, in the order of the draws).
    pub fn measure(
        &self,
        method: Method,
        drawn: &[usize],
        counts: &Counts,
    ) -> Result<Vec<AssertionRisk>, MeasureError> {
        self.check(drawn, counts)?;
        let assertions = self.assertions().iter().enumerate();
        Ok(assertions
            .map(|(number, planned)| self.measure_one(number, planned, method, drawn, counts))
            .collect())
    }

    /// MACRO: one risk for the whole outcome, from the largest taint of any assertion at each draw. Never below the risks of
    /// [`Plan::measure`], which take the assertions one by one.
    pub fn measure_jointly(
        &self,
        method: Method,
        drawn: &[usize],
        counts: &Counts,
    ) -> Result<Measured, MeasureError> {
        self.check(drawn, counts)?;
        let null = 1.0 - real_large(self.unit()) / real_large(self.total_weight());
        let mut test = test_of(null, method);
        for item in drawn {
            let weight = real_large(self.weights()[*item]) / real_large(self.unit());
            let errors = self
                .assertions()
                .iter()
                .map(|planned| self.error(planned, *item, counts) / real_signed(planned.margin));
            test.observe(1.0 - taint(errors.fold(f64::NEG_INFINITY, f64::max) / weight));
        }
        Ok(Measured::Sample { now: test.risk_now(), least: test.least_risk() })
    }

    /// The risk of an assertion after each measured draw, as [`Plan::measure`] went: the last is the risk now, the least of them what
    /// the limit is compared with. Of a sample only: where every station was counted, the count says more.
    pub fn risk_path(&self, method: Method, risk: &AssertionRisk) -> Vec<f64> {
        let Some(planned) = self.assertions().get(risk.assertion) else { return Vec::new() };
        let mut test = test_of(planned.null, method);
        risk.taints.iter().map(|taint| test.observe(1.0 - taint)).collect()
    }

    fn measure_one(
        &self,
        number: usize,
        planned: &Planned,
        method: Method,
        drawn: &[usize],
        counts: &Counts,
    ) -> AssertionRisk {
        let mut test = test_of(planned.null, method);
        let mut taints = Vec::with_capacity(drawn.len());
        for item in drawn {
            let weight = real_large(self.weights()[*item]);
            let taint = taint(self.error(planned, *item, counts) / weight / planned.steepest);
            test.observe(1.0 - taint);
            taints.push(taint);
        }
        let sample = Measured::Sample { now: test.risk_now(), least: test.least_risk() };
        let measured = counted_margin(self.contest(), planned, counts).map_or(sample, Measured::Counted);
        AssertionRisk { assertion: number, measured, ln_to_win_back: -test.ln_capital(), taints }
    }

    fn error(&self, planned: &Planned, item: usize, counts: &Counts) -> f64 {
        let batch = &self.contest().batches()[item];
        counts.get(&batch.code).map_or(0.0, |counted| real_signed(planned.assertion.error(batch, counted)))
    }

    fn check(&self, drawn: &[usize], counts: &Counts) -> Result<(), MeasureError> {
        let batches = self.contest().batches();
        // Nearly all counts are of drawn stations, whose places are known; a search among all stations costs more.
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for item in drawn {
            let batch = batches.get(*item).ok_or(MeasureError::NoStation(*item))?;
            places.insert(&batch.code, *item);
        }
        for (code, tally) in counts {
            let known = places.remove(code.as_str());
            let place = known.or_else(|| batches.binary_search_by(|batch| batch.code.cmp(code)).ok());
            let place = place.ok_or_else(|| MeasureError::Unknown(code.clone()))?;
            tally.check(&batches[place], self.contest().candidates())?;
        }
        places.first_key_value().map_or(Ok(()), |(code, _)| Err(MeasureError::NotCounted((*code).to_owned())))
    }
}

/// A test of 1 − taint, which is between 0 and 1.
fn test_of(null: f64, method: Method) -> Martingale {
    let bet = match method {
        Method::KaplanMarkov => Bet::OfLargest(1.0),
        Method::Betting(share) => Bet::OfLargest(share.value()),
        Method::Alpha { expected, weight } => Bet::Shrink(Shrink {
            mean: expected.value(),
            // Half the way from the null to the guess; a guess at or below the null stakes next to nothing.
            above_null: ((expected.value() - null) / 2.0).max(f64::EPSILON),
            below_upper: 0.0,
            weight: f64::from(weight.max(1)),
            to_upper: 0.0,
            least_deviation: f64::EPSILON,
        }),
    };
    Martingale::new(Population { size: None, upper: 1.0, null }, bet)
}

/// Understatements are counted as no error: it keeps every value within its bounds, and errs on the safe side.
fn taint(share: f64) -> f64 {
    share.clamp(0.0, 1.0)
}

/// The margin on paper, where every station that the assertion covers was counted by hand.
fn counted_margin(contest: &Contest, planned: &Planned, counts: &Counts) -> Option<i128> {
    let assertion = &planned.assertion;
    let missing = assertion.claim.worst_ballot() * i128::from(contest.unaudited(assertion.area.as_deref()));
    let covered = contest.batches().iter().filter(|batch| assertion.covers(batch));
    let margins = covered.map(|batch| counts.get(&batch.code).map(|counted| assertion.claim.margin(counted)));
    margins.sum::<Option<i128>>().map(|margin| margin - missing)
}
