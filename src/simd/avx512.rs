//! 512-bit registers: AVX-512 F, VL, DQ and BW, x86-64.
//!
//! That set came with the first processors for servers (2017) and is part of every later one; what only newer ones have
//! (VBMI among them) is left out, as it would make one more level.

use core::arch::x86_64::{
    __m256i, __m512, __m512d, __m512i, _CMP_GE_OQ, _CMP_ORD_Q, _mm_cvtss_f32, _mm_loadu_pd, _mm_loadu_ps,
    _mm_loadu_si128, _mm_max_ps, _mm_max_ss, _mm_movehdup_ps, _mm_movehl_ps, _mm_set1_epi8, _mm_storeu_pd,
    _mm_storeu_ps, _mm_storeu_si128, _mm_xor_si128, _mm256_castps256_ps128, _mm256_extractf128_ps,
    _mm256_loadu_pd, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_max_ps, _mm256_shuffle_epi8,
    _mm256_storeu_pd, _mm256_storeu_si256, _mm512_abs_ps, _mm512_add_pd, _mm512_add_ps, _mm512_adds_epi16,
    _mm512_castpd_ps, _mm512_castpd128_pd512, _mm512_castpd256_pd512, _mm512_castpd512_pd128,
    _mm512_castpd512_pd256, _mm512_castps_pd, _mm512_castps128_ps512, _mm512_castps256_ps512,
    _mm512_castps512_ps128, _mm512_castps512_ps256, _mm512_castsi256_si512, _mm512_castsi512_si256,
    _mm512_cmp_pd_mask, _mm512_cmp_ps_mask, _mm512_cvtepi16_epi32, _mm512_cvtepi32_pd, _mm512_cvtepi32_ps,
    _mm512_cvtepu8_epi32, _mm512_cvtps_pd, _mm512_cvtsepi32_epi8, _mm512_cvtsepi32_epi16,
    _mm512_extractf32x4_ps, _mm512_extractf32x8_ps, _mm512_extractf64x2_pd, _mm512_extractf64x4_pd,
    _mm512_extracti32x4_epi32, _mm512_extracti64x4_epi64, _mm512_fmadd_pd, _mm512_fmadd_ps, _mm512_fmsub_pd,
    _mm512_fmsub_ps, _mm512_fnmadd_pd, _mm512_fnmadd_ps, _mm512_insertf32x4, _mm512_insertf32x8,
    _mm512_insertf64x2, _mm512_insertf64x4, _mm512_inserti64x4, _mm512_loadu_pd, _mm512_loadu_ps,
    _mm512_loadu_si512, _mm512_mask_mov_epi32, _mm512_maskz_cvtpd_epi32, _mm512_maskz_cvtps_epi32,
    _mm512_maskz_loadu_epi32, _mm512_maskz_mov_pd, _mm512_maskz_mov_ps, _mm512_max_epi32, _mm512_max_pd,
    _mm512_max_ps, _mm512_min_epi32, _mm512_min_pd, _mm512_mul_pd, _mm512_mul_ps, _mm512_permute_pd,
    _mm512_permutex2var_pd, _mm512_permutex2var_ps, _mm512_permutexvar_epi32, _mm512_permutexvar_pd,
    _mm512_permutexvar_ps, _mm512_reduce_add_pd, _mm512_set1_epi32, _mm512_set1_pd, _mm512_set1_ps,
    _mm512_setr_epi32, _mm512_setr_epi64, _mm512_setr_ps, _mm512_setzero_pd, _mm512_setzero_ps,
    _mm512_shuffle_epi8, _mm512_shuffle_f32x4, _mm512_shuffle_f64x2, _mm512_shuffle_ps, _mm512_storeu_pd,
    _mm512_storeu_ps, _mm512_storeu_si512, _mm512_sub_epi32, _mm512_sub_pd, _mm512_sub_ps,
    _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps, _mm512_xor_pd,
    _mm512_xor_ps,
};
use core::ops::{Add, Mul, Neg, Sub};

use super::avx2::{Avx2, F32x8, gather, reversed, spread};
use super::vector::{Float, Int16, Int32, Kernel, MAX_LANES, MAX_PAIRS, Measure, Routine, Vector};

/// The token of [`super::Level::Avx512`]. Only [`entry`] and [`call`] make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

/// Runs `kernel` with AVX-512 F, VL, DQ and BW, and with AVX2 and FMA.
///
/// # Safety
/// The processor has them, and the operating system saves the ZMM and mask state.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) unsafe fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512(()))
}

/// As [`entry`], for a routine.
///
/// # Safety
/// As for [`entry`].
#[inline(never)]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) unsafe fn call<R: Routine>(a: R::A, b: R::B, c: R::C) -> R::Output {
    R::run(Avx512(()), a, b, c)
}

impl Vector for Avx512 {
    type F32 = F32x16;
    type F64 = F64x8;
    type I32 = I32x16;
    type I16 = I16x32;
    type Narrow = Avx2;
    const HAS_32_REGISTERS: bool = true;

    #[inline(always)]
    fn narrow(self) -> Avx2 {
        Avx2::of_wider(self)
    }
}

