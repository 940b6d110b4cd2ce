//! Transforms against the definition: every small length, seeded larger ones, every level, both precisions.
//!
//! The oracle is `fft::dft`, which sums in twice the precision of f64. For longer f64 transforms only seeded bins are
//! checked, since the definition costs N^2; f32 is then checked against f64.

#![cfg(feature = "alloc")]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    reason = "tests: wrong is a panic"
)]

use core::mem::MaybeUninit;

use num_complex::Complex;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use quaver::fft::{
    ComplexFft, ComplexFftIn, LengthError, PlanError, Real, RealFft, RealFftIn, StaticComplexFft,
    StaticRealFft, dft, plan_bytes, real_plan_bytes,
};
use quaver::simd::Level;

/// Every length up to here is checked, at every bin. Debug builds, and emulators, check fewer lengths.
const WHOLE: usize = if cfg!(debug_assertions) { 130 } else { 600 };
/// Signal to error, dB: the contract of `ComplexFft::forward`.
const SMOOTH_DB: (f64, f64) = (134.0, 300.0);
const OTHER_DB: (f64, f64) = (129.0, 292.0);
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// A small generator (xorshift64*): uniform in -1..1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        bits as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// What both precisions share here.
trait Number: Real + Into<f64> + PartialEq {
    const NAME: &'static str;
    fn of(x: f64) -> Self;
    fn pick(db: (f64, f64)) -> f64;
}

impl Number for f32 {
    const NAME: &'static str = "f32";
    fn of(x: f64) -> Self {
        x as Self
    }
    fn pick(db: (f64, f64)) -> f64 {
        db.0
    }
}

impl Number for f64 {
    const NAME: &'static str = "f64";
    fn of(x: f64) -> Self {
        x
    }
    fn pick(db: (f64, f64)) -> f64 {
        db.1
    }
}

fn noise<T: Number>(len: usize, seed: u64) -> Vec<Complex<T>> {
    let mut noise = Noise(SEED ^ seed);
    (0..len).map(|_| Complex::new(T::of(noise.next()), T::of(noise.next()))).collect()
}

fn wide<T: Number>(x: &[Complex<T>]) -> Vec<Complex<f64>> {
    x.iter().map(|x| Complex::new(x.re.into(), x.im.into())).collect()
}

/// Scratch that would poison a transform which reads it before writing.
fn dirty<T: Number>(len: usize) -> Vec<Complex<T>> {
    vec![Complex::new(T::of(f64::NAN), T::of(f64::NAN)); len]
}

fn db(signal: f64, error: f64) -> f64 {
    if error == 0.0 { f64::INFINITY } else { 10.0 * (signal / error).log10() }
}

/// Signal-to-error ratio of `got` at the given bins. The signal is the mean over all bins, which is the energy of `x`
/// (Parseval): a few seeded bins may happen to be small.
fn snr<T: Number>(x: &[Complex<T>], got: &[Complex<T>], want: &[(usize, Complex<f64>)]) -> f64 {
    let signal: f64 = wide(x).iter().map(Complex::norm_sqr).sum();
    let error: f64 = want
        .iter()
        .map(|&(k, want)| (Complex::new(got[k].re.into(), got[k].im.into()) - want).norm_sqr())
        .sum();
    db(signal * want.len() as f64, error)
}

fn is_smooth(mut n: usize) -> bool {
    for p in 2..=31 {
        while n.is_multiple_of(p) {
            n /= p;
        }
    }
    n == 1
}

/// The least ratio promised for a length.
fn promise<T: Number>(len: usize) -> f64 {
    T::pick(if is_smooth(len) { SMOOTH_DB } else { OTHER_DB })
}

fn lengths() -> Vec<usize> {
    let mut all: Vec<usize> = (1..=WHOLE).collect();
    all.extend([750, 768, 882, 960, 1009, 1024, 1920, 2047, 2048, 2880, 4096]);
    if !cfg!(debug_assertions) {
        all.extend([3001, 4410, 8192, 10_007, 16_384, 30_030, 44_100, 48_000, 59_049, 65_521, 65_536]);
        // And some that nobody chose.
        let mut noise = Noise(SEED);
        all.extend((0..8).map(|i| f64::exp2(10.0 + f64::from(i) * 0.8 + noise.next() * 0.3) as usize));
    }
    all
}

