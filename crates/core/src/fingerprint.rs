//! A fingerprint as people hand it on: 64 hex digits on paper, six words over the radio.
//!
//! Each word is 16 bits of the hash, first bits first: consonant (4 bits), vowel (2), consonant (4), vowel (2), consonant
//! (4). Six words are 96 bits: enough to tell a false one, not enough to compute with. Both languages can speak them.

use hakiki_note::Hash;

const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 4] = b"aiou";

/// The six words of a fingerprint, separated by spaces.
pub fn words(fingerprint: &Hash) -> String {
    let pairs = fingerprint.0.chunks_exact(2).take(6);
    let words = pairs.map(|pair| word(u16::from_be_bytes([pair[0], pair[1]])));
    words.collect::<Vec<_>>().join(" ")
}

fn word(bits: u16) -> String {
    let consonant = |shift: u16| char::from(CONSONANTS[usize::from(bits >> shift & 15)]);
    let vowel = |shift: u16| char::from(VOWELS[usize::from(bits >> shift & 3)]);
    [consonant(12), vowel(10), consonant(6), vowel(4), consonant(0)].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::sha256;

    #[test]
    fn six_words_are_ninety_six_bits() {
        assert_eq!(words(&Hash([0; 32])), "babab babab babab babab babab babab");
        assert_eq!(word(0xffff), "zuzuz");
        assert_eq!(words(&sha256(b"")), "vavub sidaf nogus dubih norur zigam");
        let all: std::collections::HashSet<String> = (0..=u16::MAX).map(word).collect();
        assert_eq!(all.len(), 65_536, "every word says other bits");
    }
}
