//! The lapped transform: folding under a window, type IV, and the way back.
//!
//! A frame has 2N samples, the quarters `(a, b, c, d)`. Under the window they fold to the N values `(-c' - d, a - b')`,
//! where `'` reads backwards, and type IV of those is the transform. The way back unfolds to `(a - b', b - a', c + d', d +
//! c')`, and under the window again, what neighbouring frames have of a block in common cancels (time-domain aliasing).
//!
//! A block of N samples is the right half of one frame and the left half of the next. There the window rises from `s[i]` at
//! sample i to `c[i]` at sample N-1-i, with `s^2 + c^2 = 1`: both folds of a block together are N/2 rotations, and the way
//! back is the rotations back.
//!
//! # Source
//! Princen, Johnson and Bradley, Subband/transform coding using filter bank designs based on time domain aliasing
//! cancellation, ICASSP 1987.

use core::mem::MaybeUninit;

use super::super::Real;
use super::super::mdct_window::{MdctError, MdctWindow};
use super::super::mixed::{ALIGNMENT, align};
use super::{Family, TrigPlan};
use crate::simd::{Available, Float, Kernel, Level, Scalar, Vector};

/// The decision for one length and window at one level. The tables it describes live elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct MdctPlan {
    trig: TrigPlan,
    level: Available,
    /// Of the left and of the right half.
    slopes: [Slope; 2],
}

/// Where one half of the window rises, or falls, seen from its outer end.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Slope {
    /// Samples at the outer end that are zero; as many at the inner end are one.
    pub(in super::super) flat: usize,
    /// Values before this one's in the table of slopes; both halves may have the same.
    pub(in super::super) at: usize,
}

/// What to do, with the slices of the caller; all are apart, and as long as the comments say.
#[derive(Clone, Copy, Debug)]
pub enum Lapped<T> {
    /// 2N samples to N bins.
    Forward { frame: *const T, bins: *mut T },
    /// N bins to 2N samples.
    Inverse { bins: *const T, frame: *mut T },
    /// N samples to N bins, with N/2 values of state.
    Analyse { block: *const T, bins: *mut T, state: *mut T },
    /// N bins to N samples, with N/2 values of state.
    Synthesise { bins: *const T, block: *mut T, state: *mut T },
}

impl MdctPlan {
    pub(in super::super) fn new<T: Real>(
        len: usize,
        level: Level,
        window: &MdctWindow<'_, T>,
    ) -> Result<Self, MdctError> {
        if len % 2 == 1 {
            return Err(MdctError::OddLength { len });
        }
        let trig = TrigPlan::new::<T>(Family::Fourth, false, len, level)?;
        Ok(Self { trig, level: trig.level, slopes: window.slopes(len)? })
    }

    pub(in super::super) const fn len(&self) -> usize {
        self.trig.len()
    }

    /// Where the slopes begin: on a line, behind the tables of the transform.
    fn slopes_at<T: Real>(&self) -> usize {
        self.trig.table_len::<T>().next_multiple_of(ALIGNMENT / size_of::<T>())
    }

    /// Values of T in the tables.
    pub(in super::super) fn table_len<T: Real>(&self) -> usize {
        let end = |slope: &Slope| slope.at + 2 * self.sloping(slope);
        self.slopes_at::<T>() + end(&self.slopes[0]).max(end(&self.slopes[1]))
    }

    /// The most that any window takes.
    pub(in super::super) fn largest_table_len<T: Real>(&self) -> usize {
        self.slopes_at::<T>() + 2 * self.len()
    }

    pub(in super::super) const fn planning_len<T>(&self) -> usize {
        self.trig.planning_len::<T>()
    }

    /// Values of T that a call works in: the folded frame, on whole lines, and what the transform asks for.
    pub(in super::super) const fn scratch_len<T>(&self) -> usize {
        // The transform counts what alignment takes: behind the folded frame it is aligned already.
        self.folded_len::<T>() + self.trig.scratch_len::<T>()
    }

    const fn folded_len<T>(&self) -> usize {
        self.len().next_multiple_of(ALIGNMENT / size_of::<T>())
    }

