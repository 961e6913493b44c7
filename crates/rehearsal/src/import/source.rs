//! A file as bytes with a name: unpacking within a limit, and its text.
//!
//! The packing is told by the first bytes, not by the name. xz (one stream, LZMA2 only), gzip and zstd.

use super::error::{Fault, ImportError, Place};
use flate2::read::MultiGzDecoder;
use hakiki_note::{Hash, sha256};
use std::borrow::Cow;
use std::io::Read;

/// Most bytes of an unpacked table, 1 GiB: ten million rows of a hundred bytes, ten times the largest national
/// table known, and still within a small machine's memory.
pub const UNPACKED_BYTES_MAX: u64 = 1 << 30;

/// A file that somebody else read.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Its name, for messages and for the record of the source; no path.
    pub name: &'a str,
    /// Its bytes as they lay on the disk, packed or not.
    pub bytes: &'a [u8],
}

/// How a table's bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// ISO 8859-1: every byte is the code point of the same number.
    Latin1,
}

impl SourceFile<'_> {
    /// SHA-256 of the bytes as given (of the packed file, if it is packed).
    pub fn hash(&self) -> Hash {
        sha256(self.bytes)
    }

    /// The unpacked text.
    ///
    /// # Errors
    /// Damaged packing, more than [`UNPACKED_BYTES_MAX`], or bytes that are not in `encoding`.
    pub fn text(&self, encoding: Encoding) -> Result<String, ImportError> {
        let bytes = unpacked(self.bytes, UNPACKED_BYTES_MAX)
            .map_err(|fault| ImportError::one(Place::file(self.name), fault))?;
        decoded(&bytes, encoding)
            .map_err(|(line, fault)| ImportError::one(Place::line(self.name, line), fault))
    }
}

fn unpacked(bytes: &[u8], limit_bytes: u64) -> Result<Cow<'_, [u8]>, Fault> {
    let out = match bytes {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => unpack_xz(bytes, limit_bytes)?,
        [0x1f, 0x8b, ..] => {
            let mut out = Vec::new();
            read_up_to("gzip", MultiGzDecoder::new(bytes), limit_bytes, &mut out)?;
            out
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => unpack_zstd(bytes, limit_bytes)?,
        _ if bytes.len() as u64 > limit_bytes => return Err(Fault::TooLarge { limit_bytes }),
        _ => return Ok(Cow::Borrowed(bytes)),
    };
    Ok(Cow::Owned(out))
}

fn unpack_xz(bytes: &[u8], limit_bytes: u64) -> Result<Vec<u8>, Fault> {
    let damaged = |why: String| Fault::Compression { format: "xz", why };
    // The decoder holds a whole block in memory before it writes, so the limit is checked on the chunk headers,
    // beyond which it cannot write.
    let size =
        xz_size(bytes, limit_bytes).ok_or_else(|| damaged("its chunks cannot be followed".to_owned()))?;
    if size > limit_bytes {
        return Err(Fault::TooLarge { limit_bytes });
    }
    let mut out = Vec::new();
    let mut input = bytes;
    lzma_rs::xz_decompress(&mut input, &mut out).map_err(|error| damaged(format!("{error:?}")))?;
    Ok(out)
}

/// The size that the LZMA2 chunk headers of an xz stream announce, or more than `limit_bytes` as soon as they do.
/// `None` if they cannot be followed. Sections 2 to 3.3 of the .xz file format; LZMA2 chunks as in XZ Utils.
fn xz_size(bytes: &[u8], limit_bytes: u64) -> Option<u64> {
    let check_bytes = match bytes.get(7)? & 15 {
        0 => 0,
        1 => 4,
        4 => 8,
        10 => 32,
        _ => return None,
    };
    let mut at = 12;
    let mut total: u64 = 0;
    loop {
        let header = usize::from(*bytes.get(at)?);
        if header == 0 {
            return Some(total); // the index follows the last block
        }
        let block = at;
        at += (header + 1) * 4;
        loop {
            let control = *bytes.get(at)?;
            let word = |from: usize| {
                Some(usize::from(u16::from_be_bytes([*bytes.get(from)?, *bytes.get(from + 1)?])) + 1)
            };
            let size = match control {
                0 => break,
                1 | 2 => {
                    let size = word(at + 1)?;
                    at += 3 + size;
                    size
                }
                3..=0x7f => return None,
                _ => {
                    let size = (usize::from(control & 0x1f) << 16) + word(at + 1)?;
                    at += 5 + usize::from(control >= 0xc0) + word(at + 3)?;
                    size
                }
            };
            total += size as u64;
            if total > limit_bytes {
                return Some(total);
            }
        }
        at += 1;
        at += (4 - (at - block) % 4) % 4 + check_bytes;
    }
}

