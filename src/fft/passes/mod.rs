//! The passes of a mixed-radix transform, in the order that the data goes.
//!
//! A transform of `N = L * M` points runs as `L` transforms of `M` points side by side, one in each lane of a
//! register, followed by one pass that joins them (decimation in time by `L`):
//!
//! ```text
//!   input, interleaved       x[L m + l]               l: lane, m: row
//!     first pass             read L complex numbers a row, deinterleave, radix r1; to scratch
//!     middle passes          radix r2, r3, ...        lines of L re + L im, in place, no shuffle
//!     lane pass              fetch L lines, transpose, times w_N^(l k), radix L, interleave; to the output
//!   output, interleaved      X[k + M j]
//! ```
//!
//! The first and the middle passes are decimation in frequency (Gentleman and Sande): a pass of radix `r` takes each
//! block of `n = m r` rows to `r` blocks of `m`,
//!
//! `y[p + m j] = w_n^(p j) * sum over k of x[p + m k] * w_r^(j k)`.
//!
//! They leave the rows in digit-reversed order; the lane pass fetches them by a table, which costs nothing next to its
//! transpose. One buffer of scratch is all there is between input and output, so that more of it stays in the first
//! cache, and its lines are aligned whatever the caller's slices are.
//!
//! With one lane (`L = 1`) a line is one interleaved complex number, there is no lane pass, and the last pass writes to
//! where the digits belong. The inverse exchanges real and imaginary parts at the first load and the last store;
//! everything between is the same.
//!
//! # Source
//! Gentleman and Sande, Fast Fourier transforms - for fun and profit, AFIPS 1966;
//! Van Loan, Computational Frameworks for the Fast Fourier Transform, SIAM 1992, 1.9 and 2.1.

mod composite;
mod fused;
pub(super) mod grid;
mod lane;
mod radix16;
mod radix2;
mod radix4;
mod radix8;
mod radix_odd;
pub(super) mod real_grid;
mod real_lane;

use super::Real;
use crate::simd::{Float, Vector};
use core::ops::{Add, Sub};

pub(super) use fused::{
    fill as fill_fused, fill_lane as fill_fused_lane, fused_pass, has_fused, table_len as fused_table_len,
};
pub(super) use lane::lane_pass;
pub(super) use radix_odd::{MAX_ODD, root_of_radix, roots_len};
pub(super) use real_lane::{Ends, block_lines, join, middle_lines, split};

/// A register of complex numbers: real parts and imaginary parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cx<F> {
    pub(super) re: F,
    pub(super) im: F,
}

impl<F: Add<Output = F>> Add for Cx<F> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        Self { re: self.re + o.re, im: self.im + o.im }
    }
}

impl<F: Sub<Output = F>> Sub for Cx<F> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        Self { re: self.re - o.re, im: self.im - o.im }
    }
}

impl<F> Cx<F> {
    /// Real and imaginary part exchanged where `SWAP` is set.
    #[inline(always)]
    pub(super) fn swap<const SWAP: bool>(self) -> Self {
        if SWAP { Self { re: self.im, im: self.re } } else { self }
    }

    /// The product with the twiddle factor `w`.
    #[inline(always)]
    pub(super) fn times<T>(self, w: Self) -> Self
    where
        F: Float<T>,
    {
        Self { re: self.re.mul_sub(w.re, self.im * w.im), im: self.re.mul_add(w.im, self.im * w.re) }
    }

    /// `self + o * w`.
    #[inline(always)]
    pub(super) fn plus_times<T>(self, o: Self, w: Self) -> Self
    where
        F: Float<T>,
    {
        Self {
            re: o.im.neg_mul_add(w.im, o.re.mul_add(w.re, self.re)),
            im: o.re.mul_add(w.im, o.im.mul_add(w.re, self.im)),
        }
    }

    /// `self - i * o`.
    #[inline(always)]
    pub(super) fn sub_i(self, o: Self) -> Self
    where
        F: Add<Output = F> + Sub<Output = F>,
    {
        Self { re: self.re + o.im, im: self.im - o.re }
    }

