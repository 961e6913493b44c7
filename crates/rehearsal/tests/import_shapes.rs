//! What a mapping can express, on small invented tables.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::import::{Cell, Field, ImportedTable, Rule, SourceFile, import, import_files};
use std::collections::BTreeSet;

const HEAD: &str = r#"
title = "Mfano 2031"
country = "ZZ"
date = "2031-03-04"
licence = "CC0-1.0"
"#;

const REST: &str = r#"
[source]
description = "invented"
url = "https://mfano.example/2031"
[contest]
id = "president"
title = "President"
"#;

const CANDIDATES: &str = r#"
[[candidate]]
column = "A"
name = "Amara"
party = "Umoja"
[[candidate]]
column = "B"
name = "Baraka"
"#;

fn imported(mapping: &str, table: &[u8]) -> ImportedTable {
    let mapping = SourceFile { name: "map.toml", bytes: mapping.as_bytes() };
    import(&mapping, &SourceFile { name: "t.csv", bytes: table }, &[])
        .unwrap_or_else(|error| panic!("{error}"))
}

fn codes(table: &ImportedTable) -> Vec<(&str, &str)> {
    table.stations.iter().map(|station| (station.code.as_str(), station.name.as_str())).collect()
}

#[test]
fn the_least_mapping_is_small() {
    let table =
        imported(&format!("{HEAD}{REST}[station]\ncode = \"code\"\n{CANDIDATES}"), b"code,A,B\n7,1,0\n");
    assert_eq!(codes(&table), [("7", "7")]);
    assert_eq!((table.stations[0].area.as_ref(), table.stations[0].registered), (None, None));
    assert_eq!(table.rows[0].votes, [Cell::Number(1), Cell::Number(0)]);
    assert_eq!((table.rows[0].valid, table.rows[0].rejected, table.rows[0].registered), (None, None, None));
    assert_eq!(table.mapping.contest.as_ref().unwrap().rule, Rule::None);
    assert_eq!(table.mapping.source, "invented https://mfano.example/2031");
    assert_eq!((table.candidates[1].id, table.candidates[0].party.as_deref()), (2, Some("Umoja")));
    assert_eq!(table.source_sha256, hakiki_note::sha256(b"code,A,B\n7,1,0\n"));
}

#[test]
fn a_blank_box_stays_blank_and_makes_no_sum() {
    let mapping = format!(
        "{HEAD}{REST}[cells]\nblank = \"blank\"\ndash = [\"-\"]\nillegible = [\"?\"]\nthousands = \",\"\n\
         [station]\ncode = \"code\"\nregistered = \"R\"\n[form]\nvalid = \"derived\"\n\
         rejected = [\"N\", \"E\"]\nregistered = \"RF\"\n{CANDIDATES}"
    );
    let rows = "1,600,601,\"1,002\",3,1,2\n2,,,,3,1,\n3,5,-,-,?,?,\n";
    let table = imported(&mapping, format!("code,R,RF,A,B,N,E\n{rows}").as_bytes());
    let [first, second, third] = &table.rows[..] else { panic!() };
    assert_eq!((first.valid, first.rejected), (Some(Cell::Number(1005)), Some(Cell::Number(3))));
    assert_eq!((table.stations[0].registered, first.registered), (Some(600), Some(Cell::Number(601))));
    assert_eq!(second.votes, [Cell::Blank, Cell::Number(3)]);
    assert_eq!((second.valid, second.rejected), (None, Some(Cell::Blank)));
    assert_eq!((table.stations[1].registered, second.registered), (None, Some(Cell::Blank)));
    assert_eq!(third.votes, [Cell::Dash, Cell::Illegible]);
    assert_eq!((third.valid, third.rejected), (None, Some(Cell::Illegible)));
    assert_eq!(table.derived, BTreeSet::from([Field::Valid, Field::Rejected]));
}

