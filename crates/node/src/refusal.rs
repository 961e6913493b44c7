//! What a refused sender gets: a note signed by the log.
//!
//! ```text
//! hakiki/refused@v1
//! note <sha256 of the bytes that came, or `unread`>
//! code <Rxxx>
//! head <size> <root, hex>
//! detail <what was found, what was expected>
//!
//! — <origin> <signature>
//! ```
//!
//! No record kind is called `refused` and no origin begins with `hakiki/`, so the log's key never signs such a note for
//! anything else.

use axum::http::StatusCode;
use hakiki_core::Refusal;
use hakiki_core::codes::RefusalCode;
use hakiki_note::{Hash, Note, SigningKey};
use hakiki_tlog::Head;

/// Longest detail, in characters.
const DETAIL_MAX_CHARS: usize = 400;

/// A submission that was refused.
#[derive(Debug)]
pub(crate) struct Declined {
    /// SHA-256 of the bytes that came; none if they were not all read.
    pub note: Option<Hash>,
    /// Why.
    pub refusal: Refusal,
}

impl Declined {
    pub fn new(note: Option<Hash>, code: RefusalCode, detail: impl Into<String>) -> Self {
        Self { note, refusal: Refusal::new(code, detail) }
    }

    /// R403: more waits than may.
    pub fn queue_full(note: Hash) -> Self {
        let detail = "too many submissions wait; the same note is safe to send again";
        Self::new(Some(note), RefusalCode::R403, detail)
    }

    /// The signed note.
    pub fn to_note(&self, head: &Head, log_key: &SigningKey) -> String {
        let note = self.note.map_or_else(|| "unread".to_owned(), |hash| hash.to_string());
        let (code, detail) = (self.refusal.code, plain(&self.refusal.detail));
        let text = format!(
            "hakiki/refused@v1\nnote {note}\ncode {code}\nhead {} {}\ndetail {detail}\n",
            head.size, head.root
        );
        Note::sign(text, &[log_key]).to_text()
    }
}

/// Words without line ends, controls, or anything but printable ASCII: parts of them come from the sender.
fn plain(detail: &str) -> String {
    let mut out = String::new();
    for c in detail.chars().take(DETAIL_MAX_CHARS) {
        if c.is_ascii_graphic() || c == ' ' {
            out.push(c);
        } else {
            out.extend(c.escape_unicode());
        }
    }
    out
}

/// The HTTP status of a code.
pub(crate) fn status(code: RefusalCode) -> StatusCode {
    use RefusalCode as R;
    match code {
        R::R101 | R::R402 => StatusCode::PAYLOAD_TOO_LARGE,
        R::R102 | R::R103 | R::R104 | R::R105 | R::R106 | R::R107 => StatusCode::BAD_REQUEST,
        R::R401 => StatusCode::TOO_MANY_REQUESTS,
        R::R403 | R::R404 => StatusCode::SERVICE_UNAVAILABLE,
        R::R405 => StatusCode::REQUEST_TIMEOUT,
        code if code.as_str().starts_with("R2") => StatusCode::FORBIDDEN,
        _ => StatusCode::CONFLICT,
    }
}

/// Seconds after which the same bytes may be sent again, for codes that pass by themselves.
pub(crate) fn retry_after_seconds(code: RefusalCode) -> Option<u32> {
    match code {
        RefusalCode::R401 => Some(60),
        RefusalCode::R403 => Some(1),
        RefusalCode::R404 => Some(10),
        _ => None,
    }
}

/// Whether a `refusal` record follows when an enrolled key signed: not for limits.
pub(crate) fn leaves_a_record(code: RefusalCode) -> bool {
    !code.as_str().starts_with("R4")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::log_key;

    #[test]
    fn a_senders_words_cannot_make_lines() {
        let detail = "a\nhead 9 x\u{202e}\u{2014} \u{7f}<b>".to_owned() + &"x".repeat(1000);
        let declined = Declined::new(None, RefusalCode::R105, detail);
        let note = declined.to_note(&Head::empty(), &log_key());
        let parsed = Note::parse(note.as_bytes()).unwrap();
        assert_eq!(parsed.verified_by(&[log_key().verifier()]).unwrap().len(), 1);
        let lines: Vec<_> = parsed.text.lines().collect();
        assert_eq!(lines.len(), 5, "{note}");
        assert_eq!(&lines[..3], ["hakiki/refused@v1", "note unread", "code R105"]);
        assert!(
            lines[4].starts_with("detail a\\u{a}head 9 x\\u{202e}\\u{2014} \\u{7f}<b>xxx"),
            "{}",
            lines[4]
        );
        assert!(parsed.text.is_ascii() && lines[4].len() < 500);
    }

    #[test]
    fn every_code_has_its_class_of_status() {
        for code in RefusalCode::ALL {
            assert!(status(*code).is_client_error() || retry_after_seconds(*code).is_some(), "{code}");
        }
    }
}
