//! One harness for every kernel: correctness against the scalar level, overwrites, over-reads, and timing.
//!
//! A kernel is registered by one line of `registry.rs` (a [`Case`]): its slices, its tolerance, and a closure that
//! calls it. [`check`] then runs it at every level of this machine, over all lengths that matter and some
//! thousands, at every offset of every slice, with dirty outputs, canaries around each slice, and values chosen to
//! hurt. [`check_guarded`] runs it on slices that touch a page which may not be touched. [`Prepared`] times it.

#![allow(dead_code, reason = "tests and benches each use a part")]
#![allow(unreachable_pub, reason = "a module of every test and bench that uses it")]
#![allow(clippy::unwrap_used, reason = "a harness stops at what it did not expect")]
#![allow(clippy::std_instead_of_core, reason = "tests have std")]
#![allow(clippy::cast_possible_truncation, reason = "test values are cut down on purpose")]

mod arena;
pub mod broken;
#[cfg(unix)]
mod guard;
#[path = "../../benches/support/plain.rs"]
pub mod plain;
pub mod registry;
mod values;

use std::fmt;
use std::io::Write as _;

use quaver::dsp::Kernels;
use quaver::simd::Level;

pub use arena::Args;
use arena::{Arena, Content};
#[cfg(unix)]
pub use guard::{FAULT_EXIT, check_guarded};
pub use values::{SEED, Values};

/// What a slice holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elem {
    U8,
    I16,
    F32,
    F64,
}

impl Elem {
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read; must come out unchanged.
    In,
    /// Written without being read: what it holds before must not matter.
    Out,
    /// Worked on in place.
    InOut,
}

/// One slice of a kernel: `per` elements for each of the `n` samples of a run, or `fixed` ones.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    role: Role,
    elem: Elem,
    per: usize,
    fixed: usize,
}

impl Slice {
    fn len(self, n: usize) -> usize {
        self.per * n + self.fixed
    }
}

pub const fn input(elem: Elem) -> Slice {
    Slice { role: Role::In, elem, per: 1, fixed: 0 }
}

pub const fn output(elem: Elem) -> Slice {
    Slice { role: Role::Out, elem, per: 1, fixed: 0 }
}

pub const fn in_out(elem: Elem) -> Slice {
    Slice { role: Role::InOut, elem, per: 1, fixed: 0 }
}

/// Results that a kernel returns rather than writes: the closure puts them into such a slice of f64.
pub const fn results(count: usize) -> Slice {
    Slice { role: Role::Out, elem: Elem::F64, per: 0, fixed: count }
}

impl Slice {
    /// `per` elements a sample instead of one: bytes of a sample, or channels.
    pub const fn times(self, per: usize) -> Self {
        Self { per, ..self }
    }
}

/// How far from the scalar level a result may lie; each bound comes with its reason.
#[derive(Clone, Copy, Debug)]
pub enum Tolerance {
    /// Bit for bit, but any NaN equals any NaN.
    Exact,
    /// `|a - b| <= bound * |b|`.
    Relative(f64, &'static str),
    /// `|a - b| <= bound`; for values within full scale.
    Absolute(f64, &'static str),
}

type Run = Box<dyn Fn(&Kernels, &Args) + Send + Sync>;
type Plain = Box<dyn Fn(&Args) + Send + Sync>;

/// A registered kernel.
pub struct Case {
    pub name: String,
    slices: Vec<Slice>,
    values: Values,
    tolerance: Tolerance,
    run: Run,
    plain: Option<Plain>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("slices", &self.slices).finish_non_exhaustive()
    }
}

impl Case {
    pub fn new(
        name: impl Into<String>,
        slices: impl Into<Vec<Slice>>,
        values: Values,
        tolerance: Tolerance,
        run: impl Fn(&Kernels, &Args) + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), slices: slices.into(), values, tolerance, run: Box::new(run), plain: None }
    }

    /// The loop that a user would otherwise write, for the benches.
    pub fn plain(self, plain: impl Fn(&Args) + Send + Sync + 'static) -> Self {
        Self { plain: Some(Box::new(plain)), ..self }
    }

    pub fn has_plain(&self) -> bool {
        self.plain.is_some()
    }

    /// Elements of the widest register that any level has of the narrowest sample.
    fn lanes(&self) -> usize {
        self.slices
            .iter()
            .filter(|s| s.per > 0)
            .map(|s| REGISTER / (s.elem.bytes() * s.per))
            .max()
            .unwrap_or(1)
    }

    /// Offsets of a slice, in elements, that put it at every place within a register.
    fn offsets(&self) -> usize {
        self.slices.iter().map(|s| REGISTER / s.elem.bytes()).max().unwrap_or(1)
    }

    /// The lengths of a run: each from nothing to past four registers.
    fn short_lengths(&self) -> impl Iterator<Item = usize> {
        0..=4 * self.lanes().max(8) + 1
    }
}

