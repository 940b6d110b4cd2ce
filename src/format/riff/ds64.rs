//! The 64-bit sizes of RF64 and BW64.

use super::{Chunk, ChunkId, Warning, WarningKind};
use crate::format::cursor::Cursor;
use crate::format::{Error, ErrorKind};
use crate::units::Endian;

/// The sizes that do not fit a RIFF file's 32 bits.
///
/// # Source
/// EBU Tech 3306, section 3; ITU-R BS.2088, section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ds64 {
    /// Where the body of the chunk begins.
    pub offset: u64,
    /// Bytes of the whole container after its first 8.
    pub riff_size: u64,
    /// Bytes of the data chunk's body.
    pub data_size: u64,
    /// Frames, as a `fact` chunk would count them.
    pub frames: u64,
    table: [(ChunkId, u64); Self::TABLE],
    kept: usize,
}

/// A 32-bit length that says: look in `ds64`.
pub(super) const IN_DS64: u64 = 0xFFFF_FFFF;

impl Ds64 {
    /// Sizes of other chunks that are kept; files hold none, as a rule.
    pub const TABLE: usize = 4;

    /// The bytes to look at, of a chunk of `len`.
    pub(super) const fn wanted(len: u64) -> u64 {
        const MOST: u64 = 28 + 12 * Ds64::TABLE as u64;
        if len < MOST { len } else { MOST }
    }

    /// The sizes of other chunks than the data, by name.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn table(&self) -> &[(ChunkId, u64)] {
        self.table.get(..self.kept).unwrap_or(&self.table)
    }

    /// Reads the chunk; `body` is what [`Self::wanted`] asks for, or less at the end of the input.
    pub(super) fn parse(body: &[u8], chunk: &Chunk, mut warn: impl FnMut(Warning)) -> Result<Self, Error> {
        if chunk.len < 24 {
            let kind = ErrorKind::BadSize { expected: "a ds64 chunk of 28 bytes or more", found: chunk.len };
            return Err(Error { offset: chunk.offset, kind });
        }
        let mut cursor = Cursor::new(body, chunk.offset, Endian::Little);
        let [riff_size, data_size, frames] = [cursor.u64()?, cursor.u64()?, cursor.u64()?];
        let mut table = [(ChunkId(*b"    "), 0); Self::TABLE];
        let mut kept = 0;
        let at = cursor.offset();
        // 24 bytes without a table are written by some, and say all that is needed.
        let declared = cursor.u32().unwrap_or(0);
        for entry in table.iter_mut().take(declared as usize) {
            let (Ok(id), Ok(len)) = (cursor.array(), cursor.u64()) else { break };
            *entry = (ChunkId(id), len);
            kept += 1;
        }
        if kept < declared as usize {
            #[expect(clippy::cast_possible_truncation, reason = "at most TABLE")]
            let kind = WarningKind::Ds64Table { declared, kept: kept as u32 };
            warn(Warning { offset: at, kind });
        }
        Ok(Self { offset: chunk.offset, riff_size, data_size, frames, table, kept })
    }

    /// The length of `chunk` when its own header leaves it to this one.
    pub(super) fn len_of(&self, chunk: &Chunk) -> Option<u64> {
        if chunk.len != IN_DS64 {
            return None;
        }
        if chunk.id == ChunkId::DATA {
            return Some(self.data_size);
        }
        self.table().iter().find(|(id, _)| *id == chunk.id).map(|&(_, len)| len)
    }
}
