//! A log's own set: what stands, what is missing, what is contested; compared with claims and bounded.
#![allow(clippy::unwrap_used)]

use hakiki_claims::answering::{By, forms};
use hakiki_claims::bounds::{Condition, bound, bound_answered};
use hakiki_claims::by_area::{by_area, levels};
use hakiki_claims::compare::{Counts, NoRows, Why};
use hakiki_claims::of_ledger::of_ledger;
use hakiki_claims::{Figure, NoScope, ResultSet, Row, Rows, Scope, State, Verdict, compare, compare_by_name};
use hakiki_core::Ledger;
use hakiki_core::fixture::{Fixture, Setting, key};
use hakiki_core::kinds::{Attest, Figures, Says};
use hakiki_core::text::BoxValue;
use hakiki_core::view::{ContestView, Selection};
use std::collections::BTreeSet;

/// Stations 0 and 2 stand, 1 is contested, the others are missing.
fn ledger() -> (Fixture, Ledger) {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    for (station, votes) in [(0, [90, 50, 1]), (1, [30, 50, 1]), (1, [31, 50, 1]), (2, [20, 70, 3])] {
        fixture.append(&mut ledger, fixture.signed_form(station, votes, 1)).unwrap();
    }
    (fixture, ledger)
}

fn view(ledger: &Ledger) -> ContestView {
    ContestView::new(ledger, 0, ledger.size(), Selection::All)
}

fn scope(ledger: &Ledger) -> Scope<'_> {
    Scope::new(ledger, 0, None).unwrap()
}

fn log_set(ledger: &Ledger) -> ResultSet {
    of_ledger(ledger, &view(ledger), scope(ledger))
}

#[test]
fn a_log_against_itself_differs_nowhere_and_keeps_its_gaps() {
    let (fixture, ledger) = ledger();
    let set = log_set(&ledger);
    assert_eq!(set.rows[&fixture.stations[0]].state, State::Stands);
    assert_eq!(set.rows[&fixture.stations[1]].state, State::Contested);
    assert_eq!(set.rows[&fixture.stations[3]].state, State::Missing);
    let compared = compare(&set, &set);
    assert!(compared.by_station());
    let counts = compared.counts();
    assert_eq!((counts.identical, counts.different, counts.not_comparable), (2, 0, 1));
    assert_eq!(compared.rows[&fixture.stations[1]].all, Verdict::NotComparable(Why::Contested));
}

#[test]
fn a_claim_of_stations_is_told_row_by_row() {
    let (fixture, ledger) = ledger();
    let log = log_set(&ledger);
    let mut claim = log.clone();
    let code = |station: usize| fixture.stations[station].clone();
    claim.rows.get_mut(&code(0)).unwrap().figures[0] = Some(Figure::Number(91));
    claim.rows.remove(&code(2));
    let mut invented = claim.rows[&code(0)].clone();
    invented.figures[0] = Some(Figure::Number(999_999));
    claim.rows.insert("invented".into(), invented);
    let compared = compare(&claim, &log);
    assert_eq!(compared.rows[&code(0)].all, Verdict::Different);
    assert_eq!(compared.rows[&code(0)].figures[0].difference(), Some(1));
    assert_eq!(compared.rows[&code(2)].all, Verdict::OnlyReference);
    assert_eq!(compared.rows["invented"].all, Verdict::OnlyClaim);
    assert_eq!(compared.impossible().map(|(code, _)| code).collect::<Vec<_>>(), ["invented"]);
    assert_eq!(compared.is_without_difference(), Some(false));
}

#[test]
fn x12_a_claim_of_areas_is_not_comparable_by_station_and_says_what_remains() {
    let (_, ledger) = ledger();
    let log = log_set(&ledger);
    let (claim, outside) = log.rolled_up("constituency");
    assert_eq!(outside, 0);
    let compared = compare(&claim, &log);
    assert!(!compared.by_station());
    assert_eq!(compared.at, Ok(Rows::Areas("constituency".into())));
    // A sum that lacks stations is no sum to be held against anybody.
    assert!(
        compared.rows.values().all(|row| matches!(row.all, Verdict::NotComparable(Why::Incomplete { .. })))
    );
    assert_eq!(compared.is_without_difference(), None);
    let mut unknown = claim.clone();
    unknown.rows_are = Rows::Areas("district".into());
    let compared = compare(&unknown, &log);
    assert!(matches!(compared.at, Err(NoRows::NoCommonLevel { .. })));
    assert_eq!(compared.totals[0].reference, 110);
}

