//! The plan of a mixed-radix transform: which passes, in what order, with which tables; and its execution.
//!
//! Planning is a fixed decision: the same length at the same level always gives the same passes.

use core::mem::MaybeUninit;

use super::Real;
use super::passes::{self, MAX_ODD, Step};
use super::twiddle::root;
use crate::simd::{Available, Float, Kernel, Level, Vector};

/// The most passes a plan has: a row count up to 2^40 with an odd factor 3 in each, the most that radices allow.
const MAX_PASSES: usize = 26;

/// One first or middle pass.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pass {
    pub(super) radix: usize,
    /// Rows of the transform divided by radix and stride: how many twiddle sets the pass has.
    pub(super) groups: usize,
    /// The product of the radices before it.
    pub(super) stride: usize,
    /// Where its table starts, in values of T.
    pub(super) table: usize,
}

impl Pass {
    /// The complex factors of the pass's table: the roots of a generic radix, then radix - 1 twiddles for each
    /// group but the first.
    const fn factors(radix: usize, groups: usize) -> usize {
        let roots = if radix > 8 { radix } else { 0 };
        roots + (radix - 1) * (groups - 1)
    }
}

/// A transform of `lanes * rows` points, where `rows` has no prime factor above [`MAX_ODD`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixed {
    /// The level it runs at: the one asked for, or a narrower one whose lanes divide the length.
    level: Available,
    pub(super) len: usize,
    lanes: usize,
    rows: usize,
    passes: [Pass; MAX_PASSES],
    count: usize,
    /// Where the lane pass's table starts, in values of T.
    lane_table: usize,
    /// Values of T in all tables together.
    pub(super) table_len: usize,
}

/// How many numbers of type T a register of a level holds.
fn lanes_of<T: Real>(level: Available) -> usize {
    struct Lanes<T>(core::marker::PhantomData<T>);
    impl<T: Real> Kernel for Lanes<T> {
        type Output = usize;
        #[inline(always)]
        fn run<V: Vector>(self, _: V) -> usize {
            T::Reg::<V>::LANES
        }
    }
    level.run(Lanes::<T>(core::marker::PhantomData))
}

/// Divides `n` by all its prime factors up to [`MAX_ODD`]; what is left is 1 where mixed radix will do.
const fn rough_part(mut n: usize) -> usize {
    let mut p = 2;
    while p <= MAX_ODD {
        while n.is_multiple_of(p) {
            n /= p;
        }
        p += 1;
    }
    n
}

/// Tells whether [`Mixed::new`] takes the length.
pub(super) const fn is_smooth(len: usize) -> bool {
    len >= 1 && rough_part(len) == 1
}

impl Mixed {
    /// Plans a smooth length of at least 2, at `level` or the next narrower one that fits; `None` where the tables
    /// would not fit the index type.
    pub(super) fn new<T: Real>(len: usize, level: Available) -> Option<Self> {
        let mut level = level;
        let mut lanes = lanes_of::<T>(level);
        // Every lane needs the same whole number of rows, and fewer rows than lanes leave the transpose half empty.
        for narrower in [Level::Portable, Level::Scalar] {
            if lanes == 1 || (len.is_multiple_of(lanes) && len / lanes >= lanes) {
                break;
            }
            level = narrower.prove().ok()?;
            lanes = lanes_of::<T>(level);
        }
        let rows = len / lanes;
        let mut plan = Self {
            level,
            len,
            lanes,
            rows,
            passes: [Pass::default(); MAX_PASSES],
            count: 0,
            lane_table: 0,
            table_len: 0,
        };
        plan.choose_radices()?;
        if lanes > 1 {
            plan.lane_table = plan.table_len;
            let blocks = rows.div_ceil(lanes);
            plan.table_len = plan.table_len.checked_add(blocks.checked_mul((lanes - 1) * 2 * lanes)?)?;
        }
        Some(plan)
    }

    /// Odd radices first, largest first, so that the stride (the length of the inner loops) grows fast; then one
    /// radix 8 where the power of two is odd, and radix 4.
    fn choose_radices(&mut self) -> Option<()> {
        let mut rest = self.rows;
        let mut radix = MAX_ODD;
        while radix >= 3 {
            let prime = (2..radix).all(|p| !radix.is_multiple_of(p));
            while prime && rest.is_multiple_of(radix) {
                rest /= radix;
                self.push(radix)?;
            }
            radix -= 2;
        }
        let twos = rest.trailing_zeros();
        if twos == 1 {
            self.push(2)?;
        } else {
            if twos % 2 == 1 {
                self.push(8)?;
            }
            for _ in 0..(twos - if twos % 2 == 1 { 3 } else { 0 }) / 2 {
                self.push(4)?;
            }
        }
        Some(())
    }

    fn push(&mut self, radix: usize) -> Option<()> {
        let stride = self.passes[..self.count].iter().map(|p| p.radix).product::<usize>();
        let groups = self.rows / stride / radix;
        self.passes[self.count] = Pass { radix, groups, stride, table: self.table_len };
        self.count += 1;
        self.table_len = self.table_len.checked_add(Pass::factors(radix, groups).checked_mul(2)?)?;
        Some(())
    }

    /// All passes, the lane pass among them.
    fn pass_count(&self) -> usize {
        self.count + usize::from(self.lanes > 1)
    }

    /// Complex numbers of scratch that a call needs; none for a single pass out of place.
    pub(super) fn scratch_len(&self) -> usize {
        self.len
    }

