//! What stands beside the forms: copies, refusals, observations, photographs, collations.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::country::beside::stations_with_agents_keys;
use hakiki_rehearsal::country::fault::FULL_STATIONS;
use hakiki_rehearsal::country::{
    Act, AgentMark, Country, Fault, Paper, Plan, Ruling, Shown, Standing, StationPlan,
};
use std::collections::{BTreeMap, BTreeSet};

fn night(seed: &str, stations: u64) -> (Country, Plan) {
    let country = Country::generate(seed, stations).unwrap();
    let plan = Plan::new(&country);
    (country, plan)
}

fn acts(station: &StationPlan) -> impl Iterator<Item = &Act> {
    station.events.iter().map(|event| &event.act)
}

#[test]
fn a_full_night_has_copies_pictures_and_collations() {
    let (_, plan) = night("7", FULL_STATIONS);
    let summary = plan.summary();
    assert_eq!(
        plan.stations.iter().filter(|s| acts(s).any(|a| matches!(a, Act::OwnCopy { .. }))).count(),
        462
    );
    assert!((462 + 6..2 * 462 + 6).contains(&summary.by_agents), "{summary}");
    // Forty stations; a contested one has two papers, and agents photographed their own copies at three.
    assert_eq!(summary.images, 40 + 1 + 3, "{summary}");
    assert!((180..=291).contains(&summary.collations), "{summary}");
    assert_eq!(plan.commissioners.iter().filter(|commissioner| commissioner.dissents).count(), 1);
    assert_eq!(plan.commissioners.len(), 4);
}

#[test]
fn copies_and_pictures_differ_from_the_form_where_it_is_planned_and_nowhere_else() {
    for (seed, stations) in [("7", FULL_STATIONS), ("8", 600), ("9", 47), ("x", 5), ("y", 1)] {
        let (country, plan) = night(seed, stations);
        let with_keys = stations_with_agents_keys(&country);
        let mut found: BTreeMap<Fault, u64> = BTreeMap::new();
        for (place, station) in plan.stations.iter().enumerate() {
            let papers = station.papers();
            let differs = |nth: usize, paper: &Paper| !paper.has_the_boxes_of(papers[nth]);
            let mut at_station = BTreeSet::new();
            for act in acts(station) {
                match act {
                    Act::OwnCopy { paper, .. } => {
                        assert!(with_keys.contains(&place));
                        at_station.extend(differs(0, paper).then_some(Fault::OwnCopyDiffers));
                    }
                    Act::Image { nth, shown: Shown::Original, paper } => {
                        assert_eq!(paper.serial, papers[*nth].serial);
                        at_station.extend(differs(*nth, paper).then_some(Fault::ImageDiffers));
                    }
                    Act::Image { nth, paper, .. } => assert!(differs(*nth, paper), "the copy is pictured"),
                    Act::AgentRefuses { party, reason } => {
                        assert!(with_keys.contains(&place));
                        assert_eq!(papers[0].agents[*party], AgentMark::Refused { reason: *reason });
                    }
                    _ => {}
                }
            }
            for fault in at_station {
                assert!(station.faults.contains(&fault), "{fault:?} at {place}");
                *found.entry(fault).or_default() += 1;
            }
        }
        let planned = [(Fault::OwnCopyDiffers, 3), (Fault::ImageDiffers, 1)];
        assert_eq!(found, if stations >= 47 { planned.into() } else { BTreeMap::new() }, "seed {seed}");
    }
}

#[test]
fn an_area_is_collated_once_all_of_it_is_in_and_decided() {
    let (country, plan) = night("8", 5_000);
    for planned in &plan.areas {
        let collation = planned.collation().unwrap();
        let rows: BTreeMap<usize, usize> = collation.rows.iter().copied().collect();
        let mut missing = 0;
        for (place, station) in plan.stations.iter().enumerate() {
            if country.returning_area(place) != collation.area {
                assert!(!rows.contains_key(&place));
                continue;
            }
            assert!(station.events.iter().all(|event| event.at_seconds < planned.event.at_seconds));
            match station.standing() {
                Standing::Paper(nth) => assert_eq!(rows[&place], nth),
                Standing::Missing => missing += 1,
                standing => panic!("{standing:?} in a collation"),
            }
        }
        assert_eq!(missing > 0, planned.fault == Some(Fault::CollationIncomplete));
        let slips = [Some(Fault::CollationRow), Some(Fault::CollationSum)].contains(&planned.fault);
        assert_eq!(collation.slip.is_some(), slips);
    }
}

#[test]
fn whoever_is_above_a_returning_officer_upholds_what_was_ruled() {
    let (_, plan) = night("7", 600);
    let mut upheld = Vec::new();
    for station in &plan.stations {
        let ruled = acts(station).position(|act| matches!(act, Act::Ruling(_)));
        if let Some(above) = acts(station).position(|act| matches!(act, Act::Upheld(_))) {
            assert!(ruled.unwrap() < above);
            upheld.push(matches!(station.ruling().unwrap(), Ruling::Stands(_)));
        }
    }
    upheld.sort_unstable();
    assert_eq!(upheld, [false, true]);
}
