//! Our plans behind the traits of RustFFT and realfft: a program that uses them changes one line and keeps the rest.
//!
//! ```
//! // was: use rustfft::{FftPlanner, num_complex::Complex};
//! use quaver::compat::rustfft::{FftPlanner, num_complex::Complex};
//!
//! let mut planner = FftPlanner::new();
//! let fft = planner.plan_fft_forward(1234);
//! let mut buffer = vec![Complex { re: 1.0f32, im: 0.0 }; 1234];
//! fft.process(&mut buffer);
//! assert!((buffer[0].re - 1234.0).abs() < 1e-3 && buffer[1].norm() < 1e-3);
//! ```
//!
//! The modules [`mod@rustfft`] and [`mod@realfft`] have the names that such programs import. The planners are ours; traits,
//! directions and errors are those of the other crates (RustFFT 6.4, realfft 3.5), so that plans of both kinds mix: ours
//! can be the inner transform of RustFFT's algorithms.
//!
//! # What stays the same
//! Scaling (none), the order of bins, lengths from 0, batches of several transforms in one buffer, what panics (RustFFT)
//! or errs (realfft) on wrong lengths, the error for imaginary parts that should be zero, and that plans are shared by
//! `Arc` between threads. `tests/compat.rs` runs both kinds of planner through the same checks.
//!
//! # What differs
//! - Numbers are f32 or f64. A program generic over RustFFT's `FftNum` imports [`FftNum`] from here along with the planner.
//! - Scratch lengths are other numbers, as they may be from one version of RustFFT to the next: ask the plan. All three
//!   kinds of call take the same, none for short lengths.
//! - Input that the traits call garbage afterwards is left as it was.
//! - On a buffer that is no whole number of transforms nothing is computed before the panic.
//! - `process` without scratch works in memory that its thread keeps, to a mebibyte for each type of number, and allocates
//!   in the first call of a thread, for a longer transform than before, and above the mebibyte in each; RustFFT's and
//!   realfft's allocate in each.
//! - Lengths above 2^32 and plans that find no memory panic.
//!
//! # Real-time safety
//! Plans are made by allocating. Calls with scratch and with right lengths neither allocate nor lock nor panic.

#![forbid(unsafe_code)]

pub mod realfft;
pub mod rustfft;
mod scratch;

use ::rustfft::FftNum as TheirFftNum;

use crate::fft::Real;

/// The numbers that both sides transform: `f32` and `f64`. RustFFT's trait of this name takes other types too.
pub trait FftNum: TheirFftNum + Real + scratch::Keep {}

impl FftNum for f32 {}
impl FftNum for f64 {}
