//! Where an audit stands, as a function of its plan, its seed and the counts by hand so far. It remembers nothing.
//!
//! ```text
//! Sized ──seed──▶ Counting ──limit reached──▶ Confirmed
//!                  │    ▲
//!     all counted, │    │ more draws of the same seed
//!     limit not    ▼    │
//!              as many draws as stations ──▶ FullCount ──every station──▶ Counted
//! ```
//!
//! How many draws there are follows too: first as many as do if no error is found; whenever all of those are counted and the limit is
//! not reached, as many more as would do from there. Risk may be looked at after every count; an audit stops at the first at which
//! it is low enough.

use super::measure::{AssertionRisk, Counts, MeasureError, Measured};
use super::plan::{Method, Plan};
use crate::Share;
use crate::sample::{DiceSeed, Draw};

/// What was fixed with the plan: when the audit may stop, and how the risk is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// The risk limit.
    pub risk_limit: Share,
    /// The method.
    pub method: Method,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The plan stands; dice are to be thrown. So many draws come first.
    Sized {
        /// How many draws.
        draws: u64,
    },
    /// Drawn stations wait for their count.
    Counting {
        /// Their codes, in the order of their first draw.
        missing: Vec<String>,
    },
    /// Every assertion is confirmed: the audit may stop.
    Confirmed {
        /// After so many draws.
        draws: u64,
    },
    /// Sampling has no more use: every station is to be counted by hand.
    FullCount {
        /// The codes that have no count yet, ascending.
        missing: Vec<String>,
    },
    /// Every station was counted by hand, and the paper decides.
    Counted {
        /// Whether every assertion is true of the paper.
        confirms: bool,
    },
}

/// Where an audit stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What comes next.
    pub stage: Stage,
    /// All draws so far, to be counted or not.
    pub draws: Vec<Draw>,
    /// How many of them, from the first on without a gap, have been counted: what the risk is measured from.
    pub measured: usize,
    /// The risk of each assertion after those.
    pub risks: Vec<AssertionRisk>,
}

impl Plan {
    /// Where the audit stands with these counts; without a seed nothing has been drawn.
    pub fn progress(
        &self,
        terms: Terms,
        seed: Option<&DiceSeed>,
        counts: &Counts,
    ) -> Result<Progress, MeasureError> {
        let stations = self.contest().batches().len() as u64;
        let mut wanted = self.clean_draws(terms.risk_limit, terms.method).max(1);
        let Some(seed) = seed else {
            let risks = self.risks(terms, &[], counts)?;
            let stage = if wanted < stations {
                Stage::Sized { draws: wanted }
            } else {
                self.full_count(counts, &risks)
            };
            return Ok(Progress { stage, draws: Vec::new(), measured: 0, risks });
        };
        loop {
            if wanted >= stations {
                return self.count_everything(terms, seed, stations, counts);
            }
            let draws = self.draws(seed, wanted);
            let measured = draws.iter().take_while(|draw| counts.contains_key(self.code(draw.item))).count();
            let risks = self.risks(terms, &draws[..measured], counts)?;
            if let Some(stage) = self.stage_of(terms, &draws, measured, &risks, counts) {
                return Ok(Progress { stage, draws, measured, risks });
            }
            let left =
                risks.iter().zip(self.assertions()).filter(|(risk, _)| !risk.confirms(terms.risk_limit));
            let more = left.map(|(risk, planned)| {
                planned.clean_draws_from(terms.risk_limit, terms.method, risk.ln_to_win_back)
            });
            wanted = wanted.saturating_add(more.max().unwrap_or_default().max(1));
        }
    }

    /// What is next after these draws; nothing if it takes more of them.
    fn stage_of(
        &self,
        terms: Terms,
        draws: &[Draw],
        measured: usize,
        risks: &[AssertionRisk],
        counts: &Counts,
    ) -> Option<Stage> {
        // Once all paper is counted it decides, whatever the sample said before.
        if counts.len() == self.contest().batches().len() {
            return Some(self.full_count(counts, risks));
        }
        if risks.iter().all(|risk| risk.confirms(terms.risk_limit)) {
            return Some(Stage::Confirmed { draws: measured as u64 });
        }
        let refuted =
            |risk: &AssertionRisk| matches!(risk.measured, Measured::Counted(margin) if margin <= 0);
        if risks.iter().any(refuted) {
            return Some(self.full_count(counts, risks));
        }
        let mut missing: Vec<String> = Vec::new();
        for code in draws.iter().map(|draw| self.code(draw.item)).filter(|code| !counts.contains_key(*code)) {
            if !missing.iter().any(|known| known == code) {
                missing.push(code.to_owned());
            }
        }
        (!missing.is_empty()).then_some(Stage::Counting { missing })
    }

    /// As many draws as there are stations: what was measured on the way still counts.
    fn count_everything(
        &self,
        terms: Terms,
        seed: &DiceSeed,
        stations: u64,
        counts: &Counts,
    ) -> Result<Progress, MeasureError> {
        let draws = self.draws(seed, stations);
        let measured = draws.iter().take_while(|draw| counts.contains_key(self.code(draw.item))).count();
        let risks = self.risks(terms, &draws[..measured], counts)?;
        let by_sample = counts.len() < self.contest().batches().len();
        let stage = if by_sample && risks.iter().all(|risk| risk.confirms(terms.risk_limit)) {
            Stage::Confirmed { draws: measured as u64 }
        } else {
            self.full_count(counts, &risks)
        };
        Ok(Progress { stage, draws, measured, risks })
    }

    /// Everything is to be counted; `risks` are those of every assertion, and say what the paper has once all is.
    fn full_count(&self, counts: &Counts, risks: &[AssertionRisk]) -> Stage {
        let codes = self.contest().batches().iter().map(|batch| &batch.code);
        let missing: Vec<String> = codes.filter(|code| !counts.contains_key(*code)).cloned().collect();
        if missing.is_empty() {
            let confirms =
                risks.iter().all(|risk| matches!(risk.measured, Measured::Counted(margin) if margin > 0));
            return Stage::Counted { confirms };
        }
        Stage::FullCount { missing }
    }

    fn risks(
        &self,
        terms: Terms,
        draws: &[Draw],
        counts: &Counts,
    ) -> Result<Vec<AssertionRisk>, MeasureError> {
        let items: Vec<usize> = draws.iter().map(|draw| draw.item).collect();
        self.measure(terms.method, &items, counts)
    }

    fn code(&self, item: usize) -> &str {
        &self.contest().batches()[item].code
    }
}
