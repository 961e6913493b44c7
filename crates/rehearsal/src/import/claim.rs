//! Tables that are compared and not imported: the rows of [`super::import`], with the table's own totals, its percentages and
//! further counts, as the mapping's `[claim]` says (`docs/guides/claims.md`).

use super::cell::Cell;
use super::error::{ImportError, Place, Problems};
use super::mapping::{ClaimShape, Kind, Mapping};
use super::output::ImportedTable;
use super::plan::{Plan, ValidPlan};
use super::results::read_rows;
use super::source::SourceFile;
use super::table::{Table, TableRow};

/// A table as somebody's claim.
#[derive(Debug, Clone)]
pub struct ClaimTable {
    /// Its rows; what the mapping calls stations are areas if [`ClaimShape::rows`] says so.
    pub table: ImportedTable,
    /// What the mapping says of the claim; all left out where it says nothing.
    pub shape: ClaimShape,
    /// What stands beside each row of the table, in their order.
    pub beside: Vec<Beside>,
    /// The table's own totals.
    pub lines: Vec<TotalLine>,
    /// Rows that the mapping leaves out.
    pub left_out: u64,
}

/// What a claim's row has beside the boxes of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Further counts, in the order of [`ClaimShape::also`].
    pub also: Vec<Cell>,
    /// Percentages as printed, in the order of [`ClaimShape::share`].
    pub shares: Vec<String>,
}

/// A row that is the table's own total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalLine {
    /// Its name, from the mapping.
    pub name: String,
    /// Its line in the table, from 1.
    pub line: u64,
    /// One a candidate.
    pub votes: Vec<Option<Cell>>,
    /// Valid votes; none where the table has no such column.
    pub valid: Option<Cell>,
    /// Rejected.
    pub rejected: Option<Cell>,
    /// Registered voters.
    pub registered: Option<Cell>,
    /// What stands beside.
    pub beside: Beside,
}

/// Reads `file` as a claim.
///
/// # Errors
/// Every problem of the first stage that has any, as [`super::import`]; each names the row and the column.
pub fn claim(mapping: &SourceFile<'_>, file: &SourceFile<'_>) -> Result<ClaimTable, ImportError> {
    let name = mapping.name;
    let mapping = Mapping::parse(mapping)?;
    if mapping.kind == Kind::Tree {
        let (part, why) = ("[[candidate]]", "a tree has no results to compare");
        let fault = super::Fault::Lacking { part, kind: "tree", why };
        return Err(ImportError::one(Place::file(name), fault));
    }
    let shape = mapping.claim.clone().unwrap_or_default();
    let table = Table::read(file, &mapping.file)?;
    let plan = Plan::new(name, &mapping, &table)?;
    let mut cells = Cells { mapping: &mapping, plan: &plan, file: file.name, problems: Problems::default() };
    let (mut kept, mut beside, mut lines, mut left_out) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for row in table.rows {
        let cell = |column: usize| row.cells.get(column).unwrap_or_default().trim();
        let mut tells = plan.claim.lines.iter().zip(&shape.line);
        if let Some((_, line)) = tells.find(|(column, line)| cell(**column) == line.is) {
            lines.push(cells.total(&line.name, &row));
        } else if plan
            .claim
            .only
            .zip(shape.only.as_ref())
            .is_some_and(|(column, only)| cell(column) != only.is)
        {
            left_out += 1;
        } else {
            beside.push(cells.beside(&row));
            kept.push(row);
        }
    }
    cells.problems.into_result()?;
    let table = read_rows(&mapping, &plan, &kept, file)?;
    Ok(ClaimTable { table, shape, beside, lines, left_out })
}

/// Reads single cells of the file itself; pieces of a split are none.
struct Cells<'a> {
    mapping: &'a Mapping,
    plan: &'a Plan,
    file: &'a str,
    problems: Problems,
}

impl Cells<'_> {
    fn count(&mut self, row: &TableRow, columns: &[usize]) -> Option<Cell> {
        let mut cells = Vec::with_capacity(columns.len());
        for &column in columns {
            match Cell::parse(row.cells.get(column)?, &self.mapping.cells) {
                Ok(cell) => cells.push(cell),
                Err(fault) => {
                    let place = Place::line(self.file, row.line).column(&self.plan.columns[column]);
                    self.problems.push(place, fault);
                }
            }
        }
        Cell::sum(cells).ok()
    }

    fn beside(&mut self, row: &TableRow) -> Beside {
        let plan = self.plan;
        let also = plan.claim.also.iter().filter_map(|column| self.count(row, &[*column]));
        let also = also.collect();
        let text = |column: &usize| row.cells.get(*column).unwrap_or_default().trim().to_owned();
        Beside { also, shares: plan.claim.shares.iter().map(text).collect() }
    }

    fn total(&mut self, name: &str, row: &TableRow) -> TotalLine {
        let plan = self.plan;
        let votes = plan.candidates.iter().map(|columns| self.count(row, columns)).collect();
        let valid = match &plan.valid {
            Some(ValidPlan::Columns(columns)) => self.count(row, columns),
            Some(ValidPlan::Derived) | None => None,
        };
        let mut box_of = |columns: Option<&Vec<usize>>| columns.and_then(|columns| self.count(row, columns));
        let rejected = box_of(plan.rejected.as_ref());
        let registered = box_of(plan.registered.as_ref());
        let beside = self.beside(row);
        TotalLine { name: name.to_owned(), line: row.line, votes, valid, rejected, registered, beside }
    }
}
