//! Audits of the paper: a list of all, a page for each plan, its sheets and files, and a line where a station or record is part of one.
//!
//! Everything follows from the ledger (`docs/reference/audit.md`, `hakiki-audit`); pages say it in words and accuse nobody.

mod assertions;
mod compared;
mod draws;
pub(crate) mod files;
mod graph;
pub(crate) mod index;
mod list;
pub(crate) mod names;
pub(crate) mod note;
mod page;
mod sheets_page;
mod stated;
mod subject;
mod troubles;

pub(crate) use list::{of_area, page as list_page};
pub(crate) use page::page as audit_page;
pub(crate) use sheets_page::{pull_page, tally_page};
pub use stated::stated;

use crate::pager::pages_by;
use crate::reading::Reading;
use crate::{Site, address};
use hakiki_audit::of_log::{Audit, AuditError};
use hakiki_core::kinds::Kind;
use hakiki_core::ledger::AuditPlanEntry;
use index::{AuditIndex, Computed};
use maud::{Markup, html};
use names::Names;

/// Plans on one page of the list.
const ON_A_PAGE: usize = 50;
/// Rows of a table that stand open; more are folded.
const ROWS_OPEN: usize = 20;
/// Rows of a table on a page; all of them are in its file.
const ROWS_SHOWN: usize = 400;

/// The address of the list.
pub(crate) const LIST: &str = "audits/";

/// The address of an audit's page, by the place of its plan.
pub(crate) fn address_of(place: u64) -> String {
    format!("audits/{place}/")
}

/// Whether the election admits audits or the head knows one.
pub(crate) fn has_audits(site: &Site<'_>) -> bool {
    let is_of_audits = |name: &String| Kind::AUDIT.iter().any(|kind| kind.name_and_version() == *name);
    site.ledger.election().admits.iter().any(is_of_audits) || !plans(site).is_empty()
}

/// The plans that the head knows, in the order of the log.
pub(crate) fn plans<'a>(site: &Site<'a>) -> &'a [AuditPlanEntry] {
    let all = site.ledger.audit_plans();
    &all[..all.partition_point(|entry| entry.place < site.snapshot.head.size)]
}

/// The addresses behind the language of all pages of audits.
pub(crate) fn addresses(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let lists = if has_audits(&site) { pages_by(ON_A_PAGE, plans(&site).len()) } else { 0 };
    let of_plan = |entry: &AuditPlanEntry| {
        let page = address_of(entry.place);
        let sheets = ["pull/", "tally/"].map(|sheet| format!("{page}{sheet}"));
        std::iter::once(page).chain(sheets)
    };
    (1..=lists).map(|page| address::paged(LIST, page)).chain(plans(&site).iter().flat_map(of_plan))
}

/// A plan and what follows from it, as a page shows them.
#[derive(Clone, Copy)]
struct Shown<'a> {
    reading: Reading<'a>,
    names: Names<'a>,
    entry: &'a AuditPlanEntry,
    computed: &'a Computed,
    /// Of the ledger's list of plans.
    at: usize,
    size: u64,
}

impl<'a> Shown<'a> {
    /// The plan at a place; none where there is no plan.
    fn new(reading: Reading<'a>, place: &str) -> Option<Self> {
        let place: u64 = place.parse().ok().filter(|number: &u64| number.to_string() == place)?;
        let at = plans(&reading.site).binary_search_by_key(&place, |entry| entry.place).ok()?;
        Some(Self::of(reading, at))
    }

    /// The plan at an index of the ledger's list, which the head knows.
    fn of(reading: Reading<'a>, at: usize) -> Self {
        let ledger = reading.ledger();
        let entry = &ledger.audit_plans()[at];
        let names = Names { ledger, entry, language: reading.language };
        let index: &'a AuditIndex = reading.site.snapshot.audits(ledger);
        let size = reading.site.snapshot.head.size;
        Self { reading, names, entry, computed: index.computed(ledger, at), at, size }
    }

    fn audit(&self) -> &'a Result<Audit, AuditError> {
        &self.computed.audit
    }

    fn t(&self, key: &str) -> &'static str {
        self.names.t(key)
    }

    /// A station's name and code, with the way to its page.
    fn station(&self, code: &str) -> Markup {
        let name = self.names.station_of(code).map_or(code, |station| &*station.name);
        let rest = address::station(&self.names.contest().code, code);
        html! { (self.reading.link(&rest, name)) " " span.code-of { (code) } }
    }

    /// The newest plan of the same contest and area, if it is not this one.
    fn superseded_by(&self) -> Option<&'a AuditPlanEntry> {
        let same =
            |entry: &&AuditPlanEntry| (entry.contest, entry.area) == (self.entry.contest, self.entry.area);
        plans(&self.reading.site).iter().rev().find(same).filter(|entry| entry.place != self.entry.place)
    }

    /// A file of this audit, below the site's root.
    fn file(&self, name: &str) -> String {
        self.reading.to(&files::path(self.entry.place, name))
    }
}

/// A long table under a line that opens it.
fn folded(rows: usize, summary: &str, table: &Markup) -> Markup {
    html! {
        @if rows > ROWS_OPEN { details { summary { (summary) } (table) } } @else { (table) }
    }
}

/// A margin with its sign.
fn signed(value: i128) -> String {
    let size = hakiki_messages::number(u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX));
    if value < 0 { format!("−{size}") } else { size }
}
