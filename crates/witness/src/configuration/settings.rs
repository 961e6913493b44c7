//! The keys of the configuration, their one source.

use hakiki_host::{Setting, SettingsTable};

/// Every key.
pub(super) static TABLE: SettingsTable = SettingsTable {
    settings: SETTINGS,
    environment_prefix: "HAKIKI_WITNESS_",
    is_prefix_shared: false,
    text_of,
};

const SETTINGS: &[Setting] = &[
    Setting::new("name", "", "the witness's name, which its keys carry; nothing to take it from them"),
    Setting::new("dir", "hakiki-witness", "directory of the witness's state"),
    Setting::new("listen", "127.0.0.1:8070", "an address and a port, as 127.0.0.1:8070"),
    Setting::new("prefix", "", "what the paths begin with, as /witness, or nothing"),
    Setting::new("key", "", "file of the Ed25519 key"),
    Setting::new("mldsa_key", "", "file of the ML-DSA-44 key, or nothing"),
    Setting::new("logs", "", "verifier keys of logs, to be pinned; in the file a list"),
    Setting::new("group_commit", "true", "whether heads share a sync: true or false"),
    Setting::new("header_timeout_ms", "10000", "time for a request's head, 50 to 600000 milliseconds"),
    Setting::new("body_timeout_ms", "15000", "time for a body, 50 to 600000 milliseconds"),
    Setting::new("connections_max", "1024", "connections at one time, 1 to 1000000"),
    Setting::new(
        "rewrite_bytes",
        "4194304",
        "bytes below which the journal is not rewritten, 1000 to 1000000000",
    ),
    Setting::new("refused_max", "256", "refused heads that are kept, 1 to 100000"),
    Setting::new("refused_max_bytes", "16777216", "bytes that they take, 1000000 to 10000000000"),
    Setting::new("log_level", "info", "a level, or a filter of tracing-subscriber"),
    Setting::new("log_format", "text", "text or json"),
];

/// A value as flags write it; the texts of a list with spaces between them.
fn text_of(setting: &Setting, value: &toml::Value) -> Result<String, String> {
    let text = match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(toml::Value::as_str).collect::<Option<Vec<_>>>().map(|texts| texts.join(" "))
        }
        _ => None,
    };
    let wrong = || {
        let (key, found) = (setting.key, value.type_str());
        format!("{key} is {found}, expected a text, a number, a truth or a list of texts")
    };
    text.ok_or_else(wrong)
}

/// Reads a prefix of paths: nothing, or segments that each begin with a slash.
pub(super) fn prefix(text: &str) -> Option<String> {
    let trimmed = text.trim_end_matches('/');
    let plain = |segment: &str| {
        !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    let fits = trimmed.is_empty() || trimmed.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain));
    fits.then(|| trimmed.to_owned())
}
