//! Mixtures of beta-binomial distributions, fitted by expectation and maximisation.

use crate::numeric::gamma::ln_gamma;
use crate::numeric::{beta_binomial, real, real_count};

/// A mixture: each station is of one of several kinds, and its chance is drawn from that kind's beta distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    kinds: Vec<Kind>,
}

/// One kind: how many stations are of it (a share of 1), and the parameters of its beta distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kind {
    pub(super) weight: f64,
    pub(super) a: f64,
    pub(super) b: f64,
}

/// Lists that are no mixture.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{0} weights, {1} and {2} parameters: expected equally many, all above 0, weights that sum to 1")]
pub struct MixtureError(usize, usize, usize);

/// Rounds of expectation and maximisation at most, and the gain in ln likelihood per station below which it ends.
const MOST_ROUNDS: u32 = 1_000;
const LEAST_GAIN: f64 = 1e-8;
/// Steps of the inner fixed point in each round: the next round goes on from there.
const INNER_STEPS: u32 = 40;
/// Bounds of the parameters: beyond, stations are all alike or all at the ends.
const PARAMETERS: std::ops::RangeInclusive<f64> = 0.05..=1e5;

impl Mixture {
    /// A mixture that is known: weights, and the two parameters of each kind.
    pub fn new(weights: &[f64], a: &[f64], b: &[f64]) -> Result<Self, MixtureError> {
        let refused = || MixtureError(weights.len(), a.len(), b.len());
        let numbers = weights.iter().chain(a).chain(b);
        let is_one = (weights.iter().sum::<f64>() - 1.0).abs() < 1e-6;
        if weights.len() != a.len()
            || a.len() != b.len()
            || !is_one
            || numbers.clone().any(|number| *number <= 0.0)
        {
            return Err(refused());
        }
        let kinds = weights.iter().zip(a).zip(b);
        Ok(Self { kinds: kinds.map(|((weight, a), b)| Kind { weight: *weight, a: *a, b: *b }).collect() })
    }

    /// The mixture with the fewest kinds that more kinds do not better, up to `most_kinds`: by Schwarz' criterion (each kind has to gain 3/2 ln n in ln likelihood). The
    /// paper adds kinds until two densities look alike; this needs no density. Nothing without stations that have trials.
    pub fn chosen(stations: &[(u64, u64)], most_kinds: usize) -> Option<Self> {
        let half_log = real_count(stations.len().max(1)).ln() / 2.0;
        let mut best: Option<(f64, Self)> = None;
        for kinds in 1..=most_kinds {
            let (found, likelihood) = Self::fitted(stations, kinds)?;
            let value = likelihood - (3.0 * real_count(kinds) - 1.0) * half_log;
            if best.as_ref().is_some_and(|(known, _)| *known >= value) {
                break;
            }
            best = Some((value, found));
        }
        best.map(|(_, found)| found)
    }

    /// The mixture of so many kinds that makes these successes in these trials most likely; nothing without stations that have trials.
    /// Stations with more successes than trials, or more than [`super::MOST_REGISTERED`] trials, are left out.
    ///
    /// It begins with stations in order of their shares, cut into equal parts, and is the same every time.
    pub fn fit(stations: &[(u64, u64)], kinds: usize) -> Option<Self> {
        Self::fitted(stations, kinds).map(|(found, _)| found)
    }

    /// The same, with its ln likelihood but for a constant.
    fn fitted(stations: &[(u64, u64)], kinds: usize) -> Option<(Self, f64)> {
        let is_included = |(successes, trials): &(u64, u64)| {
            successes <= trials && (1..=super::MOST_REGISTERED).contains(trials)
        };
        let mut sorted: Vec<(u64, u64)> = stations.iter().copied().filter(is_included).collect();
        if sorted.is_empty() || kinds == 0 {
            return None;
        }
        let share = |(successes, trials): &(u64, u64)| real(*successes) / real(*trials);
        sorted.sort_by(|one, other| share(one).total_cmp(&share(other)));
        let part = sorted.len().div_ceil(kinds);
        let start = |part: &[(u64, u64)]| {
            let mean = part.iter().map(share).sum::<f64>() / real_count(part.len());
            let mean = mean.clamp(0.02, 0.98);
            let weight = real_count(part.len()) / real_count(sorted.len());
            Kind { weight, a: 20.0 * mean, b: 20.0 * (1.0 - mean) }
        };
        let mut mixture = Self { kinds: sorted.chunks(part).map(start).collect() };
        let mut before = f64::NEG_INFINITY;
        for _ in 0..MOST_ROUNDS {
            let likelihood = mixture.improve(&sorted) / real_count(sorted.len());
            let gain = likelihood - before;
            before = likelihood;
            if gain < LEAST_GAIN {
                break;
            }
        }
        Some((mixture, before * real_count(sorted.len())))
    }

