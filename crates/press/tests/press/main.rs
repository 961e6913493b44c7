//! The desk as it runs: feeds from a server, a log with a node that receives them, and what goes wrong between.
#![allow(clippy::unwrap_used)]

mod feeds;
mod house;
mod node;
