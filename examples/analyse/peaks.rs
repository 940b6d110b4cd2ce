//! The strongest sines of a mean power spectrum, with a fit that is exact for the window.

use crate::welch::Spectrum;
use crate::window::HALF_LOBE;

/// At most this many are told.
const MOST: usize = 10;
/// The band that is searched: from here ...
const LOWEST_HZ: f64 = 20.0;
/// ... to this share of the sample rate, which converters still pass.
const HIGHEST_SHARE: f64 = 0.45;
/// A tone this close outside of the band is on its edge.
const EDGE_HZ: f64 = 0.05;
/// Bins of the window's length, to each side, whose median is the floor under a peak.
const FLOOR_REACH: f64 = 40.0;
/// The dip between a peak and a stronger one, as a ratio of powers: 6 dB. Less is a ripple on its flank.
const DIP: f64 = 0.25;
/// The side lobes of the window lie below this (they fall by 6 dB an octave from the main lobe on), with 3 dB to spare.
const SIDE_LOBES: f64 = 1.3e-9;
/// What lies further below the strongest than this, in power, is rounding of the single-precision transform.
const RANGE: f64 = 1e-11;

/// One sine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak {
    pub(crate) frequency_hz: f64,
    pub(crate) level_dbfs: f64,
}

/// What the spectrum says, in numbers.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) peaks: Vec<Peak>,
    /// Centre of gravity of the power from 20 Hz up; not a number for silence.
    pub(crate) centroid_hz: f64,
    /// Level of the median bin of the band that is searched.
    pub(crate) noise_floor_dbfs: f64,
}

/// Reads a spectrum. `quantiser_dbfs` is the level below which a line may be the work of the sample format alone;
/// only the strongest peak may lie there.
pub(crate) fn find(spectrum: &Spectrum, quantiser_dbfs: f64) -> Findings {
    let band = |hz: f64| (hz / spectrum.bin_hz).ceil() as usize;
    let end = spectrum.power.len();
    let low = band(LOWEST_HZ).min(end);
    let high = band(HIGHEST_SHARE * spectrum.sample_rate).clamp(low, end);
    let above = spectrum.power[low..].iter().enumerate();
    let (sum, moment) = above.fold((0.0, 0.0), |(s, m), (i, p)| (s + p, m + p * (low + i) as f64));
    Findings {
        peaks: peaks(spectrum, quantiser_dbfs),
        centroid_hz: moment / sum * spectrum.bin_hz,
        noise_floor_dbfs: decibels(median(&mut spectrum.power[low..high].to_vec())),
    }
}

/// A sine found: fractional bin and power.
#[derive(Clone, Copy)]
struct Line {
    bin: f64,
    power: f64,
}

fn peaks(spectrum: &Spectrum, quantiser_dbfs: f64) -> Vec<Peak> {
    let power = &spectrum.power[..];
    let lobe = HALF_LOBE * spectrum.bins_per_line;
    if power.len() < 3 || lobe * 2.0 > power.len() as f64 {
        return Vec::new();
    }
    let last = power.len() - 1;
    let mut summits: Vec<usize> = (0..=last)
        .filter(|&k| {
            power[k] > 0.0 && (k == 0 || power[k] > power[k - 1]) && (k == last || power[k] >= power[k + 1])
        })
        .collect();
    summits.sort_by(|a, b| power[*b].total_cmp(&power[*a]));
    let significant = significance(spectrum.segments);
    let highest_hz = HIGHEST_SHARE * spectrum.sample_rate;

    let mut lines: Vec<Line> = Vec::new();
    let mut found: Vec<Peak> = Vec::new();
    for k in summits {
        if found.len() == MOST || lines.first().is_some_and(|first| power[k] < RANGE * first.power) {
            break;
        }
        let floor = floor_around(spectrum, k);
        if power[k] < significant * floor
            || is_flank(power, k)
            || power[k] < 2.0 * leakage(spectrum, &lines, k)
        {
            continue;
        }
        let line = fit(spectrum, k, floor);
        lines.push(line);
        let hz = line.bin * spectrum.bin_hz;
        let level_dbfs = decibels(line.power);
        let in_band = (LOWEST_HZ - EDGE_HZ..=highest_hz + EDGE_HZ).contains(&hz);
        if in_band && (found.is_empty() || level_dbfs > quantiser_dbfs) {
            found.push(Peak { frequency_hz: hz.clamp(LOWEST_HZ, highest_hz), level_dbfs });
        }
    }
    found.sort_by(|a, b| b.level_dbfs.total_cmp(&a.level_dbfs));
    found
}

