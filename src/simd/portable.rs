//! 128-bit registers through the `wide` crate: SSE2, wasm simd128, or what the compiler makes of plain arrays.

use core::ops::{Add, Mul, Neg, Sub};

use wide::{f32x4, f64x2};

use super::vector::{Float, Kernel, MAX_LANES, Vector};

/// The token of [`super::Level::Portable`]; it asks for nothing beyond the target's baseline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

/// Runs `kernel` with the registers of `wide`.
#[inline(never)]
pub(super) fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Portable)
}

impl Vector for Portable {
    type F32 = F32x4;
    type F64 = F64x2;
}

/// Four f32.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F32x4(f32x4);

/// Two f64.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F64x2(f64x2);

macro_rules! arithmetic {
    ($name:ident) => {
        impl Add for $name {
            type Output = Self;
            #[inline(always)]
            fn add(self, o: Self) -> Self {
                Self(self.0 + o.0)
            }
        }
        impl Sub for $name {
            type Output = Self;
            #[inline(always)]
            fn sub(self, o: Self) -> Self {
                Self(self.0 - o.0)
            }
        }
        impl Mul for $name {
            type Output = Self;
            #[inline(always)]
            fn mul(self, o: Self) -> Self {
                Self(self.0 * o.0)
            }
        }
        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
    };
}

/// The methods that are the same for every register of this level.
macro_rules! common {
    ($t:ty, $lanes:literal, $wide:ident) => {
        type Token = Portable;
        const LANES: usize = $lanes;
        const ORDER: [usize; MAX_LANES] = [0, 1, 2, 3, 4, 5, 6, 7];

        #[inline(always)]
        fn splat(_: Portable, x: $t) -> Self {
            Self($wide::splat(x))
        }
        #[inline(always)]
        unsafe fn load(_: Portable, p: *const $t) -> Self {
            // SAFETY: the caller's range covers the lanes; an array of them may be read unaligned.
            Self($wide::new(unsafe { p.cast::<[$t; $lanes]>().read_unaligned() }))
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut $t) {
            // SAFETY: as in `load`.
            unsafe { p.cast::<[$t; $lanes]>().write_unaligned(self.0.to_array()) }
        }
        // Plain multiply and add: `wide` would emulate a fused one slowly where the target has none.
        #[inline(always)]
        fn mul_add(self, b: Self, c: Self) -> Self {
            self * b + c
        }
        #[inline(always)]
        fn mul_sub(self, b: Self, c: Self) -> Self {
            self * b - c
        }
        #[inline(always)]
        fn neg_mul_add(self, b: Self, c: Self) -> Self {
            c - self * b
        }
    };
}

arithmetic!(F32x4);
arithmetic!(F64x2);

impl F32x4 {
    /// Lanes 0 and 2 of `a`, then of `b`; and lanes 1 and 3. Arrays: the compiler makes one shuffle of each.
    #[inline(always)]
    fn unzip(a: Self, b: Self) -> (Self, Self) {
        let (a, b) = (a.0.to_array(), b.0.to_array());
        (Self(f32x4::new([a[0], a[2], b[0], b[2]])), Self(f32x4::new([a[1], a[3], b[1], b[3]])))
    }

    #[inline(always)]
    fn zip(a: Self, b: Self) -> (Self, Self) {
        let (a, b) = (a.0.to_array(), b.0.to_array());
        (Self(f32x4::new([a[0], b[0], a[1], b[1]])), Self(f32x4::new([a[2], b[2], a[3], b[3]])))
    }

    #[inline(always)]
    fn transpose_quad(r0: Self, r1: Self, r2: Self, r3: Self) -> [Self; 4] {
        let ((a, b), (c, d)) = (Self::zip(r0, r2), Self::zip(r1, r3));
        let ((q0, q1), (q2, q3)) = (Self::zip(a, c), Self::zip(b, d));
        [q0, q1, q2, q3]
    }
}

impl Float<f32> for F32x4 {
    common!(f32, 4, f32x4);

