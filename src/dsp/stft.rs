//! Short-time Fourier transform: a spectrum of the last few frames every few frames, and the way back.
//!
//! [`Analyser`] turns a stream into columns, [`Synthesiser`] turns columns into a stream, and [`Stft`] does both around
//! a closure that changes the columns. A *column* is the spectrum of `len` frames under a window; the next one begins
//! `hop` frames later.
//!
//! Synthesis weights each inverse transform with a second window and overlap-adds. With analysis window `a` and
//! synthesis window `s`, the overlapped products `sum over k of a[j + k hop] s[j + k hop]`, for j in 0..hop, must not
//! depend on `j` (constant overlap-add, COLA): then a gain that is applied to every column comes out as that gain.
//! Construction checks it. What ripple is left is divided out, so that unchanged columns give the input back.
//!
//! Sources: J. B. Allen and L. R. Rabiner, A unified approach to short-time Fourier analysis and synthesis, Proc. IEEE
//! 65(11), 1977; R. E. Crochiere, A weighted overlap-add method of short-time Fourier analysis/synthesis, IEEE Trans.
//! ASSP 28(1), 1980; D. W. Griffin and J. S. Lim, Signal estimation from modified short-time Fourier transform, IEEE
//! Trans. ASSP 32(2), 1984.

#![forbid(unsafe_code)]

use core::fmt;
use core::marker::PhantomData;

use num_complex::Complex;

use crate::buffer::{AlignedBuf, AllocError};
use crate::error::LengthError;
use crate::fft::{PlanError, RealFft};
use crate::simd::{Level, Routine, Vector};

use super::Kernels;
use super::window::{Symmetry, Window, WindowError};

/// Turns a stream of frames into columns.
///
/// Column `index` is the transform of frames `index * hop .. index * hop + len` under the window, which is periodic and
/// not scaled: divide by `len` times its [coherent gain](super::window::coherent_gain) to read amplitudes.
///
/// # Examples
/// ```
/// use quaver::dsp::{stft::Analyser, window::Window};
///
/// let mut analyser = Analyser::new(1024, 256, Window::Hann)?;
/// let mut columns = 0;
/// for block in [0.0_f32; 4096].chunks(480) {
///     analyser.push(block, |spectrum, index| {
///         assert_eq!(spectrum.len(), 513);
///         assert_eq!(index, columns);
///         columns += 1;
///     });
/// }
/// assert_eq!(columns, (4096 - 1024) / 256 + 1);
/// # Ok::<(), quaver::dsp::stft::StftError>(())
/// ```
#[derive(Debug)]
pub struct Analyser {
    fft: RealFft<f32>,
    kernels: Kernels,
    hop: usize,
    window: AlignedBuf<f32>,
    /// The last `len` frames, as a ring; the oldest is at `oldest`.
    history: AlignedBuf<f32>,
    oldest: usize,
    /// Frames until the next column is complete, at least 1.
    wait: usize,
    /// Index of the next column.
    index: u64,
    /// Frames until the first column is complete.
    first: usize,
    block: AlignedBuf<f32>,
    spectrum: AlignedBuf<Complex<f32>>,
    scratch: AlignedBuf<Complex<f32>>,
}

