//! The areas of a table, gathered from its rows, and their codes.
//!
//! An area is told by its code within the area above, or by its name where codes are to be made. Its full code is
//! that of the area above, the mapping's `join`, and its own. A made code is the area's place, from 1, among the
//! areas of the same parent in the order of the bytes of their names, so that the order of rows does not matter.

use super::error::Fault;
use super::names;
use super::output::AreaRow;
use std::collections::BTreeMap;

/// Areas so far.
#[derive(Debug, Default)]
pub struct Areas {
    nodes: Vec<Node>,
    index: BTreeMap<(Option<usize>, usize, Vec<String>), usize>,
}

#[derive(Debug)]
struct Node {
    level: usize,
    parent: Option<usize>,
    own: Option<Vec<String>>,
    name: String,
    line: u64,
}

impl Areas {
    /// The number of the area of `level` (index into the levels) in `parent`; added if it is new. `own` are the
    /// parts of its own code.
    ///
    /// # Errors
    /// An area with this code has another name.
    pub fn place(
        &mut self,
        level: usize,
        parent: Option<usize>,
        own: Option<Vec<String>>,
        name: String,
        line: u64,
    ) -> Result<usize, Fault> {
        let key = (parent, level, own.clone().unwrap_or_else(|| vec![name.clone()]));
        if let Some(&index) = self.index.get(&key) {
            let node = &self.nodes[index];
            if node.name != name {
                let (before, first_line) = (node.name.clone(), node.line);
                return Err(Fault::AreaDiffers { code: key.2.join(" "), found: name, before, first_line });
            }
            return Ok(index);
        }
        let index = self.nodes.len();
        self.nodes.push(Node { level, parent, own, name, line });
        self.index.insert(key, index);
        Ok(index)
    }

    /// The name of an area, for messages.
    pub fn name(&self, index: usize) -> &str {
        &self.nodes[index].name
    }

    /// The areas with their codes, in order of first appearance; and each fault with the line it belongs to.
    pub fn finish(self, levels: &[String], join: &str) -> (Vec<AreaRow>, Vec<(u64, Fault)>) {
        let made = self.nodes.iter().enumerate().filter(|(_, node)| node.own.is_none());
        let made = ordinals(made.map(|(index, node)| (index, node.parent, (node.level, node.name.as_str()))));
        let mut faults = Vec::new();
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        let mut rows: Vec<AreaRow> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let own = node.own.as_ref().map_or_else(|| made[&index].to_string(), |own| own.join(join));
            let parent = node.parent.map(|parent| rows[parent].code.clone());
            let code = parent.as_ref().map_or_else(|| own.clone(), |parent| format!("{parent}{join}{own}"));
            if !names::is_code(&code) {
                faults.push((node.line, Fault::Code(code.clone())));
            } else if let Some(first) = codes.insert(code.clone(), index) {
                let (first, second) = (self.nodes[first].name.clone(), node.name.clone());
                faults
                    .push((node.line, Fault::CodeTwice { what: "areas", code: code.clone(), first, second }));
            }
            let (level, name) = (levels[node.level].clone(), node.name.clone());
            rows.push(AreaRow { code, level, parent, name, registered: None });
        }
        (rows, faults)
    }
}

/// The place, from 1, of each item among those of its group, in the order of their keys.
pub fn ordinals<K: Ord>(items: impl Iterator<Item = (usize, Option<usize>, K)>) -> BTreeMap<usize, usize> {
    let mut groups: BTreeMap<Option<usize>, Vec<(K, usize)>> = BTreeMap::new();
    for (index, group, key) in items {
        groups.entry(group).or_default().push((key, index));
    }
    let mut places = BTreeMap::new();
    for mut group in groups.into_values() {
        group.sort_unstable();
        places.extend(group.into_iter().zip(1..).map(|((_, index), place)| (index, place)));
    }
    places
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn made_codes_follow_the_bytes_of_names_and_not_the_order_of_rows() {
        let levels = ["region".to_owned(), "town".to_owned()];
        for order in [["Zed", "Amber", "Éire"], ["Éire", "Zed", "Amber"]] {
            let mut areas = Areas::default();
            for (name, line) in order.iter().zip(2..) {
                let region = areas.place(0, None, None, (*name).to_owned(), line).unwrap();
                areas
                    .place(1, Some(region), Some(vec!["07".to_owned()]), format!("{name} Town"), line)
                    .unwrap();
            }
            let (mut rows, faults) = areas.finish(&levels, ".");
            rows.sort_by(|one, other| one.code.cmp(&other.code));
            let rows: Vec<_> = rows.iter().map(|row| (row.code.as_str(), row.name.as_str())).collect();
            let expected = [
                ("1", "Amber"),
                ("1.07", "Amber Town"),
                ("2", "Zed"),
                ("2.07", "Zed Town"),
                ("3", "Éire"),
                ("3.07", "Éire Town"),
            ];
            assert_eq!(rows, expected);
            assert_eq!(faults, []);
        }
    }

    #[test]
    fn codes_that_run_together_are_refused() {
        let mut areas = Areas::default();
        for (county, ward) in [("1", "11"), ("11", "1")] {
            let county =
                areas.place(0, None, Some(vec![county.to_owned()]), format!("County {county}"), 2).unwrap();
            areas.place(1, Some(county), Some(vec![ward.to_owned()]), format!("Ward {ward}"), 3).unwrap();
        }
        let (_, faults) = areas.finish(&["county".to_owned(), "ward".to_owned()], "");
        assert!(matches!(&faults[..], [(3, Fault::CodeTwice { code, .. })] if code == "111"), "{faults:?}");
    }
}
