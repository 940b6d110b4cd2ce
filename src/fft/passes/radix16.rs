//! The sixteen-point butterfly: four by four.
//!
//! The twiddles between the two halves are joined with the second as butterflies of two points, `a + w b` and `a - w b`,
//! six fused operations each: with `w = c (1 + i t)`, `u = b (1 + i t)` takes two and `a + c u`, `a - c u` four (Linzer
//! and Feig, Implementation of efficient FFT algorithms on fused multiply-add architectures, IEEE Trans. SP 41(1), 1993).

use super::super::Real;
use super::radix4::Radix4;
use super::{Butterfly, Cx};
use crate::simd::{Float, Vector};

pub(super) struct Radix16<T: Real, V: Vector> {
    /// `w_8 = h (1 - i)`.
    h: T::Reg<V>,
    /// `w_16 = c (1 - i t)`.
    c: T::Reg<V>,
    t: T::Reg<V>,
    /// `w_16^3 = s (1 - i / t)`.
    s: T::Reg<V>,
    over_t: T::Reg<V>,
}

// By hand: derive would ask for `T: Clone, V: Clone` of the wrong types.
impl<T: Real, V: Vector> Clone for Radix16<T, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Real, V: Vector> Copy for Radix16<T, V> {}

/// Cosine, sine, tangent and cotangent of an eighth of pi.
const COS: f64 = 0.923_879_532_511_286_7;
const SIN: f64 = 0.382_683_432_365_089_8;
const TAN: f64 = 0.414_213_562_373_095_03;
const COT: f64 = 2.414_213_562_373_095;

/// `(a + w b, a - w b)` with `w = c (1 - i t)`.
#[inline(always)]
fn join<T, F: Float<T>>(a: Cx<F>, b: Cx<F>, c: F, t: F) -> (Cx<F>, Cx<F>) {
    let u = Cx { re: b.im.mul_add(t, b.re), im: b.re.neg_mul_add(t, b.im) };
    plus_minus(a, u, c)
}

/// `(a - i w b, a + i w b)` with the same `w`.
#[inline(always)]
fn join_i<T, F: Float<T>>(a: Cx<F>, b: Cx<F>, c: F, t: F) -> (Cx<F>, Cx<F>) {
    let u = Cx { re: b.im.mul_add(t, b.re), im: b.re.neg_mul_add(t, b.im) };
    plus_minus_i(a, u, c)
}

/// `(a + c u, a - c u)`.
#[inline(always)]
fn plus_minus<T, F: Float<T>>(a: Cx<F>, u: Cx<F>, c: F) -> (Cx<F>, Cx<F>) {
    let plus = Cx { re: u.re.mul_add(c, a.re), im: u.im.mul_add(c, a.im) };
    (plus, Cx { re: u.re.neg_mul_add(c, a.re), im: u.im.neg_mul_add(c, a.im) })
}

/// `(a - i c u, a + i c u)`.
#[inline(always)]
fn plus_minus_i<T, F: Float<T>>(a: Cx<F>, u: Cx<F>, c: F) -> (Cx<F>, Cx<F>) {
    let minus = Cx { re: u.im.mul_add(c, a.re), im: u.re.neg_mul_add(c, a.im) };
    (minus, Cx { re: u.im.neg_mul_add(c, a.re), im: u.re.mul_add(c, a.im) })
}

impl<T: Real, V: Vector> Butterfly<T, V, 16> for Radix16<T, V> {
    #[inline(always)]
    fn new(v: V) -> Self {
        let splat = |x| T::Reg::<V>::splat(v, T::from_f64(x));
        Self {
            h: splat(core::f64::consts::FRAC_1_SQRT_2),
            c: splat(COS),
            t: splat(TAN),
            s: splat(SIN),
            over_t: splat(COT),
        }
    }

    #[inline(always)]
    fn apply(&self, x: &mut [Cx<T::Reg<V>>; 16]) {
        let &Self { h, c, t, s, over_t } = self;
        // Column l: the four points l, l + 4, l + 8, l + 12.
        for l in 0..4 {
            let mut column = [x[l], x[l + 4], x[l + 8], x[l + 12]];
            Butterfly::<T, V, 4>::apply(&Radix4, &mut column);
            [x[l], x[l + 4], x[l + 8], x[l + 12]] = column;
        }
        // Row k, times w_16^(k l): its results are X[k], X[k + 4], X[k + 8], X[k + 12].
        let mut row = [x[0], x[1], x[2], x[3]];
        Butterfly::<T, V, 4>::apply(&Radix4, &mut row);
        let row0 = row;

        let turn = |x: Cx<T::Reg<V>>| Cx { re: x.re + x.im, im: x.im - x.re };
        // Row 1: w, w^2 and w^3; w^2 = w_8.
        let (a, b) = plus_minus(x[4], turn(x[6]), h);
        let (d, e) = plus_minus(x[5], turn(x[7]), h);
        let (r0, r2) = join(a, d, c, t);
        let (r1, r3) = join_i(b, e, c, t);
        let row1 = [r0, r1, r2, r3];

        // Row 2: w_8, -i and -i w_8.
        let (a, b) = (x[8].sub_i(x[10]), x[8].add_i(x[10]));
        let (d, e) = (x[9].sub_i(x[11]), x[9].add_i(x[11]));
        let (r0, r2) = plus_minus(a, turn(d), h);
        let (r1, r3) = plus_minus_i(b, turn(e), h);
        let row2 = [r0, r1, r2, r3];

        // Row 3: w^3, w^6 = -i w_8 and w^9.
        let (a, b) = plus_minus_i(x[12], turn(x[14]), h);
        let (d, e) = plus_minus_i(x[13], turn(x[15]), h);
        let (r0, r2) = join(a, d, s, over_t);
        let (r1, r3) = join_i(b, e, s, over_t);
        let row3 = [r0, r1, r2, r3];

        for k in 0..4 {
            [x[4 * k], x[4 * k + 1], x[4 * k + 2], x[4 * k + 3]] = [row0[k], row1[k], row2[k], row3[k]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COS, COT, SIN, TAN};

    #[test]
    fn constants_are_those_of_the_angle() {
        let angle = core::f64::consts::FRAC_PI_8;
        for (got, want) in [
            (COS, libm::cos(angle)),
            (SIN, libm::sin(angle)),
            (TAN, core::f64::consts::SQRT_2 - 1.0),
            (COT, core::f64::consts::SQRT_2 + 1.0),
        ] {
            assert!((got - want).abs() <= 2.0 * f64::EPSILON * want, "{got} {want}");
        }
    }
}
