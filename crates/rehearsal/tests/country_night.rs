//! The night: arrivals, faults looked for on the papers themselves, and the partition that should come of them.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::country::calendar::{HOUR, POLLS_OPEN_SECONDS, polling_day};
use hakiki_rehearsal::country::fault::{FULL_STATIONS, quota};
use hakiki_rehearsal::country::{
    Act, AgentMark, Country, Expected, Fault, Officer, Paper, PaperBox, Place, Plan, Ruling, StationPlan,
};
use std::collections::BTreeMap;

fn night(seed: &str, stations: u64) -> (Country, Plan) {
    let country = Country::generate(seed, stations).unwrap();
    let plan = Plan::new(&country);
    (country, plan)
}

fn having(plan: &Plan, fault: Fault) -> Vec<(usize, &StationPlan)> {
    plan.stations.iter().enumerate().filter(|(_, station)| station.faults.contains(&fault)).collect()
}

fn only_paper(station: &StationPlan) -> &Paper {
    let papers = station.papers();
    assert_eq!(papers.len(), 1, "{station:?}");
    papers[0]
}

#[test]
fn a_full_night_holds_what_the_summary_says() {
    let (_, plan) = night("7", FULL_STATIONS);
    let summary = plan.summary();
    println!("{summary}");
    let expected: BTreeMap<Fault, u64> = [
        (Fault::Never, 28),
        (Fault::Late, 693),
        (Fault::PaperIntake, 690),
        (Fault::BlankBox, 58),
        (Fault::SumsDoNotAddUp, 46),
        (Fault::SecondDiffering, 77),
        (Fault::OfficerReplaced, 60),
        (Fault::SecondIdentical, 31),
        (Fault::DashBox, 12),
        (Fault::SubmittedTwice, 12),
        (Fault::IllegibleBox, 9),
        (Fault::TotalsDiffer, 15),
        (Fault::KitClockWrong, 6),
        (Fault::InkDateEarly, 5),
        (Fault::KitStolen, 4),
        (Fault::OfficerRevoked, 3),
        (Fault::RegisteredDiffers, 4),
        (Fault::ValidExceedsRegistered, 2),
        (Fault::ValidExceedsVerified, 2),
        (Fault::BoxOverCap, 1),
        (Fault::FullTurnout, 5),
        (Fault::AllForOne, 4),
        (Fault::NoVotes, 3),
        (Fault::SameSerial, 2),
        (Fault::SameKitSerial, 2),
        (Fault::UnenrolledKey, 3),
        (Fault::AgentRefusedWithReason, 115),
        (Fault::AgentRefusedWithoutReason, 92),
        (Fault::AgentAbsent, 4_622),
        (Fault::UnknownStation, 2),
        (Fault::OwnCopyDiffers, 3),
        (Fault::ImageDiffers, 1),
        (Fault::CollationRow, 1),
        (Fault::CollationSum, 1),
        (Fault::CollationIncomplete, 1),
    ]
    .into();
    assert_eq!(summary.faults, expected);
}

#[test]
fn forms_come_along_the_curve_of_a_real_night() {
    for (seed, stations) in [("7", FULL_STATIONS), ("8", FULL_STATIONS), ("7", 500), ("9", 200), ("x", 3_000)]
    {
        let (_, plan) = night(seed, stations);
        let arrivals = plan.arrivals();
        assert!(arrivals.is_sorted());
        assert!(arrivals[0] >= 40 * 60, "seed {seed}: {}", arrivals[0]);
        let summary = plan.summary();
        let per_mille = |count: u64| count * 1_000 / stations;
        assert!(per_mille(summary.within_7_hours) > 800, "seed {seed}: {summary}");
        assert!((977..=990).contains(&per_mille(summary.within_a_day)), "seed {seed}: {summary}");
        let never = stations - arrivals.len() as u64;
        assert_eq!(never, (stations * 28 / 46_229).max(1), "seed {seed}");
    }
}

#[test]
fn a_full_night_has_its_rush_and_its_morning() {
    let (_, plan) = night("7", FULL_STATIONS);
    let arrivals = plan.arrivals();
    assert_eq!(arrivals.len(), 46_229 - 28);
    let between =
        |from: i64, to: i64| arrivals.iter().filter(|at| (from * HOUR..to * HOUR).contains(*at)).count();
    let per_second = between(0, 7) as u64 / (7 * 3_600 / 10);
    assert!((13..=25).contains(&per_second), "{per_second} forms in ten seconds");
    assert!(between(14, 16) > 3 * between(10, 12), "more come in the morning than before dawn");
    assert!(between(24, 200) > 400);
}

