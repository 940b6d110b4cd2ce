//! The passes of a transform of `N = A * B` points as a matrix, each generic in where it reads and where it writes.
//!
//! A tile holds `rows` times `width` lines (L re + L im), those of one row side by side; its transforms run down the
//! columns, `width * L` of them at once, by decimation in frequency as in [`super`]. What differs between the steps
//! is a pass's source and its sink:
//!
//! ```text
//!   columns   first   Input    rows of the input, deinterleaved as they are read
//!             last    Lines    times w_N^(k1 n2), to lines in scratch
//!   transpose                  L lines of L columns each become L lines of L rows each, in the tile
//!   rows      last    Output   interleaved to where they belong
//! ```
//!
//! The inverse is the forward transform with its result the other way round, `X[-k]`. Rows of lines are stored from the
//! last one back, and rows of output too, so that nothing differs but where they begin. Row 0 of the lines, the only one
//! that stays where it is, counts as row A: its twiddles are `w_N^(A n2)` instead of 1.
//!
//! # Source
//! Bailey, FFTs in external or hierarchical memory, J. Supercomputing 4, 1990.

use super::super::Real;
use super::super::extent::Piece;
use super::composite::{Radix6, Radix9, Radix10, Radix12};
use super::radix_odd::Odd;
use super::radix2::Radix2;
use super::radix4::Radix4;
use super::radix8::Radix8;
use super::{Butterfly, Cx, load_factor, load_line};
use crate::simd::{Float, MAX_LANES, Vector};

/// The largest prime that a pass takes by the definition: its work grows with the square.
pub(in super::super) const MAX_DIRECT: usize = 97;

/// Runs a block for each number below a constant of at most 16, each a copy: what a loop would index in memory stays in
/// registers.
macro_rules! unrolled {
    ($i:ident < $n:ident, $body:block) => {
        unrolled!(@ $i $n $body 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $i:ident $n:ident $body:block $($number:literal)*) => {
        $(if const { $number < $n } {
            let $i: usize = $number;
            $body
        })*
    };
}

/// The shape of a pass over a tile, and its tables.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Shape<T> {
    pub(in super::super) radix: usize,
    /// Butterflies of one block, each with twiddles of its own.
    pub(in super::super) groups: usize,
    /// Blocks that are transformed alike.
    pub(in super::super) blocks: usize,
    /// What of it is run: all, or less.
    pub(in super::super) piece: Piece,
    /// Lines in a row of the tile.
    pub(in super::super) width: usize,
    /// The roots of a radix without a butterfly of its own, then `radix - 1` twiddles for each group but the first.
    pub(in super::super) table: *const T,
    /// For a last pass: the row of the first output of each block.
    pub(in super::super) places: *const u32,
}

/// What a pass reads.
pub(in super::super) trait Source<T: Real, V: Vector>: Copy {
    /// # Safety
    /// Row and register are within the source.
    unsafe fn load(&self, v: V, row: usize, register: usize) -> Cx<T::Reg<V>>;
}

/// What a pass writes.
pub(in super::super) trait Sink<T: Real, V: Vector>: Copy {
    /// The rows are final: in their natural order.
    const LAST: bool;

    /// Takes a register of row `row`, which is line `nth` of its column in the order of processing. `zero`: it is row 0.
    ///
    /// # Safety
    /// Row and register are within the sink.
    unsafe fn store(&self, v: V, x: Cx<T::Reg<V>>, row: usize, nth: usize, zero: bool, register: usize);
}

/// The tile, in place.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Tile<T> {
    pub(in super::super) lines: *mut T,
    pub(in super::super) width: usize,
}

impl<T: Real> Tile<T> {
    #[inline(always)]
    pub(super) fn line<V: Vector>(&self, row: usize, register: usize) -> *mut T {
        self.lines.wrapping_add(2 * T::Reg::<V>::LANES * (row * self.width + register))
    }
}

impl<T: Real, V: Vector> Source<T, V> for Tile<T> {
    #[inline(always)]
    unsafe fn load(&self, v: V, row: usize, register: usize) -> Cx<T::Reg<V>> {
        // SAFETY: a line of the tile.
        unsafe { load_line::<T, V>(v, self.line::<V>(row, register).cast_const()) }
    }
}

