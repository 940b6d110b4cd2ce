//! Lapped transforms against the definition, every window against its formula, and streams against themselves: perfect
//! reconstruction at every level.

#![cfg(feature = "alloc")]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    reason = "tests: wrong is a panic"
)]

use core::f64::consts::PI;
use core::mem::MaybeUninit;

use quaver::fft::{Mdct, MdctError, MdctIn, MdctWindow, PlanError, Real, StaticMdct, mdct_plan_bytes};
use quaver::simd::Level;

/// Even numbers to 40; AAC's, Vorbis's and Opus's; and some whose halves are odd or have large factors.
const LENGTHS: [usize; 15] = [42, 62, 64, 66, 98, 120, 128, 194, 240, 256, 442, 480, 960, 1024, 2048];
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

trait Number: Real + Into<f64> + PartialEq {
    const NAME: &'static str;
    /// Signal to error, dB: the contract of `Mdct::forward`.
    const PROMISE: f64;
    fn of(x: f64) -> Self;
}

impl Number for f32 {
    const NAME: &'static str = "f32";
    const PROMISE: f64 = 130.0;
    fn of(x: f64) -> Self {
        x as Self
    }
}

impl Number for f64 {
    const NAME: &'static str = "f64";
    const PROMISE: f64 = 290.0;
    fn of(x: f64) -> Self {
        x
    }
}

/// Uniform in -1..1 (xorshift64*).
fn noise<T: Number>(len: usize, seed: u64) -> Vec<T> {
    let mut state = SEED ^ seed;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..len).map(|_| T::of(next())).collect()
}

fn nan<T: Number>(len: usize) -> Vec<T> {
    vec![T::of(f64::NAN); len]
}

fn db(signal: f64, error: f64) -> f64 {
    if error == 0.0 { f64::INFINITY } else { 10.0 * (signal / error).log10() }
}

fn ratio<T: Number>(got: &[T], want: &[f64]) -> f64 {
    let error: f64 = got.iter().zip(want).map(|(&g, &w)| (g.into() - w).powi(2)).sum();
    db(want.iter().map(|x| x * x).sum(), error)
}

/// The 2N samples of a window, by the formulas at [`MdctWindow`], written anew.
fn samples<T: Number>(window: &MdctWindow<'_, T>, len: usize) -> Vec<f64> {
    let slope = |overlap: usize, at: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let flat = (len - overlap) / 2;
        let rise = |n: usize| match n {
            n if n < flat => 0.0,
            n if n >= flat + overlap => 1.0,
            n => at(n - flat),
        };
        (0..2 * len).map(|n| rise(n.min(2 * len - 1 - n))).collect()
    };
    let vorbis = |overlap: usize| {
        move |n: usize| {
            let x = (PI * (n as f64 + 0.5) / (2 * overlap) as f64).sin();
            (PI / 2.0 * x * x).sin()
        }
    };
    match *window {
        MdctWindow::Sine => slope(len, &|n| (PI * (n as f64 + 0.5) / (2 * len) as f64).sin()),
        MdctWindow::Vorbis => slope(len, &vorbis(len)),
        MdctWindow::LowOverlap { overlap } => slope(overlap, &vorbis(overlap)),
        MdctWindow::KaiserBessel { alpha } => {
            let bessel = |x: f64| {
                let (mut sum, mut term) = (1.0, 1.0);
                for k in 1..400 {
                    term *= (x / 2.0 / f64::from(k)).powi(2);
                    sum += term;
                }
                sum
            };
            let kaiser = |n: usize| {
                let r = 2.0 * n as f64 / len as f64 - 1.0;
                bessel(PI * alpha * (1.0 - r * r).max(0.0).sqrt())
            };
            let total: f64 = (0..=len).map(kaiser).sum();
            let running: Vec<f64> = (0..len)
                .scan(0.0, |sum, n| {
                    *sum += kaiser(n);
                    Some(*sum)
                })
                .collect();
            slope(len, &|n| (running[n] / total).sqrt())
        }
        MdctWindow::Custom(window) => window.iter().map(|&x| x.into()).collect(),
        _ => unreachable!("a window that this test does not know"),
    }
}

/// `cos(pi/N (n + 1/2 + N/2) (k + 1/2))`, from an angle reduced in integers.
fn basis(len: usize, n: usize, k: usize) -> f64 {
    let (turn, angle) = (8 * len, ((2 * n + 1 + len) * (2 * k + 1)) % (8 * len));
    let angle = angle.min(turn - angle);
    let (angle, sign) = if 4 * angle > turn { (turn / 2 - angle, -1.0) } else { (angle, 1.0) };
    let part = |x: usize| 2.0 * PI * (x as f64 / turn as f64);
    sign * if 8 * angle > turn { part(turn / 4 - angle).sin() } else { part(angle).cos() }
}

