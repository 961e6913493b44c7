//! The shape of `MAP.toml`: what a person writes to say what a table's columns mean.
//!
//! Each key is explained in `docs/guides/mapping.md`. Reading and checking one is in `mapping_check`; `plan` lays
//! it upon a table's header.

use super::expression::{Columns, Expression};
use super::source::Encoding;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A whole mapping.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the guide explains each key, and its name is the key")]
pub struct Mapping {
    pub title: String,
    pub country: String,
    pub date: String,
    pub licence: String,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub station_repeats: Repeats,
    /// What stands between the parts of a code.
    #[serde(default = "full_stop")]
    pub join: String,
    #[serde(default)]
    pub ignore: Vec<String>,
    pub source: Source,
    #[serde(default)]
    pub file: FileShape,
    #[serde(default)]
    pub cells: Cells,
    pub contest: Option<Contest>,
    #[serde(default)]
    pub split: Vec<Split>,
    #[serde(default)]
    pub area: Vec<Level>,
    pub station: Option<Station>,
    #[serde(default)]
    pub candidate: Vec<Candidate>,
    #[serde(default)]
    pub form: Form,
    #[serde(default)]
    pub check: Vec<Check>,
    pub tree: Option<Tree>,
    pub claim: Option<ClaimShape>,
}

/// What a table's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One form of one station.
    #[default]
    Results,
    /// One area or station, with its parent's id: a register without results.
    Tree,
}

/// Whether a station may stand in several rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Repeats {
    /// A second row for a station is an error.
    #[default]
    Refuse,
    /// Each row is a transcript of its own; whether their boxes agree is for the ledger.
    Allow,
}

/// Where the table comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Source {
    pub description: String,
    pub url: Option<String>,
}

/// How the file is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct FileShape {
    pub encoding: String,
    pub delimiter: String,
    pub quote: String,
}

impl Default for FileShape {
    fn default() -> Self {
        Self { encoding: "utf-8".to_owned(), delimiter: ",".to_owned(), quote: "\"".to_owned() }
    }
}

impl FileShape {
    /// The encoding, if it is known.
    pub fn known_encoding(&self) -> Option<Encoding> {
        match self.encoding.as_str() {
            "utf-8" => Some(Encoding::Utf8),
            "latin-1" => Some(Encoding::Latin1),
            _ => None,
        }
    }

    /// The delimiter, if it is one of those allowed.
    pub fn known_delimiter(&self) -> Option<u8> {
        match self.delimiter.as_str() {
            "tab" => Some(b'\t'),
            "," | ";" | "|" | "\t" => self.delimiter.bytes().next(),
            _ => None,
        }
    }

    /// Whether cells may be quoted; `None` if the mapping says something unknown.
    pub fn quoted(&self) -> Option<bool> {
        match self.quote.as_str() {
            "\"" => Some(true),
            "none" => Some(false),
            _ => None,
        }
    }
}

/// How counts are written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Cells {
    pub blank: BlankPolicy,
    pub dash: Vec<String>,
    pub illegible: Vec<String>,
    pub thousands: Option<String>,
}

/// What a blank cell where a count should be means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlankPolicy {
    /// An error.
    #[default]
    Refuse,
    /// A box left blank on the form.
    Blank,
}

/// The contest that the counts are of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Contest {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub rule: RuleName,
    pub spread: Option<Spread>,
    pub cap: Option<u64>,
}

/// The word for a decision rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in `Rule`")]
pub enum RuleName {
    #[default]
    None,
    Plurality,
    Majority,
    MajorityWithSpread,
}

/// The spread of `majority-with-spread`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Spread {
    pub level: String,
    pub share: String,
    pub at_least: u64,
}

/// A column that is cut into named pieces, which are columns from then on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Split {
    pub column: String,
    pub pattern: String,
}

/// A level of areas; the first in the mapping is the widest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Level {
    pub level: String,
    pub code: Option<Columns>,
    pub name: Option<Columns>,
    #[serde(default)]
    pub optional: bool,
    #[serde(default)]
    pub names: BTreeMap<String, String>,
}

/// The station of a row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Station {
    pub code: Option<Columns>,
    #[serde(default)]
    pub code_within_area: bool,
    pub name: Option<Columns>,
    pub registered: Option<Columns>,
    #[serde(default)]
    pub registered_unknown: Vec<String>,
}

/// One candidate's boxes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Candidate {
    pub column: Columns,
    pub name: String,
    pub party: Option<String>,
}

/// The other boxes of the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Form {
    pub valid: Option<Expression>,
    pub rejected: Option<Columns>,
    pub registered: Option<Columns>,
    pub serial: Option<Columns>,
    pub time: Option<Time>,
}

/// The time that the table gives for a form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Time {
    pub column: Columns,
    pub format: String,
    pub zone: String,
    pub clock: String,
}

/// A column that is not imported, but compared with the sum of others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Check {
    pub column: String,
    pub sum: Vec<String>,
}

/// What more is to be said of a table that is compared and not imported.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the guide explains each key, and its name is the key")]
pub struct ClaimShape {
    /// The level of areas that the rows are of, where they are not stations.
    pub rows: Option<String>,
    pub by_name: bool,
    pub code_width: Option<usize>,
    pub also: Vec<String>,
    pub only: Option<CellIs>,
    pub line: Vec<ClaimLine>,
    pub share: Vec<ClaimShare>,
}

/// A cell that says which rows are meant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct CellIs {
    pub column: String,
    pub is: String,
}

/// A row that is the table's own total.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct ClaimLine {
    pub column: String,
    pub is: String,
    pub name: String,
}

/// A column of printed percentages; without a candidate, of turnout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct ClaimShare {
    pub column: String,
    pub candidate: Option<String>,
}

/// The columns of a table of kind `tree`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Tree {
    pub id: String,
    pub parent: String,
    /// What stands in `parent` at the top.
    pub root: String,
    pub level_column: String,
    pub name: String,
    pub station_level: String,
    pub station_code: String,
    pub registered: Option<String>,
    pub registered_from: Option<Companion>,
    pub level: Vec<TreeLevel>,
}

/// A level of a tree; the first in the mapping is the widest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct TreeLevel {
    pub value: String,
    pub level: String,
}

/// A second table that gives registered voters for a tree's areas.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the name is the key")]
pub struct Companion {
    pub file: String,
    pub id: String,
    pub registered: String,
    #[serde(default)]
    pub ignore: Vec<String>,
}

fn full_stop() -> String {
    ".".to_owned()
}
