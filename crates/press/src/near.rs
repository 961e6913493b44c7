//! Who carried the same words before: runs of words that two texts share.
//!
//! A quote of thirty words goes from article to article inside texts of five hundred that have nothing else in common. Their
//! Jaccard similarity, which `MinHash` estimates, is small and says nothing; what tells is a run of words that stands in both. So
//! candidates come from an inverted index over *winnowed* shingles (Schleimer, Wilkerson and Aiken, 2003): of every window of
//! neighbouring shingles the smallest hash is kept. Two texts that share a run of [`Run`] words share a window, and so a hash: no
//! such pair is missed. Every candidate is then compared word by word, so that no hash decides anything.
//!
//! It says that words stand in both. Who said them, and whether they are true, it does not know. Which of two is earlier is the
//! caller's: places and dates are not known here.

use hakiki_core::text::fold::{words, words_with_places};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

/// Words of a shingle.
const SHINGLE: usize = 5;
/// Of so many texts that share one hash, the first are candidates: what stands everywhere is found beside its first carriers.
const FIRST_CARRIERS: usize = 8;
/// Candidates of one text that are compared word by word.
const CANDIDATES_MAX: usize = 64;

/// How many words in a row two texts must share: 8 to 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run(usize);

impl Default for Run {
    /// Twelve: names and titles of offices are shorter, quotes that are worth carrying are longer.
    fn default() -> Self {
        Self(12)
    }
}

impl Run {
    /// So many words; none where it is no such number.
    pub fn new(words: usize) -> Option<Self> {
        (8..=40).contains(&words).then_some(Self(words))
    }

    /// So many words.
    pub fn words(self) -> usize {
        self.0
    }
}

/// What a text shares with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// How many of its words stand in runs that the other has too.
    pub words: usize,
    /// How many words it has.
    pub of: usize,
    /// Where its longest such stretch stands in it, in bytes.
    pub longest: Range<usize>,
}

/// One text, to hold others against.
pub struct Carrier {
    words: Vec<String>,
    places: Vec<Range<usize>>,
    run: Run,
}

impl Carrier {
    /// Reads a text.
    pub fn new(text: &str, run: Run) -> Self {
        let (words, places) = words_with_places(text).into_iter().unzip();
        Self { words, places, run }
    }

    /// What it shares with another text; none where they share no run.
    pub fn shares_with(&self, other: &str) -> Option<Shared> {
        let other = words(other);
        let covered = covered(&self.words, &other, self.run);
        let words = covered.iter().filter(|is_covered| **is_covered).count();
        let longest = longest(&covered)?;
        let longest = self.places[longest.start].start..self.places[longest.end - 1].end;
        Some(Shared { words, of: self.words.len(), longest })
    }
}

/// Which words of `text` stand in a run that `other` has too.
fn covered<W: Eq + std::hash::Hash>(text: &[W], other: &[W], run: Run) -> Vec<bool> {
    let runs: HashSet<&[W]> = other.windows(run.0).collect();
    let mut covered = vec![false; text.len()];
    for (at, window) in text.windows(run.0).enumerate() {
        if runs.contains(window) {
            covered[at..at + run.0].fill(true);
        }
    }
    covered
}

/// The longest stretch of covered words, the first of several.
fn longest(covered: &[bool]) -> Option<Range<usize>> {
    let mut best = 0..0;
    let mut begin = 0;
    for (at, is_covered) in covered.iter().enumerate() {
        if !is_covered {
            begin = at + 1;
        } else if at + 1 - begin > best.len() {
            best = begin..at + 1;
        }
    }
    (!best.is_empty()).then_some(best)
}

/// Two texts of a [`Shelf`], by the order in which they were put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The one that was put there later.
    pub later: usize,
    /// The one before.
    pub earlier: usize,
    /// How many words of the later one stand in runs that the earlier one has.
    pub words: usize,
    /// How many words the later one has.
    pub of: usize,
}

/// Many texts, in an order.
#[derive(Default)]
pub struct Shelf {
    run: Run,
    /// Every word by its number, so that a text is numbers and equal numbers are equal words.
    numbers: HashMap<String, u32>,
    texts: Vec<Vec<u32>>,
    /// Hash of a kept shingle, and the text that has it.
    kept: Vec<(u64, u32)>,
}

impl Shelf {
    /// An empty one.
    pub fn new(run: Run) -> Self {
        Self { run, ..Self::default() }
    }

    /// Puts a text behind the others.
    pub fn put(&mut self, text: &str) {
        let mut words = Vec::new();
        for (word, _) in words_with_places(text) {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            words.push(*self.numbers.entry(word).or_insert(next));
        }
        let own = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let window = self.run.0 - SHINGLE + 1;
        self.kept.extend(winnowed(&words, window).into_iter().map(|hash| (hash, own)));
        self.texts.push(words);
    }

