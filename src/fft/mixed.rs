//! The plan of a mixed-radix transform: which passes, in what order, with which tables; and its execution.
//!
//! Planning is a fixed decision: the same length at the same level always gives the same passes.

use core::mem::MaybeUninit;

use super::Real;
use super::extent::Extent;
use super::passes::{self, MAX_ODD, OneLane, Step};
use super::twiddle::Roots;
use super::work::{self, Far};
use crate::simd::{Available, Float, Kernel, Level, MAX_LANES, Vector};

/// The most passes a plan has, and some: rows of at most 2^32 (`MAX_LEN`), by radix 3 or more but for one 2, take 21.
const MAX_PASSES: usize = 26;

/// Bytes of a cache line: lines of scratch and of the lane table begin on one.
pub(super) const ALIGNMENT: usize = 64;

/// The first cache line of scratch, whose length has room for what is skipped.
pub(super) fn align<T>(scratch: *mut T) -> *mut T {
    // A misaligned float pointer, which cannot be, would stay as it is.
    scratch.wrapping_add(scratch.align_offset(ALIGNMENT).min(ALIGNMENT / size_of::<T>() - 1))
}

/// Lines that stay in the first cache (32 or 48 KiB today) from pass to pass.
const PART_BYTES: usize = 32 << 10;

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
    /// For a pass of fused operations: the product of the radices of such passes before it; else 0.
    inner: usize,
}

impl Pass {
    /// The complex factors of the pass's table: the roots of a generic radix, then radix - 1 twiddles for each
    /// group but the first.
    const fn factors(radix: usize, groups: usize) -> usize {
        passes::roots_len(radix) + (radix - 1) * (groups - 1)
    }
}

/// A transform of `lanes * rows` points, where `rows` has no prime factor above [`MAX_ODD`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixed {
    /// The level it runs at: the one asked for, or a narrower one whose lanes divide the length.
    level: Available,
    pub(super) len: usize,
    lanes: usize,
    /// Passes of power-of-two radices, and the lane pass, are of fused operations.
    fused: bool,
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
    lanes_and_order::<T>(level).0
}

