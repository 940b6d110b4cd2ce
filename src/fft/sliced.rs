//! Transforms in slices: a job that carries one out step by step, each within a budget of work.
//!
//! A plan's `start_..` makes a [`Job`], and [`Job::step`] goes on with it:
//!
//! ```
//! # #[cfg(feature = "alloc")] fn main() -> Result<(), Box<dyn core::error::Error>> {
//! use quaver::fft::RealFft;
//!
//! let fft = RealFft::<f32>::new(65_536)?;
//! let x = vec![0.5; fft.len()];
//! let mut spectrum = vec![Default::default(); fft.spectrum_len()];
//! let mut scratch = vec![Default::default(); fft.scratch_len()];
//!
//! let mut job = fft.start_forward(&x, &mut spectrum, &mut scratch)?;
//! let budget = job.total().div_ceil(64);
//! let mut callbacks = 0;
//! while !job.is_done() {
//!     job.step(budget); // once in each callback
//!     callbacks += 1;
//! }
//! assert_eq!((callbacks, spectrum[0].re), (64, 32_768.0));
//! # Ok(()) }
//! # #[cfg(not(feature = "alloc"))] fn main() {}
//! ```
//!
//! # Units of work
//! Budgets are in units, whose number for a whole transform is known beforehand: [`Job::total`]. A unit stands for about a
//! quarter of a cycle of the processor, with the data in its caches; how many nanoseconds that is, one measured transform
//! tells. What counts are shares: a step of `total / n` units takes about one n-th of the time of the whole transform, and
//! n steps of `total.div_ceil(n)` finish it.
//!
//! A step carries out the items of work that begin within its budget: a butterfly of a pass, a block of registers of the last
//! one, 64 points of a product. So it takes longer than its budget says by one such item at most, of some hundred
//! nanoseconds. Short lengths, which a plain call transforms without passes, are one item. Each step costs some 50 to 150 ns
//! beside its work: steps of a microsecond and more are worth their while.
//!
//! On an Intel Xeon of 2023 at AVX-512, of 65,536 points in 64 steps the longest takes 1.2 to 1.6 times the mean, and all of
//! them together 1.04 to 1.15 times the plain call (`scripts/bench-fft-more.sh`).
//!
//! # Across callbacks
//! A job borrows the plan and its slices. Where it cannot live from one callback to the next, because its slices live beside
//! it, its [`Progress`] can, a number:
//!
//! ```
//! # #[cfg(feature = "alloc")] fn main() -> Result<(), quaver::fft::LengthError> {
//! use num_complex::Complex;
//! use quaver::fft::{ComplexFft, LengthError, Progress};
//!
//! struct Background {
//!     fft: ComplexFft<f64>,
//!     x: Vec<Complex<f64>>,
//!     y: Vec<Complex<f64>>,
//!     scratch: Vec<Complex<f64>>,
//!     progress: Progress,
//! }
//!
//! impl Background {
//!     /// Goes on with the transform of `x`; tells whether `y` is its spectrum.
//!     fn callback(&mut self) -> Result<bool, LengthError> {
//!         let job = self.fft.start_forward(&self.x, &mut self.y, &mut self.scratch)?;
//!         let mut job = job.resume(self.progress);
//!         job.step(job.total().div_ceil(16));
//!         self.progress = job.progress();
//!         Ok(job.is_done())
//!     }
//! }
//! # let fft = ComplexFft::new(1920).unwrap();
//! # let (x, y) = (vec![Complex::new(1.0, 0.0); 1920], vec![Complex::default(); 1920]);
//! # let scratch = vec![Complex::default(); fft.scratch_len()];
//! # let mut background = Background { fft, x, y, scratch, progress: Progress::default() };
//! # let mut callbacks = 1;
//! # while !background.callback()? { callbacks += 1 }
//! # assert_eq!((callbacks, background.y[0].re), (16, 1920.0));
//! # Ok(()) }
//! # #[cfg(not(feature = "alloc"))] fn main() {}
//! ```
//!
//! The slices must stay as they were left, input, output and scratch: else the result is another, though nothing worse.
//!
//! # What comes out
//! The result of the plain call, bit by bit, however the work is cut. A job may be dropped half-way: nothing is leaked, nothing
//! is left to be undone, and what the output holds is unspecified; the input is unchanged, but for a job in place.

