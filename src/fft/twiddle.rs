//! Roots of unity from integer angles.
//!
//! The angle `2 pi k / n` is reduced to an eighth of a turn in integers, exactly; what is left is at most `pi / 4`
//! and is carried as a sum of two f64, so that the result is within 0.75 ULP of the true sine and cosine. Whole tables
//! are made of products of such roots ([`Roots`]). Nothing here depends on a library sine or on fused multiply-add: the
//! tables are the same on every machine.

use core::mem::MaybeUninit;

use super::Real;
use super::plan::as_uninit;
use crate::simd::MAX_LANES;

/// The exact product of two f64 as a rounded product and its error (Dekker 1971), for magnitudes far from overflow.
#[inline(always)]
pub(crate) fn two_product(a: f64, b: f64) -> (f64, f64) {
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

/// Returns `exp(-2 pi i k / n)` as (real, imaginary), each within 0.75 ULP.
///
/// `n` is at least 1 and at most 2^50. For more than a few of the same `n` there is [`Roots`].
pub(crate) fn root(k: u64, n: u64) -> (f64, f64) {
    let [re, im] = Turn::new(n).root(k);
    (re.hi, im.hi)
}

/// A sum of two f64 of which the first is the sum rounded.
#[derive(Clone, Copy, Debug)]
struct Pair {
    hi: f64,
    lo: f64,
}

/// A turn in `n` steps.
#[derive(Clone, Copy, Debug)]
struct Turn {
    n: u64,
    /// An eighth of the step: `2 pi / (8 n)`.
    unit: Pair,
}

impl Turn {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    fn new(n: u64) -> Self {
        let den = 8.0 * n as f64;
        let hi = TAU_HI / den;
        // The quotient in two parts: its remainder is exact by `two_product`.
        let (p, e) = two_product(hi, den);
        Self { n, unit: Pair { hi, lo: (((TAU_HI - p) - e) + TAU_LO) / den } }
    }

    /// `exp(-2 pi i k / n)`, to some 2^-60 of its size.
    fn root(&self, k: u64) -> [Pair; 2] {
        // 8 k / n = octant + rest / n, with rest < n; the rest is a fraction rest / (8 n) of a turn. In odd octants it
        // is measured back from the octant's end, so that it always starts at an axis.
        // There are steps (`root`): said so that no way to panic is compiled into what runs in real time.
        let eight_k = 8 * k.checked_rem(self.n).unwrap_or(0);
        let octant = eight_k.checked_div(self.n).unwrap_or(0);
        let rest = eight_k - octant * self.n;
        let (x, lo) = self.angle(if octant.is_multiple_of(2) { rest } else { self.n - rest });
        let (sin, cos) = (sin(x, lo), cos(x, lo));
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
        [x, -y]
    }

    /// `exp(-2 pi i k / n) - 1`, rounded, for `k` of at most an eighth of a turn.
    fn root_less_one(&self, k: u64) -> (f64, f64) {
        let (x, lo) = self.angle(8 * k);
        (cos_less_one(x, lo), -sin(x, lo).hi)
    }

    /// The angle of `k` units, an eighth of a turn at most.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    fn angle(&self, k: u64) -> (f64, f64) {
        let k = k as f64;
        let (x, e) = two_product(k, self.unit.hi);
        let tail = e + k * self.unit.lo;
        let hi = x + tail;
        (hi, (x - hi) + tail)
    }
}

impl core::ops::Neg for Pair {
    type Output = Self;
    fn neg(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }
}

impl Pair {
    /// `a + b`, where `a` is the larger or `b` is small beside 1.
    #[inline(always)]
    fn sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        Self { hi, lo: (a - hi) + b }
    }
}

/// Sine of `x + lo` for `0 <= x <= pi / 4`: the Taylor series to x^17, whose rest is below 2^-60 of it.
fn sin(x: f64, lo: f64) -> Pair {
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
    Pair::sum(x, x * tail + lo * (1.0 - 0.5 * z))
}

/// Cosine of `x + lo` for `0 <= x <= pi / 4`.
fn cos(x: f64, lo: f64) -> Pair {
    let (half, rest) = cos_terms(x, lo);
    // 1 - z/2 with its rounding error added back.
    let w = 1.0 - half;
    Pair::sum(w, ((1.0 - w) - half) + rest)
}

/// That cosine less 1.
fn cos_less_one(x: f64, lo: f64) -> f64 {
    let (half, rest) = cos_terms(x, lo);
    rest - half
}

/// `h` and `r` of `cos(x + lo) = 1 - h + r`: half the square of x, and the rest of the Taylor series to x^18 with the
/// error of the square itself.
fn cos_terms(x: f64, lo: f64) -> (f64, f64) {
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
    let (z_exact, z_err) = two_product(x, x);
    (0.5 * z_exact, tail - x * lo - 0.5 * z_err)
}

/// Entries of a level of [`Roots`].
const ENTRIES: usize = 128;
/// Its levels: enough for twice the largest length of a plan.
const LEVELS: usize = if usize::BITS > 32 { 5 } else { 4 };

/// The n-th roots of unity, a few operations each: for tables.
///
/// The exponent is cut into digits of up to seven bits. The first has a table of roots, as sums of two f64; each other
/// one a table of roots less one, which are small. `w^k = H (1 + d)(1 + d') ...` then costs a complex product or two and
/// hardly any precision: each part of [`Roots::get`] is within `0.95 * 2^-53`, an ULP of what is above one half. Made of
/// plain additions and multiplications it is the same on every machine, like [`root`].
///
/// About 12 KB, on the stack; no allocation.
pub(super) struct Roots {
    turn: Turn,
    /// Where each digit starts, in bits, the first digit's first; the last starts at 0.
    shifts: [u32; LEVELS],
    levels: usize,
    first: [[Pair; 2]; ENTRIES],
    others: [[(f64, f64); ENTRIES]; LEVELS - 1],
}