    /// Fills the tables.
    pub(super) fn fill<T: Real>(&self, table: &mut [MaybeUninit<T>]) {
        for pass in &self.passes[..self.count] {
            fill_pass(pass, table);
        }
        if self.lanes > 1 {
            struct Fill<'a, T>(&'a Mixed, &'a mut [MaybeUninit<T>]);
            impl<T: Real> Kernel for Fill<'_, T> {
                type Output = ();
                #[inline(always)]
                fn run<V: Vector>(self, _: V) {
                    fill_lane::<T, V>(self.0.rows, &mut self.1[self.0.lane_table..]);
                }
            }
            self.level.run(Fill(self, table));
        }
    }

    /// Runs the transform from `input` to `output`.
    ///
    /// # Safety
    /// `input` is valid for reads and `output` and `scratch` for writes of `len` complex numbers; the three do not
    /// overlap, except that `scratch` may be `input` (which is then overwritten). `table` was filled by `fill`.
    pub(super) unsafe fn run<T: Real>(
        &self,
        table: *const T,
        input: *const T,
        output: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) {
        self.level.run(Run { plan: self, table, input, output, scratch, inverse });
    }

    /// Runs the transform in place.
    ///
    /// # Safety
    /// `data` and `scratch` are valid for reads and writes of `len` complex numbers and do not overlap. `table` was
    /// filled by `fill`.
    pub(super) unsafe fn run_in_place<T: Real>(
        &self,
        table: *const T,
        data: *mut T,
        scratch: *mut T,
        inverse: bool,
    ) {
        if self.pass_count().is_multiple_of(2) {
            // The first pass writes to scratch: the data may be overwritten after it.
            // SAFETY: as the caller promises; no pass reads and writes the same buffer.
            unsafe { self.run(table, data, data, scratch, inverse) }
        } else {
            // SAFETY: both are `len` complex numbers, apart.
            unsafe { data.cast_const().copy_to_nonoverlapping(scratch, 2 * self.len) };
            // SAFETY: as the caller promises; an odd number of passes writes to `data` first.
            unsafe { self.run(table, scratch, data, scratch, inverse) }
        }
    }
}

/// The passes of one transform, as a kernel.
struct Run<'a, T> {
    plan: &'a Mixed,
    table: *const T,
    input: *const T,
    output: *mut T,
    scratch: *mut T,
    inverse: bool,
}

impl<T: Real> Kernel for Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self, v: V) {
        let Self { plan, table, input, output, scratch, inverse } = self;
        let total = plan.pass_count();
        let one_lane = T::Reg::<V>::LANES == 1;
        let mut src = input;
        for (i, pass) in plan.passes.iter().take(plan.count).enumerate() {
            // The last pass of all must write to `output`; those before it alternate.
            let dst = if (total - 1 - i) % 2 == 0 { output } else { scratch };
            // SAFETY: `push` placed the table within the whole.
            let pass_table = unsafe { table.add(pass.table) };
            let step = Step { src, dst, table: pass_table, groups: pass.groups, stride: pass.stride };
            let (first, last) = (i == 0, one_lane && i + 1 == total);
            // SAFETY: every buffer holds the `len` complex numbers, source and destination differ, and the table is
            // the one `fill_pass` wrote for this pass. Only with one lane does a pass write the final, interleaved
            // result, where a line is one complex number.
            unsafe {
                match (first, inverse, last && inverse) {
                    (false, _, false) => passes::pass::<T, V, false, false, false>(v, pass, step),
                    (true, false, _) => passes::pass::<T, V, true, false, false>(v, pass, step),
                    (true, true, false) => passes::pass::<T, V, true, true, false>(v, pass, step),
                    (true, true, true) if one_lane => passes::pass::<T, V, true, true, true>(v, pass, step),
                    (false, _, true) if one_lane => passes::pass::<T, V, false, false, true>(v, pass, step),
                    _ => {}
                }
            }
            src = dst;
        }
        if !one_lane {
            // SAFETY: the table's last part; `src` holds the lines that the passes left, `output` is another buffer.
            unsafe {
                let lane_table = table.add(plan.lane_table);
                if inverse {
                    passes::lane_pass::<T, V, true>(v, src, output, lane_table, plan.rows);
                } else {
                    passes::lane_pass::<T, V, false>(v, src, output, lane_table, plan.rows);
                }
            }
        }
    }
}

/// Writes complex factors one after the other.
fn put<T: Real>(table: &mut [MaybeUninit<T>], i: usize, (re, im): (f64, f64)) {
    table[2 * i].write(T::from_f64(re));
    table[2 * i + 1].write(T::from_f64(im));
}

/// The table of a first or middle pass: `w_(radix * groups)^(p j)` for p in 1..groups and j in 1..radix.
fn fill_pass<T: Real>(pass: &Pass, table: &mut [MaybeUninit<T>]) {
    let table = &mut table[pass.table..];
    let n = pass.radix * pass.groups;
    let mut at = 0;
    if pass.radix > 8 {
        for k in 0..passes::roots_len(pass.radix) {
            put(table, at, passes::root_of_radix(k, pass.radix));
            at += 1;
        }
    }
    for p in 1..pass.groups {
        for j in 1..pass.radix {
            put(table, at, root((p * j) as u64, n as u64));
            at += 1;
        }
    }
}

/// The table of the lane pass: for each block of L rows k and each lane l but the first, a line of `w_(L M)^(l k)`,
/// its lanes in the order of the transposed block.
fn fill_lane<T: Real, V: Vector>(rows: usize, table: &mut [MaybeUninit<T>]) {
    let lanes = T::Reg::<V>::LANES;
    let order = T::Reg::<V>::ORDER;
    let n = lanes * rows;
    let mut at = 0;
    for block in 0..rows.div_ceil(lanes) {
        for l in 1..lanes {
            for i in 0..lanes {
                let (re, im) = root((l * (block * lanes + order[i])) as u64, n as u64);
                table[at + i].write(T::from_f64(re));
                table[at + lanes + i].write(T::from_f64(im));
            }
            at += 2 * lanes;
        }
    }
}
