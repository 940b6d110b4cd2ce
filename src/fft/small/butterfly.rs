//! Butterflies on interleaved complex numbers: a register holds `LANES / 2` of them, each a pair of lanes.
//!
//! Half as many registers as with real and imaginary parts apart, so that eight points stay in sixteen registers, and
//! nothing to take apart at the ends; in exchange every multiplication by an imaginary number exchanges the values of
//! each pair first. With the factor `z = c + i s` as two registers, `(c, c, ..)` and `(-s, s, ..)`,
//! `b z = b * (c, c) + swap(b) * (-s, s)`.
//!
//! The inverse is the same with every `s` negated: a fused multiply-add with the other sign where the direction is known
//! to the compiler, other constants ([`Roots::turning`]) where it is not. Neither costs anything.

use super::super::Real;
use crate::simd::{Float, Vector};

/// A factor in every pair of a register.
struct Factor<F> {
    /// `(c, c, ..)`
    re: F,
    /// `(-s, s, ..)`
    im: F,
}

/// `a + i s b` where `im` holds `(-s, s, ..)` and `swapped` the exchanged pairs of `b`; conjugated, `a - i s b`.
#[inline(always)]
fn add_turned<T, F: Float<T>, const INVERSE: bool>(swapped: F, im: F, a: F) -> F {
    if INVERSE { swapped.neg_mul_add(im, a) } else { swapped.mul_add(im, a) }
}

/// `a - i s b`, as [`add_turned`].
#[inline(always)]
fn sub_turned<T, F: Float<T>, const INVERSE: bool>(swapped: F, im: F, a: F) -> F {
    if INVERSE { swapped.mul_add(im, a) } else { swapped.neg_mul_add(im, a) }
}

/// The constants of all butterflies; those that a codelet does not use cost it nothing.
pub(super) struct Roots<T: Real, V: Vector> {
    v: V,
    /// 1, or -1 to negate every `s`.
    sign: T::Reg<V>,
    /// `-i`: the `im` of its factor.
    quarter: T::Reg<V>,
    /// The square root of one half.
    half_root: T::Reg<V>,
    two: T::Reg<V>,
}

impl<T: Real, V: Vector> Roots<T, V> {
    #[inline(always)]
    pub(super) fn new(v: V) -> Self {
        Self::turning(v, T::from_f64(1.0))
    }

    /// Those of the forward direction for a `sign` of 1, of the inverse for -1.
    #[inline(always)]
    pub(super) fn turning(v: V, sign: T) -> Self {
        let sign = T::Reg::<V>::splat(v, sign);
        Self {
            v,
            sign,
            quarter: T::Reg::<V>::splat_pair(v, T::from_f64(1.0), T::from_f64(-1.0)) * sign,
            half_root: T::Reg::<V>::splat(v, T::from_f64(core::f64::consts::FRAC_1_SQRT_2)),
            two: T::Reg::<V>::splat(v, T::from_f64(2.0)),
        }
    }

    #[inline(always)]
    fn factor(&self, re: f64, im: f64) -> Factor<T::Reg<V>> {
        Factor {
            re: T::Reg::<V>::splat(self.v, T::from_f64(re)),
            im: T::Reg::<V>::splat_pair(self.v, T::from_f64(-im), T::from_f64(im)) * self.sign,
        }
    }

    #[inline(always)]
    fn turned<const INVERSE: bool>(&self, x: T::Reg<V>, z: &Factor<T::Reg<V>>) -> T::Reg<V> {
        add_turned::<T, _, INVERSE>(x.swap_pairs(), z.im, x * z.re)
    }

    /// `a + z b` and `a - z b`: three fused operations and an exchange, where a product before the butterfly takes four.
    #[inline(always)]
    fn join<const INVERSE: bool>(
        &self,
        a: T::Reg<V>,
        b: T::Reg<V>,
        z: &Factor<T::Reg<V>>,
    ) -> (T::Reg<V>, T::Reg<V>) {
        let sum = add_turned::<T, _, INVERSE>(b.swap_pairs(), z.im, b.mul_add(z.re, a));
        (sum, a.mul_sub(self.two, sum))
    }

