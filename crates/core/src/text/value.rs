//! The values that stand in lines: numbers, boxes of the paper, times, dates.

use std::fmt;

/// Largest number that can be written: nine digits.
pub const NUMBER_MAX: u32 = 999_999_999;

/// Parses a number: decimal, no leading zero, at most nine digits.
pub fn parse_number(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let shaped = matches!(bytes.len(), 1..=9) && bytes.iter().all(u8::is_ascii_digit);
    if !shaped || (bytes[0] == b'0' && bytes.len() > 1) {
        return None;
    }
    Some(bytes.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// What one box of the paper says. A box that the form does not have is no line. Blank is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoxValue {
    /// A written number.
    Number(u32),
    /// Nothing is written.
    Blank,
    /// A dash is written.
    Dash,
    /// Something is written that cannot be read.
    Illegible,
}

impl BoxValue {
    /// Parses a box.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "blank" => Some(Self::Blank),
            "dash" => Some(Self::Dash),
            "illegible" => Some(Self::Illegible),
            number => parse_number(number).map(Self::Number),
        }
    }

    /// The number, if one is written.
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(u64::from(number)),
            _ => None,
        }
    }
}

impl fmt::Display for BoxValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Blank => f.write_str("blank"),
            Self::Dash => f.write_str("dash"),
            Self::Illegible => f.write_str("illegible"),
        }
    }
}

/// A calendar day, `YYYY-MM-DD`, from 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970-01-01.
    pub days: i32,
}

/// A claimed moment with its offset, `YYYY-MM-DDTHH:MM:SS±HH:MM` and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub unix_seconds: i64,
    /// Minutes east of UTC.
    pub offset_minutes: i16,
}

fn two_digits(bytes: &[u8], at: usize) -> Option<u32> {
    match (bytes.get(at)?, bytes.get(at + 1)?) {
        (a @ b'0'..=b'9', b @ b'0'..=b'9') => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian day.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

impl Date {
    /// Parses a day; a day that no calendar has is none.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = i64::from(two_digits(bytes, 0)? * 100 + two_digits(bytes, 2)?);
        let (month, day) = (i64::from(two_digits(bytes, 5)?), i64::from(two_digits(bytes, 8)?));
        let days = days_from_civil(year, month, day);
        if year < 1970 || civil_from_days(days) != (year, month, day) {
            return None;
        }
        i32::try_from(days).ok().map(|days| Self { days })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(i64::from(self.days));
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Time {
    /// Parses a moment. Offsets go to ±14:00; -00:00 is not a form.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let marks = [(10, b'T'), (13, b':'), (16, b':'), (22, b':')];
        if bytes.len() != 25 || !text.is_ascii() || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
            return None;
        }
        let day = Date::parse(&text[..10])?;
        let (hour, minute, second) = (two_digits(bytes, 11)?, two_digits(bytes, 14)?, two_digits(bytes, 17)?);
        let (offset_hour, offset_minute) = (two_digits(bytes, 20)?, two_digits(bytes, 23)?);
        if hour > 23
            || minute > 59
            || second > 59
            || offset_minute > 59
            || offset_hour * 60 + offset_minute > 840
        {
            return None;
        }
        let east = i16::try_from(offset_hour * 60 + offset_minute).ok()?;
        let offset_minutes = match bytes[19] {
            b'+' => east,
            b'-' if east != 0 => -east,
            _ => return None,
        };
        let local = i64::from(day.days) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
        Some(Self { unix_seconds: local - i64::from(offset_minutes) * 60, offset_minutes })
    }

    /// The moment `unix_seconds` as a clock with this offset shows it.
    pub fn new(unix_seconds: i64, offset_minutes: i16) -> Self {
        Self { unix_seconds, offset_minutes }
    }

    /// The day that the clock's own calendar shows.
    pub fn date(self) -> Date {
        let local = self.unix_seconds + i64::from(self.offset_minutes) * 60;
        Date { days: i32::try_from(local.div_euclid(86_400)).unwrap_or(i32::MAX) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.unix_seconds + i64::from(self.offset_minutes) * 60;
        let seconds = local.rem_euclid(86_400);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let (sign, east) =
            if self.offset_minutes < 0 { ('-', -self.offset_minutes) } else { ('+', self.offset_minutes) };
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", self.date(), east / 60, east % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(parse_number("0"), Some(0));
        assert_eq!(parse_number("999999999"), Some(NUMBER_MAX));
        for bad in ["", "00", "01", "1000000000", "-1", "+1", "1 ", "٣", "1e3"] {
            assert_eq!(parse_number(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn times_have_one_form_and_come_back() {
        let text = "2031-03-04T18:52:00+03:00";
        let time = Time::parse(text);
        assert_eq!(time.map(|t| t.to_string()).as_deref(), Some(text));
        assert_eq!(Time::parse("1970-01-01T00:00:00+00:00").map(|t| t.unix_seconds), Some(0));
        for bad in [
            "2031-03-04T18:52:00Z",
            "2031-03-04 18:52:00+03:00",
            "2031-02-29T18:52:00+03:00",
            "2031-03-04T24:00:00+03:00",
            "2031-03-04T18:52:60+03:00",
            "2031-03-04T18:52:00-00:00",
            "2031-03-04T18:52:00+15:00",
            "2031-03-04T18:52:00.0+03:00",
        ] {
            assert_eq!(Time::parse(bad), None, "{bad}");
        }
        assert!(Date::parse("2032-02-29").is_some());
    }

    #[test]
    fn every_day_comes_back() {
        for days in 0..200_000 {
            let date = Date { days };
            assert_eq!(Date::parse(&date.to_string()), Some(date));
        }
    }
}
