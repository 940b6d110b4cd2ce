//! One frequency of a stream, any frequency: Goertzel's recursion in the form that is sound near 0 and near half the
//! sample rate.
//!
//! A transform computes every bin; where a few are wanted, or a frequency between bins, or a length that is not known
//! beforehand, this costs a few operations a sample and frequency and no memory.

#![forbid(unsafe_code)]

use num_complex::Complex;

use super::turn::Turn;
use crate::fft::Real;

/// Samples that go through the recursion side by side: lane j takes those whose number is j modulo `LANES`, at that
/// multiple of the frequency.
const LANES: usize = 8;

/// Samples after which the recursion starts anew, and its result joins the sum: rounding errors, which it amplifies with
/// time, stay those of so many.
const RUN: usize = 8192;

/// The sum of a stream's samples against one frequency.
///
/// `X = sum over n of x[n] * exp(-2*pi*i*f*n)`, with f in cycles per sample and n from 0 at the last reset: bin k of N
/// samples is at f = k/N, a frequency in Hz at f = hz / sample_rate. Not scaled: a cosine of amplitude A at that frequency
/// gives about `A * samples / 2`.
///
/// Samples are f32 or f64; the work is in f64. Where the stream is cut into pushes makes no difference, not to the bit.
///
/// # Source
/// G. Goertzel, An algorithm for the evaluation of finite trigonometric series, Amer. Math. Monthly 65(1), 1958; the
/// recursion by differences is C. Reinsch's, in J. Stoer and R. Bulirsch, Introduction to Numerical Analysis, 2.3.3.
///
/// # Examples
/// ```
/// use quaver::dsp::goertzel::Goertzel;
///
/// // Is there a tone of 697 Hz in 20 ms at 8 kHz?
/// let mut tone = Goertzel::new(697.0 / 8000.0).ok_or("not a frequency")?;
/// let block: Vec<f32> = (0..160).map(|n| (n as f32 * 697.0 / 8000.0 * core::f32::consts::TAU).cos()).collect();
/// tone.push(&block);
/// let amplitude = 2.0 * tone.bin().norm() / tone.samples() as f64;
/// assert!((amplitude - 1.0).abs() < 0.01);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Goertzel {
    frequency: Turn,
    /// What turns a sum on by one sample, `exp(2 pi i f)`.
    sample: Complex<f64>,
    /// Of a lane's frequency, the angle of one of its steps: whether it is nearer to half a turn than to none; 4 times the
    /// squared sine of half of what it is away from there; and the number that turns by it.
    far: bool,
    small: f64,
    step: Complex<f64>,
    state: State,
    /// Samples of this run.
    run: usize,
    /// Samples before it, and their sum.
    before: u64,
    sum: Complex<f64>,
}

/// Of each lane the recursion `s[n] = x[n] + 2 cos(w) s[n-1] - s[n-2]`, as its last value, and the difference of the last
/// two; where the angle is far from 0, their sum.
#[derive(Clone, Copy, Debug)]
struct State {
    value: [f64; LANES],
    difference: [f64; LANES],
}

