//! Long lists in pages.

use crate::address;
use crate::reading::Reading;
use hakiki_messages::Message;
use maud::{Markup, html};

/// Rows of one page: about 40 KB of table.
pub(crate) const ROWS: usize = 200;

/// How many pages a list of so many rows has; an empty one has one.
pub(crate) fn pages_of(rows: usize) -> usize {
    pages_by(ROWS, rows)
}

/// The same, with so many rows to a page.
pub(crate) fn pages_by(size: usize, rows: usize) -> usize {
    rows.div_ceil(size).max(1)
}

/// One page of a list.
pub(crate) struct Pager {
    /// From 1.
    pub page: usize,
    pages: usize,
    size: usize,
}

impl Pager {
    /// The page that an address asks for, held within what there is.
    pub fn new(asked: Option<&str>, rows: usize) -> Self {
        Self::by(ROWS, asked, rows)
    }

    /// The same, with so many rows to a page.
    pub fn by(size: usize, asked: Option<&str>, rows: usize) -> Self {
        let pages = pages_by(size, rows);
        let page = asked.and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, pages);
        Self { page, pages, size }
    }

    /// How many rows stand before this page.
    pub fn skip(&self) -> usize {
        (self.page - 1) * self.size
    }

    /// Links to the pages beside it. `rest` is the list's own address, which ends with `/`.
    pub fn links(&self, reading: Reading<'_>, rest: &str) -> Markup {
        let link = |page: usize| reading.href(&address::paged(rest, page));
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
