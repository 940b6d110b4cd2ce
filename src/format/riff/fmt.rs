//! The format chunk: WAVEFORMAT, WAVEFORMATEX and WAVEFORMATEXTENSIBLE.

use core::fmt;

use super::{Chunk, Warning, WarningKind};
use crate::format::cursor::Cursor;
use crate::format::{Error, ErrorKind};
use crate::units::{Endian, SampleFormat};

/// How the samples are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coding {
    /// Integers: unsigned in one byte, signed in two and more.
    Pcm,
    /// IEEE 754 floats.
    Float,
    /// G.711 A-law.
    ALaw,
    /// G.711 mu-law.
    MuLaw,
    /// Any other coding, by the number under which it is registered.
    Other(u16),
    /// A sub-format that is no registered number.
    Unknown,
}

/// The sub-format of an extensible format, in the byte order of a little-endian file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// What follows the number of a coding in its sub-format.
    const MEDIA: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
    /// The same for B-format sound (ambisonics), as its users agreed on it.
    const AMBISONIC: [u8; 14] = [0, 0, 0x21, 7, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0];

    /// The number of the coding in it, or none when it is another kind of identifier.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn tag(self) -> Option<u16> {
        let [a, b, rest @ ..] = self.0;
        (rest == Self::MEDIA || rest == Self::AMBISONIC).then_some(u16::from_le_bytes([a, b]))
    }

    /// Whether the channels are those of a B-format (ambisonic) sound field, not speakers.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn is_ambisonic(self) -> bool {
        self.0[2..] == Self::AMBISONIC
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The first three fields are numbers, written most significant byte first.
        const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        for (place, at) in ORDER.into_iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{:02x}", self.0[at])?;
        }
        Ok(())
    }
}

/// The format of the samples.
///
/// The fields are as the file gives them, but for `valid_bits`; the methods say what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fmt {
    /// Where the chunk's body begins.
    pub offset: u64,
    /// The byte order of the samples, as of all numbers in the file.
    pub endian: Endian,
    /// The format tag; `0xFFFE` when the sub-format says it.
    pub tag: u16,
    /// Channels, 1 or more.
    pub channels: u16,
    /// Frames per second, 1 or more.
    pub sample_rate: u32,
    /// Bytes per second.
    pub byte_rate: u32,
    /// Bytes of a frame, or of a coded block.
    pub block_align: u16,
    /// Bits of a sample.
    pub bits: u16,
    /// Bits of a sample that carry sound, the topmost; [`Fmt::bits`] when the file says nothing better.
    pub valid_bits: u16,
    /// The speakers, one bit each, of an extensible format; 0 when it names none.
    pub channel_mask: u32,
    /// The sub-format of an extensible format.
    pub sub_format: Option<Guid>,
    /// Bytes of a sample with its padding; 0 when samples are not stored one by one.
    container: u8,
}

/// The tag of an extensible format.
const EXTENSIBLE: u16 = 0xFFFE;

impl Fmt {
    /// Bytes of the chunk that are looked at: a whole WAVEFORMATEXTENSIBLE.
    pub(super) const WANTED: u64 = 40;
    const LEAST: u64 = 16;

