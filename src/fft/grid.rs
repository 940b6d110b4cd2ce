//! Transforms of `N = A * B` points as a matrix of A rows and B columns, for lengths that the lanes do not divide.
//!
//! With `x[B n1 + n2]` and `X[k1 + A k2]`,
//!
//! `X[k1 + A k2] = sum over n2 of w_B^(n2 k2) * (w_N^(k1 n2) * sum over n1 of w_A^(n1 k1) * x[B n1 + n2])`:
//!
//! transforms of A points down the columns, a register of neighbouring columns at a time; twiddles; transforms of B points
//! along the rows, a register of neighbouring rows at a time. Where the lanes do not divide B or A the last register
//! begins early enough to end with the last column or row, and what it has in common with its neighbour is computed
//! twice.
//!
//! Each step works on a tile, a few registers wide, that stays in the first cache: the input is read once, lines are
//! written to scratch and read once, the output is written once. Whoever wants to stop in between may, after any tile.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::Range;

use super::Real;
use super::extent::Extent;
use super::mixed::{ALIGNMENT, align, fits_lanes, has_factors_to, is_smooth, lanes_and_order, lanes_of};
use super::passes::grid::{self, Input, Lines, MAX_DIRECT, Matrix, Output, Shape, Tile, Turn, has_butterfly};
use super::twiddle::Roots;
use super::work::{self as cost_of, Far};
use crate::simd::{Available, Float, Kernel, Level, Vector};

/// The most passes of one side: at most 2^32 rows, by radix 3 or more but for one 2.
const MAX_PASSES: usize = 21;

/// Bytes that a tile may take: a third of the first cache, as what is read and written goes through it too.
const TILE: usize = 16 << 10;

/// The fewest registers that a tile of a large transform is wide: shorter pieces of memory cost more than what a tile
/// saves that stays in the first cache.
const LEAST_WIDTH: usize = 4;

/// Bytes of twiddles from which on they come from two tables.
const ONE_TABLE: usize = 256 << 10;

/// One pass over a tile.
#[derive(Clone, Copy, Debug, Default)]
struct Pass {
    radix: usize,
    /// Rows divided by radix and blocks: how many twiddle sets the pass has.
    groups: usize,
    /// The product of the radices before it.
    blocks: usize,
    /// Where its table starts, in values of T.
    table: usize,
}

impl Pass {
    /// Whether it runs by the definition: where its radix has no butterfly, and possibly where it is the only one.
    const fn has_roots(&self) -> bool {
        !has_butterfly(self.radix) || self.groups * self.blocks == 1
    }

    /// The complex factors of its table: the roots of the radix where it takes them, then the twiddles.
    const fn factors(&self) -> usize {
        let roots = if self.has_roots() { self.radix } else { 0 };
        roots + (self.radix - 1) * (self.groups - 1)
    }
}

/// The transforms of one direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) len: usize,
    passes: [Pass; MAX_PASSES],
    count: usize,
    /// Where its places start, u32 numbers in the memory of values of T.
    places: usize,
    /// Registers that its transforms take side by side.
    pub(super) registers: usize,
    /// Registers of a tile.
    pub(super) width: usize,
    /// The level has 32 registers.
    many: bool,
}

impl Side {
    /// Plans transforms of `len` points of which `across` stand side by side.
    pub(super) fn new<T: Real>(len: usize, across: usize, level: Available) -> Self {
        let lanes = lanes_of::<T>(level);
        let many = level.has_32_registers();
        let registers = across.div_ceil(lanes);
        let most = (TILE / (2 * lanes * size_of::<T>() * len)).max(LEAST_WIDTH).min(registers);
        // All tiles of about the same width.
        let width = registers.div_ceil(registers.div_ceil(most));
        let mut side =
            Self { len, passes: [Pass::default(); MAX_PASSES], count: 0, places: 0, registers, width, many };
        side.choose_radices();
        side
    }

    /// The radices that cost least together, the largest first. A single pass is one by the definition, which takes odd
    /// radices only: it reads what is outside the tile and writes what is.
    fn choose_radices(&mut self) {
        let mut list = [0; MAX_PASSES];
        let mut best = ([0; MAX_PASSES], usize::MAX);
        search(self.many, self.len, usize::MAX, 0, 0, &mut list, &mut best);
        for radix in best.0.into_iter().take_while(|&radix| radix > 0) {
            self.push(radix);
        }
    }

