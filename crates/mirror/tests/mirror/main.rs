//! Real mirrors of real nodes, and of directories that lie. Each copy ends before a stranger's verification.
#![allow(clippy::unwrap_used, missing_docs)]

mod blobs;
mod cosign;
mod follow;
mod house;
mod kill;
mod lying;
mod publish;
mod relay;
mod search;
mod states;
