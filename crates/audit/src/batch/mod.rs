//! Comparison of drawn batches with their paper: batch comparison by station, the method for results written by station.
//!
//! Stark 2009 (Kaplan–Markov, MACRO) with stations drawn in proportion to the most that each can be wrong (PPEB), and its
//! betting and ALPHA forms (Stark 2023). [`plan`]: margins, bounds, weights, how many draws. [`measure`]: the risk after counting.
//! [`progress`]: what comes next.

pub mod measure;
pub mod plan;
pub mod progress;

pub use measure::{AssertionRisk, Counts, MeasureError, Measured};
pub use plan::{Method, Plan, PlanError, Planned};
pub use progress::{Progress, Stage, Terms};
