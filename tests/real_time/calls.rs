//! Every call that says "Real-time safe", one line each.
//!
//! The table serves all proofs: `tests/rt_safety.rs` runs it under a counting allocator and in a thread without
//! system calls, the shared library of this package exports it for inspection, and the program `counts` counts its
//! instructions. A call answers whether it did its work, so that none is proven by failing early.
//!
//! The test `every_call_marked_safe_is_in_the_table` compares this list with the documentation in `src`.

#![allow(clippy::unit_arg, reason = "a call that gives nothing is done when it returns")]

use num_complex::Complex;
use quaver::buffer::{Interleaved, InterleavedMut, Planar, PlanarMut};
use quaver::dsp::Kernels;
use quaver::dsp::analytic::{Analytic, AnalyticIn};
use quaver::dsp::convolve::{Convolver, ConvolverIn};
use quaver::dsp::goertzel::Goertzel;
use quaver::dsp::level::Meter;
use quaver::dsp::sliding::{SlidingDft, SlidingDftIn, sliding_dft_bytes};
use quaver::dsp::stft::{Analyser, Stft, Synthesiser};
use quaver::dsp::window::{self, Symmetry, Window};
use quaver::fft::{
    ComplexFft, ComplexFftIn, Job, LengthError, Mdct, MdctIn, RealFft, RealFftIn, StaticComplexFft,
    StaticMdct, StaticRealFft, StaticTrigTransform, Trig, TrigTransform, TrigTransformIn,
};
use quaver::format::cursor::Cursor;
use quaver::format::riff::{
    ChunkRef, Chunks, Guid, HeaderReader, HeaderStep, Reader, Step, Wave, WaveHeader,
};
use quaver::simd::Level;
use quaver::units::{self, Endian, SampleFormat};

/// Points of the const-sized plans.
pub const STATIC: usize = 60;

/// What the calls work on; sizes are known at run time only. `samples` are even in number.
pub struct Context<'a> {
    pub kernels: Kernels,
    pub level: Level,
    pub format: SampleFormat,
    pub number: f64,
    pub a: &'a mut [f32],
    pub b: &'a mut [f32],
    /// As `a` and `b`, in other types; `bytes` holds 8 for each of their samples.
    pub wide: &'a mut [f64],
    pub words: &'a mut [i16],
    pub more_words: &'a mut [i16],
    pub bytes: &'a mut [u8],
    /// One for each bin of a real transform.
    pub powers: &'a mut [f32],
    pub sums: &'a mut [f64],
    pub window: Window,
    pub meter: Meter,
    pub analyser: &'a mut Analyser,
    pub synthesiser: &'a mut Synthesiser,
    pub stft: &'a mut Stft,
    pub goertzel: Goertzel,
    pub sliding: &'a mut SlidingDft<3>,
    pub sliding_in: &'a mut SlidingDftIn<'a, 3>,
    /// What a column of `synthesiser` takes and gives.
    pub column: &'a mut [Complex<f32>],
    pub frames: &'a mut [f32],
    /// A RIFF file with every chunk that the reader knows, and what lies in it.
    pub file: &'a [u8],
    pub wave: Wave<'a>,
    pub header: WaveHeader,
    pub chunk: ChunkRef<'a>,
    pub guid: Guid,
    pub single: Transforms<'a, f32>,
    pub double: Transforms<'a, f64>,
}

/// Plans of one length, made elsewhere, and their blocks.
pub struct Transforms<'a, T: quaver::fft::Real> {
    pub complex: &'a ComplexFft<T>,
    pub complex_in: &'a ComplexFftIn<'a, T>,
    pub real: &'a RealFft<T>,
    pub real_in: &'a RealFftIn<'a, T>,
    pub static_complex: &'a mut StaticComplexFft<T, STATIC>,
    pub static_real: &'a mut StaticRealFft<T, STATIC>,
    pub analytic: &'a Analytic<T>,
    pub analytic_in: &'a AnalyticIn<'a, T>,
    /// Of `samples` with `taps`, whole, to `convolved`.
    pub convolver: &'a Convolver<T>,
    pub convolver_in: &'a ConvolverIn<'a, T>,
    pub taps: &'a mut [T],
    pub convolved: &'a mut [T],
    /// `len` samples, and twice `len` complex numbers.
    pub samples: &'a mut [T],
    pub x: &'a mut [Complex<T>],
    pub y: &'a mut [Complex<T>],
    /// `len / 2 + 1` bins.
    pub bins: &'a mut [Complex<T>],
    pub scratch: &'a mut [Complex<T>],
    pub static_samples: &'a mut [T],
    pub static_x: &'a mut [Complex<T>],
    pub static_y: &'a mut [Complex<T>],
    pub static_bins: &'a mut [Complex<T>],
    pub trig: Trigonometric<'a, T>,
}

/// Plans of every type, and under windows of every shape, and their blocks.
pub struct Trigonometric<'a, T: quaver::fft::Real> {
    pub trig: &'a [TrigTransform<T>],
    pub trig_in: &'a [TrigTransformIn<'a, T>],
    pub mdct: &'a [Mdct<T>],
    pub mdct_in: &'a [MdctIn<'a, T>],
    /// As many values as the plans of the first two take.
    pub x: &'a mut [T],
    pub y: &'a mut [T],
    /// A frame, the bins and the state of the others.
    pub frame: &'a mut [T],
    pub lapped: &'a mut [T],
    pub block: &'a mut [T],
    pub state: &'a mut [T],
    pub scratch: &'a mut [T],
    pub static_trig: &'a mut [StaticTrigTransform<T, STATIC>],
    pub static_mdct: &'a mut [StaticMdct<T, STATIC>],
    /// Twice `STATIC` values, and `STATIC`.
    pub static_frame: &'a mut [T],
    pub static_x: &'a mut [T],
    pub static_y: &'a mut [T],
}

/// One line of the table: the call as the documentation names it, the exported symbol, and the function.
pub struct Call {
    pub documented: &'static str,
    pub symbol: &'static str,
    pub run: extern "C" fn(&mut Context<'_>) -> bool,
}

macro_rules! calls {
    ($suffix:literal; $($documented:literal $name:ident |$c:ident| $body:expr;)*) => {
        pub const CALLS: &[Call] = &[$(Call {
            documented: $documented,
            symbol: concat!("rt_", stringify!($name), $suffix),
            run: $name,
        }),*];

        $(
            #[inline(never)]
            #[unsafe(export_name = concat!("rt_", stringify!($name), $suffix))]
            extern "C" fn $name($c: &mut Context<'_>) -> bool {
                $body
            }
        )*
    };
}

/// A call that gives something is done when it gave it; what it gave goes to the optimiser as used.
fn used<T>(value: T) -> bool {
    core::hint::black_box(&value);
    true
}

pub mod common {
    use super::*;