fn windows<T: Number>(len: usize) -> Vec<MdctWindow<'static, T>> {
    let mut all = vec![
        MdctWindow::Sine,
        MdctWindow::Vorbis,
        MdctWindow::KaiserBessel { alpha: 4.0 },
        MdctWindow::LowOverlap { overlap: (len / 4 * 2).max(2) },
        MdctWindow::LowOverlap { overlap: len },
        MdctWindow::LowOverlap { overlap: 2 },
    ];
    if len > 120 {
        all.push(MdctWindow::LowOverlap { overlap: 120 });
    }
    all
}

fn check<T: Number>(len: usize, window: MdctWindow<'_, T>, level: Level) -> [f64; 3] {
    let name = format!("{} {len} {window:?} {level}", T::NAME);
    let mdct = Mdct::<T>::with_level(len, window, level).unwrap();
    assert_eq!((mdct.len(), mdct.state_len(), mdct.latency_frames()), (len, len / 2, len));
    let w = samples(&window, len);
    let x = noise::<T>(2 * len, len as u64);
    let mut scratch = nan::<T>(mdct.scratch_len());

    // Forward: all bins of short frames, some of long ones.
    let step = if len <= 240 { 1 } else { len / 16 - 1 };
    let bins: Vec<usize> = (0..len).step_by(step).chain([len - 1]).collect();
    let sum = |k: usize| (0..2 * len).map(|n| w[n] * x[n].into() * basis(len, n, k)).sum::<f64>();
    let want: Vec<f64> = bins.iter().map(|&k| sum(k)).collect();
    let mut out = nan::<T>(len);
    mdct.forward(&x, &mut out, &mut scratch).unwrap();
    let got: Vec<T> = bins.iter().map(|&k| out[k]).collect();
    let forward = ratio(&got, &want);
    assert!(forward >= T::PROMISE, "{name} forward: {forward:.1} dB");

    // Inverse.
    let spectrum = &x[..len];
    let step = if len <= 240 { 1 } else { len / 16 - 1 };
    let places: Vec<usize> = (0..2 * len).step_by(step).chain([2 * len - 1]).collect();
    let sum = |n: usize| {
        w[n] * 2.0 / len as f64 * (0..len).map(|k| spectrum[k].into() * basis(len, n, k)).sum::<f64>()
    };
    let want: Vec<f64> = places.iter().map(|&n| sum(n)).collect();
    let mut frame = nan::<T>(2 * len);
    mdct.inverse(spectrum, &mut frame, &mut scratch).unwrap();
    let got: Vec<T> = places.iter().map(|&n| frame[n]).collect();
    let inverse = ratio(&got, &want);
    assert!(inverse >= T::PROMISE, "{name} inverse: {inverse:.1} dB");

    // A stream: bins are those of whole frames, blocks come out again, and frames overlap and add to the same.
    let blocks = 5;
    let signal = noise::<T>(blocks * len, 7);
    let (mut ahead, mut behind) = (vec![T::of(0.0); len / 2], vec![T::of(0.0); len / 2]);
    let mut added = vec![0.0; (blocks + 1) * len];
    let mut rebuilt = Vec::new();
    for b in 0..blocks {
        let block = &signal[b * len..(b + 1) * len];
        let (mut bins, mut whole, mut out) = (nan::<T>(len), nan::<T>(len), nan::<T>(len));
        mdct.analyse(block, &mut bins, &mut ahead, &mut scratch).unwrap();
        if b > 0 {
            mdct.forward(&signal[(b - 1) * len..(b + 1) * len], &mut whole, &mut scratch).unwrap();
            assert!(whole == bins, "{name}: the stream's bins differ from the frame's");
        }
        mdct.synthesise(&bins, &mut out, &mut behind, &mut scratch).unwrap();
        rebuilt.extend(out);
        mdct.inverse(&bins, &mut frame, &mut scratch).unwrap();
        for (sum, y) in added[b * len..].iter_mut().zip(&frame) {
            *sum += (*y).into();
        }
    }
    let signal: Vec<f64> = signal.iter().map(|&x| x.into()).collect();
    let stream = ratio(&rebuilt[len..], &signal[..(blocks - 1) * len]);
    // Two transforms, of a length with a large prime factor: half the energy ratio.
    let promise = if len.is_multiple_of(97) { T::PROMISE - 3.0 } else { T::PROMISE };
    assert!(stream >= promise, "{name} stream: {stream:.1} dB");
    assert!(rebuilt[..len].iter().all(|&x| x.into().abs() < 1e-6), "{name}: something before the stream");
    let added: Vec<T> = added.iter().map(|&x| T::of(x)).collect();
    let overlapped = ratio(&added[len..blocks * len], &signal[..(blocks - 1) * len]);
    assert!(overlapped >= promise, "{name} frames added: {overlapped:.1} dB");

    // Borrowed, and unaligned with canaries: the same bits.
    let mut memory = vec![MaybeUninit::uninit(); mdct_plan_bytes::<T>(len).unwrap() / 8];
    let borrowed = MdctIn::<T>::with_level(len, window, level, &mut memory).unwrap();
    let shifted: Vec<T> = core::iter::once(x[0]).chain(x.iter().copied()).collect();
    let (mut off, mut off_scratch) = (nan::<T>(len + 2), nan::<T>(mdct.scratch_len() + 2));
    let room = 1..mdct.scratch_len() + 1;
    borrowed.forward(&shifted[1..], &mut off[1..=len], &mut off_scratch[room.clone()]).unwrap();
    assert!(off[1..=len] == out[..], "{name}: a borrowed plan on unaligned slices differs");
    assert!(off[0].into().is_nan() && off[len + 1].into().is_nan(), "{name}: wrote outside of the bins");
    mdct.inverse(spectrum, &mut frame, &mut scratch).unwrap();
    let mut off = nan::<T>(2 * len + 2);
    borrowed.inverse(spectrum, &mut off[1..=2 * len], &mut off_scratch[room]).unwrap();
    assert!(off[1..=2 * len] == frame[..], "{name}: the inverse on unaligned slices differs");
    assert!(off[0].into().is_nan() && off[2 * len + 1].into().is_nan(), "{name}: wrote outside of the frame");
    let ends = [off_scratch[0], off_scratch[mdct.scratch_len() + 1]];
    assert!(ends.iter().all(|x| (*x).into().is_nan()), "{name}: wrote outside of the scratch memory");
    [forward, inverse, stream]
}

