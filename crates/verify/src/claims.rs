//! Checks the claims of a keys table on all cores.

use hakiki_core::roster::{Claim, KeyChecker};
use hakiki_note::{DecodedKey, Hash, SignatureError};
use rayon::prelude::*;

/// Checks many claims at once, in the pool that it is called in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InParallel;

impl KeyChecker for InParallel {
    fn check(&self, claims: &[Claim], fingerprint: &Hash) -> Vec<Result<Option<DecodedKey>, SignatureError>> {
        claims.par_iter().map(|claim| claim.check(fingerprint).map(Some)).collect()
    }
}
