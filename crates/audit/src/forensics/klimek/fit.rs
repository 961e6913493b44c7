//! The shares of stations with added votes, found by comparing histograms of shares.

use super::{Estimate, Station, forward, points};
use crate::numeric::draw;
use crate::numeric::stream::Stream;
use crate::numeric::{real, real_count, whole_below};

/// The parameters that make the model's histogram of shares most like the stations'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// f_i: the share of stations with some votes added.
    pub incremental: f64,
    /// f_e: the share of stations with nearly all added.
    pub extreme: f64,
    /// α: how fast the others' votes follow; in steps of a tenth.
    pub exponent: f64,
    /// The sum of squared relative differences of the two histograms that is left.
    pub distance: f64,
    /// What the stream of random numbers began with.
    pub seed: u64,
}

/// Classes of shares, one percentage point each.
const CLASSES: usize = 100;
/// The deviation of 1 − x at stations with nearly all added (Klimek and others 2012).
const EXTREME_DEVIATION: f64 = 0.075;
/// Tenths of the exponents that are tried.
const EXPONENTS: std::ops::RangeInclusive<u32> = 5..=50;
/// Draws of the model for each class of stations: the histograms' own noise is then far below the stations'.
const DRAWS: u32 = 200_000;
/// Steps of f_i (in hundredths) and f_e (in thousandths) that are tried.
const MOST_INCREMENTAL: u32 = 100;
const MOST_EXTREME: u32 = 200;

type Histogram = [f64; CLASSES];

/// The fit for stations whose peak is known. It is as good as the model is: see the module's warning.
///
/// The model's histogram is a mixture of three, for stations without, with some and with nearly all added; so each is made once for an exponent, and the
/// grid over f_i and f_e costs nothing. Minimised is Σ ((model − stations) / (stations + 1))².
pub fn fit(stations: &[Station], estimate: &Estimate, seed: u64) -> Fit {
    let mut observed = [0.0; CLASSES];
    for [_, share] in points(stations) {
        observed[class(share)] += 1.0;
    }
    let plain = histogram(estimate, Added::Nothing, 1.0, estimate.stations, seed);
    let mut best = Fit { incremental: 0.0, extreme: 0.0, exponent: 1.0, distance: f64::INFINITY, seed };
    for tenths in EXPONENTS {
        let exponent = f64::from(tenths) / 10.0;
        let some = histogram(estimate, Added::Some, exponent, estimate.stations, seed);
        let nearly_all = histogram(estimate, Added::NearlyAll, exponent, estimate.stations, seed);
        let distance = Distance::of(&plain, &some, &nearly_all, &observed);
        for (hundredths, thousandths) in
            (0..=MOST_INCREMENTAL).flat_map(|some| (0..=MOST_EXTREME).map(move |extreme| (some, extreme)))
        {
            let (incremental, extreme) = (f64::from(hundredths) / 100.0, f64::from(thousandths) / 1_000.0);
            let found = distance.at(incremental, extreme);
            if incremental + extreme <= 1.0 && found < best.distance {
                best = Fit { incremental, extreme, exponent, distance: found, seed };
            }
        }
    }
    best
}

/// Draws of the model: turnout and share of so many stations.
pub fn simulate(estimate: &Estimate, fit: &Fit, stations: usize, stream: &mut Stream) -> Vec<[f64; 2]> {
    let station = |_| {
        let kind = stream.fraction();
        let added = if kind < fit.incremental {
            Added::Some
        } else if kind < fit.incremental + fit.extreme {
            Added::NearlyAll
        } else {
            Added::Nothing
        };
        point(estimate, added, fit.exponent, stream)
    };
    (0..stations).map(station).collect()
}

/// What is added at a station.
#[derive(Debug, Clone, Copy)]
enum Added {
    Nothing,
    Some,
    NearlyAll,
}

fn point(estimate: &Estimate, added: Added, exponent: f64, stream: &mut Stream) -> [f64; 2] {
    let turnout = within(stream, |z| estimate.turnout + estimate.turnout_deviation * z);
    let share = within(stream, |z| estimate.share + estimate.share_deviation * z);
    let added = match added {
        Added::Nothing => 0.0,
        Added::Some => within(stream, |z| (estimate.reach * z).abs()),
        Added::NearlyAll => within(stream, |z| 1.0 - (EXTREME_DEVIATION * z).abs()),
    };
    let reported = forward(1.0, turnout, share, added, exponent);
    [reported.ballots, if reported.ballots > 0.0 { reported.leader / reported.ballots } else { 0.0 }]
}

/// Draws again until the number is from 0 to 1.
fn within(stream: &mut Stream, of: impl Fn(f64) -> f64) -> f64 {
    // A peak far outside would never end; after so many tries it is cut.
    for _ in 0..1_000 {
        let number = of(draw::normal(stream));
        if (0.0..=1.0).contains(&number) {
            return number;
        }
    }
    of(0.0).clamp(0.0, 1.0)
}

/// The same draws for every exponent, so that nothing but the exponent differs.
fn histogram(estimate: &Estimate, added: Added, exponent: f64, stations: usize, seed: u64) -> Histogram {
    let mut stream = Stream::new(seed);
    let mut counts = [0_u64; CLASSES];
    for _ in 0..DRAWS {
        counts[class(point(estimate, added, exponent, &mut stream)[1])] += 1;
    }
    counts.map(|count| real(count) * real_count(stations) / f64::from(DRAWS))
}

fn class(share: f64) -> usize {
    (whole_below(share * real_count(CLASSES)) as usize).min(CLASSES - 1)
}

/// The distance as a function of f_i and f_e: of second degree, so six sums say it all.
struct Distance {
    constant: f64,
    linear: [f64; 2],
    squares: [f64; 2],
    product: f64,
}

impl Distance {
    fn of(plain: &Histogram, some: &Histogram, nearly_all: &Histogram, observed: &Histogram) -> Self {
        let mut sums = Self { constant: 0.0, linear: [0.0; 2], squares: [0.0; 2], product: 0.0 };
        for place in 0..CLASSES {
            let scale = 1.0 / (observed[place] + 1.0);
            let start = (plain[place] - observed[place]) * scale;
            let [one, other] = [some, nearly_all].map(|kind| (kind[place] - plain[place]) * scale);
            sums.constant += start * start;
            sums.linear[0] += 2.0 * start * one;
            sums.linear[1] += 2.0 * start * other;
            sums.squares[0] += one * one;
            sums.squares[1] += other * other;
            sums.product += 2.0 * one * other;
        }
        sums
    }

    fn at(&self, incremental: f64, extreme: f64) -> f64 {
        self.constant
            + self.linear[0] * incremental
            + self.linear[1] * extreme
            + self.squares[0] * incremental * incremental
            + self.squares[1] * extreme * extreme
            + self.product * incremental * extreme
    }
}
