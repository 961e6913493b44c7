//! The glossary gives each word one meaning: no word has two rows, and no row lacks a meaning or a Swahili word.
//!
//! It does not know whether the sources use a word in that meaning; that is for readers.

use std::collections::BTreeSet;

use super::Complaint;

const GLOSSARY: &str = "docs/glossary.md";

/// Rows of the glossary that repeat a word or lack a cell.
pub fn check(glossary: &str) -> Vec<Complaint> {
    let mut seen = BTreeSet::new();
    let mut complaints = Vec::new();
    for (index, line) in glossary.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let is_head =
            cells.first() == Some(&"word") || cells.iter().all(|cell| cell.trim_matches('-').is_empty());
        if is_head {
            continue;
        }
        if cells.len() != 3 || cells.iter().any(|cell| cell.is_empty()) {
            complaints.push(Complaint::at(GLOSSARY, index + 1, "expected word, meaning and Swahili word"));
        }
        for word in cells.first().into_iter().flat_map(|cell| cell.split(", ")) {
            if !seen.insert(word.to_owned()) {
                complaints.push(Complaint::at(
                    GLOSSARY,
                    index + 1,
                    format!("{word} stands there twice; one meaning a word"),
                ));
            }
        }
    }
    if seen.is_empty() {
        complaints.push(Complaint::new(GLOSSARY, "it has no rows"));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_two_meanings_or_none_is_found() {
        let head = "| word | means | Swahili |\n|---|---|---|\n";
        assert_eq!(check(&format!("{head}| a | b | c |\n| d, e | f | g |")).len(), 0);
        assert_eq!(check(&format!("{head}| a | b | c |\n| d, a | f | g |")).len(), 1);
        assert_eq!(check(&format!("{head}| a | | c |")).len(), 1);
        assert_eq!(check("no table").len(), 1);
    }
}
