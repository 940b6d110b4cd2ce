//! What the views share: their error, and the arithmetic of cutting frames into blocks.

#![forbid(unsafe_code)]

use core::fmt;
use core::num::NonZeroUsize;
use core::ops::Range;

/// A view was asked for that its memory, or the view it is cut from, cannot give. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViewError {
    /// A view has at least one channel.
    ZeroChannels,
    /// A block has at least one frame.
    ZeroBlock,
    /// The memory has `samples` samples, which is not a whole number of frames of `channels` samples.
    PartialFrame {
        /// Length of the memory.
        samples: usize,
        /// Samples of one frame.
        channels: usize,
    },
    /// The memory has `samples` samples, and the layout asked for reaches to `needed` (`usize::MAX` when that does
    /// not fit a `usize`).
    TooShort {
        /// Length of the memory.
        samples: usize,
        /// The least length that would do.
        needed: usize,
    },
    /// The channels would overlap: `stride` samples from one to the next, and `frames` samples in each.
    Overlap {
        /// Distance of the channels.
        stride: usize,
        /// Length of the channels.
        frames: usize,
    },
    /// Channel `channel` has `actual` frames; the first channel, or the other view of the call, has `expected`.
    Frames {
        /// Index of the channel that differs.
        channel: usize,
        /// Frames wanted.
        expected: usize,
        /// Frames found.
        actual: usize,
    },
    /// The two views of a call have different numbers of channels.
    Channels {
        /// Channels of the input.
        expected: usize,
        /// Channels of the output.
        actual: usize,
    },
    /// Frames `start..end` were asked for of a view of `frames` frames.
    OutOfRange {
        /// First frame wanted.
        start: usize,
        /// One past the last frame wanted.
        end: usize,
        /// Frames there are.
        frames: usize,
    },
}

impl fmt::Display for ViewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ZeroChannels => f.write_str("a view needs at least one channel"),
            Self::ZeroBlock => f.write_str("a block needs at least one frame"),
            Self::PartialFrame { samples, channels } => {
                write!(f, "{samples} samples are not a whole number of frames of {channels} channels")
            }
            Self::TooShort { samples, needed } => {
                write!(f, "{samples} samples, the layout needs {needed}")
            }
            Self::Overlap { stride, frames } => {
                write!(f, "channels of {frames} frames overlap at a stride of {stride} samples")
            }
            Self::Frames { channel, expected, actual } => {
                write!(f, "channel {channel} has {actual} frames, expected {expected}")
            }
            Self::Channels { expected, actual } => write!(f, "{actual} channels, expected {expected}"),
            Self::OutOfRange { start, end, frames } => {
                write!(f, "frames {start}..{end} of a view of {frames} frames")
            }
        }
    }
}

impl core::error::Error for ViewError {}

/// Checks a number of channels.
#[inline]
pub(super) fn count(channels: usize) -> Result<NonZeroUsize, ViewError> {
    NonZeroUsize::new(channels).ok_or(ViewError::ZeroChannels)
}

/// Checks a range of frames of a view that has `frames`.
#[inline]
pub(super) fn range(range: Range<usize>, frames: usize) -> Result<Range<usize>, ViewError> {
    if range.start <= range.end && range.end <= frames {
        Ok(range)
    } else {
        Err(ViewError::OutOfRange { start: range.start, end: range.end, frames })
    }
}

/// Checks the number of frames of a block.
#[inline]
pub(super) fn block(frames: usize) -> Result<NonZeroUsize, ViewError> {
    NonZeroUsize::new(frames).ok_or(ViewError::ZeroBlock)
}

/// Blocks left in `frames` frames: all of `block` frames but the last, which may be shorter.
#[inline]
pub(super) fn blocks_left(frames: usize, block: NonZeroUsize) -> usize {
    let whole = frames / block;
    whole + usize::from(frames % block != 0)
}

/// The channels and frames of `len` samples that divide evenly.
#[inline]
pub(super) fn even(len: usize, channels: usize) -> Result<(NonZeroUsize, usize), ViewError> {
    let nonzero = count(channels)?;
    // A view is often made anew for each block: one, two, four and eight channels need no division.
    let (frames, rest) = if channels.is_power_of_two() {
        (len >> channels.trailing_zeros(), len & (channels - 1))
    } else {
        (len / nonzero, len % nonzero)
    };
    if rest == 0 { Ok((nonzero, frames)) } else { Err(ViewError::PartialFrame { samples: len, channels }) }
}
