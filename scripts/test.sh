#!/usr/bin/env bash
# Proves a change. Runs every step below that this machine can run, shows the log of one that fails, and ends with
# a table: what passed, what was skipped and why.
#
#   scripts/test.sh              everything a change needs; what this machine lacks is listed, not installed
#   scripts/test.sh --quick      format, lints, tests, features: within three minutes from nothing
#   scripts/test.sh --all        as CI: installs what is missing (Debian, as root) and fails on a skip it could have run
#   scripts/test.sh --list       names the steps
#   scripts/test.sh NAME...      only these steps
set -uo pipefail
cd "$(dirname "$0")/.."

# ---- the steps, in the order they run: MODE NAME WHAT; `quick` steps run in every mode ----
steps() {
  cat <<'X'
quick format          rustfmt has nothing to change
quick clean           no path of a machine in a tracked file, no work left open in the sources
quick weight          direct dependencies and crates in all, size of the packaged files
quick lint            clippy, default features, every target
quick test            unit, integration and documentation tests
quick features        each feature alone, none and all: builds
full  lint-features   clippy for each feature alone, none and all
full  test-features   tests for each feature alone, none and all
full  test-release    unit and integration tests, optimised
full  docs            rustdoc without a warning
full  readme          the README's commands
full  examples        every example, without arguments
full  benches         every bench, once
full  peers           the comparison programs build; those of transforms run in short
full  fuzz            the fuzz targets build, and run briefly where cargo-fuzz is there
full  package         cargo package without a warning, builds from the archive
full  no-std          builds for thumbv7em, no operating system, no allocator
full  neon            tests on aarch64, under emulation
full  wasm          unit, kernel and accuracy tests on wasm32 with simd128, in node
full  riscv           builds for 64-bit RISC-V
full  windows         builds for Windows
full  macos           builds for macOS
full  address       unit tests, views, columns and hostile files under AddressSanitizer
full  thread          unit tests under ThreadSanitizer, standard library included
full  counts          instruction counts against scripts/counts.txt
full  counts-neon     instructions of transforms on aarch64 against RustFFT's, under emulation
X
}