impl Goertzel {
    /// Begins a sum at a frequency in cycles per sample, any finite number: whole cycles make no difference, and a negative
    /// one gives the conjugate. `None` if it is not finite.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn new(frequency: f64) -> Option<Self> {
        let frequency = Turn::new(frequency)?;
        let lane = frequency.times(LANES as u64);
        let far = lane.is_far();
        Some(Self {
            frequency,
            sample: frequency.root().conj(),
            far,
            small: if far { lane.opposite() } else { lane }.versine(),
            step: lane.root(),
            state: State::ZERO,
            run: 0,
            before: 0,
            sum: Complex::new(0.0, 0.0),
        })
    }

    /// Takes the next samples of the stream, any number of them.
    ///
    /// # Accuracy
    /// The sum is within `2e-15 * samples` times the largest sample, at any frequency and after any time. NaN and infinity
    /// stay in it until the next reset.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(samples).
    pub fn push<T: Real>(&mut self, mut input: &[T]) {
        while !input.is_empty() {
            let (now, later) = input.split_at(RUN.saturating_sub(self.run).min(input.len()));
            if self.far {
                self.state.advance::<true, T>(self.small, self.run % LANES, now);
            } else {
                self.state.advance::<false, T>(self.small, self.run % LANES, now);
            }
            self.run += now.len();
            if self.run >= RUN {
                self.sum = self.bin();
                self.before = self.samples();
                self.run = 0;
                self.state = State::ZERO;
            }
            input = later;
        }
    }

    /// The sum so far.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn bin(&self) -> Complex<f64> {
        // `s[n] - exp(-i w) s[n-1]` is the sum of a lane's samples, each turned by what it lies before the last one. Put in
        // terms of the value and the difference, nothing cancels.
        let (of_value, of_difference) = if self.far {
            (Complex::new(0.5 * self.small, self.step.im), -self.step)
        } else {
            (Complex::new(0.5 * self.small, -self.step.im), self.step)
        };
        // Lane after lane, up to the last sample: each is turned on by one sample for the next to join, and all of them back
        // from there.
        let mut lanes = Complex::new(0.0, 0.0);
        for behind in (0..self.run.min(LANES)).rev() {
            let lane = (self.run - 1 - behind) % LANES;
            let pair = self.state.value.get(lane).zip(self.state.difference.get(lane));
            let (&value, &difference) = pair.unwrap_or((&0.0, &0.0));
            lanes = lanes * self.sample + (of_value * value + of_difference * difference);
        }
        let last = self.samples().wrapping_sub(1);
        self.sum + lanes * self.frequency.times(last).root()
    }

    /// Samples since the last reset.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn samples(&self) -> u64 {
        self.before.wrapping_add(self.run as u64)
    }

    /// Begins anew, at the same frequency.
    ///
    /// # Real-time safety
    /// Real-time safe.
    pub const fn reset(&mut self) {
        self.state = State::ZERO;
        (self.run, self.before) = (0, 0);
        self.sum = Complex::new(0.0, 0.0);
    }
}

impl State {
    const ZERO: Self = Self { value: [0.0; LANES], difference: [0.0; LANES] };

    /// Takes samples, the first of which belongs to lane `at`, below `LANES`.
    #[inline]
    fn advance<const FAR: bool, T: Real>(&mut self, small: f64, at: usize, input: &[T]) {
        // To the first lane, then all lanes together, then what is left.
        let ahead = if at == 0 { 0 } else { LANES - at };
        let (head, rest) = input.split_at(ahead.min(input.len()));
        self.take::<FAR, T>(small, at, head);
        let (mut values, mut differences) = (self.value, self.difference);
        let groups = rest.chunks_exact(LANES);
        let tail = groups.remainder();
        for group in groups {
            for ((value, difference), &x) in values.iter_mut().zip(&mut differences).zip(group) {
                step::<FAR>(small, value, difference, x.to_f64());
            }
        }
        (self.value, self.difference) = (values, differences);
        self.take::<FAR, T>(small, 0, tail);
    }

    /// A sample for each lane from `at` on.
    #[inline]
    fn take<const FAR: bool, T: Real>(&mut self, small: f64, at: usize, input: &[T]) {
        for ((value, difference), &x) in self.value.iter_mut().zip(&mut self.difference).skip(at).zip(input) {
            step::<FAR>(small, value, difference, x.to_f64());
        }
    }
}

