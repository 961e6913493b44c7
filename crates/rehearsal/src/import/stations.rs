//! The stations of a table, gathered from its rows, and their codes.

use super::areas::{Areas, ordinals};
use super::error::Fault;
use super::names;
use super::output::{AreaRow, StationRow};
use std::collections::BTreeMap;

/// Stations so far.
#[derive(Debug)]
pub struct Stations {
    nodes: Vec<StationSeen>,
    index: BTreeMap<(Option<usize>, Vec<String>), usize>,
    repeats_allowed: bool,
    code_within_area: bool,
    /// How many rows were of a station seen before.
    pub repeats: u64,
}

/// A station as a row states it.
#[derive(Debug)]
pub struct StationSeen {
    /// Number of its area.
    pub area: Option<usize>,
    /// The parts of its own code; none if codes are to be made.
    pub code: Option<Vec<String>>,
    /// Its name; none if its code is to stand for it.
    pub name: Option<String>,
    /// Voters of the register.
    pub registered: Option<u64>,
    /// The row.
    pub line: u64,
}

impl Stations {
    /// None yet.
    pub fn new(repeats_allowed: bool, code_within_area: bool) -> Self {
        Self { nodes: Vec::new(), index: BTreeMap::new(), repeats_allowed, code_within_area, repeats: 0 }
    }

    /// The number of a row's station; added if it is new.
    ///
    /// # Errors
    /// It stood in an earlier row, and the mapping does not allow that, or it was described otherwise there.
    pub fn place(&mut self, seen: StationSeen, areas: &Areas) -> Result<usize, Fault> {
        // The parts, not the code that they make: without a mark between them two stations may have one code.
        let label = seen.code.clone().or_else(|| Some(vec![seen.name.clone()?]));
        let label = label.expect("the mapping was checked to give a code or a name");
        let area = if self.code_within_area || seen.code.is_none() { seen.area } else { None };
        let key = (area, label);
        let Some(&index) = self.index.get(&key) else {
            let index = self.nodes.len();
            self.nodes.push(seen);
            self.index.insert(key, index);
            return Ok(index);
        };
        let first = &self.nodes[index];
        let (code, first_line) = (key.1.join(" "), first.line);
        if !self.repeats_allowed {
            return Err(Fault::StationTwice { code, first_line });
        }
        let area = |area: Option<usize>| area.map_or_else(String::new, |area| areas.name(area).to_owned());
        let count = |count: Option<u64>| count.map_or_else(String::new, |count| count.to_string());
        let differs =
            |what, found, before| Err(Fault::StationDiffers { code, what, found, before, first_line });
        if first.area != seen.area {
            return differs("the area", area(seen.area), area(first.area));
        }
        if first.name != seen.name {
            return differs(
                "the name",
                seen.name.unwrap_or_default(),
                first.name.clone().unwrap_or_default(),
            );
        }
        if first.registered != seen.registered {
            return differs("registered voters", count(seen.registered), count(first.registered));
        }
        self.repeats += 1;
        Ok(index)
    }

    /// The stations with their codes, in order of first appearance; and each fault with the line it belongs to.
    pub fn finish(self, areas: &[AreaRow], join: &str) -> (Vec<StationRow>, Vec<(u64, Fault)>) {
        let made = self.nodes.iter().enumerate().filter(|(_, node)| node.code.is_none());
        let made = ordinals(made.map(|(index, node)| (index, node.area, node.name.as_deref())));
        let mut faults = Vec::new();
        let mut codes: BTreeMap<String, String> = BTreeMap::new();
        let mut rows = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.into_iter().enumerate() {
            let within = self.code_within_area || node.code.is_none();
            let own = node.code.map_or_else(|| made[&index].to_string(), |own| own.join(join));
            let area = node.area.map(|area| areas[area].code.clone());
            let code = match &area {
                Some(area) if within => format!("{area}{join}{own}"),
                _ => own,
            };
            let name = node.name.unwrap_or_else(|| code.clone());
            if !names::is_code(&code) {
                faults.push((node.line, Fault::Code(code.clone())));
            } else if let Some(first) = codes.insert(code.clone(), name.clone()) {
                let second = name.clone();
                faults.push((
                    node.line,
                    Fault::CodeTwice { what: "stations", code: code.clone(), first, second },
                ));
            }
            rows.push(StationRow { code, area, name, registered: node.registered });
        }
        (rows, faults)
    }
}