main() {
  mode=full
  local only=()
  while [ $# -gt 0 ]; do
    case $1 in
      --quick) mode=quick ;;
      --all) mode=all ;;
      --list) steps | awk '{ print $2 }'; exit 0 ;;
      -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
      -*) echo "test.sh: unknown option $1" >&2; exit 2 ;;
      *) only+=("$1") ;;
    esac
    shift
  done

  export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0
  target=${CARGO_TARGET_DIR:-$PWD/target}
  logs=$target/test-logs
  mkdir -p "$logs"
  rm -f "$logs"/*
  command -v cargo >/dev/null || { echo "test.sh: no cargo on the path; see https://rustup.rs" >&2; exit 1; }
  echo "$(rustc --version), $(uname -sm), $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo '?') processors"

  passed=() skipped=() failed=()
  local when name what
  while read -r when name what; do
    if [ ${#only[@]} -gt 0 ]; then
      case " ${only[*]} " in *" $name "*) ;; *) continue ;; esac
    elif [ $mode = quick ] && [ "$when" != quick ]; then
      continue
    fi
    step "$name" "$what"
  done < <(steps)
  summary
}

# Runs the function step_NAME in a subshell of its own. Its end decides: 0 passed, 77 skipped (with a reason),
# anything else failed.
step() {
  local name=$1 what=$2 log=$logs/$1.log rc start=$SECONDS
  printf '%-14s %s ... ' "$name" "$what"
  (
    set -euo pipefail
    reason=$logs/$name.reason
    "step_${name//-/_}"
  ) >"$log" 2>&1 </dev/null
  rc=$?
  local took="$((SECONDS - start)) s"
  case $rc in
    0) passed+=("$name"); echo "passed, $took" ;;
    77)
      skipped+=("$name: $(cat "$logs/$name.reason")")
      echo "skipped: $(cat "$logs/$name.reason")" ;;
    *)
      failed+=("$name")
      echo "FAILED ($rc), $took"
      tail -n 60 "$log" | sed 's/^/    | /' ;;
  esac
  if [ -s "$logs/$name.notes" ]; then
    sed 's/^/               note: /' "$logs/$name.notes"
    while read -r line; do skipped+=("$name, in part: $line"); done <"$logs/$name.notes"
  fi
}

summary() {
  echo
  echo "passed ${#passed[@]}: ${passed[*]:-none}"
  if [ ${#skipped[@]} -gt 0 ]; then
    echo "skipped ${#skipped[@]}:"
    printf '    %s\n' "${skipped[@]}"
  fi
  [ ${#failed[@]} -eq 0 ] || echo "FAILED ${#failed[@]}: ${failed[*]} (logs: ${logs#"$PWD"/})"
  echo "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
  [ ${#failed[@]} -eq 0 ] || exit 1
}

# ---- what a step says and asks ----

# Ends the step: this machine cannot run it, whatever is installed.
skip() { echo "$*" >"$reason"; exit 77; }

# Ends the step: something is missing that can be had. A failure where --all was to get it.
lacks() {
  if [ $mode = all ] && can_install; then
    echo "could have been run: $*"
    exit 1
  fi
  skip "$*"
}

# Goes on, but puts a line about what was left out into the summary.
note() { echo "$*" >>"$logs/$name.notes"; }

# True on a machine that --all may change, and whose package mirror answers.
can_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  if [ ! -e "$logs/apt" ]; then
    # A mirror that cannot be reached leaves the old lists in place and a warning: `Error-Mode` makes it an error.
    apt-get update -q -o APT::Update::Error-Mode=any && echo yes >"$logs/apt" || echo no >"$logs/apt"
  fi
  [ "$(cat "$logs/apt")" = yes ]
}

# want COMMAND|FILE PACKAGE...: it is there, or --all installs it, or the step ends here.
want() {
  local thing=$1
  shift
  command -v "$thing" >/dev/null || [ -e "$thing" ] && return
  if [ $mode = all ] && can_install; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    command -v "$thing" >/dev/null || [ -e "$thing" ] && return
  fi
  lacks "$thing is not there (Debian: $*)"
}

# The features of Cargo.toml, `default` left out.
features() { awk '/^\[/ { on = $0 == "[features]" } on && /^[a-z0-9_-]+ *=/ && $1 != "default" { print $1 }' Cargo.toml; }

# each_feature_set COMMAND...: runs `cargo COMMAND` with no feature, each alone, and all of them.
each_feature_set() {
  local feature
  echo "== no features"
  cargo "$1" --no-default-features "${@:2}"
  for feature in $(features); do
    echo "== $feature alone"
    cargo "$1" --no-default-features --features "$feature" "${@:2}"
  done
  echo "== all features"
  cargo "$1" --all-features "${@:2}"
}

# foreign TARGET BUILD_STD: sets the array `cargo` to a cargo that can build for the target, and `dir` to a target
# folder for it. First rustup's own library for the toolchain in use; else the compiler that cross.sh unpacks,
# which builds the library (BUILD_STD, cargo's -Zbuild-std) from its sources. Either may be missing.
foreign() {
  local triple=$1 build_std=$2
  if [ -z "${QUAVER_NO_RUSTUP:-}" ] && command -v rustup >/dev/null && timeout 300 rustup target add "$triple"; then
    cargo=(cargo) dir=$target
    return
  fi
  debian_compiler "rustup has no library for $triple here"
  cargo=(cargo) dir=$target/cross
  [ "$triple" = aarch64-unknown-linux-gnu ] || cargo+=("-Zbuild-std=$build_std")
}

# unstable: sets `cargo` and `dir` for flags that only a nightly, or Debian's compiler, takes; with the sources of
# the standard library.
unstable() {
  if [ -z "${QUAVER_NO_RUSTUP:-}" ] && command -v rustup >/dev/null && timeout 300 rustup +nightly component add rust-src; then
    cargo=(cargo +nightly) dir=$target/nightly
    return
  fi
  debian_compiler "no nightly toolchain with rust-src here"
  cargo=(cargo) dir=$target/cross
}

# debian_compiler WHY: puts the exports of cross.sh into the step, or ends it.
debian_compiler() {
  local why=$1 exports
  if [ -e "${XDG_CACHE_HOME:-$HOME/.cache}/quaver-cross/ready" ] || { [ $mode = all ] && can_install; }; then
    [ "$(uname -sm)" = "Linux x86_64" ] || skip "$why, and Debian's compiler is used on x86-64 only"
    exports=$(scripts/cross.sh)
    eval "$exports"
    return
  fi
  lacks "$why, and scripts/cross.sh has not prepared Debian's"
}

# ---- the steps themselves ----

step_format() {
  cargo fmt --all --check
  local manifest
  for manifest in $(git ls-files '*/Cargo.toml'); do cargo fmt --manifest-path "$manifest" --check; done
}

