//! A progress bar on standard error, when that is a terminal and there is something to wait for.

use core::time::Duration;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::Instant;

/// With its frame and the percentage it fits into 40 columns.
const WIDTH: usize = 30;
/// What is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);
const REDRAW: Duration = Duration::from_millis(80);

#[derive(Debug)]
pub(crate) struct Progress {
    /// When to draw next; never, when nobody looks.
    next: Option<Instant>,
    shown: bool,
    sample_rate: f64,
    frames: Option<u64>,
}

impl Progress {
    pub(crate) fn new(sample_rate: u32, frames: Option<u64>) -> Self {
        let next = stderr().is_terminal().then(|| Instant::now() + PATIENCE);
        Self { next, shown: false, sample_rate: f64::from(sample_rate), frames }
    }

    /// Tells that so many frames are done.
    pub(crate) fn at(&mut self, done: u64) {
        if self.next.is_some_and(|next| Instant::now() >= next) {
            self.next = Some(Instant::now() + REDRAW);
            self.shown = true;
            let s = done as f64 / self.sample_rate;
            let line = match self.frames {
                Some(frames) => {
                    let share = done as f64 / frames.max(1) as f64;
                    let filled = ((share * WIDTH as f64) as usize).min(WIDTH);
                    format!("{:#<filled$}{:-<2$} {3:3.0} %", "", "", WIDTH - filled, share * 100.0)
                }
                None => format!("{s:.0} s read"),
            };
            // A bar that cannot be drawn is no reason to stop.
            let _ = write!(stderr(), "\r[{line}]\x1b[K");
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(self) {
        if self.shown {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
