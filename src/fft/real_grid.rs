//! Real transforms of odd composite length: `N = A * B` samples as a matrix of A rows and B columns, as `grid` does it with
//! complex numbers, at half its cost.
//!
//! ```text
//!   columns   two registers of real columns are one of complex ones: a + i b
//!             transforms of A points, in the tile
//!             separated, of which rows 0 to A / 2 are enough; times w_N^(k1 n2); to lines in scratch
//!   rows      transposed to the tile; transforms of B points
//!             to bins k1 + A k2, and above N / 2 to those of N - k, conjugate
//! ```
//!
//! The inverse goes the same way back, with real and imaginary parts exchanged from the first to the last step, so that its
//! transforms are forward ones.
//!
//! # Source
//! As `passes::grid`; two real transforms in one complex: Cooley, Lewis and Welch, The fast Fourier transform algorithm:
//! programming considerations, J. Sound and Vibration 12(3), 1970.

use core::mem::MaybeUninit;

use super::Real;
use super::extent::Extent;
use super::grid::{Side, cheapest, cost, pitch, turn_rows};
use super::mixed::{ALIGNMENT, align, has_factors_to, lanes_of};
use super::passes::grid::{MAX_DIRECT, Tile};
use super::passes::real_grid::{
    self, Columns, Rows, combine, load_bins, load_samples, separate, store_bins, store_samples,
};
use super::twiddle::Roots;
use super::work;
use crate::simd::{Available, Kernel, MAX_LANES, Vector};

/// A real transform of an odd length.
#[derive(Clone, Copy, Debug)]
pub(super) struct RealGrid {
    level: Available,
    len: usize,
    lanes: usize,
    /// The transforms down the columns, A points, of pairs of registers.
    columns: Side,
    /// The transforms along rows 0 to A / 2, B points.
    rows: Side,
    /// Registers that B columns take.
    registers: usize,
    /// Lines of scratch from one row to the next.
    pitch: usize,
    /// Where the tables of the rows start, in values of T; the twiddles start at 0.
    rows_at: usize,
    /// Where the places of both sides' results start, u32 numbers in the memory of values of T.
    places: usize,
    /// Values of T in all tables together.
    pub(super) table_len: usize,
}

