//! Work on all cores: claims of keys, signatures of a batch.

use hakiki_core::roster::{Claim, KeyChecker};
use hakiki_note::{DecodedKey, Hash, SignatureError};
use std::num::NonZero;
use std::thread;

/// Threads for work that only computes.
pub(crate) fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Maps chunks of items on all cores; the order stays.
pub(crate) fn map_chunks<T: Send, U: Send>(items: Vec<T>, with: impl Fn(Vec<T>) -> Vec<U> + Sync) -> Vec<U> {
    let threads = count().min(items.len() / 16).max(1);
    if threads == 1 {
        return with(items);
    }
    let each = items.len().div_ceil(threads);
    let mut rest = items;
    let mut chunks = Vec::with_capacity(threads);
    while rest.len() > each {
        let tail = rest.split_off(each);
        chunks.push(std::mem::replace(&mut rest, tail));
    }
    chunks.push(rest);
    let with = &with;
    thread::scope(|scope| {
        let running: Vec<_> = chunks.into_iter().map(|chunk| scope.spawn(move || with(chunk))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("the work does not panic")).collect()
    })
}

/// Checks claims of keys on all cores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnAllCores;

impl KeyChecker for OnAllCores {
    fn check(&self, claims: &[Claim], fingerprint: &Hash) -> Vec<Result<Option<DecodedKey>, SignatureError>> {
        let check =
            |claims: Vec<&Claim>| claims.into_iter().map(|c| c.check(fingerprint).map(Some)).collect();
        map_chunks(claims.iter().collect(), check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_stays() {
        for length in [0, 1, 15, 16, 17, 33, 1000] {
            let items: Vec<u32> = (0..length).collect();
            let doubled = map_chunks(items, |chunk| chunk.into_iter().map(|n| n * 2).collect());
            assert_eq!(doubled, (0..length).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
