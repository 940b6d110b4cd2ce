//! Axes that the picture and the terminal share: which values get a mark, and what is written there.

/// What is written above the picture, and its axes.
#[derive(Debug)]
pub(crate) struct Labels {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) time: TimeScale,
    pub(crate) frequency: FrequencyScale,
    pub(crate) level: LevelScale,
}

/// The colours go from the loudest, rounded up, down to this far below it.
const RANGE_DB: f32 = 90.0;

/// The levels that the darkest and the lightest colour stand for, in dBFS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LevelScale {
    pub(crate) bottom: f32,
    pub(crate) top: f32,
}

impl LevelScale {
    pub(crate) fn new(loudest: f32) -> Self {
        // Adding zero takes the sign off a negative one.
        let top = if loudest > -190.0 { (loudest / 5.0).ceil() * 5.0 + 0.0 } else { 0.0 };
        Self { bottom: top - RANGE_DB, top }
    }

    /// Where a level lies on the scale, 0 to 1.
    pub(crate) fn place(self, level: f32) -> f64 {
        f64::from((level - self.bottom) / (self.top - self.bottom)).clamp(0.0, 1.0)
    }
}

/// A logarithmic axis of frequency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrequencyScale {
    pub(crate) lowest_hz: f64,
    pub(crate) highest_hz: f64,
}

impl FrequencyScale {
    /// Where a frequency lies, 0 at the bottom to 1 at the top.
    pub(crate) fn place(self, hz: f64) -> f64 {
        (hz / self.lowest_hz).ln() / (self.highest_hz / self.lowest_hz).ln()
    }

    /// 20, 50, 100, 200 ... Hz as far as the axis goes.
    pub(crate) fn marks(self) -> Vec<f64> {
        let decades = (0..10).map(|power| 10f64.powi(power));
        let marks = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|m| m * decade));
        marks.filter(|hz| (self.lowest_hz..=self.highest_hz).contains(hz)).collect()
    }

    /// The lines between the marks: 30, 40, 60 ... Hz.
    pub(crate) fn fine_marks(self) -> Vec<f64> {
        let decades = (0..10).map(|power| 10f64.powi(power));
        let marks = decades.flat_map(|decade| [3.0, 4.0, 6.0, 7.0, 8.0, 9.0].map(|m| m * decade));
        marks.filter(|hz| (self.lowest_hz..=self.highest_hz).contains(hz)).collect()
    }
}

/// `50`, `2k`, `20k`: hertz, short.
pub(crate) fn short_hz(hz: f64) -> String {
    match hz {
        hz if hz >= 1e6 => format!("{}M", hz / 1e6),
        hz if hz >= 1e3 => format!("{}k", hz / 1e3),
        hz => format!("{hz}"),
    }
}

/// A linear axis of time in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeScale {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl TimeScale {
    /// Where a time lies, 0 at the left to 1 at the right.
    pub(crate) fn place(self, s: f64) -> f64 {
        (s - self.from) / (self.to - self.from)
    }

    /// Round times, `most` or fewer, with their labels.
    pub(crate) fn marks(self, most: usize) -> Vec<(f64, String)> {
        let span = self.to - self.from;
        let least = span / most as f64;
        if !(least > 0.0 && least.is_finite()) {
            return Vec::new();
        }
        let small = (-7..=1).flat_map(|power| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(power)));
        let minutes = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0].map(|m| m * 60.0);
        let hours = (0..12).flat_map(|power| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(power) * 3600.0));
        let mut steps = small.filter(|s| *s <= 10.0).chain(minutes).chain(hours);
        let Some(step) = steps.find(|step| *step >= least) else { return Vec::new() };
        let first = (self.from / step).ceil() as u64;
        let places = if step < 1.0 { -step.log10().floor() } else { 0.0 } as usize;
        (first..)
            .map(|i| i as f64 * step)
            .take_while(|s| *s <= self.to + step * 1e-6)
            .map(|s| (s, if self.to < 60.0 { format!("{s:.places$}") } else { clock(s, places) }))
            .collect()
    }

    pub(crate) fn unit(self) -> &'static str {
        match self.to {
            to if to < 60.0 => "s",
            to if to < 3600.0 => "min:s",
            _ => "h:min:s",
        }
    }
}

/// `4:05`, `1:02:30`.
fn clock(s: f64, places: usize) -> String {
    let scale = 10u64.pow(places.min(9) as u32);
    let ticks = (s * scale as f64).round() as u64;
    let (whole, part) = (ticks / scale, ticks % scale);
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    let head = if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") };
    if places > 0 { format!("{head}.{part:0places$}") } else { head }
}
