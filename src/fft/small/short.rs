//! Short lengths of any factors: a matrix of interleaved numbers, in two or three calls.
//!
//! What a codelet of the parent module is for one length, this is for short lengths that have two factors of at least
//! `W = LANES / 2`, made of radices with butterflies: `N = R M` points as `R` rows of `M` columns,
//!
//! ```text
//!   columns   x[M n1 + n2], lanes along n2: radix R over n1, to scratch
//!   rows      W x W numbers at a time turned, so that lanes go along k1; times w_N^(n2 k1); radix M over n2
//!   output    X[k1 + R k2], consecutive in k1
//! ```
//!
//! and where M itself is a product `P Q` its radices are two: the first leaves its results in scratch. Where W does not
//! divide M or R, the last register begins early enough to end with the last one, and what it shares with its
//! neighbour is computed twice.
//!
//! Each of these is an entry for one radix, whatever the other factors: some 30 of them serve some 90 lengths of f32,
//! where two codelets a length would be megabytes. The direction is in the constants.
//!
//! # Source
//! As the parent module.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::butterfly::{Butterfly, Roots};
use super::{Call, Real};
use crate::fft::mixed::{ALIGNMENT, align, lanes_of};
use crate::fft::twiddle;
use crate::simd::{Available, Float, Level, Routine, Vector};

/// The most bytes of points: beyond, the passes of lines are faster.
const MAX_BYTES: usize = 5600;

/// The largest radix of the columns, and of the second step along rows that have two.
const MAX_ROWS: usize = 16;
const MAX_INNER: usize = 9;

/// A transform of a short length.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Short {
    pub(in super::super) len: usize,
    rows: usize,
    columns: usize,
    /// The radices of a row: `columns` and 1, or two.
    radices: [usize; 2],
    /// Of the registers that it runs on.
    lanes: usize,
    /// Where the factors between the radices of a row start in the table.
    inner: usize,
    /// Values of T in the table.
    pub(in super::super) table_len: usize,
    /// Complex numbers of the matrix, and of the registers between the radices of a row.
    matrix_len: usize,
    turned_len: usize,
    /// Of the three steps; the last one is the second where a row has one radix.
    calls: [Call; 3],
}

/// What a step needs to know.
struct Step<T> {
    /// The factors of the turn, two registers each, block by block of rows.
    table: *const T,
    /// Those between the two radices of a row, likewise.
    inner: *const T,
    rows: usize,
    columns: usize,
    /// The radix of a row that the entry does not know.
    other: usize,
    /// 1 forward, -1 inverse.
    sign: T,
}

/// About how many cycles a butterfly takes, one register a point.
const fn butterfly_cost(radix: usize) -> usize {
    match radix {
        2 => 4,
        3 => 8,
        4 => 10,
        5 => 16,
        6 => 18,
        7 => 28,
        8 => 24,
        9 => 34,
        10 => 38,
        12 => 42,
        _ => 66,
    }
}

