//! Complex transforms: the plan that owns its memory and the one that borrows it.

use core::fmt;
use core::mem::MaybeUninit;

use num_complex::Complex;

use super::Real;
use super::plan::{Plan, PlanError};
use super::sliced::Job;
#[cfg(feature = "alloc")]
use crate::buffer::AlignedBuf;
use crate::error::LengthError;
use crate::simd::Level;

/// A plan for complex transforms of one length, in memory of its own.
///
/// Immutable once made: threads may share it, each with its own scratch.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// use quaver::fft::ComplexFft;
///
/// let fft = ComplexFft::<f32>::new(480)?;
/// let zero = Complex::new(0.0, 0.0);
/// let (mut x, mut spectrum) = (vec![zero; 480], vec![zero; 480]);
/// let mut scratch = vec![zero; fft.scratch_len()];
/// x[0].re = 1.0;
/// fft.forward(&x, &mut spectrum, &mut scratch)?;
/// assert!(spectrum.iter().all(|bin| (bin - 1.0).norm() < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "alloc")]
pub struct ComplexFft<T: Real> {
    plan: Plan,
    table: AlignedBuf<T>,
}

#[cfg(feature = "alloc")]
impl<T: Real> ComplexFft<T> {
    /// Plans transforms of `len` points at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`] or [`PlanError::AllocationRefused`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize) -> Result<Self, PlanError> {
        Self::with_level(len, Level::detect())
    }

    /// Plans transforms of `len` points at a level of your choice, or narrower where its lanes do not divide `len`.
    ///
    /// # Errors
    /// As [`ComplexFft::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(len: usize, level: Level) -> Result<Self, PlanError> {
        let plan = T::plan(len, level)?;
        let table =
            super::plan::owned_table(plan.table_len(), plan.planning_len::<T>(), |table, planning| {
                T::fill(&plan, table, planning);
            })?;
        Ok(Self { plan, table })
    }
}

/// A plan for complex transforms of one length, in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use num_complex::Complex;
/// use quaver::fft::{ComplexFftIn, plan_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); plan_bytes::<f64>(60)? / 8];
/// let fft = ComplexFftIn::<f64>::new(60, &mut memory)?;
/// let mut data = vec![Complex::new(1.0, 0.0); 60];
/// let mut scratch = vec![Complex::default(); fft.scratch_len()];
/// fft.forward_in_place(&mut data, &mut scratch)?;
/// assert!((data[0].re - 60.0).abs() < 1e-12 && data[1].norm() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ComplexFftIn<'m, T: Real> {
    plan: Plan,
    table: &'m [T],
}

/// Returns the bytes of memory that [`ComplexFftIn`] needs for `len` points, at any level this machine has.
///
/// A multiple of 8; it includes what alignment to a cache line may cost, and what planning itself needs.
///
/// # Errors
/// [`PlanError::ZeroLength`] or [`PlanError::TooLarge`].
///
/// # Real-time safety
/// Not real-time safe: plans the length at every level; it allocates nothing.
pub fn plan_bytes<T: Real>(len: usize) -> Result<usize, PlanError> {
    let mut bytes = 0;
    for level in Level::available() {
        let plan = T::plan(len, level)?;
        bytes = bytes.max(super::plan::borrowed_bytes::<T>(plan.table_len(), plan.planning_len::<T>()));
    }
    Ok(bytes)
}

impl<'m, T: Real> ComplexFftIn<'m, T> {
    /// Plans transforms of `len` points in `memory`, at the widest level of this machine.
    ///
    /// - `memory`: [`plan_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooLarge`], or [`PlanError::MemoryTooSmall`] with the bytes needed.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table, in O(N log N) slow steps; it allocates nothing.
    pub fn new(len: usize, memory: &'m mut [MaybeUninit<u64>]) -> Result<Self, PlanError> {
        Self::with_level(len, Level::detect(), memory)
    }

