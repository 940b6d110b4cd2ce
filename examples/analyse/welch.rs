//! The mean power spectrum of the whole sound (Welch's method), in one pass and bounded memory.

use num_complex::Complex;
use quaver::dsp::Kernels;
use quaver::fft::{PlanError, RealFft};

use crate::window::Window;

/// Samples (of all channels) that are analysed with half overlap. From there on the segments only touch: enough of them
/// have been averaged, and the hour is done in half the time.
const OVERLAP_SAMPLES: u64 = 1 << 23;
/// The most samples that the segment of all channels together may hold.
const MAX_HELD: usize = 1 << 21;

/// Collects a sound, block by block, into its mean power spectrum.
#[derive(Debug)]
pub(crate) struct Welch {
    kernels: Kernels,
    fft: RealFft<f32>,
    window: Vec<f32>,
    /// The last samples of each channel, a circle as long as a segment.
    held: Vec<Vec<f32>>,
    /// Where the next sample goes.
    place: usize,
    frames: u64,
    /// Frames since the last segment.
    fresh: usize,
    /// Frames from that segment to the next.
    hop: usize,
    windowed: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// The sum of the segments' powers, as shares of the weight of the last one; and that of all.
    power: Vec<f64>,
    last_weight: usize,
    weight: f64,
    segments: u32,
}

/// A mean power spectrum, scaled so that a full-scale sine on a bin reads 1.
#[derive(Debug)]
pub(crate) struct Spectrum {
    pub(crate) power: Vec<f64>,
    pub(crate) bin_hz: f64,
    pub(crate) sample_rate: f64,
    /// The window that each segment was multiplied by; shorter than the transform for a sound that is.
    pub(crate) window: Window,
    /// Bins of the transform in one bin of the window's length: 1, or more for a short sound.
    pub(crate) bins_per_line: f64,
    /// How many segments were averaged.
    pub(crate) segments: u32,
}

impl Welch {
    /// Segments are half a second long or up to twice that, a power of two of frames.
    pub(crate) fn new(sample_rate: u32, channels: usize) -> Result<Self, PlanError> {
        let half_second = (sample_rate as usize / 2).clamp(32, 1 << 17).next_power_of_two();
        let most = (MAX_HELD / channels).max(64);
        let len = half_second.min(1 << most.ilog2());
        let fft = RealFft::new(len)?;
        let zero = Complex::new(0.0, 0.0);
        Ok(Self {
            kernels: Kernels::new(),
            window: Window::new(len).samples(),
            held: vec![vec![0.0; len]; channels],
            place: 0,
            frames: 0,
            fresh: 0,
            hop: len,
            windowed: vec![0.0; len],
            bins: vec![zero; fft.spectrum_len()],
            scratch: vec![zero; fft.scratch_len()],
            power: vec![0.0; fft.spectrum_len()],
            last_weight: len,
            weight: 0.0,
            segments: 0,
            fft,
        })
    }

    /// Adds a block: one slice of equal length for each channel.
    pub(crate) fn push<'a>(&mut self, frames: usize, channel: impl Fn(usize) -> &'a [f32]) {
        let len = self.fft.len();
        let mut done = 0;
        while done < frames {
            let count = (len - self.place).min(self.hop - self.fresh).min(frames - done);
            for (c, held) in self.held.iter_mut().enumerate() {
                held[self.place..self.place + count].copy_from_slice(&channel(c)[done..done + count]);
            }
            done += count;
            self.frames += count as u64;
            self.fresh += count;
            self.place = (self.place + count) % len;
            if self.fresh == self.hop {
                let overlap = self.frames * (self.held.len() as u64) < OVERLAP_SAMPLES;
                self.hop = if overlap { len / 2 } else { len };
                self.add_segment();
            }
        }
    }

    /// Adds the power of the last samples, weighted by the frames that are new in them.
    fn add_segment(&mut self) {
        let weight = self.fresh.min(self.hop);
        if weight != self.last_weight {
            // Two or three times in a sound: what is summed is brought to the new unit.
            let share = self.last_weight as f64 / weight as f64;
            self.power.iter_mut().for_each(|p| *p *= share);
            self.last_weight = weight;
        }
        for held in &self.held {
            let (newest, oldest) = held.split_at(self.place);
            let (first, second) = self.windowed.split_at_mut(oldest.len());
            let (window, rest) = self.window.split_at(oldest.len());
            multiply(oldest, window, first);
            multiply(newest, rest, second);
            self.fft
                .forward(&self.windowed, &mut self.bins, &mut self.scratch)
                .expect("the slices were made for this plan");
            self.kernels.power_add(&self.bins, &mut self.power).expect("a sum for each bin");
        }
        self.weight += weight as f64;
        self.fresh = 0;
        self.segments += 1;
    }

    /// The spectrum of all that was pushed.
    pub(crate) fn finish(mut self, sample_rate: u32) -> Spectrum {
        let len = self.fft.len();
        let mut window_len = len;
        if self.segments == 0 && self.fresh > 0 {
            // Shorter than one segment: a window of its own length, zeros behind it.
            // One frame alone has no window.
            window_len = self.fresh.max(2);
            self.window = Window::new(window_len).samples();
            self.window.resize(len, 0.0);
            self.place = 0;
        }
        if self.fresh > 0 {
            // The rest that fills no hop: the last segment ends where the sound does.
            self.add_segment();
        }
        let window = Window::new(window_len);
        let mean = self.last_weight as f64 / (self.weight.max(1.0) * self.held.len() as f64);
        let scale = 4.0 * mean / (window.gain() * window.gain());
        self.power.iter_mut().for_each(|p| *p *= scale);
        Spectrum {
            power: self.power,
            bin_hz: f64::from(sample_rate) / len as f64,
            sample_rate: f64::from(sample_rate),
            window,
            bins_per_line: len as f64 / window_len as f64,
            segments: self.segments,
        }
    }
}

/// Writes the products of `samples` and `window`.
pub(crate) fn multiply(samples: &[f32], window: &[f32], out: &mut [f32]) {
    for ((out, x), w) in out.iter_mut().zip(samples).zip(window) {
        *out = x * w;
    }
}
