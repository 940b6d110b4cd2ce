//! Push mode: a machine of fixed size that turns bytes into events and never reads by itself.

use super::chunk::{HEADER, Next, Walk, tail};
use super::ds64::IN_DS64;
use super::{Chunk, ChunkId, Ds64, Fmt, Form, Warning, WarningKind};
use crate::format::cursor::Cursor;
use crate::format::{Error, ErrorKind};
use crate::units::Endian;

/// Where the samples lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Data {
    /// The first byte, from the start of the input.
    pub offset: u64,
    /// Bytes, as declared; the input may end sooner. `None`: open-ended, all to the end of the input.
    pub len: Option<u64>,
}

/// What a [`Reader`] has found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The container, and where it says that it ends, when it says so.
    Form {
        /// The form.
        form: Form,
        /// The end, in bytes from the start of the input; a 64-bit form tells it in `ds64`.
        end: Option<u64>,
    },
    /// The first `fmt ` chunk.
    Fmt(Fmt),
    /// The first `data` chunk. Its bytes are not looked at.
    Data(Data),
    /// The first `fact` chunk: frames by its count.
    Fact {
        /// Where the chunk's body begins.
        offset: u64,
        /// Frames in the data.
        frames: u64,
    },
    /// The first `ds64` chunk of a 64-bit form; [`Reader::ds64`] gives what it says.
    Ds64(Chunk),
    /// Any other chunk, and each second one of those above.
    Chunk(Chunk),
}

/// The answer of [`Reader::step`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Something was found. The input of the next call begins where that of this call began.
    Event(Event),
    /// The input of the next call must begin at `at`, and have `len` bytes or more, unless
    /// [`Reader::end_of_input`] was called.
    Need {
        /// Bytes from the start of the input; not before the start of the last call's bytes.
        at: u64,
        /// Bytes from there on; 128 at most.
        len: usize,
    },
    /// Nothing before `to` is needed any more: seek there, or drop what comes before. The input of the next
    /// call begins there.
    Skip {
        /// Bytes from the start of the input.
        to: u64,
    },
    /// Nothing more is to be found.
    End,
}

/// Reads a WAVE file in pieces: hand it bytes, take events.
///
/// The machine has a fixed size, holds no input, and looks at the headers only: never at the samples. Each call
/// of [`Reader::step`] gets bytes that begin where the last [`Step::Need`] or [`Step::Skip`] named, or at 0
/// at first, or again the same after an event. With a whole file in memory the same slice serves each call.
///
/// After an error the next call goes on behind what was wrong.
///
/// # Examples
/// ```
/// use quaver::format::riff::{Event, Reader, Step};
///
/// let file = b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x02\0\0\0\x07\0";
/// let mut reader = Reader::new();
/// reader.end_of_input(file.len() as u64);
/// let mut data = None;
/// loop {
///     match reader.step(file, |_| {})? {
///         Step::Event(Event::Data(found)) => data = Some(found),
///         Step::Event(_) => {}
///         Step::End => break,
///         // A slice that holds all of the input is never asked for more.
///         Step::Need { .. } | Step::Skip { .. } => unreachable!(),
///     }
/// }
/// assert_eq!(data.unwrap().offset, 44);
/// # Ok::<(), quaver::format::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    walk: Walk,
    /// Where the caller's bytes begin.
    base: u64,
    state: State,
    found: Found,
    /// Chunks that were met, good or bad.
    met: Met,
    /// A size was to be in `ds64`, and there was none; said once.
    ds64_missed: bool,
}

/// What was found so far.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// RIFF until it is known.
    pub(super) form: Form,
    /// Where the container says that it ends; `u64::MAX` when it does not.
    pub(super) bound: u64,
    pub(super) fmt: Option<Fmt>,
    pub(super) data: Option<Data>,
    /// Where the `fact` chunk's body begins, and its frames.
    pub(super) fact: Option<(u64, u64)>,
    pub(super) ds64: Option<Ds64>,
}

#[derive(Clone, Copy, Debug)]
struct Met {
    fmt: bool,
    fact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Form,
    Header,
    /// The header was read; the body is wanted in part.
    Body(Chunk),
    End,
}