/// Those lanes, and the order that complex numbers come to them from memory: for tables, which are written by code that is
/// compiled once for all levels.
pub(super) fn lanes_and_order<T: Real>(level: Available) -> (usize, &'static [usize; MAX_LANES]) {
    struct Lanes<T>(core::marker::PhantomData<T>);
    impl<T: Real> Kernel for Lanes<T> {
        type Output = (usize, &'static [usize; MAX_LANES]);
        #[inline(always)]
        fn run<V: Vector>(self, _: V) -> Self::Output {
            (T::Reg::<V>::LANES, const { &T::Reg::<V>::ORDER })
        }
    }
    level.run(Lanes::<T>(core::marker::PhantomData))
}

/// Tells whether passes of fused operations are the fastest at a level.
fn is_fused<T: Real>(level: Available) -> bool {
    struct Fused<T>(core::marker::PhantomData<T>);
    impl<T: Real> Kernel for Fused<T> {
        type Output = bool;
        #[inline(always)]
        fn run<V: Vector>(self, _: V) -> bool {
            T::Reg::<V>::FUSED
        }
    }
    level.run(Fused::<T>(core::marker::PhantomData))
}

/// Tells whether a length fits a number of lanes. Every lane needs the same whole number of rows; with fewer than half as
/// many as lanes most of a transposed block would be empty.
pub(super) const fn fits_lanes(len: usize, lanes: usize) -> bool {
    let rows = len / lanes;
    lanes == 1 || (len.is_multiple_of(lanes) && rows >= 2 && rows >= lanes / 2)
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
        // Of the levels of this machine the next narrower one is the last before this in `ALL`.
        let asked = level.level();
        let (mut level, mut lanes) = (level, lanes_of::<T>(level));
        for narrower in Level::available().rev().skip_while(|&l| l != asked).skip(1) {
            if fits_lanes(len, lanes) {
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
            fused: is_fused::<T>(level),
            rows,
            passes: [Pass::default(); MAX_PASSES],
            count: 0,
            places: 0,
            lane_table: 0,
            table_len: 0,
        };
        plan.choose_radices(size_of::<T>())?;
        plan.places = plan.table_len;
        let places = (plan.places_len() * size_of::<u32>()).div_ceil(size_of::<T>());
        plan.table_len = plan.table_len.checked_add(places)?;
        if lanes > 1 {
            // Lines of whole cache lines: the allocation starts on one.
            let line = ALIGNMENT / size_of::<T>();
            plan.lane_table = plan.table_len.checked_next_multiple_of(line)?;
            let blocks = rows.div_ceil(lanes);
            let block = if plan.fused { lanes * lanes } else { (lanes - 1) * 2 * lanes };
            plan.table_len = plan.lane_table.checked_add(blocks.checked_mul(block)?)?;
        }
        Some(plan)
    }

    /// Odd radices first, largest first, so that the stride (the length of the inner loops) grows fast; then radix 8
    /// and radix 4.
    fn choose_radices(&mut self, value_bytes: usize) -> Option<()> {
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
        if self.fused {
            // Radix 8 fits 32 registers.
            let (eights, fours) = match twos % 3 {
                _ if twos < 2 => (0, 0),
                0 => (twos / 3, 0),
                1 => (twos / 3 - 1, 2),
                _ => (twos / 3, 1),
            };
            // The first pass has no twiddles, which spares radix 8 the most; but eight rows a large power of two apart share
            // a set of the cache.
            let mut order = [(8, eights), (4, fours)];
            if self.len * 2 * value_bytes > PART_BYTES {
                order.reverse();
            }
            if twos == 1 {
                order[0] = (2, 1);
            }
            let mut inner = 1;
            for (radix, count) in order {
                for _ in 0..count {
                    self.push_fused(radix, inner)?;
                    inner *= radix;
                }
            }
        } else if twos == 1 {
            self.push(2)?;
        } else {
            // With several lanes radix 4 is as fast as radix 8, whose eight numbers of two registers each are spilled,
            // or a little faster, but in the last pass, which has no twiddles; nor does the first read eight rows a large
            // power of two apart, which share a set of the cache. With one lane radix 8 saves multiplications, and rounding errors with them.
            let fours =
                if self.lanes == 1 { [0, 2, 1][twos as usize % 3] } else { (twos - twos % 2 * 3) / 2 };
            for _ in 0..fours {
                self.push(4)?;
            }
            for _ in 0..(twos - 2 * fours) / 3 {
                self.push(8)?;
            }
        }
        Some(())
    }

    fn push(&mut self, radix: usize) -> Option<()> {
        let blocks = self.passes[..self.count].iter().map(|p| p.radix as usize).product::<usize>();
        let groups = self.rows / blocks / radix;
        let radix_u32 = u32::try_from(radix).ok()?;
        self.passes[self.count] = Pass { radix: radix_u32, blocks, groups, table: self.table_len, inner: 0 };
        self.count += 1;
        self.table_len = self.table_len.checked_add(Pass::factors(radix, groups).checked_mul(2)?)?;
        Some(())
    }

    fn push_fused(&mut self, radix: usize, inner: usize) -> Option<()> {
        let table_len = self.table_len;
        self.push(radix)?;
        self.passes[self.count - 1].inner = inner;
        self.table_len = table_len.checked_add(passes::fused_table_len(radix, inner))?;
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

    /// Writes the places: with several lanes the rows where the passes leave what belongs to row k (its digits in the
    /// other order), those of a block in the order of the transposed lanes; with one lane, for each block of the last pass,
    /// the row of the result where its outputs begin.
    ///
    /// # Safety
    /// `places` is valid for writes of `places_len` numbers.
    #[expect(clippy::cast_possible_truncation, reason = "rows are at most 2^32 (MAX_LEN)")]
    unsafe fn write_places(&self, places: *mut u32, order: &[usize]) {
        // Counting k up in mixed radix, its digits weighted as they stand in the other order.
        let mut count = Odometer::default();
        if self.lanes == 1 {
            let inner = self.count - 1;
            for (i, pass) in self.passes[..inner].iter().rev().enumerate() {
                count.wheels[i] = Wheel { radix: pass.radix as usize, weight: pass.blocks, digit: 0 };
            }
            for i in 0..self.passes[inner].blocks {
                // SAFETY: one for each block of the last pass.
                unsafe { places.wrapping_add(i).write(count.value as u32) };
                count.step();
            }
            return;
        }
        for (wheel, pass) in count.wheels.iter_mut().zip(&self.passes[..self.count]) {
            *wheel = Wheel { radix: pass.radix as usize, weight: pass.groups, digit: 0 };
        }
        let mut last = 0;
        for block in (0..self.rows).step_by(self.lanes) {
            let mut natural = [0; MAX_LANES];
            for (i, place) in natural.iter_mut().enumerate().take(self.lanes) {
                // Past the end the last one is repeated.
                if block + i < self.rows {
                    last = count.value as u32;
                    count.step();
                }
                *place = last;
            }
            for (i, &k) in order.iter().enumerate() {
                // SAFETY: whole blocks of lanes.
                unsafe { places.wrapping_add(block + i).write(natural[k % MAX_LANES]) };
            }
        }
    }

    /// Fills the tables.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let roots = Roots::new(self.len);
        self.fill_passes(&roots, table);
        self.fill_last(&roots, table);
    }

    fn fill_passes<T: Real>(&self, roots: &Roots, table: &mut [MaybeUninit<T>]) {
        for pass in &self.passes[..self.count] {
            if pass.inner == 0 {
                fill_pass(pass, roots, self.len, table);
            } else {
                self.fill_fused(pass, roots, table);
            }
        }
    }

    fn fill_fused<T: Real>(&self, pass: &Pass, roots: &Roots, table: &mut [MaybeUninit<T>]) {
        // Counting blocks up, the last of the digits before them the fastest; each weighs what was transformed before.
        let mut count = Odometer::default();
        let before = self.passes[..self.count].iter().filter(|p| p.inner > 0 && p.inner < pass.inner);
        for (wheel, p) in count.wheels.iter_mut().zip(before.rev()) {
            *wheel = Wheel { radix: p.radix as usize, weight: p.inner, digit: 0 };
        }
        let ks = (0..pass.inner).map(|_| {
            let k = count.value;
            count.step();
            k
        });
        let radix = pass.radix as usize;
        let table = &mut table[pass.table..][..passes::fused_table_len(radix, pass.inner)];
        passes::fill_fused(radix, roots, self.len, self.len / (radix * pass.inner), ks, table);
    }

    /// Runs the transform from `input` to `output`, or a part of it, those before it being done.
    ///
    /// # Safety
    /// `input` is valid for reads and `output` for writes of `len` complex numbers, `scratch` for reads and writes of
    /// `scratch_len`; `input` and `output` may be the same, else none overlaps another. `table` was filled by `fill`.
    pub(super) unsafe fn run<T: Real, E: Extent>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
        extent: &mut E,
    ) {
        let scratch = if self.lanes > 1 { align(scratch) } else { scratch };
        let places = table.wrapping_add(self.places).cast::<u32>();
        // Runs pass i on the blocks of one of `parts` parts of the rows.
        let pass = |i: usize, part: usize, parts: usize, extent: &mut E| {
            let pass = &self.passes[i % MAX_PASSES];
            // There is always a part; the compiler would keep a panic for a division by none.
            let parts = parts.max(1);
            // With one lane the last pass writes the result; else the lane pass will.
            let (first, last) = (i == 0, self.lanes == 1 && i + 1 == self.count);
            let skip = self.rows / parts * part * 2 * self.lanes;
            let src = if first { input } else { scratch.wrapping_add(skip).cast_const() };
            let dst = if last { output } else { scratch.wrapping_add(skip) };
            let (groups, blocks) = (pass.groups, pass.blocks / parts);
            let pass_table = table.wrapping_add(pass.table);
            let one_lane = if self.lanes == 1 {
                OneLane {
                    swap_in: usize::from(first && inverse),
                    swap_out: usize::from(last && inverse),
                    last,
                }
            } else {
                OneLane::NONE
            };
            let begin = blocks * part;
            let (from, to, apart) = (0, groups, blocks);
            let step = Step {
                src,
                dst,
                table: pass_table,
                groups,
                blocks,
                begin,
                from,
                to,
                apart,
                places,
                one_lane,
            };
            let far = if first { Far::Input } else { Far::Lines };
            self.each_piece(pass, (parts, far), step, last, extent, |step| {
                // Each pass is a call of its own: compiled into one loop they crowd each other out of the registers.
                RunPass::<T, ANY> {
                    radix: pass.radix,
                    inner: pass.inner,
                    step,
                    first,
                    inverse: inverse && (first || last),
                }
                .run_at(self.level);
            });
        };
        let lane_table = table.wrapping_add(self.lane_table);
        if self.lanes == 1 {
            for i in 0..self.count {
                pass(i, 0, 1, extent);
            }
        } else {
            self.descend::<T, E>(&pass, 0, 0, 1, extent);
            let cost = extent.cost(|| work::lane(self.part_bytes::<T>(1), self.line_bytes::<T>()));
            let blocks = extent.take((self.rows / self.lanes.max(1)).max(1), self.lanes * cost);
            if E::ALL || !blocks.is_empty() {
                let lane = RunLane {
                    src: scratch,
                    dst: output,
                    table: lane_table,
                    places,
                    rows: self.rows,
                    begin: blocks.start * self.lanes,
                    end: if E::ALL { self.rows } else { blocks.end * self.lanes },
                    inverse,
                };
                self.level.run(&lane);
            }
        }
    }
}

