//! Real-time safety, held by three proofs over one table of calls (`tests/real_time/calls.rs`):
//!
//! 1. no call allocates: each runs under a counting allocator;
//! 2. no call can panic: in a library built without std, none reaches `core::panicking`;
//! 3. no call enters the kernel: a thread that may only write and exit runs them all, and lives.
//!
//! Each proof has a test beside it which shows that an offender is found. A fourth test compares the table with the
//! documentation: every call marked "Real-time safe" is in it.

#![cfg(all(feature = "std", feature = "riff"))]

#[path = "real_time/calls.rs"]
#[allow(unreachable_pub, clippy::cast_possible_truncation, reason = "the source of a library of its own")]
mod calls;
#[path = "real_time/context.rs"]
#[allow(unreachable_pub, clippy::cast_possible_truncation, reason = "the source of a program of its own")]
mod context;
#[allow(unreachable_pub, reason = "public to this test")]
mod documented;
#[allow(unreachable_pub, dead_code, reason = "public to the tests that share it; each uses a part")]
mod machine_code;

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;
use std::collections::BTreeSet;

use calls::Context;
use quaver::simd::Level;

/// Lengths of the plans, and half those of the blocks: one, odd, prime (the long way round), smooth, powers of two.
const LENGTHS: [usize; 9] = [1, 2, 15, 97, 441, 480, 512, 1024, 2047];

/// Each level of this machine with each length, ready to be called.
fn contexts() -> Vec<Context<'static>> {
    Level::available().flat_map(|level| LENGTHS.map(|len| context::context(len, level))).collect()
}

// ---- 1: no allocation ----

struct Counting;

thread_local! {
    /// Visits of this thread to the allocator; other tests run beside it.
    static VISITS: Cell<u64> = const { Cell::new(0) };
}

fn visit() {
    VISITS.with(|visits| visits.set(visits.get() + 1));
}

// SAFETY: all is done by the system's allocator; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        visit();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        visit();
        // SAFETY: the block came from `System`, with this layout.
        unsafe { System.dealloc(block, layout) }
    }
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        visit();
        // SAFETY: as for `dealloc`.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn visits_of(call: impl FnOnce()) -> u64 {
    let before = VISITS.get();
    call();
    VISITS.get() - before
}

#[test]
fn no_call_allocates() {
    for mut context in contexts() {
        for call in calls::all() {
            let mut done = false;
            let visits = visits_of(|| done = (call.run)(&mut context));
            assert!(done, "{} failed at level {}", call.symbol, context.level);
            assert_eq!(visits, 0, "{} at level {} visits the allocator", call.symbol, context.level);
        }
    }
}

#[test]
fn an_allocating_call_is_found() {
    assert_eq!(visits_of(|| drop(core::hint::black_box(Box::new(1_u8)))), 2);
}

// ---- 2: no panic ----

/// What of a symbol table speaks of panicking.
fn ways_to_panic(library: &std::path::Path) -> Vec<String> {
    let (defined, undefined) = machine_code::symbols(library);
    let all = defined.into_iter().chain(undefined);
    all.filter(|name| name.contains("9panicking") || name == "quaver_panicked").collect()
}

#[test]
fn no_call_can_panic() {
    if !machine_code::can_inspect("nm") {
        return;
    }
    let library = machine_code::library();
    let (defined, _) = machine_code::symbols(&library);
    let missing: Vec<_> =
        calls::all().map(|call| call.symbol).filter(|name| !defined.contains(*name)).collect();
    assert!(missing.is_empty(), "not exported: {missing:?}");

    let ways = ways_to_panic(&library);
    if !ways.is_empty() && machine_code::can_inspect("objdump") {
        for (name, bodies) in machine_code::functions(&library) {
            for instruction in bodies.iter().flatten() {
                if instruction.operands.contains("panicking") && !name.contains("panicking") {
                    println!("{name} at {:x}: {}", instruction.address, instruction.operands);
                }
            }
        }
    }
    assert!(ways.is_empty(), "the library can panic: {ways:#?}");
}

#[test]
fn a_panicking_call_is_found() {
    if machine_code::can_inspect("nm") {
        let ways = ways_to_panic(&machine_code::offenders("rt"));
        assert!(ways.iter().any(|name| name == "quaver_panicked"), "{ways:?}");
        assert!(ways.iter().any(|name| name.contains("panic_bounds_check")), "{ways:?}");
    }
}