impl<T: Real, V: Vector> Sink<T, V> for Tile<T> {
    const LAST: bool = false;

    #[inline(always)]
    unsafe fn store(&self, _: V, x: Cx<T::Reg<V>>, row: usize, _: usize, _: bool, register: usize) {
        // SAFETY: a line of the tile.
        unsafe { store_line::<T, V>(x, self.line::<V>(row, register)) }
    }
}

/// Interleaved memory as a matrix whose columns go by whole registers, from `first` on; the last register begins at
/// `last`, so that it overlaps its neighbour where the lanes do not divide the columns.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Matrix<P> {
    pub(in super::super) memory: P,
    /// Columns; the other way round where rows are counted from the last one back.
    pub(in super::super) stride: isize,
    pub(in super::super) first: usize,
    pub(in super::super) last: usize,
}

impl<P> Matrix<P> {
    /// How far a register begins from the first one of row 0, in values.
    #[inline(always)]
    fn at(&self, lanes: usize, row: usize, register: usize) -> usize {
        let row = row.wrapping_mul(self.stride.cast_unsigned());
        row.wrapping_add((self.first + register * lanes).min(self.last)).wrapping_mul(2)
    }
}

/// The input.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Input<T>(pub(in super::super) Matrix<*const T>);

impl<T: Real, V: Vector> Source<T, V> for Input<T> {
    #[inline(always)]
    unsafe fn load(&self, v: V, row: usize, register: usize) -> Cx<T::Reg<V>> {
        let p = self.0.memory.wrapping_add(self.0.at(T::Reg::<V>::LANES, row, register));
        // SAFETY: LANES columns of one row.
        let (re, im) = unsafe { T::Reg::<V>::load_complex(v, p) };
        Cx { re, im }
    }
}

/// The output.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Output<T>(pub(in super::super) Matrix<*mut T>);

impl<T: Real, V: Vector> Sink<T, V> for Output<T> {
    const LAST: bool = true;

    #[inline(always)]
    unsafe fn store(&self, _: V, x: Cx<T::Reg<V>>, row: usize, _: usize, _: bool, register: usize) {
        let p = self.0.memory.wrapping_add(self.0.at(T::Reg::<V>::LANES, row, register));
        // SAFETY: LANES columns of one row.
        unsafe { T::Reg::<V>::store_complex(x.re, x.im, p) };
    }
}

/// The lines between the steps: a row after the other, each with its registers.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Lines<T> {
    /// Row 0.
    pub(in super::super) lines: *mut T,
    /// Lines from one row to the next, or back.
    pub(in super::super) pitch: isize,
    /// The first register of the tile.
    pub(in super::super) first: usize,
    pub(in super::super) width: usize,
    /// The twiddles in the order of processing: a line for each register; if `two` one for each row, which is
    /// multiplied by a factor for each register.
    pub(in super::super) twiddles: *const T,
    pub(in super::super) factors: *const T,
    pub(in super::super) two: bool,
    /// The twiddles of row 0, a line for each register, where it has any.
    pub(in super::super) zero: Option<*const T>,
}

impl<T: Real, V: Vector> Sink<T, V> for Lines<T> {
    const LAST: bool = true;

    #[inline(always)]
    unsafe fn store(&self, v: V, x: Cx<T::Reg<V>>, row: usize, nth: usize, zero: bool, register: usize) {
        let lanes = T::Reg::<V>::LANES;
        let which = nth * self.width + register;
        let line = row.wrapping_mul(self.pitch.cast_unsigned()).wrapping_add(self.first + register);
        let p = self.lines.wrapping_add(line.wrapping_mul(2 * lanes));
        let x = if zero {
            match self.zero {
                // SAFETY: one line for each register.
                Some(zero) => x.times(unsafe {
                    load_line::<T, V>(v, zero.wrapping_add(2 * lanes * (self.first + register)))
                }),
                None => x,
            }
        } else {
            let line = if self.two { nth } else { which };
            // SAFETY: one line for each register, or for each row.
            let mut w = unsafe { load_line::<T, V>(v, self.twiddles.wrapping_add(2 * lanes * line)) };
            if self.two {
                // SAFETY: one factor for each register.
                w = w.times(unsafe { load_factor::<T, V>(v, self.factors, which) });
            }
            x.times(w)
        };
        // SAFETY: a line of the matrix.
        unsafe { store_line::<T, V>(x, p) };
    }
}