    /// How many kinds there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none: never.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The mean of the chances of all kinds.
    pub fn mean(&self) -> f64 {
        self.kinds.iter().map(|kind| kind.weight * kind.a / (kind.a + kind.b)).sum()
    }

    /// The probability of `successes` in `trials` at a station of unknown kind.
    pub fn probability(&self, successes: u64, trials: u64) -> f64 {
        let of = |kind: &Kind| kind.weight * beta_binomial::probability(successes, trials, kind.a, kind.b);
        self.kinds.iter().map(of).sum()
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Tables by which [`Tables::posterior`] is fast, for numbers up to `most`.
    pub(super) fn tables(&self, most: u64) -> Vec<Tables> {
        self.kinds.iter().map(|kind| Tables::of(*kind, most)).collect()
    }

    /// One round: stations are shared among kinds by likelihood, then each kind is fitted to its share. Gives ln likelihood before it,
    /// but for what does not depend on the mixture.
    fn improve(&mut self, stations: &[(u64, u64)]) -> f64 {
        let most = stations.iter().map(|(_, trials)| *trials).max().unwrap_or_default();
        let tables = self.tables(most);
        let empty =
            || [vec![0.0; most as usize + 1], vec![0.0; most as usize + 1], vec![0.0; most as usize + 1]];
        // For each kind, how much of all stations has so many successes, failures, trials.
        let mut shared: Vec<[Vec<f64>; 3]> = self.kinds.iter().map(|_| empty()).collect();
        let mut belongs = vec![0.0; self.kinds.len()];
        let mut likelihood = 0.0;
        for (successes, trials) in stations {
            likelihood += posterior(&tables, *successes, *trials, &mut belongs);
            let places = [*successes, trials - successes, *trials].map(|number| number as usize);
            for (shared, part) in shared.iter_mut().zip(&belongs) {
                for (counts, place) in shared.iter_mut().zip(places) {
                    counts[place] += part;
                }
            }
        }
        for (kind, [successes, failures, trials]) in self.kinds.iter_mut().zip(&shared) {
            let stations_of: f64 = trials.iter().sum();
            kind.weight = stations_of / real_count(stations.len());
            for _ in 0..INNER_STEPS {
                // Minka's fixed point (2000): sums of ψ(y + a) − ψ(a), station by station.
                let below = rises(trials, kind.a + kind.b);
                if below > 0.0 {
                    let [low, high] = [*PARAMETERS.start(), *PARAMETERS.end()];
                    kind.a = (kind.a * rises(successes, kind.a) / below).clamp(low, high);
                    kind.b = (kind.b * rises(failures, kind.b) / below).clamp(low, high);
                }
            }
        }
        likelihood
    }
}

/// Σ over numbers of how much there is of each times ψ(number + a) − ψ(a), which is 1/a + 1/(a + 1) + … of as many terms.
fn rises(amounts: &[f64], a: f64) -> f64 {
    let (mut sum, mut rise) = (0.0, 0.0);
    for (number, amount) in amounts.iter().enumerate() {
        sum += amount * rise;
        rise += 1.0 / (real_count(number) + a);
    }
    sum
}

/// Logarithms of Γ(y + a) / Γ(a), of Γ(z + b) / Γ(b), and of Γ(n + a + b) / Γ(a + b), for one kind.
pub(super) struct Tables {
    ln_weight: f64,
    yes: Vec<f64>,
    no: Vec<f64>,
    all: Vec<f64>,
}

impl Tables {
    fn of(kind: Kind, most: u64) -> Self {
        let table = |a: f64| {
            let start = ln_gamma(a);
            (0..=most).map(|number| ln_gamma(real(number) + a) - start).collect()
        };
        Self {
            ln_weight: kind.weight.ln(),
            yes: table(kind.a),
            no: table(kind.b),
            all: table(kind.a + kind.b),
        }
    }
}

/// To which kinds a station belongs (shares of 1, into `belongs`); gives the logarithm of its likelihood but for a constant.
pub(super) fn posterior(tables: &[Tables], successes: u64, trials: u64, belongs: &mut [f64]) -> f64 {
    let mut most = f64::NEG_INFINITY;
    for (kind, part) in tables.iter().zip(belongs.iter_mut()) {
        let likelihood =
            kind.ln_weight + kind.yes[successes as usize] + kind.no[(trials - successes) as usize]
                - kind.all[trials as usize];
        *part = likelihood;
        most = most.max(likelihood);
    }
    let mut sum = 0.0;
    for part in belongs.iter_mut() {
        *part = (*part - most).exp();
        sum += *part;
    }
    for part in belongs.iter_mut() {
        *part /= sum;
    }
    most + sum.ln()
}
