//! Ballot comparison: each drawn ballot against its own electronic record. "Super-simple" Kaplan–Markov (Stark 2010, 2012).
//!
//! The method by which Colorado audits; for elections that keep a record of every ballot.

use crate::Share;
use crate::numeric::{real, whole_above};

/// The error inflation factor of the published tools: how well one overstatement is borne, for how many more ballots.
pub const USUAL_INFLATION: f64 = 1.039_05;

/// Ballots that differ from their records, by how much the margin was overstated or understated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Discrepancies {
    /// Overstated by one vote.
    pub over_by_one: u64,
    /// Overstated by two: a vote for a loser recorded for the winner.
    pub over_by_two: u64,
    /// Understated by one vote.
    pub under_by_one: u64,
    /// Understated by two.
    pub under_by_two: u64,
}

/// Shares of ballots that are expected to differ.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rates {
    /// Overstated by one vote.
    pub over_by_one: f64,
    /// Overstated by two.
    pub over_by_two: f64,
    /// Understated by one vote.
    pub under_by_one: f64,
    /// Understated by two.
    pub under_by_two: f64,
}

/// A contest for ballot comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Votes between the winner and the next.
    pub margin: u64,
    /// All ballot cards from which are drawn.
    pub cards: u64,
    /// The error inflation factor, above 1.
    pub inflation: f64,
}

impl Comparison {
    /// How many ballots confirm the outcome, if no more than these discrepancies are among them. None without a margin: count
    /// everything.
    pub fn ballots(&self, risk_limit: Share, found: Discrepancies) -> Option<u64> {
        if self.margin == 0 {
            return None;
        }
        let sum = risk_limit.value().ln() + self.ln_found(found);
        let needed = whole_above(-2.0 * self.inflation * sum * real(self.cards) / real(self.margin));
        Some(needed.max(found.over_by_one + found.over_by_two + found.under_by_one + found.under_by_two))
    }

    /// How many ballots are expected to do, if discrepancies come at exactly these rates. None if they come so often that no
    /// number does.
    pub fn expected_ballots(&self, risk_limit: Share, rates: Rates) -> Option<u64> {
        let g = self.inflation;
        let gain = self.ln_clean()
            - rates.over_by_one * (-0.5 / g).ln_1p()
            - rates.over_by_two * (-1.0 / g).ln_1p()
            - rates.under_by_one * (0.5 / g).ln_1p()
            - rates.under_by_two * (1.0 / g).ln_1p();
        (gain < 0.0).then(|| whole_above(risk_limit.value().ln() / gain))
    }

    /// How many ballots to begin with, if discrepancies come at these rates, in whole discrepancies: single ones rounded up.
    /// None if that is more than there are cards: count everything.
    pub fn ballots_at_rates(&self, risk_limit: Share, rates: Rates) -> Option<u64> {
        let first = real(self.expected_ballots(risk_limit, rates)?);
        let expected = Discrepancies {
            over_by_one: whole_above(rates.over_by_one * first),
            over_by_two: whole_above((rates.over_by_two * first).round_ties_even()),
            under_by_one: whole_above(rates.under_by_one * first),
            under_by_two: whole_above((rates.under_by_two * first).round_ties_even()),
        };
        self.ballots(risk_limit, expected).filter(|ballots| *ballots <= self.cards)
    }

    /// The measured risk after so many ballots with these discrepancies, at most 1.
    pub fn risk(&self, ballots: u64, found: Discrepancies) -> f64 {
        (real(ballots) * self.ln_clean() - self.ln_found(found)).exp().min(1.0)
    }

    /// By how much one ballot without discrepancy changes the logarithm of the risk.
    fn ln_clean(&self) -> f64 {
        (-real(self.margin) / real(self.cards) / (2.0 * self.inflation)).ln_1p()
    }

    /// The logarithm of what the discrepancies multiply the ballots' evidence by.
    fn ln_found(&self, found: Discrepancies) -> f64 {
        let g = self.inflation;
        real(found.over_by_one) * (-0.5 / g).ln_1p()
            + real(found.over_by_two) * (-1.0 / g).ln_1p()
            + real(found.under_by_one) * (0.5 / g).ln_1p()
            + real(found.under_by_two) * (1.0 / g).ln_1p()
    }
}
