//! Where samples lie: storage in whole cache lines, and views over the caller's memory.
//!
//! A *frame* is one sample per channel. *Interleaved* memory holds frame after frame; *planar* memory holds channel
//! after channel. The views [`Interleaved`] and [`Planar`], and their mutable twins, borrow memory of either kind,
//! check its shape once, and then cut it by frames without copying.
//! [`Kernels::interleave`](crate::dsp::Kernels::interleave) and its inverse convert between the two.

#[cfg(feature = "alloc")]
mod aligned;
mod interleaved;
mod planar;
mod view;

#[cfg(all(feature = "std", unix))]
pub use aligned::AdviceError;
#[cfg(feature = "alloc")]
pub use aligned::{AlignedBuf, AllocError};
pub use interleaved::{Interleaved, InterleavedBlocks, InterleavedBlocksMut, InterleavedMut};
pub use planar::{Planar, PlanarBlocks, PlanarBlocksMut, PlanarMut};
pub use view::ViewError;

use num_complex::Complex;

/// A plain number that a buffer can hold and a kernel can move: no padding, no drop, and all bytes zero is zero.
///
/// Sealed: the set is `u8`, `i16`, `i32`, `f32`, `f64`, `u64` and the two `Complex` of floats.
pub trait Element: Copy + Default + Send + Sync + sealed::Plain + 'static {}

mod sealed {
    /// # Safety
    /// Every bit pattern is a value, there is no padding, the alignment is at most 64, and zero bytes are zero.
    pub unsafe trait Plain {}
}

macro_rules! elements {
    ($($t:ty),*) => {$(
        // SAFETY: a primitive number, or `repr(C)` of two equal ones: no padding, no invalid pattern.
        unsafe impl sealed::Plain for $t {}
        impl Element for $t {}
    )*};
}

elements!(u8, i16, i32, f32, f64, u64, Complex<f32>, Complex<f64>);
