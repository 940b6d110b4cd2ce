//! RustFFT's and realfft's documented behaviour, run against their planners and against ours: each check is generic over
//! the planner, and holds for both.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::fmt::Debug;
use core::panic::AssertUnwindSafe;
use std::alloc::System;
use std::panic::catch_unwind;
use std::sync::Arc;

use num_complex::Complex;
use quaver::compat::{FftNum, realfft as our_realfft, rustfft as our_rustfft};
use quaver::fft::dft;
use quaver::simd::Level;
use realfft::{ComplexToReal, FftError, RealToComplex};
use rustfft::algorithm::{BluesteinsAlgorithm, MixedRadix, RadersAlgorithm};
use rustfft::{Direction, Fft, FftDirection, Length};

/// A type of number, with what the tests need to make and judge it.
trait Number: FftNum + Into<f64> + PartialEq + Debug {
    /// Distance from the exact result, as a share of the largest bin that is possible, that a transform may have.
    const BOUND: f64;
    fn of(x: f64) -> Self;
}

impl Number for f32 {
    const BOUND: f64 = 2e-6;
    #[allow(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
    fn of(x: f64) -> Self {
        x as Self
    }
}

impl Number for f64 {
    const BOUND: f64 = 4e-15;
    fn of(x: f64) -> Self {
        x
    }
}

/// What both crates' planners of complex transforms do.
trait Planner<T> {
    fn make() -> Self;
    fn plan(&mut self, len: usize, direction: FftDirection) -> Arc<dyn Fft<T>>;
}

impl<T: FftNum> Planner<T> for rustfft::FftPlanner<T> {
    fn make() -> Self {
        Self::new()
    }
    fn plan(&mut self, len: usize, direction: FftDirection) -> Arc<dyn Fft<T>> {
        self.plan_fft(len, direction)
    }
}

impl<T: FftNum> Planner<T> for our_rustfft::FftPlanner<T> {
    fn make() -> Self {
        Self::new()
    }
    fn plan(&mut self, len: usize, direction: FftDirection) -> Arc<dyn Fft<T>> {
        self.plan_fft(len, direction)
    }
}

/// What both crates' planners of real transforms do.
trait RealPlanner<T> {
    fn make() -> Self;
    fn forward(&mut self, len: usize) -> Arc<dyn RealToComplex<T>>;
    fn inverse(&mut self, len: usize) -> Arc<dyn ComplexToReal<T>>;
}

impl<T: FftNum> RealPlanner<T> for realfft::RealFftPlanner<T> {
    fn make() -> Self {
        Self::new()
    }
    fn forward(&mut self, len: usize) -> Arc<dyn RealToComplex<T>> {
        self.plan_fft_forward(len)
    }
    fn inverse(&mut self, len: usize) -> Arc<dyn ComplexToReal<T>> {
        self.plan_fft_inverse(len)
    }
}

impl<T: FftNum> RealPlanner<T> for our_realfft::RealFftPlanner<T> {
    fn make() -> Self {
        Self::new()
    }
    fn forward(&mut self, len: usize) -> Arc<dyn RealToComplex<T>> {
        self.plan_fft_forward(len)
    }
    fn inverse(&mut self, len: usize) -> Arc<dyn ComplexToReal<T>> {
        self.plan_fft_inverse(len)
    }
}

/// Runs a check for each planner and each type of number.
macro_rules! for_both {
    (complex: $($test:ident => $check:ident;)*) => {$(
        #[test]
        fn $test() {
            $check::<f32, rustfft::FftPlanner<f32>>();
            $check::<f64, rustfft::FftPlanner<f64>>();
            $check::<f32, our_rustfft::FftPlanner<f32>>();
            $check::<f64, our_rustfft::FftPlanner<f64>>();
        }
    )*};
    (real: $($test:ident => $check:ident;)*) => {$(
        #[test]
        fn $test() {
            $check::<f32, realfft::RealFftPlanner<f32>>();
            $check::<f64, realfft::RealFftPlanner<f64>>();
            $check::<f32, our_realfft::RealFftPlanner<f32>>();
            $check::<f64, our_realfft::RealFftPlanner<f64>>();
        }
    )*};
}

