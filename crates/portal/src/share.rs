//! Shares for reading: exact integer arithmetic, rounded half up. The integers beside them are what was counted.

/// Hundredths of a per cent, rounded half up; none when there is no whole.
pub(crate) fn hundredths(part: u64, whole: u64) -> Option<u64> {
    if whole == 0 {
        return None;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    u64::try_from((part * 20_000 + whole) / (whole * 2)).ok()
}

/// `50.49 %` of hundredths of a per cent, with a no-break space.
pub(crate) fn written(hundredths: u64) -> String {
    format!("{}.{:02}\u{a0}%", hundredths / 100, hundredths % 100)
}

/// `part` of `whole` with two decimals. A share that is not nothing and not everything is never shown as nothing or
/// everything; `–` when there is no whole.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    match hundredths(part, whole) {
        None => "–".to_owned(),
        Some(0) if part > 0 => "<\u{a0}0.01\u{a0}%".to_owned(),
        Some(10_000) if part < whole => ">\u{a0}99.99\u{a0}%".to_owned(),
        Some(share) => written(share),
    }
}

/// A rule's fraction in per cent, without decimals where there are none: `50 %`.
pub(crate) fn fraction((numerator, denominator): (u32, u32)) -> String {
    match hundredths(u64::from(numerator), u64::from(denominator)) {
        Some(share) if share % 100 == 0 => format!("{}\u{a0}%", share / 100),
        Some(share) => written(share),
        None => "–".to_owned(),
    }
}

/// What the rounded shares add up to, where it is not 100 %.
pub(crate) fn odd_sum(parts: &[u64], whole: u64) -> Option<u64> {
    let shares: Option<Vec<u64>> = parts.iter().map(|part| hundredths(*part, whole)).collect();
    let sum: u64 = shares?.iter().sum();
    (sum != 10_000).then_some(sum)
}

/// `part` of `whole` on a scale to `scale`, never beyond it: for pictures.
pub(crate) fn scaled(part: u64, whole: u64, scale: u32) -> u32 {
    if whole == 0 {
        return 0;
    }
    let length = u128::from(part) * u128::from(scale) / u128::from(whole);
    u32::try_from(length).unwrap_or(scale).min(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X07: real percentages 50.49, 48.85, 0.44 and 0.23 summed to 100.01, and nobody said so.
    #[test]
    fn rounded_shares_that_pass_a_hundred_are_said() {
        let votes = [50_486, 48_845, 435, 234];
        let whole = votes.iter().sum();
        let shares: Vec<String> = votes.iter().map(|part| percent(*part, whole)).collect();
        assert_eq!(shares, ["50.49\u{a0}%", "48.85\u{a0}%", "0.44\u{a0}%", "0.23\u{a0}%"]);
        assert_eq!(odd_sum(&votes, whole), Some(10_001));
        assert_eq!(odd_sum(&[1, 1], 2), None);
        assert_eq!(odd_sum(&[1], 0), None);
    }

    #[test]
    fn half_is_rounded_up_exactly() {
        assert_eq!(hundredths(1, 20_000), Some(1));
        assert_eq!(hundredths(1, 20_001), Some(0));
        assert_eq!(hundredths(u64::MAX, u64::MAX), Some(10_000));
        assert_eq!(percent(1, 20_001), "<\u{a0}0.01\u{a0}%");
        assert_eq!(percent(99_999, 100_000), ">\u{a0}99.99\u{a0}%");
        assert_eq!(percent(0, 7), "0.00\u{a0}%");
        assert_eq!(percent(3, 0), "–");
        assert_eq!((fraction((1, 2)), fraction((1, 3))), ("50\u{a0}%".into(), "33.33\u{a0}%".into()));
    }

    #[test]
    fn pictures_stay_in_their_frame() {
        assert_eq!((scaled(1, 2, 1000), scaled(3, 2, 1000), scaled(1, 0, 1000)), (500, 1000, 0));
    }
}
