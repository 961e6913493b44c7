//! A published file of vectors: what this code makes must be what stands there. `UPDATE_VECTORS=1` writes it anew.

use serde_json::Value;
use std::path::PathBuf;

/// Compares a value with the file of this name in `vectors/`, or writes it.
#[track_caller]
pub fn check(name: &str, value: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    let text = format!("{}\n", serde_json::to_string_pretty(value).unwrap());
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        let stands = std::fs::read_to_string(&path).unwrap();
        assert!(stands == text, "{} is not what this code makes; see UPDATE_VECTORS", path.display());
    }
}
