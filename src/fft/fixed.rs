//! Plans of a const size with everything inside: no allocator, no lifetime, for firmware.

use core::fmt;

use num_complex::Complex;

use super::Real;
use super::plan::{Plan, PlanError, as_uninit, is_static_len};
use super::real_plan::RealPlan;
use crate::error::LengthError;
use crate::simd::Level;

/// Complex transforms of `N` points, plan and scratch inside: no allocation at all.
///
/// `N` has no prime factor above 7. The value takes about `24 * N` values of T (`11 * N` where a processor has no vector
/// registers), and `new` as much of the stack again while
/// it makes one.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// use quaver::fft::StaticComplexFft;
///
/// let mut fft = StaticComplexFft::<f32, 256>::new()?;
/// let x = [Complex::new(1.0, 0.0); 256];
/// let mut spectrum = [Complex::new(0.0, 0.0); 256];
/// fft.forward(&x, &mut spectrum)?;
/// assert_eq!(spectrum[0].re, 256.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StaticComplexFft<T: Real, const N: usize> {
    /// Tables and scratch: the most is for lengths that the lanes do not divide.
    memory: Memory<T, N, COMPLEX>,
    plan: Plan,
}

/// Real transforms of `N` samples, plan and scratch inside: no allocation at all.
///
/// `N` has no prime factor above 7. The value takes about `24 * N` values of T (`13 * N` where a processor has no vector
/// registers), and `new` as much of the stack again while
/// it makes one.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// use quaver::fft::StaticRealFft;
///
/// let mut fft = StaticRealFft::<f32, 480>::new()?;
/// let mut spectrum = [Complex::new(0.0, 0.0); 241];
/// fft.forward(&[1.0; 480], &mut spectrum)?;
/// assert!((spectrum[0].re - 480.0).abs() < 1e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StaticRealFft<T: Real, const N: usize> {
    /// Tables and scratch: an even length has larger tables, an odd one needs more scratch.
    memory: Memory<T, N, REAL>,
    plan: RealPlan,
}

/// Values of T for each point of a complex transform, the most of any length: without vector registers for lengths with
/// large factors, with them for short ones, each of whose registers has factors of its own.
const COMPLEX: usize = if HAS_REGISTERS { 24 } else { 11 };

/// The same for each sample of a real one.
const REAL: usize = if HAS_REGISTERS { 24 } else { 13 };

const HAS_REGISTERS: bool =
    cfg!(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64", target_family = "wasm"));

/// `EACH` values for each point, and some for the alignment of small lengths, from a cache line on.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Memory<T, const N: usize, const EACH: usize> {
    values: [[T; EACH]; N],
    more: [T; MORE],
}

/// Enough for the alignment of tables and scratch of f32.
const MORE: usize = 96;

impl<T: Real, const N: usize, const EACH: usize> Memory<T, N, EACH> {
    const LEN: usize = EACH * N + MORE;

    const fn new() -> Self {
        Self { values: [[T::ZERO; EACH]; N], more: [T::ZERO; MORE] }
    }

    #[inline(always)]
    fn all(&mut self) -> &mut [T] {
        // SAFETY: `repr(C)` of arrays of T: both, one behind the other without a gap, are LEN values of T.
        unsafe { core::slice::from_raw_parts_mut(core::ptr::from_mut(self).cast(), Self::LEN) }
    }

    /// The tables, and what is left as scratch.
    #[inline(always)]
    fn split(&mut self, table_len: usize) -> (&[T], &mut [Complex<T>]) {
        // `with_level` has seen that the tables fit: the bound keeps the panic of a slice out of real-time code.
        let (table, rest) = self.all().split_at_mut(table_len.min(Self::LEN));
        let (first, len) = (rest.as_mut_ptr().cast::<Complex<T>>(), rest.len() / 2);
        // SAFETY: `Complex<T>` is two values of T (`repr(C)`) with their alignment; the borrow is handed on.
        (table, unsafe { core::slice::from_raw_parts_mut(first, len) })
    }
}