    fn push(&mut self, radix: usize) {
        let blocks = self.passes[..self.count].iter().map(|p| p.radix).product::<usize>();
        self.passes[self.count] = Pass { radix, blocks, groups: self.len / blocks / radix, table: 0 };
        self.count += 1;
    }

    fn last(&self) -> &Pass {
        &self.passes[self.count - 1]
    }

    /// The row of the first output of a block of the last pass.
    fn place(&self, block: usize) -> usize {
        let (mut number, mut rest) = (0, block * self.last().radix);
        for pass in &self.passes[..self.count] {
            number += rest / pass.groups * pass.blocks;
            rest %= pass.groups;
        }
        number
    }

    /// Which result row `nth` of a tile is when all passes have run in it.
    pub(super) fn result(&self, nth: usize) -> usize {
        let last = self.last();
        self.place(nth / last.radix) + nth % last.radix * last.blocks
    }

    /// Runs all passes in a tile, whose rows are in natural order; they leave the results in the order of
    /// [`Side::result`].
    ///
    /// # Safety
    /// The tile has `len` rows, and `table` was filled by [`Side::fill`] at this level.
    pub(super) unsafe fn run_in_tile<T: Real>(
        &self,
        level: Available,
        tile: Tile<T>,
        table: *const T,
        extent: &mut impl Extent,
    ) {
        let line = 2 * lanes_of::<T>(level) * size_of::<T>();
        for pass in self.passes.iter().take(self.count) {
            let cost = extent.cost(|| cost_of::line(pass.radix, line, false));
            self.each_shape(pass, tile.width, table, extent, cost, |shape| {
                work(level, pass.radix, &RunMiddle { shape, tile });
            });
        }
    }

    /// Calls `run` for the pieces of a pass, whose lines cost so many units, that are to be run.
    #[inline(always)]
    fn each_shape<T: Real>(
        &self,
        pass: &Pass,
        width: usize,
        table: *const T,
        extent: &mut impl Extent,
        cost: usize,
        run: impl Fn(Shape<T>),
    ) {
        let &Pass { radix, groups, blocks, table: at } = pass;
        let places = table.wrapping_add(self.places).cast::<u32>();
        extent.butterflies(blocks, groups, radix * width * cost, |piece| {
            run(Shape { radix, groups, blocks, piece, width, table: table.wrapping_add(at), places });
        });
    }

    /// The units of a line in pass `i`, its memory being that of `ends` in the first and the last one.
    #[inline(always)]
    fn line_cost(&self, i: usize, ends: [Option<Far>; 2], all: usize, line: usize) -> usize {
        let far = |far: Option<Far>| far.map_or(0, |far| far.cost(all, line));
        let first = if i == 0 { far(ends[0]) } else { 0 };
        let last = if i + 1 == self.count { far(ends[1]) } else { 0 };
        cost_of::line(self.passes[i % MAX_PASSES].radix, line, false) + first + last
    }

    /// The units of all passes over a register of columns.
    fn work(&self, ends: [Option<Far>; 2], all: usize, line: usize) -> u64 {
        let each: usize = (0..self.count).map(|i| self.line_cost(i, ends, all, line)).sum();
        self.len as u64 * each as u64
    }

    /// Lays out its tables from `at` on, and returns where they end.
    pub(super) fn lay_out<T>(&mut self, at: usize) -> usize {
        let mut at = at;
        for pass in &mut self.passes[..self.count] {
            pass.table = at;
            at += 2 * pass.factors();
        }
        self.places = at;
        at + (self.last().blocks * size_of::<u32>()).div_ceil(size_of::<T>())
    }

    pub(super) fn fill<T: Real>(&self, roots: &Roots, len: usize, table: &mut [MaybeUninit<T>], end: usize) {
        for pass in &self.passes[..self.count] {
            let mut at = pass.table;
            if pass.has_roots() {
                for k in 0..pass.radix {
                    put(table, at, at + 1, roots.get(len / pass.radix * k));
                    at += 2;
                }
            }
            for p in 1..pass.groups {
                for j in 1..pass.radix {
                    put(table, at, at + 1, roots.get(len / (pass.radix * pass.groups) * p * j));
                    at += 2;
                }
            }
        }
        for value in &mut table[self.places..end] {
            value.write(T::ZERO);
        }
        let places = table[self.places..end].as_mut_ptr().cast::<u32>();
        for block in 0..self.last().blocks {
            #[expect(clippy::cast_possible_truncation, reason = "below the length, at most 2^32 (MAX_LEN)")]
            // SAFETY: the places take as many numbers of 4 bytes of the slice.
            unsafe {
                places.wrapping_add(block).write(self.place(block) as u32);
            }
        }
    }

