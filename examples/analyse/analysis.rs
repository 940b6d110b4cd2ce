//! The one pass over the sound: levels and spectrogram on this thread, the long spectrum on a second.

use std::sync::mpsc;
use std::thread;

use quaver::buffer::{Interleaved, PlanarMut};
use quaver::dsp::Kernels;
use quaver::dsp::level::Meter;
use quaver::units::SampleFormat;

use crate::input::{Failure, Input};
use crate::peaks::{self, Findings};
use crate::spectrogram::{Levels, Spectrogram};
use crate::welch::Welch;

/// Samples of all channels in a block: few enough to stay in the cache from one step to the next.
const BLOCK_SAMPLES: usize = 1 << 15;
/// Blocks on their way to the second thread, at most.
const BLOCKS_AHEAD: usize = 8;
/// Finite samples beyond this (240 dB above full scale) are cut for the spectra, whose powers would overflow.
const LOUDEST: f32 = 1e12;

/// All that is found.
pub(crate) struct Analysis {
    pub(crate) frames: u64,
    pub(crate) meters: Vec<Meter>,
    pub(crate) findings: Findings,
    /// The spectrogram, when it was asked for.
    pub(crate) levels: Option<Levels>,
}

/// Reads `input` to its end. `progress` is told the frames done after each block.
pub(crate) fn run(input: &mut Input, draw: bool, mut progress: impl FnMut(u64)) -> Result<Analysis, Failure> {
    let (rate, channels) = (input.sample_rate, input.channels);
    let no_plan = |error| Failure::new("transform", error);
    let spectrogram = draw.then(|| Spectrogram::new(rate, channels, input.frames));
    let mut spectrogram = spectrogram.transpose().map_err(no_plan)?;
    let mut welch = Welch::new(rate, channels).map_err(no_plan)?;

    let (to_welch, blocks) = mpsc::sync_channel::<Block>(BLOCKS_AHEAD);
    let (give_back, used) = mpsc::channel::<Block>();
    thread::scope(|scope| {
        let worker = scope.spawn(move || {
            for block in blocks {
                welch.push(block.frames, |c| block.channel(c));
                // The first thread may have stopped early; then nobody takes it back.
                let _ = give_back.send(block);
            }
            welch.finish(rate)
        });
        let mut reader = Blocks::new(input);
        let mut frames = 0;
        loop {
            let mut block = used.try_recv().unwrap_or_default();
            reader.fill(input, &mut block)?;
            if block.frames == 0 {
                break;
            }
            frames += block.frames as u64;
            if let Some(spectrogram) = &mut spectrogram {
                spectrogram.push(block.frames, |c| block.channel(c));
            }
            to_welch.send(block).expect("the worker reads until the sender is gone");
            progress(frames);
        }
        drop(to_welch);
        input.finish(frames)?;
        reader.warn(input);
        let levels = spectrogram.map(Spectrogram::finish);
        let spectrum = worker.join().expect("the worker does not panic");
        let findings = peaks::find(&spectrum, quantiser_dbfs(input.sample));
        Ok(Analysis { frames, meters: reader.meters, findings, levels })
    })
}

/// Planar samples of all channels.
#[derive(Default)]
struct Block {
    samples: Vec<f32>,
    frames: usize,
}

impl Block {
    fn channel(&self, c: usize) -> &[f32] {
        &self.samples[c * self.frames..][..self.frames]
    }
}

/// Makes blocks of what is read, and measures each channel on the way.
struct Blocks {
    kernels: Kernels,
    meters: Vec<Meter>,
    bytes: Vec<u8>,
    interleaved: Vec<f32>,
}

impl Blocks {
    fn new(input: &Input) -> Self {
        let frames = (BLOCK_SAMPLES / input.channels).max(1);
        // The step below full scale of the format, where that is coarser than that of 16 bits.
        let threshold = if input.sample == SampleFormat::U8 { 127.0 / 128.0 } else { Meter::CLIP_THRESHOLD };
        Self {
            kernels: Kernels::new(),
            meters: vec![Meter::with_clipping(threshold, Meter::CLIP_RUN); input.channels],
            bytes: vec![0; frames * input.channels * input.sample.bytes()],
            interleaved: vec![0.0; frames * input.channels],
        }
    }

    /// Reads the next block; no frames at the end.
    fn fill(&mut self, input: &mut Input, block: &mut Block) -> Result<(), Failure> {
        let read = input.read(&mut self.bytes)?;
        let samples = read / input.sample.bytes();
        block.frames = samples / input.channels;
        block.samples.resize(samples, 0.0);
        if block.frames == 0 {
            return Ok(());
        }
        let interleaved = &mut self.interleaved[..samples];
        let shapes_fit = "all slices were cut to the same frames";
        self.kernels.to_f32(input.sample, input.endian, &self.bytes[..read], interleaved).expect(shapes_fit);
        let view = Interleaved::from_slice(interleaved, input.channels).expect(shapes_fit);
        let mut planar = PlanarMut::from_slice(&mut block.samples, input.channels).expect(shapes_fit);
        self.kernels.deinterleave(&view, &mut planar).expect(shapes_fit);

        for (meter, channel) in self.meters.iter_mut().zip(block.samples.chunks_exact_mut(block.frames)) {
            let before = meter.non_finite();
            meter.push(&self.kernels, channel);
            if meter.non_finite() != before || meter.peak() > LOUDEST {
                for x in channel {
                    *x = if x.is_finite() { x.clamp(-LOUDEST, LOUDEST) } else { 0.0 };
                }
            }
        }
        Ok(())
    }

    /// Adds what the samples themselves give to worry about.
    fn warn(&self, input: &mut Input) {
        let count: u64 = self.meters.iter().map(Meter::non_finite).sum();
        if count > 0 {
            // What a 64-bit sample holds beyond 32-bit float comes as an infinity.
            input.warnings.push(format!(
                "{count} samples are NaN, infinite or beyond 32-bit float; they are left out (zero in the spectra)"
            ));
        }
    }
}

/// The most that the rounding of a sample format puts into one line: all of its noise, `step / sqrt(12)`.
fn quantiser_dbfs(sample: SampleFormat) -> f64 {
    let bits = match sample {
        SampleFormat::U8 => 8,
        SampleFormat::I16 => 16,
        SampleFormat::I24 => 24,
        _ => return f64::NEG_INFINITY,
    };
    let step = 0.5f64.powi(bits - 1);
    // As the amplitude of a sine: its power is half the square.
    20.0 * (step * (2.0f64 / 12.0).sqrt()).log10()
}
