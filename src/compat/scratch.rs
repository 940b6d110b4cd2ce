//! Scratch for the calls that bring none: each thread keeps what its last one needed.

use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use num_complex::Complex;

/// What a thread keeps at most for one type of number, in bytes: beyond it, to allocate is little beside the transform.
const KEPT: usize = 1 << 20;

/// The scratch of this thread, one for each type of number.
pub trait Keep: Sized {
    /// Takes it, with `len` numbers at least. Whoever is called meanwhile, by whatever way, gets another.
    fn take(len: usize) -> Vec<Complex<Self>>;

    /// Gives it back.
    fn keep(scratch: Vec<Complex<Self>>);
}

macro_rules! keep {
    ($t:ty, $kept:ident) => {
        std::thread_local! {
            static $kept: Cell<Vec<Complex<$t>>> = const { Cell::new(Vec::new()) };
        }

        impl Keep for $t {
            fn take(len: usize) -> Vec<Complex<Self>> {
                // A short transform needs none; a thread that is ending has none.
                let kept = if len == 0 { Vec::new() } else { $kept.try_with(Cell::take).unwrap_or_default() };
                if kept.len() < len { vec![Complex::new(0.0, 0.0); len] } else { kept }
            }

            fn keep(scratch: Vec<Complex<Self>>) {
                if !scratch.is_empty() && size_of_val(&scratch[..]) <= KEPT {
                    let _ = $kept.try_with(|kept| kept.set(scratch));
                }
            }
        }
    };
}

keep!(f32, KEPT_F32);
keep!(f64, KEPT_F64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_taken_again_and_no_more_than_that_is_kept() {
        let first = f32::take(100);
        let at = first.as_ptr();
        f32::keep(first);
        let again = f32::take(60);
        assert_eq!((again.as_ptr(), again.len()), (at, 100));
        // Taken: a second one at the same time is another.
        let second = f32::take(100);
        assert_ne!(second.as_ptr(), at);
        f32::keep(again);
        assert_eq!(f32::take(0).capacity(), 0);
        f32::keep(f32::take(KEPT / 8));
        assert_eq!(f32::take(1).len(), KEPT / 8);
        // A longer one is not kept.
        f32::keep(f32::take(KEPT / 8 + 1));
        assert_eq!(f32::take(1).len(), 1);
        // The other type has its own.
        f64::keep(f64::take(7));
        assert_eq!((f32::take(1).len(), f64::take(1).len()), (1, 7));
    }
}
