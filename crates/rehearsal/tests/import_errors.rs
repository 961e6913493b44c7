//! Every error of the import is provoked once, and says where it is, what was found and what to do.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::import::error::{CODES, PROBLEMS_MAX};
use hakiki_rehearsal::import::{ImportError, SourceFile, import, import_files};
use std::collections::BTreeSet;

const MAPPING: &str = r#"
title = "Mfano 2031"
country = "ZZ"
date = "2031-03-04"
licence = "CC0-1.0"
ignore = ["note"]
[source]
description = "invented"
[contest]
id = "president"
title = "President"
rule = "plurality"
[[split]]
column = "form"
pattern = "F{serial}/{when:8}"
[[area]]
level = "county"
code = "county"
name = "county name"
[station]
code = "station"
name = "place"
registered = "registered"
[[candidate]]
column = "A"
name = "Amara"
[[candidate]]
column = "B"
name = "Baraka"
[form]
valid = "valid"
serial = "serial"
[form.time]
column = "when"
format = "YYYYMMDD"
zone = "+03:00"
clock = "the file name"
"#;

const TABLE: &str = "\
county,county name,station,place,registered,A,B,valid,form,note
01,Ziwa,0101,Shule,400,10,20,30,FX1/20310304,
01,Ziwa,0102,Soko,300,5,6,11,FX2/20310304,
02,Mlima,0201,Kituo,200,1,2,3,FX3/20310304,
";

const TREE: &str = r#"
title = "Mfano 2031"
country = "ZZ"
date = "2031-03-04"
licence = "CC0-1.0"
kind = "tree"
[source]
description = "invented"
[tree]
id = "id"
parent = "parent"
root = "0"
level_column = "level"
name = "name"
station_level = "3"
station_code = "id"
[[tree.level]]
value = "1"
level = "county"
[[tree.level]]
value = "2"
level = "ward"
[tree.registered_from]
file = "voters.csv"
id = "id"
registered = "voters"
"#;

const TREE_TABLE: &str = "level,id,name,parent\n1,A,Ziwa,0\n2,A1,Pwani,A\n3,A11,Shule,A1\n";
const VOTERS: &str = "id,voters\nA,500\nA1,500\n";

struct Case {
    code: &'static str,
    line: Option<u64>,
    column: Option<&'static str>,
    says: &'static str,
    result: Result<(), ImportError>,
}

fn results(mapping: &str, table: &[u8]) -> Result<(), ImportError> {
    let mapping = SourceFile { name: "map.toml", bytes: mapping.as_bytes() };
    import(&mapping, &SourceFile { name: "table.csv", bytes: table }, &[]).map(|_| ())
}

fn tree(table: &str, voters: Option<&str>) -> Result<(), ImportError> {
    let mapping = SourceFile { name: "map.toml", bytes: TREE.as_bytes() };
    let voters = voters.map(|text| SourceFile { name: "voters.csv", bytes: text.as_bytes() });
    let companions: Vec<SourceFile<'_>> = voters.into_iter().collect();
    import(&mapping, &SourceFile { name: "tree.csv", bytes: table.as_bytes() }, &companions).map(|_| ())
}

fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in the text");
    text.replacen(from, to, 1)
}

fn in_mapping(
    code: &'static str,
    line: Option<u64>,
    column: Option<&'static str>,
    says: &'static str,
    from: &str,
    to: &str,
) -> Case {
    Case { code, line, column, says, result: results(&swap(MAPPING, from, to), TABLE.as_bytes()) }
}

fn in_table(
    code: &'static str,
    line: Option<u64>,
    column: Option<&'static str>,
    says: &'static str,
    from: &str,
    to: &str,
) -> Case {
    Case { code, line, column, says, result: results(MAPPING, swap(TABLE, from, to).as_bytes()) }
}