    /// As [`ComplexFftIn::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`ComplexFftIn::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`ComplexFftIn::new`].
    pub fn with_level(
        len: usize,
        level: Level,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, PlanError> {
        let plan = T::plan(len, level)?;
        let table = super::plan::borrowed_table(
            plan.table_len(),
            plan.planning_len::<T>(),
            plan_bytes::<T>(len)?,
            memory,
            |table, planning| {
                T::fill(&plan, table, planning);
            },
        )?;
        Ok(Self { plan, table })
    }
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($plan:ident, [$($generics:tt)*]) => {
        impl<$($generics)*> $plan<$($generics)*> where T: Real {
            /// The number of points.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.plan.len()
            }

            /// The least scratch that a call takes, in complex numbers.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn scratch_len(&self) -> usize {
                self.plan.scratch_len::<T>()
            }

            /// Computes the spectrum of a complex block.
            ///
            /// `X[k] = sum over n of x[n] * exp(-2*pi*i*k*n/N)`, for k in 0..N; not scaled.
            ///
            /// - `input`: N numbers; left unchanged.
            /// - `output`: N bins, ascending; bin k is `k * sample_rate / N` Hz, and those above N/2 are the
            ///   negative frequencies.
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
                input: &[Complex<T>],
                output: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.plan.call(self.table(), input, output, scratch, false)
            }

            /// Computes the spectrum of a complex block in its own place, as `forward` does.
            ///
            /// - `data`: N numbers in, N bins out.
            /// - `scratch`: at least `scratch_len` numbers; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn forward_in_place(
                &self,
                data: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.plan.call_in_place(self.table(), data, scratch, false)
            }

            /// Computes a complex block from its spectrum: the transform with the other sign, not scaled, so that
            /// `inverse(forward(x)) = N * x`.
            ///
            /// - `input`: N bins; left unchanged.
            /// - `output`: N numbers.
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
                output: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.plan.call(self.table(), input, output, scratch, true)
            }

            /// Computes a complex block from its spectrum in its own place, as `inverse` does.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn inverse_in_place(
                &self,
                data: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.plan.call_in_place(self.table(), data, scratch, true)
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
                output: &mut [Complex<T>],
                scratch: &mut [Complex<T>],
            ) -> Result<(), LengthError> {
                self.inverse(input, output, scratch)?;
                let factor = super::plan::scale::<T>(self.plan.len());
                for x in output {
                    (x.re, x.im) = (x.re * factor, x.im * factor);
                }
                Ok(())
            }

            /// Starts the transform that `forward` computes, to be carried out step by step: see [`Job`].
            ///
            /// - `input`: N numbers; left unchanged.
            /// - `output`: N bins, when the job is done.
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
                input: &'a [Complex<T>],
                output: &'a mut [Complex<T>],
                scratch: &'a mut [Complex<T>],
            ) -> Result<Job<'a, T>, LengthError> {
                super::sliced::start(&self.plan, self.table(), input, output, scratch, false)
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
                output: &'a mut [Complex<T>],
                scratch: &'a mut [Complex<T>],
            ) -> Result<Job<'a, T>, LengthError> {
                super::sliced::start(&self.plan, self.table(), input, output, scratch, true)
            }

            /// Starts the transform that `forward_in_place` computes, to be carried out step by step: see [`Job`]. Until it
            /// is done, `data` is neither block nor spectrum.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(log N).
            pub fn start_forward_in_place<'a>(
                &'a self,
                data: &'a mut [Complex<T>],
                scratch: &'a mut [Complex<T>],
            ) -> Result<Job<'a, T>, LengthError> {
                super::sliced::start_in_place(&self.plan, self.table(), data, scratch, false)
            }

            /// Starts the transform that `inverse_in_place` computes, as `start_forward_in_place` does.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(log N).
            pub fn start_inverse_in_place<'a>(
                &'a self,
                data: &'a mut [Complex<T>],
                scratch: &'a mut [Complex<T>],
            ) -> Result<Job<'a, T>, LengthError> {
                super::sliced::start_in_place(&self.plan, self.table(), data, scratch, true)
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
calls!(ComplexFft, [T]);
calls!(ComplexFftIn, ['m, T]);

#[cfg(feature = "alloc")]
impl<T: Real> ComplexFft<T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        &self.table
    }
}

impl<T: Real> ComplexFftIn<'_, T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        self.table
    }
}