for_both! { complex:
    complex_results_are_those_of_the_definition => results;
    complex_batches_are_transforms_one_by_one => batches;
    complex_round_trip_is_scaled_by_the_length => round_trip;
    complex_lengths_that_are_wrong_panic => panics;
    complex_length_zero_does_nothing => length_zero;
    complex_plans_tell_length_and_direction => length_and_direction;
    complex_plans_outlive_their_planner_and_are_shared => shared;
    complex_plans_are_inner_transforms_of_others => inner;
}

for_both! { real:
    real_results_are_those_of_the_definition => real_results;
    real_round_trip_is_scaled_by_the_length => real_round_trip;
    real_lengths_that_are_wrong_are_errors => real_errors;
    real_imaginary_parts_that_should_be_zero_are_errors => imaginary_parts;
    real_length_zero_does_nothing => real_length_zero;
    real_helpers_make_slices_of_the_right_length => helpers;
    real_plans_are_planned_once => planned_once;
}

/// Short lengths, codelets, matrices, prime ones by Rader and Bluestein, and powers of two.
fn lengths() -> impl Iterator<Item = usize> {
    (1..=20).chain([31, 32, 49, 60, 64, 97, 100, 127, 128, 179, 240, 256])
}

/// And those for which the definition takes long.
fn more_lengths() -> impl Iterator<Item = usize> {
    lengths().chain([441, 480, 512, 1009, 1024, 2047, 4096])
}

fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        #[allow(clippy::cast_precision_loss, reason = "32 bits fit")]
        let x = (state >> 32) as f64;
        x / 2_147_483_648.0 - 1.0
    }
}

fn complex_noise<T: Number>(len: usize, seed: usize) -> Vec<Complex<T>> {
    let mut next = noise(seed as u64);
    (0..len).map(|_| Complex::new(T::of(next()), T::of(next()))).collect()
}

fn real_noise<T: Number>(len: usize, seed: usize) -> Vec<T> {
    let mut next = noise(seed as u64);
    (0..len).map(|_| T::of(next())).collect()
}

fn wide<T: Number>(x: &[Complex<T>]) -> Vec<Complex<f64>> {
    x.iter().map(|x| Complex::new(x.re.into(), x.im.into())).collect()
}

/// Every bin by the definition, in double precision; the inverse by way of conjugates.
fn exact<T: Number>(x: &[Complex<T>], direction: FftDirection) -> Vec<Complex<f64>> {
    let mut x = wide(x);
    if direction == FftDirection::Inverse {
        x.iter_mut().for_each(|x| *x = x.conj());
    }
    let mut bins: Vec<_> = (0..x.len()).map(|k| dft::bin(&x, k)).collect();
    if direction == FftDirection::Inverse {
        bins.iter_mut().for_each(|x| *x = x.conj());
    }
    bins
}

#[allow(clippy::cast_precision_loss, reason = "lengths are short")]
fn near<T: Number>(got: &[Complex<T>], want: &[Complex<f64>], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    let size = want.len() as f64;
    for (k, (got, want)) in wide(got).iter().zip(want).enumerate() {
        let far = (got - want).norm();
        assert!(far <= T::BOUND * size, "{what}, bin {k}: {got} instead of {want}");
    }
}

fn zeros<T: Number>(len: usize) -> Vec<Complex<T>> {
    vec![Complex::new(T::of(0.0), T::of(0.0)); len]
}

fn garbage<T: Number>(len: usize) -> Vec<Complex<T>> {
    vec![Complex::new(T::of(f64::NAN), T::of(1e30)); len]
}

const BOTH: [FftDirection; 2] = [FftDirection::Forward, FftDirection::Inverse];

