//! Stored samples to floats and back: u8, i16, packed i24, i32, f32, f64, in either order of bytes.
//!
//! Full scale is 1: an integer of `b` bits is divided by `2^(b-1)`, a power of two, so that nothing is lost where
//! the float has the bits. Every level gives the same bits, except in the payload of a NaN.

use core::marker::PhantomData;

use super::Kernels;
use super::each_register::each_register;
use crate::error::LengthError;
use crate::simd::{Available, Float, Int32, Routine, Scalar, Vector};
use crate::units::{Endian, SampleFormat};

/// A format and its order of bytes, in one byte: what the conversions below are called with fits into registers.
#[derive(Clone, Copy)]
enum Stored {
    U8,
    I16,
    I16Swapped,
    I24,
    I24Swapped,
    I32,
    I32Swapped,
    F32,
    F32Swapped,
    F64,
    F64Swapped,
}

impl Stored {
    #[inline(always)]
    const fn of(format: SampleFormat, endian: Endian) -> Self {
        let native = matches!(endian, Endian::Little) == cfg!(target_endian = "little");
        match (format, native) {
            (SampleFormat::U8, _) => Self::U8,
            (SampleFormat::I16, true) => Self::I16,
            (SampleFormat::I16, false) => Self::I16Swapped,
            (SampleFormat::I24, true) => Self::I24,
            (SampleFormat::I24, false) => Self::I24Swapped,
            (SampleFormat::I32, true) => Self::I32,
            (SampleFormat::I32, false) => Self::I32Swapped,
            (SampleFormat::F32, true) => Self::F32,
            (SampleFormat::F32, false) => Self::F32Swapped,
            (SampleFormat::F64, true) => Self::F64,
            (SampleFormat::F64, false) => Self::F64Swapped,
        }
    }
}

/// Evaluates `$int` with `$f` the type of an integer format, or `$float` with `$s` that of a float format.
macro_rules! by_format {
    ($stored:expr, $f:ident => $int:expr, $s:ident => $float:expr) => {
        match $stored {
            Stored::U8 => {
                type $f = U8;
                $int
            }
            Stored::I16 => {
                type $f = I16<false>;
                $int
            }
            Stored::I16Swapped => {
                type $f = I16<true>;
                $int
            }
            Stored::I24 => {
                type $f = I24<false>;
                $int
            }
            Stored::I24Swapped => {
                type $f = I24<true>;
                $int
            }
            Stored::I32 => {
                type $f = I32<false>;
                $int
            }
            Stored::I32Swapped => {
                type $f = I32<true>;
                $int
            }
            Stored::F32 => {
                type $s = F32<false>;
                $float
            }
            Stored::F32Swapped => {
                type $s = F32<true>;
                $float
            }
            Stored::F64 => {
                type $s = F64<false>;
                $float
            }
            Stored::F64Swapped => {
                type $s = F64<true>;
                $float
            }
        }
    };
}

impl Kernels {
    /// Converts stored samples to f32.
    ///
    /// Integers: `x / 2^(bits - 1)`, for u8 `(x - 128) / 128`. f32 is copied bit for bit; f64 is rounded to the
    /// nearest f32, becomes infinite beyond its range and stays NaN.
    ///
    /// - `input`: `output.len()` samples as `format` and `endian` say, at any alignment.
    /// - `output`: what it held does not matter.
    ///
    /// # Errors
    /// [`LengthError`] when `input` is not `output.len()` times [`SampleFormat::bytes`] long; nothing is written.
    ///
    /// # Accuracy
    /// Exact for 8, 16 and 24 bits and f32; i32 and f64 are rounded once, ties to even.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    ///
    /// # Examples
    /// ```
    /// use quaver::units::{Endian, SampleFormat};
    ///
    /// let mut samples = [0.0; 2];
    /// let stored = [0x00, 0x40, 0x00, 0x80];
    /// quaver::dsp::Kernels::new().to_f32(SampleFormat::I16, Endian::Little, &stored, &mut samples)?;
    /// assert_eq!(samples, [0.5, -1.0]);
    /// # Ok::<(), quaver::error::LengthError>(())
    /// ```
    #[inline]
    pub fn to_f32(
        &self,
        format: SampleFormat,
        endian: Endian,
        input: &[u8],
        output: &mut [f32],
    ) -> Result<(), LengthError> {
        LengthError::check("input", output.len().saturating_mul(format.bytes()), input.len())?;
        // SAFETY: the slice of bytes holds as many samples as the other, as just checked.
        unsafe { read_f32(self.level, Stored::of(format, endian), input.as_ptr(), output) };
        Ok(())
    }

