//! Transforms of quaver and of everything a user could pick instead, in turns within one process, each result held
//! against the definition before it is timed. `scripts/bench-fft.sh` builds and runs it, and makes tables of what it
//! writes: a line per contestant.
//!
//!     fft [--cap avx2] [--quick] [--groups a,b] [--sizes 64,480] [--kinds c32,r64] [--offset BYTES] OUT.csv
//!
//! `--cap avx2` holds ours and the loaded libraries to AVX2; the crates are built without AVX-512 for that. The folder
//! of IPP and MKL is in QUAVER_PEERS, that of FFTW's wisdom in QUAVER_WISDOM. `--offset` moves all slices by so many
//! bytes from the start of a cache line.

mod contest;
mod loaded;
mod memory;
mod ours;
mod rust;
mod sample;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

use quaver::simd::Level;

use contest::{
    Arena, Contestant, Expected, Form, Kind, Pace, Timing, interleaved, least_and_median, scalars,
};
use loaded::Loaded;
use sample::Sample;

/// The seed of the lengths that are taken at random.
const SEED: u64 = 4;

const AUDIO: [usize; 12] = [120, 240, 441, 480, 882, 960, 1764, 1920, 2880, 4410, 44_100, 48_000];
/// Three primes, and 2047 = 23 * 89.
const PRIMES: [usize; 4] = [97, 1009, 2047, 3001];
const LARGE: [usize; 3] = [1 << 17, 1 << 18, 1 << 20];
const PLANS: [usize; 3] = [480, 1024, 65_536];
/// Primes p whose p - 1 has no factor above 7; others; and composites with factors 11 and 13.
const EASY_PRIMES: [usize; 6] = [97, 257, 1009, 3001, 8101, 40_961];
const HARD_PRIMES: [usize; 6] = [107, 263, 1019, 2999, 10_007, 32_771];
const UP_TO_13: [usize; 10] = [88, 143, 352, 440, 1056, 1331, 2002, 4004, 9009, 48_048];

fn main() {
    let options = Options::from_args();
    let powers: Vec<usize> = (4..=16).map(|log| 1 << log).collect();
    let scalar: Vec<usize> = (6..=12).map(|log| 1 << log).collect();
    let random = seven_smooth(SEED, 20);
    let all = ["c32", "r32", "c64", "r64"];
    // What is compared, and of which kinds. The shorter list is enough to see that all of it runs.
    let groups: [(&str, &[usize], &[&str]); 10] = [
        ("powers", &powers, &all),
        ("audio", &AUDIO, &all),
        ("primes", &PRIMES, &["c32"]),
        ("random", &random, &all),
        ("large", &LARGE, &["c32", "c64"]),
        ("scalar", &scalar, &["c32", "c64"]),
        ("plan", &PLANS, &all),
        ("easy primes", &EASY_PRIMES, &["c32", "r32"]),
        ("hard primes", &HARD_PRIMES, &["c32", "r32"]),
        ("11 and 13", &UP_TO_13, &["c32", "r32"]),
    ];

    let mut bench = Bench::new(options);
    for (group, lens, kinds) in groups {
        let lens = bench.options.sizes.clone().unwrap_or(lens.to_vec());
        for kind in kinds {
            for &len in lens.iter().take(if bench.options.quick { 2 } else { usize::MAX }) {
                if !bench.options.wants(&bench.options.groups, group)
                    || !bench.options.wants(&bench.options.kinds, kind)
                {
                    continue;
                }
                let domain = if kind.starts_with('c') { Kind::Complex } else { Kind::Real };
                if kind.ends_with("32") {
                    bench.row::<f32>(group, kind, domain, len);
                } else {
                    bench.row::<f64>(group, kind, domain, len);
                }
            }
        }
    }
    if let Ok(fftw) = &bench.loaded.fftw {
        fftw.save();
    }
    bench.out.flush().expect("the output can be written");
}

struct Options {
    avx2: bool,
    quick: bool,
    groups: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    sizes: Option<Vec<usize>>,
    offset: usize,
    out: PathBuf,
}