#[test]
fn forms_are_bounded_and_the_open_stations_are_free() {
    let (_, ledger) = ledger();
    let view = view(&ledger);
    let plain = forms(&ledger, &view, scope(&ledger), By::Nobody);
    assert_eq!(plain.stations.len(), 2);
    let say: u64 = plain.stations.iter().map(|station| station.votes[0]).sum();
    assert_eq!(say, 110);
    let open: u64 = plain.open.iter().map(|most| most.unwrap()).sum();
    let most: u64 = plain.stations.iter().map(|station| station.most.unwrap()).sum();
    let least = |total| bound(&plain, &Condition::total(3, 0, total)).least;
    assert_eq!(least(say + open), Some(0));
    assert_eq!(least(say + open + 1), Some(1));
    assert_eq!(least(most + open), Some(2));
    assert_eq!(least(most + open + 1), None);
    assert_eq!(least(20), Some(1));
    assert_eq!(least(19), Some(2));
    assert_eq!(least(0), Some(2));
    // The officer states that bridge's agent signed both in ink; no agent's own key signed any.
    let ink = forms(&ledger, &view, scope(&ledger), By::Ink("bridge"));
    let keys = forms(&ledger, &view, scope(&ledger), By::Keys("bridge"));
    let answered =
        |forms: &hakiki_claims::bounds::Forms| forms.stations.iter().filter(|one| one.answered).count();
    assert_eq!((answered(&ink), answered(&keys)), (2, 0));
    assert_eq!(bound_answered(&ink, &Condition::total(3, 0, 0)).least, Some(2));
    assert_eq!(bound_answered(&keys, &Condition::total(3, 0, 0)).least, Some(0));
}

/// How many forms a party's agents answer for by their own keys, after this attestation of station 0's form.
fn answered_after(says: Says, by: &str, votes: &[u32]) -> usize {
    let (fixture, mut ledger) = ledger();
    let votes = (1..).zip(votes.iter().map(|votes| BoxValue::Number(*votes))).collect();
    let attest = Attest {
        of: ledger.entries()[0].id,
        says,
        observed: BTreeSet::new(),
        figures: Figures { votes, boxes: [None; 6] },
        page: None,
        words: None,
    };
    let by = key(&by.replace("{station}", &fixture.stations[0]));
    fixture.append(&mut ledger, fixture.sign(attest, &[&by])).unwrap();
    let forms = forms(&ledger, &view(&ledger), scope(&ledger), By::Keys("bridge"));
    forms.stations.iter().filter(|station| station.answered).count()
}

#[test]
fn an_agent_answers_for_a_form_that_it_signs_or_copies_alike() {
    let agent = "agent-bridge-{station}";
    assert_eq!(answered_after(Says::Signed, agent, &[]), 1);
    assert_eq!(answered_after(Says::OwnCopy, agent, &[90, 50, 1]), 1);
    assert_eq!(answered_after(Says::OwnCopy, agent, &[90, 51, 1]), 0, "another copy");
    assert_eq!(answered_after(Says::Refused, agent, &[]), 0);
    assert_eq!(
        answered_after(Says::Signed, "root-bridge", &[]),
        0,
        "the party is not its agent at the station"
    );
}

