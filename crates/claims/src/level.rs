//! What the rows of a claim and of its reference are brought to before they are compared: the coarser of the two levels.

use crate::compare::NoRows;
use crate::set::{ResultSet, Rows};

/// What both sides' rows are brought to.
pub(crate) struct Level {
    /// The rows that can be compared; why none can.
    pub at: Result<Rows, NoRows>,
    /// The claim, added up, where it is finer.
    claim: Option<ResultSet>,
    /// The reference, added up, where it is.
    reference: Option<ResultSet>,
    /// Rows that lie in no area of that level: the claim's, the reference's.
    pub outside: (u64, u64),
}

impl Level {
    pub fn of(claim: &ResultSet, reference: &ResultSet) -> Self {
        let as_it_is = |at| Self { at, claim: None, reference: None, outside: (0, 0) };
        match (&claim.rows_are, &reference.rows_are) {
            (one, other) if one == other => as_it_is(Ok(one.clone())),
            (Rows::Areas(level), _) if reference.has_level(level) => {
                let (rolled, left) = reference.rolled_up(level);
                let outside = (0, left);
                Self { reference: Some(rolled), outside, ..as_it_is(Ok(claim.rows_are.clone())) }
            }
            (_, Rows::Areas(level)) if claim.has_level(level) => {
                let (rolled, left) = claim.rolled_up(level);
                let outside = (left, 0);
                Self { claim: Some(rolled), outside, ..as_it_is(Ok(reference.rows_are.clone())) }
            }
            (one, other) => {
                as_it_is(Err(NoRows::NoCommonLevel { claim: one.clone(), reference: other.clone() }))
            }
        }
    }

    pub fn claim<'s>(&'s self, claim: &'s ResultSet) -> &'s ResultSet {
        self.claim.as_ref().unwrap_or(claim)
    }

    pub fn reference<'s>(&'s self, reference: &'s ResultSet) -> &'s ResultSet {
        self.reference.as_ref().unwrap_or(reference)
    }
}
