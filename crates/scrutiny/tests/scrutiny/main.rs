//! The 62 questions over small logs: every answer follows the facts, and says where it cannot.
#![allow(clippy::unwrap_used)]

mod asked;
mod changes;
mod night;
mod page;
mod questions;