    /// About how many quarters of a cycle a line takes.
    fn cost(&self) -> usize {
        self.passes[..self.count].iter().map(|pass| line_cost(pass.radix)).sum()
    }
}

/// About how many quarters of a cycle a line takes in a pass, measured at AVX2 and, of more than eight points, AVX-512.
fn line_cost(radix: usize) -> usize {
    match radix {
        2 => 14,
        3 => 17,
        4 => 18,
        5 => 22,
        6 => 21,
        7 => 26,
        // With sixteen registers it is spilled, and 64 points are faster as 4 * 4 * 4: it is not compiled.
        8 => 24,
        9 => 27,
        10 => 27,
        12 => 28,
        _ => 20 + radix * 5 / 2,
    }
}

/// Whether a pass may have the radix: one of the butterflies, or a prime. Butterflies of eight points and more take more
/// than the sixteen registers of most levels, and lose there what they save.
fn is_radix(radix: usize, many: bool) -> bool {
    let butterfly = has_butterfly(radix) && (many || radix <= LARGEST_OF_16);
    butterfly || (2..radix).all(|p| !radix.is_multiple_of(p))
}

/// Tries the radices of `rest`, each at most `most`, after the first `count` of `list`, whose lines cost `cost`.
fn search(
    many: bool,
    rest: usize,
    most: usize,
    count: usize,
    cost: usize,
    list: &mut [usize; MAX_PASSES],
    best: &mut ([usize; MAX_PASSES], usize),
) {
    if rest == 1 {
        if cost < best.1 && (count > 1 || list[0] % 2 == 1) {
            *best = (*list, cost);
            best.0[count..].fill(0);
        }
        return;
    }
    // Large primes first: each radix is at most the one before it.
    let mut radix = most.min(MAX_DIRECT).min(rest);
    while radix >= 2 {
        if rest.is_multiple_of(radix) && is_radix(radix, many) {
            list[count] = radix;
            search(many, rest / radix, radix, count + 1, cost + line_cost(radix), list, best);
        }
        radix -= 1;
    }
}

/// Lines of scratch from one row of so many registers to the next.
pub(super) const fn pitch(registers: usize) -> usize {
    // A power of two would map all rows to the same few places of a cache.
    if registers < 8 { registers } else { registers | 1 }
}

/// About how many quarters of a cycle the lines of two sides take, each line so much more than its passes.
pub(super) fn cost(level: Available, sides: [(&Side, usize); 2]) -> usize {
    let lines: usize =
        sides.into_iter().map(|(side, more)| side.registers * side.len * (side.cost() + more)).sum();
    // A wide register takes longer than a narrow one, though not twice as long.
    if level.level() == Level::Avx512 { lines * 13 / 8 } else { lines }
}

/// The matrix of least cost, of those that `of` makes of two factors of a length at a level.
pub(super) fn cheapest<G>(
    len: usize,
    level: Available,
    of: impl Fn(usize, usize, Available) -> Option<(usize, G)>,
) -> Option<G> {
    // Where many lanes of the widest registers would stand empty, those of half the width are faster.
    let narrower = if level.level() == Level::Avx512 { Level::Avx2.prove().ok() } else { None };
    let mut best: Option<(usize, G)> = None;
    let mut a = 3;
    while a * a <= len {
        if len.is_multiple_of(a) {
            for (a, b) in [(a, len / a), (len / a, a)] {
                for level in [Some(level), narrower].into_iter().flatten() {
                    if let Some((cost, matrix)) = of(a, b, level)
                        && best.as_ref().is_none_or(|(least, _)| cost < *least)
                    {
                        best = Some((cost, matrix));
                    }
                }
            }
        }
        a += 1;
    }
    best.map(|(_, matrix)| matrix)
}