impl Analyser {
    /// Plans columns of `len` frames, one every `hop` frames. Any `len` and any `hop` of 1 or more will do; a hop longer
    /// than the columns skips frames.
    ///
    /// # Errors
    /// [`StftError`] when `len` or `hop` is zero, the window's parameter is out of range, or memory is refused.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize, hop: usize, window: Window) -> Result<Self, StftError> {
        Self::with_level(len, hop, window, Level::detect())
    }

    /// As [`Analyser::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`Analyser::new`]; and [`StftError::Plan`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(len: usize, hop: usize, window: Window, level: Level) -> Result<Self, StftError> {
        Self::build(len, hop, window, level, len)
    }

    /// The first column is complete after `first` frames, as if zeros had come before.
    fn build(len: usize, hop: usize, window: Window, level: Level, first: usize) -> Result<Self, StftError> {
        if hop == 0 {
            return Err(StftError::ZeroHop);
        }
        let fft = RealFft::with_level(len, level)?;
        let mut samples = AlignedBuf::new(len)?;
        window.fill(Symmetry::Periodic, &mut samples)?;
        Ok(Self {
            kernels: kernels(level)?,
            hop,
            window: samples,
            history: AlignedBuf::new(len)?,
            oldest: 0,
            wait: first,
            index: 0,
            first,
            block: AlignedBuf::new(len)?,
            spectrum: AlignedBuf::new(fft.spectrum_len())?,
            scratch: AlignedBuf::new(fft.scratch_len())?,
            fft,
        })
    }

    /// Frames under one window.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn fft_len(&self) -> usize {
        self.window.len()
    }

    /// Frames from one column to the next.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// Bins of one column: `fft_len / 2 + 1`. Bin `k` is at `k * sample_rate / fft_len` Hz.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn spectrum_len(&self) -> usize {
        self.spectrum.len()
    }

    /// The window's `fft_len` samples.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn window(&self) -> &[f32] {
        &self.window
    }

    /// Frames between the first frame of a column and the one that completes it: `fft_len - 1`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn latency_frames(&self) -> usize {
        self.window.len().saturating_sub(1)
    }

    /// Takes the next frames of the stream, any number of them, and calls `column` with each column that they complete
    /// and its index. Where the stream is cut into pushes makes no difference, not to the bit.
    ///
    /// # Real-time safety
    /// Real-time safe if `column` is: no allocation, lock, system call or panic; O(frames + columns * len log len).
    pub fn push(&mut self, input: &[f32], mut column: impl FnMut(&[Complex<f32>], u64)) {
        self.push_mut(input, |spectrum, index| column(spectrum, index));
    }

    fn push_mut(&mut self, mut input: &[f32], mut column: impl FnMut(&mut [Complex<f32>], u64)) {
        while !input.is_empty() {
            let (taken, rest) = input.split_at(self.wait.min(input.len()));
            input = rest;
            self.wait -= taken.len();
            self.keep(taken);
            if self.wait == 0 {
                self.wait = self.hop;
                self.transform();
                column(&mut self.spectrum, self.index);
                self.index += 1;
            }
        }
    }

    /// Forgets the stream: the next frame is frame 0 of a new one.
    ///
    /// # Real-time safety
    /// Real-time safe: O(len).
    pub fn reset(&mut self) {
        self.history.fill(0.0);
        (self.oldest, self.wait, self.index) = (0, self.first, 0);
    }

    /// Writes frames over the oldest of the history.
    fn keep(&mut self, frames: &[f32]) {
        let len = self.history.len();
        // Of more frames than the history holds, the last.
        let frames = frames.get(frames.len().saturating_sub(len)..).unwrap_or_default();
        let (head, tail) = halves(&mut self.history, self.oldest);
        let (first, second) = frames.split_at(frames.len().min(tail.len()));
        tail.iter_mut().zip(first).for_each(|(to, from)| *to = *from);
        head.iter_mut().zip(second).for_each(|(to, from)| *to = *from);
        self.oldest += frames.len();
        if self.oldest >= len {
            self.oldest -= len;
        }
    }

    /// Transforms the history under the window.
    fn transform(&mut self) {
        let (head, tail) = halves(&mut self.history, self.oldest);
        let middle = tail.len();
        let (early, late) = self.window.split_at(middle.min(self.window.len()));
        let (first, second) = halves(&mut self.block, middle);
        self.kernels.level.call::<Weigh<'_>>(tail, early, first);
        self.kernels.level.call::<Weigh<'_>>(head, late, second);
        let done = self.fft.forward(&self.block, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok(), "the lengths are the plan's");
    }
}

