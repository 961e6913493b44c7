//! The sample's own forms beside those that stand in a log, station by station and as sums.

use super::quick_count_sample::Sample;
use anyhow::Result;
use hakiki_claims::of_ledger::of_ledger;
use hakiki_claims::set::State;
use hakiki_claims::{ResultSet, Scope};
use hakiki_core::Ledger;
use hakiki_core::view::ContestView;

/// One station's figure in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Code of the station.
    pub station: String,
    /// Its name in the register.
    pub name: String,
    /// The candidate's place in the sample.
    pub candidate: usize,
    /// What the sample says.
    pub sample: u64,
    /// What the log says.
    pub log: u64,
}

/// A log beside a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// How many entries of the log were looked at.
    pub entries: u64,
    /// Every figure that both have.
    pub pairs: Vec<Pair>,
    /// Stations with figures in both.
    pub stations: u64,
    /// Reported stations whose forms do not stand in the log (yet).
    pub absent: Vec<String>,
    /// Codes that are not in the log's register.
    pub unknown: Vec<String>,
    /// Of each candidate of the sample: votes and all candidates' votes of the forms that stand; none if the log has no such candidate.
    pub whole: Vec<Option<(u64, u64)>>,
}

impl Beside {
    /// Figures that differ.
    pub fn differing(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| pair.sample != pair.log)
    }

    /// Both sums of a candidate over the stations that both have.
    pub fn sums(&self, candidate: usize) -> (u64, u64) {
        let own = self.pairs.iter().filter(|pair| pair.candidate == candidate);
        own.fold((0, 0), |(sample, log), pair| (sample + pair.sample, log + pair.log))
    }
}

/// Compares. Candidates are the same if their names are, but for capitals and blanks around them.
pub fn beside(sample: &Sample, ledger: &Ledger, view: &ContestView) -> Result<Beside> {
    let set = of_ledger(ledger, view, Scope::new(ledger, view.contest, None)?);
    let alike = |text: &str| text.trim().to_lowercase();
    let columns: Vec<Option<usize>> = sample
        .candidates
        .iter()
        .map(|name| set.candidates().find(|column| alike(set.columns[*column].label()) == alike(name)))
        .collect();
    let mut found = Beside {
        entries: view.as_of,
        pairs: Vec::new(),
        stations: 0,
        absent: Vec::new(),
        unknown: Vec::new(),
        whole: columns.iter().map(|column| column.map(|column| whole(&set, column))).collect(),
    };
    for drawn in &sample.drawn {
        let Some(row) = set.rows.get(&drawn.station) else {
            found.unknown.push(drawn.station.clone());
            continue;
        };
        let Some(votes) = &drawn.votes else { continue };
        let numbers: Vec<(usize, u64, u64)> = columns
            .iter()
            .zip(votes)
            .enumerate()
            .filter_map(|(candidate, (column, votes))| Some((candidate, *votes, row.number((*column)?)?)))
            .collect();
        if row.state != State::Stands || numbers.is_empty() {
            found.absent.push(drawn.station.clone());
            continue;
        }
        found.stations += 1;
        for (candidate, sample, log) in numbers {
            let (station, name) = (drawn.station.clone(), row.name.clone());
            found.pairs.push(Pair { station, name, candidate, sample, log });
        }
    }
    Ok(found)
}

/// A candidate's votes, and all candidates', of the forms that stand.
fn whole(set: &ResultSet, column: usize) -> (u64, u64) {
    (set.sum(column).0, set.candidates().map(|column| set.sum(column).0).sum())
}
