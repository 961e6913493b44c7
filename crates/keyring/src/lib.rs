//! Where the keys of people live, behind one type: in a plain file, in a file under a passphrase (the age format, so that
//! any operator can open it with other programs), or on a PKCS#11 token, which signs and never gives the key away.
//!
//! It asks nobody for a passphrase or PIN and writes no words for people: the caller brings a way to ask. Keys of servers
//! (the log's, a witness's) are read by `hakiki-host`; they are not behind a passphrase that nobody is there to give.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod file;
mod key;
mod place;
#[cfg(feature = "age")]
mod sealed;
#[cfg(feature = "token")]
mod token;
mod uri;

pub use error::KeyringError;
pub use file::{read_passphrase, write_plain, write_sealed};
pub use key::{Ask, Key, Locked, generate_on_token};
pub use place::KeyPlace;
pub use uri::TokenUri;
