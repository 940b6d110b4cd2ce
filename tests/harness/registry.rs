//! Every kernel, a line each. A new kernel is not done before its line is here.

use num_complex::Complex;
use quaver::buffer::{Interleaved, InterleavedMut, Planar, PlanarMut};
use quaver::dsp::Kernels;
use quaver::dsp::level::Meter;
use quaver::fft::{ComplexFft, Mdct, MdctWindow, RealFft, Trig, TrigTransform};
use quaver::units::{Endian, SampleFormat};

use super::Elem::{F32, F64, I16, U8};
use super::Tolerance::{Absolute, Exact, Relative};
use super::Values::{Any, Unit, UnitAndNonFinite};
use super::{Args, Case, in_out, input, output, plain, results};

/// Sums are taken in f32 over at most eleven terms a lane, then in f64: 13 roundings of 2^-24 on either side.
const SUMS: &str = "f32 sums of at most eleven terms a lane, in the order of the level";
const SUM_BOUND: f64 = 2.0 / 1_048_576.0;

/// A plain loop that reads the bytes of samples, and one that writes them.
type FromBytes = fn(&[u8], &mut [f32]);
type ToBytes = fn(&[f32], &mut [u8]);

/// All registered kernels.
pub fn all() -> Vec<Case> {
    let (sums, full) = (Relative(SUM_BOUND, SUMS), Absolute(SUM_BOUND, SUMS));
    let mut cases = vec![
        Case::new("mix/gain", [in_out(F32)], Any, Exact, |k, a| k.gain(a.output(0), a.gain))
            .plain(|a| plain::gain(a.output(0), a.gain)),
        Case::new("mix/gain_ramp", [in_out(F32)], Any, Exact, |k, a| k.gain_ramp(a.output(0), -1.0, a.gain)),
        Case::new("mix/add", [in_out(F32), input(F32)], Any, Exact, |k, a| {
            k.add(a.output(0), a.input(1)).unwrap()
        })
        .plain(|a| plain::add(a.output(0), a.input(1))),
        Case::new("mix/mix of 1", [output(F32), input(F32)], Any, Exact, |k, a| {
            k.mix(a.output(0), &[a.input(1)], &[a.gain]).unwrap();
        }),
        Case::new("mix/mix of 3", [output(F32), input(F32), input(F32), input(F32)], Any, Exact, |k, a| {
            k.mix(a.output(0), &[a.input(1), a.input(2), a.input(3)], &[a.gain, -0.5, 0.25]).unwrap();
        })
        .plain(|a| plain::mix3(a.output(0), [a.input(1), a.input(2), a.input(3)], [a.gain, -0.5, 0.25])),
        Case::new("mix/mix_i16", [in_out(I16), input(I16)], Any, Exact, |k, a| {
            k.mix_i16(a.output(0), a.input(1)).unwrap();
        })
        .plain(|a| plain::mix_i16(a.output(0), a.input(1))),
        Case::new("level/peak", [results(1), input(F32)], Any, Exact, |k, a| {
            a.output(0)[0] = f64::from(k.peak(a.input(1)));
        })
        .plain(|a| a.output(0)[0] = f64::from(plain::peak(a.input(1)))),
        Case::new("level/rms", [results(1), input(F32)], UnitAndNonFinite, sums, |k, a| {
            a.output(0)[0] = k.rms(a.input(1));
        })
        .plain(|a| a.output(0)[0] = plain::rms(a.input(1))),
        Case::new("level/dc", [results(1), input(F32)], Unit, full, |k, a| {
            a.output(0)[0] = metered(k, a).dc();
        }),
        Case::new("level/counts", [results(4), input(F32)], Any, Exact, |k, a| {
            let meter = metered(k, a);
            let peak = u64::from(meter.peak().to_bits());
            let counts = [meter.clipped_runs(), meter.non_finite(), meter.samples(), peak];
            a.output(0).copy_from_slice(&counts.map(|x| x as f64));
        }),
        Case::new("convert/i16_to_f32", [output(F32), input(I16)], Any, Exact, |k, a| {
            k.i16_to_f32(a.input(1), a.output(0)).unwrap();
        }),
        Case::new("convert/f32_to_i16", [output(I16), input(F32)], Any, Exact, |k, a| {
            k.f32_to_i16(a.input(1), a.output(0)).unwrap();
        }),
    ];
    for format in SampleFormat::ALL {
        for (endian, order) in [(Endian::Little, "le"), (Endian::Big, "be")] {
            let stored = format.bytes();
            let (float, double) =
                ([output(F32), input(U8).times(stored)], [output(F64), input(U8).times(stored)]);
            let mut read =
                Case::new(format!("convert/{format} {order} to f32"), float, Any, Exact, move |k, a| {
                    k.to_f32(format, endian, a.input(1), a.output(0)).unwrap();
                });
            if let Some(plain) = plain_to_f32(format, endian) {
                read = read.plain(move |a| plain(a.input(1), a.output(0)));
            }
            cases.push(read);
            cases.push(Case::new(
                format!("convert/{format} {order} to f64"),
                double,
                Any,
                Exact,
                move |k, a| {
                    k.to_f64(format, endian, a.input(1), a.output(0)).unwrap();
                },
            ));
            let (float, double) =
                ([output(U8).times(stored), input(F32)], [output(U8).times(stored), input(F64)]);
            let mut write =
                Case::new(format!("convert/f32 to {format} {order}"), float, Any, Exact, move |k, a| {
                    k.from_f32(format, endian, a.input(1), a.output(0)).unwrap();
                });
            if let Some(plain) = plain_from_f32(format, endian) {
                write = write.plain(move |a| plain(a.input(1), a.output(0)));
            }
            cases.push(write);
            cases.push(Case::new(
                format!("convert/f64 to {format} {order}"),
                double,
                Any,
                Exact,
                move |k, a| {
                    k.from_f64(format, endian, a.input(1), a.output(0)).unwrap();
                },
            ));
        }
    }
    cases.extend(layouts_and_spectra());
    cases.extend(transforms());
    cases.extend(trigonometric());
    cases
}