/// Turns columns back into a stream of frames, by weighted overlap-add.
///
/// Each column gives `hop` frames: those that no later column reaches. With columns of an [`Analyser`] whose stream
/// began at frame 0, they begin at frame 0 too; the first `len - hop` frames lie under fewer columns than the rest and
/// come out weaker. [`Stft`] has no such beginning.
///
/// # Examples
/// ```
/// use quaver::dsp::{stft::{Analyser, Synthesiser}, window::Window};
///
/// let mut analyser = Analyser::new(1024, 256, Window::Hann)?;
/// let mut synthesiser = Synthesiser::new(1024, 256, Window::Hann, Window::Hann)?;
/// let input: Vec<f32> = (0..4096).map(|i| (i as f32 * 0.1).sin()).collect();
/// let mut output = Vec::new();
/// analyser.push(&input, |spectrum, _| {
///     let mut frames = [0.0; 256];
///     synthesiser.push(spectrum, &mut frames).expect("lengths are those of the analyser");
///     output.extend(frames);
/// });
/// assert!(input.iter().zip(&output).skip(768).all(|(a, b)| (a - b).abs() < 1e-6));
/// # Ok::<(), quaver::dsp::stft::StftError>(())
/// ```
#[derive(Debug)]
pub struct Synthesiser {
    fft: RealFft<f32>,
    kernels: Kernels,
    hop: usize,
    /// The synthesis window over the overlapped products and over `len`, which the inverse transform does not divide by.
    weights: AlignedBuf<f32>,
    /// What columns so far add to the next `len` frames, as a ring; the next frame is at `next`.
    sum: AlignedBuf<f32>,
    next: usize,
    block: AlignedBuf<f32>,
    scratch: AlignedBuf<Complex<f32>>,
}

