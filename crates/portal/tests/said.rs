//! A log of claims: what is claimed and said of an election, by whom, and what stands beside what.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;
mod told;

use hakiki_core::kinds::{ClaimTest, Election, TestOutcome};
use hakiki_core::roster::Role;
use hakiki_messages::Language;
use hakiki_note::sha256;
use hakiki_portal::{Snapshot, every_page};
use night::{crawl, is_page, links};
use std::collections::BTreeSet;
use told::{HOSTILE, Told, ruling_on, test_of, told_with};

fn told() -> Told {
    told_with(0)
}

#[test]
fn every_page_of_claims_is_named_whole_and_reached_by_links() {
    let told = told_with(101);
    let named: BTreeSet<String> = every_page(&told.site()).collect();
    let crawled: BTreeSet<String> = crawl(&told.night, &told.snapshot).into_keys().collect();
    let parts = ["/claims/", "/statements/", "/said/", "/publishers/", "/feeds/"];
    let of_claims = |address: &&String| parts.iter().any(|part| address.contains(part));
    let named: BTreeSet<&String> = named.iter().filter(of_claims).collect();
    let crawled: BTreeSet<&String> = crawled.iter().filter(of_claims).collect();
    assert_eq!(named, crawled, "what is named is what links lead to");
    assert!(named.len() > 280, "{}", named.len());
    let mut led = BTreeSet::new();
    for address in named {
        let page = told.page(address);
        assert_eq!(page.status, 200, "{address}");
        let html = String::from_utf8(page.body).unwrap();
        assert!(!html.contains("[a word is missing here]"), "{address}");
        if page.content_type.starts_with("text/html") {
            assert_eq!(markup::complaint(&html), None, "{address}");
            led.extend(links(address, &html).into_iter().filter(|link| is_page(link)));
        }
    }
    for link in led {
        assert_eq!(told.page(&link).status, 200, "{link}");
    }
}

#[test]
fn a_page_says_whose_words_they_are_and_what_took_their_place() {
    let told = told();
    let list = told.text("/en/claims/");
    assert!(list.contains("testable as a whole; no test recorded"), "{list}");
    assert!(list.contains("as published by daraja") && list.contains("daraja, by its own key"), "{list}");
    let first = told.text(&format!("/en/claims/{}/", told.claims[0]));
    assert!(first.contains("replaced by claim"), "{first}");
    assert!(first.contains(">7,237,180<") && first.contains(">blank<"), "a blank is not a zero: {first}");
    assert!(first.contains("&lt;1&gt;") && first.contains("compares nothing"), "{first}");
    assert!(first.contains("said by"), "the statement about it stands there: {first}");
    let tabled = told.text(&format!("/en/claims/{}/", told.claims[1]));
    assert!(tabled.contains("states no totals") && tabled.contains("not at this server"), "{tabled}");
}

#[test]
fn a_status_is_what_the_log_shows_and_no_more() {
    let told = told();
    let total = told.text(&format!("/en/claims/{}/", told.claims[0]));
    assert!(total.contains("Testable as a whole only, and no test of it is recorded here"), "{total}");
    assert!(total.contains("hakiki claim bounds") && !total.contains("hakiki claim check TABLE"), "{total}");
    let tabled = told.text(&format!("/sw/claims/{}/", told.claims[1]));
    assert!(tabled.contains("hakuna kipimo chake kilichorekodiwa hapa"), "{tabled}");
    assert!(tabled.contains("hakiki claim check TABLE --mapping MAPPING --log DIR"), "{tabled}");
}

