//! Format and data of a WAVE file: from a slice that holds it, or in pieces.

use super::chunk::tail;
use super::reader::Turn;
use super::{Chunk, Chunks, Data, Ds64, Fmt, Form, Reader, Warning, WarningKind};
use crate::format::{Error, ErrorKind};

/// What must be known before the first sample is read.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct WaveHeader {
    /// The form of the container.
    pub form: Form,
    /// The format of the samples.
    pub fmt: Fmt,
    /// Where the samples lie.
    pub data: Data,
    /// Frames by the `fact` chunk, when one was met.
    pub fact: Option<u64>,
}

impl WaveHeader {
    /// Frames in `data_len` bytes of data: by their size when each sample is stored by itself, else by the
    /// `fact` chunk; `None` when neither says it.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn frames_in(&self, data_len: u64) -> Option<u64> {
        match self.fmt.frame_bytes() {
            Some(bytes) => data_len.checked_div(u64::from(bytes)),
            None => self.fact,
        }
    }

    /// Frames, as the header declares them; `None` when it does not.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        match (self.fmt.frame_bytes(), self.data.len) {
            (Some(bytes), Some(len)) => len.checked_div(u64::from(bytes)),
            (Some(_), None) => None,
            (None, _) => self.fact,
        }
    }
}

/// A WAVE file in memory, borrowed.
///
/// # Examples
/// ```
/// use quaver::format::riff::Wave;
/// use quaver::units::SampleFormat;
///
/// let file = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0\x07\0\xf9\xff";
/// let wave = Wave::parse(file)?;
/// assert_eq!(wave.header.fmt.sample_format(), Some(SampleFormat::I16));
/// assert_eq!((wave.header.fmt.sample_rate, wave.frames()), (8000, Some(2)));
/// assert_eq!(wave.samples, b"\x07\0\xf9\xff");
///
/// let error = Wave::parse(b"RIFF\x04\0\0\0AVI ").unwrap_err();
/// assert_eq!(error.to_string(), "at byte 8: expected WAVE, found \"AVI \"");
/// # Ok::<(), quaver::format::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Wave<'a> {
    /// The format and the place of the data.
    pub header: WaveHeader,
    /// The bytes of the data chunk that are there; see [`Wave::is_truncated`].
    pub samples: &'a [u8],
    file: &'a [u8],
    /// The `ds64` chunk, when its sizes are needed.
    ds64: Option<Chunk>,
}

impl<'a> Wave<'a> {
    /// Finds the format and the data of a file that is all in memory, without a word on what was repaired.
    ///
    /// Any coding is taken; [`Fmt::require_sample_format`] says whether samples can be read.
    ///
    /// # Errors
    /// Not a WAVE file, or one without a usable format or without data: the offset, and what was expected.
    ///
    /// # Real-time safety
    /// Real-time safe: linear in the number of chunks, which is bounded by [`Chunks::LIMIT`].
    #[inline]
    pub fn parse(file: &'a [u8]) -> Result<Self, Error> {
        Self::parse_with(file, |_| {})
    }

    /// [`Wave::parse`] that tells `warn` of each repair, in the order of the file.
    ///
    /// # Errors
    /// As [`Wave::parse`].
    ///
    /// # Real-time safety
    /// Real-time safe, but for `warn`: linear in the number of chunks.
    #[inline]
    pub fn parse_with(file: &'a [u8], mut warn: impl FnMut(Warning)) -> Result<Self, Error> {
        let mut search = Search::new();
        search.reader.end_of_input(file.len() as u64);
        // The end is known, so that nothing but the end breaks this.
        while search.turn(file, &mut warn)?.is_none() {}
        let header = search.finish()?;
        let there = tail(file, header.data.offset);
        let len = header.data.len.and_then(|len| usize::try_from(len).ok()).unwrap_or(usize::MAX);
        let samples = &there[..len.min(there.len())];
        let wave = Self { header, samples, file, ds64: search.ds64 };
        // Only where the data tell as well, and all of them are there.
        let counted = header.fmt.frame_bytes().and(wave.frames()).filter(|_| !wave.is_truncated());
        if let (Some((offset, declared)), Some(found)) = (search.reader.found().fact, counted)
            && declared != found
        {
            warn(Warning { offset, kind: WarningKind::FactFrames { declared, found } });
        }
        Ok(wave)
    }

    /// Whether the input ends before the data do.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.header.data.len.is_some_and(|len| len > self.samples.len() as u64)
    }

    /// Whole frames that are there; `None` for a coding whose frames are not stored one by one and that no
    /// `fact` chunk counts.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.header.frames_in(self.samples.len() as u64)
    }

    /// Every chunk of the file, the ones already read too.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn chunks(&self) -> Chunks<'a> {
        let open_ended = self.header.data.len.is_none().then_some(self.header.data.offset);
        let sizes =
            self.ds64.and_then(|chunk| Ds64::parse(tail(self.file, chunk.offset), &chunk, |_| {}).ok());
        Chunks::new(tail(self.file, 12), 12, self.header.form.endian()).with_sizes(sizes, open_ended)
    }
}

/// The answer of [`HeaderReader::step`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeaderStep {
    /// See [`Step::Need`](super::Step::Need).
    Need {
        /// Bytes from the start of the input.
        at: u64,
        /// Bytes from there on.
        len: usize,
    },
    /// See [`Step::Skip`](super::Step::Skip).
    Skip {
        /// Bytes from the start of the input.
        to: u64,
    },
    /// Format and data are known; nothing more need be looked at.
    Done(WaveHeader),
}

