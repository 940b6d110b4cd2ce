//! Short lengths of any factors: a matrix of interleaved numbers, in two or three calls.
//!
//! What a codelet of the parent module is for one length, this is for all that have two factors of at least
//! `W = LANES / 2`: `N = R M` points as `R` rows of `M` columns,
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
//! Each of these is an entry for one radix, whatever the other factors: 25 of them serve some 200 lengths, where two
//! codelets a length would be megabytes. The direction is in the constants.
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
    /// The factors of the turn, three registers each, block by block of rows.
    table: *const T,
    /// Those between the two radices of a row, likewise.
    inner: *const T,
    rows: usize,
    columns: usize,
    /// The radix of a row that the entry does not know.
    other: usize,
    /// 1 forward, -1 inverse.
    sign: T,
    /// Registers from the start of a factor to its imaginary part in this direction.
    imaginary: usize,
}

/// Does `$go!(R)` for a radix with a butterfly; `$other` for any other.
macro_rules! radices {
    ($radix:expr, $go:ident, $other:expr) => {
        match $radix {
            2 => $go!(2),
            3 => $go!(3),
            4 => $go!(4),
            5 => $go!(5),
            6 => $go!(6),
            7 => $go!(7),
            8 => $go!(8),
            9 => $go!(9),
            10 => $go!(10),
            12 => $go!(12),
            14 => $go!(14),
            15 => $go!(15),
            16 => $go!(16),
            _ => $other,
        }
    };
}

/// The same for the radices of rows that have two.
macro_rules! inner_radices {
    ($radix:expr, $go:ident, $other:expr) => {
        match $radix {
            2 => $go!(2),
            3 => $go!(3),
            4 => $go!(4),
            5 => $go!(5),
            6 => $go!(6),
            7 => $go!(7),
            8 => $go!(8),
            9 => $go!(9),
            _ => $other,
        }
    };
}

/// About how many cycles a register of a butterfly takes, times the radix.
const fn cost(radix: usize) -> usize {
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
        14 => 66,
        15 => 66,
        _ => 66,
    }
}

impl Short {
    /// Plans a length; `None` where no two factors of it have a butterfly and fill a register of the level.
    pub(in super::super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        // Where the lanes divide a length twice its lines need no turn but the last: 320 points of f32 take 275 ns so, 400
        // here, but 512 take 530 and 430.
        let lanes = lanes_of::<T>(level);
        let lines =
            level.level() != Level::Avx512 && len.is_multiple_of(lanes * lanes) && (len, lanes) != (512, 8);
        if !level.is_usual() || len * 2 * size_of::<T>() > MAX_BYTES || lines {
            return None;
        }
        // Narrower levels for what does not fill a register: their entries are there anyway.
        let levels = [
            Some(level),
            if level.level() == Level::Avx512 { Level::Avx2.prove().ok() } else { None },
            Level::Portable.prove().ok().filter(|level| level.is_usual()),
        ];
        let mut best: Option<(usize, Self)> = None;
        for rows in 2..=16 {
            if !len.is_multiple_of(rows) || !has_butterfly(rows) {
                continue;
            }
            let columns = len / rows;
            for second in 1..=9 {
                let first = columns / second;
                let fits = if second == 1 {
                    has_butterfly(first)
                } else {
                    columns.is_multiple_of(second) && is_inner(first) && is_inner(second)
                };
                if !fits {
                    continue;
                }
                for level in levels.into_iter().flatten() {
                    let lanes = lanes_of::<T>(level);
                    if lanes < 2 || rows.min(columns) < lanes / 2 {
                        continue;
                    }
                    let cost = Self::cost(rows, [first, second], lanes / 2);
                    if best.as_ref().is_none_or(|(least, _)| cost < *least)
                        && let Some(calls) = calls::<T>(level, rows, [first, second])
                    {
                        let pairs = lanes / 2;
                        let inner = 3 * lanes * rows.div_ceil(pairs) * columns;
                        let short = Self {
                            len,
                            rows,
                            columns,
                            radices: [first, second],
                            lanes,
                            inner,
                            table_len: inner + if second == 1 { 0 } else { 3 * lanes * columns },
                            matrix_len: rows * columns.next_multiple_of(pairs),
                            turned_len: if second == 1 { 0 } else { rows.next_multiple_of(pairs) * columns },
                            calls,
                        };
                        best = Some((cost, short));
                    }
                }
            }
        }
        best.map(|(_, short)| short)
    }

    fn cost(rows: usize, [first, second]: [usize; 2], pairs: usize) -> usize {
        let columns = first * second;
        let mut row = 4 * columns + second * cost(first);
        if second > 1 {
            row += 5 * columns + first * cost(second) + 4;
        }
        let all = columns.div_ceil(pairs) * (cost(rows) + 2) + rows.div_ceil(pairs) * row;
        // A wide register takes longer than a narrow one, though not twice as long.
        if pairs >= 8 { all * 3 / 2 } else { all }
    }

    /// Complex numbers of scratch that a call needs.
    pub(in super::super) const fn scratch_len<T>(&self) -> usize {
        self.matrix_len + self.turned_len + ALIGNMENT / size_of::<T>() / 2
    }

