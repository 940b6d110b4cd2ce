//! Butterflies of composite radix: two smaller ones in a row, so that numbers stay in registers between them.
//!
//! Of coprime factors P and Q (Good's mapping): with `n = Q n1 + P n2` and `k = k1 (mod P), k2 (mod Q)`,
//! `w_(P Q)^(n k) = w_P^(n1 k1) w_Q^(n2 k2)`, so there are no twiddles between the two.
//!
//! # Source
//! Good, The interaction algorithm and practical Fourier analysis, J. Royal Statistical Society B 20(2), 1958.

use super::super::Real;
use super::radix_odd::Odd;
use super::radix2::Radix2;
use super::radix4::Radix4;
use super::{Butterfly, Cx};
use crate::simd::{Float, Vector};

macro_rules! coprime_butterfly {
    (
        $name:ident, $r:literal, $p:literal, $first:ty, $q:literal, $second:ty,
        inputs $(($m:literal: [$($input:literal),*]))*,
        outputs $(($k:literal: [$($output:literal),*] from [$($n:literal),*]))*
    ) => {
        /// The butterfly of as many points.
        pub(super) struct $name<T: Real, V: Vector> {
            first: $first,
            second: $second,
            numbers: core::marker::PhantomData<(T, V)>,
        }

        // By hand: derive would ask for `T: Clone, V: Clone` of the wrong types.
        impl<T: Real, V: Vector> Clone for $name<T, V> {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T: Real, V: Vector> Copy for $name<T, V> {}

        impl<T: Real, V: Vector> Butterfly<T, V, $r> for $name<T, V> {
            #[inline(always)]
            fn new(v: V) -> Self {
                Self {
                    first: <$first as Butterfly<T, V, $p>>::new(v),
                    second: <$second as Butterfly<T, V, $q>>::new(v),
                    numbers: core::marker::PhantomData,
                }
            }

            #[inline(always)]
            fn apply(&self, x: &mut [Cx<T::Reg<V>>; $r]) {
                // Written out, as loops over these would leave the arrays in memory.
                let mut y = [$([$(x[$input]),*]),*];
                $(<$first as Butterfly<T, V, $p>>::apply(&self.first, &mut y[$m]);)*
                $(
                    let mut z = [$(y[$n][$k]),*];
                    <$second as Butterfly<T, V, $q>>::apply(&self.second, &mut z);
                    [$(x[$output]),*] = z;
                )*
            }
        }
    };
}

coprime_butterfly!(
    Radix6, 6, 2, Radix2, 3, Odd<T, V, 1>,
    inputs (0: [0, 3]) (1: [2, 5]) (2: [4, 1]),
    outputs (0: [0, 4, 2] from [0, 1, 2]) (1: [3, 1, 5] from [0, 1, 2])
);
coprime_butterfly!(
    Radix10, 10, 2, Radix2, 5, Odd<T, V, 2>,
    inputs (0: [0, 5]) (1: [2, 7]) (2: [4, 9]) (3: [6, 1]) (4: [8, 3]),
    outputs (0: [0, 6, 2, 8, 4] from [0, 1, 2, 3, 4]) (1: [5, 1, 7, 3, 9] from [0, 1, 2, 3, 4])
);
coprime_butterfly!(
    Radix12, 12, 4, Radix4, 3, Odd<T, V, 1>,
    inputs (0: [0, 3, 6, 9]) (1: [4, 7, 10, 1]) (2: [8, 11, 2, 5]),
    outputs (0: [0, 4, 8] from [0, 1, 2]) (1: [9, 1, 5] from [0, 1, 2]) (2: [6, 10, 2] from [0, 1, 2]) (3: [3, 7, 11] from [0, 1, 2])
);

/// The nine-point butterfly: three times three points, with twiddles between.
pub(super) struct Radix9<T: Real, V: Vector> {
    three: Odd<T, V, 1>,
    /// `w_9`, `w_9^2` and `w_9^4`.
    twiddles: [Cx<T::Reg<V>>; 3],
}

impl<T: Real, V: Vector> Clone for Radix9<T, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Real, V: Vector> Copy for Radix9<T, V> {}

impl<T: Real, V: Vector> Butterfly<T, V, 9> for Radix9<T, V> {
    #[inline(always)]
    fn new(v: V) -> Self {
        let splat = |x: f64| T::Reg::<V>::splat(v, T::from_f64(x));
        let roots = [
            (0.766_044_443_118_978, -0.642_787_609_686_539_3),
            (0.173_648_177_666_930_41, -0.984_807_753_012_208),
            (-0.939_692_620_785_908_4, -0.342_020_143_325_668_7),
        ];
        Self {
            three: Butterfly::<T, V, 3>::new(v),
            twiddles: roots.map(|(re, im)| Cx { re: splat(re), im: splat(im) }),
        }
    }

    #[inline(always)]
    fn apply(&self, x: &mut [Cx<T::Reg<V>>; 9]) {
        let [w1, w2, w4] = self.twiddles;
        let mut y = [[x[0], x[3], x[6]], [x[1], x[4], x[7]], [x[2], x[5], x[8]]];
        Butterfly::<T, V, 3>::apply(&self.three, &mut y[0]);
        Butterfly::<T, V, 3>::apply(&self.three, &mut y[1]);
        Butterfly::<T, V, 3>::apply(&self.three, &mut y[2]);
        y[1][1] = y[1][1].times(w1);
        y[1][2] = y[1][2].times(w2);
        y[2][1] = y[2][1].times(w2);
        y[2][2] = y[2][2].times(w4);
        let mut z = [[y[0][0], y[1][0], y[2][0]], [y[0][1], y[1][1], y[2][1]], [y[0][2], y[1][2], y[2][2]]];
        Butterfly::<T, V, 3>::apply(&self.three, &mut z[0]);
        Butterfly::<T, V, 3>::apply(&self.three, &mut z[1]);
        Butterfly::<T, V, 3>::apply(&self.three, &mut z[2]);
        *x = [z[0][0], z[1][0], z[2][0], z[0][1], z[1][1], z[2][1], z[0][2], z[1][2], z[2][2]];
    }
}
