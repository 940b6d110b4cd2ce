//! Codelets: short transforms, complex and real, each one straight run of instructions.
//!
//! Below some 256 points a call of every pass, scratch and counted loops cost as much as the arithmetic. A codelet is one
//! call of an entry that was chosen when the plan was made, its arguments in registers, and knows its length. It takes
//! `N = R C` points as `R` rows of `C` (Cooley and Tukey), interleaved as they come, `W = LANES / 2` to a register:
//!
//! ```text
//!   columns   x[C n1 + n2], lanes along n2: radix R over n1
//!   turn      W x W numbers at a time, so that lanes go along k1
//!   rows      times w_N^(n2 k1), radix C over n2
//!   output    X[k1 + R k2], consecutive in k1
//! ```
//!
//! # Source
//! Cooley and Tukey, An algorithm for the machine calculation of complex Fourier series, Math. Comp. 19, 1965.

mod butterfly;
mod real;
mod short;

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::Real;
use crate::simd::{Available, Entry, Float, Kernel, Routine, Vector};
use butterfly::{Butterfly, Roots};

pub(super) use real::SmallReal;
pub(super) use short::Short;

/// The most points of a codelet.
const MAX_POINTS: usize = 256;

/// A call without its type, since a plan has none: table, input, output.
type Call = Entry<*const (), *const (), *mut ()>;

/// A complex transform by a codelet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Small {
    pub(super) len: usize,
    /// Rows and columns.
    shape: (usize, usize),
    /// Of the registers that it runs on.
    lanes: usize,
    /// Values of T in the table.
    pub(super) table_len: usize,
    forward: Call,
    inverse: Call,
}

/// Does `$go!(R, C)` for the shape of a complex length; `$other` for a length without a codelet.
macro_rules! shapes {
    ($len:expr, $go:ident, $other:expr) => {
        match $len {
            4 => $go!(2, 2),
            6 => $go!(2, 3),
            8 => $go!(4, 2),
            9 => $go!(3, 3),
            10 => $go!(2, 5),
            12 => $go!(4, 3),
            14 => $go!(2, 7),
            15 => $go!(3, 5),
            16 => $go!(4, 4),
            18 => $go!(6, 3),
            20 => $go!(4, 5),
            21 => $go!(3, 7),
            24 => $go!(4, 6),
            27 => $go!(3, 9),
            30 => $go!(6, 5),
            32 => $go!(8, 4),
            36 => $go!(4, 9),
            48 => $go!(4, 12),
            60 => $go!(4, 15),
            64 => $go!(8, 8),
            120 => $go!(8, 15),
            128 => $go!(16, 8),
            240 => $go!(16, 15),
            256 => $go!(16, 16),
            _ => $other,
        }
    };
}
use shapes;

impl Small {
    /// `None` where there is no codelet for the length at this level.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        if !level.is_usual() {
            return None;
        }
        let lanes = level.run(Lanes::<T>(PhantomData));
        macro_rules! plan {
            ($r:literal, $c:literal) => {
                lanes.into_iter().find(|&lanes| fits::<$r, $c>(lanes)).map(|lanes| Self {
                    len,
                    shape: ($r, $c),
                    lanes,
                    table_len: table_len($r, $c, lanes),
                    forward: level.entry::<Complex<T, $r, $c, false>>(),
                    inverse: level.entry::<Complex<T, $r, $c, true>>(),
                })
            };
        }
        shapes!(len, plan, None)
    }

    /// Fills the table.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        fill(self.shape.0, self.shape.1, self.lanes, table);
    }

    /// Runs the transform.
    ///
    /// # Safety
    /// `table` was filled by [`Small::fill`] for this `T`; `input` is valid for reads and `output` for writes of `len`
    /// complex numbers; the two are the same or do not overlap.
    #[inline(always)]
    pub(super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        inverse: bool,
    ) {
        let call = if inverse { self.inverse } else { self.forward };
        call.call(table.cast(), input.cast(), output.cast());
    }
}

/// Whether registers of `lanes` lanes take a shape: rows and columns for at least one register.
const fn fits<const R: usize, const C: usize>(lanes: usize) -> bool {
    let pairs = lanes / 2;
    pairs > 0 && R >= pairs && C >= pairs
}

/// The lanes of a level and of the two that are next narrower, those that a codelet may run at.
struct Lanes<T>(PhantomData<T>);

