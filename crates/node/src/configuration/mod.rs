//! The configuration: one flat TOML file, overridden by the environment, overridden by flags.
//!
//! Every key stands once, in [`settings`](self::settings). Nothing in it is a secret: the log key is a path.

mod cosigner;
mod settings;

use crate::error::NodeError;
pub use cosigner::CosignerAddress;
use hakiki_host::{LogFormat, SettingsError, Shown, Values};
use settings::TABLE;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A node's configuration. See [`Configuration::load`] for where the values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Directory of the log.
    pub dir: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// File of the log's key; whoever starts the node may bring the key itself.
    pub log_key: Option<PathBuf>,
    /// File of this machine's key, of the role `host`, with which the node observes itself; without one it does not.
    pub host_key: Option<PathBuf>,
    /// What the node calls itself in what it observes, and the quorum in what it authorises.
    pub component: String,
    /// Public URL of this node, without a final slash; empty if it is not said.
    pub url: String,
    /// Address of a log of claims about this election, without a final slash; empty if none is named.
    pub said_url: String,
    /// Largest body of a submission, in bytes.
    pub submission_max_bytes: u64,
    /// Submissions that may wait for the sequencer.
    pub queue_length: u64,
    /// Submissions that one key may send in a minute.
    pub key_rate_per_minute: u64,
    /// Submissions that one key may send at once.
    pub key_burst: u64,
    /// Longest wait for more submissions to share an append, when many come.
    pub batch_delay: Duration,
    /// Time in which a request's head must be here.
    pub header_timeout: Duration,
    /// Time in which a body must be here.
    pub body_timeout: Duration,
    /// Connections at one time.
    pub connections_max: u64,
    /// Of those, for the feed.
    pub feeds_max: u64,
    /// File of outlines of areas (GeoJSON), drawn as maps.
    pub boundaries: Option<PathBuf>,
    /// The property of its features that holds an area's code.
    pub boundaries_property: String,
    /// `refusal` records in a minute.
    pub refusal_records_per_minute: u64,
    /// The witnesses to ask.
    pub witnesses: Vec<CosignerAddress>,
    /// The mirrors to ask.
    pub mirrors: Vec<CosignerAddress>,
    /// Time for an answer of a witness or mirror.
    pub witness_timeout: Duration,
    /// A `head` record at least so often while other records arrive.
    pub head_interval: Duration,
    /// File of a `notice` record, signed by the quorum, with which the node may start where no witness answers.
    pub notice: Option<PathBuf>,
    /// How much is logged: a level, or a filter of `tracing-subscriber`.
    pub log_level: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    shown: Vec<Shown>,
}

impl Configuration {
    /// Loads a configuration. `environment` is all variables of the process; those that begin with `HAKIKI_` are looked at
    /// (`HAKIKI_LISTEN` for `listen`). Of several values flags win, then the environment, then the file.
    ///
    /// A key that does not exist is refused (N103); in the environment, whose prefix other programs share, only if it
    /// looks like a slip.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(String, String)],
    ) -> Result<Self, NodeError> {
        Ok(Self::build(TABLE.load(file, environment, flags)?)?)
    }

    /// The configuration for a log in `dir`, with every other key at its default.
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
            dir: read.text("dir").into(),
            listen: read.parsed("listen", |text| text.parse().ok())?,
            log_key: read.path("log_key"),
            host_key: read.path("host_key"),
            component: read.parsed("component", settings::code)?,
            url: read.parsed("url", settings::url)?,
            said_url: read.parsed("said_url", settings::url)?,
            submission_max_bytes: read.number("submission_max_bytes", 1024, 1_048_576)?,
            queue_length: read.number("queue_length", 1, 1_000_000)?,
            key_rate_per_minute: read.number("key_rate_per_minute", 1, 1_000_000)?,
            key_burst: read.number("key_burst", 1, 1_000_000)?,
            batch_delay: read.milliseconds("batch_delay_ms", 0, 1000)?,
            header_timeout: read.milliseconds("header_timeout_ms", 50, 600_000)?,
            body_timeout: read.milliseconds("body_timeout_ms", 50, 600_000)?,
            connections_max: read.number("connections_max", 1, 1_000_000)?,
            feeds_max: read.number("feeds_max", 0, 1_000_000)?,
            boundaries: read.path("boundaries"),
            boundaries_property: read.text("boundaries_property").to_owned(),
            refusal_records_per_minute: read.number("refusal_records_per_minute", 0, 100_000)?,
            witnesses: read.parsed("witness", cosigner::read_list)?,
            mirrors: read.parsed("mirror", cosigner::read_list)?,
            witness_timeout: read.milliseconds("witness_timeout_ms", 100, 120_000)?,
            head_interval: Duration::from_secs(read.number("head_interval_seconds", 1, 3600)?),
            notice: read.path("notice"),
            log_level: read.text("log_level").to_owned(),
            log_format: read.parsed("log_format", LogFormat::parse)?,
            shown: read.into_shown(),
        })
    }
}

