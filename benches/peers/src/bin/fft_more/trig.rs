//! Cosine and lapped transforms: ours, rustdct's, and FFTW's r2r where it has them; with a fold by hand before FFTW's type
//! IV for the lapped ones.

use std::sync::Arc;

use quaver::fft::{Mdct, MdctWindow, Trig, TrigTransform};
use rustdct::mdct::{Mdct as _, MdctViaDct4};
use rustdct::{DctNum, DctPlanner, RequiredScratch, TransformType2And3, TransformType4};

use crate::contest::{Contestant, Form, Plan, Transform, planned, samples};
use crate::r2r::{self, R2r};
use crate::sample::Sample;
use crate::{Bench, Target};

/// Those that targets are held at come first; then the rest of the codecs' sizes.
const SIZES: [usize; 8] = [960, 1024, 120, 128, 240, 256, 480, 2048];
const HELD: [usize; 2] = [960, 1024];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Second,
    Fourth,
    Lapped,
}

pub fn rows(bench: &mut Bench) {
    rows_of::<f32>(bench, "f32");
    rows_of::<f64>(bench, "f64");
}

fn rows_of<T: Sample + DctNum>(bench: &mut Bench, kind: &str) {
    let fftw = R2r::load(T::BITS);
    if let Err(reason) = &fftw {
        println!("FFTW: absent ({reason})");
    }
    for (case, name) in [(Case::Second, "DCT-II"), (Case::Fourth, "DCT-IV"), (Case::Lapped, "MDCT")] {
        for len in bench.sizes(&SIZES) {
            let mut all = vec![ours::<T>(case, len, bench), theirs::<T>(case, len)];
            if let Ok(fftw) = &fftw {
                all.extend(of_fftw::<T>(fftw, case, len, bench));
            }
            check(case, len, &mut all, bench);
            let held = HELD.contains(&len) && T::BITS == 32;
            let targets = [
                Target { peer: "rustdct", least: held.then_some(2.0) },
                Target { peer: "fftw", least: held.then_some(1.0) },
            ];
            bench.row(&format!("{name} {len} {kind}"), all, &targets);
        }
    }
    if let Ok(fftw) = &fftw {
        fftw.save();
    }
}

fn contestant<T>(
    peer: &str,
    len: usize,
    plan: Plan,
    transform: impl Transform<T> + 'static,
) -> Contestant<T> {
    let transform = Box::new(transform);
    Contestant { peer: peer.to_owned(), form: Form::Forward, len, overwrites: false, plan, transform }
}

/// Holds each result against the definition at some places, FFTW's twice as large; ours must be right.
fn check<T: Sample>(case: Case, len: usize, all: &mut Vec<Contestant<T>>, bench: &mut Bench) {
    let [input, output, _] = bench.arena.slices::<T>(2 * len + 2);
    samples(input);
    let pi = std::f64::consts::PI;
    let value = |k: usize| -> f64 {
        let n = len as f64;
        let term = |i: usize| {
            let (i_half, k_half) = (i as f64 + 0.5, k as f64 + 0.5);
            match case {
                Case::Second => (pi / n * i_half * k as f64).cos(),
                Case::Fourth => (pi / n * i_half * k_half).cos(),
                Case::Lapped => {
                    (pi / (2.0 * n) * i_half).sin() * (pi / n * (i_half + n / 2.0) * k_half).cos()
                }
            }
        };
        (0..if case == Case::Lapped { 2 * len } else { len }).map(|i| input[i].value() * term(i)).sum()
    };
    let want: Vec<_> = (0..len).step_by(len / 13).chain([len - 1]).map(|k| (k, value(k))).collect();
    all.retain_mut(|c| {
        output.fill(T::of(0.25));
        c.transform.checked(input, output);
        let scale = if c.peer == "fftw" { 2.0 } else { 1.0 } * (len as f64).sqrt();
        let far = |&(k, want): &(usize, f64)| {
            let want = if c.peer == "fftw" { 2.0 * want } else { want };
            (output[k].value() - want).abs() / scale
        };
        let error = want.iter().map(far).fold(0.0, |a: f64, b| if b > a || b.is_nan() { b } else { a });
        if error.is_nan() || error > T::BOUND {
            eprintln!("{} {len}: wrong by {error:e}, left out", c.peer);
            assert!(c.peer != "ours", "our own result is wrong");
            return false;
        }
        true
    });
}

// ---- quaver ----

struct Ours<T: Sample> {
    plan: TrigTransform<T>,
    scratch: Vec<T>,
}

struct OursLapped<T: Sample> {
    plan: Mdct<T>,
    scratch: Vec<T>,
}

fn ours<T: Sample>(case: Case, len: usize, bench: &Bench) -> Contestant<T> {
    if case == Case::Lapped {
        let make = || Mdct::<T>::with_level(len, MdctWindow::Sine, bench.level).expect("a plan");
        let (plan, took) = planned(make);
        let scratch = vec![T::of(0.0); plan.scratch_len()];
        return contestant("ours", len, took, OursLapped { plan, scratch });
    }
    let kind = if case == Case::Second { Trig::Dct2 } else { Trig::Dct4 };
    let (plan, took) = planned(|| TrigTransform::<T>::with_level(kind, len, bench.level).expect("a plan"));
    let scratch = vec![T::of(0.0); plan.scratch_len()];
    contestant("ours", len, took, Ours { plan, scratch })
}