/// A [`Step`] that leaves what was found in [`Found`]: small, so that it is cheap to pass on.
pub(super) enum Turn {
    Form,
    Fmt,
    Data,
    Fact,
    Ds64(Chunk),
    Chunk(Chunk),
    Need { at: u64, len: usize },
    Skip { to: u64 },
    End,
}

impl Reader {
    /// A reader at the start of a file.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            walk: Walk::new(0, Endian::Little),
            base: 0,
            state: State::Form,
            found: Found { form: Form::Riff, bound: u64::MAX, fmt: None, data: None, fact: None, ds64: None },
            met: Met { fmt: false, fact: false },
            ds64_missed: false,
        }
    }

    /// Says that the input has `total` bytes: as soon as that is known, and at the latest when there are fewer
    /// than [`Step::Need`] asked for.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    pub const fn end_of_input(&mut self, total: u64) {
        self.walk.end = total;
    }

    /// The sizes of a 64-bit form, after [`Event::Ds64`].
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[inline]
    #[must_use]
    pub const fn ds64(&self) -> Option<&Ds64> {
        self.found.ds64.as_ref()
    }

    /// Looks at `input` and says what was found, or what it must see next.
    ///
    /// - `input`: bytes of the file from the place on that the last step named; more than asked for are welcome.
    /// - `warn`: called for each repair.
    ///
    /// # Errors
    /// What is wrong at the error's offset; the next call goes on behind it.
    ///
    /// # Real-time safety
    /// Real-time safe: constant time, but for `warn`.
    #[inline]
    pub fn step(&mut self, input: &[u8], warn: impl FnMut(Warning)) -> Result<Step, Error> {
        let turn = self.turn(input, warn)?;
        let Found { form, bound, fmt, data, fact, .. } = &self.found;
        let event = match turn {
            Turn::Need { at, len } => return Ok(Step::Need { at, len }),
            Turn::Skip { to } => return Ok(Step::Skip { to }),
            Turn::End => return Ok(Step::End),
            Turn::Form => Some(Event::Form { form: *form, end: (*bound != u64::MAX).then_some(*bound) }),
            Turn::Fmt => fmt.map(Event::Fmt),
            Turn::Data => data.map(Event::Data),
            Turn::Fact => fact.map(|(offset, frames)| Event::Fact { offset, frames }),
            Turn::Ds64(chunk) => Some(Event::Ds64(chunk)),
            Turn::Chunk(chunk) => Some(Event::Chunk(chunk)),
        };
        // The turn says that its part was found.
        Ok(event.map_or(Step::End, Step::Event))
    }

    /// [`Reader::step`] that leaves what it found in its place.
    #[inline]
    pub(super) fn turn(&mut self, input: &[u8], mut warn: impl FnMut(Warning)) -> Result<Turn, Error> {
        loop {
            match self.state {
                State::Form => return self.form(input),
                State::Header => {
                    // The end is known to lie before: the walk itself says so, whatever the input.
                    let gone = self.walk.pos.saturating_sub(self.base) > input.len() as u64
                        && self.walk.pos < self.walk.end;
                    if gone {
                        self.base = self.walk.pos;
                        return Ok(Turn::Skip { to: self.base });
                    }
                    let at = self.walk.pos;
                    match self.walk.next(tail(input, at.saturating_sub(self.base)), &mut warn) {
                        Ok(Next::Chunk(chunk)) => self.state = State::Body(chunk),
                        Ok(Next::Need(len)) => return Ok(self.need(at, len)),
                        Ok(Next::End) => return Ok(self.end(&mut warn)),
                        Err(error) => {
                            if at >= self.found.bound && at < self.walk.end {
                                // Behind the container anything may lie; only chunks are of interest.
                                self.state = State::End;
                                self.walk.pos = at;
                                warn(Warning { offset: at, kind: WarningKind::TrailingBytes });
                                return Ok(Turn::End);
                            }
                            if let ErrorKind::Truncated { .. } | ErrorKind::Limit { .. } = error.kind {
                                // Nothing is left to see, and what the container says of its end is no news.
                                self.state = State::End;
                            }
                            return Err(error);
                        }
                    }
                }
                State::Body(chunk) => return self.body(&chunk, input, &mut warn),
                State::End => return Ok(Turn::End),
            }
        }
    }

    /// The first 12 bytes.
    #[inline]
    fn form(&mut self, input: &[u8]) -> Result<Turn, Error> {
        const LEN: usize = 12;
        let Some(head) = input.first_chunk::<LEN>() else {
            if self.walk.end >= LEN as u64 {
                return Ok(self.need(0, LEN));
            }
            self.state = State::End;
            // A few bytes that begin no form are another file, not a short one.
            let have = &input[..input.len().min(4)];
            if !Form::ALL.iter().any(|form| form.magic().starts_with(have)) {
                let mut found = [0; 4];
                found[..have.len()].copy_from_slice(have);
                return Err(Error { offset: 0, kind: ErrorKind::BadMagic { expected: FORMS, found } });
            }
            let need = LEN as u64 - self.walk.end;
            return Err(Error { offset: self.walk.end, kind: ErrorKind::Truncated { need } });
        };
        let [m0, m1, m2, m3, s0, s1, s2, s3, w0, w1, w2, w3] = *head;
        let (magic, wave) = ([m0, m1, m2, m3], [w0, w1, w2, w3]);
        self.state = State::End;
        let Some(form) = Form::of(magic) else {
            let kind = ErrorKind::BadMagic { expected: FORMS, found: magic };
            return Err(Error { offset: 0, kind });
        };
        if wave != *b"WAVE" {
            let kind = ErrorKind::BadMagic { expected: "WAVE", found: wave };
            return Err(Error { offset: 8, kind });
        }
        let size = match form.endian() {
            Endian::Little => u32::from_le_bytes([s0, s1, s2, s3]),
            Endian::Big => u32::from_be_bytes([s0, s1, s2, s3]),
        };
        // 0 and -1 are left by writers that never came back to fill it in.
        let end = (size != 0 && size != u32::MAX).then_some(u64::from(size) + 8);
        self.found.bound = end.unwrap_or(u64::MAX);
        self.found.form = form;
        self.walk.pos = LEN as u64;
        self.walk.endian = form.endian();
        self.state = State::Header;
        Ok(Turn::Form)
    }

    /// A chunk whose header was read.
    #[inline]
    fn body(&mut self, chunk: &Chunk, input: &[u8], mut warn: impl FnMut(Warning)) -> Result<Turn, Error> {
        let mut chunk = *chunk;
        if self.found.form.is_64() && chunk.len == IN_DS64 {
            match &self.found.ds64 {
                Some(ds64) => chunk.len = ds64.len_of(&chunk).unwrap_or(chunk.len),
                None if !self.ds64_missed => {
                    self.ds64_missed = true;
                    warn(Warning { offset: chunk.offset - 4, kind: WarningKind::MissingDs64 });
                }
                None => {}
            }
        }
        let first = match chunk.id {
            ChunkId::FMT => !self.met.fmt,
            ChunkId::DATA => return self.data(&chunk, input, warn),
            ChunkId::FACT => !self.met.fact,
            ChunkId::DS64 if self.found.form.is_64() => self.found.ds64.is_none(),
            _ => {
                self.leave(&chunk);
                return Ok(Turn::Chunk(chunk));
            }
        };
        if !first {
            // The first counts; the second is a chunk like any other.
            self.leave(&chunk);
            return Ok(Turn::Chunk(chunk));
        }
        let wanted = match chunk.id {
            ChunkId::FMT => chunk.len.min(Fmt::WANTED),
            ChunkId::FACT => chunk.len.min(4),
            _ => Ds64::wanted(chunk.len),
        };
        let body = match self.peek(&chunk, wanted, input) {
            Ok(body) => body,
            Err(need) => return Ok(need),
        };
        self.leave(&chunk);
        match chunk.id {
            ChunkId::FMT => {
                self.met.fmt = true;
                self.found.fmt = Some(Fmt::parse(body, &chunk, self.walk.endian, warn)?);
                Ok(Turn::Fmt)
            }
            ChunkId::FACT => {
                self.met.fact = true;
                self.fact(body, &chunk)
            }
            _ => {
                let ds64 = self.found.ds64.insert(Ds64::parse(body, &chunk, warn)?);
                if self.found.bound == u64::MAX && ds64.riff_size != 0 {
                    self.found.bound = ds64.riff_size.saturating_add(8);
                }
                Ok(Turn::Ds64(chunk))
            }
        }
    }

    fn fact(&mut self, body: &[u8], chunk: &Chunk) -> Result<Turn, Error> {
        if chunk.len < 4 {
            let kind = ErrorKind::BadSize { expected: "a fact chunk of 4 bytes or more", found: chunk.len };
            return Err(Error { offset: chunk.offset, kind });
        }
        let frames = u64::from(Cursor::new(body, chunk.offset, self.walk.endian).u32()?);
        let frames = match &self.found.ds64 {
            Some(ds64) if frames == IN_DS64 => ds64.frames,
            _ => frames,
        };
        self.found.fact = Some((chunk.offset, frames));
        Ok(Turn::Fact)
    }

    /// The data chunk; its size may be that of a recording which was never closed.
    fn data(&mut self, chunk: &Chunk, input: &[u8], mut warn: impl FnMut(Warning)) -> Result<Turn, Error> {
        if self.found.data.is_some() {
            self.leave(chunk);
            warn(Warning { offset: chunk.offset - HEADER as u64, kind: WarningKind::SecondData });
            return Ok(Turn::Chunk(*chunk));
        }
        let open_ended = match chunk.len {
            0 => {
                let next = match self.peek(chunk, HEADER as u64, input) {
                    Ok(next) => next,
                    Err(need) => return Ok(need),
                };
                // Nothing there: empty. Another chunk inside the container: empty. Else bytes without a size.
                let inside = self.found.bound != u64::MAX && chunk.offset < self.found.bound;
                let named = next.first_chunk().is_some_and(|&name| ChunkId(name).is_printable());
                let another = inside && named && next.len() == HEADER;
                !(next.is_empty() || another)
            }
            IN_DS64 | u64::MAX => true,
            // What sox writes to a pipe.
            0x7FFF_F000 => true,
            _ => false,
        };
        if !self.met.fmt {
            warn(Warning { offset: chunk.offset - HEADER as u64, kind: WarningKind::DataBeforeFmt });
        }
        if open_ended {
            self.state = State::End;
            warn(Warning { offset: chunk.offset - 4, kind: WarningKind::OpenEnded });
        } else {
            self.leave(chunk);
        }
        let len = (!open_ended).then_some(chunk.len);
        self.found.data = Some(Data { offset: chunk.offset, len });
        Ok(Turn::Data)
    }

    /// The first `wanted` bytes of a body, fewer at the end of the input; or the step that asks for them.
    #[inline]
    fn peek<'a>(&mut self, chunk: &Chunk, wanted: u64, input: &'a [u8]) -> Result<&'a [u8], Turn> {
        let left = self.walk.end.saturating_sub(chunk.offset);
        #[expect(clippy::cast_possible_truncation, reason = "callers want 128 bytes at most")]
        let wanted = wanted.min(left) as usize;
        match tail(input, chunk.offset - self.base).get(..wanted) {
            Some(body) => Ok(body),
            None => Err(self.need(chunk.offset, wanted)),
        }
    }

    const fn need(&mut self, at: u64, len: usize) -> Turn {
        self.base = at;
        Turn::Need { at, len }
    }

    #[inline]
    const fn leave(&mut self, chunk: &Chunk) {
        self.walk.leave(chunk);
        self.state = State::Header;
    }

    /// The input ends behind a whole chunk.
    fn end(&mut self, mut warn: impl FnMut(Warning)) -> Turn {
        self.state = State::End;
        let (declared, found) = (self.found.bound, self.walk.end);
        // A pad byte more or less is nobody's loss, nor is a size in ds64 that was never brought up to date.
        let stale = self.found.form.is_64() && declared > found;
        if declared != u64::MAX && declared.abs_diff(found) > 1 && !stale {
            warn(Warning { offset: 4, kind: WarningKind::ContainerSize { declared, found } });
        }
        Turn::End
    }

    /// What was found so far.
    #[inline]
    pub(super) const fn found(&self) -> &Found {
        &self.found
    }

    /// After [`Step::End`]: up to where the input was walked.
    pub(super) const fn position(&self) -> u64 {
        self.walk.pos
    }

    /// Whether an error has left the reader without a form or a format, so that the rest is of no use.
    #[cold]
    pub(super) const fn is_lost(&self) -> bool {
        self.walk.pos == 0 || (self.met.fmt && self.found.fmt.is_none())
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

const FORMS: &str = "RIFF, RIFX, RF64 or BW64";
