//! The chunk walk: headers, lengths, pad bytes, and what to do when one of them lies.

use core::fmt;
use core::iter::FusedIterator;

use super::{Ds64, Warning, WarningKind};
use crate::format::{Error, ErrorKind};
use crate::units::Endian;

/// The four bytes that name a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChunkId(pub [u8; 4]);

impl ChunkId {
    /// The format of the samples.
    pub const FMT: Self = Self(*b"fmt ");
    /// The samples.
    pub const DATA: Self = Self(*b"data");
    /// The number of frames.
    pub const FACT: Self = Self(*b"fact");
    /// 64-bit sizes, in RF64 and BW64.
    pub const DS64: Self = Self(*b"ds64");
    /// A list of chunks.
    pub const LIST: Self = Self(*b"LIST");

    /// Whether the four bytes are printable ASCII, as those of every registered chunk are.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn is_printable(self) -> bool {
        // Bit 7 of a byte of one of the three terms is set exactly when some byte is not in 0x20..=0x7E: the lowest
        // byte below 0x20 borrows for itself, 0x7F carries into its own bit 7, and from 0x80 on it is set.
        let name = u32::from_le_bytes(self.0);
        (name | name.wrapping_add(0x0101_0101) | name.wrapping_sub(0x2020_2020)) & 0x8080_8080 == 0
    }

    /// Whether this is one of the chunks that WAVE files are known to hold; only the search for a header after
    /// a lost pad byte asks.
    fn is_known(self) -> bool {
        matches!(
            &self.0,
            b"fmt "
                | b"data"
                | b"fact"
                | b"ds64"
                | b"LIST"
                | b"JUNK"
                | b"junk"
                | b"PAD "
                | b"FLLR"
                | b"bext"
                | b"cue "
                | b"smpl"
                | b"inst"
                | b"plst"
                | b"iXML"
                | b"axml"
                | b"chna"
                | b"cart"
                | b"PEAK"
                | b"id3 "
                | b"ID3 "
                | b"_PMX"
                | b"acid"
                | b"levl"
                | b"umid"
                | b"minf"
                | b"elm1"
                | b"regn"
                | b"DISP"
                | b"afsp"
                | b"LGWV"
        )
    }
}

impl fmt::Debug for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// A chunk's header: its name and where its body lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chunk {
    /// The name.
    pub id: ChunkId,
    /// Where the body begins, in bytes from the start of the input; the header is the 8 bytes before.
    pub offset: u64,
    /// The body's length in bytes, without a pad byte, as declared; the input may end sooner.
    pub len: u64,
}

/// A chunk with the part of its body that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkRef<'a> {
    /// The header.
    pub chunk: Chunk,
    /// The body: shorter than declared when the input ends inside it.
    pub body: &'a [u8],
}

impl ChunkRef<'_> {
    /// Whether the input ends inside the chunk.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        (self.body.len() as u64) < self.chunk.len
    }
}

/// An iterator over the chunks of a slice, which yields what is wrong and goes on.
///
/// A header cut by the end of the slice is [`ErrorKind::Truncated`]; a name that is not printable is
/// [`ErrorKind::BadMagic`], and the walk goes on behind the length it declares; more chunks than
/// [`Chunks::LIMIT`] are [`ErrorKind::Limit`], and the walk ends. A body cut by the end of the slice is given as
/// far as it is there ([`ChunkRef::is_truncated`]). A lost pad byte is found by the names on either side of it.
///
/// # Examples
/// ```
/// use quaver::format::riff::Chunks;
/// use quaver::units::Endian;
///
/// let bytes = b"note\x03\0\0\0abc\0mark\x01\0\0\0x";
/// let mut chunks = Chunks::new(bytes, 0, Endian::Little);
/// assert_eq!(chunks.next().unwrap()?.body, b"abc");
/// let mark = chunks.next().unwrap()?;
/// assert_eq!((mark.chunk.offset, mark.body), (20, &b"x"[..]));
/// assert!(chunks.next().is_none());
/// # Ok::<(), quaver::format::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chunks<'a> {
    bytes: &'a [u8],
    base: u64,
    walk: Walk,
    /// What a length of `FFFFFFFF` stands for.
    sizes: Option<Ds64>,
    /// The body of a data chunk that goes to the end of the slice.
    open_ended: Option<u64>,
}

impl<'a> Chunks<'a> {
    /// The most chunks that a walk visits; a reader that meets more stops with [`ErrorKind::Limit`].
    pub const LIMIT: u32 = 1 << 16;

    /// Walks `bytes`, which begin at `offset` of the whole input with a chunk's header.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn new(bytes: &'a [u8], offset: u64, endian: Endian) -> Self {
        let mut walk = Walk::new(offset, endian);
        walk.end = offset.saturating_add(bytes.len() as u64);
        Self { bytes, base: offset, walk, sizes: None, open_ended: None }
    }

    pub(super) const fn with_sizes(mut self, sizes: Option<Ds64>, open_ended: Option<u64>) -> Self {
        self.sizes = sizes;
        self.open_ended = open_ended;
        self
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<ChunkRef<'a>, Error>;

    /// The next chunk, or what is wrong in its place.
    ///
    /// # Real-time safety
    /// Real-time safe: constant time.
    fn next(&mut self) -> Option<Self::Item> {
        let rest = tail(self.bytes, self.walk.pos - self.base);
        let mut chunk = match self.walk.next(rest, |_| {}) {
            Ok(Next::Chunk(chunk)) => chunk,
            // The end is known, so that the walk never asks for more.
            Ok(Next::End | Next::Need(_)) => return None,
            // A body past the end was given as truncated already.
            Err(Error { kind: ErrorKind::Truncated { .. }, .. }) if rest.is_empty() => return None,
            Err(error) => return Some(Err(error)),
        };
        if self.open_ended == Some(chunk.offset) {
            chunk.len = self.walk.end - chunk.offset;
        } else if let Some(len) = self.sizes.as_ref().and_then(|sizes| sizes.len_of(&chunk)) {
            chunk.len = len;
        }
        self.walk.leave(&chunk);
        let body = tail(self.bytes, chunk.offset - self.base);
        let len = usize::try_from(chunk.len).unwrap_or(usize::MAX).min(body.len());
        Some(Ok(ChunkRef { chunk, body: &body[..len] }))
    }
}

