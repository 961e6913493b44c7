//! The page of a contest in an area: one honest sentence first, then the numbers, each a door to what it is made of.

use crate::candidates::Figures;
use crate::children::{PARTITION, part, parts};
use crate::declared::{self, is_declared};
use crate::finding::{box_word, summary};
use crate::frame::{Frame, crumbs, provisional};
use crate::outlook::{Decision, Outlook, outlook};
use crate::reading::Reading;
use crate::share::percent;
use crate::{Page, address, arrivals, audits, map, said, servers, spread, station_files};
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{BoxName, RuleName};
use hakiki_core::view::{BoxSum, Tally};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// The other boxes in the order of the paper.
pub(crate) const BOXES_OF_PAPER: [BoxName; 6] = [
    BoxName::Valid,
    BoxName::Registered,
    BoxName::Rejected,
    BoxName::Objected,
    BoxName::Disputed,
    BoxName::ValidCounted,
];

/// What is found at the servers and not on paper.
const OF_SERVERS: [FindingCode; 2] = [FindingCode::F501, FindingCode::F502];

/// The sentence of the partition.
pub(crate) fn partition_sentence(reading: Reading<'_>, tally: &Tally) -> String {
    let words = if tally.expected > 0 && tally.standing == tally.expected {
        Message::new("portal.all_in").with("expected", tally.expected)
    } else if tally.received() == 0 {
        Message::new("portal.nothing_yet").with("expected", tally.expected)
    } else {
        PARTITION
            .into_iter()
            .fold(Message::new("portal.partition"), |words, name| words.with(name, part(tally, name)))
    };
    reading.m(&words)
}

/// The page.
pub(crate) fn page(
    reading: Reading<'_>,
    contest: u16,
    area: u32,
    asked_page: Option<&str>,
    here: &str,
) -> Page {
    let it = reading.area(area);
    let is_whole = it.parent.is_none();
    let title = &reading.contest(contest).title;
    let heading = if is_whole { title } else { &*it.name };
    let snapshot = &reading.site.snapshot.contests[usize::from(contest)];
    let tally = reading.tally(contest, area);
    let ballot = reading.ballot(contest, area);
    let decision = Decision::of(&reading.site, contest, area);
    let outlook = outlook_of(reading, contest, area, &decision);
    let figures = ballot.map(|ballot| {
        let is_declared = is_declared(reading, contest, area);
        Figures { reading, contest, area, tally, ballot, is_declared }
    });
    let main = html! {
        (crumbs(reading, contest, area, false))
        (contests(reading, contest, area))
        h1 { bdi { (heading) } }
        p.under { (reading.level(it.level)) " " bdi { (it.name) } " · " @if !is_whole { bdi { (title) } " · " } span.code-of { (it.code) } }
        p.lede {
            (partition_sentence(reading, tally))
            @if outlook.is_some() && !is_whole { " " (reading.m(&Message::new("area.decides").with("name", &*it.name))) }
            @for sentence in outlook.iter().flat_map(|outlook| &outlook.lede) { " " (sentence) }
        }
        @if let Decision::PartOf(deciding) = decision { (part_of(reading, contest, deciding)) }
        (partition(reading, contest, area, tally))
        @match &figures {
            Some(figures) => (numbers(figures, is_whole, outlook.as_ref())),
            None => p { (reading.t("page.own_ballots")) },
        }
        @let found = findings(reading, contest, area);
        @let map = map::section(reading, contest, area);
        div.two { (map) (found) }
        (parts(reading, contest, area, asked_page))
        @if let Some(figures) = &figures {
            (boxes(figures))
            (figures.other_sums(snapshot))
            (declared::section(reading, contest, area, figures.ballot))
        }
        (audits::of_area(reading, contest, area))
        (as_data(reading, contest, area))
        (said::others(reading, &it.code))
    };
    Frame::new(heading, here).page(reading, &main)
}

