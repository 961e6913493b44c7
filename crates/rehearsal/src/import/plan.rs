//! A mapping laid upon a table's header: every name has become a column's number, and every column has a use.

use super::error::{Fault, ImportError, Place, Problems};
use super::expression::{Columns, Expression};
use super::mapping::Mapping;
use super::names;
use super::output::Field;
use super::pattern::Pattern;
use super::table::{Table, TableRow};
use std::collections::BTreeSet;

/// Where every value of a row stands.
#[derive(Debug)]
pub struct Plan {
    /// The columns' names: those of the header, then the pieces of each split.
    pub columns: Vec<String>,
    splits: Vec<(usize, Pattern)>,
    /// The levels of areas, in the mapping's order.
    pub levels: Vec<LevelPlan>,
    /// The columns of the station's code; none if codes are to be made.
    pub station_code: Option<Vec<usize>>,
    /// The columns of the station's name.
    pub station_name: Option<Vec<usize>>,
    /// The columns of the register's voters.
    pub station_registered: Option<Vec<usize>>,
    /// The columns of each candidate.
    pub candidates: Vec<Vec<usize>>,
    /// The columns of valid votes, or that they are derived.
    pub valid: Option<ValidPlan>,
    /// The columns of rejected votes.
    pub rejected: Option<Vec<usize>>,
    /// The columns of voters as the form states them.
    pub registered: Option<Vec<usize>>,
    /// The columns of the serial.
    pub serial: Option<Vec<usize>>,
    /// The columns of the time.
    pub time: Option<Vec<usize>>,
    /// Each compared column with those that it is compared with.
    pub checks: Vec<(usize, Vec<usize>)>,
    /// What is summed rather than read.
    pub derived: BTreeSet<Field>,
    /// Where the parts of a claim stand.
    pub claim: ClaimPlan,
}

/// The columns of a claim's own parts, in the mapping's order.
#[derive(Debug, Default)]
pub struct ClaimPlan {
    /// Further counts.
    pub also: Vec<usize>,
    /// The column by which rows are chosen.
    pub only: Option<usize>,
    /// The columns by which total lines are told.
    pub lines: Vec<usize>,
    /// Percentages.
    pub shares: Vec<usize>,
}

/// One level.
#[derive(Debug)]
pub struct LevelPlan {
    /// The columns of its code; none if codes are to be made.
    pub code: Option<Vec<usize>>,
    /// The columns of its name.
    pub name: Option<Vec<usize>>,
}

/// Where valid votes stand.
#[derive(Debug)]
pub enum ValidPlan {
    /// In these columns.
    Columns(Vec<usize>),
    /// Nowhere: the sum of the candidates.
    Derived,
}

impl Plan {
    /// Lays `mapping` upon `table`. `mapping_name` is the mapping's file, for messages.
    ///
    /// # Errors
    /// I104, I121, I122.
    pub fn new(mapping_name: &str, mapping: &Mapping, table: &Table) -> Result<Self, ImportError> {
        let mut uses = Uses::new(mapping_name, table);
        let splits = uses.splits(mapping);
        let levels = mapping.area.iter().map(|level| LevelPlan {
            code: uses.texts(level.code.as_ref()),
            name: uses.texts(level.name.as_ref()),
        });
        let levels = levels.collect();
        let station = mapping.station.as_ref();
        let form = &mapping.form;
        let candidates = mapping.candidate.iter().zip(1..);
        let candidates = candidates.map(|(row, id)| uses.counts(Field::Votes(id), &row.column)).collect();
        let valid = form.valid.as_ref().map(|valid| match valid {
            Expression::Columns(columns) => ValidPlan::Columns(uses.counts(Field::Valid, columns)),
            Expression::Derived => ValidPlan::Derived,
        });
        if matches!(valid, Some(ValidPlan::Derived)) {
            uses.derived.insert(Field::Valid);
        }
        let mut counts =
            |field, columns: Option<&Columns>| columns.map(|columns| uses.counts(field, columns));
        let rejected = counts(Field::Rejected, form.rejected.as_ref());
        let registered = counts(Field::Registered, form.registered.as_ref());
        let station_registered =
            counts(Field::StationRegistered, station.and_then(|station| station.registered.as_ref()));
        let mut plan = Self {
            splits,
            levels,
            station_code: uses.texts(station.and_then(|station| station.code.as_ref())),
            station_name: uses.texts(station.and_then(|station| station.name.as_ref())),
            station_registered,
            candidates,
            valid,
            rejected,
            registered,
            serial: uses.texts(form.serial.as_ref()),
            time: uses.texts(form.time.as_ref().map(|time| &time.column)),
            checks: uses.checks(mapping),
            claim: uses.claim(mapping),
            columns: Vec::new(),
            derived: BTreeSet::new(),
        };
        uses.ignore(&mapping.ignore);
        (plan.columns, plan.derived) = uses.finish()?;
        Ok(plan)
    }

