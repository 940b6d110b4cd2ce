//! Angles that never lose their way: a fraction of a turn as an integer, which wraps where a turn ends.

#![forbid(unsafe_code)]

use num_complex::Complex;

use crate::fft::root;

/// A fraction of a turn, in units of 2^-64. Sums and multiples are exact, however many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn(u64);

/// The steps of a turn that [`root`] takes; what is finer is put on by the first term of a series.
const STEPS: u32 = 50;

impl Turn {
    /// So many turns, less the whole ones; `None` if not finite.
    #[expect(clippy::cast_possible_truncation, reason = "below 2^64 in size, and wrapped on purpose")]
    #[expect(clippy::cast_sign_loss, reason = "a turn back is a turn forth less a whole one")]
    pub(super) fn new(turns: f64) -> Option<Self> {
        // 2^64, by which a product is exact.
        const UNITS: f64 = 18_446_744_073_709_551_616.0;
        turns.is_finite().then(|| Self(((turns % 1.0) * UNITS) as i128 as u64))
    }

    /// The multiple, less whole turns.
    pub(super) const fn times(self, n: u64) -> Self {
        Self(self.0.wrapping_mul(n))
    }

    /// Half a turn on.
    pub(super) const fn opposite(self) -> Self {
        Self(self.0.wrapping_add(1 << 63))
    }

    /// Half of it, of an angle from -1/2 to 1/2.
    const fn half(self) -> Self {
        Self((self.0.cast_signed() >> 1).cast_unsigned())
    }

    /// Whether it is nearer to half a turn than to none.
    pub(super) const fn is_far(self) -> bool {
        self.0.wrapping_add(1 << 62) >> 63 != 0
    }

    /// `exp(-2 pi i t)`, each part within an ULP of 1, and where it is small within some of its own.
    pub(super) fn root(self) -> Complex<f64> {
        let (re, im) = root(self.0 >> (64 - STEPS), 1 << STEPS);
        // Below 2^14, and below 6e-15 of a turn: its square is nothing.
        #[expect(clippy::cast_precision_loss, reason = "below 2^14")]
        let rest =
            (self.0 & ((1 << (64 - STEPS)) - 1)) as f64 * (core::f64::consts::TAU / (1_u128 << 64) as f64);
        Complex::new(re + rest * im, im - rest * re)
    }

    /// `4 sin^2(pi t)`, which is `2 - 2 cos(2 pi t)`, small where t is.
    pub(super) fn versine(self) -> f64 {
        let sine = self.half().root().im;
        4.0 * sine * sine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::TAU;

    #[test]
    fn turns_wrap_and_roots_are_those_of_libm() {
        assert_eq!(Turn::new(f64::NAN), None);
        assert_eq!(Turn::new(f64::INFINITY), None);
        assert_eq!(Turn::new(-0.25), Turn::new(0.75));
        assert_eq!(Turn::new(-1e300), Some(Turn(0)));
        assert_eq!(Turn::new(1e-3).unwrap().times(u64::MAX), Turn::new(-1e-3).unwrap());
        for t in [0.0, 1e-18, 1e-9, 0.01, 0.2, 0.25, 0.4999, 0.5, 0.7, 0.99999, -0.3, 7.125] {
            let turn = Turn::new(t).unwrap();
            let (root, near) = (turn.root(), t - libm::round(t));
            assert!((root.re - libm::cos(TAU * near)).abs() < 3e-16, "{t}");
            let sine = -libm::sin(TAU * near);
            // Near 0 to its own ULPs, since angles there are exact to 2^-64; elsewhere the one that libm sees is rounded.
            let bound = if near.abs() < 0.1 { 5e-16 * sine.abs() + 4e-19 } else { 5e-16 };
            assert!((root.im - sine).abs() <= bound, "{t}: {} {sine}", root.im);
            let versine = 4.0 * libm::pow(libm::sin(TAU * near / 2.0), 2.0);
            assert!((turn.versine() - versine).abs() <= 1e-15 * versine.max(1e-3), "{t}");
            assert_eq!(turn.is_far(), near.abs() >= 0.25, "{t}");
        }
    }
}
