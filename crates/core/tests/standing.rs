//! What the decision rule makes of the figures that stand, as text.
#![allow(clippy::unwrap_used)]

use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::BoxName;
use hakiki_core::text::BoxValue;
use hakiki_core::view::results::results_text;
use hakiki_core::view::standing_text::standing_text;

/// The standing with one form: its second candidate's box as given, ten votes for somebody off the ballot, no readable total.
fn with_second(second: BoxValue) -> String {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let mut form = fixture.form(0, [0, 0, 0], 3);
    let number = BoxValue::Number;
    form.figures.votes = vec![(1, number(60)), (2, second), (3, number(30)), (9, number(10))];
    form.figures = form.figures.clone().with(BoxName::Valid, BoxValue::Illegible);
    let [kit, officer] = fixture.station_keys(0);
    fixture.append(&mut ledger, fixture.sign(form, &[&kit, &officer])).unwrap();
    standing_text(&ledger, ledger.size())
}

#[test]
fn votes_off_the_ballot_are_in_the_whole_whether_a_box_is_read_or_not() {
    // They were not, where a box was unread: the same paper then stood on a whole of 90.
    let text = with_second(BoxValue::Blank);
    assert!(text.contains("contest president 100\ncandidate 1 60 1\ncandidate 2 0 0\n"), "{text}");
    assert_eq!(text, with_second(BoxValue::Number(0)));
}

#[test]
fn a_run_off_names_the_first_two_and_an_empty_night_nobody() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    assert!(standing_text(&ledger, ledger.size()).ends_with("outcome no-votes\n"));
    fixture.append(&mut ledger, fixture.signed_form(0, [50, 30, 20], 0)).unwrap();
    let text = standing_text(&ledger, ledger.size());
    assert!(
        text.ends_with("candidate 3 20 0\noutcome run-off 1 / 2\n"),
        "exactly half is not more than half: {text}"
    );
    for station in [1, 2, 3] {
        fixture.append(&mut ledger, fixture.signed_form(station, [51, 30, 19], 0)).unwrap();
    }
    let text = standing_text(&ledger, ledger.size());
    assert!(
        text.ends_with("outcome elected 1\n"),
        "three of four counties at a quarter, and 203 of 400: {text}"
    );
}

#[test]
fn votes_on_a_ballot_within_another_do_not_stand_under_its_candidates() {
    // The second implementation found it: c01 has the ballot 1, 4, 7, and its votes for 4 and 7 stood under the nation's
    // candidates 2 and 3, by their position on the paper.
    let fixture =
        Fixture::new(&Setting { stations: 2, counties: 2, has_own_ballot: true, ..Setting::default() });
    let mut ledger = fixture.ledger();
    let mut form = fixture.form(0, [50, 30, 20], 0);
    for (vote, number) in form.figures.votes.iter_mut().zip([1, 4, 7]) {
        vote.0 = number;
    }
    let [kit, officer] = fixture.station_keys(0);
    fixture.append(&mut ledger, fixture.sign(form, &[&kit, &officer])).unwrap();
    fixture.append(&mut ledger, fixture.signed_form(1, [5, 3, 2], 0)).unwrap();
    let results = results_text(&ledger, ledger.size());
    let area = |code: &str| {
        let from = results.find(&format!("\narea {code} ")).unwrap() + 1;
        let text = &results[from..];
        text[..text[1..].find("\narea ").map_or(text.len(), |end| end + 1)].to_owned()
    };
    assert!(area("MF").contains("votes 1 5 5 5\nvotes 2 3 3 3\nvotes 3 2 2 2\n"), "{}", area("MF"));
    assert!(
        area("c01").contains("votes 1 50 50 50\nvotes 4 30 30 30\nvotes 7 20 20 20\n"),
        "{}",
        area("c01")
    );
    assert!(area("MF").starts_with("area MF 2 0 2 0 0 1200\n"), "the partition is of all stations");
    let standing = standing_text(&ledger, ledger.size());
    assert!(standing.contains("contest president 10\ncandidate 1 5 "), "{standing}");
}