#[test]
fn a_station_may_repeat_if_the_mapping_says_so() {
    let station = "[station]\ncode = \"code\"\n";
    let mapping = format!("{HEAD}station_repeats = \"allow\"\n{REST}{station}{CANDIDATES}");
    let table = imported(&mapping, b"code,A,B\n1,5,5\n2,1,1\n1,5,6\n");
    let rows: Vec<_> = table.rows.iter().map(|row| (row.station, row.line)).collect();
    assert_eq!((rows, table.stations.len()), (vec![(0, 2), (1, 3), (0, 4)], 2));
    assert!(table.notes.iter().any(|note| note.starts_with("1 rows are of a station")), "{:?}", table.notes);
}

#[test]
fn a_level_may_be_blank_and_made_codes_ignore_the_order_of_rows() {
    let mapping = format!(
        "{HEAD}{REST}[[area]]\nlevel = \"region\"\nname = \"region\"\n[[area]]\nlevel = \"town\"\n\
         name = \"town\"\noptional = true\n[station]\nname = \"place\"\n{CANDIDATES}"
    );
    let rows =
        ["Mashariki,,Shule,1,2", "Kusini,Ziwa,Soko,3,4", "Kusini, Ziwa ,Shule,5,6", "Kusini,,Meli,7,8"];
    let expected = [("1.1", "Meli"), ("1.1.1", "Shule"), ("1.1.2", "Soko"), ("2.1", "Shule")];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
        let rows: Vec<&str> = order.iter().map(|&row| rows[row]).collect();
        let table = imported(&mapping, format!("region,town,place,A,B\n{}\n", rows.join("\n")).as_bytes());
        let mut found = codes(&table);
        found.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(table.codes_made, ["region", "town", "station"]);
        let towns = table.areas.iter().filter(|area| area.level == "town");
        assert_eq!(towns.map(|area| area.parent.as_deref().unwrap()).collect::<Vec<_>>(), ["1"]);
    }
}

#[test]
fn other_encodings_delimiters_and_quotes() {
    let mapping = format!(
        "{HEAD}{REST}[file]\nencoding = \"latin-1\"\ndelimiter = \";\"\nquote = \"none\"\n\
         [station]\ncode = \"code\"\nname = \"name\"\n{CANDIDATES}"
    );
    let table = imported(&mapping, b"code;name;A;B\r\n1;Ni\xf1o \"6;1;2\r\n");
    assert_eq!(codes(&table), [("1", "Niño \"6")]);
}

#[test]
fn a_check_reports_and_refuses_nothing() {
    let check = "[[check]]\ncolumn = \"T\"\nsum = [\"A\", \"B\"]\n";
    let mapping = format!("{HEAD}{REST}[station]\ncode = \"code\"\n{CANDIDATES}{check}");
    let table = imported(&mapping, b"code,A,B,T\n1,1,2,3\n2,1,2,4\n3,1,2,5\n");
    let check = &table.checks[0];
    assert_eq!(
        (check.total, check.compared, check.differing, check.first.as_deref()),
        (12, 3, 2, Some("line 3"))
    );
}

#[test]
fn a_mapping_reads_files_beside_the_table_only() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("data");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("t.csv"), "level,id,name,parent\n1,A,Ziwa,0\n").unwrap();
    for place in ["voters.csv", "data/voters.csv"] {
        std::fs::write(folder.path().join(place), "id,voters\nA,500\n").unwrap();
    }
    let tree = "[source]\ndescription = \"invented\"\n[tree]\nid = \"id\"\nparent = \"parent\"\nroot = \"0\"\n\
                level_column = \"level\"\nname = \"name\"\nstation_level = \"2\"\nstation_code = \"id\"\n\
                [[tree.level]]\nvalue = \"1\"\nlevel = \"county\"\n[tree.registered_from]\nid = \"id\"\n\
                registered = \"voters\"\nfile = ";
    for (name, expected) in [("voters.csv", None), ("../voters.csv", Some("I154"))] {
        let mapping = folder.path().join("map.toml");
        std::fs::write(&mapping, format!("{HEAD}kind = \"tree\"\n{tree}{name:?}\n")).unwrap();
        let result = import_files(&mapping, &inner.join("t.csv"));
        assert_eq!(result.as_ref().err().map(|error| error.problems[0].fault.code()), expected, "{name}");
        if let Ok(table) = result {
            assert_eq!(table.areas[0].registered, Some(500));
        }
    }
}
