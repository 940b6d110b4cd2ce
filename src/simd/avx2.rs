//! 256-bit registers: AVX2 with FMA, x86-64.

use core::arch::x86_64::{
    __m128i, __m256i, _CMP_GE_OQ, _CMP_ORD_Q, _mm_add_pd, _mm_add_sd, _mm_cvtsd_f64, _mm_cvtss_f32,
    _mm_loadl_epi64, _mm_loadu_si128, _mm_max_ps, _mm_max_ss, _mm_movehdup_ps, _mm_movehl_ps,
    _mm_packs_epi16, _mm_packs_epi32, _mm_set1_epi8, _mm_shuffle_epi8, _mm_storel_epi64, _mm_storeu_si128,
    _mm_unpackhi_pd, _mm_xor_si128, _mm256_adds_epi16, _mm256_and_pd, _mm256_and_ps, _mm256_andnot_ps,
    _mm256_blend_pd, _mm256_blend_ps, _mm256_castpd256_pd128, _mm256_castps_si256, _mm256_castsi256_si128,
    _mm256_cmp_pd, _mm256_cmp_ps, _mm256_cvtepi16_epi32, _mm256_cvtepi32_pd, _mm256_cvtepi32_ps,
    _mm256_cvtepu8_epi32, _mm256_cvtpd_epi32, _mm256_cvtps_epi32, _mm256_cvtps_pd, _mm256_extractf128_pd,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_max_epi32, _mm256_max_pd, _mm256_max_ps,
    _mm256_min_epi32, _mm256_min_pd, _mm256_permute_pd, _mm256_permute_ps, _mm256_permutevar8x32_epi32,
    _mm256_set_m128i, _mm256_set1_epi32, _mm256_setr_ps, _mm256_shuffle_epi8, _mm256_storeu_si256,
    _mm256_sub_epi32, _mm256_xor_si256,
};
use core::arch::x86_64::{
    __m256, __m256d, _mm_storeu_ps, _mm256_add_pd, _mm256_add_ps, _mm256_castpd_ps, _mm256_castps_pd,
    _mm256_castps256_ps128, _mm256_extractf128_ps, _mm256_fmadd_pd, _mm256_fmadd_ps, _mm256_fmsub_pd,
    _mm256_fmsub_ps, _mm256_fnmadd_pd, _mm256_fnmadd_ps, _mm256_loadu_pd, _mm256_loadu_ps,
    _mm256_loadu2_m128, _mm256_loadu2_m128d, _mm256_mul_pd, _mm256_mul_ps, _mm256_permute2f128_pd,
    _mm256_permute4x64_pd, _mm256_permutevar8x32_ps, _mm256_set1_pd, _mm256_set1_ps, _mm256_setr_epi32,
    _mm256_setzero_pd, _mm256_setzero_ps, _mm256_shuffle_ps, _mm256_storeu_pd, _mm256_storeu_ps,
    _mm256_storeu2_m128, _mm256_storeu2_m128d, _mm256_sub_pd, _mm256_sub_ps, _mm256_unpackhi_pd,
    _mm256_unpackhi_ps, _mm256_unpacklo_pd, _mm256_unpacklo_ps, _mm256_xor_pd, _mm256_xor_ps,
};
use core::ops::{Add, Mul, Neg, Sub};

use super::avx512::Avx512;
use super::portable::Portable;
use super::vector::{Float, Int16, Int32, Kernel, MAX_LANES, MAX_PAIRS, Measure, Routine, Vector};

/// The token of [`super::Level::Avx2`]. Only [`entry`], [`call`] and [`Avx2::of_wider`] make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

/// Runs `kernel` with AVX2 and FMA.
///
/// # Safety
/// The processor has AVX2 and FMA, and the operating system saves the YMM state.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn entry<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx2(()))
}

/// As [`entry`], for a routine.
///
/// # Safety
/// As for [`entry`].
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn call<R: Routine>(a: R::A, b: R::B, c: R::C) -> R::Output {
    R::run(Avx2(()), a, b, c)
}

impl Vector for Avx2 {
    type F32 = F32x8;
    type F64 = F64x4;
    type I32 = I32x8;
    type I16 = I16x16;
    type Narrow = Portable;

    #[inline(always)]
    fn narrow(self) -> Portable {
        Portable
    }
}

impl Avx2 {
    /// Inside the entry of AVX-512, which enables AVX2 and FMA too: its token proves them.
    #[inline(always)]
    pub(super) const fn of_wider(_: Avx512) -> Self {
        Self(())
    }
}

/// Eight f32. Made only from a token or from another register: having one proves AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F32x8(__m256);

