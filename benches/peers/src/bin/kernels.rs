//! quaver's kernels against the best plain loop, in the L1 cache: `scripts/bench-kernels.sh`.
//!
//! Arguments, if any, pick the rows whose names contain one of them; `--level NAME` caps the level.

#[path = "../../../support/plain.rs"]
mod plain;

use std::hint::black_box;
use std::process::ExitCode;

use quaver::buffer::{Interleaved, InterleavedMut, Planar, PlanarMut};
use quaver::dsp::Kernels;
use quaver::dsp::level::Meter;
use quaver::simd::Level;
use quaver::units::{Endian, SampleFormat};
use quaver_peers::{Report, Timing, calls, interleaved};

/// The rows so far and which of them to run.
struct Bench {
    kernels: Kernels,
    report: Report,
    only: Vec<String>,
}

impl Bench {
    fn wanted(&self, case: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| case.contains(part.as_str()))
    }

    fn row(&mut self, case: &str, target: f64, [ours, plain]: [Timing; 2]) {
        self.report.row(case, ours, plain, target);
    }
}

/// A cache line's worth of alignment for every buffer, so that no row depends on luck.
#[repr(align(64))]
#[derive(Clone, Copy)]
#[expect(dead_code, reason = "memory, reached by pointer")]
struct Line([u8; 64]);

/// A buffer that starts on a cache line.
struct Buf<T> {
    lines: Vec<Line>,
    len: usize,
    element: std::marker::PhantomData<T>,
}

/// Numbers of which any bytes are one.
trait Number: Copy {}
impl Number for u8 {}
impl Number for i16 {}
impl Number for f32 {}
impl Number for f64 {}

impl<T: Number> Buf<T> {
    fn new(len: usize, value: impl FnMut(usize) -> T) -> Self {
        let lines = vec![Line([0; 64]); (len * size_of::<T>()).div_ceil(64)];
        let mut buf = Self { lines, len, element: std::marker::PhantomData };
        let mut value = value;
        buf.get().iter_mut().enumerate().for_each(|(i, x)| *x = value(i));
        buf
    }