    /// Converts f32 to stored samples.
    ///
    /// Integers: `x * 2^(bits - 1)`, rounded to the nearest, ties to even, and saturated; u8 has 128 added. NaN
    /// becomes zero. f32 is copied bit for bit; f64 is exact and keeps NaN.
    ///
    /// - `input`: any values.
    /// - `output`: `input.len()` samples as `format` and `endian` say, at any alignment; what it held does not
    ///   matter.
    ///
    /// # Errors
    /// [`LengthError`] when `output` is not `input.len()` times [`SampleFormat::bytes`] long; nothing is written.
    ///
    /// # Accuracy
    /// The nearest value of the format.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn from_f32(
        &self,
        format: SampleFormat,
        endian: Endian,
        input: &[f32],
        output: &mut [u8],
    ) -> Result<(), LengthError> {
        LengthError::check("output", input.len().saturating_mul(format.bytes()), output.len())?;
        // SAFETY: the slice of bytes holds as many samples as the other, as just checked.
        unsafe { write_f32(self.level, Stored::of(format, endian), input, output.as_mut_ptr()) };
        Ok(())
    }

    /// Converts stored samples to f64: as [`Kernels::to_f32`], but exact for every format, i32 and f64 included.
    ///
    /// # Errors
    /// As [`Kernels::to_f32`].
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn to_f64(
        &self,
        format: SampleFormat,
        endian: Endian,
        input: &[u8],
        output: &mut [f64],
    ) -> Result<(), LengthError> {
        LengthError::check("input", output.len().saturating_mul(format.bytes()), input.len())?;
        // SAFETY: the slice of bytes holds as many samples as the other, as just checked.
        unsafe { read_f64(self.level, Stored::of(format, endian), input.as_ptr(), output) };
        Ok(())
    }

    /// Converts f64 to stored samples: as [`Kernels::from_f32`]; to f32 it rounds to the nearest, becomes infinite
    /// beyond its range and stays NaN.
    ///
    /// # Errors
    /// As [`Kernels::from_f32`].
    ///
    /// # Accuracy
    /// The nearest value of the format.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn from_f64(
        &self,
        format: SampleFormat,
        endian: Endian,
        input: &[f64],
        output: &mut [u8],
    ) -> Result<(), LengthError> {
        LengthError::check("output", input.len().saturating_mul(format.bytes()), output.len())?;
        // SAFETY: the slice of bytes holds as many samples as the other, as just checked.
        unsafe { write_f64(self.level, Stored::of(format, endian), input, output.as_mut_ptr()) };
        Ok(())
    }

    /// Converts i16 to f32: `x / 32768`, exact.
    ///
    /// # Errors
    /// [`LengthError`] when the two differ in length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn i16_to_f32(&self, input: &[i16], output: &mut [f32]) -> Result<(), LengthError> {
        LengthError::check("output", input.len(), output.len())?;
        // SAFETY: the bytes of the same slice: i16 has no padding, and bytes ask for no alignment.
        let input = unsafe { core::slice::from_raw_parts(input.as_ptr().cast(), size_of_val(input)) };
        self.level.call::<IntToF32<'_, I16<false>>>(input, output, ());
        Ok(())
    }

    /// Converts f32 to i16: `x * 32768`, rounded to the nearest, ties to even, saturated; NaN becomes 0.
    ///
    /// # Errors
    /// [`LengthError`] when the two differ in length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn f32_to_i16(&self, input: &[f32], output: &mut [i16]) -> Result<(), LengthError> {
        LengthError::check("output", input.len(), output.len())?;
        let bytes = size_of_val(output);
        // SAFETY: the bytes of the same slice, borrowed for as long; any bytes make an i16.
        let output = unsafe { core::slice::from_raw_parts_mut(output.as_mut_ptr().cast(), bytes) };
        self.level.call::<F32ToInt<'_, I16<false>>>(input, output, ());
        Ok(())
    }
}

