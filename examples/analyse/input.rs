//! A WAV file as a stream of samples: opened, cut to the wanted stretch, read block by block.

use core::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use quaver::format::riff::{Coding, Form, HeaderReader, HeaderStep, WarningKind, WaveHeader};
use quaver::units::{Endian, SampleFormat};

use crate::args::{Args, Source};
use crate::demo;

/// Why a file cannot be analysed: one line, with its name, the place, and what was expected there.
#[derive(Debug)]
pub(crate) struct Failure {
    name: String,
    what: String,
}

impl Failure {
    pub(crate) fn new(name: &str, what: impl fmt::Display) -> Self {
        Self { name: name.to_owned(), what: what.to_string() }
    }

    fn at(name: &str, offset: u64, expected: impl fmt::Display) -> Self {
        Self::new(name, format_args!("at byte {offset}: expected {expected}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name may hold anything; the message stays one line.
        for c in self.name.chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        write!(f, ": {}", self.what)
    }
}

/// Samples on their way in.
pub(crate) struct Input {
    /// The file's name as it was given, and what a picture of it is called.
    pub(crate) name: String,
    pub(crate) title: String,
    /// The format in words.
    pub(crate) format: String,
    pub(crate) sample: SampleFormat,
    pub(crate) endian: Endian,
    pub(crate) sample_rate: u32,
    pub(crate) channels: usize,
    /// Frames that will come, when that is known.
    pub(crate) frames: Option<u64>,
    /// What was strange about the file so far.
    pub(crate) warnings: Vec<String>,
    bytes: Bytes,
    frame_bytes: u64,
    /// Where the data begin, and how long they are by the header.
    data_offset: u64,
    declared: Option<u64>,
    /// Frames by the `fact` chunk.
    fact: Option<u64>,
    /// Where the wanted stretch ends, in bytes from `data_offset`.
    end: u64,
    /// Bytes of data that were read or skipped.
    place: u64,
    /// The end of the stretch as it was asked for.
    to: Option<f64>,
}

trait Seekable: Read + Seek {}
impl<T: Read + Seek> Seekable for T {}

enum Bytes {
    Seekable(Box<dyn Seekable>),
    Pipe(Box<dyn Read>),
}

impl Bytes {
    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Seekable(file) => file,
            Self::Pipe(pipe) => pipe,
        }
    }
}

impl Input {
    /// Opens what the command line names, reads its header, and goes to the start of the wanted stretch.
    pub(crate) fn open(args: &Args) -> Result<Self, Failure> {
        let (name, mut bytes, total) = match &args.source {
            Source::File(path) => {
                let name = path.to_string_lossy().into_owned();
                let readable = |error| Failure::at(&name, 0, format_args!("a readable file, found: {error}"));
                let file = File::open(path).map_err(readable)?;
                let about = file.metadata().map_err(readable)?;
                if about.is_dir() {
                    return Err(Failure::at(&name, 0, "a WAV file, found a directory"));
                }
                if about.is_file() {
                    (name, Bytes::Seekable(Box::new(file)), Some(about.len()))
                } else {
                    (name, Bytes::Pipe(Box::new(file)), None)
                }
            }
            Source::Stdin => ("-".to_owned(), Bytes::Pipe(Box::new(io::stdin())), None),
            Source::Demo => {
                let file = demo::file();
                let total = Some(file.len() as u64);
                ("demo".to_owned(), Bytes::Seekable(Box::new(Cursor::new(file))), total)
            }
        };
        let mut warnings = Vec::new();
        let header = read_header(&name, &mut bytes, total, &mut warnings)?;
        let fmt = header.fmt;
        let sample = fmt.require_sample_format().map_err(|error| Failure::new(&name, error))?;
        let channels = usize::from(fmt.channels);
        let title = match &args.source {
            Source::File(path) => {
                path.file_name().map_or(name.clone(), |name| name.to_string_lossy().into_owned())
            }
            Source::Stdin => "standard input".to_owned(),
            Source::Demo => demo::TITLE.to_owned(),
        };
        let mut input = Self {
            title,
            format: match args.source {
                Source::Demo => "synthesised, 32-bit float".to_owned(),
                _ => in_words(&header, sample),
            },
            name,
            sample,
            endian: header.form.endian(),
            sample_rate: fmt.sample_rate,
            channels,
            frames: None,
            warnings,
            bytes,
            frame_bytes: (channels * sample.bytes()) as u64,
            data_offset: header.data.offset,
            declared: header.data.len,
            fact: header.fact,
            end: u64::MAX,
            place: 0,
            to: args.to,
        };
        let there = total.map(|total| total.saturating_sub(header.data.offset));
        input.go_to(args.from, there)?;
        Ok(input)
    }