    /// `self + i * o`.
    #[inline(always)]
    pub(super) fn add_i(self, o: Self) -> Self
    where
        F: Add<Output = F> + Sub<Output = F>,
    {
        Self { re: self.re - o.im, im: self.im + o.re }
    }
}

/// The forward transform of `R` points in registers, natural order in and out.
pub(super) trait Butterfly<T: Real, V: Vector, const R: usize>: Copy {
    /// Spreads the constants over registers, once per pass.
    fn new(v: V) -> Self;

    fn apply(&self, x: &mut [Cx<T::Reg<V>>; R]);
}

/// Where a pass reads and writes, and the shape of its work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<T> {
    pub(super) src: *const T,
    /// The same as `src` in a middle pass.
    pub(super) dst: *mut T,
    /// The pass's own table.
    pub(super) table: *const T,
    /// Butterflies of one block, each with twiddles of its own: `m` above.
    pub(super) groups: usize,
    /// Blocks that are transformed alike.
    pub(super) blocks: usize,
    /// The number of the first of these blocks, where they are a part of the pass's.
    pub(super) begin: usize,
    /// The butterflies of each block that are run, from one number up to another: all, or of a part of a block fewer.
    pub(super) from: usize,
    pub(super) to: usize,
    /// For a pass that writes the result: how many rows apart the outputs of a butterfly are, which is all the blocks that
    /// the pass has; and the row of the first output of each block.
    pub(super) apart: usize,
    pub(super) places: *const u32,
    /// With one lane, where all of this is told when it runs, so that the pass is compiled once.
    pub(super) one_lane: OneLane,
}

/// What a pass of one lane does where the data comes in and goes out.
#[derive(Clone, Copy, Debug)]
pub(super) struct OneLane {
    /// 1 where real and imaginary parts are exchanged at the first load, else 0.
    pub(super) swap_in: usize,
    /// The same at the last store.
    pub(super) swap_out: usize,
    /// It writes the result.
    pub(super) last: bool,
}

impl OneLane {
    /// Those of a middle pass.
    pub(super) const NONE: Self = Self { swap_in: 0, swap_out: 0, last: false };
}

/// Runs one first or middle pass, of the radix `RADIX`, or of `radix` where that has no butterfly of its own.
///
/// `FIRST`: `src` is interleaved, in rows of `LANES` complex numbers; else it holds lines. `LAST`: `dst` takes the rows
/// in their final order. `INVERSE`: real and imaginary parts are exchanged where data comes in (`FIRST`) and goes out
/// (`LAST`). With one lane the first two are false, and [`Step::one_lane`] decides; of exchanges too, if `INVERSE`.
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `radix * groups * blocks` lines of `2 * LANES` values; the two are
/// the same or do not overlap, and where there is more than one butterfly and `LAST` they do not. `table` holds what
/// [`super::mixed::Mixed::fill`] wrote for this pass at this `V`, and so does `places`, one for each block, if `LAST`;
/// then `groups` is 1, and `dst` holds `radix * apart` lines. `from < to <= groups`.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
#[inline(always)]
pub(super) unsafe fn pass<
    T: Real,
    V: Vector,
    const RADIX: usize,
    const FIRST: bool,
    const LAST: bool,
    const INVERSE: bool,
>(
    v: V,
    radix: u32,
    step: Step<T>,
) {
    // SAFETY: the caller's promise is that of each arm; the radix is the one the table was made for.
    unsafe {
        match RADIX {
            2 => run::<T, V, radix2::Radix2, 2, FIRST, LAST, INVERSE>(v, step),
            3 => run::<T, V, radix_odd::Odd<T, V, 1>, 3, FIRST, LAST, INVERSE>(v, step),
            4 => run::<T, V, radix4::Radix4, 4, FIRST, LAST, INVERSE>(v, step),
            5 => run::<T, V, radix_odd::Odd<T, V, 2>, 5, FIRST, LAST, INVERSE>(v, step),
            7 => run::<T, V, radix_odd::Odd<T, V, 3>, 7, FIRST, LAST, INVERSE>(v, step),
            8 => run::<T, V, radix8::Radix8<T, V>, 8, FIRST, LAST, INVERSE>(v, step),
            11 => radix_odd::run_folded::<T, V, 5, FIRST, LAST, INVERSE>(v, step),
            13 => radix_odd::run_folded::<T, V, 6, FIRST, LAST, INVERSE>(v, step),
            _ => radix_odd::run_any::<T, V, FIRST, LAST, INVERSE>(v, radix as usize, step),
        }
    }
}

