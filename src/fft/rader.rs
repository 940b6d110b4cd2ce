//! Prime lengths: Rader's algorithm on the fast kernels.
//!
//! Modulo a prime `p` the powers of a primitive root `g` run through all numbers but 0. With `M = p - 1` and
//! `a[q] = x[g^q]`, the bins but the first are a cyclic correlation of M points,
//!
//! `X[g^m] = x[0] + sum over q of a[q] * w_p^(g^(q + m))`,
//!
//! which two forward transforms carry out: with `B[k] = sum over q of w_p^(g^-q) w_M^(q k) / M`,
//! `X[g^m] = x[0] + sum over k of (A[k] B[k]) w_M^(k m)`. And `X[0] = x[0] + A[0]`.
//!
//! The inverse is the forward transform with the bins `k` and `p - k` exchanged, and `p - g^m = g^(m + M/2)`: it writes
//! the two halves of the result to the places of the other.
//!
//! # Source
//! Rader, Discrete Fourier transforms when the number of data samples is prime, Proc. IEEE 56(6), 1968.

use core::mem::MaybeUninit;

use super::Real;
use super::any_len::Multiply;
use super::convolution::{self, is_prime};
use super::direct::Direct;
use super::extent::{All, Extent};
use super::mixed::lanes_of;
use super::twiddle::Roots;
use super::work;
use crate::simd::Available;

/// A cache line of f32, in values; tables that vectors read begin on one.
const LINE: usize = 16;

/// A transform of a prime length as a convolution of one point less.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rader {
    level: Available,
    /// The transform of the convolution, M points.
    inner: Direct,
    /// Where the spectrum B starts, behind the powers of g, in values of T.
    filter_at: usize,
    /// Values of T in the tables: the powers, B, and the tables of the inner transform.
    pub(super) table_len: usize,
}

impl Rader {
    /// Tells whether [`Rader::new`] takes the length and is the best choice for it.
    pub(super) fn takes<T: Real>(len: usize, level: Available) -> bool {
        len > 2
            && Direct::takes(len - 1)
            && is_prime(len)
            && convolution::rader_pays(len, lanes_of::<T>(level))
    }

