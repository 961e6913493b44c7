//! Dates and times of tables, in the one form that records have.

/// Whether `text` is a day that exists, as `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    record_time(text, "YYYY-MM-DD", "+00:00").is_some()
}

/// Whether `zone` is an offset from UTC as `±HH:MM`.
pub fn is_zone(zone: &str) -> bool {
    let bytes = zone.as_bytes();
    let digits = |from: usize| bytes[from..from + 2].iter().all(u8::is_ascii_digit);
    bytes.len() == 6
        && matches!(bytes[0], b'+' | b'-')
        && bytes[3] == b':'
        && digits(1)
        && digits(4)
        && zone[1..3] <= *"14"
        && zone[4..6] <= *"59"
}

/// Whether a format has a year, month and day, and of hour, minute and second none that lacks a larger one.
pub fn is_format(format: &str) -> bool {
    let has = |field: &str| format.matches(field).count() == 1;
    let letters = |letter: char| format.contains(letter);
    ["YYYY", "MM", "DD"].iter().all(|field| has(field))
        && (has("hh") || !letters('h') && !letters('m'))
        && (has("mm") || !letters('m') && !letters('s'))
        && (has("ss") || !letters('s'))
        && format.is_ascii()
}

/// `text`, written by `format` (YYYY MM DD hh mm ss for digits, everything else as it stands), in the form of
/// records; `None` if it does not fit or no such moment exists. What the format lacks is zero.
pub fn record_time(text: &str, format: &str, zone: &str) -> Option<String> {
    if text.len() != format.len() || !text.is_ascii() {
        return None;
    }
    let mut fields = [0u32; 6];
    for (letter, character) in format.chars().zip(text.chars()) {
        match "YMDhms".find(letter) {
            Some(field) => fields[field] = fields[field] * 10 + character.to_digit(10)?,
            None if letter == character => {}
            None => return None,
        }
    }
    let [year, month, day, hour, minute, second] = fields;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    let exists = (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    exists.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_that_exist() {
        let time = |text| record_time(text, "YYYYMMDDhhmmss", "+03:00");
        assert_eq!(time("20310304185209").unwrap(), "2031-03-04T18:52:09+03:00");
        assert_eq!(time("20320229235959").unwrap(), "2032-02-29T23:59:59+03:00");
        for bad in [
            "20310229000000",
            "20311301000000",
            "20310100000000",
            "20310101240000",
            "2031010100000",
            "2031010100000x",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
        assert_eq!(record_time("2031/03/04", "YYYY-MM-DD", "Z"), None);
        assert_eq!(
            record_time("04/03/2031 18:52", "DD/MM/YYYY hh:mm", "+00:00").unwrap(),
            "2031-03-04T18:52:00+00:00"
        );
    }

    #[test]
    fn formats_dates_and_zones() {
        assert!(is_date("2024-02-29") && !is_date("2023-02-29") && !is_date("24-02-29"));
        assert!(
            is_zone("+03:00")
                && is_zone("-04:30")
                && !is_zone("03:00")
                && !is_zone("+15:00")
                && !is_zone("+0300")
        );
        assert!(is_format("DD/MM/YYYY hh:mm") && is_format("YYYYMMDD"));
        assert!(!is_format("YYYY-MM") && !is_format("YYYY-MM-DD mm:ss") && !is_format("YYYY-MM-DD hh:ss"));
    }
}
