//! The spectrogram in the terminal: half blocks in 24-bit colour, or plain characters.

use core::fmt::Write as _;

use crate::axis::{Labels, LevelScale, TimeScale, short_hz};
use crate::colour::{Rgb, colour};
use crate::spectrogram::Levels;

/// Lines of the picture.
const LINES: usize = 20;
/// Room for the labels of the frequency axis.
const MARGIN: usize = 6;
/// Cells of the colour bar: what is left of the least width beside its labels.
const BAR: usize = 20;
/// From quiet to loud, when there is no colour.
const SHADES_DB: f32 = 70.0;
const SHADES: &[u8] = b" .:-=+*#%@";

/// How the terminal is to be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Characters in a line.
    pub(crate) width: usize,
    pub(crate) colour: bool,
}

impl Style {
    /// What a picture with its axes needs; a narrower terminal breaks the lines.
    pub(crate) const LEAST_WIDTH: usize = 40;
}

/// Draws the spectrogram with its axes.
pub(crate) fn draw(levels: &Levels, labels: &Labels, style: Style) -> String {
    let Labels { time, frequency, mut level, .. } = *labels;
    if !style.colour {
        // Ten shades are few: they show the louder part of the scale.
        level.bottom = level.top - SHADES_DB;
    }
    let width = style.width.saturating_sub(MARGIN + 1).clamp(10, 400);
    let cells = if style.colour { 2 * LINES } else { LINES };
    let columns: Vec<Vec<f32>> = (0..width).map(|x| levels.column(x, width, cells)).collect();
    // An empty sound has no columns: it is drawn as silence.
    let at = |x: usize, cell: usize| level.place(columns[x].get(cell).copied().unwrap_or(-200.0));

    let mut marks = vec![String::new(); LINES];
    for hz in frequency.marks() {
        let line = ((1.0 - frequency.place(hz)) * LINES as f64) as usize;
        marks[line.min(LINES - 1)] = short_hz(hz);
    }
    let mut out = String::new();
    for (line, mark) in marks.iter().enumerate() {
        let _ = write!(out, "{mark:>MARGIN$} ");
        let mut pen = Pen::default();
        for x in 0..width {
            if style.colour {
                let (upper, lower) = (cells - 1 - 2 * line, cells - 2 - 2 * line);
                pen.half_block(&mut out, colour(at(x, upper)), colour(at(x, lower)));
            } else {
                let shade = at(x, cells - 1 - line) * (SHADES.len() - 1) as f64;
                out.push(char::from(SHADES[shade.round() as usize]));
            }
        }
        if style.colour {
            out.push_str("\x1b[0m");
        }
        let end = out.trim_end_matches(' ').len();
        out.truncate(end);
        out.push('\n');
    }
    out.push_str(&time_line(time, width));
    out.push_str(&legend(level, style.colour));
    out
}

/// Writes cells and changes colours only where they change.
#[derive(Default)]
struct Pen {
    upper: Option<Rgb>,
    lower: Option<Rgb>,
}

impl Pen {
    fn half_block(&mut self, out: &mut String, upper: Rgb, lower: Rgb) {
        if self.upper.replace(upper) != Some(upper) {
            let [r, g, b] = upper;
            let _ = write!(out, "\x1b[38;2;{r};{g};{b}m");
        }
        if self.lower.replace(lower) != Some(lower) {
            let [r, g, b] = lower;
            let _ = write!(out, "\x1b[48;2;{r};{g};{b}m");
        }
        out.push('\u{2580}');
    }
}

/// Labels under the time axis, each starting below its moment.
fn time_line(time: TimeScale, width: usize) -> String {
    let mut line = format!("{:>MARGIN$} ", "Hz");
    let unit = time.unit();
    for (s, label) in time.marks(width / 9) {
        let place = MARGIN + 1 + (time.place(s) * width as f64) as usize;
        if place >= line.len() && place + label.len() + unit.len() < MARGIN + 1 + width {
            line.push_str(&" ".repeat(place - line.len()));
            line.push_str(&label);
        }
    }
    let end = MARGIN + 1 + width - unit.len();
    line.push_str(&" ".repeat(end.saturating_sub(line.len())));
    line + unit + "\n"
}

fn legend(level: LevelScale, coloured: bool) -> String {
    let mut line = format!("{:>MARGIN$} {} ", "", level.bottom);
    if coloured {
        for i in 0..BAR {
            let [r, g, b] = colour(i as f64 / (BAR - 1) as f64);
            let _ = write!(line, "\x1b[48;2;{r};{g};{b}m ");
        }
        line.push_str("\x1b[0m");
    } else {
        line.extend(SHADES.iter().copied().map(char::from));
    }
    let _ = writeln!(line, " {} dBFS", level.top);
    line
}