/// The layouts: `n` frames of several channels, planar memory to interleaved and back, and spectra of `n` bins.
fn layouts_and_spectra() -> Vec<Case> {
    let fused =
        Relative(2.0 / 8_388_608.0, "the sum of two squares, fused or not: two units in the last place");
    let added = Absolute(2.0 / 8_388_608.0, "two units in the last place of at most 2, which are of 2^-23");
    let mut cases = vec![
        Case::new("power/power", [output(F32), input(F32).times(2)], Unit, fused, |k, a| {
            k.power(bins(a.input(1)), a.output(0)).unwrap();
        })
        .plain(|a| plain::power(a.input(1), a.output(0))),
        Case::new("power/power_add", [in_out(F64), input(F32).times(2)], Unit, added, |k, a| {
            k.power_add(bins(a.input(1)), a.output(0)).unwrap();
        })
        .plain(|a| plain::power_add(a.input(1), a.output(0))),
    ];
    for (channels, loops) in plain::LAYOUTS {
        let slices = [output(F32).times(channels), input(F32).times(channels)];
        let mut to = Case::new(format!("layout/interleave {channels}"), slices, Any, Exact, move |k, a| {
            let from = Planar::from_slice(a.input(1), channels).unwrap();
            k.interleave::<f32>(&from, &mut InterleavedMut::from_slice(a.output(0), channels).unwrap())
                .unwrap();
        });
        let mut from =
            Case::new(format!("layout/deinterleave {channels}"), slices, Any, Exact, move |k, a| {
                let from = Interleaved::from_slice(a.input(1), channels).unwrap();
                k.deinterleave::<f32>(&from, &mut PlanarMut::from_slice(a.output(0), channels).unwrap())
                    .unwrap();
            });
        if let Some((interleave, deinterleave)) = loops {
            to = to.plain(move |a| interleave(a.input(1), a.output(0)));
            from = from.plain(move |a| deinterleave(a.input(1), a.output(0)));
        }
        cases.extend([to, from]);
    }
    let slices = [output(F64).times(6), input(F64).times(6)];
    cases.push(Case::new("layout/interleave 6 of f64", slices, Any, Exact, |k, a| {
        let from = Planar::from_slice(a.input(1), 6).unwrap();
        k.interleave::<f64>(&from, &mut InterleavedMut::from_slice(a.output(0), 6).unwrap()).unwrap();
    }));
    let slices = [output(I16).times(2), input(I16).times(2)];
    cases.push(Case::new("layout/deinterleave 2 of i16", slices, Any, Exact, |k, a| {
        let from = Interleaved::from_slice(a.input(1), 2).unwrap();
        k.deinterleave::<i16>(&from, &mut PlanarMut::from_slice(a.output(0), 2).unwrap()).unwrap();
    }));
    cases
}

