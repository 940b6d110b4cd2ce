//! A few bins of a stream's last samples, up to date after every one: the sliding transform.
//!
//! The sample that comes is added to each bin and the one that leaves is taken away: a few operations a sample and bin,
//! whatever the length. Nothing is turned from sample to sample, so that nothing can grow or fade with time.

use core::fmt;
use core::mem::MaybeUninit;

use num_complex::Complex;

#[cfg(feature = "alloc")]
use crate::buffer::AlignedBuf;
use crate::fft::{PlanError, Real, root};

/// `K` bins of the last `len` samples of a stream, in memory of its own.
///
/// Before `len` samples have come, zeros stand for those that are missing.
///
/// # Source
/// K. Duda, Accurate, guaranteed stable, sliding discrete Fourier transform, IEEE Signal Processing Magazine 27(6), 2010:
/// samples are turned by where they stand in the stream, modulo the length, and the bin is turned back when it is read.
/// Added here: each sum is replaced by one made anew every `len` samples, so that rounding errors (and NaN, and infinity)
/// leave it with the samples they came with.
///
/// # Examples
/// ```
/// use quaver::dsp::sliding::SlidingDft;
///
/// // 50 and 60 Hz, at 4 kHz, over the last 400 samples: bins of 10 Hz.
/// let mut hum = SlidingDft::new(400, [5, 6])?;
/// let stream: Vec<f32> = (0..1000).map(|n| (n as f32 * 60.0 / 4000.0 * core::f32::consts::TAU).sin()).collect();
/// hum.push(&stream);
/// let [at_50, at_60] = hum.bins().map(|bin| 2.0 * bin.norm() / 400.0);
/// assert!(at_50 < 1e-4 && (at_60 - 1.0).abs() < 1e-4);
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
#[cfg(feature = "alloc")]
pub struct SlidingDft<const K: usize> {
    bins: Bins<K>,
    memory: AlignedBuf<f64>,
}

#[cfg(feature = "alloc")]
impl<const K: usize> SlidingDft<K> {
    /// Begins with zeros. Bins are counted from 0 and taken modulo `len`: bin k is at `k * sample_rate / len` Hz.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`] or [`PlanError::AllocationRefused`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize, bins: [usize; K]) -> Result<Self, PlanError> {
        let bins = Bins::new(len, bins)?;
        let mut memory = AlignedBuf::new(VALUES * len)
            .map_err(|_| PlanError::AllocationRefused { bytes: VALUES * len * size_of::<f64>() })?;
        fill_roots(memory.split_at_mut(len).1);
        Ok(Self { bins, memory })
    }

    const fn parts(&mut self) -> (&mut Bins<K>, &mut AlignedBuf<f64>) {
        (&mut self.bins, &mut self.memory)
    }
}

/// [`SlidingDft`] in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use quaver::dsp::sliding::{SlidingDftIn, sliding_dft_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); sliding_dft_bytes(205)? / 8];
/// let mut bins = SlidingDftIn::new(205, [18, 20, 22, 24], &mut memory)?;
/// bins.push(&[1.0_f32; 205]);
/// assert!(bins.bins().iter().all(|bin| bin.norm() < 1e-12));
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
pub struct SlidingDftIn<'m, const K: usize> {
    bins: Bins<K>,
    memory: &'m mut [f64],
}

/// Returns the bytes of memory that [`SlidingDftIn`] needs for windows of `len` samples: 24 for each.
///
/// # Errors
/// [`PlanError::ZeroLength`] or [`PlanError::TooLarge`].
///
/// # Real-time safety
/// Real-time safe.
pub const fn sliding_dft_bytes(len: usize) -> Result<usize, PlanError> {
    if len == 0 {
        return Err(PlanError::ZeroLength);
    }
    match len.checked_mul(VALUES * size_of::<f64>()) {
        Some(bytes) if bytes <= isize::MAX as usize && (len as u64) < 1 << 50 => Ok(bytes),
        _ => Err(PlanError::TooLarge { len }),
    }
}

impl<'m, const K: usize> SlidingDftIn<'m, K> {
    /// Begins with zeros, in `memory`, as [`SlidingDft::new`](SlidingDftIn).
    ///
    /// - `memory`: [`sliding_dft_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`], or [`PlanError::MemoryTooSmall`] with the bytes needed.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes `len` sines and cosines; it allocates nothing.
    pub fn new(len: usize, bins: [usize; K], memory: &'m mut [MaybeUninit<u64>]) -> Result<Self, PlanError> {
        let bins = Bins::new(len, bins)?;
        let given = size_of_val(memory);
        let Some(memory) = memory.get_mut(..VALUES * len) else {
            return Err(PlanError::MemoryTooSmall { needed: sliding_dft_bytes(len)?, given });
        };
        memory.fill(MaybeUninit::new(0));
        let (first, values) = (memory.as_mut_ptr().cast::<f64>(), memory.len());
        // SAFETY: an f64 is as large as a u64 and aligned no stricter, all of them were just written, every pattern is a
        // value of either, and the borrow is handed on.
        let memory = unsafe { core::slice::from_raw_parts_mut(first, values) };
        fill_roots(memory.split_at_mut(len).1);
        Ok(Self { bins, memory })
    }

