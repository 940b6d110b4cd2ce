//! What a plan is, whoever owns its memory: the decision for a length, the size of its tables, and the calls.

use core::fmt;
use core::mem::MaybeUninit;

use num_complex::Complex;

use super::Real;
use super::any_len::Chirp;
use super::direct::Direct;
use super::extent::Extent;
use super::mixed::has_factors_to;
use super::rader::Rader;
#[cfg(feature = "alloc")]
use crate::buffer::AlignedBuf;
use crate::error::LengthError;
use crate::simd::{Available, Level, LevelError};

/// The largest length a plan is made for: rows are counted in u32, and few machines hold the buffers of such a one.
const MAX_LEN: usize = if usize::BITS > 32 { 1 << 32 } else { 1 << 26 };

/// Why a plan could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanError {
    /// The length is zero.
    ZeroLength,
    /// This transform has more points.
    TooShort {
        /// The length asked for.
        len: usize,
        /// The least there is.
        least: usize,
    },
    /// The length, or the size of its tables, does not fit the index type.
    TooLarge {
        /// The length asked for.
        len: usize,
    },
    /// This machine cannot run the level asked for.
    Level(LevelError),
    /// The memory handed over is too small.
    MemoryTooSmall {
        /// Bytes the plan needs.
        needed: usize,
        /// Bytes it was given.
        given: usize,
    },
    /// The allocator refused the memory of the plan.
    AllocationRefused {
        /// Bytes asked for.
        bytes: usize,
    },
    /// A const-sized plan takes only lengths without a prime factor above 7.
    NotSmooth {
        /// The length asked for.
        len: usize,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroLength => write!(f, "a transform of length 0 does not exist; the least is 1"),
            Self::TooShort { len, least } => {
                write!(f, "a transform of length {len} of this type does not exist; the least is {least}")
            }
            Self::TooLarge { len } => {
                write!(f, "the tables of a transform of length {len} do not fit memory")
            }
            Self::Level(e) => e.fmt(f),
            Self::MemoryTooSmall { needed, given } => {
                write!(f, "the plan needs {needed} bytes of memory and was given {given}")
            }
            Self::AllocationRefused { bytes } => {
                write!(f, "the allocator refused {bytes} bytes for the plan")
            }
            Self::NotSmooth { len } => {
                write!(f, "length {len} has a prime factor above 7, which a const-sized plan cannot take")
            }
        }
    }
}

impl core::error::Error for PlanError {}

impl From<LevelError> for PlanError {
    fn from(e: LevelError) -> Self {
        Self::Level(e)
    }
}

/// The decision for one complex length at one level. The tables it describes live elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    len: usize,
    algorithm: Algorithm,
}

#[derive(Clone, Copy, Debug)]
enum Algorithm {
    Direct(Direct),
    Rader(Rader),
    Chirp(Chirp),
}

impl Plan {
    pub(super) fn new<T: Real>(len: usize, level: Level) -> Result<Self, PlanError> {
        let level: Available = level.prove()?;
        if len == 0 {
            return Err(PlanError::ZeroLength);
        }
        let algorithm = if len > MAX_LEN {
            None
        } else if let Some(direct) = Direct::new::<T>(len, level) {
            Some(Algorithm::Direct(direct))
        } else if Rader::takes::<T>(len, level) {
            Rader::new::<T>(len, level).map(Algorithm::Rader)
        } else {
            Chirp::new::<T>(len, level).map(Algorithm::Chirp)
        };
        let plan = Self { len, algorithm: algorithm.ok_or(PlanError::TooLarge { len })? };
        // The bytes of tables and planning memory together must be countable.
        let values = plan.table_len_checked().and_then(|t| t.checked_add(2 * plan.planning_len::<T>()));
        let bytes = values.and_then(|v| v.checked_mul(size_of::<T>()));
        if bytes.is_none_or(|b| b > isize::MAX as usize / 2) {
            return Err(PlanError::TooLarge { len });
        }
        Ok(plan)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Whether it is a codelet, or two or three calls on registers of interleaved numbers.
    pub(super) const fn is_interleaved(&self) -> bool {
        matches!(self.algorithm, Algorithm::Direct(Direct::Small(_) | Direct::Short(_)))
    }

    fn table_len_checked(&self) -> Option<usize> {
        match &self.algorithm {
            Algorithm::Direct(direct) => Some(direct.table_len()),
            Algorithm::Rader(rader) => Some(rader.table_len),
            Algorithm::Chirp(chirp) => chirp.table_len(),
        }
    }

    /// Values of T in the tables.
    pub(super) fn table_len(&self) -> usize {
        // `new` has seen that it can be counted.
        self.table_len_checked().unwrap_or(0)
    }

    /// Complex numbers that only [`Plan::fill`] needs.
    pub(super) const fn planning_len<T>(&self) -> usize {
        match &self.algorithm {
            Algorithm::Direct(_) => 0,
            Algorithm::Rader(rader) => rader.planning_len::<T>(),
            Algorithm::Chirp(chirp) => chirp.planning_len::<T>(),
        }
    }

    pub(super) const fn scratch_len<T>(&self) -> usize {
        match &self.algorithm {
            Algorithm::Direct(direct) => direct.scratch_len::<T>(),
            Algorithm::Rader(rader) => rader.scratch_len::<T>(),
            Algorithm::Chirp(chirp) => chirp.scratch_len::<T>(),
        }
    }

    /// Writes the tables, [`Plan::table_len`] values, with [`Plan::planning_len`] complex numbers to work in.
    ///
    /// # Panics
    /// When one of them has another length: what is written there is written through pointers.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        assert_eq!((table.len(), planning.len()), (self.table_len(), 2 * self.planning_len::<T>()));
        match &self.algorithm {
            Algorithm::Direct(direct) => direct.fill(table),
            Algorithm::Rader(rader) => rader.fill(table, planning),
            Algorithm::Chirp(chirp) => chirp.fill(table, planning),
        }
    }

