//! Real transforms of prime length: Rader's algorithm in real numbers.
//!
//! Modulo an odd prime `p` let `g` be a primitive root, `M = p - 1`, and `w_p^(g^s) = c[s] + i d[s]`. As
//! `g^(s + M/2) = -g^s`, c repeats after half of the M values and d changes its sign there. So with the real
//! `h[s] = c[s] + d[s]` one real correlation
//!
//! `t[m] = sum over q of x[g^q] * h[q + m]`
//!
//! has both parts of a bin, `X[g^m] = x[0] + (t[m] + t[m + M/2]) / 2 + i (t[m] - t[m + M/2]) / 2`, and two real transforms
//! carry it out, half of the work of complex ones. The inverse is the same correlation of `Re X[g^q] + Im X[g^q]`: what
//! belongs to c and what belongs to d are orthogonal.
//!
//! Where M itself has a large prime factor, the correlation is carried out in a transform of at least `2 M - 1` points, with
//! h going on periodically.
//!
//! # Source
//! Rader, Discrete Fourier transforms when the number of data samples is prime, Proc. IEEE 56(6), 1968.

use core::mem::MaybeUninit;

use super::Real;
use super::any_len::Multiply;
use super::convolution::{self, is_prime};
use super::extent::{All, Extent};
use super::mixed::lanes_of;
use super::real_plan::RealDirect;
use super::twiddle::Roots;
use super::work;
use crate::simd::Available;

/// A cache line of f32, in values; tables that vectors read begin on one.
const LINE: usize = 16;

/// A real transform of a prime length as a real correlation.
#[derive(Clone, Copy, Debug)]
pub(super) struct RealRader {
    level: Available,
    /// `p - 1`.
    m: usize,
    /// Points of the correlation: M, or at least `2 M - 1`.
    points: usize,
    inner: RealDirect,
    /// Where the spectrum of h starts, in values of T; before it are the powers of g, M numbers of u32, and the logarithms
    /// of 1..=M/2.
    filter_at: usize,
    /// Values of T in the tables: those, the spectrum, and the tables of the inner transform.
    pub(super) table_len: usize,
}

