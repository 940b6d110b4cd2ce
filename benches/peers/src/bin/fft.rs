//! Transforms in turns with RustFFT and realfft, out of place, forward, at the fastest level of the machine.
//!
//! Input and output are slices of a `Vec`, as a user has them: aligned to 16 bytes and no more.

use std::process::ExitCode;

use num_complex::Complex;
use quaver::fft::{ComplexFft, Real, RealFft};
use quaver::simd::Level;
use quaver_peers::{Report, calls, interleaved};
use realfft::RealFftPlanner;
use rustfft::num_traits::ToPrimitive;
use rustfft::{FftNum, FftPlanner};

/// Powers of two have a target; the lengths of audio stand beside them for the reader, at 0.8 as well.
const LENGTHS: [usize; 12] = [64, 128, 256, 512, 1024, 2048, 4096, 120, 240, 480, 960, 1920];
const TARGET: f64 = 0.8;

fn main() -> ExitCode {
    println!("Level {}; ours and the peer in turns, default flags.\n", Level::detect());
    let mut report = Report::new("fft", "RustFFT or realfft");
    for len in LENGTHS {
        complex::<f32>(&mut report, "c32", len, TARGET);
    }
    for len in LENGTHS {
        real::<f32>(&mut report, "r32", len, TARGET);
    }
    // No target yet: at half of the peer's speed something would be wrong.
    for len in LENGTHS {
        complex::<f64>(&mut report, "c64", len, 0.5);
    }
    for len in LENGTHS {
        real::<f64>(&mut report, "r64", len, 0.5);
    }
    report.finish()
}

/// Deterministic samples in -1..1, with energy in every bin.
fn samples<T: FftNum>(len: usize) -> Vec<Complex<T>> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        T::from_f64(state.cast_signed() as f64 / 9.3e18).expect("a finite number")
    };
    (0..len).map(|_| Complex::new(next(), next())).collect()
}

/// A fast wrong answer is none.
fn check<T: FftNum + ToPrimitive>(case: &str, ours: &[Complex<T>], theirs: &[Complex<T>]) {
    let (mut error, mut energy) = (0.0, 0.0);
    for (a, b) in ours.iter().zip(theirs) {
        error += (a - b).norm_sqr().to_f64().unwrap_or(f64::NAN);
        energy += b.norm_sqr().to_f64().unwrap_or(f64::NAN);
    }
    assert!(error / energy < 1e-12, "{case}: results differ by {error} of {energy}");
}

fn complex<T: FftNum + ToPrimitive + Real>(report: &mut Report, kind: &str, len: usize, target: f64) {
    let case = format!("{kind} {len}");
    let zero = Complex::new(T::zero(), T::zero());
    let x = samples::<T>(len);
    let fft = ComplexFft::<T>::new(len).expect("a plan");
    let (mut out, mut scratch) = (vec![zero; len], vec![zero; fft.scratch_len()]);
    let peer = FftPlanner::<T>::new().plan_fft_forward(len);
    let (mut peer_out, mut peer_scratch) = (vec![zero; len], vec![zero; peer.get_immutable_scratch_len()]);
    fft.forward(&x, &mut out, &mut scratch).expect("the lengths are right");
    peer.process_immutable_with_scratch(&x, &mut peer_out, &mut peer_scratch);
    check(&case, &out, &peer_out);
    let [ours, theirs] = interleaved([
        calls(|| fft.forward(&x, &mut out, &mut scratch).expect("the lengths are right")),
        calls(|| peer.process_immutable_with_scratch(&x, &mut peer_out, &mut peer_scratch)),
    ]);
    report.row(&case, ours, theirs, target);
}

fn real<T: FftNum + ToPrimitive + Real>(report: &mut Report, kind: &str, len: usize, target: f64) {
    let case = format!("{kind} {len}");
    let zero = Complex::new(T::zero(), T::zero());
    let x: Vec<T> = samples::<T>(len).iter().map(|x| x.re).collect();
    let fft = RealFft::<T>::new(len).expect("a plan");
    let (mut out, mut scratch) = (vec![zero; fft.spectrum_len()], vec![zero; fft.scratch_len()]);
    let peer = RealFftPlanner::<T>::new().plan_fft_forward(len);
    let (mut peer_in, mut peer_out, mut peer_scratch) =
        (x.clone(), peer.make_output_vec(), peer.make_scratch_vec());
    fft.forward(&x, &mut out, &mut scratch).expect("the lengths are right");
    peer.process_with_scratch(&mut peer_in, &mut peer_out, &mut peer_scratch).expect("the lengths are right");
    check(&case, &out, &peer_out);
    // It overwrites its input; zeros stay zeros and cost it the same.
    peer_in.fill(T::zero());
    let [ours, theirs] = interleaved([
        calls(|| fft.forward(&x, &mut out, &mut scratch).expect("the lengths are right")),
        calls(|| {
            peer.process_with_scratch(&mut peer_in, &mut peer_out, &mut peer_scratch)
                .expect("the lengths are right");
        }),
    ]);
    report.row(&case, ours, theirs, target);
}
