//! How loud: peak, RMS, DC, crest factor, clipped runs.
//!
//! Levels in dBFS count from full scale, an amplitude of 1: a full-scale sine has a peak of 0 dBFS and an RMS of
//! -3.01 dBFS (AES17-2015, 3.12, would call the latter 0; we do not).

use core::marker::PhantomData;

use super::Kernels;
use super::each_register::each_register;
use crate::simd::{Float, Measure, Routine, Scalar, Vector};
use crate::units::amplitude_to_db;

impl Kernels {
    /// Returns the largest magnitude of a block; NaN and infinities are passed over, an empty block gives 0.
    ///
    /// # Accuracy
    /// Exact.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    #[must_use]
    pub fn peak(&self, samples: &[f32]) -> f32 {
        self.level.call::<Peak<'_>>(samples, (), ())
    }

    /// Returns the root of the mean square of a block; NaN and infinities are passed over, an empty block gives 0.
    ///
    /// # Accuracy
    /// Within `2^-20` of the value, relative: squares are added up in f32 over no more than eleven terms a lane,
    /// beyond that in f64. Where squares leave the range of f32, it is f64 from the start.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n). Blocks with non-finite samples or ones
    /// beyond `2^60`, and blocks below `2^-48` that are not silent, take several times as long as others.
    #[inline]
    #[must_use]
    pub fn rms(&self, samples: &[f32]) -> f64 {
        if samples.is_empty() {
            return 0.0;
        }
        let mean = self.level.call::<Squares<'_>>(samples, (), ()) / samples.len() as f64;
        // False for NaN, too.
        if mean >= f64::from(SMALL * SMALL) && mean < f64::INFINITY {
            libm::sqrt(mean)
        } else {
            self.rms_of_any(samples)
        }
    }

    /// As [`Kernels::rms`], for blocks whose squares f32 may not hold.
    #[cold]
    #[inline(never)]
    fn rms_of_any(&self, samples: &[f32]) -> f64 {
        let mut meter = Meter::new();
        // Silence is common, and quickly told.
        if self.peak(samples) > 0.0 {
            meter.samples = samples.len() as u64;
            meter.take_one_by_one(samples);
        }
        meter.rms()
    }
}

/// Measures one channel, block by block.
///
/// Peak, counts and runs do not depend on how the signal is cut into blocks; sums agree within the bound that
/// [`Meter::rms`] and [`Meter::dc`] state. NaN and infinities are counted ([`Meter::non_finite`]) and left out of
/// everything else: they count as silence of no duration in sums, and end a clipped run.
///
/// A *clipped run* is a stretch of consecutive samples whose magnitude is at or above a threshold, at least as
/// long as a minimum; it counts once, however long it gets. The default threshold is `1 - 2^-15`, the most
/// positive value of 16 bits, and the default minimum three samples: a signal that was not clipped rarely stays
/// there that long, one that was nearly always does. (Audacity's Find Clipping has the same defaults, and so had
/// the "over" lamps of the first digital recorders.)
///
/// # Examples
/// ```
/// use quaver::dsp::{Kernels, level::Meter};
///
/// let kernels = Kernels::new();
/// let mut meter = Meter::new();
/// meter.push(&kernels, &[0.5, -0.5, 0.5, -0.5]);
/// assert!((meter.rms_dbfs() + 6.02).abs() < 0.01);
/// assert_eq!(meter.clipped_runs(), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meter {
    peak: f32,
    threshold: f32,
    shortest_run: u64,
    run: u64,
    clipped_runs: u64,
    samples: u64,
    non_finite: u64,
    sum: f64,
    squares: f64,
}

impl Meter {
    /// The most positive value of 16 bits: `1 - 2^-15`.
    pub const CLIP_THRESHOLD: f32 = 32_767.0 / 32_768.0;

    /// Samples from which on a stretch at full scale counts as clipped.
    pub const CLIP_RUN: u64 = 3;