#[test]
fn nothing_comes_before_counting_is_possible_but_what_belongs_to_the_morning() {
    let (_, plan) = night("8", 5_000);
    for step in plan.timeline() {
        let at = step.event.at_seconds;
        match &step.event.act {
            Act::ReplaceOfficer => assert!(at < POLLS_OPEN_SECONDS),
            // Programs are authorised, and books handed over, days before.
            Act::Deed(_) => assert!(at > -80 * HOUR, "{step:?}"),
            Act::Form { .. } | Act::Intake { .. } | Act::Again => assert!(at >= 40 * 60, "{step:?}"),
            _ => assert!(at > 0, "{step:?}"),
        }
    }
    let times: Vec<i64> = plan.timeline().iter().map(|step| step.event.at_seconds).collect();
    assert!(times.is_sorted());
    let squeeze = plan.squeeze(10);
    assert_eq!(squeeze.real_ms(*times.last().unwrap()), 600_000);
    assert_eq!(squeeze.real_ms(7 * HOUR), 450_000);
    let at_once = plan.squeeze(0);
    assert!(times.iter().all(|at| at_once.real_ms(*at) == 0));
}

#[test]
fn a_station_without_a_fault_sends_what_was_counted() {
    let (country, plan) = night("7", 2_000);
    let on_top = [Fault::AgentAbsent, Fault::AgentRefusedWithReason, Fault::AgentRefusedWithoutReason];
    let mut right = 0;
    for (place, station) in plan.stations.iter().enumerate() {
        if station.faults.iter().any(|fault| !on_top.contains(fault)) {
            continue;
        }
        right += 1;
        let (paper, result) = (only_paper(station), &country.results[place]);
        assert_eq!(paper.votes, result.votes.map(PaperBox::Number));
        assert_eq!((paper.sum(), paper.valid.number()), (Some(result.valid), Some(result.valid)));
        assert_eq!(paper.valid, paper.valid_counted);
        assert_eq!(paper.registered, PaperBox::Number(country.stations[place].registered));
        assert_eq!(paper.serial, country.stations[place].serial);
        let arrival = station.arrival.at_seconds().unwrap();
        assert!((35 * 60..arrival).contains(&paper.sealed_at_seconds), "{station:?}");
        assert!((0..=20 * 60).contains(&paper.closed_at_seconds), "{station:?}");
        assert!(matches!(station.events[0].act, Act::Turnout { device, manual }
            if device == result.device_voters && manual == result.manual_voters));
    }
    assert!(right > 1_800, "{right}");
}

#[test]
fn wrong_papers_are_exactly_those_that_were_to_be_wrong() {
    let (country, plan) = night("7", FULL_STATIONS);
    let mut found: BTreeMap<Fault, u64> = BTreeMap::new();
    let mut note = |fault: Fault, station: &StationPlan| {
        assert!(station.faults.contains(&fault), "{fault:?} found, planned {:?}", station.faults);
        *found.entry(fault).or_default() += 1;
    };
    for (place, station) in plan.stations.iter().enumerate() {
        let papers = station.papers();
        let Some(paper) = papers.first() else { continue };
        let tiny = country.stations[place].registered < 10;
        let turnout = station.events.iter().find_map(|event| match event.act {
            Act::Turnout { device, manual } => Some(device + manual),
            _ => None,
        });
        match (paper.sum(), paper.valid.number()) {
            (Some(sum), Some(valid)) if sum != valid && sum > 700 => note(Fault::BoxOverCap, station),
            (Some(sum), Some(valid)) if sum != valid => note(Fault::SumsDoNotAddUp, station),
            _ => {}
        }
        for (a_box, fault) in [
            (PaperBox::Blank, Fault::BlankBox),
            (PaperBox::Dash, Fault::DashBox),
            (PaperBox::Illegible, Fault::IllegibleBox),
        ] {
            if paper.votes.contains(&a_box) {
                note(fault, station);
            }
        }
        if paper.valid != paper.valid_counted {
            note(Fault::TotalsDiffer, station);
        }
        if paper.registered.number() != Some(country.stations[place].registered) {
            note(Fault::RegisteredDiffers, station);
        }
        let valid = paper.valid.number().unwrap_or_default();
        if valid > country.stations[place].registered {
            note(Fault::ValidExceedsRegistered, station);
        } else if turnout.is_some_and(|verified| valid > verified) {
            assert_eq!(turnout.map(|verified| valid - verified), Some(100));
            note(Fault::ValidExceedsVerified, station);
        }
        let cast = valid + paper.rejected.number().unwrap_or_default();
        if cast == country.stations[place].registered {
            note(Fault::FullTurnout, station);
        }
        if paper.valid == PaperBox::Number(0) {
            note(Fault::NoVotes, station);
        } else if !tiny && paper.votes.iter().filter(|votes| **votes != PaperBox::Number(0)).count() == 1 {
            note(Fault::AllForOne, station);
        }
        if paper.agents.iter().any(|mark| matches!(mark, AgentMark::Signed { date } if *date < polling_day()))
        {
            note(Fault::InkDateEarly, station);
        }
    }
    for (fault, count) in &found {
        assert_eq!(*count, quota(*fault, FULL_STATIONS), "{fault:?}");
    }
    assert_eq!(found.len(), 13, "{found:?}");
}

