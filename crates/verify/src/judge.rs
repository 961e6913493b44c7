//! The checks of the ledger as a whole, once it is folded: V10, V11, V12, V13, V19.

use crate::change::{ChangeLine, unsaid};
use crate::check::{Check, CheckResult};
use crate::fetch::{FetchError, Fetcher, Object};
use crate::recount;
use hakiki_core::codes::FindingCode;
use hakiki_core::ledger::{CollationEntry, Entry};
use hakiki_core::text::BoxValue;
use hakiki_core::view::results::results_text;
use hakiki_core::view::{ContestView, Finding, Selection};
use hakiki_core::{Ledger, kinds::BoxName};
use hakiki_messages::Message;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a line that are shown.
const SHOWN_CHARACTERS: usize = 120;
const COMPARED: [FindingCode; 4] =
    [FindingCode::F301, FindingCode::F302, FindingCode::F303, FindingCode::F304];

/// V10: the published results are the recomputed ones, line by line.
pub(crate) fn check_results(fetcher: &Fetcher, ledger: &Ledger, size: u64) -> CheckResult {
    let published = match fetcher.get(&Object::Results(size)) {
        Ok(bytes) => bytes,
        Err(FetchError::Absent) => {
            return CheckResult::not_checked(Check::V10, Message::new("report.no_results"));
        }
        Err(FetchError::Unreadable(why)) => {
            return CheckResult::input_missing(
                Check::V10,
                Message::new("verify.v10.unreadable").with("why", why),
            );
        }
        Err(error @ FetchError::TooLarge(_)) => {
            let message = Message::new("verify.v10.malformed").with("why", error.to_string());
            return CheckResult::failed(Check::V10, message);
        }
    };
    let recomputed = results_text(ledger, size);
    if published == recomputed.as_bytes() {
        let lines = recomputed.lines().count() as u64;
        return CheckResult::passed(Check::V10, Message::new("verify.v10.same").with("count", lines));
    }
    let published = String::from_utf8_lossy(&published);
    let (line, theirs, ours) = first_difference(&published, &recomputed);
    let message = Message::new("verify.v10.differs").with("line", line).with("published", theirs);
    CheckResult::failed(Check::V10, message.with("recomputed", ours))
}

/// The number of the first line that differs, counted from 1, and both lines, shortened. Where the lines are the same the
/// texts differ in how they end.
fn first_difference(theirs: &str, ours: &str) -> (u64, String, String) {
    let (mut theirs, mut ours) = (theirs.split('\n'), ours.split('\n'));
    let mut line = 1;
    loop {
        match (theirs.next(), ours.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            (a, b) => {
                let shown = |text: Option<&str>| {
                    text.map_or_else(|| "-".to_owned(), |text| text.chars().take(SHOWN_CHARACTERS).collect())
                };
                return (line, shown(a), shown(b));
            }
        }
    }
}

/// V11: collations and declarations are compared again, by sums of this file's own, and whatever differs is found.
pub(crate) fn check_comparisons(ledger: &Ledger, findings: &[Finding]) -> CheckResult {
    if ledger.collations().is_empty() && ledger.declarations().is_empty() {
        return CheckResult::not_checked(Check::V11, Message::new("report.no_declaration"));
    }
    let mut found: BTreeSet<(u64, FindingCode, Option<u32>)> = BTreeSet::new();
    let mut counts: BTreeMap<FindingCode, u64> = COMPARED.into_iter().map(|code| (code, 0)).collect();
    for finding in findings {
        if let Some(count) = counts.get_mut(&finding.code) {
            *count += 1;
            found.insert((finding.place, finding.code, finding.station));
        }
    }
    let mut expected: Vec<(u64, FindingCode, Option<u32>)> = Vec::new();
    for collation in ledger.collations() {
        expected.extend(differences_of_collation(ledger, collation));
    }
    expected.extend(differing_declarations(ledger));
    if let Some((place, code, _)) = expected.iter().find(|difference| !found.contains(difference)) {
        let message = Message::new("verify.v11.unlisted").with("place", *place);
        return CheckResult::failed(Check::V11, message.with("code", code.as_str()));
    }
    let counts = counts.iter().map(|(code, count)| format!("{code}: {count}")).collect::<Vec<_>>().join(", ");
    let records = (ledger.collations().len() + ledger.declarations().len()) as u64;
    CheckResult::passed(
        Check::V11,
        Message::new("verify.v11.listed").with("count", records).with("counts", counts),
    )
}