    fn get(&mut self) -> &mut [T] {
        // SAFETY: the lines hold `len` elements, of a type that any bytes make, aligned to 64.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

fn noise(i: usize) -> f32 {
    let x = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((x >> 40) as f32 / (1 << 23) as f32 - 1.0) * 0.9
}

fn noise_i16(i: usize) -> i16 {
    (noise(i) * 32_767.0) as i16
}

#[track_caller]
fn same<T: PartialEq + std::fmt::Debug>(case: &str, ours: &[T], plain: &[T]) {
    assert!(ours == plain, "{case}: the plain loop computes something else");
}

#[track_caller]
fn near(case: &str, ours: f64, plain: f64) {
    assert!((ours - plain).abs() <= 1e-5 * plain.abs(), "{case}: {ours}, but the plain loop has {plain}");
}

fn main() -> ExitCode {
    let mut only: Vec<String> = std::env::args().skip(1).collect();
    let mut kernels = Kernels::new();
    if let Some(at) = only.iter().position(|arg| arg == "--level") {
        let names: Vec<String> = only.drain(at..(at + 2).min(only.len())).collect();
        let level = Level::available().find(|level| names.get(1).is_some_and(|name| name == level.name()));
        kernels =
            Kernels::with_level(level.expect("--level wants the name of a level of this machine")).unwrap();
    }
    println!("Level {}; ours and the plain loop in turns, default flags.\n", kernels.level());
    let report = Report::new("kernels", "plain loop");
    let mut bench = Bench { kernels, report, only };
    for n in [64, 480] {
        let floor = if n < 480 { 1.2 } else { 1.5 };
        mixing(&mut bench, n, floor);
        levels(&mut bench, n, floor);
        conversions(&mut bench, n);
        layouts(&mut bench, n);
    }
    for n in [480, 1024, 4096] {
        saturating(&mut bench, n);
    }
    if bench.only.is_empty() {
        alignment(kernels);
    }
    bench.report.finish()
}

fn mixing(bench: &mut Bench, n: usize, floor: f64) {
    let k = bench.kernels;
    let (mut a, mut b, mut c) = (Buf::new(n, noise), Buf::new(n, noise), Buf::new(n, noise));
    let mut d = Buf::new(n, |i| noise(i + 7));

    let case = format!("gain, {n}");
    if bench.wanted(&case) {
        k.gain(a.get(), 0.7);
        plain::gain(b.get(), 0.7);
        same(&case, a.get(), b.get());
        // A gain of -1 keeps the level however often it is applied.
        let times = interleaved([
            calls(|| k.gain(black_box(a.get()), black_box(-1.0))),
            calls(|| plain::gain(black_box(b.get()), black_box(-1.0))),
        ]);
        bench.row(&case, floor, times);
    }
    let case = format!("add, {n}");
    if bench.wanted(&case) {
        a = Buf::new(n, noise);
        b = Buf::new(n, noise);
        k.add(a.get(), d.get()).unwrap();
        plain::add(b.get(), d.get());
        same(&case, a.get(), b.get());
        let mut e = Buf::new(n, |i| noise(i + 7));
        let times = interleaved([
            calls(|| k.add(black_box(a.get()), black_box(d.get())).unwrap()),
            calls(|| plain::add(black_box(b.get()), black_box(e.get()))),
        ]);
        bench.row(&case, floor, times);
    }
    let case = format!("gain ramp, {n}");
    if bench.wanted(&case) {
        a = Buf::new(n, noise);
        b = Buf::new(n, noise);
        k.gain_ramp(a.get(), 0.2, 0.9);
        plain::gain_ramp(b.get(), 0.2, 0.9);
        for (x, y) in a.get().iter().zip(b.get()) {
            assert!((*x - *y).abs() < 1e-6, "{case}: {x}, but the plain loop has {y}");
        }
        let times = interleaved([
            calls(|| k.gain_ramp(black_box(a.get()), black_box(-1.0), black_box(-1.0))),
            calls(|| plain::gain_ramp(black_box(b.get()), black_box(-1.0), black_box(-1.0))),
        ]);
        bench.row(&case, 1.0, times);
    }
    let case = format!("mix of 3, {n}");
    if bench.wanted(&case) {
        let gains = [0.5, 0.25, -0.3];
        k.mix(a.get(), &[b.get(), c.get(), d.get()], &gains).unwrap();
        let mut e = Buf::new(n, noise);
        plain::mix3(e.get(), [b.get(), c.get(), d.get()], gains);
        same(&case, a.get(), e.get());
        let (b, c, d): (&[f32], &[f32], &[f32]) = (b.get(), c.get(), d.get());
        let times = interleaved([
            calls(|| k.mix(black_box(a.get()), black_box(&[b, c, d]), black_box(&gains)).unwrap()),
            calls(|| plain::mix3(black_box(e.get()), black_box([b, c, d]), black_box(gains))),
        ]);
        bench.row(&case, 1.0, times);
    }
}

fn levels(bench: &mut Bench, n: usize, floor: f64) {
    let k = bench.kernels;
    let mut a = Buf::new(n, noise);
    let x: &[f32] = a.get();
    let case = format!("peak, {n}");
    if bench.wanted(&case) {
        same(&case, &[k.peak(x)], &[plain::peak(x)]);
        let times = interleaved([
            calls(|| _ = black_box(k.peak(black_box(x)))),
            calls(|| _ = black_box(plain::peak(black_box(x)))),
        ]);
        bench.row(&case, floor, times);
    }
    let case = format!("rms, {n}");
    if bench.wanted(&case) {
        near(&case, k.rms(x), plain::rms(x));
        let times = interleaved([
            calls(|| _ = black_box(k.rms(black_box(x)))),
            calls(|| _ = black_box(plain::rms(black_box(x)))),
        ]);
        bench.row(&case, floor, times);
    }
    let case = format!("meter (peak, sum, squares, runs), {n}");
    if bench.wanted(&case) {
        let mut meter = Meter::new();
        meter.push(&k, x);
        let [peak, sum, squares] = plain::meter(x);
        near(&case, f64::from(meter.peak()), peak);
        assert!((meter.dc() * n as f64 - sum).abs() < 1e-3, "{case}: sums differ");
        near(&case, meter.rms() * meter.rms() * n as f64, squares);
        let mut all = [0.0_f64; 3];
        let times = interleaved([
            calls(|| meter.push(&k, black_box(x))),
            calls(|| {
                // Kept from block to block, as the meter keeps it.
                let [peak, sum, squares] = plain::meter(black_box(x));
                all = [all[0].max(peak), all[1] + sum, all[2] + squares];
                black_box(&mut all);
            }),
        ]);
        bench.row(&case, floor, times);
    }
}

/// Stored samples that are this noise.
fn stored(format: SampleFormat, endian: Endian, n: usize) -> Buf<u8> {
    let samples: Vec<f64> = (0..n).map(|i| f64::from(noise(i))).collect();
    let mut bytes = Buf::new(n * format.bytes(), |_| 0);
    Kernels::new().from_f64(format, endian, &samples, bytes.get()).unwrap();
    bytes
}

fn conversions(bench: &mut Bench, n: usize) {
    use Endian::{Big, Little};
    use SampleFormat::{F32, F64, I16, I24, I32, U8};

    to_f32(bench, n, U8, Little, plain::u8_to_f32);
    to_f32(bench, n, I16, Little, plain::i16_to_f32);
    to_f32(bench, n, I16, Big, plain::i16_be_to_f32);
    to_f32(bench, n, I24, Little, plain::i24_to_f32);
    to_f32(bench, n, I24, Big, plain::i24_be_to_f32);
    to_f32(bench, n, I32, Little, plain::i32_to_f32);
    to_f32(bench, n, F32, Big, plain::f32_be_to_f32);
    to_f32(bench, n, F64, Little, plain::f64_to_f32);
    to_f64(bench, n, I16, plain::i16_to_f64);
    to_f64(bench, n, I24, plain::i24_to_f64);
    to_f64(bench, n, I32, plain::i32_to_f64);
    from_f32(bench, n, 4.0, "", U8, Little, plain::f32_to_u8);
    from_f32(bench, n, 4.0, "", I16, Little, plain::f32_to_i16);
    from_f32(bench, n, 4.0, "", I16, Big, plain::f32_to_i16_be);
    from_f32(bench, n, 4.0, "", I24, Little, plain::f32_to_i24);
    from_f32(bench, n, 4.0, "", I32, Little, plain::f32_to_i32);
    from_f32(bench, n, 1.0, ", plain loop rounded by hand", I16, Little, plain::f32_to_i16_by_hand);
    from_f64(bench, n, I16, plain::f64_to_i16);
    from_f64(bench, n, I24, plain::f64_to_i24);
    from_f64(bench, n, I32, plain::f64_to_i32);
}

fn order(endian: Endian) -> &'static str {
    if endian == Endian::Big { " big-endian" } else { "" }
}

fn to_f32(bench: &mut Bench, n: usize, format: SampleFormat, endian: Endian, plain: fn(&[u8], &mut [f32])) {
    let case = format!("{format}{} to f32, {n}", order(endian));
    if !bench.wanted(&case) {
        return;
    }
    let k = bench.kernels;
    let (mut x, mut a, mut b) = (stored(format, endian, n), Buf::new(n, noise), Buf::new(n, noise));
    let x: &[u8] = x.get();
    k.to_f32(format, endian, x, a.get()).unwrap();
    plain(x, b.get());
    same(&case, a.get(), b.get());
    let times = interleaved([
        calls(|| k.to_f32(format, endian, black_box(x), black_box(a.get())).unwrap()),
        calls(|| plain(black_box(x), black_box(b.get()))),
    ]);
    bench.row(&case, 1.0, times);
}

fn to_f64(bench: &mut Bench, n: usize, format: SampleFormat, plain: fn(&[u8], &mut [f64])) {
    let case = format!("{format} to f64, {n}");
    if !bench.wanted(&case) {
        return;
    }
    let k = bench.kernels;
    let (mut x, mut a, mut b) =
        (stored(format, Endian::Little, n), Buf::new(n, |_| 0.0), Buf::new(n, |_| 0.0));
    let x: &[u8] = x.get();
    k.to_f64(format, Endian::Little, x, a.get()).unwrap();
    plain(x, b.get());
    same(&case, a.get(), b.get());
    let times = interleaved([
        calls(|| k.to_f64(format, Endian::Little, black_box(x), black_box(a.get())).unwrap()),
        calls(|| plain(black_box(x), black_box(b.get()))),
    ]);
    bench.row(&case, 1.0, times);
}

fn from_f32(
    bench: &mut Bench,
    n: usize,
    target: f64,
    note: &str,
    format: SampleFormat,
    endian: Endian,
    plain: fn(&[f32], &mut [u8]),
) {
    let case = format!("f32 to {format}{}{note}, {n}", order(endian));
    if !bench.wanted(&case) {
        return;
    }
    let k = bench.kernels;
    // Some beyond full scale: saturation is part of the work.
    let mut x = Buf::new(n, |i| noise(i) * 1.2);
    let bytes = n * format.bytes();
    let (mut a, mut b) = (Buf::new(bytes, |_| 0), Buf::new(bytes, |_| 0));
    let x: &[f32] = x.get();
    k.from_f32(format, endian, x, a.get()).unwrap();
    plain(x, b.get());
    same(&case, a.get(), b.get());
    let times = interleaved([
        calls(|| k.from_f32(format, endian, black_box(x), black_box(a.get())).unwrap()),
        calls(|| plain(black_box(x), black_box(b.get()))),
    ]);
    bench.row(&case, target, times);
}

fn from_f64(bench: &mut Bench, n: usize, format: SampleFormat, plain: fn(&[f64], &mut [u8])) {
    let case = format!("f64 to {format}, {n}");
    if !bench.wanted(&case) {
        return;
    }
    let k = bench.kernels;
    let mut x = Buf::new(n, |i| f64::from(noise(i)) * 1.2);
    let bytes = n * format.bytes();
    let (mut a, mut b) = (Buf::new(bytes, |_| 0), Buf::new(bytes, |_| 0));
    let x: &[f64] = x.get();
    k.from_f64(format, Endian::Little, x, a.get()).unwrap();
    plain(x, b.get());
    same(&case, a.get(), b.get());
    let times = interleaved([
        calls(|| k.from_f64(format, Endian::Little, black_box(x), black_box(a.get())).unwrap()),
        calls(|| plain(black_box(x), black_box(b.get()))),
    ]);
    bench.row(&case, 4.0, times);
}

fn layouts(bench: &mut Bench, n: usize) {
    let k = bench.kernels;
    for channels in [2, 6, 8] {
        let mut x = Buf::new(n * channels, noise);
        let x: &[f32] = x.get();
        let (mut a, mut b) = (Buf::new(n * channels, |_| 0.0), Buf::new(n * channels, |_| 0.0));

        let case = format!("interleave {channels} channels, {n}");
        if bench.wanted(&case) {
            let planes = Planar::from_slice(x, channels).unwrap();
            let plain = |out: &mut [f32]| match channels {
                2 => plain::interleave2(black_box(&x[..n]), black_box(&x[n..]), out),
                _ => plain::interleave(black_box(x), channels, out),
            };
            k.interleave(&planes, &mut InterleavedMut::from_slice(a.get(), channels).unwrap()).unwrap();
            plain(b.get());
            same(&case, a.get(), b.get());
            let mut out = InterleavedMut::from_slice(a.get(), channels).unwrap();
            let times = interleaved([
                calls(|| k.interleave(black_box(&planes), black_box(&mut out)).unwrap()),
                calls(|| plain(black_box(b.get()))),
            ]);
            bench.row(&case, 1.0, times);
        }
        let case = format!("deinterleave {channels} channels, {n}");
        if bench.wanted(&case) {
            let frames = Interleaved::from_slice(x, channels).unwrap();
            let plain = |out: &mut [f32]| match channels {
                2 => {
                    let (left, right) = out.split_at_mut(n);
                    plain::deinterleave2(black_box(x), left, right);
                }
                _ => plain::deinterleave(black_box(x), channels, out),
            };
            k.deinterleave(&frames, &mut PlanarMut::from_slice(a.get(), channels).unwrap()).unwrap();
            plain(b.get());
            same(&case, a.get(), b.get());
            let mut out = PlanarMut::from_slice(a.get(), channels).unwrap();
            let times = interleaved([
                calls(|| k.deinterleave(black_box(&frames), black_box(&mut out)).unwrap()),
                calls(|| plain(black_box(b.get()))),
            ]);
            bench.row(&case, 1.0, times);
        }
    }
}

fn saturating(bench: &mut Bench, n: usize) {
    let k = bench.kernels;
    let case = format!("i16 mix, {n}");
    if !bench.wanted(&case) {
        return;
    }
    let (mut a, mut b, mut c) = (Buf::new(n, noise_i16), Buf::new(n, noise_i16), Buf::new(n, noise_i16));
    let mut x = Buf::new(n, |i| noise_i16(i + 99));
    let x: &[i16] = x.get();
    k.mix_i16(a.get(), x).unwrap();
    plain::mix_i16(b.get(), x);
    plain::mix_i16_not_vectorised(c.get(), x);
    same(&case, a.get(), b.get());
    same(&case, a.get(), c.get());
    let [ours, plain, slow] = interleaved([
        calls(|| k.mix_i16(black_box(a.get()), black_box(x)).unwrap()),
        calls(|| plain::mix_i16(black_box(b.get()), black_box(x))),
        calls(|| plain::mix_i16_not_vectorised(black_box(c.get()), black_box(x))),
    ]);
    bench.row(&case, 1.7, [ours, plain]);
    bench.row(&format!("i16 mix, plain loop not vectorised, {n}"), 20.0, [ours, slow]);
}

/// What alignment is worth to the i16 mix of 480 samples, and to one load.
fn alignment(k: Kernels) {
    const N: usize = 480;
    println!("\n| i16 mix of 480 samples, both slices off by | kernel ns (median) | aligned / this |");
    println!("|---|---|---|");
    let mut aligned = None;
    for bytes in [0, 1, 2, 8, 16, 32] {
        let (mut a, mut b) = (Buf::<u8>::new(4 * N, |i| i as u8), Buf::<u8>::new(4 * N, |i| (i * 7) as u8));
        let (dst, src) = (a.get()[bytes..].as_mut_ptr(), b.get()[bytes..].as_ptr());
        let [time] = interleaved([calls(|| mix_raw(k, black_box(dst), black_box(src), N))]);
        let aligned = *aligned.get_or_insert(time.least);
        println!("| {bytes} bytes | {:.1} ({:.1}) | {:.2} |", time.least, time.median, aligned / time.least);
    }
    println!("\n| one 32-byte load and addition, of 1024 in a row | ns (median) |\n|---|---|");
    let mut a = Buf::<u8>::new(8192, |i| i as u8);
    let a: &[u8] = a.get();
    // 4096 is where a page ends only if the buffer starts one: a line is what every buffer here starts.
    for (what, offset) in
        [("within a line, aligned", 0), ("within a line, off by 8", 8), ("across two lines", 48)]
    {
        let [time] = interleaved([calls(|| _ = black_box(loads(black_box(&a[offset..]))))]);
        println!("| {what} | {:.2} ({:.2}) |", time.least / 1024.0, time.median / 1024.0);
    }
    println!();
}

/// The i16 mix where it may begin at an odd byte, where no `&[i16]` can. An even one is the kernel itself, which
/// aligns its stores; the odd one is a loop of four unaligned registers at a time, which cannot.
fn mix_raw(k: Kernels, dst: *mut u8, src: *const u8, n: usize) {
    if dst.addr().is_multiple_of(2) {
        // SAFETY: the caller's buffers hold `2 * n` bytes from here on, aligned for i16, each its own.
        let (dst, src) = unsafe {
            (std::slice::from_raw_parts_mut(dst.cast(), n), std::slice::from_raw_parts(src.cast(), n))
        };
        return k.mix_i16(dst, src).unwrap();
    }
    #[cfg(target_arch = "x86_64")]
    if k.level() == Level::Avx2 {
        // SAFETY: the level proves AVX2; the ranges are as above, and unaligned loads ask for nothing.
        unsafe { mix_odd(dst, src, n) };
    }
}

/// # Safety
/// The processor has AVX2; both pointers are valid for `2 * n` bytes; `n` is a multiple of 16.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline(never)]
unsafe fn mix_odd(dst: *mut u8, src: *const u8, n: usize) {
    use std::arch::x86_64::{_mm256_adds_epi16, _mm256_loadu_si256, _mm256_storeu_si256};
    let mut at = 0;
    while at < 2 * n {
        for at in [at, at + 32, at + 64, at + 96] {
            if at < 2 * n {
                let (d, s) = (dst.wrapping_add(at), src.wrapping_add(at));
                // SAFETY: `at + 32 <= 2 * n`.
                unsafe {
                    let sum = _mm256_adds_epi16(_mm256_loadu_si256(d.cast()), _mm256_loadu_si256(s.cast()));
                    _mm256_storeu_si256(d.cast(), sum);
                }
            }
        }
        at += 128;
    }
}

/// Sums 1024 loads of 32 bytes, 64 apart, over and over the same 4 KiB.
#[cfg(target_arch = "x86_64")]
fn loads(bytes: &[u8]) -> i64 {
    #[target_feature(enable = "avx2")]
    unsafe fn run(bytes: &[u8]) -> i64 {
        use std::arch::x86_64::{
            _mm256_add_epi64, _mm256_extract_epi64, _mm256_loadu_si256, _mm256_setzero_si256,
        };
        let mut sums = [_mm256_setzero_si256(); 8];
        for _ in 0..1024 / 64 {
            let p = black_box(bytes.as_ptr());
            for at in 0..8 {
                for (i, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: `at * 8 + i < 64`, so the load ends within the first 4128 bytes; there are more.
                    *sum = _mm256_add_epi64(*sum, unsafe {
                        _mm256_loadu_si256(p.wrapping_add((at * 8 + i) * 64).cast())
                    });
                }
            }
        }
        sums.into_iter().fold(0, |all, sum| all.wrapping_add(_mm256_extract_epi64::<0>(sum)))
    }
    assert!(bytes.len() >= 64 * 64 + 32);
    if !Level::Avx2.is_available() {
        return 0;
    }
    // SAFETY: AVX2 was found.
    unsafe { run(bytes) }
}

#[cfg(not(target_arch = "x86_64"))]
fn loads(bytes: &[u8]) -> i64 {
    (0..1024).map(|i| i64::from(bytes[i % 64 * 64])).sum()
}
