//! Settings from a flat TOML file, overridden by the environment, overridden by flags.
//!
//! A program brings its [`SettingsTable`] with every key, and reads what its keys take from [`Values`]. The table does not
//! say what a key means, and holds no secrets: those are in files that it names.

use crate::source::{SettingSource, Shown};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Letters in which a variable may differ from a key and be taken for a slip.
const SLIP: usize = 2;

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name, in lower case, with `_`.
    pub key: &'static str,
    /// Its value where none is given, as a flag would write it.
    pub default: &'static str,
    /// What it takes, with its unit and bounds.
    pub about: &'static str,
}

impl Setting {
    /// A key.
    pub const fn new(key: &'static str, default: &'static str, about: &'static str) -> Self {
        Self { key, default, about }
    }
}

/// Every key of a program.
#[derive(Debug)]
pub struct SettingsTable {
    /// The keys, in the order of the reference; at least one.
    pub settings: &'static [Setting],
    /// What the names of environment variables begin with.
    pub environment_prefix: &'static str,
    /// Whether other programs share the prefix: a variable that is no key is refused then only if it looks like a slip.
    pub is_prefix_shared: bool,
    /// A value of the file as a flag would write it, or what is wrong with it.
    pub text_of: fn(&Setting, &toml::Value) -> Result<String, String>,
}

/// Why settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A key that does not exist.
    #[error("{key:?} ({place}) is no key of the configuration; the nearest is {nearest:?}")]
    UnknownKey {
        /// As written.
        key: String,
        /// Where it was written.
        place: String,
        /// What may have been meant.
        nearest: &'static str,
    },
    /// A value that its key does not take.
    #[error("{key} = {found:?} ({place}): expected {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// As written.
        found: String,
        /// Where it was written.
        place: String,
        /// What the key takes.
        expected: &'static str,
    },
    /// A file that cannot be read.
    #[error("{path} cannot be read as a configuration: {found}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        found: String,
    },
}

impl SettingsTable {
    /// Loads values. `environment` is all variables of the process. Of several values flags win, then the environment, then
    /// the file. A key that does not exist is refused.
    pub fn load(
        &'static self,
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(String, String)],
    ) -> Result<Values, SettingsError> {
        let mut values = self.defaults();
        if let Some(path) = file {
            values.read_file(path)?;
        }
        for (name, value) in environment {
            let Some(key) = name.strip_prefix(self.environment_prefix) else { continue };
            let key = key.to_lowercase();
            if self.find(&key).is_some() || !self.is_prefix_shared || self.nearest(&key).1 <= SLIP {
                values.set(&key, value, SettingSource::Environment(name))?;
            }
        }
        for (key, value) in flags {
            values.set(key, value.clone(), SettingSource::Flag)?;
        }
        Ok(values)
    }

    /// Every key with its default.
    pub fn defaults(&'static self) -> Values {
        let default = |setting: &Setting| (setting.key, setting.default.to_owned(), SettingSource::Default);
        Values { table: self, shown: self.settings.iter().map(default).collect() }
    }

    /// The place of a key in the table; flags may write `-` for `_`.
    fn find(&self, name: &str) -> Option<usize> {
        let name = name.replace('-', "_");
        self.settings.iter().position(|setting| setting.key == name)
    }

    /// The key nearest to a name, and how many letters differ.
    fn nearest(&self, name: &str) -> (&'static str, usize) {
        let distances = self.settings.iter().map(|setting| (setting.key, distance(name, setting.key)));
        distances.min_by_key(|(_, distance)| *distance).expect("a table has keys")
    }

    fn known(&self, key: &str, place: impl Fn() -> String) -> Result<usize, SettingsError> {
        let unknown = || {
            let (nearest, _) = self.nearest(key);
            SettingsError::UnknownKey { key: key.to_owned(), place: place(), nearest }
        };
        self.find(key).ok_or_else(unknown)
    }
}

/// The values of all keys, as written, and readings of them.
#[derive(Debug)]
pub struct Values {
    table: &'static SettingsTable,
    /// In the order of the table.
    shown: Vec<Shown>,
}

impl Values {
    /// The text of a key.
    pub fn text(&self, key: &str) -> &str {
        &self.shown[self.place(key)].1
    }

