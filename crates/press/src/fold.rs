//! Words as they are compared: normal form KD, marks away, lower case, apostrophes away, parted where neither letter nor digit
//! stands. So `Ng’ombe`, `ng'ombe` and `NG'OMBE` are one word.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The folded words of a text, in order.
pub fn fold(text: &str) -> Vec<String> {
    fold_places(text).into_iter().map(|(word, _)| word).collect()
}

/// The folded words of a text, in order, each with where it stands there, in bytes.
pub fn fold_places(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut begin, mut end) = (0, 0);
    for (at, original) in text.char_indices() {
        for character in std::iter::once(original).nfkd() {
            if is_combining_mark(character) || is_apostrophe(character) {
                continue;
            }
            if character.is_alphanumeric() {
                if word.is_empty() {
                    begin = at;
                }
                end = at + original.len_utf8();
                word.extend(character.to_lowercase());
            } else if !word.is_empty() {
                words.push((std::mem::take(&mut word), begin..end));
            }
        }
    }
    if !word.is_empty() {
        words.push((word, begin..end));
    }
    words
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_alike() {
        assert_eq!(fold("Ng\u{2019}ombe, NG'OMBE — café 34A"), ["ngombe", "ngombe", "cafe", "34a"]);
        assert_eq!(fold(" ... "), Vec::<String>::new());
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = "«Ré, Ng'ombe»";
        let shown: Vec<&str> = fold_places(text).into_iter().map(|(_, place)| &text[place]).collect();
        assert_eq!(shown, ["Ré", "Ng'ombe"]);
    }
}