// ---- 3: no system call ----

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod no_system_call {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Output};

    use super::{calls, contexts};

    const CHILD: &str = "QUAVER_RT_CHILD";

    /// Lets this thread write and exit, from now on; anything else kills the process.
    fn seal() {
        const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
        const IF_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
        const ANSWER: u16 = 0x06; // BPF_RET | BPF_K
        const ALLOW: u32 = 0x7fff_0000; // SECCOMP_RET_ALLOW
        const KILL: u32 = 0x8000_0000; // SECCOMP_RET_KILL_PROCESS
        // struct seccomp_data: the number at 0, the architecture (AUDIT_ARCH_*, linux/audit.h) at 4
        const ARCH: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };

        let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
        let number = |n: libc::c_long| u32::try_from(n).expect("a system call's number");
        let mut program = [
            step(LOAD, 0, 0, 4),
            step(IF_EQUAL, 0, 4, ARCH),
            step(LOAD, 0, 0, 0),
            step(IF_EQUAL, 3, 0, number(libc::SYS_write)),
            step(IF_EQUAL, 2, 0, number(libc::SYS_exit)),
            step(IF_EQUAL, 1, 0, number(libc::SYS_exit_group)),
            step(ANSWER, 0, 0, KILL),
            step(ANSWER, 0, 0, ALLOW),
        ];
        let filter = libc::sock_fprog { len: 8, filter: program.as_mut_ptr() };
        // SAFETY: sets a flag of this thread.
        let bound = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
        // SAFETY: the filter and its eight steps outlive the call, which copies them.
        let sealed =
            unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) };
        let sealed = bound == 0 && sealed == 0;
        assert!(sealed, "no system-call filter: {}", std::io::Error::last_os_error());
    }

    /// In the child: seals a thread, runs `work` in it, reports, and ends the process from there.
    fn sealed(work: impl FnOnce() -> bool + Send) {
        std::thread::scope(|scope| {
            scope.spawn(move || {
                seal();
                let report: &[u8] = if work() { b"all calls lived\n" } else { b"a call failed\n" };
                // SAFETY: the report is readable for its length.
                unsafe { libc::write(1, report.as_ptr().cast(), report.len()) };
                // SAFETY: ends the process at once.
                unsafe { libc::_exit(0) }
            });
        });
    }

    /// The contexts are used by one thread, which the compiler cannot see through their views of memory.
    struct Handed<T>(T);
    // SAFETY: `sealed` hands the value to its thread and waits for the end of the process.
    unsafe impl<T> Send for Handed<T> {}

    /// Runs the named test of this program again, as the child.
    fn child(test: &str, role: &str) -> Output {
        let program = std::env::current_exe().expect("this program");
        let arguments = ["--exact", test, "--nocapture", "--test-threads=1"];
        Command::new(program).args(arguments).env(CHILD, role).output().expect("a child")
    }

    fn emulated() -> bool {
        let emulated = std::env::var_os("QUAVER_EMULATED").is_some();
        if emulated {
            println!("skipped: the emulator has no system-call filter");
        }
        emulated
    }

    #[test]
    fn every_call_lives_in_a_sealed_thread() {
        if std::env::var_os(CHILD).is_some() {
            let work = Handed(contexts());
            sealed(move || {
                let mut work = work;
                work.0.iter_mut().all(|context| calls::all().all(|call| (call.run)(context)))
            });
        } else if !emulated() {
            let output = child("no_system_call::every_call_lives_in_a_sealed_thread", "calls");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{:?}: {said}", output.status);
            assert!(said.contains("all calls lived"), "{said}");
        }
    }

    #[test]
    fn a_system_call_is_found() {
        match std::env::var(CHILD).as_deref() {
            Ok("asks") => sealed(|| {
                // SAFETY: takes nothing and touches nothing.
                unsafe { libc::syscall(libc::SYS_getppid) > 0 }
            }),
            Ok("grows") => sealed(|| core::hint::black_box(vec![1_u8; 1 << 26]).len() > 1),
            Ok("nothing") => sealed(|| true),
            _ if emulated() => {}
            _ => {
                let status = |role| child("no_system_call::a_system_call_is_found", role).status;
                assert_eq!(status("asks").signal(), Some(libc::SIGSYS));
                assert_eq!(status("grows").signal(), Some(libc::SIGSYS));
                assert!(status("nothing").success());
            }
        }
    }
}

// ---- the table is whole ----

#[test]
fn every_call_marked_safe_is_in_the_table() {
    let table: BTreeSet<_> = calls::all().map(|call| call.documented.to_owned()).collect();
    let documented = documented::real_time_safe();
    let missing: Vec<_> = documented.difference(&table).collect();
    assert!(missing.is_empty(), "marked real-time safe, but not in tests/real_time/calls.rs: {missing:#?}");
    let unknown: Vec<_> = table.difference(&documented).collect();
    assert!(unknown.is_empty(), "in the table, but not marked real-time safe in src: {unknown:#?}");
}

#[test]
fn every_public_function_says_whether_it_is_real_time_safe() {
    let silent = documented::silent();
    assert!(silent.is_empty(), "no `# Real-time safety` that opens as it should: {silent:#?}");
}
