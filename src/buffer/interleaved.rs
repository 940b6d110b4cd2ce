//! Views over interleaved memory: frame after frame, the samples of one frame side by side.

#![forbid(unsafe_code)]

use core::iter::{FusedIterator, StepBy};
use core::num::NonZeroUsize;
use core::ops::Range;
use core::slice::{ChunksExact, ChunksExactMut, Iter, IterMut};

use super::ViewError;
use super::view;

/// Interleaved samples that somebody else owns, to be read.
///
/// Frame `f` of channel `c` is sample `f * channels + c` of the memory.
///
/// # Examples
/// ```
/// use quaver::buffer::Interleaved;
///
/// let stereo = Interleaved::from_slice(&[1, -1, 2, -2, 3, -3], 2)?;
/// assert_eq!(stereo.frames(), 3);
/// assert_eq!(stereo.frame(1), Some(&[2, -2][..]));
/// assert!(stereo.channel(1).is_some_and(|c| c.copied().eq([-1, -2, -3])));
/// # Ok::<(), quaver::buffer::ViewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interleaved<'a, T> {
    /// Exactly `frames * channels` samples.
    samples: &'a [T],
    channels: NonZeroUsize,
    frames: usize,
}

impl<'a, T> Interleaved<'a, T> {
    /// Views `samples` as frames of `channels` samples.
    ///
    /// # Errors
    /// [`ViewError::ZeroChannels`], or [`ViewError::PartialFrame`] when the length is no multiple of `channels`.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn from_slice(samples: &'a [T], channels: usize) -> Result<Self, ViewError> {
        let (channels, frames) = view::even(samples.len(), channels)?;
        Ok(Self { samples, channels, frames })
    }

    /// Number of channels, at least one.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels.get()
    }

    /// Number of frames.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// The memory itself: `frames * channels` samples.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn samples(&self) -> &'a [T] {
        self.samples
    }

    /// One sample per channel of frame `index`, or `None` past the end.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<&'a [T]> {
        let start = index.checked_mul(self.channels.get())?;
        self.samples.get(start..)?.get(..self.channels.get())
    }

    /// Every frame in turn, as a slice of one sample per channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a frame.
    #[inline]
    pub fn iter(&self) -> ChunksExact<'a, T> {
        self.samples.chunks_exact(self.channels.get())
    }

    /// Every sample of channel `index` in turn, or `None` when there is no such channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a sample.
    #[inline]
    #[must_use]
    pub fn channel(&self, index: usize) -> Option<StepBy<Iter<'a, T>>> {
        (index < self.channels.get())
            .then(|| self.samples.get(index..).unwrap_or_default().iter().step_by(self.channels.get()))
    }

    /// The frames of `range` alone, without a copy.
    ///
    /// # Errors
    /// [`ViewError::OutOfRange`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn slice(&self, range: Range<usize>) -> Result<Self, ViewError> {
        let range = view::range(range, self.frames)?;
        Ok(self.cut(range.start).1.cut(range.len()).0)
    }

    /// The frames before `frame`, and the rest.
    ///
    /// # Errors
    /// [`ViewError::OutOfRange`] when `frame` is past the end; the end itself is allowed.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn split_at(&self, frame: usize) -> Result<(Self, Self), ViewError> {
        view::range(frame..self.frames, self.frames)?;
        Ok(self.cut(frame))
    }

    /// Blocks of `frames` frames from first to last; the last may be shorter. No frames, no block.
    ///
    /// # Errors
    /// [`ViewError::ZeroBlock`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a block.
    #[inline]
    pub fn blocks(&self, frames: usize) -> Result<InterleavedBlocks<'a, T>, ViewError> {
        Ok(InterleavedBlocks { rest: Self { ..*self }, block: view::block(frames)? })
    }

    /// Cuts before `frame`, which is at most `frames`.
    #[inline]
    fn cut(&self, frame: usize) -> (Self, Self) {
        debug_assert!(frame <= self.frames);
        // The product is at most the length, so it neither wraps nor misses.
        let middle = frame.wrapping_mul(self.channels.get());
        let (head, tail) = self.samples.split_at_checked(middle).unwrap_or((self.samples, &[]));
        (
            Self { samples: head, frames: frame, ..*self },
            Self { samples: tail, frames: self.frames.wrapping_sub(frame), ..*self },
        )
    }
}

/// Interleaved samples that somebody else owns, to be read and written.
///
/// # Examples
/// ```
/// use quaver::buffer::InterleavedMut;
///
/// let mut memory = [0.0_f32; 8];
/// let mut stereo = InterleavedMut::from_slice(&mut memory, 2)?;
/// for mut block in stereo.blocks_mut(3)? {
///     if let Some(right) = block.channel_mut(1) {
///         right.for_each(|x| *x = 0.5);
///     }
/// }
/// assert_eq!(memory, [0.0, 0.5, 0.0, 0.5, 0.0, 0.5, 0.0, 0.5]);
/// # Ok::<(), quaver::buffer::ViewError>(())
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct InterleavedMut<'a, T> {
    /// Exactly `frames * channels` samples.
    samples: &'a mut [T],
    channels: NonZeroUsize,
    frames: usize,
}

