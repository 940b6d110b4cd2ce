//! Real transforms by a codelet of half the length.
//!
//! `z[n] = x[2n] + i x[2n+1]` is how real samples lie in memory. With `H = N / 2`, `S = Z[k] + conj Z[H-k]`,
//! `D = Z[k] - conj Z[H-k]` and `t = -i w_N^k`, `X[k] = (S + t D) / 2`, and back `Z[k] = S + conj(t) D` with `S` and `D` of
//! X, which is twice Z so that the whole inverse is unscaled. Each register is untangled by itself: it takes its mirror
//! image from registers that are at hand, forward, or from the input, inverse.
//!
//! # Source
//! As `real_plan`.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::{Buffer, Call, Codelet, Lanes, Real, Shape, Source, fill, fits, fitting, shapes, table_len};
use crate::fft::twiddle::Roots;
use crate::simd::{Available, Float, Routine, Vector};

/// A real transform by a codelet.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SmallReal {
    /// Half the length: complex points.
    half: usize,
    /// Rows and columns of its points.
    shape: (usize, usize),
    /// Of the registers that it runs on.
    lanes: usize,
    /// Values of T in the table.
    pub(in super::super) table_len: usize,
    forward: Call,
    inverse: Call,
}

/// Whether registers of `lanes` lanes take a shape: they divide its points, too.
const fn fits_real<const R: usize, const C: usize>(lanes: usize) -> bool {
    fits::<R, C>(lanes) && (2 * R * C).is_multiple_of(lanes)
}

impl SmallReal {
    /// `None` where there is no codelet for the length at this level.
    pub(in super::super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        if !level.is_usual() {
            return None;
        }
        let lanes = level.run(Lanes::<T>(PhantomData));
        if !len.is_multiple_of(2) {
            return None;
        }
        macro_rules! plan {
            ($r:literal, $c:literal) => {
                lanes.into_iter().find(|&lanes| fits_real::<$r, $c>(lanes)).map(|lanes| Self {
                    half: $r * $c,
                    shape: ($r, $c),
                    lanes,
                    table_len: 4 * $r * $c + table_len($r, $c, lanes),
                    forward: level.entry::<Forward<T, $r, $c>>(),
                    inverse: level.entry::<Inverse<T, $r, $c>>(),
                })
            };
        }
        shapes!(len / 2, plan, None)
    }

    /// Fills the table: first `t`, re twice and then im with both signs for each bin, then the factors of the codelet.
    pub(in super::super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        let (turns, factors) = table.split_at_mut(4 * self.half);
        let (turns_re, turns_im) = turns.split_at_mut(2 * self.half);
        let roots = Roots::new(2 * self.half);
        for k in 0..self.half {
            let (re, im) = roots.get(k);
            // -i (re + i im)
            let (re, im) = (im, -re);
            turns_re[2 * k].write(T::from_f64(re));
            turns_re[2 * k + 1].write(T::from_f64(re));
            turns_im[2 * k].write(T::from_f64(-im));
            turns_im[2 * k + 1].write(T::from_f64(im));
        }
        fill(self.shape.0, self.shape.1, self.lanes, factors);
    }

    /// Runs the forward transform.
    ///
    /// # Safety
    /// `table` was filled by [`SmallReal::fill`] for this `T`; `input` is valid for reads of the length's values, `output`
    /// for writes of half as many complex numbers and one; they do not overlap.
    #[inline(always)]
    pub(in super::super) unsafe fn forward<T: Real>(&self, table: *const T, input: *const T, output: *mut T) {
        self.forward.call(table.cast(), input.cast(), output.cast());
    }

    /// Runs the inverse transform.
    ///
    /// # Safety
    /// As [`SmallReal::forward`], with input and output exchanged.
    #[inline(always)]
    pub(in super::super) unsafe fn inverse<T: Real>(&self, table: *const T, input: *const T, output: *mut T) {
        self.inverse.call(table.cast(), input.cast(), output.cast());
    }
}

struct Forward<T, const R: usize, const C: usize>(PhantomData<T>);

impl<T: Real, const R: usize, const C: usize> Routine for Forward<T, R, C>
where
    Shape<R, C>: Codelet,
{
    type A = *const ();
    type B = *const ();
    type C = *mut ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, table: *const (), input: *const (), output: *mut ()) {
        fitting!(T, fits_real::<R, C>, Self::at, v: V, table.cast(), input.cast(), output.cast());
    }
}

impl<T: Real, const R: usize, const C: usize> Forward<T, R, C>
where
    Shape<R, C>: Codelet,
{
    #[inline(always)]
    fn at<V: Vector>(v: V, table: *const T, input: *const T, output: *mut T) {
        // SAFETY: only `SmallReal::forward` calls this; its caller's promise.
        unsafe { forward::<T, V, R, C>(v, table, input, output) }
    }
}

struct Inverse<T, const R: usize, const C: usize>(PhantomData<T>);

impl<T: Real, const R: usize, const C: usize> Routine for Inverse<T, R, C>
where
    Shape<R, C>: Codelet,
{
    type A = *const ();
    type B = *const ();
    type C = *mut ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, table: *const (), input: *const (), output: *mut ()) {
        fitting!(T, fits_real::<R, C>, Self::at, v: V, table.cast(), input.cast(), output.cast());
    }
}

impl<T: Real, const R: usize, const C: usize> Inverse<T, R, C>
where
    Shape<R, C>: Codelet,
{
    #[inline(always)]
    fn at<V: Vector>(v: V, table: *const T, input: *const T, output: *mut T) {
        let source = Tangled { half: R * C, bins: input, turns: table };
        // SAFETY: only `SmallReal::inverse` calls this; its caller's promise.
        unsafe { Shape::<R, C>::run::<T, V, _, true>(v, table.wrapping_add(4 * R * C), source, output) }
    }
}

