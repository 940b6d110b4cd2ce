//! The four-point butterfly: `w_4 = -i`, so no multiplication.

use super::super::Real;
use super::{Butterfly, Cx};
use crate::simd::Vector;

#[derive(Clone, Copy, Debug)]
pub(super) struct Radix4;

impl<T: Real, V: Vector> Butterfly<T, V, 4> for Radix4 {
    #[inline(always)]
    fn new(_: V) -> Self {
        Self
    }

    #[inline(always)]
    fn apply(&self, x: &mut [Cx<T::Reg<V>>; 4]) {
        let [a, b, c, d] = *x;
        let (sum, diff) = (a + c, a - c);
        let (sum_odd, diff_odd) = (b + d, b - d);
        *x = [sum + sum_odd, diff.sub_i(diff_odd), sum - sum_odd, diff.add_i(diff_odd)];
    }
}
