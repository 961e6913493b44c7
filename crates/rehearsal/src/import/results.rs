//! Tables of results: one row, one form of one station.

use super::areas::Areas;
use super::cell::Cell;
use super::error::{Fault, ImportError, Place, Problems};
use super::mapping::{Mapping, Repeats};
use super::names;
use super::output::{
    CandidateRow, CheckSummary, ContestSummary, Field, ImportedTable, MappingSummary, ResultRow, Rule,
};
use super::plan::{Plan, ValidPlan};
use super::source::SourceFile;
use super::stations::{StationSeen, Stations};
use super::table::{Table, TableRow};
use super::time::record_time;

/// Imports a table of results.
pub(super) fn import(
    mapping_name: &str,
    mapping: &Mapping,
    file: &SourceFile<'_>,
) -> Result<ImportedTable, ImportError> {
    if let Some(rows) = mapping.claim.as_ref().and_then(|claim| claim.rows.clone()) {
        let (key, expected) =
            ("claim.rows".to_owned(), "no such key: an import's rows are stations".to_owned());
        return Err(ImportError::one(Place::file(mapping_name), Fault::Value { key, found: rows, expected }));
    }
    let table = Table::read(file, &mapping.file)?;
    let plan = Plan::new(mapping_name, mapping, &table)?;
    read_rows(mapping, &plan, &table.rows, file)
}

/// Reads rows by a plan, all or nothing.
pub(super) fn read_rows(
    mapping: &Mapping,
    plan: &Plan,
    rows: &[TableRow],
    file: &SourceFile<'_>,
) -> Result<ImportedTable, ImportError> {
    let mut reader = Reader::new(mapping, plan, file.name);
    let rows: Vec<ResultRow> = rows.iter().filter_map(|row| reader.row(row).ok()).collect();
    reader.finish(rows, file)
}

/// What the mapping says, for the result.
pub(super) fn summary(mapping: &Mapping) -> MappingSummary {
    let source = match &mapping.source.url {
        Some(url) => format!("{} {url}", mapping.source.description),
        None => mapping.source.description.clone(),
    };
    let contest = mapping.contest.as_ref().map(|contest| ContestSummary {
        id: contest.id.clone(),
        title: names::tidy(&contest.title).into_owned(),
        rule: mapping.rule().unwrap_or(Rule::None),
        cap: contest.cap,
    });
    let tree = mapping.tree.iter().flat_map(|tree| &tree.level).map(|level| &level.level);
    MappingSummary {
        title: names::tidy(&mapping.title).into_owned(),
        country: mapping.country.clone(),
        date: mapping.date.clone(),
        licence: mapping.licence.clone(),
        source: names::tidy(&source).into_owned(),
        contest,
        levels: mapping.area.iter().map(|level| &level.level).chain(tree).cloned().collect(),
        repeats_allowed: mapping.station_repeats == Repeats::Allow,
        clock: mapping.form.time.as_ref().map(|time| time.clock.clone()),
    }
}

struct Reader<'a> {
    mapping: &'a Mapping,
    plan: &'a Plan,
    file: &'a str,
    areas: Areas,
    stations: Stations,
    checks: Vec<CheckSummary>,
    names_tidied: u64,
    registered_unknown: u64,
    problems: Problems,
}

/// Leaves the row out: its problem has been noted.
struct Skipped;

/// A row under way.
struct Row<'r> {
    values: Vec<&'r str>,
    line: u64,
}