/// Sixteen f32. Made only from a token or from another register: having one proves the level's instructions.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F32x16(__m512);

/// Eight f64, as [`F32x16`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F64x8(__m512d);

/// An intrinsic whose only requirement is that the processor has it.
macro_rules! has {
    ($e:expr) => {
        // SAFETY: the intrinsic needs AVX-512 F, VL, DQ or BW, or AVX2 and what came before. A token or a register of
        // this module is in scope wherever this stands, and `entry` and `call`, whose callers proved them, are the only
        // sources of tokens.
        unsafe { $e }
    };
}

macro_rules! arithmetic {
    ($name:ident, $add:ident, $sub:ident, $mul:ident, $xor:ident, $set1:ident) => {
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
                Self(has!($xor(self.0, $set1(-0.0))))
            }
        }
    };
}

arithmetic!(F32x16, _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_xor_ps, _mm512_set1_ps);
arithmetic!(F64x8, _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_xor_pd, _mm512_set1_pd);

/// Where part `part` of complex numbers comes from, the last of `N` first, in `order`: of two registers of interleaved ones.
macro_rules! reversals {
    ($t:ty, $n:literal, $from:ident, $to:ident) => {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "lane numbers; one of the two types is wide enough"
        )]
        const fn $from(order: &[usize; MAX_LANES], part: usize) -> [$t; $n] {
            let mut from = [0; $n];
            let mut i = 0;
            while i < $n {
                from[i] = (2 * ($n - 1 - order[i]) + part) as $t;
                i += 1;
            }
            from
        }

        /// The reverse: where numbers of a register of interleaved ones come from, `first` of them before it.
        #[allow(clippy::cast_possible_truncation, reason = "as above")]
        const fn $to(order: &[usize; MAX_LANES], first: usize) -> [$t; $n] {
            let mut to = [0; $n];
            let mut lane = 0;
            while lane < $n {
                let at = $n - 1 - order[lane];
                if at >= first && at < first + $n / 2 {
                    to[2 * (at - first)] = lane as $t;
                    to[2 * (at - first) + 1] = ($n + lane) as $t;
                }
                lane += 1;
            }
            to
        }
    };
}

reversals!(i32, 16, from_last_f32, to_last_f32);
reversals!(i64, 8, from_last_f64, to_last_f64);

