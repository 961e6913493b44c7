//! A real node on a real socket, over a real directory. Each test ends with a stranger's verification of that directory.
#![allow(clippy::unwrap_used, missing_docs)]

mod blobs;
mod founding;
mod hostile;
mod house;
mod pending;
mod reading;
mod refusals;
mod rivals;
mod search;
mod starting;
mod submission;
mod witnessed_time;
mod witnessing;
