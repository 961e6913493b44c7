//! What this program is: the hash of its own bytes, of its configuration, and of the list of what it is made of.
//!
//! A program that names itself proves nothing of itself: another one could say the same. It binds the operator's machine to a
//! public word, which can be compared with what was authorised and with a build of the same source.

use crate::configuration::Configuration;
use hakiki_note::{Hash, sha256};
use std::io;

/// The list of dependencies, made when the program was built: `<name> <version> <sha256, or workspace>` a line.
const DEPENDENCIES: &str = include_str!(concat!(env!("OUT_DIR"), "/dependencies.txt"));
/// Keys of the configuration whose values name files of secrets: only that they are set is said, so that not even a path
/// tells where a secret lies.
const OF_SECRETS: &[&str] = &["host_key", "log_key"];

/// The list of everything that the program can be made of.
pub fn dependency_list() -> &'static str {
    DEPENDENCIES
}

/// The hash of the list.
pub fn dependencies_hash() -> Hash {
    sha256(DEPENDENCIES.as_bytes())
}

/// The hash of the bytes of the program that runs: of the file that was started, even where another one lies in its place.
pub fn program_hash() -> io::Result<Hash> {
    Ok(sha256(&std::fs::read("/proc/self/exe")?))
}

impl Configuration {
    /// The configuration as it is observed: each key with its value as written, ascending, whatever file, variable or flag it
    /// came from. No value is a secret, and of keys that name files of secrets only that they are set stands here.
    pub fn observed_text(&self) -> String {
        let mut lines: Vec<String> = self.shown().iter().map(|(key, value, _)| line(key, value)).collect();
        lines.sort_unstable();
        lines.concat()
    }

    /// The hash of that text.
    pub fn observed_hash(&self) -> Hash {
        sha256(self.observed_text().as_bytes())
    }
}

fn line(key: &str, value: &str) -> String {
    let shown = match value {
        "" => "none",
        _ if OF_SECRETS.contains(&key) => "set",
        // A value of several lines stays one line.
        value => return format!("{key} {value:?}\n"),
    };
    format!("{key} {shown}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_is_of_what_the_program_is_made_of() {
        let lines: Vec<Vec<&str>> = dependency_list().lines().map(|line| line.split(' ').collect()).collect();
        assert!(
            lines.iter().all(|words| words.len() == 3 && (words[2] == "workspace" || words[2].len() == 64))
        );
        let names: BTreeSet<&str> = lines.iter().map(|words| words[0]).collect();
        for name in ["hakiki", "hakiki-node", "hakiki-core", "ed25519-dalek", "axum"] {
            assert!(names.contains(name), "{name}");
        }
        assert!(!names.contains("xtask") && !names.contains("hakiki-bench"));
    }

    #[test]
    fn a_configuration_is_the_same_wherever_it_came_from_and_names_no_secret() {
        let load = |environment: &[(&str, &str)], flags: &[(&str, &str)]| {
            let pairs = |list: &[(&str, &str)]| {
                list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
            };
            Configuration::load(None, pairs(environment), &pairs(flags)).unwrap()
        };
        let by_flag = load(&[], &[("queue_length", "7"), ("log_key", "/keys/a")]);
        let by_variable = load(&[("HAKIKI_QUEUE_LENGTH", "7"), ("HAKIKI_LOG_KEY", "/keys/b")], &[]);
        assert_eq!(by_flag.observed_text(), by_variable.observed_text());
        let text = by_flag.observed_text();
        assert!(text.contains("queue_length \"7\"\n") && text.contains("log_key set\n"), "{text}");
        assert!(text.contains("host_key none\n") && !text.contains("/keys/"), "{text}");
        assert_ne!(by_flag.observed_hash(), load(&[], &[("queue_length", "8")]).observed_hash());
    }

    #[test]
    fn the_program_is_the_file_that_was_started() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(program_hash().unwrap(), sha256(&own));
    }
}
