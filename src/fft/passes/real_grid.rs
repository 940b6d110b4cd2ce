//! What is between real samples, the lines of a matrix and the bins of an odd length: see [`super::super::real_grid`].
//!
//! None of it depends on a radix: the transforms of columns and rows run within the tile, and what comes before and after
//! them reads and writes it by the rows where they leave their results. The functions take their tile by value: behind a
//! reference every store could change it.

use super::super::Real;
use super::grid::{Tile, store_line};
use super::{Cx, load_line};
use crate::simd::{Float, MAX_LANES, Vector};

/// A tile of columns: what [`load_samples`], [`separate`], [`combine`] and [`store_samples`] work on.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Columns<T> {
    pub(in super::super) tile: Tile<T>,
    /// The rows that are run, from one number up to another.
    pub(in super::super) from: usize,
    pub(in super::super) to: usize,
    /// The first pair of registers of the tile.
    pub(in super::super) first: usize,
    /// Rows of the matrix, A.
    pub(in super::super) rows: usize,
    /// Its columns, B, and how many registers they take.
    pub(in super::super) columns: usize,
    pub(in super::super) registers: usize,
    /// The row of the tile where the transforms leave each of their results.
    pub(in super::super) places: *const u32,
    /// Lines of row 0 to A / 2, and how many of them are from one row to the next.
    pub(in super::super) lines: *mut T,
    pub(in super::super) pitch: usize,
    /// Half of `w_N^(k1 n2)`: a line for each register of those rows.
    pub(in super::super) twiddles: *const T,
}

impl<T: Real> Columns<T> {
    /// The two registers of a pair; the last one alone is a pair with itself.
    #[inline(always)]
    fn pair(&self, pair: usize) -> [usize; 2] {
        let a = 2 * (self.first + pair);
        [a, (a + 1).min(self.registers - 1)]
    }

    /// The column where a register begins: the last one ends with the last column.
    #[inline(always)]
    fn column<V: Vector>(&self, register: usize) -> usize {
        let lanes = T::Reg::<V>::LANES;
        (register * lanes).min(self.columns - lanes)
    }

    /// The row of the tile that holds result `k`.
    ///
    /// # Safety
    /// `k` is below the rows.
    #[inline(always)]
    unsafe fn place(&self, k: usize) -> usize {
        // SAFETY: one place for each row.
        (unsafe { *self.places.wrapping_add(k) }) as usize
    }

    #[inline(always)]
    fn line<V: Vector>(&self, row: usize, register: usize) -> *mut T {
        self.lines.wrapping_add(2 * T::Reg::<V>::LANES * (row * self.pitch + register))
    }

    /// A line times its twiddles.
    ///
    /// # Safety
    /// Row and register are of the lines.
    #[inline(always)]
    unsafe fn turned<V: Vector>(&self, v: V, row: usize, register: usize) -> Cx<T::Reg<V>> {
        // SAFETY: the caller's promise.
        let x = unsafe { load_line::<T, V>(v, self.line::<V>(row, register).cast_const()) };
        // SAFETY: likewise.
        x.times(unsafe { self.twiddle(v, row, register) })
    }

    /// # Safety
    /// Row and register are of the lines.
    #[inline(always)]
    unsafe fn twiddle<V: Vector>(&self, v: V, row: usize, register: usize) -> Cx<T::Reg<V>> {
        let at = 2 * T::Reg::<V>::LANES * (row * self.registers + register);
        // SAFETY: a line for each.
        unsafe { load_line::<T, V>(v, self.twiddles.wrapping_add(at)) }
    }
}

/// Two registers of samples to each line of the tile: one as real parts, the other as imaginary parts.
///
/// # Safety
/// `samples` is valid for reads of A rows of B values, and the tile is apart from them.
#[inline(always)]
pub(in super::super) unsafe fn load_samples<T: Real, V: Vector>(v: V, at: Columns<T>, samples: *const T) {
    for row in at.from..at.to {
        for pair in 0..at.tile.width {
            let [a, b] = at.pair(pair);
            let (a, b) = (at.column::<V>(a), at.column::<V>(b));
            // SAFETY: LANES columns of a row.
            let re = unsafe { T::Reg::<V>::load(v, samples.wrapping_add(row * at.columns + a)) };
            // SAFETY: likewise.
            let im = unsafe { T::Reg::<V>::load(v, samples.wrapping_add(row * at.columns + b)) };
            // SAFETY: a line of the tile.
            unsafe { store_line::<T, V>(Cx { re, im }, at.tile.line::<V>(row, pair)) };
        }
    }
}