impl Mixed {
    /// Runs the passes from number `from` on one of `parts` parts of the rows. While a part is too large for the first
    /// cache, its own parts are finished one after the other.
    fn descend<T: Real, E: Extent>(
        &self,
        pass: &impl Fn(usize, usize, usize, &mut E),
        from: usize,
        part: usize,
        parts: usize,
        extent: &mut E,
    ) {
        if self.fits(from, self.part_bytes::<T>(parts)) {
            for i in from..self.count {
                if extent.is_over() {
                    return;
                }
                pass(i, part, parts, extent);
            }
        } else {
            pass(from, part, parts, extent);
            let radix = self.passes[from % MAX_PASSES].radix as usize;
            let work = if E::ALL { 0 } else { self.work::<T>(from + 1, parts * radix) };
            for j in 0..radix {
                if extent.is_over() {
                    return;
                }
                if !extent.skip(work) {
                    self.descend::<T, E>(pass, from + 1, part * radix + j, parts * radix, extent);
                }
            }
        }
    }

    /// The units of the passes from number `from` on one of `parts` parts of the rows: of what [`Mixed::descend`] goes
    /// through, to the unit.
    fn work<T>(&self, from: usize, parts: usize) -> u64 {
        let (rows, line) = (self.rows / parts.max(1), self.line_bytes::<T>());
        let (mut bytes, mut each) = (rows * line, 0);
        for (i, pass) in self.passes.iter().enumerate().take(self.count).skip(from) {
            let radix = pass.radix as usize;
            each += work::line(radix, line, pass.inner > 0) + Far::Lines.cost(bytes, line);
            if !self.fits(i, bytes) {
                bytes /= radix.max(1);
            }
        }
        rows as u64 * each as u64
    }

