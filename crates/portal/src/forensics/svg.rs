//! Pictures as SVG: bars and lines. Shapes have classes, and the page's style sheet says how they look, on paper as on a screen.
//!
//! The numbers that are drawn are those of the table behind the picture. Nothing here is a script or a style.

use super::figures::{Cell, Figures};
use super::heat;
use super::section::{Axis, Draw, Plot};
use hakiki_audit::numeric::whole_below;
use hakiki_messages::{Language, number, text};
use maud::{Markup, html};
use std::fmt::Write as _;

/// Width and height of a picture, in its own units: about the pixels of a small phone.
const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 250.0;
/// Room for the numbers of the axes and their words.
const LEFT: f64 = 54.0;
const RIGHT: f64 = 18.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 36.0;
/// Marks on an axis, about.
const MARKS: f64 = 5.0;
/// Ways to draw a line that are told apart without colour.
const STROKES: usize = 3;

/// Where numbers lie in a picture.
pub(super) struct Frame {
    axes: [Axis; 2],
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    /// By how much bars begin before their value.
    shift: f64,
}

impl Frame {
    /// A frame with room for axes around it.
    fn whole(axes: [Axis; 2]) -> Self {
        Self {
            axes,
            left: LEFT,
            top: TOP,
            width: WIDTH - LEFT - RIGHT,
            height: HEIGHT - TOP - BOTTOM,
            shift: 0.0,
        }
    }

    /// A frame of this size at the origin.
    pub(super) fn bare(axes: [Axis; 2], size: f64) -> Self {
        Self { axes, left: 0.0, top: 0.0, width: size, height: size, shift: 0.0 }
    }

    /// A square frame with room for axes.
    pub(super) fn square(axes: [Axis; 2]) -> (Self, f64) {
        let size = WIDTH - LEFT - RIGHT;
        (Self { axes, left: LEFT, top: TOP, width: size, height: size, shift: 0.0 }, TOP + size + BOTTOM)
    }

    /// Across.
    pub(super) fn x(&self, value: f64) -> f64 {
        self.left + self.width * part(&self.axes[0], value)
    }

    /// Downwards.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - part(&self.axes[1], value))
    }

    /// The axes with their marks and words.
    pub(super) fn axes(&self, language: Language) -> Markup {
        let word = |axis: &Axis| text(language, &format!("forensics.axis.{}", axis.word)).to_owned();
        let [across, up] = &self.axes;
        let (bottom, right) = (self.top + self.height, self.left + self.width);
        html! {
            @for value in marks(up) {
                @let y = at(self.y(value));
                path.grid d=(format!("M{} {y}H{}", at(self.left), at(right))) {}
                text.mark x=(at(self.left - 5.0)) y=(at(self.y(value) + 3.5)) text-anchor="end" { (label(up, value)) }
            }
            @for value in marks(across) {
                @let x = at(self.x(value));
                path.tick d=(format!("M{x} {}v4", at(bottom))) {}
                text.mark x=(x) y=(at(bottom + 15.0)) text-anchor="middle" { (label(across, value)) }
            }
            path.frame d=(format!("M{} {}V{}H{}", at(self.left), at(self.top), at(bottom), at(right))) {}
            text.axis x=(at(right)) y=(at(bottom + 30.0)) text-anchor="end" { (word(across)) }
            text.axis x=(at(self.left - 48.0)) y="12" { (word(up)) }
        }
    }
}

/// Where a value lies between the ends of its axis; what is beyond them lies on them.
fn part(axis: &Axis, value: f64) -> f64 {
    let length = axis.to - axis.from;
    if length > 0.0 { ((value - axis.from) / length).clamp(0.0, 1.0) } else { 0.0 }
}

/// A coordinate, to a tenth of a unit.
pub(super) fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Round values between the ends of an axis.
fn marks(axis: &Axis) -> Vec<f64> {
    let rough = (axis.to - axis.from) / MARKS;
    if !(rough.is_finite() && rough > 0.0) {
        return Vec::new();
    }
    let magnitude = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * magnitude);
    let step = step.into_iter().find(|step| *step >= rough * 0.999).unwrap_or(10.0 * magnitude);
    let first = (axis.from / step).ceil();
    (0..=20_u32)
        .map(|count| (first + f64::from(count)) * step)
        .take_while(|value| *value <= axis.to + step * 1e-6)
        .collect()
}

fn label(axis: &Axis, value: f64) -> String {
    if axis.is_share {
        let percent = 100.0 * value;
        let digits = usize::from((percent - percent.round()).abs() > 1e-6);
        return format!("{percent:.digits$}\u{a0}%");
    }
    let size = value.abs();
    let sign = if value < 0.0 { "−" } else { "" };
    if (size - size.round()).abs() < 1e-9 {
        format!("{sign}{}", number(whole_below(size.round())))
    } else {
        format!("{sign}{size:.1}")
    }
}

/// A picture with its title for those who do not see it.
pub(super) fn picture(title: &str, height: f64, class: &str, body: &Markup) -> Markup {
    html! {
        svg class=(class) viewBox=(format!("0 0 {} {}", at(WIDTH), at(height))) role="img" aria-label=(title) xmlns="http://www.w3.org/2000/svg" {
            (body)
        }
    }
}

