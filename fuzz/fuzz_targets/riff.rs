//! WAVE: no panic, offsets inside the input, linear work, push mode the same as slice mode for any cut.
//!
//! An input that cannot be a form is also tried as what follows one, so that the chunk walk is reached without
//! twelve right bytes; a finding is reproduced by the input as it is.

#![no_main]
#![allow(clippy::unwrap_used, reason = "a broken invariant is a panic")]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/riff.rs"]
mod riff;

fuzz_target!(|input: &[u8]| {
    riff::check(input);
    if input.first().is_some_and(|byte| !b"RB".contains(byte)) {
        riff::check(&[b"RIFF\xFF\xFF\xFF\xFFWAVE", input].concat());
    }
});
