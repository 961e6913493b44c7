//! The report of `hakiki forensics`: what is escaped, what stays the same, that page, CSV and JSON say one thing, and what is said where
//! something is missing.
#![allow(clippy::unwrap_used)]

use hakiki_audit::numeric::draw::binomial;
use hakiki_audit::numeric::stream::Stream;
use hakiki_claims::set::{Area, Figure};
use hakiki_claims::{Column, ResultSet, Row, Rows};
use hakiki_messages::{Language, keys, number};
use hakiki_portal::forensics::{Brought, Cell, Clock, ForensicsError, Options, PAGE, Report, State, files};
use serde_json::Value;
use std::collections::BTreeMap;

const NASTY: &str = "<script>alert(1)</script> & \"Njema\"";

/// An invented country: regions that prefer different people, stations with a few hundred voters, nothing added anywhere.
fn country(regions: u64, stations: u64) -> ResultSet {
    let mut stream = Stream::new(7);
    let number = |count: u64| Some(Figure::Number(count));
    let candidate = |name: &str| Column::Candidate { name: name.into(), party: None };
    let columns = vec![candidate(NASTY), candidate("Pwani"), Column::Valid, Column::Rejected];
    let mut areas = BTreeMap::new();
    let mut rows = BTreeMap::new();
    for region in 0..regions {
        let code = format!("R{region:02}");
        let area = |level: &str, parent: Option<String>, name: &str| Area {
            level: level.into(),
            parent,
            name: name.into(),
        };
        areas.insert(code.clone(), area("region", None, &format!("Region {region} <b>")));
        let prefers = 0.25 + 0.5 * f64::from(u32::try_from(region).unwrap()) / 12.0;
        for station in 0..stations {
            let centre = format!("{code}.C{:03}", station / 3);
            areas.insert(centre.clone(), area("centre", Some(code.clone()), &centre));
            let voters = 350 + stream.below(350);
            let cast = binomial(&mut stream, voters, 0.7);
            let rejected = binomial(&mut stream, cast, 0.01);
            let valid = cast - rejected;
            let first = binomial(&mut stream, valid, prefers);
            let figures = vec![number(first), number(valid - first), number(valid), number(rejected)];
            let row = Row { voters: Some(voters), ..Row::new(format!("S{station}"), Some(centre), figures) };
            rows.insert(format!("{code}-{station:04}"), row);
        }
    }
    ResultSet {
        title: format!("Mfano {NASTY}"),
        rows_are: Rows::Stations,
        columns,
        rows,
        areas,
        lines: Vec::new(),
        cap: Some(700),
    }
}

fn brought(set: &ResultSet) -> Brought<'_> {
    let reported =
        set.rows.keys().enumerate().map(|(at, code)| (code.clone(), i64::try_from(at * 37 % 1_009).unwrap()));
    Brought { set, clock: Clock::Places, reported: reported.collect(), others: Vec::new() }
}

fn report(set: &ResultSet) -> Report {
    let made = vec![("source", NASTY.to_owned())];
    Report::new(&brought(set), &Options::default(), None, made).unwrap()
}

fn page(report: &Report, language: Language) -> String {
    let files = files(report, language);
    let (_, bytes) = files.iter().find(|(name, _)| name == PAGE).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

fn state<'a>(report: &'a Report, key: &str) -> &'a State {
    &report.sections.iter().find(|section| section.indicator.key() == key).unwrap().state
}

#[test]
fn what_comes_from_the_source_is_escaped_and_no_script_is_there() {
    let report = report(&country(4, 150));
    for language in Language::ALL {
        let page = page(&report, language);
        assert!(!page.contains("<script") && !page.contains("<b>alert"), "{language}");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Njema&quot;"));
        assert!(page.contains("Region 0 &lt;b&gt;"));
        // Nothing from elsewhere: the only address is the namespace of SVG.
        assert_eq!(
            page.matches("http").count(),
            page.matches("http-equiv").count() + page.matches("http://www.w3.org/2000/svg").count()
        );
        assert!(page.contains("default-src 'none'"));
        assert!(!page.contains(hakiki_messages::MISSING), "{language}");
    }
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    let set = country(3, 150);
    assert_eq!(files(&report(&set), Language::English), files(&report(&set), Language::English));
}

