//! Transforms of other Rust crates, each in its fastest form: with scratch of the caller, in place where that is the
//! only one, planned anew, so that no plan is charged to another.

use std::sync::Arc;
use std::time::Duration;

use dyn_stack::{PodBuffer, PodStack};
use num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner, FftPlannerScalar};

use crate::contest::{Contestant, Form, Kind, Plan, Transform, planned};
use crate::sample::{Sample, complex};

/// Every crate that has this transform.
pub fn contestants<T: Sample>(kind: Kind, len: usize) -> Vec<Contestant<T>> {
    let mut all = Vec::new();
    match kind {
        Kind::Complex => {
            all.push(rustfft::<T, 0>(len, "rustfft", || FftPlanner::new().plan_fft_forward(len)));
            all.push(rustfft::<T, 1>(len, "rustfft", || FftPlanner::new().plan_fft_forward(len)));
            all.extend(zaft_complex::<T, 0>(len));
            all.extend(zaft_complex::<T, 1>(len));
            all.extend(phast_complex(len));
            all.extend(tfhe(len));
            all.extend(oxi_complex(len));
        }
        Kind::Real => {
            all.push(realfft(len));
            all.extend(zaft_real(len));
            all.extend(phast_real(len));
            all.extend(oxi_real(len));
        }
    }
    all
}

/// RustFFT's plain code, what our scalar level is held against.
pub fn scalar<T: Sample>(len: usize) -> Vec<Contestant<T>> {
    vec![
        rustfft::<T, 0>(len, "rustfft scalar", || FftPlannerScalar::new().plan_fft_forward(len)),
        rustfft::<T, 1>(len, "rustfft scalar", || FftPlannerScalar::new().plan_fft_forward(len)),
    ]
}

fn zeros<T: Sample>(len: usize) -> Vec<Complex<T>> {
    vec![Complex::new(T::of(0.0), T::of(0.0)); len]
}

/// FORM 0: to another slice, the input kept; 1: in place.
struct RustFft<T: Sample, const FORM: u8> {
    fft: Arc<dyn Fft<T>>,
    scratch: Vec<Complex<T>>,
}

fn rustfft<T: Sample, const FORM: u8>(
    len: usize,
    peer: &str,
    make: impl FnOnce() -> Arc<dyn Fft<T>>,
) -> Contestant<T> {
    let (fft, mut plan) = planned(make);
    let scratch = zeros(match FORM {
        0 => fft.get_immutable_scratch_len(),
        _ => fft.get_inplace_scratch_len(),
    });
    plan.scratch = size_of_val(&*scratch);
    contestant(peer, len, FORM, plan, RustFft::<T, FORM> { fft, scratch })
}

fn contestant<T: Sample>(
    peer: &str,
    len: usize,
    form: u8,
    plan: Plan,
    transform: impl Transform<T> + 'static,
) -> Contestant<T> {
    let form = if form == 0 { Form::Forward } else { Form::InPlace };
    let overwrites = form == Form::InPlace;
    Contestant { peer: peer.to_owned(), form, len, overwrites, plan, transform: Box::new(transform) }
}

impl<T: Sample, const FORM: u8> Transform<T> for RustFft<T, FORM> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let len = self.fft.len();
        let (x, y) = (&mut complex(input)[..len], &mut complex(output)[..len]);
        match FORM {
            0 => self.fft.process_immutable_with_scratch(x, y, &mut self.scratch),
            _ => self.fft.process_with_scratch(x, &mut self.scratch),
        }
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        if FORM == 1 {
            output.copy_from_slice(input);
        }
    }
}

struct RealFft<T> {
    fft: Arc<dyn RealToComplex<T>>,
    scratch: Vec<Complex<T>>,
    len: usize,
}

fn realfft<T: Sample>(len: usize) -> Contestant<T> {
    let (fft, mut plan) = planned(|| RealFftPlanner::<T>::new().plan_fft_forward(len));
    let scratch = fft.make_scratch_vec();
    plan.scratch = size_of_val(&*scratch);
    let mut contestant = contestant("realfft", len, 0, plan, RealFft { fft, scratch, len });
    contestant.overwrites = true;
    contestant
}