/// Times the median that a bin must reach so that noise alone does it once in some hundred million bins.
///
/// The mean of `n` segments of noise is a gamma variate; its tail beyond `t` times the mean is below
/// `exp(-n (t - 1 - ln t))` (Chernoff), and its median is above `ln 2` times the mean. The median of the few bins around
/// a peak is itself uncertain: a quarter more for that.
fn significance(segments: u32) -> f64 {
    let wanted = 18.5 / f64::from(segments.max(1));
    let mut t = 1.0 + wanted;
    for _ in 0..30 {
        t = 1.0 + wanted + t.ln();
    }
    (1.25 * t / core::f64::consts::LN_2).max(4.0)
}

/// The median of the bins around `k` beyond its main lobe.
fn floor_around(spectrum: &Spectrum, k: usize) -> f64 {
    let power = &spectrum.power;
    let lobe = (HALF_LOBE * spectrum.bins_per_line).ceil() as usize;
    let reach = (FLOOR_REACH * spectrum.bins_per_line).ceil() as usize;
    let below = &power[k.saturating_sub(reach)..k.saturating_sub(lobe)];
    let above = &power[(k + lobe + 1).min(power.len())..(k + reach + 1).min(power.len())];
    median(&mut [below, above].concat())
}

/// Whether the way from `k` to stronger bins has no real dip: then `k` is a ripple on their flank.
fn is_flank(power: &[f64], k: usize) -> bool {
    let saddle = |way: &mut dyn Iterator<Item = f64>| {
        let mut least = power[k];
        for p in way {
            if p > power[k] {
                return least;
            }
            least = least.min(p);
        }
        0.0
    };
    let left = saddle(&mut power[..k].iter().rev().copied());
    let right = saddle(&mut power[k + 1..].iter().copied());
    left.max(right) > DIP * power[k]
}

/// What the stronger lines put into bin `k`, at most.
fn leakage(spectrum: &Spectrum, lines: &[Line], k: usize) -> f64 {
    let of = |line: &Line| {
        let x = ((k as f64 - line.bin) / spectrum.bins_per_line).abs();
        let far = (HALF_LOBE / x.max(HALF_LOBE)).powi(2);
        line.power
            * if x < HALF_LOBE { spectrum.window.power_at(x).max(SIDE_LOBES) } else { SIDE_LOBES * far }
    };
    lines.iter().map(of).sum()
}

/// Fits one sine to the bin `k` and its two neighbours.
///
/// The ratio of the neighbours gives the place, since the window's transform is known in closed form and the ratio falls
/// with the place all along; the power is then the least-squares one. `floor`, the noise, is taken off first.
fn fit(spectrum: &Spectrum, k: usize, floor: f64) -> Line {
    let power = &spectrum.power;
    let last = power.len() - 1;
    let step = spectrum.bins_per_line.round().max(1.0) as usize;
    // The spectrum of a real signal goes on in the mirror at both ends.
    let mirrored =
        |i: isize| if i.unsigned_abs() > last { 2 * last - i.unsigned_abs() } else { i.unsigned_abs() };
    let at = |i: isize| (power[mirrored(i)] - floor).max(power[mirrored(i)] * 1e-3).max(f64::MIN_POSITIVE);
    let bins = [-(step as isize), 0, step as isize].map(|offset| k as isize + offset);
    let seen = bins.map(at);
    let model =
        |place: f64| bins.map(|i| spectrum.window.power_at((i as f64 - place) / spectrum.bins_per_line));

    let wanted = (seen[2] / seen[0]).ln();
    let (mut low, mut high) = (k as f64 - 1.0, k as f64 + 1.0);
    for _ in 0..48 {
        let middle = 0.5 * (low + high);
        let shape = model(middle);
        if (shape[2] / shape[0]).ln() < wanted { low = middle } else { high = middle }
    }
    let bin = 0.5 * (low + high);
    let shape = model(bin);
    let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    Line { bin, power: dot(shape, seen) / dot(shape, shape) }
}

/// The middle value; for an even count the upper of the two.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

fn decibels(power: f64) -> f64 {
    10.0 * power.log10()
}