fn outlook_of(reading: Reading<'_>, contest: u16, area: u32, decision: &Decision<'_>) -> Option<Outlook> {
    let Decision::Here(assessment) = decision else { return None };
    let ballot = reading.ballot(contest, area)?;
    let is_plurality = reading.contest(contest).rule == RuleName::Plurality;
    Some(outlook(reading, ballot, is_plurality, assessment))
}

/// A part decides nothing by itself: where to read what can still change.
fn part_of(reading: Reading<'_>, contest: u16, deciding: u32) -> Markup {
    let it = reading.area(deciding);
    let code = &reading.contest(contest).code;
    let rest = if it.parent.is_none() { address::contest(code) } else { address::area(code, &it.code) };
    html! {
        p { (reading.t("area.part")) " " (reading.link(&rest, &it.name)) }
    }
}

/// The other contests here; over the whole, by their own addresses.
fn contests(reading: Reading<'_>, here: u16, area: u32) -> Markup {
    let it = reading.area(area);
    let href = |code: &str| match it.parent {
        None => address::contest(code),
        Some(_) => address::area(code, &it.code),
    };
    let contests = &reading.ledger().election().contests;
    html! {
        @if contests.len() > 1 {
            nav.contests aria-label=(reading.t("portal.results.contest")) {
                ul {
                    @for (index, contest) in (0u16..).zip(contests) {
                        li {
                            @if index == here { b aria-current="page" { bdi { (contest.title) } } }
                            @else { (reading.link(&href(&contest.code), &contest.title)) }
                        }
                    }
                }
            }
        }
    }
}

/// The partition as numbers, each a door to its stations.
fn partition(reading: Reading<'_>, contest: u16, area: u32, tally: &Tally) -> Markup {
    let (code, area) = (&reading.contest(contest).code, &reading.area(area).code);
    html! {
        dl.partition {
            @for word in PARTITION {
                div {
                    dt { (reading.t(&format!("portal.partition_word.{word}"))) }
                    dd { (door(reading, part(tally, word), &address::places(code, word, area))) }
                }
            }
        }
    }
}

/// A number that leads to what it counts, where it counts anything.
fn door(reading: Reading<'_>, count: u64, rest: &str) -> Markup {
    html! {
        @if count == 0 { "0" } @else { a href=(reading.href(rest)) { (number(count)) } }
    }
}

/// The candidates, the rule with what can still change, and when the forms came: in this order on a phone.
fn numbers(figures: &Figures<'_>, is_whole: bool, outlook: Option<&Outlook>) -> Markup {
    let reading = figures.reading;
    let assessment = reading.site.snapshot.contests[usize::from(figures.contest)].assessment.as_ref();
    let rule = reading.contest(figures.contest).spread.as_ref();
    let spread = rule.zip(assessment).filter(|_| is_whole);
    html! {
        div.two.numbers {
            (figures.card())
            @if spread.is_some() || outlook.is_some() {
                div.rule {
                    @if let Some((rule, assessment)) = spread {
                        (spread::section(reading, figures.contest, rule, figures.ballot, figures.tally, assessment))
                    }
                    (why(reading, outlook))
                }
            }
            (arrivals::section(reading, figures.contest, figures.area))
        }
    }
}

/// The same figures for machines, and to embed.
fn as_data(reading: Reading<'_>, contest: u16, area: u32) -> Markup {
    let code = address::encoded(&reading.contest(contest).code);
    let it = reading.area(area);
    let stem = match it.parent {
        None => format!("air/{code}"),
        Some(_) => format!("air/{code}/{}", address::encoded(&it.code)),
    };
    let stations = station_files::has_files(reading.register(), area).then(|| {
        ["json", "csv"].map(|ending| station_files::path(&reading.contest(contest).code, &it.code, ending))
    });
    html! {
        p.small {
            (reading.t("site.data.these")) " "
            a href=(reading.to(&format!("{stem}.json"))) { "JSON" } " · "
            a href=(reading.to(&format!("{stem}.csv"))) { "CSV" } " · "
            @if let Some([json, csv]) = stations {
                (reading.t("data.stations")) " "
                a href=(reading.to(&json)) { "JSON" } " · "
                a href=(reading.to(&csv)) { "CSV" } " · "
            }
            a href=(reading.href("data/")) { (reading.t("data.title")) }
        }
    }
}

