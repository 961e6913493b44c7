//! Real tables, exactly. They are not in the repository: `HAKIKI_SHARED` names the folder that has them, else `../shared`
//! beside the repository. Absent ones are skipped with a notice; with `HAKIKI_REQUIRE_SHARED=1` they fail. Nothing is asserted
//! of these elections but the arithmetic and its source.
#![allow(clippy::unwrap_used)]

use super::of_table;
use hakiki_claims::arithmetic::arithmetic;
use hakiki_claims::compare::{Impossible, NoRows, Why, compare, impossible};
use hakiki_claims::set::Line;
use hakiki_claims::{Column, Figure, ResultSet, Row, Rows, Verdict};
use std::path::PathBuf;

fn set(mapping: &str, table: &str) -> Option<ResultSet> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("HAKIKI_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let table = shared.join("data").join(table);
    if !table.exists() {
        let required = std::env::var("HAKIKI_REQUIRE_SHARED").is_ok_and(|value| value == "1");
        assert!(!required, "{} is absent", table.display());
        println!("skipped: {} is absent", table.display());
        return None;
    }
    let read = of_table(&root.join("mappings").join(mapping), &table);
    Some(read.unwrap_or_else(|error| panic!("{error:#}")).set)
}

fn column(set: &ResultSet, label: &str) -> usize {
    set.columns.iter().position(|column| column.label() == label).unwrap()
}

fn form34c() -> Option<ResultSet> {
    set("kenya-2017-form34c.toml", "kenya-2017/kenya-2017-form34c-constituency.csv")
}

fn portal() -> Option<ResultSet> {
    set("kenya-2017-portal.toml", "kenya-2017/kenya-2017-iebc-portal.csv.xz")
}

#[test]
fn kenya_2017_portal_and_form_34c() {
    let (Some(portal), Some(form)) = (portal(), form34c()) else { return };
    let compared = compare(&portal, &form);
    assert_eq!(compared.at, Ok(Rows::Areas("constituency".into())));
    assert!(!compared.by_station());
    assert_eq!((compared.claim_rows.1, compared.reference_rows.1), (292, 291));
    assert_eq!(compared.pairs.iter().filter(|pair| pair.column.is_candidate()).count(), 8);
    let counts = compared.candidate_counts();
    assert_eq!((counts.identical, counts.only_claim, counts.only_reference), (20, 1, 0));
    // Nyando: blank on the form, which is no zero, and not comparable.
    let nyando = &compared.rows["242"];
    assert_eq!(nyando.candidates, Verdict::NotComparable(Why::NoNumber));
    assert!(form.candidates().all(|column| form.rows["242"].figures[column] == Some(Figure::Blank)));
    assert_eq!(counts.different, 291 - 20 - 1);
    // Rejected: the portal's total against the form's rows.
    let rejected = compared.totals.iter().find(|total| compared.pairs[total.pair].column == Column::Rejected);
    let rejected = rejected.unwrap();
    assert_eq!((rejected.claim, rejected.claim_line, rejected.reference), (403_319, Some(403_319), 81_685));
    // The portal's national line is the sum of its rows.
    assert_eq!(arithmetic(&portal).lines_differ().count(), 0);
}

#[test]
fn kenya_2017_form_34c_by_itself() {
    let Some(mut form) = form34c() else { return };
    let turkana = &form.rows["124"];
    assert_eq!(turkana.name, "TURKANA WEST");
    assert_eq!(turkana.number(column(&form, "valid")), Some(49_640));
    assert_eq!(turkana.number(column(&form, "registered")), Some(31_416));
    let found = form.rows.iter().filter_map(|(code, row)| Some((code, impossible(&form, row, None, None)?)));
    let found: Vec<_> = found.collect();
    let votes = 49_640 + turkana.number(column(&form, "rejected")).unwrap();
    assert!(found.iter().any(|(code, found)| {
        code.as_str() == "124" && *found == Impossible::Voters { votes, voters: 31_416 }
    }));
    // The national line of form 34C, as the commission declared it on 11 August 2017: the table of its rows does not have it.
    let mut figures = vec![None; form.columns.len()];
    for (label, figure) in [
        ("Uhuru Kenyatta", 8_203_290),
        ("Raila Odinga", 6_762_224),
        ("valid", 15_114_622),
        ("registered", 19_611_423),
    ] {
        figures[column(&form, label)] = Some(Figure::Number(figure));
    }
    form.lines.push(Line { name: "34C".into(), row: Row::new("34C".into(), None, figures) });
    let own = arithmetic(&form);
    let mut differences: Vec<i128> =
        own.lines_differ().map(hakiki_claims::arithmetic::LineSum::difference).collect();
    differences.sort_unstable();
    assert_eq!(differences, [-34, 21, 26, 48]);
    assert_eq!(own.rows_differ, []);
}

