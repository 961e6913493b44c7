//! The pages and files of audits: every stage, what stands against a plan, both languages, and that all of it is reached by links.
#![allow(clippy::unwrap_used)]

mod country;
mod markup;
mod night;

use country::{Country, DIGITS, honest, odd_names};
use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::{audits_text, frame_text};
use hakiki_core::kinds::AuditMethod;
use hakiki_messages::{Language, Message, text};
use hakiki_note::Hash;
use hakiki_portal::{Snapshot, every_page};
use night::crawl;
use std::collections::BTreeSet;

/// The page of an audit in a language, whole.
fn page_in(country: &Country, language: Language, plan: &Hash) -> String {
    let snapshot = country.snapshot();
    let html = country.night.text(&snapshot, &format!("/{language}/audits/{}/", country.place(plan)));
    assert_eq!(markup::complaint(&html), None, "{html}");
    html
}

fn page(country: &Country, plan: &Hash) -> String {
    page_in(country, Language::English, plan)
}

fn en(key: &str) -> &'static str {
    text(Language::English, key)
}

fn stage(key: &str, count: usize) -> String {
    Message::new(format!("audits.stage.{key}")).with("count", count).text(Language::English)
}

#[test]
fn an_audit_is_shown_at_every_stage() {
    let mut country = Country::plain(honest);
    let plan = country.plan();
    let Stage::Sized { draws } = country.stage(&plan) else { panic!("it has no seed") };
    let draws = usize::try_from(draws).unwrap();
    let html = page(&country, &plan);
    assert!(html.contains(&stage("sized", draws)) && html.contains(en("audits.draws.no_seed")));
    assert!(html.contains("Neema Tofali has more than 50\u{a0}% of the valid votes"), "{html}");
    assert!(html.contains("Neema Tofali has more than 25\u{a0}% of the valid votes in County 1"));
    assert!(html.contains(en("audits.assert.not_tested")) && html.contains("custodian-1"));
    assert!(html.contains(en("audits.differs.none")) && !html.contains("id=\"risk\""));
    country.seed(plan);
    let missing = country.missing(&plan);
    let html = page(&country, &plan);
    assert!(html.contains(&stage("counting", missing.len())) && html.contains(DIGITS));
    let draw = country.audit(&plan).progress.unwrap().draws[0];
    assert!(html.contains(&format!("printf '%s' '{DIGITS},1' | sha256sum\n{}  -", draw.hash)));
    assert!(html.contains("/pull/") && html.contains("/tally/") && html.contains(en("audits.draws.waits")));
    country.until_it_ends(plan, honest);
    let html = page(&country, &plan);
    assert!(html.contains(&stage("confirmed", draws)), "{html}");
    assert!(html.contains("id=\"risk\"") && html.contains("risk-limit") && !html.contains("/pull/"));
    assert!(html.contains(en("audits.assert.confirmed")) && html.contains(en("audits.compared.without")));
    assert!(html.contains("95\u{a0}%"), "what confirmed means is said with its own numbers");
}

#[test]
fn paper_that_differs_is_said_vote_by_vote() {
    let mut country = Country::plain(|_| [230, 190, 10]);
    let plan = country.plan();
    country.seed(plan);
    let first = country.missing(&plan)[0].clone();
    let slip = country.count(plan, &first, [229, 191, 10]);
    country.count_again(plan, &first, [220, 195, 10], Some(slip));
    let html = page(&country, &plan);
    assert!(html.contains("230 / 220 <b class=\"unequal\">−10</b>"), "{html}");
    assert!(html.contains("190 / 195 <b class=\"unequal\">+5</b>"));
    assert!(html.contains(en("audits.compared.replaced")) && html.contains(en("audits.compared.means")));
    // One that was not drawn is shown and measures nothing.
    let codes: BTreeSet<String> = country.missing(&plan).into_iter().collect();
    let stations = country.night.fixture.stations.clone();
    if let Some(other) = stations.iter().find(|code| **code != first && !codes.contains(*code)) {
        country.count(plan, other, [230, 190, 10]);
        assert!(page(&country, &plan).contains("id=\"not-drawn\""));
    }
    let end = country.until_it_ends(plan, |_| [200, 220, 10]);
    assert_eq!(end, Stage::Counted { confirms: false });
    let html = page(&country, &plan);
    assert!(html.contains(en("audits.stage.counted_not")) && !html.contains("/pull/"));
    assert!(html.contains("not borne out") && html.contains("margin on paper −"));
}

#[test]
fn all_paper_counted_decides() {
    let mut country = Country::plain(|_| [201, 199, 0]);
    let plan = country.plan();
    let html = page(&country, &plan);
    assert!(html.contains(&stage("full_count", country::PLAIN as usize)));
    country.seed(plan);
    assert_eq!(country.until_it_ends(plan, |_| [201, 199, 0]), Stage::Counted { confirms: true });
    assert!(page(&country, &plan).contains(en("audits.stage.counted_so")));
}