fn unpack_zstd(bytes: &[u8], limit_bytes: u64) -> Result<Vec<u8>, Fault> {
    let mut input = bytes;
    let mut out = Vec::new();
    while !input.is_empty() {
        let frame = ruzstd::decoding::StreamingDecoder::new(&mut input)
            .map_err(|error| Fault::Compression { format: "zstd", why: error.to_string() })?;
        read_up_to("zstd", frame, limit_bytes, &mut out)?;
    }
    Ok(out)
}

fn read_up_to(
    format: &'static str,
    from: impl Read,
    limit_bytes: u64,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let room = limit_bytes - out.len() as u64;
    from.take(room + 1)
        .read_to_end(out)
        .map_err(|error| Fault::Compression { format, why: error.to_string() })?;
    if out.len() as u64 > limit_bytes { Err(Fault::TooLarge { limit_bytes }) } else { Ok(()) }
}

fn decoded(bytes: &[u8], encoding: Encoding) -> Result<String, (u64, Fault)> {
    match encoding {
        Encoding::Latin1 => Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
        Encoding::Utf8 => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
                let offset = error.valid_up_to();
                let line = bytes[..offset].split(|&byte| byte == b'\n').count() as u64;
                (line, Fault::NotInEncoding { offset, encoding: "UTF-8" })
            })
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packings(data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let mut xz = Vec::new();
        lzma_rs::xz_compress(&mut &*data, &mut xz).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(data).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest);
        vec![("xz", xz), ("gzip", gzip.finish().unwrap()), ("zstd", zstd), ("plain", data.to_vec())]
    }

    #[test]
    fn every_packing_gives_the_same_bytes_within_the_limit_only() {
        let data: Vec<u8> = (0..300_000u32).flat_map(|n| (n / 7 % 251).to_le_bytes()).collect();
        let size = data.len() as u64;
        for (name, packed) in packings(&data) {
            assert_eq!(unpacked(&packed, size).unwrap().as_ref(), data, "{name}");
            assert_eq!(unpacked(&packed, size - 1), Err(Fault::TooLarge { limit_bytes: size - 1 }), "{name}");
        }
    }

    #[test]
    fn two_members_in_a_row_are_one_file() {
        for (name, packed) in
            packings(b"one,two\n").into_iter().filter(|(name, _)| ["gzip", "zstd"].contains(name))
        {
            assert_eq!(unpacked(&packed.repeat(2), 100).unwrap().as_ref(), b"one,two\none,two\n", "{name}");
            assert_eq!(unpacked(&packed.repeat(2), 15), Err(Fault::TooLarge { limit_bytes: 15 }), "{name}");
        }
    }

    #[test]
    fn damage_is_named_at_every_cut() {
        for (name, packed) in
            packings(&b"a,b\n1,2\n".repeat(50)).into_iter().filter(|(name, _)| *name != "plain")
        {
            for cut in 8..packed.len() {
                let result = unpacked(&packed[..cut], 1 << 20);
                assert!(matches!(result, Err(Fault::Compression { .. })), "{name} cut at {cut}: {result:?}");
            }
        }
    }

    #[test]
    fn text_of_both_encodings() {
        let file = SourceFile { name: "t", bytes: b"\xef\xbb\xbfMu\xc3\xb1oz\n" };
        assert_eq!(file.text(Encoding::Utf8).unwrap(), "Muñoz\n");
        let file = SourceFile { name: "t", bytes: b"a\nMu\xf1oz\n" };
        assert_eq!(file.text(Encoding::Latin1).unwrap(), "a\nMuñoz\n");
        let error = file.text(Encoding::Utf8).unwrap_err();
        assert_eq!(error.problems[0].place, Place::line("t", 2));
        assert_eq!(error.problems[0].fault, Fault::NotInEncoding { offset: 4, encoding: "UTF-8" });
    }
}
