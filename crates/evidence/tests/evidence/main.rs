//! Evidence: what is shown, by whom, how strongly; every way in which a file shows nothing; the published vectors.
#![allow(clippy::unwrap_used)]

mod files;
mod forks;
mod stamps;
mod vectors;
mod world;
