//! Pages of a search of statements: what is shown of what was found, and what is not.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;
mod told;

use hakiki_core::fixture::custodians;
use hakiki_core::kinds::Withhold;
use hakiki_core::text::Date;
use hakiki_messages::Language;
use hakiki_note::sha256;
use hakiki_portal::{
    FoundStatement, QueryFault, SnippetPiece, StatementQuery, StatementSearch, Unavailable, every_page,
    statement_search_json, statement_search_page,
};
use told::{CORRECTION, HOSTILE, Told, told_with};

fn told() -> Told {
    let mut told = told_with(0);
    told.has_search = true;
    told
}

fn words(words: &str) -> StatementQuery {
    StatementQuery { words: words.into(), ..StatementQuery::default() }
}

/// A statement with the words of its snippet, the second of three matched.
fn found(place: u64, [before, matched, behind]: [&str; 3]) -> FoundStatement {
    let pieces = [(before, false), (matched, true), (behind, false)];
    let snippet = pieces.map(|(text, is_match)| SnippetPiece { text: text.into(), is_match });
    FoundStatement { place, snippet: snippet.to_vec() }
}

fn done(found: Vec<FoundStatement>, older: Option<u64>) -> StatementSearch {
    StatementSearch::Done { size: 9, found, older }
}

/// The page, which is one, and its status.
fn page(told: &Told, language: Language, query: &StatementQuery, search: &StatementSearch) -> (u16, String) {
    let page = statement_search_page(&told.site(), language, query, search);
    let html = String::from_utf8(page.body).unwrap();
    assert_eq!(markup::complaint(&html), None);
    assert!(!html.contains("[a word is missing here]"), "{html}");
    (page.status, html)
}

fn data(told: &Told, query: &StatementQuery, search: &StatementSearch) -> serde_json::Value {
    serde_json::from_slice(&statement_search_json(&told.site(), query, search).body).unwrap()
}

#[test]
fn what_is_found_stands_below_who_published_it_with_its_words_marked() {
    let told = told();
    let [first, second, _] = told.statements[..] else { panic!("three statements") };
    let search = done(
        vec![
            found(second, ["Correction: the ", "earlier", " text named…"]),
            found(first, ["", "Kura", " </script><script>alert(1)</script> & ]]> \u{202e}  <b>"]),
        ],
        Some(first),
    );
    let (status, html) = page(&told, Language::English, &words("a & b"), &search);
    assert_eq!(status, 200);
    let articles: Vec<&str> = html.split("<article").skip(1).collect();
    assert_eq!(articles.len(), 2, "{html}");
    assert!(articles[0].contains("Correction: the <mark>earlier</mark> text named…"), "{}", articles[0]);
    let (above, text) = articles[0].split_once("<blockquote").unwrap();
    assert!(above.contains("gazeti, by its own key") && above.contains("6 March 2031"), "{above}");
    assert!(text.contains(&format!("statements/{second}/")), "{text}");
    assert!(articles[1].contains("<mark>Kura</mark> &lt;/script&gt;"), "{}", articles[1]);
    assert!(!html.contains('\u{202e}'), "nothing turns the direction of the page");
    assert!(articles[1].contains("corrected by") && articles[1].contains(&format!("statements/{second}/")));
    assert!(html.contains("Searched up to the head of size 9.") && html.contains("The head of this page"));
    assert!(html.contains(&format!("statements/search/?q=a%20%26%20b&amp;before={first}")), "{html}");
    assert!(
        html.contains("../../../sw/statements/search/?q=a%20%26%20b"),
        "the other language asks the same"
    );
    let (_, swahili) = page(&told, Language::Swahili, &words("kura"), &done(Vec::new(), None));
    assert!(swahili.contains("Hakuna kilichopatikana."), "{swahili}");
}

#[test]
fn what_is_withheld_is_not_found_by_its_words_and_stands_without_them() {
    let mut told = told();
    let first = told.statements[0];
    let search = done(vec![found(first, ["", "Kura", ""])], None);
    assert!(page(&told, Language::English, &words("kura"), &search).1.contains("<mark>"));
    let blob = sha256(HOSTILE.as_bytes());
    let body = Withhold { blob, by: "court".into(), order: None, reason: "order".into(), words: None };
    let keys = custodians();
    let record = told.night.fixture.sign(body, &keys.iter().take(2).collect::<Vec<_>>());
    told.night.append(record);
    told.snapshot = told.night.snapshot();
    let (_, html) = page(&told, Language::English, &words("kura"), &search);
    assert!(!html.contains("<article") && html.contains("Nothing was found."), "{html}");
    assert_eq!(data(&told, &words("kura"), &search)["statements"].as_array().unwrap().len(), 0);
    told.texts.remove(&blob);
    let by = StatementQuery { publisher: "gazeti".into(), ..StatementQuery::default() };
    let (_, html) = page(&told, Language::English, &by, &search);
    assert!(html.contains("<article") && html.contains("not at this server"), "{html}");
    assert!(!html.contains("zilihesabiwa") && !html.contains("<mark>"), "{html}");
}

