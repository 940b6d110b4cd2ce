//! WAVE in its RIFF, RIFX, RF64 and BW64 forms: what the sound is and where it lies.
//!
//! - [`Wave::parse`]: the whole file is in memory; borrows it.
//! - [`HeaderReader`]: the file is on disk or comes through a pipe; finds the format and the place of the data
//!   without seeing the data.
//! - [`Reader`]: every chunk as an event, the core of both.
//! - [`Chunks`]: the bare chunk walk over a slice, also for what lies inside a `LIST`.
//!
//! Damaged files are read as far as they make sense; each repair is a [`Warning`] to the caller's closure.
//! A caller that wants strict reading takes any warning as an error.
//!
//! # Source
//! Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft, 1991), chapters 2 and 3;
//! Multiple channel audio data and WAVE files (Microsoft, 2001); EBU Tech 3306 (RF64); ITU-R BS.2088 (BW64).

mod chunk;
mod ds64;
mod fmt;
mod form;
mod reader;
mod warning;
mod wave;

pub use chunk::{Chunk, ChunkId, ChunkRef, Chunks};
pub use ds64::Ds64;
pub use fmt::{Coding, Fmt, Guid};
pub use form::Form;
pub use reader::{Data, Event, Reader, Step};
pub use warning::{Warning, WarningKind};
pub use wave::{HeaderReader, HeaderStep, Wave, WaveHeader};