    calls! { "";
        "Level::name" level_name |c| !c.level.name().is_empty();
        "Kernels::level" kernels_level |c| c.kernels.level() == c.level;
        "SampleFormat::bytes" format_bytes |c| c.format.bytes() > 0;
        "SampleFormat::name" format_name |c| !c.format.name().is_empty();
        "fft::bin" dft_bin |c| used(quaver::fft::dft::bin(c.double.x, 1));
        "Trig::inverse" trig_kind_inverse |_c| used(core::hint::black_box(Trig::Dct2).inverse());
        "Trig::gain" trig_kind_gain |c| used(core::hint::black_box(Trig::Dct2).gain(c.a.len()));
        "units::amplitude_to_db" amplitude_to_db |c| used(units::amplitude_to_db(c.number));
        "units::db_to_amplitude" db_to_amplitude |c| used(units::db_to_amplitude(c.number));
    }
}

/// Views over interleaved and planar memory.
pub mod buffer {
    use super::*;

    calls! { "";
        "Interleaved::from_slice" interleaved_from_slice |c| Interleaved::from_slice(c.a, 2).is_ok();
        "Interleaved::channels" interleaved_channels |c| interleaved(c).is_some_and(|v| v.channels() == 2);
        "Interleaved::frames" interleaved_frames |c| interleaved(c).is_some_and(|v| v.frames() > 0);
        "Interleaved::samples" interleaved_samples |c| interleaved(c).is_some_and(|v| !v.samples().is_empty());
        "Interleaved::frame" interleaved_frame |c| interleaved(c).is_some_and(|v| v.frame(0).is_some());
        "Interleaved::iter" interleaved_iter |c| interleaved(c).is_some_and(|v| used(v.iter().map(sum).sum::<f32>()));
        "Interleaved::channel" interleaved_channel
            |c| interleaved(c).is_some_and(|v| v.channel(1).is_some_and(|x| used(x.sum::<f32>())));
        "Interleaved::slice" interleaved_slice |c| interleaved(c).is_some_and(|v| v.slice(0..v.frames()).is_ok());
        "Interleaved::split_at" interleaved_split_at |c| interleaved(c).is_some_and(|v| v.split_at(1).is_ok());
        "Interleaved::blocks" interleaved_blocks
            |c| interleaved(c).is_some_and(|v| v.blocks(3).is_ok_and(|b| b.map(|b| b.frames()).sum::<usize>() == v.frames()));

        "InterleavedMut::from_slice" interleaved_mut_from_slice |c| InterleavedMut::from_slice(c.a, 2).is_ok();
        "InterleavedMut::channels" interleaved_mut_channels |c| interleaved_mut(c).is_some_and(|v| v.channels() == 2);
        "InterleavedMut::frames" interleaved_mut_frames |c| interleaved_mut(c).is_some_and(|v| v.frames() > 0);
        "InterleavedMut::as_view" interleaved_mut_as_view
            |c| interleaved_mut(c).is_some_and(|v| v.as_view().frames() > 0);
        "InterleavedMut::reborrow" interleaved_mut_reborrow
            |c| interleaved_mut(c).is_some_and(|mut v| v.reborrow().frames() > 0);
        "InterleavedMut::samples_mut" interleaved_mut_samples_mut
            |c| interleaved_mut(c).is_some_and(|mut v| !v.samples_mut().is_empty());
        "InterleavedMut::frame_mut" interleaved_mut_frame_mut
            |c| interleaved_mut(c).is_some_and(|mut v| v.frame_mut(0).is_some());
        "InterleavedMut::iter_mut" interleaved_mut_iter_mut
            |c| interleaved_mut(c).is_some_and(|mut v| used(v.iter_mut().for_each(|f| f.fill(0.25))));
        "InterleavedMut::channel_mut" interleaved_mut_channel_mut
            |c| interleaved_mut(c).is_some_and(|mut v| v.channel_mut(1).is_some_and(|x| used(x.for_each(|s| *s = 0.5))));
        "InterleavedMut::slice_mut" interleaved_mut_slice_mut
            |c| interleaved_mut(c).is_some_and(|mut v| v.slice_mut(0..1).is_ok());
        "InterleavedMut::split_at_mut" interleaved_mut_split_at_mut
            |c| interleaved_mut(c).is_some_and(|mut v| v.split_at_mut(1).is_ok());
        "InterleavedMut::blocks_mut" interleaved_mut_blocks_mut
            |c| interleaved_mut(c).is_some_and(|mut v| v.blocks_mut(3).is_ok_and(|b| b.map(|b| b.frames()).sum::<usize>() > 0));

        "Planar::from_slice" planar_from_slice |c| Planar::from_slice(c.a, 2).is_ok();
        "Planar::from_strided" planar_from_strided |c| Planar::from_strided(c.a, 2, c.a.len() / 4, c.a.len() / 2).is_ok();
        "Planar::from_slices" planar_from_slices |c| Planar::from_slices(&[c.a, c.b]).is_ok();
        "Planar::channels" planar_channels |c| planar(c).is_some_and(|v| v.channels() == 2);
        "Planar::frames" planar_frames |c| planar(c).is_some_and(|v| v.frames() > 0);
        "Planar::channel" planar_channel |c| planar(c).is_some_and(|v| v.channel(1).is_some());
        "Planar::iter" planar_iter |c| planar(c).is_some_and(|v| used(v.iter().map(sum).sum::<f32>()));
        "Planar::frame" planar_frame
            |c| planar(c).is_some_and(|v| v.frame(0).is_some_and(|f| used(f.sum::<f32>())));
        "Planar::slice" planar_slice |c| planar(c).is_some_and(|v| v.slice(0..v.frames()).is_ok());
        "Planar::split_at" planar_split_at |c| planar(c).is_some_and(|v| v.split_at(1).is_ok());
        "Planar::blocks" planar_blocks
            |c| planar(c).is_some_and(|v| v.blocks(3).is_ok_and(|b| b.map(|b| b.frames()).sum::<usize>() == v.frames()));

        "PlanarMut::from_slice" planar_mut_from_slice |c| PlanarMut::from_slice(c.a, 2).is_ok();
        "PlanarMut::from_strided" planar_mut_from_strided
            |c| { let half = c.a.len() / 2; PlanarMut::from_strided(c.a, 2, half / 2, half).is_ok() };
        "PlanarMut::from_slices" planar_mut_from_slices |c| PlanarMut::from_slices(&mut [&mut *c.a, &mut *c.b]).is_ok();
        "PlanarMut::channels" planar_mut_channels |c| planar_mut(c).is_some_and(|v| v.channels() == 2);
        "PlanarMut::frames" planar_mut_frames |c| planar_mut(c).is_some_and(|v| v.frames() > 0);
        "PlanarMut::as_view" planar_mut_as_view |c| planar_mut(c).is_some_and(|v| v.as_view().frames() > 0);
        "PlanarMut::reborrow" planar_mut_reborrow |c| planar_mut(c).is_some_and(|mut v| v.reborrow().frames() > 0);
        "PlanarMut::channel" planar_mut_channel |c| planar_mut(c).is_some_and(|v| v.channel(1).is_some());
        "PlanarMut::channel_mut" planar_mut_channel_mut
            |c| planar_mut(c).is_some_and(|mut v| v.channel_mut(1).is_some());
        "PlanarMut::frame" planar_mut_frame
            |c| planar_mut(c).is_some_and(|v| v.frame(0).is_some_and(|f| used(f.sum::<f32>())));
        "PlanarMut::frame_mut" planar_mut_frame_mut
            |c| planar_mut(c).is_some_and(|mut v| v.frame_mut(0).is_some_and(|f| used(f.for_each(|s| *s = 0.5))));
        "PlanarMut::iter_mut" planar_mut_iter_mut
            |c| planar_mut(c).is_some_and(|mut v| used(v.iter_mut().for_each(|x| x.fill(0.25))));
        "PlanarMut::slice_mut" planar_mut_slice_mut |c| planar_mut(c).is_some_and(|mut v| v.slice_mut(0..1).is_ok());
        "PlanarMut::split_at_mut" planar_mut_split_at_mut
            |c| planar_mut(c).is_some_and(|mut v| v.split_at_mut(1).is_ok());
        "PlanarMut::blocks_mut" planar_mut_blocks_mut
            |c| planar_mut(c).is_some_and(|mut v| v.blocks_mut(3).is_ok_and(|b| b.map(|b| b.frames()).sum::<usize>() > 0));
    }

