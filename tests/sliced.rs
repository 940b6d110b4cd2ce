//! Transforms in slices give what the plain call gives, bit by bit: for any split of the budget, jobs dropped and begun
//! again, jobs that go on from a progress, at every level, in dirty scratch and unaligned slices.

#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests: wrong is a panic")]

use core::mem::MaybeUninit;

use num_complex::Complex;
use quaver::fft::{
    ComplexFft, ComplexFftIn, Job, Progress, Real, RealFft, RealFftIn, plan_bytes, real_plan_bytes,
};
use quaver::simd::Level;

/// Numbers from a seed (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    fn sample(&mut self) -> f64 {
        self.next() as f64 / f64::from(1 << 30) - 1.0
    }
}

trait Number: Real + Copy + PartialEq + core::fmt::Debug {
    fn of(x: f64) -> Self;
    fn bits(self) -> u64;
}

impl Number for f32 {
    fn of(x: f64) -> Self {
        x as Self
    }
    fn bits(self) -> u64 {
        u64::from(self.to_bits())
    }
}

impl Number for f64 {
    fn of(x: f64) -> Self {
        x
    }
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

type Cx<T> = Complex<T>;

/// What a slice of samples or of complex numbers is, in bits.
trait Values: Copy {
    type Number: Number;
    fn noise(random: &mut Random) -> Self;
    fn mark() -> Self;
    fn bits(self) -> [u64; 2];
}

macro_rules! values {
    ($($t:ty)*) => {$(
        impl Values for $t {
            type Number = $t;
            fn noise(random: &mut Random) -> Self {
                <$t>::of(random.sample())
            }
            fn mark() -> Self {
                <$t>::of(f64::NAN)
            }
            fn bits(self) -> [u64; 2] {
                [Number::bits(self), 0]
            }
        }

        impl Values for Cx<$t> {
            type Number = $t;
            fn noise(random: &mut Random) -> Self {
                Self::new(<$t>::of(random.sample()), <$t>::of(random.sample()))
            }
            fn mark() -> Self {
                Self::new(<$t>::of(f64::NAN), <$t>::of(f64::NAN))
            }
            fn bits(self) -> [u64; 2] {
                [Number::bits(self.re), Number::bits(self.im)]
            }
        }
    )*};
}

values!(f32 f64);

/// The ways that a budget is split.
const SPLITS: [&str; 5] = ["one", "few", "units", "many", "uneven"];

/// Steps a job to its end; `Err` where it does not end when it says so.
fn run<T: Number>(mut job: Job<'_, T>, split: &str, random: &mut Random) -> Result<(), &'static str> {
    let total = job.total();
    if total == 0 || job.is_done() {
        return Err("no work");
    }
    let mut done = 0;
    while !job.is_done() {
        let budget = match split {
            "one" => total,
            "few" => total.div_ceil(3),
            // As small as is bearable.
            "units" => 1 + total / 2000,
            "many" => total.div_ceil(64),
            _ => {
                let most = 1 + random.below(total);
                random.below(most)
            }
        };
        let left = job.step(budget);
        done = total.min(done + budget);
        if left != total - done || left != job.remaining() || (left == 0) != job.is_done() {
            return Err("left is not what is left");
        }
    }
    if job.step(u64::MAX) != 0 || job.step(0) != 0 { Err("not done") } else { Ok(()) }
}

/// What starts a job of a plan.
type Start<P, I, O, T> = for<'a> fn(&'a P, &'a [I], &'a mut [O], &'a mut [Cx<T>]) -> Job<'a, T>;

/// Holds jobs against the plain call: `plain` writes to its output, `start` starts a job.
fn check<P, I: Values, O: Values<Number = I::Number>>(
    name: &str,
    plan: &P,
    (input_len, output_len, scratch_len): (usize, usize, usize),
    random: &mut Random,
    plain: impl Fn(&[I], &mut [O], &mut [Cx<I::Number>]),
    start: Start<P, I, O, I::Number>,
) where
    Cx<I::Number>: Values,
{
    let input: Vec<I> = (0..input_len + 1).map(|_| I::noise(random)).collect();
    let mut want = vec![O::mark(); output_len];
    plain(&input[1..], &mut want, &mut vec![Values::mark(); scratch_len]);
    let want: Vec<[u64; 2]> = want.into_iter().map(O::bits).collect();
    let verify = |how: &str, output: &[O]| {
        let got = &output[1..=output_len];
        for (i, (got, want)) in got.iter().zip(&want).enumerate() {
            assert_eq!(got.bits(), *want, "{name} {how}: value {i}");
        }
        for end in [output[0], output[output_len + 1]] {
            assert_eq!(end.bits(), O::mark().bits(), "{name} {how}: beyond the output");
        }
    };
    for split in SPLITS {
        let mut output = vec![O::mark(); output_len + 2];
        let mut scratch = vec![Values::mark(); scratch_len + 3];
        let skip = random.below(3) as usize;
        // One that is dropped half-way leaves nothing behind.
        {
            let mut dropped = start(plan, &input[1..], &mut output[1..=output_len], &mut scratch);
            dropped.step(random.below(dropped.total()));
        }
        let job = start(plan, &input[1..], &mut output[1..=output_len], &mut scratch[skip..]);
        run(job, split, random).unwrap_or_else(|what| panic!("{name} {split}: {what}"));
        verify(split, &output);
    }
    // One that is given up and gone on with.
    let mut output = vec![O::mark(); output_len + 2];
    let mut scratch = vec![Values::mark(); scratch_len];
    let mut progress = Progress::default();
    loop {
        let mut job = start(plan, &input[1..], &mut output[1..=output_len], &mut scratch).resume(progress);
        if random.below(4) == 0 {
            job.finish();
            break;
        }
        let budget = random.below(job.total());
        job.step(budget);
        progress = job.progress();
    }
    verify("resumed", &output);
}

fn check_len<T>(len: usize, random: &mut Random)
where
    T: Number + Values<Number = T>,
    Cx<T>: Values<Number = T>,
{
    let bytes = size_of::<T>();
    let mut memory = vec![MaybeUninit::uninit(); plan_bytes::<T>(len).unwrap() / 8];
    let mut real_memory = vec![MaybeUninit::uninit(); real_plan_bytes::<T>(len).unwrap() / 8];
    for level in Level::available() {
        let name = |what| format!("{what} {len} of {bytes} bytes at {level}");
        let fft = ComplexFft::<T>::with_level(len, level).unwrap();
        let fft_in = ComplexFftIn::<T>::with_level(len, level, &mut memory).unwrap();
        let lens = (len, len, fft.scratch_len());
        check::<_, Cx<T>, Cx<T>>(
            &name("forward"),
            &fft,
            lens,
            random,
            |x, y, s| fft.forward(x, y, s).unwrap(),
            |fft, x, y, s| fft.start_forward(x, y, s).unwrap(),
        );
        check::<_, Cx<T>, Cx<T>>(
            &name("inverse"),
            &fft_in,
            lens,
            random,
            |x, y, s| fft.inverse(x, y, s).unwrap(),
            |fft, x, y, s| fft.start_inverse(x, y, s).unwrap(),
        );
        for inverse in [false, true] {
            let x: Vec<Cx<T>> = (0..len).map(|_| Values::noise(random)).collect();
            let (mut want, mut got) = (x.clone(), x);
            let mut scratch = vec![Values::mark(); fft.scratch_len()];
            let job = if inverse {
                fft.inverse_in_place(&mut want, &mut scratch).unwrap();
                fft.start_inverse_in_place(&mut got, &mut scratch).unwrap()
            } else {
                fft.forward_in_place(&mut want, &mut scratch).unwrap();
                fft.start_forward_in_place(&mut got, &mut scratch).unwrap()
            };
            run(job, "uneven", random).unwrap();
            assert!(got.iter().zip(&want).all(|(x, y)| x.bits() == y.bits()), "{}", name("in place"));
        }
        let fft = RealFft::<T>::with_level(len, level).unwrap();
        let fft_in = RealFftIn::<T>::with_level(len, level, &mut real_memory).unwrap();
        check::<_, T, Cx<T>>(
            &name("real forward"),
            &fft,
            (len, fft.spectrum_len(), fft.scratch_len()),
            random,
            |x, y, s| fft.forward(x, y, s).unwrap(),
            |fft, x, y, s| fft.start_forward(x, y, s).unwrap(),
        );
        check::<_, Cx<T>, T>(
            &name("real inverse"),
            &fft_in,
            (fft.spectrum_len(), len, fft.scratch_len()),
            random,
            |x, y, s| fft.inverse(x, y, s).unwrap(),
            |fft, x, y, s| fft.start_inverse(x, y, s).unwrap(),
        );
    }
}

const SEED: u64 = 20_260_705;

#[test]
fn slices_of_short_lengths_are_the_plain_call() {
    println!("seed {SEED}");
    let mut random = Random(SEED);
    // Debug builds are slow, emulators more so.
    let step = if cfg!(debug_assertions) { 7 } else { 1 };
    for len in (1..=300).step_by(step) {
        check_len::<f32>(len, &mut random);
        check_len::<f64>(len, &mut random);
    }
}

/// Of every kind: lanes, matrices, one lane, convolutions, and those beyond the first cache.
#[test]
fn slices_of_long_lengths_are_the_plain_call() {
    println!("seed {SEED}");
    let mut random = Random(SEED);
    let lengths = [
        441, 480, 500, 512, 882, 961, 1000, 1009, 1024, 1331, 2047, 2048, 2197, 2310, 3000, 4096, 5040, 6561,
        8191, 8192, 9973,
    ];
    for len in lengths {
        check_len::<f32>(len, &mut random);
        check_len::<f64>(len, &mut random);
    }
    if !cfg!(debug_assertions) {
        for len in [16_384, 44_100, 48_000, 65_536, 65_537, 10_007 * 3, 1 << 17] {
            check_len::<f32>(len, &mut random);
            check_len::<f64>(len, &mut random);
        }
    }
}

#[test]
fn wrong_lengths_are_refused() {
    let fft = ComplexFft::<f32>::new(480).unwrap();
    let (x, mut y) = (vec![Complex::new(1.0, 0.0); 481], vec![Complex::default(); 481]);
    let mut s = vec![Complex::default(); fft.scratch_len()];
    assert!(fft.start_forward(&x[..479], &mut y[..480], &mut s).is_err());
    assert!(fft.start_inverse(&x[..480], &mut y, &mut s).is_err());
    assert!(fft.start_forward_in_place(&mut y, &mut s).is_err());
    let less = s.len() - 1;
    assert!(fft.start_inverse_in_place(&mut y[..480], &mut s[..less]).is_err());
    assert!(y.iter().all(|y| *y == Complex::default()));
    let fft = RealFft::<f32>::new(480).unwrap();
    let mut r = vec![0.0; 480];
    let mut s = vec![Complex::default(); fft.scratch_len()];
    assert!(fft.start_forward(&r, &mut y[..240], &mut s).is_err());
    assert!(fft.start_forward(&r[1..], &mut y[..241], &mut s).is_err());
    assert!(fft.start_inverse(&x[..240], &mut r, &mut s).is_err());
    assert!(fft.start_inverse(&x[..241], &mut r[1..], &mut s).is_err());
}

/// A progress that belongs to something else gives wrong numbers, and no more than that.
#[test]
fn a_foreign_progress_does_no_harm() {
    let (x, mut y) = (vec![Complex::new(1.0, 0.0); 4096], vec![Complex::default(); 4096]);
    let far = {
        let fft = ComplexFft::<f64>::new(4096).unwrap();
        let mut s = vec![Complex::default(); fft.scratch_len()];
        let mut job = fft.start_forward(&x, &mut y, &mut s).unwrap();
        job.step(u64::MAX);
        job.progress()
    };
    let fft = ComplexFft::<f64>::new(60).unwrap();
    let mut s = vec![Complex::default(); fft.scratch_len()];
    let mut job = fft.start_forward(&x[..60], &mut y[..60], &mut s).unwrap().resume(far);
    assert!(job.is_done());
    assert_eq!(job.step(100), 0);
}
