//! Long lists in pages.

use crate::reading::Reading;
use hakiki_messages::Message;
use maud::{Markup, html};

/// Rows of one page: about 40 KB of table.
pub(crate) const ROWS: usize = 200;

/// One page of a list.
pub(crate) struct Pager {
    /// From 1.
    pub page: usize,
    pages: usize,
}

impl Pager {
    /// The page that a query asks for, held within what there is.
    pub fn new(asked: Option<&str>, rows: usize) -> Self {
        let pages = rows.div_ceil(ROWS).max(1);
        let page = asked.and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, pages);
        Self { page, pages }
    }

    /// How many rows stand before this page.
    pub fn skip(&self) -> usize {
        (self.page - 1) * ROWS
    }

    /// Links to the pages beside it. `rest` is the address without its page.
    pub fn links(&self, reading: Reading<'_>, rest: &str) -> Markup {
        let mark = if rest.contains('?') { '&' } else { '?' };
        let link = |page: usize| reading.href(&format!("{rest}{mark}page={page}"));
        let here = Message::new("page.page_of").with("page", self.page).with("total", self.pages);
        html! {
            @if self.pages > 1 {
                nav.pager aria-label=(reading.t("page.pager_label")) {
                    @if self.page > 1 { a rel="prev" href=(link(self.page - 1)) { (reading.t("portal.previous")) } }
                    span { (reading.m(&here)) }
                    @if self.page < self.pages { a rel="next" href=(link(self.page + 1)) { (reading.t("portal.next")) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_held_within_what_there_is() {
        let page = |asked, rows| Pager::new(asked, rows).page;
        assert_eq!(page(None, 0), 1);
        assert_eq!(page(Some("0"), 500), 1);
        assert_eq!(page(Some("3"), 500), 3);
        assert_eq!(page(Some("99999999999999999999"), 500), 1);
        assert_eq!(page(Some("4"), 500), 3);
        assert_eq!(Pager::new(Some("2"), 500).skip(), ROWS);
    }
}
