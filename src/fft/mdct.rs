//! Lapped transforms (MDCT): the plan that owns its memory and the one that borrows it.

use core::fmt;
use core::mem::MaybeUninit;

use super::Real;
use super::mdct_window::{MdctError, MdctWindow};
use super::trig::lapped::{Lapped, MdctPlan};
#[cfg(feature = "alloc")]
use crate::buffer::AlignedBuf;
use crate::error::LengthError;
use crate::simd::Level;

/// A plan for modified discrete cosine transforms of one length under one window, in memory of its own.
///
/// A frame of 2N samples has N bins, and each frame begins N samples after the one before: as many bins as samples, though
/// the frames overlap. One frame's inverse is not its samples; the sum of those that overlap is.
///
/// Immutable once made: threads may share it, each with its own scratch. What a stream carries from block to block is the
/// caller's, a slice of state beside each direction.
///
/// # Examples
/// A stream, block by block, to bins and back; it comes out one block later.
/// ```
/// use quaver::fft::{Mdct, MdctWindow};
///
/// let mdct = Mdct::<f32>::new(960, MdctWindow::Sine)?;
/// let mut scratch = vec![0.0; mdct.scratch_len()];
/// let (mut ahead, mut behind) = (vec![0.0; mdct.state_len()], vec![0.0; mdct.state_len()]);
/// let (mut bins, mut out, mut last) = ([0.0; 960], [0.0; 960], [0.0; 960]);
/// for block in 0..4 {
///     let x: [f32; 960] = core::array::from_fn(|n| ((block * 960 + n) as f32 * 0.05).sin());
///     mdct.analyse(&x, &mut bins, &mut ahead, &mut scratch)?;
///     mdct.synthesise(&bins, &mut out, &mut behind, &mut scratch)?;
///     assert!(out.iter().zip(&last).all(|(a, b)| (a - b).abs() < 1e-6));
///     last = x;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "alloc")]
pub struct Mdct<T: Real> {
    plan: MdctPlan,
    table: AlignedBuf<T>,
}

#[cfg(feature = "alloc")]
impl<T: Real> Mdct<T> {
    /// Plans transforms of `len` bins from `2 * len` samples at the widest level of this machine.
    ///
    /// # Errors
    /// [`MdctError::OddLength`], one about the window, or [`MdctError::Plan`] as for
    /// [`TrigTransform::new`](super::TrigTransform::new).
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize, window: MdctWindow<'_, T>) -> Result<Self, MdctError> {
        Self::with_level(len, window, Level::detect())
    }

    /// As [`Mdct::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`Mdct::new`], and [`PlanError::Level`](super::PlanError::Level) when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(len: usize, window: MdctWindow<'_, T>, level: Level) -> Result<Self, MdctError> {
        let plan = T::plan_mdct(len, level, &window)?;
        let (table_len, planning_len) = (plan.table_len::<T>(), plan.planning_len::<T>());
        let table = super::plan::owned_table(table_len, planning_len, |table, planning| {
            T::fill_mdct(&plan, &window, table, planning);
        })?;
        Ok(Self { plan, table })
    }
}

/// A plan for modified discrete cosine transforms of one length under one window, in memory that the caller lends.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use quaver::fft::{MdctIn, MdctWindow, mdct_plan_bytes};
///
/// let mut memory = vec![MaybeUninit::uninit(); mdct_plan_bytes::<f32>(480)? / 8];
/// let mdct = MdctIn::<f32>::new(480, MdctWindow::LowOverlap { overlap: 120 }, &mut memory)?;
/// assert_eq!(mdct.state_len(), 240);
/// # Ok::<(), quaver::fft::MdctError>(())
/// ```
pub struct MdctIn<'m, T: Real> {
    plan: MdctPlan,
    table: &'m [T],
}

/// Returns the bytes of memory that [`MdctIn`] needs for `len` bins, under any window and at any level this machine has.
///
/// A multiple of 8; it includes what alignment to a cache line may cost, and what planning itself needs.
///
/// # Errors
/// [`MdctError::OddLength`], or [`MdctError::Plan`] with the reason.
///
/// # Real-time safety
/// Not real-time safe: plans the length at every level; it allocates nothing.
pub fn mdct_plan_bytes<T: Real>(len: usize) -> Result<usize, MdctError> {
    let mut bytes = 0;
    for level in Level::available() {
        let plan = T::plan_mdct(len, level, &MdctWindow::Sine)?;
        let (table_len, planning_len) = (plan.largest_table_len::<T>(), plan.planning_len::<T>());
        bytes = bytes.max(super::plan::borrowed_bytes::<T>(table_len, planning_len));
    }
    Ok(bytes)
}

