//! The last pass with more than one lane: joins the transforms of the lanes and interleaves the result.
//!
//! `X[k + M j] = sum over l of w_L^(l j) * (w_N^(l k) * Y_l[k])`, for a block of `L` values of k at a time: their
//! lines are transposed so that lanes become values of k, and rows become l.

use core::ops::Range;

use super::super::Real;
use super::fused::{Eight, Sixteen};
use super::radix2::Radix2;
use super::radix4::Radix4;
use super::radix8::Radix8;
use super::{Butterfly, Cx, load_line};
use crate::simd::{Float, MAX_LANES, Vector};

/// Runs the lane pass on the rows from `part.start`, a multiple of `LANES`, and below `part.end`. Where the lanes do not
/// divide the rows, what is left of them goes with the part that begins at 0.
///
/// # Safety
/// `src` is valid for reads of `rows` lines and `dst` for writes of `LANES * rows` interleaved complex numbers, and
/// they do not overlap; `rows` is at least half of `LANES`; `table` and `places` hold what
/// [`super::super::mixed::Mixed::fill`] wrote for `rows` at this `V`.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
#[inline(always)]
pub(in super::super) unsafe fn lane_pass<T: Real, V: Vector, const SWAP: bool>(
    v: V,
    src: *const T,
    dst: *mut T,
    table: *const T,
    places: *const u32,
    rows: usize,
    part: Range<usize>,
) {
    // SAFETY: the caller's promise is that of each arm.
    unsafe {
        match T::Reg::<V>::LANES {
            2 => run::<T, V, Plain<Radix2>, 2, SWAP>(v, src, dst, table, places, rows, part),
            4 => run::<T, V, Plain<Radix4>, 4, SWAP>(v, src, dst, table, places, rows, part),
            8 if T::Reg::<V>::FUSED => run::<T, V, Eight, 8, SWAP>(v, src, dst, table, places, rows, part),
            8 => run::<T, V, Plain<Radix8<T, V>>, 8, SWAP>(v, src, dst, table, places, rows, part),
            16 => run::<T, V, Sixteen, 16, SWAP>(v, src, dst, table, places, rows, part),
            // One lane: plans have no lane pass.
            _ => {}
        }
    }
}

/// # Safety
/// As [`lane_pass`]; `L` is the number of lanes.
#[inline(always)]
unsafe fn run<T: Real, V: Vector, J: Join<T, V, L>, const L: usize, const SWAP: bool>(
    v: V,
    src: *const T,
    dst: *mut T,
    table: *const T,
    places: *const u32,
    rows: usize,
    part: Range<usize>,
) {
    let joint = J::new(v);
    let whole = rows / L * L;
    if whole < rows && part.start == 0 {
        // The short block goes first, in whole registers: what it writes past its last row falls into rows that are
        // written later, those of the next j or of the first block. Only at the very end of the output it must not.
        // SAFETY: places past the last line repeat it.
        let x = unsafe { block::<T, V, J, L>(v, &joint, src, table, places, whole) };
        for (j, x) in x.iter().enumerate().take(L - 1) {
            let x = x.swap::<SWAP>();
            // SAFETY: L complex numbers from whole + rows * j. With j <= L - 2 and rows >= L / 2 (`Mixed::new`) they end
            // at most at L * rows: whole + L <= 2 * rows, whether whole is 0 or not.
            unsafe { T::Reg::<V>::store_complex(x.re, x.im, dst.wrapping_add(2 * (whole + rows * j))) };
        }
        let x = x[L - 1].swap::<SWAP>();
        let mut all = [T::ZERO; 2 * MAX_LANES];
        // SAFETY: `all` has room for the L complex numbers of any level.
        unsafe { T::Reg::<V>::store_complex(x.re, x.im, all.as_mut_ptr()) };
        let end = dst.wrapping_add(2 * (whole + rows * (L - 1)));
        // SAFETY: rows - whole < L complex numbers, up to the end of the output.
        unsafe { all.as_ptr().copy_to_nonoverlapping(end, 2 * (rows - whole)) };
    }
    for k in (part.start..part.end.min(whole)).step_by(L) {
        // SAFETY: lines k..k + L are within the source, and their L - 1 twiddle lines within the table.
        let x = unsafe { block::<T, V, J, L>(v, &joint, src, table, places, k) };
        for (j, x) in x.iter().enumerate() {
            let x = x.swap::<SWAP>();
            // SAFETY: L complex numbers from k + rows * j, which is at most L * rows - L.
            unsafe { T::Reg::<V>::store_complex(x.re, x.im, dst.wrapping_add(2 * (k + rows * j))) };
        }
    }
}

