//! 128-bit registers of Advanced SIMD, aarch64.

use core::arch::aarch64::{
    float32x4_t, float32x4x2_t, float64x2_t, float64x2x2_t, vaddq_f32, vaddq_f64, vdupq_n_f32, vdupq_n_f64,
    vextq_f32, vextq_f64, vfmaq_f32, vfmaq_f64, vfmsq_f32, vfmsq_f64, vld1q_f32, vld1q_f64, vld2q_f32,
    vld2q_f64, vmulq_f32, vmulq_f64, vnegq_f32, vnegq_f64, vreinterpretq_f32_f64, vreinterpretq_f64_f32,
    vrev64q_f32, vst1q_f32, vst1q_f64, vst2q_f32, vst2q_f64, vsubq_f32, vsubq_f64, vtrn1q_f32, vtrn1q_f64,
    vtrn2q_f32, vtrn2q_f64,
};
use core::ops::{Add, Mul, Neg, Sub};

use super::vector::{Float, Kernel, MAX_LANES, Vector};

/// The token of [`super::Level::Neon`]. Only [`entry`] makes one.
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

impl Vector for Neon {
    type F32 = F32x4;
    type F64 = F64x2;
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
        // and `entry`, whose caller proved it, is the only source of tokens.
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
        const ORDER: [usize; MAX_LANES] = [0, 1, 2, 3, 4, 5, 6, 7];

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
    unsafe fn load_transposed(v: Neon, rows: [*const f32; MAX_LANES]) -> [Self; MAX_LANES] {
        let [p0, p1, p2, p3, ..] = rows;
        // SAFETY: the caller's four rows are valid for four values each.
        let rows = unsafe { [Self::load(v, p0), Self::load(v, p1), Self::load(v, p2), Self::load(v, p3)] };
        let [c0, c1, c2, c3] = Self::transpose(rows);
        [c0, c1, c2, c3, c3, c3, c3, c3]
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let pairs = has!(vrev64q_f32(self.0));
        Self(has!(vextq_f32::<2>(pairs, pairs)))
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
    unsafe fn load_transposed(v: Neon, rows: [*const f64; MAX_LANES]) -> [Self; MAX_LANES] {
        // SAFETY: the caller's two rows are valid for two values each.
        let (r0, r1) = unsafe { (Self::load(v, rows[0]).0, Self::load(v, rows[1]).0) };
        let (c0, c1) = (Self(has!(vtrn1q_f64(r0, r1))), Self(has!(vtrn2q_f64(r0, r1))));
        [c0, c1, c1, c1, c1, c1, c1, c1]
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        Self(has!(vextq_f64::<1>(self.0, self.0)))
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