/// Undoes [`load_samples`], with real and imaginary parts exchanged.
///
/// # Safety
/// `samples` is valid for writes of A rows of B values, and apart from the tile.
#[inline(always)]
pub(in super::super) unsafe fn store_samples<T: Real, V: Vector>(v: V, at: Columns<T>, samples: *mut T) {
    for row in at.from..at.to {
        // SAFETY: row < A.
        let place = unsafe { at.place(row) };
        for pair in 0..at.tile.width {
            let [a, b] = at.pair(pair);
            let (a, b) = (at.column::<V>(a), at.column::<V>(b));
            // SAFETY: a line of the tile.
            let x = unsafe { load_line::<T, V>(v, at.tile.line::<V>(place, pair).cast_const()) };
            // SAFETY: LANES columns of a row.
            unsafe { x.im.store(samples.wrapping_add(row * at.columns + a)) };
            // SAFETY: likewise.
            unsafe { x.re.store(samples.wrapping_add(row * at.columns + b)) };
        }
    }
}

/// The transforms of two real columns from the one of `a + i b`, times their twiddles, to rows 0 to A / 2 of the lines:
/// `a_k = (z_k + conj z_(A-k)) / 2`, `b_k = (z_k - conj z_(A-k)) / 2 i`.
///
/// # Safety
/// The tile holds the transforms; lines and twiddles as the type says.
#[inline(always)]
pub(in super::super) unsafe fn separate<T: Real, V: Vector>(v: V, at: Columns<T>) {
    for k in at.from..at.to {
        let mirror = if k == 0 { 0 } else { at.rows - k };
        // SAFETY: k is below A.
        let low = unsafe { at.place(k) };
        // SAFETY: so is its mirror image.
        let high = unsafe { at.place(mirror) };
        for pair in 0..at.tile.width {
            let [a, b] = at.pair(pair);
            // SAFETY: a line of the tile.
            let z = unsafe { load_line::<T, V>(v, at.tile.line::<V>(low, pair).cast_const()) };
            // SAFETY: likewise.
            let m = unsafe { load_line::<T, V>(v, at.tile.line::<V>(high, pair).cast_const()) };
            let xa = Cx { re: z.re + m.re, im: z.im - m.im };
            let xb = Cx { re: z.im + m.im, im: m.re - z.re };
            for (x, register) in [(xa, a), (xb, b)] {
                // SAFETY: k is at most A / 2.
                let w = unsafe { at.twiddle(v, k, register) };
                // SAFETY: a line of the matrix.
                unsafe { store_line::<T, V>(x.times(w), at.line::<V>(k, register)) };
            }
        }
    }
}

/// Undoes [`separate`], all with real and imaginary parts exchanged, and twice as large: twiddles, then
/// `z_k = a_k + i b_k` and `z_(A-k) = conj a_k + i conj b_k`, to the rows of the tile in natural order.
///
/// # Safety
/// As [`separate`]; the lines hold the rows.
#[inline(always)]
pub(in super::super) unsafe fn combine<T: Real, V: Vector>(v: V, at: Columns<T>) {
    for k in at.from..at.to {
        let mirror = if k == 0 { 0 } else { at.rows - k };
        for pair in 0..at.tile.width {
            let [a, b] = at.pair(pair);
            // SAFETY: a line of the matrix, and k is at most A / 2.
            let a = unsafe { at.turned(v, k, a) };
            // SAFETY: likewise.
            let b = unsafe { at.turned(v, k, b) };
            let low = Cx { re: a.re + b.im, im: a.im - b.re };
            let high = Cx { re: b.im - a.re, im: a.im + b.re };
            // Row 0 is its own mirror image, and the first form of it is the one that holds.
            // SAFETY: a line of the tile.
            unsafe { store_line::<T, V>(high, at.tile.line::<V>(mirror, pair)) };
            // SAFETY: likewise.
            unsafe { store_line::<T, V>(low, at.tile.line::<V>(k, pair)) };
        }
    }
}

/// A tile of rows: what [`store_bins`], [`load_bins`] and [`turn_back`] work on.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Rows<T> {
    pub(in super::super) tile: Tile<T>,
    /// The columns, or blocks of them, that are run, from one number up to another.
    pub(in super::super) from: usize,
    pub(in super::super) to: usize,
    /// The first row of the tile, a multiple of L.
    pub(in super::super) first: usize,
    /// Rows of the matrix, A, of which those to A / 2 are transformed.
    pub(in super::super) rows: usize,
    /// Its columns, B.
    pub(in super::super) columns: usize,
    /// The row of the tile where the transforms leave each of their results.
    pub(in super::super) places: *const u32,
    /// Lines of row 0 to A / 2, and how many of them are from one row to the next.
    pub(in super::super) lines: *mut T,
    pub(in super::super) pitch: usize,
}

impl<T: Real> Rows<T> {
    /// The first row of a register: the last one ends with row A / 2.
    #[inline(always)]
    fn row<V: Vector>(&self, register: usize) -> usize {
        let lanes = T::Reg::<V>::LANES;
        (self.first + register * lanes).min(self.rows / 2 + 1 - lanes)
    }

