//! Figures for other sites and files for machines: number, denominator, state, and whether to call.
#![allow(clippy::unwrap_used)]

mod night;

use hakiki_core::fixture::key;
use hakiki_core::kinds::{Attest, Figures, Says};
use hakiki_messages::{Language, number, text};
use hakiki_portal::{Boundaries, Snapshot, every_page};
use night::{Night, night, of_counties, of_own_ballot};
use serde_json::Value;
use std::collections::BTreeSet;

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
    let index: Value = serde_json::from_slice(&night.page(&snapshot, "/data/index.json").body).unwrap();
    let files: Vec<&str> =
        index["files"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(files.len(), 8);
    for path in files {
        assert_eq!(night.page(&snapshot, &format!("/{path}")).status, 200, "{path}");
    }
    for path in index["files_of_areas"].as_array().unwrap() {
        let path = path.as_str().unwrap().replace("{contest}", "president").replace("{area}", "c01");
        assert_eq!(night.page(&snapshot, &format!("/{path}")).status, 200, "{path}");
    }
}

fn json(night: &Night, snapshot: &Snapshot, address: &str) -> Value {
    let page = night.page(snapshot, address);
    assert_eq!(page.status, 200, "{address}");
    serde_json::from_slice(&page.body).unwrap()
}

/// A phone checks its own constituency: it fetches what stands there and not the nation.
#[test]
fn an_areas_stations_are_in_a_file_of_its_own_and_are_those_of_the_whole() {
    let night = night();
    let snapshot = night.snapshot();
    let whole = json(&night, &snapshot, "/data/president/stations.json");
    let mut stations = Vec::new();
    for county in ["c01", "c02", "c03", "c04"] {
        let file = json(&night, &snapshot, &format!("/data/president/{county}/stations.json"));
        assert_eq!(file["area"]["code"], county);
        for part in ["schema", "election", "contest", "head", "candidates"] {
            assert_eq!(file[part], whole[part], "{part}");
        }
        let rows = file["stations"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["area"].as_str().unwrap().starts_with(county)));
        stations.extend(rows.clone());
        let csv = night.text(&snapshot, &format!("/data/president/{county}/stations.csv"));
        assert_eq!(csv.lines().count(), 1 + rows.len());
    }
    let mut expected = whole["stations"].as_array().unwrap().clone();
    for rows in [&mut stations, &mut expected] {
        rows.sort_by_key(|row| row["code"].as_str().unwrap().to_owned());
    }
    assert!(stations == expected, "the files of the areas together are the file of the whole");
}

/// Where an area has no file of its own, its row says which file holds its stations.
#[test]
fn every_area_says_where_its_stations_stand() {
    let night = night();
    let snapshot = night.snapshot();
    let areas = json(&night, &snapshot, "/data/president/areas.json");
    let named: BTreeSet<String> = every_page(&night.site(&snapshot)).collect();
    for area in areas["areas"].as_array().unwrap() {
        let code = area["code"].as_str().unwrap();
        let expected = (code != "MF").then(|| format!("data/president/{}/stations.json", &code[..3]));
        assert_eq!(area["stations_file"].as_str(), expected.as_deref(), "{code}");
        assert!(expected.is_none_or(|path| named.contains(&format!("/{path}"))), "a copy has it");
    }
    for none in ["MF", "c01-1", "c09"] {
        assert_eq!(night.page(&snapshot, &format!("/data/president/{none}/stations.json")).status, 404);
        assert!(!named.contains(&format!("/data/president/{none}/stations.json")));
    }
}

/// A county that elects by its own ballot: its file names its candidates, and the whole's lists no votes of theirs as others'.
#[test]
fn votes_stand_under_the_candidates_they_were_cast_for() {
    let night = of_own_ballot();
    let snapshot = night.snapshot();
    let own = json(&night, &snapshot, "/data/president/c01/stations.json");
    let numbers: Vec<u64> =
        own["candidates"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 4, 7]);
    let votes = |file: &Value| {
        let rows = file["stations"].as_array().unwrap().iter();
        rows.clone().find(|row| row["code"] == "s000000").unwrap()["form"]["votes"].clone()
    };
    assert_eq!(votes(&own), serde_json::json!([50, 200, 20]));
    assert_eq!(votes(&json(&night, &snapshot, "/data/president/stations.json")), Value::Null);
    let csv = night.text(&snapshot, "/data/president/stations.csv");
    let row = csv.lines().find(|line| line.contains("s000000")).unwrap();
    assert!(row.ends_with(",,,"), "{row}");
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

/// Whoever asks what would have to be false asks next whose people signed it: by their own keys, and by somebody's word.
#[test]
fn a_form_says_whose_agents_answer_for_it() {
    let mut night = night();
    let snapshot = night.snapshot();
    let answers = |night: &Night, snapshot: &Snapshot| {
        let stations = json(night, snapshot, "/data/president/stations.json");
        assert!(stations.get("ballots").is_none());
        let mut rows = stations["stations"].as_array().unwrap().iter();
        let first = rows.find(|row| row["code"] == "s000000").unwrap()["form"].clone();
        (first["answers"].clone(), first["record"].as_str().unwrap().parse().unwrap())
    };
    // The agent's own copy gives 181 where the form has 180: a copy of other figures answers for nothing.
    let (none, of) = answers(&night, &snapshot);
    assert_eq!(none["keys"], serde_json::json!([]));
    assert!(!none["ink"].as_array().unwrap().is_empty(), "{none}");
    let (figures, observed) = (Figures { votes: vec![], boxes: [None; 6] }, BTreeSet::new());
    let attest = Attest { of, says: Says::Signed, observed, figures, page: None, words: None };
    let record = night.fixture.sign(attest, &[&key("agent-bridge-s000000")]);
    night.append(record);
    let (signed, _) = answers(&night, &night.snapshot());
    assert_eq!(signed["keys"], serde_json::json!(["bridge"]));
}

#[test]
fn a_contest_of_several_ballots_names_each() {
    let fixture = of_own_ballot();
    let whole = json(&fixture, &fixture.snapshot(), "/data/president/stations.json");
    assert!(whole.get("ballots").is_none(), "the whole has a ballot, and its file is of that");
    let county = of_counties();
    let whole = json(&county, &county.snapshot(), "/data/president/stations.json");
    assert!(whole["candidates"].is_null());
    let areas: Vec<&str> =
        whole["ballots"].as_array().unwrap().iter().map(|ballot| ballot["area"].as_str().unwrap()).collect();
    assert_eq!(areas, ["c01", "c02", "c03", "c04"]);
    assert_eq!(whole["ballots"][1]["candidates"][0]["name"], "Of c02 1");
}

#[test]
fn outlines_are_a_file_where_there_are_any() {
    let mut night = night();
    assert_eq!(night.page(&night.snapshot(), "/data/outlines.json").status, 404);
    let geojson = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"c01"},
        "geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}]}"#;
    night.outlines = Some(Boundaries::parse(geojson.as_bytes(), "code").unwrap());
    let snapshot = night.snapshot();
    let file = json(&night, &snapshot, "/data/outlines.json");
    assert_eq!(file["areas"], serde_json::json!({ "c01": "M0 420L420 420L420 0L0 0Z" }));
    let index = json(&night, &snapshot, "/data/index.json");
    assert!(index["files"].as_array().unwrap().iter().any(|path| path == "data/outlines.json"));
}