fn report<T: Number>() {
    let mut worst = [f64::INFINITY; 3];
    for len in (2..=40).step_by(2).chain(LENGTHS) {
        for window in windows::<T>(len) {
            for level in Level::available() {
                for (worst, found) in worst.iter_mut().zip(check(len, window, level)) {
                    *worst = worst.min(found);
                }
            }
        }
    }
    let [forward, inverse, stream] = worst;
    println!(
        "{}: worst {forward:.1} dB forward, {inverse:.1} dB inverse, {stream:.1} dB there and back; seed {SEED:#x}",
        T::NAME
    );
}

#[test]
fn f32_against_the_definition() {
    report::<f32>();
}

#[test]
fn f64_against_the_definition() {
    report::<f64>();
}

/// A window of the caller's: the same numbers give the same bits as a window of ours, and halves may differ.
#[test]
fn custom_windows() {
    for len in [24, 120, 256] {
        for window in windows::<f64>(len) {
            let own = samples(&window, len);
            for level in Level::available() {
                check::<f64>(len, MdctWindow::Custom(&own), level);
            }
        }
    }
    // A long block, one that ends with a short slope, two of those, and back: neighbours share their slopes.
    let len = 256;
    let long = samples::<f32>(&MdctWindow::KaiserBessel { alpha: 4.0 }, len);
    let short = samples::<f32>(&MdctWindow::LowOverlap { overlap: 32 }, len);
    let join =
        |a: &[f64], b: &[f64]| -> Vec<f32> { a[..len].iter().chain(&b[len..]).map(|&x| x as f32).collect() };
    let shapes = [join(&long, &long), join(&long, &short), join(&short, &short), join(&short, &long)];
    let plans: Vec<_> =
        shapes.iter().map(|shape| Mdct::<f32>::new(len, MdctWindow::Custom(shape)).unwrap()).collect();
    let order = [0, 1, 2, 2, 3, 0, 1, 3, 0];
    let signal = noise::<f32>(order.len() * len, 3);
    let (mut ahead, mut behind) = (vec![0.0; len / 2], vec![0.0; len / 2]);
    let (mut added, mut rebuilt) = (vec![0.0f32; (order.len() + 1) * len], Vec::new());
    for (b, &plan) in order.iter().enumerate() {
        let plan = &plans[plan];
        let mut scratch = nan::<f32>(plan.scratch_len());
        let (mut bins, mut out, mut frame) = (nan::<f32>(len), nan::<f32>(len), nan::<f32>(2 * len));
        plan.analyse(&signal[b * len..(b + 1) * len], &mut bins, &mut ahead, &mut scratch).unwrap();
        if b > 0 {
            let mut whole = nan::<f32>(len);
            plan.forward(&signal[(b - 1) * len..(b + 1) * len], &mut whole, &mut scratch).unwrap();
            assert!(whole == bins, "block {b}: the stream's bins differ from the frame's");
        }
        plan.synthesise(&bins, &mut out, &mut behind, &mut scratch).unwrap();
        plan.inverse(&bins, &mut frame, &mut scratch).unwrap();
        for (sum, y) in added[b * len..].iter_mut().zip(&frame) {
            *sum += y;
        }
        rebuilt.extend(out);
    }
    let signal: Vec<f64> = signal.iter().map(|&x| x.into()).collect();
    let whole = (order.len() - 1) * len;
    for (what, got) in [("stream", &rebuilt[len..]), ("frames added", &added[len..len + whole])] {
        let found = ratio(got, &signal[..whole]);
        assert!(found >= 130.0, "{what}: {found:.1} dB");
    }
}

