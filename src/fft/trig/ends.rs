//! Type I of any length, on a real transform of the symmetric extension.
//!
//! N points of a cosine transform are one half, and both ends, of 2(N - 1) points that are even about the ends; those of a
//! sine transform lie between the zeros of 2(N + 1) odd ones. The transform of either has one part only.
//!
//! Ways that take half of that exist, and lose the square root of N in accuracy.

use super::super::Real;
use super::super::real_plan::RealPlan;
use super::{ALIGNMENT, Call, blocks};
use crate::simd::{Float, Kernel, Scalar, Vector};

/// Points of the extension.
pub(super) const fn extended(len: usize, sine: bool) -> usize {
    if sine { 2 * (len + 1) } else { 2 * (len - 1) }
}

/// # Safety
/// `call` is one of [`Call`], of this plan.
pub(super) unsafe fn run<T: Real>(call: &Call<T>, plan: &RealPlan) {
    call.level.run(&Extend(*call));
    let bins = call.between.wrapping_add(plan.len().next_multiple_of(ALIGNMENT / size_of::<T>()));
    // SAFETY: the extension, and room for its bins behind it; the scratch memory is what the plan asks for.
    unsafe { T::forward_real(plan, call.table, call.between, bins, call.scratch) };
    call.level.run(&Part { call: *call, bins });
}

/// The samples and their mirror image, to `between`.
struct Extend<T>(Call<T>);

impl<T: Real> Kernel for &Extend<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let Call { len, between, sine, .. } = self.0;
        blocks!(
            len,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= len.
            |i| unsafe { self.block::<V>(v, i) },
            // SAFETY: j + 1 <= len.
            |j| unsafe { self.block::<Scalar>(Scalar, j) }
        );
        if sine {
            // SAFETY: the first of the extension's values.
            unsafe { *between = T::ZERO };
            // SAFETY: the one opposite to it.
            unsafe { *between.wrapping_add(len + 1) = T::ZERO };
        }
    }
}

impl<T: Real> Extend<T> {
    /// # Safety
    /// `i + LANES <= len`.
    #[inline(always)]
    unsafe fn block<V: Vector>(&self, v: V, i: usize) {
        let Call { len, input, between, sine, .. } = self.0;
        // SAFETY: samples i.. of LANES.
        let x = unsafe { T::Reg::<V>::load(v, input.wrapping_add(i)) };
        let (at, mirrored) = if sine { (i + 1, -x) } else { (i, x) };
        // The last of these, at extended - at: for sample 0 of a cosine transform that is one behind the end, in what is
        // left free for the bins.
        let end = extended(len, sine) - at + 1;
        // SAFETY: LANES values up to `end`, which is at most one more than the extension has.
        unsafe { mirrored.reverse().store(between.wrapping_add(end - T::Reg::<V>::LANES)) };
        // SAFETY: values at.. of LANES, of the first half.
        unsafe { x.store(between.wrapping_add(at)) };
    }
}

/// Half the real parts of the bins, or minus half their imaginary parts.
struct Part<T> {
    call: Call<T>,
    bins: *const T,
}

impl<T: Real> Kernel for &Part<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        blocks!(
            self.call.len,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= len.
            |i| unsafe { self.block::<V>(v, i) },
            // SAFETY: j + 1 <= len.
            |j| unsafe { self.block::<Scalar>(Scalar, j) }
        );
    }
}

impl<T: Real> Part<T> {
    /// # Safety
    /// `i + LANES <= len`.
    #[inline(always)]
    unsafe fn block<V: Vector>(&self, v: V, i: usize) {
        let Call { output, sine, .. } = self.call;
        // Bin 0 of a sine transform is always zero, and left out.
        let first = i + usize::from(sine);
        // SAFETY: bins first.. of LANES, of len (cosine) or len + 2 (sine).
        let (re, im) = unsafe { T::Reg::<V>::load_pairs(v, self.bins.wrapping_add(2 * first)) };
        let half = T::Reg::<V>::splat(v, T::from_f64(if sine { -0.5 } else { 0.5 }));
        // SAFETY: values i.. of LANES.
        unsafe { ((if sine { im } else { re }) * half).store(output.wrapping_add(i)) };
    }
}