/// # Safety
/// `input` is valid for reads of `output.len()` samples as `stored` says, and overlaps nothing else in use.
unsafe fn read_f32(level: Available, stored: Stored, input: *const u8, output: &mut [f32]) {
    by_format!(stored,
        F => {
            // SAFETY: the bytes of as many samples, which the caller vouches for.
            let input = unsafe { core::slice::from_raw_parts(input, output.len() * F::BYTES) };
            level.call::<IntToF32<'_, F>>(input, output, ());
        },
        S => {
            // SAFETY: as above.
            let input = unsafe { core::slice::from_raw_parts(input, output.len() * S::BYTES) };
            level.call::<ReadFloat<'_, S, f32>>(input, output, ());
        }
    );
}

/// # Safety
/// `output` is valid for writes of `input.len()` samples as `stored` says, and overlaps nothing else in use.
unsafe fn write_f32(level: Available, stored: Stored, input: &[f32], output: *mut u8) {
    by_format!(stored,
        F => {
            // SAFETY: the bytes of as many samples, which the caller vouches for.
            let output = unsafe { core::slice::from_raw_parts_mut(output, input.len() * F::BYTES) };
            level.call::<F32ToInt<'_, F>>(input, output, ());
        },
        S => {
            // SAFETY: as above.
            let output = unsafe { core::slice::from_raw_parts_mut(output, input.len() * S::BYTES) };
            level.call::<WriteFloat<'_, S, f32>>(input, output, ());
        }
    );
}

/// # Safety
/// `input` is valid for reads of `output.len()` samples as `stored` says, and overlaps nothing else in use.
unsafe fn read_f64(level: Available, stored: Stored, input: *const u8, output: &mut [f64]) {
    by_format!(stored,
        F => {
            // SAFETY: the bytes of as many samples, which the caller vouches for.
            let input = unsafe { core::slice::from_raw_parts(input, output.len() * F::BYTES) };
            level.call::<IntToF64<'_, F>>(input, output, ());
        },
        S => {
            // SAFETY: as above.
            let input = unsafe { core::slice::from_raw_parts(input, output.len() * S::BYTES) };
            level.call::<ReadFloat<'_, S, f64>>(input, output, ());
        }
    );
}

/// # Safety
/// `output` is valid for writes of `input.len()` samples as `stored` says, and overlaps nothing else in use.
unsafe fn write_f64(level: Available, stored: Stored, input: &[f64], output: *mut u8) {
    by_format!(stored,
        F => {
            // SAFETY: the bytes of as many samples, which the caller vouches for.
            let output = unsafe { core::slice::from_raw_parts_mut(output, input.len() * F::BYTES) };
            level.call::<F64ToInt<'_, F>>(input, output, ());
        },
        S => {
            // SAFETY: as above.
            let output = unsafe { core::slice::from_raw_parts_mut(output, input.len() * S::BYTES) };
            level.call::<WriteFloat<'_, S, f64>>(input, output, ());
        }
    );
}

/// An integer format: how a register of it is read and written.
trait IntFormat {
    const BYTES: usize;
    /// The integer that [`IntFormat::load`] makes of full scale: may be a multiple of that of the format.
    const LOADED: f32;
    /// The integer that is full scale for [`IntFormat::store`].
    const STORED: f32;

    /// # Safety
    /// `p` is valid for reads of `LANES` samples.
    unsafe fn load<V: Vector>(v: V, p: *const u8) -> V::I32;

