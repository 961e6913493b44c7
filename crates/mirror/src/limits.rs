//! How often one key may submit: the form of a sender, since everybody else's address may be a whole county's.

use hakiki_core::roster::KeyIndex;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const MINUTE_NANOS: u128 = 60_000_000_000;

/// Buckets that refill at a steady rate, one a key. Each counts in time: how far into the future its tokens are spent.
#[derive(Debug)]
pub(crate) struct KeyLimits {
    interval: Duration,
    ahead: Duration,
    spent_until: Mutex<HashMap<KeyIndex, Instant>>,
}

impl KeyLimits {
    /// `burst` at once, then `per_minute`.
    pub fn new(per_minute: u64, burst: u64) -> Self {
        let nanos = MINUTE_NANOS / u128::from(per_minute.max(1));
        let interval = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let ahead = interval.saturating_mul(u32::try_from(burst.saturating_sub(1)).unwrap_or(u32::MAX));
        Self { interval, ahead, spent_until: Mutex::default() }
    }

    /// Counts one submission against each key; false, and nothing is counted, if one has none left.
    pub fn take(&self, keys: &[KeyIndex], now: Instant) -> bool {
        let mut spent = self.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
        let until = |spent: &HashMap<_, Instant>, key| spent.get(key).map_or(now, |until| (*until).max(now));
        if keys.iter().any(|key| until(&spent, key).duration_since(now) > self.ahead) {
            return false;
        }
        for key in keys {
            let next = until(&spent, key) + self.interval;
            spent.insert(*key, next);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_burst_and_then_its_rate() {
        let (limits, now) = (KeyLimits::new(60, 3), Instant::now());
        let (one, two) = (KeyIndex(1), KeyIndex(2));
        assert_eq!((0..9).filter(|_| limits.take(&[one], now)).count(), 3);
        assert!(!limits.take(&[two, one], now) && limits.take(&[two], now));
        assert!(limits.take(&[one], now + Duration::from_millis(1001)));
        assert!(!limits.take(&[one], now + Duration::from_millis(1002)));
    }
}
