//! A record as QR codes: the whole note, deflated, in the fragment of a link.
//!
//! ```text
//! https://<domain>/checker.html#n=<data>                         one code
//! https://<domain>/checker.html#n=<k>/<total>/<hash8>/<data>     the k-th of several, from 1
//! ```
//!
//! `data` is the note's bytes, deflated (RFC 1951, no header) and written as base64url without padding; of several codes the
//! pieces are joined in order before they are read. `hash8` is the first eight hex digits of the SHA-256 of the note's bytes:
//! it tells the codes of two records apart and proves nothing. A browser sends no fragment to a server, so whoever scans a
//! code tells nobody which station was looked at.
//!
//! It draws and does not read: the checker does that.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fast_qr::{ECL, QRBuilder, Version};
use hakiki_note::sha256;
use maud::{Markup, html};
use std::fmt::Write as _;

/// Largest code. A form's note takes version 22 or 23, so it is one code, which any camera opens by itself; only longer
/// records take several. Version 25 has 117 modules a side: printed 70 mm wide, or as wide as a phone's screen, a module is
/// half a millimetre, and a camera of two megapixels sees it with eight of its pixels.
const VERSION_MAX: Version = Version::V25;
/// Bytes that a code of version 25 holds at level M (ISO/IEC 18004, table 7). Level M repairs 15 % of a code: a fold, a
/// thumb, a worn print. L would save two versions and give that away; Q would make two codes of a form.
const CODE_BYTES: usize = 997;
/// Most codes of one record: nobody scans more.
const CODES_MAX: usize = 12;
/// Of `<k>/<total>/<hash8>/`.
const PIECE_HEAD_BYTES: usize = 15;
/// Longest domain that DNS has.
const DOMAIN_MAX_BYTES: usize = 253;
/// Hex digits of `hash8`.
const HASH_DIGITS: usize = 8;
/// Modules of empty margin that a reader needs on each side (ISO/IEC 18004, 6.3.8).
const MARGIN: usize = 4;
/// The slowest and smallest of deflate's levels.
const DEFLATE_LEVEL: u8 = 10;

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    link: String,
    side: usize,
    dark: Vec<bool>,
}

/// The domain of a log: the first part of its origin, where that is a host's name.
pub fn domain(origin: &str) -> Option<&str> {
    let first = origin.split('/').next().unwrap_or(origin);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    (first.contains('.') && first.len() <= DOMAIN_MAX_BYTES && first.bytes().all(is_host)).then_some(first)
}

/// The codes of a note for a domain, in order; none for a note that would take more than twelve.
pub fn codes(note: &[u8], domain: &str) -> Option<Vec<Code>> {
    links(note, domain)?.into_iter().map(Code::new).collect()
}

fn links(note: &[u8], domain: &str) -> Option<Vec<String>> {
    let data = URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec(note, DEFLATE_LEVEL));
    let head = format!("https://{domain}/checker.html#n=");
    let room = CODE_BYTES.checked_sub(head.len())?;
    if data.len() <= room {
        return Some(vec![format!("{head}{data}")]);
    }
    let total = data.len().div_ceil(room.checked_sub(PIECE_HEAD_BYTES).filter(|room| *room > 0)?);
    if total > CODES_MAX {
        return None;
    }
    let hash: String = sha256(note).to_string().chars().take(HASH_DIGITS).collect();
    // Even pieces make codes of one size.
    let each = data.len().div_ceil(total);
    let pieces = (1..=total).map(|k| {
        let piece = &data[(k - 1) * each..data.len().min(k * each)];
        format!("{head}{k}/{total}/{hash}/{piece}")
    });
    Some(pieces.collect())
}

impl Code {
    /// The code of a link that is no record; none where it is too long for one.
    pub(crate) fn of_link(link: String) -> Option<Self> {
        if link.len() > CODE_BYTES { None } else { Self::new(link) }
    }

    fn new(link: String) -> Option<Self> {
        let drawn = QRBuilder::new(link.as_bytes()).ecl(ECL::M).build().ok()?;
        let side = drawn.size;
        debug_assert!(side <= VERSION_MAX as usize * 4 + 21, "a link is cut to fit version 25");
        let dark = (0..side).flat_map(|y| drawn[y].iter().map(|module| module.value())).collect();
        Some(Self { link, side, dark })
    }

    /// The link that the code says.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Modules a side, the margin on both sides counted.
    pub fn width(&self) -> usize {
        self.side + 2 * MARGIN
    }