/// The memory of the first and of the last pass of either side.
const COLUMN_ENDS: [Option<Far>; 2] = [Some(Far::Tile); 2];
const ROW_ENDS: [Option<Far>; 2] = [None, Some(Far::TileOutput)];

/// A transform of `A * B` points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    level: Available,
    pub(super) len: usize,
    lanes: usize,
    /// The transforms down the columns, A points.
    columns: Side,
    /// The transforms along the rows, B points.
    rows: Side,
    /// Lines of scratch from one row to the next.
    pitch: usize,
    /// The twiddles between the steps come from two tables.
    two: bool,
    /// Where the factors of the second table start, in values of T; the lines start at 0.
    factors: usize,
    /// Where the twiddles of row 0 in an inverse start.
    zero: usize,
    /// Where the tables of the columns end, and those of the rows start.
    rows_at: usize,
    /// Values of T in all tables together.
    pub(super) table_len: usize,
}

impl Grid {
    /// Plans a length for which this is the fastest: one that the lanes do not divide, if it finds two factors that are
    /// long enough.
    pub(super) fn choose<T: Real>(len: usize, level: Available) -> Option<Self> {
        let lanes = lanes_of::<T>(level);
        // Where half of the widest lanes divide the length they are the fastest while it is short: 1000 points of f32 take
        // 920 ns in eight lanes, 1140 as a matrix; 3000 take 4050 and 3750.
        let half = level.level() == Level::Avx512 && len <= 160 * lanes;
        if is_smooth(len) && (fits_lanes(len, lanes) || half && fits_lanes(len, lanes / 2)) {
            return None;
        }
        if has_factors_to(MAX_DIRECT, len) { Self::new::<T>(len, level) } else { None }
    }

