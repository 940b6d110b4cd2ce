//! What was wrong with a file that could be read all the same.

use core::fmt;

use crate::format::ErrorKind;

/// Something that is wrong in a file, and was read around: a byte offset and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// Bytes from the start of the input; never past its end.
    pub offset: u64,
    /// What is wrong.
    pub kind: WarningKind,
}

/// What is wrong at the offset of a [`Warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// The data chunk declares no usable size (a live recording, or one never closed): all to the end is data.
    OpenEnded,
    /// The input is longer or shorter than the container says.
    ContainerSize {
        /// Where the container says that it ends.
        declared: u64,
        /// Where the input ends.
        found: u64,
    },
    /// A chunk of odd length is not followed by its pad byte.
    MissingPad,
    /// Bytes after the last chunk are no chunk.
    TrailingBytes,
    /// There is a second data chunk; the samples are those of the first.
    SecondData,
    /// The data come before the format: a pipe cannot be read that way.
    DataBeforeFmt,
    /// A 64-bit form without the `ds64` chunk that holds its sizes.
    MissingDs64,
    /// `ds64` lists more chunk sizes than are kept.
    Ds64Table {
        /// Entries that are listed.
        declared: u32,
        /// Entries that are kept.
        kept: u32,
    },
    /// The bytes of a frame are not what channels and bits make; channels and bits count.
    BlockAlign {
        /// The declared bytes of a frame.
        declared: u16,
        /// The bytes of a frame that are used.
        used: u32,
    },
    /// The format's extension is not as long as it says.
    ExtensionSize {
        /// The declared bytes.
        declared: u16,
        /// The bytes that are there.
        found: u32,
    },
    /// The speaker mask names another number of channels than there are.
    ChannelMask {
        /// The mask.
        mask: u32,
        /// The channels.
        channels: u16,
    },
    /// More valid bits than a sample has; all of its bits are taken as valid.
    ValidBits {
        /// The declared valid bits.
        declared: u16,
        /// The bits of a sample.
        bits: u16,
    },
    /// The `fact` chunk counts other frames than the data hold; the data count.
    FactFrames {
        /// Frames by the `fact` chunk.
        declared: u64,
        /// Frames in the data.
        found: u64,
    },
    /// An element was passed over because of this.
    PassedOver(ErrorKind),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.kind)
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OpenEnded => f.write_str("the data chunk has no size, taken to the end of the input"),
            Self::ContainerSize { declared, found } => {
                write!(f, "the container says it ends at byte {declared}, the input ends at {found}")
            }
            Self::MissingPad => f.write_str("a chunk of odd length lacks its pad byte"),
            Self::TrailingBytes => f.write_str("bytes after the last chunk"),
            Self::SecondData => f.write_str("a second data chunk, passed over"),
            Self::DataBeforeFmt => f.write_str("the data come before the format"),
            Self::MissingDs64 => f.write_str("a 64-bit form without its ds64 chunk"),
            Self::Ds64Table { declared, kept } => {
                write!(f, "ds64 lists {declared} chunk sizes, the first {kept} are used")
            }
            Self::BlockAlign { declared, used } => {
                write!(f, "a frame is said to have {declared} bytes, channels and bits make it {used}")
            }
            Self::ExtensionSize { declared, found } => {
                write!(f, "the format's extension is said to have {declared} bytes, {found} are there")
            }
            Self::ChannelMask { mask, channels } => {
                write!(f, "the speaker mask {mask:#x} does not name {channels} channels")
            }
            Self::ValidBits { declared, bits } => {
                write!(f, "{declared} valid bits in samples of {bits} bits")
            }
            Self::FactFrames { declared, found } => {
                write!(f, "the fact chunk counts {declared} frames, the data hold {found}")
            }
            Self::PassedOver(kind) => write!(f, "passed over: {kind}"),
        }
    }
}
