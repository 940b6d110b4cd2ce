//! Window functions and what they cost: coherent gain, noise bandwidth.
//!
//! Sources, named again where they are used:
//! - F. J. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform, Proc. IEEE 66(1),
//!   1978.
//! - A. H. Nuttall, Some windows with very good sidelobe behavior, IEEE Trans. ASSP 29(1), 1981.
//! - G. Heinzel, A. Rüdiger, R. Schilling, Spectrum and spectral density estimation by the DFT, including a
//!   comprehensive list of window functions and some new flat-top windows, Max-Planck-Institut, 2002.
//! - D. Slepian, Prolate spheroidal wave functions V: the discrete case, Bell Syst. Tech. J. 57(5), 1978.

#![forbid(unsafe_code)]

use core::f64::consts::PI;
use core::fmt;

use crate::fft::Real;

/// A window function, to be sampled by [`Window::fill`].
///
/// Side lobes are the highest ones; bandwidths are noise bandwidths in bins, of long windows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Window {
    /// All ones: side lobes at -13 dB, 1.00 bins.
    Rectangular,
    /// `0.5 - 0.5 cos`: -31 dB, 1.50 bins.
    Hann,
    /// `0.54 - 0.46 cos`: -43 dB, 1.36 bins.
    Hamming,
    /// `0.42 - 0.5 cos + 0.08 cos`: -58 dB, 1.73 bins.
    Blackman,
    /// The minimum four-term window of Harris 1978: -92 dB, 2.00 bins.
    BlackmanHarris,
    /// The minimum four-term window of Nuttall 1981 (his figure 12; Heinzel's Nuttall4c): -98 dB, 1.98 bins.
    Nuttall,
    /// HFT116D of Heinzel 2002, appendix D: a tone between two bins shows at most 0.003 dB low; -117 dB, 4.22 bins.
    FlatTop,
    /// `I0(beta sqrt(1 - x^2)) / I0(beta)` for x from -1 to 1, beta in 0..=700; Harris's alpha is `beta / pi`.
    Kaiser {
        /// Side lobes fall and the main lobe widens as it grows.
        beta: f64,
    },
    /// `sin(pi n / D)`, the square root of Hann: -23 dB, 1.23 bins.
    Sine,
    /// The first discrete prolate spheroidal sequence: of all sequences of this length, the one with the most energy
    /// within `half_bandwidth` bins of its centre. Peak 1, or two equal ones beside the middle.
    Dpss {
        /// Slepian's `N W`, in bins: more than 0, less than half the length, at most 200.
        half_bandwidth: f64,
    },
}

/// Where the period of a window ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symmetry {
    /// The period is the length: for transforms, where the sample after the last is the first again.
    Periodic,
    /// First and last sample are equal: for filter design.
    Symmetric,
}

/// A parameter of a window is out of its range. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum WindowError {
    /// The beta of Kaiser is not in 0..=700.
    Beta {
        /// The value given.
        beta: f64,
    },
    /// The half bandwidth of DPSS is not between 0 and half the length, or is more than 200.
    HalfBandwidth {
        /// The value given, in bins.
        half_bandwidth: f64,
        /// The length of the window.
        len: usize,
    },
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Beta { beta } => write!(f, "Kaiser window with beta {beta}, expected 0 to 700"),
            Self::HalfBandwidth { half_bandwidth, len } => {
                write!(
                    f,
                    "DPSS of half bandwidth {half_bandwidth} bins, expected more than 0, less than {len} / 2, at most 200"
                )
            }
        }
    }
}

impl core::error::Error for WindowError {}

