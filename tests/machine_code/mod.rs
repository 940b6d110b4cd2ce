//! Builds the library of `tests/rt_cdylib` and reads its machine code with nm and objdump.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Says whether a test that inspects machine code can run here. Says why where it cannot; `QUAVER_REQUIRE_TOOLS`
/// turns a missing tool into a failure.
pub fn can_inspect(tool: &str) -> bool {
    let missing = if !cfg!(target_os = "linux") {
        "the library is inspected on Linux"
    } else if !manifest().exists() {
        "a published package has no library to inspect; a clone has"
    } else if std::env::var_os("QUAVER_EMULATED").is_some() {
        "an emulated test starts no compiler"
    } else if Command::new(tool).arg("--version").output().is_err() {
        assert!(std::env::var_os("QUAVER_REQUIRE_TOOLS").is_none(), "{tool} is missing (package binutils)");
        "no such tool; it is part of binutils"
    } else {
        return true;
    };
    println!("skipped, {tool}: {missing}");
    false
}

/// Builds the shared library, optimised, and returns its path. Names are mangled so that generic arguments show.
pub fn library() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rt-cdylib");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--release", "--lib", "--locked", "--manifest-path"])
        .arg(manifest())
        .arg("--target-dir")
        .arg(&target)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "-Csymbol-mangling-version=v0");
    run(&mut cargo);
    target.join("release/librt_cdylib.so")
}

/// Builds `tests/machine_code/offenders.rs`, whose every function breaks a rule.
pub fn offenders(test: &str) -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("liboffenders-{test}.so"));
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .args(["--edition=2024", "--crate-type=cdylib", "-Copt-level=3", "-Cpanic=abort"])
        .args(["-Csymbol-mangling-version=v0", "-o"])
        .arg(&library)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machine_code/offenders.rs"));
    run(&mut rustc);
    library
}

/// The names in the symbol table: defined, and undefined.
pub fn symbols(library: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let table = run(Command::new("nm").arg("--format=posix").arg(library));
    let mut names = (BTreeSet::new(), BTreeSet::new());
    for line in table.lines() {
        let mut fields = line.split(' ');
        if let (Some(name), Some(kind)) = (fields.next(), fields.next()) {
            let of_kind = if matches!(kind, "U" | "w" | "v") { &mut names.1 } else { &mut names.0 };
            of_kind.insert(name.to_owned());
        }
    }
    names
}

/// One instruction: its address, the mnemonic without prefixes, and the operands as objdump writes them.
pub struct Instruction {
    pub address: u64,
    pub mnemonic: String,
    pub operands: String,
}

impl Instruction {
    /// The address that a direct jump or call goes to.
    pub fn target(&self) -> Option<u64> {
        u64::from_str_radix(self.operands.split_once(' ')?.0, 16).ok()
    }

    /// The function that objdump finds there; of an indirect call through the table of imports, the import.
    pub fn callee(&self) -> &str {
        self.operands.split_once('<').map_or(&*self.operands, |(_, name)| name.trim_end_matches('>'))
    }
}

/// Every function of the library by its demangled name, which may occur more than once.
pub fn functions(library: &Path) -> BTreeMap<String, Vec<Vec<Instruction>>> {
    let text = run(Command::new("objdump").args(["-d", "-C", "-w", "--no-show-raw-insn"]).arg(library));
    let mut functions: BTreeMap<String, Vec<Vec<Instruction>>> = BTreeMap::new();
    let mut current: Option<&mut Vec<Instruction>> = None;
    for line in text.lines() {
        if let Some((_, name)) = line.strip_suffix(">:").and_then(|head| head.split_once(" <")) {
            let bodies = functions.entry(name.to_owned()).or_default();
            bodies.push(Vec::new());
            current = bodies.last_mut();
        } else if let (Some(body), Some((address, text))) = (current.as_deref_mut(), line.split_once(":\t"))
            && let Ok(address) = u64::from_str_radix(address.trim(), 16)
        {
            let mut words = text
                .split_whitespace()
                .skip_while(|w| matches!(*w, "bnd" | "notrack" | "rep" | "repz" | "lock"));
            let mnemonic = words.next().unwrap_or_default().to_owned();
            let operands = words.collect::<Vec<_>>().join(" ");
            body.push(Instruction { address, mnemonic, operands });
        }
    }
    functions
}

/// A package within a package, which is not published with it.
fn manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rt_cdylib/Cargo.toml")
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