/// # Safety
/// As [`SmallReal::forward`]; the level fits the shape.
#[inline(always)]
unsafe fn forward<T: Real, V: Vector, const R: usize, const C: usize>(
    v: V,
    table: *const T,
    input: *const T,
    output: *mut T,
) where
    Shape<R, C>: Codelet,
{
    let (half, lanes) = (R * C, T::Reg::<V>::LANES);
    let mut buffer = Buffer::<T>::new();
    let z = buffer.0.as_mut_ptr().cast::<T>();
    // SAFETY: the caller's promise; the buffer holds the points of any codelet.
    unsafe {
        Shape::<R, C>::run::<T, V, _, false>(v, table.wrapping_add(4 * half), super::Plain(input), z);
    }
    // A few registers written out: in a loop the compiler would fetch the half of one from the buffer that it was just
    // written to as another, and the processor waits for that.
    macro_rules! registers {
        ($($j:literal)*) => {
            $(if const { $j < 2 * R * C / T::Reg::<V>::LANES } {
                // SAFETY: register j of the buffer, written above, and of the output.
                unsafe { untangle::<T, V>(v, table, z, output, half, $j) };
            })*
        };
    }
    if const { 2 * R * C / T::Reg::<V>::LANES <= 8 } {
        registers!(0 1 2 3 4 5 6 7);
    } else {
        for j in 0..2 * half / lanes {
            // SAFETY: as above.
            unsafe { untangle::<T, V>(v, table, z, output, half, j) };
        }
    }
    // SAFETY: number 0 of the buffer.
    let [re, im] = unsafe { z.cast::<[T; 2]>().read() };
    // SAFETY: bin H.
    unsafe { output.wrapping_add(2 * half).cast::<[T; 2]>().write([re - im, T::ZERO]) };
}

/// Register `j` of the bins from the `half` points at `z`.
///
/// # Safety
/// `z` holds the points, `output` has room for as many bins, the table begins with the turns; `j` is below their registers.
#[inline(always)]
unsafe fn untangle<T: Real, V: Vector>(
    v: V,
    table: *const T,
    z: *const T,
    output: *mut T,
    half: usize,
    j: usize,
) {
    let lanes = T::Reg::<V>::LANES;
    let registers = 2 * half / lanes;
    let one_half = T::Reg::<V>::splat(v, T::from_f64(0.5));
    let conjugate = T::Reg::<V>::splat_pair(v, T::from_f64(0.5), T::from_f64(-0.5));
    let (first, rest) = ((registers - j) % registers, registers - 1 - j);
    // SAFETY: register j of the buffer, written above.
    let a = unsafe { T::Reg::<V>::load(v, z.wrapping_add(lanes * j)) };
    // SAFETY: another one: its first pair is number H - k for the first of `a`, or 0.
    let first = unsafe { T::Reg::<V>::load(v, z.wrapping_add(lanes * first)) };
    // SAFETY: another one: its other pairs mirror those of `a`.
    let rest = unsafe { T::Reg::<V>::load(v, z.wrapping_add(lanes * rest)) };
    let b = first.mirror_pairs(rest);
    let a = a * one_half;
    let (s, d) = (b.mul_add(conjugate, a), b.neg_mul_add(conjugate, a));
    // SAFETY: the turns of these bins.
    let re = unsafe { T::Reg::<V>::load(v, table.wrapping_add(lanes * j)) };
    // SAFETY: likewise.
    let im = unsafe { T::Reg::<V>::load(v, table.wrapping_add(2 * half + lanes * j)) };
    let x = d.swap_pairs().mul_add(im, d.mul_add(re, s));
    // SAFETY: bins below H.
    unsafe { x.store(output.wrapping_add(lanes * j)) };
}

/// The points of the inverse: tangled from bins while they are read.
struct Tangled<T> {
    half: usize,
    bins: *const T,
    turns: *const T,
}

impl<T> Clone for Tangled<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Tangled<T> {}

impl<T: Real, V: Vector> Source<T, V> for Tangled<T> {
    #[inline(always)]
    unsafe fn load(self, v: V, n: usize) -> T::Reg<V> {
        let pairs = T::Reg::<V>::LANES / 2;
        // SAFETY: bins n..n + pairs, below H.
        let mut a = unsafe { T::Reg::<V>::load(v, self.bins.wrapping_add(2 * n)) };
        // SAFETY: bins down from H - n.
        let b = unsafe { T::Reg::<V>::load(v, self.bins.wrapping_add(2 * (self.half + 1 - n - pairs))) };
        let mut b = b.reverse_pairs();
        if n == 0 {
            // The imaginary parts of bins 0 and H are not to be read.
            (a, b) = (a.clear_second(), b.clear_second());
        }
        let conjugate = T::Reg::<V>::splat_pair(v, T::from_f64(1.0), T::from_f64(-1.0));
        let (s, d) = (b.mul_add(conjugate, a), b.neg_mul_add(conjugate, a));
        // SAFETY: the turns of these bins.
        let re = unsafe { T::Reg::<V>::load(v, self.turns.wrapping_add(2 * n)) };
        // SAFETY: likewise.
        let im = unsafe { T::Reg::<V>::load(v, self.turns.wrapping_add(2 * (self.half + n))) };
        d.swap_pairs().neg_mul_add(im, d.mul_add(re, s))
    }
}