/// The oracle's bins: all by the definition up to 1024 points (130 in debug builds). Above, f64 is checked at 24 seeded
/// bins, and f32 at all of them against f64, whose own error is nine orders of magnitude smaller.
fn oracle<T: Number>(x: &[Complex<T>]) -> Vec<(usize, Complex<f64>)> {
    let len = x.len();
    let x = wide(x);
    let mut all = vec![Complex::default(); len];
    if len <= if cfg!(debug_assertions) { 130 } else { 1024 } {
        dft::all(&x, &mut all).unwrap();
        return all.into_iter().enumerate().collect();
    }
    if size_of::<T>() == size_of::<f32>() {
        let fft = ComplexFft::<f64>::with_level(len, Level::Scalar).unwrap();
        fft.forward(&x, &mut all, &mut dirty(fft.scratch_len())).unwrap();
        return all.into_iter().enumerate().collect();
    }
    let mut noise = Noise(SEED ^ len as u64);
    let seeded = (0..24).map(|_| ((noise.next() + 1.0) / 2.0 * len as f64) as usize % len);
    let bins: Vec<usize> = [0, 1, len / 2, len - 1].into_iter().chain(seeded).collect();
    bins.into_iter().map(|k| (k, dft::bin(&x, k))).collect()
}

#[test]
fn levels_are_named_or_skipped() {
    for level in Level::ALL {
        let state = if level.is_available() { "checked" } else { "skipped: not on this machine" };
        println!("level {level}: {state}");
    }
}

/// Forward and inverse of one length at every level, through every form of the call, against the oracle.
fn check_complex<T: Number>(len: usize) -> f64 {
    let x = noise::<T>(len, len as u64);
    let want = oracle(&x);
    // The inverse is the conjugate of the transform of the conjugate.
    let conjugate: Vec<_> = x.iter().map(|x| Complex::new(x.re, T::of(-x.im.into()))).collect();
    let mut worst = f64::INFINITY;
    for level in Level::available() {
        let name = format!("{} complex {len} {level}", T::NAME);
        let fft = ComplexFft::<T>::with_level(len, level).unwrap();
        let mut scratch = dirty(fft.scratch_len());
        let mut out = dirty::<T>(len);
        fft.forward(&x, &mut out, &mut scratch).unwrap();
        let ratio = snr(&x, &out, &want);
        assert!(ratio >= promise::<T>(len), "{name}: {ratio:.1} dB");
        worst = worst.min(ratio);

        let mut back = dirty::<T>(len);
        fft.inverse(&conjugate, &mut back, &mut scratch).unwrap();
        let want_back: Vec<_> = want.iter().map(|(k, x)| (*k, x.conj())).collect();
        let ratio = snr(&x, &back, &want_back);
        assert!(ratio >= promise::<T>(len), "{name} inverse: {ratio:.1} dB");

        // Every other form gives the same bits.
        let mut in_place = x.clone();
        scratch.fill(Complex::new(T::of(f64::NAN), T::of(1.0)));
        fft.forward_in_place(&mut in_place, &mut scratch).unwrap();
        assert!(in_place == out, "{name}: in place differs");
        let mut in_place = conjugate.clone();
        fft.inverse_in_place(&mut in_place, &mut scratch).unwrap();
        assert!(in_place == back, "{name}: inverse in place differs");

        let mut memory = vec![MaybeUninit::uninit(); plan_bytes::<T>(len).unwrap() / 8];
        let borrowed = ComplexFftIn::<T>::with_level(len, level, &mut memory).unwrap();
        let mut other = dirty::<T>(len);
        borrowed.forward(&x, &mut other, &mut scratch).unwrap();
        assert!(other == out, "{name}: the borrowed plan differs");

        // Unaligned slices: one element off, in buffers of other offsets.
        let shifted: Vec<_> = core::iter::once(x[0]).chain(x.iter().copied()).collect();
        let mut off = dirty::<T>(len + 3);
        let mut off_scratch = dirty::<T>(fft.scratch_len() + 1);
        fft.forward(&shifted[1..], &mut off[2..2 + len], &mut off_scratch[1..]).unwrap();
        assert!(off[2..2 + len] == out[..], "{name}: unaligned slices differ");
        assert!(off[1].re.into().is_nan() && off[len + 2].re.into().is_nan(), "{name}: wrote outside");
    }
    worst
}

