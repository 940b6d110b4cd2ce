//! Passes in which every operation is a fused multiply-add: for levels that add no faster than they multiply.
//!
//! Decimation in time: the twiddle comes before the butterfly, so that a butterfly of two points, `a + w b` and
//! `a - w b`, takes six fused operations and no others. With `w = c (1 + i t)`, `u = b (1 + i t)` takes two, and `a + c u`
//! and `a - c u` four. Larger radices are made of it: eight points take 72 operations, with all their twiddles, where the
//! plain form takes 80, and they need four factors, not seven; sixteen points take 192 and eight factors.
//!
//! The rows are where decimation in frequency has them, in natural order first and digit-reversed in the end, so places
//! are the same. But here the twiddles belong to blocks: a block holds what belongs to one `k`, the index that the digits
//! transformed so far make, and a pass of radix `r` after `B` blocks multiplies the row of digit `n` by `w_(B r)^(n k)`.
//! Block 0 has no twiddles, and so has the first pass.
//!
//! Where `w` is `-i`, `c` is not 0 but so small that what it adds is lost in rounding.
//!
//! # Source
//! Linzer and Feig, Implementation of efficient FFT algorithms on fused multiply-add architectures, IEEE Trans. SP 41(1),
//! 1993.

use core::mem::MaybeUninit;

use super::super::Real;
use super::super::twiddle::Roots;
use super::lane::Join;
use super::radix2::Radix2;
use super::radix4::Radix4;
use super::radix8::Radix8;
use super::{Butterfly, Cx, Step, load_row, store_row};
use crate::simd::{Float, MAX_LANES, Vector};

/// A twiddle factor `c (1 + i t)`.
#[derive(Clone, Copy, Debug)]
struct Turn<F> {
    c: F,
    t: F,
}

/// `u = b (1 + i t)`.
#[inline(always)]
fn turned<T, F: Float<T>>(b: Cx<F>, t: F) -> Cx<F> {
    Cx { re: b.im.neg_mul_add(t, b.re), im: b.re.mul_add(t, b.im) }
}

/// `(a + w b, a - w b)`. `two` is 2: `2 a - (a + w b)` needs no copy of a register where an instruction overwrites one of
/// its operands, and copies of 512 bits take the units that multiply.
#[inline(always)]
fn two<T, F: Float<T>>(a: Cx<F>, b: Cx<F>, w: Turn<F>, two: F) -> [Cx<F>; 2] {
    let (u, c) = (turned(b, w.t), w.c);
    let plus = Cx { re: u.re.mul_add(c, a.re), im: u.im.mul_add(c, a.im) };
    [plus, Cx { re: a.re.mul_sub(two, plus.re), im: a.im.mul_sub(two, plus.im) }]
}

/// `(a - i w b, a + i w b)`.
#[inline(always)]
fn two_i<T, F: Float<T>>(a: Cx<F>, b: Cx<F>, w: Turn<F>, two: F) -> [Cx<F>; 2] {
    let (u, c) = (turned(b, w.t), w.c);
    let minus = Cx { re: u.im.mul_add(c, a.re), im: u.re.neg_mul_add(c, a.im) };
    [minus, Cx { re: a.re.mul_sub(two, minus.re), im: a.im.mul_sub(two, minus.im) }]
}

/// Four points, the l-th times `w^l`; factors `w^2` and `w`.
#[inline(always)]
fn four<T, F: Float<T>>([x0, x1, x2, x3]: [Cx<F>; 4], [w2, w1]: [Turn<F>; 2], k: F) -> [Cx<F>; 4] {
    let ([a0, a1], [b0, b1]) = (two(x0, x2, w2, k), two(x1, x3, w2, k));
    let ([y0, y2], [y1, y3]) = (two(a0, b0, w1, k), two_i(a1, b1, w1, k));
    [y0, y1, y2, y3]
}