/// Four f64, as [`F32x8`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct F64x4(__m256d);

/// An intrinsic whose only requirement is that the processor has it.
macro_rules! has {
    ($e:expr) => {
        // SAFETY: the intrinsic needs AVX2 or FMA. A token or a register of this module is in scope wherever this
        // stands, and `entry` and `call`, whose callers proved both, and the token of AVX-512, which proves both, are the only
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

arithmetic!(F32x8, _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_xor_ps, _mm256_set1_ps);
arithmetic!(F64x4, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_xor_pd, _mm256_set1_pd);

/// The methods that differ between the two registers by the intrinsic's name alone.
macro_rules! common {
    ($t:ty, $lanes:literal, $set1:ident, $load:ident, $store:ident, $fma:ident, $fms:ident, $fnma:ident) => {
        type Token = Avx2;
        const LANES: usize = $lanes;

        #[inline(always)]
        fn splat(_: Avx2, x: $t) -> Self {
            Self(has!($set1(x)))
        }
        #[inline(always)]
        unsafe fn load(_: Avx2, p: *const $t) -> Self {
            // SAFETY: the token proves AVX; the caller's range covers the lanes.
            Self(unsafe { $load(p) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut $t) {
            // SAFETY: the register proves AVX; the caller's range covers the lanes.
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

impl F32x8 {
    /// Half of a register of [`super::avx512`], which proves AVX2.
    #[inline(always)]
    pub(super) fn of_half(x: __m256) -> Self {
        Self(x)
    }

    /// Columns `at..at + 4` of the 8 x 8 matrix with the rows `low` and `high`.
    ///
    /// Half a row of `low` and half a row of `high` share a register: putting them together reads memory and takes no
    /// shuffle port. What is left is a 4 x 4 transpose within each half.
    ///
    /// # Safety
    /// AVX is there, and each row is valid for reads of `at + 4` values.
    #[inline(always)]
    unsafe fn half_columns(low: [*const f32; 4], high: [*const f32; 4], at: usize) -> [Self; 4] {
        let mut rows = [has!(_mm256_setzero_ps()); 4];
        for i in 0..4 {
            // SAFETY: the caller proves AVX and the range.
            rows[i] = unsafe { _mm256_loadu2_m128(high[i].wrapping_add(at), low[i].wrapping_add(at)) };
        }
        Self::transpose_halves(rows).map(Self)
    }
}

impl F64x4 {
    /// Columns `at` and `at + 1` of the 4 x 4 matrix with the rows `low` and `high`, as [`F32x8::half_columns`].
    ///
    /// # Safety
    /// AVX is there, and each row is valid for reads of `at + 2` values.
    #[inline(always)]
    unsafe fn half_columns(low: [*const f64; 2], high: [*const f64; 2], at: usize) -> [Self; 2] {
        let mut r = [has!(_mm256_setzero_pd()); 2];
        for i in 0..2 {
            // SAFETY: the caller proves AVX and the range.
            r[i] = unsafe { _mm256_loadu2_m128d(high[i].wrapping_add(at), low[i].wrapping_add(at)) };
        }
        [Self(has!(_mm256_unpacklo_pd(r[0], r[1]))), Self(has!(_mm256_unpackhi_pd(r[0], r[1])))]
    }
}

impl Float<f32> for F32x8 {
    common!(
        f32,
        8,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_fmadd_ps,
        _mm256_fmsub_ps,
        _mm256_fnmadd_ps
    );

    /// Each 128-bit half is deinterleaved in itself: two shuffles for sixteen values, none across the halves.
    const GROUP: usize = 4;

    const ORDER: [usize; MAX_LANES] = [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    #[inline(always)]
    unsafe fn load_complex(v: Avx2, p: *const f32) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(8)) };
        (
            Self(has!(_mm256_shuffle_ps::<0b10_00_10_00>(a.0, b.0))),
            Self(has!(_mm256_shuffle_ps::<0b11_01_11_01>(a.0, b.0))),
        )
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f32) {
        let lo = Self(has!(_mm256_unpacklo_ps(re.0, im.0)));
        let hi = Self(has!(_mm256_unpackhi_ps(re.0, im.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { lo.store(p) };
        // SAFETY: the second.
        unsafe { hi.store(p.wrapping_add(8)) };
    }
    // Halves are exchanged while loading, which takes no shuffle port; within them the shuffle that deinterleaves reverses.
    #[inline(always)]
    unsafe fn load_complex_reversed(_: Avx2, p: *const f32) -> (Self, Self) {
        // SAFETY: the token proves AVX; the second of the caller's two registers.
        let a = unsafe { _mm256_loadu2_m128(p.wrapping_add(8), p.wrapping_add(12)) };
        // SAFETY: the first.
        let b = unsafe { _mm256_loadu2_m128(p, p.wrapping_add(4)) };
        (
            Self(has!(_mm256_shuffle_ps::<0b00_10_00_10>(a, b))),
            Self(has!(_mm256_shuffle_ps::<0b01_11_01_11>(a, b))),
        )
    }
    #[inline(always)]
    unsafe fn store_complex_reversed(re: Self, im: Self, p: *mut f32) {
        let (lo, hi) = has!((_mm256_unpacklo_ps(re.0, im.0), _mm256_unpackhi_ps(re.0, im.0)));
        // Numbers are pairs: reversed as the lanes of f64.
        let reverse =
            |x| Self(has!(_mm256_castpd_ps(_mm256_permute4x64_pd::<0b00_01_10_11>(_mm256_castps_pd(x)))));
        // SAFETY: the first register of the caller's two.
        unsafe { reverse(hi).store(p) };
        // SAFETY: the second.
        unsafe { reverse(lo).store(p.wrapping_add(8)) };
    }
    #[inline(always)]
    unsafe fn load_columns(_: Avx2, rows: &[*const f32; MAX_LANES], at: usize) -> [Self; 4] {
        let [p0, p1, p2, p3, p4, p5, p6, p7, ..] = *rows;
        // SAFETY: the token proves AVX; values at..at + 4 of the caller's rows of eight.
        unsafe { Self::half_columns([p0, p1, p2, p3], [p4, p5, p6, p7], at) }
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f32; MAX_LANES], at: usize) {
        for (i, row) in Self::transpose_halves(x.map(|x| x.0)).into_iter().enumerate() {
            // SAFETY: the registers prove AVX; values at..at + 4 of the caller's rows i and i + 4, of eight each.
            unsafe {
                _mm256_storeu2_m128(rows[i + 4].wrapping_add(at), rows[i].wrapping_add(at), row);
            }
        }
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        Self(has!(_mm256_permutevar8x32_ps(self.0, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0))))
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(has!(_mm256_blend_ps::<1>(self.0, _mm256_setzero_ps())))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        Self(has!(_mm256_permute_ps::<0b10_11_00_01>(self.0)))
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        let x = has!(_mm256_permute4x64_pd::<0b00_01_10_11>(_mm256_castps_pd(self.0)));
        Self(has!(_mm256_castpd_ps(x)))
    }
    #[inline(always)]
    fn mirror_pairs(self, rest: Self) -> Self {
        let x = has!(_mm256_castps_pd(_mm256_blend_ps::<0b0000_0011>(rest.0, self.0)));
        Self(has!(_mm256_castpd_ps(_mm256_permute4x64_pd::<0b01_10_11_00>(x))))
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        Self(has!(_mm256_blend_ps::<0b0000_0010>(self.0, _mm256_setzero_ps())))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(_: Avx2, p: *const f32, stride: usize) -> [Self; MAX_PAIRS] {
        // Rows 0 and 2, and rows 1 and 3, share a register, half a row each: as in `half_columns`.
        let row = |i: usize| p.wrapping_add(i * stride);
        let mut c = [Self(has!(_mm256_setzero_ps())); MAX_PAIRS];
        for i in 0..2 {
            let half = 4 * i;
            // SAFETY: the token proves AVX; half a row of the caller's first and third.
            let a = unsafe { _mm256_loadu2_m128(row(2).wrapping_add(half), row(0).wrapping_add(half)) };
            // SAFETY: of the second and fourth.
            let b = unsafe { _mm256_loadu2_m128(row(3).wrapping_add(half), row(1).wrapping_add(half)) };
            let (a, b) = has!((_mm256_castps_pd(a), _mm256_castps_pd(b)));
            c[2 * i] = Self(has!(_mm256_castpd_ps(_mm256_unpacklo_pd(a, b))));
            c[2 * i + 1] = Self(has!(_mm256_castpd_ps(_mm256_unpackhi_pd(a, b))));
        }
        c
    }

    #[inline(always)]
    unsafe fn load_pairs(_: Avx2, p: *const f32) -> (Self, Self) {
        // SAFETY: the token proves AVX; the caller's range covers two registers.
        let at = |i: usize| unsafe { _mm256_loadu_ps(p.wrapping_add(i)) };
        let (x, y) = (at(0), at(8));
        let (a, b) =
            has!((_mm256_shuffle_ps::<0b10_00_10_00>(x, y), _mm256_shuffle_ps::<0b11_01_11_01>(x, y)));
        let natural = |x| has!(_mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_castps_pd(x))));
        (Self(natural(a)), Self(natural(b)))
    }
    #[inline(always)]
    unsafe fn store_pairs(a: Self, b: Self, p: *mut f32) {
        let (lo, hi) = has!((_mm256_unpacklo_ps(a.0, b.0), _mm256_unpackhi_ps(a.0, b.0)));
        for (i, x) in [(0, lo), (4, hi)] {
            // SAFETY: the registers prove AVX; `i` and `i + 8` begin halves of the caller's 16 values.
            unsafe { _mm256_storeu2_m128(p.wrapping_add(i + 8), p.wrapping_add(i), x) }
        }
    }
    #[inline(always)]
    unsafe fn load_quads(_: Avx2, p: *const f32, stride: usize) -> [Self; 4] {
        // Halves are put together while loading and taken apart while storing: inserting a half from memory and
        // extracting one to memory need no shuffle port, so the shuffles left are those within halves.
        // Rows are groups 0..4 in the low halves and 4..8 in the high ones. Two pointers and two strides reach all
        // eight: one register for each group's distance would be too many.
        let (q, third) = (p.wrapping_add(4 * stride), 3 * stride);
        let rows = [
            (q, p),
            (q.wrapping_add(stride), p.wrapping_add(stride)),
            (q.wrapping_add(2 * stride), p.wrapping_add(2 * stride)),
            (q.wrapping_add(third), p.wrapping_add(third)),
        ];
        // SAFETY: the token proves AVX; these are groups `i + 4` and `i` of the caller's eight.
        Self::transpose_halves(rows.map(|(high, low)| unsafe { _mm256_loadu2_m128(high, low) })).map(Self)
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f32, stride: usize) {
        let rows = Self::transpose_halves(x.map(|x| x.0));
        let (q, third) = (p.wrapping_add(4 * stride), 3 * stride);
        let groups =
            |p: *mut f32| [p, p.wrapping_add(stride), p.wrapping_add(2 * stride), p.wrapping_add(third)];
        for (row, p) in rows.into_iter().zip(groups(p)) {
            let low = has!(_mm256_castps256_ps128(row));
            // SAFETY: the registers prove AVX; these are groups 0 to 3 of the caller's eight.
            unsafe { _mm_storeu_ps(p, low) }
        }
        for (row, q) in rows.into_iter().zip(groups(q)) {
            let high = has!(_mm256_extractf128_ps::<1>(row));
            // SAFETY: the registers prove AVX; these are groups 4 to 7 of the caller's eight.
            unsafe { _mm_storeu_ps(q, high) }
        }
    }
}

impl Float<f64> for F64x4 {
    common!(
        f64,
        4,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_fmadd_pd,
        _mm256_fmsub_pd,
        _mm256_fnmadd_pd
    );

    /// As for f32: no shuffle across the halves.
    const GROUP: usize = 2;

    const ORDER: [usize; MAX_LANES] = [0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    #[inline(always)]
    unsafe fn load_complex(v: Avx2, p: *const f64) -> (Self, Self) {
        // SAFETY: the first register of the caller's two.
        let a = unsafe { Self::load(v, p) };
        // SAFETY: the second.
        let b = unsafe { Self::load(v, p.wrapping_add(4)) };
        (Self(has!(_mm256_unpacklo_pd(a.0, b.0))), Self(has!(_mm256_unpackhi_pd(a.0, b.0))))
    }
    #[inline(always)]
    unsafe fn store_complex(re: Self, im: Self, p: *mut f64) {
        let lo = Self(has!(_mm256_unpacklo_pd(re.0, im.0)));
        let hi = Self(has!(_mm256_unpackhi_pd(re.0, im.0)));
        // SAFETY: the first register of the caller's two.
        unsafe { lo.store(p) };
        // SAFETY: the second.
        unsafe { hi.store(p.wrapping_add(4)) };
    }
    // A number is half a register: halves are exchanged on their way from and to memory.
    #[inline(always)]
    unsafe fn load_complex_reversed(_: Avx2, p: *const f64) -> (Self, Self) {
        // SAFETY: the token proves AVX; the second of the caller's two registers.
        let a = unsafe { _mm256_loadu2_m128d(p.wrapping_add(4), p.wrapping_add(6)) };
        // SAFETY: the first.
        let b = unsafe { _mm256_loadu2_m128d(p, p.wrapping_add(2)) };
        (Self(has!(_mm256_unpacklo_pd(a, b))), Self(has!(_mm256_unpackhi_pd(a, b))))
    }
    #[inline(always)]
    unsafe fn store_complex_reversed(re: Self, im: Self, p: *mut f64) {
        let (lo, hi) = has!((_mm256_unpacklo_pd(re.0, im.0), _mm256_unpackhi_pd(re.0, im.0)));
        // SAFETY: the registers prove AVX; the first of the caller's two registers.
        unsafe { _mm256_storeu2_m128d(p, p.wrapping_add(2), hi) };
        // SAFETY: the second.
        unsafe { _mm256_storeu2_m128d(p.wrapping_add(4), p.wrapping_add(6), lo) };
    }
    #[inline(always)]
    unsafe fn load_columns(_: Avx2, rows: &[*const f64; MAX_LANES], at: usize) -> [Self; 4] {
        let [p0, p1, p2, p3, ..] = *rows;
        // SAFETY: the token proves AVX; values at..at + 2 of the caller's rows of four.
        let [c0, c1] = unsafe { Self::half_columns([p0, p1], [p2, p3], at) };
        [c0, c1, c1, c1]
    }
    #[inline(always)]
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut f64; MAX_LANES], at: usize) {
        let r = has!([_mm256_unpacklo_pd(x[0].0, x[1].0), _mm256_unpackhi_pd(x[0].0, x[1].0)]);
        for (i, row) in r.into_iter().enumerate() {
            // SAFETY: the registers prove AVX; values at..at + 2 of the caller's rows i and i + 2, of four each.
            unsafe {
                _mm256_storeu2_m128d(rows[i + 2].wrapping_add(at), rows[i].wrapping_add(at), row);
            }
        }
    }
    #[inline(always)]
    fn reverse(self) -> Self {
        Self(has!(_mm256_permute4x64_pd::<0b00_01_10_11>(self.0)))
    }
    #[inline(always)]
    fn clear_first(self) -> Self {
        Self(has!(_mm256_blend_pd::<1>(self.0, _mm256_setzero_pd())))
    }

    #[inline(always)]
    fn swap_pairs(self) -> Self {
        Self(has!(_mm256_permute_pd::<0b0101>(self.0)))
    }
    #[inline(always)]
    fn reverse_pairs(self) -> Self {
        Self(has!(_mm256_permute2f128_pd::<0x01>(self.0, self.0)))
    }
    #[inline(always)]
    fn mirror_pairs(self, rest: Self) -> Self {
        Self(has!(_mm256_blend_pd::<0b0011>(rest.0, self.0)))
    }
    #[inline(always)]
    fn clear_second(self) -> Self {
        Self(has!(_mm256_blend_pd::<0b0010>(self.0, _mm256_setzero_pd())))
    }
    #[inline(always)]
    unsafe fn load_pair_columns(_: Avx2, p: *const f64, stride: usize) -> [Self; MAX_PAIRS] {
        let q = p.wrapping_add(stride);
        // SAFETY: the token proves AVX; the first pairs of the caller's two rows.
        let a = Self(unsafe { _mm256_loadu2_m128d(q, p) });
        // SAFETY: the second pairs.
        let b = Self(unsafe { _mm256_loadu2_m128d(q.wrapping_add(2), p.wrapping_add(2)) });
        [a, b, b, b, b, b, b, b]
    }

    // Halves as in the groups of four of f32.
    #[inline(always)]
    unsafe fn load_pairs(_: Avx2, p: *const f64) -> (Self, Self) {
        // SAFETY: the token proves AVX; `i` and `i + 4` begin halves of the caller's 8 values.
        let at = |i: usize| unsafe { _mm256_loadu2_m128d(p.wrapping_add(i + 4), p.wrapping_add(i)) };
        let (a, b) = (at(0), at(2));
        (Self(has!(_mm256_unpacklo_pd(a, b))), Self(has!(_mm256_unpackhi_pd(a, b))))
    }
    #[inline(always)]
    unsafe fn store_pairs(a: Self, b: Self, p: *mut f64) {
        let (lo, hi) = has!((_mm256_unpacklo_pd(a.0, b.0), _mm256_unpackhi_pd(a.0, b.0)));
        for (i, x) in [(0, lo), (2, hi)] {
            // SAFETY: the registers prove AVX; `i` and `i + 4` begin halves of the caller's 8 values.
            unsafe { _mm256_storeu2_m128d(p.wrapping_add(i + 4), p.wrapping_add(i), x) }
        }
    }
    #[inline(always)]
    unsafe fn load_quads(_: Avx2, p: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: the token proves AVX; groups `i` and `i + 2` are among the caller's four, and `j` is 0 or 2.
        let at = |i: usize, j: usize| unsafe {
            _mm256_loadu2_m128d(p.wrapping_add((i + 2) * stride + j), p.wrapping_add(i * stride + j))
        };
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 2), at(1, 2));
        let (q0, q1) = has!((_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b)));
        let (q2, q3) = has!((_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d)));
        [Self(q0), Self(q1), Self(q2), Self(q3)]
    }
    #[inline(always)]
    unsafe fn store_quads(x: [Self; 4], p: *mut f64, stride: usize) {
        let [x0, x1, x2, x3] = x.map(|x| x.0);
        let (a0, a1) = has!((_mm256_unpacklo_pd(x0, x1), _mm256_unpackhi_pd(x0, x1)));
        let (a2, a3) = has!((_mm256_unpacklo_pd(x2, x3), _mm256_unpackhi_pd(x2, x3)));
        let rows = has!([
            _mm256_permute2f128_pd::<0x20>(a0, a2),
            _mm256_permute2f128_pd::<0x20>(a1, a3),
            _mm256_permute2f128_pd::<0x31>(a0, a2),
            _mm256_permute2f128_pd::<0x31>(a1, a3),
        ]);
        for (i, row) in rows.into_iter().enumerate() {
            // SAFETY: group `i` is among the caller's four, and is one register.
            unsafe { Self(row).store(p.wrapping_add(i * stride)) }
        }
    }
}

