//! Runs every call of the table once, for `scripts/count.sh` to count its instructions under callgrind.
//!
//! `counts LEVEL LEN [transforms]`: exits 3 when this machine (or the emulated one) lacks the level. With the third
//! word only the owned transforms run, which is what other lengths are counted for.

#[path = "../../../real_time/calls.rs"]
mod calls;
#[path = "../../../real_time/context.rs"]
mod context;

use std::process::ExitCode;

use quaver::simd::Level;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(level), Some(len)) = (arguments.next(), arguments.next().and_then(|len| len.parse().ok()))
    else {
        eprintln!("usage: counts LEVEL LEN [transforms]");
        return ExitCode::from(2);
    };
    let only_transforms = arguments.next().is_some_and(|word| word == "transforms");
    let Some(level) = Level::available().find(|l| l.name() == level) else {
        eprintln!("no level {level} here");
        return ExitCode::from(3);
    };
    let mut context = context::context(len, level);
    for call in calls::all() {
        let owned =
            ["rt_complex_forward_f", "rt_complex_inverse_f", "rt_real_forward_f", "rt_real_inverse_f"];
        if only_transforms && !owned.iter().any(|name| call.symbol.starts_with(name)) {
            continue;
        }
        if !(call.run)(&mut context) {
            eprintln!("{} ({}) failed", call.documented, call.symbol);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