fn results<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for len in lengths() {
        for direction in BOTH {
            let fft = planner.plan(len, direction);
            let input = complex_noise::<T>(len, len);
            let want = exact(&input, direction);
            let what = |call: &str| format!("{direction} {len} {call}");

            let mut buffer = input.clone();
            fft.process(&mut buffer);
            near(&buffer, &want, &what("process"));

            // Dirty scratch of the least length, and longer; slices that begin one number later than a line.
            for more in [0, 3] {
                let mut buffer = zeros(len + 1);
                buffer[1..].copy_from_slice(&input);
                let mut scratch = garbage(fft.get_inplace_scratch_len() + more);
                fft.process_with_scratch(&mut buffer[1..], &mut scratch);
                near(&buffer[1..], &want, &what("process_with_scratch"));

                let (mut from, mut to) = (input.clone(), garbage(len + 1));
                let mut scratch = garbage(fft.get_outofplace_scratch_len() + more);
                fft.process_outofplace_with_scratch(&mut from, &mut to[1..], &mut scratch);
                near(&to[1..], &want, &what("process_outofplace_with_scratch"));

                let (from, mut to) = (input.clone(), garbage(len + 1));
                let mut scratch = garbage(fft.get_immutable_scratch_len() + more);
                fft.process_immutable_with_scratch(&from, &mut to[1..], &mut scratch);
                near(&to[1..], &want, &what("process_immutable_with_scratch"));
                assert_eq!(from, input, "{}", what("input"));
            }
        }
    }
}

fn batches<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for len in [1, 2, 7, 16, 60, 97, 128] {
        for direction in BOTH {
            let fft = planner.plan(len, direction);
            for count in 1..=5 {
                let input = complex_noise::<T>(len * count, len + count);
                let want: Vec<_> = input.chunks(len).flat_map(|block| exact(block, direction)).collect();
                let mut buffer = input.clone();
                fft.process(&mut buffer);
                let what = format!("{count} times {direction} {len}");
                // Each bin's bound is that of one transform.
                for (got, want) in buffer.chunks(len).zip(want.chunks(len)) {
                    near(got, want, &what);
                }
                // All calls give the same bits.
                let mut scratch = garbage(fft.get_inplace_scratch_len());
                let mut again = input.clone();
                fft.process_with_scratch(&mut again, &mut scratch);
                assert_eq!(again, buffer, "{what}");
                let (mut from, mut to) = (input.clone(), garbage(len * count));
                let mut scratch = garbage(fft.get_outofplace_scratch_len());
                fft.process_outofplace_with_scratch(&mut from, &mut to, &mut scratch);
                for (got, want) in to.chunks(len).zip(want.chunks(len)) {
                    near(got, want, &what);
                }
                let mut to = garbage(len * count);
                let mut scratch = garbage(fft.get_immutable_scratch_len());
                fft.process_immutable_with_scratch(&input, &mut to, &mut scratch);
                for (got, want) in to.chunks(len).zip(want.chunks(len)) {
                    near(got, want, &what);
                }
            }
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "lengths are short")]
fn round_trip<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for len in more_lengths() {
        let input = complex_noise::<T>(len, len);
        let want: Vec<_> = wide(&input).iter().map(|x| x * len as f64).collect();
        let mut buffer = input;
        planner.plan(len, FftDirection::Forward).process(&mut buffer);
        planner.plan(len, FftDirection::Inverse).process(&mut buffer);
        near(&buffer, &want, &format!("{len}"));
    }
}

