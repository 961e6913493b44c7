//! The page of a comparison: what differs is on the map, in its table and among the rows, in both languages, and nothing of a
//! table becomes markup.
#![allow(clippy::unwrap_used)]

mod markup;

use hakiki_claims::{Figure, ResultSet, Row, Scope, compare, of_ledger::of_ledger};
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::view::{ContestView, Selection};
use hakiki_messages::Language;
use hakiki_portal::Boundaries;
use hakiki_portal::comparison::Sheet;

fn log() -> ResultSet {
    let fixture = Fixture::new(&Setting { stations: 40, counties: 4, ..Setting::default() });
    let mut ledger = fixture.ledger();
    for station in 0..30 {
        fixture.append(&mut ledger, fixture.signed_form(station, [90, 50, 1], 1)).unwrap();
    }
    let view = ContestView::new(&ledger, 0, ledger.size(), Selection::All);
    of_ledger(&ledger, &view, Scope::new(&ledger, 0, None).unwrap())
}

/// One station with 2,500 votes more, one invented with a name that would be markup.
fn claim(log: &ResultSet) -> ResultSet {
    let mut claim = log.clone();
    let (code, first) = claim.rows.iter_mut().next().map(|(code, row)| (code.clone(), row)).unwrap();
    first.figures[0] = Some(Figure::Number(2_590));
    let invented = Row { name: "<script>alert(1)</script>".into(), area: None, ..claim.rows[&code].clone() };
    claim.rows.insert("<b>".into(), invented);
    claim
}

fn page(
    claim: &ResultSet,
    reference: &ResultSet,
    boundaries: Option<&Boundaries>,
    language: Language,
) -> String {
    let comparison = compare(claim, reference);
    let said = ["A <i>table</i>".to_owned(), "A sentence.".to_owned()];
    Sheet { claim, reference, comparison: &comparison, said: &said, boundaries, language }.html()
}

#[test]
fn what_differs_is_on_the_map_in_its_table_and_among_the_rows() {
    let log = log();
    for language in Language::ALL {
        let html = page(&claim(&log), &log, None, language);
        assert_eq!(markup::complaint(&html.replacen(style(&html), "", 1)), None, "{language}");
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<i>"), "{language}");
        assert!(html.contains("2,590 / 90 (+2,500)"), "{language}");
        // Of a county's eight rows with forms one differs: more than one in ten.
        assert!(html.contains("k1 s3") && html.contains(">1/8<"), "{language}");
    }
    let html = page(&claim(&log), &log, None, Language::English);
    assert_eq!(html.matches("<svg class=\"map\"").count(), 2, "counties, and constituencies");
    assert!(html.contains("1 row lies in no area of this level."));
    assert!(html.contains("+2,500"), "the sums of the table");
}

/// The style has no tag, and the judge of markup wants none inline in pages of the portal.
fn style(html: &str) -> &str {
    let (from, to) = (html.find("<style>").unwrap(), html.find("</style>").unwrap());
    &html[from..to + "</style>".len()]
}

#[test]
fn outlines_are_drawn_where_there_are_any_and_squares_for_the_rest() {
    let log = log();
    let geojson = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"c01"},
        "geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}]}"#;
    let boundaries = Boundaries::parse(geojson.as_bytes(), "code").unwrap();
    let html = page(&claim(&log), &log, Some(&boundaries), Language::English);
    assert!(html.contains("M0 420L420 420L420 0L0 0Z"));
    assert!(html.contains("Areas without an outline"));
}

#[test]
fn where_no_rows_are_compared_there_is_no_map() {
    let log = log();
    let areas = ResultSet { rows_are: hakiki_claims::Rows::Areas("ward".into()), ..log.clone() };
    let html = page(&areas, &log, None, Language::English);
    assert!(!html.contains("<svg") && !html.contains("<table"), "and no row that differs");
}
