//! What a good Rust user writes instead of each kernel: iterators, no intrinsics, no target flags; sums and maxima
//! in sixteen accumulators, so that the compiler may vectorise them.
//!
//! Every function is kept out of line, as the kernels are: both sides pay for one call.

#![allow(dead_code, reason = "each bench uses a part")]
#![allow(unreachable_pub, reason = "a module of every bench that uses it")]
#![allow(clippy::cast_possible_truncation, reason = "the conversions under test")]

#[inline(never)]
pub fn gain(samples: &mut [f32], gain: f32) {
    for x in samples {
        *x *= gain;
    }
}

#[inline(never)]
pub fn gain_ramp(samples: &mut [f32], from: f32, to: f32) {
    let step = (to - from) / samples.len() as f32;
    // An i32 counts: the compiler has vector instructions to make floats of it.
    for (x, i) in samples.iter_mut().zip(0_i32..) {
        *x *= from + step * i as f32;
    }
}

#[inline(never)]
pub fn add(dst: &mut [f32], src: &[f32]) {
    for (d, s) in dst.iter_mut().zip(src) {
        *d += s;
    }
}

#[inline(never)]
pub fn mix3(dst: &mut [f32], sources: [&[f32]; 3], gains: [f32; 3]) {
    let [a, b, c] = sources;
    for (((d, a), b), c) in dst.iter_mut().zip(a).zip(b).zip(c) {
        *d = a * gains[0] + b * gains[1] + c * gains[2];
    }
}

#[inline(never)]
pub fn mix_i16(dst: &mut [i16], src: &[i16]) {
    for (d, s) in dst.iter_mut().zip(src) {
        *d = d.saturating_add(*s);
    }
}

