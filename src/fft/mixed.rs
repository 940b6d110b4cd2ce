//! The plan of a mixed-radix transform: which passes, in what order, with which tables; and its execution.
//!
//! Planning is a fixed decision: the same length at the same level always gives the same passes.

use core::mem::MaybeUninit;

use super::Real;
use super::passes::{self, MAX_ODD, Step};
use super::twiddle::root;
use crate::simd::{Available, Float, Kernel, Level, Vector};

/// The most passes a plan has, and some: rows of at most 2^32 (`MAX_LEN`), by radix 3 or more but for one 2, take 21.
const MAX_PASSES: usize = 26;

/// Bytes of a cache line: lines of scratch and of the lane table begin on one.
const ALIGNMENT: usize = 64;

/// One first or middle pass.
#[derive(Clone, Copy, Debug, Default)]
struct Pass {
    radix: u32,
    /// The product of the radices before it.
    blocks: usize,
    /// Rows divided by radix and blocks: how many twiddle sets the pass has.
    groups: usize,
    /// Where its table starts, in values of T.
    table: usize,
}

impl Pass {
    /// The complex factors of the pass's table: the roots of a generic radix, then radix - 1 twiddles for each
    /// group but the first.
    const fn factors(radix: usize, groups: usize) -> usize {
        let roots = if radix > 8 { passes::roots_len(radix) } else { 0 };
        roots + (radix - 1) * (groups - 1)
    }
}

/// A transform of `lanes * rows` points, where `rows` has no prime factor above [`MAX_ODD`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixed {
    /// The level it runs at: the one asked for, or a narrower one whose lanes divide the length.
    level: Available,
    pub(super) len: usize,
    lanes: usize,
    rows: usize,
    passes: [Pass; MAX_PASSES],
    count: usize,
    /// Where the places of rows start, u32 numbers in the memory of values of T.
    places: usize,
    /// Where the lane pass's table starts, in values of T.
    lane_table: usize,
    /// Values of T in all tables together.
    pub(super) table_len: usize,
}

/// How many numbers of type T a register of a level holds.
pub(super) fn lanes_of<T: Real>(level: Available) -> usize {
    struct Lanes<T>(core::marker::PhantomData<T>);
    impl<T: Real> Kernel for Lanes<T> {
        type Output = usize;
        #[inline(always)]
        fn run<V: Vector>(self, _: V) -> usize {
            T::Reg::<V>::LANES
        }
    }
    level.run(Lanes::<T>(core::marker::PhantomData))
}

/// Tells whether [`Mixed::new`] takes the length.
pub(super) const fn is_smooth(len: usize) -> bool {
    has_factors_to(MAX_ODD, len)
}

/// Tells whether `n`, at least 1, has no prime factor above `largest`.
pub(super) const fn has_factors_to(largest: usize, n: usize) -> bool {
    let (mut rest, mut p) = (n, 2);
    while p <= largest {
        while rest.is_multiple_of(p) {
            rest /= p;
        }
        p += 1;
    }
    rest == 1
}