impl RealGrid {
    /// Plans an odd length; `None` where no two factors of it fill a register.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        if len.is_multiple_of(2) || !has_factors_to(MAX_DIRECT, len) {
            return None;
        }
        cheapest(len, level, |a, b, level| Self::of::<T>(a, b, level).map(|grid| (grid.cost(), grid)))
    }

    /// Plans `A * B` samples, both odd; `None` where a side is shorter than a register.
    fn of<T: Real>(a: usize, b: usize, level: Available) -> Option<Self> {
        let lanes = lanes_of::<T>(level);
        if !level.is_usual() || lanes == 1 || a / 2 + 1 < lanes || b < lanes {
            return None;
        }
        let registers = b.div_ceil(lanes);
        let mut columns = Side::new::<T>(a, registers.div_ceil(2) * lanes, level);
        let mut rows = Side::new::<T>(b, a / 2 + 1, level);
        let pitch = pitch(registers);
        let columns_at = (a / 2 + 1).checked_mul(registers)?.checked_mul(2 * lanes)?;
        let rows_at = columns.lay_out::<T>(columns_at);
        let places = rows.lay_out::<T>(rows_at);
        let table_len = places + ((a + b) * size_of::<u32>()).div_ceil(size_of::<T>());
        Some(Self { level, len: a * b, lanes, columns, rows, registers, pitch, rows_at, places, table_len })
    }

    /// About how many quarters of a cycle it takes, as the cost of a complex matrix.
    fn cost(&self) -> usize {
        cost(self.level, [(&self.columns, 24), (&self.rows, 24)])
    }

    /// Values of T between the steps.
    const fn lines_len(&self) -> usize {
        2 * self.lanes * self.pitch * (self.columns.len / 2 + 1)
    }

    /// Complex numbers of scratch that a call needs: lines, a tile, and what it takes to align them.
    pub(super) const fn scratch_len<T>(&self) -> usize {
        let (a, b) = (self.columns.len * self.columns.width, self.rows.len * self.rows.width);
        let tile = 2 * self.lanes * if a > b { a } else { b };
        (self.lines_len() + tile + ALIGNMENT / size_of::<T>()) / 2
    }

    /// Fills the tables.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let roots = Roots::new(self.len);
        let lanes = self.lanes;
        let natural: [usize; MAX_LANES] = core::array::from_fn(|i| i);
        let natural = &natural[..lanes];
        let mut at = 0;
        for row in 0..=self.columns.len / 2 {
            let steps = roots.steps(row, natural, self.registers);
            for register in 0..self.registers {
                let column = (register * lanes).min(self.rows.len - lanes);
                let (re, im) = table[at..at + 2 * lanes].split_at_mut(lanes);
                roots.row(row * column, &steps, natural, re, im);
                for value in &mut table[at..at + 2 * lanes] {
                    // SAFETY: `row` has written it.
                    let whole = unsafe { value.assume_init() };
                    value.write(whole * T::from_f64(0.5));
                }
                at += 2 * lanes;
            }
        }
        self.columns.fill(&roots, self.len, table, self.rows_at);
        self.rows.fill(&roots, self.len, table, self.places);
        for value in &mut table[self.places..self.table_len] {
            value.write(T::ZERO);
        }
        let places = table[self.places..self.table_len].as_mut_ptr().cast::<u32>();
        let (columns, rows) = (self.columns.len, self.rows.len);
        for (side, len, first) in [(&self.columns, columns, 0), (&self.rows, rows, columns)] {
            for nth in 0..len {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "below the length, at most 2^32 (MAX_LEN)"
                )]
                // SAFETY: the slice has room for a number of 4 bytes for each row and each column.
                unsafe {
                    places.wrapping_add(first + side.result(nth)).write(nth as u32);
                }
            }
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
        for first in (0..self.columns.registers).step_by(self.columns.width.max(1)) {
            let mut at = self.columns_at(table, lines, first);
            self.on_columns(&mut at, self.columns.len, extent, Step::LoadSamples(input));
            // SAFETY: the tile was just written; the tables are what `fill` wrote.
            unsafe { self.columns.run_in_tile(self.level, at.tile, table, extent) };
            self.on_columns(&mut at, self.columns.len / 2 + 1, extent, Step::Separate);
        }
        for first in (0..self.rows.registers).step_by(self.rows.width.max(1)) {
            let mut at = self.rows_at(table, lines, first);
            let matrix = (self.columns.len / 2 + 1, self.rows.len);
            let cost = extent.cost(|| at.tile.width * self.lanes * work::turn(self.bytes::<T>().1));
            let blocks = extent.take(self.row_blocks(), cost);
            if !blocks.is_empty() {
                // SAFETY: all columns were separated to the lines; both sides are at least as long as a register.
                unsafe { turn_rows(self.level, lines, self.pitch, matrix, at.first, blocks, at.tile) };
            }
            // SAFETY: the tile was just written; the tables are what `fill` wrote.
            unsafe { self.rows.run_in_tile(self.level, at.tile, table, extent) };
            self.on_rows(&mut at, self.rows.len, 1, extent, RowStep::StoreBins(output));
        }
    }

    /// Transforms `N / 2 + 1` bins to N samples, not scaled.
    ///
    /// # Safety
    /// As [`RealGrid::forward`], with input and output exchanged.
    pub(super) unsafe fn inverse<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let lines = align(scratch);
        for first in (0..self.rows.registers).step_by(self.rows.width.max(1)) {
            let mut at = self.rows_at(table, lines, first);
            self.on_rows(&mut at, self.rows.len, 1, extent, RowStep::LoadBins(input));
            // SAFETY: the tile was just written; the tables are what `fill` wrote.
            unsafe { self.rows.run_in_tile(self.level, at.tile, table, extent) };
            self.on_rows(&mut at, self.row_blocks(), self.lanes, extent, RowStep::TurnBack);
        }
        for first in (0..self.columns.registers).step_by(self.columns.width.max(1)) {
            let mut at = self.columns_at(table, lines, first);
            self.on_columns(&mut at, self.columns.len / 2 + 1, extent, Step::Combine);
            // SAFETY: the tile was just written; the tables are what `fill` wrote.
            unsafe { self.columns.run_in_tile(self.level, at.tile, table, extent) };
            self.on_columns(&mut at, self.columns.len, extent, Step::StoreSamples(output));
        }
    }

    /// Bytes of the transform and of a line, for what it costs.
    const fn bytes<T>(&self) -> (usize, usize) {
        (self.len * size_of::<T>(), 2 * self.lanes * size_of::<T>())
    }

    /// The units of a line before or after the transforms.
    fn end_cost<T>(&self) -> usize {
        let (all, line) = self.bytes::<T>();
        work::end(all, line)
    }

    /// Blocks of a register that a row has.
    fn row_blocks(&self) -> usize {
        self.rows.len.div_ceil(self.lanes.max(1))
    }

    /// Runs a step on so many rows of a tile of columns, or those of them that are to be run.
    #[inline(always)]
    fn on_columns<T: Real>(&self, at: &mut Columns<T>, rows: usize, extent: &mut impl Extent, step: Step<T>) {
        let cost = extent.cost(|| at.tile.width * self.end_cost::<T>());
        let rows = extent.take(rows, cost);
        if !rows.is_empty() {
            // In its place: a copy would stall on its way through memory.
            (at.from, at.to) = (rows.start, rows.end);
            self.level.run(&Run(at, step));
        }
    }

    /// Runs a step on so many blocks, of so many columns each, of a tile of rows, or those of them that are to be run.
    #[inline(always)]
    fn on_rows<T: Real>(
        &self,
        at: &mut Rows<T>,
        blocks: usize,
        each: usize,
        extent: &mut impl Extent,
        step: RowStep<T>,
    ) {
        let cost = extent.cost(|| each * at.tile.width * self.end_cost::<T>());
        let blocks = extent.take(blocks, cost);
        if !blocks.is_empty() {
            (at.from, at.to) = (blocks.start, blocks.end);
            self.level.run(&RunRows(at, step));
        }
    }

    /// The tile of columns whose first pair of registers is `first`.
    fn columns_at<T: Real>(&self, table: *const T, lines: *mut T, first: usize) -> Columns<T> {
        let side = &self.columns;
        let width = side.width.min(side.registers - first);
        Columns {
            tile: Tile { lines: lines.wrapping_add(self.lines_len()), width },
            from: 0,
            to: 0,
            first,
            rows: side.len,
            columns: self.rows.len,
            registers: self.registers,
            places: table.wrapping_add(self.places).cast(),
            lines,
            pitch: self.pitch,
            twiddles: table,
        }
    }

    /// The tile of rows whose first register is `first`.
    fn rows_at<T: Real>(&self, table: *const T, lines: *mut T, first: usize) -> Rows<T> {
        let side = &self.rows;
        let width = side.width.min(side.registers - first);
        Rows {
            tile: Tile { lines: lines.wrapping_add(self.lines_len()), width },
            from: 0,
            to: 0,
            first: first * self.lanes,
            rows: self.columns.len,
            columns: side.len,
            places: table.wrapping_add(self.places).cast::<u32>().wrapping_add(self.columns.len),
            lines,
            pitch: self.pitch,
        }
    }
}