/// Whether a call panics; what it says is not shown.
fn panics_in(call: impl FnOnce()) -> bool {
    thread_local! {
        static QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    QUIET.set(false);
    result.is_err()
}

fn panics<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for len in [2, 7, 64, 97, 480, 1009] {
        for direction in BOTH {
            let fft = planner.plan(len, direction);
            let scratch = || {
                let all = [
                    fft.get_inplace_scratch_len(),
                    fft.get_outofplace_scratch_len(),
                    fft.get_immutable_scratch_len(),
                ];
                zeros::<T>(all.into_iter().max().unwrap_or(0))
            };
            // Numbers in the buffer, and whether that panics. An empty one passes, other than both say.
            let buffers = [
                (0, false),
                (1, true),
                (len - 1, true),
                (len, false),
                (len + 1, true),
                (2 * len - 1, true),
                (2 * len, false),
                (2 * len + 1, true),
            ];
            for (given, wrong) in buffers {
                let what = format!("{len} points, {given} numbers");
                assert_eq!(panics_in(|| fft.process(&mut zeros(given))), wrong, "{what}");
                let call = || fft.process_with_scratch(&mut zeros(given), &mut scratch());
                assert_eq!(panics_in(call), wrong, "{what}");
                let call = || {
                    fft.process_outofplace_with_scratch(&mut zeros(given), &mut zeros(given), &mut scratch())
                };
                assert_eq!(panics_in(call), wrong, "{what}");
                let call =
                    || fft.process_immutable_with_scratch(&zeros(given), &mut zeros(given), &mut scratch());
                assert_eq!(panics_in(call), wrong, "{what}");
            }
            // Input and output of different lengths, each of them right.
            for (from, to) in [(len, 2 * len), (2 * len, len), (0, len), (len, 0)] {
                let what = format!("{len} points, from {from} to {to}");
                let call =
                    || fft.process_outofplace_with_scratch(&mut zeros(from), &mut zeros(to), &mut scratch());
                assert!(panics_in(call), "{what}");
                let call =
                    || fft.process_immutable_with_scratch(&zeros(from), &mut zeros(to), &mut scratch());
                assert!(panics_in(call), "{what}");
            }
            // Scratch one number short, where there is any.
            let short = |needed: usize| needed.checked_sub(1).map(zeros::<T>);
            if let Some(mut short) = short(fft.get_inplace_scratch_len()) {
                assert!(panics_in(|| fft.process_with_scratch(&mut zeros(len), &mut short)), "{len}");
            }
            if let Some(mut short) = short(fft.get_outofplace_scratch_len()) {
                let call =
                    || fft.process_outofplace_with_scratch(&mut zeros(len), &mut zeros(len), &mut short);
                assert!(panics_in(call), "{len}");
            }
            if let Some(mut short) = short(fft.get_immutable_scratch_len()) {
                let call = || fft.process_immutable_with_scratch(&zeros(len), &mut zeros(len), &mut short);
                assert!(panics_in(call), "{len}");
            }
        }
    }
}

fn length_zero<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for direction in BOTH {
        let fft = planner.plan(0, direction);
        assert_eq!((fft.len(), fft.fft_direction()), (0, direction));
        for len in [0, 1, 5] {
            let input = complex_noise::<T>(len, len);
            let mut buffer = input.clone();
            fft.process(&mut buffer);
            assert_eq!(buffer, input);
            let mut scratch = zeros(fft.get_inplace_scratch_len());
            fft.process_with_scratch(&mut buffer, &mut scratch);
            assert_eq!(buffer, input);
            let mut to = complex_noise::<T>(len, 99);
            let before = to.clone();
            fft.process_immutable_with_scratch(&input, &mut to, &mut []);
            fft.process_outofplace_with_scratch(&mut buffer, &mut to, &mut []);
            assert_eq!(to, before);
        }
    }
}

fn length_and_direction<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for len in more_lengths() {
        for direction in BOTH {
            let fft = planner.plan(len, direction);
            // By the traits, as by the object.
            assert_eq!(Length::len(&*fft), len);
            assert_eq!(Direction::fft_direction(&*fft), direction);
            let other = planner.plan(len, direction.opposite_direction());
            assert_eq!(other.fft_direction(), direction.opposite_direction());
        }
    }
}

fn shared<T: Number, P: Planner<T> + Send + 'static>() {
    let mut planner = P::make();
    let fft = planner.plan(480, FftDirection::Forward);
    let planner = std::thread::spawn(move || planner).join().expect("planners go from thread to thread");
    drop(planner);
    let input = complex_noise::<T>(480, 1);
    let want = exact(&input, FftDirection::Forward);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let mut buffer = input.clone();
                    fft.process(&mut buffer);
                    near(&buffer, &want, "one plan in four threads");
                }
            });
        }
    });
}

/// RustFFT's own algorithms on top of a plan: they rely on its scratch lengths, and on what becomes of garbage.
fn inner<T: Number, P: Planner<T>>() {
    let mut planner = P::make();
    for direction in BOTH {
        let mixed = MixedRadix::new(planner.plan(6, direction), planner.plan(97, direction));
        let large = MixedRadix::new(planner.plan(240, direction), planner.plan(3, direction));
        let rader = RadersAlgorithm::new(planner.plan(210, direction));
        let bluestein = BluesteinsAlgorithm::new(179, planner.plan(480, direction));
        let algorithms: [&dyn Fft<T>; 4] = [&mixed, &large, &rader, &bluestein];
        for fft in algorithms {
            let input = complex_noise::<T>(fft.len(), 5);
            let want = exact(&input, direction);
            let mut buffer = input.clone();
            fft.process(&mut buffer);
            near(&buffer, &want, &format!("{direction} {}", fft.len()));
            let (mut from, mut to) = (input, garbage(fft.len()));
            let mut scratch = garbage(fft.get_outofplace_scratch_len());
            fft.process_outofplace_with_scratch(&mut from, &mut to, &mut scratch);
            near(&to, &want, &format!("{direction} {}", fft.len()));
        }
    }
}

