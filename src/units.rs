//! Units that several parts share: decibels, sample formats, byte order.

#![forbid(unsafe_code)]

use core::fmt;

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SampleFormat {
    /// Unsigned 8-bit integer, 128 is zero (WAVE's 8 bits).
    U8,
    /// Signed 16-bit integer.
    I16,
    /// Signed 24-bit integer, packed in three bytes.
    I24,
    /// Signed 32-bit integer.
    I32,
    /// 32-bit float, full scale at 1.
    F32,
    /// 64-bit float, full scale at 1.
    F64,
}

impl SampleFormat {
    /// Every format, smallest first.
    pub const ALL: [Self; 6] = [Self::U8, Self::I16, Self::I24, Self::I32, Self::F32, Self::F64];

    /// Bytes of one sample.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The format's short name: `u8`, `i16`, `i24`, `i32`, `f32`, `f64`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I16 => "i16",
            Self::I24 => "i24",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

impl fmt::Display for SampleFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The order of the bytes of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// Least significant byte first: WAVE, and every machine that most readers own.
    Little,
    /// Most significant byte first: RIFX, AIFF, network formats.
    Big,
}

impl Endian {
    /// The order of the machine this was compiled for.
    pub const NATIVE: Self = if cfg!(target_endian = "little") { Self::Little } else { Self::Big };
}

/// Converts a linear amplitude to decibels: `20 * log10(amplitude)`; zero gives minus infinity.
///
/// # Real-time safety
/// Real-time safe: one logarithm in plain code, no system call.
///
/// # Examples
/// ```
/// assert!((quaver::units::amplitude_to_db(0.5) + 6.0206).abs() < 1e-4);
/// ```
#[must_use]
pub fn amplitude_to_db(amplitude: f64) -> f64 {
    20.0 * libm::log10(amplitude)
}

/// Converts decibels to a linear amplitude: `10^(db / 20)`.
///
/// # Real-time safety
/// Real-time safe: one power in plain code, no system call.
///
/// # Examples
/// ```
/// assert!((quaver::units::db_to_amplitude(-20.0) - 0.1).abs() < 1e-12);
/// ```
#[must_use]
pub fn db_to_amplitude(db: f64) -> f64 {
    libm::pow(10.0, db / 20.0)
}