    /// Pairs of samples of a slope.
    const fn sloping(&self, slope: &Slope) -> usize {
        self.len() / 2 - slope.flat
    }

    /// Writes the tables.
    ///
    /// # Panics
    /// As [`TrigPlan::fill`].
    pub(in super::super) fn fill<T: Real>(
        &self,
        window: &MdctWindow<'_, T>,
        table: &mut [MaybeUninit<T>],
        planning: &mut [MaybeUninit<T>],
    ) {
        assert_eq!(table.len(), self.table_len::<T>());
        let (trig, rest) = table.split_at_mut(self.trig.table_len::<T>());
        self.trig.fill(trig, planning);
        let (gap, slopes) = rest.split_at_mut(self.slopes_at::<T>() - trig.len());
        gap.fill(MaybeUninit::new(T::ZERO));
        for (right, slope) in self.slopes.iter().enumerate() {
            let pairs = self.sloping(slope);
            let (s, rest) = slopes[slope.at..].split_at_mut(pairs);
            window.fill(self.len(), right == 1, slope.flat, s, &mut rest[..pairs]);
        }
    }

    /// Does what is asked.
    ///
    /// # Safety
    /// `table` points to what [`MdctPlan::fill`] wrote, the slices of `what` are as [`Lapped`] says, and `scratch` is valid
    /// for reads and writes of [`MdctPlan::scratch_len`], apart from them.
    pub(in super::super) unsafe fn run<T: Real>(&self, table: *const T, what: Lapped<T>, scratch: *mut T) {
        let (len, half) = (self.len(), self.len() / 2);
        let folded = align(scratch);
        let scratch = folded.wrapping_add(self.folded_len::<T>());
        let slopes = self.slopes.map(|slope| Half {
            len,
            flat: slope.flat,
            slope: table.wrapping_add(self.slopes_at::<T>() + slope.at),
        });
        let transform = |from: *const T, to: *mut T| {
            // SAFETY: N values of each, by the promise that `what` comes with, or the folded frame; the scratch memory
            // behind that is what the transform asks for.
            unsafe { self.trig.run(table, from, to, scratch, false) };
        };
        match what {
            Lapped::Forward { frame, bins } => {
                self.level.run(&Fold {
                    half: slopes[0],
                    right: false,
                    block: frame,
                    to: folded.wrapping_add(half),
                });
                self.level.run(&Fold {
                    half: slopes[1],
                    right: true,
                    block: frame.wrapping_add(len),
                    to: folded,
                });
                transform(folded, bins);
            }
            Lapped::Analyse { block, bins, state } => {
                self.level.run(&Fold { half: slopes[1], right: true, block, to: folded });
                // SAFETY: N/2 values of either.
                unsafe { state.cast_const().copy_to_nonoverlapping(folded.wrapping_add(half), half) };
                self.level.run(&Fold { half: slopes[1], right: false, block, to: state });
                transform(folded, bins);
            }
            Lapped::Inverse { bins, frame } => {
                transform(bins, folded);
                let (first, second) = (folded.cast_const(), folded.wrapping_add(half).cast_const());
                self.level.run(&Unfold { half: slopes[0], part: Part::Left, first, second, block: frame });
                let block = frame.wrapping_add(len);
                self.level.run(&Unfold { half: slopes[1], part: Part::Right, first, second, block });
            }
            Lapped::Synthesise { bins, block, state } => {
                transform(bins, folded);
                let second = folded.wrapping_add(half).cast_const();
                self.level.run(&Unfold { half: slopes[0], part: Part::Both, first: state, second, block });
                // SAFETY: N/2 values of either.
                unsafe { folded.cast_const().copy_to_nonoverlapping(state, half) };
            }
        }
    }
}

/// One half of the window.
#[derive(Clone, Copy, Debug)]
struct Half<T> {
    len: usize,
    flat: usize,
    /// `s`, then `c`, from `flat` to N/2.
    slope: *const T,
}

