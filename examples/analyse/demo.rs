//! The sound that is analysed when no file is given: plucked chords, a sweep, a voice. The same on every run.

use core::f64::consts::{PI, TAU};

/// What its picture is called.
pub(crate) const TITLE: &str = "quaver: plucked chords, a sweep, a voice";

const SAMPLE_RATE: u32 = 48_000;
const CHANNELS: u16 = 2;
const RATE: f64 = SAMPLE_RATE as f64;

/// Am - F - C - G, as note numbers (69 = A4), struck from the lowest up.
const CHORDS: [[u8; 6]; 4] =
    [[45, 52, 57, 60, 64, 69], [41, 48, 53, 57, 60, 65], [48, 52, 55, 60, 64, 67], [43, 50, 55, 59, 62, 67]];
/// How soft the finger is that plucks: the step of a one-pole low-pass.
const FINGER: f64 = 0.25;
const CHORD_S: f64 = 1.1;
const SWEEP_S: f64 = 1.8;
const VOWEL_S: f64 = 0.55;
const GAP_S: f64 = 0.25;

/// First three formants of a, e, i, o, u in Hz. Peterson and Barney, JASA 24, 1952, rounded.
const VOWELS: [[f64; 3]; 5] = [
    [730.0, 1090.0, 2440.0],
    [530.0, 1840.0, 2480.0],
    [270.0, 2290.0, 3010.0],
    [570.0, 840.0, 2410.0],
    [300.0, 870.0, 2240.0],
];

