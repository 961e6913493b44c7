//! Stations of four Russian elections as published, read once: unpacking takes longer than all that is tested on them.
#![allow(dead_code, reason = "each test file uses a part")]

use crate::common::{table, unpacked};
use hakiki_audit::forensics::integer_percentages::Station;
use hakiki_audit::numeric::whole_below;
use std::sync::OnceLock;

/// The years, and how the leader's column is called.
pub const YEARS: [(u64, &str); 4] =
    [(2007, "ЕДИНАЯ РОССИЯ"), (2011, "ЕДИНАЯ РОССИЯ"), (2012, "Путин"), (2018, "Путин")];

/// Stations of one year.
pub fn stations(year: u64, leader: &str) -> Option<&'static [Station]> {
    static READ: [OnceLock<Option<Vec<Station>>>; 4] = [const { OnceLock::new() }; 4];
    let place = YEARS.iter().position(|(known, _)| *known == year).unwrap();
    READ[place].get_or_init(|| read(year, leader)).as_deref()
}

/// Stations of one year, with columns found by how they begin and end.
fn read(year: u64, leader: &str) -> Option<Vec<Station>> {
    let bytes = unpacked(&format!("data/russia/{year}.csv.xz"))?;
    let (header, rows) = table(&bytes);
    let places = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
        header.iter().enumerate().filter(|(_, name)| test(name)).map(|(place, _)| place).collect()
    };
    let registered = places(&|name| name.starts_with("Число избирателей, ") && name.contains("спис"));
    let given = places(&|name| name.starts_with("Число избирательных бюллетеней, выданных"));
    let received = places(&|name| name.contains("бюллетеней в ") && name.contains("ящиках"));
    let leader = places(&|name| name.contains(leader));
    assert_eq!((registered.len(), given.len(), received.len(), leader.len()), (1, 3, 2, 1), "{header:?}");
    let sum = |row: &csv::StringRecord, places: &[usize]| -> u64 {
        places.iter().map(|place| row[*place].parse::<f64>().map_or(0, whole_below)).sum()
    };
    let station = |row: &csv::StringRecord| Station {
        registered: sum(row, &registered),
        given: sum(row, &given),
        received: sum(row, &received),
        leader: sum(row, &leader),
    };
    Some(rows.iter().map(station).collect())
}