    /// A path, or nothing where the text is empty.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.text(key)).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// What `read` makes of the text; nothing is refused with what the key takes.
    pub fn parsed<T>(&self, key: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, SettingsError> {
        let place = self.place(key);
        let (key, text, source) = &self.shown[place];
        let expected = self.table.settings[place].about;
        let wrong = || SettingsError::Value { key, found: text.clone(), place: source.to_string(), expected };
        read(text).ok_or_else(wrong)
    }

    /// A number within bounds, both included.
    pub fn number(&self, key: &str, least: u64, most: u64) -> Result<u64, SettingsError> {
        self.parsed(key, |text| text.parse().ok().filter(|number| (least..=most).contains(number)))
    }

    /// A time in milliseconds within bounds, both included.
    pub fn milliseconds(&self, key: &str, least: u64, most: u64) -> Result<Duration, SettingsError> {
        self.number(key, least, most).map(Duration::from_millis)
    }

    /// Every key with its value and where that came from, in the order of the table.
    pub fn into_shown(self) -> Vec<Shown> {
        self.shown
    }

    fn place(&self, key: &str) -> usize {
        self.table.find(key).expect("every key that is read stands in the table")
    }

    fn set(&mut self, key: &str, value: String, source: SettingSource) -> Result<(), SettingsError> {
        let place = self.table.known(key, || source.to_string())?;
        self.shown[place] = (self.table.settings[place].key, value, source);
        Ok(())
    }

    fn read_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        let wrong = |found: String| SettingsError::File { path: path.to_owned(), found };
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| wrong(e.to_string()))?;
        for (key, value) in table {
            let place = self.table.known(&key, || path.display().to_string())?;
            let text = (self.table.text_of)(&self.table.settings[place], &value).map_err(wrong)?;
            self.set(&key, text, SettingSource::File(path.to_owned()))?;
        }
        Ok(())
    }
}

/// Letters to insert, remove or replace to come from one word to another.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (place, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (index, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &[Setting] = &[
        Setting::new("listen", "a:1", "an address"),
        Setting::new("length", "4", "a length, 1 to 9"),
        Setting::new("file", "", "a file, or nothing"),
    ];

    static SHARED: SettingsTable = table(true);
    static OWN: SettingsTable = table(false);

    const fn table(is_prefix_shared: bool) -> SettingsTable {
        SettingsTable { settings: SETTINGS, environment_prefix: "A_", is_prefix_shared, text_of }
    }

    fn text_of(_: &Setting, value: &toml::Value) -> Result<String, String> {
        value.as_str().map(str::to_owned).ok_or_else(|| "no text".to_owned())
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn flags_win_over_environment_over_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        std::fs::write(&path, "listen = \"file\"\nlength = \"5\"\nfile = \"f\"\n").unwrap();
        let environment = pairs(&[("A_LISTEN", "variable"), ("A_LENGTH", "6"), ("PATH", "x"), ("A_Q", "x")]);
        let values = SHARED.load(Some(&path), environment, &pairs(&[("length", "7")])).unwrap();
        assert_eq!((values.text("listen"), values.number("length", 1, 9).unwrap()), ("variable", 7));
        assert_eq!(values.path("file"), Some("f".into()));
        let sources: Vec<_> = values.into_shown().into_iter().map(|(key, _, source)| (key, source)).collect();
        let variable = SettingSource::Environment("A_LISTEN".to_owned());
        let expected =
            [("listen", variable), ("length", SettingSource::Flag), ("file", SettingSource::File(path))];
        assert_eq!(sources, expected);
        assert_eq!(SHARED.defaults().path("file"), None);
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let unknown = |loaded: Result<Values, SettingsError>| match loaded {
            Err(SettingsError::UnknownKey { nearest, .. }) => Some(nearest),
            _ => None,
        };
        let variable = |table: &'static SettingsTable, name| table.load(None, pairs(&[(name, "1")]), &[]);
        assert_eq!(unknown(SHARED.load(None, [], &pairs(&[("lenght", "1")]))), Some("length"));
        assert_eq!(unknown(variable(&SHARED, "A_LISTN")), Some("listen"));
        assert!(variable(&SHARED, "A_SOMETHING").is_ok());
        assert!(unknown(variable(&OWN, "A_SOMETHING")).is_some());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        std::fs::write(&path, "fil = \"x\"\n").unwrap();
        assert_eq!(unknown(OWN.load(Some(&path), [], &[])), Some("file"));
        for wrong in ["listen = 7\n", "listen = \n"] {
            std::fs::write(&path, wrong).unwrap();
            assert!(matches!(OWN.load(Some(&path), [], &[]), Err(SettingsError::File { .. })), "{wrong}");
        }
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        for (text, expected) in [("1", Some(1)), ("9", Some(9)), ("0", None), ("10", None), ("-1", None)] {
            let values = OWN.load(None, [], &pairs(&[("length", text)])).unwrap();
            assert_eq!(values.number("length", 1, 9).ok(), expected, "{text}");
        }
        let values = OWN.load(None, [], &pairs(&[("length", "x")])).unwrap();
        let refused = values.number("length", 1, 9).unwrap_err().to_string();
        assert_eq!(refused, "length = \"x\" (flag): expected a length, 1 to 9");
    }
}
