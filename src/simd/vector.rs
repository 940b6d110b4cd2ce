//! What a kernel may do with a register: the private traits that every level implements.
//!
//! The rules that keep this small and sound:
//! - every method is `#[inline(always)]` and wraps one intrinsic, or the few that one operation takes;
//! - a register can only be made with the level's token, so its methods need no proof of their own;
//! - only loads and stores are `unsafe`: the caller proves the range. No alignment is asked.

use core::ops::{Add, Mul, Neg, Sub};

/// The most lanes a register of any level has (sixteen f32 with AVX-512).
pub(crate) const MAX_LANES: usize = 16;

/// The most interleaved complex numbers that a register holds.
pub(crate) const MAX_PAIRS: usize = MAX_LANES / 2;

/// The token of a level: holding one proves that the machine has its instructions.
pub trait Vector: Copy {
    /// A register of f32.
    type F32: Float<f32, Token = Self> + Measure;
    /// A register of f64: half as many lanes, except at the scalar level.
    type F64: Float<f64, Token = Self>;
    /// A register of i32: as many lanes as `F32`.
    type I32: Int32<Token = Self, F32 = Self::F32>;
    /// A register of i16: twice as many lanes as `F32`, except at the scalar level.
    type I16: Int16<Token = Self>;

    /// The level with the next narrower registers whose instructions this one includes.
    ///
    /// A kernel with less work than a wide register holds runs it on narrower ones. Inside the entry of the wider level
    /// they are better than in their own: with AVX-512 there are 32 registers of 256 bits, not 16.
    type Narrow: Vector;

    /// Whether it is worth code that is there for speed alone: not where nearly every machine of the architecture has a
    /// better level, nor where its registers may be memory (of the portable level, all but wasm and x86).
    const USUAL: bool = true;

    /// The level has 32 registers, not 16.
    const HAS_32_REGISTERS: bool = false;

    fn narrow(self) -> Self::Narrow;
}

/// A computation that [`super::Available::run`] compiles once per level.
///
/// `run`, and all that it calls in its loops, is `#[inline(always)]`: it is inlined into the entry of the level,
/// the only place where the instructions are enabled.
pub(crate) trait Kernel {
    type Output;
    fn run<V: Vector>(self, v: V) -> Self::Output;
}

/// A [`Kernel`] whose arguments travel in registers: `A`, `B` and `C`, `()` where there are fewer.
///
/// For kernels of some ten nanoseconds. A struct of arguments goes through memory, and where the compiler copies it
/// in wider pieces than it was written in, the processor waits for the store: that alone cost eight nanoseconds.
/// Slices as arguments also tell the compiler that they do not overlap.
pub(crate) trait Routine {
    type A;
    type B;
    type C;
    type Output;
    fn run<V: Vector>(v: V, a: Self::A, b: Self::B, c: Self::C) -> Self::Output;
}

