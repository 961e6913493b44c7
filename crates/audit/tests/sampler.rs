//! The sampler against draws that others computed: a published hash sampler, consistent sampling, counter mode, and draws in
//! proportion to weights over thirty thousand stations.
#![allow(clippy::unwrap_used)]

mod common;

use common::{close, column, list, number, table, unpacked, vectors, whole};
use hakiki_audit::sample::counter::Counter;
use hakiki_audit::sample::{DiceSeed, Frame, FrameError, SeedError, consistent, draw_hash, uniform_item};
use hakiki_note::sha256;

#[test]
fn draws_of_the_hash_sampler() {
    let Some(vectors) = vectors("stark_sha256_sampler") else { return };
    for case in list(&vectors["cases"]) {
        let (seed, items) = (case["seed"].as_str().unwrap(), whole(&case["N"]));
        for draw in list(&case["draws"]) {
            let at = whole(&draw[0]);
            assert_eq!(draw_hash(seed, at).to_string(), draw[1].as_str().unwrap(), "{seed},{at}");
            assert_eq!(uniform_item(seed, at, items), whole(&draw[2]), "{seed},{at}");
        }
    }
}

#[test]
fn draws_in_proportion_to_weights_over_thirty_thousand_stations() {
    let Some(vectors) = vectors("misc_oneaudit_suite_ppeb") else { return };
    let Some(bytes) = unpacked("data/kenya-2022/forms34A-transcribed-30000.csv.xz") else { return };
    let case = &vectors["cases"]["ppeb_sha256_integer"];
    let (header, mut rows) = table(&bytes);
    let (file, ruto) = (column(&header, "fileName"), column(&header, "Ruto"));
    let code = |row: &csv::StringRecord| row[file].split('_').nth(3).unwrap().to_owned();
    rows.sort_by_key(code);
    let weights: Vec<u128> = rows.iter().map(|row| 2 * row[ruto].parse::<u128>().unwrap() + 3).collect();
    let frame = Frame::new(&weights).unwrap();
    assert_eq!(frame.total(), u128::from(whole(&case["W"])));
    let seed = DiceSeed::new(case["seed"].as_str().unwrap()).unwrap();
    let draws = list(&case["draws"]);
    assert_eq!(draws.len(), 40);
    for (found, expected) in frame.draws(&seed, 40).iter().zip(draws) {
        assert_eq!(found.number, whole(&expected[0]));
        assert_eq!(found.remainder, u128::from(whole(&expected[1])));
        assert_eq!(code(&rows[found.item]), expected[2].as_str().unwrap());
        assert_eq!(weights[found.item], u128::from(whole(&expected[3])));
    }
}

#[test]
fn a_draw_is_one_line_that_sha256sum_repeats() {
    // printf '%s' 32446254910198762512,1 | sha256sum
    let frame = Frame::new(&[46_229]).unwrap();
    let seed = DiceSeed::new("32446254910198762512").unwrap();
    let line = frame.draw(&seed, 1).line("st-001");
    assert_eq!(line, "draw 1 aab1749b8ac6805c4b0cc5049fd1daae1dcbec2ff94ee72c151bf47e837d6675 37804 st-001");
}

#[test]
fn without_replacement_repeats_are_passed_over_in_the_same_stream() {
    let weights: Vec<u128> = vec![0, 5, 1, 0, 9, 2];
    let frame = Frame::new(&weights).unwrap();
    let seed = DiceSeed::new("00000000000000000001").unwrap();
    let different = frame.different(&seed, 4).unwrap();
    let mut expected: Vec<usize> = Vec::new();
    for draw in frame.draws(&seed, different.last().unwrap().number) {
        assert!(weights[draw.item] > 0, "an item without weight was drawn");
        if !expected.contains(&draw.item) {
            expected.push(draw.item);
        }
    }
    assert_eq!(different.iter().map(|draw| draw.item).collect::<Vec<_>>(), expected);
    assert_eq!(frame.different(&seed, 5), Err(FrameError::TooFew { asked: 5, weighted: 4 }));
}

#[test]
fn each_remainder_belongs_to_one_item_and_each_item_has_its_weight_of_them() {
    let weights: [u128; 5] = [0, 3, 1, 0, 4];
    let frame = Frame::new(&weights).unwrap();
    let mut held = [0_u128; 5];
    for remainder in 0..frame.total() {
        held[frame.item_at(remainder)] += 1;
    }
    assert_eq!(held, weights);
}

#[test]
fn what_is_no_frame_and_no_seed() {
    assert_eq!(Frame::new(&[]).unwrap_err(), FrameError::NoWeight);
    assert_eq!(Frame::new(&[0, 0]).unwrap_err(), FrameError::NoWeight);
    assert_eq!(Frame::new(&[1 << 119, 1 << 119]).unwrap_err(), FrameError::TooLarge);
    assert!(Frame::new(&[(1 << 120) - 1]).is_ok());
    assert_eq!(DiceSeed::new("1234567890123456789"), Err(SeedError::TooShort { found: 19, least: 20 }));
    assert_eq!(DiceSeed::new("1234567890 234567890"), Err(SeedError::NotADigit(' ')));
    assert_eq!(DiceSeed::new(&"1".repeat(1_001)), Err(SeedError::TooLong { found: 1_001, most: 1_000 }));
}

