//! Late stations within strata: by all permutations of a small table, by planted shifts, and by what lies between strata.
#![allow(clippy::unwrap_used)]

use hakiki_audit::Share;
use hakiki_audit::forensics::late_within::{Placed, latest, within};
use hakiki_audit::numeric::stream::Stream;
use hakiki_audit::numeric::{draw, real, whole_below};

fn placed(stratum: u64, is_late: bool, votes: u64, valid: u64) -> Placed {
    Placed { stratum, is_late, votes, valid }
}

/// Two strata of three and four stations: p by going through all choices of late ones.
#[test]
fn p_of_a_table_small_enough_for_all_choices() {
    let stations = [
        placed(1, true, 70, 100),
        placed(1, false, 40, 90),
        placed(1, false, 50, 110),
        placed(2, false, 10, 80),
        placed(2, true, 30, 70),
        placed(2, true, 22, 60),
        placed(2, false, 9, 90),
    ];
    let residuals: Vec<f64> = stations
        .iter()
        .map(|station| {
            let share = if station.stratum == 1 { 160.0 / 300.0 } else { 71.0 / 300.0 };
            real(station.votes) - share * real(station.valid)
        })
        .collect();
    let sum = |chosen: u32| -> f64 {
        (0..7).filter(|place| chosen & (1 << place) != 0).map(|place| residuals[place]).sum()
    };
    let found_sum = sum(0b11_0001);
    let choices: Vec<u32> = (0..128_u32)
        .filter(|chosen| (chosen & 0b111).is_power_of_two() && (chosen >> 3).count_ones() == 2)
        .collect();
    let as_far = choices.iter().filter(|chosen| sum(**chosen).abs() >= found_sum.abs() - 1e-9).count();
    assert_eq!(choices.len(), 18);
    let exact = real(as_far as u64) / 18.0;
    let found = within(&stations, 40_000, 1).unwrap();
    assert!((found.votes - found_sum).abs() < 1e-9 && (found.strata, found.late, found.others) == (2, 3, 4));
    assert!((found.p - exact).abs() < 0.01, "{found:?}, {exact}");
    // By the definition of the shift: differences of shares, weighted by late · others / all.
    let first = (70.0 / 100.0 - 90.0 / 200.0) * (100.0 * 200.0 / 300.0);
    let second = (52.0 / 130.0 - 19.0 / 170.0) * (130.0 * 170.0 / 300.0);
    let weight = 100.0 * 200.0 / 300.0 + 130.0 * 170.0 / 300.0;
    assert!((found.shift - (first + second) / weight).abs() < 1e-12, "{found:?}");
    assert_eq!(within(&stations, 40_000, 1).unwrap(), found, "the same seed");
}

/// Strata with shares of their own, and late stations that are more where the candidate is strong.
fn country(seed: u64, shift: f64) -> Vec<Placed> {
    let mut stream = Stream::new(seed);
    let mut stations = Vec::new();
    for stratum in 0..40_u64 {
        let middle = 0.2 + 0.6 * real(stratum) / 39.0;
        for _ in 0..25 {
            let is_late = stream.fraction() < 0.02 + 0.4 * real(stratum) / 39.0;
            let valid = 150 + stream.below(300);
            let late = if is_late { shift } else { 0.0 };
            let share = (middle + late + 0.05 * draw::normal(&mut stream)).clamp(0.0, 1.0);
            stations.push(placed(stratum, is_late, whole_below(share * real(valid)), valid));
        }
    }
    stations
}

#[test]
fn what_lies_between_strata_is_no_shift_and_what_lies_within_is() {
    let honest = country(5, 0.0);
    let share = |late: bool| {
        let of = || honest.iter().filter(|station| station.is_late == late);
        real(of().map(|station| station.votes).sum()) / real(of().map(|station| station.valid).sum())
    };
    assert!(share(true) - share(false) > 0.08, "late stations are far above the others: {}", share(true));
    let found = within(&honest, 2_000, 1).unwrap();
    assert!(found.p > 0.05 && found.shift.abs() < 0.02, "{found:?}");
    let found = within(&country(5, 0.04), 2_000, 1).unwrap();
    assert!(found.p < 0.002 && (found.shift - 0.04).abs() < 0.015, "{found:?}");
    let found = within(&country(5, -0.04), 2_000, 1).unwrap();
    assert!(found.p < 0.002 && found.votes < 0.0, "{found:?}");
}

/// In 400 honest countries p is below 5 % about as often as it should be, and never far more.
#[test]
fn false_alarms_are_as_many_as_promised() {
    let alarms =
        (0..400).filter(|seed| within(&country(1_000 + seed, 0.0), 199, *seed).unwrap().p <= 0.05).count();
    // Binomial with 400 of 5 %: 3.3 standard deviations to either side.
    assert!((6..=34).contains(&alarms), "{alarms} of 400");
}

#[test]
fn who_is_last() {
    let tenth = Share::percent(10).unwrap();
    let times: Vec<f64> = (0..20_u32).map(|place| f64::from(place * 7 % 20)).collect();
    let late = latest(&times, tenth);
    assert_eq!(late.iter().filter(|late| **late).count(), 2);
    assert!(times.iter().zip(&late).all(|(time, late)| *late == (*time >= 18.0)));
    // Who has the time of the limit is not later than it.
    assert_eq!(latest(&[1.0, 2.0, 2.0, 2.0], Share::HALF), [false; 4]);
    assert!(latest(&[], tenth).is_empty());
    assert_eq!(within(&[placed(1, true, 5, 10), placed(2, false, 5, 10)], 10, 1), None);
    assert_eq!(within(&[placed(1, true, 0, 0), placed(1, false, 5, 10)], 10, 1), None);
}
