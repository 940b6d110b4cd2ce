//! Real transforms on a complex plan.
//!
//! Even lengths: neighbouring samples are taken as one complex number, `z[n] = x[2n] + i x[2n+1]`, a complex
//! transform of half the length gives Z, and one pass over pairs of bins untangles it. With `H = N / 2`,
//! `S = (Z[k] + conj Z[H-k]) / 2`, `D = Z[k] - conj Z[H-k]` and `u[k] = -(i/2) exp(-2 pi i k / N)`:
//!
//! `X[k] = S + u[k] D` and `X[H-k] = conj(S - u[k] D)`.
//!
//! The inverse runs the same pass with `conj u`, and no halving, before the complex inverse. Short odd lengths, and those
//! that neither `real_grid` nor `real_rader` takes, run a complex transform of the whole length.
//!
//! # Source
//! Sorensen et al., Real-valued fast Fourier transform algorithms, IEEE Trans. ASSP 35(6), 1987.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use num_complex::Complex;

use super::Real;
use super::extent::Extent;
use super::passes::Cx;
use super::plan::{Plan, PlanError};
use super::real_grid::RealGrid;
use super::real_lanes::RealLanes;
use super::real_rader::RealRader;
use super::small::SmallReal;
use super::twiddle::Roots;
use super::work;
use crate::error::LengthError;
use crate::simd::{Available, Float, Kernel, Level, MAX_LANES, Scalar, Vector};

/// The decision for one real length at one level.
#[derive(Clone, Copy, Debug)]
pub struct RealPlan {
    len: usize,
    algorithm: Algorithm,
}

#[derive(Clone, Copy, Debug)]
enum Algorithm {
    Direct(RealDirect),
    Rader(RealRader),
}

impl RealPlan {
    pub(super) fn new<T: Real>(len: usize, level: Level) -> Result<Self, PlanError> {
        // Lengths that are refused, and the reason, are those of the complex plan.
        let direct = RealDirect::of::<T>(len, level)?;
        let algorithm = match RealRader::new::<T>(len, level.prove()?) {
            Some(rader) => Algorithm::Rader(rader),
            None => Algorithm::Direct(direct),
        };
        Ok(Self { len, algorithm })
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn spectrum_len(&self) -> usize {
        self.len / 2 + 1
    }

    pub(super) fn table_len(&self) -> usize {
        match &self.algorithm {
            Algorithm::Direct(direct) => direct.table_len(),
            Algorithm::Rader(rader) => rader.table_len,
        }
    }

    pub(super) const fn planning_len<T>(&self) -> usize {
        match &self.algorithm {
            Algorithm::Direct(direct) => direct.planning_len::<T>(),
            Algorithm::Rader(rader) => rader.planning_len::<T>(),
        }
    }

    pub(super) const fn scratch_len<T>(&self) -> usize {
        match &self.algorithm {
            Algorithm::Direct(direct) => direct.scratch_len::<T>(),
            Algorithm::Rader(rader) => rader.scratch_len::<T>(),
        }
    }

    /// Writes the tables, `table_len` values, with `planning_len` complex numbers to work in.
    ///
    /// # Panics
    /// As [`Plan::fill`].
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        assert_eq!((table.len(), planning.len()), (self.table_len(), 2 * self.planning_len::<T>()));
        match &self.algorithm {
            Algorithm::Direct(direct) => direct.fill(table, planning),
            Algorithm::Rader(rader) => rader.fill(table, planning),
        }
    }