/// The methods that differ between the two registers by the intrinsic's name alone.
macro_rules! common {
    ($t:ty, $lanes:literal, $set1:ident, $load:ident, $store:ident, $fma:ident, $fms:ident, $fnma:ident) => {
        type Token = Avx512;
        const LANES: usize = $lanes;

        #[inline(always)]
        fn splat(_: Avx512, x: $t) -> Self {
            Self(has!($set1(x)))
        }
        #[inline(always)]
        unsafe fn load(_: Avx512, p: *const $t) -> Self {
            // SAFETY: the token proves AVX-512 F; the caller's range covers the lanes.
            Self(unsafe { $load(p) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut $t) {
            // SAFETY: the register proves AVX-512 F; the caller's range covers the lanes.
            unsafe { $store(p, self.0) }
        }
        #[inline(always)]
        fn mul_add(self, b: Self, c: Self) -> Self {
            Self(has!($fma(self.0, b.0, c.0)))
        }
        #[inline(always)]
        fn mul_sub(self, b: Self, c: Self) -> Self {
            Self(has!($fms(self.0, b.0, c.0)))
        }
        #[inline(always)]
        fn neg_mul_add(self, b: Self, c: Self) -> Self {
            Self(has!($fnma(self.0, b.0, c.0)))
        }
    };
}

impl F32x16 {
    /// Four values from each of four places, a quarter of the register each. Inserting a quarter from memory is no
    /// shuffle, so what is left of a transpose stays within the quarters.
    ///
    /// # Safety
    /// AVX-512 is there, and each place is valid for reads of four values.
    #[inline(always)]
    unsafe fn quarters([a, b, c, d]: [*const f32; 4]) -> __m512 {
        // SAFETY: the caller proves SSE and the range.
        let a = unsafe { _mm_loadu_ps(a) };
        // SAFETY: as above.
        let b = unsafe { _mm_loadu_ps(b) };
        // SAFETY: as above.
        let c = unsafe { _mm_loadu_ps(c) };
        // SAFETY: as above.
        let d = unsafe { _mm_loadu_ps(d) };
        let low = has!(_mm512_insertf32x4::<1>(_mm512_castps128_ps512(a), b));
        has!(_mm512_insertf32x4::<3>(_mm512_insertf32x4::<2>(low, c), d))
    }

    /// Transposes the 4 x 4 matrices in each quarter of four rows.
    #[inline(always)]
    fn transposed([r0, r1, r2, r3]: [__m512; 4]) -> [__m512; 4] {
        let (a, b) = has!((_mm512_unpacklo_ps(r0, r1), _mm512_unpackhi_ps(r0, r1)));
        let (c, d) = has!((_mm512_unpacklo_ps(r2, r3), _mm512_unpackhi_ps(r2, r3)));
        let (q0, q1) = has!((_mm512_shuffle_ps::<0x44>(a, c), _mm512_shuffle_ps::<0xEE>(a, c)));
        let (q2, q3) = has!((_mm512_shuffle_ps::<0x44>(b, d), _mm512_shuffle_ps::<0xEE>(b, d)));
        [q0, q1, q2, q3]
    }
}

impl F64x8 {
    /// Two values from each of four places, as [`F32x16::quarters`].
    ///
    /// # Safety
    /// AVX-512 is there, and each place is valid for reads of two values.
    #[inline(always)]
    unsafe fn quarters([a, b, c, d]: [*const f64; 4]) -> __m512d {
        // SAFETY: the caller proves SSE2 and the range.
        let a = unsafe { _mm_loadu_pd(a) };
        // SAFETY: as above.
        let b = unsafe { _mm_loadu_pd(b) };
        // SAFETY: as above.
        let c = unsafe { _mm_loadu_pd(c) };
        // SAFETY: as above.
        let d = unsafe { _mm_loadu_pd(d) };
        let low = has!(_mm512_insertf64x2::<1>(_mm512_castpd128_pd512(a), b));
        has!(_mm512_insertf64x2::<3>(_mm512_insertf64x2::<2>(low, c), d))
    }
}

impl Float<f32> for F32x16 {
    common!(
        f32,
        16,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_fmadd_ps,
        _mm512_fmsub_ps,
        _mm512_fnmadd_ps
    );

    const GROUP: usize = 4;
    const FUSED: bool = true;

    /// Each quarter is deinterleaved in itself: two shuffles for 32 values, none across quarters.
    const ORDER: [usize; MAX_LANES] = [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15];

    #[inline(always)]
    unsafe fn load_complex(v: Avx512, p: *const f32) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(16)) };
        (
            Self(has!(_mm512_shuffle_ps::<0b10_00_10_00>(a.0, b.0))),
            Self(has!(_mm512_shuffle_ps::<0b11_01_11_01>(a.0, b.0))),
        )
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f32) {
        let lo = Self(has!(_mm512_unpacklo_ps(re.0, im.0)));
        let hi = Self(has!(_mm512_unpackhi_ps(re.0, im.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { lo.store(p) };
        // SAFETY: the second.
        unsafe { hi.store(p.wrapping_add(16)) };
    }
    // One shuffle puts numbers in order and reverses them.
    #[inline(always)]
    unsafe fn load_complex_reversed(v: Avx512, p: *const f32) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(16)) };
        let order = const { [from_last_f32(&Self::ORDER, 0), from_last_f32(&Self::ORDER, 1)] };
        // SAFETY: 64 bytes; the token proves AVX-512.
        let [re, im] = order.map(|order| unsafe { _mm512_loadu_si512(order.as_ptr().cast()) });
        (Self(has!(_mm512_permutex2var_ps(a.0, re, b.0))), Self(has!(_mm512_permutex2var_ps(a.0, im, b.0))))
    }
    #[inline(always)]
    unsafe fn store_complex_reversed(re: Self, im: Self, p: *mut f32) {
        let order = const { [to_last_f32(&Self::ORDER, 0), to_last_f32(&Self::ORDER, 8)] };
        // SAFETY: 64 bytes; the registers prove AVX-512.
        let [low, high] = order.map(|order| unsafe { _mm512_loadu_si512(order.as_ptr().cast()) });
        let (low, high) =
            has!((_mm512_permutex2var_ps(re.0, low, im.0), _mm512_permutex2var_ps(re.0, high, im.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { Self(low).store(p) };
        // SAFETY: the second.
        unsafe { Self(high).store(p.wrapping_add(16)) };
    }
    #[inline(always)]
    unsafe fn load_columns(_: Avx512, rows: &[*const f32; MAX_LANES], at: usize) -> [Self; 4] {
        let mut quarters = [has!(_mm512_setzero_ps()); 4];
        for (i, x) in quarters.iter_mut().enumerate() {
            let p = [rows[i], rows[i + 4], rows[i + 8], rows[i + 12]].map(|p| p.wrapping_add(at));
            // SAFETY: the token proves AVX-512; values at..at + 4 of the caller's rows of sixteen.
            *x = unsafe { Self::quarters(p) };
        }
        Self::transposed(quarters).map(Self)
    }
    #[inline(always)]
    unsafe fn load_half(_: Avx512, rows: &[*const f32; MAX_LANES], at: usize) -> [Self; 8] {
        // Two rows share a register, which takes one operation of either port; exchanging quarters takes one of port 5.
        let mut x = [has!(_mm512_setzero_ps()); 8];
        for (i, x) in x.iter_mut().enumerate() {
            let first = i + i / 4 * 4;
            // SAFETY: the token proves AVX; eight values of the caller's rows.
            let low = unsafe { _mm256_loadu_ps(rows[first].wrapping_add(at)) };
            // SAFETY: as above.
            let high = unsafe { _mm256_loadu_ps(rows[first + 4].wrapping_add(at)) };
            *x = has!(_mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high));
        }
        // Quarters of columns j and j + 4: rows 0..4 of both, then rows 4..8; and so from row 8 on.
        let a = Self::transposed([x[0], x[1], x[2], x[3]]);
        let b = Self::transposed([x[4], x[5], x[6], x[7]]);
        let mut columns = [Self(x[0]); 8];
        for j in 0..4 {
            columns[j] = Self(has!(_mm512_shuffle_f32x4::<0b10_00_10_00>(a[j], b[j])));
            columns[j + 4] = Self(has!(_mm512_shuffle_f32x4::<0b11_01_11_01>(a[j], b[j])));
        }
        columns
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f32; MAX_LANES], at: usize) {
        for (i, row) in Self::transposed(x.map(|x| x.0)).into_iter().enumerate() {
            let parts = has!([
                _mm512_castps512_ps128(row),
                _mm512_extractf32x4_ps::<1>(row),
                _mm512_extractf32x4_ps::<2>(row),
                _mm512_extractf32x4_ps::<3>(row),
            ]);
            for (j, part) in parts.into_iter().enumerate() {
                // SAFETY: the registers prove AVX-512; values at..at + 4 of the caller's rows of sixteen.
                unsafe { _mm_storeu_ps(rows[i + 4 * j].wrapping_add(at), part) }
            }
        }
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(has!(_mm512_maskz_mov_ps(0xfffe, self.0)))
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let order = has!(_mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        Self(has!(_mm512_permutexvar_ps(order, self.0)))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        Self(has!(_mm512_shuffle_ps::<0b10_11_00_01>(self.0, self.0)))
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        let order = has!(_mm512_setr_epi64(7, 6, 5, 4, 3, 2, 1, 0));
        Self(has!(_mm512_castpd_ps(_mm512_permutexvar_pd(order, _mm512_castps_pd(self.0)))))
    }
    #[inline(always)]
    fn mirror_pairs(self, rest: Self) -> Self {
        let order = has!(_mm512_setr_epi64(0, 15, 14, 13, 12, 11, 10, 9));
        let (a, b) = has!((_mm512_castps_pd(self.0), _mm512_castps_pd(rest.0)));
        Self(has!(_mm512_castpd_ps(_mm512_permutex2var_pd(a, order, b))))
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        Self(has!(_mm512_maskz_mov_ps(0xFFFD, self.0)))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(v: Avx512, p: *const f32, stride: usize) -> [Self; MAX_PAIRS] {
        // Pairs move as one f64 each.
        let mut rows = [p.cast::<f64>(); MAX_LANES];
        for (i, row) in rows.iter_mut().enumerate().take(MAX_PAIRS) {
            *row = p.wrapping_add(i * stride).cast();
        }
        // SAFETY: the first four pairs of the caller's rows.
        let [c0, c1, c2, c3, ..] = unsafe { F64x8::load_half(v, &rows, 0) };
        // SAFETY: the other four.
        let [c4, c5, c6, c7, ..] = unsafe { F64x8::load_half(v, &rows, 4) };
        [c0, c1, c2, c3, c4, c5, c6, c7].map(|c| Self(has!(_mm512_castpd_ps(c.0))))
    }

    #[inline(always)]
    unsafe fn load_pairs(v: Avx512, p: *const f32) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let x = unsafe { Self::load(v, p) }.0;
        // SAFETY: the second.
        let y = unsafe { Self::load(v, p.wrapping_add(16)) }.0;
        let even = has!(_mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
        let odd = has!(_mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
        (Self(has!(_mm512_permutex2var_ps(x, even, y))), Self(has!(_mm512_permutex2var_ps(x, odd, y))))
    }
    #[inline(always)]
    unsafe fn store_pairs(a: Self, b: Self, p: *mut f32) {
        let low = has!(_mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
        let high = has!(_mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
        let (low, high) =
            has!((_mm512_permutex2var_ps(a.0, low, b.0), _mm512_permutex2var_ps(a.0, high, b.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { Self(low).store(p) };
        // SAFETY: the second.
        unsafe { Self(high).store(p.wrapping_add(16)) };
    }
    #[inline(always)]
    unsafe fn load_quads(_: Avx512, p: *const f32, stride: usize) -> [Self; 4] {
        let mut quarters = [has!(_mm512_setzero_ps()); 4];
        for (i, x) in quarters.iter_mut().enumerate() {
            let groups = [i, i + 4, i + 8, i + 12].map(|group| p.wrapping_add(group * stride));
            // SAFETY: the token proves AVX-512; four of the caller's sixteen groups.
            *x = unsafe { Self::quarters(groups) };
        }
        Self::transposed(quarters).map(Self)
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f32, stride: usize) {
        // In halves: extracting a quarter of a wide register to memory takes a shuffle, the upper part of a half none.
        let [a, b, c, d] = x.map(|x| x.0);
        let low = has!([
            _mm512_castps512_ps256(a),
            _mm512_castps512_ps256(b),
            _mm512_castps512_ps256(c),
            _mm512_castps512_ps256(d),
        ]);
        let high = has!([
            _mm512_extractf32x8_ps::<1>(a),
            _mm512_extractf32x8_ps::<1>(b),
            _mm512_extractf32x8_ps::<1>(c),
            _mm512_extractf32x8_ps::<1>(d),
        ]);
        // SAFETY: the registers prove AVX2; the caller's first eight groups.
        unsafe { F32x8::store_quads(low.map(F32x8::of_half), p, stride) };
        // SAFETY: the other eight.
        unsafe { F32x8::store_quads(high.map(F32x8::of_half), p.wrapping_add(8 * stride), stride) };
    }
}

impl Float<f64> for F64x8 {
    common!(
        f64,
        8,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_fmadd_pd,
        _mm512_fmsub_pd,
        _mm512_fnmadd_pd
    );

    const GROUP: usize = 2;
    const FUSED: bool = true;

    /// As for f32: no shuffle across quarters.
    const ORDER: [usize; MAX_LANES] = [0, 4, 1, 5, 2, 6, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    #[inline(always)]
    unsafe fn load_complex(v: Avx512, p: *const f64) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(8)) };
        (Self(has!(_mm512_unpacklo_pd(a.0, b.0))), Self(has!(_mm512_unpackhi_pd(a.0, b.0))))
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f64) {
        let lo = Self(has!(_mm512_unpacklo_pd(re.0, im.0)));
        let hi = Self(has!(_mm512_unpackhi_pd(re.0, im.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { lo.store(p) };
        // SAFETY: the second.
        unsafe { hi.store(p.wrapping_add(8)) };
    }
    // One shuffle puts numbers in order and reverses them.
    #[inline(always)]
    unsafe fn load_complex_reversed(v: Avx512, p: *const f64) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(8)) };
        let order = const { [from_last_f64(&Self::ORDER, 0), from_last_f64(&Self::ORDER, 1)] };
        // SAFETY: 64 bytes; the token proves AVX-512.
        let [re, im] = order.map(|order| unsafe { _mm512_loadu_si512(order.as_ptr().cast()) });
        (Self(has!(_mm512_permutex2var_pd(a.0, re, b.0))), Self(has!(_mm512_permutex2var_pd(a.0, im, b.0))))
    }
    #[inline(always)]
    unsafe fn store_complex_reversed(re: Self, im: Self, p: *mut f64) {
        let order = const { [to_last_f64(&Self::ORDER, 0), to_last_f64(&Self::ORDER, 4)] };
        // SAFETY: 64 bytes; the registers prove AVX-512.
        let [low, high] = order.map(|order| unsafe { _mm512_loadu_si512(order.as_ptr().cast()) });
        let (low, high) =
            has!((_mm512_permutex2var_pd(re.0, low, im.0), _mm512_permutex2var_pd(re.0, high, im.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { Self(low).store(p) };
        // SAFETY: the second.
        unsafe { Self(high).store(p.wrapping_add(8)) };
    }
    #[inline(always)]
    unsafe fn load_columns(_: Avx512, rows: &[*const f64; MAX_LANES], at: usize) -> [Self; 4] {
        let mut quarters = [has!(_mm512_setzero_pd()); 2];
        for (i, x) in quarters.iter_mut().enumerate() {
            let p = [rows[i], rows[i + 2], rows[i + 4], rows[i + 6]].map(|p| p.wrapping_add(at));
            // SAFETY: the token proves AVX-512; values at and at + 1 of the caller's rows of eight.
            *x = unsafe { Self::quarters(p) };
        }
        let [a, b] = quarters;
        let (c0, c1) = has!((Self(_mm512_unpacklo_pd(a, b)), Self(_mm512_unpackhi_pd(a, b))));
        [c0, c1, c1, c1]
    }
    #[inline(always)]
    unsafe fn load_half(_: Avx512, rows: &[*const f64; MAX_LANES], at: usize) -> [Self; 8] {
        // As for f32.
        let mut x = [has!(_mm512_setzero_pd()); 4];
        for (i, x) in x.iter_mut().enumerate() {
            let (low, high) =
                (rows[i + i / 2 * 2].wrapping_add(at), rows[i + i / 2 * 2 + 2].wrapping_add(at));
            // SAFETY: the token proves AVX; four values of the caller's rows.
            let low = unsafe { _mm256_loadu_pd(low) };
            // SAFETY: as above.
            let high = unsafe { _mm256_loadu_pd(high) };
            *x = has!(_mm512_insertf64x4::<1>(_mm512_castpd256_pd512(low), high));
        }
        // Quarters of columns j and j + 2: rows 0 and 1 of both, then rows 2 and 3; and so from row 4 on.
        let (a0, a1) = has!((_mm512_unpacklo_pd(x[0], x[1]), _mm512_unpackhi_pd(x[0], x[1])));
        let (b0, b1) = has!((_mm512_unpacklo_pd(x[2], x[3]), _mm512_unpackhi_pd(x[2], x[3])));
        let c0 = Self(has!(_mm512_shuffle_f64x2::<0b10_00_10_00>(a0, b0)));
        let c1 = Self(has!(_mm512_shuffle_f64x2::<0b10_00_10_00>(a1, b1)));
        let c2 = Self(has!(_mm512_shuffle_f64x2::<0b11_01_11_01>(a0, b0)));
        let c3 = Self(has!(_mm512_shuffle_f64x2::<0b11_01_11_01>(a1, b1)));
        [c0, c1, c2, c3, c0, c1, c2, c3]
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f64; MAX_LANES], at: usize) {
        let r = has!([_mm512_unpacklo_pd(x[0].0, x[1].0), _mm512_unpackhi_pd(x[0].0, x[1].0)]);
        for (i, row) in r.into_iter().enumerate() {
            let parts = has!([
                _mm512_castpd512_pd128(row),
                _mm512_extractf64x2_pd::<1>(row),
                _mm512_extractf64x2_pd::<2>(row),
                _mm512_extractf64x2_pd::<3>(row),
            ]);
            for (j, part) in parts.into_iter().enumerate() {
                // SAFETY: the registers prove AVX-512; values at and at + 1 of the caller's rows of eight.
                unsafe { _mm_storeu_pd(rows[i + 2 * j].wrapping_add(at), part) }
            }
        }
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(has!(_mm512_maskz_mov_pd(0xfe, self.0)))
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        let order = has!(_mm512_setr_epi64(7, 6, 5, 4, 3, 2, 1, 0));
        Self(has!(_mm512_permutexvar_pd(order, self.0)))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        Self(has!(_mm512_permute_pd::<0b0101_0101>(self.0)))
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        Self(has!(_mm512_shuffle_f64x2::<0b00_01_10_11>(self.0, self.0)))
    }
    #[inline(always)]
    fn mirror_pairs(self, rest: Self) -> Self {
        let order = has!(_mm512_setr_epi64(0, 1, 14, 15, 12, 13, 10, 11));
        Self(has!(_mm512_permutex2var_pd(self.0, order, rest.0)))
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        Self(has!(_mm512_maskz_mov_pd(0xFD, self.0)))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(_: Avx512, p: *const f64, stride: usize) -> [Self; MAX_PAIRS] {
        // Half a row of two rows share a register, as in `load_half`.
        let zero = Self(has!(_mm512_setzero_pd()));
        let mut c = [zero; MAX_PAIRS];
        for half in 0..2 {
            let mut x = [zero.0; 2];
            for (i, x) in x.iter_mut().enumerate() {
                let row = p.wrapping_add(2 * i * stride + 4 * half);
                // SAFETY: the token proves AVX; half of the caller's row 2 i.
                let low = unsafe { _mm256_loadu_pd(row) };
                // SAFETY: of row 2 i + 1.
                let high = unsafe { _mm256_loadu_pd(row.wrapping_add(stride)) };
                *x = has!(_mm512_insertf64x4::<1>(_mm512_castpd256_pd512(low), high));
            }
            c[2 * half] = Self(has!(_mm512_shuffle_f64x2::<0b10_00_10_00>(x[0], x[1])));
            c[2 * half + 1] = Self(has!(_mm512_shuffle_f64x2::<0b11_01_11_01>(x[0], x[1])));
        }
        c
    }

    #[inline(always)]
    unsafe fn load_pairs(v: Avx512, p: *const f64) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let x = unsafe { Self::load(v, p) }.0;
        // SAFETY: the second.
        let y = unsafe { Self::load(v, p.wrapping_add(8)) }.0;
        let even = has!(_mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14));
        let odd = has!(_mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15));
        (Self(has!(_mm512_permutex2var_pd(x, even, y))), Self(has!(_mm512_permutex2var_pd(x, odd, y))))
    }
    #[inline(always)]
    unsafe fn store_pairs(a: Self, b: Self, p: *mut f64) {
        let low = has!(_mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11));
        let high = has!(_mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15));
        let (low, high) =
            has!((_mm512_permutex2var_pd(a.0, low, b.0), _mm512_permutex2var_pd(a.0, high, b.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { Self(low).store(p) };
        // SAFETY: the second.
        unsafe { Self(high).store(p.wrapping_add(8)) };
    }
    #[inline(always)]
    unsafe fn load_quads(_: Avx512, p: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: the token proves AVX-512; values `j` and `j + 1` of four of the caller's eight groups.
        let at = |i: usize, j: usize| unsafe {
            Self::quarters([i, i + 2, i + 4, i + 6].map(|group| p.wrapping_add(group * stride + j)))
        };
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 2), at(1, 2));
        let (q0, q1) = has!((_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b)));
        let (q2, q3) = has!((_mm512_unpacklo_pd(c, d), _mm512_unpackhi_pd(c, d)));
        [Self(q0), Self(q1), Self(q2), Self(q3)]
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f64, stride: usize) {
        let [x0, x1, x2, x3] = x.map(|x| x.0);
        // Values 0 and 1, and 2 and 3, of the groups with even numbers; then of the odd ones.
        let (a0, b0) = has!((_mm512_unpacklo_pd(x0, x1), _mm512_unpackhi_pd(x0, x1)));
        let (a1, b1) = has!((_mm512_unpacklo_pd(x2, x3), _mm512_unpackhi_pd(x2, x3)));
        let first = has!(_mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11));
        let last = has!(_mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15));
        for (i, order) in [(0, first), (4, last)] {
            let (a, b) = has!((_mm512_permutex2var_pd(a0, order, a1), _mm512_permutex2var_pd(b0, order, b1)));
            let groups = has!([
                _mm512_castpd512_pd256(a),
                _mm512_castpd512_pd256(b),
                _mm512_extractf64x4_pd::<1>(a),
                _mm512_extractf64x4_pd::<1>(b),
            ]);
            for (group, x) in groups.into_iter().enumerate() {
                // SAFETY: the registers prove AVX; one of the caller's eight groups.
                unsafe { _mm256_storeu_pd(p.wrapping_add((i + group) * stride), x) }
            }
        }
    }
}

/// Sixteen i32, as [`F32x16`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I32x16(__m512i);

/// Thirty-two i16, as [`F32x16`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I16x32(__m512i);

impl Measure for F32x16 {
    #[inline(always)]
    fn count(_: Avx512) -> Self {
        Self(has!(_mm512_setr_ps(
            0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0
        )))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(has!(_mm512_abs_ps(self.0)))
    }
    #[inline(always)]
    fn max_number(self, new: Self) -> Self {
        // MAXPS gives its second operand where either is NaN.
        Self(has!(_mm512_max_ps(new.0, self.0)))
    }
    #[inline(always)]
    fn reduce_max(self) -> f32 {
        let x = has!(_mm256_max_ps(_mm512_castps512_ps256(self.0), _mm512_extractf32x8_ps::<1>(self.0)));
        let x = has!(_mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x)));
        let x = has!(_mm_max_ps(x, _mm_movehl_ps(x, x)));
        has!(_mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x))))
    }
    #[inline(always)]
    fn reduce_sum(self) -> f64 {
        let lo = has!(_mm512_cvtps_pd(_mm512_castps512_ps256(self.0)));
        let hi = has!(_mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(self.0)));
        has!(_mm512_reduce_add_pd(_mm512_add_pd(lo, hi)))
    }
}