    /// Whether the passes from number `from` run one after the other on a part of so many bytes.
    const fn fits(&self, from: usize, bytes: usize) -> bool {
        bytes <= PART_BYTES || from + 2 >= self.count
    }

    /// Bytes of one of `parts` parts of the lines.
    fn part_bytes<T>(&self, parts: usize) -> usize {
        self.rows / parts.max(1) * self.line_bytes::<T>()
    }

    const fn line_bytes<T>(&self) -> usize {
        2 * self.lanes * size_of::<T>()
    }

    /// The units of a butterfly of a pass over one of `parts` parts of the rows.
    fn butterfly_cost<T>(&self, pass: &Pass, parts: usize, far: Far) -> usize {
        let (radix, line) = (pass.radix as usize, self.line_bytes::<T>());
        radix * (work::line(radix, line, pass.inner > 0) + far.cost(self.part_bytes::<T>(parts), line))
    }

    /// Calls `run` for the pieces of a step, that of a pass over one of `parts` parts of the rows, that are to be run.
    #[inline(always)]
    fn each_piece<T: Real, E: Extent>(
        &self,
        pass: &Pass,
        (parts, far): (usize, Far),
        step: Step<T>,
        last: bool,
        extent: &mut E,
        run: impl Fn(Step<T>),
    ) {
        if E::ALL {
            return run(step);
        }
        let cost = self.butterfly_cost::<T>(pass, parts, far);
        extent.butterflies(step.blocks, step.groups, cost, |piece| {
            let skip = 2 * self.lanes * pass.radix as usize * step.groups * piece.block;
            run(Step {
                src: step.src.wrapping_add(skip),
                // What is last goes to its places.
                dst: if last { step.dst } else { step.dst.wrapping_add(skip) },
                blocks: piece.blocks,
                begin: step.begin + piece.block,
                from: piece.from,
                to: piece.to,
                places: step.places.wrapping_add(piece.block),
                ..step
            });
        });
    }
}

