//! A spectrum of 65,536 samples in an audio callback of 64 frames: one 64th of the transform in each callback.
//!
//!     cargo run --release --example spectrum_sliced
//!
//! Computed at once, the transform would come as one long callback out of 64. Here each takes about the same time. The stream
//! is simulated, and runs as fast as it can; what a callback takes is measured.

use std::time::Instant;

use num_complex::Complex;
use quaver::fft::{LengthError, PlanError, Progress, RealFft};

/// Samples of a spectrum, frames of a callback, and callbacks from one spectrum to the next.
const LEN: usize = 65_536;
const FRAMES: usize = 64;
const CALLBACKS: usize = 64;
const SAMPLE_RATE: f32 = 48_000.0;
/// Spectra that are made.
const SPECTRA: usize = 50;

/// The last samples of a stream and the spectrum of them that is being made.
struct Analyser {
    fft: RealFft<f32>,
    /// A ring of what a spectrum takes and what comes in while it is made, written twice in a row: so any LEN of its
    /// samples stand in one slice somewhere, and those of the spectrum stay as they are.
    ring: Vec<f32>,
    /// Where the next frame goes, and where the samples of the spectrum begin.
    next: usize,
    first: usize,
    frames: usize,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    progress: Progress,
}

impl Analyser {
    const RING: usize = LEN + FRAMES * CALLBACKS;

    fn new() -> Result<Self, PlanError> {
        let fft = RealFft::new(LEN)?;
        Ok(Self {
            ring: vec![0.0; 2 * Self::RING],
            next: 0,
            first: 0,
            frames: 0,
            spectrum: vec![Complex::default(); fft.spectrum_len()],
            scratch: vec![Complex::default(); fft.scratch_len()],
            progress: Progress::default(),
            fft,
        })
    }

    /// The samples whose spectrum is being made.
    fn samples(&self) -> &[f32] {
        &self.ring[self.first..][..LEN]
    }

    /// Takes the frames of one callback and goes on with the spectrum; tells whether it is finished. Real-time safe.
    fn callback(&mut self, frames: &[f32]) -> Result<bool, LengthError> {
        for &x in frames {
            (self.ring[self.next], self.ring[self.next + Self::RING]) = (x, x);
            self.next = (self.next + 1) % Self::RING;
        }
        self.frames += frames.len();
        if self.frames < LEN {
            return Ok(false);
        }
        if self.progress == Progress::default() {
            self.first = (self.next + Self::RING - LEN) % Self::RING;
        }
        let samples = &self.ring[self.first..][..LEN];
        let job = self.fft.start_forward(samples, &mut self.spectrum, &mut self.scratch)?;
        let mut job = job.resume(self.progress);
        job.step(job.total().div_ceil(CALLBACKS as u64));
        let done = job.is_done();
        self.progress = if done { Progress::default() } else { job.progress() };
        Ok(done)
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let mut analyser = Analyser::new()?;
    let (mut plain, mut scratch) = (analyser.spectrum.clone(), analyser.scratch.clone());
    // Microseconds of each callback of a spectrum, and of the plain call.
    let mut steps = vec![Vec::new(); CALLBACKS];
    let mut whole = Vec::new();
    let mut step = 0;
    let mut phase = 0.0f32;
    while whole.len() < SPECTRA {
        // A tone of 1 kHz.
        let frames = [(); FRAMES].map(|()| {
            phase = (phase + 1000.0 / SAMPLE_RATE).fract();
            0.5 * (core::f32::consts::TAU * phase).sin()
        });
        let start = Instant::now();
        let done = analyser.callback(&frames)?;
        let took = start.elapsed().as_secs_f64() * 1e6;
        if analyser.frames < LEN {
            continue;
        }
        steps[step].push(took);
        step += 1;
        if done {
            let start = Instant::now();
            analyser.fft.forward(analyser.samples(), &mut plain, &mut scratch)?;
            whole.push(start.elapsed().as_secs_f64() * 1e6);
            assert_eq!(analyser.spectrum, plain, "the same, bit by bit");
            assert_eq!(step, CALLBACKS);
            step = 0;
        }
    }
    // The median of each, so that what the system did in between does not count.
    let steps: Vec<f64> = steps.iter_mut().map(|times| median(times)).collect();
    let worst = steps.iter().copied().fold(0.0, f64::max);
    let mean = steps.iter().sum::<f64>() / CALLBACKS as f64;
    let whole = median(&mut whole);
    let peak = (1..plain.len()).max_by(|&a, &b| plain[a].norm().total_cmp(&plain[b].norm())).unwrap_or(0);
    let period = FRAMES as f64 / f64::from(SAMPLE_RATE) * 1e6;
    println!("{SPECTRA} spectra of {LEN} samples, each over {CALLBACKS} callbacks of {FRAMES} frames");
    println!("peak          {:8.1} Hz", peak as f32 * SAMPLE_RATE / LEN as f32);
    println!("callback      {mean:8.2} us on average, {:.2} % of its {period:.0} us", 100.0 * mean / period);
    println!("              {worst:8.2} us at worst,   {:.2} %", 100.0 * worst / period);
    println!("at once       {whole:8.2} us in one,     {:.2} %", 100.0 * whole / period);
    println!("worst / mean  {:8.2}", worst / mean);
    println!("total / once  {:8.2}", mean * CALLBACKS as f64 / whole);
    Ok(())
}
