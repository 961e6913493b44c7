//! Witnessed heads in the log, and between which witnessed times a record came.

use super::facts::HeadEntry;

/// The heads in the order of the log, and their times by size: asked of every form, so no question reads them all.
#[derive(Debug, Clone, Default)]
pub(super) struct WitnessedHeads {
    heads: Vec<HeadEntry>,
    /// Ascending by size.
    times: Vec<WitnessedTime>,
}

#[derive(Debug, Clone)]
struct WitnessedTime {
    size: u64,
    /// Latest time of the heads up to this one,
    latest_up_to: u64,
    /// and latest of their earliest times.
    least_up_to: u64,
    /// Earliest time of the heads from this one on.
    earliest_from: u64,
}

impl WitnessedHeads {
    /// The heads in the order of the log.
    pub(super) fn heads(&self) -> &[HeadEntry] {
        &self.heads
    }

    /// Adds a head. Sizes and times rise with the order of the log unless somebody cheats or a clock is wrong; then
    /// nothing but the end is touched.
    pub(super) fn push(&mut self, head: HeadEntry) {
        self.heads.push(head);
        let (Some(unix_seconds), Some(least)) = (head.unix_seconds, head.least_unix_seconds) else { return };
        let size = head.head.size;
        let at = self.times.partition_point(|time| time.size <= size);
        let before = at.checked_sub(1).map(|before| &self.times[before]);
        let (before, before_least) = before.map_or((0, 0), |time| (time.latest_up_to, time.least_up_to));
        let behind = self.times.get(at).map_or(u64::MAX, |behind| behind.earliest_from);
        let (latest_up_to, earliest_from) = (before.max(unix_seconds), behind.min(unix_seconds));
        let least_up_to = before_least.max(least);
        self.times.insert(at, WitnessedTime { size, latest_up_to, least_up_to, earliest_from });
        for time in &mut self.times[at + 1..] {
            time.latest_up_to = time.latest_up_to.max(latest_up_to);
            time.least_up_to = time.least_up_to.max(least_up_to);
        }
        for time in self.times[..at].iter_mut().rev().take_while(|time| time.earliest_from > earliest_from) {
            time.earliest_from = earliest_from;
        }
    }

    /// The latest time of a head of at most so many entries.
    pub(super) fn latest_up_to(&self, size: u64) -> Option<u64> {
        let behind = self.times.partition_point(|time| time.size <= size);
        Some(self.times[behind.checked_sub(1)?].latest_up_to)
    }

    /// The latest of the earliest times of the heads of at most so many entries.
    pub(super) fn least_up_to(&self, size: u64) -> Option<u64> {
        let behind = self.times.partition_point(|time| time.size <= size);
        Some(self.times[behind.checked_sub(1)?].least_up_to)
    }

    /// The earliest time of a head of more entries.
    pub(super) fn earliest_beyond(&self, size: u64) -> Option<u64> {
        let behind = self.times.partition_point(|time| time.size <= size);
        self.times.get(behind).map(|time| time.earliest_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::Hash;
    use hakiki_tlog::tree::Head;

    #[test]
    fn the_index_says_what_reading_all_heads_says() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = |below: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed % below
        };
        for rises in [true, false] {
            let mut witnessed = WitnessedHeads::default();
            for place in 0..200 {
                let (size, time) = if rises { (place * 3, place * 5) } else { (next(60), next(50)) };
                let head = Head { size, root: Hash([0; 32]) };
                let unix_seconds = (next(5) > 0).then_some(time);
                let least_unix_seconds = unix_seconds.map(|by| by.saturating_sub(next(30)));
                witnessed.push(HeadEntry { place, head, unix_seconds, least_unix_seconds });
                let times =
                    || witnessed.heads().iter().filter_map(|head| Some((head.head.size, head.unix_seconds?)));
                for asked in 0..70 {
                    let latest = times().filter(|(size, _)| *size <= asked).map(|(_, time)| time).max();
                    let earliest = times().filter(|(size, _)| *size > asked).map(|(_, time)| time).min();
                    let leasts = witnessed.heads().iter().filter(|head| head.head.size <= asked);
                    let least = leasts.filter_map(|head| head.least_unix_seconds).max();
                    assert_eq!(witnessed.least_up_to(asked), least, "{rises} {place} {asked}");
                    assert_eq!(witnessed.latest_up_to(asked), latest, "{rises} {place} {asked}");
                    assert_eq!(witnessed.earliest_beyond(asked), earliest, "{rises} {place} {asked}");
                }
            }
        }
    }
}
