//! The two ends of a real transform in lanes: lines of scratch to bins, and bins to lines.
//!
//! `N = 2 L H` real samples, `L` lanes, `H` rows. Lane `l` transforms the samples `x[L r + l]`, `r` in 0..2H, and takes
//! two of them for one complex number: `z_l[h] = x[L (2h) + l] + i x[L (2h + 1) + l]`. Its transform `Z_l` of `H` points
//! is untangled and joined to those of the other lanes in one go, for `L` values of `k` at a time. With
//! `S = (Z_l[k] + conj Z_l[H-k]) / 2`, `D = Z_l[k] - conj Z_l[H-k]` and `u = -(i/2) w_(2H)^k`, the lane's real spectrum is
//!
//! `Y_l[k] = S + u D` and `Y_l[k+H] = S - u D`,
//!
//! and with `p` for each of the two rows `k` and `k + H`
//!
//! `X[p + 2H q] = sum over l of w_L^(l q) * (w_N^(l p) * Y_l[p])`, q in 0..L.
//!
//! Half of these are bins as they stand; the others, of negative frequency, are the conjugates of bins in descending
//! order. So `k` in `0..=H/2` gives every bin. Whatever else the last block has is computed twice.
//!
//! The inverse takes the same steps back, with real and imaginary parts exchanged throughout.
//!
//! # Source
//! Sorensen et al., Real-valued fast Fourier transform algorithms, IEEE Trans. ASSP 35(6), 1987.

use super::super::Real;
use super::radix2::Radix2;
use super::radix4::Radix4;
use super::radix8::Radix8;
use super::radix16::Radix16;
use super::{Butterfly, Cx, load_factor, load_line};
use crate::simd::{Float, MAX_LANES, Vector};

/// The shape of the work at either end, and its tables.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ends<T> {
    /// `H` above: at least LANES - 1, and at least 1.
    pub(in super::super) rows: usize,
    /// How many blocks of LANES values of k there are; the last value is at most `rows`.
    pub(in super::super) blocks: usize,
    /// The blocks that are run, from one number up to another.
    pub(in super::super) from: usize,
    pub(in super::super) to: usize,
    /// For each block a line of u for lane 0, then for each other lane l a line of `w_N^(l k) / 2` and one of
    /// `u w_N^(l k)`. Rows in ORDER.
    pub(in super::super) table: *const T,
    /// `w_(2L)^l` for each lane, and the same doubled.
    pub(in super::super) roots: *const T,
    /// For each block the line where row k of each lane is, then the same of row H - k; in ORDER. Last, that of row H/2.
    pub(in super::super) places: *const u32,
    /// The table of [`middle_bins`] and [`middle_line`] where row H/2 is not in the blocks and to be run, else null.
    pub(in super::super) middle: *const T,
}

/// Lines of a block's table.
pub(in super::super) const fn block_lines(lanes: usize) -> usize {
    2 * lanes - 1
}

/// Lines of the table of the middle row: one that holds 1 and -1 in turn, one a lane for the bins, one a bin for the lanes.
pub(in super::super) const fn middle_lines(lanes: usize) -> usize {
    2 * lanes + 1
}

/// Reads the lines that the passes left and writes the `N / 2 + 1` bins.
///
/// # Safety
/// `lines` is valid for reads of `rows` lines, `bins` for writes of `LANES * rows + 1` interleaved complex numbers, and
/// they do not overlap; `ends` is what [`super::super::real_lanes`] wrote at this `V`.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
#[inline(always)]
pub(in super::super) unsafe fn join<T: Real, V: Vector>(v: V, ends: &Ends<T>, lines: *const T, bins: *mut T) {
    // SAFETY: the caller's promise is that of each arm.
    unsafe {
        match T::Reg::<V>::LANES {
            2 => join_lanes::<T, V, Radix2, 2>(v, ends, lines, bins),
            4 => join_lanes::<T, V, Radix4, 4>(v, ends, lines, bins),
            8 => join_lanes::<T, V, Radix8<T, V>, 8>(v, ends, lines, bins),
            16 => join_lanes::<T, V, Radix16<T, V>, 16>(v, ends, lines, bins),
            // One lane: no such plan is made.
            _ => {}
        }
    }
}