/// Eight points, the l-th times `w^l`; factors `w^4`, `w^2`, `w` and `w w_8`.
#[inline(always)]
fn eight<T, F: Float<T>>(x: [Cx<F>; 8], [w4, w2, w1, w1_8]: [Turn<F>; 4], k: F) -> [Cx<F>; 8] {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = x;
    let [a0, a1, a2, a3] = four([x0, x2, x4, x6], [w4, w2], k);
    let [b0, b1, b2, b3] = four([x1, x3, x5, x7], [w4, w2], k);
    let ([y0, y4], [y1, y5]) = (two(a0, b0, w1, k), two(a1, b1, w1_8, k));
    let ([y2, y6], [y3, y7]) = (two_i(a2, b2, w1, k), two_i(a3, b3, w1_8, k));
    [y0, y1, y2, y3, y4, y5, y6, y7]
}

/// The factors that a radix of `2 W` takes, as a power of `w` and a number of sixteenths of a turn beyond it.
const fn factor(radix: usize, i: usize) -> (usize, usize) {
    match (radix, i) {
        (2, _) | (4, 1) | (8, 2) | (16, 4) => (1, 0),
        (4, _) | (8, 1) | (16, 2) => (2, 0),
        (8, 0) | (16, 1) => (4, 0),
        (16, 0) => (8, 0),
        (16, 3) => (2, 2),
        (16, 5) => (1, 1),
        (16, 7) => (1, 3),
        // (8, 3) and (16, 6)
        _ => (1, 2),
    }
}

/// A factor as `c` and `t`.
#[inline(always)]
fn turn_of<T: Real>(re: f64, im: f64) -> [T; 2] {
    // A sixtyfourth of what rounding loses.
    let least = if size_of::<T>() == 4 { 1.0 / (1u64 << 30) as f64 } else { 1.0 / (1u64 << 59) as f64 };
    let c = T::from_f64(if re.abs() < least { least } else { re });
    [c, T::from_f64(im / c.to_f64())]
}

/// How many values of T the table of a pass takes that follows others of this kind with `inner` blocks.
pub(in super::super) const fn table_len(radix: usize, inner: usize) -> usize {
    radix * (inner - 1)
}

/// Writes that table: `ks` gives `k` for each block, `step` is what the exponent of `w_(B r)` is among `roots` of order
/// `len`.
pub(in super::super) fn fill<T: Real>(
    radix: usize,
    roots: &Roots,
    len: usize,
    step: usize,
    ks: impl Iterator<Item = usize>,
    table: &mut [MaybeUninit<T>],
) {
    for (k, set) in ks.skip(1).zip(table.chunks_exact_mut(radix)) {
        for (i, pair) in set.chunks_exact_mut(2).enumerate() {
            let (power, sixteenths) = factor(radix, i);
            // Less than half a turn, and three sixteenths.
            let (re, im) = roots.get(power * step * k + sixteenths * len / 16);
            let [c, t] = turn_of(re, im);
            pair[0].write(c);
            pair[1].write(t);
        }
    }
}

/// Writes the table of the lane pass: for each block of L rows k L / 2 lines of `c` and of `t`, in ORDER.
pub(in super::super) fn fill_lane<T: Real>(
    lanes: usize,
    order: &[usize],
    roots: &Roots,
    len: usize,
    table: &mut [MaybeUninit<T>],
) {
    let blocks = (len / lanes).div_ceil(lanes);
    for i in 0..lanes / 2 {
        let (power, sixteenths) = factor(lanes, i);
        let steps = roots.steps(power, order, blocks);
        for (block, set) in table.chunks_exact_mut(lanes * lanes).take(blocks).enumerate() {
            let (c, t) = set[2 * lanes * i..][..2 * lanes].split_at_mut(lanes);
            let [re, im] = roots.exact_row(power * block * lanes + sixteenths * len / 16, &steps, order);
            for (((re, im), c), t) in re.into_iter().zip(im).zip(c).zip(t) {
                let [c_out, t_out] = turn_of(re, im);
                c.write(c_out);
                t.write(t_out);
            }
        }
    }
}

/// A butterfly of `R` points with its `W = R / 2` factors.
trait Fused<T: Real, V: Vector, const R: usize, const W: usize> {
    fn turned(x: &mut [Cx<T::Reg<V>>; R], w: &[Turn<T::Reg<V>>; W], k: T::Reg<V>);
}

