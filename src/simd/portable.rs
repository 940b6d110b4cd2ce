//! 128-bit registers through the `wide` crate: SSE2, wasm simd128, or what the compiler makes of plain arrays.

use core::ops::{Add, Mul, Neg, Sub};

use wide::{f32x4, f64x2, i16x8, i32x4, i32x8, u8x16};

use super::scalar::Scalar;
use super::scalar::round_even;
use super::vector::{Float, Int16, Int32, Kernel, MAX_LANES, MAX_PAIRS, Measure, Routine, Vector};

/// The token of [`super::Level::Portable`]; it asks for nothing beyond the target's baseline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

/// Runs `kernel` with the registers of `wide`.
#[inline(never)]
pub(super) fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Portable)
}

/// As [`entry`], for a routine.
#[inline(never)]
pub(super) fn call<R: Routine>(a: R::A, b: R::B, c: R::C) -> R::Output {
    R::run(Portable, a, b, c)
}

impl Vector for Portable {
    type F32 = F32x4;
    type F64 = F64x2;
    type I32 = I32x4;
    type I16 = I16x8;
    type Narrow = Scalar;
    const USUAL: bool = cfg!(any(target_family = "wasm", target_arch = "x86"));

    #[inline(always)]
    fn narrow(self) -> Scalar {
        Scalar
    }
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
        const GROUP: usize = $lanes;
        const ORDER: [usize; MAX_LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

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
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(4)) };
        Self::unzip(a, b)
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f32) {
        let (lo, hi) = Self::zip(re, im);
        // SAFETY: the first register of the caller's two.
        unsafe { lo.store(p) };
        // SAFETY: the second.
        unsafe { hi.store(p.wrapping_add(4)) };
    }
    #[inline(always)]
    unsafe fn load_columns(v: Portable, rows: &[*const f32; MAX_LANES], _: usize) -> [Self; 4] {
        let mut r = [Self::splat(v, 0.0); 4];
        for (r, row) in r.iter_mut().zip(rows) {
            // SAFETY: the caller's four rows are valid for four values each.
            *r = unsafe { Self::load(v, *row) };
        }
        Self::transpose_quad(r[0], r[1], r[2], r[3])
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f32; MAX_LANES], _: usize) {
        for (x, row) in Self::transpose_quad(x[0], x[1], x[2], x[3]).into_iter().zip(rows) {
            // SAFETY: the caller's four rows are valid for four values each.
            unsafe { x.store(*row) }
        }
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let a = self.0.to_array();
        Self(f32x4::new([a[3], a[2], a[1], a[0]]))
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        let a = self.0.to_array();
        Self(f32x4::new([0.0, a[1], a[2], a[3]]))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        let a = self.0.to_array();
        Self(f32x4::new([a[1], a[0], a[3], a[2]]))
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        let a = self.0.to_array();
        Self(f32x4::new([a[2], a[3], a[0], a[1]]))
    }
    #[inline(always)]
    fn mirror_pairs(self, rest: Self) -> Self {
        let (a, b) = (self.0.to_array(), rest.0.to_array());
        Self(f32x4::new([a[0], a[1], b[2], b[3]]))
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        let a = self.0.to_array();
        Self(f32x4::new([a[0], 0.0, a[2], a[3]]))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(v: Portable, p: *const f32, stride: usize) -> [Self; MAX_PAIRS] {
        // SAFETY: the caller's first row.
        let a = unsafe { Self::load(v, p) }.0.to_array();
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(stride)) }.0.to_array();
        let low = Self(f32x4::new([a[0], a[1], b[0], b[1]]));
        let mut c = [Self(f32x4::new([a[2], a[3], b[2], b[3]])); MAX_PAIRS];
        c[0] = low;
        c
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
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(2)) };
        Self::zip(a, b)
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f64) {
        let (lo, hi) = Self::zip(re, im);
        // SAFETY: the first register of the caller's two.
        unsafe { lo.store(p) };
        // SAFETY: the second.
        unsafe { hi.store(p.wrapping_add(2)) };
    }
    #[inline(always)]
    unsafe fn load_columns(v: Portable, rows: &[*const f64; MAX_LANES], _: usize) -> [Self; 4] {
        // SAFETY: the caller's first row is valid for two values.
        let r0 = unsafe { Self::load(v, rows[0]) };
        // SAFETY: the second likewise.
        let r1 = unsafe { Self::load(v, rows[1]) };
        let (c0, c1) = Self::zip(r0, r1);
        [c0, c1, c1, c1]
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f64; MAX_LANES], _: usize) {
        let (r0, r1) = Self::zip(x[0], x[1]);
        // SAFETY: the caller's first row is valid for two values.
        unsafe { r0.store(rows[0]) };
        // SAFETY: the second likewise.
        unsafe { r1.store(rows[1]) };
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let a = self.0.to_array();
        Self(f64x2::new([a[1], a[0]]))
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(f64x2::new([0.0, self.0.to_array()[1]]))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        self.reverse()
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        self
    }
    #[inline(always)]
    fn mirror_pairs(self, _: Self) -> Self {
        self
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        Self(f64x2::new([self.0.to_array()[0], 0.0]))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(v: Portable, p: *const f64, _: usize) -> [Self; MAX_PAIRS] {
        // SAFETY: the caller's one row of one pair.
        [unsafe { Self::load(v, p) }; MAX_PAIRS]
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

/// Four i32.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I32x4(i32x4);

/// Eight i16.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I16x8(i16x8);

impl Measure for F32x4 {
    #[inline(always)]
    fn count(_: Portable) -> Self {
        Self(f32x4::new([0.0, 1.0, 2.0, 3.0]))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.abs())
    }
    // `wide` promises nothing about NaN here; these are the instructions it has been seen to use (1.7).
    #[cfg(target_feature = "sse2")]
    #[inline(always)]
    fn max_number(self, new: Self) -> Self {
        // MAXPS gives its second operand where either is NaN.
        Self(new.0.fast_max(self.0))
    }
    #[cfg(not(target_feature = "sse2"))]
    #[inline(always)]
    fn max_number(self, new: Self) -> Self {
        let (a, b) = (self.0.to_array(), new.0.to_array());
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        Self(f32x4::new([larger(a[0], b[0]), larger(a[1], b[1]), larger(a[2], b[2]), larger(a[3], b[3])]))
    }
    #[inline(always)]
    fn reduce_max(self) -> f32 {
        let [a, b, c, d] = self.0.to_array();
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        larger(larger(a, b), larger(c, d))
    }
    #[inline(always)]
    fn reduce_sum(self) -> f64 {
        let [a, b, c, d] = self.0.to_array().map(f64::from);
        (a + c) + (b + d)
    }
}

impl I32x4 {
    /// The lanes saturated to 16 bits, twice.
    #[inline(always)]
    fn saturate(self) -> i16x8 {
        let [a, b, c, d] = self.0.to_array();
        i16x8::from_i32x8_saturate(i32x8::new([a, b, c, d, a, b, c, d]))
    }
}

/// Bytes are moved as arrays: the compiler makes one load or store, and shuffles where the target has them.
impl Int32 for I32x4 {
    type Token = Portable;
    type F32 = F32x4;
    const LANES: usize = 4;
    const PLAIN_READS: bool = true;

    #[inline(always)]
    unsafe fn load_u8(_: Portable, p: *const u8) -> Self {
        // SAFETY: the caller's range covers four bytes; an array of bytes has alignment 1.
        let x = unsafe { p.cast::<[u8; 4]>().read() };
        Self(i32x4::new(x.map(i32::from)) - i32x4::splat(128))
    }
    #[inline(always)]
    unsafe fn load_i16<const SWAP: bool>(_: Portable, p: *const u8) -> Self {
        // SAFETY: the caller's range covers eight bytes; `read_unaligned` asks for no alignment.
        let x = unsafe { p.cast::<[i16; 4]>().read_unaligned() };
        Self(i32x4::new(x.map(|x| i32::from(if SWAP { x.swap_bytes() } else { x }))))
    }
    #[inline(always)]
    unsafe fn load_i24<const SWAP: bool>(_: Portable, p: *const u8) -> Self {
        // SAFETY: the caller's range covers twelve bytes; an array of bytes has alignment 1.
        let x = unsafe { p.cast::<[[u8; 3]; 4]>().read() };
        let low_byte_first = cfg!(target_endian = "little") != SWAP;
        Self(i32x4::new(
            x.map(|[a, b, c]| i32::from_le_bytes(if low_byte_first { [0, a, b, c] } else { [0, c, b, a] })),
        ))
    }
    #[inline(always)]
    unsafe fn load_i32<const SWAP: bool>(_: Portable, p: *const u8) -> Self {
        // SAFETY: the caller's range covers sixteen bytes; `read_unaligned` asks for no alignment.
        let x = unsafe { p.cast::<[i32; 4]>().read_unaligned() };
        Self(i32x4::new(x.map(|x| if SWAP { x.swap_bytes() } else { x })))
    }
    #[inline(always)]
    unsafe fn store_u8(self, p: *mut u8) {
        let x = self.saturate().saturating_add(i16x8::splat(128));
        let [a, b, c, d, ..] = u8x16::narrow_i16x8(x, x).to_array();
        // SAFETY: the caller's range covers four bytes; an array of bytes has alignment 1.
        unsafe { p.cast::<[u8; 4]>().write([a, b, c, d]) }
    }
    #[inline(always)]
    unsafe fn store_i16<const SWAP: bool>(self, p: *mut u8) {
        let x = self.saturate();
        let x = if SWAP { (x << 8) | ((x >> 8) & i16x8::splat(0xFF)) } else { x };
        let [a, b, c, d, ..] = x.to_array();
        // SAFETY: the caller's range covers eight bytes; `write_unaligned` asks for no alignment.
        unsafe { p.cast::<[i16; 4]>().write_unaligned([a, b, c, d]) }
    }
    #[inline(always)]
    unsafe fn store_i24<const SWAP: bool>(self, p: *mut u8) {
        let x = self.0.max(i32x4::splat(-8_388_608)).min(i32x4::splat(8_388_607)).to_array();
        let low_byte_first = cfg!(target_endian = "little") != SWAP;
        let x = x.map(|x| {
            let [a, b, c, _] = x.to_le_bytes();
            if low_byte_first { [a, b, c] } else { [c, b, a] }
        });
        // SAFETY: the caller's range covers twelve bytes; an array of bytes has alignment 1.
        unsafe { p.cast::<[[u8; 3]; 4]>().write(x) }
    }
    #[inline(always)]
    unsafe fn store_i32<const SWAP: bool>(self, p: *mut u8) {
        let x = self.0.to_array().map(|x| if SWAP { x.swap_bytes() } else { x });
        // SAFETY: the caller's range covers sixteen bytes; `write_unaligned` asks for no alignment.
        unsafe { p.cast::<[i32; 4]>().write_unaligned(x) }
    }
    #[inline(always)]
    fn to_f32(self) -> F32x4 {
        F32x4(self.0.round_float())
    }
    #[inline(always)]
    fn from_f32(x: F32x4) -> Self {
        // Where `wide` has no instruction for it, its `round_int` rounds ties away from zero (seen in 1.7).
        const EVEN: bool = cfg!(any(
            target_feature = "sse2",
            target_feature = "simd128",
            all(target_feature = "neon", target_arch = "aarch64")
        ));
        if EVEN {
            Self(x.0.round_int())
        } else {
            Self(i32x4::new(x.0.to_array().map(|x| round_even(f64::from(x)))))
        }
    }
    #[inline(always)]
    unsafe fn store_f64(self, scale: f64, p: *mut f64) {
        let x = self.0.to_array().map(|x| f64::from(x) * scale);
        // SAFETY: the caller's range covers four values; `write_unaligned` asks for no alignment.
        unsafe { p.cast::<[f64; 4]>().write_unaligned(x) }
    }
    #[inline(always)]
    unsafe fn load_f64(_: Portable, scale: f64, p: *const f64) -> Self {
        // SAFETY: the caller's range covers four values; `read_unaligned` asks for no alignment.
        let x = unsafe { p.cast::<[f64; 4]>().read_unaligned() };
        Self(i32x4::new(x.map(|x| round_even(x * scale))))
    }
}

impl Int16 for I16x8 {
    type Token = Portable;
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn load(_: Portable, p: *const i16) -> Self {
        // SAFETY: the caller's range covers the lanes; an array of them may be read unaligned.
        Self(i16x8::new(unsafe { p.cast::<[i16; 8]>().read_unaligned() }))
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut i16) {
        // SAFETY: as in `load`.
        unsafe { p.cast::<[i16; 8]>().write_unaligned(self.0.to_array()) }
    }
    #[inline(always)]
    fn saturating_add(self, o: Self) -> Self {
        Self(self.0.saturating_add(o.0))
    }
}
