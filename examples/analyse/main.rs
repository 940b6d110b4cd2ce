//! Analyses a WAV file: levels, spectral peaks, and a spectrogram in the terminal and as a PNG.
//!
//!     cargo run --release --example analyse -- [FILE.wav | -] [--json] [--png OUT] [--from S --to S]
//!
//! One pass in bounded memory, however long the sound is. The way of the samples:
//!
//! - `input` finds the format and the data, and reads them in blocks
//! - `analysis` turns blocks into planar f32, meters them, and hands them to
//! - `welch`, the mean power spectrum in which `peaks` fits sines (`window` is what both rely on), and
//! - `spectrogram`, which keeps as many columns as a picture has, drawn by
//! - `image` and `terminal` (`axis`, `colour` and `font` are their tools); `report` writes the words.

#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "places in a picture and counts of samples, bounded where they are made"
)]

mod analysis;
mod args;
mod axis;
mod colour;
mod demo;
mod font;
mod image;
mod input;
mod peaks;
mod progress;
mod report;
mod spectrogram;
mod terminal;
mod welch;
mod window;

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::args::{Args, Source};
use crate::axis::{FrequencyScale, Labels, LevelScale, TimeScale};
use crate::input::Input;
use crate::progress::Progress;
use crate::spectrogram::{Levels, Spectrogram};
use crate::terminal::Style;

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let args = match args::parse(lexopt::Parser::from_env()) {
        Ok(Some(args)) => args,
        Ok(None) => return exit(print(args::HELP)),
        Err(error) => {
            complain(&format!("{error}; --help tells more"));
            return ExitCode::from(WRONG_USAGE);
        }
    };
    exit(run(&args))
}

fn exit(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(FAILED)
        }
    }
}

/// One line on standard error; if even that is closed, the exit status has to do.
fn complain(error: &str) {
    let _ = writeln!(io::stderr(), "analyse: {error}");
}

fn run(args: &Args) -> Result<(), String> {
    let mut input = Input::open(args).map_err(|failure| failure.to_string())?;
    let picture = picture_path(args);
    let draw = picture.is_some() || !args.json;
    let mut progress = Progress::new(input.sample_rate, input.frames);
    let analysis = analysis::run(&mut input, draw, |done| progress.at(done));
    progress.finish();
    let analysis = analysis.map_err(|failure| failure.to_string())?;

    let style = style();
    if args.json {
        print(&report::json(&input, &analysis))?;
    } else {
        print(&report::text(&input, &analysis, style.width))?;
    }
    let Some(levels) = &analysis.levels else { return Ok(()) };
    let labels = labels(&input, analysis.frames, levels, args.from);
    if !args.json {
        print(&format!("\n{}", terminal::draw(levels, &labels, style)))?;
    }
    let Some(path) = picture else { return Ok(()) };
    let failed =
        |error: &dyn core::fmt::Display| format!("{}: the picture was not written: {error}", path.display());
    let picture = image::png(levels, &labels).map_err(|error| failed(&error))?;
    write(&path, &picture).map_err(|error| failed(&error))?;
    if args.json {
        return Ok(());
    }
    let name = report::printable(&path.to_string_lossy());
    print(&format!("\n{}", report::wrapped(&format!("picture: {name}"), style.width)))
}

fn labels(input: &Input, frames: u64, levels: &Levels, from: f64) -> Labels {
    Labels {
        title: report::printable(&input.title),
        subtitle: report::headline(input, frames),
        time: TimeScale { from, to: from + report::seconds(input, frames) },
        frequency: FrequencyScale {
            lowest_hz: spectrogram::LOWEST_HZ,
            highest_hz: Spectrogram::highest_hz(input.sample_rate),
        },
        level: LevelScale::new(levels.loudest()),
    }
}

/// Colour on a terminal that can show it, unless <https://no-color.org> is asked for.
fn style() -> Style {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    let colour = io::stdout().is_terminal() && !set("NO_COLOR") && !dumb;
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Style { width: columns.unwrap_or(80).max(Style::LEAST_WIDTH), colour }
}

/// Where the picture goes: to `--png`, for the demo to the build folder.
fn picture_path(args: &Args) -> Option<PathBuf> {
    let demo = matches!(args.source, Source::Demo).then(|| Path::new("target").join("analyse.png"));
    args.png.clone().or(demo)
}

fn write(path: &Path, picture: &[u8]) -> io::Result<()> {
    if path.starts_with("target") {
        fs::create_dir_all("target")?;
    }
    fs::write(path, picture)
}

/// Prints to standard output. A reader that has seen enough (`| head`) is no error.
fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}
