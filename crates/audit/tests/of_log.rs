//! Audits as a log tells them: from plan to stop with signed records, and T12: what no software sees, wrong figures that every form
//! carries, the count of paper does.
#![allow(clippy::unwrap_used)]

mod common;

use common::country::Country;
use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::draft::row_text;
use hakiki_audit::of_log::{Audit, AuditError, BatchDifference, audits_text, differences, draft};
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_note::Hash;
use std::collections::BTreeMap;

const STATIONS: u32 = 80;

/// What is in the boxes: candidate 1 has 60 %.
fn honest(station: usize) -> [u32; 3] {
    [240 + station as u32 % 5, 130, 30]
}

#[test]
fn an_audit_runs_from_plan_to_stop() {
    let mut country = Country::new(STATIONS, honest);
    let plan = country.plan(|_| {});
    let entry = country.ledger.audit_plan_of(&plan).unwrap();
    assert_eq!(differences(&country.ledger, entry).unwrap(), []);
    let Stage::Sized { draws } = country.stage(&plan) else { panic!("no seed, and not sized") };
    assert!(draws < STATIONS.into(), "{draws}");
    country.seed(plan, "31415926535897932384");
    let Stage::Counting { missing } = country.stage(&plan) else { panic!("nothing is drawn") };
    assert!(!missing.is_empty());
    let before_seed = audits_text(&country.ledger, country.ledger.size() - 1);
    assert!(
        before_seed.ends_with(&format!("stage sized {draws}\n")),
        "a view before the seed is what it was"
    );
    assert_eq!(country.until_it_ends(plan, honest), Stage::Confirmed { draws });
    let text = audits_text(&country.ledger, country.ledger.size());
    assert_eq!(text.lines().filter(|line| line.starts_with("draw ")).count() as u64, draws);
    assert!(text.ends_with(&format!("stage confirmed {draws}\n")), "{text}");
    assert!(!text.contains("taint"), "no paper differed");
}

#[test]
fn t12_a_wrong_outcome_that_every_form_carries_is_found_by_paper() {
    // Every station's form says what its officers were told to write; the boxes say that nobody has more than half.
    let reported = |_: usize| [230, 190, 10];
    let paper = |_: usize| [200, 220, 10];
    let mut confirmed = 0_u32;
    let tries = 60_u32;
    let mut country = Country::new(STATIONS, reported);
    let plan = country.plan(|_| {});
    let base = country.ledger.clone();
    for number in 0..tries {
        country.ledger = base.clone();
        let digits = format!("271828182845904523{number:04}");
        country.seed(plan, &digits);
        match country.until_it_ends(plan, paper) {
            Stage::Confirmed { .. } => confirmed += 1,
            stage => assert_eq!(stage, Stage::Counted { confirms: false }, "the full count says so"),
        }
    }
    // 5 % of 60 is 3; 3 standard errors are 5 more. The seeds end in 0000 to 0059.
    assert!(confirmed <= 8, "{confirmed} of {tries} wrong outcomes were confirmed");
}

#[test]
fn a_table_that_is_not_what_stood_is_told() {
    let mut country = Country::new(STATIONS, honest);
    let plan = country.plan(|rows| rows[3] = rows[3].replace(" 130 ", " 129 "));
    let entry = country.ledger.audit_plan_of(&plan).unwrap();
    let found = differences(&country.ledger, entry).unwrap();
    assert!(matches!(&found[..], [BatchDifference::Figures { .. }]), "{found:?}");
    let plan = country.plan(|rows| {
        rows.pop();
    });
    let entry = country.ledger.audit_plan_of(&plan).unwrap();
    let found = differences(&country.ledger, entry).unwrap();
    assert!(matches!(&found[..], [BatchDifference::Missing(_)]), "{found:?}");
    let plan = country.plan(|rows| rows[0] = rows[0].replace(" 600 ", " 500 "));
    let entry = country.ledger.audit_plan_of(&plan).unwrap();
    let found = differences(&country.ledger, entry).unwrap();
    assert!(matches!(&found[..], [BatchDifference::Bound { table: 500, ledger: 600, .. }]), "{found:?}");
}