impl F32x8 {
    /// Transposes the 4 x 4 matrices in the low and in the high halves of four rows.
    #[inline(always)]
    fn transpose_halves([r0, r1, r2, r3]: [__m256; 4]) -> [__m256; 4] {
        // Even and odd places, twice over. SHUFPS runs on two ports of Intel's cores since Ice Lake, UNPCKLPS and
        // UNPCKLPD, which would do as well, on one.
        let even = |x, y| has!(_mm256_shuffle_ps::<0b10_00_10_00>(x, y));
        let odd = |x, y| has!(_mm256_shuffle_ps::<0b11_01_11_01>(x, y));
        let (a, b, c, d) = (even(r0, r1), odd(r0, r1), even(r2, r3), odd(r2, r3));
        [even(a, c), even(b, d), odd(a, c), odd(b, d)]
    }
}

/// Eight i32, as [`F32x8`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I32x8(__m256i);

/// Sixteen i16, as [`F32x8`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct I16x16(__m256i);

impl Measure for F32x8 {
    #[inline(always)]
    fn count(_: Avx2) -> Self {
        Self(has!(_mm256_setr_ps(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(has!(_mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0)))
    }
    #[inline(always)]
    fn max_number(self, new: Self) -> Self {
        // MAXPS gives its second operand where either is NaN.
        Self(has!(_mm256_max_ps(new.0, self.0)))
    }
    #[inline(always)]
    fn reduce_max(self) -> f32 {
        let x = has!(_mm_max_ps(_mm256_castps256_ps128(self.0), _mm256_extractf128_ps::<1>(self.0)));
        let x = has!(_mm_max_ps(x, _mm_movehl_ps(x, x)));
        has!(_mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x))))
    }
    #[inline(always)]
    fn reduce_sum(self) -> f64 {
        let lo = has!(_mm256_cvtps_pd(_mm256_castps256_ps128(self.0)));
        let hi = has!(_mm256_cvtps_pd(_mm256_extractf128_ps::<1>(self.0)));
        let x = has!(_mm256_add_pd(lo, hi));
        let x = has!(_mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd::<1>(x)));
        has!(_mm_cvtsd_f64(_mm_add_sd(x, _mm_unpackhi_pd(x, x))))
    }
}