/// Reads the `N / 2 + 1` bins and writes the lines that the passes take, rows in natural order.
///
/// # Safety
/// `bins` is valid for reads of `LANES * rows + 1` interleaved complex numbers, `lines` for writes of `rows + 1` lines,
/// and they do not overlap; `ends` is what [`super::super::real_lanes`] wrote at this `V`.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
#[inline(always)]
pub(in super::super) unsafe fn split<T: Real, V: Vector>(
    v: V,
    ends: &Ends<T>,
    bins: *const T,
    lines: *mut T,
) {
    // SAFETY: the caller's promise is that of each arm.
    unsafe {
        match T::Reg::<V>::LANES {
            2 => split_lanes::<T, V, Radix2, 2>(v, ends, bins, lines),
            4 => split_lanes::<T, V, Radix4, 4>(v, ends, bins, lines),
            8 => split_lanes::<T, V, Radix8<T, V>, 8>(v, ends, bins, lines),
            16 => split_lanes::<T, V, Radix16<T, V>, 16>(v, ends, bins, lines),
            // One lane: no such plan is made.
            _ => {}
        }
    }
}

/// # Safety
/// As [`join`]; `L` is the number of lanes.
#[inline(always)]
unsafe fn join_lanes<T: Real, V: Vector, B: Butterfly<T, V, L>, const L: usize>(
    v: V,
    ends: &Ends<T>,
    lines: *const T,
    bins: *mut T,
) {
    let butterfly = B::new(v);
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let rows = ends.rows;
    for block in ends.from..ends.to {
        let table = ends.table.wrapping_add(2 * L * block_lines(L) * block);
        let places = ends.places.wrapping_add(2 * L * block);
        let mut x = [Cx { re: zero, im: zero }; L];
        let mut y = x;
        // SAFETY: lines of the source by the places of the block, and its table.
        unsafe { untangle::<T, V, L, 0>(v, lines, places, table, &mut x, &mut y) };
        // SAFETY: as above.
        unsafe { untangle::<T, V, L, 1>(v, lines, places, table, &mut x, &mut y) };
        // SAFETY: as above.
        unsafe { untangle::<T, V, L, 2>(v, lines, places, table, &mut x, &mut y) };
        // SAFETY: as above.
        unsafe { untangle::<T, V, L, 3>(v, lines, places, table, &mut x, &mut y) };
        let k = L * block;
        butterfly.apply(&mut x);
        // SAFETY: k..k + L are at most `rows`: row k of the bins.
        unsafe { store_bins::<T, V, L>(&x, bins, rows, k) };
        for (l, y) in y.iter_mut().enumerate().skip(1) {
            *y = if 2 * l == L {
                // -i
                Cx { re: y.im, im: -y.re }
            } else {
                // SAFETY: one factor for each lane.
                y.times(unsafe { load_factor::<T, V>(v, ends.roots, l) })
            };
        }
        butterfly.apply(&mut y);
        // SAFETY: row k + H.
        unsafe { store_bins::<T, V, L>(&y, bins, rows, k + rows) };
    }
    if !ends.middle.is_null() {
        // SAFETY: the place of the middle row is the last.
        let place = unsafe { *ends.places.wrapping_add(2 * L * ends.blocks) } as usize;
        let line = lines.wrapping_add(2 * L * place);
        // SAFETY: a line of the caller's, and its table.
        unsafe { middle_bins::<T, V, L>(v, ends.middle, line, bins, rows) };
    }
}

