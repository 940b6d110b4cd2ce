//! The spectrogram, reduced while it is made: however long the sound, a bounded number of columns stays.

use num_complex::Complex;
use quaver::dsp::Kernels;
use quaver::dsp::window::{Symmetry, Window as Windows};
use quaver::fft::{PlanError, RealFft};

use crate::welch::multiply;
use crate::window::Window;

/// Columns of the finished picture.
pub(crate) const COLUMNS: usize = 1080;
/// Rows of a column: logarithmic steps of frequency.
pub(crate) const ROWS: usize = 540;
/// The bottom of the picture.
pub(crate) const LOWEST_HZ: f64 = 20.0;
/// The least hop, in frames: a short sound needs no finer steps.
const LEAST_HOP: u64 = 64;
/// Between these bins of the fine band's transform the picture passes over to the low band.
const CROSSING: [f32; 2] = [20.0, 40.0];
/// A window of the low band is as long as so many of the fine band.
const LONGER: usize = 2;

/// The most samples that a window of all channels together may hold; beyond, it becomes shorter.
const MAX_HELD: usize = 1 << 20;

/// Levels over time and frequency.
///
/// Steps of equal ratio ask for long windows below and short ones above, so there are two bands. A column holds the
/// loudest moment of its stretch, and stretches join without a gap: a click in an hour is seen.
#[derive(Debug)]
pub(crate) struct Spectrogram {
    fine: Band,
    low: Band,
    /// Each channel on its way to the low band.
    thinned: Vec<Thinner>,
    rows: RowMap,
    /// Finished columns, [`ROWS`] levels in dBFS each, the lowest frequency first.
    columns: Vec<f32>,
    open: u64,
    pace: Pace,
    hop: u64,
    /// The frame in the middle of the next window, and the frames that were pushed.
    next: u64,
    frames: u64,
}

/// How moments are dealt out to columns.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// The length is known: this many frames in so many columns.
    Known { frames: u64, columns: u64 },
    /// It is not: a column takes so many frames, and two are joined whenever there are too many.
    Open { span: u64 },
}

impl Pace {
    fn column(self, frame: u64) -> u64 {
        match self {
            Self::Known { frames, columns } => {
                let column = u128::from(frame) * u128::from(columns) / u128::from(frames.max(1));
                (column as u64).min(columns - 1)
            }
            Self::Open { span } => frame / span,
        }
    }
}

impl Spectrogram {
    /// `frames`: the length of the sound, when it is known.
    pub(crate) fn new(sample_rate: u32, channels: usize, frames: Option<u64>) -> Result<Self, PlanError> {
        let wanted = (sample_rate as usize * 6 / 100).clamp(512, 1 << 15).next_power_of_two();
        let len = wanted.min(1 << (MAX_HELD / channels).max(64).ilog2());
        let thinner = Thinner::new(len);
        let (step, most) = (thinner.step as u64, len as u64 / 2);
        let (pace, hop) = match frames {
            Some(frames) => {
                let hop = (frames / COLUMNS as u64 / step * step).clamp(LEAST_HOP.min(most), most);
                let columns = frames.div_ceil(hop).clamp(1, COLUMNS as u64);
                (Pace::Known { frames, columns }, hop)
            }
            None => (Pace::Open { span: LEAST_HOP * 2 }, (LEAST_HOP * 2).min(most)),
        };
        Ok(Self {
            fine: Band::new(len, channels)?,
            low: Band::new(LONGER * len / thinner.step, channels)?,
            rows: RowMap::new(sample_rate, len, &thinner),
            thinned: vec![thinner; channels],
            columns: Vec::new(),
            open: 0,
            pace,
            hop,
            next: 0,
            frames: 0,
        })
    }

    /// The frequency at the top of the picture for a sample rate.
    pub(crate) fn highest_hz(sample_rate: u32) -> f64 {
        (f64::from(sample_rate) / 2.0).max(2.0 * LOWEST_HZ)
    }

