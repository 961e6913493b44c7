//! Tables of areas and stations alone, where each row names its parent's id: a register without results.

use super::cell::Cell;
use super::error::{Fault, ImportError, Place, Problems};
use super::mapping::{Companion, Mapping, Tree};
use super::names;
use super::output::{AreaRow, CheckSummary, ImportedTable, StationRow};
use super::plan::Uses;
use super::results::summary;
use super::source::SourceFile;
use super::table::{Table, TableRow};
use hakiki_note::Hash;
use std::collections::{BTreeMap, BTreeSet};

/// Imports a tree.
pub(super) fn import(
    mapping_name: &str,
    mapping: &Mapping,
    file: &SourceFile<'_>,
    companions: &[SourceFile<'_>],
) -> Result<ImportedTable, ImportError> {
    let tree = mapping.tree.as_ref().expect("a mapping of this kind was checked to have it");
    let table = Table::read(file, &mapping.file)?;
    let places = Places::new(mapping_name, mapping, tree, &table)?;
    let mut reader =
        Reader { mapping, tree, file: file.name, problems: Problems::default(), names_tidied: 0 };
    let nodes: Vec<Node> = table.rows.iter().filter_map(|row| reader.node(row, &places)).collect();
    reader.check_parents(&nodes);
    let (mut areas, stations) = reader.rows(nodes);
    let mut read = Vec::new();
    if let Some(companion) = &tree.registered_from {
        match reader.registered_from(mapping_name, companion, companions, &mut areas) {
            Ok(source) => read.push(source),
            Err(error) => reader.problems.absorb(error),
        }
    }
    let mut notes = Vec::new();
    if reader.names_tidied > 0 {
        notes.push(format!("{} names had spaces removed or were brought into NFC", reader.names_tidied));
    }
    reader.problems.into_result()?;
    notes.extend(said(&areas, &stations));
    let checks = vec![registered_check(&areas)];
    Ok(ImportedTable {
        mapping: summary(mapping),
        source_sha256: file.hash(),
        source_name: file.name.to_owned(),
        companions: read,
        areas,
        candidates: Vec::new(),
        stations,
        rows: Vec::new(),
        derived: BTreeSet::new(),
        codes_made: Vec::new(),
        checks,
        notes,
    })
}

/// The numbers of the tree's columns.
struct Places {
    id: usize,
    parent: usize,
    level: usize,
    name: usize,
    station_code: usize,
    registered: Option<usize>,
}

impl Places {
    fn new(mapping_name: &str, mapping: &Mapping, tree: &Tree, table: &Table) -> Result<Self, ImportError> {
        let mut uses = Uses::new(mapping_name, table);
        let places = Self {
            id: uses.column(&tree.id),
            parent: uses.column(&tree.parent),
            level: uses.column(&tree.level_column),
            name: uses.column(&tree.name),
            station_code: uses.column(&tree.station_code),
            registered: tree.registered.as_ref().map(|name| uses.column(name)),
        };
        uses.ignore(&mapping.ignore);
        uses.finish()?;
        Ok(places)
    }
}

struct Node {
    id: String,
    /// `None` at the top.
    parent: Option<String>,
    /// Index into the levels; as many as there are levels means a station.
    level: usize,
    name: String,
    code: String,
    registered: Option<u64>,
    line: u64,
}

struct Reader<'a> {
    mapping: &'a Mapping,
    tree: &'a Tree,
    file: &'a str,
    problems: Problems,
    names_tidied: u64,
}

