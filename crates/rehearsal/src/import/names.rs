//! Names and codes as a record can carry them, and the nearest of several names.

use super::error::Fault;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Most characters of a name: the longest station name in the tables known has 120.
pub const NAME_CHARS_MAX: usize = 200;

/// Most bytes of a code.
pub const CODE_BYTES_MAX: usize = 64;

/// `text` without space at its ends, each run of white space as one space, in Unicode's form NFC.
pub fn tidy(text: &str) -> Cow<'_, str> {
    let spaced = |character: char| character.is_whitespace() && character != ' ';
    if is_nfc(text) && text.split(' ').all(|word| !word.is_empty()) && !text.contains(spaced) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect())
}

/// A tidy name, and whether tidying changed it.
///
/// # Errors
/// Blank; or it has a character that no record carries (`records.md`: controls, line separators, bidirectional
/// controls), or more than [`NAME_CHARS_MAX`].
pub fn name(text: &str) -> Result<(String, bool), Fault> {
    let refuse = |why| Err(Fault::Text { value: text.to_owned(), why });
    let tidied = tidy(text);
    if text.contains(['\n', '\r']) {
        return refuse("it has a line break (is a quotation mark left open?)");
    }
    if text.chars().any(|character| character.is_control() && character != '\t') {
        return refuse("it has a control character (is the encoding right?)");
    }
    if text.contains(is_refused) {
        return refuse("it has an invisible character that changes the direction or the line of text");
    }
    if tidied.is_empty() {
        return refuse("it is blank, and a name or code is needed here");
    }
    if tidied.chars().count() > NAME_CHARS_MAX {
        return refuse("it is longer than 200 characters");
    }
    let changed = tidied != text;
    Ok((tidied.into_owned(), changed))
}

/// Whether `text` can be a code of a station or an area.
pub fn is_code(text: &str) -> bool {
    (1..=CODE_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

/// The one of `names` that is fewest letters away from `wanted`, if it is near enough to have been meant.
pub fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = wanted.to_lowercase();
    let far = (wanted.chars().count() / 3).max(2);
    names
        .map(|name| (distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn is_refused(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// Levenshtein's distance, in characters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, left) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (index, right) in other.iter().enumerate() {
            let replace = diagonal + usize::from(left != *right);
            diagonal = row[index + 1];
            row[index + 1] = replace.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_and_said_to_be() {
        assert_eq!(name("Ng'ombe Ñ"), Ok(("Ng'ombe Ñ".to_owned(), false)));
        for untidy in [
            " BARINGO  NORTH",
            "BARINGO\u{a0}NORTH",
            "BARINGO NORTH ",
            "BARINGO\tNORTH",
            "BARINGO \u{a0}NORTH",
        ] {
            assert_eq!(name(untidy), Ok(("BARINGO NORTH".to_owned(), true)), "{untidy:?}");
        }
        assert_eq!(name("N\u{303}"), Ok(("\u{d1}".to_owned(), true)));
        for bad in [" \u{3000}", "a\nb", "a\u{7}b", "a\u{85}b", "a\u{202e}b", &"x".repeat(201)] {
            assert!(matches!(name(bad), Err(Fault::Text { .. })), "{bad:?}");
        }
    }

    #[test]
    fn codes_are_short_and_plain() {
        assert!(is_code("047-0193.A"));
        for bad in ["", "a b", "ñ", "a_b", &"1".repeat(65)] {
            assert!(!is_code(bad), "{bad:?}");
        }
    }

    #[test]
    fn the_nearest_name_is_suggested_only_if_near() {
        let names = ["VALID VOTES", "REG VOTERS", "STATION"];
        assert_eq!(nearest("VALD VOTES", names.into_iter()), Some("VALID VOTES"));
        assert_eq!(nearest("station", names.into_iter()), Some("STATION"));
        assert_eq!(nearest("Museveni", names.into_iter()), None);
    }
}