    /// Whether a module is dark; `x` and `y` from the upper left corner of the margin.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(MARGIN).filter(|at| *at < self.side);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.dark[y * self.side + x])
    }

    /// The code as a PNG of one pixel a module, in a URL: a tenth of what it takes as strokes.
    pub(crate) fn data_url(&self) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(png(self)))
    }

    /// The code as a picture in strokes that stands alone. Black on white in every scheme, without any style sheet.
    fn picture(&self, label: &str) -> Markup {
        let width = self.width();
        html! {
            svg.qr xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (width) }
                role="img" aria-label=(label) shape-rendering="crispEdges" {
                path fill="#fff" d={ "M0 0h" (width) "v" (width) "H0z" } {}
                path fill="none" stroke="#000" d=(self.path()) {}
            }
        }
    }

    /// The picture as a file.
    pub fn svg(&self, label: &str) -> String {
        self.picture(label).into_string()
    }

    /// Runs of dark modules as strokes one module wide, a row after the other.
    fn path(&self) -> String {
        let mut path = String::new();
        for y in MARGIN..MARGIN + self.side {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{MARGIN} {y}.5");
            let (mut x, mut light) = (MARGIN, 0);
            while x < MARGIN + self.side {
                let run = (x..MARGIN + self.side).take_while(|x| self.is_dark(*x, y)).count();
                if run == 0 {
                    (x, light) = (x + 1, light + 1);
                    continue;
                }
                if light > 0 {
                    let _ = write!(path, "m{light} 0");
                }
                let _ = write!(path, "h{run}");
                (x, light) = (x + run, 0);
            }
        }
        path
    }

    /// The code in lines of half blocks, two rows of modules a line, dark as ink.
    pub fn half_blocks(&self) -> Vec<String> {
        let block = |x: usize, y: usize| match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..self.width()).step_by(2).map(|y| (0..self.width()).map(|x| block(x, y)).collect()).collect()
    }
}

/// One bit a pixel, white is 1, as Portable Network Graphics (ISO/IEC 15948) has it.
fn png(code: &Code) -> Vec<u8> {
    let width = code.width();
    let mut rows = Vec::new();
    for y in 0..width {
        rows.push(0);
        for from in (0..width).step_by(8) {
            let bit = |at: usize| u8::from(from + at >= width || !code.is_dark(from + at, y)) << (7 - at);
            rows.push((0..8).map(bit).sum());
        }
    }
    let side = u32::try_from(width).unwrap_or(0).to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &[&side[..], &side, &[1, 0, 0, 0, 0]].concat());
    chunk(&mut file, *b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&rows, 9));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let from = file.len();
    file.extend(kind);
    file.extend(data);
    let sum = crc32(&file[from..]);
    file.extend(sum.to_be_bytes());
}

/// The checksum of a chunk (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let one = |sum: u32, byte: &u8| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 },
        )
    };
    !bytes.iter().fold(u32::MAX, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_the_host_of_an_origin() {
        assert_eq!(domain("mfano.example/2031"), Some("mfano.example"));
        assert_eq!(domain("127.0.0.1:8080/log"), Some("127.0.0.1:8080"));
        for none in ["log", "a b.example/x", "x.example#y/z", "", "/x.example"] {
            assert_eq!(domain(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_code_that_says_what_its_capacity_is_keeps_to_the_largest_version() {
        let full = Code::new("x".repeat(CODE_BYTES)).unwrap();
        assert_eq!(full.side, 117);
        let more = QRBuilder::new("x".repeat(CODE_BYTES + 1)).ecl(ECL::M).build();
        assert!(more.is_ok_and(|code| code.size > 117), "one byte more needs a larger one");
    }

    #[test]
    fn what_is_too_long_has_no_codes() {
        // Hex of hashes does not shrink below half.
        let long: String = (0..1000_u32).map(|n| sha256(&n.to_le_bytes()).to_string()).collect();
        assert_eq!(codes(long.as_bytes(), "mfano.example"), None);
        assert_eq!(codes(b"x", &"d".repeat(1000)), None);
    }

    #[test]
    fn half_blocks_hold_every_module() {
        let code = Code::new("https://mfano.example/".into()).unwrap();
        let lines = code.half_blocks();
        assert_eq!((lines.len(), lines[0].chars().count()), (code.width().div_ceil(2), code.width()));
        assert!(lines[0].chars().all(|block| block == ' '), "the margin");
        assert_eq!(lines[2].chars().nth(4), Some('█'), "the corner of the first finder");
    }

    #[test]
    fn the_png_holds_the_modules_and_its_checksums() {
        assert_eq!(crc32(b"IEND"), 0xae42_6082, "the checksum that ends every PNG");
        let code = Code::new("https://mfano.example/".into()).unwrap();
        let file = png(&code);
        let data = file.windows(4).position(|window| window == b"IDAT").unwrap();
        let length = u32::from_be_bytes(file[data - 4..data].try_into().unwrap()) as usize;
        let rows = miniz_oxide::inflate::decompress_to_vec_zlib(&file[data + 4..data + 4 + length]).unwrap();
        let width = code.width();
        for (y, row) in rows.chunks(1 + width.div_ceil(8)).enumerate() {
            assert_eq!(row[0], 0, "no filter");
            for x in 0..width {
                assert_eq!(row[1 + x / 8] >> (7 - x % 8) & 1 == 0, code.is_dark(x, y), "{x} {y}");
            }
        }
    }
}