#[test]
fn a_count_above_the_bound_breaks_the_plan_and_is_not_lost() {
    let mut country = Country::new(STATIONS, honest);
    let plan = country.plan(|_| {});
    country.seed(plan, "31415926535897932384");
    country.count(plan, "s000000", [500, 130, 30]);
    let broken = country.audit(&plan).progress.unwrap_err();
    assert_eq!(broken.stations, [("s000000".to_owned(), 660, 600)]);
    let text = audits_text(&country.ledger, country.ledger.size());
    assert!(text.ends_with("broken s000000 660 600\n"), "{text}");
}

#[test]
fn an_outcome_that_its_own_figures_do_not_bear_out_draws_nothing() {
    let mut country = Country::new(STATIONS, |_| [200, 200, 10]);
    let plan = country.plan(|_| {});
    let entry = country.ledger.audit_plan_of(&plan).unwrap();
    let error = Audit::new(&country.ledger, entry, country.ledger.size()).unwrap_err();
    assert!(matches!(error, AuditError::Plan(_)), "{error}");
    assert!(audits_text(&country.ledger, country.ledger.size()).ends_with("\nrefused margin\n"));
}

#[test]
fn stations_without_figures_have_paper_too() {
    let setting = Setting { stations: 8, counties: 4, ..Setting::default() };
    let fixture = Fixture::new(&setting);
    let mut ledger = fixture.ledger();
    fixture.append(&mut ledger, fixture.signed_form(0, [300, 100, 20], 5)).unwrap();
    let rows = draft(&ledger, 0, 0, ledger.size()).unwrap();
    let texts: Vec<String> = rows.iter().map(|row| row_text(&ledger, row)).collect();
    assert_eq!(texts[0], "s000000 c01 600 420 300 100 20");
    assert_eq!(
        texts[1], "s000001 c02 600 0 0 0 0",
        "missing: no votes reported, wrong by all that it can hold"
    );
    assert_eq!(texts.len(), 8);
}

#[test]
fn ballots_in_no_batch_count_where_they_are() {
    let mut country = Country::new(STATIONS, honest);
    let margins = |country: &Country, plan: &Hash| -> Vec<(Option<String>, i128)> {
        let audit = country.audit(plan);
        audit.plan.assertions().iter().map(|it| (it.assertion.area.clone(), it.margin)).collect()
    };
    let without = country.plan(|_| {});
    let areas: Vec<String> =
        margins(&country, &without).iter().filter_map(|(area, _)| area.clone()).collect();
    // A constituency lies in its county, and counts for it and for the whole, each ballot as the worst.
    let inside = format!("{}-1", areas[0]);
    let with = country.plan_with(|_| {}, |plan| plan.outside = BTreeMap::from([(inside, 40)]));
    for ((area, before), (_, after)) in margins(&country, &without).into_iter().zip(margins(&country, &with))
    {
        let taken = if area.as_ref().is_none_or(|area| *area == areas[0]) { 40 } else { 0 };
        assert_eq!(after, before - taken, "{area:?}");
    }
    // Of the whole country it is not known in which county they are.
    let above = country.plan_with(|_| {}, |plan| plan.outside = BTreeMap::from([("MF".to_owned(), 40)]));
    let entry = country.ledger.audit_plan_of(&above).unwrap();
    let error = Audit::new(&country.ledger, entry, country.ledger.size()).unwrap_err();
    assert_eq!((error.word(), error), ("outside", AuditError::Outside("MF".into())));
}

#[test]
fn a_count_that_was_not_drawn_is_shown() {
    let mut country = Country::new(STATIONS, honest);
    let plan = country.plan(|_| {});
    country.seed(plan, "31415926535897932384");
    let Stage::Counting { missing } = country.stage(&plan) else { panic!("nothing is drawn") };
    let other = country.fixture.stations.iter().find(|station| !missing.contains(station)).unwrap().clone();
    country.count(plan, &other, honest(0));
    let text = audits_text(&country.ledger, country.ledger.size());
    assert!(text.contains(&format!("\nnot-drawn {other}\n")), "{text}");
    assert_eq!(country.stage(&plan), Stage::Counting { missing }, "it measures nothing");
}
