//! Blocks that process samples: conversion, mixing, levels, windows, short-time transforms, convolution, the analytic
//! signal, and bins one by one. One file per block.

pub mod analytic;
mod convert;
pub mod convolve;
mod each_register;
pub mod goertzel;
mod interleave;
pub mod level;
mod mix;
mod power;
pub mod sliding;
#[cfg(feature = "alloc")]
pub mod stft;
mod turn;
pub mod window;

use num_complex::Complex;

use crate::fft::Real;

use crate::simd::{Available, Level, LevelError};

/// The kernels of one level: a validated level, one byte, to be made once and copied anywhere.
///
/// Detection happens here, so that every method is real-time safe from its first call. Methods are defined in the
/// file of their block: `convert`, `interleave`, `mix`, `level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernels {
    pub(crate) level: Available,
}

impl Kernels {
    /// The kernels of the widest level of this machine, as [`Level::detect`] finds it.
    ///
    /// # Real-time safety
    /// As [`Level::detect`]: not real-time safe on the first call in a process.
    #[must_use]
    pub fn new() -> Self {
        Self { level: Available::widest() }
    }

    /// The kernels of a level of your choice.
    ///
    /// # Errors
    /// [`LevelError`] when this machine cannot run it.
    ///
    /// # Real-time safety
    /// As [`Kernels::new`].
    pub fn with_level(level: Level) -> Result<Self, LevelError> {
        Ok(Self { level: level.prove()? })
    }

    /// The level these kernels run at.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level.level()
    }
}

impl Default for Kernels {
    fn default() -> Self {
        Self::new()
    }
}

/// Complex numbers as the real ones they are made of, twice as many.
fn reals<T: Real>(x: &mut [Complex<T>]) -> &mut [T] {
    // A slice is at most isize::MAX bytes long, so twice the length can be counted.
    let (first, len) = (x.as_mut_ptr().cast(), 2 * x.len());
    // SAFETY: a `Complex<T>` is two values of T (`repr(C)`), every pattern of which is a value; the borrow is handed on.
    unsafe { core::slice::from_raw_parts_mut(first, len) }
}
