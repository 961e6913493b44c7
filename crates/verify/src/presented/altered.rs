//! The entry of a log that is most like a record that somebody shows, and the lines in which the two differ.

use hakiki_core::Record;
use std::collections::BTreeMap;

/// Share of lines that must be the same before two texts are told of as one that was altered: half.
const LIKE_NUMERATOR: usize = 1;
/// See [`LIKE_NUMERATOR`].
const LIKE_DENOMINATOR: usize = 2;

/// The entry that is most like what was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Counted from 0.
    pub place: u64,
    /// Lines in which the two differ, in their order.
    pub lines: Vec<LineDiffers>,
}

/// A line that only one has, or that each has otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDiffers {
    /// As shown; none where only the log has one.
    pub shown: Option<String>,
    /// As in the log; none where only what is shown has one.
    pub in_log: Option<String>,
}

/// One text that is looked for.
pub(super) struct Search {
    /// The text without signatures: to the first empty line, or to the end.
    text: String,
    /// How often each line stands in it.
    lines: BTreeMap<String, usize>,
    best: Option<(usize, u64, String)>,
}

impl Search {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let whole = String::from_utf8_lossy(bytes);
        let text = whole.split_once("\n\n").map_or(whole.as_ref(), |(text, _)| text).trim_end().to_owned();
        let mut lines = BTreeMap::new();
        for line in text.lines() {
            *lines.entry(line.to_owned()).or_default() += 1;
        }
        Self { text, lines, best: None }
    }

    /// Lines are counted as often as both have them. Another kind is no altered record.
    pub(super) fn see(&mut self, place: u64, record: &Record) {
        let text = record.text();
        if text.lines().next() != self.text.lines().next() {
            return;
        }
        let mut here: BTreeMap<&str, usize> = BTreeMap::new();
        for line in text.lines() {
            *here.entry(line).or_default() += 1;
        }
        let both = here.iter().filter_map(|(line, count)| Some((*self.lines.get(*line)?).min(*count))).sum();
        let longer = self.text.lines().count().max(text.lines().count());
        let is_like = both * LIKE_DENOMINATOR >= longer * LIKE_NUMERATOR;
        if is_like && self.best.as_ref().is_none_or(|(most, ..)| both > *most) {
            self.best = Some((both, place, text.to_owned()));
        }
    }

    pub(super) fn nearest(self) -> Option<Nearest> {
        let (_, place, text) = self.best?;
        let (shown, in_log): (Vec<&str>, Vec<&str>) = (self.text.lines().collect(), text.lines().collect());
        Some(Nearest { place, lines: differing(&shown, &in_log) })
    }
}

/// Lines that are not in a longest common run of lines, those of one gap side by side.
fn differing(shown: &[&str], in_log: &[&str]) -> Vec<LineDiffers> {
    // What both begin and end with costs no row of the table.
    let same = shown.iter().zip(in_log).take_while(|(a, b)| a == b).count();
    let (shown, in_log) = (&shown[same..], &in_log[same..]);
    let same = shown.iter().rev().zip(in_log.iter().rev()).take_while(|(a, b)| a == b).count();
    let (shown, in_log) = (&shown[..shown.len() - same], &in_log[..in_log.len() - same]);
    let mut lengths = vec![vec![0_usize; in_log.len() + 1]; shown.len() + 1];
    for (i, a) in shown.iter().enumerate().rev() {
        for (j, b) in in_log.iter().enumerate().rev() {
            lengths[i][j] =
                if a == b { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut all) = (0, 0, Vec::new());
    while i < shown.len() || j < in_log.len() {
        let (mut only_shown, mut only_in_log) = (Vec::new(), Vec::new());
        while i < shown.len() || j < in_log.len() {
            if i < shown.len() && j < in_log.len() && shown[i] == in_log[j] {
                break;
            }
            if j == in_log.len() || (i < shown.len() && lengths[i + 1][j] >= lengths[i][j + 1]) {
                only_shown.push(shown[i]);
                i += 1;
            } else {
                only_in_log.push(in_log[j]);
                j += 1;
            }
        }
        for at in 0..only_shown.len().max(only_in_log.len()) {
            let line = |of: &[&str]| of.get(at).map(|line| (*line).to_owned());
            all.push(LineDiffers { shown: line(&only_shown), in_log: line(&only_in_log) });
        }
        (i, j) = (i + 1, j + 1);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shown: &str, in_log: &str) -> Vec<(String, String)> {
        let (shown, in_log): (Vec<&str>, Vec<&str>) =
            (shown.split(' ').collect(), in_log.split(' ').collect());
        let of = |line: Option<String>| line.unwrap_or_else(|| "none".to_owned());
        differing(&shown, &in_log).into_iter().map(|line| (of(line.shown), of(line.in_log))).collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(shown, in_log)| ((*shown).to_owned(), (*in_log).to_owned())).collect()
    }

    #[test]
    fn a_changed_line_stands_beside_the_one_it_was() {
        assert_eq!(of("a b c", "a b c"), []);
        assert_eq!(of("a x c", "a b c"), pairs(&[("x", "b")]));
        assert_eq!(of("a c", "a b c"), pairs(&[("none", "b")]));
        assert_eq!(of("a b c d", "b c"), pairs(&[("a", "none"), ("d", "none")]));
        assert_eq!(of("x y", "a b"), pairs(&[("x", "a"), ("y", "b")]));
    }
}