    fn sum(samples: &[f32]) -> f32 {
        samples.iter().sum()
    }
    fn interleaved<'a>(c: &'a Context<'_>) -> Option<Interleaved<'a, f32>> {
        Interleaved::from_slice(c.a, 2).ok()
    }
    fn interleaved_mut<'a>(c: &'a mut Context<'_>) -> Option<InterleavedMut<'a, f32>> {
        InterleavedMut::from_slice(c.a, 2).ok()
    }
    fn planar<'a>(c: &'a Context<'_>) -> Option<Planar<'a, f32>> {
        Planar::from_slice(c.a, 2).ok()
    }
    fn planar_mut<'a>(c: &'a mut Context<'_>) -> Option<PlanarMut<'a, f32>> {
        PlanarMut::from_slice(c.a, 2).ok()
    }
}

/// Kernels on samples.
pub mod dsp {
    use super::*;

    calls! { "";
        "Kernels::interleave" interleave |c| layouts(c).is_some_and(|(k, p, mut i)| k.interleave(&p, &mut i).is_ok());
        "Kernels::deinterleave" deinterleave
            |c| layouts_back(c).is_some_and(|(k, i, mut p)| k.deinterleave(&i, &mut p).is_ok());

        "Kernels::to_f32" to_f32_u8 |c| to_f32(c, SampleFormat::U8, Endian::Little);
        "Kernels::to_f32" to_f32_i16 |c| to_f32(c, SampleFormat::I16, Endian::Little);
        "Kernels::to_f32" to_f32_i24 |c| to_f32(c, SampleFormat::I24, Endian::Little);
        "Kernels::to_f32" to_f32_i32 |c| to_f32(c, SampleFormat::I32, Endian::Little);
        "Kernels::to_f32" to_f32_f32 |c| to_f32(c, SampleFormat::F32, Endian::Little);
        "Kernels::to_f32" to_f32_f64 |c| to_f32(c, SampleFormat::F64, Endian::Little);
        "Kernels::to_f32" to_f32_i16_big |c| to_f32(c, SampleFormat::I16, Endian::Big);
        "Kernels::to_f32" to_f32_i24_big |c| to_f32(c, SampleFormat::I24, Endian::Big);
        "Kernels::to_f32" to_f32_i32_big |c| to_f32(c, SampleFormat::I32, Endian::Big);
        "Kernels::to_f32" to_f32_f32_big |c| to_f32(c, SampleFormat::F32, Endian::Big);
        "Kernels::to_f32" to_f32_f64_big |c| to_f32(c, SampleFormat::F64, Endian::Big);
        "Kernels::to_f64" to_f64_u8 |c| to_f64(c, SampleFormat::U8, Endian::Little);
        "Kernels::to_f64" to_f64_i16 |c| to_f64(c, SampleFormat::I16, Endian::Little);
        "Kernels::to_f64" to_f64_i24 |c| to_f64(c, SampleFormat::I24, Endian::Little);
        "Kernels::to_f64" to_f64_i32 |c| to_f64(c, SampleFormat::I32, Endian::Little);
        "Kernels::to_f64" to_f64_f32 |c| to_f64(c, SampleFormat::F32, Endian::Little);
        "Kernels::to_f64" to_f64_f64 |c| to_f64(c, SampleFormat::F64, Endian::Little);
        "Kernels::from_f32" from_f32_u8 |c| from_f32(c, SampleFormat::U8, Endian::Little);
        "Kernels::from_f32" from_f32_i16 |c| from_f32(c, SampleFormat::I16, Endian::Little);
        "Kernels::from_f32" from_f32_i24 |c| from_f32(c, SampleFormat::I24, Endian::Little);
        "Kernels::from_f32" from_f32_i32 |c| from_f32(c, SampleFormat::I32, Endian::Little);
        "Kernels::from_f32" from_f32_f32 |c| from_f32(c, SampleFormat::F32, Endian::Little);
        "Kernels::from_f32" from_f32_f64 |c| from_f32(c, SampleFormat::F64, Endian::Little);
        "Kernels::from_f32" from_f32_i16_big |c| from_f32(c, SampleFormat::I16, Endian::Big);
        "Kernels::from_f32" from_f32_i24_big |c| from_f32(c, SampleFormat::I24, Endian::Big);
        "Kernels::from_f32" from_f32_i32_big |c| from_f32(c, SampleFormat::I32, Endian::Big);
        "Kernels::from_f32" from_f32_f32_big |c| from_f32(c, SampleFormat::F32, Endian::Big);
        "Kernels::from_f32" from_f32_f64_big |c| from_f32(c, SampleFormat::F64, Endian::Big);
        "Kernels::from_f64" from_f64_u8 |c| from_f64(c, SampleFormat::U8, Endian::Little);
        "Kernels::from_f64" from_f64_i16 |c| from_f64(c, SampleFormat::I16, Endian::Little);
        "Kernels::from_f64" from_f64_i24 |c| from_f64(c, SampleFormat::I24, Endian::Little);
        "Kernels::from_f64" from_f64_i32 |c| from_f64(c, SampleFormat::I32, Endian::Little);
        "Kernels::from_f64" from_f64_f32 |c| from_f64(c, SampleFormat::F32, Endian::Little);
        "Kernels::from_f64" from_f64_f64 |c| from_f64(c, SampleFormat::F64, Endian::Little);
        "Kernels::i16_to_f32" i16_to_f32 |c| c.kernels.i16_to_f32(c.words, c.a).is_ok();
        "Kernels::f32_to_i16" f32_to_i16 |c| c.kernels.f32_to_i16(c.a, c.words).is_ok();

        "Kernels::gain" gain |c| used(c.kernels.gain(c.a, 0.5));
        "Kernels::gain_ramp" gain_ramp |c| used(c.kernels.gain_ramp(c.a, 0.5, 1.0));
        "Kernels::add" add |c| c.kernels.add(c.a, c.b).is_ok();
        "Kernels::mix" mix_1 |c| c.kernels.mix(c.a, &[c.b], &[0.5]).is_ok();
        "Kernels::mix" mix_4 |c| c.kernels.mix(c.a, &[c.b, c.b, c.b, c.b], &[0.5, 0.25, 0.125, -0.5]).is_ok();
        "Kernels::mix_i16" mix_i16 |c| c.kernels.mix_i16(c.words, c.more_words).is_ok();

        "Kernels::peak" peak |c| used(c.kernels.peak(c.a));
        "Kernels::rms" rms |c| used(c.kernels.rms(c.a));
        "Kernels::power" power |c| c.kernels.power(c.single.bins, c.powers).is_ok();
        "Kernels::power_add" power_add |c| c.kernels.power_add(c.single.bins, c.sums).is_ok();

        "Window::fill" window_fill_hann |c| Window::Hann.fill(Symmetry::Periodic, c.a).is_ok();
        "Window::fill" window_fill |c| c.window.fill(Symmetry::Symmetric, c.wide).is_ok();
        "dsp::coherent_gain" coherent_gain |c| used(window::coherent_gain(c.a));
        "dsp::noise_bandwidth" noise_bandwidth |c| used(window::noise_bandwidth(c.a));

        "Analyser::fft_len" analyser_fft_len |c| c.analyser.fft_len() > 0;
        "Analyser::hop" analyser_hop |c| c.analyser.hop() > 0;
        "Analyser::spectrum_len" analyser_spectrum_len |c| c.analyser.spectrum_len() > 0;
        "Analyser::window" analyser_window |c| !c.analyser.window().is_empty();
        "Analyser::latency_frames" analyser_latency_frames |c| used(c.analyser.latency_frames());
        "Analyser::reset" analyser_reset |c| used(c.analyser.reset());
        "Analyser::push" analyser_push
            |c| { let mut columns = 0; c.analyser.push(c.a, |_, _| columns += 1); columns > 0 };
        "Synthesiser::fft_len" synthesiser_fft_len |c| c.synthesiser.fft_len() > 0;
        "Synthesiser::hop" synthesiser_hop |c| c.synthesiser.hop() > 0;
        "Synthesiser::reset" synthesiser_reset |c| used(c.synthesiser.reset());
        "Synthesiser::push" synthesiser_push |c| c.synthesiser.push(c.column, c.frames).is_ok();
        "Stft::latency_frames" stft_latency_frames |c| used(c.stft.latency_frames());
        "Stft::reset" stft_reset |c| used(c.stft.reset());
        "Stft::process" stft_process
            |c| { let mut columns = 0; c.stft.process(c.a, c.b, |_, _| columns += 1).is_ok() && columns > 0 };

        "Goertzel::new" goertzel_new |c| Goertzel::new(c.number).is_some();
        "Goertzel::push" goertzel_push |c| { c.goertzel.push(c.a); c.goertzel.push(c.wide); true };
        "Goertzel::bin" goertzel_bin |c| used(c.goertzel.bin());
        "Goertzel::samples" goertzel_samples |c| used(c.goertzel.samples());
        "Goertzel::reset" goertzel_reset |c| used(c.goertzel.reset());
        "dsp::sliding_dft_bytes" sliding_bytes |c| sliding_dft_bytes(c.a.len()).is_ok();
        "SlidingDft::push" sliding_push |c| { c.sliding.push(c.a); c.sliding.push(c.wide); true };
        "SlidingDft::bins" sliding_bins |c| used(c.sliding.bins());
        "SlidingDft::len" sliding_len |c| c.sliding.len() > 0;
        "SlidingDft::reset" sliding_reset |c| used(c.sliding.reset());
        "SlidingDftIn::push" sliding_in_push |c| { c.sliding_in.push(c.a); c.sliding_in.push(c.wide); true };
        "SlidingDftIn::bins" sliding_in_bins |c| used(c.sliding_in.bins());
        "SlidingDftIn::len" sliding_in_len |c| c.sliding_in.len() > 0;
        "SlidingDftIn::reset" sliding_in_reset |c| used(c.sliding_in.reset());

        "Meter::new" meter_new |c| { c.meter = Meter::new(); true };
        "Meter::with_clipping" meter_with_clipping |c| { c.meter = Meter::with_clipping(0.9, 2); true };
        "Meter::push" meter_push |c| { c.meter.push(&c.kernels, c.a); true };
        "Meter::samples" meter_samples |c| c.meter.samples() > 0;
        "Meter::peak" meter_peak |c| used(c.meter.peak());
        "Meter::peak_dbfs" meter_peak_dbfs |c| used(c.meter.peak_dbfs());
        "Meter::rms" meter_rms |c| used(c.meter.rms());
        "Meter::rms_dbfs" meter_rms_dbfs |c| used(c.meter.rms_dbfs());
        "Meter::dc" meter_dc |c| used(c.meter.dc());
        "Meter::crest_db" meter_crest_db |c| used(c.meter.crest_db());
        "Meter::clipped_runs" meter_clipped_runs |c| used(c.meter.clipped_runs());
        "Meter::non_finite" meter_non_finite |c| used(c.meter.non_finite());
    }