    /// # Safety
    /// `table` points to what [`RealPlan::fill`] wrote; `input` is valid for reads of `len` values, `output` for writes of
    /// `spectrum_len` complex numbers, `scratch` for reads and writes of `scratch_len`; none overlaps another.
    #[inline(always)]
    pub(super) unsafe fn run_forward<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        match &self.algorithm {
            // SAFETY: the caller's promise.
            Algorithm::Direct(direct) => unsafe { direct.forward(table, input, output, scratch, extent) },
            // SAFETY: as above.
            Algorithm::Rader(rader) => unsafe { rader.forward(table, input, output, scratch, extent) },
        }
    }

    /// # Safety
    /// As [`RealPlan::run_forward`], with input and output exchanged.
    #[inline(always)]
    pub(super) unsafe fn run_inverse<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        match &self.algorithm {
            // SAFETY: the caller's promise.
            Algorithm::Direct(direct) => unsafe { direct.inverse(table, input, output, scratch, extent) },
            // SAFETY: as above.
            Algorithm::Rader(rader) => unsafe { rader.inverse(table, input, output, scratch, extent) },
        }
    }

    /// Checks the slices of a forward call and runs it.
    #[inline(always)]
    pub(super) fn forward<T: Real>(
        &self,
        table: &[T],
        input: &[T],
        output: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
    ) -> Result<(), LengthError> {
        LengthError::check("input", self.len, input.len())?;
        LengthError::check("output", self.spectrum_len(), output.len())?;
        LengthError::check_least("scratch", self.scratch_len::<T>(), scratch.len())?;
        let (table, input) = (table.as_ptr(), input.as_ptr());
        let (output, scratch) = (output.as_mut_ptr().cast(), scratch.as_mut_ptr().cast());
        // The lengths are right, borrowing keeps the three apart, and a `Complex<T>` is two values of T (`repr(C)`). The
        // tables belong to this plan: the two are only ever made together.
        if let Algorithm::Direct(RealDirect::Small(small)) = &self.algorithm {
            // SAFETY: as just said.
            unsafe { small.forward(table, input, output) }
        } else {
            // SAFETY: as just said.
            unsafe { T::forward_real(self, table, input, output, scratch) }
        }
        Ok(())
    }

    /// Checks the slices of an inverse call and runs it.
    #[inline(always)]
    pub(super) fn inverse<T: Real>(
        &self,
        table: &[T],
        input: &[Complex<T>],
        output: &mut [T],
        scratch: &mut [Complex<T>],
    ) -> Result<(), LengthError> {
        LengthError::check("input", self.spectrum_len(), input.len())?;
        LengthError::check("output", self.len, output.len())?;
        LengthError::check_least("scratch", self.scratch_len::<T>(), scratch.len())?;
        let (table, output) = (table.as_ptr(), output.as_mut_ptr());
        let (input, scratch) = (input.as_ptr().cast(), scratch.as_mut_ptr().cast());
        if let Algorithm::Direct(RealDirect::Small(small)) = &self.algorithm {
            // SAFETY: as in `forward`.
            unsafe { small.inverse(table, input, output) }
        } else {
            // SAFETY: as in `forward`.
            unsafe { T::inverse_real(self, table, input, output, scratch) }
        }
        Ok(())
    }
}

/// A real transform that needs no correlation of real numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum RealDirect {
    /// A short length, in one call.
    Small(SmallReal),
    /// The lanes of a level divide half the length.
    Lanes(RealLanes),
    /// An odd length with two factors that fill a register.
    Grid(RealGrid),
    /// A length whose complex plan is short, or any other.
    Complex(OnComplex),
}