    /// # Safety
    /// `p` is valid for writes of `LANES` samples.
    unsafe fn store<I: Int32>(x: I, p: *mut u8);
}

struct U8;
struct I16<const SWAP: bool>;
struct I24<const SWAP: bool>;
struct I32<const SWAP: bool>;

macro_rules! int_format {
    (($($generic:tt)*) $name:ty, $bytes:literal, $loaded:expr, $stored:expr, $load:expr, $store:expr) => {
        impl $($generic)* IntFormat for $name {
            const BYTES: usize = $bytes;
            const LOADED: f32 = $loaded;
            const STORED: f32 = $stored;

            #[inline(always)]
            unsafe fn load<V: Vector>(v: V, p: *const u8) -> V::I32 {
                // SAFETY: the caller's range is the one that the register asks for.
                unsafe { $load(v, p) }
            }
            #[inline(always)]
            unsafe fn store<I: Int32>(x: I, p: *mut u8) {
                // SAFETY: as in `load`.
                unsafe { $store(x, p) }
            }
        }
    };
}

const FULL_8: f32 = 128.0;
const FULL_16: f32 = 32_768.0;
const FULL_24: f32 = 8_388_608.0;
const FULL_32: f32 = 2_147_483_648.0;

int_format!(() U8, 1, FULL_8, FULL_8, V::I32::load_u8, I::store_u8);
int_format!((<const SWAP: bool>) I16<SWAP>, 2, FULL_16, FULL_16, V::I32::load_i16::<SWAP>, I::store_i16::<SWAP>);
int_format!((<const SWAP: bool>) I24<SWAP>, 3, FULL_32, FULL_24, V::I32::load_i24::<SWAP>, I::store_i24::<SWAP>);
int_format!((<const SWAP: bool>) I32<SWAP>, 4, FULL_32, FULL_32, V::I32::load_i32::<SWAP>, I::store_i32::<SWAP>);

/// A kernel over a slice of bytes and one of floats: `$each` does one register of `V`, and what is left is done
/// lane by lane.
macro_rules! int_kernel {
    ($(#[$doc:meta])* $name:ident, $input:ty, $output:ty, |$v:ident: $V:ident, $F:ident, $in:ident, $out:ident| $each:block,
     $in_step:expr, $out_step:expr, $reads:literal) => {
        $(#[$doc])*
        struct $name<'a, F>(PhantomData<&'a F>);

        impl<'a, $F: IntFormat + 'a> Routine for $name<'a, $F> {
            type A = &'a [$input];
            type B = &'a mut [$output];
            type C = ();
            type Output = ();

            #[inline(always)]
            fn run<V: Vector>(v: V, input: &[$input], output: &mut [$output], (): ()) {
                /// # Safety
                /// Both pointers are valid for `n` samples.
                #[inline(always)]
                unsafe fn part<$V: Vector, $F: IntFormat>(
                    $v: $V,
                    input: *const $input,
                    output: *mut $output,
                    n: usize,
                ) -> usize {
                    each_register!(n, $V::I32::LANES, |at| {
                        let $in = input.wrapping_add(at * $in_step);
                        let $out = output.wrapping_add(at * $out_step);
                        $each
                    })
                }
                /// Less than a register, one by one; or everything, where that is faster.
                ///
                /// # Safety
                /// As for `part`.
                #[inline(never)]
                unsafe fn rest<$F: IntFormat>(input: *const $input, output: *mut $output, n: usize) {
                    // SAFETY: the caller's ranges.
                    unsafe { part::<Scalar, $F>(Scalar, input, output, n) };
                }
                // One of the slices has an element for each sample.
                let n = if $in_step == 1 { input.len() } else { output.len() };
                let (input, output) = (input.as_ptr(), output.as_mut_ptr());
                let done = if $reads && V::I32::PLAIN_READS {
                    0
                } else {
                    // SAFETY: both slices hold `n` samples, as the public method has checked.
                    unsafe { part::<V, $F>(v, input, output, n) }
                };
                if done < n {
                    let input = input.wrapping_add(done * $in_step);
                    let output = output.wrapping_add(done * $out_step);
                    // SAFETY: the rest of the same slices.
                    unsafe { rest::<$F>(input, output, n - done) };
                }
            }
        }
    };
}

