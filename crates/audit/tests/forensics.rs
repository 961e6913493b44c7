//! Indicators against published and recomputed figures: digits, whole percentages in four elections, neighbours.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/russia.rs"]
mod russia;

use common::{close, list, near, number, table, unpacked, vectors, whole};
use hakiki_audit::forensics::digits::{
    self, LEAST_COUNT, digit_pairs, last_digits, second_digit_law, second_digits,
};
use hakiki_audit::forensics::integer_percentages::{Excess, Station, peaks};
use hakiki_audit::forensics::late::{self, Reported};
use hakiki_audit::forensics::votes_by_turnout::VotesByTurnout;
use hakiki_audit::forensics::{Indicator, neighbours};
use hakiki_audit::numeric::real;
use russia::{YEARS, stations};
use serde_json::Value;

fn digits_of(value: &Value) -> Vec<u64> {
    list(value).iter().map(whole).collect()
}

#[test]
fn whole_percentages_of_four_elections() {
    let Some(vectors) = vectors("kobak_integer_peaks") else { return };
    for (year, leader) in YEARS {
        let Some(stations) = stations(year, leader) else { return };
        let case = list(&vectors["cases"]).iter().find(|case| case["year"] == year).unwrap();
        assert_eq!(stations.len() as u64, whole(&case["stations_total"]), "{year}");
        let found = peaks(stations);
        assert_eq!(found.stations, whole(&case["stations_included"]), "{year}");
        let kinds: [(&str, Excess); 3] =
            [("turnout", found.turnout), ("leader", found.leader), ("either", found.either)];
        for (kind, excess) in kinds {
            assert_eq!(excess.observed, whole(&case["observed_integer"][kind]), "{year} {kind}");
            close(excess.expected, number(&case["expected_exact"][kind]), &format!("{year} {kind}"));
            close(excess.deviation, number(&case["sd_exact"][kind]), &format!("{year} {kind}"));
            near(excess.excess(), number(&case["excess_exact"][kind]), 1e-7, kind);
            near(excess.distance(), number(&case["z_exact"][kind]), 1e-7, kind);
            // The published means of 1,000 simulations scatter about it by so much.
            let published = number(&case["published_excess_MC1000_stations"][kind]);
            assert!(
                (excess.excess() - published).abs() < 4.0 * excess.deviation / 1_000_f64.sqrt(),
                "{year} {kind}"
            );
        }
    }
}

#[test]
fn the_exact_null_is_the_sum_over_all_numbers() {
    use hakiki_audit::numeric::binomial;
    let station = Station { registered: 137, given: 61, received: 59, leader: 23 };
    let at_whole = |part: u64, all: u64| {
        let percentage = real(100 * part) / real(all);
        (percentage - percentage.round_ties_even()).abs() <= 0.05
    };
    let exact = |part: u64, all: u64| -> f64 {
        let numbers = (0..=all).filter(|number| at_whole(*number, all));
        numbers.map(|number| binomial::probability(number, all, real(part) / real(all))).sum()
    };
    let found = peaks(&[station]);
    close(found.turnout.expected, exact(61, 137), "turnout");
    close(found.leader.expected, exact(23, 59), "leader");
    let none = Station { registered: 99, ..station };
    assert_eq!(peaks(&[none]).stations, 0, "too few voters");
    let absurd = Station { registered: u64::MAX, received: u64::MAX, ..station };
    assert_eq!(peaks(&[absurd]).stations, 0, "no station has so many");
}