/// A register of `LANES` floats.
pub trait Float<T>:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    type Token: Vector;

    const LANES: usize;

    /// Where [`Float::load_complex`] puts things: lane `i` holds complex number `ORDER[i]` of those it read.
    ///
    /// Deinterleaving in this order saves a shuffle per register over the natural one; a kernel whose lanes are
    /// independent need not care, one that mixes lanes renames its rows by it, at no cost.
    const ORDER: [usize; MAX_LANES];

    /// Additions take the units that fused multiply-adds take, so that the fewest operations are the fastest, not the
    /// fewest multiplications.
    const FUSED: bool = false;

    fn splat(v: Self::Token, x: T) -> Self;

    /// # Safety
    /// `p` is valid for reads of `LANES` values.
    unsafe fn load(v: Self::Token, p: *const T) -> Self;

    /// # Safety
    /// `p` is valid for writes of `LANES` values.
    unsafe fn store(self, p: *mut T);

    /// `self * b + c`, with one rounding where the level fuses it, two where it does not.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// `self * b - c`, rounded as [`Float::mul_add`].
    fn mul_sub(self, b: Self, c: Self) -> Self;

    /// `c - self * b`, rounded as [`Float::mul_add`].
    fn neg_mul_add(self, b: Self, c: Self) -> Self;

    /// Reads `LANES` interleaved complex numbers, as (real parts, imaginary parts) in [`Float::ORDER`].
    ///
    /// # Safety
    /// `p` is valid for reads of `2 * LANES` values.
    unsafe fn load_complex(v: Self::Token, p: *const T) -> (Self, Self);

    /// Writes `LANES` interleaved complex numbers whose lanes are in [`Float::ORDER`]: undoes
    /// [`Float::load_complex`].
    ///
    /// # Safety
    /// `p` is valid for writes of `2 * LANES` values.
    unsafe fn store_complex(re: Self, im: Self, p: *mut T);

    /// As [`Float::load_complex`], from the last number to the first.
    ///
    /// # Safety
    /// As for [`Float::load_complex`].
    #[inline(always)]
    unsafe fn load_complex_reversed(v: Self::Token, p: *const T) -> (Self, Self) {
        // SAFETY: the caller's promise. ORDER read backwards is LANES - 1 - ORDER at every level.
        let (re, im) = unsafe { Self::load_complex(v, p) };
        (re.reverse(), im.reverse())
    }

    /// As [`Float::store_complex`], from the last number to the first.
    ///
    /// # Safety
    /// As for [`Float::store_complex`].
    #[inline(always)]
    unsafe fn store_complex_reversed(re: Self, im: Self, p: *mut T) {
        // SAFETY: the caller's promise; the order as in `load_complex_reversed`.
        unsafe { Self::store_complex(re.reverse(), im.reverse(), p) }
    }

    /// How many columns [`Float::load_columns`] gives at a time: those that one shuffle tree makes.
    const GROUP: usize;

    /// Reads columns `at..at + GROUP` of the `LANES` x `LANES` matrix whose row `i` begins at `rows[i]`; what is beyond
    /// `GROUP` is unspecified. From memory, since there a transpose takes fewer shuffles than between registers; a group
    /// at a time, since a kernel that has all of it at once must spill.
    ///
    /// # Safety
    /// The first `LANES` of `rows` are valid for reads of `LANES` values; `at` is a multiple of `GROUP` below `LANES`.
    unsafe fn load_columns(v: Self::Token, rows: &[*const T; MAX_LANES], at: usize) -> [Self; 4];

    /// Writes columns `at..at + GROUP` of the matrix that [`Float::load_columns`] reads.
    ///
    /// # Safety
    /// The first `LANES` of `rows` are valid for writes of `LANES` values; `at` is a multiple of `GROUP` below `LANES`.
    unsafe fn store_columns(x: [Self; 4], rows: &[*mut T; MAX_LANES], at: usize);

    /// Columns `at..at + LANES / 2`, as by [`Float::load_columns`].
    ///
    /// # Safety
    /// As for [`Float::load_columns`]; `at` is 0 or `LANES / 2`, and rows may begin anywhere.
    #[inline(always)]
    unsafe fn load_half(v: Self::Token, rows: &[*const T; MAX_LANES], at: usize) -> [Self; 8] {
        // SAFETY: the caller's promise.
        let [a, b, c, d] = unsafe { Self::load_columns(v, rows, at) };
        if Self::GROUP >= 4 || Self::LANES <= 2 * Self::GROUP {
            return [a, b, c, d, a, b, c, d];
        }
        // SAFETY: as above.
        let [c, d, ..] = unsafe { Self::load_columns(v, rows, at + 2) };
        [a, b, c, d, a, b, c, d]
    }

    /// Reverses the lanes.
    fn reverse(self) -> Self;

    /// Sets lane 0 to zero, whatever it held.
    fn clear_first(self) -> Self;

    // Interleaved complex numbers, for short transforms: LANES / 2 to a register, each a pair of neighbouring lanes. The
    // level with one lane holds none: there these methods do nothing of use.

    /// `even` in the even lanes, `odd` in the odd ones.
    #[inline(always)]
    fn splat_pair(v: Self::Token, even: T, odd: T) -> Self
    where
        T: Copy,
    {
        let pairs = [[even, odd]; MAX_PAIRS];
        // SAFETY: the most lanes that a register has.
        unsafe { Self::load(v, pairs.as_ptr().cast()) }
    }

    /// Exchanges the two values of each pair.
    fn swap_pairs(self) -> Self;

    /// The pairs in the other order.
    fn reverse_pairs(self) -> Self;

    /// The first pair of `self`, then the pairs of `rest` from the last back to the second.
    fn mirror_pairs(self, rest: Self) -> Self;

    /// Zero in lane 1, the second value of the first pair.
    fn clear_second(self) -> Self;

    /// Reads `LANES / 2` rows of as many pairs, `stride` values from one row to the next: register `j` holds pair `j` of
    /// each row; what is beyond `LANES / 2` is unspecified.
    ///
    /// # Safety
    /// `p + i * stride` is valid for reads of `LANES` values for every `i < LANES / 2`.
    unsafe fn load_pair_columns(v: Self::Token, p: *const T, stride: usize) -> [Self; MAX_PAIRS];

    // Layout: interleaved to planar and back. Values are moved, never computed with: any bit pattern passes.

    /// Reads `LANES` pairs, as (first of each, second of each) in natural order.
    ///
    /// # Safety
    /// `p` is valid for reads of `2 * LANES` values.
    unsafe fn load_pairs(v: Self::Token, p: *const T) -> (Self, Self);

    /// Writes `LANES` pairs: undoes [`Float::load_pairs`].
    ///
    /// # Safety
    /// `p` is valid for writes of `2 * LANES` values.
    unsafe fn store_pairs(a: Self, b: Self, p: *mut T);

    /// Reads `LANES` groups of four values, `stride` values from one group to the next: register `j` holds value `j`
    /// of each group.
    ///
    /// # Safety
    /// `p + i * stride` is valid for reads of four values for every `i < LANES`.
    unsafe fn load_quads(v: Self::Token, p: *const T, stride: usize) -> [Self; 4];

    /// Writes `LANES` groups of four values, first to last: undoes [`Float::load_quads`]. Where groups overlap
    /// (`stride` less than four), the later one stays.
    ///
    /// # Safety
    /// `p + i * stride` is valid for writes of four values for every `i < LANES`.
    unsafe fn store_quads(x: [Self; 4], p: *mut T, stride: usize);
}