impl RealDirect {
    /// Plans an even length without a large prime factor; `None` where the tables would not fit the index type.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        Self::of::<T>(len, level.level()).ok()
    }

    fn of<T: Real>(len: usize, level: Level) -> Result<Self, PlanError> {
        // Lengths that are refused, and the reason, are those of the complex plan.
        let complex = OnComplex::new::<T>(len, level)?;
        Ok(if let Some(small) = SmallReal::new::<T>(len, level.prove()?) {
            Self::Small(small)
        } else if complex.complex.is_interleaved() && !keeps_lines::<T>(len, level) {
            Self::Complex(complex)
        } else if let Some(lanes) = RealLanes::new::<T>(len, level) {
            Self::Lanes(lanes)
        } else if let Some(grid) = RealGrid::new::<T>(len, level.prove()?) {
            Self::Grid(grid)
        } else {
            Self::Complex(complex)
        })
    }

    pub(super) fn table_len(&self) -> usize {
        match self {
            Self::Small(small) => small.table_len,
            Self::Lanes(lanes) => lanes.table_len,
            Self::Grid(grid) => grid.table_len,
            Self::Complex(complex) => complex.table_len(),
        }
    }

    pub(super) const fn planning_len<T>(&self) -> usize {
        match self {
            Self::Small(_) | Self::Lanes(_) | Self::Grid(_) => 0,
            Self::Complex(complex) => complex.complex.planning_len::<T>(),
        }
    }

    pub(super) const fn scratch_len<T>(&self) -> usize {
        match self {
            Self::Small(_) => 0,
            Self::Lanes(lanes) => lanes.scratch_len::<T>(),
            Self::Grid(grid) => grid.scratch_len::<T>(),
            Self::Complex(complex) => complex.scratch_len::<T>(),
        }
    }

    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        match self {
            Self::Small(small) => small.fill(table),
            Self::Lanes(lanes) => lanes.fill(table),
            Self::Grid(grid) => grid.fill(table),
            Self::Complex(complex) => complex.fill(table, planning),
        }
    }

    /// # Safety
    /// `table` points to what `fill` wrote; `input` is valid for reads of `len` values, `output` for writes of
    /// `len / 2 + 1` complex numbers, `scratch` for reads and writes of `scratch_len`; none overlaps another.
    #[inline(always)]
    pub(super) unsafe fn forward<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        match self {
            Self::Small(small) => {
                if !extent.take(1, work::SMALL * (small.table_len + 8)).is_empty() {
                    // SAFETY: the caller's promise.
                    unsafe { small.forward(table, input, output) }
                }
            }
            // SAFETY: as above.
            Self::Lanes(lanes) => unsafe { lanes.forward(table, input, output, scratch, extent) },
            // SAFETY: as above.
            Self::Grid(grid) => unsafe { grid.forward(table, input, output, scratch, extent) },
            // SAFETY: as above.
            Self::Complex(complex) => unsafe { complex.forward(table, input, output, scratch, extent) },
        }
    }

    /// # Safety
    /// As [`RealDirect::forward`], with input and output exchanged.
    #[inline(always)]
    pub(super) unsafe fn inverse<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        match self {
            Self::Small(small) => {
                if !extent.take(1, work::SMALL * (small.table_len + 8)).is_empty() {
                    // SAFETY: the caller's promise.
                    unsafe { small.inverse(table, input, output) }
                }
            }
            // SAFETY: as above.
            Self::Lanes(lanes) => unsafe { lanes.inverse(table, input, output, scratch, extent) },
            // SAFETY: as above.
            Self::Grid(grid) => unsafe { grid.inverse(table, input, output, scratch, extent) },
            // SAFETY: as above.
            Self::Complex(complex) => unsafe { complex.inverse(table, input, output, scratch, extent) },
        }
    }
}

/// Whether a length whose complex plan is short is faster otherwise, measured at AVX2 and AVX-512: an even one in lanes,
/// from 192 samples on unless registers have 512 bits (448 of f32, AVX2: 225 ns in lanes, 370 so; AVX-512: 234 and 165), an
/// odd one as a matrix of its own, from 1400 bytes on (315 of f64, AVX2: 484 and 765 ns; 175 of f32: 279 and 243).
fn keeps_lines<T>(len: usize, level: Level) -> bool {
    if len.is_multiple_of(2) { level != Level::Avx512 && len >= 192 } else { len * size_of::<T>() >= 1400 }
}

/// A real transform on a complex plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnComplex {
    level: Available,
    len: usize,
    /// Of half the length where that is even, else of the whole.
    complex: Plan,
    /// Lanes of the untangling pass.
    lanes: usize,
    /// Values of T before the tables of the complex plan.
    untangle_len: usize,
}

impl OnComplex {
    fn new<T: Real>(len: usize, level: Level) -> Result<Self, PlanError> {
        let complex = match Plan::new::<T>(if len.is_multiple_of(2) { len / 2 } else { len }, level) {
            // The error names the length that the caller asked for.
            Err(PlanError::TooLarge { .. }) => Err(PlanError::TooLarge { len }),
            other => other,
        }?;
        let level = level.prove()?;
        let mut plan = Self { level, len, complex, lanes: 1, untangle_len: 0 };
        if let Some((lanes, _)) =
            level.run(Widths::<T>(PhantomData)).into_iter().find(|w| w.0 <= plan.pairs())
        {
            plan.lanes = lanes;
        }
        plan.untangle_len = 2 * plan.pairs().next_multiple_of(plan.lanes);
        Ok(plan)
    }

