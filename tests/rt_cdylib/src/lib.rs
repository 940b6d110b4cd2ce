//! A shared library with one exported function per real-time safe call, and no way to panic.
//!
//! It is built without std, with LTO and `panic = "abort"`. Whatever can still panic after optimisation refers to
//! [`quaver_panicked`], which nobody defines, and to `core::panicking`: `tests/rt_safety.rs` looks for both.
//! `tests/codegen.rs` disassembles the kernel entries that the calls reach.

#![no_std]

#[path = "../../real_time/calls.rs"]
pub mod calls;

use core::alloc::{GlobalAlloc, Layout};

unsafe extern "C" {
    /// Left undefined: a shared library may, and the reference shows in its symbol table.
    fn quaver_panicked() -> !;
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never run, this library is only inspected.
    unsafe { quaver_panicked() }
}

/// Types of feature `alloc` name an allocator; no exported call may use it, and this one has nothing to give.
struct Nothing;

// SAFETY: it never hands out memory, so that there is none to free.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NOTHING: Nothing = Nothing;