fn differences_of_collation(
    ledger: &Ledger,
    collation: &CollationEntry,
) -> Vec<(u64, FindingCode, Option<u32>)> {
    let mut differences = Vec::new();
    for row in &collation.rows {
        let form = ledger.entry_of(&row.id).map(|index| &ledger.entries()[index as usize]);
        let same = form.is_some_and(|form| {
            form.station == row.station
                && row.votes.iter().zip(&form.votes).all(|(row, form)| *row == or_dash(*form))
                && row.valid == box_of(form, BoxName::Valid)
                && row.rejected == box_of(form, BoxName::Rejected)
        });
        if !same {
            differences.push((collation.place, FindingCode::F301, Some(row.station)));
        }
    }
    let sum =
        |of: &dyn Fn(&hakiki_core::ledger::CollationRow) -> u64| collation.rows.iter().map(of).sum::<u64>();
    let number = |value: BoxValue| value.number().unwrap_or(0);
    let valid = collation.valid.and_then(BoxValue::number);
    let rejected = collation.rejected.and_then(BoxValue::number);
    let differs = valid.is_some_and(|total| total != sum(&|row| number(row.valid)))
        || rejected.is_some_and(|total| total != sum(&|row| number(row.rejected)));
    if differs {
        differences.push((collation.place, FindingCode::F302, None));
    }
    if collation.submitted != collation.received
        || collation.rows.len() as u64 != u64::from(collation.received)
    {
        differences.push((collation.place, FindingCode::F303, None));
    }
    differences
}

fn box_of(form: &Entry, name: BoxName) -> BoxValue {
    or_dash(form.boxed(name))
}

fn or_dash(value: Option<BoxValue>) -> BoxValue {
    value.unwrap_or(BoxValue::Dash)
}

/// Declarations whose figures are not those of the ledger at their head.
fn differing_declarations(ledger: &Ledger) -> Vec<(u64, FindingCode, Option<u32>)> {
    let mut views: BTreeMap<(u16, u64), ContestView> = BTreeMap::new();
    let mut differences = Vec::new();
    for declaration in ledger.declarations().iter().filter(|declaration| !declaration.dissents) {
        let (contest, size) = (declaration.contest, declaration.head.size);
        let view = views
            .entry((contest, size))
            .or_insert_with(|| ContestView::new(ledger, contest, size, Selection::All));
        let Some(tally) = view.areas.get(declaration.area as usize) else { continue };
        let Some(ballot) = ledger.register().ballot_for_area(contest, declaration.area) else { continue };
        let same = declaration.votes.iter().all(|(number, declared)| {
            let index = ballot.candidates.iter().position(|candidate| candidate.number == *number);
            let votes = index.and_then(|index| tally.votes.get(index)).map_or(0, |sum| sum.total);
            declared.number() == Some(votes)
        });
        if !same {
            differences.push((declaration.place, FindingCode::F304, None));
        }
    }
    differences
}

/// V12: the partition and the sums, counted again.
pub(crate) fn check_partition(ledger: &Ledger, views: &[ContestView]) -> CheckResult {
    if let Some(message) = views.iter().find_map(|view| recount::contradiction(ledger, view)) {
        return CheckResult::failed(Check::V12, message);
    }
    let contests = views.len() as u64;
    let stations = ledger.register().stations().len() as u64;
    let message = Message::new("verify.v12.same").with("contests", contests).with("stations", stations);
    CheckResult::passed(Check::V12, message)
}

/// V13: witnessed times do not fall with the order of records. They fall where a head was witnessed at the latest before
/// an earlier one was at the earliest: fewer wrong clocks than a quorum cannot make it look so.
pub(crate) fn check_times(ledger: &Ledger) -> CheckResult {
    let times = ledger.heads().iter();
    let times: Vec<(u64, u64, u64)> =
        times.filter_map(|head| Some((head.place, head.least_unix_seconds?, head.unix_seconds?))).collect();
    if times.is_empty() {
        return CheckResult::not_checked(Check::V13, Message::new("verify.v13.none"));
    }
    if let Some(pair) = times.windows(2).find(|pair| pair[1].2 < pair[0].1) {
        let message = Message::new("verify.v13.falls").with("place", pair[1].0);
        return CheckResult::failed(Check::V13, message.with("before", pair[0].0));
    }
    CheckResult::passed(Check::V13, Message::new("verify.v13.rise").with("count", times.len() as u64))
}

/// V19: nothing changed in the ledger that no line names.
pub(crate) fn check_changes(ledger: &Ledger, changes: &[ChangeLine]) -> CheckResult {
    if let Some(place) = unsaid(ledger, changes) {
        return CheckResult::failed(Check::V19, Message::new("verify.v19.unsaid").with("place", place));
    }
    CheckResult::passed(Check::V19, Message::new("verify.v19.printed").with("count", changes.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found_wherever_it_is() {
        let shown = |line: u64, a: &str, b: &str| (line, a.to_owned(), b.to_owned());
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), shown(2, "b", "c"));
        assert_eq!(first_difference("a\n", "a\nb\n"), shown(2, "", "b"));
        assert_eq!(first_difference("a", "a\n"), shown(2, "-", ""));
        assert_eq!(first_difference("", "a"), shown(1, "", "a"));
    }
}
