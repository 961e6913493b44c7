//! The indicators over three published tables, about which nothing is asserted: what such numbers look like.
//!
//! `HAKIKI_SHARED=… cargo run --release -p hakiki-audit --example comparison`. The table of `docs/reference/forensics.md` comes from here.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{column, table, unpacked};
use csv::StringRecord;
use hakiki_audit::forensics::adjusted::benjamini_hochberg;
use hakiki_audit::forensics::digits::{LEAST_COUNT, digit_pairs, last_digits, second_digits};
use hakiki_audit::forensics::exchanged::exchanged;
use hakiki_audit::forensics::fingerprint::{correlation, points};
use hakiki_audit::forensics::integer_percentages::{Station, peaks};
use hakiki_audit::forensics::klimek;
use hakiki_audit::forensics::late_within::{Placed, within};
use hakiki_audit::forensics::neighbours::{homogeneity, robust_distances};
use hakiki_audit::forensics::spikes::{Counted, Mixture, RESAMPLES, resample};
use hakiki_audit::forensics::votes_by_turnout::VotesByTurnout;
use hakiki_audit::numeric::real;
use std::collections::{BTreeMap, BTreeSet};

const SEED: u64 = 20_220_809;

/// One row of a table; `registered` is 0 where the table has none.
struct Row {
    area: String,
    centre: String,
    registered: u64,
    cast: u64,
    valid: u64,
    /// The first two candidates of the table.
    votes: [u64; 2],
}

fn whole(text: &str) -> u64 {
    text.replace(',', "").trim().parse().unwrap_or(0)
}

fn rows(path: &str, read: impl Fn(&StringRecord, &StringRecord) -> Row) -> Option<Vec<Row>> {
    let bytes = unpacked(path)?;
    let (header, rows) = table(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes));
    Some(rows.iter().map(|row| read(&header, row)).collect())
}

fn main() {
    println!("seed {SEED}; p values adjusted over stations or centres where there are several");
    if let Some(rows) = rows("data/chile-2021/mesas-presidente-2021.csv.xz", chile) {
        show("Chile 2021, first and second of the table", &rows);
    }
    if let Some(rows) = rows("data/uganda-2016/election-results.csv.xz", uganda) {
        show("Uganda 2016, Museveni and Besigye", &rows);
    }
    if let Some(rows) = rows("data/bolivia-2019/computo-final-20191025.csv.xz", bolivia) {
        show("Bolivia 2019, MAS and CC", &rows);
        late_bolivia(&rows);
    }
}

fn chile(header: &StringRecord, row: &StringRecord) -> Row {
    let at = |name: &str| whole(&row[column(header, name)]);
    let votes: Vec<u64> = (1..=7).map(|place| at(&format!("C{place}"))).collect();
    let area = row[column(header, "ELECTORAL.DISTRICT")].to_owned();
    let valid = votes.iter().sum();
    let cast = valid + at("BLANK.VOTES") + at("NULL.VOTES");
    Row { area, centre: String::new(), registered: 0, cast, valid, votes: [votes[0], votes[1]] }
}

fn uganda(header: &StringRecord, row: &StringRecord) -> Row {
    let place = |start: &str| header.iter().position(|name| name.starts_with(start)).unwrap();
    let at = |start: &str| whole(&row[place(start)]);
    Row {
        area: row[place("CONSTITUENCY")].to_owned(),
        centre: String::new(),
        registered: at("REG VOTERS"),
        cast: at("TOTAL VOTES"),
        valid: at("VALID VOTES"),
        votes: [at("YOWERI"), at("KIZZA")],
    }
}

fn bolivia(header: &StringRecord, row: &StringRecord) -> Row {
    let at = |name: &str| whole(&row[column(header, name)]);
    let parties = ["CC", "FPV", "MTS", "UCS", "MAS - IPSP", "21F", "PDC", "MNR", "PAN-BOL"];
    let valid = parties.iter().map(|party| at(party)).sum();
    let text = |name: &str| row[column(header, name)].to_owned();
    let area = format!("{}/{}/{}", text("País"), text("Departamento"), text("Municipio"));
    Row {
        centre: format!("{area}/{}/{}", text("Localidad"), text("Recinto")),
        area,
        registered: at("Inscritos"),
        cast: valid + at("Blancos") + at("Nulos"),
        valid,
        votes: [at("MAS - IPSP"), at("CC")],
    }
}

fn show(name: &str, rows: &[Row]) {
    println!("\n{name}: {} stations", rows.len());
    for (side, who) in ["first", "second"].iter().enumerate() {
        let votes: Vec<u64> = rows.iter().map(|row| row.votes[side]).collect();
        let (last, second) = (last_digits(&votes, LEAST_COUNT), second_digits(&votes));
        let pairs = digit_pairs(&votes, LEAST_COUNT);
        println!(
            "  {who}: last digits n {} X2 {:.1} p {:.2e}; pairs few repeats p {:.2e}, many neighbours p {:.2e}; second digits X2 {:.0}",
            last.sample(),
            last.chi_square,
            last.p,
            pairs.p_few_repeated,
            pairs.p_many_adjacent,
            second.chi_square
        );
    }
    areas(rows);
    if rows.iter().any(|row| row.registered > 0) {
        turnouts(rows);
    }
}