int_kernel!(
    IntToF32,
    u8,
    f32,
    |v: V, F, input, output| {
        // SAFETY: a whole register of samples remains in the caller's range.
        let x = unsafe { F::load(v, input) };
        let x = x.to_f32() * V::F32::splat(v, 1.0 / F::LOADED);
        // SAFETY: as above.
        unsafe { x.store(output) };
    },
    F::BYTES,
    1,
    true
);

int_kernel!(
    F32ToInt,
    f32,
    u8,
    |v: V, F, input, output| {
        // SAFETY: a whole register of samples remains in the caller's range.
        let x = unsafe { V::F32::load(v, input) };
        let x = V::I32::from_f32(x * V::F32::splat(v, F::STORED));
        // SAFETY: as above.
        unsafe { F::store(x, output) };
    },
    1,
    F::BYTES,
    false
);

int_kernel!(
    IntToF64,
    u8,
    f64,
    |v: V, F, input, output| {
        // SAFETY: a whole register of samples remains in the caller's range.
        let x = unsafe { F::load(v, input) };
        // SAFETY: as above.
        unsafe { x.store_f64(f64::from(1.0 / F::LOADED), output) };
    },
    F::BYTES,
    1,
    true
);

int_kernel!(
    F64ToInt,
    f64,
    u8,
    |v: V, F, input, output| {
        // SAFETY: a whole register of samples remains in the caller's range.
        let x = unsafe { V::I32::load_f64(v, f64::from(F::STORED), input) };
        // SAFETY: as above.
        unsafe { F::store(x, output) };
    },
    1,
    F::BYTES,
    false
);

/// A float format, as plain code: a copy, a swap of bytes or one rounding, which the compiler turns into the
/// vector instructions of the entry that it is inlined into.
trait FloatFormat {
    const BYTES: usize;

    /// # Safety
    /// `input` is valid for reads of `output.len()` samples.
    unsafe fn read<T: FromFloat>(input: *const u8, output: &mut [T]);

    /// # Safety
    /// `output` is valid for writes of `input.len()` samples.
    unsafe fn write<T: FromFloat>(input: &[T], output: *mut u8);
}

/// The float of the caller's slice.
trait FromFloat: Copy {
    fn from_f32(x: f32) -> Self;
    fn from_f64(x: f64) -> Self;
    fn to_f32(self) -> f32;
    fn to_f64(self) -> f64;
}

struct F32<const SWAP: bool>;
struct F64<const SWAP: bool>;

macro_rules! float_format {
    ($name:ident, $t:ty, $bits:ty, $from:ident, $to:ident) => {
        impl<const SWAP: bool> FloatFormat for $name<SWAP> {
            const BYTES: usize = size_of::<$t>();

            #[inline(always)]
            unsafe fn read<T: FromFloat>(input: *const u8, output: &mut [T]) {
                for (i, y) in output.iter_mut().enumerate() {
                    // SAFETY: the caller's range covers sample `i`; no alignment is asked.
                    let x = unsafe { input.cast::<$bits>().wrapping_add(i).read_unaligned() };
                    *y = T::$from(<$t>::from_bits(if SWAP { x.swap_bytes() } else { x }));
                }
            }
            #[inline(always)]
            unsafe fn write<T: FromFloat>(input: &[T], output: *mut u8) {
                for (i, x) in input.iter().enumerate() {
                    let x = x.$to().to_bits();
                    let x = if SWAP { x.swap_bytes() } else { x };
                    // SAFETY: the caller's range covers sample `i`; no alignment is asked.
                    unsafe { output.cast::<$bits>().wrapping_add(i).write_unaligned(x) };
                }
            }
        }
    };
}

float_format!(F32, f32, u32, from_f32, to_f32);
float_format!(F64, f64, u64, from_f64, to_f64);

