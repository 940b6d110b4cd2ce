//! One forward transform of each length, ours and RustFFT's, between two calls of a marker: for
//! `scripts/count-neon.sh`, which counts the instructions between them as an emulator executes them.

use std::hint::black_box;

use num_complex::Complex;
use quaver::fft::ComplexFft;
use quaver::simd::Level;
use rustfft::FftPlanner;

/// Seen by its name in the emulator's log.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn quaver_marker() {
    black_box(());
}

fn main() {
    let lengths = std::env::args().skip(1).map(|len| len.parse::<usize>().expect("a length"));
    println!("level {}", Level::detect());
    for len in lengths {
        let input: Vec<_> =
            (0..len).map(|n| Complex::new((n * 7 % 97) as f32, (n * 31 % 89) as f32)).collect();
        let (mut ours, mut theirs) = (input.clone(), input.clone());
        let fft = ComplexFft::<f32>::new(len).expect("a plan");
        let mut scratch = vec![Complex::default(); fft.scratch_len()];
        quaver_marker();
        fft.forward(&input, &mut ours, &mut scratch).expect("the lengths are right");
        quaver_marker();
        let peer = FftPlanner::new().plan_fft_forward(len);
        let mut scratch = vec![Complex::default(); peer.get_immutable_scratch_len()];
        quaver_marker();
        peer.process_immutable_with_scratch(&input, &mut theirs, &mut scratch);
        quaver_marker();
        // In place it may be another way through: the shorter one is what we are held against.
        theirs.copy_from_slice(&input);
        let mut scratch = vec![Complex::default(); peer.get_inplace_scratch_len()];
        quaver_marker();
        peer.process_with_scratch(&mut theirs, &mut scratch);
        quaver_marker();
        let error: f32 = ours.iter().zip(&theirs).map(|(a, b)| (a - b).norm_sqr()).sum();
        let energy: f32 = theirs.iter().map(|b| b.norm_sqr()).sum();
        assert!(error < 1e-9 * energy, "{len}: results differ");
    }
}
