//! An alleged result that is brought to a scrutiny: read by its mapping, held against the log as of the place looked at.

use super::claim_sets::{compared, contest_of, of_table};
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::Args;
use hakiki_claims::compare::{Counts, RowCompared};
use hakiki_claims::report::figure_word;
use hakiki_claims::{Comparison, Rows, Scope, Verdict, of_ledger};
use hakiki_core::Ledger;
use hakiki_core::view::{ContestView, Selection};
use hakiki_note::sha256;
use hakiki_scrutiny::{Alleged, AllegedCompared, AllegedCounts, AllegedRow};
use std::path::PathBuf;

/// An alleged result.
#[derive(Args)]
pub struct AllegedArguments {
    /// A table of an alleged result, held against the log (question 58)
    #[arg(long, value_name = "TABLE", requires = "mapping")]
    claim: Option<PathBuf>,
    /// Its mapping: which column is what, as for `claim check`
    #[arg(long, value_name = "FILE", requires = "claim")]
    mapping: Option<PathBuf>,
    /// The contest that it is of; needed where the election has several
    #[arg(long, requires = "claim")]
    contest: Option<String>,
    /// The area whose ballot it is of; needed where areas have ballots of their own
    #[arg(long = "claim-area", requires = "claim")]
    area: Option<String>,
}

impl AllegedArguments {
    /// Compares it with the log's first `as_of` entries; none where nobody brought one.
    pub fn read(&self, ledger: &Ledger, as_of: u64, terminal: Terminal) -> Result<Option<Alleged>> {
        let (Some(table), Some(mapping)) = (&self.claim, &self.mapping) else { return Ok(None) };
        let bytes = std::fs::read(table).with_context(|| format!("reading {}", table.display()))?;
        let read = of_table(mapping, table)?;
        let contest = contest_of(ledger, self.contest.as_deref(), terminal)?;
        let view = ContestView::new(ledger, contest, as_of, Selection::All);
        let reference =
            of_ledger::of_ledger(ledger, &view, Scope::new(ledger, contest, self.area.as_deref())?);
        let comparison = compared(&read, &reference, terminal)?;
        Ok(Some(Alleged {
            file: table.display().to_string(),
            hash: sha256(&bytes),
            contest: ledger.election().contests[usize::from(contest)].title.clone(),
            rows: comparison.claim_rows.1,
            has_stations: comparison.claim_rows.0 == Rows::Stations,
            compared: counts_of(&comparison),
            differing: differing(&comparison),
        }))
    }
}

fn counts_of(comparison: &Comparison) -> AllegedCompared {
    let Counts { identical, different, only_claim, only_reference, not_comparable } = comparison.counts();
    let counts = AllegedCounts {
        identical,
        different,
        only_alleged: only_claim,
        only_log: only_reference,
        not_comparable,
        impossible: comparison.impossible().count() as u64,
    };
    match &comparison.at {
        Ok(Rows::Stations) => AllegedCompared::Stations(counts),
        Ok(Rows::Areas(_)) => AllegedCompared::Areas(counts),
        Err(_) => AllegedCompared::Nothing,
    }
}

fn differing(comparison: &Comparison) -> Vec<AllegedRow> {
    let shown = |(code, row): (&String, &RowCompared)| {
        let what = match row.all {
            Verdict::Identical => return None,
            Verdict::Different => "different",
            Verdict::OnlyClaim => "only_alleged",
            Verdict::OnlyReference => "only_log",
            Verdict::NotComparable(_) => "not_comparable",
        };
        Some(AllegedRow { code: code.clone(), name: row.name.clone(), what, boxes: boxes(comparison, row) })
    };
    comparison.rows.iter().filter_map(shown).collect()
}

/// `name 1 / 2` for each box in which the two are not the same.
fn boxes(comparison: &Comparison, row: &RowCompared) -> String {
    let figure =
        |figure| Some(figure_word(figure)).filter(|word| !word.is_empty()).unwrap_or_else(|| "–".to_owned());
    let pairs = comparison.pairs.iter().zip(&row.figures).filter(|(_, both)| both.claim != both.reference);
    let shown = pairs.map(|(pair, both)| {
        format!("{} {} / {}", pair.column.label(), figure(both.claim), figure(both.reference))
    });
    shown.collect::<Vec<_>>().join("; ")
}
