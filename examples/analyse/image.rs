//! The spectrogram as a PNG: log frequency over time, with axes and the scale of levels.

use crate::axis::{FrequencyScale, Labels, LevelScale, TimeScale, short_hz};
use crate::colour::colour;
use crate::font::{self, Point};
use crate::spectrogram::{COLUMNS, Levels, ROWS};

const LEFT: usize = 88;
const TOP: usize = 80;
const RIGHT: usize = LEFT + COLUMNS;
const BOTTOM: usize = TOP + ROWS;
const BAR_LEFT: usize = RIGHT + 20;
const BAR_RIGHT: usize = BAR_LEFT + 16;
const WIDTH: usize = BAR_RIGHT + 66;
const HEIGHT: usize = BOTTOM + 66;

/// The palette: first the colours of the map, then greys from paper to ink.
const MAP: usize = 208;
const GREYS: usize = 256 - MAP;
const PAPER: u8 = MAP as u8;
const INK: [u8; 3] = [0x1b, 0x1d, 0x23];

/// Draws the picture and gives the bytes of its PNG file.
pub(crate) fn png(levels: &Levels, labels: &Labels) -> Result<Vec<u8>, png::EncodingError> {
    let mut canvas = Canvas::new();
    canvas.spectrogram(levels, labels.level);
    canvas.frequency_axis(labels.frequency);
    canvas.time_axis(labels.time);
    canvas.level_scale(labels.level);
    canvas.frame(LEFT, TOP, RIGHT, BOTTOM);
    let room = (WIDTH - LEFT - 20) as f64;
    canvas.text(&fitting(&labels.title, 14.0, room), 14.0, 1.15, (LEFT as f64, 38.0), Anchor::Start);
    canvas.text(&fitting(&labels.subtitle, 9.0, room), 9.0, 0.75, (LEFT as f64, 62.0), Anchor::Start);

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette());
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&canvas.pixels)?;
    Ok(file)
}

fn palette() -> Vec<u8> {
    let map = (0..MAP).map(|i| colour(i as f64 / (MAP - 1) as f64));
    let greys = (0..GREYS).map(|i| {
        let ink = i as f64 / (GREYS - 1) as f64;
        INK.map(|c| (255.0 - ink * (255.0 - f64::from(c))).round() as u8)
    });
    map.chain(greys).flatten().collect()
}

/// `text`, or as much of it as `room` pixels take.
fn fitting(text: &str, size: f64, room: f64) -> String {
    if font::width(text, size) <= room {
        return text.to_owned();
    }
    let mut short = text.to_owned();
    while short.pop().is_some() && font::width(&short, size) + 3.0 * size > room {}
    short + "..."
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
    End,
    /// Centred, and turned to read upwards.
    Upward,
}

struct Canvas {
    pixels: Vec<u8>,
}

impl Canvas {
    fn new() -> Self {
        Self { pixels: vec![PAPER; WIDTH * HEIGHT] }
    }

    fn spectrogram(&mut self, levels: &Levels, scale: LevelScale) {
        for x in 0..COLUMNS {
            let column = levels.column(x, COLUMNS, ROWS);
            for y in 0..ROWS {
                // An empty sound is drawn as silence.
                let level = column.get(ROWS - 1 - y).copied().unwrap_or(-200.0);
                self.pixels[(TOP + y) * WIDTH + LEFT + x] =
                    (scale.place(level) * (MAP - 1) as f64).round() as u8;
            }
        }
    }

    fn frequency_axis(&mut self, scale: FrequencyScale) {
        let row = |hz: f64| BOTTOM as f64 - scale.place(hz) * ROWS as f64;
        for hz in scale.fine_marks() {
            self.rectangle(LEFT - 4, row(hz).round() as usize, 4, 1, 0.45);
        }
        for hz in scale.marks() {
            let y = row(hz).round();
            self.rectangle(LEFT - 7, y as usize, 7, 1, 1.0);
            self.text(&short_hz(hz), 9.0, 0.8, (LEFT as f64 - 12.0, y + 5.0), Anchor::End);
        }
        self.text("frequency, Hz", 9.0, 0.8, (30.0, (TOP + ROWS / 2) as f64), Anchor::Upward);
    }