// ---- real transforms ----

fn exact_real<T: Number>(x: &[T]) -> Vec<Complex<f64>> {
    let x: Vec<_> = x.iter().map(|&x| Complex::new(x.into(), 0.0)).collect();
    (0..=x.len() / 2).map(|k| dft::bin(&x, k)).collect()
}

/// The samples of a spectrum, whatever the imaginary parts that should be zero.
fn exact_samples<T: Number>(bins: &[Complex<T>], len: usize) -> Vec<f64> {
    let mut whole = wide(bins);
    whole[0].im = 0.0;
    if len.is_multiple_of(2) {
        whole[len / 2].im = 0.0;
    }
    for k in bins.len()..len {
        whole.push(whole[len - k].conj());
    }
    exact(&whole, FftDirection::Inverse).iter().map(|x| x.re).collect()
}

#[allow(clippy::cast_precision_loss, reason = "lengths are short")]
fn near_real<T: Number>(got: &[T], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    let size = want.len() as f64;
    for (n, (&got, want)) in got.iter().zip(want).enumerate() {
        let far = (got.into() - want).abs();
        assert!(far <= T::BOUND * size, "{what}, sample {n}: {got:?} instead of {want}");
    }
}

/// Bins of a real signal: the imaginary parts that must be zero are.
fn spectrum<T: Number>(len: usize, seed: usize) -> Vec<Complex<T>> {
    let mut bins = complex_noise::<T>(len / 2 + 1, seed);
    bins[0].im = T::of(0.0);
    if len.is_multiple_of(2) {
        bins[len / 2].im = T::of(0.0);
    }
    bins
}

#[allow(clippy::float_cmp, reason = "exactly zero is what is asked for")]
fn real_results<T: Number, P: RealPlanner<T>>() {
    let mut planner = P::make();
    for len in lengths() {
        let forward = planner.forward(len);
        let input = real_noise::<T>(len, len);
        let want = exact_real(&input);
        let mut bins = garbage(len / 2 + 1);
        forward.process(&mut input.clone(), &mut bins).expect("lengths that are right");
        near(&bins, &want, &format!("{len} process"));
        // Exactly zero, so that what comes out can go in.
        assert_eq!(bins[0].im.into(), 0.0);
        assert!(len % 2 == 1 || bins[len / 2].im.into() == 0.0);
        let mut again = garbage(len / 2 + 2);
        let mut scratch = garbage(forward.get_scratch_len());
        forward
            .process_with_scratch(&mut input.clone(), &mut again[1..], &mut scratch)
            .expect("lengths that are right");
        assert_eq!(again[1..], bins);

        let inverse = planner.inverse(len);
        let input = spectrum::<T>(len, len);
        let want = exact_samples(&input, len);
        let mut samples = vec![T::of(f64::NAN); len];
        inverse.process(&mut input.clone(), &mut samples).expect("lengths that are right");
        near_real(&samples, &want, &format!("{len} process"));
        let mut again = vec![T::of(f64::NAN); len + 1];
        let mut scratch = garbage(inverse.get_scratch_len() + 1);
        inverse
            .process_with_scratch(&mut input.clone(), &mut again[1..], &mut scratch[1..])
            .expect("lengths that are right");
        assert_eq!(again[1..], samples);
    }
}

#[allow(clippy::cast_precision_loss, reason = "lengths are short")]
fn real_round_trip<T: Number, P: RealPlanner<T>>() {
    let mut planner = P::make();
    for len in more_lengths() {
        let input = real_noise::<T>(len, len);
        let want: Vec<_> = input.iter().map(|&x| x.into() * len as f64).collect();
        let (mut bins, mut samples) = (zeros(len / 2 + 1), input);
        planner.forward(len).process(&mut samples, &mut bins).expect("forward");
        planner.inverse(len).process(&mut bins, &mut samples).expect("inverse");
        near_real(&samples, &want, &format!("{len}"));
    }
}

