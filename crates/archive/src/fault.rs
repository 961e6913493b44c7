//! Why a file is no archive, or not the one that its lists describe: stable codes, with what was found.
//!
//! The words are `archive.fault.A101` and so on.

use std::fmt;

macro_rules! codes {
    ($($(#[$about:meta])* $code:ident,)+) => {
        /// The codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ArchiveCode { $($(#[$about])* $code,)+ }

        impl ArchiveCode {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// The code as written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }
        }
    };
}

codes! {
    /// The file does not begin as an archive does.
    A101,
    /// The file ends before the archive does.
    A102,
    /// A header, a filling or the end is not written in the one way.
    A103,
    /// A file stands where another should, or twice.
    A104,
    /// A file is missing.
    A105,
    /// A file is there that no archive has.
    A106,
    /// A file has another hash than the list of its part says.
    A201,
    /// A manifest says something else than the records do.
    A202,
    /// The checkpoint carries more or less than the log's own signature.
    A203,
    /// The annex is not written as an annex is.
    A301,
    /// The annex is of another core or other blobs.
    A302,
    /// The annex is not signed by the key that it names.
    A303,
    /// A head or proof of the annex is not the one that it lists.
    A304,
}

impl fmt::Display for ArchiveCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fault of an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Fault {
    /// The stable code.
    pub code: ArchiveCode,
    /// Which file, or where; a path of the archive or an offset in bytes.
    pub detail: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: ArchiveCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
