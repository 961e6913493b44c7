//! The report of `hakiki forensics`: indicators over a table or log, each with its null hypothesis and its innocent explanations.
//!
//! [`Report::new`] computes everything once, as tables of figures; [`files`] writes them as one page that prints, as CSV and as JSON, so
//! that the three say the same. It gives no verdict and no colour that means one. Arithmetic that cannot be stands apart: it is no
//! statistics. The formulas are in `hakiki-audit`, the words in `hakiki-messages`; how often each indicator speaks up when nothing was
//! wrong, and how often it finds changes of known size, is measured in `docs/reference/forensics.md`.

pub mod arithmetic;
mod digits;
mod error;
mod exchanged;
pub mod figures;
mod files;
mod fingerprint;
mod heat;
mod klimek;
mod late;
mod neighbours;
mod page;
pub mod section;
mod spikes;
mod subject;
mod svg;
mod turnout;

pub use error::ForensicsError;
pub use figures::{Cell, Figures};
pub use files::{PAGE, files};
pub use section::{Section, State};
pub use subject::{Brought, Clock, Options, Station, Subject};

/// Where figures are from, as pairs of a word below `forensics.made` and a text.
pub type Made = Vec<(&'static str, String)>;

/// Everything that a report says.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the source calls itself.
    pub title: String,
    /// Where it is from.
    pub made: Made,
    /// Stations, areas and candidates.
    pub subject: Subject,
    /// Sums of the candidates.
    pub totals: Figures,
    /// What cannot be.
    pub facts: Figures,
    /// The indicators, in the order in which they are shown.
    pub sections: Vec<Section>,
}

impl Report {
    /// Computes everything. `facts` are the ledger's; those of the set itself if there are none.
    ///
    /// # Errors
    /// Rows that are no stations, too few candidates, names that the source does not have.
    pub fn new(
        brought: &Brought<'_>,
        options: &Options,
        facts: Option<Figures>,
        made: Made,
    ) -> Result<Self, ForensicsError> {
        let subject = Subject::new(brought, options)?;
        let facts = facts.unwrap_or_else(|| arithmetic::of_set(brought.set, &subject));
        let mut sections = vec![fingerprint::section(&subject)];
        sections.extend(turnout::sections(&subject));
        sections.push(spikes::section(&subject));
        sections.push(klimek::section(&subject));
        sections.extend(digits::sections(&subject));
        sections.extend(neighbours::sections(&subject));
        sections.extend(exchanged::sections(&subject));
        sections.push(late::section(&subject));
        let (title, totals) = (brought.set.title.clone(), totals(&subject));
        Ok(Self { title, made, subject, totals, facts, sections })
    }

    /// All tables, in the order in which they are shown.
    pub fn tables(&self) -> impl Iterator<Item = &Figures> {
        [&self.totals, &self.facts].into_iter().chain(self.sections.iter().flat_map(Section::tables))
    }
}

fn totals(subject: &Subject) -> Figures {
    let mut figures = Figures::new("candidates", &["candidate", "votes", "share"]);
    let all: u64 = subject.sums.iter().sum();
    for (name, votes) in subject.candidates.iter().zip(&subject.sums) {
        let share = hakiki_audit::numeric::real(*votes) / hakiki_audit::numeric::real(all.max(1));
        figures.rows.push(vec![Cell::Text(name.clone()), Cell::Whole(*votes), Cell::Share(share)]);
    }
    figures
}
