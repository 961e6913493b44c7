//! Documents that are kept in memory, within a bound: what is asked for stays, what nobody asks for goes.
//!
//! Two generations: what is put or found goes into the young one; when that is full it becomes the old one, and the old one
//! goes. So a crawl of a whole country pushes out no page that is read all the time.

use crate::document::Document;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a document takes besides its body: keys, headers, its place in the maps.
const OVERHEAD_BYTES: usize = 1024;

type Documents = HashMap<Box<str>, Arc<Document>>;

#[derive(Debug, Default)]
struct Generations {
    young: Documents,
    young_bytes: usize,
    old: Documents,
}

/// Documents by address.
#[derive(Debug)]
pub(crate) struct Kept {
    generations: RwLock<Generations>,
    generation_bytes: usize,
}

impl Kept {
    /// Keeps at most about `bytes`.
    pub fn new(bytes: usize) -> Self {
        Self { generations: RwLock::default(), generation_bytes: bytes / 2 }
    }

    /// A document, if it is kept.
    pub fn find(&self, address: &str) -> Option<Arc<Document>> {
        let found = {
            let generations = self.generations.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = generations.young.get(address) {
                return Some(found.clone());
            }
            generations.old.get(address).cloned()
        };
        if let Some(found) = &found {
            self.put(address, found.clone());
        }
        found
    }

    /// Keeps a document; one that alone would fill the half of the room is not kept.
    pub fn put(&self, address: &str, document: Arc<Document>) {
        // The compressed forms that may come are about half of it.
        let bytes = document.body().len() / 2 * 3 + address.len() + OVERHEAD_BYTES;
        if bytes > self.generation_bytes {
            return;
        }
        let mut generations = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        if generations.young_bytes + bytes > self.generation_bytes {
            generations.old = std::mem::take(&mut generations.young);
            generations.young_bytes = 0;
        }
        if generations.young.insert(address.into(), document).is_none() {
            generations.young_bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Keep;
    use crate::policy::Policy;

    fn document(bytes: usize) -> Arc<Document> {
        Arc::new(Document::new("text/html", Keep::AskAgain, Policy::Page, vec![b'x'; bytes]))
    }

    #[test]
    fn what_is_read_stays_and_the_room_is_bounded() {
        let kept = Kept::new(400_000);
        kept.put("/hot", document(2000));
        for page in 0..1000 {
            kept.put(&format!("/{page}"), document(2000));
            assert!(kept.find("/hot").is_some(), "{page}");
        }
        assert!(kept.find("/0").is_none() && kept.find("/999").is_some());
        let generations = kept.generations.read().unwrap();
        let held: usize =
            generations.young.values().chain(generations.old.values()).map(|d| d.body().len()).sum();
        assert!(held <= 400_000, "{held}");
        drop(generations);
        kept.put("/large", document(200_000));
        assert!(kept.find("/large").is_none());
    }
}
