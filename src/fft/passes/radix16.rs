//! The sixteen-point butterfly: four of four points, and four of four again.

use super::super::Real;
use super::radix4::Radix4;
use super::{Butterfly, Cx};
use crate::simd::{Float, Vector};

pub(super) struct Radix16<T: Real, V: Vector> {
    /// The square root of one half: `w_16^2 = (1 - i) * sqrt(1/2)`.
    half_root: T::Reg<V>,
    /// Cosine and sine of a sixteenth of a turn, `w_16 = cos - i sin`.
    cos: T::Reg<V>,
    sin: T::Reg<V>,
}

// By hand: derive would ask for `T: Clone, V: Clone` of the wrong types.
impl<T: Real, V: Vector> Clone for Radix16<T, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Real, V: Vector> Copy for Radix16<T, V> {}

impl<T: Real, V: Vector> Radix16<T, V> {
    /// `x (c - i s)`.
    #[inline(always)]
    fn turn(x: Cx<T::Reg<V>>, c: T::Reg<V>, s: T::Reg<V>) -> Cx<T::Reg<V>> {
        Cx { re: x.re.mul_add(c, x.im * s), im: x.im.mul_sub(c, x.re * s) }
    }
}

impl<T: Real, V: Vector> Butterfly<T, V, 16> for Radix16<T, V> {
    #[inline(always)]
    fn new(v: V) -> Self {
        let splat = |x| T::Reg::<V>::splat(v, T::from_f64(x));
        Self {
            half_root: splat(core::f64::consts::FRAC_1_SQRT_2),
            cos: splat(0.923_879_532_511_286_7),
            sin: splat(0.382_683_432_365_089_8),
        }
    }

    #[inline(always)]
    fn apply(&self, x: &mut [Cx<T::Reg<V>>; 16]) {
        let Self { half_root: h, cos: c, sin: s } = *self;
        // Point l + 4 m: index j over m, then w_16^(l j), then over l.
        let mut y = [
            [x[0], x[4], x[8], x[12]],
            [x[1], x[5], x[9], x[13]],
            [x[2], x[6], x[10], x[14]],
            [x[3], x[7], x[11], x[15]],
        ];
        for y in &mut y {
            Butterfly::<T, V, 4>::apply(&Radix4, y);
        }
        let eighth = |x: Cx<T::Reg<V>>| Cx { re: (x.re + x.im) * h, im: (x.im - x.re) * h };
        let three_eighths = |x: Cx<T::Reg<V>>| Cx { re: (x.im - x.re) * h, im: -((x.re + x.im) * h) };
        y[1][1] = Self::turn(y[1][1], c, s);
        y[1][2] = eighth(y[1][2]);
        y[1][3] = Self::turn(y[1][3], s, c);
        y[2][1] = eighth(y[2][1]);
        y[2][2] = Cx { re: y[2][2].im, im: -y[2][2].re };
        y[2][3] = three_eighths(y[2][3]);
        y[3][1] = Self::turn(y[3][1], s, c);
        y[3][2] = three_eighths(y[3][2]);
        // w_16^9 = -w_16
        let z = Self::turn(y[3][3], c, s);
        y[3][3] = Cx { re: -z.re, im: -z.im };
        for j in 0..4 {
            let mut z = [y[0][j], y[1][j], y[2][j], y[3][j]];
            Butterfly::<T, V, 4>::apply(&Radix4, &mut z);
            (x[j], x[j + 4], x[j + 8], x[j + 12]) = (z[0], z[1], z[2], z[3]);
        }
    }
}
