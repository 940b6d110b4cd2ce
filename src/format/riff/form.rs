//! The forms of the container.

use core::fmt;

use crate::units::Endian;

/// The form of the container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Little-endian, 32-bit sizes: nearly every file.
    Riff,
    /// Big-endian, 32-bit sizes.
    Rifx,
    /// Little-endian, 64-bit sizes in `ds64` (EBU Tech 3306).
    Rf64,
    /// Little-endian, 64-bit sizes in `ds64` (ITU-R BS.2088).
    Bw64,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Riff, Self::Rifx, Self::Rf64, Self::Bw64];

    /// The four bytes that open a file of this form.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn magic(self) -> [u8; 4] {
        *match self {
            Self::Riff => b"RIFF",
            Self::Rifx => b"RIFX",
            Self::Rf64 => b"RF64",
            Self::Bw64 => b"BW64",
        }
    }

    /// The byte order of all its numbers.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn endian(self) -> Endian {
        match self {
            Self::Rifx => Endian::Big,
            _ => Endian::Little,
        }
    }

    #[inline]
    pub(super) const fn of(magic: [u8; 4]) -> Option<Self> {
        match &magic {
            b"RIFF" => Some(Self::Riff),
            b"RIFX" => Some(Self::Rifx),
            b"RF64" => Some(Self::Rf64),
            b"BW64" => Some(Self::Bw64),
            _ => None,
        }
    }

    pub(super) const fn is_64(self) -> bool {
        matches!(self, Self::Rf64 | Self::Bw64)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Riff => "RIFF",
            Self::Rifx => "RIFX",
            Self::Rf64 => "RF64",
            Self::Bw64 => "BW64",
        })
    }
}
