//! The witness's decision about `POST add-checkpoint`, and the client's side of it (C2SP `tlog-witness`).
//!
//! Pure: whoever serves it must persist the new head atomically with the decision, and before answering 200.

use crate::checkpoint::{
    CHECKPOINT_MAX_BYTES, Checkpoint, CheckpointError, Origin, VerifiedCheckpoint, parse_note,
};
use crate::proof::verify_consistency;
use crate::tree::{Head, empty_root};
use crate::wire::{decimal, excerpt, hash_from_base64, hash_to_base64};
use hakiki_note::{Hash, SignatureLine, VerifierKey, sha256};

/// Most consistency proof lines in a request, by the specification.
pub const PROOF_LINES_MAX: usize = 63;

/// Largest request body, in bytes: `old` line, 63 lines of 45 bytes, an empty line and a checkpoint.
pub const REQUEST_MAX_BYTES: usize = CHECKPOINT_MAX_BYTES + 4096;

/// Content type of a 409 answer's body.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// Why a request or answer body is malformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Too many bytes.
    #[error("a request has at most {REQUEST_MAX_BYTES} bytes, found {0}")]
    TooLarge(usize),
    /// Not the lines of a request.
    #[error("a request is \"old <size>\", proof lines, an empty line and a checkpoint")]
    Shape,
    /// The first line.
    #[error("the first line is \"old <size>\" in decimal, found {0:?}")]
    OldSize(String),
    /// A proof line.
    #[error("a proof line is a hash in base64, found {0:?}")]
    ProofLine(String),
    /// Too many proof lines.
    #[error("a request has at most {PROOF_LINES_MAX} proof lines")]
    TooManyProofLines,
    /// The checkpoint is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A line of an answer is no signature line.
    #[error("an answer is signature lines, found {0:?}")]
    SignatureLine(String),
}

/// A parsed request. Nothing in it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the tree that the proof starts from.
    pub old_size: u64,
    /// The consistency proof from the old size to the checkpoint's.
    pub proof: Vec<Hash>,
    note: String,
    claimed: Checkpoint,
}

impl AddCheckpoint {
    /// What a client sends.
    pub fn new(old_size: u64, proof: Vec<Hash>, checkpoint: &VerifiedCheckpoint) -> Self {
        let claimed = checkpoint.checkpoint().clone();
        Self { old_size, proof, note: checkpoint.to_text(), claimed }
    }

    /// Parses a request body; the inverse of [`Self::to_body`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > REQUEST_MAX_BYTES {
            return Err(RequestError::TooLarge(body.len()));
        }
        let text = std::str::from_utf8(body).map_err(|_| RequestError::Shape)?;
        let (lines, note) = text.split_once("\n\n").ok_or(RequestError::Shape)?;
        let mut lines = lines.split('\n');
        let first = lines.next().ok_or(RequestError::Shape)?;
        let old_size = first.strip_prefix("old ").and_then(decimal);
        let old_size = old_size.ok_or_else(|| RequestError::OldSize(excerpt(first)))?;
        let hash = |line| hash_from_base64(line).ok_or_else(|| RequestError::ProofLine(excerpt(line)));
        let proof = lines.by_ref().take(PROOF_LINES_MAX).map(hash).collect::<Result<_, _>>()?;
        if lines.next().is_some() {
            return Err(RequestError::TooManyProofLines);
        }
        let (claimed, _) = parse_note(note.as_bytes())?;
        Ok(Self { old_size, proof, note: note.to_owned(), claimed })
    }

    /// The request body.
    pub fn to_body(&self) -> String {
        let mut body = format!("old {}\n", self.old_size);
        for hash in &self.proof {
            body.push_str(&hash_to_base64(hash));
            body.push('\n');
        }
        body.push('\n');
        body.push_str(&self.note);
        body
    }

    /// The checkpoint as a note, verbatim.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The origin that the checkpoint claims: under it the witness finds its keys and state.
    pub fn origin(&self) -> &Origin {
        &self.claimed.origin
    }
}

/// A head that its log signed and that was refused. It is kept: it may prove that the log broke its promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inconsistent {
    /// What the witness last cosigned.
    pub last: Option<Head>,
    /// What the log signed.
    pub checkpoint: VerifiedCheckpoint,
    /// The proof that was brought.
    pub proof: Vec<Hash>,
    /// Why it was refused.
    pub reason: InconsistentReason,
}

impl Inconsistent {
    /// Whether the two heads alone prove a fork: one size with two roots, or an empty tree with a root of its own.
    /// A bad proof alone proves nothing, since anybody could have sent it.
    pub fn proves_fork(&self) -> bool {
        self.reason != InconsistentReason::Proof
    }
}

/// Why a signed head was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InconsistentReason {
    /// Size 0 with another root than the empty tree's.
    EmptyTree,
    /// The size that was cosigned, with another root.
    SameSize,
    /// The consistency proof does not verify.
    Proof,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: persist this head, then answer with cosignatures on it. May be the head that was cosigned before.
    Cosign(Box<VerifiedCheckpoint>),
    /// 400: malformed; 404 if it is the origin that no log of ours could have.
    Malformed(RequestError),
    /// 400: the old size is larger than the checkpoint's.
    OldSizeAbove {
        /// As the request says.
        old_size: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// 403: not signed by a trusted key, or badly.
    Forbidden(CheckpointError),
    /// 404: a log that this witness does not know.
    UnknownOrigin(Origin),
    /// 409: the old size is not what was last cosigned.
    Conflict {
        /// The recorded size, which is the body.
        recorded: u64,
        /// Set when the refused head, by itself, contradicts the recorded one.
        evidence: Option<Box<Inconsistent>>,
    },
    /// 422: the head does not continue the recorded one.
    Inconsistent(Box<Inconsistent>),
}