    /// Adds a block: one slice of equal length for each channel.
    pub(crate) fn push<'a>(&mut self, frames: usize, channel: impl Fn(usize) -> &'a [f32]) {
        self.hold(frames, channel);
        self.frames += frames as u64;
        self.work();
    }

    fn hold<'a>(&mut self, frames: usize, channel: impl Fn(usize) -> &'a [f32]) {
        for (c, thinned) in self.thinned.iter_mut().enumerate() {
            self.fine.held[c].extend_from_slice(&channel(c)[..frames]);
            thinned.push(&channel(c)[..frames], &mut self.low.held[c]);
        }
    }

    /// Works through the moments that are complete, and drops what no later one needs.
    fn work(&mut self) {
        let step = self.thinned[0].step;
        let mut at = 0;
        while self.next < self.frames && self.fine.reaches(at) && self.low.reaches(at / step) {
            if self.pace.column(self.next) != self.open {
                self.close_column();
                self.open = self.pace.column(self.next);
            }
            self.fine.moment(at);
            self.low.moment(at / step);
            at += self.hop as usize;
            self.next += self.hop;
        }
        self.fine.drop(at);
        self.low.drop(at / step);
    }

    fn close_column(&mut self) {
        self.rows.map(&self.fine.loudest, &self.low.loudest, &mut self.columns);
        self.fine.loudest.fill(0.0);
        self.low.loudest.fill(0.0);
        if let Pace::Open { span } = &mut self.pace {
            // All steps are powers of two of frames, so the next window starts a joined column.
            if self.columns.len() == 2 * COLUMNS * ROWS {
                join_pairs(&mut self.columns);
                *span *= 2;
                self.hop = (*span).min(self.fine.len() as u64 / 2);
            }
        }
    }

    /// The picture of all that was pushed.
    pub(crate) fn finish(mut self) -> Levels {
        let silence = vec![0.0; LONGER * self.fine.len()];
        self.hold(silence.len(), |_| &silence);
        self.work();
        if self.frames > 0 {
            self.close_column();
        }
        Levels { columns: self.columns }
    }
}

/// Short-time spectra of all channels, with windows of one length.
#[derive(Debug)]
struct Band {
    kernels: Kernels,
    fft: RealFft<f32>,
    window: Vec<f32>,
    /// Samples of each channel from the start of the next window on.
    held: Vec<Vec<f32>>,
    windowed: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// Mean power of the channels at one moment, and the most of each bin since the column was opened.
    power: Vec<f32>,
    loudest: Vec<f32>,
    /// The power of one channel.
    single: Vec<f32>,
}

impl Band {
    /// Windows of `len` samples; the first has its middle on the first sample.
    fn new(len: usize, channels: usize) -> Result<Self, PlanError> {
        let fft = RealFft::new(len)?;
        let zero = Complex::new(0.0, 0.0);
        let mut window = vec![0.0; len];
        Windows::Hann
            .fill(Symmetry::Periodic, &mut window)
            .expect("Hann has no parameter that could be wrong");
        // Scaled so that a full-scale sine in every channel reads a power of 1.
        let scale = (4.0 / (len as f64 * (channels as f64).sqrt())) as f32;
        window.iter_mut().for_each(|w| *w *= scale);
        Ok(Self {
            kernels: Kernels::new(),
            window,
            held: vec![vec![0.0; len / 2]; channels],
            windowed: vec![0.0; len],
            bins: vec![zero; fft.spectrum_len()],
            scratch: vec![zero; fft.scratch_len()],
            power: vec![0.0; fft.spectrum_len()],
            single: vec![0.0; fft.spectrum_len()],
            loudest: vec![0.0; fft.spectrum_len()],
            fft,
        })
    }

    fn len(&self) -> usize {
        self.fft.len()
    }

    /// Whether a window that starts at `start` of what is held is complete.
    fn reaches(&self, start: usize) -> bool {
        start + self.len() <= self.held[0].len()
    }

