//! The passes of a mixed-radix transform, in the order that the data goes.
//!
//! A transform of `N = L * M` points runs as `L` transforms of `M` points side by side, one in each lane of a
//! register, followed by one pass that joins them (decimation in time by `L`):
//!
//! ```text
//!   input, interleaved       x[L m + l]               l: lane, m: row
//!     first pass             read L complex numbers a row, deinterleave, radix r1
//!     middle passes          radix r2, r3, ...        lines of L re + L im, one-number twiddles, no shuffle
//!     lane pass              transpose L x L, times w_N^(l k), radix L, interleave
//!   output, interleaved      X[k + M j]
//! ```
//!
//! The first and the middle passes are Stockham's autosort (decimation in frequency): with the rows seen as
//! `m` groups of `r`, and `s` the product of the radices before,
//!
//! `y[q + s (r p + j)] = w_(m r)^(p j) * sum over k of x[q + s (p + m k)] * w_r^(j k)`.
//!
//! With one lane (`L = 1`) a line is one interleaved complex number, and there is no lane pass. The inverse
//! exchanges real and imaginary parts at the first load and the last store; everything between is the same.
//!
//! # Source
//! Cochran et al., What is the fast Fourier transform?, Proc. IEEE 55(10), 1967 (Stockham's form);
//! Van Loan, Computational Frameworks for the Fast Fourier Transform, SIAM 1992, 1.7 and 3.2.

mod lane;
mod radix2;
mod radix4;
mod radix8;
mod radix_odd;

use super::Real;
use super::mixed::Pass;
use crate::simd::{Float, Vector};
use core::ops::{Add, Sub};

pub(super) use lane::lane_pass;
pub(super) use radix_odd::{MAX_ODD, root_of_radix, roots_len};

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
    pub(super) dst: *mut T,
    /// The pass's own table.
    pub(super) table: *const T,
    /// Groups: rows / radix / stride.
    pub(super) groups: usize,
    /// Lines that share a twiddle: the product of the radices before this pass.
    pub(super) stride: usize,
}

/// Runs one first or middle pass.
///
/// `FIRST`: `src` is interleaved, in rows of `LANES` complex numbers; else it holds lines. `SWAP_IN` and `SWAP_OUT`
/// exchange real and imaginary parts as the data comes in and goes out.
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `radix * groups * stride` lines of `2 * LANES` values, and
/// they do not overlap; `table` holds what [`super::mixed::fill_pass`] wrote for this pass at this `V`.
#[inline(always)]
pub(super) unsafe fn pass<
    T: Real,
    V: Vector,
    const FIRST: bool,
    const SWAP_IN: bool,
    const SWAP_OUT: bool,
>(
    v: V,
    pass: &Pass,
    step: Step<T>,
) {
    // SAFETY: the caller's promise is that of each arm; the radix is the one the table was made for.
    unsafe {
        match pass.radix {
            2 => run::<T, V, radix2::Radix2, 2, FIRST, SWAP_IN, SWAP_OUT>(v, step),
            3 => run::<T, V, radix_odd::Odd<T, V, 1>, 3, FIRST, SWAP_IN, SWAP_OUT>(v, step),
            4 => run::<T, V, radix4::Radix4, 4, FIRST, SWAP_IN, SWAP_OUT>(v, step),
            5 => run::<T, V, radix_odd::Odd<T, V, 2>, 5, FIRST, SWAP_IN, SWAP_OUT>(v, step),
            7 => run::<T, V, radix_odd::Odd<T, V, 3>, 7, FIRST, SWAP_IN, SWAP_OUT>(v, step),
            8 => run::<T, V, radix8::Radix8<T, V>, 8, FIRST, SWAP_IN, SWAP_OUT>(v, step),
            radix => radix_odd::run_any::<T, V, FIRST, SWAP_IN, SWAP_OUT>(v, radix, step),
        }
    }
}