    /// Runs the transform from `input` to `output`, or a part of it, those before it being done.
    ///
    /// # Safety
    /// `table` points to what [`Plan::fill`] wrote; `input` is valid for reads and `output` for writes of `len`
    /// complex numbers, `scratch` for reads and writes of [`Plan::scratch_len`]; `input` and `output` may be the same,
    /// else none overlaps another. Of an empty part none of it is touched.
    #[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
    #[inline(always)]
    pub(super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
        extent: &mut impl Extent,
    ) {
        // SAFETY: the caller's promise is that of each arm.
        unsafe {
            match &self.algorithm {
                Algorithm::Direct(direct) => direct.run(table, input, output, scratch, inverse, extent),
                Algorithm::Rader(rader) => rader.run(table, input, output, scratch, inverse, extent),
                Algorithm::Chirp(chirp) => chirp.run(table, input, output, scratch, inverse, extent),
            }
        }
    }

    /// As [`Plan::run`], from another crate: a codelet without a call between, all else as it is compiled here.
    ///
    /// # Safety
    /// As [`Plan::run`].
    #[inline(always)]
    unsafe fn run_outside<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) {
        if let Algorithm::Direct(Direct::Small(small)) = &self.algorithm {
            // SAFETY: the caller's promise.
            unsafe { small.run(table, input, output, inverse) }
        } else {
            // SAFETY: as above.
            unsafe { T::run(self, table, input, output, scratch, inverse) }
        }
    }

    /// Checks the slices of an out-of-place call and runs it.
    #[inline(always)]
    pub(super) fn call<T: Real>(
        &self,
        table: &[T],
        input: &[Complex<T>],
        output: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
        inverse: bool,
    ) -> Result<(), LengthError> {
        LengthError::check("input", self.len, input.len())?;
        LengthError::check("output", self.len, output.len())?;
        LengthError::check_least("scratch", self.scratch_len::<T>(), scratch.len())?;
        // SAFETY: the lengths are right, borrowing keeps the three apart, and a `Complex<T>` is two values of T
        // (`repr(C)`). The tables belong to this plan: the two are only ever made together.
        unsafe {
            self.run_outside(
                table.as_ptr(),
                input.as_ptr().cast(),
                output.as_mut_ptr().cast(),
                scratch.as_mut_ptr().cast(),
                inverse,
            );
        }
        Ok(())
    }

    /// Checks the slices of an in-place call and runs it.
    #[inline(always)]
    pub(super) fn call_in_place<T: Real>(
        &self,
        table: &[T],
        data: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
        inverse: bool,
    ) -> Result<(), LengthError> {
        LengthError::check("data", self.len, data.len())?;
        LengthError::check_least("scratch", self.scratch_len::<T>(), scratch.len())?;
        // SAFETY: as in `call`.
        unsafe {
            let data = data.as_mut_ptr().cast();
            self.run_outside(table.as_ptr(), data, data, scratch.as_mut_ptr().cast(), inverse);
        }
        Ok(())
    }
}

/// Allocates the tables of a plan and has them filled.
#[cfg(feature = "alloc")]
pub(super) fn owned_table<T: Real>(
    table_len: usize,
    planning_len: usize,
    fill: impl FnOnce(&mut [MaybeUninit<T>], &mut [MaybeUninit<T>]),
) -> Result<AlignedBuf<T>, PlanError> {
    let allocate = |len: usize| {
        // SAFETY: `fill` writes every value of the table (a test at the foot of this file holds it to that) and no one
        // reads the other buffer but `fill`.
        unsafe { AlignedBuf::<T>::new_uninit(len) }
            .map_err(|_| PlanError::AllocationRefused { bytes: len * size_of::<T>() })
    };
    let mut table = allocate(table_len)?;
    let mut planning = allocate(2 * planning_len)?;
    // Where the system refuses, it is as it was.
    #[cfg(all(feature = "std", unix))]
    if table_len * size_of::<T>() >= HUGE_PAGE {
        let _ = table.advise_huge_pages();
    }
    fill(table.as_uninit(), planning.as_uninit());
    Ok(table)
}