#[test]
fn x12_rows_and_no_stations_are_not_comparable_by_station() {
    let Some(form) = form34c() else { return };
    let Some(stations) = set("kenya-2022-forms34a.toml", "kenya-2022/forms34A-transcribed-30000.csv.xz")
    else {
        return;
    };
    // 291 rows against stations of another election: only that they are no stations matters here.
    let compared = compare(&form, &stations);
    assert_eq!(compared.claim_rows, (Rows::Areas("constituency".into()), 291));
    assert!(!compared.by_station());
    // With a level that the other does not know, nothing is compared row by row, and the totals remain.
    let mut other = form.clone();
    other.rows_are = Rows::Areas("district".into());
    let compared = compare(&other, &stations);
    assert!(matches!(compared.at, Err(NoRows::NoCommonLevel { .. } | NoRows::NoCommonColumn)));
    assert_eq!(compared.is_without_difference(), None);
    let with_itself = compare(&other, &form);
    assert!(matches!(with_itself.at, Err(NoRows::NoCommonLevel { .. })));
    assert_eq!(with_itself.totals.len(), form.columns.len());
    assert!(with_itself.rows.values().any(|row| row.impossible.is_some()));
}

#[test]
fn bolivia_2019_preliminary_sets_and_the_final_count() {
    let Some(last) = set("bolivia-2019-computo.toml", "bolivia-2019/computo-final-20191025.csv.xz") else {
        return;
    };
    for (mapping, table, rows, different) in [
        ("bolivia-2019-trep-20191020.toml", "bolivia-2019/trep-20191020T194057.csv.xz", 28_975, 549),
        ("bolivia-2019-trep-20191021.toml", "bolivia-2019/trep-20191021T182953.csv.xz", 32_806, 706),
    ] {
        let Some(early) = set(mapping, table) else { return };
        let compared = compare(&early, &last);
        assert!(compared.by_station());
        let counts = compared.counts();
        assert_eq!((counts.different, counts.only_claim, counts.not_comparable), (different, 0, 0));
        assert_eq!(counts.identical + counts.different, rows);
        assert_eq!(counts.only_reference, 34_555 - rows);
    }
}

#[test]
fn venezuela_2024_two_versions_of_one_table() {
    let Some(first) = set("venezuela-2024-v1.toml", "venezuela-2024/RESULTADOS_2024_CSV_V1.csv.xz") else {
        return;
    };
    let Some(second) = set("venezuela-2024-v2.toml", "venezuela-2024/RESULTADOS_2024_CSV_V2.csv.xz") else {
        return;
    };
    let compared = compare(&second, &first);
    let counts = compared.counts();
    assert_eq!(
        (counts.only_claim, counts.only_reference, counts.different, counts.not_comparable),
        (543, 2, 0, 0)
    );
    let sum = |label: &str| second.sum(column(&second, label)).0;
    assert_eq!(
        (sum("Edmundo González"), sum("Nicolás Maduro"), sum("valid")),
        (7_303_480, 3_316_142, 10_887_262)
    );
}

#[test]
fn kenya_2022_station_forms_rolled_up_against_constituency_forms() {
    let stations = "kenya-2022/forms34A-transcribed-30000.csv.xz";
    let Some(stations) = set("kenya-2022-forms34a-constituencies.toml", stations) else { return };
    let forms = "kenya-2022/form34B-constituency-crowd-20220812.csv";
    let Some(forms) = set("kenya-2022-forms34b-crowd.toml", forms) else { return };
    let compared = compare(&stations, &forms);
    assert_eq!(compared.at, Ok(Rows::Areas("constituency".into())));
    let main = ["Raila Odinga", "William Ruto"];
    let main: Vec<usize> = (0..compared.pairs.len())
        .filter(|index| main.contains(&compared.pairs[*index].column.label()))
        .collect();
    let (mut both, mut equal, mut near) = (0, 0, 0);
    for row in compared.rows.values() {
        let differences: Option<Vec<u128>> =
            main.iter().map(|index| Some(row.figures.get(*index)?.difference()?.unsigned_abs())).collect();
        let Some(differences) = differences else { continue };
        both += 1;
        equal += u32::from(differences.iter().all(|difference| *difference == 0));
        near += u32::from(differences.iter().all(|difference| *difference <= 100));
    }
    assert_eq!((both, equal, near), (147, 32, 87));
}
