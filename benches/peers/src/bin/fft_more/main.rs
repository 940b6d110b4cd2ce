//! What stands around the transforms of `fft`, against what a user could pick instead, in turns within one process, each
//! result checked before it is timed. A group a file; each prints its rows.
//!
//!     fft_more [--cap avx2] [--quick] [--groups a,b] [--sizes 120,960]
//!
//! The last line is `fft-more: worst ratio W (ROW)`: what was achieved over what was asked, of the row where that is least.
//! `--cap avx2` holds ours to AVX2. FFTW's measurements are kept in the folder QUAVER_WISDOM.

#[path = "../fft/contest.rs"]
#[allow(dead_code, reason = "of another program, which uses more of it")]
mod contest;
#[path = "../fft/memory.rs"]
#[allow(dead_code, reason = "of another program, which uses more of it")]
mod memory;
mod r2r;
#[path = "../fft/sample.rs"]
#[allow(dead_code, reason = "of another program, which uses more of it")]
mod sample;
mod sliced;
mod trig;

use std::time::Duration;

use quaver::simd::Level;

use contest::{Arena, Contestant, Pace, Timing, interleaved, scalars};
use sample::Sample;

/// The groups, in the order that they run.
const GROUPS: &[Group] = &[("trig", trig::rows), ("sliced", sliced::rows)];

/// A name, and what times its rows.
type Group = (&'static str, fn(&mut Bench));

/// The longest transform of any group, in numbers.
const LONGEST: usize = 1 << 16;

fn main() {
    let mut bench = Bench::from_args();
    for &(name, rows) in GROUPS {
        if bench.groups.as_ref().is_none_or(|groups| groups.iter().any(|group| group == name)) {
            rows(&mut bench);
        }
    }
    match bench.worst {
        Some((score, row)) => println!("fft-more: worst ratio {score:.2} ({row})"),
        None => println!("fft-more: worst ratio 0.00 (no row)"),
    }
}

/// What every group gets: how to time, at which level, where, and the worst row so far.
pub struct Bench {
    pub level: Level,
    pub arena: Arena,
    pub quick: bool,
    groups: Option<Vec<String>>,
    sizes: Option<Vec<usize>>,
    worst: Option<(f64, String)>,
}

/// What a row asks of ours against one peer: so many times its speed. Without a number it is shown, and asks nothing.
pub struct Target {
    pub peer: &'static str,
    pub least: Option<f64>,
}

impl Bench {
    fn from_args() -> Self {
        let list = |words: String| words.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut bench = Self {
            level: Level::detect(),
            arena: Arena::new(scalars(LONGEST), 0),
            quick: false,
            groups: None,
            sizes: None,
            worst: None,
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().unwrap_or_else(|| usage());
            match arg.as_str() {
                "--cap" if value() == "avx2" => {
                    let level = Level::available().find(|level| level.name() == "avx2");
                    bench.level = level.expect("a machine with AVX2");
                }
                "--quick" => bench.quick = true,
                "--groups" => bench.groups = Some(list(value())),
                "--sizes" => {
                    let sizes =
                        list(value()).into_iter().map(|size| size.parse().unwrap_or_else(|_| usage()));
                    bench.sizes = Some(sizes.collect());
                }
                _ => usage(),
            }
        }
        println!("quaver: {}", bench.level);
        bench
    }

    /// The sizes of a group, or those that were asked for; two of them to see that it runs.
    pub fn sizes(&self, all: &[usize]) -> Vec<usize> {
        let sizes = self.sizes.clone().unwrap_or(all.to_vec());
        sizes.into_iter().take(if self.quick { 2 } else { usize::MAX }).collect()
    }

    /// Times contestants whose results are right, ours first, and prints one row: the least time of each, and ours against
    /// each peer.
    pub fn row<T: Sample>(&mut self, name: &str, mut contestants: Vec<Contestant<T>>, targets: &[Target]) {
        let pace = if self.quick {
            Pace { turn: Duration::from_micros(20), total: Duration::from_micros(200), rounds: 3 }
        } else {
            Pace { turn: Duration::from_micros(30), total: Duration::from_millis(20), rounds: 10 }
        };
        let times = interleaved(&mut contestants, &mut self.arena, pace);
        let ours = times[0].least;
        let mut line = format!("{name:<24} ours {ours:>8.1} ns");
        for (contestant, Timing { least, .. }) in contestants.iter().zip(&times).skip(1) {
            let ratio = least / ours;
            line += &format!("   {} {least:>8.1} ns {ratio:>5.2}x", contestant.peer);
            let target = targets.iter().find(|target| target.peer == contestant.peer);
            if let Some(asked) = target.and_then(|target| target.least) {
                line += &format!(" (>= {asked:.1}{})", if ratio < asked { ", missed" } else { "" });
                let score = ratio / asked;
                if self.worst.as_ref().is_none_or(|(worst, _)| score < *worst) {
                    self.worst = Some((score, format!("{name}, {}", contestant.peer)));
                }
            }
        }
        println!("{line}");
    }
}

fn usage() -> ! {
    eprintln!("usage: fft_more [--cap avx2] [--quick] [--groups a,b] [--sizes 120,960]");
    std::process::exit(2);
}
