//! Small claims and references: every class, blanks that are not zero, sums that lack rows, totals and percentages.
#![allow(clippy::needless_pass_by_value, reason = "made for json!, which borrows")]

use crate::shape::Case;
use serde_json::{Value, json};

/// All, in the order of the file.
pub fn all() -> Vec<Case> {
    vec![
        every_class(),
        above_the_cap(),
        areas_without_stations(),
        no_level_in_common(),
        sums_that_lack(),
        claim_added_up(),
        own_arithmetic(),
        other_columns(),
        no_code_in_common(),
        no_column_in_common(),
        areas_by_name(),
        areas_by_name_of_no_level(),
        stations_by_name_added_up(),
        names_that_repeat(),
    ]
}

fn candidate(name: &str, party: Option<&str>) -> Value {
    json!({ "is": "candidate", "name": name, "party": party })
}

fn ballot() -> Value {
    json!([candidate("Amina Njema", None), candidate("Bakari Pwani", None), { "is": "valid" }, { "is": "rejected" }])
}

/// What a log's form states besides.
fn log_columns() -> Value {
    json!([
        candidate("Amina Njema", Some("mwenge")), candidate("Bakari Pwani", Some("bandari")),
        { "is": "other", "name": "disputed" }, { "is": "registered" }, { "is": "rejected" }, { "is": "valid" }
    ])
}

fn claimed(line: u64, code: &str, figures: Value) -> Value {
    json!({ "code": code, "name": code, "figures": figures, "line": line })
}

fn with_state(mut row: Value, state: &str) -> Value {
    row["state"] = state.into();
    row
}

fn named(line: u64, name: &str, figures: Value) -> Value {
    json!({ "code": format!("row-{line}"), "name": name, "figures": figures, "line": line })
}

fn logged(code: &str, area: &str, state: &str, figures: Value) -> Value {
    json!({ "code": code, "name": format!("School of {code}"), "area": area, "voters": 300, "state": state, "figures": figures })
}

fn reference(rows: Vec<Value>) -> Value {
    let areas = json!([
        { "code": "MF", "level": "whole", "parent": null, "name": "Mfano" },
        { "code": "c1", "level": "constituency", "parent": "MF", "name": "Kaskazini" },
        { "code": "c2", "level": "constituency", "parent": "MF", "name": "Kusini" },
        { "code": "w1", "level": "ward", "parent": "c1", "name": "Soko" }
    ]);
    json!({ "title": "Mfano 2031", "level": null, "columns": log_columns(), "rows": rows, "areas": areas, "cap": 280 })
}

fn every_class() -> Case {
    let claim = json!({ "title": "A tally", "level": null, "columns": ballot(), "rows": [
        claimed(2, "s01", json!([100, 50, 150, 2])),
        claimed(3, "s02", json!([101, 50, 151, 2])),
        claimed(4, "s03", json!([100, 50, 150, 2])),
        claimed(5, "s04", json!([100, 50, 150, 2])),
        claimed(6, "s05", json!([100, 50, 150, 2])),
        claimed(7, "s06", json!([100, "blank", 100, 2])),
        claimed(8, "s07", json!(["dash", "blank", 100, 2])),
        claimed(9, "s08", json!([100, 50, 150, 3])),
        claimed(10, "s09", json!([250, 60, "illegible", 2])),
        claimed(11, "s10", json!([null, null, null, null])),
        claimed(12, "s11", json!([100, "blank", 101, 2])),
        claimed(13, "z99", json!([301, 0, 301, 0])),
        with_state(claimed(14, "s13", json!([null, null, null, null])), "contested"),
    ] });
    let form = json!([100, 50, 0, 300, 2, 150]);
    let none = json!([null, null, null, null, null, null]);
    let reference = reference(vec![
        logged("s01", "c1", "stands", form.clone()),
        logged("s02", "c1", "stands", form.clone()),
        logged("s03", "c1", "missing", none.clone()),
        logged("s04", "c1", "contested", none.clone()),
        logged("s05", "c1", "disregarded", none.clone()),
        // A blank is no zero.
        logged("s06", "c1", "stands", json!([100, 0, 0, 300, 2, 100])),
        // The same words in both.
        logged("s07", "c1", "stands", json!(["dash", "blank", 0, 300, 2, 100])),
        // Differs, and not in the candidates' boxes.
        logged("s08", "c2", "stands", form.clone()),
        logged("s09", "c2", "stands", json!([250, 60, 0, 300, 2, 310])),
        logged("s10", "c2", "stands", form.clone()),
        // What differs is told before what a box leaves out.
        logged("s11", "c2", "stands", form.clone()),
        logged("s12", "c2", "stands", form.clone()),
        logged("s13", "c2", "stands", form),
        logged("s13", "c2", "missing", none.clone()),
        logged("s14", "c2", "contested", none),
    ]);
    Case { name: "every class", claim, reference, by_name: false }
}

