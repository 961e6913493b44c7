//! One box of a table: a number, or what stands there instead of one. Blank is not zero.

use super::error::Fault;
use super::mapping::{BlankPolicy, Cells};

/// The largest count of a record: nine digits (`records.md`).
pub const COUNT_MAX: u64 = 999_999_999;

/// What a box holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// A count.
    Number(u64),
    /// Nothing was written.
    Blank,
    /// A stroke was written.
    Dash,
    /// Something was written that cannot be read.
    Illegible,
}

impl Cell {
    /// The count, if it is one.
    pub fn number(self) -> Option<u64> {
        if let Self::Number(count) = self { Some(count) } else { None }
    }

    /// Reads a cell of a table by the mapping's `[cells]`.
    ///
    /// # Errors
    /// Blank where the mapping does not allow it, no number, or above [`COUNT_MAX`].
    pub fn parse(text: &str, cells: &Cells) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return match cells.blank {
                BlankPolicy::Blank => Ok(Self::Blank),
                BlankPolicy::Refuse => Err(Fault::Blank),
            };
        }
        if cells.dash.iter().any(|dash| dash == text) {
            return Ok(Self::Dash);
        }
        if cells.illegible.iter().any(|illegible| illegible == text) {
            return Ok(Self::Illegible);
        }
        let digits = match &cells.thousands {
            Some(separator) if text.contains(separator.as_str()) => joined(text, separator),
            _ => Some(text.to_owned()),
        };
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let digits = digits.ok_or_else(|| Fault::Number(text.to_owned()))?;
        // A row of digits that u64 cannot hold is above the limit too.
        match digits.parse::<u64>() {
            Ok(count) if count <= COUNT_MAX => Ok(Self::Number(count)),
            _ => Err(Fault::Large(text.to_owned())),
        }
    }

    /// The sum of several cells: of the numbers if all are numbers; else illegible if one is, else a dash if one
    /// is, else blank. No part is taken for zero.
    ///
    /// # Errors
    /// A sum above [`COUNT_MAX`].
    pub fn sum(cells: impl IntoIterator<Item = Self>) -> Result<Self, Fault> {
        let mut total: u64 = 0;
        let mut unread: Option<Self> = None;
        for cell in cells {
            match cell {
                // Each part has at most nine digits and a row far fewer than 2^34 cells, so u64 holds the sum.
                Self::Number(count) => total += count,
                other => unread = unread.max(Some(other)),
            }
        }
        match unread {
            Some(cell) => Ok(cell),
            None if total > COUNT_MAX => Err(Fault::Large(total.to_string())),
            None => Ok(Self::Number(total)),
        }
    }
}

/// `1,234,567` without its separators, if they stand where thousands are.
fn joined(text: &str, separator: &str) -> Option<String> {
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let right = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    right.then(|| text.replace(separator, ""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn cells() -> Cells {
        Cells {
            blank: BlankPolicy::Blank,
            dash: vec!["-".to_owned()],
            illegible: vec!["?".to_owned()],
            thousands: Some(",".to_owned()),
        }
    }

    #[test]
    fn reads_what_the_mapping_allows() {
        let parse = |text| Cell::parse(text, &cells());
        assert_eq!(parse(" 0 "), Ok(Cell::Number(0)));
        assert_eq!(parse("007"), Ok(Cell::Number(7)));
        assert_eq!(parse("1,234,567"), Ok(Cell::Number(1_234_567)));
        assert_eq!(parse("999999999"), Ok(Cell::Number(COUNT_MAX)));
        assert_eq!(
            (parse(""), parse("-"), parse("?")),
            (Ok(Cell::Blank), Ok(Cell::Dash), Ok(Cell::Illegible))
        );
        for bad in ["12.0", "-1", "+1", "1,23", "1234,567", ",123", "1e3", "١٢", "n/a", "0x1"] {
            assert_eq!(parse(bad), Err(Fault::Number(bad.to_owned())), "{bad}");
        }
        for large in ["1000000000", "99999999999999999999999"] {
            assert_eq!(parse(large), Err(Fault::Large(large.to_owned())));
        }
        assert_eq!(Cell::parse("", &Cells::default()), Err(Fault::Blank));
        assert_eq!(Cell::parse("1,234", &Cells::default()), Err(Fault::Number("1,234".to_owned())));
    }

    #[test]
    fn a_sum_takes_nothing_for_zero() {
        use Cell::{Blank, Dash, Illegible, Number};
        assert_eq!(Cell::sum([Number(2), Number(3)]), Ok(Number(5)));
        assert_eq!(Cell::sum([Number(2), Blank]), Ok(Blank));
        assert_eq!(Cell::sum([Dash, Number(2), Illegible, Blank]), Ok(Illegible));
        assert_eq!(Cell::sum([Number(COUNT_MAX), Number(1)]), Err(Fault::Large("1000000000".to_owned())));
    }
}
