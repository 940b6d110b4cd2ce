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
//! A plan is made once; its calls allocate nothing and only read the plan, so that threads may share it. Input is
//! never changed by the out-of-place calls, and no alignment is asked.
//!
//! # Which length
//! Lengths whose prime factors are 2, 3, 5 and 7 are fastest, and multiples of 64 use every lane of every level
//! (others run as a matrix where they have two factors that fill a register, and fewer lanes where not). Prime factors
//! up to 31 cost some more; a larger one makes the call run two transforms of twice the length (Bluestein's algorithm). A
//! real transform costs half of a complex one where its length is even, and as much as one where it is odd.
//!
//! # Values that are not ordinary
//! NaN and infinity spread as IEEE 754 has it and take no longer than other values. Subnormal numbers do take longer
//! where the processor handles them by microcode: 30 to 60 times as long on an Intel Xeon of 2023 when every value is
//! subnormal, and 20 times when results are. Who expects them (decaying tails in f32, below 1e-37) sets the
//! processor's flush-to-zero mode around the call, or adds a constant of 1e-30 to the input, which ends in bin 0.
//!
//! # Where things are
//! `plan` decides, `mixed` holds the list of passes (`grid` those of a matrix), `passes` their loops and butterflies, one
//! file a radix, `any_len` is Bluestein's algorithm, `real_plan` untangles real transforms, `twiddle` makes the tables, [`dft`] is
//! the oracle.

mod any_len;
mod complex;
mod convolution;
pub mod dft;
mod direct;
mod fixed;
mod grid;
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
mod small;
mod twiddle;

pub use crate::error::LengthError;
#[cfg(feature = "alloc")]
pub use complex::ComplexFft;
pub use complex::{ComplexFftIn, plan_bytes};
pub use fixed::{StaticComplexFft, StaticRealFft};
pub use plan::PlanError;
#[cfg(feature = "alloc")]
pub use real::RealFft;
pub use real::{RealFftIn, real_plan_bytes};

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