impl Options {
    fn from_args() -> Self {
        let list = |words: String| words.split(',').map(str::to_owned).collect::<Vec<_>>();
        let number = |word: &str| word.parse::<usize>().unwrap_or_else(|_| usage());
        let mut options = Self {
            avx2: false,
            quick: false,
            groups: None,
            kinds: None,
            sizes: None,
            offset: 0,
            out: PathBuf::new(),
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().unwrap_or_else(|| usage());
            match arg.as_str() {
                "--cap" => options.avx2 = value() == "avx2" || usage(),
                "--quick" => options.quick = true,
                "--groups" => options.groups = Some(list(value())),
                "--kinds" => options.kinds = Some(list(value())),
                "--sizes" => options.sizes = Some(list(value()).iter().map(|word| number(word)).collect()),
                "--offset" => options.offset = number(&value()),
                path if !path.starts_with('-') => options.out = PathBuf::from(path),
                _ => usage(),
            }
        }
        if options.out.as_os_str().is_empty() {
            usage();
        }
        options
    }

    fn wants(&self, list: &Option<Vec<String>>, word: &str) -> bool {
        list.as_ref().is_none_or(|list| list.iter().any(|wanted| wanted == word))
    }

    fn pace(&self) -> Pace {
        if self.quick {
            Pace { turn: Duration::from_micros(20), total: Duration::from_micros(200), rounds: 3 }
        } else {
            Pace { turn: Duration::from_micros(30), total: Duration::from_millis(20), rounds: 10 }
        }
    }
}

fn usage() -> ! {
    eprintln!(
        "usage: fft [--cap avx2] [--quick] [--groups a,b] [--sizes 64,480] [--kinds c32,r64] [--offset BYTES] OUT.csv"
    );
    std::process::exit(2);
}

struct Bench {
    options: Options,
    level: Level,
    loaded: Loaded,
    arena: Arena,
    out: BufWriter<File>,
}

impl Bench {
    fn new(options: Options) -> Self {
        let folder = |name: &str| PathBuf::from(std::env::var_os(name).unwrap_or_default());
        let loaded = Loaded::load(&folder("QUAVER_PEERS"), &folder("QUAVER_WISDOM"), options.avx2);
        let level = if options.avx2 {
            Level::available().find(|level| level.name() == "avx2").expect("a machine with AVX2")
        } else {
            Level::detect()
        };
        let longest =
            options.sizes.as_ref().map_or(LARGE[2], |sizes| sizes.iter().copied().max().unwrap_or(0));
        let longest = if options.quick { longest.min(LARGE[1]) } else { longest };
        // Neighbours are up to a tenth longer.
        let arena = Arena::new(scalars(longest + longest / 8), options.offset);
        let mut out = BufWriter::new(File::create(&options.out).expect("the output can be made"));
        // The reason is for who runs it: it may hold a path, which has no place in a table.
        let mut note = |name: &str, found: Result<&str, &String>| {
            match found {
                Ok(version) => println!("{name}: {version}"),
                Err(reason) => println!("{name}: absent ({reason})"),
            }
            writeln!(out, "# {name}: {}", found.unwrap_or("absent")).expect("the output can be written");
        };
        note("quaver", Ok(level.name()));
        note("IPP", loaded.ipp.as_ref().map(|ipp| ipp.version.as_str()));
        note("MKL", loaded.mkl.as_ref().map(|mkl| mkl.version.as_str()));
        note("FFTW", loaded.fftw.as_ref().map(|fftw| fftw.version.as_str()));
        writeln!(out, "group,kind,points,peer,form,least_ns,median_ns,plan_ns,plan_bytes,scratch_bytes")
            .expect("the output can be written");
        Self { options, level, loaded, arena, out }
    }

    fn row<T: Sample>(&mut self, group: &str, name: &str, kind: Kind, len: usize) {
        match group {
            "plan" => self.plans::<T>(group, name, kind, len),
            "easy primes" | "hard primes" | "11 and 13" => self.neighbours::<T>(group, name, kind, len),
            _ => {
                let mut contestants =
                    if group == "scalar" { self.scalar(kind, len) } else { self.all(kind, len) };
                let mut expected = Expected::<T>::new(kind, len);
                contestants.retain_mut(|contestant| expected.check(contestant, &mut self.arena));
                let times = interleaved(&mut contestants, &mut self.arena, self.options.pace());
                for (contestant, timing) in contestants.iter().zip(times) {
                    self.write(group, name, len, contestant, timing);
                }
            }
        }
    }

