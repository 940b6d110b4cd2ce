//! What holds for every input of the WAVE reader: used by its tests and by its fuzz target.

use quaver::format::Error;
use quaver::format::riff::{Event, HeaderReader, HeaderStep, Reader, Step, Warning, Wave, WaveHeader};

/// Offsets lie inside the input; push gives what slice gives, for several cuts; the chunk walk ends in time and
/// borrows inside the input.
pub(crate) fn check(file: &[u8]) {
    let total = file.len() as u64;
    let (log, warnings) = by_slice(file);
    for warning in &warnings {
        assert!(warning.offset <= total, "{warning} of {total} bytes");
    }
    for event in &log {
        match event {
            Ok(Event::Fmt(fmt)) => {
                assert!(fmt.offset + 16 <= total && fmt.channels > 0 && fmt.sample_rate > 0);
                assert_eq!(fmt.sample_format().is_some(), fmt.require_sample_format().is_ok());
            }
            Ok(Event::Data(data)) => assert!(data.offset <= total),
            Ok(Event::Chunk(chunk)) => assert!(chunk.offset <= total),
            Ok(Event::Ds64(ds64)) => assert!(ds64.offset + 24 <= total),
            Ok(_) => {}
            Err(error) => assert!(error.offset <= total, "{error} of {total} bytes"),
        }
    }
    for seed in 0..4 {
        assert_eq!(by_push(file, seed), (log.clone(), warnings.clone()), "seed {seed}");
    }
    match (Wave::parse(file), header_by_push(file, total)) {
        (Ok(wave), Ok(header)) => {
            // A fact chunk behind the data is seen by the one that reads on.
            assert_eq!(
                (wave.header.fmt, wave.header.data, wave.header.form),
                (header.fmt, header.data, header.form)
            );
            let from = usize::try_from(header.data.offset).unwrap();
            assert_eq!(wave.samples.as_ptr(), file[from..].as_ptr());
            assert!(from + wave.samples.len() <= file.len());
            let _ = (wave.frames(), header.frames(), wave.is_truncated());
            let mut seen = 0;
            for chunk in wave.chunks() {
                seen += 1;
                assert!(seen <= file.len() / 8 + 2);
                match chunk {
                    Ok(chunk) => {
                        let from = usize::try_from(chunk.chunk.offset).unwrap();
                        assert_eq!(chunk.body, &file[from..from + chunk.body.len()]);
                        assert!(chunk.body.len() as u64 <= chunk.chunk.len);
                    }
                    Err(error) => assert!(error.offset <= total),
                }
            }
        }
        (slice, push) => assert_eq!(slice.map(|wave| wave.header), push),
    }
}

type Log = Vec<Result<Event, Error>>;

/// Every event and warning of slice mode.
fn by_slice(file: &[u8]) -> (Log, Vec<Warning>) {
    let (mut log, mut warnings) = (Vec::new(), Vec::new());
    let mut reader = Reader::new();
    reader.end_of_input(file.len() as u64);
    loop {
        match reader.step(file, |warning| warnings.push(warning)) {
            Ok(Step::Event(event)) => log.push(Ok(event)),
            Ok(Step::End) => return (log, warnings),
            Ok(step) => panic!("{step:?} of a whole slice"),
            Err(error) => log.push(Err(error)),
        }
        // Each chunk takes 8 bytes; the form, one tail and the end come on top.
        assert!(log.len() <= file.len() / 8 + 3, "more events than chunks");
    }
}

/// A caller that holds a window of the file and obeys.
struct Window<'a> {
    file: &'a [u8],
    from: usize,
    to: usize,
    seed: u64,
}

impl<'a> Window<'a> {
    fn new(file: &'a [u8], seed: u64) -> Self {
        Self { file, from: 0, to: 0, seed: seed | 1 }
    }

    fn random(&mut self, below: usize) -> usize {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed % below as u64) as usize
    }

    fn held(&self) -> &'a [u8] {
        &self.file[self.from..self.to]
    }

    /// Moves to `at`, with `len` bytes or somewhat more; true when the file ends before that.
    fn give(&mut self, at: u64, len: usize) -> bool {
        assert!(at >= self.from as u64, "asked to go back from {} to {at}", self.from);
        assert!(len <= 128);
        self.from = usize::try_from(at).unwrap().min(self.file.len());
        let wanted = at.saturating_add(len as u64);
        let more = [0, 0, 1, 7, 40][self.random(5)];
        self.to = usize::try_from(wanted).unwrap().saturating_add(more).min(self.file.len()).max(self.from);
        wanted > self.file.len() as u64
    }
}

/// Every event and warning of push mode, with the file cut by `seed`.
fn by_push(file: &[u8], seed: u64) -> (Log, Vec<Warning>) {
    let (mut log, mut warnings) = (Vec::new(), Vec::new());
    let mut window = Window::new(file, seed);
    let mut reader = Reader::new();
    if window.random(4) == 0 {
        reader.end_of_input(file.len() as u64);
    }
    loop {
        let (at, len) = match reader.step(window.held(), |warning| warnings.push(warning)) {
            Ok(Step::Need { at, len }) => (at, len),
            Ok(Step::Skip { to }) => (to, 0),
            Ok(Step::Event(event)) => {
                log.push(Ok(event));
                continue;
            }
            Ok(Step::End) => return (log, warnings),
            Err(error) => {
                log.push(Err(error));
                continue;
            }
        };
        if window.give(at, len) {
            reader.end_of_input(file.len() as u64);
        }
    }
}

/// The header by [`HeaderReader`], cut by `seed`.
fn header_by_push(file: &[u8], seed: u64) -> Result<WaveHeader, Error> {
    let mut window = Window::new(file, seed);
    let mut reader = HeaderReader::new();
    loop {
        let (at, len) = match reader.step(window.held(), |_| {})? {
            HeaderStep::Need { at, len } => (at, len),
            HeaderStep::Skip { to } => (to, 0),
            HeaderStep::Done(header) => return Ok(header),
        };
        if window.give(at, len) {
            reader.end_of_input(file.len() as u64);
        }
    }
}
