//! What whoever made the archive says of who was asked for a head of the log, as a table of the report.
//!
//! It is the maker's word: when somebody was asked, and that somebody gave nothing. That each head given is signed by the log's
//! key was verified with the archive. It holds no other's signature and asks nobody itself.

use crate::answer::{Cell, Table, cells};
use crate::report::Report;
use hakiki_note::Hash;
use hakiki_tlog::Agreement;

/// An archive's annex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annexed {
    /// When it was made, by the maker's clock, in seconds since 1970.
    pub made_s: u64,
    /// Who signed it: a verifier key; none where nobody did.
    pub maker: Option<String>,
    /// Everybody who was asked, in order.
    pub asked: Vec<Asked>,
}

/// Somebody who was asked for the newest head they know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `opened`, `log`, `cosigned`, `held`, `witness` or `mirror`.
    pub role: String,
    /// An address, `directory` or `archive`.
    pub who: String,
    /// When, by the maker's clock, in seconds since 1970.
    pub at_s: u64,
    /// The head, or why there is none.
    pub answer: Result<Given, String>,
}

/// A head that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Entries below it.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Whether it agrees with the archive's head.
    pub agreement: Agreement,
}

/// The name of the annex's CSV file.
pub const ANNEX_CSV: &str = "annex.csv";

/// The table of a report's annex; empty where the source has none.
pub fn annex_table(report: &Report) -> Table {
    let mut table =
        Table::new(&["asked_as", "asked_who", "asked_at", "head", "root", "agreement", "nothing"]);
    for asked in report.made.annex.iter().flat_map(|annex| &annex.asked) {
        let (given, nothing) = match &asked.answer {
            Ok(given) => (Some(given), None),
            Err(why) => (None, Some(why.as_str())),
        };
        let agreement = given.map_or(Cell::None, |given| Cell::Word(given.agreement.as_str()));
        table.sum(cells![
            role(&asked.role),
            asked.who.as_str(),
            report.time(Some(asked.at_s)),
            given.map(|given| given.size),
            given.map(|given| given.root),
            agreement,
            nothing,
        ]);
    }
    table
}

fn role(role: &str) -> Cell {
    match role {
        "opened" => Cell::Word("asked_opened"),
        "log" => Cell::Word("asked_log"),
        "cosigned" => Cell::Word("asked_cosigned"),
        "held" => Cell::Word("asked_held"),
        "witness" => Cell::Word("witness"),
        "mirror" => Cell::Word("mirror"),
        other => Cell::Text(other.to_owned()),
    }
}
