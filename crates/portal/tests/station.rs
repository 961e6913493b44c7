//! A station's page as somebody at the door reads it: the figures and the question first, sheets laid over each other, findings
//! at their boxes, key and ink apart; and the page of a record of every kind.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;

use hakiki_core::Record;
use hakiki_core::codes::{Refusal, RefusalCode};
use hakiki_core::kinds::Kind;
use hakiki_messages::{Language, text};
use hakiki_portal::Snapshot;
use night::{Night, night};
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

fn station(language: Language, number: usize) -> String {
    page(&format!("/{language}/station/president/s{number:06}/"))
}

/// The part of a page from one text to another behind it.
fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let rest = &html[html.find(start).unwrap_or_else(|| panic!("no {start}"))..];
    &rest[..rest.find(end).unwrap_or(rest.len())]
}

#[test]
fn the_figures_come_first_and_then_the_question() {
    for language in Language::ALL {
        let html = station(language, 0);
        let at = |key: &str| html.find(text(language, key)).unwrap_or_else(|| panic!("{key}"));
        let paper = html.find("class=\"paper\"").unwrap();
        assert!(paper < at("portal.same_as_door"));
        for later in ["page.images", "form.answers.title", "portal.station.checks", "sheet.overlay.title"] {
            assert!(at("portal.same_as_door") < at(later), "{later}");
        }
        assert!(html.contains(text(language, "sheet.door.why_not_here")));
        assert!(station(language, 7).contains(text(language, "sheet.door.no_form")), "nothing came");
    }
}

#[test]
fn versions_and_copies_lie_over_each_other() {
    for language in Language::ALL {
        // Two versions and a copy, contested: nothing leads, so the overlay comes before the papers.
        let html = station(language, 3);
        assert!(html.find("id=\"overlay\"").unwrap() < html.find("class=\"paper\"").unwrap());
        let words = between(&html, "class=\"differences\"", "</ul>");
        for figure in ["<b>200</b>", "<b>150</b>", "<b>155</b>"] {
            assert!(words.contains(figure), "{figure} in words");
        }
        assert!(!words.contains("<b>20</b>"), "what is the same is not listed");
        let table = between(&html, "class=\"overlay\"", "</table>");
        assert_eq!(table.matches("≠").count(), 4, "three figures differ, and the caption says so");
        assert!(table.contains(text(language, "sheet.not_on_copy")), "what a copy lacks is no difference");
        assert!(
            table.contains("scope=\"col\"") && table.contains("scope=\"row\"") && table.contains("<caption>")
        );
        // What the others say is laid under the box.
        let paper = between(&html, "class=\"paper\"", "</table>");
        assert_eq!(paper.matches("class=\"under-box\"").count(), 3);
        assert_eq!(paper.matches("digits differs").count(), 2);
    }
    // The version that a ruling lets stand comes first, whatever its number.
    let html = station(Language::English, 4);
    let headings: Vec<usize> = ["Version 2 of 2", "Laid over each other", "Version 1 of 2"]
        .iter()
        .map(|heading| html.find(heading).unwrap())
        .collect();
    assert!(headings.is_sorted());
    // One sheet: nothing to lay over it.
    assert!(!station(Language::English, 1).contains("id=\"overlay\""));
}

#[test]
fn a_doubted_box_is_marked_at_the_box() {
    for language in Language::ALL {
        let html = station(language, 1);
        let doubted: Vec<&str> = html.split("<tr class=\"").filter(|row| row.contains("doubted")).collect();
        assert_eq!(doubted.len(), 3, "a blank, an illegible and a dash");
        assert!(doubted.iter().all(|row| row.contains("W101")), "the code stands at each");
        let note = text(language, "code.W101.does_not_mean");
        assert_eq!(html.matches(note).count(), 1, "and is told once");
        assert!(html.contains(text(language, "portal.difference")));
    }
    let html = station(Language::English, 1);
    assert!(html.contains("The other figures leave 0 to 119 for this box."));
    assert!(station(Language::English, 2).contains("sum of the candidates: 202 · written total valid: 212"));
}

#[test]
fn key_and_ink_never_look_alike() {
    for language in Language::ALL {
        let html = station(language, 2);
        for (class, word) in [("by-key", "form.answers.key"), ("by-ink", "form.answers.ink")] {
            let lines: Vec<&str> =
                html.split("<li class=\"").filter(|line| line.starts_with(&format!("{class}\""))).collect();
            assert_eq!(lines.len(), 2, "{class}");
            assert!(lines.iter().all(|line| line.contains(&format!("<b>{}</b>", text(language, word)))));
        }
        let refused = between(&html, "class=\"by-ink\"", "</li>");
        assert!(refused.contains(text(language, "form.answers.refused")));
        assert!(refused.contains(text(language, "page.as_officer_states")));
        assert!(
            html.contains(text(language, "sheet.officers_words"))
                && html.contains(text(language, "log.blob_not_here"))
        );
        assert!(
            html.contains(text(language, "sheet.ink_means"))
                && html.contains(text(language, "sheet.key_means"))
        );
    }
}

