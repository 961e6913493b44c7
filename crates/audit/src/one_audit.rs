//! ONEAudit (Stark 2023): comparison audits of single ballots where only the totals of stations are known.
//!
//! Each ballot's record is taken to be the mean of its station. A ballot or a whole station then gives a value whose mean is
//! above one half exactly if the assertion is true; [`crate::martingale`] tests that.

use crate::Tally;
use crate::assertion::Claim;
use crate::martingale::Population;
use crate::numeric::{real, real_signed};

/// One claim over all ballots, as values between 0 and [`OneAudit::upper`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneAudit {
    claim: Claim,
    cards: u64,
    margin: f64,
    most: f64,
}

/// What was read on a drawn ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// A valid vote for this candidate.
    Vote(usize),
    /// No valid vote.
    Invalid,
    /// The ballot could not be found: taken as the worst for the claim.
    Missing,
}

/// A claim that is reported false, or on the line.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the reported margin is {0} over all ballots; an audit confirms only margins above 0")]
pub struct NoMargin(pub f64);

impl OneAudit {
    /// The audit of a claim whose reported totals over all `cards` are these.
    pub fn new(claim: Claim, reported: &Tally, cards: u64) -> Result<Self, NoMargin> {
        let scale = real_signed(claim.worst_ballot());
        let margin = real_signed(claim.margin(reported)) / scale / real(cards);
        if margin.is_nan() || margin <= 0.0 {
            return Err(NoMargin(margin));
        }
        let most = real_signed(claim.best_ballot() + claim.worst_ballot()) / (2.0 * scale);
        Ok(Self { claim, cards, margin, most })
    }

    /// The assorter margin: twice its reported mean less 1.
    pub fn margin(&self) -> f64 {
        self.margin
    }

    /// The most that the assorter says of one ballot; the least is 0.
    pub fn most(&self) -> f64 {
        self.most
    }

    /// No value is above this.
    pub fn upper(&self) -> f64 {
        2.0 / (2.0 - self.margin / self.most)
    }

    /// The population for [`crate::martingale::Martingale`]; ballots drawn with replacement, or each at most once.
    pub fn population(&self, with_replacement: bool) -> Population {
        let size = (!with_replacement).then_some(self.cards);
        Population { size, upper: self.upper(), null: 0.5 }
    }

    /// The mean of the assorter over a station's ballots, as reported.
    pub fn station_mean(&self, reported: &Tally, ballots: u64) -> f64 {
        let scale = 2.0 * real_signed(self.claim.worst_ballot());
        real_signed(self.claim.margin(reported)) / scale / real(ballots) + 0.5
    }

    /// The value of a drawn ballot whose station has this reported mean.
    pub fn ballot_value(&self, station_mean: f64, read: Read) -> f64 {
        self.value(station_mean - self.assort(read))
    }

    /// The value of a drawn station, where stations are drawn in proportion to their ballots, and this was counted in it.
    pub fn station_value(&self, reported: &Tally, counted: &Tally, ballots: u64) -> f64 {
        self.value(self.station_mean(reported, ballots) - self.station_mean(counted, ballots))
    }

    fn value(&self, overstated: f64) -> f64 {
        (1.0 - overstated / self.most) / (2.0 - self.margin / self.most)
    }

    fn assort(&self, read: Read) -> f64 {
        let claim = self.claim;
        let margin = match read {
            Read::Missing => return 0.0,
            Read::Invalid => 0,
            Read::Vote(candidate) => {
                let (named, other) = match claim {
                    Claim::Beats { winner, loser } => {
                        return if candidate == winner {
                            1.0
                        } else if candidate == loser {
                            0.0
                        } else {
                            0.5
                        };
                    }
                    Claim::MoreThan { candidate, .. } => (candidate, -claim.worst_ballot()),
                    Claim::LessThan { candidate, .. } => (candidate, claim.best_ballot()),
                };
                let for_named = if other < 0 { claim.best_ballot() } else { -claim.worst_ballot() };
                if candidate == named { for_named } else { other }
            }
        };
        0.5 + real_signed(margin) / (2.0 * real_signed(claim.worst_ballot()))
    }
}
