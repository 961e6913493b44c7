//! What the tests of this crate share: vectors and tables made by others, comparison of numbers, chance from a seed.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod country;
pub mod numbers;
pub mod simulation;

use serde_json::Value;
use std::io::{BufReader, Cursor};
use std::path::PathBuf;

/// A file made by others, or nothing (with a notice) where it is not at hand; with `HAKIKI_REQUIRE_SHARED=1` that fails.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let file = std::env::var_os("HAKIKI_SHARED").map_or_else(beside, PathBuf::from).join(path);
    if file.exists() {
        return Some(file);
    }
    let required = std::env::var("HAKIKI_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(!required, "{path} is not here, and HAKIKI_REQUIRE_SHARED is set");
    eprintln!("skipped: {path} is not here; set HAKIKI_SHARED to the folder that holds it");
    None
}

/// One file of vectors.
pub fn vectors(name: &str) -> Option<Value> {
    let file = shared(&format!("vectors/audit/{name}.json"))?;
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

/// The bytes of an xz file.
pub fn unpacked(path: &str) -> Option<Vec<u8>> {
    let packed = std::fs::read(shared(path)?).unwrap();
    let mut bytes = Vec::new();
    lzma_rs::xz_decompress(&mut BufReader::new(Cursor::new(packed)), &mut bytes).unwrap();
    Some(bytes)
}

/// The rows of a table, and the place of a column.
pub fn table(bytes: &[u8]) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().unwrap().clone();
    (header, reader.records().map(Result::unwrap).collect())
}

/// The place of a column.
pub fn column(header: &csv::StringRecord, name: &str) -> usize {
    header
        .iter()
        .position(|column| column == name)
        .unwrap_or_else(|| panic!("no column {name} in {header:?}"))
}

/// A number of a vector, also one written as text.
pub fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| value.as_str().unwrap_or_else(|| panic!("{value} is no number")).parse().unwrap())
}

/// A whole number of a vector, also one written as text.
pub fn whole(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| value.as_str().unwrap_or_else(|| panic!("{value} is no number")).parse().unwrap())
}

/// The items of a list.
pub fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// That two numbers agree to a billionth.
#[track_caller]
pub fn close(found: f64, expected: f64, what: &str) {
    near(found, expected, 1e-9, what);
}

/// That two numbers agree to a relative tolerance (absolute below 1).
#[track_caller]
pub fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    let distance = (found - expected).abs();
    let scale = if expected.abs() > 1e-12 { expected.abs() } else { 1.0 };
    assert!(distance <= tolerance * scale, "{what}: found {found}, expected {expected}");
}
