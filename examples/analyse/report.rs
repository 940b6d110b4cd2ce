//! What is printed: a page of text, or one JSON object.

use core::fmt::Write as _;

use quaver::dsp::level::Meter;

use crate::analysis::Analysis;
use crate::input::Input;
use crate::peaks::Peak;

/// The report, without the spectrogram, in lines of at most `width` characters.
pub(crate) fn text(input: &Input, analysis: &Analysis, width: usize) -> String {
    let mut out = wrapped(&printable(&input.name), width);
    out += &wrapped(&headline(input, analysis.frames), width);
    out += &format!("\n{}\n", channels(&analysis.meters, width));

    let findings = &analysis.findings;
    if findings.peaks.is_empty() {
        out += "no spectral peaks\n";
    } else {
        out += &peaks(&findings.peaks, width);
    }
    let (centroid, floor) = (findings.centroid_hz, decibels(findings.noise_floor_dbfs));
    let centroid = if centroid.is_finite() { format!("{centroid:.1} Hz") } else { "none".to_owned() };
    out.push('\n');
    out += &wrapped(&format!("centroid {centroid}, noise floor {floor} dBFS (median bin)"), width);
    for warning in &input.warnings {
        out += &wrapped(&format!("warning: {warning}"), width);
    }
    out
}

/// A table of the channels, or sentences where that is too wide.
fn channels(meters: &[Meter], width: usize) -> String {
    let mut table = "channel  peak dBFS   RMS dBFS        DC   crest dB   clipped runs\n".to_owned();
    let mut sentences = String::new();
    for (c, meter) in meters.iter().enumerate() {
        let name = match (c, meters.len()) {
            (0, 1) => "mono".to_owned(),
            (0, 2) => "left".to_owned(),
            (1, 2) => "right".to_owned(),
            _ => (c + 1).to_string(),
        };
        let (peak, rms, dc) = (decibels(meter.peak_dbfs()), decibels(meter.rms_dbfs()), meter.dc());
        let (crest, clipped) = (decibels(meter.crest_db()), meter.clipped_runs());
        table += &format!("{name:7}  {peak:>9}  {rms:>9}  {dc:>8.5}  {crest:>9}  {clipped:>13}\n");
        sentences += &wrapped(
            &format!(
                "{name}: peak dBFS {peak}, RMS dBFS {rms}, DC {dc:.5}, crest dB {crest}, clipped runs {clipped}"
            ),
            width,
        );
    }
    if fits(&table, width) { table } else { sentences }
}

/// A table of the peaks, or sentences where that is too wide.
fn peaks(peaks: &[Peak], width: usize) -> String {
    let mut table = "peak   frequency Hz  level dBFS  note     cents\n".to_owned();
    let mut sentences = String::new();
    for (i, peak) in (1..).zip(peaks) {
        let (note, cents) = note(peak.frequency_hz);
        let (hz, level) = (peak.frequency_hz, decibels(peak.level_dbfs));
        let cents = (cents * 10.0).round() / 10.0 + 0.0;
        table += &format!("{i:4}  {hz:>13.3}  {level:>10}  {note:5}  {cents:>+7.1}\n");
        let sentence = format!("peak {i}: {hz:.3} Hz, {level} dBFS, {note} {cents:+.1} cents");
        sentences += &wrapped(&sentence, width);
    }
    if fits(&table, width) { table } else { sentences }
}

fn fits(text: &str, width: usize) -> bool {
    text.lines().all(|line| line.chars().count() <= width)
}

/// `text` in lines of at most `width` characters, broken between words, the later lines set in.
///
/// A word that no line has room for is broken where the line ends.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    const INDENT: &str = "  ";
    let (mut out, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        let len = word.chars().count();
        let space = usize::from(!out.is_empty());
        if used + space + len <= width {
            out.push_str(&" "[..space]);
            used += space;
        } else if !out.is_empty() {
            out = format!("{}\n{INDENT}", out.trim_end_matches(' '));
            used = INDENT.len();
        }
        for c in word.chars() {
            if used >= width.max(INDENT.len() + 1) {
                out = format!("{out}\n{INDENT}");
                used = INDENT.len();
            }
            out.push(c);
            used += 1;
        }
    }
    out + "\n"
}

/// Format, rate, channels and length in one line.
pub(crate) fn headline(input: &Input, frames: u64) -> String {
    let channels = match input.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    };
    let s = seconds(input, frames);
    let length = if s < 60.0 {
        format!("{s:.3} s")
    } else {
        let ms = (s * 1000.0).round() as u64;
        let (h, m, s, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        if h > 0 { format!("{h}:{m:02}:{s:02}.{ms:03}") } else { format!("{m}:{s:02}.{ms:03}") }
    };
    format!("{}, {} Hz, {channels}, {length} ({frames} frames)", input.format, input.sample_rate)
}

