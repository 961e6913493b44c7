//! `show --qr`: the codes of a record on the terminal and as files. That they can be read back is a test of the pages.
#![allow(clippy::unwrap_used)]

use hakiki_portal::qr::{codes, domain};
use std::path::Path;
use std::process::{Command, Output};

fn hakiki(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hakiki")).args(arguments).output().unwrap()
}

/// Standard output of a command that does what it is asked.
fn does(arguments: &[&str]) -> String {
    let output = hakiki(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_record_is_printed_as_codes_and_written_as_files() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("log");
    let dir = dir.to_str().unwrap();
    does(&["demo", "--stations", "20", "--minutes", "0", "--listen", "127.0.0.1:0", "--exit", "--dir", dir]);
    let show = |place: &str, more: &[&str]| does(&[&["show", place, "--dir", dir], more].concat());

    let form = (1..200)
        .map(|place| place.to_string())
        .find(|place| show(place, &[]).starts_with("hakiki/form@v1\n"))
        .expect("a night has forms");
    let note = show(&form, &[]);
    let election = show("0", &[]);
    let key = election.lines().find_map(|line| line.strip_prefix("log ")).unwrap();
    let domain = domain(key.split('+').next().unwrap()).unwrap();

    let drawn = codes(note.as_bytes(), domain).unwrap();
    assert_eq!(drawn.len(), 1, "a form is one code");
    assert_eq!(show(&form, &["--qr"]).lines().collect::<Vec<_>>(), drawn[0].half_blocks());
    let said = hakiki(&["show", &form, "--dir", dir, "--qr"]);
    assert!(
        String::from_utf8_lossy(&said.stderr).contains(&format!("opens {domain}")),
        "the domain in words"
    );

    let file = home.path().join("form.svg");
    show(&form, &["--qr", "--svg", file.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), drawn[0].svg(&format!("{domain} 1/1")));

    let several = codes(election.as_bytes(), domain).unwrap();
    assert!(several.len() > 1, "the election record takes several");
    let file = home.path().join("election.svg");
    let names = show("0", &["--qr", "--svg", file.to_str().unwrap()]);
    assert_eq!(names.lines().count(), several.len());
    assert!(names.lines().all(|name| Path::new(name).exists()) && !file.exists(), "{names}");
    assert!(home.path().join("election-2.svg").exists());
}

#[test]
fn a_file_without_codes_is_refused() {
    let output = hakiki(&["show", "0", "--dir", "nowhere", "--svg", "x.svg"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--qr"));
}
