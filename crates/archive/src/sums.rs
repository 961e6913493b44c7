//! The list of a part: the SHA-256 of every file before it, in the form that `sha256sum -c` reads. The list's own SHA-256
//! names the part.

use hakiki_note::Hash;
use std::fmt::Write as _;

/// The list of so many files, in their order.
pub fn sums_text<'a>(files: impl IntoIterator<Item = (&'a str, Hash)>) -> String {
    let mut out = String::new();
    for (path, hash) in files {
        // Writing into a string does not fail.
        let _ = writeln!(out, "{hash}  {path}");
    }
    out
}
