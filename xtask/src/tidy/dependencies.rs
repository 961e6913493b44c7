//! Every dependency has its line in `docs/dependencies.md`: what it is for, and why it and not another.
//!
//! The table is read as it stands: `| name | version | licence | why |`. Version and licence are compared with the
//! manifest and with what the package itself states, so that the table cannot grow old unseen.

use std::collections::BTreeMap;

use anyhow::Context as _;
use cargo_metadata::Metadata;

use super::Complaint;

const TABLE: &str = "docs/dependencies.md";

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    version: String,
    licence: String,
    why: String,
}

/// Dependencies without a row, rows without a dependency, and rows that say something else than the manifests.
///
/// # Errors
/// When the root manifest cannot be read.
pub fn check(metadata: &Metadata, manifest: &str, table: &str) -> anyhow::Result<Vec<Complaint>> {
    let declared = declared(manifest)?;
    let rows = rows(table);
    let mut complaints = compare(&declared, &rows);
    for package in metadata.workspace_packages() {
        let outside = package.dependencies.iter().filter(|dependency| dependency.path.is_none());
        for dependency in outside.filter(|dependency| !declared.contains_key(&dependency.name)) {
            let says = format!(
                "{} is not in [workspace.dependencies] of the root manifest; name it there",
                dependency.name
            );
            complaints.push(Complaint::new(package.name.as_str(), says));
        }
    }
    for (name, row) in &rows {
        let licences: Vec<&str> = metadata
            .packages
            .iter()
            .filter(|package| package.name.as_str() == name)
            .filter_map(|package| package.license.as_deref())
            .collect();
        if !licences.is_empty() && !licences.contains(&row.licence.as_str()) {
            let says = format!(
                "{name}: the table says licence {}, the package {}",
                row.licence,
                licences.join(", ")
            );
            complaints.push(Complaint::new(TABLE, says));
        }
    }
    Ok(complaints)
}

/// Name and version requirement of every dependency from outside.
fn declared(manifest: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let manifest: toml::Table = manifest.parse().context("the root Cargo.toml")?;
    let table =
        manifest.get("workspace").and_then(|table| table.get("dependencies")).and_then(toml::Value::as_table);
    let table = table.context("the root Cargo.toml has no [workspace.dependencies]")?;
    let version =
        |value: &toml::Value| value.as_str().or_else(|| value.get("version")?.as_str()).map(str::to_owned);
    Ok(table.iter().filter_map(|(name, value)| Some((name.clone(), version(value)?))).collect())
}

fn rows(table: &str) -> BTreeMap<String, Row> {
    let lines = table.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    lines
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [name, version, licence, why] = cells[..] else { return None };
            let name = name.strip_prefix('`')?.strip_suffix('`')?;
            Some((name.to_owned(), Row { version: version.into(), licence: licence.into(), why: why.into() }))
        })
        .collect()
}

fn compare(declared: &BTreeMap<String, String>, rows: &BTreeMap<String, Row>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (name, version) in declared {
        match rows.get(name) {
            None => complaints
                .push(Complaint::new(TABLE, format!("no line for {name}; say why it and not another"))),
            Some(row) if row.version != *version => {
                let says =
                    format!("{name}: the table says version {}, the root manifest {version}", row.version);
                complaints.push(Complaint::new(TABLE, says));
            }
            Some(row) if row.why.is_empty() => {
                complaints.push(Complaint::new(TABLE, format!("{name}: say why it and not another")));
            }
            Some(_) => {}
        }
    }
    let stale = rows.keys().filter(|name| !declared.contains_key(*name));
    complaints
        .extend(stale.map(|name| Complaint::new(TABLE, format!("{name} is no dependency; remove its line"))));
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str =
        "[workspace.dependencies]\nours = { path = 'x' }\nhex = '0.4'\nmaud = { version = '0.27' }";

    fn complaints(table: &str) -> Vec<String> {
        let declared = declared(MANIFEST).expect("the example manifest is sound");
        compare(&declared, &rows(table)).into_iter().map(|complaint| complaint.says).collect()
    }

    #[test]
    fn a_full_table_has_no_complaint() {
        let table = "| name | version | licence | why |\n|---|---|---|---|\n| `hex` | 0.4 | MIT | a |\n| `maud` | 0.27 | MIT | b |";
        assert!(complaints(table).is_empty());
    }

    #[test]
    fn missing_stale_old_and_unreasoned_rows_are_found() {
        let found = complaints("| `hex` | 0.3 | MIT | a |\n| `gone` | 1 | MIT | b |");
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(complaints("| `hex` | 0.4 | MIT | |\n| `maud` | 0.27 | MIT | b |").len(), 1);
    }
}
