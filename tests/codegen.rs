//! The machine code of the kernels: no call inside a loop.
//!
//! A kernel runs at its level's speed only if it is inlined whole into an entry of the level (`entry` and `call` in
//! `simd::avx2` and its siblings). Where one inline is lost, a call appears in a loop. Inspected is every function
//! that a level's name occurs in, entries and what the compiler left beside them, of the library of
//! `tests/rt_cdylib`, which makes every public call.

#![cfg(all(target_arch = "x86_64", feature = "std"))]

#[allow(unreachable_pub, dead_code, reason = "public to the tests that share it; each uses a part")]
mod machine_code;

use std::collections::{BTreeMap, BTreeSet};

use machine_code::Instruction;

/// Calls that may stand in a loop: part of the function's demangled name, and the reason.
const ALLOWED: &[(&str, &str)] = &[
    ("memcpy", "the compiler's own choice for moving a block of a size known at run time only"),
    ("memmove", "as memcpy"),
    ("memset", "as memcpy"),
    ("level::Meter>::count_runs", "once per block of the meter, and only where a sample clips"),
    (
        "level::Meter>::take_rare",
        "once per block of the meter, and only where f32 cannot hold its sum of squares",
    ),
];

#[test]
fn no_kernel_calls_in_a_loop() {
    if !machine_code::can_inspect("objdump") {
        return;
    }
    let functions = machine_code::functions(&machine_code::library());
    let mut inspected = BTreeMap::from([("scalar", 0), ("portable", 0), ("avx2", 0), ("avx512", 0)]);
    let mut offences = Vec::new();
    for (name, bodies) in &functions {
        let of = |level: &&str| name.contains(&format!("quaver::simd::{level}::"));
        let Some(level) = inspected.keys().copied().find(of) else { continue };
        for body in bodies {
            inspected.entry(level).and_modify(|count| *count += 1);
            let calls = calls_in_loops(body).into_iter();
            let calls = calls.filter(|to| !ALLOWED.iter().any(|(part, _)| to.contains(part)));
            offences.extend(calls.map(|to| (name, to)));
        }
    }
    println!("functions inspected: {inspected:?}");
    assert!(inspected.values().all(|count| *count >= 20), "the kernels were not found: {inspected:?}");
    assert!(offences.is_empty(), "calls inside loops: {offences:#?}");
}

#[test]
fn a_lost_inline_is_found() {
    if !machine_code::can_inspect("objdump") {
        return;
    }
    let functions = machine_code::functions(&machine_code::offenders("codegen"));
    let calls = |name: &str| functions[name].iter().flat_map(|body| calls_in_loops(body)).collect::<Vec<_>>();
    assert!(calls("rt_lost_inline").iter().any(|to| to.contains("step")), "{:?}", calls("rt_lost_inline"));
    assert!(calls("rt_called_once").is_empty());
}

/// The callees of the calls that can run twice in one run of the function: those whose instruction can be reached
/// from itself.
fn calls_in_loops(body: &[Instruction]) -> Vec<String> {
    let index: BTreeMap<u64, usize> = body.iter().enumerate().map(|(i, x)| (x.address, i)).collect();
    let target = |x: &Instruction| x.target().and_then(|address| index.get(&address).copied());
    // Where an indirect jump may go: after each instruction that does not go on, unless a direct jump goes there.
    let direct: BTreeSet<usize> = body.iter().filter(|x| is_jump(x)).filter_map(target).collect();
    let blind: Vec<usize> =
        (1..body.len()).filter(|i| !goes_on(&body[i - 1]) && !direct.contains(i)).collect();

    let next = |i: usize| {
        let x = &body[i];
        let mut next: Vec<usize> = Vec::new();
        if goes_on(x) && i + 1 < body.len() {
            next.push(i + 1);
        }
        if is_jump(x) {
            match x.target() {
                Some(_) => next.extend(target(x)),
                None => next.extend(&blind),
            }
        }
        next
    };
    let reaches_itself = |from: usize| {
        let mut seen = vec![false; body.len()];
        let mut open = next(from);
        while let Some(i) = open.pop() {
            if i == from {
                return true;
            }
            if !core::mem::replace(&mut seen[i], true) {
                open.extend(next(i));
            }
        }
        false
    };
    let calls = (0..body.len()).filter(|&i| body[i].mnemonic.starts_with("call") && reaches_itself(i));
    calls.map(|i| callee(&body[..=i]).to_owned()).collect()
}

/// What the last instruction calls: where it goes through a register, the import that the register was loaded with
/// last.
fn callee(body: &[Instruction]) -> &str {
    let Some((call, before)) = body.split_last() else { return "" };
    let Some(register) = call.operands.strip_prefix("*%") else { return call.callee() };
    let loads = |x: &&Instruction| {
        x.mnemonic == "mov"
            && x.operands.contains(&*format!("(%rip),%{register} "))
            && x.operands.contains('<')
    };
    before.iter().rev().find(loads).map_or(&*call.operands, Instruction::callee)
}

fn is_jump(x: &Instruction) -> bool {
    x.mnemonic.starts_with('j')
}

/// Whether the next instruction may follow.
fn goes_on(x: &Instruction) -> bool {
    !(x.mnemonic.starts_with("jmp")
        || x.mnemonic.starts_with("ret")
        || x.mnemonic.starts_with("ud")
        || x.mnemonic == "int3")
}
