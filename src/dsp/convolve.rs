//! Convolution and correlation of whole signals, by way of their spectra.
//!
//! Signals of any two lengths. Where one is much longer, it goes through in blocks (overlap-save), each a transform of a few
//! times the shorter one's length; else both are transformed whole. Which, and of which length, is the least sum of what
//! the transforms cost, over powers of two and lengths without a prime factor above 7.

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

use num_complex::Complex;

use super::reals;
use crate::error::LengthError;
#[cfg(feature = "alloc")]
use crate::fft::RealFft;
use crate::fft::{PlanError, Real, RealFftIn, cost, fast_len, real_plan_bytes};
use crate::simd::{Available, Float, Level, Routine, Vector};

/// Which part of a convolution of `a` and `b` is wanted. Whole, it has `a + b - 1` samples, where one signal has begun
/// until the other has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// All `a + b - 1` samples.
    Full,
    /// As many as `a` has, from sample `(b - 1) / 2` on: in the middle, so that a symmetric `b` of odd length shifts nothing.
    Same,
    /// Those for which the shorter signal lies within the longer one: `max(a, b) - min(a, b) + 1`.
    Valid,
}

/// A plan for convolutions and correlations of two lengths, in memory of its own.
///
/// Immutable once made: threads may share it, each with its own scratch.
///
/// # Source
/// T. G. Stockham, High-speed convolution and correlation, AFIPS Spring Joint Computer Conf. 28, 1966 (overlap-save as
/// the select-saving method).
///
/// # Examples
/// ```
/// use quaver::dsp::convolve::{Convolver, Shape};
///
/// let plan = Convolver::<f64>::new(5, 3, Shape::Full)?;
/// let mut y = vec![0.0; plan.output_len()];
/// let mut scratch = vec![Default::default(); plan.scratch_len()];
/// plan.convolve(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 0.0, -1.0], &mut y, &mut scratch)?;
/// let exact = [1.0, 2.0, 2.0, 2.0, 2.0, -4.0, -5.0];
/// assert!(y.iter().zip(exact).all(|(y, exact)| (y - exact).abs() < 1e-12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "alloc")]
pub struct Convolver<T: Real> {
    fft: RealFft<T>,
    blocks: Blocks,
    level: Available,
}

#[cfg(feature = "alloc")]
impl<T: Real> Convolver<T> {
    /// Plans convolutions of `a_len` samples with `b_len`, each 1 or more, at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`] or [`PlanError::AllocationRefused`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(a_len: usize, b_len: usize, shape: Shape) -> Result<Self, PlanError> {
        Self::with_level(a_len, b_len, shape, Level::detect())
    }

    /// As [`Convolver::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`Convolver::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(a_len: usize, b_len: usize, shape: Shape, level: Level) -> Result<Self, PlanError> {
        let blocks = Blocks::new(a_len, b_len, shape)?;
        Ok(Self { fft: RealFft::with_level(blocks.fft_len, level)?, blocks, level: level.prove()? })
    }
}

/// [`Convolver`] in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use quaver::dsp::convolve::{ConvolverIn, Shape, convolver_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); convolver_bytes::<f32>(480, 64, Shape::Valid)? / 8];
/// let plan = ConvolverIn::<f32>::new(480, 64, Shape::Valid, &mut memory)?;
/// assert_eq!(plan.output_len(), 480 - 64 + 1);
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
pub struct ConvolverIn<'m, T: Real> {
    fft: RealFftIn<'m, T>,
    blocks: Blocks,
    level: Available,
}

/// Returns the bytes of memory that [`ConvolverIn`] needs, at any level this machine has.
///
/// # Errors
/// [`PlanError::ZeroLength`] or [`PlanError::TooLarge`].
///
/// # Real-time safety
/// Not real-time safe: plans the transform at every level; it allocates nothing.
pub fn convolver_bytes<T: Real>(a_len: usize, b_len: usize, shape: Shape) -> Result<usize, PlanError> {
    real_plan_bytes::<T>(Blocks::new(a_len, b_len, shape)?.fft_len)
}

impl<'m, T: Real> ConvolverIn<'m, T> {
    /// Plans convolutions of `a_len` samples with `b_len` in `memory`, at the widest level of this machine.
    ///
    /// - `memory`: [`convolver_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`], or [`PlanError::MemoryTooSmall`] with the bytes needed.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn new(
        a_len: usize,
        b_len: usize,
        shape: Shape,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, PlanError> {
        Self::with_level(a_len, b_len, shape, Level::detect(), memory)
    }

