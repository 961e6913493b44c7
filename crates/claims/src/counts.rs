//! How many rows of a comparison have each verdict.

use crate::compare::Verdict;

/// How many rows have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Identical.
    pub identical: u64,
    /// Different.
    pub different: u64,
    /// Only in the claim.
    pub only_claim: u64,
    /// Only in the reference.
    pub only_reference: u64,
    /// Not comparable.
    pub not_comparable: u64,
}

impl Counts {
    /// Counts one more row.
    pub(crate) fn count(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Identical => &mut self.identical,
            Verdict::Different => &mut self.different,
            Verdict::OnlyClaim => &mut self.only_claim,
            Verdict::OnlyReference => &mut self.only_reference,
            Verdict::NotComparable(_) => &mut self.not_comparable,
        } += 1;
    }

    /// Rows whose figures were compared.
    pub fn compared(self) -> u64 {
        self.identical + self.different
    }
}

impl FromIterator<Verdict> for Counts {
    fn from_iter<T: IntoIterator<Item = Verdict>>(verdicts: T) -> Self {
        let mut counts = Self::default();
        verdicts.into_iter().for_each(|verdict| counts.count(verdict));
        counts
    }
}
