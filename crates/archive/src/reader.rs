//! Reading an archive's headers: where each file stands. What is not written in the one way is a fault; what was found
//! before it is given all the same.

use crate::fault::{ArchiveCode as Code, Fault};
use crate::ustar::{BLOCK, filling, read_header};
use std::io::{self, Read, Seek, SeekFrom};

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its path.
    pub path: String,
    /// Where its bytes begin.
    pub offset: u64,
    /// How many they are.
    pub bytes: u64,
}

/// Finds every file, and the first fault of the shape. An error is one of the disk.
pub fn scan(file: &mut (impl Read + Seek)) -> io::Result<(Vec<Placed>, Option<Fault>)> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut files = Vec::new();
    let mut place = 0;
    loop {
        let fault = |code, place: u64| Some(Fault::new(code, format!("byte {place}")));
        let bad = if place == 0 { Code::A101 } else { Code::A103 };
        if length - place < BLOCK as u64 {
            let code = if place == 0 { Code::A101 } else { Code::A102 };
            return Ok((files, fault(code, length)));
        }
        let block = read_block(file, place)?;
        if block == [0; BLOCK] && place > 0 {
            return Ok((files, judge_end(file, place, length)?));
        }
        let Some((path, bytes)) = read_header(&block) else { return Ok((files, fault(bad, place))) };
        let offset = place + BLOCK as u64;
        let filling = filling(bytes);
        let next = offset + bytes + filling as u64;
        if next > length {
            return Ok((files, Some(Fault::new(Code::A102, path))));
        }
        let mut filled = [0; BLOCK];
        file.seek(SeekFrom::Start(offset + bytes))?;
        file.read_exact(&mut filled[..filling])?;
        if filled != [0; BLOCK] {
            return Ok((files, fault(Code::A103, offset + bytes)));
        }
        files.push(Placed { path, offset, bytes });
        place = next;
    }
}

fn read_block(file: &mut (impl Read + Seek), place: u64) -> io::Result<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(&mut block)?;
    Ok(block)
}

/// The end is two blocks of nothing, and nothing behind them.
fn judge_end(file: &mut (impl Read + Seek), place: u64, length: u64) -> io::Result<Option<Fault>> {
    let fault = |code| Ok(Some(Fault::new(code, format!("byte {place}"))));
    let end = 2 * BLOCK as u64;
    if length - place < end {
        return fault(Code::A102);
    }
    let second = read_block(file, place + BLOCK as u64)?;
    if second != [0; BLOCK] || length - place > end { fault(Code::A103) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::Writer;
    use std::io::Cursor;

    fn sample() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        writer.put("core/checkpoint", b"one").unwrap();
        writer.put("core/results/3", &[7; 700]).unwrap();
        writer.close_part("core/sha256sums").unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_found() {
        let bytes = sample();
        let (files, fault) = scan(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!(fault, None);
        let paths: Vec<&str> = files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["core/checkpoint", "core/results/3", "core/sha256sums"]);
        let at = files[0].offset as usize;
        assert_eq!(&bytes[at..at + 3], b"one");
    }

    #[test]
    fn every_truncation_and_every_tail_is_a_fault() {
        let bytes = sample();
        for length in 0..bytes.len() {
            let (_, fault) = scan(&mut Cursor::new(&bytes[..length])).unwrap();
            assert!(fault.is_some(), "{length}");
        }
        let (_, fault) = scan(&mut Cursor::new([&bytes[..], &[0]].concat())).unwrap();
        assert_eq!(fault.unwrap().code, Code::A103);
        let (files, fault) = scan(&mut Cursor::new(b"not an archive at all".repeat(90))).unwrap();
        assert_eq!((files.len(), fault.unwrap().code), (0, Code::A101));
    }
}
