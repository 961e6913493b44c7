//! Photographs of the invented papers: a sheet is drawn, laid on a table a little askew, and photographed in bad light.
//!
//! In whole numbers and from the country's seed, so that the same paper gives the same file on every machine. It draws what
//! it is told, and knows no record.

mod font;
mod png;
mod sheet;

use crate::country::calendar::{date, moment};
use crate::country::random::Random;
use crate::country::{Country, Paper};
use anyhow::Result;
use sheet::{HEIGHT, Sheet, WIDTH};

/// Size of a photograph, in dots.
const PHOTO_WIDTH: usize = 620;
const PHOTO_HEIGHT: usize = 830;
/// How light white paper and the table beneath it are, of 255.
const PAPER_LIGHT: i64 = 236;
const TABLE_LIGHT: i64 = 92;
/// Fractions of a dot when the sheet is turned, and the unit of a turn's sine.
const FINE: i64 = 256;
const UNIT: i64 = 1_000;
/// The greatest sine of a turn, of [`UNIT`].
const ASKEW: u64 = 26;
/// One dot in so many is a level off.
const NOISE: u64 = 40;

/// Whose copy of the paper is photographed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copy {
    /// The officer's.
    Original,
    /// That of the agent of a party (place in `Country::parties`).
    Agent(usize),
}

/// A photograph of a station's paper, as a PNG file of less than 60 KB.
pub(crate) fn photograph(country: &Country, station: usize, paper: &Paper, copy: Copy) -> Result<Vec<u8>> {
    let label = format!("photograph {} {} {copy:?}", country.stations[station].code, paper.serial);
    let mut random = Random::new(&country.seed, &label);
    let sheet = draw(country, station, paper, copy, &mut random);
    let levels = expose(&sheet, &mut random);
    Ok(png::encode(u32::try_from(PHOTO_WIDTH)?, u32::try_from(PHOTO_HEIGHT)?, &levels)?)
}

fn draw(country: &Country, station: usize, paper: &Paper, copy: Copy, random: &mut Random) -> Sheet {
    const NAMES: usize = 36;
    const FIGURES: usize = 372;
    let mut sheet = Sheet::blank();
    let place = &country.stations[station];
    sheet.print(NAMES, 26, 3, &format!("{} 2031", country.name));
    sheet.print(NAMES, 56, 2, "REHEARSAL - NO REAL ELECTION");
    sheet.print(NAMES + 370, 30, 2, &paper.serial);
    if let Copy::Agent(party) = copy {
        sheet.print(NAMES + 370, 56, 2, &format!("COPY {}", country.parties[party].id));
    }
    sheet.print(NAMES, 86, 2, &format!("STATION {}", place.code));
    sheet.print(NAMES, 110, 2, &place.name.chars().take(40).collect::<String>());
    sheet.fill(NAMES, 136, 488, 3, 205);
    let mut y = 150;
    let mut row = |name: &str, value, random: &mut Random| {
        sheet.print(NAMES, y + 15, 2, name);
        sheet.figure(FIGURES, y, value, random);
        y += 52;
    };
    for (candidate, votes) in country.candidates.iter().zip(paper.votes) {
        row(&format!("{} {}", candidate.number, candidate.name), votes, random);
    }
    let counts = [
        ("TOTAL VALID VOTES", paper.valid),
        ("REGISTERED VOTERS", paper.registered),
        ("REJECTED", paper.rejected),
        ("REJECTION OBJECTED TO", paper.objected),
        ("DISPUTED", paper.disputed),
        ("VALID VOTES IN COUNT", paper.valid_counted),
    ];
    for (name, value) in counts {
        row(name, value, random);
    }
    sheet.fill(NAMES, 682, 488, 3, 205);
    sheet.print(NAMES, 696, 2, &format!("KIT {}", paper.kit));
    let sealed = moment(paper.sealed_at_seconds);
    let clock = sealed.get(11..16).unwrap_or_default();
    sheet.print(NAMES, 720, 2, &format!("SEALED {} {clock}", date(paper.sealed_at_seconds)));
    sheet
}

