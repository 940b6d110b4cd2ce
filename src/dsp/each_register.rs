//! The loop that every element-wise kernel runs.

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

pub(crate) use each_register;
