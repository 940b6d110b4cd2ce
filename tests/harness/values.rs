//! What the slices hold: numbers chosen to hurt, among random ones from a fixed seed.

use super::Elem;

/// The seed of every run; printed by the tests.
pub const SEED: u64 = 0x5EED_0A0D_1000;

/// Which numbers a kernel is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Anything: zeros of both signs, subnormals, full scale and just beyond, huge, NaN, infinities, random.
    Any,
    /// Within full scale, zeros and subnormals included, and now and then NaN or an infinity.
    UnitAndNonFinite,
    /// Within full scale.
    Unit,
}

impl Values {
    /// For timing: what a block of sound holds.
    pub fn for_timing(self) -> Self {
        Self::Unit
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In -1..1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.bits() >> 33) as usize % from.len()]
    }
}

const UNIT: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.999_969_482_421_875,     // 1 - 2^-15
    -0.999_969_482_421_875,    //
    0.000_015_258_789_062_5,   // half a step of 16 bits
    -0.000_045_776_367_187_5,  // one and a half
    1.401_298_464_324_817e-45, // the smallest subnormal f32
    -1.1e-38,                  // a large one
    1.175_494_350_822_287_5e-38,
    0.5,
];

const NON_FINITE: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

const BEYOND: [f64; 12] = [
    1.000_000_119_209_289_6,  // the next f32 after 1
    -1.000_000_119_209_289_6, //
    0.999_999_940_395_355_2,  // and the one before
    -1.000_015_3,
    1.5,
    -3.0,
    1e10,
    -1e19,
    3.402_823_466_385_288_6e38,
    -3.402_823_466_385_288_6e38,
    1e300, // infinite as f32
    5e-324,
];

fn real(random: &mut Random, values: Values) -> f64 {
    let roll = random.bits() >> 40 & 63;
    match values {
        Values::Unit if roll < 8 => random.pick(&UNIT),
        Values::UnitAndNonFinite if roll == 0 => random.pick(&NON_FINITE),
        Values::UnitAndNonFinite if roll < 16 => random.pick(&UNIT),
        Values::Any if roll < 4 => random.pick(&NON_FINITE),
        Values::Any if roll < 12 => random.pick(&UNIT),
        Values::Any if roll < 20 => random.pick(&BEYOND),
        Values::Any if roll < 24 => random.unit() * 1e38,
        Values::Any if roll < 32 => random.unit() * 4.0,
        _ => random.unit(),
    }
}

/// The bytes of `len` elements.
pub fn bytes(elem: Elem, len: usize, values: Values, random: &mut Random) -> Vec<u8> {
    let mut out = Vec::with_capacity(len * elem.bytes() + 8);
    match elem {
        // A stored sample of any format: random bytes, extremes, or a float of either order.
        Elem::U8 => {
            while out.len() < len {
                let wide = real(random, values);
                match random.bits() >> 61 {
                    0 => out.extend(wide.to_le_bytes()),
                    1 => out.extend(wide.to_be_bytes()),
                    2 => out.extend((wide as f32).to_le_bytes()),
                    3 => out.extend((wide as f32).to_be_bytes()),
                    4 => out.extend(random.pick(&[[0x00; 8], [0xFF; 8], [0x80; 8], [0x7F; 8]])),
                    5 => out.extend(random.pick(&[[0x00, 0x80], [0xFF, 0x7F], [0x7F, 0xFF], [0x80, 0x00]])),
                    _ => out.extend(random.bits().to_le_bytes()),
                }
            }
            out.truncate(len);
        }
        Elem::I16 => {
            for _ in 0..len {
                let extreme = random.pick(&[i16::MIN, i16::MAX, 0, -1, 1, i16::MIN + 1]);
                let x = random.bits();
                out.extend(if x >> 62 == 0 { extreme } else { x as i16 }.to_ne_bytes());
            }
        }
        Elem::F32 => (0..len).for_each(|_| out.extend((real(random, values) as f32).to_ne_bytes())),
        Elem::F64 => (0..len).for_each(|_| out.extend(real(random, values).to_ne_bytes())),
    }
    out
}
