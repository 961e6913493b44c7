//! The choices that contested units leave, as numbers: what each version of each unit adds to each sum that matters.

/// The choices: units, their versions, and each version's part of every sum. All in one list, for speed.
#[derive(Debug)]
pub(super) struct Parts {
    sums: usize,
    numbers: Vec<i128>,
    /// Where each unit ends in `numbers`.
    ends: Vec<usize>,
}

impl Parts {
    /// No units yet, each with versions of so many parts.
    pub(super) fn new(sums: usize) -> Self {
        Self { sums, numbers: Vec::new(), ends: Vec::new() }
    }

    /// Adds a unit: the parts of its versions, one version after the other.
    pub(super) fn push(&mut self, versions: impl Iterator<Item = i128>) {
        self.numbers.extend(versions);
        self.ends.push(self.numbers.len());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn units(&self) -> impl Iterator<Item = Versions<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| Versions { sums: self.sums, numbers: &self.numbers[start..*end] })
    }
}

/// The versions of one unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Versions<'a> {
    sums: usize,
    numbers: &'a [i128],
}

impl<'a> Versions<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'a [i128]> {
        self.numbers.chunks_exact(self.sums)
    }

    pub(super) fn version(self, at: usize) -> &'a [i128] {
        &self.numbers[at * self.sums..(at + 1) * self.sums]
    }

    pub(super) fn count(self) -> usize {
        self.numbers.len() / self.sums
    }

    /// How far the unit can move all sums.
    pub(super) fn width(self) -> i128 {
        let (fewest, most) = extremes([self], self.sums);
        fewest.iter().zip(&most).map(|(fewest, most)| most - fewest).sum()
    }
}

/// The least and the most that the units can add to each sum.
pub(super) fn extremes<'a>(
    units: impl IntoIterator<Item = Versions<'a>>,
    sums: usize,
) -> (Vec<i128>, Vec<i128>) {
    let (mut fewest, mut most) = (vec![0; sums], vec![0; sums]);
    for unit in units {
        for at in 0..sums {
            fewest[at] += unit.iter().map(|version| version[at]).min().unwrap_or(0);
            most[at] += unit.iter().map(|version| version[at]).max().unwrap_or(0);
        }
    }
    (fewest, most)
}

pub(super) fn add(sum: &mut [i128], part: &[i128]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}
