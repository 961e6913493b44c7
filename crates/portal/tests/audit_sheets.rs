//! The sheets of an audit: what is fetched, and what is counted on, without a figure that was reported.
#![allow(clippy::unwrap_used)]

mod country;
mod markup;
mod night;
mod reader;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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

/// The modules of a picture of one bit a pixel: PNG (ISO/IEC 15948) as the sheets have it, its rows unfiltered.
fn modules(png: &[u8]) -> (usize, Vec<bool>) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && &png[12..16] == b"IHDR");
    let width = u32::from_be_bytes(png[16..20].try_into().unwrap()) as usize;
    assert_eq!(&png[24..29], [1, 0, 0, 0, 0], "grey, one bit, not interlaced");
    assert_eq!(&png[37..41], b"IDAT");
    let length = u32::from_be_bytes(png[33..37].try_into().unwrap()) as usize;
    let rows = miniz_oxide::inflate::decompress_to_vec_zlib(&png[41..41 + length]).unwrap();
    let dark = rows.chunks(1 + width.div_ceil(8)).flat_map(|row| {
        assert_eq!(row[0], 0, "no filter");
        (0..width).map(|x| row[1 + x / 8] >> (7 - x % 8) & 1 == 0).collect::<Vec<_>>()
    });
    (width, dark.collect())
}

/// Whoever scans a printed sheet comes to the station's page, at this audit.
#[test]
fn the_codes_of_sheets_lead_to_their_stations() {
    let mut country = Country::plain(telling);
    let plan = country.plan();
    country.seed(plan);
    let (ledger, missing) = (&country.night.ledger, country.missing(&plan));
    let entry = ledger.audit_plan_of(&plan).unwrap();
    for sheet in [pull, tally] {
        let html = sheet(ledger, entry, ledger.size(), Language::Swahili).unwrap();
        let pictures =
            html.split("data:image/png;base64,").skip(1).map(|rest| rest.split('"').next().unwrap());
        let links: BTreeSet<String> = pictures
            .map(|picture| {
                let (width, dark) = modules(&STANDARD.decode(picture).unwrap());
                reader::read(width, &dark)
            })
            .collect();
        let expected = missing.iter().map(|code| {
            format!("https://log.mfano.example/sw/station/president/{code}/#audit-{}", entry.place)
        });
        assert_eq!(links, expected.collect());
        let (station, part) = links.first().unwrap().split_once("/sw/").unwrap().1.split_once('#').unwrap();
        let page = country.night.text(&country.snapshot(), &format!("/sw/{station}"));
        assert!(
            page.contains(&format!("id=\"{part}\"")),
            "the part of the page that the code names is there"
        );
    }
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