impl RealRader {
    /// Plans a length that has been found to fit a plan; `None` where it is not an odd prime, or the tables would not fit.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        if len <= super::passes::MAX_ODD || !is_prime(len) {
            return None;
        }
        let m = len - 1;
        let points = convolution::real_len(m, lanes_of::<T>(level))?;
        let inner = RealDirect::new::<T>(points, level)?;
        let numbers = (m + m / 2).checked_mul(size_of::<u32>())?;
        let filter_at = numbers.div_ceil(size_of::<T>()).checked_next_multiple_of(LINE)?;
        let filter = (points + 2).checked_next_multiple_of(LINE)?;
        let table_len = filter_at.checked_add(filter)?.checked_add(inner.table_len())?;
        Some(Self { level, m, points, inner, filter_at, table_len })
    }

    const fn inner_at(&self) -> usize {
        self.filter_at + (self.points + 2).next_multiple_of(LINE)
    }

    /// Complex numbers that the real side of the correlation takes, and half of it again behind it.
    const fn samples_len(&self) -> usize {
        let longest = if self.points > self.m { self.points } else { self.m + self.m / 2 };
        longest.div_ceil(2)
    }

    /// Complex numbers of memory that only [`RealRader::fill`] needs.
    pub(super) const fn planning_len<T>(&self) -> usize {
        self.samples_len() + self.inner.scratch_len::<T>()
    }

    pub(super) const fn scratch_len<T>(&self) -> usize {
        self.samples_len() + self.points / 2 + 1 + self.inner.scratch_len::<T>()
    }

    /// Fills the tables; `planning` holds [`RealRader::planning_len`] complex numbers, of no use afterwards.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        let (numbers, rest) = table.split_at_mut(self.filter_at);
        let (filter, inner) = rest.split_at_mut(self.inner_at() - self.filter_at);
        let (samples, spare) = planning.split_at_mut(2 * self.samples_len());
        let (p, m) = (self.m + 1, self.m);
        for value in numbers.iter_mut().chain(&mut *filter).chain(&mut *samples).chain(&mut *spare) {
            value.write(T::ZERO);
        }
        let powers = numbers.as_mut_ptr().cast::<u32>();
        let logs = powers.wrapping_add(m);
        let roots = Roots::new(p);
        #[expect(clippy::cast_precision_loss, reason = "a length")]
        let scale = 1.0 / self.points as f64;
        for (q, power) in convolution::powers(p).enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "below p, which is at most 2^32 (MAX_LEN)")]
            // SAFETY: the first m numbers of four bytes of the slice, which has room for them (`filter_at`).
            unsafe {
                powers.wrapping_add(q).write(power as u32);
            }
            if power <= m / 2 {
                #[expect(clippy::cast_possible_truncation, reason = "below m")]
                // SAFETY: the m / 2 numbers behind those.
                unsafe {
                    logs.wrapping_add(power - 1).write(q as u32);
                }
            }
            let (re, im) = roots.get(power);
            let h = T::from_f64((re + im) * scale);
            samples[q].write(h);
            if self.points > m && q + 1 < m {
                samples[m + q].write(h);
            }
        }
        // A length without a large prime factor takes no memory to be planned in.
        self.inner.fill(inner, &mut []);
        let (samples, spare) = (samples.as_ptr().cast::<T>(), spare.as_mut_ptr().cast::<T>());
        let (filter, inner) = (filter.as_mut_ptr().cast::<T>(), inner.as_ptr().cast::<T>());
        // SAFETY: `samples` holds `points` values, `filter` room for points / 2 + 1 complex numbers, `spare` is the scratch
        // of the inner transform, all written just now, and apart; `inner` is filled.
        unsafe { self.inner.forward(inner, samples, filter, spare, &mut All) };
    }

    /// # Safety
    /// `table` points to what `fill` wrote; `input` is valid for reads of `p` values, `output` for writes of
    /// `(p + 1) / 2` complex numbers, `scratch` for reads and writes of `scratch_len`; none overlaps another.
    pub(super) unsafe fn forward<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let (m, half, samples) = (self.m, self.m / 2, scratch);
        let powers = table.cast::<u32>();
        let logs = powers.wrapping_add(m);
        for q in extent.points(m, work::PERMUTE) {
            // SAFETY: one of the m powers.
            let from = unsafe { *powers.wrapping_add(q) } as usize;
            // SAFETY: powers are below p.
            let x = unsafe { *input.wrapping_add(from) };
            // SAFETY: q is below m.
            unsafe { *samples.wrapping_add(q) = x };
        }
        // SAFETY: the m samples were just written; one of the p values, and the real part of bin 0.
        unsafe { self.correlate(table, scratch, input, output, extent) };
        // The second half of t lies behind the first; now the first behind the second again.
        let part = extent.points(half, work::FILL);
        let from = samples.wrapping_add(part.start);
        // SAFETY: `samples_len` has room for them.
        unsafe { from.cast_const().copy_to_nonoverlapping(from.wrapping_add(m), part.len()) };
        let one_half = T::from_f64(0.5);
        let part = extent.points(half, work::PERMUTE);
        if part.start == 0 && !part.is_empty() {
            // SAFETY: the imaginary part of bin 0.
            unsafe { *output.wrapping_add(1) = T::ZERO };
        }
        for k in part.start + 1..part.end + 1 {
            // SAFETY: one of the m / 2 logarithms.
            let log = unsafe { *logs.wrapping_add(k - 1) } as usize;
            // SAFETY: logarithms are below m.
            let a = unsafe { *samples.wrapping_add(log) };
            // SAFETY: below m + half.
            let b = unsafe { *samples.wrapping_add(log + half) };
            let bin = [(a + b) * one_half, (a - b) * one_half];
            // SAFETY: bin k of half + 1.
            unsafe { output.wrapping_add(2 * k).cast::<[T; 2]>().write(bin) };
        }
    }

    /// # Safety
    /// As [`RealRader::forward`], with input and output exchanged.
    pub(super) unsafe fn inverse<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let (m, half, samples) = (self.m, self.m / 2, scratch);
        let powers = table.cast::<u32>();
        let logs = powers.wrapping_add(m);
        let part = extent.points(half, work::PERMUTE);
        for k in part.start + 1..part.end + 1 {
            // SAFETY: bin k of half + 1.
            let [re, im] = unsafe { input.wrapping_add(2 * k).cast::<[T; 2]>().read() };
            // SAFETY: one of the m / 2 logarithms.
            let log = unsafe { *logs.wrapping_add(k - 1) } as usize;
            // SAFETY: logarithms are below m.
            unsafe { *samples.wrapping_add(log) = re + im };
            let other = if log < half { log + half } else { log - half };
            // SAFETY: and so is that of p - k.
            unsafe { *samples.wrapping_add(other) = re - im };
        }
        // SAFETY: the logarithms of k and p - k are all numbers below m: the samples were just written; bin 0 and sample 0.
        unsafe { self.correlate(table, scratch, input, output, extent) };
        for q in extent.points(m, work::PERMUTE) {
            // SAFETY: one of the m powers.
            let to = unsafe { *powers.wrapping_add(q) } as usize;
            // SAFETY: q is below m.
            let x = unsafe { *samples.wrapping_add(q) };
            // SAFETY: powers are below p.
            unsafe { *output.wrapping_add(to) = x };
        }
    }

    /// Takes the first m samples of the scratch memory to `x0 + t`, and writes `x0` and their sum together to `first`.
    ///
    /// # Safety
    /// `table` was filled by `fill`; `scratch` is valid for reads and writes of `scratch_len` complex numbers, of which the
    /// first m values are initialised; `x0` is valid for a read and `first` for a write.
    #[inline(always)]
    unsafe fn correlate<T: Real>(
        &self,
        table: *const T,
        scratch: *mut T,
        x0: *const T,
        first: *mut T,
        extent: &mut impl Extent,
    ) {
        let inner_table = table.wrapping_add(self.inner_at());
        let bins = scratch.wrapping_add(2 * self.samples_len());
        let spare = bins.wrapping_add(self.points + 2);
        let part = extent.points(self.points - self.m, work::FILL);
        // SAFETY: up to the end of the correlation's samples.
        unsafe { scratch.wrapping_add(self.m + part.start).write_bytes(0, part.len()) };
        // SAFETY: points samples, points / 2 + 1 bins, and the scratch of the inner transform, one behind the other.
        unsafe { self.inner.forward(inner_table, scratch, bins, spare, extent) };
        let filter = table.wrapping_add(self.filter_at);
        let part = extent.points(self.points / 2 + 1, work::MULTIPLY);
        if part.start == 0 && !part.is_empty() {
            // SAFETY: bin 0.
            let sum = unsafe { *bins };
            self.level.run(&Multiply::conjugate(bins, filter, bins, part));
            // What is added to bin 0 is added to every sample.
            // SAFETY: bin 0.
            let product = unsafe { *bins };
            // SAFETY: the caller's.
            let x0 = unsafe { *x0 };
            // SAFETY: bin 0.
            unsafe { *bins = product + x0 };
            // SAFETY: the caller's.
            unsafe { *first = x0 + sum };
        } else if !part.is_empty() {
            self.level.run(&Multiply::conjugate(bins, filter, bins, part));
        }
        // SAFETY: as before.
        unsafe { self.inner.inverse(inner_table, bins, scratch, spare, extent) };
    }
}
