//! What takes part in a comparison, how its result is checked, and how it is timed.

use std::arch::asm;
use std::hint::black_box;
use std::time::{Duration, Instant};

use num_complex::Complex;
use quaver::fft::dft;

use crate::memory;
use crate::sample::Sample;

/// A planned transform of one length.
pub trait Transform<T> {
    /// Transforms `input` to `output`, or `input` in place, or memory of its own where it wants another layout.
    fn run(&mut self, input: &mut [T], output: &mut [T]);

    /// [`Transform::run`], then brings the result to `output` if that is not where it is.
    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
    }

    /// The loop is in here, so that it costs no indirect call per repetition.
    fn repeat(&mut self, input: &mut [T], output: &mut [T], count: usize) {
        for _ in 0..count {
            self.run(input, output);
            // SAFETY: nothing is in it; the compiler must take it that memory is read and written.
            unsafe { asm!("", options(nostack, preserves_flags)) };
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Complex,
    Real,
}

/// The way a transform is called, by which rows are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Forward, from one slice to another.
    Forward,
    /// Forward, in place, or in a layout of its own.
    InPlace,
    /// Inverse, from one slice to another.
    Inverse,
}

impl Form {
    pub fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::InPlace => "forward in place",
            Self::Inverse => "inverse",
        }
    }
}

pub struct Contestant<T> {
    pub peer: String,
    pub form: Form,
    pub len: usize,
    /// Whether the input is written to; it then gets zeros, which stay zeros, instead of samples.
    pub overwrites: bool,
    pub plan: Plan,
    pub transform: Box<dyn Transform<T>>,
}

/// What planning took: time, bytes that the plan holds, bytes of scratch beside it.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub took: Duration,
    pub bytes: usize,
    pub scratch: usize,
}

/// Plans under the clock and the counter of allocations.
pub fn planned<P>(make: impl FnOnce() -> P) -> (P, Plan) {
    let before = memory::live();
    let start = Instant::now();
    let plan = make();
    let took = start.elapsed();
    (plan, Plan { took, bytes: memory::live().saturating_sub(before), scratch: 0 })
}

/// Nanoseconds of one call: the least and the median over all rounds.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    pub least: f64,
    pub median: f64,
}

/// Memory that all contestants share, so that the place of a buffer favours none: three slices that start on a line
/// (plus an offset, on demand) and at different places of a page.
pub struct Arena {
    bytes: Vec<u64>,
    offset: usize,
}

impl Arena {
    /// For transforms of up to `scalars` numbers of 8 bytes, with `offset` bytes from the start of a line.
    pub fn new(scalars: usize, offset: usize) -> Self {
        assert!(offset.is_multiple_of(8), "slices of f64 begin at multiples of 8 bytes");
        // Written, not only reserved: a page is then in place before anything is timed.
        Self { bytes: vec![1; 3 * (scalars + 1024)], offset }
    }

    /// Three slices of `len` scalars.
    pub fn slices<T: Sample>(&mut self, len: usize) -> [&mut [T]; 3] {
        let bytes = len * size_of::<T>();
        let part = bytes.next_multiple_of(4096) + 2048 + 320;
        let start = self.bytes.as_mut_ptr().cast::<u8>();
        let skip = start.align_offset(64) + self.offset;
        assert!(skip + 3 * part <= self.bytes.len() * 8, "the arena is for shorter transforms");
        std::array::from_fn(|i| {
            // SAFETY: within the vector by the assertion; parts do not overlap; aligned for T, which any bits are a
            // value of; borrowed as long as `self` is.
            unsafe { std::slice::from_raw_parts_mut(start.add(skip + i * part).cast::<T>(), len) }
        })
    }
}

/// Scalars that a slice of the arena needs for `len` points of any kind.
pub fn scalars(len: usize) -> usize {
    2 * len + 2
}

/// Deterministic samples in -1..1, with energy in every bin.
pub fn samples<T: Sample>(out: &mut [T]) {
    let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ out.len() as u64;
    for x in out {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *x = T::of(state.cast_signed() as f64 / 9.3e18);
    }
}

/// What the definition says of one input: some bins, and the energy of all of them.
pub struct Expected<T> {
    input: Vec<T>,
    spectrum: Vec<T>,
    bins: Vec<(usize, Complex<f64>)>,
    energy: f64,
    kind: Kind,
    len: usize,
}

impl<T: Sample> Expected<T> {
    /// Bins of `len` samples by the sum itself, in twice the precision of f64: all up to 64 points, else 17.
    pub fn new(kind: Kind, len: usize) -> Self {
        let mut input = vec![T::of(0.0); if kind == Kind::Complex { 2 * len } else { len }];
        samples(&mut input);
        let at = |n: usize| match kind {
            Kind::Complex => Complex::new(input[2 * n].value(), input[2 * n + 1].value()),
            Kind::Real => Complex::new(input[n].value(), 0.0),
        };
        let x: Vec<_> = (0..len).map(at).collect();
        let count = if kind == Kind::Complex { len } else { len / 2 + 1 };
        let step = if len <= 64 { 1 } else { count.div_ceil(16) };
        let mut wanted: Vec<_> = (0..count).step_by(step).collect();
        wanted.push(count - 1);
        let bins = wanted.iter().map(|&k| (k, dft::bin(&x, k))).collect();
        let energy = len as f64 * x.iter().map(|x| x.norm_sqr()).sum::<f64>();
        Self { input, spectrum: Vec::new(), bins, energy, kind, len }
    }

