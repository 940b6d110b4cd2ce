//! Bytes in use: Rust's allocations by a counter, those of C libraries by the C library's own account.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

static LIVE: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Bytes that Rust code holds now.
pub fn live() -> usize {
    LIVE.load(Ordering::Relaxed)
}

/// Bytes that everything holds of the C library's heap.
#[cfg(target_env = "gnu")]
pub fn heap() -> usize {
    // SAFETY: it has no requirement.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

/// Not known here.
#[cfg(not(target_env = "gnu"))]
pub fn heap() -> usize {
    0
}
