//! Quick counts: the result estimated from a sample of stations, with what the estimate cannot decide.
//!
//! [`estimate`]: the combined ratio over strata with its variance, and the worst that missing stations can do. [`planning`]: how
//! many stations. [`decision`]: what can be said of a threshold, and how often resamples reach it. An estimate is no result; where its interval
//! holds the threshold it says that it cannot decide.

pub mod decision;
pub mod estimate;
pub mod planning;

pub use decision::{Chances, Decision, chances, decide};
pub use estimate::{
    Estimate, EstimateError, Range, Sampled, Stratum, cluster_ratio, combined_ratio, total, without_missing,
};