impl Reader<'_> {
    fn node(&mut self, row: &TableRow, places: &Places) -> Option<Node> {
        let cell = |column: usize| row.cells[column].trim();
        let level = self.level(row.line, cell(places.level))?;
        let is_station = level == self.tree.level.len();
        let id = self.code(row.line, &self.tree.id, cell(places.id))?;
        let code = if is_station {
            self.code(row.line, &self.tree.station_code, cell(places.station_code))?
        } else {
            id.clone()
        };
        let parent = cell(places.parent);
        let parent = if parent == self.tree.root { None } else { Some(parent.to_owned()) };
        let name = match names::name(&row.cells[places.name]) {
            Ok((name, changed)) => {
                self.names_tidied += u64::from(changed);
                name
            }
            Err(fault) => return self.problem(row.line, &self.tree.name, fault),
        };
        let registered = match places.registered {
            Some(column) => match Cell::parse(cell(column), &self.mapping.cells) {
                Ok(count) => count.number(),
                Err(fault) => {
                    return self.problem(row.line, self.tree.registered.as_deref().unwrap_or(""), fault);
                }
            },
            None => None,
        };
        Some(Node { id, parent, level, name, code, registered, line: row.line })
    }

    fn level(&mut self, line: u64, found: &str) -> Option<usize> {
        if found == self.tree.station_level {
            return Some(self.tree.level.len());
        }
        let known = self.tree.level.iter().position(|level| level.value == found);
        known.or_else(|| {
            let levels = self.tree.level.iter().map(|level| level.value.clone());
            let expected = levels.chain([self.tree.station_level.clone()]).collect();
            self.problem(line, &self.tree.level_column, Fault::Level { found: found.to_owned(), expected })
        })
    }

    fn code(&mut self, line: u64, column: &str, text: &str) -> Option<String> {
        if names::is_code(text) {
            return Some(text.to_owned());
        }
        self.problem(line, column, Fault::Code(text.to_owned()))
    }

    fn problem<T>(&mut self, line: u64, column: &str, fault: Fault) -> Option<T> {
        self.problems.push(Place::line(self.file, line).column(column), fault);
        None
    }

    /// Each id once, each parent there and of a wider level: so there is no circle either.
    fn check_parents(&mut self, nodes: &[Node]) {
        let mut known: BTreeMap<&str, &Node> = BTreeMap::new();
        let mut station_codes: BTreeMap<&str, &Node> = BTreeMap::new();
        for node in nodes {
            if let Some(first) = known.insert(&node.id, node) {
                let fault = Fault::IdTwice { id: node.id.clone(), first_line: first.line };
                self.problem::<()>(node.line, &self.tree.id, fault);
            }
            if node.level == self.tree.level.len()
                && let Some(first) = station_codes.insert(&node.code, node)
            {
                let (first, second) = (first.id.clone(), node.id.clone());
                let fault = Fault::CodeTwice { what: "stations", code: node.code.clone(), first, second };
                self.problem::<()>(node.line, &self.tree.station_code, fault);
            }
        }
        for node in nodes {
            let Some(parent) = &node.parent else { continue };
            let why = match known.get(parent.as_str()) {
                None => "not in the table",
                Some(above) if above.level >= node.level => "not of a wider level",
                Some(_) => continue,
            };
            let fault = Fault::Parent { id: node.id.clone(), parent: parent.clone(), why };
            self.problem::<()>(node.line, &self.tree.parent, fault);
        }
    }

    /// Areas, a wider level before a narrower, else as in the table; and stations as in the table.
    fn rows(&self, nodes: Vec<Node>) -> (Vec<AreaRow>, Vec<StationRow>) {
        let (stations, mut areas): (Vec<Node>, Vec<Node>) =
            nodes.into_iter().partition(|node| node.level == self.tree.level.len());
        areas.sort_by_key(|node| node.level);
        let areas = areas.into_iter().map(|node| AreaRow {
            level: self.tree.level[node.level].level.clone(),
            code: node.code,
            parent: node.parent,
            name: node.name,
            registered: node.registered,
        });
        let stations = stations.into_iter().map(|node| StationRow {
            code: node.code,
            area: node.parent,
            name: node.name,
            registered: node.registered,
        });
        (areas.collect(), stations.collect())
    }

    /// Reads the registered voters of areas from the second table.
    fn registered_from(
        &mut self,
        mapping_name: &str,
        companion: &Companion,
        files: &[SourceFile<'_>],
        areas: &mut [AreaRow],
    ) -> Result<(String, Hash), ImportError> {
        let file = files.iter().find(|file| file.name == companion.file).ok_or_else(|| {
            ImportError::one(Place::file(mapping_name), Fault::NoCompanion(companion.file.clone()))
        })?;
        let table = Table::read(file, &self.mapping.file)?;
        let mut uses = Uses::new(mapping_name, &table);
        let (id, registered) = (uses.column(&companion.id), uses.column(&companion.registered));
        uses.ignore(&companion.ignore);
        uses.finish()?;
        let mut by_code: BTreeMap<String, &mut AreaRow> =
            areas.iter_mut().map(|area| (area.code.clone(), area)).collect();
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        for row in &table.rows {
            let key = row.cells[id].trim();
            let place = |column: &str| Place::line(file.name, row.line).column(column);
            if let Some(first_line) = seen.insert(key, row.line) {
                self.problems.push(place(&companion.id), Fault::IdTwice { id: key.to_owned(), first_line });
            }
            match (by_code.get_mut(key), Cell::parse(&row.cells[registered], &self.mapping.cells)) {
                (None, _) => self.problems.push(place(&companion.id), Fault::CompanionId(key.to_owned())),
                (_, Err(fault)) => self.problems.push(place(&companion.registered), fault),
                (Some(area), Ok(count)) => area.registered = count.number(),
            }
        }
        Ok((file.name.to_owned(), file.hash()))
    }
}

/// Compares each area's own figure with the sum of the areas right below it, where all of those have one.
fn registered_check(areas: &[AreaRow]) -> CheckSummary {
    let mut below: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for area in areas {
        if let Some(parent) = &area.parent {
            let sum = below.entry(parent).or_insert(Some(0));
            *sum = sum.zip(area.registered).map(|(sum, own)| sum + own);
        }
    }
    let mut check =
        CheckSummary::new("an area's registered voters = those of the areas right below it".to_owned());
    for area in areas.iter().filter(|area| area.parent.is_none()) {
        check.total += area.registered.unwrap_or(0);
    }
    for area in areas {
        if let (Some(own), Some(Some(sum))) = (area.registered, below.get(area.code.as_str())) {
            check.compare(own, *sum, || area.code.clone());
        }
    }
    check
}

fn said(areas: &[AreaRow], stations: &[StationRow]) -> Vec<String> {
    let silent = areas.iter().filter(|area| area.registered.is_none()).count();
    let silent_stations = stations.iter().filter(|station| station.registered.is_none()).count();
    vec![
        format!(
            "{silent} of {} areas have no registered voters in the source: absent, not zero",
            areas.len()
        ),
        format!("{silent_stations} of {} stations have none", stations.len()),
    ]
}
