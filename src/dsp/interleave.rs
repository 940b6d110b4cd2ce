//! From planar to interleaved and back.
//!
//! Two channels go by pairs, three and more by transposing groups of four channels; where the channels are no
//! multiple of four, the last two groups overlap and write the shared channels twice. Likewise the last register of
//! frames overlaps the one before it, so that only blocks shorter than a register are moved one by one. Values are
//! moved, never computed with: the result is the same bit for bit at every level, NaN payloads included.

use core::marker::PhantomData;

use crate::buffer::{Element, Interleaved, InterleavedMut, Planar, PlanarMut, ViewError};
use crate::simd::{Float, Kernel, Routine, Vector};

use super::Kernels;

/// Frames that all groups of channels go through before the next frames. With 32 channels of f32 that is 8 KiB of
/// interleaved memory, which stays in L1 while the groups pass over it.
const TILE: usize = 64;

impl Kernels {
    /// Writes the frames of planar `input` to interleaved `output`.
    ///
    /// Both have the same channels, any number of them, and the same frames. Numbers of 4 and of 8 bytes go through
    /// vector registers; 32 channels and fewer stay within the first-level cache.
    ///
    /// # Errors
    /// [`ViewError::Channels`] or [`ViewError::Frames`] when the shapes differ; nothing is written.
    ///
    /// # Accuracy
    /// Exact, bit for bit.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(samples).
    ///
    /// # Examples
    /// ```
    /// use quaver::buffer::{InterleavedMut, Planar};
    /// use quaver::dsp::Kernels;
    ///
    /// let mut out = [0.0_f32; 6];
    /// let input = Planar::from_slice(&[1.0, 2.0, 3.0, -1.0, -2.0, -3.0], 2)?;
    /// Kernels::new().interleave(&input, &mut InterleavedMut::from_slice(&mut out, 2)?)?;
    /// assert_eq!(out, [1.0, -1.0, 2.0, -2.0, 3.0, -3.0]);
    /// # Ok::<(), quaver::buffer::ViewError>(())
    /// ```
    #[inline]
    pub fn interleave<T: Element>(
        &self,
        input: &Planar<'_, T>,
        output: &mut InterleavedMut<'_, T>,
    ) -> Result<(), ViewError> {
        same_shape(input.channels(), output.channels(), input.frames(), output.frames())?;
        if input.channels() == 2 {
            let frames = input.frames();
            // SAFETY: there are two channels.
            let [a, b] = [0, 1].map(|c| unsafe { input.start(c) });
            // SAFETY: a channel is `frames` elements, borrowed by the view.
            let [a, b] = [a, b].map(|from| unsafe { core::slice::from_raw_parts(from, frames) });
            self.level.call::<InterleavePair<'_, T>>(a, b, output.samples_mut());
        } else {
            self.interleave_groups(input, output);
        }
        Ok(())
    }

    /// For equal shapes, and not for two channels. Out of line, so that the way of two channels is in line.
    #[inline(never)]
    fn interleave_groups<T: Element>(self, input: &Planar<'_, T>, output: &mut InterleavedMut<'_, T>) {
        if input.channels() == 1 {
            // SAFETY: there is one channel.
            let (from, to) = (unsafe { input.start(0) }, output.samples_mut().as_mut_ptr());
            // SAFETY: `frames` elements on both sides, the output borrowed alone.
            unsafe { core::ptr::copy_nonoverlapping(from, to, input.frames()) }
        } else {
            // The limit is a store of four values a cycle, which 256 bits reach in their own level's code; from 512 bits,
            // or with AVX-512 enabled, the compiler takes a store to two cycles.
            self.level.at_most_256_bits().run(Interleave { input, output });
        }
    }