    /// For each text the earlier ones that carry a run of its words, as far as they are among the first carriers of one.
    /// Ordered by the later text, then by how much it shares, most first.
    pub fn pairs(mut self) -> Vec<Pair> {
        self.kept.sort_unstable();
        self.kept.dedup();
        let mut candidates: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); self.texts.len()];
        for carriers in self.kept.chunk_by(|one, other| one.0 == other.0) {
            for (at, (_, later)) in carriers.iter().enumerate() {
                let first = carriers[..at.min(FIRST_CARRIERS)].iter().map(|(_, earlier)| *earlier);
                candidates[*later as usize].extend(first);
            }
        }
        let mut pairs = Vec::new();
        for (later, candidates) in candidates.into_iter().enumerate() {
            let text = &self.texts[later];
            let before = pairs.len();
            for earlier in candidates.into_iter().take(CANDIDATES_MAX) {
                let earlier = earlier as usize;
                let covered = covered(text, &self.texts[earlier], self.run);
                let words = covered.into_iter().filter(|is_covered| *is_covered).count();
                if words > 0 {
                    pairs.push(Pair { later, earlier, words, of: text.len() });
                }
            }
            pairs[before..].sort_by_key(|pair| (std::cmp::Reverse(pair.words), pair.earlier));
        }
        pairs
    }
}

/// The smallest hash of every window of so many shingles.
fn winnowed(words: &[u32], window: usize) -> BTreeSet<u64> {
    let hashes: Vec<u64> = words.windows(SHINGLE).map(hash).collect();
    let whole = hashes.len().min(window).max(1);
    hashes.windows(whole).filter_map(|window| window.iter().min().copied()).collect()
}

/// FNV-1a over the numbers of words, mixed at the end.
fn hash(words: &[u32]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.iter().flat_map(|word| word.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QUOTE: &str =
        "Tumeshinda kwa kura nyingi na hakuna mtu atakayetuibia ushindi wetu katika nchi hii ya Mfano";

    fn around(before: &str, after: &str) -> String {
        format!("{before} \u{201c}{QUOTE},\u{201d} {after}")
    }

    #[test]
    fn a_quote_is_found_in_texts_that_share_nothing_else() {
        let one = around(&"habari za leo asubuhi mjini kijito ".repeat(20), "alisema");
        let other =
            around("Jana usiku", &"the count went on in the hall until dawn broke over us ".repeat(9));
        let shared = Carrier::new(&one, Run::default()).shares_with(&other).unwrap();
        assert_eq!((shared.words, &one[shared.longest]), (15, QUOTE));
        assert_eq!(Carrier::new(&one, Run::default()).shares_with("habari za leo asubuhi mjini"), None);
    }

    #[test]
    fn case_marks_and_apostrophes_do_not_part_words() {
        let loud = QUOTE.to_uppercase().replace(' ', " — ");
        assert_eq!(Carrier::new(QUOTE, Run::default()).shares_with(&loud).unwrap().words, 15);
    }

    #[test]
    fn a_shelf_finds_the_first_carriers() {
        let mut shelf = Shelf::new(Run::default());
        shelf.put(&around("moja", "a"));
        shelf.put("maneno mengine kabisa ambayo hayana uhusiano wowote na yale ya kwanza hapo juu");
        shelf.put(&around("mbili", "b"));
        shelf.put(&around("tatu", "c"));
        let pairs: Vec<(usize, usize, usize)> =
            shelf.pairs().into_iter().map(|pair| (pair.later, pair.earlier, pair.words)).collect();
        assert_eq!(pairs, [(2, 0, 15), (3, 0, 15), (3, 2, 15)]);
    }

    /// What is compared pair by pair, without any index.
    fn by_hand(texts: &[Vec<u32>], run: Run) -> Vec<(usize, usize)> {
        let shares = |(later, earlier): &(usize, usize)| {
            texts[*later]
                .windows(run.0)
                .any(|window| texts[*earlier].windows(run.0).any(|other| other == window))
        };
        let all = (0..texts.len()).flat_map(|later| (0..later).map(move |earlier| (later, earlier)));
        all.filter(shares).collect()
    }

    proptest! {
        /// Few texts, so that no bound of candidates is met: the shelf finds exactly the pairs that share a run.
        #[test]
        fn no_pair_is_missed_and_none_is_invented(
            texts in prop::collection::vec(prop::collection::vec(0u32..4, 0..60), 0..8), words in 8usize..12
        ) {
            let run = Run::new(words).unwrap();
            let mut shelf = Shelf::new(run);
            for text in &texts {
                shelf.put(&text.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" "));
            }
            let mut found: Vec<_> = shelf.pairs().iter().map(|pair| (pair.later, pair.earlier)).collect();
            found.sort_unstable();
            prop_assert_eq!(found, by_hand(&texts, run));
        }
    }
}
