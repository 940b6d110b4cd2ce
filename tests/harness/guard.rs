//! Slices that end where a page begins that nobody may touch, or begin where one ends: whatever reads or writes
//! outside of them dies at once, and says where.

use std::ffi::c_int;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use quaver::dsp::Kernels;

use super::arena::{Arena, Arg, Args, Content};
use super::values::SEED;
use super::{Case, Failure, LONG, Role, TEST_GAIN, difference, levels, reference};

/// The exit code of a process that a guard has ended.
pub const FAULT_EXIT: c_int = 70;

/// One slice's memory: pages to use between two that fault.
struct Pages {
    base: *mut u8,
    page: usize,
    inner: usize,
}

impl Pages {
    fn new(bytes: usize) -> Self {
        // SAFETY: a plain query.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap();
        let inner = bytes.max(1).next_multiple_of(page);
        let (flags, none) = (libc::MAP_PRIVATE | libc::MAP_ANON, libc::PROT_NONE);
        // SAFETY: a new anonymous mapping, wherever the system likes.
        let base = unsafe { libc::mmap(ptr::null_mut(), inner + 2 * page, none, flags, -1, 0) };
        assert!(base != libc::MAP_FAILED, "no memory for guard pages");
        // SAFETY: the pages after the first of the mapping just made.
        let opened = unsafe {
            libc::mprotect(base.wrapping_byte_add(page), inner, libc::PROT_READ | libc::PROT_WRITE)
        };
        assert_eq!(opened, 0, "cannot open the pages between the guards");
        Self { base: base.cast(), page, inner }
    }

    /// Where `bytes` bytes start that touch the guard before them, or the one after.
    fn start(&self, bytes: usize, at_end: bool) -> *mut u8 {
        self.base.wrapping_add(self.page + if at_end { self.inner - bytes } else { 0 })
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping that `new` made, whole.
        unsafe { libc::munmap(self.base.cast(), self.inner + 2 * self.page) };
    }
}

/// What is running, for the handler: a line without allocation, the length, and which guard.
static LINE: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
static LENGTH: AtomicUsize = AtomicUsize::new(0);
static AT_END: AtomicUsize = AtomicUsize::new(0);

/// One check at a time: the handler is the process's.
static TURN: Mutex<()> = Mutex::new(());

extern "C" fn on_fault(_: c_int) {
    fn put(text: &[u8]) {
        // SAFETY: write(2) may be called from a handler; the text is in memory.
        let _ = unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
    }
    // SAFETY: the line outlives the run that is under way.
    put(unsafe {
        std::slice::from_raw_parts(
            ptr::with_exposed_provenance(LINE[0].load(Ordering::Relaxed)),
            LINE[1].load(Ordering::Relaxed),
        )
    });
    let mut n = LENGTH.load(Ordering::Relaxed);
    let mut digits = [b'0'; 5];
    for digit in digits.iter_mut().rev() {
        *digit += (n % 10) as u8;
        n /= 10;
    }
    put(&digits);
    put(if AT_END.load(Ordering::Relaxed) == 1 {
        b" samples: touched memory past the end of a slice\n"
    } else {
        b" samples: touched memory before the start of a slice\n"
    });
    // SAFETY: ends the process without running anything else.
    unsafe { libc::_exit(FAULT_EXIT) };
}

/// Runs a kernel at every level with every slice against a guard, first the one after it, then the one before it.
///
/// What goes outside ends the process, with a line on standard error.
pub fn check_guarded(case: &Case) -> Result<usize, Failure> {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // SAFETY: an action of zeros but for the handler is a valid one.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = on_fault as extern "C" fn(c_int) as usize;
    let mut before = Vec::new();
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: as above; the former action is written here.
        let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: both actions are in scope; the handler calls only what a handler may.
        unsafe { libc::sigaction(signal, &raw const action, &raw mut old) };
        before.push((signal, old));
    }
    let outcome = guarded_runs(case);
    for (signal, old) in before {
        // SAFETY: puts back what was there.
        unsafe { libc::sigaction(signal, &raw const old, ptr::null_mut()) };
    }
    outcome
}

fn guarded_runs(case: &Case) -> Result<usize, Failure> {
    let longest = LONG.into_iter().max().unwrap_or(0);
    let pages: Vec<Pages> = case.slices.iter().map(|s| Pages::new(s.len(longest) * s.elem.bytes())).collect();
    let mut arena = Arena::new(&case.slices);
    let mut runs = 0;
    for n in case.short_lengths().chain(LONG) {
        let content = Content::new(case, n, case.values, SEED ^ n as u64);
        let expected = reference(case, &mut arena, &content)?;
        for level in levels().0 {
            let kernels = Kernels::with_level(level).unwrap();
            let line = format!("{} at {level}, ", case.name);
            LINE[0].store(line.as_ptr().expose_provenance(), Ordering::Relaxed);
            LINE[1].store(line.len(), Ordering::Relaxed);
            LENGTH.store(n, Ordering::Relaxed);
            for at_end in [true, false] {
                AT_END.store(usize::from(at_end), Ordering::Relaxed);
                let args = place(case, &pages, &content, at_end);
                (case.run)(&kernels, &args);
                runs += 1;
                for (slice, arg) in args.slices.iter().enumerate() {
                    // SAFETY: the slice just placed.
                    let got = unsafe { std::slice::from_raw_parts(arg.start, content.bytes_of(slice)) };
                    if let Some(what) = difference(arg.elem, case.tolerance, got, &expected[slice]) {
                        return Err(Failure(format!("{line}{n} samples between guards: {what}")));
                    }
                }
            }
        }
    }
    Ok(runs)
}

fn place(case: &Case, pages: &[Pages], content: &Content, at_end: bool) -> Args {
    let slices = case.slices.iter().enumerate().map(|(i, slice)| {
        let bytes = content.bytes_of(i);
        let start = pages[i].start(bytes, at_end);
        let source: &[u8] = if slice.role == Role::Out { &vec![0x5A; bytes] } else { &content.data[i] };
        // SAFETY: `bytes` bytes lie between the guards from `start` on, and nothing else uses them.
        unsafe { ptr::copy_nonoverlapping(source.as_ptr(), start, bytes) };
        Arg { elem: slice.elem, role: slice.role, start, len: slice.len(content.n) }
    });
    Args { slices: slices.collect(), gain: TEST_GAIN }
}
