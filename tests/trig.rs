//! Cosine and sine transforms against their definitions: every small length, larger ones at seeded bins, every type, level
//! and form of call, both precisions.
//!
//! The definition is summed in f64 with its rounding errors kept (Knuth's two-sum), over cosines of angles that are reduced in
//! integers: good to about 310 dB.

#![cfg(feature = "alloc")]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    reason = "tests: wrong is a panic"
)]

use core::mem::MaybeUninit;

use quaver::fft::{
    LengthError, PlanError, Real, StaticTrigTransform, Trig, TrigTransform, TrigTransformIn, trig_plan_bytes,
};
use quaver::simd::Level;

const KINDS: [Trig; 8] =
    [Trig::Dct1, Trig::Dct2, Trig::Dct3, Trig::Dct4, Trig::Dst1, Trig::Dst2, Trig::Dst3, Trig::Dst4];
/// Every length up to here is checked, at every bin. Debug builds, and emulators, check fewer lengths.
const WHOLE: usize = if cfg!(debug_assertions) { 70 } else { 260 };
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

trait Number: Real + Into<f64> + PartialEq {
    const NAME: &'static str;
    /// Signal to error, dB: the contract of `TrigTransform::forward`.
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

/// `cos(2 pi k / n)`, from an angle of at most an eighth of a turn.
fn cosine(k: u64, n: u64) -> f64 {
    let k = k % n;
    let k = k.min(n - k);
    let (k, sign) = if 4 * k > n { (n - 2 * k, -1.0) } else { (2 * k, 1.0) };
    // k / 2n of a turn, at most a quarter.
    let tau = core::f64::consts::TAU;
    let angle = |k: u64| tau * (k as f64 / (2 * n) as f64);
    sign * if 4 * k > n { (tau * ((n - 2 * k) as f64 / (4 * n) as f64)).sin() } else { angle(k).cos() }
}

/// Value `k` of the transform of `x`, by the table at [`Trig`].
fn definition(kind: Trig, x: &[f64], k: usize) -> f64 {
    let (len, k) = (x.len() as u64, k as u64);
    let (mut sum, mut low) = (0.0f64, 0.0f64);
    for (n, &x) in x.iter().enumerate() {
        let n = n as u64;
        let (first, last) = (n == 0, n + 1 == len);
        // Angles in units of pi / (4 len), or of pi over the period of type I; sines are cosines a quarter turn later.
        let (angle, turn, weight) = match kind {
            Trig::Dct1 => (n * k, 2 * (len - 1), if first || last { 0.5 } else { 1.0 }),
            Trig::Dct2 => ((2 * n + 1) * k, 4 * len, 1.0),
            Trig::Dct3 => (n * (2 * k + 1), 4 * len, if first { 0.5 } else { 1.0 }),
            Trig::Dct4 => ((2 * n + 1) * (2 * k + 1), 8 * len, 1.0),
            Trig::Dst1 => (2 * (n + 1) * (k + 1), 4 * (len + 1), 1.0),
            Trig::Dst2 => ((2 * n + 1) * (k + 1), 4 * len, 1.0),
            Trig::Dst3 => ((n + 1) * (2 * k + 1), 4 * len, if last { 0.5 } else { 1.0 }),
            Trig::Dst4 => ((2 * n + 1) * (2 * k + 1), 8 * len, 1.0),
        };
        let sine = matches!(kind, Trig::Dst1 | Trig::Dst2 | Trig::Dst3 | Trig::Dst4);
        let factor = if sine { cosine(angle + 3 * turn / 4, turn) } else { cosine(angle, turn) };
        let term = x * factor * weight;
        let next = sum + term;
        let part = next - sum;
        low += (sum - (next - part)) + (term - part);
        sum = next;
    }
    sum + low
}

fn db(signal: f64, error: f64) -> f64 {
    if error == 0.0 { f64::INFINITY } else { 10.0 * (signal / error).log10() }
}

/// Signal-to-error ratio at the given places; the signal is the mean over all, which is `gain` times the energy of x, but
/// for the ends of types I and III.
fn ratio<T: Number>(kind: Trig, x: &[f64], got: &[T], want: &[(usize, f64)]) -> f64 {
    let energy: f64 = x.iter().map(|x| x * x).sum::<f64>();
    let signal = kind.gain(x.len()).max(0.5) * energy / x.len() as f64;
    let error: f64 = want.iter().map(|&(k, want)| (got[k].into() - want).powi(2)).sum();
    db(signal * want.len() as f64, error)
}

fn wide<T: Number>(x: &[T]) -> Vec<f64> {
    x.iter().map(|&x| x.into()).collect()
}

fn nan<T: Number>(len: usize) -> Vec<T> {
    vec![T::of(f64::NAN); len]
}

/// All places to 260 values, else some; f32 at all of them against f64, which is checked by itself.
fn oracle<T: Number>(kind: Trig, x: &[T]) -> Vec<(usize, f64)> {
    let (len, x) = (x.len(), wide(x));
    if len <= 260 {
        return (0..len).map(|k| (k, definition(kind, &x, k))).collect();
    }
    if size_of::<T>() == size_of::<f32>() {
        let plan = TrigTransform::<f64>::with_level(kind, len, Level::Scalar).unwrap();
        let mut out = nan::<f64>(len);
        plan.forward(&x, &mut out, &mut nan(plan.scratch_len())).unwrap();
        return out.into_iter().enumerate().collect();
    }
    let step = len / 23;
    let places = (0..len).step_by(step).chain([1, len / 2 - 1, len / 2, len / 2 + 1, len - 2, len - 1]);
    places.map(|k| (k, definition(kind, &x, k))).collect()
}

/// One type and length at every level, in every form of the call.
fn check<T: Number>(kind: Trig, len: usize) -> f64 {
    let x = noise::<T>(len, len as u64);
    let want = oracle(kind, &x);
    let mut worst = f64::INFINITY;
    for level in Level::available() {
        let name = format!("{} {kind:?} {len} {level}", T::NAME);
        let plan = TrigTransform::<T>::with_level(kind, len, level).unwrap();
        assert_eq!((plan.len(), plan.kind()), (len, kind));
        let mut scratch = nan::<T>(plan.scratch_len());
        let mut out = nan::<T>(len);
        plan.forward(&x, &mut out, &mut scratch).unwrap();
        let found = ratio(kind, &wide(&x), &out, &want);
        assert!(found >= T::PROMISE, "{name}: {found:.1} dB");
        worst = worst.min(found);

        // The inverse is the forward transform of the other type, to the bit.
        let other = TrigTransform::<T>::with_level(kind.inverse(), len, level).unwrap();
        let mut back = nan::<T>(len);
        other.inverse(&x, &mut back, &mut scratch).unwrap();
        assert!(back == out, "{name}: the inverse of its inverse differs");
        plan.inverse_scaled(&out, &mut back, &mut scratch).unwrap();
        let error: f64 = x.iter().zip(&back).map(|(&a, &b)| (a.into() - b.into()).powi(2)).sum();
        let energy: f64 = wide(&x).iter().map(|x| x * x).sum();
        let found = db(energy, error);
        assert!(found >= T::PROMISE - 3.0, "{name} there and back: {found:.1} dB");

        // Every other form gives the same bits.
        let mut in_place = x.clone();
        scratch.fill(T::of(f64::NAN));
        plan.forward_in_place(&mut in_place, &mut scratch).unwrap();
        assert!(in_place == out, "{name}: in place differs");
        let mut in_place = x.clone();
        other.inverse_in_place(&mut in_place, &mut scratch).unwrap();
        assert!(in_place == out, "{name}: inverse in place differs");

        let mut memory = vec![MaybeUninit::uninit(); trig_plan_bytes::<T>(kind, len).unwrap() / 8];
        let borrowed = TrigTransformIn::<T>::with_level(kind, len, level, &mut memory).unwrap();
        let mut again = nan::<T>(len);
        borrowed.forward(&x, &mut again, &mut scratch).unwrap();
        assert!(again == out, "{name}: the borrowed plan differs");

        // Unaligned slices: one value off, in buffers of other offsets, and nothing around them is written.
        let shifted: Vec<_> = core::iter::once(x[0]).chain(x.iter().copied()).collect();
        let mut off = nan::<T>(len + 5);
        let mut off_scratch = nan::<T>(plan.scratch_len() + 3);
        plan.forward(&shifted[1..], &mut off[3..3 + len], &mut off_scratch[1..plan.scratch_len() + 1])
            .unwrap();
        assert!(off[3..3 + len] == out[..], "{name}: unaligned slices differ");
        for i in [0, 1, 2, len + 3, len + 4] {
            assert!(off[i].into().is_nan(), "{name}: wrote outside of the output");
        }
        let end = plan.scratch_len();
        for i in [0, end + 1, end + 2] {
            assert!(off_scratch[i].into().is_nan(), "{name}: wrote outside of the scratch memory");
        }
    }
    worst
}

fn report<T: Number>() {
    let mut lengths: Vec<usize> = (1..=WHOLE).collect();
    lengths.extend([480, 512, 960, 1001, 1009, 1024, 2047, 2048]);
    if !cfg!(debug_assertions) {
        lengths.extend([441, 882, 1920, 4095, 4096, 10_007, 44_100, 65_535, 65_536]);
    }
    for kind in KINDS {
        let worst = lengths
            .iter()
            .filter(|&&len| kind != Trig::Dct1 || len > 1)
            .map(|&len| (check::<T>(kind, len), len))
            .fold((f64::INFINITY, 0), |a, b| if b.0 < a.0 { b } else { a });
        println!("{} {kind:?}: worst {:.1} dB at {}; seed {SEED:#x}", T::NAME, worst.0, worst.1);
    }
}

#[test]
fn f32_against_the_definition() {
    report::<f32>();
}

#[test]
fn f64_against_the_definition() {
    report::<f64>();
}

/// Values worked out by hand, since definition and code might share a mistake.
#[test]
fn small_cases_by_hand() {
    let run = |kind, x: &[f64]| {
        let plan = TrigTransform::<f64>::new(kind, x.len()).unwrap();
        let mut out = vec![0.0; x.len()];
        plan.forward(x, &mut out, &mut vec![0.0; plan.scratch_len()]).unwrap();
        out
    };
    let root = core::f64::consts::SQRT_2;
    let near = |a: Vec<f64>, b: &[f64]| {
        assert!(
            a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-15 * 8.0) && a.len() == b.len(),
            "{a:?} {b:?}"
        );
    };
    near(run(Trig::Dct1, &[1.0, 2.0, 3.0]), &[4.0, -1.0, 0.0]);
    near(run(Trig::Dct2, &[1.0, 3.0]), &[4.0, -root]);
    near(run(Trig::Dct3, &[2.0, root]), &[2.0, 0.0]);
    near(run(Trig::Dct4, &[1.0]), &[1.0 / root]);
    near(run(Trig::Dst1, &[1.0, 2.0, 3.0]), &[2.0 + 2.0 * root, -2.0, 2.0 * root - 2.0]);
    near(run(Trig::Dst2, &[1.0, 3.0]), &[4.0 / root, -2.0]);
    near(run(Trig::Dst3, &[root, 2.0]), &[2.0, 0.0]);
    near(run(Trig::Dst4, &[1.0]), &[1.0 / root]);
    // One period of a bin's own cosine has no other bin.
    let x: Vec<f64> =
        (0..96).map(|n| (core::f64::consts::PI * (n as f64 + 0.5) * 7.0 / 96.0).cos()).collect();
    for (k, c) in run(Trig::Dct2, &x).into_iter().enumerate() {
        assert!((c - if k == 7 { 48.0 } else { 0.0 }).abs() < 1e-12, "{k}: {c}");
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused_and_nothing_is_written() {
    let plan = TrigTransform::<f32>::new(Trig::Dct2, 24).unwrap();
    let need = plan.scratch_len();
    let (x, mut y, mut scratch) = ([1.0; 24], [7.0; 25], vec![7.0; need]);
    let short = |slice, expected, actual| {
        move |e: LengthError| e.slice == slice && e.expected == expected && e.actual == actual
    };
    assert!(plan.forward(&x[..23], &mut y[..24], &mut scratch).is_err_and(short("input", 24, 23)));
    assert!(plan.forward(&x, &mut y, &mut scratch).is_err_and(short("output", 24, 25)));
    assert!(plan.inverse(&x, &mut y[..24], &mut scratch[1..]).is_err_and(short("scratch", need, need - 1)));
    assert!(plan.inverse_scaled(&x, &mut y, &mut scratch).is_err());
    assert!(plan.forward_in_place(&mut y, &mut scratch).is_err_and(short("data", 24, 25)));
    assert!(plan.inverse_in_place(&mut y[..24], &mut scratch[1..]).is_err());
    assert!(y == [7.0; 25] && scratch.iter().all(|&x| x == 7.0));

    for kind in KINDS {
        assert_eq!(TrigTransform::<f32>::new(kind, 0).unwrap_err(), PlanError::ZeroLength);
        let huge = TrigTransform::<f32>::new(kind, usize::MAX).unwrap_err();
        assert_eq!(huge, PlanError::TooLarge { len: usize::MAX });
        let bytes = trig_plan_bytes::<f64>(kind, 60).unwrap();
        let mut memory = vec![MaybeUninit::uninit(); bytes / 8 - 1];
        let error = TrigTransformIn::<f64>::new(kind, 60, &mut memory).unwrap_err();
        assert_eq!(error, PlanError::MemoryTooSmall { needed: bytes, given: bytes - 8 });
    }
    let error = TrigTransform::<f32>::new(Trig::Dct1, 1).unwrap_err();
    assert!(matches!(error, PlanError::TooShort { len: 1, least: 2, .. }));
    let foreign = if cfg!(target_arch = "x86_64") { Level::Neon } else { Level::Avx2 };
    let error = TrigTransform::<f32>::with_level(Trig::Dct4, 8, foreign).unwrap_err();
    assert!(matches!(error, PlanError::Level(_)));
}

/// Plans of const size give the bits of owned ones.
#[test]
fn static_plans_are_the_same() {
    fn check<T: Number, const N: usize>(kind: Trig) {
        for level in Level::available() {
            let owned = TrigTransform::<T>::with_level(kind, N, level).unwrap();
            let mut inside = StaticTrigTransform::<T, N>::with_level(kind, level).unwrap();
            assert_eq!((inside.len(), inside.kind()), (N, kind));
            let (x, mut scratch) = (noise::<T>(N, 5), nan::<T>(owned.scratch_len()));
            let (mut want, mut got) = (nan::<T>(N), nan::<T>(N));
            owned.forward(&x, &mut want, &mut scratch).unwrap();
            inside.forward(&x, &mut got).unwrap();
            assert!(got == want, "{} {kind:?} {N} {level}", T::NAME);
            got.copy_from_slice(&x);
            inside.forward_in_place(&mut got).unwrap();
            assert!(got == want, "{} {kind:?} {N} {level} in place", T::NAME);
            owned.inverse(&x, &mut want, &mut scratch).unwrap();
            inside.inverse(&x, &mut got).unwrap();
            assert!(got == want, "{} {kind:?} {N} {level} inverse", T::NAME);
            got.copy_from_slice(&x);
            inside.inverse_in_place(&mut got).unwrap();
            assert!(got == want, "{} {kind:?} {N} {level} inverse in place", T::NAME);
            assert!(
                inside.forward(&x[1..], &mut got).is_err() && inside.inverse_in_place(&mut got[1..]).is_err()
            );
        }
    }
    for kind in [Trig::Dct2, Trig::Dct3, Trig::Dct4, Trig::Dst2, Trig::Dst3, Trig::Dst4] {
        check::<f32, 2>(kind);
        check::<f32, 120>(kind);
        check::<f64, 98>(kind);
        check::<f64, 256>(kind);
    }
    let error = StaticTrigTransform::<f32, 22>::new(Trig::Dct2).unwrap_err();
    assert_eq!(error, PlanError::NotSmooth { len: 22 });
    for kind in [Trig::Dct1, Trig::Dst1] {
        let error = StaticTrigTransform::<f32, 960>::new(kind).unwrap_err();
        assert!(matches!(error, PlanError::MemoryTooSmall { .. }));
    }
}
