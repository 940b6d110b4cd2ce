//! WAV files for the tests, written by hand: another writer would share our mistakes.

/// How samples are stored: the format tag, and bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Coding {
    Pcm(u16),
    Float(u16),
}

pub(crate) const CODINGS: [Coding; 6] =
    [Coding::Pcm(8), Coding::Pcm(16), Coding::Pcm(24), Coding::Pcm(32), Coding::Float(32), Coding::Float(64)];

impl Coding {
    pub(crate) fn bits(self) -> u16 {
        match self {
            Self::Pcm(bits) | Self::Float(bits) => bits,
        }
    }

    fn tag(self) -> u16 {
        match self {
            Self::Pcm(_) => 1,
            Self::Float(_) => 3,
        }
    }

    fn push(self, x: f64, out: &mut Vec<u8>) {
        let integer = |bits: u32| {
            let scale = 2f64.powi(bits as i32 - 1);
            (x * scale).round().clamp(-scale, scale - 1.0) as i64
        };
        match self {
            Self::Pcm(8) => out.push((integer(8) + 128) as u8),
            Self::Pcm(bits) => {
                let bytes = usize::from(bits / 8);
                out.extend(&integer(u32::from(bits)).to_le_bytes()[..bytes]);
            }
            Self::Float(32) => out.extend((x as f32).to_le_bytes()),
            Self::Float(_) => out.extend(x.to_le_bytes()),
        }
    }
}

/// The 44 bytes before the data.
pub(crate) fn header(coding: Coding, sample_rate: u32, channels: u16, data_len: u32) -> Vec<u8> {
    let frame = coding.bits() / 8 * channels;
    let mut out = b"RIFF".to_vec();
    out.extend(data_len.wrapping_add(36).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0");
    out.extend(coding.tag().to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(sample_rate.to_le_bytes());
    out.extend((sample_rate * u32::from(frame)).to_le_bytes());
    out.extend(frame.to_le_bytes());
    out.extend(coding.bits().to_le_bytes());
    out.extend(b"data");
    out.extend(data_len.to_le_bytes());
    out
}

/// A file of interleaved samples.
pub(crate) fn wav(coding: Coding, sample_rate: u32, channels: u16, samples: &[f64]) -> Vec<u8> {
    let mut data = Vec::new();
    for x in samples {
        coding.push(*x, &mut data);
    }
    let mut file = header(coding, sample_rate, channels, data.len() as u32);
    file.extend(data);
    file
}

/// A steady sine.
pub(crate) fn tone(sample_rate: u32, hz: f64, amplitude: f64, seconds: f64) -> Vec<f64> {
    let frames = (f64::from(sample_rate) * seconds) as usize;
    let step = core::f64::consts::TAU * hz / f64::from(sample_rate);
    (0..frames).map(|n| amplitude * (step * n as f64 + 0.7).sin()).collect()
}

/// Normal noise of variance 1 (Box and Muller), from a seed.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// Evenly distributed in 0..1, without 0.
    pub(crate) fn even(&mut self) -> f64 {
        // Knuth's MMIX generator; the upper bits are good.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        let (a, b) = (self.even(), self.even());
        (-2.0 * a.ln()).sqrt() * (core::f64::consts::TAU * b).cos()
    }
}
