//! Where a parser stopped, and what it had expected there.

use core::fmt;

/// A parse error: a byte offset from the start of the input, and what was wrong there.
///
/// Its text is one line, ready to stand after a file's name:
///
/// ```
/// use quaver::format::{Error, ErrorKind};
///
/// let error = Error { offset: 20, kind: ErrorKind::Truncated { need: 16 } };
/// assert_eq!(error.to_string(), "at byte 20: expected at least 16 more bytes, found the end of the input");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    /// Bytes from the start of the input; never past its end.
    pub offset: u64,
    /// What was wrong.
    pub kind: ErrorKind,
}

/// What was wrong at the offset of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends here, inside something that goes on.
    Truncated {
        /// The bytes that are missing, at least.
        need: u64,
    },
    /// Four bytes that name what follows are none of the expected ones.
    BadMagic {
        /// What would have been right.
        expected: &'static str,
        /// What is there.
        found: [u8; 4],
    },
    /// An element is too short or too long for what it must hold.
    BadSize {
        /// What would have been right.
        expected: &'static str,
        /// The declared size, in bytes.
        found: u64,
    },
    /// A field holds a value that makes no sense.
    BadValue {
        /// What would have been right.
        expected: &'static str,
        /// The value.
        found: u64,
    },
    /// Well formed, but not something this crate decodes.
    Unsupported {
        /// What it decodes.
        expected: &'static str,
        /// The code or value that is there.
        found: u32,
    },
    /// The input is complete, but holds no such element.
    Missing {
        /// The element.
        expected: &'static str,
    },
    /// The input holds more elements than the limit allows.
    Limit {
        /// The limit.
        limit: u32,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated { need: 1 } => {
                f.write_str("expected at least 1 more byte, found the end of the input")
            }
            Self::Truncated { need } => {
                write!(f, "expected at least {need} more bytes, found the end of the input")
            }
            Self::BadMagic { expected, found } => {
                write!(f, "expected {expected}, found \"{}\"", found.escape_ascii())
            }
            Self::BadSize { expected, found } => write!(f, "expected {expected}, found {found} bytes"),
            Self::BadValue { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Unsupported { expected, found } => write!(f, "expected {expected}, found {found:#06x}"),
            Self::Missing { expected } => write!(f, "expected {expected}, found none"),
            Self::Limit { limit } => write!(f, "expected at most {limit} elements, found more"),
        }
    }
}

impl core::error::Error for Error {}
