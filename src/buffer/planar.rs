//! Views over planar memory: each channel's samples side by side.
//!
//! The channels are either equally spaced in one slice, or a list of slices as hosts hand them over. The view is the
//! same for both: it keeps where the channels are, and a range of frames that it shows of each.

use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::num::NonZeroUsize;
use core::ops::Range;

use super::ViewError;
use super::view;

/// Planar samples that somebody else owns, to be read.
///
/// # Examples
/// ```
/// use quaver::buffer::Planar;
///
/// let one_slice = Planar::from_slice(&[1, 2, 3, -1, -2, -3], 2)?;
/// let slices = [&[1, 2, 3][..], &[-1, -2, -3]];
/// let list = Planar::from_slices(&slices)?;
/// assert_eq!(one_slice, list);
/// assert_eq!(list.slice(1..3)?.channel(1), Some(&[-2, -3][..]));
/// # Ok::<(), quaver::buffer::ViewError>(())
/// ```
pub struct Planar<'a, T> {
    memory: Memory<T>,
    channels: NonZeroUsize,
    /// First frame shown, counted from the start of each channel.
    start: usize,
    frames: usize,
    /// The samples from `start` for `frames` frames of each channel, and the list of slices, are only read
    /// during `'a`.
    owner: PhantomData<&'a [T]>,
}

/// Where the channels are. Each reaches to `start + frames` of its view at least.
///
/// Pointers, because a view of some frames of a [`PlanarMut`] may share no reference to whole channels, of which
/// others may write the rest.
enum Memory<T> {
    /// Channel `c` begins at sample `c * stride`.
    Strided { samples: *const T, stride: usize },
    /// One slice each, as many as the view has channels.
    List(*const *const [T]),
}

// SAFETY: a view is a shared borrow of its frames and of the list, as `&[T]` is: it only reads.
unsafe impl<T: Sync> Send for Planar<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Planar<'_, T> {}

impl<'a, T> Planar<'a, T> {
    /// Views `samples` as `channels` channels of equal length, one directly after the other.
    ///
    /// # Errors
    /// [`ViewError::ZeroChannels`], or [`ViewError::PartialFrame`] when the length is no multiple of `channels`.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn from_slice(samples: &'a [T], channels: usize) -> Result<Self, ViewError> {
        let (channels, frames) = view::even(samples.len(), channels)?;
        let memory = Memory::Strided { samples: samples.as_ptr(), stride: frames };
        Ok(Self { memory, channels, start: 0, frames, owner: PhantomData })
    }

    /// Views `channels` channels of `frames` samples, channel `c` at sample `c * stride`.
    ///
    /// # Errors
    /// [`ViewError::ZeroChannels`]; [`ViewError::Overlap`] when `stride` is less than `frames` and there is more
    /// than one channel; [`ViewError::TooShort`] when the last channel ends past the memory.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn from_strided(
        samples: &'a [T],
        channels: usize,
        frames: usize,
        stride: usize,
    ) -> Result<Self, ViewError> {
        let channels = strided(samples.len(), channels, frames, stride)?;
        let memory = Memory::Strided { samples: samples.as_ptr(), stride };
        Ok(Self { memory, channels, start: 0, frames, owner: PhantomData })
    }

    /// Views a list of slices, one per channel, all of one length.
    ///
    /// # Errors
    /// [`ViewError::ZeroChannels`] of an empty list, [`ViewError::Frames`] for the first slice whose length differs.
    ///
    /// # Real-time safety
    /// Real-time safe: O(channels).
    #[inline]
    pub fn from_slices(list: &'a [&'a [T]]) -> Result<Self, ViewError> {
        let (channels, frames) = equal(list.iter().map(|channel| channel.len()))?;
        // `&[T]` and `*const [T]` have one layout (Rust reference, "Type layout", pointers and references).
        let memory = Memory::List(list.as_ptr().cast::<*const [T]>());
        Ok(Self { memory, channels, start: 0, frames, owner: PhantomData })
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

    /// The samples of channel `index`, or `None` when there is no such channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    #[must_use]
    pub fn channel(&self, index: usize) -> Option<&'a [T]> {
        // SAFETY: the condition is the requirement.
        let first = (index < self.channels.get()).then(|| unsafe { self.start(index) })?;
        // SAFETY: `start` gives `frames` valid samples, which nobody writes during `'a`.
        Some(unsafe { core::slice::from_raw_parts(first, self.frames) })
    }

    /// Every channel in turn.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a channel.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [T]> + DoubleEndedIterator + Clone {
        let view = *self;
        (0..self.channels.get()).map(move |index| view.channel(index).unwrap_or_default())
    }

    /// The samples of frame `index`, one per channel, or `None` past the end.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a sample.
    #[inline]
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<impl Iterator<Item = &'a T> + Clone + use<'a, T>> {
        let view = *self;
        let samples = move |channel| view.channel(channel)?.get(index);
        (index < self.frames).then(|| (0..self.channels.get()).filter_map(samples))
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
        Ok(Self { start: self.start + range.start, frames: range.len(), ..*self })
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
        Ok((self.slice(0..frame)?, self.slice(frame..self.frames)?))
    }

    /// Blocks of `frames` frames from first to last; the last may be shorter. No frames, no block.
    ///
    /// # Errors
    /// [`ViewError::ZeroBlock`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a block.
    #[inline]
    pub fn blocks(&self, frames: usize) -> Result<PlanarBlocks<'a, T>, ViewError> {
        Ok(PlanarBlocks { rest: *self, block: view::block(frames)? })
    }
}

