//! Ballot polling: single ballots drawn and read, no count of stations needed. BRAVO (Lindeman, Stark and Yates 2012).
//!
//! With a close result it takes far more work than comparing stations ([`crate::batch`]), and if the reported share is
//! exaggerated it may never stop though the winner is right. [`crate::stopping`] says exactly how long it takes.

use crate::Share;
use crate::numeric::{binomial, normal, real, whole_above, whole_below};

/// Reported votes of a winner and a loser, among all ballots of the contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Votes of the winner.
    pub winner: u64,
    /// Votes of the loser.
    pub loser: u64,
    /// All ballots, with those for others and invalid ones.
    pub ballots: u64,
}

/// Ballots drawn with replacement that were for one of the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// For the winner.
    pub winner: u64,
    /// For the loser.
    pub loser: u64,
}

/// A pair that cannot be audited by polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// The winner does not have more votes.
    #[error(
        "{winner} votes against {loser}: polling confirms only a winner who is reported ahead; count all paper by hand"
    )]
    NotAhead {
        /// Votes of the winner.
        winner: u64,
        /// Votes of the loser.
        loser: u64,
    },
    /// More votes than ballots.
    #[error("{votes} votes on {ballots} ballots")]
    MoreThanBallots {
        /// Votes of both.
        votes: u64,
        /// All ballots.
        ballots: u64,
    },
}

/// A pair that can be audited by polling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bravo {
    pair: Pair,
    /// By how much the logarithm grows with a ballot for the winner.
    up: f64,
    /// By how much it changes with a ballot for the loser: below 0.
    down: f64,
}

impl Bravo {
    /// The audit of this pair.
    pub fn new(pair: Pair) -> Result<Self, PairError> {
        let Pair { winner, loser, ballots } = pair;
        if winner <= loser {
            return Err(PairError::NotAhead { winner, loser });
        }
        let votes = winner.saturating_add(loser);
        if votes > ballots {
            return Err(PairError::MoreThanBallots { votes, ballots });
        }
        let share = real(winner) / real(votes);
        let down = (2.0 * real(loser) / real(votes)).ln();
        Ok(Self { pair, up: (2.0 * share).ln(), down })
    }

    /// The share of the winner among ballots for one of the two.
    pub fn share(&self) -> f64 {
        real(self.pair.winner) / real(self.pair.winner + self.pair.loser)
    }

    /// The logarithm of the likelihood ratio after these ballots.
    pub fn ln_ratio(&self, drawn: Drawn) -> f64 {
        // No ballot for a loser without votes: nothing times minus infinity is nothing.
        let losing = if drawn.loser == 0 { 0.0 } else { real(drawn.loser) * self.down };
        real(drawn.winner) * self.up + losing
    }

    /// The measured risk: 1 over the likelihood ratio, at most 1.
    pub fn risk(&self, drawn: Drawn) -> f64 {
        (-self.ln_ratio(drawn)).exp().min(1.0)
    }

    /// Wald's expected number of ballots to the end, if the reported result is right, after what was drawn.
    pub fn expected_ballots(&self, risk_limit: Share, drawn: Drawn) -> u64 {
        let all = real(self.pair.ballots);
        let losing = if self.pair.loser == 0 { 0.0 } else { real(self.pair.loser) / all * self.down };
        let gain = real(self.pair.winner) / all * self.up + losing;
        let missing = -risk_limit.value().ln() - self.ln_ratio(drawn) + self.up / 2.0;
        whole_above(missing / gain)
    }

    /// A number of ballots that ends the audit with about this chance (Lindeman's approximation by one look at the end, so
    /// never too small), if the reported result is right.
    pub fn ballots_for(&self, risk_limit: Share, drawn: Drawn, chance: f64) -> u64 {
        let share = self.share();
        let missing = -risk_limit.value().ln() - self.ln_ratio(drawn);
        if missing <= 0.0 {
            return 0;
        }
        let relevant = if self.pair.loser == 0 {
            whole_above(missing / self.up)
        } else {
            self.relevant_for(missing, share, chance)
        };
        let votes = real(self.pair.winner + self.pair.loser);
        whole_above(real(relevant) / (votes / real(self.pair.ballots)))
    }

    /// The number of ballots for one of the two: first where normal distribution and line meet, then upwards exactly.
    fn relevant_for(&self, missing: f64, share: f64, chance: f64) -> u64 {
        let variance = share * (1.0 - share);
        let reach = missing / (self.up - self.down);
        let drift = self.down / (self.up - self.down) + share;
        let z = -normal::quantile(chance);
        let middle = z * z * variance + 2.0 * reach * drift;
        let root = (middle * middle - 4.0 * drift * drift * reach * reach).max(0.0).sqrt();
        let start = if chance > 0.5 { middle + root } else { middle - root };
        let mut ballots = whole_below(start / (2.0 * drift * drift));
        loop {
            let winner = binomial::quantile(1.0 - chance, ballots, share);
            let loser = ballots - winner;
            if real(winner) * self.up + real(loser) * self.down >= missing {
                return ballots;
            }
            ballots += 1;
        }
    }
}
