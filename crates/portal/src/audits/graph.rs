//! How the measured risk went: a picture a sentence, on a scale of tens, and the same numbers as a table.
//!
//! Read in black and white: the risk is a whole line, the limit a dashed one.

use super::Shown;
use super::names::risk_words;
use crate::servers_frame::more_of;
use hakiki_audit::batch::{AssertionRisk, Measured};
use hakiki_audit::numeric::real;
use hakiki_audit::of_log::Audit;
use hakiki_messages::{Message, number};
use maud::{Markup, html};
use std::fmt::Write as _;

/// Pictures that stand open; the others of a rule with many areas are folded.
const PICTURES_OPEN: usize = 4;
/// Cells of the table on a page, about 60 KB, but no fewer rows than these; the file of draws has all.
const CELLS_MOST: usize = 2000;
const ROWS_LEAST: usize = 50;
/// Most parts of a line: more than a screen shows.
const PARTS: usize = 200;
/// Width and height of a picture in its own units, about the pixels of a small phone, and the room of its axes.
const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 50.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 34.0;
/// Lines across at most; a risk of 10^-9 is none.
const TENS_MOST: u32 = 9;

/// One assertion and its risks after each measured draw.
struct Line<'a> {
    risk: &'a AssertionRisk,
    sentence: String,
    path: Vec<f64>,
}

pub(super) fn section(shown: Shown<'_>, audit: &Audit) -> Markup {
    let Ok(progress) = &audit.progress else { return html! {} };
    if progress.measured == 0 {
        return html! {};
    }
    let line = |risk| Line {
        risk,
        sentence: shown.names.assertion(&audit.plan.assertions()[risk.assertion].assertion),
        path: audit.plan.risk_path(audit.terms.method, risk),
    };
    let lines: Vec<Line<'_>> = progress.risks.iter().map(line).collect();
    let limit = audit.terms.risk_limit.value();
    let (open, rest) = lines.split_at(lines.len().min(PICTURES_OPEN));
    let pictures =
        |lines: &[Line<'_>]| html! { div.risks { @for line in lines { (figure(shown, line, limit)) } } };
    html! {
        section #risk {
            h2 { (shown.t("risk.title")) }
            p { (shown.t("risk.lead")) }
            (pictures(open))
            @if !rest.is_empty() { details { summary { (shown.t("risk.more")) } (pictures(rest)) } }
            ul.legend {
                li { (swatch("risk-line")) (shown.t("risk.key_risk")) }
                li { (swatch("risk-limit")) (shown.t("risk.key_limit")) }
            }
            details { summary { (shown.t("risk.table")) } (table(shown, &lines)) }
            p.small { (shown.t("risk.taint")) }
        }
    }
}

fn swatch(class: &str) -> Markup {
    html! { svg.swatch width="28" height="10" viewBox="0 0 28 10" aria-hidden="true" { path class=(class) d="M1 5H27" {} } }
}

fn figure(shown: Shown<'_>, line: &Line<'_>, limit: f64) -> Markup {
    let (now, least) = match line.risk.measured {
        Measured::Sample { now, least } => (now, least),
        // The paper decides; the picture still shows how the sample went.
        Measured::Counted(_) => {
            (line.path.last().copied().unwrap_or(1.0), line.path.iter().copied().fold(1.0, f64::min))
        }
    };
    let alt = Message::new("audits.risk.alt")
        .with("sentence", line.sentence.as_str())
        .with("draws", line.path.len())
        .with("now", risk_words(now))
        .with("least", risk_words(least))
        .with("limit", shown.names.limit());
    html! {
        figure {
            figcaption { (line.risk.assertion + 1) ". " bdi { (line.sentence) } }
            (picture(shown, &line.path, limit, least, &shown.names.m(&alt)))
        }
    }
}

/// The tens below 1 that a picture shows: enough for the limit and the least risk.
fn tens(least: f64, limit: f64) -> u32 {
    let lowest = least.min(limit);
    (1..TENS_MOST).find(|tens| 10_f64.powi(-(*tens).cast_signed()) <= lowest).unwrap_or(TENS_MOST)
}