/// What the camera sees: levels 0 to 15.
fn expose(sheet: &Sheet, random: &mut Random) -> Vec<u8> {
    let askew = |random: &mut Random| signed(random.below(2 * ASKEW + 1)) - signed(ASKEW);
    let sine = askew(random);
    let cosine = UNIT - sine * sine / (2 * UNIT);
    let (shade_right, shade_down) = (askew(random), askew(random));
    let half = |length: usize| signed(length as u64) / 2;
    let mut levels = Vec::with_capacity(PHOTO_WIDTH * PHOTO_HEIGHT);
    for y in 0..PHOTO_HEIGHT {
        let down = signed(y as u64) - half(PHOTO_HEIGHT);
        for x in 0..PHOTO_WIDTH {
            let right = signed(x as u64) - half(PHOTO_WIDTH);
            let on_sheet_x = (right * cosine + down * sine) * FINE / UNIT + half(WIDTH) * FINE;
            let on_sheet_y = (down * cosine - right * sine) * FINE / UNIT + half(HEIGHT) * FINE;
            let light = light_at(sheet, on_sheet_x, on_sheet_y).unwrap_or(TABLE_LIGHT);
            let shaded = light - (right * shade_right + down * shade_down) / 700;
            let noise = if random.chance(1, NOISE) { signed(random.below(2)) * 34 - 17 } else { 0 };
            let level = ((shaded + noise) / 17).clamp(0, 15);
            levels.push(u8::try_from(level).expect("0 to 15 is a byte"));
        }
    }
    levels
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).expect("dots of a picture are an i64")
}

/// How light the paper is between four dots of the sheet; none beyond its edge.
fn light_at(sheet: &Sheet, x: i64, y: i64) -> Option<i64> {
    let (left, top) = (usize::try_from(x.div_euclid(FINE)).ok()?, usize::try_from(y.div_euclid(FINE)).ok()?);
    let (right, down) = (x.rem_euclid(FINE), y.rem_euclid(FINE));
    let ink = |x: usize, y: usize| sheet.ink(x, y).map(i64::from);
    let here = ink(left, top)?;
    let upper = here * (FINE - right) + ink(left + 1, top).unwrap_or(here) * right;
    let below = ink(left, top + 1).unwrap_or(here);
    let lower = below * (FINE - right) + ink(left + 1, top + 1).unwrap_or(below) * right;
    let ink = (upper * (FINE - down) + lower * down) / (FINE * FINE);
    Some(PAPER_LIGHT - ink * 200 / 255)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::country::Plan;
    use flate2::read::ZlibDecoder;
    use std::io::Read as _;

    /// The parts of a PNG file by name, each with its CRC checked.
    fn parts(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let mut rest = &file[8..];
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let (named, after) = rest[4..].split_at(4 + length);
            let mut crc = flate2::Crc::new();
            crc.update(named);
            assert_eq!(after[..4], crc.sum().to_be_bytes());
            parts.push((named[..4].try_into().unwrap(), named[4..].to_vec()));
            rest = &after[4..];
        }
        parts
    }

    #[test]
    fn a_photograph_is_small_and_the_same_each_time() {
        let country = Country::generate("7", 60).unwrap();
        let plan = Plan::new(&country);
        for (station, planned) in plan.stations.iter().enumerate().take(3) {
            let papers = planned.papers();
            let Some(paper) = papers.first() else { continue };
            let file = photograph(&country, station, paper, Copy::Original).unwrap();
            assert!(file.len() < 60_000, "{} bytes", file.len());
            assert_eq!(file, photograph(&country, station, paper, Copy::Original).unwrap());
            assert_ne!(file, photograph(&country, station, paper, Copy::Agent(1)).unwrap());
            let parts = parts(&file);
            let names: Vec<&[u8]> = parts.iter().map(|(name, _)| name.as_slice()).collect();
            assert_eq!(names, [b"IHDR", b"IDAT", b"IEND"]);
            let mut dots = Vec::new();
            ZlibDecoder::new(parts[1].1.as_slice()).read_to_end(&mut dots).unwrap();
            assert_eq!(dots.len(), PHOTO_HEIGHT * (PHOTO_WIDTH / 2 + 1));
        }
    }
}
