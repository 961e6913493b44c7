//! A figure for other sites: a small page for a frame, and an image. Each says number, denominator, state, head, and "do not
//! call" in words while the outcome can change.

use crate::call::Call;
use crate::candidates::{Figures, share_of};
use crate::children::part;
use crate::declared::is_declared;
use crate::frame::{Frame, Layout};
use crate::reading::Reading;
use crate::share::{percent, scaled};
use crate::{Page, address};
use hakiki_core::kinds::Mode;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

const SVG: &str = "image/svg+xml; charset=utf-8";
/// The image: its width, and heights of its parts, in pixels.
const WIDTH: u32 = 640;
const TOP: u32 = 118;
const ROW: u32 = 46;
const FOOT: u32 = 78;
/// Width of a bar.
const BAR: u32 = WIDTH - 48;

/// The figures of a contest over the whole; none where each area has its own ballot.
fn figures(reading: Reading<'_>, contest: u16) -> Option<Figures<'_>> {
    let area = reading.register().root()?;
    let ballot = reading.ballot(contest, area)?;
    let is_declared = is_declared(reading, contest, area);
    Some(Figures { reading, contest, area, tally: reading.tally(contest, area), ballot, is_declared })
}

/// Whether a contest has one figure to embed.
pub(crate) fn has_figure(reading: Reading<'_>, contest: u16) -> bool {
    figures(reading, contest).is_some()
}

/// `1,234 of 46,229 stations stand.`
fn counted(figures: &Figures<'_>) -> String {
    let words = Message::new("site.embed.counted").with("standing", figures.tally.standing);
    figures.reading.m(&words.with("expected", part(figures.tally, "expected")))
}

/// The head in words, for under a figure.
fn head_words(reading: Reading<'_>) -> String {
    let head = &reading.site.snapshot.head;
    let words = match head.unix_seconds {
        Some(at) => Message::new("site.embed.head").with("time", reading.moment(at)),
        None => Message::new("site.embed.head_without_time"),
    };
    let state = reading.t(&format!("log.state.{}", head.state()));
    reading.m(&words.with("size", head.size).with("state", state))
}

fn state_words(reading: Reading<'_>, call: &Call) -> &'static str {
    reading.t(if call.declared { "site.embed.declared" } else { "portal.band.provisional" })
}

/// What stands about calling, as a sentence that may begin with "do not call".
pub(crate) fn call_words(reading: Reading<'_>, call: &Call) -> Markup {
    html! {
        @if call.hold { b { (reading.t("site.call.do_not")) } " " }
        (reading.m(&call.message()))
    }
}

/// The page for a frame.
pub(crate) fn page(reading: Reading<'_>, contest: u16, here: &str) -> Option<Page> {
    let figures = figures(reading, contest)?;
    let call = Call::of(&reading.site, contest, figures.area);
    let its = reading.contest(contest);
    let main = html! {
        h1 { a href=(reading.href(&address::contest(&its.code))) target="_top" { bdi { (its.title) } } }
        p.band { (state_words(reading, &call)) }
        p { (counted(&figures)) }
        (figures.bars(false))
        p.call { (call_words(reading, &call)) }
        p.small { (head_words(reading)) }
    };
    Some(Frame::new(&*its.title, here).laid(Layout::Embed).page(reading, &main))
}

/// The page for the big screen of a hall.
pub(crate) fn hall(reading: Reading<'_>, contest: u16, here: &str) -> Option<Page> {
    let figures = figures(reading, contest)?;
    let call = Call::of(&reading.site, contest, figures.area);
    let its = reading.contest(contest);
    let main = html! {
        h1 { bdi { (its.title) } }
        p.band { (state_words(reading, &call)) }
        p.lede { (crate::area::partition_sentence(reading, figures.tally)) }
        p.call { (call_words(reading, &call)) }
        (figures.bars(false))
        p.small {
            a href=(reading.href(&address::contest(&its.code))) { (reading.t("portal.results.title")) } " · "
            (reading.t("site.hall.renews"))
        }
    };
    Some(Frame::new(&*its.title, here).laid(Layout::Hall).page(reading, &main))
}

/// The image, with its own colours: no style sheet reaches an image in another page.
pub(crate) fn image(reading: Reading<'_>, contest: u16) -> Option<Page> {
    let figures = figures(reading, contest)?;
    let call = Call::of(&reading.site, contest, figures.area);
    let its = reading.contest(contest);
    let rows = u32::try_from(figures.ballot.candidates.len()).unwrap_or(u32::MAX);
    let height = TOP + ROW * rows + FOOT;
    let is_rehearsal = reading.ledger().election().mode == Mode::Rehearsal;
    let call_text = reading.m(&call.message());
    let serif = "ui-serif, Georgia, serif";
    let sans = "system-ui, 'Segoe UI', 'Noto Sans', sans-serif";
    let end = TOP + ROW * rows;
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {height}")) width=(WIDTH) height=(height) role="img" aria-labelledby="t d" font-family=(sans) {
            title #t { (its.title) ". " (counted(&figures)) }
            desc #d { (state_words(reading, &call)) ". " @if call.hold { (reading.t("site.call.do_not")) " " } (call_text) }
            rect width=(WIDTH) height=(height) fill="#fbf9f3" stroke="#d6d0c0" {}
            text x="24" y="26" font-size="12" fill="#5a564b" letter-spacing="1" {
                @if is_rehearsal { (reading.t("portal.band.rehearsal")) } @else { (reading.ledger().election().title) }
            }
            text x="24" y="58" font-size="24" font-weight="600" font-family=(serif) fill="#1d1b16" { (its.title) }
            text x="24" y="80" font-size="14" fill="#1d1b16" { (counted(&figures)) }
            text x="24" y="102" font-size="13" fill="#8a4b00" { (state_words(reading, &call)) }
            @for (index, candidate) in figures.ballot.candidates.iter().enumerate() {
                @let top = TOP + ROW * u32::try_from(index).unwrap_or(0);
                @let (votes, valid) = share_of(figures.tally, index);
                text x="24" y=(top + 18) font-size="16" font-family=(serif) fill="#1d1b16" { (candidate.name) }
                text x=(WIDTH - 24) y=(top + 18) font-size="16" font-weight="600" text-anchor="end" fill="#1d1b16" {
                    (figures.votes(index)) " · " (percent(votes, valid))
                }
                rect x="24" y=(top + 25) width=(BAR) height="8" fill="#ece7d9" {}
                rect x="24" y=(top + 25) width=(scaled(votes, valid, BAR)) height="8" fill="#1c4d63" {}
            }
            @if call.hold {
                text x="24" y=(end + 16) font-size="14" font-weight="600" fill="#1d1b16" { (reading.t("site.call.do_not")) }
            }
            text x="24" y=(end + 36) font-size="12" fill="#1d1b16" { (call_text) }
            text x="24" y=(end + 58) font-size="12" fill="#5a564b" {
                (reading.m(&Message::new("portal.of_valid").with("valid", number(figures.tally.valid.least)))) " · " (head_words(reading))
            }
        }
    };
    Some(Page::file(SVG, markup.into_string().into_bytes()))
}