impl<T> Planar<'_, T> {
    /// Where this view's part of channel `index` begins: valid for reads of `frames` samples.
    ///
    /// # Safety
    /// `index` is less than `channels`.
    #[inline(always)]
    pub(crate) unsafe fn start(&self, index: usize) -> *const T {
        debug_assert!(index < self.channels.get());
        let channel = match self.memory {
            // SAFETY: `strided` or `view::even` found `index * stride + start + frames` within the memory.
            Memory::Strided { samples, stride } => unsafe { samples.add(index.wrapping_mul(stride)) },
            Memory::List(list) => {
                // SAFETY: the list has `channels` elements, and is borrowed for `'a`.
                let entry = unsafe { list.add(index) };
                // SAFETY: as above; an element is a valid pointer, and nobody writes the list.
                unsafe { entry.read() }.cast::<T>()
            }
        };
        // SAFETY: every channel has at least `start + frames` samples.
        unsafe { channel.add(self.start) }
    }
}

// By hand: a derive would ask for `T: Copy`.
impl<T> Clone for Planar<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Planar<'_, T> {}
impl<T> Clone for Memory<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Memory<T> {}

/// Two views are equal when they show the same samples, wherever those lie.
impl<T: PartialEq> PartialEq for Planar<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.channels == other.channels && self.frames == other.frames && self.iter().eq(other.iter())
    }
}
impl<T: Eq> Eq for Planar<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for Planar<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Planar samples that somebody else owns, to be read and written.
///
/// # Examples
/// ```
/// use quaver::buffer::PlanarMut;
///
/// let (mut left, mut right) = ([0.0_f32; 4], [0.0_f32; 4]);
/// let mut slices = [&mut left[..], &mut right[..]];
/// let mut stereo = PlanarMut::from_slices(&mut slices)?;
/// let (_, mut last) = stereo.split_at_mut(3)?;
/// if let Some(right) = last.channel_mut(1) {
///     right.fill(0.5);
/// }
/// assert_eq!(right, [0.0, 0.0, 0.0, 0.5]);
/// # Ok::<(), quaver::buffer::ViewError>(())
/// ```
pub struct PlanarMut<'a, T> {
    memory: MemoryMut<T>,
    channels: NonZeroUsize,
    /// First frame shown, counted from the start of each channel.
    start: usize,
    frames: usize,
    /// The samples from `start` for `frames` frames of each channel are this view's alone during `'a`; the list of
    /// slices, which views of other frames may share, is only read.
    owner: PhantomData<&'a mut [T]>,
}

/// As [`Memory`], to be written. Views of different frames share the list.
enum MemoryMut<T> {
    Strided { samples: *mut T, stride: usize },
    List(*const *mut [T]),
}

impl<T> Clone for MemoryMut<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for MemoryMut<T> {}

// SAFETY: a view is an exclusive borrow of its frames, as `&mut [T]` is; what it shares with views of other frames,
// the list, nobody writes.
unsafe impl<T: Send> Send for PlanarMut<'_, T> {}
// SAFETY: through a shared view one can only read, as through `&&mut [T]`.
unsafe impl<T: Sync> Sync for PlanarMut<'_, T> {}

