//! The configuration: one flat TOML file, overridden by the environment, overridden by flags.
//!
//! Every key stands once, in [`settings`](self::settings). Nothing in it is a secret: keys are paths.

mod settings;

use crate::error::WitnessError;
use hakiki_host::{LogFormat, SettingsError, Shown, Values};
use hakiki_note::VerifierKey;
use settings::TABLE;
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
    shown: Vec<Shown>,
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
        Ok(Self::build(TABLE.load(file, environment, flags)?)?)
    }

    /// The configuration for a state in `dir`, with every other key at its default.
    pub fn of_dir(dir: &Path) -> Self {
        let mut configuration = Self::build(TABLE.defaults()).expect("the defaults are values of their keys");
        dir.clone_into(&mut configuration.dir);
        configuration
    }

    /// Every key with its value and where that came from, in the order of the reference.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    fn build(read: Values) -> Result<Self, SettingsError> {
        Ok(Self {
            name: read.text("name").to_owned(),
            dir: read.text("dir").into(),
            listen: read.parsed("listen", |text| text.parse().ok())?,
            prefix: read.parsed("prefix", settings::prefix)?,
            key: read.path("key"),
            mldsa_key: read.path("mldsa_key"),
            logs: read
                .parsed("logs", |text| text.split_whitespace().map(|key| key.parse().ok()).collect())?,
            group_commit: read.parsed("group_commit", |text| text.parse().ok())?,
            header_timeout: read.milliseconds("header_timeout_ms", 50, 600_000)?,
            body_timeout: read.milliseconds("body_timeout_ms", 50, 600_000)?,
            connections_max: read.number("connections_max", 1, 1_000_000)?,
            rewrite_bytes: read.number("rewrite_bytes", 1000, 1_000_000_000)?,
            refused_max: read.number("refused_max", 1, 100_000)?,
            refused_max_bytes: read.number("refused_max_bytes", 1_000_000, 10_000_000_000)?,
            log_level: read.text("log_level").to_owned(),
            log_format: read.parsed("log_format", LogFormat::parse)?,
            shown: read.into_shown(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_host::SettingSource;

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
