//! Real transforms in lanes: the plan of a length that splits into `2 L` real sequences for each of `H` rows.
//!
//! The first complex pass reads the samples as they are: `2 L` of them are a line of `L` numbers, real parts and imaginary
//! parts. The passes are those of a complex plan of `H` rows, and `passes::real_lane` has what is between its lines and
//! the bins. Nothing is interleaved on the real side, and there is no pass over the spectrum.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::Real;
use super::extent::Extent;
use super::mixed::{ALIGNMENT, Mixed, align, is_smooth, lanes_and_order, lanes_of};
use super::passes::{self, Ends, block_lines, middle_lines};
use super::twiddle::Roots;
use super::work::{self, Far};
use crate::simd::{Available, Kernel, Level, MAX_LANES, Vector};

/// A real transform of `2 * lanes * rows` samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct RealLanes {
    level: Available,
    lanes: usize,
    rows: usize,
    /// The passes over rows; its tables come first.
    passes: Mixed,
    /// Blocks of rows at either end.
    blocks: usize,
    /// Where the blocks' table starts, in values of T.
    table: usize,
    /// Where the roots of the lanes start.
    roots: usize,
    /// Where that of the middle row starts, if it needs one.
    middle: Option<usize>,
    /// Where the places of rows start, u32 numbers in the memory of values of T.
    places: usize,
    pub(super) table_len: usize,
}

impl RealLanes {
    /// Plans a length at `level` or a narrower one, of two lanes or more; `None` where none divides it into rows enough
    /// without a large prime factor.
    pub(super) fn new<T: Real>(len: usize, level: Level) -> Option<Self> {
        let widest = lanes_of::<T>(level.prove().ok()?);
        for level in Level::available().rev().skip_while(|&l| l != level) {
            let level = level.prove().ok()?;
            let lanes = lanes_of::<T>(level);
            let rows = len / (2 * lanes);
            if lanes == 1 || !len.is_multiple_of(2 * lanes) || !is_smooth(rows) {
                continue;
            }
            // Of the lengths that the widest lanes do not divide, those left to registers of 128 bits are faster by way of
            // the complex plan, which has lanes for any length (1000 samples of f32: 650 ns against 1250), and with
            // sixteen lanes the longer ones are (10,000: 8.8 us against 11.6; but 1008: 640 ns against 530).
            let fits = len.is_multiple_of(2 * widest);
            if lanes < widest && !fits && (lanes * size_of::<T>() < 32 || lanes >= 8 && len >= 1600) {
                return None;
            }
            // With fewer rows most of what the only block computes would be computed twice. Half as many lanes of 256 bits
            // are faster then, but half of those are not: 512 samples of f32 take 273 ns in sixteen lanes, 235 in eight; 128
            // take 105 in eight, 70 by way of the complex plan.
            if rows >= lanes + lanes / 2 {
                return Self::at::<T>(rows, level);
            }
            if lanes * size_of::<T>() <= 32 {
                return None;
            }
        }
        None
    }

    fn at<T: Real>(rows: usize, level: Available) -> Option<Self> {
        let lanes = lanes_of::<T>(level);
        let passes = Mixed::in_lanes::<T>(rows, level)?;
        // Values of k from 0 to H/2. Where only the last is left for a block of its own, it goes alone.
        let apart = rows.is_multiple_of(2) && (rows / 2).is_multiple_of(lanes);
        let blocks = if apart { rows / 2 / lanes } else { (rows / 2 + 1).div_ceil(lanes) };
        let table = passes.table_len.checked_next_multiple_of(ALIGNMENT / size_of::<T>())?;
        let after = table.checked_add(blocks.checked_mul(block_lines(lanes) * 2 * lanes)?)?;
        let roots = after;
        let after = after.checked_add(4 * lanes)?;
        let middle = apart.then_some(after);
        let places = after.checked_add(if apart { middle_lines(lanes) * 2 * lanes } else { 0 })?;
        let table_len = places.checked_add(Self::places_values::<T>(blocks, lanes))?;
        Some(Self { level, lanes, rows, passes, blocks, table, roots, middle, places, table_len })
    }

    /// Values of T that hold the places.
    const fn places_values<T>(blocks: usize, lanes: usize) -> usize {
        ((2 * lanes * blocks + 1) * size_of::<u32>()).div_ceil(size_of::<T>())
    }

