//! Claims against a result: what can be compared, what matches, what differs, and what would have to be false.
//!
//! Pure functions of two result sets, or of a ledger. It reads no file, knows no clock, and says of nobody that he is
//! right: a match is consistency, not truth, and a difference is by itself no evidence of wrongdoing.
//!
//! - [`set`]: a result set: rows of stations or areas. [`of_ledger`]: the one that a log says, of a [`scope`]: one ballot's stations.
//! - [`compare()`]: row by row, at the finest granularity that both have, and what remains where there is none. [`report`]: it for machines;
//!   [`by_area`]: it for a map.
//! - [`arithmetic`], [`share`]: a set against itself: sums, totals, percentages and their denominators.
//! - [`bounds`]: the least number of forms that must be wrong for a claim to hold (`docs/claims-bounds.md`). [`answering`]:
//!   the stations of a log for it, with who answers for them. [`draw`]: how many boxes, drawn at random, would show one.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod answering;
pub mod arithmetic;
pub mod bounds;
pub mod by_area;
pub mod compare;
mod counts;
pub mod draw;
mod level;
pub mod of_ledger;
pub mod report;
pub mod scope;
pub mod set;
pub mod share;

pub use compare::{Comparison, Verdict, compare, compare_by_name};
pub use scope::{NoScope, Scope};
pub use set::{Column, Figure, ResultSet, Row, Rows, State};
