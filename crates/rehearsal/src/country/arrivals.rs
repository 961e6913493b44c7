//! When the forms come, and how a night of days is squeezed into minutes.
//!
//! The curve is a real night's shape (profile of Kenya, "The night"): none in the first 40 minutes, over 80 % in 7
//! hours, a quiet night, a bump in the morning, 98.5 % after a day, a tail of days. Times are seconds after the close of
//! the polls. It waits for nothing itself.

use super::calendar::HOUR;
use super::random::Random;

/// No form comes earlier than this many seconds after the close of the polls.
pub const EARLIEST_SECONDS: i64 = 40 * 60;
/// A form that comes after this many seconds is late.
pub const LATE_AFTER_SECONDS: i64 = 24 * HOUR;

/// The on-time part of the curve: seconds, and how many of a thousand on-time forms have come by then.
const CURVE: [(i64, i64); 14] = [
    (EARLIEST_SECONDS, 0),
    (HOUR, 6),
    (HOUR * 3 / 2, 50),
    (2 * HOUR, 132),
    (3 * HOUR, 355),
    (4 * HOUR, 553),
    (5 * HOUR, 690),
    (6 * HOUR, 787),
    (7 * HOUR, 853),
    (9 * HOUR, 904),
    (13 * HOUR, 920),
    (16 * HOUR, 966),
    (20 * HOUR, 991),
    (LATE_AFTER_SECONDS, 1_000),
];
/// The late part, by the same measure among the late forms.
const TAIL: [(i64, i64); 4] =
    [(LATE_AFTER_SECONDS + 60, 0), (36 * HOUR, 420), (48 * HOUR, 700), (96 * HOUR, 1_000)];

/// When a station's first form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// Seconds after the close of the polls.
    At(i64),
    /// No form comes.
    Never,
}

impl Arrival {
    /// Seconds after the close of the polls, unless never.
    pub fn at_seconds(self) -> Option<i64> {
        match self {
            Arrival::At(seconds) => Some(seconds),
            Arrival::Never => None,
        }
    }
}

/// `on_time` and then `late` times, rising. Each time is drawn within its own slice of the curve, so that the percentages
/// hold for every seed.
pub(crate) fn times(random: &mut Random, on_time: usize, late: usize) -> Vec<i64> {
    let mut times = on_curve(random, on_time, &CURVE);
    times.extend(on_curve(random, late, &TAIL));
    times
}

fn on_curve(random: &mut Random, count: usize, curve: &[(i64, i64)]) -> Vec<i64> {
    const FINE: i64 = 100_000;
    let slices = i64::try_from(count).expect("a count of stations is an i64");
    (0..slices)
        .map(|slice| {
            let within = random.seconds(0, 99_999);
            along(curve, 1_000 * (slice * FINE + within) / slices, FINE)
        })
        .collect()
}

/// The time at which `thousandths` / `fine` of a thousand have come.
fn along(curve: &[(i64, i64)], thousandths: i64, fine: i64) -> i64 {
    let next = curve.partition_point(|(_, share)| share * fine <= thousandths).clamp(1, curve.len() - 1);
    let (from, to) = (curve[next - 1], curve[next]);
    from.0 + (to.0 - from.0) * (thousandths - from.1 * fine) / ((to.1 - from.1) * fine)
}

/// Maps the seconds of the simulated days to real milliseconds, piecewise linear: the first 7 hours take about three
/// quarters of the time, the rest of the day most of what is left, the tail of days little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squeeze {
    /// Where each piece ends: simulated seconds, real milliseconds. Begins with (0, 0).
    knots: Vec<(i64, i64)>,
}

impl Squeeze {
    /// Squeezes everything up to `last_seconds` into `minutes`; 0 minutes is no waiting at all.
    pub fn new(minutes: u32, last_seconds: i64) -> Self {
        const PIECES: [(i64, i64); 3] = [(7 * HOUR, 75), (LATE_AFTER_SECONDS, 20), (i64::MAX, 5)];
        let last = last_seconds.max(1);
        let mut ends = Vec::new();
        let mut begins = 0;
        for (end, weight) in PIECES {
            if begins < last {
                ends.push((end.min(last), weight));
            }
            begins = end;
        }
        let all: i64 = ends.iter().map(|(_, weight)| weight).sum();
        let (mut knots, mut so_far) = (vec![(0, 0)], 0);
        for (end, weight) in ends {
            so_far += weight;
            knots.push((end, i64::from(minutes) * 60_000 * so_far / all));
        }
        Squeeze { knots }
    }

    /// Real milliseconds after the start at which something happens at `at_seconds`. What lies before the close of the
    /// polls happens at once; what lies after the last second happens with it.
    pub fn real_ms(&self, at_seconds: i64) -> u64 {
        let next = self.knots.partition_point(|(seconds, _)| *seconds <= at_seconds);
        let ms = match (next.checked_sub(1).map(|place| self.knots[place]), self.knots.get(next)) {
            (None, _) => 0,
            (Some((_, ms)), None) => ms,
            (Some(from), Some(to)) => from.1 + (to.1 - from.1) * (at_seconds - from.0) / (to.0 - from.0),
        };
        u64::try_from(ms).expect("no knot lies before the start")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_squeeze_is_monotone_and_gives_the_first_seven_hours_most() {
        let squeeze = Squeeze::new(20, 100 * HOUR);
        assert_eq!(squeeze.real_ms(-5), 0);
        assert_eq!(squeeze.real_ms(0), 0);
        assert_eq!(squeeze.real_ms(7 * HOUR), 900_000);
        assert_eq!(squeeze.real_ms(24 * HOUR), 1_140_000);
        assert_eq!(squeeze.real_ms(100 * HOUR), 1_200_000);
        assert_eq!(squeeze.real_ms(200 * HOUR), 1_200_000);
        let all: Vec<u64> = (0..100 * HOUR).step_by(97).map(|at| squeeze.real_ms(at)).collect();
        assert!(all.is_sorted());
    }

    #[test]
    fn a_short_night_still_takes_all_the_minutes_and_none_is_no_waiting() {
        assert_eq!(Squeeze::new(3, 5 * HOUR).real_ms(5 * HOUR), 180_000);
        assert_eq!(Squeeze::new(3, 20 * HOUR).real_ms(20 * HOUR), 180_000);
        assert_eq!(Squeeze::new(0, 90 * HOUR).real_ms(50 * HOUR), 0);
    }

    #[test]
    fn curves_rise_from_nothing_to_all() {
        for curve in [CURVE.as_slice(), &TAIL] {
            assert!(curve.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1));
            assert_eq!((curve[0].1, curve[curve.len() - 1].1), (0, 1_000));
        }
        let times = times(&mut Random::new("7", "times"), 5_000, 70);
        assert!(times.is_sorted());
        assert!(times[0] >= EARLIEST_SECONDS && times[4_999] <= LATE_AFTER_SECONDS);
        assert!(times[5_000] > LATE_AFTER_SECONDS);
    }
}