/// Which roots a row of [`Roots::row`] takes.
pub(super) struct Steps {
    step: usize,
    /// `w^(step * order[i])` less one; `None` where one of them is further than a 64th of a turn, or the rows are few.
    less_one: Option<[[f64; MAX_LANES]; 2]>,
}

impl Roots {
    /// Prepares the roots of order `n`, from 1 to 2^35 (2^28 where pointers have 32 bits), in some 100 to 500 steps of
    /// ten nanoseconds.
    pub(super) fn new(n: usize) -> Self {
        let turn = Turn::new(n as u64);
        let bits = usize::BITS - (n - 1).leading_zeros();
        // The first digit has six bits or more, for roots less one that are small.
        let levels = if bits <= 6 { 1 } else { bits.div_ceil(7).max(2) as usize };
        let zero = Pair { hi: 0.0, lo: 0.0 };
        let mut roots = Self {
            turn,
            shifts: [0; LEVELS],
            levels: levels.min(LEVELS),
            first: [[zero; 2]; ENTRIES],
            others: [[(0.0, 0.0); ENTRIES]; LEVELS - 1],
        };
        let (mut shift, mut left) = (0, bits);
        for level in (1..roots.levels).rev() {
            #[expect(clippy::cast_possible_truncation, reason = "at most 5")]
            let width = (left / (level as u32 + 1)).min(bits - 6);
            roots.shifts[level] = shift;
            for (k, entry) in roots.others[level - 1].iter_mut().enumerate().take(1 << width) {
                *entry = turn.root_less_one((k as u64) << shift);
            }
            shift += width;
            left -= width;
        }
        roots.shifts[0] = shift;
        for (k, entry) in roots.first.iter_mut().enumerate().take(((n - 1) >> shift) + 1) {
            *entry = turn.root((k as u64) << shift);
        }
        roots
    }

    /// `exp(-2 pi i k / n)` as (real, imaginary), for `k < n`.
    #[inline(always)]
    pub(super) fn get(&self, k: usize) -> (f64, f64) {
        let [re, im] = self.pair(k);
        (re.hi, im.hi)
    }

    #[inline(always)]
    fn pair(&self, k: usize) -> [Pair; 2] {
        let [re, im] = self.first[(k >> self.shifts[0]) % ENTRIES];
        if self.levels == 1 {
            return [re, im];
        }
        let digit = |level: usize| {
            let width = self.shifts[level - 1] - self.shifts[level];
            self.others[level - 1][((k >> self.shifts[level]) & ((1 << width) - 1)) % ENTRIES]
        };
        let mut d = digit(1);
        for level in 2..self.levels {
            // (1 + d)(1 + e) - 1
            let e = digit(level);
            d = (d.0 + (e.0 + (d.0 * e.0 - d.1 * e.1)), d.1 + (e.1 + (d.0 * e.1 + d.1 * e.0)));
        }
        [
            Pair::sum(re.hi, re.lo + (re.hi * d.0 - im.hi * d.1)),
            Pair::sum(im.hi, im.lo + (re.hi * d.1 + im.hi * d.0)),
        ]
    }

    /// Prepares `rows` rows of `w^(first + step * order[i])`; `order` is at most `MAX_LANES` long.
    pub(super) fn steps(&self, step: usize, order: &[usize], rows: usize) -> Steps {
        let largest = order.iter().fold(0, |a, &b| a.max(b));
        // For a few rows it does not pay.
        let near = rows >= 4 && step * largest <= usize::try_from(self.turn.n / 64).unwrap_or(0);
        let less_one = near.then(|| {
            let mut d = [[0.0; MAX_LANES]; 2];
            for (i, &k) in order.iter().enumerate().take(MAX_LANES) {
                (d[0][i], d[1][i]) = self.turn.root_less_one((step * k) as u64);
            }
            d
        });
        Steps { step, less_one }
    }

    /// Writes the real and the imaginary parts of `w^(first + step * order[i])`, the exponents below 2 n and the first
    /// of them below n.
    ///
    /// Where the row is short beside a turn, it takes one root and a product each that the compiler makes several of at
    /// a time, as exact as [`Roots::get`].
    #[inline(always)]
    pub(super) fn row<T: Real>(
        &self,
        first: usize,
        steps: &Steps,
        order: &[usize],
        re: &mut [MaybeUninit<T>],
        im: &mut [MaybeUninit<T>],
    ) {
        if let Some([d, e]) = &steps.less_one {
            let [x, y] = self.pair(first);
            for (((d, e), re), im) in d.iter().zip(e).zip(re).zip(im).take(order.len()) {
                re.write(T::from_f64(x.hi + (x.lo + (x.hi * d - y.hi * e))));
                im.write(T::from_f64(y.hi + (y.lo + (x.hi * e + y.hi * d))));
            }
        } else {
            let n = usize::try_from(self.turn.n).unwrap_or(usize::MAX);
            for ((&k, re), im) in order.iter().zip(re).zip(im) {
                let k = first + steps.step * k;
                let (x, y) = self.get(k.checked_sub(n).unwrap_or(k));
                re.write(T::from_f64(x));
                im.write(T::from_f64(y));
            }
        }
    }

    /// [`Roots::row`] before it is rounded to a type: real parts and imaginary parts.
    #[inline(always)]
    pub(super) fn exact_row(&self, first: usize, steps: &Steps, order: &[usize]) -> [[f64; MAX_LANES]; 2] {
        let (mut re, mut im) = ([0.0; MAX_LANES], [0.0; MAX_LANES]);
        self.row(first, steps, order, as_uninit(&mut re), as_uninit(&mut im));
        [re, im]
    }
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
