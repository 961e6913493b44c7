//! Chance from a seed: the same seed, the same log, on every machine.

use hakiki_note::sha256;

/// SHA-256 of the seed and a counter.
pub struct Dice {
    seed: String,
    thrown: u64,
}

impl Dice {
    pub fn new(seed: String) -> Self {
        Self { seed, thrown: 0 }
    }

    fn word(&mut self) -> u64 {
        self.thrown += 1;
        let hash = sha256(format!("{} {}", self.seed, self.thrown).as_bytes());
        hash.0.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }

    /// A number below `end`, which is not 0. The bias of the remainder is of no matter here.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.word() % end.max(1) as u64).unwrap_or(0)
    }

    /// A vote count: mostly small, sometimes large, sometimes at a limit.
    pub fn count(&mut self) -> u32 {
        match self.below(12) {
            0 => 0,
            1 => 999_999_999,
            2 => 700,
            3 => u32::try_from(self.below(100_000)).unwrap_or(0),
            _ => u32::try_from(self.below(250)).unwrap_or(0),
        }
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of some.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.below(all.len())) }
    }
}
