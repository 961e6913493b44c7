//! A plan: which assertions, how much each station can be wrong, and with what weight it is drawn.
//!
//! One sample serves all assertions. A station's weight is the most that it can be wrong for any of them, as a share of that
//! assertion's margin: with one assertion exactly *reported margin + bound* (a number for pencil and paper), with several the same
//! shares in billionths of a thousandth, rounded up, which errs on the safe side.

use crate::numeric::{real, real_count, real_large, real_signed, whole_above};
use crate::sample::{DiceSeed, Draw, Frame, FrameError};
use crate::{Assertion, Contest, Share};

/// How the risk is measured. Chosen before the seed, with the rest of the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Kaplan–Markov: fewest draws if the paper agrees; a single station that is wrong by all it can be ends in a full count.
    KaplanMarkov,
    /// A share of the largest stake, such as 9/10: a few draws more, and no single station decides.
    Betting(Share),
    /// ALPHA: expects this share of the most error to be absent, and learns from the draws.
    Alpha {
        /// The expected mean of 1 − taint, such as 999/1000.
        expected: Share,
        /// How many draws that expectation is worth.
        weight: u32,
    },
}

/// One assertion with its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What must be true.
    pub assertion: Assertion,
    /// Its reported margin, above 0.
    pub margin: i128,
    /// The sum over all stations of the most that each can be wrong, in the margin's unit.
    pub most_error: i128,
    /// The largest quotient of a station's most error and its weight.
    pub(super) steepest: f64,
    /// The mean of 1 − taint if the assertion is false by nothing.
    pub(super) null: f64,
}

/// Everything that is fixed before the seed is thrown.
#[derive(Debug, Clone)]
pub struct Plan {
    contest: Contest,
    assertions: Vec<Planned>,
    weights: Vec<u128>,
    frame: Frame,
    unit: u128,
}

/// Why there is no sample that could confirm the outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing is asserted.
    #[error("no assertions, so there is nothing to audit")]
    NoAssertions,
    /// The reported figures stand exactly on the line, or on its other side.
    #[error(
        "{assertion}: the reported margin is {margin}; an audit confirms only margins above 0, \
         however many stations are drawn: count all paper by hand"
    )]
    NeverConfirms {
        /// The assertion.
        assertion: Assertion,
        /// Its reported margin: 0 exactly on the line, below 0 on the other side.
        margin: i128,
    },
    /// Weights that cannot be drawn by.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// The unit of weights where assertions have different margins.
const SHARED_UNIT: u128 = 1_000_000_000_000;

impl Plan {
    /// A plan for `contest`, which is confirmed when every one of `assertions` is.
    pub fn new(contest: Contest, assertions: Vec<Assertion>) -> Result<Self, PlanError> {
        let mut margins = Vec::with_capacity(assertions.len());
        for assertion in assertions {
            let margin = assertion.reported_margin(&contest);
            if margin <= 0 {
                return Err(PlanError::NeverConfirms { assertion, margin });
            }
            margins.push((assertion, margin.unsigned_abs()));
        }
        let first = margins.first().ok_or(PlanError::NoAssertions)?.1;
        let unit = if margins.iter().all(|(_, margin)| *margin == first) { first } else { SHARED_UNIT };
        let weights = weights(&contest, &margins, unit);
        let frame = Frame::new(&weights)?;
        let assertions = margins
            .into_iter()
            .map(|(assertion, margin)| planned(&contest, &weights, frame.total(), assertion, margin))
            .collect();
        Ok(Self { contest, assertions, weights, frame, unit })
    }

    /// The contest.
    pub fn contest(&self) -> &Contest {
        &self.contest
    }

    /// The assertions with their figures, in the order in which they were given.
    pub fn assertions(&self) -> &[Planned] {
        &self.assertions
    }

    /// The weight of each station, in the contest's order.
    pub fn weights(&self) -> &[u128] {
        &self.weights
    }

    /// The sum of the weights: the modulus of every draw.
    pub fn total_weight(&self) -> u128 {
        self.frame.total()
    }

    /// One whole margin, in the unit of the weights.
    pub fn unit(&self) -> u128 {
        self.unit
    }

    /// U of the papers: how many times all stations together could overturn the outcome.
    pub fn total_bound(&self) -> f64 {
        real_large(self.total_weight()) / real_large(self.unit)
    }

    /// Draws 1 to `count` by the seed, with replacement: a station that comes twice counts twice.
    pub fn draws(&self, seed: &DiceSeed, count: u64) -> Vec<Draw> {
        self.frame.draws(seed, count)
    }

    /// The first `count` different stations by the seed: without replacement, for a look that no risk is measured from.
    pub fn different(&self, seed: &DiceSeed, count: usize) -> Result<Vec<Draw>, FrameError> {
        self.frame.different(seed, count)
    }