/// Which error, and its two values.
fn error(result: Result<(), FftError>) -> (&'static str, usize, usize) {
    match result {
        Ok(()) => ("none", 0, 0),
        Err(FftError::InputBuffer(expected, got)) => ("input", expected, got),
        Err(FftError::OutputBuffer(expected, got)) => ("output", expected, got),
        Err(FftError::ScratchBuffer(expected, got)) => ("scratch", expected, got),
        Err(FftError::InputValues(first, last)) => ("values", usize::from(first), usize::from(last)),
    }
}

fn real_errors<T: Number, P: RealPlanner<T>>() {
    let mut planner = P::make();
    for len in [1, 2, 7, 16, 97, 100, 480, 1009] {
        let (forward, inverse) = (planner.forward(len), planner.inverse(len));
        let bins = len / 2 + 1;
        let mark = T::of(7.5);
        let (samples, spectrum) = (|len| vec![mark; len], |len| vec![Complex::new(mark, mark); len]);
        let scratch_len = forward.get_scratch_len();
        for wrong in [0, len - 1, len + 1, 2 * len] {
            let mut output = spectrum(bins);
            let result = forward.process(&mut samples(wrong), &mut output);
            assert_eq!(error(result), ("input", len, wrong));
            // The first that is wrong is named: input, output, scratch. Nothing is written.
            let result = forward.process_with_scratch(&mut samples(wrong), &mut spectrum(bins + 1), &mut []);
            assert_eq!(error(result), ("input", len, wrong));
            assert_eq!(output, spectrum(bins));
        }
        for wrong in [0, bins - 1, bins + 1, len + bins] {
            let result = forward.process(&mut samples(len), &mut spectrum(wrong));
            assert_eq!(error(result), ("output", bins, wrong));
        }
        if scratch_len > 0 {
            let mut output = spectrum(bins);
            let result =
                forward.process_with_scratch(&mut samples(len), &mut output, &mut zeros(scratch_len - 1));
            assert_eq!(error(result), ("scratch", scratch_len, scratch_len - 1));
            assert_eq!(output, spectrum(bins));
        }

        let scratch_len = inverse.get_scratch_len();
        for wrong in [0, bins - 1, bins + 1, len + bins] {
            let mut output = samples(len);
            let result = inverse.process(&mut spectrum(wrong), &mut output);
            assert_eq!(error(result), ("input", bins, wrong));
            let result = inverse.process_with_scratch(&mut spectrum(wrong), &mut samples(len + 1), &mut []);
            assert_eq!(error(result), ("input", bins, wrong));
            assert_eq!(output, samples(len));
        }
        for wrong in [0, len - 1, len + 1, 2 * len] {
            // A length that is wrong comes before values that are.
            let result = inverse.process(&mut spectrum(bins), &mut samples(wrong));
            assert_eq!(error(result), ("output", len, wrong));
        }
        if scratch_len > 0 {
            let mut output = samples(len);
            let result =
                inverse.process_with_scratch(&mut spectrum(bins), &mut output, &mut zeros(scratch_len - 1));
            assert_eq!(error(result), ("scratch", scratch_len, scratch_len - 1));
            assert_eq!(output, samples(len));
        }
    }
}

fn imaginary_parts<T: Number, P: RealPlanner<T>>() {
    let mut planner = P::make();
    for len in [1, 2, 3, 4, 7, 15, 16, 97, 100, 240] {
        let inverse = planner.inverse(len);
        let right = spectrum::<T>(len, len);
        let want = exact_samples(&right, len);
        for (first, last) in
            [(0.0, 0.0), (-0.0, -0.0), (0.5, 0.0), (0.0, -3.0), (1e-30, 1e-30), (f64::NAN, f64::NAN)]
        {
            let mut input = right.clone();
            input[0].im = T::of(first);
            let is_wrong = |x: f64| usize::from(x != 0.0);
            let mut expected = ("values", is_wrong(first), 0);
            if len.is_multiple_of(2) {
                input[len / 2].im = T::of(last);
                expected.2 = is_wrong(last);
            }
            if expected.1 + expected.2 == 0 {
                expected.0 = "none";
            }
            // The transform is computed all the same, as if they were zero.
            let mut samples = vec![T::of(7.5); len];
            assert_eq!(error(inverse.process(&mut input.clone(), &mut samples)), expected, "{len}");
            near_real(&samples, &want, &format!("{len} with {first} and {last}"));
            let mut samples = vec![T::of(7.5); len];
            let mut scratch = inverse.make_scratch_vec();
            let result = inverse.process_with_scratch(&mut input, &mut samples, &mut scratch);
            assert_eq!(error(result), expected, "{len}");
            near_real(&samples, &want, &format!("{len} with {first} and {last}"));
        }
    }
}

