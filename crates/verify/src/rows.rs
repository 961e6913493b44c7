//! Two tables of results, row by row: the results text, a report in JSON, or a table with commas. A row is what a reader
//! would call one: an object with its plain members, a line of an area with its numbers.
//!
//! What names the auditor and not the election (program, source, timings) is no row.

use serde_json::Value;
use std::collections::BTreeMap;

/// First line of a results text.
const RESULTS_HEADER: &str = "hakiki/results@v1";
/// Members of a report that say who made it, and how fast.
const ABOUT_THE_MAKER: &[&str] = &["program", "source", "timings"];
/// The check that says no more than which program made the report.
const OWN_CHECK: &str = "V16";

/// The rows of a text: each a name, and values by name, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    rows: Vec<(String, Vec<(String, String)>)>,
}

/// The values of each row.
type ByName<'a> = BTreeMap<String, &'a [(String, String)]>;

/// A row that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// Its name.
    pub row: String,
    /// Where the values part: name, value in the first, value in the second. Empty where a whole row is in one only.
    pub values: Vec<(String, Option<String>, Option<String>)>,
    /// Whether the first has the row.
    pub in_first: bool,
    /// Whether the second has it.
    pub in_second: bool,
}

/// Why a text has no rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// Not UTF-8.
    #[error("it is no text")]
    NoText,
    /// It begins as JSON and is none.
    #[error("it is no JSON: {0}")]
    Json(String),
    /// No table with commas.
    #[error("it is no table: {0}")]
    Table(String),
}

impl Rows {
    /// The rows of a text, whose kind is known by how it begins.
    pub fn parse(bytes: &[u8]) -> Result<Self, RowsError> {
        let text = std::str::from_utf8(bytes).map_err(|_| RowsError::NoText)?;
        if text.trim_start().starts_with(['{', '[']) {
            let value = serde_json::from_str(text).map_err(|error| RowsError::Json(error.to_string()))?;
            Ok(Self::of_json(&value))
        } else if text.lines().next() == Some(RESULTS_HEADER) {
            Ok(Self::of_results(text))
        } else {
            Self::of_table(text)
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows of name and value pairs, one value a row.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut rows = Self::default();
        for (name, value) in pairs {
            rows.add(name, vec![(String::new(), value)]);
        }
        rows
    }

    fn add(&mut self, row: String, values: Vec<(String, String)>) {
        self.rows.push((row, values));
    }

    /// The lines of a results text, each under its contest and area.
    fn of_results(text: &str) -> Self {
        let mut rows = Self::default();
        let (mut contest, mut area) = (String::new(), String::new());
        for line in text.lines().skip(1) {
            let words: Vec<&str> = line.split(' ').collect();
            let value =
                |name: &str, at: usize| words.get(at).map(|word| (name.to_owned(), (*word).to_owned()));
            let values = |names: &[&str], from: usize| -> Vec<(String, String)> {
                names.iter().enumerate().filter_map(|(at, name)| value(name, from + at)).collect()
            };
            match words[0] {
                "contest" => {
                    line.clone_into(&mut contest);
                    rows.add(contest.clone(), Vec::new());
                }
                "area" => {
                    area = format!("{contest}, area {}", words.get(1).unwrap_or(&""));
                    let names = ["expected", "missing", "standing", "contested", "disregarded", "registered"];
                    rows.add(area.clone(), values(&names, 2));
                }
                "votes" => {
                    let row = format!("{area}, votes {}", words.get(1).unwrap_or(&""));
                    rows.add(row, values(&["total", "least", "most"], 2));
                }
                "box" => {
                    let row = format!("{area}, box {}", words.get(1).unwrap_or(&""));
                    rows.add(row, values(&["total", "written", "unread"], 2));
                }
                name => {
                    let rest = line.strip_prefix(name).unwrap_or_default().trim_start();
                    rows.add(name.to_owned(), vec![(String::new(), rest.to_owned())]);
                }
            }
        }
        rows
    }

    fn of_json(value: &Value) -> Self {
        let mut rows = Self::default();
        rows.walk(String::new(), value);
        rows
    }

    /// An object is a row of its plain members; what is deeper are rows of their own.
    fn walk(&mut self, path: String, value: &Value) {
        match value {
            Value::Object(members) => {
                let is_own = |name: &str| path.is_empty() && ABOUT_THE_MAKER.contains(&name);
                let kept = || members.iter().filter(|(name, _)| !is_own(name));
                let plain = kept().filter_map(|(name, value)| Some((name.clone(), plain_of(value)?)));
                let row = if path.is_empty() { "report".to_owned() } else { path.clone() };
                self.add(row, plain.collect());
                for (name, value) in kept().filter(|(_, value)| plain_of(value).is_none()) {
                    let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.walk(below, value);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let name = name_of(item).unwrap_or_else(|| at.to_string());
                    if name != OWN_CHECK {
                        self.walk(format!("{path}[{name}]"), item);
                    }
                }
            }
            plain => {
                let value = plain_of(plain).unwrap_or_default();
                self.add(path, vec![(String::new(), value)]);
            }
        }
    }

    /// A table with commas and a line of names. A row is named by as few of its first columns as name each row once.
    fn of_table(text: &str) -> Result<Self, RowsError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let bad = |error: csv::Error| RowsError::Table(error.to_string());
        let names: Vec<String> = reader.headers().map_err(bad)?.iter().map(str::to_owned).collect();
        let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().map_err(bad)?;
        let key = |record: &csv::StringRecord, columns: usize| {
            record.iter().take(columns).collect::<Vec<_>>().join(", ")
        };
        let names_each = |columns: &usize| {
            let mut keys: Vec<String> = records.iter().map(|record| key(record, *columns)).collect();
            keys.sort_unstable();
            keys.windows(2).all(|pair| pair[0] != pair[1])
        };
        let columns = (1..names.len().max(2)).find(names_each).unwrap_or(names.len());
        let mut rows = Self::default();
        for record in &records {
            let values = record.iter().enumerate().skip(columns).map(|(at, value)| {
                (names.get(at).cloned().unwrap_or_else(|| (at + 1).to_string()), value.to_owned())
            });
            rows.add(key(record, columns), values.collect());
        }
        Ok(rows)
    }

