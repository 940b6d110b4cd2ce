//! The windows of lapped transforms, and what is checked of them.

#![forbid(unsafe_code)]

use core::f64::consts::{FRAC_PI_2, PI};
use core::fmt;
use core::mem::MaybeUninit;

use super::Real;
use super::plan::PlanError;
use super::trig::lapped::Slope;
use super::twiddle::root;

/// The window of a lapped transform of N bins: 2N samples, which rise over the first N and fall over the others.
///
/// In each half, the squares of sample n and sample N-1-n add up to one (Princen and Bradley), so that analysis and synthesis
/// under the same window give the signal back. All but [`MdctWindow::Custom`] are symmetric.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MdctWindow<'a, T> {
    /// `sin(pi (n + 1/2) / 2N)`: AAC's and MP3's.
    Sine,
    /// Kaiser-Bessel derived: the square root of the running sum of a Kaiser window of N + 1 samples with
    /// `beta = pi alpha`. AAC's has an alpha of 4 for long and 6 for short blocks, AC-3's 5.
    KaiserBessel {
        /// From 0, where it is nearly rectangular in power, to 200.
        alpha: f64,
    },
    /// `sin(pi/2 sin^2(pi (n + 1/2) / 2N))`: Vorbis's power-complementary window.
    Vorbis,
    /// The slope of [`MdctWindow::Vorbis`] over the middle `overlap` samples of each half, and outside of them zero and one:
    /// Opus CELT's, with 120 samples for all lengths. Where it is flat, it costs nothing.
    LowOverlap {
        /// Samples of the slope: an even number from 2 to N.
        overlap: usize,
    },
    /// The caller's own, 2N samples. Its halves may differ, as those between blocks of different lengths do: a frame then
    /// wants a neighbour whose half mirrors its own. Zeros at the outer end of a half, with ones at the inner end, cost
    /// nothing.
    Custom(&'a [T]),
}

/// Why a lapped transform could not be planned.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MdctError {
    /// The transform within could not be planned.
    Plan(PlanError),
    /// The number of bins is odd.
    OddLength {
        /// The number asked for.
        len: usize,
    },
    /// The alpha of a Kaiser-Bessel window is not in 0..=200.
    Alpha {
        /// The value given.
        alpha: f64,
    },
    /// The overlap is zero, longer than the block, or odd.
    Overlap {
        /// The value given, in samples.
        overlap: usize,
        /// The number of bins.
        len: usize,
    },
    /// The caller's window has another length than 2N.
    WindowLength {
        /// The length of a window for this transform.
        expected: usize,
        /// The length given.
        actual: usize,
    },
    /// In the caller's window, the squares of two samples that mirror each other within a half do not add up to one,
    /// within 5e-7 (f32) or 1e-13 (f64): roundings of a sum of squares pass, another formula does not.
    NotPowerComplementary {
        /// The first of the two samples.
        index: usize,
        /// The sum of their squares.
        sum: f64,
    },
}

impl fmt::Display for MdctError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Plan(e) => e.fmt(f),
            Self::OddLength { len } => write!(f, "a lapped transform of {len} bins, expected an even number"),
            Self::Alpha { alpha } => write!(f, "Kaiser-Bessel window with alpha {alpha}, expected 0 to 200"),
            Self::Overlap { overlap, len } => {
                write!(f, "an overlap of {overlap} samples, expected an even number from 2 to {len}")
            }
            Self::WindowLength { expected, actual } => {
                write!(f, "a window of {actual} samples, expected {expected}")
            }
            Self::NotPowerComplementary { index, sum } => {
                write!(
                    f,
                    "the squares of window sample {index} and its mirror image add up to {sum}, expected 1"
                )
            }
        }
    }
}

impl core::error::Error for MdctError {}

impl From<PlanError> for MdctError {
    fn from(e: PlanError) -> Self {
        Self::Plan(e)
    }
}

/// I0(pi 200) is 1e271; from 226 on it leaves the range of f64.
const MAX_ALPHA: f64 = 200.0;