/// Where the window is zero, nothing of the frame is read; where both halves are flat, there is no slope at all.
#[test]
fn flat_parts_are_skipped() {
    let (len, overlap) = (480, 120);
    let mdct = Mdct::<f32>::new(len, MdctWindow::LowOverlap { overlap }).unwrap();
    let mut x = noise::<f32>(2 * len, 1);
    let flat = (len - overlap) / 2;
    x[..flat].fill(f32::NAN);
    x[2 * len - flat..].fill(f32::INFINITY);
    let mut bins = nan::<f32>(len);
    mdct.forward(&x, &mut bins, &mut nan(mdct.scratch_len())).unwrap();
    assert!(bins.iter().all(|x| x.is_finite()));

    let square: Vec<f64> = (0..48).map(|n| f64::from(u8::from((12..36).contains(&n)))).collect();
    for level in Level::available() {
        check::<f64>(24, MdctWindow::Custom(&square), level);
    }
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let new = |len, window: MdctWindow<'_, f32>| Mdct::new(len, window).unwrap_err();
    assert_eq!(new(0, MdctWindow::Sine), MdctError::Plan(PlanError::ZeroLength));
    assert_eq!(
        new(usize::MAX - 1, MdctWindow::Sine),
        MdctError::Plan(PlanError::TooLarge { len: usize::MAX - 1 })
    );
    assert!(matches!(new(15, MdctWindow::Sine), MdctError::OddLength { len: 15, .. }));
    assert!(matches!(mdct_plan_bytes::<f32>(15), Err(MdctError::OddLength { len: 15, .. })));
    for alpha in [-0.1, 200.1, f64::NAN, f64::INFINITY] {
        assert!(matches!(new(16, MdctWindow::KaiserBessel { alpha }), MdctError::Alpha { .. }));
    }
    assert!(Mdct::<f64>::new(16, MdctWindow::KaiserBessel { alpha: 200.0 }).is_ok());
    for overlap in [0, 3, 18, 15] {
        assert!(matches!(new(16, MdctWindow::LowOverlap { overlap }), MdctError::Overlap { len: 16, .. }));
    }
    let sine: Vec<f32> = samples::<f32>(&MdctWindow::Sine, 16).iter().map(|&x| x as f32).collect();
    assert!(matches!(
        new(16, MdctWindow::Custom(&sine[1..])),
        MdctError::WindowLength { expected: 32, actual: 31, .. }
    ));
    assert!(matches!(new(usize::MAX / 2 - 1, MdctWindow::Custom(&sine)), MdctError::Plan(_)));
    for (place, first) in [(3, 3), (12, 3), (20, 20), (27, 20)] {
        for wrong in [sine[place] + 1e-5, f32::NAN, 2.0] {
            let mut window = sine.clone();
            window[place] = wrong;
            let error = new(16, MdctWindow::Custom(&window));
            assert!(
                matches!(error, MdctError::NotPowerComplementary { index, .. } if index == first),
                "{error}"
            );
        }
    }
    let foreign = if cfg!(target_arch = "x86_64") { Level::Neon } else { Level::Avx2 };
    let error = Mdct::<f32>::with_level(16, MdctWindow::Sine, foreign).unwrap_err();
    assert!(matches!(error, MdctError::Plan(PlanError::Level(_))));
    let bytes = mdct_plan_bytes::<f32>(16).unwrap();
    let mut memory = vec![MaybeUninit::uninit(); bytes / 8 - 1];
    let error = MdctIn::<f32>::new(16, MdctWindow::Sine, &mut memory).unwrap_err();
    assert_eq!(error, MdctError::Plan(PlanError::MemoryTooSmall { needed: bytes, given: bytes - 8 }));

    let mdct = Mdct::<f32>::new(16, MdctWindow::Sine).unwrap();
    let need = mdct.scratch_len();
    let (x, mut y, mut state, mut scratch) = ([1.0; 33], [7.0; 33], [7.0; 9], vec![7.0; need]);
    assert_eq!(mdct.forward(&x, &mut y[..16], &mut scratch).unwrap_err().slice, "input");
    assert_eq!(mdct.forward(&x[..32], &mut y[..15], &mut scratch).unwrap_err().slice, "output");
    assert_eq!(mdct.forward(&x[..32], &mut y[..16], &mut scratch[1..]).unwrap_err().slice, "scratch");
    assert_eq!(mdct.inverse(&x[..15], &mut y[..32], &mut scratch).unwrap_err().slice, "input");
    assert_eq!(mdct.inverse(&x[..16], &mut y, &mut scratch).unwrap_err().slice, "output");
    for call in [Mdct::analyse, Mdct::synthesise] {
        let mut slice = |a: usize, b: usize, s: usize, from: usize| {
            call(&mdct, &x[..a], &mut y[..b], &mut state[..s], &mut scratch[from..]).unwrap_err().slice
        };
        assert_eq!(slice(17, 16, 8, 0), "input");
        assert_eq!(slice(16, 15, 8, 0), "output");
        assert_eq!(slice(16, 16, 9, 0), "state");
        assert_eq!(slice(16, 16, 8, 1), "scratch");
    }
    assert!(y == [7.0; 33] && state == [7.0; 9] && scratch.iter().all(|&x| x == 7.0));
}

