//! Types II and III of even length N, on a complex transform of H = N/2 points.
//!
//! Even samples, then odd ones backwards, `v[n] = x[2n]` and `v[N-1-n] = x[2n+1]`, have the spectrum V whose bins are those
//! of type II turned by `w[k] = exp(-i pi k / 2N)`: `C[k] = Re(w[k] V[k])`, `C[N-k] = -Im(w[k] V[k])` (Makhoul). V itself
//! comes from the complex transform Z of neighbouring values of v as in `real_plan`. Both steps in one:
//!
//! `A, B = w[k]/2 (Z[k] + conj Z[H-k]) +- t[k] (Z[k] - conj Z[H-k])`, with `t[k] = -(i/2) exp(-5 pi i k / 2N)`, and
//!
//! `C[k] = Re A, C[N-k] = -Im A, C[H-k] = (Re B - Im B) / sqrt 2, C[H+k] = (Re B + Im B) / sqrt 2`
//!
//! for k from 1 to H/2. Type III is the same steps backwards, with the conjugate factors and the inverse transform.
//!
//! # Source
//! Makhoul, A fast cosine transform in one and two dimensions, IEEE Trans. ASSP 28(1), 1980.

use core::f64::consts::FRAC_1_SQRT_2;
use core::mem::MaybeUninit;

use super::super::Real;
use super::super::passes::Cx;
use super::super::plan::Plan;
use super::super::twiddle::Roots;
use super::{Call, blocks, root_times};
use crate::simd::{Float, Kernel, Scalar, Vector};

/// Quadruples of bins: where H is even, the last is a pair twice.
const fn quadruples(len: usize) -> usize {
    len / 4
}

/// Real and imaginary parts of w/2 and of t.
pub(super) const fn factors_len(len: usize) -> usize {
    4 * quadruples(len)
}

pub(super) fn fill<T: Real>(len: usize, factors: &mut [MaybeUninit<T>]) {
    let (count, roots) = (quadruples(len), Roots::new(4 * len));
    for i in 0..count {
        let k = i + 1;
        let (w_re, w_im) = root_times(&roots, 4 * len, k, 0.5);
        // -(i/2) (re + i im)
        let (re, im) = root_times(&roots, 4 * len, 5 * k, 0.5);
        for (part, x) in [w_re, w_im, im, -re].into_iter().enumerate() {
            factors[part * count + i].write(T::from_f64(x));
        }
    }
}

/// # Safety
/// `call` is one of [`Call`], of this plan.
pub(super) unsafe fn run_second<T: Real>(call: &Call<T>, plan: &Plan) {
    call.level.run(&Split(*call));
    // SAFETY: N values are H complex numbers; the scratch memory is what the plan asks for.
    unsafe { T::run(plan, call.table, call.between, call.between, call.scratch, false) };
    call.level.run(&Quadruples { call: *call, second: true });
}

/// # Safety
/// As [`run_second`].
pub(super) unsafe fn run_third<T: Real>(call: &Call<T>, plan: &Plan) {
    call.level.run(&Quadruples { call: *call, second: false });
    // SAFETY: as in `run_second`.
    unsafe { T::run(plan, call.table, call.between, call.between, call.scratch, true) };
    call.level.run(&Join(*call));
}

/// Even samples from the front, odd ones from the back, to `between`; those with the other sign for a sine transform.
pub(super) struct Split<T>(pub(super) Call<T>);

impl<T: Real> Kernel for &Split<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let len = self.0.len;
        blocks!(
            len / 2,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= len / 2.
            |i| unsafe { self.block::<V>(v, i) },
            // SAFETY: j + 1 <= len / 2.
            |j| unsafe { self.block::<Scalar>(Scalar, j) }
        );
        if !len.is_multiple_of(2) {
            // SAFETY: the last of `len` samples.
            let x = unsafe { *self.0.input.wrapping_add(len - 1) };
            // SAFETY: the middle of as many values.
            unsafe { *self.0.between.wrapping_add(len / 2) = x };
        }
    }
}

impl<T: Real> Split<T> {
    /// # Safety
    /// `i + LANES <= len / 2`.
    #[inline(always)]
    unsafe fn block<V: Vector>(&self, v: V, i: usize) {
        let Call { len, input, between, sine, .. } = self.0;
        // SAFETY: samples 2 i.. of 2 LANES.
        let (even, odd) = unsafe { T::Reg::<V>::load_pairs(v, input.wrapping_add(2 * i)) };
        // SAFETY: values i.. of LANES, in the front half.
        unsafe { even.store(between.wrapping_add(i)) };
        let odd = if sine { -odd } else { odd };
        // SAFETY: the mirrored values, in the back half.
        unsafe { odd.reverse().store(between.wrapping_add(len - i - T::Reg::<V>::LANES)) };
    }
}

/// Undoes [`Split`], from `between` to the output.
pub(super) struct Join<T>(pub(super) Call<T>);

