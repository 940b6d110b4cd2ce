//! Calls that break the rules, built alone by the tests that must find them: the tests can fail.

#![no_std]

unsafe extern "C" {
    fn quaver_panicked() -> !;
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never run, this library is only inspected.
    unsafe { quaver_panicked() }
}

/// Panics when the index does not fit.
#[unsafe(no_mangle)]
pub extern "C" fn rt_panics(values: &[f32; 4], index: usize) -> f32 {
    values[index]
}

/// A kernel whose step was not inlined.
#[unsafe(no_mangle)]
pub extern "C" fn rt_lost_inline(values: &mut [f32; 64]) {
    for value in values {
        *value = step(*value);
    }
}

/// The same call, once, outside any loop: not an offence.
#[unsafe(no_mangle)]
pub extern "C" fn rt_called_once(value: &mut f32) {
    *value = step(*value) + 1.0;
}

#[inline(never)]
fn step(x: f32) -> f32 {
    core::hint::black_box(x) * 0.5
}
