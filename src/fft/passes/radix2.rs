//! The two-point butterfly.

use super::super::Real;
use super::{Butterfly, Cx};
use crate::simd::Vector;

#[derive(Clone, Copy, Debug)]
pub(super) struct Radix2;

impl<T: Real, V: Vector> Butterfly<T, V, 2> for Radix2 {
    #[inline(always)]
    fn new(_: V) -> Self {
        Self
    }

    #[inline(always)]
    fn apply(&self, x: &mut [Cx<T::Reg<V>>; 2]) {
        let [a, b] = *x;
        *x = [a + b, a - b];
    }
}