impl<T: Real> Half<T> {
    /// `s[i]` and `c[i]` from i on.
    ///
    /// # Safety
    /// `flat <= i` and `i + LANES <= len / 2`.
    #[inline(always)]
    unsafe fn at<V: Vector>(&self, v: V, i: usize) -> (T::Reg<V>, T::Reg<V>) {
        let p = self.slope.wrapping_add(i - self.flat);
        // SAFETY: the table has len / 2 - flat values of s.
        let s = unsafe { T::Reg::<V>::load(v, p) };
        // SAFETY: and as many of c.
        let c = unsafe { T::Reg::<V>::load(v, p.wrapping_add(self.len / 2 - self.flat)) };
        (s, c)
    }
}

/// Folds one block: `s[i] x[i] - c[i] x[N-1-i]` to place i where it is the left half of a frame, `-c[i] x[i] - s[i]
/// x[N-1-i]` to place N/2-1-i where it is the right one. Where the window is flat, only what it lets through is read.
struct Fold<T> {
    half: Half<T>,
    right: bool,
    block: *const T,
    to: *mut T,
}

impl<T: Real> Kernel for &Fold<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        if self.right { self.all::<V, true>(v) } else { self.all::<V, false>(v) }
    }
}

/// The loop over `i` from `begin` to `end`: registers, and what is left one by one. Where it can, a loop over other memory
/// than it reads does the last few again in a register instead.
macro_rules! from_to {
    ($begin:expr, $end:expr, $lanes:expr, |$i:ident| $block:expr, |$j:ident| $one:expr) => {{
        let (begin, end): (usize, usize) = ($begin, $end);
        super::blocks!(
            end - begin,
            $lanes,
            |i| {
                let $i = begin + i;
                $block
            },
            |j| {
                let $j = begin + j;
                $one
            }
        )
    }};
}

impl<T: Real> Fold<T> {
    #[inline(always)]
    fn all<V: Vector, const RIGHT: bool>(&self, v: V) {
        let Half { len, flat, .. } = self.half;
        from_to!(
            0,
            flat,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= flat.
            |i| unsafe { self.passed::<V, RIGHT>(v, i) },
            // SAFETY: j + 1 <= flat.
            |j| unsafe { self.passed::<Scalar, RIGHT>(Scalar, j) }
        );
        from_to!(
            flat,
            len / 2,
            T::Reg::<V>::LANES,
            // SAFETY: flat <= i, and i + LANES <= len / 2.
            |i| unsafe { self.folded::<V, RIGHT>(v, i) },
            // SAFETY: flat <= j, and j + 1 <= len / 2.
            |j| unsafe { self.folded::<Scalar, RIGHT>(Scalar, j) }
        );
    }

    /// # Safety
    /// `i + LANES <= len / 2`, `i` in the flat part.
    #[inline(always)]
    unsafe fn passed<V: Vector, const RIGHT: bool>(&self, v: V, i: usize) {
        let Half { len, .. } = self.half;
        let lanes = T::Reg::<V>::LANES;
        let (from, to) = if RIGHT { (i, len / 2 - i - lanes) } else { (len - i - lanes, i) };
        // SAFETY: LANES of the N samples: the first i.. of the right half, the last of the left one.
        let x = unsafe { T::Reg::<V>::load(v, self.block.wrapping_add(from)) };
        // SAFETY: LANES of N/2 places.
        unsafe { (-x.reverse()).store(self.to.wrapping_add(to)) };
    }

    /// # Safety
    /// `flat <= i` and `i + LANES <= len / 2`.
    #[inline(always)]
    unsafe fn folded<V: Vector, const RIGHT: bool>(&self, v: V, i: usize) {
        let Half { len, .. } = self.half;
        let lanes = T::Reg::<V>::LANES;
        // SAFETY: samples i.. of LANES.
        let x = unsafe { T::Reg::<V>::load(v, self.block.wrapping_add(i)) };
        // SAFETY: their mirror images.
        let y = unsafe { T::Reg::<V>::load(v, self.block.wrapping_add(len - i - lanes)) }.reverse();
        // SAFETY: as the caller says.
        let (s, c) = unsafe { self.half.at::<V>(v, i) };
        if RIGHT {
            let u = (-x).mul_sub(c, y * s);
            // SAFETY: LANES of N/2 places.
            unsafe { u.reverse().store(self.to.wrapping_add(len / 2 - i - lanes)) };
        } else {
            // SAFETY: places i.. of LANES.
            unsafe { x.mul_sub(s, y * c).store(self.to.wrapping_add(i)) };
        }
    }
}