    /// As [`ConvolverIn::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`ConvolverIn::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn with_level(
        a_len: usize,
        b_len: usize,
        shape: Shape,
        level: Level,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, PlanError> {
        let blocks = Blocks::new(a_len, b_len, shape)?;
        Ok(Self { fft: RealFftIn::with_level(blocks.fft_len, level, memory)?, blocks, level: level.prove()? })
    }
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($plan:ident, [$($generics:tt)*]) => {
        impl<$($generics)*> $plan<$($generics)*> where T: Real {
            /// Samples of a result: what the shape makes of the two lengths.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn output_len(&self) -> usize {
                self.blocks.output
            }

            /// Samples of one transform.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn fft_len(&self) -> usize {
                self.blocks.fft_len
            }

            /// The least scratch that a call takes, in complex numbers.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn scratch_len(&self) -> usize {
                // A block of samples, two spectra, and what a transform needs; `fft_len` is even.
                self.blocks.fft_len / 2 + 2 * self.fft.spectrum_len() + self.fft.scratch_len()
            }

            /// Computes the convolution of two signals.
            ///
            /// `y[n] = sum over k of a[k] * b[n - k]`, for n in 0..a+b-1 or the part that the shape names; samples beyond
            /// the ends are zero.
            ///
            /// - `a`, `b`: as many samples as were planned; left unchanged.
            /// - `output`: `output_len` samples.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// Each result is within `8 * eps * sqrt(energy of a * energy of b)` of the exact one, with eps 2^-23 (f32) or
            /// 2^-52 (f64): a quiet part beside a loud one has its noise. NaN and infinity reach all of a block.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O((a + b) log min(a, b)).
            pub fn convolve(
                &self,
                a: &[T],
                b: &[T],
                output: &mut [T],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.run(a, b, output, scratch, false)
            }

            /// Computes the correlation of two signals: how alike `a` is to `b` at each shift.
            ///
            /// `y[n] = sum over k of a[k + n - (b - 1)] * b[k]`, for n in 0..a+b-1 or the part that the shape names: the
            /// convolution with `b` reversed. Shift 0 is at n = b - 1 of the full shape.
            ///
            /// - `a`, `b`: as many samples as were planned; left unchanged.
            /// - `output`: `output_len` samples.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// As `convolve`.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O((a + b) log min(a, b)).
            pub fn correlate(
                &self,
                a: &[T],
                b: &[T],
                output: &mut [T],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.run(a, b, output, scratch, true)
            }

            fn run(
                &self,
                a: &[T],
                b: &[T],
                output: &mut [T],
                scratch: &mut [Complex<T>],
                reversed: bool,
            ) -> Result<(), LengthError> {
                let blocks = &self.blocks;
                LengthError::check("a", blocks.a_len(), a.len())?;
                LengthError::check("b", blocks.b_len(), b.len())?;
                LengthError::check("output", blocks.output, output.len())?;
                LengthError::check_least("scratch", self.scratch_len(), scratch.len())?;
                let bins = self.fft.spectrum_len();
                let Some((block, scratch)) = scratch.split_at_mut_checked(blocks.fft_len / 2) else { return Ok(()) };
                let Some((kernel, scratch)) = scratch.split_at_mut_checked(bins) else { return Ok(()) };
                let Some((spectrum, scratch)) = scratch.split_at_mut_checked(bins) else { return Ok(()) };
                let block = reals(block);
                let (long, short) = if blocks.swapped { (b, a) } else { (a, b) };
                let (long_reversed, short_reversed) = (reversed && blocks.swapped, reversed && !blocks.swapped);

                load(block, short, 0, 0, short_reversed);
                self.fft.forward(block, kernel, scratch)?;
                scale(kernel, blocks.fft_len);
                let mut at = blocks.start;
                for part in output.chunks_mut(blocks.step.max(1)) {
                    let (zeros, from) = (blocks.lead.saturating_sub(at), at.saturating_sub(blocks.lead));
                    load(block, long, zeros, from, long_reversed);
                    self.fft.forward(block, spectrum, scratch)?;
                    self.level.call::<Multiply<'_, T>>(kernel, spectrum, ());
                    self.fft.inverse(spectrum, block, scratch)?;
                    let results = block.get(blocks.lead..).unwrap_or_default();
                    part.iter_mut().zip(results).for_each(|(to, from)| *to = *from);
                    at += blocks.step;
                }
                Ok(())
            }
        }

        impl<$($generics)*> fmt::Debug for $plan<$($generics)*> where T: Real {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($plan)).field("blocks", &self.blocks).finish_non_exhaustive()
            }
        }
    };
}

