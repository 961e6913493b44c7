//! Import of published station tables: a table and a mapping in, one checked [`ImportedTable`] out.
//!
//! Implements `docs/guides/mapping.md`. A pure function of bytes: it knows no disk, clock or network (only
//! [`files`] reads, and calls it). It is all or nothing: one unclear cell and nothing is imported, with up to
//! [`error::PROBLEMS_MAX`] problems named at once. It does not sign, does not judge a figure (whether boxes add
//! up is for the ledger's findings) and repairs nothing: what it made or derived by itself is said in
//! [`ImportedTable::notes`], [`ImportedTable::derived`] and [`ImportedTable::codes_made`].

pub mod areas;
pub mod cell;
pub mod claim;
pub mod compile;
pub mod error;
pub mod expression;
pub mod files;
pub mod mapping;
mod mapping_check;
pub mod names;
pub mod output;
pub mod pattern;
pub mod plan;
mod results;
pub mod source;
pub mod stations;
pub mod table;
pub mod time;
mod tree;

pub use cell::Cell;
pub use claim::ClaimTable;
pub use error::{Fault, ImportError, Place, Problem};
pub use files::{claim_files, import_files};
pub use mapping::Mapping;
pub use output::{
    AreaRow, CandidateRow, CheckSummary, ContestSummary, Field, ImportedTable, MappingSummary, ResultRow,
    Rule, StationRow,
};
pub use source::SourceFile;

use mapping::Kind;

/// Imports `table` by `mapping`. `companions` are the further files that the mapping names
/// ([`companion_names`]); those that it does not name are not looked at.
///
/// # Errors
/// Every problem of the first stage that has any: the mapping, then the file, then its columns, then its rows.
pub fn import(
    mapping: &SourceFile<'_>,
    table: &SourceFile<'_>,
    companions: &[SourceFile<'_>],
) -> Result<ImportedTable, ImportError> {
    let parsed = Mapping::parse(mapping)?;
    match parsed.kind {
        Kind::Results => results::import(mapping.name, &parsed, table),
        Kind::Tree => tree::import(mapping.name, &parsed, table, companions),
    }
}

/// The names of the further files that `mapping` needs beside the table.
///
/// # Errors
/// The mapping's own problems.
pub fn companion_names(mapping: &SourceFile<'_>) -> Result<Vec<String>, ImportError> {
    let parsed = Mapping::parse(mapping)?;
    let companion = parsed.tree.and_then(|tree| tree.registered_from);
    Ok(companion.into_iter().map(|companion| companion.file).collect())
}
