//! Short-time transforms beside a loop by hand around realfft, 2048 frames every 512: `cargo bench --bench stft`.
//!
//! One element is one frame of the stream; a block is the 64 frames of a short callback.

use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use num_complex::Complex;
use quaver::dsp::Kernels;
use quaver::dsp::stft::{Analyser, Stft};
use quaver::dsp::window::{Symmetry, Window};
use quaver::simd::Level;
use realfft::{RealFftPlanner, RealToComplex};

const LEN: usize = 2048;
const HOP: usize = 512;
const FRAMES: usize = 48_000;

/// What one would write instead: keep the last frames, weigh, transform.
struct ByHand {
    fft: std::sync::Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    pending: Vec<f32>,
    block: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl ByHand {
    fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LEN);
        let mut window = vec![0.0; LEN];
        Window::Hann.fill(Symmetry::Periodic, &mut window).expect("no parameters");
        Self {
            window,
            pending: Vec::with_capacity(2 * LEN),
            block: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    fn push(&mut self, input: &[f32], mut column: impl FnMut(&[Complex<f32>])) {
        self.pending.extend_from_slice(input);
        let mut start = 0;
        while self.pending.len() - start >= LEN {
            for ((y, x), w) in self.block.iter_mut().zip(&self.pending[start..]).zip(&self.window) {
                *y = x * w;
            }
            self.fft
                .process_with_scratch(&mut self.block, &mut self.spectrum, &mut self.scratch)
                .expect("lengths are the plan's");
            column(&self.spectrum);
            start += HOP;
        }
        self.pending.drain(..start);
    }
}

fn signal() -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    (0..FRAMES).map(|_| f32::from_bits(0x3F80_0000 | next() >> 9) - 1.5).collect()
}

/// The mean power spectrum of a second, in blocks of `block` frames.
fn analysis(c: &mut Criterion) {
    let input = signal();
    let bins = LEN / 2 + 1;

    // The peer and we agree before we race.
    let (mut ours, mut theirs) = (vec![0.0_f64; bins], vec![0.0_f64; bins]);
    let kernels = Kernels::new();
    let mut analyser = Analyser::new(LEN, HOP, Window::Hann).expect("fixed parameters");
    analyser.push(&input, |spectrum, _| kernels.power_add(spectrum, &mut ours).expect("one length"));
    ByHand::new().push(&input, |spectrum| {
        spectrum.iter().zip(&mut theirs).for_each(|(x, sum)| *sum += f64::from(x.norm_sqr()));
    });
    for (a, b) in ours.iter().zip(&theirs) {
        assert!((a - b).abs() <= 1e-5 * b, "{a} {b}");
    }

    for block in [64, FRAMES] {
        let mut group = c.benchmark_group(format!("stft 2048/512, power, blocks of {block}"));
        group.throughput(Throughput::Elements(48_000));
        for level in Level::available() {
            let kernels = Kernels::with_level(level).expect("listed as available");
            let mut analyser = Analyser::with_level(LEN, HOP, Window::Hann, level).expect("fixed parameters");
            let mut sum = vec![0.0; bins];
            group.bench_function(level.name(), |b| {
                b.iter(|| {
                    for block in black_box(&input).chunks(block) {
                        analyser.push(block, |spectrum, _| {
                            kernels.power_add(spectrum, &mut sum).expect("one length");
                        });
                    }
                });
            });
        }
        let (mut by_hand, mut sum) = (ByHand::new(), vec![0.0; bins]);
        group.bench_function("realfft by hand", |b| {
            b.iter(|| {
                for block in black_box(&input).chunks(block) {
                    by_hand.push(block, |spectrum| {
                        spectrum.iter().zip(&mut sum).for_each(|(x, sum)| *sum += f64::from(x.norm_sqr()));
                    });
                }
            });
        });
        group.finish();
    }
}

/// There and back again, in blocks of 64.
fn round_trip(c: &mut Criterion) {
    let input = signal();
    let mut group = c.benchmark_group("stft 2048/512, there and back, blocks of 64");
    group.throughput(Throughput::Elements(48_000));
    for level in Level::available() {
        let mut stft = Stft::with_level(LEN, HOP, Window::Hann, Window::Hann, level).expect("COLA");
        let mut output = vec![0.0; FRAMES];
        stft.process(&input, &mut output, |_, _| ()).expect("one length");
        let late = stft.latency_frames();
        assert!(input.iter().zip(&output[late..]).all(|(x, y)| (x - y).abs() < 1e-6));
        group.bench_function(level.name(), |b| {
            b.iter(|| {
                for (input, output) in black_box(&input).chunks(64).zip(output.chunks_mut(64)) {
                    stft.process(input, output, |spectrum, _| _ = black_box(spectrum)).expect("one length");
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, analysis, round_trip);
criterion_main!(benches);