impl Window {
    /// Writes the window's samples, largest about 1.
    ///
    /// With `D` the length (periodic) or the length less one (symmetric), sample `n` is the window function at `n / D`
    /// of its width. Sample `n` and sample `D - n` are equal to the bit. A window of one sample is 1.
    ///
    /// - `output`: any length.
    ///
    /// # Errors
    /// [`WindowError`] when a parameter is out of range; nothing is written.
    ///
    /// # Accuracy
    /// Within 1e-15 of the formula for sums of cosines, 1e-13 for Kaiser, 1e-10 for DPSS up to 65,536 samples; then
    /// rounded to the output's type.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N) with a cosine or a Bessel series a sample, and
    /// some 60 passes for DPSS: better done in advance.
    ///
    /// # Source
    /// Harris 1978, Nuttall 1981, Heinzel 2002, Slepian 1978: see the head of the file.
    ///
    /// # Examples
    /// ```
    /// use quaver::dsp::window::{Symmetry, Window, coherent_gain, noise_bandwidth};
    ///
    /// let mut w = [0.0_f32; 1024];
    /// Window::Hann.fill(Symmetry::Periodic, &mut w)?;
    /// assert!((coherent_gain(&w) - 0.5).abs() < 1e-6);
    /// assert!((noise_bandwidth(&w) - 1.5).abs() < 1e-6);
    /// # Ok::<(), quaver::dsp::window::WindowError>(())
    /// ```
    pub fn fill<T: Real>(&self, symmetry: Symmetry, output: &mut [T]) -> Result<(), WindowError> {
        let len = output.len();
        self.check(len)?;
        let period = match symmetry {
            Symmetry::Periodic => len,
            Symmetry::Symmetric => len.saturating_sub(1),
        };
        if len <= 1 {
            output.fill(T::from_f64(1.0));
            return Ok(());
        }
        match *self {
            Self::Rectangular => output.fill(T::from_f64(1.0)),
            Self::Hann => cosines(&HANN, period, output),
            Self::Hamming => cosines(&HAMMING, period, output),
            Self::Blackman => cosines(&BLACKMAN, period, output),
            Self::BlackmanHarris => cosines(&BLACKMAN_HARRIS, period, output),
            Self::Nuttall => cosines(&NUTTALL, period, output),
            Self::FlatTop => cosines(&HFT116D, period, output),
            Self::Kaiser { beta } => {
                let top = bessel_i0(beta);
                mirrored(period, output, |n| {
                    // 1 - x^2 as a product: no cancellation at the ends.
                    let inside = 4.0 * real(n) * (real(period) - real(n)) / (real(period) * real(period));
                    bessel_i0(beta * libm::sqrt(inside)) / top
                });
            }
            Self::Sine => mirrored(period, output, |n| libm::sin(PI * real(n) / real(period))),
            Self::Dpss { half_bandwidth } => dpss(half_bandwidth / real(len), period, output),
        }
        Ok(())
    }

    fn check(&self, len: usize) -> Result<(), WindowError> {
        match *self {
            Self::Kaiser { beta } if !(0.0..=MAX_BETA).contains(&beta) => Err(WindowError::Beta { beta }),
            Self::Dpss { half_bandwidth }
                if !(half_bandwidth > 0.0
                    && half_bandwidth < real(len) / 2.0
                    && half_bandwidth <= MAX_HALF_BANDWIDTH) =>
            {
                Err(WindowError::HalfBandwidth { half_bandwidth, len })
            }
            _ => Ok(()),
        }
    }
}

/// The gain of a window for a tone in the middle of a bin: the mean of its samples; 0 when there are none.
///
/// Divide a line's amplitude by it to undo the window.
///
/// # Real-time safety
/// Real-time safe: O(N).
#[must_use]
pub fn coherent_gain<T: Real + Into<f64>>(window: &[T]) -> f64 {
    if window.is_empty() { 0.0 } else { sums(window).0 / real(window.len()) }
}

