//! The spread of a rule as a picture: a bar an area, a dashed line at the share, and every candidate as a table.

use crate::candidates::share_of;
use crate::reading::Reading;
use crate::share::{fraction, percent, scaled};
use hakiki_core::kinds::Spread;
use hakiki_core::outcome::{Assessment, Further, Prospect, SpreadProspect};
use hakiki_core::register::Ballot;
use hakiki_core::view::Tally;
use hakiki_core::view::prospect::spread_areas;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Width of one bar with its gap, and height of the drawing.
const BAR_UNITS: usize = 10;
const HEIGHT: u32 = 100;

/// The section on a contest's spread.
pub(crate) fn section(
    reading: Reading<'_>,
    contest: u16,
    rule: &Spread,
    ballot: &Ballot,
    tally: &Tally,
    assessment: &Assessment,
) -> Markup {
    let areas = spread_areas(reading.ledger(), contest);
    let leader =
        assessment.standing.leaders.first().copied().filter(|_| assessment.standing.national.valid > 0);
    let level = reading.find(&format!("portal.levels.{}", rule.level)).unwrap_or(&rule.level).to_lowercase();
    let title = Message::new("page.spread.title")
        .with("share", fraction(rule.share))
        .with("needed", rule.areas_at_least)
        .with("total", areas.len())
        .with("level", level.as_str());
    let rule_words = Message::new("page.spread.rule")
        .with("majority", fraction(rule.majority))
        .with("share", fraction(rule.share))
        .with("needed", rule.areas_at_least)
        .with("level", level.as_str());
    html! {
        section.card aria-labelledby="spread" {
            h2 #spread { (reading.m(&title)) }
            @if let Some(leader) = leader {
                (picture(reading, rule, ballot, assessment, leader, areas.len()))
            }
            p.small { (reading.m(&rule_words)) }
            (table(reading, rule, ballot, tally, assessment))
        }
    }
}

fn picture(
    reading: Reading<'_>,
    rule: &Spread,
    ballot: &Ballot,
    assessment: &Assessment,
    leader: usize,
    total: usize,
) -> Markup {
    let standing = &assessment.standing;
    let mut shares: Vec<(u32, bool)> = standing
        .areas
        .iter()
        .map(|area| {
            let (votes, valid) = (area.votes.get(leader).copied().unwrap_or(0), area.valid);
            let reached =
                u128::from(votes) * u128::from(rule.share.1) >= u128::from(valid) * u128::from(rule.share.0);
            (scaled(votes, valid, HEIGHT), reached && votes > 0)
        })
        .collect();
    shares.sort_unstable_by(|a, b| b.cmp(a));
    // The drawing is as high as its highest bar, and at least twice the line, so that the line is well seen.
    let share = scaled(u64::from(rule.share.0), u64::from(rule.share.1), HEIGHT);
    let top = shares.iter().map(|(height, _)| *height).max().unwrap_or(0).max(share * 2).clamp(1, HEIGHT);
    let stretched = |height: u32| height * HEIGHT / top;
    let line = HEIGHT - stretched(share);
    let needed = usize::try_from(rule.areas_at_least).unwrap_or(usize::MAX).min(shares.len()) * BAR_UNITS;
    let reached = standing.candidates.get(leader).map_or(0, |candidate| candidate.areas_met);
    let name = ballot.candidates.get(leader).map_or("", |candidate| &candidate.name);
    let words = Message::new("page.spread.reached").with("name", name).with("reached", reached);
    let words = reading.m(&words.with("total", total).with("needed", rule.areas_at_least));
    let width = shares.len().max(1) * BAR_UNITS;
    html! {
        svg.spread viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" width="100%" height="110" role="img" aria-label=(words) {
            @for (at, (height, reached)) in shares.iter().enumerate() {
                rect class=(if *reached { "ink" } else { "below" }) x=(at * BAR_UNITS + 1) y=(HEIGHT - stretched(*height)) width=(BAR_UNITS - 2) height=(stretched(*height)) {}
            }
            line.count x1=(needed) y1="0" x2=(needed) y2=(HEIGHT) {}
            line.dashed x1="0" y1=(line) x2=(width) y2=(line) {}
            line x1="0" y1=(HEIGHT) x2=(width) y2=(HEIGHT) {}
        }
        p.small { (words) " " (reading.t("page.spread.picture")) " " (reading.m(&Message::new("site.spread.count").with("needed", rule.areas_at_least))) }
    }
}

fn further(prospect: Option<&Prospect>) -> Option<SpreadProspect> {
    match prospect?.further {
        Further::Spread(ref spread) => Some(spread.clone()),
        Further::Plurality { .. } => None,
    }
}

fn table(
    reading: Reading<'_>,
    rule: &Spread,
    ballot: &Ballot,
    tally: &Tally,
    assessment: &Assessment,
) -> Markup {
    let standing = &assessment.standing;
    let answer = |holds: bool| reading.t(if holds { "portal.yes" } else { "portal.no" });
    html! {
        div.wide tabindex="0" {
            table {
                caption { (reading.t("page.spread.table")) }
                thead { tr {
                    th scope="col" { (reading.t("form.candidate")) }
                    th.n scope="col" { (reading.t("page.spread.over")) " " (fraction(rule.majority)) }
                    th.n scope="col" { (reading.t("page.spread.areas")) }
                    th.n scope="col" { (reading.t("page.spread.could_be")) }
                    th scope="col" { (reading.t("page.spread.can_win")) }
                } }
                tbody {
                    @for (index, candidate) in ballot.candidates.iter().enumerate() {
                        @let prospect = assessment.prospects.get(index);
                        @let now = standing.candidates.get(index);
                        @let further = further(prospect);
                        @let (part, whole) = share_of(tally, index);
                        tr {
                            th scope="row" { bdi { (candidate.name) } }
                            td.n {
                                (answer(now.is_some_and(|now| now.majority)))
                                " (" (percent(part, whole)) ")"
                            }
                            td.n { (number(u64::from(now.map_or(0, |now| now.areas_met)))) }
                            td.n {
                                @if let Some(further) = further {
                                    (number(u64::from(further.areas_least))) "–" (number(u64::from(further.areas_most)))
                                }
                            }
                            td { (answer(prospect.is_some_and(|prospect| prospect.can_win.holds))) }
                        }
                    }
                }
            }
        }
    }
}
