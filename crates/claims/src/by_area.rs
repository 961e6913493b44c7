//! A comparison by the areas that its rows lie in: for a map, and for the table that says the same.
//!
//! Every area of a level is there, also those in which nothing is compared: a map without them would be another country.

use crate::compare::{Comparison, Counts, RowCompared};
use crate::set::{Area, Rows, area_above};
use std::collections::BTreeMap;

/// Rows of a comparison within one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaCompared {
    /// Its name.
    pub name: String,
    /// How many rows have each verdict, over all boxes.
    pub counts: Counts,
    /// By pair of columns: the claim's numbers less the reference's, over the rows that have both; none where no row has.
    pub differences: Vec<Option<i128>>,
}

/// Rows of a comparison by the areas of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByArea {
    /// The level.
    pub level: String,
    /// Its areas by code.
    pub areas: BTreeMap<String, AreaCompared>,
    /// Rows that lie in none of them.
    pub outside: Counts,
}

/// The levels of areas with how many areas each has, the fewest first.
pub fn levels(areas: &BTreeMap<String, Area>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for area in areas.values() {
        *counts.entry(&area.level).or_default() += 1;
    }
    let mut levels: Vec<_> = counts.into_iter().map(|(level, count)| (level.to_owned(), count)).collect();
    levels.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    levels
}

/// The rows of a comparison by the areas of a level. None where no rows are compared.
pub fn by_area(comparison: &Comparison, areas: &BTreeMap<String, Area>, level: &str) -> Option<ByArea> {
    let at = comparison.at.as_ref().ok()?;
    let of_level = areas.iter().filter(|(_, area)| area.level == level);
    let empty = |area: &Area| AreaCompared {
        name: area.name.clone(),
        counts: Counts::default(),
        differences: vec![None; comparison.pairs.len()],
    };
    let mut found: BTreeMap<String, AreaCompared> =
        of_level.map(|(code, area)| (code.clone(), empty(area))).collect();
    let mut outside = Counts::default();
    let starts = Starts::new(at, areas);
    for (code, row) in &comparison.rows {
        let area = starts.of(code, row).and_then(|start| area_above(areas, start, level));
        match area.and_then(|area| found.get_mut(area)) {
            Some(area) => area.take(row),
            None => outside.count(row.all),
        }
    }
    Some(ByArea { level: level.to_owned(), areas: found, outside })
}

impl AreaCompared {
    fn take(&mut self, row: &RowCompared) {
        self.counts.count(row.all);
        for (sum, both) in self.differences.iter_mut().zip(&row.figures) {
            if let Some(difference) = both.difference() {
                *sum = Some(sum.unwrap_or(0) + difference);
            }
        }
    }
}

/// Where a row lies: a station in its area; an area in itself, known by its code or, where rows are matched by names, by its name.
struct Starts<'a> {
    areas: &'a BTreeMap<String, Area>,
    rows: &'a Rows,
    by_name: BTreeMap<String, &'a str>,
}

impl<'a> Starts<'a> {
    fn new(rows: &'a Rows, areas: &'a BTreeMap<String, Area>) -> Self {
        let of_rows =
            areas.iter().filter(|(_, area)| matches!(rows, Rows::Areas(level) if area.level == *level));
        let by_name = of_rows.map(|(code, area)| (area.name.trim().to_uppercase(), code.as_str())).collect();
        Self { areas, rows, by_name }
    }

    fn of<'s>(&'s self, code: &'s str, row: &'s RowCompared) -> Option<&'s str> {
        let itself = || {
            let Rows::Areas(level) = self.rows else { return None };
            if self.areas.get(code).is_some_and(|area| area.level == *level) {
                return Some(code);
            }
            self.by_name.get(code).copied()
        };
        itself().or(row.area.as_deref())
    }
}