impl<T: Real, V: Vector> Fused<T, V, 2, 1> for Radix2 {
    #[inline(always)]
    fn turned(x: &mut [Cx<T::Reg<V>>; 2], [w]: &[Turn<T::Reg<V>>; 1], k: T::Reg<V>) {
        *x = two(x[0], x[1], *w, k);
    }
}

impl<T: Real, V: Vector> Fused<T, V, 4, 2> for Radix4 {
    #[inline(always)]
    fn turned(x: &mut [Cx<T::Reg<V>>; 4], w: &[Turn<T::Reg<V>>; 2], k: T::Reg<V>) {
        *x = four(*x, *w, k);
    }
}

impl<T: Real, V: Vector> Fused<T, V, 8, 4> for Radix8<T, V> {
    #[inline(always)]
    fn turned(x: &mut [Cx<T::Reg<V>>; 8], w: &[Turn<T::Reg<V>>; 4], k: T::Reg<V>) {
        *x = eight(*x, *w, k);
    }
}

/// Tells whether [`fused_pass`] has a radix.
pub(in super::super) const fn has_fused(radix: usize) -> bool {
    matches!(radix, 2 | 4 | 8)
}

/// Runs a first or middle pass of this kind, radix 2, 4 or 8. `inner`: the blocks that differ in their twiddles, those
/// since the first pass of this kind; 1 if `FIRST`. `LAST` with any number of lanes.
///
/// # Safety
/// As [`super::pass`], with the table that [`fill`] wrote for `inner`.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise, of which each arm uses the same")]
#[inline(always)]
pub(in super::super) unsafe fn fused_pass<
    T: Real,
    V: Vector,
    const R: usize,
    const FIRST: bool,
    const LAST: bool,
    const INVERSE: bool,
>(
    v: V,
    step: Step<T>,
    inner: usize,
) {
    // SAFETY: the caller's promise is that of each arm.
    unsafe {
        match (R, step.groups) {
            (2, groups) => run::<T, V, Radix2, 2, 1, FIRST, LAST, INVERSE>(v, step, inner, groups),
            // The last pass before the lanes, its rows next to each other: known to the compiler.
            (4, 1) => run::<T, V, Radix4, 4, 2, FIRST, LAST, INVERSE>(v, step, inner, 1),
            (4, groups) => run::<T, V, Radix4, 4, 2, FIRST, LAST, INVERSE>(v, step, inner, groups),
            (8, 1) => run::<T, V, Radix8<T, V>, 8, 4, FIRST, LAST, INVERSE>(v, step, inner, 1),
            (8, groups) => run::<T, V, Radix8<T, V>, 8, 4, FIRST, LAST, INVERSE>(v, step, inner, groups),
            // No plan has another.
            _ => {}
        }
    }
}

/// # Safety
/// As [`fused_pass`]; `groups` is that of the step.
#[inline(always)]
unsafe fn run<
    T: Real,
    V: Vector,
    B: Butterfly<T, V, R> + Fused<T, V, R, W>,
    const R: usize,
    const W: usize,
    const FIRST: bool,
    const LAST: bool,
    const INVERSE: bool,
