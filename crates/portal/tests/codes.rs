//! QR codes as a phone sees them: the pictures that we draw are read by other people's reader, and the note comes back.
#![allow(clippy::unwrap_used)]

mod night;
mod reader;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hakiki_note::sha256;
use hakiki_portal::qr::{Code, codes, domain};
use night::{Night, night};
use reader::read;

/// The dark modules of the SVG's last path: rows `M{x} {y}.5` of strokes `h{run}` and gaps `m{gap} 0`.
fn modules(svg: &str) -> (usize, Vec<bool>) {
    let width: usize =
        svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let mut dark = vec![false; width * width];
    let path = svg.rsplit(" d=\"").next().unwrap().split('"').next().unwrap();
    for row in path.split('M').skip(1) {
        let (x, rest) = row.split_once(' ').unwrap();
        let (y, mut rest) = rest.split_once(".5").unwrap();
        let (mut x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        while !rest.is_empty() {
            let end = rest[1..].find(['h', 'm']).map_or(rest.len(), |end| end + 1);
            let length: usize = rest[1..end].trim_end_matches(" 0").parse().unwrap();
            if rest.starts_with('h') {
                dark[y * width + x..y * width + x + length].fill(true);
            }
            x += length;
            rest = &rest[end..];
        }
    }
    (width, dark)
}

/// What a scanner makes of the links, in any order.
fn note_of(links: &[String]) -> Vec<u8> {
    let mut pieces: Vec<(usize, usize, &str, &str)> = Vec::new();
    for link in links {
        let (_, fragment) = link.split_once("/checker.html#n=").unwrap();
        let parts: Vec<&str> = fragment.split('/').collect();
        match parts.as_slice() {
            [data] => pieces.push((1, 1, "", data)),
            [k, total, hash, data] => pieces.push((k.parse().unwrap(), total.parse().unwrap(), hash, data)),
            _ => panic!("{fragment}"),
        }
    }
    pieces.sort_unstable();
    assert!(pieces.iter().zip(1..).all(|(piece, k)| piece.0 == k && piece.1 == pieces.len()));
    let data: String = pieces.iter().map(|piece| piece.3).collect();
    let note = miniz_oxide::inflate::decompress_to_vec(&URL_SAFE_NO_PAD.decode(data).unwrap()).unwrap();
    let hash = sha256(&note).to_string();
    assert!(pieces.len() == 1 || pieces.iter().all(|piece| piece.2 == &hash[..8]));
    note
}

fn all_codes(night: &Night) -> Vec<(Vec<u8>, Vec<Code>)> {
    let host = domain(night.ledger.election().origin()).unwrap().to_owned();
    night.entries.iter().map(|note| (note.clone(), codes(note, &host).unwrap())).collect()
}

#[test]
fn every_record_of_a_night_comes_back_from_its_pictures() {
    let night = night();
    let mut several = 0;
    for (note, codes) in all_codes(&night) {
        let seen: Vec<String> = codes
            .iter()
            .rev()
            .map(|code| {
                let (width, dark) = modules(&code.svg("a record"));
                assert_eq!(width, code.width());
                read(width, &dark)
            })
            .collect();
        assert!(codes.iter().rev().map(Code::link).eq(seen.iter()), "what is read is the link");
        assert_eq!(note_of(&seen), note);
        assert!(codes.iter().all(|code| code.width() <= 117 + 8), "no code is above version 25");
        several += usize::from(codes.len() > 1);
    }
    assert!(several > 0, "the election record takes several codes");
}

#[test]
fn a_form_is_one_code() {
    let night = night();
    let form = &night.ledger.entries()[0];
    let note = &night.entries[usize::try_from(form.place).unwrap()];
    let codes = codes(note, "results.of-a-longer-name.mfano.example").unwrap();
    assert_eq!(codes.len(), 1);
    assert!(codes[0].link().starts_with("https://results.of-a-longer-name.mfano.example/checker.html#n="));
}

#[test]
fn half_blocks_are_the_same_code() {
    let night = night();
    let (note, codes) = all_codes(&night).into_iter().last().unwrap();
    let code = &codes[0];
    let mut dark = vec![false; code.width() * code.width()];
    for (line, text) in code.half_blocks().iter().enumerate() {
        for (x, block) in text.chars().enumerate() {
            for (below, is_dark) in
                [matches!(block, '█' | '▀'), matches!(block, '█' | '▄')].into_iter().enumerate()
            {
                if let Some(module) = dark.get_mut((2 * line + below) * code.width() + x) {
                    *module = is_dark;
                }
            }
        }
    }
    assert_eq!(note_of(&[read(code.width(), &dark)]), note);
}

/// A picture carries words for who cannot see it, escaped, and no style of the page's.
#[test]
fn a_picture_stands_alone() {
    let code = &codes(b"x", "mfano.example").unwrap()[0];
    let svg = code.svg("a \"code\" <of> it");
    assert!(svg.starts_with("<svg") && svg.contains("xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(svg.contains("aria-label=\"a &quot;code&quot; &lt;of&gt; it\""));
    assert!(!svg.contains("style="));
}
