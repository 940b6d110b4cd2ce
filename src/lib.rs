// The example of the README needs an allocator; without one it is shown, not run.
#![cfg_attr(any(not(doctest), feature = "alloc"), doc = include_str!("../README.md"))]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod buffer;
#[cfg(feature = "compat")]
pub mod compat;
pub mod dsp;
pub mod error;
pub mod fft;
pub mod format;
pub mod simd;
pub mod units;