impl<T: Sample> Transform<T> for RealFft<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (x, y) = (&mut input[..self.len], &mut complex(output)[..self.len / 2 + 1]);
        self.fft.process_with_scratch(x, y, &mut self.scratch).expect("the lengths are right");
    }
}

/// FORM as of [`RustFft`].
struct ZaftComplex<T, const FORM: u8> {
    fft: Arc<dyn zaft::FftExecutor<T> + Send + Sync>,
    scratch: Vec<Complex<T>>,
}

fn zaft_complex<T: Sample, const FORM: u8>(len: usize) -> Option<Contestant<T>> {
    let (fft, mut plan) = planned(|| T::zaft_complex(len));
    let fft = fft?;
    let scratch = zeros(match FORM {
        0 => fft.out_of_place_scratch_length(),
        _ => fft.scratch_length(),
    });
    plan.scratch = size_of_val(&*scratch);
    Some(contestant("zaft", len, FORM, plan, ZaftComplex::<T, FORM> { fft, scratch }))
}

impl<T: Sample, const FORM: u8> Transform<T> for ZaftComplex<T, FORM> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let len = self.fft.length();
        let (x, y) = (&mut complex(input)[..len], &mut complex(output)[..len]);
        let done = match FORM {
            0 => self.fft.execute_out_of_place_with_scratch(x, y, &mut self.scratch),
            _ => self.fft.execute_with_scratch(x, &mut self.scratch),
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

struct ZaftReal<T> {
    fft: Arc<dyn zaft::R2CFftExecutor<T> + Send + Sync>,
    scratch: Vec<Complex<T>>,
}

fn zaft_real<T: Sample>(len: usize) -> Option<Contestant<T>> {
    let (fft, mut plan) = planned(|| T::zaft_real(len));
    let fft = fft?;
    let scratch = zeros(fft.complex_scratch_length());
    plan.scratch = size_of_val(&*scratch);
    Some(contestant("zaft", len, 0, plan, ZaftReal { fft, scratch }))
}

impl<T: Sample> Transform<T> for ZaftReal<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (x, y) = (&input[..self.fft.real_length()], &mut complex(output)[..self.fft.complex_length()]);
        self.fft.execute_with_scratch(x, y, &mut self.scratch).expect("the lengths are right");
    }
}

/// Powers of two, real and imaginary parts apart, one thread.
fn phast_options() -> phastft::options::Options {
    let mut options = phastft::options::Options::default();
    options.multithreaded_bit_reversal = false;
    options.smallest_parallel_chunk_size = usize::MAX;
    options
}

struct PhastComplex<T: Sample> {
    plan: T::PhastComplex,
    options: phastft::options::Options,
    re: Vec<T>,
    im: Vec<T>,
}

fn phast_complex<T: Sample>(len: usize) -> Option<Contestant<T>> {
    if !len.is_power_of_two() {
        return None;
    }
    let (plan, cost) = planned(|| T::phast_complex(len));
    let (re, im) = (vec![T::of(0.0); len], vec![T::of(0.0); len]);
    Some(contestant("phastft", len, 1, cost, PhastComplex { plan, options: phast_options(), re, im }))
}

impl<T: Sample> Transform<T> for PhastComplex<T> {
    fn run(&mut self, _: &mut [T], _: &mut [T]) {
        T::phast_run(&self.plan, &self.options, &mut self.re, &mut self.im);
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        for ((re, im), x) in self.re.iter_mut().zip(&mut self.im).zip(complex(input)) {
            (*re, *im) = (x.re, x.im);
        }
        self.run(input, output);
        for ((re, im), y) in self.re.iter_mut().zip(&mut self.im).zip(complex(output)) {
            *y = Complex::new(*re, *im);
            (*re, *im) = (T::of(0.0), T::of(0.0));
        }
    }
}

struct PhastReal<T: Sample> {
    plan: T::PhastReal,
    options: phastft::options::Options,
    len: usize,
    re: Vec<T>,
    im: Vec<T>,
}

