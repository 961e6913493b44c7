//! Limits by key: how often one key may submit, and how many refusal records it may cause.

use hakiki_core::roster::KeyIndex;
use hakiki_note::Hash;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Nanoseconds of a minute.
const MINUTE_NANOS: u128 = 60_000_000_000;

/// A bucket that refills at a steady rate. It counts in time: how far into the future its tokens are spent.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    spent_until: Instant,
}

/// How often keys may submit.
#[derive(Debug)]
pub(crate) struct KeyLimits {
    /// Time after which one more is allowed.
    interval: Duration,
    /// How far ahead a key may spend.
    ahead: Duration,
    /// At most one for each enrolled key.
    buckets: Mutex<HashMap<KeyIndex, Bucket>>,
}

impl KeyLimits {
    /// `burst` at once, then `per_minute`.
    pub fn new(per_minute: u64, burst: u64) -> Self {
        let nanos = MINUTE_NANOS / u128::from(per_minute.max(1));
        let interval = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let ahead = interval.saturating_mul(u32::try_from(burst.saturating_sub(1)).unwrap_or(u32::MAX));
        Self { interval, ahead, buckets: Mutex::default() }
    }

    /// Counts one submission against each key; the first key that has none left, if any.
    pub fn take(&self, keys: &[KeyIndex], now: Instant) -> Result<(), KeyIndex> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let until =
            |buckets: &HashMap<_, Bucket>, key| buckets.get(key).map_or(now, |b| b.spent_until.max(now));
        if let Some(key) = keys.iter().find(|key| until(&buckets, key).duration_since(now) > self.ahead) {
            return Err(*key);
        }
        for key in keys {
            let spent_until = until(&buckets, key) + self.interval;
            buckets.insert(*key, Bucket { spent_until });
        }
        Ok(())
    }
}

/// Refusal records that one key may cause.
const RECORDS_PER_KEY: u32 = 100;

/// Bounds the refusal records, which grow the log: one for a note, so many a minute, so many for a key while the process
/// runs.
#[derive(Debug)]
pub(crate) struct RefusalLimits {
    per_minute: u64,
    minute_began: Option<Instant>,
    in_this_minute: u64,
    notes: HashSet<Hash>,
    by_key: HashMap<KeyIndex, u32>,
}

impl RefusalLimits {
    /// Knows the notes for which the log holds a refusal record.
    pub fn new(per_minute: u64, known: impl IntoIterator<Item = Hash>) -> Self {
        Self {
            per_minute,
            minute_began: None,
            in_this_minute: 0,
            notes: known.into_iter().collect(),
            by_key: HashMap::new(),
        }
    }

    /// Whether a record may be written for this note, which these keys signed; counts it if so.
    pub fn take(&mut self, note: Hash, keys: &[KeyIndex], now: Instant) -> bool {
        let begun =
            self.minute_began.is_some_and(|began| now.duration_since(began) < Duration::from_secs(60));
        if !begun {
            (self.minute_began, self.in_this_minute) = (Some(now), 0);
        }
        let spent = |key| self.by_key.get(key).is_some_and(|count| *count >= RECORDS_PER_KEY);
        if self.in_this_minute >= self.per_minute || self.notes.contains(&note) || keys.iter().any(spent) {
            return false;
        }
        self.in_this_minute += 1;
        self.notes.insert(note);
        for key in keys {
            *self.by_key.entry(*key).or_default() += 1;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::sha256;

    #[test]
    fn a_key_has_its_burst_and_then_its_rate() {
        let limits = KeyLimits::new(60, 5);
        let (now, one, two) = (Instant::now(), KeyIndex(1), KeyIndex(2));
        for _ in 0..5 {
            assert_eq!(limits.take(&[one], now), Ok(()));
        }
        assert_eq!(limits.take(&[two, one], now), Err(one));
        assert_eq!(limits.take(&[two], now), Ok(()), "a refused submission costs the others nothing");
        assert_eq!(limits.take(&[one], now + Duration::from_millis(900)), Err(one));
        assert_eq!(limits.take(&[one], now + Duration::from_millis(1001)), Ok(()));
        assert_eq!(limits.take(&[one], now + Duration::from_millis(1002)), Err(one));
        let later = now + Duration::from_secs(3600);
        assert_eq!(
            (0..9).filter(|_| limits.take(&[one], later).is_ok()).count(),
            5,
            "a rest saves no more than a burst"
        );
    }

    #[test]
    fn refusal_records_are_bounded_in_three_ways() {
        let mut limits = RefusalLimits::new(150, [sha256(b"old")]);
        let (now, key) = (Instant::now(), [KeyIndex(1)]);
        assert!(!limits.take(sha256(b"old"), &key, now));
        let mut taken = |from: u32, keys: &[KeyIndex], at| {
            (from..from + 200).filter(|n| limits.take(sha256(&n.to_be_bytes()), keys, at)).count()
        };
        assert_eq!(taken(0, &key, now), 100, "a key's");
        assert_eq!(taken(0, &[KeyIndex(2)], now), 50, "the minute's");
        assert_eq!(taken(1000, &[KeyIndex(2)], now + Duration::from_secs(61)), 50, "a key's rest");
    }
}
