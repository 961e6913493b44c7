//! Stations by turnout and share as shaded cells: one field, or a small one for each area. One ink in seven shades, each for twice as many
//! stations or so as the one before.

use super::figures::{Cell, Figures};
use super::section::Axis;
use super::svg::{Frame, at, picture};
use hakiki_audit::numeric::real;
use hakiki_messages::{Language, number, text};
use maud::{Markup, html};
use std::fmt::Write as _;

/// Shades, from one station to the fullest cell.
const SHADES: usize = 7;
/// Width of a small field, in its own units.
const SMALL: f64 = 100.0;

/// Which columns hold what.
pub(super) struct Columns<'a> {
    pub(super) x: &'a str,
    pub(super) y: &'a str,
    pub(super) count: &'a str,
    pub(super) field: Option<&'a str>,
    pub(super) cell: usize,
}

/// A cell: its lower edges in percentage points, and how many.
type Shaded = (u64, u64, u64);

pub(super) fn drawn(
    title: &str,
    figures: &Figures,
    columns: &Columns<'_>,
    axes: [Axis; 2],
    language: Language,
) -> Markup {
    let all = cells(figures, columns, None);
    let most = all.iter().map(|(_, _, count)| *count).max().unwrap_or(1);
    let Some(field) = columns.field.and_then(|field| figures.column(field)) else {
        let (frame, height) = Frame::square(axes);
        let body = html! { (frame.axes(language)) (shades(&frame, &all, columns.cell, most)) };
        return html! { (picture(title, height, "plot square", &body)) (legend(most, language)) };
    };
    let mut names: Vec<&str> = Vec::new();
    for row in &figures.rows {
        if let Cell::Text(name) = &row[field]
            && names.last() != Some(&name.as_str())
        {
            names.push(name);
        }
    }
    html! {
        div.fields role="img" aria-label=(title) {
            @for name in names {
                @let cells = cells(figures, columns, Some((field, name)));
                figure.field {
                    svg viewBox=(format!("-1 -1 {0} {0}", at(SMALL + 2.0))) aria-hidden="true" {
                        path.frame d=(format!("M0 0V{0}H{0}", at(SMALL))) {}
                        (shades(&Frame::bare(axes, SMALL), &cells, columns.cell, most))
                    }
                    figcaption { (name) }
                }
            }
        }
        (legend(most, language))
    }
}

fn cells(figures: &Figures, columns: &Columns<'_>, of: Option<(usize, &str)>) -> Vec<Shaded> {
    let places = [columns.x, columns.y, columns.count].map(|key| figures.column(key));
    let [Some(x), Some(y), Some(count)] = places else { return Vec::new() };
    let whole = |cell: &Cell| if let Cell::Whole(value) = cell { Some(*value) } else { None };
    let is_of = |row: &&Vec<Cell>| {
        of.is_none_or(|(field, name)| matches!(&row[field], Cell::Text(own) if own == name))
    };
    let rows = figures.rows.iter().filter(is_of);
    rows.filter_map(|row| Some((whole(&row[x])?, whole(&row[y])?, whole(&row[count])?))).collect()
}

/// One path a shade.
fn shades(frame: &Frame, cells: &[Shaded], width: usize, most: u64) -> Markup {
    let mut paths = vec![String::new(); SHADES];
    let side = real(width as u64);
    for (x, y, count) in cells {
        let (left, right) = (frame.x(real(*x) / 100.0), frame.x((real(*x) + side) / 100.0));
        let (low, high) = (frame.y(real(*y) / 100.0), frame.y((real(*y) + side) / 100.0));
        // What is at 100 % has no room beyond it: it is drawn within the last cell.
        let (left, high) = (left.min(right - 1.0), high.min(low - 1.0));
        let path = &mut paths[shade(*count, most)];
        // Writing to a String does not fail.
        let _ = write!(path, "M{} {}H{}V{}H{}z", at(left), at(low), at(right), at(high), at(left));
    }
    html! {
        @for (place, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            path class=(format!("h{}", place + 1)) d=(path) {}
        }
    }
}

/// Which shade a cell has: equal steps of the logarithm from one station to the fullest cell.
fn shade(count: u64, most: u64) -> usize {
    let steps = real(SHADES as u64);
    let step = steps * real(count.max(1)).ln() / (real(most) + 1.0).ln();
    (hakiki_audit::numeric::whole_below(step) as usize).min(SHADES - 1)
}

fn legend(most: u64, language: Language) -> Markup {
    // The fewest stations of each shade.
    let mut firsts: Vec<(usize, u64)> = Vec::new();
    let mut count = 1;
    while count <= most {
        let shade = shade(count, most);
        if firsts.last().is_none_or(|(last, _)| *last != shade) {
            firsts.push((shade, count));
        }
        // Beyond a thousand a thousandth more or less is not seen in a legend.
        count += (count / 1000).max(1);
    }
    html! {
        ul.key.shades {
            @for (shade, first) in firsts {
                li {
                    svg.swatch viewBox="0 0 24 12" aria-hidden="true" {
                        rect class=(format!("h{}", shade + 1)) x="2" y="1" width="20" height="10" {}
                    }
                    "≥ " (number(first))
                }
            }
            li { (text(language, "forensics.key.shades")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_rise_with_the_count_and_the_fullest_is_darkest() {
        assert_eq!(shade(1, 1_000), 0);
        assert_eq!(shade(1_000, 1_000), SHADES - 1);
        assert_eq!(shade(1, 1), 0);
        let all: Vec<usize> = (1..=1_000).map(|count| shade(count, 1_000)).collect();
        assert!(all.is_sorted());
    }
}
