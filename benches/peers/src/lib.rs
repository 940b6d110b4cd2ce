//! Interleaved timing and the table that every comparison program prints.
//!
//! Shared machines are noisy: absolute times move by a factor of two from run to run. So whatever is compared runs
//! in turns within one process, some microseconds each, and what is stated is the ratio of the shortest turns.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Nanoseconds of one call: the least and the median over all rounds.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    pub least: f64,
    pub median: f64,
}

/// How long one turn takes, and how many rounds of turns there are.
const TURN: Duration = Duration::from_micros(20);
const ROUNDS: usize = 600;

/// Makes something to be timed of a call. The loop is inside, so that it costs no indirect call per repetition.
pub fn calls<'a>(mut call: impl FnMut() + 'a) -> Box<dyn FnMut(usize) + 'a> {
    Box::new(move |count| {
        for _ in 0..count {
            call();
        }
    })
}

/// Times each contestant, in turns; the order is reversed every other round.
pub fn interleaved<const N: usize>(mut contestants: [Box<dyn FnMut(usize) + '_>; N]) -> [Timing; N] {
    let counts = std::array::from_fn::<usize, N, _>(|i| {
        let mut count = 1;
        loop {
            let start = Instant::now();
            contestants[i](count);
            let took = start.elapsed();
            if took >= TURN / 2 {
                let scaled = count as f64 * TURN.as_secs_f64() / took.as_secs_f64();
                return (scaled as usize).max(1);
            }
            count *= 2;
        }
    });
    let mut times = std::array::from_fn::<Vec<f64>, N, _>(|_| Vec::with_capacity(ROUNDS));
    for round in 0..ROUNDS {
        for turn in 0..N {
            let i = if round % 2 == 0 { turn } else { N - 1 - turn };
            let start = Instant::now();
            contestants[i](black_box(counts[i]));
            times[i].push(start.elapsed().as_secs_f64() * 1e9 / counts[i] as f64);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        Timing { least: times[0], median: times[times.len() / 2] }
    })
}

/// One row per case; the worst of achieved over target decides.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    worst: Option<(f64, String)>,
}

impl Report {
    /// Prints the head of the table.
    pub fn new(name: &'static str, peer: &str) -> Self {
        println!("| case | ours ns (median) | {peer} ns (median) | ratio | target |");
        println!("|---|---|---|---|---|");
        Self { name, worst: None }
    }

    /// Prints a row. The ratio is the peer's least time over ours: above 1 we are faster.
    pub fn row(&mut self, case: &str, ours: Timing, peer: Timing, target: f64) {
        let ratio = peer.least / ours.least;
        println!(
            "| {case} | {:.1} ({:.1}) | {:.1} ({:.1}) | {ratio:.2} | {target:.1} |",
            ours.least, ours.median, peer.least, peer.median
        );
        let achieved = ratio / target;
        if self.worst.as_ref().is_none_or(|(worst, _)| achieved < *worst) {
            self.worst = Some((achieved, case.to_owned()));
        }
    }

    /// Prints the last line; success if every row reached its target.
    pub fn finish(self) -> ExitCode {
        let (worst, case) = self.worst.unwrap_or((0.0, "no row".to_owned()));
        println!("{}: worst ratio {worst:.2} ({case})", self.name);
        if worst >= 1.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
