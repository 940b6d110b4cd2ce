//! What the parts of a transform cost, in units of about a quarter of a cycle: how [`super::sliced`] cuts it into steps that
//! take the same time. No plan depends on it, and no result.
//!
//! Fitted to the times of steps on an Intel Xeon of 2023 (48 KiB and 2 MiB of cache a core), AVX2 and AVX-512, f32 and
//! f64, from 4096 to a million points. A pass costs its butterflies, and what its memory is away: more the larger the
//! transform, most where it reads or writes many rows at a time that are far apart.

/// Bytes that stay in the first cache.
const NEAR: usize = 32 << 10;

/// Memory that a pass goes through, of so many bytes in all; what each 64 of them cost in transforms of up to 64 KiB, 128
/// and so on, and those above 4 MiB.
#[derive(Clone, Copy, Debug)]
pub(super) enum Far {
    /// Rows of the caller's input, far apart, to lines.
    Input,
    /// Lines in place.
    Lines,
    /// Lines to rows of lines in the caller's output, far apart.
    Rows,
    /// Lines to rows of numbers in the caller's output, far apart.
    Output,
    /// Lines in place, all of them in each pass.
    Sweep,
    /// Lines to bins of a real transform from both ends, with tables as large.
    Bins,
    /// And bins to lines.
    FromBins,
    /// A tile of a matrix, from the input or to lines.
    Tile,
    /// A tile of a matrix to the output.
    TileOutput,
}

impl Far {
    const fn costs(self) -> [usize; 8] {
        match self {
            Self::Input => [0, 2, 9, 12, 31, 39, 43, 48],
            Self::Lines => [3, 4, 5, 10, 17, 18, 20, 20],
            Self::Rows => [4, 12, 30, 45, 60, 75, 90, 125],
            Self::Output => [4, 12, 16, 40, 55, 80, 90, 125],
            Self::Sweep => [2, 3, 4, 4, 4, 8, 14, 20],
            Self::Bins => [65, 90, 115, 170, 230, 260, 280, 300],
            Self::FromBins => [55, 80, 105, 115, 120, 135, 150, 160],
            Self::Tile => [4, 6, 8, 13, 20, 28, 32, 32],
            Self::TileOutput => [8, 12, 16, 22, 32, 42, 48, 48],
        }
    }

    /// For a line of `line` bytes in memory of `all` bytes.
    pub(super) fn cost(self, all: usize, line: usize) -> usize {
        let class = all.div_ceil(64 << 10).next_power_of_two().trailing_zeros();
        let costs = self.costs();
        if all <= NEAR { 0 } else { costs[(class & 15).min(7) as usize] * line / 64 }
    }
}

/// A line in a pass of a radix, of `line` bytes; `fused`: one of fused operations.
pub(super) fn line(radix: usize, line: usize, fused: bool) -> usize {
    let cost = match radix {
        8 if fused => return 29,
        2 => 15,
        3 | 4 => 13,
        5 | 6 => 21,
        7 => 28,
        8 => 16,
        9 | 10 | 12 => 27,
        _ => 20 + radix * 5 / 2,
    };
    // A wide register takes longer than a narrow one, though not twice as long.
    if line > 64 { cost * 4 / 3 } else { cost }
}

/// A line in the pass that joins the lanes, of `line` bytes, in a transform of `all` bytes.
pub(super) fn lane(all: usize, line: usize) -> usize {
    20 + line / 12 + Far::Output.cost(all, line)
}

/// A row of LANES bins and its mirror image, of `line` bytes each, at either end of a real transform of `all` bytes.
pub(super) fn join(far: Far, all: usize, line: usize) -> usize {
    25 + line / 2 + far.cost(all, line)
}

/// A line that is transposed.
pub(super) const fn turn(line: usize) -> usize {
    4 + line * 3 / 8
}

/// A line in what goes before or after the transforms of a real matrix of `all` bytes.
pub(super) fn end(all: usize, line: usize) -> usize {
    8 + Far::Tile.cost(all, line)
}

/// A point of a short length, which is one item of work.
pub(super) const SMALL: usize = 4;

/// Sixteenths of a unit: a point that is multiplied,
pub(super) const MULTIPLY: usize = 48;

/// one that is cleared or copied,
pub(super) const FILL: usize = 12;

/// one that is fetched by a table, or put where a table says,
pub(super) const PERMUTE: usize = 80;

/// and a pair of bins that is untangled.
pub(super) const UNTANGLE: usize = 110;