/// The width in bins of the rectangular filter that lets as much white noise through: `N sum(w^2) / sum(w)^2`; 0 when
/// there are no samples.
///
/// Divide a power spectrum by it, and by the square of the coherent gain, to read noise power per bin.
///
/// # Real-time safety
/// Real-time safe: O(N).
///
/// # Source
/// Harris 1978, equation 11.
#[must_use]
pub fn noise_bandwidth<T: Real + Into<f64>>(window: &[T]) -> f64 {
    let (sum, squares) = sums(window);
    if window.is_empty() { 0.0 } else { real(window.len()) * squares / (sum * sum) }
}

fn sums<T: Real + Into<f64>>(window: &[T]) -> (f64, f64) {
    window.iter().fold((0.0, 0.0), |(sum, squares), &w| {
        let w: f64 = w.into();
        (sum + w, squares + w * w)
    })
}

/// A count as a float: exact up to 2^53, more than any memory holds.
#[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements")]
fn real(n: usize) -> f64 {
    n as f64
}

/// Writes `at(n)` to sample `n` and to sample `period - n`, where there is one.
fn mirrored<T: Real>(period: usize, output: &mut [T], at: impl Fn(usize) -> f64) {
    for (n, w) in output.iter_mut().enumerate() {
        *w = T::from_f64(at(n.min(period.wrapping_sub(n))));
    }
}

/// `sum over k of (-1)^k terms[k] cos(2 pi k n / period)`.
fn cosines<T: Real>(terms: &[f64], period: usize, output: &mut [T]) {
    mirrored(period, output, |n| {
        // All terms from one cosine, by Clenshaw's recurrence; x = -cos carries the alternating sign. The angle is at
        // most pi, and near pi/2 both sine and cosine are at their best.
        let x = -libm::cos(2.0 * PI * real(n) / real(period));
        let (mut b1, mut b2) = (0.0, 0.0);
        for &a in terms.get(1..).unwrap_or_default().iter().rev() {
            (b1, b2) = (2.0 * x * b1 - b2 + a, b1);
        }
        x * b1 - b2 + terms.first().copied().unwrap_or(0.0)
    });
}

/// The modified Bessel function of order zero, by its series `sum of ((x/2)^k / k!)^2`: all terms are positive, so
/// nothing cancels. For x in 0..=700.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    // The terms grow until k = x/2 and then fall faster than a geometric series.
    while term > sum * (0.125 * f64::EPSILON) && k < 2.0 * MAX_BETA {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// The first eigenvector of Slepian's tridiagonal matrix (1978, equation 14), scaled to a peak of 1.
///
/// With `M = period + 1` samples, the diagonal is `((M - 1 - 2 n) / 2)^2 cos(2 pi W)` and `n (M - n) / 2` couples `n - 1`
/// and `n`. The largest eigenvalue is bisected by counting signs (Sturm), and the vector follows by the three-term
/// recurrence from its end to the middle, the direction in which it grows; no memory beyond the output is needed.
fn dpss<T: Real>(w: f64, period: usize, output: &mut [T]) {
    let (last, turn) = (real(period), libm::cos(2.0 * PI * w));
    let diagonal = |n: f64| {
        let centred = 0.5 * last - n;
        centred * centred * turn
    };
    let coupling = |n: f64| 0.5 * n * (last + 1.0 - n);

    let below_all = |x: f64| {
        // Whether x exceeds every eigenvalue: then every pivot of `matrix - x` is negative.
        let mut pivot = diagonal(0.0) - x;
        for n in 1..=period {
            if pivot >= 0.0 {
                return false;
            }
            let c = coupling(real(n));
            pivot = diagonal(real(n)) - x - c * c / pivot;
        }
        pivot < 0.0
    };
    // Gershgorin: no eigenvalue exceeds the largest row sum, and the largest is no less than a diagonal element.
    let half = 0.5 * last;
    let (mut low, mut high) = (diagonal(0.0).max(diagonal(half)), half * half + (half + 1.0) * (half + 1.0));
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if below_all(middle) { high = middle } else { low = middle }
    }
    let eigenvalue = 0.5 * (low + high);

    let step = |n: f64, before: f64, here: f64| {
        ((eigenvalue - diagonal(n)) * here - coupling(n) * before) / coupling(n + 1.0)
    };
    // Twice the same recurrence: once for the peak, once to write.
    let middle = period / 2;
    let walk = |scale: f64, output: &mut [T]| {
        let (mut before, mut here) = (0.0, scale);
        for n in 0..=middle {
            for at in [n, period - n] {
                if let Some(w) = output.get_mut(at) {
                    *w = T::from_f64(here);
                }
            }
            (before, here) = (here, step(real(n), before, here));
        }
        before
    };
    // Growth is about e^(pi N W): 3e272 at the most that `check` admits.
    let peak = walk(1.0, &mut []);
    walk(1.0 / peak, output);
}