    /// The values of a row: its cells, then the pieces of each split.
    ///
    /// # Errors
    /// The column whose cell does not fit its pattern.
    pub fn values<'r>(&self, row: &'r TableRow) -> Result<Vec<&'r str>, (usize, Fault)> {
        let mut values: Vec<&str> = Vec::with_capacity(self.columns.len());
        values.extend(row.cells.iter());
        for (column, pattern) in &self.splits {
            let value = values[*column].trim();
            let pieces = pattern.split(value).ok_or_else(|| {
                (*column, Fault::NoMatch { value: value.to_owned(), pattern: pattern.text().to_owned() })
            })?;
            values.extend(pieces);
        }
        Ok(values)
    }
}

/// Finds columns by name and keeps account of which are used, and which are counted.
pub struct Uses<'t> {
    mapping_name: &'t str,
    table_name: &'t str,
    columns: Vec<String>,
    used: Vec<bool>,
    counted: Vec<bool>,
    derived: BTreeSet<Field>,
    problems: Problems,
}

impl<'t> Uses<'t> {
    /// Nothing is used yet.
    pub fn new(mapping_name: &'t str, table: &'t Table) -> Self {
        let unused = vec![false; table.header.len()];
        Self {
            mapping_name,
            table_name: &table.name,
            columns: table.header.clone(),
            used: unused.clone(),
            counted: unused,
            derived: BTreeSet::new(),
            problems: Problems::default(),
        }
    }

    /// The number of the column, which is used from now on. A name that is not there is a problem, and 0.
    pub fn column(&mut self, name: &str) -> usize {
        let wanted = names::tidy(name);
        if let Some(index) = self.columns.iter().position(|column| *column == wanted) {
            self.used[index] = true;
            return index;
        }
        let nearest = names::nearest(&wanted, self.columns.iter().map(String::as_str)).map(str::to_owned);
        let place = Place::file(self.mapping_name).column(name);
        self.problems.push(place, Fault::NoColumn { nearest, have: self.columns.clone() });
        0
    }

    /// Marks columns as known and unused on purpose.
    pub fn ignore(&mut self, ignored: &[String]) {
        for name in ignored {
            let before = self.used.clone();
            let index = self.column(name);
            if before[index] && before == self.used && self.columns[index] == names::tidy(name) {
                let advice = "it is ignored, and used too or ignored twice; keep one";
                self.found(Fault::Repeated { what: "column", name: name.clone(), advice });
            }
        }
    }

    /// The columns' names and the derived fields, if each column has a use and no problem was found.
    ///
    /// # Errors
    /// All problems.
    pub fn finish(mut self) -> Result<(Vec<String>, BTreeSet<Field>), ImportError> {
        for (name, _) in self.columns.iter().zip(&self.used).filter(|(_, used)| !**used) {
            let place = Place::file(self.table_name).column(name);
            self.problems.push(place, Fault::Unmapped(name.clone()));
        }
        self.problems.into_result()?;
        Ok((self.columns, self.derived))
    }

    fn found(&mut self, fault: Fault) {
        self.problems.push(Place::file(self.mapping_name), fault);
    }

    fn texts(&mut self, columns: Option<&Columns>) -> Option<Vec<usize>> {
        columns.map(|columns| columns.0.iter().map(|name| self.column(name)).collect())
    }

    fn counts(&mut self, field: Field, columns: &Columns) -> Vec<usize> {
        if columns.0.len() > 1 {
            self.derived.insert(field);
        }
        let mut indices = Vec::new();
        for name in &columns.0 {
            let index = self.column(name);
            if self.columns[index] == names::tidy(name) && std::mem::replace(&mut self.counted[index], true) {
                let advice = "its counts would be added twice; name it once";
                self.found(Fault::Repeated { what: "column", name: name.clone(), advice });
            }
            indices.push(index);
        }
        indices
    }

    fn splits(&mut self, mapping: &Mapping) -> Vec<(usize, Pattern)> {
        let mut splits = Vec::new();
        for split in &mapping.split {
            let column = self.column(&split.column);
            // A pattern that cannot be parsed was refused with its mapping.
            let Ok(pattern) = Pattern::parse(&split.pattern) else { continue };
            for name in pattern.names() {
                if self.columns.iter().any(|column| column == name) {
                    let advice = "a piece of a [[split]] needs a name that no column and no other piece has";
                    self.found(Fault::Repeated { what: "piece", name: name.to_owned(), advice });
                }
                self.columns.push(name.to_owned());
                self.used.push(false);
                self.counted.push(false);
            }
            splits.push((column, pattern));
        }
        splits
    }

    fn claim(&mut self, mapping: &Mapping) -> ClaimPlan {
        let Some(claim) = &mapping.claim else { return ClaimPlan::default() };
        ClaimPlan {
            also: claim.also.iter().map(|name| self.column(name)).collect(),
            only: claim.only.as_ref().map(|only| self.column(&only.column)),
            lines: claim.line.iter().map(|line| self.column(&line.column)).collect(),
            shares: claim.share.iter().map(|share| self.column(&share.column)).collect(),
        }
    }

    fn checks(&mut self, mapping: &Mapping) -> Vec<(usize, Vec<usize>)> {
        let checks = mapping.check.iter();
        checks
            .map(|check| {
                let sum = check.sum.iter().map(|name| self.column(name)).collect();
                (self.column(&check.column), sum)
            })
            .collect()
    }
}
