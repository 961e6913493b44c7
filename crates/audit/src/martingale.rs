//! Tests of a mean that may be looked at after every draw: nonnegative supermartingales.
//!
//! ALPHA (Stark 2023, Annals of Applied Statistics 17:1) in its form with an estimated mean, and the betting form with stakes
//! (Waudby-Smith and Ramdas 2021), of which Kaplan–Markov, Kaplan–Wald and Kaplan–Kolmogorov are special stakes. If the mean is at most what
//! the null hypothesis says, the capital ever reaches 1/α with probability at most α (Ville's inequality). All in logarithms:
//! capital does not vanish for want of digits.

use crate::numeric::real;

/// What is drawn from, and the hypothesis that the audit tries to reject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Population {
    /// How many values there are, each drawn at most once; none for draws with replacement.
    pub size: Option<u64>,
    /// No value is above this; none is below 0.
    pub upper: f64,
    /// The mean is at most this, says the null hypothesis.
    pub null: f64,
}

/// How much is staked on the next value, fixed before it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bet {
    /// ALPHA on a fixed mean of the whole population.
    Mean(f64),
    /// ALPHA on a mean that learns from the draws.
    Shrink(Shrink),
    /// ALPHA on the mean that a comparison audit has if this share of cards is overstated by two votes.
    Comparison {
        /// The share of such cards, usually 1/100,000 to 1/10,000.
        two_vote_rate: f64,
    },
    /// The same stake at each draw.
    Stake(f64),
    /// A share of the largest stake: `1/null` times it. The whole is Kaplan–Markov, which one value of 0 ruins;
    /// 1 − g is Kaplan–Wald.
    OfLargest(f64),
    /// The stake 1/(null + g): Kaplan–Markov with g, and Kaplan–Kolmogorov without replacement.
    Shifted(f64),
    /// The stake that grows fastest if the mean and variance so far are right (aGRAPA), with limits.
    Growing(Growing),
}

/// Truncated shrinkage: between a guess and the mean of what was drawn, always above the null.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrink {
    /// The guess before the first draw.
    pub mean: f64,
    /// At least this over the square root of the weight above the null.
    pub above_null: f64,
    /// At least this over the square root of the weight below the upper bound; 0 in the paper, the same as above the null
    /// in the authors' program today.
    pub below_upper: f64,
    /// How many draws the guess is worth.
    pub weight: f64,
    /// Pulls to the upper bound while values vary little; 0 for none.
    pub to_upper: f64,
    /// The least standard deviation used for that pull.
    pub least_deviation: f64,
}

/// The limits of a growing stake.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growing {
    /// The stake on the first value.
    pub first: f64,
    /// At most this share of the largest stake at the beginning.
    pub share: f64,
    /// At most this share in the end.
    pub last_share: f64,
    /// How fast the share grows.
    pub growth: f64,
}

/// A running test. Values are given in the order in which they were drawn.
#[derive(Debug, Clone)]
pub struct Martingale {
    population: Population,
    bet: Bet,
    seen: u64,
    sum: f64,
    mean: f64,
    squares: f64,
    null_before: f64,
    ln_capital: f64,
    ln_most: f64,
}

impl Martingale {
    /// A test that has seen nothing.
    pub fn new(population: Population, bet: Bet) -> Self {
        Self {
            population,
            bet,
            seen: 0,
            sum: 0.0,
            mean: 0.0,
            squares: 0.0,
            null_before: population.null,
            ln_capital: 0.0,
            ln_most: 0.0,
        }
    }

    /// Takes the next value, and returns the risk after it: [`Martingale::risk_now`].
    pub fn observe(&mut self, value: f64) -> f64 {
        let null = self.null_mean();
        self.ln_capital += self.ln_factor(value, null);
        self.ln_most = self.ln_most.max(self.ln_capital);
        self.seen += 1;
        self.sum += value;
        let distance = value - self.mean;
        self.mean += distance / real(self.seen);
        self.squares += distance * (value - self.mean);
        self.null_before = null;
        self.risk_now()
    }

    /// The measured risk at this moment: 1 over the capital, at most 1.
    pub fn risk_now(&self) -> f64 {
        (-self.ln_capital).exp().min(1.0)
    }

