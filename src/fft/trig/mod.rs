//! Cosine and sine transforms: which Fourier transform one becomes, its tables, and the run.
//!
//! | type | length N | what runs |
//! |---|---|---|
//! | II, III | even | a complex transform of N/2 points between a permutation and one pass over quadruples of bins (`even`) |
//! | II, III | odd | a real transform of N points between a permutation and a rotation (`odd`) |
//! | IV | even | a complex transform of N/2 points between two rotations (`quarter`) |
//! | IV | odd | a real transform of N points between two permutations (`odd`) |
//! | I | any | a real transform of the symmetric extension, 2(N - 1) or 2(N + 1) points (`ends`) |
//!
//! A sine transform is the cosine transform of the same type with the order of one side reversed and every other sign of the
//! other changed; each pass does its part of that on the way.

mod ends;
mod even;
pub(super) mod lapped;
mod odd;
mod quarter;

use core::mem::MaybeUninit;

use super::Real;
use super::mixed::{ALIGNMENT, align, lanes_and_order};
use super::plan::{Plan, PlanError};
use super::real_plan::RealPlan;
use super::twiddle::Roots;
use crate::simd::{Available, Level};

/// The largest length: tables are made of roots of sixteen times the order, and those end at 2^35 and 2^28.
const MAX_LEN: usize = if usize::BITS > 32 { 1 << 31 } else { 1 << 24 };

/// The types, of cosine and sine alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    First,
    /// Inverted by the third.
    Second,
    /// Inverted by the second.
    Third,
    Fourth,
}

/// The decision for one type and length at one level. The tables it describes live elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct TrigPlan {
    family: Family,
    sine: bool,
    len: usize,
    /// That of the passes around the Fourier transform: narrower than asked for where they are shorter than two registers.
    level: Available,
    inner: Inner,
}

#[derive(Clone, Copy, Debug)]
enum Inner {
    /// Of half the length.
    Complex(Plan),
    /// Of the length, or of the symmetric extension.
    Real(RealPlan),
}

impl TrigPlan {
    pub(super) fn new<T: Real>(
        family: Family,
        sine: bool,
        len: usize,
        level: Level,
    ) -> Result<Self, PlanError> {
        let found = level.prove()?;
        if len == 0 {
            return Err(PlanError::ZeroLength);
        }
        if len == 1 && family == Family::First && !sine {
            return Err(PlanError::TooShort { len, least: 2 });
        }
        if len > MAX_LEN {
            return Err(PlanError::TooLarge { len });
        }
        let too_large = |error| match error {
            // The error names the length that the caller asked for.
            PlanError::TooLarge { .. } => PlanError::TooLarge { len },
            other => other,
        };
        let inner = if family == Family::First {
            Inner::Real(RealPlan::new::<T>(ends::extended(len, sine), level).map_err(too_large)?)
        } else if len.is_multiple_of(2) {
            Inner::Complex(Plan::new::<T>(len / 2, level).map_err(too_large)?)
        } else {
            Inner::Real(RealPlan::new::<T>(len, level).map_err(too_large)?)
        };
        // Passes of an even length go over quarters of it, the others over halves.
        let passes = if matches!(inner, Inner::Complex(_)) { len / 4 } else { len / 2 };
        Ok(Self { family, sine, len, level: at_most_lanes::<T>(found, passes), inner })
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    fn inner_table_len(&self) -> usize {
        match &self.inner {
            Inner::Complex(plan) => plan.table_len(),
            Inner::Real(plan) => plan.table_len(),
        }
    }

    /// Where the factors of the passes begin: on a line, behind the tables of the Fourier transform.
    fn factors_at<T>(&self) -> usize {
        self.inner_table_len().next_multiple_of(ALIGNMENT / size_of::<T>())
    }

    fn factors_len<T: Real>(&self) -> usize {
        match (self.family, &self.inner) {
            (Family::First, _) => 0,
            (Family::Fourth, Inner::Complex(_)) => quarter::factors_len::<T>(self.len, self.level),
            (Family::Fourth, Inner::Real(_)) => 0,
            (_, Inner::Complex(_)) => even::factors_len(self.len),
            (_, Inner::Real(_)) => odd::factors_len(self.len),
        }
    }

    /// Values of T in the tables.
    pub(super) fn table_len<T: Real>(&self) -> usize {
        self.factors_at::<T>() + self.factors_len::<T>()
    }

    /// Complex numbers that only [`TrigPlan::fill`] needs.
    pub(super) const fn planning_len<T>(&self) -> usize {
        match &self.inner {
            Inner::Complex(plan) => plan.planning_len::<T>(),
            Inner::Real(plan) => plan.planning_len::<T>(),
        }
    }

    /// Values of T between the passes, and those behind them for the Fourier transform.
    const fn buffers<T>(&self) -> (usize, usize) {
        match &self.inner {
            Inner::Complex(plan) => (self.len, 2 * plan.scratch_len::<T>()),
            Inner::Real(plan) => {
                // Samples, on whole lines, and bins.
                let samples = plan.len().next_multiple_of(ALIGNMENT / size_of::<T>());
                (samples + 2 * plan.spectrum_len(), 2 * plan.scratch_len::<T>())
            }
        }
    }

    /// Values of T that a call works in.
    pub(super) const fn scratch_len<T>(&self) -> usize {
        let (between, inner) = self.buffers::<T>();
        ALIGNMENT / size_of::<T>() + between + inner
    }

    /// Writes the tables.
    ///
    /// # Panics
    /// When one of the slices has another length than the plan says: what is written there is written through pointers.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        assert_eq!((table.len(), planning.len()), (self.table_len::<T>(), 2 * self.planning_len::<T>()));
        let (inner, rest) = table.split_at_mut(self.inner_table_len());
        let (gap, factors) = rest.split_at_mut(self.factors_at::<T>() - inner.len());
        gap.fill(MaybeUninit::new(T::ZERO));
        match &self.inner {
            Inner::Complex(plan) => plan.fill(inner, planning),
            Inner::Real(plan) => plan.fill(inner, planning),
        }
        if factors.is_empty() {
            return;
        }
        match (self.family, &self.inner) {
            (Family::First, _) | (Family::Fourth, Inner::Real(_)) => {}
            (Family::Fourth, Inner::Complex(_)) => quarter::fill(self.len, self.level, factors),
            (_, Inner::Complex(_)) => even::fill(self.len, factors),
            (_, Inner::Real(_)) => odd::fill(self.len, factors),
        }
    }