fn real_length_zero<T: Number, P: RealPlanner<T>>() {
    let mut planner = P::make();
    let (forward, inverse) = (planner.forward(0), planner.inverse(0));
    assert_eq!((forward.len(), forward.complex_len(), inverse.len(), inverse.complex_len()), (0, 1, 0, 1));
    let mut bins = complex_noise::<T>(1, 0);
    let before = bins.clone();
    assert_eq!(error(forward.process(&mut [], &mut bins)), ("none", 0, 0));
    assert_eq!(bins, before);
    assert_eq!(error(forward.process(&mut [T::of(1.0)], &mut bins)), ("input", 0, 1));
    assert_eq!(error(forward.process(&mut [], &mut [])), ("output", 1, 0));
    assert_eq!(error(inverse.process(&mut bins, &mut [])), ("none", 0, 0));
    assert_eq!(error(inverse.process(&mut [], &mut [])), ("input", 1, 0));
    assert_eq!(error(inverse.process(&mut bins, &mut [T::of(1.0)])), ("output", 0, 1));
}

#[allow(clippy::float_cmp, reason = "zeros are zeros")]
fn helpers<T: Number, P: RealPlanner<T>>() {
    let mut planner = P::make();
    for len in more_lengths() {
        let (forward, inverse) = (planner.forward(len), planner.inverse(len));
        assert_eq!((forward.len(), forward.complex_len()), (len, len / 2 + 1));
        assert_eq!((inverse.len(), inverse.complex_len()), (len, len / 2 + 1));
        let zero = T::of(0.0);
        assert_eq!(forward.make_input_vec(), vec![zero; len]);
        assert_eq!(forward.make_output_vec(), zeros(len / 2 + 1));
        assert_eq!(forward.make_scratch_vec(), zeros(forward.get_scratch_len()));
        assert_eq!(inverse.make_input_vec(), zeros(len / 2 + 1));
        assert_eq!(inverse.make_output_vec(), vec![zero; len]);
        assert_eq!(inverse.make_scratch_vec(), zeros(inverse.get_scratch_len()));
    }
}

fn planned_once<T: Number, P: RealPlanner<T> + Send>() {
    let mut planner = P::make();
    for len in [0, 1, 60, 97] {
        assert!(Arc::ptr_eq(&planner.forward(len), &planner.forward(len)));
        assert!(Arc::ptr_eq(&planner.inverse(len), &planner.inverse(len)));
    }
}

// ---- what is ours alone ----

#[test]
fn our_planners_run_at_every_level() {
    for level in Level::available() {
        let mut complex = our_rustfft::FftPlanner::<f32>::with_level(level).expect("an available level");
        let mut real = our_realfft::RealFftPlanner::<f64>::with_level(level).expect("an available level");
        for len in lengths() {
            let input = complex_noise::<f32>(len, len);
            let mut buffer = input.clone();
            complex.plan_fft_forward(len).process(&mut buffer);
            near(&buffer, &exact(&input, FftDirection::Forward), &format!("{len} {level}"));
            let input = real_noise::<f64>(len, len);
            let mut bins = zeros(len / 2 + 1);
            real.plan_fft_forward(len)
                .process(&mut input.clone(), &mut bins)
                .expect("lengths that are right");
            near(&bins, &exact_real(&input), &format!("{len} {level}"));
        }
    }
}