/// The order of bytes that reverses each group of `bytes`, for a shuffle within 128 bits.
#[expect(clippy::cast_possible_truncation, reason = "byte numbers below 16")]
pub(super) const fn reversed(bytes: usize) -> [i8; 16] {
    let mut order = [0; 16];
    let mut i = 0;
    while i < 16 {
        order[i] = ((i / bytes) * bytes + bytes - 1 - i % bytes) as i8;
        i += 1;
    }
    order
}

/// Where the four bytes of each lane come from when packed 24-bit samples, the first of which starts at byte
/// `start`, are spread over four lanes; -1 gives 0.
#[expect(clippy::cast_possible_truncation, reason = "byte numbers below 16")]
pub(super) const fn spread(start: usize, swap: bool) -> [i8; 16] {
    let mut order = [-1; 16];
    let mut i = 0;
    while i < 12 {
        let byte = if swap { 2 - i % 3 } else { i % 3 };
        order[i / 3 * 4 + 1 + i % 3] = (start + i / 3 * 3 + byte) as i8;
        i += 1;
    }
    order
}

/// The reverse of [`spread`] for lanes whose lower three bytes count: twelve bytes, then zeros.
#[expect(clippy::cast_possible_truncation, reason = "byte numbers below 16")]
pub(super) const fn gather(swap: bool) -> [i8; 16] {
    let mut order = [-1; 16];
    let mut i = 0;
    while i < 12 {
        let byte = if swap { 2 - i % 3 } else { i % 3 };
        order[i] = (i / 3 * 4 + byte) as i8;
        i += 1;
    }
    order
}