    /// Plans a length without a prime factor above [`MAX_DIRECT`]; `None` where no two factors of it fill a register.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        cheapest(len, level, |a, b, level| Self::of::<T>(a, b, level).map(|grid| (grid.cost(), grid)))
    }

    /// Plans `A * B` points; `None` where the level has no such registers or a side is shorter than they are.
    fn of<T: Real>(a: usize, b: usize, level: Available) -> Option<Self> {
        let lanes = lanes_of::<T>(level);
        if !level.is_usual() || lanes == 1 || a.min(b) < lanes.max(3) {
            return None;
        }
        let len = a.checked_mul(b)?;
        let mut columns = Side::new::<T>(a, b, level);
        let mut rows = Side::new::<T>(b, a, level);
        let pitch = pitch(columns.registers);
        let lines = a.checked_mul(columns.registers)?;
        let two = lines.checked_mul(2 * lanes * size_of::<T>())? > ONE_TABLE;
        let (factors, zero) = if two {
            let factors = 2 * lanes * a;
            (factors, factors + 2 * lines)
        } else {
            (0, 2 * lanes * lines)
        };
        let at = zero + 2 * lanes * columns.registers;
        let rows_at = columns.lay_out::<T>(at);
        let table_len = rows.lay_out::<T>(rows_at);
        Some(Self { level, len, lanes, columns, rows, pitch, two, factors, zero, rows_at, table_len })
    }

    /// About how many quarters of a cycle it takes.
    fn cost(&self) -> usize {
        let (a, b) = (&self.columns, &self.rows);
        let lines = cost(self.level, [(a, 10), (b, 18)]);
        // Short rows of a long matrix, unless in one pass. 63 rows of 14 points of f64 take 2203 ns, 14 of 63 take 1783
        // (AVX-512); 63 of 7 take 1010, 21 of 21 take 1330 (AVX2).
        let short = if b.len < 2 * self.lanes && b.count > 1 { lines / 8 } else { lines / 32 };
        if a.len > b.len { lines + short } else { lines }
    }

    /// Values of T between the steps: those of every row, and room for row 0 behind them.
    const fn lines_len(&self) -> usize {
        2 * self.lanes * self.pitch * (self.columns.len + 1)
    }

    /// Values of T of the tile.
    const fn tile_len(&self) -> usize {
        let (a, b) = (self.columns.len * self.columns.width, self.rows.len * self.rows.width);
        2 * self.lanes * if a > b { a } else { b }
    }

    /// Complex numbers of scratch that a call needs.
    pub(super) const fn scratch_len<T>(&self) -> usize {
        (self.lines_len() + self.tile_len() + ALIGNMENT / size_of::<T>()) / 2
    }

    /// Fills the tables.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let roots = Roots::new(self.len);
        let (lanes, order) = lanes_and_order::<T>(self.level);
        fill_twiddles(self, &roots, &order[..lanes], table);
        self.columns.fill(&roots, self.len, table, self.rows_at);
        self.rows.fill(&roots, self.len, table, self.table_len);
    }

    /// Bytes of the transform and of a line, for what it costs.
    const fn bytes<T>(&self) -> (usize, usize) {
        (2 * self.len * size_of::<T>(), 2 * self.lanes * size_of::<T>())
    }

    /// Tiles of the column step, and of both.
    fn steps(&self) -> (usize, usize) {
        // No width is 0, which the compiler does not see: a division by it would be a panic.
        let columns = self.columns.registers.div_ceil(self.columns.width.max(1));
        (columns, columns + self.rows.registers.div_ceil(self.rows.width.max(1)))
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
        let lines = align(scratch);
        let (columns, all) = self.steps();
        let ([column_work, row_work], [last_column, last_row]) = self.tile_works::<T, E>();
        for step in 0..all {
            let work = match step {
                _ if step + 1 == columns => last_column,
                _ if step + 1 == all => last_row,
                _ if step < columns => column_work,
                _ => row_work,
            };
            if extent.skip(work) {
                continue;
            }
            if extent.is_over() {
                return;
            }
            if step < columns {
                // SAFETY: the caller's promise.
                unsafe { self.run_columns(step, table, input, lines, inverse, extent) };
            } else {
                // SAFETY: likewise, and all columns are done.
                unsafe { self.run_rows(step - columns, table, output, lines, inverse, extent) };
            }
        }
    }

    /// The units of a tile of columns and of one of rows, and of the last one of each, which may be narrower.
    #[inline(always)]
    fn tile_works<T, E: Extent>(&self) -> ([u64; 2], [u64; 2]) {
        if E::ALL {
            return Default::default();
        }
        let (all, line) = self.bytes::<T>();
        let turn = self.rows.len.div_ceil(self.lanes.max(1)) * self.lanes * cost_of::turn(line);
        let (columns, rows) = (&self.columns, &self.rows);
        let column = columns.work(COLUMN_ENDS, all, line);
        let row = rows.work(ROW_ENDS, all, line) + turn as u64;
        let last = |side: &Side| ((side.registers - 1) % side.width.max(1) + 1) as u64;
        ([column * columns.width as u64, row * rows.width as u64], [column * last(columns), row * last(rows)])
    }

    /// Runs a tile of columns.
    ///
    /// # Safety
    /// As [`Grid::run`], `lines` being the aligned scratch; `step` is below the tiles of columns.
    unsafe fn run_columns<T: Real>(
        &self,
        step: usize,
        table: *const T,
        input: *const T,
        lines: *mut T,
        inverse: bool,
        extent: &mut impl Extent,
    ) {
        let side = &self.columns;
        let first = step * side.width;
        let width = side.width.min(side.registers - first);
        let (all, line) = self.bytes::<T>();
        let (stride, lanes) = (self.rows.len, self.lanes);
        let tile = Tile { lines: lines.wrapping_add(self.lines_len()), width };
        let last = stride - lanes;
        let input = Matrix { memory: input, stride: stride.cast_signed(), first: first * lanes, last };
        // In the order of processing all columns of a tile come before those of the next.
        let before = side.len * first;
        let (twiddles, factors) =
            if self.two { (0, self.factors + 2 * before) } else { (2 * lanes * before, 0) };
        let pitch = self.pitch.cast_signed();
        let (row_0, pitch) = if inverse { (self.pitch * side.len, -pitch) } else { (0, pitch) };
        let sink = Lines {
            lines: lines.wrapping_add(2 * lanes * row_0),
            pitch,
            first,
            width,
            twiddles: table.wrapping_add(twiddles),
            factors: table.wrapping_add(factors),
            two: self.two,
            zero: inverse.then_some(table.wrapping_add(self.zero)),
        };
        for (i, pass) in side.passes.iter().take(side.count).enumerate() {
            let cost = extent.cost(|| side.line_cost(i, COLUMN_ENDS, all, line));
            side.each_shape(pass, width, table, extent, cost, |shape| match (i == 0, i + 1 == side.count) {
                (false, false) => work(self.level, pass.radix, &RunMiddle { shape, tile }),
                (true, false) => work(self.level, pass.radix, &RunInput { shape, tile, input }),
                (false, true) => work(self.level, pass.radix, &RunLines { shape, tile, sink }),
                (true, true) => work_of::<T, _, 0>(self.level, &RunOnly { shape, input, sink }),
            });
        }
    }

    /// Runs a tile of rows.
    ///
    /// # Safety
    /// As [`Grid::run_columns`], of rows; every tile of columns was run.
    unsafe fn run_rows<T: Real>(
        &self,
        step: usize,
        table: *const T,
        output: *mut T,
        lines: *mut T,
        inverse: bool,
        extent: &mut impl Extent,
    ) {
        let side = &self.rows;
        let first = step * side.width;
        let width = side.width.min(side.registers - first);
        let (stride, lanes) = (self.columns.len, self.lanes);
        let blocks = side.len.div_ceil(lanes.max(1));
        let (all, line) = self.bytes::<T>();
        let turn_cost = extent.cost(|| width * lanes * cost_of::turn(line));
        let tile = Tile { lines: lines.wrapping_add(self.lines_len()), width };
        let blocks = extent.take(blocks, turn_cost);
        if !blocks.is_empty() {
            work_of::<T, _, 0>(
                self.level,
                &Turn {
                    lines,
                    pitch: self.pitch,
                    rows: stride,
                    columns: side.len,
                    first: first * lanes,
                    zero_last: inverse,
                    natural: false,
                    from: blocks.start,
                    to: blocks.end,
                    tile,
                },
            );
        }
        let last = stride - lanes;
        let (row_0, stride) = if inverse {
            (2 * stride * (side.len - 1), -stride.cast_signed())
        } else {
            (0, stride.cast_signed())
        };
        let output = Matrix { memory: output.wrapping_add(row_0), stride, first: first * lanes, last };
        for (i, pass) in side.passes.iter().take(side.count).enumerate() {
            let cost = extent.cost(|| side.line_cost(i, ROW_ENDS, all, line));
            side.each_shape(pass, width, table, extent, cost, |shape| {
                if i + 1 < side.count {
                    work(self.level, pass.radix, &RunMiddle { shape, tile });
                } else {
                    work(self.level, pass.radix, &RunOutput { shape, tile, output });
                }
            });
        }
    }
}

