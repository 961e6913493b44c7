//! The map of a comparison: outlines where somebody supplied them, else a square an area. How many rows differ stands on each; the
//! shade repeats it, and the table behind has every number.

use super::Sheet;
use crate::map::{SIDE, STEP, columns};
use hakiki_claims::by_area::{AreaCompared, ByArea};
use hakiki_claims::compare::Counts;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// How much of what was compared differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shade {
    /// Nothing was compared.
    Nothing,
    /// No row differs.
    None,
    /// Up to one in a hundred.
    Few,
    /// Up to one in ten.
    Some,
    /// More.
    Many,
}

impl Shade {
    const ALL: [Self; 5] = [Self::None, Self::Few, Self::Some, Self::Many, Self::Nothing];

    fn of(counts: Counts) -> Self {
        match counts.compared() {
            0 => Self::Nothing,
            _ if counts.different == 0 => Self::None,
            compared if u128::from(counts.different) * 100 <= u128::from(compared) => Self::Few,
            compared if u128::from(counts.different) * 10 <= u128::from(compared) => Self::Some,
            _ => Self::Many,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Nothing => "none nothing",
            Self::None => "none",
            Self::Few => "k1 s1",
            Self::Some => "k1 s2",
            Self::Many => "k1 s3",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Nothing => "shade_nothing",
            Self::None => "shade_none",
            Self::Few => "shade_few",
            Self::Some => "shade_some",
            Self::Many => "shade_many",
        }
    }
}

/// What stands on an area: `3/120`, or a dash where nothing was compared.
fn mark(counts: Counts) -> String {
    match counts.compared() {
        0 => "–".to_owned(),
        compared => format!("{}/{}", counts.different, compared),
    }
}

/// The drawing with its legend.
pub(super) fn map(sheet: &Sheet<'_>, found: &ByArea) -> Markup {
    let parts: Vec<(&str, &AreaCompared)> =
        found.areas.iter().map(|(code, area)| (code.as_str(), area)).collect();
    let codes: Vec<&str> = parts.iter().map(|(code, _)| *code).collect();
    let drawing = sheet.boundaries.and_then(|boundaries| boundaries.drawing(&codes));
    let label = sheet.m(&Message::new("claims.sheet.by_level").with("level", found.level.clone()));
    html! {
        @if let Some(drawing) = &drawing {
            svg.map viewBox=(format!("-2 -2 {} {}", drawing.width + 4, drawing.height + 4)) width=(drawing.width + 4) role="img" aria-label=(label) {
                @for ((code, area), path) in parts.iter().zip(&drawing.paths).filter(|(_, path)| !path.is_empty()) {
                    path class=(Shade::of(area.counts).class()) d=(path) { title { (words(sheet, code, area)) } }
                }
                // Behind all outlines, so that no neighbour covers them.
                @for (((_, area), path), (x, y)) in parts.iter().zip(&drawing.paths).zip(&drawing.centres) {
                    @if !path.is_empty() { text.letters x=(x) y=(y + 4) { (mark(area.counts)) } }
                }
            }
            @let without: Vec<_> = parts.iter().zip(&drawing.paths).filter(|(_, path)| path.is_empty()).map(|(part, _)| *part).collect();
            @if !without.is_empty() { (squares(sheet, &sheet.m(&Message::new("site.map.without")), &without)) }
        } @else { (squares(sheet, &label, &parts)) }
        (legend(sheet, &parts))
        p.small { (sheet.t(if drawing.is_some() { "outlines" } else { "squares" })) " " (sheet.t("marks")) }
    }
}

fn words(sheet: &Sheet<'_>, code: &str, area: &AreaCompared) -> String {
    let said =
        Message::new("claims.sheet.area").with("code", code.to_owned()).with("name", area.name.clone());
    sheet.m(&said.with("different", area.counts.different).with("compared", area.counts.compared()))
}

fn squares(sheet: &Sheet<'_>, label: &str, parts: &[(&str, &AreaCompared)]) -> Markup {
    let columns = columns(parts.len());
    let rows = parts.len().div_ceil(columns);
    html! {
        svg.map viewBox=(format!("0 0 {} {}", columns * STEP, rows * STEP)) width=(columns * STEP * 9 / 8) role="img" aria-label=(label) {
            @for (at, (code, area)) in parts.iter().enumerate() {
                @let (x, y) = (at % columns * STEP + 2, at / columns * STEP + 2);
                g {
                    title { (words(sheet, code, area)) }
                    rect class=(Shade::of(area.counts).class()) x=(x) y=(y) width=(SIDE) height=(SIDE) rx="2" {}
                    text x=(x + SIDE / 2) y=(y + 21) { (short(code)) }
                    text.letters x=(x + SIDE / 2) y=(y + 38) { (mark(area.counts)) }
                }
            }
        }
    }
}

/// Longest code that fits on a square, in characters; the end of a longer one tells it from its neighbours.
const CODE_FITS: usize = 5;

fn short(code: &str) -> String {
    let count = code.chars().count();
    if count <= CODE_FITS {
        return code.to_owned();
    }
    std::iter::once('…').chain(code.chars().skip(count - (CODE_FITS - 1))).collect()
}

fn legend(sheet: &Sheet<'_>, parts: &[(&str, &AreaCompared)]) -> Markup {
    html! {
        ul.legend {
            @for shade in Shade::ALL {
                @let count = parts.iter().filter(|(_, area)| Shade::of(area.counts) == shade).count();
                @if count > 0 {
                    li {
                        svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" { rect class=(shade.class()) width="12" height="12" {} }
                        (sheet.t(shade.word())) ": " (number(count as u64))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shade_is_of_what_was_compared() {
        let shade = |identical, different, only_claim| {
            Shade::of(Counts { identical, different, only_claim, ..Counts::default() })
        };
        assert_eq!((shade(0, 0, 9), shade(5, 0, 9)), (Shade::Nothing, Shade::None));
        assert_eq!((shade(99, 1, 0), shade(98, 1, 0)), (Shade::Few, Shade::Some));
        assert_eq!((shade(9, 1, 0), shade(8, 1, 0), shade(0, 1, 0)), (Shade::Some, Shade::Many, Shade::Many));
        assert_eq!((short("c01"), short("001-023-7")), ("c01".to_owned(), "…23-7".to_owned()));
    }
}
