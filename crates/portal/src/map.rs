//! The map of an area's parts: outlines where the operator supplied them, else a square an area in the order of the register.
//! Who is first in each is said by letters and by a shade, never by a shade alone; the table of the parts says the same.

use crate::address;
use crate::boundaries::Drawing;
use crate::reading::Reading;
use hakiki_core::register::Ballot;
use hakiki_core::view::Tally;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Side of a square with its gap, and of the square, in units of the drawing.
pub(crate) const STEP: usize = 52;
pub(crate) const SIDE: usize = 48;
/// Most areas of one map: more could not be told apart on a screen.
const AREAS_MAX: usize = 400;
/// Shades that candidates have, by their place on the ballot; those behind share the last.
const SHADES: usize = 5;
/// Longest code that fits on a square, in characters.
const CODE_FITS: usize = 5;

/// Who is first in an area, and by how much.
struct Lead {
    first: usize,
    votes: u64,
    by: u64,
    /// 1 to 3: a lead of under a tenth, under a fourth, or more of the valid votes.
    strength: u8,
}

fn lead(tally: &Tally) -> Option<Lead> {
    let mut ranked: Vec<(u64, usize)> =
        tally.votes.iter().enumerate().map(|(at, sum)| (sum.total, at)).collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let (votes, first) = ranked.first().copied().filter(|(votes, _)| *votes > 0)?;
    let by = votes - ranked.get(1).map_or(0, |second| second.0);
    let whole = tally.valid.least.max(1);
    let strength = match by {
        _ if u128::from(by) * 10 < u128::from(whole) => 1,
        _ if u128::from(by) * 4 < u128::from(whole) => 2,
        _ => 3,
    };
    (by > 0).then_some(Lead { first, votes, by, strength })
}

/// The first letters of a name, to stand on a square: `NT`.
fn initials(name: &str) -> String {
    let words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    words.take(2).flat_map(char::to_uppercase).collect()
}

struct Part<'a> {
    code: &'a str,
    href: String,
    /// What stands on its square.
    mark: String,
    letters: String,
    class: String,
    words: String,
}

/// The section; nothing for fewer than two parts, or where each part has a ballot of its own.
pub(crate) fn section(reading: Reading<'_>, contest: u16, area: u32) -> Markup {
    let children = reading.register().children(area);
    let Some(ballot) = reading.ballot(contest, area).filter(|_| (2..=AREAS_MAX).contains(&children.len()))
    else {
        return html! {};
    };
    let parts: Vec<Part<'_>> =
        children.iter().enumerate().map(|(at, child)| part(reading, contest, ballot, at, *child)).collect();
    let level = reading.area(children[0]).level;
    let title = Message::new("site.map.title").with("level", reading.level(level).to_lowercase());
    let codes: Vec<&str> = parts.iter().map(|part| part.code).collect();
    let drawing = reading.site.source.boundaries().and_then(|boundaries| boundaries.drawing(&codes));
    html! {
        section aria-labelledby="map" {
            h2 #map { (reading.m(&title)) }
            @match &drawing {
                Some(drawing) => (outlines(reading, &title, &parts, drawing)),
                None => (squares(reading, &title, &parts.iter().collect::<Vec<_>>())),
            }
            (legend(reading, contest, area, ballot))
            p.small {
                @if drawing.is_none() { (reading.t("site.map.squares")) " " } @else { (reading.t("site.map.outlines")) " " }
                (reading.t("site.map.shades")) " "
                a href="#parts" { (reading.t("portal.as_table")) }
            }
        }
    }
}

fn part<'a>(reading: Reading<'a>, contest: u16, ballot: &Ballot, at: usize, child: u32) -> Part<'a> {
    let it = reading.area(child);
    let tally = reading.tally(contest, child);
    let short = it.code.chars().count() <= CODE_FITS;
    let mark = if short { it.code.to_string() } else { (at + 1).to_string() };
    let counted =
        Message::new("site.map.counted").with("standing", tally.standing).with("expected", tally.expected);
    let counted = reading.m(&counted);
    let lead = lead(tally);
    let (letters, class, words) = match &lead {
        Some(lead) => {
            let name = ballot.candidates.get(lead.first).map_or("–", |candidate| &candidate.name);
            let words = Message::new("site.map.lead").with("name", name);
            let words = reading.m(&words.with("votes", lead.votes).with("lead", lead.by));
            (initials(name), format!("k{} s{}", lead.first.min(SHADES - 1) + 1, lead.strength), words)
        }
        None if tally.standing == 0 => (String::new(), "none".to_owned(), String::new()),
        None => ("=".to_owned(), "none".to_owned(), reading.t("portal.tie").to_owned()),
    };
    Part {
        code: &it.code,
        href: reading.href(&address::area(&reading.contest(contest).code, &it.code)),
        mark,
        letters,
        class,
        words: format!("{} {}: {words} {counted}", it.code, it.name),
    }
}

