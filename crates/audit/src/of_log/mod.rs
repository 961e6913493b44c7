//! An audit as a log tells it: the plan, its seed and the counts become the plan, draws and risk that follow from them.
//!
//! Everything here is a function of the ledger and a place (`docs/reference/audit.md`). [`draft`] makes the table of batches from
//! the figures that stand; [`state`] says where an audit is; [`text`] writes that in one canonical way, so that two can be compared.

pub mod draft;
pub mod state;
pub mod text;

pub use draft::{BatchDifference, DraftError, differences, draft};
pub use state::{Audit, AuditError, Broken, spread_areas};
pub use text::{audits_text, frame_text};
