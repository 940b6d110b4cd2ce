//! Butterflies of odd radix: 3, 5 and 7 with their constants compiled in, 11 and 13, whose folded points stay in registers,
//! and any odd number up to [`MAX_ODD`].
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

/// Cosine and sine of `2 pi k / r` for the radices whose constants are compiled in, k in 1..=r/2.
const fn constants(r: usize) -> (&'static [f64], &'static [f64]) {
    match r {
        3 => (&[-0.5], &[0.866_025_403_784_438_6]),
        5 => (
            &[0.309_016_994_374_947_45, -0.809_016_994_374_947_5],
            &[0.951_056_516_295_153_5, 0.587_785_252_292_473_1],
        ),
        _ => (
            &[0.623_489_801_858_733_5, -0.222_520_933_956_314_4, -0.900_968_867_902_419_1],
            &[0.781_831_482_468_029_8, 0.974_927_912_181_823_6, 0.433_883_739_117_558_1],
        ),
    }
}

/// Folds `j * k` modulo `r` to 0..=r/2, and tells whether the sine changes its sign.
#[inline(always)]
const fn fold(j: usize, k: usize, r: usize) -> (usize, bool) {
    let i = j * k % r;
    if i > r / 2 { (r - i, true) } else { (i, false) }
}

impl<T: Real, V: Vector, const H: usize> Odd<T, V, H> {
    /// The two sums of outputs `J` and `2 H + 1 - J`. `J` is a constant so that the loop, of few terms, is unrolled and
    /// knows which constant each term takes.
    #[inline(always)]
    fn sums<const J: usize>(
        &self,
        x0: Cx<T::Reg<V>>,
        a: &[Cx<T::Reg<V>>; H],
        b: &[Cx<T::Reg<V>>; H],
    ) -> [Cx<T::Reg<V>>; 2] {
        let (c, s) = (self.cos[J - 1], self.sin[J - 1]);
        let mut even = Cx { re: a[0].re.mul_add(c, x0.re), im: a[0].im.mul_add(c, x0.im) };
        let mut odd = Cx { re: b[0].re * s, im: b[0].im * s };
        for k in 1..H {
            let (i, flip) = fold(J, k + 1, 2 * H + 1);
            let (c, s) = (self.cos[i - 1], self.sin[i - 1]);
            even = Cx { re: a[k].re.mul_add(c, even.re), im: a[k].im.mul_add(c, even.im) };
            odd = if flip {
                Cx { re: b[k].re.neg_mul_add(s, odd.re), im: b[k].im.neg_mul_add(s, odd.im) }
            } else {
                Cx { re: b[k].re.mul_add(s, odd.re), im: b[k].im.mul_add(s, odd.im) }
            };
        }
        [even, odd]
    }
}

macro_rules! odd_butterfly {
    ($r:literal, $h:literal, $($j:literal)*) => {
        impl<T: Real, V: Vector> Butterfly<T, V, $r> for Odd<T, V, $h> {
            #[inline(always)]
            fn new(v: V) -> Self {
                let (cos, sin) = constants($r);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                let mut butterfly = Self { cos: [zero; $h], sin: [zero; $h] };
                for k in 0..$h {
                    butterfly.cos[k] = T::Reg::<V>::splat(v, T::from_f64(cos[k]));
                    butterfly.sin[k] = T::Reg::<V>::splat(v, T::from_f64(sin[k]));
                }
                butterfly
            }

            #[inline(always)]
            fn apply(&self, x: &mut [Cx<T::Reg<V>>; $r]) {
                let x0 = x[0];
                let (mut a, mut b) = ([x0; $h], [x0; $h]);
                for k in 0..$h {
                    (a[k], b[k]) = (x[k + 1] + x[$r - 1 - k], x[k + 1] - x[$r - 1 - k]);
                    x[0] = x[0] + a[k];
                }
                $(
                    let [even, odd] = self.sums::<$j>(x0, &a, &b);
                    (x[$j], x[$r - $j]) = (even.sub_i(odd), even.add_i(odd));
                )*
            }
        }
    };
}

odd_butterfly!(3, 1, 1);
odd_butterfly!(5, 2, 1 2);
odd_butterfly!(7, 3, 1 2 3);

/// The number of complex factors that a pass keeps before its twiddles: of 11 and 13 those of each output in turn
/// ([`run_folded`]), beyond that the roots of the radix ([`run_any`]).
pub(in super::super) const fn roots_len(radix: usize) -> usize {
    match radix {
        11 | 13 => (radix / 2) * (radix / 2),
        _ if radix.is_multiple_of(2) || radix < 11 => 0,
        _ => radix,
    }
}

/// The k-th of them.
pub(in super::super) fn root_of_radix(k: usize, radix: usize) -> (f64, f64) {
    let half = radix / 2;
    let k = if roots_len(radix) == radix { k } else { (k / half + 1) * (k % half + 1) % radix };
    root(k as u64, radix as u64)
}