impl I32x8 {
    /// Shuffles the bytes of the lower half by `lo`, of the upper by `hi`.
    #[inline(always)]
    fn shuffle(self, lo: [i8; 16], hi: [i8; 16]) -> Self {
        let order = [lo, hi];
        // SAFETY: `order` is 32 bytes; the register in hand proves AVX2.
        let order = unsafe { _mm256_loadu_si256(order.as_ptr().cast()) };
        Self(has!(_mm256_shuffle_epi8(self.0, order)))
    }

    /// The lanes saturated to 16 bits.
    #[inline(always)]
    fn saturate(self) -> __m128i {
        has!(_mm_packs_epi32(_mm256_castsi256_si128(self.0), _mm256_extracti128_si256::<1>(self.0)))
    }
}

/// Shuffles the bytes of 128 bits. The caller holds a token or a register.
#[inline(always)]
fn shuffle_half(x: __m128i, order: [i8; 16]) -> __m128i {
    // SAFETY: `order` is 16 bytes; the caller holds the proof of AVX2.
    let order = unsafe { _mm_loadu_si128(order.as_ptr().cast()) };
    has!(_mm_shuffle_epi8(x, order))
}

/// The nearest integers to `x * scale`, saturated; NaN gives 0.
#[inline(always)]
fn round_f64(x: F64x4, scale: f64) -> __m128i {
    let x = has!(_mm256_mul_pd(x.0, _mm256_set1_pd(scale)));
    let x = has!(_mm256_and_pd(x, _mm256_cmp_pd::<_CMP_ORD_Q>(x, x)));
    let x = has!(_mm256_min_pd(x, _mm256_set1_pd(2_147_483_647.0)));
    has!(_mm256_cvtpd_epi32(_mm256_max_pd(x, _mm256_set1_pd(-2_147_483_648.0))))
}