    /// The least risk at any moment so far; an audit may stop when this is at most its limit.
    pub fn least_risk(&self) -> f64 {
        (-self.ln_most).exp().min(1.0)
    }

    /// The logarithm of the capital at this moment, from 0.
    pub fn ln_capital(&self) -> f64 {
        self.ln_capital
    }

    /// The stake on the next value, in the betting form.
    pub fn stake(&self) -> f64 {
        self.stake_against(self.null_mean())
    }

    /// The mean of the values not drawn yet, if the null hypothesis holds with equality.
    fn null_mean(&self) -> f64 {
        match self.population.size {
            Some(size) => (real(size) * self.population.null - self.sum) / self.left(size),
            None => self.population.null,
        }
    }

    fn left(&self, size: u64) -> f64 {
        real(size.saturating_sub(self.seen).max(1))
    }

    /// By how much the logarithm of the capital changes.
    fn ln_factor(&self, value: f64, null: f64) -> f64 {
        // Sums of thousands of values carry errors of this size; a null mean that is 0 but for them is 0.
        const ROUNDING: f64 = 1e-12;
        if self.ln_capital.is_infinite() {
            return 0.0;
        }
        if null < -ROUNDING || (null <= ROUNDING && value > ROUNDING) {
            // What was seen is already more than the null allows: it is false for certain.
            return f64::INFINITY;
        }
        if null <= ROUNDING {
            return 0.0;
        }
        if null > self.population.upper {
            return f64::NEG_INFINITY;
        }
        let factor = 1.0 + self.stake_against(null) * (value - null);
        if factor <= 0.0 { f64::NEG_INFINITY } else { factor.ln() }
    }

    fn stake_against(&self, null: f64) -> f64 {
        let stake = match self.bet {
            Bet::Stake(stake) => stake,
            Bet::OfLargest(share) => share / null,
            Bet::Shifted(shift) => 1.0 / (null + shift),
            Bet::Growing(growing) => self.growing_stake(growing, null),
            Bet::Mean(mean) => self.stake_for(self.mean_left(mean), null),
            Bet::Shrink(shrink) => self.stake_for(self.shrunk_mean(shrink, null), null),
            Bet::Comparison { two_vote_rate } => {
                let (upper, rest) = (self.population.upper, 1.0 - two_vote_rate);
                let mean = (1.0 - upper * rest) / (2.0 - 2.0 * upper) + upper * rest - 0.5;
                self.stake_for(mean, null)
            }
        };
        stake.clamp(0.0, 1.0 / null)
    }

    /// The stake by which the betting form equals ALPHA with this mean.
    fn stake_for(&self, mean: f64, null: f64) -> f64 {
        if self.population.upper <= null {
            return 0.0;
        }
        (mean / null - 1.0) / (self.population.upper - null)
    }

    fn mean_left(&self, mean: f64) -> f64 {
        self.population.size.map_or(mean, |size| (real(size) * mean - self.sum) / self.left(size))
    }

    fn shrunk_mean(&self, shrink: Shrink, null: f64) -> f64 {
        let upper = self.population.upper;
        let weight = shrink.weight + real(self.seen);
        let deviation = if self.seen < 2 {
            1.0
        } else {
            (self.squares / real(self.seen)).sqrt().max(shrink.least_deviation)
        };
        let pull = shrink.to_upper / deviation;
        let learned = (shrink.weight * shrink.mean + self.sum) / weight;
        let pulled = (learned + upper * pull) / (1.0 + pull);
        let least = null + shrink.above_null / weight.sqrt();
        pulled.max(least).min(upper * (1.0 - f64::EPSILON) - shrink.below_upper / weight.sqrt())
    }

    /// The published program centres on the null mean of the draw before; any value fixed before the draw is allowed.
    fn growing_stake(&self, growing: Growing, null: f64) -> f64 {
        if self.seen == 0 {
            return growing.first;
        }
        let variance = self.squares / real(self.seen);
        let above = self.mean - self.null_before;
        let spread = variance + above * above;
        let wanted = if spread > 0.0 { above / spread } else { 0.0 };
        let grown = 1.0 - 1.0 / (1.0 + growing.growth * real(self.seen).sqrt());
        let share = growing.share + (growing.last_share - growing.share) * grown;
        wanted.clamp(0.0, share / null)
    }
}