impl Mixed {
    /// Plans a smooth length of at least 2, at `level` or the next narrower one that fits; `None` where the tables
    /// would not fit the index type.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        let mut level = level;
        let mut lanes = lanes_of::<T>(level);
        // Every lane needs the same whole number of rows; with fewer than half as many as lanes most of a transposed
        // block would be empty.
        for narrower in [Level::Portable, Level::Scalar] {
            let rows = len / lanes;
            if lanes == 1 || (len.is_multiple_of(lanes) && rows >= 2 && rows >= lanes / 2) {
                break;
            }
            level = narrower.prove().ok()?;
            lanes = lanes_of::<T>(level);
        }
        let rows = len / lanes;
        let mut plan = Self {
            level,
            len,
            lanes,
            rows,
            passes: [Pass::default(); MAX_PASSES],
            count: 0,
            places: 0,
            lane_table: 0,
            table_len: 0,
        };
        plan.choose_radices()?;
        plan.places = plan.table_len;
        let places = (plan.places_len() * size_of::<u32>()).div_ceil(size_of::<T>());
        plan.table_len = plan.table_len.checked_add(places)?;
        if lanes > 1 {
            // Lines of whole cache lines: the allocation starts on one.
            let line = ALIGNMENT / size_of::<T>();
            plan.lane_table = plan.table_len.checked_next_multiple_of(line)?;
            let blocks = rows.div_ceil(lanes);
            plan.table_len = plan.lane_table.checked_add(blocks.checked_mul((lanes - 1) * 2 * lanes)?)?;
        }
        Some(plan)
    }

    /// Odd radices first, largest first, so that the stride (the length of the inner loops) grows fast; then radix 8
    /// and radix 4.
    fn choose_radices(&mut self) -> Option<()> {
        let mut rest = self.rows;
        let mut radix = MAX_ODD;
        while radix >= 3 {
            let prime = (2..radix).all(|p| !radix.is_multiple_of(p));
            while prime && rest.is_multiple_of(radix) {
                rest /= radix;
                self.push(radix)?;
            }
            radix -= 2;
        }
        let twos = rest.trailing_zeros();
        if twos == 1 {
            self.push(2)?;
        } else {
            // With several lanes radix 4 is as fast as radix 8, whose eight numbers of two registers each are spilled,
            // or a little faster. With one lane radix 8 saves multiplications, and rounding errors with them.
            let fours =
                if self.lanes == 1 { [0, 2, 1][twos as usize % 3] } else { (twos - twos % 2 * 3) / 2 };
            for _ in 0..(twos - 2 * fours) / 3 {
                self.push(8)?;
            }
            for _ in 0..fours {
                self.push(4)?;
            }
        }
        Some(())
    }

    fn push(&mut self, radix: usize) -> Option<()> {
        let blocks = self.passes[..self.count].iter().map(|p| p.radix as usize).product::<usize>();
        let groups = self.rows / blocks / radix;
        let radix_u32 = u32::try_from(radix).ok()?;
        self.passes[self.count] = Pass { radix: radix_u32, blocks, groups, table: self.table_len };
        self.count += 1;
        self.table_len = self.table_len.checked_add(Pass::factors(radix, groups).checked_mul(2)?)?;
        Some(())
    }

    /// The number of places: one for each row that the lane pass fetches, in whole blocks; with one lane, one for each
    /// block of the last pass.
    fn places_len(&self) -> usize {
        if self.lanes > 1 {
            self.rows.next_multiple_of(self.lanes)
        } else {
            self.passes[self.count - 1].blocks
        }
    }

    /// Complex numbers of scratch that a call needs: none for a single pass, else the lines, and what it takes to
    /// align them.
    pub(super) const fn scratch_len<T>(&self) -> usize {
        if self.lanes > 1 {
            self.len + ALIGNMENT / (2 * size_of::<T>())
        } else if self.count > 1 {
            self.len
        } else {
            0
        }
    }

    /// With one lane: the row of the result where the outputs of the last pass's block begin.
    fn number(&self, block: usize) -> usize {
        let (mut number, mut rest) = (0, block * self.passes[self.count - 1].radix as usize);
        for pass in &self.passes[..self.count] {
            number += rest / pass.groups * pass.blocks;
            rest %= pass.groups;
        }
        number
    }

    /// The row where the passes leave the one that belongs to `k`: its digits in the other order.
    fn place(&self, k: usize) -> usize {
        let (mut rest, mut place) = (k, 0);
        for pass in &self.passes[..self.count] {
            let radix = pass.radix as usize;
            place += rest % radix * pass.groups;
            rest /= radix;
        }
        place
    }

    /// Fills the tables.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        for pass in &self.passes[..self.count] {
            fill_pass(pass, table);
        }
        self.level.run(FillLast(self, table));
    }

    /// Runs the transform from `input` to `output`.
    ///
    /// # Safety
    /// `input` is valid for reads and `output` for writes of `len` complex numbers, `scratch` for reads and writes of
    /// `scratch_len`; `input` and `output` may be the same, else none overlaps another. `table` was filled by `fill`.
    pub(super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) {
        // `scratch_len` has room for this; a misaligned float pointer, which cannot be, would stay as it is.
        let skip = if self.lanes > 1 {
            scratch.align_offset(ALIGNMENT).min(ALIGNMENT / size_of::<T>() - 1)
        } else {
            0
        };
        let scratch = scratch.wrapping_add(skip);
        let places = table.wrapping_add(self.places).cast::<u32>();
        let pass = |i: usize, pass: &Pass| {
            // With one lane the last pass writes the result; else the lane pass will.
            let (first, last) = (i == 0, self.lanes == 1 && i + 1 == self.count);
            let src = if first { input } else { scratch.cast_const() };
            let dst = if last { output } else { scratch };
            let pass_table = table.wrapping_add(pass.table);
            let step = Step { src, dst, table: pass_table, groups: pass.groups, blocks: pass.blocks, places };
            RunPass { radix: pass.radix, step, first, last, inverse }
        };
        let lane_table = table.wrapping_add(self.lane_table);
        let lane = RunLane { src: scratch, dst: output, table: lane_table, places, rows: self.rows, inverse };
        // Each pass is a call of its own: compiled into one loop they crowd each other out of the registers.
        for (i, p) in self.passes.iter().take(self.count).enumerate() {
            self.level.run(&pass(i, p));
        }
        if self.lanes > 1 {
            self.level.run(&lane);
        }
    }
}

/// A first or middle pass, or with one lane the last, as a kernel: a reference to it is, since a copy of it would stall on
/// its way through memory (8-byte stores read by wider loads). Only [`Mixed::run`] makes one, and it runs it where
/// `step` is what [`passes::pass`] asks for.
struct RunPass<T> {
    radix: u32,
    step: Step<T>,
    first: bool,
    last: bool,
    inverse: bool,
}

impl<T: Real> Kernel for &RunPass<T> {
    type Output = ();

