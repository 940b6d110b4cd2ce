//! 128-bit registers of Advanced SIMD, aarch64.

use core::arch::aarch64::{
    float32x4_t, float32x4x2_t, float64x2_t, float64x2x2_t, vaddq_f32, vaddq_f64, vdupq_n_f32, vdupq_n_f64,
    vextq_f32, vextq_f64, vfmaq_f32, vfmaq_f64, vfmsq_f32, vfmsq_f64, vld1q_f32, vld1q_f64, vld2q_f32,
    vld2q_f64, vmulq_f32, vmulq_f64, vnegq_f32, vnegq_f64, vreinterpretq_f32_f64, vreinterpretq_f64_f32,
    vrev64q_f32, vsetq_lane_f32, vsetq_lane_f64, vst1q_f32, vst1q_f64, vst2q_f32, vst2q_f64, vsubq_f32,
    vsubq_f64, vtrn1q_f32, vtrn1q_f64, vtrn2q_f32, vtrn2q_f64,
};
use core::arch::aarch64::{
    int16x8_t, int32x4_t, uint8x16_t, vabsq_f32, vaddvq_f64, vbslq_f32, vcgtq_f32, vcombine_f32,
    vcombine_s16, vcombine_s32, vcombine_u8, vcvt_f64_f32, vcvt_high_f64_f32, vcvtnq_s32_f32, vcvtnq_s64_f64,
    vcvtq_f32_s32, vcvtq_f64_s64, vdup_n_u8, vdup_n_u32, vdupq_n_s32, veor_u8, vget_high_f32, vget_lane_u32,
    vget_low_f32, vget_low_s32, vget_low_u8, vget_low_u16, vgetq_lane_u32, vld1_u8, vld1q_s16, vld1q_u8,
    vmaxq_s32, vmaxvq_f32, vminq_s32, vmovl_high_s32, vmovl_s16, vmovl_s32, vmovl_u8, vmovl_u16, vqaddq_s16,
    vqmovn_s16, vqmovn_s32, vqmovn_s64, vqtbl1q_u8, vreinterpret_s16_u8, vreinterpret_u8_s8,
    vreinterpret_u8_s16, vreinterpret_u8_u32, vreinterpret_u32_u8, vreinterpretq_s32_u8,
    vreinterpretq_s32_u32, vreinterpretq_u8_s32, vreinterpretq_u32_u8, vrev16_u8, vrev32q_u8, vst1_u8,
    vst1q_s16, vst1q_u8, vsubq_s32,
};
use core::ops::{Add, Mul, Neg, Sub};

use super::scalar::Scalar;
use super::vector::{Float, Int16, Int32, Kernel, MAX_LANES, MAX_PAIRS, Measure, Routine, Vector};

/// The token of [`super::Level::Neon`]. Only [`entry`] and [`call`] make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon(());

/// Runs `kernel` with Advanced SIMD.
///
/// # Safety
/// The processor has Advanced SIMD.
#[inline(never)]
#[target_feature(enable = "neon")]
pub(super) unsafe fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Neon(()))
}

/// As [`entry`], for a routine.
///
/// # Safety
/// As for [`entry`].
#[inline(never)]
#[target_feature(enable = "neon")]
pub(super) unsafe fn call<R: Routine>(a: R::A, b: R::B, c: R::C) -> R::Output {
    R::run(Neon(()), a, b, c)
}

impl Vector for Neon {
    type F32 = F32x4;
    type F64 = F64x2;
    type I32 = I32x4;
    type I16 = I16x8;
    type Narrow = Scalar;
    const HAS_32_REGISTERS: bool = true;

    #[inline(always)]
    fn narrow(self) -> Scalar {
        Scalar
    }
}

/// Four f32. Made only from a token or from another register: having one proves Advanced SIMD.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F32x4(float32x4_t);

/// Two f64, as [`F32x4`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F64x2(float64x2_t);

