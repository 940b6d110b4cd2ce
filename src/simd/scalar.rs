//! One lane, plain Rust: the reference that every other level is checked against.
//!
//! No fused multiply-add and no library function, so that results are bit-identical on every machine.

use core::ops::{Add, Mul, Neg, Sub};

use super::vector::{Float, Kernel, MAX_LANES, Vector};

/// The token of [`super::Level::Scalar`]; any code may make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

/// Runs `kernel` one lane at a time.
#[inline(never)]
pub(super) fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Scalar)
}

impl Vector for Scalar {
    type F32 = F1<f32>;
    type F64 = F1<f64>;
}

/// One float, with the operations of a register.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F1<T>(T);

macro_rules! one_lane {
    ($t:ty) => {
        impl Add for F1<$t> {
            type Output = Self;
            #[inline(always)]
            fn add(self, o: Self) -> Self {
                Self(self.0 + o.0)
            }
        }
        impl Sub for F1<$t> {
            type Output = Self;
            #[inline(always)]
            fn sub(self, o: Self) -> Self {
                Self(self.0 - o.0)
            }
        }
        impl Mul for F1<$t> {
            type Output = Self;
            #[inline(always)]
            fn mul(self, o: Self) -> Self {
                Self(self.0 * o.0)
            }
        }
        impl Neg for F1<$t> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl Float<$t> for F1<$t> {
            type Token = Scalar;
            const LANES: usize = 1;
            const ORDER: [usize; MAX_LANES] = [0, 1, 2, 3, 4, 5, 6, 7];

            #[inline(always)]
            fn splat(_: Scalar, x: $t) -> Self {
                Self(x)
            }
            #[inline(always)]
            unsafe fn load(_: Scalar, p: *const $t) -> Self {
                // SAFETY: the caller's range covers one value; `read_unaligned` asks for no alignment.
                Self(unsafe { p.read_unaligned() })
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut $t) {
                // SAFETY: as in `load`.
                unsafe { p.write_unaligned(self.0) }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                Self(self.0 * b.0 + c.0)
            }
            #[inline(always)]
            fn mul_sub(self, b: Self, c: Self) -> Self {
                Self(self.0 * b.0 - c.0)
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                Self(c.0 - self.0 * b.0)
            }
            #[inline(always)]
            unsafe fn load_complex(v: Scalar, p: *const $t) -> (Self, Self) {
                // SAFETY: the caller's range covers two values.
                unsafe { (Self::load(v, p), Self::load(v, p.add(1))) }
            }
            #[inline(always)]
            unsafe fn store_complex(re: Self, im: Self, p: *mut $t) {
                // SAFETY: the caller's range covers two values.
                unsafe {
                    re.store(p);
                    im.store(p.add(1));
                }
            }
            #[inline(always)]
            unsafe fn load_transposed(v: Scalar, rows: [*const $t; MAX_LANES]) -> [Self; MAX_LANES] {
                // SAFETY: the caller's first row is valid for one value.
                [unsafe { Self::load(v, rows[0]) }; MAX_LANES]
            }
            #[inline(always)]
            fn reverse(self) -> Self {
                self
            }

            #[inline(always)]
            unsafe fn load_pairs(v: Scalar, p: *const $t) -> (Self, Self) {
                // SAFETY: the caller's range covers two values.
                unsafe { (Self::load(v, p), Self::load(v, p.add(1))) }
            }
            #[inline(always)]
            unsafe fn store_pairs(a: Self, b: Self, p: *mut $t) {
                // SAFETY: the caller's range covers two values.
                unsafe {
                    a.store(p);
                    b.store(p.add(1));
                }
            }
            #[inline(always)]
            unsafe fn load_quads(v: Scalar, p: *const $t, _: usize) -> [Self; 4] {
                // SAFETY: the caller's one group covers four values.
                core::array::from_fn(|j| unsafe { Self::load(v, p.add(j)) })
            }
            #[inline(always)]
            unsafe fn store_quads(x: [Self; 4], p: *mut $t, _: usize) {
                for (j, x) in x.into_iter().enumerate() {
                    // SAFETY: the caller's one group covers four values, and `j` is less.
                    unsafe { x.store(p.add(j)) }
                }
            }
        }
    };
}

one_lane!(f32);
one_lane!(f64);