    /// Complex numbers of scratch: the lines, one more that the inverse writes and never reads, and what it takes to align
    /// them.
    pub(super) const fn scratch_len<T>(&self) -> usize {
        self.lanes * (self.rows + 1) + ALIGNMENT / (2 * size_of::<T>())
    }

    /// Fills the tables.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let roots = Roots::new(2 * self.lanes * self.rows);
        self.passes.fill_in_lanes(&roots, table);
        for value in &mut table[self.passes.table_len..self.table] {
            value.write(T::ZERO);
        }
        self.fill_ends(&roots, table);
    }

    /// The units of a block of rows at either end.
    fn block_cost<T>(&self, far: Far) -> usize {
        let line = 2 * self.lanes * size_of::<T>();
        self.lanes * work::join(far, self.rows * line, line)
    }

    /// What the passes at either end take, of some of the blocks; the middle row goes with the last one.
    fn ends<T>(&self, table: *const T, part: Range<usize>) -> Ends<T> {
        let middle = if part.end == self.blocks { self.middle } else { None };
        Ends {
            rows: self.rows,
            blocks: self.blocks,
            from: part.start,
            to: part.end,
            table: table.wrapping_add(self.table),
            roots: table.wrapping_add(self.roots),
            places: table.wrapping_add(self.places).cast(),
            middle: middle.map_or(core::ptr::null(), |at| table.wrapping_add(at)),
        }
    }

    /// Transforms N samples to `N / 2 + 1` bins.
    ///
    /// # Safety
    /// `input` is valid for reads of N values, `output` for writes of `N / 2 + 1` complex numbers, `scratch` for reads
    /// and writes of `scratch_len`; none overlaps another. `table` was filled by `fill`.
    pub(super) unsafe fn forward<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let lines = align(scratch);
        // SAFETY: N values are H lines, and `lines` has as many.
        unsafe { self.passes.run_in_lanes(table, input, lines, None, extent) };
        let cost = extent.cost(|| self.block_cost::<T>(Far::Bins));
        let blocks = extent.take(self.blocks, cost);
        if !blocks.is_empty() {
            self.level.run(&Join { ends: self.ends(table, blocks), lines, bins: output });
        }
    }

    /// Transforms `N / 2 + 1` bins to N samples, not scaled.
    ///
    /// # Safety
    /// `input` is valid for reads of `N / 2 + 1` complex numbers, `output` for writes of N values, `scratch` for reads
    /// and writes of `scratch_len`; none overlaps another. `table` was filled by `fill`.
    pub(super) unsafe fn inverse<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let lines = align(scratch);
        let cost = extent.cost(|| self.block_cost::<T>(Far::FromBins));
        let blocks = extent.take(self.blocks, cost);
        if !blocks.is_empty() {
            self.level.run(&Split { ends: self.ends(table, blocks), bins: input, lines });
        }
        // SAFETY: the H lines just written, and as many values of output.
        unsafe { self.passes.run_in_lanes(table, lines, lines, Some(output), extent) };
    }
}

/// Lines to bins as a kernel; made by [`RealLanes::forward`] alone.
struct Join<T> {
    ends: Ends<T>,
    lines: *const T,
    bins: *mut T,
}

impl<T: Real> Kernel for &Join<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        // SAFETY: the lines that the passes left, the caller's bins, and what `fill` wrote at this level.
        unsafe { passes::join(v, &self.ends, self.lines, self.bins) }
    }
}

/// Bins to lines as a kernel; made by [`RealLanes::inverse`] alone.
struct Split<T> {
    ends: Ends<T>,
    bins: *const T,
    lines: *mut T,
}

impl<T: Real> Kernel for &Split<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        // SAFETY: the caller's bins, scratch of one line more than rows, and what `fill` wrote at this level.
        unsafe { passes::split(v, &self.ends, self.bins, self.lines) }
    }
}