impl<'a, T> InterleavedMut<'a, T> {
    /// Views `samples` as frames of `channels` samples.
    ///
    /// # Errors
    /// As [`Interleaved::from_slice`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn from_slice(samples: &'a mut [T], channels: usize) -> Result<Self, ViewError> {
        let (channels, frames) = view::even(samples.len(), channels)?;
        Ok(Self { samples, channels, frames })
    }

    /// Number of channels, at least one.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels.get()
    }

    /// Number of frames.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// The same frames, to be read.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn as_view(&self) -> Interleaved<'_, T> {
        Interleaved { samples: self.samples, channels: self.channels, frames: self.frames }
    }

    /// The same frames for a shorter time.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn reborrow(&mut self) -> InterleavedMut<'_, T> {
        InterleavedMut { samples: self.samples, channels: self.channels, frames: self.frames }
    }

    /// The memory itself: `frames * channels` samples.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn samples_mut(&mut self) -> &mut [T] {
        self.samples
    }

    /// One sample per channel of frame `index`, or `None` past the end.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    #[must_use]
    pub fn frame_mut(&mut self, index: usize) -> Option<&mut [T]> {
        let start = index.checked_mul(self.channels.get())?;
        self.samples.get_mut(start..)?.get_mut(..self.channels.get())
    }

    /// Every frame in turn, as a slice of one sample per channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a frame.
    #[inline]
    pub fn iter_mut(&mut self) -> ChunksExactMut<'_, T> {
        self.samples.chunks_exact_mut(self.channels.get())
    }

    /// Every sample of channel `index` in turn, or `None` when there is no such channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a sample.
    #[inline]
    #[must_use]
    pub fn channel_mut(&mut self, index: usize) -> Option<StepBy<IterMut<'_, T>>> {
        let step = self.channels.get();
        (index < step).then(|| self.samples.get_mut(index..).unwrap_or_default().iter_mut().step_by(step))
    }

    /// The frames of `range` alone, without a copy.
    ///
    /// # Errors
    /// [`ViewError::OutOfRange`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn slice_mut(&mut self, range: Range<usize>) -> Result<InterleavedMut<'_, T>, ViewError> {
        let range = view::range(range, self.frames)?;
        Ok(self.reborrow().cut(range.start).1.cut(range.len()).0)
    }

    /// The frames before `frame`, and the rest, both writable.
    ///
    /// # Errors
    /// [`ViewError::OutOfRange`] when `frame` is past the end; the end itself is allowed.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn split_at_mut(
        &mut self,
        frame: usize,
    ) -> Result<(InterleavedMut<'_, T>, InterleavedMut<'_, T>), ViewError> {
        view::range(frame..self.frames, self.frames)?;
        Ok(self.reborrow().cut(frame))
    }

    /// Blocks of `frames` frames from first to last; the last may be shorter. No frames, no block.
    ///
    /// # Errors
    /// [`ViewError::ZeroBlock`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a block.
    #[inline]
    pub fn blocks_mut(&mut self, frames: usize) -> Result<InterleavedBlocksMut<'_, T>, ViewError> {
        let block = view::block(frames)?;
        Ok(InterleavedBlocksMut { rest: self.reborrow(), block })
    }

    /// Cuts before `frame`, which is at most `frames`.
    #[inline]
    fn cut(self, frame: usize) -> (Self, Self) {
        debug_assert!(frame <= self.frames);
        let Self { samples, channels, frames } = self;
        // The product is at most the length, so it neither wraps nor is cut short by `min`.
        let middle = frame.wrapping_mul(channels.get()).min(samples.len());
        let (head, tail) = samples.split_at_mut(middle);
        (
            Self { samples: head, channels, frames: frame },
            Self { samples: tail, channels, frames: frames.wrapping_sub(frame) },
        )
    }
}

macro_rules! blocks {
    ($(#[$doc:meta])* $name:ident, $view:ident, $take:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<'a, T> {
            rest: $view<'a, T>,
            block: NonZeroUsize,
        }

        impl<'a, T> Iterator for $name<'a, T> {
            type Item = $view<'a, T>;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                let frames = self.rest.frames.min(self.block.get());
                if frames == 0 {
                    return None;
                }
                let (head, tail) = $take(&mut self.rest).cut(frames);
                self.rest = tail;
                Some(head)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                let left = view::blocks_left(self.rest.frames, self.block);
                (left, Some(left))
            }
        }

        impl<T> ExactSizeIterator for $name<'_, T> {}
        impl<T> FusedIterator for $name<'_, T> {}
    };
}

blocks!(
    /// The blocks of an [`Interleaved`] view.
    InterleavedBlocks,
    Interleaved,
    |rest: &mut Interleaved<'a, T>| Interleaved { ..*rest }
);
blocks!(
    /// The blocks of an [`InterleavedMut`] view.
    InterleavedBlocksMut,
    InterleavedMut,
    |rest: &mut InterleavedMut<'a, T>| {
        let frames = core::mem::take(&mut rest.frames);
        InterleavedMut { samples: core::mem::take(&mut rest.samples), channels: rest.channels, frames }
    }
);