/// Finds the format and the place of the data of a file that comes in pieces; a [`Reader`] that stops there.
///
/// Where the input can be rewound nothing else is to be done; through a pipe, a file whose data come before the
/// format has lost them when it is [`HeaderStep::Done`]: `data.offset` is then less than the start of the bytes
/// that the caller holds.
///
/// # Examples
/// From anything that reads, on to the first byte of the data:
/// ```
/// use std::io::Read;
/// use quaver::format::riff::{HeaderReader, HeaderStep, WaveHeader};
///
/// fn open(mut input: impl Read) -> Result<(WaveHeader, Vec<u8>), Box<dyn core::error::Error>> {
///     let mut reader = HeaderReader::new();
///     let (mut held, mut start) = (Vec::new(), 0_u64); // bytes read and not dropped; where they begin
///     loop {
///         let (at, len) = match reader.step(&held, |warning| eprintln!("{warning}"))? {
///             HeaderStep::Need { at, len } => (at, len as u64),
///             HeaderStep::Skip { to } => (to, 0),
///             HeaderStep::Done(header) => {
///                 let past = header.data.offset.checked_sub(start).ok_or("the data come before the format")?;
///                 let past = usize::try_from(past)?.min(held.len());
///                 return Ok((header, held.split_off(past))); // the samples go on in `input`
///             }
///         };
///         let gone = (at - start).min(held.len() as u64);
///         held.drain(..usize::try_from(gone)?);
///         start += gone;
///         let skipped = std::io::copy(&mut (&mut input).take(at - start), &mut std::io::sink())?;
///         start += skipped;
///         let missing = len.saturating_sub(held.len() as u64);
///         let read = (&mut input).take(missing).read_to_end(&mut held)? as u64;
///         if start < at || read < missing {
///             reader.end_of_input(start + held.len() as u64);
///         }
///     }
/// }
///
/// let file = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0\x07\0\xf9\xff";
/// let (header, held) = open(&file[..])?;
/// assert_eq!((header.frames(), held.len()), (Some(2), 0));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct HeaderReader {
    search: Search,
}

impl HeaderReader {
    /// A reader at the start of a file.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn new() -> Self {
        Self { search: Search::new() }
    }

    /// See [`Reader::end_of_input`].
    ///
    /// # Real-time safety
    /// Real-time safe.
    pub const fn end_of_input(&mut self, total: u64) {
        self.search.reader.end_of_input(total);
    }

    /// Looks at `input`, and gives the header or says what it must see next; see [`Reader::step`].
    ///
    /// # Errors
    /// Not a WAVE file, or one without a usable format or without data; that is final.
    ///
    /// # Real-time safety
    /// Real-time safe, but for `warn`: linear in the chunks that lie in `input`.
    pub fn step(&mut self, input: &[u8], mut warn: impl FnMut(Warning)) -> Result<HeaderStep, Error> {
        loop {
            if let Some(header) = self.search.header() {
                return Ok(HeaderStep::Done(header));
            }
            return Ok(match self.search.turn(input, &mut warn)? {
                None => continue,
                Some(Turn::Need { at, len }) => HeaderStep::Need { at, len },
                Some(Turn::Skip { to }) => HeaderStep::Skip { to },
                Some(_) => HeaderStep::Done(self.search.finish()?),
            });
        }
    }
}

impl Default for HeaderReader {
    fn default() -> Self {
        Self::new()
    }
}

/// A reader in search of format and data, which passes over what else is wrong.
#[derive(Clone, Debug)]
struct Search {
    reader: Reader,
    ds64: Option<Chunk>,
    /// The first error that was passed over.
    error: Option<Error>,
}

impl Search {
    #[inline]
    const fn new() -> Self {
        Self { reader: Reader::new(), ds64: None, error: None }
    }

    /// One turn of the reader: given back when it is Need, Skip or End.
    #[inline]
    fn turn(&mut self, input: &[u8], mut warn: impl FnMut(Warning)) -> Result<Option<Turn>, Error> {
        match self.reader.turn(input, &mut warn) {
            Ok(turn @ (Turn::Need { .. } | Turn::Skip { .. } | Turn::End)) => return Ok(Some(turn)),
            Ok(Turn::Ds64(chunk)) => self.ds64 = Some(chunk),
            Ok(_) => {}
            Err(error) if self.reader.is_lost() => return Err(error),
            Err(error) => {
                self.error.get_or_insert(error);
                warn(Warning { offset: error.offset, kind: WarningKind::PassedOver(error.kind) });
            }
        }
        Ok(None)
    }

    #[inline]
    fn header(&self) -> Option<WaveHeader> {
        let found = self.reader.found();
        let fact = found.fact.map(|(_, frames)| frames);
        Some(WaveHeader { form: found.form, fmt: found.fmt?, data: found.data?, fact })
    }

    /// The header at the end of the input, or why there is none.
    #[inline]
    fn finish(&self) -> Result<WaveHeader, Error> {
        self.header().ok_or_else(|| self.missing())
    }

    #[cold]
    fn missing(&self) -> Error {
        if let Some(error) = self.error {
            return error;
        }
        let found = self.reader.found();
        if let Some(Data { offset, len: None }) = found.data {
            // All that followed was data.
            return Error { offset, kind: ErrorKind::Missing { expected: "a `fmt ` chunk before the data" } };
        }
        // A container was cut that says it goes on, or that does not say where it ends: a header lacks at least.
        let offset = self.reader.position();
        let need = match found.bound {
            u64::MAX if found.data.is_none() => 8,
            u64::MAX => 0,
            bound => bound.saturating_sub(offset),
        };
        let kind = match found.fmt {
            _ if need > 0 => ErrorKind::Truncated { need },
            None => ErrorKind::Missing { expected: "a `fmt ` chunk" },
            Some(_) => ErrorKind::Missing { expected: "a `data` chunk" },
        };
        Error { offset, kind }
    }
}
