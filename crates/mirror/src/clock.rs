//! The time, by this machine's clock.

use hakiki_tlog::StampTime;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970; 0 where the clock stands before.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A time as stamps write it, in UTC. None after the year 9999.
pub(crate) fn stamp_time(unix_s: u64) -> Option<StampTime> {
    let (days, second) = (unix_s / 86_400, unix_s % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00").parse().ok()
}

/// The Gregorian date of a day counted from 1970-01-01. Years begin in March here, so that the leap day is the last.
fn date(days: u64) -> (u64, u64, u64) {
    // 719,468 days lie between 0000-03-01 and 1970-01-01; 146,097 are 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_stamps_read_them() {
        for unix_s in [0, 951_782_399, 951_782_400, 1_700_000_000, 1_930_338_000, 4_107_542_400] {
            let time = stamp_time(unix_s).unwrap();
            assert_eq!(time.unix_s().unsigned_abs(), unix_s, "{time}");
        }
        assert_eq!(stamp_time(1_700_000_000).unwrap().as_str(), "2023-11-14T22:13:20+00:00");
        assert!(stamp_time(u64::MAX / 2).is_none());
    }
}