/// Tables from this size on ask for huge pages, which spare a large transform its misses of the address cache.
#[cfg(all(feature = "std", unix))]
const HUGE_PAGE: usize = 2 << 20;

/// Tables start on a cache line.
const LINE: usize = 64;

/// What [`borrowed_table`] needs, in bytes: a multiple of 8.
pub(super) const fn borrowed_bytes<T: Real>(table_len: usize, planning_len: usize) -> usize {
    ((table_len + 2 * planning_len) * size_of::<T>() + LINE - 8).next_multiple_of(8)
}

/// Finds room for the tables of a plan in the caller's memory, at least `needed` bytes, and has them filled.
pub(super) fn borrowed_table<T: Real>(
    table_len: usize,
    planning_len: usize,
    needed: usize,
    memory: &mut [MaybeUninit<u64>],
    fill: impl FnOnce(&mut [MaybeUninit<T>], &mut [MaybeUninit<T>]),
) -> Result<&[T], PlanError> {
    let given = size_of_val(memory);
    // The same for every level, so that `plan_bytes` is what any plan asks for; this one's share is a part of it.
    let needed = needed.max(borrowed_bytes::<T>(table_len, planning_len));
    if given < needed {
        return Err(PlanError::MemoryTooSmall { needed, given });
    }
    let (first, words) = (memory.as_mut_ptr(), memory.len());
    // From a multiple of 8 to the next line it is at most LINE - 8 bytes; the planning memory may begin anywhere.
    let skip = first.align_offset(LINE).min(words);
    // SAFETY: `skip` words of LINE - 8 bytes at most, and `needed` counts them: what is behind them holds
    // `table_len + 2 * planning_len` values of T, whose alignment divides that of u64. The borrow is handed on.
    let values = unsafe {
        core::slice::from_raw_parts_mut(
            first.wrapping_add(skip).cast::<MaybeUninit<T>>(),
            table_len + 2 * planning_len,
        )
    };
    let (table, planning) = values.split_at_mut(table_len);
    fill(table, planning);
    // SAFETY: `fill` has written every value of the tables.
    Ok(unsafe { core::slice::from_raw_parts(table.as_ptr().cast(), table_len) })
}

/// Tells whether a const-sized plan takes the length.
pub(super) const fn is_static_len(len: usize) -> Result<(), PlanError> {
    if len == 0 {
        return Err(PlanError::ZeroLength);
    }
    if has_factors_to(7, len) { Ok(()) } else { Err(PlanError::NotSmooth { len }) }
}

/// Initialised memory as memory that may not be, for [`Plan::fill`], which never makes it less initialised.
pub(super) const fn as_uninit<T>(slice: &mut [T]) -> &mut [MaybeUninit<T>] {
    let (first, len) = (slice.as_mut_ptr().cast(), slice.len());
    // SAFETY: the layouts are the same, the borrow is handed on, and `fill` writes whole values only.
    unsafe { core::slice::from_raw_parts_mut(first, len) }
}

/// The factor of a scaled inverse, 1/`len`.
#[expect(clippy::cast_precision_loss, reason = "lengths are at most 2^32")]
pub(super) fn scale<T: Real>(len: usize) -> T {
    T::from_f64(1.0 / len as f64)
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::vec;

    use super::super::real_plan::RealPlan;
    use super::*;

    /// A plan hands its tables out as initialised memory: each value must have been written.
    #[test]
    fn every_value_of_the_tables_is_written() {
        let mark = f64::from_bits(0x7ff8_dead_beef_0001);
        let check = |what: fmt::Arguments<'_>, len, planning_len, fill: &dyn Fn(&mut [_], &mut [_])| {
            let mut table = vec![MaybeUninit::new(mark); len];
            let mut planning = vec![MaybeUninit::new(mark); 2 * planning_len];
            fill(&mut table, &mut planning);
            for (i, x) in table.iter().enumerate() {
                // SAFETY: all of it was initialised above, whatever `fill` did.
                let bits = unsafe { x.assume_init_ref() }.to_bits();
                assert_ne!(bits, mark.to_bits(), "{what}: value {i}");
            }
        };
        for len in (1..=300).chain([480, 1009, 1024, 2047, 4096, 44_100, 59_049]) {
            for level in Level::available() {
                let plan = Plan::new::<f64>(len, level).unwrap();
                let planning_len = plan.planning_len::<f64>();
                check(format_args!("complex {len} {level}"), plan.table_len(), planning_len, &|t, p| {
                    plan.fill(t, p);
                });
                let plan = RealPlan::new::<f64>(len, level).unwrap();
                let planning_len = plan.planning_len::<f64>();
                check(format_args!("real {len} {level}"), plan.table_len(), planning_len, &|t, p| {
                    plan.fill(t, p);
                });
            }
        }
    }
}