use core::fmt;

use num_complex::Complex;

use super::Real;
use super::extent::Part;
use super::plan::Plan;
use super::real_plan::RealPlan;
use crate::error::LengthError;

/// How far a [`Job`] has come, apart from what it borrows: what [`Job::resume`] takes.
///
/// The default is nothing done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Progress(u64);

/// A transform that is carried out step by step: see [the module](self).
///
/// # Examples
/// ```
/// # #[cfg(feature = "alloc")] fn main() -> Result<(), Box<dyn core::error::Error>> {
/// use num_complex::Complex;
/// use quaver::fft::ComplexFft;
///
/// let fft = ComplexFft::<f32>::new(4096)?;
/// let x = vec![Complex::new(1.0, 0.0); 4096];
/// let (mut y, mut scratch) = (vec![Complex::default(); 4096], vec![Complex::default(); fft.scratch_len()]);
/// let mut job = fft.start_forward(&x, &mut y, &mut scratch)?;
/// let quarter = job.total().div_ceil(4);
/// while job.step(quarter) > 0 {
///     // There is time for other work.
/// }
/// assert_eq!(y[0].re, 4096.0);
/// # Ok(()) }
/// # #[cfg(not(feature = "alloc"))] fn main() {}
/// ```
pub struct Job<'a, T: Real> {
    plan: Which<'a>,
    table: &'a [T],
    /// All of these stay borrowed while the job lives.
    input: *const T,
    output: *mut T,
    scratch: *mut T,
    inverse: bool,
    done: u64,
    total: u64,
    borrows: core::marker::PhantomData<(&'a [T], &'a mut [T])>,
}

#[derive(Clone, Copy)]
enum Which<'a> {
    Complex(&'a Plan),
    Real(&'a RealPlan),
}

// SAFETY: the pointers stand for a shared and two unique borrows of values of T, which are Send and Sync.
unsafe impl<T: Real> Send for Job<'_, T> {}
// SAFETY: as above; a shared job gives no way to what it borrows.
unsafe impl<T: Real> Sync for Job<'_, T> {}

impl<'a, T: Real> Job<'a, T> {
    /// # Safety
    /// `table` belongs to the plan; the pointers are what its run of this direction asks for, and stay so for `'a`.
    unsafe fn new(
        plan: Which<'a>,
        table: &'a [T],
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) -> Self {
        let borrows = core::marker::PhantomData;
        let mut job = Self { plan, table, input, output, scratch, inverse, done: 0, total: 0, borrows };
        job.total = job.walk(Part::none());
        job
    }

    /// Walks through the work and carries out a part of it, those before it being done; returns the units of all.
    #[inline]
    fn walk(&self, mut part: Part) -> u64 {
        let &Self { plan, input, output, scratch, inverse, .. } = self;
        let table = self.table.as_ptr();
        match plan {
            // SAFETY: the promise of `new`.
            Which::Complex(plan) => unsafe {
                T::run_part(plan, table, input, output, scratch, inverse, &mut part);
            },
            // SAFETY: the promise of `new`.
            Which::Real(plan) => unsafe {
                T::real_part(plan, table, input, output, scratch, inverse, &mut part);
            },
        }
        part.walked()
    }

    /// Carries out the next `budget` units of work, or what is left of it; returns the units that are then left.
    ///
    /// 0 is returned by the step that finishes the transform, and by each one after it, which does nothing. A budget of 0
    /// does nothing.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(budget + log N), and one item of work more at most: a
    /// butterfly, of a few hundred nanoseconds (of 97 rows of a matrix, some microseconds), or a whole transform of at most
    /// 5600 bytes.
    pub fn step(&mut self, budget: u64) -> u64 {
        let end = self.done.saturating_add(budget).min(self.total);
        if end > self.done {
            self.walk(Part::new(self.done, end));
            self.done = end;
        }
        self.total - end
    }

    /// Carries out all that is left.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N log N).
    pub fn finish(mut self) {
        self.step(self.total);
    }

    /// The units of work of the whole transform, the same for each job of a plan and a direction.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The units of work that are left.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.total - self.done
    }

    /// Tells whether nothing is left: the output is the result.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done == self.total
    }

    /// How far the job has come, for one that goes on with the same slices later.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        Progress(self.done)
    }

    /// A job that goes on from `progress`, that of one before it of the same plan, direction and slices.
    ///
    /// The slices have been left alone since: else what comes out is unspecified, though nothing worse than wrong numbers.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn resume(mut self, progress: Progress) -> Self {
        self.done = progress.0.min(self.total);
        self
    }
}

