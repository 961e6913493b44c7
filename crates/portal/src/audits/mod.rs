//! Pages of audits.
pub(crate) mod names;
mod stated;

pub use stated::stated;
