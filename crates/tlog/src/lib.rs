//! The transparency log's formats and decisions, one file for each C2SP specification.
//!
//! Pure: bytes and values in, bytes and values out. No clock, disk, network or randomness; times and keys are brought
//! by the caller. Entries are opaque bytes: what a record says is `hakiki-core`'s, where objects lie is
//! `hakiki-store`'s.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod agreement;
pub mod bundle;
pub mod checkpoint;
pub mod cosignature;
pub mod plan;
pub mod policy;
pub mod proof;
pub mod quorum;
pub mod receipt;
pub mod stamp;
pub mod tile;
pub mod tile_proof;
pub mod tree;
mod wire;
pub mod witness;

pub use agreement::Agreement;
pub use bundle::{BundleError, encode_entry, entries};
pub use checkpoint::{Checkpoint, CheckpointError, Origin, OriginError, VerifiedCheckpoint};
pub use cosignature::{CosignatureError, CosigningKey};
pub use plan::{EdgeError, Plan, PlanError, RightEdge};
pub use policy::{Policy, PolicyError};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use receipt::{Receipt, ReceiptError, VerifiedReceipt};
pub use stamp::{Stamp, StampError, StampTime, VerifiedStamp};
pub use tile::{ENTRY_MAX_BYTES, TILE_WIDTH, TilePath, TilePathError, bundles_of, tiles_of};
pub use tile_proof::TileProofError;
pub use tree::{Frontier, Head, MemoryTree, TreeError, empty_root, leaf_hash, node_hash};