/// Near no turn, with `d = s[n] - s[n-1]`: `d' = x - small * s + d` and `s' = s + d'`. Near half a turn, with
/// `d = s[n] + s[n-1]`: `d' = x + small * s - d` and `s' = d' - s`.
#[inline(always)]
fn step<const FAR: bool>(small: f64, value: &mut f64, difference: &mut f64, x: f64) {
    if FAR {
        *difference = (x + small * *value) - *difference;
        *value = *difference - *value;
    } else {
        *difference += x - small * *value;
        *value += *difference;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::TAU;
    use std::vec::Vec;

    fn noise(len: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i16::try_from(state >> 17).unwrap()
        };
        (0..len).map(|_| f32::from(next()) / 16384.0 - 1.0).collect()
    }

    /// By the definition, the angle reduced before it is multiplied by a turn.
    #[expect(clippy::cast_precision_loss, reason = "places are below 2^53")]
    fn exact(input: impl Iterator<Item = f64>, frequency: f64) -> Complex<f64> {
        let mut sum = Complex::new(0.0, 0.0);
        for (n, x) in input.enumerate() {
            // The product in two parts: its error counts where n is large.
            let (turns, error) = crate::fft::two_product(frequency, n as f64);
            let angle = TAU * ((turns - libm::round(turns)) + error);
            sum += Complex::new(x * libm::cos(angle), -x * libm::sin(angle));
        }
        sum
    }

    /// Axes, bins, neighbours of 0 and of half the rate, and neighbours of where a lane's angle is 0, half or a quarter.
    const FREQUENCIES: [f64; 22] = [
        0.0,
        1e-15,
        1e-9,
        1e-5,
        0.001,
        0.0625,
        0.062_500_001,
        0.031_25,
        0.031_249_999,
        0.125,
        0.124_999_999,
        0.1875,
        0.2,
        0.25,
        0.333,
        0.499,
        0.499_999_999_9,
        0.5,
        0.75,
        -0.2,
        3.2,
        0.999_999_99,
    ];

    #[test]
    fn sums_are_those_of_the_definition_at_any_frequency_and_length() {
        let input = noise(20_000);
        for frequency in FREQUENCIES {
            for len in (0..40).chain([205, 480, 8191, 8192, 8193, 20_000]) {
                let mut bin = Goertzel::new(frequency).unwrap();
                bin.push(&input[..len]);
                let want = exact(input[..len].iter().map(|&x| f64::from(x)), frequency);
                let far = (bin.bin() - want).norm();
                assert!(
                    far <= 2e-15 * f64::from(u16::try_from(len).unwrap()) + 1e-15,
                    "{frequency} {len}: {far:e}"
                );
                assert_eq!(bin.samples(), len as u64);
            }
        }
    }

    #[test]
    fn pushes_may_be_cut_anywhere() {
        let input = noise(20_000);
        for frequency in [0.001, 0.0624, 0.31] {
            let mut whole = Goertzel::new(frequency).unwrap();
            whole.push(&input);
            for cut in [1, 3, 7, 8, 9, 64, 480, 5000] {
                let mut bin = Goertzel::new(frequency).unwrap();
                // What was there before a reset is gone.
                bin.push(&input[7..90]);
                bin.reset();
                input.chunks(cut).for_each(|block| bin.push(block));
                assert_eq!(bin.bin(), whole.bin(), "{frequency} {cut}");
                assert_eq!(bin.samples(), 20_000);
            }
            let wide: Vec<f64> = input.iter().map(|&x| f64::from(x)).collect();
            let mut bin = Goertzel::new(frequency).unwrap();
            bin.push(&wide);
            assert_eq!(bin.bin(), whole.bin());
        }
    }

    #[test]
    fn two_million_samples_do_not_drift() {
        let input = noise(1 << 16);
        for frequency in [0.0, 1e-7, 0.062_499_99, 0.1234, 0.499_999] {
            let mut bin = Goertzel::new(frequency).unwrap();
            let blocks = 32;
            (0..blocks).for_each(|_| bin.push(&input));
            let all = (0..blocks).flat_map(|_| input.iter().map(|&x| f64::from(x)));
            let far = (bin.bin() - exact(all, frequency)).norm();
            assert!(far < 2e-15 * f64::from(blocks << 16), "{frequency}: {far:e}");
        }
    }

    #[test]
    fn frequencies_that_are_none_are_refused() {
        assert!(Goertzel::new(f64::NAN).is_none() && Goertzel::new(f64::NEG_INFINITY).is_none());
    }
}
