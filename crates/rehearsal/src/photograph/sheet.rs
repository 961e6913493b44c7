//! An invented paper form, drawn: lines, print, and figures in an uneven hand. It knows no camera.

use super::font::{ADVANCE, COLUMNS, glyph};
use crate::country::PaperBox;
use crate::country::random::Random;

/// Size of a sheet, in dots.
pub(super) const WIDTH: usize = 560;
/// See [`WIDTH`].
pub(super) const HEIGHT: usize = 760;
/// How dark print and a pen are, of 255.
const PRINT: u8 = 205;
const PEN: u8 = 235;
/// The size of a box for a figure.
const BOX: (usize, usize) = (150, 44);

/// A sheet of paper: how dark each dot is, row by row; 0 is white.
pub(super) struct Sheet {
    ink: Vec<u8>,
}

impl Sheet {
    pub(super) fn blank() -> Self {
        Self { ink: vec![0; WIDTH * HEIGHT] }
    }

    /// How dark a dot is; beyond the edge there is no paper.
    pub(super) fn ink(&self, x: usize, y: usize) -> Option<u8> {
        (x < WIDTH && y < HEIGHT).then(|| self.ink[y * WIDTH + x])
    }

    pub(super) fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, level: u8) {
        for row in y..(y + height).min(HEIGHT) {
            for dot in &mut self.ink[row * WIDTH + x.min(WIDTH)..row * WIDTH + (x + width).min(WIDTH)] {
                *dot = level.max(*dot);
            }
        }
    }

    /// Printed words from their upper left corner; each dot of the font is `scale` wide.
    pub(super) fn print(&mut self, x: usize, y: usize, scale: usize, words: &str) {
        for (place, character) in words.chars().enumerate() {
            let left = x + place * ADVANCE * scale;
            for (row, bits) in glyph(character).into_iter().enumerate() {
                for column in (0..COLUMNS).filter(|column| bits >> (COLUMNS - 1 - column) & 1 == 1) {
                    self.fill(left + column * scale, y + row * scale, scale, scale, PRINT);
                }
            }
        }
    }

    /// An empty frame with a figure written in it.
    pub(super) fn figure(&mut self, x: usize, y: usize, value: PaperBox, random: &mut Random) {
        let (width, height) = BOX;
        for (left, top, w, h) in
            [(x, y, width, 2), (x, y + height, width + 2, 2), (x, y, 2, height), (x + width, y, 2, height)]
        {
            self.fill(left, top, w, h, PRINT);
        }
        match value {
            PaperBox::Number(number) => self.write(x + 14, y + 6, &number.to_string(), random),
            PaperBox::Blank => {}
            PaperBox::Dash => self.fill(x + 40, y + 20 + random.place(5), 50 + random.place(20), 4, PEN),
            PaperBox::Illegible => self.scribble(x + 30, y + 12, random),
        }
    }

    /// Digits by hand: no two strokes lie quite where they should, and all lean a little.
    fn write(&mut self, x: usize, y: usize, digits: &str, random: &mut Random) {
        const STEP: usize = 4;
        let mut left = x;
        for digit in digits.chars() {
            let top = y + random.place(5);
            for (row, bits) in glyph(digit).into_iter().enumerate() {
                let lean = (6 - row) * 2 / 3;
                for column in (0..COLUMNS).filter(|column| bits >> (COLUMNS - 1 - column) & 1 == 1) {
                    let (right, down) = (random.place(2), random.place(2));
                    self.fill(left + lean + column * STEP + right, top + row * STEP + down, 5, 5, PEN);
                }
            }
            left += 25 + random.place(5);
        }
    }

    fn scribble(&mut self, x: usize, y: usize, random: &mut Random) {
        let (mut right, mut down) = (0, 8);
        for _ in 0..260 {
            right = (right + random.place(7)).saturating_sub(2).min(90);
            down = (down + random.place(9)).saturating_sub(4).min(16);
            if right == 90 {
                right = random.place(30);
            }
            self.fill(x + right, y + down, 4, 4, PEN);
        }
    }
}