/// Runs a pass of one of the radices that have a butterfly, or of any odd one.
#[inline(always)]
fn work<T: Real, W: Work<T>>(level: Available, radix: usize, work: &W) {
    match radix {
        2 => work_of::<T, W, 2>(level, work),
        3 => work_of::<T, W, 3>(level, work),
        4 => work_of::<T, W, 4>(level, work),
        5 => work_of::<T, W, 5>(level, work),
        6 => work_of::<T, W, 6>(level, work),
        7 => work_of::<T, W, 7>(level, work),
        8 => work_of::<T, W, 8>(level, work),
        9 => work_of::<T, W, 9>(level, work),
        10 => work_of::<T, W, 10>(level, work),
        12 => work_of::<T, W, 12>(level, work),
        _ => work_of::<T, W, 0>(level, work),
    }
}

#[inline(always)]
fn work_of<T: Real, W: Work<T>, const R: usize>(level: Available, work: &W) {
    level.run(Run::<T, W, R> { work, numbers: PhantomData });
}

/// Transposes lines of real columns, their lanes in natural order, to a tile of rows: `(rows, columns)` of them from row
/// `first` on, and of the columns so many blocks of a register.
///
/// # Safety
/// `lines` holds the rows, `pitch` lines from one to the next, and the tile is apart from it, with `columns` rows; rows and
/// columns are at least the lanes of the level.
pub(super) unsafe fn turn_rows<T: Real>(
    level: Available,
    lines: *const T,
    pitch: usize,
    (rows, columns): (usize, usize),
    first: usize,
    blocks: Range<usize>,
    tile: Tile<T>,
) {
    let (from, to) = (blocks.start, blocks.end);
    let turn = Turn { lines, pitch, rows, columns, first, zero_last: false, natural: true, from, to, tile };
    work_of::<T, _, 0>(level, &turn);
}

