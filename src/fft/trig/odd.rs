//! Types II, III and IV of odd length N, on a real transform of N points.
//!
//! Types II and III as in `even`, without the part that makes a real transform of a complex one. Type IV: continued by its
//! symmetries, `x[-1-n] = x[n]` and `x[2N-1-n] = -x[n]`, its input has a period of 4N, and since N is odd the steps of four
//! from (N-1)/2 meet each sample once, with a sign: `y[i] = x[(N-1)/2 + 4i]`. The cosine there has the phase
//! `pi (2k+1)/4 + 2 pi i (2k+1)/N`, so with Y the transform of y and `q = 2k+1` modulo N,
//!
//! `C[k] = cos(pi (2k+1)/4) Re Y[q] + sin(pi (2k+1)/4) Im Y[q]`.
//!
//! # Source
//! Chan and Ho, Direct methods for computing discrete sinusoidal transforms, IEE Proc. F 137(6), 1990.

use core::f64::consts::FRAC_1_SQRT_2;
use core::mem::MaybeUninit;

use super::super::Real;
use super::super::passes::Cx;
use super::super::real_plan::RealPlan;
use super::super::twiddle::Roots;
use super::even::{Join, Split};
use super::{Call, blocks, root_times};
use crate::simd::{Float, Kernel, Scalar, Vector};

/// Real and imaginary parts of `w[k]`, k from 1 to (N - 1) / 2.
pub(super) const fn factors_len(len: usize) -> usize {
    2 * (len / 2)
}

pub(super) fn fill<T: Real>(len: usize, factors: &mut [MaybeUninit<T>]) {
    let roots = Roots::new(4 * len);
    let (re, im) = factors.split_at_mut(len / 2);
    for (i, (re, im)) in re.iter_mut().zip(im).enumerate() {
        let (x, y) = root_times(&roots, 4 * len, i + 1, 1.0);
        re.write(T::from_f64(x));
        im.write(T::from_f64(y));
    }
}

/// Where the bins of the real transform are.
fn bins_of<T: Real>(call: &Call<T>) -> *mut T {
    call.between.wrapping_add(call.len.next_multiple_of(super::ALIGNMENT / size_of::<T>()))
}

/// # Safety
/// `call` is one of [`Call`], of this plan.
pub(super) unsafe fn run_second<T: Real>(call: &Call<T>, plan: &RealPlan) {
    call.level.run(&Split(*call));
    // SAFETY: N samples, and room for the bins behind them; the scratch memory is what the plan asks for.
    unsafe { plan.run_forward(call.table, call.between, bins_of(call), call.scratch) };
    call.level.run(&Rotate { call: *call, bins: bins_of(call), second: true });
}

/// # Safety
/// As [`run_second`].
pub(super) unsafe fn run_third<T: Real>(call: &Call<T>, plan: &RealPlan) {
    call.level.run(&Rotate { call: *call, bins: bins_of(call), second: false });
    // SAFETY: as in `run_second`.
    unsafe { plan.run_inverse(call.table, bins_of(call), call.between, call.scratch) };
    call.level.run(&Join(*call));
}

/// Type II from the bins to the output, or type III from the input to the bins.
struct Rotate<T> {
    call: Call<T>,
    bins: *mut T,
    second: bool,
}

impl<T: Real> Kernel for &Rotate<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let Call { len, input, output, sine, .. } = self.call;
        // Of the cosine transform bin 0, of the sine transform bin N, counted from 1.
        let first = if sine { len - 1 } else { 0 };
        if self.second {
            // SAFETY: the real part of bin 0.
            let x = unsafe { *self.bins };
            // SAFETY: one of the N values.
            unsafe { *output.wrapping_add(first) = x };
        } else {
            // SAFETY: one of the N values.
            let x = unsafe { *input.wrapping_add(first) };
            // SAFETY: bin 0.
            unsafe { self.bins.cast::<[T; 2]>().write([x * T::from_f64(0.5), T::ZERO]) };
        }
        blocks!(
            len / 2,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= len / 2.
            |i| unsafe { self.block::<V>(v, i) },
            // SAFETY: j + 1 <= len / 2.
            |j| unsafe { self.block::<Scalar>(Scalar, j) }
        );
    }
}