impl I32x16 {
    /// Shuffles the bytes of every quarter by `order`.
    #[inline(always)]
    fn shuffle(self, order: [i8; 16]) -> Self {
        let order = [order; 4];
        // SAFETY: `order` is 64 bytes; the register in hand proves AVX-512.
        let order = unsafe { _mm512_loadu_si512(order.as_ptr().cast()) };
        Self(has!(_mm512_shuffle_epi8(self.0, order)))
    }
}

/// Exchanges the bytes of each i16. The caller holds a token or a register.
#[inline(always)]
fn swap_i16(x: __m256i) -> __m256i {
    let order = [const { reversed(2) }; 2];
    // SAFETY: `order` is 32 bytes; the caller holds the proof of AVX.
    let order = unsafe { _mm256_loadu_si256(order.as_ptr().cast()) };
    has!(_mm256_shuffle_epi8(x, order))
}

/// The nearest integers to `x * scale`, saturated; NaN gives 0.
#[inline(always)]
fn round_f64(x: __m512d, scale: f64) -> __m256i {
    let x = has!(_mm512_mul_pd(x, _mm512_set1_pd(scale)));
    let number = has!(_mm512_cmp_pd_mask::<_CMP_ORD_Q>(x, x));
    let x = has!(_mm512_min_pd(x, _mm512_set1_pd(2_147_483_647.0)));
    let x = has!(_mm512_max_pd(x, _mm512_set1_pd(-2_147_483_648.0)));
    has!(_mm512_maskz_cvtpd_epi32(number, x))
}