    /// `a + w_4 b` and `a - w_4 b`.
    #[inline(always)]
    fn join_quarter<const INVERSE: bool>(&self, a: T::Reg<V>, b: T::Reg<V>) -> (T::Reg<V>, T::Reg<V>) {
        let b = b.swap_pairs();
        (add_turned::<T, _, INVERSE>(b, self.quarter, a), sub_turned::<T, _, INVERSE>(b, self.quarter, a))
    }

    /// `a + w_8 b` and `a - w_8 b`.
    #[inline(always)]
    fn join_eighth<const INVERSE: bool>(&self, a: T::Reg<V>, b: T::Reg<V>) -> (T::Reg<V>, T::Reg<V>) {
        let b = add_turned::<T, _, INVERSE>(b.swap_pairs(), self.quarter, b);
        (b.mul_add(self.half_root, a), b.neg_mul_add(self.half_root, a))
    }

    /// `a + w_8^3 b` and `a - w_8^3 b`.
    #[inline(always)]
    fn join_three_eighths<const INVERSE: bool>(&self, a: T::Reg<V>, b: T::Reg<V>) -> (T::Reg<V>, T::Reg<V>) {
        let b = sub_turned::<T, _, INVERSE>(b.swap_pairs(), self.quarter, b);
        (b.neg_mul_add(self.half_root, a), b.mul_add(self.half_root, a))
    }
}

/// The transform of `R` points, natural order in and out.
pub(super) trait Butterfly<F, const R: usize> {
    fn apply<const INVERSE: bool>(&self, x: &mut [F; R]);
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 2> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 2]) {
        let [a, b] = *x;
        *x = [a + b, a - b];
    }
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 4> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 4]) {
        let [a, b, c, d] = *x;
        let (sum, diff) = (a + c, a - c);
        let sum_odd = b + d;
        let (y1, y3) = self.join_quarter::<INVERSE>(diff, b - d);
        *x = [sum + sum_odd, y1, sum - sum_odd, y3];
    }
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 8> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 8]) {
        let mut even = [x[0], x[2], x[4], x[6]];
        let mut odd = [x[1], x[3], x[5], x[7]];
        self.apply_four::<INVERSE>(&mut even);
        self.apply_four::<INVERSE>(&mut odd);
        (x[0], x[4]) = (even[0] + odd[0], even[0] - odd[0]);
        (x[1], x[5]) = self.join_eighth::<INVERSE>(even[1], odd[1]);
        (x[2], x[6]) = self.join_quarter::<INVERSE>(even[2], odd[2]);
        (x[3], x[7]) = self.join_three_eighths::<INVERSE>(even[3], odd[3]);
    }
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 16> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 16]) {
        const COS: f64 = 0.923_879_532_511_286_7;
        const SIN: f64 = 0.382_683_432_365_089_8;
        const ROOT: f64 = core::f64::consts::FRAC_1_SQRT_2;
        // Four columns, then rows whose factors w_16^(n j) are part of their butterflies.
        let mut y = [[x[0]; 4]; 4];
        for (n, y) in y.iter_mut().enumerate() {
            *y = [x[n], x[n + 4], x[n + 8], x[n + 12]];
            self.apply_four::<INVERSE>(y);
        }
        let mut row = [y[0][0], y[1][0], y[2][0], y[3][0]];
        self.apply_four::<INVERSE>(&mut row);
        [x[0], x[4], x[8], x[12]] = row;

        let z = [self.factor(ROOT, -ROOT), self.factor(COS, -SIN), self.factor(-SIN, -COS)];
        row = [y[0][1], y[1][1], y[2][1], y[3][1]];
        [x[1], x[5], x[9], x[13]] = self.twiddled_four::<INVERSE>(row, &z);

        // w_16^2 = w_8: its square is a quarter turn.
        let (a, c) = self.join_quarter::<INVERSE>(y[0][2], y[2][2]);
        let (b, d) = self.join_quarter::<INVERSE>(y[1][2], y[3][2]);
        (x[2], x[10]) = self.join_eighth::<INVERSE>(a, b);
        (x[6], x[14]) = self.join_three_eighths::<INVERSE>(c, d);

        let z = [self.factor(-ROOT, -ROOT), self.factor(SIN, -COS), self.factor(-COS, -SIN)];
        row = [y[0][3], y[1][3], y[2][3], y[3][3]];
        [x[3], x[7], x[11], x[15]] = self.twiddled_four::<INVERSE>(row, &z);
    }
}