impl<T: Sample> Transform<T> for Ours<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let len = self.plan.len();
        let done = self.plan.forward(&input[..len], &mut output[..len], &mut self.scratch);
        done.expect("the lengths are right");
    }
}

impl<T: Sample> Transform<T> for OursLapped<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let len = self.plan.len();
        let done = self.plan.forward(&input[..2 * len], &mut output[..len], &mut self.scratch);
        done.expect("the lengths are right");
    }
}

// ---- rustdct ----

/// It transforms in place: what it works on is copied from the input first, as a user would.
struct Theirs<T, D: ?Sized> {
    plan: Arc<D>,
    scratch: Vec<T>,
    len: usize,
}

fn theirs<T: Sample + DctNum>(case: Case, len: usize) -> Contestant<T> {
    let mut planner = DctPlanner::<T>::new();
    let zeros = |n: usize| vec![T::of(0.0); n];
    match case {
        Case::Second => {
            let (plan, took) = planned(|| planner.plan_dct2(len));
            let scratch = zeros(plan.get_scratch_len());
            contestant("rustdct", len, took, Theirs::<T, dyn TransformType2And3<T>> { plan, scratch, len })
        }
        Case::Fourth => {
            let (plan, took) = planned(|| planner.plan_dct4(len));
            let scratch = zeros(plan.get_scratch_len());
            contestant("rustdct", len, took, Theirs::<T, dyn TransformType4<T>> { plan, scratch, len })
        }
        Case::Lapped => {
            // Its window functions give a sine of another phase for some lengths: this is ours to the bit.
            let window = |n: usize| -> Vec<T> {
                let angle = |i: usize| std::f64::consts::PI * (i as f64 + 0.5) / n as f64;
                (0..n).map(|i| T::of(angle(i).sin())).collect()
            };
            let (plan, took) = planned(|| Arc::new(MdctViaDct4::new(planner.plan_dct4(len), window)));
            let scratch = zeros(plan.get_scratch_len());
            contestant("rustdct", len, took, Theirs::<T, MdctViaDct4<T>> { plan, scratch, len })
        }
    }
}

impl<T: Sample + DctNum> Transform<T> for Theirs<T, dyn TransformType2And3<T>> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let output = &mut output[..self.len];
        output.copy_from_slice(&input[..self.len]);
        self.plan.process_dct2_with_scratch(output, &mut self.scratch);
    }
}

impl<T: Sample + DctNum> Transform<T> for Theirs<T, dyn TransformType4<T>> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let output = &mut output[..self.len];
        output.copy_from_slice(&input[..self.len]);
        self.plan.process_dct4_with_scratch(output, &mut self.scratch);
    }
}

impl<T: Sample + DctNum> Transform<T> for Theirs<T, MdctViaDct4<T>> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (a, b) = input[..2 * self.len].split_at(self.len);
        self.plan.process_mdct_with_scratch(a, b, &mut output[..self.len], &mut self.scratch);
    }
}

// ---- FFTW ----

struct OfFftw<T> {
    plan: r2r::Plan,
    len: usize,
    /// Of a lapped transform, the first half of the window; it then folds to the buffer first.
    window: Vec<T>,
    folded: Vec<T>,
}

fn of_fftw<T: Sample>(fftw: &R2r, case: Case, len: usize, bench: &mut Bench) -> Option<Contestant<T>> {
    let kind = if case == Case::Second { r2r::REDFT10 } else { r2r::REDFT11 };
    let [x, y, _] = bench.arena.slices::<T>(len);
    let mut folded = Vec::new();
    let mut window = Vec::new();
    if case == Case::Lapped {
        folded = vec![T::of(0.0); len];
        let angle = |n: usize| std::f64::consts::PI * (n as f64 + 0.5) / (2 * len) as f64;
        window = (0..len).map(|n| T::of(angle(n).sin())).collect();
    }
    let (plan, took) = planned(|| fftw.plan(kind, if folded.is_empty() { x } else { &mut folded }, y));
    Some(contestant("fftw", len, took, OfFftw { plan: plan.ok()?, len, window, folded }))
}

impl<T: Sample> Transform<T> for OfFftw<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (half, mut from) = (self.len / 2, input.as_mut_ptr());
        if !self.folded.is_empty() {
            let (w, rest) = self.window.split_at(half);
            let (ab, cd) = input[..2 * self.len].split_at(self.len);
            let ((a, b), (c, d)) = (ab.split_at(half), cd.split_at(half));
            let (first, second) = self.folded.split_at_mut(half);
            for (i, u) in second.iter_mut().enumerate() {
                *u = w[i] * a[i] - rest[half - 1 - i] * b[half - 1 - i];
            }
            for (i, u) in first.iter_mut().enumerate() {
                *u = T::of(0.0) - rest[i] * c[half - 1 - i] - w[half - 1 - i] * d[i];
            }
            from = self.folded.as_mut_ptr();
        }
        // SAFETY: `len` numbers of either, of other memory than the other; the arena's slices and the buffer are those that
        // it was planned with.
        unsafe { self.plan.run(from, output.as_mut_ptr()) };
    }
}