    fn time_axis(&mut self, scale: TimeScale) {
        for (s, label) in scale.marks(12) {
            let x = LEFT as f64 + scale.place(s) * (COLUMNS - 1) as f64;
            self.rectangle(x.round() as usize, BOTTOM, 1, 7, 1.0);
            self.text(&label, 9.0, 0.8, (x, BOTTOM as f64 + 22.0), Anchor::Middle);
        }
        let title = format!("time, {}", scale.unit());
        self.text(&title, 9.0, 0.8, ((LEFT + COLUMNS / 2) as f64, BOTTOM as f64 + 48.0), Anchor::Middle);
    }

    fn level_scale(&mut self, scale: LevelScale) {
        for y in 0..ROWS {
            let shade = ((ROWS - 1 - y) * (MAP - 1) / (ROWS - 1)) as u8;
            let start = (TOP + y) * WIDTH;
            self.pixels[start + BAR_LEFT..start + BAR_RIGHT].fill(shade);
        }
        self.frame(BAR_LEFT, TOP, BAR_RIGHT, BOTTOM);
        let mut level = (scale.top / 10.0).floor() * 10.0;
        while level >= scale.bottom {
            let y = BOTTOM as f64 - scale.place(level) * ROWS as f64;
            self.rectangle(BAR_RIGHT, y.round() as usize, 5, 1, 1.0);
            self.text(&format!("{level}"), 9.0, 0.8, (BAR_RIGHT as f64 + 10.0, y + 4.5), Anchor::Start);
            level -= 10.0;
        }
        self.text("dBFS", 9.0, 0.8, (BAR_LEFT as f64, TOP as f64 - 12.0), Anchor::Start);
    }

    /// A thin line around a rectangle of the picture.
    fn frame(&mut self, left: usize, top: usize, right: usize, bottom: usize) {
        self.rectangle(left - 1, top - 1, right - left + 2, 1, 1.0);
        self.rectangle(left - 1, bottom, right - left + 2, 1, 1.0);
        self.rectangle(left - 1, top - 1, 1, bottom - top + 2, 1.0);
        self.rectangle(right, top - 1, 1, bottom - top + 2, 1.0);
    }

    fn rectangle(&mut self, left: usize, top: usize, width: usize, height: usize, ink: f64) {
        for y in top..top + height {
            for x in left..left + width {
                self.ink(x, y, ink);
            }
        }
    }

    /// Text with capitals of `size` pixels, drawn with a round pen of radius `pen`.
    fn text(&mut self, text: &str, size: f64, pen: f64, (x, y): Point, anchor: Anchor) {
        let width = font::width(text, size);
        let (start, upward) = match anchor {
            Anchor::Start => ((x, y), false),
            Anchor::Middle => ((x - width / 2.0, y), false),
            Anchor::End => ((x - width, y), false),
            Anchor::Upward => ((x, y + width / 2.0), true),
        };
        font::strokes(text, size, start, upward, |a, b| self.line(a, b, pen));
    }

    /// A straight line with round ends, its edge smoothed over one pixel.
    fn line(&mut self, a: Point, b: Point, pen: f64) {
        let reach = pen + 1.0;
        let range = |a: f64, b: f64, end: usize| {
            let (low, high) = ((a.min(b) - reach).floor().max(0.0), (a.max(b) + reach).ceil().max(0.0));
            low as usize..(high as usize + 1).min(end)
        };
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx * dx + dy * dy;
        for y in range(a.1, b.1, HEIGHT) {
            for x in range(a.0, b.0, WIDTH) {
                let (px, py) = (x as f64 + 0.5 - a.0, y as f64 + 0.5 - a.1);
                let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
                let distance = (px - along * dx).hypot(py - along * dy);
                self.ink(x, y, pen + 0.5 - distance);
            }
        }
    }

    /// Darkens a pixel of the paper; the picture itself is not written on.
    fn ink(&mut self, x: usize, y: usize, ink: f64) {
        if let Some(pixel) = self.pixels.get_mut(y * WIDTH + x) {
            let grey = PAPER + (ink.clamp(0.0, 1.0) * (GREYS - 1) as f64).round() as u8;
            if *pixel >= PAPER {
                *pixel = (*pixel).max(grey);
            }
        }
    }
}
