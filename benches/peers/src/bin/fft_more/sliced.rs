//! Transforms in slices against the plain call: the worst step over the mean step, and all steps over the plain call.
//!
//! A step is timed many times and its median taken, so that what the scheduler did does not count; the worst step is the
//! greatest of these medians. The plain call, a run of steps timed as a whole, and one timed step by step take turns.

use std::time::Instant;

use num_complex::Complex;
use quaver::fft::{ComplexFft, Job, Real, RealFft};

use super::Bench;

/// Points, and the number of steps: one a callback of 64 frames while as many samples come in, at most 64; fewer where a
/// step would take less than some 500 ns.
const SIZES: [(usize, usize); 6] =
    [(4096, 8), (16_384, 16), (44_100, 64), (48_000, 64), (65_536, 64), (1 << 20, 64)];

/// What is asked: the worst step over the mean, and all steps over the plain call.
const WORST: f64 = 1.5;
const TOTAL: f64 = 1.1;

pub fn rows(bench: &mut Bench) {
    let sizes = bench.sizes(&SIZES.map(|(len, _)| len));
    for (len, steps) in SIZES.into_iter().filter(|(len, _)| sizes.contains(len)) {
        let real = RealFft::<f32>::with_level(len, bench.level).expect("a length that fits");
        let x: Vec<f32> = (0..len).map(noise).collect();
        row(
            bench,
            "real f32",
            len,
            steps,
            Plan {
                input: x,
                output: vec![Complex::default(); real.spectrum_len()],
                scratch: vec![Complex::default(); real.scratch_len()],
                plan: real,
                plain: |plan, x, y, s| plan.forward(x, y, s).expect("right lengths"),
                start: |plan, x, y, s| plan.start_forward(x, y, s).expect("right lengths"),
            },
        );
        complex::<f32>(bench, "complex f32", len, steps, |x| x);
        complex::<f64>(bench, "complex f64", len, steps, f64::from);
    }
}

fn complex<T: Real + PartialEq>(bench: &mut Bench, name: &str, len: usize, steps: usize, of: fn(f32) -> T) {
    let plan = ComplexFft::<T>::with_level(len, bench.level).expect("a length that fits");
    let zero = Complex::new(of(0.0), of(0.0));
    row(
        bench,
        name,
        len,
        steps,
        Plan {
            input: (0..len).map(|i| Complex::new(of(noise(2 * i)), of(noise(2 * i + 1)))).collect(),
            output: vec![zero; len],
            scratch: vec![zero; plan.scratch_len()],
            plan,
            plain: |plan, x, y, s| plan.forward(x, y, s).expect("right lengths"),
            start: |plan, x, y, s| plan.start_forward(x, y, s).expect("right lengths"),
        },
    );
}

fn noise(i: usize) -> f32 {
    let x = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x >> 40) as f32 / (1 << 23) as f32 - 1.0
}

type Plain<P, I, T> = fn(&P, &[I], &mut [Complex<T>], &mut [Complex<T>]);
type Start<P, I, T> = for<'a> fn(&'a P, &'a [I], &'a mut [Complex<T>], &'a mut [Complex<T>]) -> Job<'a, T>;

/// A plan, its buffers, and its two ways.
struct Plan<P, I, T: Real> {
    plan: P,
    input: Vec<I>,
    output: Vec<Complex<T>>,
    scratch: Vec<Complex<T>>,
    plain: Plain<P, I, T>,
    start: Start<P, I, T>,
}

fn row<P, I, T: Real + PartialEq>(
    bench: &mut Bench,
    what: &str,
    len: usize,
    steps: usize,
    mut of: Plan<P, I, T>,
) {
    let Plan { plan, input, output, scratch, plain, start } = &mut of;
    // In nanoseconds.
    let clock = |call: &mut dyn FnMut()| {
        let start = Instant::now();
        call();
        start.elapsed().as_secs_f64() * 1e9
    };
    plain(plan, input, output, scratch);
    let want = output.clone();
    output.fill(Complex::new(want[0].re, want[0].re));
    let mut job = start(plan, input, output, scratch);
    let budget = job.total().div_ceil(steps as u64);
    for _ in 0..steps {
        job.step(budget);
    }
    assert!(job.is_done());
    assert!(*output == want, "{what} {len}: the same, bit by bit");

    let once = clock(&mut || plain(plan, input, output, scratch));
    let rounds = if bench.quick { 5 } else { ((0.4e9 / once) as usize).clamp(51, 2001) };
    let (mut plains, mut totals) = (Vec::new(), Vec::new());
    let mut each = vec![Vec::new(); steps];
    for _ in 0..rounds {
        plains.push(clock(&mut || plain(plan, input, output, scratch)));
        let mut job = start(plan, input, output, scratch);
        totals.push(clock(&mut || {
            for _ in 0..steps {
                job.step(budget);
            }
        }));
        let mut job = start(plan, input, output, scratch);
        for times in &mut each {
            times.push(clock(&mut || {
                job.step(budget);
            }));
        }
    }
    // What looking at the clock takes is no part of a step.
    let idle = median(&mut (0..1001).map(|_| clock(&mut || ())).collect::<Vec<_>>());
    let each: Vec<f64> = each.iter_mut().map(|times| median(times) - idle).collect();
    let mean = each.iter().sum::<f64>() / steps as f64;
    let worst = each.iter().copied().fold(0.0, f64::max);
    let (plain, total) = (median(&mut plains) - idle, median(&mut totals) - idle);
    let name = format!("sliced {what} {len} / {steps}");
    println!(
        "{name:<34} plain {plain:>9.0} ns   step {mean:>8.0} ns, worst {worst:>8.0} ns   worst/mean {:.2} (<= {WORST})   total/plain {:.2} (<= {TOTAL})",
        worst / mean,
        total / plain,
    );
    for (what, score) in [("worst step", WORST * mean / worst), ("total", TOTAL * plain / total)] {
        if bench.worst.as_ref().is_none_or(|(worst, _)| score < *worst) {
            bench.worst = Some((score, format!("{name}, {what}")));
        }
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
