//! Short-time transforms: columns against their definition, and reconstruction whatever the blocks.
#![cfg(feature = "std")]
#![allow(clippy::float_cmp, reason = "tests: these values are exact")]

use num_complex::Complex;
use proptest::prelude::*;
use quaver::dsp::stft::{Analyser, Stft, StftError, Synthesiser};
use quaver::dsp::window::{Symmetry, Window};
use quaver::fft::{PlanError, RealFft};
use quaver::simd::Level;

/// Noise in -1..1 from a seed, the same on every machine.
fn noise(seed: u64, len: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i16::try_from(state >> 49).expect("15 bits")
    };
    (0..len).map(|_| f32::from(next()) / 16384.0 - 1.0).collect()
}

/// Cuts `data` at the given lengths, again and again; a length of 0 is an empty block.
fn blocks<'a>(mut data: &'a [f32], lengths: &'a [usize]) -> impl Iterator<Item = &'a [f32]> {
    let mut lengths = lengths.iter().cycle();
    core::iter::from_fn(move || {
        if data.is_empty() {
            return None;
        }
        let (block, rest) = data.split_at((*lengths.next()?).min(data.len()));
        data = rest;
        Some(block)
    })
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    // At least one block is not empty.
    (prop::collection::vec(0_usize..70, 0..8), 1_usize..300).prop_map(|(mut lengths, last)| {
        lengths.push(last);
        lengths
    })
}

fn windows() -> impl Strategy<Value = Window> {
    prop::sample::select(vec![
        Window::Rectangular,
        Window::Hann,
        Window::FlatTop,
        Window::Sine,
        Window::Kaiser { beta: 6.0 },
    ])
}

