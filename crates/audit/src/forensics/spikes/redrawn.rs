//! One station drawn again many times: its turnout, and votes of those drawn voters.
//!
//! Given a station's own figures its next turnout, and its next votes for a given turnout, are mixtures of beta-binomials. Such numbers are drawn from their distribution functions,
//! which are those of a chance drawn first and a binomial number after it. Votes need a function for each turnout that was drawn; the one for
//! one voter fewer follows from the last: the voter who is taken away is any of them, so F(v; t − 1) = F(v; t) + (F(v + 1; t) − F(v; t)) · (v + 1) / t.
//! That is two operations for a number of votes, where a beta and a binomial number cost a hundred.

use super::Counted;
use super::mixture::{Mixture, Tables, posterior};
use crate::numeric::stream::Stream;
use crate::numeric::{beta_binomial, real, real_count, whole_below};

/// What is known of stations before one is looked at: one mixture, and its tables up to some number.
pub(super) struct Side<'a> {
    mixture: &'a Mixture,
    tables: Vec<Tables>,
    belongs: Vec<f64>,
}

/// Room that is used again for each station.
#[derive(Default)]
pub(super) struct Room {
    turnout: Function,
    votes: Function,
    /// Of each resample, the turnout drawn.
    turnouts: Vec<u64>,
    /// Resamples in the order of their turnouts, and where each turnout begins among them.
    order: Vec<u32>,
    begins: Vec<u32>,
    /// 0, 1, 2 … as they are multiplied with.
    numbers: Vec<f64>,
}

/// A distribution function of a whole number from 0 to a largest one, and where to look for a quantile.
#[derive(Default)]
struct Function {
    /// F(0), F(1) … F(largest), the last 1.
    below: Vec<f64>,
    /// For each of [`GUIDES`] equal parts of 0 to 1, the quantile of its beginning as a share of the largest number.
    guide: Vec<f64>,
}

const GUIDES: usize = 256;
/// A probability that no fraction of 53 bits can tell from 0, however many are drawn.
const NOTHING: f64 = 1e-18;

impl<'a> Side<'a> {
    pub(super) fn of(mixture: &'a Mixture, most: u64) -> Self {
        Self { mixture, tables: mixture.tables(most), belongs: vec![0.0; mixture.len()] }
    }

    /// The function of what a station with these figures has in so many trials, next time.
    fn next(&mut self, successes: u64, trials: u64, next_trials: u64, function: &mut Function) {
        posterior(&self.tables, successes, trials, &mut self.belongs);
        function.below.clear();
        function.below.resize(next_trials as usize + 1, 0.0);
        for (kind, part) in self.mixture.kinds().iter().zip(&self.belongs) {
            if *part > NOTHING {
                let (a, b) = (real(successes) + kind.a, real(trials - successes) + kind.b);
                function.add(*part, next_trials, a, b);
            }
        }
        function.sum();
    }
}

impl Function {
    /// Adds a beta-binomial distribution as probabilities: outwards from its middle, each term from the one before.
    fn add(&mut self, part: f64, trials: u64, a: f64, b: f64) {
        let middle = whole_below(real(trials) * a / (a + b)).min(trials);
        let start = part * beta_binomial::probability(middle, trials, a, b);
        let mut term = start;
        for number in middle..=trials {
            self.below[number as usize] += term;
            let (k, rest) = (real(number), real(trials - number));
            term *= rest * (k + a) / ((k + 1.0) * (rest - 1.0 + b));
            if term < NOTHING {
                break;
            }
        }
        term = start;
        for number in (0..middle).rev() {
            // From number + 1 to number.
            let (k, rest) = (real(number), real(trials - number));
            term *= (k + 1.0) * (rest - 1.0 + b) / (rest * (k + a));
            if term < NOTHING {
                break;
            }
            self.below[number as usize] += term;
        }
    }

    /// Makes the function of the probabilities, and its guide.
    fn sum(&mut self) {
        let mut sum = 0.0;
        for place in &mut self.below {
            sum += *place;
            *place = sum;
        }
        for place in &mut self.below {
            // Every fraction drawn is below 1, so nothing is above the largest number.
            *place = (*place / sum).min(1.0);
        }
        if let Some(last) = self.below.last_mut() {
            *last = 1.0;
        }
        self.guide.clear();
        let largest = real_count(self.below.len() - 1).max(1.0);
        let mut number = 0;
        for part in 0..GUIDES {
            while self.below[number] <= (real_count(part) + 0.5) / real_count(GUIDES) {
                number += 1;
            }
            self.guide.push(real_count(number) / largest);
        }
    }

    /// The least number whose function is above the fraction.
    #[inline]
    #[expect(clippy::cast_sign_loss, reason = "fractions and quantiles are not below 0")]
    fn quantile(&self, fraction: f64) -> u64 {
        let last = self.below.len() - 1;
        let guess = self.guide[(fraction * real_count(GUIDES)) as usize] * real_count(last);
        let mut number = (guess as usize).min(last);
        while self.below[number] <= fraction {
            number += 1;
        }
        while number > 0 && self.below[number - 1] > fraction {
            number -= 1;
        }
        number as u64
    }

    /// The function with one trial fewer. Outside `moving` it is nothing below, and 1 above; both ends are moved along.
    fn take_one_away(&mut self, moving: &mut Moving, numbers: &[f64]) {
        let trials = self.below.len() - 1;
        let each = 1.0 / real_count(trials);
        let (from, to) = (moving.from, moving.to.min(trials));
        // In a form of which the compiler makes several steps at once.
        let here = &mut self.below[from..=to];
        let after = &numbers[from + 1..=to + 1];
        for place in 0..to - from {
            let step = (here[place + 1] - here[place]) * (after[place] * each);
            here[place] += step;
        }
        self.below.pop();
        self.below[trials - 1] = 1.0;
        moving.to = to.min(trials - 1);
        while moving.to > 0 && self.below[moving.to - 1] >= 1.0 {
            moving.to -= 1;
        }
        moving.from = from.min(moving.to);
        while moving.from > 0 && self.below[moving.from] > NOTHING {
            moving.from -= 1;
        }
    }
}

