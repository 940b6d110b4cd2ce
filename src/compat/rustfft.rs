//! What programs import from RustFFT, with a planner of ours.
//!
//! `use rustfft::{..}` becomes `use quaver::compat::rustfft::{..}`. The planner returns [`Fft`] objects that run our plans;
//! see the [module above](super) for what stays the same and what differs.

use alloc::sync::Arc;
use core::fmt;
use core::mem;
use std::collections::HashMap;

pub use ::rustfft::{Direction, Fft, FftDirection, Length, num_complex, num_traits};
use num_complex::Complex;

pub use super::FftNum;
use crate::fft::ComplexFft;
use crate::simd::{Level, LevelError};

/// Makes complex transforms of any length, as RustFFT's planner of this name does, and remembers them.
///
/// # Examples
/// ```
/// use quaver::compat::rustfft::{FftDirection, FftPlanner, num_complex::Complex};
///
/// let mut planner = FftPlanner::<f64>::new();
/// let fft = planner.plan_fft(480, FftDirection::Inverse);
/// // Four transforms in one buffer.
/// let mut buffer = vec![Complex::new(0.0, 0.0); 4 * fft.len()];
/// let mut scratch = vec![Complex::new(0.0, 0.0); fft.get_inplace_scratch_len()];
/// fft.process_with_scratch(&mut buffer, &mut scratch);
/// ```
pub struct FftPlanner<T: FftNum> {
    level: Level,
    plans: HashMap<usize, Pair<T>>,
}

/// Both directions of one plan.
struct Pair<T: FftNum> {
    forward: Arc<dyn Fft<T>>,
    inverse: Arc<dyn Fft<T>>,
}

impl<T: FftNum> FftPlanner<T> {
    /// A planner for the widest level of this machine.
    ///
    /// # Real-time safety
    /// Not real-time safe: asks the processor for its level.
    #[must_use]
    pub fn new() -> Self {
        Self { level: Level::detect(), plans: HashMap::new() }
    }

    /// A planner for a level of your choice: [`Level::Scalar`] stands where RustFFT has its `FftPlannerScalar`.
    ///
    /// # Errors
    /// [`LevelError`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: asks the processor for its level.
    pub fn with_level(level: Level) -> Result<Self, LevelError> {
        level.prove()?;
        Ok(Self { level, plans: HashMap::new() })
    }

    /// Plans transforms of `len` points; not scaled. Asked again, it gives what it made before.
    ///
    /// Both directions share their tables.
    ///
    /// # Panics
    /// When the length is above 2^32, or the allocator has no memory for its tables.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn plan_fft(&mut self, len: usize, direction: FftDirection) -> Arc<dyn Fft<T>> {
        let level = self.level;
        let pair = self.plans.entry(len).or_insert_with(|| Pair::new(len, level));
        Arc::clone(match direction {
            FftDirection::Forward => &pair.forward,
            FftDirection::Inverse => &pair.inverse,
        })
    }

    /// As [`FftPlanner::plan_fft`], forward.
    ///
    /// # Panics
    /// As [`FftPlanner::plan_fft`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn plan_fft_forward(&mut self, len: usize) -> Arc<dyn Fft<T>> {
        self.plan_fft(len, FftDirection::Forward)
    }

    /// As [`FftPlanner::plan_fft`], inverse.
    ///
    /// # Panics
    /// As [`FftPlanner::plan_fft`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn plan_fft_inverse(&mut self, len: usize) -> Arc<dyn Fft<T>> {
        self.plan_fft(len, FftDirection::Inverse)
    }
}

impl<T: FftNum> Default for FftPlanner<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: FftNum> fmt::Debug for FftPlanner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FftPlanner")
            .field("level", &self.level)
            .field("lengths", &self.plans.keys())
            .finish_non_exhaustive()
    }
}

impl<T: FftNum> Pair<T> {
    fn new(len: usize, level: Level) -> Self {
        let fft = (len != 0).then(|| match ComplexFft::with_level(len, level) {
            Ok(fft) => Arc::new(fft),
            Err(e) => panic!("no plan for transforms of {len} points: {e}"),
        });
        let of = |direction| Arc::new(Transform { fft: fft.clone(), direction });
        Self { forward: of(FftDirection::Forward), inverse: of(FftDirection::Inverse) }
    }
}

