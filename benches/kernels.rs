//! Every registered kernel: the scalar level, each level of this machine, and the loop one would otherwise write.
//!
//! `cargo bench --bench kernels`; with `-- --test` each runs once. The comparison that targets are held against is
//! `scripts/bench-kernels.sh`, which runs both sides in turns.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a bench stops at what it did not expect")]

#[path = "../tests/harness/mod.rs"]
#[allow(unused_imports, reason = "the tests use more of it")]
mod harness;

use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quaver::dsp::Kernels;

use harness::{Prepared, check, check_plain, levels, registry};

fn kernels(c: &mut Criterion) {
    harness::say_skipped();
    // Transforms make their plans within: `benches/fft.rs` times them.
    for case in registry::all().into_iter().filter(|case| !case.name.starts_with("fft/")) {
        // Results first: a fast wrong answer is none.
        if let Err(failure) = check(&case) {
            panic!("{failure}");
        }
        let mut group = c.benchmark_group(&case.name);
        for n in [64, 480] {
            if let Err(failure) = check_plain(&case, n) {
                panic!("{failure}");
            }
            group.throughput(Throughput::Elements(n as u64));
            let prepared = Prepared::new(&case, n);
            for level in levels().0 {
                let kernels = Kernels::with_level(level).unwrap();
                group.bench_function(BenchmarkId::new(level.name(), n), |b| {
                    b.iter(|| prepared.run(black_box(&kernels)));
                });
            }
            if case.has_plain() {
                group.bench_function(BenchmarkId::new("plain loop", n), |b| b.iter(|| prepared.run_plain()));
            }
        }
        group.finish();
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
