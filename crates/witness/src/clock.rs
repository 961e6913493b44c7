//! The time, brought in at the edge.

use std::time::{SystemTime, UNIX_EPOCH};

/// Where a witness that serves takes the time from.
pub trait Clock: Send + Sync {
    /// Whole seconds since 1970.
    fn unix_seconds(&self) -> u64;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn unix_seconds(&self) -> u64 {
        // A clock before 1970 says 0, at which nothing is cosigned.
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl<F: Fn() -> u64 + Send + Sync> Clock for F {
    fn unix_seconds(&self) -> u64 {
        self()
    }
}