/// Runs one pass of radix `R`, or of any odd radix for 0: one radix at a time, since in one function the loops of all
/// would crowd each other out of the registers, and its stack frame would hold the variables of all.
///
/// # Safety
/// `source` and `sink` hold `radix * groups * blocks` rows of `width` registers, and are the same tile or apart; the
/// tables are those of this pass at this `V`, and `groups` is 1 if the sink is the last. The radix is `R`, or odd and at
/// most [`MAX_DIRECT`] for 0.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
#[inline(always)]
pub(in super::super) unsafe fn pass<T: Real, V: Vector, A: Source<T, V>, Z: Sink<T, V>, const R: usize>(
    v: V,
    shape: &Shape<T>,
    source: A,
    sink: Z,
) {
    // SAFETY: the caller's promise is that of each arm.
    unsafe {
        match R {
            2 => run::<T, V, Radix2, 2, A, Z>(v, shape, source, sink),
            3 => run::<T, V, Odd<T, V, 1>, 3, A, Z>(v, shape, source, sink),
            4 => run::<T, V, Radix4, 4, A, Z>(v, shape, source, sink),
            5 => run::<T, V, Odd<T, V, 2>, 5, A, Z>(v, shape, source, sink),
            6 => run::<T, V, Radix6<T, V>, 6, A, Z>(v, shape, source, sink),
            7 => run::<T, V, Odd<T, V, 3>, 7, A, Z>(v, shape, source, sink),
            8 => run::<T, V, Radix8<T, V>, 8, A, Z>(v, shape, source, sink),
            9 => run::<T, V, Radix9<T, V>, 9, A, Z>(v, shape, source, sink),
            10 => run::<T, V, Radix10<T, V>, 10, A, Z>(v, shape, source, sink),
            12 => run::<T, V, Radix12<T, V>, 12, A, Z>(v, shape, source, sink),
            _ => direct::<T, V, A, Z>(v, shape, source, sink),
        }
    }
}

/// Tells whether a radix has a butterfly of its own; else its roots are in the table.
pub(in super::super) const fn has_butterfly(radix: usize) -> bool {
    matches!(radix, 2..=10 | 12)
}

/// The row of a block's first output, and how far apart its outputs are.
///
/// # Safety
/// If `last`, there is a place for each block.
#[inline(always)]
unsafe fn outputs<T>(shape: &Shape<T>, last: bool, first_row: usize, block: usize) -> (usize, usize) {
    if last {
        // SAFETY: the caller's promise.
        (unsafe { *shape.places.wrapping_add(block) } as usize, shape.blocks)
    } else {
        (first_row, shape.groups)
    }
}