/// Fetches the lanes of group `G` and untangles them, with their twiddles; nothing where there is no such group. Unrolled
/// by hand: the compiler would keep a loop, and with it the arrays in memory.
///
/// # Safety
/// `places` has the places of a block, all below the lines that `lines` is valid for, and `table` is its table.
#[inline(always)]
unsafe fn untangle<T: Real, V: Vector, const L: usize, const G: usize>(
    v: V,
    lines: *const T,
    places: *const u32,
    table: *const T,
    x: &mut [Cx<T::Reg<V>>; L],
    y: &mut [Cx<T::Reg<V>>; L],
) {
    let group = T::Reg::<V>::GROUP;
    let at = G * group;
    if at >= L {
        return;
    }
    let (mut low, mut high) = ([lines; MAX_LANES], [lines; MAX_LANES]);
    for i in 0..L {
        // SAFETY: the places of the block's rows k.
        low[i] = lines.wrapping_add(2 * L * unsafe { *places.wrapping_add(i) } as usize);
        // SAFETY: those of rows H - k.
        high[i] = lines.wrapping_add(2 * L * unsafe { *places.wrapping_add(L + i) } as usize);
    }
    let (low_im, high_im) = (low.map(|p| p.wrapping_add(L)), high.map(|p| p.wrapping_add(L)));
    // SAFETY: the real halves of lines, L values each.
    let a_re = unsafe { T::Reg::<V>::load_columns(v, &low, at) };
    // SAFETY: as above.
    let b_re = unsafe { T::Reg::<V>::load_columns(v, &high, at) };
    // SAFETY: the imaginary halves.
    let a_im = unsafe { T::Reg::<V>::load_columns(v, &low_im, at) };
    // SAFETY: the imaginary halves.
    let b_im = unsafe { T::Reg::<V>::load_columns(v, &high_im, at) };
    let two = T::Reg::<V>::splat(v, T::from_f64(2.0));
    let half = T::Reg::<V>::splat(v, T::from_f64(0.5));
    for i in 0..group {
        let l = at + i;
        // Twice S.
        let s = Cx { re: a_re[i] + b_re[i], im: a_im[i] - b_im[i] };
        let d = Cx { re: a_re[i] - b_re[i], im: a_im[i] + b_im[i] };
        let a = if l == 0 {
            Cx { re: s.re * half, im: s.im * half }
        } else {
            // SAFETY: the first of two lines for each lane but the first, which has one.
            s.times(unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * (2 * l - 1))) })
        };
        // SAFETY: the second line, or the only one.
        let u = unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * 2 * l)) };
        x[l] = a.plus_times(d, u);
        // a - u d, in one operation.
        y[l] = Cx { re: a.re.mul_sub(two, x[l].re), im: a.im.mul_sub(two, x[l].im) };
    }
}

/// Writes `X[p + 2H q]`, each of the L numbers from p on in its lane: bins as they stand, and conjugates of bins.
///
/// # Safety
/// `p + L - 1` is at most `2 * rows`, and `bins` is valid for writes of `L * rows + 1` numbers.
#[inline(always)]
unsafe fn store_bins<T: Real, V: Vector, const L: usize>(
    x: &[Cx<T::Reg<V>>; L],
    bins: *mut T,
    rows: usize,
    p: usize,
) {
    let up = bins.wrapping_add(2 * p);
    for (q, x) in x.iter().enumerate().take(L / 2) {
        // SAFETY: from p + 2H q, at most 2H + 2H (L/2 - 1) = N/2.
        unsafe { T::Reg::<V>::store_complex(x.re, x.im, up.wrapping_add(4 * rows * q)) };
    }
    // N - p - (L - 1) - 2H q with N = 2H L: the lowest of the descending bins.
    let down = bins.wrapping_add(4 * rows).wrapping_sub(2 * (p + L - 1));
    for (q, x) in x.iter().enumerate().skip(L / 2) {
        // SAFETY: from 2H (L - q) - p - (L - 1), at least 0, to 2H (L - q) - p, at most N/2.
        unsafe {
            T::Reg::<V>::store_complex_reversed(x.re, -x.im, down.wrapping_add(4 * rows * (L - 1 - q)));
        };
    }
}

/// # Safety
/// As [`split`]; `L` is the number of lanes.
#[inline(always)]
unsafe fn split_lanes<T: Real, V: Vector, B: Butterfly<T, V, L>, const L: usize>(
    v: V,
    ends: &Ends<T>,
    bins: *const T,
    lines: *mut T,
) {
    let butterfly = B::new(v);
    let rows = ends.rows;
    for block in ends.from..ends.to {
        let table = ends.table.wrapping_add(2 * L * block_lines(L) * block);
        let k = L * block;
        // SAFETY: k..k + L are at most `rows`: row k of the bins.
        let mut x = unsafe { load_bins::<T, V, L>(v, bins, rows, k) };
        if block == 0 {
            // Only the real parts of bins 0 and N/2 are read; parts are exchanged.
            x[0].re = x[0].re.clear_first();
            x[L / 2].re = x[L / 2].re.clear_first();
        }
        butterfly.apply(&mut x);
        // SAFETY: row k + H.
        let mut y = unsafe { load_bins::<T, V, L>(v, bins, rows, k + rows) };
        butterfly.apply(&mut y);
        for (l, y) in y.iter_mut().enumerate().skip(1) {
            // SAFETY: one factor for each lane, behind as many for the other direction.
            *y = y.times(unsafe { load_factor::<T, V>(v, ends.roots, L + l) });
        }
        // SAFETY: rows of the lines, and the block's table.
        unsafe { tangle::<T, V, L, 0>(v, lines, rows, k, table, &x, &y) };
        // SAFETY: as above.
        unsafe { tangle::<T, V, L, 1>(v, lines, rows, k, table, &x, &y) };
        // SAFETY: as above.
        unsafe { tangle::<T, V, L, 2>(v, lines, rows, k, table, &x, &y) };
        // SAFETY: as above.
        unsafe { tangle::<T, V, L, 3>(v, lines, rows, k, table, &x, &y) };
    }
    if !ends.middle.is_null() {
        // SAFETY: row H/2, and its table.
        unsafe { middle_line::<T, V, L>(v, ends.middle, bins, lines.wrapping_add(L * rows), rows) };
    }
}

