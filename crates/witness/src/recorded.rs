//! A head as the witness records it: with the log's signature and its own cosignatures.

use hakiki_note::{Note, NoteError, SignatureLine, VerifierKey};
use hakiki_tlog::witness::cosignature_body;
use hakiki_tlog::{
    Checkpoint, CheckpointError, CosignatureError, CosigningKey, Head, Origin, VerifiedCheckpoint,
};

/// The head that was cosigned last for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    origin: Origin,
    head: Head,
    time_s: u64,
    note: Note,
    /// Lines of the note that are the log's; the witness's own follow them.
    log_lines: usize,
}

/// Why a note is no recorded head.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordedError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("a recorded head has a line by its log and a cosignature behind it")]
    Lines,
}

impl Recorded {
    /// Cosigns a checkpoint. Signature lines by others are left out: they are not the witness's to hand on.
    pub(crate) fn cosign(
        checkpoint: &VerifiedCheckpoint,
        log_key: &VerifierKey,
        keys: &[CosigningKey],
        time_s: u64,
    ) -> Result<Self, CosignatureError> {
        let mut note = signed_by_log(checkpoint, log_key);
        let log_lines = note.signatures.len();
        for key in keys {
            note.signatures.push(key.cosign(checkpoint, time_s)?);
        }
        Ok(Self { origin: checkpoint.origin().clone(), head: checkpoint.head(), time_s, note, log_lines })
    }

    /// Reads a note that [`Self::note_text`] gave; the caller knows by a check sum that it did.
    pub(crate) fn parse(note: &[u8], time_s: u64) -> Result<Self, RecordedError> {
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        let log_lines = 1;
        let is_log = note.signatures[0].name == *checkpoint.origin.key_name();
        if !is_log || note.signatures.len() <= log_lines {
            return Err(RecordedError::Lines);
        }
        Ok(Self { origin: checkpoint.origin.clone(), head: checkpoint.head, time_s, note, log_lines })
    }

    /// Which log.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        self.head
    }

    /// When it was cosigned, in seconds since 1970.
    pub fn time_s(&self) -> u64 {
        self.time_s
    }

    /// The checkpoint with the log's signature and the witness's cosignatures.
    pub fn note_text(&self) -> String {
        self.note.to_text()
    }

    /// The cosignature lines, which are the body of a 200 answer.
    pub fn cosignatures(&self) -> &[SignatureLine] {
        &self.note.signatures[self.log_lines..]
    }

    /// The body of a 200 answer.
    pub fn answer_body(&self) -> String {
        cosignature_body(self.cosignatures())
    }

    /// Whether exactly these keys cosigned it.
    pub(crate) fn is_by(&self, keys: &[CosigningKey]) -> bool {
        let lines = self.cosignatures();
        lines.len() == keys.len() && lines.iter().zip(keys).all(|(line, key)| line.is_by(key.verifier()))
    }
}

/// The checkpoint with one line by its log, so that nobody can make another note of it by adding lines.
pub(crate) fn signed_by_log(checkpoint: &VerifiedCheckpoint, log_key: &VerifierKey) -> Note {
    let lines = checkpoint.note().signatures.iter();
    let own = lines.filter(|line| line.is_by(log_key)).take(1).cloned().collect();
    Note { text: checkpoint.note().text.clone(), signatures: own }
}
