//! A program that uses RustFFT, and the same program on quaver: one line differs.
//!
//! `cargo run --release --features compat --example rustfft_swap`
//!
//! The program filters blocks: forward, zero what is above a quarter of the bins, inverse. It stands here once and is
//! compiled twice, below each of the two `use` lines. Both results must agree; then both are timed, in turns, beside the
//! same work done by our own calls without RustFFT's traits.

use core::error::Error;
use core::hint::black_box;
use std::time::Instant;

use num_complex::Complex;
use quaver::fft::ComplexFft;

macro_rules! program {
    () => {
        pub(super) struct Filter {
            forward: std::sync::Arc<dyn Fft<f32>>,
            inverse: std::sync::Arc<dyn Fft<f32>>,
            scratch: Vec<Complex<f32>>,
        }

        impl Filter {
            pub(super) fn new(len: usize) -> Self {
                let mut planner = FftPlanner::new();
                let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
                let needed = forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
                Self { forward, inverse, scratch: vec![Complex::default(); needed] }
            }

            pub(super) fn run(&mut self, block: &mut [Complex<f32>]) {
                self.forward.process_with_scratch(block, &mut self.scratch);
                super::cut(block);
                self.inverse.process_with_scratch(block, &mut self.scratch);
            }

            /// As most programs have it: RustFFT allocates here, ours has scratch of its thread.
            pub(super) fn run_without_scratch(&self, block: &mut [Complex<f32>]) {
                self.forward.process(block);
                super::cut(block);
                self.inverse.process(block);
            }
        }
    };
}

mod before {
    use rustfft::{Fft, FftPlanner, num_complex::Complex};
    program!();
}

mod after {
    use quaver::compat::rustfft::{Fft, FftPlanner, num_complex::Complex};
    program!();
}

/// The same by our own calls.
struct Own {
    fft: ComplexFft<f32>,
    scratch: Vec<Complex<f32>>,
}

impl Own {
    fn new(len: usize) -> Result<Self, Box<dyn Error>> {
        let fft = ComplexFft::new(len)?;
        let scratch = vec![Complex::default(); fft.scratch_len()];
        Ok(Self { fft, scratch })
    }

    fn run(&mut self, block: &mut [Complex<f32>]) -> Result<(), quaver::fft::LengthError> {
        self.fft.forward_in_place(block, &mut self.scratch)?;
        cut(block);
        self.fft.inverse_in_place(block, &mut self.scratch)
    }
}

/// Zeroes the bins above a quarter, of either sign of frequency. Nothing is scaled: the transforms are what is timed.
fn cut(bins: &mut [Complex<f32>]) {
    let quarter = bins.len() / 4;
    let last = bins.len() - quarter;
    for bin in &mut bins[quarter + 1..last] {
        *bin = Complex::default();
    }
}

fn signal(len: usize) -> Vec<Complex<f32>> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..len).map(|_| Complex::new(next(), next())).collect()
}

/// Distance of `b` from `a`, in dB of the energy of `a`.
fn distance_db(a: &[Complex<f32>], b: &[Complex<f32>]) -> f64 {
    let energy: f64 = a.iter().map(|x| f64::from(x.norm_sqr())).sum();
    let error: f64 = a.iter().zip(b).map(|(a, b)| f64::from((a - b).norm_sqr())).sum();
    10.0 * (error / energy).max(1e-30).log10()
}

/// What works on a block in place.
type Program<'a> = &'a mut dyn FnMut(&mut [Complex<f32>]);

/// Lowers `least` to the least time of each of the programs, in nanoseconds, all in turns.
fn measure(len: usize, programs: &mut [Program], least: &mut [f64]) {
    // Silence stays silence; other values would grow by `len` with each call.
    let mut block = vec![Complex::default(); len];
    let calls = (50_000 / len).max(1);
    for _ in 0..30 {
        for (run, least) in programs.iter_mut().zip(&mut *least) {
            run(&mut block);
            let start = Instant::now();
            for _ in 0..calls {
                run(black_box(&mut block));
            }
            *least = least.min(start.elapsed().as_secs_f64() * 1e9 / calls as f64);
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("  - use rustfft::{{Fft, FftPlanner, num_complex::Complex}};");
    println!("  + use quaver::compat::rustfft::{{Fft, FftPlanner, num_complex::Complex}};\n");
    println!("Forward, cut, inverse in place; least time of a block in ns, all in turns.\n");
    println!("           ----- scratch from the caller -----  --- process() ---");
    println!("  points   RustFFT  swapped  own call  adapter   RustFFT  swapped  results differ by");
    for len in [64, 128, 256, 480, 512, 1009, 1024, 4096, 65_536] {
        let (mut before, mut after) = (before::Filter::new(len), after::Filter::new(len));
        let (mut a, mut b) = (signal(len), signal(len));
        before.run(&mut a);
        after.run(&mut b);
        let differ = distance_db(&a, &b);
        if differ > -110.0 {
            return Err(format!("results of {len} points differ by {differ:.0} dB").into());
        }

        // Where memory happens to lie counts for more than what is compared here: the least of several makings.
        let mut times = [f64::MAX; 5];
        for _ in 0..8 {
            let (mut before, mut after, mut own) =
                (before::Filter::new(len), after::Filter::new(len), Own::new(len)?);
            let (before_alone, after_alone) = (before::Filter::new(len), after::Filter::new(len));
            let mut programs: [Program; 5] = [
                &mut |block| before.run(block),
                &mut |block| after.run(block),
                &mut |block| own.run(block).expect("lengths that are right"),
                &mut |block| before_alone.run_without_scratch(block),
                &mut |block| after_alone.run_without_scratch(block),
            ];
            measure(len, &mut programs, &mut times);
        }
        let [theirs, swapped, ours, their_process, our_process] = times;
        println!(
            "{len:8} {theirs:9.0}{swapped:9.0}{ours:10.0}{:+8.1} %{their_process:10.0}{our_process:9.0}{differ:15.0} dB",
            100.0 * (swapped / ours - 1.0),
        );
    }
    Ok(())
}