    /// Transforms that window.
    fn moment(&mut self, start: usize) {
        self.power.fill(0.0);
        for held in &self.held {
            multiply(&held[start..], &self.window, &mut self.windowed);
            self.fft
                .forward(&self.windowed, &mut self.bins, &mut self.scratch)
                .expect("the slices were made for this plan");
            // Not power_add: its sums of f64 cost 3 % more time in all, and f32 is enough for one moment.
            self.kernels.power(&self.bins, &mut self.single).expect("a power for each bin");
            self.kernels.add(&mut self.power, &self.single).expect("a sum for each bin");
        }
        for (most, now) in self.loudest.iter_mut().zip(&self.power) {
            *most = most.max(*now);
        }
    }

    fn drop(&mut self, count: usize) {
        for held in &mut self.held {
            held.drain(..count.min(held.len()));
        }
    }
}

/// Keeps every `step`-th sample of a channel, smoothed: what the low band needs.
///
/// The low-pass is a short Blackman-Harris window. Its side lobes, at -92 dB, begin before what would fold into the low
/// band; how it falls within the band is known ([`Window::power_at`]) and undone there.
#[derive(Clone, Debug)]
struct Thinner {
    step: usize,
    filter: Vec<f32>,
    held: Vec<f32>,
}

impl Thinner {
    /// For a fine band with windows of `len`: the low band gets 512 samples of each.
    fn new(len: usize) -> Self {
        let step = (len / 512).max(1);
        let window = Window::new(5 * step);
        let filter: Vec<f32> = window.samples().iter().map(|w| w / window.gain() as f32).collect();
        Self { step, held: vec![0.0; filter.len() / 2], filter }
    }

    fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.held.extend_from_slice(samples);
        let mut start = 0;
        while let Some(under) = self.held.get(start..start + self.filter.len()) {
            out.push(dot(under, &self.filter));
            start += self.step;
        }
        self.held.drain(..start);
    }

    /// What a power at a frequency, as a share of the sample rate, must be multiplied by.
    fn correction(&self, share: f64) -> f32 {
        (1.0 / Window::new(self.filter.len()).power_at(share * self.filter.len() as f64).max(1e-3)) as f32
    }
}

/// A scalar product with eight sums, so that the compiler can keep them in a register.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// Joins columns two by two: the louder level stays.
fn join_pairs(columns: &mut Vec<f32>) {
    let pairs = columns.len() / ROWS / 2;
    for i in 0..pairs {
        for row in 0..ROWS {
            let (a, b) = (columns[2 * i * ROWS + row], columns[(2 * i + 1) * ROWS + row]);
            columns[i * ROWS + row] = a.max(b);
        }
    }
    columns.truncate(pairs * ROWS);
}

/// From the bins of both bands to rows in steps of equal ratio.
#[derive(Debug)]
struct RowMap {
    rows: Vec<Row>,
    fine: Curve,
    low: Curve,
    /// What undoes the fall of the low band, by bin.
    correction: Vec<f32>,
    corrected: Vec<f32>,
}

/// Middle and edges of a row in bins of the fine band, and how much of that band there is in it, 0 to 1.
#[derive(Debug)]
struct Row {
    middle: f32,
    edges: [f32; 2],
    fine: f32,
}

impl RowMap {
    fn new(sample_rate: u32, len: usize, thinner: &Thinner) -> Self {
        let bin_hz = f64::from(sample_rate) / len as f64;
        let span = (Spectrogram::highest_hz(sample_rate) / LOWEST_HZ).ln();
        let bin = |row: f64| (LOWEST_HZ * (span * row / ROWS as f64).exp() / bin_hz) as f32;
        let [from, to] = CROSSING;
        let row = |r: usize| {
            let middle = bin(r as f64 + 0.5);
            let fine = ((middle / from).ln() / (to / from).ln()).clamp(0.0, 1.0);
            Row { middle, edges: [bin(r as f64), bin(r as f64 + 1.0)], fine }
        };
        let rows: Vec<Row> = (0..ROWS).map(row).collect();
        let narrow =
            rows.iter().rev().find(|row| row.edges[1] - row.edges[0] < 2.0).map_or(0.0, |row| row.edges[1]);
        let low_bins = LONGER * to as usize + 4;
        let share = |bin: usize| bin as f64 / (LONGER * len) as f64;
        Self {
            rows,
            fine: Curve::new((narrow as usize + 4).min(len / 2 + 1)),
            low: Curve::new(low_bins),
            correction: (0..low_bins).map(|bin| thinner.correction(share(bin))).collect(),
            corrected: Vec::new(),
        }
    }