#[test]
fn consistent_tickets() {
    let Some(vectors) = vectors("consistent_sampler") else { return };
    let cases = &vectors["cases"];
    for (text, expected) in cases["sha256_hex"].as_object().unwrap() {
        assert_eq!(sha256(text.as_bytes()).to_string(), expected.as_str().unwrap());
    }
    for (text, expected) in cases["sha256_uniform"].as_object().unwrap() {
        assert_eq!(consistent::uniform(text), expected.as_str().unwrap(), "{text}");
    }
    for case in list(&cases["short_decimal_quirk"]) {
        let found = consistent::uniform(case["input"].as_str().unwrap());
        assert_eq!(found, case["uniform"].as_str().unwrap());
        assert_eq!(found.len() as u64 - 2, whole(&case["digits"]));
    }
    for case in list(&cases["first_fraction"]) {
        let found = consistent::first_fraction(case["id"].as_str().unwrap(), case["seed"].as_str().unwrap());
        assert_eq!(found, case["value"].as_str().unwrap());
    }
    for case in list(&cases["next_fraction"]) {
        assert_eq!(consistent::next_fraction(case["x"].as_str().unwrap()), case["next"].as_str().unwrap());
    }
    for case in list(&cases["trim"]) {
        let found = consistent::trimmed(case["x"].as_str().unwrap(), whole(&case["n"]) as usize);
        assert_eq!(found, case["out"].as_str().unwrap());
    }
}

#[test]
fn consistent_samples() {
    let Some(vectors) = vectors("consistent_sampler") else { return };
    let places: Vec<String> =
        (1..=47).flat_map(|c| (1..=5).map(move |s| format!("KE-{c:03}-{s:04}"))).collect();
    for case in list(&vectors["cases"]["sampler"]) {
        let names: Vec<&str> = match case["ids"].as_array() {
            Some(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
            None => places.iter().map(String::as_str).collect(),
        };
        let options = &case["args"];
        let seed = options["seed"].as_str().map_or_else(|| options["seed"].to_string(), ToOwned::to_owned);
        let take = whole(&options["take"]) as usize;
        let dropped = options["drop"].as_u64().unwrap_or(0) as usize;
        let digits = options["digits"].as_u64().unwrap_or(9) as usize;
        let tickets = if options["with_replacement"].as_bool() == Some(true) {
            consistent::with_replacement(names, &seed, take + dropped)
        } else {
            consistent::order(names, &seed)
        };
        same_tickets(&tickets[dropped..dropped + take], &case["result"], digits);
    }
    let stations: Vec<String> = (1..=46_229).map(|number| format!("{number:05}")).collect();
    let case = &vectors["cases"]["stations_46229"];
    let ordered = consistent::order(stations.iter().map(String::as_str), case["seed"].as_str().unwrap());
    assert_eq!(ordered.len(), 46_229);
    same_tickets(&ordered[..100], &case["result"], 9);
}

fn same_tickets(found: &[consistent::Ticket], expected: &serde_json::Value, digits: usize) {
    assert_eq!(found.len(), list(expected).len());
    for (ticket, expected) in found.iter().zip(list(expected)) {
        assert_eq!(consistent::trimmed(&ticket.fraction, digits), expected[0].as_str().unwrap());
        assert_eq!(ticket.name, expected[1].as_str().unwrap());
        assert_eq!(ticket.generation, whole(&expected[2]));
    }
}

#[test]
fn a_longer_consistent_sample_begins_with_the_shorter_and_a_new_name_moves_no_other() {
    let names: Vec<String> = (0..200).map(|number| format!("st-{number}")).collect();
    let all = consistent::order(names.iter().map(String::as_str), "7");
    let fewer = consistent::order(names[..150].iter().map(String::as_str), "7");
    let kept: Vec<_> = all.iter().filter(|ticket| fewer.contains(ticket)).cloned().collect();
    assert_eq!(kept, fewer);
}

#[test]
fn numbers_in_counter_mode() {
    let Some(vectors) = vectors("cryptorandom") else { return };
    for (seed, case) in vectors["cases"].as_object().unwrap() {
        let mut counter = Counter::new(seed);
        for expected in list(&case["random"]) {
            close(counter.fraction(), number(expected), seed);
        }
        let mut counter = Counter::new(seed);
        for expected in list(&case["getrandbits32"]) {
            assert_eq!(counter.bits(32), whole(expected));
        }
        let mut counter = Counter::new(seed);
        for expected in list(&case["randbelow_46229"]) {
            assert_eq!(counter.below(46_229), whole(expected));
        }
        let mut counter = Counter::new(seed);
        for expected in list(&case["randint_1_46230"]) {
            assert_eq!(1 + counter.below(46_229), whole(expected));
        }
        let expected: Vec<usize> =
            list(&case["fykd_10_of_100"]).iter().map(|item| whole(item) as usize).collect();
        assert_eq!(Counter::new(seed).different(100, 10), expected);
    }
    // The doctest that its authors published.
    let mut counter = Counter::new("12345678901234567890");
    for expected in [0.927_291_542_653_748_4, 0.191_613_531_880_948_3, 0.584_623_704_731_048_6] {
        close(counter.fraction(), expected, "published");
    }
}
