//! Canonical text: the one way to write a record or a table (`docs/reference/records.md`, "Text").
//!
//! `mod.rs` holds what every line obeys; [`shape`] what a kind's lines are; [`lines`] reads a text against a shape and
//! [`Writer`] writes one; [`value`] the values that stand in lines. [`fold`] is of
//! no record: words as they are compared with what somebody looks for.

mod cell;
pub mod fold;
pub mod lines;
pub mod shape;
pub mod value;
mod writer;

pub use cell::csv_cell;
pub use lines::{Arguments, Lines};
pub use shape::{Argument, Count, Field};
pub use value::{BoxValue, Date, Time};
pub use writer::Writer;

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::unicode_12_1::is_assigned;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Checks the rules that hold for every line of every text. Gives the text back without its final newline.
pub fn check_canonical(text: &str) -> Result<&str, Refusal> {
    let Some(body) = text.strip_suffix('\n') else {
        return refuse(RefusalCode::R105, "the text ends in a newline");
    };
    let bytes = body.as_bytes();
    if bytes.iter().all(|b| matches!(b, 0x20..=0x7e | b'\n')) {
        check_spaces(bytes)?;
        return Ok(body);
    }
    for (place, character) in body.char_indices() {
        if !is_allowed(character) {
            let line = body[..place].split('\n').count();
            let point = u32::from(character);
            return refuse(
                RefusalCode::R103,
                format!("line {line} holds U+{point:04X}, which may not stand in a text"),
            );
        }
    }
    check_spaces(bytes)?;
    let normal = match is_nfc_quick(body.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => body.nfc().eq(body.chars()),
    };
    if normal { Ok(body) } else { refuse(RefusalCode::R104, "the text is not in normalisation form C") }
}

/// Assigned in Unicode 12.1; no C0, C1, DEL, U+2028/9, nor bidirectional control. Newline separates lines.
fn is_allowed(character: char) -> bool {
    match character {
        '\n' | ' '..='~' => true,
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => false,
        other => is_assigned(other),
    }
}

/// No empty line, no leading, trailing or double space.
fn check_spaces(bytes: &[u8]) -> Result<(), Refusal> {
    let mut before = b'\n';
    let mut line = 1;
    for byte in bytes.iter().copied().chain([b'\n']) {
        let fault = match (before, byte) {
            (b'\n', b'\n') => "an empty line",
            (b'\n', b' ') => "a leading space",
            (b' ', b'\n') => "a trailing space",
            (b' ', b' ') => "a double space",
            _ => "",
        };
        if !fault.is_empty() {
            return refuse(RefusalCode::R105, format!("line {line} has {fault}"));
        }
        line += usize::from(byte == b'\n');
        before = byte;
    }
    Ok(())
}