/// Applies the twiddles of group `G` of lanes, tangles them and writes them to lines; nothing where there is no such
/// group. Unrolled by hand: the compiler would keep a loop, and with it the arrays in memory.
///
/// # Safety
/// `lines` is valid for writes of `rows + 1` lines, `k + L - 1` is at most `rows`, and `table` is that of the block.
#[inline(always)]
unsafe fn tangle<T: Real, V: Vector, const L: usize, const G: usize>(
    v: V,
    lines: *mut T,
    rows: usize,
    k: usize,
    table: *const T,
    x: &[Cx<T::Reg<V>>; L],
    y: &[Cx<T::Reg<V>>; L],
) {
    let group = T::Reg::<V>::GROUP;
    let order = T::Reg::<V>::ORDER;
    let at = G * group;
    if at >= L {
        return;
    }
    let (first, last) = (lines.wrapping_add(2 * L * k), lines.wrapping_add(2 * L * rows - 2 * L * k));
    let (mut low, mut high) = ([lines; MAX_LANES], [lines; MAX_LANES]);
    for i in 0..L {
        low[i] = first.wrapping_add(2 * L * order[i]);
        high[i] = last.wrapping_sub(2 * L * order[i]);
    }
    let (low_im, high_im) = (low.map(|p| p.wrapping_add(L)), high.map(|p| p.wrapping_add(L)));
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let two = T::Reg::<V>::splat(v, T::from_f64(2.0));
    let (mut a_re, mut a_im) = ([zero; 4], [zero; 4]);
    let (mut b_re, mut b_im) = (a_re, a_im);
    for i in 0..group {
        let l = at + i;
        let (x, y) = (x[l], y[l]);
        // SAFETY: the second line of a lane, or the only one of the first.
        let u = unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * 2 * l)) };
        let (a, d) = if l == 0 {
            let d = x - y;
            (x + y, d + d)
        } else {
            // The table has halves, and y comes doubled.
            let s = Cx { re: x.re.mul_add(two, y.re), im: x.im.mul_add(two, y.im) };
            let d = Cx { re: x.re.mul_sub(two, y.re), im: x.im.mul_sub(two, y.im) };
            // SAFETY: the first line.
            (s.times(unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * (2 * l - 1))) }), d)
        };
        let z = a.plus_times(d, u);
        (a_re[i], a_im[i]) = (z.re, z.im);
        // The conjugate of a - u d, exchanged.
        (b_re[i], b_im[i]) = (a.re.neg_mul_add(two, z.re), a.im.mul_sub(two, z.im));
    }
    // Row H, which only block 0 writes, is nobody's; row 0 is written from both sides where k reaches H, and must stay
    // as row k = 0 left it.
    // SAFETY: rows H - k, the real halves.
    unsafe { T::Reg::<V>::store_columns(b_re, &high, at) };
    // SAFETY: the imaginary halves.
    unsafe { T::Reg::<V>::store_columns(b_im, &high_im, at) };
    // SAFETY: rows k, the real halves.
    unsafe { T::Reg::<V>::store_columns(a_re, &low, at) };
    // SAFETY: the imaginary halves.
    unsafe { T::Reg::<V>::store_columns(a_im, &low_im, at) };
}