/// An index is a file beside the log: nobody's words are taken from it that do not stand in the text.
#[test]
fn words_that_do_not_stand_in_the_text_are_not_shown() {
    let told = told();
    let search = done(vec![found(told.statements[1], ["Correction: the ", "other", " text"])], None);
    let (_, html) = page(&told, Language::English, &words("other"), &search);
    assert!(html.contains(CORRECTION) && !html.contains("<mark>"), "{html}");
    let unknown = done(vec![found(7_000_000, ["", "x", ""]), found(told.claims[0], ["", "x", ""])], None);
    assert!(!page(&told, Language::English, &words("x"), &unknown).1.contains("<article"));
}

#[test]
fn a_wrong_query_is_explained_in_both_languages() {
    let told = told();
    let day = |text: &str| Date::parse(text).unwrap();
    for (fault, english, swahili) in [
        (QueryFault::QuotationMark, "stands alone", "iko peke yake"),
        (QueryFault::Beginning { beginning: "<k".into(), least: 2 }, "&lt;k* is", "herufi 2"),
        (QueryFault::Words { count: 40, most: 32 }, "40 words", "maneno 40"),
        (QueryFault::OnlyWithout, "must not stand", "yasiyotakiwa"),
        (
            QueryFault::Days { from: day("2031-03-05"), to: day("2031-03-04") },
            "end (2031-03-04) before they begin (2031-03-05)",
            "(2031-03-04)",
        ),
        (QueryFault::NoDay("jana".into()), "jana is no day", "jana si siku"),
        (QueryFault::NoId("ab".into()), "ab is no id", "ab si kitambulisho"),
        (QueryFault::NoPlace("-1".into()), "-1 is no place", "-1 si nafasi"),
        (QueryFault::TooLong { most: 300 }, "more than 300 letters", "herufi 300"),
    ] {
        let search = StatementSearch::Wrong(fault);
        for (language, expected) in [(Language::English, english), (Language::Swahili, swahili)] {
            let (status, html) = page(&told, language, &words("k*"), &search);
            assert_eq!(status, 400);
            assert!(html.contains("J106") && html.contains(expected), "{expected}: {html}");
        }
        let data = data(&told, &words("k*"), &search);
        assert_eq!(data["error"]["code"], "J106");
        assert!(data["error"]["words"]["sw"].is_string() && data["statements"].is_null());
    }
    for why in [Unavailable::Making, Unavailable::Failed, Unavailable::Busy, Unavailable::TooSlow] {
        let (status, html) = page(&told, Language::English, &words("k"), &StatementSearch::Unavailable(why));
        assert!(status == 503 && html.contains("role=\"alert\""), "{html}");
    }
}

#[test]
fn the_form_keeps_what_was_typed_and_is_reached_only_where_it_is_served() {
    let mut told = told();
    let query = StatementQuery {
        words: "\"kura <zote>\"".into(),
        language: "ha".into(),
        from: "2031-03-01".into(),
        ..StatementQuery::default()
    };
    let (_, html) = page(&told, Language::English, &query, &StatementSearch::NotAsked);
    assert!(
        html.contains("value=\"&quot;kura &lt;zote&gt;&quot;\"") && html.contains("value=\"2031-03-01\"")
    );
    assert!(html.contains("<option value=\"ha\" selected>") && html.contains("<details open>"), "{html}");
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(told.text("/en/statements/search/").contains("<form"));
    assert_eq!(told.page("/en/statements/search").status, 308);
    let own = told.key_hash("publisher");
    let by = format!("/en/publishers/{own}/gazeti/");
    assert!(told.text(&by).contains("statements/search/?publisher=gazeti"));
    for list in ["/en/statements/", "/sw/publishers/", "/en/claims/"] {
        assert!(told.text(list).contains("/statements/search/"), "{list}");
    }
    assert!(!every_page(&told.site()).any(|address| address.contains("statements/search")));
    told.has_search = false;
    assert_eq!(told.page("/en/statements/search/").status, 404);
    assert_eq!(page(&told, Language::English, &query, &StatementSearch::NotAsked).0, 404);
    assert_eq!(statement_search_json(&told.site(), &query, &StatementSearch::NotAsked).status, 404);
    for list in ["/en/statements/", "/en/publishers/", &by] {
        assert!(!told.text(list).contains("statements/search"), "{list}");
    }
}

#[test]
fn data_says_the_same() {
    let told = told();
    let [first, second, _] = told.statements[..] else { panic!("three statements") };
    let data = data(&told, &words("kura"), &done(vec![found(first, ["", "Kura", ""])], Some(first)));
    assert_eq!(data["schema"], "hakiki/statement-search@v1");
    assert_eq!((&data["searched_size"], &data["older_before"]), (&9.into(), &first.into()));
    let statement = &data["statements"][0];
    assert_eq!(statement["publisher"], "gazeti");
    assert_eq!((&statement["by_own_key"], &statement["place"]), (&true.into(), &first.into()));
    assert_eq!(statement["corrected_by"][0]["place"], second);
    assert_eq!(statement["snippet"][1], serde_json::json!({ "text": "Kura", "is_match": true }));
}