    /// Writes the frames of interleaved `input` to planar `output`.
    ///
    /// The inverse of [`Kernels::interleave`], with the same conditions.
    ///
    /// # Errors
    /// [`ViewError::Channels`] or [`ViewError::Frames`] when the shapes differ; nothing is written.
    ///
    /// # Accuracy
    /// Exact, bit for bit.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(samples).
    #[inline]
    pub fn deinterleave<T: Element>(
        &self,
        input: &Interleaved<'_, T>,
        output: &mut PlanarMut<'_, T>,
    ) -> Result<(), ViewError> {
        same_shape(input.channels(), output.channels(), input.frames(), output.frames())?;
        if input.channels() == 2 {
            let frames = input.frames();
            // SAFETY: there are two channels.
            let [a, b] = [0, 1].map(|c| unsafe { output.start(c) });
            // SAFETY: a channel is `frames` elements; the view has them to itself, and no two overlap.
            let [a, b] = [a, b].map(|to| unsafe { core::slice::from_raw_parts_mut(to, frames) });
            self.level.call::<DeinterleavePair<'_, T>>(input.samples(), a, b);
        } else {
            self.deinterleave_groups(input, output);
        }
        Ok(())
    }

    /// As [`Kernels::interleave_groups`].
    #[inline(never)]
    fn deinterleave_groups<T: Element>(self, input: &Interleaved<'_, T>, output: &mut PlanarMut<'_, T>) {
        if input.channels() == 1 {
            // SAFETY: there is one channel.
            let (from, to) = (input.samples().as_ptr(), unsafe { output.start(0) });
            // SAFETY: `frames` elements on both sides, the output borrowed alone.
            unsafe { core::ptr::copy_nonoverlapping(from, to, input.frames()) }
        } else {
            self.level.run(Deinterleave { input, output });
        }
    }
}

#[inline(always)]
fn same_shape(
    channels: usize,
    out_channels: usize,
    frames: usize,
    out_frames: usize,
) -> Result<(), ViewError> {
    if channels != out_channels {
        return Err(ViewError::Channels { expected: channels, actual: out_channels });
    }
    if frames != out_frames {
        return Err(ViewError::Frames { channel: 0, expected: frames, actual: out_frames });
    }
    Ok(())
}

/// Two channels apart from the rest: half the time of a block of 64 frames is getting there, and slices in registers get
/// there sooner than views.
struct InterleavePair<'a, T>(PhantomData<&'a T>);

/// As [`InterleavePair`], the other way.
struct DeinterleavePair<'a, T>(PhantomData<&'a T>);

/// Three channels and more; the shapes are the same.
struct Interleave<'a, 'i, 'o, T> {
    input: &'a Planar<'i, T>,
    output: &'a mut InterleavedMut<'o, T>,
}

/// As [`Interleave`].
struct Deinterleave<'a, 'i, 'o, T> {
    input: &'a Interleaved<'i, T>,
    output: &'a mut PlanarMut<'o, T>,
}

// In what follows elements are seen as floats `U` of their size: plain bits, moved by loads and stores that ask for no
// alignment. Addresses are within the memory wherever it is touched: channels and frames are bounded by the loops.
// There are no closures around loads and stores: one that is not inlined would lose the level's instructions.

/// Runs `$body` for registers of frames that cover `$start..$end`, `$f` being the first frame of each. The last one ends
/// at `$end`, and may begin before `$start`: at least `LANES` frames come before `$end`.
macro_rules! for_registers {
    ($F:ty, $start:expr, $end:expr, $f:ident, $body:block) => {
        let mut $f = $start;
        while $f + <$F>::LANES <= $end {
            $body
            $f += <$F>::LANES;
        }
        if $f < $end {
            $f = $end - <$F>::LANES;
            $body
        }
    };
}

/// As [`for_registers`], two at a time: a quarter off for bodies as short as those of two channels, where counting is a
/// good part of the work (480 frames, AVX2, Xeon of 2023).
macro_rules! for_register_pairs {
    ($F:ty, $start:expr, $end:expr, $f:ident, $body:block) => {
        let mut $f = $start;
        while $f + 2 * <$F>::LANES <= $end {
            $body
            $f += <$F>::LANES;
            $body
            $f += <$F>::LANES;
        }
        for_registers!($F, $f, $end, $f, $body);
    };
}

/// Compiles `$run` once each for the channels of common layouts, which are then constants, and once for the rest. With
/// the distance of frames known, eight of them are reached from one pointer, not from eight.
macro_rules! with_constant {
    ($channels:expr, $name:ident => $run:expr) => {
        match $channels {
            4 => {
                let $name = 4;
                $run
            }
            5 => {
                let $name = 5;
                $run
            }
            6 => {
                let $name = 6;
                $run
            }
            8 => {
                let $name = 8;
                $run
            }
            $name => $run,
        }
    };
}