impl Short {
    /// Plans a length; `None` for one of more than [`MAX_BYTES`], where the passes of lines are faster, one without radices
    /// that have butterflies (for the rows, and one or two along them), or one with sides shorter than half the lanes.
    pub(in super::super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        // Where the lanes divide a length twice its lines need no turn but the last: at AVX2 320 points of f32 take 190 ns in
        // lines and 275 here. Of sixteen lanes that holds for powers of two alone: 512 points 270 and 320, 192 130 and 99.
        let lanes = lanes_of::<T>(level);
        let lines =
            len.is_multiple_of(lanes * lanes) && (level.level() != Level::Avx512 || len.is_power_of_two());
        if !level.is_usual() || len * 2 * size_of::<T>() > MAX_BYTES || lines {
            return None;
        }
        // Also half as wide, for what does not fill the widest registers.
        let narrower = if level.level() == Level::Avx512 { Level::Avx2.prove().ok() } else { None };
        let mut best: Option<(usize, Self)> = None;
        for rows in (2..=MAX_ROWS).filter(|&rows| len.is_multiple_of(rows)) {
            let columns = len / rows;
            for second in (1..=MAX_INNER).filter(|&second| columns.is_multiple_of(second)) {
                for level in [Some(level), narrower].into_iter().flatten() {
                    if let Some(short) = Self::of::<T>(level, rows, [columns / second, second]) {
                        let cost = short.cost(level);
                        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                            best = Some((cost, short));
                        }
                    }
                }
            }
        }
        best.map(|(_, short)| short)
    }

    /// Plans one shape; `None` where it has no entries, or a side is shorter than half the lanes.
    fn of<T: Real>(level: Available, rows: usize, radices: [usize; 2]) -> Option<Self> {
        let lanes = lanes_of::<T>(level);
        let pairs = lanes / 2;
        let [first, second] = radices;
        let columns = first * second;
        if !level.is_usual() || pairs == 0 || rows.min(columns) < pairs {
            return None;
        }
        let calls = calls::<T>(level, rows, radices)?;
        let inner = 2 * lanes * rows.div_ceil(pairs) * columns;
        let (inner_len, turned_len) =
            if second == 1 { (0, 0) } else { (2 * lanes * columns, rows.next_multiple_of(pairs) * columns) };
        Some(Self {
            len: rows * columns,
            rows,
            columns,
            radices,
            lanes,
            inner,
            table_len: inner + inner_len,
            matrix_len: rows * columns.next_multiple_of(pairs),
            turned_len,
            calls,
        })
    }

    /// About how many cycles it takes, measured at AVX2 and AVX-512 (Sapphire Rapids) over all shapes of 50 lengths: the
    /// least is at most a tenth slower than the fastest.
    fn cost(&self, level: Available) -> usize {
        let [first, second] = self.radices;
        let pairs = self.lanes / 2;
        // Along a row: the turn with its factors, then the radices with what is between them.
        let mut row = 4 * self.columns + second * butterfly_cost(first);
        if second > 1 {
            row += 5 * self.columns + first * butterfly_cost(second) + 4;
        }
        let columns = self.columns.div_ceil(pairs) * (butterfly_cost(self.rows) + 2);
        let all = columns + self.rows.div_ceil(pairs) * row;
        // A wide register takes longer than a narrow one, though not twice as long.
        if level.level() == Level::Avx512 { all * 3 / 2 } else { all }
    }

    /// Complex numbers of scratch that a call needs.
    pub(in super::super) const fn scratch_len<T>(&self) -> usize {
        self.matrix_len + self.turned_len + ALIGNMENT / size_of::<T>() / 2
    }

    /// Fills the table.
    pub(in super::super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let roots = twiddle::Roots::new(self.len);
        let pairs = self.lanes / 2;
        let mut factors = table.chunks_exact_mut(2 * self.lanes);
        // Root `first` in the first pair, `each` more in each other.
        let mut put = |first: usize, each: usize| {
            let Some(factor) = factors.next() else { return };
            for pair in 0..pairs {
                let (re, im) = roots.get(first + each * pair);
                for (part, value) in [re, re, -im, im].into_iter().enumerate() {
                    factor[part / 2 * self.lanes + 2 * pair + part % 2].write(T::from_f64(value));
                }
            }
        };
        for block in 0..self.rows.div_ceil(pairs) {
            let k1 = (block * pairs).min(self.rows - pairs);
            for n2 in 0..self.columns {
                put(k1 * n2, n2);
            }
        }
        let [first, second] = self.radices;
        if second > 1 {
            for j in 0..second {
                for k in 0..first {
                    put(self.rows * j * k, 0);
                }
            }
        }
    }

    /// Runs the transform.
    ///
    /// # Safety
    /// `table` was filled by [`Short::fill`] for this `T`; `input` is valid for reads and `output` for writes of `len`
    /// complex numbers, `scratch` for both of [`Short::scratch_len`]; input and output are the same or do not overlap,
    /// and neither overlaps scratch.
    #[inline(always)]
    pub(in super::super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) {
        let [first, second] = self.radices;
        let mut step = Step {
            table,
            inner: table.wrapping_add(self.inner),
            rows: self.rows,
            columns: self.columns,
            other: second,
            sign: if inverse { T::from_f64(-1.0) } else { T::from_f64(1.0) },
        };
        let matrix = align(scratch);
        let at: *const Step<T> = &raw const step;
        self.calls[0].call(at.cast(), input.cast(), matrix.cast());
        if second == 1 {
            self.calls[1].call(at.cast(), matrix.cast(), output.cast());
        } else {
            let turned = matrix.wrapping_add(2 * self.matrix_len);
            self.calls[1].call(at.cast(), matrix.cast(), turned.cast());
            step.other = first;
            let at: *const Step<T> = &raw const step;
            self.calls[2].call(at.cast(), turned.cast(), output.cast());
        }
    }
}