/// Good and Thomas: `N = P Q`, coprime, so that no factor stands between the transforms of Q and those of P points.
/// `$one_p` is the number below N that is 1 modulo P and 0 modulo Q, `$one_q` the other way round.
macro_rules! good_thomas {
    ($n:literal = $p:literal * $q:literal, $one_p:literal, $one_q:literal) => {
        impl<T: Real, V: Vector> Butterfly<T::Reg<V>, $n> for Roots<T, V> {
            #[inline(always)]
            fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; $n]) {
                let mut rows = [[x[0]; $q]; $p];
                for (a, row) in rows.iter_mut().enumerate() {
                    for (b, y) in row.iter_mut().enumerate() {
                        *y = x[($q * a + $p * b) % $n];
                    }
                    Butterfly::<_, $q>::apply::<INVERSE>(self, row);
                }
                for b in 0..$q {
                    let mut column = [x[0]; $p];
                    for (a, y) in column.iter_mut().enumerate() {
                        *y = rows[a][b];
                    }
                    Butterfly::<_, $p>::apply::<INVERSE>(self, &mut column);
                    for (a, y) in column.iter().enumerate() {
                        x[($one_p * a + $one_q * b) % $n] = *y;
                    }
                }
            }
        }
    };
}

good_thomas!(6 = 2 * 3, 3, 4);
good_thomas!(10 = 2 * 5, 5, 6);
good_thomas!(12 = 3 * 4, 4, 9);
good_thomas!(14 = 2 * 7, 7, 8);
good_thomas!(15 = 3 * 5, 10, 6);

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 3> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 3]) {
        let z = self.factor(-0.5, -0.866_025_403_784_438_6);
        let (sum, diff) = (x[1] + x[2], (x[1] - x[2]).swap_pairs());
        let mid = sum.mul_add(z.re, x[0]);
        *x = [
            x[0] + sum,
            add_turned::<T, _, INVERSE>(diff, z.im, mid),
            sub_turned::<T, _, INVERSE>(diff, z.im, mid),
        ];
    }
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 5> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 5]) {
        let z1 = self.factor(0.309_016_994_374_947_45, -0.951_056_516_295_153_5);
        let z2 = self.factor(-0.809_016_994_374_947_5, -0.587_785_252_292_473_1);
        let (a1, b1) = (x[1] + x[4], (x[1] - x[4]).swap_pairs());
        let (a2, b2) = (x[2] + x[3], (x[2] - x[3]).swap_pairs());
        let mid1 = a2.mul_add(z2.re, a1.mul_add(z1.re, x[0]));
        let mid2 = a2.mul_add(z1.re, a1.mul_add(z2.re, x[0]));
        let turn1 = b2.mul_add(z2.im, b1 * z1.im);
        let turn2 = b2.neg_mul_add(z1.im, b1 * z2.im);
        x[0] = x[0] + (a1 + a2);
        (x[1], x[4]) = if INVERSE { (mid1 - turn1, mid1 + turn1) } else { (mid1 + turn1, mid1 - turn1) };
        (x[2], x[3]) = if INVERSE { (mid2 - turn2, mid2 + turn2) } else { (mid2 + turn2, mid2 - turn2) };
    }
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 7> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 7]) {
        let z1 = self.factor(0.623_489_801_858_733_5, -0.781_831_482_468_029_8);
        let z2 = self.factor(-0.222_520_933_956_314_4, -0.974_927_912_181_823_6);
        let z3 = self.factor(-0.900_968_867_902_419_1, -0.433_883_739_117_558_1);
        let (a1, b1) = (x[1] + x[6], (x[1] - x[6]).swap_pairs());
        let (a2, b2) = (x[2] + x[5], (x[2] - x[5]).swap_pairs());
        let (a3, b3) = (x[3] + x[4], (x[3] - x[4]).swap_pairs());
        // The multiples of 1, 2 and 3 modulo 7, sines of those above 3 with the other sign.
        let mid1 = a3.mul_add(z3.re, a2.mul_add(z2.re, a1.mul_add(z1.re, x[0])));
        let mid2 = a3.mul_add(z1.re, a2.mul_add(z3.re, a1.mul_add(z2.re, x[0])));
        let mid3 = a3.mul_add(z2.re, a2.mul_add(z1.re, a1.mul_add(z3.re, x[0])));
        let turn1 = b3.mul_add(z3.im, b2.mul_add(z2.im, b1 * z1.im));
        let turn2 = b3.neg_mul_add(z1.im, b2.neg_mul_add(z3.im, b1 * z2.im));
        let turn3 = b3.mul_add(z2.im, b2.neg_mul_add(z1.im, b1 * z3.im));
        x[0] = x[0] + (a1 + a2 + a3);
        (x[1], x[6]) = if INVERSE { (mid1 - turn1, mid1 + turn1) } else { (mid1 + turn1, mid1 - turn1) };
        (x[2], x[5]) = if INVERSE { (mid2 - turn2, mid2 + turn2) } else { (mid2 + turn2, mid2 - turn2) };
        (x[3], x[4]) = if INVERSE { (mid3 - turn3, mid3 + turn3) } else { (mid3 + turn3, mid3 - turn3) };
    }
}

