//! Sheets of paper for those who fetch boxes and those who count: the *pull sheet* of an audit, and a *tally sheet* a station.
//!
//! Each is one whole HTML document that needs nothing else, made of a ledger up to a size: a command writes them as files, and the
//! pages show the same. They hold no figure that was reported: whoever counts must not know what is expected.

mod pull;
mod tally;

use crate::address;
use crate::audits::names::Names;
use crate::document;
use crate::qr::{Code, domain};
use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::{Audit, AuditError};
use hakiki_core::Ledger;
use hakiki_core::kinds::Mode;
use hakiki_core::ledger::AuditPlanEntry;
use hakiki_messages::Language;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The look of a sheet on a page and in a file.
const STYLE: &str = include_str!("../../assets/audit_sheets.css");
/// What a file has around its sheets, which a page has already.
const AROUND: &str = "body{margin:1rem;font:1rem/1.4 system-ui,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif;color:#000;background:#fff}\
    table{border-collapse:collapse;width:100%}@page{size:A4;margin:12mm}@media print{body{margin:0}}";

/// A station whose paper is to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The station, by index.
    pub station: u32,
    /// The draws by which it came, ascending; none in a full count for a station that was not drawn.
    pub draws: Vec<u64>,
}

/// The stations of an audit whose paper has no count yet, with their sheets.
#[derive(Debug, Clone)]
pub struct Sheets<'a> {
    ledger: &'a Ledger,
    entry: &'a AuditPlanEntry,
    wanted: Vec<Wanted>,
}

/// The pull sheet of a plan as of a size of the log, as one HTML document.
///
/// # Errors
/// A plan that no sample follows from.
pub fn pull(
    ledger: &Ledger,
    entry: &AuditPlanEntry,
    size: u64,
    language: Language,
) -> Result<String, AuditError> {
    Ok(Sheets::new(ledger, entry, size)?.pull(language))
}

/// The tally sheets of a plan as of a size of the log, a page each, as one HTML document.
///
/// # Errors
/// A plan that no sample follows from.
pub fn tally(
    ledger: &Ledger,
    entry: &AuditPlanEntry,
    size: u64,
    language: Language,
) -> Result<String, AuditError> {
    Ok(Sheets::new(ledger, entry, size)?.tally(language))
}

impl<'a> Sheets<'a> {
    /// Those of a plan as of a size of the log: drawn stations without a count, or all without one where all paper is counted.
    ///
    /// # Errors
    /// A plan that no sample follows from.
    pub fn new(ledger: &'a Ledger, entry: &'a AuditPlanEntry, size: u64) -> Result<Self, AuditError> {
        Ok(Self::of(ledger, entry, &Audit::new(ledger, entry, size)?))
    }

    /// The same of an audit that was computed already.
    pub(crate) fn of(ledger: &'a Ledger, entry: &'a AuditPlanEntry, audit: &Audit) -> Self {
        let register = ledger.register();
        let batches = audit.plan.contest().batches();
        let mut draws: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        let codes: Vec<&str> = match &audit.progress {
            Ok(progress) => {
                for draw in &progress.draws {
                    draws.entry(&batches[draw.item].code).or_default().push(draw.number);
                }
                match &progress.stage {
                    Stage::Counting { missing } | Stage::FullCount { missing } => {
                        missing.iter().map(String::as_str).collect()
                    }
                    Stage::Sized { .. } | Stage::Confirmed { .. } | Stage::Counted { .. } => Vec::new(),
                }
            }
            // The plan does not hold, and all paper is counted; what broke it was counted too.
            Err(broken) => {
                let is_open = |code: &str| {
                    !audit.counts.contains_key(code) && broken.stations.iter().all(|(one, ..)| one != code)
                };
                batches.iter().map(|batch| batch.code.as_str()).filter(|code| is_open(code)).collect()
            }
        };
        let mut wanted: Vec<(Vec<u32>, Wanted)> = codes
            .into_iter()
            .filter_map(|code| {
                let station = register.station(code)?;
                let mut path: Vec<u32> = register.path(register.stations()[station as usize].area).collect();
                path.reverse();
                Some((path, Wanted { station, draws: draws.remove(code).unwrap_or_default() }))
            })
            .collect();
        // In the order of the register, what lies together staying together.
        wanted.sort_by(|(path, one), (other_path, other)| {
            path.cmp(other_path).then(one.station.cmp(&other.station))
        });
        Self { ledger, entry, wanted: wanted.into_iter().map(|(_, wanted)| wanted).collect() }
    }

    /// Only the stations in an area, by its index: a board that counts in a county needs no other's.
    #[must_use]
    pub fn within(mut self, area: u32) -> Self {
        let register = self.ledger.register();
        let of_area = |one: &Wanted| register.is_within(register.stations()[one.station as usize].area, area);
        self.wanted.retain(of_area);
        self
    }

    /// The stations, in the order of the sheets: by area, as the register has them.
    pub fn stations(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The pull sheet as one HTML document: what is fetched from where.
    pub fn pull(&self, language: Language) -> String {
        self.document(language, "pull", &self.pull_sheet(language))
    }

    /// The tally sheets as one HTML document, a page for each station.
    pub fn tally(&self, language: Language) -> String {
        self.document(language, "tally", &self.tally_sheets(language))
    }

    /// The pull sheet as a part of a page.
    pub(crate) fn pull_sheet(&self, language: Language) -> Markup {
        pull::sheet(self, self.names(language))
    }

    /// The tally sheets as a part of a page.
    pub(crate) fn tally_sheets(&self, language: Language) -> Markup {
        tally::sheets(self, self.names(language))
    }

    fn names(&self, language: Language) -> Names<'a> {
        Names { ledger: self.ledger, entry: self.entry, language }
    }

    fn document(&self, language: Language, kind: &str, sheets: &Markup) -> String {
        let names = self.names(language);
        let title = names.t(&format!("sheet.{kind}"));
        let body = html! { main { h1.sheet-title { (title) } (sheets) } };
        let title = format!("{title} · {}", self.ledger.election().title);
        document::document(language, &title, &[AROUND, STYLE].concat(), &body).into_string()
    }
}

/// The lines on top of every sheet: a rehearsal, what it is, election, contest, area. Which outcome is tested does not stand there.
fn top(names: Names<'_>, kind: &str) -> Markup {
    let election = names.ledger.election();
    html! {
        @if election.mode == Mode::Rehearsal { p.sheet-band { b { (hakiki_messages::text(names.language, "portal.band.rehearsal")) } } }
        p.sheet-of {
            b { (names.t(&format!("sheet.{kind}"))) } " · "
            bdi { (election.title) } " · " bdi { (names.contest().title) } " · " bdi { (names.area().name) }
        }
    }
}

/// The code of a station's page, with the audit as its part: scanned, it opens where the station stands.
fn code_of(names: Names<'_>, code: &str) -> Option<Code> {
    let host = domain(names.ledger.election().origin())?;
    let rest = address::station(&names.contest().code, code);
    Code::of_link(format!("https://{host}/{}/{rest}#audit-{}", names.language, names.entry.place))
}

fn picture(names: Names<'_>, code: &Code, station: &str) -> Markup {
    let label = hakiki_messages::Message::new("audits.sheet.code_of").with("station", station);
    html! { img.sheet-code src=(code.data_url()) width=(code.width()) height=(code.width()) alt=(names.m(&label)); }
}

/// Why the sheets have no codes, where they have none.
fn no_codes(names: Names<'_>) -> Markup {
    let has_domain = domain(names.ledger.election().origin()).is_some();
    html! { @if !has_domain { p.sheet-small { (names.t("sheet.no_code")) } } }
}