/// Transforms of `n` points, offset by single floats: their scratch is exactly as long as they ask for, and ends where
/// the slice does. What it holds afterwards is nobody's business: it is zeroed.
fn transforms() -> [Case; 8] {
    let single = Absolute(1e-3, "2e-7 of the spectrum, at most 4101 terms of full scale, on either side");
    let double = Absolute(1e-11, "2e-15 of the spectrum, likewise");
    macro_rules! complex {
        ($name:literal, $t:ty, $elem:expr, $bound:expr, $call:ident) => {
            Case::new(
                $name,
                [output($elem).times(2), output($elem).times(32), input($elem).times(2)],
                Unit,
                $bound,
                |k, a| {
                    if let Ok(fft) = ComplexFft::<$t>::with_level(a.input::<$t>(2).len() / 2, k.level()) {
                        let scratch = scratch(a.output(1), fft.scratch_len());
                        fft.$call(bins(a.input(2)), bins_mut(a.output(0)), scratch).unwrap();
                    }
                    a.output::<$t>(1).fill(0.0);
                },
            )
        };
    }
    macro_rules! real_forward {
        ($name:literal, $t:ty, $elem:expr, $bound:expr) => {
            // In and out, since it leaves the rest of its room alone.
            Case::new(
                $name,
                [in_out($elem).times(2), output($elem).times(32), input($elem)],
                Unit,
                $bound,
                |k, a| {
                    let n = a.input::<$t>(2).len();
                    if let Ok(fft) = RealFft::<$t>::with_level(n, k.level()) {
                        // Room for n bins: the transform writes n / 2 + 1 of them.
                        let (out, len) = (a.output::<$t>(0), 2 * fft.spectrum_len());
                        if len <= out.len() {
                            let scratch = scratch(a.output(1), fft.scratch_len());
                            fft.forward(a.input(2), bins_mut(&mut out[..len]), scratch).unwrap();
                        }
                    }
                    a.output::<$t>(1).fill(0.0);
                },
            )
        };
    }
    macro_rules! real_inverse {
        ($name:literal, $t:ty, $elem:expr, $bound:expr) => {
            Case::new(
                $name,
                [output($elem), output($elem).times(32), input($elem).times(2)],
                Unit,
                $bound,
                |k, a| {
                    let out = a.output::<$t>(0);
                    if out.len() < 2 {
                        out.fill(0.0);
                    } else {
                        let fft = RealFft::<$t>::with_level(out.len(), k.level()).unwrap();
                        let spectrum = &a.input::<$t>(2)[..2 * fft.spectrum_len()];
                        fft.inverse(bins(spectrum), out, scratch(a.output(1), fft.scratch_len())).unwrap();
                    }
                    a.output::<$t>(1).fill(0.0);
                },
            )
        };
    }
    [
        complex!("fft/complex forward f32", f32, F32, single, forward),
        complex!("fft/complex inverse f32", f32, F32, single, inverse),
        complex!("fft/complex forward f64", f64, F64, double, forward),
        complex!("fft/complex inverse f64", f64, F64, double, inverse),
        real_forward!("fft/real forward f32", f32, F32, single),
        real_forward!("fft/real forward f64", f64, F64, double),
        real_inverse!("fft/real inverse f32", f32, F32, single),
        real_inverse!("fft/real inverse f64", f64, F64, double),
    ]
}