    fn to_f32(c: &mut Context<'_>, format: SampleFormat, endian: Endian) -> bool {
        let bytes = c.bytes.get(..c.a.len() * format.bytes());
        bytes.is_some_and(|bytes| c.kernels.to_f32(format, endian, bytes, c.a).is_ok())
    }
    fn from_f32(c: &mut Context<'_>, format: SampleFormat, endian: Endian) -> bool {
        let bytes = c.bytes.get_mut(..c.a.len() * format.bytes());
        bytes.is_some_and(|bytes| c.kernels.from_f32(format, endian, c.a, bytes).is_ok())
    }
    fn to_f64(c: &mut Context<'_>, format: SampleFormat, endian: Endian) -> bool {
        let bytes = c.bytes.get(..c.wide.len() * format.bytes());
        bytes.is_some_and(|bytes| c.kernels.to_f64(format, endian, bytes, c.wide).is_ok())
    }
    fn from_f64(c: &mut Context<'_>, format: SampleFormat, endian: Endian) -> bool {
        let bytes = c.bytes.get_mut(..c.wide.len() * format.bytes());
        bytes.is_some_and(|bytes| c.kernels.from_f64(format, endian, c.wide, bytes).is_ok())
    }
    fn layouts<'a>(c: &'a mut Context<'_>) -> Option<(Kernels, Planar<'a, f32>, InterleavedMut<'a, f32>)> {
        Some((c.kernels, Planar::from_slice(c.a, 2).ok()?, InterleavedMut::from_slice(c.b, 2).ok()?))
    }
    fn layouts_back<'a>(
        c: &'a mut Context<'_>,
    ) -> Option<(Kernels, Interleaved<'a, f32>, PlanarMut<'a, f32>)> {
        Some((c.kernels, Interleaved::from_slice(c.a, 2).ok()?, PlanarMut::from_slice(c.b, 2).ok()?))
    }
}