fn picture(shown: Shown<'_>, path: &[f64], limit: f64, least: f64, alt: &str) -> Markup {
    let tens = tens(least, limit);
    let draws = real(path.len() as u64).max(1.0);
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    let across = |draw: f64| LEFT + (right - LEFT) * draw / draws;
    let down = |risk: f64| {
        let part = -risk.max(f64::MIN_POSITIVE).log10() / f64::from(tens);
        TOP + (bottom - TOP) * part.clamp(0.0, 1.0)
    };
    let mut line = format!("M{:.1} {:.1}", across(0.0), down(1.0));
    for (draw, risk) in sampled(path) {
        // Writing to a String cannot fail.
        let _ = write!(line, "L{:.1} {:.1}", across(draw), down(risk));
    }
    let limit_at = down(limit);
    html! {
        svg.risk viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(alt) {
            @for ten in 0..=tens {
                @let y = down(10_f64.powi(-ten.cast_signed()));
                path.risk-grid d=(format!("M{LEFT} {y:.1}H{right}")) {}
                text x=(LEFT - 5.0) y=(format!("{:.1}", y + 3.5)) text-anchor="end" { (ten_words(ten)) }
            }
            path.risk-frame d=(format!("M{LEFT} {TOP}V{bottom}H{right}")) {}
            path.risk-limit d=(format!("M{LEFT} {limit_at:.1}H{right}")) {}
            path.risk-line d=(line) {}
            text x=(LEFT) y=(bottom + 14.0) text-anchor="middle" { "0" }
            text x=(right) y=(bottom + 14.0) text-anchor="end" { (number(path.len() as u64)) }
            text x=(right) y=(bottom + 28.0) text-anchor="end" { (shown.t("risk.draws")) }
            text x=(LEFT + 4.0) y=(format!("{:.1}", limit_at - 4.0)) { (shown.t("risk.key_limit")) " " (shown.names.limit()) }
        }
    }
}

/// `10 %` of 1, `1 %` of 2.
fn ten_words(tens: u32) -> String {
    match tens {
        0..=2 => format!("{}\u{a0}%", 10_u32.pow(2 - tens)),
        _ => format!("0.{}1\u{a0}%", "0".repeat(tens as usize - 3)),
    }
}

/// The points of a line: all, or of each part the least and the last, so that a limit that was reached is seen to be.
fn sampled(path: &[f64]) -> Vec<(f64, f64)> {
    let size = path.len().div_ceil(PARTS).max(1);
    let mut points = Vec::new();
    for (part, risks) in path.chunks(size).enumerate() {
        let first = part * size;
        let least = (0..risks.len()).min_by(|one, other| risks[*one].total_cmp(&risks[*other])).unwrap_or(0);
        for at in [least, risks.len() - 1] {
            let point = (real((first + at + 1) as u64), risks[at]);
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
    }
    points
}

fn table(shown: Shown<'_>, lines: &[Line<'_>]) -> Markup {
    let draws = lines.first().map_or(0, |line| line.path.len());
    let rows = (CELLS_MOST / lines.len().max(1)).max(ROWS_LEAST);
    html! {
        div.wide tabindex="0" {
            table {
                caption { (shown.t("risk.table_caption")) }
                thead { tr {
                    th.n scope="col" { (shown.t("risk.draw")) }
                    @for line in lines {
                        th.n scope="col" { (shown.names.m(&Message::new("audits.risk.sentence").with("number", line.risk.assertion + 1))) }
                    }
                } }
                tbody {
                    @for draw in 0..draws.min(rows) {
                        tr { th.n scope="row" { (draw + 1) } @for line in lines { td.n { (risk_words(line.path[draw])) } } }
                    }
                }
            }
        }
        (more_of(shown.reading, draws, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_room_for_the_limit_and_the_least() {
        assert_eq!(tens(1.0, 0.05), 2);
        assert_eq!(tens(0.1, 0.1), 1);
        assert_eq!(tens(0.000_5, 0.05), 4);
        assert_eq!(tens(0.0, 0.05), TENS_MOST);
        assert_eq!(
            [0, 1, 2, 3, 4].map(ten_words).join(" "),
            "100\u{a0}% 10\u{a0}% 1\u{a0}% 0.1\u{a0}% 0.01\u{a0}%"
        );
    }

    #[test]
    fn a_long_line_keeps_its_least_and_its_last() {
        let mut path: Vec<f64> = vec![0.5; 10_001];
        path[4_321] = 0.01;
        let points = sampled(&path);
        assert!(points.len() <= 2 * PARTS + 2);
        assert!(points.contains(&(4_322.0, 0.01)) && points.last() == Some(&(10_001.0, 0.5)));
        assert_eq!(sampled(&[0.9, 0.8]), [(1.0, 0.9), (2.0, 0.8)]);
    }
}