/// The entries of a shape; `None` where a radix has none. Each list has the radices that some length takes.
fn calls<T: Real>(level: Available, rows: usize, [first, second]: [usize; 2]) -> Option<[Call; 3]> {
    macro_rules! entry {
        ($step:ident, $radix:expr; $($r:literal)*) => {
            match $radix {
                $($r => level.entry::<$step<T, $r>>(),)*
                _ => return None,
            }
        };
    }
    let columns = entry!(Columns, rows; 4 5 6 7 8 9 10 12 14 15 16);
    Some(if second == 1 {
        let single = entry!(Single, first; 4 5 6 7 8 9 10 12 14 15);
        [columns, single, single]
    } else {
        [columns, entry!(First, first; 4 5 6 7 8 9), entry!(Second, second; 3 4 5 6 7 8 9)]
    })
}

/// Implements a step for any radix by a function of [`Steps`].
macro_rules! step {
    ($(#[$doc:meta])* $name:ident, $at:ident) => {
        $(#[$doc])*
        struct $name<T, const R: usize>(PhantomData<T>);

        impl<T: Real, const R: usize> Routine for $name<T, R>
        where
            Radix<R>: Steps,
        {
            type A = *const ();
            type B = *const ();
            type C = *mut ();
            type Output = ();

            #[inline(always)]
            fn run<V: Vector>(v: V, step: *const (), from: *const (), to: *mut ()) {
                if const { !V::USUAL } {
                    return;
                }
                // SAFETY: `Short::run` alone calls this, with a step of its own.
                let step = unsafe { step.cast::<Step<T>>().read() };
                // SAFETY: `Short::run` hands on its caller's input, output and table, and parts of scratch as long as
                // `scratch_len` counts; `of` took sides of at least half of this entry's lanes.
                unsafe { Radix::<R>::$at::<T, V>(v, step, from.cast(), to.cast()) };
            }
        }
    };
}

step! {
    /// Radix R down the columns, from the input to the matrix.
    Columns, columns
}
step! {
    /// The turn and the transforms along the rows by radix R alone, from the matrix to the output.
    Single, single
}
step! {
    /// The turn and the first of two radices along the rows, from the matrix to registers block by block.
    First, first
}
step! {
    /// The second radix, from there to the output.
    Second, second
}

/// A radix as a type.
struct Radix<const R: usize>;

/// The steps of one radix, from `from` to `to`, which do not overlap.
///
/// # Safety
/// For each: rows and columns are at least `LANES / 2`; `from` and `to` hold what the step reads and writes: all numbers of
/// the input or the output, `rows * pitch` of the matrix, `blocks * columns` registers between the radices; the tables were
/// filled for this `T` and for as many lanes as `V` has.
trait Steps {
    unsafe fn columns<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
    unsafe fn single<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
    unsafe fn first<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
    unsafe fn second<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
}

/// Complex numbers of a register: one for the compiler where a level has no pairs, which no plan takes.
#[inline(always)]
const fn pairs<T: Real, V: Vector>() -> usize {
    if T::Reg::<V>::LANES < 2 { 1 } else { T::Reg::<V>::LANES / 2 }
}

impl<T: Real> Step<T> {
    /// The first row of a block: the last one ends with the last row.
    #[inline(always)]
    fn row<V: Vector>(&self, block: usize) -> usize {
        (block * pairs::<T, V>()).min(self.rows - pairs::<T, V>())
    }

    /// Numbers from one row of the matrix to the next: whole registers, none of which overlaps another, since a load
    /// from two stores waits for both.
    #[inline(always)]
    fn pitch<V: Vector>(&self) -> usize {
        self.columns.next_multiple_of(pairs::<T, V>())
    }

    #[inline(always)]
    fn blocks<V: Vector>(&self) -> usize {
        self.rows.div_ceil(pairs::<T, V>())
    }

    /// `x` times factor `i` of a table.
    ///
    /// # Safety
    /// The table holds more than `i` factors.
    #[inline(always)]
    unsafe fn times<V: Vector>(x: T::Reg<V>, table: *const T, i: usize, v: V, sign: T::Reg<V>) -> T::Reg<V> {
        let p = table.wrapping_add(2 * T::Reg::<V>::LANES * i);
        // SAFETY: the first register of the factor.
        let re = unsafe { T::Reg::<V>::load(v, p) };
        // SAFETY: the second.
        let im = unsafe { T::Reg::<V>::load(v, p.wrapping_add(T::Reg::<V>::LANES)) };
        x.swap_pairs().mul_add(im * sign, x * re)
    }
}

macro_rules! steps {
    ($($r:literal)*) => {
        $(impl Steps for Radix<$r> {
            #[inline(always)]
            unsafe fn columns<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T) {
                let pairs = pairs::<T, V>();
                let roots = Roots::<T, V>::turning(v, step.sign);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                let pitch = step.pitch::<V>();
                let mut at = 0;
                loop {
                    let n2 = at.min(step.columns - pairs);
                    let mut x = [zero; $r];
                    for (n1, x) in x.iter_mut().enumerate() {
                        // SAFETY: n2 + pairs is at most M, and n1 is below R.
                        *x = unsafe { T::Reg::<V>::load(v, from.wrapping_add(2 * (step.columns * n1 + n2))) };
                    }
                    Butterfly::<_, $r>::apply::<false>(&roots, &mut x);
                    for (k1, x) in x.iter().enumerate() {
                        // SAFETY: at + pairs is at most the pitch, and k1 is below R: the matrix has R rows of it.
                        unsafe { x.store(to.wrapping_add(2 * (pitch * k1 + at))) };
                    }
                    at += pairs;
                    if at >= step.columns {
                        break;
                    }
                }
            }

            #[inline(always)]
            unsafe fn single<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T) {
                let pairs = pairs::<T, V>();
                let roots = Roots::<T, V>::turning(v, step.sign);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                let sign = T::Reg::<V>::splat(v, step.sign);
                // Rows are at least as long as a register: this is for the compiler, which sees all radices.
                if $r < pairs {
                    return;
                }
                let pitch = step.pitch::<V>();
                for block in 0..step.blocks::<V>() {
                    let k1 = step.row::<V>(block);
                    let mut x = [zero; $r];
                    for i in 0..($r as usize).div_ceil(pairs) {
                        let n2 = if pairs * i + pairs > $r { $r - pairs } else { pairs * i };
                        let at = from.wrapping_add(2 * (pitch * k1 + pairs * i));
                        // SAFETY: rows k1..k1 + pairs of the matrix, register i of each.
                        let columns = unsafe { T::Reg::<V>::load_pair_columns(v, at, 2 * pitch) };
                        for (j, column) in columns.into_iter().enumerate().take(pairs) {
                            x[n2 + j] = column;
                        }
                    }
                    for (n2, x) in x.iter_mut().enumerate().skip(1) {
                        // SAFETY: `fill` wrote R factors for each block.
                        *x = unsafe { Step::times(*x, step.table, $r * block + n2, v, sign) };
                    }
                    Butterfly::<_, $r>::apply::<false>(&roots, &mut x);
                    for (k2, x) in x.iter().enumerate() {
                        // SAFETY: k1 + pairs is at most the rows, and k2 is below R.
                        unsafe { x.store(to.wrapping_add(2 * (k1 + step.rows * k2))) };
                    }
                }
            }

            #[inline(always)]
            unsafe fn first<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T) {
                let lanes = T::Reg::<V>::LANES;
                let pairs = pairs::<T, V>();
                let roots = Roots::<T, V>::turning(v, step.sign);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                let sign = T::Reg::<V>::splat(v, step.sign);
                let pitch = step.pitch::<V>();
                for block in 0..step.blocks::<V>() {
                    let k1 = step.row::<V>(block);
                    let to = to.wrapping_add(lanes * step.columns * block);
                    let mut at = 0;
                    loop {
                        let n2 = at.min(step.columns - pairs);
                        let corner = from.wrapping_add(2 * (pitch * k1 + at));
                        // SAFETY: rows k1..k1 + pairs of the matrix, one register of each.
                        let columns = unsafe { T::Reg::<V>::load_pair_columns(v, corner, 2 * pitch) };
                        for (j, &column) in columns.iter().enumerate().take(pairs) {
                            let n2 = n2 + j;
                            // SAFETY: `fill` wrote M factors for each block.
                            let x = unsafe { Step::times(column, step.table, step.columns * block + n2, v, sign) };
                            // SAFETY: M registers for each block.
                            unsafe { x.store(to.wrapping_add(lanes * n2)) };
                        }
                        at += pairs;
                        if at >= step.columns {
                            break;
                        }
                    }
                    for j in 0..step.other {
                        let mut x = [zero; $r];
                        for (i, x) in x.iter_mut().enumerate() {
                            // SAFETY: register j + Q i of the block, which the loop above wrote.
                            *x = unsafe {
                                T::Reg::<V>::load(v, to.cast_const().wrapping_add(lanes * (j + step.other * i)))
                            };
                        }
                        Butterfly::<_, $r>::apply::<false>(&roots, &mut x);
                        for (k, &x) in x.iter().enumerate() {
                            // SAFETY: `fill` wrote P Q factors.
                            let x = unsafe { Step::times(x, step.inner, $r * j + k, v, sign) };
                            // SAFETY: where they came from.
                            unsafe { x.store(to.wrapping_add(lanes * (j + step.other * k))) };
                        }
                    }
                }
            }

            #[inline(always)]
            unsafe fn second<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T) {
                let lanes = T::Reg::<V>::LANES;
                let roots = Roots::<T, V>::turning(v, step.sign);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                for block in 0..step.blocks::<V>() {
                    let k1 = step.row::<V>(block);
                    let from = from.wrapping_add(lanes * step.columns * block);
                    for k in 0..step.other {
                        let mut x = [zero; $r];
                        for (j, x) in x.iter_mut().enumerate() {
                            // SAFETY: register j + Q k of the block.
                            *x = unsafe { T::Reg::<V>::load(v, from.wrapping_add(lanes * ($r * k + j))) };
                        }
                        Butterfly::<_, $r>::apply::<false>(&roots, &mut x);
                        for (q, x) in x.iter().enumerate() {
                            // SAFETY: k1 + pairs is at most the rows, and k + P q is below M.
                            unsafe { x.store(to.wrapping_add(2 * (k1 + step.rows * (k + step.other * q)))) };
                        }
                    }
                }
            }
        })*
    };
}

