//! Every registered kernel: all levels agree with the scalar one within the kernel's bound, whatever the values, the
//! length and the offsets, and none writes outside its output.
//!
//! The input is the number of a kernel, an offset, a length (two bytes), and the values.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/harness/mod.rs"]
mod harness;

fuzz_target!(|input: &[u8]| {
    static CASES: OnceLock<Vec<harness::Case>> = OnceLock::new();
    let cases = CASES.get_or_init(harness::registry::all);
    let [kernel, offset, low, high, values @ ..] = input else { return };
    let n = usize::from(u16::from_le_bytes([*low, *high])) % 600;
    let case = &cases[usize::from(*kernel) % cases.len()];
    if let Err(failure) = harness::check_input(case, n, usize::from(*offset), values) {
        panic!("{failure}");
    }
});