/// A pass as the passes' own kind of kernel, which runs by reference: a copy would stall on its way through memory. Only
/// unsafe methods of this file make one, and their caller's promise is theirs.
trait Work<T: Real> {
    fn run<V: Vector, const R: usize>(&self, v: V);
}

/// Such a pass; none where no plan has it, as with one lane.
struct Run<'a, T, W, const R: usize> {
    work: &'a W,
    numbers: PhantomData<T>,
}

impl<T: Real, W: Work<T>, const R: usize> Kernel for Run<'_, T, W, R> {
    type Output = ();
    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        if const { V::USUAL && T::Reg::<V>::LANES > 1 && (R <= LARGEST_OF_16 || V::HAS_32_REGISTERS) } {
            self.work.run::<V, R>(v);
        }
    }
}

/// The largest butterfly of levels with sixteen registers.
const LARGEST_OF_16: usize = 7;

/// A pass within the tile.
struct RunMiddle<T> {
    shape: Shape<T>,
    tile: Tile<T>,
}

impl<T: Real> Work<T> for RunMiddle<T> {
    #[inline(always)]
    fn run<V: Vector, const R: usize>(&self, v: V) {
        // SAFETY: the tile holds the rows, in place.
        unsafe { grid::pass::<_, _, _, _, R>(v, &self.shape, self.tile, self.tile) }
    }
}

/// The first pass down the columns.
struct RunInput<T> {
    shape: Shape<T>,
    tile: Tile<T>,
    input: Matrix<*const T>,
}

impl<T: Real> Work<T> for RunInput<T> {
    #[inline(always)]
    fn run<V: Vector, const R: usize>(&self, v: V) {
        // SAFETY: the columns of the tile are columns of the input.
        unsafe { grid::pass::<_, _, _, _, R>(v, &self.shape, Input(self.input), self.tile) }
    }
}

/// The last pass down the columns.
struct RunLines<T> {
    shape: Shape<T>,
    tile: Tile<T>,
    sink: Lines<T>,
}

impl<T: Real> Work<T> for RunLines<T> {
    #[inline(always)]
    fn run<V: Vector, const R: usize>(&self, v: V) {
        // SAFETY: scratch has a line for every row and register, and the tables a twiddle.
        unsafe { grid::pass::<_, _, _, _, R>(v, &self.shape, self.tile, self.sink) }
    }
}

/// The only pass down the columns, of an odd radix.
struct RunOnly<T> {
    shape: Shape<T>,
    input: Matrix<*const T>,
    sink: Lines<T>,
}

impl<T: Real> Work<T> for RunOnly<T> {
    #[inline(always)]
    fn run<V: Vector, const R: usize>(&self, v: V) {
        // SAFETY: the columns are columns of the input, and scratch has a line for every row and register. A side of
        // one pass has an odd radix, whose roots are in its table even where it has a butterfly.
        unsafe { grid::direct(v, &self.shape, Input(self.input), self.sink) }
    }
}

/// The last pass along the rows.
struct RunOutput<T> {
    shape: Shape<T>,
    tile: Tile<T>,
    output: Matrix<*mut T>,
}

impl<T: Real> Work<T> for RunOutput<T> {
    #[inline(always)]
    fn run<V: Vector, const R: usize>(&self, v: V) {
        // SAFETY: the rows of the tile are columns of the output as a matrix of B rows.
        unsafe { grid::pass::<_, _, _, _, R>(v, &self.shape, self.tile, Output(self.output)) }
    }
}

impl<T: Real> Work<T> for Turn<T> {
    #[inline(always)]
    fn run<V: Vector, const R: usize>(&self, v: V) {
        // SAFETY: scratch holds the matrix and the tile; both sides are at least as long as a register.
        unsafe { grid::transpose(v, self) }
    }
}

/// Writes a complex factor.
fn put<T: Real>(table: &mut [MaybeUninit<T>], at_re: usize, at_im: usize, (re, im): (f64, f64)) {
    table[at_re].write(T::from_f64(re));
    table[at_im].write(T::from_f64(im));
}

