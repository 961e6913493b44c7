//! Two logs beside each other.

use crate::archive::{Shelf, opening, photographed, with_photograph};
use crate::log::{TestLog, large, large_records};
use crate::outside::fixture;
use hakiki_verify::{At, Opening, Relation, compare_logs, part};

#[test]
fn logs_are_the_same_or_one_begins_the_other() {
    let all = large_records();
    let (whole, begun) = (TestLog::of(large(), all), TestLog::of(large(), &all[..300]));
    let compared = compare_logs(&whole.source(), &whole.source()).unwrap();
    assert!(compared.relation == Relation::Same && compared.is_one_election());
    let relation = |a: &TestLog, b: &TestLog| compare_logs(&a.source(), &b.source()).unwrap().relation;
    assert_eq!(relation(&begun, &whole), Relation::FirstIsPrefix(all.len() as u64 - 300));
    assert_eq!(relation(&whole, &begun), Relation::SecondIsPrefix(all.len() as u64 - 300));
}

#[test]
fn logs_part_at_a_place_and_only_what_differs_is_named() {
    let all = large_records();
    // One record left out in the middle: everything behind it stands one place earlier and is no difference.
    let without: Vec<_> = all[..400].iter().chain(&all[401..]).cloned().collect();
    let (a, b) = (TestLog::of(large(), all), TestLog::of(large(), &without));
    let compared = compare_logs(&a.source(), &b.source()).unwrap();
    assert_eq!(compared.relation, Relation::Parted(400));
    assert!(compared.only_second.is_empty() && compared.is_one_election());
    let [only] = &compared.only_first[..] else { panic!("{:?}", compared.only_first) };
    assert_eq!((only.place, only.record.clone()), (400, Some(("form@v1".into(), *all[400].id()))));

    let other = TestLog::of(fixture(), &with_photograph(1));
    assert!(!compare_logs(&a.source(), &other.source()).unwrap().is_one_election());
}

#[test]
fn archives_of_one_head_part_in_their_blobs() {
    let (log, shelf) = (photographed(), Shelf::new());
    let with_all = shelf.open("a", &opening(log.source(), At::Signed)).0;
    let without = Opening { with_blobs: false, ..opening(log.source(), At::Signed) };
    let without = shelf.open("b", &without).0;
    let source = |path: &std::path::Path| hakiki_verify::Source::Archive(path.to_owned());
    let compared = compare_logs(&source(&with_all), &source(&without)).unwrap();
    assert_eq!(compared.relation, Relation::Same);
    let (a, b) = compared.lists.unwrap();
    let rows: Vec<String> = part(&a, &b).into_iter().map(|row| row.row).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].starts_with("blobs/blob/") && rows[1] == "blobs/manifest");
}