#[test]
fn the_retold_incidents_keep_their_figures() {
    let (_, plan) = night("7", 500);
    let (_, station) = having(&plan, Fault::BoxOverCap)[0];
    let paper = only_paper(station);
    assert!(paper.votes.contains(&PaperBox::Number(991)));
    assert_eq!(paper.valid, PaperBox::Number(285));
    assert_eq!(paper.sum(), Some(991 + 285 - 191));
    let (_, station) = having(&plan, Fault::BlankBox)[0];
    assert!(only_paper(station).valid.number().is_some());
}

#[test]
fn a_wrong_clock_is_wrong_by_three_hours() {
    let (_, plan) = night("7", FULL_STATIONS);
    for (_, station) in having(&plan, Fault::KitClockWrong) {
        // Without the fault a poll closes within 20 minutes of the close of the polls.
        let closed = only_paper(station).closed_at_seconds;
        assert!([-3, 3].iter().any(|off| (0..=20 * 60).contains(&(closed - off * HOUR))), "{closed}");
    }
}

#[test]
fn what_stands_in_a_leaf_is_a_code() {
    let (country, plan) = night("7", FULL_STATIONS);
    let is_code = |word: &str| {
        word.len() <= 64
            && !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    assert!(country.areas.iter().all(|area| is_code(&area.id)));
    assert!(country.parties.iter().all(|party| is_code(party.id)));
    for event in plan.stations.iter().flat_map(|station| &station.events) {
        match &event.act {
            Act::Form { paper, .. } => assert!(is_code(&paper.serial) && is_code(&paper.kit)),
            Act::Intake { paper, reason } => assert!(is_code(&paper.serial) && is_code(reason)),
            Act::Missing { reason, .. } => assert!(is_code(reason)),
            Act::Ruling(Ruling::Disregarded { article }) => assert!(is_code(article)),
            _ => {}
        }
    }
}

#[test]
fn pairs_share_a_serial_or_a_kits_number_and_nobody_else_does() {
    let (_, plan) = night("7", FULL_STATIONS);
    let mut serials: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut kits: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, station) in plan.stations.iter().enumerate() {
        if let Some(paper) = station.papers().first() {
            serials.entry(&paper.serial).or_default().push(place);
            kits.entry(&paper.kit).or_default().push(place);
        }
    }
    for (table, fault) in [(serials, Fault::SameSerial), (kits, Fault::SameKitSerial)] {
        let shared: Vec<Vec<usize>> = table.into_values().filter(|places| places.len() > 1).collect();
        let planned: Vec<usize> = having(&plan, fault).into_iter().map(|(place, _)| place).collect();
        assert_eq!(shared, [planned]);
    }
}

#[test]
fn second_forms_come_later_and_only_some_differ() {
    let (country, plan) = night("8", FULL_STATIONS);
    for (fault, same) in [(Fault::SecondIdentical, true), (Fault::SecondDiffering, false)] {
        for (place, station) in having(&plan, fault) {
            let papers = station.papers();
            assert_eq!(papers.len(), 2);
            assert_eq!(papers[0].has_the_boxes_of(papers[1]), same, "{papers:?}");
            assert_ne!(papers[0], papers[1]);
            assert_eq!(papers[1].serial, country.stations[place].spare_serial);
            assert_eq!(papers[1].sum(), papers[1].valid.number(), "the second is in itself consistent");
        }
    }
    let ruled = having(&plan, Fault::SecondDiffering).into_iter().filter_map(|(_, station)| station.ruling());
    let (first, second): (Vec<&Ruling>, Vec<&Ruling>) =
        ruled.partition(|ruling| **ruling == Ruling::Stands(0));
    assert_eq!((first.len(), second.len()), (19, 19));
    assert!(second.iter().all(|ruling| **ruling == Ruling::Stands(1)));
}