/// The loop of a pass whose radix is known.
///
/// # Safety
/// As [`pass`].
#[inline(always)]
unsafe fn run<T: Real, V: Vector, B: Butterfly<T, V, R>, const R: usize, A: Source<T, V>, Z: Sink<T, V>>(
    v: V,
    shape: &Shape<T>,
    source: A,
    sink: Z,
) {
    let butterfly = B::new(v);
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let &Shape { groups, width, table, piece, .. } = shape;
    for block in piece.block..piece.block + piece.blocks {
        let first_row = R * groups * block;
        // SAFETY: one place for each block of a last pass.
        let (out, apart) = unsafe { outputs(shape, Z::LAST, first_row, block) };
        // Group 0 has unit twiddles; a part of a block may begin behind it.
        let first_width = if piece.from == 0 { width } else { 0 };
        for register in 0..first_width {
            let mut x = [Cx { re: zero, im: zero }; R];
            unrolled!(k < R, {
                // SAFETY: block < blocks and k < R: a row of the source.
                x[k] = unsafe { source.load(v, first_row + groups * k, register) };
            });
            butterfly.apply(&mut x);
            unrolled!(j < R, {
                // SAFETY: the rows just read, or of a last pass those of the block's places.
                unsafe {
                    sink.store(v, x[j], out + apart * j, R * block + j, j == 0 && block == 0, register)
                };
            });
        }
        if Z::LAST {
            continue;
        }
        for p in piece.from.max(1)..piece.to {
            // R - 1 factors for each group but the first.
            let row = table.wrapping_add(2 * (R - 1) * (p - 1));
            for register in 0..width {
                let mut x = [Cx { re: zero, im: zero }; R];
                unrolled!(k < R, {
                    // SAFETY: as above, with p < groups.
                    x[k] = unsafe { source.load(v, first_row + p + groups * k, register) };
                });
                butterfly.apply(&mut x);
                // SAFETY: the rows just read.
                unsafe { sink.store(v, x[0], first_row + p, 0, false, register) };
                unrolled!(k < R, {
                    if k > 0 {
                        // SAFETY: one of the R - 1 factors of the group.
                        let w = unsafe { load_factor::<T, V>(v, row, k - 1) };
                        // SAFETY: the rows just read.
                        unsafe {
                            sink.store(v, x[k].times(w), first_row + p + groups * k, 0, false, register)
                        };
                    }
                });
            }
        }
    }
}

/// The loop of a pass of any odd radix, by the definition: see [`super::radix_odd`].
///
/// # Safety
/// As [`pass`].
#[inline(always)]
pub(in super::super) unsafe fn direct<T: Real, V: Vector, A: Source<T, V>, Z: Sink<T, V>>(
    v: V,
    shape: &Shape<T>,
    source: A,
    sink: Z,
) {
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let none = Cx { re: zero, im: zero };
    let &Shape { radix, groups, width, table, piece, .. } = shape;
    let half = (radix / 2).min(MAX_DIRECT / 2);
    let twiddles = table.wrapping_add(2 * radix);
    let mut a = [none; MAX_DIRECT / 2];
    let mut b = [none; MAX_DIRECT / 2];
    for block in piece.block..piece.block + piece.blocks {
        for p in piece.from..piece.to {
            let first_row = radix * groups * block + p;
            // SAFETY: one place for each block of a last pass.
            let (out, apart) = unsafe { outputs(shape, Z::LAST, first_row, block) };
            for register in 0..width {
                // SAFETY: block < blocks and p < groups: a row of the source.
                let x0 = unsafe { source.load(v, first_row, register) };
                let mut sum = x0;
                for (k, (a, b)) in a.iter_mut().zip(&mut b).enumerate().take(half) {
                    let (low, high) = (groups * (k + 1), groups * (radix - 1 - k));
                    // SAFETY: k + 1 is below the radix: a row of the source.
                    let x = unsafe { source.load(v, first_row + low, register) };
                    // SAFETY: so is radix - 1 - k.
                    let y = unsafe { source.load(v, first_row + high, register) };
                    (*a, *b) = (x + y, x - y);
                    sum = sum + *a;
                }
                // SAFETY: a row of the sink, as the source's.
                unsafe { sink.store(v, sum, out, radix * block, block == 0, register) };
                // Two outputs at a time: half the loads of the folded points. The last is alone where they are odd.
                for pair in 0..half.div_ceil(2) {
                    let j = [2 * pair + 1, (2 * pair + 2).min(half)];
                    let (mut even, mut odd) = ([x0; 2], [none; 2]);
                    let mut i = [0; 2];
                    for (a, b) in a.iter().zip(&b).take(half) {
                        for n in 0..2 {
                            i[n] += j[n];
                            if i[n] >= radix {
                                i[n] -= radix;
                            }
                            // SAFETY: i is below the radix: one of its roots, exp(-2 pi i j k / r).
                            let w = unsafe { load_factor::<T, V>(v, table, i[n]) };
                            even[n] =
                                Cx { re: a.re.mul_add(w.re, even[n].re), im: a.im.mul_add(w.re, even[n].im) };
                            // The root holds the sine with its minus sign.
                            odd[n] = Cx {
                                re: b.re.neg_mul_add(w.im, odd[n].re),
                                im: b.im.neg_mul_add(w.im, odd[n].im),
                            };
                        }
                    }
                    for n in 0..2 {
                        for (j, x) in [(j[n], even[n].sub_i(odd[n])), (radix - j[n], even[n].add_i(odd[n]))] {
                            let x = if p == 0 {
                                x
                            } else {
                                // SAFETY: the table has radix - 1 factors for each group but the first.
                                let w = unsafe {
                                    load_factor::<T, V>(v, twiddles, (radix - 1) * (p - 1) + j - 1)
                                };
                                x.times(w)
                            };
                            // SAFETY: j is below the radix: a row of the sink.
                            unsafe { sink.store(v, x, out + apart * j, radix * block + j, false, register) };
                        }
                    }
                }
            }
        }
    }
}