/// I0(700) is 1.5e302; at 714 it leaves the range of f64.
const MAX_BETA: f64 = 700.0;

/// Beyond it the ends of the sequence leave the range of f64.
const MAX_HALF_BANDWIDTH: f64 = 200.0;

// Harris 1978, section V: B, C (alpha = 2) and the exact text values of table 1.
const HANN: [f64; 2] = [0.5, 0.5];
const HAMMING: [f64; 2] = [0.54, 0.46];
const BLACKMAN: [f64; 3] = [0.42, 0.5, 0.08];
/// Harris 1978, "minimum 4-sample Blackman-Harris".
const BLACKMAN_HARRIS: [f64; 4] = [0.358_75, 0.488_29, 0.141_28, 0.011_68];
/// Nuttall 1981, table II.
const NUTTALL: [f64; 4] = [0.363_581_9, 0.489_177_5, 0.136_599_5, 0.010_641_1];
/// Heinzel 2002, appendix D, HFT116D, divided by the sum of its terms so that the peak is 1.
const HFT116D: [f64; 6] = {
    let terms = [1.0, 1.957_537_5, 1.478_070_5, 0.636_743_1, 0.122_838_9, 0.006_628_8];
    let sum = 5.201_818_8;
    let mut scaled = [0.0; 6];
    let mut k = 0;
    while k < 6 {
        scaled[k] = terms[k] / sum;
        k += 1;
    }
    scaled
};

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "equality to the bit is what is claimed")]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn window(window: Window, symmetry: Symmetry, len: usize) -> Vec<f64> {
        let mut w = vec![f64::NAN; len];
        window.fill(symmetry, &mut w).unwrap();
        w
    }

    /// Magnitude of the transform at `bin`, which need not be whole, against that at 0, in dB.
    fn response(w: &[f64], bin: f64) -> f64 {
        let angle = |n: usize| 2.0 * PI * bin * real(n) / real(w.len());
        let (re, im) = w.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, w)| {
            (re + w * libm::cos(angle(n)), im - w * libm::sin(angle(n)))
        });
        let sum: f64 = w.iter().sum();
        20.0 * libm::log10(libm::hypot(re, im) / sum)
    }

    /// The highest side lobe: the greatest response after the first one that rises again.
    fn side_lobe(w: &[f64], last_bin: f64) -> f64 {
        let mut previous = 0.0;
        let (mut fell, mut highest) = (false, f64::MIN);
        let mut bin = 0.0;
        while bin < last_bin {
            let here = response(w, bin);
            // Below -25 dB against its neighbour the flat-top's ripple is no null.
            fell |= here > previous && previous < -12.0;
            if fell {
                highest = highest.max(here);
            }
            previous = here;
            bin += 1.0 / 16.0;
        }
        highest
    }

    #[test]
    fn gain_bandwidth_and_side_lobes_are_those_of_the_literature() {
        // (window, coherent gain, noise bandwidth, side lobe, in dB); tolerance is half the last digit given there.
        let kaiser = |alpha: f64| Window::Kaiser { beta: alpha * PI };
        let table = [
            // Harris 1978, table 1.
            (Window::Rectangular, 1.0, 0.005, 1.0, 0.005, -13.3, 0.1),
            (Window::Hann, 0.5, 0.005, 1.5, 0.005, -31.5, 0.1),
            (Window::Hamming, 0.54, 0.005, 1.36, 0.005, -42.7, 0.5),
            (Window::Blackman, 0.42, 0.005, 1.73, 0.005, -58.1, 0.5),
            (Window::Sine, 0.64, 0.005, 1.23, 0.005, -23.0, 0.5),
            (kaiser(2.0), 0.49, 0.005, 1.50, 0.005, -46.0, 0.5),
            (kaiser(2.5), 0.44, 0.005, 1.65, 0.005, -57.0, 0.6),
            (kaiser(3.0), 0.40, 0.005, 1.80, 0.005, -69.0, 0.8),
            (kaiser(3.5), 0.37, 0.005, 1.93, 0.005, -82.0, 0.6),
            // Heinzel 2002, appendix C and D: bandwidth to four digits, side lobes to one.
            (Window::BlackmanHarris, 0.358_75, 1e-6, 2.0044, 5e-5, -92.0, 0.1),
            (Window::Nuttall, 0.363_581_9, 1e-6, 1.9761, 5e-5, -98.1, 0.1),
            (Window::FlatTop, 1.0 / 5.201_818_8, 1e-6, 4.2186, 5e-5, -116.8, 0.1),
        ];
        for (kind, gain, gain_tol, bandwidth, bandwidth_tol, lobe, lobe_tol) in table {
            let w = window(kind, Symmetry::Periodic, 1024);
            assert!((coherent_gain(&w) - gain).abs() < gain_tol, "{kind:?} gain {}", coherent_gain(&w));
            let found = noise_bandwidth(&w);
            assert!((found - bandwidth).abs() < bandwidth_tol, "{kind:?} bandwidth {found}");
            let found = side_lobe(&w, 24.0);
            assert!((found - lobe).abs() < lobe_tol, "{kind:?} side lobe {found}");
        }
    }

    #[test]
    fn flat_top_is_flat() {
        let w = window(Window::FlatTop, Symmetry::Periodic, 256);
        let worst = (0..=50).map(|i| response(&w, f64::from(i) / 100.0).abs()).fold(0.0, f64::max);
        assert!((worst - 0.0028).abs() < 1e-4, "{worst} dB; Heinzel 2002: 0.0028");
    }

    #[test]
    fn dpss_is_the_most_concentrated_sequence() {
        // By its definition: the eigenvector of the sinc kernel, its eigenvalue the share of energy within W.
        // Slepian 1978 via Percival and Walden 1993, section 8.1: 1 - 3e-10 for N W = 4; here for a few.
        for (len, nw, lost) in [(31, 1.0, 2e-2), (64, 4.0, 4e-10), (64, 2.5, 3e-6), (129, 2.0, 7e-5)] {
            let v = window(Window::Dpss { half_bandwidth: nw }, Symmetry::Symmetric, len);
            let w = nw / real(len);
            let kernel = |i: usize, j: usize| {
                let d = real(i) - real(j);
                if i == j { 2.0 * w } else { libm::sin(2.0 * PI * w * d) / (PI * d) }
            };
            let image: Vec<f64> = (0..len).map(|i| (0..len).map(|j| kernel(i, j) * v[j]).sum()).collect();
            let energy: f64 = v.iter().map(|x| x * x).sum();
            let share = image.iter().zip(&v).map(|(a, b)| a * b).sum::<f64>() / energy;
            assert!(
                share < 1.0 && 1.0 - share < lost && 1.0 - share > 0.5 * lost,
                "{len} {nw}: {}",
                1.0 - share
            );
            for (a, b) in image.iter().zip(&v) {
                assert!((a - share * b).abs() < 1e-11, "{len} {nw}: {a} {b}");
            }
            assert!((v.iter().copied().fold(0.0, f64::max) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn dpss_survives_extremes() {
        for (len, nw) in
            [(2, 0.5), (3, 1.4), (4096, 200.0), (65_536, 200.0), (65_536, 4.0), (2, 0.999), (512, 0.001)]
        {
            for symmetry in [Symmetry::Periodic, Symmetry::Symmetric] {
                let w = window(Window::Dpss { half_bandwidth: nw }, symmetry, len);
                assert!(w.iter().all(|x| x.is_finite() && *x >= 0.0 && *x <= 1.0 + 1e-9), "{len} {nw}");
                assert!(w[len / 2] > 0.9, "{len} {nw} {}", w[len / 2]);
            }
        }
    }

    const ALL: [Window; 10] = [
        Window::Rectangular,
        Window::Hann,
        Window::Hamming,
        Window::Blackman,
        Window::BlackmanHarris,
        Window::Nuttall,
        Window::FlatTop,
        Window::Kaiser { beta: 8.6 },
        Window::Sine,
        Window::Dpss { half_bandwidth: 0.4 },
    ];

    #[test]
    fn periodic_is_symmetric_of_one_more_without_the_last() {
        for kind in ALL {
            for len in 1..=65 {
                // DPSS keeps its bandwidth in bins of its own length.
                let other = match kind {
                    Window::Dpss { half_bandwidth } => {
                        Window::Dpss { half_bandwidth: half_bandwidth * real(len + 1) / real(len) }
                    }
                    kind => kind,
                };
                let periodic = window(kind, Symmetry::Periodic, len);
                let longer = window(other, Symmetry::Symmetric, len + 1);
                if len > 1 {
                    for (a, b) in periodic.iter().zip(&longer) {
                        assert!((a - b).abs() < 1e-13, "{kind:?} {len} {a} {b}");
                    }
                }
                assert!(longer.iter().eq(longer.iter().rev()), "{kind:?} {len}");
                assert!(periodic[1..].iter().eq(periodic[1..].iter().rev()), "{kind:?} {len}");
            }
        }
    }

    fn rounded<T: Real>(x: f64) -> T {
        T::from_f64(x)
    }

    #[test]
    fn f32_is_f64_rounded_and_one_sample_is_one() {
        for kind in ALL {
            let mut narrow = [0.0_f32; 100];
            kind.fill(Symmetry::Periodic, &mut narrow).unwrap();
            let wide = window(kind, Symmetry::Periodic, 100);
            assert!(narrow.iter().zip(&wide).all(|(&n, &w)| n == rounded(w)));
            assert_eq!(window(kind, Symmetry::Periodic, 1), [1.0]);
            assert_eq!(window(kind, Symmetry::Symmetric, 1), [1.0]);
        }
        Window::Hann.fill::<f32>(Symmetry::Periodic, &mut []).unwrap();
        assert_eq!((coherent_gain::<f32>(&[]), noise_bandwidth::<f64>(&[])), (0.0, 0.0));
    }

    #[test]
    fn parameters_out_of_range_are_refused_and_nothing_is_written() {
        let mut w = [7.0_f32; 8];
        for beta in [-0.1, 700.1, f64::NAN, f64::INFINITY] {
            let error = Window::Kaiser { beta }.fill(Symmetry::Periodic, &mut w);
            assert!(matches!(error, Err(WindowError::Beta { .. })));
        }
        for half_bandwidth in [0.0, 4.0, 201.0, -1.0, f64::NAN] {
            let error = Window::Dpss { half_bandwidth }.fill(Symmetry::Periodic, &mut w);
            assert!(matches!(error, Err(WindowError::HalfBandwidth { len: 8, .. })));
        }
        assert_eq!(w, [7.0; 8]);
        assert!(
            window(Window::Kaiser { beta: 700.0 }, Symmetry::Symmetric, 99).iter().all(|x| x.is_finite())
        );
    }
}
