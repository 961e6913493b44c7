//! A reader of QR codes by other people.

/// Pixels of a module.
const SCALE: usize = 4;

/// What a picture of `width` modules a side says; `dark` row by row.
pub fn read(width: usize, dark: &[bool]) -> String {
    let pixels = width * SCALE;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, |x, y| {
        if dark[y / SCALE * width + x / SCALE] { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code in the picture");
    grids[0].decode().unwrap().1
}