#[test]
fn our_calls_leave_their_input_and_are_those_of_the_crate() {
    let mut planner = our_rustfft::FftPlanner::<f32>::default();
    let mut real = our_realfft::RealFftPlanner::<f32>::default();
    for len in more_lengths() {
        let fft = planner.plan_fft_inverse(len);
        assert!(Arc::ptr_eq(&fft, &planner.plan_fft(len, FftDirection::Inverse)), "planned once");
        let own = quaver::fft::ComplexFft::<f32>::new(len).expect("a plan");
        assert_eq!(fft.get_immutable_scratch_len(), own.scratch_len());
        let input = complex_noise::<f32>(len, len);
        let (mut from, mut to, mut want) = (input.clone(), zeros(len), zeros(len));
        let mut scratch = zeros(own.scratch_len());
        fft.process_outofplace_with_scratch(&mut from, &mut to, &mut scratch);
        own.inverse(&input, &mut want, &mut scratch).expect("lengths that are right");
        assert_eq!((&from, &to), (&input, &want));

        let own = quaver::fft::RealFft::<f32>::new(len).expect("a plan");
        let input = real_noise::<f32>(len, len);
        let (mut from, mut to, mut want) = (input.clone(), zeros(len / 2 + 1), zeros(len / 2 + 1));
        let mut scratch = zeros(own.scratch_len());
        real.plan_fft_forward(len).process(&mut from, &mut to).expect("lengths that are right");
        own.forward(&input, &mut want, &mut scratch).expect("lengths that are right");
        assert_eq!((from, to), (input, want));
    }
}

/// A program generic over RustFFT's numbers stays so.
#[test]
fn generic_programs_import_the_number_too() {
    use quaver::compat::rustfft::{FftNum, FftPlanner, num_traits::Zero};

    fn energy<T: FftNum>(planner: &mut FftPlanner<T>, mut x: Vec<Complex<T>>) -> T {
        planner.plan_fft_forward(x.len()).process(&mut x);
        x.iter().fold(T::zero(), |sum, x| sum + x.norm_sqr())
    }
    let x = vec![Complex::new(1.0, 0.0); 8];
    assert!((energy(&mut FftPlanner::<f64>::new(), x) - 64.0).abs() < 1e-12);
    assert!(Complex::<f32>::zero().is_zero());
}

struct Counting;

thread_local! {
    static VISITS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: all is done by the system's allocator; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        VISITS.set(VISITS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        VISITS.set(VISITS.get() + 1);
        // SAFETY: the block came from `System`, with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn visits_of(call: impl FnOnce()) -> u64 {
    let before = VISITS.get();
    call();
    VISITS.get() - before
}

/// With scratch never, without from the second call of a thread on.
#[test]
fn our_calls_do_not_allocate() {
    let mut planner = our_rustfft::FftPlanner::<f32>::new();
    let mut real = our_realfft::RealFftPlanner::<f64>::new();
    for len in [1024, 1, 16, 97, 480] {
        let fft = planner.plan_fft_forward(len);
        let (mut x, mut y) = (complex_noise(2 * len, 1), zeros(2 * len));
        let mut scratch = zeros(fft.get_inplace_scratch_len());
        assert_eq!(visits_of(|| fft.process_with_scratch(&mut x, &mut scratch)), 0);
        assert_eq!(visits_of(|| fft.process_outofplace_with_scratch(&mut x, &mut y, &mut scratch)), 0);
        assert_eq!(visits_of(|| fft.process_immutable_with_scratch(&x, &mut y, &mut scratch)), 0);
        fft.process(&mut x);
        assert_eq!(visits_of(|| fft.process(&mut x)), 0);

        let (forward, inverse) = (real.plan_fft_forward(len), real.plan_fft_inverse(len));
        let (mut samples, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
        let mut scratch = forward.make_scratch_vec();
        let call = || forward.process_with_scratch(&mut samples, &mut bins, &mut scratch).expect("forward");
        assert_eq!(visits_of(call), 0);
        let call = || inverse.process_with_scratch(&mut bins, &mut samples, &mut scratch).expect("inverse");
        assert_eq!(visits_of(call), 0);
        forward.process(&mut samples, &mut bins).expect("forward");
        assert_eq!(visits_of(|| forward.process(&mut samples, &mut bins).expect("forward")), 0);
        assert_eq!(visits_of(|| inverse.process(&mut bins, &mut samples).expect("inverse")), 0);
    }
}
