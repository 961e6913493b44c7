//! The canonical results texts that were asked for last, by size, for check V10. A size's text never changes.

use crate::document::{Document, Keep};
use crate::holder::{Holder, StoredTables};
use crate::pages::Pages;
use crate::policy::Policy;
use hakiki_core::view::results::results_text;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Texts kept: a nation's six contests are some MiB each.
const KEPT: usize = 4;
/// Their type.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

#[derive(Debug, Default)]
pub(crate) struct Results(Mutex<VecDeque<(u64, Arc<Document>)>>);

impl Results {
    pub fn kept(&self, size: u64) -> Option<Arc<Document>> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.iter().find(|(found, _)| *found == size).map(|(_, text)| text.clone())
    }

    fn keep(&self, size: u64, text: &Arc<Document>) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.push_back((size, text.clone()));
        if texts.len() > KEPT {
            texts.pop_front();
        }
    }
}

impl Pages {
    /// The results text as of a size; none if the fold does not have so many entries. Computes if it is not kept.
    pub fn results_at(&self, holder: &impl Holder, size: u64) -> Option<Arc<Document>> {
        if let Some(text) = self.results.kept(size) {
            return Some(text);
        }
        let text = {
            let ledger = self.shown.ledger_at(size, &StoredTables(holder));
            (ledger.size() >= size).then(|| results_text(&ledger, size))?
        };
        let text = Arc::new(Document::new(TEXT, Keep::Forever, Policy::Page, text));
        self.results.keep(size, &text);
        Some(text)
    }
}