impl<'a> Reader<'a> {
    fn new(mapping: &'a Mapping, plan: &'a Plan, file: &'a str) -> Self {
        let within = mapping.station.as_ref().is_some_and(|station| station.code_within_area);
        let checks = mapping.check.iter().map(|check| {
            let parts = check.sum.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" + ");
            CheckSummary::new(format!("{:?} = {parts}", check.column))
        });
        Self {
            mapping,
            plan,
            file,
            areas: Areas::default(),
            stations: Stations::new(mapping.station_repeats == Repeats::Allow, within),
            checks: checks.collect(),
            names_tidied: 0,
            registered_unknown: 0,
            problems: Problems::default(),
        }
    }

    /// One form.
    fn row(&mut self, row: &TableRow) -> Result<ResultRow, Skipped> {
        let plan = self.plan;
        let values = match plan.values(row) {
            Ok(values) => values,
            Err((column, fault)) => return self.problem(row.line, Some(column), fault),
        };
        let row = Row { values, line: row.line };
        // Each part is read even if an earlier one has a problem, so that all problems of a row are named.
        let station = self.station(&row);
        let votes: Vec<Result<Cell, Skipped>> =
            plan.candidates.iter().map(|columns| self.count(&row, columns)).collect();
        let votes: Result<Vec<Cell>, Skipped> = votes.into_iter().collect();
        let valid = match &plan.valid {
            Some(ValidPlan::Columns(columns)) => self.count(&row, columns).map(Some),
            Some(ValidPlan::Derived) => match &votes {
                Ok(votes) => self.derived_valid(&row, votes),
                Err(Skipped) => Err(Skipped),
            },
            None => Ok(None),
        };
        let rejected = self.optional(plan.rejected.as_ref(), |reader, columns| reader.count(&row, columns));
        let registered =
            self.optional(plan.registered.as_ref(), |reader, columns| reader.count(&row, columns));
        let serial = self.optional(plan.serial.as_ref(), |reader, columns| {
            Ok(reader.parts(&row, columns)?.join(&reader.mapping.join))
        });
        let time = self.optional(plan.time.as_ref(), |reader, columns| reader.time(&row, columns));
        self.compare(&row);
        Ok(ResultRow {
            station: station?,
            line: row.line,
            votes: votes?,
            valid: valid?,
            rejected: rejected?,
            registered: registered?,
            serial: serial?,
            time: time?,
        })
    }

    fn station(&mut self, row: &Row<'_>) -> Result<usize, Skipped> {
        let area = self.area(row)?;
        let plan = self.plan;
        let code = self.optional(plan.station_code.as_ref(), |reader, columns| reader.parts(row, columns))?;
        let name = self.optional(plan.station_name.as_ref(), |reader, columns| reader.name(row, columns))?;
        let registered = match &plan.station_registered {
            Some(columns) if self.is_unknown(row, columns) => {
                self.registered_unknown += 1;
                None
            }
            Some(columns) => self.count(row, columns)?.number(),
            None => None,
        };
        let seen = StationSeen { area, code, name, registered, line: row.line };
        match self.stations.place(seen, &self.areas) {
            Ok(station) => Ok(station),
            Err(fault) => self.problem(row.line, plan.station_code.as_ref().map(|columns| columns[0]), fault),
        }
    }

    fn is_unknown(&self, row: &Row<'_>, columns: &[usize]) -> bool {
        let unknown = self.mapping.station.as_ref().map(|station| &station.registered_unknown);
        let cell = row.values[columns[0]].trim();
        columns.len() == 1 && unknown.is_some_and(|unknown| unknown.iter().any(|text| text == cell))
    }

    /// The innermost area of a row, if it has any.
    fn area(&mut self, row: &Row<'_>) -> Result<Option<usize>, Skipped> {
        let plan = self.plan;
        let mut parent = None;
        for (index, (level, shape)) in plan.levels.iter().zip(&self.mapping.area).enumerate() {
            let columns = level.code.as_ref().or(level.name.as_ref()).map_or(&[][..], Vec::as_slice);
            if shape.optional && columns.iter().all(|&column| row.values[column].trim().is_empty()) {
                continue;
            }
            let parts = self.optional(level.code.as_ref(), |reader, columns| reader.parts(row, columns))?;
            let code = parts.as_ref().map(|parts| parts.join(&self.mapping.join));
            let given = code.as_ref().and_then(|code| shape.names.get(code));
            let name = match (given, &level.name, &code) {
                (Some(given), ..) => names::tidy(given).into_owned(),
                (None, Some(columns), _) => self.name(row, columns)?,
                (None, None, Some(code)) => code.clone(),
                (None, None, None) => return Err(Skipped), // such a level was refused with its mapping
            };
            match self.areas.place(index, parent, parts, name, row.line) {
                Ok(area) => parent = Some(area),
                Err(fault) => return self.problem(row.line, columns.first().copied(), fault),
            }
        }
        Ok(parent)
    }

    fn count(&mut self, row: &Row<'_>, columns: &[usize]) -> Result<Cell, Skipped> {
        let mut cells = Vec::with_capacity(columns.len());
        for &column in columns {
            match Cell::parse(row.values[column], &self.mapping.cells) {
                Ok(cell) => cells.push(cell),
                Err(fault) => self.problem(row.line, Some(column), fault)?,
            }
        }
        match Cell::sum(cells) {
            Ok(cell) => Ok(cell),
            Err(fault) => self.problem(row.line, columns.first().copied(), fault),
        }
    }

    fn derived_valid(&mut self, row: &Row<'_>, votes: &[Cell]) -> Result<Option<Cell>, Skipped> {
        match Cell::sum(votes.iter().copied()) {
            Ok(cell) => Ok(cell.number().map(Cell::Number)),
            Err(fault) => self.problem(row.line, None, fault),
        }
    }

    /// The parts of a code.
    fn parts(&mut self, row: &Row<'_>, columns: &[usize]) -> Result<Vec<String>, Skipped> {
        let mut parts = Vec::with_capacity(columns.len());
        for &column in columns {
            let part = row.values[column].trim();
            if !names::is_code(part) {
                return self.problem(row.line, Some(column), Fault::Code(part.to_owned()));
            }
            parts.push(part.to_owned());
        }
        Ok(parts)
    }

    fn name(&mut self, row: &Row<'_>, columns: &[usize]) -> Result<String, Skipped> {
        let mut parts = Vec::with_capacity(columns.len());
        for &column in columns {
            match names::name(row.values[column]) {
                Ok((name, changed)) => {
                    self.names_tidied += u64::from(changed);
                    parts.push(name);
                }
                Err(fault) => return self.problem(row.line, Some(column), fault),
            }
        }
        Ok(parts.join(" "))
    }

    fn time(&mut self, row: &Row<'_>, columns: &[usize]) -> Result<String, Skipped> {
        let shape = self.mapping.form.time.as_ref().expect("its columns are from it");
        let text: String = columns.iter().map(|&column| row.values[column].trim()).collect();
        let time = record_time(&text, &shape.format, &shape.zone);
        time.map_or_else(
            || {
                let fault = Fault::Time { value: text.clone(), format: shape.format.clone() };
                self.problem(row.line, columns.first().copied(), fault)
            },
            Ok,
        )
    }

    fn compare(&mut self, row: &Row<'_>) {
        let plan = self.plan;
        for (index, (column, sum)) in plan.checks.iter().enumerate() {
            let figure = self.count(row, &[*column]).ok().and_then(Cell::number);
            let parts: Option<Vec<u64>> = sum
                .iter()
                .map(|&part| Cell::parse(row.values[part], &self.mapping.cells).ok()?.number())
                .collect();
            let check = &mut self.checks[index];
            check.total += figure.unwrap_or(0);
            if let (Some(figure), Some(parts)) = (figure, parts) {
                check.compare(figure, parts.iter().sum(), || format!("line {}", row.line));
            }
        }
    }

    fn optional<T>(
        &mut self,
        columns: Option<&Vec<usize>>,
        read: impl FnOnce(&mut Self, &[usize]) -> Result<T, Skipped>,
    ) -> Result<Option<T>, Skipped> {
        columns.map(|columns| read(self, columns)).transpose()
    }

    fn problem<T>(&mut self, line: u64, column: Option<usize>, fault: Fault) -> Result<T, Skipped> {
        let mut place = Place::line(self.file, line);
        place.column = column.map(|column| self.plan.columns[column].clone());
        self.problems.push(place, fault);
        Err(Skipped)
    }

    fn finish(mut self, rows: Vec<ResultRow>, file: &SourceFile<'_>) -> Result<ImportedTable, ImportError> {
        let notes = self.notes();
        let join = &self.mapping.join;
        let summary = summary(self.mapping);
        let (areas, area_faults) = self.areas.finish(&summary.levels, join);
        let (stations, station_faults) = self.stations.finish(&areas, join);
        for (line, fault) in area_faults.into_iter().chain(station_faults) {
            self.problems.push(Place::line(self.file, line), fault);
        }
        self.problems.into_result()?;
        let candidates = self.mapping.candidate.iter().zip(1..).map(|(candidate, id)| CandidateRow {
            id,
            name: names::tidy(&candidate.name).into_owned(),
            party: candidate.party.as_ref().map(|party| names::tidy(party).into_owned()),
        });
        Ok(ImportedTable {
            source_sha256: file.hash(),
            source_name: file.name.to_owned(),
            companions: Vec::new(),
            areas,
            candidates: candidates.collect(),
            stations,
            rows,
            derived: self.plan.derived.clone(),
            codes_made: codes_made(self.mapping, self.plan),
            checks: self.checks,
            notes,
            mapping: summary,
        })
    }

    fn notes(&self) -> Vec<String> {
        let (mapping, plan) = (self.mapping, self.plan);
        let mut notes = Vec::new();
        let made = codes_made(mapping, plan);
        if !made.is_empty() {
            let made = made.join(", ");
            notes.push(format!(
                "codes made by the importer: {made} (place among the names of the area above, by bytes)"
            ));
        }
        for field in &plan.derived {
            notes.push(format!("{field} is a sum made by the importer; nothing checks it"));
        }
        for (there, field) in [
            (plan.station_registered.is_some(), Field::StationRegistered),
            (plan.registered.is_some(), Field::Registered),
            (plan.valid.is_some(), Field::Valid),
            (plan.rejected.is_some(), Field::Rejected),
        ] {
            if !there {
                notes.push(format!("the table has no column for {field}: absent, not zero"));
            }
        }
        if self.names_tidied > 0 {
            notes.push(format!(
                "{} names had spaces removed or were brought into NFC; those alike then are one",
                self.names_tidied
            ));
        }
        if self.registered_unknown > 0 {
            notes.push(format!("{} rows do not state registered voters", self.registered_unknown));
        }
        if self.stations.repeats > 0 {
            notes.push(format!(
                "{} rows are of a station that stands further up already",
                self.stations.repeats
            ));
        }
        notes
    }
}

fn codes_made(mapping: &Mapping, plan: &Plan) -> Vec<String> {
    let levels = mapping.area.iter().filter(|level| level.code.is_none()).map(|level| level.level.clone());
    levels.chain(plan.station_code.is_none().then(|| "station".to_owned())).collect()
}