    /// Skips to second `from`; `there` is how many bytes follow the header, when that is known.
    fn go_to(&mut self, from: f64, there: Option<u64>) -> Result<(), Failure> {
        let byte = |s: f64| {
            let frame = (s * f64::from(self.sample_rate)).round() as u64;
            frame.saturating_mul(self.frame_bytes)
        };
        let start = byte(from);
        self.end = self.to.map_or(u64::MAX, byte).min(self.declared.unwrap_or(u64::MAX));
        if self.to.is_some_and(|to| byte(to) > self.end) {
            return Err(self.too_short(self.to.unwrap_or(from), self.end));
        }
        if let Some(there) = there {
            let whole = there.min(self.declared.unwrap_or(there));
            self.warn_of_size(whole);
            if self.to.is_some() && self.end > whole {
                return Err(self.too_short(self.to.unwrap_or(from), whole));
            }
            self.end = self.end.min(whole);
        }
        // Before a pipe is skipped: what follows its data is no sound.
        let whole = self.declared.into_iter().chain(there).min();
        if let Some(whole) = whole.filter(|whole| start > 0 && start >= *whole) {
            return Err(self.too_short(from, whole));
        }
        if let Some(to) = self.to.filter(|_| start > 0 && start >= self.end) {
            let expected = format_args!("a frame between {from} s and {to} s, found none so close");
            return Err(Failure::at(&self.name, self.data_offset.saturating_add(start), expected));
        }
        if there.is_some() {
            self.frames = Some(self.end.saturating_sub(start) / self.frame_bytes);
        }
        let skipped = match &mut self.bytes {
            Bytes::Seekable(file) => file.seek(SeekFrom::Start(self.data_offset + start)).map(|_| start),
            Bytes::Pipe(pipe) => io::copy(&mut pipe.take(start), &mut io::sink()),
        };
        self.place = skipped.map_err(|error| self.broken(&error))?;
        if self.place < start { Err(self.too_short(from, self.place)) } else { Ok(()) }
    }

    /// Fills `block`, whose length is a multiple of a frame, and gives how many bytes of whole frames are in it;
    /// less than its length only at the end.
    pub(crate) fn read(&mut self, block: &mut [u8]) -> Result<usize, Failure> {
        let wanted =
            usize::try_from(self.end.saturating_sub(self.place)).unwrap_or(usize::MAX).min(block.len());
        let mut filled = 0;
        while filled < wanted {
            match self.bytes.reader().read(&mut block[filled..wanted]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.broken(&error)),
            }
        }
        self.place += filled as u64;
        Ok(filled - filled % self.frame_bytes as usize)
    }

    /// After the last block: checks that all that was wanted came, as far as it was not known before.
    pub(crate) fn finish(&mut self, frames: u64) -> Result<(), Failure> {
        if self.frames.is_none() {
            if let Some(to) = self.to.filter(|_| self.place < self.end) {
                return Err(self.too_short(to, self.place));
            }
            if self.to.is_none() {
                if frames == 0 && self.place >= self.frame_bytes {
                    // Only --from skips without reading.
                    return Err(self.too_short(self.place as f64 / self.second(), self.place));
                }
                self.warn_of_size(self.place);
            }
        } else if self.frames.is_some_and(|known| known != frames) {
            self.warnings.push("the file became shorter while it was read".to_owned());
        }
        Ok(())
    }

    /// Bytes of one second.
    fn second(&self) -> f64 {
        self.frame_bytes as f64 * f64::from(self.sample_rate)
    }

    /// With all of the data seen, `whole` bytes: warns where the header says other than that.
    fn warn_of_size(&mut self, whole: u64) {
        if let Some(declared) = self.declared.filter(|declared| *declared > whole) {
            let missing = declared / self.frame_bytes - whole / self.frame_bytes;
            // A ds64 chunk may declare any number.
            let (at, expected) = (self.data_offset + whole, self.data_offset.saturating_add(declared));
            self.warnings.push(format!(
                "truncated: the file ends at byte {at}, its data go on to byte {expected}; {missing} frames are missing"
            ));
            return;
        }
        let (found, rest) = (whole / self.frame_bytes, whole % self.frame_bytes);
        if rest > 0 {
            self.warnings.push(format!("the last {rest} bytes of the data are no whole frame"));
        }
        if let Some(declared) = self.fact.filter(|declared| *declared != found) {
            self.warnings.push(WarningKind::FactFrames { declared, found }.to_string());
        }
    }

    fn too_short(&self, wanted: f64, whole: u64) -> Failure {
        let s = (whole / self.frame_bytes) as f64 / f64::from(self.sample_rate);
        let expected = format_args!("sound up to {wanted} s, found its end at {s} s");
        Failure::at(&self.name, self.data_offset.saturating_add(whole), expected)
    }

    fn broken(&self, error: &io::Error) -> Failure {
        Failure::at(&self.name, self.data_offset + self.place, format_args!("more data, found: {error}"))
    }
}

