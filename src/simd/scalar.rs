//! One lane, plain Rust: the reference that every other level is checked against.
//!
//! No fused multiply-add and no library function, so that results are bit-identical on every machine.

use core::ops::{Add, Mul, Neg, Sub};

use super::vector::{Float, Int16, Int32, Kernel, MAX_LANES, MAX_PAIRS, Measure, Routine, Vector};

/// The token of [`super::Level::Scalar`]; any code may make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

/// Runs `kernel` one lane at a time.
#[inline(never)]
pub(super) fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Scalar)
}

/// As [`entry`], for a routine.
#[inline(never)]
pub(super) fn call<R: Routine>(a: R::A, b: R::B, c: R::C) -> R::Output {
    R::run(Scalar, a, b, c)
}

impl Vector for Scalar {
    type F32 = F1<f32>;
    type F64 = F1<f64>;
    type I32 = I1<i32>;
    type I16 = I1<i16>;
    type Narrow = Scalar;
    const USUAL: bool = false;

    #[inline(always)]
    fn narrow(self) -> Scalar {
        Scalar
    }
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
            const GROUP: usize = 1;
            const ORDER: [usize; MAX_LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

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
            unsafe fn load_columns(v: Scalar, rows: &[*const $t; MAX_LANES], _: usize) -> [Self; 4] {
                // SAFETY: the caller's first row is valid for one value.
                [unsafe { Self::load(v, rows[0]) }; 4]
            }
            // One lane holds no pair.
            #[inline(always)]
            fn swap_pairs(self) -> Self {
                self
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
                self
            }
            #[inline(always)]
            unsafe fn load_pair_columns(v: Scalar, _: *const $t, _: usize) -> [Self; MAX_PAIRS] {
                [Self::splat(v, 0.0); MAX_PAIRS]
            }
            #[inline(always)]
            unsafe fn store_columns(x: [Self; 4], rows: &[*mut $t; MAX_LANES], _: usize) {
                // SAFETY: the caller's first row is valid for one value.
                unsafe { x[0].store(rows[0]) }
            }
            #[inline(always)]
            fn reverse(self) -> Self {
                self
            }
            #[inline(always)]
            fn clear_first(self) -> Self {
                Self(0.0)
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

/// One integer, with the operations of a register.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I1<T>(T);

impl Measure for F1<f32> {
    #[inline(always)]
    fn count(_: Scalar) -> Self {
        Self(0.0)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.abs())
    }
    #[inline(always)]
    fn max_number(self, new: Self) -> Self {
        if new.0 > self.0 { new } else { self }
    }
    #[inline(always)]
    fn reduce_max(self) -> f32 {
        self.0
    }
    #[inline(always)]
    fn reduce_sum(self) -> f64 {
        f64::from(self.0)
    }
}

/// The nearest integer, ties to even, saturated to i32; NaN gives 0.
#[expect(clippy::cast_possible_truncation, reason = "the low half of the bits is the integer")]
#[inline(always)]
pub(super) fn round_even(x: f64) -> i32 {
    // 1.5 * 2^52: the unit of the sum's last place is 1, so the addition itself rounds to an even integer, and the
    // low half of the sum's bits is that integer in two's complement.
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    let x = if x > 2_147_483_647.0 { 2_147_483_647.0 } else { x };
    let x = if x < -2_147_483_648.0 { -2_147_483_648.0 } else { x };
    // Written as a comparison that NaN fails, so that it can be vectorised.
    let x = if x >= -2_147_483_648.0 { x } else { 0.0 };
    (x + MAGIC).to_bits() as i32
}

/// The byte of lowest significance first, of a sample of three bytes.
#[inline(always)]
const fn low_byte_first(swap: bool) -> bool {
    cfg!(target_endian = "little") != swap
}

impl Int32 for I1<i32> {
    type Token = Scalar;
    type F32 = F1<f32>;
    const LANES: usize = 1;
    const PLAIN_READS: bool = true;

    #[inline(always)]
    unsafe fn load_u8(_: Scalar, p: *const u8) -> Self {
        // SAFETY: the caller's range covers the byte.
        Self(i32::from(unsafe { p.read() }) - 128)
    }
    #[inline(always)]
    unsafe fn load_i16<const SWAP: bool>(_: Scalar, p: *const u8) -> Self {
        // SAFETY: the caller's range covers two bytes; `read_unaligned` asks for no alignment.
        let x = unsafe { p.cast::<i16>().read_unaligned() };
        Self(i32::from(if SWAP { x.swap_bytes() } else { x }))
    }
    #[inline(always)]
    unsafe fn load_i24<const SWAP: bool>(_: Scalar, p: *const u8) -> Self {
        // SAFETY: the caller's range covers three bytes; an array of bytes has alignment 1.
        let [a, b, c] = unsafe { p.cast::<[u8; 3]>().read() };
        Self(i32::from_le_bytes(if low_byte_first(SWAP) { [0, a, b, c] } else { [0, c, b, a] }))
    }
    #[inline(always)]
    unsafe fn load_i32<const SWAP: bool>(_: Scalar, p: *const u8) -> Self {
        // SAFETY: the caller's range covers four bytes; `read_unaligned` asks for no alignment.
        let x = unsafe { p.cast::<i32>().read_unaligned() };
        Self(if SWAP { x.swap_bytes() } else { x })
    }
    #[inline(always)]
    unsafe fn store_u8(self, p: *mut u8) {
        let [x, ..] = (self.0.clamp(-128, 127) + 128).to_le_bytes();
        // SAFETY: the caller's range covers the byte.
        unsafe { p.write(x) }
    }
    #[inline(always)]
    unsafe fn store_i16<const SWAP: bool>(self, p: *mut u8) {
        let [a, b, ..] = self.0.clamp(-32_768, 32_767).to_le_bytes();
        let x = i16::from_le_bytes([a, b]);
        // SAFETY: the caller's range covers two bytes; `write_unaligned` asks for no alignment.
        unsafe { p.cast::<i16>().write_unaligned(if SWAP { x.swap_bytes() } else { x }) }
    }
    #[inline(always)]
    unsafe fn store_i24<const SWAP: bool>(self, p: *mut u8) {
        let [a, b, c, _] = self.0.clamp(-8_388_608, 8_388_607).to_le_bytes();
        let x = if low_byte_first(SWAP) { [a, b, c] } else { [c, b, a] };
        // SAFETY: the caller's range covers three bytes; an array of bytes has alignment 1.
        unsafe { p.cast::<[u8; 3]>().write(x) }
    }
    #[inline(always)]
    unsafe fn store_i32<const SWAP: bool>(self, p: *mut u8) {
        let x = if SWAP { self.0.swap_bytes() } else { self.0 };
        // SAFETY: the caller's range covers four bytes; `write_unaligned` asks for no alignment.
        unsafe { p.cast::<i32>().write_unaligned(x) }
    }
    #[inline(always)]
    fn to_f32(self) -> F1<f32> {
        F1(self.0 as f32)
    }
    #[inline(always)]
    fn from_f32(x: F1<f32>) -> Self {
        Self(round_even(f64::from(x.0)))
    }
    #[inline(always)]
    unsafe fn store_f64(self, scale: f64, p: *mut f64) {
        // SAFETY: the caller's range covers the value; `write_unaligned` asks for no alignment.
        unsafe { p.write_unaligned(f64::from(self.0) * scale) }
    }
    #[inline(always)]
    unsafe fn load_f64(_: Scalar, scale: f64, p: *const f64) -> Self {
        // SAFETY: the caller's range covers the value; `read_unaligned` asks for no alignment.
        Self(round_even(unsafe { p.read_unaligned() } * scale))
    }
}

impl Int16 for I1<i16> {
    type Token = Scalar;
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn load(_: Scalar, p: *const i16) -> Self {
        // SAFETY: the caller's range covers the value; `read_unaligned` asks for no alignment.
        Self(unsafe { p.read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut i16) {
        // SAFETY: as in `load`.
        unsafe { p.write_unaligned(self.0) }
    }
    #[inline(always)]
    fn saturating_add(self, o: Self) -> Self {
        Self(self.0.saturating_add(o.0))
    }
}