#[test]
fn digits_of_counts() {
    let Some(vectors) = vectors("digits_benford_R") else { return };
    for (found, expected) in second_digit_law().iter().zip(list(&vectors["benford2_second"])) {
        close(*found, number(expected), "second digit");
    }
    for case in list(&vectors["cases"]) {
        // Counts that have these digits: enough to check what is made of them.
        let label = case["label"].as_str().unwrap();
        let last: Vec<u64> = digits_of(&case["last_ge100"]["counts"])
            .iter()
            .zip(100_u64..)
            .flat_map(|(count, number)| std::iter::repeat_n(number, *count as usize))
            .collect();
        let found = last_digits(&last, LEAST_COUNT);
        assert_eq!(found.sample(), whole(&case["last_ge100"]["n"]), "{label}");
        assert_eq!(found.counts.to_vec(), digits_of(&case["last_ge100"]["counts"]));
        close(found.mean, number(&case["last_ge100"]["mean"]), label);
        close(found.chi_square, number(&case["last_ge100"]["chisq"]), label);
        close(found.p, number(&case["last_ge100"]["p"]), label);
        close(found.zero_or_five, number(&case["last_ge100"]["share05"]), label);

        let second: Vec<u64> = digits_of(&case["second"]["counts"])
            .iter()
            .zip(310_u64..)
            .flat_map(|(count, number)| std::iter::repeat_n(10 * (number - 300), *count as usize))
            .collect();
        let found = second_digits(&second);
        assert_eq!(found.counts.to_vec(), digits_of(&case["second"]["counts"]), "{label}");
        close(found.mean, number(&case["second"]["mean"]), label);
        close(found.mean_distance, number(&case["second"]["z_mean"]), label);
        close(found.chi_square, number(&case["second"]["chisq"]), label);
        // R's tails and ours agree to eight digits where a tail is of 1e-196.
        near(found.p, number(&case["second"]["p"]), 1e-8, label);

        let pairs = &case["beber_scacco"];
        let counts = ["repeated", "adjacent", "nonadjacent"].map(|name| whole(&pairs[name]));
        let numbers: Vec<u64> = [111_u64, 143, 185]
            .iter()
            .zip(counts)
            .flat_map(|(number, count)| std::iter::repeat_n(*number, count as usize))
            .collect();
        let found = digit_pairs(&numbers, LEAST_COUNT);
        assert_eq!([found.repeated, found.adjacent, found.distant], counts);
        close(found.p_repeated, number(&pairs["p_repeat_two_sided"]), label);
        close(found.p_few_repeated, number(&pairs["p_repeat_lower"]), label);
        close(found.p_adjacent, number(&pairs["p_adjacent_two_sided"]), label);
        close(found.p_many_adjacent, number(&pairs["p_adjacent_upper"]), label);
        close(found.p_few_distant, number(&pairs["p_distant_lower"]), label);
    }
}

#[test]
fn digits_of_a_real_table() {
    let Some(vectors) = vectors("digits_benford_R") else { return };
    let Some(stations) = stations(2018, "Путин") else { return };
    let votes: Vec<u64> = stations.iter().map(|station| station.leader).collect();
    let given: Vec<u64> = stations.iter().map(|station| station.given).collect();
    for (label, counts) in [("russia 2018 Putin, all rows", votes), ("russia 2018 ballots given", given)] {
        let case = list(&vectors["cases"]).iter().find(|case| case["label"] == label).unwrap();
        let last = last_digits(&counts, LEAST_COUNT);
        assert_eq!(last.counts.to_vec(), digits_of(&case["last_ge100"]["counts"]));
        assert_eq!(digits::second_digits(&counts).counts.to_vec(), digits_of(&case["second"]["counts"]));
        assert_eq!(digit_pairs(&counts, LEAST_COUNT).repeated, whole(&case["beber_scacco"]["repeated"]));
        assert_eq!(digit_pairs(&counts, LEAST_COUNT).adjacent, whole(&case["beber_scacco"]["adjacent"]));
    }
}

/// Codes, the second candidate's votes and the first's, of thirty thousand forms that volunteers typed.
fn typed_forms() -> Option<Vec<(String, u64, u64, u64)>> {
    let bytes = unpacked("data/kenya-2022/forms34A-transcribed-30000.csv.xz")?;
    let (_, rows) = table(&bytes);
    let form = |row: &csv::StringRecord| {
        let votes: Vec<u64> = (1..5).map(|place| row[place].parse().unwrap()).collect();
        (row[0].split('_').nth(3).unwrap().to_owned(), votes[0], votes[1], votes.iter().sum())
    };
    Some(rows.iter().map(form).collect())
}

#[test]
fn distances_inside_a_constituency() {
    let Some(vectors) = vectors("forensics") else { return };
    let Some(forms) = typed_forms() else { return };
    for case in list(&vectors["cases"]["robust_z_constituency"]) {
        let inside = forms.iter().filter(|(code, .., valid)| {
            code.starts_with(case["constituency"].as_str().unwrap()) && *valid > 0
        });
        let (codes, shares): (Vec<&str>, Vec<f64>) =
            inside.map(|(code, _, votes, valid)| (code.as_str(), real(*votes) / real(*valid))).unzip();
        assert_eq!(shares.len() as u64, whole(&case["n"]));
        let found = neighbours::robust_distances(&shares).unwrap();
        close(found.median, number(&case["median_ruto_share"]), "median");
        close(found.deviation, number(&case["mad_scaled"]), "deviation");
        let farthest = (0..shares.len())
            .max_by(|one, other| found.distances[*one].abs().total_cmp(&found.distances[*other].abs()))
            .unwrap();
        close(found.distances[farthest].abs(), number(&case["max_abs_robust_z"]), "farthest");
        assert_eq!(codes[farthest], case["code_of_max"].as_str().unwrap());
        let far = found.distances.iter().filter(|distance| distance.abs() > 3.5).count();
        assert_eq!(far as u64, whole(&case["n_abs_z_gt_3.5"]));
    }
    assert_eq!(neighbours::robust_distances(&[]), None);
    assert!(neighbours::robust_distances(&[1.0, 1.0, 1.0, 2.0]).unwrap().distances.is_empty());
}

