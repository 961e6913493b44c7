//! Exact fractions of whole numbers between nothing and all: risk limits, thresholds, rates.

use std::fmt;

use crate::numeric::real;

/// A fraction above 0 and below 1, as it was written: `1/4`, `5/100`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    numerator: u32,
    denominator: u32,
}

/// A fraction that is not strictly between 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}/{1} is not above 0 and below 1")]
pub struct ShareError(u32, u32);

impl Share {
    /// One half.
    pub const HALF: Self = Self { numerator: 1, denominator: 2 };
    /// One quarter.
    pub const QUARTER: Self = Self { numerator: 1, denominator: 4 };

    /// The fraction `numerator`/`denominator`.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, ShareError> {
        if numerator == 0 || numerator >= denominator {
            return Err(ShareError(numerator, denominator));
        }
        Ok(Self { numerator, denominator })
    }

    /// A number of hundredths.
    pub fn percent(hundredths: u32) -> Result<Self, ShareError> {
        Self::new(hundredths, 100)
    }

    /// What stands above the line.
    pub fn numerator(self) -> u32 {
        self.numerator
    }

    /// What stands below the line.
    pub fn denominator(self) -> u32 {
        self.denominator
    }

    /// The nearest floating-point number, for the formulas that need logarithms.
    pub fn value(self) -> f64 {
        real(self.numerator.into()) / real(self.denominator.into())
    }
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.numerator, self.denominator)
    }
}