    #[inline(always)]
    unsafe fn load_complex(v: Portable, p: *const f32) -> (Self, Self) {
        // SAFETY: the caller's range covers two registers.
        let (a, b) = unsafe { (Self::load(v, p), Self::load(v, p.add(4))) };
        Self::unzip(a, b)
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f32) {
        let (lo, hi) = Self::zip(re, im);
        // SAFETY: the caller's range covers two registers.
        unsafe {
            lo.store(p);
            hi.store(p.add(4));
        }
    }
    #[inline(always)]
    unsafe fn load_transposed(v: Portable, rows: [*const f32; MAX_LANES]) -> [Self; MAX_LANES] {
        let [p0, p1, p2, p3, ..] = rows;
        // SAFETY: the caller's four rows are valid for four values each.
        let (r0, r1, r2, r3) =
            unsafe { (Self::load(v, p0), Self::load(v, p1), Self::load(v, p2), Self::load(v, p3)) };
        let ((a, b), (c, d)) = (Self::zip(r0, r2), Self::zip(r1, r3));
        let ((c0, c1), (c2, c3)) = (Self::zip(a, c), Self::zip(b, d));
        [c0, c1, c2, c3, c3, c3, c3, c3]
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let a = self.0.to_array();
        Self(f32x4::new([a[3], a[2], a[1], a[0]]))
    }

    #[inline(always)]
    unsafe fn load_pairs(v: Portable, p: *const f32) -> (Self, Self) {
        // SAFETY: the same range; this level's complex order is the natural one.
        unsafe { Self::load_complex(v, p) }
    }
    #[inline(always)]
    unsafe fn store_pairs(a: Self, b: Self, p: *mut f32) {
        // SAFETY: as in `load_pairs`.
        unsafe { Self::store_complex(a, b, p) }
    }
    #[inline(always)]
    unsafe fn load_quads(v: Portable, p: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: the caller's four groups cover one register each.
        let [r0, r1, r2, r3] = core::array::from_fn(|i| unsafe { Self::load(v, p.wrapping_add(i * stride)) });
        Self::transpose_quad(r0, r1, r2, r3)
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f32, stride: usize) {
        for (i, row) in Self::transpose_quad(x[0], x[1], x[2], x[3]).into_iter().enumerate() {
            // SAFETY: the caller's four groups cover one register each.
            unsafe { row.store(p.wrapping_add(i * stride)) }
        }
    }
}

impl Float<f64> for F64x2 {
    common!(f64, 2, f64x2);

    #[inline(always)]
    unsafe fn load_complex(v: Portable, p: *const f64) -> (Self, Self) {
        // SAFETY: the caller's range covers two registers.
        let (a, b) = unsafe { (Self::load(v, p), Self::load(v, p.add(2))) };
        Self::zip(a, b)
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f64) {
        let (lo, hi) = Self::zip(re, im);
        // SAFETY: the caller's range covers two registers.
        unsafe {
            lo.store(p);
            hi.store(p.add(2));
        }
    }
    #[inline(always)]
    unsafe fn load_transposed(v: Portable, rows: [*const f64; MAX_LANES]) -> [Self; MAX_LANES] {
        // SAFETY: the caller's two rows are valid for two values each.
        let (r0, r1) = unsafe { (Self::load(v, rows[0]), Self::load(v, rows[1])) };
        let (c0, c1) = Self::zip(r0, r1);
        [c0, c1, c1, c1, c1, c1, c1, c1]
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let a = self.0.to_array();
        Self(f64x2::new([a[1], a[0]]))
    }

    #[inline(always)]
    unsafe fn load_pairs(v: Portable, p: *const f64) -> (Self, Self) {
        // SAFETY: the same range; this level's complex order is the natural one.
        unsafe { Self::load_complex(v, p) }
    }
    #[inline(always)]
    unsafe fn store_pairs(a: Self, b: Self, p: *mut f64) {
        // SAFETY: as in `load_pairs`.
        unsafe { Self::store_complex(a, b, p) }
    }
    #[inline(always)]
    unsafe fn load_quads(v: Portable, p: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: the caller's two groups cover two registers each: those at 0, 2, `stride` and `stride + 2`.
        let at = |i: usize| unsafe { Self::load(v, p.wrapping_add(i)) };
        let (a, b, c, d) = (at(0), at(2), at(stride), at(stride + 2));
        let ((q0, q1), (q2, q3)) = (Self::zip(a, c), Self::zip(b, d));
        [q0, q1, q2, q3]
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f64, stride: usize) {
        let ((a, c), (b, d)) = (Self::zip(x[0], x[1]), Self::zip(x[2], x[3]));
        for (x, i) in [(a, 0), (b, 2), (c, stride), (d, stride + 2)] {
            // SAFETY: the caller's two groups cover two registers each, at these four places.
            unsafe { x.store(p.wrapping_add(i)) }
        }
    }
}

impl F64x2 {
    #[inline(always)]
    fn zip(a: Self, b: Self) -> (Self, Self) {
        let (a, b) = (a.0.to_array(), b.0.to_array());
        (Self(f64x2::new([a[0], b[0]])), Self(f64x2::new([a[1], b[1]])))
    }
}