    /// A meter that has heard nothing, with the default threshold and minimum for clipped runs.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_clipping(Self::CLIP_THRESHOLD, Self::CLIP_RUN)
    }

    /// A meter for which `shortest_run` consecutive samples of magnitude `threshold` or more are a clipped run.
    ///
    /// - `threshold`: linear; with NaN no sample is clipped.
    /// - `shortest_run`: in samples; 0 is taken as 1.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn with_clipping(threshold: f32, shortest_run: u64) -> Self {
        Self {
            peak: 0.0,
            threshold,
            shortest_run: if shortest_run == 0 { 1 } else { shortest_run },
            run: 0,
            clipped_runs: 0,
            samples: 0,
            non_finite: 0,
            sum: 0.0,
            squares: 0.0,
        }
    }

    /// Measures the next block of the channel.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n). Blocks with clipped or non-finite samples
    /// or ones beyond `2^60`, and blocks below `2^-48` that are not silent, take several times as long as others.
    #[inline]
    pub fn push(&mut self, kernels: &Kernels, samples: &[f32]) {
        kernels.level.call::<Push<'_>>(self, samples, ());
    }

    /// The largest magnitude, linear; 0 before the first sample.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn peak(&self) -> f32 {
        self.peak
    }

    /// [`Meter::peak`] in dBFS; minus infinity for silence.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn peak_dbfs(&self) -> f64 {
        amplitude_to_db(f64::from(self.peak))
    }

    /// The root of the mean square, DC included, linear; 0 before the first sample.
    ///
    /// # Accuracy
    /// Within `2^-20` of the value, relative, however the signal is cut into blocks.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn rms(&self) -> f64 {
        libm::sqrt(self.mean(self.squares))
    }

    /// [`Meter::rms`] in dBFS, where a full-scale sine has -3.01; minus infinity for silence.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn rms_dbfs(&self) -> f64 {
        amplitude_to_db(self.rms())
    }

    /// The mean, linear; 0 before the first sample.
    ///
    /// # Accuracy
    /// Within `2^-20` of the mean magnitude, however the signal is cut into blocks.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn dc(&self) -> f64 {
        self.mean(self.sum)
    }

    /// The crest factor, peak over RMS, in dB; 3.01 for a sine, NaN for silence, which has none.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn crest_db(&self) -> f64 {
        let rms = self.rms();
        if rms > 0.0 { amplitude_to_db(f64::from(self.peak) / rms) } else { f64::NAN }
    }

    /// Clipped runs so far; one that still goes on counts as soon as it is long enough.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn clipped_runs(&self) -> u64 {
        self.clipped_runs
    }

    /// Samples pushed, non-finite ones included.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn samples(&self) -> u64 {
        self.samples
    }

    /// Samples that were NaN or infinite.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn non_finite(&self) -> u64 {
        self.non_finite
    }

    fn mean(&self, sum: f64) -> f64 {
        let finite = self.samples - self.non_finite;
        if finite == 0 { 0.0 } else { sum / finite as f64 }
    }

    /// Takes in what the fast loop found in a stretch of samples.
    #[inline(always)]
    fn take(&mut self, samples: &[f32], found: Found) {
        self.samples += samples.len() as u64;
        if !(found.squares >= f64::from(SMALL * SMALL) && found.squares < f64::INFINITY) {
            return self.take_rare(samples, found.squares, found.peak);
        }
        self.sum += found.sum;
        self.squares += found.squares;
        self.peak = larger(self.peak, found.peak);
        if found.peak >= self.threshold {
            self.count_runs(samples);
        } else {
            self.run = 0;
        }
    }

    /// What has no sum of squares that f32 holds: silence, and what [`Meter::take_one_by_one`] is for.
    ///
    /// NaN and infinities reach the sum; finite samples beyond 2^63 have squares that overflow, tiny ones such that
    /// underflow.
    #[cold]
    #[inline(never)]
    fn take_rare(&mut self, samples: &[f32], squares: f64, peak: f32) {
        if !squares.is_finite() || peak > 0.0 {
            self.take_one_by_one(samples);
        } else if self.threshold > 0.0 {
            self.run = 0;
        } else {
            self.count_runs(samples);
        }
    }

    #[cold]
    #[inline(never)]
    fn take_one_by_one(&mut self, samples: &[f32]) {
        for &x in samples {
            if x.is_finite() {
                self.peak = larger(self.peak, x.abs());
                self.sum += f64::from(x);
                self.squares += f64::from(x) * f64::from(x);
            } else {
                self.non_finite += 1;
            }
        }
        self.count_runs(samples);
    }

    #[cold]
    #[inline(never)]
    fn count_runs(&mut self, samples: &[f32]) {
        for &x in samples {
            self.run = if x.is_finite() && x.abs() >= self.threshold { self.run + 1 } else { 0 };
            self.clipped_runs += u64::from(self.run == self.shortest_run);
        }
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

/// The larger of two numbers; `a` where `b` is NaN.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// What the fast loop finds; nothing but `squares` means anything where `squares` is not finite.
#[derive(Clone, Copy)]
struct Found {
    peak: f32,
    sum: f64,
    squares: f64,
}

/// The sums of a register over four accumulators have eight terms each, and at most seven and three more where the
/// samples are no multiple of it. With the rounding of the square and the two of the accumulators' sum that is 13
/// of 2^-24 at most: less than 2^-20 for the root of the squares, and for the sum against the sum of magnitudes.
const PART: usize = 32;

/// Its square is the least sum of squares of a part, and mean square of a block, that f32 is trusted with.
///
/// Each of the two operations on a square, and each sum of accumulators, may lose as much as 2^-126 to underflow
/// where the caller flushes subnormal numbers to zero, as audio threads do. That is no more than 543 of them in a
/// part of 256 samples, less than 2^-116.9: against 2^-96 another 2^-21.9 of the root, which the 2^-20 has room for.
const SMALL: f32 = 1.0 / (1_u64 << 48) as f32;

struct Push<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Push<'a> {
    type A = &'a mut Meter;
    type B = &'a [f32];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, meter: &mut Meter, samples: &[f32], (): ()) {
        let mut rest = samples;
        while let Some((part, after)) = rest.split_at_checked(PART * V::F32::LANES) {
            // SAFETY: the part has that many samples, a multiple of four registers.
            let found = unsafe { measure(v, part.as_ptr(), part.len()) };
            meter.take(part, found);
            rest = after;
        }
        let whole = rest.len() - rest.len() % V::F32::LANES;
        if whole != 0
            && let Some((part, after)) = rest.split_at_checked(whole)
        {
            // SAFETY: the part has whole registers.
            let found = unsafe { measure(v, part.as_ptr(), part.len()) };
            meter.take(part, found);
            rest = after;
        }
        if !rest.is_empty() {
            // SAFETY: any number of samples is whole registers of one lane.
            let found = unsafe { measure(Scalar, rest.as_ptr(), rest.len()) };
            meter.take(rest, found);
        }
    }
}

