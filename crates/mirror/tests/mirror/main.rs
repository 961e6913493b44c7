//! Real mirrors of real nodes, and of directories that lie. Each copy ends before a stranger's verification.
#![allow(clippy::unwrap_used, missing_docs)]

mod cosign;
mod follow;
mod house;
mod kill;
mod lying;
mod relay;
mod states;
