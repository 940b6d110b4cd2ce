//! The definition, summed in twice the precision of f64: slow, and the oracle of the tests.
//!
//! Terms are formed exactly (a product of two f64 as a sum of two, Dekker 1971) and summed with their rounding
//! errors (Knuth's two-sum); the roots of unity carry about 100 bits. A bin is good to about `N * 2^-100` of the
//! largest term, whatever the length.

use num_complex::Complex;

use super::twiddle::{TAU_HI, TAU_LO, two_product};
#[cfg(feature = "alloc")]
use crate::error::LengthError;

/// A number as the unevaluated sum of two f64, the second at most half an ULP of the first.
#[derive(Clone, Copy, Debug, Default)]
struct Double {
    hi: f64,
    lo: f64,
}

impl Double {
    const fn new(hi: f64) -> Self {
        Self { hi, lo: 0.0 }
    }

    /// `hi + lo` in normal form, for `|hi| >= |lo|`.
    fn normal(hi: f64, lo: f64) -> Self {
        let sum = hi + lo;
        Self { hi: sum, lo: lo - (sum - hi) }
    }

    fn add(self, o: Self) -> Self {
        let sum = self.hi + o.hi;
        let b = sum - self.hi;
        let err = (self.hi - (sum - b)) + (o.hi - b);
        Self::normal(sum, err + (self.lo + o.lo))
    }

    fn neg(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }

    fn mul(self, o: Self) -> Self {
        let (p, e) = two_product(self.hi, o.hi);
        Self::normal(p, e + (self.hi * o.lo + self.lo * o.hi))
    }

    fn div(self, d: f64) -> Self {
        let q = self.hi / d;
        let (p, e) = two_product(q, d);
        Self::normal(q, ((self.hi - p) - e + self.lo) / d)
    }
}

/// `exp(-2 pi i k / n)` to about 100 bits.
fn root(k: u64, n: u64) -> (Double, Double) {
    // To the nearest quarter turn, exactly, so that the series sees at most an eighth of a turn.
    let k = k % n;
    let quarter = (u128::from(k) * 4 + u128::from(n) / 2) / u128::from(n);
    let rest = u128::from(k).cast_signed() * 4 - (quarter * u128::from(n)).cast_signed();
    #[expect(clippy::cast_precision_loss, reason = "n is below 2^50, and the rest smaller")]
    let (rest, den) = (rest as f64, 4.0 * n as f64);
    let x = Double::new(rest).mul(Double { hi: TAU_HI, lo: TAU_LO }).div(den);
    let (mut sin, mut cos) = (x, Double::new(1.0));
    let square = x.mul(x).neg();
    let (mut sin_term, mut cos_term) = (x, Double::new(1.0));
    // x^28 / 28! is below 2^-107 for x <= pi / 4.
    for i in 1..14 {
        let i = f64::from(i);
        cos_term = cos_term.mul(square).div((2.0 * i - 1.0) * (2.0 * i));
        sin_term = sin_term.mul(square).div((2.0 * i) * (2.0 * i + 1.0));
        cos = cos.add(cos_term);
        sin = sin.add(sin_term);
    }
    let (x, y) = match quarter % 4 {
        0 => (cos, sin),
        1 => (sin.neg(), cos),
        2 => (cos.neg(), sin.neg()),
        _ => (sin, cos.neg()),
    };
    (x, y.neg())
}

/// Computes bin `k` of the unscaled forward transform of `input` by the definition, rounded once to f64.
///
/// `X[k] = sum over n of x[n] * exp(-2*pi*i*k*n/N)`. Costs one sine and cosine in double the precision a sample,
/// about a microsecond each: this is for tests. The unscaled inverse is the conjugate of the transform of the
/// conjugate. An empty input gives 0.
///
/// # Accuracy
/// Within 1 ULP of f64 of the exact value, unless the terms cancel to below 2^-40 of the largest.
///
/// # Real-time safety
/// Real-time safe, but O(N) slow terms a bin.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// let x = [1.0, 0.0, -1.0, 0.0].map(|re| Complex::new(re, 0.0));
/// assert_eq!(quaver::fft::dft::bin(&x, 1), Complex::new(2.0, 0.0));
/// ```
#[must_use]
pub fn bin(input: &[Complex<f64>], k: usize) -> Complex<f64> {
    let n = input.len() as u64;
    let (mut re, mut im) = (Double::default(), Double::default());
    let mut angle = 0u64;
    for x in input {
        let (c, s) = root(angle, n);
        let (x_re, x_im) = (Double::new(x.re), Double::new(x.im));
        re = re.add(x_re.mul(c)).add(x_im.mul(s).neg());
        im = im.add(x_re.mul(s)).add(x_im.mul(c));
        angle = (angle + k as u64 % n) % n;
    }
    Complex::new(re.hi + re.lo, im.hi + im.lo)
}

