//! From planar to interleaved and back.
//!
//! Two channels go by pairs, three and more by transposing groups of four channels; where the channels are no
//! multiple of four, the last two groups overlap and write the shared channels twice. Likewise the last register of
//! frames overlaps the one before it, so that only blocks shorter than a register are moved one by one. Values are
//! moved, never computed with: the result is the same bit for bit at every level, NaN payloads included.

use crate::buffer::{Element, Interleaved, InterleavedMut, Planar, PlanarMut, ViewError};
use crate::simd::{Float, Kernel, Vector};

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
        self.level.run(Interleave { input: *input, output: output.reborrow() });
        Ok(())
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
        self.level.run(Deinterleave { input: *input, output: output.reborrow() });
        Ok(())
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

struct Interleave<'a, T> {
    input: Planar<'a, T>,
    output: InterleavedMut<'a, T>,
}

struct Deinterleave<'a, T> {
    input: Interleaved<'a, T>,
    output: PlanarMut<'a, T>,
}

impl<T: Element> Kernel for Interleave<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(mut self, v: V) {
        let (channels, frames) = (self.input.channels(), self.input.frames());
        let (planar, mixed) = (self.input, self.output.samples_mut().as_mut_ptr());
        // An element without a channel is not asked for below; the address would be of no samples.
        let from = move |c: usize| planar.channel(c).unwrap_or_default().as_ptr();
        match size_of::<T>() {
            // SAFETY: `from` gives `frames` elements for each of `channels`, `mixed` has the product, and the two do
            // not overlap, one being borrowed alone. Elements are plain bits of the size of the float.
            4 => unsafe { interleave::<V::F32, f32>(v, &|c| from(c).cast(), mixed.cast(), channels, frames) },
            // SAFETY: as above.
            8 => unsafe { interleave::<V::F64, f64>(v, &|c| from(c).cast(), mixed.cast(), channels, frames) },
            _ => {
                for (c, channel) in planar.iter().enumerate() {
                    let places = self.output.channel_mut(c).into_iter().flatten();
                    places.zip(channel).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

impl<T: Element> Kernel for Deinterleave<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(mut self, v: V) {
        let (channels, frames) = (self.input.channels(), self.input.frames());
        let mixed = self.input.samples().as_ptr();
        let output = &self.output;
        let to = move |c: usize| output.pointer(c).unwrap_or(core::ptr::null_mut());
        match size_of::<T>() {
            // SAFETY: `to` gives `frames` elements for each of `channels`, `mixed` has the product, and the two do
            // not overlap, one being borrowed alone. Elements are plain bits of the size of the float.
            4 => unsafe { deinterleave::<V::F32, f32>(v, mixed.cast(), &|c| to(c).cast(), channels, frames) },
            // SAFETY: as above.
            8 => unsafe { deinterleave::<V::F64, f64>(v, mixed.cast(), &|c| to(c).cast(), channels, frames) },
            _ => {
                for (c, channel) in self.output.iter_mut().enumerate() {
                    let samples = self.input.channel(c).into_iter().flatten();
                    channel.iter_mut().zip(samples).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// # Safety
/// For every `c < channels`, `from(c)` is valid for reads of `frames` values; `to` is valid for writes of
/// `channels * frames`, and overlaps none of them. No alignment is asked.
#[inline(always)]
unsafe fn interleave<F: Float<T>, T>(
    v: F::Token,
    from: &impl Fn(usize) -> *const T,
    to: *mut T,
    channels: usize,
    frames: usize,
) {
    // The float may ask for more alignment than the element: moves of single values are of bytes.
    let one = |c: usize, f: usize| {
        let (from, to) = (from(c).wrapping_add(f), to.wrapping_add(f * channels + c));
        // SAFETY: `c < channels` and `f < frames` at each call, and the memories do not overlap.
        unsafe { core::ptr::copy_nonoverlapping(from.cast::<u8>(), to.cast::<u8>(), size_of::<T>()) }
    };
    match channels {
        // SAFETY: one channel: `frames` values on both sides.
        1 => unsafe {
            core::ptr::copy_nonoverlapping(from(0).cast::<u8>(), to.cast::<u8>(), frames * size_of::<T>());
        },
        _ if frames < F::LANES || channels == 3 && frames == F::LANES => {
            (0..frames).for_each(|f| (0..channels).for_each(|c| one(c, f)));
        }
        2 => {
            let from = [from(0), from(1)];
            steps::<F, T>(0, frames, |f| {
                // SAFETY: `f + LANES <= frames`.
                let [a, b] = unsafe { load::<F, T, 2>(v, from, f) };
                // SAFETY: as above.
                unsafe { F::store_pairs(a, b, to.wrapping_add(2 * f)) }
            });
        }
        3 => {
            let from = [from(0), from(1), from(2)];
            // A group is a frame and what follows: the next group puts that right. The last register writes what
            // precedes each frame instead, which is the value that is there already.
            let mut f = 0;
            while f + F::LANES < frames {
                // SAFETY: `f + LANES < frames`.
                let [a, b, c] = unsafe { load::<F, T, 3>(v, from, f) };
                // SAFETY: as above: there is a value after each of these frames.
                unsafe { F::store_quads([a, b, c, c], to.wrapping_add(3 * f), 3) }
                f += F::LANES;
            }
            let f = frames - F::LANES;
            // SAFETY: `f >= 1`, since `frames > LANES`.
            let before = unsafe { F::load(v, from[2].wrapping_add(f - 1)) };
            // SAFETY: `f + LANES = frames`.
            let [a, b, c] = unsafe { load::<F, T, 3>(v, from, f) };
            // SAFETY: as above: there is a value before each of these frames.
            unsafe { F::store_quads([before, a, b, c], to.wrapping_add(3 * f - 1), 3) }
        }
        _ => tiles(channels, frames, |c, start, end| {
            let from: [*const T; 4] = core::array::from_fn(|j| from(c + j));
            steps::<F, T>(start, end, |f| {
                // SAFETY: `c + 4 <= channels` and `f + LANES <= frames`.
                let x = unsafe { load::<F, T, 4>(v, from, f) };
                // SAFETY: as above.
                unsafe { F::store_quads(x, to.wrapping_add(f * channels + c), channels) }
            });
        }),
    }
}

/// # Safety
/// For every `c < channels`, `to(c)` is valid for writes of `frames` values, and no two overlap; `from` is valid for
/// reads of `channels * frames`, and overlaps none of them. No alignment is asked.
#[inline(always)]
unsafe fn deinterleave<F: Float<T>, T>(
    v: F::Token,
    from: *const T,
    to: &impl Fn(usize) -> *mut T,
    channels: usize,
    frames: usize,
) {
    // As in `interleave`.
    let one = |c: usize, f: usize| {
        let (from, to) = (from.wrapping_add(f * channels + c), to(c).wrapping_add(f));
        // SAFETY: `c < channels` and `f < frames` at each call, and the memories do not overlap.
        unsafe { core::ptr::copy_nonoverlapping(from.cast::<u8>(), to.cast::<u8>(), size_of::<T>()) }
    };
    match channels {
        // SAFETY: one channel: `frames` values on both sides.
        1 => unsafe {
            core::ptr::copy_nonoverlapping(from.cast::<u8>(), to(0).cast::<u8>(), frames * size_of::<T>());
        },
        _ if frames < F::LANES || channels == 3 && frames == F::LANES => {
            (0..frames).for_each(|f| (0..channels).for_each(|c| one(c, f)));
        }
        2 => {
            let to = [to(0), to(1)];
            steps::<F, T>(0, frames, |f| {
                // SAFETY: `f + LANES <= frames`.
                let (a, b) = unsafe { F::load_pairs(v, from.wrapping_add(2 * f)) };
                // SAFETY: as above.
                unsafe { store([a, b], to, f) }
            });
        }
        3 => {
            let to = [to(0), to(1), to(2)];
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
        }
        _ => tiles(channels, frames, |c, start, end| {
            let to: [*mut T; 4] = core::array::from_fn(|j| to(c + j));
            steps::<F, T>(start, end, |f| {
                // SAFETY: `c + 4 <= channels` and `f + LANES <= frames`.
                let x = unsafe { F::load_quads(v, from.wrapping_add(f * channels + c), channels) };
                // SAFETY: as above.
                unsafe { store(x, to, f) }
            });
        }),
    }
}

/// # Safety
/// Every one of `from` is valid for reads of `f + LANES` values.
#[inline(always)]
unsafe fn load<F: Float<T>, T, const N: usize>(v: F::Token, from: [*const T; N], f: usize) -> [F; N] {
    // SAFETY: the caller's range.
    from.map(|from| unsafe { F::load(v, from.wrapping_add(f)) })
}

/// # Safety
/// Every one of `to` is valid for writes of `f + LANES` values.
#[inline(always)]
unsafe fn store<F: Float<T>, T, const N: usize>(x: [F; N], to: [*mut T; N], f: usize) {
    for (x, to) in x.into_iter().zip(to) {
        // SAFETY: the caller's range.
        unsafe { x.store(to.wrapping_add(f)) }
    }
}

/// Calls `step` for registers of frames that cover `start..end`; the last one ends at `end`, and may begin before
/// `start`. At least `LANES` frames come before `end`.
#[inline(always)]
fn steps<F: Float<T>, T>(start: usize, end: usize, step: impl Fn(usize)) {
    let mut f = start;
    while f + F::LANES <= end {
        step(f);
        f += F::LANES;
    }
    if f < end {
        step(end - F::LANES);
    }
}

/// Calls `tile` with the first channel of each group of four, and a range of frames, for all of both; the last group
/// may overlap the one before it. At least four channels.
#[inline(always)]
fn tiles(channels: usize, frames: usize, tile: impl Fn(usize, usize, usize)) {
    let mut start = 0;
    while start < frames {
        let end = frames.min(start + TILE);
        let mut c = 0;
        while c + 4 <= channels {
            tile(c, start, end);
            c += 4;
        }
        if c < channels {
            tile(channels - 4, start, end);
        }
        start = end;
    }
}

#[cfg(test)]
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