    /// Adds the column of these powers.
    fn map(&mut self, fine: &[f32], low: &[f32], columns: &mut Vec<f32>) {
        self.corrected.clear();
        self.corrected.extend(low.iter().zip(&self.correction).map(|(p, c)| p * c));
        self.fine.set(fine);
        self.low.set(&self.corrected);
        let longer = LONGER as f32;
        columns.extend(self.rows.iter().map(|row| {
            let mut level = 0.0;
            if row.fine > 0.0 {
                level += row.fine * self.fine.level(fine, row.middle, row.edges);
            }
            if row.fine < 1.0 {
                let edges = row.edges.map(|edge| longer * edge);
                level += (1.0 - row.fine) * self.low.level(&self.corrected, longer * row.middle, edges);
            }
            level
        }));
    }
}

/// Levels of the first bins of a spectrum, for rows that are finer than bins.
#[derive(Debug)]
struct Curve {
    bins: usize,
    levels: Vec<f32>,
}

impl Curve {
    fn new(bins: usize) -> Self {
        Self { bins, levels: Vec::new() }
    }

    fn set(&mut self, power: &[f32]) {
        self.levels.clear();
        self.levels.extend(power.iter().take(self.bins).map(|p| decibels(*p)));
    }

    /// The loudest bin between the edges, or the curve in the middle where that is louder.
    fn level(&self, power: &[f32], middle: f32, [low, high]: [f32; 2]) -> f32 {
        let (from, to) = (low.ceil() as usize, (high.floor() as usize).min(power.len() - 1));
        let most = power.get(from..=to).unwrap_or_default().iter().fold(0.0f32, |most, p| most.max(*p));
        let level = decibels(most);
        if (middle as usize + 2) < self.levels.len() {
            level.max(between(&self.levels, middle))
        } else {
            level
        }
    }
}

/// The level at a fractional bin, on a cubic curve through its neighbours; the spectrum goes on mirrored below 0.
fn between(levels: &[f32], bin: f32) -> f32 {
    let i = bin as usize;
    let t = bin - i as f32;
    let (a, b, c, d) = (levels[i.abs_diff(1)], levels[i], levels[i + 1], levels[i + 2]);
    let curve = b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
    curve.min(b.max(c) + 3.0)
}

fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-20).log10()
}

/// A finished spectrogram.
#[derive(Debug)]
pub(crate) struct Levels {
    columns: Vec<f32>,
}

impl Levels {
    /// The loudest level in it, dBFS.
    pub(crate) fn loudest(&self) -> f32 {
        self.columns.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }

    /// Column `x` of `width`, lowest frequency first, as `rows` levels in dBFS. Empty for an empty sound.
    ///
    /// Where the picture is coarser than what is held, a pixel shows the loudest column but the mean of rows (each row
    /// is a moment's level already); where it is finer, it lies between two columns.
    pub(crate) fn column(&self, x: usize, width: usize, rows: usize) -> Vec<f32> {
        let held = self.columns.len() / ROWS;
        if held == 0 {
            return Vec::new();
        }
        let full: Vec<f32> = if held >= width {
            let (from, to) = (x * held / width, ((x + 1) * held).div_ceil(width));
            (0..ROWS).map(|r| (from..to).map(|c| self.columns[c * ROWS + r]).fold(-200.0, f32::max)).collect()
        } else {
            let place = ((x as f32 + 0.5) * held as f32 / width as f32 - 0.5).clamp(0.0, (held - 1) as f32);
            let (left, right) = (place as usize, (place as usize + 1).min(held - 1));
            let part = place - left as f32;
            let level = |c: usize, r: usize| self.columns[c * ROWS + r];
            (0..ROWS).map(|r| level(left, r) * (1.0 - part) + level(right, r) * part).collect()
        };
        if rows == ROWS {
            return full;
        }
        let row = |r: usize| {
            let of = &full[r * ROWS / rows..((r + 1) * ROWS / rows).max(r * ROWS / rows + 1)];
            let most = of.iter().copied().fold(-200.0, f32::max);
            let mean = of.iter().sum::<f32>() / of.len() as f32;
            0.5 * (most + mean)
        };
        (0..rows).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    fn picture(samples: &[f32], channels: usize, known: bool) -> Levels {
        let mut spectrogram =
            Spectrogram::new(RATE, channels, known.then_some(samples.len() as u64)).expect("a plan");
        for block in samples.chunks(10_000) {
            spectrogram.push(block.len(), |_| block);
        }
        spectrogram.finish()
    }

    fn tone(hz: f64, count: usize) -> Vec<f32> {
        (0..count)
            .map(|n| (core::f64::consts::TAU * hz * n as f64 / f64::from(RATE)).sin() as f32 * 0.5)
            .collect()
    }

    fn row_of(hz: f64) -> usize {
        let span = (Spectrogram::highest_hz(RATE) / LOWEST_HZ).ln();
        ((hz / LOWEST_HZ).ln() / span * ROWS as f64) as usize
    }

    /// In both bands and where they cross a tone has its level, in its row.
    #[test]
    fn a_tone_has_its_level_in_its_row() {
        for hz in [60.0, 234.0, 300.0, 400.0, 468.0, 9000.0] {
            for known in [true, false] {
                let levels = picture(&tone(hz, 24_000), 2, known);
                let column = levels.column(COLUMNS / 2, COLUMNS, ROWS);
                let loudest = (0..ROWS).max_by(|a, b| column[*a].total_cmp(&column[*b])).expect("rows");
                assert!(loudest.abs_diff(row_of(hz)) <= 2, "{hz} Hz: row {loudest}, not {}", row_of(hz));
                assert!((column[loudest] + 6.02).abs() < 1.5, "{hz} Hz: {} dBFS", column[loudest]);
            }
        }
    }

    /// Nothing of what the thinning folds is seen: a loud high tone leaves the low rows dark.
    #[test]
    fn the_low_band_has_no_aliases() {
        for hz in [5_800.0, 6_300.0, 12_100.0] {
            let levels = picture(&tone(hz, 24_000), 1, true);
            let column = levels.column(COLUMNS / 2, COLUMNS, ROWS);
            let low = column[..row_of(400.0)].iter().copied().fold(-200.0, f32::max);
            assert!(low < -88.0, "{hz} Hz: {low} dBFS");
        }
    }

    /// One click of a sample, anywhere in a silence, is in its column.
    #[test]
    fn a_click_is_not_missed() {
        let len = 8 * RATE as usize;
        for at in [0, 123_456, len - 1] {
            for known in [true, false] {
                let mut samples = vec![0.0; len];
                samples[at] = 1.0;
                let levels = picture(&samples, 1, known);
                let column = |x: usize| levels.column(x, COLUMNS, ROWS).into_iter().fold(-200.0, f32::max);
                let x = at * COLUMNS / len;
                let near =
                    (x.saturating_sub(1)..=(x + 1).min(COLUMNS - 1)).map(column).fold(-200.0, f32::max);
                assert!(near > -75.0, "{at} {known}: {near} dBFS");
                assert!(column((x + COLUMNS / 2) % COLUMNS) < -150.0, "{at}: silence is dark");
            }
        }
    }
}