/// Reads row `i`, as lines or interleaved.
///
/// # Safety
/// `src` is valid for reads of `i + 1` lines.
#[inline(always)]
unsafe fn load_row<T: Real, V: Vector, const FIRST: bool, const SWAP: bool>(
    v: V,
    src: *const T,
    i: usize,
) -> Cx<T::Reg<V>> {
    // SAFETY: line `i` is within the caller's range.
    let p = unsafe { src.add(2 * T::Reg::<V>::LANES * i) };
    let x = if FIRST {
        // SAFETY: a row of LANES complex numbers is as long as a line.
        let (re, im) = unsafe { T::Reg::<V>::load_complex(v, p) };
        Cx { re, im }
    } else {
        // SAFETY: `p` starts a line.
        unsafe { load_line::<T, V>(v, p) }
    };
    x.swap::<SWAP>()
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
    let im = unsafe { T::Reg::<V>::load(v, p.add(T::Reg::<V>::LANES)) };
    Cx { re, im }
}

/// Writes line `i`.
///
/// # Safety
/// `dst` is valid for writes of `i + 1` lines.
#[inline(always)]
unsafe fn store_row<T: Real, V: Vector, const SWAP: bool>(x: Cx<T::Reg<V>>, dst: *mut T, i: usize) {
    let x = x.swap::<SWAP>();
    // SAFETY: line `i` is within the caller's range.
    let p = unsafe { dst.add(2 * T::Reg::<V>::LANES * i) };
    // SAFETY: the real half of the line.
    unsafe { x.re.store(p) };
    // SAFETY: the imaginary half of the line.
    unsafe { x.im.store(p.add(T::Reg::<V>::LANES)) };
}

/// One complex factor from the table, in every lane.
///
/// # Safety
/// `table` is valid for reads of `2 * i + 2` values.
#[inline(always)]
unsafe fn load_factor<T: Real, V: Vector>(v: V, table: *const T, i: usize) -> Cx<T::Reg<V>> {
    // SAFETY: both values are within the caller's range.
    let (re, im) = unsafe { (*table.add(2 * i), *table.add(2 * i + 1)) };
    Cx { re: T::Reg::<V>::splat(v, re), im: T::Reg::<V>::splat(v, im) }
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
    const SWAP_IN: bool,
    const SWAP_OUT: bool,
>(
    v: V,
    Step { src, dst, table, groups, stride }: Step<T>,
) {
    let butterfly = B::new(v);
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    // The first pass has stride 1: saying so makes its inner loop vanish.
    let stride = if FIRST { 1 } else { stride };
    // Group 0 has unit twiddles.
    for q in 0..stride {
        let mut x = [Cx { re: zero, im: zero }; R];
        for (k, x) in x.iter_mut().enumerate() {
            // SAFETY: q < stride and k < R, so the row is below R * groups * stride.
            *x = unsafe { load_row::<T, V, FIRST, SWAP_IN>(v, src, q + stride * groups * k) };
        }
        butterfly.apply(&mut x);
        for (j, x) in x.iter().enumerate() {
            // SAFETY: j < R: row q + stride * j is below R * stride.
            unsafe { store_row::<T, V, SWAP_OUT>(*x, dst, q + stride * j) };
        }
    }
    for p in 1..groups {
        let mut w = [Cx { re: zero, im: zero }; R];
        for (j, w) in w.iter_mut().enumerate().skip(1) {
            // SAFETY: the table has R - 1 factors for each group but the first.
            *w = unsafe { load_factor::<T, V>(v, table, (R - 1) * (p - 1) + j - 1) };
        }
        for q in 0..stride {
            let mut x = [Cx { re: zero, im: zero }; R];
            for (k, x) in x.iter_mut().enumerate() {
                // SAFETY: q < stride, p < groups, k < R: the row is below R * groups * stride.
                *x = unsafe { load_row::<T, V, FIRST, SWAP_IN>(v, src, q + stride * (p + groups * k)) };
            }
            butterfly.apply(&mut x);
            // SAFETY: row q + stride * (R p + j) with p < groups and j < R, as for the reads.
            unsafe { store_row::<T, V, SWAP_OUT>(x[0], dst, q + stride * R * p) };
            for j in 1..R {
                // SAFETY: as above.
                unsafe { store_row::<T, V, SWAP_OUT>(x[j].times(w[j]), dst, q + stride * (R * p + j)) };
            }
        }
    }
}
