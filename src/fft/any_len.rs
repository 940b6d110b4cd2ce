//! Lengths with a large prime factor: Bluestein's algorithm on the fast kernels.
//!
//! With `c[n] = exp(-i pi n^2 / N)`, the transform is a convolution, `X[k] = c[k] * sum of (x[n] c[n]) conj(c)[k-n]`,
//! which a cyclic one of a smooth length `M >= 2 N - 1` carries out: two transforms of M points.
//!
//! # Source
//! Bluestein, A linear filtering approach to the computation of the discrete Fourier transform, IEEE Trans. Audio
//! Electroacoustics 18(4), 1970.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::Real;
use super::convolution;
use super::direct::Direct;
use super::extent::{All, Extent};
use super::passes::Cx;
use super::twiddle::Roots;
use super::work;
use crate::simd::{Available, Float, Kernel, Scalar, Vector};

/// A cache line of f32, in values; tables that vectors read begin on one.
const LINE: usize = 16;

/// A transform of any length as a convolution of a smooth length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chirp {
    level: Available,
    len: usize,
    /// The transform of the convolution, M points.
    inner: Direct,
}

impl Chirp {
    /// `None` where the tables would not fit the index type.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        let inner = Direct::new::<T>(convolution::fast_len(len.checked_mul(2)? - 1)?, level)?;
        Some(Self { level, len, inner })
    }

    /// Values of T in the tables: the chirp, the transform of its conjugate, and the tables of the inner transform.
    pub(super) fn table_len(&self) -> Option<usize> {
        let chirp = self.len.checked_mul(2)?.checked_next_multiple_of(LINE)?;
        self.inner.table_len().checked_add(chirp.checked_add(self.inner.len().checked_mul(2)?)?)
    }

    /// Complex numbers of memory that only [`Chirp::fill`] needs.
    pub(super) const fn planning_len<T>(&self) -> usize {
        self.inner.scratch_len::<T>()
    }

    pub(super) const fn scratch_len<T>(&self) -> usize {
        self.inner.len() + self.inner.scratch_len::<T>()
    }

    const fn filter_at(&self) -> usize {
        (2 * self.len).next_multiple_of(LINE)
    }

    const fn inner_at(&self) -> usize {
        self.filter_at() + 2 * self.inner.len()
    }

    /// Fills the tables; `planning` holds [`Chirp::planning_len`] complex numbers, of no use afterwards.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        let (chirp, rest) = table.split_at_mut(self.filter_at());
        let (filter, inner) = rest.split_at_mut(self.inner_at() - self.filter_at());
        let (n, m) = (self.len, self.inner.len());
        let roots = Roots::new(2 * n);
        let mut square = 0;
        for value in chirp.iter_mut().chain(&mut *filter) {
            value.write(T::ZERO);
        }
        // The cyclic convolution leaves out the factor of its two unscaled transforms: here is the place for it.
        #[expect(clippy::cast_precision_loss, reason = "a length")]
        let scale = 1.0 / m as f64;
        for i in 0..self.len {
            // n^2 modulo 2 N, step by step: the angle is exact.
            let (re, im) = roots.get(square);
            square = (square + 2 * i + 1) % (2 * n);
            chirp[2 * i].write(T::from_f64(re));
            chirp[2 * i + 1].write(T::from_f64(im));
            for at in [i, (m - i) % m] {
                filter[2 * at].write(T::from_f64(re * scale));
                filter[2 * at + 1].write(T::from_f64(-im * scale));
            }
        }
        self.inner.fill(inner);
        for value in &mut *planning {
            value.write(T::ZERO);
        }
        let filter = filter.as_mut_ptr().cast::<T>();
        // SAFETY: `filter` is M complex numbers and `planning` the scratch of the inner transform, all written just
        // now, and apart; `inner` is filled.
        unsafe {
            self.inner.run(
                inner.as_ptr().cast::<T>(),
                filter,
                filter,
                planning.as_mut_ptr().cast::<T>(),
                false,
                &mut All,
            )
        };
    }

    /// Runs the transform, or a part of it, those before it being done; `input` and `output` may be the same memory.
    ///
    /// # Safety
    /// `input` is valid for reads and `output` for writes of `len` complex numbers, `scratch` for reads and writes
    /// of [`Chirp::scratch_len`], apart from both; `table` was filled by [`Chirp::fill`].
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
        // The parts of the table as `fill` laid them out, and what is behind the M numbers of scratch.
        let (filter, inner_table, spare) = (
            table.wrapping_add(self.filter_at()),
            table.wrapping_add(self.inner_at()),
            scratch.wrapping_add(2 * m),
        );
        let multiply = |a, b, dst, part: Range<usize>, swap_in, swap_out| {
            if !part.is_empty() {
                self.level.run(&Multiply { swap_in, swap_out, ..Multiply::new(a, b, dst, part) });
            }
        };
        multiply(input, table, scratch, extent.points(self.len, work::MULTIPLY), inverse, false);
        let part = extent.points(m - self.len, work::FILL);
        // SAFETY: complex numbers len..m of the scratch memory.
        unsafe { scratch.wrapping_add(2 * (self.len + part.start)).write_bytes(0, 2 * part.len()) };
        // SAFETY: M complex numbers, in place, and the scratch of the inner transform behind them.
        unsafe { self.inner.run(inner_table, scratch, scratch, spare, false, extent) };
        multiply(scratch, filter, scratch, extent.points(m, work::MULTIPLY), false, false);
        // SAFETY: as before.
        unsafe { self.inner.run(inner_table, scratch, scratch, spare, true, extent) };
        multiply(scratch, table, output, extent.points(self.len, work::MULTIPLY), false, inverse);
    }
}