/// The passes alone, from lines to lines: for real transforms, whose ends are in `real_lanes`.
impl Mixed {
    /// Plans transforms of `rows` points in each lane, `rows` being smooth and at least 2. The length is that of the real
    /// transform, whose roots the tables are made of.
    pub(super) fn in_lanes<T: Real>(rows: usize, level: Available) -> Option<Self> {
        let lanes = lanes_of::<T>(level);
        let mut plan = Self {
            level,
            len: 2 * rows * lanes,
            lanes,
            fused: is_fused::<T>(level),
            rows,
            passes: [Pass::default(); MAX_PASSES],
            count: 0,
            places: 0,
            lane_table: 0,
            table_len: 0,
        };
        plan.choose_radices(size_of::<T>())?;
        plan.places = plan.table_len;
        let numbers = plan.passes[plan.count - 1].blocks * size_of::<u32>();
        plan.table_len = plan.table_len.checked_add(numbers.div_ceil(size_of::<T>()))?;
        Some(plan)
    }

    /// Fills the tables of the passes from the roots of the length, and the row of the result where each block of the last
    /// one begins.
    pub(super) fn fill_in_lanes<T: Real>(&self, roots: &Roots, table: &mut [MaybeUninit<T>]) {
        self.fill_passes(roots, table);
        for value in &mut table[self.places..self.table_len] {
            value.write(T::ZERO);
        }
        let numbers = table[self.places..self.table_len].as_mut_ptr().cast::<u32>();
        let mut count = Odometer::default();
        let last = self.count - 1;
        for (wheel, pass) in count.wheels.iter_mut().zip(self.passes[..last].iter().rev()) {
            *wheel = Wheel { radix: pass.radix as usize, weight: pass.blocks, digit: 0 };
        }
        for block in 0..self.passes[last].blocks {
            #[expect(clippy::cast_possible_truncation, reason = "rows are at most 2^32 (MAX_LEN)")]
            // SAFETY: the slice has room for a number of 4 bytes for each block.
            unsafe {
                numbers.wrapping_add(block).write(count.value as u32);
            }
            count.step();
        }
    }

    /// The row where the passes leave what belongs to row 0, to row 1 and so on: the digits of its number in the other
    /// order.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let mut count = Odometer::default();
        for (wheel, pass) in count.wheels.iter_mut().zip(&self.passes[..self.count]) {
            *wheel = Wheel { radix: pass.radix as usize, weight: pass.groups, digit: 0 };
        }
        (0..self.rows).map(move |_| {
            let place = count.value;
            count.step();
            place
        })
    }

    /// Runs the passes, or a part of them, from the lines of `src`: to `lines`, where rows are left as [`Mixed::places`] says; or to `output`,
    /// in natural order, real and imaginary parts exchanged.
    ///
    /// # Safety
    /// `src` is valid for reads, `lines` for reads and writes and `output` for writes of `rows` lines; `src` may be `lines`,
    /// else none overlaps another. `table` was filled by `fill_in_lanes`.
    pub(super) unsafe fn run_in_lanes<T: Real, E: Extent>(
        &self,
        table: *const T,
        src: *const T,
        lines: *mut T,
        output: Option<*mut T>,
        extent: &mut E,
    ) {
        let places = table.wrapping_add(self.places).cast::<u32>();
        for (i, pass) in self.passes.iter().take(self.count).enumerate() {
            let src = if i == 0 { src } else { lines.cast_const() };
            let output = if i + 1 == self.count { output } else { None };
            let table = table.wrapping_add(pass.table);
            let dst = output.unwrap_or(lines);
            let (groups, blocks) = (pass.groups, pass.blocks);
            let step = Step {
                src,
                dst,
                table,
                groups,
                blocks,
                begin: 0,
                from: 0,
                to: groups,
                apart: blocks,
                places,
                one_lane: OneLane::NONE,
            };
            let (radix, inner) = (pass.radix, pass.inner);
            let far = match (i, output) {
                (_, Some(_)) => Far::Rows,
                (0, _) if !core::ptr::eq(src, lines) => Far::Input,
                _ => Far::Sweep,
            };
            self.each_piece(pass, (1, far), step, output.is_some(), extent, |step| {
                let run = RunPass::<T, ANY> { radix, inner, step, first: false, inverse: false };
                if output.is_some() {
                    run.run_last_at(self.level);
                } else {
                    run.run_at(self.level);
                }
            });
        }
    }
}

