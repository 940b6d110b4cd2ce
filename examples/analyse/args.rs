//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
analyse - levels, spectral peaks and a spectrogram of a WAV file

usage: analyse [FILE.wav | -] [options]

  FILE.wav       the file; - reads it from standard input, of any length
                 without it: a short synthesised demo, drawn to target/analyse.png too
  --json         print one JSON object instead of the report
  --png OUT      draw the spectrogram to OUT
  --from S       analyse from second S on
  --to S         analyse up to second S; both must lie within the sound
  -h, --help     print this

Peaks are those of the mean power spectrum of all channels, 20 Hz to 0.45 x sample rate, at most ten;
0 dBFS is a full-scale sine. The spectrogram has colours on a terminal, unless NO_COLOR is set;
COLUMNS gives the width (at least 40), else 80. With --from or --to, frames and duration are those analysed.

exit status: 0 done; 1 input or output failed, one line on standard error; 2 wrong usage
";

/// Where the sound comes from.
#[derive(Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Stdin,
    Demo,
}

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) source: Source,
    pub(crate) json: bool,
    pub(crate) png: Option<PathBuf>,
    /// Seconds; zero when not given.
    pub(crate) from: f64,
    pub(crate) to: Option<f64>,
}

/// Reads the command line; `None` when help was asked for, an error in words when it makes no sense.
pub(crate) fn parse(parser: lexopt::Parser) -> Result<Option<Args>, String> {
    parse_lexopt(parser).map_err(|error| error.to_string())
}

fn parse_lexopt(mut parser: lexopt::Parser) -> Result<Option<Args>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut args = Args { source: Source::Demo, json: false, png: None, from: 0.0, to: None };
    while let Some(arg) = parser.next()? {
        match arg {
            Long("json") => args.json = true,
            Long("png") => args.png = Some(parser.value()?.into()),
            Long("from") => args.from = seconds("--from", &parser.value()?)?,
            Long("to") => args.to = Some(seconds("--to", &parser.value()?)?),
            Long("help") | Short('h') => return Ok(None),
            Value(name) if matches!(args.source, Source::Demo) => {
                args.source = if name == "-" { Source::Stdin } else { Source::File(name.into()) };
            }
            _ => return Err(arg.unexpected()),
        }
    }
    if args.to.is_some_and(|to| to <= args.from) {
        return Err("--to must be later than --from".into());
    }
    Ok(Some(args))
}

fn seconds(option: &str, text: &OsString) -> Result<f64, lexopt::Error> {
    let value = text.to_str().and_then(|text| text.parse::<f64>().ok());
    value
        .filter(|s| s.is_finite() && *s >= 0.0)
        .ok_or_else(|| format!("{option} takes seconds, zero or more, not {text:?}").into())
}
