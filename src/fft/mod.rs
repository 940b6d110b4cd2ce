//! Fourier transforms of any length, complex and real, f32 and f64.
//!
//! `X[k] = sum over n of x[n] * exp(-2*pi*i*k*n/N)`, and the inverse with the other sign. Neither is scaled:
//! `inverse(forward(x)) = N * x`.
//!
//! | memory | complex | real |
//! |---|---|---|
//! | owned (feature `alloc`) | [`ComplexFft`] | [`RealFft`] |
//! | the caller's, [`plan_bytes`] | [`ComplexFftIn`] | [`RealFftIn`] |
//! | inside, const-sized | [`StaticComplexFft`] | [`StaticRealFft`] |
//!
//! Cosine and sine transforms of types I to IV are [`TrigTransform`], [`TrigTransformIn`] and [`StaticTrigTransform`], lapped
//! transforms under a window (MDCT) are [`Mdct`], [`MdctIn`] and [`StaticMdct`].
//!
//! A plan is made once; its calls allocate nothing and only read the plan, so that threads may share it. Input is
//! never changed by the out-of-place calls, and no alignment is asked.
//!
//! # Which length
//! Lengths whose prime factors are 2, 3, 5 and 7 are fastest. Of those, complex lengths of 4, 6, 8, 9, 10, 12, 14, 15, 16, 18,
//! 20, 21, 24, 27, 30, 32, 36, 48, 60, 64, 120, 128, 240 and 256 and most real ones of twice that are one straight run of
//! instructions; most others to 700 points of f32, 350 of f64, are two or three; multiples of 64 (real: 128) use every lane
//! of every level; others run as a matrix where they have two factors that fill a register, and in fewer lanes where not.
//! Prime factors 11 and 13 cost some more, and those to 31, in a matrix those to 97, more again. A larger prime length is a
//! convolution of one point less (Rader's algorithm) where that has small factors, and of twice the length (Bluestein's)
//! where not, as is any other length with a large factor: two to six times the time of a good neighbour. A real transform
//! costs about half of a complex one, but of an odd length that is short, or neither a matrix nor a prime, as much as one.
//!
//! # Values that are not ordinary
//! NaN and infinity spread as IEEE 754 has it and take no longer than other values. Subnormal numbers do take longer
//! where the processor handles them by microcode: 30 to 60 times as long on an Intel Xeon of 2023 when every value is
//! subnormal, and 20 times when results are. Who expects them (decaying tails in f32, below 1e-37) sets the
//! processor's flush-to-zero mode around the call, or adds a constant of 1e-30 to the input, which ends in bin 0.
//!
//! # Where things are
//! `plan` decides, `mixed` holds the list of passes (`grid` those of a matrix), `passes` their loops and butterflies, one
//! file a radix; `small` has the short lengths, `rader` and `any_len` (Bluestein) the large primes. `real_plan` decides for
//! real transforms and untangles those on a complex plan, `real_lanes` and `real_grid` run the others. `trig` turns cosine, sine
//! and lapped transforms into those. [`sliced`] carries transforms out in steps (`extent`: how much, `work`: what it costs).
//! `twiddle` makes the tables, `once` is where all of it is compiled, [`dft`] is the oracle.

mod any_len;
mod complex;
mod convolution;
mod dct;
pub mod dft;
mod direct;
mod extent;
mod fixed;
mod fixed_trig;
mod grid;
mod mdct;
mod mdct_window;
mod mixed;
mod once;
mod passes;
mod plan;
mod rader;
mod real;
mod real_grid;
mod real_lanes;
mod real_plan;
mod real_rader;
pub mod sliced;
mod small;
mod trig;
mod twiddle;
mod work;

pub use crate::error::LengthError;
#[cfg(feature = "alloc")]
pub use complex::ComplexFft;
pub use complex::{ComplexFftIn, plan_bytes};
#[cfg(feature = "alloc")]
pub use dct::TrigTransform;
pub use dct::{Trig, TrigTransformIn, trig_plan_bytes};
pub use fixed::{StaticComplexFft, StaticRealFft};
pub use fixed_trig::{StaticMdct, StaticTrigTransform};
#[cfg(feature = "alloc")]
pub use mdct::Mdct;
pub use mdct::{MdctIn, mdct_plan_bytes};
pub use mdct_window::{MdctError, MdctWindow};
pub use plan::PlanError;
#[cfg(feature = "alloc")]
pub use real::RealFft;
pub use real::{RealFftIn, real_plan_bytes};
pub use sliced::{Job, Progress};

pub(crate) use convolution::{cost, fast_len};
pub(crate) use twiddle::root;
#[cfg(test)]
pub(crate) use twiddle::two_product;

/// The numbers that transforms work on: `f32` and `f64`. Sealed.
pub trait Real: sealed::Sealed {}

impl Real for f32 {}
impl Real for f64 {}

mod sealed {
    use core::fmt::Debug;
    use core::ops::{Add, Mul, Sub};

    use crate::buffer::Element;
    use crate::simd::{Float, Vector};

    pub trait Sealed:
        super::once::Once + Element + Debug + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
    {
        /// The register of this type at the level of the token `V`.
        type Reg<V: Vector>: Float<Self, Token = V>;
        const ZERO: Self;
        fn from_f64(x: f64) -> Self;
        fn to_f64(self) -> f64;
    }

    impl Sealed for f32 {
        type Reg<V: Vector> = V::F32;
        const ZERO: Self = 0.0;
        #[inline(always)]
        #[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
        fn from_f64(x: f64) -> Self {
            x as Self
        }
        #[inline(always)]
        fn to_f64(self) -> f64 {
            f64::from(self)
        }
    }

    impl Sealed for f64 {
        type Reg<V: Vector> = V::F64;
        const ZERO: Self = 0.0;
        #[inline(always)]
        fn from_f64(x: f64) -> Self {
            x
        }
        #[inline(always)]
        fn to_f64(self) -> f64 {
            self
        }
    }
}