>(
    v: V,
    step: Step<T>,
    inner: usize,
    groups: usize,
) {
    let butterfly = B::new(v);
    let zero = T::Reg::<V>::splat(v, T::ZERO);
    let k_two = T::Reg::<V>::splat(v, T::from_f64(2.0));
    // It is 1 or more, which the compiler does not see: a division by 0 would be a panic.
    let inner = inner.max(1);
    let mut block = step.begin % inner;
    // One butterfly is all of its block, which the compiler shall know.
    let (from, to) = if groups == 1 { (0, 1) } else { (step.from, step.to) };
    for i in 0..step.blocks {
        let row = R * groups * i;
        // SAFETY: one place for each block; only read if LAST.
        let (out, apart) = unsafe { step.outputs::<V, LAST>(row, groups, i) };
        if FIRST || block == 0 {
            for p in from..to {
                let mut x = [Cx { re: zero, im: zero }; R];
                for (k, x) in x.iter_mut().enumerate() {
                    // SAFETY: i < blocks, p < groups and k < R: the row is below R * groups * blocks.
                    *x = unsafe { load_row::<T, V, FIRST, INVERSE>(v, &step, row + p + groups * k) };
                }
                butterfly.apply(&mut x);
                for (k, x) in x.iter().enumerate() {
                    // SAFETY: the rows just read, or if LAST, where p is 0, the places of the block, which are rows too.
                    unsafe { store_row::<T, V, LAST, INVERSE>(*x, &step, out + p + apart * k) };
                }
            }
        } else {
            let mut w = [Turn { c: zero, t: zero }; W];
            for (i, w) in w.iter_mut().enumerate() {
                let at = step.table.wrapping_add(R * (block - 1) + 2 * i);
                // SAFETY: the table has W pairs for each block but the first.
                let c = unsafe { *at };
                // SAFETY: as above.
                let t = unsafe { *at.wrapping_add(1) };
                *w = Turn { c: T::Reg::<V>::splat(v, c), t: T::Reg::<V>::splat(v, t) };
            }
            for p in from..to {
                let mut x = [Cx { re: zero, im: zero }; R];
                for (k, x) in x.iter_mut().enumerate() {
                    // SAFETY: as above.
                    *x = unsafe { load_row::<T, V, false, false>(v, &step, row + p + groups * k) };
                }
                B::turned(&mut x, &w, k_two);
                for (k, x) in x.iter().enumerate() {
                    // SAFETY: as above.
                    unsafe { store_row::<T, V, LAST, INVERSE>(*x, &step, out + p + apart * k) };
                }
            }
        }
        block += 1;
        if block == inner {
            block = 0;
        }
    }
}

/// The lane pass of sixteen lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sixteen;

/// The lane pass of eight lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eight;

/// Line `i` of the factors at `table`.
///
/// # Safety
/// `table` is valid for reads of `2 * LANES * (i + 1)` values.
#[inline(always)]
unsafe fn load_turn<T: Real, V: Vector>(v: V, table: *const T, i: usize) -> Turn<T::Reg<V>> {
    let lanes = T::Reg::<V>::LANES;
    // SAFETY: within the caller's range.
    let c = unsafe { T::Reg::<V>::load(v, table.wrapping_add(2 * lanes * i)) };
    // SAFETY: as above.
    let t = unsafe { T::Reg::<V>::load(v, table.wrapping_add(2 * lanes * i + lanes)) };
    Turn { c, t }
}

/// Columns `at..at + LANES / 2` of the lines at `rows`.
///
/// # Safety
/// As [`Float::load_half`], with `2 * LANES` values in a row.
#[inline(always)]
unsafe fn half<T: Real, V: Vector>(v: V, rows: &[*const T; MAX_LANES], at: usize) -> [Cx<T::Reg<V>>; 8] {
    // SAFETY: the caller's promise: the real halves of the lines.
    let re = unsafe { T::Reg::<V>::load_half(v, rows, at) };
    // SAFETY: the imaginary halves.
    let im = unsafe { T::Reg::<V>::load_half(v, rows, T::Reg::<V>::LANES + at) };
    let mut x = [Cx { re: re[0], im: im[0] }; 8];
    for i in 1..8 {
        x[i] = Cx { re: re[i], im: im[i] };
    }
    x
}

impl<T: Real, V: Vector> Join<T, V, 8> for Eight {
    #[inline(always)]
    fn new(_: V) -> Self {
        Self
    }

    #[inline(always)]
    fn table_len() -> usize {
        8 * 8
    }