impl<'a, T> PlanarMut<'a, T> {
    /// Views `samples` as `channels` channels of equal length, one directly after the other.
    ///
    /// # Errors
    /// As [`Planar::from_slice`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn from_slice(samples: &'a mut [T], channels: usize) -> Result<Self, ViewError> {
        let (channels, frames) = view::even(samples.len(), channels)?;
        let memory = MemoryMut::Strided { samples: samples.as_mut_ptr(), stride: frames };
        Ok(Self { memory, channels, start: 0, frames, owner: PhantomData })
    }

    /// Views `channels` channels of `frames` samples, channel `c` at sample `c * stride`.
    ///
    /// # Errors
    /// As [`Planar::from_strided`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn from_strided(
        samples: &'a mut [T],
        channels: usize,
        frames: usize,
        stride: usize,
    ) -> Result<Self, ViewError> {
        let channels = strided(samples.len(), channels, frames, stride)?;
        let memory = MemoryMut::Strided { samples: samples.as_mut_ptr(), stride };
        Ok(Self { memory, channels, start: 0, frames, owner: PhantomData })
    }

    /// Views a list of slices, one per channel, all of one length.
    ///
    /// # Errors
    /// As [`Planar::from_slices`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(channels).
    #[inline]
    pub fn from_slices(list: &'a mut [&mut [T]]) -> Result<Self, ViewError> {
        let (channels, frames) = equal(list.iter().map(|channel| channel.len()))?;
        // `&mut [T]` and `*mut [T]` have one layout (Rust reference, "Type layout", pointers and references).
        let memory = MemoryMut::List(list.as_mut_ptr().cast::<*mut [T]>());
        Ok(Self { memory, channels, start: 0, frames, owner: PhantomData })
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
    pub const fn as_view(&self) -> Planar<'_, T> {
        let memory = match self.memory {
            MemoryMut::Strided { samples, stride } => Memory::Strided { samples, stride },
            // `*mut [T]` and `*const [T]` have one layout (Rust reference, "Type layout", pointers and references).
            MemoryMut::List(list) => Memory::List(list.cast::<*const [T]>()),
        };
        // This view is borrowed as long as that one is there: nobody writes its frames.
        Planar { memory, channels: self.channels, start: self.start, frames: self.frames, owner: PhantomData }
    }

    /// The same frames for a shorter time.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn reborrow(&mut self) -> PlanarMut<'_, T> {
        PlanarMut { ..*self }
    }

    /// The samples of channel `index`, to be read, or `None` when there is no such channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    #[must_use]
    pub fn channel(&self, index: usize) -> Option<&[T]> {
        self.as_view().channel(index)
    }

    /// The samples of channel `index`, or `None` when there is no such channel.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    #[must_use]
    pub fn channel_mut(&mut self, index: usize) -> Option<&mut [T]> {
        let first = self.pointer(index)?;
        // SAFETY: `pointer` gives `frames` valid samples, which are this view's alone while `self` is borrowed.
        Some(unsafe { core::slice::from_raw_parts_mut(first, self.frames) })
    }

    /// Every channel in turn, all writable at once.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a channel.
    #[inline]
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [T]> {
        let view = self.reborrow();
        (0..view.channels.get()).map(move |index| match view.pointer(index) {
            // SAFETY: `frames` valid samples of this view alone; the channels do not overlap, and the range gives
            // each index once, so no two of these slices do.
            Some(first) => unsafe { core::slice::from_raw_parts_mut(first, view.frames) },
            None => &mut [],
        })
    }

    /// The samples of frame `index`, one per channel, to be read, or `None` past the end.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a sample.
    #[inline]
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<impl Iterator<Item = &T> + Clone> {
        self.as_view().frame(index)
    }

    /// The samples of frame `index`, one per channel, or `None` past the end.
    ///
    /// # Real-time safety
    /// Real-time safe: O(1) a sample.
    #[inline]
    #[must_use]
    pub fn frame_mut(&mut self, index: usize) -> Option<impl Iterator<Item = &mut T>> {
        (index < self.frames).then(|| self.iter_mut().filter_map(move |channel| channel.get_mut(index)))
    }

    /// The frames of `range` alone, without a copy.
    ///
    /// # Errors
    /// [`ViewError::OutOfRange`].
    ///
    /// # Real-time safety
    /// Real-time safe: O(1).
    #[inline]
    pub fn slice_mut(&mut self, range: Range<usize>) -> Result<PlanarMut<'_, T>, ViewError> {
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
    pub fn split_at_mut(&mut self, frame: usize) -> Result<(PlanarMut<'_, T>, PlanarMut<'_, T>), ViewError> {
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
    pub fn blocks_mut(&mut self, frames: usize) -> Result<PlanarBlocksMut<'_, T>, ViewError> {
        let block = view::block(frames)?;
        Ok(PlanarBlocksMut { rest: self.reborrow(), block })
    }

    /// Where this view's part of channel `index` begins: valid for `frames` samples, and this view's alone.
    ///
    /// # Safety
    /// `index` is less than `channels`.
    #[inline(always)]
    pub(crate) unsafe fn start(&self, index: usize) -> *mut T {
        debug_assert!(index < self.channels.get());
        let channel = match self.memory {
            // SAFETY: `strided` or `view::even` found `index * stride + start + frames` within the memory.
            MemoryMut::Strided { samples, stride } => unsafe { samples.add(index.wrapping_mul(stride)) },
            MemoryMut::List(list) => {
                // SAFETY: the list has `channels` elements, and is borrowed for `'a`.
                let entry = unsafe { list.add(index) };
                // SAFETY: as above; an element is a valid pointer, and nobody writes the list.
                unsafe { entry.read() }.cast::<T>()
            }
        };
        // SAFETY: every channel has at least `start + frames` samples.
        unsafe { channel.add(self.start) }
    }

    /// Cuts before `frame`, which is at most `frames`.
    #[inline]
    fn cut(self, frame: usize) -> (Self, Self) {
        debug_assert!(frame <= self.frames);
        // Within the channels' length, so neither wraps. The halves show no frame twice: each stays exclusive.
        let (start, frames) = (self.start.wrapping_add(frame), self.frames.wrapping_sub(frame));
        (Self { frames: frame, ..self }, Self { start, frames, ..self })
    }

    /// As [`PlanarMut::start`], where there is such a channel.
    #[inline]
    fn pointer(&self, index: usize) -> Option<*mut T> {
        // SAFETY: the condition is the requirement.
        (index < self.channels.get()).then(|| unsafe { self.start(index) })
    }
}

