//! Containers: sound files and tags, read where they lie.
//!
//! Parsers here borrow their input, never allocate, never recurse, and answer hostile bytes with an
//! [`Error`] that carries the byte offset. Each does work linear in the input, whatever the input says about
//! its own sizes. A container has two faces over one core:
//!
//! - *slice mode*, when the whole file is in memory: [`riff::Wave::parse`];
//! - *push mode*, for files, sockets and pipes: a machine of fixed size that is handed bytes and answers with an
//!   event, or with the place it wants to see next: [`riff::Reader`], [`riff::HeaderReader`].

#![forbid(unsafe_code)]

pub mod cursor;
mod error;
#[cfg(feature = "riff")]
pub mod riff;

pub use error::{Error, ErrorKind};