    /// Fills the table.
    pub(in super::super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let roots = twiddle::Roots::new(self.len);
        let pairs = self.lanes / 2;
        let mut factors = table.chunks_exact_mut(3 * self.lanes);
        let mut put = |root: &dyn Fn(usize) -> usize| {
            let Some(factor) = factors.next() else { return };
            for pair in 0..pairs {
                let (re, im) = roots.get(root(pair) % self.len);
                for (part, value) in [re, re, -im, im, im, -im].into_iter().enumerate() {
                    factor[part / 2 * self.lanes + 2 * pair + part % 2].write(T::from_f64(value));
                }
            }
        };
        for block in 0..self.rows.div_ceil(pairs) {
            let k1 = (block * pairs).min(self.rows - pairs);
            for n2 in 0..self.columns {
                put(&|pair| (k1 + pair) * n2);
            }
        }
        let [first, second] = self.radices;
        if second > 1 {
            for j in 0..second {
                for k in 0..first {
                    put(&|_| self.rows * j * k);
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
            imaginary: if inverse { 2 } else { 1 },
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

const fn has_butterfly(radix: usize) -> bool {
    macro_rules! yes {
        ($r:literal) => {
            true
        };
    }
    radices!(radix, yes, false)
}

const fn is_inner(radix: usize) -> bool {
    macro_rules! yes {
        ($r:literal) => {
            true
        };
    }
    inner_radices!(radix, yes, false)
}

/// The entries of a shape.
fn calls<T: Real>(level: Available, rows: usize, radices: [usize; 2]) -> Option<[Call; 3]> {
    macro_rules! columns {
        ($r:literal) => {
            level.entry::<Columns<T, $r>>()
        };
    }
    macro_rules! single {
        ($r:literal) => {
            level.entry::<Single<T, $r>>()
        };
    }
    macro_rules! first {
        ($r:literal) => {
            level.entry::<First<T, $r>>()
        };
    }
    macro_rules! second {
        ($r:literal) => {
            level.entry::<Second<T, $r>>()
        };
    }
    let columns = radices!(rows, columns, return None);
    Some(if radices[1] == 1 {
        let single = radices!(radices[0], single, return None);
        [columns, single, single]
    } else {
        let first = inner_radices!(radices[0], first, return None);
        let second = inner_radices!(radices[1], second, return None);
        [columns, first, second]
    })
}

/// Implements a step for any radix: `$at(v, step, from, to)` of `impl Step<T>`, in which `R` is the radix.
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
                // SAFETY: its caller's promise: what the step says is there.
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
/// For each: both are as long as the step's rows and columns say, and its tables were filled for this `T` and `V`.
trait Steps {
    unsafe fn columns<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
    unsafe fn single<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
    unsafe fn first<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
    unsafe fn second<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T);
}

impl<T: Real> Step<T> {
    /// The first row of a block: the last one ends with the last row.
    #[inline(always)]
    fn row<V: Vector>(&self, block: usize) -> usize {
        let pairs = T::Reg::<V>::LANES / 2;
        (block * pairs).min(self.rows - pairs)
    }

    /// Numbers from one row of the matrix to the next: whole registers, none of which overlaps another, since a load
    /// from two stores waits for both.
    #[inline(always)]
    fn pitch<V: Vector>(&self) -> usize {
        let pairs = (T::Reg::<V>::LANES / 2).max(1);
        self.columns.div_ceil(pairs) * pairs
    }

    #[inline(always)]
    fn blocks<V: Vector>(&self) -> usize {
        self.rows.div_ceil((T::Reg::<V>::LANES / 2).max(1))
    }

    /// `x` times factor `i` of a table.
    ///
    /// # Safety
    /// The table holds more than `i` factors.
    #[inline(always)]
    unsafe fn times<V: Vector>(&self, v: V, x: T::Reg<V>, table: *const T, i: usize) -> T::Reg<V> {
        let p = table.wrapping_add(3 * T::Reg::<V>::LANES * i);
        // SAFETY: the first register of the factor.
        let re = unsafe { T::Reg::<V>::load(v, p) };
        // SAFETY: the second or the third.
        let im = unsafe { T::Reg::<V>::load(v, p.wrapping_add(T::Reg::<V>::LANES * self.imaginary)) };
        x.swap_pairs().mul_add(im, x * re)
    }
}

macro_rules! steps {
    ($($r:literal)*) => {
        $(impl Steps for Radix<$r> {
            #[inline(always)]
            unsafe fn columns<T: Real, V: Vector>(v: V, step: Step<T>, from: *const T, to: *mut T) {
                let pairs = T::Reg::<V>::LANES / 2;
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
                        // SAFETY: likewise, of the matrix.
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
                let pairs = T::Reg::<V>::LANES / 2;
                let roots = Roots::<T, V>::turning(v, step.sign);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                // Rows are at least as long as a register: this is for the compiler, which sees all radices.
                if $r < pairs {
                    return;
                }
                let pitch = step.pitch::<V>();
                for block in 0..step.blocks::<V>() {
                    let k1 = step.row::<V>(block);
                    let mut x = [zero; $r];
                    for i in 0..($r as usize).div_ceil(pairs.max(1)) {
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
                        *x = unsafe { step.times(v, *x, step.table, $r * block + n2) };
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
                let pairs = lanes / 2;
                let roots = Roots::<T, V>::turning(v, step.sign);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
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
                            let x = unsafe { step.times(v, column, step.table, step.columns * block + n2) };
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
                            let x = unsafe { step.times(v, x, step.inner, $r * j + k) };
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

steps!(2 3 4 5 6 7 8 9 10 12 14 15 16);
