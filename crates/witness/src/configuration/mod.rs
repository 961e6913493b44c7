//! The configuration: one flat TOML file, overridden by the environment, overridden by flags.
//!
//! Every key stands once, in [`settings`](self::settings). Nothing in it is a secret: keys are paths.

mod settings;

pub use settings::{LogFormat, SettingSource};

use crate::error::WitnessError;
use hakiki_note::VerifierKey;
use settings::{ENVIRONMENT_PREFIX, SETTINGS, Setting};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A witness's configuration. See [`Configuration::load`] for where the values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The name that the keys must carry; empty if it is theirs to say.
    pub name: String,
    /// Directory of the state.
    pub dir: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the paths begin with, without a final slash.
    pub prefix: String,
    /// File of the Ed25519 key; whoever starts the witness may bring the keys themselves.
    pub key: Option<PathBuf>,
    /// File of the ML-DSA-44 key.
    pub mldsa_key: Option<PathBuf>,
    /// Keys of logs, which are pinned at start.
    pub logs: Vec<VerifierKey>,
    /// Whether heads share a sync.
    pub group_commit: bool,
    /// Time in which a request's head must be here.
    pub header_timeout: Duration,
    /// Time in which a body must be here.
    pub body_timeout: Duration,
    /// Connections at one time.
    pub connections_max: u64,
    /// Bytes below which the journal is not rewritten.
    pub rewrite_bytes: u64,
    /// Refused heads that are kept.
    pub refused_max: u64,
    /// Bytes that they take.
    pub refused_max_bytes: u64,
    /// How much is logged: a level, or a filter of `tracing-subscriber`.
    pub log_level: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    shown: Vec<(&'static str, String, SettingSource)>,
}

impl Configuration {
    /// Loads a configuration. `environment` is all variables of the process; those that begin with `HAKIKI_WITNESS_` are
    /// looked at (`HAKIKI_WITNESS_LISTEN` for `listen`). Of several values flags win, then the environment, then the file. A
    /// key that does not exist is refused (C103).
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(String, String)],
    ) -> Result<Self, WitnessError> {
        let mut values = Values::default();
        if let Some(path) = file {
            values.read_file(path)?;
        }
        for (name, value) in environment {
            let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            values.set(&key.to_lowercase(), value, SettingSource::Environment(name.clone()))?;
        }
        for (key, value) in flags {
            values.set(key, value.clone(), SettingSource::Flag)?;
        }
        values.build()
    }

    /// The configuration for a state in `dir`, with every other key at its default.
    pub fn of_dir(dir: &Path) -> Self {
        let mut configuration = Values::default().build().expect("the defaults are values of their keys");
        dir.clone_into(&mut configuration.dir);
        configuration
    }

    /// Every key with its value and where that came from, in the order of the reference.
    pub fn shown(&self) -> &[(&'static str, String, SettingSource)] {
        &self.shown
    }
}

/// The values as written, before they are read.
#[derive(Default)]
struct Values(BTreeMap<&'static str, (String, SettingSource)>);

impl Values {
    fn set(&mut self, key: &str, value: String, source: SettingSource) -> Result<(), WitnessError> {
        let unknown = || WitnessError::UnknownKey {
            key: key.to_owned(),
            place: source.to_string(),
            known: Setting::known(),
        };
        let setting = Setting::find(key).ok_or_else(unknown)?;
        self.0.insert(setting.key, (value, source));
        Ok(())
    }

    fn read_file(&mut self, path: &Path) -> Result<(), WitnessError> {
        let wrong = |found: String| WitnessError::ConfigurationFile { path: path.to_owned(), found };
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| wrong(e.to_string()))?;
        for (key, value) in table {
            let text = as_text(&value).ok_or_else(|| {
                wrong(format!(
                    "{key} is {}, expected a text, a number, a truth or a list of texts",
                    value.type_str()
                ))
            })?;
            self.set(&key, text, SettingSource::File(path.to_owned()))?;
        }
        Ok(())
    }

    fn build(self) -> Result<Configuration, WitnessError> {
        let shown = SETTINGS.iter().map(|setting| match self.0.get(setting.key) {
            Some((value, source)) => (setting.key, value.clone(), source.clone()),
            None => (setting.key, setting.default.to_owned(), SettingSource::Default),
        });
        let shown: Vec<_> = shown.collect();
        let read = Read(&shown);
        let path = |key: &str| Some(read.text(key)).filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Configuration {
            name: read.text("name").to_owned(),
            dir: read.text("dir").into(),
            listen: read.parsed("listen", |text| text.parse().ok())?,
            prefix: read.parsed("prefix", settings::prefix)?,
            key: path("key"),
            mldsa_key: path("mldsa_key"),
            logs: read
                .parsed("logs", |text| text.split_whitespace().map(|key| key.parse().ok()).collect())?,
            group_commit: read.parsed("group_commit", |text| text.parse().ok())?,
            header_timeout: Duration::from_millis(read.number("header_timeout_ms", 50, 600_000)?),
            body_timeout: Duration::from_millis(read.number("body_timeout_ms", 50, 600_000)?),
            connections_max: read.number("connections_max", 1, 1_000_000)?,
            rewrite_bytes: read.number("rewrite_bytes", 1000, 1_000_000_000)?,
            refused_max: read.number("refused_max", 1, 100_000)?,
            refused_max_bytes: read.number("refused_max_bytes", 1_000_000, 10_000_000_000)?,
            log_level: read.text("log_level").to_owned(),
            log_format: read.parsed("log_format", LogFormat::parse)?,
            shown: shown.clone(),
        })
    }
}