    const fn parts(&mut self) -> (&mut Bins<K>, &mut [f64]) {
        (&mut self.bins, self.memory)
    }
}

/// Values of memory for a sample of the window: itself and a root of unity.
const VALUES: usize = 3;

/// `exp(-2 pi i n / len)` for all n, as pairs of values.
fn fill_roots(roots: &mut [f64]) {
    let len = roots.len() as u64 / 2;
    for (pair, n) in roots.chunks_exact_mut(2).zip(0..) {
        let (re, im) = root(n, len);
        pair.copy_from_slice(&[re, im]);
    }
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($type:ident, [$($lifetime:lifetime)?]) => {
        impl<$($lifetime,)? const K: usize> $type<$($lifetime,)? K> {
            /// Takes the next samples of the stream, any number of them.
            ///
            /// # Accuracy
            /// Bins are within `1e-15 * len` times the largest sample of the last `2 * len` of those of the definition,
            /// after any time. NaN and infinity are gone `2 * len` samples after they came, at the latest.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(samples * K).
            pub fn push<T: Real>(&mut self, input: &[T]) {
                let (bins, memory) = self.parts();
                bins.push(memory, input);
            }

            /// The bins of the last `len` samples, in the order they were asked for; not scaled.
            ///
            /// `X[k] = sum over n of x[n] * exp(-2*pi*i*k*n/len)`, with x\[0\] the oldest of them.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub fn bins(&self) -> [Complex<f64>; K] {
                self.bins.read(&self.memory)
            }

            /// Samples in the window.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[expect(clippy::len_without_is_empty, reason = "a window has one sample or more")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.bins.len
            }

            /// Forgets the stream: all of the window is zero.
            ///
            /// # Real-time safety
            /// Real-time safe: O(len).
            pub fn reset(&mut self) {
                let (bins, memory) = self.parts();
                bins.reset(memory);
            }
        }

        impl<$($lifetime,)? const K: usize> fmt::Debug for $type<$($lifetime,)? K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).field("len", &self.len()).finish_non_exhaustive()
            }
        }
    };
}