/// A plan of const size gives the bits of an owned one, and keeps both states.
#[test]
fn static_plans_are_the_same() {
    const N: usize = 240;
    for level in Level::available() {
        for window in windows::<f32>(N) {
            let owned = Mdct::<f32>::with_level(N, window, level).unwrap();
            let mut inside = StaticMdct::<f32, N>::with_level(window, level).unwrap();
            assert_eq!((inside.len(), inside.latency_frames()), (N, N));
            let (x, mut scratch) = (noise::<f32>(4 * N, 9), nan::<f32>(owned.scratch_len()));
            let (mut ahead, mut behind) = (vec![0.0; N / 2], vec![0.0; N / 2]);
            let (mut want, mut got) = (nan::<f32>(N), nan::<f32>(N));
            let (mut out, mut again) = (nan::<f32>(2 * N), nan::<f32>(2 * N));
            for (b, block) in x.chunks(N).enumerate() {
                if b == 2 {
                    inside.reset();
                    ahead.fill(0.0);
                    behind.fill(0.0);
                }
                owned.analyse(block, &mut want, &mut ahead, &mut scratch).unwrap();
                inside.analyse(block, &mut got).unwrap();
                assert!(got == want, "{window:?} {level} block {b}: bins");
                owned.synthesise(&want, &mut out[..N], &mut behind, &mut scratch).unwrap();
                inside.synthesise(&got, &mut again[..N]).unwrap();
                assert!(again[..N] == out[..N], "{window:?} {level} block {b}");
            }
            owned.forward(&x[..2 * N], &mut want, &mut scratch).unwrap();
            inside.forward(&x[..2 * N], &mut got).unwrap();
            assert!(got == want, "{window:?} {level} forward");
            owned.inverse(&want, &mut out, &mut scratch).unwrap();
            inside.inverse(&got, &mut again).unwrap();
            assert!(again == out, "{window:?} {level} inverse");
            assert!(inside.forward(&x, &mut got).is_err() && inside.analyse(&x, &mut got).is_err());
        }
    }
    assert!(matches!(
        StaticMdct::<f32, 15>::new(MdctWindow::Sine),
        Err(MdctError::OddLength { len: 15, .. })
    ));
    let error = StaticMdct::<f32, 22>::new(MdctWindow::Sine).unwrap_err();
    assert_eq!(error, MdctError::Plan(PlanError::NotSmooth { len: 22 }));
    assert_eq!(
        StaticMdct::<f32, 0>::new(MdctWindow::Sine).unwrap_err(),
        MdctError::Plan(PlanError::ZeroLength)
    );
}