/// Reading RIFF files.
pub mod format {
    use super::*;

    calls! { "";
        "Cursor::new" cursor_new |c| used(Cursor::new(c.file, 0, Endian::Little));
        "Cursor::offset" cursor_offset |c| cursor(c).offset() == 0;
        "Cursor::rest" cursor_rest |c| !cursor(c).rest().is_empty();
        "Cursor::u8" cursor_u8 |c| cursor(c).u8().is_ok();
        "Cursor::u16" cursor_u16 |c| cursor(c).u16().is_ok();
        "Cursor::u32" cursor_u32 |c| cursor(c).u32().is_ok();
        "Cursor::u64" cursor_u64 |c| cursor(c).u64().is_ok();
        "Cursor::array" cursor_array |c| cursor(c).array::<5>().is_ok();
        "Cursor::take" cursor_take |c| cursor(c).take(c.file.len()).is_ok();

        "ChunkId::is_printable" chunk_id_is_printable |c| c.chunk.chunk.id.is_printable();
        "ChunkRef::is_truncated" chunk_ref_is_truncated |c| !c.chunk.is_truncated();
        "Chunks::new" chunks_new
            |c| c.file.get(12..).is_some_and(|rest| Chunks::new(rest, 12, Endian::Little).all(|x| x.is_ok()));
        "Form::endian" form_endian |c| c.header.form.endian() == Endian::Little;
        "Form::magic" form_magic |c| c.file.starts_with(&c.header.form.magic());
        "Guid::tag" guid_tag |c| c.guid.tag().is_some();
        "Guid::is_ambisonic" guid_is_ambisonic |c| !c.guid.is_ambisonic();
        "Fmt::coding" fmt_coding |c| used(c.header.fmt.coding());
        "Fmt::frame_bytes" fmt_frame_bytes |c| c.header.fmt.frame_bytes().is_some();
        "Fmt::sample_format" fmt_sample_format |c| c.header.fmt.sample_format().is_some();
        "Fmt::require_sample_format" fmt_require_sample_format |c| c.header.fmt.require_sample_format().is_ok();

        "Reader::new" reader_new |_c| used(Reader::new());
        "Reader::end_of_input" reader_end_of_input |c| used(Reader::new().end_of_input(c.file.len() as u64));
        "Reader::step" reader_step |c| walk(c.file, &mut Reader::new());
        "Reader::ds64" reader_ds64 |c| { let mut r = Reader::new(); walk(c.file, &mut r) && r.ds64().is_some() };
        "Ds64::table" ds64_table
            |c| { let mut r = Reader::new(); walk(c.file, &mut r) && r.ds64().is_some_and(|d| d.table().len() == 1) };

        "HeaderReader::new" header_reader_new |_c| used(HeaderReader::new());
        "HeaderReader::end_of_input" header_reader_end_of_input
            |c| used(HeaderReader::new().end_of_input(c.file.len() as u64));
        "HeaderReader::step" header_reader_step
            |c| HeaderReader::new().step(c.file, |_| {}).is_ok_and(|step| matches!(step, HeaderStep::Done(_)));
        "WaveHeader::frames" wave_header_frames |c| c.header.frames().is_some();
        "WaveHeader::frames_in" wave_header_frames_in |c| c.header.frames_in(64).is_some();

        "Wave::parse" wave_parse |c| Wave::parse(c.file).is_ok();
        "Wave::parse_with" wave_parse_with |c| Wave::parse_with(c.file, |warning| _ = used(warning)).is_ok();
        "Wave::chunks" wave_chunks |c| c.wave.chunks().all(|chunk| chunk.is_ok());
        "Wave::frames" wave_frames |c| c.wave.frames().is_some();
        "Wave::is_truncated" wave_is_truncated |c| !c.wave.is_truncated();
    }

