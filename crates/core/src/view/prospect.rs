//! Hands a contest to [`crate::outcome`]: what is definite, and what can still move.

use super::interval::{most_at_station, votes_of};
use super::status::{Status, counted};
use super::tally::{ContestView, valid_of};
use crate::kinds::RuleName;
use crate::ledger::{Entry, Ledger};
use crate::outcome::{
    Assessment, Cause, Choices, Contest, Figures, Fixed, Fraction, OutcomeError, Rule, Unit, assess,
};
use std::collections::BTreeMap;

/// Who would be elected by what stands, and whether that can still change.
pub fn prospect(ledger: &Ledger, view: &ContestView) -> Result<Assessment, OutcomeError> {
    if ledger.election().contests[usize::from(view.contest)].rule == RuleName::TotalsOnly {
        return Err(OutcomeError::NoRule);
    }
    let (rule, spread_areas) = rule_of(ledger, view.contest);
    assess(&rule, &contest_of(ledger, view, &spread_areas, ledger.register().root()))
}

/// The areas over which a contest's spread is counted, in the order of their codes: what the outcome numbers from 0.
pub fn spread_areas(ledger: &Ledger, contest: u16) -> Vec<u32> {
    let spread = ledger.election().contests[usize::from(contest)].spread.as_ref();
    let level = spread.and_then(|s| ledger.election().levels.iter().find(|(_, name)| *name == s.level));
    let Some((level, _)) = level else { return Vec::new() };
    let areas = ledger.register().areas();
    let mut found: Vec<u32> =
        (0..).zip(areas).filter(|(_, area)| area.level == *level).map(|(i, _)| i).collect();
    found.sort_by(|a, b| areas[*a as usize].code.cmp(&areas[*b as usize].code));
    found
}

fn rule_of(ledger: &Ledger, contest: u16) -> (Rule, BTreeMap<u32, u32>) {
    let contest_record = &ledger.election().contests[usize::from(contest)];
    let numbered: BTreeMap<u32, u32> = spread_areas(ledger, contest).into_iter().zip(0..).collect();
    let rule = match (contest_record.rule, &contest_record.spread) {
        (RuleName::MajorityWithSpread, Some(spread)) => Rule::MajorityWithSpread {
            majority: Fraction { numerator: spread.majority.0, denominator: spread.majority.1 },
            share: Fraction { numerator: spread.share.0, denominator: spread.share.1 },
            areas_at_least: spread.areas_at_least,
            area_count: u32::try_from(numbered.len()).unwrap_or(u32::MAX),
        },
        _ => Rule::Plurality { seats: 1 },
    };
    (rule, numbered)
}

/// What is decided between the candidates of an area's ballot, by the stations in it that are on that ballot.
pub(super) fn contest_of(
    ledger: &Ledger,
    view: &ContestView,
    spread_areas: &BTreeMap<u32, u32>,
    over: Option<u32>,
) -> Contest {
    let register = ledger.register();
    let candidates = over.and_then(|area| register.ballot_for_area(view.contest, area));
    let candidates = candidates.map_or(0, |ballot| ballot.candidates.len());
    let stations = over.map(|area| register.stations_within(area)).unwrap_or_default();
    // Stations of an area stand together.
    let mut last = None;
    let mut decides = |area: u32| match last {
        Some((of, decides)) if of == area => decides,
        _ => {
            let decides = over.is_some_and(|over| register.is_one_ballot(view.contest, over, area));
            last = Some((area, decides));
            decides
        }
    };
    let mut fixed: BTreeMap<Option<u32>, Figures> = BTreeMap::new();
    let mut missing: BTreeMap<Option<u32>, (u32, u64)> = BTreeMap::new();
    let mut units = Vec::new();
    for station in stations {
        let record = &register.stations()[station as usize];
        // A station on another ballot decides between other candidates.
        if !decides(record.area) {
            continue;
        }
        let spread_area = register.path(record.area).find_map(|area| spread_areas.get(&area)).copied();
        let unit = |cause, choices| Unit { spread_area, cause, stations: 1, choices };
        match view.status(station) {
            Status::NotExpected => {}
            Status::Missing => {
                let outstanding = missing.entry(spread_area).or_default();
                outstanding.0 += 1;
                outstanding.1 += most_at_station(ledger, view.contest, station);
            }
            Status::Standing(entry) => {
                let entry = &ledger.entries()[entry as usize];
                match choices_of(ledger, entry) {
                    Choices::OneOf(figures) => {
                        let sum = fixed.entry(spread_area).or_insert_with(|| Figures::zero(candidates));
                        add(sum, &figures[0]);
                    }
                    open => {
                        if matches!(open, Choices::Open { valid: None, .. }) {
                            // The whole is then the sum of all that is written: those votes are in it, whatever the boxes hold.
                            let sum = fixed.entry(spread_area).or_insert_with(|| Figures::zero(candidates));
                            sum.valid += entry.votes_off_ballot();
                        }
                        units.push(unit(Cause::Unreadable, open));
                    }
                }
            }
            Status::Contested => {
                let versions = counted(ledger, view.contest, station, view.as_of, view.selection);
                let versions = versions.map(|(_, entry)| least_figures(ledger, entry)).collect();
                units.push(unit(Cause::Contested, Choices::OneOf(versions)));
            }
            Status::Disregarded { entry, .. } => {
                let figures = least_figures(ledger, &ledger.entries()[entry as usize]);
                units
                    .push(unit(Cause::Disregarded, Choices::OneOf(vec![Figures::zero(candidates), figures])));
            }
        }
    }
    units.extend(missing.into_iter().map(|(spread_area, (stations, most))| Unit {
        spread_area,
        cause: Cause::Missing,
        stations,
        choices: Choices::Missing { most },
    }));
    let fixed = fixed.into_iter().map(|(spread_area, figures)| Fixed { spread_area, figures }).collect();
    Contest { candidates, fixed, units }
}

fn add(sum: &mut Figures, figures: &Figures) {
    for (mine, theirs) in sum.votes.iter_mut().zip(&figures.votes) {
        *mine += theirs;
    }
    sum.valid += figures.valid;
}

/// An entry's figures: one certain set, or what its unreadable boxes leave open.
fn choices_of(ledger: &Ledger, entry: &Entry) -> Choices {
    let could = votes_of(ledger, entry);
    if could.each.iter().all(|span| span.is_point()) {
        return Choices::OneOf(vec![least_figures(ledger, entry)]);
    }
    let off = entry.votes_off_ballot();
    let votes: Vec<(u64, u64)> = could.each.iter().map(|span| (span.least, span.most)).collect();
    let mut valid = entry.boxed(crate::kinds::BoxName::Valid).and_then(crate::text::BoxValue::number);
    let mut sum = (could.sum.least.saturating_sub(off), could.sum.most.saturating_sub(off));
    if entry.unread_off_ballot() > 0 {
        // What is left of a total may stand in a box off the ballot: the ballot's own need not hold it, the whole does.
        sum.0 = votes.iter().map(|(least, _)| least).sum();
        valid = valid.or(could.fixed_by_total.then_some(could.sum.least));
    }
    Choices::Open { votes, sum, valid }
}

fn least_figures(ledger: &Ledger, entry: &Entry) -> Figures {
    let could = votes_of(ledger, entry);
    let votes = could.each.iter().map(|span| span.least).collect();
    Figures { votes, valid: valid_of(entry, could.sum).least }
}