/// An intrinsic whose only requirement is that the processor has it.
macro_rules! has {
    ($e:expr) => {
        // SAFETY: the intrinsic needs NEON. A token or a register of this module is in scope wherever this stands,
        // and `entry` and `call`, whose callers proved it, are the only sources of tokens.
        unsafe { $e }
    };
}

macro_rules! arithmetic {
    ($name:ident, $add:ident, $sub:ident, $mul:ident, $neg:ident) => {
        impl Add for $name {
            type Output = Self;
            #[inline(always)]
            fn add(self, o: Self) -> Self {
                Self(has!($add(self.0, o.0)))
            }
        }
        impl Sub for $name {
            type Output = Self;
            #[inline(always)]
            fn sub(self, o: Self) -> Self {
                Self(has!($sub(self.0, o.0)))
            }
        }
        impl Mul for $name {
            type Output = Self;
            #[inline(always)]
            fn mul(self, o: Self) -> Self {
                Self(has!($mul(self.0, o.0)))
            }
        }
        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(has!($neg(self.0)))
            }
        }
    };
}

arithmetic!(F32x4, vaddq_f32, vsubq_f32, vmulq_f32, vnegq_f32);
arithmetic!(F64x2, vaddq_f64, vsubq_f64, vmulq_f64, vnegq_f64);

