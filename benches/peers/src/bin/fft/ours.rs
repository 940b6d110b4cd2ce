//! quaver, in every form of call.

use std::time::Duration;

use num_complex::Complex;
use quaver::fft::{ComplexFft, RealFft};
use quaver::simd::Level;

use crate::contest::{Contestant, Form, Kind, Plan, Transform, planned};
use crate::sample::{Sample, complex};

/// The same at each level, as a row of its own.
pub fn contestant<T: Sample>(kind: Kind, len: usize, level: Level, form: Form, peer: &str) -> Contestant<T> {
    let (transform, plan): (Box<dyn Transform<T>>, _) = match (kind, form) {
        (Kind::Complex, Form::Forward) => plan_complex::<T, 0>(len, level),
        (Kind::Complex, Form::InPlace) => plan_complex::<T, 1>(len, level),
        (Kind::Complex, Form::Inverse) => plan_complex::<T, 2>(len, level),
        (Kind::Real, Form::Inverse) => plan_real::<T, true>(len, level),
        (Kind::Real, _) => plan_real::<T, false>(len, level),
    };
    let overwrites = form == Form::InPlace;
    Contestant { peer: peer.to_owned(), form, len, overwrites, plan, transform }
}

/// How long planning takes, and nothing else.
pub fn plan<T: Sample>(kind: Kind, len: usize, level: Level) -> Duration {
    match kind {
        Kind::Complex => planned(|| ComplexFft::<T>::with_level(len, level).expect("a plan")).1.took,
        Kind::Real => planned(|| RealFft::<T>::with_level(len, level).expect("a plan")).1.took,
    }
}

/// FORM: as a constant, so that the loop has no branch in it.
struct ComplexCall<T: Sample, const FORM: u8> {
    fft: ComplexFft<T>,
    scratch: Vec<Complex<T>>,
    len: usize,
}

fn plan_complex<T: Sample, const FORM: u8>(len: usize, level: Level) -> (Box<dyn Transform<T>>, Plan) {
    let (fft, mut plan) = planned(|| ComplexFft::<T>::with_level(len, level).expect("a plan"));
    let scratch = vec![Complex::new(T::of(0.0), T::of(0.0)); fft.scratch_len()];
    plan.scratch = size_of_val(&*scratch);
    (Box::new(ComplexCall::<T, FORM> { fft, scratch, len }), plan)
}

impl<T: Sample, const FORM: u8> Transform<T> for ComplexCall<T, FORM> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (x, y) = (&mut complex(input)[..self.len], &mut complex(output)[..self.len]);
        let done = match FORM {
            0 => self.fft.forward(x, y, &mut self.scratch),
            1 => self.fft.forward_in_place(x, &mut self.scratch),
            _ => self.fft.inverse(x, y, &mut self.scratch),
        };
        done.expect("the lengths are right");
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        if FORM == 1 {
            output.copy_from_slice(input);
        }
    }
}

struct RealCall<T: Sample, const INVERSE: bool> {
    fft: RealFft<T>,
    scratch: Vec<Complex<T>>,
    len: usize,
}

fn plan_real<T: Sample, const INVERSE: bool>(len: usize, level: Level) -> (Box<dyn Transform<T>>, Plan) {
    let (fft, mut plan) = planned(|| RealFft::<T>::with_level(len, level).expect("a plan"));
    let scratch = vec![Complex::new(T::of(0.0), T::of(0.0)); fft.scratch_len()];
    plan.scratch = size_of_val(&*scratch);
    (Box::new(RealCall::<T, INVERSE> { fft, scratch, len }), plan)
}

impl<T: Sample, const INVERSE: bool> Transform<T> for RealCall<T, INVERSE> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let bins = self.len / 2 + 1;
        let done = if INVERSE {
            self.fft.inverse(&complex(input)[..bins], &mut output[..self.len], &mut self.scratch)
        } else {
            self.fft.forward(&input[..self.len], &mut complex(output)[..bins], &mut self.scratch)
        };
        done.expect("the lengths are right");
    }
}
