//! Interleave and deinterleave beside plain loops for a constant number of channels: `cargo bench --bench interleave`.
//!
//! The loops are the two that one would write, frame by frame and channel by channel; the better one is the peer. Views
//! are made outside what is timed, as the slices of the loops are.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use quaver::buffer::{AlignedBuf, Interleaved, InterleavedMut, Planar, PlanarMut};
use quaver::dsp::Kernels;
use quaver::simd::Level;

fn numbers(len: usize) -> AlignedBuf<f32> {
    let mut buf = AlignedBuf::new(len).expect("some KiB");
    (0_u16..).zip(buf.iter_mut()).for_each(|(i, x)| *x = f32::from(i));
    buf
}

/// Times `run` at every level and the two loops, having checked that each of them fills `expected`.
fn race(
    mut group: BenchmarkGroup<'_, WallTime>,
    expected: &[f32],
    run: impl Fn(&Kernels, &mut [f32]),
    by_frame: impl Fn(&mut [f32]),
    by_channel: impl Fn(&mut [f32]),
) {
    group.throughput(Throughput::Elements(expected.len().try_into().expect("small")));
    let mut output = numbers(expected.len());
    let mut time = |name: &str, run: &dyn Fn(&mut [f32])| {
        output.fill(-1.0);
        run(&mut output);
        assert_eq!(&output[..], expected, "{name}");
        group.bench_function(name, |b| b.iter(|| run(black_box(&mut output))));
    };
    for level in Level::available() {
        let kernels = Kernels::with_level(level).expect("listed as available");
        time(level.name(), &|output| run(&kernels, output));
    }
    time("loop by frame", &by_frame);
    time("loop by channel", &by_channel);
    group.finish();
}

fn shape<const C: usize>(c: &mut Criterion, frames: usize) {
    let planar = numbers(C * frames);
    let mut mixed = numbers(C * frames);
    for f in 0..frames {
        (0..C).for_each(|c| mixed[f * C + c] = planar[c * frames + f]);
    }

    let view = Planar::from_slice(&planar, C).expect("whole frames");
    race(
        c.benchmark_group(format!("interleave {C} x {frames}")),
        &mixed,
        |kernels, output| {
            let mut output = InterleavedMut::from_slice(output, C).expect("whole frames");
            kernels.interleave(black_box(&view), &mut output).expect("one shape");
        },
        |output| {
            let from: [&[f32]; C] = core::array::from_fn(|c| &planar[c * frames..][..frames]);
            for (f, frame) in output.chunks_exact_mut(C).enumerate() {
                (0..C).for_each(|c| frame[c] = from[c][f]);
            }
        },
        |output| {
            for (c, channel) in black_box(&planar).chunks_exact(frames).enumerate() {
                output.chunks_exact_mut(C).zip(channel).for_each(|(frame, x)| frame[c] = *x);
            }
        },
    );

    let view = Interleaved::from_slice(&mixed, C).expect("whole frames");
    race(
        c.benchmark_group(format!("deinterleave {C} x {frames}")),
        &planar,
        |kernels, output| {
            let mut output = PlanarMut::from_slice(output, C).expect("whole frames");
            kernels.deinterleave(black_box(&view), &mut output).expect("one shape");
        },
        |output| {
            let mut channels = output.chunks_exact_mut(frames);
            let mut to: [&mut [f32]; C] = core::array::from_fn(|_| channels.next().expect("C channels"));
            for (f, frame) in black_box(&mixed).chunks_exact(C).enumerate() {
                (0..C).for_each(|c| to[c][f] = frame[c]);
            }
        },
        |output| {
            for (c, channel) in output.chunks_exact_mut(frames).enumerate() {
                channel.iter_mut().zip(mixed.chunks_exact(C)).for_each(|(x, frame)| *x = frame[c]);
            }
        },
    );
}

fn shapes(c: &mut Criterion) {
    for frames in [64, 480] {
        shape::<1>(c, frames);
        shape::<2>(c, frames);
        shape::<3>(c, frames);
        shape::<4>(c, frames);
        shape::<6>(c, frames);
        shape::<8>(c, frames);
        shape::<32>(c, frames);
    }
}

criterion_group!(benches, shapes);
criterion_main!(benches);