/// The loop of a pass of radix `2 H + 1`, output by output, the folded points of a butterfly in registers: as fast as with
/// every output written out, which takes several times the machine code.
///
/// # Safety
/// As [`super::pass`].
#[inline(always)]
pub(super) unsafe fn run_folded<
    T: Real,
    V: Vector,
    const H: usize,
    const FIRST: bool,
    const LAST: bool,
    const INVERSE: bool,
>(
    v: V,
    step: Step<T>,
) {
    let radix = 2 * H + 1;
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let twiddles = step.table.wrapping_add(2 * H * H);
    for block in 0..step.blocks {
        for p in step.from..step.to {
            let first_row = radix * step.groups * block + p;
            // SAFETY: block < blocks and p < groups: a row of the source.
            let x0 = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row) };
            let mut sum = x0;
            let mut a = [Cx { re: zero, im: zero }; H];
            let mut b = a;
            for k in 0..H {
                let (low, high) = (step.groups * (k + 1), step.groups * (radix - 1 - k));
                // SAFETY: k + 1 is below the radix: a row of the source.
                let x = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row + low) };
                // SAFETY: so is radix - 1 - k.
                let y = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row + high) };
                (a[k], b[k]) = (x + y, x - y);
                sum = sum + a[k];
            }
            // SAFETY: one place for each block; only read if LAST.
            let (out, apart) = unsafe { step.outputs::<V, LAST>(first_row, step.groups, block) };
            // SAFETY: a row of the destination, as the source's.
            unsafe { store_row::<T, V, LAST, INVERSE>(sum, &step, out) };
            for j in 1..=H {
                let roots = step.table.wrapping_add(2 * H * (j - 1));
                let (mut even, mut odd) = (x0, Cx { re: zero, im: zero });
                for k in 0..H {
                    // SAFETY: the table begins with H factors for each j up to H.
                    let w = unsafe { load_factor::<T, V>(v, roots, k) };
                    even = Cx { re: a[k].re.mul_add(w.re, even.re), im: a[k].im.mul_add(w.re, even.im) };
                    // The root holds the sine with its minus sign.
                    odd = Cx { re: b[k].re.neg_mul_add(w.im, odd.re), im: b[k].im.neg_mul_add(w.im, odd.im) };
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
                    unsafe { store_row::<T, V, LAST, INVERSE>(x, &step, out + apart * j) };
                }
            }
        }
    }
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
    // Out here, so that they are not cleared for every butterfly.
    let mut a = [Cx { re: zero, im: zero }; MAX_ODD / 2];
    let mut b = a;
    for block in 0..step.blocks {
        for p in step.from..step.to {
            let first_row = radix * step.groups * block + p;
            // SAFETY: block < blocks and p < groups: a row of the source.
            let x0 = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row) };
            let mut sum = x0;
            for (k, (a, b)) in a.iter_mut().zip(&mut b).enumerate().take(half) {
                let (low, high) = (step.groups * (k + 1), step.groups * (radix - 1 - k));
                // SAFETY: k + 1 is below the radix: a row of the source.
                let x = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row + low) };
                // SAFETY: so is radix - 1 - k.
                let y = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, first_row + high) };
                (*a, *b) = (x + y, x - y);
                sum = sum + *a;
            }
            // SAFETY: one place for each block; only read if LAST.
            let (out, apart) = unsafe { step.outputs::<V, LAST>(first_row, step.groups, block) };
            // SAFETY: a row of the destination, as the source's.
            unsafe { store_row::<T, V, LAST, INVERSE>(sum, &step, out) };
            for first in (1..=half).step_by(2) {
                // Two at a time, for a load serves both; of an odd number the last is computed twice.
                let js = [first, (first + 1).min(half)];
                let mut even = [x0; 2];
                let mut odd = [Cx { re: zero, im: zero }; 2];
                let mut at = [0; 2];
                for (a, b) in a.iter().zip(&b).take(half) {
                    for n in 0..2 {
                        at[n] += js[n];
                        if at[n] >= radix {
                            at[n] -= radix;
                        }
                        // SAFETY: below the radix: one of its roots, exp(-2 pi i j k / r).
                        let w = unsafe { load_factor::<T, V>(v, step.table, at[n]) };
                        even[n] =
                            Cx { re: a.re.mul_add(w.re, even[n].re), im: a.im.mul_add(w.re, even[n].im) };
                        // The root holds the sine with its minus sign.
                        odd[n] = Cx {
                            re: b.re.neg_mul_add(w.im, odd[n].re),
                            im: b.im.neg_mul_add(w.im, odd[n].im),
                        };
                    }
                }
                for n in 0..2 {
                    let ends = [(js[n], even[n].sub_i(odd[n])), (radix - js[n], even[n].add_i(odd[n]))];
                    for (j, x) in ends {
                        let x = if p == 0 {
                            x
                        } else {
                            // SAFETY: the table has radix - 1 factors for each group but the first.
                            let w =
                                unsafe { load_factor::<T, V>(v, twiddles, (radix - 1) * (p - 1) + j - 1) };
                            x.times(w)
                        };
                        // SAFETY: j is below the radix: a row of the destination.
                        unsafe { store_row::<T, V, LAST, INVERSE>(x, &step, out + apart * j) };
                    }
                }
            }
        }
    }
}