/// # Safety
/// `p` is valid for reads of `n` values; `n` is a multiple of the lanes.
#[inline(always)]
unsafe fn measure<V: Vector>(v: V, p: *const f32, n: usize) -> Found {
    let zero = V::F32::splat(v, 0.0);
    let (mut peak, mut sum, mut squares) = ([zero; 4], [zero; 4], [zero; 4]);
    each_register!(n, V::F32::LANES, |at, turn| {
        // SAFETY: `at + LANES <= n`, and the caller's range covers `n`.
        let x = unsafe { V::F32::load(v, p.wrapping_add(at)) };
        peak[turn] = peak[turn].max_number(x.abs());
        sum[turn] = sum[turn] + x;
        squares[turn] = x.mul_add(x, squares[turn]);
    });
    Found {
        peak: peak[0].max_number(peak[1]).max_number(peak[2].max_number(peak[3])).reduce_max(),
        sum: ((sum[0] + sum[1]) + (sum[2] + sum[3])).reduce_sum(),
        squares: ((squares[0] + squares[1]) + (squares[2] + squares[3])).reduce_sum(),
    }
}

/// The sum of the squares of a block, not finite where they are not.
struct Squares<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Squares<'a> {
    type A = &'a [f32];
    type B = ();
    type C = ();
    type Output = f64;

    #[inline(always)]
    fn run<V: Vector>(v: V, samples: &[f32], (): (), (): ()) -> f64 {
        let (p, n) = (samples.as_ptr(), samples.len());
        let (mut all, mut start) = (0.0, 0);
        while start < n {
            let len = (n - start).min(PART * V::F32::LANES);
            let p = p.wrapping_add(start);
            // SAFETY: `start + len <= n`: the part lies in the slice.
            let (squares, done) = unsafe { squares(v, p, len) };
            all += squares;
            if done < len {
                // SAFETY: as above: the rest of the part.
                all += unsafe { self::squares(Scalar, p.wrapping_add(done), len - done) }.0;
            }
            start += len;
        }
        all
    }
}