impl<'m, T: Real> MdctIn<'m, T> {
    /// Plans transforms of `len` bins from `2 * len` samples in `memory`, at the widest level of this machine.
    ///
    /// - `memory`: [`mdct_plan_bytes`] bytes, in words of 8; need not be initialised.
    ///
    /// # Errors
    /// [`MdctError::OddLength`], one about the window, or [`MdctError::Plan`]: of
    /// [`PlanError::MemoryTooSmall`](super::PlanError::MemoryTooSmall) with the bytes needed.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table, in O(N log N) slow steps; it allocates nothing.
    pub fn new(
        len: usize,
        window: MdctWindow<'_, T>,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, MdctError> {
        Self::with_level(len, window, Level::detect(), memory)
    }

    /// As [`MdctIn::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`MdctIn::new`], and [`PlanError::Level`](super::PlanError::Level) when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`MdctIn::new`].
    pub fn with_level(
        len: usize,
        window: MdctWindow<'_, T>,
        level: Level,
        memory: &'m mut [MaybeUninit<u64>],
    ) -> Result<Self, MdctError> {
        let plan = T::plan_mdct(len, level, &window)?;
        let table = super::plan::borrowed_table(
            plan.table_len::<T>(),
            plan.planning_len::<T>(),
            mdct_plan_bytes::<T>(len)?,
            memory,
            |table, planning| {
                T::fill_mdct(&plan, &window, table, planning);
            },
        )?;
        Ok(Self { plan, table })
    }
}

/// Checks the slices of a forward call and runs it; as the calls below, for every owner.
#[inline]
pub(super) fn forward<T: Real>(
    plan: &MdctPlan,
    table: &[T],
    input: &[T],
    output: &mut [T],
    scratch: &mut [T],
) -> Result<(), LengthError> {
    LengthError::check("input", 2 * plan.len(), input.len())?;
    LengthError::check("output", plan.len(), output.len())?;
    let what = Lapped::Forward { frame: input.as_ptr(), bins: output.as_mut_ptr() };
    // SAFETY: 2 N samples and N bins, apart by borrowing.
    unsafe { run(plan, table, what, scratch) }
}

#[inline]
pub(super) fn inverse<T: Real>(
    plan: &MdctPlan,
    table: &[T],
    input: &[T],
    output: &mut [T],
    scratch: &mut [T],
) -> Result<(), LengthError> {
    LengthError::check("input", plan.len(), input.len())?;
    LengthError::check("output", 2 * plan.len(), output.len())?;
    let what = Lapped::Inverse { bins: input.as_ptr(), frame: output.as_mut_ptr() };
    // SAFETY: N bins and 2 N samples, apart by borrowing.
    unsafe { run(plan, table, what, scratch) }
}

#[inline]
pub(super) fn analyse<T: Real>(
    plan: &MdctPlan,
    table: &[T],
    input: &[T],
    output: &mut [T],
    state: &mut [T],
    scratch: &mut [T],
) -> Result<(), LengthError> {
    LengthError::check("input", plan.len(), input.len())?;
    LengthError::check("output", plan.len(), output.len())?;
    LengthError::check("state", plan.len() / 2, state.len())?;
    let (block, bins, state) = (input.as_ptr(), output.as_mut_ptr(), state.as_mut_ptr());
    // SAFETY: N samples, N bins and N/2 values, apart by borrowing.
    unsafe { run(plan, table, Lapped::Analyse { block, bins, state }, scratch) }
}

#[inline]
pub(super) fn synthesise<T: Real>(
    plan: &MdctPlan,
    table: &[T],
    input: &[T],
    output: &mut [T],
    state: &mut [T],
    scratch: &mut [T],
) -> Result<(), LengthError> {
    LengthError::check("input", plan.len(), input.len())?;
    LengthError::check("output", plan.len(), output.len())?;
    LengthError::check("state", plan.len() / 2, state.len())?;
    let (bins, block, state) = (input.as_ptr(), output.as_mut_ptr(), state.as_mut_ptr());
    // SAFETY: N bins, N samples and N/2 values, apart by borrowing.
    unsafe { run(plan, table, Lapped::Synthesise { bins, block, state }, scratch) }
}

/// # Safety
/// The slices of `what` are as [`Lapped`] says, and apart from `scratch`.
#[inline]
unsafe fn run<T: Real>(
    plan: &MdctPlan,
    table: &[T],
    what: Lapped<T>,
    scratch: &mut [T],
) -> Result<(), LengthError> {
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    // SAFETY: the caller's promise, and the length just checked. The tables belong to this plan: the two are only ever made
    // together.
    unsafe { T::run_mdct(plan, table.as_ptr(), what, scratch.as_mut_ptr()) };
    Ok(())
}

