//! The colour map of the spectrogram: dark violet to pale yellow, even steps of lightness for even steps of level.
//!
//! Lightness rises in a straight line, so the picture keeps its meaning when it is printed in grey or read by someone
//! who is colour-blind; hue and chroma only help the eye. The control points are in OKLab (Ottosson, 2020).

/// A colour of sRGB, 8 bits a channel.
pub(crate) type Rgb = [u8; 3];

/// Chroma and hue in degrees, at even steps from the quietest colour to the loudest.
const PATH: [(f64, f64); 9] = [
    (0.020, 280.0),
    (0.085, 283.0),
    (0.135, 294.0),
    (0.165, 318.0),
    (0.180, 350.0),
    (0.175, 380.0),
    (0.155, 405.0),
    (0.130, 440.0),
    (0.060, 462.0),
];
const DARKEST: f64 = 0.10;
const LIGHTEST: f64 = 0.97;

/// The colour for `t`, from 0 (quiet) to 1 (loud).
pub(crate) fn colour(t: f64) -> Rgb {
    let t = t.clamp(0.0, 1.0);
    let place = t * (PATH.len() - 1) as f64;
    let i = (place as usize).min(PATH.len() - 2);
    let part = place - i as f64;
    let cartesian =
        |(chroma, hue): (f64, f64)| (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let point = |i: usize| cartesian(PATH[i.min(PATH.len() - 1)]);
    let (p0, p1, p2, p3) = (point(i.saturating_sub(1)), point(i), point(i + 1), point(i + 2));
    let a = catmull_rom(p0.0, p1.0, p2.0, p3.0, part);
    let b = catmull_rom(p0.1, p1.1, p2.1, p3.1, part);
    in_gamut(DARKEST + (LIGHTEST - DARKEST) * t, a, b)
}

fn catmull_rom(a: f64, b: f64, c: f64, d: f64, t: f64) -> f64 {
    b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
}

/// The nearest colour of the same lightness and hue that sRGB can show: chroma gives way.
fn in_gamut(lightness: f64, a: f64, b: f64) -> Rgb {
    let mut keep = 1.0;
    loop {
        let linear = oklab_to_linear(lightness, a * keep, b * keep);
        if keep < 0.01 || linear.iter().all(|c| (-1e-3..=1.001).contains(c)) {
            return linear.map(encode);
        }
        keep -= 0.02;
    }
}

fn oklab_to_linear(lightness: f64, a: f64, b: f64) -> [f64; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
}

/// The sRGB transfer curve (IEC 61966-2-1).
fn encode(linear: f64) -> u8 {
    let c = linear.clamp(0.0, 1.0);
    let curve = if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
    (curve * 255.0).round() as u8
}