impl<T: Real, const N: usize> StaticComplexFft<T, N> {
    /// Plans transforms of `N` points at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], or [`PlanError::NotSmooth`] when `N` has a prime factor above 7.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn new() -> Result<Self, PlanError> {
        Self::with_level(Level::detect())
    }

    /// As [`StaticComplexFft::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`StaticComplexFft::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`StaticComplexFft::new`].
    pub fn with_level(level: Level) -> Result<Self, PlanError> {
        is_static_len(N)?;
        let plan = T::plan(N, level)?;
        let mut memory = Memory::new();
        fits::<T>(plan.table_len() + 2 * plan.scratch_len::<T>(), Memory::<T, N, COMPLEX>::LEN)?;
        T::fill(&plan, &mut as_uninit(memory.all())[..plan.table_len()], &mut []);
        Ok(Self { memory, plan })
    }

    /// The number of points, `N`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
    #[must_use]
    pub const fn len(&self) -> usize {
        N
    }

    /// Computes the spectrum of a complex block, not scaled, as `ComplexFft::forward` does.
    ///
    /// - `input`: `N` numbers; left unchanged.
    /// - `output`: `N` bins.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn forward(&mut self, input: &[Complex<T>], output: &mut [Complex<T>]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split(self.plan.table_len());
        self.plan.call(table, input, output, scratch, false)
    }

    /// Computes the spectrum of a complex block in its own place.
    ///
    /// # Errors
    /// [`LengthError`] when the slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn forward_in_place(&mut self, data: &mut [Complex<T>]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split(self.plan.table_len());
        self.plan.call_in_place(table, data, scratch, false)
    }

    /// Computes a complex block from its spectrum, not scaled: `inverse(forward(x)) = N * x`.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn inverse(&mut self, input: &[Complex<T>], output: &mut [Complex<T>]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split(self.plan.table_len());
        self.plan.call(table, input, output, scratch, true)
    }

    /// Computes a complex block from its spectrum in its own place, not scaled.
    ///
    /// # Errors
    /// [`LengthError`] when the slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn inverse_in_place(&mut self, data: &mut [Complex<T>]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split(self.plan.table_len());
        self.plan.call_in_place(table, data, scratch, true)
    }
}

impl<T: Real, const N: usize> StaticRealFft<T, N> {
    /// Plans transforms of `N` real samples at the widest level of this machine.
    ///
    /// # Errors
    /// [`PlanError::ZeroLength`], or [`PlanError::NotSmooth`] when `N` has a prime factor above 7.
    ///
    /// # Real-time safety
    /// Not real-time safe: computes every table; it allocates nothing.
    pub fn new() -> Result<Self, PlanError> {
        Self::with_level(Level::detect())
    }

    /// As [`StaticRealFft::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`StaticRealFft::new`], and [`PlanError::Level`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// As [`StaticRealFft::new`].
    pub fn with_level(level: Level) -> Result<Self, PlanError> {
        is_static_len(N)?;
        let plan = T::plan_real(N, level)?;
        let mut memory = Memory::new();
        fits::<T>(plan.table_len() + 2 * plan.scratch_len::<T>(), Memory::<T, N, REAL>::LEN)?;
        T::fill_real(&plan, &mut as_uninit(memory.all())[..plan.table_len()], &mut []);
        Ok(Self { memory, plan })
    }

    /// The number of real samples, `N`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[expect(clippy::len_without_is_empty, reason = "a transform has one point or more")]
    #[must_use]
    pub const fn len(&self) -> usize {
        N
    }

    /// The number of bins, `N / 2 + 1`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn spectrum_len(&self) -> usize {
        N / 2 + 1
    }

    /// Computes the spectrum of one real block, not scaled, as `RealFft::forward` does.
    ///
    /// - `input`: `N` samples; left unchanged.
    /// - `output`: `N / 2 + 1` bins.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn forward(&mut self, input: &[T], output: &mut [Complex<T>]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split(self.plan.table_len());
        self.plan.forward(table, input, output, scratch)
    }

    /// Computes a real block from its spectrum, not scaled: `inverse(forward(x)) = N * x`.
    ///
    /// - `input`: `N / 2 + 1` bins; left unchanged. The imaginary part of bin 0, and for even `N` of bin `N / 2`, is
    ///   not read.
    /// - `output`: `N` samples.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn inverse(&mut self, input: &[Complex<T>], output: &mut [T]) -> Result<(), LengthError> {
        let (table, scratch) = self.memory.split(self.plan.table_len());
        self.plan.inverse(table, input, output, scratch)
    }
}

/// Checks that the const-sized memory holds `needed` values.
fn fits<T>(needed: usize, have: usize) -> Result<(), PlanError> {
    if needed <= have {
        Ok(())
    } else {
        Err(PlanError::MemoryTooSmall { needed: needed * size_of::<T>(), given: have * size_of::<T>() })
    }
}

impl<T: Real, const N: usize> fmt::Debug for StaticComplexFft<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticComplexFft").field("len", &N).finish_non_exhaustive()
    }
}

impl<T: Real, const N: usize> fmt::Debug for StaticRealFft<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticRealFft").field("len", &N).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every smooth length fits, at every level: this is what makes `MemoryTooSmall` impossible in practice.
    #[test]
    fn the_memory_is_enough_for_every_smooth_length() {
        for len in (1..=20_000).filter(|&n| is_static_len(n).is_ok()) {
            for level in Level::available() {
                let complex = Plan::new::<f32>(len, level).unwrap();
                let values = complex.table_len() + 2 * complex.scratch_len::<f32>();
                assert!(values <= COMPLEX * len + MORE, "complex {len} {level}: {values}");
                let real = RealPlan::new::<f32>(len, level).unwrap();
                let values = real.table_len() + 2 * real.scratch_len::<f32>();
                assert!(values <= REAL * len + MORE, "real {len} {level}: {values}");
            }
        }
    }
}