#[test]
fn every_way_to_check_is_a_door() {
    let html = station(Language::English, 0);
    let id = NIGHT.0.ledger.entries()[0].id;
    for door in [
        "href=\"../../../../checker.html#from=.&amp;contest=president&amp;station=s000000\"".to_owned(),
        format!("href=\"../../../../receipt/{id}\""),
        "href=\"../../../../en/record/5/slip/\"".to_owned(),
        "href=\"../../../../en/record/5/\"".to_owned(),
    ] {
        assert!(html.contains(&door), "{door}");
    }
}

/// A photograph stands beside its form, named, its place kept; the page does not wait for it.
#[test]
fn a_photograph_is_shown_beside_the_form() {
    let html = station(Language::English, 0);
    let image = between(&html, "<img ", ">");
    assert_eq!(html.matches("<img ").count(), 1);
    for part in [
        "src=\"../../../../blob/",
        "alt=\"Open the photograph of the original\"",
        "width=\"600\"",
        "height=\"848\"",
        "loading=\"lazy\"",
    ] {
        assert!(image.contains(part), "{part} in {image}");
    }
    let figure = between(&html, "<figure class=\"photo\">", "</figure>");
    assert!(figure.contains("<figcaption>photograph of the original"));
    assert!(html.contains("agents' table is sealed"));
}

#[test]
fn a_slip_carries_the_code_and_the_domain_in_words() {
    for language in Language::ALL {
        let html = page(&format!("/{language}/record/5/slip/"));
        assert_eq!(markup::complaint(&html), None);
        assert!(
            html.contains("<img class=\"qr\" src=\"data:image/png;base64,")
                && html.contains("https://log.mfano.example/checker.html#n=")
        );
        assert!(html.contains(text(language, "slip.not_checked")) && html.contains(">423</td>"));
        assert!(html.contains(text(language, "portal.band.rehearsal")));
    }
    assert_eq!(NIGHT.0.page(&NIGHT.1, "/en/record/0/slip/").status, 404, "only forms have slips");
    assert_eq!(NIGHT.0.page(&NIGHT.1, "/en/record/99/slip/").status, 404);
}

#[test]
fn every_record_is_shown_in_words_with_its_signers_and_effect() {
    let mut kinds: BTreeSet<Kind> = BTreeSet::new();
    for (place, bytes) in NIGHT.0.entries.iter().enumerate() {
        let record = Record::parse(bytes).unwrap();
        kinds.insert(record.body().kind());
        for language in Language::ALL {
            let html = page(&format!("/{language}/record/{place}/"));
            assert_eq!(markup::complaint(&html), None, "{place}");
            for key in ["log.effect", "record.says", "log.signers", "log.record_text"] {
                assert!(html.contains(text(language, key)), "{place} lacks {key}");
            }
            // A form has its codes on its slip.
            let is_form = NIGHT.0.ledger.entry_at(place as u64).is_some();
            assert_eq!(html.contains(text(language, "slip.codes")), !is_form, "{place}");
            let signers = between(&html, "class=\"answers\"", "</ul>");
            assert_eq!(signers.matches("class=\"by-key\"").count(), record.signers().len(), "{place}");
            assert!(signers.contains(text(language, "record.enrolled_in")), "{place}");
        }
    }
    assert!(kinds.len() >= 11, "the night has {} kinds", kinds.len());
    let votes = between(&page("/en/record/5/"), "class=\"lines\"", "</table>").to_owned();
    assert!(votes.contains("1 <bdi>Neema Tofali</bdi>") && votes.contains("4 March 2031, 18:52"));
    assert!(page("/en/record/5/").contains("Referred to by"), "an attestation and two images");
}

#[test]
fn what_counts_nowhere_says_why() {
    let mut night = night();
    let held = night.ledger.entries().iter().find(|entry| entry.held).unwrap().place;
    let refused = night.entries.len();
    let again = night.entries[5].clone();
    night.entries.push(again);
    let refusal = Refusal::new(RefusalCode::R301, "a record that stands already");
    night.ledger.pass_inadmissible(&refusal);
    let snapshot = night.snapshot();
    for language in Language::ALL {
        let html = night.text(&snapshot, &format!("/{language}/record/{held}/"));
        assert!(
            html.contains(text(language, "record.effect.held"))
                && html.contains(text(language, "code.F207.means"))
        );
        let html = night.text(&snapshot, &format!("/{language}/record/{refused}/"));
        assert!(html.contains(text(language, "record.effect.refused")) && html.contains("R301"));
        assert!(html.contains(text(language, "code.F204.does_not_mean")));
        assert_eq!(markup::complaint(&html), None);
    }
}

#[test]
fn lists_of_places_say_what_they_do_not_mean() {
    for language in Language::ALL {
        for state in ["expected", "standing", "missing", "contested", "disregarded"] {
            let html = page(&format!("/{language}/missing/president/{state}/"));
            assert!(html.contains(text(language, &format!("sheet.places_not.{state}"))), "{state}");
        }
        let area = page(&format!("/{language}/area/president/c03/"));
        for sentence in ["code.F101.means", "code.F101.does_not_mean"] {
            assert!(area.contains(text(language, sentence)), "{sentence}");
        }
    }
}