    const fn spectrum_len(&self) -> usize {
        self.len / 2 + 1
    }

    const fn is_even(&self) -> bool {
        self.len.is_multiple_of(2)
    }

    /// Pairs of bins that the untangling pass joins: all but 0 and H. Where H is even, its middle is a pair with itself.
    const fn pairs(&self) -> usize {
        if self.is_even() { self.len / 2 / 2 } else { 0 }
    }

    fn table_len(&self) -> usize {
        self.untangle_len + self.complex.table_len()
    }

    const fn scratch_len<T>(&self) -> usize {
        // An even length is untangled from there, an odd one is spread out to complex numbers first.
        let apart = if self.is_even() { self.len / 2 } else { self.len };
        apart + self.complex.scratch_len::<T>()
    }

    fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>], planning: &mut [MaybeUninit<T>]) {
        let (untangle, complex) = table.split_at_mut(self.untangle_len);
        let order = self.level.run(Widths::<T>(PhantomData)).into_iter().find(|w| w.0 == self.lanes);
        fill_untangle(self.len, self.pairs(), order.map_or(&[0], |(lanes, order)| &order[..lanes]), untangle);
        self.complex.fill(complex, planning);
    }

    /// # Safety
    /// `table` points to what `fill` wrote; `input` is valid for reads of `len` values, `output` for writes of
    /// `len / 2 + 1` complex numbers, `scratch` for reads and writes of `scratch_len`; none overlaps another.
    #[inline(always)]
    unsafe fn forward<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let complex_table = table.wrapping_add(self.untangle_len);
        if self.is_even() {
            let spare = scratch.wrapping_add(self.len);
            // SAFETY: N real numbers are N/2 complex ones, and scratch begins with room for as many.
            unsafe { self.complex.run(complex_table, input, scratch, spare, false, extent) };
            self.untangle(table, scratch.cast_const(), output, false, extent);
        } else {
            for i in extent.points(self.len, work::FILL) {
                // SAFETY: one of the N samples.
                let x = unsafe { *input.wrapping_add(i) };
                // SAFETY: the first N complex numbers of the scratch memory.
                unsafe { scratch.wrapping_add(2 * i).cast::<[T; 2]>().write_unaligned([x, T::ZERO]) };
            }
            let spare = scratch.wrapping_add(2 * self.len);
            // SAFETY: the rest of the scratch memory is what the complex plan asks for.
            unsafe { self.complex.run(complex_table, scratch, scratch, spare, false, extent) };
            let part = extent.points(self.spectrum_len(), work::FILL);
            let (from, to) = (scratch.wrapping_add(2 * part.start), output.wrapping_add(2 * part.start));
            // SAFETY: N/2 + 1 complex numbers of each.
            unsafe { from.cast_const().copy_to_nonoverlapping(to, 2 * part.len()) };
            if part.start == 0 && !part.is_empty() {
                // The sum of real samples is real; the complex plan of a large prime leaves its rounding there.
                // SAFETY: bin 0.
                unsafe { *output.wrapping_add(1) = T::ZERO };
            }
        }
    }

    /// Runs the pass over pairs of bins, or a part of it.
    #[inline(always)]
    fn untangle<T: Real>(
        &self,
        table: *const T,
        src: *const T,
        dst: *mut T,
        inverse: bool,
        extent: &mut impl Extent,
    ) {
        let (lanes, pairs) = (self.lanes.max(1), self.pairs());
        // Bins 0 and H come first, even where there is no pair.
        let blocks = extent.take(pairs.div_ceil(lanes).max(1), lanes * work::UNTANGLE / 16);
        if !blocks.is_empty() {
            let (from, to) = (blocks.start, blocks.end);
            self.level.run(&Untangle {
                lanes,
                pairs,
                from,
                to,
                half: self.len / 2,
                table,
                src,
                dst,
                inverse,
            });
        }
    }

    /// # Safety
    /// As [`OnComplex::forward`], with input and output exchanged.
    #[inline(always)]
    unsafe fn inverse<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        extent: &mut impl Extent,
    ) {
        let complex_table = table.wrapping_add(self.untangle_len);
        if self.is_even() {
            self.untangle(table, input, output, true, extent);
            // SAFETY: N real numbers are N/2 complex ones.
            unsafe { self.complex.run(complex_table, output, output, scratch, true, extent) };
        } else {
            let len = self.len;
            for k in extent.points(self.spectrum_len(), 2 * work::FILL) {
                // SAFETY: one of the bins.
                let [re, im] = unsafe { input.wrapping_add(2 * k).cast::<[T; 2]>().read() };
                let im = if k == 0 { T::ZERO } else { im };
                let mirrored = scratch.wrapping_add(2 * ((len - k) % len)).cast::<[T; 2]>();
                // SAFETY: bin N - k (for 0, itself) of the first N complex numbers of the scratch memory.
                unsafe { mirrored.write_unaligned([re, T::ZERO - im]) };
                // SAFETY: bin k of them.
                unsafe { scratch.wrapping_add(2 * k).cast::<[T; 2]>().write_unaligned([re, im]) };
            }
            // SAFETY: the rest of the scratch memory is what the complex plan asks for.
            unsafe {
                self.complex.run(complex_table, scratch, scratch, scratch.wrapping_add(2 * len), true, extent)
            };
            for i in extent.points(len, work::FILL) {
                // SAFETY: the real parts of the N complex numbers just written.
                let x = unsafe { *scratch.wrapping_add(2 * i) };
                // SAFETY: one of the N samples.
                unsafe { *output.wrapping_add(i) = x };
            }
        }
    }
}