#[test]
fn a_correction_stands_beside_what_it_corrects() {
    let told = told();
    let [first, second, undated] = told.statements[..] else { panic!("three statements") };
    let area = told.text("/en/said/c01/");
    assert_eq!(area.matches("<article class=\"said\">").count(), 3, "{area}");
    let articles: Vec<&str> = area.split("<article").skip(1).collect();
    for (article, when) in articles.iter().zip(["6 March 2031, 08:00", "5 March 2031, 10:30", "undated"]) {
        assert!(article.contains(when), "the last published first, what is undated last: {article}");
    }
    let beside = area.split("class=\"correction\"").nth(1).unwrap();
    assert!(beside.contains("Correction: the earlier text"), "{beside}");
    let own = told.text(&format!("/en/statements/{first}/"));
    assert!(own.contains("<h2>Corrections</h2>") && own.contains("Correction: the earlier text"), "{own}");
    assert!(
        told.text(&format!("/en/statements/{second}/")).contains(&format!("../../../en/statements/{first}/"))
    );
    let undated = told.text(&format!("/en/statements/{undated}/"));
    assert!(!undated.contains("href=\"javascript"), "only an address of the web is a link: {undated}");
}

#[test]
fn of_what_nobody_named_a_page_says_so() {
    let told = told();
    assert!(told.text("/en/said/s000777/").contains("Nothing is recorded here of s000777."));
    assert!(told.text("/sw/said/s000777/").contains("Hakuna kilichorekodiwa hapa kuhusu s000777."));
    let record = told.text(&format!("/en/said/{}/", sha256(b"a form")));
    assert!(record.contains("gazeti, by its own key"), "{record}");
    for nowhere in
        ["/en/said/a%20b/", "/en/publishers/00/", "/en/statements/0/", "/en/statements/day/2031-03-07/"]
    {
        assert_eq!(told.page(nowhere).status, 404, "{nowhere}");
    }
    let official = night::before_polls(|_: &mut Election| {});
    let snapshot = official.snapshot();
    for nowhere in ["/en/said/s000000/", "/en/feeds/all.rss"] {
        assert_eq!(
            official.page(&snapshot, nowhere).status,
            404,
            "an authority's log is no log of claims: {nowhere}"
        );
    }
}

#[test]
fn a_name_under_a_desks_key_is_not_the_publishers_own() {
    let told = told();
    let (own, desk) = (told.key_hash("publisher"), told.key_hash("desk"));
    let by_own = told.text(&format!("/en/publishers/{own}/gazeti/"));
    let by_desk = told.text(&format!("/en/publishers/{desk}/gazeti/"));
    assert!(
        by_own.contains("<h1><bdi>gazeti, by its own key") && !by_own.contains("as published by"),
        "{by_own}"
    );
    assert!(by_desk.contains("<h1><bdi>as published by gazeti"), "{by_desk}");
    let index = told.text("/en/publishers/");
    assert!(index.contains(&own) && index.contains(&desk), "{index}");
    let key = told.text(&format!("/en/publishers/{desk}/"));
    assert!(key.contains("daraja") && key.contains("gazeti"), "{key}");
}

#[test]
fn statements_are_filtered_by_language_and_day() {
    let told = told();
    let swahili = told.text("/en/statements/language/sw/");
    assert_eq!(swahili.matches("<article class=\"said\">").count(), 2, "{swahili}");
    let day = told.text("/en/statements/day/2031-03-06/");
    assert_eq!(day.matches("<article class=\"said\">").count(), 1, "{day}");
    assert!(told.text("/en/statements/days/").contains("6 March 2031"));
    assert!(told.text("/sw/statements/day/undated/").contains("bila tarehe"));
}

#[test]
fn data_for_search_engines_cannot_be_broken_out_of() {
    let mut told = told();
    told.own_url = Some("https://madai.example".into());
    for (address, kind) in [
        (format!("/en/statements/{}/", told.statements[0]), "Quotation"),
        (format!("/en/statements/{}/", told.statements[1]), "NewsArticle"),
        (format!("/en/claims/{}/", told.claims[0]), "Claim"),
    ] {
        let html = told.text(&address);
        assert_eq!(markup::complaint(&html), None, "{address}");
        assert!(!html.contains("<script>"), "{address}");
        let block = html.split("<script type=\"application/ld+json\">").nth(1).unwrap();
        let data: serde_json::Value = serde_json::from_str(block.split("</script>").next().unwrap()).unwrap();
        assert_eq!(data["@type"], kind);
        assert_eq!(data["url"], format!("https://madai.example{address}"));
        assert!(data.get("reviewRating").is_none(), "no record holds a rating");
        if kind == "Quotation" {
            let text = data["text"].as_str().unwrap();
            assert!(
                text.starts_with("Kura </script><script>alert(1)"),
                "the text is whole in the data: {text}"
            );
            assert!(HOSTILE.contains('\u{202e}') && !text.contains('\u{202e}'), "no letter turns the line");
        }
    }
}

