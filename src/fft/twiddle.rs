//! Roots of unity from integer angles.
//!
//! The angle `2 pi k / n` is reduced to an eighth of a turn in integers, exactly; what is left is at most `pi / 4`
//! and is carried as a sum of two f64, so that the result is within 0.75 ULP of the true sine and cosine. Nothing
//! here depends on a library sine or on fused multiply-add: the tables are the same on every machine.

/// The exact product of two f64 as a rounded product and its error (Dekker 1971), for magnitudes far from overflow.
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    /// 2^27 + 1 splits a 53-bit significand into two halves whose products are exact.
    const SPLIT: f64 = 134_217_729.0;
    let split = |x: f64| {
        let c = SPLIT * x;
        let hi = c - (c - x);
        (hi, x - hi)
    };
    let p = a * b;
    let ((ah, al), (bh, bl)) = (split(a), split(b));
    (p, ((ah * bh - p) + ah * bl + al * bh) + al * bl)
}

/// 2 pi as the sum of two f64.
pub(super) const TAU_HI: f64 = core::f64::consts::TAU;
pub(super) const TAU_LO: f64 = 2.449_293_598_294_706_4e-16;

/// Where an angle of `k / n` of a turn lies: the octant, and what is left as a fraction of a turn, at most 1/8.
///
/// In odd octants the rest is measured back from the octant's end, so that it always starts at an axis.
#[inline(always)]
fn octant(k: u64, n: u64) -> (u8, u64, u64) {
    // 8 k / n = octant + rest / n, with rest < n; the rest is a fraction rest / (8 n) of a turn.
    let eight_k = 8 * u128::from(k % n);
    let n_wide = u128::from(n);
    let (mut octant, mut rest) = (0, eight_k);
    while rest >= n_wide {
        rest -= n_wide;
        octant += 1;
    }
    #[expect(clippy::cast_possible_truncation, reason = "rest is below n")]
    let rest = rest as u64;
    (octant, if octant % 2 == 0 { rest } else { n - rest }, n)
}

/// Returns `exp(-2 pi i k / n)` as (real, imaginary), each within 0.75 ULP.
///
/// `n` is at least 1 and at most 2^50.
pub(super) fn root(k: u64, n: u64) -> (f64, f64) {
    let (octant, rest, n) = octant(k, n);
    let (sin, cos) = sin_cos_of_turn(rest, n);
    // Counter-clockwise point of the octant, then the conjugate for the minus sign of the forward transform.
    let (x, y) = match octant {
        0 => (cos, sin),
        1 => (sin, cos),
        2 => (-sin, cos),
        3 => (-cos, sin),
        4 => (-cos, -sin),
        5 => (-sin, -cos),
        6 => (sin, -cos),
        _ => (cos, -sin),
    };
    (x, -y)
}

/// Sine and cosine of `2 pi rest / (8 n)`, for `rest <= n`.
#[expect(clippy::cast_precision_loss, reason = "both are below 2^53")]
fn sin_cos_of_turn(rest: u64, n: u64) -> (f64, f64) {
    // The quotient in two parts: its remainder is exact by `two_product`.
    let (num, den) = (rest as f64, 8.0 * n as f64);
    let q = num / den;
    let (p, e) = two_product(q, den);
    let q_lo = ((num - p) - e) / den;
    let (x, e) = two_product(q, TAU_HI);
    let tail = e + (q * TAU_LO + q_lo * TAU_HI);
    let hi = x + tail;
    let lo = (x - hi) + tail;
    (sin(hi, lo), cos(hi, lo))
}

/// Sine of `x + lo` for `0 <= x <= pi / 4`: the Taylor series to x^17, whose rest is below 2^-60 of it.
fn sin(x: f64, lo: f64) -> f64 {
    let z = x * x;
    let tail = z
        * (-1.0 / 6.0
            + z * (1.0 / 120.0
                + z * (-1.0 / 5040.0
                    + z * (1.0 / 362_880.0
                        + z * (-1.0 / 39_916_800.0
                            + z * (1.0 / 6_227_020_800.0
                                + z * (-1.0 / 1_307_674_368_000.0 + z * (1.0 / 355_687_428_096_000.0))))))));
    // sin(x + lo) = sin x + lo cos x; cos x to the second order is enough for so small a lo.
    x + (x * tail + lo * (1.0 - 0.5 * z))
}

/// Cosine of `x + lo` for `0 <= x <= pi / 4`: the Taylor series to x^18.
fn cos(x: f64, lo: f64) -> f64 {
    let z = x * x;
    let tail = z
        * z
        * (1.0 / 24.0
            + z * (-1.0 / 720.0
                + z * (1.0 / 40_320.0
                    + z * (-1.0 / 3_628_800.0
                        + z * (1.0 / 479_001_600.0
                            + z * (-1.0 / 87_178_291_200.0
                                + z * (1.0 / 20_922_789_888_000.0
                                    + z * (-1.0 / 6_402_373_705_728_000.0))))))));
    // 1 - z/2 with its rounding error added back, and the error of z itself.
    let (z_exact, z_err) = two_product(x, x);
    let half = 0.5 * z_exact;
    let w = 1.0 - half;
    w + (((1.0 - w) - half) - 0.5 * z_err + (tail - x * lo))
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn axes_and_diagonals_are_exact() {
        for n in [1, 2, 4, 8, 64, 1 << 40] {
            assert_eq!(root(0, n), (1.0, -0.0));
        }
        assert_eq!(root(1, 4), (0.0, -1.0));
        assert_eq!(root(2, 4), (-1.0, -0.0));
        assert_eq!(root(3, 4), (0.0, 1.0));
        let (re, im) = root(1, 8);
        assert_eq!((re, im), (core::f64::consts::FRAC_1_SQRT_2, -core::f64::consts::FRAC_1_SQRT_2));
    }

    /// libm is within 1 ULP of the truth and so is `root`: two ULP apart at the most, and on the unit circle.
    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small integers")]
    fn agrees_with_a_library_sine() {
        for n in [3u64, 5, 7, 12, 441, 480, 1009, 65_536, 99_991] {
            for k in (0..n).step_by((n / 97).max(1) as usize) {
                let (re, im) = root(k, n);
                let a = -core::f64::consts::TAU * (k as f64 / n as f64);
                assert!((re - libm::cos(a)).abs() < 1e-15 && (im - libm::sin(a)).abs() < 1e-15, "{k}/{n}");
                assert!((re * re + im * im - 1.0).abs() < 4e-16, "{k}/{n}");
            }
        }
    }
}