/// A value as flags write it; the texts of a list with spaces between them.
fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
            Some(texts?.join(" "))
        }
        _ => None,
    }
}

/// Reads values as what their keys take.
struct Read<'a>(&'a [(&'static str, String, SettingSource)]);

impl Read<'_> {
    fn find(&self, key: &str) -> (&'static str, &str, &SettingSource) {
        let found = self.0.iter().find(|(known, ..)| *known == key).expect("every key read is in the list");
        (found.0, &found.1, &found.2)
    }

    fn text(&self, key: &str) -> &str {
        self.find(key).1
    }

    fn parsed<T>(&self, key: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, WitnessError> {
        let (key, text, source) = self.find(key);
        let expected = Setting::find(key).map_or("another value", |setting| setting.about);
        let wrong =
            || WitnessError::Value { key, found: text.to_owned(), place: source.to_string(), expected };
        read(text).ok_or_else(wrong)
    }

    fn number(&self, key: &str, least: u64, most: u64) -> Result<u64, WitnessError> {
        self.parsed(key, |text| text.parse().ok().filter(|number| (least..=most).contains(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn flags_win_over_environment_over_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("witness.toml");
        let text =
            format!("listen = \"127.0.0.1:1\"\nrefused_max = 7\ngroup_commit = false\nlogs = [\"{KEY}\"]\n");
        std::fs::write(&path, text).unwrap();
        let environment =
            pairs(&[("HAKIKI_WITNESS_LISTEN", "127.0.0.1:2"), ("HAKIKI_DIR", "x"), ("PATH", "x")]);
        let flags = pairs(&[("prefix", "/a/b/"), ("refused-max", "8")]);
        let loaded = Configuration::load(Some(&path), environment, &flags).unwrap();
        assert_eq!((loaded.listen.port(), loaded.refused_max, &*loaded.prefix), (2, 8, "/a/b"));
        assert_eq!((loaded.group_commit, loaded.logs.len()), (false, 1));
        let sources: Vec<_> = loaded.shown().iter().map(|(key, _, source)| (*key, source.clone())).collect();
        assert!(sources.contains(&("prefix", SettingSource::Flag)));
        assert!(sources.contains(&("listen", SettingSource::Environment("HAKIKI_WITNESS_LISTEN".into()))));
        assert!(sources.contains(&("logs", SettingSource::File(path))));
        assert!(sources.contains(&("name", SettingSource::Default)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let load = |key: &str, value: &str| Configuration::load(None, [], &pairs(&[(key, value)]));
        assert_eq!(load("lisen", "127.0.0.1:1").unwrap_err().code(), "C103");
        let environment = pairs(&[("HAKIKI_WITNESS_LISEN", "127.0.0.1:1")]);
        assert_eq!(Configuration::load(None, environment, &[]).unwrap_err().code(), "C103");
        for (key, value) in [
            ("listen", "8080"),
            ("prefix", "witness"),
            ("prefix", "/a//b"),
            ("prefix", "/{x}"),
            ("logs", "example.com/foo"),
            ("group_commit", "yes"),
            ("refused_max", "0"),
            ("log_format", "xml"),
        ] {
            let refused = load(key, value).unwrap_err();
            assert_eq!(refused.code(), "C104", "{key} {value}");
            assert!(refused.to_string().contains(key), "{refused}");
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("witness.toml");
        std::fs::write(&path, "logs = [7]\n").unwrap();
        assert_eq!(Configuration::load(Some(&path), [], &[]).unwrap_err().code(), "C105");
    }
}