/// One direction of a plan; of length 0, which computes nothing, without one.
struct Transform<T: FftNum> {
    fft: Option<Arc<ComplexFft<T>>>,
    direction: FftDirection,
}

impl<T: FftNum> Transform<T> {
    /// The same for all calls: what works in place has no need of more.
    fn scratch_len(&self) -> usize {
        self.fft.as_ref().map_or(0, |fft| fft.scratch_len())
    }

    /// Block after block from `input` to `output`, whose lengths are checked here.
    fn out_of_place(
        &self,
        mut input: &[Complex<T>],
        mut output: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
    ) {
        let Some(fft) = &self.fft else { return };
        let (len, scratch_len) = (fft.len(), fft.scratch_len());
        assert!(
            input.len() == output.len(),
            "input and output must have the same length: {} and {}",
            input.len(),
            output.len()
        );
        check(len, input.len(), scratch_len, scratch.len());
        while let (Some((block, more_input)), Some((to, more_output))) =
            (input.split_at_checked(len), mem::take(&mut output).split_at_mut_checked(len))
        {
            let done = match self.direction {
                FftDirection::Forward => fft.forward(block, to, scratch),
                FftDirection::Inverse => fft.inverse(block, to, scratch),
            };
            debug_assert_eq!(done, Ok(()), "lengths were checked");
            (input, output) = (more_input, more_output);
        }
    }
}

impl<T: FftNum> Length for Transform<T> {
    fn len(&self) -> usize {
        self.fft.as_ref().map_or(0, |fft| fft.len())
    }
}

impl<T: FftNum> Direction for Transform<T> {
    fn fft_direction(&self) -> FftDirection {
        self.direction
    }
}

impl<T: FftNum> Fft<T> for Transform<T> {
    fn process(&self, buffer: &mut [Complex<T>]) {
        let mut scratch = T::take(self.scratch_len());
        self.process_with_scratch(buffer, &mut scratch);
        T::keep(scratch);
    }

    fn process_with_scratch(&self, mut buffer: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        let Some(fft) = &self.fft else { return };
        let (len, scratch_len) = (fft.len(), fft.scratch_len());
        check(len, buffer.len(), scratch_len, scratch.len());
        while let Some((block, more)) = mem::take(&mut buffer).split_at_mut_checked(len) {
            let done = match self.direction {
                FftDirection::Forward => fft.forward_in_place(block, scratch),
                FftDirection::Inverse => fft.inverse_in_place(block, scratch),
            };
            debug_assert_eq!(done, Ok(()), "lengths were checked");
            buffer = more;
        }
    }

    fn process_outofplace_with_scratch(
        &self,
        input: &mut [Complex<T>],
        output: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
    ) {
        self.out_of_place(input, output, scratch);
    }

    fn process_immutable_with_scratch(
        &self,
        input: &[Complex<T>],
        output: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
    ) {
        self.out_of_place(input, output, scratch);
    }

    fn get_inplace_scratch_len(&self) -> usize {
        self.scratch_len()
    }

    fn get_outofplace_scratch_len(&self) -> usize {
        self.scratch_len()
    }

    fn get_immutable_scratch_len(&self) -> usize {
        self.scratch_len()
    }
}

/// Panics as RustFFT does: on scratch that is too short, and on a buffer that holds no whole number of transforms. An
/// empty one it lets pass, other than it says.
#[inline(always)]
fn check(len: usize, buffer: usize, scratch_len: usize, scratch: usize) {
    // One transform is the usual number: a division takes longer than a short one of those.
    let whole = buffer == len || buffer.is_multiple_of(len);
    if scratch < scratch_len || !whole {
        refuse(len, buffer, scratch_len, scratch);
    }
}

#[cold]
#[inline(never)]
fn refuse(len: usize, buffer: usize, scratch_len: usize, scratch: usize) -> ! {
    assert!(buffer >= len, "the buffer is too small: a transform has {len} points, it has {buffer}");
    assert!(buffer.is_multiple_of(len), "the buffer must hold a multiple of {len} points, it has {buffer}");
    panic!("not enough scratch: {scratch_len} numbers are needed, {scratch} were given");
}