    #[inline(always)]
    unsafe fn join(&self, v: V, rows: &[*const T; MAX_LANES], table: *const T) -> [Cx<T::Reg<V>>; 8] {
        let order = T::Reg::<V>::ORDER;
        // SAFETY: the caller's lines.
        let low = unsafe { half::<T, V>(v, rows, 0) };
        // SAFETY: as above.
        let high = unsafe { half::<T, V>(v, rows, 4) };
        let mut x = low;
        for i in 0..4 {
            x[order[i]] = low[i];
            x[order[4 + i]] = high[i];
        }
        let zero = T::Reg::<V>::splat(v, T::ZERO);
        let mut w = [Turn { c: zero, t: zero }; 4];
        for (i, w) in w.iter_mut().enumerate() {
            // SAFETY: the caller's table, of four factors.
            *w = unsafe { load_turn::<T, V>(v, table, i) };
        }
        eight(x, w, T::Reg::<V>::splat(v, T::from_f64(2.0)))
    }
}

impl<T: Real, V: Vector> Join<T, V, 16> for Sixteen {
    #[inline(always)]
    fn new(_: V) -> Self {
        Self
    }

    #[inline(always)]
    fn table_len() -> usize {
        16 * 16
    }

    #[inline(always)]
    unsafe fn join(&self, v: V, rows: &[*const T; MAX_LANES], table: *const T) -> [Cx<T::Reg<V>>; 16] {
        let k = T::Reg::<V>::splat(v, T::from_f64(2.0));
        macro_rules! w {
            ($i:literal) => {
                // SAFETY: the caller's table, of eight factors.
                unsafe { load_turn::<T, V>(v, table, $i) }
            };
        }
        // In ORDER, half the columns are lanes 0 to 3 and 8 to 11, and half of them 4 to 7 and 12 to 15: each can go its
        // first step while shuffles, which have one port, do the other.
        let w8 = w!(0);
        macro_rules! eights {
            ($at:literal) => {{
                // SAFETY: the caller's lines.
                let [x0, x1, x8, x9, x2, x3, x10, x11] = unsafe { half::<T, V>(v, rows, $at) };
                [two(x0, x8, w8, k), two(x1, x9, w8, k), two(x2, x10, w8, k), two(x3, x11, w8, k)]
            }};
        }
        let [x0, x1, x2, x3] = eights!(0);
        let [x4, x5, x6, x7] = eights!(8);
        let w4 = w!(1);
        macro_rules! fours {
            ($a:ident, $b:ident) => {{
                let ([a0, a2], [a1, a3]) = (two($a[0], $b[0], w4, k), two_i($a[1], $b[1], w4, k));
                [a0, a1, a2, a3]
            }};
        }
        let [a0, a1, a2, a3] = fours!(x0, x4);
        let [c0, c1, c2, c3] = fours!(x2, x6);
        let [b0, b1, b2, b3] = fours!(x1, x5);
        let [d0, d1, d2, d3] = fours!(x3, x7);
        // With index j of four, w^2 w_8^j and then w w_16^j and w w_16^(j + 4).
        let w2 = w!(2);
        let ([e0, e4], [f0, f4]) = (two(a0, c0, w2, k), two(b0, d0, w2, k));
        let w = w!(4);
        let ([y0, y8], [y4, y12]) = (two(e0, f0, w, k), two_i(e4, f4, w, k));
        let ([e2, e6], [f2, f6]) = (two_i(a2, c2, w2, k), two_i(b2, d2, w2, k));
        let w = w!(6);
        let ([y2, y10], [y6, y14]) = (two(e2, f2, w, k), two_i(e6, f6, w, k));
        let w2_8 = w!(3);
        let ([e1, e5], [f1, f5]) = (two(a1, c1, w2_8, k), two(b1, d1, w2_8, k));
        let w = w!(5);
        let ([y1, y9], [y5, y13]) = (two(e1, f1, w, k), two_i(e5, f5, w, k));
        let ([e3, e7], [f3, f7]) = (two_i(a3, c3, w2_8, k), two_i(b3, d3, w2_8, k));
        let w = w!(7);
        let ([y3, y11], [y7, y15]) = (two(e3, f3, w, k), two_i(e7, f7, w, k));
        [y0, y1, y2, y3, y4, y5, y6, y7, y8, y9, y10, y11, y12, y13, y14, y15]
    }
}