impl<T: Real> MdctWindow<'_, T> {
    /// Checks the window for `len` bins, which is even, and says where each half of it is flat, seen from its outer end.
    pub(super) fn slopes(&self, len: usize) -> Result<[Slope; 2], MdctError> {
        let same = |flat| [Slope { flat, at: 0 }; 2];
        match *self {
            Self::Sine | Self::Vorbis => Ok(same(0)),
            Self::KaiserBessel { alpha } if (0.0..=MAX_ALPHA).contains(&alpha) => Ok(same(0)),
            Self::KaiserBessel { alpha } => Err(MdctError::Alpha { alpha }),
            Self::LowOverlap { overlap } if overlap == 0 || overlap > len || overlap % 2 == 1 => {
                Err(MdctError::Overlap { overlap, len })
            }
            Self::LowOverlap { overlap } => Ok(same((len - overlap) / 2)),
            Self::Custom(window) => {
                if window.len() != 2 * len {
                    return Err(MdctError::WindowLength { expected: 2 * len, actual: window.len() });
                }
                let [left, right] = [false, true].map(|right| custom_flat(window, len, right));
                let (left, right) = (left?, right?);
                let pairs = |i: usize| (window[i].to_f64(), window[2 * len - 1 - i].to_f64());
                let symmetric = (0..len).map(pairs).all(|(a, b)| a.to_bits() == b.to_bits());
                let at = if symmetric { 0 } else { 2 * (len / 2 - left) };
                Ok([Slope { flat: left, at: 0 }, Slope { flat: right, at }])
            }
        }
    }

    /// Writes the slope of one half, from behind its flat part to the middle: samples i to `s` and N-1-i to `c`, counted
    /// from its outer end. The window is one that [`MdctWindow::slopes`] accepts.
    pub(super) fn fill(
        &self,
        len: usize,
        right: bool,
        flat: usize,
        s: &mut [MaybeUninit<T>],
        c: &mut [MaybeUninit<T>],
    ) {
        let overlap = len - 2 * flat;
        let places = s.iter_mut().zip(c).enumerate();
        match *self {
            Self::Sine => {
                for (m, (s, c)) in places {
                    let (re, im) = root(2 * m as u64 + 1, 8 * overlap as u64);
                    s.write(T::from_f64(-im));
                    c.write(T::from_f64(re));
                }
            }
            Self::Vorbis | Self::LowOverlap { .. } => {
                for (m, (s, c)) in places {
                    let (_, sine) = root(2 * m as u64 + 1, 8 * overlap as u64);
                    let angle = FRAC_PI_2 * (sine * sine);
                    s.write(T::from_f64(libm::sin(angle)));
                    c.write(T::from_f64(libm::cos(angle)));
                }
            }
            Self::KaiserBessel { alpha } => {
                let kaiser = |m: usize| {
                    let x = 2.0 * real(m) / real(overlap) - 1.0;
                    bessel_i0(PI * alpha * libm::sqrt((1.0 - x * x).max(0.0)))
                };
                let total: f64 = (0..=overlap).map(kaiser).sum();
                let mut sum = 0.0;
                for (m, (s, c)) in places {
                    sum += kaiser(m);
                    s.write(T::from_f64(libm::sqrt(sum / total)));
                    // All but the last of the running sums pair up: the window is symmetric.
                    c.write(T::from_f64(libm::sqrt(1.0 - sum / total)));
                }
            }
            Self::Custom(window) => {
                for (i, (s, c)) in places {
                    let (outer, inner) = custom_pair(len, right, flat + i);
                    s.write(window[outer]);
                    c.write(window[inner]);
                }
            }
        }
    }
}

/// Samples i and N-1-i of one half, counted from its outer end.
const fn custom_pair(len: usize, right: bool, i: usize) -> (usize, usize) {
    if right { (2 * len - 1 - i, len + i) } else { (i, len - 1 - i) }
}

/// Checks one half of a window of `2 * len` samples, and counts the pairs of zero and one at its ends.
fn custom_flat<T: Real>(window: &[T], len: usize, right: bool) -> Result<usize, MdctError> {
    let tolerance = if size_of::<T>() == size_of::<f32>() { 5e-7 } else { 1e-13 };
    let (mut flat, mut sloping) = (0, false);
    for i in 0..len / 2 {
        let (outer, inner) = custom_pair(len, right, i);
        let (s, c) = (window[outer].to_f64(), window[inner].to_f64());
        let sum = s * s + c * c;
        if sum.is_nan() || (sum - 1.0).abs() > tolerance {
            return Err(MdctError::NotPowerComplementary { index: outer.min(inner), sum });
        }
        sloping |= s != 0.0 || 1.0 - c != 0.0;
        flat += usize::from(!sloping);
    }
    Ok(flat)
}

/// A count as a float: exact up to 2^53, more than any memory holds.
#[expect(clippy::cast_precision_loss, reason = "no window has 2^53 samples")]
fn real(n: usize) -> f64 {
    n as f64
}

/// The modified Bessel function of order zero, by its series `sum of ((x/2)^k / k!)^2`, for x from 0 to 700.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    // The terms grow until k = x/2 and then fall faster than a geometric series.
    while term > sum * (0.125 * f64::EPSILON) {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}
