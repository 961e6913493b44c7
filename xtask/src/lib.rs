//! The house's own rules, checked by program. See [`tidy`].

pub mod tidy;