#[cfg(feature = "alloc")]
calls!(Convolver, [T]);
calls!(ConvolverIn, ['m, T]);

/// The convolution of two signals, as [`Convolver::convolve`] has it.
///
/// # Errors
/// [`PlanError::ZeroLength`] when one of them is empty, [`PlanError::TooLarge`] or [`PlanError::AllocationRefused`].
///
/// # Real-time safety
/// Not real-time safe: allocates.
///
/// # Examples
/// ```
/// use quaver::dsp::convolve::{Shape, convolve};
///
/// let y = convolve(&[1.0_f32, 2.0, 3.0], &[0.0, 1.0, 0.5], Shape::Same)?;
/// assert!(y.iter().zip([1.0, 2.5, 4.0]).all(|(y, exact)| (y - exact).abs() < 1e-5));
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
#[cfg(feature = "alloc")]
pub fn convolve<T: Real>(a: &[T], b: &[T], shape: Shape) -> Result<alloc::vec::Vec<T>, PlanError> {
    at_once(a, b, shape, false)
}

/// The correlation of two signals, as [`Convolver::correlate`] has it.
///
/// # Errors
/// As [`convolve`].
///
/// # Real-time safety
/// Not real-time safe: allocates.
///
/// # Examples
/// ```
/// use quaver::dsp::convolve::{Shape, correlate};
///
/// // By how many samples is the second signal late?
/// let (a, b) = ([0.0, 0.0, 0.0, 1.0, 2.0, -1.0, 0.0], [1.0, 2.0, -1.0]);
/// let y = correlate(&a, &b, Shape::Valid)?;
/// assert!((y[3] - 6.0_f64).abs() < 1e-12 && y.iter().all(|&y| y < 6.1));
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
#[cfg(feature = "alloc")]
pub fn correlate<T: Real>(a: &[T], b: &[T], shape: Shape) -> Result<alloc::vec::Vec<T>, PlanError> {
    at_once(a, b, shape, true)
}

#[cfg(feature = "alloc")]
fn at_once<T: Real>(a: &[T], b: &[T], shape: Shape, reversed: bool) -> Result<alloc::vec::Vec<T>, PlanError> {
    fn zeros<X: Clone>(len: usize, zero: X) -> Result<alloc::vec::Vec<X>, PlanError> {
        let mut zeros = alloc::vec::Vec::new();
        let refused = |_| PlanError::AllocationRefused { bytes: len.saturating_mul(size_of::<X>()) };
        zeros.try_reserve_exact(len).map_err(refused)?;
        zeros.resize(len, zero);
        Ok(zeros)
    }
    let plan = Convolver::new(a.len(), b.len(), shape)?;
    let mut output = zeros(plan.output_len(), T::ZERO)?;
    let mut scratch = zeros(plan.scratch_len(), Complex::new(T::ZERO, T::ZERO))?;
    let done = plan.run(a, b, &mut output, &mut scratch, reversed);
    debug_assert_eq!(done, Ok(()), "planned for these lengths");
    Ok(output)
}

/// How a convolution is cut: results from `start` of the full shape on go in blocks of `step`, each of which stands from
/// `lead` on in the convolution, cyclic in `fft_len`, of the shorter signal with the longer one from `lead` samples before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Blocks {
    long: usize,
    short: usize,
    /// The longer signal is `b`.
    swapped: bool,
    start: usize,
    output: usize,
    fft_len: usize,
    lead: usize,
    step: usize,
}

impl Blocks {
    fn new(a_len: usize, b_len: usize, shape: Shape) -> Result<Self, PlanError> {
        if a_len == 0 || b_len == 0 {
            return Err(PlanError::ZeroLength);
        }
        let (long, short) = (a_len.max(b_len), a_len.min(b_len));
        let too_large = PlanError::TooLarge { len: long };
        let full = a_len.checked_add(b_len - 1).ok_or(too_large)?;
        let (start, output) = match shape {
            Shape::Full => (0, full),
            Shape::Same => ((b_len - 1) / 2, a_len),
            Shape::Valid => (short - 1, long - short + 1),
        };
        let of = |fft_len, lead, step| Self {
            long,
            short,
            swapped: b_len > a_len,
            start,
            output,
            fft_len,
            lead,
            step,
        };
        // Whole: what wraps, from `fft_len` on, falls before the results.
        let least = long.max(full - start).max(start + output);
        let [smooth, power] = candidates(least).ok_or(too_large)?;
        let mut best = of(smooth, start, output).or_cheaper(of(power, start, output));
        // In blocks: the first `short - 1` results of each wrap, and are left out.
        let whole = best.fft_len;
        let mut least = short.saturating_mul(2);
        while least < whole {
            let tried = candidates(least).ok_or(too_large)?;
            for fft_len in tried {
                best = best.or_cheaper(of(fft_len, short - 1, fft_len - (short - 1)));
            }
            least = tried[0] + tried[0] / 2;
        }
        Ok(best)
    }

    fn or_cheaper(self, other: Self) -> Self {
        if other.cost() < self.cost() { other } else { self }
    }

    /// Two transforms a block and one, in the unit of [`cost`], of which some 200 are a nanosecond; what is read, multiplied
    /// and written; and the calls.
    fn cost(&self) -> u64 {
        let mut transform = cost(self.fft_len / 2, 1);
        // Real transforms that have a loop of their own for each level.
        if !self.fft_len.is_power_of_two() && self.fft_len <= 4096 {
            transform += transform / 2;
        }
        let blocks = self.output.div_ceil(self.step) as u64;
        // A block, two spectra, and what the transforms need: beyond 1024 points they leave the first cache.
        let each = if self.fft_len <= 1024 { 40 } else { 100 };
        blocks * (2 * transform + each * self.fft_len as u64 + 15_000) + transform
    }

    const fn a_len(&self) -> usize {
        if self.swapped { self.short } else { self.long }
    }

    const fn b_len(&self) -> usize {
        if self.swapped { self.long } else { self.short }
    }
}

/// Lengths of at least `least` for a transform: without a prime factor above 7, and a power of two.
fn candidates(least: usize) -> Option<[usize; 2]> {
    Some([fast_len(least)?, least.checked_next_power_of_two()?.max(64)])
}

/// Fills a block: zeros, then the signal from a place on, then zeros.
fn load<T: Real>(block: &mut [T], signal: &[T], zeros: usize, from: usize, reversed: bool) {
    let (before, rest) = block.split_at_mut(zeros.min(block.len()));
    before.fill(T::ZERO);
    let left = signal.len().saturating_sub(from);
    let (data, after) = rest.split_at_mut(left.min(rest.len()));
    if reversed {
        let signal = signal.get(..left).unwrap_or_default();
        data.iter_mut().zip(signal.iter().rev()).for_each(|(to, from)| *to = *from);
    } else {
        let signal = signal.get(from..).unwrap_or_default();
        data.iter_mut().zip(signal).for_each(|(to, from)| *to = *from);
    }
    after.fill(T::ZERO);
}

/// What the two transforms of `len` points multiply by is taken from one factor of the product.
fn scale<T: Real>(spectrum: &mut [Complex<T>], len: usize) {
    #[expect(clippy::cast_precision_loss, reason = "lengths are at most 2^32")]
    let factor = T::from_f64(1.0 / len as f64);
    for bin in spectrum {
        (bin.re, bin.im) = (bin.re * factor, bin.im * factor);
    }
}

/// Multiplies the second slice by the first, bin by bin.
struct Multiply<'a, T>(PhantomData<&'a T>);

