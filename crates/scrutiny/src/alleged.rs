//! An alleged result that somebody brought, as it was compared with the log: what question 58 says of it.

use hakiki_note::Hash;

/// An alleged result beside the log. What its rows say is in the comparison of whoever made this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alleged {
    /// The file, as it was named.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub hash: Hash,
    /// The contest's title.
    pub contest: String,
    /// How many rows it has.
    pub rows: u64,
    /// Whether its rows are polling stations.
    pub has_stations: bool,
    /// What was compared.
    pub compared: AllegedCompared,
    /// Rows that are not the same in both, in the order of their codes.
    pub differing: Vec<AllegedRow>,
}

/// What of an alleged result was compared with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllegedCompared {
    /// Station by station.
    Stations(AllegedCounts),
    /// Area by area, with the sums of the stations.
    Areas(AllegedCounts),
    /// No row could be.
    Nothing,
}

/// Rows by what came of them, over every box that both have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AllegedCounts {
    /// The same.
    pub identical: u64,
    /// Not the same.
    pub different: u64,
    /// The log has no figures for it.
    pub only_alleged: u64,
    /// The alleged result leaves it out.
    pub only_log: u64,
    /// Contested, or blank on one side.
    pub not_comparable: u64,
    /// More votes than voters, or above the cap, in the alleged result.
    pub impossible: u64,
}

/// A row that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllegedRow {
    /// The code of the station or area.
    pub code: String,
    /// Its name.
    pub name: String,
    /// A word below `scrutiny.cell`.
    pub what: &'static str,
    /// The boxes that differ: name, alleged and the log's, as figures.
    pub boxes: String,
}