/// Votes on two ballots are for different people: an area at a time, or not at all.
#[test]
fn a_contest_of_several_ballots_is_compared_an_area_at_a_time() {
    let fixture = Fixture::new(&Setting { has_own_ballot: true, ..Setting::default() });
    let mut ledger = fixture.ledger();
    // Station 0 lies in the first county, which elects 1, 4 and 7; station 1 in the second, on the ballot of the whole.
    let mut own = fixture.form(0, [90, 50, 1], 1);
    for (vote, number) in own.figures.votes.iter_mut().zip([1, 4, 7]) {
        vote.0 = number;
    }
    let keys = fixture.station_keys(0);
    let own = fixture.sign(own, &[&keys[0], &keys[1]]);
    fixture.append(&mut ledger, own).unwrap();
    fixture.append(&mut ledger, fixture.signed_form(1, [30, 50, 1], 1)).unwrap();
    let scope = |area: Option<&str>| Scope::new(&ledger, 0, area);
    let refused = scope(None).unwrap_err();
    assert!(matches!(&refused, NoScope::SeveralBallots { count: 2, .. }), "{refused}");
    assert!(refused.to_string().contains("(MF, c01)"), "{refused}");
    assert!(matches!(scope(Some("nowhere")).unwrap_err(), NoScope::NoArea { .. }));
    let names =
        |set: &ResultSet| set.columns.iter().take(3).map(|it| it.label().to_owned()).collect::<Vec<_>>();
    let county = of_ledger(&ledger, &view(&ledger), scope(Some("c01")).unwrap());
    assert_eq!(names(&county), ["Neema Tofali", "Pendo Mwamba", "Tano Chozi"]);
    assert!(
        county.rows.contains_key(&fixture.stations[0]) && !county.rows.contains_key(&fixture.stations[1])
    );
    let rest = of_ledger(&ledger, &view(&ledger), scope(Some("MF")).unwrap());
    assert!(!rest.rows.contains_key(&fixture.stations[0]) && rest.rows.contains_key(&fixture.stations[1]));
    assert_eq!(rest.rows.len() + county.rows.len(), fixture.stations.len());
    // A national table beside one county: its rows of other counties are left out, one that nobody knows stays.
    let mut national = ResultSet { columns: county.columns.clone(), ..rest.clone() };
    national.rows.extend(county.rows.clone());
    national.rows.insert("nowhere".into(), county.rows[&fixture.stations[0]].clone());
    let (kept, left_out) = scope(Some("c01")).unwrap().of_claim(national);
    assert_eq!((kept.rows.len(), left_out), (county.rows.len() + 1, rest.rows.len() as u64));
    let of = |scope| forms(&ledger, &view(&ledger), scope, By::Nobody);
    let forms = of(scope(Some("c01")).unwrap());
    assert_eq!(forms.stations.iter().map(|station| station.votes.clone()).collect::<Vec<_>>(), [[90, 50, 1]]);
    assert_eq!(forms.stations.len() + forms.open.len(), county.rows.len());
}

/// The map and its table: every row is in exactly one area or outside, and differences add up to those of the totals.
#[test]
fn a_comparison_is_told_by_area() {
    let (fixture, ledger) = ledger();
    let log = log_set(&ledger);
    let mut claim = log.clone();
    let first = fixture.stations[0].clone();
    claim.rows.get_mut(&first).unwrap().figures[0] = Some(Figure::Number(95));
    claim.rows.insert("nowhere".into(), Row { area: None, ..claim.rows[&first].clone() });
    let compared = compare(&claim, &log);
    let (least, count) = levels(&log.areas).into_iter().find(|(_, count)| *count > 1).unwrap();
    let found = by_area(&compared, &log.areas, &least).unwrap();
    assert_eq!(found.areas.len(), count);
    let own = &log.rows[&first].area.clone().unwrap();
    let code = found.areas.keys().find(|code| own.starts_with(code.as_str())).unwrap();
    let area = &found.areas[code];
    assert_eq!((area.counts.different, area.differences[0], area.differences[1]), (1, Some(5), Some(0)));
    assert_eq!((found.outside.only_claim, found.outside.compared()), (1, 0));
    let whole = compared.counts();
    let sum = |of: fn(&Counts) -> u64| found.areas.values().map(|area| of(&area.counts)).sum::<u64>();
    assert_eq!(sum(|counts| counts.identical), whole.identical);
    assert_eq!(sum(|counts| counts.not_comparable), whole.not_comparable);
    assert_eq!(sum(|counts| counts.only_claim) + 1, whole.only_claim);

    // Areas by their names, told by the level above them and by their own.
    let (rolled, _) = log.rolled_up("constituency");
    let by_name = compare_by_name(&rolled, &log).unwrap();
    for (level, _) in levels(&log.areas) {
        let found = by_area(&by_name, &log.areas, &level).unwrap();
        assert_eq!(found.outside, Counts::default(), "{level}");
    }
    let nothing = compare(&ResultSet { rows_are: Rows::Areas("ward".into()), ..rolled }, &log);
    assert_eq!(by_area(&nothing, &log.areas, &least), None);
}
