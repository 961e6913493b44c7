//! Areas that decide by themselves: what can still change in each.
#![allow(clippy::unwrap_used)]

use hakiki_core::Ledger;
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::RuleName;
use hakiki_core::outcome::{Outcome, OutcomeError};
use hakiki_core::view::prospect::prospect;
use hakiki_core::view::prospect_area::{deciding_area, prospect_of_area};
use hakiki_core::view::{ContestView, Selection};

/// Two counties of two stations each; the first has a ballot of its own: 1, 4, 7.
fn two_counties(rule: RuleName) -> (Fixture, Ledger) {
    let setting = Setting { stations: 4, counties: 2, has_own_ballot: true, ..Setting::default() };
    let fixture = Fixture::with(&setting, |election| {
        election.contests[0].rule = rule;
        if rule == RuleName::Plurality {
            election.contests[0].spread = None;
        }
    });
    let ledger = fixture.ledger();
    (fixture, ledger)
}

fn put(fixture: &Fixture, ledger: &mut Ledger, station: usize, votes: [u32; 3]) {
    let mut form = fixture.form(station, votes, 0);
    if station.is_multiple_of(2) {
        for (vote, number) in form.figures.votes.iter_mut().zip([1, 4, 7]) {
            vote.0 = number;
        }
    }
    let [kit, officer] = fixture.station_keys(station);
    fixture.append(ledger, fixture.sign(form, &[&kit, &officer])).unwrap();
}

fn view(ledger: &Ledger) -> ContestView {
    ContestView::new(ledger, 0, ledger.size(), Selection::All)
}

#[test]
fn an_area_with_its_own_ballot_decides_and_its_parts_do_not() {
    let (_, ledger) = two_counties(RuleName::Plurality);
    let area = |code: &str| ledger.register().area(code).unwrap();
    for (part, decides) in [("MF", "MF"), ("c01", "c01"), ("c01-1", "c01"), ("c02", "MF"), ("c02-1", "MF")] {
        assert_eq!(deciding_area(&ledger, 0, area(part)), Some(area(decides)), "{part}");
    }
}

#[test]
fn what_is_outstanding_elsewhere_changes_nothing_in_an_area() {
    let (fixture, mut ledger) = two_counties(RuleName::Plurality);
    let own = ledger.register().area("c01").unwrap();
    put(&fixture, &mut ledger, 0, [100, 300, 50]);
    let open = prospect_of_area(&ledger, &view(&ledger), own).unwrap();
    assert_eq!(open.standing.outcome, Outcome::Elected(1), "the second on the county's ballot");
    assert!(open.can_change.holds, "600 may still vote at the county's other station");
    assert_eq!(open.outstanding.iter().map(|part| part.votes_most).sum::<u64>(), 600);
    put(&fixture, &mut ledger, 2, [90, 200, 40]);
    let closed = prospect_of_area(&ledger, &view(&ledger), own).unwrap();
    assert_eq!(closed.standing.outcome, Outcome::Elected(1));
    assert!(!closed.can_change.holds, "nothing of the county is outstanding; all of the rest is");
    let whole = prospect(&ledger, &view(&ledger)).unwrap();
    assert_eq!(whole.standing.outcome, Outcome::NoVotes, "the county's votes are for others");
    assert_eq!(whole.outstanding.iter().map(|part| part.votes_most).sum::<u64>(), 1200);
}

#[test]
fn a_rule_over_the_whole_decides_nothing_in_a_part() {
    let (_, ledger) = two_counties(RuleName::MajorityWithSpread);
    let own = ledger.register().area("c01").unwrap();
    assert_eq!(prospect_of_area(&ledger, &view(&ledger), own).unwrap_err(), OutcomeError::NoRule);
}