impl<T: fmt::Debug> fmt::Debug for PlanarMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_view().fmt(f)
    }
}

/// The blocks of a [`Planar`] view.
#[derive(Debug)]
pub struct PlanarBlocks<'a, T> {
    rest: Planar<'a, T>,
    block: NonZeroUsize,
}

impl<'a, T> Iterator for PlanarBlocks<'a, T> {
    type Item = Planar<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let frames = self.rest.frames.min(self.block.get());
        if frames == 0 {
            return None;
        }
        let head = Planar { frames, ..self.rest };
        self.rest.start += frames;
        self.rest.frames -= frames;
        Some(head)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = view::blocks_left(self.rest.frames, self.block);
        (left, Some(left))
    }
}

impl<T> ExactSizeIterator for PlanarBlocks<'_, T> {}
impl<T> FusedIterator for PlanarBlocks<'_, T> {}

/// The blocks of a [`PlanarMut`] view.
#[derive(Debug)]
pub struct PlanarBlocksMut<'a, T> {
    rest: PlanarMut<'a, T>,
    block: NonZeroUsize,
}

impl<'a, T> Iterator for PlanarBlocksMut<'a, T> {
    type Item = PlanarMut<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let frames = self.rest.frames.min(self.block.get());
        if frames == 0 {
            return None;
        }
        // The rest no longer shows the frames of the head: each stays exclusive.
        let head = PlanarMut { frames, ..self.rest };
        self.rest.start += frames;
        self.rest.frames -= frames;
        Some(head)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = view::blocks_left(self.rest.frames, self.block);
        (left, Some(left))
    }
}

impl<T> ExactSizeIterator for PlanarBlocksMut<'_, T> {}
impl<T> FusedIterator for PlanarBlocksMut<'_, T> {}

/// Checks that `channels` channels of `frames` samples, `stride` apart, neither overlap nor leave `len` samples.
#[inline]
fn strided(len: usize, channels: usize, frames: usize, stride: usize) -> Result<NonZeroUsize, ViewError> {
    let count = view::count(channels)?;
    if channels > 1 && stride < frames {
        return Err(ViewError::Overlap { stride, frames });
    }
    let needed = (channels - 1).checked_mul(stride).and_then(|last| last.checked_add(frames));
    match needed {
        Some(needed) if needed <= len => Ok(count),
        needed => Err(ViewError::TooShort { samples: len, needed: needed.unwrap_or(usize::MAX) }),
    }
}

/// The number of channels, and their length, of a list of slices.
#[inline]
fn equal(lengths: impl ExactSizeIterator<Item = usize>) -> Result<(NonZeroUsize, usize), ViewError> {
    let count = view::count(lengths.len())?;
    let mut frames = None;
    for (channel, actual) in lengths.enumerate() {
        let expected = *frames.get_or_insert(actual);
        if actual != expected {
            return Err(ViewError::Frames { channel, expected, actual });
        }
    }
    Ok((count, frames.unwrap_or(0)))
}