#[test]
fn the_portal_of_an_election_leads_to_what_others_say() {
    let official = night::before_polls(|_: &mut Election| {});
    let snapshot = official.snapshot();
    let without = official.text(&snapshot, "/en/station/president/s000000/");
    assert!(!without.contains("What others say"), "nobody named a log of claims");
    let told =
        Told { night: official, snapshot, said_url: Some("https://madai.example/log".into()), ..told() };
    let record = told.night.fixture.fingerprint;
    for (address, code) in [
        ("/en/station/president/s000000/", "s000000".to_owned()),
        ("/en/area/president/c01/", "c01".to_owned()),
        ("/en/contest/president/", "MF".to_owned()),
        ("/en/record/0/", record.to_string()),
    ] {
        let html = told.text(address);
        let link = format!("href=\"https://madai.example/log/en/said/{code}/\"");
        assert_eq!(html.matches(&link).count(), 1, "{address}: {link}");
        assert!(html.contains("What others say of this: madai.example, a log of its own"), "{address}");
    }
    assert!(told.text("/sw/area/president/c01/").contains("https://madai.example/log/sw/said/c01/"));
}

#[test]
fn an_older_head_knows_no_later_claim_and_an_authoritys_log_has_none() {
    let told = told();
    let mut head = told.night.head(&[], &[]);
    head.size = told.claims[0] + 1;
    let before = Snapshot::new(&told.night.ledger, head);
    let older = told.night.page(&before, &format!("/en/claims/{}/", told.claims[1]));
    assert_eq!(older.status, 404);
    let first = told.night.page(&before, &format!("/en/claims/{}/", told.claims[0]));
    assert!(!String::from_utf8(first.body).unwrap().contains("replaced by"));
    let area = told.night.text(&before, "/en/said/c01/");
    assert!(area.contains("Nothing is recorded here"), "{area}");
    for language in Language::ALL {
        assert_eq!(told.night.page(&before, &format!("/{language}/said/MF/")).status, 200);
    }
}

#[test]
fn what_is_found_and_ruled_of_a_claim_stands_beside_it_with_who_says_so() {
    let mut told = told();
    let court = told.night.fixture.enrolment("court", Role::Registrar);
    told.night.append(court);
    let claim = told.night.ledger.claims()[1].id;
    let address = format!("/en/claims/{}/", told.claims[1]);
    let test = test_of(claim, "jury", TestOutcome::Differs);
    let first = told.put(test.clone(), "publisher");
    let page = told.text(&address);
    assert!(page.contains("tested by jury: differs") && page.contains("46,230"), "{page}");
    assert!(page.contains("\"ClaimReview\"") && !page.contains("no test of it is recorded"), "{page}");
    assert!(told.text("/en/claims/").contains("tested by jury: differs"));
    // Another found otherwise, and nothing is weighed.
    let otherwise = ClaimTest { tester: "daraja".into(), found: TestOutcome::Consistent, ..test.clone() };
    told.put(otherwise, "claimant");
    assert!(told.text("/en/claims/").contains("testers found 2 different things"));
    // What was taken back is not said any more, and stays a record.
    told.put(ClaimTest { found: TestOutcome::Consistent, replaces: Some(first), ..test }, "publisher");
    let page = told.text("/en/claims/");
    assert!(page.contains("tested by daraja, jury: consistent"), "{page}");
    told.put(ruling_on(claim), "court");
    assert!(told.text("/en/claims/").contains("ruled on by high-court: claim not accepted"));
    let page = told.text(&address.replace("/en/", "/sw/"));
    assert!(page.contains("high-court, kesi 5/2031") && page.contains("halikukubaliwa"), "{page}");
    let size = told.night.ledger.size();
    for place in size - 4..size {
        assert_eq!(told.page(&format!("/en/record/{place}/")).status, 200);
    }
}