#[cfg(feature = "alloc")]
calls!(SlidingDft, []);
calls!(SlidingDftIn, ['m]);

/// The sums. Of the memory that goes with them, the first `len` values are the window, as a ring, the others the roots.
struct Bins<const K: usize> {
    len: usize,
    /// Place of the oldest sample: the number of samples so far, modulo `len`.
    oldest: usize,
    bins: [Bin; K],
}

#[derive(Clone, Copy)]
struct Bin {
    /// Below `len`.
    number: usize,
    /// Place in the roots of the sample to come: `number * oldest` modulo `len`.
    at: usize,
    /// Of the samples of the window, each turned by its place in the ring.
    sum: Complex<f64>,
    /// Of those since the ring began anew: the next `sum`.
    fresh: Complex<f64>,
}

impl<const K: usize> Bins<K> {
    fn new(len: usize, bins: [usize; K]) -> Result<Self, PlanError> {
        sliding_dft_bytes(len)?;
        let zero = Complex::new(0.0, 0.0);
        let bins = bins.map(|bin| Bin { number: bin % len, at: 0, sum: zero, fresh: zero });
        Ok(Self { len, oldest: 0, bins })
    }

    fn reset(&mut self, memory: &mut [f64]) {
        let zero = Complex::new(0.0, 0.0);
        self.oldest = 0;
        self.bins.iter_mut().for_each(|bin| *bin = Bin { at: 0, sum: zero, fresh: zero, ..*bin });
        memory.iter_mut().take(self.len).for_each(|x| *x = 0.0);
    }

    fn push<T: Real>(&mut self, memory: &mut [f64], mut input: &[T]) {
        let Some((ring, roots)) = memory.split_at_mut_checked(self.len) else { return };
        let (roots, _) = roots.as_chunks();
        while !input.is_empty() {
            // To the end of the ring at most.
            let Some(old) = ring.get_mut(self.oldest..) else { return };
            let (now, later) = input.split_at(old.len().min(input.len()));
            for bin in &mut self.bins {
                bin.push(old, now, roots);
            }
            old.iter_mut().zip(now).for_each(|(old, new)| *old = new.to_f64());
            self.oldest += now.len();
            if self.oldest >= self.len {
                self.oldest = 0;
                for bin in &mut self.bins {
                    (bin.sum, bin.fresh, bin.at) = (bin.fresh, Complex::new(0.0, 0.0), 0);
                }
            }
            input = later;
        }
    }

    fn read(&self, memory: &[f64]) -> [Complex<f64>; K] {
        let (roots, _) = memory.get(self.len..).unwrap_or_default().as_chunks();
        // The oldest sample was turned by its place, which is that of the next one.
        self.bins.map(|bin| match roots.get(bin.at) {
            Some(&[re, im]) => bin.sum * Complex::new(re, -im),
            None => bin.sum,
        })
    }
}

impl Bin {
    /// Samples that come in the place of others, from the place on that this bin stands at.
    #[inline]
    fn push<T: Real>(&mut self, old: &[f64], new: &[T], roots: &[[f64; 2]]) {
        let Self { number, mut at, mut sum, mut fresh } = *self;
        for (&old, new) in old.iter().zip(new) {
            let Some(&[re, im]) = roots.get(at) else { break };
            let new = new.to_f64();
            let change = new - old;
            sum += Complex::new(re * change, im * change);
            fresh += Complex::new(re * new, im * new);
            at += number;
            if at >= roots.len() {
                at -= roots.len();
            }
        }
        (self.at, self.sum, self.fresh) = (at, sum, fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fft::dft;
    use std::vec;
    use std::vec::Vec;

    fn noise(len: usize) -> Vec<f32> {
        let mut state = 5_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i16::try_from(state >> 17).unwrap()
        };
        (0..len).map(|_| f32::from(next()) / 16384.0 - 1.0).collect()
    }

    fn near<const K: usize>(
        got: [Complex<f64>; K],
        stream: &[f32],
        len: usize,
        numbers: [usize; K],
        what: &str,
    ) {
        // Zeros before the stream.
        let mut window = vec![Complex::new(0.0, 0.0); len.saturating_sub(stream.len())];
        let last = &stream[stream.len() - len.min(stream.len())..];
        window.extend(last.iter().map(|&x| Complex::new(f64::from(x), 0.0)));
        for (got, k) in got.into_iter().zip(numbers) {
            let far = (got - dft::bin(&window, k % len)).norm();
            let bound = 1e-15 * f64::from(u32::try_from(len).unwrap());
            assert!(far <= bound, "{what}, bin {k} of {len}: {far:e}");
        }
    }

    #[test]
    fn bins_are_those_of_the_last_samples_after_every_one() {
        let stream = noise(90);
        for len in (1..=16).chain([31]) {
            let numbers = [0, 1, len / 2, len - 1, len + 2, 3];
            let mut memory = vec![MaybeUninit::uninit(); sliding_dft_bytes(len).unwrap() / 8 + 1];
            let mut lent = SlidingDftIn::new(len, numbers, &mut memory).unwrap();
            assert_eq!(lent.len(), len);
            for n in 0..=stream.len() {
                near(lent.bins(), &stream[..n], len, numbers, "lent");
                lent.push(&stream[n..stream.len().min(n + 1)]);
            }
            lent.reset();
            assert_eq!(lent.bins(), [Complex::new(0.0, 0.0); 6]);
            lent.push(&stream);
            near(lent.bins(), &stream, len, numbers, "after a reset");
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn pushes_may_be_cut_anywhere() {
        let stream = noise(2000);
        let wide: Vec<f64> = stream.iter().map(|&x| f64::from(x)).collect();
        for len in [1, 7, 64, 205, 480, 3000] {
            let numbers = [2, len / 3, 7];
            let mut whole = SlidingDft::new(len, numbers).unwrap();
            whole.push(&wide);
            near(whole.bins(), &stream, len, numbers, "whole");
            for cut in [1, 3, 64, 205, 480] {
                let mut bins = SlidingDft::new(len, numbers).unwrap();
                stream.chunks(cut).for_each(|block| bins.push(block));
                assert_eq!(bins.bins(), whole.bins(), "{len} {cut}");
            }
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn four_million_samples_do_not_drift_and_what_is_not_finite_leaves() {
        let (len, numbers) = (480, [0, 10, 100, 479]);
        let stream = noise(1 << 16);
        let mut bins = SlidingDft::new(len, numbers).unwrap();
        bins.push(&[f32::NAN, f32::INFINITY, 1e30]);
        (0..64).for_each(|_| bins.push(&stream));
        near(bins.bins(), &stream, len, numbers, "at the end");
        bins.push(&[f32::NAN]);
        assert!(bins.bins()[0].re.is_nan());
        bins.push(&stream[..2 * len]);
        near(bins.bins(), &stream[..2 * len], len, numbers, "after what is no number");
    }

    #[test]
    fn lengths_and_memory_that_do_not_fit_are_refused() {
        assert_eq!(sliding_dft_bytes(0), Err(PlanError::ZeroLength));
        assert_eq!(sliding_dft_bytes(usize::MAX), Err(PlanError::TooLarge { len: usize::MAX }));
        let mut memory = [MaybeUninit::uninit(); 29];
        let error = SlidingDftIn::new(10, [1], &mut memory).err();
        assert_eq!(error, Some(PlanError::MemoryTooSmall { needed: 240, given: 232 }));
    }
}