impl<T: Real> Kernel for &Join<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let len = self.0.len;
        blocks!(
            len / 2,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= len / 2.
            |i| unsafe { self.block::<V>(v, i) },
            // SAFETY: j + 1 <= len / 2.
            |j| unsafe { self.block::<Scalar>(Scalar, j) }
        );
        if !len.is_multiple_of(2) {
            // SAFETY: the middle of `len` values.
            let x = unsafe { *self.0.between.wrapping_add(len / 2) };
            // SAFETY: the last of as many samples.
            unsafe { *self.0.output.wrapping_add(len - 1) = x };
        }
    }
}

impl<T: Real> Join<T> {
    /// # Safety
    /// `i + LANES <= len / 2`.
    #[inline(always)]
    unsafe fn block<V: Vector>(&self, v: V, i: usize) {
        let Call { len, output, between, sine, .. } = self.0;
        let between = between.cast_const();
        // SAFETY: values i.. of LANES, in the front half.
        let even = unsafe { T::Reg::<V>::load(v, between.wrapping_add(i)) };
        // SAFETY: the mirrored values, in the back half.
        let odd = unsafe { T::Reg::<V>::load(v, between.wrapping_add(len - i - T::Reg::<V>::LANES)) };
        let odd = if sine { -odd } else { odd };
        // SAFETY: samples 2 i.. of 2 LANES.
        unsafe { T::Reg::<V>::store_pairs(even, odd.reverse(), output.wrapping_add(2 * i)) };
    }
}

/// The pass over quadruples of bins: type II from Z in `between` to the output, or type III from the input to Z.
struct Quadruples<T> {
    call: Call<T>,
    second: bool,
}

impl<T: Real> Kernel for &Quadruples<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        match (self.second, self.call.sine) {
            (true, false) => self.second::<V, false>(v),
            (true, true) => self.second::<V, true>(v),
            (false, false) => self.third::<V, false>(v),
            (false, true) => self.third::<V, true>(v),
        }
    }
}

impl<T: Real> Quadruples<T> {
    /// Bin k of a sine transform is bin N - k of the cosine transform; its bins count from 1.
    const fn first_of_sine(sine: bool) -> usize {
        if sine { 1 } else { 0 }
    }

    #[inline(always)]
    fn second<V: Vector, const SINE: bool>(&self, v: V) {
        let Call { len, between, output, .. } = self.call;
        // SAFETY: number 0 of Z.
        let [re, im] = unsafe { between.cast::<[T; 2]>().read() };
        let bins = output.wrapping_sub(Self::first_of_sine(SINE));
        // SAFETY: bin 0 of the cosine transform, N of the sine transform.
        unsafe { *bins.wrapping_add(if SINE { len } else { 0 }) = re + im };
        // SAFETY: bin N / 2 of either.
        unsafe { *bins.wrapping_add(len / 2) = (re - im) * T::from_f64(FRAC_1_SQRT_2) };
        blocks!(
            quadruples(len),
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES is at most the number of quadruples.
            |i| unsafe { self.second_block::<V, SINE>(v, bins, i) },
            // SAFETY: as above, of one.
            |j| unsafe { self.second_block::<Scalar, SINE>(Scalar, bins, j) }
        );
    }

    /// Quadruples `k` in `i + 1 ..= i + LANES`.
    ///
    /// # Safety
    /// `i + LANES <= quadruples(len)`; `bins` is the output, where bin 0 is or would be.
    #[inline(always)]
    unsafe fn second_block<V: Vector, const SINE: bool>(&self, v: V, bins: *mut T, i: usize) {
        let Call { len, between, .. } = self.call;
        let (half, lanes, between) = (len / 2, T::Reg::<V>::LANES, between.cast_const());
        // SAFETY: numbers i + 1.. of LANES.
        let (re, im) = unsafe { T::Reg::<V>::load_pairs(v, between.wrapping_add(2 * (i + 1))) };
        let z = Cx { re, im };
        // SAFETY: numbers half - i - LANES.. of LANES, of which half - 1 is the last that may be read.
        let (re, im) = unsafe { T::Reg::<V>::load_pairs(v, between.wrapping_add(2 * (half - i - lanes))) };
        let mirrored = Cx { re: re.reverse(), im: -im.reverse() };
        // SAFETY: as the caller says.
        let [w, t] = unsafe { self.factors::<V>(v, i) };
        let (p, q) = ((z + mirrored).times(w), (z - mirrored).times(t));
        let (a, b) = (p + q, p - q);
        let root = T::Reg::<V>::splat(v, T::from_f64(FRAC_1_SQRT_2));
        let (b_re, b_im) = (b.re * root, b.im * root);
        let (low, high) = if SINE { (-a.im, a.re) } else { (a.re, -a.im) };
        let (below, above) = if SINE { (b_re + b_im, b_re - b_im) } else { (b_re - b_im, b_re + b_im) };
        // SAFETY: bins i + 1.. of LANES, each in 1..=N/4.
        unsafe { low.store(bins.wrapping_add(i + 1)) };
        // SAFETY: bins N - k, in 3N/4..N.
        unsafe { high.reverse().store(bins.wrapping_add(len - i - lanes)) };
        // SAFETY: bins N/2 - k, in N/4..N/2.
        unsafe { below.reverse().store(bins.wrapping_add(half - i - lanes)) };
        // SAFETY: bins N/2 + k, in N/2..=3N/4.
        unsafe { above.store(bins.wrapping_add(half + i + 1)) };
    }