impl Synthesiser {
    /// Plans the synthesis of columns that were analysed with the same `len` and `hop` and with window `analysis`.
    ///
    /// [`Window::Rectangular`] as `synthesis` is plain overlap-add; the analysis window once more, or [`Window::Sine`]
    /// twice, also damps what a change of the columns does at their ends.
    ///
    /// # Errors
    /// [`StftError::NotCola`] when the overlapped products of the windows vary by more than [`COLA_RIPPLE`] of their
    /// mean, [`StftError::HopTooLong`] when a hop is longer than a column; else as [`Analyser::new`].
    ///
    /// # Accuracy
    /// Unchanged columns give the input back within 1e-6 of its peak (see tests/stft.rs): what the transforms and one
    /// rounded product each way leave in f32.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize, hop: usize, analysis: Window, synthesis: Window) -> Result<Self, StftError> {
        Self::build(len, hop, analysis, synthesis, Level::detect(), COLA_RIPPLE)
    }

    /// As [`Synthesiser::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`Synthesiser::new`]; and [`StftError::Plan`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(
        len: usize,
        hop: usize,
        analysis: Window,
        synthesis: Window,
        level: Level,
    ) -> Result<Self, StftError> {
        Self::build(len, hop, analysis, synthesis, level, COLA_RIPPLE)
    }

    /// As [`Synthesiser::new`], for windows that are not COLA: only every frame must lie under some window.
    ///
    /// Unchanged columns give the input back; the gain of changed ones varies with the place in the hop. With equal
    /// windows it is the least-squares estimate of Griffin and Lim.
    ///
    /// # Errors
    /// [`StftError::NotCola`] when the overlapped products fall below 1 % of their mean somewhere; else as
    /// [`Synthesiser::new`].
    ///
    /// # Accuracy
    /// As [`Synthesiser::new`], over the least overlapped product relative to the mean.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    ///
    /// # Source
    /// Griffin and Lim 1984, equation 6.
    pub fn new_normalised(
        len: usize,
        hop: usize,
        analysis: Window,
        synthesis: Window,
    ) -> Result<Self, StftError> {
        Self::build(len, hop, analysis, synthesis, Level::detect(), 0.99)
    }

    /// `ripple`: how far below the mean, relative to it, the overlapped products may fall; above, as far or, where that
    /// is nearly all, anywhere.
    fn build(
        len: usize,
        hop: usize,
        analysis: Window,
        synthesis: Window,
        level: Level,
        ripple: f64,
    ) -> Result<Self, StftError> {
        if hop == 0 {
            return Err(StftError::ZeroHop);
        }
        if hop > len {
            return Err(StftError::HopTooLong { hop, len });
        }
        let fft = RealFft::with_level(len, level)?;
        let (mut first, mut second) = (AlignedBuf::<f64>::new(len)?, AlignedBuf::<f64>::new(len)?);
        analysis.fill(Symmetry::Periodic, &mut first)?;
        synthesis.fill(Symmetry::Periodic, &mut second)?;
        let mut overlapped = AlignedBuf::<f64>::new(hop)?;
        for (a, s) in first.chunks(hop).zip(second.chunks(hop)) {
            overlapped.iter_mut().zip(a).zip(s).for_each(|((sum, a), s)| *sum += a * s);
        }
        let mean = overlapped.iter().sum::<f64>() / real(hop);
        let (least, most) = overlapped.iter().fold((mean, mean), |(lo, hi), &x| (x.min(lo), x.max(hi)));
        let low = 1.0 - least / mean;
        let high = if ripple < 0.5 { most / mean - 1.0 } else { 0.0 };
        // A mean of zero makes both NaN.
        let found = if mean > 0.0 { low.max(high) } else { f64::INFINITY };
        if found > ripple {
            return Err(StftError::NotCola { hop, ripple: found });
        }
        let mut weights = AlignedBuf::<f32>::new(len)?;
        for (weights, s) in weights.chunks_mut(hop).zip(second.chunks(hop)) {
            for ((w, s), sum) in weights.iter_mut().zip(s).zip(overlapped.iter()) {
                *w = narrow(s / (sum * real(len)));
            }
        }
        Ok(Self {
            kernels: kernels(level)?,
            hop,
            weights,
            sum: AlignedBuf::new(len)?,
            next: 0,
            block: AlignedBuf::new(len)?,
            scratch: AlignedBuf::new(fft.scratch_len())?,
            fft,
        })
    }

    /// Frames under one window.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn fft_len(&self) -> usize {
        self.weights.len()
    }

    /// Frames that one column gives.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// Takes the next column and writes the frames that it completes.
    ///
    /// - `spectrum`: `fft_len / 2 + 1` bins. Of bin 0, and of the last when `fft_len` is even, only the real part counts.
    /// - `output`: `hop` frames.
    ///
    /// # Errors
    /// [`LengthError`] when a slice has another length; nothing is written and the column is not taken.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(len log len).
    pub fn push(&mut self, spectrum: &[Complex<f32>], output: &mut [f32]) -> Result<(), LengthError> {
        LengthError::check("spectrum", self.fft.spectrum_len(), spectrum.len())?;
        LengthError::check("output", self.hop, output.len())?;
        self.fft.inverse(spectrum, &mut self.block, &mut self.scratch)?;

        let (head, tail) = halves(&mut self.sum, self.next);
        let middle = tail.len();
        let (early, late) = self.weights.split_at(middle.min(self.weights.len()));
        let (first, second) = halves(&mut self.block, middle);
        self.kernels.level.call::<WeighAdd<'_>>(first, early, tail);
        self.kernels.level.call::<WeighAdd<'_>>(second, late, head);

        let (first, second) = output.split_at_mut(middle.min(output.len()));
        for (output, sum) in [(first, tail), (second, head)] {
            for (output, sum) in output.iter_mut().zip(sum) {
                *output = core::mem::take(sum);
            }
        }
        self.next += self.hop;
        if self.next >= self.sum.len() {
            self.next -= self.sum.len();
        }
        Ok(())
    }

    /// Forgets the columns so far.
    ///
    /// # Real-time safety
    /// Real-time safe: O(len).
    pub fn reset(&mut self) {
        self.sum.fill(0.0);
        self.next = 0;
    }
}