    /// Where the bins of a register begin in column `k2`, in values, and whether they are the mirror images of what is
    /// there: bins above N / 2 are those of N - k, conjugate.
    #[inline(always)]
    fn bins<V: Vector>(&self, k2: usize, register: usize) -> (usize, bool) {
        let first = self.rows * k2 + self.row::<V>(register);
        if 2 * k2 < self.columns {
            (2 * first, false)
        } else {
            (2 * (self.rows * self.columns - first - (T::Reg::<V>::LANES - 1)), true)
        }
    }

    /// The row of the tile that holds result `k`.
    ///
    /// # Safety
    /// `k` is below the columns.
    #[inline(always)]
    unsafe fn place(&self, k: usize) -> usize {
        // SAFETY: one place for each column.
        (unsafe { *self.places.wrapping_add(k) }) as usize
    }
}

/// The transforms of the rows to the bins that they belong to. Bins of row 0 come twice, the same from both.
///
/// # Safety
/// The tile holds the transforms, its lanes in ORDER; `bins` is valid for writes of N / 2 + 1 complex numbers, N odd.
#[inline(always)]
pub(in super::super) unsafe fn store_bins<T: Real, V: Vector>(v: V, at: Rows<T>, bins: *mut T) {
    for k2 in at.from..at.to {
        // SAFETY: k2 < B.
        let place = unsafe { at.place(k2) };
        for register in 0..at.tile.width {
            // SAFETY: a line of the tile.
            let x = unsafe { load_line::<T, V>(v, at.tile.line::<V>(place, register).cast_const()) };
            let (first, mirrored) = at.bins::<V>(k2, register);
            let p = bins.wrapping_add(first);
            if mirrored {
                // SAFETY: k2 > B / 2 and rows to A / 2: the images are of bins 1 to N / 2.
                unsafe { T::Reg::<V>::store_complex_reversed(x.re, -x.im, p) };
            } else {
                // SAFETY: k2 < B / 2 and rows to A / 2: bins to N / 2.
                unsafe { T::Reg::<V>::store_complex(x.re, x.im, p) };
            }
        }
    }
}

/// Undoes [`store_bins`], to the rows of the tile in natural order, with real and imaginary parts exchanged and twice as
/// large. The imaginary part of bin 0 is not read.
///
/// # Safety
/// `bins` is valid for reads of N / 2 + 1 complex numbers, N odd, and apart from the tile.
#[inline(always)]
pub(in super::super) unsafe fn load_bins<T: Real, V: Vector>(v: V, at: Rows<T>, bins: *const T) {
    for k2 in at.from..at.to {
        for register in 0..at.tile.width {
            let (first, mirrored) = at.bins::<V>(k2, register);
            let p = bins.wrapping_add(first);
            let (re, im) = if mirrored {
                // SAFETY: as in `store_bins`.
                let (re, im) = unsafe { T::Reg::<V>::load_complex_reversed(v, p) };
                (re, -im)
            } else {
                // SAFETY: as in `store_bins`.
                unsafe { T::Reg::<V>::load_complex(v, p) }
            };
            // ORDER begins with 0 at every level.
            let im = if first == 0 { im.clear_first() } else { im };
            // SAFETY: a line of the tile.
            unsafe { store_line::<T, V>(Cx { re: im + im, im: re + re }, at.tile.line::<V>(k2, register)) };
        }
    }
}

/// Transposes the tile back to lines: what [`super::grid::transpose`] does, the other way.
///
/// # Safety
/// The tile holds the transforms of the rows, and the lines are apart from it; rows and columns are at least L.
#[inline(always)]
pub(in super::super) unsafe fn turn_back<T: Real, V: Vector>(v: V, at: Rows<T>) {
    let lanes = T::Reg::<V>::LANES;
    let order = T::Reg::<V>::ORDER;
    let group = T::Reg::<V>::GROUP;
    for register in 0..at.tile.width {
        let row = at.row::<V>(register);
        for block in at.from..at.to {
            let column = (block * lanes).min(at.columns - lanes);
            let mut re = [at.tile.lines.cast_const(); MAX_LANES];
            for (i, re) in re.iter_mut().enumerate().take(lanes) {
                // SAFETY: column + i < B.
                *re = at.tile.line::<V>(unsafe { at.place(column + i) }, register).cast_const();
            }
            let im = re.map(|p| p.wrapping_add(lanes));
            for first in (0..lanes).step_by(group) {
                // SAFETY: the real halves of lines of the tile.
                let x = unsafe { T::Reg::<V>::load_columns(v, &re, first) };
                // SAFETY: the imaginary halves.
                let y = unsafe { T::Reg::<V>::load_columns(v, &im, first) };
                for i in 0..group {
                    // Lane number `first + i` is row ORDER of it.
                    let line = (row + order[first + i]) * at.pitch + block;
                    // SAFETY: a line of the matrix.
                    unsafe {
                        store_line::<T, V>(Cx { re: x[i], im: y[i] }, at.lines.wrapping_add(2 * lanes * line))
                    };
                }
            }
        }
    }
}
