//! Cosine and sine transforms: the plan that owns its memory and the one that borrows it.

use core::fmt;
use core::mem::MaybeUninit;

use super::Real;
use super::plan::PlanError;
use super::trig::{Family, TrigPlan};
#[cfg(feature = "alloc")]
use crate::buffer::AlignedBuf;
use crate::error::LengthError;
use crate::simd::Level;

/// The types of discrete cosine and sine transform, of N values x\[n\] to N values X\[k\], none of them scaled.
///
/// Each has another, or itself, for an inverse, up to a factor: `inverse(forward(x)) = gain * x`.
///
/// | | `X[k] =` | inverse | gain |
/// |---|---|---|---|
/// | DCT-I | `x[0]/2 + (-1)^k x[N-1]/2 + sum over 0 < n < N-1 of x[n] cos(pi n k / (N-1))` | DCT-I | (N-1)/2 |
/// | DCT-II | `sum of x[n] cos(pi (n + 1/2) k / N)` | DCT-III | N/2 |
/// | DCT-III | `x[0]/2 + sum over n > 0 of x[n] cos(pi n (k + 1/2) / N)` | DCT-II | N/2 |
/// | DCT-IV | `sum of x[n] cos(pi (n + 1/2) (k + 1/2) / N)` | DCT-IV | N/2 |
/// | DST-I | `sum of x[n] sin(pi (n + 1) (k + 1) / (N+1))` | DST-I | (N+1)/2 |
/// | DST-II | `sum of x[n] sin(pi (n + 1/2) (k + 1) / N)` | DST-III | N/2 |
/// | DST-III | `(-1)^k x[N-1]/2 + sum over n < N-1 of x[n] sin(pi (n + 1) (k + 1/2) / N)` | DST-II | N/2 |
/// | DST-IV | `sum of x[n] sin(pi (n + 1/2) (k + 1/2) / N)` | DST-IV | N/2 |
///
/// FFTW's and SciPy's unscaled transforms of these types are twice as large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trig {
    /// DCT-I, of two values or more.
    Dct1,
    /// DCT-II, "the DCT".
    Dct2,
    /// DCT-III, "the inverse DCT".
    Dct3,
    /// DCT-IV.
    Dct4,
    /// DST-I.
    Dst1,
    /// DST-II.
    Dst2,
    /// DST-III.
    Dst3,
    /// DST-IV.
    Dst4,
}

impl Trig {
    pub(super) const fn family(self) -> Family {
        match self {
            Self::Dct1 | Self::Dst1 => Family::First,
            Self::Dct2 | Self::Dst2 => Family::Second,
            Self::Dct3 | Self::Dst3 => Family::Third,
            Self::Dct4 | Self::Dst4 => Family::Fourth,
        }
    }

    pub(super) const fn is_sine(self) -> bool {
        matches!(self, Self::Dst1 | Self::Dst2 | Self::Dst3 | Self::Dst4)
    }

    /// The type that inverts this one, up to the gain in the table above.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Dct2 => Self::Dct3,
            Self::Dct3 => Self::Dct2,
            Self::Dst2 => Self::Dst3,
            Self::Dst3 => Self::Dst2,
            itself => itself,
        }
    }

    /// What `inverse(forward(x))` is of x, for `len` values: N/2, and for type I (N - 1)/2 (cosine) or (N + 1)/2 (sine).
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "lengths are at most 2^31")]
    pub const fn gain(self, len: usize) -> f64 {
        match self {
            Self::Dct1 => 0.5 * (len as f64 - 1.0),
            Self::Dst1 => 0.5 * (len as f64 + 1.0),
            _ => 0.5 * len as f64,
        }
    }
}

/// A plan for cosine or sine transforms of one type and length, in memory of its own.
///
/// Immutable once made: threads may share it, each with its own scratch. Even lengths whose half has no prime factor above 7
/// are fastest, then odd ones without; type I costs twice as much as the others, of its best lengths (N - 1 or N + 1 such a
/// number).
///
/// # Examples
/// ```
/// use quaver::fft::{Trig, TrigTransform};
///
/// let dct = TrigTransform::<f32>::new(Trig::Dct2, 4)?;
/// let mut bins = [0.0; 4];
/// let mut scratch = vec![0.0; dct.scratch_len()];
/// dct.forward(&[1.0, 1.0, 1.0, 1.0], &mut bins, &mut scratch)?;
/// assert_eq!(bins[0], 4.0);
///
/// let mut x = [0.0; 4];
/// dct.inverse_scaled(&bins, &mut x, &mut scratch)?;
/// assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "alloc")]
pub struct TrigTransform<T: Real> {
    kind: Trig,
    plan: TrigPlan,
    table: AlignedBuf<T>,
}