/// Where the row step begins: which rows of the lines go to the tile.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Turn<T> {
    pub(in super::super) lines: *const T,
    pub(in super::super) pitch: usize,
    /// Rows and columns of the matrix.
    pub(in super::super) rows: usize,
    pub(in super::super) columns: usize,
    /// The first row, a multiple of L.
    pub(in super::super) first: usize,
    /// Row 0 is behind the others.
    pub(in super::super) zero_last: bool,
    /// The lanes of the lines are in natural order, not in ORDER.
    pub(in super::super) natural: bool,
    /// The blocks of L columns that are transposed, from one number up to another.
    pub(in super::super) from: usize,
    pub(in super::super) to: usize,
    pub(in super::super) tile: Tile<T>,
}

/// Transposes `tile.width` blocks of L rows each to the tile, whose rows are the columns of the matrix.
///
/// # Safety
/// `lines` holds the matrix as [`Lines`] wrote it, and the tile is apart from it, with room for `columns` rows; rows and
/// columns are at least L.
#[inline(always)]
pub(in super::super) unsafe fn transpose<T: Real, V: Vector>(v: V, turn: &Turn<T>) {
    let lanes = T::Reg::<V>::LANES;
    let order = T::Reg::<V>::ORDER;
    let group = T::Reg::<V>::GROUP;
    let &Turn { lines, pitch, rows, columns, first, zero_last, natural, from, to, tile } = turn;
    let natural_order: [usize; MAX_LANES] = core::array::from_fn(|i| i);
    let column_of = if natural { natural_order } else { order };
    for register in 0..tile.width {
        let row = (first + register * lanes).min(rows - lanes);
        let mut re = [lines; MAX_LANES];
        for (i, re) in re.iter_mut().enumerate().take(lanes) {
            // In ORDER, so that the transposed lanes are what `store_complex` wants.
            let row = row + order[i];
            let row = if zero_last && row == 0 { rows } else { row };
            *re = lines.wrapping_add(2 * lanes * (pitch * row + from));
        }
        for block in from..to {
            let column = (block * lanes).min(columns - lanes);
            let im = re.map(|p| p.wrapping_add(lanes));
            for at in (0..lanes).step_by(group) {
                // SAFETY: the real halves of lines of the matrix.
                let x = unsafe { T::Reg::<V>::load_columns(v, &re, at) };
                // SAFETY: the imaginary halves.
                let y = unsafe { T::Reg::<V>::load_columns(v, &im, at) };
                for i in 0..group {
                    // The lanes came in ORDER from the input, so column i is number ORDER[i].
                    let line = tile.line::<V>(column + column_of[at + i], register);
                    // SAFETY: a line of the tile.
                    unsafe { store_line::<T, V>(Cx { re: x[i], im: y[i] }, line) };
                }
            }
            re = re.map(|p| p.wrapping_add(2 * lanes));
        }
    }
}

/// Writes the line at `p`.
///
/// # Safety
/// `p` is valid for writes of a line, `2 * LANES` values.
#[inline(always)]
pub(super) unsafe fn store_line<T: Real, V: Vector>(x: Cx<T::Reg<V>>, p: *mut T) {
    // SAFETY: the real half of the line.
    unsafe { x.re.store(p) };
    // SAFETY: the imaginary half of the line.
    unsafe { x.im.store(p.wrapping_add(T::Reg::<V>::LANES)) };
}
