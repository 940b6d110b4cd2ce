//! Makes the plans and blocks that the calls of `calls.rs` work on. Allocates, and is done before any of them runs.

use core::mem::MaybeUninit;

use num_complex::Complex;
use quaver::dsp::Kernels;
use quaver::dsp::analytic::{Analytic, AnalyticIn, analytic_bytes};
use quaver::dsp::convolve::{Convolver, ConvolverIn, Shape, convolver_bytes};
use quaver::dsp::goertzel::Goertzel;
use quaver::dsp::level::Meter;
use quaver::dsp::sliding::{SlidingDft, SlidingDftIn, sliding_dft_bytes};
use quaver::dsp::stft::{Analyser, Stft, Synthesiser};
use quaver::dsp::window::Window;
use quaver::fft::{
    ComplexFft, ComplexFftIn, Mdct, MdctIn, MdctWindow, Real, RealFft, RealFftIn, StaticComplexFft,
    StaticMdct, StaticRealFft, StaticTrigTransform, Trig, TrigTransform, TrigTransformIn, mdct_plan_bytes,
    plan_bytes, real_plan_bytes, trig_plan_bytes,
};
use quaver::format::riff::{Guid, Wave};
use quaver::simd::Level;
use quaver::units::SampleFormat;

use super::calls::{Context, STATIC, Transforms, Trigonometric};

/// Bins of the sliding transform, and taps that a block is convolved with.
const BINS: [usize; 3] = [0, 1, 7];
const TAPS: usize = 9;

/// A context of transforms of `len` points and blocks of twice `len` samples, at one level. It is never freed.
pub fn context(len: usize, level: Level) -> Context<'static> {
    let samples = |n: usize| leak((0..n).map(|i| ((i * 7919 % 1000) as f32).mul_add(0.002, -1.0)));
    let file: &[u8] = leak(file().into_iter());
    let wave = Wave::parse(file).expect("the file below");
    let sub_format = wave.header.fmt.sub_format.expect("an extensible format");
    // Columns of two hops; squared, the sine window adds up to one.
    let hop = (len / 8).max(1);
    let (window, columns) = (Window::Sine, "columns at an available level");
    let window_memory = sliding_dft_bytes(len).expect("a length") / 8;
    let window_memory = leak((0..window_memory).map(|_| MaybeUninit::uninit()));
    Context {
        kernels: Kernels::with_level(level).expect("an available level"),
        level,
        format: SampleFormat::I24,
        number: 0.25,
        a: samples(2 * len),
        b: samples(2 * len),
        wide: leak((0..2 * len).map(|i| (i % 9) as f64 * 0.25 - 1.0)),
        words: leak((0..2 * len).map(|i| (i * 4099) as i16)),
        more_words: leak((0..2 * len).map(|i| (i * 9001) as i16)),
        bytes: leak((0..16 * len).map(|i| (i * 37) as u8)),
        powers: leak((0..len / 2 + 1).map(|_| 0.0)),
        sums: leak((0..len / 2 + 1).map(|_| 0.0)),
        window: Window::Kaiser { beta: 8.0 },
        meter: Meter::new(),
        analyser: leak_one(Analyser::with_level(2 * hop, hop, window, level).expect(columns)),
        synthesiser: leak_one(Synthesiser::with_level(2 * hop, hop, window, window, level).expect(columns)),
        stft: leak_one(Stft::with_level(2 * hop, hop, window, window, level).expect(columns)),
        goertzel: Goertzel::new(0.01).expect("a frequency"),
        sliding: leak_one(SlidingDft::new(len, BINS).expect("bins of a length")),
        sliding_in: leak_one(SlidingDftIn::new(len, BINS, window_memory).expect("bins of a length")),
        column: leak((0..=hop).map(|i| Complex::new(i as f32, 1.0))),
        frames: leak((0..hop).map(|_| 0.0)),
        file,
        wave,
        header: wave.header,
        chunk: wave.chunks().next().expect("a chunk").expect("a good one"),
        guid: Guid(sub_format.0),
        single: transforms(len, level, |x| x as f32),
        double: transforms(len, level, |x| x),
    }
}