/// The demo as a WAV file of 32-bit floats.
pub(crate) fn file() -> Vec<u8> {
    let samples = samples();
    let frame_bytes = 4 * CHANNELS;
    let data_len = 4 * samples.len() as u32;
    let mut file = Vec::with_capacity(44 + data_len as usize);
    file.extend(b"RIFF");
    file.extend((36 + data_len).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x03\0");
    file.extend(CHANNELS.to_le_bytes());
    file.extend(SAMPLE_RATE.to_le_bytes());
    file.extend((SAMPLE_RATE * u32::from(frame_bytes)).to_le_bytes());
    file.extend(frame_bytes.to_le_bytes());
    file.extend(b"\x20\0data");
    file.extend(data_len.to_le_bytes());
    file.extend(samples.iter().flat_map(|x| x.to_le_bytes()));
    file
}

/// Interleaved stereo at [`SAMPLE_RATE`].
fn samples() -> Vec<f32> {
    let chords_s = CHORD_S * CHORDS.len() as f64 + 1.2;
    let sweep_at = chords_s;
    let voice_at = sweep_at + SWEEP_S + GAP_S;
    let voice_s = VOWEL_S * VOWELS.len() as f64;
    let mut mix = Stereo::new(voice_at + voice_s + GAP_S);

    let mut noise = Noise(0x2545_F491_4F6C_DD1D);
    for (i, chord) in CHORDS.iter().enumerate() {
        for (string, &note) in chord.iter().enumerate() {
            let at = i as f64 * CHORD_S + string as f64 * 0.04;
            let hz = 440.0 * 2f64.powf((f64::from(note) - 69.0) / 12.0);
            let sound_s = if i + 1 == CHORDS.len() { chords_s - at } else { CHORD_S * 1.3 };
            let pan = 0.2 + 0.12 * string as f64;
            mix.add(at, pan, 0.9, pluck(hz, sound_s, &mut noise));
        }
    }
    mix.add(sweep_at, 0.5, 0.2, sweep(SWEEP_S));
    mix.add(voice_at, 0.5, 3.0, voice(voice_s, &mut noise));
    mix.frames.into_iter().flatten().map(|x| x as f32).collect()
}

/// A plucked string: a burst of noise that goes round a delay line and loses its highs on every turn.
///
/// Karplus and Strong, Digital synthesis of plucked-string and drum timbres, Computer Music Journal 7(2), 1983; the
/// all-pass that tunes it is Jaffe and Smith's, in the same issue.
fn pluck(hz: f64, sound_s: f64, noise: &mut Noise) -> Vec<f64> {
    let period = RATE / hz - 0.5;
    let delay = (period - 0.3).floor();
    let part = period - delay;
    let all_pass = (1.0 - part) / (1.0 + part);
    let loss = 0.001f64.powf(1.0 / (hz * 4.0));

    let mut line: Vec<f64> = (0..delay as usize).map(|_| noise.next()).collect();
    let mean = line.iter().sum::<f64>() / line.len() as f64;
    // A finger, softer than noise. Twice around, so that the burst has no seam.
    let burst = line.clone();
    let (mut once, mut twice) = (0.0, 0.0);
    for n in 0..2 * line.len() {
        let i = n % line.len();
        once += FINGER * (burst[i] - mean - once);
        twice += FINGER * (once - twice);
        line[i] = twice;
    }
    let (mut previous, mut passed_in, mut passed_out) = (0.0, 0.0, 0.0);
    let count = (sound_s * RATE) as usize;
    (0..count)
        .map(|n| {
            let place = n % line.len();
            let out = line[place];
            let damped = loss * 0.5 * (out + previous);
            previous = out;
            passed_out = all_pass * (damped - passed_out) + passed_in;
            passed_in = damped;
            line[place] = passed_out;
            let left = (count - n) as f64 / (0.05 * RATE);
            out * left.min(1.0)
        })
        .collect()
}

/// A sine from 60 Hz to 18 kHz, as long in every octave.
fn sweep(sound_s: f64) -> Vec<f64> {
    let (low, high) = (60.0f64, 18_000.0f64);
    let growth = (high / low).ln() / sound_s;
    let phase = |t: f64| TAU * low * ((growth * t).exp() - 1.0) / growth;
    shaped(sound_s, 0.02, |t| phase(t).sin())
}

/// A voice that goes through the vowels: pulses of the vocal folds, a little breath, three resonances.
fn voice(sound_s: f64, noise: &mut Noise) -> Vec<f64> {
    let (mut phase, mut rest, mut breath) = (0.0, 0.0, 0.0);
    let mut resonances = [Resonance::default(); 3];
    let mut smooth = VOWELS[0];
    shaped(sound_s, 0.06, |t| {
        let pitch = 118.0 * (1.0 + 0.25 * (PI * t / sound_s).sin()) * (1.0 + 0.012 * (TAU * 5.3 * t).sin());
        let step = pitch / RATE;
        phase += step;
        let mut pulse = rest;
        rest = 0.0;
        if phase >= 1.0 {
            // It falls between two samples, one later: shared, so that the pitch does not jitter.
            phase -= 1.0;
            pulse += phase / step;
            rest = 1.0 - phase / step;
        }
        let air = noise.next();
        let vowel = VOWELS[((t / VOWEL_S) as usize).min(VOWELS.len() - 1)];
        let source = pulse + 0.004 * (air - breath);
        breath = air;
        let mut sum = 0.0;
        for (i, resonance) in resonances.iter_mut().enumerate() {
            smooth[i] += (vowel[i] - smooth[i]) / (0.035 * RATE);
            sum += resonance.next(source, smooth[i], 60.0 + 30.0 * i as f64) / (1.0 + i as f64);
        }
        sum * 3.0
    })
}

/// Samples of `f(t)`, with a raised-cosine edge at both ends.
fn shaped(sound_s: f64, edge_s: f64, mut f: impl FnMut(f64) -> f64) -> Vec<f64> {
    (0..(sound_s * RATE) as usize)
        .map(|n| {
            let t = n as f64 / RATE;
            let inside = (t.min(sound_s - t) / edge_s).min(1.0);
            f(t) * (0.5 - 0.5 * (PI * inside).cos())
        })
        .collect()
}

/// A two-pole resonance.
#[derive(Clone, Copy, Default)]
struct Resonance {
    y1: f64,
    y2: f64,
}

impl Resonance {
    fn next(&mut self, x: f64, hz: f64, bandwidth_hz: f64) -> f64 {
        let radius = (-PI * bandwidth_hz / RATE).exp();
        let y = x + 2.0 * radius * (TAU * hz / RATE).cos() * self.y1 - radius * radius * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        // Unit gain at the resonance, near enough: the pole's distance from the circle, times that from its twin.
        y * (1.0 - radius) * 2.0 * (TAU * hz / RATE).sin()
    }
}

/// White noise in -1..1: xorshift64*, Vigna, 2016.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        bits as f64 / (1u64 << 52) as f64 - 1.0
    }
}

struct Stereo {
    frames: Vec<[f64; 2]>,
}

impl Stereo {
    fn new(sound_s: f64) -> Self {
        Self { frames: vec![[0.0; 2]; (sound_s * RATE) as usize] }
    }

    /// Mixes `sound` in from second `at` on; `pan` 0 is left, 1 is right.
    fn add(&mut self, at: f64, pan: f64, gain: f64, sound: Vec<f64>) {
        let (right, left) = (pan * PI / 2.0).sin_cos();
        let start = ((at * RATE) as usize).min(self.frames.len());
        for (frame, x) in self.frames[start..].iter_mut().zip(sound) {
            frame[0] += gain * left * x;
            frame[1] += gain * right * x;
        }
    }
}