#[test]
fn page_csv_and_json_say_the_same() {
    let report = report(&country(9, 130));
    let all = files(&report, Language::English);
    let text = |name: &str| {
        let (_, bytes) = all.iter().find(|(path, _)| path == name).unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    };
    let json: Value = serde_json::from_str(&text("numbers.json")).unwrap();
    let page = text(PAGE);
    let mut compared = 0;
    for figures in report.tables() {
        let table = &json["tables"][&figures.name];
        assert_eq!(table["rows"].as_array().unwrap().len(), figures.rows.len());
        let csv = text(&format!("csv/{}.csv", figures.name));
        assert!(page.contains(&format!("href=\"csv/{}.csv\"", figures.name)), "{}", figures.name);
        assert_eq!(csv.lines().count(), figures.rows.len() + 1, "{}", figures.name);
        for (place, (line, row)) in csv.lines().skip(1).zip(&figures.rows).enumerate() {
            // Only rows without quotes are cut here; names with commas are another test's.
            if line.contains('"') {
                continue;
            }
            for (at, field) in line.split(',').enumerate() {
                let value = &table["rows"][place][at];
                match &row[at] {
                    Cell::Whole(count) => {
                        assert_eq!((value.as_u64(), field.parse().ok()), (Some(*count), Some(*count)));
                    }
                    cell if cell.is_number() => {
                        assert_eq!(field.parse().ok(), cell.value());
                        // The parser of JSON is right to the last digit but one.
                        let (found, expected) = (value.as_f64(), cell.value());
                        let near =
                            |found: f64, expected: f64| (found - expected).abs() <= 4e-16 * expected.abs();
                        assert_eq!(found.is_some(), expected.is_some());
                        assert!(found.zip(expected).is_none_or(|(found, expected)| near(found, expected)));
                    }
                    _ => continue,
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 5_000, "{compared}");
    // What the page shows of every test of the whole is what the JSON has, rounded.
    for section in report.sections.iter().filter(|section| section.state == State::Shown) {
        for row in section.tests.rows.iter().take_while(|row| row[0] == Cell::None) {
            for cell in row.iter().filter(|cell| cell.is_number()) {
                let shown = format!(
                    "<td class=\"number\">{}</td>",
                    cell.shown(Language::English).replace('<', "&lt;")
                );
                assert!(page.contains(&shown), "{}: {shown}", section.indicator.key());
            }
        }
    }
}

#[test]
fn every_number_drawn_stands_in_the_table_behind_the_picture() {
    let report = report(&country(9, 130));
    let fingerprint = &report.sections[0];
    assert_eq!(fingerprint.indicator.key(), "fingerprint");
    let cells = &fingerprint.plots[0].figures;
    let sum: u64 = cells.rows.iter().map(|row| if let Cell::Whole(count) = row[2] { count } else { 0 }).sum();
    assert_eq!(sum, 9 * 130);
    // A cell is drawn as one closed piece of a path; the first picture has one for each row.
    let page = page(&report, Language::English);
    let first = page.split("<svg class=\"plot square\"").nth(1).unwrap().split("</svg>").next().unwrap();
    let pieces: usize = first.split("class=\"h").skip(1).map(|path| path.matches('z').count()).sum();
    assert_eq!(pieces, cells.rows.len());
}

#[test]
fn a_clean_country_is_usual_and_every_section_has_its_words() {
    let report = report(&country(9, 130));
    for section in &report.sections {
        let key = section.indicator.key();
        let innocent = format!("forensics.{key}.innocent.");
        assert!(keys(Language::English).filter(|word| word.starts_with(&innocent)).count() >= 2, "{key}");
        let (all, below) = section.adjusted();
        // Regions are of one kind here, so hardly any area may be unusual in any test.
        assert!(below * 20 <= all, "{key}: {below} of {all}");
    }
    assert_eq!(report.facts.rows.len(), 0);
    assert_eq!(*state(&report, "second-digits"), State::Off);
    assert_eq!(*state(&report, "klimek"), State::Off);
    assert_eq!(*state(&report, "ballots"), State::Lacks("contests"));
    assert_eq!(*state(&report, "rooms"), State::Shown);
    assert_eq!(*state(&report, "late"), State::Shown);
    let page = page(&report, Language::English);
    for verdict in ["fraud", "suspicious", "anomal", "rigged", "guilty"] {
        assert!(!page.to_lowercase().contains(verdict), "{verdict}");
    }
}

#[test]
fn planted_changes_are_shown_where_they_are() {
    let mut set = country(4, 150);
    let put = |row: &mut Row, column: usize, count: u64| row.figures[column] = Some(Figure::Number(count));
    // One station's figures exchanged, one whose sum is wrong, one with more votes than voters.
    let row = set.rows.get_mut("R00-0007").unwrap();
    row.figures.swap(0, 1);
    let row = set.rows.get_mut("R01-0001").unwrap();
    let valid = row.number(2).unwrap();
    put(row, 2, valid + 10);
    let row = set.rows.get_mut("R02-0002").unwrap();
    row.voters = Some(20);
    let report = report(&set);
    let facts: Vec<(Cell, Cell)> =
        report.facts.rows.iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let fact =
        |word: &str, code: &str| (Cell::Word(format!("forensics.fact.{word}")), Cell::Text(code.into()));
    assert_eq!(facts, [fact("sum", "R01-0001"), fact("voters", "R02-0002")]);
    let exchanged = report.sections.iter().find(|section| section.indicator.key() == "exchanged").unwrap();
    assert_eq!(exchanged.more[0].rows[0][0], Cell::Text("R00-0007".into()));
    let page = page(&report, Language::Swahili);
    assert!(page.contains("lang=\"sw\"") && page.contains("Hesabu, si takwimu"));
}

#[test]
fn too_few_and_lacking_are_said() {
    let mut set = country(1, 30);
    let few = report(&set);
    assert_eq!(*state(&few, "last-digits"), State::TooFew { found: count_of(&few), least: 100 });
    assert!(page(&few, Language::English).contains("below 100 chance alone gives almost anything"));
    for row in set.rows.values_mut() {
        row.voters = None;
    }
    set.areas.clear();
    for row in set.rows.values_mut() {
        row.area = None;
    }
    let brought = Brought { clock: Clock::None, reported: BTreeMap::new(), ..brought(&set) };
    let bare = Report::new(&brought, &Options::default(), None, Vec::new()).unwrap();
    assert_eq!(*state(&bare, "fingerprint"), State::Lacks("registered"));
    assert_eq!(*state(&bare, "spikes"), State::Lacks("registered"));
    assert_eq!(*state(&bare, "late"), State::Lacks("order"));
    assert_eq!(*state(&bare, "rooms"), State::Lacks("centres"));
    assert!(page(&bare, Language::English).contains("does not say in which order"));
}

/// Counts of three digits of the candidate who has more of them.
fn count_of(report: &Report) -> u64 {
    let [one, other] = report.subject.leading().map(|candidate| {
        report.subject.stations.iter().filter(|station| station.of(candidate).unwrap() >= 100).count()
    });
    one.max(other) as u64
}

#[test]
fn names_that_the_source_does_not_have_are_told_with_those_it_has() {
    let set = country(2, 30);
    let made = |options: &Options| Report::new(&brought(&set), options, None, Vec::new()).unwrap_err();
    let error = made(&Options { level: Some("county".into()), ..Options::default() });
    assert_eq!(error.code(), "G103");
    assert!(
        error.text(Language::English).contains("county; there are: region, centre"),
        "{}",
        error.text(Language::English)
    );
    let error = made(&Options { leader: Some("Nobody".into()), ..Options::default() });
    assert_eq!(error.code(), "G104");
    let error = made(&Options { given: vec!["given".into()], ..Options::default() });
    assert_eq!(error.text(Language::Swahili).split(':').next(), Some("G105"));
    let mut areas = country(2, 30);
    areas.rows_are = Rows::Areas("region".into());
    let error = Report::new(&brought(&areas), &Options::default(), None, Vec::new()).unwrap_err();
    assert_eq!(error, ForensicsError::NoStations { level: "region".into() });
    let mut alone = country(1, 5);
    alone.columns[1] = Column::Other("other".into());
    let error = Report::new(&brought(&alone), &Options::default(), None, Vec::new()).unwrap_err();
    assert_eq!(error, ForensicsError::TooFewCandidates { with_votes: 1 });
}

#[test]
fn second_digits_come_only_when_asked_for_with_the_reason_beside() {
    let set = country(4, 150);
    let off = page(&report(&set), Language::English);
    assert!(off.contains("It rejects honest elections"));
    let options = Options { second_digits: true, ..Options::default() };
    let on = Report::new(&brought(&set), &options, None, Vec::new()).unwrap();
    assert_eq!(*state(&on, "second-digits"), State::Shown);
    assert!(page(&on, Language::English).contains("Canada 2011 gives a chi-square of 462"));
    assert!(page(&on, Language::English).contains(&number(600)));
}

#[test]
fn contests_of_one_station_are_held_together() {
    let set = country(1, 30);
    let mut ballots: BTreeMap<String, u64> = set
        .rows
        .iter()
        .map(|(code, row)| (code.clone(), row.number(2).unwrap() + row.number(3).unwrap()))
        .collect();
    *ballots.get_mut("R00-0003").unwrap() += 40;
    let brought = Brought { others: vec![("governor".into(), ballots)], ..brought(&set) };
    let report = Report::new(&brought, &Options::default(), None, Vec::new()).unwrap();
    let section = report.sections.iter().find(|section| section.indicator.key() == "ballots").unwrap();
    assert_eq!(section.state, State::Shown);
    assert_eq!(section.more[0].rows.len(), 1);
    assert_eq!(section.more[0].rows[0][6], Cell::Whole(40));
    assert_eq!(section.tests.rows[0][5], Cell::Whole(1));
}
