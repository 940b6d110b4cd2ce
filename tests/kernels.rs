//! Every registered kernel at every level of this machine, and proof that the harness sees a broken one.

#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::std_instead_of_core, reason = "tests have std")]

mod harness;

use harness::broken::{self, Fault};
use harness::{Case, SEED, registry, say};

fn run_all(part: &str, check: fn(&Case) -> Result<usize, harness::Failure>) {
    let (levels, _) = harness::levels();
    let mut failures = Vec::new();
    let (mut kernels, mut runs) = (0, 0);
    for case in registry::all().iter().filter(|case| case.name.starts_with(part)) {
        kernels += 1;
        match check(case) {
            Ok(count) => runs += count,
            Err(failure) => failures.push(failure.to_string()),
        }
    }
    let levels: Vec<_> = levels.iter().map(|level| level.name()).collect();
    say(&format!("{part}: {kernels} kernels, {runs} runs, levels {}, seed {SEED:#x}", levels.join(" ")));
    assert!(kernels > 0, "no kernel of {part} is registered");
    assert!(failures.is_empty(), "{} of {kernels} kernels fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn levels_that_are_not_here_are_skipped() {
    harness::say_skipped();
}

#[test]
fn convert() {
    run_all("convert/", harness::check);
}

#[test]
fn mix() {
    run_all("mix/", harness::check);
}

#[test]
fn level() {
    run_all("level/", harness::check);
}

#[test]
fn layout() {
    run_all("layout/", harness::check);
}

#[test]
fn transforms() {
    run_all("fft/", harness::check);
}

#[test]
fn power() {
    run_all("power/", harness::check);
}

#[cfg(unix)]
#[test]
fn nothing_outside_is_touched() {
    run_all("", harness::check_guarded);
}

/// What the benches time is worth comparing: the plain loops compute the same.
#[test]
fn plain_loops_agree() {
    let mut plain = 0;
    for case in registry::all().iter().filter(|case| case.has_plain()) {
        plain += 1;
        for n in [64, 480] {
            if let Err(failure) = harness::check_plain(case, n) {
                panic!("{failure}");
            }
        }
    }
    assert!(plain > 10, "only {plain} kernels have a plain loop");
}

#[test]
fn the_harness_passes_a_sound_kernel() {
    assert!(harness::check(&Fault::None.case()).is_ok());
    #[cfg(unix)]
    assert!(harness::check_guarded(&Fault::None.case()).is_ok());
}

#[test]
fn the_harness_sees_broken_kernels() {
    for fault in Fault::SEEN_BY_CHECK {
        let Err(failure) = harness::check(&fault.case()) else { panic!("the harness passes {fault:?}") };
        say(&format!("seen: {failure}"));
    }
    assert!(harness::check(&broken::in_place_drops_tail()).is_err());
}

/// What ends the process on a guard page is tried in a process of its own: this test, run again.
#[cfg(unix)]
#[test]
fn guard_pages_see_broken_kernels() {
    const CHILD: &str = "QUAVER_HARNESS_FAULT";
    if let Ok(wanted) = std::env::var(CHILD) {
        let fault = Fault::SEEN_BY_GUARD.into_iter().find(|fault| format!("{fault:?}") == wanted).unwrap();
        let outcome = harness::check_guarded(&fault.case());
        panic!("the guard pages pass {fault:?}: {outcome:?}");
    }
    // An emulator that the system does not know cannot start its program again.
    let listed = std::process::Command::new(std::env::current_exe().unwrap()).arg("--list").output();
    if !listed.is_ok_and(|child| child.status.success()) {
        return say("skipped: guard pages that see a broken kernel (this program cannot start itself)");
    }
    for fault in Fault::SEEN_BY_GUARD {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "guard_pages_see_broken_kernels", "--nocapture"])
            .env(CHILD, format!("{fault:?}"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stderr);
        assert_eq!(child.status.code(), Some(harness::FAULT_EXIT), "{fault:?}: {said}");
        let line = said.lines().find(|line| line.contains("touched memory")).unwrap();
        assert!(line.starts_with(&format!("broken/{fault:?} at ")), "{line}");
        say(&format!("seen: {line}"));
    }
}