step_clean() {
  command -v git >/dev/null && git rev-parse --git-dir >/dev/null || skip "not a git clone"
  local bad=0
  # The pattern is put together so that this line does not find itself.
  if git grep -nIE "(^|[^a-z0-9._/])/(work|tm""p|root|home)/[a-z]" -- . ':!*.lock'; then
    echo "^ paths of a machine in tracked files"; bad=1
  fi
  if git ls-files | grep -E '(^|/)target[^/]*/'; then
    echo "^ build output in the repository"; bad=1
  fi
  if git grep -nE "todo!\(|unimplemented!\(|FIX""ME|TO""DO|#\[ignore" -- '*.rs'; then
    echo "^ left open in the sources"; bad=1
  fi
  git ls-files -z | xargs -0 -r ls -l 2>/dev/null | awk '$5 > 1000000 { print $NF ": " $5 " bytes"; big = 1 } END { exit big }' \
    || { echo "^ large files"; bad=1; }
  return $bad
}

step_weight() {
  local direct all
  direct=$(cargo tree --locked -e normal --depth 1 --prefix none | tail -n +2 | sort -u | wc -l)
  all=$(cargo tree --locked -e normal,build --prefix none --no-dedupe | awk '{ print $1, $2 }' | sort -u | wc -l)
  echo "$direct direct dependencies (at most 7), $all crates in all with this one (at most 13)"
  [ "$direct" -le 7 ] && [ "$all" -le 13 ]
  if cargo tree --locked -e normal,build --prefix none | awk '{ print $1 }' | grep -E -- '-sys$'; then
    echo "^ links a system library"; return 1
  fi
  # A package of sources and documents: anything else was caught by accident.
  if cargo package --list --locked --allow-dirty | grep -vE '^(src|examples|benches|tests)/.*\.(rs|md)$|^Cargo\.(toml|lock)(\.orig)?$|^[A-Z]+\.md$|^LICENSE-(MIT|APACHE)$|^\.cargo_vcs_info\.json$|^(rustfmt|clippy)\.toml$'; then
    echo "^ packaged, but neither source nor document"; return 1
  fi
}

step_lint() { cargo clippy --locked --all-targets -- -D warnings; }

step_lint_features() { each_feature_set clippy --locked --all-targets --quiet -- -D warnings; }

step_test() {
  inspection
  cargo test --locked
  [ -n "${QUAVER_CORPUS:-}" ] || note "QUAVER_CORPUS is not set: the tests on a corpus of recordings did not run"
}

step_features() { each_feature_set check --locked --quiet; }

step_test_features() { each_feature_set test --locked --quiet; }

step_test_release() { cargo test --locked --release --lib --tests; }

# Tests that inspect machine code skip themselves where binutils is missing; say so, and let none do so in CI.
inspection() {
  [ "$(uname -s)" = Linux ] || { note "machine code is inspected on Linux only"; return 0; }
  if command -v nm >/dev/null && command -v objdump >/dev/null || { [ $mode = all ] && (want objdump binutils); }; then
    export QUAVER_REQUIRE_TOOLS=1
  else
    note "no nm or objdump: tests/codegen.rs, and the symbols in tests/rt_safety.rs, were not checked"
  fi
}

