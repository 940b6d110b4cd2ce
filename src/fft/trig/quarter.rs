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
use super::super::mixed::lanes_and_order;
use super::super::passes::{Cx, load_line};
use super::super::plan::Plan;
use super::super::twiddle::Roots;
use super::{Call, blocks, root_times};
use crate::simd::{Available, Float, Kernel, Scalar, Vector};

/// Numbers that are not the mirror image of others; where H is odd, its middle is its own.
const fn pairs(len: usize) -> usize {
    (len / 2).div_ceil(2)
}

/// For each block of lanes, in the order that [`Rotate`] takes them, four registers: real and imaginary parts of f of the
/// numbers, and of their mirror images, each as `load_complex` puts numbers.
pub(super) fn factors_len<T: Real>(len: usize, level: Available) -> usize {
    4 * pairs(len).next_multiple_of(lanes_and_order::<T>(level).0)
}

pub(super) fn fill<T: Real>(len: usize, level: Available, factors: &mut [MaybeUninit<T>]) {
    let (lanes, order) = lanes_and_order::<T>(level);
    let (roots, pairs) = (Roots::new(16 * len), pairs(len));
    // The level is one of one lane, or whose registers hold no more than a quarter of the length: no block is a part of one.
    for (block, line) in factors.chunks_exact_mut(4 * lanes).enumerate() {
        let low = (block * lanes).min(pairs - lanes);
        for (first, parts) in [low, len / 2 - low - lanes].into_iter().zip(line.chunks_exact_mut(2 * lanes)) {
            let (re, im) = parts.split_at_mut(lanes);
            for ((re, im), lane) in re.iter_mut().zip(im).zip(order) {
                let (x, y) = root_times(&roots, 16 * len, 8 * (first + lane) + 1, 1.0);
                re.write(T::from_f64(x));
                im.write(T::from_f64(y));
            }
        }
    }
}

/// # Safety
/// `call` is one of [`Call`], of this plan.
pub(super) unsafe fn run<T: Real>(call: &Call<T>, plan: &Plan) {
    call.level.run(&Rotate { call: *call, after: false });
    // SAFETY: N values are H complex numbers; the scratch memory is what the plan asks for.
    unsafe { T::run(plan, call.table, call.between, call.between, call.scratch, false) };
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
            pairs(self.call.len),
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES is at most the number of pairs.
            |i| unsafe { self.block::<V, AFTER, SINE>(v, i) },
            // SAFETY: as above, of one.
            |j| unsafe { self.block::<Scalar, AFTER, SINE>(Scalar, j) }
        );
    }

    /// Numbers `i..i + LANES` and their mirror images, which share their samples.
    ///
    /// # Safety
    /// `i + LANES` is at most the number of pairs.
    #[inline(always)]
    unsafe fn block<V: Vector, const AFTER: bool, const SINE: bool>(&self, v: V, i: usize) {
        let Call { len, input, between, output, .. } = self.call;
        let (low, high) = (i, len / 2 - i - T::Reg::<V>::LANES);
        let from = if AFTER { between.cast_const() } else { input };
        // SAFETY: numbers, or pairs of samples, low.. of LANES: at most H.
        let (a, b) = unsafe { T::Reg::<V>::load_complex(v, from.wrapping_add(2 * low)) };
        // SAFETY: high.. of LANES, likewise.
        let (c, d) = unsafe { T::Reg::<V>::load_complex(v, from.wrapping_add(2 * high)) };
        // The last block, where it begins before the one before ends, has factors of its own.
        let lanes = T::Reg::<V>::LANES;
        let line = self.call.factors.wrapping_add(4 * lanes * i.div_ceil(lanes));
        // SAFETY: the table has four registers for each block.
        let f = unsafe { load_line::<T, V>(v, line) };
        // SAFETY: the other two of them.
        let g = unsafe { load_line::<T, V>(v, line.wrapping_add(2 * lanes)) };
        if AFTER {
            let (x, y) = (Cx { re: a, im: b }.times(f), Cx { re: c, im: d }.times(g));
            let (x_im, y_im) = if SINE { (x.im, y.im) } else { (-x.im, -y.im) };
            // SAFETY: samples 2 low.. of 2 LANES.
            unsafe { T::Reg::<V>::store_complex(x.re, y_im.reverse(), output.wrapping_add(2 * low)) };
            // SAFETY: samples 2 high.. of 2 LANES.
            unsafe { T::Reg::<V>::store_complex(y.re, x_im.reverse(), output.wrapping_add(2 * high)) };
        } else {
            let x = Cx { re: a, im: d.reverse() }.swap::<SINE>().times(f);
            let y = Cx { re: c, im: b.reverse() }.swap::<SINE>().times(g);
            // SAFETY: numbers low.. of LANES.
            unsafe { T::Reg::<V>::store_complex(x.re, x.im, between.wrapping_add(2 * low)) };
            // SAFETY: numbers high.. of LANES.
            unsafe { T::Reg::<V>::store_complex(y.re, y.im, between.wrapping_add(2 * high)) };
        }
    }
}
