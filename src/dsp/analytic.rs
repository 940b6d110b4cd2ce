//! The analytic signal of a whole block, and its quadrature: the Hilbert transform by way of the spectrum.
//!
//! `z[n] = x[n] + i h[n]` has no negative frequencies: its magnitude is the envelope, its phase the instantaneous one. The
//! spectrum of `h` is that of `x` times -i for positive frequencies and i for negative ones, and zero in bin 0 and, for an
//! even length, bin N/2. A block is taken as one period: where its ends do not fit together, the first and last samples of
//! `h` show it.

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

use num_complex::Complex;

use super::reals;
use crate::error::LengthError;
#[cfg(feature = "alloc")]
use crate::fft::RealFft;
use crate::fft::{PlanError, Real, RealFftIn, real_plan_bytes};
use crate::simd::{Available, Float, Level, Routine, Vector};

/// A plan for analytic signals of one length, 1 or more, even or odd, in memory of its own.
///
/// Two real transforms of the length. Immutable once made: threads may share it, each with its own scratch.
///
/// # Source
/// S. L. Marple, Computing the discrete-time analytic signal via FFT, IEEE Trans. Signal Processing 47(9), 1999; the real
/// part is not computed but is the input.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// use quaver::dsp::analytic::Analytic;
///
/// // The envelope of a beat: 100 and 101 periods a second.
/// let plan = Analytic::<f32>::new(4800)?;
/// let tau = core::f32::consts::TAU;
/// let x: Vec<f32> = (0..4800).map(|n| n as f32 / 4800.0).map(|t| (tau * 100.0 * t).cos() + (tau * 101.0 * t).cos()).collect();
/// let mut z = vec![Complex::default(); 4800];
/// let mut scratch = vec![Complex::default(); plan.scratch_len()];
/// plan.process(&x, &mut z, &mut scratch)?;
/// assert!((z[0].norm() - 2.0).abs() < 1e-3 && z[2400].norm() < 1e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "alloc")]
pub struct Analytic<T: Real> {
    fft: RealFft<T>,
    level: Available,
}

#[cfg(feature = "alloc")]
impl<T: Real> Analytic<T> {
    /// Plans blocks of `len` samples at the widest level of this machine.
    ///
    /// # Errors
    /// As [`RealFft::new`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize) -> Result<Self, PlanError> {
        Self::with_level(len, Level::detect())
    }

    /// As [`Analytic::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`RealFft::with_level`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(len: usize, level: Level) -> Result<Self, PlanError> {
        Ok(Self { fft: RealFft::with_level(len, level)?, level: level.prove()? })
    }
}

/// [`Analytic`] in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use quaver::dsp::analytic::{AnalyticIn, analytic_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); analytic_bytes::<f64>(4)? / 8];
/// let plan = AnalyticIn::<f64>::new(4, &mut memory)?;
/// let mut quadrature = [0.0; 4];
/// let mut scratch = vec![Default::default(); plan.scratch_len()];
/// plan.quadrature(&[1.0, 0.0, -1.0, 0.0], &mut quadrature, &mut scratch)?;
/// assert_eq!(quadrature, [0.0, 1.0, 0.0, -1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AnalyticIn<'m, T: Real> {
    fft: RealFftIn<'m, T>,
    level: Available,
}

/// Returns the bytes of memory that [`AnalyticIn`] needs for blocks of `len` samples, at any level this machine has.
///
/// # Errors
/// As [`real_plan_bytes`].
///
/// # Real-time safety
/// Not real-time safe: plans the length at every level; it allocates nothing.
pub fn analytic_bytes<T: Real>(len: usize) -> Result<usize, PlanError> {
    real_plan_bytes::<T>(len)
}

impl<'m, T: Real> AnalyticIn<'m, T> {
    /// Plans blocks of `len` samples in `memory`, at the widest level of this machine.
    ///
    /// - `memory`: [`analytic_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// As [`RealFftIn::new`].
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn new(len: usize, memory: &'m mut [MaybeUninit<u64>]) -> Result<Self, PlanError> {
        Self::with_level(len, Level::detect(), memory)
    }