    #[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let &RunPass { radix, step, first, last, inverse } = self;
        let one_lane = T::Reg::<V>::LANES == 1;
        // SAFETY: every buffer holds the `len` complex numbers. A pass reads and writes two buffers, or is in place (a
        // middle pass, or a single butterfly). Tables and places are the ones `fill` wrote. A last pass has one group,
        // being the last radix.
        unsafe {
            match (first, last, inverse) {
                (false, false, _) => passes::pass::<T, V, false, false, false>(v, radix, step),
                (true, false, false) => passes::pass::<T, V, true, false, false>(v, radix, step),
                (true, false, true) => passes::pass::<T, V, true, false, true>(v, radix, step),
                _ if !one_lane => {}
                (false, true, false) => passes::pass::<T, V, false, true, false>(v, radix, step),
                (false, true, true) => passes::pass::<T, V, false, true, true>(v, radix, step),
                (true, true, false) => passes::pass::<T, V, true, true, false>(v, radix, step),
                (true, true, true) => passes::pass::<T, V, true, true, true>(v, radix, step),
            }
        }
    }
}

/// The lane pass as a kernel; made by [`Mixed::run`] alone.
struct RunLane<T> {
    src: *const T,
    dst: *mut T,
    table: *const T,
    places: *const u32,
    rows: usize,
    inverse: bool,
}

impl<T: Real> Kernel for &RunLane<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let &RunLane { src, dst, table, places, rows, inverse } = self;
        if inverse {
            // SAFETY: `src` holds the lines that the passes left, `dst` is another buffer of `len` complex numbers, and
            // table and places are the ones `fill` wrote.
            unsafe { passes::lane_pass::<T, V, true>(v, src, dst, table, places, rows) }
        } else {
            // SAFETY: as above.
            unsafe { passes::lane_pass::<T, V, false>(v, src, dst, table, places, rows) }
        }
    }
}

/// The places of the rows, and the table of the lane pass.
struct FillLast<'a, T>(&'a Mixed, &'a mut [MaybeUninit<T>]);

impl<T: Real> Kernel for FillLast<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, _: V) {
        let Self(plan, table) = self;
        let lanes = T::Reg::<V>::LANES;
        let order = T::Reg::<V>::ORDER;
        let len = plan.places_len();
        // Up to the next table, so that no value of the tables stays unwritten.
        let end = if lanes > 1 { plan.lane_table } else { plan.table_len };
        for value in &mut table[plan.places..end] {
            value.write(T::ZERO);
        }
        let places = table[plan.places..end].as_mut_ptr().cast::<u32>();
        for i in 0..len {
            let row = if lanes > 1 {
                // Row i of a transposed block is number ORDER[i]; past the end the last one is repeated.
                plan.place((i / lanes * lanes + order[i % lanes]).min(plan.rows - 1))
            } else {
                plan.number(i)
            };
            #[expect(
                clippy::cast_possible_truncation,
                reason = "below the rows, which are at most 2^32 (MAX_LEN)"
            )]
            // SAFETY: the places take `len` numbers of 4 bytes of the slice.
            unsafe {
                places.wrapping_add(i).write(row as u32);
            }
        }
        if lanes > 1 {
            fill_lane::<T, V>(plan.rows, &mut table[plan.lane_table..]);
        }
    }
}

/// Writes complex factors one after the other.
fn put<T: Real>(table: &mut [MaybeUninit<T>], i: usize, (re, im): (f64, f64)) {
    table[2 * i].write(T::from_f64(re));
    table[2 * i + 1].write(T::from_f64(im));
}

/// The table of a first or middle pass: `w_(radix * groups)^(p j)` for p in 1..groups and j in 1..radix.
fn fill_pass<T: Real>(pass: &Pass, table: &mut [MaybeUninit<T>]) {
    let table = &mut table[pass.table..];
    let radix = pass.radix as usize;
    let n = radix * pass.groups;
    let mut at = 0;
    if radix > 8 {
        for k in 0..passes::roots_len(radix) {
            put(table, at, passes::root_of_radix(k, radix));
            at += 1;
        }
    }
    for p in 1..pass.groups {
        for j in 1..radix {
            put(table, at, root((p * j) as u64, n as u64));
            at += 1;
        }
    }
}

/// The table of the lane pass: for each block of L rows k and each lane l but the first, a line of `w_(L M)^(l k)`,
/// its lanes in the order of the transposed block.
fn fill_lane<T: Real, V: Vector>(rows: usize, table: &mut [MaybeUninit<T>]) {
    let lanes = T::Reg::<V>::LANES;
    let order = T::Reg::<V>::ORDER;
    let n = lanes * rows;
    let mut at = 0;
    for block in 0..rows.div_ceil(lanes) {
        for l in 1..lanes {
            for i in 0..lanes {
                let (re, im) = root((l * (block * lanes + order[i])) as u64, n as u64);
                table[at + i].write(T::from_f64(re));
                table[at + lanes + i].write(T::from_f64(im));
            }
            at += 2 * lanes;
        }
    }
}
