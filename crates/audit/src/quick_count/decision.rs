//! What a quick count can say of a threshold, and how often samples like it reach the decision rule.

use super::estimate::{Estimate, EstimateError, Stratum, combined_ratio};
use crate::numeric::real;
use crate::rule::SpreadRule;
use crate::sample::counter::Counter;

/// What an estimate says of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The whole interval is above.
    Above,
    /// The whole interval is below.
    Below,
    /// The interval holds the threshold: this quick count cannot decide, whatever its estimate is.
    CannotDecide,
}

/// Of resamples, how often a candidate meets each part of the rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chances {
    /// More than the share of the whole.
    pub half: f64,
    /// At least the share in enough areas.
    pub spread: f64,
    /// Both.
    pub both: f64,
    /// How many resamples.
    pub resamples: u64,
}

/// What the interval of `z` standard errors about the estimate says of a threshold.
pub fn decide(estimate: Estimate, threshold: f64, z: f64) -> Decision {
    let reach = z * estimate.standard_error;
    if estimate.value - reach > threshold {
        Decision::Above
    } else if estimate.value + reach < threshold {
        Decision::Below
    } else {
        Decision::CannotDecide
    }
}

/// How often resampled quick counts meet the rule; strata are its areas. Repeatable from the seed.
///
/// Rao and Wu's bootstrap (1988): one station fewer than reported is drawn again in each stratum, with replacement, so that the
/// resamples scatter as the variance formula says, without its correction for small strata: a little too much.
pub fn chances(
    strata: &[Stratum],
    rule: SpreadRule,
    seed: &str,
    resamples: u64,
) -> Result<Chances, EstimateError> {
    combined_ratio(strata)?;
    let mut counter = Counter::new(seed);
    let (mut half, mut spread, mut both) = (0_u64, 0_u64, 0_u64);
    for _ in 0..resamples {
        let (mut votes, mut valid, mut areas) = (0.0, 0.0, 0_usize);
        for stratum in strata {
            let drawn = resampled(stratum, &mut counter);
            votes += drawn.0;
            valid += drawn.1;
            areas += usize::from(drawn.0 > 0.0 && drawn.0 >= rule.spread.value() * drawn.1);
        }
        let (has_half, has_spread) = (votes > rule.half.value() * valid, areas >= rule.areas);
        half += u64::from(has_half);
        spread += u64::from(has_spread);
        both += u64::from(has_half && has_spread);
    }
    let of = |count: u64| real(count) / real(resamples.max(1));
    Ok(Chances { half: of(half), spread: of(spread), both: of(both), resamples })
}

/// Votes and valid votes of a stratum, from stations drawn again.
fn resampled(stratum: &Stratum, counter: &mut Counter) -> (f64, f64) {
    let reported = &stratum.reported;
    let again = (reported.len() as u64).saturating_sub(1).max(1);
    let weight = real(stratum.stations) / real(again);
    let (mut votes, mut valid) = (0_u64, 0_u64);
    for _ in 0..again {
        let station = &reported[counter.below(reported.len() as u64) as usize];
        votes += station.votes;
        valid += station.valid;
    }
    (weight * real(votes), weight * real(valid))
}
