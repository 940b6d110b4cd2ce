//! Bounded reading of numbers in either byte order, with absolute offsets in the errors.

use super::{Error, ErrorKind};
use crate::units::Endian;

/// A position in a borrowed slice that knows where in the whole input the slice begins.
///
/// A read past the end is [`ErrorKind::Truncated`] at the end of the slice, with the number of bytes that
/// lack; the position then stays where it was. An offset that a `u64` does not hold is given as `u64::MAX`.
///
/// # Examples
/// ```
/// use quaver::format::cursor::Cursor;
/// use quaver::units::Endian;
///
/// let mut cursor = Cursor::new(&[0x10, 0, 0, 0, 1], 16, Endian::Little);
/// assert_eq!(cursor.u32()?, 16);
/// assert_eq!(cursor.offset(), 20);
/// assert_eq!(cursor.u16().unwrap_err().offset, 21);
/// # Ok::<(), quaver::format::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    offset: u64,
    endian: Endian,
}

impl<'a> Cursor<'a> {
    /// A cursor at the first byte of `bytes`, which lie at `offset` of the whole input.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn new(bytes: &'a [u8], offset: u64, endian: Endian) -> Self {
        Self { rest: bytes, offset, endian }
    }

    /// The absolute offset of the next byte.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes that are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when none is left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(|[byte]| byte)
    }

    /// Reads a 16-bit number in the cursor's byte order.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than two bytes are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub fn u16(&mut self) -> Result<u16, Error> {
        let bytes = self.array()?;
        Ok(match self.endian {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        })
    }

    /// Reads a 32-bit number in the cursor's byte order.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than four bytes are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, Error> {
        let bytes = self.array()?;
        Ok(match self.endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        })
    }

    /// Reads a 64-bit number in the cursor's byte order.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than eight bytes are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub fn u64(&mut self) -> Result<u64, Error> {
        let bytes = self.array()?;
        Ok(match self.endian {
            Endian::Little => u64::from_le_bytes(bytes),
            Endian::Big => u64::from_be_bytes(bytes),
        })
    }

    /// Reads `N` bytes as they are.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        match self.rest.split_first_chunk::<N>() {
            Some((bytes, rest)) => {
                self.rest = rest;
                self.offset = self.offset.saturating_add(N as u64);
                Ok(*bytes)
            }
            None => Err(self.truncated(N)),
        }
    }

    /// Borrows the next `len` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        match self.rest.split_at_checked(len) {
            Some((bytes, rest)) => {
                self.rest = rest;
                self.offset = self.offset.saturating_add(len as u64);
                Ok(bytes)
            }
            None => Err(self.truncated(len)),
        }
    }

    #[cold]
    fn truncated(&self, wanted: usize) -> Error {
        let have = self.rest.len() as u64;
        let need = (wanted as u64).saturating_sub(have);
        Error { offset: self.offset.saturating_add(have), kind: ErrorKind::Truncated { need } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_orders_and_stays_on_error() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        let mut little = Cursor::new(&bytes, 100, Endian::Little);
        let mut big = Cursor::new(&bytes, 100, Endian::Big);
        assert_eq!((little.u16(), big.u16()), (Ok(0x0201), Ok(0x0102)));
        assert_eq!((little.u32(), big.u32()), (Ok(0x0605_0403), Ok(0x0304_0506)));
        let error = Error { offset: 109, kind: ErrorKind::Truncated { need: 5 } };
        assert_eq!((little.u64(), little.take(8), little.array::<8>()), (Err(error), Err(error), Err(error)));
        assert_eq!((little.offset(), little.rest(), little.u8()), (106, &bytes[6..], Ok(7)));
        assert_eq!((little.take(2), little.rest()), (Ok(&bytes[7..]), &[][..]));
        let mut whole = Cursor::new(&bytes, 0, Endian::Big);
        assert_eq!(whole.u64(), Ok(0x0102_0304_0506_0708));
    }
    #[test]
    fn offsets_end_at_the_largest() {
        let mut cursor = Cursor::new(&[1, 0, 0, 0, 2, 3, 4], u64::MAX - 2, Endian::Little);
        assert_eq!((cursor.u32(), cursor.offset()), (Ok(1), u64::MAX));
        let error = Error { offset: u64::MAX, kind: ErrorKind::Truncated { need: 1 } };
        assert_eq!((cursor.u32(), cursor.take(4)), (Err(error), Err(error)));
        assert_eq!((cursor.take(2), cursor.u8(), cursor.offset()), (Ok(&[2, 3][..]), Ok(4), u64::MAX));
    }
}
