//! Real tables come in exactly. They are not in the repository: `HAKIKI_SHARED` names the folder that has them, else
//! `../shared` beside the repository. Absent tables are skipped with a notice; with `HAKIKI_REQUIRE_SHARED=1` they fail.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::import::{Cell, Field, ImportedTable, ResultRow, import_files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn imported(mapping: &str, table: &str) -> Option<ImportedTable> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("HAKIKI_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let table = shared.join("data").join(table);
    if !table.exists() {
        assert_ne!(
            std::env::var("HAKIKI_REQUIRE_SHARED").as_deref(),
            Ok("1"),
            "{} is absent",
            table.display()
        );
        println!("skipped: {} is absent", table.display());
        return None;
    }
    let imported =
        import_files(&root.join("mappings").join(mapping), &table).unwrap_or_else(|error| panic!("{error}"));
    println!("{}\n  {}", imported.mapping.title, imported.notes.join("\n  "));
    for check in &imported.checks {
        println!("  {check:?}");
    }
    assert_sound(&imported);
    Some(imported)
}

/// What holds for every import, whatever the table.
fn assert_sound(table: &ImportedTable) {
    let mut codes = BTreeSet::new();
    for area in &table.areas {
        assert!(
            area.parent.as_ref().is_none_or(|parent| codes.contains(parent)),
            "{area:?} before its parent"
        );
        assert!(codes.insert(area.code.clone()), "{area:?} twice");
        assert!(table.mapping.levels.contains(&area.level));
    }
    let mut stations = BTreeSet::new();
    for station in &table.stations {
        assert!(station.area.as_ref().is_none_or(|area| codes.contains(area)), "{station:?} in no area");
        assert!(stations.insert(&station.code), "{station:?} twice");
    }
    let fits = |code: &str| {
        (1..=64).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    };
    assert!(codes.iter().all(|code| fits(code)) && stations.iter().all(|code| fits(code)));
    assert!(table.rows.windows(2).all(|pair| pair[0].line < pair[1].line));
    assert!(
        table
            .rows
            .iter()
            .all(|row| row.votes.len() == table.candidates.len() && row.station < table.stations.len())
    );
}

fn number(cell: Option<Cell>) -> u64 {
    cell.and_then(Cell::number).unwrap()
}

fn votes(table: &ImportedTable, name: &str) -> u64 {
    let place = table.candidates.iter().position(|candidate| candidate.name.contains(name)).unwrap();
    table.rows.iter().map(|row| number(Some(row.votes[place]))).sum()
}

fn total(table: &ImportedTable, value: impl Fn(&ResultRow) -> Option<Cell>) -> u64 {
    table.rows.iter().map(|row| number(value(row))).sum()
}

fn registered(table: &ImportedTable) -> u64 {
    table.stations.iter().filter_map(|station| station.registered).sum()
}

fn levels(table: &ImportedTable) -> BTreeMap<&str, usize> {
    let mut levels = BTreeMap::new();
    for area in &table.areas {
        *levels.entry(area.level.as_str()).or_default() += 1;
    }
    levels
}

#[test]
fn uganda_2016() {
    let Some(table) = imported("uganda-2016-president.toml", "uganda-2016/election-results.csv.xz") else {
        return;
    };
    assert_eq!((table.stations.len(), table.rows.len()), (28_010, 28_010));
    assert_eq!(registered(&table), 15_277_198);
    assert_eq!(votes(&table, "Museveni"), 5_971_872);
    assert_eq!(votes(&table, "Besigye"), 3_508_687);
    assert_eq!(votes(&table, "Mbabazi"), 136_519);
    assert_eq!(total(&table, |row| row.valid), 9_851_812);
    assert_eq!(total(&table, |row| row.rejected), 477_319);
    let cast = |row: &ResultRow| number(row.valid) + number(row.rejected);
    let of_station = |row: &ResultRow| table.stations[row.station].registered.unwrap();
    assert_eq!(table.rows.iter().filter(|row| cast(row) == of_station(row)).count(), 130);
    assert_eq!(table.rows.iter().filter(|row| cast(row) == 0).count(), 235);
    assert_eq!(table.rows.iter().filter(|row| of_station(row) == 0).count(), 0);
    // The table spells 7,534; three of these differ from another by nothing but spaces.
    let expected = [("constituency", 287), ("district", 112), ("parish", 7531), ("sub-county", 1557)];
    assert_eq!(levels(&table), BTreeMap::from(expected));
    assert_eq!(table.codes_made, ["sub-county", "parish"]);
    assert_eq!((table.checks[0].total, table.checks[0].differing), (10_329_131, 0));
    assert!(table.derived.is_empty());
    assert_eq!((table.stations[0].code.as_str(), table.rows[0].line), ("1", 2));
}

#[test]
fn bolivia_2019() {
    let Some(table) = imported("bolivia-2019-computo.toml", "bolivia-2019/computo-final-20191025.csv.xz")
    else {
        return;
    };
    assert_eq!(table.rows.len(), 34_555);
    assert_eq!((votes(&table, "MAS - IPSP"), votes(&table, "CC")), (2_889_359, 2_240_920));
    assert_eq!(total(&table, |row| row.valid), 6_137_671);
    assert_eq!(total(&table, |row| row.rejected), 93_507 + 229_337);
    assert_eq!(registered(&table), 7_315_364);
    assert_eq!(table.derived, BTreeSet::from([Field::Valid, Field::Rejected]));
    assert_eq!(levels(&table)["locality"], 3652);
    for (mapping, file, rows, mas) in [
        ("bolivia-2019-trep-20191020.toml", "bolivia-2019/trep-20191020T194057.csv.xz", 28_975, 2_355_644),
        ("bolivia-2019-trep-20191021.toml", "bolivia-2019/trep-20191021T182953.csv.xz", 32_806, 2_738_136),
    ] {
        let early = imported(mapping, file).unwrap();
        assert_eq!((early.rows.len(), votes(&early, "MAS - IPSP")), (rows, mas));
        // The tables can be compared: whatever was counted early stands in the final count by the same code.
        let codes: BTreeSet<&String> = table.stations.iter().map(|station| &station.code).collect();
        assert!(early.stations.iter().all(|station| codes.contains(&station.code)));
    }
}