/// The loop of a pass whose radix is known.
///
/// # Safety
/// As [`pass`].
#[inline(always)]
unsafe fn run<
    T: Real,
    V: Vector,
    B: Butterfly<T, V, R>,
    const R: usize,
    const FIRST: bool,
    const LAST: bool,
    const INVERSE: bool,
>(
    v: V,
    step: Step<T>,
) {
    let butterfly = B::new(v);
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    // A pass of one group has nothing but such blocks: with rows next to each other known to the compiler they take
    // a quarter less time. Radix 5 and 7 are seldom the last.
    if step.groups == 1 && R != 5 && R != 7 {
        for block in 0..step.blocks {
            // SAFETY: block < blocks.
            unsafe { first_group::<T, V, B, R, FIRST, LAST, INVERSE>(v, &butterfly, &step, 1, block) };
        }
        return;
    }
    for block in 0..step.blocks {
        if step.from == 0 {
            // SAFETY: block < blocks.
            unsafe {
                first_group::<T, V, B, R, FIRST, LAST, INVERSE>(v, &butterfly, &step, step.groups, block)
            };
        }
        let first_row = R * step.groups * block;
        for p in step.from.max(1)..step.to {
            let mut x = [Cx { re: zero, im: zero }; R];
            for (k, x) in x.iter_mut().enumerate() {
                // SAFETY: as above, with p < groups.
                *x = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row + p + step.groups * k) };
            }
            butterfly.apply(&mut x);
            // SAFETY: the rows just read; LAST has one group, so this is not the last pass.
            unsafe { store_row::<T, V, false, INVERSE>(x[0], &step, first_row + p) };
            for (j, x) in x.iter().enumerate().skip(1) {
                // SAFETY: the table has R - 1 factors for each group but the first.
                let w = unsafe { load_factor::<T, V>(v, step.table, (R - 1) * (p - 1) + j - 1) };
                // SAFETY: the rows just read.
                unsafe {
                    store_row::<T, V, false, INVERSE>(x.times(w), &step, first_row + p + step.groups * j)
                };
            }
        }
    }
}

/// The butterfly of group 0 of a block, whose twiddles are 1.
///
/// # Safety
/// As [`pass`], with block < blocks; `groups` is that of the step.
#[inline(always)]
unsafe fn first_group<
    T: Real,
    V: Vector,
    B: Butterfly<T, V, R>,
    const R: usize,
    const FIRST: bool,
    const LAST: bool,
    const INVERSE: bool,
>(
    v: V,
    butterfly: &B,
    step: &Step<T>,
    groups: usize,
    block: usize,
) {
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let first_row = R * groups * block;
    let mut x = [Cx { re: zero, im: zero }; R];
    for (k, x) in x.iter_mut().enumerate() {
        // SAFETY: block < blocks and k < R: the row is below R * groups * blocks.
        *x = unsafe { load_row::<T, V, FIRST, INVERSE>(v, step, first_row + groups * k) };
    }
    butterfly.apply(&mut x);
    // SAFETY: one place for each block; only read if LAST.
    let (out, apart) = unsafe { step.outputs::<V, LAST>(first_row, groups, block) };
    for (j, x) in x.iter().enumerate() {
        // SAFETY: the rows just read, or if LAST the places of the block, which are rows too.
        unsafe { store_row::<T, V, LAST, INVERSE>(*x, step, out + apart * j) };
    }
}