/// The lanes of a level and of the two that are next narrower, each with the order that complex numbers come to them.
struct Widths<T>(PhantomData<T>);

impl<T: Real> Kernel for Widths<T> {
    type Output = [(usize, &'static [usize; MAX_LANES]); 3];

    #[inline(always)]
    fn run<V: Vector>(self, _: V) -> Self::Output {
        [
            (T::Reg::<V>::LANES, const { &T::Reg::<V>::ORDER }),
            (T::Reg::<V::Narrow>::LANES, const { &T::Reg::<V::Narrow>::ORDER }),
            (
                T::Reg::<<V::Narrow as Vector>::Narrow>::LANES,
                const { &T::Reg::<<V::Narrow as Vector>::Narrow>::ORDER },
            ),
        ]
    }
}

/// Where block number `nth` of the pairs begins: the last one early enough to end with them.
#[inline(always)]
fn first_pair(nth: usize, lanes: usize, pairs: usize) -> usize {
    (nth * lanes).min(pairs - lanes)
}

/// The table `u[k]`, k from 1: in blocks of LANES complex numbers as `load_line` reads them, lanes in ORDER.
fn fill_untangle<T: Real>(len: usize, pairs: usize, order: &[usize], table: &mut [MaybeUninit<T>]) {
    let lanes = order.len();
    let roots = Roots::new(len);
    for (nth, line) in table.chunks_exact_mut(2 * lanes).enumerate() {
        for (i, lane) in order.iter().enumerate() {
            let (re, im) = roots.get(1 + first_pair(nth, lanes, pairs) + lane);
            // -(i/2) (re + i im)
            line[i].write(T::from_f64(0.5 * im));
            line[lanes + i].write(T::from_f64(-0.5 * re));
        }
    }
}

/// The pass over pairs of bins, from `src` to `dst`, which do not overlap.
///
/// Forward: `src` holds the `half` complex numbers of Z, `dst` takes `half + 1` bins. Inverse: `src` holds the
/// `half + 1` bins, `dst` takes `half` complex numbers, twice Z so that the whole inverse is unscaled.
struct Untangle<T> {
    /// Of the registers, at most the pairs, or 1.
    lanes: usize,
    pairs: usize,
    /// The blocks of lanes that are joined, from one number up to another; bins 0 and H go with the first one.
    from: usize,
    to: usize,
    half: usize,
    table: *const T,
    src: *const T,
    dst: *mut T,
    inverse: bool,
}

impl<T: Real> Kernel for &Untangle<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        if self.inverse { self.all::<V, true>(v) } else { self.all::<V, false>(v) }
    }
}