    fn cursor<'a>(c: &Context<'a>) -> Cursor<'a> {
        Cursor::new(c.file, 0, Endian::Little)
    }

    /// Reads the whole file; true when it ends well, after at most as many steps as it has bytes.
    fn walk(file: &[u8], reader: &mut Reader) -> bool {
        reader.end_of_input(file.len() as u64);
        let mut at = 0;
        for _ in file {
            match reader.step(file.get(at..).unwrap_or_default(), |_| {}) {
                Ok(Step::End) => return true,
                Ok(Step::Need { at: to, .. } | Step::Skip { to }) => {
                    at = usize::try_from(to).unwrap_or(usize::MAX)
                }
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        false
    }
}

/// A job in seven steps.
fn stepped<T: quaver::fft::Real>(job: Result<Job<'_, T>, LengthError>) -> bool {
    let Ok(mut job) = job else { return false };
    let budget = job.total() / 7 + 1;
    for _ in 0..7 {
        job.step(budget);
    }
    job.is_done()
}

/// A job that goes on from where it stands.
fn resumed<T: quaver::fft::Real>(mut job: Job<'_, T>) -> bool {
    job.step(1);
    let (progress, remaining) = (job.progress(), job.remaining());
    job.resume(progress).remaining() == remaining
}

/// Transforms, of both precisions.
macro_rules! transforms {
    ($module:ident, $t:ty, $suffix:literal) => {
        pub mod $module {
            use super::*;

            calls! { $suffix;
                "ComplexFft::len" complex_len |c| c.$module.complex.len() > 0;
                "ComplexFft::scratch_len" complex_scratch_len |c| used(c.$module.complex.scratch_len());
                "ComplexFft::forward" complex_forward
                    |c| { let t = &mut c.$module; t.complex.forward(t.x, t.y, t.scratch).is_ok() };
                "ComplexFft::forward_in_place" complex_forward_in_place
                    |c| { let t = &mut c.$module; t.complex.forward_in_place(t.x, t.scratch).is_ok() };
                "ComplexFft::inverse" complex_inverse
                    |c| { let t = &mut c.$module; t.complex.inverse(t.x, t.y, t.scratch).is_ok() };
                "ComplexFft::inverse_in_place" complex_inverse_in_place
                    |c| { let t = &mut c.$module; t.complex.inverse_in_place(t.x, t.scratch).is_ok() };
                "ComplexFft::inverse_scaled" complex_inverse_scaled
                    |c| { let t = &mut c.$module; t.complex.inverse_scaled(t.x, t.y, t.scratch).is_ok() };

                "ComplexFftIn::len" complex_in_len |c| c.$module.complex_in.len() > 0;
                "ComplexFftIn::scratch_len" complex_in_scratch_len |c| used(c.$module.complex_in.scratch_len());
                "ComplexFftIn::forward" complex_in_forward
                    |c| { let t = &mut c.$module; t.complex_in.forward(t.x, t.y, t.scratch).is_ok() };
                "ComplexFftIn::forward_in_place" complex_in_forward_in_place
                    |c| { let t = &mut c.$module; t.complex_in.forward_in_place(t.x, t.scratch).is_ok() };
                "ComplexFftIn::inverse" complex_in_inverse
                    |c| { let t = &mut c.$module; t.complex_in.inverse(t.x, t.y, t.scratch).is_ok() };
                "ComplexFftIn::inverse_in_place" complex_in_inverse_in_place
                    |c| { let t = &mut c.$module; t.complex_in.inverse_in_place(t.x, t.scratch).is_ok() };
                "ComplexFftIn::inverse_scaled" complex_in_inverse_scaled
                    |c| { let t = &mut c.$module; t.complex_in.inverse_scaled(t.x, t.y, t.scratch).is_ok() };

                "RealFft::len" real_len |c| c.$module.real.len() > 0;
                "RealFft::spectrum_len" real_spectrum_len |c| c.$module.real.spectrum_len() > 0;
                "RealFft::scratch_len" real_scratch_len |c| used(c.$module.real.scratch_len());
                "RealFft::forward" real_forward
                    |c| { let t = &mut c.$module; t.real.forward(t.samples, t.bins, t.scratch).is_ok() };
                "RealFft::inverse" real_inverse
                    |c| { let t = &mut c.$module; t.real.inverse(t.bins, t.samples, t.scratch).is_ok() };
                "RealFft::inverse_scaled" real_inverse_scaled
                    |c| { let t = &mut c.$module; t.real.inverse_scaled(t.bins, t.samples, t.scratch).is_ok() };

                "RealFftIn::len" real_in_len |c| c.$module.real_in.len() > 0;
                "RealFftIn::spectrum_len" real_in_spectrum_len |c| c.$module.real_in.spectrum_len() > 0;
                "RealFftIn::scratch_len" real_in_scratch_len |c| used(c.$module.real_in.scratch_len());
                "RealFftIn::forward" real_in_forward
                    |c| { let t = &mut c.$module; t.real_in.forward(t.samples, t.bins, t.scratch).is_ok() };
                "RealFftIn::inverse" real_in_inverse
                    |c| { let t = &mut c.$module; t.real_in.inverse(t.bins, t.samples, t.scratch).is_ok() };
                "RealFftIn::inverse_scaled" real_in_inverse_scaled
                    |c| { let t = &mut c.$module; t.real_in.inverse_scaled(t.bins, t.samples, t.scratch).is_ok() };

"ComplexFft::start_forward" complex_start_forward
                    |c| { let t = &mut c.$module; stepped(t.complex.start_forward(t.x, t.y, t.scratch)) };
                "ComplexFft::start_inverse" complex_start_inverse
                    |c| { let t = &mut c.$module; stepped(t.complex.start_inverse(t.x, t.y, t.scratch)) };
                "ComplexFft::start_forward_in_place" complex_start_forward_in_place
                    |c| { let t = &mut c.$module; stepped(t.complex.start_forward_in_place(t.x, t.scratch)) };
                "ComplexFft::start_inverse_in_place" complex_start_inverse_in_place
                    |c| { let t = &mut c.$module; stepped(t.complex.start_inverse_in_place(t.x, t.scratch)) };

                "ComplexFftIn::start_forward" complex_in_start_forward
                    |c| { let t = &mut c.$module; stepped(t.complex_in.start_forward(t.x, t.y, t.scratch)) };
                "ComplexFftIn::start_inverse" complex_in_start_inverse
                    |c| { let t = &mut c.$module; stepped(t.complex_in.start_inverse(t.x, t.y, t.scratch)) };
                "ComplexFftIn::start_forward_in_place" complex_in_start_forward_in_place
                    |c| { let t = &mut c.$module; stepped(t.complex_in.start_forward_in_place(t.x, t.scratch)) };
                "ComplexFftIn::start_inverse_in_place" complex_in_start_inverse_in_place
                    |c| { let t = &mut c.$module; stepped(t.complex_in.start_inverse_in_place(t.x, t.scratch)) };

                "RealFft::start_forward" real_start_forward
                    |c| { let t = &mut c.$module; stepped(t.real.start_forward(t.samples, t.bins, t.scratch)) };
                "RealFft::start_inverse" real_start_inverse
                    |c| { let t = &mut c.$module; stepped(t.real.start_inverse(t.bins, t.samples, t.scratch)) };

                "RealFftIn::start_forward" real_in_start_forward
                    |c| { let t = &mut c.$module; stepped(t.real_in.start_forward(t.samples, t.bins, t.scratch)) };
                "RealFftIn::start_inverse" real_in_start_inverse
                    |c| { let t = &mut c.$module; stepped(t.real_in.start_inverse(t.bins, t.samples, t.scratch)) };

                "Job::step" job_step |c| { let t = &mut c.$module; stepped(t.real.start_forward(t.samples, t.bins, t.scratch)) };
                "Job::finish" job_finish
                    |c| { let t = &mut c.$module; t.complex.start_inverse(t.x, t.y, t.scratch).is_ok_and(|j| used(j.finish())) };
                "Job::total" job_total
                    |c| { let t = &mut c.$module; t.complex.start_forward(t.x, t.y, t.scratch).is_ok_and(|j| j.total() > 0) };
                "Job::remaining" job_remaining
                    |c| { let t = &mut c.$module; t.complex.start_forward(t.x, t.y, t.scratch).is_ok_and(|j| j.remaining() > 0) };
                "Job::is_done" job_is_done
                    |c| { let t = &mut c.$module; t.complex.start_forward(t.x, t.y, t.scratch).is_ok_and(|j| !j.is_done()) };
                "Job::progress" job_progress
                    |c| { let t = &mut c.$module; t.complex.start_forward(t.x, t.y, t.scratch).is_ok_and(|j| used(j.progress())) };
                "Job::resume" job_resume
                    |c| { let t = &mut c.$module; t.complex.start_forward(t.x, t.y, t.scratch).is_ok_and(|j| resumed(j)) };

                "StaticComplexFft::len" static_complex_len |c| c.$module.static_complex.len() == STATIC;
                "StaticComplexFft::forward" static_complex_forward
                    |c| { let t = &mut c.$module; t.static_complex.forward(t.static_x, t.static_y).is_ok() };
                "StaticComplexFft::forward_in_place" static_complex_forward_in_place
                    |c| { let t = &mut c.$module; t.static_complex.forward_in_place(t.static_x).is_ok() };
                "StaticComplexFft::inverse" static_complex_inverse
                    |c| { let t = &mut c.$module; t.static_complex.inverse(t.static_x, t.static_y).is_ok() };
                "StaticComplexFft::inverse_in_place" static_complex_inverse_in_place
                    |c| { let t = &mut c.$module; t.static_complex.inverse_in_place(t.static_x).is_ok() };

                "StaticRealFft::len" static_real_len |c| c.$module.static_real.len() == STATIC;
                "StaticRealFft::spectrum_len" static_real_spectrum_len |c| c.$module.static_real.spectrum_len() > 0;
                "StaticRealFft::forward" static_real_forward
                    |c| { let t = &mut c.$module; t.static_real.forward(t.static_samples, t.static_bins).is_ok() };
                "StaticRealFft::inverse" static_real_inverse
                    |c| { let t = &mut c.$module; t.static_real.inverse(t.static_bins, t.static_samples).is_ok() };

                "TrigTransform::len" trig_len |c| { let t = &c.$module.trig; t.trig.iter().all(|p| p.len() == t.x.len()) };
                "TrigTransform::kind" trig_kind |c| used(c.$module.trig.trig.iter().map(|p| p.kind() as u8).sum::<u8>());
                "TrigTransform::scratch_len" trig_scratch_len |c| c.$module.trig.trig.iter().all(|p| p.scratch_len() > 0);
                "TrigTransform::forward" trig_forward
                    |c| { let t = &mut c.$module.trig; t.trig.iter().all(|p| p.forward(t.x, t.y, t.scratch).is_ok()) };
                "TrigTransform::forward_in_place" trig_forward_in_place
                    |c| { let t = &mut c.$module.trig; t.trig.iter().all(|p| p.forward_in_place(t.y, t.scratch).is_ok()) };
                "TrigTransform::inverse" trig_inverse
                    |c| { let t = &mut c.$module.trig; t.trig.iter().all(|p| p.inverse(t.x, t.y, t.scratch).is_ok()) };
                "TrigTransform::inverse_in_place" trig_inverse_in_place
                    |c| { let t = &mut c.$module.trig; t.trig.iter().all(|p| p.inverse_in_place(t.y, t.scratch).is_ok()) };
                "TrigTransform::inverse_scaled" trig_inverse_scaled
                    |c| { let t = &mut c.$module.trig; t.trig.iter().all(|p| p.inverse_scaled(t.x, t.y, t.scratch).is_ok()) };

                "TrigTransformIn::len" trig_in_len |c| { let t = &c.$module.trig; t.trig_in.iter().all(|p| p.len() == t.x.len()) };
                "TrigTransformIn::kind" trig_in_kind |c| used(c.$module.trig.trig_in.iter().map(|p| p.kind() as u8).sum::<u8>());
                "TrigTransformIn::scratch_len" trig_in_scratch_len |c| c.$module.trig.trig_in.iter().all(|p| p.scratch_len() > 0);
                "TrigTransformIn::forward" trig_in_forward
                    |c| { let t = &mut c.$module.trig; t.trig_in.iter().all(|p| p.forward(t.x, t.y, t.scratch).is_ok()) };
                "TrigTransformIn::forward_in_place" trig_in_forward_in_place
                    |c| { let t = &mut c.$module.trig; t.trig_in.iter().all(|p| p.forward_in_place(t.y, t.scratch).is_ok()) };
                "TrigTransformIn::inverse" trig_in_inverse
                    |c| { let t = &mut c.$module.trig; t.trig_in.iter().all(|p| p.inverse(t.x, t.y, t.scratch).is_ok()) };
                "TrigTransformIn::inverse_in_place" trig_in_inverse_in_place
                    |c| { let t = &mut c.$module.trig; t.trig_in.iter().all(|p| p.inverse_in_place(t.y, t.scratch).is_ok()) };
                "TrigTransformIn::inverse_scaled" trig_in_inverse_scaled
                    |c| { let t = &mut c.$module.trig; t.trig_in.iter().all(|p| p.inverse_scaled(t.x, t.y, t.scratch).is_ok()) };

                "Mdct::len" mdct_len |c| { let t = &c.$module.trig; t.mdct.iter().all(|p| p.len() == t.block.len()) };
                "Mdct::scratch_len" mdct_scratch_len |c| c.$module.trig.mdct.iter().all(|p| p.scratch_len() > 0);
                "Mdct::state_len" mdct_state_len
                    |c| { let t = &c.$module.trig; t.mdct.iter().all(|p| p.state_len() == t.state.len()) };
                "Mdct::latency_frames" mdct_latency_frames |c| c.$module.trig.mdct.iter().all(|p| p.latency_frames() > 0);
                "Mdct::forward" mdct_forward
                    |c| { let t = &mut c.$module.trig; t.mdct.iter().all(|p| p.forward(t.frame, t.lapped, t.scratch).is_ok()) };
                "Mdct::inverse" mdct_inverse
                    |c| { let t = &mut c.$module.trig; t.mdct.iter().all(|p| p.inverse(t.lapped, t.frame, t.scratch).is_ok()) };
                "Mdct::analyse" mdct_analyse
                    |c| { let t = &mut c.$module.trig; t.mdct.iter().all(|p| p.analyse(t.block, t.lapped, t.state, t.scratch).is_ok()) };
                "Mdct::synthesise" mdct_synthesise
                    |c| { let t = &mut c.$module.trig; t.mdct.iter().all(|p| p.synthesise(t.lapped, t.block, t.state, t.scratch).is_ok()) };

                "MdctIn::len" mdct_in_len |c| { let t = &c.$module.trig; t.mdct_in.iter().all(|p| p.len() == t.block.len()) };
                "MdctIn::scratch_len" mdct_in_scratch_len |c| c.$module.trig.mdct_in.iter().all(|p| p.scratch_len() > 0);
                "MdctIn::state_len" mdct_in_state_len
                    |c| { let t = &c.$module.trig; t.mdct_in.iter().all(|p| p.state_len() == t.state.len()) };
                "MdctIn::latency_frames" mdct_in_latency_frames |c| c.$module.trig.mdct_in.iter().all(|p| p.latency_frames() > 0);
                "MdctIn::forward" mdct_in_forward
                    |c| { let t = &mut c.$module.trig; t.mdct_in.iter().all(|p| p.forward(t.frame, t.lapped, t.scratch).is_ok()) };
                "MdctIn::inverse" mdct_in_inverse
                    |c| { let t = &mut c.$module.trig; t.mdct_in.iter().all(|p| p.inverse(t.lapped, t.frame, t.scratch).is_ok()) };
                "MdctIn::analyse" mdct_in_analyse
                    |c| { let t = &mut c.$module.trig; t.mdct_in.iter().all(|p| p.analyse(t.block, t.lapped, t.state, t.scratch).is_ok()) };
                "MdctIn::synthesise" mdct_in_synthesise
                    |c| { let t = &mut c.$module.trig; t.mdct_in.iter().all(|p| p.synthesise(t.lapped, t.block, t.state, t.scratch).is_ok()) };

                "StaticTrigTransform::len" static_trig_len |c| c.$module.trig.static_trig.iter().all(|p| p.len() == STATIC);
                "StaticTrigTransform::kind" static_trig_kind
                    |c| used(c.$module.trig.static_trig.iter().map(|p| p.kind() as u8).sum::<u8>());
                "StaticTrigTransform::forward" static_trig_forward
                    |c| { let t = &mut c.$module.trig; t.static_trig.iter_mut().all(|p| p.forward(t.static_x, t.static_y).is_ok()) };
                "StaticTrigTransform::forward_in_place" static_trig_forward_in_place
                    |c| { let t = &mut c.$module.trig; t.static_trig.iter_mut().all(|p| p.forward_in_place(t.static_y).is_ok()) };
                "StaticTrigTransform::inverse" static_trig_inverse
                    |c| { let t = &mut c.$module.trig; t.static_trig.iter_mut().all(|p| p.inverse(t.static_x, t.static_y).is_ok()) };
                "StaticTrigTransform::inverse_in_place" static_trig_inverse_in_place
                    |c| { let t = &mut c.$module.trig; t.static_trig.iter_mut().all(|p| p.inverse_in_place(t.static_y).is_ok()) };

                "StaticMdct::len" static_mdct_len |c| c.$module.trig.static_mdct.iter().all(|p| p.len() == STATIC);
                "StaticMdct::latency_frames" static_mdct_latency_frames
                    |c| c.$module.trig.static_mdct.iter().all(|p| p.latency_frames() == STATIC);
                "StaticMdct::reset" static_mdct_reset |c| used(c.$module.trig.static_mdct.iter_mut().for_each(|p| p.reset()));
                "StaticMdct::forward" static_mdct_forward
                    |c| { let t = &mut c.$module.trig; t.static_mdct.iter_mut().all(|p| p.forward(t.static_frame, t.static_y).is_ok()) };
                "StaticMdct::inverse" static_mdct_inverse
                    |c| { let t = &mut c.$module.trig; t.static_mdct.iter_mut().all(|p| p.inverse(t.static_x, t.static_frame).is_ok()) };
                "StaticMdct::analyse" static_mdct_analyse
                    |c| { let t = &mut c.$module.trig; t.static_mdct.iter_mut().all(|p| p.analyse(t.static_x, t.static_y).is_ok()) };
                "StaticMdct::synthesise" static_mdct_synthesise
                    |c| { let t = &mut c.$module.trig; t.static_mdct.iter_mut().all(|p| p.synthesise(t.static_x, t.static_y).is_ok()) };
            }
        }
    };
}

transforms!(single, f32, "_f32");
transforms!(double, f64, "_f64");

/// Blocks that stand on real transforms, of both precisions.
macro_rules! on_transforms {
    ($module:ident, $of:ident, $suffix:literal) => {
        pub mod $module {
            use super::*;

            calls! { $suffix;
                "Analytic::len" analytic_len |c| c.$of.analytic.len() > 0;
                "Analytic::scratch_len" analytic_scratch_len |c| c.$of.analytic.scratch_len() > 0;
                "Analytic::process" analytic_process
                    |c| { let t = &mut c.$of; t.analytic.process(t.samples, t.y, t.scratch).is_ok() };
                "Analytic::quadrature" analytic_quadrature
                    |c| { let t = &mut c.$of; t.convolved.get_mut(..t.samples.len())
                        .is_some_and(|h| t.analytic.quadrature(t.samples, h, t.scratch).is_ok()) };
                "AnalyticIn::len" analytic_in_len |c| c.$of.analytic_in.len() > 0;
                "AnalyticIn::scratch_len" analytic_in_scratch_len |c| c.$of.analytic_in.scratch_len() > 0;
                "AnalyticIn::process" analytic_in_process
                    |c| { let t = &mut c.$of; t.analytic_in.process(t.samples, t.y, t.scratch).is_ok() };
                "AnalyticIn::quadrature" analytic_in_quadrature
                    |c| { let t = &mut c.$of; t.convolved.get_mut(..t.samples.len())
                        .is_some_and(|h| t.analytic_in.quadrature(t.samples, h, t.scratch).is_ok()) };

                "Convolver::output_len" convolver_output_len |c| c.$of.convolver.output_len() > 0;
                "Convolver::fft_len" convolver_fft_len |c| c.$of.convolver.fft_len() > 0;
                "Convolver::scratch_len" convolver_scratch_len |c| c.$of.convolver.scratch_len() > 0;
                "Convolver::convolve" convolver_convolve
                    |c| { let t = &mut c.$of; t.convolver.convolve(t.samples, t.taps, t.convolved, t.scratch).is_ok() };
                "Convolver::correlate" convolver_correlate
                    |c| { let t = &mut c.$of; t.convolver.correlate(t.samples, t.taps, t.convolved, t.scratch).is_ok() };
                "ConvolverIn::output_len" convolver_in_output_len |c| c.$of.convolver_in.output_len() > 0;
                "ConvolverIn::fft_len" convolver_in_fft_len |c| c.$of.convolver_in.fft_len() > 0;
                "ConvolverIn::scratch_len" convolver_in_scratch_len |c| c.$of.convolver_in.scratch_len() > 0;
                "ConvolverIn::convolve" convolver_in_convolve
                    |c| { let t = &mut c.$of; t.convolver_in.convolve(t.samples, t.taps, t.convolved, t.scratch).is_ok() };
                "ConvolverIn::correlate" convolver_in_correlate
                    |c| { let t = &mut c.$of; t.convolver_in.correlate(t.samples, t.taps, t.convolved, t.scratch).is_ok() };
            }
        }
    };
}

on_transforms!(single_blocks, single, "_f32");
on_transforms!(double_blocks, double, "_f64");

/// The whole table.
pub fn all() -> impl Iterator<Item = &'static Call> {
    let of_both = [single::CALLS, double::CALLS, single_blocks::CALLS, double_blocks::CALLS];
    [common::CALLS, buffer::CALLS, dsp::CALLS, format::CALLS].into_iter().chain(of_both).flatten()
}