steps!(3 4 5 6 7 8 9 10 12 14 15 16);

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use num_complex::Complex;

    use super::*;
    use crate::fft::dft;

    /// Every shape that has entries, chosen by a length or not: both directions against the definition, out of place and
    /// in place, in scratch of just the length, dirty and unaligned.
    fn check<T: Real + Into<f64>>(most: usize, floor: f64) {
        let mark = T::from_f64(f64::NAN);
        let mut seed = 1u64;
        for level in Level::available() {
            let level = level.prove().expect("available");
            for (rows, first, second) in (4..=MAX_ROWS)
                .flat_map(|r| (4..=15).flat_map(move |p| (1..=MAX_INNER).map(move |q| (r, p, q))))
                .filter(|(r, p, q)| r * p * q <= most)
            {
                let Some(short) = Short::of::<T>(level, rows, [first, second]) else { continue };
                let len = short.len;
                let mut noise = || {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    T::from_f64((seed >> 40) as f64 / f64::from(1 << 23) - 1.0)
                };
                let x: Vec<T> = (0..2 * len).map(|_| noise()).collect();
                let exact: Vec<_> =
                    x.chunks_exact(2).map(|x| Complex::new(x[0].into(), x[1].into())).collect();
                let mut want = vec![Complex::default(); len];
                dft::all(&exact, &mut want).expect("of the same length");
                let mut table = vec![MaybeUninit::new(mark); short.table_len];
                short.fill(&mut table);
                let table = table.as_ptr().cast::<T>();
                for inverse in [false, true] {
                    let mut scratch = vec![mark; 2 * short.scratch_len::<T>() + 1];
                    let mut out = vec![mark; 2 * len];
                    let mut place = x.clone();
                    let unaligned = scratch[1..].as_mut_ptr();
                    // SAFETY: all is as long as it must be, and apart.
                    unsafe { short.run(table, x.as_ptr(), out.as_mut_ptr(), unaligned, inverse) };
                    let data = place.as_mut_ptr();
                    // SAFETY: as above, in place.
                    unsafe { short.run(table, data.cast_const(), data, scratch.as_mut_ptr(), inverse) };
                    let (mut signal, mut error) = (0.0, 0.0);
                    for (k, got) in out.chunks_exact(2).enumerate() {
                        // An inverse is the forward transform read backwards.
                        let want = want[if inverse { (len - k) % len } else { k }];
                        signal += want.norm_sqr();
                        error += (Complex::new(got[0].into(), got[1].into()) - want).norm_sqr();
                    }
                    let db = 10.0 * libm::log10(signal / error);
                    assert!(
                        db > floor,
                        "{rows} x {first} x {second} {} inverse {inverse}: {db}",
                        level.level()
                    );
                    assert!(
                        out.iter().zip(&place).all(|(&a, &b)| a.into().to_bits() == b.into().to_bits()),
                        "{rows} x {first} x {second} in place"
                    );
                }
            }
        }
    }

    #[test]
    fn every_shape_agrees_with_the_definition() {
        // The definition takes a second for them in debug builds.
        let most = if cfg!(debug_assertions) { 150 } else { 700 };
        check::<f32>(most, 134.0);
        check::<f64>(most, 300.0);
    }

    #[test]
    fn takes_lengths_at_the_usual_levels() {
        for level in Level::available() {
            let level = level.prove().expect("available");
            assert_eq!(
                Short::new::<f32>(100, level).is_some(),
                level.is_usual() && level.level() != Level::Scalar
            );
        }
    }
}