/// Reads what [`store_bins`] writes, real and imaginary parts exchanged.
///
/// # Safety
/// As [`store_bins`], for reads.
#[inline(always)]
unsafe fn load_bins<T: Real, V: Vector, const L: usize>(
    v: V,
    bins: *const T,
    rows: usize,
    p: usize,
) -> [Cx<T::Reg<V>>; L] {
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let mut x = [Cx { re: zero, im: zero }; L];
    let up = bins.wrapping_add(2 * p);
    let down = bins.wrapping_add(4 * rows).wrapping_sub(2 * (p + L - 1));
    for (q, x) in x.iter_mut().enumerate() {
        *x = if q < L / 2 {
            // SAFETY: as in `store_bins`.
            let (re, im) = unsafe { T::Reg::<V>::load_complex(v, up.wrapping_add(4 * rows * q)) };
            Cx { re: im, im: re }
        } else {
            let p = down.wrapping_add(4 * rows * (L - 1 - q));
            // SAFETY: as in `store_bins`.
            let (re, im) = unsafe { T::Reg::<V>::load_complex_reversed(v, p) };
            Cx { re: -im, im: re }
        };
    }
    x
}

/// Writes the bins `H/2 + H p`, p in 0..L, which belong to the middle row, its own mirror image:
/// `X = sum over l of w_(4L)^(l (1 + 2p)) * (Re Z_l - i (-1)^p Im Z_l)`.
///
/// # Safety
/// `line` is valid for reads of a line, `table` of `middle_lines`, and `bins` for writes of `L * rows + 1` numbers.
#[inline(always)]
unsafe fn middle_bins<T: Real, V: Vector, const L: usize>(
    v: V,
    table: *const T,
    line: *const T,
    bins: *mut T,
    rows: usize,
) {
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let (mut a, mut b) = (Cx { re: zero, im: zero }, Cx { re: zero, im: zero });
    for l in 0..L {
        // SAFETY: line l of the first L behind the signs.
        let w = unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * (l + 1))) };
        // SAFETY: lane l of the line's real half.
        let re = T::Reg::<V>::splat(v, unsafe { *line.wrapping_add(l) });
        // SAFETY: of its imaginary half.
        let im = T::Reg::<V>::splat(v, unsafe { *line.wrapping_add(L + l) });
        a = Cx { re: w.re.mul_add(re, a.re), im: w.im.mul_add(re, a.im) };
        b = Cx { re: w.im.mul_add(im, b.re), im: w.re.mul_add(im, b.im) };
    }
    // SAFETY: the line of signs.
    let sign = unsafe { T::Reg::<V>::load(v, table) };
    let mut all = [T::ZERO; 2 * MAX_LANES];
    let (re, im) = (b.re.mul_add(sign, a.re), b.im.neg_mul_add(sign, a.im));
    // SAFETY: `all` has room for the L complex numbers of any level.
    unsafe { T::Reg::<V>::store_complex(re, im, all.as_mut_ptr()) };
    for p in 0..L {
        let bin = bins.wrapping_add(rows + 2 * rows * p);
        // SAFETY: H/2 + H p is at most H L - H/2; H is even.
        unsafe { bin.cast::<[T; 2]>().write([all[2 * p], all[2 * p + 1]]) };
    }
}

/// Writes the middle line from the bins that [`middle_bins`] writes: twice the sum over p of
/// `w_(4L)^(l (1 + 2p)) * conj X`, or for odd p its conjugate; real and imaginary parts exchanged.
///
/// # Safety
/// `line` is valid for writes of a line, `table` for reads of `middle_lines`, and `bins` of `L * rows + 1` numbers.
#[inline(always)]
unsafe fn middle_line<T: Real, V: Vector, const L: usize>(
    v: V,
    table: *const T,
    bins: *const T,
    line: *mut T,
    rows: usize,
) {
    let table = table.wrapping_add(2 * L * (L + 1));
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let mut sums = [Cx { re: zero, im: zero }; 2];
    for p in (0..L).step_by(2) {
        for (odd, sum) in sums.iter_mut().enumerate() {
            let p = p + odd;
            // SAFETY: line p of the last L.
            let w = unsafe { load_line::<T, V>(v, table.wrapping_add(2 * L * p)) };
            // SAFETY: as in `middle_bins`.
            let [re, im] = unsafe { bins.wrapping_add(rows + 2 * rows * p).cast::<[T; 2]>().read() };
            let (re, im) = (T::Reg::<V>::splat(v, re), T::Reg::<V>::splat(v, im));
            sum.re = w.re.mul_add(re, w.im.mul_add(im, sum.re));
            sum.im = w.im.mul_add(re, w.re.neg_mul_add(im, sum.im));
        }
    }
    let [even, odd] = sums;
    // SAFETY: the halves of the line, exchanged.
    unsafe { (even.im - odd.im).store(line) };
    // SAFETY: as above.
    unsafe { (even.re + odd.re).store(line.wrapping_add(L)) };
}