fn check_real<T: Number>(len: usize) -> f64 {
    let complex = noise::<T>(len, len as u64 + 1);
    let x: Vec<T> = complex.iter().map(|x| x.re).collect();
    let spread: Vec<_> = x.iter().map(|&re| Complex::new(re, T::of(0.0))).collect();
    let want: Vec<_> = oracle(&spread).into_iter().filter(|(k, _)| *k <= len / 2).collect();
    let mut worst = f64::INFINITY;
    for level in Level::available() {
        let name = format!("{} real {len} {level}", T::NAME);
        let fft = RealFft::<T>::with_level(len, level).unwrap();
        assert_eq!(fft.spectrum_len(), len / 2 + 1);
        let mut scratch = dirty(fft.scratch_len());
        let mut out = dirty::<T>(len / 2 + 1);
        fft.forward(&x, &mut out, &mut scratch).unwrap();
        assert!(out[0].im == T::of(0.0), "{name}: bin 0 is not real");
        let ratio = snr(&spread, &out, &want);
        assert!(ratio >= promise::<T>(len), "{name}: {ratio:.1} dB");
        worst = worst.min(ratio);

        // Round trip, with garbage where the contract says that nothing is read.
        let mut spectrum = out.clone();
        spectrum[0].im = T::of(f64::NAN);
        if len.is_multiple_of(2) {
            spectrum[len / 2].im = T::of(f64::NAN);
        }
        let mut back = vec![T::of(f64::NAN); len];
        fft.inverse(&spectrum, &mut back, &mut scratch).unwrap();
        let (mut signal, mut error) = (0.0, 0.0);
        for (&b, &x) in back.iter().zip(&x) {
            let (b, x): (f64, f64) = (b.into(), x.into());
            signal += x * x;
            error += (b / len as f64 - x).powi(2);
        }
        // Two transforms: half the energy ratio.
        let ratio = db(signal, error);
        assert!(ratio >= promise::<T>(len) - 4.0, "{name} round trip: {ratio:.1} dB");

        let mut memory = vec![MaybeUninit::uninit(); real_plan_bytes::<T>(len).unwrap() / 8];
        let borrowed = RealFftIn::<T>::with_level(len, level, &mut memory).unwrap();
        let mut other = dirty::<T>(len / 2 + 1);
        borrowed.forward(&x, &mut other, &mut scratch).unwrap();
        assert!(other == out, "{name}: the borrowed plan differs");
    }
    worst
}

fn report<T: Number>(kind: &str, check: fn(usize) -> f64) {
    let (mut smooth, mut other) = ((f64::INFINITY, 0), (f64::INFINITY, 0));
    for len in lengths() {
        let ratio = check(len);
        let worst = if is_smooth(len) { &mut smooth } else { &mut other };
        if ratio < worst.0 {
            *worst = (ratio, len);
        }
    }
    println!(
        "{} {kind}: worst {:.1} dB at {} (smooth), {:.1} dB at {} (other); seed {SEED:#x}",
        T::NAME,
        smooth.0,
        smooth.1,
        other.0,
        other.1
    );
}

#[test]
fn complex_f32() {
    report::<f32>("complex", check_complex::<f32>);
}

#[test]
fn complex_f64() {
    report::<f64>("complex", check_complex::<f64>);
}

#[test]
fn real_f32() {
    report::<f32>("real", check_real::<f32>);
}

