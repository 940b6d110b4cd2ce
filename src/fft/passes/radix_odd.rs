//! Butterflies of odd radix: 3, 5 and 7 with their constants in registers, and any odd number up to [`MAX_ODD`].
//!
//! The points are folded, `a_k = x_k + x_(r-k)` and `b_k = x_k - x_(r-k)`, which leaves real coefficients:
//! `X_j = x_0 + sum a_k cos(2 pi j k / r) - i sum b_k sin(2 pi j k / r)`, and `X_(r-j)` with a plus.

use super::super::Real;
use super::super::twiddle::root;
use super::{Butterfly, Cx, Step, load_factor, load_row, store_row};
use crate::simd::{Float, Vector};

/// The largest odd radix. Its work grows with the square; beyond this Bluestein's algorithm is faster.
pub(in super::super) const MAX_ODD: usize = 31;

/// The butterfly of radix `2 H + 1`.
pub(super) struct Odd<T: Real, V: Vector, const H: usize> {
    /// Cosine and sine of `2 pi k / (2 H + 1)` for k in 1..=H.
    cos: [T::Reg<V>; H],
    sin: [T::Reg<V>; H],
}

// By hand: derive would ask for `T: Clone, V: Clone` of the wrong types.
impl<T: Real, V: Vector, const H: usize> Clone for Odd<T, V, H> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Real, V: Vector, const H: usize> Copy for Odd<T, V, H> {}

/// Cosine and sine of `2 pi k / r` for the three radices whose constants are compiled in, k in 1..=r/2.
const fn constants(r: usize) -> ([f64; 3], [f64; 3]) {
    match r {
        3 => ([-0.5, 0.0, 0.0], [0.866_025_403_784_438_6, 0.0, 0.0]),
        5 => (
            [0.309_016_994_374_947_45, -0.809_016_994_374_947_5, 0.0],
            [0.951_056_516_295_153_5, 0.587_785_252_292_473_1, 0.0],
        ),
        _ => (
            [0.623_489_801_858_733_5, -0.222_520_933_956_314_4, -0.900_968_867_902_419_1],
            [0.781_831_482_468_029_8, 0.974_927_912_181_823_6, 0.433_883_739_117_558_1],
        ),
    }
}

/// Folds `j * k` modulo `r` to 0..=r/2, and tells whether the sine changes its sign.
#[inline(always)]
const fn fold(j: usize, k: usize, r: usize) -> (usize, bool) {
    let i = j * k % r;
    if i > r / 2 { (r - i, true) } else { (i, false) }
}

macro_rules! odd_butterfly {
    ($r:literal, $h:literal) => {
        impl<T: Real, V: Vector> Butterfly<T, V, $r> for Odd<T, V, $h> {
            #[inline(always)]
            fn new(v: V) -> Self {
                let (cos, sin) = constants($r);
                Self {
                    cos: core::array::from_fn(|k| T::Reg::<V>::splat(v, T::from_f64(cos[k]))),
                    sin: core::array::from_fn(|k| T::Reg::<V>::splat(v, T::from_f64(sin[k]))),
                }
            }

            #[inline(always)]
            fn apply(&self, x: &mut [Cx<T::Reg<V>>; $r]) {
                let x0 = x[0];
                let a: [_; $h] = core::array::from_fn(|k| x[k + 1] + x[$r - 1 - k]);
                let b: [_; $h] = core::array::from_fn(|k| x[k + 1] - x[$r - 1 - k]);
                for k in 0..$h {
                    x[0] = x[0] + a[k];
                }
                for j in 1..=$h {
                    let (c, s) = (self.cos[j - 1], self.sin[j - 1]);
                    let mut even = Cx { re: a[0].re.mul_add(c, x0.re), im: a[0].im.mul_add(c, x0.im) };
                    let mut odd = Cx { re: b[0].re * s, im: b[0].im * s };
                    for (k, (a, b)) in a.iter().zip(&b).enumerate().skip(1) {
                        let (i, flip) = fold(j, k + 1, $r);
                        let (c, s) = (self.cos[i - 1], self.sin[i - 1]);
                        even = Cx { re: a.re.mul_add(c, even.re), im: a.im.mul_add(c, even.im) };
                        odd = if flip {
                            Cx { re: b.re.neg_mul_add(s, odd.re), im: b.im.neg_mul_add(s, odd.im) }
                        } else {
                            Cx { re: b.re.mul_add(s, odd.re), im: b.im.mul_add(s, odd.im) }
                        };
                    }
                    x[j] = even.sub_i(odd);
                    x[$r - j] = even.add_i(odd);
                }
            }
        }
    };
}

