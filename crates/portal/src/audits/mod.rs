//! Pages of audits.
pub(crate) mod names;