impl<T: Real> Rotate<T> {
    /// Bins `k` in `i + 1 ..= i + LANES`.
    ///
    /// # Safety
    /// `i + LANES <= len / 2`.
    #[inline(always)]
    unsafe fn block<V: Vector>(&self, v: V, i: usize) {
        let Call { len, factors, input, output, sine, .. } = self.call;
        let lanes = T::Reg::<V>::LANES;
        // SAFETY: len / 2 values of each part, and i + LANES of them are there.
        let re = unsafe { T::Reg::<V>::load(v, factors.wrapping_add(i)) };
        // SAFETY: as above.
        let im = unsafe { T::Reg::<V>::load(v, factors.wrapping_add(len / 2 + i)) };
        // k and N - k; of the sine transform, which counts from 1 and backwards, N - k and k.
        let shift = usize::from(sine);
        let (low, high) = (i + 1 - shift, len - i - lanes - shift);
        let bins = self.bins.wrapping_add(2 * (i + 1));
        if self.second {
            // SAFETY: bins i + 1.. of LANES, at most len / 2.
            let (x, y) = unsafe { T::Reg::<V>::load_pairs(v, bins) };
            let a = Cx { re: x, im: y }.times(Cx { re, im });
            let (x, y) = if sine { (-a.im, a.re) } else { (a.re, -a.im) };
            // SAFETY: LANES of the lower half of the values.
            unsafe { x.store(output.wrapping_add(low)) };
            // SAFETY: their mirror images.
            unsafe { y.reverse().store(output.wrapping_add(high)) };
        } else {
            // SAFETY: LANES of the lower half of the values.
            let x = unsafe { T::Reg::<V>::load(v, input.wrapping_add(low)) };
            // SAFETY: their mirror images.
            let y = unsafe { T::Reg::<V>::load(v, input.wrapping_add(high)) }.reverse();
            let (x, y) = if sine { (y, x) } else { (x, y) };
            let half = T::Reg::<V>::splat(v, T::from_f64(0.5));
            let a = Cx { re: x * half, im: -(y * half) }.times(Cx { re, im: -im });
            // SAFETY: bins i + 1.. of LANES, at most len / 2.
            unsafe { T::Reg::<V>::store_pairs(a.re, a.im, bins) };
        }
    }
}

/// # Safety
/// As [`run_second`].
pub(super) unsafe fn run_fourth<T: Real>(call: &Call<T>, plan: &RealPlan) {
    let &Call { len, input, output, between, sine, .. } = call;
    // Where in half a period, in samples, and which half: the other one has the other sign.
    let (mut at, mut second) = ((len - 1) / 2, false);
    for i in 0..len {
        let (sample, negative) = if at < len { (at, second) } else { (2 * len - 1 - at, !second) };
        let sample = if sine { len - 1 - sample } else { sample };
        // SAFETY: `at` is below 2 N and `sample` below N.
        let x = unsafe { *input.wrapping_add(sample) };
        // SAFETY: i is below N.
        unsafe { *between.wrapping_add(i) = if negative { T::ZERO - x } else { x } };
        at += 4;
        // For N = 1 that is two halves further; there is no next sample then.
        if at >= 2 * len {
            (at, second) = (at - 2 * len, !second);
        }
    }
    let bins = bins_of(call);
    // SAFETY: as in `run_second`.
    unsafe { plan.run_forward(call.table, between, bins, call.scratch) };
    let root = T::from_f64(FRAC_1_SQRT_2);
    // 2 k + 1 modulo N.
    let mut turn = if len == 1 { 0 } else { 1 };
    for k in 0..len {
        let (q, conjugate) = if turn > len / 2 { (len - turn, true) } else { (turn, false) };
        turn += 2;
        if turn >= len {
            turn -= len;
        }
        // SAFETY: q is at most len / 2.
        let [re, im] = unsafe { bins.wrapping_add(2 * q).cast::<[T; 2]>().read() };
        // cos and sin of pi (2k+1)/4 are this root with the signs ++, -+, --, +-.
        let turned = if conjugate == (k % 2 == 1) { re + im } else { re - im };
        // The first sign; every other one again, for a sine transform.
        let negative = (matches!(k % 4, 1 | 2)) != (sine && k % 2 == 1);
        let x = if negative { T::ZERO - turned } else { turned };
        // SAFETY: k is below N.
        unsafe { *output.wrapping_add(k) = x * root };
    }
}