impl FusedIterator for Chunks<'_> {}

/// What lies at the walk's position.
pub(super) enum Next {
    Chunk(Chunk),
    /// So many bytes from the position must be seen first.
    Need(usize),
    End,
}

/// The walk itself: a position, and no input of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// Where the next header begins, or the pad byte before it.
    pub(super) pos: u64,
    /// Where the input ends; `u64::MAX` as long as nobody knows.
    pub(super) end: u64,
    pub(super) endian: Endian,
    /// A chunk of odd length ends at `pos`.
    odd: bool,
    left: u32,
}

/// Bytes of a chunk's header.
pub(super) const HEADER: usize = 8;

impl Walk {
    pub(super) const fn new(pos: u64, endian: Endian) -> Self {
        Self { pos, end: u64::MAX, endian, odd: false, left: Chunks::LIMIT }
    }

    /// Reads the header at `pos`, from where `input` begins. The position moves to the body; [`Self::leave`]
    /// moves it on. After an error it is where the walk goes on.
    #[inline]
    pub(super) fn next(&mut self, input: &[u8], mut warn: impl FnMut(Warning)) -> Result<Next, Error> {
        if self.pos >= self.end {
            let need = self.pos - self.end;
            self.pos = self.end;
            return if need == 0 { Ok(Next::End) } else { Err(self.truncated(need)) };
        }
        let left = self.end - self.pos;
        let wanted = if self.odd { HEADER + 1 } else { HEADER };
        let wanted = usize::try_from(left).map_or(wanted, |left| left.min(wanted));
        let Some(mut bytes) = input.get(..wanted) else { return Ok(Next::Need(wanted)) };
        if self.odd {
            self.odd = false;
            if pad_is_missing(bytes) {
                warn(Warning { offset: self.pos, kind: WarningKind::MissingPad });
            } else {
                bytes = bytes.get(1..).unwrap_or(&[]);
                self.pos += 1;
            }
        }
        let Some((id, size)) =
            bytes.split_first_chunk::<4>().and_then(|(id, rest)| Some((id, rest.first_chunk()?)))
        else {
            let have = bytes.len();
            self.pos = self.end;
            return if have == 0 { Ok(Next::End) } else { Err(self.truncated((HEADER - have) as u64)) };
        };
        if self.left == 0 {
            let error = Error { offset: self.pos, kind: ErrorKind::Limit { limit: Chunks::LIMIT } };
            self.end = self.pos;
            return Err(error);
        }
        self.left -= 1;
        let id = ChunkId(*id);
        let len = match self.endian {
            Endian::Little => u32::from_le_bytes(*size),
            Endian::Big => u32::from_be_bytes(*size),
        };
        let chunk = Chunk { id, offset: self.pos + HEADER as u64, len: u64::from(len) };
        if !id.is_printable() {
            let offset = self.pos;
            self.leave(&chunk);
            let expected = "the name of a chunk";
            return Err(Error { offset, kind: ErrorKind::BadMagic { expected, found: id.0 } });
        }
        self.pos = chunk.offset;
        Ok(Next::Chunk(chunk))
    }

    /// Goes on behind `chunk`, whose length may have been corrected.
    #[inline]
    pub(super) const fn leave(&mut self, chunk: &Chunk) {
        // Kept below the mark of an unknown end, which no length may reach.
        let end = chunk.offset.saturating_add(chunk.len);
        self.pos = if end == u64::MAX { end - 1 } else { end };
        self.odd = chunk.len % 2 == 1;
    }

    const fn truncated(&self, need: u64) -> Error {
        Error { offset: self.end, kind: ErrorKind::Truncated { need } }
    }
}

/// Whether a header begins at once in `bytes`, where a pad byte should be.
///
/// A pad byte is zero, and no name begins with zero. Otherwise the names on either side decide: one that WAVE
/// files are known to hold before one that is merely printable, and the padded place when both are the same.
#[inline]
fn pad_is_missing(bytes: &[u8]) -> bool {
    if bytes.first().is_none_or(|&pad| pad == 0) {
        return false;
    }
    let rank = |at: usize| match bytes.get(at..).and_then(|bytes| bytes.first_chunk()) {
        Some(&name) if ChunkId(name).is_known() => 2,
        Some(&name) if ChunkId(name).is_printable() => 1,
        _ => 0,
    };
    rank(0) > rank(1)
}

/// What of `bytes` lies from `at` on.
#[inline]
pub(super) fn tail(bytes: &[u8], at: u64) -> &[u8] {
    usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_names() {
        for byte in 0..=255 {
            for at in 0..4 {
                for other in [b' ', b'~', b'a'] {
                    let mut name = [other; 4];
                    name[at] = byte;
                    assert_eq!(ChunkId(name).is_printable(), matches!(byte, b' '..=b'~'), "{name:?}");
                }
            }
        }
    }
}
