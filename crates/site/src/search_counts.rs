//! Counters of the search of statements, for who watches a server.

use std::fmt::Write as _;

/// Counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchCounts {
    /// Searches that were answered.
    pub searches: u64,
    /// Searches that were sent away: too many at once, too slow, or no index.
    pub unanswered: u64,
    /// Updates that failed.
    pub failures: u64,
    /// Times that the index was thrown away and made again.
    pub remade: u64,
    /// Whether it can be searched.
    pub is_ready: bool,
    /// The size of the head up to which it goes.
    pub size: u64,
}

impl SearchCounts {
    /// As Prometheus text.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (name, kind, about, value) in [
            ("search_answered_total", "counter", "Searches of statements that were answered.", self.searches),
            ("search_unanswered_total", "counter", "Searches of statements that were not.", self.unanswered),
            ("search_update_failures_total", "counter", "Updates of the index that failed.", self.failures),
            ("search_remade_total", "counter", "Times that the index was made again.", self.remade),
            ("search_ready", "gauge", "Whether statements can be searched.", u64::from(self.is_ready)),
            ("search_size", "gauge", "Entries under the head that the index is of.", self.size),
        ] {
            // Writing into a string does not fail.
            let _ = writeln!(
                text,
                "# HELP hakiki_{name} {about}\n# TYPE hakiki_{name} {kind}\nhakiki_{name} {value}"
            );
        }
        text
    }
}
