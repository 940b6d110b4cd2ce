//! Which vector instructions to use: detected once, listable, and capped at will.
//!
//! A kernel is written once, generic over the private `Vector` trait of `vector.rs`, as a `Kernel` whose `run` is
//! `#[inline(always)]`. `Available::run` (or `call`, for short ones) picks the one thin `#[target_feature]` entry of the level, into which the
//! kernel is inlined whole. A level's token type can only be made inside its entry, so a register in hand is the
//! proof that the machine has the instructions.

mod vector;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod neon;
mod portable;
mod scalar;

use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};

pub(crate) use scalar::Scalar;
pub(crate) use vector::{Float, Int16, Int32, Kernel, MAX_LANES, Measure, Routine, Vector};

/// One set of vector instructions that quaver's kernels are built for.
///
/// Every level exists on every machine as a name; [`Level::is_available`] tells whether this machine can run it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Level {
    /// One lane, no fused multiply-add: the reference, bit-identical on every machine.
    Scalar = 0,
    /// 128-bit vectors through the `wide` crate: SSE2 on x86-64, simd128 on wasm32 where the build enables it,
    /// plain code that the compiler may vectorise elsewhere.
    Portable = 1,
    /// 256-bit vectors with AVX2 and FMA, on x86-64.
    Avx2 = 2,
    /// 128-bit vectors of Advanced SIMD with fused multiply-add, on aarch64.
    Neon = 3,
    /// 512-bit vectors with AVX-512 F, VL, DQ and BW, on x86-64.
    Avx512 = 4,
}

impl Level {
    /// Every level that this version of the crate knows; of those of one machine, the preferred is last.
    pub const ALL: [Self; 5] = [Self::Scalar, Self::Portable, Self::Avx2, Self::Avx512, Self::Neon];

    /// Returns the widest level of this machine, and of two as wide the one with fused multiply-add.
    ///
    /// That is the fastest where it stands for real vector instructions. On a target without any, such as
    /// `thumbv7em`, it is [`Level::Portable`], which may be slower there than [`Level::Scalar`].
    ///
    /// # Real-time safety
    /// Not real-time safe on the first call in a process: CPUID traps under a hypervisor. Later calls read one
    /// atomic and are.
    #[must_use]
    pub fn detect() -> Self {
        let mut widest = Self::Scalar;
        for level in Self::available() {
            widest = level;
        }
        widest
    }

    /// Lists the levels this machine can run, in the order of [`Level::ALL`]; [`Level::Scalar`] and
    /// [`Level::Portable`] always are.
    ///
    /// # Real-time safety
    /// As [`Level::detect`].
    pub fn available() -> impl DoubleEndedIterator<Item = Self> + Clone {
        let found = found();
        Self::ALL.into_iter().filter(move |level| found & level.bit() != 0)
    }

    /// Tells whether this machine can run the level.
    ///
    /// # Real-time safety
    /// As [`Level::detect`].
    #[must_use]
    pub fn is_available(self) -> bool {
        found() & self.bit() != 0
    }

    /// The level's name in lower case: `scalar`, `portable`, `avx2`, `avx512`, `neon`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Turns the wish for a level into the proof that the machine has it.
    pub(crate) fn prove(self) -> Result<Available, LevelError> {
        if self.is_available() { Ok(Available(self)) } else { Err(LevelError { level: self }) }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The level asked for is not available on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LevelError {
    /// The level asked for.
    pub level: Level,
}

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this machine cannot run level {}; the widest it has is {}", self.level, Level::detect())
    }
}

impl core::error::Error for LevelError {}

/// A level that this machine was found to have.
///
/// Only [`Level::prove`] and [`Available::widest`] make one: holding a value is the proof that [`Available::run`]
/// relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Available(Level);

impl Available {
    pub(crate) fn widest() -> Self {
        Self(Level::detect())
    }

    #[inline(always)]
    pub(crate) const fn level(self) -> Level {
        self.0
    }

    /// This level, or [`Level::Avx2`] in place of [`Level::Avx512`], which includes it: for what 512 bits do not help.
    #[inline(always)]
    pub(crate) const fn at_most_256_bits(self) -> Self {
        // `found` sets the bit of Avx512 only beside that of Avx2.
        Self(if matches!(self.0, Level::Avx512) { Level::Avx2 } else { self.0 })
    }

    /// Whether it is worth code that is there for speed alone.
    pub(crate) const fn is_usual(self) -> bool {
        match self.0 {
            Level::Scalar => <Scalar as Vector>::USUAL,
            Level::Portable => <portable::Portable as Vector>::USUAL,
            _ => true,
        }
    }

    /// Whether it has 32 registers, not 16.
    pub(crate) fn has_32_registers(self) -> bool {
        struct Has;
        impl Kernel for Has {
            type Output = bool;
            #[inline(always)]
            fn run<V: Vector>(self, _: V) -> bool {
                V::HAS_32_REGISTERS
            }
        }
        self.run(Has)
    }

