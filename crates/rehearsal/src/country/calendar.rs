//! The clock of the invented election: an invented polling day, a fixed offset, and the written forms of a time.
//!
//! Times in this module are seconds relative to the close of the polls, when counting becomes possible; negative is
//! before. It reads no clock of the machine.

/// Days from 1970-01-01 to the polling day, Thursday 2031-06-19. No election in Kenya was held on a 19 June.
const POLLING_DAY: i64 = 22_449;
/// Polls open at 06:00 local time: 11 hours before they close, at 17:00.
pub const POLLS_OPEN_SECONDS: i64 = -11 * HOUR;
/// Local time at the close of the polls, in seconds of the day.
const CLOSE_OF_DAY: i64 = 17 * HOUR;
/// The offset of the whole country's clocks, as written.
pub const OFFSET: &str = "+03:00";
/// Seconds in an hour.
pub const HOUR: i64 = 3_600;
/// Seconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// The date of the polling day, `YYYY-MM-DD`.
pub fn polling_day() -> String {
    date(0)
}

/// The local date at `at_seconds` after the close of the polls, `YYYY-MM-DD`.
pub fn date(at_seconds: i64) -> String {
    let (year, month, day) = civil(POLLING_DAY + (CLOSE_OF_DAY + at_seconds).div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The local time at `at_seconds` after the close of the polls, `YYYY-MM-DDTHH:MM:SS+03:00`, the one written form of a
/// time in a record (`records`, "Text").
pub fn moment(at_seconds: i64) -> String {
    let of_day = (CLOSE_OF_DAY + at_seconds).rem_euclid(DAY);
    let (hour, minute, second) = (of_day / HOUR, of_day % HOUR / 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}{OFFSET}", date(at_seconds))
}

/// Year, month and day of the proleptic Gregorian calendar, by counting years from 1 March so that the leap day is last.
fn civil(days_since_1970: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    let days = days_since_1970 + 719_468;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_one_way() {
        assert_eq!(polling_day(), "2031-06-19");
        assert_eq!(moment(0), "2031-06-19T17:00:00+03:00");
        assert_eq!(moment(POLLS_OPEN_SECONDS), "2031-06-19T06:00:00+03:00");
        assert_eq!(moment(7 * HOUR - 1), "2031-06-19T23:59:59+03:00");
        assert_eq!(moment(7 * HOUR), "2031-06-20T00:00:00+03:00");
        assert_eq!(date(-2 * DAY), "2031-06-17");
        assert_eq!(date(12 * DAY), "2031-07-01");
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn the_polling_day_is_no_real_one_of_kenya() {
        // General elections and referendums, month and day: 1961 to 2022.
        let real = [
            "02-20", "05-18", "05-26", "12-06", "10-14", "11-08", "09-26", "03-21", "12-29", "12-27",
            "11-21", "08-04", "03-04", "08-08", "10-26", "08-09",
        ];
        assert!(real.iter().all(|day| !polling_day().ends_with(day)));
    }
}