fn mapping_cases() -> Vec<Case> {
    let heads = "title = \"Mfano 2031\"";
    vec![
        in_mapping("I101", Some(2), None, "unknown field `titel`", "title =", "titel ="),
        in_mapping("I101", Some(25), None, "a column's name or a list", "column = \"A\"", "column = 3"),
        in_mapping("I102", None, None, "date is \"2031-02-30\"", "2031-03-04", "2031-02-30"),
        in_mapping("I102", None, None, "two capital letters", "\"ZZ\"", "\"Zedland\""),
        in_mapping("I102", None, None, "contest.rule", "\"plurality\"", "\"majority-with-spread\""),
        in_mapping("I102", None, None, "form.time", "+03:00", "EAT"),
        in_mapping(
            "I103",
            None,
            None,
            "nothing says where it ends",
            "F{serial}/{when:8}",
            "F{serial}{when:8}",
        ),
        in_mapping("I104", None, None, "candidate \" Amara\" stands twice", "\"Baraka\"", "\" Amara\""),
        in_mapping("I104", None, None, "added twice", "column = \"B\"", "column = [\"A\", \"B\"]"),
        in_mapping("I104", None, None, "a name that no column", "F{serial}/", "F{serial}/{place:1}"),
        in_mapping("I104", None, None, "ignored", "ignore = [\"note\"", "ignore = [\"note\", \"valid\""),
        in_mapping("I105", None, None, "\"utf-16\"", heads, &format!("{heads}\nfile.encoding = \"utf-16\"")),
        Case {
            code: "I106",
            line: None,
            column: None,
            says: "[contest] is missing",
            result: without_contest(),
        },
        in_mapping(
            "I121",
            None,
            Some("vald"),
            "did you mean \"valid\"?",
            "valid = \"valid\"",
            "valid = \"vald\"",
        ),
        in_mapping(
            "I121",
            None,
            Some("votes"),
            "the table has: county, county name",
            "[\"note\"]",
            "[\"note\", \"votes\"]",
        ),
    ]
}

fn without_contest() -> Result<(), ImportError> {
    let (before, rest) = MAPPING.split_once("[contest]").unwrap();
    let after = &rest[rest.find("[[split]]").unwrap()..];
    results(&format!("{before}{after}"), TABLE.as_bytes())
}

fn table_cases() -> Vec<Case> {
    vec![
        Case {
            code: "I111",
            line: None,
            column: None,
            says: "gzip",
            result: results(MAPPING, b"\x1f\x8b\x08\x00broken"),
        },
        Case {
            code: "I112",
            line: None,
            column: None,
            says: "1073741824",
            result: results(MAPPING, &xz_bomb()),
        },
        Case {
            code: "I113",
            line: Some(2),
            column: None,
            says: "latin-1",
            result: results(MAPPING, b"a,b\nMu\xf1oz,2\n"),
        },
        Case { code: "I114", line: None, column: None, says: "no header", result: results(MAPPING, b"\n\n") },
        Case { code: "I114", line: None, column: None, says: "no rows", result: results(MAPPING, b"a,b\n") },
        in_table("I115", None, None, "quotation marks (1)", "Shule", "\"Shule"),
        in_table("I122", None, Some("notes"), "add \"notes\" to ignore", ",note\n", ",notes\n"),
        in_table("I123", Some(1), Some("A"), "twice (at 6 and 7)", ",A,B,", ",A, A ,"),
        in_table("I131", Some(3), None, "has 9 cells and the header 10", "300,5,6", "300,5"),
        in_table("I132", Some(3), Some("B"), "\"6.0\" is no whole number", "300,5,6,", "300,5,6.0,"),
        in_table("I133", Some(4), Some("A"), "a blank is not zero", "200,1,", "200, ,"),
        in_table("I134", Some(2), Some("form"), "\"FX1-20310304\"", "FX1/2", "FX1-2"),
        in_table("I135", Some(4), Some("station"), "\"02 01\" is no code", "0201", "02 01"),
        in_table("I136", Some(3), Some("station"), "stood on line 2 already", "0102", "0101"),
        in_table(
            "I138",
            Some(3),
            Some("county"),
            "named \"Zywa\" here and \"Ziwa\" on line 2",
            "Ziwa,0102",
            "Zywa,0102",
        ),
        in_table("I140", Some(2), Some("place"), "direction", "Shule", "Shu\u{202e}le"),
        in_table("I140", Some(2), Some("place"), "it is blank", "Shule", "  "),
        in_table("I140", Some(2), Some("place"), "line break", "Shule", "\"Shu\nle\""),
        in_table("I141", Some(2), Some("when"), "\"20310230\" is no time", "FX1/20310304", "FX1/20310230"),
        in_table("I142", Some(2), Some("registered"), "4000000000", "400", "4000000000"),
    ]
}

fn repeated_cases() -> Vec<Case> {
    let allow = swap(MAPPING, "ignore", "station_repeats = \"allow\"\nignore");
    let differs = swap(TABLE, "0102,Soko,300", "0101,Shule,300");
    let run_together = swap(MAPPING, "code = \"station\"", "code = [\"county\", \"station\"]");
    let run_together = swap(&run_together, "ignore", "join = \"\"\nstation_repeats = \"allow\"\nignore");
    let table = TABLE.replace("01,Ziwa,0102", "0,Z,10101").replace("02,Mlima,0201", "2,Mlima,0201");
    vec![
        Case {
            code: "I137",
            line: Some(3),
            column: Some("station"),
            says: "registered voters \"300\" here and \"400\" on line 2",
            result: results(&allow, differs.as_bytes()),
        },
        Case {
            code: "I139",
            line: Some(3),
            column: None,
            says: "\"010101\" would mean two different stations",
            result: results(&run_together, table.as_bytes()),
        },
    ]
}