/// A first or middle pass, or with one lane the last, as a kernel: a reference to it is, since a copy of it would stall on
/// its way through memory (8-byte stores read by wider loads). Only the unsafe methods of [`Mixed`] make one, where
/// `step` is what [`passes::pass`] asks for.
///
/// Each radix `R` is an entry of its own: all in one function would be one frame with room for every butterfly, which
/// in a debug build is megabytes.
struct RunPass<T, const R: usize> {
    radix: u32,
    inner: usize,
    step: Step<T>,
    first: bool,
    inverse: bool,
}

/// A radix without a butterfly of its own.
const ANY: usize = 0;

/// Calls the entry of a pass's radix, `$kernel` being what makes the kernel of it.
macro_rules! by_radix {
    ($level:expr, $pass:expr, $kernel:path) => {
        match $pass.radix {
            2 => $level.run(&$kernel($pass.of::<2>())),
            3 => $level.run(&$kernel($pass.of::<3>())),
            4 => $level.run(&$kernel($pass.of::<4>())),
            5 => $level.run(&$kernel($pass.of::<5>())),
            7 => $level.run(&$kernel($pass.of::<7>())),
            8 => $level.run(&$kernel($pass.of::<8>())),
            11 => $level.run(&$kernel($pass.of::<11>())),
            13 => $level.run(&$kernel($pass.of::<13>())),
            _ => $level.run(&$kernel($pass.of::<ANY>())),
        }
    };
}

impl<T: Real> RunPass<T, ANY> {
    #[inline(always)]
    fn run_at(&self, level: Available) {
        by_radix!(level, self, core::convert::identity);
    }

    /// As the pass that writes the result in lines.
    #[inline(always)]
    fn run_last_at(&self, level: Available) {
        by_radix!(level, self, RunLast);
    }

    /// The same pass, its radix known to the compiler.
    #[inline(always)]
    const fn of<const R: usize>(&self) -> RunPass<T, R> {
        let &Self { radix, inner, step, first, inverse } = self;
        RunPass { radix, inner, step, first, inverse }
    }
}

impl<T: Real, const R: usize> Kernel for &RunPass<T, R> {
    type Output = ();

    #[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let &RunPass { radix, inner, step, first, inverse } = self;
        // With one lane the step says the same.
        let first = first && T::Reg::<V>::LANES > 1;
        // SAFETY: every buffer holds the `len` complex numbers. A pass reads and writes two buffers, or is in place (a
        // middle pass, or a single butterfly). Tables and places are the ones `fill` wrote. A last pass has one group,
        // being the last radix. Where passes of fused operations are the fastest, a radix that has them runs no others.
        unsafe {
            match (first, inverse) {
                _ if const { T::Reg::<V>::FUSED && passes::has_fused(R) } => match (first, inverse) {
                    (false, _) => passes::fused_pass::<T, V, R, false, false, false>(v, step, inner),
                    (true, false) => passes::fused_pass::<T, V, R, true, false, false>(v, step, inner),
                    (true, true) => passes::fused_pass::<T, V, R, true, false, true>(v, step, inner),
                },
                (false, true) if T::Reg::<V>::LANES == 1 => {
                    passes::pass::<T, V, R, false, false, true>(v, radix, step);
                }
                (false, _) => passes::pass::<T, V, R, false, false, false>(v, radix, step),
                (true, false) => passes::pass::<T, V, R, true, false, false>(v, radix, step),
                (true, true) => passes::pass::<T, V, R, true, false, true>(v, radix, step),
            }
        }
    }
}

/// The last pass of an inverse real transform, which writes lines where they belong; made by [`Mixed::run_in_lanes`] alone.
/// Apart from [`RunPass`], which is large enough.
struct RunLast<T, const R: usize>(RunPass<T, R>);

impl<T: Real, const R: usize> Kernel for &RunLast<T, R> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let RunPass { radix, inner, step, .. } = self.0;
        if const { T::Reg::<V>::FUSED && passes::has_fused(R) } {
            // SAFETY: the lines of scratch and of the output, tables and places as `fill_in_lanes` wrote them; a last pass
            // has one group.
            unsafe { passes::fused_pass::<T, V, R, false, true, true>(v, step, inner) }
        } else if T::Reg::<V>::LANES > 1 {
            // SAFETY: as above.
            unsafe { passes::pass::<T, V, R, false, true, true>(v, radix, step) }
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
    /// The rows that are run.
    begin: usize,
    end: usize,
    inverse: bool,
}

