//! Kernels broken on purpose, each in one way, at every level but the scalar one. The harness must see each.

use std::hint::black_box;

use quaver::simd::Level;

use super::Elem::F32;
use super::Tolerance::Exact;
use super::Values::Any;
use super::{Args, Case, in_out, input, output};

/// How the gain kernel `y = x * gain` is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not at all: the harness must pass it.
    None,
    DropsTail,
    FlipsSignOfOneLane,
    WritesPastEnd,
    WritesBeforeStart,
    ReadsPastEnd,
    ReadsBeforeStart,
    /// Adds what it read outside to the result, as a kernel without a mask would.
    UsesWhatItReadPastEnd,
    AddsToDirtyOutput,
    ChangesInput,
    OffByOneUlp,
    WrongOnlyWhenUnaligned,
    WrongOnlyBeyondThousand,
    LosesSignOfZero,
    NanBecomesZero,
}

impl Fault {
    /// Those that a comparison of results and canaries shows.
    pub const SEEN_BY_CHECK: [Self; 12] = [
        Self::DropsTail,
        Self::FlipsSignOfOneLane,
        Self::WritesPastEnd,
        Self::WritesBeforeStart,
        Self::UsesWhatItReadPastEnd,
        Self::AddsToDirtyOutput,
        Self::ChangesInput,
        Self::OffByOneUlp,
        Self::WrongOnlyWhenUnaligned,
        Self::WrongOnlyBeyondThousand,
        Self::LosesSignOfZero,
        Self::NanBecomesZero,
    ];

    /// Those that a guard page shows.
    #[cfg(unix)]
    pub const SEEN_BY_GUARD: [Self; 5] = [
        Self::ReadsPastEnd,
        Self::ReadsBeforeStart,
        Self::WritesPastEnd,
        Self::WritesBeforeStart,
        Self::UsesWhatItReadPastEnd,
    ];

    pub fn case(self) -> Case {
        let name = format!("broken/{self:?}");
        Case::new(name, [output(F32), input(F32)], Any, Exact, move |kernels, args| {
            apply(if kernels.level() == Level::Scalar { Self::None } else { self }, args);
        })
    }
}

/// The same in place, to show that what an in-place kernel loses is seen as well.
pub fn in_place_drops_tail() -> Case {
    Case::new("broken/in place", [in_out(F32)], Any, Exact, |kernels, args| {
        let samples = args.output::<f32>(0);
        let rest = if kernels.level() == Level::Scalar { 0 } else { samples.len() % 4 };
        let whole = samples.len() - rest;
        samples[..whole].iter_mut().for_each(|x| *x *= args.gain);
    })
}

fn apply(fault: Fault, args: &Args) {
    let (y, x) = (args.output::<f32>(0), args.input::<f32>(1));
    let n = x.len();
    // Raw pointers: the point is to go where slices do not.
    let (out, src) = (y.as_mut_ptr(), x.as_ptr().cast_mut());
    // SAFETY: none: reads outside the slice, inside the harness's own memory or into a guard page.
    let outside = |at: isize| unsafe { src.wrapping_offset(at).read_volatile() };
    let past = n.cast_signed();
    let read = match fault {
        Fault::ReadsPastEnd | Fault::UsesWhatItReadPastEnd => black_box(outside(past)),
        Fault::ReadsBeforeStart => black_box(outside(-1)),
        _ => 0.0,
    };
    let before: Vec<f32> = if fault == Fault::AddsToDirtyOutput { y.to_vec() } else { Vec::new() };
    let done = if fault == Fault::DropsTail { n / 4 * 4 } else { n };
    for i in 0..done {
        let product = x[i] * args.gain;
        y[i] = match fault {
            Fault::FlipsSignOfOneLane if i % 8 == 5 => -product,
            Fault::UsesWhatItReadPastEnd if i + 1 == n => product + read,
            Fault::AddsToDirtyOutput => product + before[i],
            Fault::OffByOneUlp if i == 3 && product.is_normal() => f32::from_bits(product.to_bits() + 1),
            Fault::WrongOnlyWhenUnaligned if src.addr() % 32 == 20 => 0.0,
            Fault::WrongOnlyBeyondThousand if i >= 1000 => 0.0,
            Fault::LosesSignOfZero => product + 0.0,
            Fault::NanBecomesZero if product.is_nan() => 0.0,
            _ => product,
        };
    }
    let write = |p: *mut f32, at: isize| {
        // SAFETY: none: writes outside the slice, as above.
        unsafe { p.wrapping_offset(at).write_volatile(1.25) }
    };
    match fault {
        Fault::WritesPastEnd => write(out, past),
        Fault::WritesBeforeStart => write(out, -1),
        Fault::ChangesInput if n > 0 => write(src, 0),
        _ => {}
    }
}