step_docs() { RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --all-features; }

# Every line of the README's shell blocks that starts with cargo or scripts/ and has no placeholder.
step_readme() {
  local line ran=0
  while read -r line; do
    echo "== $line"
    case $line in
      *[A-Z]*.* | *\[* | *\<*) echo "has a placeholder: not run" ;;
      cargo\ *) bash -c "$line"; ran=$((ran + 1)) ;;
      scripts/*) [ -x "${line%% *}" ] && bash "${line%% *}" --help >/dev/null; ran=$((ran + 1)) ;;
    esac
  done < <(awk '/^```/ { on = !on && /^```(sh|bash|console|text)?$/; next } on && /^(\$ )?(cargo|scripts\/)/ { sub(/^\$ /, ""); print }' README.md)
  echo "$ran commands"
  [ "$ran" -gt 0 ]
}

step_examples() {
  [ -d examples ] || skip "no examples yet"
  local example
  for example in $(cargo metadata --locked --no-deps --format-version 1 | grep -o '"kind":\["example"\],"crate_types":\["bin"\],"name":"[^"]*"' | sed 's/.*"name":"//; s/"//'); do
    echo "== $example"
    cargo run --locked --quiet --release --all-features --example "$example"
  done
}

step_benches() {
  compgen -G 'benches/*.rs' >/dev/null || skip "no benches yet"
  cargo bench --locked --benches -- --test
}

step_peers() {
  [ -e benches/peers/Cargo.toml ] || skip "no comparison programs yet"
  cargo build --locked --release --manifest-path benches/peers/Cargo.toml --target-dir "$target/peers"
  [ "$(uname -s)" = Linux ] || { note "transforms are compared on Linux only"; return 0; }
  want python3 python3
  CARGO_TARGET_DIR=$target/peers scripts/bench-fft.sh --quick
  CARGO_TARGET_DIR=$target/peers scripts/bench-fft-more.sh --quick
}

step_fuzz() {
  [ -e fuzz/Cargo.toml ] || skip "no fuzz targets yet"
  if ! command -v cargo-fuzz >/dev/null && [ $mode != all ]; then
    skip "cargo-fuzz is not installed (cargo install --locked cargo-fuzz)"
  fi
  cargo +nightly --version || lacks "no nightly toolchain: rustup toolchain install nightly"
  scripts/fuzz.sh 15 2>&1 | tail -n 200
}

step_package() {
  local dirty=()
  [ -z "$(git status --porcelain 2>/dev/null)" ] || dirty=(--allow-dirty)
  rm -rf "$target/package-build/package"
  cargo package --locked "${dirty[@]}" --target-dir "$target/package-build" 2>&1 | tee "$logs/package.out"
  if grep -E '^warning' "$logs/package.out"; then return 1; fi
  local size
  size=$(wc -c <"$(ls "$target"/package-build/package/*.crate)")
  echo "$size bytes packed (at most 500000)"
  [ "$size" -le 500000 ]
}

step_no_std() {
  foreign thumbv7em-none-eabihf core
  export CARGO_TARGET_DIR=$dir
  "${cargo[@]}" build --locked --release --target thumbv7em-none-eabihf --no-default-features
  local feature
  for feature in $(features); do
    case $feature in std | alloc | compat) continue ;; esac
    "${cargo[@]}" build --locked --release --target thumbv7em-none-eabihf --no-default-features --features "$feature"
  done
}

step_neon() {
  if [ "$(uname -m)" = aarch64 ]; then skip "this machine is aarch64: the other steps ran NEON"; fi
  foreign aarch64-unknown-linux-gnu std
  want aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  want qemu-aarch64-static qemu-user-static
  export CARGO_TARGET_DIR=$dir
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64-static -L /usr/aarch64-linux-gnu"
  # Optimised, since an emulator is slow; with the assertions of a debug build, and its fewer lengths.
  export CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true QUAVER_EMULATED=1
  local tests=() test
  for test in tests/*.rs; do tests+=(--test "$(basename "$test" .rs)"); done
  "${cargo[@]}" test --locked --release --all-features --target aarch64-unknown-linux-gnu --lib "${tests[@]}"
}

step_wasm() {
  foreign wasm32-wasip1 std,panic_abort
  want node nodejs
  local flags=-Ctarget-feature=+simd128
  if [ -n "${RUSTC_BOOTSTRAP:-}" ]; then
    # Debian's compiler has neither a linker nor a C library for WASI. Its wasi-libc knows no threads, which std
    # names and nothing here calls: those symbols stay open, and trap.
    want wasm-ld lld
    local libc=/usr/lib/wasm32-wasi
    want $libc/crt1-command.o wasi-libc
    flags+=" -Clinker=wasm-ld -Clink-self-contained=no -L$libc -Clink-arg=$libc/crt1-command.o"
    flags+=" -Clink-arg=--unresolved-symbols=ignore-all"
  fi
  export CARGO_TARGET_DIR=$dir CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS=$flags
  export CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/scripts/wasi.mjs"
  # One thread, and panics end the program: what starts processes or reads the sources is left to the other steps.
  CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true \
    "${cargo[@]}" test --locked --release --target wasm32-wasip1 --lib --test kernels --test accuracy
}

step_riscv() { check_for riscv64gc-unknown-linux-gnu std,panic_unwind; }
step_windows() { check_for x86_64-pc-windows-gnu std,panic_unwind; }
step_macos() { check_for aarch64-apple-darwin std,panic_unwind && check_for x86_64-apple-darwin std,panic_unwind; }

# check_for TARGET BUILD_STD: type-checks the library, with the default features and with none.
check_for() {
  foreign "$1" "$2"
  # Building std for Windows makes import libraries.
  case ${RUSTC_BOOTSTRAP:-}$1 in 1*windows-gnu) want x86_64-w64-mingw32-dlltool binutils-mingw-w64-x86-64 ;; esac
  CARGO_TARGET_DIR=$dir "${cargo[@]}" check --locked --target "$1"
  CARGO_TARGET_DIR=$dir "${cargo[@]}" check --locked --target "$1" --no-default-features
}

step_address() { sanitized address --lib --test views --test stft --test format_riff; }
step_thread() {
  sanitized thread -Zbuild-std --lib
  # One plan in four threads.
  sanitized thread -Zbuild-std --test accuracy a_plan_may_be_shared
}

# sanitized NAME CARGO FLAG...: tests under a sanitizer.
sanitized() {
  local name=$1
  shift
  [ "$(uname -sm)" = "Linux x86_64" ] || skip "run on x86-64 Linux only"
  unstable
  # libtest hands a finished test over in a way that ThreadSanitizer does not follow.
  echo 'race:test::event::CompletedTest' >"$logs/thread-suppressions"
  # A test asks for memory that no machine has, to be refused.
  export ASAN_OPTIONS=allocator_may_return_null=1
  export TSAN_OPTIONS="allocator_may_return_null=1 suppressions=$logs/thread-suppressions"
  RUSTFLAGS="-Zsanitizer=$name" CARGO_TARGET_DIR=$dir-$name \
    "${cargo[@]}" test --locked "$@" --target x86_64-unknown-linux-gnu
}

step_counts() {
  want valgrind valgrind
  local rc=0
  scripts/count.sh | tee "$logs/counts.out" || rc=$?
  [ $rc != 77 ] || skip "$(sed -n 's/^skipped: //p' "$logs/counts.out")"
  return $rc
}

step_counts_neon() {
  foreign aarch64-unknown-linux-gnu std
  want aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  want qemu-aarch64-static qemu-user-static
  local rc=0
  scripts/count-neon.sh | tee "$logs/neon.out" || rc=$?
  [ $rc != 77 ] || skip "$(sed -n 's/^skipped: //p' "$logs/neon.out")"
  return $rc
}

main "$@"
