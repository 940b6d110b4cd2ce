//! Transforms at each level beside RustFFT and realfft, f32 and f64, powers of two and lengths of audio.
//!
//! `cargo bench --bench fft`; with `-- --test` each runs once. The comparison that targets are held against is
//! `scripts/bench-fft.sh`, which runs both sides in turns.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a bench stops at what it did not expect")]

use core::fmt::Display;
use core::hint::black_box;
use core::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use num_complex::Complex;
use quaver::fft::{ComplexFft, Real, RealFft};
use quaver::simd::Level;
use realfft::RealFftPlanner;
use rustfft::num_traits::ToPrimitive;
use rustfft::{FftNum, FftPlanner};

/// Powers of two, lengths of audio, a prime.
const LENGTHS: [usize; 16] =
    [16, 64, 256, 512, 1024, 2048, 4096, 16_384, 65_536, 120, 441, 480, 960, 1920, 44_100, 1009];

/// Something that is not a single tone.
fn samples<T: FftNum>(len: usize) -> Vec<Complex<T>> {
    (0..len)
        .map(|n| {
            let at = |k: usize| T::from_f64((n * k % 97) as f64 / 48.5 - 1.0).unwrap();
            Complex::new(at(7), at(31))
        })
        .collect()
}

/// Both results must agree before either is timed.
fn agree<T: FftNum + ToPrimitive>(ours: &[Complex<T>], theirs: &[Complex<T>], what: impl Display) {
    let scale = (ours.len() as f64).sqrt() * 1e-4;
    for (a, b) in ours.iter().zip(theirs) {
        let error = (a - b).norm_sqr().to_f64().unwrap().sqrt();
        assert!(error < scale, "{what}: {a:?} and {b:?}");
    }
}

fn complex<T: FftNum + ToPrimitive + Real>(c: &mut Criterion, name: &str) {
    for len in LENGTHS {
        let mut group = c.benchmark_group(format!("{name} complex {len}"));
        group.throughput(Throughput::Elements(len as u64));
        let x = samples::<T>(len);
        let zero = Complex::new(T::zero(), T::zero());
        let peer = FftPlanner::<T>::new().plan_fft_forward(len);
        let mut peer_out = vec![zero; len];
        let mut peer_scratch = vec![zero; peer.get_immutable_scratch_len()];
        peer.process_immutable_with_scratch(&x, &mut peer_out, &mut peer_scratch);
        for level in Level::available() {
            let fft = ComplexFft::<T>::with_level(len, level).unwrap();
            let (mut out, mut scratch) = (vec![zero; len], vec![zero; fft.scratch_len()]);
            fft.forward(&x, &mut out, &mut scratch).unwrap();
            agree(&out, &peer_out, format_args!("{name} {len} {level}"));
            group.bench_function(BenchmarkId::from_parameter(level), |b| {
                b.iter(|| fft.forward(black_box(&x), &mut out, &mut scratch));
            });
        }
        group.bench_function("rustfft", |b| {
            b.iter(|| peer.process_immutable_with_scratch(black_box(&x), &mut peer_out, &mut peer_scratch));
        });
        group.finish();
    }
}

fn real<T: FftNum + ToPrimitive + Real>(c: &mut Criterion, name: &str) {
    for len in LENGTHS {
        let mut group = c.benchmark_group(format!("{name} real {len}"));
        group.throughput(Throughput::Elements(len as u64));
        let mut x: Vec<T> = samples::<T>(len).iter().map(|x| x.re).collect();
        let zero = Complex::new(T::zero(), T::zero());
        let peer = RealFftPlanner::<T>::new().plan_fft_forward(len);
        let (mut peer_out, mut peer_scratch) = (peer.make_output_vec(), peer.make_scratch_vec());
        peer.process_with_scratch(&mut x.clone(), &mut peer_out, &mut peer_scratch).unwrap();
        for level in Level::available() {
            let fft = RealFft::<T>::with_level(len, level).unwrap();
            let (mut out, mut scratch) = (vec![zero; fft.spectrum_len()], vec![zero; fft.scratch_len()]);
            fft.forward(&x, &mut out, &mut scratch).unwrap();
            agree(&out, &peer_out, format_args!("{name} real {len} {level}"));
            group.bench_function(BenchmarkId::from_parameter(level), |b| {
                b.iter(|| fft.forward(black_box(&x), &mut out, &mut scratch));
            });
        }
        // It overwrites its input: zeros stay zeros, and cost the same.
        x.fill(T::zero());
        group.bench_function("realfft", |b| {
            b.iter(|| peer.process_with_scratch(black_box(&mut x), &mut peer_out, &mut peer_scratch));
        });
        group.finish();
    }
}

fn transforms(c: &mut Criterion) {
    complex::<f32>(c, "f32");
    complex::<f64>(c, "f64");
    real::<f32>(c, "f32");
    real::<f64>(c, "f64");
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        // More than three hundred of them: a second each.
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = transforms
}
criterion_main!(benches);