/// What looks at areas and centres.
fn areas(rows: &[Row]) {
    let mut areas: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    let mut centres: BTreeMap<&str, Vec<Vec<u64>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.valid > 0) {
        areas.entry(&row.area).or_default().push(row);
        if !row.centre.is_empty() {
            centres.entry(&row.centre).or_default().push(row.votes.to_vec());
        }
    }
    let (mut far, mut looked, mut p_values) = (0, 0, Vec::new());
    for area in areas.values() {
        let shares: Vec<f64> = area.iter().map(|row| real(row.votes[0]) / real(row.valid)).collect();
        if let Some(found) = robust_distances(&shares).filter(|found| found.distances.len() >= 20) {
            looked += found.distances.len();
            far += found.distances.iter().filter(|distance| distance.abs() > 3.5).count();
        }
        let votes: Vec<[u64; 2]> = area.iter().map(|row| row.votes).collect();
        p_values.extend(exchanged(&votes).into_iter().flatten().map(|found| found.p));
    }
    println!(
        "  neighbours: {far} of {looked} beyond 3.5 deviations ({:.2} %)",
        100.0 * real(far as u64) / real(looked as u64)
    );
    let named = benjamini_hochberg(&p_values).iter().filter(|p| **p <= 0.05).count();
    println!("  exchanged: {named} of {} stations with adjusted p at most 5 %", p_values.len());
    let p_values: Vec<f64> =
        centres.values().filter_map(|rooms| homogeneity(rooms)).map(|found| found.p).collect();
    if !p_values.is_empty() {
        let small = p_values.iter().filter(|p| **p <= 0.05).count();
        println!("  rooms: {small} of {} centres with p at most 5 %, not adjusted", p_values.len());
    }
}

/// What needs registered voters.
fn turnouts(rows: &[Row]) {
    let station = |row: &Row| Station {
        registered: row.registered,
        given: row.cast,
        received: row.cast,
        leader: row.votes[0],
    };
    let stations: Vec<Station> = rows.iter().map(station).collect();
    let found = peaks(&stations);
    for (name, excess) in [("turnout", found.turnout), ("leader", found.leader), ("either", found.either)] {
        println!(
            "  whole percentages, {name}: {} of {}, expected {:.1}, {:+.2} deviations",
            excess.observed,
            found.stations,
            excess.expected,
            excess.distance()
        );
    }
    println!("  turnout and share go together: {:.3}", correlation(&points(&stations)).unwrap_or(0.0));
    if let Some(surplus) = VotesByTurnout::of(&stations).surplus() {
        let all: u64 = stations.iter().map(|station| station.leader).sum();
        println!(
            "  votes by turnout: mode {}, surplus {:.1} % of the first's votes",
            surplus.mode,
            100.0 * surplus.votes / real(all)
        );
    }
    if let Some(estimate) = klimek::estimate(&stations) {
        let fit = klimek::fit(&stations, &estimate, SEED);
        println!(
            "  Klimek: peak {:.3}/{:.3}, f_i {:.2}, f_e {:.3}, exponent {:.1}",
            estimate.turnout, estimate.share, fit.incremental, fit.extreme, fit.exponent
        );
    }
    let counted: Vec<Counted> = rows
        .iter()
        .map(|row| Counted { registered: row.registered, voted: row.valid, votes: row.votes[0] })
        .filter(Counted::is_included)
        .collect();
    let pairs = |of: &dyn Fn(&Counted) -> (u64, u64)| counted.iter().map(of).collect::<Vec<_>>();
    let turnout = Mixture::chosen(&pairs(&|station| (station.voted, station.registered)), 5).unwrap();
    let votes = Mixture::chosen(&pairs(&|station| (station.votes, station.voted)), 8).unwrap();
    let found = resample(&counted, &turnout, &votes, RESAMPLES, SEED).unwrap();
    let at: Vec<u32> = found.spikes.iter().map(|spike| spike.thousandths).collect();
    println!(
        "  spikes: F {:.3} %, {} and {} kinds, at {at:?}",
        found.excess_percent,
        turnout.len(),
        votes.len()
    );
}

/// Stations that were not in the first publication against those that were, in each municipality.
fn late_bolivia(rows: &[Row]) {
    let Some(bytes) = unpacked("data/bolivia-2019/trep-20191020T194057.csv.xz") else { return };
    let number = |row: &StringRecord| row[0].to_owned();
    let (_, first) = table(&bytes);
    let early: BTreeSet<String> = first.iter().map(number).collect();
    let (_, all) = table(&unpacked("data/bolivia-2019/computo-final-20191025.csv.xz").unwrap());
    let mut strata: BTreeMap<&str, u64> = BTreeMap::new();
    let placed: Vec<Placed> = rows
        .iter()
        .zip(all.iter())
        .map(|(row, text)| {
            let next = strata.len() as u64;
            let stratum = *strata.entry(&row.area).or_insert(next);
            Placed { stratum, is_late: !early.contains(&text[0]), votes: row.votes[0], valid: row.valid }
        })
        .collect();
    let share = |late: bool| {
        let of = || placed.iter().filter(|row| row.is_late == late);
        real(of().map(|row| row.votes).sum()) / real(of().map(|row| row.valid).sum())
    };
    let found = within(&placed, 9_999, SEED).unwrap();
    println!(
        "  late: all {:.4} against {:.4}; within {} municipalities {:+.4}, p {:.4}, {} late of {}",
        share(true),
        share(false),
        found.strata,
        found.shift,
        found.p,
        found.late,
        found.late + found.others
    );
}