/// Bytes of the widest register of any level.
const REGISTER: usize = 64;

/// Lengths beyond those that are run one by one: blocks in use, transforms of one to three radices, and some thousands.
const LONG: [usize; 9] = [125, 127, 162, 255, 343, 480, 1023, 2500, 4101];

/// The gain that kernels under test use, and one that leaves levels as they are however often it is applied.
const TEST_GAIN: f32 = 0.7;
const BENCH_GAIN: f32 = -1.0;

/// What went wrong, where.
#[derive(Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The levels to check, and those that this machine lacks.
pub fn levels() -> (Vec<Level>, Vec<Level>) {
    Level::ALL.into_iter().partition(|level| level.is_available())
}

/// Writes a line that the test runner does not hold back.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Says which levels are not here: they have not passed, they were not run.
pub fn say_skipped() {
    for level in levels().1 {
        say(&format!("skipped: {level} (not on this machine)"));
    }
}

/// Checks one kernel at every level; the number of runs it took.
pub fn check(case: &Case) -> Result<usize, Failure> {
    let mut runs = 0;
    let mut arena = Arena::new(&case.slices);
    let kernels: Vec<Kernels> = levels().0.into_iter().map(|l| Kernels::with_level(l).unwrap()).collect();
    for n in case.short_lengths().chain(LONG) {
        let content = Content::new(case, n, case.values, SEED ^ n as u64);
        let expected = reference(case, &mut arena, &content)?;
        let count = case.offsets();
        let step = if n > 300 { count / 4 } else { 1 };
        for k in &kernels {
            for offset in (0..count).step_by(step.max(1)) {
                // All slices at one offset, then each at its own; the bytes around and before differ as well.
                let same = |_: usize| offset;
                let apart = |slice: usize| offset * (2 * slice + 1) + slice * (n + 1);
                one_run(case, &mut arena, &content, k, &same, 0xA5, &expected)?;
                one_run(case, &mut arena, &content, k, &apart, 0xFF, &expected)?;
                runs += 2;
            }
        }
    }
    Ok(runs)
}

/// Checks one kernel at every level on `n` samples, each slice at an offset of its own, for the fuzzer: `input`, over
/// and over, is what the slices hold where the kernel takes any values, and the seed of what they hold elsewhere.
pub fn check_input(case: &Case, n: usize, offset: usize, input: &[u8]) -> Result<(), Failure> {
    // FNV-1a
    let seed = input
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3));
    let mut content = Content::new(case, n, case.values, seed);
    if case.values == Values::Any {
        for data in &mut content.data {
            data.iter_mut().zip(input.iter().cycle()).for_each(|(to, from)| *to = *from);
        }
    }
    let mut arena = Arena::new(&case.slices);
    let expected = reference(case, &mut arena, &content)?;
    for level in levels().0 {
        let apart = |slice: usize| offset + slice * (n + 1);
        one_run(case, &mut arena, &content, &Kernels::with_level(level).unwrap(), &apart, 0xFF, &expected)?;
    }
    Ok(())
}

/// What the scalar level makes of the content; twice, among different surroundings, with one result.
fn reference(case: &Case, arena: &mut Arena, content: &Content) -> Result<Vec<Vec<u8>>, Failure> {
    let scalar = Kernels::with_level(Level::Scalar).unwrap();
    let mut outcome = |fill: u8| {
        let args = arena.place(content, &|_| 0, fill, TEST_GAIN);
        (case.run)(&scalar, &args);
        arena.outcome()
    };
    let (first, second) = (outcome(0x00), outcome(0xFF));
    for (slice, (a, b)) in first.iter().zip(&second).enumerate() {
        if let Some(what) = difference(case.slices[slice].elem, Tolerance::Exact, a, b) {
            let text = format!(
                "{}: the result depends on what surrounds the slices or was in the output: {what}",
                case.name
            );
            return Err(Failure(text));
        }
    }
    Ok(first)
}