#[test]
fn rooms_of_one_centre() {
    let Some(vectors) = vectors("forensics") else { return };
    for case in list(&vectors["cases"]["stream_homogeneity"]["first_12"]) {
        let rooms: Vec<Vec<u64>> = list(&case["table"]).iter().map(digits_of).collect();
        let found = neighbours::homogeneity(&rooms).unwrap();
        close(found.chi_square, number(&case["chi2"]), "statistic");
        assert_eq!(u64::from(found.degrees), whole(&case["df"]));
        close(found.p, number(&case["p"]), "p");
    }
    assert_eq!(neighbours::homogeneity(&[vec![5, 6]]), None);
    assert_eq!(neighbours::homogeneity(&[vec![5, 0], vec![7, 0]]), None);
}

#[test]
fn every_indicator_has_a_key_of_its_own_and_two_are_off() {
    let mut keys = Indicator::ALL.map(Indicator::key).to_vec();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), Indicator::ALL.len());
    let off: Vec<Indicator> = Indicator::ALL.into_iter().filter(|indicator| !indicator.is_usual()).collect();
    assert_eq!(off, [Indicator::SecondDigits, Indicator::Klimek]);
}

#[test]
fn votes_by_turnout_of_four_elections() {
    let Some(vectors) = vectors("forensics") else { return };
    for (year, leader) in YEARS {
        let Some(stations) = stations(year, leader) else { return };
        let case = list(&vectors["cases"]["shpilkin"]).iter().find(|case| case["year"] == year).unwrap();
        // Stations of ten thousand voters and more are not rooms but votes from everywhere.
        let rooms: Vec<Station> =
            stations.iter().copied().filter(|station| station.registered < 10_000).collect();
        let found = VotesByTurnout::of(&rooms).surplus().unwrap();
        assert_eq!(found.mode as u64, whole(&case["mode_bin_of_others"]), "{year}");
        close(found.proportion, number(&case["k_leader_to_others"]), "proportion");
        close(found.votes, number(&case["anomalous_votes_right_of_mode"]), "surplus");
        close(found.share_without, number(&case["clean_share"]), "share without");
    }
    assert_eq!(VotesByTurnout::of(&[]).surplus(), None);
}

/// Turnout and preference that go together in two honest regions make a surplus as large as in any table above.
#[test]
fn two_honest_regions_show_a_surplus_too() {
    let mut stations = Vec::new();
    for place in 0..2_000_u64 {
        let (turnout, share) = if place % 2 == 0 { (55 + place % 7, 30) } else { (80 + place % 7, 85) };
        let given = 1_000 * turnout / 100;
        stations.push(Station { registered: 1_000, given, received: given, leader: given * share / 100 });
    }
    let found = VotesByTurnout::of(&stations).surplus().unwrap();
    let all: u64 = stations.iter().map(|station| station.leader).sum();
    assert!(found.votes > 0.4 * real(all), "{found:?} of {all}: nothing was added anywhere");
}

#[test]
fn a_line_over_time_and_two_groups() {
    let Some(vectors) = vectors("forensics") else { return };
    let case = &vectors["cases"]["late_drift"];
    let mut state = whole(&case["lcg_seed"]);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        real(state >> 11) / real(1 << 53)
    };
    let stations: Vec<Reported> = (0..200_u32)
        .map(|place| {
            let valid = 100 + hakiki_audit::numeric::whole_below(next() * 400.0);
            let share = 0.45 + if place >= 160 { 0.06 } else { 0.0 } + 0.1 * (next() - 0.5);
            let votes = hakiki_audit::numeric::whole_below(real(valid) * share + 0.5);
            Reported { time: f64::from(place) / 199.0, votes, valid }
        })
        .collect();
    assert_eq!(stations.iter().map(|station| station.valid).sum::<u64>(), whole(&case["sum_n"]));
    assert_eq!(stations.iter().map(|station| station.votes).sum::<u64>(), whole(&case["sum_w"]));
    let line = late::line(&stations).unwrap();
    let expected = &case["wls_weights_n"];
    close(line.start, number(&expected["coef"][0]), "start");
    close(line.slope, number(&expected["coef"][1]), "slope");
    close(line.start_error, number(&expected["se_HC1"][0]), "error of the start");
    close(line.slope_error, number(&expected["se_HC1"][1]), "error of the slope");
    let shares: Vec<f64> = stations.iter().map(|station| real(station.votes) / real(station.valid)).collect();
    let distance = late::distance(&shares[..160], &shares[160..]).unwrap();
    close(distance, number(&case["ks_2samp_first160_vs_last40"]["D"]), "distance");
    assert_eq!(late::line(&stations[..2]), None);
    assert_eq!(late::distance(&[], &shares), None);
}