    /// Runs the transform, or the one that inverts it.
    ///
    /// # Safety
    /// `table` points to what [`TrigPlan::fill`] wrote; `input` is valid for reads and `output` for writes of `len` values,
    /// `scratch` for reads and writes of [`TrigPlan::scratch_len`]; `input` and `output` may be the same, else none
    /// overlaps another.
    pub(super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) {
        let between = align(scratch);
        let call = Call {
            len: self.len,
            level: self.level,
            sine: self.sine,
            table,
            factors: table.wrapping_add(self.factors_at::<T>()),
            input,
            output,
            between,
            scratch: between.wrapping_add(self.buffers::<T>().0),
        };
        let second = (self.family == Family::Second) != inverse;
        match (self.family, &self.inner) {
            // SAFETY: the caller's promise; `between` and what is behind it are as long as `buffers` says, of which
            // alignment took at most the line that `scratch_len` adds.
            (Family::First, Inner::Real(plan)) => unsafe { ends::run(&call, plan) },
            // SAFETY: as above.
            (Family::Fourth, Inner::Complex(plan)) => unsafe { quarter::run(&call, plan) },
            // SAFETY: as above.
            (Family::Fourth, Inner::Real(plan)) => unsafe { odd::run_fourth(&call, plan) },
            // SAFETY: as above.
            (_, Inner::Complex(plan)) if second => unsafe { even::run_second(&call, plan) },
            // SAFETY: as above.
            (_, Inner::Complex(plan)) => unsafe { even::run_third(&call, plan) },
            // SAFETY: as above.
            (_, Inner::Real(plan)) if second => unsafe { odd::run_second(&call, plan) },
            // SAFETY: as above.
            (_, Inner::Real(plan)) => unsafe { odd::run_third(&call, plan) },
        }
    }
}

/// Where one call reads, works and writes.
///
/// Every `run` of the modules below takes one whose `table` and `factors` are those of the plan beside it, whose `input` and
/// `output` are valid for reads and writes of `len` values and may be the same, and whose `between` and `scratch` are as
/// long as [`TrigPlan::buffers`] says, apart from all others.
#[derive(Clone, Copy, Debug)]
struct Call<T> {
    len: usize,
    level: Available,
    sine: bool,
    table: *const T,
    factors: *const T,
    input: *const T,
    output: *mut T,
    between: *mut T,
    scratch: *mut T,
}

/// The level, or the widest below it whose registers `count` values fill twice, or without a rest: where the last block
/// repeats most of the only one before it, what reads its results waits for both (120 points: a fifth of the time).
fn at_most_lanes<T: Real>(level: Available, count: usize) -> Available {
    let order = [level.level(), level.at_most_256_bits().level(), Level::Portable, Level::Scalar];
    let mut fits = order.into_iter().filter_map(|level| level.prove().ok());
    let filled = |lanes: usize| lanes == 1 || count >= 2 * lanes || count == lanes;
    fits.find(|&level| filled(lanes_and_order::<T>(level).0)).unwrap_or(level)
}

/// Real and imaginary part of `scale * exp(-2 pi i k / n)`, `k` anything.
fn root_times(roots: &Roots, n: usize, k: usize, scale: f64) -> (f64, f64) {
    let (re, im) = roots.get(k % n);
    (scale * re, scale * im)
}

/// Runs the blocks of a loop over `count` values: `LANES` at a time, the last ones again with what was before them where
/// that does not come out even, and one at a time where there are fewer. For loops that read and write different memory.
macro_rules! blocks {
    ($count:expr, $lanes:expr, |$i:ident| $block:expr, |$j:ident| $one:expr) => {{
        let (count, lanes): (usize, usize) = ($count, $lanes);
        if count >= lanes {
            let mut $i = 0;
            loop {
                $block;
                if $i + lanes >= count {
                    break;
                }
                $i = ($i + lanes).min(count - lanes);
            }
        } else {
            for $j in 0..count {
                $one;
            }
        }
    }};
}
use blocks;