fn one_run(
    case: &Case,
    arena: &mut Arena,
    content: &Content,
    kernels: &Kernels,
    offset: &dyn Fn(usize) -> usize,
    fill: u8,
    expected: &[Vec<u8>],
) -> Result<(), Failure> {
    let args = arena.place(content, offset, fill, TEST_GAIN);
    (case.run)(kernels, &args);
    let problem = arena.damage(content, fill).or_else(|| {
        (0..case.slices.len()).find_map(|slice| {
            let got = arena.bytes(slice);
            let elem = case.slices[slice].elem;
            difference(elem, case.tolerance, got, &expected[slice])
                .map(|what| format!("slice {slice}: {what}"))
        })
    });
    match problem {
        None => Ok(()),
        Some(what) => {
            let offsets: Vec<_> =
                (0..case.slices.len()).map(|s| offset(s) % arena::offsets(case.slices[s].elem)).collect();
            let (name, level, n) = (&case.name, kernels.level(), content.n);
            Err(Failure(format!("{name} at {level}, {n} samples, offsets {offsets:?}: {what}")))
        }
    }
}

/// The first element that differs by more than is allowed.
fn difference(elem: Elem, tolerance: Tolerance, got: &[u8], expected: &[u8]) -> Option<String> {
    if got == expected {
        return None;
    }
    let near = |a: f64, b: f64, same_bits: bool| {
        same_bits
            || (a.is_nan() && b.is_nan())
            || match tolerance {
                Tolerance::Exact => false,
                Tolerance::Relative(bound, _) => (a - b).abs() <= bound * b.abs(),
                Tolerance::Absolute(bound, _) => (a - b).abs() <= bound,
            }
    };
    let size = elem.bytes();
    got.chunks(size).zip(expected.chunks(size)).enumerate().find_map(|(i, (a, b))| {
        let (x, y) = (number(elem, a), number(elem, b));
        (!near(x, y, a == b)).then(|| format!("element {i} is {x:?}, expected {y:?}"))
    })
}

fn number(elem: Elem, bytes: &[u8]) -> f64 {
    match elem {
        Elem::U8 => f64::from(bytes[0]),
        Elem::I16 => f64::from(i16::from_ne_bytes(bytes.try_into().unwrap())),
        Elem::F32 => f64::from(f32::from_ne_bytes(bytes.try_into().unwrap())),
        Elem::F64 => f64::from_ne_bytes(bytes.try_into().unwrap()),
    }
}

/// A kernel with its slices filled, to be timed: values within full scale, aligned to a cache line.
#[derive(Debug)]
pub struct Prepared<'c> {
    case: &'c Case,
    args: Args,
    // Holds the memory that `args` points to.
    _arena: Arena,
}

impl<'c> Prepared<'c> {
    pub fn new(case: &'c Case, n: usize) -> Self {
        let mut arena = Arena::new(&case.slices);
        let content = Content::new(case, n, case.values.for_timing(), SEED);
        let args = arena.place(&content, &|_| 0, 0, BENCH_GAIN);
        Self { case, args, _arena: arena }
    }

    pub fn run(&self, kernels: &Kernels) {
        (self.case.run)(kernels, &self.args);
    }

    pub fn run_plain(&self) {
        if let Some(plain) = &self.case.plain {
            plain(&self.args);
        }
    }
}

/// Checks that the plain loop of a case computes what the kernel does, so that timing the two is fair.
pub fn check_plain(case: &Case, n: usize) -> Result<(), Failure> {
    let Some(plain) = &case.plain else { return Ok(()) };
    let mut arena = Arena::new(&case.slices);
    let content = Content::new(case, n, case.values.for_timing(), SEED);
    let expected = reference(case, &mut arena, &content)?;
    let args = arena.place(&content, &|_| 0, 0xFF, TEST_GAIN);
    plain(&args);
    for (slice, expected) in expected.iter().enumerate() {
        let tolerance = match case.tolerance {
            Tolerance::Exact => Tolerance::Exact,
            _ => Tolerance::Relative(1e-5, "the plain loop adds in f32 and in another order"),
        };
        if let Some(what) = difference(case.slices[slice].elem, tolerance, arena.bytes(slice), expected) {
            return Err(Failure(format!("{}, plain loop, {n} samples: {what}", case.name)));
        }
    }
    Ok(())
}