fn transforms<T: Real>(len: usize, level: Level, number: fn(f64) -> T) -> Transforms<'static, T> {
    let memory = |bytes: usize| leak((0..bytes / 8).map(|_| MaybeUninit::uninit()));
    let real = |n: usize| leak((0..n).map(|i| number((i * 31 % 64) as f64 / 64.0 - 0.5)));
    let complex = |n: usize| {
        leak((0..n).map(|i| Complex::new(number((i % 5) as f64 - 2.0), number((i % 3) as f64 - 1.0))))
    };
    let made = "a plan at an available level";

    let owned: &ComplexFft<T> = leak_one(ComplexFft::with_level(len, level).expect(made));
    let complex_in = memory(plan_bytes::<T>(len).expect(made));
    let complex_in: &ComplexFftIn<'_, T> =
        leak_one(ComplexFftIn::with_level(len, level, complex_in).expect(made));
    let owned_real: &RealFft<T> = leak_one(RealFft::with_level(len, level).expect(made));
    let real_in = memory(real_plan_bytes::<T>(len).expect(made));
    let real_in: &RealFftIn<'_, T> = leak_one(RealFftIn::with_level(len, level, real_in).expect(made));
    let analytic: &Analytic<T> = leak_one(Analytic::with_level(len, level).expect(made));
    let analytic_in = memory(analytic_bytes::<T>(len).expect(made));
    let analytic_in: &AnalyticIn<'_, T> =
        leak_one(AnalyticIn::with_level(len, level, analytic_in).expect(made));
    let convolver: &Convolver<T> =
        leak_one(Convolver::with_level(len, TAPS, Shape::Full, level).expect(made));
    let convolver_in = memory(convolver_bytes::<T>(len, TAPS, Shape::Full).expect(made));
    let convolver_in: &ConvolverIn<'_, T> =
        leak_one(ConvolverIn::with_level(len, TAPS, Shape::Full, level, convolver_in).expect(made));
    let scratch = [
        owned.scratch_len(),
        complex_in.scratch_len(),
        owned_real.scratch_len(),
        real_in.scratch_len(),
        analytic.scratch_len(),
        convolver.scratch_len(),
    ];
    Transforms {
        complex: owned,
        complex_in,
        real: owned_real,
        real_in,
        static_complex: leak_one(StaticComplexFft::with_level(level).expect(made)),
        static_real: leak_one(StaticRealFft::with_level(level).expect(made)),
        analytic,
        analytic_in,
        convolver,
        convolver_in,
        taps: real(TAPS),
        convolved: real(len + TAPS - 1),
        samples: real(len),
        x: complex(len),
        y: complex(len),
        bins: complex(len / 2 + 1),
        scratch: complex(scratch.into_iter().max().unwrap_or(0)),
        static_samples: real(STATIC),
        static_x: complex(STATIC),
        static_y: complex(STATIC),
        static_bins: complex(STATIC / 2 + 1),
        trig: trigonometric(len, level, number),
    }
}