    /// Plans a length that it takes; `None` where the tables would not fit the index type.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        let inner = Direct::new::<T>(len - 1, level)?;
        let filter_at = (len - 1)
            .checked_mul(size_of::<u32>())?
            .div_ceil(size_of::<T>())
            .checked_next_multiple_of(LINE)?;
        let table_len = filter_at.checked_add(2 * (len - 1))?.checked_add(inner.table_len())?;
        Some(Self { level, inner, filter_at, table_len })
    }

    const fn len(&self) -> usize {
        self.inner.len() + 1
    }

    /// Complex numbers of memory that only [`Rader::fill`] needs.
    pub(super) const fn planning_len<T>(&self) -> usize {
        self.inner.scratch_len::<T>()
    }

    pub(super) const fn scratch_len<T>(&self) -> usize {
        self.inner.len() + self.inner.scratch_len::<T>()
    }

    /// Fills the tables; `planning` holds [`Rader::planning_len`] complex numbers, of no use afterwards.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        let (powers, rest) = table.split_at_mut(self.filter_at);
        let (filter, inner) = rest.split_at_mut(2 * self.inner.len());
        let (p, m) = (self.len(), self.inner.len());
        for value in &mut *powers {
            value.write(T::ZERO);
        }
        let powers = powers.as_mut_ptr().cast::<u32>();
        let roots = Roots::new(p);
        #[expect(clippy::cast_precision_loss, reason = "a length")]
        let scale = 1.0 / m as f64;
        for (q, power) in convolution::powers(p).enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "below p, which is at most 2^32 (MAX_LEN)")]
            // SAFETY: the first m numbers of four bytes of the slice, which has room for them (`filter_at`).
            unsafe {
                powers.wrapping_add(q).write(power as u32);
            }
            // g^q is g^-(m - q).
            let ((re, im), at) = (roots.get(power), (m - q) % m);
            filter[2 * at].write(T::from_f64(re * scale));
            filter[2 * at + 1].write(T::from_f64(im * scale));
        }
        self.inner.fill(inner);
        let filter = filter.as_mut_ptr().cast::<T>();
        // SAFETY: `filter` is M complex numbers, all written just now, and `planning` the scratch of the inner transform,
        // apart; `inner` is filled.
        unsafe {
            self.inner.run(
                inner.as_ptr().cast::<T>(),
                filter,
                filter,
                planning.as_mut_ptr().cast::<T>(),
                false,
                &mut All,
            );
        }
    }

    /// Runs the transform, or a part of it, those before it being done; `input` and `output` may be the same memory.
    ///
    /// # Safety
    /// `input` is valid for reads and `output` for writes of `len` complex numbers, `scratch` for reads and writes
    /// of [`Rader::scratch_len`], apart from both; `table` was filled by [`Rader::fill`].
    pub(super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
        extent: &mut impl Extent,
    ) {
        let m = self.inner.len();
        let powers = table.cast::<u32>();
        // The parts of the table as `fill` laid them out, and what is behind the M numbers of scratch.
        let (filter, inner_table, spare) = (
            table.wrapping_add(self.filter_at),
            table.wrapping_add(self.filter_at + 2 * m),
            scratch.wrapping_add(2 * m),
        );
        for q in extent.points(m, work::PERMUTE) {
            // SAFETY: one of the m powers.
            let from = unsafe { *powers.wrapping_add(q) } as usize;
            // SAFETY: powers are below p.
            let x = unsafe { input.wrapping_add(2 * from).cast::<[T; 2]>().read() };
            // SAFETY: q is below m.
            unsafe { scratch.wrapping_add(2 * q).cast::<[T; 2]>().write(x) };
        }
        // SAFETY: M complex numbers, in place, and the scratch of the inner transform behind them.
        unsafe { self.inner.run(inner_table, scratch, scratch, spare, false, extent) };
        let part = extent.points(m, work::MULTIPLY);
        if part.start == 0 && !part.is_empty() {
            // SAFETY: number 0 of the input, which is still as it was.
            let [x_re, x_im] = unsafe { input.cast::<[T; 2]>().read() };
            // SAFETY: number 0 of the M.
            let [sum_re, sum_im] = unsafe { scratch.cast::<[T; 2]>().read() };
            self.level.run(&Multiply::new(scratch, filter, scratch, part));
            let first = scratch.cast::<[T; 2]>();
            // SAFETY: number 0 of the product.
            let [re, im] = unsafe { first.read() };
            // What is added to it is added to every result.
            // SAFETY: as above.
            unsafe { first.write([re + x_re, im + x_im]) };
            // The rest of the input is in scratch: the output may take its place.
            // SAFETY: number 0 of the output.
            unsafe { output.cast::<[T; 2]>().write([x_re + sum_re, x_im + sum_im]) };
        } else if !part.is_empty() {
            self.level.run(&Multiply::new(scratch, filter, scratch, part));
        }
        // SAFETY: as before.
        unsafe { self.inner.run(inner_table, scratch, scratch, spare, false, extent) };
        let half = m / 2;
        for (start, end) in [(0, half), (half, m)] {
            // Of an even number of powers one half is the negative of the other, modulo p.
            let places = powers.wrapping_add(if inverse { half - start } else { start });
            for i in extent.points(end - start, work::PERMUTE) {
                // SAFETY: half of the m powers.
                let to = unsafe { *places.wrapping_add(i) } as usize;
                // SAFETY: start + i is below m.
                let x = unsafe { scratch.wrapping_add(2 * (start + i)).cast::<[T; 2]>().read() };
                // SAFETY: powers are below p.
                unsafe { output.wrapping_add(2 * to).cast::<[T; 2]>().write(x) };
            }
        }
    }
}