#[test]
fn real_f64() {
    report::<f64>("real", check_real::<f64>);
}

/// Lengths to a million, by the level that [`ComplexFft::new`] takes: both directions, complex and real, at seeded bins.
#[test]
#[cfg(not(debug_assertions))]
fn large_lengths() {
    fn check<T: Number>(len: usize) {
        let x = noise::<T>(len, len as u64);
        let want = oracle(&x);
        let fft = ComplexFft::<T>::new(len).unwrap();
        let (mut out, mut scratch) = (dirty::<T>(len), dirty::<T>(fft.scratch_len()));
        fft.forward(&x, &mut out, &mut scratch).unwrap();
        let ratio = snr(&x, &out, &want);
        assert!(ratio >= promise::<T>(len), "{len}: {ratio:.1} dB");
        // The inverse at bin k is the forward one at -k.
        let mirrored: Vec<_> = want.iter().map(|&(k, x)| ((len - k) % len, x)).collect();
        fft.inverse(&x, &mut out, &mut scratch).unwrap();
        let ratio = snr(&x, &out, &mirrored);
        assert!(ratio >= promise::<T>(len), "{len} inverse: {ratio:.1} dB");

        let x: Vec<_> = x.iter().map(|x| x.re).collect();
        let fft = RealFft::<T>::new(len).unwrap();
        let (mut half, mut scratch) = (dirty::<T>(len / 2 + 1), dirty::<T>(fft.scratch_len()));
        fft.forward(&x, &mut half, &mut scratch).unwrap();
        let mut back = vec![T::of(f64::NAN); len];
        fft.inverse(&half, &mut back, &mut scratch).unwrap();
        let (mut signal, mut error) = (0.0, 0.0);
        for (x, b) in x.iter().zip(&back) {
            let (x, b): (f64, f64) = ((*x).into(), (*b).into());
            signal += x * x;
            error += (b / len as f64 - x).powi(2);
        }
        let ratio = db(signal, error);
        assert!(ratio >= promise::<T>(len) - 3.0, "{len} real, forward and back: {ratio:.1} dB");
    }
    for len in [99_225, 131_072, 176_400, 1 << 20] {
        check::<f32>(len);
        check::<f64>(len);
    }
}

/// Parseval, linearity, shift, impulse, DC and single bins, which see errors that noise might average out.
#[test]
fn theorems_hold() {
    for len in [1usize, 2, 3, 8, 16, 60, 64, 97, 128, 210, 441, 480, 1009, 1024] {
        for level in Level::available() {
            let name = format!("{len} {level}");
            let fft = ComplexFft::<f64>::with_level(len, level).unwrap();
            let mut scratch = dirty(fft.scratch_len());
            let mut run = |x: &[Complex<f64>]| {
                let mut out = dirty(len);
                fft.forward(x, &mut out, &mut scratch).unwrap();
                out
            };
            let (x, y) = (noise::<f64>(len, 1), noise::<f64>(len, 2));
            let (fx, fy) = (run(&x), run(&y));
            let energy: f64 = x.iter().map(Complex::norm_sqr).sum();
            let spectrum_energy: f64 = fx.iter().map(Complex::norm_sqr).sum();
            assert!((spectrum_energy / (len as f64 * energy) - 1.0).abs() < 1e-13, "Parseval, {name}");

            let both: Vec<_> = x.iter().zip(&y).map(|(x, y)| x * 0.5 - y * 3.0).collect();
            let root = (len as f64).sqrt();
            for ((b, x), y) in run(&both).iter().zip(&fx).zip(&fy) {
                assert!((b - (x * 0.5 - y * 3.0)).norm() < 1e-13 * root, "linearity, {name}");
            }
            let rotated: Vec<_> = (0..len).map(|n| x[(n + 1) % len]).collect();
            for (k, (r, x)) in run(&rotated).iter().zip(&fx).enumerate() {
                let turn = Complex::cis(core::f64::consts::TAU * k as f64 / len as f64);
                assert!((r - x * turn).norm() < 1e-13 * root, "shift, {name}");
            }
            let mut impulse = vec![Complex::default(); len];
            impulse[0] = Complex::new(1.0, 0.0);
            assert!(run(&impulse).iter().all(|x| (x - 1.0).norm() < 1e-13), "impulse, {name}");
            for k in 0..len.min(70) {
                let tone: Vec<_> = (0..len)
                    .map(|n| Complex::cis(core::f64::consts::TAU * (n * k % len) as f64 / len as f64))
                    .collect();
                for (bin, x) in run(&tone).iter().enumerate() {
                    let want = if bin == k { len as f64 } else { 0.0 };
                    assert!((x - want).norm() < 1e-12 * len as f64, "bin {k} at {bin}, {name}: {x}");
                }
            }
        }
    }
}