impl<T: Real> Kernel for Lanes<T> {
    type Output = [usize; 3];
    #[inline(always)]
    fn run<V: Vector>(self, _: V) -> [usize; 3] {
        [T::Reg::<V>::LANES, T::Reg::<V::Narrow>::LANES, T::Reg::<<V::Narrow as Vector>::Narrow>::LANES]
    }
}

/// Does `$at(token, arguments)` with the widest registers that fit a shape, in the entry of the level it is in.
macro_rules! fitting {
    ($t:ident, $fits:expr, $at:path, $v:ident: $vector:ident, $($argument:expr),*) => {{
        let (narrow, narrower) = ($v.narrow(), $v.narrow().narrow());
        // Constants, so that only the one that fits is compiled.
        if const { !<$vector as Vector>::USUAL } {
            // No plan has one.
        } else if const { $fits($t::Reg::<$vector>::LANES) } {
            $at($v, $($argument),*)
        } else if const { $fits($t::Reg::<$vector::Narrow>::LANES) } {
            $at(narrow, $($argument),*)
        } else if const { $fits($t::Reg::<<$vector::Narrow as Vector>::Narrow>::LANES) } {
            $at(narrower, $($argument),*)
        }
    }};
}
use fitting;

/// Values of T in the table of a shape: for each block of rows `C - 1` factors of two registers.
const fn table_len(r: usize, c: usize, lanes: usize) -> usize {
    2 * lanes * r.div_ceil(lanes / 2) * (c - 1)
}

/// The codelet of a complex transform.
struct Complex<T, const R: usize, const C: usize, const INVERSE: bool>(PhantomData<T>);

impl<T: Real, const R: usize, const C: usize, const INVERSE: bool> Routine for Complex<T, R, C, INVERSE>
where
    Shape<R, C>: Codelet,
{
    type A = *const ();
    type B = *const ();
    type C = *mut ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, table: *const (), input: *const (), output: *mut ()) {
        fitting!(T, fits::<R, C>, Self::at, v: V, table.cast(), input.cast(), output.cast());
    }
}

impl<T: Real, const R: usize, const C: usize, const INVERSE: bool> Complex<T, R, C, INVERSE>
where
    Shape<R, C>: Codelet,
{
    #[inline(always)]
    fn at<V: Vector>(v: V, table: *const T, input: *const T, output: *mut T) {
        // SAFETY: only `Small::run` calls this, whose caller promises `R * C` complex numbers and the table.
        unsafe { Shape::<R, C>::run::<T, V, _, INVERSE>(v, table, Plain(input), output) }
    }
}

/// Where a codelet has its points from.
trait Source<T: Real, V: Vector>: Copy {
    /// Points `n..n + LANES / 2`.
    ///
    /// # Safety
    /// All of them are points of the source.
    unsafe fn load(self, v: V, n: usize) -> T::Reg<V>;
}

/// Complex numbers in memory.
struct Plain<T>(*const T);

impl<T> Clone for Plain<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Plain<T> {}

impl<T: Real, V: Vector> Source<T, V> for Plain<T> {
    #[inline(always)]
    unsafe fn load(self, v: V, n: usize) -> T::Reg<V> {
        // SAFETY: the caller's promise.
        unsafe { T::Reg::<V>::load(v, self.0.wrapping_add(2 * n)) }
    }
}

/// Memory of a codelet between its columns and its rows; what the compiler keeps in registers never goes there.
#[repr(C, align(64))]
struct Buffer<T>(MaybeUninit<[T; 2 * MAX_POINTS]>);