/// Computes all bins of the unscaled forward transform of `input`, as [`bin`] does, with the roots computed once.
///
/// - `output`: as long as `input`.
///
/// # Errors
/// [`LengthError`] when it is not; nothing is written.
///
/// # Real-time safety
/// Not real-time safe: allocates a table of the roots; O(N^2).
#[cfg(feature = "alloc")]
pub fn all(input: &[Complex<f64>], output: &mut [Complex<f64>]) -> Result<(), LengthError> {
    let n = input.len();
    LengthError::check("output", n, output.len())?;
    let roots: alloc::vec::Vec<_> = (0..n).map(|k| root(k as u64, n as u64)).collect();
    for (k, out) in output.iter_mut().enumerate() {
        let (mut re, mut im) = (Double::default(), Double::default());
        let mut angle = 0;
        for x in input {
            let (c, s) = roots[angle];
            let (x_re, x_im) = (Double::new(x.re), Double::new(x.im));
            re = re.add(x_re.mul(c)).add(x_im.mul(s).neg());
            im = im.add(x_re.mul(s)).add(x_im.mul(c));
            angle += k;
            if angle >= n {
                angle -= n;
            }
        }
        *out = Complex::new(re.hi + re.lo, im.hi + im.lo);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use core::mem::MaybeUninit;

    use super::super::twiddle::Roots;
    use super::*;

    #[test]
    fn roots_lie_on_the_unit_circle_to_double_the_precision() {
        for n in [3u64, 7, 480, 1009, 65_536] {
            for k in 0..n.min(100) {
                let (c, s) = root(k, n);
                let one = c.mul(c).add(s.mul(s)).add(Double::new(-1.0));
                assert!((one.hi + one.lo).abs() < 1e-30, "{k}/{n}: {one:?}");
            }
        }
    }

    /// The fast twiddles against these: within 0.75 ULP.
    #[test]
    fn twiddles_are_within_their_bound() {
        for n in [5u64, 12, 441, 480, 1009, 4096, 48_000, 1 << 40] {
            for k in (0..n).step_by((n / 1000).max(1) as usize) {
                let (re, im) = super::super::twiddle::root(k, n);
                let (c, s) = root(k, n);
                for (got, want) in [(re, c), (im, s)] {
                    let ulp = f64::from_bits(want.hi.abs().to_bits() + 1) - want.hi.abs();
                    let err = ((got - want.hi) - want.lo).abs() / ulp;
                    assert!(err <= 0.75, "{k}/{n}: {err} ULP");
                }
            }
        }
    }

    /// The roots that tables are made of: the error of each part in units of 2^-53, an ULP of what is above one half.
    #[test]
    fn products_of_roots_are_within_their_bound() {
        #[expect(clippy::cast_precision_loss, reason = "a power of two")]
        let error = |got: f64, want: Double| ((got - want.hi) - want.lo).abs() * (1u64 << 53) as f64;
        let (mut of_get, mut of_row) = (0.0f64, 0.0f64);
        let lengths = [480, 1009, 1024, 2047, 4096, 44_100, 65_536, 65_537, 1 << 20, 3 << 24];
        for n in (1usize..200).chain(lengths) {
            let roots = Roots::new(n);
            for k in (0..n).step_by((n / 1003).max(1)).chain([n - 1]) {
                let ((re, im), (c, s)) = (roots.get(k), root(k as u64, n as u64));
                of_get = of_get.max(error(re, c)).max(error(im, s));
            }
            assert_eq!(roots.get(0), (1.0, -0.0));
            let order = [0, 1, 4, 5, 2, 3, 6, 7];
            for step in [1, 3, 7] {
                let steps = roots.steps(step, &order, 4);
                let (mut re, mut im) = ([MaybeUninit::new(0.0f64); 8], [MaybeUninit::new(0.0f64); 8]);
                for first in (0..n).step_by((n / 97).max(1)).filter(|first| first + 7 * step < 2 * n) {
                    roots.row(first, &steps, &order, &mut re, &mut im);
                    for ((k, re), im) in order.into_iter().zip(&re).zip(&im) {
                        let (c, s) = root((first + step * k) as u64, n as u64);
                        // SAFETY: initialised where it is made.
                        of_row = of_row.max(error(unsafe { re.assume_init() }, c));
                        // SAFETY: as above.
                        of_row = of_row.max(error(unsafe { im.assume_init() }, s));
                    }
                }
            }
        }
        assert!(of_get <= 0.95 && of_row <= 0.95, "{of_get}, {of_row}");
    }
}
