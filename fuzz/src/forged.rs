//! Bytes that nobody would send by mistake: a note changed after it was signed, signatures swapped, dropped or bent.

use crate::dice::Dice;
use hakiki_note::Note;

/// The order of the group of Ed25519, little-endian: S + L verifies wherever S < L is not asked.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A note like `note`, and not it. Sometimes what comes out is a good record all the same.
pub fn forge(note: &str, dice: &mut Dice) -> Vec<u8> {
    match dice.below(9) {
        0 => flipped(note, dice),
        1 => cut(note, dice),
        2 => with_lines(note, |lines| lines.reverse()),
        3 => with_lines(note, |lines| {
            lines.pop();
        }),
        4 => with_lines(note, |lines| lines.extend(lines.last().cloned())),
        5 => bent(note, add_order),
        6 => bent(note, |signature| signature[..32].fill(0)),
        7 => bent(note, |signature| signature[31] ^= 0x80),
        _ => replaced(note, dice),
    }
}

fn flipped(note: &str, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = note.as_bytes().to_vec();
    let at = dice.below(bytes.len());
    bytes[at] ^= 1 << dice.below(8);
    bytes
}

fn cut(note: &str, dice: &mut Dice) -> Vec<u8> {
    note.as_bytes()[..dice.below(note.len())].to_vec()
}

fn with_lines(note: &str, change: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    let Some((text, lines)) = note.split_once("\n\n") else { return note.as_bytes().to_vec() };
    let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    change(&mut lines);
    let mut whole = format!("{text}\n\n");
    for line in lines {
        whole.push_str(&line);
        whole.push('\n');
    }
    whole.into_bytes()
}

/// Changes the bytes of the first signature.
fn bent(note: &str, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let Ok(mut parsed) = Note::parse(note.as_bytes()) else { return note.as_bytes().to_vec() };
    if let Some(line) = parsed.signatures.first_mut() {
        change(&mut line.signature);
    }
    parsed.to_text().into_bytes()
}

fn add_order(signature: &mut [u8]) {
    let mut carry = 0;
    for (byte, of_order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(of_order) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
}

/// A word of the text is another one.
fn replaced(note: &str, dice: &mut Dice) -> Vec<u8> {
    const CHANGES: &[(&str, &str)] = &[
        ("contest president", "contest senate"),
        ("station s000000", "station s000001"),
        ("votes 1 ", "votes 1 0"),
        (" ", "  "),
        ("\n", "\n\n"),
        ("@v1", "@v2"),
        ("election ", "Election "),
        ("votes 2 ", "votes 9 "),
        ("bridge", "bri\u{301}dge"),
        ("\u{2014}", "-"),
        ("kit-", "kit\u{202e}-"),
        ("2031-03-04", "2031-02-29"),
        ("event login", "event logon"),
        ("event ", "event boot\nevent "),
        ("action begin", "action end"),
        ("item ", "item kit Z\nitem "),
        ("reason c", "reason /"),
        ("sequence ", "sequence 0"),
        ("sha256:", ""),
    ];
    let (from, to) = CHANGES[dice.below(CHANGES.len())];
    note.replacen(from, to, 1).into_bytes()
}