#[cfg(feature = "alloc")]
impl<T: Real> TrigTransform<T> {
    /// Plans transforms of `len` values, any number, at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooShort`] for a DCT-I of one value, [`PlanError::TooLarge`] or
    /// [`PlanError::AllocationRefused`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(kind: Trig, len: usize) -> Result<Self, PlanError> {
        Self::with_level(kind, len, Level::detect())
    }

    /// Plans transforms of `len` values at a level of your choice.
    ///
    /// # Errors
    /// As [`TrigTransform::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(kind: Trig, len: usize, level: Level) -> Result<Self, PlanError> {
        let plan = T::plan_trig(kind.family(), kind.is_sine(), len, level)?;
        let (table_len, planning_len) = (plan.table_len::<T>(), plan.planning_len::<T>());
        let table = super::plan::owned_table(table_len, planning_len, |table, planning| {
            T::fill_trig(&plan, table, planning);
        })?;
        Ok(Self { kind, plan, table })
    }
}

/// A plan for cosine or sine transforms of one type and length, in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use quaver::fft::{Trig, TrigTransformIn, trig_plan_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); trig_plan_bytes::<f32>(Trig::Dct4, 960)? / 8];
/// let dct = TrigTransformIn::<f32>::new(Trig::Dct4, 960, &mut memory)?;
/// assert_eq!(dct.len(), 960);
/// # Ok::<(), quaver::fft::PlanError>(())
/// ```
pub struct TrigTransformIn<'m, T: Real> {
    kind: Trig,
    plan: TrigPlan,
    table: &'m [T],
}

/// Returns the bytes of memory that [`TrigTransformIn`] needs for `len` values, at any level this machine has.
///
/// A multiple of 8; it includes what alignment to a cache line may cost, and what planning itself needs.
///
/// # Errors
/// [`PlanError::ZeroLength`], [`PlanError::TooShort`] or [`PlanError::TooLarge`].
///
/// # Real-time safety
/// Not real-time safe: plans the length at every level; it allocates nothing.
pub fn trig_plan_bytes<T: Real>(kind: Trig, len: usize) -> Result<usize, PlanError> {
    let mut bytes = 0;
    for level in Level::available() {
        let plan = T::plan_trig(kind.family(), kind.is_sine(), len, level)?;
        let (table_len, planning_len) = (plan.table_len::<T>(), plan.planning_len::<T>());
        bytes = bytes.max(super::plan::borrowed_bytes::<T>(table_len, planning_len));
    }
    Ok(bytes)
}

impl<'m, T: Real> TrigTransformIn<'m, T> {
    /// Plans transforms of `len` values in `memory`, at the widest level of this machine.
    ///
    /// - `memory`: [`trig_plan_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], [`PlanError::TooShort`], [`PlanError::TooLarge`], or [`PlanError::MemoryTooSmall`] with
    /// the bytes needed.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table, in O(N log N) slow steps; it allocates nothing.
    pub fn new(kind: Trig, len: usize, memory: &'m mut [MaybeUninit<u64>]) -> Result<Self, PlanError> {
        Self::with_level(kind, len, Level::detect(), memory)
    }