impl RealLanes {
    /// Writes the tables and places of the two ends.
    fn fill_ends<T: Real>(&self, roots: &Roots, table: &mut [MaybeUninit<T>]) {
        let (lanes, order) = lanes_and_order::<T>(self.level);
        let (order, rows) = (&order[..lanes], self.rows);
        // Each line of a block is a row of roots. u = -(i/2) w_(2H)^k, and w_(2H) = w_N^L.
        let block_len = block_lines(lanes) * 2 * lanes;
        for which in 0..block_lines(lanes) {
            let (l, is_u) = (which.div_ceil(2), which.is_multiple_of(2));
            let step = if is_u { lanes + l } else { l };
            let steps = roots.steps(step, order, self.blocks);
            for block in 0..self.blocks {
                let [re, im] = roots.exact_row(step * block * lanes, &steps, order);
                let line = &mut table[self.table + block * block_len + which * 2 * lanes..][..2 * lanes];
                let (out_re, out_im) = line.split_at_mut(lanes);
                for (((re, im), out_re), out_im) in re.into_iter().zip(im).zip(out_re).zip(out_im) {
                    let (re, im) = if is_u { (im, -re) } else { (re, im) };
                    out_re.write(T::from_f64(0.5 * re));
                    out_im.write(T::from_f64(0.5 * im));
                }
            }
        }
        // Roots of twice and four times the lanes are roots of the length too: it is 2 L H, and H is a multiple of 2 L
        // where there is a middle row of its own.
        let mut at = self.roots;
        for scale in [1.0, 2.0] {
            for l in 0..lanes {
                let (re, im) = roots.get(l * rows);
                table[at].write(T::from_f64(scale * re));
                table[at + 1].write(T::from_f64(scale * im));
                at += 2;
            }
        }
        if self.middle.is_some() {
            let quarter = rows / 2;
            let odd = |l: usize, p: usize| roots.get(((l * (1 + 2 * p)) & (4 * lanes - 1)) * quarter);
            let mut line = |numbers: &dyn Fn(usize) -> (f64, f64)| {
                for i in 0..lanes {
                    let (re, im) = numbers(i);
                    table[at + i].write(T::from_f64(re));
                    table[at + lanes + i].write(T::from_f64(im));
                }
                at += 2 * lanes;
            };
            line(&|i| if order[i] % 2 == 0 { (1.0, 1.0) } else { (-1.0, -1.0) });
            for l in 0..lanes {
                line(&|i| odd(l, order[i]));
            }
            for p in 0..lanes {
                line(&|l| {
                    let (re, im) = odd(l, p);
                    (2.0 * re, 2.0 * im)
                });
            }
        }
        for value in &mut table[self.places..self.table_len] {
            value.write(T::ZERO);
        }
        let places = table[self.places..self.table_len].as_mut_ptr().cast::<u32>();
        let put = |i: usize, place: usize| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "below the rows, which are at most 2^32 (MAX_LEN)"
            )]
            // SAFETY: one of the `2 * lanes * blocks + 1` numbers of 4 bytes that the slice has room for.
            unsafe {
                places.wrapping_add(i).write(place as u32);
            }
        };
        let mut lane_of = [0; MAX_LANES];
        for (lane, &k) in order.iter().enumerate() {
            lane_of[k % MAX_LANES] = lane;
        }
        let at = |k: usize| 2 * lanes * (k / lanes) + lane_of[k % lanes];
        for (row, place) in self.passes.places().enumerate() {
            // As row k, and as the mirror image of k = H - row, of row 0 of 0.
            let mirror = if row == 0 { 0 } else { rows - row };
            if row < self.blocks * lanes {
                put(at(row), place);
            }
            if mirror < self.blocks * lanes {
                put(at(mirror) + lanes, place);
            }
            if row == rows / 2 {
                put(2 * lanes * self.blocks, place);
            }
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::vec;

    use super::*;

    /// A borrowed plan hands its tables out as initialised memory: each value must have been written.
    #[test]
    fn every_value_of_the_tables_is_written() {
        let mark = f64::from_bits(0x7ff8_dead_beef_0001);
        for len in (2..=600).chain([960, 1024, 4096]) {
            for level in Level::available() {
                let Some(plan) = RealLanes::new::<f64>(len, level) else { continue };
                let mut table = vec![MaybeUninit::new(mark); plan.table_len];
                plan.fill(&mut table);
                for (i, x) in table.iter().enumerate() {
                    // SAFETY: all of it was initialised above, whatever `fill` did.
                    let bits = unsafe { x.assume_init_ref() }.to_bits();
                    assert_ne!(bits, mark.to_bits(), "{len} {level}: value {i}");
                }
            }
        }
    }
}
