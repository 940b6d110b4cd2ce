//! Type IV of even length N, on a complex transform of H = N/2 points.
//!
//! With `f[n] = exp(-i pi (8n + 1) / 8N)` and `z[n] = (x[2n] + i x[N-1-2n]) f[n]`, whose transform is Z,
//!
//! `C[2k] = Re(Z[k] f[k])` and `C[N-1-2k] = -Im(Z[k] f[k])`:
//!
//! the same factors before and after. A sine transform takes the input backwards, which exchanges the two parts of `z / f`,
//! and every other output with the other sign, which drops the minus sign.
//!
//! # Source
//! Duhamel, Mahieux and Petit, A fast algorithm for the implementation of filter banks based on time domain aliasing
//! cancellation, ICASSP 1991.

use core::mem::MaybeUninit;

use super::super::Real;
use super::super::passes::Cx;
use super::super::plan::Plan;
use super::super::twiddle::Roots;
use super::{Call, blocks, root_times};
use crate::simd::{Float, Kernel, Scalar, Vector};

/// Real and imaginary parts of f.
pub(super) const fn factors_len(len: usize) -> usize {
    len
}

pub(super) fn fill<T: Real>(len: usize, factors: &mut [MaybeUninit<T>]) {
    let roots = Roots::new(16 * len);
    let (re, im) = factors.split_at_mut(len / 2);
    for (n, (re, im)) in re.iter_mut().zip(im).enumerate() {
        let (x, y) = root_times(&roots, 16 * len, 8 * n + 1, 1.0);
        re.write(T::from_f64(x));
        im.write(T::from_f64(y));
    }
}

/// # Safety
/// `call` is one of [`Call`], of this plan.
pub(super) unsafe fn run<T: Real>(call: &Call<T>, plan: &Plan) {
    call.level.run(&Rotate { call: *call, after: false });
    // SAFETY: N values are H complex numbers; the scratch memory is what the plan asks for.
    unsafe { plan.run(call.table, call.between, call.between, call.scratch, false) };
    call.level.run(&Rotate { call: *call, after: true });
}

/// One of the two rotations: from the input to `between`, or from there to the output.
struct Rotate<T> {
    call: Call<T>,
    after: bool,
}

impl<T: Real> Kernel for &Rotate<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        match (self.after, self.call.sine) {
            (false, false) => self.all::<V, false, false>(v),
            (false, true) => self.all::<V, false, true>(v),
            (true, false) => self.all::<V, true, false>(v),
            (true, true) => self.all::<V, true, true>(v),
        }
    }
}

impl<T: Real> Rotate<T> {
    #[inline(always)]
    fn all<V: Vector, const AFTER: bool, const SINE: bool>(&self, v: V) {
        blocks!(
            // Where H is odd, its middle is its own mirror image.
            (self.call.len / 2).div_ceil(2),
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES is at most half of H, rounded up.
            |i| unsafe { self.block::<V, AFTER, SINE>(v, i) },
            // SAFETY: as above, of one.
            |j| unsafe { self.block::<Scalar, AFTER, SINE>(Scalar, j) }
        );
    }

    /// Numbers `i..i + LANES` and their mirror images, which share their samples.
    ///
    /// # Safety
    /// `i + LANES` is at most half of H, rounded up.
    #[inline(always)]
    unsafe fn block<V: Vector, const AFTER: bool, const SINE: bool>(&self, v: V, i: usize) {
        let Call { len, input, between, output, .. } = self.call;
        let (low, high) = (i, len / 2 - i - T::Reg::<V>::LANES);
        let from = if AFTER { between.cast_const() } else { input };
        // SAFETY: numbers, or pairs of samples, low.. of LANES: at most H.
        let (a, b) = unsafe { T::Reg::<V>::load_pairs(v, from.wrapping_add(2 * low)) };
        // SAFETY: high.. of LANES, likewise.
        let (c, d) = unsafe { T::Reg::<V>::load_pairs(v, from.wrapping_add(2 * high)) };
        // SAFETY: low + LANES is at most H.
        let f = unsafe { self.factor::<V>(v, low) };
        // SAFETY: high + LANES is H - i.
        let g = unsafe { self.factor::<V>(v, high) };
        if AFTER {
            let (x, y) = (Cx { re: a, im: b }.times(f), Cx { re: c, im: d }.times(g));
            let (x_im, y_im) = if SINE { (x.im, y.im) } else { (-x.im, -y.im) };
            // SAFETY: samples 2 low.. of 2 LANES.
            unsafe { T::Reg::<V>::store_pairs(x.re, y_im.reverse(), output.wrapping_add(2 * low)) };
            // SAFETY: samples 2 high.. of 2 LANES.
            unsafe { T::Reg::<V>::store_pairs(y.re, x_im.reverse(), output.wrapping_add(2 * high)) };
        } else {
            let x = Cx { re: a, im: d.reverse() }.swap::<SINE>().times(f);
            let y = Cx { re: c, im: b.reverse() }.swap::<SINE>().times(g);
            // SAFETY: numbers low.. of LANES.
            unsafe { T::Reg::<V>::store_pairs(x.re, x.im, between.wrapping_add(2 * low)) };
            // SAFETY: numbers high.. of LANES.
            unsafe { T::Reg::<V>::store_pairs(y.re, y.im, between.wrapping_add(2 * high)) };
        }
    }

    /// `f[i..i + LANES]`.
    ///
    /// # Safety
    /// `i + LANES` is at most H.
    #[inline(always)]
    unsafe fn factor<V: Vector>(&self, v: V, i: usize) -> Cx<T::Reg<V>> {
        let at = self.call.factors.wrapping_add(i);
        // SAFETY: H values of each part, and i + LANES of them are there.
        let re = unsafe { T::Reg::<V>::load(v, at) };
        // SAFETY: as above.
        let im = unsafe { T::Reg::<V>::load(v, at.wrapping_add(self.call.len / 2)) };
        Cx { re, im }
    }
}