impl<'a, T: Element> Routine for InterleavePair<'a, T> {
    type A = &'a [T];
    type B = &'a [T];
    type C = &'a mut [T];
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, a: &'a [T], b: &'a [T], to: &'a mut [T]) {
        let frames = a.len().min(b.len()).min(to.len() / 2);
        match size_of::<T>() {
            4 if frames >= V::F32::LANES => {
                // SAFETY: `frames` elements of four bytes in each, twice as many in `to`, at least a register.
                unsafe {
                    pair::<V::F32, f32>(
                        v,
                        [a.as_ptr().cast(), b.as_ptr().cast()],
                        to.as_mut_ptr().cast(),
                        frames,
                    )
                }
            }
            8 if frames >= V::F64::LANES => {
                // SAFETY: as above, of eight bytes.
                unsafe {
                    pair::<V::F64, f64>(
                        v,
                        [a.as_ptr().cast(), b.as_ptr().cast()],
                        to.as_mut_ptr().cast(),
                        frames,
                    )
                }
            }
            _ => {
                for ((to, a), b) in to.chunks_exact_mut(2).zip(a).zip(b) {
                    to.iter_mut().zip([a, b]).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// # Safety
/// `from` are valid for reads of `frames` values each, at least `LANES`; `to` for writes of twice as many.
#[inline(always)]
unsafe fn pair<F: Float<U>, U>(v: F::Token, from: [*const U; 2], to: *mut U, frames: usize) {
    for_register_pairs!(F, 0, frames, f, {
        // SAFETY: `f + LANES <= frames`.
        let [a, b] = unsafe { load::<F, U, 2>(v, from, f) };
        // SAFETY: as above.
        unsafe { F::store_pairs(a, b, to.wrapping_add(2 * f)) }
    });
}

impl<'a, T: Element> Routine for DeinterleavePair<'a, T> {
    type A = &'a [T];
    type B = &'a mut [T];
    type C = &'a mut [T];
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, from: &'a [T], a: &'a mut [T], b: &'a mut [T]) {
        let frames = a.len().min(b.len()).min(from.len() / 2);
        match size_of::<T>() {
            4 if frames >= V::F32::LANES => {
                let to = [a.as_mut_ptr().cast(), b.as_mut_ptr().cast()];
                // SAFETY: `frames` elements of four bytes in each, twice as many in `from`, at least a register.
                unsafe { unpair::<V::F32, f32>(v, from.as_ptr().cast(), to, frames) }
            }
            8 if frames >= V::F64::LANES => {
                let to = [a.as_mut_ptr().cast(), b.as_mut_ptr().cast()];
                // SAFETY: as above, of eight bytes.
                unsafe { unpair::<V::F64, f64>(v, from.as_ptr().cast(), to, frames) }
            }
            _ => {
                for ((from, a), b) in from.chunks_exact(2).zip(a).zip(b) {
                    [a, b].into_iter().zip(from).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// # Safety
/// `to` are valid for writes of `frames` values each, at least `LANES`; `from` for reads of twice as many.
#[inline(always)]
unsafe fn unpair<F: Float<U>, U>(v: F::Token, from: *const U, to: [*mut U; 2], frames: usize) {
    for_register_pairs!(F, 0, frames, f, {
        // SAFETY: `f + LANES <= frames`.
        let (a, b) = unsafe { F::load_pairs(v, from.wrapping_add(2 * f)) };
        // SAFETY: as above.
        unsafe { store([a, b], to, f) }
    });
}

impl<T: Element> Kernel for Interleave<'_, '_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let least = usize::from(self.input.channels() == 3);
        match size_of::<T>() {
            4 if self.input.frames() >= V::F32::LANES + least => self.registers::<V::F32, f32>(v),
            8 if self.input.frames() >= V::F64::LANES + least => self.registers::<V::F64, f64>(v),
            _ => {
                for (c, channel) in self.input.iter().enumerate() {
                    let places = self.output.channel_mut(c).into_iter().flatten();
                    places.zip(channel).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

impl<T: Element> Interleave<'_, '_, '_, T> {
    /// For at least `LANES` frames, with three channels one more, and `U` of the size of `T`.
    #[inline(always)]
    fn registers<F: Float<U>, U>(mut self, v: F::Token) {
        let (channels, frames) = (self.input.channels(), self.input.frames());
        let to = self.output.samples_mut().as_mut_ptr().cast::<U>();
        if channels == 3 {
            // SAFETY: there are three channels.
            let from: [*const U; 3] = unsafe { starts(self.input, 0) };
            // A group is a frame and what follows: the next group puts that right. The last register writes what
            // precedes each frame instead, which is the value that is there already.
            let mut f = 0;
            while f + F::LANES < frames {
                // SAFETY: `f + LANES < frames`.
                let [a, b, c] = unsafe { load::<F, U, 3>(v, from, f) };
                // SAFETY: as above: there is a value after each of these frames.
                unsafe { F::store_quads([a, b, c, c], to.wrapping_add(3 * f), 3) }
                f += F::LANES;
            }
            let f = frames - F::LANES;
            // SAFETY: `f >= 1`, since `frames > LANES`.
            let before = unsafe { F::load(v, from[2].wrapping_add(f - 1)) };
            // SAFETY: `f + LANES = frames`.
            let [a, b, c] = unsafe { load::<F, U, 3>(v, from, f) };
            // SAFETY: as above: there is a value before each of these frames.
            unsafe { F::store_quads([before, a, b, c], to.wrapping_add(3 * f - 1), 3) }
            return;
        }
        // No constants here: where the groups touch, the compiler would join their stores at the price of a shuffle
        // across halves for each, which is slower (four channels, AVX2).
        self.groups::<F, U>(v, channels);
    }

    /// Four channels and more.
    #[inline(always)]
    fn groups<F: Float<U>, U>(&mut self, v: F::Token, channels: usize) {
        let to = self.output.samples_mut().as_mut_ptr().cast::<U>();
        let mut tiles = Tiles::new(channels, self.input.frames());
        while let Some((c, start, end)) = tiles.next() {
            // SAFETY: `c + 4 <= channels`.
            let from: [*const U; 4] = unsafe { starts(self.input, c) };
            let to = to.wrapping_add(c);
            for_registers!(F, start, end, f, {
                // SAFETY: `f + LANES <= frames`.
                let x = unsafe { load::<F, U, 4>(v, from, f) };
                // SAFETY: as above, and `c + 4 <= channels`.
                unsafe { F::store_quads(x, to.wrapping_add(f * channels), channels) }
            });
        }
    }
}

impl<T: Element> Kernel for Deinterleave<'_, '_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let least = usize::from(self.input.channels() == 3);
        match size_of::<T>() {
            4 if self.input.frames() >= V::F32::LANES + least => self.registers::<V::F32, f32>(v),
            8 if self.input.frames() >= V::F64::LANES + least => self.registers::<V::F64, f64>(v),
            _ => {
                for (c, channel) in self.output.iter_mut().enumerate() {
                    let samples = self.input.channel(c).into_iter().flatten();
                    channel.iter_mut().zip(samples).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

impl<T: Element> Deinterleave<'_, '_, '_, T> {
    /// For at least `LANES` frames, with three channels one more, and `U` of the size of `T`.
    #[inline(always)]
    fn registers<F: Float<U>, U>(mut self, v: F::Token) {
        let (channels, frames) = (self.input.channels(), self.input.frames());
        let from = self.input.samples().as_ptr().cast::<U>();
        if channels == 3 {
            // SAFETY: there are three channels.
            let to: [*mut U; 3] = unsafe { starts_mut(self.output, 0) };
            // A group is a frame and what follows; in the last register, what precedes the frame, and the frame.
            let mut f = 0;
            while f + F::LANES < frames {
                // SAFETY: `f + LANES < frames`: there is a value after each of these frames.
                let [a, b, c, _] = unsafe { F::load_quads(v, from.wrapping_add(3 * f), 3) };
                // SAFETY: as above.
                unsafe { store([a, b, c], to, f) }
                f += F::LANES;
            }
            let f = frames - F::LANES;
            // SAFETY: `f >= 1`, since `frames > LANES`: there is a value before each of these frames.
            let [_, a, b, c] = unsafe { F::load_quads(v, from.wrapping_add(3 * f - 1), 3) };
            // SAFETY: as above.
            unsafe { store([a, b, c], to, f) }
            return;
        }
        with_constant!(channels, channels => self.groups::<F, U>(v, channels));
    }

    /// Four channels and more.
    #[inline(always)]
    fn groups<F: Float<U>, U>(&mut self, v: F::Token, channels: usize) {
        let from = self.input.samples().as_ptr().cast::<U>();
        let mut tiles = Tiles::new(channels, self.input.frames());
        while let Some((c, start, end)) = tiles.next() {
            // SAFETY: `c + 4 <= channels`.
            let to: [*mut U; 4] = unsafe { starts_mut(self.output, c) };
            let from = from.wrapping_add(c);
            for_registers!(F, start, end, f, {
                // SAFETY: `c + 4 <= channels` and `f + LANES <= frames`.
                let x = unsafe { F::load_quads(v, from.wrapping_add(f * channels), channels) };
                // SAFETY: as above.
                unsafe { store(x, to, f) }
            });
        }
    }
}

/// Where channels `c..c + N` of a view begin.
///
/// # Safety
/// `c + N` is at most the number of channels.
#[inline(always)]
unsafe fn starts<U, T, const N: usize>(view: &Planar<'_, T>, c: usize) -> [*const U; N] {
    let mut starts = [core::ptr::null(); N];
    for (j, start) in starts.iter_mut().enumerate() {
        // SAFETY: `j < N`.
        *start = unsafe { view.start(c + j) }.cast();
    }
    starts
}

/// As [`starts`].
///
/// # Safety
/// As [`starts`].
#[inline(always)]
unsafe fn starts_mut<U, T, const N: usize>(view: &mut PlanarMut<'_, T>, c: usize) -> [*mut U; N] {
    let mut starts = [core::ptr::null_mut(); N];
    for (j, start) in starts.iter_mut().enumerate() {
        // SAFETY: `j < N`.
        *start = unsafe { view.start(c + j) }.cast();
    }
    starts
}

/// # Safety
/// Every one of `from` is valid for reads of `f + LANES` values.
#[inline(always)]
unsafe fn load<F: Float<U>, U, const N: usize>(v: F::Token, from: [*const U; N], f: usize) -> [F; N] {
    // SAFETY: the caller's range.
    from.map(|from| unsafe { F::load(v, from.wrapping_add(f)) })
}

/// # Safety
/// Every one of `to` is valid for writes of `f + LANES` values.
#[inline(always)]
unsafe fn store<F: Float<U>, U, const N: usize>(x: [F; N], to: [*mut U; N], f: usize) {
    for (x, to) in x.into_iter().zip(to) {
        // SAFETY: the caller's range.
        unsafe { x.store(to.wrapping_add(f)) }
    }
}

/// The order of work for four channels and more: for each range of frames, the first channel of each group of four.
/// The last group may overlap the one before it.
struct Tiles {
    channels: usize,
    frames: usize,
    start: usize,
    c: usize,
}

impl Tiles {
    #[inline(always)]
    const fn new(channels: usize, frames: usize) -> Self {
        Self { channels, frames, start: 0, c: 0 }
    }

    /// The next group: its first channel `c`, with `c + 4 <= channels`, and its first and one past its last frame.
    #[inline(always)]
    fn next(&mut self) -> Option<(usize, usize, usize)> {
        if self.c >= self.channels {
            self.c = 0;
            self.start += TILE;
        }
        if self.start >= self.frames {
            return None;
        }
        let c = self.c.min(self.channels - 4);
        self.c += 4;
        Some((c, self.start, self.frames.min(self.start + TILE)))
    }
}

#[cfg(test)]
#[cfg(feature = "alloc")]
mod tests {
    use super::*;
    use crate::buffer::AlignedBuf;
    use crate::simd::Level;
    use num_complex::Complex;
    use std::vec;
    use std::vec::Vec;

    /// Both directions at every level, against frame and channel access of the views, with a canary at each end.
    fn check<T: Element + PartialEq + core::fmt::Debug>(make: impl Fn(usize) -> T, bits: impl Fn(&T) -> u64) {
        let lengths = (0..=40).chain([63, 64, 65, 71, 130, 480]);
        for (channels, frames) in (1..=33).flat_map(|c| lengths.clone().map(move |f| (c, f))) {
            let len = channels * frames;
            let source: Vec<T> = (0..len).map(|i| make(i + 1)).collect();
            let planar = Planar::from_slice(&source, channels).unwrap();
            let mut expected = Vec::with_capacity(len);
            (0..frames).for_each(|f| expected.extend(planar.frame(f).unwrap().copied()));
            for level in Level::available() {
                let kernels = Kernels::with_level(level).unwrap();
                let mut out = vec![make(0); len + 2];
                let mut view = InterleavedMut::from_slice(&mut out[1..=len], channels).unwrap();
                kernels.interleave(&planar, &mut view).unwrap();
                assert!(
                    out[1..=len].iter().map(&bits).eq(expected.iter().map(&bits)),
                    "interleave {level} {channels} {frames}"
                );
                assert_eq!((bits(&out[0]), bits(&out[len + 1])), (bits(&make(0)), bits(&make(0))));

                let mut back = vec![make(0); len + 2];
                let view = Interleaved::from_slice(&expected, channels).unwrap();
                let mut to = PlanarMut::from_slice(&mut back[1..=len], channels).unwrap();
                kernels.deinterleave(&view, &mut to).unwrap();
                assert!(
                    back[1..=len].iter().map(&bits).eq(source.iter().map(&bits)),
                    "deinterleave {level} {channels} {frames}"
                );
                assert_eq!((bits(&back[0]), bits(&back[len + 1])), (bits(&make(0)), bits(&make(0))));
            }
        }
    }

    #[test]
    fn four_bytes_move_bit_for_bit() {
        // Every exponent comes up, so do NaNs with payloads.
        let make = |i: usize| f32::from_bits(u32::try_from(i).unwrap().wrapping_mul(0x9E37_79B9));
        check(make, |x| u64::from(x.to_bits()));
    }

    #[test]
    fn eight_bytes_move_bit_for_bit() {
        let make = |i: usize| {
            let bits = u32::try_from(i).unwrap().wrapping_mul(0x9E37_79B9);
            Complex::new(f32::from_bits(bits), f32::from_bits(!bits))
        };
        check(make, |x| u64::from(x.re.to_bits()) << 32 | u64::from(x.im.to_bits()));
    }

    #[test]
    fn other_sizes_move_too() {
        check(|i| i16::try_from(i).unwrap(), |&x| u64::from(x.cast_unsigned()));
    }

    #[test]
    fn a_list_of_channels_with_an_offset_will_do() {
        let kernels = Kernels::new();
        let channels: Vec<Vec<i32>> = (0..5).map(|c| (0..100).map(|f| 1000 * c + f).collect()).collect();
        let list: Vec<&[i32]> = channels.iter().map(Vec::as_slice).collect();
        let planar = Planar::from_slices(&list).unwrap().slice(3..90).unwrap();
        let mut mixed = AlignedBuf::<i32>::new(5 * 87).unwrap();
        kernels.interleave(&planar, &mut InterleavedMut::from_slice(&mut mixed, 5).unwrap()).unwrap();
        assert_eq!(mixed[5 * 86 + 4], 4089);
        let mut back = vec![-1; 5 * 100];
        let mut to = PlanarMut::from_strided(&mut back, 5, 87, 100).unwrap();
        kernels.deinterleave(&Interleaved::from_slice(&mixed, 5).unwrap(), &mut to).unwrap();
        assert_eq!(back[400..487], channels[4][3..90]);
        assert!(back[487..].iter().all(|&x| x == -1));
    }

    #[test]
    fn shapes_that_differ_are_refused_and_nothing_is_written() {
        let source = [1.0_f32; 12];
        let mut out = [0.0_f32; 12];
        let planar = Planar::from_slice(&source, 2).unwrap();
        let mut view = InterleavedMut::from_slice(&mut out, 3).unwrap();
        let error = Kernels::new().interleave(&planar, &mut view);
        assert_eq!(error, Err(ViewError::Channels { expected: 2, actual: 3 }));
        let mut view = PlanarMut::from_slice(&mut out[..10], 2).unwrap();
        let error = Kernels::new().deinterleave(&Interleaved::from_slice(&source, 2).unwrap(), &mut view);
        assert_eq!(error, Err(ViewError::Frames { channel: 0, expected: 6, actual: 5 }));
        assert!(out.iter().all(|x| x.to_bits() == 0));
    }
}