    /// How many draws confirm every assertion if no station is wrong. From the number of stations on, count all of them.
    pub fn clean_draws(&self, risk_limit: Share, method: Method) -> u64 {
        self.draws_after(risk_limit, method, &vec![1.0; self.assertions.len()])
    }

    /// How many more draws confirm every assertion from these risks on, if nothing wrong is found in them.
    pub fn draws_after(&self, risk_limit: Share, method: Method, risks: &[f64]) -> u64 {
        let wanted = self.assertions.iter().zip(risks);
        wanted.map(|(planned, risk)| planned.clean_draws(risk_limit, method, *risk)).max().unwrap_or_default()
    }

    /// How many draws are expected to do, with this share of draws on stations tainted by so much each. None if the audit
    /// would be expected to lose rather than gain.
    pub fn expected_draws(&self, risk_limit: Share, method: Method, taints: &[(f64, f64)]) -> Option<u64> {
        let sizes = self.assertions.iter().map(|planned| planned.expected_draws(risk_limit, method, taints));
        sizes.collect::<Option<Vec<u64>>>()?.into_iter().max()
    }

    /// How many different stations so many draws are expected to touch.
    pub fn expected_stations(&self, draws: u64) -> f64 {
        let total = real_large(self.total_weight());
        let missed = |weight: &u128| (real(draws) * (-real_large(*weight) / total).ln_1p()).exp();
        real_count(self.weights.len()) - self.weights.iter().map(missed).sum::<f64>()
    }
}

impl Planned {
    /// How many times the stations that it covers could overturn it.
    pub fn bound(&self) -> f64 {
        real_signed(self.most_error) / real_signed(self.margin)
    }

    /// How many more clean draws bring this risk to the limit.
    pub fn clean_draws(&self, risk_limit: Share, method: Method, risk: f64) -> u64 {
        self.clean_draws_from(risk_limit, method, risk.max(f64::MIN_POSITIVE).ln())
    }

    /// The same from the logarithm of a risk that may be above 1, or infinite where no capital is left: then no number of draws does, and
    /// it is the largest.
    pub(super) fn clean_draws_from(&self, risk_limit: Share, method: Method, ln_risk: f64) -> u64 {
        let gain = self.ln_gain(method, 0.0);
        if ln_risk == f64::INFINITY || gain <= 0.0 {
            return u64::MAX;
        }
        if gain.is_infinite() {
            return 1;
        }
        whole_above((ln_risk - risk_limit.value().ln()) / gain)
    }

    fn expected_draws(&self, risk_limit: Share, method: Method, taints: &[(f64, f64)]) -> Option<u64> {
        let tainted: f64 = taints.iter().map(|(share, _)| share).sum();
        let gains = taints.iter().map(|(share, taint)| share * self.ln_gain(method, *taint));
        let gain = (1.0 - tainted) * self.ln_gain(method, 0.0) + gains.sum::<f64>();
        (gain > 0.0).then(|| whole_above(-risk_limit.value().ln() / gain))
    }

    /// By how much the logarithm of the capital changes at a draw of this taint.
    fn ln_gain(&self, method: Method, taint: f64) -> f64 {
        let share = match method {
            Method::KaplanMarkov => 1.0,
            Method::Betting(share) => share.value(),
            // The stake before the first draw; it grows while draws are clean.
            Method::Alpha { expected, .. } => {
                ((expected.value() - self.null) / (1.0 - self.null)).clamp(0.0, 1.0)
            }
        };
        if self.null <= 0.0 {
            return f64::INFINITY;
        }
        (1.0 + share / self.null * (1.0 - taint - self.null)).ln()
    }
}

fn weights(contest: &Contest, margins: &[(Assertion, u128)], unit: u128) -> Vec<u128> {
    let weight = |batch| {
        let shares = margins.iter().map(|(assertion, margin)| {
            let most = assertion.most_error(batch).max(0).unsigned_abs();
            // In its own margin as the unit it is the error itself, whatever its size.
            if *margin == unit { most } else { (most * unit).div_ceil(*margin) }
        });
        shares.max().unwrap_or_default()
    };
    contest.batches().iter().map(weight).collect()
}

fn planned(contest: &Contest, weights: &[u128], total: u128, assertion: Assertion, margin: u128) -> Planned {
    let (mut most_error, mut steepest) = (0_i128, 0.0_f64);
    for (batch, weight) in contest.batches().iter().zip(weights) {
        let most = assertion.most_error(batch).max(0);
        most_error += most;
        if most > 0 {
            steepest = steepest.max(real_signed(most) / real_large(*weight));
        }
    }
    let null = if steepest > 0.0 { 1.0 - real_large(margin) / real_large(total) / steepest } else { 0.0 };
    Planned { assertion, margin: margin.cast_signed(), most_error, steepest, null }
}
