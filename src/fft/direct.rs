//! Transforms that need no convolution: what [`super::plan`] chooses for a length without a large prime factor, and what
//! the convolutions of the others ([`super::rader`], [`super::any_len`]) are made of.

use core::mem::MaybeUninit;

use super::Real;
use super::extent::Extent;
use super::grid::Grid;
use super::mixed::{Mixed, is_smooth};
use super::small::{Short, Small};
use super::work;
use crate::simd::Available;

/// A transform of a length without a large prime factor, which works on the data itself.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "a plan is made once; it is read where it stands")]
pub(super) enum Direct {
    /// One point is its own spectrum.
    Copy,
    /// A short length, in one call.
    Small(Small),
    /// Another short length, in two or three calls.
    Short(Short),
    Mixed(Mixed),
    Grid(Grid),
}

impl Direct {
    /// Tells whether [`Direct::new`] takes the length, 1 or more, at every level: without a prime factor above
    /// [`super::passes::MAX_ODD`].
    pub(super) const fn takes(len: usize) -> bool {
        is_smooth(len)
    }

    /// Plans such a length, or one with larger factors if the level takes it; `None` where the tables would not fit the
    /// index type.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        if len == 1 {
            Some(Self::Copy)
        } else if let Some(small) = Small::new::<T>(len, level) {
            Some(Self::Small(small))
        } else if let Some(short) = Short::new::<T>(len, level) {
            Some(Self::Short(short))
        } else if let Some(grid) = Grid::choose::<T>(len, level) {
            Some(Self::Grid(grid))
        } else if is_smooth(len) {
            Mixed::new::<T>(len, level).map(Self::Mixed)
        } else {
            None
        }
    }

    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Copy => 1,
            Self::Small(small) => small.len,
            Self::Short(short) => short.len,
            Self::Mixed(mixed) => mixed.len,
            Self::Grid(grid) => grid.len,
        }
    }

    /// Values of T in the tables.
    pub(super) const fn table_len(&self) -> usize {
        match self {
            Self::Copy => 0,
            Self::Small(small) => small.table_len,
            Self::Short(short) => short.table_len,
            Self::Mixed(mixed) => mixed.table_len,
            Self::Grid(grid) => grid.table_len,
        }
    }

    /// Complex numbers of scratch that a call needs.
    pub(super) const fn scratch_len<T>(&self) -> usize {
        match self {
            Self::Copy | Self::Small(_) => 0,
            Self::Short(short) => short.scratch_len::<T>(),
            Self::Mixed(mixed) => mixed.scratch_len::<T>(),
            Self::Grid(grid) => grid.scratch_len::<T>(),
        }
    }

    /// Writes the tables, each value of them.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        match self {
            Self::Copy => {}
            Self::Small(small) => small.fill(table),
            Self::Short(short) => short.fill(table),
            Self::Mixed(mixed) => mixed.fill(table),
            Self::Grid(grid) => grid.fill(table),
        }
    }

    /// Runs the transform from `input` to `output`, or a part of it, those before it being done.
    ///
    /// # Safety
    /// `table` points to what [`Direct::fill`] wrote; `input` is valid for reads and `output` for writes of `len` complex
    /// numbers, `scratch` for reads and writes of [`Direct::scratch_len`]; `input` and `output` may be the same, else
    /// none overlaps another.
    #[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
    #[inline(always)]
    pub(super) unsafe fn run<T: Real, E: Extent>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
        extent: &mut E,
    ) {
        if let Self::Copy | Self::Small(_) | Self::Short(_) = self
            && extent.take(1, work::SMALL * self.len()).is_empty()
        {
            return;
        }
        // SAFETY: the caller's promise is that of each arm.
        unsafe {
            match self {
                Self::Copy => input.copy_to(output, 2),
                Self::Small(small) => small.run(table, input, output, inverse),
                Self::Short(short) => short.run(table, input, output, scratch, inverse),
                Self::Mixed(mixed) => mixed.run(table, input, output, scratch, inverse, extent),
                Self::Grid(grid) => grid.run(table, input, output, scratch, inverse, extent),
            }
        }
    }
}