/// The sum of squares, and how many samples it is of.
///
/// # Safety
/// `p` is valid for reads of `n` values.
#[inline(always)]
unsafe fn squares<V: Vector>(v: V, p: *const f32, n: usize) -> (f64, usize) {
    let mut sum = [V::F32::splat(v, 0.0); 4];
    let done = each_register!(n, V::F32::LANES, |at, turn| {
        // SAFETY: `at + LANES <= n`, and the caller's range covers `n`.
        let x = unsafe { V::F32::load(v, p.wrapping_add(at)) };
        sum[turn] = x.mul_add(x, sum[turn]);
    });
    (((sum[0] + sum[1]) + (sum[2] + sum[3])).reduce_sum(), done)
}

struct Peak<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Peak<'a> {
    type A = &'a [f32];
    type B = ();
    type C = ();
    type Output = f32;

    #[inline(always)]
    fn run<V: Vector>(v: V, samples: &[f32], (): (), (): ()) -> f32 {
        let (p, n) = (samples.as_ptr(), samples.len());
        // SAFETY: the slice has `n` samples.
        let (peak, done) = unsafe { peak(v, p, n) };
        // SAFETY: `done <= n`: the rest of the slice.
        let (last, _) = unsafe { self::peak(Scalar, p.wrapping_add(done), n - done) };
        let peak = larger(peak, last);
        if peak < f32::INFINITY { peak } else { finite_peak(samples) }
    }
}

/// The largest magnitude, NaN passed over, and how many samples it is of.
///
/// # Safety
/// `p` is valid for reads of `n` values.
#[inline(always)]
unsafe fn peak<V: Vector>(v: V, p: *const f32, n: usize) -> (f32, usize) {
    let mut peak = [V::F32::splat(v, 0.0); 4];
    let done = each_register!(n, V::F32::LANES, |at, turn| {
        // SAFETY: `at + LANES <= n`, and the caller's range covers `n`.
        let x = unsafe { V::F32::load(v, p.wrapping_add(at)) };
        peak[turn] = peak[turn].max_number(x.abs());
    });
    (peak[0].max_number(peak[1]).max_number(peak[2].max_number(peak[3])).reduce_max(), done)
}

