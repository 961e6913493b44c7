//! The published checkpoint: `log/checkpoint`, a signed note.
//!
//! The locked head ([`crate::locked`]) may run ahead of it, never the other way. Signatures are not verified here:
//! this crate holds no key.

use crate::disk::Disk;
use crate::error::{Shown, StoreError, disk_error};
use crate::layout;
use crate::log::SignHead;
use hakiki_note::{Note, NoteError};
use hakiki_tlog::{Checkpoint, Head, Origin};

/// The text of a head's checkpoint.
pub(crate) fn text(origin: &Origin, head: &Head) -> String {
    Checkpoint::new(origin.clone(), *head).text()
}

/// The published checkpoint and its head; `None` if a loss of power took it before it was durable.
///
/// `known` are the heads that it may have: the locked one first, then those that are not yet settled.
pub(crate) fn read_published(
    disk: &impl Disk,
    origin: &Origin,
    known: &[Head],
) -> Result<Option<(String, Head)>, StoreError> {
    let locked = known[0];
    let disagrees = |found: String| StoreError::CheckpointDisagrees { head: Shown(locked), found };
    let bytes = disk.read(layout::CHECKPOINT).map_err(disk_error("read", layout::CHECKPOINT))?;
    let Some(bytes) = bytes else {
        // `create` locks the empty head first; from then on there is always a checkpoint.
        return if locked.size == 0 { Ok(None) } else { Err(disagrees("it is missing".to_owned())) };
    };
    let note = match Note::parse(&bytes) {
        Ok(note) => note,
        Err(_) if is_torn_checkpoint(&bytes, origin, known) => return Ok(None),
        Err(refused) => return Err(disagrees(refused.to_string())),
    };
    let read = Checkpoint::parse(&note.text).map_err(|refused| disagrees(refused.to_string()))?;
    if read.origin != *origin {
        return Err(StoreError::OtherOrigin { found: read.origin.to_string(), expected: origin.clone() });
    }
    if !known.contains(&read.head) {
        return Err(disagrees(format!("it is of {}", Shown(read.head))));
    }
    Ok(Some((note.to_text(), read.head)))
}

/// Whether bytes that are no note are what a loss of power can leave of one of the known heads' checkpoints.
fn is_torn_checkpoint(bytes: &[u8], origin: &Origin, known: &[Head]) -> bool {
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let left = &bytes[..length];
    known.iter().any(|head| {
        let start = text(origin, head).into_bytes();
        start.starts_with(left) || left.starts_with(&start)
    })
}

/// Has a head signed, and checks what comes back.
pub(crate) fn sign(origin: &Origin, head: &Head, sign: &mut SignHead) -> Result<String, StoreError> {
    let unsigned = |found: String| StoreError::Unsigned { head: Shown(*head), found };
    let checkpoint = sign(head).map_err(|refused| unsigned(refused.to_string()))?;
    check(origin, head, &checkpoint)?;
    Ok(checkpoint)
}

/// Whether a note is a checkpoint of this head and origin.
pub(crate) fn check(origin: &Origin, head: &Head, checkpoint: &str) -> Result<(), StoreError> {
    let unsigned = |found: String| StoreError::Unsigned { head: Shown(*head), found };
    let note =
        Note::parse(checkpoint.as_bytes()).map_err(|refused: NoteError| unsigned(refused.to_string()))?;
    if note.text == text(origin, head) {
        return Ok(());
    }
    Err(unsigned(format!("the checkpoint that came says {:?}", note.text)))
}
