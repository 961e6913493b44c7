//! Rules on Rust sources: pure packages stay pure, files stay short, nothing is unwrapped outside tests.

use super::{Complaint, rust_source::RustSource, tracked::TrackedFile};

/// Folders of the packages without clock, disk, network, randomness and threads.
const PURE_FOLDERS: &[&str] = &[
    "crates/note/src/",
    "crates/tlog/src/",
    "crates/core/src/",
    "crates/audit/src/",
    "crates/messages/src/",
    "crates/portal/src/",
    "crates/scrutiny/src/",
];

/// Modules of std that a pure package may not use.
const IMPURE_MODULES: &[&str] = &["fs", "net", "time", "thread", "env", "process"];

/// Words that mean a clock or chance wherever they stand.
const IMPURE_WORDS: &[&str] =
    &["SystemTime", "Instant", "rand", "getrandom", "OsRng", "thread_rng", "RandomState"];

/// The longest that a source file may be; house style asks for about 400.
const LONGEST_FILE_LINES: usize = 450;

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[("crates/core/src/unicode_12_1.rs", "a table of data")];

/// All rules of this module over the Rust sources among `files`.
pub fn check(files: &[TrackedFile]) -> Vec<Complaint> {
    let sources = files.iter().filter(|file| file.has_ending("rs") && !is_test(&file.path));
    sources.flat_map(check_source).collect()
}

/// Whether the file is a test: in a `tests` folder, or a module beside its subject that is only built for tests.
pub fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
}

fn check_source(file: &TrackedFile) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let lines = file.text.lines().count();
    let named = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    if lines > LONGEST_FILE_LINES && !named {
        let says = format!("{lines} lines, at most {LONGEST_FILE_LINES}; split it by concept");
        complaints.push(Complaint::new(&file.path, says));
    }
    let source = RustSource::of(&file.text);
    let pure = PURE_FOLDERS.iter().any(|folder| file.path.starts_with(folder));
    let in_package = file.path.starts_with("crates/") && file.path.contains("/src/");
    for (line, code) in source.lines_outside_tests() {
        if in_package && code.contains(".unwrap()") {
            let says = "unwrap outside tests; return the error, or `expect` with the invariant";
            complaints.push(Complaint::at(&file.path, line, says));
        }
        if pure {
            complaints.extend(impurities(code).map(|found| {
                Complaint::at(
                    &file.path,
                    line,
                    format!("{found} in a pure package; let the caller bring it as a value"),
                )
            }));
        }
    }
    if pure {
        complaints.extend(grouped_impurities(&source, &file.path));
    }
    complaints
}

fn impurities(code: &str) -> impl Iterator<Item = String> {
    let modules = IMPURE_MODULES.iter().map(|module| format!("std::{module}"));
    let words = IMPURE_WORDS.iter().map(|word| (*word).to_owned());
    modules.chain(words).filter(|word| has_word(code, word))
}

/// `use std::{fs, …}`, which hides the module from a search for its path; groups may reach over lines.
fn grouped_impurities(source: &RustSource, path: &str) -> Vec<Complaint> {
    let outside: String = source.lines_outside_tests().map(|(_, code)| code).collect::<Vec<_>>().join("\n");
    let mut complaints = Vec::new();
    for (start, opening) in outside.match_indices("std::{") {
        let group = outside[start + opening.len()..].split(';').next().unwrap_or_default();
        for module in IMPURE_MODULES.iter().filter(|module| has_word(group, module)) {
            complaints.push(Complaint::new(
                path,
                format!("std::{{{module}}} in a pure package; bring it as a value"),
            ));
        }
    }
    complaints
}

/// Whether `word` stands in `code` with no letter, digit or underscore beside it.
fn has_word(code: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(start, _)| {
        !code[..start].ends_with(part_of_name) && !code[start + word.len()..].starts_with(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&[TrackedFile { path: path.into(), text: text.into() }]).len()
    }

    #[test]
    fn clock_disk_and_chance_are_found_in_pure_packages_only() {
        for code in [
            "use std::fs;",
            "use std::{fmt, fs};",
            "use std::{\n    fmt,\n    net::TcpStream,\n};",
            "let now = std::time::Duration::ZERO;",
            "let now = Instant::now();",
            "rand::random()",
        ] {
            assert!(complaints("crates/core/src/x.rs", code) >= 1, "{code}");
            assert_eq!(complaints("crates/node/src/x.rs", code), 0, "{code}");
        }
        for code in
            ["let operand = 1;", "// std::fs", "\"std::fs\"", "#[cfg(test)]\nmod tests { use std::fs; }"]
        {
            assert_eq!(complaints("crates/core/src/x.rs", code), 0, "{code}");
        }
    }

    #[test]
    fn unwrap_is_found_outside_tests_only() {
        assert_eq!(complaints("crates/node/src/x.rs", "a.unwrap();"), 1);
        assert_eq!(complaints("crates/node/src/x.rs", "a.unwrap_or(1);"), 0);
        assert_eq!(
            complaints("crates/node/src/x.rs", "#[cfg(test)]\nmod tests { fn x() { a.unwrap(); } }"),
            0
        );
        assert_eq!(complaints("crates/node/tests/x.rs", "a.unwrap();"), 0);
        assert_eq!(complaints("crates/node/src/x/tests.rs", "a.unwrap();"), 0);
    }

    #[test]
    fn long_files_are_found_but_for_those_named() {
        let long = "\n".repeat(LONGEST_FILE_LINES + 1);
        assert_eq!(complaints("crates/node/src/x.rs", &long), 1);
        assert_eq!(complaints("crates/node/src/x.rs", &long[1..]), 0);
        assert_eq!(complaints(LONG_FILES[0].0, &long), 0);
        assert_eq!(complaints("crates/node/tests/x.rs", &long), 0);
    }
}
