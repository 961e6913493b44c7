//! Every page of an invented night, in both languages: what stands on it, and that every door leads somewhere.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;

use hakiki_core::ledger::Ledger;
use hakiki_core::text::BoxValue;
use hakiki_core::view::{ContestView, Selection, Tally};
use hakiki_messages::{Language, Message, text};
use hakiki_portal::{HeadState, Snapshot, every_page};
use night::{
    CANDIDATES, COUNTIES, FIRST_STATION, Night, STATIONS, before_polls, crawl, night, night_with, resolved,
    written_links,
};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static NIGHT: LazyLock<(Night, Snapshot)> = LazyLock::new(|| {
    let night = night();
    let snapshot = night.snapshot();
    (night, snapshot)
});

fn page(address: &str) -> String {
    NIGHT.0.text(&NIGHT.1, address)
}

fn status(address: &str) -> u16 {
    NIGHT.0.page(&NIGHT.1, address).status
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[test]
fn every_door_leads_somewhere_and_every_page_is_whole() {
    let pages = crawl(&NIGHT.0, &NIGHT.1);
    for (address, page) in &pages {
        assert_eq!(page.status, 200, "{address}");
        if !page.content_type.starts_with("text/html") {
            continue;
        }
        let html = String::from_utf8(page.body.clone()).unwrap();
        assert_eq!(markup::complaint(&html), None, "{address}");
        let language: Language = address.get(1..3).map_or(Language::default(), |tag| tag.parse().unwrap());
        assert!(html.contains(&format!("<html lang=\"{language}\"")), "{address}");
        assert!(html.contains(text(language, "portal.band.rehearsal")), "{address} lacks the band");
        if address.contains("/hall/") || address.contains("/embed/") {
            assert!(html.contains(text(language, "site.call.do_not")), "{address} does not say to wait");
            continue;
        }
        for word in ["page.strip.no_witness", "strip.short.no_witness", "strip.short.never_checked"] {
            assert!(html.contains(text(language, word)), "{address} lacks {word} in the strip");
        }
        assert!(
            html.contains(text(language, "page.foot.not_checked")),
            "{address} lacks the honest sentence"
        );
        assert!(!html.contains("[a word is missing here]"), "{address}");
        for raw in ["<b>Pwani", "<script>", "Kito O'Rusha <i>", "Niño & Sons"] {
            assert!(!html.contains(raw), "{address} holds {raw} unescaped");
        }
    }
    for language in Language::ALL {
        let stations = pages.keys().filter(|address| address.starts_with(&format!("/{language}/station/")));
        assert_eq!(stations.count(), STATIONS, "every station is reached by links");
    }
}

#[test]
fn the_partition_stands_in_one_sentence_and_in_doors() {
    let view = |standing: u64, missing: u64| {
        Message::new("portal.partition")
            .with("standing", standing)
            .with("expected", 24_u64)
            .with("missing", missing)
            .with("contested", 1_u64)
            .with("disregarded", 1_u64)
    };
    for language in Language::ALL {
        let html = page(&format!("/{language}/"));
        // Stations 7, 9 (held only) and 20 to 23 are missing.
        assert!(html.contains(&view(16, 6).text(language)), "{language}");
        for state in ["expected", "standing", "missing", "contested", "disregarded"] {
            assert!(html.contains(&format!("{language}/missing/president/{state}/area/MF/")), "{state}");
        }
        assert!(html.contains(text(language, "portal.band.provisional")));
        assert!(html.contains(text(language, "page.with_contested")));
        assert!(html.contains(text(language, "page.not_on_forms")));
        assert!(html.contains(text(language, "portal.without_late_keys")));
        assert!(html.contains(text(language, "page.without_excess")));
    }
}

/// X08: of 46,229 stations 46,166 were reported, and nobody said which 63 were missing.
#[test]
fn x08_the_missing_are_counted_and_named() {
    let tally = Tally { expected: 46_229, standing: 46_166, missing: 63, ..Tally::default() };
    assert_eq!(tally.received(), 46_166);
    let words =
        Message::new("page.places.count").with("count", tally.missing).with("expected", tally.expected);
    assert_eq!(words.text(Language::English), "63 of 46,229 expected stations.");
    let html = page("/en/missing/president/");
    assert!(html.contains("6 of 24 expected stations."));
    for code in ["s000007", "s000009", "s000020", "s000021", "s000022", "s000023"] {
        assert!(html.contains(code), "{code} is missing and not named");
    }
    assert!(!html.contains("s000003") && html.contains("flooded-road"));
    assert!(page("/sw/missing/president/contested/").contains("s000003"));
    assert!(!page("/en/missing/president/missing/area/c01/").contains("s000007"));
}

/// X04: names survive byte for byte, but for the five characters that HTML escapes.
#[test]
fn x04_names_survive() {
    for language in Language::ALL {
        let html = page(&format!("/{language}/"));
        for name in COUNTIES.iter().chain(&CANDIDATES) {
            assert!(html.contains(&escaped(name)), "{name}");
        }
        assert!(page(&format!("/{language}/station/president/s000000/")).contains(&escaped(FIRST_STATION)));
        assert!(page(&format!("/{language}/station/president/s000002/")).contains("مدرسة النور"));
    }
}

#[test]
fn a_form_is_shown_as_the_paper_has_it() {
    for language in Language::ALL {
        let html = page(&format!("/{language}/station/president/s000001/"));
        assert!(html.contains("aria-label=\"301\""));
        for state in ["blank", "dash", "illegible"] {
            let word = text(language, &format!("form.box_state.{state}"));
            assert!(html.contains(&format!("aria-label=\"{word}\"")), "{state}");
        }
        assert!(html.contains("digits blank") && html.contains("W101"));
        assert!(html.len() < 30_000, "{} bytes", html.len());
    }
    // A candidate's row stands before the written total, and that before the counts box.
    let html = page("/en/station/president/s000000/");
    let paper = &html[html.find("class=\"paper\"").unwrap()..];
    let at = |words: &str| paper.find(words).unwrap();
    assert!(
        at("Neema Tofali") < at("Total valid votes") && at("Total valid votes") < at("Registered voters")
    );
    assert!(html.contains("F402") && html.contains("F403"));
    assert!(html.contains("own copy, other figures") && html.contains("not here yet"));
    assert!(html.contains("class=\"by-ink\"") && html.contains("class=\"by-key\""));
}

#[test]
fn each_state_of_a_station_is_said() {
    let cases = [
        ("s000000", "form.state.standing"),
        ("s000003", "form.state.contested"),
        ("s000004", "form.state.ruled"),
        ("s000007", "form.state.missing"),
        ("s000009", "form.state.held"),
    ];
    for language in Language::ALL {
        for (station, key) in cases {
            assert!(
                page(&format!("/{language}/station/president/{station}/")).contains(text(language, key)),
                "{station}"
            );
        }
        let disregarded = Message::new("form.state.disregarded").with("article", "reg-83-1-b").text(language);
        assert!(page(&format!("/{language}/station/president/s000005/")).contains(&disregarded));
    }
    assert!(page("/en/station/president/s000003/").contains("digits differs"));
    assert!(page("/en/station/president/s000007/").contains("flooded-road"));
    assert!(page("/en/station/president/s000008/").contains("key enrolled after the zero report"));
    assert!(page("/en/station/president/s000006/").contains("taken from paper"));
    assert!(
        page("/en/station/president/s000002/")
            .contains("sum of the candidates: 202 · written total valid: 212")
    );
}

#[test]
fn a_record_is_shown_letter_for_letter_by_place_and_by_id() {
    let (night, _) = &*NIGHT;
    let place = 5;
    let note = String::from_utf8(night.entries[place].clone()).unwrap();
    let by_place = page("/en/record/5/");
    assert!(by_place.contains(&escaped(&note)));
    let id = night.ledger.entries()[0].id;
    assert_eq!(night.ledger.place_of(&id), Some(5));
    assert!(page(&format!("/sw/record/{id}/")).contains(&escaped(&note)));
    assert!(
        by_place.contains(&format!("../receipt/{id}")) && by_place.contains("/en/station/president/s000000/")
    );
    for address in
        ["/en/record/99999/", "/en/record/-1/", "/en/record/+5/", "/en/record/99999999999999999999999/"]
    {
        assert_eq!(status(address), 404, "{address}");
    }
}

#[test]
fn what_leads_nowhere_says_so() {
    for address in [
        "/xx/",
        "/en/nothing/",
        "/en/contest/none/",
        "/en/area/president/none/",
        "/en/station/president/none/",
        "/en/findings/F999/",
        "/en/findings/F101/area/none/",
        "/en/findings/F101/page/",
        "/en/missing/president/missing/area/none/",
        "/en/missing/president/none/",
        "/en/%zz/",
        "/%ff",
        "/sw/station/president/",
        "/en/log/more/",
        "/en/log/page/2/",
        "/style.css/x",
        "//",
        "/en//",
        "//en/",
    ] {
        let found = NIGHT.0.page(&NIGHT.1, address);
        assert_eq!(found.status, 404, "{address}");
        assert_eq!(markup::complaint(&String::from_utf8(found.body).unwrap()), None, "{address}");
    }
    assert!(page("/sw/nothing/").contains(text(Language::Swahili, "portal.error.not_found")));
    for address in ["/", "/en/", "/sw/", "/en/contest/president/", "/en/area/president/c01-1/page/2/"] {
        assert_eq!(status(address), 200, "{address}");
    }
}

/// A file server's habit is ours.
#[test]
fn an_address_without_its_slash_leads_to_the_page() {
    for (address, location) in
        [("/en", "./en/"), ("/en/log", "./log/"), ("/sw/station/president/s000000", "./s000000/")]
    {
        let page = NIGHT.0.page(&NIGHT.1, address);
        assert_eq!((page.status, page.location.as_deref()), (308, Some(location)), "{address}");
        assert_eq!(status(&format!("{address}/")), 200);
    }
    assert_eq!(status("/en/none"), 404);
}

/// A copy as plain files holds every page that a link leads to; links are relative and hold no query.
#[test]
fn every_page_is_named_once_and_reached_by_links() {
    let (night, snapshot) = &*NIGHT;
    let named: Vec<String> = every_page(&night.site(snapshot)).collect();
    let set: BTreeSet<&String> = named.iter().collect();
    assert_eq!(set.len(), named.len(), "an address is named twice");
    let crawled = crawl(night, snapshot);
    for address in crawled.keys() {
        assert!(set.contains(address), "{address} is linked and not named");
    }
    for address in &named {
        let page = night.page(snapshot, address);
        assert_eq!((page.status, page.location), (200, None), "{address}");
        // The whole is an area too; the search leads there.
        let is_alias = address.ends_with("/area/president/MF/");
        assert!(is_alias || crawled.contains_key(address), "{address} is named and no link leads there");
        for link in written_links(&String::from_utf8_lossy(&page.body)) {
            assert!(!link.contains('?'), "{address} has the query link {link}");
        }
    }
}

#[test]
fn a_place_is_found_by_code_name_and_with_a_slip() {
    let finds =
        |query: &str, code: &str| page(&format!("/en/search/?q={query}")).contains(&format!("/{code}/\""));
    assert!(finds("s000007", "s000007") && finds("S000007", "s000007") && finds("s00000", "s000003"));
    assert!(finds("mwembe%20school", "s000000") && finds("Mwenbe%20School", "s000000"));
    assert!(finds("ngambo", "s000001") && finds("%D8%A7%D9%84%D9%86%D9%88%D8%B1", "s000002"));
    assert!(!finds("kisiwani", "s000000"));
    assert!(page("/en/search/?q=%3Cscript%3E").contains("&lt;script&gt;"));
    assert!(
        page("/sw/search/?q=x")
            .contains(&Message::new("portal.search.too_short").with("count", 2_u64).text(Language::Swahili))
    );
}

#[test]
fn a_finding_leads_to_its_places() {
    let html = page("/en/findings/F101/");
    assert!(
        html.contains("/en/station/president/s000002/") && html.contains("A difference, not an accusation")
    );
    assert!(page("/en/findings/F101/area/c03/").contains("s000002"));
    assert!(!page("/en/findings/F101/area/c01/").contains("/en/station/president/s000002/"));
    assert!(page("/sw/findings/").contains("F205"));
    assert!(page("/en/changes/").contains("Key replaced:"));
}

#[test]
fn the_state_of_the_head_is_said_plainly() {
    let (night, _) = &*NIGHT;
    let strip = |head: HeadState| night.text(&Snapshot::new(&night.ledger, head), "/en/log/");
    let nobody = strip(night.head(&[], &[]));
    assert!(nobody.contains("no witness") && nobody.contains("4 March 2031, 23:40"));
    assert!(nobody.contains(&night.fixture.fingerprint.to_string()) && nobody.contains("hakiki verify &lt;"));
    assert!(strip(night.head(&["Circle", "Bridge"], &[])).contains("cosigned by 2 of 2: Circle, Bridge"));
    assert!(
        strip(night.head(&["Circle"], &["Bridge", "Observers"]))
            .contains("held by rivals: Bridge, Observers")
    );
    let mut few = night.head(&["Circle"], &[]);
    few.quorum = 3;
    assert!(strip(few).contains("1 of 3 witnesses so far"));
}

#[test]
fn a_declaration_stands_beside_the_log_and_ends_the_provisional() {
    let mut night = night();
    night.declare([1, 2, 3]);
    let html = night.text(&night.snapshot(), "/en/");
    assert!(!html.contains(text(Language::English, "portal.band.provisional")));
    assert!(
        html.contains(text(Language::English, "portal.results.declaration_differs")) && html.contains("F304")
    );
}

#[test]
fn a_compilation_and_a_live_election_say_what_they_are() {
    let compilation = night_with(|election| election.authority = None);
    let html = compilation.text(&compilation.snapshot(), "/sw/");
    assert!(html.contains(text(Language::Swahili, "portal.band.compilation")));
    let live = night_with(|election| {
        election.mode = hakiki_core::kinds::Mode::Live;
        election.authority = None;
    });
    assert!(!live.text(&live.snapshot(), "/en/").contains(text(Language::English, "portal.band.rehearsal")));
}

#[test]
fn an_older_head_and_an_empty_log_have_pages_too() {
    let (night, _) = &*NIGHT;
    let mut older = night.head(&[], &[]);
    older.size = 8;
    let snapshot = Snapshot::new(&night.ledger, older);
    assert_eq!(night.page(&snapshot, "/en/record/9/").status, 404);
    assert_eq!(crawl(night, &snapshot).values().filter(|page| page.status != 200).count(), 0);
    let mut empty = before_polls(|_| {});
    let html = empty.text(&empty.snapshot(), "/en/");
    assert!(html.contains("No form has come yet. 24 stations are expected."));
    // Nothing but the election record: no register, no areas.
    empty.entries.truncate(1);
    let first = hakiki_core::Record::parse(&empty.entries[0]).unwrap();
    empty.ledger = Ledger::begin(first).unwrap();
    let snapshot = empty.snapshot();
    assert_eq!(crawl(&empty, &snapshot).values().filter(|page| page.status != 200).count(), 0);
}

#[test]
fn two_contests_have_a_page_each() {
    let night = night_with(|election| {
        let mut other = election.contests[0].clone();
        other.code = "senate".into();
        other.title = "Senate <of> Mfano".into();
        other.rule = hakiki_core::kinds::RuleName::Plurality;
        other.spread = None;
        election.contests.push(other);
    });
    let snapshot = night.snapshot();
    let pages = crawl(&night, &snapshot);
    assert_eq!(pages.values().filter(|page| page.status != 200).count(), 0);
    assert!(pages["/en/"].body.windows(10).any(|bytes| bytes == b"Senate &lt"));
    assert!(night.text(&snapshot, "/en/contest/senate/").contains("Each area has its own ballot here"));
}

#[test]
fn assets_are_kept_for_ever_only_under_their_own_mark() {
    let html = page("/en/");
    let href = written_links(&html).into_iter().find(|link| link.contains("/style.")).unwrap();
    let style = NIGHT.0.page(&NIGHT.1, &resolved("/en/", &href).unwrap());
    assert!(style.immutable && style.content_type.starts_with("text/css"));
    assert!(!NIGHT.0.page(&NIGHT.1, "/style.css").immutable);
    assert_eq!(NIGHT.0.page(&NIGHT.1, "/live.0.js").status, 404);
    assert!(!String::from_utf8(style.body).unwrap().contains("url("));
}

/// The share beside a bar and the share in the table of the rule are one figure, where a written total says what a box holds
/// that cannot be read.
#[test]
fn a_candidate_has_one_share_on_a_page() {
    let mut night = night();
    let [kit, officer] = night.fixture.station_keys(20);
    let mut form = night.fixture.form(20, [100, 50, 300], 0);
    form.figures.votes[2].1 = BoxValue::Illegible;
    let form = night.fixture.sign(form, &[&kit, &officer]);
    night.append(form);
    let snapshot = night.snapshot();
    let tally = ContestView::new(&night.ledger, 0, night.ledger.size(), Selection::All).total(&night.ledger);
    assert_eq!(tally.spans[2].least, tally.votes[2].total + 300, "only what is certain, and all of it");
    let expected: Vec<String> = tally
        .spans
        .iter()
        .map(|span| (span.least * 20_000 + tally.valid.least) / (2 * tally.valid.least))
        .map(|hundredths| format!("{}.{:02}\u{a0}%", hundredths / 100, hundredths % 100))
        .collect();
    for language in Language::ALL {
        let html = night.text(&snapshot, &format!("/{language}/"));
        let between = |text: &str, start: &str, end: &str| {
            text.split(start).nth(1).unwrap().split(end).next().unwrap().to_owned()
        };
        let bars = html.split("class=\"votes\"").skip(1).map(|bar| between(bar, "<small>", "</small>"));
        assert_eq!(bars.collect::<Vec<_>>(), expected, "beside the bars");
        let table = between(&html, text(language, "page.spread.table"), "</table>");
        let rows = table.split("<tr>").filter(|row| row.contains("<td")).map(|row| between(row, " (", ")"));
        assert_eq!(rows.collect::<Vec<_>>(), expected, "in the table of the rule");
        assert!(html.contains(text(language, "page.shares_with_fixed")), "and it is said");
        assert!(!page(&format!("/{language}/")).contains(text(language, "page.shares_with_fixed")));
        // The integers are what was written.
        assert!(html.contains(&format!(">{}</a>", hakiki_messages::number(tally.votes[2].total))));
    }
}