/// [`mix_i16`] one sample at a time. The empty statement of assembly costs no instruction, but the vectoriser may
/// not cross it: this is what the compiler makes of the loop with its vectorisation off.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline(never)]
pub fn mix_i16_not_vectorised(dst: &mut [i16], src: &[i16]) {
    for (d, s) in dst.iter_mut().zip(src) {
        *d = d.saturating_add(*s);
        // SAFETY: there is nothing in it.
        unsafe { core::arch::asm!("", options(nomem, nostack, preserves_flags)) };
    }
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

#[inline(never)]
pub fn peak(samples: &[f32]) -> f32 {
    let mut acc = [0.0_f32; 16];
    let (chunks, rest) = samples.as_chunks::<16>();
    for chunk in chunks {
        for (a, x) in acc.iter_mut().zip(chunk) {
            *a = larger(*a, x.abs());
        }
    }
    rest.iter().map(|x| x.abs()).chain(acc).fold(0.0, larger)
}

#[inline(never)]
pub fn rms(samples: &[f32]) -> f64 {
    let mut acc = [0.0_f32; 16];
    let (chunks, rest) = samples.as_chunks::<16>();
    for chunk in chunks {
        for (a, x) in acc.iter_mut().zip(chunk) {
            *a += x * x;
        }
    }
    let squares: f32 = rest.iter().map(|x| x * x).chain(acc).sum();
    (f64::from(squares) / samples.len() as f64).sqrt()
}

/// Peak, sum and sum of squares in one pass: what a meter keeps, but for clipped runs and non-finite samples.
#[inline(never)]
pub fn meter(samples: &[f32]) -> [f64; 3] {
    let (mut peak, mut sum, mut squares) = ([0.0_f32; 16], [0.0_f32; 16], [0.0_f32; 16]);
    let (chunks, rest) = samples.as_chunks::<16>();
    for chunk in chunks {
        for i in 0..16 {
            let x = chunk[i];
            peak[i] = larger(peak[i], x.abs());
            sum[i] += x;
            squares[i] += x * x;
        }
    }
    for x in rest {
        peak[0] = larger(peak[0], x.abs());
        sum[0] += x;
        squares[0] += x * x;
    }
    let peak = peak.into_iter().fold(0.0, larger);
    [f64::from(peak), f64::from(sum.iter().sum::<f32>()), f64::from(squares.iter().sum::<f32>())]
}

/// Stored samples of `$bytes` bytes to floats.
macro_rules! from_stored {
    ($name:ident, $bytes:literal, $t:ty, |$b:ident| $integer:expr, $scale:expr) => {
        #[inline(never)]
        pub fn $name(input: &[u8], output: &mut [$t]) {
            for (y, $b) in output.iter_mut().zip(input.as_chunks::<$bytes>().0) {
                *y = $integer as $t * $scale;
            }
        }
    };
}

from_stored!(u8_to_f32, 1, f32, |b| (i32::from(b[0]) - 128), 1.0 / 128.0);
from_stored!(i16_to_f32, 2, f32, |b| i16::from_le_bytes(*b), 1.0 / 32_768.0);
from_stored!(i16_be_to_f32, 2, f32, |b| i16::from_be_bytes(*b), 1.0 / 32_768.0);
from_stored!(i24_to_f32, 3, f32, |b| i32::from_le_bytes([0, b[0], b[1], b[2]]), 1.0 / 2_147_483_648.0);
from_stored!(i24_be_to_f32, 3, f32, |b| i32::from_be_bytes([b[0], b[1], b[2], 0]), 1.0 / 2_147_483_648.0);
from_stored!(i32_to_f32, 4, f32, |b| i32::from_le_bytes(*b), 1.0 / 2_147_483_648.0);
from_stored!(f32_be_to_f32, 4, f32, |b| f32::from_be_bytes(*b), 1.0);
from_stored!(f64_to_f32, 8, f32, |b| f64::from_le_bytes(*b), 1.0);
from_stored!(i16_to_f64, 2, f64, |b| i16::from_le_bytes(*b), 1.0 / 32_768.0);
from_stored!(i24_to_f64, 3, f64, |b| i32::from_le_bytes([0, b[0], b[1], b[2]]), 1.0 / 2_147_483_648.0);
from_stored!(i32_to_f64, 4, f64, |b| i32::from_le_bytes(*b), 1.0 / 2_147_483_648.0);

/// Floats to stored samples of `$bytes` bytes.
macro_rules! to_stored {
    ($name:ident, $bytes:literal, $t:ty, |$x:ident| $stored:expr) => {
        #[inline(never)]
        pub fn $name(input: &[$t], output: &mut [u8]) {
            for (y, &$x) in output.as_chunks_mut::<$bytes>().0.iter_mut().zip(input) {
                *y = $stored;
            }
        }
    };
}

to_stored!(f32_to_u8, 1, f32, |x| [(((x * 128.0).round_ties_even() as i32).clamp(-128, 127) + 128) as u8]);
to_stored!(f32_to_i16, 2, f32, |x| ((x * 32_768.0).round_ties_even() as i16).to_le_bytes());
to_stored!(f32_to_i16_be, 2, f32, |x| ((x * 32_768.0).round_ties_even() as i16).to_be_bytes());
to_stored!(f32_to_i24, 3, f32, |x| {
    let [a, b, c, _] =
        ((x * 8_388_608.0).round_ties_even() as i32).clamp(-8_388_608, 8_388_607).to_le_bytes();
    [a, b, c]
});
to_stored!(f32_to_i32, 4, f32, |x| ((x * 2_147_483_648.0).round_ties_even() as i32).to_le_bytes());
to_stored!(f64_to_i16, 2, f64, |x| ((x * 32_768.0).round_ties_even() as i16).to_le_bytes());
to_stored!(f64_to_i24, 3, f64, |x| {
    let [a, b, c, _] =
        ((x * 8_388_608.0).round_ties_even() as i32).clamp(-8_388_608, 8_388_607).to_le_bytes();
    [a, b, c]
});
to_stored!(f64_to_i32, 4, f64, |x| ((x * 2_147_483_648.0).round_ties_even() as i32).to_le_bytes());

/// [`f32_to_i16`] by one who knows that adding 1.5 * 2^23 rounds: no call of a library, and it vectorises. It
/// drops what the others keep: the word of the standard that NaN becomes zero.
#[inline(never)]
pub fn f32_to_i16_by_hand(input: &[f32], output: &mut [u8]) {
    for (y, &x) in output.as_chunks_mut::<2>().0.iter_mut().zip(input) {
        let x = (x * 32_768.0).clamp(-32_768.0, 32_767.0);
        *y = ((x + 12_582_912.0).to_bits() as i16).to_le_bytes();
    }
}

#[inline(never)]
pub fn interleave2(left: &[f32], right: &[f32], output: &mut [f32]) {
    for ((frame, l), r) in output.as_chunks_mut::<2>().0.iter_mut().zip(left).zip(right) {
        *frame = [*l, *r];
    }
}

#[inline(never)]
pub fn deinterleave2(input: &[f32], left: &mut [f32], right: &mut [f32]) {
    for ((frame, l), r) in input.as_chunks::<2>().0.iter().zip(left).zip(right) {
        [*l, *r] = *frame;
    }
}

/// Any number of channels, one after another in `planes`.
#[inline(never)]
pub fn interleave(planes: &[f32], channels: usize, output: &mut [f32]) {
    let frames = output.len() / channels;
    for (c, plane) in planes.chunks_exact(frames).enumerate() {
        for (frame, x) in output.chunks_exact_mut(channels).zip(plane) {
            frame[c] = *x;
        }
    }
}

#[inline(never)]
pub fn deinterleave(input: &[f32], channels: usize, planes: &mut [f32]) {
    let frames = input.len() / channels;
    for (c, plane) in planes.chunks_exact_mut(frames).enumerate() {
        for (frame, x) in input.chunks_exact(channels).zip(plane) {
            *x = frame[c];
        }
    }
}

/// A loop from planar or interleaved memory to the other.
pub type Layout = fn(&[f32], &mut [f32]);

/// Channels that are tried, and the loops, interleave and deinterleave, for those whose number a user would write as a
/// constant.
pub const LAYOUTS: [(usize, Option<(Layout, Layout)>); 10] = [
    (1, Some((interleave_of::<1>, deinterleave_of::<1>))),
    (2, Some((interleave_of::<2>, deinterleave_of::<2>))),
    (3, Some((interleave_of::<3>, deinterleave_of::<3>))),
    (4, Some((interleave_of::<4>, deinterleave_of::<4>))),
    (5, None),
    (6, Some((interleave_of::<6>, deinterleave_of::<6>))),
    (7, None),
    (8, Some((interleave_of::<8>, deinterleave_of::<8>))),
    (31, None),
    (32, Some((interleave_of::<32>, deinterleave_of::<32>))),
];

/// Frame by frame with the channels a constant, the faster way for every number of them here.
#[inline(never)]
pub fn interleave_of<const C: usize>(from: &[f32], to: &mut [f32]) {
    let frames = from.len() / C;
    let channels: [&[f32]; C] = std::array::from_fn(|c| &from[c * frames..][..frames]);
    for (f, frame) in to.chunks_exact_mut(C).enumerate() {
        for (x, channel) in frame.iter_mut().zip(channels) {
            *x = channel[f];
        }
    }
}

#[inline(never)]
pub fn deinterleave_of<const C: usize>(from: &[f32], to: &mut [f32]) {
    let frames = from.len() / C;
    let mut rest = to;
    let mut channels: [&mut [f32]; C] = std::array::from_fn(|_| {
        let (channel, after) = std::mem::take(&mut rest).split_at_mut(frames);
        rest = after;
        channel
    });
    for (f, frame) in from.chunks_exact(C).enumerate() {
        for (channel, x) in channels.iter_mut().zip(frame) {
            channel[f] = *x;
        }
    }
}

#[inline(never)]
pub fn power(spectrum: &[f32], output: &mut [f32]) {
    for (power, bin) in output.iter_mut().zip(spectrum.chunks_exact(2)) {
        *power = bin[0] * bin[0] + bin[1] * bin[1];
    }
}

#[inline(never)]
pub fn power_add(spectrum: &[f32], sum: &mut [f64]) {
    for (sum, bin) in sum.iter_mut().zip(spectrum.chunks_exact(2)) {
        *sum += f64::from(bin[0] * bin[0] + bin[1] * bin[1]);
    }
}