    /// As [`TrigTransformIn::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`TrigTransformIn::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`TrigTransformIn::new`].
    pub fn with_level(
        kind: Trig,
        len: usize,
        level: Level,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, PlanError> {
        let plan = T::plan_trig(kind.family(), kind.is_sine(), len, level)?;
        let table = super::plan::borrowed_table(
            plan.table_len::<T>(),
            plan.planning_len::<T>(),
            trig_plan_bytes::<T>(kind, len)?,
            memory,
            |table, planning| {
                T::fill_trig(&plan, table, planning);
            },
        )?;
        Ok(Self { kind, plan, table })
    }
}

/// Checks the slices of a call and runs it.
#[inline]
pub(super) fn call<T: Real>(
    plan: &TrigPlan,
    table: &[T],
    input: &[T],
    output: &mut [T],
    scratch: &mut [T],
    inverse: bool,
) -> Result<(), LengthError> {
    LengthError::check("input", plan.len(), input.len())?;
    LengthError::check("output", plan.len(), output.len())?;
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    // SAFETY: the lengths are right and borrowing keeps the three apart. The tables belong to this plan: the two are only
    // ever made together.
    unsafe {
        T::run_trig(plan, table.as_ptr(), input.as_ptr(), output.as_mut_ptr(), scratch.as_mut_ptr(), inverse);
    }
    Ok(())
}

/// Checks the slices of an in-place call and runs it.
#[inline]
pub(super) fn call_in_place<T: Real>(
    plan: &TrigPlan,
    table: &[T],
    data: &mut [T],
    scratch: &mut [T],
    inverse: bool,
) -> Result<(), LengthError> {
    LengthError::check("data", plan.len(), data.len())?;
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    let data = data.as_mut_ptr();
    // SAFETY: as in `call`; input and output may be the same.
    unsafe { T::run_trig(plan, table.as_ptr(), data, data, scratch.as_mut_ptr(), inverse) };
    Ok(())
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($plan:ident, [$($generics:tt)*]) => {
        impl<$($generics)*> $plan<$($generics)*> where T: Real {
            /// The number of values.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.plan.len()
            }

            /// The type of transform that `forward` computes.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn kind(&self) -> Trig {
                self.kind
            }

            /// The least scratch that a call takes, in values: two to four times `len`, and some.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn scratch_len(&self) -> usize {
                self.plan.scratch_len::<T>()
            }

            /// Computes the transform of one block, not scaled: the formula is at [`Trig`].
            ///
            /// - `input`: N values; left unchanged.
            /// - `output`: N values.
            /// - `scratch`: at least `scratch_len` values; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// Signal-to-error ratio against the exact transform of 130 dB (f32) and 290 dB (f64) or better for lengths to
            /// 65,536 without a prime factor above 31, 128 dB and 288 dB for others (`tests/trig.rs`). NaN and infinity pass
            /// through by IEEE rules.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn forward(&self, input: &[T], output: &mut [T], scratch: &mut [T]) -> Result<(), LengthError> {
                call(&self.plan, self.table(), input, output, scratch, false)
            }

            /// As `forward`, in the block's own place.
            ///
            /// - `data`: N values in, N values out.
            /// - `scratch`: at least `scratch_len` values; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn forward_in_place(&self, data: &mut [T], scratch: &mut [T]) -> Result<(), LengthError> {
                call_in_place(&self.plan, self.table(), data, scratch, false)
            }

            /// Computes the transform that [inverts](Trig::inverse) this one, not scaled: `inverse(forward(x))` is
            /// [`Trig::gain`] times x.
            ///
            /// - `input`: N values; left unchanged.
            /// - `output`: N values.
            /// - `scratch`: at least `scratch_len` values; contents on return unspecified.
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
            pub fn inverse(&self, input: &[T], output: &mut [T], scratch: &mut [T]) -> Result<(), LengthError> {
                call(&self.plan, self.table(), input, output, scratch, true)
            }

            /// As `inverse`, in the block's own place.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn inverse_in_place(&self, data: &mut [T], scratch: &mut [T]) -> Result<(), LengthError> {
                call_in_place(&self.plan, self.table(), data, scratch, true)
            }

            /// As `inverse`, divided by [`Trig::gain`]: `inverse_scaled(forward(x)) = x`.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn inverse_scaled(
                &self,
                input: &[T],
                output: &mut [T],
                scratch: &mut [T],
            ) -> Result<(), LengthError> {
                self.inverse(input, output, scratch)?;
                let factor = T::from_f64(1.0 / self.kind.gain(self.plan.len()));
                for x in output {
                    *x = *x * factor;
                }
                Ok(())
            }
        }

        impl<$($generics)*> fmt::Debug for $plan<$($generics)*> where T: Real {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut debug = f.debug_struct(stringify!($plan));
                debug.field("kind", &self.kind).field("len", &self.len()).finish_non_exhaustive()
            }
        }
    };
}

#[cfg(feature = "alloc")]
calls!(TrigTransform, [T]);
calls!(TrigTransformIn, ['m, T]);

#[cfg(feature = "alloc")]
impl<T: Real> TrigTransform<T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        &self.table
    }
}

impl<T: Real> TrigTransformIn<'_, T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        self.table
    }
}