/// Subnormal and huge input keeps its relative accuracy; NaN spreads and infinity does not panic.
#[test]
fn hostile_values() {
    for level in Level::available() {
        for len in [5usize, 64, 97, 441, 480] {
            let fft = ComplexFft::<f32>::with_level(len, level).unwrap();
            let (mut scratch, mut out) = (dirty(fft.scratch_len()), dirty(len));
            let x = noise::<f32>(len, 3);
            let mut reference = dirty(len);
            fft.forward(&x, &mut reference, &mut scratch).unwrap();
            // A power of two only moves the exponent: the bits must follow, as long as nothing is subnormal.
            let scaled: Vec<_> = x.iter().map(|x| x * f32::powi(2.0, 60)).collect();
            fft.forward(&scaled, &mut out, &mut scratch).unwrap();
            assert!(out.iter().zip(&reference).all(|(a, b)| *a == b * f32::powi(2.0, 60)), "{len} {level}");
            let tiny: Vec<_> = x.iter().map(|x| x * 1e-42).collect();
            fft.forward(&tiny, &mut out, &mut scratch).unwrap();
            assert!(out.iter().all(|x| x.norm() < 1e-37 && !x.re.is_nan()), "{len} {level}");
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut x = x.clone();
                x[len / 2].im = bad;
                fft.forward(&x, &mut out, &mut scratch).unwrap();
                assert!(out.iter().all(|x| !x.re.is_finite() || !x.im.is_finite()), "{len} {level}");
            }
        }
    }
}

fn check_static<const N: usize>() {
    for level in Level::available() {
        let mut fft = StaticComplexFft::<f32, N>::with_level(level).unwrap();
        let owned = ComplexFft::<f32>::with_level(N, level).unwrap();
        let x = noise::<f32>(N, 9);
        let (mut out, mut want) = (dirty(N), dirty(N));
        let mut scratch = dirty(owned.scratch_len());
        owned.forward(&x, &mut want, &mut scratch).unwrap();
        fft.forward(&x, &mut out).unwrap();
        assert!(out == want, "{N} {level}");
        let mut in_place = x.clone();
        fft.forward_in_place(&mut in_place).unwrap();
        assert!(in_place == want, "{N} {level}");
        owned.inverse(&x, &mut want, &mut scratch).unwrap();
        fft.inverse(&x, &mut out).unwrap();
        assert!(out == want, "{N} {level}");
        fft.inverse_in_place(&mut out).unwrap();
        fft.forward_in_place(&mut out).unwrap();

        let mut real = StaticRealFft::<f64, N>::with_level(level).unwrap();
        let owned = RealFft::<f64>::with_level(N, level).unwrap();
        let x: Vec<f64> = noise::<f64>(N, 10).iter().map(|x| x.re).collect();
        let (mut out, mut want) = (dirty(N / 2 + 1), dirty(N / 2 + 1));
        let mut scratch = dirty(owned.scratch_len());
        owned.forward(&x, &mut want, &mut scratch).unwrap();
        real.forward(&x, &mut out).unwrap();
        assert!(out == want, "real {N} {level}");
        let (mut back, mut want_back) = (vec![0.0; N], vec![0.0; N]);
        owned.inverse(&want, &mut want_back, &mut scratch).unwrap();
        real.inverse(&out, &mut back).unwrap();
        assert!(back == want_back, "real {N} {level}");
    }
}