/// Runs a stream through analysis, a change of its columns, and synthesis, as many frames out as in.
///
/// # Examples
/// ```
/// use quaver::dsp::{stft::Stft, window::Window};
///
/// // Everything above bin 100 is taken out.
/// let mut low_pass = Stft::new(1024, 256, Window::Hann, Window::Hann)?;
/// let (input, mut output) = ([0.5_f32; 480], [0.0_f32; 480]);
/// low_pass.process(&input, &mut output, |spectrum, _| spectrum[100..].fill(Default::default()))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Stft {
    analyser: Analyser,
    synthesiser: Synthesiser,
    /// The `hop` frames of the last column; the next to be given out is at `given`. Always `wait - 1` of them are left,
    /// `wait` being the frames that the analyser lacks for the next column.
    ready: AlignedBuf<f32>,
    given: usize,
}

impl Stft {
    /// Plans columns of `len` frames, one every `hop` frames, and their synthesis.
    ///
    /// # Errors
    /// As [`Synthesiser::new`].
    ///
    /// # Accuracy
    /// As [`Synthesiser::new`], from the first frame to the last.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize, hop: usize, analysis: Window, synthesis: Window) -> Result<Self, StftError> {
        Self::with_level(len, hop, analysis, synthesis, Level::detect())
    }

    /// As [`Stft::new`], at a level of your choice.
    ///
    /// # Errors
    /// As [`Stft::new`]; and [`StftError::Plan`] when this machine cannot run the level.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn with_level(
        len: usize,
        hop: usize,
        analysis: Window,
        synthesis: Window,
        level: Level,
    ) -> Result<Self, StftError> {
        let synthesiser = Synthesiser::with_level(len, hop, analysis, synthesis, level)?;
        // The first column ends with the first hop, so that every frame lies under as many columns as any other.
        let analyser = Analyser::build(len, hop, analysis, level, hop)?;
        Ok(Self { analyser, synthesiser, ready: AlignedBuf::new(hop)?, given: 1 })
    }

    /// Frames by which the output lags behind the input: `len - 1`.
    ///
    /// # Real-time safety
    /// Real-time safe.
    #[must_use]
    pub fn latency_frames(&self) -> usize {
        self.analyser.latency_frames()
    }

    /// Takes the next frames of the stream and writes as many, [`Stft::latency_frames`] behind; `change` is called with
    /// every column and its index.
    ///
    /// Column `index` ends with frame `(index + 1) * hop - 1`. Push [`Stft::latency_frames`] zeros to flush the end.
    ///
    /// - `input`, `output`: any number of frames, the same for both.
    ///
    /// # Errors
    /// [`LengthError`] when the lengths differ; nothing is taken or written.
    ///
    /// # Real-time safety
    /// Real-time safe if `change` is: no allocation, lock, system call or panic. The work comes in bursts, one column
    /// every `hop` frames: O(frames + columns * len log len).
    pub fn process(
        &mut self,
        mut input: &[f32],
        mut output: &mut [f32],
        mut change: impl FnMut(&mut [Complex<f32>], u64),
    ) -> Result<(), LengthError> {
        LengthError::check("output", input.len(), output.len())?;
        let Self { analyser, synthesiser, ready, given } = self;
        while !input.is_empty() {
            let completes = analyser.wait <= input.len();
            let (taken, input_rest) = input.split_at(analyser.wait.min(input.len()));
            let (to, output_rest) = output.split_at_mut(taken.len().min(output.len()));
            (input, output) = (input_rest, output_rest);

            // What is left of the last column, then, if there is a new one, its first frame.
            let (old, new) = to.split_at_mut(to.len().saturating_sub(usize::from(completes)));
            give(ready, given, old);
            analyser.push_mut(taken, |spectrum, index| {
                change(spectrum, index);
                let done = synthesiser.push(spectrum, ready);
                debug_assert!(done.is_ok(), "the lengths are the plan's");
                *given = 0;
            });
            give(ready, given, new);
        }
        Ok(())
    }

    /// Forgets the stream: the next frame is frame 0 of a new one.
    ///
    /// # Real-time safety
    /// Real-time safe: O(len).
    pub fn reset(&mut self) {
        self.analyser.reset();
        self.synthesiser.reset();
        self.ready.fill(0.0);
        self.given = 1;
    }
}

