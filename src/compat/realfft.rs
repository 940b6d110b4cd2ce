//! What programs import from realfft, with a planner of ours.
//!
//! `use realfft::{..}` becomes `use quaver::compat::realfft::{..}`. The planner returns [`RealToComplex`] and
//! [`ComplexToReal`] objects that run our plans; see the [module above](super) for what stays the same and what differs.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use std::collections::HashMap;

pub use ::realfft::{ComplexToReal, FftError, RealToComplex, num_complex, num_traits};
use num_complex::Complex;
use num_traits::Zero;

pub use super::FftNum;
use crate::error::LengthError;
use crate::fft::RealFft;
use crate::simd::{Level, LevelError};

/// Makes real transforms of any length, as realfft's planner of this name does, and remembers them.
///
/// # Examples
/// ```
/// use quaver::compat::realfft::RealFftPlanner;
///
/// let mut planner = RealFftPlanner::<f64>::new();
/// let (forward, inverse) = (planner.plan_fft_forward(256), planner.plan_fft_inverse(256));
/// let (mut samples, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
/// samples[3] = 1.0;
/// forward.process(&mut samples, &mut spectrum)?;
/// inverse.process(&mut spectrum, &mut samples)?;
/// assert!((samples[3] - 256.0).abs() < 1e-9);
/// # Ok::<(), quaver::compat::realfft::FftError>(())
/// ```
pub struct RealFftPlanner<T: FftNum> {
    level: Level,
    plans: HashMap<usize, Pair<T>>,
}

/// Both directions of one plan.
struct Pair<T: FftNum> {
    forward: Arc<dyn RealToComplex<T>>,
    inverse: Arc<dyn ComplexToReal<T>>,
}

impl<T: FftNum> RealFftPlanner<T> {
    /// A planner for the widest level of this machine.
    ///
    /// # Real-time safety
    /// Not real-time safe: asks the processor for its level.
    #[must_use]
    pub fn new() -> Self {
        Self { level: Level::detect(), plans: HashMap::new() }
    }

    /// A planner for a level of your choice.
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

    /// Plans transforms of `len` samples to `len / 2 + 1` bins; not scaled. Asked again, it gives what it made before.
    ///
    /// # Panics
    /// When the length is above 2^32, or the allocator has no memory for its tables.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn plan_fft_forward(&mut self, len: usize) -> Arc<dyn RealToComplex<T>> {
        Arc::clone(&self.pair(len).forward)
    }

    /// Plans transforms of `len / 2 + 1` bins to `len` samples; not scaled. Asked again, it gives what it made before.
    ///
    /// # Panics
    /// As [`RealFftPlanner::plan_fft_forward`].
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn plan_fft_inverse(&mut self, len: usize) -> Arc<dyn ComplexToReal<T>> {
        Arc::clone(&self.pair(len).inverse)
    }

    fn pair(&mut self, len: usize) -> &Pair<T> {
        let level = self.level;
        self.plans.entry(len).or_insert_with(|| Pair::new(len, level))
    }
}

impl<T: FftNum> Default for RealFftPlanner<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: FftNum> fmt::Debug for RealFftPlanner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealFftPlanner")
            .field("level", &self.level)
            .field("lengths", &self.plans.keys())
            .finish_non_exhaustive()
    }
}

impl<T: FftNum> Pair<T> {
    fn new(len: usize, level: Level) -> Self {
        let fft = (len != 0).then(|| match RealFft::with_level(len, level) {
            Ok(fft) => Arc::new(fft),
            Err(e) => panic!("no plan for real transforms of {len} points: {e}"),
        });
        Self { forward: Arc::new(Transform { fft: fft.clone() }), inverse: Arc::new(Transform { fft }) }
    }
}

/// A plan; of length 0, which computes nothing, none.
struct Transform<T: FftNum> {
    fft: Option<Arc<RealFft<T>>>,
}

impl<T: FftNum> Transform<T> {
    fn len(&self) -> usize {
        self.fft.as_ref().map_or(0, |fft| fft.len())
    }

    fn scratch_len(&self) -> usize {
        self.fft.as_ref().map_or(0, |fft| fft.scratch_len())
    }
}

impl<T: FftNum> RealToComplex<T> for Transform<T> {
    fn process(&self, input: &mut [T], output: &mut [Complex<T>]) -> Result<(), FftError> {
        let mut scratch = T::take(self.scratch_len());
        let result = RealToComplex::process_with_scratch(self, input, output, &mut scratch);
        T::keep(scratch);
        result
    }

    fn process_with_scratch(
        &self,
        input: &mut [T],
        output: &mut [Complex<T>],
        scratch: &mut [Complex<T>],
    ) -> Result<(), FftError> {
        match &self.fft {
            Some(fft) => fft.forward(input, output, scratch).map_err(translated),
            None => nothing(input.len(), output.len(), 0, 1),
        }
    }

    fn get_scratch_len(&self) -> usize {
        self.scratch_len()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn make_input_vec(&self) -> Vec<T> {
        vec![T::zero(); self.len()]
    }

    fn make_output_vec(&self) -> Vec<Complex<T>> {
        vec![Complex::zero(); self.len() / 2 + 1]
    }

    fn make_scratch_vec(&self) -> Vec<Complex<T>> {
        vec![Complex::zero(); self.scratch_len()]
    }
}

impl<T: FftNum> ComplexToReal<T> for Transform<T> {
    fn process(&self, input: &mut [Complex<T>], output: &mut [T]) -> Result<(), FftError> {
        let mut scratch = T::take(self.scratch_len());
        let result = ComplexToReal::process_with_scratch(self, input, output, &mut scratch);
        T::keep(scratch);
        result
    }

    fn process_with_scratch(
        &self,
        input: &mut [Complex<T>],
        output: &mut [T],
        scratch: &mut [Complex<T>],
    ) -> Result<(), FftError> {
        let Some(fft) = &self.fft else { return nothing(input.len(), output.len(), 1, 0) };
        // It reads none of the parts that should be zero: the result is that of zeros, as realfft's is.
        fft.inverse(input, output, scratch).map_err(translated)?;
        let is_wrong = |bin: Option<&Complex<T>>| bin.is_some_and(|bin| bin.im != T::zero());
        match (is_wrong(input.first()), fft.len().is_multiple_of(2) && is_wrong(input.last())) {
            (false, false) => Ok(()),
            (first, last) => Err(FftError::InputValues(first, last)),
        }
    }

    fn get_scratch_len(&self) -> usize {
        self.scratch_len()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn make_input_vec(&self) -> Vec<Complex<T>> {
        vec![Complex::zero(); self.len() / 2 + 1]
    }

    fn make_output_vec(&self) -> Vec<T> {
        vec![T::zero(); self.len()]
    }

    fn make_scratch_vec(&self) -> Vec<Complex<T>> {
        vec![Complex::zero(); self.scratch_len()]
    }
}

/// Our error in realfft's words.
#[cold]
fn translated(e: LengthError) -> FftError {
    match e.slice {
        "input" => FftError::InputBuffer(e.expected, e.actual),
        "output" => FftError::OutputBuffer(e.expected, e.actual),
        _ => FftError::ScratchBuffer(e.expected, e.actual),
    }
}

/// A transform of length 0: lengths are checked, nothing is written.
fn nothing(input: usize, output: usize, expected_in: usize, expected_out: usize) -> Result<(), FftError> {
    if input != expected_in {
        return Err(FftError::InputBuffer(expected_in, input));
    }
    if output != expected_out {
        return Err(FftError::OutputBuffer(expected_out, output));
    }
    Ok(())
}