#[test]
fn a_bound_that_was_none_a_plan_refused_and_a_table_that_differs_are_said_neutrally() {
    let mut country = Country::plain(honest);
    let plan = country.plan();
    country.seed(plan);
    let code = country.missing(&plan)[0].clone();
    country.count(plan, &code, [500, 130, 30]);
    let html = page(&country, &plan);
    assert!(html.contains(&stage("broken", 1)) && html.contains("id=\"broken\""));
    assert!(html.contains("<td class=\"n\">660</td><td class=\"n\">600</td>"), "{html}");
    assert!(html.contains(en("audits.assert.not_measured")));
    // Another plan follows, whose table is not what stood.
    let changed = country.plan_with(
        |rows| {
            rows[3] = rows[3].replace(" 130 ", " 129 ");
            rows[4] = rows[4].replace(" 600 ", " 599 ");
            rows.pop();
        },
        |_| {},
    );
    let html = page(&country, &changed);
    assert!(html.contains("id=\"differs\"") && html.contains("bound 599, the least by the log is 600"));
    assert!(html.contains(en("audits.differs.missing")) && html.contains(" 129 "));
    assert!(page(&country, &plan).contains(en("audits.page.superseded")));
    assert!(!html.contains(en("audits.page.superseded")));
    let mut country = Country::plain(|_| [200, 200, 10]);
    let plan = country.plan();
    let html = page(&country, &plan);
    assert!(html.contains(en("audits.refused.margin")) && html.contains(en("audits.stage.refused")));
    let snapshot = country.snapshot();
    let place = country.place(&plan);
    for file in ["frame.txt", "draws.csv"] {
        assert_eq!(country.night.page(&snapshot, &format!("/audits/{place}/{file}")).status, 404);
    }
}

/// Every reason that a plan can be refused for has its sentence.
#[test]
fn every_refusal_has_words() {
    for word in ["outcome", "outside", "table", "areas", "margin", "weights", "form", "counts"] {
        for language in Language::ALL {
            assert!(!text(language, &format!("audits.refused.{word}")).is_empty());
        }
    }
}

#[test]
fn pages_are_reached_by_links_in_both_languages_and_odd_names_are_text() {
    let mut country = Country::odd(honest);
    let plan = country.plan();
    country.seed(plan);
    let code = country.missing(&plan)[0].clone();
    country.count(plan, &code, [241, 120, 30]);
    let run_off = country.plan_with(
        |_| {},
        |plan| {
            plan.method = AuditMethod::KaplanMarkov;
            plan.stake = None;
        },
    );
    let snapshot = country.snapshot();
    let night = &country.night;
    let crawled = crawl(night, &snapshot);
    let named: BTreeSet<String> = every_page(&night.site(&snapshot)).collect();
    for (address, page) in &crawled {
        assert_eq!(page.status, 200, "{address}");
        assert!(named.contains(address), "{address} is linked and not named");
        if page.content_type.starts_with("text/html") {
            let html = String::from_utf8_lossy(&page.body);
            assert_eq!(markup::complaint(&html), None, "{address}");
            assert!(!html.contains("[a word is missing here]"), "{address}");
            for name in odd_names() {
                assert!(!html.contains(name), "{address} has {name} as it is");
            }
        }
    }
    for place in [plan, run_off].map(|plan| country.place(&plan)) {
        for language in Language::ALL {
            for rest in ["", "pull/", "tally/"] {
                let address = format!("/{language}/audits/{place}/{rest}");
                assert!(named.contains(&address), "{address}");
                assert!(crawled.contains_key(&address) || place != country.place(&plan), "{address}");
            }
        }
    }
    for file in ["/audits.txt".to_owned(), format!("/audits/{}/draws.csv", country.place(&plan))] {
        assert!(crawled.contains_key(&file) && named.contains(&file), "{file}");
    }
    for none in
        ["/en/audits/0/", "/en/audits/x/", "/en/audits/007/", "/en/audits/99999/pull/", "/audits/0/frame.txt"]
    {
        assert_eq!(night.page(&snapshot, none).status, 404, "{none}");
    }
}