/// Reads the address of a site, without its final slash; none where it begins with neither `http://` nor `https://`, or holds what
/// no address of a site has.
pub fn web_address(text: &str) -> Option<String> {
    settings::url(text).filter(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_host::SettingSource;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn flags_win_over_environment_over_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("node.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nqueue_length = 7\nurl = \"https://a.example\"\n")
            .unwrap();
        let environment =
            pairs(&[("HAKIKI_LISTEN", "127.0.0.1:2"), ("HAKIKI_URL", "https://b.example"), ("PATH", "x")]);
        let flags = pairs(&[("url", "https://c.example/")]);
        let loaded = Configuration::load(Some(&path), environment, &flags).unwrap();
        assert_eq!((loaded.listen.port(), loaded.queue_length, &*loaded.url), (2, 7, "https://c.example"));
        let sources: Vec<_> = loaded.shown().iter().map(|(key, _, source)| (*key, source.clone())).collect();
        assert!(sources.contains(&("url", SettingSource::Flag)));
        assert!(sources.contains(&("listen", SettingSource::Environment("HAKIKI_LISTEN".into()))));
        assert!(sources.contains(&("queue_length", SettingSource::File(path))));
        assert!(sources.contains(&("key_burst", SettingSource::Default)));
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("node.toml");
        std::fs::write(&path, "lisen = \"127.0.0.1:1\"\n").unwrap();
        let load = |file: Option<&Path>, env: &[(&str, &str)], flags: &[(&str, &str)]| {
            Configuration::load(file, pairs(env), &pairs(flags))
        };
        let refused = load(Some(&path), &[], &[]).unwrap_err();
        assert!(refused.to_string().contains("\"listen\""), "{refused}");
        assert_eq!(load(None, &[], &[("quue_length", "1")]).unwrap_err().code(), "N103");
        assert_eq!(load(None, &[("HAKIKI_LISTN", "1")], &[]).unwrap_err().code(), "N103");
        assert!(load(None, &[("HAKIKI_SHARED", "/x")], &[]).is_ok());
    }

    #[test]
    fn values_are_checked() {
        for (key, value) in [
            ("listen", "8080"),
            ("queue_length", "0"),
            ("queue_length", "-1"),
            ("batch_delay_ms", "1001"),
            ("url", "example.org"),
            ("url", "https://example.org/?q"),
            ("said_url", "javascript:alert(1)"),
            ("log_format", "xml"),
            ("witness", "https://w.example"),
            ("witness", "w.example/a=ftp://w.example"),
            ("mirror", "m.example/a=https://m.example m.example/a=https://m2.example"),
            ("head_interval_seconds", "0"),
            ("witness_timeout_ms", "99"),
        ] {
            let refused = Configuration::load(None, [], &pairs(&[(key, value)])).unwrap_err();
            assert_eq!(refused.code(), "N104", "{key} {value}");
            assert!(refused.to_string().contains(key), "{refused}");
        }
    }

    #[test]
    fn cosigners_stand_as_tables_in_the_file_and_as_pairs_elsewhere() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("node.toml");
        let text = "[[witness]]\nname = \"w.example/a\"\nurl = \"https://w.example/prefix/\"\n\
                    [[witness]]\nname = \"w.example/b\"\nurl = \"http://127.0.0.1:9\"\n";
        std::fs::write(&path, text).unwrap();
        let flags = pairs(&[("mirror", "m.example/a=https://m.example/x")]);
        let loaded = Configuration::load(Some(&path), [], &flags).unwrap();
        let shown = |list: &[CosignerAddress]| {
            list.iter().map(|one| format!("{} {}", one.name, one.url)).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(&loaded.witnesses),
            ["w.example/a https://w.example/prefix", "w.example/b http://127.0.0.1:9"]
        );
        assert_eq!(shown(&loaded.mirrors), ["m.example/a https://m.example/x"]);
        for wrong in
            ["[[witness]]\nname = \"a\"\n", "[[witness]]\nname = \"a\"\nurl = 7\n", "dir = [\"x\"]\n"]
        {
            std::fs::write(&path, wrong).unwrap();
            assert_eq!(Configuration::load(Some(&path), [], &[]).unwrap_err().code(), "N105", "{wrong}");
        }
    }
}
