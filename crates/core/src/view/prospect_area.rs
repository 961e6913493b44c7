//! Which area decides: in contests whose ballot differs from area to area, as for the member of a constituency or the
//! governor of a county, each area with a ballot of its own elects somebody by itself.
//!
//! It asks [`super::prospect`]'s question of such an area. It does not know which office a ballot fills.

use super::prospect::contest_of;
use super::tally::ContestView;
use crate::kinds::RuleName;
use crate::ledger::Ledger;
use crate::outcome::{Assessment, OutcomeError, Rule, assess};
use std::collections::BTreeMap;

/// The area over which the votes of an area are summed to a decision: the outermost one on the same ballot, which is the
/// area itself where the ballot is its own. None where areas below it have ballots of their own.
pub fn deciding_area(ledger: &Ledger, contest: u16, area: u32) -> Option<u32> {
    let register = ledger.register();
    register.ballot_for_area(contest, area)?;
    register.path(area).take_while(|above| register.is_one_ballot(contest, area, *above)).last()
}

/// Who would be elected in an area by what stands there, and whether that can still change. The area is one of those that
/// [`deciding_area`] gives, below the whole. A rule of spread is counted over areas of the whole, so that it decides nothing
/// in a part of it: [`OutcomeError::NoRule`].
pub fn prospect_of_area(ledger: &Ledger, view: &ContestView, area: u32) -> Result<Assessment, OutcomeError> {
    match ledger.election().contests[usize::from(view.contest)].rule {
        RuleName::Plurality => {
            let rule = Rule::Plurality { seats: 1 };
            assess(&rule, &contest_of(ledger, view, &BTreeMap::new(), Some(area)))
        }
        RuleName::MajorityWithSpread | RuleName::TotalsOnly => Err(OutcomeError::NoRule),
    }
}
