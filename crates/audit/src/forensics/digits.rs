//! Digits of counts: what chance makes of last digits, their pairs, and (unless asked for, never shown) second digits.
//!
//! Last digits of counts over a wide range are evenly spread (Beber and Scacco 2012). People who write numbers by hand prefer 0 and 5 and
//! avoid repeats. Counts below 100 are left out: their last digit is not free. Stuffed ballots leave no trace here.

use crate::numeric::{binomial, chi_square, real};

/// Counts of the digits 0 to 9, and how far they are from what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Digits {
    /// How often each digit came.
    pub counts: [u64; 10],
    /// Their mean.
    pub mean: f64,
    /// Pearson's statistic, with nine degrees of freedom.
    pub chi_square: f64,
    /// How often chance alone gives at least that.
    pub p: f64,
    /// The share of 0 and 5; one fifth is expected.
    pub zero_or_five: f64,
    /// The distance of the mean from the expected one, in standard errors.
    pub mean_distance: f64,
}

/// Last two digits: repeated (33), side by side (34, 43, 09, 90) or neither.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DigitPairs {
    /// Pairs of one digit; one tenth is expected.
    pub repeated: u64,
    /// Pairs of neighbours, 0 and 9 among them; one fifth is expected.
    pub adjacent: u64,
    /// All others; seven tenths are expected.
    pub distant: u64,
    /// How often chance gives a number of repeats that is at most as probable.
    pub p_repeated: f64,
    /// How often chance gives at most so many repeats.
    pub p_few_repeated: f64,
    /// How often chance gives a number of neighbours that is at most as probable.
    pub p_adjacent: f64,
    /// How often chance gives at least so many neighbours.
    pub p_many_adjacent: f64,
    /// How often chance gives at most so many others.
    pub p_few_distant: f64,
}

/// The least count whose last digits are looked at.
pub const LEAST_COUNT: u64 = 100;

/// Last digits of the counts that are at least `least`.
pub fn last_digits(votes: &[u64], least: u64) -> Digits {
    let mut counts = [0; 10];
    for count in votes.iter().filter(|count| **count >= least) {
        counts[(count % 10) as usize] += 1;
    }
    Digits::of(counts, &[0.1; 10])
}

/// Second digits of the counts from 10 on, against Benford's law.
///
/// Off unless asked for: stations are made about equally large, so their counts do not span the magnitudes that the law needs, and
/// clean elections fail it (Deckert, Myagkov and Ordeshook 2011; Canada 2011 gives a statistic of 462).
pub fn second_digits(votes: &[u64]) -> Digits {
    let mut counts = [0; 10];
    for count in votes.iter().filter(|count| **count >= 10) {
        let mut leading = *count;
        while leading >= 100 {
            leading /= 10;
        }
        counts[(leading % 10) as usize] += 1;
    }
    Digits::of(counts, &second_digit_law())
}

/// Benford's probabilities of the second digits 0 to 9.
pub fn second_digit_law() -> [f64; 10] {
    let mut law = [0.0; 10];
    for (digit, probability) in (0_u32..).zip(&mut law) {
        *probability = (1..=9).map(|first| (1.0 + 1.0 / f64::from(10 * first + digit)).log10()).sum();
    }
    law
}

/// The last two digits of the counts that are at least `least`.
pub fn digit_pairs(votes: &[u64], least: u64) -> DigitPairs {
    let (mut repeated, mut adjacent, mut all) = (0, 0, 0);
    for count in votes.iter().filter(|count| **count >= least) {
        let distance = (count % 10).abs_diff(count / 10 % 10);
        repeated += u64::from(distance == 0);
        adjacent += u64::from(distance == 1 || distance == 9);
        all += 1;
    }
    let distant = all - repeated - adjacent;
    DigitPairs {
        repeated,
        adjacent,
        distant,
        p_repeated: binomial::two_sided(repeated, all, 0.1),
        p_few_repeated: binomial::at_most(repeated, all, 0.1),
        p_adjacent: binomial::two_sided(adjacent, all, 0.2),
        p_many_adjacent: binomial::at_least(adjacent, all, 0.2),
        p_few_distant: binomial::at_most(distant, all, 0.7),
    }
}

impl Digits {
    /// How many counts were looked at.
    pub fn sample(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn of(counts: [u64; 10], law: &[f64; 10]) -> Self {
        let sample = real(counts.iter().sum());
        let digits = || (0_u32..10).map(f64::from);
        let expected: f64 = digits().zip(law).map(|(digit, probability)| digit * probability).sum();
        let squares: f64 = digits().zip(law).map(|(digit, probability)| digit * digit * probability).sum();
        let mean =
            digits().zip(counts).map(|(digit, count)| digit * real(count)).sum::<f64>() / sample.max(1.0);
        let statistic = chi_square::statistic(&counts, law);
        Self {
            counts,
            mean,
            chi_square: statistic,
            p: chi_square::share_above(statistic, 9),
            zero_or_five: real(counts[0] + counts[5]) / sample.max(1.0),
            mean_distance: (mean - expected) / ((squares - expected * expected) / sample.max(1.0)).sqrt(),
        }
    }
}