    /// How the samples are coded: the tag, or what the sub-format stands for.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn coding(&self) -> Coding {
        let tag = match self.sub_format {
            Some(guid) => guid.tag(),
            None => Some(self.tag),
        };
        match tag {
            Some(1) => Coding::Pcm,
            Some(3) => Coding::Float,
            Some(6) => Coding::ALaw,
            Some(7) => Coding::MuLaw,
            Some(other) => Coding::Other(other),
            None => Coding::Unknown,
        }
    }

    /// How one sample is stored, or `None` for a coding or a width that has no [`SampleFormat`].
    ///
    /// Samples of odd width (12 bits, 20 bits) lie in the topmost bits of the next larger one.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn sample_format(&self) -> Option<SampleFormat> {
        match (self.coding(), self.container) {
            (Coding::Pcm, 1) => Some(SampleFormat::U8),
            (Coding::Pcm, 2) => Some(SampleFormat::I16),
            (Coding::Pcm, 3) => Some(SampleFormat::I24),
            (Coding::Pcm, 4) => Some(SampleFormat::I32),
            (Coding::Float, 4) if self.bits == 32 => Some(SampleFormat::F32),
            (Coding::Float, 8) if self.bits == 64 => Some(SampleFormat::F64),
            _ => None,
        }
    }

    /// [`Fmt::sample_format`], or an error that says at which byte the file names another one.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], at the format tag, the sub-format or the bits.
    ///
    /// # Real-time safety
    /// Real-time safe.
    pub fn require_sample_format(&self) -> Result<SampleFormat, Error> {
        self.sample_format().ok_or_else(|| {
            let (at, expected, found) = match self.coding() {
                Coding::Pcm => (14, "PCM of 8, 16, 24 or 32 bits", u32::from(self.bits)),
                Coding::Float => (14, "floats of 32 or 64 bits", u32::from(self.bits)),
                Coding::Other(tag) if self.sub_format.is_some() => (24, CODINGS, u32::from(tag)),
                Coding::Unknown => (24, CODINGS, u32::from(EXTENSIBLE)),
                _ => (0, CODINGS, u32::from(self.tag)),
            };
            let kind = match self.coding() {
                Coding::Pcm | Coding::Float => ErrorKind::BadValue { expected, found: u64::from(found) },
                _ => ErrorKind::Unsupported { expected, found },
            };
            // The offset is a public field: anybody may have set it.
            Error { offset: self.offset.saturating_add(at), kind }
        })
    }

    /// Bytes of one frame when each sample is stored by itself (PCM, float, A-law, mu-law), else `None`.
    ///
    /// This is what channels and bits make; a `block_align` that contradicts them was warned of.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn frame_bytes(&self) -> Option<u32> {
        match self.container {
            0 => None,
            bytes => Some(u32::from(bytes) * u32::from(self.channels)),
        }
    }

    /// Reads the chunk; `body` is at least what [`Self::WANTED`] asks for, or all to the end of the chunk or of
    /// the input.
    #[inline]
    pub(super) fn parse(
        body: &[u8],
        chunk: &Chunk,
        endian: Endian,
        mut warn: impl FnMut(Warning),
    ) -> Result<Self, Error> {
        let offset = chunk.offset;
        if chunk.len < Self::LEAST {
            let kind = ErrorKind::BadSize { expected: "a fmt chunk of 16 bytes or more", found: chunk.len };
            return Err(Error { offset, kind });
        }
        let mut cursor = Cursor::new(body, offset, endian);
        let head = cursor.array::<16>()?;
        let mut head = Cursor::new(&head, offset, endian);
        let (tag, channels) = (head.u16()?, head.u16()?);
        let (sample_rate, byte_rate) = (head.u32()?, head.u32()?);
        let (block_align, bits) = (head.u16()?, head.u16()?);
        if channels == 0 {
            let kind = ErrorKind::BadValue { expected: "1 or more channels", found: 0 };
            return Err(Error { offset: offset + 2, kind });
        }
        if sample_rate == 0 {
            let kind = ErrorKind::BadValue { expected: "a sample rate of 1 Hz or more", found: 0 };
            return Err(Error { offset: offset + 4, kind });
        }
        let mut format = Self {
            offset,
            endian,
            tag,
            channels,
            sample_rate,
            byte_rate,
            block_align,
            bits,
            valid_bits: bits,
            channel_mask: 0,
            sub_format: None,
            container: 0,
        };
        if tag == EXTENSIBLE {
            format.extend(cursor, chunk, &mut warn)?;
        }
        format.container = format.container_bytes(&mut warn);
        Ok(format)
    }

    /// Reads what follows the first 16 bytes of an extensible format.
    fn extend(
        &mut self,
        mut cursor: Cursor<'_>,
        chunk: &Chunk,
        mut warn: impl FnMut(Warning),
    ) -> Result<(), Error> {
        let offset = self.offset;
        if chunk.len < Self::WANTED {
            let expected = "an extensible fmt chunk of 40 bytes or more";
            return Err(Error { offset, kind: ErrorKind::BadSize { expected, found: chunk.len } });
        }
        let declared = cursor.u16()?;
        if declared != 22 {
            // Writers leave 0 here, or the length of a shorter structure; the chunk's length is what counts.
            #[expect(clippy::cast_possible_truncation, reason = "a chunk's length has 32 bits")]
            let found = (chunk.len - 18) as u32;
            if u32::from(declared) != found {
                warn(Warning { offset: offset + 16, kind: WarningKind::ExtensionSize { declared, found } });
            }
        }
        let (valid_bits, channel_mask) = (cursor.u16()?, cursor.u32()?);
        let mut guid = cursor.array::<16>()?;
        if self.endian == Endian::Big {
            guid[..4].reverse();
            guid[4..6].reverse();
            guid[6..8].reverse();
        }
        self.sub_format = Some(Guid(guid));
        self.channel_mask = channel_mask;
        if valid_bits > self.bits {
            let kind = WarningKind::ValidBits { declared: valid_bits, bits: self.bits };
            warn(Warning { offset: offset + 18, kind });
        } else if valid_bits > 0 {
            self.valid_bits = valid_bits;
        }
        if channel_mask != 0 && channel_mask.count_ones() != u32::from(self.channels) {
            let kind = WarningKind::ChannelMask { mask: channel_mask, channels: self.channels };
            warn(Warning { offset: offset + 20, kind });
        }
        Ok(())
    }

    /// Bytes of a sample, or 0 when samples are not stored one by one.
    ///
    /// The bits say it. `block_align` is believed when it makes the sample the next power of two (24 bits in
    /// four bytes) and the byte rate agrees; otherwise it is left aside with a warning.
    #[inline]
    fn container_bytes(&self, mut warn: impl FnMut(Warning)) -> u8 {
        if !matches!(self.coding(), Coding::Pcm | Coding::Float | Coding::ALaw | Coding::MuLaw) {
            return 0;
        }
        let bytes = self.bits.div_ceil(8);
        // Samples of more than 64 bits are beyond belief, and of no bits beyond meaning.
        let Ok(small @ 1..=8) = u8::try_from(bytes) else { return 0 };
        let channels = u32::from(self.channels);
        let declared = u32::from(self.block_align);
        if declared == u32::from(bytes) * channels {
            return small;
        }
        let padded = small.next_power_of_two();
        let rate = u64::from(self.sample_rate) * u64::from(declared);
        if declared == u32::from(padded) * channels && u64::from(self.byte_rate) == rate {
            return padded;
        }
        let kind = WarningKind::BlockAlign { declared: self.block_align, used: u32::from(bytes) * channels };
        warn(Warning { offset: self.offset + 12, kind });
        small
    }
}

const CODINGS: &str = "PCM or float samples";