fn above_the_cap() -> Case {
    let claim = json!({ "title": "", "level": null, "columns": ballot(), "rows": [
        claimed(2, "s01", json!([200, 70, 270, 11])), claimed(3, "s02", json!([200, 70, 270, 10])),
        claimed(4, "s03", json!([200, 120, 270, 0])),
    ] });
    let form = json!([200, 70, 0, 270, 10, 270]);
    let rows = ["s01", "s02", "s03"].map(|code| logged(code, "c1", "stands", form.clone()));
    Case {
        name: "above the cap, above the voters",
        claim,
        reference: reference(rows.to_vec()),
        by_name: false,
    }
}

/// 291 rows of constituencies, and a log that has stations.
fn areas_without_stations() -> Case {
    let code = |index: u64| format!("k{index:03}");
    let votes = |index: u64| (1000 + index * 37 % 911, 800 + index * 53 % 797);
    let columns = json!([candidate("Amina Njema", None), candidate("Bakari Pwani", None)]);
    let rows = (1..=291).map(|index| {
        let (one, other) = votes(index);
        // One is another number; one has its digits turned round.
        let one = if index == 40 { one + 9 } else { one };
        claimed(index + 1, &code(index), json!([one, if index == 200 { 8001 } else { other }]))
    });
    let claim = json!({ "title": "By constituency", "level": "constituency", "columns": columns, "rows": rows.collect::<Vec<_>>() });
    let stations = (1..=291).flat_map(|index| {
        let (one, other) = votes(index);
        [("a", one - 500, other - 300), ("b", 500, 300)].map(|(part, one, other)| {
            json!({ "code": format!("{}{part}", code(index)), "name": "", "area": code(index), "voters": 2000, "figures": [one, other] })
        })
    });
    let areas = (1..=291).map(|index| json!({ "code": code(index), "level": "constituency", "parent": null, "name": format!("No. {index}") }));
    let reference = json!({ "title": "A log", "level": null, "columns": columns,
        "rows": stations.collect::<Vec<_>>(), "areas": areas.collect::<Vec<_>>(), "cap": 2000 });
    Case { name: "291 rows and no stations", claim, reference, by_name: false }
}

fn no_level_in_common() -> Case {
    let rows =
        [claimed(2, "north", json!([500, 100, 600, 7])), claimed(3, "south", json!([50, 900, 950, "blank"]))];
    let claim = json!({ "title": "", "level": "region", "columns": ballot(), "rows": rows });
    let form = json!([100, 50, 0, 300, 2, 150]);
    let reference = reference(["s01", "s02"].map(|code| logged(code, "c1", "stands", form.clone())).to_vec());
    Case { name: "areas that the log does not know: totals remain", claim, reference, by_name: false }
}

fn sums_that_lack() -> Case {
    let rows = [claimed(2, "c1", json!([200, 100, 300, 4])), claimed(3, "c2", json!([100, 50, 150, 2]))];
    let claim = json!({ "title": "", "level": "constituency", "columns": ballot(), "rows": rows });
    let form = json!([100, 50, 0, 300, 2, 150]);
    let reference = reference(vec![
        logged("s01", "w1", "stands", form.clone()),
        logged("s02", "c1", "stands", form.clone()),
        logged("s03", "c2", "stands", form.clone()),
        logged("s04", "c2", "missing", json!([null, null, null, null, null, null])),
        // In no constituency.
        logged("s05", "MF", "stands", form),
        logged("s06", "c2", "stands", json!([1, "blank", 0, 300, 2, 1])),
    ]);
    Case { name: "sums that lack stations, and a station outside", claim, reference, by_name: false }
}

fn claim_added_up() -> Case {
    let areas = json!([{ "code": "c1", "level": "constituency", "parent": null, "name": "Kaskazini" }]);
    let row =
        |code: &str, figures: Value| json!({ "code": code, "name": code, "area": "c1", "figures": figures });
    let rows = [row("s01", json!([10, 20, 30, 1])), row("s02", json!([1, 2, "blank", 1]))];
    let claim =
        json!({ "title": "", "level": null, "columns": ballot(), "rows": rows, "areas": areas, "cap": 25 });
    let rows = [json!({ "code": "c1", "name": "Kaskazini", "voters": 30, "figures": [11, 22, 33, 2] })];
    let reference = json!({ "title": "", "level": "constituency", "columns": ballot(), "rows": rows });
    Case { name: "the claim's stations added up to the reference's areas", claim, reference, by_name: false }
}