fn why(reading: Reading<'_>, outlook: Option<&Outlook>) -> Markup {
    html! {
        @if let Some(outlook) = outlook {
            section.card {
                h2 { (reading.t("portal.change.title")) }
                ul.why { @for sentence in &outlook.why { li { (sentence) } } }
                p.small { (reading.t("page.outlook.how")) }
            }
        }
    }
}

/// The other boxes, summed over the forms that stand. A box that no form has is said to be absent.
fn boxes(figures: &Figures<'_>) -> Markup {
    let (reading, tally) = (figures.reading, figures.tally);
    // Papers cast are known only where both boxes are written on every form that stands.
    let whole = |name: BoxName| Some(tally.boxes[name as usize]).filter(|sum| sum.written == tally.standing);
    let [valid, rejected] =
        [BoxName::Valid, BoxName::Rejected].map(|name| whole(name).and_then(BoxSum::stated));
    let cast = valid.zip(rejected).and_then(|(valid, rejected)| valid.checked_add(rejected));
    html! {
        section {
            h2 { (reading.t("page.boxes")) }
            @if !figures.is_declared { (provisional(reading)) }
            div.wide tabindex="0" {
                table {
                    caption { (reading.t("page.boxes_caption")) }
                    thead { tr {
                        th scope="col" { (reading.t("page.box")) }
                        th.n scope="col" { (reading.t("portal.total")) }
                        th.n scope="col" { (reading.t("page.unread_forms")) }
                    } }
                    tbody {
                        @for name in BOXES_OF_PAPER {
                            @let sum = tally.boxes[name as usize];
                            tr {
                                th scope="row" { (box_word(reading, name)) }
                                td.n {
                                    @match sum.stated() {
                                        Some(total) => (number(total)),
                                        None => (reading.t("page.not_on_forms")),
                                    }
                                }
                                td.n { (number(sum.unread)) }
                            }
                        }
                        @if let Some(cast) = cast {
                            tr {
                                th scope="row" { (reading.t("form.box.cast")) " · " (reading.t("form.derived")) }
                                td.n { (number(cast)) }
                                td.n { "–" }
                            }
                        }
                    }
                }
            }
            p.small { (turnout(figures, cast)) }
        }
    }
}

/// Registered voters where the register says, and the papers cast as their share.
fn turnout(figures: &Figures<'_>, cast: Option<u64>) -> String {
    let (reading, tally) = (figures.reading, figures.tally);
    if tally.registered == 0 {
        let stated = reading
            .area(figures.area)
            .voters
            .map(|count| Message::new("page.registered_stated").with("count", count));
        return stated
            .map_or_else(|| reading.t("page.registered_unknown").to_owned(), |words| reading.m(&words));
    }
    let registered = Message::new("page.registered").with("count", tally.registered);
    let registered = reading.m(&registered.with("standing", tally.registered_standing));
    match cast.filter(|_| tally.registered_standing > 0) {
        Some(cast) => {
            let share = percent(cast, tally.registered_standing);
            format!("{registered} {}", reading.m(&Message::new("page.turnout").with("share", share)))
        }
        None => registered,
    }
}

fn findings(reading: Reading<'_>, contest: u16, area: u32) -> Markup {
    let counts: Vec<(FindingCode, u64)> = reading.site.snapshot.findings.counts(contest, area).collect();
    let (contest, area) = (&reading.contest(contest).code, &reading.area(area).code);
    let filter = format!("contest/{}/area/{}/", address::encoded(contest), address::encoded(area));
    html! {
        section {
            h2 { (reading.t("portal.findings_page.title")) }
            (summary(reading, &counts, &filter))
            @if counts.iter().any(|(code, _)| OF_SERVERS.contains(code)) { (servers::line(reading)) }
        }
    }
}