fn phast_real<T: Sample>(len: usize) -> Option<Contestant<T>> {
    if !len.is_power_of_two() {
        return None;
    }
    let (plan, cost) = planned(|| T::phast_real(len));
    let (re, im) = (vec![T::of(0.0); len / 2 + 1], vec![T::of(0.0); len / 2 + 1]);
    Some(contestant("phastft", len, 0, cost, PhastReal { plan, options: phast_options(), len, re, im }))
}

impl<T: Sample> Transform<T> for PhastReal<T> {
    fn run(&mut self, input: &mut [T], _: &mut [T]) {
        T::phast_run_real(&self.plan, &self.options, &input[..self.len], &mut self.re, &mut self.im);
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        for ((re, im), y) in self.re.iter().zip(&self.im).zip(complex(output)) {
            *y = Complex::new(*re, *im);
        }
    }
}

/// f64, powers of two to 1024, in place; it measures its algorithms when it plans. The spectrum in order: its unordered one
/// is another thing.
struct Tfhe {
    plan: tfhe_fft::ordered::Plan,
    scratch: PodBuffer,
}

fn tfhe<T: Sample>(len: usize) -> Option<Contestant<T>> {
    use tfhe_fft::ordered::{Method, Plan};
    if T::BITS != 64 || !len.is_power_of_two() || !(4..=1024).contains(&len) {
        return None;
    }
    let (plan, cost) = planned(|| Plan::new(len, Method::Measure(Duration::from_millis(5))));
    let scratch = PodBuffer::try_new(plan.fft_scratch()).ok()?;
    Some(contestant("tfhe-fft", len, 1, cost, Tfhe { plan, scratch }))
}

impl<T: Sample> Transform<T> for Tfhe {
    fn run(&mut self, input: &mut [T], _: &mut [T]) {
        let x = &mut complex(input)[..self.plan.fft_size()];
        assert!(T::BITS == 64, "planned for f64 alone");
        // SAFETY: two f64 make a Complex<T> then, and tfhe-fft's own number is the same type.
        let x = unsafe { std::slice::from_raw_parts_mut(x.as_mut_ptr().cast::<Complex<f64>>(), x.len()) };
        self.plan.fwd(x, PodStack::new(&mut self.scratch));
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        output.copy_from_slice(input);
    }
}

/// The longest that oxifft is asked for: beyond it stands far behind, and a turn would take long.
const OXI_LONGEST: usize = 4096;

struct OxiComplex<T: Sample> {
    plan: oxifft::Plan<T>,
    len: usize,
}

fn oxi_complex<T: Sample>(len: usize) -> Option<Contestant<T>> {
    if len > OXI_LONGEST {
        return None;
    }
    let (plan, cost) =
        planned(|| oxifft::Plan::<T>::dft_1d(len, oxifft::Direction::Forward, oxifft::Flags::ESTIMATE));
    Some(contestant("oxifft", len, 0, cost, OxiComplex { plan: plan?, len }))
}

impl<T: Sample> Transform<T> for OxiComplex<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (x, y) = (&mut complex(input)[..self.len], &mut complex(output)[..self.len]);
        self.plan.execute(oxi(x), oxi(y));
    }
}

struct OxiReal<T: Sample> {
    plan: oxifft::RealPlan<T>,
    len: usize,
}

fn oxi_real<T: Sample>(len: usize) -> Option<Contestant<T>> {
    if len > OXI_LONGEST {
        return None;
    }
    let (plan, cost) = planned(|| oxifft::RealPlan::<T>::r2c_1d(len, oxifft::Flags::ESTIMATE));
    Some(contestant("oxifft", len, 0, cost, OxiReal { plan: plan?, len }))
}

impl<T: Sample> Transform<T> for OxiReal<T> {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        self.plan.execute_r2c(&input[..self.len], oxi(&mut complex(output)[..self.len / 2 + 1]));
    }
}

/// Its complex number is a type of its own.
fn oxi<T: Sample>(x: &mut [Complex<T>]) -> &mut [oxifft::Complex<T>] {
    const { assert!(size_of::<Complex<T>>() == size_of::<oxifft::Complex<T>>()) };
    // SAFETY: both are two T in a row, real part first (repr(C)).
    unsafe { std::slice::from_raw_parts_mut(x.as_mut_ptr().cast(), x.len()) }
}
