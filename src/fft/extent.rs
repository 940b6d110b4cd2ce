//! How much of a transform a run carries out: all of it, or the part that a budget allows.
//!
//! A run is a walk over items of work, always in the same order: butterflies of a pass, blocks of a lane pass, some points
//! of a product. Each has a cost in units, and begins where the costs before it end. A [`Part`] from one unit to another
//! takes the items that begin in it: parts that follow each other take every item once, wherever they are cut. So where a
//! job stands is one number, and whoever begins again has nothing to undo.
//!
//! The walk is written once, generic in its extent: for [`All`] the compiler leaves nothing of it.

use core::ops::Range;

/// Points of an item of work that goes point by point: a multiple of the lanes of every level.
const POINTS: usize = 64;

/// How much of a walk is carried out.
pub(super) trait Extent {
    /// It is all: ranges are whole.
    const ALL: bool;

    /// What an item costs, which a run of all does not ask.
    #[inline(always)]
    fn cost(&self, of: impl FnOnce() -> usize) -> usize {
        if Self::ALL { 0 } else { of() }
    }

    /// Goes past `count` items of `cost` units each, and returns those to be carried out now.
    fn take(&mut self, count: usize, cost: usize) -> Range<usize>;

    /// Goes past `work` units if none of it is to be carried out now; tells whether it did.
    fn skip(&mut self, work: u64) -> bool;

    /// What is left of the walk is not to be carried out: it may end here.
    fn is_over(&self) -> bool;

    /// As [`Extent::take`], of `len` points which cost so many sixteenths of a unit each: a range that begins and, but for
    /// the last, ends with a multiple of the lanes of every level.
    #[inline(always)]
    fn points(&mut self, len: usize, sixteenths: usize) -> Range<usize> {
        if Self::ALL {
            return 0..len;
        }
        let items = self.take(len.div_ceil(POINTS), POINTS / 16 * sixteenths);
        (items.start * POINTS).min(len)..(items.end * POINTS).min(len)
    }

    /// As [`Extent::take`], of `blocks` times `groups` butterflies, block after block: calls `run` for each piece, which is
    /// whole blocks or lies within one.
    #[inline(always)]
    fn butterflies(&mut self, blocks: usize, groups: usize, cost: usize, mut run: impl FnMut(Piece)) {
        if Self::ALL {
            run(Piece { block: 0, blocks, from: 0, to: groups });
        } else {
            for piece in Pieces::new(self.take(blocks * groups, cost), groups) {
                run(piece);
            }
        }
    }
}

/// All of it.
pub(super) struct All;

impl Extent for All {
    const ALL: bool = true;

    #[inline(always)]
    fn take(&mut self, count: usize, _: usize) -> Range<usize> {
        0..count
    }

    #[inline(always)]
    fn skip(&mut self, _: u64) -> bool {
        false
    }

    #[inline(always)]
    fn is_over(&self) -> bool {
        false
    }
}

/// What begins in `from..to`, in units.
#[derive(Debug)]
pub struct Part {
    /// Units of the walk so far.
    at: u64,
    from: u64,
    to: u64,
}

impl Part {
    pub(super) const fn new(from: u64, to: u64) -> Self {
        Self { at: 0, from, to }
    }

    /// Nothing: a walk that only counts.
    pub(super) const fn none() -> Self {
        Self::new(u64::MAX, u64::MAX)
    }

    /// The units of the walk, after one that takes nothing.
    pub(super) const fn walked(&self) -> u64 {
        self.at
    }
}

impl Extent for Part {
    const ALL: bool = false;

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "at most `count`")]
    fn take(&mut self, count: usize, cost: usize) -> Range<usize> {
        // No cost is 0, which the compiler does not see: a division by it would be a panic.
        let (start, cost) = (self.at, (cost as u64).max(1));
        let end = start + count as u64 * cost;
        self.at = end;
        if end <= self.from || start >= self.to {
            return 0..0;
        }
        let first = if self.from <= start { 0 } else { (self.from - start).div_ceil(cost) as usize };
        let last = if self.to >= end { count } else { (self.to - start).div_ceil(cost) as usize };
        first..last
    }

    #[inline]
    fn skip(&mut self, work: u64) -> bool {
        let outside = self.at + work <= self.from || self.at >= self.to;
        if outside {
            self.at += work;
        }
        outside
    }

    #[inline]
    fn is_over(&self) -> bool {
        self.at >= self.to
    }
}

/// Butterflies `from..to` of each of `blocks` blocks from number `block` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) block: usize,
    pub(super) blocks: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The pieces of a range of butterflies: what is left of a block, whole blocks, the beginning of one.
struct Pieces {
    at: usize,
    end: usize,
    groups: usize,
}

impl Pieces {
    fn new(range: Range<usize>, groups: usize) -> Self {
        // As above: there is always a group.
        Self { at: range.start, end: range.end, groups: groups.max(1) }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    #[inline]
    fn next(&mut self) -> Option<Piece> {
        if self.at >= self.end {
            return None;
        }
        let (groups, left) = (self.groups.max(1), self.end - self.at);
        let (block, from) = (self.at / groups, self.at % groups);
        let piece = if from == 0 && left >= groups {
            Piece { block, blocks: left / groups, from, to: groups }
        } else {
            Piece { block, blocks: 1, from, to: groups.min(from + left) }
        };
        self.at += piece.blocks * (piece.to - piece.from);
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every item of a walk is taken once, in order, wherever it is cut.
    #[test]
    fn parts_take_each_item_once() {
        let walk = [(5, 3), (1, 100), (0, 7), (64, 1), (3, 17), (1, 1)];
        let total = walk.iter().map(|&(count, cost)| (count * cost) as u64).sum::<u64>();
        let mut none = Part::none();
        assert!(walk.iter().all(|&(count, cost)| none.take(count, cost).is_empty()));
        assert_eq!(none.walked(), total);
        for step in [1, 2, 3, 10, 64, 99, 1000] {
            let mut taken = [0; 6];
            let mut from = 0;
            while from < total {
                let mut part = Part::new(from, from + step);
                for (taken, (count, cost)) in taken.iter_mut().zip(walk) {
                    let range = part.take(count, cost);
                    if !range.is_empty() {
                        assert_eq!(range.start, *taken);
                        *taken = range.end;
                    }
                }
                assert!(part.is_over() || from + step > total);
                from += step;
            }
            assert_eq!(taken, walk.map(|(count, _)| count), "steps of {step}");
        }
    }

    #[test]
    fn pieces_are_the_range() {
        for groups in 1..7 {
            for start in 0..3 * groups {
                for end in start..=3 * groups {
                    let mut at = start;
                    for piece in Pieces::new(start..end, groups) {
                        assert!(piece.to <= groups && (piece.blocks == 1 || piece.to - piece.from == groups));
                        assert_eq!(piece.block * groups + piece.from, at);
                        at += piece.blocks * (piece.to - piece.from);
                    }
                    assert_eq!(at, end);
                }
            }
        }
    }
}