impl<T> Buffer<T> {
    #[inline(always)]
    const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// `R` rows of `C` points.
struct Shape<const R: usize, const C: usize>;

trait Codelet {
    /// # Safety
    /// The source has `R * C` points, `output` is valid for writes of as many complex numbers, and the table was filled
    /// for this `T` and `V`, which fit the shape. All is read before anything is written.
    unsafe fn run<T: Real, V: Vector, S: Source<T, V>, const INVERSE: bool>(
        v: V,
        table: *const T,
        source: S,
        output: *mut T,
    );
}

macro_rules! codelet {
    ($r:literal, $c:literal) => {
        impl Codelet for Shape<$r, $c> {
            #[inline(always)]
            unsafe fn run<T: Real, V: Vector, S: Source<T, V>, const INVERSE: bool>(
                v: V,
                table: *const T,
                source: S,
                output: *mut T,
            ) {
                let pairs = T::Reg::<V>::LANES / 2;
                let roots = Roots::<T, V>::new(v);
                let zero = T::Reg::<V>::splat(v, T::ZERO);
                let mut buffer = Buffer::<T>::new();
                let buffer = buffer.0.as_mut_ptr().cast::<T>();
                // Registers do not overlap in the buffer, since a load from two stores waits for both.
                let pitch = ($c as usize).div_ceil(pairs) * pairs;
                for i in 0..pitch / pairs {
                    // Where registers do not divide the row, the last one starts earlier: what two share comes out the
                    // same from both.
                    let n2 = if pairs * i + pairs > $c { $c - pairs } else { pairs * i };
                    let mut x = [zero; $r];
                    for (n1, x) in x.iter_mut().enumerate() {
                        // SAFETY: n2 + pairs is at most C, and n1 is below R.
                        *x = unsafe { source.load(v, $c * n1 + n2) };
                    }
                    Butterfly::<_, $r>::apply::<INVERSE>(&roots, &mut x);
                    for (k1, x) in x.iter().enumerate() {
                        // SAFETY: likewise, of the buffer, which holds as many points as any codelet has.
                        unsafe { x.store(buffer.wrapping_add(2 * (pitch * k1 + pairs * i))) };
                    }
                }
                for block in 0..($r as usize).div_ceil(pairs) {
                    let k1 = if pairs * block + pairs > $r { $r - pairs } else { pairs * block };
                    let mut x = [zero; $c];
                    for i in 0..pitch / pairs {
                        let n2 = if pairs * i + pairs > $c { $c - pairs } else { pairs * i };
                        let at = buffer.wrapping_add(2 * (pitch * k1 + pairs * i));
                        // SAFETY: rows k1..k1 + pairs of the buffer, register i of each, all written above.
                        let columns = unsafe { T::Reg::<V>::load_pair_columns(v, at, 2 * pitch) };
                        for (j, column) in columns.into_iter().enumerate().take(pairs) {
                            x[n2 + j] = column;
                        }
                    }
                    let factors = table.wrapping_add(4 * pairs * ($c - 1) * block);
                    for (n2, x) in x.iter_mut().enumerate().skip(1) {
                        // SAFETY: `fill` wrote C - 1 factors for each block.
                        *x = unsafe { roots.times::<INVERSE>(*x, factors, n2 - 1) };
                    }
                    Butterfly::<_, $c>::apply::<INVERSE>(&roots, &mut x);
                    for (k2, x) in x.iter().enumerate() {
                        // SAFETY: k1 + pairs is at most R, and k2 is below C.
                        unsafe { x.store(output.wrapping_add(2 * (k1 + $r * k2))) };
                    }
                }
            }
        }
    };
}

codelet!(2, 2);
codelet!(2, 3);
codelet!(4, 2);
codelet!(3, 3);
codelet!(2, 5);
codelet!(4, 3);
codelet!(2, 7);
codelet!(3, 5);
codelet!(4, 4);
codelet!(6, 3);
codelet!(4, 5);
codelet!(3, 7);
codelet!(4, 6);
codelet!(3, 9);
codelet!(6, 5);
codelet!(8, 4);
codelet!(4, 9);
codelet!(4, 12);
codelet!(4, 15);
codelet!(8, 8);
codelet!(8, 15);
codelet!(16, 8);
codelet!(16, 15);
codelet!(16, 16);

/// Writes the table of a shape of `r` rows and `c` columns: for each block of rows `k1`, one a pair of lanes, the factors
/// `w_N^(n2 k1)`, n2 from 1.
fn fill<T: Real>(r: usize, c: usize, lanes: usize, table: &mut [MaybeUninit<T>]) {
    let roots = super::twiddle::Roots::new(r * c);
    let mut registers = table.chunks_exact_mut(2 * lanes);
    let pairs = lanes / 2;
    for block in 0..r.div_ceil(pairs) {
        for n2 in 1..c {
            let Some(factor) = registers.next() else { return };
            for pair in 0..pairs {
                let k1 = (block * pairs).min(r - pairs) + pair;
                let (re, im) = roots.get(k1 * n2);
                let values =
                    [(2 * pair, re), (2 * pair + 1, re), (lanes + 2 * pair, -im), (lanes + 2 * pair + 1, im)];
                for (at, value) in values {
                    factor[at].write(T::from_f64(value));
                }
            }
        }
    }
}
