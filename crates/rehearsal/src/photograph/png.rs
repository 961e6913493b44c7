//! Pictures as PNG files: 16 levels of grey, one row filter, nothing beside.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write as _};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
/// Bits of a pixel, and the colour type of pictures that are grey.
const DEPTH_BITS: u8 = 4;
const GREY: u8 = 0;

/// Writes a picture of levels 0 (black) to 15 (white), row by row; `width` is even.
pub(super) fn encode(width: u32, height: u32, levels: &[u8]) -> io::Result<Vec<u8>> {
    let mut file = SIGNATURE.to_vec();
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([DEPTH_BITS, GREY, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &header)?;
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::best());
    for row in levels.chunks_exact(width as usize) {
        let packed = row.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1] & 15);
        // The first byte of a row is its filter: none.
        let bytes: Vec<u8> = std::iter::once(0).chain(packed).collect();
        deflated.write_all(&bytes)?;
    }
    chunk(&mut file, *b"IDAT", &deflated.finish()?)?;
    chunk(&mut file, *b"IEND", &[])?;
    Ok(file)
}

/// Length, name, bytes, and the CRC of name and bytes.
fn chunk(file: &mut Vec<u8>, name: [u8; 4], bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut crc = Crc::new();
    crc.update(&name);
    crc.update(bytes);
    file.extend(length.to_be_bytes());
    file.extend(name);
    file.extend(bytes);
    file.extend(crc.sum().to_be_bytes());
    Ok(())
}
