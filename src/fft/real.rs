//! Real transforms: the plan that owns its memory and the one that borrows it.

use core::fmt;
use core::mem::MaybeUninit;

use num_complex::Complex;

use super::Real;
use super::plan::PlanError;
use super::real_plan::RealPlan;
use super::sliced::Job;
#[cfg(feature = "alloc")]
use crate::buffer::AlignedBuf;
use crate::error::LengthError;
use crate::simd::Level;

/// A plan for real transforms of one length, in memory of its own.
///
/// Immutable once made: threads may share it, each with its own scratch.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// use quaver::fft::RealFft;
///
/// let fft = RealFft::<f32>::new(8)?;
/// let x = [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0];
/// let mut spectrum = [Complex::new(0.0, 0.0); 5];
/// let mut scratch = vec![Complex::new(0.0, 0.0); fft.scratch_len()];
/// fft.forward(&x, &mut spectrum, &mut scratch)?;
/// assert_eq!(spectrum[2], Complex::new(4.0, 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "alloc")]
pub struct RealFft<T: Real> {
    plan: RealPlan,
    table: AlignedBuf<T>,
}

#[cfg(feature = "alloc")]
impl<T: Real> RealFft<T> {
    /// Plans transforms of `len` real samples, even or odd, at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`] or [`PlanError::AllocationRefused`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize) -> Result<Self, PlanError> {
        Self::with_level(len, Level::detect())
    }

    /// Plans transforms of `len` real samples at a level of your choice.
    ///
    /// # Errors
    /// As [`RealFft::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(len: usize, level: Level) -> Result<Self, PlanError> {
        let plan = T::plan_real(len, level)?;
        let table =
            super::plan::owned_table(plan.table_len(), plan.planning_len::<T>(), |table, planning| {
                T::fill_real(&plan, table, planning);
            })?;
        Ok(Self { plan, table })
    }
}

/// A plan for real transforms of one length, in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use quaver::fft::{RealFftIn, real_plan_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); real_plan_bytes::<f32>(441)? / 8];
/// let fft = RealFftIn::<f32>::new(441, &mut memory)?;
/// assert_eq!(fft.spectrum_len(), 221);
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
pub struct RealFftIn<'m, T: Real> {
    plan: RealPlan,
    table: &'m [T],
}

/// Returns the bytes of memory that [`RealFftIn`] needs for `len` samples, at any level this machine has.
///
/// A multiple of 8; it includes what alignment to a cache line may cost, and what planning itself needs.
///
/// # Errors
/// [`PlanError::ZeroLength`] or [`PlanError::TooLarge`].
///
/// # Real-time safety
/// Not real-time safe: plans the length at every level; it allocates nothing.
pub fn real_plan_bytes<T: Real>(len: usize) -> Result<usize, PlanError> {
    let mut bytes = 0;
    for level in Level::available() {
        let plan = T::plan_real(len, level)?;
        bytes = bytes.max(super::plan::borrowed_bytes::<T>(plan.table_len(), plan.planning_len::<T>()));
    }
    Ok(bytes)
}

impl<'m, T: Real> RealFftIn<'m, T> {
    /// Plans transforms of `len` real samples in `memory`, at the widest level of this machine.
    ///
    /// - `memory`: [`real_plan_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`], or [`PlanError::MemoryTooSmall`] with the bytes needed.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table, in O(N log N) slow steps; it allocates nothing.
    pub fn new(len: usize, memory: &'m mut [MaybeUninit<u64>]) -> Result<Self, PlanError> {
        Self::with_level(len, Level::detect(), memory)
    }

    /// As [`RealFftIn::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`RealFftIn::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`RealFftIn::new`].
    pub fn with_level(
        len: usize,
        level: Level,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, PlanError> {
        let plan = T::plan_real(len, level)?;
        let table = super::plan::borrowed_table(
            plan.table_len(),
            plan.planning_len::<T>(),
            real_plan_bytes::<T>(len)?,
            memory,
            |table, planning| {
                T::fill_real(&plan, table, planning);
            },
        )?;
        Ok(Self { plan, table })
    }
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($plan:ident, [$($generics:tt)*]) => {
        impl<$($generics)*> $plan<$($generics)*> where T: Real {
            /// The number of real samples.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.plan.len()
            }

            /// The number of bins, `len / 2 + 1`.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn spectrum_len(&self) -> usize {
                self.plan.spectrum_len()
            }

            /// The least scratch that a call takes, in complex numbers.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn scratch_len(&self) -> usize {
                self.plan.scratch_len::<T>()
            }

            /// Computes the spectrum of one real block.
            ///
            /// `X[k] = sum over n of x[n] * exp(-2*pi*i*k*n/N)`, for k in 0..=N/2; not scaled.
            ///
            /// - `input`: N samples; left unchanged.
            /// - `output`: N/2 + 1 bins, ascending frequency; bin k is `k * sample_rate / N` Hz.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// Signal-to-error ratio against the exact transform of 134 dB (f32) and 300 dB (f64) or better for
            /// lengths to 65,536 without a prime factor above 31, 129 dB and 292 dB for others
            /// (`tests/accuracy.rs`). NaN and infinity pass through by IEEE rules.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn forward(
                &self,
                input: &[T],
                output: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.plan.forward(self.table(), input, output, scratch)
            }

            /// Computes a real block from its spectrum, not scaled: `inverse(forward(x)) = N * x`.
            ///
            /// - `input`: N/2 + 1 bins; left unchanged. The imaginary part of bin 0, and for even N of bin N/2, is
            ///   not read.
            /// - `output`: N samples.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// As `forward`.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn inverse(
                &self,
                input: &[Complex<T>],
                output: &mut [T],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.plan.inverse(self.table(), input, output, scratch)
            }

            /// As `inverse`, times 1/N: `inverse_scaled(forward(x)) = x`.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn inverse_scaled(
                &self,
                input: &[Complex<T>],
                output: &mut [T],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.inverse(input, output, scratch)?;
                let factor = super::plan::scale::<T>(self.plan.len());
                for x in output {
                    *x = *x * factor;
                }
                Ok(())
            }

            /// Starts the transform that `forward` computes, to be carried out step by step: see [`Job`].
            ///
            /// - `input`: N samples; left unchanged.
            /// - `output`: N/2 + 1 bins, when the job is done.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// The results of `forward`, bit by bit.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(log N).
            pub fn start_forward<'a>(
                &'a self,
                input: &'a [T],
                output: &'a mut [Complex<T>],
                scratch: &'a mut [Complex<T>],
            ) -> Result<Job<'a, T>, LengthError> {
                super::sliced::start_forward(&self.plan, self.table(), input, output, scratch)
            }

            /// Starts the transform that `inverse` computes, to be carried out step by step, as `start_forward` does.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(log N).
            pub fn start_inverse<'a>(
                &'a self,
                input: &'a [Complex<T>],
                output: &'a mut [T],
                scratch: &'a mut [Complex<T>],
            ) -> Result<Job<'a, T>, LengthError> {
                super::sliced::start_inverse(&self.plan, self.table(), input, output, scratch)
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
calls!(RealFft, [T]);
calls!(RealFftIn, ['m, T]);

#[cfg(feature = "alloc")]
impl<T: Real> RealFft<T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        &self.table
    }
}

impl<T: Real> RealFftIn<'_, T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        self.table
    }
}