/// Pairs that are COLA, and into how many hops they divide a column at least.
fn pairs() -> impl Strategy<Value = (Window, Window, usize)> {
    prop::sample::select(vec![
        (Window::Rectangular, Window::Rectangular, 1),
        (Window::Hann, Window::Rectangular, 2),
        (Window::Sine, Window::Sine, 2),
        (Window::Hamming, Window::Rectangular, 2),
        (Window::Hann, Window::Hann, 3),
        (Window::Blackman, Window::Rectangular, 3),
        (Window::BlackmanHarris, Window::Hann, 5),
        (Window::Hann, Window::FlatTop, 7),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::with_cases(96) })]

    /// Every column is the transform of its frames under the window, to the bit, wherever the stream was cut.
    #[test]
    fn columns_are_those_of_the_definition(
        len in 1_usize..200,
        hop in 1_usize..300,
        window in windows(),
        cuts in lengths(),
        seed in any::<u64>(),
    ) {
        let input = noise(seed, 1500);
        let mut weights = vec![0.0_f32; len];
        window.fill(Symmetry::Periodic, &mut weights).unwrap();
        let fft = RealFft::<f32>::new(len).unwrap();
        let mut scratch = vec![Complex::default(); fft.scratch_len()];
        let mut spectrum = vec![Complex::default(); fft.spectrum_len()];

        let mut analyser = Analyser::new(len, hop, window).unwrap();
        prop_assert_eq!((analyser.fft_len(), analyser.hop(), analyser.spectrum_len()), (len, hop, len / 2 + 1));
        prop_assert_eq!(analyser.window(), &weights[..]);
        for round in 0..2 {
            let mut count = 0;
            for block in blocks(&input, &cuts) {
                analyser.push(block, |column, index| {
                    let start = count * hop;
                    assert_eq!(index, u64::try_from(count).unwrap());
                    let weighted: Vec<f32> =
                        input[start..start + len].iter().zip(&weights).map(|(x, w)| x * w).collect();
                    fft.forward(&weighted, &mut spectrum, &mut scratch).unwrap();
                    assert_eq!(column, &spectrum[..], "column {index}, round {round}");
                    count += 1;
                });
            }
            prop_assert_eq!(count, (input.len() - len) / hop + 1);
            analyser.reset();
        }
    }

    /// Unchanged columns give the input back, `latency_frames` late, from the first frame to the last.
    #[test]
    fn what_goes_in_comes_out(
        (analysis, synthesis, overlap) in pairs(),
        hop in 1_usize..60,
        more in 0_usize..4,
        cuts in lengths(),
        seed in any::<u64>(),
    ) {
        let len = hop * (overlap + more);
        let mut stft = Stft::new(len, hop, analysis, synthesis).unwrap();
        let latency = stft.latency_frames();
        prop_assert_eq!(latency, len - 1);
        let mut input = noise(seed, 1000);
        input.resize(1000 + latency, 0.0);
        for _ in 0..2 {
            let (mut output, mut columns) = (Vec::new(), 0);
            for block in blocks(&input, &cuts) {
                let mut out = vec![f32::NAN; block.len()];
                stft.process(block, &mut out, |_, index| {
                    assert_eq!(index, columns);
                    columns += 1;
                }).unwrap();
                output.extend(out);
            }
            prop_assert_eq!(columns, u64::try_from(input.len() / hop).unwrap());
            prop_assert!(output[..latency].iter().all(|x| x.abs() < 1e-6), "silence before the input");
            for (frame, (x, y)) in input.iter().zip(&output[latency..]).enumerate() {
                prop_assert!((x - y).abs() <= 1e-6, "frame {frame}: {x} became {y}");
            }
            stft.reset();
        }
    }

    /// A gain on every column is a gain on the output: what COLA is for.
    #[test]
    fn a_gain_on_columns_is_a_gain(
        (analysis, synthesis, overlap) in pairs(),
        hop in 1_usize..40,
        gain in -2.0_f32..2.0,
    ) {
        let mut stft = Stft::new(hop * overlap, hop, analysis, synthesis).unwrap();
        let input = noise(7, 600);
        let mut output = vec![0.0; 600];
        stft.process(&input, &mut output, |spectrum, _| spectrum.iter_mut().for_each(|x| *x *= gain)).unwrap();
        for (x, y) in input.iter().zip(&output[stft.latency_frames()..]) {
            prop_assert!((gain * x - y).abs() <= 2e-6);
        }
    }

    /// Windows that are not COLA still give the input back where they are normalised.
    #[test]
    fn normalised_synthesis_reconstructs_without_cola(
        len in 40_usize..200,
        divisor in 2_usize..8,
        cuts in lengths(),
    ) {
        let hop = len / divisor;
        let (a, s) = (Window::Hamming, Window::Kaiser { beta: 2.5 });
        let mut analyser = Analyser::new(len, hop, a).unwrap();
        let mut synthesiser = Synthesiser::new_normalised(len, hop, a, s).unwrap();
        let input = noise(3, 2000);
        let (mut output, mut frames) = (Vec::new(), vec![0.0; hop]);
        for block in blocks(&input, &cuts) {
            analyser.push(block, |spectrum, _| {
                synthesiser.push(spectrum, &mut frames).unwrap();
                output.extend_from_slice(&frames);
            });
        }
        for (x, y) in input.iter().zip(&output).skip(len - 1) {
            prop_assert!((x - y).abs() <= 3e-6);
        }
    }
}

#[test]
fn every_level_reconstructs() {
    for level in Level::available() {
        let mut stft = Stft::with_level(512, 128, Window::Hann, Window::Hann, level).unwrap();
        let input = noise(11, 48_000);
        let mut output = vec![0.0; input.len()];
        stft.process(&input, &mut output, |_, _| ()).unwrap();
        let worst = input.iter().zip(&output[511..]).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        println!("{level}: {worst:.2e}");
        assert!(worst < 1e-6, "{level} {worst}");
    }
}

#[test]
fn a_reset_forgets_everything() {
    let (mut used, mut new) = (
        Stft::new(96, 32, Window::Hann, Window::Hann).unwrap(),
        Stft::new(96, 32, Window::Hann, Window::Hann).unwrap(),
    );
    let input = noise(13, 777);
    let (mut first, mut second) = (vec![0.0; 777], vec![0.0; 777]);
    // In the middle of a hop, of a column, and of what is ready.
    used.process(&input[..301], &mut first[..301], |_, _| ()).unwrap();
    used.reset();
    used.process(&input, &mut first, |_, _| ()).unwrap();
    new.process(&input, &mut second, |_, _| ()).unwrap();
    assert_eq!(first, second);
}