/// The twiddles between the steps, in the order of processing, their lanes in ORDER.
fn fill_twiddles<T: Real>(grid: &Grid, roots: &Roots, order: &[usize], table: &mut [MaybeUninit<T>]) {
    let (side, lanes) = (&grid.columns, order.len());
    let row = |nth: usize| side.result(nth);
    let mut at = 0;
    if grid.two {
        for nth in 0..side.len {
            let steps = roots.steps(row(nth), order, 1);
            let (re, im) = table[at..at + 2 * lanes].split_at_mut(lanes);
            roots.row(0, &steps, order, re, im);
            at += 2 * lanes;
        }
    }
    let steps = roots.steps(side.len, order, side.registers);
    let mut zero = grid.zero;
    for register in 0..side.registers {
        let column = (register * lanes).min(grid.rows.len - lanes);
        let (re, im) = table[zero..zero + 2 * lanes].split_at_mut(lanes);
        roots.row(side.len * column, &steps, order, re, im);
        zero += 2 * lanes;
    }
    for first in (0..side.registers).step_by(side.width) {
        for nth in 0..side.len {
            let row = row(nth);
            let steps = roots.steps(row, order, side.width);
            for register in first..(first + side.width).min(side.registers) {
                let column = (register * lanes).min(grid.rows.len - lanes);
                if grid.two {
                    put(table, at, at + 1, roots.get(row * column));
                    at += 2;
                } else {
                    let (re, im) = table[at..at + 2 * lanes].split_at_mut(lanes);
                    roots.row(row * column, &steps, order, re, im);
                    at += 2 * lanes;
                }
            }
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use num_complex::Complex;

    use super::*;
    use crate::fft::dft;
    use crate::fft::extent::All;
    use crate::simd::Level;

    fn check<T: Real + Into<f64>>(a: usize, b: usize, floor: f64) {
        let len = a * b;
        let mut seed = 1u64;
        let mut noise = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 40) as f64 / f64::from(1 << 23) - 1.0
        };
        let x: Vec<Complex<f64>> = (0..len).map(|_| Complex::new(noise(), noise())).collect();
        let input: Vec<Complex<T>> =
            x.iter().map(|x| Complex::new(T::from_f64(x.re), T::from_f64(x.im))).collect();
        let mut want = vec![Complex::default(); len];
        dft::all(&x, &mut want).expect("of the same length");
        for level in Level::available() {
            let Some(grid) = Grid::of::<T>(a, b, level.prove().expect("available")) else {
                continue;
            };
            let mark = T::from_f64(f64::NAN);
            let mut table = vec![MaybeUninit::new(mark); grid.table_len];
            grid.fill(&mut table);
            let mut scratch = vec![Complex::new(mark, mark); grid.scratch_len::<T>() + 1];
            for inverse in [false, true] {
                for skip in 0..2 {
                    let mut out = vec![Complex::new(mark, mark); len + 2];
                    // SAFETY: all is as long as it must be, and apart.
                    unsafe {
                        grid.run::<T, _>(
                            table.as_ptr().cast(),
                            input.as_ptr().cast(),
                            out[1..].as_mut_ptr().cast(),
                            scratch[skip..].as_mut_ptr().cast(),
                            inverse,
                            &mut All,
                        );
                    }
                    let (mut signal, mut error) = (0.0, 0.0);
                    for k in 0..len {
                        let want = want[if inverse { (len - k) % len } else { k }];
                        let got = Complex::new(out[1 + k].re.into(), out[1 + k].im.into());
                        signal += want.norm_sqr();
                        error += (got - want).norm_sqr();
                    }
                    let db = 10.0 * libm::log10(signal / error);
                    assert!(db > floor, "{a} x {b} {level} inverse {inverse}: {db}");
                    assert!(out[0].re.into().is_nan() && out[len + 1].re.into().is_nan());
                }
            }
        }
    }

    /// Every shape of small sides, and some of each kind that is longer.
    #[test]
    fn agrees_with_the_definition() {
        // Debug builds are slow, emulators more so.
        let step = if cfg!(debug_assertions) { 3 } else { 1 };
        for a in (3..=20).step_by(step) {
            for b in (3..=20).step_by(step) {
                check::<f32>(a, b, 134.0);
                check::<f64>(a, b, 300.0);
            }
        }
        for (a, b) in [(23, 89), (89, 23), (97, 16), (21, 42), (63, 64), (36, 49), (100, 37), (8, 330)] {
            check::<f32>(a, b, 132.0);
            check::<f64>(a, b, 300.0);
        }
    }
}