impl<T: Real> Untangle<T> {
    #[inline(always)]
    fn all<V: Vector, const INVERSE: bool>(&self, v: V) {
        let &Self { half, src, dst, .. } = self;
        if self.from == 0 {
            // SAFETY: bin 0 of what the private callers hand over.
            let [re, im] = unsafe { src.cast::<[T; 2]>().read() };
            if INVERSE {
                // Only the real parts of the two ends are read.
                // SAFETY: bin `half`.
                let end = unsafe { *src.wrapping_add(2 * half) };
                // SAFETY: number 0.
                unsafe { dst.cast::<[T; 2]>().write([re + end, re - end]) };
            } else {
                // SAFETY: bin 0.
                unsafe { dst.cast::<[T; 2]>().write([re + im, T::ZERO]) };
                // SAFETY: bin `half`.
                unsafe { dst.wrapping_add(2 * half).cast::<[T; 2]>().write([re - im, T::ZERO]) };
            }
        }
        let (narrow, narrower) = (v.narrow(), v.narrow().narrow());
        if self.lanes == T::Reg::<V>::LANES {
            self.blocks::<V, INVERSE>(v);
        } else if self.lanes == T::Reg::<V::Narrow>::LANES {
            self.blocks::<V::Narrow, INVERSE>(narrow);
        } else if self.lanes == T::Reg::<<V::Narrow as Vector>::Narrow>::LANES {
            self.blocks::<<V::Narrow as Vector>::Narrow, INVERSE>(narrower);
        } else {
            self.blocks::<Scalar, INVERSE>(Scalar);
        }
    }

    #[inline(always)]
    fn blocks<V: Vector, const INVERSE: bool>(&self, v: V) {
        for nth in self.from..self.to.min(self.pairs.div_ceil(T::Reg::<V>::LANES)) {
            // SAFETY: `OnComplex::new` chose lanes of at most `pairs`, or one; without pairs there is no block.
            unsafe { self.block::<V, INVERSE>(v, nth) };
        }
    }

    /// Joins the pairs `k` and `half - k` for the LANES numbers `k` of a block, at most `half / 2`: the two ranges have
    /// at most the middle in common, which comes out the same from both.
    ///
    /// # Safety
    /// `LANES <= pairs`, and `nth` is one of their blocks; `src`, `dst` and `table` as the type says.
    #[inline(always)]
    unsafe fn block<V: Vector, const INVERSE: bool>(&self, v: V, nth: usize) {
        let lanes = T::Reg::<V>::LANES;
        let i = first_pair(nth, lanes, self.pairs);
        let low = 2 * (i + 1);
        let high = 2 * (self.half - i - lanes);
        // SAFETY: bins i + 1.. of LANES.
        let (re, im) = unsafe { T::Reg::<V>::load_complex(v, self.src.wrapping_add(low)) };
        let a = Cx { re, im };
        // SAFETY: bins half - i - lanes.. of LANES.
        let b = unsafe { T::Reg::<V>::load_complex(v, self.src.wrapping_add(high)) };
        // SAFETY: the block's line of u.
        let u = unsafe { super::passes::load_line::<T, V>(v, self.table.wrapping_add(2 * lanes * nth)) };
        // conj Z[half - k]; ORDER read backwards is LANES - 1 - ORDER at every level, so this pairs up the lanes.
        let b = Cx { re: b.0.reverse(), im: -b.1.reverse() };
        let (mut s, mut d) = (a + b, a - b);
        let u = if INVERSE { Cx { re: u.re, im: -u.im } } else { u };
        if INVERSE {
            d = d + d;
        } else {
            let half = T::Reg::<V>::splat(v, T::from_f64(0.5));
            s = Cx { re: s.re * half, im: s.im * half };
        }
        let p = d.times(u);
        let (x, y) = (s + p, s - p);
        // SAFETY: as for the reads.
        unsafe { T::Reg::<V>::store_complex(x.re, x.im, self.dst.wrapping_add(low)) };
        let (re, im) = (y.re.reverse(), -y.im.reverse());
        // SAFETY: as for the reads.
        unsafe { T::Reg::<V>::store_complex(re, im, self.dst.wrapping_add(high)) };
    }
}
