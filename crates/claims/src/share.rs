//! A percentage as it was printed, and the denominator that makes it right. Exact: the text is taken as the decimal number that
//! it is, never as a float.

/// A printed percentage: `units` of 10^-`decimals` per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percentage {
    /// The digits as a whole number: 5049 in `50.49 %`.
    pub units: u64,
    /// Digits behind the point: 2 in `50.49 %`.
    pub decimals: u32,
}

/// How a printed share follows from an exact one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rounding {
    /// Exactly, or to the nearest unit; a half either way.
    Nearest,
    /// The digits beyond were cut off.
    Cut,
}

impl Percentage {
    /// Reads `50.49`, `50.49%`, `50,49 %`; none if it is something else. At most six digits behind the point.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix('%').unwrap_or(text).trim_end();
        let (whole, behind) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = !whole.is_empty() && whole.len() <= 9 && behind.len() <= 6;
        if !fits || !digits(whole) || !digits(behind) {
            return None;
        }
        let decimals = u32::try_from(behind.len()).ok()?;
        Some(Self { units: format!("{whole}{behind}").parse().ok()?, decimals })
    }

    /// Whether `part` of `whole` is printed as this, and how.
    pub fn is_of(self, part: u64, whole: u64) -> Option<Rounding> {
        if whole == 0 {
            return None;
        }
        // 10^8 · part: part is below 2^64, so 128 bits hold it.
        let scaled = u128::from(part) * 100 * 10u128.pow(self.decimals);
        let (units, whole) = (u128::from(self.units), u128::from(whole));
        // |units − scaled/whole| ≤ 1/2, without dividing.
        let distance = (units * whole).abs_diff(scaled);
        if 2 * distance <= whole {
            return Some(Rounding::Nearest);
        }
        (scaled / whole == units).then_some(Rounding::Cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_exactly_or_not_at_all() {
        assert_eq!(Percentage::parse(" 50.49% "), Some(Percentage { units: 5049, decimals: 2 }));
        assert_eq!(Percentage::parse("50,490 %"), Some(Percentage { units: 50490, decimals: 3 }));
        assert_eq!(Percentage::parse("7"), Some(Percentage { units: 7, decimals: 0 }));
        for text in ["", "%", "-1", "1.2.3", "1e2", ".5", "about 5", "1.1234567"] {
            assert_eq!(Percentage::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_small_share_is_found_and_its_neighbours_are_not() {
        for whole in 1..=60u64 {
            for part in 0..=whole {
                let tenths = (part * 2000 + whole) / (2 * whole);
                let share = Percentage { units: tenths, decimals: 1 };
                assert_eq!(share.is_of(part, whole), Some(Rounding::Nearest), "{part}/{whole}");
                let above = Percentage { units: tenths + 1, decimals: 1 };
                assert_eq!(above.is_of(part, whole), None, "{part}/{whole}");
                let cut = Percentage { units: part * 1000 / whole, decimals: 1 };
                assert!(cut.is_of(part, whole).is_some(), "{part}/{whole}");
            }
        }
        assert_eq!(Percentage { units: 666, decimals: 1 }.is_of(2, 3), Some(Rounding::Cut));
        assert_eq!(Percentage { units: 0, decimals: 1 }.is_of(0, 0), None);
    }
}