impl<T: Real> fmt::Debug for Job<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("done", &self.done).field("total", &self.total).finish_non_exhaustive()
    }
}

/// Checks the slices of an out-of-place transform and starts it.
#[inline]
pub(super) fn start<'a, T: Real>(
    plan: &'a Plan,
    table: &'a [T],
    input: &'a [Complex<T>],
    output: &'a mut [Complex<T>],
    scratch: &'a mut [Complex<T>],
    inverse: bool,
) -> Result<Job<'a, T>, LengthError> {
    LengthError::check("input", plan.len(), input.len())?;
    LengthError::check("output", plan.len(), output.len())?;
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    let (input, output) = (input.as_ptr().cast(), output.as_mut_ptr().cast());
    // SAFETY: the lengths are right, borrowing keeps the three apart for `'a`, and a `Complex<T>` is two values of T
    // (`repr(C)`). The tables belong to this plan: the two are only ever made together.
    Ok(unsafe { Job::new(Which::Complex(plan), table, input, output, scratch.as_mut_ptr().cast(), inverse) })
}

/// Checks the slices of an in-place transform and starts it.
#[inline]
pub(super) fn start_in_place<'a, T: Real>(
    plan: &'a Plan,
    table: &'a [T],
    data: &'a mut [Complex<T>],
    scratch: &'a mut [Complex<T>],
    inverse: bool,
) -> Result<Job<'a, T>, LengthError> {
    LengthError::check("data", plan.len(), data.len())?;
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    let data = data.as_mut_ptr().cast();
    // SAFETY: as in `start`; input and output may be the same.
    Ok(unsafe { Job::new(Which::Complex(plan), table, data, data, scratch.as_mut_ptr().cast(), inverse) })
}

/// Checks the slices of a forward real transform and starts it.
#[inline]
pub(super) fn start_forward<'a, T: Real>(
    plan: &'a RealPlan,
    table: &'a [T],
    input: &'a [T],
    output: &'a mut [Complex<T>],
    scratch: &'a mut [Complex<T>],
) -> Result<Job<'a, T>, LengthError> {
    LengthError::check("input", plan.len(), input.len())?;
    LengthError::check("output", plan.spectrum_len(), output.len())?;
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    let (input, output) = (input.as_ptr(), output.as_mut_ptr().cast());
    // SAFETY: as in `start`.
    Ok(unsafe { Job::new(Which::Real(plan), table, input, output, scratch.as_mut_ptr().cast(), false) })
}

/// Checks the slices of an inverse real transform and starts it.
#[inline]
pub(super) fn start_inverse<'a, T: Real>(
    plan: &'a RealPlan,
    table: &'a [T],
    input: &'a [Complex<T>],
    output: &'a mut [T],
    scratch: &'a mut [Complex<T>],
) -> Result<Job<'a, T>, LengthError> {
    LengthError::check("input", plan.spectrum_len(), input.len())?;
    LengthError::check("output", plan.len(), output.len())?;
    LengthError::check_least("scratch", plan.scratch_len::<T>(), scratch.len())?;
    let (input, output) = (input.as_ptr().cast(), output.as_mut_ptr());
    // SAFETY: as in `start`.
    Ok(unsafe { Job::new(Which::Real(plan), table, input, output, scratch.as_mut_ptr().cast(), true) })
}