impl<T: Real> Kernel for &RunLane<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let &RunLane { src, dst, table, places, rows, begin, end, inverse } = self;
        if inverse {
            // SAFETY: `src` holds the lines that the passes left, `dst` is another buffer of `len` complex numbers, and
            // table and places are the ones `fill` wrote.
            unsafe { passes::lane_pass::<T, V, true>(v, src, dst, table, places, rows, begin..end) }
        } else {
            // SAFETY: as above.
            unsafe { passes::lane_pass::<T, V, false>(v, src, dst, table, places, rows, begin..end) }
        }
    }
}

/// A number in mixed radix that is counted up, the first digit the fastest, and whose digits have weights of their own.
#[derive(Default)]
struct Odometer {
    wheels: [Wheel; MAX_PASSES],
    value: usize,
}

#[derive(Clone, Copy, Default)]
struct Wheel {
    radix: usize,
    weight: usize,
    digit: usize,
}

impl Odometer {
    #[inline(always)]
    fn step(&mut self) {
        for wheel in &mut self.wheels {
            wheel.digit += 1;
            self.value += wheel.weight;
            if wheel.digit < wheel.radix {
                return;
            }
            self.value -= wheel.digit * wheel.weight;
            wheel.digit = 0;
        }
    }
}

impl Mixed {
    /// Writes the places of the rows, and the table of the lane pass.
    fn fill_last<T: Real>(&self, roots: &Roots, table: &mut [MaybeUninit<T>]) {
        let (lanes, order) = lanes_and_order::<T>(self.level);
        let order = &order[..lanes];
        // Up to the next table, so that no value of the tables stays unwritten.
        let end = if lanes > 1 { self.lane_table } else { self.table_len };
        let places = &mut table[self.places..end];
        let used = (self.places_len() * size_of::<u32>()) / size_of::<T>();
        for value in &mut places[used..] {
            value.write(T::ZERO);
        }
        // SAFETY: the slice has room for `places_len` numbers of four bytes.
        unsafe { self.write_places(places.as_mut_ptr().cast::<u32>(), order) };
        let table = &mut table[self.lane_table..];
        if self.fused {
            passes::fill_fused_lane(lanes, order, roots, self.len, table);
        } else if lanes > 1 {
            fill_lane(self.rows, order, roots, table);
        }
    }
}

/// Writes complex factors one after the other.
fn put<T: Real>(table: &mut [MaybeUninit<T>], i: usize, (re, im): (f64, f64)) {
    table[2 * i].write(T::from_f64(re));
    table[2 * i + 1].write(T::from_f64(im));
}

/// The table of a first or middle pass: `w_(radix * groups)^(p j)` for p in 1..groups and j in 1..radix. `roots` are
/// those of order `len`.
fn fill_pass<T: Real>(pass: &Pass, roots: &Roots, len: usize, table: &mut [MaybeUninit<T>]) {
    let radix = pass.radix as usize;
    let table = &mut table[pass.table..][..2 * Pass::factors(radix, pass.groups)];
    let (own, table) = table.split_at_mut(2 * passes::roots_len(radix));
    for k in 0..passes::roots_len(radix) {
        put(own, k, passes::root_of_radix(k, radix));
    }
    let step = len / (radix * pass.groups);
    for (p, set) in table.chunks_exact_mut(2 * (radix - 1)).enumerate() {
        let step = step * (p + 1);
        for (j, factor) in set.chunks_exact_mut(2).enumerate() {
            put(factor, 0, roots.get(step * (j + 1)));
        }
    }
}

/// The table of the lane pass: for each block of L rows k and each lane l but the first, a line of `w_(L M)^(l k)`,
/// its lanes in the order of the transposed block.
fn fill_lane<T: Real>(rows: usize, order: &[usize], roots: &Roots, table: &mut [MaybeUninit<T>]) {
    let lanes = order.len();
    let blocks = rows.div_ceil(lanes);
    for l in 1..lanes {
        let steps = roots.steps(l, order, blocks);
        for block in 0..blocks {
            let line = &mut table[2 * lanes * (block * (lanes - 1) + l - 1)..][..2 * lanes];
            let (re, im) = line.split_at_mut(lanes);
            roots.row(l * lanes * block, &steps, order, re, im);
        }
    }
}