    /// Runs a contestant once and holds its result against the definition. Returns whether it may go on: ours must,
    /// another that is wrong is said to be and left out.
    pub fn check(&mut self, contestant: &mut Contestant<T>, arena: &mut Arena) -> bool {
        let [input, output, _] = arena.slices::<T>(scalars(self.len));
        output.fill(T::of(0.5));
        let inverse = contestant.form == Form::Inverse;
        let from = if inverse { &self.spectrum } else { &self.input };
        input[..from.len()].copy_from_slice(from);
        contestant.transform.checked(input, output);
        let error = if inverse { self.inverse_error(output) } else { self.forward_error(output) };
        if error.is_nan() || error > T::BOUND {
            let (peer, form, len) = (&contestant.peer, contestant.form.name(), self.len);
            eprintln!("{peer} {form} {len}: wrong by {error:e}, left out");
            assert!(!peer.starts_with("quaver"), "our own result is wrong");
            return false;
        }
        // The inverse is held against the way back: its input is a spectrum that was right.
        if self.spectrum.is_empty() {
            let scalars = if self.kind == Kind::Complex { 2 * self.len } else { self.len / 2 * 2 + 2 };
            self.spectrum = output[..scalars].to_vec();
        }
        true
    }

    /// The largest error of a bin over the root of the mean square of all, and the error of the whole energy.
    fn forward_error(&self, output: &[T]) -> f64 {
        let value = |k: usize| Complex::new(output[2 * k].value(), output[2 * k + 1].value());
        let scale = (self.energy / self.len as f64).sqrt();
        let bins = self.bins.iter().map(|(k, bin)| (value(*k) - bin).norm() / scale).fold(0.0, larger);
        let energy: f64 = match self.kind {
            Kind::Complex => (0..self.len).map(|k| value(k).norm_sqr()).sum(),
            // Those bins stand for two, but for the first and, of an even length, the last.
            Kind::Real => {
                let once = |k: usize| k == 0 || 2 * k == self.len;
                (0..=self.len / 2).map(|k| value(k).norm_sqr() * if once(k) { 1.0 } else { 2.0 }).sum()
            }
        };
        larger(bins, (energy / self.energy - 1.0).abs())
    }

    fn inverse_error(&self, output: &[T]) -> f64 {
        let n = self.len as f64;
        self.input.iter().zip(output).map(|(x, y)| (y.value() / n - x.value()).abs()).fold(0.0, larger)
    }
}

/// `f64::max` drops a NaN; this keeps it.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// How long one turn of a contestant takes at least, and how long all its turns together.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub turn: Duration,
    pub total: Duration,
    pub rounds: usize,
}

/// Times each contestant, in turns; the order is reversed every other round, and each round stands at another depth
/// of the stack, since what lies there may collide with a buffer's place in its page.
pub fn interleaved<T: Sample>(
    contestants: &mut [Contestant<T>],
    arena: &mut Arena,
    pace: Pace,
) -> Vec<Timing> {
    let longest = contestants.iter().map(|c| scalars(c.len)).max().unwrap_or(0);
    let [input, output, work] = arena.slices::<T>(longest);
    samples(input);
    work.fill(T::of(0.0));
    let mut turn = |c: &mut Contestant<T>, count: usize| {
        let input = if c.overwrites { &mut *work } else { &mut *input };
        // Caches and predictors know the one before; a short transform is run once to tell them.
        c.transform.repeat(input, output, 1);
        let start = Instant::now();
        c.transform.repeat(input, output, count);
        start.elapsed()
    };
    let mut counts = Vec::new();
    let mut slowest = Duration::ZERO;
    for c in &mut *contestants {
        let mut count = 1;
        let took = loop {
            let took = turn(c, count);
            if took >= pace.turn / 2 {
                break took.as_secs_f64() / count as f64;
            }
            count *= 2;
        };
        counts.push(((pace.turn.as_secs_f64() / took) as usize).max(1));
        slowest = slowest.max(Duration::from_secs_f64(took));
    }
    let rounds = (pace.total.as_secs_f64() / pace.turn.max(slowest).as_secs_f64()) as usize;
    let rounds = rounds.clamp(pace.rounds, 100 * pace.rounds);
    let mut times = vec![Vec::with_capacity(rounds); contestants.len()];
    for round in 0..rounds {
        at_depth(round % 8, &mut || {
            for i in 0..contestants.len() {
                let i = if round % 2 == 0 { i } else { contestants.len() - 1 - i };
                let took = turn(&mut contestants[i], counts[i]);
                times[i].push(took.as_secs_f64() * 1e9 / counts[i] as f64);
            }
        });
    }
    times.into_iter().map(least_and_median).collect()
}

pub fn least_and_median(mut times: Vec<f64>) -> Timing {
    times.sort_by(f64::total_cmp);
    Timing { least: times[0], median: times[times.len() / 2] }
}

/// Calls `f` with `depth` times 528 bytes more on the stack.
#[inline(never)]
fn at_depth(depth: usize, f: &mut dyn FnMut()) {
    let pad = [0u8; 512];
    black_box(&pad);
    if depth == 0 {
        f()
    } else {
        at_depth(depth - 1, f)
    }
    black_box(&pad);
}