fn tree_cases() -> Vec<Case> {
    let case = |code, line, column, says, result| Case { code, line, column, says, result };
    let changed = |from, to| tree(&swap(TREE_TABLE, from, to), Some(VOTERS));
    vec![
        case("I151", Some(3), Some("id"), "\"A\" stood on line 2", changed("2,A1,", "2,A,")),
        case("I152", Some(3), Some("parent"), "not in the table", changed("Pwani,A\n", "Pwani,Q\n")),
        case("I152", Some(3), Some("parent"), "not of a wider level", changed("Pwani,A\n", "Pwani,A1\n")),
        case("I153", Some(4), Some("level"), "expected one of 1, 2, 3", changed("3,A11", "9,A11")),
        case("I154", None, None, "\"voters.csv\"", tree(TREE_TABLE, None)),
        case(
            "I155",
            Some(4),
            Some("id"),
            "\"Q\" is not in the tree",
            tree(TREE_TABLE, Some("id,voters\nA,1\nA1,1\nQ,1\n")),
        ),
        case("I132", Some(2), Some("voters"), "\"many\"", tree(TREE_TABLE, Some("id,voters\nA,many\n"))),
    ]
}

fn unreadable() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let result = import_files(&folder.path().join("map.toml"), &folder.path().join("table.csv")).map(|_| ());
    Case { code: "I110", line: None, column: None, says: "map.toml", result }
}

/// A valid xz stream of one gibibyte and a little more of nothing, but for its index: the limit comes first.
fn xz_bomb() -> Vec<u8> {
    let mut nothing = Vec::new();
    lzma_rs::xz_compress(&mut &[0u8; 4][..], &mut nothing).unwrap();
    let header = 12 + (usize::from(nothing[12]) + 1) * 4;
    let mut bomb = nothing[..header].to_vec();
    // Chunks that reset everything, two mebibytes each when unpacked, of one byte packed.
    for _ in 0..513 {
        bomb.extend([0xff, 0xff, 0xff, 0, 0, 0x5d, 0]);
    }
    bomb.push(0);
    bomb
}

#[test]
fn every_error_is_provoked_and_says_where_and_what() {
    assert_eq!(results(MAPPING, TABLE.as_bytes()), Ok(()), "without a change there is no error");
    assert_eq!(tree(TREE_TABLE, Some(VOTERS)), Ok(()));
    let mut provoked = BTreeSet::new();
    let cases = [mapping_cases(), table_cases(), repeated_cases(), tree_cases(), vec![unreadable()]];
    for case in cases.into_iter().flatten() {
        let error = case.result.expect_err(case.code);
        let problem = error.problems.iter().find(|problem| problem.fault.code() == case.code);
        let problem = problem.unwrap_or_else(|| panic!("no {}: {error}", case.code));
        let text = problem.to_string();
        assert!(text.contains(case.says), "{:?} is not in: {text}", case.says);
        assert_eq!(problem.place.line, case.line, "{text}");
        assert_eq!(problem.place.column.as_deref(), case.column, "{text}");
        provoked.insert(case.code);
    }
    assert_eq!(provoked, CODES.iter().copied().collect::<BTreeSet<_>>());
}

#[test]
fn the_guide_explains_every_code() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guides/mapping.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    for code in CODES {
        assert!(guide.contains(&format!("| {code} |")), "the guide has no row for {code}");
    }
    let rows = guide.lines().filter(|line| line.starts_with("| I1")).count();
    assert_eq!(rows, CODES.len(), "the guide explains a code that does not exist");
}

#[test]
fn all_problems_are_named_up_to_a_limit() {
    let table = TABLE.replace(",10,20,", ",ten,x,").replace("0102", "01 02");
    let error = results(MAPPING, table.as_bytes()).unwrap_err();
    let codes: Vec<_> =
        error.problems.iter().map(|problem| (problem.fault.code(), problem.place.line)).collect();
    assert_eq!(codes, [("I132", Some(2)), ("I132", Some(2)), ("I135", Some(3))]);
    let bad = "01,Ziwa,0301,Shule,x,1,1,2,FX/20310304,\n".repeat(30);
    let error = results(MAPPING, format!("{TABLE}{bad}").as_bytes()).unwrap_err();
    assert_eq!((error.problems.len(), error.more), (PROBLEMS_MAX, 10));
    assert!(error.to_string().ends_with("and 10 more\nnothing was taken from the table"), "{error}");
}
