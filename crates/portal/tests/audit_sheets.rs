//! The sheets of an audit: what is fetched, and what is counted on, without a figure that was reported.
#![allow(clippy::unwrap_used)]

mod country;
mod markup;
mod night;

use country::{Country, honest, odd_names};
use hakiki_messages::{Language, text};
use hakiki_portal::audit_sheets::{Sheets, pull, tally};
use std::collections::BTreeSet;

/// Figures that are nowhere else in the log: a sheet that has one of them is not blind.
fn telling(station: usize) -> [u32; 3] {
    [313 + 7 * u32::try_from(station % 3).unwrap(), 127, 61]
}

fn without_hex(html: &str) -> String {
    // Pictures and ids hold any digits.
    html.split(|c: char| !c.is_ascii_alphanumeric() && !"+/=".contains(c))
        .filter(|word| word.len() < 24)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn sheets_name_what_waits_and_no_figure() {
    let mut country = Country::odd(telling);
    let plan = country.plan();
    country.seed(plan);
    let missing = country.missing(&plan);
    assert!(!missing.is_empty());
    let (ledger, snapshot) = (&country.night.ledger, country.snapshot());
    let entry = ledger.audit_plan_of(&plan).unwrap();
    for language in Language::ALL {
        let sheets = [pull, tally].map(|sheet| sheet(ledger, entry, ledger.size(), language).unwrap());
        let pages = ["pull", "tally"].map(|sheet| {
            country.night.text(&snapshot, &format!("/{language}/audits/{}/{sheet}/", entry.place))
        });
        for html in sheets.iter().chain(&pages) {
            assert_eq!(markup::complaint(html), None);
            for code in &missing {
                assert!(html.contains(&format!(">{code}<")), "{code} lacks");
            }
            for name in odd_names() {
                assert!(!html.contains(name), "{name} is not escaped");
            }
            assert!(!html.contains("[a word is missing here]"));
            assert!(html.contains(text(language, "portal.band.rehearsal")), "a rehearsal says so on paper");
            let words: BTreeSet<String> = without_hex(html).split(' ').map(str::to_owned).collect();
            for figure in ["313", "320", "327", "127", "61", "501", "508", "515"] {
                assert!(!words.contains(figure), "{figure} was reported");
            }
        }
        assert_eq!(sheets[1].matches("<article").count(), missing.len(), "a page each");
        assert!(sheets[1].contains(&format!("plan {plan}")) && sheets[1].contains("hakiki/audit-count@v1"));
        assert_eq!(sheets[1].matches("data:image/png").count(), missing.len());
        assert!(sheets[0].contains("class=\"tick\""));
    }
}

/// What is counted needs no sheet, and a county's board gets its own.
#[test]
fn sheets_grow_shorter_with_every_count() {
    let mut country = Country::plain(honest);
    let plan = country.plan();
    let sheets = |country: &Country| {
        let ledger = &country.night.ledger;
        let entry = ledger.audit_plan_of(&plan).unwrap();
        let sheets = Sheets::new(ledger, entry, ledger.size()).unwrap();
        let counties = (0..u32::try_from(ledger.register().areas().len()).unwrap())
            .filter(|area| ledger.register().areas()[*area as usize].code.len() == 3)
            .map(|area| sheets.clone().within(area).stations().len());
        (sheets.stations().len(), counties.sum::<usize>(), sheets.pull(Language::English))
    };
    let (count, _, html) = sheets(&country);
    assert!(count == 0 && html.contains(text(Language::English, "audits.sheet.nothing")), "nothing is drawn");
    country.seed(plan);
    let missing = country.missing(&plan);
    let (count, by_county, html) = sheets(&country);
    assert_eq!((count, by_county), (missing.len(), missing.len()));
    assert!(html.contains(&missing[0]));
    country.count(plan, &missing[0], honest(0));
    let (count, _, html) = sheets(&country);
    assert!(count == missing.len() - 1 && !html.contains(&missing[0]));
    // More than a station can hold: the plan does not hold, and all others wait.
    country.count(plan, &missing[1], [600, 130, 30]);
    assert_eq!(sheets(&country).0, country::PLAIN as usize - 2);
}

#[test]
fn a_plan_that_draws_nothing_has_no_sheets() {
    let mut country = Country::plain(|_| [200, 200, 10]);
    let plan = country.plan_with(|_| {}, |_| {});
    let ledger = &country.night.ledger;
    let entry = ledger.audit_plan_of(&plan).unwrap();
    let error = tally(ledger, entry, ledger.size(), Language::Swahili).unwrap_err();
    assert_eq!(error.word(), "margin");
}

/// A page has room for some hundred stations; for more there is the command.
#[test]
fn a_page_of_sheets_stays_a_page() {
    let mut country = Country::of_size(520, 4, |_| [201, 199, 0]);
    let plan = country.plan();
    let snapshot = country.snapshot();
    let address = format!("/en/audits/{}/tally/", country.place(&plan));
    let html = country.night.text(&snapshot, &address);
    assert_eq!(markup::complaint(&html), None);
    assert!(html.contains("520 stations wait") && html.contains("hakiki audit draw"), "{html}");
    assert!(html.len() < 10_000);
    let ledger = &country.night.ledger;
    let entry = ledger.audit_plan_of(&plan).unwrap();
    let whole = tally(ledger, entry, ledger.size(), Language::English).unwrap();
    assert_eq!(whole.matches("<article").count(), 520, "the command writes all");
}