/// The methods that differ between the two registers by the intrinsic's name alone.
macro_rules! common {
    ($t:ty, $lanes:literal, $dup:ident, $load:ident, $store:ident, $fma:ident, $fms:ident, $neg:ident,
     $load2:ident, $store2:ident, $pair:ident) => {
        type Token = Neon;
        const LANES: usize = $lanes;
        const GROUP: usize = $lanes;
        const ORDER: [usize; MAX_LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

        #[inline(always)]
        fn splat(_: Neon, x: $t) -> Self {
            Self(has!($dup(x)))
        }
        #[inline(always)]
        unsafe fn load(_: Neon, p: *const $t) -> Self {
            // SAFETY: the token proves NEON; the caller's range covers the lanes.
            Self(unsafe { $load(p) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut $t) {
            // SAFETY: the register proves NEON; the caller's range covers the lanes.
            unsafe { $store(p, self.0) }
        }
        #[inline(always)]
        fn mul_add(self, b: Self, c: Self) -> Self {
            Self(has!($fma(c.0, self.0, b.0)))
        }
        #[inline(always)]
        fn mul_sub(self, b: Self, c: Self) -> Self {
            Self(has!($fma($neg(c.0), self.0, b.0)))
        }
        #[inline(always)]
        fn neg_mul_add(self, b: Self, c: Self) -> Self {
            Self(has!($fms(c.0, self.0, b.0)))
        }
        #[inline(always)]
        unsafe fn load_complex(_: Neon, p: *const $t) -> (Self, Self) {
            // SAFETY: the token proves NEON; the caller's range covers two registers.
            let pair = unsafe { $load2(p) };
            (Self(pair.0), Self(pair.1))
        }
        #[inline(always)]
        unsafe fn store_complex(re: Self, im: Self, p: *mut $t) {
            // SAFETY: the registers prove NEON; the caller's range covers two registers.
            unsafe { $store2(p, $pair(re.0, im.0)) }
        }

        #[inline(always)]
        unsafe fn load_pairs(v: Neon, p: *const $t) -> (Self, Self) {
            // SAFETY: the same range; this level's complex order is the natural one.
            unsafe { Self::load_complex(v, p) }
        }
        #[inline(always)]
        unsafe fn store_pairs(a: Self, b: Self, p: *mut $t) {
            // SAFETY: as in `load_pairs`.
            unsafe { Self::store_complex(a, b, p) }
        }
    };
}

impl F32x4 {
    /// Transposes a 4 x 4 matrix.
    #[inline(always)]
    fn transpose([r0, r1, r2, r3]: [Self; 4]) -> [Self; 4] {
        let (a0, a1) = has!((vtrn1q_f32(r0.0, r1.0), vtrn2q_f32(r0.0, r1.0)));
        let (a2, a3) = has!((vtrn1q_f32(r2.0, r3.0), vtrn2q_f32(r2.0, r3.0)));
        let (a0, a1) = has!((vreinterpretq_f64_f32(a0), vreinterpretq_f64_f32(a1)));
        let (a2, a3) = has!((vreinterpretq_f64_f32(a2), vreinterpretq_f64_f32(a3)));
        let (c0, c1) = has!((vtrn1q_f64(a0, a2), vtrn1q_f64(a1, a3)));
        let (c2, c3) = has!((vtrn2q_f64(a0, a2), vtrn2q_f64(a1, a3)));
        [c0, c1, c2, c3].map(|c| Self(has!(vreinterpretq_f32_f64(c))))
    }
}

impl Float<f32> for F32x4 {
    common!(
        f32,
        4,
        vdupq_n_f32,
        vld1q_f32,
        vst1q_f32,
        vfmaq_f32,
        vfmsq_f32,
        vnegq_f32,
        vld2q_f32,
        vst2q_f32,
        float32x4x2_t
    );

    #[inline(always)]
    unsafe fn load_columns(v: Neon, rows: &[*const f32; MAX_LANES], _: usize) -> [Self; 4] {
        let mut r = [Self::splat(v, 0.0); 4];
        for (r, row) in r.iter_mut().zip(rows) {
            // SAFETY: the caller's four rows are valid for four values each.
            *r = unsafe { Self::load(v, *row) };
        }
        Self::transpose(r)
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f32; MAX_LANES], _: usize) {
        for (x, row) in Self::transpose(x).into_iter().zip(rows) {
            // SAFETY: the caller's four rows are valid for four values each.
            unsafe { x.store(*row) }
        }
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let pairs = has!(vrev64q_f32(self.0));
        Self(has!(vextq_f32::<2>(pairs, pairs)))
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(has!(vsetq_lane_f32::<0>(0.0, self.0)))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        Self(has!(vrev64q_f32(self.0)))
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        Self(has!(vextq_f32::<2>(self.0, self.0)))
    }
    #[inline(always)]
    fn mirror_pairs(self, rest: Self) -> Self {
        Self(has!(vcombine_f32(vget_low_f32(self.0), vget_high_f32(rest.0))))
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        Self(has!(vsetq_lane_f32::<1>(0.0, self.0)))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(v: Neon, p: *const f32, stride: usize) -> [Self; MAX_PAIRS] {
        // SAFETY: the caller's first row.
        let a = unsafe { Self::load(v, p) }.0;
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(stride)) }.0;
        let (a, b) = has!((vreinterpretq_f64_f32(a), vreinterpretq_f64_f32(b)));
        let (low, high) = has!((vtrn1q_f64(a, b), vtrn2q_f64(a, b)));
        let mut c = [Self(has!(vreinterpretq_f32_f64(high))); MAX_PAIRS];
        c[0] = Self(has!(vreinterpretq_f32_f64(low)));
        c
    }

    #[inline(always)]
    unsafe fn load_quads(v: Neon, p: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: the caller's four groups cover one register each.
        let rows = core::array::from_fn(|i| unsafe { Self::load(v, p.wrapping_add(i * stride)) });
        Self::transpose(rows)
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f32, stride: usize) {
        for (i, row) in Self::transpose(x).into_iter().enumerate() {
            // SAFETY: the caller's four groups cover one register each.
            unsafe { row.store(p.wrapping_add(i * stride)) }
        }
    }
}

impl Float<f64> for F64x2 {
    common!(
        f64,
        2,
        vdupq_n_f64,
        vld1q_f64,
        vst1q_f64,
        vfmaq_f64,
        vfmsq_f64,
        vnegq_f64,
        vld2q_f64,
        vst2q_f64,
        float64x2x2_t
    );

    #[inline(always)]
    unsafe fn load_columns(v: Neon, rows: &[*const f64; MAX_LANES], _: usize) -> [Self; 4] {
        // SAFETY: the caller's two rows are valid for two values each.
        let (r0, r1) = unsafe { (Self::load(v, rows[0]).0, Self::load(v, rows[1]).0) };
        let (c0, c1) = (Self(has!(vtrn1q_f64(r0, r1))), Self(has!(vtrn2q_f64(r0, r1))));
        [c0, c1, c1, c1]
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f64; MAX_LANES], _: usize) {
        let (r0, r1) = x[0].zip(x[1]);
        // SAFETY: the caller's first row is valid for two values.
        unsafe { r0.store(rows[0]) };
        // SAFETY: the second likewise.
        unsafe { r1.store(rows[1]) };
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        Self(has!(vextq_f64::<1>(self.0, self.0)))
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(has!(vsetq_lane_f64::<0>(0.0, self.0)))
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
        Self(has!(vsetq_lane_f64::<1>(0.0, self.0)))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(v: Neon, p: *const f64, _: usize) -> [Self; MAX_PAIRS] {
        // SAFETY: the caller's one row of one pair.
        [unsafe { Self::load(v, p) }; MAX_PAIRS]
    }

    #[inline(always)]
    unsafe fn load_quads(v: Neon, p: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: the caller's two groups cover two registers each: those at 0, 2, `stride` and `stride + 2`.
        let at = |i: usize| unsafe { Self::load(v, p.wrapping_add(i)) };
        let (a, b, c, d) = (at(0), at(2), at(stride), at(stride + 2));
        let ((q0, q1), (q2, q3)) = (a.zip(c), b.zip(d));
        [q0, q1, q2, q3]
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f64, stride: usize) {
        let ((a, c), (b, d)) = (x[0].zip(x[1]), x[2].zip(x[3]));
        for (x, i) in [(a, 0), (b, 2), (c, stride), (d, stride + 2)] {
            // SAFETY: the caller's two groups cover two registers each, at these four places.
            unsafe { x.store(p.wrapping_add(i)) }
        }
    }
}

impl F64x2 {
    /// The first lanes of both, and the second.
    #[inline(always)]
    fn zip(self, o: Self) -> (Self, Self) {
        (Self(has!(vtrn1q_f64(self.0, o.0))), Self(has!(vtrn2q_f64(self.0, o.0))))
    }
}

/// Four i32, as [`F32x4`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I32x4(int32x4_t);

/// Eight i16, as [`F32x4`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I16x8(int16x8_t);

impl Measure for F32x4 {
    #[inline(always)]
    fn count(_: Neon) -> Self {
        let lanes = [0.0_f32, 1.0, 2.0, 3.0];
        // SAFETY: the token proves NEON; the array has four values.
        Self(unsafe { vld1q_f32(lanes.as_ptr()) })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(has!(vabsq_f32(self.0)))
    }
    #[inline(always)]
    fn max_number(self, new: Self) -> Self {
        Self(has!(vbslq_f32(vcgtq_f32(new.0, self.0), new.0, self.0)))
    }
    #[inline(always)]
    fn reduce_max(self) -> f32 {
        has!(vmaxvq_f32(self.0))
    }
    #[inline(always)]
    fn reduce_sum(self) -> f64 {
        has!(vaddvq_f64(vaddq_f64(vcvt_f64_f32(vget_low_f32(self.0)), vcvt_high_f64_f32(self.0))))
    }
}

/// Where the four bytes of each lane come from when twelve bytes, of which a register holds bytes 0..8 and then
/// 4..12, are spread over four lanes; 255 gives 0.
#[expect(clippy::cast_possible_truncation, reason = "byte numbers below 16")]
const fn spread(swap: bool) -> [u8; 16] {
    let mut order = [255; 16];
    let mut i = 0;
    while i < 12 {
        let from = i / 3 * 3 + if swap { 2 - i % 3 } else { i % 3 };
        order[i / 3 * 4 + 1 + i % 3] = (if from < 8 { from } else { from + 4 }) as u8;
        i += 1;
    }
    order
}

/// The lower three bytes of each lane: twelve bytes, then zeros.
#[expect(clippy::cast_possible_truncation, reason = "byte numbers below 16")]
const fn gather(swap: bool) -> [u8; 16] {
    let mut order = [255; 16];
    let mut i = 0;
    while i < 12 {
        order[i] = (i / 3 * 4 + if swap { 2 - i % 3 } else { i % 3 }) as u8;
        i += 1;
    }
    order
}

/// Picks bytes by number. The caller holds a token or a register.
#[inline(always)]
fn shuffle(x: uint8x16_t, order: [u8; 16]) -> uint8x16_t {
    // SAFETY: `order` is 16 bytes; the caller holds the proof of NEON.
    let order = unsafe { vld1q_u8(order.as_ptr()) };
    has!(vqtbl1q_u8(x, order))
}

impl Int32 for I32x4 {
    type Token = Neon;
    type F32 = F32x4;
    const LANES: usize = 4;
    const PLAIN_READS: bool = false;

    #[inline(always)]
    unsafe fn load_u8(_: Neon, p: *const u8) -> Self {
        // SAFETY: the caller's range covers four bytes; `read_unaligned` asks for no alignment.
        let x = unsafe { p.cast::<u32>().read_unaligned() };
        let x = has!(vmovl_u16(vget_low_u16(vmovl_u8(vreinterpret_u8_u32(vdup_n_u32(x))))));
        Self(has!(vsubq_s32(vreinterpretq_s32_u32(x), vdupq_n_s32(128))))
    }
    #[inline(always)]
    unsafe fn load_i16<const SWAP: bool>(_: Neon, p: *const u8) -> Self {
        // SAFETY: the token proves NEON; the caller's range covers eight bytes.
        let x = unsafe { vld1_u8(p) };
        let x = if SWAP { has!(vrev16_u8(x)) } else { x };
        Self(has!(vmovl_s16(vreinterpret_s16_u8(x))))
    }
    #[inline(always)]
    unsafe fn load_i24<const SWAP: bool>(_: Neon, p: *const u8) -> Self {
        // SAFETY: the token proves NEON; the caller's range covers twelve bytes.
        let lo = unsafe { vld1_u8(p) };
        // SAFETY: as above: bytes 4 to 11.
        let hi = unsafe { vld1_u8(p.wrapping_add(4)) };
        let x = shuffle(has!(vcombine_u8(lo, hi)), const { spread(SWAP) });
        Self(has!(vreinterpretq_s32_u8(x)))
    }
    #[inline(always)]
    unsafe fn load_i32<const SWAP: bool>(_: Neon, p: *const u8) -> Self {
        // SAFETY: the token proves NEON; the caller's range covers sixteen bytes.
        let x = unsafe { vld1q_u8(p) };
        let x = if SWAP { has!(vrev32q_u8(x)) } else { x };
        Self(has!(vreinterpretq_s32_u8(x)))
    }
    #[inline(always)]
    unsafe fn store_u8(self, p: *mut u8) {
        let half = has!(vqmovn_s32(self.0));
        let x = has!(vqmovn_s16(vcombine_s16(half, half)));
        let x = has!(veor_u8(vreinterpret_u8_s8(x), vdup_n_u8(128)));
        let x = has!(vget_lane_u32::<0>(vreinterpret_u32_u8(x)));
        // SAFETY: the caller's range covers four bytes; `write_unaligned` asks for no alignment.
        unsafe { p.cast::<u32>().write_unaligned(x) }
    }
    #[inline(always)]
    unsafe fn store_i16<const SWAP: bool>(self, p: *mut u8) {
        let x = has!(vreinterpret_u8_s16(vqmovn_s32(self.0)));
        let x = if SWAP { has!(vrev16_u8(x)) } else { x };
        // SAFETY: the register proves NEON; the caller's range covers eight bytes.
        unsafe { vst1_u8(p, x) }
    }
    #[inline(always)]
    unsafe fn store_i24<const SWAP: bool>(self, p: *mut u8) {
        let x = has!(vmaxq_s32(self.0, vdupq_n_s32(-8_388_608)));
        let x = has!(vminq_s32(x, vdupq_n_s32(8_388_607)));
        let x = shuffle(has!(vreinterpretq_u8_s32(x)), const { gather(SWAP) });
        let first = has!(vget_low_u8(x));
        // SAFETY: the register proves NEON; the caller's range covers twelve bytes.
        unsafe { vst1_u8(p, first) }
        let last = has!(vgetq_lane_u32::<2>(vreinterpretq_u32_u8(x)));
        // SAFETY: as above: bytes 8 to 11; `write_unaligned` asks for no alignment.
        unsafe { p.wrapping_add(8).cast::<u32>().write_unaligned(last) }
    }
    #[inline(always)]
    unsafe fn store_i32<const SWAP: bool>(self, p: *mut u8) {
        let x = has!(vreinterpretq_u8_s32(self.0));
        let x = if SWAP { has!(vrev32q_u8(x)) } else { x };
        // SAFETY: the register proves NEON; the caller's range covers sixteen bytes.
        unsafe { vst1q_u8(p, x) }
    }
    #[inline(always)]
    fn to_f32(self) -> F32x4 {
        F32x4(has!(vcvtq_f32_s32(self.0)))
    }
    #[inline(always)]
    fn from_f32(x: F32x4) -> Self {
        // FCVTNS: ties to even, saturating, NaN to 0.
        Self(has!(vcvtnq_s32_f32(x.0)))
    }
    #[inline(always)]
    unsafe fn store_f64(self, scale: f64, p: *mut f64) {
        let scale = has!(vdupq_n_f64(scale));
        let lo = has!(vcvtq_f64_s64(vmovl_s32(vget_low_s32(self.0))));
        let hi = has!(vcvtq_f64_s64(vmovl_high_s32(self.0)));
        let (lo, hi) = has!((vmulq_f64(lo, scale), vmulq_f64(hi, scale)));
        // SAFETY: the register proves NEON; the caller's range covers four values.
        unsafe { vst1q_f64(p, lo) }
        // SAFETY: as above.
        unsafe { vst1q_f64(p.wrapping_add(2), hi) }
    }
    #[inline(always)]
    unsafe fn load_f64(_: Neon, scale: f64, p: *const f64) -> Self {
        let scale = has!(vdupq_n_f64(scale));
        // SAFETY: the token proves NEON; the caller's range covers four values.
        let lo = unsafe { vld1q_f64(p) };
        // SAFETY: as above.
        let hi = unsafe { vld1q_f64(p.wrapping_add(2)) };
        // Both steps saturate: to 64 bits, then to 32. NaN becomes 0 in the first.
        let lo = has!(vqmovn_s64(vcvtnq_s64_f64(vmulq_f64(lo, scale))));
        let hi = has!(vqmovn_s64(vcvtnq_s64_f64(vmulq_f64(hi, scale))));
        Self(has!(vcombine_s32(lo, hi)))
    }
}

impl Int16 for I16x8 {
    type Token = Neon;
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn load(_: Neon, p: *const i16) -> Self {
        // SAFETY: the token proves NEON; the caller's range covers the lanes.
        Self(unsafe { vld1q_s16(p) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut i16) {
        // SAFETY: the register proves NEON; the caller's range covers the lanes.
        unsafe { vst1q_s16(p, self.0) }
    }
    #[inline(always)]
    fn saturating_add(self, o: Self) -> Self {
        Self(has!(vqaddq_s16(self.0, o.0)))
    }
}
