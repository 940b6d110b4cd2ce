//! Memory for the slices of a run: each in a buffer of its own, between two canaries, at any offset.

use super::values::{self, Random, Values};
use super::{Case, Elem, REGISTER, Role, Slice};

/// Bytes before and after a slice that must stay as they were. More than two registers: what a kernel that runs
/// over by a whole unrolled step would hit.
const CANARY: usize = 4 * REGISTER;

/// How many offsets of an element there are within a register.
pub fn offsets(elem: Elem) -> usize {
    REGISTER / elem.bytes()
}

/// What the slices of one run hold at first. Empty for an output, which holds whatever the arena is filled with.
#[derive(Debug)]
pub struct Content {
    pub n: usize,
    slices: Vec<Slice>,
    pub data: Vec<Vec<u8>>,
}

impl Content {
    pub fn new(case: &Case, n: usize, values: Values, seed: u64) -> Self {
        let mut random = Random(seed);
        let data = case
            .slices
            .iter()
            .map(|s| match s.role {
                Role::Out => Vec::new(),
                Role::In | Role::InOut => values::bytes(s.elem, s.len(n), values, &mut random),
            })
            .collect();
        Self { n, slices: case.slices.clone(), data }
    }

    pub fn bytes_of(&self, slice: usize) -> usize {
        self.slices[slice].len(self.n) * self.slices[slice].elem.bytes()
    }
}

/// One slice as a kernel's closure sees it.
#[derive(Debug)]
pub struct Arg {
    pub elem: Elem,
    pub role: Role,
    pub start: *mut u8,
    pub len: usize,
}

/// The slices of a run, handed to a kernel's closure.
#[derive(Debug)]
pub struct Args {
    pub slices: Vec<Arg>,
    /// The gain to use, where the kernel takes one.
    pub gain: f32,
}

/// The element types of slices.
pub trait Element: Copy {
    const ELEM: Elem;
}

impl Element for u8 {
    const ELEM: Elem = Elem::U8;
}
impl Element for i16 {
    const ELEM: Elem = Elem::I16;
}
impl Element for f32 {
    const ELEM: Elem = Elem::F32;
}
impl Element for f64 {
    const ELEM: Elem = Elem::F64;
}

impl Args {
    /// The `slice`-th slice, to be read.
    pub fn input<T: Element>(&self, slice: usize) -> &[T] {
        let arg = &self.slices[slice];
        assert!(arg.elem == T::ELEM && arg.role == Role::In, "slice {slice} is no input of that type");
        // SAFETY: `Arena::place` or the guard pages set `start` and `len` to memory that outlives the run, aligned
        // for the element; an input is never handed out to be written.
        unsafe { std::slice::from_raw_parts(arg.start.cast(), arg.len) }
    }

    /// The `slice`-th slice, to be written. A closure asks for each slice once.
    #[expect(
        clippy::mut_from_ref,
        reason = "each slice has memory of its own, and closures need several at once"
    )]
    pub fn output<T: Element>(&self, slice: usize) -> &mut [T] {
        let arg = &self.slices[slice];
        assert!(arg.elem == T::ELEM && arg.role != Role::In, "slice {slice} is no output of that type");
        // SAFETY: as in `input`; each slice has a buffer of its own, and closures ask for each slice once.
        unsafe { std::slice::from_raw_parts_mut(arg.start.cast(), arg.len) }
    }
}

#[derive(Debug)]
struct Buffer {
    memory: Vec<u64>,
    /// Where the slice starts, in bytes from the start of the memory, and how long it is.
    start: usize,
    len: usize,
}

impl Buffer {
    fn bytes(&self) -> &[u8] {
        // SAFETY: the initialised bytes of the vector; a u64 has no padding.
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr().cast(), self.memory.len() * 8) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and any bytes make a u64.
        unsafe { std::slice::from_raw_parts_mut(self.memory.as_mut_ptr().cast(), self.memory.len() * 8) }
    }

    /// From the start of the memory to the end of the second canary.
    fn used(&self) -> usize {
        self.start + self.len + CANARY
    }
}

#[derive(Debug)]
pub struct Arena {
    slices: Vec<Slice>,
    buffers: Vec<Buffer>,
}

impl Arena {
    pub fn new(slices: &[Slice]) -> Self {
        let buffers = slices.iter().map(|_| Buffer { memory: Vec::new(), start: 0, len: 0 }).collect();
        Self { slices: slices.to_vec(), buffers }
    }

    /// Fills everything with `fill`, then puts the content at the offsets, in elements from a 64-byte line.
    pub fn place(&mut self, content: &Content, offset: &dyn Fn(usize) -> usize, fill: u8, gain: f32) -> Args {
        let mut args = Vec::new();
        for (i, (slice, buffer)) in self.slices.iter().zip(&mut self.buffers).enumerate() {
            let len = content.bytes_of(i);
            // The largest offset, and what it takes to reach a line.
            let words = (CANARY + REGISTER + len + CANARY + 64).div_ceil(8);
            if buffer.memory.len() < words {
                buffer.memory = vec![0; words];
            }
            let line = buffer.bytes().as_ptr().addr().wrapping_neg() % 64;
            buffer.start = line + CANARY + offset(i) % offsets(slice.elem) * slice.elem.bytes();
            buffer.len = len;
            let (start, used) = (buffer.start, buffer.used());
            let bytes = buffer.bytes_mut();
            bytes[..used].fill(fill);
            bytes[start..][..content.data[i].len()].copy_from_slice(&content.data[i]);
            args.push(Arg {
                elem: slice.elem,
                role: slice.role,
                start: bytes.as_mut_ptr().wrapping_add(start),
                len: slice.len(content.n),
            });
        }
        Args { slices: args, gain }
    }

    /// The bytes of a slice.
    pub fn bytes(&self, slice: usize) -> &[u8] {
        let buffer = &self.buffers[slice];
        &buffer.bytes()[buffer.start..][..buffer.len]
    }

    /// The bytes of every slice.
    pub fn outcome(&self) -> Vec<Vec<u8>> {
        (0..self.slices.len()).map(|i| self.bytes(i).to_vec()).collect()
    }

    /// The first canary or input that a run has changed.
    pub fn damage(&self, content: &Content, fill: u8) -> Option<String> {
        for (i, buffer) in self.buffers.iter().enumerate() {
            let bytes = buffer.bytes();
            let end = buffer.start + buffer.len;
            let changed = |part: &[u8]| part != &[fill; CANARY + 64 + REGISTER][..part.len()];
            if changed(&bytes[..buffer.start]) {
                return Some(format!("slice {i}: wrote before its start"));
            }
            if changed(&bytes[end..buffer.used()]) {
                return Some(format!("slice {i}: wrote past its end"));
            }
            if self.slices[i].role == Role::In && self.bytes(i) != content.data[i] {
                return Some(format!("slice {i}: changed its input"));
            }
        }
        None
    }
}
