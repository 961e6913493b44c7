//! A witness as logs and monitors meet it.
#![allow(clippy::unwrap_used)]

mod conditions;
mod house;
mod kill;
mod state;
mod statuses;
