//! Every key of a word that a program names is a word that exists.
//!
//! A string literal that begins with a root of the message files and looks like a key is taken for one. Keys that are
//! put together at run time are not seen; a debug build stops at them.

use hakiki_messages::{Language, find};

use super::{Complaint, rust_source::RustSource, sources::is_test, tracked::TrackedFile};

/// Packages that speak to people.
const SPEAKERS: &[&str] = &[
    "crates/portal/src/",
    "crates/verify/src/",
    "crates/node/src/",
    "crates/cli/src/",
    "crates/rehearsal/src/",
];

/// Roots of keys that nothing else begins with; `form.`, `log.` and `data.` could be names of files.
const ROOTS: &[&str] = &["code.", "portal.", "kind.", "report.", "watch.", "role."];

/// Literals that look like keys and are none.
pub fn check(files: &[TrackedFile]) -> Vec<Complaint> {
    let speakers = files.iter().filter(|file| {
        SPEAKERS.iter().any(|folder| file.path.starts_with(folder))
            && file.has_ending("rs")
            && !is_test(&file.path)
    });
    speakers.flat_map(check_source).collect()
}

fn check_source(file: &TrackedFile) -> Vec<Complaint> {
    let source = RustSource::of(&file.text);
    source
        .literals_outside_tests()
        .filter(|(_, literal)| looks_like_a_key(literal) && find(Language::English, literal).is_none())
        .map(|(line, key)| {
            Complaint::at(&file.path, line, format!("no word for the key {key}; add it in each language"))
        })
        .collect()
}

fn looks_like_a_key(literal: &str) -> bool {
    ROOTS.iter().any(|root| literal.starts_with(root))
        && !literal.ends_with('.')
        && literal.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> usize {
        check(&[TrackedFile { path: "crates/portal/src/x.rs".into(), text: text.into() }]).len()
    }

    #[test]
    fn keys_without_words_are_found() {
        assert_eq!(complaints("text(language, \"portal.nothing\")"), 1);
        assert_eq!(complaints("text(language, \"portal.partition\")"), 0);
        assert_eq!(complaints("Message::new(\"code.F999.title\")"), 1);
        assert_eq!(complaints("format!(\"code.{code}.title\")"), 0);
        assert_eq!(complaints("key.starts_with(\"portal.\")"), 0);
    }
}