/// A step on a tile of columns as a kernel; [`RealGrid`] alone makes one, and its caller's promise is theirs.
struct Run<'a, T>(&'a Columns<T>, Step<T>);

enum Step<T> {
    LoadSamples(*const T),
    Separate,
    Combine,
    StoreSamples(*mut T),
}

impl<T: Real> Kernel for &Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        if const { !V::USUAL } {
            return;
        }
        match self.1 {
            // SAFETY: the samples are A rows of B, and the tile is in scratch.
            Step::LoadSamples(samples) => unsafe { load_samples(v, *self.0, samples) },
            // SAFETY: the tile holds the transforms; tables and places are what `fill` wrote at this level.
            Step::Separate => unsafe { separate(v, *self.0) },
            // SAFETY: the lines hold the rows that `turn_back` wrote.
            Step::Combine => unsafe { combine(v, *self.0) },
            // SAFETY: the samples are A rows of B.
            Step::StoreSamples(samples) => unsafe { store_samples(v, *self.0, samples) },
        }
    }
}

/// A step on a tile of rows, as [`Run`].
struct RunRows<'a, T>(&'a Rows<T>, RowStep<T>);

enum RowStep<T> {
    StoreBins(*mut T),
    LoadBins(*const T),
    TurnBack,
}

impl<T: Real> Kernel for &RunRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        if const { !V::USUAL } {
            return;
        }
        match self.1 {
            // SAFETY: the tile holds the transforms, and the bins are N / 2 + 1 of an odd N.
            RowStep::StoreBins(bins) => unsafe { store_bins(v, *self.0, bins) },
            // SAFETY: the bins are N / 2 + 1 of an odd N.
            RowStep::LoadBins(bins) => unsafe { load_bins(v, *self.0, bins) },
            // SAFETY: the tile holds the transforms; both sides are at least as long as a register.
            RowStep::TurnBack => unsafe { real_grid::turn_back(v, *self.0) },
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;
    use alloc::vec::Vec;

    use num_complex::Complex;

    use super::*;
    use crate::fft::dft;
    use crate::fft::extent::All;
    use crate::simd::Level;

    /// Both directions against the definition, in dirty and unaligned scratch, between marks that must stay.
    fn check<T: Real + Into<f64>>(a: usize, b: usize, floor: f64) {
        let len = a * b;
        let mut seed = 1u64;
        let mut noise = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            T::from_f64((seed >> 40) as f64 / f64::from(1 << 23) - 1.0)
        };
        let samples: Vec<T> = (0..len).map(|_| noise()).collect();
        let x: Vec<Complex<f64>> = samples.iter().map(|&x| Complex::new(x.into(), 0.0)).collect();
        let mut want = vec![Complex::default(); len];
        dft::all(&x, &mut want).expect("of the same length");
        let mut bins: Vec<T> = want[..=len / 2].iter().flat_map(|x| [x.re, x.im]).map(T::from_f64).collect();
        let mark = T::from_f64(f64::NAN);
        // Nobody reads it.
        bins[1] = mark;
        for level in Level::available() {
            let Some(grid) = RealGrid::of::<T>(a, b, level.prove().expect("available")) else { continue };
            let mut table = vec![MaybeUninit::new(mark); grid.table_len];
            grid.fill(&mut table);
            let table = table.as_ptr().cast();
            let mut scratch = vec![mark; 2 * grid.scratch_len::<T>() + 1];
            for skip in 0..2 {
                let name = format_args!("{a} x {b} {level}").to_string();
                let mut out = vec![mark; len + 1 + 2];
                let scratch = scratch[skip..].as_mut_ptr();
                // SAFETY: all is as long as it must be, and apart.
                unsafe {
                    grid.forward::<T>(table, samples.as_ptr(), out[1..].as_mut_ptr(), scratch, &mut All)
                };
                let got = out[1..=len + 1].chunks_exact(2).map(|x| Complex::new(x[0].into(), x[1].into()));
                let (mut signal, mut error) = (0.0, 0.0);
                for (got, want) in got.zip(&want) {
                    signal += want.norm_sqr();
                    error += (got - want).norm_sqr();
                }
                let db = 10.0 * libm::log10(signal / error);
                assert!(db > floor, "{name}: {db}");
                assert!(out[0].into().is_nan() && out[len + 2].into().is_nan(), "{name}");
                assert!(out[2].into() == 0.0, "{name}: bin 0 is real");

                let mut out = vec![mark; len + 2];
                // SAFETY: as above.
                unsafe { grid.inverse::<T>(table, bins.as_ptr(), out[1..].as_mut_ptr(), scratch, &mut All) };
                let (mut signal, mut error) = (0.0, 0.0);
                for (got, want) in out[1..=len].iter().zip(&samples) {
                    let (got, want): (f64, f64) = ((*got).into(), (*want).into());
                    signal += want * want;
                    error += (got / len as f64 - want).powi(2);
                }
                let db = 10.0 * libm::log10(signal / error);
                assert!(db > floor - 3.0, "{name} inverse: {db}");
                assert!(out[0].into().is_nan() && out[len + 1].into().is_nan(), "{name}");
            }
        }
    }

    /// Small shapes, those of one pass, odd numbers of registers, primes, and several tiles.
    #[test]
    fn agrees_with_the_definition() {
        let shapes = [(7, 5), (9, 9), (15, 17), (31, 17), (33, 35), (63, 9), (9, 63), (97, 11), (9, 245)];
        let more = [(97, 97), (243, 45), (35, 225)];
        // Debug builds are slow, emulators more so.
        let more = if cfg!(debug_assertions) { &more[..0] } else { &more };
        for &(a, b) in shapes.iter().chain(more) {
            check::<f32>(a, b, 132.0);
            check::<f64>(a, b, 300.0);
        }
    }
}
