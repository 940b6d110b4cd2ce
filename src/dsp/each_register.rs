//! The loop that every element-wise kernel runs.

#![forbid(unsafe_code)]

/// Runs a body once per register of `$lanes` elements while whole registers remain of `$n`; four at a time, so
/// that the loop's own count costs little. Gives the number of elements done: less than `$lanes` remain.
///
/// `$turn`, where asked for, counts 0 to 3 within the four, for as many accumulators; it is 0 for the registers
/// that are left over, and a constant in each copy of the body.
///
/// A macro, not a function that takes a closure: what it expands to is inlined into the entry of the level for
/// certain, and with it the right to use the level's instructions.
macro_rules! each_register {
    ($n:expr, $lanes:expr, |$at:ident| $body:block) => {
        if $lanes == 1 {
            // The compiler vectorises a plain loop better than one that is unrolled already.
            let n: usize = $n;
            for $at in 0..n {
                $body
            }
            n
        } else {
            each_register!($n, $lanes, |$at, turn| {
                let _ = turn;
                $body
            })
        }
    };
    ($n:expr, $lanes:expr, |$at:ident, $turn:ident| $body:block) => {{
        let (n, lanes): (usize, usize) = ($n, $lanes);
        let (fours, whole) = (n - n % (4 * lanes), n - n % lanes);
        let mut done = 0;
        while done < fours {
            {
                let ($at, $turn) = (done, 0);
                $body
            }
            {
                let ($at, $turn) = (done + lanes, 1);
                $body
            }
            {
                let ($at, $turn) = (done + 2 * lanes, 2);
                $body
            }
            {
                let ($at, $turn) = (done + 3 * lanes, 3);
                $body
            }
            done += 4 * lanes;
        }
        while done < whole {
            let ($at, $turn) = (done, 0);
            $body
            done += lanes;
        }
        whole
    }};
}

/// Computes `$value` for every register of `$n` elements, `$n >= $lanes`, and writes each by `$store`, so that all
/// but the first and the last go to addresses that are multiples of a register, which must be those of `$dst`.
///
/// The first and the last register are computed before anything is written, and written after everything else:
/// they overlap their neighbours, whose values they write again. So a kernel that works in place stays right, and
/// no element is left over. A register across two cache lines costs two accesses; memory as allocators give it is
/// aligned to 16 bytes, which had every other register of 32 bytes cross.
macro_rules! aligned_registers {
    ($dst:expr, $n:expr, $lanes:expr, |$at:ident| $value:expr, |$to:ident, $result:ident| $store:expr) => {{
        let (n, lanes): (usize, usize) = ($n, $lanes);
        let last = n - lanes;
        let head = {
            let $at = 0;
            $value
        };
        let tail = {
            let $at = last;
            $value
        };
        let mut done = lanes - $crate::dsp::each_register::element_of($dst) % lanes;
        while done + 3 * lanes < last {
            let first = {
                let $at = done;
                $value
            };
            let second = {
                let $at = done + lanes;
                $value
            };
            let third = {
                let $at = done + 2 * lanes;
                $value
            };
            let fourth = {
                let $at = done + 3 * lanes;
                $value
            };
            {
                let ($to, $result) = (done, first);
                $store
            }
            {
                let ($to, $result) = (done + lanes, second);
                $store
            }
            {
                let ($to, $result) = (done + 2 * lanes, third);
                $store
            }
            {
                let ($to, $result) = (done + 3 * lanes, fourth);
                $store
            }
            done += 4 * lanes;
        }
        while done < last {
            let value = {
                let $at = done;
                $value
            };
            let ($to, $result) = (done, value);
            $store;
            done += lanes;
        }
        {
            let ($to, $result) = (0, head);
            $store
        }
        {
            let ($to, $result) = (last, tail);
            $store
        }
    }};
}

/// The address in elements.
#[inline(always)]
pub(crate) fn element_of<T>(p: *mut T) -> usize {
    p.addr() / size_of::<T>()
}

pub(crate) use {aligned_registers, each_register};