/// `dst[i] = a[i] * b[i]` over interleaved complex numbers, with real and imaginary part of `a` or of `dst`
/// exchanged or that of `a` conjugated; `dst` may be `a`.
pub(super) struct Multiply<T> {
    a: *const T,
    b: *const T,
    dst: *mut T,
    len: usize,
    swap_in: bool,
    swap_out: bool,
    conjugate: bool,
}

impl<T> Multiply<T> {
    /// The numbers `part` of each, which the private callers promise to be there; nothing is exchanged.
    pub(super) const fn new(a: *const T, b: *const T, dst: *mut T, part: Range<usize>) -> Self {
        let skip = 2 * part.start;
        Self {
            a: a.wrapping_add(skip),
            b: b.wrapping_add(skip),
            dst: dst.wrapping_add(skip),
            len: part.end - part.start,
            swap_in: false,
            swap_out: false,
            conjugate: false,
        }
    }

    /// As [`Multiply::new`], `a` being conjugated.
    pub(super) const fn conjugate(a: *const T, b: *const T, dst: *mut T, part: Range<usize>) -> Self {
        Self { conjugate: true, ..Self::new(a, b, dst, part) }
    }
}

impl<T: Real> Kernel for &Multiply<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        match (self.swap_in, self.swap_out, self.conjugate) {
            (_, _, true) => self.swapped::<V, false, false, true>(v),
            (false, false, _) => self.swapped::<V, false, false, false>(v),
            (true, _, _) => self.swapped::<V, true, false, false>(v),
            (false, true, _) => self.swapped::<V, false, true, false>(v),
        }
    }
}

impl<T: Real> Multiply<T> {
    #[inline(always)]
    fn swapped<V: Vector, const IN: bool, const OUT: bool, const CONJUGATE: bool>(&self, v: V) {
        let lanes = T::Reg::<V>::LANES;
        let mut i = 0;
        while i + lanes <= self.len {
            // SAFETY: the private callers hand over `len` complex numbers in each; i + lanes <= len.
            unsafe { self.block::<V, IN, OUT, CONJUGATE>(v, i) };
            i += lanes;
        }
        while i < self.len {
            // SAFETY: one complex number, i < len.
            unsafe { self.block::<Scalar, IN, OUT, CONJUGATE>(Scalar, i) };
            i += 1;
        }
    }

    /// # Safety
    /// The three hold `i + LANES` complex numbers or more.
    #[inline(always)]
    unsafe fn block<V: Vector, const IN: bool, const OUT: bool, const CONJUGATE: bool>(
        &self,
        v: V,
        i: usize,
    ) {
        // SAFETY: LANES complex numbers from `i`, within what the caller promises.
        let (re, im) = unsafe { T::Reg::<V>::load_complex(v, self.a.wrapping_add(2 * i)) };
        let a = Cx { re, im: if CONJUGATE { -im } else { im } };
        // SAFETY: as above.
        let (re, im) = unsafe { T::Reg::<V>::load_complex(v, self.b.wrapping_add(2 * i)) };
        let b = Cx { re, im };
        let product = a.swap::<IN>().times(b).swap::<OUT>();
        // SAFETY: as for the reads.
        unsafe { T::Reg::<V>::store_complex(product.re, product.im, self.dst.wrapping_add(2 * i)) };
    }
}