    /// As [`AnalyticIn::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`RealFftIn::with_level`].
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn with_level(
        len: usize,
        level: Level,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, PlanError> {
        Ok(Self { fft: RealFftIn::with_level(len, level, memory)?, level: level.prove()? })
    }
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($plan:ident, [$($generics:tt)*]) => {
        impl<$($generics)*> $plan<$($generics)*> where T: Real {
            /// The number of samples of a block.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[expect(clippy::len_without_is_empty, reason = "a block has one sample or more")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.fft.len()
            }

            /// The least scratch that a call takes, in complex numbers.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn scratch_len(&self) -> usize {
                self.len().div_ceil(2) + self.fft.spectrum_len() + self.fft.scratch_len()
            }

            /// Computes the analytic signal of a block.
            ///
            /// `z[n] = x[n] + i h[n]`, with `h` as `quadrature` has it; a cosine of amplitude A becomes
            /// `A exp(i phase)`.
            ///
            /// - `input`: N samples; left unchanged. Each is the real part of its result to the bit.
            /// - `output`: N complex numbers.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// That of the two transforms it takes, [`RealFftIn::forward`] and the way back, against the block's energy; the
            /// real parts are exact.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            pub fn process(
                &self,
                input: &[T],
                output: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                LengthError::check("input", self.len(), input.len())?;
                LengthError::check("output", self.len(), output.len())?;
                LengthError::check_least("scratch", self.scratch_len(), scratch.len())?;
                let Some((samples, scratch)) = scratch.split_at_mut_checked(self.len().div_ceil(2)) else {
                    return Ok(());
                };
                let Some(samples) = reals(samples).get_mut(..input.len()) else { return Ok(()) };
                self.quadrature_in(input, samples, scratch)?;
                self.level.call::<Join<'_, T>>(input, samples, output);
                Ok(())
            }

            /// Computes the quadrature of a block: every frequency of it, a quarter of a period later.
            ///
            /// `H[k] = -i X[k]` for 0 < k < N/2, and 0 for k = 0 and k = N/2: the cosine becomes the sine, and what is
            /// constant, or changes sign with every sample, becomes nothing.
            ///
            /// - `input`: N samples; left unchanged.
            /// - `output`: N samples.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// As `process`.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            pub fn quadrature(
                &self,
                input: &[T],
                output: &mut [T],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                LengthError::check("input", self.len(), input.len())?;
                LengthError::check("output", self.len(), output.len())?;
                LengthError::check_least("scratch", self.scratch_len(), scratch.len())?;
                self.quadrature_in(input, output, scratch)
            }

            /// With lengths that are right, and less scratch: none for samples.
            fn quadrature_in(
                &self,
                input: &[T],
                output: &mut [T],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                let bins = self.fft.spectrum_len();
                let Some((spectrum, scratch)) = scratch.split_at_mut_checked(bins) else { return Ok(()) };
                self.fft.forward(input, spectrum, scratch)?;
                turn(self.level, spectrum, self.len());
                self.fft.inverse(spectrum, output, scratch)
            }
        }

        impl<$($generics)*> fmt::Debug for $plan<$($generics)*> where T: Real {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($plan)).field("len", &self.len()).finish_non_exhaustive()
            }
        }
    };
}

#[cfg(feature = "alloc")]
calls!(Analytic, [T]);
calls!(AnalyticIn, ['m, T]);

/// Turns the bins of `len` samples by a quarter back, and scales for the way there and back. Bin 0 and, for an even length,
/// the last become zero.
fn turn<T: Real>(level: Available, spectrum: &mut [Complex<T>], len: usize) {
    #[expect(clippy::cast_precision_loss, reason = "lengths are at most 2^32")]
    let scale = T::from_f64(1.0 / len as f64);
    level.call::<Turn<'_, T>>(spectrum, scale, ());
    let zero = Complex::new(T::ZERO, T::ZERO);
    if let Some(bin) = spectrum.first_mut() {
        *bin = zero;
    }
    if len.is_multiple_of(2)
        && let Some(bin) = spectrum.last_mut()
    {
        *bin = zero;
    }
}

/// Multiplies by -i and a factor.
struct Turn<'a, T>(PhantomData<&'a T>);

impl<'a, T: Real> Routine for Turn<'a, T> {
    type A = &'a mut [Complex<T>];
    type B = T;
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, spectrum: &'a mut [Complex<T>], factor: T, (): ()) {
        let (forth, back) = (T::Reg::<V>::splat(v, factor), T::Reg::<V>::splat(v, T::ZERO - factor));
        let mut bins = spectrum.chunks_exact_mut(T::Reg::<V>::LANES);
        for bins in bins.by_ref() {
            // SAFETY: the chunk is as many complex numbers long as a register has lanes, each two of T (`repr(C)`).
            let (re, im) = unsafe { T::Reg::<V>::load_complex(v, bins.as_ptr().cast()) };
            // SAFETY: as above.
            unsafe { T::Reg::<V>::store_complex(im * forth, re * back, bins.as_mut_ptr().cast()) }
        }
        for bin in bins.into_remainder() {
            (bin.re, bin.im) = (bin.im * factor, T::ZERO - bin.re * factor);
        }
    }
}

/// Puts real and imaginary parts together; all are of one length.
struct Join<'a, T>(PhantomData<&'a T>);