/// The numbers between which a function is neither nothing nor all.
struct Moving {
    from: usize,
    to: usize,
}

impl Moving {
    fn of(function: &Function) -> Self {
        let from = function.below.partition_point(|below| *below <= NOTHING).saturating_sub(1);
        Self { from, to: function.below.partition_point(|below| *below < 1.0) }
    }
}

impl Room {
    /// Draws one station so many times: `take` is given the number of the resample, votes and voters. Resamples in which nobody voted are left out.
    pub(super) fn draw(
        &mut self,
        station: &Counted,
        sides: &mut [Side; 2],
        resamples: u32,
        stream: &mut Stream,
        mut take: impl FnMut(u32, u64, u64),
    ) {
        let [turnout, votes] = sides;
        turnout.next(station.voted, station.registered, station.registered, &mut self.turnout);
        self.turnouts.clear();
        self.turnouts.extend((0..resamples).map(|_| self.turnout.quantile(stream.fraction())));
        let Some((least, most)) =
            self.turnouts.iter().min().copied().zip(self.turnouts.iter().max().copied())
        else {
            return;
        };
        self.by_turnout(least, most);
        votes.next(station.votes, station.voted, most, &mut self.votes);
        let mut moving = Moving::of(&self.votes);
        let known = self.numbers.len();
        self.numbers.extend((known..=most as usize + 1).map(real_count));
        for voted in (least.max(1)..=most).rev() {
            let place = (voted - least) as usize;
            for resample in &self.order[self.begins[place] as usize..self.begins[place + 1] as usize] {
                take(*resample, self.votes.quantile(stream.fraction()), voted);
            }
            if voted > least.max(1) {
                self.votes.take_one_away(&mut moving, &self.numbers);
            }
        }
    }

    /// Puts resamples in the order of their turnouts by counting them.
    fn by_turnout(&mut self, least: u64, most: u64) {
        self.begins.clear();
        self.begins.resize((most - least) as usize + 2, 0);
        for turnout in &self.turnouts {
            self.begins[(turnout - least) as usize + 1] += 1;
        }
        let mut sum = 0;
        for begin in &mut self.begins {
            sum += *begin;
            *begin = sum;
        }
        self.order.clear();
        self.order.resize(self.turnouts.len(), 0);
        // Each begin is moved up by what is put there, and back again by the shift of one place.
        for (turnout, resample) in self.turnouts.iter().zip(0..) {
            let begin = &mut self.begins[(turnout - least) as usize];
            self.order[*begin as usize] = resample;
            *begin += 1;
        }
        self.begins.rotate_right(1);
        self.begins[0] = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::chi_square;

    /// Draws of one station, against sums of the beta-binomial formula over turnouts and kinds.
    #[test]
    fn draws_have_the_distribution_of_the_model() {
        let turnout = Mixture::new(&[0.65, 0.35], &[21.7, 8.9], &[19.0, 9.6]).unwrap();
        let votes = Mixture::new(&[0.6, 0.4], &[8.5, 4.1], &[8.7, 32.1]).unwrap();
        for station in [
            Counted { registered: 40, voted: 21, votes: 9 },
            Counted { registered: 7, voted: 1, votes: 0 },
            Counted { registered: 90, voted: 90, votes: 90 },
        ] {
            let [most, voted] = [station.registered, station.voted];
            let mut sides = [Side::of(&turnout, most), Side::of(&votes, most)];
            let (mut room, mut stream) = (Room::default(), Stream::new(most));
            let size = most as usize + 1;
            let mut counts = vec![0_u64; size * size];
            room.draw(&station, &mut sides, 400_000, &mut stream, |_, votes, voted| {
                counts[voted as usize * size + votes as usize] += 1;
            });
            let mut belongs = [[0.0; 2]; 2];
            posterior(&turnout.tables(most), voted, most, &mut belongs[0]);
            posterior(&votes.tables(most), station.votes, voted, &mut belongs[1]);
            let next = |mixture: &Mixture, side: usize, number: u64, all: u64, yes: u64, no: u64| -> f64 {
                let kinds = mixture.kinds().iter().zip(belongs[side]);
                let of = |(kind, part): (&crate::forensics::spikes::mixture::Kind, f64)| {
                    part * beta_binomial::probability(number, all, real(yes) + kind.a, real(no) + kind.b)
                };
                kinds.map(of).sum()
            };
            let (mut statistic, mut classes, mut rest) = (0.0, 0, (0, 1.0));
            for drawn in 1..=most {
                let first = next(&turnout, 0, drawn, most, voted, most - voted);
                for number in 0..=drawn {
                    let chance = first * next(&votes, 1, number, drawn, station.votes, voted - station.votes);
                    let (count, expected) =
                        (counts[drawn as usize * size + number as usize], 400_000.0 * chance);
                    if expected >= 20.0 {
                        statistic += (real(count) - expected).powi(2) / expected;
                        classes += 1;
                        rest = (rest.0 + count, rest.1 - chance);
                    }
                }
            }
            let others = 400_000.0 * rest.1;
            statistic += (400_000.0 - real(rest.0) - others).powi(2) / others.max(1.0);
            let p = chi_square::share_above(statistic, classes);
            assert!(p > 1e-6, "{station:?}: {statistic} in {classes} classes, p {p}");
        }
    }
}
