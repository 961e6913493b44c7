//! The house's own rules, checked by program, and its generated documents. See [`tidy`], [`docs`] and [`mutants`].

pub mod docs;
pub mod mutants;
pub mod reproduce;
pub mod tidy;
