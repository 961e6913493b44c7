//! Ballots of several contests held together: who votes is given a paper of each, so the ballots in the boxes of one station agree but for few.
//!
//! No null hypothesis and no p value: these are differences of whole numbers. Some voters put a paper in the wrong box, take it home or decline it; a figure may be
//! copied wrongly. A large difference says that at least one of the figures is not the number of voters, and not which.

use crate::numeric::real;

/// The ballots of one station compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// In how many contests its ballots are known.
    pub contests: usize,
    /// The fewest ballots, and in which contest.
    pub least: (usize, u64),
    /// The most ballots, and in which contest.
    pub most: (usize, u64),
}

/// What is taken for few: a difference is beyond it if it is more than both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// So many ballots, for small stations.
    pub ballots: u64,
    /// So many hundredths of the most ballots, for large ones.
    pub percent: u32,
}

/// All stations together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// Of each station, in the order given; nothing where fewer than two contests are known.
    pub stations: Vec<Option<Agreement>>,
    /// How many could be compared.
    pub compared: u64,
    /// How many agree exactly.
    pub equal: u64,
    /// The sum of all differences, in ballots; the largest number there is, where figures are absurd.
    pub ballots: u64,
    /// The middle one of the differences; the lower of two.
    pub median: u64,
    /// The places of stations beyond the allowance, the largest difference first.
    pub beyond: Vec<usize>,
}

impl Agreement {
    /// Of one station: its ballots by contest, where they are known. Nothing for fewer than two.
    pub fn of(ballots: &[Option<u64>]) -> Option<Self> {
        let known =
            || ballots.iter().enumerate().filter_map(|(contest, ballots)| Some((contest, (*ballots)?)));
        let contests = known().count();
        if contests < 2 {
            return None;
        }
        // Of contests with equal ballots the first is named, on both sides.
        let least = known().min_by_key(|(_, ballots)| *ballots)?;
        let most = known().rev().max_by_key(|(_, ballots)| *ballots)?;
        Some(Self { contests, least, most })
    }

    /// The most less the fewest.
    pub fn difference(&self) -> u64 {
        self.most.1 - self.least.1
    }

    /// The difference as a share of the most; 0 without ballots.
    pub fn share(&self) -> f64 {
        if self.most.1 == 0 { 0.0 } else { real(self.difference()) / real(self.most.1) }
    }
}

impl Allowance {
    /// Five ballots, and one in a hundred.
    pub const USUAL: Self = Self { ballots: 5, percent: 1 };

    /// Whether the difference is more than this.
    pub fn is_passed_by(&self, agreement: &Agreement) -> bool {
        let difference = u128::from(agreement.difference());
        agreement.difference() > self.ballots
            && 100 * difference > u128::from(agreement.most.1) * u128::from(self.percent)
    }
}

/// Every station's ballots by contest, where they are known, and who is beyond the allowance.
pub fn differences(stations: &[Vec<Option<u64>>], allowance: Allowance) -> Differences {
    let agreements: Vec<Option<Agreement>> = stations.iter().map(|ballots| Agreement::of(ballots)).collect();
    let mut sorted: Vec<u64> = agreements.iter().flatten().map(Agreement::difference).collect();
    sorted.sort_unstable();
    let placed = || agreements.iter().enumerate().filter_map(|(place, found)| Some((place, (*found)?)));
    let mut beyond: Vec<(usize, Agreement)> =
        placed().filter(|(_, found)| allowance.is_passed_by(found)).collect();
    beyond.sort_by_key(|(place, found)| (std::cmp::Reverse(found.difference()), *place));
    Differences {
        compared: sorted.len() as u64,
        equal: sorted.partition_point(|difference| *difference == 0) as u64,
        ballots: sorted.iter().fold(0, |sum, difference| sum.saturating_add(*difference)),
        median: sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default(),
        beyond: beyond.into_iter().map(|(place, _)| place).collect(),
        stations: agreements,
    }
}