/// Finds the format and the data; leaves `bytes` at the first byte of the data.
fn read_header(
    name: &str,
    bytes: &mut Bytes,
    total: Option<u64>,
    warnings: &mut Vec<String>,
) -> Result<WaveHeader, Failure> {
    let mut reader = HeaderReader::new();
    if let Some(total) = total {
        reader.end_of_input(total);
    }
    // The bytes that were read and not dropped, and where they begin.
    let (mut held, mut start) = (Vec::new(), 0_u64);
    loop {
        let step = reader.step(&held, |warning| warnings.push(warning.to_string()));
        let (at, len) = match step.map_err(|error| Failure::new(name, error))? {
            HeaderStep::Need { at, len } => (at, len as u64),
            HeaderStep::Skip { to } => (to, 0),
            HeaderStep::Done(header) => {
                if let Bytes::Pipe(pipe) = bytes {
                    let Some(gone) = header.data.offset.checked_sub(start) else {
                        return Err(Failure::at(name, 12, "a `fmt ` chunk before the data, as in any pipe"));
                    };
                    let rest = held.split_off((gone as usize).min(held.len()));
                    let rest_of_pipe = core::mem::replace(pipe, Box::new(io::empty()));
                    *pipe = Box::new(Cursor::new(rest).chain(rest_of_pipe));
                }
                return Ok(header);
            }
        };
        let broken = |error| Failure::at(name, at, format_args!("more of the header, found: {error}"));
        let drop = (at - start).min(held.len() as u64);
        held.drain(..drop as usize);
        start += drop;
        match bytes {
            Bytes::Seekable(file) => {
                start = at;
                file.seek(SeekFrom::Start(at + held.len() as u64)).map_err(broken)?;
            }
            Bytes::Pipe(pipe) => {
                start += io::copy(&mut pipe.take(at - start), &mut io::sink()).map_err(broken)?;
            }
        }
        let missing = len.saturating_sub(held.len() as u64);
        let read = bytes.reader().take(missing).read_to_end(&mut held).map_err(broken)? as u64;
        if start < at || read < missing {
            reader.end_of_input(start + held.len() as u64);
        }
    }
}

fn in_words(header: &WaveHeader, sample: SampleFormat) -> String {
    let container = match header.form {
        Form::Riff => "WAV".to_owned(),
        other => format!("WAV ({other})"),
    };
    let kind = if header.fmt.coding() == Coding::Float { "float" } else { "PCM" };
    let stored = 8 * sample.bytes();
    match usize::from(header.fmt.valid_bits) {
        bits if bits == stored || bits == 0 => format!("{container}, {stored}-bit {kind}"),
        bits => format!("{container}, {bits}-bit {kind} in {stored}"),
    }
}
