//! The eight-point butterfly: two of four points, joined by `w_8`.

use super::super::Real;
use super::radix4::Radix4;
use super::{Butterfly, Cx};
use crate::simd::{Float, Vector};

pub(super) struct Radix8<T: Real, V: Vector> {
    /// The square root of one half: `w_8 = (1 - i) * sqrt(1/2)`.
    half_root: T::Reg<V>,
}

// By hand: derive would ask for `T: Clone, V: Clone` of the wrong types.
impl<T: Real, V: Vector> Clone for Radix8<T, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Real, V: Vector> Copy for Radix8<T, V> {}

impl<T: Real, V: Vector> Butterfly<T, V, 8> for Radix8<T, V> {
    #[inline(always)]
    fn new(v: V) -> Self {
        Self { half_root: T::Reg::<V>::splat(v, T::from_f64(core::f64::consts::FRAC_1_SQRT_2)) }
    }

    #[inline(always)]
    fn apply(&self, x: &mut [Cx<T::Reg<V>>; 8]) {
        let h = self.half_root;
        let mut even = [x[0], x[2], x[4], x[6]];
        let mut odd = [x[1], x[3], x[5], x[7]];
        Butterfly::<T, V, 4>::apply(&Radix4, &mut even);
        Butterfly::<T, V, 4>::apply(&Radix4, &mut odd);
        // w_8 * o and w_8^3 * o, up to the factor h.
        let o1 = Cx { re: odd[1].re + odd[1].im, im: odd[1].im - odd[1].re };
        let o3 = Cx { re: odd[3].im - odd[3].re, im: odd[3].re + odd[3].im };
        x[0] = even[0] + odd[0];
        x[4] = even[0] - odd[0];
        x[2] = even[2].sub_i(odd[2]);
        x[6] = even[2].add_i(odd[2]);
        x[1] = Cx { re: o1.re.mul_add(h, even[1].re), im: o1.im.mul_add(h, even[1].im) };
        x[5] = Cx { re: o1.re.neg_mul_add(h, even[1].re), im: o1.im.neg_mul_add(h, even[1].im) };
        x[3] = Cx { re: o3.re.mul_add(h, even[3].re), im: o3.im.neg_mul_add(h, even[3].im) };
        x[7] = Cx { re: o3.re.neg_mul_add(h, even[3].re), im: o3.im.mul_add(h, even[3].im) };
    }
}