/// How a block of lines becomes rows of the result: transposed, times the twiddles, and transformed across the lanes.
pub(super) trait Join<T: Real, V: Vector, const L: usize> {
    /// Spreads the constants over registers, once per pass.
    fn new(v: V) -> Self;

    /// Values of T in the table of one block.
    fn table_len() -> usize;

    /// # Safety
    /// The first `L` of `rows` are lines, valid for reads of `2 * L` values, and `table` is what belongs to their block.
    unsafe fn join(&self, v: V, rows: &[*const T; MAX_LANES], table: *const T) -> [Cx<T::Reg<V>>; L];
}

/// Finds the lines of the block from `k` and joins them.
///
/// # Safety
/// `k` begins a block; `places` has one for each of its lanes, all below the lines that `src` is valid for; `table`
/// holds the twiddle lines of all blocks.
#[inline(always)]
unsafe fn block<T: Real, V: Vector, J: Join<T, V, L>, const L: usize>(
    v: V,
    joint: &J,
    src: *const T,
    table: *const T,
    places: *const u32,
    k: usize,
) -> [Cx<T::Reg<V>>; L] {
    let mut rows = [src; MAX_LANES];
    for (i, row) in rows.iter_mut().enumerate().take(L) {
        // The places are in ORDER, so that the transposed lanes are what `store_complex` wants.
        // Volatile, so that they are read one by one: the compiler computes the addresses in vector registers else, and
        // takes them apart, on ports that the butterflies need.
        // SAFETY: one for each lane of the block.
        let line = unsafe { places.wrapping_add(k + i).read_volatile() } as usize;
        *row = src.wrapping_add(2 * L * line);
    }
    // SAFETY: lines of the source, and the block's part of the table.
    unsafe { joint.join(v, &rows, table.wrapping_add(k / L * J::table_len())) }
}

/// With a twiddle for each lane but the first, and then a butterfly.
struct Plain<B>(B);

impl<T: Real, V: Vector, B: Butterfly<T, V, L>, const L: usize> Join<T, V, L> for Plain<B> {
    #[inline(always)]
    fn new(v: V) -> Self {
        Self(B::new(v))
    }

    #[inline(always)]
    fn table_len() -> usize {
        2 * L * (L - 1)
    }

    #[inline(always)]
    unsafe fn join(&self, v: V, rows: &[*const T; MAX_LANES], table: *const T) -> [Cx<T::Reg<V>>; L] {
        let order = T::Reg::<V>::ORDER;
        let zero = T::Reg::<V>::splat(v, T::ZERO);
        let im = rows.map(|p| p.wrapping_add(L));
        let mut x = [Cx { re: zero, im: zero }; L];
        let group = T::Reg::<V>::GROUP;
        for at in (0..L).step_by(group) {
            // SAFETY: the real halves of lines of the source, L values each.
            let re = unsafe { T::Reg::<V>::load_columns(v, rows, at) };
            // SAFETY: the imaginary halves.
            let im = unsafe { T::Reg::<V>::load_columns(v, &im, at) };
            for i in 0..group {
                // The lanes came in ORDER from the first pass, so column i is lane number ORDER[i].
                let l = order[at + i];
                x[l] = Cx { re: re[i], im: im[i] };
                if l > 0 {
                    // SAFETY: blocks of L - 1 lines, one for each lane but the first.
                    let w = unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * (l - 1))) };
                    x[l] = x[l].times(w);
                }
            }
        }
        self.0.apply(&mut x);
        x
    }
}
