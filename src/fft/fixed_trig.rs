//! Cosine, sine and lapped transforms of a const size with everything inside, as the plans of `fixed`.

use core::fmt;

use super::Real;
use super::dct::{Trig, call, call_in_place};
use super::fixed::{HAS_REGISTERS, Memory, fits};
use super::mdct;
use super::mdct_window::{MdctError, MdctWindow};
use super::plan::{PlanError, as_uninit, is_static_len};
use super::trig::TrigPlan;
use super::trig::lapped::MdctPlan;
use crate::error::LengthError;
use crate::simd::Level;

/// Cosine or sine transforms of `N` values, types II to IV, plan and scratch inside: no allocation at all.
///
/// `N` is even and has no prime factor above 7. The value takes about `12 * N` values of T (`8 * N` where a
/// processor has no vector registers), and `new` as much of the stack again while it makes one.
///
/// # Examples
/// ```
/// use quaver::fft::{StaticTrigTransform, Trig};
///
/// let mut dct = StaticTrigTransform::<f32, 120>::new(Trig::Dct2)?;
/// let mut bins = [0.0; 120];
/// dct.forward(&[1.0; 120], &mut bins)?;
/// assert!((bins[0] - 120.0).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StaticTrigTransform<T: Real, const N: usize> {
    memory: Memory<T, N, TRIG>,
    kind: Trig,
    plan: TrigPlan,
}

/// Values for each of the transform's: tables and scratch of a complex transform of half the length, factors, buffer.
const TRIG: usize = if HAS_REGISTERS { 12 } else { 8 };

/// Modified discrete cosine transforms of `N` bins, plan, scratch and the state of a stream in each direction inside: no
/// allocation at all.
///
/// `N` is even and has no prime factor above 7. The value takes about `16 * N` values of T (`12 * N` where a
/// processor has no vector registers), and `new` as much of the stack again while it makes one.
///
/// # Examples
/// ```
/// use quaver::fft::{MdctWindow, StaticMdct};
///
/// let mut mdct = StaticMdct::<f32, 120>::new(MdctWindow::Vorbis)?;
/// let (mut bins, mut out) = ([0.0; 120], [0.0; 120]);
/// for _ in 0..2 {
///     mdct.analyse(&[1.0; 120], &mut bins)?;
///     mdct.synthesise(&bins, &mut out)?;
/// }
/// assert!(out.iter().all(|x| (x - 1.0).abs() < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StaticMdct<T: Real, const N: usize> {
    memory: Memory<T, N, LAPPED>,
    /// Half of it for each direction.
    state: [T; N],
    plan: MdctPlan,
}

/// Those of type IV, two for any window, one for the folded frame.
const LAPPED: usize = if HAS_REGISTERS { 15 } else { 11 };

impl<T: Real, const N: usize> StaticTrigTransform<T, N> {
    /// Plans transforms of `N` values at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`]; [`PlanError::NotSmooth`] when `N` has a prime factor above 7; and
    /// [`PlanError::MemoryTooSmall`] when `N` is odd or the transform of type I, which may take more.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn new(kind: Trig) -> Result<Self, PlanError> {
        Self::with_level(kind, Level::detect())
    }

    /// As [`StaticTrigTransform::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`StaticTrigTransform::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`StaticTrigTransform::new`].
    pub fn with_level(kind: Trig, level: Level) -> Result<Self, PlanError> {
        is_static_len(N)?;
        let plan = T::plan_trig(kind.family(), kind.is_sine(), N, level)?;
        let mut memory = Memory::new();
        // Only the extension of type I may have a large prime factor, and with it ask for memory to plan in.
        let needed = plan.table_len::<T>() + plan.scratch_len::<T>() + 2 * plan.planning_len::<T>();
        fits::<T>(needed, Memory::<T, N, TRIG>::LEN)?;
        let (table, rest) = as_uninit(memory.all()).split_at_mut(plan.table_len::<T>());
        T::fill_trig(&plan, table, &mut rest[..2 * plan.planning_len::<T>()]);
        Ok(Self { memory, kind, plan })
    }

    /// The number of values, `N`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
    #[must_use]
    pub const fn len(&self) -> usize {
        N
    }

    /// The type of transform that `forward` computes.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn kind(&self) -> Trig {
        self.kind
    }

    /// Computes the transform of one block, not scaled, as `TrigTransform::forward` does.
    ///
    /// - `input`: `N` values; left unchanged.
    /// - `output`: `N` values.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn forward(&mut self, input: &[T], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        call(&self.plan, table, input, output, scratch, false)
    }

    /// Computes the transform of one block in its own place.
    ///
    /// # Errors
    /// [`LengthError`] when the slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn forward_in_place(&mut self, data: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        call_in_place(&self.plan, table, data, scratch, false)
    }

    /// Computes the transform that [inverts](Trig::inverse) this one, not scaled.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn inverse(&mut self, input: &[T], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        call(&self.plan, table, input, output, scratch, true)
    }

    /// Computes the transform that inverts this one in the block's own place, not scaled.
    ///
    /// # Errors
    /// [`LengthError`] when the slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn inverse_in_place(&mut self, data: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        call_in_place(&self.plan, table, data, scratch, true)
    }
}

