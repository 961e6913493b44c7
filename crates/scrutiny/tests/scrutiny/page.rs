//! The page, its files and the certificate: whole, in both languages, and nothing from the log is markup.

use crate::night::{Night, passed};
use hakiki_messages::{Language, text};
use hakiki_note::sha256;
use hakiki_scrutiny::{Annexed, Asked, Given, annex_table, certificate, csv_name, html, json, table};
use hakiki_tlog::Agreement;

const HOSTILE: &str = "</td><script>alert(1)</script>";

#[test]
fn nothing_from_the_log_is_markup() {
    let mut night = Night::with(|election| election.title = format!("A night {HOSTILE}"));
    night.session("vendor-1", "<img/src=x/onerror=alert(1)>", "2031-03-04T23:40:00+03:00", None);
    night.form(0, [1, 2, 3]);
    let report = night.report();
    for page in [html(&report, Language::English), certificate(&report, None, Language::English)] {
        assert!(!page.contains("<script"), "a script");
        assert!(!page.contains("<img"), "an image");
        assert!(page.contains("&lt;script&gt;alert(1)"), "the title is shown as it is");
    }
}

#[test]
fn the_page_has_every_question_no_script_and_nothing_from_elsewhere() {
    let mut night = Night::new();
    night.form(0, [1, 2, 3]);
    let report = night.report();
    for language in Language::ALL {
        let page = html(&report, language);
        for number in 1..=62 {
            assert!(page.contains(&format!("id=\"q{number}\"")), "{number}");
            assert!(page.contains(&format!("href=\"#q{number}\"")), "{number}");
        }
        assert!(page.contains("@media print"));
        for from_elsewhere in ["<script", "http://", "https://", "src=", "url(", "@import"] {
            assert!(!page.contains(from_elsewhere), "{from_elsewhere}");
        }
        assert!(!page.contains("a word is missing"));
        assert_eq!(page, html(&report, language), "the same bytes again");
    }
}

#[test]
fn tables_have_a_file_each_with_the_records_they_rest_on() {
    let mut night = Night::new();
    let id = night.form(0, [1, 2, 3]);
    night.head(1_930_334_400);
    let report = night.report();
    let csv = table::csv(&report.answer(27).unwrap().table, &report, Language::English);
    let mut lines = csv.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .ends_with("Place,Record id,Not in the log before (witnessed),In the log by (witnessed)")
    );
    let row = lines.next().unwrap();
    assert!(row.contains(&id.to_string()), "{row}");
    assert!(row.ends_with("2031-03-04T03:00:00+03:00") || row.contains("+03:00"), "{row}");
    assert_eq!(csv_name(7), "question-07.csv");
}

#[test]
fn the_json_counts_what_the_page_counts() {
    let report = Night::new().report();
    let value = json(&report, Language::English);
    let count: u64 = value["count"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(count, 62);
    assert_eq!(value["answers"].as_array().unwrap().len(), 62);
    assert_eq!(value["answers"][23]["status"], "outside");
}

#[test]
fn the_certificate_is_bound_to_hashes_and_certifies_nothing_by_itself() {
    let mut night = Night::new();
    night.checks = passed(&["V02"]);
    let mut report = night.report();
    report.made.root = Some(sha256(b"root"));
    let of_report = sha256(b"report");
    let page = certificate(&report, Some(of_report), Language::English);
    for hash in [report.fingerprint, sha256(b"root"), of_report] {
        assert!(page.contains(&hash.to_string()));
    }
    assert!(page.contains("certifies nothing by itself"));
    assert!(page.matches("class=\"blank\"").count() >= 10);
}

#[test]
fn who_was_asked_for_a_head_stands_in_a_table_of_its_own() {
    let mut night = Night::new();
    night.form(0, [1, 2, 3]);
    let mut report = night.report();
    let bare = html(&report, Language::English);
    assert!(bare.contains(text(Language::English, "scrutiny.page.no_annex")) && !bare.contains("w.example"));
    assert!(json(&report, Language::English)["annex"].is_null());
    let given = Given { size: 7, root: sha256(b"root"), agreement: Agreement::Fork };
    let asked = |role: &str, answer| Asked {
        role: role.to_owned(),
        who: format!("https://w.example/{HOSTILE}"),
        at_s: 1_930_334_400,
        answer,
    };
    let asked = vec![asked("witness", Ok(given)), asked("mirror", Err("no answer".to_owned()))];
    report.made.annex = Some(Annexed { made_s: 1_930_334_400, maker: None, asked });
    for language in Language::ALL {
        let page = html(&report, language);
        for word in ["fork", "mirror", "witness"] {
            assert!(page.contains(text(language, &format!("scrutiny.cell.{word}"))), "{word}");
        }
        assert!(page.contains(&sha256(b"root").to_string()) && page.contains("no answer"));
        assert!(page.contains("+03:00</td>") && !page.contains("<script"));
        // Why the backlog by stamps is not there is said where somebody would look for it.
        assert!(page.contains("hakiki verify --stamp"));
        assert!(!page.contains("a word is missing"));
    }
    let csv = table::csv(&annex_table(&report), &report, Language::English);
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.lines().nth(1).is_some_and(|row| row.contains(",7,")), "{csv}");
    let answer = json(&report, Language::English);
    assert_eq!(answer["annex"]["asked"][0]["agreement"], "fork");
    assert_eq!(answer["annex"]["asked"][1]["nothing"], "no answer");
}