impl<T: Real> Step<T> {
    /// The row of the first output of a block's group 0, and how far apart its outputs are.
    ///
    /// # Safety
    /// In a last pass, `places` holds more than `block` rows.
    #[inline(always)]
    unsafe fn outputs<V: Vector, const LAST: bool>(
        &self,
        first_row: usize,
        groups: usize,
        block: usize,
    ) -> (usize, usize) {
        if LAST || (T::Reg::<V>::LANES == 1 && self.one_lane.last) {
            // SAFETY: the caller's promise.
            (unsafe { *self.places.wrapping_add(block) } as usize, self.apart)
        } else {
            (first_row, groups)
        }
    }
}

/// Reads row `i`: as `LANES` interleaved complex numbers if `FIRST`, then exchanged if `INVERSE`; else as a line.
///
/// # Safety
/// The source is valid for reads of `i + 1` lines.
#[inline(always)]
unsafe fn load_row<T: Real, V: Vector, const FIRST: bool, const INVERSE: bool>(
    v: V,
    step: &Step<T>,
    i: usize,
) -> Cx<T::Reg<V>> {
    let p = step.src.wrapping_add(2 * T::Reg::<V>::LANES * i);
    if T::Reg::<V>::LANES == 1 {
        let swap = if INVERSE { step.one_lane.swap_in } else { 0 };
        // SAFETY: one half of the complex number.
        let re = unsafe { T::Reg::<V>::load(v, p.wrapping_add(swap)) };
        // SAFETY: its other half.
        let im = unsafe { T::Reg::<V>::load(v, p.wrapping_add(1 - swap)) };
        return Cx { re, im };
    }
    if FIRST {
        // SAFETY: a row of LANES complex numbers is as long as a line.
        let (re, im) = unsafe { T::Reg::<V>::load_complex(v, p) };
        Cx { re, im }.swap::<INVERSE>()
    } else {
        // SAFETY: `p` starts a line.
        unsafe { load_line::<T, V>(v, p) }
    }
}

/// Reads the line at `p`.
///
/// # Safety
/// `p` is valid for reads of a line, `2 * LANES` values.
#[inline(always)]
pub(super) unsafe fn load_line<T: Real, V: Vector>(v: V, p: *const T) -> Cx<T::Reg<V>> {
    // SAFETY: the real half of the line.
    let re = unsafe { T::Reg::<V>::load(v, p) };
    // SAFETY: the imaginary half of the line.
    let im = unsafe { T::Reg::<V>::load(v, p.wrapping_add(T::Reg::<V>::LANES)) };
    Cx { re, im }
}

/// Writes line `i`, exchanged if it is the result of an inverse.
///
/// # Safety
/// The destination is valid for writes of `i + 1` lines.
#[inline(always)]
unsafe fn store_row<T: Real, V: Vector, const LAST: bool, const INVERSE: bool>(
    x: Cx<T::Reg<V>>,
    step: &Step<T>,
    i: usize,
) {
    let x = if LAST { x.swap::<INVERSE>() } else { x };
    let p = step.dst.wrapping_add(2 * T::Reg::<V>::LANES * i);
    if T::Reg::<V>::LANES == 1 {
        let swap = if INVERSE { step.one_lane.swap_out } else { 0 };
        // SAFETY: one half of the complex number.
        unsafe { x.re.store(p.wrapping_add(swap)) };
        // SAFETY: its other half.
        unsafe { x.im.store(p.wrapping_add(1 - swap)) };
        return;
    }
    // SAFETY: the real half of the line.
    unsafe { x.re.store(p) };
    // SAFETY: the imaginary half of the line.
    unsafe { x.im.store(p.wrapping_add(T::Reg::<V>::LANES)) };
}

/// One complex factor from the table, in every lane.
///
/// # Safety
/// `table` is valid for reads of `2 * i + 2` values.
#[inline(always)]
unsafe fn load_factor<T: Real, V: Vector>(v: V, table: *const T, i: usize) -> Cx<T::Reg<V>> {
    // SAFETY: within the caller's range.
    let re = unsafe { *table.wrapping_add(2 * i) };
    // SAFETY: as above.
    let im = unsafe { *table.wrapping_add(2 * i + 1) };
    Cx { re: T::Reg::<V>::splat(v, re), im: T::Reg::<V>::splat(v, im) }
}
