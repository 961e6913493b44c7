//! The keys of the configuration, their one source.

use super::cosigner;
use hakiki_core::text::lines::is_code;
use hakiki_host::{Setting, SettingsTable};

/// Every key.
pub(super) static TABLE: SettingsTable = SettingsTable {
    settings: SETTINGS,
    environment_prefix: "HAKIKI_",
    // The other programs of this house have it, too.
    is_prefix_shared: true,
    text_of,
};

const SETTINGS: &[Setting] = &[
    Setting::new("dir", "hakiki-log", "directory of the log"),
    Setting::new("listen", "127.0.0.1:8080", "an address and a port, as 127.0.0.1:8080"),
    Setting::new("log_key", "", "file of the log's key"),
    Setting::new("host_key", "", "file of this machine's key, of the role host, or nothing"),
    Setting::new(
        "component",
        "node",
        "what the node calls itself: a code of at most 64 letters, digits, . _ -",
    ),
    Setting::new("url", "", "the public URL of this node, which begins with http:// or https://, or nothing"),
    Setting::new(
        "said_url",
        "",
        "the address of a log of claims about this election, which begins with http:// or https://, or nothing",
    ),
    Setting::new("submission_max_bytes", "65536", "bytes of a submission, 1024 to 1048576"),
    Setting::new("queue_length", "4096", "submissions that may wait, 1 to 1000000"),
    Setting::new("key_rate_per_minute", "1200", "submissions of one key in a minute, 1 to 1000000"),
    Setting::new("key_burst", "1200", "submissions of one key at once, 1 to 1000000"),
    Setting::new("batch_delay_ms", "3", "longest wait to share an append, 0 to 1000 milliseconds"),
    Setting::new("header_timeout_ms", "10000", "time for a request's head, 50 to 600000 milliseconds"),
    Setting::new("body_timeout_ms", "15000", "time for a body, 50 to 600000 milliseconds"),
    Setting::new("connections_max", "12288", "connections at one time, 1 to 1000000"),
    Setting::new("feeds_max", "10240", "of those, for the live feed, 0 to 1000000"),
    Setting::new("boundaries", "", "a file of outlines of areas (GeoJSON), or nothing"),
    Setting::new("boundaries_property", "code", "the property of an outline that holds its area's code"),
    Setting::new("refusal_records_per_minute", "60", "refusal records in a minute, 0 to 100000"),
    Setting::new("witness", "", cosigner::EXPECTED),
    Setting::new("mirror", "", cosigner::EXPECTED),
    Setting::new(
        "witness_timeout_ms",
        "15000",
        "time for an answer of a witness or mirror, 100 to 120000 milliseconds",
    ),
    Setting::new(
        "head_interval_seconds",
        "60",
        "a head record so often while records arrive, 1 to 3600 seconds",
    ),
    Setting::new("notice", "", "file of a signed notice record, to start without any witness"),
    Setting::new("log_level", "info", "a level, or a filter of tracing-subscriber"),
    Setting::new("log_format", "text", "text or json"),
];

/// A text, a number, or for cosigners tables of name and url.
fn text_of(setting: &Setting, value: &toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Array(tables) if matches!(setting.key, "witness" | "mirror") => {
            cosigner::text_of_tables(setting.key, tables)
        }
        other => Err(format!("{} is {}, expected a text or a number", setting.key, other.type_str())),
    }
}

/// Reads a code, as records have it.
pub(super) fn code(text: &str) -> Option<String> {
    is_code(text).then(|| text.to_owned())
}

/// Reads a URL without its final slash.
pub(super) fn url(text: &str) -> Option<String> {
    let trimmed = text.trim_end_matches('/');
    let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    let plain = |rest: &str| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b))
    };
    (text.is_empty() || rest.is_some_and(plain)).then(|| trimmed.to_owned())
}