#[test]
fn keys_replaced_revoked_and_never_enrolled_get_what_is_due() {
    let (_, plan) = night("7", FULL_STATIONS);
    for (_, station) in having(&plan, Fault::OfficerReplaced) {
        assert_eq!(station.events[0].act, Act::ReplaceOfficer);
        let form = station.events.iter().find(|event| matches!(event.act, Act::Form { .. })).unwrap();
        assert!(matches!(form.act, Act::Form { officer: Officer::Replacement, .. }));
    }
    for fault in [Fault::KitStolen, Fault::OfficerRevoked] {
        for (_, station) in having(&plan, fault) {
            let kinds: Vec<(bool, Expected)> = station
                .events
                .iter()
                .map(|event| (matches!(event.act, Act::Revoke(_)), event.expected))
                .collect();
            let admitted = (false, Expected::Admitted);
            assert_eq!(kinds, [admitted, (true, Expected::Admitted), (false, Expected::Held), admitted]);
            assert!(matches!(station.events[3].act, Act::Intake { .. }));
        }
    }
    for (_, station) in having(&plan, Fault::UnenrolledKey) {
        let last = station.events.last().unwrap();
        assert!(matches!(last.act, Act::Form { officer: Officer::Stranger, .. }));
        assert_eq!(last.expected, Expected::Refused);
    }
    for (_, station) in having(&plan, Fault::SubmittedTwice) {
        let last = station.events.last().unwrap();
        assert_eq!((&last.act, last.expected), (&Act::Again, Expected::AsBefore));
    }
    for (_, station) in having(&plan, Fault::PaperIntake) {
        assert!(station.events.iter().all(|event| matches!(event.act, Act::Intake { .. })));
    }
}

#[test]
fn strays_name_no_station_and_are_refused() {
    let (country, plan) = night("7", 500);
    assert_eq!(plan.strays.len(), 2);
    for stray in &plan.strays {
        assert_eq!(stray.code.len(), 15);
        assert!(country.stations.iter().all(|station| station.code != stray.code));
        assert_eq!(stray.event.expected, Expected::Refused);
    }
    assert!(plan.strays[0].signer.is_some() && plan.strays[1].signer.is_none());
    let steps = plan.timeline();
    assert_eq!(steps.iter().filter(|step| matches!(step.place, Place::Stray(_))).count(), 2);
    assert_eq!((steps.len() + plan.commissioners.len()) as u64, plan.summary().submissions);
}

#[test]
fn the_outcome_partitions_the_stations() {
    for (seed, stations) in [("7", FULL_STATIONS), ("8", 500), ("9", 47), ("x", 5), ("y", 1)] {
        let (country, plan) = night(seed, stations);
        let outcome = plan.outcome();
        let parts = outcome.missing + outcome.standing + outcome.contested + outcome.disregarded;
        assert_eq!((outcome.expected, parts), (stations, stations), "seed {seed}");
        let counted: u64 = country.results.iter().map(|result| result.valid).sum();
        let written: u64 = outcome.written.iter().sum();
        assert!(written.abs_diff(counted) * 10 <= counted, "seed {seed}: {written} of {counted}");
    }
    let outcome = night("7", FULL_STATIONS).1.outcome();
    assert_eq!((outcome.missing, outcome.contested, outcome.disregarded), (28, 39, 2));
    assert_eq!(outcome.unreadable, 58 + 12 + 9);
}

#[test]
fn small_nights_have_some_faults_and_few() {
    for stations in [1, 2, 5, 20, 47, 100, 199] {
        for seed in ["7", "8", "9"] {
            let (_, plan) = night(seed, stations);
            let summary = plan.summary();
            let marks = [
                Fault::AgentAbsent,
                Fault::AgentRefusedWithReason,
                Fault::AgentRefusedWithoutReason,
                Fault::UnknownStation,
                Fault::OwnCopyDiffers,
                Fault::ImageDiffers,
                Fault::CollationRow,
                Fault::CollationSum,
                Fault::CollationIncomplete,
            ];
            let own: u64 =
                summary.faults.iter().filter(|(fault, _)| !marks.contains(fault)).map(|it| it.1).sum();
            assert!(own <= stations / 5, "seed {seed}: {summary}");
            assert!(stations < 5 || own >= 1, "seed {seed}: {summary}");
            let never = summary.faults.get(&Fault::Never).copied().unwrap_or_default();
            assert_eq!(never, u64::from(stations >= 47), "seed {seed}");
        }
    }
    for seed in 0..40 {
        let (_, plan) = night(&seed.to_string(), 200);
        let mut faults = plan.summary().faults;
        // The constituency of the one missing station may have no other, or one that is contested.
        faults.remove(&Fault::CollationIncomplete);
        assert_eq!(faults.len(), 34, "seed {seed}: {}", plan.summary());
    }
}
