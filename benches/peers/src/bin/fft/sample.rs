//! f32 and f64, and the names under which each library knows them.

use std::sync::Arc;

use num_complex::Complex;
use phastft::options::Options;
use phastft::planner::{Direction, PlannerDit32, PlannerDit64, PlannerR2c32, PlannerR2c64};

pub trait Sample: quaver::fft::Real + rustfft::FftNum + oxifft::Float {
    /// The digits in the name of a kind of transform: `c32`, `r64`.
    const BITS: u32;
    /// What an error may be, relative: far above rounding, far below a wrong answer.
    const BOUND: f64;

    fn of(x: f64) -> Self;
    fn value(self) -> f64;

    fn zaft_complex(len: usize) -> Option<Arc<dyn zaft::FftExecutor<Self> + Send + Sync>>;
    fn zaft_real(len: usize) -> Option<Arc<dyn zaft::R2CFftExecutor<Self> + Send + Sync>>;

    type PhastComplex: 'static;
    type PhastReal: 'static;
    fn phast_complex(len: usize) -> Self::PhastComplex;
    fn phast_real(len: usize) -> Self::PhastReal;
    fn phast_run(plan: &Self::PhastComplex, options: &Options, re: &mut [Self], im: &mut [Self]);
    fn phast_run_real(
        plan: &Self::PhastReal,
        options: &Options,
        x: &[Self],
        re: &mut [Self],
        im: &mut [Self],
    );
}

macro_rules! sample {
    ($t:ident, $bits:literal, $bound:literal, $forward:ident, $real:ident, $planner:ident, $run:ident, $planner_real:ident, $run_real:ident) => {
        impl Sample for $t {
            const BITS: u32 = $bits;
            const BOUND: f64 = $bound;

            fn of(x: f64) -> Self {
                x as $t
            }

            fn value(self) -> f64 {
                self.into()
            }

            fn zaft_complex(len: usize) -> Option<Arc<dyn zaft::FftExecutor<Self> + Send + Sync>> {
                zaft::Zaft::$forward(len).ok()
            }

            fn zaft_real(len: usize) -> Option<Arc<dyn zaft::R2CFftExecutor<Self> + Send + Sync>> {
                zaft::Zaft::$real(len).ok()
            }

            type PhastComplex = $planner;
            type PhastReal = $planner_real;

            fn phast_complex(len: usize) -> $planner {
                $planner::new(len)
            }

            fn phast_real(len: usize) -> $planner_real {
                $planner_real::new(len)
            }

            fn phast_run(plan: &$planner, options: &Options, re: &mut [Self], im: &mut [Self]) {
                phastft::$run(re, im, Direction::Forward, plan, options);
            }

            fn phast_run_real(
                plan: &$planner_real,
                options: &Options,
                x: &[Self],
                re: &mut [Self],
                im: &mut [Self],
            ) {
                phastft::$run_real(x, re, im, plan, options);
            }
        }
    };
}

sample!(
    f32,
    32,
    1e-4,
    make_forward_fft_f32,
    make_r2c_fft_f32,
    PlannerDit32,
    fft_f32_dit_with_planner_and_opts,
    PlannerR2c32,
    r2c_fft_f32_with_planner_and_opts
);
sample!(
    f64,
    64,
    1e-11,
    make_forward_fft_f64,
    make_r2c_fft_f64,
    PlannerDit64,
    fft_f64_dit_with_planner_and_opts,
    PlannerR2c64,
    r2c_fft_f64_with_planner_and_opts
);

/// Neighbouring scalars as complex numbers.
pub fn complex<T>(x: &mut [T]) -> &mut [Complex<T>] {
    // SAFETY: Complex<T> is two T in a row (repr(C)), so half as many lie in the same memory, equally aligned.
    unsafe { std::slice::from_raw_parts_mut(x.as_mut_ptr().cast(), x.len() / 2) }
}