/// Which frames an [`Unfold`] takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The frame before only, whose right half it is.
    Right,
    /// This frame only, whose left half it is.
    Left,
    /// Both, added.
    Both,
}

/// Unfolds to one block of N samples, times 2/N: with p the first half of the frame before, backwards, and u the second half
/// of this one, sample i is `s[i] u[i] - c[i] p[i]`, and sample N-1-i is `-c[i] u[i] - s[i] p[i]`.
struct Unfold<T> {
    half: Half<T>,
    part: Part,
    first: *const T,
    second: *const T,
    block: *mut T,
}

impl<T: Real> Kernel for &Unfold<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        match self.part {
            Part::Right => self.all::<V, true, false>(v),
            Part::Left => self.all::<V, false, true>(v),
            Part::Both => self.all::<V, true, true>(v),
        }
    }
}

impl<T: Real> Unfold<T> {
    #[inline(always)]
    fn all<V: Vector, const FIRST: bool, const SECOND: bool>(&self, v: V) {
        let Half { len, flat, .. } = self.half;
        #[expect(clippy::cast_precision_loss, reason = "lengths are at most 2^31")]
        let scale = T::from_f64(2.0 / len as f64);
        from_to!(
            0,
            flat,
            T::Reg::<V>::LANES,
            // SAFETY: i + LANES <= flat.
            |i| unsafe { self.block::<V, FIRST, SECOND, true>(v, scale, i) },
            // SAFETY: j + 1 <= flat.
            |j| unsafe { self.block::<Scalar, FIRST, SECOND, true>(Scalar, scale, j) }
        );
        from_to!(
            flat,
            len / 2,
            T::Reg::<V>::LANES,
            // SAFETY: flat <= i, and i + LANES <= len / 2.
            |i| unsafe { self.block::<V, FIRST, SECOND, false>(v, scale, i) },
            // SAFETY: flat <= j, and j + 1 <= len / 2.
            |j| unsafe { self.block::<Scalar, FIRST, SECOND, false>(Scalar, scale, j) }
        );
    }

    /// # Safety
    /// `i + LANES <= len / 2`, and `i` is in the flat part or, if not `FLAT`, behind it.
    #[inline(always)]
    unsafe fn block<V: Vector, const FIRST: bool, const SECOND: bool, const FLAT: bool>(
        &self,
        v: V,
        scale: T,
        i: usize,
    ) {
        let Half { len, .. } = self.half;
        let lanes = T::Reg::<V>::LANES;
        let (zero, scale) = (T::Reg::<V>::splat(v, T::ZERO), T::Reg::<V>::splat(v, scale));
        let p = if FIRST {
            // SAFETY: LANES of N/2 values, the mirror images of i...
            -(unsafe { T::Reg::<V>::load(v, self.first.wrapping_add(len / 2 - i - lanes)) }.reverse() * scale)
        } else {
            zero
        };
        let u = if SECOND {
            // SAFETY: values i.. of LANES.
            unsafe { T::Reg::<V>::load(v, self.second.wrapping_add(i)) * scale }
        } else {
            zero
        };
        let (x, y) = if FLAT {
            (p, -u)
        } else {
            // SAFETY: as the caller says.
            let (s, c) = unsafe { self.half.at::<V>(v, i) };
            match (FIRST, SECOND) {
                (true, true) => (u.mul_add(s, p * c), p.mul_sub(s, u * c)),
                (true, false) => (p * c, p * s),
                _ => (u * s, -(u * c)),
            }
        };
        // SAFETY: samples i.. of LANES.
        unsafe { x.store(self.block.wrapping_add(i)) };
        // SAFETY: their mirror images.
        unsafe { y.reverse().store(self.block.wrapping_add(len - i - lanes)) };
    }
}