odd_butterfly!(3, 1);
odd_butterfly!(5, 2);
odd_butterfly!(7, 3);

/// The number of complex factors that [`run_any`] keeps before its twiddles: the roots of its radix.
pub(in super::super) const fn roots_len(radix: usize) -> usize {
    radix
}

/// The k-th of them.
pub(in super::super) fn root_of_radix(k: usize, radix: usize) -> (f64, f64) {
    root(k as u64, radix as u64)
}

/// The loop of a pass of any odd radix up to [`MAX_ODD`]; its table starts with the roots of the radix.
///
/// # Safety
/// As [`super::pass`]; `radix` is odd and at most [`MAX_ODD`].
#[inline(always)]
pub(super) unsafe fn run_any<T: Real, V: Vector, const FIRST: bool, const LAST: bool, const INVERSE: bool>(
    v: V,
    radix: usize,
    step: Step<T>,
) {
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let half = (radix / 2).min(MAX_ODD / 2);
    // The roots come first in the table, then the twiddles.
    let twiddles = step.table.wrapping_add(2 * roots_len(radix));
    for block in 0..step.blocks {
        for p in 0..step.groups {
            let first_row = radix * step.groups * block + p;
            let mut a = [Cx { re: zero, im: zero }; MAX_ODD / 2];
            let mut b = a;
            // SAFETY: block < blocks and p < groups: a row of the source.
            let x0 = unsafe { load_row::<T, V, FIRST, INVERSE>(v, step.src, first_row) };
            let mut sum = x0;
            for (k, (a, b)) in a.iter_mut().zip(&mut b).enumerate().take(half) {
                let (low, high) = (step.groups * (k + 1), step.groups * (radix - 1 - k));
                // SAFETY: k + 1 is below the radix: a row of the source.
                let x = unsafe { load_row::<T, V, FIRST, INVERSE>(v, step.src, first_row + low) };
                // SAFETY: so is radix - 1 - k.
                let y = unsafe { load_row::<T, V, FIRST, INVERSE>(v, step.src, first_row + high) };
                (*a, *b) = (x + y, x - y);
                sum = sum + *a;
            }
            // SAFETY: one place for each block; only read if LAST.
            let (out, apart) = unsafe { step.outputs::<LAST>(first_row, step.groups, block) };
            // SAFETY: a row of the destination, as the source's.
            unsafe { store_row::<T, V, LAST, INVERSE>(sum, step.dst, out) };
            for j in 1..=half {
                let (mut even, mut odd) = (x0, Cx { re: zero, im: zero });
                let mut i = 0;
                for (a, b) in a.iter().zip(&b).take(half) {
                    i += j;
                    if i >= radix {
                        i -= radix;
                    }
                    // SAFETY: i is below the radix: one of its roots, exp(-2 pi i j k / r).
                    let w = unsafe { load_factor::<T, V>(v, step.table, i) };
                    even = Cx { re: a.re.mul_add(w.re, even.re), im: a.im.mul_add(w.re, even.im) };
                    // The root holds the sine with its minus sign.
                    odd = Cx { re: b.re.neg_mul_add(w.im, odd.re), im: b.im.neg_mul_add(w.im, odd.im) };
                }
                for (j, x) in [(j, even.sub_i(odd)), (radix - j, even.add_i(odd))] {
                    let x = if p == 0 {
                        x
                    } else {
                        // SAFETY: the table has radix - 1 factors for each group but the first.
                        let w = unsafe { load_factor::<T, V>(v, twiddles, (radix - 1) * (p - 1) + j - 1) };
                        x.times(w)
                    };
                    // SAFETY: j is below the radix: a row of the destination.
                    unsafe { store_row::<T, V, LAST, INVERSE>(x, step.dst, out + apart * j) };
                }
            }
        }
    }
}