impl Int32 for I32x16 {
    type Token = Avx512;
    type F32 = F32x16;
    const LANES: usize = 16;
    const PLAIN_READS: bool = false;

    #[inline(always)]
    unsafe fn load_u8(_: Avx512, p: *const u8) -> Self {
        // SAFETY: the token proves SSE2; the caller's range covers sixteen bytes.
        let x = unsafe { _mm_loadu_si128(p.cast()) };
        Self(has!(_mm512_sub_epi32(_mm512_cvtepu8_epi32(x), _mm512_set1_epi32(128))))
    }
    #[inline(always)]
    unsafe fn load_i16<const SWAP: bool>(_: Avx512, p: *const u8) -> Self {
        // SAFETY: the token proves AVX; the caller's range covers 32 bytes.
        let x = unsafe { _mm256_loadu_si256(p.cast()) };
        let x = if SWAP { swap_i16(x) } else { x };
        Self(has!(_mm512_cvtepi16_epi32(x)))
    }
    #[inline(always)]
    unsafe fn load_i24<const SWAP: bool>(_: Avx512, p: *const u8) -> Self {
        // The mask keeps the read within 48 bytes, twelve words. Three of them make four samples, a quarter.
        // SAFETY: the token proves AVX-512; the caller's range covers 48 bytes.
        let x = unsafe { _mm512_maskz_loadu_epi32(0x0FFF, p.cast()) };
        let quarters = has!(_mm512_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11));
        Self(has!(_mm512_permutexvar_epi32(quarters, x))).shuffle(const { spread(0, SWAP) })
    }
    #[inline(always)]
    unsafe fn load_i32<const SWAP: bool>(_: Avx512, p: *const u8) -> Self {
        // SAFETY: the token proves AVX-512; the caller's range covers 64 bytes.
        let x = Self(unsafe { _mm512_loadu_si512(p.cast()) });
        if SWAP { x.shuffle(const { reversed(4) }) } else { x }
    }
    #[inline(always)]
    unsafe fn store_u8(self, p: *mut u8) {
        let x = has!(_mm_xor_si128(_mm512_cvtsepi32_epi8(self.0), _mm_set1_epi8(-128)));
        // SAFETY: the register proves SSE2; the caller's range covers sixteen bytes.
        unsafe { _mm_storeu_si128(p.cast(), x) }
    }
    #[inline(always)]
    unsafe fn store_i16<const SWAP: bool>(self, p: *mut u8) {
        let x = has!(_mm512_cvtsepi32_epi16(self.0));
        let x = if SWAP { swap_i16(x) } else { x };
        // SAFETY: the register proves AVX; the caller's range covers 32 bytes.
        unsafe { _mm256_storeu_si256(p.cast(), x) }
    }
    #[inline(always)]
    unsafe fn store_i24<const SWAP: bool>(self, p: *mut u8) {
        let x = has!(_mm512_max_epi32(self.0, _mm512_set1_epi32(-8_388_608)));
        let x = has!(_mm512_min_epi32(x, _mm512_set1_epi32(8_388_607)));
        let x = Self(x).shuffle(const { gather(SWAP) });
        // Twelve bytes of each quarter, side by side.
        let words = has!(_mm512_setr_epi32(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15));
        let x = has!(_mm512_permutexvar_epi32(words, x.0));
        let lo = has!(_mm512_castsi512_si256(x));
        // SAFETY: the register proves AVX; the caller's range covers 48 bytes.
        unsafe { _mm256_storeu_si256(p.cast(), lo) }
        let hi = has!(_mm512_extracti32x4_epi32::<2>(x));
        // SAFETY: as above: bytes 32 to 47.
        unsafe { _mm_storeu_si128(p.wrapping_add(32).cast(), hi) }
    }
    #[inline(always)]
    unsafe fn store_i32<const SWAP: bool>(self, p: *mut u8) {
        let x = if SWAP { self.shuffle(const { reversed(4) }) } else { self };
        // SAFETY: the register proves AVX-512; the caller's range covers 64 bytes.
        unsafe { _mm512_storeu_si512(p.cast(), x.0) }
    }
    #[inline(always)]
    fn to_f32(self) -> F32x16 {
        F32x16(has!(_mm512_cvtepi32_ps(self.0)))
    }
    #[inline(always)]
    fn from_f32(x: F32x16) -> Self {
        let number = has!(_mm512_cmp_ps_mask::<_CMP_ORD_Q>(x.0, x.0));
        // VCVTPS2DQ gives i32::MIN for whatever is out of range: right below, to be replaced above.
        let above = has!(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(x.0, _mm512_set1_ps(2_147_483_648.0)));
        let rounded = has!(_mm512_maskz_cvtps_epi32(number, x.0));
        Self(has!(_mm512_mask_mov_epi32(rounded, above, _mm512_set1_epi32(i32::MAX))))
    }
    #[inline(always)]
    unsafe fn store_f64(self, scale: f64, p: *mut f64) {
        let scale = has!(_mm512_set1_pd(scale));
        let lo = has!(_mm512_cvtepi32_pd(_mm512_castsi512_si256(self.0)));
        let hi = has!(_mm512_cvtepi32_pd(_mm512_extracti64x4_epi64::<1>(self.0)));
        let (lo, hi) = has!((_mm512_mul_pd(lo, scale), _mm512_mul_pd(hi, scale)));
        // SAFETY: the register proves AVX-512; the caller's range covers sixteen values.
        unsafe { _mm512_storeu_pd(p, lo) }
        // SAFETY: as above.
        unsafe { _mm512_storeu_pd(p.wrapping_add(8), hi) }
    }
    #[inline(always)]
    unsafe fn load_f64(_: Avx512, scale: f64, p: *const f64) -> Self {
        // SAFETY: the token proves AVX-512; the caller's range covers sixteen values.
        let lo = unsafe { _mm512_loadu_pd(p) };
        // SAFETY: as above.
        let hi = unsafe { _mm512_loadu_pd(p.wrapping_add(8)) };
        let (lo, hi) = (round_f64(lo, scale), round_f64(hi, scale));
        Self(has!(_mm512_inserti64x4::<1>(_mm512_castsi256_si512(lo), hi)))
    }
}

impl Int16 for I16x32 {
    type Token = Avx512;
    const LANES: usize = 32;

    #[inline(always)]
    unsafe fn load(_: Avx512, p: *const i16) -> Self {
        // SAFETY: the token proves AVX-512; the caller's range covers the lanes.
        Self(unsafe { _mm512_loadu_si512(p.cast()) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut i16) {
        // SAFETY: the register proves AVX-512; the caller's range covers the lanes.
        unsafe { _mm512_storeu_si512(p.cast(), self.0) }
    }
    #[inline(always)]
    fn saturating_add(self, o: Self) -> Self {
        Self(has!(_mm512_adds_epi16(self.0, o.0)))
    }
}
