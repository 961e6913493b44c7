//! Whole percentages: more stations with a turnout or share of exactly 75 %, 80 %, 85 % … than chance gives.
//!
//! Kobak, Shpilkin and Pshenichnikov (2016) compare with simulations; here every probability is exact. Null: the ballots given out at a station are
//! binomial with its own turnout, the leader's votes with his own share there. That these are estimated from the same
//! numbers makes the test a little too kind. Small stations give simple fractions by chance; the null knows that.

use crate::numeric::{real, whole_above, whole_below};

/// What one station reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Station {
    /// Registered voters.
    pub registered: u64,
    /// Ballots given out.
    pub given: u64,
    /// Ballots found in the boxes.
    pub received: u64,
    /// Votes of the leader.
    pub leader: u64,
}

/// How many stations were at whole percentages, against chance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Excess {
    /// How many were.
    pub observed: u64,
    /// How many chance gives in the mean.
    pub expected: f64,
    /// The standard deviation of that.
    pub deviation: f64,
}

/// The three counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Peaks {
    /// How many stations were looked at.
    pub stations: u64,
    /// Turnout at a whole percentage.
    pub turnout: Excess,
    /// The leader's share at a whole percentage.
    pub leader: Excess,
    /// Either of them.
    pub either: Excess,
}

/// Stations with fewer registered voters are left out: small ones are ships, hospitals, and the like.
pub const LEAST_REGISTERED: u64 = 100;
/// Stations with more are no stations, and the tables would be large.
pub const MOST_REGISTERED: u64 = 1_000_000;
/// How near to a whole percentage, in percentage points, counts as at it.
const REACH: f64 = 0.05;
/// How many standard deviations to either side are summed; beyond lies less than 1e-11.
const FAR: f64 = 7.0;

impl Excess {
    /// How many more than chance gives.
    pub fn excess(&self) -> f64 {
        real(self.observed) - self.expected
    }

    /// The excess in standard deviations; 0 where there is no scatter.
    pub fn distance(&self) -> f64 {
        if self.deviation > 0.0 { self.excess() / self.deviation } else { 0.0 }
    }

    fn add(&mut self, is_whole: bool, probability: f64) {
        self.observed += u64::from(is_whole);
        self.expected += probability;
        // Variances are summed here, and made a deviation at the end.
        self.deviation += probability * (1.0 - probability);
    }
}

impl Station {
    /// Whether it is looked at: enough voters, ballots in the box, neither turnout nor share above 99 %.
    pub fn is_included(&self) -> bool {
        let below = |part: u64, all: u64| real(part) / real(all) <= 0.99;
        self.received > 0
            && (LEAST_REGISTERED..=MOST_REGISTERED).contains(&self.registered)
            && self.given <= self.registered
            && self.leader <= self.received
            && self.received <= MOST_REGISTERED
            && below(self.given, self.registered)
            && below(self.leader, self.received)
    }
}

/// Stations at whole percentages, observed and by chance.
pub fn peaks(stations: &[Station]) -> Peaks {
    let included: Vec<&Station> = stations.iter().filter(|station| station.is_included()).collect();
    let largest = included.iter().map(|station| station.registered.max(station.received)).max();
    let mut chance = Chance::up_to(largest.unwrap_or_default());
    let mut peaks = Peaks { stations: included.len() as u64, ..Peaks::default() };
    for Station { registered, given, received, leader } in included.into_iter().copied() {
        let (by_turnout, by_leader) = (chance.of_whole(given, registered), chance.of_whole(leader, received));
        let (turnout, share) = (is_whole(given, registered), is_whole(leader, received));
        peaks.turnout.add(turnout, by_turnout);
        peaks.leader.add(share, by_leader);
        peaks.either.add(turnout || share, 1.0 - (1.0 - by_turnout) * (1.0 - by_leader));
    }
    for excess in [&mut peaks.turnout, &mut peaks.leader, &mut peaks.either] {
        excess.deviation = excess.deviation.sqrt();
    }
    peaks
}

/// Whether `part` of `all` is a whole percentage, or nearly.
fn is_whole(part: u64, all: u64) -> bool {
    let percentage = real(100 * part) / real(all);
    (percentage - percentage.round_ties_even()).abs() <= REACH
}

/// What every station needs: the logarithms of 0!, 1!, 2! …, and which parts of a number are whole percentages.
struct Chance {
    factorials: Vec<f64>,
    /// By the number, ascending; empty until asked for.
    whole_parts: Vec<Vec<u32>>,
}

impl Chance {
    fn up_to(largest: u64) -> Self {
        let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
        let mut factorials = vec![0.0];
        for number in 1..=largest {
            // Kahan's summation: ten thousand roundings would show in the ninth digit.
            let term = real(number).ln() - lost;
            let next = sum + term;
            lost = (next - sum) - term;
            sum = next;
            factorials.push(sum);
        }
        Self { whole_parts: vec![Vec::new(); factorials.len()], factorials }
    }

    /// The probability that a binomial number of this mean is a whole percentage.
    fn of_whole(&mut self, part: u64, all: u64) -> f64 {
        if part == 0 {
            return 1.0;
        }
        let parts = &mut self.whole_parts[all as usize];
        if parts.is_empty() {
            *parts = whole_parts(all);
        }
        let (mean, chance) = (real(part), real(part) / real(all));
        let reach = FAR * (mean * (1.0 - chance)).sqrt() + FAR;
        let (low, high) = (whole_below((mean - reach).max(0.0)), whole_above(mean + reach));
        let (yes, no) = (chance.ln(), (-chance).ln_1p());
        let all_ways = self.factorials[all as usize] + real(all) * no;
        let from = parts.partition_point(|part| u64::from(*part) < low);
        let near = parts[from..].iter().take_while(|part| u64::from(**part) <= high);
        near.map(|number| {
            let (number, rest) = (*number as usize, all as usize - *number as usize);
            let ways = all_ways - self.factorials[number] - self.factorials[rest];
            (ways + real(number as u64) * (yes - no)).exp()
        })
        .sum()
    }
}

/// The parts of `all` that are whole percentages, ascending.
fn whole_parts(all: u64) -> Vec<u32> {
    let mut parts = Vec::new();
    for percentage in 0..=100 {
        let near = |reach: f64| (real(percentage) + reach) * real(all) / 100.0;
        // One more on either side, judged by the same rounding as the observed ones.
        let low = whole_below(near(-REACH).max(0.0)).saturating_sub(1);
        let high = (whole_above(near(REACH)) + 1).min(all);
        let after = parts.last().map_or(0, |last| u64::from(*last) + 1);
        parts.extend((low.max(after)..=high).filter(|part| is_whole(*part, all)).map(|part| part as u32));
    }
    parts
}
