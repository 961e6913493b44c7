//! The one place of the import that reads a disk.

use super::claim::{ClaimTable, claim};
use super::error::{Fault, ImportError, Place};
use super::output::ImportedTable;
use super::source::SourceFile;
use super::{companion_names, import};
use std::path::Path;

/// Reads the mapping, the table and what the mapping names beside the table, and imports.
///
/// # Errors
/// I110 for a file that cannot be read, else those of [`import`].
pub fn import_files(mapping: &Path, table: &Path) -> Result<ImportedTable, ImportError> {
    let mapping = Loaded::read(mapping)?;
    let loaded = Loaded::read(table)?;
    let beside = table.parent().unwrap_or_else(|| Path::new(""));
    let mut companions = Vec::new();
    for name in companion_names(&mapping.source())? {
        // A mapping comes from somebody else: it may name a file beside the table, and none elsewhere.
        let plain = Path::new(&name).file_name().is_some_and(|file| file.to_str() == Some(name.as_str()));
        let path = beside.join(&name);
        if plain && path.exists() {
            companions.push(Loaded::read(&path)?);
        }
    }
    let companions: Vec<SourceFile<'_>> = companions.iter().map(Loaded::source).collect();
    import(&mapping.source(), &loaded.source(), &companions)
}

/// Reads a mapping and a table that is to be compared.
///
/// # Errors
/// I110 for a file that cannot be read, else those of [`claim`].
pub fn claim_files(mapping: &Path, table: &Path) -> Result<ClaimTable, ImportError> {
    claim(&Loaded::read(mapping)?.source(), &Loaded::read(table)?.source())
}

struct Loaded {
    name: String,
    bytes: Vec<u8>,
}

impl Loaded {
    fn read(path: &Path) -> Result<Self, ImportError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bytes = std::fs::read(path).map_err(|error| {
            ImportError::one(Place::file(&path.display().to_string()), Fault::Unreadable(error.to_string()))
        })?;
        Ok(Self { name, bytes })
    }

    fn source(&self) -> SourceFile<'_> {
        SourceFile { name: &self.name, bytes: &self.bytes }
    }
}
