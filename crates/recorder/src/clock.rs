//! Steps of the clock: wall time against the time since boot, which nobody sets.
//!
//! A clock that is slewed (at most half a millisecond a second) is no step. The time since boot counts while a machine sleeps.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The least jump that is told: less is what services that keep time do without harm.
const STEP_MS: i64 = 2_000;

/// The two clocks at one moment, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub wall_ms: i64,
    pub since_boot_ms: i64,
}

impl Clocks {
    pub fn now() -> Self {
        let ms = |time: Timespec| time.tv_sec.saturating_mul(1000).saturating_add(time.tv_nsec / 1_000_000);
        let read = |clock| ms(clock_gettime(clock));
        Self { wall_ms: read(ClockId::Realtime), since_boot_ms: read(ClockId::Boottime) }
    }

    fn offset_ms(self) -> i64 {
        self.wall_ms.saturating_sub(self.since_boot_ms)
    }
}

/// Watches one against the other.
#[derive(Debug)]
pub(crate) struct ClockWatch {
    offset_ms: i64,
}

impl ClockWatch {
    pub fn new(clocks: Clocks) -> Self {
        Self { offset_ms: clocks.offset_ms() }
    }

    /// Goes on from what an earlier run of the same boot wrote down.
    pub fn resume(text: &str) -> Option<Self> {
        text.parse().ok().map(|offset_ms| Self { offset_ms })
    }

    /// What the next run goes on from.
    pub fn to_text(&self) -> String {
        self.offset_ms.to_string()
    }

    /// Seconds that the clock jumped since the last look, ahead positive; none if it did not.
    pub fn look(&mut self, clocks: Clocks) -> Option<i64> {
        let moved_ms = clocks.offset_ms().saturating_sub(self.offset_ms);
        self.offset_ms = clocks.offset_ms();
        (moved_ms.abs() >= STEP_MS).then_some(moved_ms / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_once_and_a_slew_is_not() {
        let at = |wall_ms, since_boot_ms| Clocks { wall_ms, since_boot_ms };
        let mut watch = ClockWatch::new(at(1_000_000, 5_000));
        assert_eq!(watch.look(at(1_001_000, 6_000)), None);
        assert_eq!(watch.look(at(1_002_001, 7_000)), None);
        assert_eq!(watch.look(at(1_602_501, 8_000)), Some(599));
        assert_eq!(watch.look(at(1_603_501, 9_000)), None);
        let mut resumed = ClockWatch::resume(&watch.to_text()).unwrap();
        assert_eq!(resumed.look(at(3_501, 9_000)), Some(-1600));
    }

    #[test]
    fn the_clocks_of_this_machine_go_on() {
        let (before, after) = (Clocks::now(), Clocks::now());
        assert!(after.since_boot_ms >= before.since_boot_ms && before.wall_ms > 1_000_000_000_000);
    }
}
