//! Exactly when BRAVO stops: the distribution of the number of ballots, by dynamic programming over every possible sample.
//!
//! Published tables of these numbers are simulations; these are not.

use crate::Share;
use crate::numeric::{real, real_count, whole_above};

/// Probabilities of stopping with each number of ballots.
#[derive(Debug, Clone)]
pub struct Stopping {
    /// The probability of stopping with exactly so many ballots, from 0.
    stops: Vec<f64>,
}

/// A test of a reported share, ballot by ballot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The winner's reported share among ballots for one of the two, above one half and below 1.
    pub reported: f64,
    /// The winner's true share.
    pub true_share: f64,
    /// At what risk the audit stops.
    pub risk_limit: Share,
}

/// What a sample of so few ballots adds to nothing: paths less probable than this are left out.
const NEGLIGIBLE: f64 = 1e-22;

impl Stopping {
    /// The distribution up to `most` ballots.
    pub fn of(test: Test, most: usize) -> Self {
        let barrier = Barrier::new(test);
        let mut stops = vec![0.0; most + 1];
        // Probabilities of `low`, `low` + 1 … ballots for the winner, of samples that have not stopped.
        let (mut low, mut open) = (0_usize, vec![1.0_f64]);
        for (ballots, stop) in stops.iter_mut().enumerate().skip(1) {
            let mut next = vec![0.0; open.len() + 1];
            for (place, probability) in open.iter().enumerate() {
                next[place] += probability * (1.0 - test.true_share);
                next[place + 1] += probability * test.true_share;
            }
            let kept = barrier.least_to_stop(ballots).saturating_sub(low).min(next.len());
            *stop = next.drain(kept..).sum();
            let empty = next.iter().take_while(|probability| **probability < NEGLIGIBLE).count();
            next.drain(..empty);
            low += empty;
            open = next;
            if open.is_empty() {
                break;
            }
        }
        Self { stops }
    }

    /// The least number of ballots with which at least this share of audits has stopped; none if beyond what was computed.
    pub fn quantile(&self, share: f64) -> Option<usize> {
        let mut sum = 0.0;
        self.stops.iter().position(|stop| {
            sum += stop;
            sum >= share
        })
    }

    /// The share of audits that have stopped within what was computed.
    pub fn stopped(&self) -> f64 {
        self.stops.iter().sum()
    }

    /// The mean number of ballots, where whoever has not stopped counts with the most that was computed.
    pub fn mean(&self) -> f64 {
        let most = real_count(self.stops.len() - 1);
        let within: f64 =
            self.stops.iter().enumerate().map(|(ballots, stop)| real_count(ballots) * stop).sum();
        within + most * (1.0 - self.stopped())
    }
}

/// The line in the plane of ballots and votes above which the audit stops.
struct Barrier {
    height: f64,
    slope: f64,
}

impl Barrier {
    fn new(test: Test) -> Self {
        let (up, down) = ((2.0 * test.reported).ln(), (2.0 - 2.0 * test.reported).ln());
        Self { height: -test.risk_limit.value().ln() / (up - down), slope: -down / (up - down) }
    }

    fn least_to_stop(&self, ballots: usize) -> usize {
        whole_above(self.height + self.slope * real(ballots as u64)) as usize
    }
}