/// The calls, the same for both owners.
macro_rules! calls {
    ($plan:ident, [$($generics:tt)*]) => {
        impl<$($generics)*> $plan<$($generics)*> where T: Real {
            /// The number of bins N, which is also that of samples from one frame to the next.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.plan.len()
            }

            /// The least scratch that a call takes, in values: about four times `len`.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn scratch_len(&self) -> usize {
                self.plan.scratch_len::<T>()
            }

            /// The state of a stream in one direction, N/2 values; zeros are silence before its begin.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn state_len(&self) -> usize {
                self.plan.len() / 2
            }

            /// The delay of `analyse` and `synthesise` together: one block of N frames.
            ///
            /// # Real-time safety
            /// Real-time safe.
            #[must_use]
            pub const fn latency_frames(&self) -> usize {
                self.plan.len()
            }

            /// Computes the bins of one frame, not scaled.
            ///
            /// `X[k] = sum over n of w[n] x[n] cos(pi/N (n + 1/2 + N/2) (k + 1/2))`, for k in 0..N, under the window w.
            ///
            /// - `input`: 2N samples; left unchanged, and not read where the window is zero.
            /// - `output`: N bins, ascending; bin k is around `(k + 1/2) * sample_rate / 2N` Hz.
            /// - `scratch`: at least `scratch_len` values; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// Signal-to-error ratio against the exact transform of 130 dB (f32) and 290 dB (f64) or better for lengths to
            /// 65,536 without a prime factor above 31, 128 dB and 288 dB for others (`tests/mdct.rs`). NaN and infinity pass
            /// through by IEEE rules.
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn forward(&self, input: &[T], output: &mut [T], scratch: &mut [T]) -> Result<(), LengthError> {
                forward(&self.plan, self.table(), input, output, scratch)
            }

            /// Computes a frame from its bins, under the window, to be added to its neighbours:
            ///
            /// `y[n] = (2/N) w[n] sum over k of X[k] cos(pi/N (n + 1/2 + N/2) (k + 1/2))`, for n in 0..2N. Where the frames
            /// of a signal overlap, their sum is the signal.
            ///
            /// - `input`: N bins; left unchanged.
            /// - `output`: 2N samples; overwritten, not added to.
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
                inverse(&self.plan, self.table(), input, output, scratch)
            }

            /// Computes the bins of the frame that ends with this block: of the block before, and of this one.
            ///
            /// The same as `forward` of the two together. Of a window whose halves differ the right one counts, since it
            /// mirrors the next frame's left one; plans of the same length can take turns.
            ///
            /// - `input`: the next N samples of a stream; left unchanged.
            /// - `output`: N bins.
            /// - `state`: `state_len` values, zeros before the first block, else as the last call left them.
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
            pub fn analyse(
                &self,
                input: &[T],
                output: &mut [T],
                state: &mut [T],
                scratch: &mut [T],
            ) -> Result<(), LengthError> {
                analyse(&self.plan, self.table(), input, output, state, scratch)
            }

            /// Computes the next block of a stream from the bins of its next frame: overlaps it with the frame before, and
            /// adds.
            ///
            /// The blocks that `analyse` took come out again, one call later. Of a window whose halves differ the left one
            /// counts.
            ///
            /// - `input`: N bins; left unchanged.
            /// - `output`: N samples.
            /// - `state`: `state_len` values, zeros before the first frame, else as the last call left them.
            /// - `scratch`: at least `scratch_len` values; contents on return unspecified.
            ///
            /// # Errors
            /// [`LengthError`] when a slice has another length; nothing is written.
            ///
            /// # Accuracy
            /// After `analyse`, within -130 dB (f32) and -290 dB (f64) of the samples that went in where N has no prime
            /// factor above 31, else 3 dB more (`tests/mdct.rs`).
            ///
            /// # Real-time safety
            /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
            #[inline]
            pub fn synthesise(
                &self,
                input: &[T],
                output: &mut [T],
                state: &mut [T],
                scratch: &mut [T],
            ) -> Result<(), LengthError> {
                synthesise(&self.plan, self.table(), input, output, state, scratch)
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
calls!(Mdct, [T]);
calls!(MdctIn, ['m, T]);

#[cfg(feature = "alloc")]
impl<T: Real> Mdct<T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        &self.table
    }
}

impl<T: Real> MdctIn<'_, T> {
    #[inline(always)]
    fn table(&self) -> &[T] {
        self.table
    }
}
