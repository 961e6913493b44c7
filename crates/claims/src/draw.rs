//! How many boxes, drawn at random, would show at least one wrong form if a claim were true. A claim becomes a test.
//!
//! Drawn without replacement from `population`, of which `wrong` are wrong, `n` boxes all miss them with probability
//! C(population − wrong, n) / C(population, n). Decided in whole numbers of any size.

/// The least number of boxes of which at least one is wrong with probability 1 − 1/`one_in` or more; none if nothing is
/// wrong, or more than all. `one_in` is 20 for 95 %, 100 for 99 %.
pub fn boxes_to_draw(population: u64, wrong: u64, one_in: u64) -> Option<u64> {
    if wrong == 0 || wrong > population {
        return None;
    }
    // With one box more than there are right ones, a wrong one is certain; doubling finds a bound near the answer,
    // so that products stay short.
    let certain = population - wrong + 1;
    let mut high = 1;
    while high < certain && !misses_at_most(population, wrong, high, one_in) {
        high = (high * 2).min(certain);
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if misses_at_most(population, wrong, middle, one_in) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// Whether `drawn` boxes miss every wrong one with probability at most 1/`one_in`.
fn misses_at_most(population: u64, wrong: u64, drawn: u64, one_in: u64) -> bool {
    if drawn > population - wrong {
        return true;
    }
    // C(N−k, n)/C(N, n) = C(N−n, k)/C(N, k): whichever has fewer factors.
    let (factors, less) = (drawn.min(wrong), drawn.max(wrong));
    let mut misses = Natural::one();
    let mut all = Natural::one();
    for step in 0..factors {
        misses.times(population - less - step);
        all.times(population - step);
    }
    misses.times(one_in);
    misses <= all
}

/// A whole number of any size: digits to base 2^64, the lowest first, none of them a leading zero.
#[derive(Debug, PartialEq, Eq)]
struct Natural(Vec<u64>);

impl Natural {
    fn one() -> Self {
        Self(vec![1])
    }

    fn times(&mut self, factor: u64) {
        let mut carry: u128 = 0;
        for digit in &mut self.0 {
            let product = u128::from(*digit) * u128::from(factor) + carry;
            *digit = product as u64;
            carry = product >> 64;
        }
        if carry > 0 {
            self.0.push(carry as u64);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C(n, k) by Pascal's triangle.
    fn choose(n: u64, k: u64) -> u128 {
        let mut row = vec![1u128];
        for _ in 0..n {
            let mut next = vec![1u128];
            next.extend(row.windows(2).map(|pair| pair[0] + pair[1]));
            next.push(1);
            row = next;
        }
        row.get(usize::try_from(k).unwrap()).copied().unwrap_or(0)
    }

    #[test]
    fn small_populations_agree_with_counting_all_draws() {
        for population in 1..=30 {
            for wrong in 1..=population {
                for one_in in [2, 20, 100] {
                    let least = (1..=population).find(|drawn| {
                        choose(population - wrong, *drawn) * u128::from(one_in) <= choose(population, *drawn)
                    });
                    assert_eq!(
                        boxes_to_draw(population, wrong, one_in),
                        least,
                        "{population} {wrong} {one_in}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_ends_are_named() {
        assert_eq!(boxes_to_draw(100, 0, 20), None);
        assert_eq!(boxes_to_draw(100, 101, 20), None);
        assert_eq!(boxes_to_draw(100, 100, 20), Some(1));
        // One wrong form among a nation's: 95 of 100 boxes must be opened, rounded up.
        assert_eq!(boxes_to_draw(46_229, 1, 20), Some(43_918));
        assert_eq!(boxes_to_draw(46_229, 46_228, 100), Some(1));
        assert_eq!(boxes_to_draw(10, 9, 100), Some(2));
    }
}
