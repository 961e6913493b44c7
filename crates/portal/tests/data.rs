//! Figures for other sites and files for machines: number, denominator, state, and whether to call.
#![allow(clippy::unwrap_used)]

mod night;

use hakiki_messages::{Language, number, text};
use night::night;

/// No newsroom can show a figure of ours without number, denominator and state, and while it can change "do not call" is
/// part of it.
#[test]
fn a_figure_for_others_says_when_not_to_call() {
    let night = night();
    let snapshot = night.snapshot();
    let json = night.text(&snapshot, "/air/president.json");
    for part in [
        "\"do_not_call\":true",
        "\"code\":\"can_change\"",
        "\"expected\":24",
        "\"state\":\"provisional\"",
        "\"mode\":\"rehearsal\"",
    ] {
        assert!(json.contains(part), "{part} in {json}");
    }
    assert!(night.text(&snapshot, "/air/president/c01.json").contains("part_of_whole"));
    let csv = night.text(&snapshot, "/air/president.csv");
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains(",yes,can_change,24,16,"));
    for language in Language::ALL {
        for form in [".svg", "/"] {
            let figure = night.text(&snapshot, &format!("/{language}/embed/president{form}"));
            for key in ["site.call.do_not", "portal.band.provisional", "portal.band.rehearsal"] {
                assert!(figure.contains(text(language, key)), "{key} in {language}{form}");
            }
            assert!(figure.contains(&number(3272)) && figure.contains(&number(6967)));
            assert!(!figure.contains("<i>"), "a name is escaped");
        }
        let hall = night.text(&snapshot, &format!("/{language}/hall/president/"));
        assert!(hall.contains("http-equiv=\"refresh\""));
    }
}

#[test]
fn data_files_hold_every_area_and_station() {
    let night = night();
    let snapshot = night.snapshot();
    let stations = night.text(&snapshot, "/data/president/stations.csv");
    assert_eq!(stations.lines().count(), 25);
    assert!(stations.lines().next().unwrap().ends_with("votes_1,votes_2,votes_3"));
    assert!(stations.contains("blank") && stations.contains("\"Mwembe School \"\"A\"\" & <script>\""));
    assert!(night.text(&snapshot, "/data/president/areas.csv").contains("Niño & Sons"));
    for file in ["/data/president/areas.json", "/data/president/stations.json", "/en/corrections.json"] {
        let page = night.page(&snapshot, file);
        assert!(page.content_type.contains("json"), "{file}");
        assert!(page.body.ends_with(b"}\n"));
    }
    let index = night.text(&snapshot, "/data/index.json");
    let files: Vec<&str> =
        index.split('"').filter(|word| word.starts_with("data/") || word.starts_with("air/")).collect();
    assert_eq!(files.len(), 8);
    for path in files {
        assert_eq!(night.page(&snapshot, &format!("/{path}")).status, 200, "{path}");
    }
}

#[test]
fn corrections_come_with_their_reasons() {
    let night = night();
    let snapshot = night.snapshot();
    for language in Language::ALL {
        let feed = night.text(&snapshot, &format!("/{language}/corrections.atom"));
        assert!(feed.starts_with("<?xml") && feed.contains("reg-83-1-b"));
        for kind in ["ruling", "contested", "key"] {
            assert!(feed.contains(&format!("term=\"{kind}\"")), "{kind}");
        }
        assert_eq!(feed.matches("<entry>").count(), feed.matches("</entry>").count());
        assert!(night.text(&snapshot, &format!("/{language}/corrections.json")).contains("illness"));
    }
}
