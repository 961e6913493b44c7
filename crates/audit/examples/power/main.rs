//! How often the indicators point at something in invented countries: where nothing was done, and where figures were made in a known way.
//!
//! `cargo run --release -p hakiki-audit --example power [COUNTRIES [SEED]]`, 200 countries for each row unless said otherwise. The tables of
//! `docs/reference/forensics.md` come from here.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod country;
mod tests_of;

use country::{Made, REGIONS, STATIONS_OF_REGION, country, make};
use hakiki_audit::numeric::normal;
use hakiki_audit::numeric::real;
use hakiki_audit::numeric::stream::Stream;
use tests_of::{TESTS, Test};

/// The p value, adjusted where there are several, at which something is pointed at.
const LIMIT: f64 = 0.05;
/// Shares of stations whose figures are made.
const SHARES: [f64; 5] = [0.01, 0.02, 0.05, 0.1, 0.2];

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a whole number"));
    let countries = arguments.next().unwrap_or(200);
    let seed = arguments.next().unwrap_or(20_220_809);
    println!("{countries} countries a row, {REGIONS} regions of {STATIONS_OF_REGION} stations, seed {seed}");
    println!("percent of countries in which p is at most {LIMIT}, with 95 % intervals (Wilson)\n");
    print!("{:<28}", "");
    for test in TESTS {
        print!("{:>18}", test.name);
    }
    println!();
    row("nothing done", (Made::Nothing, 0.0), false, countries, seed);
    row("nothing done, uneven rooms", (Made::Nothing, 0.0), true, countries, seed);
    for (name, made) in [
        ("stuffed", Made::Stuffed),
        ("rounded", Made::Rounded),
        ("exchanged", Made::Exchanged),
        ("invented digits", Made::Invented),
    ] {
        for share in SHARES {
            row(&format!("{name}, {} %", 100.0 * share), (made, share), false, countries, seed);
        }
    }
    println!();
    numbers_without_p(countries.min(20), seed);
    stations_named(countries.min(100), seed);
}

fn row(name: &str, (made, share): (Made, f64), is_uneven: bool, countries: u64, seed: u64) {
    let mut found = vec![0_u64; TESTS.len()];
    for number in 0..countries {
        let mut stream = Stream::new(seed.wrapping_mul(1_000_003) + number);
        let mut rooms = country(&mut stream, is_uneven);
        make(&mut rooms, made, share, &mut stream);
        for (found, Test { p, .. }) in found.iter_mut().zip(TESTS) {
            *found += u64::from(p(&rooms) <= LIMIT);
        }
    }
    print!("{name:<28}");
    for found in found {
        print!("{:>18}", interval(found, countries));
    }
    println!();
}

/// Percent, and the 95 % interval of Wilson.
fn interval(found: u64, all: u64) -> String {
    let (n, rate) = (real(all), real(found) / real(all));
    let z = normal::quantile(0.975);
    let middle = (rate + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let reach = z * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    let percent = |share: f64| 100.0 * share.clamp(0.0, 1.0);
    format!("{:.1} ({:.0}–{:.0})", percent(rate), percent(middle - reach), percent(middle + reach))
}

/// Indicators that have no p value: their middle and their ninety-fifth of a hundred, by what was done.
fn numbers_without_p(countries: u64, seed: u64) {
    println!("without a p value, {countries} countries: median (95 of 100 are at most)");
    let rows = [
        ("nothing done", Made::Nothing, 0.0),
        ("stuffed, 5 %", Made::Stuffed, 0.05),
        ("stuffed, 20 %", Made::Stuffed, 0.2),
        ("rounded, 5 %", Made::Rounded, 0.05),
        ("rounded, 20 %", Made::Rounded, 0.2),
        ("exchanged, 5 %", Made::Exchanged, 0.05),
    ];
    print!("{:<28}", "");
    for name in tests_of::NUMBERS {
        print!("{name:>24}");
    }
    println!();
    for (name, made, share) in rows {
        let mut values = vec![Vec::new(); tests_of::NUMBERS.len()];
        for number in 0..countries {
            let mut stream = Stream::new(seed.wrapping_mul(1_000_003) + number);
            let mut rooms = country(&mut stream, false);
            make(&mut rooms, made, share, &mut stream);
            for (values, value) in values.iter_mut().zip(tests_of::numbers(&rooms)) {
                values.push(value);
            }
        }
        print!("{name:<28}");
        for mut values in values {
            values.sort_by(f64::total_cmp);
            let at = |percent: usize| values[(values.len() - 1) * percent / 100];
            print!("{:>24}", format!("{:.3} ({:.3})", at(50), at(95)));
        }
        println!();
    }
    println!();
}

/// Exchanged figures name stations: how many of those that were exchanged, and how many others.
fn stations_named(countries: u64, seed: u64) {
    println!(
        "stations named as exchanged (p adjusted over all stations at most {LIMIT}), {countries} countries"
    );
    for share in [0.0, 0.002, 0.01, 0.05] {
        let (mut hit, mut touched, mut others, mut rest) = (0, 0, 0, 0);
        let (mut strong_hit, mut strong) = (0, 0);
        for number in 0..countries {
            let mut stream = Stream::new(seed.wrapping_mul(1_000_003) + number);
            let mut rooms = country(&mut stream, false);
            make(&mut rooms, Made::Exchanged, share, &mut stream);
            for (room, p) in rooms.iter().zip(tests_of::exchanged_by_station(&rooms)) {
                let is_named = u64::from(p <= LIMIT);
                if room.is_touched {
                    (hit, touched) = (hit + is_named, touched + 1);
                    // In regions that prefer one of the two.
                    if room.region % 3 != 2 {
                        (strong_hit, strong) = (strong_hit + is_named, strong + 1);
                    }
                } else {
                    (others, rest) = (others + is_named, rest + 1);
                }
            }
        }
        println!(
            "  {:>4} % exchanged: of these {}, of these in regions of one camp {}; of {rest} others {others} ({:.4} %)",
            100.0 * share,
            if touched > 0 { interval(hit, touched) } else { "none".to_owned() },
            if strong > 0 { interval(strong_hit, strong) } else { "none".to_owned() },
            100.0 * real(others) / real(rest.max(1)),
        );
    }
}