#[test]
fn records_and_stations_lead_to_their_audit() {
    let mut country = Country::plain(honest);
    let plan = country.plan();
    let station = |country: &Country, code: &str| {
        country.night.text(&country.snapshot(), &format!("/en/station/president/{code}/"))
    };
    let codes = country.night.fixture.stations.clone();
    assert!(!station(&country, &codes[0]).contains(en("audits.station.title")), "nothing is drawn");
    country.seed(plan);
    let drawn = country.missing(&plan);
    let door = format!("audits/{}/", country.place(&plan));
    let html = station(&country, &drawn[0]);
    assert!(html.contains(en("audits.station.waits")) && html.contains(&door));
    assert!(
        html.contains(&format!("id=\"audit-{}\"", country.place(&plan))),
        "codes of the sheets lead there"
    );
    let other = codes.iter().find(|code| !drawn.contains(code)).unwrap();
    assert!(!station(&country, other).contains(&door));
    let count = country.count(plan, &drawn[0], honest(0));
    country.count(plan, other, honest(0));
    assert!(station(&country, &drawn[0]).contains(en("audits.station.counted")));
    assert!(station(&country, other).contains(en("audits.station.counted_not_drawn")));
    let snapshot = country.snapshot();
    for id in [plan, count] {
        let html = country.night.text(&snapshot, &format!("/en/record/{}/", country.place(&id)));
        assert!(html.contains(&door), "the record leads to its audit");
    }
    let nation = country.night.text(&snapshot, "/en/contest/president/");
    assert!(nation.contains(&door) && nation.contains("id=\"audits\""));
    assert!(nation.contains("href=\"../../../en/audits/\""), "and the footer to all");
}

#[test]
fn files_are_what_the_audit_computes() {
    let mut country = Country::plain(honest);
    let plan = country.plan();
    country.seed(plan);
    let missing = country.missing(&plan);
    let audit = country.audit(&plan);
    let progress = audit.progress.unwrap();
    let first = audit.plan.contest().batches()[progress.draws[0].item].code.clone();
    country.count(plan, &first, [235, 130, 30]);
    let snapshot = country.snapshot();
    let (night, place) = (&country.night, country.place(&plan));
    let file = |path: &str| String::from_utf8(night.page(&snapshot, path).body).unwrap();
    assert_eq!(file("/audits.txt"), audits_text(&night.ledger, night.ledger.size()));
    let entry = night.ledger.audit_plan_of(&plan).unwrap();
    assert_eq!(file(&format!("/audits/{place}/frame.txt")), frame_text(&night.ledger, entry).unwrap());
    let csv = file(&format!("/audits/{place}/draws.csv"));
    let rows: Vec<Vec<&str>> = csv.split("\r\n").map(|row| row.split(',').collect()).collect();
    let heads = "head_size,draw,station,area,remainder,sha256,reported_1,reported_2,reported_3,counted_1,counted_2,counted_3,taint_1";
    assert!(csv.starts_with(heads), "{csv}");
    assert_eq!(rows.len(), progress.draws.len() + 2, "a head, the draws, the end");
    let row = &rows[1];
    assert_eq!(row[1..3], ["1", first.as_str()]);
    assert_eq!(row[4], progress.draws[0].remainder.to_string());
    assert_eq!(row[9..12], ["235", "130", "30"]);
    let counted: u64 = row[6].parse().unwrap();
    assert_eq!(row[12].parse::<f64>().unwrap() > 0.0, counted > 235, "{csv}");
    assert_eq!(rows[0].len(), row.len());
    let waiting = rows.iter().find(|row| row.get(2).is_some_and(|code| **code == missing[1])).unwrap();
    assert_eq!(
        (waiting[9], waiting[12], waiting[rows[0].len() - 1]),
        ("", "", ""),
        "not counted, not measured"
    );
    let index = file("/data/index.json");
    assert!(index.contains("audits.txt") && index.contains("draws.csv"));
}

#[test]
fn without_audits_nothing_leads_there_and_the_page_says_what_one_is() {
    let country = Country::without_audits();
    let snapshot = country.snapshot();
    let named: BTreeSet<String> = every_page(&country.night.site(&snapshot)).collect();
    assert!(named.iter().all(|address| !address.contains("audits")));
    assert!(!country.night.text(&snapshot, "/en/").contains("audits/"));
    assert_eq!(country.night.page(&snapshot, "/audits.txt").status, 404);
    for language in Language::ALL {
        let html = country.night.text(&snapshot, &format!("/{language}/audits/"));
        assert!(html.contains(text(language, "audits.none")) && html.contains(text(language, "audits.what")));
    }
    // Admitted, and none planned yet: the footer leads to a page that says so.
    let admitted = Country::plain(honest);
    let snapshot = admitted.snapshot();
    assert!(admitted.night.text(&snapshot, "/en/").contains("audits/"));
    assert!(admitted.night.text(&snapshot, "/en/audits/").contains(en("audits.none")));
}

/// A page of a head before the count knows nothing of it.
#[test]
fn an_older_head_shows_what_it_knew() {
    let mut country = Country::plain(honest);
    let plan = country.plan();
    let head = country.night.head(&[], &[]);
    country.seed(plan);
    let older = Snapshot::new(&country.night.ledger, head);
    let html = country.night.text(&older, &format!("/en/audits/{}/", country.place(&plan)));
    assert!(html.contains(en("audits.draws.no_seed")) && !html.contains(DIGITS));
    let list = country.night.text(&country.snapshot(), "/sw/audits/");
    assert!(list.contains("Neema Tofali amechaguliwa"), "{list}");
}