impl FromFloat for f32 {
    #[inline(always)]
    fn from_f32(x: f32) -> Self {
        x
    }
    #[expect(clippy::cast_possible_truncation, reason = "the rounding that the format asks for")]
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x as Self
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl FromFloat for f64 {
    #[inline(always)]
    fn from_f32(x: f32) -> Self {
        Self::from(x)
    }
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x
    }
    #[expect(clippy::cast_possible_truncation, reason = "the rounding that the format asks for")]
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
}

struct ReadFloat<'a, S, T>(PhantomData<&'a (S, T)>);

impl<'a, S: FloatFormat + 'a, T: FromFloat + 'a> Routine for ReadFloat<'a, S, T> {
    type A = &'a [u8];
    type B = &'a mut [T];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(_: V, input: &[u8], output: &mut [T], (): ()) {
        // SAFETY: the bytes hold as many samples as `output`, as the public method has checked.
        unsafe { S::read(input.as_ptr(), output) };
    }
}

struct WriteFloat<'a, S, T>(PhantomData<&'a (S, T)>);

impl<'a, S: FloatFormat + 'a, T: FromFloat + 'a> Routine for WriteFloat<'a, S, T> {
    type A = &'a [T];
    type B = &'a mut [u8];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(_: V, input: &[T], output: &mut [u8], (): ()) {
        // SAFETY: the bytes hold as many samples as `input`, as the public method has checked.
        unsafe { S::write(input, output.as_mut_ptr()) };
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "values are cut down on purpose")]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;
    use crate::simd::Level;

    /// The bytes of integers, by definition.
    fn stored(format: SampleFormat, endian: Endian, x: i64) -> Vec<u8> {
        let n = format.bytes();
        let x = if format == SampleFormat::U8 { x + 128 } else { x };
        let mut bytes = x.to_le_bytes()[..n].to_vec();
        if endian == Endian::Big {
            bytes.reverse();
        }
        bytes
    }

    /// Every integer of the format becomes `x / 2^(bits - 1)` exactly, and itself again.
    fn round_trip(format: SampleFormat, level: Level) {
        const PART: usize = 1 << 16;
        let size = format.bytes();
        let full = 1_i32 << (8 * size - 1);
        let kernels = Kernels::with_level(level).unwrap();
        let (mut single, mut double) = (std::vec![0.0_f32; PART], std::vec![0.0_f64; PART]);
        for first in (-full..full).step_by(PART) {
            let values = first..full.min(first.saturating_add(PART as i32));
            let mut bytes = Vec::with_capacity(PART * size);
            for x in values.clone() {
                let x = if format == SampleFormat::U8 { x + 128 } else { x };
                bytes.extend_from_slice(&x.to_le_bytes()[..size]);
            }
            for endian in [Endian::Little, Endian::Big] {
                if endian == Endian::Big {
                    bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
                }
                let mut again = std::vec![0xAA; bytes.len()];
                let single = &mut single[..values.len()];
                single.fill(f32::NAN);
                kernels.to_f32(format, endian, &bytes, single).unwrap();
                kernels.from_f32(format, endian, single, &mut again).unwrap();
                assert!(again == bytes, "{format} through f32 at {level}, from {first} on");
                // The order of bytes is undone before the float is made, for f32 as for f64: once in slow builds.
                if endian == Endian::Big && cfg!(debug_assertions) && size == 3 {
                    continue;
                }
                let double = &mut double[..values.len()];
                double.fill(f64::NAN);
                kernels.to_f64(format, endian, &bytes, double).unwrap();
                again.fill(0xAA);
                kernels.from_f64(format, endian, double, &mut again).unwrap();
                assert!(again == bytes, "{format} through f64 at {level}, from {first} on");
                // Once is enough: had the other order of bytes other floats, they would not have come back.
                if endian == Endian::Little {
                    for (i, x) in values.clone().enumerate() {
                        let exact = f64::from(x) / f64::from(full);
                        let got = (f64::from(single[i]).to_bits(), double[i].to_bits());
                        assert!(got == (exact.to_bits(), exact.to_bits()), "{x} of {format} at {level}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_integer_of_8_and_16_bits_survives() {
        for level in Level::available() {
            round_trip(SampleFormat::U8, level);
            round_trip(SampleFormat::I16, level);
        }
    }

    /// 2^24 values: at the best level only when not optimised; the harness ties the levels together.
    #[test]
    fn every_integer_of_24_bits_survives() {
        for level in Level::available() {
            if level == Level::detect() || !cfg!(debug_assertions) {
                round_trip(SampleFormat::I24, level);
            }
        }
    }

    #[test]
    fn integers_of_32_bits_survive_in_f64() {
        let kernels = Kernels::new();
        // Steps of a prime: both ends, and all residues of the low bits.
        let values: Vec<i32> = (i64::from(i32::MIN)..=i64::from(i32::MAX))
            .step_by(65_521)
            .chain([i64::from(i32::MAX), -1, 0, 1])
            .map(|x| x as i32)
            .collect();
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_be_bytes()).collect();
        let mut double = std::vec![f64::NAN; values.len()];
        kernels.to_f64(SampleFormat::I32, Endian::Big, &bytes, &mut double).unwrap();
        let mut again = std::vec![0; bytes.len()];
        kernels.from_f64(SampleFormat::I32, Endian::Big, &double, &mut again).unwrap();
        assert_eq!(again, bytes);
    }

    /// Rounding, saturation and NaN against the definition, independent of any level.
    #[test]
    fn floats_round_to_even_saturate_and_lose_nan() {
        let steps = [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 3.5, 126.5, 127.0, 127.49, 127.5, 128.0, 1e30];
        for format in [SampleFormat::U8, SampleFormat::I16, SampleFormat::I24, SampleFormat::I32] {
            let full = libm::ldexp(1.0, 8 * i32::try_from(format.bytes()).unwrap() - 1);
            for level in Level::available() {
                let kernels = Kernels::with_level(level).unwrap();
                let check = |x: f64| {
                    let scaled = if x.is_nan() { 0.0 } else { libm::rint(x * full) };
                    let expected = stored(format, Endian::Little, scaled.clamp(-full, full - 1.0) as i64);
                    let mut got = [0xAA; 4 * 32];
                    let got = &mut got[..32 * format.bytes()];
                    kernels.from_f64(format, Endian::Little, &[x; 32], got).unwrap();
                    assert_eq!(got, expected.repeat(32), "{x} to {format} at {level}");
                    let single = x as f32;
                    if f64::from(single).to_bits() == x.to_bits() || x.is_nan() {
                        kernels.from_f32(format, Endian::Little, &[single; 32], got).unwrap();
                        assert_eq!(got, expected.repeat(32), "{single} to {format} at {level}");
                    }
                };
                for step in steps {
                    for x in [step / full, -step / full, step / 128.0, -step / 128.0] {
                        check(x);
                    }
                }
                for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0 - 0.5 / full, 1.0 + 0.5 / full] {
                    check(x);
                }
            }
        }
    }

    #[test]
    fn a_length_that_does_not_fit_writes_nothing() {
        let kernels = Kernels::new();
        let mut out = [7.0_f32; 3];
        let err = kernels.to_f32(SampleFormat::I24, Endian::Little, &[0; 10], &mut out);
        assert_eq!(err, Err(LengthError { slice: "input", expected: 9, actual: 10 }));
        assert_eq!(out.map(f32::to_bits), [7.0_f32; 3].map(f32::to_bits));
        let mut out = [7; 5];
        let err = kernels.from_f64(SampleFormat::I16, Endian::Big, &[0.5; 3], &mut out);
        assert_eq!(err, Err(LengthError { slice: "output", expected: 6, actual: 5 }));
        assert_eq!(out, [7; 5]);
        assert!(kernels.i16_to_f32(&[0; 2], &mut [0.0; 3]).is_err());
        assert!(kernels.f32_to_i16(&[0.0; 2], &mut [0; 1]).is_err());
    }
}
