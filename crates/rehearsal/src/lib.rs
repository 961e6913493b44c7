//! Placeholder.

pub mod country;
pub mod import;