#[test]
fn const_sized_plans_agree_with_owned_ones() {
    check_static::<1>();
    check_static::<2>();
    check_static::<15>();
    check_static::<64>();
    check_static::<120>();
    check_static::<441>();
    check_static::<480>();
    check_static::<1024>();
    assert_eq!(StaticComplexFft::<f32, 11>::new().err(), Some(PlanError::NotSmooth { len: 11 }));
    assert_eq!(StaticRealFft::<f32, 0>::new().err(), Some(PlanError::ZeroLength));
}

#[test]
fn wrong_lengths_and_memory_are_typed_errors() {
    assert_eq!(ComplexFft::<f32>::new(0).err(), Some(PlanError::ZeroLength));
    assert_eq!(RealFft::<f64>::new(0).err(), Some(PlanError::ZeroLength));
    for len in [usize::MAX, usize::MAX / 2 + 1, usize::MAX / 16] {
        assert_eq!(ComplexFft::<f32>::new(len).err(), Some(PlanError::TooLarge { len }));
        assert_eq!(RealFft::<f32>::new(len).err(), Some(PlanError::TooLarge { len }));
        assert_eq!(plan_bytes::<f64>(len), Err(PlanError::TooLarge { len }));
    }
    let foreign = if cfg!(target_arch = "x86_64") { Level::Neon } else { Level::Avx2 };
    assert!(matches!(ComplexFft::<f32>::with_level(8, foreign), Err(PlanError::Level(_))));

    let needed = plan_bytes::<f32>(480).unwrap();
    assert_eq!(needed % 8, 0);
    let mut memory = vec![MaybeUninit::uninit(); needed / 8];
    for skip in 1..needed / 8 {
        let given = needed - 8 * skip;
        let refused = ComplexFftIn::<f32>::new(480, &mut memory[skip..]).err();
        assert_eq!(refused, Some(PlanError::MemoryTooSmall { needed, given }));
    }

    assert!(ComplexFftIn::<f32>::new(480, &mut memory).is_ok());
    let needed = real_plan_bytes::<f64>(1009).unwrap();
    let mut memory = vec![MaybeUninit::uninit(); needed / 8];
    let refused = RealFftIn::<f64>::new(1009, &mut memory[1..]).err();
    assert_eq!(refused, Some(PlanError::MemoryTooSmall { needed, given: needed - 8 }));

    let fft = ComplexFft::<f32>::new(44).unwrap();
    let x = noise::<f32>(44, 4);
    let mut out = dirty::<f32>(44);
    let mut scratch = dirty::<f32>(fft.scratch_len());
    assert_eq!(
        fft.forward(&x[..43], &mut out, &mut scratch)
            .map_err(|e: LengthError| (e.slice, e.expected, e.actual)),
        Err(("input", 44, 43))
    );
    assert_eq!(fft.forward(&x, &mut out[..5], &mut scratch).map_err(|e| e.slice), Err("output"));
    let short = fft.scratch_len() - 1;
    assert_eq!(fft.forward(&x, &mut out, &mut scratch[..short]).map_err(|e| e.slice), Err("scratch"));
    assert_eq!(fft.forward_in_place(&mut out[1..], &mut scratch).map_err(|e| e.slice), Err("data"));
    assert!(out.iter().all(|x| x.re.is_nan()), "an error wrote something");
}

