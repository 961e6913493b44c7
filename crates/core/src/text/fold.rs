//! Words folded for comparing and searching: lower case, without marks and apostrophes. Nothing that is written or shown is ever
//! folded: `Ng’ombe`, `ng'ombe` and `NG'OMBE` are one word to whoever looks for it, and three texts.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The folded words of a text, in order.
pub fn words(text: &str) -> Vec<String> {
    words_with_places(text).into_iter().map(|(word, _)| word).collect()
}

/// The folded words of a text, in order, each with where it stands there, in bytes.
pub fn words_with_places(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words = Words::default();
    for (at, original) in text.char_indices() {
        let place = at..at + original.len_utf8();
        if original.is_ascii() {
            words.take(original.to_ascii_lowercase(), &place);
            continue;
        }
        let letters = std::iter::once(original).nfkd().filter(|letter| !is_combining_mark(*letter));
        for letter in letters.flat_map(char::to_lowercase) {
            words.take(letter, &place);
        }
    }
    words.part();
    words.done
}

#[derive(Default)]
struct Words {
    done: Vec<(String, Range<usize>)>,
    word: String,
    place: Range<usize>,
}

impl Words {
    fn take(&mut self, letter: char, place: &Range<usize>) {
        if letter.is_alphanumeric() {
            if self.word.is_empty() {
                self.place.start = place.start;
            }
            self.place.end = place.end;
            self.word.push(letter);
        } else if !matches!(letter, '\'' | '’' | 'ʼ' | '‘' | '`') {
            self.part();
        }
    }

    fn part(&mut self) {
        if !self.word.is_empty() {
            self.done.push((std::mem::take(&mut self.word), self.place.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X04: apostrophes, ñ and Arabic are compared without a change to what is shown.
    #[test]
    fn names_are_folded() {
        assert_eq!(words("Ng'ombe Niño, St. Mary’s"), ["ngombe", "nino", "st", "marys"]);
        assert_eq!(words("مدرسة النور"), ["مدرسة", "النور"]);
        assert_eq!(words("Ng\u{2019}ombe, NG'OMBE — café 34A"), ["ngombe", "ngombe", "cafe", "34a"]);
        assert_eq!(words(" -- "), Vec::<String>::new());
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = "«Ré, Ng'ombe»";
        let shown: Vec<&str> = words_with_places(text).into_iter().map(|(_, place)| &text[place]).collect();
        assert_eq!(shown, ["Ré", "Ng'ombe"]);
    }
}