impl<'a, T: Real> Routine for Join<'a, T> {
    type A = &'a [T];
    type B = &'a [T];
    type C = &'a mut [Complex<T>];
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, re: &'a [T], im: &'a [T], output: &'a mut [Complex<T>]) {
        let lanes = T::Reg::<V>::LANES;
        let (res, ims) = (re.chunks_exact(lanes), im.chunks_exact(lanes));
        let rest = res.remainder().iter().zip(ims.remainder());
        let mut outputs = output.chunks_exact_mut(lanes);
        for ((re, im), output) in res.zip(ims).zip(outputs.by_ref()) {
            // SAFETY: the chunk is one register's lanes long.
            let re = unsafe { T::Reg::<V>::load(v, re.as_ptr()) };
            // SAFETY: as above.
            let im = unsafe { T::Reg::<V>::load(v, im.as_ptr()) };
            // SAFETY: as many complex numbers, each two of T (`repr(C)`).
            unsafe { T::Reg::<V>::store_pairs(re, im, output.as_mut_ptr().cast()) }
        }
        for ((&re, &im), output) in rest.zip(outputs.into_remainder()) {
            *output = Complex::new(re, im);
        }
    }
}

#[cfg(test)]
#[cfg(feature = "alloc")]
mod tests {
    use super::*;
    use crate::fft::dft;
    use std::vec;
    use std::vec::Vec;

    /// By the definition: the spectrum without its negative half, twice the positive one, and back.
    fn exact(x: &[f64]) -> Vec<Complex<f64>> {
        let n = x.len();
        let x: Vec<_> = x.iter().map(|&x| Complex::new(x, 0.0)).collect();
        #[expect(clippy::cast_precision_loss, reason = "short")]
        let scale = 1.0 / n as f64;
        let spectrum: Vec<_> = (0..n)
            .map(|k| {
                let factor = if k == 0 || 2 * k == n {
                    1.0
                } else if 2 * k < n {
                    2.0
                } else {
                    0.0
                };
                (dft::bin(&x, k) * factor * scale).conj()
            })
            .collect();
        (0..n).map(|k| dft::bin(&spectrum, k).conj()).collect()
    }

    fn check<T: Real + PartialEq>(len: usize, level: Level, bound: f64) {
        let x: Vec<f64> =
            (0..len).map(|n| f64::from(u8::try_from(n * 37 % 64).unwrap()) / 32.0 - 1.0).collect();
        let want = exact(&x);
        let input: Vec<T> = x.iter().map(|&x| T::from_f64(x)).collect();
        let plan = Analytic::<T>::with_level(len, level).unwrap();
        let mut memory = vec![MaybeUninit::uninit(); analytic_bytes::<T>(len).unwrap() / 8];
        let lent = AnalyticIn::<T>::with_level(len, level, &mut memory).unwrap();
        let nan = T::from_f64(f64::NAN);
        let mut scratch = vec![Complex::new(nan, nan); plan.scratch_len() + 1];
        let mut z = vec![Complex::new(nan, nan); len + 1];
        plan.process(&input, &mut z[1..], &mut scratch[1..]).unwrap();
        for (n, (z, want)) in z[1..].iter().zip(&want).enumerate() {
            assert!(z.re == input[n], "the real part is the input");
            assert!((z.im.to_f64() - want.im).abs() < bound, "{level} {len} {n}: {z:?} {want}");
        }
        let mut h = vec![nan; len];
        lent.quadrature(&input, &mut h, &mut scratch).unwrap();
        assert!(h.iter().zip(&z[1..]).all(|(h, z)| *h == z.im));
        assert_eq!((lent.len(), lent.scratch_len()), (len, plan.scratch_len()));
    }

    #[test]
    fn signals_are_those_of_the_definition_at_any_length_and_level() {
        for level in Level::available() {
            for len in (1..=24).chain([60, 97, 100]) {
                check::<f32>(len, level, 3e-6);
                check::<f64>(len, level, 6e-15);
            }
        }
    }

    #[test]
    fn lengths_that_differ_are_refused_and_nothing_is_written() {
        let plan = Analytic::<f32>::new(480).unwrap();
        let mut scratch = vec![Complex::default(); plan.scratch_len()];
        let mark = Complex::new(7.0, 7.0);
        let mut z = vec![mark; 480];
        let short = plan.scratch_len() - 1;
        let e = plan.process(&[0.0; 479], &mut z, &mut scratch).unwrap_err();
        assert_eq!(e, LengthError { slice: "input", expected: 480, actual: 479 });
        let e = plan.process(&[0.0; 480], &mut z[..1], &mut scratch).unwrap_err();
        assert_eq!(e, LengthError { slice: "output", expected: 480, actual: 1 });
        let e = plan.process(&[0.0; 480], &mut z, &mut scratch[..short]).unwrap_err();
        assert_eq!(e, LengthError { slice: "scratch", expected: short + 1, actual: short });
        let mut h = [7.0; 480];
        let e = plan.quadrature(&[0.0; 480], &mut h, &mut scratch[..short]).unwrap_err();
        assert_eq!(e.slice, "scratch");
        let e = plan.quadrature(&[0.0; 480], &mut h[1..], &mut scratch).unwrap_err();
        assert_eq!(e.slice, "output");
        assert!(z.iter().all(|x| *x == mark) && h.iter().all(|x| x.to_bits() == 7.0_f32.to_bits()));
    }
}