#[test]
fn kenya_2022_forms() {
    let Some(table) = imported("kenya-2022-forms34a.toml", "kenya-2022/forms34A-transcribed-30000.csv.xz")
    else {
        return;
    };
    assert_eq!((table.rows.len(), table.stations.len()), (30_000, 30_000));
    assert_eq!((votes(&table, "Odinga"), votes(&table, "Ruto")), (3_411_601, 5_260_646));
    let cap = table.mapping.contest.as_ref().unwrap().cap.unwrap();
    let sum = |row: &ResultRow| row.votes.iter().map(|cell| number(Some(*cell))).sum::<u64>();
    assert_eq!(table.rows.iter().filter(|row| sum(row) > cap).count(), 28);
    let absent = |row: &ResultRow| (row.valid, row.rejected, row.registered) == (None, None, None);
    assert!(
        table.rows.iter().all(absent) && table.stations.iter().all(|station| station.registered.is_none())
    );
    assert_eq!(table.stations[0].code, "001001000100105");
    assert_eq!(table.stations[0].area.as_deref(), Some("0010010001001"));
    assert_eq!((table.areas[0].code.as_str(), table.areas[0].name.as_str()), ("001", "Mombasa"));
    assert_eq!(table.rows[0].serial.as_deref(), Some("F230450M00201302"));
    assert_eq!(table.rows[0].time.as_deref(), Some("2022-08-09T22:36:59+03:00"));
    let expected = [("centre", 19_173), ("constituency", 190), ("county", 36), ("ward", 944)];
    assert_eq!(levels(&table), BTreeMap::from(expected));
    let serials: BTreeSet<_> = table.rows.iter().map(|row| row.serial.clone()).collect();
    assert_eq!(serials.len(), 29_999, "one serial stands on the forms of two stations");
}

#[test]
fn kenya_2017_register() {
    let Some(table) = imported("kenya-2017-register.toml", "kenya-2017/register-hierarchy-portal.csv.xz")
    else {
        return;
    };
    assert_eq!((table.stations.len(), table.rows.len()), (40_883, 0));
    let expected = [("centre", 24_703), ("constituency", 292), ("county", 49), ("nation", 1), ("ward", 1456)];
    assert_eq!(levels(&table), BTreeMap::from(expected));
    assert_eq!(table.areas[0].registered, Some(19_611_423));
    for level in ["county", "constituency", "ward"] {
        let areas = table.areas.iter().filter(|area| area.level == level);
        assert_eq!(areas.map(|area| area.registered.unwrap()).sum::<u64>(), 19_611_423, "{level}");
    }
    assert_eq!((table.checks[0].total, table.checks[0].differing), (19_611_423, 0));
    assert_eq!(table.companions[0].0, "kenya-2017-iebc-portal.csv.xz");
    assert!(table.stations.iter().all(|station| station.code.len() == 15 && station.registered.is_none()));
}

#[test]
fn mexico_2006() {
    let Some(table) = imported("mexico-2006-president.toml", "mexico-2006/casillas-presidente-2006.csv.xz")
    else {
        return;
    };
    assert_eq!(table.rows.len(), 130_777);
    assert_eq!((votes(&table, "PAN"), votes(&table, "PRD–PT–Convergencia")), (15_000_284, 14_756_350));
    assert_eq!(total(&table, |row| row.valid) + total(&table, |row| row.rejected), 41_791_322);
    assert_eq!((table.checks[0].total, table.checks[0].differing), (41_791_322, 0));
    assert_eq!(
        (registered(&table), table.stations.iter().filter(|s| s.registered.is_none()).count()),
        (71_368_928, 822)
    );
}

#[test]
fn venezuela_2024() {
    let Some(table) = imported("venezuela-2024-v1.toml", "venezuela-2024/RESULTADOS_2024_CSV_V1.csv.xz")
    else {
        return;
    };
    assert_eq!((table.rows.len(), registered(&table)), (24_532, 17_745_239));
    assert_eq!((votes(&table, "González"), votes(&table, "Maduro")), (7_156_462, 3_241_461));
    assert_eq!((total(&table, |row| row.valid), total(&table, |row| row.rejected)), (10_659_128, 1_139));
    let second = imported("venezuela-2024-v2.toml", "venezuela-2024/RESULTADOS_2024_CSV_V2.csv.xz").unwrap();
    assert_eq!(second.rows.len(), 25_073);
    assert_eq!((votes(&second, "González"), votes(&second, "Maduro")), (7_303_480, 3_316_142));
    assert_eq!(total(&second, |row| row.valid), 10_887_262);
    assert!(second.areas.iter().any(|area| area.name.contains('Ñ')), "latin-1 was read as such");
}

#[test]
fn chile_2021() {
    let Some(table) = imported("chile-2021-president.toml", "chile-2021/mesas-presidente-2021.csv.xz") else {
        return;
    };
    assert_eq!(table.rows.len(), 46_606);
    assert_eq!((votes(&table, "Boric"), votes(&table, "Kast")), (1_795_691, 1_953_207));
    assert_eq!(total(&table, |row| row.rejected), 30_397 + 55_285);
    assert_eq!(levels(&table), BTreeMap::from([("district", 679), ("region", 16)]));
}
