//! Errors that every part shares: small `Copy` values that name what was wrong and what was expected.
//!
//! Failures of one part live beside it: [`crate::simd::LevelError`], [`crate::fft::PlanError`], and the parse
//! errors of [`crate::format`], which carry a byte offset.

#![forbid(unsafe_code)]

use core::fmt;

/// A slice had a length that the call cannot use. Nothing was read from it or written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LengthError {
    /// The parameter, as the signature of the call names it.
    pub slice: &'static str,
    /// The length the call needs, in elements; for scratch memory the least that will do.
    pub expected: usize,
    /// The length it was given, in elements.
    pub actual: usize,
}

impl LengthError {
    /// Checks that `actual` is `expected`.
    #[inline(always)]
    pub(crate) const fn check(slice: &'static str, expected: usize, actual: usize) -> Result<(), Self> {
        if actual == expected { Ok(()) } else { Err(Self { slice, expected, actual }) }
    }

    /// Checks that `actual` is `expected` or more.
    #[inline(always)]
    pub(crate) const fn check_least(slice: &'static str, expected: usize, actual: usize) -> Result<(), Self> {
        if actual >= expected { Ok(()) } else { Err(Self { slice, expected, actual }) }
    }
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` has {} elements, expected {}", self.slice, self.actual, self.expected)
    }
}

impl core::error::Error for LengthError {}