impl<T: Real, const N: usize> StaticMdct<T, N> {
    /// Plans transforms of `N` bins at the widest level of this machine.
    ///
    /// # Errors
    /// [`MdctError::OddLength`], one about the window, or [`MdctError::Plan`] of [`PlanError::ZeroLength`] or
    /// [`PlanError::NotSmooth`].
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn new(window: MdctWindow<'_, T>) -> Result<Self, MdctError> {
        Self::with_level(window, Level::detect())
    }

    /// As [`StaticMdct::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`StaticMdct::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`StaticMdct::new`].
    pub fn with_level(window: MdctWindow<'_, T>, level: Level) -> Result<Self, MdctError> {
        is_static_len(N)?;
        let plan = T::plan_mdct(N, level, &window)?;
        let mut memory = Memory::new();
        fits::<T>(plan.table_len::<T>() + plan.scratch_len::<T>(), Memory::<T, N, LAPPED>::LEN)?;
        T::fill_mdct(&plan, &window, &mut as_uninit(memory.all())[..plan.table_len::<T>()], &mut []);
        Ok(Self { memory, state: [T::ZERO; N], plan })
    }

    /// The number of bins N, which is also that of samples from one frame to the next.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
    #[must_use]
    pub const fn len(&self) -> usize {
        N
    }

    /// The delay of `analyse` and `synthesise` together: one block of N frames.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn latency_frames(&self) -> usize {
        N
    }

    /// Forgets the blocks before: both streams begin anew, after silence.
    ///
    /// # Real-time safety
    /// Real-time safe: O(N).
    pub fn reset(&mut self) {
        self.state.fill(T::ZERO);
    }

    /// Computes the bins of one frame of 2N samples, not scaled, as `Mdct::forward` does.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn forward(&mut self, input: &[T], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        mdct::forward(&self.plan, table, input, output, scratch)
    }

    /// Computes a frame of 2N samples from its bins, to be added to its neighbours, as `Mdct::inverse` does.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn inverse(&mut self, input: &[T], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        mdct::inverse(&self.plan, table, input, output, scratch)
    }

    /// Computes the bins of the frame that ends with the next N samples of a stream, as `Mdct::analyse` does.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn analyse(&mut self, input: &[T], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        mdct::analyse(&self.plan, table, input, output, self.state.split_at_mut(N / 2).0, scratch)
    }

    /// Computes the next N samples of a stream from the bins of its next frame, as `Mdct::synthesise` does.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn synthesise(&mut self, input: &[T], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split_values(self.plan.table_len::<T>());
        mdct::synthesise(&self.plan, table, input, output, self.state.split_at_mut(N / 2).1, scratch)
    }
}

impl<T: Real, const N: usize> fmt::Debug for StaticTrigTransform<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("StaticTrigTransform");
        debug.field("kind", &self.kind).field("len", &N).finish_non_exhaustive()
    }
}

impl<T: Real, const N: usize> fmt::Debug for StaticMdct<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticMdct").field("len", &N).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixed::MORE;
    use super::super::trig::Family;
    use super::*;

    /// Every even smooth length fits, at every level, type and window: what makes `MemoryTooSmall` impossible there.
    #[test]
    fn the_memory_is_enough_for_every_even_smooth_length() {
        for len in (2..=20_000).step_by(2).filter(|&n| is_static_len(n).is_ok()) {
            for level in Level::available() {
                check::<f32>(len, level);
                check::<f64>(len, level);
            }
        }
    }

    fn check<T: Real>(len: usize, level: Level) {
        for family in [Family::Second, Family::Third, Family::Fourth] {
            let plan = TrigPlan::new::<T>(family, true, len, level).unwrap();
            let values = plan.table_len::<T>() + plan.scratch_len::<T>();
            assert!(values <= TRIG * len + MORE, "{family:?} {len} {level}: {values}");
            assert_eq!(plan.planning_len::<T>(), 0);
        }
        let plan = MdctPlan::new::<T>(len, level, &MdctWindow::Sine).unwrap();
        let values = plan.largest_table_len::<T>() + plan.scratch_len::<T>();
        assert!(values <= LAPPED * len + MORE, "lapped {len} {level}: {values}");
    }
}