pub(crate) fn seconds(input: &Input, frames: u64) -> f64 {
    frames as f64 / f64::from(input.sample_rate)
}

/// A file's name without what would move the cursor.
pub(crate) fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn decibels(db: f64) -> String {
    // Adding zero takes the sign off a negative one.
    if db.is_finite() { format!("{:.2}", (db * 100.0).round() / 100.0 + 0.0) } else { "-inf".to_owned() }
}

/// The nearest note of equal temperament (A4 = 440 Hz), and how far above it the frequency lies.
fn note(hz: f64) -> (String, f64) {
    const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
    let number = 69.0 + 12.0 * (hz / 440.0).log2();
    let nearest = number.round();
    let key = nearest as i64;
    let name = NAMES[key.rem_euclid(12) as usize];
    (format!("{name}{}", key.div_euclid(12) - 1), 100.0 * (number - nearest))
}

/// The report as one JSON object.
pub(crate) fn json(input: &Input, analysis: &Analysis) -> String {
    let findings = &analysis.findings;
    let members = [
        ("file", string(&input.name)),
        ("format", string(&input.format)),
        ("sample_rate", input.sample_rate.to_string()),
        ("channels", input.channels.to_string()),
        ("frames", analysis.frames.to_string()),
        ("duration_s", number(seconds(input, analysis.frames), 9)),
        ("channel", array(analysis.meters.iter().map(channel))),
        ("peaks", array(findings.peaks.iter().map(peak))),
        ("centroid_hz", number(findings.centroid_hz, 4)),
        ("noise_floor_dbfs", number(findings.noise_floor_dbfs, 4)),
        ("warnings", array(input.warnings.iter().map(|warning| string(warning)))),
    ];
    let lines: Vec<String> = members.iter().map(|(key, value)| format!("  \"{key}\": {value}")).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

fn channel(meter: &Meter) -> String {
    let (peak, rms) = (number(meter.peak_dbfs(), 4), number(meter.rms_dbfs(), 4));
    let (dc, crest) = (number(meter.dc(), 9), number(meter.crest_db(), 4));
    let clipped = meter.clipped_runs();
    format!(
        "{{\"peak_dbfs\": {peak}, \"rms_dbfs\": {rms}, \"dc\": {dc}, \"crest_db\": {crest}, \"clipped\": {clipped}}}"
    )
}

fn peak(peak: &Peak) -> String {
    let (name, cents) = note(peak.frequency_hz);
    let (hz, level) = (number(peak.frequency_hz, 5), number(peak.level_dbfs, 4));
    let (name, cents) = (string(&name), number(cents, 3));
    format!("{{\"frequency_hz\": {hz}, \"level_dbfs\": {level}, \"note\": {name}, \"cents\": {cents}}}")
}

fn array(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "[]".to_owned() } else { format!("[\n    {}\n  ]", items.join(",\n    ")) }
}

/// A number with so many decimals at most; null for what JSON cannot say.
fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "null".to_owned();
    }
    let text = format!("{value:.decimals$}");
    let short = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_have_names_and_cents() {
        for (hz, name, cents) in
            [(440.0, "A4", 0.0), (261.6256, "C4", 0.0), (27.5, "A0", 0.0), (20.0, "D#0", 48.7)]
        {
            let (found, off) = note(hz);
            assert_eq!(found, name);
            assert!((off - cents).abs() < 0.05, "{hz}: {off}");
        }
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 13), "one two three\n");
        assert_eq!(wrapped("one two three", 12), "one two\n  three\n");
        assert_eq!(wrapped("one two three", 7), "one two\n  three\n");
        assert_eq!(wrapped("a four-teen b", 6), "a\n  four\n  -tee\n  n b\n");
        assert_eq!(wrapped("", 10), "\n");
        assert_eq!(wrapped("\u{e9}\u{e9}\u{e9} \u{e9}", 5), "\u{e9}\u{e9}\u{e9} \u{e9}\n");
    }

    #[test]
    fn json_values_are_well_formed() {
        assert_eq!(number(-0.0, 4), "0");
        assert_eq!(number(100.0, 0), "100");
        assert_eq!(number(12.3400, 4), "12.34");
        assert_eq!(number(f64::NAN, 4), "null");
        assert_eq!(number(f64::NEG_INFINITY, 4), "null");
        assert_eq!(string("a\"b\\c\u{7}"), "\"a\\\"b\\\\c\\u0007\"");
    }
}
