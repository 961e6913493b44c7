//! The house's own rules, checked by program, and its generated documents. See [`tidy`] and [`docs`].

pub mod docs;
pub mod tidy;
