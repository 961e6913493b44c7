//! Names folded for comparing: lower case, without marks and apostrophes. What is shown is always the register's own.

pub(crate) use hakiki_core::text::fold::words;

/// Letters that one slip may cost: a word of four letters bears one, a word of eight two.
pub(crate) fn slips_allowed(letters: usize) -> usize {
    match letters {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// A code or number without what people put between its digits.
pub(crate) fn code(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Longest word that is compared letter by letter: no name of a place has a longer one, and a row of the table fits on the stack.
pub(crate) const LETTERS_MAX: usize = 40;

/// How many slips part two words: a letter wrong, too many, missing, or two swapped. None if there are more than `most`.
pub(crate) fn slips(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most || a.len().max(b.len()) > LETTERS_MAX {
        return None;
    }
    // Rows of the table of prefixes: the one before the last is for two swapped letters.
    let (mut before, mut last, mut row) = ([0; LETTERS_MAX + 1], [0; LETTERS_MAX + 1], [0; LETTERS_MAX + 1]);
    for (j, cost) in last.iter_mut().enumerate() {
        *cost = j;
    }
    for (i, letter) in a.iter().enumerate() {
        row[0] = i + 1;
        let mut least_of_row = row[0];
        for (j, other) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(letter != other)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
            least_of_row = least_of_row.min(least);
        }
        if least_of_row > most {
            return None;
        }
        (before, last, row) = (last, row, before);
    }
    Some(last[b.len()]).filter(|cost| *cost <= most)
}

/// Whether at most one slip parts two codes. In time of their length: a nation's codes are all compared.
pub(crate) fn is_one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same..], &long[same..]);
    match long.len() - short.len() {
        0 => {
            let is_other = short.get(1..) == long.get(1..);
            let is_swapped = short.len() >= 2 && short[0] == long[1] && short[1] == long[0];
            is_other || is_swapped && short[2..] == long[2..]
        }
        // It has one more.
        1 => short == &long[1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: &str, b: &str, most: usize) -> Option<usize> {
        slips(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), most)
    }

    #[test]
    fn a_code_is_its_letters_and_digits() {
        assert_eq!(code("047/290 1450-032.04"), "047290145003204");
    }

    #[test]
    fn slips_are_counted_up_to_a_bound() {
        assert_eq!(between("mwembe", "mwembe", 0), Some(0));
        assert_eq!(between("mwenbe", "mwembe", 1), Some(1));
        assert_eq!(between("mwmbe", "mwembe", 1), Some(1));
        assert_eq!(between("mwemmbe", "mwembe", 1), Some(1));
        assert_eq!(between("wmembe", "mwembe", 1), Some(1), "two swapped letters are one slip");
        assert_eq!(between("mwenba", "mwembe", 1), None);
        assert_eq!(between("mwenba", "mwembe", 2), Some(2));
        assert_eq!(between("", "ab", 2), Some(2));
        assert_eq!(between(&"a".repeat(41), &"a".repeat(41), 2), None, "too long to be compared");
    }

    /// The quick answer for codes is the one of the table.
    #[test]
    fn one_slip_in_a_code_is_seen() {
        let codes = [
            "", "0", "1", "01", "10", "012", "021", "102", "0123", "0213", "1023", "0132", "3210", "01234",
            "11",
        ];
        for a in codes {
            for b in codes {
                assert_eq!(is_one_slip(a.as_bytes(), b.as_bytes()), between(a, b, 1).is_some(), "{a} {b}");
            }
        }
    }
}