/// What mixing and metering do with a register of f32, beyond [`Float`].
pub trait Measure: Float<f32> {
    /// Lane `i` holds `i`.
    fn count(v: Self::Token) -> Self;

    fn abs(self) -> Self;

    /// The larger of the two, lane by lane; `self` where `new` is NaN.
    fn max_number(self, new: Self) -> Self;

    /// The largest lane, of lanes that are not NaN.
    fn reduce_max(self) -> f32;

    /// The sum of the lanes, added up in f64 in an order that is the level's own.
    fn reduce_sum(self) -> f64;
}

/// A register of `LANES` i32: what sample formats are unpacked into and packed from.
///
/// `SWAP` tells that the bytes of a stored sample are in the order that is not the machine's own.
pub trait Int32: Copy {
    type Token: Vector;
    type F32;

    const LANES: usize;

    /// A plain loop over the scalar register reads integers faster than this level's own, as the compiler knows
    /// the target's shuffles, and this level does not.
    const PLAIN_READS: bool;

    /// Reads `LANES` unsigned bytes, less 128.
    ///
    /// # Safety
    /// `p` is valid for reads of `LANES` bytes.
    unsafe fn load_u8(v: Self::Token, p: *const u8) -> Self;

    /// # Safety
    /// `p` is valid for reads of `2 * LANES` bytes.
    unsafe fn load_i16<const SWAP: bool>(v: Self::Token, p: *const u8) -> Self;

    /// Reads `LANES` packed 24-bit integers, times 256: their bytes are the upper three of each lane.
    ///
    /// # Safety
    /// `p` is valid for reads of `3 * LANES` bytes.
    unsafe fn load_i24<const SWAP: bool>(v: Self::Token, p: *const u8) -> Self;

    /// # Safety
    /// `p` is valid for reads of `4 * LANES` bytes.
    unsafe fn load_i32<const SWAP: bool>(v: Self::Token, p: *const u8) -> Self;

    /// Writes `LANES` unsigned bytes: the lanes saturated to 8 bits, plus 128.
    ///
    /// # Safety
    /// `p` is valid for writes of `LANES` bytes.
    unsafe fn store_u8(self, p: *mut u8);

    /// Writes the lanes saturated to 16 bits.
    ///
    /// # Safety
    /// `p` is valid for writes of `2 * LANES` bytes.
    unsafe fn store_i16<const SWAP: bool>(self, p: *mut u8);

    /// Writes the lanes saturated to 24 bits, packed.
    ///
    /// # Safety
    /// `p` is valid for writes of `3 * LANES` bytes.
    unsafe fn store_i24<const SWAP: bool>(self, p: *mut u8);

    /// # Safety
    /// `p` is valid for writes of `4 * LANES` bytes.
    unsafe fn store_i32<const SWAP: bool>(self, p: *mut u8);

    /// Rounds to the nearest f32, ties to even.
    fn to_f32(self) -> Self::F32;

    /// Rounds to the nearest integer, ties to even; saturates; NaN gives 0.
    fn from_f32(x: Self::F32) -> Self;

    /// Writes `lane * scale`, `LANES` values.
    ///
    /// # Safety
    /// `p` is valid for writes of `LANES` values.
    unsafe fn store_f64(self, scale: f64, p: *mut f64);

    /// Reads `LANES` values; times `scale`, rounded and saturated as by [`Int32::from_f32`].
    ///
    /// # Safety
    /// `p` is valid for reads of `LANES` values.
    unsafe fn load_f64(v: Self::Token, scale: f64, p: *const f64) -> Self;
}

/// A register of `LANES` i16.
pub trait Int16: Copy {
    type Token: Vector;

    const LANES: usize;

    /// # Safety
    /// `p` is valid for reads of `LANES` values.
    unsafe fn load(v: Self::Token, p: *const i16) -> Self;

    /// # Safety
    /// `p` is valid for writes of `LANES` values.
    unsafe fn store(self, p: *mut i16);

    fn saturating_add(self, o: Self) -> Self;
}
