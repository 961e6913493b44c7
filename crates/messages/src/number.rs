//! Figures as people read them: grouped integers, shares, dates.
//!
//! Integers in, text out; nothing here is a float. A share is rounded for reading only; the integers beside it are what
//! was counted.

use crate::{Language, text};

/// An integer with its digits in groups of three: `12,345`. Kenya's English and Swahili group alike.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A whole number with its sign, grouped: `+1,904`, `−26`; nought is `0`.
pub fn signed(value: i128) -> String {
    let grouped = number(u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX));
    match value.signum() {
        1 => format!("+{grouped}"),
        -1 => format!("−{grouped}"),
        _ => grouped,
    }
}

/// `part` of `whole` in per cent with one decimal, half rounded up: `41.3 %`, with a no-break space. `–` when there is
/// no whole. A share that is not nothing and not everything is never shown as `0.0 %` or `100.0 %`: it is `< 0.1 %` or
/// `> 99.9 %`.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let (part_wide, whole_wide) = (u128::from(part), u128::from(whole));
    let tenths = (part_wide * 2000 + whole_wide) / (whole_wide * 2);
    if tenths == 0 && part > 0 {
        return "< 0.1\u{a0}%".to_owned();
    }
    if tenths == 1000 && part < whole {
        return "> 99.9\u{a0}%".to_owned();
    }
    let percent = number(u64::try_from(tenths / 10).unwrap_or(u64::MAX));
    format!("{percent}.{}\u{a0}%", tenths % 10)
}

/// A day in words, `4 March 2031`. `month` counts from 1; another month is shown as its number.
pub fn date(language: Language, year: u16, month: u8, day: u8) -> String {
    let name = match month {
        1..=12 => text(language, MONTHS[usize::from(month) - 1]).to_owned(),
        _ => month.to_string(),
    };
    format!("{day} {name} {year}")
}

const MONTHS: [&str; 12] = [
    "date.month.01",
    "date.month.02",
    "date.month.03",
    "date.month.04",
    "date.month.05",
    "date.month.06",
    "date.month.07",
    "date.month.08",
    "date.month.09",
    "date.month.10",
    "date.month.11",
    "date.month.12",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_grouped() {
        for (value, grouped) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345, "12,345"),
            (999_999, "999,999"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(number(value), grouped);
        }
    }

    #[test]
    fn shares_are_exact_before_they_are_rounded() {
        for (part, whole, shown) in [
            (5_841_210, 14_143_564, "41.3\u{a0}%"),
            (1, 2, "50.0\u{a0}%"),
            (1, 2_000, "0.1\u{a0}%"),
            (1, 2_001, "< 0.1\u{a0}%"),
            (0, 7, "0.0\u{a0}%"),
            (7, 7, "100.0\u{a0}%"),
            (9_999, 10_000, "> 99.9\u{a0}%"),
            (u64::MAX, u64::MAX, "100.0\u{a0}%"),
            (10_005, 10, "100,050.0\u{a0}%"),
            (1, 0, "–"),
        ] {
            assert_eq!(share(part, whole), shown, "{part} of {whole}");
        }
    }

    #[test]
    fn days_are_in_words() {
        assert_eq!(date(Language::English, 2031, 3, 4), "4 March 2031");
        assert_eq!(date(Language::Swahili, 2031, 3, 4), "4 Machi 2031");
        assert_eq!(date(Language::English, 2031, 13, 4), "4 13 2031");
    }
}