impl<T: Real, V: Vector> Butterfly<T::Reg<V>, 9> for Roots<T, V> {
    #[inline(always)]
    fn apply<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 9]) {
        let z1 = self.factor(0.766_044_443_118_978, -0.642_787_609_686_539_4);
        let z2 = self.factor(0.173_648_177_666_930_36, -0.984_807_753_012_208);
        let z4 = self.factor(-0.939_692_620_785_908_4, -0.342_020_143_325_668_7);
        let mut columns = [[x[0], x[3], x[6]], [x[1], x[4], x[7]], [x[2], x[5], x[8]]];
        for column in &mut columns {
            Butterfly::<_, 3>::apply::<INVERSE>(self, column);
        }
        let [a, b, c] = columns;
        let b = [b[0], self.turned::<INVERSE>(b[1], &z1), self.turned::<INVERSE>(b[2], &z2)];
        let c = [c[0], self.turned::<INVERSE>(c[1], &z2), self.turned::<INVERSE>(c[2], &z4)];
        for k in 0..3 {
            let mut row = [a[k], b[k], c[k]];
            Butterfly::<_, 3>::apply::<INVERSE>(self, &mut row);
            [x[k], x[k + 3], x[k + 6]] = row;
        }
    }
}

impl<T: Real, V: Vector> Roots<T, V> {
    #[inline(always)]
    fn apply_four<const INVERSE: bool>(&self, x: &mut [T::Reg<V>; 4]) {
        Butterfly::<_, 4>::apply::<INVERSE>(self, x);
    }

    /// Four points times `w^n`, decimation in time; the factors are `w^2`, `w` and `w w_4`.
    #[inline(always)]
    fn twiddled_four<const INVERSE: bool>(
        &self,
        [a, b, c, d]: [T::Reg<V>; 4],
        z: &[Factor<T::Reg<V>>; 3],
    ) -> [T::Reg<V>; 4] {
        let (a, c) = self.join::<INVERSE>(a, c, &z[0]);
        let (b, d) = self.join::<INVERSE>(b, d, &z[0]);
        let (y0, y2) = self.join::<INVERSE>(a, b, &z[1]);
        let (y1, y3) = self.join::<INVERSE>(c, d, &z[2]);
        [y0, y1, y2, y3]
    }
}

impl<T: Real, V: Vector> Roots<T, V> {
    /// The product with factor `i` of a table.
    ///
    /// # Safety
    /// `table` is valid for reads of `i + 1` factors, two registers each.
    #[inline(always)]
    pub(super) unsafe fn times<const INVERSE: bool>(
        &self,
        x: T::Reg<V>,
        table: *const T,
        i: usize,
    ) -> T::Reg<V> {
        let lanes = T::Reg::<V>::LANES;
        let p = table.wrapping_add(2 * lanes * i);
        // SAFETY: the first register of the factor.
        let re = unsafe { T::Reg::<V>::load(self.v, p) };
        // SAFETY: the second.
        let im = unsafe { T::Reg::<V>::load(self.v, p.wrapping_add(lanes)) };
        add_turned::<T, _, INVERSE>(x.swap_pairs(), im, x * re)
    }
}