/// As many to a row that the whole is a little wider than high.
pub(crate) fn columns(count: usize) -> usize {
    (1..=count).find(|columns| columns * columns * 2 >= count * 3).unwrap_or(count.max(1))
}

/// The outlines, and behind them squares for areas that have none, such as voters abroad.
fn outlines(reading: Reading<'_>, title: &Message, parts: &[Part<'_>], drawing: &Drawing) -> Markup {
    let drawn = || parts.iter().zip(&drawing.paths);
    let lettered = parts.iter().zip(&drawing.paths).zip(&drawing.centres);
    let lettered = lettered.filter(|((_, path), _)| !path.is_empty());
    let without: Vec<&Part<'_>> = drawn().filter(|(_, path)| path.is_empty()).map(|(part, _)| part).collect();
    let view = format!("-2 -2 {} {}", drawing.width + 4, drawing.height + 4);
    html! {
        svg.map viewBox=(view) width=(drawing.width + 4) role="group" aria-label=(reading.m(title)) {
            @for (part, path) in drawn().filter(|(_, path)| !path.is_empty()) {
                a href=(part.href) { title { (part.words) } path class=(part.class) d=(path) {} }
            }
            // Behind all outlines, so that no neighbour covers them.
            @for ((part, _), (x, y)) in lettered { text.letters x=(x) y=(y + 4) { (part.letters) } }
        }
        @if !without.is_empty() { (squares(reading, &Message::new("site.map.without"), &without)) }
    }
}

fn squares(reading: Reading<'_>, title: &Message, parts: &[&Part<'_>]) -> Markup {
    let columns = columns(parts.len());
    let rows = parts.len().div_ceil(columns);
    html! {
        svg.map viewBox=(format!("0 0 {} {}", columns * STEP, rows * STEP)) width=(columns * STEP * 9 / 8) role="group" aria-label=(reading.m(title)) {
            @for (at, part) in parts.iter().enumerate() {
                @let (x, y) = (at % columns * STEP + 2, at / columns * STEP + 2);
                a href=(part.href) {
                    title { (part.words) }
                    rect class=(part.class) x=(x) y=(y) width=(SIDE) height=(SIDE) rx="2" {}
                    text x=(x + SIDE / 2) y=(y + 21) { (part.mark) }
                    text.letters x=(x + SIDE / 2) y=(y + 38) { (part.letters) }
                }
            }
        }
    }
}

fn legend(reading: Reading<'_>, contest: u16, area: u32, ballot: &Ballot) -> Markup {
    let children = reading.register().children(area);
    let firsts = |index: usize| {
        let leads = children.iter().filter_map(|child| lead(reading.tally(contest, *child)));
        leads.filter(|lead| lead.first == index).count()
    };
    html! {
        ul.legend {
            @for (index, candidate) in ballot.candidates.iter().enumerate() {
                @let count = firsts(index);
                @if count > 0 {
                    li {
                        svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" { rect class=(format!("k{} s3", index.min(SHADES - 1) + 1)) width="12" height="12" {} }
                        b { (initials(&candidate.name)) } " " bdi { (candidate.name) } ": "
                        (reading.m(&Message::new("site.map.first_in").with("count", count)))
                        span.away { " / " (number(children.len() as u64)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::view::{BoxSum, Span};

    fn tally(votes: &[u64]) -> Tally {
        let sums = votes.iter().map(|total| BoxSum { total: *total, written: 1, unread: 0 }).collect();
        let all = votes.iter().sum();
        Tally { votes: sums, valid: Span { least: all, most: all }, ..Tally::default() }
    }

    #[test]
    fn a_lead_is_of_the_first_over_the_second() {
        let found = |votes: &[u64]| lead(&tally(votes)).map(|lead| (lead.first, lead.by, lead.strength));
        assert_eq!(found(&[40, 60]), Some((1, 20, 2)));
        assert_eq!(found(&[51, 49]), Some((0, 2, 1)));
        assert_eq!(found(&[5, 90, 5]), Some((1, 85, 3)));
        assert_eq!((found(&[50, 50]), found(&[0, 0]), found(&[])), (None, None, None));
    }

    #[test]
    fn squares_are_about_as_wide_as_high() {
        assert_eq!((columns(47), columns(4), columns(2)), (9, 3, 2));
        assert_eq!((initials("Kito O'Rusha <i>"), initials("ñanga")), ("KO".to_owned(), "Ñ".to_owned()));
    }
}
