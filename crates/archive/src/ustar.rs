//! The header of a file in a tape archive (POSIX.1-1988, "ustar"), in the one way in which an archive writes it: mode 0644,
//! owner 0, time 0, no names of users, no long paths. Every `tar` reads it.

/// Headers and contents fill whole blocks of so many bytes.
pub(crate) const BLOCK: usize = 512;
/// Longest path, in bytes: what fits the header's name.
const PATH_MAX_BYTES: usize = 100;
/// Largest file, in bytes: eleven octal digits.
const FILE_MAX_BYTES: u64 = (1 << 33) - 1;
const SIZE_AT: std::ops::Range<usize> = 124..135;
const CHECKSUM_AT: std::ops::Range<usize> = 148..156;

/// The header of a file; none where its path or size does not fit.
pub(crate) fn header(path: &str, bytes: u64) -> Option<[u8; BLOCK]> {
    if path.is_empty() || path.len() > PATH_MAX_BYTES || bytes > FILE_MAX_BYTES || path.contains('\0') {
        return None;
    }
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, path.as_bytes());
    put(100, b"0000644");
    put(108, b"0000000");
    put(116, b"0000000");
    put(SIZE_AT.start, format!("{bytes:011o}").as_bytes());
    put(136, b"00000000000");
    put(CHECKSUM_AT.start, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(329, b"0000000");
    put(337, b"0000000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[CHECKSUM_AT].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// Path and size of a header; none unless it is written in the one way.
pub(crate) fn read_header(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let name = &block[..PATH_MAX_BYTES];
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(PATH_MAX_BYTES);
    let path = std::str::from_utf8(&name[..end]).ok()?;
    let bytes = u64::from_str_radix(std::str::from_utf8(&block[SIZE_AT]).ok()?, 8).ok()?;
    (header(path, bytes)? == *block).then(|| (path.to_owned(), bytes))
}

/// Bytes that fill the last block of so many.
pub(crate) fn filling(bytes: u64) -> usize {
    let rest = (bytes % BLOCK as u64) as usize;
    if rest == 0 { 0 } else { BLOCK - rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_it_was_written_and_in_no_other_way() {
        let block = header("core/tile/0/000.p/5", 160).unwrap();
        assert_eq!(read_header(&block), Some(("core/tile/0/000.p/5".to_owned(), 160)));
        for at in 0..BLOCK {
            for bit in [1_u8, 0x10, 0x80] {
                let mut altered = block;
                altered[at] ^= bit;
                assert_eq!(read_header(&altered), None, "byte {at}");
            }
        }
        assert!(header(&"x".repeat(101), 1).is_none() && header("", 1).is_none());
        assert!(header("x", 1 << 33).is_none());
        assert_eq!([filling(0), filling(1), filling(512), filling(513)], [0, 511, 0, 511]);
    }
}
