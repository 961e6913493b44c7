//! Ballot comparison: the published program, and every sample size that Colorado published from 2018 to 2024.
#![allow(clippy::unwrap_used)]

mod common;

use common::{column, list, table, unpacked, vectors, whole};
use hakiki_audit::Share;
use hakiki_audit::comparison::{Comparison, Discrepancies, Rates, USUAL_INFLATION};
use hakiki_audit::numeric::whole_above;
use std::io::Read;

const USUAL_RATES: Rates =
    Rates { over_by_one: 0.001, over_by_two: 0.0001, under_by_one: 0.001, under_by_two: 0.0001 };

fn comparison(margin: u64, cards: u64) -> Comparison {
    Comparison { margin, cards, inflation: USUAL_INFLATION }
}

#[test]
fn sizes_of_the_published_program() {
    let Some(vectors) = vectors("supersimple_arlo") else { return };
    for case in list(&vectors["cases"]) {
        let cards = whole(&case["ballots"]);
        let contest = comparison(whole(&case["w"]) - whole(&case["l"]), cards);
        let limit = Share::percent(u32::try_from(whole(&case["risk_limit_pct"])).unwrap()).unwrap();
        assert_eq!(contest.ballots_at_rates(limit, USUAL_RATES), case["first_round"].as_u64(), "{case}");
        for (found, name) in [
            (Discrepancies::default(), "nMin_0"),
            (Discrepancies { over_by_one: 3, ..Default::default() }, "nMin_o1=3"),
            (Discrepancies { over_by_two: 1, ..Default::default() }, "nMin_o2=1"),
            (Discrepancies { under_by_one: 2, ..Default::default() }, "nMin_u1=2"),
        ] {
            let ballots = contest.ballots(limit, found).unwrap();
            assert_eq!(ballots, whole(&case[name]), "{name}");
            // The size is the first at which the risk is at the limit, but for the approximation ln(1 + x) <= x in it.
            assert!(contest.risk(ballots, found) <= limit.value());
        }
        // After 100 ballots with one overstatement the rate is 1 %; what is missing, or all ballots where that never ends.
        let seen = Rates { over_by_one: 0.01, ..Default::default() };
        let all = contest.ballots_at_rates(limit, seen).unwrap_or(cards);
        let expected = whole(&case["second_round_after_100_with_1_one_over"]);
        if expected > 0 {
            assert_eq!(all - 100, expected, "{case}");
        } else {
            let one = Discrepancies { over_by_one: 1, ..Default::default() };
            assert!(contest.risk(100, one) <= limit.value(), "{case}");
        }
    }
}

#[test]
fn published_examples() {
    let Some(vectors) = vectors("misc_oneaudit_suite_ppeb") else { return };
    let published = &vectors["cases"]["corla18_published"];
    let (ten, five) = (Share::percent(10).unwrap(), Share::percent(5).unwrap());
    let one_over = Rates { over_by_one: 0.001, ..Default::default() };
    let two_over = Rates { over_by_two: 0.012, ..Default::default() };
    let first = &published["example1"]["comparison_only_nmin"];
    let second = &published["example1b"]["comparison_only_nmin"];
    for (margin, cards, limit, rates, expected) in [
        (2_000, 110_000, ten, Rates::default(), &first["no_errors"]),
        (2_000, 110_000, ten, one_over, &first["r1=.001"]),
        (10_000, 110_000, ten, two_over, &first["margin=10000,r2=.012"]),
        (389_000, 2_000_000, five, Rates::default(), &second["no_errors"]),
        (389_000, 2_000_000, five, one_over, &second["r1=.001"]),
    ] {
        assert_eq!(
            comparison(margin, cards).expected_ballots(limit, rates),
            expected.as_u64(),
            "{margin} of {cards}"
        );
    }
}

#[test]
fn every_sample_size_that_colorado_published() {
    let Some(archive) = unpacked("data/colorado-rla/contests.tar.xz") else { return };
    let (mut right, mut without_margin) = (0, 0);
    for (name, bytes) in files_of_tar(&archive) {
        if !name.ends_with("contest.csv") {
            continue;
        }
        let (header, rows) = table(&bytes);
        let names = [
            "min_margin",
            "ballot_card_count",
            "risk_limit",
            "gamma",
            "one_vote_over_count",
            "two_vote_over_count",
            "one_vote_under_count",
            "two_vote_under_count",
            "optimistic_samples_to_audit",
        ];
        let places = names.map(|name| column(&header, name));
        for row in rows {
            let whole = |place: usize| row[places[place]].parse::<u64>().unwrap();
            let Ok(margin) = row[places[0]].parse::<u64>() else { panic!("{name}: {row:?}") };
            let limit: f64 = row[places[2]].parse().unwrap();
            let limit = Share::new(whole_above((limit * 10_000.0).round()) as u32, 10_000).unwrap();
            let contest = Comparison { margin, cards: whole(1), inflation: row[places[3]].parse().unwrap() };
            let found = Discrepancies {
                over_by_one: whole(4),
                over_by_two: whole(5),
                under_by_one: whole(6),
                under_by_two: whole(7),
            };
            match contest.ballots(limit, found) {
                Some(ballots) => {
                    assert_eq!(ballots, whole(8), "{name}: {row:?}");
                    right += 1;
                }
                // Colorado writes 0 where there is no margin; no sample confirms such a contest.
                None => without_margin += u64::from(whole(8) == 0),
            }
        }
    }
    assert_eq!((right, without_margin), (9_417, 4_746));
}

/// The files of a tar archive, by their headers of 512 bytes.
fn files_of_tar(mut archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut header = [0_u8; 512];
    while archive.read_exact(&mut header).is_ok() && header[0] != 0 {
        let text = |range: std::ops::Range<usize>| {
            let bytes = header[range].split(|byte| *byte == 0).next().unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let size = usize::from_str_radix(text(124..136).trim(), 8).unwrap();
        let (content, rest) = archive.split_at(size.div_ceil(512) * 512);
        files.push((text(0..100), content[..size].to_vec()));
        archive = rest;
    }
    files
}

#[test]
fn rates_without_end_and_margins_of_nothing() {
    let five = Share::percent(5).unwrap();
    assert_eq!(comparison(0, 1_000).ballots(five, Discrepancies::default()), None);
    let often = Rates { over_by_two: 0.2, ..Default::default() };
    assert_eq!(comparison(100, 1_000).ballots_at_rates(five, often), None);
    assert_eq!(comparison(100, 1_000).expected_ballots(five, often), None);
}
