//! The locked head: where the log stands, and which bytes of the journal it still needs.
//!
//! One file with two slots of 4,096 bytes, written in turn, in place: a loss of power in the middle can damage the slot that
//! is being written and never the one before it. A slot:
//!
//! ```text
//! hakiki locked head v1
//! <number of this write>
//! <origin>
//! <tree size>
//! <root, hex>
//! <generation> <bytes of it that are needed>
//! <bytes of the generation before that are needed, or ->
//! <SHA-256 of all of the above, hex>
//! ```
//!
//! and zeros to its end. The slot with the larger number counts.

use crate::disk::Disk;
use crate::error::{Shown, StoreError, disk_error};
use crate::layout;
use hakiki_note::{Hash, sha256};
use hakiki_tlog::{Head, Origin};

const TITLE: &str = "hakiki locked head v1";
/// Bytes of a slot: at least a page and a sector of any disk, so that writing one never touches the other.
pub(crate) const SLOT_BYTES: usize = 4096;

/// Which bytes of the journal are not yet known to be in durable served files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needed {
    /// The generation that is being filled.
    pub generation: u64,
    /// Where its frames end.
    pub end: u64,
    /// Where the frames of the generation before end, while its files are being made durable.
    pub before: Option<u64>,
}

/// What a slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Locked {
    /// The number of this write.
    pub number: u64,
    pub head: Head,
    pub needed: Needed,
}

impl Locked {
    /// The slot's bytes, padded.
    fn to_slot(self, origin: &Origin) -> Vec<u8> {
        let Self { number, head, needed } = self;
        let before = needed.before.map_or("-".to_owned(), |end| end.to_string());
        let text = format!(
            "{TITLE}\n{number}\n{origin}\n{}\n{}\n{} {}\n{before}\n",
            head.size, head.root, needed.generation, needed.end
        );
        let mut slot = format!("{text}{}\n", sha256(text.as_bytes())).into_bytes();
        slot.resize(SLOT_BYTES, 0);
        slot
    }

    fn parse(slot: &[u8]) -> Option<(Self, String)> {
        let text = std::str::from_utf8(slot).ok()?.trim_end_matches('\0').strip_suffix('\n')?;
        let (body, sum) = text.rsplit_once('\n')?;
        let body = format!("{body}\n");
        if sum.parse::<Hash>().ok()? != sha256(body.as_bytes()) {
            return None;
        }
        let lines: Vec<&str> = body.lines().collect();
        let [TITLE, number, origin, size, root, current, before] = lines[..] else { return None };
        let (generation, end) = current.split_once(' ')?;
        let before = match before {
            "-" => None,
            end => Some(end.parse().ok()?),
        };
        let head = Head { size: size.parse().ok()?, root: root.parse().ok()? };
        let needed = Needed { generation: generation.parse().ok()?, end: end.parse().ok()?, before };
        Some((Self { number: number.parse().ok()?, head, needed }, origin.to_owned()))
    }

    /// Where a slot of this number lies in the file.
    fn offset(number: u64) -> u64 {
        (number % 2) * SLOT_BYTES as u64
    }

    /// The first file of a new log: slot 0 with the empty head.
    pub(crate) fn first_file(origin: &Origin) -> (Self, Vec<u8>) {
        let first = Self { number: 0, head: Head::empty(), needed: Needed::default() };
        let mut bytes = first.to_slot(origin);
        bytes.resize(2 * SLOT_BYTES, 0);
        (first, bytes)
    }

    /// Reads the newer slot of the log with this origin.
    pub(crate) fn read(disk: &impl Disk, origin: &Origin) -> Result<Self, StoreError> {
        let bytes = disk.read(layout::HEAD).map_err(disk_error("read", layout::HEAD))?;
        let bytes = bytes.ok_or_else(|| StoreError::Missing { path: layout::HEAD.to_owned() })?;
        let slots = bytes.chunks(SLOT_BYTES).take(2).filter_map(Self::parse);
        let newest = slots.max_by_key(|(slot, _)| slot.number);
        let (locked, found) = newest.ok_or_else(|| StoreError::HeadDisagrees {
            path: layout::HEAD.to_owned(),
            head: Shown(Head::empty()),
            found: "neither of its two slots is whole".to_owned(),
        })?;
        if found != origin.as_str() {
            return Err(StoreError::OtherOrigin { found, expected: origin.clone() });
        }
        Ok(locked)
    }

    /// Writes the slot after this one, durably, and gives it.
    pub(crate) fn advance(
        self,
        disk: &impl Disk,
        origin: &Origin,
        head: Head,
        needed: Needed,
    ) -> Result<Self, StoreError> {
        let next = Self { number: self.number + 1, head, needed };
        disk.overwrite(layout::HEAD, Self::offset(next.number), &next.to_slot(origin))
            .map_err(disk_error("write", layout::HEAD))?;
        Ok(next)
    }
}