#[test]
fn scaled_inverse_returns_the_input() {
    let fft = RealFft::<f64>::new(480).unwrap();
    let x: Vec<f64> = noise::<f64>(480, 5).iter().map(|x| x.re).collect();
    let (mut spectrum, mut back) = (dirty(241), vec![0.0; 480]);
    let mut scratch = dirty(fft.scratch_len());
    fft.forward(&x, &mut spectrum, &mut scratch).unwrap();
    fft.inverse_scaled(&spectrum, &mut back, &mut scratch).unwrap();
    assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-14));

    let fft = ComplexFft::<f64>::new(21).unwrap();
    let x = noise::<f64>(21, 6);
    let (mut spectrum, mut back) = (dirty(21), dirty(21));
    let mut scratch = dirty(fft.scratch_len());
    fft.forward(&x, &mut spectrum, &mut scratch).unwrap();
    fft.inverse_scaled(&spectrum, &mut back, &mut scratch).unwrap();
    assert!(back.iter().zip(&x).all(|(a, b)| (a - b).norm() < 1e-14));
}

/// Floats as complex numbers, from any float on.
fn bins(floats: &mut [f32]) -> &mut [Complex<f32>] {
    let (first, len) = (floats.as_mut_ptr().cast(), floats.len() / 2);
    // SAFETY: a complex number is two floats (`repr(C)`) with their alignment; the borrow is handed on.
    unsafe { core::slice::from_raw_parts_mut(first, len) }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(debug_assertions) { 60 } else { 400 },
        rng_seed: RngSeed::Fixed(SEED),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Any length at any level, slices at any float: there and back is N times the input, a sum is the sum of the
    /// transforms, and nothing outside the slices is touched.
    #[test]
    fn any_length_there_and_back(len in 1usize..3000, level in 0usize..4, off in 0usize..16, seed: u64) {
        let levels: Vec<Level> = Level::available().collect();
        let level = levels[level % levels.len()];
        let fft = ComplexFft::<f32>::with_level(len, level).unwrap();
        let room = |len: usize| vec![777.0f32; 2 * len + 32];
        let (mut memory, mut out_memory, mut scratch_memory) = (room(len), room(len), room(fft.scratch_len()));
        let range = |len: usize| off..off + 2 * len;
        let x = noise::<f32>(len, seed);
        bins(&mut memory[range(len)]).copy_from_slice(&x);
        let (input, output) = (bins(&mut memory[range(len)]), bins(&mut out_memory[range(len)]));
        let scratch = bins(&mut scratch_memory[range(fft.scratch_len())]);
        fft.forward(input, output, scratch).unwrap();
        prop_assert!(*input == x[..], "the input changed");
        let spectrum = output.to_vec();
        fft.inverse_in_place(output, scratch).unwrap();
        for (back, x) in output.iter().zip(&x) {
            prop_assert!((back / len as f32 - x).norm() < 1e-5, "{len} {level}");
        }
        let y = noise::<f32>(len, seed ^ 1);
        let both: Vec<_> = x.iter().zip(&y).map(|(x, y)| x + y * 0.25).collect();
        let (mut fy, mut sum) = (y.clone(), both);
        fft.forward_in_place(&mut fy, scratch).unwrap();
        fft.forward_in_place(&mut sum, scratch).unwrap();
        let bound = 2e-5 * (len as f32).sqrt();
        for ((sum, x), y) in sum.iter().zip(&spectrum).zip(&fy) {
            prop_assert!((sum - (x + y * 0.25)).norm() < bound, "{len} {level}");
        }
        for (memory, len) in [(&memory, len), (&out_memory, len), (&scratch_memory, fft.scratch_len())] {
            let outside = memory[..off].iter().chain(&memory[off + 2 * len..]);
            prop_assert!(outside.copied().all(|x| x == 777.0), "{len} {level}: wrote outside");
        }
    }
}

/// The same plan in four threads at once, each with its own scratch.
#[cfg(feature = "std")]
#[cfg(not(target_family = "wasm"))]
#[test]
fn a_plan_may_be_shared() {
    let fft = ComplexFft::<f32>::new(480).unwrap();
    let x = noise::<f32>(480, 7);
    let run = || {
        let (mut out, mut scratch) = (dirty(480), dirty(fft.scratch_len()));
        for _ in 0..20 {
            fft.forward(&x, &mut out, &mut scratch).unwrap();
        }
        out
    };
    let want = run();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            assert!(thread.join().unwrap() == want);
        }
    });
}