    /// By name, the second of a name as `name (2)`.
    fn by_name(&self) -> (Vec<String>, ByName<'_>) {
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        let (mut order, mut by_name) = (Vec::new(), BTreeMap::new());
        for (row, values) in &self.rows {
            let count = seen.entry(row).or_default();
            *count += 1;
            let name = if *count == 1 { row.clone() } else { format!("{row} ({count})") };
            order.push(name.clone());
            by_name.insert(name, &values[..]);
        }
        (order, by_name)
    }
}

/// What an item of a list is called: by its code, number or name, with its area where it has one.
fn name_of(item: &Value) -> Option<String> {
    let named =
        ["code", "number", "station", "id", "name"].iter().find_map(|name| plain_of(item.get(name)?))?;
    let area = item.get("area").and_then(plain_of).filter(|area| area != "null");
    Some(area.map_or_else(|| named.clone(), |area| format!("{area}/{named}")))
}

/// A value that has nothing below it: a word, a number, nothing, or a list of such.
fn plain_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            let all: Vec<String> = items.iter().filter_map(plain_of).collect();
            Some(format!("[{}]", all.join(", ")))
        }
        Value::Object(_) | Value::Array(_) => None,
        other => Some(other.to_string()),
    }
}

/// Every row that is not the same in both: those of the first in its order, then those that only the second has.
pub fn part(first: &Rows, second: &Rows) -> Vec<Parted> {
    let ((order, ours), (their_order, theirs)) = (first.by_name(), second.by_name());
    let mut parted = Vec::new();
    for row in order {
        let mine = ours[&row];
        let Some(other) = theirs.get(&row) else {
            parted.push(Parted { row, values: Vec::new(), in_first: true, in_second: false });
            continue;
        };
        let values = part_values(mine, other);
        if !values.is_empty() {
            parted.push(Parted { row, values, in_first: true, in_second: true });
        }
    }
    let only_second = their_order.into_iter().filter(|row| !ours.contains_key(row));
    parted.extend(only_second.map(|row| Parted {
        row,
        values: Vec::new(),
        in_first: false,
        in_second: true,
    }));
    parted
}

fn part_values(
    first: &[(String, String)],
    second: &[(String, String)],
) -> Vec<(String, Option<String>, Option<String>)> {
    let find = |values: &[(String, String)], name: &str| {
        values.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    };
    let mut parted = Vec::new();
    for (name, value) in first {
        let other = find(second, name);
        if other.as_ref() != Some(value) {
            parted.push((name.clone(), Some(value.clone()), other));
        }
    }
    for (name, value) in second.iter().filter(|(name, _)| find(first, name).is_none()) {
        parted.push((name.clone(), None, Some(value.clone())));
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(a: &str, b: &str) -> Vec<String> {
        let rows = |text: &str| Rows::parse(text.as_bytes()).unwrap();
        part(&rows(a), &rows(b)).into_iter().map(|parted| parted.row).collect()
    }

    #[test]
    fn results_part_by_area_and_number() {
        let a = "hakiki/results@v1\nelection x\nsize 9\ncontest p\narea 1 2 0 2 0 0 90\nvotes 1 50 50 50\n\
                 votes 2 9 9 9\nbox valid 59 2 0\narea 2 1 1 0 0 0 40\nvotes 1 3 3 3\n";
        assert_eq!(parted(a, a), [""; 0]);
        let b = a.replacen("votes 1 50", "votes 1 51", 1).replacen("votes 1 3 3 3\n", "", 1);
        assert_eq!(parted(a, &b), ["contest p, area 1, votes 1", "contest p, area 2, votes 1"]);
    }

    #[test]
    fn reports_part_by_row_and_not_by_who_made_them() {
        let a = r#"{"program":{"name":"a"},"source":"x","timings":{"total_ms":1},"title":"T",
            "checks":[{"code":"V04","status":"passed"},{"code":"V16","detail":"a"}],
            "contests":[{"code":"p","valid":5,"candidates":[{"area":null,"number":1,"votes":3,"least":3},
            {"area":null,"number":2,"votes":2,"least":2}]}],"findings":{"F101":2}}"#;
        let b = a.replace("\"name\":\"a\"", "\"name\":\"b\"").replace("\"detail\":\"a\"", "\"detail\":\"b\"");
        assert_eq!(parted(a, &b), [""; 0]);
        let b = b.replace("\"votes\":2,\"least\":2", "\"votes\":3,\"least\":3");
        let b = b.replace("\"passed\"", "\"failed\"").replace("\"F101\":2", "\"F101\":1");
        assert_eq!(parted(a, &b), ["checks[V04]", "contests[p].candidates[2]", "findings"]);
    }

    #[test]
    fn tables_part_by_what_names_a_row() {
        let a = "station,contest,votes\nS1,p,4\nS1,g,5\nS2,p,6\nS3,p,7\n";
        let b = "station,contest,votes\nS3,p,7\nS1,p,4\nS1,g,9\nS4,p,1\n";
        assert_eq!(parted(a, b), ["S1, g", "S2, p", "S4, p"]);
        assert_eq!(Rows::parse(&[0xff]), Err(RowsError::NoText));
        assert!(matches!(Rows::parse(b"{"), Err(RowsError::Json(_))));
    }
}