/// Cosine and sine transforms of `n` values, and lapped ones of `n` bins, offset and with exact scratch as above.
fn trigonometric() -> Vec<Case> {
    let single = Absolute(1e-3, "2e-7 of the transform, at most 8202 terms of full scale, on either side");
    let double = Absolute(1e-11, "2e-15 of the transform, likewise");
    let mut cases = Vec::new();
    macro_rules! trig {
        ($t:ty, $elem:expr, $bound:expr, $($kind:ident)*) => {$(
            cases.push(Case::new(
                concat!("fft/", stringify!($kind), " ", stringify!($t)),
                [output($elem), output($elem).times(48), input($elem)],
                Unit,
                $bound,
                |k, a| {
                    let n = a.input::<$t>(2).len();
                    // Scratch has a part that does not depend on n, and the room for it does.
                    if n < 3 {
                        a.output::<$t>(0).fill(0.0);
                    } else {
                        let plan = TrigTransform::<$t>::with_level(Trig::$kind, n, k.level()).unwrap();
                        let scratch = last(a.output::<$t>(1), plan.scratch_len());
                        plan.forward(a.input(2), a.output(0), scratch).unwrap();
                    }
                    a.output::<$t>(1).fill(0.0);
                },
            ));
        )*};
    }
    trig!(f32, F32, single, Dct1 Dct2 Dct3 Dct4 Dst1 Dst2 Dst3 Dst4);
    trig!(f64, F64, double, Dct1 Dct2 Dct3 Dct4 Dst1 Dst2 Dst3 Dst4);
    macro_rules! lapped {
        ($name:literal, $t:ty, $elem:expr, $bound:expr, $from:literal, $to:literal, |$plan:ident, $x:ident, $y:ident, $state:ident, $scratch:ident| $call:expr) => {
            cases.push(Case::new(
                $name,
                [output($elem).times($to), in_out($elem), output($elem).times(96), input($elem).times($from)],
                Unit,
                $bound,
                |k, a| {
                    // Two bins for each `n`, so that their number is even.
                    let n = 2 * (a.input::<$t>(3).len() / $from);
                    if n < 6 {
                        a.output::<$t>(0).fill(0.0);
                    } else {
                        let overlap = n / 4 * 2;
                        let window = MdctWindow::LowOverlap { overlap };
                        let $plan = Mdct::<$t>::with_level(n, window, k.level()).unwrap();
                        let $scratch = last(a.output::<$t>(2), $plan.scratch_len());
                        let ($x, $y, $state) = (a.input::<$t>(3), a.output::<$t>(0), a.output::<$t>(1));
                        $call.unwrap();
                        let _ = $state;
                    }
                    a.output::<$t>(2).fill(0.0);
                },
            ));
        };
    }
    lapped!("fft/mdct forward f32", f32, F32, single, 4, 2, |p, x, y, s, w| p.forward(x, y, w));
    lapped!("fft/mdct inverse f32", f32, F32, single, 2, 4, |p, x, y, s, w| p.inverse(x, y, w));
    lapped!("fft/mdct analyse f32", f32, F32, single, 2, 2, |p, x, y, s, w| p.analyse(x, y, s, w));
    lapped!("fft/mdct synthesise f32", f32, F32, single, 2, 2, |p, x, y, s, w| p.synthesise(x, y, s, w));
    lapped!("fft/mdct analyse f64", f64, F64, double, 2, 2, |p, x, y, s, w| p.analyse(x, y, s, w));
    lapped!("fft/mdct synthesise f64", f64, F64, double, 2, 2, |p, x, y, s, w| p.synthesise(x, y, s, w));
    cases
}

/// The last `len` values of a slice.
fn last<T>(values: &mut [T], len: usize) -> &mut [T] {
    let first = values.len() - len;
    &mut values[first..]
}

/// The last `len` complex numbers of a slice.
fn scratch<T>(floats: &mut [T], len: usize) -> &mut [Complex<T>] {
    let first = floats.len() - 2 * len;
    bins_mut(&mut floats[first..])
}

/// Pairs of floats as complex numbers.
fn bins_mut<T>(floats: &mut [T]) -> &mut [Complex<T>] {
    // SAFETY: a complex number is two floats (`repr(C)`) with their alignment; the borrow is handed on.
    unsafe { std::slice::from_raw_parts_mut(floats.as_mut_ptr().cast(), floats.len() / 2) }
}

/// Pairs of floats as complex numbers.
fn bins<T>(floats: &[T]) -> &[Complex<T>] {
    // SAFETY: a complex number is two floats (`repr(C)`) with their alignment.
    unsafe { std::slice::from_raw_parts(floats.as_ptr().cast(), floats.len() / 2) }
}

/// What a meter finds in the second slice; a low threshold, so that there are runs.
fn metered(kernels: &Kernels, args: &Args) -> Meter {
    let mut meter = Meter::with_clipping(0.6, 2);
    meter.push(kernels, args.input(1));
    meter
}

/// The plain loops for the stored formats that have one.
fn plain_to_f32(format: SampleFormat, endian: Endian) -> Option<FromBytes> {
    Some(match (format, endian) {
        (SampleFormat::U8, Endian::Little) => plain::u8_to_f32,
        (SampleFormat::I16, Endian::Little) => plain::i16_to_f32,
        (SampleFormat::I16, Endian::Big) => plain::i16_be_to_f32,
        (SampleFormat::I24, Endian::Little) => plain::i24_to_f32,
        (SampleFormat::I24, Endian::Big) => plain::i24_be_to_f32,
        (SampleFormat::I32, Endian::Little) => plain::i32_to_f32,
        _ => return None,
    })
}

fn plain_from_f32(format: SampleFormat, endian: Endian) -> Option<ToBytes> {
    Some(match (format, endian) {
        (SampleFormat::U8, Endian::Little) => plain::f32_to_u8,
        (SampleFormat::I16, Endian::Little) => plain::f32_to_i16,
        (SampleFormat::I16, Endian::Big) => plain::f32_to_i16_be,
        (SampleFormat::I24, Endian::Little) => plain::f32_to_i24,
        (SampleFormat::I32, Endian::Little) => plain::f32_to_i32,
        _ => return None,
    })
}