impl Int32 for I32x8 {
    type Token = Avx2;
    type F32 = F32x8;
    const LANES: usize = 8;
    const PLAIN_READS: bool = false;

    #[inline(always)]
    unsafe fn load_u8(_: Avx2, p: *const u8) -> Self {
        // SAFETY: the token proves SSE2; the caller's range covers eight bytes.
        let x = unsafe { _mm_loadl_epi64(p.cast()) };
        Self(has!(_mm256_sub_epi32(_mm256_cvtepu8_epi32(x), _mm256_set1_epi32(128))))
    }
    #[inline(always)]
    unsafe fn load_i16<const SWAP: bool>(_: Avx2, p: *const u8) -> Self {
        // SAFETY: the token proves SSE2; the caller's range covers sixteen bytes.
        let x = unsafe { _mm_loadu_si128(p.cast()) };
        let x = if SWAP { shuffle_half(x, const { reversed(2) }) } else { x };
        Self(has!(_mm256_cvtepi16_epi32(x)))
    }
    #[inline(always)]
    unsafe fn load_i24<const SWAP: bool>(_: Avx2, p: *const u8) -> Self {
        // Bytes 0..16 and 8..24: the samples of the upper half start at its byte 4, and nothing outside is read.
        // SAFETY: the token proves SSE2; the caller's range covers 24 bytes.
        let lo = unsafe { _mm_loadu_si128(p.cast()) };
        // SAFETY: as above.
        let hi = unsafe { _mm_loadu_si128(p.wrapping_add(8).cast()) };
        let x = Self(has!(_mm256_set_m128i(hi, lo)));
        x.shuffle(const { spread(0, SWAP) }, const { spread(4, SWAP) })
    }
    #[inline(always)]
    unsafe fn load_i32<const SWAP: bool>(_: Avx2, p: *const u8) -> Self {
        // SAFETY: the token proves AVX; the caller's range covers 32 bytes.
        let x = Self(unsafe { _mm256_loadu_si256(p.cast()) });
        if SWAP { x.shuffle(const { reversed(4) }, const { reversed(4) }) } else { x }
    }
    #[inline(always)]
    unsafe fn store_u8(self, p: *mut u8) {
        let x = self.saturate();
        let x = has!(_mm_xor_si128(_mm_packs_epi16(x, x), _mm_set1_epi8(-128)));
        // SAFETY: the register proves SSE2; the caller's range covers eight bytes.
        unsafe { _mm_storel_epi64(p.cast(), x) }
    }
    #[inline(always)]
    unsafe fn store_i16<const SWAP: bool>(self, p: *mut u8) {
        let x = self.saturate();
        let x = if SWAP { shuffle_half(x, const { reversed(2) }) } else { x };
        // SAFETY: the register proves SSE2; the caller's range covers sixteen bytes.
        unsafe { _mm_storeu_si128(p.cast(), x) }
    }
    #[inline(always)]
    unsafe fn store_i24<const SWAP: bool>(self, p: *mut u8) {
        let x = has!(_mm256_max_epi32(self.0, _mm256_set1_epi32(-8_388_608)));
        let x = has!(_mm256_min_epi32(x, _mm256_set1_epi32(8_388_607)));
        let x = Self(x).shuffle(const { gather(SWAP) }, const { gather(SWAP) });
        // Twelve bytes of each half, side by side.
        let x = has!(_mm256_permutevar8x32_epi32(x.0, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7)));
        let lo = has!(_mm256_castsi256_si128(x));
        // SAFETY: the register proves SSE2; the caller's range covers 24 bytes.
        unsafe { _mm_storeu_si128(p.cast(), lo) }
        let hi = has!(_mm256_extracti128_si256::<1>(x));
        // SAFETY: as above: bytes 16 to 23.
        unsafe { _mm_storel_epi64(p.wrapping_add(16).cast(), hi) }
    }
    #[inline(always)]
    unsafe fn store_i32<const SWAP: bool>(self, p: *mut u8) {
        let x = if SWAP { self.shuffle(const { reversed(4) }, const { reversed(4) }) } else { self };
        // SAFETY: the register proves AVX; the caller's range covers 32 bytes.
        unsafe { _mm256_storeu_si256(p.cast(), x.0) }
    }
    #[inline(always)]
    fn to_f32(self) -> F32x8 {
        F32x8(has!(_mm256_cvtepi32_ps(self.0)))
    }
    #[inline(always)]
    fn from_f32(x: F32x8) -> Self {
        let number = has!(_mm256_and_ps(x.0, _mm256_cmp_ps::<_CMP_ORD_Q>(x.0, x.0)));
        // CVTPS2DQ gives i32::MIN for whatever is out of range: right below, all bits to be turned above.
        let above = has!(_mm256_cmp_ps::<_CMP_GE_OQ>(number, _mm256_set1_ps(2_147_483_648.0)));
        let rounded = has!(_mm256_cvtps_epi32(number));
        Self(has!(_mm256_xor_si256(rounded, _mm256_castps_si256(above))))
    }
    #[inline(always)]
    unsafe fn store_f64(self, scale: f64, p: *mut f64) {
        let scale = has!(_mm256_set1_pd(scale));
        let lo = has!(_mm256_cvtepi32_pd(_mm256_castsi256_si128(self.0)));
        let hi = has!(_mm256_cvtepi32_pd(_mm256_extracti128_si256::<1>(self.0)));
        let (lo, hi) = has!((_mm256_mul_pd(lo, scale), _mm256_mul_pd(hi, scale)));
        // SAFETY: the register proves AVX; the caller's range covers eight values.
        unsafe { _mm256_storeu_pd(p, lo) }
        // SAFETY: as above.
        unsafe { _mm256_storeu_pd(p.wrapping_add(4), hi) }
    }
    #[inline(always)]
    unsafe fn load_f64(_: Avx2, scale: f64, p: *const f64) -> Self {
        // SAFETY: the token proves AVX; the caller's range covers eight values.
        let lo = unsafe { _mm256_loadu_pd(p) };
        // SAFETY: as above.
        let hi = unsafe { _mm256_loadu_pd(p.wrapping_add(4)) };
        let (lo, hi) = (round_f64(F64x4(lo), scale), round_f64(F64x4(hi), scale));
        Self(has!(_mm256_set_m128i(hi, lo)))
    }
}

impl Int16 for I16x16 {
    type Token = Avx2;
    const LANES: usize = 16;

    #[inline(always)]
    unsafe fn load(_: Avx2, p: *const i16) -> Self {
        // SAFETY: the token proves AVX; the caller's range covers the lanes.
        Self(unsafe { _mm256_loadu_si256(p.cast()) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut i16) {
        // SAFETY: the register proves AVX; the caller's range covers the lanes.
        unsafe { _mm256_storeu_si256(p.cast(), self.0) }
    }
    #[inline(always)]
    fn saturating_add(self, o: Self) -> Self {
        Self(has!(_mm256_adds_epi16(self.0, o.0)))
    }
}
