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
    unsafe { T::forward_real(plan, call.table, call.between, bins_of(call), call.scratch) };
    call.level.run(&Rotate { call: *call, bins: bins_of(call), second: true });
}

/// # Safety
/// As [`run_second`].
pub(super) unsafe fn run_third<T: Real>(call: &Call<T>, plan: &RealPlan) {
    call.level.run(&Rotate { call: *call, bins: bins_of(call), second: false });
    // SAFETY: as in `run_second`.
    unsafe { T::inverse_real(plan, call.table, bins_of(call), call.between, call.scratch) };
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
    call.level.run(&Steps(*call));
    let bins = bins_of(call);
    // SAFETY: as in `run_second`.
    unsafe { T::forward_real(plan, call.table, call.between, bins, call.scratch) };
    call.level.run(&Turns { call: *call, bins });
}

/// The samples in steps of four through the period of 4N, to `between`.
struct Steps<T>(Call<T>);

impl<T: Real> Kernel for &Steps<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, _: V) {
        let Call { len, input, between, sine, .. } = self.0;
        // Each quarter of the period is a straight run through the samples; the first one is cut in two.
        let (mut i, mut at) = (0, (len - 1) / 2);
        for quarter in 0..5 {
            // The second and the fourth go backwards, the second and the third have the other sign.
            let back = (quarter % 2 == 1) != sine;
            let sign = T::from_f64(if quarter == 1 || quarter == 2 { -1.0 } else { 1.0 });
            while at < len && i < len {
                let sample = if back { len - 1 - at } else { at };
                // SAFETY: `sample` is below N.
                let x = unsafe { *input.wrapping_add(sample) };
                // SAFETY: i is below N.
                unsafe { *between.wrapping_add(i) = x * sign };
                (i, at) = (i + 1, at + 4);
            }
            at = at.saturating_sub(len);
        }
    }
}

/// The outputs from the bins.
struct Turns<T> {
    call: Call<T>,
    bins: *const T,
}

impl<T: Real> Kernel for &Turns<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, _: V) {
        let half = self.call.len / 2;
        // q = 2k+1 modulo N goes up to N/2, on to N as the conjugates of bins that go down, and so once more from 0.
        self.some::<false>(0..half.div_ceil(2), 1);
        self.some::<true>(half.div_ceil(2)..half, 2 * (half / 2));
        self.some::<false>(half..half + half / 2 + 1, 0);
        self.some::<true>(half + half / 2 + 1..2 * half + 1, (2 * half.div_ceil(2)).wrapping_sub(1));
    }
}

impl<T: Real> Turns<T> {
    /// Outputs `ks`, the first from bin `q` and each other one from the bin two further, or, conjugate, two before.
    #[inline(always)]
    fn some<const CONJUGATE: bool>(&self, ks: core::ops::Range<usize>, mut q: usize) {
        let root = T::from_f64(FRAC_1_SQRT_2);
        let minus = T::ZERO - root;
        // cos and sin of pi (2k+1)/4; every other one with the other sign, for a sine transform.
        let odd = if self.call.sine { minus } else { root };
        let (cos, sin) = ([root, T::ZERO - odd, minus, odd], [root, odd, minus, T::ZERO - odd]);
        for k in ks {
            // SAFETY: q is at most N/2.
            let [re, im] = unsafe { self.bins.wrapping_add(2 * q).cast::<[T; 2]>().read() };
            let (re, im) = (re * cos[k % 4], im * sin[k % 4]);
            // SAFETY: k is below N.
            unsafe { *self.call.output.wrapping_add(k) = if CONJUGATE { re - im } else { re + im } };
            q = if CONJUGATE { q.wrapping_sub(2) } else { q + 2 };
        }
    }
}