    #[inline(always)]
    fn third<V: Vector, const SINE: bool>(&self, v: V) {
        let Call { len, input, between, .. } = self.call;
        let bins = input.wrapping_sub(Self::first_of_sine(SINE));
        // SAFETY: bin 0 of the cosine transform, N of the sine transform.
        let first = unsafe { *bins.wrapping_add(if SINE { len } else { 0 }) } * T::from_f64(0.5);
        // SAFETY: bin N / 2 of either.
        let middle = unsafe { *bins.wrapping_add(len / 2) } * T::from_f64(FRAC_1_SQRT_2);
        // SAFETY: number 0 of Z.
        unsafe { between.cast::<[T; 2]>().write([first + middle, first - middle]) };
        blocks!(
            quadruples(len),
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES is at most the number of quadruples.
            |i| unsafe { self.third_block::<V, SINE>(v, bins, i) },
            // SAFETY: as above, of one.
            |j| unsafe { self.third_block::<Scalar, SINE>(Scalar, bins, j) }
        );
    }

    /// As [`Quadruples::second_block`], backwards.
    ///
    /// # Safety
    /// As there, with the input for the output.
    #[inline(always)]
    unsafe fn third_block<V: Vector, const SINE: bool>(&self, v: V, bins: *const T, i: usize) {
        let Call { len, between, .. } = self.call;
        let (half, lanes) = (len / 2, T::Reg::<V>::LANES);
        // SAFETY: bins i + 1.. of LANES, each in 1..=N/4.
        let low = unsafe { T::Reg::<V>::load(v, bins.wrapping_add(i + 1)) };
        // SAFETY: bins N - k, in 3N/4..N.
        let high = unsafe { T::Reg::<V>::load(v, bins.wrapping_add(len - i - lanes)) }.reverse();
        // SAFETY: bins N/2 - k, in N/4..N/2.
        let below = unsafe { T::Reg::<V>::load(v, bins.wrapping_add(half - i - lanes)) }.reverse();
        // SAFETY: bins N/2 + k, in N/2..=3N/4.
        let above = unsafe { T::Reg::<V>::load(v, bins.wrapping_add(half + i + 1)) };
        let ((low, high), (below, above)) =
            if SINE { ((high, low), (above, below)) } else { ((low, high), (below, above)) };
        let root = T::Reg::<V>::splat(v, T::from_f64(FRAC_1_SQRT_2));
        let a = Cx { re: low, im: -high };
        let b = Cx { re: (above + below) * root, im: (above - below) * root };
        // SAFETY: as the caller says.
        let [w, t] = unsafe { self.factors::<V>(v, i) };
        let p = (a + b).times(Cx { re: w.re, im: -w.im });
        let q = (a - b).times(Cx { re: t.re, im: -t.im });
        let (z, mirrored) = (p + q, p - q);
        // SAFETY: numbers half - i - LANES.. of LANES; before the others, which are right where the two ranges meet.
        unsafe {
            T::Reg::<V>::store_pairs(
                mirrored.re.reverse(),
                -mirrored.im.reverse(),
                between.wrapping_add(2 * (half - i - lanes)),
            );
        };
        // SAFETY: numbers i + 1.. of LANES.
        unsafe { T::Reg::<V>::store_pairs(z.re, z.im, between.wrapping_add(2 * (i + 1))) };
    }

    /// w/2 and t.
    ///
    /// # Safety
    /// As [`Quadruples::second_block`].
    #[inline(always)]
    unsafe fn factors<V: Vector>(&self, v: V, i: usize) -> [Cx<T::Reg<V>>; 2] {
        let (at, count) = (self.call.factors.wrapping_add(i), quadruples(self.call.len));
        // SAFETY: the table has `count` values of each of four parts, and i + LANES of them are there.
        let w_re = unsafe { T::Reg::<V>::load(v, at) };
        // SAFETY: the second part.
        let w_im = unsafe { T::Reg::<V>::load(v, at.wrapping_add(count)) };
        // SAFETY: the third.
        let t_re = unsafe { T::Reg::<V>::load(v, at.wrapping_add(2 * count)) };
        // SAFETY: the fourth.
        let t_im = unsafe { T::Reg::<V>::load(v, at.wrapping_add(3 * count)) };
        [Cx { re: w_re, im: w_im }, Cx { re: t_re, im: t_im }]
    }
}