#[test]
fn windows_that_do_not_add_up_are_refused() {
    let ripple = |error| match error {
        Err(StftError::NotCola { ripple, .. }) => ripple,
        other => panic!("{other:?}"),
    };
    // Hann squared at half overlap swings between 1/2 and 1: a third either side of 3/4.
    let found = ripple(Synthesiser::new(512, 256, Window::Hann, Window::Hann).map(|_| ()));
    assert!((found - 1.0 / 3.0).abs() < 1e-9, "{found}");
    // A hop that does not divide the column, Hann alone without overlap, Kaiser at half overlap.
    ripple(Synthesiser::new(512, 200, Window::Hann, Window::Hann).map(|_| ()));
    ripple(Synthesiser::new(512, 512, Window::Hann, Window::Rectangular).map(|_| ()));
    ripple(Synthesiser::new(512, 256, Window::Kaiser { beta: 8.0 }, Window::Rectangular).map(|_| ()));
    // Normalised synthesis takes the first two, not the third: its first frame lies under no window.
    assert!(Synthesiser::new_normalised(512, 256, Window::Hann, Window::Hann).is_ok());
    assert!(Synthesiser::new_normalised(512, 200, Window::Hann, Window::Hann).is_ok());
    ripple(Synthesiser::new_normalised(512, 512, Window::Hann, Window::Rectangular).map(|_| ()));
    // One frame of Hann is 1 by definition, two are 0 and 1.
    assert!(Synthesiser::new(1, 1, Window::Hann, Window::Hann).is_ok());
    ripple(Synthesiser::new(2, 2, Window::Hann, Window::Hann).map(|_| ()));
}

#[test]
fn parameters_that_cannot_be_are_refused() {
    assert_eq!(Analyser::new(512, 0, Window::Hann).err(), Some(StftError::ZeroHop));
    assert_eq!(Analyser::new(0, 1, Window::Hann).err(), Some(StftError::Plan(PlanError::ZeroLength)));
    assert!(matches!(Analyser::new(8, 1, Window::Kaiser { beta: -1.0 }), Err(StftError::Window(_))));
    assert_eq!(Stft::new(512, 0, Window::Hann, Window::Hann).err(), Some(StftError::ZeroHop));
    let error = StftError::HopTooLong { hop: 513, len: 512 };
    assert_eq!(Stft::new(512, 513, Window::Rectangular, Window::Rectangular).err(), Some(error));
}

#[test]
fn slices_that_do_not_fit_are_refused_and_nothing_is_taken() {
    let mut synthesiser = Synthesiser::new(8, 4, Window::Hann, Window::Rectangular).unwrap();
    let (ones, mut frames) = ([Complex::new(1.0, 0.0); 5], [7.0; 4]);
    assert_eq!(synthesiser.push(&ones[..4], &mut frames).unwrap_err().slice, "spectrum");
    assert_eq!(synthesiser.push(&ones, &mut frames[..3]).unwrap_err().slice, "output");
    assert_eq!(frames, [7.0; 4]);
    // As good as new: the transform of an impulse at frame 0, under a rectangular window over a Hann sum of 1.
    synthesiser.push(&ones, &mut frames).unwrap();
    assert_eq!(frames, [1.0, 0.0, 0.0, 0.0]);

    let mut stft = Stft::new(8, 4, Window::Hann, Window::Rectangular).unwrap();
    let error = stft.process(&[0.0; 3], &mut frames, |_, _| ()).unwrap_err();
    assert_eq!((error.slice, error.expected, error.actual), ("output", 3, 4));
}

#[test]
fn nan_passes_through_and_is_gone() {
    let mut stft = Stft::new(64, 16, Window::Hann, Window::Hann).unwrap();
    let mut input = noise(5, 1000);
    input[100] = f32::NAN;
    let mut output = vec![0.0; 1000];
    stft.process(&input, &mut output, |_, _| ()).unwrap();
    let spoilt = output.iter().filter(|x| !x.is_finite()).count();
    // The four columns over it, 64 + 3 * 16 frames; nothing after them.
    assert!((1..=112).contains(&spoilt), "{spoilt}");
    for (x, y) in input.iter().zip(&output[63..]).skip(200) {
        assert!((x - y).abs() < 1e-6);
    }
}