/// Draws a plot: the picture, and beneath it what its lines or shades are.
pub(super) fn drawn(plot: &Plot, language: Language) -> Markup {
    let title = plot.title.text(language);
    let figures = &plot.figures;
    match &plot.draw {
        Draw::Bars { x, width, is_centred, y, expected, band, axes } => {
            let frame = Frame { shift: if *is_centred { width / 2.0 } else { 0.0 }, ..Frame::whole(*axes) };
            let body = html! {
                (frame.axes(language))
                (bars(&frame, &figures.points(x, y), *width))
                @if let Some((low, high)) = band { (bands(&frame, figures, x, *width, (low, high))) }
                @if let Some(expected) = expected { (steps(&frame, &figures.points(x, expected), *width)) }
            };
            html! {
                (picture(&title, HEIGHT, "plot", &body))
                ul.key {
                    li { (swatch("bar")) (text(language, "forensics.key.observed")) }
                    @if expected.is_some() { li { (swatch("expected")) (text(language, "forensics.key.expected")) } }
                    @if band.is_some() { li { (swatch("band")) (text(language, "forensics.key.band")) } }
                }
            }
        }
        Draw::Lines { x, series, axes } => {
            let frame = Frame::whole(*axes);
            let body = html! {
                (frame.axes(language))
                @for (place, (column, _)) in series.iter().enumerate() {
                    (line(&frame, &figures.points(x, column), &format!("{}{}", stroke(place), thin(figures.rows.len()))))
                }
            };
            html! {
                (picture(&title, HEIGHT, "plot", &body))
                ul.key {
                    @for (place, (_, name)) in series.iter().enumerate() {
                        li { (swatch(&stroke(place))) (Cell::shown(name, language)) }
                    }
                }
            }
        }
        Draw::Heat { x, y, count, field, cell, axes } => {
            let columns = heat::Columns { x, y, count, field: *field, cell: *cell };
            heat::drawn(&title, figures, &columns, *axes, language)
        }
    }
}

/// Lines of many points are drawn thin, or they would be a band.
fn thin(points: usize) -> &'static str {
    if points > 300 { " thin" } else { "" }
}

fn stroke(place: usize) -> String {
    format!("line l{}", place % STROKES + 1)
}

fn swatch(class: &str) -> Markup {
    html! {
        svg.swatch viewBox="0 0 24 12" aria-hidden="true" {
            @match class {
                "bar" => { rect.bar x="2" y="1" width="20" height="10" {} }
                "band" => { rect.band x="2" y="1" width="20" height="10" {} }
                _ => { path class=(class) d="M1 6H23" {} }
            }
        }
    }
}

fn bars(frame: &Frame, points: &[(f64, f64)], width: f64) -> Markup {
    let mut path = String::new();
    let bottom = frame.y(frame.axes[1].from);
    for (x, y) in points.iter().filter(|(_, y)| *y > 0.0) {
        let x = x - frame.shift;
        let (left, right) = (frame.x(x) + 0.5, frame.x(x + width) - 0.5);
        // Writing to a String does not fail.
        let _ =
            write!(path, "M{} {}V{}H{}V{}z", at(left), at(bottom), at(frame.y(*y)), at(right), at(bottom));
    }
    html! { path.bar d=(path) {} }
}

/// Between which heights chance leaves nineteen bars of twenty.
fn bands(frame: &Frame, figures: &Figures, x: &str, width: f64, (low, high): (&str, &str)) -> Markup {
    let mut path = String::new();
    for ((x, low), (_, high)) in figures.points(x, low).into_iter().zip(figures.points(x, high)) {
        let x = x - frame.shift;
        let (left, right) = (frame.x(x), frame.x(x + width));
        let _ = write!(
            path,
            "M{} {}V{}H{}V{}z",
            at(left),
            at(frame.y(low)),
            at(frame.y(high)),
            at(right),
            at(frame.y(low))
        );
    }
    html! { path.band d=(path) {} }
}

/// A line that is level over each bar.
fn steps(frame: &Frame, points: &[(f64, f64)], width: f64) -> Markup {
    let mut path = String::new();
    for (x, y) in points {
        let to = if path.is_empty() { 'M' } else { 'L' };
        let x = x - frame.shift;
        let _ = write!(path, "{to}{} {}H{}", at(frame.x(x)), at(frame.y(*y)), at(frame.x(x + width)));
    }
    html! { path.expected d=(path) {} }
}

fn line(frame: &Frame, points: &[(f64, f64)], class: &str) -> Markup {
    let mut path = String::new();
    for (x, y) in points {
        let to = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{to}{} {}", at(frame.x(*x)), at(frame.y(*y)));
    }
    html! { path class=(class) d=(path) {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: f64, to: f64, is_share: bool) -> Axis {
        Axis { word: "share", from, to, is_share }
    }

    #[test]
    fn marks_are_round_and_inside() {
        assert_eq!(marks(&axis(0.0, 1.0, true)).len(), 6);
        assert_eq!(marks(&axis(0.0, 52_500.0, false)), [0.0, 20_000.0, 40_000.0]);
        assert_eq!(marks(&axis(-8.0, 8.0, false)), [-5.0, 0.0, 5.0]);
        assert!(marks(&axis(0.0, 0.0, false)).is_empty());
        assert_eq!(label(&axis(0.0, 1.0, true), 0.125), "12.5\u{a0}%");
        assert_eq!(label(&axis(0.0, 1.0, false), -5.0), "−5");
    }

    #[test]
    fn numbers_beyond_an_axis_stay_in_the_picture() {
        let frame = Frame::whole([axis(0.0, 1.0, true); 2]);
        assert!((frame.x(7.0) - (WIDTH - RIGHT)).abs() < 1e-9);
        assert!((frame.y(-1.0) - (HEIGHT - BOTTOM)).abs() < 1e-9);
        assert_eq!(at(12.04), "12");
        assert_eq!(at(-0.34), "-0.3");
    }
}