impl<'a, T: Real> Routine for Multiply<'a, T> {
    type A = &'a [Complex<T>];
    type B = &'a mut [Complex<T>];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, a: &'a [Complex<T>], b: &'a mut [Complex<T>], (): ()) {
        let lanes = T::Reg::<V>::LANES;
        let factors = a.chunks_exact(lanes);
        let rest = factors.remainder();
        let mut bins = b.chunks_exact_mut(lanes);
        for (a, b) in factors.zip(bins.by_ref()) {
            // SAFETY: the chunk is as many complex numbers long as a register has lanes, each two of T (`repr(C)`).
            let (ar, ai) = unsafe { T::Reg::<V>::load_complex(v, a.as_ptr().cast()) };
            // SAFETY: as above.
            let (br, bi) = unsafe { T::Reg::<V>::load_complex(v, b.as_ptr().cast()) };
            let (re, im) = (ar.mul_sub(br, ai * bi), ar.mul_add(bi, ai * br));
            // SAFETY: as above.
            unsafe { T::Reg::<V>::store_complex(re, im, b.as_mut_ptr().cast()) }
        }
        for (a, b) in rest.iter().zip(bins.into_remainder()) {
            (b.re, b.im) = (a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
        }
    }
}

#[cfg(test)]
#[cfg(feature = "alloc")]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    const SHAPES: [Shape; 3] = [Shape::Full, Shape::Same, Shape::Valid];

    fn noise(seed: u32, len: usize) -> Vec<f64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i16::try_from(state >> 17).unwrap()
        };
        (0..len).map(|_| f64::from(next()) / 16384.0 - 1.0).collect()
    }

    /// By the definition, whole.
    fn exact(a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; a.len() + b.len() - 1];
        for (i, a) in a.iter().enumerate() {
            for (j, b) in b.iter().enumerate() {
                y[i + j] += a * b;
            }
        }
        y
    }

    /// The part of a shape.
    fn part(full: &[f64], a: usize, b: usize, shape: Shape) -> &[f64] {
        match shape {
            Shape::Full => full,
            Shape::Same => &full[(b - 1) / 2..][..a],
            Shape::Valid => &full[a.min(b) - 1..a.max(b)],
        }
    }

    fn check<T: Real + PartialEq>(a: &[f64], b: &[f64], level: Level, eps: f64) {
        let narrow = |x: &[f64]| x.iter().map(|&x| T::from_f64(x)).collect::<Vec<_>>();
        let (ta, tb) = (narrow(a), narrow(b));
        let reversed: Vec<f64> = b.iter().rev().copied().collect();
        let nan = T::from_f64(f64::NAN);
        for shape in SHAPES {
            let plan = Convolver::<T>::with_level(a.len(), b.len(), shape, level).unwrap();
            let mut scratch = vec![Complex::new(nan, nan); plan.scratch_len() + 1];
            // Against the size of the results, and how many products each has.
            let energy = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
            let bound = 8.0 * eps * libm::sqrt(energy(a) * energy(b));
            for (correlated, b) in [(false, b), (true, &reversed[..])] {
                let want = exact(a, b);
                let want = part(&want, a.len(), b.len(), shape);
                let mut y = vec![nan; plan.output_len() + 1];
                if correlated {
                    plan.correlate(&ta, &tb, &mut y[1..], &mut scratch[1..]).unwrap();
                } else {
                    plan.convolve(&ta, &tb, &mut y[1..], &mut scratch[1..]).unwrap();
                }
                assert_eq!(y.len() - 1, want.len());
                for (n, (y, want)) in y[1..].iter().zip(want).enumerate() {
                    let far = (y.to_f64() - want).abs();
                    assert!(
                        far <= bound,
                        "{level} {shape:?} {} by {}, {correlated}, {n}: {far:e} {bound:e}",
                        a.len(),
                        b.len()
                    );
                }
            }
        }
    }

    #[test]
    fn results_are_those_of_the_definition_for_every_shape_and_level() {
        for level in Level::available() {
            let lengths = (1..12).flat_map(|a| (1..12).map(move |b| (a, b)));
            let more = [
                (64, 65),
                (65, 64),
                (100, 480),
                (480, 100),
                (1, 700),
                (700, 1),
                (3000, 7),
                (7, 3000),
                (2100, 150),
            ];
            for (a, b) in lengths.chain(more) {
                let (a, b) = (noise(1, a), noise(2, b));
                check::<f32>(&a, &b, level, f64::from(f32::EPSILON));
                check::<f64>(&a, &b, level, f64::EPSILON);
            }
        }
    }

    #[test]
    fn products_of_any_number_of_bins() {
        for level in Level::available() {
            for len in 0..70 {
                let x = noise(7, 4 * len);
                let pairs: Vec<_> = x.chunks(2).map(|x| Complex::new(x[0], x[1])).collect();
                let (a, b) = pairs.split_at(len);
                let mut y = b.to_vec();
                y.push(Complex::new(7.0, 7.0));
                level.prove().unwrap().call::<Multiply<'_, f64>>(a, &mut y[..len], ());
                for ((a, b), y) in a.iter().zip(b).zip(&y) {
                    assert!((a * b - y).norm() < 1e-15, "{level} {len}");
                }
                assert_eq!(y[len], Complex::new(7.0, 7.0));
            }
        }
    }

    #[test]
    fn long_signals_go_in_blocks_and_each_is_needed() {
        for (a, b, shape) in
            [(100_000, 500, Shape::Full), (500, 100_000, Shape::Full), (50_000, 3, Shape::Valid)]
        {
            let blocks = Blocks::new(a, b, shape).unwrap();
            assert!(blocks.step < blocks.output && blocks.fft_len < 20_000, "{blocks:?}");
            assert_eq!(blocks.step, blocks.fft_len - blocks.lead);
            // The definition at some places, since all of it takes long.
            let (x, h) = (noise(3, a), noise(4, b));
            let y = convolve(&x, &h, shape).unwrap();
            assert_eq!(y.len(), blocks.output);
            for n in (0..y.len()).step_by(997).chain([y.len() - 1]) {
                let full = n + blocks.start;
                let (short, long) = if a < b { (&x, &h) } else { (&h, &x) };
                let product =
                    |(k, s): (usize, &f64)| full.checked_sub(k).and_then(|i| long.get(i)).map(|l| l * s);
                let sum: f64 = short.iter().enumerate().filter_map(product).sum();
                let energy = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
                let bound = 8.0 * f64::EPSILON * libm::sqrt(energy(&x) * energy(&h));
                assert!((y[n] - sum).abs() <= bound, "{n}");
            }
        }
    }

    #[test]
    fn whole_lengths_are_no_longer_than_they_must_be() {
        for (a, b) in [(1, 1), (64, 1), (33, 32), (1000, 1000), (1024, 1)] {
            for shape in SHAPES {
                let blocks = Blocks::new(a, b, shape).unwrap();
                let needed = match shape {
                    Shape::Full => a + b - 1,
                    Shape::Same => a + b - 1 - (b - 1) / 2,
                    Shape::Valid => a,
                };
                assert!(blocks.fft_len <= needed.next_power_of_two().max(64), "{a} {b} {blocks:?}");
            }
        }
    }

    #[test]
    fn memory_may_be_lent_and_lengths_that_differ_are_refused() {
        let (a, b) = (noise(1, 480), noise(2, 64));
        let mut memory =
            vec![MaybeUninit::uninit(); convolver_bytes::<f64>(480, 64, Shape::Same).unwrap() / 8];
        let lent = ConvolverIn::<f64>::new(480, 64, Shape::Same, &mut memory).unwrap();
        let owned = Convolver::<f64>::new(480, 64, Shape::Same).unwrap();
        assert_eq!(
            (lent.output_len(), lent.fft_len(), lent.scratch_len()),
            (480, owned.fft_len(), owned.scratch_len())
        );
        let mut scratch = vec![Complex::default(); lent.scratch_len()];
        let (mut x, mut y) = (vec![0.0; 480], vec![7.0; 480]);
        lent.convolve(&a, &b, &mut x, &mut scratch).unwrap();
        let short = scratch.len() - 1;
        let refused = [
            (owned.convolve(&a[1..], &b, &mut y, &mut scratch), "a"),
            (owned.convolve(&a, &b[1..], &mut y, &mut scratch), "b"),
            (owned.correlate(&a, &b, &mut y[1..], &mut scratch), "output"),
            (owned.correlate(&a, &b, &mut y, &mut scratch[..short]), "scratch"),
        ];
        assert!(refused.iter().all(|(result, slice)| result.unwrap_err().slice == *slice));
        assert!(y.iter().all(|y| y.to_bits() == 7.0_f64.to_bits()));
        owned.convolve(&a, &b, &mut y, &mut scratch).unwrap();
        assert_eq!(x, y);
        assert_eq!(convolve(&a, &b, Shape::Same).unwrap(), y);
        for (a, b) in [(0, 1), (1, 0)] {
            assert_eq!(Convolver::<f32>::new(a, b, Shape::Full).err(), Some(PlanError::ZeroLength));
        }
        assert!(matches!(
            convolver_bytes::<f32>(usize::MAX, 2, Shape::Full),
            Err(PlanError::TooLarge { .. })
        ));
    }
}