#[cold]
#[inline(never)]
fn finite_peak(samples: &[f32]) -> f32 {
    samples.iter().filter(|x| x.is_finite()).fold(0.0, |peak, x| larger(peak, x.abs()))
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "exact values, and f32 test signals")]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    fn measured(samples: &[f32]) -> Meter {
        let mut meter = Meter::new();
        meter.push(&Kernels::new(), samples);
        meter
    }

    #[test]
    fn full_scale_sine() {
        let sine: Vec<f32> = (0..48_000)
            .map(|n| libm::sin(core::f64::consts::TAU * 1000.0 * f64::from(n) / 48_000.0) as f32)
            .collect();
        let meter = measured(&sine);
        assert!(meter.peak_dbfs().abs() < 1e-6, "{}", meter.peak_dbfs());
        assert!((meter.rms_dbfs() + 3.0103).abs() < 1e-4, "{}", meter.rms_dbfs());
        assert!((meter.crest_db() - 3.0103).abs() < 1e-4, "{}", meter.crest_db());
        assert!(meter.dc().abs() < 1e-7, "{}", meter.dc());
        assert_eq!((meter.clipped_runs(), meter.samples(), meter.non_finite()), (0, 48_000, 0));
    }

    #[test]
    fn silence_and_nothing() {
        for meter in [measured(&[]), measured(&[0.0; 100])] {
            assert_eq!(meter.peak_dbfs(), f64::NEG_INFINITY);
            assert_eq!(meter.rms_dbfs(), f64::NEG_INFINITY);
            assert!(meter.crest_db().is_nan());
            assert_eq!(meter.dc().to_bits(), 0);
        }
    }

    #[test]
    fn runs_are_three_long_and_counted_once() {
        let top = Meter::CLIP_THRESHOLD;
        let one = measured(&[0.0, top, 0.0, 1.0, -1.0, 0.0, 1.0, top, -1.5, 2.0, 0.0, f32::NAN]);
        assert_eq!((one.clipped_runs(), one.non_finite()), (1, 1));
        assert_eq!(measured(&[1.0, 1.0, f32::INFINITY, 1.0, 1.0]).clipped_runs(), 0);
        let mut short = Meter::with_clipping(0.5, 0);
        short.push(&Kernels::new(), &[0.5, 0.0, -0.6, 0.6]);
        assert_eq!(short.clipped_runs(), 2);
    }

    #[test]
    fn what_is_not_finite_poisons_nothing() {
        let mut samples = [0.25_f32; 1000];
        samples[17] = f32::NAN;
        samples[500] = f32::INFINITY;
        samples[501] = f32::NEG_INFINITY;
        let meter = measured(&samples);
        assert_eq!((meter.non_finite(), meter.samples()), (3, 1000));
        assert_eq!((meter.peak(), meter.rms(), meter.dc()), (0.25, 0.25, 0.25));
        assert_eq!(Kernels::new().peak(&samples), 0.25);
        // Finite, but with a square beyond f32.
        let loud = measured(&[1e30, -1e30]);
        assert_eq!(loud.non_finite(), 0);
        assert!((loud.rms() / 1e30 - 1.0).abs() < 1e-6);
    }

    /// The bound on sums, from the smallest number of f32 to the largest.
    #[test]
    fn every_magnitude_is_within_the_bound() {
        let bound = 1.0 / 1_048_576.0;
        let wave = |i: usize, scale: f32| (((i * 37 + 11) % 64) as f32 / 32.0 - 1.0) * scale;
        for level in crate::simd::Level::available() {
            let kernels = Kernels::with_level(level).unwrap();
            for power in -149..=127 {
                let scale = libm::ldexp(1.0, power) as f32;
                for n in [1, 7, 8, 255, 256, 1003] {
                    let samples: Vec<f32> = (0..n).map(|i| wave(i, scale)).collect();
                    // Half of it far below the other.
                    let mixed: Vec<f32> =
                        (0..2 * n).map(|i| wave(i, if i < n { scale } else { scale * 1e-9 })).collect();
                    for samples in [&samples, &mixed] {
                        let exact = |f: fn(f64) -> f64| {
                            samples.iter().map(|&x| f(f64::from(x))).sum::<f64>() / samples.len() as f64
                        };
                        let (rms, dc) = (libm::sqrt(exact(|x| x * x)), exact(|x| x));
                        let mut meter = Meter::new();
                        meter.push(&kernels, samples);
                        for (found, call) in [(kernels.rms(samples), "rms"), (meter.rms(), "Meter::rms")] {
                            assert!(
                                (found - rms).abs() <= bound * rms,
                                "{call} of {n} samples of 2^{power} at {level}: {found:e}, should be {rms:e}"
                            );
                        }
                        let off = (meter.dc() - dc).abs();
                        assert!(off <= bound * exact(f64::abs), "dc of {n} samples of 2^{power} at {level}");
                        assert_eq!((meter.peak(), meter.non_finite()), (kernels.peak(samples), 0));
                    }
                }
            }
        }
    }

    /// However a signal is cut: counts and peak the same, sums within their bound.
    #[test]
    fn blocks_do_not_matter() {
        let mut state = 1_u32;
        let mut samples: Vec<f32> = (0..5000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (f64::from(state >> 8) / f64::from(1 << 23) - 1.0) as f32 * 1.2
            })
            .map(|x| x.clamp(-1.0, 1.0))
            .collect();
        samples[1234] = f32::NAN;
        samples[700..720].fill(1.0);
        let whole = measured(&samples);
        assert!(whole.clipped_runs() > 5, "{}", whole.clipped_runs());
        for level in crate::simd::Level::available() {
            let kernels = Kernels::with_level(level).unwrap();
            for block in [1, 2, 3, 7, 64, 441, 4999] {
                let mut meter = Meter::new();
                for part in samples.chunks(block) {
                    meter.push(&kernels, part);
                }
                let counts = |m: &Meter| (m.clipped_runs(), m.samples(), m.non_finite(), m.peak().to_bits());
                assert_eq!(counts(&meter), counts(&whole), "blocks of {block} at {level}");
                let bound = 2.0 / 1_048_576.0;
                assert!((meter.rms() / whole.rms() - 1.0).abs() <= bound, "blocks of {block} at {level}");
                assert!((meter.dc() - whole.dc()).abs() <= bound, "blocks of {block} at {level}");
            }
        }
    }
}
