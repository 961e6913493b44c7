//! The kinds of conduct: sessions, observations, software, custody, challenges, answers, scrutiny, withholding.
//!
//! Each module plays every rule of its kinds, good and hostile, and says what must come out. All of them together are
//! `vectors/conduct.json`.
#![allow(clippy::unwrap_used)]

mod admitted;
mod custody;
mod incidents;
mod machines;
mod play;
mod questions;
mod sessions;
mod speed;
#[path = "../vector_file/mod.rs"]
mod vector_file;
mod vectors;