/// Of `len` values, two at least, and of `2 * len` bins.
fn trigonometric<T: Real>(len: usize, level: Level, number: fn(f64) -> T) -> Trigonometric<'static, T> {
    let (len, bins, made) = (len.max(2), 2 * len, "a plan at an available level");
    let memory = |bytes: usize| leak((0..bytes / 8).map(|_| MaybeUninit::uninit()));
    let real = |n: usize| leak((0..n).map(|i| number((i * 31 % 64) as f64 / 64.0 - 0.5)));
    let kinds =
        [Trig::Dct1, Trig::Dct2, Trig::Dct3, Trig::Dct4, Trig::Dst1, Trig::Dst2, Trig::Dst3, Trig::Dst4];
    let trig = leak(kinds.into_iter().map(|kind| TrigTransform::with_level(kind, len, level).expect(made)));
    let trig_in = leak(kinds.into_iter().map(|kind| {
        let memory = memory(trig_plan_bytes::<T>(kind, len).expect(made));
        TrigTransformIn::with_level(kind, len, level, memory).expect(made)
    }));
    // Smooth; flat but for two samples; and flat altogether.
    let steep: Vec<T> =
        (0..2 * bins).map(|n| number(f64::from(u8::from(n >= bins / 2 && n < 3 * bins / 2)))).collect();
    let windows = [MdctWindow::Sine, MdctWindow::LowOverlap { overlap: 2 }, MdctWindow::Custom(steep.leak())];
    let mdct = leak(windows.into_iter().map(|window| Mdct::with_level(bins, window, level).expect(made)));
    let mdct_in = leak(windows.into_iter().map(|window| {
        let memory = memory(mdct_plan_bytes::<T>(bins).expect(made));
        MdctIn::with_level(bins, window, level, memory).expect(made)
    }));
    let scratch = trig.iter().map(|p| p.scratch_len()).chain(mdct.iter().map(|p| p.scratch_len())).max();
    Trigonometric {
        trig,
        trig_in,
        mdct,
        mdct_in,
        x: real(len),
        y: real(len),
        frame: real(2 * bins),
        lapped: real(bins),
        block: real(bins),
        state: real(bins / 2),
        scratch: real(scratch.unwrap_or(0)),
        static_trig: leak(
            [Trig::Dct2, Trig::Dct3, Trig::Dct4, Trig::Dst2, Trig::Dst3, Trig::Dst4]
                .into_iter()
                .map(|kind| StaticTrigTransform::with_level(kind, level).expect(made)),
        ),
        static_mdct: leak(
            [MdctWindow::Sine, MdctWindow::LowOverlap { overlap: 2 }]
                .into_iter()
                .map(|window| StaticMdct::with_level(window, level).expect(made)),
        ),
        static_frame: real(2 * STATIC),
        static_x: real(STATIC),
        static_y: real(STATIC),
    }
}

/// A 64-bit form with every chunk that the reader knows: sizes, format, frames, a list, and eight frames of sound.
fn file() -> Vec<u8> {
    let mut body = b"WAVE".to_vec();
    let mut chunk = |name: &[u8; 4], declared: u32, content: &[u8]| {
        body.extend_from_slice(name);
        body.extend_from_slice(&declared.to_le_bytes());
        body.extend_from_slice(content);
    };
    let sound: Vec<u8> = (0..32).collect();
    // Sizes of the form, of the data, frames, and one more size for a chunk that is not there.
    let mut sizes: Vec<u8> = [176_u64, 32, 8].iter().flat_map(|n| n.to_le_bytes()).collect();
    sizes.extend_from_slice(&1_u32.to_le_bytes());
    sizes.extend_from_slice(b"levl");
    sizes.extend_from_slice(&(1_u64 << 33).to_le_bytes());
    let mut format: Vec<u8> = [0xFFFE_u16, 2].iter().flat_map(|n| n.to_le_bytes()).collect();
    format.extend([48_000_u32, 192_000].iter().flat_map(|n| n.to_le_bytes()));
    format.extend([4_u16, 16, 22, 16].iter().flat_map(|n| n.to_le_bytes()));
    format.extend_from_slice(&3_u32.to_le_bytes());
    format.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    chunk(b"ds64", 40, &sizes);
    chunk(b"fmt ", 40, &format);
    chunk(b"fact", 4, &8_u32.to_le_bytes());
    chunk(b"LIST", 4, b"INFO");
    chunk(b"data", u32::MAX, &sound);
    let mut file = b"RF64\xFF\xFF\xFF\xFF".to_vec();
    file.extend_from_slice(&body);
    file
}

fn leak<T>(values: impl Iterator<Item = T>) -> &'static mut [T] {
    values.collect::<Vec<_>>().leak()
}

fn leak_one<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}
