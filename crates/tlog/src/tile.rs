//! Paths of tiles and entry bundles, and which of them a tree of a given size has (C2SP `tlog-tiles`).
//!
//! What stands in a bundle is `bundle.rs`; which tiles a batch writes is `plan.rs`.

use crate::wire::{decimal, excerpt};
use std::fmt;
use std::str::FromStr;

/// Hashes in a full tile and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Longest entry, in bytes: a bundle gives each entry's length in two bytes.
pub const ENTRY_MAX_BYTES: usize = 65_535;

/// Highest level of a path, by the specification. A tree of fewer than 2^64 leaves has levels 0 to 7.
pub const TILE_LEVEL_MAX: u8 = 63;

/// One immutable object of the log: a tile of hashes or a bundle of entries. `width` is 1 to [`TILE_WIDTH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// Hash `i` is the root of the leaves `(index·256 + i)·256^level` to `(index·256 + i + 1)·256^level`.
    Hashes {
        /// 0 for leaf hashes.
        level: u8,
        /// Counted from 0 in the level.
        index: u64,
        /// Number of hashes.
        width: u16,
    },
    /// Entries `index·256` to `index·256 + width`.
    Entries {
        /// Counted from 0.
        index: u64,
        /// Number of entries.
        width: u16,
    },
}

/// A text that is no path of a tile or bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tile's path is tile/<0-63 or entries>/<x001/…/234>[.p/<1-255>], found {0:?}")]
pub struct TilePathError(pub String);

impl TilePath {
    /// Counted from 0 in its level.
    pub fn index(&self) -> u64 {
        match *self {
            Self::Hashes { index, .. } | Self::Entries { index, .. } => index,
        }
    }

    /// Number of hashes or entries.
    pub fn width(&self) -> u16 {
        match *self {
            Self::Hashes { width, .. } | Self::Entries { width, .. } => width,
        }
    }

    /// Whether it is narrower than a full one.
    pub fn is_partial(&self) -> bool {
        self.width() < TILE_WIDTH
    }

    /// The full tile or bundle that this one grows into.
    #[must_use]
    pub fn full(&self) -> Self {
        match *self {
            Self::Hashes { level, index, .. } => Self::Hashes { level, index, width: TILE_WIDTH },
            Self::Entries { index, .. } => Self::Entries { index, width: TILE_WIDTH },
        }
    }

    /// The path below the log's prefix: `tile/0/x001/234.p/5`, `tile/entries/000`.
    pub fn to_path(&self) -> String {
        self.to_string()
    }

    /// Parses a path. There is one path for a tile; every other text is refused.
    pub fn parse(path: &str) -> Result<Self, TilePathError> {
        let refused = || TilePathError(excerpt(path));
        let rest = path.strip_prefix("tile/").ok_or_else(refused)?;
        let (kind, rest) = rest.split_once('/').ok_or_else(refused)?;
        let (digits, width) = match rest.split_once(".p/") {
            Some((digits, width)) => (digits, decimal(width).and_then(partial_width).ok_or_else(refused)?),
            None => (rest, TILE_WIDTH),
        };
        let index = parse_index(digits).ok_or_else(refused)?;
        if kind == "entries" {
            return Ok(Self::Entries { index, width });
        }
        let level = decimal(kind).and_then(|level| u8::try_from(level).ok());
        let level = level.filter(|level| *level <= TILE_LEVEL_MAX).ok_or_else(refused)?;
        Ok(Self::Hashes { level, index, width })
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashes { level, .. } => write!(f, "tile/{level}/")?,
            Self::Entries { .. } => f.write_str("tile/entries/")?,
        }
        write_index(f, self.index())?;
        if self.is_partial() { write!(f, ".p/{}", self.width()) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, TilePathError> {
        Self::parse(path)
    }
}

fn partial_width(width: u64) -> Option<u16> {
    u16::try_from(width).ok().filter(|width| (1..TILE_WIDTH).contains(width))
}

/// Groups of three digits, all but the last with an `x`: `1234067` is `x001/x234/067`.
fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut groups = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for group in groups[1..].iter().rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{:03}", groups[0])
}

fn parse_index(text: &str) -> Option<u64> {
    let (leading, last) = match text.rsplit_once('/') {
        Some((leading, last)) => (Some(leading), last),
        None => (None, text),
    };
    let mut index: u64 = 0;
    for (place, group) in leading.into_iter().flat_map(|leading| leading.split('/')).enumerate() {
        let value = three_digits(group.strip_prefix('x')?)?;
        if place == 0 && value == 0 {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(value)?;
    }
    index.checked_mul(1000)?.checked_add(three_digits(last)?)
}

fn three_digits(text: &str) -> Option<u64> {
    let three = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if three { text.parse().ok() } else { None }
}

/// How many hashes level `level` has in a tree of `size` leaves: `floor(size / 256^level)`.
pub fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// All tiles of a tree of `size` leaves: level by level from 0, in each by index, the last one maybe partial.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TilePath> {
    (0..8u8).flat_map(move |level| {
        widths(hashes_at(level, size)).map(move |(index, width)| TilePath::Hashes { level, index, width })
    })
}

/// All entry bundles of a log of `size` entries, by index, the last one maybe partial.
pub fn bundles_of(size: u64) -> impl Iterator<Item = TilePath> {
    widths(size).map(|(index, width)| TilePath::Entries { index, width })
}

/// The partial tiles and the partial bundle of a tree of `size` leaves: what a sequencer needs to go on.
pub fn right_edge_of(size: u64) -> impl Iterator<Item = TilePath> {
    let last = |count: u64| widths_from(count / u64::from(TILE_WIDTH), count);
    let tiles = (0..8u8).flat_map(move |level| {
        last(hashes_at(level, size)).map(move |(index, width)| TilePath::Hashes { level, index, width })
    });
    tiles.chain(last(size).map(|(index, width)| TilePath::Entries { index, width }))
}

fn widths(count: u64) -> impl Iterator<Item = (u64, u16)> {
    widths_from(0, count)
}

/// Index and width of the tiles that hold `count` hashes, from tile `first` on.
fn widths_from(first: u64, count: u64) -> impl Iterator<Item = (u64, u16)> {
    let full = u64::from(TILE_WIDTH);
    (first..count.div_ceil(full)).map(move |index| (index, (count - index * full).min(full) as u16))
}