    /// Ours in every form, first forward: the inverse is checked with its result; and every peer.
    fn all<T: Sample>(&mut self, kind: Kind, len: usize) -> Vec<Contestant<T>> {
        let forms: &[Form] = match kind {
            Kind::Complex => &[Form::Forward, Form::InPlace, Form::Inverse],
            Kind::Real => &[Form::Forward, Form::Inverse],
        };
        let ours = |&form| ours::contestant(kind, len, self.level, form, "quaver");
        let mut all: Vec<Contestant<T>> = forms.iter().map(ours).collect();
        all.extend(rust::contestants(kind, len));
        all.extend(self.loaded.contestants(kind, len, self.arena.slices(scalars(len))));
        all
    }

    fn scalar<T: Sample>(&mut self, kind: Kind, len: usize) -> Vec<Contestant<T>> {
        let mut all = vec![ours::contestant(kind, len, Level::Scalar, Form::Forward, "quaver scalar")];
        all.extend(rust::scalar(len));
        all
    }

    /// Ours against ours: the length beside lengths without a factor above 7 within a tenth of it. All of those are
    /// looked at in short, and the best three of them timed with it.
    fn neighbours<T: Sample>(&mut self, group: &str, name: &str, kind: Kind, len: usize) {
        let smooth = (len - len / 10..=len + len / 10).filter(|&len| is_seven_smooth(len));
        let plan = |len| ours::contestant::<T>(kind, len, self.level, Form::Forward, "quaver");
        let mut contestants: Vec<_> = smooth.map(plan).collect();
        let short = Pace { turn: Duration::from_micros(20), total: Duration::from_micros(100), rounds: 5 };
        let times = interleaved(&mut contestants, &mut self.arena, short);
        let mut order: Vec<usize> = (0..contestants.len()).collect();
        order.sort_by(|&a, &b| times[a].least.total_cmp(&times[b].least));
        order.truncate(3);
        let mut chosen: Vec<_> = vec![plan(len)];
        chosen.extend(order.iter().map(|&i| plan(contestants[i].len)));
        for contestant in &mut chosen {
            Expected::new(kind, contestant.len).check(contestant, &mut self.arena);
        }
        let times = interleaved(&mut chosen, &mut self.arena, self.options.pace());
        for (contestant, timing) in chosen.iter_mut().zip(times) {
            if contestant.len != len {
                contestant.peer = format!("quaver {}", contestant.len);
            }
            self.write(group, name, len, contestant, timing);
        }
    }

    /// The time of planning, in turns; and the bytes of a plan.
    fn plans<T: Sample>(&mut self, group: &str, name: &str, kind: Kind, len: usize) {
        let rounds = if self.options.quick { 3 } else { 25 };
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            ours.push(ours::plan::<T>(kind, len, self.level).as_secs_f64() * 1e9);
            if let Ok(ipp) = &self.loaded.ipp {
                theirs.extend(ipp.plan_time::<T>(kind, len).map(|took| took.as_secs_f64() * 1e9));
            }
        }
        let all = self.all::<T>(kind, len);
        let of = |peer| all.iter().find(|c| c.peer == peer && c.form == Form::Forward);
        if let Some(contestant) = of("quaver") {
            self.write(group, name, len, contestant, least_and_median(ours));
        }
        if let (Some(contestant), false) = (of("ipp"), theirs.is_empty()) {
            self.write(group, name, len, contestant, least_and_median(theirs));
        }
    }

    fn write<T>(&mut self, group: &str, kind: &str, len: usize, contestant: &Contestant<T>, timing: Timing) {
        let (Timing { least, median }, plan) = (timing, contestant.plan);
        writeln!(
            self.out,
            "{group},{kind},{len},{},{},{least:.1},{median:.1},{},{},{}",
            contestant.peer,
            contestant.form.name(),
            plan.took.as_nanos(),
            plan.bytes,
            plan.scratch,
        )
        .expect("the output can be written");
    }
}

/// Whether 2, 3, 5 and 7 are all its prime factors.
fn is_seven_smooth(mut n: usize) -> bool {
    for p in [2, 3, 5, 7] {
        while n.is_multiple_of(p) {
            n /= p;
        }
    }
    n == 1
}

/// So many different lengths from 18 to 65,536 that are 7-smooth and in no other group, ascending.
fn seven_smooth(seed: u64, count: usize) -> Vec<usize> {
    let from = |n: &usize| is_seven_smooth(*n) && !n.is_power_of_two() && !AUDIO.contains(n);
    let mut pool: Vec<usize> = (18..65_536).filter(from).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(seed + 1);
    let mut taken = Vec::new();
    for _ in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        taken.push(pool.swap_remove((state % pool.len() as u64) as usize));
    }
    taken.sort_unstable();
    taken
}