fn own_arithmetic() -> Case {
    let share = |column: Option<u64>, text: &str| json!({ "column": column, "text": text });
    let mut columns = ballot().as_array().cloned().unwrap();
    columns.push(json!({ "is": "registered" }));
    let rows = json!([
        { "code": "c1", "name": "", "line": 2, "figures": [2, 1, 3, 1, 8],
          "shares": [share(Some(0), "66.7"), share(Some(1), "33,3 %"), share(None, "50.0%")] },
        { "code": "c2", "name": "", "line": 3, "figures": [2, 1, 3, 1, 8],
          "shares": [share(Some(0), "66.6"), share(Some(0), "50"), share(Some(0), "25.00"), share(Some(0), "9.9"), share(Some(0), "two thirds")] },
        { "code": "c3", "name": "", "line": 4, "figures": [2, 1, 4, 1, 8], "shares": [share(Some(1), "25.0"), share(Some(1), "33.3")] },
        { "code": "c4", "name": "", "line": 5, "figures": [2, "blank", 4, 1, 8], "shares": [share(Some(1), "25.0"), share(None, "62.5")] },
        { "code": "c5", "name": "", "line": 6, "figures": [0, 0, 0, 0, 0], "shares": [share(Some(0), "0")] }
    ]);
    let lines =
        json!([{ "name": "Total", "figures": [8, 4, 14, 4, "blank"], "shares": [share(Some(0), "66.7")] }]);
    let claim =
        json!({ "title": "", "level": "constituency", "columns": columns, "rows": rows, "lines": lines });
    let rows = [json!({ "code": "c1", "name": "Kaskazini", "figures": [2, 1, 3, 1, 8] })];
    let reference = json!({ "title": "", "level": "constituency", "columns": columns, "rows": rows });
    Case { name: "its own sums, total and percentages", claim, reference, by_name: false }
}

fn other_columns() -> Case {
    let columns = json!([
        candidate(" AMINA njema ", None), candidate("B. Pwani", Some("Bandari")), candidate("Write-ins", None), { "is": "registered" },
        { "is": "other", "name": "Disputed" }, { "is": "other", "name": "tendered" }
    ]);
    let rows = [claimed(2, "s01", json!([100, 50, 7, 300, 0, 4]))];
    let claim = json!({ "title": "", "level": null, "columns": columns, "rows": rows });
    let form = logged("s01", "c1", "stands", json!([100, 50, 0, 300, 2, 150]));
    Case {
        name: "columns by name and by party, and those of one side",
        claim,
        reference: reference(vec![form]),
        by_name: false,
    }
}

fn no_code_in_common() -> Case {
    let rows = [claimed(2, "1", json!([100, 50, 150, 2])), claimed(3, "10", json!([400, 50, 450, 2]))];
    let claim = json!({ "title": "", "level": null, "columns": ballot(), "rows": rows, "cap": 400 });
    let form = logged("001", "c1", "stands", json!([100, 50, 0, 300, 2, 150]));
    Case { name: "codes that lost their zeros", claim, reference: reference(vec![form]), by_name: false }
}

fn no_column_in_common() -> Case {
    let claim = json!({ "title": "", "level": null, "columns": [{ "is": "other", "name": "papers" }], "rows": [claimed(2, "s01", json!([3]))] });
    let form = logged("s01", "c1", "stands", json!([100, 50, 0, 300, 2, 150]));
    Case { name: "no column in common", claim, reference: reference(vec![form]), by_name: false }
}

/// Forms of two constituencies, and of a station whose area lies in none.
fn forms() -> Vec<Value> {
    let form = json!([100, 50, 0, 300, 2, 150]);
    [("s01", "c1"), ("s02", "c2"), ("s03", "MF")]
        .map(|(code, area)| logged(code, area, "stands", form.clone()))
        .to_vec()
}

/// Constituencies by their names: the forms are added up first, and the totals are of all of them.
fn areas_by_name() -> Case {
    let rows = [
        named(2, " kaskazini", json!([100, 50, 150, 2])),
        named(3, "KUSINI", json!([101, 50, 151, 2])),
        named(4, "Magharibi", json!([1, 1, 2, 0])),
    ];
    let claim = json!({ "title": "", "level": "constituency", "columns": ballot(), "rows": rows });
    Case { name: "areas by name, and a station in none", claim, reference: reference(forms()), by_name: true }
}

fn areas_by_name_of_no_level() -> Case {
    let rows = [named(2, "Kaskazini", json!([100, 50, 150, 2]))];
    let claim = json!({ "title": "", "level": "region", "columns": ballot(), "rows": rows });
    let name = "areas by name, of a level that the log does not know";
    Case { name, claim, reference: reference(forms()), by_name: true }
}

/// A claim that is finer than its reference is the one that is added up.
fn stations_by_name_added_up() -> Case {
    let areas = json!([
        { "code": "MF", "level": "whole", "parent": null, "name": "Mfano" },
        { "code": "c1", "level": "constituency", "parent": "MF", "name": "Kaskazini" }
    ]);
    let row = |code: &str, area: &str| json!({ "code": code, "name": code, "area": area, "figures": [10, 5, 15, 0] });
    let rows = [row("s01", "c1"), row("s02", "c1"), row("s03", "MF")];
    let claim = json!({ "title": "", "level": null, "columns": ballot(), "rows": rows, "areas": areas });
    let other = [named(2, "Kaskazini", json!([20, 10, 30, 0]))];
    let reference = json!({ "title": "", "level": "constituency", "columns": ballot(), "rows": other });
    Case { name: "stations against areas by name", claim, reference, by_name: true }
}

fn names_that_repeat() -> Case {
    let rows = [named(2, "Kusini", json!([100, 50, 150, 2])), named(3, "kusini ", json!([1, 1, 2, 0]))];
    let claim = json!({ "title": "", "level": "constituency", "columns": ballot(), "rows": rows });
    Case { name: "names that repeat: nothing follows", claim, reference: reference(forms()), by_name: true }
}
