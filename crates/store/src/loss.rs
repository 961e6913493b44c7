//! What a loss of power does to bytes in the model of a disk.

use std::sync::Arc;

/// What a loss of power takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: the process was killed, the machine ran on.
    Nothing,
    /// Everything that was not synced.
    Unsynced,
    /// The bytes of files that were not synced: their names are there, half of each file is gone.
    Contents,
    /// For each unsynced name and each unsynced file anything that a file system may do, drawn from the seed.
    Seeded(u64),
}

/// What is left of unsynced bytes.
pub(crate) fn lose(bytes: &Arc<[u8]>, loss: Loss, draw: &mut Draw) -> Arc<[u8]> {
    let half = bytes.len() / 2;
    let cut = || bytes[..half].into();
    let zeroed = || [&bytes[..half], &vec![0; bytes.len() - half]].concat().into();
    match loss {
        Loss::Nothing => bytes.clone(),
        Loss::Unsynced => Arc::new([]),
        Loss::Contents => cut(),
        Loss::Seeded(_) => match draw.below(4) {
            0 => bytes.clone(),
            1 => Arc::new([]),
            2 => cut(),
            _ => zeroed(),
        },
    }
}

/// What is left of bytes that were being written over others: each sector of 512 bytes is the old or the new one.
pub(crate) fn mix(before: &Arc<[u8]>, after: &Arc<[u8]>, loss: Loss, draw: &mut Draw) -> Arc<[u8]> {
    let old = |index: usize| before.get(index).copied().unwrap_or(0);
    let sectors = after.len().div_ceil(512);
    let is_new: Vec<bool> = match loss {
        Loss::Nothing => return after.clone(),
        Loss::Unsynced => return before.clone(),
        Loss::Contents => (0..sectors).map(|sector| sector < sectors / 2).collect(),
        Loss::Seeded(_) => match draw.below(4) {
            0 => return after.clone(),
            1 => return before.clone(),
            _ => (0..sectors).map(|_| draw.below(2) == 0).collect(),
        },
    };
    let byte = |(index, new): (usize, &u8)| if is_new[index / 512] { *new } else { old(index) };
    after.iter().enumerate().map(byte).collect()
}

/// SplitMix64 (Steele, Lea and Flood 2014): a seed gives the same losses everywhere.
pub(crate) struct Draw(u64);

impl Draw {
    /// The draws that the loss asks for.
    pub(crate) fn of(loss: Loss) -> Self {
        Self(if let Loss::Seeded(seed) = loss { seed } else { 0 })
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}