    /// Runs `kernel` with the registers of this level.
    #[inline(always)]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the entry requires AVX2 and FMA; a value `Available(Avx2)` exists only after `found` saw both.
            Level::Avx2 => unsafe { avx2::entry(kernel) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the entry requires what `Available(Avx512)` says that `found` saw: AVX-512 F, VL, DQ and BW, and
            // whatever the level Avx2 asks for.
            Level::Avx512 => unsafe { avx512::entry(kernel) },
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            // SAFETY: the entry requires NEON; `Available(Neon)` exists only on aarch64, where it is the baseline.
            Level::Neon => unsafe { neon::entry(kernel) },
            Level::Portable => portable::entry(kernel),
            // Scalar; the levels of other architectures are never proven here.
            _ => scalar::entry(kernel),
        }
    }

    /// Runs a routine with the registers of this level.
    #[inline(always)]
    pub(crate) fn call<R: Routine>(self, a: R::A, b: R::B, c: R::C) -> R::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as in `run`.
            Level::Avx2 => unsafe { avx2::call::<R>(a, b, c) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as in `run`.
            Level::Avx512 => unsafe { avx512::call::<R>(a, b, c) },
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            // SAFETY: as in `run`.
            Level::Neon => unsafe { neon::call::<R>(a, b, c) },
            Level::Portable => portable::call::<R>(a, b, c),
            _ => scalar::call::<R>(a, b, c),
        }
    }
}

/// The entry of a level for one routine, chosen ahead of its calls: what [`Available::call`] looks up each time.
///
/// Only [`Available::entry`] makes one, from the proof that the machine has the level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<A, B, C>(unsafe fn(A, B, C));

impl Available {
    /// The entry of this level for a routine.
    pub(crate) fn entry<R: Routine<Output = ()>>(self) -> Entry<R::A, R::B, R::C> {
        Entry(match self.0 {
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => avx2::call::<R>,
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => avx512::call::<R>,
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Level::Neon => neon::call::<R>,
            Level::Portable => portable::call::<R>,
            _ => scalar::call::<R>,
        })
    }
}

impl<A, B, C> Entry<A, B, C> {
    /// Runs the routine.
    #[inline(always)]
    pub(crate) fn call(self, a: A, b: B, c: C) {
        // SAFETY: an entry requires that the machine has its level: proven by the `Available` it was made from.
        unsafe { (self.0)(a, b, c) }
    }
}

/// The set of available levels, one bit each; 0 while nobody has looked (bit 0, `Scalar`, is always set after).
static FOUND: AtomicU8 = AtomicU8::new(0);

fn found() -> u8 {
    // Relaxed: the value depends on nothing else in memory, and two threads that both look find the same.
    match FOUND.load(Ordering::Relaxed) {
        0 => {
            let bits = Level::Scalar.bit() | Level::Portable.bit() | look();
            FOUND.store(bits, Ordering::Relaxed);
            bits
        }
        bits => bits,
    }
}

/// Asks the processor and the operating system (Intel SDM vol. 1, 14.3 and 14.5.3: "Detection of FMA", "of AVX2";
/// 15.2 to 15.4 for AVX-512).
#[cfg(target_arch = "x86_64")]
fn look() -> u8 {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    const FMA: u32 = 1 << 12;
    const OSXSAVE: u32 = 1 << 27;
    const AVX: u32 = 1 << 28;
    const AVX2: u32 = 1 << 5;
    /// AVX-512 F, DQ, BW and VL.
    const AVX512: u32 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31;
    /// XCR0: the operating system saves the XMM and the YMM state.
    const YMM_STATE: u64 = 0b110;
    /// The masks, the upper halves of ZMM0 to 15, and ZMM16 to 31.
    const ZMM_STATE: u64 = 0b1110_0000;

    #[target_feature(enable = "xsave")]
    fn xcr0() -> u64 {
        // SAFETY: register 0 exists wherever XGETBV does; the caller has seen OSXSAVE.
        unsafe { _xgetbv(0) }
    }

    let highest = __cpuid(0).eax;
    if highest < 7 {
        return 0;
    }
    let ecx1 = __cpuid(1).ecx;
    if ecx1 & (FMA | OSXSAVE | AVX) != FMA | OSXSAVE | AVX {
        return 0;
    }
    // SAFETY: OSXSAVE is set, so XGETBV is there.
    let state = unsafe { xcr0() };
    let ebx7 = __cpuid_count(7, 0).ebx;
    if state & YMM_STATE != YMM_STATE || ebx7 & AVX2 == 0 {
        return 0;
    }
    let avx512 = state & ZMM_STATE == ZMM_STATE && ebx7 & AVX512 == AVX512;
    Level::Avx2.bit() | if avx512 { Level::Avx512.bit() } else { 0 }
}

/// Advanced SIMD is part of the aarch64 baseline of every target with hardware floats.
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
fn look() -> u8 {
    Level::Neon.bit()
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
fn look() -> u8 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detected_level_is_the_last_available() {
        assert_eq!(Level::available().next_back(), Some(Level::detect()));
        assert!(Level::detect().is_available());
        assert!(Level::Scalar.is_available() && Level::Portable.is_available());
    }

    #[test]
    fn a_level_of_another_architecture_is_refused() {
        let foreign = if cfg!(target_arch = "x86_64") { Level::Neon } else { Level::Avx2 };
        assert_eq!(foreign.prove(), Err(LevelError { level: foreign }));
    }

    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    #[test]
    fn agrees_with_the_standard_library() {
        let std_says = std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
        assert_eq!(Level::Avx2.is_available(), std_says);
        let std_says = std_says
            && std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512bw");
        assert_eq!(Level::Avx512.is_available(), std_says);
    }
}