/// The overlapped window products may differ from their mean by this much of it (-100 dB).
pub const COLA_RIPPLE: f64 = 1e-5;

/// A transform could not be planned.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum StftError {
    /// A hop has at least one frame.
    ZeroHop,
    /// Synthesis has gaps when a hop is longer than a column.
    HopTooLong {
        /// Frames of a hop.
        hop: usize,
        /// Frames of a column.
        len: usize,
    },
    /// The overlapped products of the windows are not constant.
    NotCola {
        /// Frames of a hop.
        hop: usize,
        /// Their greatest distance from the mean, relative to it.
        ripple: f64,
    },
    /// The window's parameter is out of range.
    Window(WindowError),
    /// The transform could not be planned.
    Plan(PlanError),
    /// Memory could not be had.
    Alloc(AllocError),
}

impl fmt::Display for StftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroHop => f.write_str("a hop needs at least one frame"),
            Self::HopTooLong { hop, len } => {
                write!(f, "a hop of {hop} frames leaves gaps between columns of {len}")
            }
            Self::NotCola { hop, ripple } => {
                write!(
                    f,
                    "the windows do not overlap-add to a constant at a hop of {hop}: ripple {ripple:.3e}"
                )
            }
            Self::Window(error) => error.fmt(f),
            Self::Plan(error) => error.fmt(f),
            Self::Alloc(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StftError {}

impl From<WindowError> for StftError {
    fn from(error: WindowError) -> Self {
        Self::Window(error)
    }
}

impl From<PlanError> for StftError {
    fn from(error: PlanError) -> Self {
        Self::Plan(error)
    }
}

impl From<AllocError> for StftError {
    fn from(error: AllocError) -> Self {
        Self::Alloc(error)
    }
}

// The loops below are plain: inside the entry of a level the compiler makes that level's instructions of them, and
// never fuses the multiply-add, so that every level gives the same result.

/// `output = input * weights`, all of one length.
struct Weigh<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Weigh<'a> {
    type A = &'a [f32];
    type B = &'a [f32];
    type C = &'a mut [f32];
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(_: V, input: &'a [f32], weights: &'a [f32], output: &'a mut [f32]) {
        for ((output, input), weight) in output.iter_mut().zip(input).zip(weights) {
            *output = input * weight;
        }
    }
}

/// `sum += input * weights`, all of one length.
struct WeighAdd<'a>(PhantomData<&'a ()>);

impl<'a> Routine for WeighAdd<'a> {
    type A = &'a [f32];
    type B = &'a [f32];
    type C = &'a mut [f32];
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(_: V, input: &'a [f32], weights: &'a [f32], sum: &'a mut [f32]) {
        for ((sum, input), weight) in sum.iter_mut().zip(input).zip(weights) {
            *sum += input * weight;
        }
    }
}

/// The part of a ring before `at`, and the part from it on.
fn halves(ring: &mut [f32], at: usize) -> (&mut [f32], &mut [f32]) {
    ring.split_at_mut(at.min(ring.len()))
}

/// Copies the frames from `given` on to `output`, as many as it takes.
fn give(ready: &[f32], given: &mut usize, output: &mut [f32]) {
    let frames = ready.get(*given..).unwrap_or_default();
    output.iter_mut().zip(frames).for_each(|(to, from)| *to = *from);
    *given += output.len();
}

fn kernels(level: Level) -> Result<Kernels, StftError> {
    Kernels::with_level(level).map_err(|error| StftError::Plan(PlanError::from(error)))
}

#[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements")]
fn real(n: usize) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
fn narrow(x: f64) -> f32 {
    x as f32
}
