//! A mirror: it follows a log, verifies and stores it, serves it, cosigns what it holds, stamps what it relays, compares.
//!
//! Implements the parts of `docs/reference/log.md` about mirrors, intakes and stamps. Everything is verified before it is
//! stored: the log's signature, the tree from what is held to what was signed, each entry, each blob's hash. What the rules
//! refuse is kept and told (F204), since a mirror keeps what was signed and judges nobody. It never goes back: a head that
//! is smaller or of another history is refused, and kept where it proves something.
//!
//! It holds no key of the log and writes no record. The rules are `hakiki-core`'s, files lie where `hakiki-store` puts them,
//! and what may be cosigned is decided by `hakiki-witness`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alarm;
mod clock;
mod collect;
mod compare;
mod disk;
mod error;
mod export;
mod fetched;
mod fold;
mod follow;
mod fork;
mod gather;
mod held;
mod http;
mod images;
mod keys;
mod limits;
mod logging;
mod meet;
mod mirror;
mod pages;
mod pin;
mod publish;
mod published;
mod queue;
mod relay;
mod remote;
mod restore;
mod settings;
mod shared;
mod stamps;
mod witnesses;

pub use alarm::{Alarm, AlarmKind};
pub use error::MirrorError;
pub use keys::Keys;
pub use logging::start_logging;
pub use mirror::{Lag, Mirror, Running};
pub use publish::{Publication, copy, publish};
pub use settings::{BlobChoice, Named, Settings};