impl Answer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosign(_) => 200,
            Self::UnknownOrigin(_)
            | Self::Malformed(RequestError::Checkpoint(CheckpointError::Origin(_))) => 404,
            Self::Malformed(_) | Self::OldSizeAbove { .. } => 400,
            Self::Forbidden(_) => 403,
            Self::Conflict { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }

    /// The content type of [`Self::body`].
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => SIZE_CONTENT_TYPE,
            _ => "text/plain; charset=utf-8",
        }
    }

    /// The body, but for 200, whose body is the cosignature lines.
    pub fn body(&self) -> String {
        match self {
            Self::Cosign(_) => String::new(),
            Self::Malformed(error) => format!("{error}\n"),
            Self::OldSizeAbove { old_size, size } => {
                format!("the old size {old_size} is larger than the checkpoint's size {size}\n")
            }
            Self::Forbidden(error) => format!("{error}\n"),
            Self::UnknownOrigin(origin) => format!("this witness does not know the log {origin}\n"),
            Self::Conflict { recorded, .. } => format!("{recorded}\n"),
            Self::Inconsistent(found) => match found.reason {
                InconsistentReason::EmptyTree => "a checkpoint of size 0 has the root of the empty tree\n",
                InconsistentReason::SameSize => "this size was cosigned with another root\n",
                InconsistentReason::Proof => "the consistency proof does not verify\n",
            }
            .to_owned(),
        }
    }

    /// The refused head that must be kept, if there is one.
    pub fn evidence(&self) -> Option<&Inconsistent> {
        match self {
            Self::Inconsistent(evidence) => Some(evidence),
            Self::Conflict { evidence, .. } => evidence.as_deref(),
            _ => None,
        }
    }
}

/// Parses and decides in one step. `state` gives the trusted keys of an origin (none: unknown) and the head that was
/// last cosigned for it.
pub fn answer(body: &[u8], state: impl FnOnce(&Origin) -> (Vec<VerifierKey>, Option<Head>)) -> Answer {
    match AddCheckpoint::parse(body) {
        Err(error) => Answer::Malformed(error),
        Ok(request) => {
            let (keys, last) = state(request.origin());
            decide(&request, &keys, last)
        }
    }
}

/// Decides about a request: `log_keys` are the keys that are trusted for its origin (none: the origin is unknown),
/// `last` the head that was last cosigned for it.
pub fn decide(request: &AddCheckpoint, log_keys: &[VerifierKey], last: Option<Head>) -> Answer {
    if log_keys.is_empty() {
        return Answer::UnknownOrigin(request.origin().clone());
    }
    let checkpoint = match VerifiedCheckpoint::open_any(request.note.as_bytes(), log_keys) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return Answer::Forbidden(error),
    };
    let (new, recorded) = (checkpoint.head(), last.unwrap_or_else(Head::empty));
    if request.old_size > new.size {
        return Answer::OldSizeAbove { old_size: request.old_size, size: new.size };
    }
    let refused = |reason| {
        let proof = request.proof.clone();
        Box::new(Inconsistent { last, checkpoint: checkpoint.clone(), proof, reason })
    };
    let contradiction = contradiction(&new, &recorded);
    if request.old_size != recorded.size {
        return Answer::Conflict { recorded: recorded.size, evidence: contradiction.map(refused) };
    }
    if let Some(reason) = contradiction {
        return Answer::Inconsistent(refused(reason));
    }
    match verify_consistency(&recorded, &new, &request.proof) {
        Ok(()) => Answer::Cosign(Box::new(checkpoint)),
        Err(_) => Answer::Inconsistent(refused(InconsistentReason::Proof)),
    }
}

/// What two heads alone show, without a proof.
fn contradiction(new: &Head, recorded: &Head) -> Option<InconsistentReason> {
    if new.size == 0 && new.root != empty_root() {
        Some(InconsistentReason::EmptyTree)
    } else if new.size == recorded.size && new.root != recorded.root {
        Some(InconsistentReason::SameSize)
    } else {
        None
    }
}

/// The body of a 200 answer.
pub fn cosignature_body(lines: &[SignatureLine]) -> String {
    lines.iter().map(SignatureLine::to_line).collect()
}

/// Parses the body of a 200 answer: one or more signature lines. See [`crate::cosignature::add_cosignatures`].
pub fn parse_cosignatures(body: &[u8]) -> Result<Vec<SignatureLine>, RequestError> {
    if body.len() > CHECKPOINT_MAX_BYTES {
        return Err(RequestError::TooLarge(body.len()));
    }
    let text = std::str::from_utf8(body).map_err(|_| RequestError::Shape)?;
    let lines = text.strip_suffix('\n').ok_or(RequestError::Shape)?;
    let parse = |line| SignatureLine::parse(line).ok_or_else(|| RequestError::SignatureLine(excerpt(line)));
    lines.split('\n').map(parse).collect()
}

/// Parses the body of a 409 answer: the size to start from.
pub fn parse_recorded_size(body: &[u8]) -> Option<u64> {
    decimal(std::str::from_utf8(body).ok()?.strip_suffix('\n')?)
}

/// Where a witness or mirror serves what it holds of a log, below its prefix: `<hex sha256(origin)>`.
pub fn origin_folder(origin: &Origin) -> String {
    sha256(origin.as_str().as_bytes()).to_string()
}

/// Where a witness serves the checkpoint that it last cosigned, below its prefix.
pub fn monitoring_path(origin: &Origin) -> String {
    format!("{}/checkpoint", origin_folder(origin))
}
